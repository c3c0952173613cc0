"""Small sides whose routes can be worked out by hand: points on a line or a plane at 30 mph.

A mile takes two minutes and is driven straight, so that miles and minutes are read off a drawing.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.routing.children import child_table
from geo.routing.policy import policy_on
from geo.routing.route import route_side
from geo.routing.types import NO_WAY, Effort, Matrix, School, VehicleType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.routing.types import Policy, Routed

ON = date(2026, 9, 1)
MILE = 1609.344
MINUTES_A_MILE = 2.0

TAXI = VehicleType("taxi", 3, 0, 20.0, 2.0, assistant_gbp=27.0, carbon_kg_per_mile=0.3)
BUS = VehicleType("bus", 8, 0, 50.0, 2.5, always_assisted=True, assistant_gbp=27.0)
RAMP = VehicleType("ramp", 3, 2, 40.0, 2.2, assistant_gbp=27.0)


@cache
def plain_policy() -> Policy:
    """Return the dated policy with nothing that hides the sums: all seats, no time to board."""
    return policy_on(ON).replace(
        effective_seats_share=1.0,
        boarding_seconds=0.0,
        boarding_wheelchair_seconds=0.0,
        unloading_seconds=0.0,
        mixed_children=0.0,
    )


def kids(
    where: Mapping[str, tuple[float, float]], to: Mapping[str, str] | str = "oak", **flags: Any
) -> pd.DataFrame:
    """Return children who live at points in miles.

    Parameters
    ----------
    where
        Child to (miles east, miles north).
    to
        Where each goes, or where all go.
    flags
        Name of a column to the children for whom it is true, or to child -> value.
    """
    names = list(where)
    frame: dict[str, Any] = {
        "child": names,
        "zone": ["z"] * len(names),
        "need": ["ASD"] * len(names),
        "phase": ["primary"] * len(names),
        "easting": [400_000.0 + where[one][0] * MILE for one in names],
        "northing": [300_000.0 + where[one][1] * MILE for one in names],
        "provision": [to if isinstance(to, str) else to[one] for one in names],
    }
    for column, said in flags.items():
        if isinstance(said, dict):
            kept = frame.get(column, [None] * len(names))
            frame[column] = [said.get(one, kept[n]) for n, one in enumerate(names)]
        else:
            frame[column] = [one in said for one in names]
    return child_table(pd.DataFrame(frame))


def school(
    key: str = "oak", east: float = 0.0, north: float = 0.0, bell: float = 540.0, **rest: Any
) -> School:
    """Return a school at a point in miles, its bell at nine."""
    return School(key, 400_000.0 + east * MILE, 300_000.0 + north * MILE, bell_minutes=bell, **rest)


def flat(
    children: pd.DataFrame,
    schools: Sequence[School],
    *,
    broken: Sequence[tuple[str, str]] = (),
    slower_back: float = 1.0,
) -> Matrix:
    """Return the matrix of a plane where a mile takes two minutes.

    Parameters
    ----------
    children, schools
        Its points.
    broken
        Pairs that no road joins, either way; a child paired with ``*`` is joined to nothing.
    slower_back
        Seconds and metres from a later point to an earlier one, times this.
    """
    keys = [*children["child"], *(one.provision for one in schools)]
    points = np.array(
        [
            *zip(children["easting"], children["northing"], strict=True),
            *((one.easting, one.northing) for one in schools),
        ]
    ).reshape(-1, 2)
    metres = np.hypot(*(points[:, None] - points[None, :]).transpose(2, 0, 1))
    metres = np.where(np.tri(len(keys), dtype=bool), metres * slower_back, metres)
    seconds = np.rint(metres / MILE * MINUTES_A_MILE * 60.0).astype(np.int32)
    metres = np.rint(metres).astype(np.int32)
    for a, b in broken:
        i = keys.index(a)
        js = range(len(keys)) if b == "*" else [keys.index(b)]
        for j in js:
            if i != j:
                seconds[i, j] = seconds[j, i] = metres[i, j] = metres[j, i] = NO_WAY
    return Matrix(tuple(keys), seconds, metres, "network")


def routed(
    children: pd.DataFrame,
    schools: Sequence[School] | None = None,
    fleet: Sequence[VehicleType] = (TAXI, BUS, RAMP),
    policy: Policy | None = None,
    matrix: Matrix | None = None,
    **rest: Any,
) -> Routed:
    """Return children routed with little effort; by default all go to one school at the origin."""
    schools = [school()] if schools is None else schools
    rest.setdefault("effort", Effort(iterations=100))
    return route_side(
        children,
        schools,
        fleet,
        policy or plain_policy(),
        matrix or flat(children, schools),
        **rest,
    )


def told(side: Routed) -> str:
    """Return every note of a side as text."""
    return "\n".join(note.sentence() for note in side.notes)
