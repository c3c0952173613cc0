"""Open one workbook (.xlsx, .xlsm or .ods) with a sheet for each table."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from inputs.case import Source
from inputs.errors import Fault
from inputs.raw import NEVER_CALCULATED, RawCase, RawTable, hash_of, is_blank, tidy
from inputs.schemas import TABLES
from inputs.sheet_xml import OddCells, UnsafeXmlError, odd_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

SUFFIXES = frozenset({".xlsx", ".xlsm", ".ods"})
LARGEST_WORKBOOK_BYTES = 200_000_000
LARGEST_UNPACKED_BYTES = 1_000_000_000
"""A workbook of 200,000 entrants unpacks to about 100 MB."""
LARGEST_RATIO = 200
"""Sheets of numbers pack about tenfold; past this, and past 50 MB, a file is made to harm."""
SMALL_UNPACKED_BYTES = 50_000_000
MOST_CELLS = 30_000_000
NOT_TABLES = frozenset(
    {"case", "read_me", "readme", "lists", "problems", "case-notes", "contents", "cover"}
    | {"waiting", "vacancies", "mixes", "groups", "round-notes"}
)
OLE2 = b"\xd0\xcf\x11\xe0"
"""First bytes of an old .xls, and of an .xlsx that is encrypted."""
TELL_IT_AGAIN = "Open it in Excel, and save it again as .xlsx"


def open_workbook(path: Path) -> RawCase:
    """Return what a workbook holds, as it was typed, with every fault met on the way."""
    raw = RawCase(facts_label="case", ending="")
    _open(path, raw, lambda book, odd: _read_sheets(raw, book, odd))
    return raw


def open_sheets(path: Path, names: Collection[str]) -> RawCase:
    """Return those sheets of a workbook that have one of the names, as they were typed."""
    raw = RawCase(facts_label="case", ending="")

    def read(book: CalamineWorkbook, odd: dict[str, OddCells]) -> None:
        for sheet_name in book.sheet_names:
            name = tidy(sheet_name)
            if name in names and name not in raw.tables:
                cells = odd.get(sheet_name, OddCells())
                table = _read_sheet(raw, book, name, sheet_name, cells)
                raw.tables |= {} if table is None else {name: table}

    _open(path, raw, read)
    return raw


def _open(
    path: Path, raw: RawCase, read: Callable[[CalamineWorkbook, dict[str, OddCells]], None]
) -> None:
    """Open a workbook and have its sheets read; what goes wrong on the way is a fault."""
    try:
        fault = unsafe(path)
        if fault is not None:
            raw.faults.append(fault)
            return
        with zipfile.ZipFile(path) as packed:
            odd = odd_cells(packed)
        digest = hash_of(path)
        with CalamineWorkbook.from_path(path) as book:
            read(book, odd)
    except PasswordError:
        raw.faults.append(_protected(path))
    except UnsafeXmlError as error:
        raw.faults.append(Fault(path.name, str(error), TELL_IT_AGAIN))
    except OSError as error:
        raw.faults.append(
            Fault(
                path.name,
                f"cannot be opened ({error.strerror or error})",
                "Close it in Excel, and check that you may read it",
            )
        )
    except (CalamineError, zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError,
            NotImplementedError, RuntimeError) as error:  # fmt: skip
        raw.faults.append(_damaged(path, error))
    except BaseException as error:
        # The reader is compiled: its own failures reach Python as a panic, not an Exception.
        if type(error).__name__ != "PanicException":
            raise
        raw.faults.append(_damaged(path, error))
    else:
        rows = sum(len(table.rows) for table in raw.tables.values())
        raw.sources.append(Source(path.name, digest, rows))


def _protected(path: Path) -> Fault:
    return Fault(
        path.name,
        "is protected by a password, or is an old .xls workbook",
        "Take the password off (File, Info, Protect Workbook), and save it as .xlsx",
    )


def _damaged(path: Path, error: BaseException) -> Fault:
    said = " ".join(str(error).split())[:120]
    return Fault(path.name, f"is damaged, or is not a workbook ({said})", TELL_IT_AGAIN)


def unsafe(path: Path) -> Fault | None:
    """Return why a file must not be opened, before anything in it is unpacked."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == OLE2:
        return _protected(path)
    size = path.stat().st_size
    if size > LARGEST_WORKBOOK_BYTES:
        return Fault(path.name, "is over 200 MB", "Give the tables as a folder of CSV files")
    with zipfile.ZipFile(path) as packed:
        members = packed.infolist()
        unpacked = sum(member.file_size for member in members)
        by_ratio = unpacked > SMALL_UNPACKED_BYTES and unpacked > LARGEST_RATIO * max(size, 1)
        if unpacked > LARGEST_UNPACKED_BYTES or by_ratio:
            return Fault(
                path.name,
                f"would unpack to {unpacked / 1e6:,.0f} MB from {size / 1e6:,.1f} MB, "
                "and is not opened (a zip bomb looks so)",
                "Copy the values alone into a new workbook, or give a folder of CSV files",
            )
        if any(member.flag_bits & 0x1 for member in members):
            return _protected(path)
        manifest = "META-INF/manifest.xml"
        if manifest in packed.namelist() and b"encryption-data" in packed.read(manifest):
            return _protected(path)
        # The directory can lie about sizes. Reading each member stops at the size it states, and
        # fails the checksum when there was more.
        bad = packed.testzip()
        if bad is not None:
            return Fault(path.name, f"is damaged (at {bad!r})", TELL_IT_AGAIN)
    return None


