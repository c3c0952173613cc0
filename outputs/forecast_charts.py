"""Charts of a forecast: fans with their history, ages of new plans, what drives change, levers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from outputs import forecast_words as said
from outputs import words
from outputs.adding import numeric
from outputs.figures import AFTER, BEFORE, GREY, INK, LINE, Picture, canvas, inline_svg
from outputs.forecast_groups import PROJECTED, groups, series
from outputs.forecast_levers import title_of
from outputs.forecast_pages import (
    by_year_table,
    drivers_table,
    last_steps,
    levers_table,
    starts_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from outputs.forecast_report import ForecastReport

    Values = npt.NDArray[np.float64]

EIGHT_IN_TEN, HALF = "#d2e2f1", "#8fb8dd"
"""Bands that hold eight of ten draws, and half of them."""

SIDE_BY_SIDE = (2014, 2017)
"""Academic years of the counts that hold both statements and plans: January 2015 to January 2018
(DfE, EHC plans 2022, caseload by age: columns Total_st and Total_ehc)."""

COUNTED_ANEW = 2022
"""Academic year of the first count of single children, January 2023, in place of totals."""

DRAWN = 6
"""Needs or placements that are drawn, the largest."""

FEW_TO_DRAW = 5
"""A group whose ninetieth percentile is below this is in the table only."""

ACROSS = 3
PRIMARY_START, SECONDARY_START = 7, 10
"""Ages up to which, and from which, starts are told apart in words."""


def fan(report: ForecastReport, measure: str) -> Picture | None:
    """Return the history of a total and its fan; None where it is held back.

    Parameters
    ----------
    report
        The forecast.
    measure
        ``plans`` or ``specialist_places``.
    """
    key = f"chart-{measure.replace('_', '-')}"
    title = said.MEASURES[measure]
    frame = series(report.tables["plans"], measure)
    if said.held(frame):
        return None
    last = frame.iloc[-1]
    counted = frame[frame["status"] != PROJECTED].iloc[-1]
    breaks = _breaks_said(frame) if measure == "plans" else ""
    description = (
        f"{title} in January of each year. Black: counted, {said.whole(counted['mean'])} in "
        f"{said.january(counted['year'])}. Blue line: expected, {said.whole(last['mean'])} in "
        f"{said.january(last['year'])}. The pale band holds eight of ten draws "
        f"({said.between(last)} in {said.january(last['year'])}), the darker one half of them."
        f"{_unmitigated_said(report)}{breaks}"
    )
    with canvas(key, 9, 3.5) as figure:
        axes = figure.subplots()
        _draw_fan(axes, frame, levers=bool(report.levers), label=True)
        if measure == "plans":
            _mark_breaks(axes, frame)
        axes.set_ylabel("Children and young people", fontsize=9)
        _years_below(axes, frame, most=14)
        _legend(figure, levers=bool(report.levers))
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, by_year_table(report, measure))


def fans(report: ForecastReport, measure: str, by: str) -> Picture | None:
    """Return one small fan a need, phase, age group or placement; None where none can be drawn.

    Parameters
    ----------
    report
        The forecast.
    measure
        ``plans`` or ``specialist_places``.
    by
        ``need``, ``phase``, ``age_group`` or ``placement``.
    """
    rows = groups(report.tables["plans"], measure, by)
    keys = said.keys_of(rows, by)
    every = {key: some.sort_values("year") for key, some in rows.groupby(by, sort=False)}
    frames = {
        key: every[key]
        for key in keys
        if not said.held(every[key]) and every[key].iloc[-1]["p90"] >= FEW_TO_DRAW
    }
    if by in {"need", "placement"}:
        frames = dict(list(frames.items())[:DRAWN])
    if not frames:
        return None
    key = f"chart-{measure.replace('_', '-')}-{by.replace('_', '-')}"
    title = f"{said.MEASURES[measure]}, by {said.BREAKDOWNS[by]}"
    ends = {one: frame.iloc[-1] for one, frame in frames.items()}
    told = "; ".join(
        f"{said.LABELS[by](one)}: {said.whole(end['mean'])} ({said.between(end)})"
        for one, end in ends.items()
    )
    left = len(keys) - len(frames)
    some = f"{left} with fewer children {'is' if left == 1 else 'are'} in the table. "
    description = (
        f"One small chart each, read as the chart of the total; scales differ. "
        f"{some if left else ''}Expected in {said.january(report.years[-1])}, with the band of "
        f"eight of ten draws: {told}."
    )
    down = -(-len(frames) // ACROSS)
    with canvas(key, 9, 0.5 + 2.1 * down) as figure:
        grid = figure.subplots(down, ACROSS, squeeze=False).ravel()
        for axes, (one, frame) in zip(grid, frames.items(), strict=False):
            _draw_fan(axes, frame, levers=bool(report.levers), label=False)
            axes.set_title(said.SHORT.get(one, said.LABELS[by](one)), fontsize=8.5)
            axes.tick_params(labelsize=8)
            axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
            _years_below(axes, frame, most=5)
        for axes in grid[len(frames) :]:
            axes.set_visible(False)
        _legend(figure, levers=bool(report.levers))
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, by_year_table(report, measure, by))


def _draw_fan(axes: Axes, frame: pd.DataFrame, *, levers: bool, label: bool) -> None:
    """Draw history and fan on the axis of academic years."""
    past, ahead = frame[frame["status"] != PROJECTED], frame[frame["status"] == PROJECTED]
    at = past["year"].to_numpy(float)
    axes.plot(at, numeric(past["mean"]), color=INK, marker="o", ms=3 if label else 2, linewidth=1.5)
    start = past.iloc[-1]
    years = np.r_[start["year"], ahead["year"]].astype(float)

    def joined(name: str) -> Values:
        return np.append(float(start["mean"]), numeric(ahead[name]).to_numpy(float))

    axes.fill_between(years, joined("p10"), joined("p90"), color=EIGHT_IN_TEN, linewidth=0)
    axes.fill_between(years, joined("p25"), joined("p75"), color=HALF, linewidth=0)
    axes.plot(years, joined("mean"), color=AFTER, linewidth=2)
    if levers:
        axes.plot(years, joined("unmitigated_mean"), color=BEFORE, linewidth=1.5, linestyle="--")
    top = max(joined("p90").max(), numeric(past["mean"]).max())
    axes.set_ylim(0, top * 1.12 + 1)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    first = float(past["year"].iloc[0])
    room = (years[-1] - first) * (0.19 if label else 0.03) + 0.2
    axes.set_xlim(first - 0.4, years[-1] + room)
    if label:
        _end_labels(axes, years[-1], ahead.iloc[-1], levers=levers)


def _end_labels(axes: Axes, year: float, last: pd.Series, *, levers: bool) -> None:
    """Write where the lines end, none on top of another."""
    ends = [
        (float(last["p90"]), f"{said.whole(last['p90'])}, 1 in 10 above", AFTER, "normal"),
        (float(last["mean"]), f"{said.whole(last['mean'])} expected", AFTER, "bold"),
        (float(last["p10"]), f"{said.whole(last['p10'])}, 1 in 10 below", AFTER, "normal"),
    ]
    if levers:
        size = float(last["unmitigated_mean"])
        ends.append((size, f"{said.whole(size)} without levers", BEFORE, "normal"))
    low, high = axes.get_ylim()
    where = spread([size for size, *_ in ends], (high - low) / 15)
    for (_, text, colour, weight), y in zip(ends, where, strict=True):
        axes.annotate(
            text,
            (year, y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            size=8.5,
            color=INK if colour == AFTER else GREY,
            weight=weight,
        )


def spread(values: Sequence[float], least: float) -> list[float]:
    """Return places for labels near their values, in the same order, at least so far apart.

    >>> spread([10.0, 10.5, 30.0], 2.0)
    [9.25, 11.25, 30.0]
    """
    order = np.argsort(values, kind="stable")
    groups: list[tuple[float, int]] = []  # middle and size of each run of labels that touch
    for value in np.asarray(values, dtype=float)[order]:
        middle, size = float(value), 1
        while groups:
            before, number = groups[-1]
            gap = (middle - (size - 1) * least / 2) - (before + (number - 1) * least / 2)
            if gap >= least:
                break
            groups.pop()
            middle = (before * number + middle * size) / (number + size)
            size += number
        groups.append((middle, size))
    placed = [middle + (i - (size - 1) / 2) * least for middle, size in groups for i in range(size)]
    out = np.empty(len(placed))
    out[order] = placed
    return [float(one) for one in out]


def _years_below(axes: Axes, frame: pd.DataFrame, most: int) -> None:
    """Write calendar years of the January counts along the foot, thinned out where many."""
    years = frame["year"].to_numpy(int)
    step = -(-len(years) // most)
    at = np.arange(years[-1], years[0] - 1, -step)
    axes.set_xticks(at, [str(year + 1) for year in at])
    axes.tick_params(axis="x", length=0)


def _mark_breaks(axes: Axes, frame: pd.DataFrame) -> None:
    """Mark where the series changed its meaning, if it goes back so far."""
    first = int(frame["year"].iloc[0])
    top = axes.get_ylim()[1]
    if first <= SIDE_BY_SIDE[0]:
        left, right = SIDE_BY_SIDE[0] - 0.5, SIDE_BY_SIDE[1] + 0.5
        axes.axvspan(left, right, color="#f3f2f1", linewidth=0, zorder=0)
        axes.annotate(
            "statements and plans\nside by side",
            ((left + right) / 2, top * 0.97),
            ha="center",
            va="top",
            size=8,
            color=GREY,
        )
    if first < COUNTED_ANEW:
        axes.axvline(COUNTED_ANEW - 0.5, color=LINE, linewidth=1, linestyle=":", zorder=0)
        axes.annotate(
            "counted child by child\nfrom 2023",
            (COUNTED_ANEW - 0.35, top * 0.97),
            ha="left",
            va="top",
            size=8,
            color=GREY,
        )


def _breaks_said(frame: pd.DataFrame) -> str:
    first = int(frame["year"].iloc[0])
    told = []
    if first <= SIDE_BY_SIDE[0]:
        told.append(
            "From January 2015 to January 2018, shaded, statements and plans are counted together."
        )
    if first < COUNTED_ANEW:
        told.append(
            "From January 2023 single children are counted, before that each authority's totals: "
            "a break in the series."
        )
    return "".join(f" {one}" for one in told)


def _unmitigated_said(report: ForecastReport) -> str:
    return " Dashed: expected without the levers." if report.levers else ""


def _legend(figure: Figure, *, levers: bool) -> None:
    handles = [
        Line2D([], [], color=INK, marker="o", ms=3, linewidth=1.5, label="Counted"),
        Line2D([], [], color=AFTER, linewidth=2, label="Expected"),
        Patch(color=HALF, label="Half of the draws"),
        Patch(color=EIGHT_IN_TEN, label="Eight of ten draws"),
    ]
    if levers:
        handles.insert(
            2, Line2D([], [], color=BEFORE, linewidth=1.5, ls="--", label="Without levers")
        )
    figure.legend(handles=handles, loc="outside lower center", ncols=5, fontsize=8.5)


def starts_by_age(report: ForecastReport) -> Picture | None:
    """Return new plans by the age at which they start; None where the files tell no ages."""
    frame = report.tables["starts"]
    if frame.empty or said.held(frame):
        return None
    key, title = "chart-starts", "New plans by age"
    ages = frame["age"].to_numpy(int)
    counted = numeric(frame["counted"]).to_numpy(float)
    first, last = (
        numeric(frame[str(year)]).to_numpy(float) for year in (report.years[0], report.years[-1])
    )
    years = [words.year_label(report.years[0]), words.year_label(report.years[-1])]
    young, older = ages <= PRIMARY_START, ages >= SECONDARY_START
    peaks = [int(ages[part][last[part].argmax()]) for part in (young, older)]
    description = (
        f"Bars: plans that started in {report.starts_year}, by age on the day. Lines: expected in "
        f"{years[0]} (dashed) and {years[1]} (solid), plans that move in among them, by age at 31 "
        "August before, as in the January counts: children who start school stand at 4 there, and "
        f"at 4 and 5 in the bars. In {years[1]} most come at {peaks[0]}, and again at {peaks[1]}."
    )
    with canvas(key, 9, 3.0) as figure:
        axes = figure.subplots()
        axes.bar(ages, counted, width=0.75, facecolor="#ffffff", edgecolor=GREY, hatch="////")
        axes.plot(ages, first, color=INK, linestyle="--", linewidth=1.5)
        axes.plot(ages, last, color=AFTER, marker="s", ms=3.5, linewidth=2)
        axes.set_xticks(ages, said.age_labels(ages))
        axes.tick_params(axis="x", length=0)
        axes.set_xlabel("Age")
        axes.set_ylabel("Plans that start in a year", fontsize=9)
        axes.set_ylim(0, max(counted.max(), first.max(), last.max(), 1.0) * 1.1)
        handles = [
            Patch(fc="#ffffff", ec=GREY, hatch="////", label=f"Started in {report.starts_year}"),
            Line2D([], [], color=INK, ls="--", linewidth=1.5, label=f"Expected, {years[0]}"),
            Line2D([], [], color=AFTER, marker="s", ms=3.5, linewidth=2, label=years[1]),
        ]
        axes.legend(handles=handles, loc="upper right", fontsize=8.5)
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, starts_table(report))


def drivers(report: ForecastReport) -> Picture:
    """Return what takes the last count to the last year's expectation, one step a cause."""
    key, title = "chart-drivers", "What drives the change"
    frame = last_steps(report)
    measures = [one for one in said.MEASURES if (frame["measure"] == one).any()]
    told = []
    for measure in measures:
        some = frame[frame["measure"] == measure]
        steps = some.iloc[1:-1]
        largest = steps.iloc[int(steps["change"].abs().to_numpy().argmax())]
        told.append(
            f"{said.MEASURES[measure]}: from {said.whole(some['level'].iloc[0])} to "
            f"{said.whole(some['level'].iloc[-1])}; the largest step is "
            f"“{largest['title']}”, {said.change(largest['change'])}"
        )
    description = (
        f"Bars from the count of {said.january(report.count_year)} to what is expected in "
        f"{said.january(report.years[-1])}, one step a cause, each by itself; hatched steps go "
        f"down. {'. '.join(told)}."
    )
    with canvas(key, 9, 3.8) as figure:
        panels = figure.subplots(1, len(measures), squeeze=False).ravel()
        for axes, measure in zip(panels, measures, strict=True):
            _draw_steps(axes, frame[frame["measure"] == measure], report)
            axes.set_title(said.MEASURES[measure])
            if axes is not panels[0]:
                axes.set_yticklabels([])
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, drivers_table(report))


