"""Roads that are no roads, roads elsewhere, and homes from which nothing can be reached."""

from __future__ import annotations

import bz2
import gzip
import json
from typing import TYPE_CHECKING

import pytest
from pyproj import Transformer

from tests.cases import tiny_tables, write_case
from tests.geo.toy import osm
from tests.sendplaces.driving import refused, run, without_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OSM_HEAD = '<?xml version="1.0"?><osm version="0.6" generator="a test">'
ROAD = {"highway": "residential"}
GRAPH = """<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="x" for="node" attr.name="x" attr.type="string"/>
<key id="y" for="node" attr.name="y" attr.type="string"/>
<key id="m" for="edge" attr.name="length" attr.type="string"/>
<key id="c" for="graph" attr.name="crs" attr.type="string"/>
<graph edgedefault="directed"><data key="c">EPSG:4326</data>
<node id="1"><data key="x">-1.9</data><data key="y">50.70</data></node>
<node id="2"><data key="x">-1.9</data><data key="y">50.71</data></node>
<edge source="1" target="2"><data key="m">{length}</data></edge>
<edge source="2" target="1"><data key="m">10</data></edge></graph></graphml>"""
RUTLAND = (52.66, -0.63)


def roads_between(*points: tuple[float, float]) -> str:
    """Return OpenStreetMap XML of one road through points on the British grid, both ways."""
    degrees = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    nodes = {}
    for number, point in enumerate(points, start=1):
        longitude, latitude = degrees.transform(*point)
        nodes[number] = (latitude, longitude)
    return osm(nodes, [(list(nodes), ROAD)])


def tiny_roads() -> str:
    """Return a road from the north zone past both local provisions to the south zone."""
    return roads_between((408500, 94200), (409000, 94000), (409100, 92050), (408500, 91200))


def _elsewhere(path: Path) -> None:
    latitude, longitude = RUTLAND
    nodes = {n: (latitude + n / 1000, longitude) for n in range(5)}
    path.write_text(osm(nodes, [(list(nodes), ROAD)]), encoding="utf-8")


def _half_zipped(path: Path) -> None:
    packed = gzip.compress(tiny_roads().encode())
    path.write_bytes(packed[: len(packed) // 2])


ROADS: dict[str, tuple[str, Callable[[Path], object], list[str]]] = {
    "not there": ("nowhere.osm", lambda _path: None, ["nowhere.osm", "is not there"]),
    "empty": ("roads.osm", lambda p: p.write_bytes(b""), ["roads.osm", "is empty"]),
    "text": ("roads.osm", lambda p: p.write_text("the A351, the B3069"), ["roads.osm"]),
    "another XML": ("roads.osm", lambda p: p.write_text("<kml><a/></kml>"), ["roads.osm"]),
    "cut short": (
        "roads.osm", lambda p: p.write_text(tiny_roads()[:-60], encoding="utf-8"), ["roads.osm"]
    ),
    "cut short and packed": ("roads.osm.gz", _half_zipped, ["roads.osm.gz"]),
    "not packed as it says": (
        "roads.osm.bz2", lambda p: p.write_text(tiny_roads()), ["roads.osm.bz2"]
    ),
    "a picture named .pbf": (
        "roads.osm.pbf", lambda p: p.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500)),
        ["roads.osm.pbf"],
    ),
    "a graph of another kind": (
        "roads.graphml", lambda p: p.write_text("<graphml/>"), ["roads.graphml"]
    ),
    "a graph of impossible lengths": (
        "roads.graphml", lambda p: p.write_text(GRAPH.format(length="-10")), ["cannot be"]
    ),
    "a graph of no lengths": (
        "roads.graphml", lambda p: p.write_text(GRAPH.format(length="nan")), ["cannot be"]
    ),
    "a latitude of 950": (
        "roads.osm",
        lambda p: p.write_text(osm({1: (950, -1.9), 2: (50.71, -1.9)}, [([1, 2], ROAD)])),
        ["cannot be read as OpenStreetMap data", "950"],
    ),
    "a workbook": ("roads.xlsx", lambda p: p.write_bytes(b"PK"), ["roads.xlsx", ".osm.pbf"]),
    "a folder": ("roads.osm", lambda p: p.mkdir(), ["roads.osm", "is a folder"]),
    "no roads in it": (
        "roads.osm",
        lambda p: p.write_text(f'{OSM_HEAD}<node id="1" lat="50.7" lon="-1.9"/></osm>'),
        ["roads.osm", "no"],
    ),
    "footpaths only": (
        "roads.osm",
        lambda p: p.write_text(
            osm({1: (50.7, -1.9), 2: (50.71, -1.9)}, [([1, 2], {"highway": "footway"})])
        ),
        ["roads.osm"],
    ),
    "roads of another county": ("roads.osm", _elsewhere, ["does not touch any zone", "km"]),
    "packed text": (
        "roads.osm.bz2", lambda p: p.write_bytes(bz2.compress(b"no roads")), ["roads.osm.bz2"]
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ROADS)
def test_roads_that_cannot_be_used_are_refused(tmp_path: Path, name: str) -> None:
    """A file that is no road network of this authority is refused by its name, nothing written."""
    file, make, saying = ROADS[name]
    make(tmp_path / file)
    case = write_case(tmp_path / "case")
    refused(tmp_path, case, "--network", tmp_path / file, saying=saying)


def test_bad_roads_in_the_case_folder_are_refused(tmp_path: Path) -> None:
    """A network that lies in the case folder is judged as one that is named."""
    case = write_case(tmp_path / "case")
    (case / "network.osm").write_text("no roads", encoding="utf-8")
    refused(tmp_path, case, saying=["network.osm"])


def test_travel_refuses_bad_roads_and_writes_nothing(tmp_path: Path) -> None:
    """``travel`` on roads of another county ends with 3 and no table."""
    case = write_case(tmp_path / "case")
    _elsewhere(tmp_path / "roads.osm")
    told = run("travel", case, "--network", tmp_path / "roads.osm", "--out", tmp_path / "t.csv")
    assert told.code == 3
    assert "does not touch any zone" in told.err
    assert "Traceback" not in told.err
    assert not list(tmp_path.glob("*t.csv*"))


def test_places_beyond_the_roads_are_warned_of(tmp_path: Path) -> None:
    """The far school lies 20 km beyond the roads: straight lines, said; the rest goes by road."""
    case = write_case(tmp_path / "case")
    (case / "network.osm").write_text(tiny_roads(), encoding="utf-8")
    told = run("travel", case, "--out", tmp_path / "travel.csv", "--json")
    assert told.code == 0, told.err
    found = told.json()
    # two zones: to two provisions on the road, and to one beyond it
    assert (found["by_road"], found["straight_line"]) == (4, 2)
    assert any("beyond the road network" in one["problem"] for one in found["warnings"])


def test_a_home_from_which_nothing_is_in_reach_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A zone in Shetland: its child stays without a place, and the plan says who and why."""
    without_page(monkeypatch)
    tables = tiny_tables()
    tables["zones"].append({"zone": "unst", "easting": 460000, "northing": 1210000})
    tables["entrants"].append(
        {"zone": "unst", "need": "ASD", "phase": "primary", "year": 2026, "children": 1}
    )
    case = write_case(tmp_path / "case", **tables)
    told = run("plan", case, "--out", tmp_path / "out", "--json")
    assert told.code == 0, told.err
    summary = told.json()
    assert any("unst" in warning for warning in summary["warnings"]), summary["warnings"]
    # one child enters in 2026; a little less than one is left by 2028, as plans cease
    assert 0.5 < summary["unplaced"] <= 1.0
    assert summary == json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
