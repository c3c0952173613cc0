"""A forecast in the shapes of the returns: counts that tie, and flows by age group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.demand.axes import AGES, NEEDS, PLACEMENTS
from inputs.official.sen2_labels import AGE_GROUPS
from outputs.forecast_groups import GROUP_OF_AGE
from outputs.returns.counts import ACTUAL, NEAREST_RANK, PROJECTED, Counts, counts_of
from outputs.returns.dsg import NOTE as DSG_NOTE
from outputs.returns.dsg import dsg
from outputs.returns.lsrp import Flow, lsrp, titles
from outputs.returns.scap import NOTE as SCAP_NOTE
from outputs.returns.scap import scap

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from inputs.demand.forecast import Forecast

    Values = npt.NDArray[np.float64]

HOW_ROUNDED = (
    "Returns: figures are the expected numbers (means), rounded up or down together so that every "
    "table of a year has the same total; the ranges beside them are the tenth and ninetieth "
    "percentile of each figure over the draws, and do not add up."
)
HOW_AGED = (
    "Returns: ages are at 31 August before the academic year. LSRP calendar year n is the count of "
    "January n + 1; a DSG year is the year of its January."
)
NEW_PLANS = (
    "Counted: plans that started in the calendar year, by age on the day. Projected: those of the "
    "last year counted, times how expected new plans of the age group grow from then, those that "
    "move in left out; the range is that of all new plans, in proportion."
)
_RATIO = (
    "Projected: expected new plans (table 12) times the {what} to each new plan, by age group, in "
    "{year}, held as they were: an assumption."
)
_NO_AGES = "The official files given here hold no {what} by age"
_NOT_GIVEN = (
    "{what} are in the official files of plans and not in a case: give them with --sen2 to fill "
    "this table"
)


def return_notes() -> tuple[str, ...]:
    """Return what a reader of the returns should know, a sentence or two each."""
    return (HOW_ROUNDED, HOW_AGED, f"DSG plan: {DSG_NOTE}", f"SCAP: {SCAP_NOTE}")


def returns_of(
    forecast: Forecast, published: Mapping[str, pd.DataFrame] | None = None
) -> dict[str, pd.DataFrame]:
    """Return every table of the returns by the name of its file.

    Parameters
    ----------
    forecast
        The forecast, with its levers.
    published
        ``requests`` and ``assessments``: year (calendar), age, children, of the authority; None
        where the official files are not at hand.

    Returns
    -------
    dict
        ``scap``, ``dsg``, ``lsrp_contents`` (which file is which table), ``lsrp_5_1`` to
        ``lsrp_12`` and ``lsrp_ranges``.
    """
    counts = whole_counts(forecast)
    new = _new_plans(forecast)
    asked = {"10": ("requests", "Requests for assessment"), "11": ("assessments", "Assessments")}
    flows = {"12": new}
    for number, (key, what) in asked.items():
        rows = None if published is None else published.get(key)
        flows[number] = _earlier_flow(rows, new.figures, key, what)
    return {
        "scap": scap(counts),
        "dsg": dsg(counts),
        "lsrp_contents": titles(),
        **lsrp(counts, flows),
    }


def whole_counts(forecast: Forecast) -> Counts:
    """Return the children that every return is added up from."""
    basis = forecast.basis
    expected = np.concatenate([basis.stock[None].astype(float), forecast.projection.stock])
    axes = (list(map(str, PLACEMENTS)), list(map(str, NEEDS)), list(AGES))
    years = (basis.count_year, *forecast.years)
    return counts_of(years, 1, axes, expected, forecast.simulation.stock)


def _new_plans(forecast: Forecast) -> Flow:
    """Return new plans by age group: those counted, and those expected."""
    past = forecast.basis.past
    known = [i for i, row in enumerate(past.starts) if np.isfinite(row).all()]
    if not known:
        return Flow(_figures([]), _NO_AGES.format(what="new plans"))
    rows: list[dict[str, object]] = []
    for i in known:
        rows += _rows(past.start_years[i], ACTUAL, _by_group(past.starts[i]))
    last = _by_group(past.starts[known[-1]])
    reference = _by_group(_new_at_count(forecast))
    expected = _fresh(forecast)
    drawn = np.quantile(forecast.simulation.starts, [0.1, 0.5, 0.9], axis=0, method=NEAREST_RANK)
    beside = drawn / forecast.projection.starts.sum(axis=(1, 2, 3))
    for k, year in enumerate(forecast.years):
        for group, size in _by_group(expected[k]).items():
            grown = size / reference[group] if reference[group] > 0 else 0.0
            mean = last[group] * grown
            low, middle, high = mean * beside[:, k]
            rows.append(
                {
                    "age_group": group,
                    "year": year,
                    "status": PROJECTED,
                    "children": mean,
                    "p10": low,
                    "p50": middle,
                    "p90": high,
                }
            )
    return Flow(_figures(rows), NEW_PLANS)


def _new_at_count(forecast: Forecast) -> Values:
    """Return (ages) new plans of a year at the level and the people of the count."""
    basis = forecast.basis
    people = 1.0 if basis.people is None else basis.people[1]
    by_age = basis.rates.start_ages * people
    return np.asarray(basis.rates.start_level * by_age / by_age.sum())


def _fresh(forecast: Forecast) -> Values:
    """Return (years, ages) expected new plans, those that move in from elsewhere left out.

    How many move in does not depend on levers that act on new plans; it is told by the forecast
    without levers, where new plans are what the total leaves room for.
    """
    plain = forecast.unmitigated_projection
    moved_in = plain.starts.sum(axis=(1, 2, 3)) - plain.arrivals
    starts = forecast.projection.starts.sum(axis=(1, 2))
    total = starts.sum(axis=1)
    share = np.divide(total - moved_in, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(starts * np.clip(share, 0.0, 1.0)[:, None])


def _by_group(by_age: Values) -> dict[str, float]:
    sizes = pd.Series(by_age).groupby(list(GROUP_OF_AGE)).sum()
    return {group: float(sizes.get(group, 0.0)) for group in AGE_GROUPS}


def _rows(year: int, status: str, sizes: Mapping[str, float]) -> list[dict[str, object]]:
    """Return rows of counted figures, whose range is themselves."""
    return [
        {"age_group": group, "year": year, "status": status, "children": size}
        | dict.fromkeys(("p10", "p50", "p90"), size)
        for group, size in sizes.items()
    ]


def _figures(rows: list[dict[str, object]]) -> pd.DataFrame:
    columns = ["age_group", "year", "status", "children", "p10", "p50", "p90"]
    out = pd.DataFrame(rows, columns=columns)
    return out.assign(children=out["children"].astype(float).round())


def _earlier_flow(rows: pd.DataFrame | None, new: pd.DataFrame, key: str, what: str) -> Flow:
    """Return requests or assessments by age group: counted, and projected beside new plans."""
    if rows is None:
        return Flow(_figures([]), _NOT_GIVEN.format(what=what))
    known = rows[rows["age"].notna()].dropna(subset=["children"])
    if known.empty:
        return Flow(_figures([]), _NO_AGES.format(what=key))
    counted: dict[int, dict[str, float]] = {}
    for year in sorted({int(year) for year in known["year"]}):
        ages = known[known["year"] == year].groupby("age")["children"].sum()
        counted[year] = _by_group(np.array([float(ages.get(age, 0.0)) for age in AGES]))
    out = [one for year, sizes in counted.items() for one in _rows(year, ACTUAL, sizes)]
    last = max(counted)
    plans = new[(new["year"] == last) & (new["status"] == ACTUAL)].set_index("age_group")
    if plans.empty:
        return Flow(_figures(out), f"Counted; new plans of {last} are not known, so none projected")
    for row in new[new["status"] == PROJECTED].to_dict("records"):
        before = float(plans["children"].get(row["age_group"], 0.0))
        ratio = counted[last][str(row["age_group"])] / before if before > 0 else np.nan
        if np.isfinite(ratio):
            figures = {name: row[name] * ratio for name in ("children", "p10", "p50", "p90")}
            out.append({str(key): value for key, value in row.items()} | figures)
    return Flow(_figures(out), _RATIO.format(what=key, year=last))
