"""The shapes behind the map and the GeoPackage: zones, or localities in the public version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataSourceError

from inputs.case import GRID
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    import pandas as pd

    from outputs.report import Report


def zone_shapes(report: Report) -> gpd.GeoDataFrame:
    """Return the zones of the report with a geometry: polygons where there are any, else points.

    Parameters
    ----------
    report
        In the public version zones are dissolved to localities, so no zone can be told apart.

    Returns
    -------
    GeoDataFrame
        The columns of ``report.zones`` and ``geometry``, EPSG:27700. A zone without a polygon of
        its own has its point.

    Raises
    ------
    InputError
        When the file of polygons cannot be read or has no column ``zone``.
    """
    zones = report.zones
    points = gpd.points_from_xy(zones["easting"], zones["northing"], crs=GRID)
    frame = gpd.GeoDataFrame(zones.copy(), geometry=points, crs=GRID)
    if report.polygons is None:
        return frame
    shapes = _polygons(report)
    found = frame["zone"].map(shapes)
    frame["geometry"] = gpd.GeoSeries(found.where(found.notna(), frame.geometry), crs=GRID)
    return frame


def _polygons(report: Report) -> pd.Series:
    """Return zone (or locality, in the public version) to polygon."""
    path = report.polygons
    assert path is not None
    try:
        read = pyogrio.read_dataframe(path)
    except (DataSourceError, OSError, ValueError) as error:
        problem = f"is not a readable map of zones ({error})"
        raise InputError([Fault(path.name, problem, "Save the polygons again")]) from None
    if "zone" not in read:
        remedy = "Name the column that holds the keys of zones.csv 'zone'"
        raise InputError([Fault(path.name, "has no column 'zone'", remedy)])
    read = read.to_crs(GRID) if read.crs is not None else read.set_crs(GRID)
    read["zone"] = read["zone"].map(str)
    if report.public:
        read["zone"] = read["zone"].map(report.locality_of)
    read = read[read["zone"].notna()]
    merged = read[["zone", "geometry"]].dissolve(by="zone")["geometry"]
    shapes: pd.Series = merged
    return shapes
