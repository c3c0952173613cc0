"""A route's figures from its order: clock, rides, miles and pounds, each way.

Morning runs are timed backwards from the bell: every stop as late as may be, so rides are as short
as they can be. Afternoon runs are timed forwards from the end of the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from geo.routing.types import (
    DIRECTIONS,
    NO_WAY,
    Cost,
    How,
    Route,
    Run,
    Stop,
)
from geo.speeds import METRES_PER_MILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from geo.routing.types import Direction, Matrix, Policy, School, VehicleType

Visit = tuple[Literal["child", "provision"], str]
"""A stop before it is timed."""


@dataclass(frozen=True)
class Child:
    """What timing needs of a child."""

    provision: str
    phase: str
    wheelchair: bool
    assistant: bool
    boarding_seconds: float
    direct_seconds: float
    limit_seconds: float


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything that a side's routes are worked out from, by key.

    Parameters
    ----------
    children
        Every child that has a way to its provision.
    schools, vehicles
        By key.
    policy, matrix
        As decided, as driven.
    both_ways
        Whether afternoons are driven.
    """

    children: Mapping[str, Child]
    schools: Mapping[str, School]
    vehicles: Mapping[str, VehicleType]
    policy: Policy
    matrix: Matrix
    both_ways: bool

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The ways that are driven."""
        return DIRECTIONS if self.both_ways else DIRECTIONS[:1]

    def way(self, start: str, end: str, vehicle: VehicleType) -> tuple[float, float]:
        """Return seconds and metres between two points as a vehicle drives them."""
        seconds, metres = self.matrix.for_cap(vehicle.speed_cap_mph)
        a, b = self.matrix.at(start), self.matrix.at(end)
        return float(seconds[a, b]), float(metres[a, b])


def fits(vehicle: VehicleType, *, wheelchair: bool) -> bool:
    """Return whether a child can be in a vehicle at all."""
    return vehicle.wheelchairs > 0 if wheelchair else vehicle.seats > 0


def direct_seconds(
    matrix: Matrix,
    child: str,
    provision: str,
    fleet: Sequence[VehicleType],
    *,
    wheelchair: bool,
    both_ways: bool,
) -> float:
    """Return seconds straight to school in the fastest vehicle that can hold the child.

    The slower way where afternoons are driven too; `NO_WAY` or more where there is none.
    """
    a, b = matrix.at(child), matrix.at(provision)
    best = np.inf
    for one in fleet:
        if fits(one, wheelchair=wheelchair):
            seconds, _ = matrix.for_cap(one.speed_cap_mph)
            there = max(seconds[a, b], seconds[b, a]) if both_ways else seconds[a, b]
            best = min(best, float(there))
    return best if np.isfinite(best) else float(NO_WAY)


def facts_of(
    children: pd.DataFrame,
    schools: Sequence[School],
    fleet: Sequence[VehicleType],
    policy: Policy,
    matrix: Matrix,
    *,
    both_ways: bool,
) -> Facts:
    """Return the facts of a side, by key."""
    found = {}
    columns = ("child", "provision", "phase", "wheelchair", "assistant")
    for key, provision, phase, wheelchair, assistant in zip(
        *(children[name] for name in columns), strict=True
    ):
        direct = direct_seconds(
            matrix, key, provision, fleet, wheelchair=bool(wheelchair), both_ways=both_ways
        )
        found[key] = Child(
            provision,
            phase,
            bool(wheelchair),
            bool(assistant),
            round(policy.boarding(wheelchair=bool(wheelchair))),
            direct,
            int(policy.limit_minutes(phase, direct / 60.0) * 60.0 + 1e-6),
        )
    return Facts(
        found,
        {one.provision: one for one in schools},
        {one.type: one for one in fleet},
        policy,
        matrix,
        both_ways,
    )


def time_route(
    facts: Facts,
    key: str,
    visits: Sequence[Visit],
    vehicle: str,
    *,
    assisted: bool,
    travels: str,
    how: How = How.SHARED,
    before: Route | None = None,
) -> Route:
    """Return a route with its runs timed and priced.

    Parameters
    ----------
    facts
        Of the side.
    key
        Of the route.
    visits
        Homes and provisions in the order of the morning.
    vehicle, assisted
        What drives it, and whether a passenger assistant is aboard.
    travels, how
        See `Route`.
    before
        The route that the same vehicle does first.
    """
    runs = []
    for n, direction in enumerate(facts.directions):
        earlier = None if before is None else before.runs[n]
        runs.append(_run(facts, direction, visits, vehicle, assisted=assisted, earlier=earlier))
    provisions = [stop for kind, stop in visits if kind == "provision"]
    return Route(
        route=key,
        provisions=tuple(dict.fromkeys(provisions)),
        vehicle=vehicle,
        assisted=assisted,
        children=tuple(stop for kind, stop in visits if kind == "child"),
        travels=travels,
        how=how,
        runs=tuple(runs),
        after=None if before is None else before.route,
    )


def _run(
    facts: Facts,
    direction: Direction,
    visits: Sequence[Visit],
    vehicle: str,
    *,
    assisted: bool,
    earlier: Run | None,
) -> Run:
    one = facts.vehicles[vehicle]
    along = list(visits) if direction == "morning" else list(reversed(visits))
    ways = [facts.way(a[1], b[1], one) for a, b in pairwise(along)]
    empty_seconds = empty_metres = 0.0
    if earlier is not None:
        empty_seconds, empty_metres = facts.way(earlier.stops[-1].key, along[0][1], one)
    if direction == "morning":
        arrive = _morning_clock(facts, along, ways)
    else:
        free = 0.0
        if earlier is not None:
            last = earlier.stops[-1]
            free = last.clock_minutes * 60.0 + standing(facts, last.key) + empty_seconds
        arrive = _afternoon_clock(facts, along, ways, free)
    stops = _stops(facts, direction, along, arrive)
    end = arrive[-1]
    if direction == "afternoon":
        end += standing(facts, along[-1][1])
    seconds = end - arrive[0]
    metres = sum(length for _, length in ways)
    fixed = one.fixed_per_run_gbp * (1.0 if earlier is None else facts.policy.chained_fixed_share)
    miles, empty_miles = metres / METRES_PER_MILE, empty_metres / METRES_PER_MILE
    return Run(
        direction=direction,
        stops=stops,
        miles=miles,
        minutes=seconds / 60.0,
        empty_miles=empty_miles,
        empty_minutes=empty_seconds / 60.0,
        cost=Cost(
            fixed_gbp=fixed,
            miles_gbp=one.per_mile_gbp * (miles + empty_miles),
            hours_gbp=one.per_hour_gbp * (seconds + empty_seconds) / 3600.0,
            assistant_gbp=one.assistant_gbp if assisted else 0.0,
        ),
    )


def standing(facts: Facts, key: str) -> float:
    """Return the seconds that a vehicle stands at a stop before it goes on."""
    child = facts.children.get(key)
    return facts.policy.unloading_seconds if child is None else child.boarding_seconds


def _morning_clock(
    facts: Facts, along: Sequence[Visit], ways: Sequence[tuple[float, float]]
) -> list[float]:
    """Return when each stop is reached, seconds after midnight: each as late as may be."""
    arrive = [0.0] * len(along)
    latest = np.inf
    for n in range(len(along) - 1, -1, -1):
        kind, key = along[n]
        if n < len(ways):
            latest = arrive[n + 1] - ways[n][0] - standing(facts, key)
        if kind == "provision":
            latest = min(latest, facts.schools[key].bell_minutes * 60.0)
        arrive[n] = latest
    return arrive


def _afternoon_clock(
    facts: Facts, along: Sequence[Visit], ways: Sequence[tuple[float, float]], free: float
) -> list[float]:
    """Return when each stop is reached: a school is left when its day has ended, or later.

    The clock at a school is when the vehicle leaves it with the children aboard.
    """
    leave = [0.0] * len(along)
    now = free
    for n, (kind, key) in enumerate(along):
        if kind == "provision":
            end = facts.schools[key].end_minutes * 60.0
            stands = standing(facts, key) if n > 0 else 0.0
            now = max(now + stands, end)
        leave[n] = now
        if n < len(ways):
            now += ways[n][0] + (standing(facts, key) if kind == "child" else 0.0)
    # Rather than wait at the next school with children aboard, leave the one before later, as long
    # as children may wait there.
    for n in range(len(along) - 2, -1, -1):
        kind, key = along[n]
        later = leave[n + 1] - ways[n][0]
        later -= standing(facts, key) if kind == "child" else 0.0
        later -= standing(facts, along[n + 1][1]) if along[n + 1][0] == "provision" else 0.0
        if kind == "provision":
            school = facts.schools[key]
            later = min(later, (school.end_minutes + school.arrival_window_minutes) * 60.0)
        leave[n] = max(leave[n], later)
    return leave


def _stops(
    facts: Facts, direction: Direction, along: Sequence[Visit], arrive: Sequence[float]
) -> tuple[Stop, ...]:
    """Return the stops with the ride of each child: from leaving its home to reaching school."""
    at_school: dict[str, float] = {}
    order = range(len(along))
    rides: dict[int, float] = {}
    for n in reversed(order) if direction == "morning" else order:
        kind, key = along[n]
        if kind == "provision":
            at_school[key] = arrive[n]
            continue
        child = facts.children[key]
        if direction == "morning":
            rides[n] = at_school[child.provision] - arrive[n] - child.boarding_seconds
        else:
            rides[n] = arrive[n] - at_school[child.provision]
    return tuple(
        Stop(
            kind=along[n][0],
            key=along[n][1],
            clock_minutes=arrive[n] / 60.0,
            ride_minutes=rides[n] / 60.0 if n in rides else 0.0,
            limit_minutes=(facts.children[along[n][1]].limit_seconds / 60.0 if n in rides else 0.0),
        )
        for n in order
    )
