"""Charts of the page, each with the table of its numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimiser.journeys import NO_JOURNEY_LIMIT
from outputs import words
from outputs.adding import numeric, suppressed
from outputs.figures import AFTER, BEFORE, GREY, INK, LINE, Picture, canvas, inline_svg
from outputs.page_table import Column, table_of
from outputs.tables import ALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from outputs.page_table import Table
    from outputs.report import Report

BANDS = (0, 15, 30, 45, 60, 75)
"""Where bands of journey minutes start: the guideline's 45 and 75, and quarters of an hour."""

LABELLED_YEARS = 8
"""With more years than this, bars and points go without a number each: the table has them."""


def saving_by_purse(report: Report, table: Table) -> Picture:
    """Return the saving in each purse by year, one panel a purse on one scale.

    Parameters
    ----------
    report
        The run.
    table
        The money by year that stands under it.
    """
    key, title = "chart-saving", "Saving by purse and academic year"
    purses = report.summary["purses"]
    described = "; ".join(
        f"{words.PURSE_LABELS[purse]}: "
        f"{words.pounds(one['by_year'][0]['saving_gbp'])} in {words.year_label(report.years[0])}, "
        f"{words.pounds(one['by_year'][-1]['saving_gbp'])} in {words.year_label(report.years[-1])}"
        for purse, one in purses.items()
    )
    description = (
        "Three bar charts on one scale, one a purse: what each year costs with committed openings "
        "only, less what it costs with the plan. Bars below the line are extra cost. "
        f"{described}. Prices of {words.year_label(report.price_year)}."
    )
    with canvas(key, 9, 3.2) as figure:
        panels = figure.subplots(1, len(purses), sharey=True)
        for axes, (purse, one) in zip(panels, purses.items(), strict=True):
            millions = np.array([item["saving_gbp"] for item in one["by_year"]]) / 1e6
            at = np.arange(len(millions))
            axes.bar(at[millions >= 0], millions[millions >= 0], color=AFTER, width=0.7)
            axes.bar(
                at[millions < 0],
                millions[millions < 0],
                width=0.7,
                facecolor="#ffffff",
                edgecolor=GREY,
                hatch="////",
            )
            axes.axhline(0, color=INK, linewidth=1)
            axes.set_title(words.PURSE_LABELS[purse])
            years_axis(axes, report.years)
            axes.margins(y=0.15)
            if len(millions) <= LABELLED_YEARS:
                for x, size in zip(at, millions, strict=True):
                    _label(axes, float(x), float(size), words.children(size))
        panels[0].set_ylabel("Saving, £ million (below the line: extra cost)", fontsize=8.5)
        panels[0].yaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", words.MINUS))
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)


def without_a_place(report: Report) -> Picture | None:
    """Return children without a place by year, before and after; None where it is suppressed."""
    key, title = "chart-without", "Children without a place, by year"
    gap = report.tables["gap_totals"]
    sides = {"do_minimum": "do_minimum_without", "plan": "plan_without"}
    everyone = (gap["need"] == ALL) & (gap["phase"] == ALL) & (gap["locality"] == ALL)
    by_year = gap[everyone].set_index("year")[list(sides.values())]
    by_year = by_year.reindex(list(report.years), fill_value=0.0).reset_index()
    if any(suppressed(by_year[name]).any() for name in sides.values()):
        return None
    wording = words.counted(public=report.public)
    before, after = (by_year[name].to_numpy(float) for name in sides.values())
    last = words.year_label(report.years[-1])
    description = (
        "Two lines by academic year. Dashed with circles: only committed openings. Solid with "
        f"squares: the plan. In {last}, {wording(before[-1])} children are without a place "
        f"before and {wording(after[-1])} after."
    )
    table = table_of(
        "table-without",
        "Children without a place, by academic year",
        by_year,
        [
            Column("year", "Academic year", words.year_label),
            Column("do_minimum_without", "Committed openings only", wording, numeric=True),
            Column("plan_without", "With the plan", wording, numeric=True),
        ],
    )
    with canvas(key, 9, 3.0) as figure:
        axes = figure.subplots()
        at = np.arange(len(report.years))
        axes.plot(at, before, color=BEFORE, marker="o", linestyle="--", linewidth=2)
        axes.plot(at, after, color=AFTER, marker="s", linewidth=2.5)
        top = max(1.0, before.max(), after.max()) * 1.25
        for values, other, who in (
            (before, after, "Committed openings only"),
            (after, before, "With the plan"),
        ):
            close = abs(values[-1] - other[-1]) < top / 12
            shift = (6 if values[-1] >= other[-1] else -6) if close else 0
            axes.annotate(
                who,
                (at[-1], values[-1]),
                xytext=(18, shift),
                textcoords="offset points",
                va="center",
            )
            if len(at) > LABELLED_YEARS:
                continue
            for x, size, rival in zip(at, values, other, strict=True):
                above = size > rival or size < top / 8
                axes.annotate(
                    wording(size),
                    (x, size),
                    xytext=(0, 7 if above else -7),
                    textcoords="offset points",
                    ha="center",
                    va="bottom" if above else "top",
                    size=9,
                )
        axes.set_ylim(0, top)
        axes.set_xlim(-0.3, len(at) - 1 + max(1.0, len(at) / 3.5))
        axes.set_ylabel("Children")
        years_axis(axes, report.years)
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)


