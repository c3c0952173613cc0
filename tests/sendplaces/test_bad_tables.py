"""Tables that are wrong: exit 3, a list that says where and what to do, and nothing written."""

from __future__ import annotations

import csv
import io
import os
import struct
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.cases import Rows, tiny_tables, write_case, write_rows
from tests.sendplaces.driving import nothing_written, refused, run, write_book

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def changed(table: str, column: str, value: object, row: int = 0) -> dict[str, Rows]:
    """Return one table of the tiny case with one cell changed, as ``write_case`` takes it."""
    rows = tiny_tables()[table]
    rows[row][column] = value
    return {table: rows}


CELLS = {
    "wrong type": ("zones", "easting", "ten", ["zones.csv, row 2, easting: 'ten'", "number"]),
    "text in a count": ("entrants", "children", "two", ["entrants.csv, row 2, children: 'two'"]),
    "18k": ("teaches", "annual_cost_gbp", "18k", ["'18k' is shortened", "18000 or £18,000"]),
    "a formula": ("placed", "children", "=SUM(A1:A9)", ["'=SUM(A1:A9)' is a formula"]),
    "a date as a number": ("entrants", "year", 46266, ["looks like a date stored as a number"]),
    "an academic year": ("entrants", "year", "2026/27", ["is two years", "such as 2026"]),
    "a need in lower case": ("teaches", "need", "asd", ["'asd'", "Did you mean 'ASD'?"]),
    "a need as a word": ("teaches", "need", "Autism", ["'Autism'", "Did you mean 'ASD'?"]),
    "a class by its local name": (
        "provisions", "class", "Resource Base", ["Did you mean 'specialist_base'?"]
    ),
    "NaN": ("entrants", "children", "NaN", ["row 2, children: 'NaN' is not a finite number"]),
    "infinity": ("options", "capital_gbp", "inf", ["capital_gbp: 'inf' is not a finite number"]),
    "infinity by its size": ("options", "capital_gbp", "1e999", ["'1e999' is not a finite"]),
    "more children than there are": (
        "entrants", "children", "587681889008", ["'587681889008' is far too large"]
    ),
    "an error of Excel": ("placed", "children", "#REF!", ["'#REF!' is an error in Excel"]),
    "fewer than no children": ("entrants", "children", -1, ["'-1'"]),
    "an unknown provision": ("teaches", "provision", "elm_bass", ["Did you mean 'elm_base'?"]),
    "an unknown zone": ("entrants", "zone", "nroth", ["Did you mean 'north'?"]),
    "a year before the horizon": ("entrants", "year", 2019, ["'2019'"]),
    "no cost": ("teaches", "annual_cost_gbp", 0, ["no cost at all"]),
    "over a million": ("teaches", "annual_cost_gbp", "£1,400,000", ["over £1,000,000"]),
    "a blank where a value must be": ("provisions", "name", "", ["provisions.csv, row 2, name"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CELLS)
def test_one_bad_cell_is_named(tmp_path: Path, name: str) -> None:
    """One bad cell is told with its file, row, column and value, and what to do."""
    table, column, value, saying = CELLS[name]
    case = write_case(tmp_path / "case", **changed(table, column, value))
    told = refused(tmp_path, case, saying=[f"{table}.csv", *saying])
    assert "1 fault;" in told.err, "one slip is told once"


def test_coordinates_the_wrong_way_round_are_seen(tmp_path: Path) -> None:
    """An easting under northing would put a home in the Atlantic; it is told, not planned."""
    rows = tiny_tables()["zones"]
    rows[0]["easting"], rows[0]["northing"] = rows[0]["northing"], rows[0]["easting"]
    case = write_case(tmp_path / "case", zones=rows)
    refused(tmp_path, case, saying=["zones.csv, row 2", "easting and northing swapped"])


def _no_case(folder: Path) -> Path:
    (folder / "case").mkdir()
    return folder / "case"


def _missing_column(folder: Path) -> Path:
    rows = [{k: v for k, v in row.items() if k != "places"} for row in tiny_tables()["provisions"]]
    return write_case(folder / "case", provisions=rows)


def _twice(folder: Path) -> Path:
    rows = tiny_tables()["entrants"]
    return write_case(folder / "case", entrants=[*rows, rows[3]])


def _as_bytes(name: str, data: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        case = write_case(folder / "case")
        (case / name).write_bytes(data)
        return case

    return make


def _folder_for_a_table(folder: Path) -> Path:
    case = write_case(folder / "case", teaches=None)
    (case / "teaches.csv").mkdir()
    return case


BROKEN: dict[str, tuple[Callable[[Path], Path], list[str]]] = {
    "an empty folder": (_no_case, ["holds no table of a case"]),
    "no such folder": (lambda folder: folder / "csae", ["no such file or folder"]),
    "a missing table": (
        lambda folder: write_case(folder / "case", teaches=None),
        ["teaches.csv: the file is missing"],
    ),
    "a missing column": (_missing_column, ["provisions.csv", "there is no column 'places'"]),
    "a key twice": (_twice, ["entrants.csv, row 11, zone", "repeats row 5"]),
    "no case.toml": (_as_bytes("case.toml", b""), ["case.toml, name", "base_year"]),
    "a broken case.toml": (_as_bytes("case.toml", b'name = "x'), ["cannot be read as TOML"]),
    "UTF-16": (_as_bytes("zones.csv", "zone,é".encode("utf-16")), ["zones.csv", "UTF-8"]),
    "semicolons": (_as_bytes("zones.csv", b"zone;easting\na;1\n"), ["semicolons, not commas"]),
    "an open quotation mark": (_as_bytes("zones.csv", b'zone,name\n"a,b\n'), ["quotation mark"]),
    "nothing in a table": (_as_bytes("zones.csv", b""), ["zones.csv: the file is empty"]),
    "only headings": (
        _as_bytes("zones.csv", b"zone,easting,northing\n"),
        ["zones.csv"],
    ),
    "a workbook named .csv": (_as_bytes("zones.csv", b"PK\x03\x04rest"), ["Excel workbook named"]),
    "null bytes": (_as_bytes("zones.csv", b"zone\0,easting\n"), ["zones.csv"]),
    "a cell without end": (
        _as_bytes("zones.csv", b"zone,easting,northing\n" + b"x" * 200_000 + b",1,2\n"),
        ["zones.csv"],
    ),
    "a folder where a table should be": (_folder_for_a_table, ["teaches.csv"]),
    "a table instead of a case": (
        lambda folder: write_case(folder / "case") / "zones.csv",
        ["is one table of a case", "Give the folder"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_is_refused(tmp_path: Path, name: str) -> None:
    """A folder that is no case is refused in words that name what to mend."""
    make, saying = BROKEN[name]
    refused(tmp_path, make(tmp_path), saying=saying)


def _truncated(path: Path) -> None:
    whole = write_book(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _damaged_inside(path: Path) -> None:
    """Turn over bytes in the middle of a member: its checksum no longer holds."""
    data = bytearray(write_book(path).read_bytes())
    middle = len(data) // 3
    for at in range(middle, middle + 40):
        data[at] ^= 0xFF
    path.write_bytes(bytes(data))


def _bomb(path: Path) -> None:
    """Write 60 MB of zeros in 60 kB: a thousand to one, where sheets pack about ten to one."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(60_000_000))


def _merged(path: Path) -> None:
    write_book(path)
    book = openpyxl.load_workbook(path)
    book["provisions"].merge_cells("B1:C1")
    book.save(path)


def _never_calculated(path: Path) -> None:
    """A formula that openpyxl writes has no saved value: Excel has never seen it."""
    write_book(path)
    book = openpyxl.load_workbook(path)
    book["provisions"]["G2"] = "=10+10"
    book.save(path)


def _dates(path: Path) -> None:
    write_book(path)
    book = openpyxl.load_workbook(path)
    book["entrants"]["D2"] = datetime(2026, 9, 1)  # noqa: DTZ001 - a cell has no time zone
    book.save(path)


def _no_headings(path: Path) -> None:
    write_book(path)
    book = openpyxl.load_workbook(path)
    book["zones"].insert_rows(1)
    book.save(path)


BOOKS: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "cut short": (_truncated, ["is damaged, or is not a workbook"]),
    "damaged inside": (_damaged_inside, ["is damaged"]),
    "text": (lambda p: p.write_text("zone,easting\n"), ["is damaged, or is not a workbook"]),
    "nothing": (lambda p: p.write_bytes(b""), ["is damaged, or is not a workbook"]),
    "a zip of something else": (
        lambda p: zipfile.ZipFile(p, "w").writestr("a.txt", "a"),
        ["is damaged, or is not a workbook"],
    ),
    "behind a password": (
        lambda p: p.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)),
        ["is protected by a password", "Take the password off"],
    ),
    "a zip bomb": (_bomb, ["a zip bomb looks so", "would unpack to 60 MB"]),
    "merged headings": (
        _merged,
        ["provisions, row 1", "the headings in columns 2 to 3 are merged"],
    ),
    "a formula without a value": (_never_calculated, ["provisions, row 2", "never calculated"]),
    "a date for a year": (_dates, ["entrants, row 2, year", "is a date"]),
    "a blank first row": (_no_headings, ["zones, row 1", "holds no headings"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BOOKS)
def test_a_bad_workbook_is_refused(tmp_path: Path, name: str) -> None:
    """A workbook that is damaged, locked, made to harm or laid out wrongly is refused in words."""
    make, saying = BOOKS[name]
    made = make(tmp_path / "case.xlsx")
    if isinstance(made, zipfile.ZipFile):
        made.close()
    refused(tmp_path, tmp_path / "case.xlsx", saying=saying)


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """A directory that states 10 bytes for 60 MB does not get it unpacked."""
    path = tmp_path / "case.xlsx"
    _bomb(path)
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")  # the directory; uncompressed size stands 24 bytes in
    data[entry + 24 : entry + 28] = struct.pack("<I", 10)
    path.write_bytes(bytes(data))
    refused(tmp_path, path, saying=["case.xlsx"])


def test_ten_thousand_faults_are_counted_and_a_hundred_shown(tmp_path: Path) -> None:
    """A need that no row has right: 10,000 faults, 100 sentences, and all of them in the JSON."""
    rows: list[dict[str, Any]] = [
        {"zone": zone, "need": f"X{n}", "phase": "primary", "year": 2026, "children": 1}
        for zone in ("north", "south")
        for n in range(5_000)
    ]
    case = write_case(tmp_path / "case", entrants=rows)
    told = refused(tmp_path, case, saying=["10,000 faults", "and 9,900 more"])
    assert sum(line.startswith("  entrants.csv, row") for line in told.err.splitlines()) == 100
    for command in ("check", "plan"):
        more = ["--out", tmp_path / "out"] if command == "plan" else []
        with nothing_written(tmp_path):
            in_full = run(command, case, "--json", *more)
        assert in_full.code == 3
        found = in_full.json()
        assert found["fault_count"] == len(found["faults"]) == 10_000
        assert {one["row"] for one in found["faults"]} == set(range(2, 10_002))


def test_faults_of_every_table_come_at_once(tmp_path: Path) -> None:
    """Three slips in three tables are three faults in one run, not three runs."""
    tables = (
        changed("zones", "easting", "ten")
        | changed("teaches", "need", "asd")
        | changed("options", "capital_gbp", "240k")
    )
    case = write_case(tmp_path / "case", **tables)
    refused(tmp_path, case, saying=["3 faults", "zones.csv", "teaches.csv", "options.csv"])


def test_hostile_names_are_printed_as_they_are(tmp_path: Path) -> None:
    """Square brackets are no mark-up, and control characters do not reach the terminal."""
    rows = tiny_tables()["teaches"]
    rows[0]["need"], rows[1]["need"] = "[red]ASD[/red]", "\x1b[31mASD"
    case = write_case(tmp_path / "case", teaches=rows)
    told = refused(tmp_path, case, saying=["[red]ASD[/red]"])
    assert "\x1b" not in told.err
    table = run("check", case)
    assert table.code == 3
    assert "[red]" in table.out
    assert "\x1b" not in table.out


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root reads all")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    """A table that the user may not open is a fault, not a traceback."""
    case = write_case(tmp_path / "case")
    (case / "zones.csv").chmod(0)
    refused(tmp_path, case, saying=["zones.csv", "cannot be opened"])


def test_untidy_files_are_read_and_told(tmp_path: Path) -> None:
    """A BOM is silent; "£18,000" is read; an extra column and Windows text are warnings."""
    tables = changed("teaches", "annual_cost_gbp", "£18,000")
    for row in tables["teaches"]:
        row["comment"] = "from the finance system"
    case = write_case(tmp_path / "case", **tables)
    zones = case / "zones.csv"
    zones.write_bytes(b"\xef\xbb\xbf" + zones.read_bytes())
    rows = tiny_tables()["provisions"]
    rows[0]["name"] = "Café School \N{EN DASH} north"
    text = io.StringIO()
    writer = csv.DictWriter(text, [*rows[0], "in_area", "available_places"], restval="")
    writer.writeheader()
    writer.writerows(rows)
    (case / "provisions.csv").write_bytes(text.getvalue().encode("cp1252"))
    told = run("check", case, "--json")
    assert told.code == 0
    found = told.json()
    assert found["faults"] == []
    said = {(one["table"], one["column"]) for one in found["warnings"]}
    assert said == {("teaches.csv", "comment"), ("provisions.csv", None)}


def test_formulas_with_a_saved_value_are_read_and_told(tmp_path: Path) -> None:
    """A workbook's calculated formula gives its value, warned of as perhaps out of date."""
    tables = tiny_tables()
    book = write_book(tmp_path / "case.xlsx", tables)
    tables["provisions"][0]["places"] = "=10+10"  # saved with the value 0: nobody opened it
    write_book(tmp_path / "formula.xlsx", tables)
    assert run("check", book, "--json").json()["warning_count"] == 0
    told = run("check", tmp_path / "formula.xlsx", "--json").json()
    formulas = [one["column"] for one in told["warnings"] if "is a formula" in one["problem"]]
    assert formulas == ["places"]


def test_rows_written_by_the_helper_are_what_the_cli_reads(tmp_path: Path) -> None:
    """The tiny case itself has no fault and no warning, so that each test above tests its own."""
    case = write_case(tmp_path / "case")
    write_rows(case / "zones.csv", tiny_tables()["zones"])
    told = run("check", case)
    assert told.code == 0
    assert told.out.strip() == "No faults and no warnings."
