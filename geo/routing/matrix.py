"""Seconds and metres between every two points: homes and provisions, both ways.

Roads are one-way in places, so there and back differ. From a point off the road the first and last
stretch are driven in a straight line, as `geo.travel` does. Points beyond the roads have no way to
any other: who lives there is named, and priced in a straight line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.paths import fastest
from geo.routing.types import NO_WAY, Matrix
from geo.snapping import BEYOND_METRES, SNAP_WARNED_METRES, snap
from geo.speeds import METRES_PER_MILE
from geo.straight_line import DETOUR, STRAIGHT_LINE_MPH, straight_line
from inputs.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt
    import pandas as pd

    from geo.network import Network
    from geo.routing.types import School

    Seconds = npt.NDArray[np.int32]
    Values = npt.NDArray[np.float64]
    Nodes = npt.NDArray[np.int64]

AT_ONCE = 400
"""Origins worked out at a time, so that what is held in between stays small."""


def matrix_of(
    children: pd.DataFrame,
    schools: Sequence[School],
    network: Network | None,
    *,
    speed_caps_mph: Iterable[float | None] = (),
    calibration: float = 1.0,
    detour: float = DETOUR,
    straight_line_mph: float = STRAIGHT_LINE_MPH,
    progress: Callable[[float], None] | None = None,
) -> Matrix:
    """Return the matrix between the homes of children and schools.

    Parameters
    ----------
    children
        Columns ``child``, ``easting``, ``northing`` and ``node`` (-1: the nearest road point).
    schools
        Where they go.
    network
        The roads; None for straight lines throughout.
    speed_caps_mph
        Caps of the fleet's vehicles: each has seconds of its own on the roads.
    calibration
        Multiplies the seconds of every journey.
    detour, straight_line_mph
        See `geo.straight_line.straight_line`.
    progress
        Called with the share done, from 0 to 1.

    Returns
    -------
    Matrix
        Children first, in their order, then schools.
    """
    keys = (*children["child"], *(one.provision for one in schools))
    points = np.array(
        [
            *zip(children["easting"], children["northing"], strict=True),
            *((one.easting, one.northing) for one in schools),
        ],
        dtype=float,
    ).reshape(-1, 2)
    if network is None:
        return _by_air(keys, points, calibration, detour, straight_line_mph)
    nodes = np.array([*children["node"], *(one.node for one in schools)], dtype=np.int64)
    asked = np.flatnonzero(nodes < 0)
    snapped, metres_off = snap(network, points[asked])
    nodes[asked] = snapped
    off = np.zeros(len(keys))
    off[asked] = metres_off
    beyond = off > BEYOND_METRES
    caps = sorted({cap for cap in speed_caps_mph if cap is not None})
    tables: dict[float | None, tuple[Seconds, Seconds]] = {}
    for n, cap in enumerate((None, *caps)):

        def step(share: float, n: int = n) -> None:
            if progress is not None:
                progress((n + share) / (1 + len(caps)))

        tables[cap] = _by_road(
            network, nodes, off * detour, beyond, cap, calibration, straight_line_mph, step
        )
    seconds, metres = tables[None]
    return Matrix(
        keys=keys,
        seconds=seconds,
        metres=metres,
        method="network",
        capped={cap: tables[cap] for cap in caps},
        snap_metres=off,
        nodes=np.where(beyond, -1, nodes),
        notes=tuple(_far(keys, off, len(children))),
        attribution=network.attribution,
    )


def _by_air(
    keys: tuple[str, ...], points: Values, calibration: float, detour: float, mph: float
) -> Matrix:
    minutes, miles = straight_line(points, points, detour=detour, mph=mph)
    note = Fault(
        "network",
        "no road network was given, so routes are straight lines x a detour factor",
        "Give the roads of the authority and 15 km around it",
        severity="warning",
    )
    return Matrix(
        keys=keys,
        seconds=np.rint(minutes * 60.0 * calibration).astype(np.int32),
        metres=np.rint(miles * METRES_PER_MILE).astype(np.int32),
        method="straight_line",
        snap_metres=np.zeros(len(keys)),
        nodes=np.full(len(keys), -1, dtype=np.int64),
        notes=(note,),
    )


def _by_road(
    network: Network,
    nodes: Nodes,
    off_metres: Values,
    beyond: npt.NDArray[np.bool_],
    cap: float | None,
    calibration: float,
    off_mph: float,
    progress: Callable[[float], None],
) -> tuple[Seconds, Seconds]:
    """Return whole seconds and metres between points, by rows of `AT_ONCE`."""
    unique, at = np.unique(nodes, return_inverse=True)
    count = len(unique)
    small_seconds = np.empty((count, count), dtype=np.int32)
    small_metres = np.empty((count, count), dtype=np.int32)
    for begin in range(0, count, AT_ONCE):
        rows = slice(begin, min(begin + AT_ONCE, count))
        seconds, metres = fastest(network, unique[rows], unique, speed_cap_mph=cap)
        there = np.isfinite(seconds)
        small_seconds[rows] = np.where(there, np.rint(seconds * calibration), NO_WAY)
        small_metres[rows] = np.where(there, np.rint(metres), NO_WAY)
        progress(rows.stop / count)
    seconds_off = np.rint(off_metres / METRES_PER_MILE / off_mph * 3600.0 * calibration)
    return (
        _spread(small_seconds, at, seconds_off.astype(np.int32), beyond),
        _spread(small_metres, at, np.rint(off_metres).astype(np.int32), beyond),
    )


def _spread(small: Seconds, at: Nodes, ends: Seconds, beyond: npt.NDArray[np.bool_]) -> Seconds:
    """Return the values between road points as values between points, both ends added."""
    values = small if np.array_equal(at, np.arange(len(small))) else small[np.ix_(at, at)]
    if ends.any():
        known = values < NO_WAY
        values = np.where(known, values + ends[:, None] + ends[None, :], NO_WAY).astype(np.int32)
    if beyond.any():
        values[beyond] = NO_WAY
        values[:, beyond] = NO_WAY
    np.fill_diagonal(values, 0)
    return values


def _far(keys: tuple[str, ...], off: Values, children: int) -> list[Fault]:
    """Return a warning for each point that is far from the roads, or beyond them."""
    found = []
    for n in np.flatnonzero(off > SNAP_WARNED_METRES):
        kind = "children" if n < children else "provisions"
        if off[n] > BEYOND_METRES:
            found.append(
                Fault(
                    kind,
                    f"is {off[n] / 1000:,.1f} km beyond the road network: no road joins it",
                    "Use roads that reach it",
                    value=keys[n],
                    severity="warning",
                )
            )
        else:
            found.append(
                Fault(
                    kind,
                    f"is {off[n]:,.0f} m from the nearest road point; the gap is driven in a "
                    "straight line",
                    "Check its coordinates",
                    value=keys[n],
                    severity="warning",
                )
            )
    return found
