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

    import numpy.typing as npt

    from geo.routing.timing import Facts, Visit
    from geo.routing.types import Route

SLACK_SECONDS = 1e-6

KICKS, KICKED = 12, 4
"""How often provisions are put elsewhere when ways are chosen, and how many of them."""


def visits_of(route: Route) -> list[Visit]:
    """Return the stops of a route in the order of its morning."""
    return [(stop.kind, stop.key) for stop in route.runs[0].stops]


def _give(facts: Facts, route: Route) -> float:
    """Return the seconds by which a route may be earlier in the morning, or later after school.

    A route that serves several schools is timed to all of them and stays as it is.
    """
    if len(route.provisions) > 1:
        return 0.0
    return facts.schools[route.provisions[0]].arrival_window_minutes * 60.0


def links(
    facts: Facts, routes: Sequence[Route]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return what each pair of routes leaves to spare, and what chaining it saves.

    In the morning the first route may be set down as early as its school allows; in the afternoon
    the second may start as late as children may wait.

    Returns
    -------
    slack, saving
        Seconds to spare, shape (ways, routes, routes), and £ a day, shape (routes, routes), when
        the route of the column follows that of the row; without end below zero where the vehicles
        differ, the days differ, or the first is no earlier than the second.
    """
    count = len(routes)
    slack: npt.NDArray[np.float64] = np.full((len(facts.directions), count, count), -np.inf)
    saving = np.full((count, count), -np.inf)
    early = np.array([one.runs[0].stops[-1].clock_minutes for one in routes])
    kinds = np.array([f"{one.vehicle}|{one.travels}" for one in routes], dtype=object)
    give = np.array([_give(facts, one) for one in routes])
    for kind in dict.fromkeys(kinds):
        at = np.flatnonzero(kinds == kind)
        vehicle = facts.vehicles[routes[int(at[0])].vehicle]
        seconds, metres = facts.matrix.for_cap(vehicle.speed_cap_mph)
        worth = np.zeros((len(at), len(at)))
        for n, direction in enumerate(facts.directions):
            runs = [routes[int(one)].runs[n] for one in at]
            ends, starts = [run.stops[-1] for run in runs], [run.stops[0] for run in runs]
            cells = np.ix_(
                [facts.matrix.at(one.key) for one in ends],
                [facts.matrix.at(one.key) for one in starts],
            )
            free = np.array([one.clock_minutes * 60.0 + standing(facts, one.key) for one in ends])
            due = np.array([one.clock_minutes * 60.0 for one in starts])
            spare = due[None, :] - free[:, None] - seconds[cells]
            spare += give[at][:, None] if direction == "morning" else give[at][None, :]
            slack[n][np.ix_(at, at)] = spare
            worth += vehicle.fixed_per_run_gbp * (1.0 - facts.policy.chained_fixed_share)
            worth -= vehicle.per_mile_gbp * metres[cells] / METRES_PER_MILE
            worth -= vehicle.per_hour_gbp * seconds[cells] / 3600.0
        later = early[at][:, None] < early[at][None, :]
        saving[np.ix_(at, at)] = np.where(later, worth, -np.inf)
    return slack, saving


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

    slack, saving = links(facts, [routes[n] for n in able])
    value = np.where(slack.min(axis=0) >= -SLACK_SECONDS, np.maximum(saving, 0.0), 0.0)
    befores, afters = linear_sum_assignment(-value)
    follows = {
        able[b]: able[a]
        for a, b in zip(befores, afters, strict=True)
        if value[a, b] > SLACK_SECONDS
    }
    return _timed(facts, routes, follows)


def best_of(facts: Facts, choices: Sequence[Sequence[Sequence[Route]]]) -> list[int]:
    """Return which of its ways of being routed each provision should take, chains counted.

    Few long routes are cheapest by themselves; shorter ones may let vehicles go on to other
    schools. Each provision in turn takes the way that makes all of them cheapest, until none
    changes; a few are then put elsewhere, and it begins again from there.

    Parameters
    ----------
    facts
        Of the side.
    choices
        For each provision its ways: routes that carry the same children. Its first is the cheapest
        by itself.
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 (slow to import)

    every = [route for ways in choices for way in ways for route in way]
    slack, saving = links(facts, every)
    value = np.where(slack.min(axis=0) >= -SLACK_SECONDS, np.maximum(saving, 0.0), 0.0)
    at: list[list[npt.NDArray[np.int64]]] = []
    first = 0
    for ways in choices:
        at.append([])
        for way in ways:
            at[-1].append(np.arange(first, first + len(way)))
            first += len(way)
    alone = np.array([one.cost_a_day_gbp for one in every])

    def cost(chosen: Sequence[int]) -> float:
        these = np.concatenate([at[n][one] for n, one in enumerate(chosen)])
        between = value[np.ix_(these, these)]
        return float(alone[these].sum() - between[linear_sum_assignment(-between)].sum())

    def settle(chosen: list[int]) -> tuple[float, list[int]]:
        """Let each provision in turn take its best way, until none changes."""
        best, changed = cost(chosen), True
        while changed:
            changed = False
            for n, ways in enumerate(choices):
                for one in range(len(ways)):
                    tried = [*chosen[:n], one, *chosen[n + 1 :]]
                    now = cost(tried) if one != chosen[n] else best
                    if now < best - SLACK_SECONDS:
                        best, chosen, changed = now, tried, True
        return best, chosen

    most = max((len(ways) for ways in choices), default=0)
    best, chosen = min(settle([min(way, len(ways) - 1) for ways in choices]) for way in range(most))
    luck = np.random.default_rng(len(every))
    for _ in range(KICKS):
        kicked = list(chosen)
        for n in luck.choice(len(choices), min(KICKED, len(choices)), replace=False):
            kicked[n] = int(luck.integers(len(choices[n])))
        now, settled = settle(kicked)
        if now < best - SLACK_SECONDS:
            best, chosen = now, settled
    return chosen


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
    gap = [float(one[0, 1]) for one in links(facts, [first, second])[0]]
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
