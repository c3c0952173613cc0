"""Claims about files of roads: what is taken from them, and how a bad one is told."""

from __future__ import annotations

import bz2
import gzip
from typing import TYPE_CHECKING

import pytest

from geo.network import read_network
from geo.road_files import MADE_UP_ATTRIBUTION, OSM_ATTRIBUTION, drivable, write_drivable
from inputs.errors import InputError
from tests.geo.toy import HOME, north, osm, write_osm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STREET = osm({1: HOME, 2: north(1)}, [([1, 2], {"highway": "residential"})])
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    '<{root} version="0.6"><node id="1" lat="52" lon="-1"><tag k="n" v="&b;"/></node></{root}>'
)


def bad(name: str) -> bytes:
    """Return the bytes of one kind of bad file."""
    # Long and not repetitive, so that the first half of the compressed file is not the whole.
    long = STREET.replace("<way", "".join(f"<!-- {n * n} -->" for n in range(20_000)) + "<way")
    return {
        "words.osm": b"zone,minutes\n1,2\n",
        "page.osm": b"<html><body>Not found</body></html>",
        "short.osm": STREET[: len(STREET) // 2].encode(),
        "bomb.osm": BOMB.format(root="osm").encode(),
        "short.osm.gz": gzip.compress(long.encode())[:20_000],
        "words.osm.gz": b"zone,minutes\n1,2\n",
        "short.osm.bz2": bz2.compress(long.encode())[:5_000],
        "words.osm.bz2": b"zone,minutes\n1,2\n",
        "words.osm.pbf": b"zone,minutes\n1,2\n",
        "number.osm": STREET.replace('id="1"', 'id="one"').encode(),
        "latin.osm": STREET.replace("residential", "caf\xe9").encode("latin-1"),
        "empty.osm": b"",
        "empty.graphml": b"",
        "words.graphml": b"zone,minutes\n1,2\n",
        "street.graphml": STREET.encode(),
        "bomb.graphml": BOMB.format(root="graphml").encode(),
        "bomb16.graphml": BOMB.format(root="graphml").encode("utf-16"),
        "short.graphml": b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph',
        "nothing.graphml": b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        b'<graph edgedefault="directed"/></graphml>',
        "other.graphml": b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        b'<graph edgedefault="directed"><node id="1"/><node id="2"/>'
        b'<edge source="1" target="2"/></graph></graphml>',
    }[name]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("words.osm", "cannot be read as OpenStreetMap data"),
        ("page.osm", "cannot be read as OpenStreetMap data"),
        ("short.osm", "cannot be read as OpenStreetMap data"),
        ("bomb.osm", "entities are not supported"),
        ("short.osm.gz", "cannot be read as OpenStreetMap data"),
        ("words.osm.gz", "cannot be read as OpenStreetMap data"),
        ("short.osm.bz2", "cannot be read as OpenStreetMap data"),
        ("words.osm.bz2", "cannot be read as OpenStreetMap data"),
        ("words.osm.pbf", "cannot be read as OpenStreetMap data"),
        ("number.osm", "cannot be read as OpenStreetMap data"),
        ("latin.osm", "cannot be read as OpenStreetMap data"),
        ("empty.osm", "is empty"),
        ("empty.graphml", "is empty"),
        ("words.graphml", "cannot be read as GraphML"),
        ("street.graphml", "cannot be read as GraphML (it starts with osm)"),
        ("bomb.graphml", "cannot be read as GraphML (it starts with <!DOCTYPE>)"),
        ("bomb16.graphml", "cannot be read as GraphML"),
        ("short.graphml", "cannot be read as a road graph"),
        ("nothing.graphml", "holds no road"),
        ("other.graphml", "has no coordinates"),
    ],
)
def test_a_bad_file_is_told_plainly(tmp_path: Path, name: str, says: str) -> None:
    """Every kind of bad file is one fault with the file's name and what to do."""
    path = tmp_path / name
    path.write_bytes(bad(name))
    with pytest.raises(InputError) as raised:
        read_network(path, cache=tmp_path / "cache")
    (fault,) = raised.value.faults
    assert says in fault.problem
    assert fault.table == name
    assert fault.remedy
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (lambda folder: folder / "absent.osm.pbf", "is not there"),
        (lambda folder: str(folder / "absent.osm"), "is not there"),
        (lambda folder: folder / "roads.shp", "is not there"),
        (lambda folder: str(folder / "zones.csv"), "is not a file of roads by its name"),
        (lambda folder: folder, "is not a file of roads by its name"),
        (lambda folder: folder / "folder.osm", "is a folder"),
    ],
)
def test_a_file_that_is_not_one(
    tmp_path: Path, source: Callable[[Path], str | Path], says: str
) -> None:
    """Missing, of another kind, or a folder: each is said, and no place is looked up."""
    (tmp_path / "zones.csv").write_text("zone\n")
    (tmp_path / "folder.osm").mkdir()
    with pytest.raises(InputError) as raised:
        read_network(source(tmp_path))
    assert says in raised.value.faults[0].problem


