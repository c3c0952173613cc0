"""The words of routing: vehicles, schools, policy, stops, runs, routes, and what comes back.

A **route** is one vehicle's load of children, the same children both ways. It makes a **run** each
way: in the morning homes first and the school by its bell, in the afternoon the other way round. A
**chain** is a vehicle that goes on to a second route once it has done the first. Minutes on a clock
are minutes after midnight. Money is pounds.

The table of children has one row for each child (`CHILD_COLUMNS`). It is the same for both sides
of a comparison, but for ``provision``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

import numpy as np

from geo.speeds import METRES_PER_MILE
from inputs.vocabulary import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from inputs.errors import Fault

Direction = Literal["morning", "afternoon"]
DIRECTIONS: tuple[Direction, ...] = ("morning", "afternoon")

NO_WAY = np.int32(2**30)
"""Seconds and metres between two points that no road joins: more than any journey, and small
enough that a few of them still add up in 64 bits."""


class Travels(StrEnum):
    """How often a child goes to its provision: every day, or home at weekends or between terms."""

    DAILY = "daily"
    WEEKLY = "weekly"
    TERMLY = "termly"


class How(StrEnum):
    """How a child gets there."""

    SHARED = "shared"
    """On a route with whoever the solver put beside it (perhaps no one)."""
    SOLO = "solo"
    """On a route of its own, because it must travel alone."""
    PTB = "ptb"
    """A personal travel budget is paid to its family."""
    WALKS = "walks"
    """Within walking distance and not entitled otherwise, or trained to travel alone."""
    STRAIGHT_LINE = "straight_line"
    """No road joins home and provision: priced as a solo journey in a straight line."""
    NOT_CARRIED = "not_carried"
    """Nothing in the fleet can carry it: named, and in no figure of cost."""


CHILD_COLUMNS: Mapping[str, str] = {
    "child": "object",
    "zone": "object",
    "need": "object",
    "phase": "object",
    "easting": "float64",
    "northing": "float64",
    "node": "int64",
    "wheelchair": "bool",
    "solo": "bool",
    "assistant": "bool",
    "ptb": "bool",
    "walks": "bool",
    "travels": "object",
    "provision": "object",
}
"""Columns of the table of children, with their types.

