"""Reading a case: what is accepted, and one test for each way in which a file can be bad."""

from __future__ import annotations

import struct
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inputs.errors import Fault, InputError
from inputs.read import inspect_case, read_case
from inputs.schemas import TABLES
from tests.cases import tiny_tables, write_case, write_rows


def faults_of(path: Path) -> list[Fault]:
    """Return the faults, without the warnings."""
    return [fault for fault in inspect_case(path)[1] if fault.severity == "fault"]


def warnings_of(path: Path) -> list[Fault]:
    """Return the warnings, without the faults."""
    return [fault for fault in inspect_case(path)[1] if fault.severity == "warning"]


def only(faults: list[Fault]) -> Fault:
    """Return the one fault there should be."""
    assert len(faults) == 1, [fault.sentence() for fault in faults]
    return faults[0]


def write_book(path: Path, tables: dict[str, list[dict[str, Any]]] | None = None) -> Path:
    """Write the tiny case as a workbook, numbers as numbers."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    sheet = book.add_worksheet("case")
    facts = {"name": "Tiny", "base_year": 2026, "price_year": 2026, "horizon_years": 3}
    for row, (key, value) in enumerate({"key": "value", **facts}.items()):
        sheet.write_row(row, 0, [key, value])
    for name, rows in (tables or tiny_tables()).items():
        sheet = book.add_worksheet(name)
        headings = list(dict.fromkeys(key for row in rows for key in row))
        sheet.write_row(0, 0, headings)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [row.get(heading, "") for heading in headings])
    book.close()
    return path


def change_text(path: Path, old: str, new: str) -> None:
    """Replace the first such text in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# What is read


def test_folder_read(tmp_path: Path) -> None:
    """The tiny case has no fault and no warning; its tables have the contract's columns."""
    case = read_case(write_case(tmp_path))
    assert case.warnings == ()
    assert case.years == (2026, 2027, 2028)
    for name, model in TABLES.items():
        assert list(getattr(case, name).columns) == model.columns(), name
    assert case.travel.empty
    assert case.scenario is case.network is case.polygons is None


def test_types_are_those_promised(tmp_path: Path) -> None:
    """Blanks are NaN, NA or None by kind, and tuples stay tuples."""
    case = read_case(write_case(tmp_path))
    assert case.provisions["available_places"].tolist() == [None, None, ((0, 20.0),)]
    assert case.provisions["physical_places"].dtype == "float64"
    assert case.provisions["opens"].dtype == "Int64"
    assert case.provisions["in_area"].tolist() == [True, True, False]
    assert case.provisions["in_area"].dtype == bool
    assert case.entrants["year"].dtype == "int64"
    assert case.options["ramp"].tolist() == [(1.0,)]
    assert case.placed["zone"].tolist()[1] is None
    assert all(type(need) is str for need in case.entrants["need"])


def test_workbook_and_folder_agree(tmp_path: Path) -> None:
    """The same case as CSVs and as a workbook gives the same tables."""
    folder = read_case(write_case(tmp_path / "folder"))
    book = read_case(write_book(tmp_path / "case.xlsx"))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(folder, name), getattr(book, name))
    assert [source.rows for source in book.sources] == [25]  # 2+3+5+4+9+1+1 rows of the tables


def test_codes_survive_a_workbook(tmp_path: Path) -> None:
    """Text "0123", "None" and "NA" stay as they are; a URN typed as a number loses no digit."""
    tables = tiny_tables()
    for row, code in zip(tables["provisions"], ("0123", "None", "NA"), strict=True):
        row["site"], row["urn"] = code, 100000
    case = read_case(write_book(tmp_path / "case.xlsx", tables))
    assert case.provisions["site"].tolist() == ["0123", "None", "NA"]
    assert case.provisions["urn"].tolist() == ["100000"] * 3


def test_byte_order_mark_is_silent(tmp_path: Path) -> None:
    """Excel's 'CSV UTF-8' starts with a mark: nobody need know."""
    write_case(tmp_path)
    path = tmp_path / "zones.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_case(tmp_path).warnings == ()


