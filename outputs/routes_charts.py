"""Chart of a routed comparison: when savings and extra costs arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outputs import words
from outputs.figures import AFTER, GREY, INK, OPENED, Picture, canvas, inline_svg

if TYPE_CHECKING:
    from outputs.page_table import Table
    from outputs.routes_report import RoutesReport


def phased_chart(report: RoutesReport, table: Table) -> Picture | None:
    """Return bars of the saving and of the extra cost by year, with the net and its range."""
    rows = report.tables["saving_by_year"]
    if not len(rows):
        return None
    key = "chart-phased"
    title = "When savings and extra costs arrive"
    years = [words.year_label(int(one)) for one in rows["year"]]
    at = np.arange(len(rows))
    saving = rows["saving_mid_gbp"].to_numpy(float) / 1000.0
    more = -rows["more_children_gbp"].to_numpy(float) / 1000.0
    net = rows["net_mid_gbp"].to_numpy(float) / 1000.0
    low = rows["net_low_gbp"].to_numpy(float) / 1000.0
    high = rows["net_high_gbp"].to_numpy(float) / 1000.0
    with canvas(key, 8, 3.4) as figure:
        axes = figure.subplots()
        axes.bar(at - 0.2, saving, 0.4, color=AFTER, label="Same children: saving counted on")
        axes.bar(
            at + 0.2, more, 0.4, color="#ffffff", edgecolor=OPENED, hatch="////",
            label="More children with a place: cost",
        )  # fmt: skip
        axes.errorbar(
            at,
            net,
            yerr=[net - low, high - net],
            fmt="D",
            color=INK,
            capsize=4,
            markersize=5,
            label="Together, with its range",
        )
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.set_xticks(at, years)
        axes.set_ylabel("£ thousand a year; above the line is less to pay")
        figure.legend(loc="outside lower center", ncols=3, fontsize=8)
        description = (
            "Bars: what the same children's journeys save as contracts end, and what it costs to "
            "carry children who have a place only with the plan. Diamonds: both together, from low "
            "to high."
        )
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)
