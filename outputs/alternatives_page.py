"""Alternatives in words: the plans side by side, and where each option stands among them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.vocabulary import academic_year
from optimiser.alternatives import Standing
from outputs import words
from outputs.finding_charts import Interval, interval_chart
from outputs.findings import Findings, Key, Section
from outputs.page_table import Column, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimiser.alternatives import Alternatives
    from optimiser.problem import Problem
    from outputs.figures import Picture

KIND = "alternatives"
BEST = "Best plan"
STANDINGS = {
    Standing.EVERY: "In every plan within the margin (proven)",
    Standing.NONE: "In no plan within the margin (proven)",
    Standing.SOME: "In some and not in others",
    Standing.UNSETTLED: "Not settled in the time allowed",
}


@dataclass(frozen=True)
class Told:
    """What the page is told beside the alternatives.

    Parameters
    ----------
    case_name, run_id
        Of the plan.
    facts
        Figures of each plan (:func:`outputs.plan_facts.facts_of`), the best first.
    margin_words
        The margin as it was asked for, such as ``3 % of the saving``.
    attribution
        Sources that must be named.
    """

    case_name: str
    run_id: str
    facts: Sequence[dict[str, float]]
    margin_words: str
    attribution: tuple[str, ...]


def label(i: int) -> str:
    """Return what a plan is called.

    >>> label(0), label(2)
    ('Best plan', 'Alternative 2')
    """
    return BEST if i == 0 else f"Alternative {i}"


def plans_table(found: Alternatives, facts: Sequence[dict[str, float]]) -> pd.DataFrame:
    """Return a plan a row: cost, how far apart, and its figures."""
    best = found.plans[0].proof
    rows = [
        {
            "plan": label(i),
            "cost_gbp": one.proof.cost_gbp,
            "dearer_than_best_gbp": one.proof.cost_gbp - best.cost_gbp,
            "above_bound_gbp": one.proof.cost_gbp - best.bound_gbp,
            "apart_from_best": one.apart_from_best,
            "apart_from_nearest": one.apart,
            "most_apart": one.most_apart,
            "furthest_proven": "" if i == 0 else "yes" if one.furthest else "no",
        }
        | fact
        for i, (one, fact) in enumerate(zip(found.plans, facts, strict=True))
    ]
    return pd.DataFrame(rows)


def openings_table(problem: Problem, found: Alternatives) -> pd.DataFrame:
    """Return an option a row: where it stands, and the year in which each plan opens it."""
    options = problem.options
    first = problem.years[0]
    rows = []
    for one in found.positions:
        o = one.option
        row: dict[str, object] = {
            "option": str(options["option"].iloc[o]),
            "name": str(options["name"].iloc[o]),
            "places": float(options["places"].iloc[o]),
            "standing": str(one.standing),
            "in_plans": one.in_plans,
            "of_plans": len(found.plans),
        }
        for i, plan in enumerate(found.plans):
            opened = plan.opened[o]
            opens = first + int(np.argmax(opened > 0.5)) if opened[-1] > 0.5 else None
            row[label(i).lower().replace(" ", "_")] = opens
        best = found.plans[0].proof
        row["other_way_low_gbp"] = one.other_way_bound_gbp - best.cost_gbp
        row["other_way_high_gbp"] = one.other_way_cost_gbp - best.bound_gbp
        rows.append(row)
    frame = pd.DataFrame(rows)
    years = [label(i).lower().replace(" ", "_") for i in range(len(found.plans))]
    return frame.astype({name: "Int64" for name in years if name in frame})


def findings(problem: Problem, found: Alternatives, told: Told) -> Findings:
    """Return the page, tables and summary of alternatives."""
    plans, openings = plans_table(found, told.facts), openings_table(problem, found)
    groups = {
        standing: openings.loc[openings["standing"] == standing, "name"].tolist()
        if len(openings)
        else []
        for standing in map(str, Standing)
    }
    more = len(found.plans) - 1
    return Findings(
        kind=KIND,
        title="Other plans that cost nearly as little",
        case_name=told.case_name,
        run_id=told.run_id,
        lede=_lede(found, groups, more),
        proven=_proven(found),
        sections=(
            _side_by_side(found, plans),
            _options(found, openings),
            _what_stands(groups),
        ),
        tables={"plans": plans, "options": openings},
        summary={
            "margin_gbp": found.margin_gbp,
            "cost_most_gbp": found.cost_most_gbp,
            "plans": plans.to_dict("records"),
            "standing": groups,
            "complete": found.complete,
            "cut_short": found.cut_short,
            "placed": found.placed,
            "seconds": found.seconds,
        },
        keys=(
            Key("Plans found", str(len(found.plans)), "the best plan among them"),
            Key("Margin", words.pounds(found.margin_gbp), told.margin_words),
            Key("In every plan", str(len(groups[Standing.EVERY])), "options, proven"),
            Key("In no plan", str(len(groups[Standing.NONE])), "options, proven"),
        ),
        notes=(
            "Plans are told apart by the options that are open by the end of the horizon; the same "
            "options in other years count as the same plan. Committed options open in all of them.",
            "Costs are present value with the weights of policy, on which plans are chosen; "
            "savings "
            "by purse are money only, and no purse is netted against another.",
        ),
        attribution=told.attribution,
        styles={"apart_from_best": "whole", "apart_from_nearest": "whole", "most_apart": "whole"}
        | {"in_plans": "whole", "of_plans": "whole", "minutes_mean": "minutes"},
        about={
            "plans": "One row a plan: what it costs, saves and opens, and how far apart it is",
            "options": "One row an option: where it stands, and when each plan opens it",
        },
    )


def _lede(found: Alternatives, groups: dict[str, list[str]], more: int) -> str:
    if not more:
        gbp = words.pounds(found.margin_gbp)
        if found.complete:
            return f"No other set of openings costs within {gbp} of the best. This is proven."
        return f"No other plan was found that costs within {gbp} of the best. None is ruled out."
    every, none = len(groups[Standing.EVERY]), len(groups[Standing.NONE])
    furthest = max(one.apart_from_best for one in found.plans)
    verbs = ("cost", "differ") if more > 1 else ("costs", "differs")
    return (
        f"{more} other plan{'s' if more > 1 else ''} {verbs[0]} within "
        f"{words.pounds(found.margin_gbp)} of the best there can be, and {verbs[1]} from the best "
        f"plan in up to {furthest} option{'s' if furthest != 1 else ''}. {every} option"
        f"{'s are' if every != 1 else ' is'} in every such plan, found or not; {none} in none."
    )


def _proven(found: Alternatives) -> tuple[str, ...]:
    best = found.plans[0].proof
    lines = [
        f"No plan costs less than {words.whole_pounds(best.bound_gbp)}. The margin of "
        f"{words.whole_pounds(found.margin_gbp)} is counted from there, so every plan shown is "
        "proven to cost at most so much more than the best plan there is.",
        "An option is called in every plan (or in none) only where no plan that treats it "
        "otherwise "
        "can cost so little: that is proven of all plans, not of those shown.",
    ]
    unsure = [label(i) for i, one in enumerate(found.plans) if i and not one.furthest]
    sure = [label(i) for i, one in enumerate(found.plans) if i and one.furthest]
    if sure:
        lines.append(
            f"{_and(sure)}: proven that no plan within the margin is further from the nearest of "
            "those before it."
        )
    if unsure:
        lines.append(f"{_and(unsure)}: found, but a plan further apart is not ruled out.")
    if found.cut_short:
        lines.append("The search ran out of time: with more, other plans might be found.")
    elif found.complete and len(found.plans) > 1:
        lines.append("The search ended by itself: every plan asked for, or that exists, was found.")
    return tuple(lines)


def _and(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]


def _side_by_side(found: Alternatives, plans: pd.DataFrame) -> Section:
    columns = [
        Column("plan", "Plan", str),
        Column("dearer_than_best_gbp", "Costs more than the best by", words.pounds, numeric=True),
        Column("apart_from_best", "Options other than the best's", words.places, numeric=True),
        Column("apart_from_nearest", "Apart from those before", words.places, numeric=True),
        Column("furthest_proven", "Furthest apart, proven", _dash),
        Column("dsg_saving_gbp", "DSG", words.pounds, numeric=True, group="Saving"),
        Column("general_fund_saving_gbp", "General Fund", words.pounds, True, "Saving"),
        Column("capital_saving_gbp", "Capital", words.pounds, numeric=True, group="Saving"),
        Column("capital_gbp", "Capital spent", words.pounds, numeric=True),
        Column("unplaced_child_years", "Child-years without a place", words.children, numeric=True),
        Column("over_guideline_share", "Over the guideline", words.small_share, numeric=True),
    ]
    table = table_of(
        "table-plans",
        "Plans within the margin; savings are present value against the do-minimum, by purse",
        plans,
        columns,
    )
    return Section(
        "The plans side by side",
        (
            f"Each plan costs at most {words.whole_pounds(found.margin_gbp)} more than the best "
            "there can be. They were chosen, one after another, to differ as much as they can "
            "from all before.",
        ),
        tables=(table,),
    )


def _dash(value: object) -> str:
    return str(value) or words.MISSING


def _options(found: Alternatives, openings: pd.DataFrame) -> Section:
    years = [
        Column(name, label(i), _year, numeric=True)
        for i in range(len(found.plans))
        if (name := label(i).lower().replace(" ", "_")) in openings
    ]
    table = table_of(
        "table-options",
        "When each option opens, plan by plan",
        openings.assign(stands=[STANDINGS[Standing(one)] for one in openings.get("standing", [])]),
        [
            Column("name", "Option", str),
            Column("places", "Places", words.places, numeric=True),
            *years,
            Column("stands", "Among all plans within the margin", str),
        ],
        note="A year: the plan opens it then. A dash: it does not.",
    )
    return Section("Which options open", picture=_chart(found, openings), tables=(table,))


def _year(value: object) -> str:
    found = words.number(value)
    return words.MISSING if found is None or math.isnan(found) else academic_year(int(found))


def _chart(found: Alternatives, openings: pd.DataFrame) -> Picture | None:
    """Return the cost of treating each option otherwise, as intervals against the margin."""
    shown = openings[np.isfinite(openings["other_way_low_gbp"])] if len(openings) else openings
    if not len(shown):
        return None
    gap = found.plans[0].proof.cost_gbp - found.plans[0].proof.bound_gbp
    shown = shown.sort_values("other_way_low_gbp", ascending=False)
    intervals = [
        Interval(
            str(row["name"]),
            float(row["other_way_low_gbp"]),
            max(float(row["other_way_high_gbp"]), float(row["other_way_low_gbp"])),
            text="" if pd.isna(row[BEST.lower().replace(" ", "_")]) else "in the best plan",
        )
        for row in shown.to_dict("records")
    ]
    table = table_of(
        "table-other-way",
        "What it costs to treat an option otherwise than the best plan does",
        shown,
        [
            Column("name", "Option", str),
            Column("other_way_low_gbp", "At least", words.pounds, numeric=True),
            Column("other_way_high_gbp", "At most", _or_unknown, numeric=True),
        ],
        note="Not known: no plan that treats the option otherwise was found, or needed to show "
        "that it costs more than the margin.",
    )
    return interval_chart(
        "chart-other-way",
        "What it costs to treat each option otherwise",
        "For each option, the interval of what the cheapest plan that treats it otherwise than the "
        "best plan costs above the best: leaves it out where the best has it in, and has it in "
        f"where the best leaves it out. The margin ends {words.pounds(found.margin_gbp - gap)} "
        "above the best plan found.",
        intervals,
        axis="More than the best plan, £ of present value",
        table=table,
    )


def _or_unknown(value: object) -> str:
    found = words.number(value)
    known = found is not None and math.isfinite(found)
    return words.pounds(value) if known else "not known"


def _what_stands(groups: dict[str, list[str]]) -> Section:
    bullets = tuple(
        f"{STANDINGS[Standing(one)]}: {', '.join(names) if names else 'none'}."
        for one, names in groups.items()
    )
    return Section("What holds in all of them", bullets=bullets)
