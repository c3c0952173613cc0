"""The embedded example: made from its seed, fit to read, and like the authorities it stands for."""

from __future__ import annotations

import csv
import gzip
import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from inputs.examples.make_seaborough import HERE, make
from inputs.examples.seaborough_children import LEAST_CHILDREN, share_out, spread
from inputs.examples.seaborough_land import HomeZone
from inputs.read import inspect_case
from inputs.schemas import BID_TABLES, ROUND_TABLES, TABLES
from inputs.vocabulary import Need, Phase

if TYPE_CHECKING:
    from pathlib import Path

Rows = list[dict[str, str]]
INMSS = ("inmss_day", "inmss_residential")


def rows(name: str) -> Rows:
    """Return the rows of a committed table."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def total(table: Rows, **where: str) -> float:
    """Return the children in the rows that match."""
    return sum(
        float(row["children"])
        for row in table
        if all(row[column] == value for column, value in where.items())
    )


BY_HAND = {"bids.csv", "scenario.toml", "modest-capital.toml"}
"""Policies beside the example: written by hand, not made from the seed."""


@pytest.fixture(scope="module")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the example afresh from its seed."""
    folder = tmp_path_factory.mktemp("seaborough")
    make(folder)
    return folder


def test_the_committed_files_are_what_the_seed_makes(remade: Path) -> None:
    """Every text file is the same to the byte, and no file is missing or left over."""
    kept = sorted(path.name for path in HERE.iterdir() if path.name not in BY_HAND)
    assert kept == sorted(path.name for path in remade.iterdir())
    for name in kept:
        if name.endswith((".csv", ".toml", ".md")):
            assert (remade / name).read_bytes() == (HERE / name).read_bytes(), name


def test_the_roads_are_what_the_seed_makes(remade: Path) -> None:
    """The roads are the same to the byte; packing may differ by zlib, but carries no date."""
    packed = (HERE / "network.osm.gz").read_bytes()
    assert gzip.decompress(packed) == gzip.decompress((remade / "network.osm.gz").read_bytes())
    assert packed[4:8] == b"\0\0\0\0", "bytes 4 to 8 of a gzip file are its time"


def test_making_it_twice_gives_the_same_bytes(remade: Path, tmp_path: Path) -> None:
    """On one machine every file is the same to the byte, outlines and packed roads too."""
    make(tmp_path)
    for path in remade.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_it_is_small() -> None:
    """The files come to under 2 MB, as they ship with the package."""
    assert sum(path.stat().st_size for path in HERE.iterdir()) < 2_000_000


@pytest.mark.parametrize("name", sorted(path.stem for path in HERE.glob("*.csv")))
def test_every_row_fits_its_schema(name: str) -> None:
    """Every row of every table passes the row model once blanks are dropped."""
    for row in rows(name):
        (TABLES | ROUND_TABLES | BID_TABLES)[name].model_validate(
            {key: value for key, value in row.items() if value}
        )


def test_it_reads_without_a_fault() -> None:
    """The reader finds nothing wrong, and warns only of schools over their physical places."""
    case, found = inspect_case(HERE)
    assert case is not None
    assert {fault.severity for fault in found} == {"warning"}
    assert {fault.column for fault in found} == {"physical_places"}


def test_the_case_is_five_years_from_2026() -> None:
    """Five years, as the issue asks; prices of the base year."""
    facts = tomllib.loads((HERE / "case.toml").read_text(encoding="utf-8"))
    assert (facts["base_year"], facts["price_year"], facts["horizon_years"]) == (2026, 2026, 5)


def test_zones_and_cells() -> None:
    """116 zones (100 to 150 asked) and few enough cells for a plan in about a minute."""
    zones, entrants = rows("zones"), rows("entrants")
    assert len(zones) == 116
    assert len({zone["locality"] for zone in zones}) == 6
    assert {zone["deprivation_fifth"] for zone in zones} == set("12345")
    cells = {(row["zone"], row["need"], row["phase"]) for row in entrants}
    assert 800 <= len(cells) <= 1300, "1,300 cells is the most that keeps the example quick"


def test_children_placed_now() -> None:
    """1,500 of ours, all 13 needs and four phases; 15 % of homes blank; some from elsewhere."""
    placed = rows("placed")
    ours = [row for row in placed if not row["authority"]]
    assert total(ours) == 1500
    assert {row["need"] for row in ours} == {need.value for need in Need}
    assert {row["phase"] for row in ours} == {phase.value for phase in Phase}
    assert total(ours, zone="") == 225, "15 % of 1,500"
    assert total(placed) - total(ours) == 29, "others' children, in our special schools"