def test_windows_text_is_warned_of(tmp_path: Path) -> None:
    """A name with an accent in cp1252 is read rightly, and said."""
    write_case(tmp_path)
    path = tmp_path / "zones.csv"
    path.write_bytes(path.read_bytes().replace(b"North", "Café".encode("cp1252")))
    case = read_case(tmp_path)
    assert case.zones["name"].tolist()[0] == "Café"
    assert "cp1252" in case.warnings[0].sentence()


def test_pounds_with_sign_and_commas(tmp_path: Path) -> None:
    """'£18,000' is 18000."""
    tables = tiny_tables()
    tables["teaches"][0]["annual_cost_gbp"] = "£18,000"
    case = read_case(write_case(tmp_path, **tables))
    assert case.teaches["annual_cost_gbp"].tolist()[0] == 18000


def test_longitude_and_latitude_become_the_grid(tmp_path: Path) -> None:
    """The Ordnance Survey's worked example: Caister water tower, TG 51409 13177.

    OSGB36 52 39 27.2531 N, 1 43 4.5177 E is WGS84 52.657977 N, 1.716073 E; the transformation
    without its grid file is good to about 5 m.
    """
    tables = tiny_tables()
    for row in tables["zones"] + tables["provisions"]:
        row.update(easting="", northing="", longitude=1.716073, latitude=52.657977)
    case = read_case(write_case(tmp_path, **tables))
    assert case.zones["easting"].tolist()[0] == pytest.approx(651409.9, abs=8)
    assert case.provisions["northing"].tolist()[0] == pytest.approx(313177.3, abs=8)


def test_blank_lines_keep_row_numbers(tmp_path: Path) -> None:
    """A blank line is skipped, and the rows after it are still numbered as Excel does."""
    write_case(tmp_path)
    change_text(tmp_path / "zones.csv", "\nsouth,South,408500", "\n\n,,,,,\nsouth,South,ten")
    fault = only(faults_of(tmp_path))
    assert (fault.row, fault.column, fault.value) == (5, "easting", "ten")


def test_companions_are_found(tmp_path: Path) -> None:
    """Scenario, network, polygons and notes beside the tables are handed on."""
    write_case(tmp_path)
    (tmp_path / "scenario.toml").write_text("")
    (tmp_path / "network.osm.gz").write_bytes(b"")
    (tmp_path / "zones.gpkg").write_bytes(b"")
    (tmp_path / "case-notes.md").write_text("# Notes\n\n- Places are from a plan.\n")
    (tmp_path / "waiting.csv").write_text("child\nc1\n")
    case = read_case(tmp_path)
    assert case.scenario == tmp_path / "scenario.toml"
    assert case.network == tmp_path / "network.osm.gz"
    assert case.polygons == tmp_path / "zones.gpkg"
    assert case.notes == ("Places are from a plan.",)
    assert case.warnings == ()


def test_headings_may_be_spaced_and_capital(tmp_path: Path) -> None:
    """'Max places' is max_places: a heading has one meaning however it is typed."""
    write_case(tmp_path)
    change_text(tmp_path / "teaches.csv", "max_places", " Max places ")
    assert read_case(tmp_path).warnings == ()


# Files that are bad


def test_missing_path(tmp_path: Path) -> None:
    """A path misspelt suggests the nearest."""
    write_case(tmp_path / "seaborough")
    assert "Did you mean 'seaborough'?" in only(faults_of(tmp_path / "seaboro")).sentence()


def test_empty_folder(tmp_path: Path) -> None:
    """An empty folder says what should be in it."""
    assert "zones.csv" in only(faults_of(tmp_path)).remedy


def test_folder_with_only_a_workbook(tmp_path: Path) -> None:
    """A folder that holds a workbook points at it."""
    write_book(tmp_path / "case.xlsx")
    assert "case.xlsx" in only(faults_of(tmp_path)).remedy


def test_one_csv_is_not_a_case(tmp_path: Path) -> None:
    """One table asks for its folder."""
    assert "folder" in only(faults_of(write_case(tmp_path) / "zones.csv")).remedy


def test_other_file(tmp_path: Path) -> None:
    """A text file is refused by name."""
    (tmp_path / "case.txt").write_text("hello")
    assert "workbook" in only(faults_of(tmp_path / "case.txt")).sentence()


def test_missing_table(tmp_path: Path) -> None:
    """A required table that is missing is named, once, whatever refers to it."""
    fault = only(faults_of(write_case(tmp_path, zones=None)))
    assert fault.table == "zones.csv"
    assert "missing" in fault.problem


