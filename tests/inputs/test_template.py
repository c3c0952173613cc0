"""The template: readable as it is, safe, and complete; and the data dictionary beside it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from pydantic import BaseModel

from inputs.columns import columns
from inputs.dictionary import data_dictionary
from inputs.read import inspect_case
from inputs.schemas import TABLES
from inputs.template import write_template


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a template, written once."""
    return write_template(tmp_path_factory.mktemp("template") / "template.xlsx")


def test_untouched_template_is_a_case(template: Path) -> None:
    """The example rows hang together: no fault, and a warning for each row that is an example."""
    case, found = inspect_case(template)
    assert case is not None, [fault.sentence() for fault in found]
    examples = [fault for fault in found if "example row" in fault.problem]
    assert [fault.table for fault in examples] == list(TABLES)
    # The example has entrants in the first of its five years only.
    assert len(found) == len(TABLES) + 4


def test_sheets_and_headings(template: Path) -> None:
    """A sheet for each table with the contract's headings; Lists is hidden."""
    book = openpyxl.load_workbook(template)
    assert book.sheetnames == ["Read me", "case", *TABLES, "case-notes", "Lists"]
    assert book["Lists"].sheet_state == "hidden"
    for name, model in TABLES.items():
        sheet = book[name]
        assert [cell.value for cell in sheet[1]] == model.columns()
        assert sheet.freeze_panes == "B2"
        assert f"tbl_{name}" in sheet.tables
        for cell, column in zip(sheet[1], columns(model), strict=True):
            assert cell.comment is not None
            assert column.description in cell.comment.text
            assert bool(cell.font.bold) == column.required


def test_drop_downs(template: Path) -> None:
    """Need, phase, class, kind and yes or no are chosen from lists; years are whole numbers."""
    book = openpyxl.load_workbook(template)
    rules = {
        (name, str(rule.sqref).split(":", 1)[0]): rule
        for name in TABLES
        for rule in book[name].data_validations.dataValidation
    }
    assert rules["teaches", "B2"].formula1 == "list_need"
    assert rules["teaches", "C2"].formula1 == "list_phase"
    assert rules["provisions", "C2"].formula1 == "list_class"
    assert rules["entrants", "G2"].formula1 == '"new,transfer,waiting"'
    assert rules["provisions", "K2"].formula1 == '"yes,no"'
    assert rules["entrants", "D2"].type == "whole"
    names = book.defined_names
    assert {"list_need", "list_phase", "list_class"} <= set(names)
    assert names["list_need"].attr_text == "Lists!$A$2:$A$14"  # 13 needs below the heading


def test_keys_and_lists_are_typed_as_text(template: Path) -> None:
    """A key 0123 and a list 2026: 12 keep their shape, because the column is Text."""
    sheet = openpyxl.load_workbook(template)["provisions"]
    formats = {cell.value: sheet.cell(2, cell.column).number_format for cell in sheet[1]}
    assert formats["provision"] == formats["features"] == "@"
    assert formats["place_funding_gbp"] == "£#,##0"


def test_no_formula_macro_or_link_outside(template: Path) -> None:
    """No cell holds a formula, and nothing in the file reaches beyond it."""
    with zipfile.ZipFile(template) as packed:
        for name in packed.namelist():
            assert "vba" not in name.lower()
            text = packed.read(name).decode("utf-8", "replace")
            assert 'TargetMode="External"' not in text
            if name.startswith("xl/worksheets/sheet"):
                assert not re.search(r"<f[\s>]", text)


def test_row_models_have_no_rule_across_cells() -> None:
    """Cells are judged a column at a time, so a row model may hold no rule of the whole row."""
    for model in TABLES.values():
        decorators = model.__pydantic_decorators__
        assert not decorators.model_validators, model
        assert not decorators.field_validators, model
        assert issubclass(model, BaseModel)


def test_dictionary_is_true() -> None:
    """docs/data.md is what the row models say today; write it again with data_dictionary()."""
    page = Path(__file__).parents[2] / "docs" / "data.md"
    assert page.read_text(encoding="utf-8") == data_dictionary()


def test_dictionary_has_every_column() -> None:
    """Every heading of every table stands in the dictionary."""
    text = data_dictionary()
    for model in TABLES.values():
        for heading in model.columns():
            assert re.search(rf"^\| \**{heading}\** \|", text, re.MULTILINE), heading
