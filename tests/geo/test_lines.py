"""The line of the fastest way: along the roads, one-way streets kept, straight where none leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.lines import ways
from geo.network import read_network
from tests.geo.toy import HOME, east, north, write_osm

if TYPE_CHECKING:
    from pathlib import Path

    from geo.network import Network


def square(folder: Path) -> Network:
    """Return a square of roads, a mile a side; its west side may only be driven north."""
    nodes = {1: HOME, 2: north(1), 3: east(1, north_miles=1), 4: east(1)}
    road = {"highway": "secondary", "maxspeed": "30 mph"}
    west = road | {"oneway": "yes"}
    path = write_osm(folder / "square.osm", nodes, [((1, 2), west), ((2, 3, 4, 1), road)])
    return read_network(path)


def corner(network: Network, point: int) -> int:
    """Return the road point at a corner: 0 south-west, 1 north-west, 2 north-east, 3 south-east."""
    east_side = point in (2, 3)
    north_side = point in (1, 2)
    middle = np.median(network.easting), np.median(network.northing)
    score = (network.easting - middle[0]) * (1 if east_side else -1)
    score = score + (network.northing - middle[1]) * (1 if north_side else -1)
    return int(np.argmax(score))


def test_a_way_keeps_to_the_roads_and_their_direction(tmp_path: Path) -> None:
    """Up the one-way side it is straight; down again it goes round by the other three."""
    roads = square(tmp_path)
    south_west, north_west = corner(roads, 0), corner(roads, 1)
    found = ways(roads, [(south_west, north_west), (north_west, south_west)])
    up, down = found[south_west, north_west], found[north_west, south_west]
    assert up[0] == south_west
    assert up[-1] == north_west
    assert corner(roads, 2) not in up
    assert {corner(roads, 2), corner(roads, 3)} <= set(down.tolist())


def test_a_way_to_where_one_stands_is_that_point(tmp_path: Path) -> None:
    """Two children at one point: the leg between them has one node and no length."""
    roads = square(tmp_path)
    assert ways(roads, [(0, 0)])[0, 0].tolist() == [0]
    assert ways(roads, []) == {}


def test_the_same_leg_is_worked_out_once(tmp_path: Path) -> None:
    """Repeats do not multiply what is returned."""
    roads = square(tmp_path)
    assert len(ways(roads, [(0, 1), (0, 1), (1, 0)])) == 2
