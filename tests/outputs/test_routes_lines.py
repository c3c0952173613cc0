"""Lines of routes: by zones and never by homes, along the roads, in files that others open."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from outputs.routes_lines import geojson, gpx, places, route_lines, vehicles_by_road
from tests.outputs.routed import HOMES, draw, planned

GPX = "{http://www.topografix.com/GPX/1/1}"


def lines(side: str = "do_minimum"):  # noqa: ANN201
    """Return the lines of one side of the made-up draw."""
    run = planned()
    return route_lines(draw().sides[side], places(run.zones, run.provisions, None))


def test_a_line_goes_by_zones_and_ends_at_the_provision() -> None:
    """Two children of zone north share a taxi to Oak: one line from its point to the school."""
    found = lines().set_index("route")
    oak = shapely.get_coordinates(found.geometry["oak-1"]).tolist()
    assert oak == [[408_500.0, 94_200.0], [409_000.0, 94_000.0]]
    assert found.loc["oak-1", "zones"] == "north"
    assert found.loc["oak-1", "children"] == 2


def test_no_line_touches_a_home() -> None:
    """The nearest that any line comes to a home is the distance of the zone's point, by chance."""
    for side in ("do_minimum", "plan"):
        for line in lines(side).geometry:
            corners = shapely.get_coordinates(line)
            for _, east, north in HOMES.values():
                assert not (corners == (east, north)).all(axis=1).any()


def test_vehicles_are_counted_once_on_each_stretch() -> None:
    """Two routes run from south to Far by the same stretch, one from north to Oak."""
    roads = vehicles_by_road(lines())
    assert sorted(roads["vehicles"]) == [1, 2]
    assert vehicles_by_road(lines().iloc[:0]).empty


def test_geojson_is_wgs84_and_holds_no_home() -> None:
    """Longitude comes first, the points are near Bournemouth, and homes are not among them."""
    told = json.loads(geojson(lines(), attribution=["Made up"], run_id="r"))
    assert told["type"] == "FeatureCollection"
    assert len(told["features"]) == 3
    for feature in told["features"]:
        for longitude, latitude in feature["geometry"]["coordinates"]:
            assert -2.1 < longitude < -1.4
            assert 50.6 < latitude < 50.9
    assert "not by homes" in told["note"]


def test_gpx_opens_and_names_what_it_holds() -> None:
    """Each route is a track with two points or more, and text from a case is text."""
    text = gpx(lines(), title="<Tiny> & co", attribution=["Made up"])
    root = ET.fromstring(text)
    tracks = root.findall(f"{GPX}trk")
    assert [track.findtext(f"{GPX}name") for track in tracks] == ["oak-1", "far-1", "far-2"]
    assert all(len(track.findall(f".//{GPX}trkpt")) >= 2 for track in tracks)
    assert root.findtext(f"{GPX}metadata/{GPX}name") == "<Tiny> & co"


def test_a_zone_without_a_point_is_left_out_of_a_line() -> None:
    """A route all of whose zones are unknown has no line; the others keep theirs."""
    run = planned()
    known = run.zones[run.zones["zone"] != "north"]
    found = route_lines(draw().sides["do_minimum"], places(known, run.provisions, None))
    missing = found.set_index("route").geometry.isna()
    assert missing.to_dict() == {"oak-1": True, "far-1": False, "far-2": False}
    assert len(json.loads(geojson(found, attribution=[], run_id="r"))["features"]) == 2


@pytest.mark.parametrize("side", ["do_minimum", "plan"])
def test_lines_have_the_figures_of_their_routes(side: str) -> None:
    """Miles and minutes are those of the route to the homes, not those of the line drawn."""
    routed = draw().sides[side]
    found = lines(side).set_index("route")
    for route in routed.routes:
        assert found.loc[route.route, "miles"] == route.runs[0].miles
        assert np.isclose(found.loc[route.route, "cost_a_day_gbp"], route.cost_a_day_gbp)
