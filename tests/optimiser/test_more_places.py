"""More places for the same money: each count beside hand sums and beside solves from scratch."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from optimiser.answer import NoPlan, Settings, Stop, Termination
from optimiser.changes import Change
from optimiser.more_places import empty_place_gbp, found_of, most_more, next_count
from optimiser.openings_held import Interval
from optimiser.reasons import reasons
from optimiser.solve import solve
from optimiser.what_if import WhatIf
from tests.optimiser.builders import FIRST, base, due, inmss, one_base, option, posed, taught
from tests.optimiser.strategies import Tiny, tiny

EXACT = Settings(gap=0.0, threads=1)
LOOSE = Settings(gap=0.2, threads=1)
few = settings(
    max_examples=1, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
CLOSE = 0.5  # pounds, on millions


def dear_wing(children: float = 8, **cells: Any) -> Any:
    """Return a wing of 4 places, and children who enter reception in the one year of the plan.

    A child costs 7 years of £50,000 in the INMSS, and 7 of £16,000 in the wing (£10,000 top-up,
    £6,000 place funding): each place in use saves £238,000. Of the £30m to build it, 19 of 20 years
    of life are left at the end, so it costs £1.5m. An empty place costs £6,000, once.
    """
    return posed(
        one_base(
            1,
            provisions=[base(places=0), inmss()],
            entrants=[due(children, FIRST)],
            options=[option("wing", 4, capital_gbp=30_000_000, lead_years=0, **cells)],
            option_teaches=[taught("wing")],
        )
    )


def test_an_option_of_n_places_loses_and_of_n_and_k_wins() -> None:
    """Of 4 places it loses by £548,000, of 6 by £72,000; of 7 it wins by £166,000: by hand.

    Asked in the held model, each is what a solve of the changed problem from scratch finds.
    """
    problem = dear_wing()
    (wing,) = reasons(problem, solve(problem, EXACT), EXACT).reasons
    assert wing.asked is not None
    assert wing.asked.cost.low == pytest.approx(548_000, abs=CLOSE)
    found = wing.more_places
    assert found is not None

    by_hand = {2: 72_000, 3: -166_000, 4: -404_000}
    assert (found.wins_with, found.loses_below) == (3, 3)
    assert set(found.costs) == set(by_hand)
    without = solve(Change(shut_before={"wing": None}).applied(problem), EXACT).proof.cost_gbp
    for more, gbp in by_hand.items():
        assert found.costs[more].low == pytest.approx(gbp, abs=CLOSE)
        assert found.costs[more].high == pytest.approx(gbp, abs=CLOSE)
        changed = Change(
            option_places={"wing": float(more)},
            open_by={"wing": FIRST},
            shut_before={"wing": FIRST},
        )
        cold = solve(changed.applied(problem), EXACT).proof.cost_gbp
        assert cold - without == pytest.approx(gbp, abs=CLOSE)


def test_places_that_stand_empty_settle_every_count_at_once() -> None:
    """With 3 children for 4 places, more only cost: one question proves all that are fewer."""
    problem = dear_wing(3)
    (wing,) = reasons(problem, solve(problem, EXACT), EXACT).reasons
    found = wing.more_places

    assert empty_place_gbp(problem, 0) == pytest.approx(6_000)
    assert found is not None
    assert found.hopeless
    assert list(found.costs) == [4]
    assert found.costs[4].low == pytest.approx(1_500_000 - 3 * 238_000 + 5 * 6_000, abs=CLOSE)


def test_a_building_with_room_to_spare_sets_the_most() -> None:
    """Asked up to what the building holds; there each count stands for itself alone."""
    problem = dear_wing(physical_places=6)
    (wing,) = reasons(problem, solve(problem, EXACT), EXACT).reasons
    found = wing.more_places

    assert empty_place_gbp(problem, 0) is None
    assert found is not None
    assert found.most == most_more(problem, 0) == 2
    assert sorted(found.costs) == [1, 2]
    assert found.hopeless


def test_a_stop_leaves_places_unasked_and_says_nothing_of_them() -> None:
    """Stopped after the first question, nothing is claimed of more places."""
    problem = dear_wing()
    stop = Stop()

    def stops(what: str, *_: object) -> None:
        stop.asked = what == "wing"  # the plan itself is proven again before

    (wing,) = reasons(problem, solve(problem, EXACT), EXACT, stop=stop, told=stops).reasons

    assert wing.more_places is not None
    assert wing.more_places.costs == {}
    assert wing.more_places.wins_with is None


def test_what_is_asked_next() -> None:
    """The most first; down from what is known to lose; the middle once one wins or is open."""

    def cost(low: float, high: float) -> Interval:
        return Interval(low, high, Termination.OPTIMAL)

    lost = cost(100.0, 200.0)
    assert next_count(8, lost, {}, 10.0) == 8
    assert next_count(8, lost, {8: cost(35.0, 50.0)}, 10.0) == 4  # 5 to 8 lose: 3 places of £10
    assert next_count(8, lost, {8: cost(-9.0, -8.0)}, 10.0) == 4
    assert next_count(8, lost, {8: cost(-9.0, 8.0)}, 10.0) == 4
    assert next_count(8, lost, {8: cost(-9.0, -8.0), 4: cost(-9.0, 8.0)}, 10.0) == 6
    assert next_count(8, lost, {8: cost(500.0, 600.0)}, 10.0) is None
    assert next_count(8, cost(-9.0, -8.0), {}, 10.0) is None  # it wins as it is

    told = found_of(8.0, 8, lost, {8: cost(-9.0, -8.0), 4: cost(15.0, 20.0)}, 10.0, 1.0)
    assert (told.wins_with, told.loses_below) == (8, 1)  # 3 and 4 lose; of 1 and 2 nothing is known
    told = found_of(8.0, 8, cost(0.0, 20.0), {8: cost(500.0, 600.0)}, None, 1.0)
    assert (told.wins_with, told.loses_below) == (None, None)


def least(problem: Any, change: Change) -> float:
    """Return the least cost from scratch, or infinity where the rules clash."""
    try:
        return float(solve(change.applied(problem), EXACT).proof.cost_gbp)
    except NoPlan:
        return math.inf


@pytest.mark.slow
@few
@given(tiny())
def test_what_is_proven_of_each_count_is_true(one: Tiny) -> None:
    """Asked of a plan far from proven: intervals hold the true cost, and no claim is false."""
    assume(any(row["places"] > 0 for row in one.tables["options"]))
    problem = one.problem()
    found = reasons(problem, solve(problem, LOOSE), LOOSE)
    grown = [reason for reason in found.reasons if reason.more_places is not None]
    assume(grown)
    name, told = grown[0].option, grown[0].more_places
    assert told is not None
    o = problem.options["option"].tolist().index(name)
    years = problem.years[int(problem.opens_first[o]) : int(problem.opens_last[o]) + 1]
    without = least(problem, Change(shut_before={name: None}))
    slack = CLOSE + 1e-6 * abs(found.plan.cost_gbp)

    for more in sorted({1, *told.costs}):
        true = min(
            least(
                problem,
                Change(
                    open_by={name: year},
                    shut_before={name: year},
                    option_places={name: float(more)},
                ),
            )
            for year in years
        )
        if more in told.costs:
            assert told.costs[more].low <= true - without + slack
            assert true - without <= told.costs[more].high + slack
        if told.loses_below is not None and more < told.loses_below:
            assert true >= without - slack
        if more == told.wins_with:
            assert true < without + slack


@pytest.mark.parametrize("seconds", [math.inf, 600.0])
def test_questions_are_given_the_time_that_there_is(
    seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a limit of time there is none on any question, a sign still open or not."""
    problem = dear_wing()
    answer = solve(problem, EXACT)
    given_to: list[float] = []
    asked = WhatIf.ask

    def noted(self: Any, change: Change, *, seconds: float, **more: Any) -> Any:
        given_to.append(seconds)
        return asked(self, change, seconds=seconds, **more)

    monkeypatch.setattr(WhatIf, "ask", noted)
    monkeypatch.setattr("optimiser.reasons._Asking.unclear", lambda _: ["wing"])
    reasons(problem, answer, EXACT, seconds=seconds)
    assert len(given_to) > 1
    assert all(one == math.inf if math.isinf(seconds) else 1.0 <= one <= 600.0 for one in given_to)


def test_the_held_model_forgets_what_was_grown() -> None:
    """After a question about more places the unchanged problem costs what it did."""
    problem = dear_wing(physical_places=5)
    answer = solve(problem, EXACT)
    held = WhatIf(problem, answer, EXACT)

    held.ask(Change(option_places={"wing": 4.0}, open_by={"wing": FIRST}))

    assert held.ask(Change()).proof.cost_gbp == pytest.approx(answer.proof.cost_gbp, abs=CLOSE)
