"""Vehicles shared by neighbouring provisions, where that is cheaper than one school each.

Mixed loads pay where few children go to each of several provisions close together (bases, units),
and hardly at all for a school that fills vehicles by itself. A search that starts from nothing does
worse than not mixing; so it starts from the routes of each provision by itself, and what it finds
is kept only when every rule holds and a day costs less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.routing.evaluate import judge
from geo.routing.problem import load_of, pose, visits_of
from geo.routing.solve import solve
from geo.routing.timing import time_route
from geo.routing.types import NO_WAY, Apart, How

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from geo.routing.problem import Load, Problem
    from geo.routing.timing import Facts
    from geo.routing.types import Matrix, Policy, Route, School

LARGEST_CLUSTER = 5
"""Provisions that are tried together at most."""

MATERIAL_GBP = 0.01


@dataclass(frozen=True, eq=False)
class Merged:
    """What came of sharing vehicles in one cluster.

    Parameters
    ----------
    routes
        Of the cluster, mixed where that was cheaper.
    budgets
        Children left to a personal travel budget.
    kept
        Whether anything changed.
    """

    routes: tuple[Route, ...]
    budgets: tuple[str, ...]
    kept: bool


def clusters(
    schools: Sequence[School], counts: Mapping[str, int], policy: Policy, matrix: Matrix
) -> list[tuple[School, ...]]:
    """Return the groups of provisions that may share vehicles.

    Provisions that state the same cluster; else those few enough and near enough by the policy,
    whose bells are no further apart than their arrival windows: nearest first, no more than
    `LARGEST_CLUSTER` together.

    Parameters
    ----------
    schools
        All of them.
    counts
        Children to be carried to each.
    policy, matrix
        How many, how near.
    """
    found: list[list[School]] = []
    stated: dict[str, list[School]] = {}
    loose = []
    for one in schools:
        if not counts.get(one.provision):
            continue
        if one.cluster is not None:
            stated.setdefault(one.cluster, []).append(one)
        elif counts[one.provision] <= policy.mixed_children:
            loose.append(one)
    found += list(stated.values())
    near = []
    for n, a in enumerate(loose):
        for b in loose[n + 1 :]:
            i, j = matrix.at(a.provision), matrix.at(b.provision)
            seconds = max(int(matrix.seconds[i, j]), int(matrix.seconds[j, i]))
            window = min(a.arrival_window_minutes, b.arrival_window_minutes)
            if (
                seconds < NO_WAY
                and seconds <= policy.mixed_minutes * 60.0
                and abs(a.bell_minutes - b.bell_minutes) <= window
            ):
                near.append((seconds, n, a, b))
    together: dict[str, list[School]] = {}
    for _, _, a, b in sorted(near, key=lambda one: one[:2]):
        mine, theirs = together.get(a.provision, [a]), together.get(b.provision, [b])
        if mine is theirs or len(mine) + len(theirs) > LARGEST_CLUSTER:
            continue
        joined = mine + theirs
        for school in joined:
            together[school.provision] = joined
    distinct: list[list[School]] = []
    for group in together.values():
        if not any(group is known for known in distinct):
            distinct.append(group)
    return [tuple(group) for group in found + distinct if len(group) > 1]


def merge(
    facts: Facts,
    children: pd.DataFrame,
    schools: Sequence[School],
    routes: Sequence[Route],
    budgets: Mapping[str, float],
    *,
    key: str,
    iterations: int | None,
    seconds: float | None,
    seed: int,
    available: Mapping[str, int] | None = None,
) -> Merged:
    """Return the routes of a cluster, mixed where that costs less.

    Parameters
    ----------
    facts
        Of the side.
    children
        Those of the cluster who are to be carried together, or be left to a budget.
    schools
        The cluster.
    routes
        Of each provision by itself.
    budgets
        What a budget costs a run, for those who may have one.
    key
        Of the mixed routes.
    iterations, seconds, seed
        How hard to search.
    available
        How many of a vehicle type the cluster may use.
    """
    alone = set(children["child"]) - {one for r in routes for one in r.children}
    nothing = Merged(tuple(routes), tuple(sorted(alone)), kept=False)
    problem = pose(facts, children, schools, available=available, price_gbp=budgets)
    start = [load_of(problem, route) for route in routes]
    answer = solve(problem, iterations=iterations, seconds=seconds, seed=seed, start=start)
    left = tuple(problem.children[one] for one in answer.left)
    if any(one not in budgets for one in left):
        return nothing
    made = _routes(facts, problem, answer.loads, key, str(children["travels"].iloc[0]))
    cost = _day_gbp(facts, made, left, budgets)
    if cost >= _day_gbp(facts, routes, alone, budgets) - MATERIAL_GBP:
        return nothing
    apart = [Apart(one, facts.children[one].provision, How.PTB, 0.0, 0.0, "") for one in left]
    broken = judge(
        made,
        apart,
        children,
        schools,
        tuple(facts.vehicles.values()),
        facts.policy,
        facts.matrix,
        both_ways=facts.both_ways,
    )
    return nothing if broken else Merged(made, left, kept=True)


def _routes(
    facts: Facts, problem: Problem, loads: Sequence[Load], key: str, travels: str
) -> tuple[Route, ...]:
    """Return the solver's loads as timed routes, each with a key of its own."""
    made: list[Route] = []
    numbers: dict[str, int] = {}
    for load in loads:
        visits = visits_of(problem, load)
        to = dict.fromkeys(stop for kind, stop in visits if kind == "provision")
        name = key if len(to) > 1 else next(iter(to))
        numbers[name] = numbers.get(name, 0) + 1
        carrier = problem.carriers[load.carrier]
        made.append(
            time_route(
                facts,
                f"{name}/{numbers[name]}",
                visits,
                carrier.vehicle,
                assisted=carrier.assisted,
                travels=travels,
            )
        )
    return tuple(made)


def _day_gbp(
    facts: Facts,
    routes: Sequence[Route],
    left: Collection[str],
    budgets: Mapping[str, float],
) -> float:
    """Return what a day costs, £."""
    runs = len(facts.directions)
    return sum(one.cost_a_day_gbp for one in routes) + runs * sum(budgets[one] for one in left)
