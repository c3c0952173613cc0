"""Whatever cannot be routed is named, and everyone else still is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.routing.route import route_side
from geo.routing.schools import schools_of
from geo.routing.types import How
from inputs.errors import InputError
from tests.geo.routing.builders import (
    BUS,
    ON,
    RAMP,
    TAXI,
    flat,
    kids,
    plain_policy,
    routed,
    school,
    told,
)

WHERE = {"ann": (1.0, 0.0), "bob": (2.0, 0.0), "cat": (3.0, 0.0)}


def carried(side: object) -> set[str]:
    """Return who is on a route."""
    return {child for route in side.routes for child in route.children}  # type: ignore[attr-defined]


def test_no_vehicle_large_enough() -> None:
    """A wheelchair user, and a fleet without a place for one."""
    side = routed(kids(WHERE, wheelchair=["bob"]), fleet=[TAXI, BUS])

    assert "1 child(ren) travel in a wheelchair, and no vehicle of the fleet has a place" in told(
        side
    )
    assert "everyone else is routed: bob" in told(side)
    assert carried(side) == {"ann", "cat"}
    assert [(one.child, one.how) for one in side.apart] == [("bob", How.NOT_CARRIED)]
    assert np.isnan(side.apart[0].gbp_a_run)
    assert np.isfinite(side.cost_a_year_gbp)
    assert side.violations == ()


def test_no_seat_at_all() -> None:
    """Only wheelchair places: who sits cannot be carried."""
    chairs = replace(RAMP, seats=0)
    side = routed(kids(WHERE, wheelchair=["bob"]), fleet=[chairs])

    assert "2 child(ren) need a seat, and no vehicle of the fleet has one" in told(side)
    assert carried(side) == {"bob"}


def test_more_wheelchair_users_than_places() -> None:
    """One vehicle with two places, and three wheelchair users: one is not carried."""
    side = routed(
        kids(WHERE | {"dan": (1.5, 0.0)}, wheelchair=["ann", "bob", "cat"]),
        fleet=[TAXI, replace(RAMP, available=1)],
    )

    assert "no vehicle is left for 1 child(ren), who are not carried" in told(side)
    assert len(carried(side)) == 3
    assert "dan" in carried(side)
    assert side.violations == ()


def test_vehicles_shared_out_among_schools() -> None:
    """Two schools would use two taxis each, and there are three: they are shared out, and said."""
    where = {f"a{n}": (1 + n / 10, 0.0) for n in range(4)}
    where |= {f"b{n}": (1 + n / 10, 5.0) for n in range(4)}
    children = kids(where, {one: "oak" if one[0] == "a" else "elm" for one in where})
    schools = [school(), school("elm", north=5)]
    side = routed(children, schools, [replace(TAXI, available=3)])

    assert "'taxi' only 3 were left for shared routes, where 4 would have been used" in told(side)
    assert len(side.routes) == 3
    assert len(carried(side)) == 7
    assert side.violations == ()


def test_a_school_with_no_bell_time() -> None:
    """The dated default stands in, and is said; so it does for a bell that cannot be read."""
    table = pd.DataFrame(
        {
            "provision": ["oak", "elm", "ash", "home"],
            "easting": [400_000.0, 401_000.0, 402_000.0, np.nan],
            "northing": [300_000.0, 300_000.0, 300_000.0, np.nan],
            "bell_time": ["08:50", None, "ten to nine", None],
        }
    )
    schools, notes = schools_of(table, ON)

    assert [(one.provision, one.bell_minutes, one.bell_assumed) for one in schools] == [
        ("oak", 530.0, False),
        ("elm", 540.0, True),
        ("ash", 540.0, True),
    ]
    said = [note.sentence() for note in notes]
    assert said[0] == (
        "provisions, bell_time: 'ten to nine' of ash is not a start of the school day: 09:00 is "
        "taken. Write it as 08:50."
    )
    assert said[1].startswith(
        "provisions, bell_time: 1 state no bell time: 09:00 is taken for elm."
    )


def test_a_child_unreachable_by_road() -> None:
    """No road joins Bob: he is priced alone in a straight line, and named; the others ride.

    Two miles straight x 1.3 = 2.6 miles at £2 and £20: £25.20 a run.
    """
    children = kids(WHERE)
    schools = [school()]
    side = routed(children, schools, matrix=flat(children, schools, broken=[("bob", "*")]))

    assert "'oak' cannot be reached by road by 1 child(ren)" in told(side)
    assert "everyone else is routed: bob" in told(side)
    assert carried(side) == {"ann", "cat"}
    (bob,) = side.apart
    assert bob.how is How.STRAIGHT_LINE
    assert bob.gbp_a_run == pytest.approx(25.2, abs=0.01)
    assert side.violations == ()


def test_two_children_whom_no_road_joins() -> None:
    """Ann and Bob each reach Oak and not each other: they are never in one vehicle."""
    children = kids({"ann": (1.0, 0.0), "bob": (1.01, 0.0)})
    schools = [school()]
    side = routed(children, schools, matrix=flat(children, schools, broken=[("ann", "bob")]))

    assert sorted(len(one.children) for one in side.routes) == [1, 1]
    assert side.violations == ()


def test_a_journey_of_no_length() -> None:
    """Ann lives at the school's own point: £20 for nothing, and a reader is told."""
    side = routed(kids({"ann": (0.0, 0.0), "bob": (4.0, 0.0)}), fleet=[TAXI])

    assert "1 live at the very road point of their provision" in told(side)
    assert carried(side) == {"ann", "bob"}
    assert side.violations == ()


