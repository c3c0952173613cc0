"""Every route worked out again from the matrix, and everything that does not hold.

The judge takes nobody's word: not the solver's for what is feasible, not `timing`'s for a clock, a
ride or a price, and it shares no code with them. What it checks: each child once, or named apart;
seats, wheelchair places and passenger assistants wherever the vehicle is; rides within the limit;
schools reached in time and in order; vehicles no more than there are; chains that a vehicle can
drive; and miles, minutes and pounds as told.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from geo.routing.types import How, Violation
from geo.speeds import METRES_PER_MILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from geo.routing.types import (
        Apart,
        Matrix,
        Policy,
        Route,
        Routed,
        Run,
        School,
        VehicleType,
    )

SLACK_SECONDS = 1.5
"""Clocks and rides are told in minutes; journeys are whole seconds."""

SLACK_GBP = 0.005
SLACK_MILES = 1e-6


def evaluate(routed: Routed, *, both_ways: bool = True) -> tuple[Violation, ...]:
    """Return everything in a routed side that does not hold.

    Parameters
    ----------
    routed
        Routes as told; its ``violations`` are not looked at.
    both_ways
        Whether every route must have an afternoon run.
    """
    return judge(
        routed.routes,
        routed.apart,
        routed.children,
        routed.schools,
        routed.fleet,
        routed.policy,
        routed.matrix,
        both_ways=both_ways,
    )


def judge(
    routes: Sequence[Route],
    apart: Sequence[Apart],
    children: pd.DataFrame,
    schools: Iterable[School],
    fleet: Sequence[VehicleType],
    policy: Policy,
    matrix: Matrix,
    *,
    both_ways: bool = True,
) -> tuple[Violation, ...]:
    """Return everything that does not hold; the parameters are those of `Routed`."""
    case = _Judge(children, {one.provision: one for one in schools}, fleet, policy, matrix)
    case.both_ways = both_ways
    case.everyone_once(routes, apart)
    by_key = {one.route: one for one in routes}
    if len(by_key) != len(routes):
        case.add("once", "", "", len(routes), len(by_key), "two routes have one key")
    for route in routes:
        case.route(route, by_key)
    case.no_more_than_there_are(routes)
    return tuple(case.found)


class _Judge:
    def __init__(
        self,
        children: pd.DataFrame,
        schools: Mapping[str, School],
        fleet: Sequence[VehicleType],
        policy: Policy,
        matrix: Matrix,
    ) -> None:
        self.rows = {str(row["child"]): row for row in children.to_dict("records")}
        self.schools = schools
        self.fleet = {one.type: one for one in fleet}
        self.policy = policy
        self.matrix = matrix
        self.both_ways = True
        self.found: list[Violation] = []

    def add(
        self, rule: str, route: str, child: str, found: float, allowed: float, said: str
    ) -> None:
        """Note something that does not hold."""
        where = f"route {route}: " if route else ""
        self.found.append(Violation(rule, route, child, float(found), float(allowed), where + said))

    def drive(self, a: str, b: str, vehicle: VehicleType) -> tuple[float, float]:
        """Return seconds and miles from the matrix."""
        capped = self.matrix.capped.get(vehicle.speed_cap_mph or 0.0)
        seconds, metres = capped or (self.matrix.seconds, self.matrix.metres)
        i, j = self.matrix.at(a), self.matrix.at(b)
        return float(seconds[i, j]), float(metres[i, j]) / METRES_PER_MILE

    def stands(self, key: str) -> float:
        """Return seconds at a stop."""
        if key in self.schools:
            return self.policy.unloading_seconds
        if bool(self.rows[key]["wheelchair"]):
            return float(round(self.policy.boarding_wheelchair_seconds))
        return float(round(self.policy.boarding_seconds))

    def everyone_once(self, routes: Sequence[Route], apart: Sequence[Apart]) -> None:
        """Check that every child with somewhere to go is on one route, or named apart."""
        times = Counter(child for route in routes for child in route.children)
        named = Counter(one.child for one in apart)
        for child, row in self.rows.items():
            due = 1 if row["provision"] in self.schools else 0
            met = times[child] + named[child]
            if met != due:
                said = f"{child} is carried or named {met} times"
                self.add("once", "", child, met, due, said)
        for child in (*times, *named):
            if child not in self.rows:
                self.add("once", "", child, 1, 0, f"{child} is no child of this side")
        for one in apart:
            goes_to = self.rows[one.child]["provision"] if one.child in self.rows else None
            if goes_to != one.provision:
                said = f"{one.child} goes to {goes_to}, not {one.provision}"
                self.add("provision", "", one.child, 0, 0, said)
            if one.how in (How.SHARED, How.SOLO):
                self.add("once", "", one.child, 0, 1, f"{one.child} is told carried, on no route")

    def route(self, route: Route, by_key: Mapping[str, Route]) -> None:
        """Check one route, both ways."""
        vehicle = self.fleet.get(route.vehicle)
        if vehicle is None:
            said = f"there is no vehicle type {route.vehicle}"
            self.add("vehicle", route.route, "", 0, 1, said)
            return
        known = [child for child in route.children if child in self.rows]
        if not route.children or len(known) < len(route.children):
            self.add("once", route.route, "", len(known), len(route.children), "carries nobody")
            return
        if any(str(self.rows[child]["travels"]) != route.travels for child in known):
            said = "its children do not travel equally often"
            self.add("provision", route.route, "", 0, 0, said)
        if route.how is How.SOLO and len(known) > 1:
            self.add("once", route.route, "", len(known), 1, "a child alone is not alone")
        shared = route.how is not How.SOLO and len(known) > 1
        for child in known:
            if shared and bool(self.rows[child]["solo"]):
                self.add("once", route.route, child, 0, 1, f"{child} must travel alone")
        needs = any(bool(self.rows[child]["assistant"]) for child in known)
        if (needs or vehicle.always_assisted) and not route.assisted:
            self.add("assistant", route.route, "", 0, 1, "has no passenger assistant and needs one")
        wanted = ("morning", "afternoon") if self.both_ways else ("morning",)
        if tuple(run.direction for run in route.runs) != wanted:
            said = "does not run both ways" if self.both_ways else "does not run in the morning"
            self.add("once", route.route, "", len(route.runs), len(wanted), said)
            return
        before = None
        if route.after is not None:
            before = by_key.get(route.after)
            if before is None or before.vehicle != route.vehicle or before.travels != route.travels:
                said = f"cannot come after {route.after}: not a route of the same vehicle"
                self.add("chain", route.route, "", 0, 1, said)
                before = None
        for n, run in enumerate(route.runs):
            earlier = before.runs[n] if before and n < len(before.runs) else None
            self.run(route, run, vehicle, earlier)

    def run(self, route: Route, run: Run, vehicle: VehicleType, before: Run | None) -> None:
        """Check one run: stops, loads, rides, clock, miles, minutes, pounds."""
        keys = [stop.key for stop in run.stops]
        homes = [stop.key for stop in run.stops if stop.kind == "child"]
        morning = run.direction == "morning"
        order = homes if morning else homes[::-1]
        if order != list(route.children) or any(
            stop.key not in (self.rows if stop.kind == "child" else self.schools)
            for stop in run.stops
        ):
            self.add("once", route.route, "", len(homes), len(route.children),
                     f"its {run.direction} stops are not its children and schools")  # fmt: skip
            return
        ends = keys[-1:] if morning else keys[:1]
        if not ends or ends[0] not in self.schools:
            self.add("provision", route.route, "", 0, 1,
                     f"its {run.direction} does not meet a provision")  # fmt: skip
            return
        legs = [self.drive(a, b, vehicle) for a, b in pairwise(keys)]
        self.rides(route, run, legs)
        self.loads(route, run, vehicle)
        self.clock(route, run, legs, before, vehicle)
        self.money(route, run, legs, before, vehicle)

    def rides(self, route: Route, run: Run, legs: Sequence[tuple[float, float]]) -> None:
        """Check each child's ride by adding up legs and standing between home and school.

        Where the vehicle waits for a school to end or to open, the waiting is in the clock.
        """
        morning = run.direction == "morning"
        keys = [stop.key for stop in run.stops]
        for n, stop in enumerate(run.stops):
            if stop.kind != "child":
                continue
            row = self.rows[stop.key]
            goes_to = str(row["provision"])
            found = [m for m, key in enumerate(keys) if key == goes_to and (m > n) == morning]
            if not found:
                self.add("provision", route.route, stop.key, 0, 1,
                         f"{stop.key} is not taken to {goes_to}")  # fmt: skip
                continue
            at = found[0] if morning else found[-1]
            first, last = (n, at) if morning else (at, n)
            driven = sum(seconds for seconds, _ in legs[first:last])
            stood = sum(self.stands(key) for key in keys[first + 1 : last])
            apart = abs(run.stops[at].clock_minutes - stop.clock_minutes) * 60.0
            by_clock = apart - (self.stands(stop.key) if morning else 0.0)
            ride = max(driven + stood, by_clock)
            allowed = self.limit(stop.key, goes_to)
            if abs(ride / 60.0 - stop.ride_minutes) > SLACK_SECONDS / 60.0:
                said = (
                    f"{stop.key} rides {ride / 60.0:.1f} minutes, and {stop.ride_minutes:.1f} is "
                    "told"
                )
                self.add("ride", route.route, stop.key, stop.ride_minutes, ride / 60.0, said)
            if abs(stop.limit_minutes * 60.0 - allowed) > SLACK_SECONDS:
                said = f"{stop.key} may ride {allowed / 60:.1f} minutes, not {stop.limit_minutes}"
                self.add("ride", route.route, stop.key, stop.limit_minutes, allowed / 60, said)
            if ride > allowed + SLACK_SECONDS:
                said = (
                    f"{stop.key} rides {ride / 60.0:.1f} minutes in the {run.direction}, over "
                    f"{allowed / 60.0:.1f}"
                )
                self.add("ride", route.route, stop.key, ride / 60.0, allowed / 60.0, said)

    def limit(self, child: str, provision: str) -> float:
        """Return the seconds that a child may ride."""
        row = self.rows[child]
        there: list[float] = []
        for one in self.fleet.values():
            if (one.wheelchairs if bool(row["wheelchair"]) else one.seats) < 1:
                continue
            seconds, _ = self.drive(child, provision, one)
            if self.both_ways:
                seconds = max(seconds, self.drive(provision, child, one)[0])
            there.append(seconds)
        direct = min(there, default=0.0)
        policy = self.policy
        return max(
            policy.ride_limit_minutes[str(row["phase"])] * 60.0,
            direct * policy.relax_factor + policy.relax_minutes * 60.0,
            direct,
        )

    def loads(self, route: Route, run: Run, vehicle: VehicleType) -> None:
        """Check seats and wheelchair places after every stop."""
        morning = run.direction == "morning"
        seats = 0
        if vehicle.seats:
            usable = vehicle.seats * self.policy.effective_seats_share
            seats = max(1, int(usable + 1e-9))
        aboard: list[str] = []
        worst_seats = worst_chairs = 0
        for stop in run.stops:
            if stop.kind == "child":
                if morning:
                    aboard.append(stop.key)
                elif stop.key in aboard:
                    aboard.remove(stop.key)
            elif morning:
                aboard = [one for one in aboard if self.rows[one]["provision"] != stop.key]
            else:
                aboard += [one for one in route.children if self.rows[one]["provision"] == stop.key]
            chairs = sum(bool(self.rows[one]["wheelchair"]) for one in aboard)
            worst_chairs = max(worst_chairs, chairs)
            worst_seats = max(worst_seats, len(aboard) - chairs)
        if worst_seats > seats:
            self.add("seats", route.route, "", worst_seats, seats,
                     f"{worst_seats} children sit in {seats} seats")  # fmt: skip
        if worst_chairs > vehicle.wheelchairs:
            self.add("wheelchairs", route.route, "", worst_chairs, vehicle.wheelchairs,
                     f"{worst_chairs} wheelchairs in {vehicle.wheelchairs} places")  # fmt: skip

    def clock(
        self,
        route: Route,
        run: Run,
        legs: Sequence[tuple[float, float]],
        before: Run | None,
        vehicle: VehicleType,
    ) -> None:
        """Check that each stop can be reached when it is told, and schools on time."""
        morning = run.direction == "morning"
        for n, (seconds, _) in enumerate(legs):
            a, b = run.stops[n], run.stops[n + 1]
            # In the afternoon a school's clock is when it is left, so its standing is in the leg
            # before it; nothing stands at the first.
            stood = self.stands(a.key) if morning or a.kind == "child" else 0.0
            if not morning and b.kind == "provision":
                stood += self.stands(b.key)
            spent = (b.clock_minutes - a.clock_minutes) * 60.0
            if spent < seconds + stood - SLACK_SECONDS:
                self.add("clock", route.route, "", spent / 60.0, (seconds + stood) / 60.0,
                         f"{b.key} cannot be reached so soon after {a.key}")  # fmt: skip
        for stop in run.stops:
            if stop.kind != "provision":
                continue
            school = self.schools[stop.key]
            first, last = (
                (school.bell_minutes - school.arrival_window_minutes, school.bell_minutes)
                if morning
                else (school.end_minutes, school.end_minutes + school.arrival_window_minutes)
            )
            off = max(first - stop.clock_minutes, stop.clock_minutes - last)
            if off * 60.0 > SLACK_SECONDS:
                said = f"{stop.key} is met {off:.1f} minutes outside its times, {run.direction}"
                self.add("bell", route.route, "", stop.clock_minutes, last, said)
        if before is not None:
            last_stop, first_stop = before.stops[-1], run.stops[0]
            empty, _ = self.drive(last_stop.key, first_stop.key, vehicle)
            gap = (first_stop.clock_minutes - last_stop.clock_minutes) * 60.0
            needed = empty + self.stands(last_stop.key)
            if gap < needed - SLACK_SECONDS:
                self.add("chain", route.route, "", gap / 60.0, needed / 60.0,
                         f"cannot start so soon after {route.after}, {run.direction}")  # fmt: skip

    def money(
        self,
        route: Route,
        run: Run,
        legs: Sequence[tuple[float, float]],
        before: Run | None,
        vehicle: VehicleType,
    ) -> None:
        """Check miles, minutes and each part of the cost."""
        miles = sum(length for _, length in legs)
        empty_seconds, empty_miles = 0.0, 0.0
        if before is not None:
            empty_seconds, empty_miles = self.drive(before.stops[-1].key, run.stops[0].key, vehicle)
        minutes = run.stops[-1].clock_minutes - run.stops[0].clock_minutes
        if run.direction == "afternoon":
            minutes += self.stands(run.stops[-1].key) / 60.0
        told = (
            ("miles", run.miles, miles, SLACK_MILES),
            ("miles", run.empty_miles, empty_miles, SLACK_MILES),
            ("minutes", run.minutes, minutes, SLACK_SECONDS / 60.0),
            ("minutes", run.empty_minutes, empty_seconds / 60.0, SLACK_SECONDS / 60.0),
        )
        share = 1.0 if before is None else self.policy.chained_fixed_share
        hours = (minutes + empty_seconds / 60.0) / 60.0
        cost = run.cost
        priced = (
            ("fixed", cost.fixed_gbp, vehicle.fixed_per_run_gbp * share),
            ("miles", cost.miles_gbp, vehicle.per_mile_gbp * (miles + empty_miles)),
            ("hours", cost.hours_gbp, vehicle.per_hour_gbp * hours),
            ("assistant", cost.assistant_gbp, vehicle.assistant_gbp * route.assisted),
        )
        for rule, found, right, slack in told:
            if abs(found - right) > slack:
                said = f"its {run.direction} is told at {found:.3f} {rule}, and is {right:.3f}"
                self.add(rule, route.route, "", found, right, said)
        for part, found, right in priced:
            if abs(found - right) > SLACK_GBP:
                said = f"its {run.direction} is priced at £{found:.2f} for {part}, not £{right:.2f}"
                self.add("cost", route.route, "", found, right, said)

    def no_more_than_there_are(self, routes: Sequence[Route]) -> None:
        """Check that no more vehicles are out at once than there are, by how often they travel."""
        used = Counter((one.vehicle, one.travels) for one in routes if one.after is None)
        for (kind, travels), count in used.items():
            there = self.fleet[kind].available if kind in self.fleet else None
            if there is not None and count > there:
                said = (
                    f"{count} vehicles of type {kind} are used ({travels}), and there are {there}"
                )
                self.add("fleet", "", "", count, there, said)
        followed = Counter(one.after for one in routes if one.after is not None)
        for key, count in followed.items():
            if count > 1:
                self.add("chain", str(key), "", count, 1, "is followed by two routes at once")
