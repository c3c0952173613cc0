"""Tidy tables of the question of size: one fact a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimiser.costs import PURSES
from optimiser.size_verdicts import regrets
from optimiser.sizing import Interval
from outputs.words import children, words

if TYPE_CHECKING:
    from outputs.size_found import SizeFound


def size_tables(found: SizeFound) -> dict[str, pd.DataFrame]:
    """Return every table of what was found, by name."""
    tables = {
        "sizes": sizes(found),
        "filled": filled(found),
        "openings": openings(found),
    }
    if found.choice.verdicts:
        tables |= {"draws": verdicts(found), "fan": fan(found)}
    if found.breaks:
        tables["break_even"] = break_even(found)
    if found.grid is not None:
        tables |= {"places_grid": found.grid.bands, "year_groups": found.grid.year_groups}
    return tables


def sizes(found: SizeFound) -> pd.DataFrame:
    """Return each size's plan for the expected children: cost, saving, purses, journeys, proof."""
    least = Interval.of(found.curve.do_minimum)
    rows = []
    for one in found.curve.sizes:
        row: dict[str, object] = {
            "size": one.size,
            "build_gbp": one.capital_gbp,
            "opens": one.opens,
            "termination": str(one.proof.termination),
            "cost_gbp": one.proof.cost_gbp if one.possible else np.nan,
            "bound_gbp": one.proof.bound_gbp if one.possible else np.nan,
            "gap": one.proof.gap if one.possible else np.nan,
        }
        if one.measures is not None:
            saved = least.less(Interval.of(one.proof))
            row |= {"saving_low_gbp": saved.low, "saving_high_gbp": saved.high}
            row |= {f"{purse}_gbp": one.measures.purses[purse] for purse in PURSES}
            row |= {
                "ride_minutes_mean": one.measures.minutes_mean,
                "over_guideline_share": one.measures.over_guideline_share,
                "unplaced_child_years": one.measures.unplaced,
                "openings": len(one.openings),
            }
        row["why_not"] = found.reasons.get(one.size, "")
        rows.append(row)
    return pd.DataFrame(rows).astype({"opens": "Int64"})


def filled(found: SizeFound) -> pd.DataFrame:
    """Return places added and in use by size and year, for the expected children."""
    rows = [
        (one.size, year, one.measures.added[t], one.measures.in_use[t])
        for one in found.curve.sizes
        if one.measures is not None and one.size
        for t, year in enumerate(found.years)
    ]
    return pd.DataFrame(rows, columns=["size", "year", "added", "in_use"])


def openings(found: SizeFound) -> pd.DataFrame:
    """Return what opens, and when, at each size."""
    rows = [
        (one.size, option, year)
        for one in found.curve.sizes
        for option, year in sorted(one.openings.items())
    ]
    return pd.DataFrame(rows, columns=["size", "option", "year"])


def verdicts(found: SizeFound) -> pd.DataFrame:
    """Return what the draws say of each size."""
    rows = []
    for one in found.choice.verdicts:
        row: dict[str, object] = {
            "size": one.size,
            "expected_low_gbp": one.expected.low,
            "expected_high_gbp": one.expected.high,
            "more_than_best_low_gbp": one.more_than_best.low,
            "more_than_best_high_gbp": one.more_than_best.high,
            "standard_error_gbp": one.standard_error,
            "worst_regret_low_gbp": one.worst_regret.low,
            "worst_regret_high_gbp": one.worst_regret.high,
            "saving_low_gbp": one.saving.low,
            "saving_high_gbp": one.saving.high,
        }
        for rank, saved in one.saving_at.items():
            row |= {f"saving_{rank}_low_gbp": saved.low, f"saving_{rank}_high_gbp": saved.high}
        row |= {
            "draws_it_pays": one.pays,
            "draws_it_does_not": one.does_not,
            "draws_unclear": one.unclear,
            "no_material_difference_from_least_expected": one.same_as_best,
            "no_material_difference_from_least_regret": one.same_as_safest,
        }
        rows.append(row)
    return pd.DataFrame(rows)


def fan(found: SizeFound) -> pd.DataFrame:
    """Return every size in every draw: cost, saving, regret, places filled, purses."""
    curve = found.curve
    kept = [i for i in range(len(curve.sizes)) if np.isfinite(curve.high[i]).all()]
    least, most = regrets(curve.low[kept], curve.high[kept])
    rows = []
    for k, i in enumerate(kept):
        for w, (draw, total) in enumerate(zip(curve.draws, found.totals, strict=True)):
            rows.append(
                {
                    "size": curve.sizes[i].size,
                    "draw": draw,
                    "entrants": total,
                    "cost_low_gbp": curve.low[i, w],
                    "cost_high_gbp": curve.high[i, w],
                    "saving_low_gbp": curve.least_low[w] - curve.high[i, w],
                    "saving_high_gbp": curve.least_high[w] - curve.low[i, w],
                    "regret_low_gbp": least[k, w],
                    "regret_high_gbp": most[k, w],
                    "in_use_last_year": curve.filled[i, w],
                }
                | {f"{purse}_gbp": curve.purses[purse][i, w] for purse in PURSES}
            )
    return pd.DataFrame(rows)


def break_even(found: SizeFound) -> pd.DataFrame:
    """Return at what prices a place each size costs as much as not building."""
    rows = [
        {
            "size": one.size,
            "capital_per_place_gbp": found.sized.capital_gbp[one.size] / one.size,
            "capital_break_even_low_gbp": one.capital_a_place.low,
            "capital_break_even_high_gbp": one.capital_a_place.high,
            "cash_break_even_low_gbp": one.cash_a_place.low,
            "cash_break_even_high_gbp": one.cash_a_place.high,
            "cash_where_building_is_given_low_gbp": one.cash_where_given.low,
            "cash_where_building_is_given_high_gbp": one.cash_where_given.high,
        }
        for one in found.breaks.values()
    ]
    return pd.DataFrame(rows)


def size_label(size: object) -> str:
    """Return a size as it stands in a table of places.

    >>> size_label(0), size_label(80)
    ('Not built', '80')
    """
    return "Not built" if not size else words(size)


def filled_wide(found: SizeFound) -> pd.DataFrame:
    """Return places in use of those added, one row a size and one column a year, in words."""
    rows = []
    for one in found.curve.sizes:
        if one.measures is None or not one.size:
            continue
        row: dict[str, object] = {"size": one.size}
        for t, year in enumerate(found.years):
            added, used = one.measures.added[t], one.measures.in_use[t]
            row[str(year)] = f"{children(used)} of {children(added)}" if added > 0 else ""
        rows.append(row)
    return pd.DataFrame(rows)
