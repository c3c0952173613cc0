"""Open a folder of CSV files with a ``case.toml``."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from typing import TYPE_CHECKING

from inputs.case import Case, Source
from inputs.demand.draws import FILE_NAME
from inputs.errors import Fault
from inputs.raw import RawCase, RawTable, hash_of, is_blank, tidy
from inputs.schemas import TABLES

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_CSV_BYTES = 500_000_000
"""A table of a large county is under a tenth of this; beyond it, memory is at risk."""
NOT_OURS = frozenset({"waiting", "vacancies", "mixes", "groups", "pupils", "bids"})
"""Tables that another command reads."""
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def open_folder(folder: Path) -> RawCase:
    """Return what a case folder holds, as it was typed, with every fault met on the way."""
    raw = RawCase()
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() == ".csv" and not path.name.startswith("."):
            found.setdefault(tidy(path.stem), []).append(path)
    for name, paths in found.items():
        if name in NOT_OURS:
            continue
        if name not in TABLES:
            raw.unknown += [path.name for path in paths]
        elif len(paths) > 1:
            raw.broken.add(name)
            both = " and ".join(path.name for path in paths)
            raw.faults.append(Fault(paths[0].name, f"the folder holds {both}", "Keep one of them"))
        else:
            _open_csv(raw, name, paths[0])
    _open_facts(raw, folder, has_tables=bool(raw.tables or raw.broken))
    _open_notes(raw, folder)
    raw.polygons = _if_file(folder / "zones.gpkg")
    raw.scenario = _if_file(folder / "scenario.toml")
    raw.network = next(filter(None, (_if_file(folder / n) for n in Case.NETWORK_NAMES)), None)
    raw.draws = _if_file(folder / FILE_NAME)
    if raw.draws:
        raw.sources.append(Source(raw.draws.name, hash_of(raw.draws), 0))
    if raw.polygons:
        raw.sources.append(Source(raw.polygons.name, hash_of(raw.polygons), 0))
    return raw


def open_one(path: Path, name: str) -> RawCase:
    """Return what one CSV file holds, as it was typed, as the table of that name."""
    raw = RawCase()
    _open_csv(raw, name, path)
    return raw


def _if_file(path: Path) -> Path | None:
    return path if path.is_file() else None


def _open_facts(raw: RawCase, folder: Path, *, has_tables: bool) -> None:
    path = folder / "case.toml"
    if not path.exists():
        if has_tables:
            raw.faults.append(
                Fault(
                    path.name,
                    "the file is missing",
                    "Write it with three lines: name, base_year and price_year, such as "
                    'name = "Seaborough", base_year = 2026, price_year = 2026',
                )
            )
        return
    try:
        data = path.read_bytes()
        raw.facts = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raw.faults.append(_unreadable(path, error))
    except UnicodeDecodeError:
        raw.faults.append(Fault(path.name, "is not UTF-8 text", "Save it as UTF-8"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raw.faults.append(
            Fault(
                path.name,
                f"cannot be read as TOML ({error})",
                'Write each line as key = value, with text in quotation marks: name = "Seaborough"',
            )
        )
    else:
        raw.sources.append(Source(path.name, hashlib.sha256(data).hexdigest(), 0))


def _open_notes(raw: RawCase, folder: Path) -> None:
    path = folder / "case-notes.md"
    if not path.is_file():
        return
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        raw.sources.append(Source(path.name, hash_of(path), 0))
    except OSError as error:
        raw.faults.append(_unreadable(path, error))
        return
    raw.notes = tuple(paragraphs(text))


def paragraphs(markdown: str) -> list[str]:
    r"""Return the paragraphs and list items of a page, each on one line, without its headings.

    >>> paragraphs("# Notes\n\n- **Land.** Flat,\n  and dry.\n- Sea.\n")
    ['Land. Flat, and dry.', 'Sea.']
    """
    notes: list[str] = []
    open_note = False
    for line in markdown.replace("**", "").splitlines():
        words = line.strip()
        if not words or words.startswith("#"):
            open_note = False
        elif words.startswith(("- ", "* ")) or not open_note:
            notes.append(words.removeprefix("- ").removeprefix("* "))
            open_note = True
        else:
            notes[-1] += " " + words
    return notes


def _unreadable(path: Path, error: OSError) -> Fault:
    return Fault(
        path.name,
        f"cannot be opened ({error.strerror or error})",
        "Close it in other programs, and check that you may read it",
    )


def _open_csv(raw: RawCase, name: str, path: Path) -> None:
    before = len(raw.faults)
    table = _read_csv(raw, name, path)
    if table is None:
        raw.broken.add(name)
        if len(raw.faults) == before:
            raw.faults.append(Fault(path.name, "the file is empty", "Write its headings in row 1"))
    else:
        raw.tables[name] = table


def _read_csv(raw: RawCase, name: str, path: Path) -> RawTable | None:
    label = path.name
    try:
        if path.stat().st_size > LARGEST_CSV_BYTES:
            raw.faults.append(
                Fault(label, "is over 500 MB, too large for a table of a case", "Check the export")
            )
            return None
        data = path.read_bytes()
    except OSError as error:
        raw.faults.append(_unreadable(path, error))
        return None
    text = _decode(raw, label, data)
    if text is None:
        return None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    table: RawTable | None = None
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if all(not cell or cell.isspace() for cell in cells):
                continue
            if table is None:
                if not _headings_fit(raw, label, cells):
                    return None
                table = RawTable(name, label, [tidy(cell) for cell in cells], [], [])
            elif fault := _ragged(table, cells, number):
                raw.faults.append(fault)
                # Kept at the right length, so that its other cells are judged too.
                width = len(table.headings)
                table.rows.append((cells + [""] * width)[:width])
                table.numbers.append(number)
            else:
                table.rows.append(cells)
                table.numbers.append(number)
    except csv.Error as error:
        raw.faults.append(
            Fault(
                label,
                f"cannot be read as CSV ({error})",
                "Look for a quotation mark that is opened and not closed, at or above this row",
                row=number + 1,
            )
        )
        return None
    if table is not None:
        raw.sources.append(Source(label, hashlib.sha256(data).hexdigest(), len(table.rows)))
    return table


def _decode(raw: RawCase, label: str, data: bytes) -> str | None:
    """Return the text of a CSV: UTF-8, or Windows text with a warning."""
    if data[:2] in UTF16_MARKS or b"\0" in data[:4096]:
        raw.faults.append(
            Fault(label, "is not a CSV file in UTF-8", "Save it from Excel as 'CSV UTF-8'")
        )
        return None
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raw.faults.append(
            Fault(label, "is an Excel workbook named .csv", "Save it from Excel as 'CSV UTF-8'")
        )
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raw.faults.append(Fault(label, "is not text in UTF-8", "Save it from Excel as 'CSV UTF-8'"))
        return None
    raw.faults.append(
        Fault(
            label,
            "is not UTF-8, and was read as Windows text (cp1252)",
            "Check names with accents, and save it from Excel as 'CSV UTF-8'",
            severity="warning",
        )
    )
    return text


def _headings_fit(raw: RawCase, label: str, cells: list[str]) -> bool:
    """Refuse, once, a file whose columns are not separated by commas."""
    if len([cell for cell in cells if cell.strip()]) == 1:
        for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if mark in cells[0]:
                raw.faults.append(
                    Fault(
                        label,
                        f"the columns are separated by {word}, not commas",
                        "Save it from Excel as 'CSV UTF-8 (Comma delimited)'",
                        row=1,
                    )
                )
                return False
    return True


def _ragged(table: RawTable, cells: list[str], number: int) -> Fault | None:
    width = len(table.headings)
    if len(cells) == width:
        return None
    if len(cells) > width:
        if all(is_blank(cell) for cell in cells[width:]):
            del cells[width:]
            return None
        remedy = "Put quotation marks round a value that holds a comma, such as names and £18,000"
    else:
        remedy = "Write a comma for every blank cell"
    return Fault(table.label, f"has {len(cells)} cells under {width} headings", remedy, row=number)
