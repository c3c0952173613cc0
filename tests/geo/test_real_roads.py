"""Claims about Rutland's real roads, areas and schools (skipped where the files are absent)."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from geo.network import Network, freeze, read_network
from geo.paths import fastest
from geo.road_graph import road_graph
from geo.travel import TravelTable, travel_table

DATA = Path(__file__).parents[2].parent / "shared" / "data"
ROADS = DATA / "roads" / "rutland-latest.drive.osm.bz2"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not ROADS.is_file(), reason="the official files are not here"),
]


@pytest.fixture(scope="module")
def graph() -> nx.MultiDiGraph[int]:
    """Return OSMnx's graph of Rutland, with speeds."""
    return road_graph(ROADS)


@pytest.fixture(scope="module")
def network(graph: nx.MultiDiGraph[int]) -> Network:
    """Return Rutland's network."""
    return freeze(graph, source=ROADS.name)


@pytest.fixture(scope="module")
def table(network: Network) -> TravelTable:
    """Return journeys from Rutland's areas to its schools and special schools within 40 km."""
    areas = pd.read_csv(DATA / "zones" / "lsoa11_selected_las_centroid_imd.csv")
    areas = areas[areas["LAD22NM"] == "Rutland"]
    to_grid = Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)
    easting, northing = to_grid.transform(areas["lon"].to_numpy(), areas["lat"].to_numpy())
    zones = pd.DataFrame({"zone": areas["LSOA11CD"], "easting": easting, "northing": northing})

    schools = pd.read_csv(DATA / "gias" / "edubasealldata20250524.csv", encoding="cp1252")
    schools = schools.dropna(subset=["Easting", "Northing"])
    special = schools["TypeOfEstablishment (name)"].str.contains("special", case=False)
    near = np.hypot(schools["Easting"] - easting.mean(), schools["Northing"] - northing.mean())
    chosen = schools[(schools["LA (name)"] == "Rutland") | (special & (near < 40_000))]
    provisions = pd.DataFrame(
        {
            "provision": chosen["URN"].astype(str),
            "easting": chosen["Easting"],
            "northing": chosen["Northing"],
        }
    )
    return travel_table(zones, provisions, network)


def test_every_pair_has_a_finite_journey(table: TravelTable) -> None:
    """23 areas and every school: no pair is missing, infinite or shorter than a straight line."""
    journeys = table.journeys
    schools = journeys["provision"].nunique()
    assert len(journeys) == 23 * schools
    assert np.isfinite(journeys[["minutes", "miles"]].to_numpy()).all()
    assert (journeys["miles"] > 0).all()


def test_special_schools_beyond_the_extract_are_straight_lines(table: TravelTable) -> None:
    """Rutland has no state special school; the nearest lie outside its roads, and are named."""
    beyond = table.snaps[(table.snaps["method"] == "straight_line")]
    assert len(beyond) > 20
    assert set(beyond["kind"]) == {"provision"}
    labelled = table.journeys[table.journeys["provision"].isin(beyond["key"])]
    assert set(labelled["method"]) == {"straight_line"}
    warned = {warning.value for warning in table.warnings if "beyond" in warning.problem}
    assert warned == set(beyond["key"])


def test_journeys_within_rutland_are_believable(table: TravelTable) -> None:
    """The county is 18 miles across: by road under 45 minutes, at 25 to 50 mph."""
    by_road = table.journeys[(table.journeys["method"] == "network") & (table.journeys.miles > 1)]
    assert len(by_road) > 500
    assert by_road["minutes"].max() < 45
    mph = by_road["miles"].sum() / by_road["minutes"].sum() * 60
    assert 25 < mph < 50


def test_minutes_are_those_of_networkx(graph: nx.MultiDiGraph[int], network: Network) -> None:
    """On OSMnx's own MultiDiGraph, NetworkX finds the same times to a tenth of a second."""
    rng = np.random.default_rng(1)
    nodes = list(graph.nodes)
    origins, destinations = (rng.choice(len(nodes), size=n, replace=False) for n in (60, 4))
    seconds, _ = fastest(network, origins, destinations)
    back = graph.reverse(copy=True)
    for column, destination in enumerate(destinations):
        found = nx.single_source_dijkstra_path_length(back, nodes[destination], weight="seconds")
        there = [found[nodes[origin]] for origin in origins]
        assert seconds[:, column] == pytest.approx(there, abs=0.1)


@pytest.mark.slow
def test_the_raw_extract_gives_the_same_roads(network: Network) -> None:
    """The cut file was made from the raw one: filtering it here finds the same drivable roads."""
    raw = read_network(ROADS.with_name("rutland-latest.osm.pbf"))
    assert len(raw.easting) == len(network.easting)
    assert raw.metres.sum() == pytest.approx(network.metres.sum(), rel=1e-6)
