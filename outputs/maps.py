"""Maps of the page: where the gap is before and after, what opens, and who goes there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from inputs.vocabulary import STATE_PLACES
from outputs import map_numbers, words
from outputs.adding import numeric
from outputs.figures import GREY, INK, OPENED, Picture, canvas, inline_svg
from outputs.shapes import zone_shapes
from outputs.tables import NO_LOCALITY

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outputs.report import Report

STEPS = 5
SHADES = ("#ffffff", "#d2e2f1", "#9dc0e0", "#5e97c8", "#2a6ba8", "#0f3f6f")
"""No child, then five steps of blue that can be told apart when printed in grey."""

HELD_BACK = "#dfdcd8"
"""Where the number is not published: a warm grey, apart from every blue."""

WIDE = 0.6
"""Height over width below which an authority is wide."""

SIMPLIFY_METRES = 40.0
"""How far a boundary may move: about a pixel where an authority fills the page; more for a large
one, at a 1,200th of its width."""


def gap_map(report: Report) -> Picture:
    """Return two maps: homes of children with no place in our own area, before and after.

    Shaded are zones (localities in the public version), or points where there are no boundaries.
    The second map also has what opens and the largest flows to it. Where every number is held
    back there is one map, of what opens.
    """
    key = "map-gap"
    shapes = simplified(zone_shapes(report))
    area = "locality" if report.public else "zone"
    before, after = map_numbers.outside(report, area)
    flows = map_numbers.flows(report)
    shaded = bool(before or after) or not report.public
    title = (
        "Children with no place in our own area, by home, before and after"
        if shaded
        else "What opens, and where"
    )
    description = _described(report, with_flows=len(flows) > 0, shaded=shaded)
    top = max([*before.values(), *after.values(), 0.0])
    bounds = _breaks(top)
    minx, miny, maxx, maxy = view(shapes)
    shape = (maxy - miny) / (maxx - minx)
    stacked = shape < WIDE  # a wide authority is drawn one map above the other
    sides = [(before, "Committed openings only"), (after, "With the plan")][0 if shaded else 1 :]
    if stacked or not shaded:
        down, across, tall = len(sides), 1, len(sides) * min(9 * shape + 0.3, 5.5)
    else:
        down, across, tall = 1, 2, min(6.5, 4.4 * shape + 0.3)
    with canvas(key, 9, tall + 0.9) as figure:
        panels = figure.subplots(down, across, squeeze=False).ravel()
        for axes, (counts, heading) in zip(panels, sides, strict=True):
            _shade(axes, shapes, counts, bounds, held_back=report.public)
            axes.set_title(heading)
            axes.set_xlim(minx, maxx)
            axes.set_ylim(miny, maxy)
            axes.set_aspect("equal")
            axes.set_axis_off()
            _provisions(axes, report)
        _name_localities(panels[0], report)
        _draw_flows(panels[-1], report, flows)
        _openings(panels[-1], report)
        if shaded:
            _openings(panels[0], report, committed_only=True)
        held = report.public and len(before) + len(after) < 2 * len(shapes)
        shrinks = bool((numeric(report.tables["openings"]["places"]) < 0).any())
        steps = bounds if shaded else []
        _legend(figure, steps, with_flows=len(flows) > 0, shrinks=shrinks, held_back=held)
        scale_bar(panels[0], minx, miny, maxx - minx)
        svg = inline_svg(figure, key, title, description)
    more = (
        ()
        if report.public
        else (map_numbers.by_zone(report, before, after), map_numbers.flows_table(report, flows))
    )
    return Picture(key, title, description, svg, map_numbers.by_locality(report), more)


def _described(report: Report, *, with_flows: bool, shaded: bool) -> str:
    """Return what the maps show, in sentences."""
    first, last = (words.year_label(report.years[i]) for i in (0, -1))
    who = (
        f"children who have entered since {first}, are there in {last}, and are"
        if report.public
        else f"children who enter between {first} and {last} and are"
    )
    marks = "Circles: our own provision today. Triangles: independent schools, where in view."
    if not shaded:
        return (
            f"A map of {report.case_name}. Red squares: what opens, numbered as in the programme. "
            f"{marks} Numbers of children by locality are held back."
        )
    return (
        f"Two maps of {report.case_name}. Shading: {who} placed in independent schools, out of "
        "area or at home, or are still without a place at the end; darker is more. First map: "
        "committed openings only. Second map: the plan. Red squares: what opens, numbered as in "
        "the programme"
        + (
            "; lines: from home to what opens, thicker for more children, "
            f"the {map_numbers.FLOWS} largest for each"
            if with_flows
            else ""
        )
        + f". {marks}"
    )


def simplified(shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the shapes with fewer points; neighbours keep meeting."""
    areas = shapes.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
    if not areas.any():
        return shapes
    out = shapes.copy()
    polygons = out.geometry[areas]
    minx, _, maxx, _ = polygons.total_bounds
    metres = max(SIMPLIFY_METRES, float(maxx - minx) / 1200)
    meet = polygons.is_valid_coverage()
    out.loc[areas, "geometry"] = (
        polygons.simplify_coverage(metres) if meet else polygons.simplify(metres)
    )
    return out