def journey_bands(report: Report) -> Picture | None:
    """Return daily journeys by band of minutes, before and after; None without single journeys."""
    key, title = "chart-journeys", "Daily journeys by length, before and after"
    sides = {"do_minimum": "placements_do_minimum", "plan": "placements"}
    kinds = report.provisions.set_index("provision")["class"].to_dict()
    shares, counts = {}, {}
    for side, name in sides.items():
        placed = report.tables.get(name)
        if placed is None or not {"ride_minutes", "provision", "children"} <= set(placed.columns):
            return None
        if suppressed(placed["children"]).any() or suppressed(placed["ride_minutes"]).any():
            return None
        placed = placed[~placed["provision"].map(kinds).isin(list(NO_JOURNEY_LIMIT))]
        band = np.digitize(placed["ride_minutes"].to_numpy(float), BANDS) - 1
        count = np.bincount(band, weights=placed["children"].to_numpy(float), minlength=len(BANDS))
        counts[side] = count
        shares[side] = count / count.sum() if count.sum() > 0 else count
    names = [f"{low} to {high}" for low, high in pairwise(BANDS)]
    names = [*names, f"{BANDS[-1]} or more"]
    description = (
        "Pairs of bars by band of minutes, one way on a shared ride, for children placed in the "
        f"years of the plan. Grey: committed openings only. Blue: the plan. Up to 15 minutes: "
        f"{words.share(shares['do_minimum'][0])} before, {words.share(shares['plan'][0])} after."
    )
    frame = pd.DataFrame(
        {
            "band": names,
            "before": counts["do_minimum"],
            "before_share": shares["do_minimum"],
            "after": counts["plan"],
            "after_share": shares["plan"],
        }
    )
    table = table_of(
        "table-bands",
        "Children placed in the years of the plan, by minutes of their daily journey",
        frame,
        [
            Column("band", "Minutes, one way", str),
            Column("before", "Children", words.children, True, "Committed openings only"),
            Column("before_share", "Share", words.share, True, "Committed openings only"),
            Column("after", "Children", words.children, True, "With the plan"),
            Column("after_share", "Share", words.share, True, "With the plan"),
        ],
    )
    with canvas(key, 9, 2.9) as figure:
        axes = figure.subplots()
        at = np.arange(len(names))
        styles: tuple[tuple[str, float, dict[str, Any]], ...] = (
            ("do_minimum", -0.2, {"facecolor": "#ffffff", "edgecolor": GREY, "hatch": "////"}),
            ("plan", 0.2, {"facecolor": AFTER, "edgecolor": AFTER}),
        )
        for side, shift, style in styles:
            label = "Committed openings only" if side == "do_minimum" else "With the plan"
            axes.bar(at + shift, shares[side] * 100, width=0.36, label=label, **style)
            for x, size in zip(at + shift, shares[side] * 100, strict=True):
                text = f"{size:.0f}%" if size >= 0.5 or size == 0 else "<1%"
                _label(axes, float(x), float(size), text)
        axes.set_xticks(at, names)
        axes.set_xlabel("Minutes, one way, on a shared ride")
        axes.set_ylabel("Share of children, %")
        axes.margins(y=0.12)
        axes.legend(loc="upper right")
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)


def deficit(report: Report, table: Table) -> Picture | None:
    """Return the cumulative deficit by financial year; None where the scenario gives no grant."""
    frame = report.tables["deficit"]
    if frame.empty:
        return None
    key, title = "chart-deficit", "Dedicated Schools Grant deficit, by financial year"
    before = numeric(frame["do_minimum_deficit"]).to_numpy() / 1e6
    after = numeric(frame["plan_deficit"]).to_numpy() / 1e6
    last = str(frame["financial_year"].iloc[-1])
    description = (
        "Two lines of the cumulative deficit at each year's end. Dashed with circles: committed "
        f"openings only, {words.pounds(before[-1] * 1e6)} in {last}. Solid with squares: the plan, "
        f"{words.pounds(after[-1] * 1e6)}."
    )
    with canvas(key, 9, 2.9) as figure:
        axes = figure.subplots()
        at = np.arange(len(frame))
        axes.plot(at, before, color=BEFORE, marker="o", linestyle="--", linewidth=2)
        axes.plot(at, after, color=AFTER, marker="s", linewidth=2.5)
        for values, other, who in (
            (before, after, "Committed openings only"),
            (after, before, "With the plan"),
        ):
            over = values[-1] >= other[-1]
            axes.annotate(
                f"{who}: {words.pounds(values[-1] * 1e6)}",
                (at[-1], values[-1]),
                xytext=(10, 3 if over else -3),
                textcoords="offset points",
                va="bottom" if over else "top",
            )
        axes.axhline(0, color=LINE, linewidth=1)
        axes.set_xticks(at, frame["financial_year"].astype(str))
        axes.set_xlim(-0.3, len(at) - 1 + max(1.0, len(at) / 2.2))
        axes.set_ylabel("Deficit, £ million")
        low, high = min(before.min(), after.min(), 0.0), max(before.max(), after.max(), 0.0)
        room = 0.12 * (high - low or 1.0)
        axes.set_ylim(low - room if low < 0 else 0.0, high + room)
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)


def years_axis(axes: Axes, years: tuple[int, ...]) -> None:
    """Write academic years along the foot, thinned out where there are many."""
    step = max(1, len(years) // 6 + (len(years) > LABELLED_YEARS))
    at = np.arange(0, len(years), step)
    axes.set_xticks(at, [words.year_label(years[i])[2:] for i in at])
    axes.tick_params(axis="x", length=0)


def _label(axes: Axes, x: float, size: float, text: str) -> None:
    axes.annotate(
        text,
        (x, size),
        xytext=(0, 3 if size >= 0 else -3),
        textcoords="offset points",
        ha="center",
        va="bottom" if size >= 0 else "top",
        size=8,
    )
