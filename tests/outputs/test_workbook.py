"""plan.xlsx: totals tie across sheets, and no text of the user's is live."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from outputs.privacy import publish_safely
from outputs.sheets import Book
from outputs.workbook import CONTENTS, write_workbook
from tests.outputs.builders import NASTY, made_up, tiny_report

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the workbook of the tiny run."""
    path = tmp_path_factory.mktemp("book") / "plan.xlsx"
    write_workbook(tiny_report(), path)
    return path


def _rows(path: Path, sheet: str) -> list[list[object]]:
    rows: list[list[object]] = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    return rows


def test_every_sheet_of_the_contents_is_there(book: Path) -> None:
    """The cover lists the sheets that the workbook has, in their order."""
    names = CalamineWorkbook.from_path(book).sheet_names
    assert names == ["Contents", *(name for name, _ in CONTENTS)]
    listed = [row[0] for row in _rows(book, "Contents")]
    assert set(names[1:]) <= set(listed)


def test_every_check_agrees(book: Path) -> None:
    """The sheet of checks says TRUE on every line: purses, financial years, the cost itself."""
    rows = _rows(book, "Checks")[1:]
    assert len(rows) >= 20  # 12 of purses, 2 of the cost, 6 of financial years, placements
    assert all(row[3] is True for row in rows)
    for row in rows:
        assert row[1] == pytest.approx(row[2], abs=1.0)


def test_totals_tie_across_sheets_when_read_back(book: Path) -> None:
    """Money by year adds up to the summary, purse by purse, from the cells alone."""
    summary = {(str(row[0]), str(row[1])): row for row in _rows(book, "Summary")}
    assert summary
    report = tiny_report().summary["purses"]
    for purse, label in (("dsg", "Dedicated Schools Grant"), ("capital", "Capital")):
        for side in ("Do-minimum", "Plan"):
            cells = [
                row
                for row in _rows(book, "Money by year")[1:]
                if row[0] == label and row[2] == side and row[1] != "Total"
            ]
            total = next(
                row for row in _rows(book, "Money by year")[1:] if row[:3] == [label, "Total", side]
            )
            years = len(tiny_report().years)
            added = sum(float(str(row[3 + i])) for row in cells for i in range(years))
            assert added == pytest.approx(float(str(total[3 + years])))
            key = "do_minimum_gbp" if side == "Do-minimum" else "plan_gbp"
            assert added == pytest.approx(sum(one[key] for one in report[purse]["by_year"]))


def test_no_cell_runs_text_of_the_user(book: Path) -> None:
    """Names that begin with = + @ are there as text; every formula is one of our few."""
    flat = [
        cell
        for name in ("Programme", "Places", "Notes")
        for row in _rows(book, name)
        for cell in row
    ]
    assert NASTY in flat
    assert "+Elm" in flat
    assert "@home is assumed" in flat
    with zipfile.ZipFile(book) as file:
        sheets = [n for n in file.namelist() if n.startswith("xl/worksheets/sheet")]
        text = "".join(file.read(name).decode() for name in sheets)
    formulas = [part.split("</f>")[0] for part in text.split("<f>")[1:]]
    assert formulas
    ours = ("SUM(", "SUMIFS(", "ABS(", "$", "'")
    assert all(one.startswith(ours) or one[0].isdigit() for one in formulas)
    assert "HYPERLINK(" not in "".join(formulas)
    assert "mergeCell" not in text


def test_headings_are_frozen_and_data_starts_in_the_first_row(book: Path) -> None:
    """A sheet of data is a table from A1, with a frozen heading, so that a pivot takes it."""
    assert _rows(book, "Placements")[0][:4] == ["Zone", "Need", "Phase", "Year"]
    with zipfile.ZipFile(book) as file:
        names = [n for n in file.namelist() if n.startswith("xl/worksheets/sheet")]
        frozen = sum(b'state="frozen"' in file.read(name) for name in names)
    assert frozen >= len(CONTENTS) - 1  # all but the contents and the summary


def test_a_public_workbook_marks_what_is_held_back(tmp_path: Path) -> None:
    """Cells held back hold c, and no zone is named."""
    write_workbook(publish_safely(made_up(3)), tmp_path / "plan.xlsx")
    cells = [cell for row in _rows(tmp_path / "plan.xlsx", "Gap") for cell in row]
    assert "c" in cells
    assert "Zone" not in _rows(tmp_path / "plan.xlsx", "Placements")[0]


def test_a_workbook_that_cannot_be_written_is_an_oserror(tmp_path: Path) -> None:
    """A folder that is not there is told as what the system said."""
    book = Book(tmp_path / "nowhere" / "plan.xlsx")
    book.sheet("one")
    with pytest.raises(OSError, match="nowhere"):
        book.close()
