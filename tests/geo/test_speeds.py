"""Claims about speeds: UK limits are read, and only what is silent is imputed."""

from __future__ import annotations

import csv
from math import nan

import pytest

from geo.speeds import SPEEDS_FILE, class_speeds, edge_speed, read_limit, speeds_hash


@pytest.mark.parametrize(
    ("text", "mph"),
    [
        ("30 mph", 30.0),
        ("30mph", 30.0),
        ("48.28032", 30.0),  # a bare number is km/h: OpenStreetMap's own rule
        ("48.28032 km/h", 30.0),
        ("national", 60.0),
        ("GB:nsl_single", 60.0),
        ("GB_nsl:single", 60.0),  # as one way in Rutland has it
        ("gb:national", 60.0),
        ("GB:nsl_dual", 70.0),
        ("GB:motorway", 70.0),
        ("GB:nsl_restricted", 30.0),
        ("GB:zone20", 20.0),
        ("60 mph;30 mph", 40.0),  # a mile each way at 60 and 30: 3 minutes for 2 miles
        ("20 mph|40 mph", 80 / 3),
        ("130 km/h", 70.0),  # no limit in Great Britain is over 70
    ],
)
def test_a_uk_limit_is_read(text: str, mph: float) -> None:
    """Every way in which British mappers write a limit becomes mph."""
    assert read_limit(text) == pytest.approx(mph)


@pytest.mark.parametrize("text", ["", "sign", "signals", "variable", "0 mph", "fast", "GB:sign"])
def test_what_states_no_limit_is_none(text: str) -> None:
    """A value with no speed in it is not guessed at."""
    assert read_limit(text) is None


def test_national_is_70_on_a_dual_carriageway_and_a_motorway() -> None:
    """A one-way trunk road is one half of a dual carriageway; a roundabout is not."""
    dual = {"highway": "trunk", "maxspeed": "national", "oneway": True}
    assert edge_speed(dual).limit_mph == 70
    assert edge_speed(dual | {"oneway": False}).limit_mph == 60
    assert edge_speed(dual | {"junction": "roundabout"}).limit_mph == 60
    assert edge_speed({"highway": "motorway", "maxspeed": "national"}).limit_mph == 70


def test_the_kind_of_limit_stands_in_for_a_missing_number() -> None:
    """``maxspeed:type`` is read where ``maxspeed`` is absent or unreadable, not over it."""
    road = {"highway": "secondary", "maxspeed:type": "GB:nsl_single"}
    assert edge_speed(road).limit_mph == 60
    assert edge_speed(road | {"maxspeed": "variable"}).limit_mph == 60
    assert edge_speed(road | {"maxspeed": "40 mph"}).limit_mph == 40
    assert not edge_speed(road).imputed


def test_a_silent_road_takes_the_speed_of_its_class_and_says_so() -> None:
    """Residential: 30 mph, 1.15 minutes a minute (the table's figures)."""
    for silent in (None, nan, "sign"):
        speed = edge_speed({"highway": "residential", "maxspeed": silent})
        assert (speed.limit_mph, speed.factor, speed.imputed) == (30, 1.15, True)


def test_the_factor_is_urban_up_to_40_mph() -> None:
    """A main road is slowed more in town: 1.45 at 40 mph, 1.25 at 50."""
    assert edge_speed({"highway": "primary", "maxspeed": "40 mph"}).factor == 1.45
    assert edge_speed({"highway": "primary", "maxspeed": "50 mph"}).factor == 1.25


def test_lists_left_by_merging_are_read() -> None:
    """OSMnx leaves lists on merged stretches: 60 and 30 over equal lengths is 40."""
    speed = edge_speed({"highway": ["primary", "residential"], "maxspeed": ["60 mph", "30 mph"]})
    assert speed.limit_mph == pytest.approx(40)
    assert speed.factor == pytest.approx((1.45 + 1.15) / 2)


def test_every_figure_in_the_table_has_a_status_and_a_source() -> None:
    """No speed without a source: the table says where each row comes from."""
    with SPEEDS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["highway"] for row in rows} == set(class_speeds())
    assert all(row["status"] and row["source"] for row in rows)
    assert all(5 <= speed.free_flow_mph <= 70 for speed in class_speeds().values())
    assert len(speeds_hash()) == 64
