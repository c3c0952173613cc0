"""The command round: what it leaves behind, how it ends, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest

import sendplaces.round
from optimiser.checking import Check
from optimiser.round import solver as solvers
from optimiser.round.check import RoundFailedError
from optimiser.round.solver import Ended, NoSolverError, NotProvenError
from sendplaces.commands.shared import Exit
from tests.cases import tiny_tables, write_case, write_rows
from tests.sendplaces.driving import FAULTS, contents, nothing_written, run

if TYPE_CHECKING:
    from pathlib import Path

CHILD: dict[str, Any] = {
    "child": "W-001",
    "need": "ASD",
    "phase": "primary",
    "nc_year": 3,
    "zone": "north",
    "weeks_waiting": 12,
    "as_at": "2026-11-02",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a tiny case with three children waiting and one place open; a test may change it."""
    case = write_case(tmp_path / "case")
    rows = [
        CHILD,
        CHILD | {"child": "W-002", "zone": "south", "weeks_waiting": 30},
        CHILD | {"child": "W-003", "need": "PMLD", "weeks_waiting": 2},
    ]
    write_rows(case / "waiting.csv", rows)
    write_rows(case / "vacancies.csv", [{"provision": "elm_base", "places": 1}])
    return case


def test_seaborough_runs_without_a_word(tmp_path: Path) -> None:
    """With no case and no list: the embedded 143, a place for 81, three with none suitable."""
    told = run("round", "--out", tmp_path / "run", "--json")
    assert told.code == Exit.DONE, told.err
    summary = told.json()
    assert (summary["children"], summary["with_place"], summary["nowhere_suitable"]) == (143, 81, 3)
    assert summary["termination"] == "optimal"
    assert summary["audit"]["passed"]
    assert all(step["proven"] for step in summary["steps"])
    assert "never a decision" in summary["evidence_only"]
    children = pd.read_csv(tmp_path / "run" / "tables" / "children.csv")
    assert (children["status"].head(3) == "nowhere_suitable").all(), "listed first, not dropped"
    assert len(children) == 143
    more = pd.read_csv(tmp_path / "run" / "tables" / "one_more.csv").set_index("provision")
    assert more.loc["lantern_school", "children"] == 1


def test_the_run_folder_of_a_round(folder: Path, tmp_path: Path) -> None:
    """The longest wait has the place; the child whom nobody teaches comes first; all is there."""
    told = run("round", folder, "--out", tmp_path / "run", "--quiet")
    assert told.code == Exit.DONE, told.err
    assert "With a place in the arrangement" in told.out
    out = tmp_path / "run"
    children = pd.read_csv(out / "tables" / "children.csv")
    assert children["child"].tolist() == ["W-003", "W-001", "W-002"]
    assert children["provision"].tolist()[-1] == "elm_base"
    manifest = json.loads((out / "manifest.json").read_text())
    assert {"waiting.csv", "vacancies.csv", "zones.csv"} <= {
        one["file"] for one in manifest["inputs"]
    }
    assert manifest["case"]["round_of"] == "2026-11-02"
    assert json.loads((out / "summary.json").read_text())["run_id"] == manifest["run_id"]
    assert not (out / "children").exists()


def test_the_same_round_gives_the_same_tables(folder: Path, tmp_path: Path) -> None:
    """Run twice, by either solver: every table but the seconds of the steps is the same."""
    for name, solver in (("one", "highs"), ("two", "highs"), ("three", "cbc")):
        told = run("round", folder, "--out", tmp_path / name, "--solver", solver, "--quiet")
        assert told.code == Exit.DONE, told.err
    one, two, three = (contents(tmp_path / name / "tables") for name in ("one", "two", "three"))
    assert one.keys() == three.keys()
    assert {k: v for k, v in one.items() if k != "steps.csv"} == {
        k: v for k, v in two.items() if k != "steps.csv"
    }
    for name in ("children.csv", "suitable.csv", "places.csv"):
        first, third = (pd.read_csv(tmp_path / run_ / "tables" / name).drop(columns="run_id")
                        for run_ in ("one", "three"))  # fmt: skip
        pd.testing.assert_frame_equal(first, third)


def test_pages_and_models_on_request(folder: Path, tmp_path: Path) -> None:
    """A page for each child and the model of each step, as LP."""
    told = run("round", folder, "--out", tmp_path / "run", "--child-pages", "--export", "lp", "-q")
    assert told.code == Exit.DONE, told.err
    pages = sorted(path.name for path in (tmp_path / "run" / "children").iterdir())
    assert pages == ["child-W-001.html", "child-W-002.html", "child-W-003.html"]
    models = sorted(path.name for path in (tmp_path / "run" / "model").iterdir())
    assert models[0] == "01_most_children.lp"


