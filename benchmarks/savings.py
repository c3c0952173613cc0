"""A savings heuristic for one school and a mixed fleet, as a spreadsheet macro would have it.

After Clarke and Wright (1964), for routes that begin at a home and end at the school: every child
starts alone in the cheapest vehicle that fits; the two routes whose joining saves most, within the
seats, wheelchair places and ride limits of the best vehicle for both, are joined, until nothing
saves any more. It is here to be compared with, and shares no code with the product.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

METRES_PER_MILE = 1609.344


@dataclass(frozen=True)
class Vehicle:
    """Seats, wheelchair places, and pounds a run and a mile."""

    seats: int
    wheelchairs: int
    fixed_gbp: float
    per_mile_gbp: float


@dataclass(frozen=True, eq=False)
class Children:
    """Children of one school.

    Parameters
    ----------
    seconds, metres
        (n + 1, n + 1) from row to column, the school last.
    boarding_seconds, ride_limit_seconds
        (n,) standing time, and the longest ride allowed.
    wheelchair
        (n,) whether the child takes a wheelchair place and no seat.
    """

    seconds: NDArray[np.int32]
    metres: NDArray[np.int32]
    boarding_seconds: NDArray[np.float64]
    ride_limit_seconds: NDArray[np.float64]
    wheelchair: NDArray[np.bool_]


@dataclass(frozen=True)
class Route:
    """A vehicle's children in order.

    Driving seconds and metres are from the first home to the school; slack is what is left of the
    tightest ride limit; the cost is in the cheapest vehicle that fits.
    """

    order: tuple[int, ...]
    seconds: float
    metres: float
    slack_seconds: float
    seats: int
    wheelchairs: int
    cost_gbp: float


def _price(seats: int, wheelchairs: int, metres: float, fleet: Sequence[Vehicle]) -> float:
    """Return the cost in the cheapest vehicle that fits; infinity where none does."""
    miles = metres / METRES_PER_MILE
    return min(
        (
            one.fixed_gbp + one.per_mile_gbp * miles
            for one in fleet
            if one.seats >= seats and one.wheelchairs >= wheelchairs
        ),
        default=float("inf"),
    )


def savings(children: Children, fleet: Sequence[Vehicle]) -> list[Route]:
    """Return the routes that joining by greatest saving ends with.

    Parameters
    ----------
    children
        Who is to be taken to the school.
    fleet
        Types of vehicle, any number of each.

    Raises
    ------
    ValueError
        When no vehicle fits a child.
    """
    school = len(children.boarding_seconds)
    routes: dict[int, Route] = {}
    for i in range(school):
        chair = bool(children.wheelchair[i])
        direct, metres = float(children.seconds[i, school]), float(children.metres[i, school])
        cost = _price(int(not chair), int(chair), metres, fleet)
        if cost == float("inf"):
            raise ValueError("no vehicle fits a child")
        slack = float(children.ride_limit_seconds[i]) - direct
        routes[i] = Route((i,), direct, metres, slack, int(not chair), int(chair), cost)
    heap: list[tuple[float, int, int]] = []

    def joined(a: Route, b: Route) -> Route | None:
        """Return the route that collects a's children and then b's, or None where it may not."""
        last, first = a.order[-1], b.order[0]
        step = float(children.seconds[last, first])
        boarding = float(children.boarding_seconds[list(b.order)].sum())
        more = step + b.seconds - float(children.seconds[last, school])
        # a's children ride longer by the way round and by b's boarding; b's ride as before
        slack = min(a.slack_seconds - more - boarding, b.slack_seconds)
        if slack < 0:
            return None
        seats, chairs = a.seats + b.seats, a.wheelchairs + b.wheelchairs
        metres = a.metres - float(children.metres[last, school])
        metres += float(children.metres[last, first]) + b.metres
        cost = _price(seats, chairs, metres, fleet)
        seconds = a.seconds + more
        return Route(a.order + b.order, seconds, metres, slack, seats, chairs, cost)

    def offer(i: int, j: int) -> None:
        both = joined(routes[i], routes[j])
        if both is not None:
            saved = routes[i].cost_gbp + routes[j].cost_gbp - both.cost_gbp
            if saved > 0:
                heapq.heappush(heap, (-saved, i, j))

    for i in list(routes):
        for j in list(routes):
            if i != j:
                offer(i, j)
    following = school
    while heap:
        _, i, j = heapq.heappop(heap)
        if i not in routes or j not in routes:
            continue
        both = joined(routes[i], routes[j])
        if both is None:
            continue
        del routes[i], routes[j]
        routes[following] = both
        for other in list(routes):
            if other != following:
                offer(following, other)
                offer(other, following)
        following += 1
    return list(routes.values())
