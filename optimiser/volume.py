r"""Prices of a siting problem by the volume algorithm: numpy alone, before any relaxation.

Where to open what, for one year, is capacitated facility location. Take a price :math:`\lambda_d`
for each child due of cell :math:`d` off the rows of demand. What is left falls apart by site: each
chooses, within its room, the children who are worth most to it, and opens where they are worth more
than it costs. With a linking row for every arc that is a continuous knapsack:

.. math::

    L(\lambda) = \sum_d \lambda_d e_d + \sum_p \min\Bigl(0,\; f_p - \max_x
    \Bigl\{\sum_d (\lambda_d - c_{dp})\, x_{dp} : \sum_d x_{dp} \le R_p,\;
    0 \le x_{dp} \le M_d \Bigr\}\Bigr)

(J. E. Beasley, An algorithm for solving large capacitated warehouse location problems, European
Journal of Operational Research 33, 1988). The best prices give the bound of the strong relaxation.
They are found by the volume algorithm (F. Barahona and R. Anbil, Mathematical Programming 87,
2000): subgradient steps along a moving average of what the sites choose, which comes near to a
solution of the relaxation itself.

Nothing here is a proof. ``optimiser/kernel.py`` makes multipliers of the prices, and
``optimiser/lagrangian.py`` says what they bound, whatever they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.kinds import Array, Indices

MOST_STEPS = 600
"""Steps after which prices are good enough, or will not become so."""
LOOK_BACK, WORTH_MORE_STEPS = 60, 2e-4
"""Steps end when so many have raised the value by less than this share."""
NEWEST = 0.1
"""Weight of the newest choices in the moving average, as Barahona and Anbil have it."""
FIRST_STEP, LONGEST_STEP, LONGER, SHORTER = 1.0, 2.0, 1.1, 0.66
FAILURES = 20
"""Steps without a better value after which they become shorter."""
AIM, AIM_ABOVE = 0.95, 1.05
"""The value that steps aim at is moved above the best so far once that comes near to it."""


@dataclass(frozen=True)
class Sites:
    """A siting problem of one year: D cells, P sites, arcs between them.

    Parameters
    ----------
    cell, site
        (arcs,) the cell and the site of each arc.
    price
        (arcs,) £ of a child of the cell at the site.
    most
        (arcs,) the most children of the cell: what its linking row allows.
    room, fixed
        (P,) children that fit, and £ of opening; nought for a site that is open anyway.
    due, unplaced
        (D,) children due, and £ of leaving one without a place.
    """

    cell: Indices
    site: Indices
    price: Array
    most: Array
    room: Array
    fixed: Array
    due: Array
    unplaced: Array


@dataclass(frozen=True)
class Chosen:
    """What the sites choose at given prices of children.

    Parameters
    ----------
    value
        :math:`L`, £, without what no decision changes.
    served
        (D,) children of each cell chosen by all sites together.
    opened
        (P,) 1 where a site opens.
    place
        (P,) £ that one place more would be worth to it.
    """

    value: float
    served: Array
    opened: Array
    place: Array


@dataclass(frozen=True)
class Prices:
    r"""The best prices found.

    Parameters
    ----------
    child
        (D,) :math:`\lambda`, £ a child.
    place
        (P,) £ of a place at each site at those prices.
    opened
        (P,) share of each site that the moving average opens.
    value
        :math:`L(\lambda)`.
    """

    child: Array
    place: Array
    opened: Array
    value: float


def choose(sites: Sites, child: Array) -> Chosen:
    """Solve the knapsack of every site at given prices of children, (D,) £ each."""
    count = len(sites.room)
    gain = child[sites.cell] - sites.price
    some = np.flatnonzero(gain > 0)
    order = some[np.lexsort((-gain[some], sites.site[some]))]
    gain, most, p = gain[order], sites.most[order], sites.site[order]
    before = np.cumsum(most) - most
    first = np.searchsorted(p, np.arange(count))
    before -= np.r_[before, 0.0][first][p]
    taken = np.clip(sites.room[p] - before, 0.0, most)
    worth = np.bincount(p, taken * gain, count)
    place = np.zeros(count)
    np.maximum.at(place, p, np.where(taken < most, gain, 0.0))
    opened = (worth > sites.fixed).astype(float)
    served = np.bincount(sites.cell[order], taken * opened[p], len(child)).astype(float)
    value = float(child @ sites.due + np.minimum(sites.fixed - worth, 0.0).sum())
    return Chosen(value, served, opened, place)


def volume(sites: Sites, stop: Callable[[], bool] = lambda: False) -> Prices:
    """Return good prices of children, by the volume algorithm.

    Parameters
    ----------
    sites
        The siting problem.
    stop
        Asked at each step whether to end with the best so far.
    """
    child = _first_prices(sites)
    best = choose(sites, child)
    served, opened = best.served, best.opened
    aim, step, failures = _above(best.value), FIRST_STEP, 0
    values = [best.value]
    for _ in range(MOST_STEPS):
        over = sites.due - served
        length = float(over @ over)
        if length <= 0 or stop():
            break
        trial = np.minimum(child + step * (aim - best.value) / length * over, sites.unplaced)
        found = choose(sites, trial)
        served = NEWEST * found.served + (1.0 - NEWEST) * served
        opened = NEWEST * found.opened + (1.0 - NEWEST) * opened
        if found.value > best.value:
            if float(over @ (sites.due - found.served)) > 0:
                step = min(step * LONGER, LONGEST_STEP)
            child, best, failures = trial, found, 0
            if best.value > aim - (1.0 - AIM) * abs(aim):
                aim = _above(best.value)
        else:
            failures += 1
            if failures >= FAILURES:
                step, failures = step * SHORTER, 0
        values.append(best.value)
        if len(values) > 2 * LOOK_BACK:
            raised = best.value - values[-LOOK_BACK]
            if raised < WORTH_MORE_STEPS * abs(best.value):
                break
    return Prices(child, best.place, opened, best.value)


def _above(value: float) -> float:
    return value + (AIM_ABOVE - 1.0) * abs(value) + 1.0


def _first_prices(sites: Sites) -> Array:
    """Return what a child costs at its cheapest site, each site filled."""
    filled = sites.price + (sites.fixed / np.maximum(sites.room, 1.0))[sites.site]
    child = sites.unplaced.copy()
    np.minimum.at(child, sites.cell, filled)
    return child
