"""What a forecast has to say: one frozen object that every file of its folder is written from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.entrants import entrants_table
from outputs.forecast_groups import PLACES, PLANS, series
from outputs.forecast_levers import drivers_table, levers_table, title_of
from outputs.forecast_privacy import atoms_of, wide_entrants
from outputs.forecast_returns import return_notes, returns_of
from outputs.forecast_tables import (
    entrants_by_group,
    flows_table,
    plans_table,
    starts_table,
)
from outputs.tables import ALL, fault_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    import pandas as pd

    from inputs.case import Case
    from inputs.demand.basis import Basis
    from inputs.demand.draws import Draws
    from inputs.demand.forecast import Forecast
    from inputs.demand.levers import Lever
    from inputs.errors import Fault

ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0. Source: "
    "Department for Education, Education, health and care plans; Office for National Statistics."
)


@dataclass(frozen=True, eq=False)
class ForecastReport:
    """What a forecast found, before it is written.

    Parameters
    ----------
    run_id
        Key of the forecast; the first column of every CSV.
    name, code
        The authority's (or the case's) name, and the official code where it is known.
    count_year
        Academic year of the last count, by its first September: January 2025 is 2024. Without a
        basis, the year before the first.
    years
        Academic years that are projected.
    n_draws, seed
        Of the simulation.
    levers
        In the order in which they are added.
    presets
        Names of the presets that were asked for, those that act on money only among them.
    notes
        Assumptions, a sentence each.
    warnings
        What was odd, but not wrong.
    summary
        What ``summary.json`` holds.
    tables
        Name to tidy table; each is written as ``tables/<name>.csv``. See `outputs.forecast_tables`.
    returns
        Name to table in its return's own shape; each is written as ``returns/<name>.csv``.
    draws
        Entrants by draw; None in the public version.
    starts_year
        Calendar year of the last published new plans by age; 0 where there are none.
    atoms
        Disjoint groups that the published counts are added up from: see
        `outputs.forecast_privacy.atoms_of`. Never written out.
    public
        Whether small numbers are held back and zones left out.
    """

    run_id: str
    name: str
    code: str
    count_year: int
    years: tuple[int, ...]
    n_draws: int
    seed: int
    levers: tuple[Lever, ...]
    presets: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[Fault, ...]
    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    returns: dict[str, pd.DataFrame] = field(default_factory=dict)
    draws: Draws | None = None
    starts_year: int = 0
    atoms: dict[str, pd.DataFrame] = field(default_factory=dict)
    public: bool = False

    @property
    def whole(self) -> bool:
        """Whether plans are forecast, and not only entrants round those that a case states."""
        return "plans" in self.tables


def report_of_forecast(
    forecast: Forecast,
    *,
    run_id: str,
    first: int | None = None,
    years_of_case: Sequence[int] | None = None,
    published: Mapping[str, pd.DataFrame] | None = None,
    presets: Sequence[str] = (),
    notes: Sequence[str] = (),
    warnings: Sequence[Fault] = (),
) -> ForecastReport:
    """Return the report of a forecast.

    Parameters
    ----------
    forecast
        The forecast.
    run_id
        Its key.
    first
        Year from which levers act; None: the first projected.
    years_of_case
        Years of the case that a plan will be made for: entrants and draws are those of these
        years. None: all years.
    published
        Requests and assessments of the authority, for the returns; None where they are not known.
    presets
        Names of the presets that were asked for.
    notes, warnings
        More to tell, beside what the forecast itself has to say.
    """
    basis = forecast.basis
    wanted = tuple(forecast.years if years_of_case is None else years_of_case)
    draws = draws_of_years(forecast.simulation.entrants, wanted)
    entrants = entrants_table(forecast.projection, basis)
    starts, starts_year = starts_table(forecast)
    levers = levers_table(forecast, first)
    tables = {
        "plans": plans_table(forecast),
        "entrants": entrants[entrants["year"].isin(wanted)].reset_index(drop=True),
        "entrants_by_group": entrants_by_group(forecast.simulation.entrants.quantiles),
        "draws": draws.table(),
        "starts": starts,
        "flows": flows_table(forecast),
        "levers": levers,
        "drivers": drivers_table(forecast),
        "warnings": fault_table(tuple(warnings)),
    }
    told = (*basis.notes, *_without_age(basis), *notes, *return_notes())
    return ForecastReport(
        run_id=run_id,
        name=basis.authority.name,
        code=basis.authority.code,
        count_year=basis.count_year,
        years=forecast.years,
        n_draws=forecast.draws,
        seed=forecast.seed,
        levers=forecast.levers,
        presets=tuple(presets),
        notes=told,
        warnings=tuple(warnings),
        summary=_summary(forecast, tables, draws, wanted, warnings),
        tables=tables,
        returns=returns_of(forecast, published),
        draws=draws,
        starts_year=starts_year,
        atoms=atoms_of(forecast) | {"entrants": wide_entrants(entrants)},
    )


def _without_age(basis: Basis) -> tuple[str, ...]:
    """Return a note where the count by age is not the published total."""
    published = float(basis.past.totals[-1]) if len(basis.past.totals) else 0.0
    counted = float(basis.stock.sum())
    if published <= 0 or round(published) == round(counted):
        return ()
    return (
        f"The forecast starts from {counted:,.0f} plans whose age and placement are counted; the "
        f"published total of January {basis.count_year + 1} is {published:,.0f}.",
    )


def report_of_entrants(
    case: Case,
    draws: Draws,
    *,
    run_id: str,
    notes: Sequence[str] = (),
    warnings: Sequence[Fault] = (),
) -> ForecastReport:
    """Return the report of draws round the entrants that a case states, without its plans.

    Parameters
    ----------
    case
        The case.
    draws
        Draws round its entrants.
    run_id
        Its key.
    notes, warnings
        What to tell.
    """
    mean = case.entrants[case.entrants["draw"].isna()].drop(columns="draw")
    groups = entrants_by_group(draws.quantiles)
    tables = {
        "entrants": mean.reset_index(drop=True),
        "entrants_by_group": groups,
        "draws": draws.table(),
        "warnings": fault_table(tuple(warnings)),
    }
    return ForecastReport(
        run_id=run_id,
        name=case.name,
        code="",
        count_year=case.base_year - 1,
        years=tuple(case.years),
        n_draws=len(draws),
        seed=draws.seed,
        levers=(),
        presets=(),
        notes=(*case.notes, *notes),
        warnings=tuple(warnings),
        summary={
            "name": case.name,
            "code": None,
            "basis": "entrants of the case",
            "years": list(case.years),
            "draws": len(draws),
            "seed": draws.seed,
            "plans": None,
            "specialist_places": None,
            "entrants": _entrants_summary(groups),
            "ranks": _ranks(draws),
            "levers": [],
            "warnings": [one.sentence() for one in warnings],
        },
        tables=tables,
        draws=draws,
    )


def draws_of_years(draws: Draws, years: Sequence[int]) -> Draws:
    """Return the draws with the entrants of some years only."""
    from inputs.demand.draws import Draws  # noqa: PLC0415 - a name for types elsewhere

    at = np.flatnonzero(draws.rows["year"].isin(list(years)).to_numpy())
    if len(at) == len(draws.rows):
        return draws
    rows = draws.rows.iloc[at].reset_index(drop=True)
    return Draws(rows, draws.mean[at], draws.counts[:, at], draws.seed)


def _summary(
    forecast: Forecast,
    tables: Mapping[str, pd.DataFrame],
    draws: Draws,
    wanted: Sequence[int],
    warnings: Sequence[Fault],
) -> dict[str, Any]:
    basis = forecast.basis
    return {
        "name": basis.authority.name,
        "code": basis.authority.code,
        "basis": f"plans counted in January {basis.count_year + 1}",
        "count_year": basis.count_year,
        "years": list(forecast.years),
        "years_of_case": list(wanted),
        "draws": forecast.draws,
        "seed": forecast.seed,
        "plans": _measure_summary(tables["plans"], PLANS, basis),
        "specialist_places": _measure_summary(tables["plans"], PLACES, basis),
        "entrants": _entrants_summary(tables["entrants_by_group"]),
        "ranks": _ranks(draws),
        "levers": [
            {"name": one.name, "title": title_of(one), "source": one.source}
            for one in forecast.levers
        ],
        "warnings": [one.sentence() for one in warnings],
    }


def _measure_summary(table: pd.DataFrame, measure: str, basis: Basis) -> dict[str, Any]:
    frame = series(table, measure)
    counted = frame.loc[frame["year"] == basis.count_year, "mean"]
    names = ["mean", "p10", "p50", "p90", "unmitigated_mean"]
    ahead = frame[frame["year"] > basis.count_year]
    return {
        "counted": float(counted.iloc[0]),
        "by_year": ahead[["year", *names]].to_dict("records"),
    }


def _entrants_summary(groups: pd.DataFrame) -> dict[str, Any]:
    every = groups[(groups[["kind", "need", "phase"]] == ALL).all(axis=1)]
    return {"by_year": every[["year", "mean", "p10", "p50", "p90"]].to_dict("records")}


def _ranks(draws: Draws) -> dict[str, int]:
    """Return which draw stands at P10, P50 and P90 of the authority's total."""
    return {f"P{share:d}": draws.at_rank(share / 100) for share in (10, 50, 90)}
