"""The sheet Checks: sums that stand on two sheets, compared by live formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimiser.costs import NO_PURSE, PURSES
from outputs.sheets import Book, cell
from outputs.summary import TAIL
from outputs.tables import SIDES
from outputs.words import PURSE_LABELS

if TYPE_CHECKING:
    from outputs.report import Report

Known = dict[tuple[str, ...], tuple[str, float]]
"""Where a figure stands, as a formula names it, and what it is."""

NEAR_GBP = 1.0
NEAR_CHILDREN = 0.01
SHEET = "Checks"
REAL, PRESENT = "Money by year", "Money present value"


def write_checks(book: Book, report: Report, known: Known) -> None:
    """Write one check a row: what, one figure, the other, and whether they agree."""
    sheet = book.sheet(SHEET)
    sheet.set_column(0, 0, 78)
    sheet.set_column(1, 2, 20)
    sheet.set_column(3, 3, 10)
    for j, text in enumerate(("Check", "One way", "Another way", "Agree")):
        book.put(sheet, 0, j, text, "heading")
    lines = [*_purses(known), *_identity(report, known), *_rows(report)]
    for row, (label, one, other, near) in enumerate(lines, start=1):
        style = "pounds" if near == NEAR_GBP else "children"
        book.put(sheet, row, 0, label)
        for j, (text, value) in ((1, one), (2, other)):
            book.formula(sheet, row, j, f"={text}", value, style)
        agree = abs(one[1] - other[1]) < near
        text = f"=ABS({cell(row, 1)}-{cell(row, 2)})<{near:g}"
        book.formula(sheet, row, 3, text, agree, "number")
    sheet.freeze_panes(1, 0)


Line = tuple[str, tuple[str, float], tuple[str, float], float]


def _purses(known: Known) -> list[Line]:
    """Return the checks of each purse between the summary and the sheets of money."""
    lines: list[Line] = []
    for purse in PURSES:
        for side, label in zip(SIDES, ("do-minimum", "plan"), strict=True):
            name = f"{PURSE_LABELS[purse]}, {label}"
            for what, summary, sheet, column in (
                ("£ of all years", "by_year", REAL, side),
                ("present value", "summary", PRESENT, f"{side}_pv"),
            ):
                key = sheet, purse, column, "all"
                if key in known:
                    lines.append(
                        (f"{name}: {what}", known[summary, purse, side], known[key], NEAR_GBP)
                    )
    return lines


def _identity(report: Report, known: Known) -> list[Line]:
    """Return the check that present values, with weights of policy, add up to the cost."""
    lines: list[Line] = []
    costs = {"do_minimum": "do_minimum_cost_gbp", "plan": "cost_gbp"}
    for side, label in zip(SIDES, ("do-minimum", "plan"), strict=True):
        keys = [
            (PRESENT, purse, f"{side}_pv", year)
            for purse in (*PURSES, NO_PURSE)
            for year in ("all", TAIL)
        ]
        if any(key not in known for key in keys):
            continue  # the public version leaves some of these out
        text = "+".join(known[key][0] for key in keys)
        cost = float(report.summary[costs[side]])
        total = sum(known[key][1] for key in keys)
        what = f"Cost of the {label}: purses and policy weights, horizon and after it"
        lines.append((what, (text, total), (repr(cost), cost), NEAR_GBP))
    return lines


def _rows(report: Report) -> list[Line]:
    """Return the checks of whole columns of other sheets."""
    lines: list[Line] = []
    tables, summary = report.tables, report.summary
    by_year = {
        (purse, side): sum(one[f"{side}_gbp"] for one in summary["purses"][purse]["by_year"])
        for purse in PURSES
        for side in SIDES
    }
    financial = tables["money_by_financial_year"]
    n = len(financial)
    place = {name: j for j, name in enumerate(financial.columns)}
    for purse in PURSES:
        for side, label in zip(SIDES, ("do-minimum", "plan"), strict=True):
            some = financial.loc[financial["purse"] == purse, side]
            if not len(some):
                continue
            sheet = "Money by financial year"
            j, p = place[side], place["purse"]
            own, end = cell(1, j, sheet), cell(n, j)
            keys, stop = cell(1, p, sheet), cell(n, p)
            text = f'SUMIFS({own}:{end},{keys}:{stop},"{PURSE_LABELS[purse]}")'
            total = by_year[purse, side]
            what = f"{PURSE_LABELS[purse]}, {label}: financial years add up to academic years"
            lines.append((what, (text, float(some.sum())), (repr(total), total), NEAR_GBP))
    for sheet, table, column, what, figure in (
        ("Placements", "placements", "children", "Children placed", summary["placed"]),
        ("Unplaced", "unplaced", "plan", "Child-years unplaced", summary["unplaced_child_years"]),
    ):
        frame = tables[table]
        if report.public or figure is None or not len(frame):
            continue
        j = list(frame.columns).index(column)
        text = f"SUM({cell(1, j, sheet)}:{cell(len(frame), j)})"
        total, stated = float(frame[column].sum()), float(figure)
        lines.append(
            (f"{what}: {sheet} and Summary", (text, total), (repr(stated), stated), NEAR_CHILDREN)
        )
    return lines
