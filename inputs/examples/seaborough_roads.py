"""The made-up roads of Seaborough, written as OpenStreetMap XML.

Main roads are drawn by hand; lanes and streets join homes and schools to their neighbours without
crossing water, so that the estuary forces a way round by its head. Speed limits are spelt in the
several ways that British mappers spell them, and some are missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely
from pyproj import Transformer
from scipy.spatial import Delaunay
from shapely import LineString, MultiLineString, Polygon

from inputs.examples.seaborough_land import HomeZone, bell, land
from inputs.examples.seaborough_places import PLACES

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

Node = tuple[int, int]
"""A node by its easting and northing, whole metres."""

TO_DEGREES = Transformer.from_pipeline(
    "+proj=pipeline +step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000"
    " +y_0=-100000 +ellps=airy +step +proj=push +v_3 +step +proj=cart +ellps=airy +step"
    " +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489"
    " +convention=position_vector +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3"
    " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
"""British National Grid to longitude and latitude by one stated way (EPSG 1314, good to 2 m), so
that the file does not depend on which grids a machine has."""


@dataclass(frozen=True)
class MainRoad:
    """A hand-drawn road: its corners in metres and its tags."""

    name: str
    ref: str
    highway: str
    maxspeed: str
    corners: tuple[Node, ...]
    oneway: bool = False
    frontage: bool = True


MAIN_ROADS = (
    MainRoad("Coast Road West", "A3259", "primary", "40 mph",
             ((546000, 104500), (553000, 103000), (558500, 101200), (561500, 99600),
              (563800, 98700), (566500, 98200), (568500, 98900), (570300, 98800),
              (572000, 99100))),
    MainRoad("Coast Road East", "A3259", "primary", "GB:nsl_single",
             ((575600, 99200), (577600, 98600), (580400, 98900), (583800, 100700),
              (590000, 103800), (600500, 107000))),
    MainRoad("Seaborough Bypass", "A390", "trunk", "GB:nsl_dual",
             ((545500, 107300), (556000, 105800), (562000, 105000), (567300, 105100),
              (572600, 104900), (574800, 104900), (579600, 105700), (586500, 106400),
              (600200, 110000)), oneway=True, frontage=False),
    MainRoad("Seaborough Bypass", "A390", "trunk", "70 mph",
             ((600200, 110040), (586500, 106440), (579600, 105740), (574800, 104940),
              (572600, 104940), (567300, 105140), (562000, 105040), (556000, 105840),
              (545500, 107340)), oneway=True, frontage=False),
    MainRoad("Bypass turn, east", "A390", "trunk", "40 mph",
             ((600200, 110000), (600200, 110040)), oneway=True, frontage=False),
    MainRoad("Bypass turn, west", "A390", "trunk", "40 mph",
             ((545500, 107340), (545500, 107300)), oneway=True, frontage=False),
    MainRoad("North Road", "A3271", "primary", "national",
             ((568500, 98900), (568300, 100200), (567900, 101900), (567500, 103600),
              (567300, 106300), (566900, 108300), (566300, 112000), (566100, 116100),
              (565000, 124000))),
    MainRoad("Westcliff Road", "B3311", "secondary", "60 mph",
             ((563800, 98700), (563500, 101000), (562400, 103800), (561500, 106200),
              (557500, 111500), (552300, 117000), (546500, 122200))),
    MainRoad("Marsh Road", "A3288", "primary", "national",
             ((577600, 98600), (577900, 100900), (578100, 103300), (579300, 107000),
              (583500, 112000), (589200, 117600), (598200, 124300))),
    MainRoad("Estuary Road", "B3315", "secondary", "50 mph",
             ((570300, 98800), (571200, 101000), (572300, 103400), (572700, 105600),
              (572900, 107400))),
    MainRoad("Saltings Road", "B3316", "secondary", "",
             ((575600, 99200), (575400, 101800), (574900, 104200), (574700, 105700),
              (575900, 107600))),
    MainRoad("Downs Road", "B3320", "secondary", "GB:nsl_single",
             ((557500, 111500), (562200, 107600), (566900, 108300), (572900, 107400),
              (575900, 107600), (579300, 107000), (585500, 109200))),
    MainRoad("Middle Road", "B3312", "secondary", "40 mph",
             ((561300, 99900), (562400, 100900), (563500, 101000), (565200, 101900),
              (566600, 102400), (567900, 101900), (569700, 102600), (572100, 102700))),
    MainRoad("Mill Road", "B3313", "secondary", "30 mph",
             ((566500, 98200), (566400, 100400), (566600, 102400), (566300, 104000),
              (566000, 105100), (565000, 106700), (564300, 107900))),
    MainRoad("Park Road", "B3314", "secondary", "30 mph",
             ((563500, 101000), (566400, 100400), (568300, 100200), (571200, 101000))),
    MainRoad("Sluice Road", "B3317", "secondary", "national",
             ((575400, 101800), (577900, 100900), (581200, 102500), (583800, 100700))),
    MainRoad("Withy Road", "B3318", "secondary", "GB:nsl_single",
             ((578100, 103300), (581200, 102500), (582600, 104800), (583200, 106100))),
    MainRoad("Fore Street", "A3272", "primary", "20 mph",
             ((568300, 100200), (569100, 99900), (569600, 99200), (570300, 98800)), oneway=True),
    MainRoad("Harbour Street", "A3272", "primary", "20 mph",
             ((570300, 98800), (569350, 98950), (568900, 99500), (568300, 100200)), oneway=True),
)  # fmt: skip
"""No bridge crosses the estuary but the bypass at its head."""

SERVICE_ISLAND = ((579050, 97900), (579180, 97940), (579120, 98040))
"""Roads of a holiday park that no other road in the file joins."""


@dataclass
class Roads:
    """Ways, each a list of nodes with tags, in the order in which they were made."""

    ways: list[tuple[list[Node], dict[str, str]]] = field(default_factory=list)

    def add(self, nodes: Iterable[Node], **tags: str) -> None:
        """Add a way, leaving out empty tags and repeated nodes."""
        path: list[Node] = []
        for node in nodes:
            if not path or path[-1] != node:
                path.append(node)
        self.ways.append((path, {key: value for key, value in tags.items() if value}))


def _whole(x: float, y: float) -> Node:
    return (round(x), round(y))


def _along(corners: Sequence[Node], step: float) -> list[Node]:
    """Return the corners with nodes between them, no farther apart than the step."""
    nodes: list[Node] = [corners[0]]
    for start, end in pairwise(corners):
        parts = max(1, math.ceil(math.dist(start, end) / step))
        nodes.extend(
            _whole(
                start[0] + (end[0] - start[0]) * k / parts,
                start[1] + (end[1] - start[1]) * k / parts,
            )
            for k in range(1, parts + 1)
        )
    return nodes


def main_paths() -> list[list[Node]]:
    """Return each main road's nodes, with one where it meets or crosses another."""
    paths = [_along(road.corners, 650 if road.frontage else 1500) for road in MAIN_ROADS]
    met: list[list[Node]] = [[] for _ in paths]
    for i, one in enumerate(paths):
        for j in range(i + 1, len(paths)):
            crossing = LineString(one).intersection(LineString(paths[j]))
            for point in getattr(crossing, "geoms", [crossing]):
                if point.geom_type == "Point":
                    node = _whole(point.x, point.y)
                    met[i].append(node)
                    met[j].append(node)
    joined: list[list[Node]] = []
    for path, extra in zip(paths, met, strict=True):
        line = LineString(path)
        new = [node for node in dict.fromkeys(extra) if node not in path]
        # A node is kept where it stands along the road; the dual carriageways stay level crossings.
        placed = [(line.project(shapely.Point(node)), node) for node in [*path, *new]]
        joined.append([node for _, node in sorted(placed)])
    return joined


