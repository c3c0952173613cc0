"""Claims about the network: every kind of file gives the same roads, at the right speed."""

from __future__ import annotations

import bz2
import gzip
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import osmnx as ox
import pytest

import geo.network
import geo.speeds
from geo.network import Network, read_network
from inputs.errors import InputError
from tests.geo.toy import HOME, MILE_NORTH, Way, east, north, osm, write_osm

if TYPE_CHECKING:
    from pathlib import Path

# A mile north at 60 mph, a mile east of silent residential street, and a one-way way back.
NODES = {1: HOME, 2: north(1), 3: east(1, north_miles=1), 4: east(1)}
WAYS: list[Way] = [
    ([1, 2], {"highway": "primary", "maxspeed": "GB:nsl_single"}),
    ([2, 3], {"highway": "residential"}),
    ([3, 4], {"highway": "primary", "maxspeed": "60 mph", "oneway": "yes"}),
    ([4, 1], {"highway": "primary", "maxspeed": "national"}),
]


def edges(network: Network) -> dict[tuple[float, float], float]:
    """Return seconds by the length of each edge in miles and its limit."""
    miles = (network.metres / geo.speeds.METRES_PER_MILE).round(3)
    return dict(zip(zip(miles, network.limit_mph, strict=True), network.seconds, strict=True))


def write_pbf(path: Path) -> Path:
    """Write the toy streets as PBF, with a relation that nothing needs."""
    import osmium

    with osmium.SimpleWriter(str(path)) as writer:
        for node, (latitude, longitude) in NODES.items():
            writer.add_node(osmium.osm.mutable.Node(id=node, location=(longitude, latitude)))
        for number, (along, tags) in enumerate(WAYS, start=1):
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=list(along), tags=dict(tags)))
        writer.add_relation(osmium.osm.mutable.Relation(id=1, members=[("w", 1, "outer")]))
    return path


def test_seconds_by_hand(tmp_path: Path) -> None:
    """A mile at 60 is 60 s x 1.25 (rural main road); at 30 it is 120 s x 1.15 (residential)."""
    network = read_network(write_osm(tmp_path / "toy.osm", NODES, WAYS))
    seconds = edges(network)
    assert seconds[1.0, 60.0] == pytest.approx(75, rel=1e-4)
    assert seconds[1.0, 30.0] == pytest.approx(138, rel=1e-3)
    assert len(network.easting) == 4
    assert len(network.u) == 7  # three two-way streets and a one-way


def test_every_kind_of_file_gives_the_same_roads(tmp_path: Path) -> None:
    """Plain, gzip, bzip2 and PBF are one network (positions to PBF's hundred-nanodegree)."""
    text = osm(NODES, WAYS)
    (tmp_path / "a.osm").write_text(text, encoding="utf-8")
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "a.osm.bz2").write_bytes(bz2.compress(text.encode()))
    write_pbf(tmp_path / "a.osm.pbf")
    plain = read_network(tmp_path / "a.osm")
    for name in ("a.osm.gz", "a.osm.bz2", "a.osm.pbf"):
        other = read_network(tmp_path / name)
        assert np.array_equal(other.u, plain.u)
        assert np.array_equal(other.v, plain.v)
        assert other.seconds == pytest.approx(plain.seconds, rel=1e-5)
        assert other.easting == pytest.approx(plain.easting, abs=0.02)
        assert other.fingerprint != plain.fingerprint  # the bytes differ


def test_graphml_round_trip(tmp_path: Path) -> None:
    """A graph saved by OSMnx, simplified or not, gives the roads of the file it came from."""
    # With both diagonals every point is a junction, so OSMnx has no stretches to merge.
    diagonals: list[Way] = [([1, 3], {"highway": "road"}), ([2, 4], {"highway": "trunk"})]
    path = write_osm(tmp_path / "toy.osm", NODES, [*WAYS, *diagonals])
    plain = edges(read_network(path))
    before = ox.settings.useful_tags_way
    ox.settings.useful_tags_way = [*before, "maxspeed"]
    try:
        for simplify in (False, True):
            graph = ox.graph_from_xml(path, simplify=simplify)
            saved = tmp_path / f"{simplify}.graphml"
            ox.save_graphml(graph, saved)
            assert edges(read_network(saved)) == pytest.approx(
                plain, rel=1e-5
            )  # positions to 1e-7 degrees
    finally:
        ox.settings.useful_tags_way = before


