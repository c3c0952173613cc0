"""The sheets of money: live sums over the rows above them, each with the value it has now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inputs.vocabulary import academic_year
from optimiser.costs import NO_PURSE, PURSES
from outputs.sheets import Book, cell
from outputs.summary import TAIL
from outputs.words import PURSE_LABELS, TERM_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from outputs.report import Report

    Known = dict[tuple[str, ...], tuple[str, float]]

SUMMARY = "Summary"
COLUMNS = (("do_minimum_gbp", "Do-minimum"), ("plan_gbp", "Plan"), ("saving_gbp", "Saving"))
NOT_MONEY = "Weights of policy (not money)"


def write_summary(book: Book, report: Report) -> Known:
    """Write the summary sheet; return where its figures stand and what they are."""
    sheet = book.sheet(SUMMARY)
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 4, 20)
    summary = report.summary
    known: Known = {}
    book.put(sheet, 0, 0, "The three purses", "title")
    book.put(sheet, 1, 0, "They are never netted against each other.")
    row = 3
    heads = ("Present value within the horizon", *(name for _, name in COLUMNS), "Saving after it")
    for j, text in enumerate(heads):
        book.put(sheet, row, j, text, "heading")
    for purse in PURSES:
        row += 1
        figures = summary["purses"][purse]
        book.put(sheet, row, 0, PURSE_LABELS[purse])
        book.put(sheet, row, 1, figures["do_minimum_gbp"], "pounds")
        book.put(sheet, row, 2, figures["plan_gbp"], "pounds")
        minus = f"={cell(row, 1)}-{cell(row, 2)}"
        book.formula(sheet, row, 3, minus, figures["saving_gbp"], "pounds")
        book.put(sheet, row, 4, figures["tail_saving_gbp"], "pounds")
        for j, side in ((1, "do_minimum"), (2, "plan")):
            known["summary", purse, side] = cell(row, j, SUMMARY), float(figures[f"{side}_gbp"])
    for purse in PURSES:
        row = _by_year(book, sheet, row + 3, purse, summary["purses"][purse]["by_year"], known)
    row = _children(book, sheet, row + 3, summary)
    row += 2
    for line in report.attribution:
        book.put(sheet, row, 0, line)
        row += 1
    return known


def _by_year(
    book: Book, sheet: Any, row: int, purse: str, years: list[dict[str, float]], known: Known
) -> int:
    """Write one purse by year, real pounds, with a live total; return the last row."""
    heads = (f"{PURSE_LABELS[purse]}: £ a year, real", *(name for _, name in COLUMNS))
    for j, text in enumerate(heads):
        book.put(sheet, row, j, text, "heading")
    first = row + 1
    for year in years:
        row += 1
        book.put(sheet, row, 0, academic_year(int(year["year"])))
        book.put(sheet, row, 1, year["do_minimum_gbp"], "pounds")
        book.put(sheet, row, 2, year["plan_gbp"], "pounds")
        minus = f"={cell(row, 1)}-{cell(row, 2)}"
        book.formula(sheet, row, 3, minus, year["saving_gbp"], "pounds")
    last, row = row, row + 1
    book.put(sheet, row, 0, "All years", "text_total")
    for j, (name, _) in enumerate(COLUMNS, start=1):
        total = sum(year[name] for year in years)
        text = f"=SUM({cell(first, j)}:{cell(last, j)})"
        book.formula(sheet, row, j, text, total, "pounds_total")
        side = name.removesuffix("_gbp")
        known["by_year", purse, side] = cell(row, j, SUMMARY), float(total)
    return row


def _children(book: Book, sheet: Any, row: int, summary: dict[str, Any]) -> int:
    """Write the children and journeys; return the last row."""
    for j, text in enumerate(("Children and journeys", "Do-minimum", "Plan")):
        book.put(sheet, row, j, text, "heading")
    minutes, before = summary["journey_minutes"], summary["do_minimum_journey_minutes"]
    lines = (
        ("Entrants over the horizon", summary["entrants"], summary["entrants"], "children"),
        ("Placed", summary["do_minimum_placed"], summary["placed"], "children"),
        (
            "Without a place in the last year",
            summary["do_minimum_unplaced"],
            summary["unplaced"],
            "children",
        ),
        ("Median journey, minutes", before["median"], minutes["median"], "minutes"),
        ("Journey of the longest tenth, minutes", before["p90"], minutes["p90"], "minutes"),
        (
            "Beyond the guideline",
            before["over_guideline_share"],
            minutes["over_guideline_share"],
            "share",
        ),
        ("Places opened", None, summary["places_opened"], "whole"),
    )
    for label, old, new, style in lines:
        row += 1
        book.put(sheet, row, 0, label)
        for j, value in ((1, old), (2, new)):
            book.put(
                sheet, row, j, "c" if value is None and label != lines[-1][0] else value, style
            )
    return row


def write_money(book: Book, name: str, money: pd.DataFrame, sides: Sequence[str]) -> Known:
    """Write purse, term and side by year, with live totals below; return where those stand.

    Policy weights stand in a group of their own, and are in no purse's total.
    """
    sheet = book.sheet(name)
    sheet.set_column(0, 1, 44)
    sheet.set_column(2, 2, 13)
    years = [year for year in dict.fromkeys(money["year"]) if year != TAIL]
    years.sort()
    tail = bool((money["year"] == TAIL).any())
    columns: list[object] = [*years, *([TAIL] if tail else [])]
    total_at = 3 + len(years)
    sheet.set_column(3, total_at + 1, 16)
    heads = ["Purse", "Term", "Side", *map(academic_year, years), "All years"]
    for j, text in enumerate([*heads, *(["After the horizon"] if tail else [])]):
        book.put(sheet, 0, j, text, "heading")
    at = {year: 3 + i for i, year in enumerate(years)} | {TAIL: total_at + 1}
    wide = {
        side: money.pivot_table(
            index=["purse", "term"], columns="year", values=side, aggfunc="sum", fill_value=0.0
        ).reindex(columns=columns, fill_value=0.0)
        for side in sides
    }
    row, sums = 0, dict[tuple[str, str, object], float]()
    for purse in (*PURSES, NO_PURSE):
        terms = [t for p, t in wide[sides[0]].index if p == purse]
        for term in terms:
            for side, label in zip(sides, ("Do-minimum", "Plan"), strict=True):
                row += 1
                values = wide[side].loc[(purse, term)]
                book.put(sheet, row, 0, PURSE_LABELS.get(purse, NOT_MONEY))
                book.put(sheet, row, 1, TERM_LABELS.get(term, term.replace("_", " ")))
                book.put(sheet, row, 2, label)
                for year in columns:
                    book.put(sheet, row, at[year], float(values[year]), "pounds")
                    key = purse, side, year
                    sums[key] = sums.get(key, 0.0) + float(values[year])
                text = f"=SUM({cell(row, 3)}:{cell(row, total_at - 1)})"
                whole = float(values[years].sum())
                book.formula(sheet, row, total_at, text, whole, "pounds")
                key = purse, side, "all"
                sums[key] = sums.get(key, 0.0) + whole
    last = row
    known: Known = {}
    for purse in (*PURSES, NO_PURSE):
        for side, label in zip(sides, ("Do-minimum", "Plan"), strict=True):
            if (purse, side, "all") not in sums:
                continue
            row += 1
            book.put(sheet, row, 0, PURSE_LABELS.get(purse, NOT_MONEY), "text_total")
            book.put(sheet, row, 1, "Total", "text_total")
            book.put(sheet, row, 2, label, "text_total")
            for year in [*years, "all", *([TAIL] if tail else [])]:
                j = total_at if year == "all" else at[year]
                text = (
                    f"=SUMIFS({cell(1, j)}:{cell(last, j)},{cell(1, 0)}:{cell(last, 0)},"
                    f"{cell(row, 0)},{cell(1, 2)}:{cell(last, 2)},{cell(row, 2)})"
                )
                value = sums[purse, side, year]
                book.formula(sheet, row, j, text, value, "pounds_total")
                known[name, purse, side, str(year)] = cell(row, j, name), value
    sheet.freeze_panes(1, 3)
    sheet.repeat_rows(0)
    return known
