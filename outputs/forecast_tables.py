"""Tables of a forecast: one fact a row, history and every projected year, with and without levers.

``plans`` has a row for each measure, group and year. A group is told by need, phase, age_group,
placement and locality; a column that a row adds up over says ``all``, so take either the parts or
the totals. Years are academic, by their first Septembers: the count of January 2025 is 2024.
Percentiles are of each group's own total over the draws, and do not add up over groups; means do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.demand.axes import AGES, IS_SPECIALIST, PHASES, PLACEMENTS
from inputs.demand.forecast import stock_quantiles
from inputs.official.sen2_labels import AGE_GROUPS
from outputs.forecast_groups import (
    BESIDE,
    BEYOND_SCHOOL,
    COUNT,
    GROUP_OF_AGE,
    GROUPS,
    HISTORY,
    PHASE_OF_AGE,
    PLACES,
    PLANS,
    PROJECTED,
    RANKS,
    SHARES,
    SPECIALIST,
)
from outputs.forecast_homes import by_locality
from outputs.returns.counts import NEAREST_RANK
from outputs.tables import ALL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from inputs.demand.basis import Basis
    from inputs.demand.forecast import Forecast

    Values = npt.NDArray[np.float64]
    Drawn = npt.NDArray[np.int64]

COLUMNS = (
    "measure",
    *GROUPS,
    "year",
    "status",
    "mean",
    *RANKS,
    *(f"unmitigated_{name}" for name in BESIDE),
)
_SPLITS: tuple[tuple[str, ...], ...] = (
    (),
    ("need",),
    ("phase",),
    ("age_group",),
    ("placement",),
    ("need", "phase"),
)
_OLDEST_SINGLE_AGE = 20
"""New plans are published by single year of age below this, and for this and over together."""


def plans_table(forecast: Forecast) -> pd.DataFrame:
    """Return plans and specialist places by group and year: COLUMNS.

    Parameters
    ----------
    forecast
        The forecast.

    Returns
    -------
    DataFrame
        Groups: none, need, phase, age group, placement, need by phase; for specialist places also
        locality, and need by phase by locality where homes are in more than one.
    """
    parts = [_past(forecast.basis)]
    for measure in (PLANS, PLACES):
        for by in _SPLITS:
            parts += [_counted(forecast.basis, measure, by), _ahead(forecast, measure, by)]
    parts.append(by_locality(forecast))
    out = pd.concat([part for part in parts if len(part)], ignore_index=True)
    for name in GROUPS:  # a split that is not there leaves no column
        out[name] = out[name].astype(object).fillna(ALL) if name in out else ALL
    # specialist places by placement are plans by placement, and so on: one split after another
    split = sum((out[name] != ALL) * (1 << i) for i, name in enumerate(GROUPS))
    out = out.assign(_split=split, _group=_in_order(out))
    out = out.sort_values(["measure", "_split", "_group", "year"], kind="stable")
    return out.reindex(columns=list(COLUMNS)).reset_index(drop=True)


def _in_order(frame: pd.DataFrame) -> pd.Series:
    """Return the place of each row's group: ages and phases young to old, the rest by name."""
    # phases before placements: early years are both
    known = dict.fromkeys(
        [ALL, *map(str, PHASES), BEYOND_SCHOOL, *AGE_GROUPS, *map(str, PLACEMENTS)]
    )
    place = {key: i for i, key in enumerate(known)}
    groups = list(frame[list(GROUPS)].itertuples(index=False, name=None))
    order = sorted(set(groups), key=lambda g: [(place.get(one, len(place)), one) for one in g])
    at = {group: i for i, group in enumerate(order)}
    return pd.Series([at[group] for group in groups], index=frame.index)


def _past(basis: Basis) -> pd.DataFrame:
    """Return what has been: totals, and by placement, age group and phase as far as published."""
    past = basis.past
    rows: list[dict[str, object]] = [
        {"measure": PLANS, "year": year, "mean": plans}
        for year, plans in zip(past.total_years, past.totals, strict=True)
    ]
    for year, plans in zip(past.placement_years, past.placements, strict=True):
        rows.append({"measure": PLACES, "year": year, "mean": plans[IS_SPECIALIST].sum()})
        for one, size in zip(map(str, PLACEMENTS), plans, strict=True):
            measures = (PLANS, PLACES) if one in SPECIALIST else (PLANS,)
            rows += [
                {"measure": measure, "placement": one, "year": year, "mean": size}
                for measure in measures
            ]
    for year, plans in zip(past.age_years, past.ages, strict=True):
        for measure, some in ((PLANS, plans), (PLACES, plans[IS_SPECIALIST])):
            for name, labels in (("age_group", GROUP_OF_AGE), ("phase", PHASE_OF_AGE)):
                if (measure, name) == (PLANS, "age_group") and year in past.group_years:
                    continue
                sizes = pd.Series(some.sum(axis=0)).groupby(list(labels)).sum()
                rows += [
                    {"measure": measure, name: key, "year": year, "mean": size}
                    for key, size in sizes.items()
                ]
    for year, plans in zip(past.group_years, past.groups, strict=True):
        rows += [
            {"measure": PLANS, "age_group": key, "year": year, "mean": size}
            for key, size in zip(AGE_GROUPS, plans, strict=True)
            if np.isfinite(size)
        ]
    out = pd.DataFrame(rows)
    whole = out["year"].map(out[out["measure"] == PLANS].groupby("year")["mean"].max()) > 0
    return out[whole & (out["year"] < basis.count_year)].assign(status=HISTORY)