def test_simplifying_does_not_mix_speeds(tmp_path: Path) -> None:
    """Half a mile at 60 then half at 30 on one lane: two edges each way, never one at 45."""
    nodes = {1: HOME, 2: north(0.5), 3: north(1)}
    ways = [
        ([1, 2], {"highway": "unclassified", "maxspeed": "60 mph"}),
        ([2, 3], {"highway": "unclassified", "maxspeed": "30 mph"}),
    ]
    network = read_network(write_osm(tmp_path / "lane.osm", nodes, ways))
    assert sorted(network.limit_mph) == [30, 30, 60, 60]
    # 30 s x 1.25 rural and 60 s x 1.15 urban, each way
    assert network.seconds.sum() == pytest.approx(2 * (37.5 + 69), rel=1e-4)


def test_bends_are_merged_but_a_long_lane_keeps_road_points(tmp_path: Path) -> None:
    """A mile with a point each ten metres keeps about one point each 200 m, at the same length."""
    nodes = {number: north(number / 160) for number in range(161)}
    path = write_osm(tmp_path / "lane.osm", nodes, [(list(nodes), {"highway": "unclassified"})])
    network = read_network(path)
    assert 8 <= len(network.easting) <= 12  # 1,609 m / 200 m, and the ends
    assert network.metres.sum() == pytest.approx(2 * 1609.344, rel=1e-5)


def test_only_the_strongly_connected_part_is_kept(tmp_path: Path) -> None:
    """An island and a street with no way back out are left out, and that is noted."""
    nodes = NODES | {5: north(-1), 6: north(20), 7: north(21)}
    ways = [
        *WAYS,
        ([1, 5], {"highway": "residential", "oneway": "yes"}),
        ([6, 7], {"highway": "residential"}),
    ]
    network = read_network(write_osm(tmp_path / "toy.osm", nodes, ways))
    assert len(network.easting) == 4
    assert any(note.startswith("3 of 7 road points (42.9%)") for note in network.notes)


def test_imputed_share_is_noted(tmp_path: Path) -> None:
    """Two of seven edges of a mile (the silent street, both ways) have no mapped limit: 29 %."""
    network = read_network(write_osm(tmp_path / "toy.osm", NODES, WAYS))
    assert network.notes[0].startswith("29% of road length has no mapped speed limit")


def test_points_are_on_the_national_grid(tmp_path: Path) -> None:
    """52 N 1 W lies some 468.7 km east and 233.6 km north of the grid's origin."""
    network = read_network(write_osm(tmp_path / "toy.osm", NODES, WAYS))
    assert network.easting.min() == pytest.approx(468_700, abs=200)
    assert network.northing.min() == pytest.approx(233_600, abs=500)


def test_roads_outside_great_britain_are_refused(tmp_path: Path) -> None:
    """The grid means nothing in Helsinki: saying so beats journeys of thousands of miles."""
    nodes = {1: (60.17, 24.94), 2: (60.17 + MILE_NORTH, 24.94)}
    path = write_osm(tmp_path / "away.osm", nodes, [([1, 2], {"highway": "residential"})])
    with pytest.raises(InputError, match="outside Great Britain"):
        read_network(path)


def test_a_cap_slows_fast_roads_only(tmp_path: Path) -> None:
    """A minibus held to 50 mph: 72 s x 1.25 for a mile of 60 mph road; a street is as before."""
    network = read_network(write_osm(tmp_path / "toy.osm", NODES, WAYS))
    capped = network.seconds_at(50)
    fast = network.limit_mph == 60
    assert capped[fast] == pytest.approx(72 * 1.25, rel=1e-3)
    assert np.array_equal(capped[~fast], network.seconds[~fast])
    with pytest.raises(ValueError, match="above zero"):
        network.seconds_at(0)


