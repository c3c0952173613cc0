"""A road graph through OSMnx: speeds first, then simplified, then only what joins up.

Speeds are imputed while every stretch still has its own tags, and stretches of different speed are
never merged, so that simplifying changes no journey. Of what is left, the largest part is kept in
which every place can be reached from every other. Signals and turns are not timed one by one: the
factor of each class of road stands for them (``speeds.csv``), and a scenario's calibration for the
rest.
"""

from __future__ import annotations

import math
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo import road_files
from geo.speeds import METRES_PER_MILE, EdgeSpeed, edge_speed
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import networkx as nx

KEEP_A_NODE_EVERY_METRES = 200.0
"""Side of the squares in each of which simplifying keeps a node, so that a home half-way along a
country lane still has a node near it (judgement: well under the 500 m at which a snap is flagged).
"""


def road_graph(path: Path) -> nx.MultiDiGraph[int]:
    """Return the road graph of a file as OSMnx builds it, with speeds, ready to `freeze`.

    Each edge has ``length`` (metres), ``limit_mph``, ``factor``, ``seconds`` and
    ``imputed_metres``; the graph is simplified, strongly connected, and has ``attribution`` and
    ``notes``.

    Raises
    ------
    InputError
        As `read_network`.
    """
    road_files.check_there(path)
    if road_files.road_format(path) == "graphml":
        return _prepare(_read_graphml(path), path.name, [], road_files.OSM_ATTRIBUTION)
    import osmnx as ox  # noqa: PLC0415 (slow to import)

    with tempfile.TemporaryDirectory(prefix="roads-") as folder, _osmnx_settings():
        filtered = Path(folder) / "drivable.osm"
        extract = road_files.write_drivable(path, filtered)
        graph = ox.graph_from_xml(filtered, simplify=False, retain_all=True)
    notes = []
    if extract.dangling:
        notes.append(f"{extract.dangling:,} road points lie beyond the edge of the file")
    return _prepare(graph, path.name, notes, extract.attribution)


def place_graph(place: str, *, cache: Path | None = None) -> nx.MultiDiGraph[int]:
    """Return the road graph of a named place, fetched by OSMnx.

    Raises
    ------
    InputError
        When there is no connection, or no such place.
    """
    import osmnx as ox  # noqa: PLC0415 (slow to import)

    answers = {"use_cache": cache is not None, "cache_folder": str(cache) if cache else "cache"}
    try:
        with _osmnx_settings(**answers):
            graph = ox.graph_from_place(place, network_type="drive", simplify=False)
    except Exception as error:
        # OSMnx, requests and urllib3 each raise their own: whichever it is, the roads are not here.
        raise InputError(
            [
                Fault(
                    "network",
                    f"is not a file, and roads of a place by that name could not be fetched "
                    f"({type(error).__name__})",
                    "Give a file of roads (.osm.pbf, .osm, .graphml), or check the connection and "
                    "the name of the place",
                    value=place,
                )
            ]
        ) from error
    return _prepare(graph, place, [], road_files.OSM_ATTRIBUTION)


def _prepare(
    graph: nx.MultiDiGraph[int], source: str, notes: list[str], attribution: str
) -> nx.MultiDiGraph[int]:
    """Put speeds on every stretch, keep the strongly connected part, and simplify."""
    import osmnx as ox  # noqa: PLC0415 (slow to import)

    speeds: dict[str, EdgeSpeed] = {}  # most stretches share their tags with many others
    for _, _, data in graph.edges(data=True):
        told = {tag: data[tag] for tag in road_files.WAY_TAGS if tag in data}
        speed = speeds.get(repr(told)) or speeds.setdefault(repr(told), edge_speed(told))
        metres = float(data["length"])
        data.clear()  # what is left merges exactly, and a county needs far less memory
        data.update(
            length=metres,
            limit_mph=speed.limit_mph,
            factor=speed.factor,
            seconds=metres / METRES_PER_MILE / speed.limit_mph * 3600.0 * speed.factor,
            imputed_metres=metres if speed.imputed else 0.0,
        )
    nodes_before = len(graph)
    graph = ox.truncate.largest_component(graph, strongly=True)
    if graph.number_of_edges() == 0:
        raise InputError(
            [
                Fault(
                    source,
                    "has no roads that join up: nothing can be driven there and back",
                    "Choose a larger extract, with complete ways",
                )
            ]
        )
    lost = nodes_before - len(graph)
    if not graph.graph.get("simplified"):
        graph = _simplify(graph)
    metres = sum(data["length"] for _, _, data in graph.edges(data=True))
    imputed = sum(data["imputed_metres"] for _, _, data in graph.edges(data=True))
    notes.append(
        f"{imputed / max(metres, 1.0):.0%} of road length has no mapped speed limit; "
        "its speed is taken from the class of road"
    )
    notes.append(
        f"{lost:,} of {nodes_before:,} road points ({lost / nodes_before:.1%}) were left out: "
        "they cannot be driven to and from the rest"
    )
    graph.graph.update(attribution=attribution, notes=tuple(notes))
    return graph