def test_misnamed_table(tmp_path: Path) -> None:
    """A file named 'zone.csv' is offered as the missing table."""
    write_case(tmp_path, zones=None)
    write_rows(tmp_path / "zone.csv", tiny_tables()["zones"])
    assert "Is it 'zone.csv'?" in only(faults_of(tmp_path)).remedy
    assert "ignored" in warnings_of(tmp_path)[0].problem


def test_missing_case_toml(tmp_path: Path) -> None:
    """Without case.toml, its three required keys are told."""
    (write_case(tmp_path) / "case.toml").unlink()
    assert "base_year" in only(faults_of(tmp_path)).remedy


def test_bad_case_toml(tmp_path: Path) -> None:
    """TOML that cannot be read is told with its line."""
    (write_case(tmp_path) / "case.toml").write_text("name = Tiny\n")
    assert "line 1" in only(faults_of(tmp_path)).problem


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"base_yr": 2026}, "Did you mean 'base_year'?"),
        ({"name": None}, "is missing"),
        ({"base_year": "2026/27"}, "first September"),
        ({"horizon_years": 0}, "from 1 to 30"),
        ({"crs": "EPSG:2770"}, "Did you mean 'EPSG:27700'?"),
        ({"horizon_years": [3]}, "must be one value"),
    ],
)
def test_case_keys(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    """Each key of case.toml is judged, and an unknown one suggests the nearest."""
    fault = only(faults_of(write_case(tmp_path, case=change)))
    assert words in fault.sentence()
    assert fault.table == "case.toml"


def test_empty_csv(tmp_path: Path) -> None:
    """A file of no bytes says so."""
    (write_case(tmp_path) / "zones.csv").write_bytes(b"")
    assert "empty" in only(faults_of(tmp_path)).problem


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("zone,easting".encode("utf-16"), "not a CSV file in UTF-8"),
        (b"PK\x03\x04 and more", "workbook"),
        (b"zone,easting\nn\x81orth,1", "not text"),  # 0x81 is no letter in cp1252 either
        (b"zone;easting\nnorth;1", "semicolons"),
        (b'zone,easting\n"north,1\n', "CSV"),
    ],
)
def test_not_a_csv(tmp_path: Path, data: bytes, words: str) -> None:
    """What is not comma-separated UTF-8 is told as what it is."""
    (write_case(tmp_path) / "zones.csv").write_bytes(data)
    assert words in only(faults_of(tmp_path)).sentence()


@pytest.mark.parametrize("line", ["west,West,408500", "west,West,408500,91200,a,1,2,3"])
def test_ragged_row(tmp_path: Path, line: str) -> None:
    """A row of three cells, or of eight, under six headings shifts values: it is a fault."""
    write_case(tmp_path)
    with (tmp_path / "zones.csv").open("a") as file:
        file.write(line + "\n")
    fault = faults_of(tmp_path)[0]
    assert fault.row == 4
    assert "under 6 headings" in fault.problem


def test_trailing_commas_are_nothing(tmp_path: Path) -> None:
    """Blank cells beyond the headings are what Excel leaves behind."""
    write_case(tmp_path)
    change_text(tmp_path / "zones.csv", "harbour,400", "harbour,400,,,")
    assert read_case(tmp_path).warnings == ()


def test_missing_column(tmp_path: Path) -> None:
    """A required column that is missing is likened to one that is there."""
    write_case(tmp_path)
    change_text(tmp_path / "teaches.csv", "annual_cost_gbp", "anual_cost_gbp")
    fault = only(faults_of(tmp_path))
    assert fault.column == "annual_cost_gbp"
    assert "Is it 'anual_cost_gbp'?" in fault.remedy


def test_extra_column(tmp_path: Path) -> None:
    """An extra column is ignored with a warning, which suggests what it may have meant."""
    write_case(tmp_path)
    change_text(tmp_path / "zones.csv", "locality", "localty")
    assert faults_of(tmp_path) == []
    warning = warnings_of(tmp_path)[0]
    assert "ignored" in warning.problem
    assert "Did you mean 'locality'?" in warning.remedy


