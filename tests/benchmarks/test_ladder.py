"""The ladder: its authorities, the equality of its models, its caps, and how it judges."""

from __future__ import annotations

import json
import math
import os
import pickle
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.cbc_log import CbcLog
from benchmarks.core import core
from benchmarks.ladder import Caps, in_own_process, judged, main, posed, table
from benchmarks.ladder_methods import METHODS, Limits
from benchmarks.made_up import AUTHORITIES, Size, write
from benchmarks.published import Instance
from benchmarks.trail import Tell, Trail, read_trail
from inputs.read import inspect_case
from inputs.scenario import read_scenario
from optimiser.children import due_most
from optimiser.constraints import CONSTRAINTS
from optimiser.model import build
from optimiser.pose import pose
from sendplaces.posed import journeys
from sendplaces.runs import Silence

if TYPE_CHECKING:
    from pathlib import Path

    from optimiser.problem import Problem

TINY = Size(zones=9, provisions=8, sites=4, years=3, across_km=12.0, children_a_cell=4.0)
EXACT = 1e-9
"""Gap asked of all, as a share of cost: they must agree to the solvers' own tolerances."""
with_scip = pytest.mark.skipif(find_spec("pyscipopt") is None, reason="no PySCIPOpt here")
SCIP, SCIP_STRONG = (pytest.param(name, marks=with_scip) for name in ("scip", "scip-strong"))
RIVALS = ["cbc", "highs", "pyomo", SCIP, "highs-strong", SCIP_STRONG]


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make ``unitary`` a very small authority."""
    monkeypatch.setitem(AUTHORITIES, "unitary", (TINY,))


def answer(method: str, one: Problem | Instance, folder: Path) -> Trail:
    """Return what a method finds, here in this process."""
    path = folder / f"{method}.events"
    path.unlink(missing_ok=True)
    METHODS[method].run(one, Limits(60.0, EXACT, 1e6), Tell(path))
    return read_trail(path)


def small_problem(folder: Path, seed: int) -> Problem:
    """Return a very small made-up authority whose options differ from one seed to another."""
    case, faults = inspect_case(write("unitary", folder / f"case{seed}", seed))
    assert case is not None, faults
    scenario = read_scenario(None, case.price_year)
    return pose(case, journeys(case, scenario, None, None, Silence()).journeys, scenario)


def part_of_seaborough() -> Problem:
    """Return the core of the example with the entrants of one cell in twenty."""
    whole = posed("small")
    entrants = whole.entrants.copy()
    keep = np.zeros(len(entrants), dtype=bool)
    keep[::20] = True
    entrants[~keep] = 0.0
    nh = whole.cells["nh"].to_numpy(int)
    return replace(whole, entrants=entrants, due_most=due_most(entrants, whole.survival, nh))


def test_the_same_seed_makes_the_same_authority(tmp_path: Path) -> None:
    """Byte for byte, and another seed another one."""
    first, again = (write("unitary", tmp_path / name) for name in ("first", "again"))
    other = write("unitary", tmp_path / "other", seed=7)
    for path in first.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()
    assert (first / "zones.csv").read_bytes() != (other / "zones.csv").read_bytes()


def test_a_unitary_is_as_large_as_the_issue_says_and_has_no_fault(tmp_path: Path) -> None:
    """233 zones, 8 needs, 4 phases, 5 years, 40 provisions, 27 sites of several sizes; no fault."""
    case, found = inspect_case(write("unitary", tmp_path))
    assert case is not None
    assert [fault for fault in found if fault.severity != "warning"] == []
    assert len(case.zones) == 233
    assert (case.provisions["places"] > 0).sum() == 40
    assert case.entrants["need"].nunique() == 8
    assert case.entrants["phase"].nunique() == 4
    assert case.horizon_years == 5
    sizes = case.options.groupby(case.options["option"].str.rsplit("_", n=1).str[0]).size()
    assert len(sizes) == 27
    assert sizes.min() >= 2
    # growing, near full, with somewhere for those whom nobody else takes
    new = case.entrants[case.entrants["kind"] == "new"].groupby("year")["children"].sum()
    assert new.is_monotonic_increasing
    special = case.provisions[case.provisions["class"] == "special_school"].set_index("provision")
    there = case.placed.groupby("provision")["children"].sum()
    full = there / special["places"][special["places"] > 0]
    assert full.dropna().between(0.9, 1.05).all()
    assert (case.provisions["class"] == "inmss_day").any()


def test_five_authorities_are_pooled_for_the_region() -> None:
    """One county and four unitaries."""
    parts = AUTHORITIES["region"]
    assert len(parts) == 5
    assert len({part.years for part in parts}) == 1


@pytest.mark.usefixtures("tiny")
def test_the_core_has_no_other_rows_than_those_named(tmp_path: Path) -> None:
    """Demand, roll, capacity, linking, opening once: no vehicle, journey, budget or other rule."""
    model = build(core(small_problem(tmp_path, 1))).model
    rows = {rule.__name__ for rule in CONSTRAINTS if hasattr(model, rule.__name__)}
    assert rows == {
        "demand_met",
        "intake_counted",
        "roll_carried",
        "capacity",
        "places_in_use",
        "taught_places",
        "linking",
        "opened_carried",
        "excludes",
    }


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_method_finds_the_same_optimum_on_random_authorities(
    seed: int, tmp_path: Path
) -> None:
    """Each proves it, and costs agree to what solvers' tolerances leave (1e-6 of cost)."""
    problem = core(small_problem(tmp_path, seed))
    best = answer("product", problem, tmp_path)
    assert best.cost == pytest.approx(best.bound, rel=1e-8)
    for method in ("cbc", "highs", "pyomo", "highs-strong"):
        found = answer(method, problem, tmp_path)
        assert found.cost == pytest.approx(best.cost, rel=1e-6), method
        assert found.bound <= best.cost * (1 + 1e-6), method


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("method", [SCIP, SCIP_STRONG])
def test_scip_finds_the_same_optimum(method: str, tmp_path: Path) -> None:
    """On both of its formulations."""
    problem = core(small_problem(tmp_path, 1))
    found = answer(method, problem, tmp_path)
    assert found.cost == pytest.approx(answer("product", problem, tmp_path).cost, rel=1e-6)


