"""Siting by prices and a kernel: what is proven holds, and no answer changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import optimiser.solve as solving
from benchmarks.published import Instance, case, scenario, to_problem
from inputs.vocabulary import ProvisionClass
from optimiser.costs import objective
from optimiser.highs import Ended, Solver, compile_model
from optimiser.kernel import kernel, no_dearer
from optimiser.lagrangian import Bound, lagrangian_bound
from optimiser.model import build
from optimiser.pose import pose
from optimiser.siting import siting
from optimiser.solve import Settings, solve
from optimiser.volume import choose, volume
from tests.optimiser.strategies import Tiny, tiny

if TYPE_CHECKING:
    from optimiser.answer import Proof
    from optimiser.model import Built
    from optimiser.problem import Problem
    from optimiser.siting import Siting

EXACT = Settings(gap=0.0, threads=1)
few = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
number = st.integers(1, 30).map(float)


@st.composite
def problems(draw: st.DrawFn, *, roomy: bool = False) -> Problem:
    """Return a siting problem of up to four sites, with room for everybody or not.

    Policies beside it are drawn too: a limit on openings, and children drawn from mainstream.
    Where it is roomy, there are none, and everyone fits twice.
    """
    m, n = draw(st.integers(1, 4)), draw(st.integers(1, 5))

    def numbers(count: int) -> Any:
        return np.array(draw(st.lists(number, min_size=count, max_size=count)))

    instance = Instance(
        "drawn", numbers(m), 20.0 * numbers(m), numbers(n), numbers(m * n).reshape(m, n)
    )
    if roomy:
        room = np.ceil(2.0 * instance.demand.sum() / instance.capacity.sum())
        instance = replace(instance, capacity=instance.capacity * max(1.0, room))
        return to_problem(instance)
    changes = {
        "openings_per_year": draw(st.sampled_from([None, None, 1, 2])),
        "drawn_from_mainstream": draw(
            st.sampled_from([{}, {}, {ProvisionClass.SPECIAL_SCHOOL: 0.25}])
        ),
    }
    made, journeys = case(instance)
    return pose(made, journeys, scenario(instance).model_copy(update=changes))


def seen(problem: Problem) -> tuple[Built, Siting]:
    """Return the model of a problem, and the problem as one of siting."""
    built = build(problem)
    found = siting(problem, built, compile_model(built.model).form)
    assert found is not None
    return built, found


def bound_at(problem: Problem, built: Built, known: Siting, child: Any) -> Bound:
    """Return what prices of children bound."""
    multipliers = known.multipliers(child, choose(known.sites, child).place)
    return lagrangian_bound(problem, objective(problem)[0], built, known.form, multipliers)


def allowed(cost: float) -> float:
    """Return a cost with what solvers' tolerances come to: a pound in a million."""
    return cost + max(0.02, 1e-6 * abs(cost))


def by_kernel_first(problem: Problem, *, alone: bool = False) -> Proof:
    """Return the proof of a solve in which a problem, however small, goes by prices and a kernel.

    Where it is alone, no other search may follow.
    """

    def never(*_: Any) -> None:
        raise AssertionError("the kernel proved too little")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "LARGE_MODEL_PLACEMENTS", 0)
        if alone:
            patch.setattr(solving, "_relaxed", never)
        return solve(problem, EXACT).proof


@few
@given(problems(), st.integers(0, 2**32 - 1), st.sampled_from([1.0, 30.0, 1e4]))
def test_any_prices_bound_and_say_what_the_knapsacks_say(
    problem: Problem, seed: int, size: float
) -> None:
    """At random prices the model's bound is at least the knapsacks' and below the optimum."""
    built, known = seen(problem)
    unplaced = known.sites.unplaced
    drawn = np.random.default_rng(seed).normal(0.0, size, len(unplaced))
    child = np.minimum(np.abs(drawn), unplaced)

    found = bound_at(problem, built, known, child).gbp

    knapsacks = known.form.constant + choose(known.sites, child).value
    assert found >= knapsacks - 1e-6 * max(1.0, abs(knapsacks))
    assert found <= allowed(solve(problem, EXACT).proof.cost_gbp)


@few
@given(problems(roomy=True))
def test_the_best_prices_reach_the_relaxation(problem: Problem) -> None:
    """The volume algorithm comes within 5 % of the strong relaxation, and never above it."""
    built, known = seen(problem)
    relaxed = Solver(compile_model(built.model), EXACT, relaxed=True)
    assert relaxed.run() is Ended.SOLVED

    found = bound_at(problem, built, known, volume(known.sites).child).gbp

    assert found <= allowed(relaxed.cost)
    assert found >= relaxed.cost - 0.05 * abs(relaxed.cost)


@few
@given(problems(), st.sampled_from([0.0, 0.1, 10.0]), st.sampled_from([0.7, 1.0]))
def test_nothing_narrowed_away_is_as_cheap_as_the_plan_known(
    problem: Problem, dearer: float, scale: float
) -> None:
    """The narrowed model has the best plan, however dear the plan known and whatever the prices."""
    built, known = seen(problem)
    best = solve(problem, EXACT).proof.cost_gbp
    bound = bound_at(problem, built, known, scale * volume(known.sites).child)
    slack = bound.response.slack[built.index["place"].rows, 0]

    rest = Solver(no_dearer(known, bound, slack, best + dearer * abs(best)), EXACT, relaxed=False)

    assert rest.run() is Ended.SOLVED
    assert rest.cost == pytest.approx(best, rel=1e-6, abs=0.02)


@few
@given(problems())
def test_a_kernel_is_part_of_the_model(problem: Problem) -> None:
    """No plan of the kernel is cheaper than the best plan of the whole."""
    built, known = seen(problem)
    prices = volume(known.sites)
    slack = bound_at(problem, built, known, prices.child).response.slack
    small = kernel(known, prices, slack[built.index["place"].rows, 0], all_placed=False)
    solver = Solver(small, EXACT, relaxed=False)

    assert solver.run() is Ended.SOLVED
    assert allowed(solver.cost) >= solve(problem, EXACT).proof.cost_gbp


@few
@given(problems())
def test_it_proves_the_same_optimum_by_itself(problem: Problem) -> None:
    """With nothing else to search, plan and bound are those of the whole model's own search."""
    found = by_kernel_first(problem, alone=True)

    usual = solve(problem, EXACT).proof.cost_gbp
    assert found.cost_gbp == pytest.approx(usual, rel=1e-6, abs=0.02)
    assert found.bound_gbp <= allowed(usual)


@few
@given(tiny())
def test_other_problems_are_left_to_the_search(one: Tiny) -> None:
    """Bases that teach already, years after the first: the answer is what it was."""
    problem = one.problem()

    found = by_kernel_first(problem)

    usual = solve(problem, EXACT).proof.cost_gbp
    assert found.cost_gbp == pytest.approx(usual, rel=1e-6, abs=0.02)
    assert found.bound_gbp <= allowed(usual)


def test_a_provision_with_places_of_its_own_is_no_site() -> None:
    """Where children are taught without the option, and where years follow, there is no siting."""
    instance = Instance(
        "two", np.array([9.0, 9.0]), np.ones(2), np.array([4.0, 5.0]), np.ones((2, 2))
    )
    made, journeys = case(instance)
    problem = pose(made, journeys, scenario(instance))
    built, known = seen(problem)

    taught = replace(problem, arcs=problem.arcs.assign(option_only=False))

    assert known.sites.room.tolist() == [9.0, 9.0]
    assert siting(taught, built, known.form) is None
