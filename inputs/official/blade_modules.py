"""The modules of a person-level SEN2 return, opened so that nothing personal is kept.

A Blade export is nine CSV files that join on table ids. Of each only the columns named here are
taken from a row as it passes: names, UPN, ULN, sex, ethnicity and free text never are. No cell of
``person`` is ever repeated in a message, and no heading that is not ours.

Source of the names of files, items and joins: Department for Education, "Special educational needs
person level survey: technical specification", as COLLECT exports it.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pandas as pd

from inputs.errors import InputError
from inputs.official.opening import Source, find_tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from inputs.official.blade_faults import Findings


@dataclass(frozen=True)
class Module:
    """One file of a return.

    Parameters
    ----------
    name
        As at the end of its file's name.
    number, title
        As the Department numbers and names it.
    parent
        The module that its rows belong to; blank for the first.
    needed
        Columns without which it cannot be used, beside its id and its parent's.
    optional
        Columns that older exports lack.
    may_be_absent
        Whether a case can be honest without it.
    """

    name: str
    number: str
    title: str
    parent: str = ""
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    may_be_absent: bool = False

    @property
    def key(self) -> str:
        """The column that tells its rows apart."""
        return f"{self.name}tableid"

    @property
    def parent_key(self) -> str:
        """The column that names the row it belongs to; blank for the first module."""
        return f"{self.parent}tableid" if self.parent else ""


_SETTING = ("urn", "sensetting")
_SETTING_TOO = ("ukprn", "senunitindicator", "resourcedprovisionindicator")
MODULES: dict[str, Module] = {
    one.name: one
    for one in (
        Module("sen2", "0", "The return", "", ("referencedate",), ("year", "lea"),
               may_be_absent=True),
        Module("person", "1", "Person details", "sen2", ("personbirthdate",), ("postcode",)),
        Module("requests", "2", "Requests", "person"),
        Module("assessment", "3", "EHC needs assessments", "requests"),
        Module("namedplan", "4a", "Named plan", "assessment", ("startdate", "ceasedate"),
               ("ceasereason",)),
        Module("plandetail", "4b", "Plan detail", "namedplan", _SETTING,
               ("placementrank", *_SETTING_TOO), may_be_absent=True),
        Module("activeplans", "5a", "Active plans", "requests", (), ("transferla", "res")),
        Module("placementdetail", "5b", "Placement detail", "activeplans",
               (*_SETTING, "placementrank", "entrydate", "leavingdate"), ("res", *_SETTING_TOO)),
        Module("senneed", "5c", "SEN need", "activeplans", ("sentype", "sentyperank")),
    )
}  # fmt: skip
"""Every module, in the order of the return: each after the one that it belongs to."""

READ_AND_DROPPED = frozenset({"personbirthdate", "postcode"})
"""The only personal items that are read: the one becomes an age, the other a zone, and they go."""

_EXPORT = re.compile(r"^(?:blade[-_ ]?export[-_ ]+)?(?:(\d\d)-(\d\d)-(\d{4})[-_ ]+)?(\w+?)$")


@dataclass(frozen=True, eq=False)
class Return:
    """The modules of one return that could be read.

    Parameters
    ----------
    frames
        By module: its columns as text without spaces round it, labelled by the row as a
        spreadsheet numbers it (the heading is row 1). An optional column that the file lacks is
        blank.
    files
        Name of the file of each module.
    has
        By module: the columns that its file had.
    """

    frames: dict[str, pd.DataFrame]
    files: dict[str, str]
    has: dict[str, frozenset[str]]


def open_return(folder: Path, findings: Findings) -> Return:
    """Return the modules in a folder or a zip; what is wrong with files goes to the findings.

    Parameters
    ----------
    folder
        A folder or a zip with ``Blade-Export_DD-MM-YYYY_<module>.csv``. Of several exports the
        newest is read. Names without the prefix are known too.
    findings
        Where missing, doubled and unreadable files are noted.
    """
    sources = _newest(find_tables(folder), findings)
    frames: dict[str, pd.DataFrame] = {}
    files: dict[str, str] = {}
    has: dict[str, frozenset[str]] = {}
    for module in MODULES.values():
        source = sources.get(module.name)
        if source is None:
            if module.name not in findings.doubled:
                code = "module_absent" if module.may_be_absent else "module_missing"
                said = f"there is no file of module {module.number} ({module.title}), "
                findings.add(code, folder.name, said + f"whose name ends in _{module.name}.csv")
            continue
        files[module.name] = source.name
        read = _read(source, module, findings)
        if read is not None:
            frames[module.name], has[module.name] = read
    return Return(frames, files, has)


def _newest(sources: list[Source], findings: Findings) -> dict[str, Source]:
    """Return the file of each module in the newest export of a folder."""
    exports: dict[tuple[str, str, str], dict[str, list[Source]]] = {}
    others = 0
    for source in sources:
        match = _EXPORT.match(source.stem)
        if match is None or match[4] not in MODULES:
            others += 1
            continue
        day = (match[3] or "", match[2] or "", match[1] or "")
        exports.setdefault(day, {}).setdefault(match[4], []).append(source)
    label = sources[0].path.name if sources[0].member else sources[0].path.parent.name
    if others:
        # Their names are not repeated: a file may be called after a child.
        findings.add("other_files", label, f"{others:,} of its files are no module of the return")
    if not exports:
        return {}
    newest = max(exports)
    if len(exports) > 1:
        days = ", ".join(
            "-".join(reversed(day)) if day[0] else "no date" for day in sorted(exports)
        )
        findings.add("several_exports", label, f"holds exports of several days ({days})")
    for name, twice in exports[newest].items():
        if len(twice) > 1:
            findings.doubled.add(name)
            findings.add("module_twice", label, f"holds {len(twice)} files of module {name}")
    return {name: one[0] for name, one in exports[newest].items() if len(one) == 1}


def _read(
    source: Source, module: Module, findings: Findings
) -> tuple[pd.DataFrame, frozenset[str]] | None:
    """Return the columns wanted of a module, or None where the file cannot be used."""
    before = findings.count
    try:
        if _is_no_text(source):
            findings.add("not_csv", source.name, "is no text file (a workbook, or UTF-16)")
            return None
        try:
            return _rows(source, module, findings, "utf-8-sig")
        except UnicodeDecodeError:
            # The file is read again from its start, so what was noted on the way is dropped.
            findings.forget_after(before)
            return _rows(source, module, findings, "cp1252")
    except csv.Error as error:
        findings.add("not_csv", source.name, f"cannot be read as CSV ({error})")
    except InputError as error:
        findings.keep(error.faults)
    return None


def _is_no_text(source: Source) -> bool:
    with source.stream() as stream:
        start = stream.read(4096)
    return start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or b"\0" in start


def _rows(
    source: Source, module: Module, findings: Findings, encoding: str
) -> tuple[pd.DataFrame, frozenset[str]] | None:
    wanted = [name for name in (module.key, module.parent_key) if name]
    wanted += [*module.needed, *module.optional]
    # Only ids, codes and dates are taken, which are the same in every Windows code page.
    errors = "strict" if encoding == "utf-8-sig" else "replace"
    with source.stream() as stream:
        text = io.TextIOWrapper(cast("io.BufferedReader", stream), encoding, errors, newline="")
        reader = csv.reader(text, strict=True)
        heads = [re.sub(r"[\s_-]+", "", cell).lower() for cell in next(reader, [])]
        if not _headings_fit(source, module, findings, heads):
            return None
        places = {name: heads.index(name) for name in wanted if name in heads}
        rows = list(_wanted(reader, source, places, len(heads), findings))
    numbers = pd.Index([number for number, _ in rows], dtype="int64")
    frame = pd.DataFrame([cells for _, cells in rows], numbers, list(places), dtype=str)
    if frame.empty and not module.may_be_absent:
        findings.add("module_empty", source.name, "has no row under its headings")
    for name in wanted:
        if name not in frame:
            frame[name] = ""
    return frame[wanted], frozenset(places)


def _headings_fit(source: Source, module: Module, findings: Findings, heads: list[str]) -> bool:
    """Note what row 1 lacks; its own words are not repeated, in case it is no heading at all."""
    if module.parent == "sen2" and module.parent_key not in heads:
        heads = [
            *heads,
            module.parent_key,
        ]  # a return is one file of module 0: the join is not used
    needed = [name for name in (module.key, module.parent_key, *module.needed) if name]
    lost = [name for name in needed if name not in heads]
    if len(lost) == len(needed):
        findings.add(
            "wrong_file", source.name, f"has none of the columns of module {module.name}", row=1
        )
    else:
        for name in lost:
            findings.add("column_missing", source.name, "the column is missing", row=1, column=name)
    twice = sorted({n for n in (*needed, *module.optional) if heads.count(n) > 1})
    for name in twice:
        findings.add(
            "column_twice", source.name, "is the heading of two columns", row=1, column=name
        )
    if lost or twice:
        return False
    for name in module.optional:
        if name not in heads and name in _TOLD:
            findings.add(
                "column_absent", source.name, "the column is not there", row=1, column=name
            )
    return True


_TOLD = frozenset(
    {"postcode", "ceasereason", "senunitindicator", "resourcedprovisionindicator", "transferla"}
)
"""Optional columns whose absence changes a case; ``res`` moved between modules, so is not one."""


def _wanted(
    reader: Iterator[list[str]],
    source: Source,
    places: dict[str, int],
    width: int,
    findings: Findings,
) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells wanted of each row with its number; note rows of another width."""
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
            del cells[width:]
        if len(cells) != width:
            # Every cell may stand under another heading, so none of them is used or shown.
            findings.add("row_ragged", source.name,
                         f"has {len(cells)} cells under {width} headings", row=number)  # fmt: skip
            continue
        yield number, [cells[place].strip() for place in places.values()]