@pytest.mark.usefixtures("tiny")
def test_committed_and_required_options_mean_the_same_to_all(tmp_path: Path) -> None:
    """One option committed to its year, another that requires it: still one optimum."""
    whole = small_problem(tmp_path, 1)
    options = whole.options.copy()
    first = int(whole.opens_first[0])
    committed = options["committed_year"].to_numpy(float).copy()
    committed[0] = whole.years[first]
    options["committed_year"] = committed
    options["requires"] = [
        () if o < len(options) - 1 else (options["option"].iloc[0],) for o in range(len(options))
    ]
    last = whole.opens_last.copy()
    last[0] = first
    problem = core(replace(whole, options=options, opens_last=last))
    best = answer("product", problem, tmp_path)
    for method in ("cbc", "highs", "pyomo"):
        assert answer(method, problem, tmp_path).cost == pytest.approx(best.cost, rel=1e-6)
    free = answer("product", core(whole), tmp_path)
    assert best.cost > free.cost  # it does bind


def test_every_method_finds_the_same_optimum_on_the_example(tmp_path: Path) -> None:
    """Seaborough's core with the entrants of a twentieth of its cells, so that it is quick."""
    problem = part_of_seaborough()
    best = answer("product", problem, tmp_path)
    for method in ("highs", "pyomo", "cbc"):
        assert answer(method, problem, tmp_path).cost == pytest.approx(best.cost, rel=1e-6), method


