"""routes.xlsx: the routed comparison for an analyst, with sums that tie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from inputs.vocabulary import academic_year
from outputs.routes_return import SECTIONS
from outputs.routes_tables import AFTER, BEFORE
from outputs.routes_words import answer, basis
from outputs.sheets import Book, cell

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.routes_report import RoutesReport

SHEETS = (
    ("Account", "saving", "From routed cost to what the General Fund sees, low, middle and high"),
    ("Totals", "totals", "Every figure on each side: least, mean and greatest of the draws"),
    ("By year", "saving_by_year", "When savings and extra costs arrive"),
    ("Provisions", "provisions_change", "Each provision before and after"),
    ("Provisions in full", "provisions_routed", "Every figure by provision and side"),
    ("By draw", "by_draw", "Every figure in each draw of children"),
    ("Policy options", "options", "The plan routed again under other policies"),
    ("Ways of pricing", "methods", "The saving by other ways of pricing, beside the routed one"),
    ("Learned term", "term", "What the plan can be told, with its error"),
    ("Plan and routes", "iterations", "The path of plan and routes in turn"),
    ("DfE return", "dfe_return", "Fields of the home to school transport return"),
    ("Long rides", "too_long", "Rides beyond the guideline, by zone"),
    ("Routes", "routes", "Every route of the first draw, by the zones it serves"),
    ("Vehicles", "fleet", "Vehicles and their prices"),
    ("Figures used", "parameters", "Dated figures, with their sources"),
    ("Warnings", "warnings", "What was odd, but did not stop the run"),
)
NEAR_GBP = 1.0


def write_routes_workbook(report: RoutesReport, path: Path) -> None:
    """Write ``routes.xlsx``: text as text, numbers as numbers, formulas only our own.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    book = Book(path)
    present = [one for one in SHEETS if len(report.tables.get(one[1], ()))]
    _cover(book, report, present)
    for name, table, _ in present:
        frame = report.tables[table]
        if table == "dfe_return":
            frame = frame.assign(section=frame["section"].map(SECTIONS))
        book.table(name, frame)
    book.table("Notes", pd.DataFrame({"note": [*basis(report), *report.notes]}))
    _checks(book, report)
    book.close()


def _cover(book: Book, report: RoutesReport, present: list[tuple[str, str, str]]) -> None:
    sheet = book.sheet("Contents")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    title = f"{report.planned.case_name}: school transport, {academic_year(report.year)}"
    book.put(sheet, 0, 0, title, "title")
    row = 2
    for line in answer(report):
        book.put(sheet, row, 1, line, "wrapped")
        row += 1
    facts = (
        ("Run", report.run_id),
        ("Plan's run", report.planned.run_id),
        ("Scenario", report.planned.scenario.name),
        ("Prices", f"real, at {academic_year(report.planned.price_year)} prices"),
        ("Draws of children", report.draws),
        ("Seed", report.seed),
        ("Journeys", "by road" if report.method == "network" else "straight lines: rough"),
    )
    row += 1
    for label, value in facts:
        book.put(sheet, row, 0, label)
        book.put(sheet, row, 1, value, "whole" if isinstance(value, int) else "text")
        row += 1
    if report.public:
        book.put(sheet, row, 0, "Public version")
        book.put(sheet, row, 1, report.notes[0] if report.notes else "", "wrapped")
        row += 1
    row += 1
    book.put(sheet, row, 0, "Sheets", "section")
    listed = [*((name, what) for name, _, what in present), ("Notes", "How pounds were reached"),
              ("Checks", "Sums worked out twice: every line should say TRUE")]  # fmt: skip
    for name, what in listed:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        book.put(sheet, row, 1, what)
    for line in report.attribution:
        row += 1
        book.put(sheet, row, 1, line)


def _checks(book: Book, report: RoutesReport) -> None:
    """Write sums that stand on two sheets, compared by live formulas."""
    sheet = book.sheet("Checks")
    sheet.set_column(0, 0, 78)
    sheet.set_column(1, 2, 20)
    for j, text in enumerate(("Check", "One way", "Another way", "Agree")):
        book.put(sheet, 0, j, text, "heading")
    for row, (label, one, other) in enumerate(_pairs(report), start=1):
        book.put(sheet, row, 0, label)
        for j, (text, value) in ((1, one), (2, other)):
            book.formula(sheet, row, j, f"={text}", value, "pounds")
        text = f"=ABS({cell(row, 1)}-{cell(row, 2)})<{NEAR_GBP:g}"
        book.formula(sheet, row, 3, text, abs(one[1] - other[1]) < NEAR_GBP, "number")
    sheet.freeze_panes(1, 0)


Figure = tuple[str, float]


def _pairs(report: RoutesReport) -> list[tuple[str, Figure, Figure]]:
    """Return what each check compares: a formula and its value, twice."""
    if report.public:
        return []
    change, totals = report.tables["provisions_change"], report.tables["totals"]
    saving = report.tables["saving"]
    pairs = []
    for side, label in ((BEFORE, "do-minimum"), (AFTER, "plan")):
        column = f"{side}_cost_a_year_gbp"
        at = list(change.columns).index(column)
        listed = f"SUM({cell(1, at, 'Provisions')}:{cell(len(change), at)})"
        where = totals[(totals["side"] == side) & (totals["figure"] == "cost_a_year_gbp")].index[0]
        mean = list(totals.columns).index("mean")
        pairs.append(
            (
                f"Cost a year, {label}: provisions add up to the total",
                (listed, float(change[column].sum())),
                (cell(int(where) + 1, mean, "Totals"), float(totals.loc[where, "mean"])),
            )
        )
    rows = {
        (basis, name): int(i)
        for i, (basis, name) in enumerate(zip(saving["basis"], saving["measure"], strict=True))
    }
    mid = list(saving.columns).index("mid_gbp")

    def figure(basis: str, name: str) -> Figure:
        i = rows[basis, name]
        return cell(i + 1, mid, "Account"), float(saving["mid_gbp"].iloc[i])

    realised, more = figure("same_children", "realised_saving"), figure(
        "more_children", "cost_at_actual_spend")  # fmt: skip
    pairs.append(
        (
            "What is realised, less the cost of more children, is the net",
            (f"{realised[0]}-{more[0]}", realised[1] - more[1]),
            figure("all_children", "net_of_both"),
        )
    )
    before, after = (figure("same_children", f"routed_{one}") for one in ("before", "after"))
    pairs.append(
        (
            "Same children: before less after is the routed saving",
            (f"{before[0]}-{after[0]}", before[1] - after[1]),
            figure("same_children", "routed_saving"),
        )
    )
    return pairs
