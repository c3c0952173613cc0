"""Tables of the page about money: three purses, side by side and never netted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from outputs import words
from outputs.adding import add_up, numeric
from outputs.page_table import Column, Table, table_of

if TYPE_CHECKING:
    from outputs.report import Report

BEFORE, AFTER = "Committed only", "With the plan"
FACTORS = {
    0.0: "None",
    0.5: "Half as many",
    1.0: "As assumed",
    1.5: "Half as many again",
    2.0: "Twice as many",
}


def unproven(summary: dict[str, Any]) -> tuple[float | None, float | None]:
    """Return by how much the do-minimum and the plan could be cheaper, £; None where unknown."""
    sides = (("do_minimum_cost_gbp", "do_minimum_bound_gbp"), ("cost_gbp", "bound_gbp"))
    found = []
    for cost, bound in sides:
        low, high = words.number(summary[bound]), words.number(summary[cost])
        found.append(None if low is None or high is None else max(0.0, high - low))
    return found[0], found[1]


def saving_by_purse(report: Report) -> Table:
    """Return the saving by purse with its range; present values.

    The range lays the whole of what is not proven, of both sides, on the purse.
    """
    summary = report.summary
    down, up = unproven(summary)
    left = summary["residual_gbp"] - summary.get("do_minimum_residual_gbp", 0.0)
    rows = []
    for purse, one in summary["purses"].items():
        later = one["tail_saving_gbp"] + (left if purse == "capital" else 0.0)
        whole = one["saving_gbp"] + later
        known = down is not None and up is not None
        rows.append(
            {
                "purse": words.PURSE_LABELS[purse],
                "before": one["do_minimum_gbp"],
                "after": one["plan_gbp"],
                "saving": one["saving_gbp"],
                "later": later,
                "whole": whole,
                "range": words.amount_range(whole - down, whole + up)
                if known
                else "Not known: nothing is proven",
            }
        )
    span = f"{words.year_label(report.years[0])} to {words.year_label(report.years[-1])}"
    return table_of(
        "table-saving",
        f"Cost and saving by purse (present value, prices of "
        f"{words.year_label(report.price_year)}; a minus sign is extra cost)",
        pd.DataFrame(rows),
        [
            Column("purse", "Purse", str),
            Column("before", BEFORE, words.pounds, True, span),
            Column("after", AFTER, words.pounds, True, span),
            Column("saving", "Saving", words.pounds, True, span),
            Column("later", "Saving in later years", words.pounds, True, ""),
            Column("whole", "Saving in all", words.pounds, True, ""),
            Column("range", "Range of the saving in all", str, True, ""),
        ],
        note="Purses are not added together: a saving to one cannot be spent by another. Later "
        "years are the rest of the stay of children placed by then; for capital, the value of the "
        "buildings left at the end. The range is how far the saving could move if the whole of "
        "what is not proven fell on that purse." + _clock_note(report),
    )


def _clock_note(report: Report) -> str:
    """Return by how much the saving is overstated because late starters are costed as new."""
    over = report.summary.get("waiting_clock", {}).get("saving_overstated_gbp", 0.0)
    if abs(over) < CLOCK_TOLD_ABOVE_GBP:
        return ""
    way = "overstated" if over > 0 else "understated"
    return (
        f" Children placed after a wait are costed for a full stay: the saving in all is {way} by "
        f"about {words.pounds(abs(over))}, mostly Dedicated Schools Grant in later years."
    )


CLOCK_TOLD_ABOVE_GBP = 50_000.0
"""An overstatement below this is left to the warnings."""


def _by_purse(frame: pd.DataFrame, index: str) -> pd.DataFrame:
    """Return one row an index, columns purse:do_minimum, purse:plan, purse:saving."""
    found = add_up(frame, [index, "purse"], ["do_minimum", "plan"])
    found["saving"] = numeric(found["do_minimum"]) - numeric(found["plan"])
    wide = found.pivot(index=index, columns="purse", values=["do_minimum", "plan", "saving"])
    wide.columns = [f"{pair[1]}:{pair[0]}" for pair in wide.columns.tolist()]
    return wide.fillna(0.0)


def _purse_columns() -> list[Column]:
    heads = {"do_minimum": BEFORE, "plan": AFTER, "saving": "Saving"}
    return [
        Column(f"{purse}:{name}", heading, words.pounds, True, label)
        for purse, label in words.PURSE_LABELS.items()
        for name, heading in heads.items()
    ]


def by_year(report: Report) -> Table:
    """Return the three purses by academic year, then later years, then present values."""
    money = report.tables["money"]
    money = money[money["purse"].isin(list(words.PURSE_LABELS)) & (money["term"] != "residual")]
    money = money.assign(when=money["year"].astype(str))
    later = ["tail"] if "tail" in set(money["when"]) else []
    wide = _by_purse(money, "when").reindex([*(str(year) for year in report.years), *later])
    wide = wide.fillna(0.0)
    present: dict[str, float] = {}
    purses = report.summary["purses"]
    for purse, one in purses.items():
        present |= {
            f"{purse}:do_minimum": one["do_minimum_gbp"],
            f"{purse}:plan": one["plan_gbp"],
            f"{purse}:saving": one["saving_gbp"],
        }
    rate = words.share(report.scenario.discount_rate)
    wide.loc[f"Present value to {words.year_label(report.years[-1])}, at {rate} a year"] = present
    wide = wide.rename_axis("when").reset_index()
    return table_of(
        "table-money",
        f"The three purses by academic year, prices of {words.year_label(report.price_year)}",
        wide,
        [Column("when", "Academic year", words.year_label), *_purse_columns()],
        totals=[len(wide) - 1],
        note=(
            "Later years hold the rest of the stay of children placed by then, not discounted. "
            if later
            else ""
        )
        + "The value of the buildings left at the end is not taken off here.",
    )


def by_financial_year(report: Report) -> Table:
    """Return the three purses by financial year."""
    money = report.tables["money_by_financial_year"]
    months = {}
    if "months" in money:
        months = dict(zip(money["financial_year"], money["months"], strict=True))
    wide = _by_purse(money, "financial_year").reset_index()

    def label(year: object) -> str:
        part = int(months.get(year, 12))
        return str(year) if part == 12 else f"{year} ({part} months)"

    return table_of(
        "table-financial",
        "The three purses by financial year (April to March)",
        wide,
        [Column("financial_year", "Financial year", label), *_purse_columns()],
        note="An academic year falls 7 months in the financial year that it starts in and 5 in "
        "the next. The first and last hold only the months that the plan covers.",
        folded="By financial year",
    )


def by_term(report: Report) -> Table:
    """Return what the money is spent on, in the years of the plan."""
    money = report.tables["money"]
    money = money[
        money["purse"].isin(list(words.PURSE_LABELS)) & (money["year"].astype(str) != "tail")
    ]
    found = add_up(money, ["purse", "term"], ["do_minimum", "plan"])
    found["saving"] = numeric(found["do_minimum"]) - numeric(found["plan"])
    order = {purse: i for i, purse in enumerate(words.PURSE_LABELS)}
    found = found.sort_values("purse", key=lambda column: column.map(order), kind="stable")
    return table_of(
        "table-terms",
        f"What the money is for, {words.year_label(report.years[0])} to "
        f"{words.year_label(report.years[-1])} (not discounted)",
        found,
        [
            Column(
                "term", "Item", lambda term: words.TERM_LABELS.get(str(term), words.words(term))
            ),
            Column("purse", "Purse", lambda purse: words.PURSE_LABELS[str(purse)]),
            Column("do_minimum", BEFORE, words.pounds, numeric=True),
            Column("plan", AFTER, words.pounds, numeric=True),
            Column("saving", "Saving", words.pounds, numeric=True),
        ],
        folded="What the money is for",
    )


def deficit(report: Report) -> Table:
    """Return the deficit by financial year."""
    heads = {
        "dsg": "Modelled spending",
        "in_year": "In-year deficit",
        "deficit": "Deficit at year end",
    }
    return table_of(
        "table-deficit",
        "High needs grant, spending and deficit by financial year",
        report.tables["deficit"],
        [
            Column("financial_year", "Financial year", str),
            Column("grant", "High needs grant", words.pounds, True, ""),
            Column("other_high_needs", "Other high needs spending", words.pounds, True, ""),
            *(
                Column(f"{side}_{name}", heading, words.pounds, True, group)
                for side, group in (("do_minimum", BEFORE), ("plan", AFTER))
                for name, heading in heads.items()
            ),
        ],
        note="Opening deficit: "
        f"{words.pounds(report.scenario.opening_deficit_gbp)}. A negative deficit is a surplus.",
    )


def naive(report: Report) -> Table:
    """Return the back-of-envelope saving of each opening."""
    frame = report.tables["naive"]
    whole = frame["option"] == "total"
    return table_of(
        "table-naive",
        "The usual sum: independent school fee less the cost of a place, a year, every place full",
        frame,
        [
            Column("name", "Option", str),
            Column("places", "Places", words.places, numeric=True),
            Column("inmss_fee_gbp", "Mean independent fee", words.whole_pounds, numeric=True),
            Column("place_cost_gbp", "Place funding and top-up", words.whole_pounds, numeric=True),
            Column("naive_saving_gbp_per_place", "Difference a place", words.whole_pounds, True),
            Column("naive_total_gbp", "Difference a year", words.pounds, numeric=True),
        ],
        totals=[int(i) for i in whole.to_numpy().nonzero()[0]],
        folded="The usual sum, option by option",
    )


def naive_and_modelled(report: Report) -> tuple[str, str, str] | None:
    """Return the usual sum, the modelled saving to the grant, and to the General Fund, a year."""
    frame = report.tables["naive"]
    whole = frame[frame["option"] == "total"]
    if whole.empty:
        return None
    row = whole.iloc[0]
    names = ("naive_total_gbp", "modelled_dsg_saving_gbp", "modelled_general_fund_saving_gbp")
    usual, grant, fund = (words.pounds(row.get(name)) for name in names)
    return usual, grant, fund


def sensitivity(report: Report) -> Table | None:
    """Return the saving by how many children new places draw from mainstream."""
    frame = report.tables["sensitivity"]
    if frame.empty:
        return None
    return table_of(
        "table-sensitivity",
        "Saving by purse if new places draw fewer or more children from mainstream than assumed",
        frame,
        [
            Column(
                "factor",
                "Children drawn from mainstream",
                lambda value: FACTORS.get(float(str(value)), f"{value} times"),
            ),
            Column("dsg_saving_gbp", words.PURSE_LABELS["dsg"], words.pounds, numeric=True),
            Column(
                "general_fund_saving_gbp", words.PURSE_LABELS["general_fund"], words.pounds, True
            ),
            Column("capital_saving_gbp", words.PURSE_LABELS["capital"], words.pounds, numeric=True),
        ],
        totals=[int(i) for i in (numeric(frame["factor"]) == 1).to_numpy().nonzero()[0]],
        note="Openings are held; where children are placed is worked out again each time. The row "
        "in bold is the plan as it stands.",
    )
