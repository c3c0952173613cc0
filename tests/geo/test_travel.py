"""Claims about journeys: by hand on toy streets, and every exception labelled and warned of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import geo.travel
from geo.network import Network, read_network
from geo.paths import fastest
from geo.travel import TravelTable, travel_table
from inputs.errors import InputError
from tests.geo.toy import HOME, Way, east, north, points, write_osm

if TYPE_CHECKING:
    from pathlib import Path

# From home, the school is one mile by a 20 mph street, or two miles by 60 mph lanes round the east.
NODES = {1: HOME, 2: north(1), 3: east(0.866025, north_miles=0.5)}
WAYS: list[Way] = [
    ([1, 2], {"highway": "residential", "maxspeed": "20 mph"}),
    ([1, 3], {"highway": "unclassified", "maxspeed": "60 mph"}),
    ([3, 2], {"highway": "unclassified", "maxspeed": "60 mph", "oneway": "yes"}),
]
ZONES = points("zone", {"home": HOME})
SCHOOLS = points("provision", {"school": north(1)})


@pytest.fixture
def network(tmp_path: Path) -> Network:
    """Return the toy network."""
    return read_network(write_osm(tmp_path / "toy.osm", NODES, WAYS))


def only(table: TravelTable) -> pd.Series:
    """Return the one journey of a table."""
    assert len(table.journeys) == 1
    return table.journeys.iloc[0]


def test_a_journey_by_hand(network: Network) -> None:
    """Two miles at 60 x 1.25 are 2.5 minutes; the street takes 3 x 1.15 = 3.45: go by lane."""
    table = travel_table(ZONES, SCHOOLS, network)
    journey = only(table)
    assert list(table.journeys.columns) == ["zone", "provision", "minutes", "miles", "method"]
    # the points lie on road points to a metre or so: 5 m more at 30 mph is under half a second
    assert journey["minutes"] == pytest.approx(2.5, abs=0.01)
    assert journey["miles"] == pytest.approx(2.0, abs=0.01)
    assert journey["method"] == "network"
    assert table.warnings == ()
    assert table.attribution == ("(c) OpenStreetMap contributors, ODbL 1.0",)


def test_one_way_makes_there_and_back_differ(network: Network) -> None:
    """The lane is one-way towards the school, so the way home is the street: 3.45 minutes."""
    back = travel_table(
        points("zone", {"home": north(1)}), points("provision", {"school": HOME}), network
    )
    assert only(back)["minutes"] == pytest.approx(3.45, abs=0.01)
    assert only(back)["miles"] == pytest.approx(1.0, abs=0.01)


def test_a_minibus_is_held_to_its_cap(network: Network) -> None:
    """Capped at 30: the lanes take 2 x 2 x 1.25 = 5 minutes, so the street's 3.45 is best."""
    assert only(travel_table(ZONES, SCHOOLS, network, speed_cap_mph=30))["minutes"] == (
        pytest.approx(3.45, abs=0.01)
    )


def test_calibration_multiplies_minutes_not_miles(network: Network) -> None:
    """A factor of 1.2 is a fifth more minutes, on roads and on straight lines."""
    for roads in (network, None):
        plain = only(travel_table(ZONES, SCHOOLS, roads))
        slower = only(travel_table(ZONES, SCHOOLS, roads, calibration=1.2))
        assert slower["minutes"] == pytest.approx(1.2 * plain["minutes"])
        assert slower["miles"] == plain["miles"]


