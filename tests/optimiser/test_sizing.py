"""Each size costs what a solve from scratch says; regret and break-even follow by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.answer import Proof, Settings, Stop, Termination
from optimiser.futures import Future
from optimiser.problem import only_options
from optimiser.size_options import with_sizes
from optimiser.size_verdicts import break_even, capital_worth, choice, regrets
from optimiser.sizing import NOT_BUILT, AtSize, Curve, Interval, curve, only, sizes_of_plan
from optimiser.solve import solve
from tests.optimiser.builders import FIRST, one_base, option, posed, taught

if TYPE_CHECKING:
    from optimiser.problem import Problem
    from optimiser.size_options import Sized

EXACT = Settings(gap=0.0, threads=1)
SIZES = (4, 8, 16)
SAME: dict[str, Any] = {"rel": 1e-6, "abs": 0.02}


def sized(children: float = 6) -> Sized:
    """Return the smallest borough with three sizes of its wing, and another option beside it."""
    rows = [option(), option("far_wing", 4, provision="far_school", capital_gbp=10_000)]
    teaching = [taught(), taught("far_wing", 45_000)]
    case = one_base(children=children, options=rows, option_teaches=teaching)
    return with_sizes(case, "elm_wing", SIZES)


def at_each_size(children: float = 6) -> tuple[Problem, tuple[AtSize, ...]]:
    """Return the problem and its plan at each size."""
    one = sized(children)
    problem = posed(one.case)
    _, found = sizes_of_plan(problem, one.names, one.capital_gbp, solve(problem, EXACT), EXACT)
    return problem, found


def test_each_size_costs_what_a_solve_from_scratch_costs() -> None:
    """Every size, forced in with the others shut, and no size at all: same least cost."""
    problem, found = at_each_size()
    names = {one.size: one.option for one in found if one.size}
    assert [one.size for one in found] == [NOT_BUILT, *SIZES]
    for one in found:
        changed = only(problem, names, one.size).applied(problem)
        if one.size:  # committed in the year that was found best: no year may be cheaper
            o = int(np.flatnonzero(problem.options["option"] == one.option)[0])
            years = range(problem.opens_first[o], problem.opens_last[o] + 1)
            costs = []
            for t in years:
                when = problem.options["committed_year"].to_numpy(float).copy()
                when[o] = FIRST + t
                first, last = changed.opens_first.copy(), changed.opens_last.copy()
                first[o] = last[o] = t
                fixed = replace(
                    changed,
                    options=changed.options.assign(committed_year=when),
                    opens_first=first,
                    opens_last=last,
                )
                costs.append(solve(fixed, EXACT).proof.cost_gbp)
            least = min(costs)
        else:
            least = solve(changed, EXACT).proof.cost_gbp
        assert one.proof.cost_gbp == pytest.approx(least, **SAME)
        assert one.proof.bound_gbp <= one.proof.cost_gbp + 0.02
        assert (one.opens is None) == (one.size == NOT_BUILT)


def test_a_draw_costs_what_its_own_solve_costs_with_those_openings() -> None:
    """With openings held, a future's interval holds the least cost of a solve from scratch."""
    problem, found = at_each_size()
    future = posed(sized(2.5).case)
    told = curve(problem, found, [(7, future)], EXACT)
    for i, one in enumerate(found):
        when = [one.openings.get(str(name), np.nan) for name in future.options["option"]]
        fixed = only_options(future, ~np.isnan(when))
        year = np.nan_to_num(np.array(when), nan=FIRST) - FIRST
        fixed = replace(
            fixed,
            options=fixed.options.assign(committed_year=when),
            opens_first=year.astype(np.int64),
            opens_last=np.where(np.isnan(when), -1, year).astype(np.int64),
        )
        least = solve(fixed, EXACT).proof.cost_gbp
        assert told.low[i, 0] - 0.02 <= least <= told.high[i, 0] + 0.02
        assert told.high[i, 0] == pytest.approx(least, **SAME)
    assert told.draws == (7,)


def test_more_children_than_expected_fill_more_of_a_larger_size() -> None:
    """Places in use in the last year never exceed those added, and grow with the children."""
    problem, found = at_each_size()
    few, many = posed(sized(1).case), posed(sized(12).case)
    told = curve(problem, found, [(0, few), (1, many)], EXACT)
    assert (told.filled[1:, 0] <= told.filled[1:, 1] + 1e-6).all()
    assert told.filled[-1, 1] > told.filled[1, 1]
    assert (told.filled[0] == 0).all()
    assert (told.low <= told.high + 0.02).all()
    purses = sum(told.purses.values())
    assert np.isfinite(purses).all()


def test_a_stop_keeps_the_draws_that_are_done() -> None:
    """A wish to stop ends the fan without a draw more, and the curve holds what is there."""
    problem, found = at_each_size()
    stop = Stop()
    stop.asked = True
    told = curve(problem, found, [(0, problem)], EXACT, stop=stop)
    assert told.draws == ()
    assert choice(told).least_expected is None


