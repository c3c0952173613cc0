"""Clocks, rides, miles and pounds of a route, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from geo.routing.timing import facts_of, time_route
from tests.geo.routing.builders import BUS, TAXI, flat, kids, plain_policy, school

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geo.routing.timing import Facts
    from geo.routing.types import Policy, School, VehicleType


def facts(
    children: pd.DataFrame,
    schools: Sequence[School],
    policy: Policy | None = None,
    fleet: Sequence[VehicleType] = (TAXI, BUS),
) -> Facts:
    """Return the facts of a side, both ways driven."""
    matrix = flat(children, schools)
    return facts_of(children, schools, fleet, policy or plain_policy(), matrix, both_ways=True)


def test_a_route_there_and_back() -> None:
    """Ann 5 miles out, Bob 2, both to be there at 09:00; each takes two minutes to board.

    Morning: Ann at 9:00 - 10 driving - 2 + 2 boarding = 08:46; Bob 6 minutes' driving and 2
    boarding later, at 08:54; Ann rides 6 + 2 + 4 = 12, Bob 4. Five miles at £2 and £20 is £30.
    Afternoon, from 15:30: Bob at 15:34, Ann 2 + 6 later at 15:42, and the run ends at 15:44.
    """
    children = kids({"ann": (5, 0), "bob": (2, 0)})
    case = facts(children, [school()], plain_policy().replace(boarding_seconds=120.0))
    visits = [("child", "ann"), ("child", "bob"), ("provision", "oak")]
    route = time_route(case, "oak/1", visits, "taxi", assisted=False, travels="daily")
    morning, afternoon = route.runs

    assert [(stop.key, stop.clock_minutes, stop.ride_minutes) for stop in morning.stops] == [
        ("ann", 526.0, 12.0),
        ("bob", 534.0, 4.0),
        ("oak", 540.0, 0.0),
    ]
    assert [(stop.key, stop.clock_minutes, stop.ride_minutes) for stop in afternoon.stops] == [
        ("oak", 930.0, 0.0),
        ("bob", 934.0, 4.0),
        ("ann", 942.0, 12.0),
    ]
    assert (morning.minutes, afternoon.minutes) == (14.0, 14.0)
    assert morning.miles == pytest.approx(5.0, abs=1e-3)
    assert morning.cost.total_gbp == pytest.approx(30.0, abs=1e-2)
    assert route.cost_a_day_gbp == pytest.approx(60.0, abs=2e-2)


def test_every_part_of_the_cost() -> None:
    """A bus at £50, its assistant at £27, 4 miles at £2.50, 8 minutes at £30 an hour: £4."""
    children = kids({"ann": (4, 0)})
    case = facts(children, [school()], fleet=(replace(BUS, per_hour_gbp=30.0),))
    visits = [("child", "ann"), ("provision", "oak")]
    route = time_route(case, "oak/1", visits, "bus", assisted=True, travels="daily")
    cost = route.runs[0].cost

    assert cost.fixed_gbp == 50.0
    assert cost.assistant_gbp == 27.0
    assert cost.miles_gbp == pytest.approx(10.0, abs=1e-2)
    assert cost.hours_gbp == pytest.approx(4.0, abs=1e-2)
    assert cost.total_gbp == pytest.approx(91.0, abs=2e-2)


def test_two_schools_are_both_met_in_time() -> None:
    """Oak's bell is 9:00, Elm's 9:05, four miles on: Elm by 9:05 means Oak by 8:57.

    Nobody takes time to unload here; Ann rides the two miles to Oak, Bob all six to Elm.
    """
    children = kids({"ann": (-2, 0), "bob": (-2, 0.0)}, {"ann": "oak", "bob": "elm"})
    schools = [school(), school("elm", east=4, bell=545.0)]
    case = facts(children, schools)
    visits = [("child", "ann"), ("child", "bob"), ("provision", "oak"), ("provision", "elm")]
    route = time_route(case, "x/1", visits, "taxi", assisted=False, travels="daily")

    assert [stop.clock_minutes for stop in route.runs[0].stops] == [533.0, 533.0, 537.0, 545.0]
    assert [stop.ride_minutes for stop in route.runs[0].stops] == [4.0, 12.0, 0.0, 0.0]
    # Elm ends at 15:35, Oak at 15:30: the vehicle leaves Elm at 15:35 and is at Oak at 15:43.
    assert [stop.clock_minutes for stop in route.runs[1].stops] == [935.0, 943.0, 947.0, 947.0]
    assert route.provisions == ("oak", "elm")


def test_rather_wait_at_school_than_aboard() -> None:
    """Oak ends at 15:30 and Elm, one mile on, at 15:40. Driven back, the run starts at Oak.

    Children may wait ten minutes at Oak: the vehicle leaves at 15:38 to be at Elm at 15:40.
    """
    children = kids({"ann": (3, 0), "bob": (3, 0.0)}, {"ann": "oak", "bob": "elm"})
    schools = [school(), school("elm", east=1, bell=550.0)]
    case = facts(children, schools)
    visits = [("child", "ann"), ("child", "bob"), ("provision", "elm"), ("provision", "oak")]
    route = time_route(case, "x/1", visits, "taxi", assisted=False, travels="daily")

    assert [stop.clock_minutes for stop in route.runs[1].stops] == [938.0, 940.0, 944.0, 944.0]


def test_the_limit_is_the_guideline_or_more_where_home_is_too_far() -> None:
    """Primary: 45 minutes. 25 miles is 50 minutes direct, so 1.15 x 50 + 2 = 59.5."""
    case = facts(kids({"ann": (10, 0), "far": (25, 0)}), [school()])

    assert case.children["ann"].limit_seconds == 45 * 60
    assert case.children["far"].limit_seconds == pytest.approx(59.5 * 60, abs=1.2)
