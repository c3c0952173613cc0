"""The total of plans of an authority in the years to come, with intervals that were scored.

Growth of one authority is noisy; growth of the middle authority is not. So the last year's growth
of the middle authority is carried forward, plus a part of what is the authority's own: its excess
of new plans for the plans it has, which fades. How much of an excess carries on, and how wide an
interval has to be, are learnt from what this very method would have said before
(`inputs.demand.track_record`). `docs/forecast-accuracy.md` has its score beside plainer methods.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.track_record import (
    HORIZON,
    P90,
    Spread,
    best_carrying,
    carried,
    carried_excess,
    excess_of,
    middle_growth,
    shared_misses,
    spread,
)
from inputs.errors import Fault, InputError
from inputs.parameters import parameter

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SCORED_ON = date(2026, 9, 1)
"""The day whose national parameters stand in where the panel is too short."""
LEVELS_ABOVE_AUTHORITIES = ("E92", "E12")
"""How the codes of England and its regions begin."""
REFORM = 2014
"""Academic year in which plans took the place of statements (Children and Families Act 2014)."""
_FEW_AUTHORITIES = 20
_YOUNG = 3
_TABLE = "plans by authority and year"


@dataclass(frozen=True, eq=False)
class TotalForecast:
    """Plans of one authority in the years to come, and how far off they may be.

    Parameters
    ----------
    years
        The years forecast, numbered as in the panel.
    mean, p10, p50, p90
        Plans in each year: the expected number, and the tenth, fiftieth and ninetieth percentile.
    covariance
        Of the log errors of the years, (years, years).
    notes
        What was assumed where history is short, a sentence each.
    """

    years: tuple[int, ...]
    mean: Array
    p10: Array
    p50: Array
    p90: Array
    covariance: Array
    notes: tuple[str, ...] = ()

    def sample(self, n: int, rng: np.random.Generator) -> Array:
        """Return paths of plans, (n, years), whose percentiles are those of the forecast.

        A path keeps its place: one that runs high in a year mostly runs high in the next.
        """
        root = np.linalg.cholesky(self.covariance)
        error = rng.standard_normal((n, len(self.years))) @ root.T
        return np.asarray(self.p50 * np.exp(error), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Learned:
    """What the panel taught.

    Parameters
    ----------
    codes
        The authorities, in order.
    year
        The last year of the panel.
    plans
        Plans of each authority in that year, NaN where it did not exist.
    shared
        Log growth a year that all authorities share from now on.
    excess
        By how much each authority's signal is above the middle's; the signal is new plans for each
        plan there is, or growth where no new plans are known.
    signalled
        Whether each authority has a signal of its own.
    young
        Whether it was counted in fewer than three Januaries.
    weight, fade
        The part of an excess that carries on in the first year, and what is left of that in each
        further year.
    spread
        How far off forecasts were.
    notes
        What was assumed because the panel is short, a sentence each.
    """

    codes: tuple[str, ...]
    year: int
    plans: Array
    shared: float
    excess: Array
    signalled: NDArray[np.bool_]
    young: NDArray[np.bool_]
    weight: float
    fade: float
    spread: Spread
    notes: tuple[str, ...] = ()

    def forecast(self, code: str, horizon: int) -> TotalForecast:
        """Return the plans of an authority in the next years.

        Raises
        ------
        InputError
            When the panel has no count of the authority in its last year.
        """
        at = self.codes.index(code) if code in self.codes else -1
        if at < 0 or not np.isfinite(self.plans[at]):
            problem = f"has no count of plans in {self.year}, the last year there is"
            remedy = "Name an authority that exists, by its newest code"
            raise InputError([Fault(_TABLE, problem, remedy, column="code", value=code)])
        notes, wider = self.notes, 1.0
        if not self.signalled[at]:
            notes += (
                f"{code} has no new plans on record that tell it apart: it is taken to grow like "
                "the others.",
            )
        if self.young[at]:
            wider = parameter("plans_forecast.young_widening", SCORED_ON).value
            notes += (
                f"{code} was counted in fewer than {_YOUNG} Januaries: its interval is taken to be "
                f"{wider:g} times as wide as others.",
            )
        steps = np.arange(1, horizon + 1)
        kept = np.ones(horizon)
        if horizon > HORIZON:
            fade = parameter("plans_forecast.late_fade", SCORED_ON).value
            kept = fade ** np.maximum(steps - HORIZON, 0)
            notes += (
                f"Totals are scored up to {HORIZON} years ahead; after that, growth is taken to "
                f"fall by {1 - fade:.0%} of itself each year.",
            )
        own = self.weight * self.excess[at] * carried(self.fade, steps)
        p50 = self.plans[at] * np.exp(self.shared * np.cumsum(kept) + own)
        covariance = self.spread.covariance(float(self.plans[at]), kept, wider)
        deviation = np.sqrt(np.diag(covariance))
        return TotalForecast(
            years=tuple(self.year + int(step) for step in steps),
            mean=p50 * np.exp(deviation**2 / 2),
            p10=p50 * np.exp(-P90 * deviation),
            p50=p50,
            p90=p50 * np.exp(P90 * deviation),
            covariance=covariance,
            notes=notes,
        )

    def sample(self, code: str, horizon: int, n: int, rng: np.random.Generator) -> Array:
        """Return paths of plans of an authority, (n, horizon): see `TotalForecast.sample`."""
        return self.forecast(code, horizon).sample(n, rng)


def learn(panel: pd.DataFrame) -> Learned:
    """Learn from every authority, up to the last year of a panel.

    Parameters
    ----------
    panel
        Columns ``code``, ``year``, ``plans``, one row an authority and January; and, where known,
        ``starts``: new plans of the calendar year before that January. Without ``starts`` an
        authority's own signal is its last growth, which tells less. England and its regions may
        be there and are left out.

    Raises
    ------
    InputError
        For an authority given twice in a year, a count of plans that is not above nought, new
        plans below nought, or a panel with no authority at all.
    """
    plans, starts = _grids(panel)
    logs = np.log(plans.to_numpy())
    notes: list[str] = []
    shared, grown = float(middle_growth(logs)[-1]), _grown(logs)
    if not grown:
        shared = parameter("plans_forecast.shared_log_growth", SCORED_ON).value
        notes.append(
            "No authority has two Januaries running at the end: each is taken to grow by "
            f"{math.expm1(shared):.1%} a year, as England last did."
        )
    elif grown < _FEW_AUTHORITIES:
        notes.append(f"The growth taken as shared is that of {grown} authorities only.")
    signal = starts.to_numpy() / plans.to_numpy()
    if not np.isfinite(signal).any():
        signal = np.diff(logs, axis=1, prepend=np.nan)
    excess = excess_of(signal)
    missed = shared_misses(logs)
    weight, fade = best_carrying(missed, excess)
    missed = missed - weight * carried_excess(fade, excess)
    measured = spread(missed, logs, _national_spread())
    if measured is None:
        notes.append(
            "There are too few Januaries to score the method on: the interval is the national one."
        )
    elif (first := int(plans.columns[0])) >= REFORM:
        measured = replace(measured, shared=max(measured.shared, _national_spread().shared))
        notes.append(
            f"The panel begins in {first}, after the reform of {REFORM}: what such a "
            "break adds to the interval is taken from the national record."
        )
    return Learned(
        codes=tuple(plans.index),
        year=int(plans.columns[-1]),
        plans=plans.to_numpy()[:, -1],
        shared=shared,
        excess=excess[:, -1],
        signalled=np.isfinite(signal[:, -1]),
        young=np.isfinite(logs).sum(axis=1) < _YOUNG,
        weight=weight,
        fade=fade,
        spread=measured or _national_spread(),
        notes=tuple(notes),
    )


def _grids(panel: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return plans and new plans, authority by year, without England and the regions."""
    rows = panel[~panel["code"].str.startswith(LEVELS_ABOVE_AUTHORITIES)]
    rows = rows.dropna(subset=["plans"])
    if "starts" not in rows.columns:
        rows = rows.assign(starts=np.nan)
    checks = {
        "is given twice in one year": rows.duplicated(["code", "year"]),
        "has a count of plans that is not above nought": ~(rows["plans"] > 0),
        "has fewer new plans than none": rows["starts"] < 0,
    }
    faults = [
        Fault(_TABLE, problem, "Correct it or leave the row out", value=f"{one.code} in {one.year}")
        for problem, wrong in checks.items()
        for one in rows[wrong].itertuples()
    ]
    if rows.empty:
        faults.append(Fault(_TABLE, "there is no authority in it", "Give the release's files"))
    if faults:
        raise InputError(faults)
    years = range(int(rows["year"].min()), int(rows["year"].max()) + 1)
    grids = [
        rows.pivot_table(index="code", columns="year", values=column, dropna=False)
        .reindex(columns=years)
        .astype(float)
        for column in ("plans", "starts")
    ]
    return grids[0], grids[1].reindex(index=grids[0].index)


def _grown(logs: Array) -> int:
    """Return how many authorities have growth in the last year."""
    return int(np.isfinite(logs[:, -2:]).all(axis=1).sum()) if logs.shape[1] > 1 else 0


def _national_spread() -> Spread:
    """Return the spread measured on every January there is, for panels too short to learn it."""
    return Spread(
        *(
            parameter(f"plans_forecast.{name}", SCORED_ON).value
            for name in ("shared_log_sd", "own_log_sd", "own_power", "size_power")
        )
    )
