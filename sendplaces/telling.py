"""What the command line prints: the headline of a run, faults as a table, journeys in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from inputs.errors import SHOWN_AT_MOST
from inputs.vocabulary import academic_year
from outputs.round_words import day
from outputs.round_workbook import figures
from outputs.words import small_share
from sendplaces.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geo.travel import TravelTable
    from inputs.errors import Fault
    from outputs.report import Report
    from outputs.round_report import RoundReport

PURSE_LABELS = {
    "dsg": "Dedicated Schools Grant",
    "general_fund": "General Fund",
    "capital": "Capital",
}
SMALL_GAP = 0.0001
"""Below this a gap is nothing that a reader would weigh."""


def millions(gbp: float) -> str:
    """Return pounds as people read them.

    >>> millions(12_340_000), millions(-350_400)
    ('£12.3m', '-£350k')
    """
    sign = "-" if gbp < 0 else ""
    size = abs(gbp)
    if size >= 999_500:
        return f"{sign}£{size / 1e6:,.1f}m"
    return f"{sign}£{size / 1e3:,.0f}k" if size >= 1_000 else f"{sign}£{size:,.0f}"


def proof_sentence(summary: dict[str, Any]) -> str:
    """Return what is proven of a plan, in a sentence.

    >>> proof_sentence({"termination": "optimal", "gap": 0.0011})
    'Proven: no plan is cheaper by more than 0.11%.'
    >>> proof_sentence({"termination": "optimal", "gap": 0.0})
    'Proven best, to within 0.01% of its cost.'
    >>> proof_sentence({"termination": "stopped", "gap": None})
    'Not proven best: the search was stopped before anything was proven of other plans.'
    """
    gap = summary["gap"]
    share = None if gap is None else small_share(gap)
    if summary["termination"] == "optimal":
        if gap < SMALL_GAP:
            return "Proven best, to within 0.01% of its cost."
        return f"Proven: no plan is cheaper by more than {share}."
    ended = "time ran out" if summary["termination"] == "time_limit" else "the search was stopped"
    if share is None:
        return f"Not proven best: {ended} before anything was proven of other plans."
    return f"Not proven best: {ended}; a plan up to {share} cheaper may exist."


def counted(children: float | None) -> str:
    """Return a number of children, or that a public run holds it back.

    >>> counted(1234.0), counted(None)
    ('1,234', '(held back)')
    """
    return "(held back)" if children is None else f"{children:,.0f}"


def headline(told: Report, folder: Path) -> str:
    """Return the summary of a run for a terminal."""
    summary = told.summary
    low, high = summary["saving_interval_gbp"]
    lines = [
        f"{summary['case']}, {academic_year(told.years[0])} to {academic_year(told.years[-1])}, "
        f"scenario {summary['scenario']}",
        "",
        "Open:",
    ]
    openings = told.tables["openings"]
    for row in openings.to_dict("records"):
        places = f"{row['places']:+.0f} places" if row["places"] else "re-designated"
        committed = ", committed" if row["committed"] else ""
        lines.append(
            f"  {academic_year(int(row['year']))}  {row['name']} ({places}, "
            f"capital {millions(row['capital_gbp'])}{committed})"
        )
    if openings.empty:
        lines.append("  nothing")
    lines += ["", "Saving against the do-minimum, by purse (present value, never netted):"]
    for purse, label in PURSE_LABELS.items():
        figures = summary["purses"][purse]
        lines.append(
            f"  {label:<24} {millions(figures['saving_gbp']):>9} in the horizon, "
            f"{millions(figures['tail_saving_gbp'])} after it"
        )
    over = summary.get("waiting_clock", {}).get("saving_overstated_gbp", 0.0)
    if abs(over) >= 50_000:
        lines.append(
            f"  The saving is overstated by about {millions(over)}: children placed after a wait "
            "are costed for a full stay (see the report)"
        )
    journey = summary["journey_minutes"]
    lines += [
        f"Children: {counted(summary['entrants'])} entrants, {counted(summary['placed'])} placed, "
        f"{counted(summary['unplaced'])} without a place at the end",
    ]
    if journey["median"] is not None:
        over = journey["over_guideline_share"]
        lines.append(
            f"Journeys: median {journey['median']:.0f} minutes, 9 in 10 within "
            f"{journey['p90']:.0f}" + ("" if over is None else f", {over:.1%} over the guideline")
        )
    lines.append(proof_sentence(summary))
    if low is not None and high is not None:
        lines.append(
            f"All that the plan weighs, policy weights on children without a place included, is "
            f"better by {millions(low)} to {millions(high)}."
        )
    lines += [
        f"Audit: {'passed' if summary['audit']['passed'] else 'FAILED'}",
        f"Warnings: {len(summary['warnings'])} (in the report)",
        "",
        f"Open {folder / 'report.html'} in a browser; {folder / 'plan.xlsx'} in Excel; "
        f"{folder / 'plan.gpkg'} in QGIS.",
    ]
    return "\n".join(lines)


def round_headline(told: RoundReport, folder: Path) -> str:
    """Return the summary of a placement round for a terminal."""
    lines = [f"{told.case_name}, placement round of {day(told.on)}", ""]
    lines += [f"  {label:<40} {value}" for label, value, _ in figures(told)]
    lines += [
        "",
        "Evidence for a panel, never a decision: it places nobody.",
        f"Warnings: {len(told.warnings)} (in the report)",
        "",
        f"Open {folder / 'round.xlsx'} in Excel; {folder / 'report.html'} in a browser.",
    ]
    return "\n".join(lines)


def fault_table(faults: tuple[Fault, ...]) -> None:
    """Print faults and warnings as a table on standard output."""
    console = Console()
    wrong = [one for one in faults if one.severity == "fault"]
    warnings = [one for one in faults if one.severity == "warning"]
    for title, found in (("Faults", wrong), ("Warnings", warnings)):
        if not found:
            continue
        table = Table(title=f"{title}: {len(found):,}", title_justify="left", show_lines=False)
        for heading in ("where", "row", "column", "value", "what is wrong", "what to do"):
            table.add_column(heading, overflow="fold")
        for one in found[:SHOWN_AT_MOST]:
            table.add_row(
                *(
                    escape(printable(text))
                    for text in (
                        one.table,
                        "" if one.row is None else str(one.row),
                        one.column or "",
                        one.value or "",
                        one.problem,
                        one.remedy,
                    )
                )
            )
        console.print(table)
        if len(found) > SHOWN_AT_MOST:
            console.print(f"... and {len(found) - SHOWN_AT_MOST:,} more; --json lists every one.")
    if not faults:
        console.print("No faults and no warnings.")
    elif not wrong:
        console.print("No faults: the case can be planned.")


def travel_summary(table: TravelTable, out: Path) -> dict[str, Any]:
    """Return the figures of a travel table, for JSON."""
    counts = table.journeys["method"].value_counts()
    return {
        "file": str(out),
        "journeys": len(table.journeys),
        "by_road": int(counts.get("network", 0)),
        "straight_line": int(counts.get("straight_line", 0)),
        "supplied": int(counts.get("supplied", 0)),
        "warnings": [fault.as_dict() for fault in table.warnings],
        "attribution": list(table.attribution),
    }


def sweep_lines(rows: Sequence[Mapping[str, Any]], folder: Path) -> str:
    """Return a line for each plan of a sweep: how it ended, what is proven, what it saves by purse.

    The savings count the horizon and what lasts beyond it, and are never netted.
    """
    width = max([4, *(len(row["plan"]) for row in rows)])
    columns = f"{'gap':>8} {'DSG':>10} {'Gen. Fund':>10} {'capital':>10}"
    head = f"{'plan':<{width}}  {'ended':<12} {columns}"
    lines = [f"Savings against the do-minimum by purse, present value:\n\n{head}"]
    for row in rows:
        if row["plan_run_id"] is None:
            lines.append(f"{row['plan']:<{width}}  {row['ended']:<12} {row['said']}")
            continue
        purses = [f"{millions(row[f'{name}_saving_gbp']):>10}" for name in PURSE_LABELS]
        lines.append(
            f"{row['plan']:<{width}}  {row['ended']:<12} {row['gap']:>8.3%} {' '.join(purses)}"
        )
    lines += ["", f"Open {folder / 'sweep.xlsx'} in Excel; each plan is in {folder / 'runs'}."]
    return "\n".join(lines)
