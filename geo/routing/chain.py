"""A vehicle that has set one school's children down goes on to collect another's.

Where bells are staggered a second run costs no second vehicle. A route may follow another of the
same vehicle type when the vehicle can be at its first home in time in the morning, having unloaded
at the first school, and at its school in time in the afternoon, having set the first school's
children down. Who follows whom is the best pairing of all: an assignment problem.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from geo.routing.timing import standing, time_route
from geo.routing.types import How
from geo.speeds import METRES_PER_MILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.routing.timing import Facts, Visit
    from geo.routing.types import Route

SLACK_SECONDS = 1e-6


def visits_of(route: Route) -> list[Visit]:
    """Return the stops of a route in the order of its morning."""
    return [(stop.kind, stop.key) for stop in route.runs[0].stops]


def slack_seconds(facts: Facts, first: Route, second: Route) -> list[float]:
    """Return for each way how many seconds a vehicle has to spare between two routes.

    In the morning the first route may be set down as early as its school allows; in the afternoon
    the second may start as late as children may wait.
    """
    vehicle = facts.vehicles[first.vehicle]
    found = []
    for before, after in zip(first.runs, second.runs, strict=True):
        end, start = before.stops[-1], after.stops[0]
        seconds, _ = facts.way(end.key, start.key, vehicle)
        gap = (start.clock_minutes - end.clock_minutes) * 60.0
        gap += _give(facts, first) if before.direction == "morning" else _give(facts, second)
        found.append(gap - seconds - standing(facts, end.key))
    return found


def _give(facts: Facts, route: Route) -> float:
    """Return the seconds by which a route may be earlier in the morning, or later after school.

    A route that serves several schools is timed to all of them and stays as it is.
    """
    if len(route.provisions) > 1:
        return 0.0
    return facts.schools[route.provisions[0]].arrival_window_minutes * 60.0


def saving_gbp(facts: Facts, first: Route, second: Route) -> float:
    """Return what a day costs less when the second route follows the first."""
    vehicle = facts.vehicles[first.vehicle]
    saved = 0.0
    for before, after in zip(first.runs, second.runs, strict=True):
        seconds, metres = facts.way(before.stops[-1].key, after.stops[0].key, vehicle)
        saved += vehicle.fixed_per_run_gbp * (1.0 - facts.policy.chained_fixed_share)
        saved -= vehicle.per_mile_gbp * metres / METRES_PER_MILE
        saved -= vehicle.per_hour_gbp * seconds / 3600.0
    return saved


def chain(facts: Facts, routes: Sequence[Route]) -> tuple[Route, ...]:
    """Return the routes with as many following another as pays, timed again.

    Parameters
    ----------
    facts
        Of the side.
    routes
        None of which follows another; those of children alone are left as they are.

    Returns
    -------
    tuple
        The same routes in the same order. A route whose morning had to be earlier to let the
        vehicle go on is timed so.
    """
    able = [n for n, one in enumerate(routes) if one.how is How.SHARED]
    if len(able) < 2:
        return tuple(routes)
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (slow to import)

    value = np.zeros((len(able), len(able)))
    for a, m in enumerate(able):
        for b, n in enumerate(able):
            first, second = routes[m], routes[n]
            if (
                m == n
                or first.vehicle != second.vehicle
                or first.travels != second.travels
                or first.runs[0].stops[-1].clock_minutes >= second.runs[0].stops[-1].clock_minutes
                or min(slack_seconds(facts, first, second)) < -SLACK_SECONDS
            ):
                continue
            value[a, b] = max(0.0, saving_gbp(facts, first, second))
    befores, afters = linear_sum_assignment(-value)
    follows = {
        able[b]: able[a]
        for a, b in zip(befores, afters, strict=True)
        if value[a, b] > SLACK_SECONDS
    }
    return _timed(facts, routes, follows)


def _timed(facts: Facts, routes: Sequence[Route], follows: dict[int, int]) -> tuple[Route, ...]:
    """Return the routes with clocks slid so that each vehicle can drive its chain.

    The slide given to one link could be needed by the next; a link that no longer holds is undone.
    """
    made = list(routes)
    leads = {before: after for after, before in follows.items()}
    for start in sorted(set(leads) - set(follows)):
        line = [start]
        while line[-1] in leads:
            line.append(leads[line[-1]])
        for before, after in pairwise(line):
            chained = _follow(facts, made[before], made[after])
            if chained is not None:
                made[before], made[after] = chained
    return tuple(made)


def _follow(facts: Facts, first: Route, second: Route) -> tuple[Route, Route] | None:
    """Return both routes with the second following the first, or None where it cannot any more."""
    gap = slack_seconds(facts, first, second)
    # Only what the first has not already given to a route before it.
    morning_needs = max(0.0, _give(facts, first) - gap[0])
    if min(gap) < -SLACK_SECONDS or (first.after is not None and morning_needs > SLACK_SECONDS):
        return None
    runs = list(first.runs)
    if morning_needs > 0:
        stops = tuple(
            replace(stop, clock_minutes=stop.clock_minutes - morning_needs / 60.0)
            for stop in runs[0].stops
        )
        runs[0] = replace(runs[0], stops=stops)
    first = replace(first, runs=tuple(runs))
    timed = time_route(
        facts,
        second.route,
        visits_of(second),
        second.vehicle,
        assisted=second.assisted,
        travels=second.travels,
        how=second.how,
        before=first,
    )
    return first, timed