def _draw_steps(axes: Axes, frame: pd.DataFrame, report: ForecastReport) -> None:
    """Draw one waterfall, first step on top."""
    levels, changes = (frame[name].to_numpy(float) for name in ("level", "change"))
    names = [said.SHORT_DRIVERS.get(key, title) for key, title in
             zip(frame["driver"], frame["title"], strict=True)]  # fmt: skip
    names[0] = f"Counted, {said.january(report.count_year)}"
    names[-1] = f"Expected, {said.january(report.years[-1])}"
    last = len(levels) - 1
    for y, (level, change) in enumerate(zip(levels, changes, strict=True)):
        end = y in {0, last}
        left, width = (0.0, level) if end else (min(level - change, level), abs(change))
        down = not end and change < 0
        axes.barh(
            y,
            width,
            left=left,
            height=0.62,
            facecolor="#ffffff" if down else GREY if end else AFTER,
            edgecolor=GREY if end else AFTER,
            hatch="////" if down else None,
        )
        if y < last:
            axes.plot([level, level], [y + 0.31, y + 0.69], color=LINE, linewidth=1)
        axes.annotate(
            said.whole(level) if end else said.change(change),
            (left + width, y),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            size=8.5,
            weight="bold" if end else "normal",
        )
    axes.set_yticks(range(len(levels)), [said.shortened(name, 32) for name in names], fontsize=8.5)
    axes.invert_yaxis()
    axes.set_xlim(0, max(float((levels + np.maximum(-changes, 0)).max()), 1.0) * 1.22)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.tick_params(axis="y", length=0)