def _breaks(top: float) -> list[float]:
    """Return the upper ends of the steps: equal, on round numbers.

    >>> _breaks(23.0)
    [5.0, 10.0, 15.0, 20.0, 25.0]
    """
    if top <= 0:
        return [1.0]
    rough = top / STEPS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(m * size for m in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if m * size >= rough - 1e-9)
    return [round(step * (i + 1), 6) for i in range(STEPS)]


def _colours(
    keys: list[str], counts: dict[str, float], bounds: list[float], *, held_back: bool
) -> list[str]:
    at = np.searchsorted(bounds, [counts.get(key, 0.0) for key in keys])
    return [
        HELD_BACK
        if held_back and key not in counts
        else SHADES[0]
        if counts.get(key, 0.0) < 0.05
        else SHADES[min(int(i), STEPS - 1) + 1]
        for key, i in zip(keys, at, strict=True)
    ]


def _shade(
    axes: Axes,
    shapes: gpd.GeoDataFrame,
    counts: dict[str, float],
    bounds: list[float],
    *,
    held_back: bool,
) -> None:
    keys = [str(key) for key in shapes["zone"]]
    colours = np.array(_colours(keys, counts, bounds, held_back=held_back))
    areas = shapes.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).to_numpy()
    if areas.any():
        shapes[areas].plot(ax=axes, color=colours[areas], edgecolor=GREY, linewidth=0.4)
    if (~areas).any():
        shapes[~areas].plot(
            ax=axes, color=colours[~areas], edgecolor=GREY, linewidth=0.5, markersize=70, marker="o"
        )