def test_a_public_round(folder: Path, tmp_path: Path) -> None:
    """Totals only; and what is about single children cannot be asked for beside it."""
    told = run("round", folder, "--out", tmp_path / "run", "--public", "--quiet")
    assert told.code == Exit.DONE, told.err
    said = " ".join(
        path.read_text() for path in (tmp_path / "run").rglob("*") if path.suffix != ".xlsx"
        and path.is_file()
    )  # fmt: skip
    assert "W-00" not in said
    for more in (["--child-pages"], ["--export", "lp"]):
        with nothing_written(tmp_path):
            told = run("round", folder, "--out", tmp_path / "x", "--public", *more)
        assert told.code == FAULTS
        assert "cannot stand beside --public" in told.err


def test_a_list_named_on_the_command_line(folder: Path, tmp_path: Path) -> None:
    """--waiting and --vacancies go before those in the case."""
    write_rows(tmp_path / "list.csv", [CHILD])
    write_rows(tmp_path / "open.csv", [{"provision": "oak_school", "places": 3}])
    told = run("round", folder, "--waiting", tmp_path / "list.csv", "--vacancies",
               tmp_path / "open.csv", "--out", tmp_path / "run", "--json")  # fmt: skip
    assert told.code == Exit.DONE, told.err
    assert (told.json()["children"], told.json()["places_open"]) == (1, 3)


