"""Published routing files through the product's own problem, search and chains.

Heterogeneous-fleet files are posed as a closed problem: runs start and end at a depot, and there is
no clock. School-bus files are posed a school at a time, each stop a point with several pupils, and
their routes chained as the product chains routes of staggered bells. Answers are checked from the
files alone, by the files' own readers.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import hfvrp, school_bus
from geo.routing.chain import best_of, chain
from geo.routing.policy import policy_on
from geo.routing.problem import Carrier, Problem, Profile, visits_of
from geo.routing.solve import solve
from geo.routing.timing import Child, Facts, time_route
from geo.routing.types import Matrix, School, VehicleType

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from geo.routing.problem import Load
    from geo.routing.types import Route

NO_CLOCK = 10**9
"""Seconds that are never reached."""

HOUR = 0.001
"""What an hour costs beside a bus at 1: of answers with as many buses, the least driven."""

TRIP_SECONDS = (300.0, 900.0, 1_800.0, 3_600.0)
"""What a trip is taken to cost beside its own seconds, when a school's trips are made: little makes
many short trips, much makes few. Each makes a way of routing the school, among which
`geo.routing.chain.best_of` chooses."""


def depot_problem(instance: hfvrp.Instance) -> Problem:
    """Return a heterogeneous-fleet file as a problem: customers as children, the depot last."""
    n = len(instance.points) - 1
    order = [*range(1, n + 1), 0]
    distance = instance.distance[np.ix_(order, order)]
    units = sorted({kind.unit for kind in instance.kinds})
    none = np.zeros(n, dtype=np.int64)
    return Problem(
        children=tuple(str(customer) for customer in order[:-1]),
        provisions=("depot",),
        to=none,
        loads=instance.demand[order[:-1], None],
        boarding_seconds=none,
        earliest_seconds=none,
        latest_seconds=np.full(n, NO_CLOCK, dtype=np.int64),
        open_seconds=np.zeros(1, dtype=np.int64),
        bell_seconds=np.full(1, NO_CLOCK, dtype=np.int64),
        price_gbp=np.full(n, np.inf),
        profiles=tuple(
            Profile(np.zeros(distance.shape, dtype=np.int64), distance * unit) for unit in units
        ),
        carriers=tuple(
            Carrier(
                vehicle=str(number),
                assisted=False,
                capacity=(kind.capacity,),
                fixed_gbp=kind.fixed,
                profile=units.index(kind.unit),
                available=kind.available,
            )
            for number, kind in enumerate(instance.kinds)
        ),
        closed=True,
    )


def depot_cost(instance: hfvrp.Instance, seconds: float, seed: int) -> tuple[float, float, int]:
    """Return the cost of the product's routes, seconds taken and vehicles, checked by the file.

    Raises
    ------
    ValueError
        When the routes break a rule of the file.
    """
    began = time.perf_counter()
    answer = solve(depot_problem(instance), seconds=seconds, seed=seed)
    spent = time.perf_counter() - began
    kinds = instance.kinds
    routes = []
    for load in answer.loads:
        kind = kinds[load.carrier]
        customers = [visit + 1 for visit in load.visits[:-1]]
        routes.append((customers, (float(kind.capacity), kind.fixed, kind.unit)))
    return hfvrp.cost(instance, routes), spent, len(routes)


@dataclass(frozen=True, eq=False)
class Buses:
    """An answer to a school-bus file: stops by trip, by bus."""

    buses: list[list[list[int]]]
    trips: int
    seconds: float


def school_buses(
    instance: school_bus.Instance, limit_seconds: float, seconds: float, seed: int, on: date
) -> Buses:
    """Return buses by the product: trips a school at a time, then the best chains of trips.

    Parameters
    ----------
    instance
        The file.
    limit_seconds
        Longest ride.
    seconds
        Of search, shared among schools by their stops.
    seed
        Of the searches.
    on
        Day of the dated policy that the facts carry; nothing of it but the standing time at a
        school and the share of a chained run's fixed cost is used, and both are the file's own.
    """
    began = time.perf_counter()
    facts = _facts(instance, limit_seconds, on)
    choices: list[list[list[Route]]] = []
    for school in range(len(instance.schools)):
        stops = np.flatnonzero(instance.school_of == school)
        if len(stops) == 0:
            continue
        share = len(stops) / len(instance.stops) / len(TRIP_SECONDS)
        ways = []
        for way, trip_seconds in enumerate(TRIP_SECONDS):
            problem = _trips(instance, facts, school, stops, limit_seconds, trip_seconds)
            answer = solve(problem, seconds=seconds * share, seed=seed)
            if answer.left:
                raise ValueError(f"{instance.name}: a stop was left out")
            ways.append(
                [
                    _timed(facts, f"s{school}/{way}/{n}", problem, load)
                    for n, load in enumerate(answer.loads)
                ]
            )
        choices.append(ways)
    chosen = best_of(facts, choices)
    routes = [one for ways, way in zip(choices, chosen, strict=True) for one in ways[way]]
    return Buses(_by_bus(chain(facts, routes)), len(routes), time.perf_counter() - began)


def _facts(instance: school_bus.Instance, limit_seconds: float, on: date) -> Facts:
    """Return the file as the product's facts; whole seconds, rounded up, so never too kind."""
    points = np.vstack([instance.stops, instance.schools])
    seconds = np.ceil(instance.seconds(points, points)).astype(np.int32)
    stops = [str(stop) for stop in range(len(instance.stops))]
    schools = [f"s{school}" for school in range(len(instance.schools))]
    boarding = np.ceil(instance.boarding_seconds())
    unloading = float(np.ceil(school_bus.UNLOADING_SECONDS))
    policy = policy_on(on).replace(unloading_seconds=unloading, chained_fixed_share=0.0)
    return Facts(
        children={
            stop: Child(
                provision=f"s{instance.school_of[n]}",
                phase="primary",
                wheelchair=False,
                assistant=False,
                boarding_seconds=float(boarding[n]),
                direct_seconds=float(seconds[n, len(stops) + instance.school_of[n]]),
                limit_seconds=limit_seconds,
            )
            for n, stop in enumerate(stops)
        },
        schools={
            key: School(
                key,
                0.0,
                0.0,
                bell_minutes=(float(instance.bell_seconds[n]) - unloading) / 60.0,
                arrival_window_minutes=0.0,
            )
            for n, key in enumerate(schools)
        },
        vehicles={"bus": VehicleType("bus", school_bus.SEATS, 0, 1.0, 0.0, HOUR)},
        policy=policy,
        matrix=Matrix((*stops, *schools), seconds, np.zeros_like(seconds), "network"),
        both_ways=False,
    )


