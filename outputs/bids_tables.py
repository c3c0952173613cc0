"""Tables of a round of bids: the score sheet, places by need and phase, and the money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from optimiser.portfolio import Reason
from outputs.bids_words import REASONS, sentence
from outputs.displacement_tables import money_table
from outputs.words import need_label, phase_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optimiser.portfolio import Portfolio

TAKEN = frozenset({Reason.CHOSEN, Reason.COMMITTED})
"""Reasons of the bids that open."""
OWN = ("round", "deliverability", "site_visit", "note")
"""Columns that a bid brings with it and no rule reads."""


def score_sheet(found: Portfolio, bids: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return one row a bid: what is asked, what it displaces and saves, the decision and why.

    Parameters
    ----------
    found
        The round decided.
    bids
        The table of bids, as it was read.
    names
        Option to its name for people.
    """
    rows = []
    for verdict, bid in zip(found.verdicts, bids.to_dict("records"), strict=True):
        score = verdict.score
        years = score.place_years if score is not None else 0.0
        each = years if years > 0 else np.nan
        row: dict[str, object] = {
            "bid": verdict.bid,
            "name": names.get(verdict.bid, verdict.bid),
            "chosen": verdict.reason in TAKEN,
            "reason": str(verdict.reason),
            "rule": "" if verdict.rule is None else str(verdict.rule),
            "in_words": REASONS[verdict.reason],
            "why": sentence(verdict, names, taught(bid)),
            "opens": np.nan if verdict.year is None else float(verdict.year),
            "by": "; ".join(verdict.by),
            "needs": "; ".join(bid["needs"]),
            "phases": "; ".join(bid["phases"]),
            "places": float(bid["places"]),
            "capital_gbp": float(bid["capital_gbp"]),
            "capital_a_place_gbp": float(bid["capital_gbp"]) / float(bid["places"]),
            "topup_gbp": float(bid["annual_cost_gbp"]),
            "place_gbp": np.nan if score is None else score.place_gbp,
            "cost_a_place_gbp": np.nan
            if score is None
            else score.place_gbp + float(bid["annual_cost_gbp"]),
        }
        if score is not None:
            row |= {
                "inmss_share": score.share("inmss"),
                "waiting_share": score.share("waiting"),
                "mainstream_share": score.share("mainstream"),
                "empty_share": float(score.empty.sum()) / each,
                "naive_gbp": score.naive_gbp,
                "net_gbp": score.net_gbp,
                "transport_gbp": score.saved("general_fund") / each,
                "net_payback_years": score.payback_years(score.net_gbp),
            }
        swap = verdict.exchange
        for name, one in (("held", verdict.held), ("exchange", swap.dearer if swap else None)):
            row |= {
                f"{name}_dearer_low_gbp": np.nan if one is None else one.low,
                f"{name}_dearer_high_gbp": np.nan if one is None else one.high,
                f"{name}_termination": "" if one is None else str(one.termination),
            }
        row["makes_way"] = "; ".join(swap.out) if swap else ""
        rows.append(row | {name: bid[name] for name in OWN})
    return pd.DataFrame(rows)


def taught(bid: Mapping[Any, Any]) -> str:
    """Return what a bid is for, in words: ASD and SEMH, primary."""
    needs, phases = bid["needs"], bid["phases"]
    return f"{' and '.join(needs)}, {' and '.join(phase_label(one).lower() for one in phases)}"


def places_by_need(found: Portfolio, bids: pd.DataFrame) -> pd.DataFrame:
    """Return need, phase, bids and places offered, and those chosen, one fact a row.

    A bid for several needs or phases stands in each of its rows with all its places: the places
    are shared between them, so the rows do not add up.
    """
    taken = {one.bid for one in found.verdicts if one.reason in TAKEN}
    rows = [
        (need, phase, float(bid["places"]), bid["bid"] in taken)
        for bid in bids.to_dict("records")
        for need in bid["needs"]
        for phase in bid["phases"]
    ]
    frame = pd.DataFrame(rows, columns=["need", "phase", "places", "chosen"])
    frame["chosen_places"] = frame["places"].where(frame["chosen"], 0.0)
    grouped = frame.groupby(["need", "phase"], as_index=False, sort=True).agg(
        bids=("places", "size"),
        places=("places", "sum"),
        chosen_bids=("chosen", "sum"),
        chosen_places=("chosen_places", "sum"),
    )
    return grouped.assign(
        need_label=[need_label(one) for one in grouped["need"]],
        phase_label=[phase_label(one) for one in grouped["phase"]],
    )


def round_money(found: Portfolio, years: Sequence[int]) -> pd.DataFrame:
    """Return year, purse, term, saving_gbp of the bids chosen, against the do-minimum."""
    return money_table([found.programme], years).drop(columns="option")