def test_duplicate_heading(tmp_path: Path) -> None:
    """Two columns of one name are a fault."""
    write_case(tmp_path)
    change_text(tmp_path / "zones.csv", "locality", "Easting")
    assert "two columns" in only(faults_of(tmp_path)).problem


def test_values_without_heading(tmp_path: Path) -> None:
    """A column with values and no heading is a fault, because merged headings look so."""
    write_case(tmp_path)
    change_text(tmp_path / "zones.csv", "locality", "")
    assert "no heading" in only(faults_of(tmp_path)).problem


# Cells that are bad


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        ("zones", "easting", "ten", "is not a number"),
        ("zones", "easting", "nan", "not a finite number"),
        ("zones", "easting", "inf", "not a finite number"),
        ("zones", "easting", "1e999", "not a finite number"),
        ("zones", "zone", "North end", "'north_end'"),
        ("zones", "zone", "", "is blank"),
        ("zones", "children", "-4", "is negative"),
        ("zones", "name", "=HYPERLINK(1)", "is a formula"),
        ("zones", "name", "#REF!", "error in Excel"),
        ("zones", "name", "x" * 301, "longer than 300"),
        ("zones", "deprivation_fifth", "6", "from 1 to 5"),
        ("zones", "deprivation_fifth", "2.5", "not a whole number"),
        ("provisions", "class", "ARP", "Did you mean 'specialist_base'?"),
        ("provisions", "class", "specalist_base", "Did you mean 'specialist_base'?"),
        ("provisions", "in_area", "maybe", "neither yes nor no"),
        ("provisions", "available_places", "2026: many", "not a number"),
        ("provisions", "places", "9999", "from 0 to 5000"),
        ("teaches", "need", "asd", "Did you mean 'ASD'?"),
        ("teaches", "need", "Autism", "Did you mean 'ASD'?"),
        ("teaches", "phase", "KS3", "Did you mean 'secondary'?"),
        ("teaches", "phase", "Post 16", "Did you mean 'post16'?"),
        ("teaches", "annual_cost_gbp", "18k", "write"),
        ("entrants", "year", "2026/27", "first September"),
        ("entrants", "year", "46266", "date stored as a number"),
        ("entrants", "kind", "nwe", "Did you mean 'new'?"),
        ("entrants", "draw", "1e300", "far too large"),
        ("options", "capital_profile", "half", "not a number"),
        ("options", "requires", "b ad", "is not a key"),
        ("options", "lead_years", "99", "from 0 to 15"),
    ],
)
def test_bad_cell(tmp_path: Path, table: str, column: str, value: str, words: str) -> None:
    """One bad cell is one fault, with its file, row, column, value and what to do."""
    tables = tiny_tables()
    # Row 2 of the sheet; for zones and provisions another row of the file is the one referred to.
    if column in {"zone", "provision"}:
        tables[table].append({**tables[table][0], column: value})
    else:
        tables[table][0][column] = value
    row = len(tables[table]) + 1 if column == "zone" else 2
    fault = only(faults_of(write_case(tmp_path, **tables)))
    assert words.lower() in fault.sentence().lower()
    assert (fault.table, fault.column, fault.row) == (f"{table}.csv", column, row)
    assert fault.remedy


def test_duplicate_key(tmp_path: Path) -> None:
    """A repeated key says which row it repeats; a blank counts as equal to a blank."""
    tables = tiny_tables()
    tables["placed"].append(dict(tables["placed"][1]))
    fault = only(faults_of(write_case(tmp_path, **tables)))
    assert fault.row == 6
    assert "repeats row 3" in fault.problem
    assert "oak_school" in str(fault.value)


def test_every_fault_at_once(tmp_path: Path) -> None:
    """Ten thousand faults are all counted; the message shows a hundred."""
    rows = [{**tiny_tables()["entrants"][0], "nc_year": "x", "draw": i} for i in range(10_000)]
    with pytest.raises(InputError) as caught:
        read_case(write_case(tmp_path, entrants=rows))
    assert sum(fault.column == "nc_year" for fault in caught.value.faults) == 10_000
    lines = str(caught.value).splitlines()
    assert len(lines) == 101
    assert "more" in lines[-1]


