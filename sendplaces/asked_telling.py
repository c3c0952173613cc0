"""What the commands that ask about openings print: a few lines, and where the rest lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outputs.words import MISSING, amount_range, pounds, share

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def displacement_lines(told: Mapping[str, Any], out: Path) -> str:
    """Return what new places displace, the programme and each option, for a terminal."""
    rows = [told["programme"], *told["options"]]
    wide = max(len(str(one["name"])) for one in rows)
    lines = [
        f"{'Saved a place a year, £':<{wide}}  {'naive':>8} {'net':>8}   from independent / "
        "waiting / mainstream"
    ]
    lines += [
        f"{one['name']!s:<{wide}}  {pounds(one['naive_gbp']):>8} {pounds(one['net_gbp']):>8}   "
        + " / ".join(
            MISSING if one[key] is None else share(one[key], 0)
            for key in ("inmss_share", "waiting_share", "mainstream_share")
        )
        for one in rows
    ]
    return "\n".join([*lines, f"Page, workbook and tables: {out}"])


def bids_lines(told: Mapping[str, Any], out: Path) -> str:
    """Return the decision on each bid, chosen ones first, for a terminal."""
    rows = sorted(told["bids"], key=lambda one: not one["chosen"])
    wide = max(len(str(one["name"])) for one in rows)
    lines = [
        f"{one['name']!s:<{wide}}  {pounds(one['capital_gbp']):>9}  {one['in_words']}: {one['why']}"
        for one in rows
    ]
    spent = f"{pounds(told['spent_gbp'])} of {pounds(told['budget_gbp'])} spent"
    return "\n".join([*lines, f"{told['places']:g} places chosen, {spent}.", f"Page: {out}"])


def bases_first_lines(told: Mapping[str, Any], out: Path) -> str:
    """Return what bases can do and the least growth left, for a terminal."""
    part = told["children"]
    low, high = told["dearer_gbp"]
    return "\n".join(
        [
            f"Special-school places beyond commitments: plan {told['plan_special_places']:g}, "
            f"least {told['least_special_places']:g} "
            f"(proven: no fewer than {told['least_special_places_at_least']:.1f})",
            f"Dearer than the plan by {amount_range(low, high)} (present value)",
            f"Of {told['entrants']:,.1f} children who enter: {part['in_bases']:,.1f} in a base, "
            f"{part['no_room']:,.1f} no room, {part['out_of_reach']:,.1f} out of reach, "
            f"{part['not_taught']:,.1f} not taught, {part['not_right']:,.1f} no base is right",
            f"Page, workbook and tables: {out}",
        ]
    )


def replan_lines(told: Mapping[str, Any], out: Path) -> str:
    """Return what is locked, what became of the rest, and what changed it, for a terminal."""
    lines = [
        f"{fate}: {', '.join(options)}" for fate, options in told["openings"].items() if options
    ]
    if told["not_attributed"]:
        lines.append(told["not_attributed"])
    for step in told["steps"][1:]:
        size = amount_range(step["dearer_low_gbp"], step["dearer_high_gbp"])
        note = "" if step["material"] else " (no material difference)"
        lines.append(f"{step['group']}: dearer by {size}{note}")
    return "\n".join([*lines, f"Page, workbook and tables: {out}"])


SHOWN = 20
"""Prices that the terminal shows, the dearest of the first year; all are in the folder."""


def prices_lines(told: Mapping[str, Any], out: Path) -> str:
    """Return what one more place is worth, the dearest first, for a terminal."""
    known = told["prices"]
    first = min((one["year"] for one in known), default=0)
    rows = sorted(
        (one for one in known if one["year"] == first),
        key=lambda one: -one["one_more_a_year_gbp"],
    )[:SHOWN]
    lines = [f"One more place from September {first}, £ a year: worth (grant / transport)"]
    lines += [
        f"{one['need']:<5} {one['phase']:<12} {one['locality']:<16} {one['provision']:<24} "
        f"{pounds(one['one_more_a_year_gbp']):>9} ({pounds(one['one_more_dsg_a_year_gbp'])} / "
        f"{pounds(one['one_more_general_fund_a_year_gbp'])})"
        for one in rows
    ]
    if told["out_of_time"]:
        lines.append("Time ran out before all were priced; allow more --seconds.")
    return "\n".join([*lines, f"Page, workbook and tables: {out}"])
