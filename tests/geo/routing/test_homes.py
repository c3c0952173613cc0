"""Homes stand on the streets of their zone, and stay where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.network import Network
from geo.routing.homes import LEAST_METRES, homes_of, street_metres, uniform

if TYPE_CHECKING:
    from collections.abc import Sequence


def network(
    nodes: Sequence[tuple[float, float]], roads: Sequence[tuple[int, int, float, float]]
) -> Network:
    """Return two-way roads: from, to, metres, limit in mph."""
    both = [*roads, *((b, a, metres, mph) for a, b, metres, mph in roads)]
    u, v, metres, mph = (np.array(column) for column in zip(*both, strict=True))
    return Network(
        np.array([x for x, _ in nodes], dtype=float),
        np.array([y for _, y in nodes], dtype=float),
        u.astype(np.int64),
        v.astype(np.int64),
        metres.astype(float),
        mph.astype(float),
        np.ones(len(u)),
        "test",
        "test",
        "",
        (),
    )


ZONES = pd.DataFrame(
    {"zone": ["a", "b"], "easting": [0.0, 4_000.0], "northing": [0.0, 0.0], "children": [1.0, 3.0]}
)
STREET = network(
    [(0, 0), (100, 0), (4_000, 0), (4_100, 0), (90_000, 0)],
    [(0, 1, 100, 30), (1, 2, 3_900, 60), (2, 3, 100, 20), (3, 4, 85_900, 70)],
)


def test_homes_stand_where_streets_are() -> None:
    """Half of each road to each end: a street counts whole, a country road a tenth, a motorway not.

    Node 0: 100 there and 100 back of street, half of it: 100. Node 1: the same and 390 of country
    road (3,900 x 0.1, both ways, half): 490. Node 4 has only the motorway: nobody lives there.
    """
    assert street_metres(STREET).tolist() == pytest.approx([100.0, 490.0, 490.0, 100.0, 0.0])


def test_a_home_is_in_its_zone() -> None:
    """Nodes 0 and 1 are nearest to a, 2 and 3 to b; node 4 is nobody's."""
    homes = homes_of(ZONES, STREET)
    drawn = {zone: {homes.draw(zone, n).node for n in range(60)} for zone in ("a", "b")}

    assert drawn == {"a": {0, 1}, "b": {2, 3}}


def test_homes_follow_their_weights() -> None:
    """490 of 590 of zone a's homes are at node 1: 83 %, give or take four times 1.7 %."""
    homes = homes_of(ZONES, STREET)
    share = np.mean([homes.draw("a", n).node == 1 for n in range(500)])

    assert share == pytest.approx(490 / 590, abs=0.07)


def test_the_same_child_lives_in_the_same_place() -> None:
    """A home hangs on the child's key alone."""
    homes = homes_of(ZONES, STREET)
    first, again = (homes.draw("a", 7, 0, "a", "ASD") for _ in range(2))

    assert (first.easting, first.node) == (again.easting, again.node)


def test_an_outline_wins_over_the_nearest_point() -> None:
    """Zone b's outline holds nodes 1 to 3, though node 1 is nearer to a's point."""
    outline = {"b": shapely.box(50, -10, 5_000, 10)}
    homes = homes_of(ZONES, STREET, outline)

    assert {homes.draw("b", n).node for n in range(200)} == {1, 2, 3}


def test_a_zone_without_a_road_takes_the_nearest() -> None:
    """An outline in the fields: the nearest road point to the zone's own point."""
    homes = homes_of(ZONES, STREET, {"a": shapely.box(0, 500, 10, 510)})

    assert {homes.draw("a", n).node for n in range(20)} == {0}


def test_without_roads_homes_are_scattered_in_the_outline() -> None:
    """Every home is inside the outline, and they differ."""
    outline = shapely.box(0, 0, 500, 500).difference(shapely.box(100, 100, 400, 400))
    homes = homes_of(ZONES, None, {"a": outline})
    drawn = [homes.draw("a", n) for n in range(50)]

    assert all(shapely.contains_xy(outline, one.easting, one.northing) for one in drawn)
    assert len({one.easting for one in drawn}) > 40
    assert {one.node for one in drawn} == {-1}


def test_without_roads_or_outline_homes_are_round_the_point() -> None:
    """Within half the way to the next zone's point: 2,000 m."""
    homes = homes_of(ZONES, None)
    off = [np.hypot(one.easting, one.northing) for one in (homes.draw("a", n) for n in range(200))]

    assert max(off) <= 2_000.0
    # Evenly over the disc: half of the homes are beyond 0.707 of its radius.
    assert np.median(off) == pytest.approx(2_000 * 0.5**0.5, abs=150)


def test_zones_on_one_point_still_have_room() -> None:
    """Two zones at the same point: homes within the least distance."""
    same = ZONES.assign(easting=0.0)
    homes = homes_of(same, None)

    assert homes.radius.tolist() == [LEAST_METRES / 2] * 2


def test_any_zone_is_drawn_by_its_children() -> None:
    """A quarter of the luck is zone a."""
    homes = homes_of(ZONES, None)

    assert [homes.any_zone(luck) for luck in (0.01, 0.24, 0.26, 0.99)] == ["a", "a", "b", "b"]


def test_luck_is_even() -> None:
    """Luck lies between 0 and 1, half of it below a half."""
    luck = [uniform("x", n) for n in range(2_000)]

    assert 0 < min(luck) < max(luck) < 1
    assert np.mean(luck) == pytest.approx(0.5, abs=0.03)