def _speed_of_lane(rng: random.Random, length: float) -> tuple[str, str]:
    """Return a kind of road and its limit as mapped: towns 20 or 30, lanes national, some blank."""
    draw = rng.random()
    if length < 900:
        limit = "30 mph" if draw < 0.55 else "20 mph" if draw < 0.75 else ""
        return ("tertiary" if rng.random() < 0.2 else "residential"), limit
    limits = ("national", "GB:nsl_single", "60 mph", "40 mph;60 mph", "")
    return ("tertiary" if rng.random() < 0.3 else "unclassified"), limits[int(draw * 5)]


def _nearby(rng: random.Random, point: tuple[float, float], count: int, dry: Polygon) -> list[Node]:
    """Return street corners around a home, on dry land."""
    found: list[Node] = []
    while len(found) < count:
        node = _whole(point[0] + 480 * bell(rng), point[1] + 480 * bell(rng))
        if dry.contains(shapely.Point(node)):
            found.append(node)
    return found


def _lanes(rng: random.Random, nodes: list[Node], paths: list[list[Node]]) -> list[list[Node]]:
    """Return the streets: neighbours joined, the shortest ways to reach all, and some loops."""
    dry = land().buffer(-20)
    shapely.prepare(dry)
    barriers = MultiLineString([LineString(path) for path in paths])
    shapely.prepare(barriers)
    on_main = {node for path in paths for node in path}
    pairs: set[tuple[int, int]] = set()
    for a, b, c in Delaunay(np.array(nodes, dtype=float)).simplices.tolist():
        pairs |= {(min(a, b), max(a, b)), (min(b, c), max(b, c)), (min(a, c), max(a, c))}
    ranked = sorted((math.dist(nodes[i], nodes[j]), i, j) for i, j in pairs)
    group = list(range(len(nodes)))

    def root(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    index = {node: i for i, node in enumerate(nodes)}
    for path in paths:
        known = [index[node] for node in path if node in index]
        for i, j in pairwise(known):
            group[root(i)] = root(j)
    lanes: list[list[Node]] = []
    for length, i, j in ranked:
        line = LineString([nodes[i], nodes[j]])
        if length > 4500 or not dry.contains(line) or barriers.crosses(line):
            continue
        joins = root(i) != root(j)
        loop = length < 1100 and rng.random() < 0.5
        if (nodes[i] in on_main and nodes[j] in on_main) or not (joins or loop):
            continue
        group[root(i)] = root(j)
        bend = 0.12 * length * bell(rng)
        (x1, y1), (x2, y2) = nodes[i], nodes[j]
        middle = _whole(
            (x1 + x2) / 2 - bend * (y2 - y1) / length, (y1 + y2) / 2 + bend * (x2 - x1) / length
        )
        bent = [nodes[i], middle, nodes[j]]
        clear = dry.contains(LineString(bent)) and not barriers.crosses(LineString(bent))
        lanes.append(bent if clear and length > 250 else [nodes[i], nodes[j]])
    return lanes


def make_roads(rng: random.Random, zones: Sequence[HomeZone]) -> Roads:
    """Return every road of the example."""
    roads = Roads()
    paths = main_paths()
    dry = land().buffer(-60)
    for road, path in zip(MAIN_ROADS, paths, strict=True):
        roads.add(
            path,
            highway=road.highway,
            name=road.name,
            ref=road.ref,
            maxspeed=road.maxspeed,
            oneway="yes" if road.oneway else "",
        )
    ends: list[Node] = [
        node for road, path in zip(MAIN_ROADS, paths, strict=True) if road.frontage for node in path
    ]
    for zone in zones:
        ends.append((zone.easting, zone.northing))
        ends.extend(
            _nearby(rng, zone.point, 1 if zone.locality in {"downs", "saltings"} else 3, dry)
        )
    ends.extend(
        place.at for place in PLACES if place.at and dry.contains(shapely.Point(place.at))
        and 540_000 < place.at[0] < 604_000 and place.at[1] < 130_000
    )  # fmt: skip
    for lane in _lanes(rng, list(dict.fromkeys(ends)), paths):
        kind, limit = _speed_of_lane(rng, math.dist(lane[0], lane[-1]))
        roads.add(lane, highway=kind, maxspeed=limit)
    a, b, c = SERVICE_ISLAND
    roads.add((a, b, c, a), highway="service", name="Sands Holiday Park", maxspeed="10 mph")
    return roads


def as_osm(roads: Roads) -> str:
    """Return the roads as OpenStreetMap XML, version 0.6."""
    nodes = list(dict.fromkeys(node for path, _ in roads.ways for node in path))
    number = {node: i for i, node in enumerate(nodes, start=1)}
    east, north = zip(*nodes, strict=True)
    longitude, latitude = TO_DEGREES.transform(east, north)
    stamp = 'version="1" timestamp="2026-09-01T00:00:00Z" visible="true"'
    lines = [
        "<?xml version='1.0' encoding='UTF-8'?>",
        '<osm version="0.6" generator="sendplaces example seaborough">',
        "<!-- Made up: no real road is described. -->",
    ]
    lines += [
        f' <node id="{number[node]}" {stamp} lat="{lat:.6f}" lon="{lon:.6f}"/>'
        for node, lon, lat in zip(nodes, longitude, latitude, strict=True)
    ]
    for i, (path, tags) in enumerate(roads.ways, start=1):
        lines.append(f' <way id="{i}" {stamp}>')
        lines += [f'  <nd ref="{number[node]}"/>' for node in path]
        lines += [f"  <tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()]
        lines.append(" </way>")
    return "\n".join([*lines, "</osm>", ""])
