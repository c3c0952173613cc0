"""What shared growth would have said at every January before, and how far off it was.

At each origin the forecast knows what was published by then and nothing later. Two things are
read off the misses: how much of an authority's own excess over the others carries on, and how wide
an interval has to be. The latter comes in two parts, since they behave differently:

- the *shared* miss, that of the middle authority, is a change in how fast all of them grow (a
  reform, a pandemic). Growth stays changed and may change again, so that the total drifts away: the
  deviation two years ahead is root five times that of one (an integrated random walk);
- the *own* miss, the rest, is one authority's luck. It grows more slowly than the years ahead, and
  falls with the number of plans. Its years hang together like the steps of a random walk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

TYPICAL_PLANS = 2000.0
"""The own spread is told for an authority of so many plans, about the median of 2020."""
HORIZON = 5
"""Years ahead that the record covers."""
YEARLY_FADE = 0.8
"""What a miss counts after each further year: half after three years."""
P90 = 1.2815515655446004
"""Standard deviations from the median of a normal distribution to its ninetieth percentile."""

_WEIGHTS = np.arange(0.0, 1.01, 0.1)
_FADES = np.arange(0.0, 1.01, 0.25)
_STEPS_FITTED = 3
_FEWEST_ORIGINS = 2


@dataclass(frozen=True)
class Spread:
    """How far off a forecast is, in standard deviations of the log of plans.

    Parameters
    ----------
    shared
        Of the miss that all authorities share, one year ahead.
    own
        Of an authority's own miss, one year ahead, with ``TYPICAL_PLANS`` plans.
    own_power
        The own deviation grows with the years ahead to this power.
    size_power
        The own deviation falls with the number of plans to this power.
    """

    shared: float
    own: float
    own_power: float
    size_power: float

    def covariance(self, plans: float, kept: Array, wider: float = 1.0) -> Array:
        """Return the covariance of the log errors of the years ahead, (years, years).

        Parameters
        ----------
        plans
            Of the authority at the origin.
        kept
            (years,) part of the growth of today that is carried into each year ahead.
        wider
            How many times as wide as learnt.
        """
        steps = np.arange(1.0, len(kept) + 1)
        size = (plans / TYPICAL_PLANS) ** -self.size_power
        own = wider * self.own * size * steps**self.own_power
        walk = np.sqrt(np.minimum.outer(steps, steps) / np.maximum.outer(steps, steps))
        # a change of growth in year j adds itself, as far as kept, in each year from j to h
        gained = np.cumsum(kept)
        added = wider * self.shared * np.tril(gained[:, None] - (gained - kept)[None, :])
        return np.asarray(np.outer(own, own) * walk + added @ added.T, dtype=np.float64)


def middle_growth(logs: Array) -> Array:
    """Return the log growth of the middle authority in each year; NaN in the first.

    Parameters
    ----------
    logs
        (authorities, years) log plans, NaN where an authority did not exist.
    """
    growth = np.diff(logs, axis=1, prepend=np.nan)
    return _median(growth)


def excess_of(signal: Array) -> Array:
    """Return by how much an authority's signal is above the middle's; 0 where it has none."""
    return np.nan_to_num(signal - _median(signal))


def carried(fade: float, steps: ArrayLike) -> Array:
    """Return how many first years' worth of excess have been gained after some years.

    >>> carried(0.5, np.array([1, 2, 3])).tolist()  # 1, then a half, then a quarter more
    [1.0, 1.5, 1.75]
    """
    ahead = np.asarray(steps, dtype=np.float64)
    if fade == 1.0:
        return ahead
    return np.asarray((1.0 - fade**ahead) / (1.0 - fade), dtype=np.float64)


def carried_excess(fade: float, excess: Array) -> Array:
    """Return the log growth that an excess brings at weight 1: (origins, steps, authorities)."""
    steps = carried(fade, np.arange(1, HORIZON + 1))
    return np.asarray(excess.T[:, None, :] * steps[None, :, None], dtype=np.float64)


def shared_misses(logs: Array, kept: float = 1.0) -> Array:
    """Return log error of shared growth alone: (origins, steps ahead, authorities), NaN unknown.

    Parameters
    ----------
    logs
        (authorities, years).
    kept
        Part of the shared growth of the last year that is carried on.
    """
    authorities, years = logs.shape
    middle = middle_growth(logs)
    missed = np.full((years, HORIZON, authorities), np.nan)
    for origin in range(1, years - 1):
        for step in range(1, min(HORIZON, years - 1 - origin) + 1):
            actual = logs[:, origin + step] - logs[:, origin]
            missed[origin, step - 1] = actual - step * kept * middle[origin]
    return missed


def best_carrying(missed: Array, excess: Array) -> tuple[float, float]:
    """Return the weight and the fade of the excess that missed by least at every past origin.

    Parameters
    ----------
    missed
        From `shared_misses`.
    excess
        (authorities, years), from `excess_of`.

    Returns
    -------
    tuple
        ``weight``, the part of an excess that carries on in the first year, and ``fade``, what is
        left of that in each further year; (0, 0) where nothing can be scored.
    """
    scored = missed[:, :_STEPS_FITTED]
    known = np.isfinite(scored)
    if not known.any():
        return 0.0, 0.0
    tried = {}
    for fade in _FADES:
        gained = carried_excess(float(fade), excess)[:, :_STEPS_FITTED]
        for weight in _WEIGHTS:
            off = np.abs(scored - weight * gained)[known]
            tried[float(weight), float(fade)] = float(off.mean())
    return min(tried, key=lambda one: tried[one])


def spread(missed: Array, logs: Array, fallback: Spread) -> Spread | None:
    """Return how far off the forecasts were; None when fewer than two origins can be scored.

    Parameters
    ----------
    missed
        (origins, steps, authorities) log errors.
    logs
        (authorities, years) log plans.
    fallback
        Where the two powers come from when the record is too short to tell them.
    """
    middle = np.stack([_median(one.T) for one in missed])
    origins = np.flatnonzero(np.isfinite(middle[:, 0]))
    if len(origins) < _FEWEST_ORIGINS:
        return None
    newest = logs.shape[1] - 1
    age = newest - (origins + 1)
    shared = float(np.sqrt(np.average(middle[origins, 0] ** 2, weights=YEARLY_FADE**age)))
    own = np.abs(missed - middle[:, :, None])
    plans = np.broadcast_to(np.exp(logs.T)[:, None, :], own.shape)
    size_power = _size_power(own[:, 0], plans[:, 0], fallback.size_power)
    scaled = own * (plans / TYPICAL_PLANS) ** size_power
    steps, spreads = [], []
    for step in range(1, HORIZON + 1):
        values = scaled[:, step - 1]
        known = np.isfinite(values)
        if known.any():
            weights = np.broadcast_to(
                (YEARLY_FADE ** (newest - step - np.arange(len(values))))[:, None], values.shape
            )
            steps.append(float(step))
            spreads.append(weighted_quantile(values[known], weights[known], 0.8) / P90)
    if len(steps) < _FEWEST_ORIGINS:
        return Spread(shared, spreads[0], fallback.own_power, size_power)
    ahead, wide = np.log(steps), np.log(np.maximum(spreads, 1e-4))
    power = float(np.clip(np.polyfit(ahead, wide, 1)[0], 0.5, 1.0))
    own_first = float(np.exp(np.mean(wide - power * ahead)))
    return Spread(shared, own_first, power, size_power)


def _size_power(own: Array, plans: Array, fallback: float) -> float:
    """Return how one-year misses fall with size: minus the slope of their log on that of plans."""
    known = np.isfinite(own) & (own > 1e-5)
    if known.sum() < 30 or np.ptp(np.log(plans[known])) < 1:
        return fallback
    slope = np.polyfit(np.log(plans[known]), np.log(own[known]), 1)[0]
    return float(np.clip(-slope, 0.0, 0.5))


def weighted_quantile(values: Array, weights: Array, share: float) -> float:
    """Return the value below which a share of the weights lies, between values in a line.

    >>> weighted_quantile(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0]), 0.5)
    2.0
    """
    order = np.argsort(values)
    weights = weights[order]
    middles = (np.cumsum(weights) - weights / 2) / weights.sum()
    return float(np.interp(share, middles, values[order]))


def _median(table: Array) -> Array:
    """Return the median of each column without its NaN; NaN for a column of nothing else."""
    columns = (column[np.isfinite(column)] for column in table.T)
    return np.array([float(np.median(known)) if known.size else np.nan for known in columns])
