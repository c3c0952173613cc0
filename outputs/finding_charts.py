"""Charts of what a question found: intervals side by side, and lines with their bands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from outputs import words
from outputs.figures import AFTER, BEFORE, GREY, INK, LINE, OPENED, Picture, canvas, inline_svg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from outputs.page_table import Table

EDGE = 1.06
"""How far beyond the widest finite end an interval without an end is drawn."""
ROW_INCHES, FRAME_INCHES = 0.3, 0.9
COLOURS = (AFTER, OPENED, BEFORE, "#00703c", "#4c2c92")
DASHES, MARKERS = ("-", "--", ":", "-.", "-"), ("o", "s", "^", "D", "v")
PALE_BAND = 0.18


@dataclass(frozen=True)
class Interval:
    """One line of an interval chart.

    Parameters
    ----------
    label
        What it is of, short.
    low, high
        Its ends; an infinite one is drawn as an arrow.
    best
        The figure of the plans found, a dot in the bar; None draws none.
    text
        What is written at its right; empty writes nothing.
    """

    label: str
    low: float
    high: float
    best: float | None = None
    text: str = ""

    @property
    def clear(self) -> bool:
        """Return whether it lies on one side of nought."""
        return self.low > 0 or self.high < 0


def interval_chart(
    key: str,
    title: str,
    description: str,
    intervals: Sequence[Interval],
    *,
    axis: str,
    table: Table,
    worded: Callable[[object], str] = words.pounds,
) -> Picture:
    """Return bars from the low end to the high end of each interval, with a dot for the best.

    One that spans nought is hollow: no material difference.

    Parameters
    ----------
    key, title, description, table
        See :class:`outputs.figures.Picture`. The description ought to name the largest.
    intervals
        From the top down.
    axis
        What is measured, with its unit.
    worded
        From a number of the axis to its words.

    Raises
    ------
    ValueError
        For an interval whose low end is above its high end, or where there is none.
    """
    if not intervals:
        raise ValueError("an interval chart needs an interval")
    for one in intervals:
        if math.isnan(one.low) or math.isnan(one.high) or one.low > one.high:
            raise ValueError(f"the interval of {one.label} runs from {one.low} to {one.high}")
    ends = [
        x for one in intervals for x in (one.low, one.high, one.best or 0.0) if math.isfinite(x)
    ]
    left, right = min([0.0, *ends]), max([0.0, *ends])
    reach = (right - left) or 1.0
    with canvas(key, 9, FRAME_INCHES + ROW_INCHES * len(intervals)) as figure:
        axes = figure.subplots()
        for i, one in enumerate(intervals):
            _bar(axes, i, one, (left, right), reach)
        axes.axvline(0, color=INK, linewidth=1)
        axes.set_yticks(range(len(intervals)), [one.label for one in intervals])
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        told = any(one.text for one in intervals)
        axes.set_xlim(left - reach * 0.08, right + reach * (0.3 if told else 0.08))
        axes.xaxis.set_major_formatter(lambda value, _: worded(value))
        axes.grid(axis="x", color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.set_xlabel(axis)
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)


def _bar(axes: Axes, i: int, one: Interval, ends: tuple[float, float], reach: float) -> None:
    """Draw one interval: solid where it is clear of nought, hollow where it is not."""
    low = one.low if math.isfinite(one.low) else ends[0] - reach * (EDGE - 1)
    high = one.high if math.isfinite(one.high) else ends[1] + reach * (EDGE - 1)
    thin = max(high - low, reach / 400)  # an interval of no width is still seen
    colour = (AFTER if one.low > 0 else OPENED) if one.clear else GREY
    hollow: dict[str, Any] = {"facecolor": "#ffffff", "hatch": "////", "edgecolor": colour}
    solid: dict[str, Any] = {"facecolor": colour, "edgecolor": colour}
    axes.barh(i, thin, left=low, height=0.5, **(solid if one.clear else hollow))
    for end, at, marker in ((one.low, low, "<"), (one.high, high, ">")):
        if not math.isfinite(end):
            axes.plot([at], [i], marker=marker, color=colour, markersize=7)
    if one.best is not None:
        axes.plot([one.best], [i], "o", color="#ffffff", markeredgecolor=INK, markersize=6)
    if one.text:
        axes.annotate(
            one.text, (max(high, 0.0), i), xytext=(6, 0), textcoords="offset points", va="center",
            size=8.5,
        )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of a line chart, with a band about it where there is one.

    Parameters
    ----------
    label
        What is written at its end, and in the legend.
    across, up
        Its points, from left to right.
    low, high
        Ends of its band at each point, or None; where they are bounds, the truth is between them.
    """

    label: str
    across: Sequence[float]
    up: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


@dataclass(frozen=True)
class Mark:
    """A point that is named in the chart, such as the knee of a frontier."""

    label: str
    across: float
    up: float


def line_chart(
    key: str,
    title: str,
    description: str,
    lines: Sequence[Line],
    *,
    across: str,
    up: str,
    table: Table,
    marks: Sequence[Mark] = (),
    across_worded: Callable[[object], str] = words.places,
    up_worded: Callable[[object], str] = words.pounds,
) -> Picture:
    """Return lines with markers, the bands about them, and points that are named.

    Lines are told apart by dash and marker as well as by colour, and named in a legend.

    Parameters
    ----------
    key, title, description, table
        See :class:`outputs.figures.Picture`.
    lines
        At least one, at most five.
    across, up
        What is measured along each axis, with its unit.
    marks
        Points to name.
    across_worded, up_worded
        From a number of the axis to its words.

    Raises
    ------
    ValueError
        For no line or more than five, and for a line whose points do not pair.
    """
    if not 0 < len(lines) <= len(COLOURS):
        raise ValueError(f"a line chart takes from one to {len(COLOURS)} lines, not {len(lines)}")
    for one in lines:
        sizes = {len(side) for side in (one.across, one.up, one.low, one.high) if side is not None}
        if len(sizes) != 1:
            raise ValueError(f"the points of the line {one.label} do not pair")
    with canvas(key, 9, 3.8) as figure:
        axes = figure.subplots()
        for one, colour, dash, marker in zip(lines, COLOURS, DASHES, MARKERS, strict=False):
            x = np.asarray(one.across, float)
            if one.low is not None and one.high is not None:
                band = np.asarray(one.low, float), np.asarray(one.high, float)
                axes.fill_between(x, *band, color=colour, alpha=PALE_BAND, linewidth=0)
            up_to = np.asarray(one.up, float)
            axes.plot(x, up_to, dash, color=colour, marker=marker, linewidth=2, label=one.label)
        for mark in marks:
            axes.plot(
                [mark.across], [mark.up], "o", markersize=13, markerfacecolor="none",
                markeredgecolor=INK, markeredgewidth=1.5,
            )  # fmt: skip
            axes.annotate(
                mark.label, (mark.across, mark.up), xytext=(10, -14),
                textcoords="offset points", size=9, weight="bold",
            )  # fmt: skip
        axes.xaxis.set_major_formatter(lambda value, _: across_worded(value))
        axes.yaxis.set_major_formatter(lambda value, _: up_worded(value))
        axes.grid(color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
        low, high = axes.get_ylim()
        if low < 0 < high:
            axes.axhline(0, color=INK, linewidth=1)
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        if len(lines) > 1:
            figure.legend(loc="outside upper left", ncols=len(lines))
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)
