"""Map of a routed comparison: how many vehicles use each road of a morning, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from shapely import get_coordinates

from inputs.case import GRID
from outputs import words
from outputs.figures import INK, LINE, OPENED, PALE, Picture, canvas, inline_svg
from outputs.maps import scale_bar, simplified, view
from outputs.page_table import Column, Table, table_of
from outputs.routes_lines import HOMES_NOT_SHOWN, vehicles_by_road
from outputs.routes_tables import AFTER, BEFORE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outputs.routes_report import RoutesReport

WIDTHS = (0.7, 1.3, 2.1, 3.2, 4.6)
BLUES = ("#8fb6da", "#6f9fcc", "#4d86bb", "#2a6ba8", "#0f3f6f")
"""Thicker and darker together, so that the order shows in print and without colour."""
UPPER = (1, 3, 8, 20)
"""Most vehicles of each class but the last."""
LINE_METRES = 25.0
"""How far a line may move when it is drawn: under a pixel of the page."""
WIDE = 0.6


def zone_shapes(report: RoutesReport) -> gpd.GeoDataFrame:
    """Return ``zone`` and geometry: areas where the run has them, else points."""
    if report.planned.polygons is not None:
        return report.planned.polygons
    zones = report.planned.zones
    points = gpd.points_from_xy(zones["easting"], zones["northing"], crs=GRID)
    return gpd.GeoDataFrame({"zone": zones["zone"]}, geometry=points, crs=GRID)


def traffic_map(report: RoutesReport) -> Picture | None:
    """Return two maps of vehicles by road; None where there is no line (a public version)."""
    if not len(report.lines):
        return None
    key = "map-routes"
    year = words.year_label(report.year)
    title = f"Vehicles on the roads of a school morning in {year}, before and after"
    shapes = simplified(zone_shapes(report)[["zone", "geometry"]])
    box = view(shapes)
    shape = (box[3] - box[1]) / (box[2] - box[0])
    down, across = (2, 1) if shape < WIDE else (1, 2)
    tall = down * min(9 * shape, 5.5) if down == 2 else min(6.5, 4.5 * shape + 0.3)
    roads = report.method == "network"
    with canvas(key, 9, tall + 0.8) as figure:
        panels = figure.subplots(down, across, squeeze=False).ravel()
        sides = ((BEFORE, "Committed openings only"), (AFTER, "With the plan"))
        for axes, (side, heading) in zip(panels, sides, strict=True):
            _panel(axes, report, shapes, side, box)
            axes.set_title(heading)
        _legend(figure)
        scale_bar(panels[0], box[0], box[1], box[2] - box[0])
        description = (
            "Two maps. Lines: "
            + ("roads" if roads else "straight lines, as no roads were given")
            + ", thicker and darker for more vehicles of the first draw. Circles: provisions. Red "
            f"squares: what the plan opens or changes. {HOMES_NOT_SHOWN}"
        )
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, _table(report))


def _panel(
    axes: Axes,
    report: RoutesReport,
    shapes: gpd.GeoDataFrame,
    side: str,
    box: tuple[float, float, float, float],
) -> None:
    areas = shapes.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
    if areas.any():
        shapes[areas].plot(ax=axes, color=PALE, edgecolor="#ffffff", linewidth=0.5)
    draw_roads(axes, report.lines[report.lines["side"] == side])
    draw_provisions(axes, report)
    axes.set_xlim(box[0], box[2])
    axes.set_ylim(box[1], box[3])
    axes.set_aspect("equal")
    axes.set_axis_off()


def draw_roads(axes: Axes, lines: gpd.GeoDataFrame) -> None:
    """Draw stretches of road by how many vehicles use them."""
    roads = vehicles_by_road(lines)
    if not len(roads):
        return
    at = np.searchsorted(UPPER, roads["vehicles"].to_numpy(int))
    for step, (width, colour) in enumerate(zip(WIDTHS, BLUES, strict=True)):
        some = roads.geometry[at == step].simplify(LINE_METRES)
        if len(some):
            axes.add_collection(
                LineCollection(
                    [get_coordinates(one) for one in some],
                    linewidths=width,
                    colors=colour,
                    zorder=2 + step * 0.1,
                )
            )


def draw_provisions(axes: Axes, report: RoutesReport, only: str | None = None) -> None:
    """Mark the provisions; those that the plan changes as red squares."""
    places = report.planned.provisions
    places = places[places["easting"].notna()]
    if only is not None:
        places = places[places["provision"] == only]
    changed = places["provision"].isin(report.opened).to_numpy()
    for mask, marker, size, face in ((~changed, "o", 22, "#ffffff"), (changed, "s", 34, OPENED)):
        some = places[mask]
        axes.scatter(
            some["easting"],
            some["northing"],
            marker=marker,
            s=size,
            facecolor=face,
            edgecolor=INK if face == "#ffffff" else "#ffffff",
            linewidth=0.8,
            zorder=5,
        )


def _legend(figure: Figure) -> None:
    names = ["1 vehicle", "2 or 3", "4 to 8", "9 to 20", "more than 20"]
    marks = [
        Line2D([], [], color=colour, linewidth=width, label=name)
        for name, width, colour in zip(names, WIDTHS, BLUES, strict=True)
    ]
    marks += [
        Line2D([], [], linestyle="", marker="o", mfc="#ffffff", mec=INK, label="Provision"),
        Line2D([], [], linestyle="", marker="s", mfc=OPENED, mec=OPENED,
               label="Opens or changes"),
    ]  # fmt: skip
    figure.legend(handles=marks, loc="outside lower center", ncols=7, fontsize=8, handletextpad=0.4)


def _table(report: RoutesReport) -> Table:
    """Return routes, children and miles of the first draw by provision, on both sides."""
    by = report.lines.assign(provision=report.lines["provision"].map(_name_of(report)))
    parts = {}
    for side in (BEFORE, AFTER):
        some = by[by["side"] == side]
        parts[side] = some.groupby("provision").agg(
            routes=("route", "size"), children=("children", "sum"), miles=("miles", "sum")
        )
    frame = pd.concat(parts, axis=1).fillna(0.0)
    frame.columns = [f"{side}_{name}" for side, name in frame.columns]
    frame = frame.sort_index().reset_index()
    columns = [Column("provision", "Provision (several where a load is mixed)")]
    for side, heading in ((BEFORE, "Committed only"), (AFTER, "With the plan")):
        columns += [
            Column(f"{side}_routes", "Routes", words.places, numeric=True, group=heading),
            Column(f"{side}_children", "Children", words.places, numeric=True, group=heading),
            Column(f"{side}_miles", "Miles, one way", words.minutes, numeric=True, group=heading),
        ]
    return table_of(
        "table-map-routes",
        "Routes of the first draw by provision: what the map draws",
        frame,
        columns,
        folded="The same numbers as a table",
    )


def _name_of(report: RoutesReport) -> dict[str, str]:
    names = dict(
        zip(report.planned.provisions["provision"], report.planned.provisions["name"], strict=True)
    )
    found = {}
    for keys in set(report.lines["provision"]):
        found[keys] = " + ".join(names.get(one, one) for one in str(keys).split(" + "))
    return found


def sheet_map(report: RoutesReport, provision: str, lines: gpd.GeoDataFrame) -> str:
    """Return the map of one provision's routes as an SVG element, each route its own dash."""
    key = f"map-{provision.replace('_', '-')}"
    shapes = simplified(zone_shapes(report)[["zone", "geometry"]])
    drawn = lines[lines.geometry.notna()]
    if not len(drawn):
        return ""
    west, south, east, north = drawn.total_bounds
    margin = 0.08 * max(east - west, north - south, 2000.0)
    box = (west - margin, south - margin, east + margin, north + margin)
    shape = (box[3] - box[1]) / (box[2] - box[0])
    with canvas(key, 7.2, min(max(7.2 * shape, 2.5), 6.0)) as figure:
        axes = figure.subplots()
        areas = shapes.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
        if areas.any():
            shapes[areas].plot(ax=axes, color=PALE, edgecolor=LINE, linewidth=0.4)
        colours = ("#1d70b8", "#d4351c", "#00703c", "#4c2c92", "#f47738", "#505a5f", "#d53880")
        dashes = ("-", "--", "-.", ":")
        for n, (_, row) in enumerate(drawn.iterrows()):
            points = get_coordinates(row.geometry.simplify(LINE_METRES))
            axes.plot(
                points[:, 0],
                points[:, 1],
                linestyle=dashes[(n // len(colours)) % len(dashes)],
                color=colours[n % len(colours)],
                linewidth=1.6,
                zorder=3,
            )
            axes.annotate(
                str(row["number"]),
                points[0],
                size=8,
                weight="bold",
                ha="center",
                va="center",
                zorder=6,
                color="#ffffff",
                bbox={
                    "boxstyle": "circle,pad=0.2",
                    "facecolor": colours[n % len(colours)],
                    "lw": 0,
                },
            )
        draw_provisions(axes, report, only=provision)
        axes.set_xlim(box[0], box[2])
        axes.set_ylim(box[1], box[3])
        axes.set_aspect("equal")
        axes.set_axis_off()
        scale_bar(axes, box[0], box[1], box[2] - box[0])
        return inline_svg(
            figure,
            key,
            "Routes by the points of home zones",
            f"Each line is a route, its number at the zone where it starts. {HOMES_NOT_SHOWN}",
        )
