"""Open a published table lazily: only the rows and columns wanted, from a file or a release zip.

National files are large, come compressed or not, in UTF-8 or Windows text, and are easily mistaken
for one another. A file that is not the one asked for is refused in words that say what it is.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import re
import warnings
import zipfile
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

ROWS_AT_ONCE = 5_000
"""Rows of a table that are held before those not wanted are dropped."""

MARKS: dict[str, str] = {
    "x": "unavailable",
    "z": "not applicable",
    "c": "suppressed",
    "u": "of low reliability",
    ":": "not available",
    "..": "not available",
    "": "blank",
}
"""Marks that stand for a figure in official statistics (Government Statistical Service symbols)."""

_ENDING = re.compile(r"\.(csv|txt)(\.(gz|xz|bz2))?$", re.IGNORECASE)

_SIGNATURES: tuple[tuple[str, str], ...] = (
    ("the register of schools (Get Information About Schools)", "urn establishmentname"),
    ("plans by placement (EHC plans, 2023 layout onwards)", "breakdown_topic ehcplans"),
    ("new plans by placement (EHC plans)", "breakdown_topic new_ehc_plans"),
    ("plans by primary need (EHC plans)", "breakdown_topic number_asd"),
    ("ceased plans (EHC plans)", "breakdown_topic total_ceased"),
    ("requests for assessment (EHC plans)", "requests_received_in_year"),
    ("residential placements (EHC plans)", "res_tot"),
    ("plans by age group (EHC plans, layout to 2022)", "characteristic_age total_all"),
    ("new plans by age group (EHC plans, layout to 2022)", "characteristic_age total_new_all"),
    ("plans by establishment (EHC plans, layout to 2022)", "establishment_group total_all"),
    ("population projections (ONS)", "area_code age_group"),
    ("population of small areas (ONS)", "0 1 17"),
    ("high needs benchmarking (DfE)", "la_code s251_outturn_topup_nmi_special"),
    ("a lookup of small areas (ONS)", "lsoa11cd lsoa21cd"),
    ("a lookup of authorities (ONS)", "ltla22cd utla22cd"),
    ("centroids of small areas (ONS)", "lsoa11_code lon lat"),
    ("a postcode directory (ONS)", "pcds"),
)
"""Headings that give a file away, in lower case."""


@dataclass(frozen=True)
class Source:
    """A published table that has been found and not yet read.

    Parameters
    ----------
    path
        The file, or the release zip that it is a member of.
    member
        Its name inside the zip; blank for a file.
    """

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """What the reader of a message knows the table by."""
        return self.member.rsplit("/", 1)[-1] or self.path.name

    @property
    def stem(self) -> str:
        """The name without its endings, in lower case: ``2025_caseload``."""
        return _ENDING.sub("", self.name).lower()

    @contextlib.contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """Open the bytes of the table, unpacked.

        Raises
        ------
        InputError
            When it is not there, may not be read, or is damaged.
        """
        with contextlib.ExitStack() as stack, _told(self.path.name):
            raw: IO[bytes]
            if self.member:
                bundle = stack.enter_context(zipfile.ZipFile(self.path))
                raw = stack.enter_context(bundle.open(self.member))
            else:
                raw = stack.enter_context(self.path.open("rb"))
            ending = self.name.rsplit(".", 1)[-1].lower()
            if ending == "gz":
                yield cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=raw)))
            elif ending == "xz":
                yield stack.enter_context(lzma.LZMAFile(raw))
            elif ending == "bz2":
                yield stack.enter_context(bz2.BZ2File(raw))
            else:
                yield raw


@contextlib.contextmanager
def _told(label: str) -> Iterator[None]:
    """Say in plain words that a file cannot be opened or is damaged."""
    try:
        yield
    except (zipfile.BadZipFile, lzma.LZMAError, gzip.BadGzipFile, EOFError) as error:
        fault = Fault(label, f"is damaged ({error})", "Download it again")
        raise InputError([fault]) from None
    except OSError as error:
        why = error.strerror or str(error)
        fault = Fault(
            label, f"cannot be opened ({why})", "Check the name, and that you may read it"
        )
        raise InputError([fault]) from None


def find_tables(path: Path) -> list[Source]:
    """Return the tables in a folder, in a release zip, or the one that a file is.

    Parameters
    ----------
    path
        A folder (its own files, not those of its folders), a zip, or one CSV file.

    Raises
    ------
    InputError
        When there is no such thing, or it holds no CSV file.
    """
    if not path.exists():
        raise InputError(
            [Fault(str(path), "there is no such file or folder", "Check the spelling")]
        )
    with _told(path.name):
        if path.is_dir():
            found = [Source(one) for one in sorted(path.iterdir()) if _is_csv(one.name)]
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as bundle:
                found = [Source(path, one) for one in sorted(bundle.namelist()) if _is_csv(one)]
        else:
            found = [Source(path)]
    if not found:
        kind = "folder" if path.is_dir() else "zip file"
        raise InputError(
            [Fault(str(path), f"the {kind} holds no CSV file", "Give the one that was downloaded")]
        )
    return found


def _is_csv(name: str) -> bool:
    base = name.rsplit("/", 1)[-1]
    return bool(re.search(r"\.csv(\.(gz|xz|bz2))?$", base, re.IGNORECASE)) and base[0] not in "._"


def headings(source: Source) -> list[str]:
    """Return the headings of a table as they are written, without spaces round them.

    Raises
    ------
    InputError
        When it cannot be opened, is empty, or is no text.
    """
    with source.stream() as stream, _told(source.name):
        line = stream.readline(1_000_000)
    if line.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or b"\0" in line:
        raise InputError([Fault(source.name, "is not a CSV file", "Give the CSV, as published")])
    text = _decoded(line)
    if not text.strip():
        raise InputError([Fault(source.name, "is empty", "Download it again")])
    return [
        cell.strip().strip('"').strip() for cell in pd.read_csv(io.StringIO(text), header=None,
        dtype=str, keep_default_na=False).iloc[0]
    ]  # fmt: skip


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def looks_like(found: Sequence[str]) -> str:
    """Return what published file a row of headings belongs to; blank when none is known.

    >>> looks_like(["URN", "LA (code)", "EstablishmentName"])
    'the register of schools (Get Information About Schools)'
    """
    have = {heading.lower() for heading in found}
    return next((what for what, marks in _SIGNATURES if set(marks.split()) <= have), "")


def wrong_file(source: Source, wanted: str, missing: Sequence[str], found: Sequence[str]) -> Fault:
    """Return the fault that a table is not the one wanted, or lacks columns of it."""
    what = looks_like(found)
    if what:
        problem = f"is {what}; wanted: {wanted}"
    else:
        listed = ", ".join(missing[:8]) + (", ..." if len(missing) > 8 else "")
        problem = f"is not {wanted}, or is of another layout: it has no column {listed}"
    return Fault(source.name, problem, "Give the file as its publisher ships it")


def read_table(
    source: Source,
    wanted: str,
    needed: Sequence[str],
    *,
    optional: Sequence[str] = (),
    also: Callable[[str], bool] | None = None,
    keep: Callable[[pd.DataFrame], pd.Series[bool]] | None = None,
) -> pd.DataFrame:
    """Return columns of a published table as text, with only the rows wanted in memory.

    Parameters
    ----------
    source
        The table.
    wanted
        What it should be, for the message when it is not: ``the register of schools``.
    needed, optional
        Columns to read, matched whatever their case; they come back spelt as asked. An optional
        one that the file lacks is left out.
    also
        Says of any other heading whether to read it too.
    keep
        Given some rows, which of them to keep.

    Returns
    -------
    DataFrame
        Of text; blank cells are empty strings; row labels count the rows of the file from 0.

    Raises
    ------
    InputError
        When it is another file, lacks a needed column, or cannot be read.
    """
    found = headings(source)
    by_lower = {heading.lower(): heading for heading in reversed(found)}
    missing = [name for name in needed if name.lower() not in by_lower]
    if missing:
        raise InputError([wrong_file(source, wanted, missing, found)])
    names = {by_lower[n.lower()]: n for n in (*needed, *optional) if n.lower() in by_lower}
    if also is not None:
        names |= {heading: heading for heading in found if heading not in names and also(heading)}
    places = sorted(found.index(heading) for heading in names)
    spelt = [names[found[place]] for place in places]
    try:
        return _read(source, "utf-8-sig", places, spelt, keep)
    except UnicodeDecodeError:
        return _read(source, "cp1252", places, spelt, keep)


def _read(
    source: Source,
    encoding: str,
    places: list[int],
    spelt: list[str],
    keep: Callable[[pd.DataFrame], pd.Series[bool]] | None,
) -> pd.DataFrame:
    parts: list[pd.DataFrame] = []
    with source.stream() as stream, _told(source.name), warnings.catch_warnings():
        # Said of rows that all have a cell more than there are headings.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            chunks = pd.read_csv(
                stream,
                encoding=encoding,
                encoding_errors="strict" if encoding != "cp1252" else "replace",
                header=0,
                index_col=False,
                dtype=str,
                keep_default_na=False,
                na_filter=False,
                chunksize=ROWS_AT_ONCE,
            )
            # Every column is parsed, so that a row with a cell too many is told, and not shifted.
            for whole in chunks:
                chunk = whole.iloc[:, places]
                chunk.columns = pd.Index(spelt)
                parts.append(chunk if keep is None else chunk[keep(chunk)])
        except (ValueError, pd.errors.ParserWarning) as error:
            if isinstance(error, UnicodeDecodeError | InputError):
                raise
            problem = f"cannot be read as CSV ({' '.join(str(error).split())})"
            raise InputError([Fault(source.name, problem, "Download it again")]) from None
    return pd.concat(parts) if parts else pd.DataFrame(columns=spelt, dtype=str)


def numbers(source: Source, column: pd.Series[str], *, signed: bool = False) -> pd.Series[float]:
    """Return a column as numbers; the marks of official statistics become NaN.

    Parameters
    ----------
    source
        The table it comes from, for the message.
    column
        Text, labelled by the row of the file from 0.
    signed
        Whether a number below zero is right.

    Raises
    ------
    InputError
        When a cell is neither a number nor a known mark, or is negative where none can be.
    """
    text = column.str.strip()
    marks = text.str.lower().isin(list(MARKS))
    value = pd.to_numeric(text.where(~marks, "nan").str.replace(",", ""), errors="coerce")
    wrong = (value.isna() & ~marks) | np.isinf(value)
    if not signed:
        wrong |= value < 0
    if wrong.any():
        faults = [
            Fault(
                source.name,
                "is negative" if pd.notna(value[row]) and value[row] < 0 else "is not a number",
                "Check the download: no such figure is published",
                row=int(row) + 2,
                column=str(column.name),
                value=text[row],
            )
            for row in text.index[wrong]
        ]
        raise InputError(faults)
    return value.astype(float)
