"""One problem of routing as numbers: who is collected, by what, when, at what price.

For one provision the morning is exact. Fix the bell B. A child whose longest ride is R and who
takes s to board is collected no earlier than B - R - s; a run that keeps to that can always be
slid so that it ends at B, and then no ride is longer than R. So limits that differ from child to
child hold on one vehicle, and no clock beyond the bell is needed.

The afternoon drives the same order backwards, so both are in one problem: an arc costs the mean of
its two ways, and takes the longer of them, which keeps the limit both ways.

Where several provisions share vehicles a child's ride ends at its own; set down no later than its
bell, the same earliest time still keeps the limit, a little tighter than need be.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geo.routing.types import NO_WAY
from geo.speeds import METRES_PER_MILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    from geo.routing.timing import Facts, Visit
    from geo.routing.types import Policy, Route, School, VehicleType

    Values = npt.NDArray[np.float64]
    Wholes = npt.NDArray[np.int64]

SEATS, WHEELCHAIRS, ASSISTED = 0, 1, 2
"""Kinds of load: a wheelchair user takes a wheelchair place and no seat; a child who needs a
passenger assistant can only be in a vehicle that has one."""


@dataclass(frozen=True)
class Carrier:
    """A vehicle type as a problem sees it, with or without a passenger assistant.

    Parameters
    ----------
    vehicle
        Key of the vehicle type.
    assisted
        Whether an assistant is aboard.
    capacity
        Of each kind of load.
    fixed_gbp
        Cost of using one.
    profile
        Which of the problem's profiles it drives by.
    pool
        Key of what limits how many there are.
    available
        How many there are (None: any number).
    """

    vehicle: str
    assisted: bool
    capacity: tuple[int, ...]
    fixed_gbp: float
    profile: int
    available: int | None = None


@dataclass(frozen=True, eq=False)
class Profile:
    """How some carriers drive: whole seconds and £ between points, shape (n + m, n + m)."""

    seconds: Wholes
    gbp: Values


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be solved: n children to m provisions, children first among the points.

    Parameters
    ----------
    children
        Keys.
    provisions
        Keys.
    to
        Which provision each child goes to, shape (n,).
    loads
        What each child takes of each kind, shape (n, kinds).
    boarding_seconds
        Standing time at each child.
    earliest_seconds, latest_seconds
        When each child may start to board, on the problem's own clock.
    open_seconds, bell_seconds
        When each provision may be reached: first and last.
    price_gbp
        What it costs not to carry a child; infinite where it must be carried.
    profiles, carriers
        How, and by what.
    closed
        Whether a run starts at the (only) provision and comes back to it: a depot, not a school.
    """

    children: tuple[str, ...]
    provisions: tuple[str, ...]
    to: Wholes
    loads: Wholes
    boarding_seconds: Wholes
    earliest_seconds: Wholes
    latest_seconds: Wholes
    open_seconds: Wholes
    bell_seconds: Wholes
    price_gbp: Values
    profiles: tuple[Profile, ...]
    carriers: tuple[Carrier, ...]
    closed: bool = False

    def hurried(self, gbp_a_minute: float) -> Problem:
        """Return the problem with a price on minutes: its routes are shorter, and more of them."""
        profiles = tuple(
            replace(one, gbp=one.gbp + one.seconds / 60.0 * gbp_a_minute) for one in self.profiles
        )
        return replace(self, profiles=profiles)

    def digest(self) -> bytes:
        """Return a hash that is the same for the same numbers, whatever the children's keys."""
        found = hashlib.blake2b(digest_size=20)
        for one in (
            self.to,
            self.loads,
            self.boarding_seconds,
            self.earliest_seconds,
            self.latest_seconds,
            self.open_seconds,
            self.bell_seconds,
            self.price_gbp,
            *(array for profile in self.profiles for array in (profile.seconds, profile.gbp)),
        ):
            found.update(np.ascontiguousarray(one).tobytes())
        found.update(repr((self.carriers, self.closed)).encode())
        return found.digest()

    def cost_gbp(self, carrier: int, visits: Sequence[int]) -> float:
        """Return the cost of a run: points in driving order, the last one a provision."""
        one = self.carriers[carrier]
        gbp = self.profiles[one.profile].gbp
        along = [*visits] if not self.closed else [visits[-1], *visits]
        return one.fixed_gbp + sum(float(gbp[a, b]) for a, b in pairwise(along))


@dataclass(frozen=True)
class Load:
    """A route as the solver hands it over: which carrier, and points in the order of the morning.

    Points below n are children; n + j is provision j.
    """

    carrier: int
    visits: tuple[int, ...]


def visits_of(problem: Problem, load: Load) -> list[Visit]:
    """Return the stops of a load by their keys."""
    n = len(problem.children)
    return [
        ("child", problem.children[one]) if one < n else ("provision", problem.provisions[one - n])
        for one in load.visits
    ]


def load_of(problem: Problem, route: Route) -> Load:
    """Return a route as the solver hands it over, to start from."""
    n = len(problem.children)
    at = {child: m for m, child in enumerate(problem.children)}
    at |= {provision: n + m for m, provision in enumerate(problem.provisions)}
    carrier = next(
        m
        for m, one in enumerate(problem.carriers)
        if one.vehicle == route.vehicle and one.assisted == route.assisted
    )
    return Load(carrier, tuple(at[stop.key] for stop in route.runs[0].stops))