def _counted(basis: Basis, measure: str, by: Sequence[str]) -> pd.DataFrame:
    """Return the count that the forecast starts from."""
    stock = basis.stock[None, None].astype(np.int64)
    found = _grouped([basis.count_year], stock[0].astype(float), stock, measure, by)
    return found[["measure", *by, "year", "mean"]].assign(status=COUNT)


def _ahead(forecast: Forecast, measure: str, by: Sequence[str]) -> pd.DataFrame:
    """Return the projected years of a split, without levers beside with them."""
    years = forecast.years
    found = _grouped(years, forecast.projection.stock, forecast.simulation.stock, measure, by)
    plain = found
    if forecast.levers:
        projection, simulation = forecast.unmitigated_projection, forecast.unmitigated
        plain = _grouped(years, projection.stock, simulation.stock, measure, by)
    beside = plain[list(BESIDE)].add_prefix("unmitigated_")
    return pd.concat([found, beside], axis=1).assign(status=PROJECTED)


def _grouped(
    years: Sequence[int], expected: Values, stock: Drawn, measure: str, by: Sequence[str]
) -> pd.DataFrame:
    """Return mean and percentiles of a measure by year and groups."""
    if measure == PLACES and "placement" not in by:
        out = stock_quantiles(years, expected, stock, ["specialist", *by], SHARES)
        out = out[out["specialist"].astype(bool)].drop(columns="specialist")
    else:
        out = stock_quantiles(years, expected, stock, by, SHARES)
        if measure == PLACES:
            out = out[out["placement"].isin(SPECIALIST)]
    if "phase" in out:
        out["phase"] = out["phase"].replace("", BEYOND_SCHOOL)
    return out.reset_index(drop=True).assign(measure=measure)


def starts_table(forecast: Forecast) -> tuple[pd.DataFrame, int]:
    """Return new plans by age, and the calendar year of those counted.

    Returns
    -------
    tuple
        ``age`` (20 includes over), ``counted`` (in the last published year, by age on the day), and
        a column an academic year, named by it, with the expected new plans, those that move in
        from other authorities among them, by age at 31 August before; and the calendar year. Empty
        where the files give no ages.
    """
    past = forecast.basis.past
    known = [i for i, row in enumerate(past.starts) if np.isfinite(row).all()]
    if not known:
        return pd.DataFrame(columns=["age", "counted", *map(str, forecast.years)]), 0
    counted = _to_oldest(past.starts[known[-1]])
    expected = forecast.projection.starts.sum(axis=(1, 2))
    ages = [age for age in AGES if age <= _OLDEST_SINGLE_AGE]
    out = pd.DataFrame({"age": ages, "counted": counted})
    for year, row in zip(forecast.years, expected, strict=True):
        out[str(year)] = _to_oldest(row)
    return out, past.start_years[known[-1]]


def _to_oldest(by_age: Values) -> Values:
    last = AGES.index(_OLDEST_SINGLE_AGE)
    return np.append(by_age[:last], by_age[last:].sum())


def flows_table(forecast: Forecast) -> pd.DataFrame:
    """Return how plans add up from one count to the next, a row a year.

    Returns
    -------
    DataFrame
        ``year``, ``before`` (plans at the count before), ``starts`` (with plans that move in),
        ``ceased``, ``after``: before plus starts less ceased, expected; and p10 and p90 of starts
        and of ceased.
    """
    projection, simulation = forecast.projection, forecast.simulation
    starts, ceased = (part.sum(axis=(1, 2, 3)) for part in (projection.starts, projection.ceased))
    after = projection.totals
    before = after - starts + ceased
    out = pd.DataFrame(
        {
            "year": forecast.years,
            "before": before,
            "starts": starts,
            "ceased": ceased,
            "after": after,
        }
    )
    for name in ("starts", "ceased"):
        drawn = getattr(simulation, name)
        out[f"{name}_p10"], out[f"{name}_p90"] = np.quantile(
            drawn, [0.1, 0.9], axis=0, method=NEAREST_RANK
        )
    return out


def entrants_by_group(quantiles: Callable[[Sequence[str]], pd.DataFrame]) -> pd.DataFrame:
    """Return who newly needs a specialist place: year, kind, need, phase, mean, p10, p50, p90.

    Parameters
    ----------
    quantiles
        From columns to group by to their figures, such as `Draws.quantiles`.

    Returns
    -------
    DataFrame
        By year; and by year with kind, phase, need, and need by phase, ``all`` for the others.
    """
    keys = ["kind", "need", "phase"]
    parts = []
    for by in ((), ("kind",), ("phase",), ("need",), ("need", "phase")):
        found = quantiles(["year", *by])
        parts.append(found.assign(**{name: ALL for name in keys if name not in by}))
    out = pd.concat(parts, ignore_index=True)
    return out[["year", *keys, "mean", "p10", "p50", "p90"]]
