"""The lines of routes along roads, and the files that hold them: GeoJSON and GPX.

No home is in any of them. A line goes by the points of the zones that its children live in, one
after the other, and then to the provision: a reader sees which zones a vehicle serves and by which
roads, and no more. Miles and minutes beside a line are those of the route itself, to the homes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import snapping
from geo.lines import ways
from inputs.case import DEGREES, GRID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from geo.network import Network
    from geo.routing.types import Route, Routed

    Points = npt.NDArray[np.float64]

HOMES_NOT_SHOWN = (
    "Lines go by the points of home zones, not by homes: no line starts, ends or turns at a "
    "child's door."
)
DECIMALS = 5
"""Of a degree: about a metre."""

COLUMNS = (
    "side",
    "route",
    "provision",
    "vehicle",
    "how",
    "children",
    "wheelchairs",
    "assistant",
    "zones",
    "miles",
    "minutes",
    "longest_ride_minutes",
    "over_guideline",
    "cost_a_day_gbp",
    "method",
)


@dataclass(frozen=True, eq=False)
class Places:
    """Where zones and provisions are drawn, and the roads between them.

    Parameters
    ----------
    points
        Key (``zone`` or ``provision``, then its own) to easting and northing.
    nodes
        The same keys to road points; empty without a network.
    network
        The roads, or None for straight lines.
    """

    points: Mapping[tuple[str, str], tuple[float, float]]
    nodes: Mapping[tuple[str, str], int]
    network: Network | None


def places(zones: pd.DataFrame, provisions: pd.DataFrame, network: Network | None) -> Places:
    """Return the points that lines go by: the zones' own points and the provisions.

    Parameters
    ----------
    zones, provisions
        ``zone`` or ``provision``, ``easting``, ``northing`` (metres, EPSG:27700).
    network
        The roads; a point further than 2 km from them is joined by straight lines.
    """
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for kind, table in (("zone", zones), ("provision", provisions)):
        columns = [kind, "easting", "northing"]
        for key, east, north in table[columns].itertuples(index=False, name=None):
            if np.isfinite(east) and np.isfinite(north):
                found[kind, str(key)] = (float(east), float(north))
    nodes: dict[tuple[str, str], int] = {}
    if network is not None and found:
        at, metres = snapping.snap(network, np.array(list(found.values())))
        near = metres <= snapping.BEYOND_METRES
        nodes = {key: int(node) for key, node, ok in zip(found, at, near, strict=True) if ok}
    return Places(found, nodes, network)


def route_lines(
    routed: Routed, at: Places, *, over_guideline: Mapping[str, int] | None = None
) -> gpd.GeoDataFrame:
    """Return one line for each route: its morning run by the points of zones.

    Parameters
    ----------
    routed
        One side.
    at
        Where zones and provisions are.
    over_guideline
        Route to how many of its children ride beyond the guideline.

    Returns
    -------
    GeoDataFrame
        `COLUMNS` and geometry, EPSG:27700. A route all of whose zones are unknown has no line.
    """
    children = routed.children.drop_duplicates("child").set_index("child")
    zone_of = dict(zip(children.index.map(str), children["zone"], strict=True))
    in_chair = dict(zip(children.index.map(str), children["wheelchair"], strict=True))
    over = over_guideline or {}
    visits = {route.route: _visits(route, zone_of, at) for route in routed.routes}
    legs = {
        (at.nodes[a], at.nodes[b])
        for stops in visits.values()
        for a, b in pairwise(stops)
        if a in at.nodes and b in at.nodes
    }
    found = {} if at.network is None else ways(at.network, legs)
    rows: list[dict[str, Any]] = []
    lines: list[shapely.LineString | None] = []
    for route in routed.routes:
        stops = visits[route.route]
        run = route.runs[0]
        zones = [key for kind, key in stops if kind == "zone"]
        rows.append(
            {
                "side": routed.side,
                "route": route.route,
                "provision": " + ".join(route.provisions),
                "vehicle": route.vehicle,
                "how": str(route.how),
                "children": len(route.children),
                "wheelchairs": sum(bool(in_chair.get(one, False)) for one in route.children),
                "assistant": route.assisted,
                "zones": "; ".join(zones),
                "miles": run.miles,
                "minutes": run.minutes,
                "longest_ride_minutes": route.longest_ride_minutes,
                "over_guideline": int(over.get(route.route, 0)),
                "cost_a_day_gbp": route.cost_a_day_gbp,
                "method": routed.matrix.method if at.network is not None else "straight_line",
            }
        )
        points = _along(stops, at, found)
        lines.append(shapely.LineString(points) if len(points) > 1 else None)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(lines, crs=GRID), crs=GRID)


def _visits(route: Route, zone_of: Mapping[str, object], at: Places) -> list[tuple[str, str]]:
    """Return the zones and provisions of the morning run in driving order, none twice in a row."""
    stops: list[tuple[str, str]] = []
    for stop in route.runs[0].stops:
        key = (
            ("zone", str(zone_of.get(stop.key, "")))
            if stop.kind == "child"
            else ("provision", stop.key)
        )
        if key in at.points and (not stops or stops[-1] != key):
            stops.append(key)
    return stops


def _along(
    stops: list[tuple[str, str]],
    at: Places,
    found: Mapping[tuple[int, int], npt.NDArray[np.int64]],
) -> list[tuple[float, float]]:
    """Return the points of a line: each stop's own, and those of the roads between."""
    if not stops:
        return []
    points = [at.points[stops[0]]]
    for before, after in pairwise(stops):
        leg = (at.nodes.get(before, -1), at.nodes.get(after, -1))
        if at.network is not None and leg in found:
            nodes = found[leg]
            east, north = at.network.easting[nodes], at.network.northing[nodes]
            points += list(zip(east.tolist(), north.tolist(), strict=True))
        points.append(at.points[after])
    return [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]


