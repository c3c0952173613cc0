"""The road network: what can be driven, how long it is, and how fast.

A file of roads, or the name of a place when online, becomes a graph through OSMnx; speeds are
imputed and it is simplified (``road_graph.py``), and it is frozen here into arrays.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from geo import road_files
from geo.arrays import load_arrays, save_arrays
from geo.road_graph import place_graph, road_graph
from geo.speeds import METRES_PER_MILE, speeds_hash
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    import networkx as nx
    import numpy.typing as npt

    Metres = npt.NDArray[np.float64]
    Nodes = npt.NDArray[np.int64]

BRITISH_GRID = "EPSG:27700"

LAYOUT = "1"
"""Raised when what is frozen from the same file changes, so that older cached files are ignored."""

_FILE_NAME = re.compile(r"[\\/]|\.\w{1,8}$")
"""What the name of a place does not have: a folder, or an ending."""

_GREAT_BRITAIN = (-100_000.0, -100_000.0, 800_000.0, 1_400_000.0)


@dataclass(frozen=True, eq=False)
class Network:
    """Roads as arrays: nodes, and directed edges between them.

    Parameters
    ----------
    easting, northing
        Nodes in metres of the British National Grid (EPSG:27700), shape (nodes,).
    u, v
        Node where each edge starts and ends, shape (edges,). Parallel edges are all kept.
    metres
        Length of each edge.
    limit_mph, factor
        Speed limit of each edge, and minutes driven for each minute at that limit.
    fingerprint
        Hash of the source file and the speed table.
    source
        The file or place, as the user knows it.
    attribution
        Words to show wherever a figure from these roads is shown.
    notes
        What a reader should know: how much was imputed, what was left out.
    """

    easting: Metres
    northing: Metres
    u: Nodes
    v: Nodes
    metres: Metres
    limit_mph: Metres
    factor: Metres
    fingerprint: str
    source: str
    attribution: str
    notes: tuple[str, ...]

    @property
    def seconds(self) -> Metres:
        """Seconds to drive each edge, with no cap on speed."""
        return self.seconds_at(None)

    def seconds_at(self, speed_cap_mph: float | None) -> Metres:
        """Return seconds to drive each edge by a vehicle that may not go faster than a cap."""
        if speed_cap_mph is not None and not speed_cap_mph > 0:
            raise ValueError("a speed cap must be above zero")
        mph = self.limit_mph if speed_cap_mph is None else np.minimum(self.limit_mph, speed_cap_mph)
        seconds: Metres = self.metres / METRES_PER_MILE / mph * 3600.0 * self.factor
        return seconds


def read_network(source: str | Path, *, cache: Path | None = None) -> Network:
    """Return the drivable network of a file of roads, or of a named place when online.

    Parameters
    ----------
    source
        ``.osm``, ``.osm.gz``, ``.osm.bz2``, ``.osm.pbf`` or ``.graphml`` (as OSMnx saves it), or
        the name of a place.
    cache
        Folder to keep what was read in; a file is read again only when it, or the speed table,
        has changed.

    Raises
    ------
    InputError
        When the file is missing, damaged, of another kind, without roads or not in Great Britain,
        or a place is named and cannot be fetched.
    """
    path = Path(source)
    kind = road_files.road_format(path)
    if kind is None and not path.exists():
        if isinstance(source, Path) or _FILE_NAME.search(source):
            raise road_files.fault(path, "is not there, and is not a file of roads", _accepted())
        return freeze(place_graph(source, cache=cache), source=source)
    if kind is None:
        raise road_files.fault(path, "is not a file of roads by its name", _accepted())
    road_files.check_there(path)

    fingerprint = _fingerprint(path)
    kept = None if cache is None else cache / f"roads-{fingerprint[:32]}.npz"
    network = None if kept is None else _load(kept, path.name, fingerprint)
    if network is None:
        network = freeze(road_graph(path), source=path.name, fingerprint=fingerprint)
        if kept is not None:
            _save(network, kept)
    return network


def freeze(graph: nx.MultiDiGraph[int], *, source: str, fingerprint: str | None = None) -> Network:
    """Return a prepared graph as arrays.

    Parameters
    ----------
    graph
        From `road_graph` or `place_graph`: nodes with ``x`` and ``y`` in the graph's ``crs``,
        edges with ``length``, ``limit_mph`` and ``factor``.
    source
        Name of the file or place.
    fingerprint
        Hash of the source; worked out from the arrays when absent.

    Raises
    ------
    InputError
        When the roads are not in Great Britain.
    """
    from pyproj import Transformer  # noqa: PLC0415 (slow to import)

    at = {node: index for index, node in enumerate(graph.nodes)}
    x = np.array([data["x"] for _, data in graph.nodes(data=True)], dtype=np.float64)
    y = np.array([data["y"] for _, data in graph.nodes(data=True)], dtype=np.float64)
    to_grid = Transformer.from_crs(graph.graph["crs"], BRITISH_GRID, always_xy=True)
    easting, northing = (np.asarray(part, dtype=np.float64) for part in to_grid.transform(x, y))
    west, south, east, north = _GREAT_BRITAIN
    inside = (easting > west) & (easting < east) & (northing > south) & (northing < north)
    if not inside.all():
        raise InputError(
            [
                Fault(
                    source,
                    f"has {int((~inside).sum()):,} of {len(x):,} road points outside Great Britain",
                    "Choose an extract of the authority and 15 km around it",
                )
            ]
        )
    edges = list(graph.edges(data=True))

    def column(name: str) -> Metres:
        return np.array([data[name] for _, _, data in edges], dtype=np.float64)

    u = np.array([at[start] for start, _, _ in edges], dtype=np.int64)
    v = np.array([at[end] for _, end, _ in edges], dtype=np.int64)
    metres, limit, factor = column("length"), column("limit_mph"), column("factor")
    if fingerprint is None:
        digest = hashlib.sha256(speeds_hash().encode())
        for part in (easting, northing, u, v, metres, limit, factor):
            digest.update(part.tobytes())
        fingerprint = digest.hexdigest()
    return Network(
        easting,
        northing,
        u,
        v,
        metres,
        limit,
        factor,
        fingerprint,
        source,
        str(graph.graph.get("attribution", "")),
        tuple(graph.graph.get("notes", ())),
    )


def _accepted() -> str:
    return (
        "Give OpenStreetMap roads (.osm, .osm.gz, .osm.bz2, .osm.pbf), a .graphml saved by OSMnx, "
        "or the name of a place when online"
    )


def _fingerprint(path: Path) -> str:
    digest = hashlib.sha256(f"{LAYOUT} {path.suffix} {speeds_hash()} ".encode())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


_COLUMNS = ("easting", "northing", "u", "v", "metres", "limit_mph", "factor")


def _save(network: Network, kept: Path) -> None:
    arrays = {name: getattr(network, name) for name in _COLUMNS}
    save_arrays(
        kept, **arrays, words=np.array([network.attribution, *network.notes], dtype=np.str_)
    )


def _load(kept: Path, source: str, fingerprint: str) -> Network | None:
    found = load_arrays(kept, (*_COLUMNS, "words"))
    if found is None:
        return None
    attribution, *notes = (str(word) for word in found.pop("words"))
    return Network(
        **found, fingerprint=fingerprint, source=source, attribution=attribution, notes=tuple(notes)
    )