def test_inmss_share_and_cost() -> None:
    """INMSS is 12 % of children (366 of about 3,000 in Leicestershire) at a published mean.

    The mean lies between BCP's £49,000 and the national £64,000. Leicestershire's 36 % of cost lies
    between our shares of the cost with place funding and of top-ups and fees alone.
    """
    provisions = {row["provision"]: row for row in rows("provisions")}
    fee = {(r["provision"], r["need"], r["phase"]): r["annual_cost_gbp"] for r in rows("teaches")}
    count, fees, funding = Counter[bool](), Counter[bool](), Counter[bool]()
    day = Counter[str]()
    for row in rows("placed"):
        if row["authority"]:
            continue
        place = provisions[row["provision"]]
        inmss, children = place["class"] in INMSS, int(row["children"])
        cost = float(fee[row["provision"], row["need"], row["phase"]]) * children
        count[inmss] += children
        fees[inmss] += cost
        funding[inmss] += float(place["place_funding_gbp"]) * children
        if place["class"] == "inmss_day":
            day.update({"children": children, "cost": cost})
    assert count[True] == 180, "12 % of 1,500"
    assert 49_000 <= fees[True] / count[True] <= 64_000
    assert day["cost"] / day["children"] == pytest.approx(49_900, abs=500), "BCP: £49,000"
    with_funding = fees[True] / (fees.total() + funding.total())
    without = fees[True] / fees.total()
    assert with_funding < 0.36 < without


def test_waiting_children() -> None:
    """143 wait, all in the first year, half of them primary, mostly ASD and SEMH (BCP, 2024)."""
    waiting = [row for row in rows("entrants") if row["kind"] == "waiting"]
    assert total(waiting) == 143
    assert {row["year"] for row in waiting} == {"2026"}
    assert total(waiting, phase="primary") == 72, "about half of 143"
    share = (total(waiting, need="ASD") + total(waiting, need="SEMH")) / 143
    assert share > 0.75
    assert all(float(row["children"]).is_integer() for row in waiting), "they are real children"


@pytest.mark.parametrize(
    ("last", "phase", "on", "share"),
    [
        (-1, "primary", 0, 1.0),
        (6, "secondary", 7, 1.0),
        (11, "post16", 12, 0.6),
    ],
)
def test_transfers_of_the_next_year_are_the_leavers_of_this(
    last: int, phase: str, on: int, share: float
) -> None:
    """2027's transfers are those in the last year of a phase in 2026, need by need.

    Two per cent leave in a year, and 60 % of Year 11 go on to specialist post-16. Those who enter
    the last year of a phase in 2026 are leavers too.
    """
    entrants = rows("entrants")
    for need in Need:
        leavers = total(rows("placed"), need=need, nc_year=str(last), authority="")
        leavers += total(
            [row for row in entrants if row["kind"] != "transfer"],
            need=need, nc_year=str(last), year="2026",
        )  # fmt: skip
        moved = total(
            entrants, need=need, phase=phase, nc_year=str(on), year="2027", kind="transfer"
        )
        assert moved == pytest.approx(0.98 * share * leavers, abs=0.0011), need


def test_entrants_by_year() -> None:
    """The full years are about 400: 190 new, growing 3 % a year, and some 200 transfers."""
    entrants = rows("entrants")
    by_year = {year: total(entrants, year=str(year)) for year in range(2026, 2031)}
    new = [total(entrants, year=str(year), kind="new") for year in range(2027, 2031)]
    assert new == pytest.approx([190 * 1.03**t for t in range(4)], abs=0.05)
    assert by_year[2026] == pytest.approx(143 + 0.6 * 190, abs=0.05), "waiting, and part of a year"
    assert all(370 < by_year[year] < 440 for year in range(2027, 2031))
    taught = {(row["need"], row["phase"]) for row in rows("teaches")}
    assert {(row["need"], row["phase"]) for row in entrants} <= taught