# Workbooks that are bad


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "damaged"),
        (b"hello", "damaged"),
        (b"PK\x03\x04 cut short", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "password"),
    ],
)
def test_workbook_that_cannot_be_opened(tmp_path: Path, data: bytes, words: str) -> None:
    """A damaged workbook and a protected one are told apart."""
    path = tmp_path / "case.xlsx"
    path.write_bytes(data)
    assert words in only(faults_of(path)).problem


def test_workbook_cut_anywhere(tmp_path: Path) -> None:
    """A workbook with bytes missing or altered is a fault or is read, and never a crash."""
    whole = write_book(tmp_path / "whole.xlsx").read_bytes()
    path = tmp_path / "case.xlsx"
    for at in range(0, len(whole), len(whole) // 25):
        path.write_bytes(whole[:at])
        assert faults_of(path)
        path.write_bytes(whole[:at] + b"\xff\x00" + whole[at + 2 :])
        inspect_case(path)


def test_zip_bomb(tmp_path: Path) -> None:
    """Two hundred megabytes of noughts in a small file are refused before they are unpacked."""
    path = tmp_path / "case.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(200):
            part.write(bytes(1_000_000))
    assert "zip bomb" in only(faults_of(path)).problem


def test_zip_that_lies(tmp_path: Path) -> None:
    """A directory that states ten bytes for a part of a million is found out by the checksum."""
    path = tmp_path / "case.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(1_000_000))
    data = path.read_bytes().replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10))
    path.write_bytes(data)
    assert "damaged" in only(faults_of(path)).problem


def test_entities_are_refused(tmp_path: Path) -> None:
    """A part that declares entities is not opened: no spreadsheet program writes one."""
    path = tmp_path / "case.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("xl/_rels/workbook.xml.rels", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>")
        packed.writestr("xl/workbook.xml", "<x/>")
    assert "entities" in only(faults_of(path)).problem


def edit(path: Path, sheet: str, cell: str, value: object) -> None:
    """Change one cell of a workbook."""
    book = openpyxl.load_workbook(path)
    book[sheet][cell] = value
    book.save(path)


def test_formula_never_calculated(tmp_path: Path) -> None:
    """A formula with no saved value would be a blank, and so a default: it is a fault."""
    path = write_book(tmp_path / "case.xlsx")
    edit(path, "provisions", "H2", "=20+4")
    fault = only(faults_of(path))
    assert "never calculated" in fault.problem
    assert (fault.table, fault.row, fault.column) == ("provisions", 2, "physical_places")


def test_formula_with_a_value(tmp_path: Path) -> None:
    """A formula that Excel has calculated is read by its value, with one warning a column."""
    tables = tiny_tables()
    path = tmp_path / "case.xlsx"
    write_book(path, tables)
    book = xlsxwriter.Workbook(str(tmp_path / "zones.xlsx"))
    for name in ("case", *tables):
        sheet = book.add_worksheet(name)
        rows: list[list[Any]] = [["key", "value"], ["name", "T"], ["base_year", 2026],
                                 ["price_year", 2026], ["horizon_years", 3]]  # fmt: skip
        if name != "case":
            heads = list(dict.fromkeys(k for row in tables[name] for k in row))
            rows = [heads, *([row.get(k, "") for k in heads] for row in tables[name])]
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if name == "zones":
            sheet.write_formula("C2", "=400000+8500", value=408500)
            sheet.write_formula("C3", "=400000+8500", value=408500)
    book.close()
    case = read_case(tmp_path / "zones.xlsx")
    assert case.zones["easting"].tolist() == [408500, 408500]
    assert "2 cells are formulas" in case.warnings[0].problem


def test_error_cell(tmp_path: Path) -> None:
    """#DIV/0! would be read as a blank: it is a fault that shows it."""
    path = write_book(tmp_path / "case.xlsx")
    edit(path, "provisions", "H2", "#DIV/0!")
    fault = only(faults_of(path))
    assert fault.value == "#DIV/0!"
    assert "error in Excel" in fault.problem


