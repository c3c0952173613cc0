"""plan.xlsx: the run for an analyst and a finance officer, with totals that tie across sheets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.vocabulary import ProvisionClass, academic_year, class_label
from outputs.checks_sheet import Known, write_checks
from outputs.money_sheets import write_money, write_summary
from outputs.sheets import Book
from outputs.tables import SIDES
from outputs.words import PURSE_LABELS, TERMINATIONS

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.report import Report

CONTENTS = (
    ("Summary", "Cost by purse: doing the minimum, the plan, and the saving, by year"),
    ("Programme", "What opens, grows, shrinks or closes, when, and what it costs to build"),
    ("Money by year", "Every purse and term by academic year, £ at the prices of the case"),
    ("Money present value", "The same, discounted to the first year: these add up to the cost"),
    (
        "Money by financial year",
        "April to March: 5/12 of the academic year before, 7/12 of its own",
    ),
    ("Deficit", "Cumulative high needs deficit, with and without the plan"),
    ("Gap", "Children by need, phase and home locality, and where they are each year"),
    ("Gap totals", "The same with need, phase or locality added up"),
    ("Journeys", "Minutes one way on a shared ride, before and after, weighted by children"),
    ("Places", "Places and children on roll at each provision each year"),
    ("Rolls", "Children on roll by need and phase"),
    ("Placements", "Where entrants go, one row a home, need, phase, year and provision"),
    ("Unplaced", "Children without a place"),
    ("Naive v modelled", "The usual fee-less-top-up saving beside what the model finds"),
    ("Sensitivity", "The saving if more or fewer new places draw children from mainstream"),
    ("Rules broken", "Where the plan breaks a rule of policy, and by how much"),
    ("Parameters", "Every value the run used, and where it comes from"),
    ("Warnings", "What was odd in the data, but did not stop the run"),
    ("Notes", "Assumptions stated with the case"),
    ("Checks", "Sums worked out twice: every line should say TRUE"),
)
PLACES = ("commissioned", "added", "taken", "fits", "in_use", "drawn", "over", "roll")


def write_workbook(report: Report, path: Path) -> None:
    """Write ``plan.xlsx``.

    Text from the case is written as text, whatever it begins with. Formulas are ours, carry the
    value they had when written, and use functions of every Excel since 2007.

    Parameters
    ----------
    report
        The report; a public one gives a public workbook.
    path
        Where to write.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    book = Book(path)
    tables = report.tables
    _contents(book, report, _present(report))
    known: Known = write_summary(book, report)
    book.table("Programme", _programme(report))
    known |= write_money(book, "Money by year", tables["money"], SIDES)
    present = tuple(f"{side}_pv" for side in SIDES)
    known |= write_money(book, "Money present value", tables["money"], present)
    financial = tables["money_by_financial_year"]
    financial = financial.assign(purse=financial["purse"].map(PURSE_LABELS))
    book.table("Money by financial year", financial, pounds=SIDES)
    if len(tables["deficit"]):
        book.table("Deficit", tables["deficit"])
    for name, table in (("Gap", "gap"), ("Gap totals", "gap_totals"), ("Journeys", "journeys")):
        book.table(name, tables[table])
    book.table("Places", _places(report))
    book.table("Rolls", tables["rolls"])
    book.table("Placements", tables["placements"])
    book.table("Unplaced", tables["unplaced"])
    book.table("Naive v modelled", tables["naive"])
    if len(tables["sensitivity"]):
        book.table("Sensitivity", tables["sensitivity"])
    book.table("Rules broken", tables["breaks"])
    book.table("Parameters", tables["parameters"])
    book.table("Warnings", tables["warnings"])
    book.table("Notes", pd.DataFrame({"note": [*report.notes, *report.attribution]}))
    write_checks(book, report, known)
    book.close()


def _present(report: Report) -> set[str]:
    """Return the sheets that this workbook has."""
    missing = {
        sheet
        for sheet, table in (("Deficit", "deficit"), ("Sensitivity", "sensitivity"))
        if not len(report.tables[table])
    }
    return {name for name, _ in CONTENTS} - missing