def view(shapes: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Return the box that holds the homes, with a margin; what lies beyond is not drawn."""
    minx, miny, maxx, maxy = (float(side) for side in shapes.total_bounds)
    margin = 0.04 * max(maxx - minx, maxy - miny, 1000.0)
    return minx - margin, miny - margin, maxx + margin, maxy + margin


def _provisions(axes: Axes, report: Report) -> None:
    state = {str(kind) for kind in STATE_PLACES}
    found = map_numbers.located(report)
    there = found[numeric(found["places"]) > 0]
    ours = there["class"].isin(state) & there["in_area"].astype(bool)
    for some, marker, size in ((there[ours], "o", 34), (there[~ours], "^", 38)):
        axes.scatter(
            some["easting"],
            some["northing"],
            s=size,
            marker=marker,
            facecolor="#ffffff",
            edgecolor=INK,
            linewidth=1.2,
            zorder=4,
        )


def _openings(axes: Axes, report: Report, *, committed_only: bool = False) -> None:
    """Draw what opens as numbered red squares, what shrinks as black ones."""
    openings = report.tables["openings"]
    numbers = pd.Series(range(1, len(openings) + 1), index=openings.index)
    at = map_numbers.located(report).set_index("provision")
    if committed_only:
        openings = openings[openings["committed"].astype(bool)]
    for provision, some in openings.groupby("provision", sort=False):
        if provision not in at.index:
            continue
        x, y = at[["easting", "northing"]].loc[str(provision)].to_numpy(float)
        grows = float(numeric(some["places"]).sum()) > 0
        label = ", ".join(str(number) for number in numbers[some.index])
        axes.annotate(
            label,
            (x, y),
            ha="center",
            va="center",
            size=8,
            weight="bold",
            color="#ffffff",
            zorder=6,
            bbox={
                "boxstyle": "square,pad=0.35",
                "facecolor": OPENED if grows else INK,
                "edgecolor": "#ffffff",
                "linewidth": 1,
            },
        )


def _name_localities(axes: Axes, report: Report) -> None:
    """Write each locality's name in the middle of its homes."""
    zones = report.zones[report.zones["locality"] != NO_LOCALITY]
    middle = zones.groupby("locality")[["easting", "northing"]].mean()
    for name, row in middle.iterrows():
        axes.annotate(
            words.words(name),
            (row["easting"], row["northing"]),
            ha="center",
            va="center",
            size=9,
            weight="bold",
            zorder=5,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": "#ffffff", "alpha": 0.75, "lw": 0},
        )


def _draw_flows(axes: Axes, report: Report, flows: pd.DataFrame) -> None:
    if flows.empty:
        return
    home = report.zones.set_index("zone")[["easting", "northing"]]
    place = map_numbers.located(report).set_index("provision")[["easting", "northing"]]
    starts = home.loc[flows["zone"]].to_numpy(float)
    ends = place.loc[flows["provision"]].to_numpy(float)
    count = flows["children"].to_numpy(float)
    axes.add_collection(
        LineCollection(
            list(np.stack([starts, ends], axis=1)),
            linewidths=0.5 + 2.5 * count / count.max(),
            colors=OPENED,
            alpha=0.6,
            zorder=3,
        )
    )


def _legend(
    figure: Figure, bounds: list[float], *, with_flows: bool, shrinks: bool, held_back: bool
) -> None:
    ends = ["0", *(f"{end:g}" for end in bounds)]
    marks: list[Any] = [
        Patch(facecolor=SHADES[i + 1], edgecolor=GREY, label=f"{ends[i]} to {ends[i + 1]}")
        for i in range(len(bounds))
    ]
    if held_back:
        marks.append(Patch(facecolor=HELD_BACK, edgecolor=GREY, label="Held back (c)"))
    kinds: list[tuple[str, dict[str, Any], str]] = [
        ("o", {"mfc": "#ffffff", "mec": INK}, "Our provision today"),
        ("^", {"mfc": "#ffffff", "mec": INK}, "Independent or out of area"),
        ("s", {"mfc": OPENED, "mec": OPENED}, "Opens or grows (number in the programme)"),
    ]
    if shrinks:
        kinds.append(("s", {"mfc": INK, "mec": INK}, "Shrinks or closes"))
    marks += [
        Line2D([], [], linestyle="", marker=marker, label=label, **style)
        for marker, style, label in kinds
    ]
    if with_flows:
        marks.append(Line2D([], [], color=OPENED, linewidth=2, alpha=0.6, label="Home to opening"))
    figure.legend(handles=marks, loc="outside lower center", ncols=5, fontsize=8, handletextpad=0.4)


def scale_bar(axes: Axes, minx: float, miny: float, width: float) -> None:
    """Draw a bar of a round number of miles at the foot of a map."""
    mile = 1609.344
    miles = next(size for size in (0.5, 1, 2, 5, 10, 20, 50, 100) if size * mile >= width / 7)
    left, foot = minx + width * 0.03, miny + width * 0.02
    axes.plot([left, left + miles * mile], [foot, foot], color=INK, linewidth=2, zorder=6)
    axes.annotate(
        f"{miles:g} mile{'s' if miles != 1 else ''}",
        (left + miles * mile, foot),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        size=8,
        zorder=6,
    )
