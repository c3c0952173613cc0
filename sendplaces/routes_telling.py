"""What ``sendplaces routes`` prints: the answer, a table of before and after, what lies where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inputs.vocabulary import academic_year
from outputs.routes_page import FIGURES
from outputs.routes_tables import AFTER, AFTER_SAME, BEFORE, BEFORE_SAME
from outputs.routes_words import answer
from outputs.words import number

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.routes_report import RoutesReport

SHOWN = (
    "users",
    "vehicles",
    "routes",
    "occupancy_share",
    "solo_share",
    "assistants",
    "over_guideline",
    "miles_a_year",
    "carbon_tonnes",
    "cost_a_year_gbp",
    "cost_a_child_gbp",
)


def headline(report: RoutesReport, folder: Path) -> str:
    """Return the summary of a routed comparison for a terminal."""
    lines = [
        f"{report.planned.case_name}, school transport in {academic_year(report.year)}, scenario "
        f"{report.planned.scenario.name}",
        "",
        *answer(report),
        "",
        f"{'':<46}{'same children':>24}{'all children':>26}",
        f"{'':<46}{'before':>12}{'after':>12}{'before':>14}{'after':>12}",
    ]
    labels = {name: (label, wording) for name, label, wording in FIGURES}
    sides = report.summary["sides"]
    for name in SHOWN:
        label, wording = labels[name]
        cells = []
        for side in (BEFORE_SAME, AFTER_SAME, BEFORE, AFTER):
            value = sides[side].get(name)
            size = number(value)
            whole = size is not None and size >= 100 and "gbp" not in name
            cells.append("c" if value is None else f"{size:,.0f}" if whole else wording(value))
        lines.append(f"{label:<46}{cells[0]:>12}{cells[1]:>12}{cells[2]:>14}{cells[3]:>12}")
    lines += [
        "",
        "Journeys by road." if report.method == "network" else "Journeys in straight lines: rough.",
        f"Warnings: {len(report.summary['warnings'])} (in the page)",
        "",
        f"Open {folder / 'routes.html'} in a browser; {folder / 'routes.xlsx'} in Excel"
        + ("." if report.public else f"; {folder / 'routes.gpkg'} in QGIS."),
    ]
    return "\n".join(lines)
