"""The page's account of itself: proof, audit, broken rules, warnings, assumptions, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inputs.vocabulary import Phase
from outputs import words
from outputs.adding import add_up, numeric
from outputs.page_money import unproven
from outputs.page_table import Column, Table, table_of

if TYPE_CHECKING:
    import pandas as pd

    from outputs.report import Report

WARNINGS = 200
"""Warnings that the page lists; all of them are in their CSV, and the page says so."""

BREAKS = 20
"""Broken rules that the page lists one by one, the largest."""

RULES = {
    "staying_on": (
        "Children who could stay on at their school for the next phase, but move",
        "children",
    ),
    "journeys_share": (
        "Children placed beyond the guideline journey, over the share allowed",
        "children",
    ),
    "viable_roll": ("Openings short of the roll they need to be viable", "children"),
    "places_at_least": ("Places short of a minimum set in the scenario", "places"),
    "places_at_most": ("Places beyond a maximum set in the scenario", "places"),
}

METHODS = {
    "network": "by road, on the road network given",
    "straight_line": "as a straight line, lengthened, because no road was given or none reached",
    "supplied": "as supplied with the case",
}


def proof(report: Report) -> list[str]:
    """Return what is proven, in sentences."""
    summary = report.summary
    gap, (before, slack) = summary["gap"], unproven(summary)
    head = words.TERMINATIONS.get(summary["termination"], words.words(summary["termination"]))
    said = [head.format(gap=words.small_share(gap)) + "."]
    if summary["termination"] == "optimal" and slack is not None and slack < 1:
        said = ["Proven best."]
    if slack is None:
        said.append("Nothing is proven about how much cheaper another plan could be.")
    elif slack < 1:
        said.append("No other plan under the same rules is cheaper.")
    else:
        said.append(
            "No other plan under the same rules can be cheaper by more than "
            f"{words.pounds(slack)}: "
            f"{words.small_share(gap)} of the total cost. "
            + (
                "What is not proven on both sides, plan and committed openings only, is "
                f"{words.small_share(summary['gap_of_saving'])} of the saving."
                if summary["gap_of_saving"] is not None
                else "The saving is too near nothing to give what is not proven as a share of it."
            )
        )
    apart = summary.get("independent_bound_gbp")
    if apart is not None:
        below = max(0.0, summary["cost_gbp"] - apart)
        said.append(
            "A bound from an independent source, worked out without the solver, rules out plans "
            f"cheaper by more than {words.pounds(below)}."
        )
    if summary.get("do_minimum_termination", "optimal") != "optimal":
        said.append(
            "The comparison, committed openings only, is not itself proven best"
            + ("." if before is None else f": it could be cheaper by up to {words.pounds(before)}.")
        )
    return said


def audit(report: Report) -> str:
    """Return what the audit found, in a sentence."""
    found = report.summary["audit"]
    if found["passed"]:
        return (
            "Audit passed: every roll, place and pound was worked out again from the plan's own "
            "tables, apart from the model, and agreed."
        )
    return (
        "Audit FAILED: figures worked out again from the plan's own tables differ, at worst by "
        f"{found['worst_violation']:g}. Do not rely on this report."
    )


def measure(report: Report) -> list[str]:
    """Return what the search makes as small as it can, and by how much the plan makes it so."""
    summary = report.summary
    low, high = summary["saving_interval_gbp"]
    known = low is not None and high is not None
    interval = words.amount_range(low, high) if known else "an amount that is not proven"
    weights = (summary.get("do_minimum_policy_weight_gbp"), summary["policy_weight_gbp"])
    said = [
        "The search looks for the openings and placements with the least total: the cost to all "
        "three purses, to the end of each child's stay, less the value of the buildings left, and "
        "weights that stand for policy: on children without a place, places over number and "
        "broken rules of policy.",
    ]
    if (
        weights[0] is None or weights[1] is None
    ):  # held back: the weights follow from how few children wait
        return said
    weight = float(weights[0]) - float(weights[1])
    return [
        *said,
        f"By that measure the plan is better than committed openings alone by {interval} of "
        f"present value. Of this, {words.pounds(weight)} is policy weight. It is not money, and is "
        "in no other figure of this page.",
    ]


def breaks(report: Report) -> tuple[Table | None, Table | None]:
    """Return the broken rules of policy by rule, and the largest one by one."""
    frame = report.tables["breaks"]
    if frame.empty:
        return None, None
    by_rule = add_up(frame, ["rule"], ["do_minimum", "plan"])
    by_rule["unit"] = by_rule["rule"].map(lambda rule: RULES.get(rule, ("", "amount"))[1])
    sums = table_of(
        "table-breaks",
        "Rules of policy that are broken, added up over the years of the plan",
        by_rule,
        [
            Column("rule", "Rule", lambda rule: RULES.get(str(rule), (words.words(rule), ""))[0]),
            Column("unit", "Counted in", words.words),
            Column("do_minimum", "Committed openings only", words.children, numeric=True),
            Column("plan", "With the plan", words.children, numeric=True),
        ],
        note="A rule of policy bends at a price, so that there is always a plan to compare with. "
        "Rules of fact and of law, such as the size of a building, never bend.",
    )
    if (frame["where"] == "all").all():
        return sums, None
    largest = frame.assign(size=numeric(frame["plan"]))
    largest = largest[largest["size"] > 0].sort_values("size", ascending=False, kind="stable")
    one_by_one = table_of(
        "table-breaks-largest",
        f"The {min(BREAKS, len(largest))} largest of {len(largest):,} breaks of rules in the plan",
        largest.head(BREAKS),
        [
            Column("where", "Where", str),
            Column("rule", "Rule"),
            Column("year", "Academic year", words.year_label),
            Column("plan", "With the plan", words.children, numeric=True),
        ],
        note="All are in tables/breaks.csv.",
        folded="The largest breaks, one by one",
    )
    return sums, one_by_one if len(largest) else None


def warnings(report: Report) -> Table | None:
    """Return the warnings, grouped by where they come from."""
    return warnings_of(report.tables["warnings"])


def warnings_of(frame: pd.DataFrame) -> Table | None:
    """Return a table of warnings, grouped by where they come from; None where there are none."""
    if frame.empty:
        return None
    first = frame.groupby("table", sort=False, dropna=False).ngroup()
    frame = frame.assign(order=first).sort_values("order", kind="stable")
    left = len(frame) - WARNINGS
    return table_of(
        "table-warnings",
        f"{len(frame):,} warning{'s' * (len(frame) != 1)}: odd, but not wrong enough to stop",
        frame.head(WARNINGS),
        [
            Column("table", "In", str),
            Column("problem", "What is odd", _sentence),
            Column("value", "Value", _plain),
            Column("row", "Row", _plain),
            Column("column", "Column", _plain),
            Column("remedy", "What to do", _sentence),
        ],
        note=f"{left:,} more are in tables/warnings.csv." if left > 0 else "",
        folded=f"All {len(frame):,} warnings" if len(frame) > 12 else "",
    )


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    return "" if text in {"nan", "<NA>", "None"} else text


def _sentence(value: object) -> str:
    text = _plain(value)
    return text[:1].upper() + text[1:] if text else ""


def parameters(report: Report) -> Table:
    """Return every policy figure with its source and status."""
    frame = report.tables["parameters"].copy()

    def figure(value: object) -> str:
        size = words.number(value)
        if size is None or isinstance(value, bool):
            return words.words(value)
        return f"{size:,.6g}".replace("-", words.MINUS)

    if {"low", "high"} <= set(frame.columns):
        frame["range"] = [
            f"{figure(low)} to {figure(high)}"
            if words.number(low) is not None and words.number(high) is not None
            else ""
            for low, high in zip(frame["low"], frame["high"], strict=True)
        ]
    return table_of(
        "table-parameters",
        "Every figure of policy and cost that was assumed, with its source",
        frame,
        [
            Column("name", "Figure", _plain),
            Column("meaning", "What it is", _plain),
            Column("value", "Value", figure, numeric=True),
            Column("unit", "Unit", _plain),
            Column("range", "Plausible range", str),
            Column("status", "Status", words.words),
            Column("source", "Source", _sentence),
        ],
        folded="Every figure assumed, with its source and status",
    )


def journeys_method(report: Report) -> str:
    """Return how journeys were found, in a sentence."""
    found = report.summary.get("journeys_found", {})
    whole = sum(found.values())
    if not whole:
        return "Journeys were found as the case gives them."
    parts = [
        f"{words.share(count / whole)} {METHODS.get(method, words.words(method).lower())}"
        for method, count in sorted(found.items(), key=lambda item: -item[1])
    ]
    factor = report.scenario.shared_ride_factor
    return (
        f"Of {whole:,} journeys between homes and provisions, {'; '.join(parts)}. Direct minutes "
        f"are multiplied by {factor:g} for a shared ride, before they are held to the guideline "
        f"({_guideline(report)})."
    )


def _guideline(report: Report) -> str:
    by_minutes: dict[float, list[str]] = {}
    limits = report.scenario.guideline_minutes
    for phase in (phase for phase in Phase if phase in limits):
        by_minutes.setdefault(float(limits[phase]), []).append(words.phase_label(phase).lower())
    return "; ".join(
        f"{limit:g} minutes in {' and '.join(phases)}" for limit, phases in by_minutes.items()
    )
