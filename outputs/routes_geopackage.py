"""routes.gpkg: routes, provisions and zones on British National Grid, styled for QGIS."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from inputs.case import GRID
from outputs.geopackage import write_styles
from outputs.map_styles import categorised_lines, categorised_marks, outlined, width_by
from outputs.routes_lines import vehicles_by_road
from outputs.routes_maps import zone_shapes
from outputs.routes_tables import AFTER, BEFORE

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.routes_report import RoutesReport


def write_routes_geopackage(report: RoutesReport, path: Path) -> None:
    """Write ``routes.gpkg``.

    Layers ``routes`` (one line a route and side, by the points of zones), ``roads_do_minimum`` and
    ``roads_plan`` (vehicles of a morning by stretch of road), ``provisions`` and ``zones``.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    zones = zone_shapes(report)[["zone", "geometry"]]
    areas = (zones.geom_type != "Point").any()
    lines = report.lines[report.lines.geometry.notna()].reset_index(drop=True)
    roads = {
        f"roads_{side}": vehicles_by_road(lines[lines["side"] == side]) for side in (BEFORE, AFTER)
    }
    layers: list[tuple[str, gpd.GeoDataFrame, str]] = [
        ("zones", zones, "MultiPolygon" if areas else "Point"),
        *((name, layer, "LineString") for name, layer in roads.items()),
        ("routes", lines, "LineString"),
        ("provisions", provisions_layer(report), "Point"),
    ]
    most = max((int(one["vehicles"].max()) for one in roads.values() if len(one)), default=1)
    styles = {
        **{name: width_by("vehicles", float(most)) for name in roads},
        "routes": categorised_lines("side"),
        "provisions": categorised_marks("changes"),
    }
    if areas:
        shapes = [shapely.multipolygons(shapely.get_parts(one)) for one in zones.geometry]
        layers[0] = ("zones", zones.set_geometry(gpd.GeoSeries(shapes, crs=GRID)), "MultiPolygon")
        styles["zones"] = outlined()
    try:
        for name, layer, kind in layers:
            pyogrio.write_dataframe(
                layer,
                path,
                layer=name,
                driver="GPKG",
                geometry_type=kind,
                promote_to_multi=False,
                append=False,
                use_arrow=False,
            )
        write_styles(path, styles)
    except (DataSourceError, DataLayerError, sqlite3.Error) as error:
        raise OSError(f"{path.name}: {error}") from error


def provisions_layer(report: RoutesReport) -> gpd.GeoDataFrame:
    """Return provisions with their routes, children and cost before and after."""
    at = report.planned.provisions.set_index("provision")
    found = report.tables["provisions_change"]
    keep = ["provision", "name", "class", "opens", "verdict", "saving_mid_gbp"]
    shown = ("users", "routes", "cost_a_year_gbp")
    keep += [f"{side}_{what}" for side in (BEFORE, AFTER) for what in shown]
    out = found[keep].copy()
    out["changes"] = np.where(out["opens"].astype(bool), "changed", "as_now")
    points = [
        shapely.Point(at.loc[key, "easting"], at.loc[key, "northing"])
        if key in at.index and np.isfinite(at.loc[key, "easting"])
        else None
        for key in out["provision"]
    ]
    return gpd.GeoDataFrame(
        out, geometry=gpd.GeoSeries(points, index=out.index, crs=GRID), crs=GRID
    )