def test_a_case_without_open_places_says_what_it_takes(folder: Path, tmp_path: Path) -> None:
    """Without vacancies, places less children: Oak 6, Elm 1, Far School 18; and that is said."""
    (folder / "vacancies.csv").unlink()
    told = run("round", folder, "--out", tmp_path / "run", "--json")
    assert told.code == Exit.DONE, told.err
    assert told.json()["places_open"] == 25
    assert any("there is no table of open places" in one for one in told.json()["warnings"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"need": "autism"}, "waiting.csv, row 2, need: is not a need. Did you mean 'ASD'?"),
        ({"child": "W-002"}, "waiting.csv, row 3, child: repeats row 2"),
        ({"name": "Jane Doe"}, "waiting.csv, row 1, name: holds a name"),
        ({"dob": "2014-03-01"}, "waiting.csv, row 1, dob: holds a date of birth"),
        ({"start_by": "2020-01-01"}, "is in the past"),
    ],
)
def test_bad_lists_end_with_three(
    folder: Path, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    """In words, with nothing written, and without a name."""
    write_rows(folder / "waiting.csv", [CHILD | change, CHILD | {"child": "W-002"}])
    with nothing_written(tmp_path):
        told = run("round", folder, "--out", tmp_path / "run", "--quiet")
    assert told.code == FAULTS
    assert said in told.err
    assert "Traceback" not in told.err
    assert "Jane" not in told.err
    assert "2014-03" not in told.err
    as_json = run("round", folder, "--out", tmp_path / "run", "--json")
    assert as_json.json()["fault_count"] >= 1
    assert "Jane" not in as_json.out


def test_negative_vacancies_end_with_three(folder: Path, tmp_path: Path) -> None:
    """The cell is told, as it names nobody."""
    write_rows(folder / "vacancies.csv", [{"provision": "elm_base", "places": -1}])
    told = run("round", folder, "--out", tmp_path / "run", "--quiet")
    assert told.code == FAULTS
    assert "vacancies.csv, row 2, places: '-1' is negative. It must be 0 or more." in told.err


@pytest.mark.parametrize(
    "words",
    [
        ("--solver", "gurobi"),
        ("--export", "doc"),
        ("--on", "soon"),
        ("--time-limit", "0"),
    ],
)
def test_wrong_usage_ends_with_two(folder: Path, tmp_path: Path, words: tuple[str, str]) -> None:
    """What the command does not know is refused before anything is read."""
    told = run("round", folder, "--out", tmp_path / "run", *words)
    assert told.code == Exit.WRONG_USAGE
    assert not (tmp_path / "run").exists()


def test_out_of_time_ends_with_five(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that is not proven is written."""
    before = sendplaces.round.arrange
    monkeypatch.setattr(
        sendplaces.round,
        "arrange",
        lambda *words, **more: before(*words, **(more | {"time_limit_seconds": 0.0})),
    )
    told = run("round", folder, "--out", tmp_path / "run", "--quiet")
    assert told.code == Exit.OUT_OF_TIME
    assert "ime ran out before the step" in told.err
    assert not (tmp_path / "run").exists()


def test_a_solver_that_breaks_off_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends with 1, names the step and the way out, and writes nothing."""

    def fails(*_: object, **__: object) -> None:
        raise NotProvenError("Most children placed", Ended.FAILED)

    monkeypatch.setattr(sendplaces.round, "arrange", fails)
    told = run("round", folder, "--out", tmp_path / "run", "--quiet")
    assert told.code == 1
    assert "The solver failed before the step 'Most children placed'" in told.err
    assert "Try the other --solver." in told.err
    assert not (tmp_path / "run").exists()


def test_cbc_that_is_not_there_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends as wrong usage, says what to do, and writes nothing."""

    def finds_none() -> str:
        raise NoSolverError("CBC is not installed: say --solver highs")

    monkeypatch.setattr(solvers, "find_cbc", finds_none)
    told = run("round", folder, "--out", tmp_path / "run", "--solver", "cbc", "--quiet")
    assert told.code == Exit.WRONG_USAGE
    assert "CBC is not installed: say --solver highs" in told.err
    assert not (tmp_path / "run").exists()


def test_a_folder_of_another_kind_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    """A plan's run folder is not an earlier round; a round's is, and gives way."""
    plan = tmp_path / "run"
    plan.mkdir()
    (plan / "manifest.json").write_text('{"kind": "plan"}')
    told = run("round", folder, "--out", plan, "--quiet")
    assert told.code == FAULTS
    assert "holds files that are not an earlier round" in told.err
    for _ in range(2):
        assert run("round", folder, "--out", tmp_path / "mine", "--quiet").code == Exit.DONE


def test_a_round_that_is_stopped_writes_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while places are arranged: it says so, and leaves no folder."""

    def stops(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sendplaces.round, "arrange", stops)
    with nothing_written(tmp_path):
        told = run("round", folder, "--out", tmp_path / "run", "--quiet")
    assert told.code == Exit.STOPPED
    assert "Stopped; nothing was written." in told.err


def test_a_round_that_fails_its_check_is_not_published(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends with 1, says which check, and writes nothing."""

    def fails(*_: object) -> None:
        raise RoundFailedError([Check("no place is held twice", 1.0, 0.0, "elm_base")])

    monkeypatch.setattr(sendplaces.round, "check_round", fails)
    told = run("round", folder, "--out", tmp_path / "run", "--quiet")
    assert told.code == 1
    assert "no place is held twice" in told.err
    assert not (tmp_path / "run").exists()


def test_what_is_there_is_not_replaced(folder: Path, tmp_path: Path) -> None:
    """Neither a folder that is no run, nor one that holds the list."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    told = run("round", folder, "--out", tmp_path / "other", "--quiet")
    assert told.code == FAULTS
    assert (tmp_path / "other" / "mine.txt").read_text() == "mine"
    told = run("round", folder, "--out", folder, "--force", "--quiet")
    assert told.code == FAULTS
    assert (folder / "waiting.csv").exists()


def test_a_scenario_moves_the_hard_limit(folder: Path, tmp_path: Path) -> None:
    """With a limit of 5 minutes nobody can go anywhere, and all are listed as having nowhere."""
    policy = tmp_path / "near.toml"
    policy.write_text("hard_limit_minutes = 1\n")
    told = run("round", folder, "--scenario", policy, "--out", tmp_path / "run", "--json")
    assert told.code == Exit.DONE, told.err
    assert told.json()["nowhere_suitable"] == 3
    assert told.json()["with_place"] == 0


def test_a_workbook_can_be_the_whole_case(tmp_path: Path) -> None:
    """Sheets of the case, waiting and vacancies in one file."""
    from tests.sendplaces.driving import write_book

    tables = tiny_tables()
    tables["waiting"] = [CHILD]
    tables["vacancies"] = [{"provision": "elm_base", "places": 1}]
    book = write_book(tmp_path / "case.xlsx", tables)
    told = run("round", book, "--out", tmp_path / "run", "--json")
    assert told.code == Exit.DONE, told.err
    assert told.json()["with_place"] == 1


def test_the_template_of_a_round(tmp_path: Path) -> None:
    """A workbook with the four tables, whose example row the round reads without a fault."""
    told = run("template", "--round", "--out", tmp_path / "list.xlsx")
    assert told.code == Exit.DONE, told.err
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    assert book.sheetnames == ["Read me", "waiting", "vacancies", "mixes", "groups", "Lists"]
    assert "NO NAMES" in " ".join(str(cell.value) for cell in book["Read me"]["A"])
    tables = tiny_tables()
    tables["zones"][0]["zone"] = "E01000001"
    for name in ("placed", "entrants"):
        for row in tables[name]:
            row["zone"] = row["zone"].replace("north", "E01000001")
    case = write_case(
        tmp_path / "case", **{name: tables[name] for name in ("zones", "placed", "entrants")}
    )
    told = run("round", case, "--waiting", tmp_path / "list.xlsx", "--out", tmp_path / "run", "-q")
    assert told.code == Exit.DONE, told.err