def test_options() -> None:
    """What the source documents describe is among the 18 options."""
    options = {row["option"]: row for row in rows("options")}
    places = {key: int(row["places"]) for key, row in options.items()}
    assert len(options) == 18, "14 or more asked"
    assert sum(places[key] for key, row in options.items() if row["round"] == "round_1") == 70
    assert [row["round"] for row in options.values()].count("round_1") == 4
    assert [places[key] for key in ("rowans_base_10", "hinksea_base_10")] == [10, 10]
    assert options["hinksea_base_10_more"]["requires"] == "hinksea_base_10"
    assert sorted(places[key] for key in options if key.startswith("plover")) == [60, 120, 160]
    assert [row["committed_year"] for row in options.values() if row["committed_year"]] == ["2027"]
    assert [row["host_agrees"] for row in options.values() if row["host_agrees"]] == ["no"]
    assert min(places.values()) == -8, "one unit shrinks"
    assert places["gorse_base_autism"] == 0, "one base is only re-designated"
    round_1_teaches = [
        float(row["annual_cost_gbp"])
        for row in rows("option_teaches")
        if options[row["option"]]["round"] == "round_1" and row["need"] == "ASD"
    ]
    assert {6_000 + cost for cost in round_1_teaches} == {18_000}, "BCP's first-year place"


def test_two_thirds_of_special_schools_are_full_or_over() -> None:
    """Five of the seven special schools in the area have no place free."""
    roll = Counter[str]()
    for row in rows("placed"):
        roll[row["provision"]] += int(row["children"])
    schools = [
        row
        for row in rows("provisions")
        if row["class"] == "special_school" and row["in_area"] == "yes" and int(row["places"])
    ]
    full = [row for row in schools if roll[row["provision"]] >= int(row["places"])]
    assert (len(full), len(schools)) == (5, 7)


def test_no_base_for_pmld_and_small_shares_hold() -> None:
    """No class built on a mainstream site takes PMLD, and shares stay between 0 and 1."""
    bases = {"specialist_base", "sen_unit", "colocated_unit"}
    assert not [r for r in rows("suitable") if r["class"] in bases and r["need"] == "PMLD"]
    assert all(0 <= float(row["share"]) <= 1 for row in rows("suitable"))


def _graph() -> Any:
    """Return the road graph as OSMnx reads it, nothing dropped."""
    import osmnx

    return osmnx.graph_from_xml(HERE / "network.osm.gz", simplify=False, retain_all=True)


def test_osmnx_loads_the_network() -> None:
    """A few hundred to 1,500 nodes in one strongly joined part, and one small island apart."""
    import networkx as nx

    graph = _graph()
    assert 500 <= len(graph) <= 1500
    parts = sorted(len(part) for part in nx.strongly_connected_components(graph))
    assert parts == [3, len(graph) - 3], "3: the holiday park that nothing joins"
    limits = {str(data.get("maxspeed")) for *_, data in graph.edges(data=True)}
    assert {"30 mph", "national", "GB:nsl_single", "40 mph;60 mph", "None"} <= limits


def test_the_estuary_makes_a_detour() -> None:
    """Two banks under 4 km apart are over 10 km by road: the only bridge is at the head."""
    import networkx as nx

    graph = _graph()

    def at(lon: float, lat: float) -> int:
        return min(
            graph.nodes,
            key=lambda n: abs(graph.nodes[n]["x"] - lon) + abs(graph.nodes[n]["y"] - lat),
        )

    from inputs.examples.seaborough_roads import TO_DEGREES

    west, east = (at(*TO_DEGREES.transform(*point)) for point in ((572000, 99100), (575600, 99200)))
    metres = nx.shortest_path_length(graph, west, east, weight="length")
    assert metres > 10_000


def test_outlines_cover_every_zone_once() -> None:
    """One outline a zone, holding its centre, none laid over another."""
    import geopandas as gpd

    frame = gpd.read_file(HERE / "zones.gpkg", layer="zones")
    zones = rows("zones")
    assert list(frame["zone"]) == [zone["zone"] for zone in zones]
    assert frame.crs.to_epsg() == 27700
    centres = gpd.points_from_xy(
        [float(zone["easting"]) for zone in zones], [float(zone["northing"]) for zone in zones]
    )
    assert frame.contains(gpd.GeoSeries(centres, crs=frame.crs)).all()
    joined = frame.union_all().area
    assert frame.area.sum() == pytest.approx(joined, rel=1e-6)


def test_share_out_adds_up() -> None:
    """Whole numbers in proportion: 10 over three equal parts is 4, 3, 3."""
    assert share_out(10, [1, 1, 1]) == [4, 3, 3]


def test_spread_gathers_crumbs_and_keeps_the_total() -> None:
    """0.1 over a large and a tiny neighbour goes to the large one alone."""
    zones = [HomeZone(key, key, x, 0, "a", 1, 1) for key, x in (("big", 0), ("tiny", 500))]
    assert spread(0.1, zones, [9, 1]) == {"big": 0.1}
    parts = spread(0.1, zones, [1, 1])
    assert parts == {"big": 0.05, "tiny": 0.05}
    assert min(parts.values()) >= LEAST_CHILDREN
