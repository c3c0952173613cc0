"""The line along the roads between points: what a map or a satnav draws.

Roads are kept with a point at least every 200 metres or so (`geo.road_graph`), so that a line from
point to point stays near the road.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.paths import packed_weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from geo.network import Network

    Nodes = npt.NDArray[np.int64]

NOT_REACHED = -9999
"""What scipy writes where no way leads to a node."""


def ways(
    network: Network, legs: Iterable[tuple[int, int]], *, speed_cap_mph: float | None = None
) -> Mapping[tuple[int, int], Nodes]:
    """Return the nodes along the fastest way of each leg, both ends included.

    Parameters
    ----------
    network
        The roads.
    legs
        Pairs of node numbers, from and to; repeats are worked out once.
    speed_cap_mph
        The most that the vehicle may do.

    Returns
    -------
    mapping
        Leg to node numbers in driving order. A leg that no road joins is its two ends: a straight
        line.
    """
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415 (slow to import)

    wanted: dict[int, list[int]] = {}
    for start, end in sorted(set(legs)):
        wanted.setdefault(start, []).append(end)
    if not wanted:
        return {}
    matrix = packed_weights(network, speed_cap_mph=speed_cap_mph)
    found: dict[tuple[int, int], Nodes] = {}
    for start, ends in wanted.items():
        _, before = dijkstra(matrix, indices=start, return_predecessors=True)  # type: ignore[call-overload]
        for end in ends:
            found[start, end] = _back(before, start, end)
    return found


def _back(before: npt.NDArray[np.int32], start: int, end: int) -> Nodes:
    """Return the nodes from start to end, read backwards."""
    way = [end]
    while way[-1] != start:
        earlier = int(before[way[-1]])
        if earlier == NOT_REACHED:
            return np.array([start, end], dtype=np.int64)
        way.append(earlier)
    return np.array(way[::-1], dtype=np.int64)