def levers(report: ForecastReport) -> Picture | None:
    """Return each lever's own line between the forecast without levers and with them all."""
    if not report.levers:
        return None
    key, title = "chart-levers", "Without and with the levers, added one after another"
    frame = report.tables["levers"]
    measures = [one for one in said.MEASURES if (frame["measure"] == one).any()]
    last = frame[frame["year"] == report.years[-1]]
    told = []
    for measure in measures:
        some = last[last["measure"] == measure]
        path = [float(some["before"].iloc[0]), *map(float, some["after"])]
        told.append(
            f"{said.MEASURES[measure]} in {said.january(report.years[-1])}: "
            f"{said.whole(path[0])} without levers; "
            + "; ".join(
                f"{said.whole(size)} with {name}"
                for size, name in zip(path[1:], some["title"], strict=True)
            )
        )
    description = (
        "Expected numbers by year; the scales do not start at nought. Dashed: without levers. "
        "Each line below or above it adds one lever to those before; the thick line has them all. "
        f"{'. '.join(told)}."
    )
    with canvas(key, 9, 5.6) as figure:
        panels = figure.subplots(len(measures), 1, squeeze=False).ravel()
        for axes, measure in zip(panels, measures, strict=True):
            _draw_levers(axes, frame[frame["measure"] == measure], report)
            axes.set_title(said.MEASURES[measure])
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, levers_table(report))


