"""Seconds and metres between homes and schools: both ways, off the road, beyond it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.routing.matrix import matrix_of
from geo.routing.types import NO_WAY
from geo.straight_line import DETOUR, STRAIGHT_LINE_MPH
from tests.geo.routing.builders import MILE, kids, school
from tests.geo.routing.test_homes import network

EAST = 400_000.0
NORTH = 300_000.0


def street(*, one_way: bool = False) -> object:
    """Return a triangle: a mile of 30 mph from home to school, and back by two miles round.

    Two-way, both are a mile.
    """
    roads = network(
        [(EAST, NORTH), (EAST + MILE, NORTH), (EAST, NORTH + MILE)],
        [(0, 1, MILE, 30.0), (1, 2, MILE, 30.0), (2, 0, MILE, 30.0)],
    )
    if not one_way:
        return roads
    kept = np.array([0, 1, 2])
    return replace(
        roads, u=roads.u[kept], v=roads.v[kept], metres=roads.metres[kept],
        limit_mph=roads.limit_mph[kept], factor=roads.factor[kept],
    )  # fmt: skip


def test_there_and_back_differ_on_one_way_streets() -> None:
    """A mile at 30 mph is 120 s; back by the other two sides, 240 s and two miles."""
    children = kids({"ann": (0, 0)})
    found = matrix_of(children, [school(east=1)], street(one_way=True))  # type: ignore[arg-type]
    a, s = found.at("ann"), found.at("oak")

    assert (found.seconds[a, s], found.seconds[s, a]) == (120, 240)
    assert (found.metres[a, s], found.metres[s, a]) == (1609, 3219)
    assert found.method == "network"


def test_a_point_off_the_road_is_driven_to_it() -> None:
    """A tenth of a mile off: x the detour, at the straight-line speed, at that end."""
    children = kids({"ann": (-0.1, 0)})
    found = matrix_of(children, [school(east=1)], street())  # type: ignore[arg-type]
    off = 0.1 * DETOUR
    a, s = found.at("ann"), found.at("oak")

    assert found.seconds[a, s] == pytest.approx(120 + off / STRAIGHT_LINE_MPH * 3600, abs=1)
    assert found.metres[a, s] == pytest.approx((1 + off) * MILE, abs=1)
    assert found.snap_metres[a] == pytest.approx(0.1 * MILE)


def test_points_far_from_the_road_are_named() -> None:
    """600 m off is warned of; 10 miles off is beyond the roads, and joined to nothing."""
    children = kids({"ann": (0, 0), "off": (-600 / MILE, 0), "beyond": (-10, 0)})
    found = matrix_of(children, [school(east=1)], street())  # type: ignore[arg-type]
    said = [note.sentence() for note in found.notes]

    assert said[0].startswith("children: 'off' is 600 m from the nearest road point")
    assert said[1].startswith("children: 'beyond' is 16.1 km beyond the road network")
    assert found.seconds[found.at("beyond"), found.at("oak")] == NO_WAY
    assert found.seconds[found.at("beyond"), found.at("beyond")] == 0
    assert found.nodes[found.at("beyond")] == -1


def test_children_at_one_road_point() -> None:
    """Two at one node: nothing between them, and each has its own row."""
    children = kids({"ann": (0, 0), "bob": (0, 0)})
    found = matrix_of(children, [school(east=1)], street())  # type: ignore[arg-type]

    assert found.seconds[:2, :2].tolist() == [[0, 0], [0, 0]]
    assert found.seconds[:2, 2].tolist() == [120, 120]


def test_caps_have_seconds_of_their_own() -> None:
    """At 15 mph a mile takes four minutes; without a cap two."""
    children = kids({"ann": (0, 0)})
    found = matrix_of(
        children,
        [school(east=1)],
        street(),
        speed_caps_mph=[None, 15.0],  # type: ignore[arg-type]
    )
    a, s = found.at("ann"), found.at("oak")

    assert found.for_cap(None)[0][a, s] == 120
    assert found.for_cap(15.0)[0][a, s] == 240
    assert found.for_cap(15.0)[1][a, s] == 1609


def test_calibration_multiplies_seconds_only() -> None:
    """Half as slow again, no further."""
    children = kids({"ann": (0, 0)})
    found = matrix_of(children, [school(east=1)], street(), calibration=1.5)  # type: ignore[arg-type]

    assert found.seconds[0, 1] == 180
    assert found.metres[0, 1] == 1609


def test_without_roads_lines_are_straight_and_say_so() -> None:
    """A mile straight is 1.3 by road, at 30 mph 156 s, the same both ways."""
    children = kids({"ann": (0, 0)})
    found = matrix_of(children, [school(east=1)], None)

    assert found.seconds.tolist() == [[0, 156], [156, 0]]
    assert found.method == "straight_line"
    assert "no road network was given" in found.notes[0].sentence()


def test_rows_worked_out_in_turn_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Origins are taken some at a time; how many changes nothing."""
    from geo.routing import matrix

    children = kids({"a": (0, 0), "b": (1, 0), "c": (0, 1)})
    whole = matrix_of(children, [school(east=1)], street(one_way=True))  # type: ignore[arg-type]
    monkeypatch.setattr(matrix, "AT_ONCE", 1)
    parts = matrix_of(children, [school(east=1)], street(one_way=True))  # type: ignore[arg-type]

    assert whole.seconds.tolist() == parts.seconds.tolist()
    assert whole.metres.tolist() == parts.metres.tolist()
