"""The page of bases first: what bases cannot do, and the least growth that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from outputs import words
from outputs.bids_words import between, listed
from outputs.figures import AFTER, BEFORE, GREY, INK, LINE, OPENED, Picture, canvas, inline_svg
from outputs.findings import Findings, Key, Section
from outputs.page_table import Column, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inputs.errors import Fault
    from optimiser.bases_first import BasesFirst, BindingRow
    from outputs.page_table import Table

KIND = "bases-first"
PARTS = ("in_bases", "no_room", "out_of_reach", "not_taught", "not_right")
PART_LABELS = {
    "in_bases": "In a base",
    "no_room": "No room in one",
    "out_of_reach": "Out of reach, or opens too late",
    "not_taught": "No base teaches it",
    "not_right": "No base is right",
}
STYLES = {
    "in_bases": (AFTER, ""),
    "no_room": (OPENED, "////"),
    "out_of_reach": ("#f47738", "xx"),
    "not_taught": (BEFORE, "...."),
    "not_right": ("#b1b4b6", ""),
}
SHOWN_ROWS = 15
FEWEST = 0.5
"""Children below it in the whole horizon are nobody that a sentence could name."""
NOTES = (
    "Bases are specialist bases, SEN units and co-located units. Shares for whom each class is "
    "right add up, to all children at most, as they do in the plan.",
    "Children who enter in the years of the plan are counted once each, where they live. Those "
    "who are in INMSS whatever is opened (parental preference, tribunal) are not among them.",
    "'No room' holds with every base option open that rules and budgets allow. Which children "
    "have the room is one way of sharing it; how many have it is proven.",
    "The least growth holds the plan's own service: no more child-years in independent schools "
    "or without a place than the plan has. All other rules and budgets hold as in the plan.",
)


def bases_first_findings(
    found: BasesFirst,
    *,
    case_name: str,
    run_id: str,
    names: Mapping[str, str],
    provisions: Mapping[str, str],
    special: Mapping[str, float],
    warnings: tuple[Fault, ...] = (),
    attribution: tuple[str, ...] = (),
) -> Findings:
    """Return the findings of the command.

    Parameters
    ----------
    found
        What bases cannot do.
    case_name, run_id
        Of the plan.
    names, provisions
        Option, and provision, to its name for people.
    special
        Special-school option that is no commitment to its places.
    warnings, attribution
        Of the case and its roads.
    """
    beyond = found.beyond
    total = beyond[list(PARTS)].sum()
    due = float(beyond["due"].sum())
    binding = pd.DataFrame(
        [(one.rule, "; ".join(one.where), one.worth) for one in found.binding],
        columns=["rule", "where", "child_years_a_unit"],
    )
    openings = pd.DataFrame(
        [
            (option, names.get(option, option), year, option in special)
            for option, year in found.least.openings.items()
        ],
        columns=["option", "name", "year", "special_school"],
    )
    return Findings(
        kind=KIND,
        title="Bases first",
        case_name=case_name,
        run_id=run_id,
        lede=_lede(found, total, due),
        proven=_proven(found),
        sections=(
            Section("What bases can do, and for whom they cannot",
                    _cannot(beyond), _chart(beyond), (_by_locality(beyond),)),
            Section("The rows that prove it", _rows_told(), None, (),
                    tuple(_row(one, provisions) for one in found.binding[:SHOWN_ROWS])),
            Section("The least special-school growth", _growth(found, names, special)),
        ),
        tables={"beyond_bases": beyond, "binding_rows": binding, "openings": openings},
        summary=_summary(found, total, due),
        keys=(
            Key("Special-school places needed", words.places(found.least_growth),
                f"plan: {words.places(found.plan_growth)}; proven: no fewer than "
                f"{words.places(found.growth_at_least)}"),
            Key("Children whom no base is right for", words.children(float(total["not_right"])),
                f"of {words.children(due)} who enter"),
            Key("Dearer than the plan", _dearer(found), "present value, all that is weighed"),
        ),
        notes=NOTES,
        warnings=warnings,
        attribution=attribution,
        styles={"due": "children", **dict.fromkeys(PARTS, "children"), "year": "number"},
        about={
            "beyond_bases": "Children by need, phase and locality: in a base, or why not",
            "binding_rows": "Rows that hold the number in bases down, with their price",
            "openings": "What the cheapest programme with least special-school growth opens",
        },
    )  # fmt: skip


def _dearer(found: BasesFirst) -> str:
    return between(found.dearer) if found.dearer.material else "no material difference"


def _lede(found: BasesFirst, total: pd.Series, due: float) -> str:
    return (
        f"If bases take all they may, {words.places(found.least_growth)} more special-school "
        f"places are needed to do as well as the plan, which adds "
        f"{words.places(found.plan_growth)}. Of {words.children(due)} children who enter, bases "
        f"can take {words.children(float(total['in_bases']))}; for "
        f"{words.children(float(total['not_right']))} no base is right, and for "
        f"{words.children(float(total['no_room']))} there is no room."
    )


def _cannot(beyond: pd.DataFrame) -> tuple[str, ...]:
    """Return sentences that name the largest groups that bases cannot serve, and why."""
    grouped = beyond.groupby(["need", "phase"], as_index=False)[["due", *PARTS]].sum()
    lines = []
    for part, why in (
        ("not_right", "no base is right, as far as the shares stated go"),
        ("not_taught", "no base teaches them, today or through an option"),
        ("out_of_reach", "every base is beyond the longest journey, or opens too late"),
        ("no_room", "a base would be right and in reach, and all of them are full"),
    ):
        some = grouped[grouped[part] > FEWEST].sort_values(part, ascending=False).head(4)
        if some.empty:
            continue
        who = []
        for row in some.to_dict("records"):
            here = beyond[(beyond["need"] == row["need"]) & (beyond["phase"] == row["phase"])]
            worst = here.sort_values(part, ascending=False).iloc[0]
            who.append(
                f"{words.children(row[part])} of {words.children(row['due'])} with "
                f"{words.need_label(row['need'])}, {words.phase_label(row['phase']).lower()} "
                f"(most in {words.words(worst['locality'])})"
            )
        lines.append(f"{why[:1].upper()}{why[1:]}: {listed(who)}.")
    return tuple(lines) or ("Bases can take every child who enters.",)


def _rows_told() -> tuple[str, ...]:
    return (
        "Each row is a fact or a rule of the plan that holds the number of child-years in bases "
        "down; beside it, what one more of it (a place, a child for whom it is right, a pound) in "
        "every year would add. Together these prices prove that no programme has more children in "
        "bases.",
    )


def _row(one: BindingRow, provisions: Mapping[str, str]) -> str:
    worth = f"{one.worth:,.2f} child-years"
    if one.rule == "suitability":
        need, phase, kind = one.where
        return (
            f"Suitability: {words.words(kind).lower()} for {words.need_label(need)}, "
            f"{words.phase_label(phase).lower()}: {worth} (summed over zones)"
        )
    if one.rule == "capacity":
        return f"Room at {provisions.get(one.where[0], one.where[0])}: {worth}"
    if one.rule == "taught_places":
        name, need, phase = one.where
        return (
            f"Places for {need}, {words.phase_label(phase).lower()}, at "
            f"{provisions.get(name, name)}: {worth}"
        )
    return f"{words.words(one.rule)} ({', '.join(one.where)}): {one.worth:.3g} child-years"


def _growth(
    found: BasesFirst, names: Mapping[str, str], special: Mapping[str, float]
) -> tuple[str, ...]:
    opened = [names.get(one, one) for one in found.least.openings if one in special]
    fewer = found.plan_growth - found.least_growth
    lines = [
        f"The plan opens {words.places(found.plan_growth)} special-school places beyond what is "
        f"committed. The least that does as well is {words.places(found.least_growth)}"
        + (f": {listed(opened)}." if opened else ": none.")
    ]
    if fewer > 0 and found.dearer.material and found.dearer.low > 0:
        lines.append(
            f"That is {words.places(fewer)} fewer, and dearer than the plan by "
            f"{between(found.dearer)}: what putting bases first costs."
        )
    elif fewer > 0:
        lines.append(
            f"That is {words.places(fewer)} fewer. What it costs more than the plan is not proven "
            f"to be anything: {between(found.dearer)}."
        )
    else:
        lines.append("The plan has no special-school place that bases could spare.")
    return tuple(lines)


def _proven(found: BasesFirst) -> tuple[str, ...]:
    least = found.least.proof
    return (
        f"No programme has more than {words.children(found.at_most)} child-years in bases (those "
        f"there now included); the best found has {words.children(found.most_in_bases)}. The "
        f"bound worked out again from the rows and their prices alone, with no word of the "
        f"solver's, is {words.children(found.checked_at_most)}.",
        f"No programme that does as well as the plan adds fewer than "
        f"{words.places(round(found.growth_at_least, 1))} special-school places; "
        f"{words.places(found.least_growth)} are enough.",
        "Its cost: "
        + words.TERMINATIONS[str(least.termination)].format(gap=words.small_share(least.gap))
        + ".",
    )


def _summary(found: BasesFirst, total: pd.Series, due: float) -> dict[str, Any]:
    return {
        "entrants": due,
        "children": {part: float(total[part]) for part in PARTS},
        "most_child_years_in_bases": found.most_in_bases,
        "at_most_child_years_in_bases": found.at_most,
        "checked_at_most_child_years_in_bases": found.checked_at_most,
        "plan_special_places": found.plan_growth,
        "least_special_places": found.least_growth,
        "least_special_places_at_least": found.growth_at_least,
        "dearer_gbp": [found.dearer.low, found.dearer.high],
        "cost_gbp": found.least.proof.cost_gbp,
        "bound_gbp": found.least.proof.bound_gbp,
        "gap": found.least.proof.gap,
        "termination": str(found.least.proof.termination),
        "openings": found.least.openings,
    }


def _by_locality(beyond: pd.DataFrame) -> Table:
    some = beyond[beyond["due"] > FEWEST].sort_values(["need", "phase", "locality"])
    return table_of(
        "table-beyond",
        "Children who enter in the years of the plan, by need, phase and locality",
        some,
        [
            Column("need", "Need", words.need_label),
            Column("phase", "Phase", words.phase_label),
            Column("locality", "Locality", words.words),
            Column("due", "Children", words.children, True),
            *(Column(part, PART_LABELS[part], words.children, True) for part in PARTS),
        ],
        folded="Every need, phase and locality",
    )


def _chart(beyond: pd.DataFrame) -> Picture:
    """Return a stacked bar for each need and phase: who is in a base, and why the rest is not."""
    drawn = beyond.groupby(["need", "phase"], as_index=False)[["due", *PARTS]].sum()
    drawn = drawn[drawn["due"] > FEWEST].sort_values("due", ascending=False).head(16)
    drawn = drawn.reset_index(drop=True)
    key, title = "chart-beyond", "Who can be in a base, and why the others cannot"
    total = beyond[list(PARTS)].sum()
    description = "A bar for each need and phase, the largest first. In all: " + ", ".join(
        f"{PART_LABELS[part].lower()} {words.children(float(total[part]))}" for part in PARTS
    )
    table = table_of(
        "table-by-need",
        "Children who enter in the years of the plan",
        drawn,
        [
            Column("need", "Need", words.need_label),
            Column("phase", "Phase", words.phase_label),
            Column("due", "Children", words.children, True),
            *(Column(part, PART_LABELS[part], words.children, True) for part in PARTS),
        ],
        folded="The numbers of the chart",
    )
    with canvas(key, 9, 1.6 + 0.3 * len(drawn)) as figure:
        axes = figure.subplots()
        at, start = np.arange(len(drawn)), np.zeros(len(drawn))
        for part in PARTS:
            size = np.maximum(drawn[part].to_numpy(float), 0.0)
            colour, hatch = STYLES[part]
            axes.barh(at, size, left=start, height=0.62, color=colour, hatch=hatch,
                      edgecolor="#ffffff", linewidth=0.6, label=PART_LABELS[part])  # fmt: skip
            start = start + size
        axes.set_yticks(
            at,
            [
                f"{need}, {words.phase_label(phase).lower()}"
                for need, phase in zip(drawn["need"], drawn["phase"], strict=True)
            ],
        )
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.axvline(0, color=INK, linewidth=1)
        axes.set_xlabel("Children who enter in the years of the plan")
        axes.grid(axis="x", color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.spines["left"].set_color(GREY)
        figure.legend(loc="outside lower left", ncols=3, fontsize=8.5)
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)