def _simplify(graph: nx.MultiDiGraph[int]) -> nx.MultiDiGraph[int]:
    """Merge stretches of one speed between junctions, keeping a node in every small square."""
    import osmnx as ox  # noqa: PLC0415 (slow to import)

    # OSMnx merges whichever of two parallel stretches comes first: leave it only the fastest.
    fastest: dict[tuple[int, int], tuple[float, int]] = {}
    slower: list[Any] = []
    for u, v, key, data in graph.edges(keys=True, data=True):
        best = fastest.get((u, v))
        if best is None:
            fastest[u, v] = (data["seconds"], key)
        elif data["seconds"] < best[0]:
            slower.append((u, v, best[1]))
            fastest[u, v] = (data["seconds"], key)
        else:
            slower.append((u, v, key))
    graph.remove_edges_from(slower)

    north = east = KEEP_A_NODE_EVERY_METRES
    if not ox.projection.is_projected(graph.graph["crs"]):
        north /= 111_320.0  # metres in a degree; a square need not be exact
        east = north / 0.6  # cosine of 53 degrees north
    squares: set[tuple[int, int]] = set()
    for _, data in graph.nodes(data=True):
        square = (int(data["x"] / east), int(data["y"] / north))
        if square not in squares:
            squares.add(square)
            data["kept"] = True
    # Merged stretches share one limit and one factor, so their maximum is that value.
    return ox.simplify_graph(
        graph,
        node_attrs_include=["kept"],
        edge_attrs_differ=["limit_mph", "factor"],
        edge_attr_aggs={
            "length": sum,
            "seconds": sum,
            "imputed_metres": sum,
            "limit_mph": max,
            "factor": max,
        },
    )


def _read_graphml(path: Path) -> nx.MultiDiGraph[int]:
    """Read a graph saved by OSMnx; raise InputError where it is not one."""
    import osmnx as ox  # noqa: PLC0415 (slow to import)
    from networkx.exception import NetworkXException  # noqa: PLC0415 (slow to import)
    from pyproj import CRS  # noqa: PLC0415 (slow to import)
    from pyproj.exceptions import CRSError  # noqa: PLC0415 (slow to import)

    road_files.check_graphml(path)
    remedy = "Save the road graph from OSMnx as GraphML again (not projected)"
    try:
        graph = ox.load_graphml(path)
        if graph.number_of_edges() == 0:
            raise road_files.fault(path, "holds no road that a car may use", remedy)
        if "crs" not in graph.graph or not all(
            "x" in d and "y" in d for _, d in graph.nodes.data()
        ):
            raise road_files.fault(path, "has no coordinates that OSMnx would write", remedy)
        if not all("length" in data for _, _, data in graph.edges(data=True)):
            graph = ox.distance.add_edge_lengths(graph)
        points = [float(d[name]) for _, d in graph.nodes.data() for name in ("x", "y")]
        lengths = [float(d["length"]) for _, _, d in graph.edges(data=True)]
        if not all(map(math.isfinite, (*points, *lengths))) or min(lengths) < 0:
            raise road_files.fault(path, "has coordinates or lengths that cannot be", remedy)
        CRS.from_user_input(graph.graph["crs"])
    except (SyntaxError, ValueError, KeyError, TypeError, AttributeError, NetworkXException,
            CRSError) as error:  # fmt: skip
        # ParseError of the XML reader is a SyntaxError; the rest come from values of another kind.
        raise road_files.fault(
            path, f"cannot be read as a road graph ({type(error).__name__}: {error})", remedy
        ) from error
    return graph


@contextmanager
def _osmnx_settings(**wanted: Any) -> Iterator[None]:
    """Set what OSMnx keeps globally, for the length of one call, and put it back."""
    import osmnx as ox  # noqa: PLC0415 (slow to import)

    wanted = {
        "useful_tags_way": [*road_files.WAY_TAGS],
        "useful_tags_node": [],
        "all_oneway": False,
        **wanted,
    }
    before = {name: getattr(ox.settings, name) for name in wanted}
    try:
        for name, value in wanted.items():
            setattr(ox.settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(ox.settings, name, value)