def _contents(book: Book, report: Report, present: set[str]) -> None:
    """Write the cover: what it is, how far it is proven, what is where."""
    sheet = book.sheet("Contents")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 95)
    summary = report.summary
    lines: list[tuple[str, object, str]] = [
        ("Run", report.run_id, "text"),
        ("Scenario", report.scenario_name, "text"),
        ("Why it was run", report.why, "wrapped"),
        ("Years", f"{academic_year(report.years[0])} to {academic_year(report.years[-1])}", "text"),
        ("Prices", f"real, at {academic_year(report.price_year)} prices", "text"),
        ("Money", "Present value at the scenario's discount rate, unless it says by year", "text"),
        ("", None, "text"),
        ("How far it is proven", None, "section"),
        *proof_lines(summary),
    ]
    if report.public:
        lines.append(("Public version", report.notes[0], "wrapped"))
    book.put(sheet, 0, 0, f"{report.case_name}: specialist places", "title")
    row = 2
    for label, value, style in lines:
        book.put(sheet, row, 0, label, "section" if style == "section" else "text")
        book.put(sheet, row, 1, value, "text" if style == "section" else style)
        row += 1
    row += 1
    book.put(sheet, row, 0, "Sheets", "section")
    for name, what in CONTENTS:
        if name in present:
            row += 1
            sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
            book.put(sheet, row, 1, what)
    row += 2
    book.put(sheet, row, 0, "Sources", "section")
    for line in report.attribution:
        row += 1
        book.put(sheet, row, 0, line)


def proof_lines(summary: dict[str, Any]) -> list[tuple[str, object, str]]:
    """Return label, value and style of each line on how far the plan is proven."""
    low, high = summary["saving_interval_gbp"]
    gap = summary["gap"]
    known = TERMINATIONS.get(summary["termination"], summary["termination"])
    ended = known.format(gap="the gap asked for" if gap is None else f"{gap:.3%}")
    audit = summary["audit"]
    return [
        ("How the search ended", ended, "text"),
        ("Cost of the plan", summary["cost_gbp"], "pounds"),
        ("No plan costs less than", summary["bound_gbp"], "pounds"),
        (
            "The same from an independent source, without the solver",
            summary.get("independent_bound_gbp"),
            "pounds",
        ),
        ("Gap, as a share of the cost", gap, "share_fine"),
        ("Cost of the do-minimum", summary["do_minimum_cost_gbp"], "pounds"),
        ("Better than the do-minimum, policy weights included: at least", low, "pounds"),
        ("Better than the do-minimum, policy weights included: at most", high, "pounds"),
        ("Gap, as a share of the saving", summary["gap_of_saving"], "share_fine"),
        ("Policy weights in the cost (not money)", summary["policy_weight_gbp"], "pounds"),
        ("Value of the buildings left at the end", summary["residual_gbp"], "pounds"),
        (
            "Audit",
            "passed: recomputed from these tables alone" if audit["passed"] else "FAILED",
            "text",
        ),
    ]


def _programme(report: Report) -> pd.DataFrame:
    """Return the openings in the order a reader asks for them."""
    table = report.tables["openings"]
    columns = ["opens_label", "name", "class", "locality", "places", "physical_places"]
    columns += ["capital_gbp", "funding", "committed", "option", "provision"]
    out = table[columns].rename(columns={"opens_label": "opens"})
    return out.assign(**{"class": [_class(report, kind) for kind in out["class"]]})


def _class(report: Report, kind: str) -> str:
    return class_label(ProvisionClass(kind), date(report.base_year, 9, 1))


def _places(report: Report) -> pd.DataFrame:
    """Return places and roll by provision and year, the do-minimum's roll beside the plan's."""
    at = report.provisions.set_index("provision")
    places = report.tables["places"]
    keys = ["provision", "year"]
    before = report.tables["places_do_minimum"][[*keys, "roll"]]
    both = places.merge(before.rename(columns={"roll": "do_minimum_roll"}), on=keys, how="left")
    out = pd.DataFrame(
        {
            "provision": both["provision"],
            "name": both["provision"].map(at["name"].to_dict()),
            "class": [_class(report, at["class"].to_dict()[p]) for p in both["provision"]],
            "locality": both["provision"].map(at["locality"].to_dict()),
            "year": both["year"],
        }
    )
    shown = [name for name in PLACES if name in both]
    return pd.concat([out, both[shown], both[["do_minimum_roll"]]], axis=1)
