"""``check``, ``template``, ``travel``, help and the streams that all of them write to."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import openpyxl
import pytest

from tests.cases import tiny_tables, write_case
from tests.sendplaces.driving import (
    ROOT,
    Told,
    environment,
    nothing_written,
    run,
    run_apart,
    without_page,
    write_book,
)

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = (
    "pandas", "numpy", "pyomo", "geopandas", "osmnx", "highspy", "scipy", "matplotlib", "openpyxl"
)  # fmt: skip
"""Packages that take tenths of a second each to load: help must not wait for them."""
COMMANDS = ("plan", "check", "template", "travel")


def test_check_lists_faults_as_a_table(tmp_path: Path) -> None:
    """Where, row, column, value, what is wrong and what to do; faults before warnings; exit 3."""
    tables = tiny_tables()
    tables["teaches"][0]["need"] = "asd"
    tables["zones"][0]["colour"] = "blue"
    told = run("check", write_case(tmp_path / "case", **tables))
    assert told.code == 3
    for heading in ("where", "row", "column", "value", "what is wrong", "what to do"):
        assert heading in told.out
    assert told.out.index("Faults: 1") < told.out.index("Warnings: 1")
    assert "teaches.csv" in told.out
    assert "colour" in told.out


def test_check_writes_nothing_and_json_is_one_object(tmp_path: Path) -> None:
    """``check --json`` gives counts and every fault with its parts; nothing is written."""
    tables = tiny_tables()
    tables["teaches"][0]["need"] = "asd"
    case = write_case(tmp_path / "case", **tables)
    with nothing_written(tmp_path):
        told = run("check", case, "--json")
    assert told.code == 3
    found = told.json()
    assert found["fault_count"] == 1
    assert found["faults"] == [
        {
            "table": "teaches.csv",
            "row": 2,
            "column": "need",
            "value": "asd",
            "problem": "is not a need",
            "remedy": "Did you mean 'ASD'?",
            "severity": "fault",
        }
    ]


@pytest.mark.parametrize("kind", ["folder", "workbook"])
def test_check_annotates_a_copy(tmp_path: Path, kind: str) -> None:
    """``--annotate`` writes a copy with a list of problems in front; the case is not touched."""
    tables = tiny_tables()
    tables["teaches"][0]["need"] = "asd"
    case = (
        write_case(tmp_path / "here" / "case", **tables)
        if kind == "folder"
        else write_book(tmp_path / "case.xlsx", tables)
    )
    with nothing_written(case if case.is_dir() else tmp_path / "here"):
        told = run("check", case, "--annotate", tmp_path / "marked.xlsx", "--json")
    assert told.code == 3
    assert told.json()["fault_count"] == 1
    book = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert book.sheetnames[0] == "Problems"
    cells = [str(cell.value) for row in book["Problems"].iter_rows() for cell in row]
    assert any("Did you mean 'ASD'?" in cell for cell in cells)


def test_check_does_not_write_over_the_case(tmp_path: Path) -> None:
    """``--annotate`` with the name of the workbook itself is refused."""
    book = write_book(tmp_path / "case.xlsx")
    with nothing_written(tmp_path):
        told = run("check", book, "--annotate", book)
    assert told.code == 3
    assert "never overwritten" in told.err


def test_a_template_is_checked_and_planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The untouched template is a small case: its example rows are warned of, and it plans."""
    without_page(monkeypatch)
    book = tmp_path / "case.xlsx"
    assert run("template", "--out", book, "--json").json() == {"file": str(book)}
    told = run("check", book, "--json")
    assert told.code == 0, told.out
    warned = [one["table"] for one in told.json()["warnings"] if "example row" in one["problem"]]
    assert {"zones", "provisions", "teaches", "entrants"} <= set(warned)
    planned = run("plan", book, "--out", tmp_path / "out", "--json")
    assert planned.code == 0, planned.err
    assert any("example row" in warning for warning in planned.json()["warnings"])


