"""The made-up land of Seaborough: coast, estuary, border, localities, zones and their outlines.

All coordinates are British National Grid metres (EPSG:27700). Every name, line and number is
invented; no real place is described.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import shapely
from shapely import MultiPoint, Point, Polygon

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

COAST = (
    (540000, 102500), (552000, 100600), (558000, 99300), (560000, 98600), (563000, 97300),
    (566500, 96800), (569000, 97600), (571500, 98000), (573000, 97500), (573250, 100500),
    (573500, 104200), (573800, 104200), (574100, 100500), (574700, 97300), (577000, 96600),
    (580500, 97400), (584000, 99000), (592000, 102000), (604000, 104500),
)  # fmt: skip
"""The shore from west to east; the deep notch is the estuary, with no crossing below its head."""

BORDER = (
    (560000, 90000), (585000, 90000), (585000, 104000), (583500, 107500), (578500, 109800),
    (572000, 109000), (566000, 110000), (561500, 109200), (560000, 105000),
)  # fmt: skip
"""The authority's border; its seaward side is cut off by the coast."""

FIRST_NAMES = (
    "Anchor", "Bittern", "Chandler", "Cockle", "Curlew", "Dunlin", "Fathom", "Gannet", "Gorse",
    "Kelp", "Lantern", "Limpet", "Marram", "Mast", "Petrel", "Pilot", "Plover", "Ropewalk",
    "Samphire", "Sandpiper", "Skerry", "Tern", "Thrift", "Whelk",
)  # fmt: skip
LAST_NAMES = ("Row", "Hill", "Green", "Fields", "Park", "Rise", "Cross", "Bank")


@dataclass(frozen=True)
class Locality:
    """A planning area: where its homes gather, how widely, and how poor it is (1 = poorest)."""

    key: str
    centre: tuple[int, int]
    spread: tuple[int, int]
    zones: int
    fifth: float


LOCALITIES = (
    Locality("harbour", (568600, 99500), (1900, 1500), 26, 1.8),
    Locality("westcliff", (563600, 100100), (2300, 1700), 22, 3.6),
    Locality("northgate", (567600, 103300), (2600, 1500), 22, 2.8),
    Locality("eastmarsh", (577600, 99300), (2500, 1900), 18, 2.2),
    Locality("saltings", (579800, 103800), (4300, 2500), 14, 3.2),
    Locality("downs", (567600, 107400), (6800, 1900), 14, 4.4),
)
"""Six planning areas, 116 zones: between the 100 and 150 of a small authority's LSOAs."""


@dataclass(frozen=True)
class HomeZone:
    """One zone as made: key, name, centre, locality, children and fifth of deprivation."""

    key: str
    name: str
    easting: int
    northing: int
    locality: str
    children: int
    fifth: int

    @property
    def point(self) -> tuple[float, float]:
        """Return the centre, metres."""
        return (float(self.easting), float(self.northing))


def soften(corners: Sequence[tuple[int, int]], times: int = 2) -> list[tuple[int, int]]:
    """Return a line with its corners cut at a quarter of each side, to the metre."""
    line = list(corners)
    for _ in range(times):
        cut = [line[0]]
        for (x1, y1), (x2, y2) in pairwise(line):
            cut.append((round((3 * x1 + x2) / 4), round((3 * y1 + y2) / 4)))
            cut.append((round((x1 + 3 * x2) / 4), round((y1 + 3 * y2) / 4)))
        line = [*cut, line[-1]]
    return line


def land() -> Polygon:
    """Return all dry land that the example's map covers, far beyond the border."""
    return Polygon([*soften(COAST, 3), (604000, 130000), (540000, 130000)])


def authority() -> Polygon:
    """Return the authority: the land within its border."""
    whole = land().intersection(Polygon(soften(BORDER)))
    parts = [part for part in getattr(whole, "geoms", [whole]) if isinstance(part, Polygon)]
    return max(parts, key=lambda part: part.area)


def bell(rng: random.Random) -> float:
    """Return a number about 0 between -1 and 1, likelier near 0 (the mean of three even draws)."""
    return (rng.random() + rng.random() + rng.random()) * 2 / 3 - 1


def make_zones(rng: random.Random) -> list[HomeZone]:
    """Return the zones, locality by locality, none nearer than 330 m (rural: 900 m) to another."""
    inside = authority().buffer(-250)
    shapely.prepare(inside)
    names = [f"{first} {last}" for last in LAST_NAMES for first in FIRST_NAMES]
    zones: list[HomeZone] = []
    for place in LOCALITIES:
        least = 900 if place.spread[0] > 4000 else 330
        wanted = len(zones) + place.zones
        for _ in range(100_000):
            if len(zones) == wanted:
                break
            across = (2 * rng.random() - 1 + bell(rng)) / 1.6
            up = (2 * rng.random() - 1 + bell(rng)) / 1.6
            x = round(place.centre[0] + across * place.spread[0])
            y = round(place.centre[1] + up * place.spread[1])
            near = any(math.dist((x, y), zone.point) < least for zone in zones)
            if near or not inside.contains(Point(x, y)):
                continue
            fifth = min(5, max(1, round(place.fifth + 1.9 * bell(rng))))
            zones.append(
                HomeZone(
                    key=f"sb{len(zones) + 1:03d}",
                    name=names.pop(int(rng.random() * len(names))),
                    easting=x,
                    northing=y,
                    locality=place.key,
                    children=round((430 - 18 * fifth) * (1 + 0.3 * bell(rng))),
                    fifth=fifth,
                )
            )
    return zones


def outlines(zones: list[HomeZone]) -> list[Polygon]:
    """Return each zone's outline: the land nearest to its centre, to the metre.

    A piece cut off by the estuary goes to the neighbour with which it shares the longest edge.
    """
    whole = authority()
    cells = shapely.voronoi_polygons(
        MultiPoint([zone.point for zone in zones]), extend_to=whole, ordered=True
    )
    kept: list[Polygon] = []
    loose: list[Polygon] = []
    for zone, cell in zip(zones, cells.geoms, strict=True):
        clipped = cell.intersection(whole)
        parts = [part for part in getattr(clipped, "geoms", [clipped]) if isinstance(part, Polygon)]
        home = min(parts, key=lambda part: part.distance(Point(zone.point)))
        kept.append(home)
        loose.extend(part for part in parts if part is not home)
    for piece in loose:
        shared = [piece.boundary.intersection(other.boundary).length for other in kept]
        best = shared.index(max(shared))
        joined = kept[best].union(piece)
        if isinstance(joined, Polygon):
            kept[best] = joined
    return [_to_the_metre(cell) for cell in kept]


def _to_the_metre(cell: Polygon) -> Polygon:
    """Return an outline with whole metres, its corners in an order of their own."""
    rounded = shapely.set_precision(cell, 1.0).normalize()
    if not isinstance(rounded, Polygon):
        raise TypeError("a zone is too narrow to draw to the metre")
    return rounded