def vehicles_by_road(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return stretches of road with the number of vehicles that use each in the morning.

    Returns
    -------
    GeoDataFrame
        ``vehicles`` and geometry: stretches that meet and carry as many vehicles are one.
    """
    counts: dict[tuple[tuple[float, float], tuple[float, float]], int] = {}
    for line in lines.geometry:
        if line is None or line.is_empty:
            continue
        used = set()
        for a, b in pairwise(np.round(shapely.get_coordinates(line)).tolist()):
            ends = (tuple(a), tuple(b))
            used.add(ends if ends[0] <= ends[1] else ends[::-1])
        for one in used:
            counts[one] = counts.get(one, 0) + 1
    if not counts:
        nothing = pd.DataFrame({"vehicles": pd.Series(dtype=int)})
        return gpd.GeoDataFrame(nothing, geometry=gpd.GeoSeries([], crs=GRID), crs=GRID)
    by_count: dict[int, list[Any]] = {}
    for ends, vehicles in counts.items():
        by_count.setdefault(vehicles, []).append(ends)
    rows = []
    for vehicles, stretches in sorted(by_count.items()):
        merged = shapely.line_merge(shapely.MultiLineString(stretches))
        rows += [(vehicles, one) for one in shapely.get_parts(merged)]
    frame = pd.DataFrame({"vehicles": [vehicles for vehicles, _ in rows]})
    shapes = gpd.GeoSeries([line for _, line in rows], crs=GRID)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=GRID)


def geojson(lines: gpd.GeoDataFrame, *, attribution: Iterable[str], run_id: str) -> str:
    """Return the lines as GeoJSON (RFC 7946): longitude and latitude, WGS 84."""
    degrees = lines[lines.geometry.notna()].to_crs(DEGREES)
    features = []
    for row, shape in zip(
        degrees.drop(columns="geometry").to_dict("records"), degrees.geometry, strict=True
    ):
        facts = {
            name: round(value, 2) if isinstance(value, float) else value
            for name, value in row.items()
        }
        at = np.round(shapely.get_coordinates(shape), DECIMALS).tolist()
        features.append(
            {
                "type": "Feature",
                "properties": facts,
                "geometry": {"type": "LineString", "coordinates": at},
            }
        )
    whole = {
        "type": "FeatureCollection",
        "note": HOMES_NOT_SHOWN,
        "attribution": list(attribution),
        "run_id": run_id,
        "features": features,
    }
    return json.dumps(whole, ensure_ascii=False) + "\n"


def gpx(lines: gpd.GeoDataFrame, *, title: str, attribution: Iterable[str]) -> str:
    """Return the lines as tracks of a GPX 1.1 file, which satnavs and map programs open."""
    degrees = lines[lines.geometry.notna()].to_crs(DEGREES)
    told = " ".join([HOMES_NOT_SHOWN, *attribution])
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="sendplaces" xmlns="http://www.topografix.com/GPX/1/1">',
        f"<metadata><name>{escape(title)}</name><desc>{escape(told)}</desc></metadata>",
    ]
    for row, shape in zip(
        degrees.drop(columns="geometry").to_dict("records"), degrees.geometry, strict=True
    ):
        points = "".join(
            f'<trkpt lat="{lat:.{DECIMALS}f}" lon="{lon:.{DECIMALS}f}"/>'
            for lon, lat in shapely.get_coordinates(shape).tolist()
        )
        what = (
            f"{row['vehicle']}, {row['children']} children, {row['miles']:.1f} miles, "
            f"{row['minutes']:.0f} minutes, by {row['zones']}"
        )
        parts.append(
            f"<trk><name>{escape(str(row['route']))}</name><desc>{escape(what)}</desc>"
            f"<trkseg>{points}</trkseg></trk>"
        )
    return "\n".join([*parts, "</gpx>", ""])