def test_what_was_read_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading comes from disk and is the same; a changed file is read again."""
    path = write_osm(tmp_path / "toy.osm", NODES, WAYS)
    first = read_network(path, cache=tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()

    def refuse(_: Path) -> None:
        raise AssertionError("the file was read again")

    with monkeypatch.context() as patch:
        patch.setattr(geo.network, "road_graph", refuse)
        second = read_network(path, cache=tmp_path / "cache")
    for name, value in vars(first).items():
        assert np.array_equal(value, getattr(second, name))

    write_osm(path, NODES, WAYS[:2])
    assert len(read_network(path, cache=tmp_path / "cache").u) == 4
    kept.write_bytes(b"not an archive")
    write_osm(path, NODES, WAYS)
    assert read_network(path, cache=tmp_path / "cache").fingerprint == first.fingerprint


def test_other_speeds_are_another_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The speed table is part of the fingerprint, so old times are never served for new speeds."""
    path = write_osm(tmp_path / "toy.osm", NODES, WAYS)
    before = read_network(path).fingerprint
    monkeypatch.setattr(geo.network, "speeds_hash", lambda: "other speeds")
    assert read_network(path).fingerprint != before


def test_osmnx_is_left_as_it_was(tmp_path: Path) -> None:
    """Global settings of OSMnx are put back, after success and after a fault."""
    before = {name: value for name, value in vars(ox.settings).items() if name[0] != "_"}
    read_network(write_osm(tmp_path / "toy.osm", NODES, WAYS))
    (tmp_path / "bad.osm").write_text("<html/>")
    with pytest.raises(InputError):
        read_network(tmp_path / "bad.osm")
    assert {name: value for name, value in vars(ox.settings).items() if name[0] != "_"} == before


def test_a_place_offline_is_told_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With no connection, the reader is told to give a file; OSMnx is left as it was."""

    def offline(*_: object, **__: object) -> None:
        assert ox.settings.cache_folder == str(tmp_path)
        raise ConnectionError("no route to host")

    before = ox.settings.cache_folder
    monkeypatch.setattr(ox, "graph_from_place", offline)
    with pytest.raises(InputError) as raised:
        read_network("St. Albans, England", cache=tmp_path)
    (fault,) = raised.value.faults
    assert "could not be fetched" in fault.problem
    assert "Give a file of roads" in fault.remedy
    assert ox.settings.cache_folder == before


def test_a_place_online_is_a_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What OSMnx fetches is treated as a file is; its fingerprint follows its contents."""
    path = write_osm(tmp_path / "toy.osm", NODES, WAYS)
    before = ox.settings.useful_tags_way

    def fetched(*_: object, **__: object) -> Any:
        return ox.graph_from_xml(path, simplify=False)

    monkeypatch.setattr(ox, "graph_from_place", fetched)
    network = read_network("Toytown")
    assert edges(network) == pytest.approx(edges(read_network(path)))
    assert network.fingerprint == read_network("Toytown").fingerprint
    assert ox.settings.useful_tags_way == before


def test_a_one_way_of_negative_direction_and_a_motorway(tmp_path: Path) -> None:
    """``oneway=-1`` runs against the way; a motorway is one-way without saying so."""
    nodes = {1: HOME, 2: north(1), 3: east(1, north_miles=1)}
    ways = [
        ([1, 2], {"highway": "motorway"}),
        ([3, 2], {"highway": "primary", "oneway": "-1"}),
        ([3, 1], {"highway": "residential"}),
    ]
    network = read_network(write_osm(tmp_path / "toy.osm", nodes, ways))
    one, three = int(network.northing.argmin()), int(network.easting.argmax())
    two = 3 - one - three
    pairs = sorted(zip(network.u.tolist(), network.v.tolist(), strict=True))
    assert pairs == sorted([(one, two), (two, three), (three, one), (one, three)])


def test_importing_is_quick() -> None:
    """`import geo.travel` must not drag in OSMnx: commands that need no roads start at once."""
    import subprocess

    code = "import sys, geo.travel, geo.network; print([m in sys.modules for m in sys.argv[1:]])"
    heavy = ["osmnx", "geopandas", "osmium", "networkx", "pyproj", "scipy"]
    done = subprocess.run(
        [sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True
    )
    assert "True" not in done.stdout


def test_a_network_can_be_changed_only_by_making_another(tmp_path: Path) -> None:
    """Networks are frozen; a test may still build a variant."""
    network = read_network(write_osm(tmp_path / "toy.osm", NODES, WAYS))
    with pytest.raises(AttributeError):
        network.source = "other"  # type: ignore[misc]
    assert replace(network, source="other").source == "other"
