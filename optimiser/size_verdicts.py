"""Which size: expected cost, regret and break-even over the draws, and how sure one can be.

Every figure is an interval from the bounds of the solves. Sizes are compared draw by draw, so what
all sizes share falls away. Two sizes whose difference spans nought, or is within two standard
errors of these draws, are told as no material difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimiser.sizing import NOT_BUILT, Interval

if TYPE_CHECKING:
    from optimiser.kinds import Array
    from optimiser.problem import Problem
    from optimiser.sizing import Curve

ERRORS = 2.0
"""Standard errors within which a difference between sizes is no more than the draws' chance."""
RANKS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Verdict:
    """What the draws say of one size.

    Parameters
    ----------
    size
        Places; 0 where it is not built.
    expected
        Mean cost over the draws.
    more_than_best
        By how much more it costs on average than the size of least expected cost.
    standard_error
        Of that mean difference over these draws, £; NaN with fewer than two draws.
    worst_regret
        The most that it costs above the best size in any draw.
    saving
        Mean saving against the do-minimum.
    saving_at
        p10, p50, p90: (low, high) of the saving at that rank over the draws.
    pays, does_not, unclear
        Draws in which it costs less than not building, more, or neither is proven.
    same_as_best, same_as_safest
        Whether no material difference is shown from the size of least expected cost, and from the
        size of least worst regret.
    """

    size: int
    expected: Interval
    more_than_best: Interval
    standard_error: float
    worst_regret: Interval
    saving: Interval
    saving_at: dict[str, Interval]
    pays: int
    does_not: int
    unclear: int
    same_as_best: bool
    same_as_safest: bool


@dataclass(frozen=True)
class Choice:
    """The size of least expected cost, that of least worst regret, and all verdicts in order.

    The two are None where no size has a cost in every draw.
    """

    least_expected: int | None
    least_regret: int | None
    verdicts: tuple[Verdict, ...]

    def of(self, size: int) -> Verdict:
        """Return the verdict of a size."""
        return next(one for one in self.verdicts if one.size == size)


def choice(curve: Curve) -> Choice:
    """Return what the draws say of every size that has a cost in each of them."""
    kept = [
        i
        for i in range(len(curve.sizes))
        if len(curve.draws) and np.isfinite(curve.high[i]).all() and np.isfinite(curve.low[i]).all()
    ]
    if not kept:
        return Choice(None, None, ())
    low, high = curve.low[kept], curve.high[kept]
    sizes = [curve.sizes[i].size for i in kept]
    best = int(np.argmin(high.mean(axis=1)))
    least, most = regrets(low, high)
    safest = int(np.argmin(most.max(axis=1)))
    n = len(curve.draws)
    verdicts = []
    for i, size in enumerate(sizes):
        difference = high[i] - high[best]
        error = float(difference.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
        more = Interval(float((low[i] - high[best]).mean()), float((high[i] - low[best]).mean()))
        if i == best:
            more, error = Interval(0.0, 0.0), 0.0
        saved_low, saved_high = curve.least_low - high[i], curve.least_high - low[i]
        regret = Interval(float(least[i].max()), float(most[i].max()))
        none = sizes.index(NOT_BUILT) if NOT_BUILT in sizes else i
        pays, does_not = int((high[i] < low[none]).sum()), int((low[i] > high[none]).sum())
        apart = more.low > 0 and (np.isnan(error) or float(difference.mean()) > ERRORS * error)
        verdicts.append(
            Verdict(
                size,
                Interval(float(low[i].mean()), float(high[i].mean())),
                more,
                error,
                regret,
                Interval(float(saved_low.mean()), float(saved_high.mean())),
                {
                    key: Interval(_rank(saved_low, share), _rank(saved_high, share))
                    for key, share in RANKS.items()
                },
                pays,
                does_not,
                n - pays - does_not if i != none else 0,
                not apart,
                i == safest or regret.low <= most[safest].max(),
            )
        )
    return Choice(sizes[best], sizes[safest], tuple(verdicts))


def regrets(low: Array, high: Array) -> tuple[Array, Array]:
    """Return (sizes, draws) the least and the most that each size costs above the draw's best.

    >>> least, most = regrets(np.array([[9.0], [5.0]]), np.array([[10.0], [6.0]]))
    >>> least.ravel().tolist(), most.ravel().tolist()
    ([3.0, 0.0], [5.0, 0.0])
    """
    least, most = np.zeros_like(low), np.zeros_like(high)
    for i in range(len(low)):
        others = np.arange(len(low)) != i
        if others.any():
            least[i] = np.maximum(0.0, low[i] - high[others].min(axis=0))
            most[i] = np.maximum(0.0, high[i] - low[others].min(axis=0))
    return least, most


def _rank(values: Array, share: float) -> float:
    """Return the value at a rank, by the nearest-rank rule: one that came up."""
    place = max(int(np.ceil(round(share * len(values), 9))), 1) - 1
    return float(np.sort(values)[place])


def capital_worth(problem: Problem, option: str, year: int) -> float:
    """Return £ of present value for each £ of capital of an option, less what is left at the end.

    Parameters
    ----------
    problem, option, year
        The problem, the option, and the year in which it opens.
    """
    o = int(np.flatnonzero(problem.options["option"] == option)[0])
    u = year - problem.years[0]
    gbp = float(problem.options["capital_gbp"].iloc[o])
    if gbp <= 0:
        return 0.0
    spent = float(problem.spend[o, u] @ problem.discount)
    left = float(problem.residual[o, u] * problem.discount[problem.horizon])
    return (spent - left) / gbp


@dataclass(frozen=True)
class BreakEven:
    """At what price one size costs as much as not building, £ a place.

    Parameters
    ----------
    size
        Places.
    capital_a_place
        Capital at which building and not building cost the same.
    cash_a_place
        Cash for not building that is worth as much as the school, where its capital is paid from
        the authority's own grants; ``cash_where_given`` where the department gives the building.
    """

    size: int
    capital_a_place: Interval
    cash_a_place: Interval
    cash_where_given: Interval


def break_even(
    size: int, capital_gbp: float, worth: float, gains: Interval, cash_discount: float
) -> BreakEven:
    """Return the prices at which a size and not building cost the same.

    Parameters
    ----------
    size, capital_gbp
        Places, and what they cost to build.
    worth
        £ of present value for each £ of capital (:func:`capital_worth`).
    gains
        By how much less building costs than not building, capital counted, £ of present value.
    cash_discount
        Present value of £1 of the cash.
    """
    paid = capital_gbp * worth

    def each(low: float, high: float, divisor: float) -> Interval:
        if divisor <= 0:
            return Interval(np.nan, np.nan)
        return Interval(low / divisor, high / divisor)

    return BreakEven(
        size,
        each(gains.low + paid, gains.high + paid, worth * size),
        each(gains.low, gains.high, cash_discount * size),
        each(gains.low + paid, gains.high + paid, cash_discount * size),
    )
