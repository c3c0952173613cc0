"""How good forecasts were: bias, weighted error, coverage and pinball loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Row:
    """One line of the table: a method on a set of forecasts that every method made.

    Parameters
    ----------
    instance
        What was forecast, and which part of it.
    method
        ``sendplaces``, or the name of a plainer one.
    years_ahead
        1 to 5, or 0 for all of them together.
    authorities, forecasts
        How many authorities, and forecasts of theirs, the figures rest on.
    bias
        Sum of (forecast less actual) over sum of actual: above nought is too many.
    wape
        Weighted absolute percentage error: sum of absolute errors over sum of actual, for each
        authority; the median over authorities.
    coverage
        Share of actual counts from the tenth to the ninetieth percentile; 0.8 is right.
    pinball_p10, pinball_p50, pinball_p90
        Mean pinball loss of the percentiles, over the mean actual count: less is better.
    seconds
        Processor time of the method on everything of the instance's kind.
    """

    instance: str
    method: str
    years_ahead: int
    authorities: int
    forecasts: int
    bias: float
    wape: float
    coverage: float
    pinball_p10: float
    pinball_p50: float
    pinball_p90: float
    seconds: float


def score(instance: str, method: str, years_ahead: int, made: pd.DataFrame, seconds: float) -> Row:
    """Return the scores of the forecasts of one method.

    Parameters
    ----------
    made
        Columns ``code``, ``actual``, ``p10``, ``p50``, ``p90``.
    """
    actual = made["actual"]
    error = (made["p50"] - actual).abs()
    per = made.assign(error=error).groupby("code")[["error", "actual"]].sum()
    inside = (actual >= made["p10"]) & (actual <= made["p90"])
    loss = {
        name: float(pinball(actual, made[name], share).sum() / actual.sum())
        for name, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9))
    }
    return Row(
        instance=instance,
        method=method,
        years_ahead=years_ahead,
        authorities=len(per),
        forecasts=len(made),
        bias=float(made["p50"].sum() / actual.sum() - 1),
        wape=float((per["error"] / per["actual"]).median()),
        coverage=float(inside.mean()),
        pinball_p10=loss["p10"],
        pinball_p50=loss["p50"],
        pinball_p90=loss["p90"],
        seconds=seconds,
    )


def pinball(actual: pd.Series[float], quantile: pd.Series[float], share: float) -> np.ndarray:
    """Return what missing by so much costs a forecast of a percentile.

    Too low costs ``share`` a plan, too high ``1 - share``: least on average at the percentile.
    """
    gap = np.asarray(actual - quantile, dtype=np.float64)
    return np.maximum(share * gap, (share - 1) * gap)
