"""Many plans in one command: the same plans as one by one, and none lost for another's fault."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from inputs.errors import InputError
from optimiser.answer import Settings
from sendplaces import sweep as sweeping
from sendplaces.pipeline import run_plan
from sendplaces.planned import planned
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


@pytest.fixture
def two_policies(tmp_path: Path) -> list[object]:
    """Return the words that name two scenarios."""
    dear, far = tmp_path / "dear.toml", tmp_path / "far.toml"
    dear.write_text('name = "dear"\nunplaced_weight_gbp = 90_000\n', "utf-8")
    far.write_text('name = "far"\ndiscount_rate = 0.05\n', "utf-8")
    return ["--scenario", dear, "--scenario", far]


@pytest.mark.slow
def test_scenarios_of_a_case_begin_where_its_first_plan_did(
    two_cases: tuple[Path, Path], two_policies: list[object], tmp_path: Path
) -> None:
    """The second is as good as the plan made by itself, says so, and is a run of its own name."""
    out = tmp_path / "out"
    told = run("sweep", two_cases[0], *two_policies, "--workers", 1, "--out", out, "-q")
    assert told.code == 0, told.err
    first, row = table(out).loc["ash-dear"], table(out).loc["ash-far"]
    assert pd.isna(first["begun_from"])
    manifest = json.loads((out / "runs" / "ash-far" / "manifest.json").read_text("utf-8"))
    assert manifest["begun_from"] == row["begun_from"] == first["plan_run_id"]
    asked_of = planned(out / "runs" / "ash-far", case=two_cases[0])
    assert asked_of.plan.proof.cost_gbp == pytest.approx(row["cost_gbp"])
    words = ["--scenario", two_policies[-1], "--threads", 1, "--out", tmp_path / "alone", "--json"]
    alone = run("plan", two_cases[0], *words).json()
    assert alone["run_id"] != row["plan_run_id"]
    assert alone["bound_gbp"] <= row["cost_gbp"] + 0.02
    assert row["bound_gbp"] <= alone["cost_gbp"] + 0.02


@pytest.mark.slow
def test_scenarios_of_a_case_are_the_same_whoever_makes_them(
    two_cases: tuple[Path, Path], two_policies: list[object], tmp_path: Path
) -> None:
    """Every figure of every run of three processes is that of one."""
    for workers in (1, 3):
        words = ["--workers", workers, "--out", tmp_path / str(workers), "-q"]
        told = run("sweep", *two_cases, *two_policies, *words)
        assert told.code == 0, told.err
    one, three = (table(tmp_path / str(workers)) for workers in (1, 3))
    pd.testing.assert_frame_equal(one[SAID], three[SAID], check_exact=True)
    for path in sorted((tmp_path / "1" / "runs").glob("*/tables/*.csv")):
        assert path.read_bytes() == (tmp_path / "3" / path.relative_to(tmp_path / "1")).read_bytes()


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


def test_a_plan_that_breaks_is_a_row(
    two_cases: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one process as in many: the others are made, and begin from nothing."""

    def broken(case: Path, *words: Any, **more: Any) -> Any:
        if case.name == "ash":
            raise RuntimeError("HiGHS ended with Unknown")
        return run_plan(case, *words, **more)

    monkeypatch.setattr(sweeping, "run_plan", broken)
    pieces = pieces_of(two_cases, (), ())
    told = sweeping.run_sweep(pieces, tmp_path / "out", Settings(threads=1), workers=1)
    ash, birch = told["rows"]
    assert (ash["ended"], ash["said"]) == ("failed", "RuntimeError: HiGHS ended with Unknown")
    assert (birch["ended"], birch["begun_from"]) == ("optimal", None)


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
