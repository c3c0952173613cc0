"""Children to schools: the product beside VROOM and a savings heuristic, one run, one judge.

All three route the same children under the same limits on mornings only, a school at a time, with
the same illustrative prices; every route of each is judged by the product's own evaluator. VROOM is
given the problem as its makers would: jobs with time windows, vehicles without a start, a fixed
cost and a cost a kilometre.
"""

from __future__ import annotations

import importlib.util
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks import savings as by_savings
from benchmarks.travel import road_like
from geo.network import freeze
from geo.routing.children import child_table
from geo.routing.evaluate import judge
from geo.routing.matrix import matrix_of
from geo.routing.policy import policy_on
from geo.routing.route import route_side
from geo.routing.timing import facts_of, time_route
from geo.routing.types import Effort, Matrix, School, VehicleType
from geo.speeds import METRES_PER_MILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from geo.routing.types import Policy, Route, Routed

FLEET = (
    VehicleType("taxi", 3, 0, 32.0, 2.2),
    VehicleType("mpv", 8, 0, 52.0, 2.4),
    VehicleType("wheelchair_car", 5, 2, 70.0, 2.6),
    VehicleType("minibus", 16, 0, 95.0, 2.7),
    VehicleType("wheelchair_minibus", 10, 4, 120.0, 2.8),
)
"""Illustrative prices of the instance's own notes, £ a one-way run with any assistant."""

SLOWER = 1.9
"""Free-flow seconds of the made-up roads are multiplied by it, as in the instance."""

VROOM = importlib.util.find_spec("vroom") is not None
UNITS = 1000.0
EXPLORATION = 5
"""VROOM's hardest."""


@dataclass(frozen=True, eq=False)
class Case:
    """Children, schools and the way between them.

    Parameters
    ----------
    name
        For the table.
    children, schools, matrix, policy
        As the product takes them.
    """

    name: str
    children: pd.DataFrame
    schools: tuple[School, ...]
    matrix: Matrix
    policy: Policy


@dataclass(frozen=True)
class Outcome:
    """What one method made of a case: £ of a morning, vehicles, seconds, and what it breaks."""

    method: str
    cost_gbp: float
    vehicles: int
    mean_ride_minutes: float
    seconds: float
    violations: int


def policy_of(on: date) -> Policy:
    """Return the instance's rules: every seat usable, 90 or 240 s to board, limits relaxed."""
    return policy_on(on).replace(
        effective_seats_share=1.0,
        boarding_seconds=90.0,
        boarding_wheelchair_seconds=240.0,
        relax_factor=1.15,
        relax_minutes=2.0,
    )


def read_one_school(path: Path, on: date) -> Case:
    """Return the 300 children and one school of ``send300x1.npz``."""
    with np.load(path, allow_pickle=False) as held:
        parts = {name: held[name] for name in held.files}
    n = len(parts["max_ride_s"])
    names = [f"c{i}" for i in range(n)]
    children = child_table(
        pd.DataFrame(
            {
                "child": names,
                "zone": "z",
                "need": "ASD",
                "phase": np.where(parts["max_ride_s"] == 2_700, "primary", "secondary"),
                "easting": parts["xy"][:n, 0].astype(float),
                "northing": parts["xy"][:n, 1].astype(float),
                "wheelchair": parts["wheelchair"].astype(bool),
                "provision": "school",
            }
        )
    )
    school = School("school", float(parts["xy"][n, 0]), float(parts["xy"][n, 1]))
    matrix = Matrix((*names, "school"), parts["time_s"], parts["dist_m"], "network")
    return Case("300 children, 1 school", children, (school,), matrix, policy_of(on))


