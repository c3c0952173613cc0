"""What new places displace: every place accounted for, and the three savings of the worked case."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from optimiser.answer import OutOfTime, Termination
from optimiser.displacement import PROGRAMME, SOURCES, Displaced, Placing, displacements
from optimiser.openings_held import asked_whole, exactly, leaning_on, openings_of
from optimiser.plan import plan_of
from optimiser.problem import do_minimum
from optimiser.solve import Answer, Settings, solve
from optimiser.what_if import WhatIfAnswer
from tests.optimiser.builders import base, due, inmss, one_base, option, posed, taught, teaches
from tests.optimiser.strategies import Tiny, tiny

EXACT = Settings(gap=0.0, threads=1)
few = settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def displaced(problem: Any) -> list[Displaced]:
    """Return what the best plan displaces."""
    answer = solve(problem, EXACT)
    return displacements(Placing(asked_whole(problem, answer, EXACT)), openings_of(problem, answer))


def hundred_places(children: float, **policy: Any) -> Any:
    """Return a base of 100 places at £18,000 (£2m to build) beside an INMSS at £49,000."""
    case = one_base(
        1,
        provisions=[base(places=0), inmss(available=500)],
        teaches=[teaches("elm_base", 12_000), teaches("far_school", 49_000)],
        entrants=[due(children, 2026, nc_year=None)],
        options=[option(places=100, capital_gbp=2_000_000, lead_years=0, asset_life_years=100)],
        option_teaches=[taught(cost=12_000)],
    )
    return posed(case, **policy)


def test_the_worked_example_of_the_field() -> None:
    """domain.md 3.5: naive £31k (0.6 years), 45 % of it £13.95k (1.4), net £8.8k (2.3).

    100 places at £20,000 each to build, £49,000 against £6,000 + £12,000; 45 children would be in
    INMSS, and 55 are drawn from mainstream, where a child has a top-up of £8,700:
    0.45 x 31,000 - 0.55 x (18,000 - 8,700) = 8,835.
    """
    problem = hundred_places(
        45, drawn_from_mainstream=0.55, mainstream_topup_gbp=8_700.0, goes_to_inmss=0.0
    )

    _, one = displaced(problem)

    assert one.option == "elm_wing"
    assert one.naive_gbp == pytest.approx(31_000)
    assert one.share("inmss") == pytest.approx(0.45)
    assert one.share("mainstream") == pytest.approx(0.55)
    assert one.displacement_only_gbp == pytest.approx(13_950)
    assert one.net_gbp == pytest.approx(8_835)
    years = [one.naive_gbp, one.displacement_only_gbp, one.net_gbp]
    assert [one.payback_years(gbp) for gbp in years] == pytest.approx(
        [0.645, 1.434, 2.264], abs=1e-3
    )


def test_a_place_that_nobody_needs_displaces_nobody() -> None:
    """70 children, 100 places opened all the same: 30 in a hundred stand empty, and cost £6,000."""
    problem = hundred_places(70)

    one = displaced(problem)[1]

    assert one.share("inmss") == pytest.approx(0.7)
    assert one.empty.sum() == pytest.approx(30)
    assert one.net_gbp == pytest.approx(0.7 * 31_000 - 0.3 * 6_000)


def test_a_child_without_a_place_is_no_saved_fee() -> None:
    """No INMSS has room: the places take those who wait, whose interim cost is £20,000 a year."""
    case = one_base(
        1,
        children=8,
        provisions=[base(places=0), inmss(available=0)],
        options=[option(lead_years=0, capital_gbp=0)],
    )

    one = displaced(posed(case))[1]

    assert one.share("waiting") == pytest.approx(1.0)
    assert one.share("inmss") == pytest.approx(0.0)
    assert one.net_gbp == pytest.approx(20_000 - 16_000)


def test_what_requires_an_option_is_left_out_with_it() -> None:
    """Ten growing to twenty: without the first ten the second ten cannot stand either."""
    case = one_base(
        1,
        provisions=[base(places=0), inmss(available=500)],
        entrants=[due(18, 2026)],
        options=[
            option("base_of_10", 10, lead_years=0),
            option("to_20", 10, lead_years=0, requires="base_of_10", capital_gbp=100_000),
        ],
        option_teaches=[taught("base_of_10"), taught("to_20")],
    )
    problem = posed(case)

    found = {one.option: one for one in displaced(problem)}

    assert leaning_on(problem, "base_of_10", ["to_20"]) == ("base_of_10", "to_20")
    assert found["base_of_10"].left_out == ("base_of_10", "to_20")
    assert found["base_of_10"].sources["inmss"].sum() == pytest.approx(18)
    assert found["to_20"].left_out == ("to_20",)
    assert found["to_20"].sources["inmss"].sum() == pytest.approx(8)


@few
@given(tiny())
def test_every_place_is_accounted_for(one: Tiny) -> None:
    """Children in new places = children fewer elsewhere + longer stays; and the pounds agree.

    The money saved is that of the plans with and without, each audited elsewhere.
    """
    problem = one.problem()
    answer = solve(problem, EXACT)
    openings = openings_of(problem, answer)
    decided = set(problem.options["option"][problem.committed()])
    assume(set(openings) - decided)
    placing = Placing(asked_whole(problem, answer, EXACT))

    for found in displacements(placing, openings):
        told = sum(found.sources[name] for name in SOURCES) + found.longer
        assert told == pytest.approx(found.children, abs=1e-6)
        assert found.places - found.children == pytest.approx(found.empty, abs=1e-9)
    whole = displacements(placing, openings)[0]
    least = solve(do_minimum(problem), EXACT)
    money = plan_of(problem, Answer(least.proof, least.decided, 0.0, 0.0, ())).money
    after = plan_of(problem, answer).money
    saved = money["pv_gbp"].sum() - after["pv_gbp"].sum()
    assert whole.option == PROGRAMME
    assert whole.saving.low - 0.05 <= saved <= whole.saving.high + 0.05


def test_no_time_gives_no_figure() -> None:
    """Children who could not be placed in the time allowed are an error, and never nought."""
    problem = hundred_places(45)
    answer = solve(problem, EXACT)
    placing = Placing(asked_whole(problem, answer, EXACT))
    cut = WhatIfAnswer(replace(answer.proof, termination=Termination.TIME_LIMIT), {}, None, 1.0)
    placing._known[frozenset()] = cut

    with pytest.raises(OutOfTime):
        displacements(placing, openings_of(problem, answer))


def test_openings_held_are_the_openings_asked_for() -> None:
    """Nothing more opens, nothing less, whatever the plan would rather have."""
    problem = hundred_places(45)
    answer = solve(problem, EXACT)
    held = asked_whole(problem, answer, EXACT)

    assert held.ask(exactly(problem, {})).openings == {}
    assert held.ask(exactly(problem, {"elm_wing": 2026})).openings == {"elm_wing": 2026}
