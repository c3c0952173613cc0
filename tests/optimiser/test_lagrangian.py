"""The bound from an independent source holds whatever it is given, and is tight where it counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimiser.coarse import alike, coarse
from optimiser.costs import objective
from optimiser.highs import Ended, Solver, compile_model
from optimiser.lagrangian import lagrangian_bound
from optimiser.model import build
from optimiser.solve import Settings, solve
from tests.optimiser.builders import policy
from tests.optimiser.oracle import Oracle
from tests.optimiser.strategies import Tiny, tiny

EXACT = Settings(gap=0.0, threads=1)
few = settings(
    max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def allowed(cost: float) -> float:
    """Return a cost with what solvers' tolerances come to: a pound in a million."""
    return cost + max(0.02, 1e-6 * abs(cost))


@few
@given(tiny())
def test_it_never_exceeds_the_best_plan_counted_by_hand(one: Tiny) -> None:
    """The best of all plans, enumerated, costs no less than the bound of the solve says."""
    best, _ = Oracle(one.case, one.travel, policy(**one.policy)).best()

    bound = solve(one.problem(), EXACT).proof.independent_bound_gbp

    assert np.isfinite(bound)
    assert bound <= allowed(best)


@few
@given(tiny(), st.integers(0, 2**32 - 1), st.booleans(), st.sampled_from([10.0, 1e4, 1e6]))
def test_any_multipliers_bound(one: Tiny, seed: int, merge: bool, size: float) -> None:
    """Multipliers drawn at random, of any sign, give a bound below the optimum: whole or merged."""
    problem = one.problem(stay_on=0.8)
    merged = coarse(problem, alike(problem, 1), least=False) if merge else None
    built = build(problem if merged is None else merged.problem)
    form = compile_model(built.model).form
    multipliers = np.random.default_rng(seed).normal(0.0, size, len(form.rows))
    price, _ = objective(problem)

    found = lagrangian_bound(problem, price, built, form, multipliers, merged)

    assert np.isfinite(found.gbp)
    assert found.gbp <= allowed(solve(problem, EXACT).proof.cost_gbp)


@few
@given(tiny())
def test_at_the_prices_of_the_relaxation_it_is_the_relaxation(one: Tiny) -> None:
    """With the best multipliers nothing is lost of what a relaxation can say."""
    problem = one.problem(stay_on=0.8)
    built = build(problem)
    compiled = compile_model(built.model)
    relaxed = Solver(compiled, EXACT, relaxed=True)
    assert relaxed.run() is Ended.SOLVED
    price, _ = objective(problem)

    found = lagrangian_bound(problem, price, built, compiled.form, relaxed.prices)

    assert found.gbp == pytest.approx(relaxed.cost, rel=1e-5, abs=1.0)
    assert found.gbp <= allowed(relaxed.cost)


@few
@given(tiny())
def test_no_placement_is_cheaper_than_what_its_cell_does(one: Tiny) -> None:
    """The slack of a placement that can be used is at least nought, and somewhere it is nought."""
    problem = one.problem()
    built = build(problem)
    form = compile_model(built.model).form
    price, _ = objective(problem)

    slack = lagrangian_bound(problem, price, built, form, np.zeros(len(form.rows))).response.slack

    known: Any = slack[np.isfinite(slack)]
    assert known.min(initial=0.0) >= -1e-6


def test_it_is_tight_on_the_example() -> None:
    """On the made-up authority it is within 1 % of a plan's cost, and below it."""
    from inputs.read import read_case
    from inputs.scenario import read_scenario
    from optimiser.pose import pose
    from sendplaces.posed import example, journeys
    from sendplaces.runs import Silence

    case = read_case(example())
    scenario = read_scenario(case.scenario, case.price_year)
    problem = pose(case, journeys(case, scenario, None, None, Silence()).journeys, scenario)

    proof = solve(problem, Settings(gap=0.01, threads=1)).proof

    assert 0.99 * proof.cost_gbp <= proof.independent_bound_gbp <= proof.cost_gbp
