"""Plainer forecasts of a yearly count, each with the interval that goes with it in textbooks."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.track_record import P90

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

LEAST_HISTORY = 4
"""Counts needed to the origin: three years of growth have four."""


def last_value(history: Array, horizon: int) -> Array:
    """Return the last count for every year ahead.

    The interval is that of a random walk of the log: the root mean square of the past changes,
    growing with the square root of the years ahead.

    Parameters
    ----------
    history
        Counts, the last one at the origin.
    horizon
        Years ahead.

    Returns
    -------
    ndarray
        (horizon, 3): tenth, fiftieth and ninetieth percentile.
    """
    steps = np.arange(1, horizon + 1)
    change = np.diff(np.log(history))
    return _around(np.full(horizon, history[-1]), np.sqrt(np.mean(change**2) * steps))


def three_year_growth(history: Array, horizon: int) -> Array:
    """Return the last count, grown at the compound rate of the last three years.

    The interval is that of a random walk of the log with drift: the deviation of the three years'
    growth, and the drift as uncertain as three years make it.
    """
    steps = np.arange(1, horizon + 1)
    growth = np.diff(np.log(history[-LEAST_HISTORY:]))
    deviation = np.std(growth, ddof=1) * np.sqrt(steps * (1 + steps / len(growth)))
    return _around(history[-1] * np.exp(steps * growth.mean()), deviation)


def damped_ets(history: Array, horizon: int) -> Array:
    """Return exponential smoothing with a damped trend, as statsmodels fits it.

    Level and trend begin at the first count and the first change: of the ways to begin that
    statsmodels offers this scored best on these short series. The interval is that of the
    additive model (Hyndman and others, Forecasting with Exponential Smoothing, 2008, table 6.1).
    """
    from statsmodels.tsa.holtwinters import Holt

    with warnings.catch_warnings():
        # short series: the optimiser may stop early, and says so on each
        warnings.simplefilter("ignore")
        fitted = Holt(
            history,
            damped_trend=True,
            initialization_method="known",
            initial_level=history[0],
            initial_trend=history[1] - history[0],
        ).fit()
        middle = np.asarray(fitted.forecast(horizon), dtype=np.float64)
    level = float(fitted.params["smoothing_level"])
    trend = level * float(fitted.params["smoothing_trend"])
    damping = float(fitted.params["damping_trend"])
    freedom = max(len(history) - 3, 1)  # three smoothing parameters
    variance = float(np.sum(np.asarray(fitted.resid) ** 2)) / freedom
    moved = level + trend * np.cumsum(damping ** np.arange(1, horizon))
    deviation = np.sqrt(variance * (1 + np.concatenate([[0.0], np.cumsum(moved**2)])))
    low, high = middle - P90 * deviation, middle + P90 * deviation
    return np.maximum(np.column_stack([low, middle, high]), 0.0)


def _around(middle: Array, deviation: Array) -> Array:
    spread = P90 * deviation
    return np.column_stack([middle * np.exp(-spread), middle, middle * np.exp(spread)])


RIVALS = {
    "last value": last_value,
    "three-year growth": three_year_growth,
    "damped ETS": damped_ets,
}
