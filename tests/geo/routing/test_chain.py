"""A vehicle goes on to a second school where the bells let it, and never where they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.routing.types import Effort
from tests.geo.routing.builders import TAXI, kids, plain_policy, routed, school

NO_WINDOW = {"arrival_window_minutes": 0.0}


def test_staggered_bells_save_a_vehicle() -> None:
    """Oak at 9:00, Elm at 9:30, four miles apart; each child lives two miles beyond its school.

    From Oak at 9:00 six miles to Bob: 9:12; he is at Elm at 9:16 if need be: in time. Home again,
    Ann is set down at 15:34 and Elm, at 16:00, is six miles on. The second run costs half its £20
    fixed, and 6 empty miles out and 6 back at £2: £10 + £10 saved, £12 + £12 spent. Not worth it;
    at 50p a mile it is.
    """
    children = kids({"ann": (-2, 0), "bob": (6, 0)}, {"ann": "oak", "bob": "elm"})
    schools = [school(**NO_WINDOW), school("elm", east=4, bell=570.0, **NO_WINDOW)]

    dear = routed(children, schools, [TAXI])
    assert [one.after for one in dear.routes] == [None, None]

    cheap = routed(children, schools, [replace(TAXI, per_mile_gbp=0.5)])
    first, second = cheap.routes
    assert (first.after, second.after) == (None, "oak/1")
    assert second.runs[0].empty_miles == pytest.approx(6.0, abs=1e-3)
    assert second.runs[0].cost.fixed_gbp == 10.0
    assert second.runs[0].cost.miles_gbp == pytest.approx(8 * 0.5, abs=1e-2)
    assert cheap.violations == ()


@pytest.mark.parametrize(("minutes", "follows"), [(16.0, True), (15.0, False)])
def test_to_the_minute(minutes: float, follows: bool) -> None:
    """From Oak's bell the vehicle needs 12 empty minutes and 4 with Bob aboard: 16, not 15."""
    children = kids({"ann": (-2, 0), "bob": (6, 0)}, {"ann": "oak", "bob": "elm"})
    schools = [school(**NO_WINDOW), school("elm", east=4, bell=540.0 + minutes, **NO_WINDOW)]
    side = routed(children, schools, [replace(TAXI, per_mile_gbp=0.0)])

    assert any(one.after for one in side.routes) is follows
    assert side.violations == ()


def test_setting_down_early_lets_a_vehicle_go_on() -> None:
    """With 15 minutes between bells it needs one minute more: Oak lets children in ten early.

    In the afternoon Ann is home at 15:34, and Elm's children wait from 15:45 to 15:46 at most: 12
    minutes' empty driving from 15:34.
    """
    children = kids({"ann": (-2, 0), "bob": (6, 0)}, {"ann": "oak", "bob": "elm"})
    schools = [school(), school("elm", east=4, bell=555.0)]
    side = routed(children, schools, [replace(TAXI, per_mile_gbp=0.0)])
    first, second = side.routes

    assert second.after == first.route
    assert first.runs[0].stops[-1].clock_minutes == 539.0
    assert second.runs[1].stops[0].clock_minutes == 946.0
    assert side.violations == ()


def test_the_afternoon_must_hold_too() -> None:
    """Ann lives 20 miles out, on the way to nothing: home at 16:10, and Elm has ended at 16:00.

    In the morning a vehicle would have had time for Bob; but not in the afternoon.
    """
    children = kids({"ann": (-20, 0), "bob": (4.5, 0)}, {"ann": "oak", "bob": "elm"})
    schools = [school(), school("elm", east=4, bell=570.0)]
    side = routed(children, schools, [replace(TAXI, per_mile_gbp=0.0)])

    assert not any(one.after for one in side.routes)


def test_a_line_of_three() -> None:
    """Three schools half an hour apart, a child beside each: one vehicle does all three."""
    children = kids(
        {"a": (0.5, 0), "b": (1.5, 0), "c": (2.5, 0)}, {"a": "oak", "b": "elm", "c": "ash"}
    )
    schools = [
        school(),
        school("elm", east=1, bell=570.0),
        school("ash", east=2, bell=600.0),
    ]
    side = routed(children, schools, [TAXI])

    assert sum(one.after is None for one in side.routes) == 1
    assert side.violations == ()


def test_routes_need_not_be_chained() -> None:
    """The same, when chains are not wanted."""
    children = kids({"a": (0.5, 0), "b": (1.5, 0)}, {"a": "oak", "b": "elm"})
    schools = [school(), school("elm", east=1, bell=570.0)]
    side = routed(children, schools, [TAXI], chained=False, effort=Effort(iterations=50))

    assert not any(one.after for one in side.routes)


def test_the_pairing_is_the_best_of_all() -> None:
    """Two first routes, two second: a greedy pairing would take the dearer sum.

    p (set down at Oak, east 0) and q (Ash, east 10); r's home is at 4 miles, s's at -1.
    Oak -> r 4, Oak -> s 1, Ash -> r 6, Ash -> s 11. Greedy takes Oak -> s and Ash -> r: 7 miles;
    the other pairing is 4 + 11 = 15. The assignment finds 7.
    """
    children = kids(
        {"p": (0, 1), "q": (10, 1), "r": (4, 0), "s": (-1, 0)},
        {"p": "oak", "q": "ash", "r": "elm", "s": "fir"},
    )
    schools = [
        school(),
        school("ash", east=10),
        school("elm", east=4, north=1, bell=600.0),
        school("fir", east=-1, north=1, bell=600.0),
    ]
    side = routed(children, schools, [replace(TAXI, per_mile_gbp=0.5)], policy=plain_policy())
    follows = {one.provisions[0]: one.after for one in side.routes}

    assert follows == {"oak": None, "ash": None, "elm": "ash/1", "fir": "oak/1"}
