"""Prices: what one place more or fewer is worth is what a solve from scratch says it is."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from optimiser.changes import Change
from optimiser.prices import Asking, open_places, prices, reopen
from optimiser.solve import Settings, Stop, solve
from optimiser.what_if import WhatIf
from tests.optimiser.builders import FIRST, due, inmss, one_base, option, posed, taught, teaches
from tests.optimiser.builders import base as a_base
from tests.optimiser.strategies import Tiny, tiny

EXACT = Settings(gap=0.0, threads=1)
few = settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
CLOSE = 0.5


def full_base(*, children: float = 6, **limits: Any) -> Any:
    """Return a base of 10 with nothing to open; the others go far away at £50,000 a year."""
    return posed(
        one_base(
            2,
            provisions=[a_base(physical_places=10), inmss()],
            teaches=[teaches("elm_base", 10_000, **limits), teaches("far_school", 50_000)],
            entrants=[due(children, FIRST), due(children, FIRST + 1)],
            options=[],
            option_teaches=[],
        )
    )


def asked(problem: Any) -> Asking:
    """Return the children of the best plan, placed."""
    return Asking(problem, solve(problem, EXACT), EXACT)


def test_one_more_place_by_hand() -> None:
    """Twelve are due for ten places: one more takes a child from £50,000 a year to £10,000.

    From the second year, a child who enters in reception stays seven years, so the fees are
    £40,000 less for seven years; place funding of £6,000 is paid either way for a place, filled or
    not, and what a place itself costs is not in its price. The INMSS is paid its fee alone.
    """
    asking = asked(full_base())
    rows = asking.rows_of("elm_base", FIRST + 1, "ASD", "primary")

    worth = asking.worth(rows, 1.0, math.inf)

    assert worth is not None
    assert worth.total_gbp == pytest.approx(worth.purses["dsg"], abs=CLOSE)
    assert worth.purses["general_fund"] == pytest.approx(0.0, abs=CLOSE)
    assert worth.total_gbp == pytest.approx(from_scratch(asking.problem, FIRST + 1, 1.0), abs=CLOSE)
    assert 7 * 34_000 <= worth.total_gbp <= 7 * 40_000


def from_scratch(problem: Any, year: int, more: float) -> float:
    """Return by how much the least cost falls with more places, with nothing to open."""
    change = Change(places={("elm_base", y): more for y in problem.years if y >= year})
    before = solve(problem, EXACT).proof.cost_gbp
    return float(before - solve(change.applied(problem), EXACT).proof.cost_gbp)


def test_one_fewer_and_room_to_spare() -> None:
    """One fewer loses no less than one more brings; with room to spare both are nothing."""
    full, roomy = asked(full_base()), asked(full_base(children=2))
    rows = full.rows_of("elm_base", FIRST, "ASD", "primary")

    more, fewer = full.worth(rows, 1.0, math.inf), full.worth(rows, -1.0, math.inf)

    assert more is not None
    assert fewer is not None
    assert fewer.total_gbp >= more.total_gbp - CLOSE
    assert fewer.total_gbp == pytest.approx(-from_scratch(full.problem, FIRST, -1.0), abs=CLOSE)
    solved = roomy.solved
    for sign in (1.0, -1.0):
        worth = roomy.worth(rows, sign, math.inf)
        assert worth is not None
        assert worth.total_gbp == 0.0
    assert roomy.solved == solved  # shadow prices settle it


def test_a_place_of_a_need_lifts_its_own_number_too() -> None:
    """Where six of a need may be taught and there is room, one more of that need is worth a lot."""
    asking = asked(full_base(max_places=6))
    whole = asking.worth(asking.rows_of("elm_base", FIRST), 1.0, math.inf)
    own = asking.worth(asking.rows_of("elm_base", FIRST, "ASD", "primary"), 1.0, math.inf)

    assert whole is not None
    assert own is not None
    assert whole.total_gbp == 0.0
    assert own.total_gbp > 100_000


def test_places_held_by_children_there_now_cannot_be_taken() -> None:
    """Ten children of reception age hold ten places for the whole plan: none can be taken away."""
    placed = {"provision": "elm_base", "need": "ASD", "phase": "primary", "children": 10}
    problem = posed(
        one_base(
            2,
            placed=[placed | {"nc_year": 0, "zone": "north"}],
            provisions=[a_base(physical_places=10), inmss()],
            options=[],
            option_teaches=[],
        )
    )

    found = prices(asked(problem), only=["elm_base"], years=[FIRST])

    (price,) = found.prices
    assert price.fewer is None
    assert price.fewer_cannot
    assert price.more is not None


@few
@given(tiny(), st.data())
def test_what_shadow_prices_say_is_kept(one: Tiny, data: Any) -> None:
    """One more is worth between nothing and one fewer, and no more than its shadow price."""
    problem = one.problem()
    asking = asked(problem)
    places = list(open_places(problem, asking.answer))
    assume(places)
    provision, need, phase, year = data.draw(st.sampled_from(places))
    rows = asking.rows_of(provision, year, need, phase)

    more, fewer = asking.worth(rows, 1.0, math.inf), asking.worth(rows, -1.0, math.inf)

    assert more is not None
    slack = CLOSE + 1e-6 * abs(asking.base_gbp)
    parts = sum(more.purses.values()) + more.policy_weight_gbp
    assert parts == pytest.approx(more.total_gbp, abs=slack)
    assert 0.0 <= more.total_gbp <= -asking.placed.prices[sorted(rows)].sum() + slack
    if fewer is not None:
        assert fewer.total_gbp >= more.total_gbp - slack


def test_the_openings_change_where_one_place_does_for_a_wing() -> None:
    """Half a child more than fits: a wing of £300,000 is worth it, until one more place does it."""
    problem = posed(
        one_base(
            2,
            provisions=[a_base(physical_places=10), inmss()],
            entrants=[due(10, FIRST), due(1, FIRST + 1)],
            options=[option("elm_wing", 1, capital_gbp=150_000)],
            option_teaches=[taught("elm_wing")],
        )
    )
    answer = solve(problem, EXACT)
    assert answer.decided["open"].sum() == 1
    asking = Asking(problem, answer, EXACT)

    told = reopen(asking, WhatIf(problem, answer, EXACT), "elm_base", FIRST, seconds=60.0)

    assert told.openings == {}
    assert not told.better_anyway
    assert told.held < told.free.low <= told.free.high
    true = answer.proof.cost_gbp - least_with_a_place(problem)
    assert told.free.low - CLOSE <= true <= told.free.high + CLOSE


def least_with_a_place(problem: Any) -> float:
    """Return the least cost with one place more, openings free, from scratch."""
    change = Change(places={("elm_base", year): 1.0 for year in problem.years})
    return float(solve(change.applied(problem), EXACT).proof.cost_gbp)


def test_time_that_runs_out_leaves_blanks() -> None:
    """With no time, or a stop, prices are unknown and it is said."""
    asking = asked(full_base())
    stop = Stop()
    stop.asked = True

    for found in (prices(asking, seconds=0.0), prices(asking, stop=stop)):
        assert found.out_of_time
        assert all(one.more is None for one in found.prices)


def test_the_weight_of_a_year_is_the_years_it_stands_and_the_stay_after() -> None:
    """Undiscounted: two years of the plan for a place from the first, and a tail that fades."""
    found = prices(asked(full_base()), only=["elm_base"])
    first, second = sorted(found.prices, key=lambda one: one.year)

    assert first.year_weight == pytest.approx(second.year_weight + 1.0)
    assert second.year_weight > 1.0


def test_the_children_placed_exactly_cost_what_the_plan_does() -> None:
    """Held as planned, with every home by itself, the plan's cost is found again."""
    problem = full_base()
    answer = solve(problem, EXACT)

    for given_answer in (answer, replace(answer, held=None)):
        asking = Asking(problem, given_answer, EXACT)
        assert asking.base_gbp == pytest.approx(answer.proof.cost_gbp, abs=CLOSE)
        assert np.isclose(asking.base_gbp, asking.placed.ask({}))
