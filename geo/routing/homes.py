"""Where in its zone a child lives: drawn along the streets, the same home before and after.

A zone is a few hundred to a few thousand homes, and the plan knows no more of a child than its
zone. A home is drawn at a road point inside the zone (or, without the zone's outline, nearer to
its point than to any other zone's and no further off than the next zone's point), with a weight of
the metres of street around it where people live. Without roads it is scattered in the zone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.speeds import BUILT_UP_MPH, NATIONAL_DUAL_MPH, URBAN_UP_TO_MPH

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    import pandas as pd

    from geo.network import Network

    Values = npt.NDArray[np.float64]
    Nodes = npt.NDArray[np.int64]

LONELY_METRES = 2_000.0
"""How far homes are scattered round the point of a zone that has no neighbour (judgement)."""

LEAST_METRES = 200.0
"""Homes are scattered at least so far round a zone's point (judgement: a block of streets)."""

HOMES_A_METRE = ((BUILT_UP_MPH, 1.0), (URBAN_UP_TO_MPH, 0.3), (NATIONAL_DUAL_MPH - 1, 0.1))
"""Homes along a metre of road, relative to a street of up to 30 mph: up to 40 mph, up to 60, and
none on motorways and dual carriageways (judgement)."""

TRIES = 50
"""Points tried inside a zone's outline before its middle is taken."""


def uniform(*words: object) -> float:
    """Return a number above 0 and below 1 that always follows the same words.

    A child's luck hangs on its own key and on nothing else, so that it does not change when another
    child is added: the same home and the same flags before and after.

    >>> uniform(1, "a") == uniform(1, "a"), uniform(1, "a") == uniform(2, "a")
    (True, False)
    """
    text = "|".join(str(word) for word in words).encode()
    digest = hashlib.blake2b(text, digest_size=8).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2.0**64


@dataclass(frozen=True, eq=False)
class Home:
    """A point in metres (EPSG:27700) and its road point (-1: none)."""

    easting: float
    northing: float
    node: int


@dataclass(frozen=True, eq=False)
class Homes:
    """Where the homes of each zone can be.

    Parameters
    ----------
    zones
        Keys.
    points
        Eastings and northings of the zones' own points, shape (zones, 2).
    children
        Children living in each zone: the weight of a zone where a child's is not known.
    radius
        Metres round each point within which homes are scattered.
    nodes, running
        For each zone: its road points, and the running sum of their weights (empty: no roads).
    places
        Eastings and northings of every road point.
    outlines
        Outline of a zone, where known (EPSG:27700).
    """

    zones: tuple[str, ...]
    points: Values
    children: Values
    radius: Values
    nodes: tuple[Nodes, ...]
    running: tuple[Values, ...]
    places: Values
    outlines: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "_at", {zone: n for n, zone in enumerate(self.zones)})
        total = self.children.sum()
        shares = self.children / total if total > 0 else np.full(len(self.zones), 1.0)
        object.__setattr__(self, "_zone_running", np.cumsum(shares / shares.sum()))

    def __contains__(self, zone: object) -> bool:
        return zone in self._at  # type: ignore[attr-defined]

    def any_zone(self, luck: float) -> str:
        """Return a zone, each as likely as children live there."""
        running = self._zone_running  # type: ignore[attr-defined]
        return self.zones[min(int(np.searchsorted(running, luck)), len(self.zones) - 1)]

    def draw(self, zone: str, *key: object) -> Home:
        """Return the home of a child of a zone; the same key always lives in the same place."""
        n = self._at[zone]  # type: ignore[attr-defined]
        nodes, running = self.nodes[n], self.running[n]
        if len(nodes):
            at = int(np.searchsorted(running, uniform(*key, "home") * running[-1]))
            node = int(nodes[min(at, len(nodes) - 1)])
            return Home(float(self.places[node, 0]), float(self.places[node, 1]), node)
        easting, northing = self._scattered(zone, n, key)
        return Home(easting, northing, -1)

    def _scattered(self, zone: str, n: int, key: tuple[object, ...]) -> tuple[float, float]:
        outline = self.outlines.get(zone)
        if outline is None:
            reach = self.radius[n] * np.sqrt(uniform(*key, "reach"))
            turn = 2.0 * np.pi * uniform(*key, "turn")
            x, y = self.points[n]
            return float(x + reach * np.cos(turn)), float(y + reach * np.sin(turn))
        import shapely  # noqa: PLC0415 (slow to import)

        west, south, east, north = outline.bounds
        for trial in range(TRIES):
            x = west + (east - west) * uniform(*key, "x", trial)
            y = south + (north - south) * uniform(*key, "y", trial)
            if shapely.contains_xy(outline, x, y):
                return x, y
        inside = outline.representative_point()
        return float(inside.x), float(inside.y)