``child`` is a key that says nothing of who it is; ``node`` is the road point of the home (-1:
none); ``wheelchair`` travels in a wheelchair; ``solo`` must travel alone; ``assistant`` needs a
passenger assistant; ``ptb`` its family would take a personal travel budget; ``walks`` needs no
vehicle; ``travels`` is one of `Travels`; ``provision`` is None for a child without a place.
"""


@dataclass(frozen=True)
class VehicleType:
    """A type of vehicle, and what a run of it costs.

    Parameters
    ----------
    type
        Its key.
    seats, wheelchairs
        Children it carries in seats, and in wheelchairs.
    fixed_per_run_gbp, per_mile_gbp, per_hour_gbp
        Cost of one run, without a passenger assistant.
    assistant_gbp
        More for a run with a passenger assistant.
    always_assisted
        Whether an assistant is always aboard.
    available
        How many there are for the whole authority (None: any number).
    speed_cap_mph
        The most it may do, such as 50 for a minibus on single carriageways.
    carbon_kg_per_mile
        Kilograms of CO2 equivalent.
    """

    type: str
    seats: int
    wheelchairs: int = 0
    fixed_per_run_gbp: float = 0.0
    per_mile_gbp: float = 0.0
    per_hour_gbp: float = 0.0
    assistant_gbp: float = 0.0
    always_assisted: bool = False
    available: int | None = None
    speed_cap_mph: float | None = None
    carbon_kg_per_mile: float = 0.0


@dataclass(frozen=True)
class School:
    """Where children are taken, and when.

    Parameters
    ----------
    provision
        Its key.
    easting, northing
        Metres (EPSG:27700).
    node
        Road point (-1: none).
    bell_minutes
        Start of the day, minutes after midnight.
    arrival_window_minutes
        How long before the bell children may be set down, and after the end of the day may wait.
    day_minutes
        From the bell to the end of the day.
    cluster
        Provisions of one cluster may share vehicles (None: found by how near they are).
    bell_assumed
        Whether the bell was not stated, and the dated default stands for it.
    """

    provision: str
    easting: float
    northing: float
    node: int = -1
    bell_minutes: float = 540.0
    arrival_window_minutes: float = 10.0
    day_minutes: float = 390.0
    cluster: str | None = None
    bell_assumed: bool = False

    @property
    def end_minutes(self) -> float:
        """End of the day, minutes after midnight."""
        return self.bell_minutes + self.day_minutes


@dataclass(frozen=True)
class Policy:
    """What the authority has decided, and the dated figures that stand where it has not.

    Made by `geo.routing.policy.policy_on`; change one figure with ``.replace(name=value)``.

    Parameters
    ----------
    ride_limit_minutes
        Longest ride by phase: the 45 and 75 minutes of the guidance.
    relax_factor, relax_minutes
        A child who lives too far is allowed ``relax_factor`` x its direct minutes and
        ``relax_minutes`` more, and is flagged.
    boarding_seconds, boarding_wheelchair_seconds
        Standing time for each child.
    unloading_seconds
        Standing time at a school before a vehicle can go on to another.
    effective_seats_share
        Share of seats that can be used together, since not every child can sit beside every other.
    runs_a_year
        Runs each way a year, by `Travels`.
    ptb_per_mile_gbp, ptb_legs_a_run
        A personal travel budget: pounds a mile, and legs driven for each run (there and back: 2).
    walking_miles
        Statutory walking distance by phase.
    transported_share, transported_within_walking_share
        Share of children who are carried, by need (``other``: every other), and the most of them
        within walking distance.
    wheelchair_share, assistant_share
        Share of children who travel in a wheelchair, and with a passenger assistant, by need.
    solo_share, ptb_share
        Share of children who must travel alone, and whose family would take a travel budget.
    chained_fixed_share
        Share of a run's fixed cost that is still paid when the vehicle comes from another run.
    mixed_minutes, mixed_children
        Provisions no further apart than this, and no larger, may share vehicles.
    realisation
        Share of a routed saving that reaches the accounts: low, middle, high.
    contract_years
        Years over which contracts end, and so savings arrive, evenly.
    noise_share
        A difference in cost smaller than this share is not a difference.
    sources
        Name of each dated parameter used, to its status.
    """

    ride_limit_minutes: Mapping[str, float]
    relax_factor: float
    relax_minutes: float
    boarding_seconds: float
    boarding_wheelchair_seconds: float
    unloading_seconds: float
    effective_seats_share: float
    runs_a_year: Mapping[str, float]
    ptb_per_mile_gbp: float
    ptb_legs_a_run: float
    walking_miles: Mapping[str, float]
    transported_share: Mapping[str, float]
    transported_within_walking_share: float
    wheelchair_share: Mapping[str, float]
    assistant_share: Mapping[str, float]
    solo_share: float
    ptb_share: float
    chained_fixed_share: float
    mixed_minutes: float
    mixed_children: float
    realisation: tuple[float, float, float]
    contract_years: float
    noise_share: float
    sources: Mapping[str, str] = field(default_factory=dict)

    def replace(self, **changes: object) -> Policy:
        """Return the policy with some of its figures changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def seats(self, vehicle: VehicleType) -> int:
        """Return how many children a vehicle's seats can hold together; one where it has a seat."""
        if vehicle.seats == 0:
            return 0
        return max(1, int(vehicle.seats * self.effective_seats_share + 1e-9))

    def boarding(self, *, wheelchair: bool) -> float:
        """Return the seconds that a child takes to board, or to leave."""
        return self.boarding_wheelchair_seconds if wheelchair else self.boarding_seconds

    def limit_minutes(self, phase: str, direct_minutes: float) -> float:
        """Return the longest ride allowed: the guideline, or more where home is simply too far."""
        return max(
            self.ride_limit_minutes[Phase(phase)],
            self.relax_factor * direct_minutes + self.relax_minutes,
            direct_minutes,  # no policy can ask for a ride shorter than the journey
        )

    def arrived_share(self, years_since: int) -> float:
        """Return the share of a saving that contracts have let through by a year (0: the first)."""
        return min(1.0, (years_since + 1) / self.contract_years)


