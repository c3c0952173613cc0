"""Toy streets on a sphere, with lengths that can be worked out by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import pandas as pd
from pyproj import Transformer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

EARTH_METRES = 6_371_009.0  # the sphere on which OSMnx measures
MILE_NORTH = 1609.344 / (EARTH_METRES * math.pi / 180)  # degrees of latitude in one mile
HOME = (52.0, -1.0)  # latitude and longitude of node 1

Way = tuple["Sequence[int]", "Mapping[str, str]"]


def north(miles: float) -> tuple[float, float]:
    """Return a point so many miles north of home."""
    return (HOME[0] + miles * MILE_NORTH, HOME[1])


def east(miles: float, *, north_miles: float = 0.0) -> tuple[float, float]:
    """Return a point so many miles east (and north) of home, close enough for short streets."""
    latitude = HOME[0] + north_miles * MILE_NORTH
    return (latitude, HOME[1] + miles * MILE_NORTH / math.cos(math.radians(latitude)))


def osm(
    nodes: Mapping[int, tuple[float, float]], ways: Sequence[Way], *, generator: str = "a test"
) -> str:
    """Return OpenStreetMap XML of nodes (latitude, longitude) and ways (nodes, tags)."""
    lines = [f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="{generator}">']
    lines += [
        f'<node id="{node}" lat="{latitude:.9f}" lon="{longitude:.9f}"/>'
        for node, (latitude, longitude) in nodes.items()
    ]
    for number, (along, tags) in enumerate(ways, start=1):
        lines.append(f'<way id="{number}">')
        lines += [f'<nd ref="{node}"/>' for node in along]
        lines += [f"<tag k={quoteattr(key)} v={quoteattr(tags[key])}/>" for key in tags]
        lines.append("</way>")
    return "\n".join([*lines, "</osm>\n"])


def write_osm(path: Path, nodes: Mapping[int, tuple[float, float]], ways: Sequence[Way]) -> Path:
    """Write a toy street map and return its path."""
    path.write_text(osm(nodes, ways), encoding="utf-8")
    return path


def grid(point: tuple[float, float]) -> tuple[float, float]:
    """Return easting and northing of a latitude and longitude."""
    to_grid = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    easting, northing = to_grid.transform(point[1], point[0])
    return float(easting), float(northing)


def points(kind: str, at: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Return a table of zones or provisions at latitudes and longitudes."""
    on_grid = [grid(point) for point in at.values()]
    return pd.DataFrame(
        {
            kind: list(at),
            "easting": [easting for easting, _ in on_grid],
            "northing": [northing for _, northing in on_grid],
        }
    )
