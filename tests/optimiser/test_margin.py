"""Alternatives and frontiers: beside every choice of openings of tiny cases, each solved apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from inputs.errors import InputError
from optimiser.alternatives import Standing, alternatives, margin_of_saving
from optimiser.answer import Answer, NoPlan, Proof, Settings, Termination
from optimiser.audit import audit
from optimiser.changes import Change
from optimiser.frontier import axis_of, frontier, knee_of, undominated
from optimiser.held_choices import HeldChoices
from optimiser.measures import MINUTES, UNPLACED, capital, minutes, unplaced
from optimiser.plan import plan_of
from optimiser.problem import do_minimum
from optimiser.solve import solve
from optimiser.what_if import WhatIf
from tests.optimiser.builders import one_base, option, posed, taught
from tests.optimiser.strategies import Tiny, tiny

EXACT = Settings(gap=0.0, threads=1)
few = settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
ROUNDING = 250.0
"""What the rounding of bounds and the tolerances of two solves may leave between them, £."""


def wings(n: int = 3) -> Any:
    """Return one base with wings of 3, 4 and 5 places, of rising capital."""
    return posed(
        one_base(
            options=[option(f"wing_{i}", 3 + i, capital_gbp=90_000 + 20_000 * i) for i in range(n)],
            option_teaches=[taught(f"wing_{i}") for i in range(n)],
        )
    )


def every_set(problem: Any) -> dict[tuple[bool, ...], float]:
    """Return the cost of the best plan with each set of options, each solved from scratch."""
    costs = {}
    names = problem.options["option"].tolist()
    able = problem.can_open().any(axis=1)
    for chosen in product([False, True], repeat=len(names)):
        if any(one and not can for one, can in zip(chosen, able, strict=True)):
            continue
        best = np.inf
        years = [
            problem.years[problem.opens_first[o] : problem.opens_last[o] + 1] if one else [None]
            for o, one in enumerate(chosen)
        ]
        for each in product(*years):
            change = Change(
                open_by={n: y for n, y in zip(names, each, strict=True) if y is not None},
                shut_before=dict(zip(names, each, strict=True)),
            )
            try:
                best = min(best, solve(change.applied(problem), EXACT).proof.cost_gbp)
            except NoPlan:
                continue
        if np.isfinite(best):
            costs[chosen] = best
    return costs


def sides(problem: Any) -> tuple[Answer, Answer]:
    """Return the plan and the do-minimum."""
    return solve(problem, EXACT), solve(do_minimum(problem), EXACT)


def test_alternatives_beside_enumeration() -> None:
    """The plans, how far apart they can be, and each option's standing, all from every set."""
    problem = wings()
    plan, _ = sides(problem)
    costs = every_set(problem)
    dearer = sorted(costs.values())
    margin = dearer[4] - dearer[0] + 1_000.0  # five sets and no sixth
    assume_clear = dearer[5] - dearer[4]
    assert assume_clear > 2_000.0
    within = {one for one, cost in costs.items() if cost <= plan.proof.bound_gbp + margin}

    found = alternatives(problem, plan, EXACT, margin_gbp=margin, count=9)

    shown = [tuple(bool(x) for x in one.opened[:, -1] > 0.5) for one in found.plans]
    assert found.complete
    assert set(shown) == within
    for i in range(1, len(shown)):
        apart = {
            one: min(sum(a != b for a, b in zip(one, other, strict=True)) for other in shown[:i])
            for one in within
        }
        assert found.plans[i].furthest
        assert found.plans[i].apart == max(apart.values())
    for one in found.positions:
        has = {chosen[one.option] for chosen in within}
        expected = (
            Standing.SOME if len(has) == 2 else (Standing.EVERY if has == {True} else Standing.NONE)
        )
        assert one.standing is expected


@few
@given(tiny())
def test_cuts_never_exceed_the_cost_of_a_choice(one: Tiny) -> None:
    """Whatever was placed, what its prices prove of every other set of openings holds."""
    problem = one.problem()
    assume(problem.can_open().any() and len(problem.options) <= 2)
    plan, _ = sides(problem)
    costs = every_set(problem)
    choices = HeldChoices(WhatIf(problem, replace(plan, held=None), EXACT), Change())
    choices.place(np.round(plan.decided["opened"]), {})
    choices.place(np.zeros_like(plan.decided["opened"]), {})

    for chosen, cost in costs.items():
        able = problem.can_open().any(axis=1)
        fixed = {o: float(x) for o, x in enumerate(chosen) if able[o]}
        choice = choices.cheapest({}, fixed)
        assert choice is not None
        assert choice.bound <= cost + 0.02


def test_the_capital_frontier_beside_solves_from_scratch() -> None:
    """Each point is the best plan of its capital, as a budget in the policy finds it."""
    problem = wings()
    plan, minimum = sides(problem)

    found = frontier(problem, plan, minimum, EXACT, capital(problem), points=8)

    assert len(found.points) >= 2
    assert not found.unmet
    for point in found.points:
        change = Change(capital_budget_gbp=point.value + 0.01)
        cold = solve(change.applied(problem), EXACT).proof.cost_gbp
        assert point.proof.cost_gbp == pytest.approx(cold, abs=0.02)
        assert cold - ROUNDING <= point.proof.bound_gbp <= cold + 0.02
    values = [one.value for one in found.points]
    costs = [one.proof.cost_gbp for one in found.points]
    assert values == sorted(values)
    assert costs == sorted(costs, reverse=True)


