"""Postcodes to small areas, by an ONS postcode file: of 2.7 million rows only those wanted.

The ONS Postcode Directory (ONSPD) and the National Statistics Postcode Lookup (NSPL) spell the
same columns in several ways, and some editions hold areas of one census only. Both come as one
file, as a zip, and as parts by postcode area.

Source: ONS Geography, Open Government Licence v3.0; contains OS data and Royal Mail data,
© Crown copyright and database right.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from inputs.errors import Fault, InputError
from inputs.official.opening import Source, find_tables, headings, read_table, wrong_file

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

WANTED = "an ONS postcode file (ONSPD or NSPL)"
_POSTCODE_HEADINGS = ("pcds", "pcd8", "pcd7", "pcd2", "pcd", "postcode")
_AREAS = {
    "lsoa11": re.compile(r"lsoa_?(20)?11(_?(cd|code))?"),
    "lsoa21": re.compile(r"lsoa_?(20)?21(_?(cd|code))?"),
}
_FORM = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")
_PART = re.compile(r"multi_csv", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Postcodes:
    """What the file says of the postcodes that were asked for.

    Parameters
    ----------
    rows
        By postcode (``tidy_postcode``): ``lsoa11`` and ``lsoa21`` (codes; blank where the file has
        none), ``ended`` (year and month in which it was terminated, YYYYMM; blank if it is live).
    vintages
        Which of ``lsoa11`` and ``lsoa21`` the file has.
    source
        Name of the file.
    """

    rows: pd.DataFrame
    vintages: frozenset[str]
    source: str


def tidy_postcode(text: str) -> str:
    """Return a postcode in capitals without spaces; blank where it has not the form of one.

    >>> tidy_postcode(" bh1  1aa "), tidy_postcode("not known")
    ('BH11AA', '')
    """
    tidy = re.sub(r"\s+", "", text).upper()
    return tidy if _FORM.fullmatch(tidy) else ""


def read_postcodes(path: Path, wanted: Collection[str]) -> Postcodes:
    """Return the small areas of some postcodes, reading the file a piece at a time.

    Parameters
    ----------
    path
        The file, the zip as downloaded, or its folder (or the one with ``Data`` in it).
    wanted
        Tidy postcodes (``tidy_postcode``).

    Raises
    ------
    InputError
        When it is no postcode file, or has no column of LSOAs.
    """
    sources = _whole_or_parts(path)
    keys = frozenset(wanted)
    parts = [_read(source, keys) for source in sources]
    vintages = frozenset(area for part in parts for area in _AREAS if area in part)
    for part in parts:
        for column in {*_AREAS, "ended"} - set(part):
            part[column] = ""  # the file lacks it
    rows = pd.concat(parts).drop_duplicates("postcode").set_index("postcode")
    rows = rows[[*_AREAS, "ended"]].astype(str)
    name = sources[0].name if len(sources) == 1 else path.name
    return Postcodes(rows.sort_index(), vintages, name)


def _whole_or_parts(path: Path) -> list[Source]:
    """Return the file of all postcodes in a folder or a zip, else its parts by postcode area."""
    inner = path / "Data"
    folders = [path, inner, inner / "multi_csv", path / "multi_csv"] if path.is_dir() else [path]
    found: list[Source] = []
    for folder in folders:
        if folder == path or folder.is_dir():
            try:
                found += find_tables(folder)
            except InputError:
                if folder == path and not inner.is_dir() and not (path / "multi_csv").is_dir():
                    raise
    named = [source for source in found if _columns(source)]
    if not named:
        raise InputError([_no_postcodes(path, found)])
    whole = [one for one in named if not _PART.search(one.member or str(one.path.parent.name))]
    return [max(whole, key=lambda one: one.stem)] if whole else named


def _no_postcodes(path: Path, found: list[Source]) -> Fault:
    if len(found) > 1:
        problem = "holds no postcode file: no table has both postcodes and LSOAs"
        return Fault(path.name, problem, "Give the ONS Postcode Directory")
    heads = headings(found[0])
    if any(heading.lower() in _POSTCODE_HEADINGS for heading in heads):
        problem = "has postcodes and no column of LSOAs (lsoa11 or lsoa21)"
        return Fault(found[0].name, problem, "Give the ONS Postcode Directory")
    return wrong_file(found[0], WANTED, ["pcds", "lsoa11"], heads)


def _columns(source: Source) -> dict[str, str]:
    """Return our name of each column by the file's heading; empty if it is no postcode file."""
    heads = headings(source)
    lower = {heading.lower(): heading for heading in reversed(heads)}
    postcode = next((lower[name] for name in _POSTCODE_HEADINGS if name in lower), None)
    areas = {
        heading: area
        for area, form in _AREAS.items()
        for heading in heads
        if form.fullmatch(heading.lower())
    }
    if postcode is None or not areas:
        return {}
    ended = {lower["doterm"]: "ended"} if "doterm" in lower else {}
    return {postcode: "postcode", **areas, **ended}


def _read(source: Source, wanted: frozenset[str]) -> pd.DataFrame:
    """Return the rows wanted of one file, under our names."""
    names = _columns(source)
    postcode = next(heading for heading, own in names.items() if own == "postcode")
    frame = (
        _first_cells(source, wanted)
        if headings(source)[0].lower() in _POSTCODE_HEADINGS
        else read_table(
            source, WANTED, list(names), keep=lambda rows: _tidy(rows[postcode]).isin(wanted)
        )
    )
    frame.columns = frame.columns.str.strip()
    out = pd.DataFrame({own: frame[heading].str.strip() for heading, own in names.items()})
    out["postcode"] = _tidy(out["postcode"])
    return out


def _first_cells(source: Source, wanted: frozenset[str]) -> pd.DataFrame:
    """Return the rows whose first cell is wanted, every column as text.

    A file that leads with its postcode, as ONS's do, is sifted as bytes before any of it is taken
    apart: five times as fast.
    """
    keys = {key.encode() for key in wanted}
    with source.stream() as stream:
        lines = [stream.readline()]
        for line in stream:
            cell = line.partition(b",")[0].strip(b'"').replace(b" ", b"")
            if cell in keys or cell.upper() in keys:
                lines.append(line)
    kept = io.BytesIO(b"".join(lines))
    return pd.read_csv(
        kept, dtype=str, encoding="utf-8-sig", encoding_errors="replace", na_filter=False
    )


def _tidy(column: pd.Series[str]) -> pd.Series[str]:
    return column.str.replace(" ", "").str.upper()
