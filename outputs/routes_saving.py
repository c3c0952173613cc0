"""What a routed saving is worth: its range over draws, what is realised, and when it arrives.

The routed saving is the difference between two searches of the same kind. It is not yet money:
children are drawn, so it has a range; risk assessments and operators undo part of what software
finds, so only a share is realised; and contracts have to end before it is paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

NO_CHANGE = "no material change"


@dataclass(frozen=True)
class Range:
    """A figure with what it may be: low, middle, high. A minus sign is extra cost."""

    low: float
    mid: float
    high: float

    def __mul__(self, factor: float) -> Range:
        """Return all three multiplied by a factor that is not negative."""
        return Range(self.low * factor, self.mid * factor, self.high * factor)

    @property
    def spans_zero(self) -> bool:
        """Return whether even the sign is open."""
        return self.low < 0 < self.high


def over_draws(values: Sequence[float]) -> Range:
    """Return the least, the mean and the greatest of a figure over draws.

    >>> over_draws([3.0, 1.0, 2.0])
    Range(low=1.0, mid=2.0, high=3.0)
    """
    return Range(float(np.min(values)), float(np.mean(values)), float(np.max(values)))


def realised(saving: Range, shares: tuple[float, float, float]) -> Range:
    """Return what of a routed saving reaches the accounts.

    A saving is multiplied by a share: the least saving by the low one, the mean by the middle one,
    the greatest by the high one. An extra cost is not: it comes in full, whatever is realised.

    Parameters
    ----------
    saving
        Over draws, £ a year.
    shares
        Low, middle and high share realised (dated parameter ``routes_realisation``).

    >>> realised(Range(100.0, 200.0, 300.0), (0.4, 0.55, 0.8))
    Range(low=40.0, mid=110.00000000000001, high=240.0)
    >>> realised(Range(-100.0, 50.0, 100.0), (0.4, 0.5, 0.8))
    Range(low=-100.0, mid=25.0, high=80.0)
    """
    low, mid, high = (
        value * share if value > 0 else value
        for value, share in zip((saving.low, saving.mid, saving.high), shares, strict=True)
    )
    return Range(low, mid, high)


def material(before: float, after: float, noise_share: float) -> bool:
    """Return whether two routed costs differ by more than the search's own noise.

    Parameters
    ----------
    before, after
        Costs by the same search.
    noise_share
        Share of the cost before, within which two searches of the same children differ.

    >>> material(1000.0, 986.0, 0.015), material(1000.0, 984.0, 0.015)
    (False, True)
    """
    return abs(before - after) > noise_share * max(abs(before), abs(after) if before == 0 else 0.0)


def moved_by_year(riders: pd.DataFrame) -> pd.Series:
    """Return by year how many children ride to another provision than in the do-minimum.

    Of the children of a cell, those who go to a provision in the plan beyond as many as go there
    in the do-minimum have been moved there, or have a place only in the plan; likewise those who
    leave one. The greater of the two is how many children's journeys differ.

    Parameters
    ----------
    riders
        zone, need, phase, provision, year, do_minimum, plan.
    """
    keys = ["zone", "need", "phase", "provision", "year"]
    by = riders.groupby(keys)[["do_minimum", "plan"]].sum()
    change = by["plan"] - by["do_minimum"]
    cell = ["zone", "need", "phase", "year"]
    more = change.clip(lower=0.0).groupby(cell).sum()
    fewer = (-change).clip(lower=0.0).groupby(cell).sum()
    greater = more.where(more >= fewer, fewer)
    moved: pd.Series = greater.groupby("year").sum()
    return moved.sort_index()


def phased(
    moved: Mapping[int, float], routed_year: int, arrived_share: Callable[[int], float]
) -> dict[int, float]:
    """Return by year the share of the routed year's saving that has arrived.

    The saving grows as children take up other places: in each year by the share of the routed
    year's moved children who have moved by then. What is new in a year arrives as contracts end.

    Parameters
    ----------
    moved
        Year to children whose journey differs (`moved_by_year`).
    routed_year
        The year whose journeys were routed.
    arrived_share
        From years since a change (0: its first year) to the share that contracts let through.

    >>> half = lambda years: min(1.0, (years + 1) / 2)
    >>> phased({2026: 0.0, 2027: 50.0, 2028: 100.0}, 2028, half)
    {2026: 0.0, 2027: 0.25, 2028: 0.75}
    """
    whole = moved.get(routed_year, 0.0)
    years = sorted(moved)
    if whole <= 0:
        return dict.fromkeys(years, 0.0)
    levels = [moved[year] / whole for year in years]
    steps = [levels[0], *(after - before for before, after in pairwise(levels))]
    shares = {}
    for at, year in enumerate(years):
        arrived = sum(
            step * arrived_share(year - begun)
            for step, begun in zip(steps[: at + 1], years, strict=False)
        )
        shares[year] = min(1.0, max(0.0, arrived))
    return shares


def full_effect_year(years: Sequence[int], arrived_share: Callable[[int], float]) -> int:
    """Return the first year in which every contract of the last year's change has ended.

    >>> full_effect_year([2026, 2030], lambda years: min(1.0, (years + 1) / 4))
    2033
    """
    after = 0
    while arrived_share(after) < 1.0 and after < 100:
        after += 1
    return max(years) + after