def test_merged_headings(tmp_path: Path) -> None:
    """Merged headings are a fault that says where."""
    path = write_book(tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(path)
    book["zones"].merge_cells("C1:D1")
    book.save(path)
    assert any("headings" in f.problem and "merged" in f.problem for f in faults_of(path))


def test_date_in_a_cell(tmp_path: Path) -> None:
    """A date where a number or a key belongs is a fault: Excel makes them unasked."""
    path = write_book(tmp_path / "case.xlsx")
    when = pd.Timestamp("2026-09-01").to_pydatetime()
    edit(path, "zones", "C2", when)
    edit(path, "zones", "E2", when)
    number, key = faults_of(path)
    assert "is a date" in number.problem
    assert "Format the column as Text" in key.remedy


def test_sheet_without_headings(tmp_path: Path) -> None:
    """A title above the headings is told as what it is."""
    path = write_book(tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(path)
    book["zones"].insert_rows(1)
    book.save(path)
    assert any("row 1 holds no headings" in fault.problem for fault in faults_of(path))


def test_sheet_of_no_table(tmp_path: Path) -> None:
    """A sheet of another name is ignored with a warning."""
    path = write_book(tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(path)
    book.create_sheet("Workings")
    book.save(path)
    assert [w.table for w in warnings_of(path)] == ["Workings"]


def test_no_case_sheet(tmp_path: Path) -> None:
    """A workbook without the sheet 'case' says what to put in it."""
    path = write_book(tmp_path / "case.xlsx")
    book = openpyxl.load_workbook(path)
    del book["case"]
    book.save(path)
    assert "base_year" in only(faults_of(path)).remedy


_ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">
<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body>
</office:document-content>"""
_MANIFEST = """<?xml version="1.0"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
<manifest:file-entry manifest:full-path="/"
manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>{more}</manifest:manifest>"""


def write_ods(path: Path, formula: str = "", more: str = "") -> Path:
    """Write the tiny case as an .ods, every cell as text; a formula may follow the zones."""
    facts = {"key": "value", "name": "Tiny", "base_year": 2026, "price_year": 2026,
             "horizon_years": 3}  # fmt: skip
    tables: dict[str, list[list[Any]]] = {"case": [list(pair) for pair in facts.items()]}
    for name, rows in tiny_tables().items():
        headings = list(dict.fromkeys(key for row in rows for key in row))
        tables[name] = [headings, *([row.get(heading, "") for heading in headings] for row in rows)]
    tables["zones"][1][2] = formula or tables["zones"][1][2]
    sheets = ""
    for name, lines in tables.items():
        sheets += f'<table:table table:name="{name}">'
        for line in lines:
            sheets += "<table:table-row>"
            for cell in line:
                text = f'office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
                sheets += str(cell) if str(cell).startswith("<") else "<table:table-cell " + text
            sheets += "</table:table-row>"
        sheets += "</table:table>"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", _ODS.format(sheets=sheets))
        packed.writestr("META-INF/manifest.xml", _MANIFEST.format(more=more))
    return path


def test_open_document(tmp_path: Path) -> None:
    """An .ods is read as an .xlsx is."""
    folder = read_case(write_case(tmp_path / "folder"))
    book = read_case(write_ods(tmp_path / "case.ods"))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(folder, name), getattr(book, name))


def test_open_document_formula(tmp_path: Path) -> None:
    """A formula of an .ods without a value is found at its row and column."""
    formula = '<table:table-cell table:formula="of:=1+1"/>'
    fault = only(faults_of(write_ods(tmp_path / "case.ods", formula)))
    assert (fault.row, fault.column) == (2, "easting")
    assert "never calculated" in fault.problem


def test_open_document_protected(tmp_path: Path) -> None:
    """An encrypted .ods says so in its manifest."""
    path = write_ods(tmp_path / "case.ods", more="<manifest:encryption-data/>")
    assert "password" in only(faults_of(path)).problem


CELLS = [
    (table, row, column)
    for table, rows in tiny_tables().items()
    for row in range(len(rows))
    for column in rows[row]
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CELLS), st.text() | st.floats().map(str) | st.integers().map(str))
def test_any_text_in_any_cell(cell: tuple[str, int, str], text: str) -> None:
    """Whatever is typed in a cell, the case is read or its faults are told: nothing else."""
    table, row, column = cell
    tables = tiny_tables()
    tables[table][row][column] = text
    with tempfile.TemporaryDirectory() as folder:
        case, found = inspect_case(write_case(Path(folder), **tables))
    assert (case is None) == any(fault.severity == "fault" for fault in found)
    assert all(fault.sentence() for fault in found)
