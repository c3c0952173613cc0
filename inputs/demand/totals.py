"""The total of plans of an authority in the years to come, with intervals that were scored.

Growth of one authority is noisy, growth of all of them together is not. So the last year's growth
of the middle authority is carried forward, plus a part of what is the authority's own (how much
is learnt). The intervals are the errors that this very method made at past origins.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from inputs.errors import Fault, InputError
from inputs.parameters import parameter

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

OWN_YEARS = 3
"""Years of growth that an authority's own part is the mean of."""

_WEIGHTS = tuple(step / 10 for step in range(8))
_P90 = float(norm.ppf(0.9))
_FEWEST_ERRORS = 30


@dataclass(frozen=True, eq=False)
class TotalForecast:
    """Expected plans of one authority, and how far off they may be.

    Parameters
    ----------
    years
        The years forecast, in the panel's own numbering.
    mean, p10, p50, p90
        Plans in each year: the expected number, and the tenth, fiftieth and ninetieth percentile.
    below, above
        Standard deviations of the log error on either side of the median, in each year.
    correlation
        Between the log errors of two years, (years, years).
    notes
        What was assumed because history was too short, as sentences.
    """

    years: tuple[int, ...]
    mean: NDArray[np.float64]
    p10: NDArray[np.float64]
    p50: NDArray[np.float64]
    p90: NDArray[np.float64]
    below: NDArray[np.float64]
    above: NDArray[np.float64]
    correlation: NDArray[np.float64]
    notes: tuple[str, ...] = ()

    def sample(self, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Return paths of plans, (draws, years), whose percentiles are those of the forecast.

        A path keeps its place: one that runs high in a year mostly runs high in the next.
        """
        normal = rng.multivariate_normal(
            np.zeros(len(self.years)), self.correlation, size=draws, method="cholesky"
        )
        error = np.where(normal < 0, self.below, self.above) * normal
        return np.asarray(self.p50 * np.exp(error), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Learned:
    """What the panel taught: shared growth, the weight of an authority's own, past errors.

    Parameters
    ----------
    log_plans
        Log of plans, code by year, NaN where an authority did not exist.
    shared
        Log growth a year that every authority shares from now on.
    own_weight
        Part of an authority's own log growth that is carried forward.
    below, above
        Standard deviations of the one-year log error on either side, for ``typical`` plans.
    power
        The deviations grow with the years ahead to this power.
    typical
        Number of plans that ``below`` and ``above`` hold for.
    size_power
        The deviations fall with the number of plans to this power.
    persistence
        Correlation of the errors of years h < k is (h / k) to this power.
    notes
        What was assumed because the panel was too short, as sentences.
    """

    log_plans: pd.DataFrame
    shared: float
    own_weight: float
    below: float
    above: float
    power: float
    typical: float
    size_power: float
    persistence: float
    notes: tuple[str, ...] = field(default=())

    def forecast(self, code: str, horizon: int) -> TotalForecast:
        """Return the plans of an authority in the next years.

        Raises
        ------
        InputError
            When the panel has no count of the authority in its last year.
        """
        last_year = int(self.log_plans.columns[-1])
        if code not in self.log_plans.index or not np.isfinite(self.log_plans.loc[code].iloc[-1]):
            raise InputError(
                [
                    Fault(
                        table="caseload",
                        problem=f"has no count of plans in {last_year}, the last year of the files",
                        remedy="Name an authority that existed then",
                        column="la_code",
                        value=code,
                    )
                ]
            )
        history = self.log_plans.loc[[code]].to_numpy()
        own, notes, wider = _own_growth(self.log_plans.to_numpy(), history)[0], self.notes, 1.0
        if not np.isfinite(own):
            wider = parameter("plans_forecast.new_authority_widening", _TODAY).value
            notes = (
                *notes,
                f"{code} has one count only: growth is that of all authorities, and the interval "
                f"{wider:g} times as wide.",
            )
            own = 0.0
        last = float(history[0, -1])
        steps = np.arange(1, horizon + 1)
        middle = last + steps * (self.shared + self.own_weight * own)
        stretch = wider * steps**self.power * (math.exp(last) / self.typical) ** -self.size_power
        below, above = self.below * stretch, self.above * stretch
        ratio = np.minimum.outer(steps, steps) / np.maximum.outer(steps, steps)
        return TotalForecast(
            years=tuple(last_year + int(step) for step in steps),
            mean=np.exp(middle) * two_piece_mean(below, above),
            p10=np.exp(middle - _P90 * below),
            p50=np.exp(middle),
            p90=np.exp(middle + _P90 * above),
            below=below,
            above=above,
            correlation=ratio**self.persistence,
            notes=notes,
        )


_TODAY = date(2026, 9, 1)


def two_piece_mean(below: NDArray[np.float64], above: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of exp(e), e normal with one deviation below nought and another above.

    >>> float(two_piece_mean(np.array([0.1]), np.array([0.1]))[0].round(6))  # exp(0.1**2 / 2)
    1.005013
    """
    return np.asarray(
        np.exp(below**2 / 2) * norm.cdf(-below) + np.exp(above**2 / 2) * norm.cdf(above),
        dtype=np.float64,
    )


def learn(panel: pd.DataFrame, exposure: pd.DataFrame | None = None) -> Learned:  # noqa: ARG001
    """Learn from every authority up to the last year of a panel.

    Parameters
    ----------
    panel
        Columns ``code``, ``year``, ``plans``: one row an authority and year. England and its
        regions (codes that begin E92 or E12) may be there and are left out.
    exposure
        Columns ``code``, ``year``, ``people``: not used by this method.

    Raises
    ------
    InputError
        For a count given twice, or a count that is not a number above nought.
    """
    wide = _wide(panel)
    logs = wide.to_numpy()
    shared = _shared(logs)
    weight = _best_weight(logs)
    sizes, steps, errors = _past_errors(logs, weight)
    first = errors[steps == 1]
    notes: tuple[str, ...] = ()
    size_power = 0.3
    typical = float(np.exp(np.nanmedian(logs[:, -1])))
    if len(first) < _FEWEST_ERRORS:
        spread = parameter("plans_forecast.log_sd_first_year", _TODAY).value
        notes = ("The panel is too short to score the method: the interval is the national one.",)
        below = above = spread
        power = parameter("plans_forecast.horizon_power", _TODAY).value
    else:
        scaled = errors * (sizes / typical) ** size_power
        power = _power(scaled, steps)
        unit = scaled / steps**power
        below = max(float(-np.quantile(unit, 0.1)), 0.005) / _P90
        above = max(float(np.quantile(unit, 0.9)), 0.005) / _P90
    return Learned(wide, shared, weight, below, above, power, typical, size_power, 0.5, notes)


def _wide(panel: pd.DataFrame) -> pd.DataFrame:
    """Return log plans, code by year, without England and the regions."""
    rows = panel.dropna(subset=["plans"])
    rows = rows[~rows["code"].str.startswith(("E92", "E12"))]
    faults = [
        Fault("caseload", "is counted twice in one year", "Keep one row", None, "la_code", one)
        for one in _told(rows[rows.duplicated(["code", "year"])])
    ] + [
        Fault("caseload", "has no plans in a year it is listed for", "Check the file", value=one)
        for one in _told(rows[~(rows["plans"] > 0)])
    ]
    if faults:
        raise InputError(faults)
    wide = rows.pivot(index="code", columns="year", values="plans").sort_index(axis=1)
    years = range(int(wide.columns.min()), int(wide.columns.max()) + 1)
    plans = wide.reindex(columns=years).astype(float)
    return plans.transform(np.log)


def _told(rows: pd.DataFrame) -> Iterable[str]:
    return (f"{row.code} in {row.year}" for row in rows.itertuples())


def _shared(logs: NDArray[np.float64]) -> float:
    """Return the last year's log growth of the middle authority (0 where there is none)."""
    if logs.shape[1] < 2:
        return 0.0
    growth = logs[:, -1] - logs[:, -2]
    return float(np.nanmedian(growth)) if np.isfinite(growth).any() else 0.0


def _own_growth(logs: NDArray[np.float64], history: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return mean log growth above the middle authority's, NaN for one without growth."""
    growth = np.diff(history, axis=1)[:, -OWN_YEARS:]
    everyone = np.diff(logs, axis=1)[:, -OWN_YEARS:]
    known = np.isfinite(growth)
    middle = np.array(
        [
            np.median(column[np.isfinite(column)]) if np.isfinite(column).any() else 0.0
            for column in everyone.T
        ]
    )
    total = np.where(known, growth - middle, 0.0).sum(axis=1)
    count = known.sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _best_weight(logs: NDArray[np.float64]) -> float:
    """Return the weight of own growth that was best, one year ahead, at every past origin."""
    misses = {}
    for weight in _WEIGHTS:
        _, steps, errors = _past_errors(logs, weight)
        misses[weight] = float(np.abs(errors[steps == 1]).mean()) if (steps == 1).any() else 0.0
    return min(misses, key=lambda weight: misses[weight])


def _past_errors(
    logs: NDArray[np.float64], weight: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return plans at the origin, years ahead and log error, of every past forecast."""
    plans, ahead, errors = [], [], []
    for origin in range(2, logs.shape[1] - 1):
        known = logs[:, : origin + 1]
        growth = _shared(known) + weight * _own_growth(known, known)
        for step in range(1, logs.shape[1] - origin):
            error = logs[:, origin + step] - logs[:, origin] - step * growth
            there = np.isfinite(error)
            plans.append(np.exp(logs[there, origin]))
            ahead.append(np.full(there.sum(), float(step)))
            errors.append(error[there])
    if not errors:
        return np.empty(0), np.empty(0), np.empty(0)
    return np.concatenate(plans), np.concatenate(ahead), np.concatenate(errors)


def _power(scaled: NDArray[np.float64], steps: NDArray[np.float64]) -> float:
    """Return how the spread grows with the years ahead: the slope of its log on theirs."""
    ahead = [step for step in np.unique(steps) if (steps == step).sum() >= _FEWEST_ERRORS]
    if len(ahead) < 2:
        return parameter("plans_forecast.horizon_power", _TODAY).value
    spread = [np.subtract(*np.quantile(scaled[steps == step], [0.9, 0.1])) for step in ahead]
    slope = float(np.polyfit(np.log(ahead), np.log(spread), 1)[0])
    return min(max(slope, 0.5), 1.0)
