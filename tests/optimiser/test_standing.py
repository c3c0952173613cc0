"""A relaxation begun where another stood has the same cost, whatever the two problems share."""

from __future__ import annotations

import pickle
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from benchmarks.build import generate
from optimiser import standing
from optimiser.answer import Settings, Stop
from optimiser.audit import audit
from optimiser.plan import plan_of
from optimiser.problem import do_minimum
from optimiser.relax import relax
from optimiser.search import Search
from optimiser.solve import NoPlan, solve
from optimiser.standing import WHOLE, Standings
from tests.optimiser.strategies import Tiny, tiny

if TYPE_CHECKING:
    from optimiser.problem import Problem

EXACT = Settings(gap=0.0, threads=1)
few = settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def relaxed(problem: Problem, standings: Standings) -> tuple[float, int]:
    """Return the cost of the relaxation, and the steps of simplex that it took."""
    search = Search(EXACT, Stop(), None, time.monotonic(), standings=standings)
    search.compile(problem)
    solver, _ = relax(search, search.model(), WHOLE)
    return solver.cost, solver.steps


@pytest.fixture(scope="module")
def first() -> tuple[Problem, Standings]:
    """Return a made-up authority, and where simplex stood in its relaxation."""
    problem, stood = generate(1_500), Standings()
    relaxed(problem, stood)
    return problem, stood.filled()


def fewer_steps(other: Problem, stood: Standings) -> float:
    """Return the share of the steps from nothing that a start takes to the same cost."""
    cost, steps = relaxed(other, Standings(filling=False))
    again, fewer = relaxed(other, stood)
    assert again == pytest.approx(cost, rel=1e-9)
    return fewer / steps


def dearer(problem: Problem) -> Problem:
    """Return the problem with a dearer unplaced child and a third fewer children in some cells."""
    scenario = problem.scenario.model_copy(update={"unplaced_weight_gbp": 90_000.0})
    entrants = problem.entrants.copy()
    entrants[::7] *= 0.9
    return replace(problem, scenario=scenario, entrants=entrants)


def test_it_is_a_short_way_to_the_same_cost(first: tuple[Problem, Standings]) -> None:
    """Another policy and fewer children: the same cost as from nothing, in a tenth of the steps."""
    problem, stood = first
    assert fewer_steps(dearer(problem), stood) < 0.1


def test_names_say_which_is_which(first: tuple[Problem, Standings]) -> None:
    """A problem without its options has other columns and rows, and a cost of its own."""
    problem, stood = first
    assert fewer_steps(do_minimum(problem), stood) < 0.5


def test_a_start_that_is_no_help_is_given_up(
    first: tuple[Problem, Standings], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no step is allowed, the relaxation is solved from nothing."""
    problem, stood = first
    monkeypatch.setattr(standing, "STEPS_SHARE", 0.0)
    other = dearer(problem)
    assert relaxed(other, stood)[0] == pytest.approx(
        relaxed(other, Standings(filling=False))[0], rel=1e-9
    )


def test_it_may_be_sent_to_another_process(first: tuple[Problem, Standings]) -> None:
    """It holds plain values alone, and what is filled is not filled again."""
    _, stood = first
    sent = pickle.loads(pickle.dumps(stood))
    assert sent == stood
    assert not sent.filling


@few
@given(tiny(), tiny())
def test_any_start_ends_at_the_same_optimum(one: Tiny, other: Tiny) -> None:
    """Even where two small cases share next to nothing."""
    stood, problem = Standings(), other.problem()
    try:
        solve(one.problem(), EXACT, standings=stood)
        alone = solve(problem, EXACT)
    except NoPlan:
        return
    begun = solve(problem, EXACT, standings=stood.filled())
    assert begun.proof.cost_gbp == pytest.approx(alone.proof.cost_gbp, rel=1e-6, abs=0.02)
    assert audit(problem, plan_of(problem, begun)).passed
