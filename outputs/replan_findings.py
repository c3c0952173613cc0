"""The page of a re-plan: what is locked, what changed since last year, and what changed it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outputs import words
from outputs.bids_words import between, listed
from outputs.finding_charts import Interval as Bar
from outputs.finding_charts import interval_chart
from outputs.findings import Findings, Key, Section
from outputs.page_table import Column, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inputs.errors import Fault
    from optimiser.answer import Proof
    from optimiser.attribution import Step
    from optimiser.openings_held import Interval
    from outputs.figures import Picture
    from outputs.page_table import Table

KIND = "replan"
STEP_LABELS = {
    "": "As last year's plan expected",
    "demand": "Demand: children placed, entrants, stays, suitability",
    "prices": "Prices: fees, top-ups, place funding, capital, transport rates",
    "capacity": "Capacity: places, provisions, options and their lead times",
    "policy": "Policy: budgets, limits, weights, discount rate",
}
FATES = ("locked", "built", "kept", "moved", "dropped", "new")
FATE_LABELS = {
    "locked": "Locked: decided already",
    "built": "Opened before this year",
    "kept": "Planned last year, and again",
    "moved": "Planned for another year",
    "dropped": "Planned last year, not now",
    "new": "New this year",
}
NOTES = (
    "Groups of inputs are switched from last year's case to this year's one after another, in the "
    "order shown, and the plan is solved again at each step. The order matters: in another order "
    "the same whole change would be shared out differently.",
    "Every step stands on this year's calendar: children placed last year are a year older or "
    "gone, those whom last year's plan placed since are there, and those it left waiting wait. "
    "Years that last year's case did not reach have this year's entrants in every step.",
    "What was decided is locked in every step: openings of last year's plan up to this year's "
    "first year, its commitments, and what --locked names. In last year's steps the lead times of "
    "the rest have run down, as if they had been decided; this year's lead times come with the "
    "group of capacity, so what slipped because nobody decided it stands there.",
)


def openings_table(
    before: Mapping[str, int],
    after: Mapping[str, int],
    locked: Mapping[str, int],
    base_year: int,
    names: Mapping[str, str],
) -> pd.DataFrame:
    """Return option, name, last_year, this_year, fate, one fact a row.

    Parameters
    ----------
    before, after
        Option to its year of opening, by last year's plan and by this year's.
    locked
        Decisions taken.
    base_year
        This year's first.
    names
        Option to its name for people.
    """
    rows = []
    for option in dict.fromkeys([*before, *after]):
        old, new = before.get(option), after.get(option)
        if option in locked and new is not None:
            fate = "locked"
        elif new is None:
            fate = "built" if old is not None and old <= base_year else "dropped"
        elif old is None:
            fate = "new"
        else:
            fate = "kept" if old == new else "moved"
        rows.append((option, names.get(option, option), old, new, fate))
    frame = pd.DataFrame(rows, columns=["option", "name", "last_year", "this_year", "fate"])
    order = {fate: i for i, fate in enumerate(FATES)}
    frame = frame.sort_values("fate", key=lambda some: some.map(order), kind="stable")
    return frame.reset_index(drop=True)


def steps_table(steps: Sequence[Step]) -> pd.DataFrame:
    """Return one row a step: cost, bound, the interval of the change, openings and children."""
    rows = []
    for number, one in enumerate(steps):
        change = one.dearer
        rows.append(
            {
                "step": number,
                "group": one.group or "last_year",
                "cost_gbp": one.proof.cost_gbp,
                "bound_gbp": one.proof.bound_gbp,
                "termination": str(one.proof.termination),
                "dearer_low_gbp": np.nan if change is None else change.low,
                "dearer_high_gbp": np.nan if change is None else change.high,
                "material": False if change is None else change.material,
                "added": "; ".join(one.added),
                "dropped": "; ".join(one.dropped),
                "moved": "; ".join(one.moved),
                "entrants": one.entrants,
                "unplaced_child_years": one.unplaced,
            }
            | {f"{purse}_gbp": gbp for purse, gbp in one.purses.items()}
        )
    return pd.DataFrame(rows)


def replan_findings(
    openings: pd.DataFrame,
    steps: Sequence[Step],
    *,
    whole: Interval | None,
    proof: Proof,
    case_name: str,
    run_id: str,
    last_run: str,
    names: Mapping[str, str],
    options: pd.DataFrame,
    not_attributed: str = "",
    notes: Sequence[str] = (),
    warnings: tuple[Fault, ...] = (),
    attribution: tuple[str, ...] = (),
) -> Findings:
    """Return the findings of a re-plan.

    Parameters
    ----------
    openings
        As :func:`openings_table` gives it.
    steps
        From last year's expectations to this year's plan; this year's alone where there is no
        attribution.
    whole
        The whole change, from the first step to the last.
    proof
        Of this year's plan.
    case_name, run_id, last_run
        Of this year's plan, and the key of last year's run.
    names
        Option to its name for people.
    options
        This year's table of options with the locks written in.
    not_attributed
        Why there is no attribution; empty where there is.
    notes, warnings, attribution
        What was assumed; what is odd in the case; sources to be named.
    """
    table = steps_table(steps)
    counts = openings["fate"].value_counts()
    changed = [
        f"{counts[fate]} {fate}" for fate in ("kept", "moved", "dropped", "new") if fate in counts
    ]
    if not_attributed:
        why = Section("What changed it", (not_attributed,))
    else:
        why = Section("What changed it", _why(steps, names), _chart(steps), (_steps_told(table),))
    ended = words.TERMINATIONS[str(proof.termination)].format(gap=words.small_share(proof.gap))
    return Findings(
        kind=KIND,
        title="This year's plan, and last year's",
        case_name=case_name,
        run_id=run_id,
        lede=_lede(counts, changed, whole, steps),
        proven=(
            f"This year's plan: {ended[:1].lower()}{ended[1:]}.",
            "The change at each step lies between two proven bounds; where it spans nought there "
            "is no material difference. The steps' intervals add up to more than the whole one, "
            "for each carries the gap of both its plans.",
        ),
        sections=(
            Section("Openings, last year's plan and this year's", (), None, (_openings(openings),)),
            why,
        ),
        tables={"openings": openings, "steps": table, "options": options},
        summary={
            "last_run": last_run,
            "termination": str(proof.termination),
            "cost_gbp": proof.cost_gbp,
            "bound_gbp": proof.bound_gbp,
            "gap": proof.gap,
            "openings": {fate: openings.loc[openings["fate"] == fate, "option"].tolist()
                         for fate in FATES},
            "order": [one.group for one in steps if one.group],
            "steps": [_plain(row) for row in table.to_dict("records")],
            "whole_dearer_gbp": None if whole is None else [whole.low, whole.high],
            "not_attributed": not_attributed or None,
        },
        keys=(
            Key("Locked", str(int(counts.get("locked", 0))), "decisions already taken"),
            Key("Changed", listed(changed) if changed else "nothing"),
            Key("Dearer than expected", "not known" if whole is None else between(whole),
                "present value, this year's years"),
        ),
        notes=(*notes, *NOTES),
        warnings=warnings,
        attribution=attribution,
        styles={"last_year": "number", "this_year": "number", "step": "whole",
                "entrants": "children", "unplaced_child_years": "children"},
        about={
            "openings": "Options by last year's plan and by this year's, and what became of each",
            "steps": "One row a step: its plan, and by how much it is dearer than the one before",
            "options": "This year's table of options with the locks as committed_year: save it as "
            "options.csv of the case and run sendplaces plan",
        },
    )  # fmt: skip


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        str(key): None if isinstance(value, float) and not np.isfinite(value) else value
        for key, value in row.items()
    }


def _lede(
    counts: pd.Series, changed: list[str], whole: Interval | None, steps: Sequence[Step]
) -> str:
    locked = int(counts.get("locked", 0))
    told = f"{locked} {'opening is' if locked == 1 else 'openings are'} locked; of the rest, " + (
        listed(changed) if changed else "nothing is planned"
    )
    if whole is None or not whole.material:
        return told + "."
    way = "dearer" if whole.low > 0 else "cheaper"
    size = whole if whole.low > 0 else whole.turned
    largest = max(
        (one for one in steps if one.dearer is not None and one.dearer.material),
        key=lambda one: abs(one.dearer.low + one.dearer.high) if one.dearer else 0.0,
        default=None,
    )
    why = "" if largest is None else f", most of it by {largest.group}"
    return (
        f"{told}. The years ahead are {way} than last year's plan expected by {between(size)}{why}."
    )


def _why(steps: Sequence[Step], names: Mapping[str, str]) -> tuple[str, ...]:
    def said(options: tuple[str, ...]) -> str:
        return listed([names.get(one, one) for one in options])

    lines = []
    for before, one in pairwise(steps):
        change = one.dearer
        if change is None:
            continue
        if not change.material:
            effect = "no material difference to the cost"
        elif change.low > 0:
            effect = f"the plan is dearer by {between(change)}"
        else:
            effect = f"the plan is cheaper by {between(change.turned)}"
        children = ""
        if one.group == "demand":
            children = (
                f" ({words.children(before.entrants)} children were expected to enter, "
                f"{words.children(one.entrants)} are)"
            )
        moves = [
            text
            for some, text in (
                (one.added, f"opens {said(one.added)}" if one.added else ""),
                (one.dropped, f"no longer opens {said(one.dropped)}" if one.dropped else ""),
                (one.moved, f"moves {said(one.moved)}" if one.moved else ""),
            )
            if some
        ]
        label = words.words(one.group)
        what = f" It then {listed(moves)}." if moves else " It opens the same."
        lines.append(f"{label}{children}: {effect}.{what}")
    return tuple(lines)


def _steps_told(table: pd.DataFrame) -> Table:
    frame = table.assign(
        label=[STEP_LABELS["" if one == "last_year" else str(one)] for one in table["group"]],
        change=[
            words.MISSING if np.isnan(low) else f"{words.thousands(low)} to {words.thousands(high)}"
            for low, high in zip(table["dearer_low_gbp"], table["dearer_high_gbp"], strict=True)
        ],
    )
    purse = "Within the years of the plan, present value"
    return table_of(
        "table-steps",
        "From what last year's plan expected to this year's plan",
        frame,
        [
            Column("label", "Switched to this year's", str),
            Column("cost_gbp", "Cost of the plan", words.pounds, True),
            Column("change", "Dearer by", str, True),
            Column("dsg_gbp", "Dedicated Schools Grant", words.pounds, True, purse),
            Column("general_fund_gbp", "General Fund", words.pounds, True, purse),
            Column("capital_gbp", "Capital", words.pounds, True, purse),
            Column("unplaced_child_years", "Child-years without a place", words.children, True),
        ],
    )


def _chart(steps: Sequence[Step]) -> Picture | None:
    bars = [
        Bar(
            words.words(one.group),
            one.dearer.low,
            one.dearer.high,
            None,
            between(one.dearer) if one.dearer.material else "no material difference",
        )
        for one in steps
        if one.dearer is not None
    ]
    if not bars or any(np.isnan(one.low) or np.isnan(one.high) for one in bars):
        return None
    frame = pd.DataFrame({"label": [one.label for one in bars], "text": [one.text for one in bars]})
    table = table_of(
        "table-changes",
        "By how much each step makes the plan dearer",
        frame,
        [Column("label", "Switched", str), Column("text", "Dearer by", str, True)],
        folded="The numbers of the chart",
    )
    return interval_chart(
        "chart-changes",
        "What changed the cost of the plan",
        "A bar for each group of inputs, from the low to the high end of the change in cost: "
        + "; ".join(f"{one.label} {one.text}" for one in bars),
        bars,
        axis="Dearer by, £ of present value (left of nought: cheaper)",
        table=table,
    )


def _openings(openings: pd.DataFrame) -> Table:
    return table_of(
        "table-openings",
        "What became of each opening",
        openings.assign(label=[FATE_LABELS[one] for one in openings["fate"]]),
        [
            Column("name", "Option", str),
            Column("last_year", "Last year's plan", words.year_label),
            Column("this_year", "This year's plan", words.year_label),
            Column("label", "What became of it", str),
        ],
    )
