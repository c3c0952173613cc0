"""Children on roll beside places, one small chart a class of provision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from inputs.vocabulary import STATE_PLACES
from outputs import words
from outputs.adding import add_up, numeric, suppressed
from outputs.charts import years_axis
from outputs.figures import AFTER, INK, Picture, canvas, inline_svg
from outputs.page_children import places_in_all
from outputs.page_table import Column, table_of

if TYPE_CHECKING:
    from outputs.report import Report


def roll_and_places(report: Report) -> Picture | None:
    """Return children on roll beside places by class and year; None where it is suppressed."""
    key, title = "chart-roll", "Children on roll and places, by class of provision"
    found = _by_class(report)
    used = [
        kind
        for kind, some in found.groupby("class", sort=False)
        if suppressed(some["roll"]).any() or numeric(some["roll"]).max() > 0
    ]
    found = found[found["class"].isin(used)]
    # a class is drawn in all its years or not at all: a year left out would look like nobody
    held = set(found.loc[suppressed(found["roll"]) | suppressed(found["roll_before"]), "class"])
    kinds = [kind for kind in used if kind not in held]
    if not kinds:
        return None
    description = (
        "One small chart a class of provision. Bars: children on roll with the plan; the hatched "
        "top is children drawn from mainstream by the new places. Stepped line: places we "
        "commission, today's and opened. Dashed line: children on roll with committed openings "
        "only. A class without commissioned places has no stepped line. Scales differ between the "
        "small charts."
        + (" Classes with numbers that are held back are not drawn." if held else "")
    )
    wording = words.counted(public=report.public)
    after, before = "With the plan", "Committed openings only"
    columns = [
        Column(
            "class", "Class of provision", lambda kind: words.class_name(kind, report.base_year)
        ),
        Column("year", "Academic year", words.year_label),
        Column("places", "Places", words.places, True, after),
        Column("roll", "On roll", wording, True, after),
        Column("drawn", "Drawn from mainstream", words.children, True, after),
        Column("places_before", "Places", words.places, True, before),
        Column("roll_before", "On roll", wording, True, before),
        Column("drawn_before", "Drawn from mainstream", words.children, True, before),
    ]
    if "drawn" not in report.tables["places"]:
        columns = [column for column in columns if not column.name.startswith("drawn")]
    table = table_of(
        "table-roll",
        "Children on roll and commissioned places, by class of provision and academic year",
        found,
        columns,
        note="On roll counts other authorities' children in our places too."
        + (" Rolls are added up from provisions, each rounded to 5." if report.public else ""),
        folded="The same numbers in a table",
    )
    across = 3
    down = -(-len(kinds) // across)
    with canvas(key, 9, 0.7 + 2.0 * down) as figure:
        grid = figure.subplots(down, across, squeeze=False).ravel()
        at = np.arange(len(report.years))
        for axes, kind in zip(grid, kinds, strict=False):
            some = found[found["class"] == kind].set_index("year").reindex(list(report.years))
            axes.bar(at, numeric(some["roll"]), color=AFTER, width=0.6, alpha=0.75)
            axes.bar(
                at,
                numeric(some["drawn"]),
                bottom=numeric(some["roll"]),
                width=0.6,
                facecolor="#ffffff",
                edgecolor=AFTER,
                hatch="////",
                linewidth=0.6,
            )
            axes.plot(at, numeric(some["roll_before"]), color=INK, linestyle="--", marker="o", ms=3)
            places = pd.to_numeric(some["places"], errors="coerce")
            if places.notna().all():
                steps = np.append(places.to_numpy(), places.to_numpy()[-1])
                edges = np.arange(len(at) + 1) - 0.5
                axes.step(edges, steps, where="post", color=INK, linewidth=2)
            axes.set_title(words.class_name(kind, report.base_year), fontsize=8.5)
            axes.set_ylim(bottom=0)
            axes.margins(y=0.12)
            years_axis(axes, report.years)
            axes.tick_params(labelsize=8)
        for axes in grid[len(kinds) :]:
            axes.set_visible(False)
        figure.legend(
            handles=[
                Patch(color=AFTER, alpha=0.75, label="On roll with the plan"),
                Patch(fc="#ffffff", ec=AFTER, hatch="////", label="Drawn from mainstream"),
                Line2D([], [], color=INK, linewidth=2, label="Places with the plan"),
                Line2D(
                    [], [], color=INK, ls="--", marker="o", ms=3, label="On roll, committed only"
                ),
            ],
            loc="outside lower center",
            ncols=4,
            fontsize=8.5,
        )
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)


def _by_class(report: Report) -> pd.DataFrame:
    """Return class, year, places, roll, places_before, roll_before; no places outside our area."""
    about = report.provisions.set_index("provision")
    state = {str(kind) for kind in STATE_PLACES}
    ours = (about["class"].isin(state) & about["in_area"].astype(bool)).to_dict()
    parts = []
    for name, ending in (("places", ""), ("places_do_minimum", "_before")):
        frame = report.tables[name]
        kind = frame["provision"].map(about["class"].to_dict())
        inside = frame["provision"].map(ours).fillna(value=False).astype(bool)
        drawn = frame.get("drawn", 0.0)
        frame = frame.assign(
            places=places_in_all(report, frame).where(inside, 0.0), drawn=drawn, **{"class": kind}
        )
        parts.append(
            add_up(frame, ["class", "year"], ["places", "roll", "drawn"])
            .set_index(["class", "year"])
            .add_suffix(ending)
        )
    out = pd.concat(parts, axis=1).fillna(0.0).reset_index()
    most = numeric(out["places"]).groupby(out["class"]).transform("max")
    none = ~out["class"].isin(state) | (most == 0)
    for name in ("places", "places_before"):
        out[name] = out[name].astype(object).where(~none, None)
    order = {str(kind): i for i, kind in enumerate(dict.fromkeys(report.provisions["class"]))}
    out = out.assign(order=out["class"].map(order)).sort_values(["order", "year"])
    return out.drop(columns="order").reset_index(drop=True)