@pytest.mark.parametrize("factor", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_calibration_is_refused(factor: float) -> None:
    """Nothing multiplies minutes by zero, less, or no number."""
    with pytest.raises(ValueError, match="calibration"):
        travel_table(ZONES, SCHOOLS, None, calibration=factor)


def test_the_gap_to_the_road_is_driven_too(network: Network) -> None:
    """A zone 0.2 miles west of home: 0.26 miles more at 1.3, and 0.52 minutes at 30 mph."""
    zones = points("zone", {"home": east(-0.2)})
    journey = only(travel_table(zones, SCHOOLS, network, detour=1.3, straight_line_mph=30))
    assert journey["miles"] == pytest.approx(2.26, abs=0.01)
    assert journey["minutes"] == pytest.approx(3.02, abs=0.01)


def test_a_far_snap_is_warned_of(network: Network) -> None:
    """500 m is the threshold: of zones 0.4 and 0.2 miles off, the first is named."""
    zones = points("zone", {"near": east(-0.2), "far": east(-0.4)})
    table = travel_table(zones, SCHOOLS, network)
    (warning,) = table.warnings
    assert (warning.table, warning.value, warning.severity) == ("zones", "far", "warning")
    assert "646 m" in warning.problem  # the toy is drawn on a sphere, 0.3 % out here
    assert list(table.snaps.columns) == ["kind", "key", "metres", "method"]
    assert table.snaps["metres"].round(-1).tolist() == [320, 650, 0]
    assert set(table.journeys["method"]) == {"network"}


def test_beyond_the_network_is_a_straight_line_labelled_and_warned_of(network: Network) -> None:
    """A school 10 miles north is beyond the roads: 13 miles at 1.3, 26 minutes at 30 mph."""
    schools = points("provision", {"school": north(1), "away": north(10)})
    table = travel_table(ZONES, schools, network, detour=1.3, straight_line_mph=30)
    away = table.journeys.set_index("provision").loc["away"]
    assert away["method"] == "straight_line"
    # the grid is drawn 0.04 % small at this easting
    assert away["miles"] == pytest.approx(13, rel=1e-3)
    assert away["minutes"] == pytest.approx(26, rel=1e-3)
    (warning,) = table.warnings
    assert (warning.table, warning.value) == ("provisions", "away")
    assert "beyond the road network" in warning.problem
    assert table.snaps.set_index("key").loc["away", "method"] == "straight_line"
    assert table.journeys["method"].tolist() == ["network", "straight_line"]


def test_a_network_that_touches_no_zone_is_refused(network: Network) -> None:
    """Roads of another county are a mistake, not a reason for straight lines throughout."""
    with pytest.raises(InputError, match="does not touch any zone"):
        travel_table(points("zone", {"home": north(50)}), SCHOOLS, network)


def test_without_a_network_every_journey_is_labelled() -> None:
    """No roads: straight lines, one warning with their number, no attribution, no snaps."""
    table = travel_table(ZONES, SCHOOLS, None)
    assert only(table)["method"] == "straight_line"
    assert "1 journey(s)" in table.warnings[0].problem
    assert table.attribution == ()
    assert table.snaps.empty


def test_an_unreachable_pair_is_never_infinite(network: Network) -> None:
    """Should roads not join a pair after all, it is a straight line and is warned of."""
    none = {name: vars(network)[name][:0] for name in ("u", "v", "metres", "limit_mph", "factor")}
    cut = replace(network, **none)
    table = travel_table(ZONES, SCHOOLS, cut)
    assert only(table)["method"] == "straight_line"
    assert np.isfinite(only(table)["minutes"])
    (warning,) = table.warnings
    assert "cannot be reached by road from 1 zone(s)" in warning.problem


def test_a_supplied_journey_wins_for_its_pair_alone(network: Network) -> None:
    """Given 9 minutes and 4 miles for one pair, the other pair is still worked out."""
    zones = points("zone", {"home": HOME, "corner": NODES[3]})
    supplied = pd.DataFrame(
        {"zone": ["home"], "provision": ["school"], "minutes": ["9"], "miles": [4]}
    )
    table = travel_table(zones, SCHOOLS, network, supplied=supplied, calibration=2.0)
    home, corner = table.journeys.to_dict("records")
    assert (home["zone"], home["minutes"], home["miles"]) == ("home", 9.0, 4.0)
    assert (home["method"], corner["method"]) == ("supplied", "network")
    assert corner["minutes"] == pytest.approx(2 * 1.25, abs=0.01)  # a mile at 60 x 1.25, doubled


def test_a_provision_without_coordinates_has_only_supplied_journeys(network: Network) -> None:
    """Education other than at school has no place: no journey, unless the user gives one."""
    nowhere = pd.DataFrame({"provision": ["eotas"], "easting": [np.nan], "northing": [np.nan]})
    schools = pd.concat([nowhere, SCHOOLS], ignore_index=True)
    assert travel_table(ZONES, schools, network).journeys["provision"].tolist() == ["school"]
    supplied = pd.DataFrame(
        {"zone": ["home"], "provision": ["eotas"], "minutes": [0.0], "miles": [0.0]}
    )
    both = travel_table(ZONES, schools, network, supplied=supplied).journeys
    assert both["provision"].tolist() == ["eotas", "school"]
    assert both["method"].tolist() == ["supplied", "network"]
    assert both["minutes"].dtype == float


def test_supplied_journeys_silence_warnings_of_what_they_replace(network: Network) -> None:
    """Beyond the roads, or with none, a pair that the user gives needs no warning."""
    schools = points("provision", {"away": north(10)})
    supplied = pd.DataFrame(
        {"zone": ["home"], "provision": ["away"], "minutes": [20.0], "miles": [11.0]}
    )
    for roads in (network, None):
        assert travel_table(ZONES, schools, roads).warnings
        assert travel_table(ZONES, schools, roads, supplied=supplied).warnings == ()


def test_supplied_journeys_to_unknown_keys_are_left_aside(network: Network) -> None:
    """Unknown keys are told when the case is read; here they add no journey."""
    supplied = pd.DataFrame(
        {"zone": ["moon"], "provision": ["school"], "minutes": [20.0], "miles": [11.0]}
    )
    assert only(travel_table(ZONES, SCHOOLS, network, supplied=supplied))["method"] == "network"


def test_bad_supplied_journeys_are_all_told() -> None:
    """A negative, a blank and a repeat: three faults, by spreadsheet row."""
    supplied = pd.DataFrame(
        {
            "zone": ["a", "b", "c", "c"],
            "provision": ["p"] * 4,
            "minutes": [-1.0, np.nan, 5.0, 6.0],
            "miles": [1.0] * 4,
        }
    )
    with pytest.raises(InputError) as raised:
        travel_table(ZONES, SCHOOLS, None, supplied=supplied)
    assert [fault.row for fault in raised.value.faults] == [2, 3, 5]


def test_a_zone_without_coordinates_is_a_fault() -> None:
    """A home must be somewhere."""
    zones = ZONES.assign(easting=np.nan)
    with pytest.raises(InputError, match="has no coordinates"):
        travel_table(zones, SCHOOLS, None)


def test_the_second_time_comes_from_disk(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kept journeys are the same; other speeds, caps or points are worked out anew."""
    cache = tmp_path / "cache"
    first = travel_table(ZONES, SCHOOLS, network, cache=cache)
    calls: list[int] = []

    def counted(*args: object, **settings: object) -> object:
        calls.append(1)
        return fastest(*args, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(geo.travel, "fastest", counted)
    shares: list[float] = []
    again = travel_table(ZONES, SCHOOLS, network, cache=cache, progress=shares.append)
    pd.testing.assert_frame_equal(first.journeys, again.journeys)
    assert (len(calls), shares, first.fingerprint) == (0, [1.0], again.fingerprint)

    travel_table(ZONES, SCHOOLS, network, cache=cache, speed_cap_mph=20)
    slower = replace(network, factor=network.factor * 2, fingerprint="other speeds")
    doubled = travel_table(ZONES, SCHOOLS, slower, cache=cache)
    travel_table(points("zone", {"corner": NODES[3]}), SCHOOLS, network, cache=cache)
    assert len(calls) == 3
    assert only(doubled)["minutes"] == pytest.approx(2 * only(first)["minutes"], abs=0.02)
    assert doubled.fingerprint != first.fingerprint


def test_a_damaged_or_unwritable_cache_costs_time_only(network: Network, tmp_path: Path) -> None:
    """Half-written files are not read, and a cache that cannot be made is done without."""
    cache = tmp_path / "cache"
    first = travel_table(ZONES, SCHOOLS, network, cache=cache)
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:50])
    again = travel_table(ZONES, SCHOOLS, network, cache=cache)
    pd.testing.assert_frame_equal(first.journeys, again.journeys)
    blocked = tmp_path / "file"
    blocked.write_text("")
    travel_table(ZONES, SCHOOLS, network, cache=blocked)


def test_order_is_that_of_the_tables(network: Network) -> None:
    """Rows run zone by zone, and provision by provision, as the tables do."""
    zones = points("zone", {"z2": HOME, "z1": NODES[3]})
    schools = points("provision", {"b": north(1), "a": HOME})
    table = travel_table(zones, schools, network)
    assert table.journeys["zone"].tolist() == ["z2", "z2", "z1", "z1"]
    assert table.journeys["provision"].tolist() == ["b", "a", "b", "a"]


def test_no_zones_or_no_provisions_is_an_empty_table(network: Network) -> None:
    """Nothing to travel between is no journeys, not a crash."""
    assert travel_table(ZONES.iloc[:0], SCHOOLS, network).journeys.empty
    assert travel_table(ZONES, SCHOOLS.iloc[:0], network).journeys.empty
