"""The page of a round of bids: the portfolio, the score sheet, and why each other bid is out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimiser.answer import Termination, relative_gap
from optimiser.portfolio import MAKE_WAY, Reason
from outputs import words
from outputs.bids_tables import places_by_need, round_money, score_sheet
from outputs.bids_words import between
from outputs.figures import AFTER, BEFORE, GREY, INK, LINE, Picture, canvas, inline_svg
from outputs.findings import Findings, Key, Section
from outputs.findings_notes import MERGED
from outputs.page_table import Column, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inputs.errors import Fault
    from optimiser.answer import Proof
    from optimiser.portfolio import Portfolio
    from outputs.page_table import Table

KIND = "bids"
SHARES = ("inmss_share", "waiting_share", "mainstream_share", "empty_share")
NOTES = (
    "The budget is capital for the bids of this round. What is committed is paid besides, and "
    "stands on both sides.",
    "A bid is chosen by what the whole round costs, all purses and the policy weight on children "
    "without a place together, to the end of the children's stays; not by its own score.",
    "Deliverability and site visits are shown as given. No rule reads them.",
    "Naive and net saving a place are worked out as by the command 'displacement': a bid that is "
    "chosen, with the rest of the round held; one that is not, on top of the round.",
    "Purses are not netted: the grant, transport and capital stand apart.",
)


def bids_findings(
    found: Portfolio,
    bids: pd.DataFrame,
    *,
    proof: Proof,
    case_name: str,
    run_id: str,
    years: Sequence[int],
    names: Mapping[str, str],
    notes: Sequence[str] = (),
    merged: bool = False,
    warnings: tuple[Fault, ...] = (),
    attribution: tuple[str, ...] = (),
) -> Findings:
    """Return the findings of a round.

    Parameters
    ----------
    found
        The round decided.
    bids
        The table of bids.
    proof
        Of the plan that chose the portfolio.
    case_name, run_id, years
        Of the plan.
    names
        Option to its name for people.
    notes
        What was assumed of this round.
    merged
        Whether like zones were taken together (:func:`optimiser.openings_held.zones_merged`).
    warnings, attribution
        Of the case, the bids and the roads.
    """
    sheet = score_sheet(found, bids, names)
    needs = places_by_need(found, bids)
    money = round_money(found, years)
    sections = (
        Section("The portfolio", _portfolio(found, sheet), _chart(sheet), (_chosen_table(sheet),)),
        Section("Bids that are not chosen, and why", (), None, _rejected(sheet)),
        Section("What the bids offer, by need and phase", (), None, (_needs_table(needs),)),
        Section("What the round does to the three purses", (), None, (_purses(money),)),
    )
    taken = sheet[sheet["reason"] == Reason.CHOSEN]
    return Findings(
        kind=KIND,
        title="The bid round",
        case_name=case_name,
        run_id=run_id,
        lede=_lede(found, sheet),
        proven=(*(MERGED if merged else ()), *_proven(proof, found)),
        sections=sections,
        tables={"bids": sheet, "places_by_need": needs.drop(columns=["need_label", "phase_label"]),
                "money": money},
        summary=_summary(found, sheet, proof),
        keys=(
            Key("Chosen", f"{len(taken)} of {len(sheet)} bids",
                f"{words.places(float(taken['places'].sum()))} places"),
            Key("Capital", words.pounds(found.spent_gbp),
                f"of {words.pounds(found.budget_gbp)} for the round"),
            Key("Net saving a place", words.pounds(found.programme.net_gbp),
                f"a year, the grant (naive: {words.pounds(found.programme.naive_gbp)})"),
            Key("Better than no bid", between(found.saving),
                "present value, all that the plan weighs"),
        ),
        notes=(*notes, *NOTES),
        warnings=warnings,
        attribution=attribution,
        styles={"opens": "number", "net_payback_years": "minutes", "why": "wrapped"}
        | dict.fromkeys(SHARES, "share"),
        about={
            "bids": "The score sheet: one row a bid, with the decision and its reason",
            "places_by_need": "Bids and places offered and chosen, by need and phase",
            "money": "What the chosen bids save (negative: spend more), by year, purse and term",
        },
    )  # fmt: skip


def _lede(found: Portfolio, sheet: pd.DataFrame) -> str:
    taken = sheet[sheet["reason"] == Reason.CHOSEN]
    if taken.empty:
        return "No bid is chosen: the reasons stand below."
    return (
        f"{len(taken)} of {len(sheet)} bids are chosen: "
        f"{words.places(float(taken['places'].sum()))} places for "
        f"{words.pounds(found.spent_gbp)} of capital. With them the authority is better off by "
        f"{between(found.saving)} (present value, policy weight on waiting included) than with no "
        "bid at all."
    )


def _portfolio(found: Portfolio, sheet: pd.DataFrame) -> tuple[str, ...]:
    left = found.budget_gbp - found.spent_gbp
    lines = [
        f"{words.pounds(left)} of the budget is left."
        if left > 0
        else "The budget is spent to the last pound.",
        *(
            (
                f"Of every 100 places chosen, {100 * found.programme.share('inmss'):.0f} take a "
                f"child out of an independent school, {100 * found.programme.share('waiting'):.0f} "
                "a child who would be without a place, and "
                f"{100 * found.programme.share('mainstream'):.0f} one who would be in mainstream. "
                "A child without a place saves no fee when placed: the worth of such a place is "
                "the wait that it ends, which the plan weighs and no purse pays.",
            )
            if found.programme.place_years > 0
            else ()
        ),
        "Each bar is what a place saves the grant a year: hollow as if every place took a child "
        "out of a mean independent school, solid as it really is.",
    ]
    if found.next_bid is not None:
        row = sheet[sheet["bid"] == found.next_bid].iloc[0]
        gain = words.pounds(-row["held_dearer_high_gbp"])
        short = max(0.0, float(row["capital_gbp"]) - left)
        lines.append(
            f"What the next pound buys: {words.pounds(short)} more capital would pay for "
            f"{row['name']} too, and that would save {gain} (present value, all that the plan "
            "weighs)."
        )
    return tuple(lines)


def _chosen_table(sheet: pd.DataFrame) -> Table:
    taken = sheet[sheet["chosen"]]
    if taken.empty:
        return table_of("table-chosen", "No bid is chosen", taken, [Column("name", "Bid", str)])
    saved = "Saved a place a year"
    return table_of(
        "table-chosen",
        "Bids chosen or locked",
        taken,
        [
            Column("name", "Bid", str),
            Column("opens", "Opens", words.year_label),
            Column("places", "Places", words.places, True),
            Column("capital_gbp", "Capital", words.pounds, True),
            Column("cost_a_place_gbp", "A place a year", words.pounds, True),
            Column("inmss_share", "From independent", _percent, True),
            Column("waiting_share", "From without a place", _percent, True),
            Column("naive_gbp", "Naive", words.pounds, True, saved),
            Column("net_gbp", "Net", words.pounds, True, saved),
            Column("why", "What it is worth", str),
        ],
        note="A place a year: place funding and top-up.",
    )


def _rejected(sheet: pd.DataFrame) -> tuple[Table, ...]:
    left = sheet[~sheet["chosen"]]
    if left.empty:
        return ()
    table = table_of(
        "table-rejected",
        "Bids not chosen",
        left,
        [
            Column("name", "Bid", str),
            Column("places", "Places", words.places, True),
            Column("capital_gbp", "Capital", words.pounds, True),
            Column("in_words", "Reason", str),
            Column("why", "In full", str),
        ],
    )
    return (table,)


def _needs_table(needs: pd.DataFrame) -> Table:
    return table_of(
        "table-needs",
        "Places offered and chosen",
        needs,
        [
            Column("need_label", "Need", str),
            Column("phase_label", "Phase", str),
            Column("bids", "Bids", words.places, True, "Offered"),
            Column("places", "Places", words.places, True, "Offered"),
            Column("chosen_bids", "Bids", words.places, True, "Chosen"),
            Column("chosen_places", "Places", words.places, True, "Chosen"),
        ],
        note="Places for several needs are shared between them: the rows do not add up.",
    )


def _purses(money: pd.DataFrame) -> Table:
    frame = money.assign(year=[str(year) for year in money["year"]])
    wide = (
        frame.groupby(["purse", "year"])["saving_gbp"].sum().unstack("year").fillna(0.0)
    ).reindex([purse for purse in words.PURSE_LABELS if purse in set(frame["purse"])])
    years = [str(year) for year in dict.fromkeys(frame["year"])]
    told = wide[years].reset_index()
    return table_of(
        "table-purses",
        "Saved by the chosen bids, by purse and year (minus: spent more; £, real)",
        told,
        [
            Column("purse", "Purse", lambda one: words.PURSE_LABELS.get(str(one), str(one))),
            *(Column(year, words.year_label(year), words.pounds, True) for year in years),
        ],
        note="Later years hold the rest of the children's stays, and what the buildings are still "
        "worth.",
    )


def _percent(value: object) -> str:
    part = words.number(value)
    return words.MISSING if part is None else words.share(round(part, 2) + 0.0, 0)


def _proven(proof: Proof, found: Portfolio) -> tuple[str, ...]:
    unknown = [one.bid for one in found.verdicts if one.reason is Reason.NOT_KNOWN]
    apart = words.pounds(max(0.0, found.cost_gbp - proof.bound_gbp))
    lines = [
        f"The portfolio: no other that keeps the rules is cheaper by more than {apart} "
        f"({words.small_share(relative_gap(found.cost_gbp, proof.bound_gbp))} of the cost of the "
        "whole system)."
        + (
            " The search ended at its time limit, so it is not proven best."
            if proof.termination is not Termination.OPTIMAL
            else ""
        ),
        "Each bid's figure compares two portfolios exactly: the openings of both are held, in the "
        "years shown, and the children are placed again. No exchange that was tried (the two that "
        f"promise most for each bid, up to {MAKE_WAY} making way) is cheaper.",
        "Each interval lies between two proven bounds. Where it spans nought there is no material "
        "difference, and either choice can be defended.",
    ]
    if unknown:
        lines.append(f"Not worked out in the time allowed: {', '.join(unknown)}.")
    return tuple(lines)


def _summary(found: Portfolio, sheet: pd.DataFrame, proof: Proof) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, float) and not np.isfinite(value):
            return None
        return None if value is pd.NA else value

    rows = [{key: plain(value) for key, value in row.items()} for row in sheet.to_dict("records")]
    taken = sheet[sheet["reason"] == Reason.CHOSEN]
    return {
        "termination": str(proof.termination),
        "cost_gbp": found.cost_gbp,
        "bound_gbp": proof.bound_gbp,
        "gap": relative_gap(found.cost_gbp, proof.bound_gbp),
        "budget_gbp": found.budget_gbp,
        "spent_gbp": found.spent_gbp,
        "saving_interval_gbp": [found.saving.low, found.saving.high],
        "chosen": taken["bid"].tolist(),
        "places": float(taken["places"].sum()),
        "net_gbp": plain(float(found.programme.net_gbp)),
        "naive_gbp": plain(float(found.programme.naive_gbp)),
        "next_bid": found.next_bid,
        "exchanged": found.exchanged,
        "bids": rows,
    }


def _chart(sheet: pd.DataFrame) -> Picture | None:
    """Return pairs of bars: what a place saves, naive and net, chosen bids first."""
    if "net_gbp" not in sheet:
        return None
    drawn = sheet[sheet["net_gbp"].notna()]
    if drawn.empty:
        return None
    drawn = drawn.sort_values(["chosen", "net_gbp"], ascending=False).reset_index(drop=True)
    key, title = "chart-bids", "What a place saves the grant a year, naive and net"
    first = drawn.iloc[0]
    description = (
        f"Two bars a bid, chosen bids first. Best: {first['name']}, "
        f"{words.pounds(first['naive_gbp'])} naive and {words.pounds(first['net_gbp'])} net. Blue "
        "is chosen, grey is not."
    )
    table = table_of(
        "table-saved",
        "What a place saves a year",
        drawn,
        [
            Column("name", "Bid", str),
            Column("in_words", "Decision", str),
            Column("naive_gbp", "Naive", words.pounds, True),
            Column("net_gbp", "Net", words.pounds, True),
        ],
        folded="The numbers of the chart",
    )
    with canvas(key, 9, 1.3 + 0.42 * len(drawn)) as figure:
        axes = figure.subplots()
        at = np.arange(len(drawn))
        naive, net = drawn["naive_gbp"].to_numpy(float), drawn["net_gbp"].to_numpy(float)
        axes.barh(at - 0.2, naive, height=0.34, facecolor="#ffffff", edgecolor=GREY, hatch="////",
                  label="Naive")  # fmt: skip
        colours = [AFTER if one else BEFORE for one in drawn["chosen"]]
        axes.barh(at + 0.2, net, height=0.34, color=colours, label="Net")
        for y, value in ((at - 0.2, naive), (at + 0.2, net)):
            for place, size in zip(y, value, strict=True):
                axes.annotate(
                    words.pounds(size), (max(size, 0.0), place), xytext=(4, 0),
                    textcoords="offset points", va="center", size=8,
                )  # fmt: skip
        axes.axvline(0, color=INK, linewidth=1)
        told = [
            f"{name}{'' if chosen else ' (not chosen)'}"
            for name, chosen in zip(drawn["name"], drawn["chosen"], strict=True)
        ]
        axes.set_yticks(at, told)
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.xaxis.set_major_formatter(lambda value, _: words.pounds(value))
        axes.set_xlabel("Saved a place a year, Dedicated Schools Grant")
        axes.grid(axis="x", color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
        svg = inline_svg(figure, key, title, description)
    return Picture(key, title, description, svg, table)