def test_openings_that_cannot_stand_together_have_no_cost() -> None:
    """Two sizes at once break the rule that one excludes the other: infeasible, not a number."""
    one = sized()
    future = Future(posed(one.case), EXACT)
    both = {one.names[4]: FIRST + 1, one.names[8]: FIRST + 1}
    placed = future.place(both)
    assert placed.decided is None
    assert placed.proof.termination is Termination.INFEASIBLE
    assert future.place({}).decided is not None  # and the held model is none the worse


def made(low: list[list[float]], high: list[list[float]]) -> Curve:
    """Return a curve of made-up costs: sizes 0, 10, 20 ... in each draw."""
    proof = Proof(Termination.OPTIMAL, 1.0, 1.0)
    found = [
        AtSize(10 * i, f"of_{10 * i}" if i else "", 0.0, proof, {}, None, None, None)
        for i in range(len(low))
    ]
    n = len(low[0])
    zero = np.zeros((len(low), n))
    return Curve(
        tuple(found),
        Proof(Termination.OPTIMAL, 1.0, 1.0),
        tuple(range(n)),
        np.array(low),
        np.array(high),
        zero,
        {"dsg": zero},
        np.full(n, 100.0),
        np.full(n, 101.0),
    )


def test_regret_by_hand() -> None:
    """Two draws, three sizes, costs known exactly: regrets and choices as anybody works them out.

    Costs 10, 6, 7 when many come and 5, 6, 8 when few: means 7.5, 6, 7.5; regrets 4, 1, 3.
    """
    costs = [[10.0, 5.0], [6.0, 6.0], [7.0, 8.0]]
    told = choice(made(costs, costs))
    assert (told.least_expected, told.least_regret) == (10, 10)
    assert [one.worst_regret.high for one in told.verdicts] == [4.0, 1.0, 3.0]
    assert [one.expected.low for one in told.verdicts] == [7.5, 6.0, 7.5]
    assert [one.pays for one in told.verdicts] == [0, 1, 1]
    assert told.of(10).saving == Interval(94.0, 95.0)
    assert told.of(10).saving_at["p90"] == Interval(94.0, 95.0)


def test_a_difference_within_the_intervals_is_not_material() -> None:
    """Sizes whose intervals overlap are told as no material difference; others are not."""
    told = choice(made([[9.0], [9.5], [20.0]], [[10.0], [9.8], [21.0]]))
    assert told.least_expected == 10
    assert [one.same_as_best for one in told.verdicts] == [True, True, False]
    assert [one.same_as_safest for one in told.verdicts] == [True, True, False]


def test_a_difference_within_the_chance_of_the_draws_is_not_material() -> None:
    """Dearer by 1 on average, but by +20 and -18 in turn: no material difference."""
    costs = [[50.0, 50.0], [70.0, 32.0]]
    told = choice(made(costs, costs))
    assert told.least_expected == 0
    assert told.of(10).more_than_best.low == 1.0
    assert told.of(10).same_as_best


interval = st.tuples(st.floats(0, 100), st.floats(0, 10)).map(lambda x: (x[0], x[0] + x[1]))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.lists(interval, min_size=n, max_size=n), min_size=1, max_size=4)
    ),
    st.floats(0, 1),
)
def test_the_interval_of_regret_holds_every_regret_that_can_be(
    cells: list[list[tuple[float, float]]], where: float
) -> None:
    """Wherever the true costs lie in their intervals, each regret lies in its own."""
    both = np.array(cells)
    low, high = both[:, :, 0], both[:, :, 1]
    least, most = regrets(low, high)
    mix = np.linspace(0, 1, low.size).reshape(low.shape)
    true = low + (high - low) * np.abs(where - mix)
    regret = true - true.min(axis=0)
    assert (least <= regret + 1e-9).all()
    assert (regret <= most + 1e-9).all()


def test_at_break_even_capital_building_costs_as_much_as_not() -> None:
    """Rebuilt at the capital of break-even, the size costs what not building costs."""
    problem, found = at_each_size()
    one = next(each for each in found if each.size == 8)
    assert one.opens is not None
    worth = capital_worth(problem, one.option, one.opens)
    gains = Interval.of(found[0].proof).less(Interval.of(one.proof))
    told = break_even(8, one.capital_gbp, worth, gains, 1.0)
    o = int(np.flatnonzero(problem.options["option"] == one.option)[0])
    u = one.opens - FIRST
    factor = told.capital_a_place.low * 8 / one.capital_gbp
    spend, residual = problem.spend.copy(), problem.residual.copy()
    spend[o], residual[o] = spend[o] * factor, residual[o] * factor
    dearer = replace(problem, spend=spend, residual=residual)
    again = Future(dearer, EXACT).place(one.openings).proof.cost_gbp
    assert u >= 1
    assert again == pytest.approx(found[0].proof.cost_gbp, **SAME)
    assert told.cash_a_place.low * 8 == pytest.approx(gains.low)


def test_intervals_subtract() -> None:
    """Intervals subtract to the widest that can be; one that spans nought says so."""
    assert Interval(1, 2).less(Interval(0.5, 1.5)) == Interval(-0.5, 1.5)
    assert Interval(-0.5, 1.5).spans_nought
    assert not Interval(0.1, 1.5).spans_nought
