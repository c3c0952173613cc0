"""plan.gpkg: zones, provisions and flows on British National Grid, styled when QGIS opens it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from inputs.case import GRID
from outputs.map_styles import categorised, graduated, width_by
from outputs.shapes import zone_shapes
from outputs.tables import ALL
from outputs.words import SUPPRESSED

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.report import Report

LONE_ZONE_METRES = 250.0
"""Half the size at which a zone without a polygon of its own is drawn among those with one."""

FLOW_COLUMNS = ("zone", "provision", "class", "children", "minutes", "miles", "opened")


def write_geopackage(report: Report, path: Path) -> None:
    """Write ``plan.gpkg`` with layers ``zones``, ``provisions`` and ``flows``.

    Parameters
    ----------
    report
        The report. In a public one zones are localities, numbers held back are blank (``held_back``
        says so), and flows are empty.
    path
        Where to write.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    zones, provisions, flows = zones_layer(report), provisions_layer(report), flows_layer(report)
    styles = {
        "zones": graduated("children", _fifths(zones["children"])),
        "provisions": categorised("status"),
        "flows": width_by("children", float(flows["children"].max()) if len(flows) else 1.0),
    }
    if (zones.geom_type == "Point").all():
        styles.pop("zones")
    try:
        for name, layer, kind in (
            ("zones", zones, None),
            ("provisions", provisions, "Point"),
            ("flows", flows, "LineString"),
        ):
            pyogrio.write_dataframe(
                layer,
                path,
                layer=name,
                driver="GPKG",
                geometry_type=kind or _kind(layer),
                promote_to_multi=False,
                append=False,
                use_arrow=False,
            )
        write_styles(path, styles)
    except (DataSourceError, DataLayerError, sqlite3.Error) as error:
        raise OSError(f"{path.name}: {error}") from error


def _kind(layer: gpd.GeoDataFrame) -> str:
    return "Point" if (layer.geom_type == "Point").all() else "MultiPolygon"


def zones_layer(report: Report) -> gpd.GeoDataFrame:
    """Return zone, name, locality, population, deprivation_fifth, children, unplaced and so on.

    ``children`` are entrants placed over the horizon (in the public version: entrants there in its
    last year), ``unplaced`` and ``do_minimum_unplaced`` those without a place in its last year.
    """
    shapes = zone_shapes(report).rename(columns={"children": "population"})
    last = report.years[-1]
    if report.public:
        gap = report.tables["gap_totals"]
        here = (gap["need"] == ALL) & (gap["phase"] == ALL) & (gap["year"] == last)
        by = gap[here & (gap["locality"] != ALL)].set_index("locality")
        names = {"children": "children", "plan_without": "unplaced"}
        names["do_minimum_without"] = "do_minimum_unplaced"
        held = pd.Series(data=False, index=shapes.index)
        for column, name in names.items():
            found = shapes["zone"].map(by[column].to_dict()).fillna(0.0)
            held |= found == SUPPRESSED
            shapes[name] = pd.to_numeric(found, errors="coerce")
        shapes["held_back"] = held
    else:
        placed = report.tables["placements"].groupby("zone")["children"].sum()
        unplaced = report.tables["unplaced"]
        waiting = unplaced[unplaced["year"] == last].groupby("zone")[["plan", "do_minimum"]].sum()
        shapes["children"] = shapes["zone"].map(placed.to_dict()).fillna(0.0)
        shapes["unplaced"] = shapes["zone"].map(waiting["plan"].to_dict()).fillna(0.0)
        before = waiting["do_minimum"].to_dict()
        shapes["do_minimum_unplaced"] = shapes["zone"].map(before).fillna(0.0)
    if (shapes.geom_type != "Point").any():
        areas = [
            shapely.multipolygons([one.buffer(LONE_ZONE_METRES)])
            if one.geom_type == "Point"
            else shapely.multipolygons(shapely.get_parts(one))
            for one in shapes.geometry
        ]
        shapes = shapes.set_geometry(gpd.GeoSeries(areas, index=shapes.index, crs=GRID))
    drop = ["easting", "northing"]
    return shapes.drop(columns=drop).astype({"deprivation_fifth": "Int64"})


