"""Show faults where they stand: a copy of the user's workbook with each cell marked.

The user's own files are never changed. A folder of CSV files becomes a workbook with the tables
as they are. Nothing that was typed becomes a formula: text is written as text.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink

from inputs.errors import Fault, InputError
from inputs.folder import open_folder
from inputs.raw import tidy
from inputs.workbook import unsafe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

PROBLEMS = "Problems"
MARKED_AT_MOST = 5_000
"""Cells that are coloured: beyond it the copy would be slow to open. All problems are listed."""
LISTED_AT_MOST = 100_000
_FILLS = {
    "fault": PatternFill("solid", start_color="FFF6D7D2"),
    "warning": PatternFill("solid", start_color="FFFFF0C2"),
}
_HEADINGS = ("Kind", "Table", "Row", "Column", "Value", "Problem", "What to do", "Go to")
_WIDTHS = (10, 18, 8, 20, 28, 60, 60, 10)
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LONGEST_CELL = 32_767
"""Characters that a cell of Excel can hold."""


def annotate(path: Path, faults: Sequence[Fault], out: Path) -> Path:
    """Write a copy of a case as a workbook, its faults coloured, explained and listed.

    Parameters
    ----------
    path
        The folder of CSV files, or the workbook, that was checked.
    faults
        What was found in it.
    out
        The workbook to write (.xlsx, or .xlsm to keep the macros of an .xlsm).

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        If ``out`` is a file of the case itself, or the workbook cannot be opened at all.
    """
    out = Path(out)
    inside = path.is_dir() and out.exists() and out.suffix.lower() == ".csv"
    if out.resolve() == path.resolve() or inside:
        raise InputError(
            [Fault(out.name, "is the case itself, and is never overwritten", "Give another name")]
        )
    book = _from_folder(path) if path.is_dir() else _copy(path, out)
    _mark(book, faults)
    _list_problems(book, faults)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.part")
    try:
        book.save(draft)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return out


def _copy(path: Path, out: Path) -> Workbook:
    if path.suffix.lower() == ".ods":
        raise InputError(
            [Fault(path.name, "is an .ods workbook, which cannot be marked", "Save it as .xlsx")]
        )
    try:
        refused = unsafe(path)
        if refused is None:
            with warnings.catch_warnings():
                # What the copy cannot carry over (such as slicers) is not the reader's concern.
                warnings.simplefilter("ignore")
                # Formulas are kept as they are: this is the user's own workbook.
                return load_workbook(path, keep_vba=out.suffix.lower() == ".xlsm")
    except Exception as error:  # a damaged workbook can fail in any part of its reader
        raise InputError(
            [Fault(path.name, "cannot be copied", "Open it in Excel, and save it again as .xlsx")]
        ) from error
    raise InputError([refused])


def _from_folder(folder: Path) -> Workbook:
    """Return a workbook with a sheet for each CSV file, every cell as text just as typed."""
    book = Workbook()
    book.remove(book.worksheets[0])
    raw = open_folder(folder)
    for table in raw.tables.values():
        sheet = book.create_sheet(table.label[:31])
        for column, heading in enumerate(table.headings, start=1):
            _write(sheet, 1, column, heading).font = Font(bold=True)
        for number, row in zip(table.numbers, table.rows, strict=True):
            for column, cell in enumerate(row, start=1):
                if cell != "":
                    _write(sheet, number, column, cell)
        sheet.freeze_panes = "A2"
    return book


def _write(sheet: Worksheet, row: int, column: int, value: object) -> Any:
    """Write a value; text stays text even where it begins with an equals sign."""
    cell: Any = sheet.cell(row, column)
    if isinstance(value, int | float):
        cell.value = value
    else:
        cell.value = _UNPRINTABLE.sub("?", str(value))[:LONGEST_CELL]
        cell.data_type = "s"
        cell.quotePrefix = True
    return cell


def _mark(book: Workbook, faults: Sequence[Fault]) -> None:
    """Colour each cell at fault, and say in a comment what is wrong with it."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    columns = {title: _columns(sheet) for title, sheet in sheets.items()}
    said: dict[tuple[str, int, int], list[Fault]] = {}
    for fault in faults:
        title = fault.table[:31]
        if title in sheets and fault.row is not None:
            column = columns[title].get(fault.column or "", 1)
            said.setdefault((title, fault.row, column), []).append(fault)
    for (title, row, column), found in list(said.items())[:MARKED_AT_MOST]:
        cell: Any = sheets[title].cell(row, column)
        if type(cell).__name__ == "MergedCell":
            continue
        cell.fill = _FILLS["fault" if any(f.severity == "fault" for f in found) else "warning"]
        lines = [_plain(f"{f.problem}. {f.remedy}").strip() for f in found[:5]]
        cell.comment = Comment("\n".join(lines)[:1000], "sendplaces", width=320, height=120)


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("?", text)


def _columns(sheet: Worksheet) -> dict[str, int]:
    """Return the column of each heading in row 1."""
    first: Any = next(sheet.iter_rows(min_row=1, max_row=1), ())
    return {tidy(cell.value): cell.column for cell in first if cell.value is not None}


def _list_problems(book: Workbook, faults: Sequence[Fault]) -> None:
    """Put a sheet in front with every problem, and a link to each cell."""
    if PROBLEMS in book.sheetnames:
        # One of ours, from the time before: the case has no table of that name.
        del book[PROBLEMS]
    titles = set(book.sheetnames)
    columns = {sheet.title: _columns(sheet) for sheet in book.worksheets}
    sheet = book.create_sheet(PROBLEMS, 0)
    count = sum(fault.severity == "fault" for fault in faults)
    _write(sheet, 1, 1, f"{count:,} faults and {len(faults) - count:,} warnings").font = Font(
        bold=True, size=14
    )
    for column, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True), start=1):
        _write(sheet, 3, column, heading).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, fault in enumerate(faults[:LISTED_AT_MOST], start=4):
        told = (fault.severity, fault.table, fault.row, fault.column, fault.value,
                fault.problem, fault.remedy)  # fmt: skip
        for column, value in enumerate(told, start=1):
            if value not in (None, ""):
                cell = _write(sheet, row, column, value)
                cell.alignment = Alignment(vertical="top", wrap_text=column >= 5)
        sheet.cell(row, 1).fill = _FILLS[fault.severity]
        title = fault.table[:31]
        if title in titles:
            at = get_column_letter(columns[title].get(fault.column or "", 1))
            quoted = title.replace("'", "''")
            link: Any = sheet.cell(row, len(_HEADINGS), "Go")
            link.hyperlink = Hyperlink(link.coordinate, location=f"'{quoted}'!{at}{fault.row or 1}")
            link.font = Font(underline="single", color="FF1D70B8")
    sheet.freeze_panes = "A4"
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