@dataclass(frozen=True, eq=False)
class Matrix:
    """Seconds and metres by the fastest way between points.

    Parameters
    ----------
    keys
        A key for each point: a child's or a provision's.
    seconds, metres
        Whole numbers, shape (points, points), from row to column; `NO_WAY` where there is none.
    method
        ``network`` or ``straight_line``.
    capped
        Slower seconds and their metres, by speed cap in mph, for vehicles that have one.
    snap_metres
        From each point to its road point.
    nodes
        Road point of each point; -1 where there is none.
    notes
        Points that are far from the roads, or beyond them.
    attribution
        Words to show with any figure from these roads.
    """

    keys: tuple[str, ...]
    seconds: npt.NDArray[np.int32]
    metres: npt.NDArray[np.int32]
    method: Literal["network", "straight_line"]
    capped: Mapping[float, tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]] = field(
        default_factory=dict
    )
    snap_metres: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    nodes: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    notes: tuple[Fault, ...] = ()
    attribution: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_at", {key: index for index, key in enumerate(self.keys)})

    def at(self, key: str) -> int:
        """Return where a point stands in the arrays."""
        return self._at[key]  # type: ignore[attr-defined,no-any-return]

    def __contains__(self, key: object) -> bool:
        return key in self._at  # type: ignore[attr-defined]

    def for_cap(
        self, speed_cap_mph: float | None
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return seconds and metres as a vehicle with that cap drives them."""
        if speed_cap_mph is None or not self.capped:
            return self.seconds, self.metres
        return self.capped[speed_cap_mph]


@dataclass(frozen=True)
class Stop:
    """One stop of a run.

    Parameters
    ----------
    kind
        ``child`` (at a home) or ``provision``.
    key
        The child or the provision.
    clock_minutes
        When the vehicle gets there, minutes after midnight.
    ride_minutes
        How long the child rides (0 for a provision).
    limit_minutes
        The most that it may (0 for a provision).
    """

    kind: Literal["child", "provision"]
    key: str
    clock_minutes: float
    ride_minutes: float = 0.0
    limit_minutes: float = 0.0


@dataclass(frozen=True)
class Cost:
    """What a run costs, by part, £."""

    fixed_gbp: float = 0.0
    miles_gbp: float = 0.0
    hours_gbp: float = 0.0
    assistant_gbp: float = 0.0

    @property
    def total_gbp(self) -> float:
        """All parts together."""
        return self.fixed_gbp + self.miles_gbp + self.hours_gbp + self.assistant_gbp

    def __add__(self, other: Cost) -> Cost:
        """Return both together."""
        return Cost(
            self.fixed_gbp + other.fixed_gbp,
            self.miles_gbp + other.miles_gbp,
            self.hours_gbp + other.hours_gbp,
            self.assistant_gbp + other.assistant_gbp,
        )


@dataclass(frozen=True)
class Run:
    """One run of a route, one way.

    Parameters
    ----------
    direction
        ``morning`` or ``afternoon``.
    stops
        In driving order.
    miles, minutes
        From the first stop to the last, with boarding.
    empty_miles, empty_minutes
        Driven before it, from the route that the vehicle did first (0: it starts with this one).
    cost
        By part; the empty miles and minutes are in it.
    """

    direction: Direction
    stops: tuple[Stop, ...]
    miles: float
    minutes: float
    empty_miles: float
    empty_minutes: float
    cost: Cost

    @property
    def longest_ride_minutes(self) -> float:
        """The longest ride of a child aboard."""
        return max((stop.ride_minutes for stop in self.stops), default=0.0)


@dataclass(frozen=True)
class Route:
    """One vehicle's load of children, both ways.

    Parameters
    ----------
    route
        Its key: the provision and a number.
    provisions
        In the order in which the morning run reaches them; more than one for a mixed load.
    vehicle
        Key of the vehicle type.
    assisted
        Whether a passenger assistant is aboard.
    children
        In the order in which the morning run collects them.
    travels
        ``daily``, ``weekly`` or ``termly``.
    how
        ``shared`` or ``solo``.
    runs
        The morning run, and the afternoon run unless only mornings were asked for.
    after
        The route that the same vehicle does before this one (None: it does this one first).
    """

    route: str
    provisions: tuple[str, ...]
    vehicle: str
    assisted: bool
    children: tuple[str, ...]
    travels: str
    how: How
    runs: tuple[Run, ...]
    after: str | None = None

    @property
    def longest_ride_minutes(self) -> float:
        """The longest ride of a child aboard, either way."""
        return max((run.longest_ride_minutes for run in self.runs), default=0.0)

    @property
    def cost_a_day_gbp(self) -> float:
        """Cost of a day on which it runs."""
        return sum(run.cost.total_gbp for run in self.runs)


@dataclass(frozen=True)
class Apart:
    """A child who is on no route.

    Parameters
    ----------
    child, provision
        Who, and where to.
    how
        ``ptb``, ``walks``, ``straight_line`` or ``not_carried``.
    gbp_a_run
        What it costs, each way (NaN for ``not_carried``: nobody can say).
    miles
        One way.
    reason
        A sentence, without a full stop.
    """

    child: str
    provision: str
    how: How
    gbp_a_run: float
    miles: float
    reason: str


@dataclass(frozen=True)
class Violation:
    """Something that the evaluator found not to hold.

    Parameters
    ----------
    rule
        ``once``, ``seats``, ``wheelchairs``, ``assistant``, ``ride``, ``bell``, ``fleet``,
        ``vehicle``, ``provision``, ``chain``, ``miles``, ``minutes``, ``cost``, ``clock``.
    route, child
        Which, where one is at fault.
    found, allowed
        The figures.
    sentence
        For people.
    """

    rule: str
    route: str
    child: str
    found: float
    allowed: float
    sentence: str


@dataclass(frozen=True)
class Effort:
    """How hard to search: seconds of the clock, or iterations, which any machine repeats.

    Parameters
    ----------
    iterations
        Of the solver for each child of a problem; the same seed then gives the same routes.
    seconds
        For the whole side, shared among its provisions (wins over iterations).
    """

    iterations: int = 60
    seconds: float | None = None


@dataclass(frozen=True, eq=False)
class Routed:
    """One side of a comparison, routed.

    Parameters
    ----------
    side
        ``do_minimum``, ``plan`` or another name.
    draw, seed
        Which children; which search.
    children
        As they were given (`CHILD_COLUMNS`).
    schools, fleet, policy, matrix
        What the routes were worked out from.
    routes
        Every route, those of children who ride alone among them.
    apart
        Every child who is on no route.
    notes
        What a reader should know: defaults taken, limits relaxed, children not carried.
    violations
        What the evaluator found; empty when all is well.
    seconds
        Of the clock.
    reproducible
        Whether the search was bounded by iterations, so that the same seed gives it again.
    """

    side: str
    draw: int
    seed: int
    children: pd.DataFrame
    schools: tuple[School, ...]
    fleet: tuple[VehicleType, ...]
    policy: Policy
    matrix: Matrix
    routes: tuple[Route, ...]
    apart: tuple[Apart, ...]
    notes: tuple[Fault, ...]
    violations: tuple[Violation, ...]
    seconds: float
    reproducible: bool

    @property
    def cost_a_year_gbp(self) -> float:
        """What all routes and budgets cost a year; nothing for a child who cannot be carried."""
        trips = self.policy.runs_a_year
        often = dict(zip(self.children["child"], self.children["travels"], strict=True))
        cost = sum(trips[route.travels] * route.cost_a_day_gbp for route in self.routes)
        for one in self.apart:
            if one.how is not How.NOT_CARRIED:
                cost += trips[often[one.child]] * len(DIRECTIONS) * one.gbp_a_run
        return cost


def miles_of(metres: float) -> float:
    """Return miles."""
    return metres / METRES_PER_MILE