def made_up(children: int, schools: int, on: date, *, nodes: int = 50_000, seed: int = 7) -> Case:
    """Return children and schools anywhere on made-up roads, each child at one of the nearest.

    8 % use a wheelchair, half have the shorter limit, and each goes to one of its six nearest
    schools, as placements that were not planned together do.
    """
    luck = np.random.default_rng(seed)
    network = freeze(road_like(nodes), source="made up")
    at = luck.choice(len(network.easting), children + schools, replace=False)
    places = tuple(
        School(f"s{n}", float(network.easting[one]), float(network.northing[one]), node=int(one))
        for n, one in enumerate(at[children:])
    )
    homes = at[:children]
    frame = pd.DataFrame(
        {
            "child": [f"c{n}" for n in range(children)],
            "zone": "z",
            "need": "ASD",
            "phase": np.where(luck.random(children) < 0.5, "primary", "secondary"),
            "easting": network.easting[homes],
            "northing": network.northing[homes],
            "node": homes,
            "wheelchair": luck.random(children) < 0.08,
        }
    )
    table = child_table(frame.assign(provision=places[0].provision))
    matrix = matrix_of(table, places, network, calibration=SLOWER)
    to = matrix.seconds[:children, children:]
    near = np.argsort(to, axis=1)[:, : min(6, schools)]
    chosen = near[np.arange(children), luck.integers(near.shape[1], size=children)]
    table = table.assign(provision=[f"s{one}" for one in chosen])
    name = f"{children:,} children, {schools} schools"
    return Case(name, table, places, matrix, policy_of(on))


def nearer(case: Case) -> Case:
    """Return the case after a plan: the nearest school that has a place, each as full as before.

    The least total of seconds, so that every child's journey is as short as the places allow.
    """
    from scipy.optimize import linear_sum_assignment

    n = len(case.children)
    places = case.children["provision"].value_counts()
    seats = np.array(
        [k for k, one in enumerate(case.schools) for _ in range(places.get(one.provision, 0))]
    )
    to = case.matrix.seconds[:n, n:].astype(float)
    _, taken = linear_sum_assignment(to[:, seats])
    keys = [case.schools[k].provision for k in seats[taken]]
    return replace(case, children=case.children.assign(provision=keys))


def by_product(case: Case, seconds: float, seed: int) -> tuple[Outcome, Routed]:
    """Return what the product makes of a case, mornings only, no sharing between schools."""
    began = time.perf_counter()
    routed = route_side(
        case.children,
        case.schools,
        FLEET,
        case.policy,
        case.matrix,
        seed=seed,
        effort=Effort(seconds=seconds),
        both_ways=False,
        mixed=False,
        chained=False,
    )
    spent = time.perf_counter() - began
    return _outcome("sendplaces", case, routed.routes, spent), routed


def by_others(case: Case) -> Iterable[Outcome]:
    """Yield what VROOM (where it is installed) and the savings heuristic make of a case."""
    methods = {"savings": _savings}
    if VROOM:
        methods = {"VROOM": _vroom} | methods
    facts = facts_of(case.children, case.schools, FLEET, case.policy, case.matrix, both_ways=False)
    for method, solve in methods.items():
        began = time.perf_counter()
        found = [
            (school.provision, load)
            for school in case.schools
            for load in solve(case, school, case.children[
                case.children["provision"] == school.provision])
        ]  # fmt: skip
        spent = time.perf_counter() - began
        routes = [
            time_route(
                facts,
                f"{provision}/{n}",
                [*(("child", one) for one in names), ("provision", provision)],
                vehicle,
                assisted=False,
                travels="daily",
            )
            for n, (provision, (vehicle, names)) in enumerate(found)
        ]
        yield _outcome(method, case, routes, spent)


def alone(case: Case) -> Outcome:
    """Return what a case costs with every child alone in the cheapest vehicle that fits."""
    facts = facts_of(case.children, case.schools, FLEET, case.policy, case.matrix, both_ways=False)
    routes = []
    for child, known in facts.children.items():
        vehicle = "wheelchair_car" if known.wheelchair else "taxi"
        visits = [("child", child), ("provision", known.provision)]
        routes.append(time_route(facts, child, visits, vehicle, assisted=False, travels="daily"))
    return _outcome("every child alone", case, routes, 0.0)


def _outcome(method: str, case: Case, routes: Sequence[Route], seconds: float) -> Outcome:
    """Return the figures of routes, judged."""
    broken = judge(
        routes, (), case.children, case.schools, FLEET, case.policy, case.matrix, both_ways=False
    )
    rides = [
        stop.ride_minutes
        for route in routes
        for stop in route.runs[0].stops
        if stop.kind == "child"
    ]
    return Outcome(
        method,
        sum(one.cost_a_day_gbp for one in routes),
        len(routes),
        float(np.mean(rides)),
        seconds,
        len(broken),
    )