def pose(
    facts: Facts,
    children: pd.DataFrame,
    schools: Sequence[School],
    *,
    available: Mapping[str, int] | None = None,
    price_gbp: Mapping[str, float] | None = None,
) -> Problem:
    """Return the problem of taking children to their schools.

    Parameters
    ----------
    facts
        Of the side.
    children
        Those to be collected, who travel equally often: ``child``, ``provision``.
    schools
        Where they go; one, unless vehicles may be shared.
    available
        How many of a vehicle type there are for this problem, where that is limited.
    price_gbp
        What it costs a run not to carry a child, for those who need not be carried.
    """
    matrix, policy, fleet = facts.matrix, facts.policy, tuple(facts.vehicles.values())
    keys = [str(one) for one in children["child"]]
    known = [facts.children[key] for key in keys]
    homes = np.array([matrix.at(key) for key in keys], dtype=np.int64)
    places = np.array([matrix.at(one.provision) for one in schools], dtype=np.int64)
    index = {one.provision: n for n, one in enumerate(schools)}
    to = np.array([index[one.provision] for one in known], dtype=np.int64)
    wheelchair = np.array([one.wheelchair for one in known], dtype=bool)
    assisted = np.array([one.assistant for one in known], dtype=bool)
    boarding = np.array([one.boarding_seconds for one in known], dtype=np.int64)
    limit = np.array([one.limit_seconds for one in known], dtype=np.int64)
    direct = np.array([one.direct_seconds for one in known], dtype=np.int64)
    bell = np.array([round(one.bell_minutes * 60.0) for one in schools], dtype=np.int64)
    window = np.array([round(one.arrival_window_minutes * 60.0) for one in schools], dtype=np.int64)
    # With one school a run can be slid to the bell, so the window does not matter.
    opens = bell - window if len(schools) > 1 else np.zeros_like(bell)
    earliest = bell[to] - limit - boarding
    shift = min(0, int(earliest.min(initial=0)))
    points = np.concatenate([homes, places])
    profiles, of = _profiles(points, boarding, fleet, facts)
    return Problem(
        children=tuple(keys),
        provisions=tuple(one.provision for one in schools),
        to=to,
        loads=np.column_stack([~wheelchair, wheelchair, assisted]).astype(np.int64),
        boarding_seconds=boarding,
        earliest_seconds=earliest - shift,
        latest_seconds=bell[to] - direct - boarding - shift,
        open_seconds=np.maximum(opens - shift, 0),
        bell_seconds=bell - shift,
        price_gbp=np.array([(price_gbp or {}).get(one, np.inf) for one in keys], dtype=float),
        profiles=profiles,
        carriers=tuple(
            _carriers(fleet, policy, of, available or {}, any_assisted=bool(assisted.any()))
        ),
    )


def _profiles(
    points: Wholes, boarding: Wholes, fleet: Sequence[VehicleType], facts: Facts
) -> tuple[tuple[Profile, ...], dict[tuple[float, float, float | None], int]]:
    """Return a profile for each way in which the fleet drives and charges."""
    homes, policy = len(boarding), facts.policy
    grid = np.ix_(points, points)
    board = np.concatenate([boarding, np.zeros(len(points) - homes, dtype=np.int64)])
    made: list[Profile] = []
    of: dict[tuple[float, float, float | None], int] = {}
    for one in fleet:
        key = (one.per_mile_gbp, one.per_hour_gbp, one.speed_cap_mph)
        if key in of:
            continue
        of[key] = len(made)
        all_seconds, all_metres = facts.matrix.for_cap(one.speed_cap_mph)
        seconds = all_seconds[grid].astype(np.int64)
        metres = all_metres[grid].astype(float)
        # A child's boarding is charged on the arc that leaves it.
        gbp = one.per_mile_gbp * metres / METRES_PER_MILE
        gbp += one.per_hour_gbp * (seconds + board[:, None]) / 3600.0
        if facts.both_ways:
            back = one.per_mile_gbp * metres.T / METRES_PER_MILE
            back += one.per_hour_gbp * (seconds.T + board[:, None]) / 3600.0
            gbp = (gbp + back) / 2.0
            seconds = np.maximum(seconds, seconds.T)
        reached = seconds < NO_WAY
        # Set down at one school before going on to another, or to more homes.
        seconds[homes:, :] += round(policy.unloading_seconds)
        gbp[homes:, :] += one.per_hour_gbp * policy.unloading_seconds / 3600.0
        np.fill_diagonal(seconds, 0)
        np.fill_diagonal(gbp, 0.0)
        # No way: dearer than any other arc, and the clock forbids it.
        gbp = np.where(reached, gbp, 0.0)
        gbp = np.where(reached, gbp, 10.0 * gbp.max(initial=1.0))
        made.append(Profile(np.minimum(seconds, int(NO_WAY)), gbp))
    return tuple(made), of


def _carriers(
    fleet: Sequence[VehicleType],
    policy: Policy,
    of: Mapping[tuple[float, float, float | None], int],
    available: Mapping[str, int],
    *,
    any_assisted: bool,
) -> list[Carrier]:
    """Return each vehicle type with an assistant, without one, or both where that is a choice."""
    made = []
    for one in fleet:
        profile = of[(one.per_mile_gbp, one.per_hour_gbp, one.speed_cap_mph)]
        there = available.get(one.type, one.available)
        seats, wheelchairs = policy.seats(one), one.wheelchairs
        if there == 0:
            continue
        for with_one in (False, True):
            if (one.always_assisted and not with_one) or (
                with_one and not one.always_assisted and not any_assisted
            ):
                continue
            made.append(
                Carrier(
                    vehicle=one.type,
                    assisted=with_one,
                    capacity=(seats, wheelchairs, seats + wheelchairs if with_one else 0),
                    fixed_gbp=one.fixed_per_run_gbp + (one.assistant_gbp if with_one else 0.0),
                    profile=profile,
                    available=there,
                )
            )
    return made
