"""Frontiers in words: what is saved as one thing is held to less, with the knee named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimiser.answer import Termination
from outputs import words
from outputs.finding_charts import Line, Mark, line_chart
from outputs.findings import Findings, Key, Section
from outputs.page_table import Column, table_of
from outputs.plan_facts import FIFTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from optimiser.frontier import Frontier
    from outputs.figures import Picture
    from outputs.page_table import Table

KIND = "frontier"
KNEE_RULE = (
    "The knee is the point furthest above the straight line from the first point to the last, both "
    "axes taken as shares of the way between the ends, and each saving at the middle of its "
    "interval: up to there each step buys more than the average step, and beyond it less."
)


@dataclass(frozen=True)
class AxisWords:
    """How a measure is told: its name, its unit along the chart, and a value in words."""

    name: str
    across: str
    worded: Callable[[object], str]
    what: str


AXES = {
    "capital": AxisWords(
        "capital",
        "Capital of everything that opens, £",
        words.pounds,
        "Capital of everything that opens, committed options included, at the price year.",
    ),
    "openings": AxisWords(
        "openings",
        "Options taken up beyond those committed",
        words.places,
        "Options taken up beyond those committed; closing or re-designating is one too.",
    ),
    "minutes": AxisWords(
        "journey minutes",
        "Minutes on shared rides, summed over the children placed",
        words.places,
        "Minutes one way on a shared ride, summed over children in the year they are placed. A "
        "child without a daily journey (residential, or at home) is not counted, and no point "
        "leaves more children without a place than the plan does.",
    ),
    "over_guideline": AxisWords(
        "journeys over the guideline",
        "Children placed beyond the guideline journey",
        words.children,
        "Children placed beyond the guideline journey of their phase, in all years. No point "
        "leaves more children without a place than the plan does.",
    ),
    "unplaced": AxisWords(
        "children without a place",
        "Child-years without a place",
        words.children,
        "Child-years without a place within the horizon. Here the weight of policy on them is left "
        "out of what is saved, so that the money alone is seen. A point that saves more by leaving "
        "children without a place is no proposal: it shows what each place costs.",
    ),
}
"""Measure to its words."""


def axis_words(name: str) -> AxisWords:
    """Return the words of a measure; one of a deprivation fifth is named ``over_guideline_1``."""
    if name in AXES:
        return AXES[name]
    fifth = name.rsplit("_", 1)[-1]
    whole = AXES["over_guideline"]
    return AxisWords(
        f"{whole.name} from deprivation fifth {fifth}",
        f"{whole.across}, from deprivation fifth {fifth}",
        whole.worded,
        f"Only children of zones in deprivation fifth {fifth} (1 is the most deprived). "
        f"{whole.what}",
    )


@dataclass(frozen=True)
class Traced:
    """A frontier, and the figures of each of its points.

    Parameters
    ----------
    frontier
        As it was found.
    facts
        Of each point (:func:`outputs.plan_facts.facts_of`).
    fifths
        Of each point (:func:`outputs.plan_facts.over_by_fifth`); empty where no zone has one.
    opened
        Of each point, names of the options that it takes up.
    """

    frontier: Frontier
    facts: Sequence[dict[str, float]]
    fifths: Sequence[Mapping[str, tuple[float, float]]]
    opened: Sequence[Sequence[str]]


def points_table(traced: Sequence[Traced]) -> pd.DataFrame:
    """Return a point a row: axis, value, cost, bound, saving interval, knee, and its figures."""
    rows = []
    for one in traced:
        found = one.frontier
        for i, (point, fact) in enumerate(zip(found.points, one.facts, strict=True)):
            row = {
                "axis": found.axis.name,
                "point": i + 1,
                "value": point.value,
                "cost_gbp": point.proof.cost_gbp,
                "bound_gbp": point.proof.bound_gbp,
                "saving_low_gbp": point.saving_gbp[0],
                "saving_high_gbp": point.saving_gbp[1],
                "within_gap": "yes" if point.proof.termination is Termination.OPTIMAL else "no",
                "knee": "yes" if i == found.knee else "",
            }
            rows.append(row | fact | {"opened": "; ".join(one.opened[i])})
    return pd.DataFrame(rows)


def fifths_table(traced: Sequence[Traced]) -> pd.DataFrame:
    """Return axis, point, deprivation fifth, children placed and the share over the guideline."""
    rows = [
        (one.frontier.axis.name, i + 1, int(fifth), children, share)
        for one in traced
        for i, fifths in enumerate(one.fifths)
        for fifth, (children, share) in fifths.items()
    ]
    columns = ["axis", "point", "deprivation_fifth", "children", "over_guideline_share"]
    return pd.DataFrame(rows, columns=columns)


def dropped_table(traced: Sequence[Traced]) -> pd.DataFrame:
    """Return what is not on a frontier: dominated plans, and limits for which none was found."""
    rows: list[tuple[str, float, float | None, str]] = []
    for one in traced:
        name = one.frontier.axis.name
        rows += [
            (name, point.value, point.proof.cost_gbp, "dominated by another point")
            for point in one.frontier.dominated
        ]
        rows += [
            (name, unmet.limit, None, "no plan can" if unmet.impossible else "no plan was found")
            for unmet in one.frontier.unmet
        ]
    return pd.DataFrame(rows, columns=["axis", "value", "cost_gbp", "why"])


def findings(
    case_name: str, run_id: str, traced: Sequence[Traced], attribution: tuple[str, ...]
) -> Findings:
    """Return the page, tables and summary of frontiers."""
    points = points_table(traced)
    return Findings(
        kind=KIND,
        title="What the next pound, opening or minute buys",
        case_name=case_name,
        run_id=run_id,
        lede=" ".join(_lede(one) for one in traced),
        proven=_proven(traced),
        sections=tuple(_section(one, points) for one in traced),
        tables={
            "points": points,
            "fifths": fifths_table(traced),
            "left_out": dropped_table(traced),
        },
        summary={
            "axes": [_summary(one, points) for one in traced],
        },
        keys=tuple(
            Key(f"Knee: {axis_words(one.frontier.axis.name).name}", *_knee_words(one))
            for one in traced
        ),
        notes=(
            KNEE_RULE,
            "Savings are present value against the do-minimum, with the weights of policy on which "
            "plans are chosen (but see children without a place). Savings by purse are money only, "
            "within the horizon and the later years of the same placements, and no purse is netted "
            "against another.",
            *(axis_words(one.frontier.axis.name).what for one in traced),
        ),
        attribution=attribution,
        styles={"point": "whole", "value": "number", "minutes_mean": "minutes"},
        about={
            "points": "One row a point: what it measures, costs and saves, and what it opens",
            "fifths": "Share over the guideline by deprivation fifth (1 the most deprived)",
            "left_out": "Plans dominated by others, and limits for which no plan was found",
        },
    )


def _summary(one: Traced, points: pd.DataFrame) -> dict[str, object]:
    found = one.frontier
    here = points[points["axis"] == found.axis.name] if len(points) else points
    return {
        "axis": found.axis.name,
        "points": here.drop(columns="axis").to_dict("records"),
        "dominated": len(found.dominated),
        "unmet": [{"limit": x.limit, "impossible": x.impossible} for x in found.unmet],
        "knee": None if found.knee is None else found.points[found.knee].value,
        "knee_is_clear": found.knee_is_clear,
        "unplaced_held_child_years": found.unplaced_held,
        "placed": found.placed,
        "seconds": found.seconds,
        "cut_short": found.cut_short,
    }


def _lede(one: Traced) -> str:
    found, told = one.frontier, axis_words(one.frontier.axis.name)
    last = found.points[-1]
    if len(found.points) == 1:
        return f"By {told.name} there is one plan to show, at {told.worded(last.value)}."
    text = (
        f"By {told.name}, from {told.worded(found.points[0].value)} to "
        f"{told.worded(last.value)}, the saving rises from "
        f"{words.amount_range(*found.points[0].saving_gbp)} to "
        f"{words.amount_range(*last.saving_gbp)}."
    )
    if found.knee is not None:
        knee = found.points[found.knee]
        sure = "" if found.knee_is_clear else ", though the intervals do not settle it"
        text += f" The knee is at {told.worded(knee.value)}{sure}."
    return text


def _knee_words(one: Traced) -> tuple[str, str]:
    found, told = one.frontier, axis_words(one.frontier.axis.name)
    if found.knee is None:
        return "none", "too few points, or no bend"
    point = found.points[found.knee]
    sure = "clear" if found.knee_is_clear else "not settled by the intervals"
    return told.worded(point.value), f"saves {words.amount_range(*point.saving_gbp)}; {sure}"


def _proven(traced: Sequence[Traced]) -> tuple[str, ...]:
    lines = [
        "Each point is a plan, audited like any other. The high end of its saving is proven: no "
        "plan that measures no more saves more. The low end is what this plan saves for certain.",
        "Points are joined by straight lines for the eye alone: a plan between two of them is not "
        "claimed to exist.",
    ]
    for one in traced:
        found, told = one.frontier, axis_words(one.frontier.axis.name)
        wide = sum(1 for x in found.points if x.proof.termination is not Termination.OPTIMAL)
        line = f"By {told.name}: {len(found.points)} points"
        line += (
            ", all proven within the gap asked"
            if not wide
            else (f", {wide} of them with a gap wider than was asked")
        )
        if found.dominated:
            line += f"; {len(found.dominated)} dominated and dropped"
        no = sum(1 for x in found.unmet if x.impossible)
        if no:
            line += f"; for {no} limit{'s' if no > 1 else ''} it is proven that no plan keeps it"
        unknown = len(found.unmet) - no
        if unknown:
            line += f"; for {unknown} no plan was found, and none is ruled out"
        lines.append(line + (". Time ran out at some points." if found.cut_short else "."))
    return tuple(lines)


def _section(one: Traced, points: pd.DataFrame) -> Section:
    found, told = one.frontier, axis_words(one.frontier.axis.name)
    here = points[points["axis"] == found.axis.name]
    step = np.r_[np.nan, np.diff(here["saving_low_gbp"] + here["saving_high_gbp"]) / 2]
    across = np.r_[np.nan, np.diff(here["value"])]
    here = here.assign(
        per_unit=np.divide(step, across, out=np.full(len(step), np.nan), where=across > 0)
    )
    sentences = [told.what]
    steps = np.flatnonzero(np.isfinite(here["per_unit"].to_numpy(float)))
    if len(steps):
        first, last = (float(here["per_unit"].iloc[i]) for i in (steps[0], steps[-1]))
        unit = "each pound" if found.axis.name == "capital" else "each unit"
        worded = words.pounds if found.axis.name != "capital" else _pence
        sentences.append(
            f"Over the first step {unit} more saves about {worded(first)}, over the last about "
            f"{worded(last)} (middles of the intervals)."
        )
    return Section(
        f"Saving against {told.name}",
        tuple(sentences),
        picture=_chart(one, here),
        tables=(_purses(one, here), *_by_fifth(one)),
    )


def _pence(value: object) -> str:
    amount = words.number(value)
    return words.MISSING if amount is None else f"£{amount:,.2f}".replace("£-", f"{words.MINUS}£")


def _key(name: str, one: Traced) -> str:
    return f"{name}-{one.frontier.axis.name.replace('_', '-')}"


def _chart(one: Traced, here: pd.DataFrame) -> Picture:
    found, told = one.frontier, axis_words(one.frontier.axis.name)
    low, high = here["saving_low_gbp"].tolist(), here["saving_high_gbp"].tolist()
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    line = Line("Saving", here["value"].tolist(), middle, low, high)
    marks: tuple[Mark, ...] = ()
    if found.knee is not None:
        marks = (Mark("knee", line.across[found.knee], middle[found.knee]),)
    table = table_of(
        _key("table-points", one),
        f"Points of the frontier by {told.name}; savings are present value",
        here,
        [
            Column("value", told.name.capitalize(), told.worded, numeric=True),
            Column("saving_low_gbp", "Saves at least", words.pounds, numeric=True),
            Column("saving_high_gbp", "No plan saves more than", words.pounds, numeric=True),
            Column("within_gap", "Within the gap", str),
            Column("options_opened", "Options", words.places, numeric=True),
            *(
                []
                if found.axis.name == "capital"
                else [Column("capital_gbp", "Capital", words.pounds, numeric=True)]
            ),
            Column("unplaced_child_years", "Child-years without a place", words.children, True),
            Column("minutes_mean", "Mean minutes", words.minutes, numeric=True),
            Column("over_guideline_share", "Over the guideline", words.small_share, numeric=True),
            Column("knee", "Knee", str),
        ],
    )
    knee = (
        ""
        if found.knee is None
        else (f" The knee is at {told.worded(here['value'].iloc[found.knee])}.")
    )
    return line_chart(
        _key("chart-frontier", one),
        f"Saving against {told.name}",
        f"Each dot is a plan at the middle of its proven interval; the band runs from the least to "
        f"the most that can be saved at that {told.name}.{knee}",
        [line],
        across=told.across,
        up="Saving, £ of present value",
        table=table,
        marks=marks,
        across_worded=told.worded,
    )


def _purses(one: Traced, here: pd.DataFrame) -> Table:
    return table_of(
        _key("table-purses", one),
        "The same points by purse: money only, present value, of the plans found",
        here,
        [
            Column(
                "value",
                axis_words(one.frontier.axis.name).name.capitalize(),
                axis_words(one.frontier.axis.name).worded,
                numeric=True,
            ),
            Column("dsg_saving_gbp", "DSG", words.pounds, numeric=True, group="Saving"),
            Column(
                "general_fund_saving_gbp",
                "General Fund",
                words.pounds,
                numeric=True,
                group="Saving",
            ),
            Column("capital_saving_gbp", "Capital", words.pounds, numeric=True, group="Saving"),
            Column("policy_weight_gbp", "Weights of policy (no money)", words.pounds, numeric=True),
            Column("opened", "Opens beyond what is committed", str),
        ],
        folded="By purse, and what each point opens",
    )


def _by_fifth(one: Traced) -> tuple[Table, ...]:
    if not any(one.fifths):
        return ()
    told = axis_words(one.frontier.axis.name)
    rows = [
        {"value": point.value} | {f"f{k}": share for k, (_, share) in fifths.items()}
        for point, fifths in zip(one.frontier.points, one.fifths, strict=True)
    ]
    return (
        table_of(
            _key("table-fifths", one),
            "Share of children placed beyond the guideline journey, by deprivation fifth of home",
            pd.DataFrame(rows),
            [
                Column("value", told.name.capitalize(), told.worded, numeric=True),
                *(Column(f"f{k}", f"Fifth {k}", words.small_share, numeric=True) for k in FIFTHS),
            ],
            note="Fifth 1 is the most deprived.",
            folded="By deprivation fifth",
        ),
    )