def _part(
    case: Case, school: School, children: pd.DataFrame
) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return keys, seconds, metres (school last), boarding and limits of one school."""
    names = list(children["child"])
    at = [case.matrix.at(one) for one in (*names, school.provision)]
    seconds = case.matrix.seconds[np.ix_(at, at)]
    metres = case.matrix.metres[np.ix_(at, at)]
    boarding = np.where(
        children["wheelchair"],
        case.policy.boarding_wheelchair_seconds,
        case.policy.boarding_seconds,
    )
    limits = np.array(
        [
            int(case.policy.limit_minutes(phase, direct / 60.0) * 60.0 + 1e-6)
            for phase, direct in zip(children["phase"], seconds[:-1, -1], strict=True)
        ]
    )
    return names, seconds, metres, boarding, limits


def _savings(case: Case, school: School, children: pd.DataFrame) -> Iterable[tuple[str, list[str]]]:
    names, seconds, metres, boarding, limits = _part(case, school, children)
    if not names:
        return
    chairs = children["wheelchair"].to_numpy(bool)
    held = by_savings.Children(seconds, metres, boarding, limits.astype(float), chairs)
    fleet = [
        by_savings.Vehicle(one.seats, one.wheelchairs, one.fixed_per_run_gbp, one.per_mile_gbp)
        for one in FLEET
    ]
    for route in by_savings.savings(held, fleet):
        miles = route.metres / METRES_PER_MILE
        vehicle = min(
            (
                one
                for one in FLEET
                if one.seats >= route.seats and one.wheelchairs >= route.wheelchairs
            ),
            key=lambda one: one.fixed_per_run_gbp + one.per_mile_gbp * miles,
        )
        yield vehicle.type, [names[child] for child in route.order]


def _vroom(case: Case, school: School, children: pd.DataFrame) -> Iterable[tuple[str, list[str]]]:
    import vroom

    names, seconds, metres, boarding, limits = _part(case, school, children)
    if not names:
        return
    n = len(names)
    bell = int((limits + boarding).max())
    chairs = children["wheelchair"].to_numpy(bool)
    problem = vroom.Input()
    problem.set_durations_matrix("car", seconds.astype(np.uint32))
    problem.set_distances_matrix("car", metres.astype(np.uint32))
    for child in range(n):
        first = int(bell - limits[child] - boarding[child])
        last = int(bell - seconds[child, n] - boarding[child])
        problem.add_job(
            vroom.Job(
                child,
                location=child,
                default_service=int(boarding[child]),
                pickup=vroom.Amount([int(not chairs[child]), int(chairs[child])]),
                time_windows=[vroom.TimeWindow(first, max(first, last))],
            )
        )
    of: list[str] = []
    for one in FLEET:
        # As many of each as could ever be of use.
        holds = max(1, one.seats)
        count = n if holds <= 3 else -(-n // holds) * 2
        if one.wheelchairs:
            count = min(count, max(1, int(chairs.sum())))
        for _ in range(count):
            problem.add_vehicle(
                vroom.Vehicle(
                    len(of),
                    end=n,
                    capacity=[one.seats, one.wheelchairs],
                    time_window=vroom.TimeWindow(0, bell),
                    costs=vroom.VehicleCosts(
                        fixed=round(one.fixed_per_run_gbp * UNITS),
                        per_hour=0,
                        per_km=round(one.per_mile_gbp / METRES_PER_MILE * 1_000.0 * UNITS),
                    ),
                )
            )
            of.append(one.type)
    found = problem.solve(exploration_level=EXPLORATION, nb_threads=1)
    steps = found.routes
    for vehicle, along in steps[steps["type"] == "pickup"].groupby("vehicle_id", sort=True):
        yield of[int(vehicle)], [names[int(child)] for child in along["id"]]
    for vehicle, along in steps[steps["type"] == "job"].groupby("vehicle_id", sort=True):
        yield of[int(vehicle)], [names[int(child)] for child in along["id"]]