def test_a_template_does_not_replace_a_filled_one(tmp_path: Path) -> None:
    """A workbook that is there is refused without --force; so is a name that is no workbook's."""
    book = write_book(tmp_path / "case.xlsx")
    with nothing_written(tmp_path):
        told = run("template", "--out", book)
        other = run("template", "--out", tmp_path / "case.csv")
    assert (told.code, other.code) == (3, 3)
    assert "is there already" in told.err
    assert ".xlsx" in other.err
    assert run("template", "--out", book, "--force").code == 0


def test_travel_is_accepted_as_supplied(
    tmp_path: Path, tiny_run: tuple[Told, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ``travel`` writes, put in the case folder as supplied journeys, gives the same plan."""
    without_page(monkeypatch)
    case = write_case(tmp_path / "case")
    told = run("travel", case, "--out", case / "travel.csv", "--json")
    assert told.code == 0, told.err
    # two zones and three provisions with coordinates
    assert told.json()["journeys"] == told.json()["straight_line"] == 6
    with (case / "travel.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) >= {"zone", "provision", "minutes", "miles"}
    assert len(rows) == 6
    planned = run("plan", case, "--out", tmp_path / "out", "--json")
    assert planned.code == 0, planned.err
    summary, before = planned.json(), tiny_run[0].json()
    assert summary["journeys_found"] == {"supplied": 6}
    assert not [warning for warning in summary["warnings"] if "travel.csv" in warning]
    # the table holds four decimals of a minute and a mile: pence on a few million pounds
    assert summary["cost_gbp"] == pytest.approx(before["cost_gbp"], abs=10)
    again = run("travel", case, "--out", case / "travel.csv")
    assert again.code == 3
    assert "is there already" in again.err


def test_bad_supplied_travel_is_refused(tmp_path: Path) -> None:
    """A journey of an unknown zone, and one of negative minutes, are faults of travel.csv."""
    rows = [
        {"zone": "nroth", "provision": "oak_school", "minutes": 5, "miles": 2},
        {"zone": "north", "provision": "oak_school", "minutes": -5, "miles": 2},
    ]
    told = run("check", write_case(tmp_path / "case", travel=rows), "--json")
    assert told.code == 3
    assert {(one["row"], one["column"]) for one in told.json()["faults"]} == {
        (2, "zone"),
        (3, "minutes"),
    }


@pytest.mark.parametrize("words", [(), *((command,) for command in COMMANDS)])
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    """``--help`` answers without the packages that a run needs: they load inside commands."""
    code = (
        "import sys\n"
        "from sendplaces.cli import main\n"
        f"sys.argv = ['sendplaces', *{list(words)!r}, '--help']\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        f"loaded = [name for name in {list(HEAVY)!r} if name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert b"Usage:" in done.stdout


def test_help_and_version_say_what_there_is() -> None:
    """Every command is listed; --version prints it; no command at all is wrong usage."""
    told = run("--help")
    assert told.code == 0
    assert all(command in told.out for command in COMMANDS)
    version = run("--version")
    assert (version.code, version.out.split()[0]) == (0, "sendplaces")
    assert run().code == 2


@pytest.mark.parametrize(
    "words", [("check", "--json"), pytest.param(("plan", "--quiet"), marks=pytest.mark.slow)]
)
def test_output_is_utf8_whatever_the_code_page(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A pound sign and an accent are the same bytes on the two streams of a Windows code page."""
    tables = tiny_tables()
    tables["provisions"][0]["class"] = "école £"
    case = write_case(tmp_path / "case", **tables)
    command, option = words
    out = ("--out", tmp_path / "out") if command == "plan" else ()
    done = run_apart(command, case, option, *out, PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert done.returncode == 3
    said = (done.stdout + done.stderr).decode("utf-8")
    assert "école £" in said
    if command == "check":
        assert json.loads(said)["faults"][0]["value"] == "école £"


def test_progress_is_told_on_standard_error(tmp_path: Path) -> None:
    """Stages go to standard error; with --quiet or --json they are not told."""
    tables = tiny_tables()
    tables["zones"][0]["easting"] = "ten"
    case = write_case(tmp_path / "case", **tables)
    loud = run("plan", case, "--out", tmp_path / "out")
    assert "Reading the case" in loud.err
    assert loud.out == ""
    quiet = run("plan", case, "--out", tmp_path / "out", "--quiet")
    assert "Reading the case" not in quiet.err
