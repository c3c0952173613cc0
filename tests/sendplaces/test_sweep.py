"""Many plans in one command: the same plans as one by one, and none lost for another's fault."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from inputs.errors import InputError
from sendplaces.sweep import pieces_of
from tests.cases import tiny_tables, write_case
from tests.sendplaces.driving import FAULTS, run
from tests.sendplaces.test_endings import over_budget

if TYPE_CHECKING:
    from pathlib import Path

SAID = ["ended", "cost_gbp", "bound_gbp", "dsg_saving_gbp", "capital_gbp", "placed", "plan_run_id"]


@pytest.fixture(scope="module")
def two_cases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return two small cases that differ in the children to come."""
    where = tmp_path_factory.mktemp("cases")
    entrants = tiny_tables()["entrants"]
    entrants[0]["children"] += 1
    return write_case(where / "ash"), write_case(where / "birch", entrants=entrants)


@pytest.fixture(scope="module")
def swept(
    two_cases: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[int, Path]:
    """Return the same sweep made by one process and by two."""
    where = tmp_path_factory.mktemp("swept")
    for workers in (1, 2):
        told = run("sweep", *two_cases, "--out", where / str(workers), "--workers", workers, "-q")
        assert told.code == 0, told.err
    return {workers: where / str(workers) for workers in (1, 2)}


def table(folder: Path) -> pd.DataFrame:
    """Return the table of a sweep."""
    return pd.read_csv(folder / "tables" / "sweep.csv").set_index("plan")


def test_processes_make_the_plans_that_one_makes(swept: dict[int, Path]) -> None:
    """The rows are the same, in the order of the cases, and so is every table of every run."""
    one, two = (table(folder) for folder in swept.values())
    pd.testing.assert_frame_equal(one[SAID], two[SAID], check_exact=True)
    assert list(one.index) == ["ash", "birch"]
    for path in sorted((swept[1] / "runs").glob("*/tables/*.csv")):
        assert path.read_bytes() == (swept[2] / path.relative_to(swept[1])).read_bytes(), path.name


def test_a_plan_of_a_sweep_is_that_of_plan(
    swept: dict[int, Path], two_cases: tuple[Path, Path], tmp_path: Path
) -> None:
    """Cost, bound and run are those of the command for one plan, with one thread."""
    told = run("plan", two_cases[0], "--threads", 1, "--out", tmp_path / "run", "--json")
    row = table(swept[1]).loc["ash"]
    alone = told.json()
    assert row["cost_gbp"] == pytest.approx(alone["cost_gbp"], rel=1e-12)
    assert row["bound_gbp"] == pytest.approx(alone["bound_gbp"], rel=1e-12)
    assert row["plan_run_id"] == alone["run_id"]


def test_scenarios_of_a_case_begin_where_its_first_plan_did(
    two_cases: tuple[Path, Path], tmp_path: Path
) -> None:
    """Whoever makes them, the tables are the same; each is as good as the plan made by itself."""
    dear, far = tmp_path / "dear.toml", tmp_path / "far.toml"
    dear.write_text('name = "dear"\nunplaced_weight_gbp = 90_000\n', "utf-8")
    far.write_text('name = "far"\ndiscount_rate = 0.05\n', "utf-8")
    asked = [two_cases[0], "--scenario", dear, "--scenario", far]
    found = []
    for workers in (1, 2):
        told = run("sweep", *asked, "--workers", workers, "--out", tmp_path / str(workers), "-q")
        assert told.code == 0, told.err
        found.append(table(tmp_path / str(workers)))
    pd.testing.assert_frame_equal(found[0][SAID], found[1][SAID], check_exact=True)
    for path in sorted((tmp_path / "1" / "runs").glob("*/tables/*.csv")):
        assert path.read_bytes() == (tmp_path / "2" / path.relative_to(tmp_path / "1")).read_bytes()
    assert found[0]["begun_from"].fillna("").to_dict() == {"ash-dear": "", "ash-far": "ash-dear"}
    manifest = json.loads(
        (tmp_path / "2" / "runs" / "ash-far" / "manifest.json").read_text("utf-8")
    )
    assert manifest["begun_from"] == "ash-dear"
    alone = run(
        "plan", two_cases[0], "--scenario", far, "--out", tmp_path / "alone", "--json"
    ).json()
    row = found[0].loc["ash-far"]
    assert alone["bound_gbp"] <= row["cost_gbp"] + 0.02
    assert row["bound_gbp"] <= alone["cost_gbp"] + 0.02


def test_what_a_sweep_leaves(swept: dict[int, Path]) -> None:
    """A table, a workbook, a summary, and a whole run folder for each plan."""
    folder = swept[2]
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["kind"] == "sweep"
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert (summary["plans"], summary["planned"], summary["proven"]) == (2, 2, 2)
    assert (folder / "sweep.xlsx").stat().st_size > 0
    for name in ("ash", "birch"):
        assert (folder / "runs" / name / "report.html").exists()


def test_every_scenario_and_demand(two_cases: tuple[Path, Path], tmp_path: Path) -> None:
    """Names of run folders say which case, scenario and demand."""
    policy = tmp_path / "tight.toml"
    policy.write_text('name = "tight"\n', "utf-8")
    found = pieces_of(two_cases, [policy], ["P10", "P90"])
    assert [one.name for one in found] == [
        "ash-tight-P10", "ash-tight-P90", "birch-tight-P10", "birch-tight-P90",
    ]  # fmt: skip


def test_a_plan_that_cannot_be_made_is_a_row(two_cases: tuple[Path, Path], tmp_path: Path) -> None:
    """The others are made, the table says why, and the command ends with 4."""
    case, policy = over_budget(tmp_path)
    out = tmp_path / "out"
    told = run("sweep", case, two_cases[0], "--scenario", policy, "--workers", 1, "--out", out)
    assert told.code == 4, told.err
    found = table(out)
    assert found.loc["case-policy", "ended"] == "infeasible"
    assert "the capital budget (£300,000 in total) is £180,000 short" in told.out
    assert found.loc["ash-policy", "ended"] == "optimal"


def test_faults_of_all_cases_come_before_any_plan(
    two_cases: tuple[Path, Path], tmp_path: Path
) -> None:
    """A bad second case is found before the first is planned; nothing is written."""
    zones = tiny_tables()["zones"]
    zones[0]["easting"] = "far"
    bad = write_case(tmp_path / "cedar", zones=zones)
    told = run("sweep", two_cases[0], bad, "--out", tmp_path / "out", "-q")
    assert told.code == FAULTS
    assert "easting" in told.err
    assert not (tmp_path / "out").exists()


def test_two_plans_of_one_name_are_refused(two_cases: tuple[Path, Path], tmp_path: Path) -> None:
    """Two cases called the same would be written over each other."""
    other = write_case(tmp_path / "ash")
    with pytest.raises(InputError, match="different names"):
        pieces_of([two_cases[0], other], (), ())


def test_what_is_not_there_is_named() -> None:
    """A case that does not exist, and no case at all."""
    from pathlib import Path as Where

    with pytest.raises(InputError, match="is not there"):
        pieces_of([Where("nowhere/case")], (), ())
    with pytest.raises(InputError, match="given no case"):
        pieces_of((), (), ())


def test_a_cluster_that_does_not_answer_is_said(
    two_cases: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address where nothing listens: what it is, and what to give."""
    monkeypatch.setattr("sendplaces.sweep.CONNECT_SECONDS", 1.0)
    told = run(
        "sweep", two_cases[0], "--out", tmp_path / "out", "--cluster", "tcp://127.0.0.1:9", "-q"
    )
    assert told.code == FAULTS
    assert "no cluster that answers" in told.err
    assert "tcp://" in told.err


def test_an_earlier_sweep_is_replaced_and_nothing_else(
    two_cases: tuple[Path, Path], tmp_path: Path
) -> None:
    """A folder with other files is left alone."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "precious.txt").write_text("mine")
    told = run("sweep", two_cases[0], "--out", out, "-q")
    assert told.code == FAULTS
    assert "not an earlier sweep" in told.err