@pytest.mark.parametrize("method", RIVALS)
def test_every_method_solves_a_published_file(method: str, tmp_path: Path) -> None:
    """Two sites and three customers, by hand: the first site alone holds 6, all 7 need both."""
    one = Instance(
        "by hand",
        capacity=np.array([6.0, 5.0]),
        fixed=np.array([10.0, 12.0]),
        demand=np.array([2.0, 3.0, 2.0]),
        unit_cost=np.array([[1.0, 1.0, 4.0], [2.0, 3.0, 1.0]]),
    )
    # both open (22); the third customer at the second site (2); the others at the first (2 + 3)
    found = answer(method, one, tmp_path)
    assert found.cost == pytest.approx(29.0)
    assert answer("product", one, tmp_path).cost == pytest.approx(29.0)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_what_does_not_finish_prints_dnf(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stopped at a cap of next to no seconds, a method proves nothing, and its row says DNF."""
    out = tmp_path / "rows.json"
    seconds = ["--seconds", "0.01", "--json", str(out)]
    assert main(["--sizes", "unitary", "--methods", "highs", *seconds]) == 0
    assert "DNF: time" in capsys.readouterr().out
    rows = json.loads(out.read_text())
    assert [row["method"] for row in rows] == ["PuLP + HiGHS"]
    assert not any(row["proven"] for row in rows)


@pytest.mark.usefixtures("tiny")
def test_a_method_has_no_more_memory_than_its_cap(tmp_path: Path) -> None:
    """With less than it already holds a method cannot even read the problem: it says why."""
    path = tmp_path / "problem"
    path.write_bytes(pickle.dumps(core(small_problem(tmp_path, 1))))
    trail = in_own_process("highs", path, Caps(30.0, 0.05, 1e-4), 1e6)
    assert not math.isfinite(trail.cost)
    assert trail.how == "memory"


def test_a_method_that_does_not_stop_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that goes on beyond its cap is ended from outside."""
    monkeypatch.setattr("benchmarks.ladder.GRACE_SECONDS", -9.5)
    path = tmp_path / "problem"
    os.mkfifo(path)  # nobody writes to it, so whoever reads it waits for ever
    trail = in_own_process("highs", path, Caps(0.0, 4.0, 1e-4), 1e6)
    assert trail.how == "stopped"


def test_the_log_of_cbc_is_read_for_no_more_than_it_says(tmp_path: Path) -> None:
    """Plans are rounded up, bounds down, by half of the last digit printed; 1e+50 is no plan."""
    path = tmp_path / "events"
    log = CbcLog(Tell(path), always=1000.0, gap_gbp=5.0)
    for text in (
        "Continuous objective value is 1.93e+03 - 1.04 seconds",
        "Cbc0010I After 0 nodes, 1 on tree, 1e+50 best solution, best possible 1940 (1.0 seconds)",
        "Cbc0038I Solution found of 1.96e+03",
        "Cbc0012I Integer solution of 1950.5 found by x after 0 iterations and 0 nodes (2 seconds)",
        "Result - Optimal solution found",
        "Objective value:                1950.00000000",
    ):
        log.line(text)
    trail = read_trail(path)
    assert [cost for _, cost in trail.plans] == pytest.approx([2965.0, 2950.55, 2950.0])
    assert [bound for _, bound in trail.bounds] == pytest.approx([2925.0, 2939.5, 2945.0])


def test_plans_are_judged_by_the_best_bound_of_the_run(tmp_path: Path) -> None:
    """Worked by hand: bound 990 from the rival, plan 1,000 from the product, do-minimum 2,000."""
    trails = {
        "product": Trail(plans=[(1.0, 1039.0), (4.0, 1000.0)], bounds=[(1.0, 900.0)],
                         how="returned", seconds=5.0),
        "highs": Trail(plans=[(2.0, 1200.0), (8.0, 999.99)], bounds=[(9.0, 990.0)],
                       how="returned", seconds=9.0),
        "cbc": Trail(plans=[(3.0, 1900.0)], how="returned", seconds=10.0),
        "scip": Trail(how="memory", seconds=3.0),
    }  # fmt: skip
    caps = Caps(10.0, 1.0, 0.02)
    product, highs, cbc, scip = judged("x", trails, 2000.0, caps)
    # within 5 %: to 990 + 50; within 1 % of the saving of 1,000: to 1,000.0001; 0.1 %: to 991
    assert (product.within_5_percent, highs.within_5_percent) == (1.0, 8.0)
    assert (product.within_1_percent_of_saving, highs.within_1_percent_of_saving) == (4.0, 8.0)
    assert product.within_tenth_percent is None
    assert (product.ratio, highs.ratio, cbc.ratio, scip.ratio) == (1.0, 2.0, 2.5, None)
    assert [row.ratio_at_least for row in (product, highs, cbc)] == [False, False, True]
    assert [row.ended for row in (product, highs, cbc)] == ["DNF: time", "proven", "DNF: time"]
    assert scip.ended == "DNF: memory"
    assert ">2.5  DNF: time" in table([product, highs, cbc, scip])


def test_events_cut_short_are_read_to_the_last_whole_one(tmp_path: Path) -> None:
    """A method that is killed while it writes leaves half a line: that one is left out."""
    path = tmp_path / "events"
    tell = Tell(path)
    tell.found(5.0, 1.0)
    with path.open("a") as file:
        file.write('{"kind": "plan", "seco')
    trail = read_trail(path)
    assert trail.cost == 5.0
    assert trail.how is None


def test_a_folder_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback; exit 3 as for any data that cannot be read."""
    assert main(["--published", "nowhere"]) == 3
    assert "nowhere" in capsys.readouterr().err