@few
@given(tiny(), st.sampled_from(["capital", "openings", "minutes", "over_guideline", "unplaced"]))
def test_points_are_plans_that_measure_what_they_say(one: Tiny, name: str) -> None:
    """Every point passes its audit, keeps its bound below its cost, and none dominates another."""
    problem = one.problem()
    assume(problem.can_open().any())
    plan, minimum = sides(problem)
    axis = axis_of(problem, name)

    found = frontier(problem, plan, minimum, EXACT, axis, points=3)

    for point in found.points:
        assert point.value == pytest.approx(axis.of(point.decided))
        assert point.proof.bound_gbp <= point.proof.cost_gbp + 0.02
        told = plan_of(found.problem, Answer(point.proof, point.decided, 0.0, 0.0, ()))
        checked = audit(found.problem, told)
        assert checked.passed, [x for x in checked.checks if not x.passed]
        if name == "capital":
            assert point.value == pytest.approx(told.openings["capital_gbp"].sum())
        if name == "unplaced":
            assert point.value == pytest.approx(told.unplaced["children"].sum())
    assert undominated(list(found.points))[1] == []


@few
@given(tiny(), st.sampled_from([0.9, 0.5]))
def test_a_limit_held_where_cells_are_merged(one: Tiny, share: float) -> None:
    """The plan keeps to the limit, every arc counted; the bound is below the whole model's."""
    problem = one.problem()
    plan, _ = sides(problem)
    measures = (minutes(problem), unplaced(problem))
    limits = {MINUTES: share * measures[0].of(plan.decided), UNPLACED: 1e6}
    change = Change(at_most=limits)

    whole = WhatIf(problem, plan, EXACT, measures).ask(change)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("optimiser.what_if.STAGED_PLACEMENTS", -1)
        held = WhatIf(problem, replace(plan, held=None), EXACT, measures, quick=True)
    assert held.merged
    merged = held.ask(change)

    assume(whole.decided is not None)
    assert whole.decided is not None
    assert measures[0].of(whole.decided) <= limits[MINUTES] * (1 + 1e-5) + 1e-4
    assert merged.proof.bound_gbp <= whole.proof.cost_gbp + 0.02
    if merged.decided is not None:
        assert measures[0].of(merged.decided) <= limits[MINUTES] * (1 + 1e-5) + 1e-4


def test_the_knee() -> None:
    """Furthest above the straight line; not clear where another's interval reaches as high."""
    points = [(0.0, 0.0, 0.0), (1.0, 8.0, 8.0), (2.0, 9.0, 9.0), (4.0, 10.0, 10.0)]
    assert knee_of(points) == (1, True)
    wide = [points[0], (1.0, 7.0, 9.0), (2.0, 8.0, 10.5), points[3]]
    assert knee_of(wide) == (1, False)
    assert knee_of([(0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (4.0, 10.0, 10.0)]) == (None, False)


def test_no_time_is_never_called_proven() -> None:
    """With no time at all no option is settled by guess, and no point but the plan is claimed."""
    problem = wings()
    plan, minimum = sides(problem)

    found = alternatives(problem, plan, EXACT, margin_gbp=1e6, seconds=0.0)
    traced = frontier(problem, plan, minimum, EXACT, capital(problem), seconds=0.0)

    assert found.cut_short
    assert not found.complete
    assert {one.value for one in traced.points} <= {
        capital(problem).of(plan.decided), capital(problem).of(minimum.decided)
    }  # fmt: skip


def test_a_margin_within_the_gap_is_refused() -> None:
    """A plan that may itself be further from the best than the margin is no plan within it."""
    problem = wings()
    plan, _ = sides(problem)
    loose = replace(plan, proof=replace(plan.proof, bound_gbp=plan.proof.cost_gbp - 5_000.0))

    with pytest.raises(InputError, match="less than the gap of the plan itself"):
        alternatives(problem, loose, EXACT, margin_gbp=1_000.0)


def test_a_share_of_no_saving_is_refused() -> None:
    """Where no saving is proven a share of it is no margin."""
    dear = Proof(Termination.OPTIMAL, 100.0, 90.0)
    assert margin_of_saving(dear, Proof(Termination.OPTIMAL, 200.0, 180.0), 0.5) == 40.0
    with pytest.raises(InputError, match="no saving is proven"):
        margin_of_saving(dear, Proof(Termination.OPTIMAL, 100.0, 95.0), 0.5)


def test_a_measure_that_is_not_held_is_refused() -> None:
    """A limit of what the held model does not know names what it knows."""
    problem = wings()
    plan, _ = sides(problem)
    held = WhatIf(problem, plan, EXACT, (capital(problem),))
    with pytest.raises(InputError, match="not a measure of this case"):
        held.ask(Change(at_most={"capitol": 1.0}))
    with pytest.raises(InputError, match="at once"):
        held.ask(Change(at_most={"capital": 1.0}, capital_gbp={"wing_0": 1.0}))
