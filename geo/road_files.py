"""Files of roads: only what can be driven is taken out of them, and a bad file is told plainly."""

from __future__ import annotations

import xml.parsers.expat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from geo.speeds import LIMIT_TAGS, class_speeds
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

OSM_SUFFIXES = (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".pbf")
GRAPHML_SUFFIX = ".graphml"

OSM_ATTRIBUTION = "(c) OpenStreetMap contributors, ODbL 1.0"
MADE_UP_ATTRIBUTION = "Made-up roads of an example: not OpenStreetMap data"

WAY_TAGS = ("highway", "oneway", "junction", *LIMIT_TAGS)
"""The tags of a way that decide where, which way and how fast it is driven."""

_CLOSED = frozenset({"no", "private", "agricultural", "forestry"})
_ACCESS_TAGS = ("motorcar", "motor_vehicle", "vehicle", "access")
_LANES_OF_A_YARD = frozenset(
    {"alley", "driveway", "emergency_access", "parking", "parking_aisle", "private"}
)


@dataclass(frozen=True)
class Extract:
    """What was written from an OpenStreetMap file.

    Parameters
    ----------
    ways
        Stretches of way written (a way cut by the edge of the extract counts once a stretch).
    dangling
        References to nodes that the file lacks, dropped.
    attribution
        Words to show wherever a figure from these roads is shown.
    """

    ways: int
    dangling: int
    attribution: str


def fault(path: Path, problem: str, remedy: str) -> InputError:
    """Return the error for a file of roads that cannot be used."""
    return InputError([Fault(path.name, problem, remedy)])


def road_format(path: Path) -> str | None:
    """Return ``osm`` or ``graphml`` by the name of a file, or None for neither."""
    name = path.name.lower()
    if name.endswith(OSM_SUFFIXES):
        return "osm"
    return "graphml" if name.endswith(GRAPHML_SUFFIX) else None


def check_there(path: Path) -> None:
    """Refuse a file that is missing, empty, a folder, or cannot be opened.

    Raises
    ------
    InputError
        Saying which.
    """
    if not path.exists():
        raise fault(path, "is not there", "Check the name and folder of the file")
    if not path.is_file():
        raise fault(path, "is a folder, not a file of roads", "Name the file inside it")
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except OSError as error:
        raise fault(
            path, f"cannot be opened ({error.strerror})", "Close it elsewhere, or copy it"
        ) from error
    if empty:
        raise fault(path, "is empty", "Fetch the extract again")


def drivable(tags: dict[str, str]) -> bool:
    """Return whether a car may use a way: its class, and the most particular access tag it has.

    >>> drivable({"highway": "residential"}), drivable({"highway": "track"})
    (True, False)
    >>> drivable({"highway": "road", "access": "private", "motor_vehicle": "yes"})
    True
    """
    if tags.get("highway") not in class_speeds() or tags.get("area") == "yes":
        return False
    if tags.get("service") in _LANES_OF_A_YARD:
        return False
    access = next((tags[tag] for tag in _ACCESS_TAGS if tag in tags), "yes")
    return access not in _CLOSED


def write_drivable(path: Path, target: Path) -> Extract:
    """Write the drivable ways of an OpenStreetMap file, and their nodes, as plain OSM XML.

    A way is cut where the file lacks a node, not drawn straight across the gap: OSMnx refuses
    dangling references, and a short cut through what lies beyond the edge would be false.

    Parameters
    ----------
    path
        ``.osm``, ``.osm.gz``, ``.osm.bz2`` or ``.osm.pbf``. Entities in XML are refused by the
        reader, so a file cannot grow on being read.
    target
        File to write.

    Raises
    ------
    InputError
        When the file is damaged, is not OpenStreetMap data, or has no drivable road.
    """
    from osmium import InvalidLocationError  # noqa: PLC0415 (slow to import)

    try:
        return _write_drivable(path, target)
    except (RuntimeError, ValueError, UnicodeError, InvalidLocationError) as error:
        raise fault(
            path,
            f"cannot be read as OpenStreetMap data ({_first_line(error)})",
            "It may be cut short or damaged, or be another kind of file: fetch the extract again",
        ) from error


