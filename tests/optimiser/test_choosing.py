"""Openings chosen by all prices met: plans and bounds that hold, and proofs without branching."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimiser.answer import Settings
from optimiser.changes import Change
from optimiser.solve import NoPlan, Termination, solve
from optimiser.what_if import WhatIf
from tests.optimiser.builders import one_base, option, posed, taught
from tests.optimiser.strategies import Tiny, tiny

if TYPE_CHECKING:
    from collections.abc import Callable

EXACT = Settings(gap=0.0, threads=1)


def wings_for(gbp: float) -> Any:
    """Return a base with wings of 3, 4 and 5 places (£60,000, 70,000 and 80,000) and a budget."""
    return posed(
        one_base(
            options=[option(f"wing_{i}", 3 + i, capital_gbp=60_000 + 10_000 * i) for i in range(3)],
            option_teaches=[taught(f"wing_{i}") for i in range(3)],
        ),
        capital_budget_gbp=gbp,
    )


def begun(function: str, stale: int, work: Callable[[], Any]) -> tuple[bool, Any]:
    """Return whether a branch and bound was begun in some work, and what the work gave."""
    calls = []
    module, name = function.rsplit(".", 1)
    real = getattr(import_module(module), name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimiser.choosing.STALE", stale)
        patch.setattr(function, lambda *given: calls.append(given) or real(*given))
        found = work()
    return bool(calls), found


NEAR = replace(EXACT, gap=2e-4)


@pytest.mark.parametrize("gbp", [75_000.0, 135_000.0, 155_000.0])
def test_a_budget_is_settled_without_branching(gbp: float) -> None:
    """A relaxation opens a part of what the budget cannot pay whole; a choice keeps to the budget.

    Proven at the same cost as by branching, which is begun only where nothing is chosen.
    """
    branched, by_branching = begun("optimiser.solve.branch", 0, lambda: solve(wings_for(gbp), NEAR))
    chose_and_branched, found = begun(
        "optimiser.solve.branch", 8, lambda: solve(wings_for(gbp), NEAR)
    )

    assert branched
    assert not chose_and_branched
    assert found.proof.termination is Termination.OPTIMAL
    assert found.proof.cost_gbp == pytest.approx(by_branching.proof.cost_gbp)


def test_a_question_of_a_budget_is_settled_without_branching() -> None:
    """Half the money, asked of a plan that is held: proven without a branch and bound."""
    problem = wings_for(1e6)
    held = WhatIf(problem, solve(problem, EXACT), NEAR)
    less = Change(capital_budget_gbp=135_000.0)

    name = "optimiser.finding_plans.branch_and_bound"
    branched, _ = begun(name, 0, lambda: held.ask(less))
    chose_and_branched, told = begun(name, 8, lambda: held.ask(less))

    assert branched
    assert not chose_and_branched
    assert told.proof.termination is Termination.OPTIMAL
    assert told.proof.cost_gbp == pytest.approx(solve(wings_for(135_000.0), EXACT).proof.cost_gbp)


@settings(max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(tiny(), st.floats(0.1, 0.9))
def test_bounds_hold_where_nothing_is_branched_for(one: Tiny, share: float) -> None:
    """Any tiny case, any budget: no bound above the optimum, no cost below it."""
    problem = one.problem()
    money = Change(capital_budget_gbp=share * float(problem.options["capital_gbp"].sum()))
    under = money.applied(problem)
    try:
        best = solve(under, EXACT).proof.cost_gbp
    except NoPlan:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimiser.solve.branch", lambda *_: None)
        found = solve(under, EXACT).proof

    assert found.bound_gbp <= best + max(0.02, 1e-6 * abs(best))
    assert found.cost_gbp >= best - max(0.02, 1e-6 * abs(best))
