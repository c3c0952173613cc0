"""The findings of ``sendplaces reasons``: page, tables and summary."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from optimiser.answer import Termination
from outputs import words
from outputs.findings import Findings, Key, Section
from outputs.reasons_drawn import interval_picture, more_places_section
from outputs.reasons_tables import (
    later_table,
    more_places_table,
    moved_table,
    reasons_table,
    rules_table,
    to_win_table,
)
from outputs.reasons_words import (
    interval,
    spoken,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from inputs.errors import Fault
    from optimiser.problem import Problem
    from optimiser.reason import Reason, Reasons

KIND = "reasons"
MEASURE = (
    "“Worse” is by the measure that the plan makes least: present value of money from all three "
    "purses to the end of each child's stay, less the value left in buildings, plus the weights of "
    "policy on children without a place, places over number and broken rules. Weights are not "
    "money. What each purse pays stands by itself, and one is never netted against another."
)
INTERVALS = (
    "Each cost lies between two proven ends: the plan and the plan without the option (or with "
    "it) are each known to within a gap, and the difference of the two cannot lie outside. To take "
    "a choice away never makes the best plan better, so no cost is below nought.",
    "Where an interval begins at nought the two cannot be told apart: no material difference. "
    "Where it has no upper end either, nothing is known: time ran out before any such plan. To "
    "allow more seconds, or a smaller gap, narrows it.",
)
FOUND = (
    "What moves, and what each purse pays, are of the plans found, as they were found. They are "
    "not intervals: another plan as cheap may move other children. Each was audited.",
)
NOTES = (
    "One option is left out, or forced in, at a time, and all others may change with it. Costs of "
    "several options do not add up.",
    "A price at which an option wins counts its own cost only, all else as it is; each child in it "
    "is counted to the end of the stay.",
    "More places for the same money: what the option costs to build, to set up and to run (a fixed "
    "sum a year) stays, and so do its ramp and its least roll; what it teaches grows in "
    "proportion. Place funding for each place and top-up for each child follow at the rates of the "
    "case. It wins where the best plan that opens it so grown is proven cheaper than the best plan "
    "without it.",
)


def reasons_findings(
    found: Reasons,
    problem: Problem,
    *,
    case_name: str,
    run_id: str,
    warnings: tuple[Fault, ...] = (),
    attribution: tuple[str, ...] = (),
) -> Findings:
    """Return the findings of the command.

    Parameters
    ----------
    found
        The reasons.
    problem
        The plan's problem.
    case_name, run_id
        Of the plan.
    warnings, attribution
        Of the case and its roads.
    """
    options = zip(problem.options["option"], problem.options["name"], strict=True)
    names = {str(key): str(name) for key, name in options}
    table = reasons_table(found, names, problem.years[0])
    chosen = [one for one in found.reasons if one.chosen and one.cannot is None]
    rejected = [one for one in found.reasons if not one.chosen and one.cannot is None]
    fixed = [one for one in found.reasons if one.cannot is not None]
    first = problem.years[0]
    sections = [
        *_parts("in the plan", "chosen", "Cost of leaving each out", chosen, names, first),
        *_parts("not in the plan", "rejected", "Cost of forcing each in", rejected, names, first),
    ]
    grown = more_places_table(found)
    if grown["places_more"].notna().any():
        sections.append(more_places_section(grown, names))
    if fixed:
        told = tuple(spoken(one, names, first) for one in fixed)
        sections.append(Section("Not the plan's to choose", (), None, (), told))
    asked = [one for one in (*chosen, *rejected) if one.asked is not None]
    return Findings(
        kind=KIND,
        title="Why these openings, and why not the others",
        case_name=case_name,
        run_id=run_id,
        lede=_lede(chosen, rejected, names),
        proven=(MEASURE, *INTERVALS, *FOUND, *_of_the_plan(found)),
        sections=tuple(sections),
        tables={
            "reasons": table,
            "moved": moved_table(found),
            "to_win": to_win_table(found),
            "more_places": grown,
            "rules_in_the_way": rules_table(found, names),
            "a_year_later": later_table(found),
        },
        summary=_summary(found, table),
        keys=_keys(asked, chosen, rejected),
        notes=NOTES,
        warnings=warnings,
        attribution=attribution,
        styles={"reason": "wrapped", "unplaced_child_years": "children"},
        about={
            "reasons": "One row an option: what it costs to leave out or force in, and why",
            "moved": "Children placed more (or fewer) by class, in the plan found without or with",
            "to_win": "The price at which a rejected option would win",
            "more_places": "Whether a rejected option wins with more places for the same money",
            "rules_in_the_way": "Rules that an option would break beside the plan",
            "a_year_later": "What it costs to open a year later than the plan does, or later still",
        },
    )


def _parts(
    which: str,
    key: str,
    title: str,
    some: Sequence[Reason],
    names: Mapping[str, str],
    first: int,
) -> list[Section]:
    """Return two sections: what each option is worth, drawn, and why, in words."""
    if not some:
        return []
    told = tuple(spoken(one, names, first) for one in some)
    drawn = interval_picture(key, title, some, names)
    parts = [Section(f"Options {which}", (), drawn)] if drawn else []
    return [*parts, Section(f"Why, in words: options {which}", (), None, (), told)]


def _lede(chosen: Sequence[Reason], rejected: Sequence[Reason], names: Mapping[str, str]) -> str:
    sure = [one for one in chosen if one.asked is not None and one.asked.cost.material]
    out = [one for one in rejected if one.asked is not None and one.asked.cost.material]
    text = (
        f"Of {len(chosen)} options that the plan chooses to open, {len(sure)} are proven to be "
        "worth having: without any one of them the best plan is worse."
    )
    finite = [one for one in sure if one.asked is not None and math.isfinite(one.asked.cost.low)]
    if finite:
        top = max(finite, key=lambda one: one.asked.cost.low if one.asked else 0.0)
        if top.asked is not None:
            text += f" Most is lost without {names[top.option]}: {interval(top.asked.cost)}."
    if rejected:
        text += (
            f" Of {len(rejected)} that it could open and does not, {len(out)} "
            f"{'is' if len(out) == 1 else 'are'} proven to make it worse."
        )
    return text


def _keys(
    asked: Sequence[Reason], chosen: Sequence[Reason], rejected: Sequence[Reason]
) -> tuple[Key, ...]:
    clear = [one for one in asked if one.asked is not None and one.asked.cost.material]
    widths = sorted(
        one.asked.cost.high - one.asked.cost.low
        for one in asked
        if one.asked is not None and math.isfinite(one.asked.cost.high)
    )
    keys = [
        Key("Options asked about", str(len(asked)), f"of {len(chosen) + len(rejected)} to choose"),
        Key("Told apart from the plan", str(len(clear)), "interval clear of nought"),
    ]
    if widths:
        middle = words.pounds(widths[len(widths) // 2])
        keys.append(Key("Width of an interval", middle, f"widest {words.pounds(widths[-1])}"))
    return tuple(keys)


def _of_the_plan(found: Reasons) -> tuple[str, ...]:
    plan = found.found
    ended = words.TERMINATIONS[str(plan.termination)].format(gap=words.small_share(plan.gap))
    said = [f"The plan itself: {ended[:1].lower()}{ended[1:]}."]
    if found.better is not None:
        said.append(
            "While asking, a plan with other openings was found that is cheaper by "
            f"{words.pounds(plan.cost_gbp - found.plan.cost_gbp)}, within what was not proven. "
            "Costs are measured from it. Plan again with a smaller gap to have it."
        )
    return tuple(said)


def _summary(found: Reasons, table: pd.DataFrame) -> dict[str, Any]:
    shown = [
        "option", "name", "chosen", "year", "low_gbp", "high_gbp", "material", "termination",
        "reason",
    ]  # fmt: skip
    rows = table[shown].astype(object).where(table[shown].notna(), None)
    unproven = [
        one
        for one in found.reasons
        if one.asked is not None
        and one.asked.proof.termination not in (Termination.OPTIMAL, Termination.INFEASIBLE)
    ]
    return {
        "cost_gbp": found.plan.cost_gbp,
        "bound_gbp": found.plan.bound_gbp,
        "gap": found.plan.gap,
        "asked": int(table["termination"].notna().sum()),
        "cut_short": len(unproven),
        "better_openings": found.better,
        "more_places": [
            {
                "option": one.option,
                "now": grown.now,
                "most_asked": grown.most,
                "asked": list(grown.costs),
                "wins_with": grown.wins_with,
                "loses_below": grown.loses_below,
                "seconds": grown.seconds,
            }
            for one in found.reasons
            if (grown := one.more_places) is not None
        ],
        "seconds": found.seconds,
        "reasons": rows.to_dict("records"),
    }