def _draw_levers(axes: Axes, frame: pd.DataFrame, report: ForecastReport) -> None:
    years = np.array(report.years, dtype=float)
    first = frame[frame["lever"] == report.levers[0].name].set_index("year")
    lines: list[tuple[str, Values]] = [
        ("Without levers", first.reindex(report.years)["before"].to_numpy(float))
    ]
    for lever in report.levers:
        some = frame[frame["lever"] == lever.name].set_index("year").reindex(report.years)
        lines.append((f"+ {title_of(lever)}", some["after"].to_numpy(float)))
    for i, (_, sizes) in enumerate(lines):
        whole, none = i == len(lines) - 1, i == 0
        axes.plot(
            years,
            sizes,
            color=BEFORE if none else AFTER,
            linewidth=2.5 if whole else 1.3,
            linestyle="--" if none else "-",
            marker="" if none else "osD^v"[(i - 1) % 5],
            ms=3.5,
        )
    every = np.concatenate([sizes for _, sizes in lines])
    low, high = float(every.min()), float(every.max())
    room = 0.15 * (high - low) + 0.02 * high + 1
    axes.set_ylim(max(0.0, low - room), high + room)
    bottom, top = axes.get_ylim()
    where = spread([sizes[-1] for _, sizes in lines], (top - bottom) / 11)
    for (name, sizes), y in zip(lines, where, strict=True):
        axes.annotate(
            f"{said.whole(sizes[-1])} {said.shortened(name, 48)}",
            (years[-1], y),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            size=8,
        )
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xticks(years, [str(int(year) + 1) for year in years])
    axes.tick_params(axis="x", length=0)
    span = max(1.0, float(years[-1] - years[0]))
    axes.set_xlim(years[0] - 0.1, years[-1] + 0.62 * span)
