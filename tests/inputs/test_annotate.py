"""The annotated copy: problems where they stand, and the user's own file untouched."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from inputs.annotate import PROBLEMS, annotate
from inputs.errors import Fault, InputError
from inputs.read import inspect_case
from tests.cases import tiny_tables, write_case
from tests.inputs.test_read import write_book

if TYPE_CHECKING:
    from pathlib import Path


def test_workbook_is_marked(tmp_path: Path) -> None:
    """The cell is coloured with a comment, and Problems links to it; the original is the same."""
    tables = tiny_tables()
    tables["teaches"][1]["need"] = "autism"
    path = write_book(tmp_path / "case.xlsx", tables)
    before = path.read_bytes()
    out = annotate(path, inspect_case(path)[1], tmp_path / "out" / "marked.xlsx")
    assert path.read_bytes() == before
    book = openpyxl.load_workbook(out)
    assert book.sheetnames[0] == PROBLEMS
    cell = book["teaches"]["B3"]
    assert cell.comment is not None
    assert "Did you mean 'ASD'?" in cell.comment.text
    assert cell.fill.fill_type == "solid"
    row = [c.value for c in book[PROBLEMS][4]]
    assert row[:5] == ["fault", "teaches", 3, "need", "autism"]
    assert book[PROBLEMS]["H4"].hyperlink.location == "'teaches'!B3"


def test_marked_copy_can_be_checked_again(tmp_path: Path) -> None:
    """Problems is no table: a copy that is mended and checked again has nothing new."""
    path = write_book(tmp_path / "case.xlsx")
    out = annotate(path, [Fault("zones", "is odd", row=2)], tmp_path / "marked.xlsx")
    assert inspect_case(out)[1] == ()
    again = annotate(out, [], tmp_path / "again.xlsx")
    assert openpyxl.load_workbook(again).sheetnames.count(PROBLEMS) == 1


def test_folder_becomes_a_workbook(tmp_path: Path) -> None:
    """Each CSV is a sheet, at its own rows, as text; formulas that were typed stay text."""
    tables = tiny_tables()
    tables["zones"][0]["name"] = "=HYPERLINK(1)"
    tables["zones"][1]["name"] = "+1\x07"
    folder = write_case(tmp_path / "case", **tables)
    out = annotate(folder, inspect_case(folder)[1], tmp_path / "marked.xlsx")
    book = openpyxl.load_workbook(out)
    assert book["zones.csv"]["B2"].value == "=HYPERLINK(1)"
    assert book["zones.csv"]["B2"].data_type == "s"
    assert book["zones.csv"]["B2"].comment is not None
    with zipfile.ZipFile(out) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in packed.read(name)


def test_own_file_is_never_overwritten(tmp_path: Path) -> None:
    """Writing over the case is refused."""
    path = write_book(tmp_path / "case.xlsx")
    with pytest.raises(InputError, match="never overwritten"):
        annotate(path, [], path)


def test_damaged_workbook(tmp_path: Path) -> None:
    """A workbook that cannot be opened cannot be marked, and says so."""
    path = tmp_path / "case.xlsx"
    path.write_bytes(b"hello")
    with pytest.raises(InputError, match="cannot be copied"):
        annotate(path, [], tmp_path / "marked.xlsx")
    assert not (tmp_path / "marked.xlsx").exists()