def test_a_file_without_roads(tmp_path: Path) -> None:
    """Footpaths, tracks and private drives alone are no network."""
    ways = [
        ([1, 2], {"highway": "footway"}),
        ([1, 2], {"highway": "residential", "access": "private"}),
        ([1, 2], {"building": "yes"}),
    ]
    path = write_osm(tmp_path / "paths.osm", {1: HOME, 2: north(1)}, ways)
    with pytest.raises(InputError, match="no road that a car may use"):
        read_network(path)


def test_roads_without_their_points(tmp_path: Path) -> None:
    """Ways whose nodes are all missing cannot be placed on the ground."""
    path = write_osm(tmp_path / "bare.osm", {}, [([1, 2], {"highway": "residential"})])
    with pytest.raises(InputError, match="not the points"):
        read_network(path)


def test_roads_that_do_not_join_up(tmp_path: Path) -> None:
    """A single one-way street can be driven out and never back: no network."""
    path = write_osm(
        tmp_path / "one.osm",
        {1: HOME, 2: north(1)},
        [([1, 2], {"highway": "residential", "oneway": "yes"})],
    )
    with pytest.raises(InputError, match="no roads that join up"):
        read_network(path)


def test_access_is_decided_by_the_most_particular_tag() -> None:
    """``motor_vehicle`` speaks of cars more exactly than ``access`` does."""
    road = {"highway": "unclassified"}
    assert drivable(road | {"access": "no", "motor_vehicle": "destination"})
    assert not drivable(road | {"access": "yes", "motor_vehicle": "private"})
    assert not drivable(road | {"area": "yes"})
    assert not drivable(road | {"service": "driveway"})
    assert not drivable({"highway": "service"})


def test_a_way_is_cut_where_the_file_lacks_a_node(tmp_path: Path) -> None:
    """Node 3 is missing: 1-2 and 4-5 remain, and no false road from 2 to 4."""
    nodes = {1: HOME, 2: north(1), 4: north(3), 5: north(4)}
    path = write_osm(tmp_path / "cut.osm", nodes, [([1, 2, 3, 4, 5], {"highway": "primary"})])
    target = tmp_path / "drivable.osm"
    extract = write_drivable(path, target)
    assert (extract.ways, extract.dangling) == (2, 1)
    text = target.read_text(encoding="utf-8")
    assert '<nd ref="1"/><nd ref="2"/><tag' in text
    assert '<nd ref="4"/><nd ref="5"/><tag' in text


def test_made_up_roads_are_not_credited_to_openstreetmap(tmp_path: Path) -> None:
    """An example's generator names itself in the file's header; anything else is ODbL data."""
    street = {1: HOME, 2: north(1)}, [([1, 2], {"highway": "residential"})]
    path = tmp_path / "roads.osm"
    path.write_text(osm(*street, generator="sendplaces example"), encoding="utf-8")
    assert read_network(path).attribution == MADE_UP_ATTRIBUTION
    path.write_text(osm(*street, generator="osmium/1.15"), encoding="utf-8")
    assert read_network(path).attribution == OSM_ATTRIBUTION