def homes_of(
    zones: pd.DataFrame, network: Network | None, outlines: Mapping[str, Any] | None = None
) -> Homes:
    """Return where the homes of each zone can be.

    Parameters
    ----------
    zones
        ``zone``, ``easting``, ``northing`` (metres, EPSG:27700) and, where known, ``children``.
    network
        The roads; None to scatter homes in the zone.
    outlines
        Zone to its outline (shapely, EPSG:27700), for those that have one.
    """
    from scipy.spatial import KDTree  # noqa: PLC0415 (slow to import)

    keys = tuple(str(zone) for zone in zones["zone"])
    points = zones[["easting", "northing"]].to_numpy(float)
    children = (
        zones["children"].fillna(0.0).to_numpy(float)
        if "children" in zones
        else np.zeros(len(keys))
    )
    outlines = outlines or {}
    apart = np.full(len(keys), LONELY_METRES)
    if len(keys) > 1:
        apart = np.asarray(KDTree(points).query(points, k=2)[0])[:, 1]
    apart = np.maximum(apart, LEAST_METRES)
    if network is None:
        none: tuple[Any, ...] = (np.zeros(0, dtype=np.int64),) * len(keys)
        empty: tuple[Any, ...] = (np.zeros(0),) * len(keys)
        # Half way to the next zone's point: discs of neighbours do not overlap.
        return Homes(keys, points, children, apart / 2.0, none, empty, np.zeros((0, 2)), outlines)
    places = np.column_stack([network.easting, network.northing])
    weights = street_metres(network)
    found, nearest = KDTree(points).query(places)
    nodes: list[Nodes] = []
    running: list[Values] = []
    for n, zone in enumerate(keys):
        inside = _inside(outlines[zone], places) if zone in outlines else (nearest == n) & (
            found <= apart[n])  # fmt: skip
        there = np.flatnonzero(inside & (weights > 0))
        if len(there) == 0:
            there = np.array([int(np.argmin(((places - points[n]) ** 2).sum(axis=1)))])
        nodes.append(there)
        running.append(np.cumsum(np.maximum(weights[there], 1e-9)))
    return Homes(
        keys, points, children, apart / 2.0, tuple(nodes), tuple(running), places, outlines
    )


def street_metres(network: Network) -> Values:
    """Return for each road point the metres of road around it, by how many homes stand there.

    Half of each road goes to each of its ends; see `HOMES_A_METRE`.
    """
    homes = np.zeros(len(network.u))
    for limit, share in reversed(HOMES_A_METRE):
        homes = np.where(network.limit_mph <= limit + 1e-9, share, homes)
    half = network.metres * homes / 2.0
    count = len(network.easting)
    starts = np.bincount(network.u, half, count)
    return np.asarray(starts + np.bincount(network.v, half, count), dtype=float)


def _inside(outline: Any, places: Values) -> npt.NDArray[np.bool_]:
    import shapely  # noqa: PLC0415 (slow to import)

    west, south, east, north = outline.bounds
    near = (
        (places[:, 0] >= west)
        & (places[:, 0] <= east)
        & (places[:, 1] >= south)
        & (places[:, 1] <= north)
    )
    at = np.flatnonzero(near)
    inside = np.zeros(len(places), dtype=bool)
    if len(at):
        inside[at] = shapely.contains_xy(outline, places[at, 0], places[at, 1])
    return inside
