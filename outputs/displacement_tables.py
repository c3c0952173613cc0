"""Tables of what new places displace: one fact a row, and the three savings of a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimiser.costs import PURSES
from optimiser.displacement import PROGRAMME, SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optimiser.displacement import Displaced

WHOLE = "all new places"
"""Stands for the programme in the column ``option``."""
ALL_SOURCES = (*SOURCES, "longer_stays", "empty")
SOURCE_LABELS = {
    "inmss": "Independent and non-maintained special schools",
    "waiting": "Without a place",
    "mainstream": "Mainstream (drawn)",
    "state_special": "Other special schools of the area",
    "bases": "Other bases and units",
    "out_of_area": "State schools out of area",
    "other": "Other (alternative provision, post-16, tuition)",
    "longer_stays": "Longer stays of children placed after a wait",
    "empty": "Nobody: the place is empty",
}


def places_table(found: Sequence[Displaced], names: Mapping[str, str]) -> pd.DataFrame:
    """Return one row an option: where its children come from, and what a place saves, three ways.

    Parameters
    ----------
    found
        The programme first, as :func:`optimiser.displacement.displacements` gives it.
    names
        Option to its name for people.
    """
    rows = []
    for one in found:
        years = one.place_years
        each = years if years > 0 else np.nan
        row: dict[str, object] = {
            "option": one.option or WHOLE,
            "name": names.get(one.option, "All new places together"),
            "left_out_too": "; ".join(name for name in one.left_out if name != one.option)
            if one.option != PROGRAMME
            else "",
            "places": one.full_places,
            "places_by_last_year": float(one.places[-1]),
            "place_years": years,
            "child_years": float(one.children.sum()),
        }
        row |= {f"{name}_share": one.share(name) for name in SOURCES}
        row |= {
            "longer_stays_share": float(one.longer.sum()) / each,
            "empty_share": float(one.empty.sum()) / each,
            "fee_gbp": one.fee_gbp,
            "place_and_topup_gbp": one.place_gbp + one.topup_gbp,
            "naive_gbp": one.naive_gbp if years > 0 else np.nan,
            "displacement_only_gbp": one.displacement_only_gbp,
            "net_gbp": one.net_gbp,
            "transport_gbp": one.saved("general_fund") / each,
            "capital_gbp": one.capital_gbp,
            "capital_a_place_gbp": _over(one.capital_gbp, one.full_places),
            "naive_payback_years": one.payback_years(one.naive_gbp),
            "net_payback_years": one.payback_years(one.net_gbp),
            "dearer_without_low_gbp": one.saving.low,
            "dearer_without_high_gbp": one.saving.high,
            "material": one.saving.material,
            "termination": str(one.saving.termination),
        }
        rows.append(row)
    return pd.DataFrame(rows)


def _over(total: float, count: float) -> float:
    return total / count if count > 0 else float("nan")


def sources_table(found: Sequence[Displaced], years: Sequence[int]) -> pd.DataFrame:
    """Return option, source, year, children (or places, where empty), one fact a row."""
    rows = [
        (one.option or WHOLE, name, year, float(value))
        for one in found
        for name in ALL_SOURCES
        for year, value in zip(years, _by_year(one, name), strict=True)
    ]
    return pd.DataFrame(rows, columns=["option", "source", "year", "children"])


def _by_year(one: Displaced, source: str) -> np.ndarray:
    if source == "longer_stays":
        return one.longer
    return one.empty if source == "empty" else one.sources[source]


def money_table(found: Sequence[Displaced], years: Sequence[int]) -> pd.DataFrame:
    """Return option, year (``tail`` beyond the horizon), purse, term, saving_gbp (real).

    The weights of policy are not money, and are not there. The residual value of the buildings
    falls at the end, in the tail.
    """
    rows: list[tuple[str, int | str, str, str, float]] = []
    for one in found:
        who = one.option or WHOLE
        for (term, purse), gbp in sorted(one.money.items()):
            if purse not in PURSES:
                continue
            within = gbp[: len(years)] if term != "residual" else np.zeros(len(years))
            rows += [
                (who, year, purse, term, float(value))
                for year, value in zip(years, within, strict=True)
            ]
            rows.append((who, "tail", purse, term, float(gbp.sum() - within.sum())))
    return pd.DataFrame(rows, columns=["option", "year", "purse", "term", "saving_gbp"])