def _trips(
    instance: school_bus.Instance,
    facts: Facts,
    school: int,
    stops: np.ndarray,
    limit_seconds: float,
    trip_seconds: float,
) -> Problem:
    """Return the trips of one school as a problem: a trip costs its seconds, and some more."""
    n = len(stops)
    points = [*(facts.matrix.at(str(stop)) for stop in stops), facts.matrix.at(f"s{school}")]
    seconds = facts.matrix.seconds[np.ix_(points, points)].astype(np.int64)
    boarding = np.ceil(instance.boarding_seconds()[stops]).astype(np.int64)
    bell = round(facts.schools[f"s{school}"].bell_minutes * 60.0)
    return Problem(
        children=tuple(str(stop) for stop in stops),
        provisions=(f"s{school}",),
        to=np.zeros(n, dtype=np.int64),
        loads=instance.pupils[stops, None],
        boarding_seconds=boarding,
        earliest_seconds=bell - round(limit_seconds) - boarding,
        latest_seconds=bell - seconds[:n, n] - boarding,
        open_seconds=np.zeros(1, dtype=np.int64),
        bell_seconds=np.array([bell]),
        price_gbp=np.full(n, np.inf),
        profiles=(Profile(seconds, seconds / 60.0),),
        carriers=(Carrier("bus", False, (school_bus.SEATS,), trip_seconds / 60.0, 0),),
    )


def _timed(facts: Facts, key: str, problem: Problem, load: Load) -> Route:
    return time_route(facts, key, visits_of(problem, load), "bus", assisted=False, travels="daily")


def _by_bus(routes: Sequence[Route]) -> list[list[list[int]]]:
    """Return the stops of each trip by bus, in the order in which the bus does its trips."""
    following = {one.after: one for one in routes if one.after is not None}
    buses = []
    for one in routes:
        if one.after is not None:
            continue
        line = [one]
        while line[-1].route in following:
            line.append(following[line[-1].route])
        buses.append([[int(stop) for stop in trip.children] for trip in line])
    return buses
