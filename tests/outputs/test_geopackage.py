"""plan.gpkg: three layers on the national grid, styled, and no zone in public."""

from __future__ import annotations

import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest
import shapely

from outputs.geopackage import write_geopackage
from outputs.privacy import publish_safely
from tests.outputs.builders import made_up, tiny_report

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.report import Report


def _with_polygons(report: Report, folder: Path, *, leave_out: int = 0) -> Report:
    """Return the report with a square of 1 km for each zone but the last few."""
    zones = report.zones.iloc[: len(report.zones) - leave_out]
    squares = [
        shapely.box(x - 500, y - 500, x + 500, y + 500)
        for x, y in zip(zones["easting"], zones["northing"], strict=True)
    ]
    frame = gpd.GeoDataFrame({"zone": zones["zone"]}, geometry=squares, crs="EPSG:27700")
    path = folder / "zones.gpkg"
    pyogrio.write_dataframe(frame, path, layer="zones", driver="GPKG")
    return replace(report, polygons=path)


def test_layers_hold_the_plan(tmp_path: Path) -> None:
    """Children and unplaced by zone, what opened, and flows that add up to the placements."""
    report = tiny_report()
    path = tmp_path / "plan.gpkg"
    write_geopackage(_with_polygons(report, tmp_path), path)
    zones, provisions, flows = (
        pyogrio.read_dataframe(path, layer=name) for name in ("zones", "provisions", "flows")
    )
    assert all(layer.crs.to_epsg() == 27700 for layer in (zones, provisions, flows))
    placed = report.tables["placements"]["children"].sum()
    assert zones["children"].sum() == pytest.approx(placed)
    assert flows["children"].sum() == pytest.approx(placed)
    status = dict(zip(provisions["provision"], provisions["status"], strict=True))
    assert status == {"oak_school": "open", "elm_base": "grown", "far_school": "open"}
    assert set(zones.geom_type) == {"MultiPolygon"}


def test_qgis_finds_a_style_for_every_layer(tmp_path: Path) -> None:
    """layer_styles is registered as attributes; each style is XML and the default of its layer."""
    path = tmp_path / "plan.gpkg"
    write_geopackage(_with_polygons(tiny_report(), tmp_path), path)
    with closing(sqlite3.connect(path)) as base:
        kind = base.execute(
            "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
        ).fetchone()
        rows = base.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
    assert kind == ("attributes",)
    assert {row[0] for row in rows} == {"zones", "provisions", "flows"}
    for name, column, text, default in rows:
        root = ET.fromstring(text)
        assert root.tag == "qgis"
        assert root.find("renderer-v2") is not None, name
        assert column == "geom"
        assert default == 1
    styles = {row[0]: ET.fromstring(row[2]) for row in rows}
    assert len(styles["zones"].findall(".//range")) == 5
    assert len(styles["provisions"].findall(".//category")) == 5


def test_a_zone_without_a_polygon_is_still_there(tmp_path: Path) -> None:
    """Among polygons it is a small disc about its point, not lost."""
    path = tmp_path / "plan.gpkg"
    write_geopackage(_with_polygons(tiny_report(), tmp_path, leave_out=1), path)
    zones = pyogrio.read_dataframe(path, layer="zones")
    assert len(zones) == 2
    assert zones.geometry.area.min() == pytest.approx(3.14159 * 250**2, rel=0.02)


def test_zones_without_polygons_are_points(tmp_path: Path) -> None:
    """A case without polygons still opens on a map."""
    path = tmp_path / "plan.gpkg"
    write_geopackage(tiny_report(), path)
    assert set(pyogrio.read_dataframe(path, layer="zones").geom_type) == {"Point"}


def test_public_zones_are_localities_and_flows_are_empty(tmp_path: Path) -> None:
    """Zones are dissolved to localities, numbers held back are blank and say so."""
    report = made_up(3)
    path = tmp_path / "plan.gpkg"
    write_geopackage(publish_safely(_with_polygons(report, tmp_path)), path)
    zones = pyogrio.read_dataframe(path, layer="zones")
    assert sorted(zones["zone"]) == ["east", "mid", "west"]
    assert zones.geometry.area.to_numpy() == pytest.approx([2e6] * 3)  # two squares of 1 km each
    counts = zones[["children", "unplaced", "do_minimum_unplaced"]]
    assert (zones["held_back"] == counts.isna().any(axis=1)).all()
    assert len(pyogrio.read_dataframe(path, layer="flows")) == 0
