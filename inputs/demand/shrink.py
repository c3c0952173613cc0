"""Small numbers drawn towards what everyone shares: empirical Bayes, and proportional fitting.

How far a local rate is believed is learnt from all authorities: as far as their rates differ from
each other by more than they differ from themselves, year by year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inputs.demand.axes import Array

FEWEST_AUTHORITIES = 20
"""Fewer cannot tell how authorities differ: each then takes the shared rate."""
_QUARTILES = 1.349
"""Quartiles of a normal distribution lie so many standard deviations apart."""
_WIDEST = 3.0
"""Ratios beyond this are records put right, not rates; they are held to it when learning."""


@dataclass(frozen=True)
class Factor:
    """A local multiple of a shared rate, as far as it is known.

    Parameters
    ----------
    mean
        Expected multiple; 1 is the shared rate.
    sd
        Standard deviation of what it may be.
    """

    mean: float
    sd: float

    def sample(self, draws: int, rng: np.random.Generator) -> Array:
        """Return draws of the multiple, (draws,): gamma, of this mean and deviation."""
        if self.sd <= 0 or self.mean <= 0:
            return np.full(draws, self.mean)
        shape = (self.mean / self.sd) ** 2
        return np.asarray(rng.gamma(shape, self.mean / shape, draws))


SHARED = Factor(1.0, 0.0)


@dataclass(frozen=True)
class Spread:
    """How the multiples of authorities vary.

    Parameters
    ----------
    between
        Variance between authorities that lasts.
    within
        Variance of one authority from year to year, beyond chance in the counts.
    """

    between: float
    within: float

    def posterior(self, observed: Array, expected: Array) -> Factor:
        """Return the multiple of an authority from its own counts, one a year.

        With no counts it is the shared rate, as uncertain as authorities differ; with many, and
        no variance from year to year, it is the authority's own.

        >>> Spread(0.04, 0.0).posterior(np.array([]), np.array([])).mean
        1.0
        >>> round(Spread(0.04, 0.0).posterior(np.array([3e6]), np.array([2e6])).mean, 3)
        1.5
        """
        if self.between <= 0:
            return SHARED
        known = np.isfinite(observed) & (expected > 0)
        ratio = np.clip(observed[known] / expected[known], 0.0, _WIDEST)
        precision = 1 / (self.within + 1 / expected[known])
        total = 1 / self.between + precision.sum()
        mean = (1 / self.between + (ratio * precision).sum()) / total
        return Factor(float(mean), float(total**-0.5))


def learn_spread(observed: Array, expected: Array) -> Spread:
    """Return how authorities vary, from counts observed and expected, (authorities, years).

    The covariance between years of an authority's ratio is what lasts; what else varies, beyond
    the chance of a count (1 / expected), is noise of the year.
    """
    known = np.isfinite(observed) & (expected > 0)
    rows = known.sum(axis=1) >= 2
    if rows.sum() < FEWEST_AUTHORITIES:
        return Spread(0.0, 0.0)
    x = np.where(known, np.divide(observed, expected, where=known, out=np.ones_like(expected)), 1.0)
    x, known, e = np.clip(x[rows], 0.0, _WIDEST), known[rows], np.where(known, expected, 1)[rows]
    years = known.sum(axis=1)
    mean = (x * known).sum(axis=1) / years
    # Scaled so that a mean of few years, near to each of them, does not hide their noise.
    away = ((x - mean[:, None]) * np.sqrt(years / (years - 1))[:, None])[known]
    chance = (known / e).sum(axis=1) / years
    # Authorities whose counts are mostly chance tell little of either.
    told = chance <= np.median(chance)
    noise = _robust_variance(away[np.repeat(told, years)])
    typical = float(np.average(chance[told]))
    between = _robust_variance(mean[told]) - noise / float(np.average(years[told]))
    return Spread(max(between, 0.0), max(noise - typical, 0.0))


def _robust_variance(values: Array) -> float:
    """Return the variance that the middle half of values has, were they normal.

    Records put right make a few ratios wild; the middle half does not see them.
    """
    low, high = np.quantile(values, [0.25, 0.75])
    return float(((high - low) / _QUARTILES) ** 2)


def concentration(counts: Array) -> float:
    """Return how many of the authority's own children everyone's mix is worth, from many mixes.

    Parameters
    ----------
    counts
        (authorities, kinds) counts.

    Notes
    -----
    By moments: the shares p of authorities vary as p (1 - p) (1 / n + 1 / (c + 1)), n children
    each and concentration c. The result lies from 1 to 10,000.
    """
    n = counts.sum(axis=1)
    rows = counts[n > 0]
    n = n[n > 0]
    if len(n) < FEWEST_AUTHORITIES:
        return 10_000.0
    everyone = rows.sum(axis=0) / n.sum()
    share = rows / n[:, None]
    weight = n / (1 + n / np.median(n))
    spread = np.average((share - everyone) ** 2, axis=0, weights=weight).sum()
    chance = (everyone * (1 - everyone)).sum()
    extra = spread / max(chance, 1e-12) - float(np.average(1 / n, weights=weight))
    return float(np.clip(1 / max(extra, 1e-9) - 1, 1.0, 10_000.0))


def mixed(own: Array, everyone: Array, worth: float) -> Array:
    """Return a mix (adds up to 1) of the authority's counts and everyone's shares.

    >>> mixed(np.zeros(2), np.array([1.0, 3.0]), 10).tolist()
    [0.25, 0.75]
    >>> mixed(np.array([1e9, 0.0]), np.array([1.0, 3.0]), 10).round(3).tolist()
    [1.0, 0.0]
    """
    total = everyone.sum()
    share = everyone / total if total > 0 else np.full(everyone.shape, 1 / everyone.size)
    both = own + worth * share
    return np.asarray(both / both.sum())


def fit(seed: Array, margins: Sequence[tuple[tuple[int, ...], Array]], rounds: int = 100) -> Array:
    """Return the table nearest to a seed that has the given margins (proportional fitting).

    Parameters
    ----------
    seed
        Starting table; a cell of 0 stays 0.
    margins
        Pairs of the axes that a margin keeps, and the margin; the last holds exactly.
    rounds
        How often to go over them.
    """
    table = seed.astype(float).copy()
    for _ in range(rounds):
        before = table.copy()
        for kept, margin in margins:
            summed = tuple(axis for axis in range(table.ndim) if axis not in kept)
            total = table.sum(axis=summed, keepdims=True)
            wanted = np.expand_dims(margin, summed)
            table *= np.divide(wanted, total, out=np.zeros_like(total), where=total > 0)
        if np.abs(table - before).max() < 1e-7:
            break
    return table


def three_ways(by_need_age: Array, by_need_placement: Array, by_placement_age: Array) -> Array:
    """Return (placements, needs, ages) from the three published tables of two ways.

    The table by placement and age holds exactly; the others are scaled to its margins first,
    because they leave out different children.
    """
    ages, places = by_placement_age.sum(axis=0), by_placement_age.sum(axis=1)
    need_age = _scaled(by_need_age, ages)
    need_place = _scaled(by_need_placement, places)
    seed = by_placement_age[:, None, :] * need_age[None] + 1e-12 * by_placement_age[:, None, :]
    margins = [((0, 1), need_place.T), ((1, 2), need_age), ((0, 2), by_placement_age)]
    return fit(seed, margins, 200)


def _scaled(table: Array, columns: Array) -> Array:
    """Return a table with these column sums; a column of nothing takes the mix of the whole."""
    whole = table.sum(axis=1)
    whole = whole / whole.sum() if whole.sum() > 0 else np.full(len(whole), 1 / len(whole))
    total = table.sum(axis=0)
    share = np.where(total > 0, table / np.where(total > 0, total, 1.0), whole[:, None])
    return np.asarray(share * columns)