def test_two_children_at_one_point() -> None:
    """They board one after the other, and a reader is told which."""
    policy = plain_policy().replace(boarding_seconds=90.0)
    side = routed(kids({"ann": (2.0, 0.0), "bob": (2.0, 0.0)}), policy=policy)

    assert "2 share 1 home point(s), and board one after another: ann and bob" in told(side)
    (route,) = side.routes
    assert sorted(stop.ride_minutes for stop in route.runs[0].stops) == [0.0, 4.0, 5.5]
    assert side.violations == ()


def test_a_fleet_with_a_negative_cost() -> None:
    """Every fault of the fleet at once, before anything is routed."""
    fleet = [
        replace(TAXI, per_mile_gbp=-1.0),
        replace(BUS, fixed_per_run_gbp=float("nan")),
        replace(RAMP, seats=0, wheelchairs=0),
        TAXI,
    ]
    with pytest.raises(InputError) as wrong:
        routed(kids(WHERE), fleet=fleet)
    said = str(wrong.value)

    assert "fleet, per_mile_gbp: '-1' is no cost of a taxi. Write pounds, 0 or more." in said
    assert "'nan' is no cost of a bus" in said
    assert "a ramp carries nobody" in said
    assert "'taxi' is given twice" in said


def test_a_fleet_of_nothing() -> None:
    """No vehicle at all is a fault."""
    with pytest.raises(InputError, match="there is no vehicle"):
        routed(kids(WHERE), fleet=[])


def test_a_limit_shorter_than_the_journey() -> None:
    """Far lives 60 minutes out, primary: 45 cannot be, so 1.15 x 60 + 2 = 71, and it is said.

    Ann, four minutes out, keeps her 45.
    """
    side = routed(kids({"ann": (2.0, 0.0), "far": (30.0, 0.0)}))
    limits = {stop.key: stop.limit_minutes for one in side.routes for stop in one.runs[0].stops}

    assert "'oak' 1 child(ren) live so far from it that even alone they would ride" in told(side)
    assert "far (60 min)" in told(side)
    assert limits["far"] == pytest.approx(71.0, abs=0.05)
    assert limits["ann"] == 45.0
    assert side.violations == ()


def test_a_policy_that_asks_for_less_than_the_journey() -> None:
    """A limit of ten minutes and no relaxing: Far still rides its 60 minutes, alone."""
    policy = plain_policy().replace(
        ride_limit_minutes=dict.fromkeys(plain_policy().ride_limit_minutes, 10.0),
        relax_factor=1.0,
        relax_minutes=0.0,
    )
    side = routed(kids({"ann": (2.0, 0.0), "far": (30.0, 0.0)}), policy=policy)

    assert carried(side) == {"ann", "far"}
    assert side.violations == ()


def test_a_slow_vehicle_does_not_shorten_a_limit() -> None:
    """Capped at 20 mph a child 30 miles out rides 90 minutes in the only vehicle with a place."""
    slow = replace(RAMP, speed_cap_mph=20.0)
    children = kids({"ann": (30.0, 0.0)}, wheelchair=["ann"])
    schools = [school()]
    matrix = flat(children, schools)
    capped = ((matrix.seconds * 1.5).astype(np.int32), matrix.metres)
    side = routed(children, schools, [TAXI, slow], matrix=replace(matrix, capped={20.0: capped}))

    assert carried(side) == {"ann"}
    assert side.routes[0].longest_ride_minutes == pytest.approx(90.0, abs=0.05)
    assert side.violations == ()


def test_a_provision_without_a_place() -> None:
    """Children taught at home have no journey; it is said how many."""
    side = routed(kids(WHERE, {"ann": "oak", "bob": "home", "cat": "oak"}))

    assert "'home' has no place on the map, so 1 child(ren) have no journey" in told(side)
    assert carried(side) == {"ann", "cat"}
    assert side.violations == ()


def test_a_child_given_twice() -> None:
    """Keys must differ, or nobody could say who was carried."""
    children = pd.concat([kids(WHERE), kids({"ann": (5.0, 5.0)})], ignore_index=True)
    schools = [school()]
    with pytest.raises(InputError, match="'ann' is given twice"):
        route_side(children, schools, [TAXI], plain_policy(), flat(kids(WHERE), schools))


def test_a_matrix_of_other_children() -> None:
    """A child without a point in the matrix is named."""
    schools = [school()]
    with pytest.raises(InputError, match="'ann' has no point for it"):
        route_side(kids(WHERE), schools, [TAXI], plain_policy(), flat(kids({"x": (1, 1)}), schools))


def test_nobody_at_all() -> None:
    """A side without children costs nothing and breaks nothing."""
    children = kids(WHERE).iloc[:0]
    side = routed(children, matrix=flat(children, [school()]))

    assert side.cost_a_year_gbp == 0.0
    assert (side.routes, side.apart, side.violations) == ((), (), ())