def _read_sheets(raw: RawCase, book: CalamineWorkbook, odd: dict[str, OddCells]) -> None:
    seen: dict[str, str] = {}
    for sheet_name in book.sheet_names:
        name = tidy(sheet_name)
        if name in seen:
            raw.faults.append(
                Fault(sheet_name, f"is the same table as sheet {seen[name]!r}", "Keep one of them")
            )
            continue
        seen[name] = sheet_name
        if name not in TABLES and name not in NOT_TABLES:
            raw.unknown.append(sheet_name)
        if name not in TABLES and name not in {"case", "case-notes"}:
            continue
        table = _read_sheet(raw, book, name, sheet_name, odd.get(sheet_name, OddCells()))
        if name == "case":
            raw.facts_label = sheet_name
            _read_facts(raw, table)
        elif name == "case-notes":
            lines = [row[0] for row in table.rows] if table else []
            raw.notes = tuple(str(line).strip() for line in lines if not is_blank(line))
        elif table is None:
            raw.broken.add(name)
        else:
            raw.tables[name] = table
    if "case" not in seen:
        raw.faults.append(
            Fault(
                "case",
                "there is no sheet 'case'",
                "Add it, with headings key and value, and rows name, base_year and price_year",
            )
        )


def _read_sheet(
    raw: RawCase, book: CalamineWorkbook, name: str, sheet_name: str, odd: OddCells
) -> RawTable | None:
    """Return a sheet as typed, or None (and a fault, unless it is merely empty)."""
    sheet = book.get_sheet_by_name(sheet_name)
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raw.faults.append(
            Fault(
                sheet_name,
                f"has {sheet.total_height:,} rows and {sheet.total_width:,} columns in use",
                "Delete the empty rows and columns beyond the data, and save it",
            )
        )
        return None
    cells: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for (row, column), error in odd.errors.items():
        _put(cells, row, column, error)
    for row, column in odd.never_calculated:
        _put(cells, row, column, NEVER_CALCULATED)
    if not cells or all(is_blank(cell) for cell in cells[0]):
        if name in TABLES:
            raw.faults.append(
                Fault(sheet_name, "row 1 holds no headings", "Write the headings in row 1", row=1)
            )
        return None
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        raw.faults.append(
            Fault(
                sheet_name,
                f"{'the headings' if top == 0 else 'cells'} in columns {left + 1} to {right + 1}"
                f"{'' if top == bottom else f', rows {top + 1} to {bottom + 1},'} are merged",
                "Unmerge them (Home, Merge & Centre), and fill in every cell",
                row=top + 1,
            )
        )
    headings = ["" if is_blank(cell) else tidy(cell) for cell in cells[0]]
    kept = [
        (number, row)
        for number, row in enumerate(cells[1:], start=2)
        if not all(is_blank(cell) for cell in row)
    ]
    formulas: dict[int, tuple[int, int]] = {}
    for row_index, column in odd.calculated:
        count, first = formulas.get(column, (0, row_index + 1))
        formulas[column] = (count + 1, min(first, row_index + 1))
    return RawTable(
        name, sheet_name, headings, [row for _, row in kept], [n for n, _ in kept], formulas
    )


def _put(cells: list[list[Any]], row: int, column: int, value: object) -> None:
    """Put a value where the reader left a blank; the sheet may end before it."""
    width = max((len(cells[0]) if cells else 0), column + 1)
    if row > MOST_CELLS // width:
        return
    while len(cells) <= row:
        cells.append([""] * width)
    if len(cells[0]) < width:
        for line in cells:
            line.extend([""] * (width - len(line)))
    cells[row][column] = value


def _read_facts(raw: RawCase, table: RawTable | None) -> None:
    """Read the sheet ``case``: two columns, key and value."""
    if table is None:
        raw.faults.append(
            Fault(raw.facts_label, "the sheet is empty", "Write headings key and value in row 1")
        )
        return
    if table.headings[:2] != ["key", "value"]:
        raw.faults.append(
            Fault(raw.facts_label, "its headings are not key and value", "Write them in row 1", 1)
        )
        return
    facts: dict[str, Any] = {}
    for number, row in zip(table.numbers, table.rows, strict=True):
        key = tidy(row[0])
        if not key or is_blank(row[1]):
            continue
        if key in facts:
            raw.faults.append(
                Fault(raw.facts_label, "stands twice", "Keep one", number, "key", key)
            )
        elif row[1] is NEVER_CALCULATED:
            raw.faults.append(
                Fault(raw.facts_label, "is a formula that was never calculated",
                      "Open the workbook in Excel and save it", number, "value", key)
            )  # fmt: skip
        else:
            facts[key] = row[1]
    raw.facts = facts
