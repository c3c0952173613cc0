"""What ``alternatives``, ``frontier`` and ``compare`` print when they are done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outputs import words
from outputs.frontier_page import axis_words

if TYPE_CHECKING:
    from pathlib import Path


def alternatives_lines(told: dict[str, Any], out: Path) -> str:
    """Return the plans found, a line each, and what is proven of the options."""
    lines = [
        f"{told['case']}: plans within {words.whole_pounds(told['margin_gbp'])} of the best there "
        "can be"
    ]
    for one in told["plans"]:
        apart = f"{one['apart_from_best']} options other than the best's"
        proven = ", none further apart (proven)" if one["furthest_proven"] == "yes" else ""
        best = one["plan"] == told["plans"][0]["plan"]
        more = (
            ""
            if best
            else (
                f", {words.pounds(one['dearer_than_best_gbp'])} dearer than the best, "
                f"{apart}{proven}"
            )
        )
        lines.append(f"  {one['plan']}{more}")
    standing = told["standing"]
    lines.append(f"  in every such plan (proven): {_listed(standing['every'])}")
    lines.append(f"  in none (proven): {_listed(standing['none'])}")
    if standing["unsettled"]:
        lines.append(f"  not settled in the time allowed: {_listed(standing['unsettled'])}")
    return "\n".join([*lines, f"Page: {out / 'report.html'}"])


def frontier_lines(told: dict[str, Any], out: Path) -> str:
    """Return the points of each frontier, a line each, the knee named."""
    lines = [f"{told['case']}: what is saved, present value"]
    for axis in told["axes"]:
        one = axis_words(axis["axis"])
        lines.append(f"  against {one.name}:")
        for point in axis["points"]:
            saving = words.amount_range(point["saving_low_gbp"], point["saving_high_gbp"])
            knee = "  <- knee" if point["knee"] else ""
            lines.append(f"    {one.worded(point['value']):>12}  {saving}{knee}")
        for limit in axis["unmet"]:
            why = "no plan keeps it" if limit["impossible"] else "no plan was found"
            lines.append(f"    {one.worded(limit['limit']):>12}  {why}")
    return "\n".join([*lines, f"Page: {out / 'report.html'}"])


def compare_lines(told: dict[str, Any], out: Path) -> str:
    """Return the comparison in its own sentences."""
    return "\n".join([*told["sentences"], f"Page: {out / 'report.html'}"])


def _listed(names: list[str]) -> str:
    return ", ".join(names) if names else "none"
