"""Who is on no shared route: alone, on a family's budget, on foot, or where no road goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.routing.schools import some
from geo.routing.timing import fits
from geo.routing.types import NO_WAY, Apart, How
from geo.speeds import METRES_PER_MILE
from geo.straight_line import DETOUR, STRAIGHT_LINE_MPH, straight_line
from inputs.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from geo.routing.types import Matrix, Policy, School, VehicleType


@dataclass(frozen=True)
class Alone:
    """The cheapest vehicle for one child by itself.

    Parameters
    ----------
    vehicle, assisted
        Which, and whether with a passenger assistant.
    gbp_a_run
        The mean of the two ways.
    miles
        The mean of the two ways.
    """

    vehicle: str
    assisted: bool
    gbp_a_run: float
    miles: float


@dataclass(frozen=True, eq=False)
class Sorted:
    """Children by how they are dealt with.

    Parameters
    ----------
    shared, solo
        Those to route together, and those to carry alone.
    apart
        Everyone else who has somewhere to go.
    budgets
        What a personal travel budget costs a run, for those whose family would take one.
    notes
        Who cannot be carried, who is beyond the roads, and what is odd.
    """

    shared: pd.DataFrame
    solo: pd.DataFrame
    apart: tuple[Apart, ...]
    budgets: Mapping[str, float]
    notes: tuple[Fault, ...]


def alone(
    seconds_metres: Sequence[tuple[VehicleType, float, float]],
    policy: Policy,
    *,
    wheelchair: bool,
    assistant: bool,
) -> Alone | None:
    """Return the cheapest vehicle for a child by itself, or None where none can hold it.

    Parameters
    ----------
    seconds_metres
        Each vehicle type with the seconds and metres that it takes, one way.
    policy
        Boarding times.
    wheelchair, assistant
        What the child needs.
    """
    best: Alone | None = None
    board = policy.boarding(wheelchair=wheelchair)
    for one, seconds, metres in seconds_metres:
        if not fits(one, wheelchair=wheelchair) or one.available == 0:
            continue
        assisted = assistant or one.always_assisted
        gbp = (
            one.fixed_per_run_gbp
            + (one.assistant_gbp if assisted else 0.0)
            + one.per_mile_gbp * metres / METRES_PER_MILE
            + one.per_hour_gbp * (seconds + board) / 3600.0
        )
        if best is None or gbp < best.gbp_a_run - 1e-9:
            best = Alone(one.type, assisted, gbp, metres / METRES_PER_MILE)
    return best


def ways(
    matrix: Matrix, child: str, provision: str, fleet: Sequence[VehicleType], *, both_ways: bool
) -> list[tuple[VehicleType, float, float]]:
    """Return for each vehicle type its seconds and metres one way, the mean of both if driven."""
    a, b = matrix.at(child), matrix.at(provision)
    found = []
    for one in fleet:
        seconds, metres = matrix.for_cap(one.speed_cap_mph)
        if both_ways:
            time = (float(seconds[a, b]) + float(seconds[b, a])) / 2.0
            length = (float(metres[a, b]) + float(metres[b, a])) / 2.0
        else:
            time, length = float(seconds[a, b]), float(metres[a, b])
        found.append((one, time, length))
    return found


def sort_children(
    children: pd.DataFrame,
    schools: Mapping[str, School],
    fleet: Sequence[VehicleType],
    policy: Policy,
    matrix: Matrix,
    *,
    both_ways: bool,
) -> Sorted:
    """Return who is routed together, who travels alone, and who is on no vehicle.

    Parameters
    ----------
    children
        Those with a provision that has a place on the map.
    schools, fleet, policy, matrix
        Where to, by what, how, how far.
    both_ways
        Whether afternoons are driven.
    """
    kind: list[str] = []
    apart: list[Apart] = []
    budgets: dict[str, float] = {}
    no_vehicle: dict[str, list[str]] = {}
    no_road: dict[str, list[str]] = {}
    nowhere: list[str] = []
    for row in children.to_dict("records"):
        child, provision = str(row["child"]), str(row["provision"])
        wheelchair, assistant = bool(row["wheelchair"]), bool(row["assistant"])
        there = ways(matrix, child, provision, fleet, both_ways=both_ways)
        a, b = matrix.at(child), matrix.at(provision)
        cut_off = matrix.seconds[a, b] >= NO_WAY or matrix.seconds[b, a] >= NO_WAY
        miles = there[0][2] / METRES_PER_MILE
        if cut_off:
            there = _by_air(row, schools[provision], fleet)
            miles = there[0][2] / METRES_PER_MILE
        elif matrix.seconds[a, b] == 0 and not row["walks"]:
            nowhere.append(child)
        price = alone(there, policy, wheelchair=wheelchair, assistant=assistant)
        budget = policy.ptb_per_mile_gbp * policy.ptb_legs_a_run * miles
        if row["walks"]:
            kind.append("apart")
            apart.append(Apart(child, provision, How.WALKS, 0.0, miles, "needs no vehicle"))
        elif price is None:
            kind.append("apart")
            no_vehicle.setdefault("wheelchairs" if wheelchair else "seats", []).append(child)
            what = "place for a wheelchair" if wheelchair else "seat"
            apart.append(
                Apart(child, provision, How.NOT_CARRIED, np.nan, miles,
                      f"no vehicle of the fleet has a {what}")
            )  # fmt: skip
        elif row["ptb"] and (cut_off or row["solo"]) and budget < price.gbp_a_run:
            kind.append("apart")
            apart.append(
                Apart(child, provision, How.PTB, budget, miles,
                      "a personal travel budget costs less than a journey alone")
            )  # fmt: skip
        elif cut_off:
            kind.append("apart")
            no_road.setdefault(provision, []).append(child)
            apart.append(
                Apart(child, provision, How.STRAIGHT_LINE, price.gbp_a_run, miles,
                      "no road joins its home and its provision")
            )  # fmt: skip
        else:
            kind.append("solo" if row["solo"] else "shared")
            if row["ptb"] and not row["solo"]:
                budgets[child] = budget
    mask = np.array(kind, dtype=object)
    return Sorted(
        children[mask == "shared"],
        children[mask == "solo"],
        tuple(apart),
        budgets,
        (*_not_carried(no_vehicle), *_cut_off(no_road), *_no_length(nowhere)),
    )


def _by_air(
    row: Mapping[Any, Any], school: School, fleet: Sequence[VehicleType]
) -> list[tuple[VehicleType, float, float]]:
    """Return the same as `ways` for a child whom no road reaches."""
    minutes, miles = straight_line(
        np.array([[row["easting"], row["northing"]]], dtype=float),
        np.array([[school.easting, school.northing]]),
        detour=DETOUR,
        mph=STRAIGHT_LINE_MPH,
    )
    seconds, metres = float(minutes[0, 0]) * 60.0, float(miles[0, 0]) * METRES_PER_MILE
    return [(one, seconds, metres) for one in fleet]


def _not_carried(found: Mapping[str, list[str]]) -> list[Fault]:
    said = {
        "wheelchairs": (
            "travel in a wheelchair, and no vehicle of the fleet has a place for one",
            "wheelchairs",
        ),
        "seats": ("need a seat, and no vehicle of the fleet has one", "seats"),
    }
    return [
        Fault(
            "fleet",
            f"{len(names):,} child(ren) {said[what][0]}, so they are not carried and not in the "
            f"cost; everyone else is routed: {some(names)}",
            "Add a vehicle that can carry them",
            column=said[what][1],
            severity="warning",
        )
        for what, names in found.items()
    ]


def _cut_off(found: Mapping[str, list[str]]) -> list[Fault]:
    return [
        Fault(
            "roads",
            f"cannot be reached by road by {len(names):,} child(ren), who are priced as alone in "
            f"a straight line; everyone else is routed: {some(names)}",
            "Check their homes, and the roads around them",
            value=provision,
            severity="warning",
        )
        for provision, names in found.items()
    ]


def _no_length(names: list[str]) -> list[Fault]:
    if not names:
        return []
    return [
        Fault(
            "children",
            f"{len(names):,} live at the very road point of their provision, so their journey has "
            f"no length and costs a vehicle all the same: {some(names)}",
            "Check their homes, and whether they need a vehicle",
            severity="warning",
        )
    ]
