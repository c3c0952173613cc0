"""Alone, on a budget, on foot, weekly and termly: priced by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.routing.types import How
from tests.geo.routing.builders import BUS, RAMP, TAXI, kids, plain_policy, routed, school

DAYS = 190


def test_a_child_who_must_travel_alone() -> None:
    """Ann and Bob are neighbours 5 miles out; Bob must be alone: two taxis, £30 each way each."""
    side = routed(kids({"ann": (5, 0), "bob": (5, 0.01)}, solo=["bob"]), fleet=[TAXI])

    assert {one.how: one.children for one in side.routes} == {
        How.SHARED: ("ann",),
        How.SOLO: ("bob",),
    }
    assert side.cost_a_year_gbp == pytest.approx(2 * 30 * 2 * DAYS, rel=1e-4)


@pytest.mark.parametrize(
    ("flags", "vehicle", "assisted", "gbp"),
    [
        ({}, "taxi", False, 20 + 10.0),
        ({"assistant": ["ann"]}, "taxi", True, 20 + 10 + 27.0),
        ({"wheelchair": ["ann"]}, "ramp", False, 40 + 11.0),
    ],
)
def test_the_cheapest_vehicle_for_one(
    flags: dict[str, list[str]], vehicle: str, assisted: bool, gbp: float
) -> None:
    """Five miles in the cheapest vehicle that fits, with an assistant where one is needed."""
    side = routed(kids({"ann": (5, 0)}, solo=["ann"], **flags), fleet=[BUS, RAMP, TAXI])
    (route,) = side.routes

    assert (route.vehicle, route.assisted) == (vehicle, assisted)
    assert route.runs[0].cost.total_gbp == pytest.approx(gbp, abs=0.01)


def test_alone_takes_what_is_left() -> None:
    """One taxi: the first child alone takes it, the next goes by the dearer ramp, the third not."""
    side = routed(
        kids({"a": (1, 0), "b": (2, 0), "c": (3, 0)}, solo=["a", "b", "c"]),
        fleet=[replace(TAXI, available=1), replace(RAMP, available=1)],
    )

    assert [(one.vehicle, one.children) for one in side.routes] == [
        ("taxi", ("a",)),
        ("ramp", ("b",)),
    ]
    assert [(one.child, one.how) for one in side.apart] == [("c", How.NOT_CARRIED)]
    assert side.violations == ()


def test_a_budget_for_a_child_alone() -> None:
    """Five miles at 55p, there and back for each run: £5.50, not £30."""
    side = routed(kids({"ann": (5, 0)}, solo=["ann"], ptb=["ann"]), fleet=[TAXI])
    (ann,) = side.apart

    assert ann.how is How.PTB
    assert ann.gbp_a_run == pytest.approx(5 * 0.55 * 2, abs=0.01)
    assert side.cost_a_year_gbp == pytest.approx(5 * 0.55 * 4 * DAYS, rel=1e-3)


def test_a_budget_beside_a_shared_vehicle() -> None:
    """Ann, on Bob's way, costs nothing more aboard: no budget. Far out alone she does."""
    near = routed(kids({"ann": (5, 0), "bob": (6, 0)}, ptb=["ann"]), fleet=[TAXI])
    assert near.apart == ()

    off = routed(kids({"ann": (-9, 0), "bob": (6, 0)}, ptb=["ann"]), fleet=[TAXI])
    (ann,) = off.apart
    assert (ann.child, ann.how) == ("ann", How.PTB)
    assert off.violations == ()


def test_who_walks_costs_nothing() -> None:
    """Within walking distance, or trained to travel alone: no vehicle, no pound."""
    side = routed(kids({"ann": (1, 0), "bob": (1, 0)}, walks=["ann", "bob"]))

    assert side.cost_a_year_gbp == 0.0
    assert {one.how for one in side.apart} == {How.WALKS}


@pytest.mark.parametrize(("travels", "trips"), [("daily", 190), ("weekly", 38), ("termly", 6)])
def test_how_often(travels: str, trips: int) -> None:
    """The same £30 run, there and back, on as many days as children go."""
    side = routed(kids({"ann": (5, 0)}, travels={"ann": travels}), fleet=[TAXI])

    assert side.cost_a_year_gbp == pytest.approx(2 * 30 * trips, rel=1e-4)


def test_weekly_and_daily_children_do_not_share() -> None:
    """Neighbours who travel on different days are on different routes."""
    side = routed(kids({"ann": (5, 0), "bob": (5, 0)}, travels={"ann": "weekly"}), fleet=[TAXI])

    assert sorted(one.route for one in side.routes) == ["oak/1", "oak/weekly/1"]
    assert side.violations == ()


def test_mornings_only() -> None:
    """Asked for mornings alone, a route has one run."""
    side = routed(kids({"ann": (5, 0)}), fleet=[TAXI], both_ways=False)

    assert [run.direction for run in side.routes[0].runs] == ["morning"]
    assert side.violations == ()


def test_an_assistant_is_paid_where_one_is_needed() -> None:
    """Three children in one taxi, one of whom needs an assistant: £27 more; without, nothing."""
    where = {"a": (1, 0), "b": (2, 0), "c": (3, 0)}
    without = routed(kids(where), fleet=[TAXI])
    with_one = routed(kids(where, assistant=["b"]), fleet=[TAXI])

    assert with_one.routes[0].assisted
    assert not without.routes[0].assisted
    more = with_one.cost_a_year_gbp - without.cost_a_year_gbp
    assert more == pytest.approx(27 * 2 * DAYS, rel=1e-6)


def test_the_note_of_a_school_at_its_own_price() -> None:
    """Policy changes by one figure with replace, and says what it came from."""
    policy = plain_policy().replace(ptb_per_mile_gbp=0.6)

    assert policy.ptb_per_mile_gbp == 0.6
    assert policy.sources["routes_ptb_per_mile_gbp"] == "published"
    assert school().end_minutes == 930.0