def _write_drivable(path: Path, target: Path) -> Extract:
    import osmium  # noqa: PLC0415 (slow to import)

    ways: list[tuple[list[int], dict[str, str]]] = []
    reader: Any = osmium.FileProcessor(str(path), osmium.osm.WAY)
    generator = str(reader.header.get("generator", ""))
    for way in reader.with_filter(osmium.filter.KeyFilter("highway")):
        tags = {tag.k: tag.v for tag in way.tags}
        if not drivable(tags):
            continue
        nodes = [node.ref for node in way.nodes]
        ways.append((nodes, {tag: tags[tag] for tag in WAY_TAGS if tag in tags}))
    if not ways:
        raise fault(path, "holds no road that a car may use", "Choose an extract with its roads")

    present: set[int] = set()
    # A set, and not osmium's own filter: node numbers are so spread that it takes a gigabyte.
    wanted = {node for nodes, _ in ways for node in nodes}
    with target.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n')
        nodes_read: Any = osmium.FileProcessor(str(path), osmium.osm.NODE)
        for node in nodes_read:
            if node.id in wanted and node.location.valid():
                present.add(node.id)
                file.write(f'<node id="{node.id}" lat="{node.lat:.7f}" lon="{node.lon:.7f}"/>\n')
        dangling = sum(node not in present for nodes, _ in ways for node in nodes)
        written = _write_ways(file, ways, present)
        file.write("</osm>\n")
    if not written:
        raise fault(
            path,
            "holds roads but not the points that they run through",
            "Cut the extract again with complete ways",
        )
    made_up = generator.startswith("sendplaces")
    return Extract(written, dangling, MADE_UP_ATTRIBUTION if made_up else OSM_ATTRIBUTION)


def _write_ways(
    file: TextIO, ways: Sequence[tuple[list[int], dict[str, str]]], present: set[int]
) -> int:
    written = 0
    for nodes, tags in ways:
        if _implies_oneway(tags):
            tags["oneway"] = "yes"
        for stretch in _stretches(nodes, present):
            written += 1
            file.write(f'<way id="{written}">')
            file.writelines(f'<nd ref="{node}"/>' for node in stretch)
            file.writelines(
                f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()
            )
            file.write("</way>\n")
    return written


def _stretches(nodes: Sequence[int], present: set[int]) -> Iterator[list[int]]:
    """Yield the runs of nodes that the file holds, without repeats, at least two long."""
    run: list[int] = []
    for node in nodes:
        if node not in present:
            if len(run) > 1:
                yield run
            run = []
        elif not run or run[-1] != node:
            run.append(node)
    if len(run) > 1:
        yield run


def _implies_oneway(tags: dict[str, str]) -> bool:
    """Return whether a way is one-way without saying so; OSMnx knows roundabouts only."""
    return "oneway" not in tags and (
        tags["highway"] == "motorway" or tags.get("junction") == "circular"
    )


def check_graphml(path: Path) -> None:
    """Refuse a GraphML file that is not one, or that declares entities (an XML bomb).

    Raises
    ------
    InputError
        When the first element is not ``graphml`` or a document type is declared.
    """
    found: list[str] = []

    def start(name: str, _: object) -> None:
        found.append(name.rpartition(":")[2])

    def declares(*_: object) -> None:
        found.append("<!DOCTYPE>")

    parser = xml.parsers.expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = declares
    try:
        with path.open("rb") as file:
            while not found and (block := file.read(65_536)):
                parser.Parse(block)
    except xml.parsers.expat.ExpatError as error:
        raise _not_graphml(path, _first_line(error)) from error
    if found[:1] != ["graphml"]:
        raise _not_graphml(path, f"it starts with {found[0] if found else 'nothing'}")


def _not_graphml(path: Path, why: str) -> InputError:
    return fault(
        path,
        f"cannot be read as GraphML ({why})",
        "Save the graph from OSMnx as GraphML again",
    )


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
