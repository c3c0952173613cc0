"""From a point to the road: the nearest road point, how far it is, when that needs a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    import numpy.typing as npt

    from geo.network import Network

    Values = npt.NDArray[np.float64]
    Nodes = npt.NDArray[np.int64]

SNAP_WARNED_METRES = 500.0
"""A point further than this from its road point is warned of (the design's own threshold)."""

BEYOND_METRES = 2_000.0
"""A point further than this from every road point is beyond the network (judgement: hardly a home
or school in England is so far from a public road, so the roads must end before it)."""


def snap(network: Network, points: Values) -> tuple[Nodes, Values]:
    """Return the nearest road point of each point, and the metres to it.

    Parameters
    ----------
    network
        The roads.
    points
        Eastings and northings in metres, shape (n, 2).

    Returns
    -------
    nodes, metres
        Each of shape (n,).
    """
    from scipy.spatial import KDTree  # noqa: PLC0415 (slow to import)

    if len(points) == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    tree = KDTree(np.column_stack([network.easting, network.northing]))
    metres, nodes = tree.query(points)
    return np.asarray(nodes, dtype=np.int64), np.asarray(metres, dtype=np.float64)


def check_touches(network: Network, metres: Values) -> None:
    """Refuse a network that is not near any zone.

    Raises
    ------
    InputError
        When every zone is beyond the network.
    """
    if len(metres) and metres.min() > BEYOND_METRES:
        raise InputError(
            [
                Fault(
                    network.source,
                    "does not touch any zone: the nearest is "
                    f"{metres.min() / 1000:,.1f} km from its roads",
                    "Choose the roads of this authority, or check the coordinates of the zones",
                )
            ]
        )


def snap_rows(kind: str, keys: npt.NDArray[np.object_], metres: Values) -> pd.DataFrame:
    """Return one row for each point: ``kind``, ``key``, ``metres``, ``method``."""
    return pd.DataFrame(
        {
            "kind": np.full(len(keys), kind, dtype=object),
            "key": keys,
            "metres": metres,
            "method": np.where(metres <= BEYOND_METRES, "network", "straight_line").astype(object),
        }
    )


def snap_warnings(snaps: pd.DataFrame) -> list[Fault]:
    """Return a warning for each point that is far from the roads, or beyond them."""
    far = snaps[snaps["metres"] > SNAP_WARNED_METRES]
    return [
        _beyond(kind, key, metres) if method == "straight_line" else _far(kind, key, metres)
        for kind, key, metres, method in far.itertuples(index=False, name=None)
    ]


def _far(kind: str, key: str, metres: float) -> Fault:
    return Fault(
        f"{kind}s",
        f"is {metres:,.0f} m from the nearest road point; the gap is driven in a straight line",
        "Check its coordinates, or give a point where people live or go in",
        value=key,
        severity="warning",
    )


def _beyond(kind: str, key: str, metres: float) -> Fault:
    return Fault(
        f"{kind}s",
        f"is {metres / 1000:,.1f} km beyond the road network; its journeys are straight lines",
        "Use roads that reach it, or supply its journeys in the travel table",
        value=key,
        severity="warning",
    )


def unreached(provision: str, zones: int) -> Fault:
    """Return the warning for a provision that no road joins to some zones."""
    return Fault(
        "provisions",
        f"cannot be reached by road from {zones:,} zone(s); those journeys are straight lines",
        "Check the roads around it, or supply its journeys in the travel table",
        value=provision,
        severity="warning",
    )


def no_network(pairs: int) -> Fault:
    """Return the warning that no roads were given."""
    return Fault(
        "network",
        f"no road network was given, so {pairs:,} journey(s) are straight lines x a detour factor",
        "Give the roads of the authority and 15 km around it",
        severity="warning",
    )
