"""The judge finds nothing wrong with honest routes, and every kind of tampering."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from geo.routing.evaluate import evaluate
from geo.routing.types import Apart, Cost, How, Routed
from tests.geo.routing.builders import RAMP, TAXI, kids, plain_policy, routed, school

if TYPE_CHECKING:
    from geo.routing.types import Route, Run, Stop


@cache
def honest() -> Routed:
    """Return a side with shared, solo and wheelchair routes, and a chain from Oak to Elm.

    Elm's bell is an hour after Oak's, so that a vehicle can do both.
    """
    where = {"a1": (1, 0), "a2": (2, 0), "a3": (3, 0.5), "solo": (0, 2), "chair": (-1, 0)}
    where |= {"b1": (5, 1), "b2": (6, 0), "walks": (0.1, 0)}
    to = {one: "elm" if one.startswith("b") else "oak" for one in where}
    children = kids(
        where, to, solo=["solo"], wheelchair=["chair"], walks=["walks"], assistant=["a1"]
    )
    schools = [school(), school("elm", east=4, bell=600.0)]
    policy = plain_policy().replace(boarding_seconds=60.0, unloading_seconds=120.0)
    fleet = (replace(TAXI, fixed_per_run_gbp=40.0, per_mile_gbp=0.5), replace(RAMP, seats=1))
    return routed(children, schools, fleet, policy)


def changed(route: Route, **parts: object) -> Routed:
    """Return the honest side with one route changed."""
    side = honest()
    routes = tuple(
        replace(one, **parts) if one.route == route.route else one  # type: ignore[arg-type]
        for one in side.routes
    )
    return replace(side, routes=routes)


def shared() -> Route:
    """Return the fullest taxi that is the first of its vehicle."""
    return max(
        (one for one in honest().routes if one.after is None and one.vehicle == "taxi"),
        key=lambda one: len(one.children),
    )


def with_run(route: Route, **parts: object) -> Routed:
    """Return the honest side with the morning run of a route changed."""
    run = replace(route.runs[0], **parts)  # type: ignore[arg-type]
    return changed(route, runs=(run, *route.runs[1:]))


def with_stop(route: Route, at: int, **parts: object) -> Routed:
    """Return the honest side with one stop of a morning changed."""
    run: Run = route.runs[0]
    stops: list[Stop] = list(run.stops)
    stops[at] = replace(stops[at], **parts)  # type: ignore[arg-type]
    return with_run(route, stops=tuple(stops))


def rules(side: Routed) -> set[str]:
    """Return the rules that the judge finds broken."""
    return {one.rule for one in evaluate(side)}


def test_honest_routes_break_nothing() -> None:
    """Every kind of route is there, one follows another, and nothing is found."""
    side = honest()
    assert side.violations == ()
    assert evaluate(side) == ()
    assert {one.how for one in side.routes} == {How.SHARED, How.SOLO}
    assert any(one.after for one in side.routes)
    assert [one.child for one in side.apart] == ["walks"]


def test_a_child_left_out() -> None:
    """A route that is dropped leaves its children nowhere."""
    side = honest()
    dropped = replace(side, routes=tuple(one for one in side.routes if one is not shared()))
    assert "once" in rules(dropped)


def test_a_child_carried_twice() -> None:
    """A child told apart as well as aboard is met twice."""
    side = honest()
    child = shared().children[0]
    twice = Apart(child, "oak", How.WALKS, 0.0, 1.0, "needs no vehicle")
    assert "once" in rules(replace(side, apart=(*side.apart, twice)))


def test_a_child_of_nobody() -> None:
    """A name that is no child of the side is found."""
    side = honest()
    ghost = Apart("ghost", "oak", How.WALKS, 0.0, 1.0, "")
    assert "once" in rules(replace(side, apart=(*side.apart, ghost)))


def test_an_overloaded_vehicle() -> None:
    """The same children in a vehicle with one seat fewer than they are."""
    route = shared()
    seats = len(route.children) - 1
    fleet = tuple(
        replace(one, seats=seats) if one.type == route.vehicle else one for one in honest().fleet
    )
    assert "seats" in rules(replace(honest(), fleet=fleet))


def test_fewer_seats_can_be_used_than_there_are() -> None:
    """Where half the seats can be used together, three children do not fit in three seats."""
    side = honest()
    half = replace(side, policy=side.policy.replace(effective_seats_share=0.34))
    assert "seats" in rules(half)


def test_a_wheelchair_without_a_place() -> None:
    """The vehicle that carries the wheelchair loses its places."""
    fleet = (honest().fleet[0], replace(RAMP, seats=1, wheelchairs=0))
    assert "wheelchairs" in rules(replace(honest(), fleet=fleet))


def test_an_assistant_who_stays_at_home() -> None:
    """The child who needs an assistant is told without one."""
    route = next(one for one in honest().routes if "a1" in one.children)
    assert "assistant" in rules(changed(route, assisted=False))


def test_a_ride_told_too_short() -> None:
    """A ride told a minute shorter than it is."""
    route = shared()
    ride = route.runs[0].stops[0].ride_minutes
    assert "ride" in rules(with_stop(route, 0, ride_minutes=ride - 1.0))


def test_a_ride_over_the_limit() -> None:
    """Under a limit of two minutes, whatever is told, every longer ride is found."""
    side = honest()
    strict = side.policy.replace(
        ride_limit_minutes=dict.fromkeys(side.policy.ride_limit_minutes, 2.0), relax_factor=1.0,
        relax_minutes=0.0,
    )  # fmt: skip
    found = [one for one in evaluate(replace(side, policy=strict)) if one.rule == "ride"]
    assert any("over" in one.sentence for one in found)


def test_a_limit_told_too_long() -> None:
    """A child said to be allowed an hour more."""
    route = shared()
    assert "ride" in rules(with_stop(route, 0, limit_minutes=105.0))


@pytest.mark.parametrize("minutes", [5.0, -30.0])
def test_a_school_met_outside_its_times(minutes: float) -> None:
    """After the bell, or long before it."""
    route = shared()
    at = route.runs[0].stops[-1].clock_minutes
    assert "bell" in rules(with_stop(route, -1, clock_minutes=at + minutes))


def test_a_clock_that_no_vehicle_keeps() -> None:
    """Collected a minute before the school is met, from further away than that."""
    route = shared()
    late = route.runs[0].stops[-1].clock_minutes - 0.1
    assert "clock" in rules(with_stop(route, 0, clock_minutes=late))


def test_miles_told_too_few() -> None:
    """A tenth of a mile kept quiet."""
    assert "miles" in rules(with_run(shared(), miles=shared().runs[0].miles - 0.1))


def test_minutes_told_too_few() -> None:
    """A minute kept quiet."""
    assert "minutes" in rules(with_run(shared(), minutes=shared().runs[0].minutes - 1.0))


@pytest.mark.parametrize("part", ["fixed_gbp", "miles_gbp", "hours_gbp", "assistant_gbp"])
def test_pounds_told_too_few(part: str) -> None:
    """A pound kept quiet in any part of the cost."""
    cost: Cost = shared().runs[0].cost
    wrong = replace(cost, **{part: getattr(cost, part) - 1.0})
    assert rules(with_run(shared(), cost=wrong)) == {"cost"}


def test_a_vehicle_of_no_type() -> None:
    """A vehicle that is not in the fleet."""
    assert "vehicle" in rules(changed(shared(), vehicle="coach"))


def test_children_in_another_order_than_told() -> None:
    """The children of the route and the stops of its runs must be the same, in order."""
    route = shared()
    assert "once" in rules(changed(route, children=route.children[::-1]))


def test_children_taken_to_the_wrong_school() -> None:
    """The run ends at Elm, and its children go to Oak."""
    route = next(one for one in honest().routes if one.provisions == ("oak",))
    assert "provision" in rules(with_stop(route, -1, key="elm"))


def test_more_vehicles_than_there_are() -> None:
    """One of each type, where more are out at once."""
    fleet = tuple(replace(one, available=0) for one in honest().fleet)
    assert "fleet" in rules(replace(honest(), fleet=fleet))


def test_a_chain_with_another_vehicle() -> None:
    """A route cannot follow one of another vehicle type."""
    follower = next(one for one in honest().routes if one.after)
    other = next(one for one in honest().routes if one.vehicle != follower.vehicle)
    assert "chain" in rules(changed(follower, after=other.route))


def test_a_chain_that_no_vehicle_can_drive() -> None:
    """Both at Oak at nine: a vehicle that has unloaded one cannot have collected the other."""
    side = honest()
    oak = [one for one in side.routes if one.provisions == ("oak",)]
    pair = [one for one in oak if one.vehicle == oak[0].vehicle]
    if len(pair) < 2:
        pair = [oak[0], replace(oak[0], route="oak/copy")]
    found = evaluate(replace(side, routes=(pair[0], replace(pair[1], after=pair[0].route))))
    assert "chain" in {one.rule for one in found}


def test_two_routes_after_one() -> None:
    """A vehicle cannot go on to two routes at once."""
    follower = next(one for one in honest().routes if one.after)
    twin = replace(follower, route="elm/twin")
    side = replace(honest(), routes=(*honest().routes, twin))
    assert "chain" in rules(side)


def test_a_solo_child_who_shares() -> None:
    """A child who must travel alone is put beside others."""
    route = shared()
    children = honest().children
    flagged = children.assign(solo=children["child"] == route.children[0])
    assert "once" in rules(replace(honest(), children=flagged))


def test_no_run_home() -> None:
    """Every route brings its children home again."""
    assert "once" in rules(changed(shared(), runs=shared().runs[:1]))


def test_a_child_told_to_go_elsewhere() -> None:
    """A child apart is told with the provision it goes to."""
    side = honest()
    wrong = replace(side.apart[0], provision="elm")
    assert "provision" in rules(replace(side, apart=(wrong,)))