def provisions_layer(report: Report) -> gpd.GeoDataFrame:
    """Return provision, name, class, locality, places now and added, roll and status.

    ``status`` is open, new (no places now), grown, shrunk or closed by the plan; ``roll`` is
    children there in the last year of the horizon. One without a place of its own (education at
    home) has no point.
    """
    at = report.provisions
    openings = report.tables["openings"]
    added = openings.groupby("provision")["places"].sum().to_dict()
    places = report.tables["places"]
    last = places[places["year"] == report.years[-1]].set_index("provision")
    roll = last["roll"].to_dict()
    out = at.drop(columns=["easting", "northing"]).rename(columns={"places": "places_now"})
    out["places_added"] = out["provision"].map(added).fillna(0.0).astype(float)
    rolls = out["provision"].map(roll)
    out["roll"] = pd.to_numeric(rolls, errors="coerce")
    if report.public:
        out["held_back"] = rolls == SUPPRESSED
    out["status"] = [
        _status(now, more, key in added)
        for now, more, key in zip(
            out["places_now"], out["places_added"], out["provision"], strict=True
        )
    ]
    points = [
        shapely.Point(x, y) if np.isfinite(x) else None
        for x, y in at[["easting", "northing"]].to_numpy(float)
    ]
    return gpd.GeoDataFrame(out, geometry=gpd.GeoSeries(points, crs=GRID), crs=GRID)


def _status(now: float, added: float, chosen: bool) -> str:
    """Return what the plan makes of a provision."""
    if not chosen or (added == 0 and now > 0):
        return "open"
    if now == 0:
        return "new"
    if added > 0:
        return "grown"
    return "closed" if now + added <= 0 else "shrunk"


def flows_layer(report: Report) -> gpd.GeoDataFrame:
    """Return one line a zone and provision: children over the horizon, minutes, miles, opened.

    ``minutes`` are one way on a shared ride. Empty in the public version.
    """
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in FLOW_COLUMNS})
    empty = empty.astype(dict.fromkeys(("children", "minutes", "miles"), float) | {"opened": bool})
    nothing = gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=GRID), crs=GRID)
    if report.public:
        return nothing
    at = report.provisions.set_index("provision")
    homes = report.zones.set_index("zone")
    placed = report.tables["placements"]
    placed = placed[placed["provision"].map(at["easting"].to_dict()).notna()]
    if not len(placed):
        return nothing
    weighted = placed.assign(
        minutes=placed["ride_minutes"] * placed["children"],
        miles=placed["miles"] * placed["children"],
    )
    sums = weighted.groupby(["zone", "provision"])[["children", "minutes", "miles"]].sum()
    out = sums.assign(
        minutes=sums["minutes"] / sums["children"], miles=sums["miles"] / sums["children"]
    ).reset_index()
    out["class"] = out["provision"].map(at["class"].to_dict())
    out["opened"] = out["provision"].isin(set(report.tables["openings"]["provision"]))
    axes = ["easting", "northing"]
    starts = homes.loc[out["zone"], axes].to_numpy(float)
    ends = at.loc[out["provision"], axes].to_numpy(float)
    lines = shapely.linestrings(np.stack([starts, ends], axis=1))
    return gpd.GeoDataFrame(out[list(FLOW_COLUMNS)], geometry=lines, crs=GRID)


def _fifths(values: pd.Series) -> list[float]:
    """Return six rising bounds that part the values into fifths."""
    known = values.dropna().to_numpy(float)
    if not len(known):
        known = np.zeros(1)
    bounds = np.quantile(known, np.linspace(0, 1, 6))
    step = max(float(bounds[-1] - bounds[0]), 1.0) * 1e-6
    rising = np.maximum.accumulate(bounds + step * np.arange(6))
    return [float(bound) for bound in rising]


def write_styles(path: Path, styles: dict[str, str]) -> None:
    """Write the table in which QGIS looks for a layer's style."""
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(
            "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT, "
            "f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256), "
            "f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, "
            "useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), "
            "update_time DATETIME DEFAULT CURRENT_TIMESTAMP)"
        )
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', 'Styles for QGIS', 0)"
        )
        for name, text in styles.items():
            column = base.execute(
                "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
            ).fetchone()[0]
            base.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
                "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, "
                "owner) VALUES ('', '', ?, ?, ?, ?, '', 1, '', '')",
                (name, column, name, text),
            )
