"""From a relaxation to a plan: round openings one after another, re-solving the rest each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.highs import PENNY, Ended

if TYPE_CHECKING:
    from optimiser.highs import Solver
    from optimiser.kinds import Array, Indices
    from optimiser.search import Search

WHOLE = 1e-6
"""Decisions this near to a whole number are whole."""
NEAR_WHOLE = 0.15
"""Decisions this near to a whole number are rounded together."""
HOPELESS = 0.005
"""Rounding the nearer way is given up for the other once it is dearer by this share of the cost."""


def dive(search: Search, relaxed: Solver) -> None:
    """Round decisions, nearest to whole first, and re-solve the rest each time.

    A first plan opens everything of which the relaxation opens a part. Then all that are near to
    whole are rounded together; where that is much dearer or cannot be, half of them, down to one
    alone, and where that is much dearer the other side is tried too.
    """
    form, whole = search.model().form, search.model().whole
    low, high = form.low[whole], form.high[whole]
    free = high > low
    relaxed.by_simplex()

    def attempt(positions: Indices, values: Array, most: float = np.inf) -> float:
        """Return the cost with some decisions held, or infinity where it is above the most."""
        relaxed.hold(whole[positions], values, values)
        with relaxed.at_most(most):
            solved = search.run(relaxed) is Ended.SOLVED
        return relaxed.cost if solved and relaxed.cost <= most else np.inf

    def loosen(positions: Indices) -> None:
        relaxed.hold(whole[positions], low[positions], high[positions])

    cost, part = relaxed.cost, relaxed.values[whole]
    every, optimum = np.flatnonzero(free), relaxed.basis
    if len(every) and np.isfinite(attempt(every, np.ceil(part[every] - WHOLE))):
        settle(search, relaxed)  # a first plan at once, where everything fits
        if search.over():
            return
    loosen(every)
    relaxed.use_basis(optimum)
    if search.run(relaxed) is not Ended.SOLVED:
        return
    part, together = relaxed.values[whole], len(whole)
    while not search.cut_short():
        # of the last solution: a solve that was given up leaves nothing to round
        off = np.abs(part - np.round(part))
        loose = free & (off > WHOLE)
        if not loose.any():
            settle(search, relaxed)
            return
        dear = search.settings.gap / 4 * abs(cost) + PENNY
        stood = relaxed.basis
        batch = np.flatnonzero(loose & (off <= NEAR_WHOLE))
        batch = batch[np.argsort(off[batch], kind="stable")][:together]
        if len(batch) > 1:
            found = attempt(batch, np.round(part[batch]), cost + dear)
            if np.isfinite(found):
                free[batch], cost, together = False, found, 2 * together
                part = relaxed.values[whole]
            else:
                loosen(batch)
                relaxed.use_basis(stood)
                together = len(batch) // 2
            continue
        together = max(2, together)
        one = np.flatnonzero(loose)[[int(np.argmin(off[loose]))]]
        near = np.round(part[one])
        found = attempt(one, near, cost + HOPELESS * abs(cost) + dear)
        if found - cost > dear:
            relaxed.use_basis(stood)
            other = attempt(one, 1.0 - near, found)
            if other < found:
                found = other
            else:
                relaxed.use_basis(stood)
                found = attempt(one, near)
        if not np.isfinite(found):
            return
        free[one], cost, part = False, found, relaxed.values[whole]


def settle(search: Search, relaxed: Solver) -> None:
    """Round every whole decision, within its limits, and keep the plan that comes of it."""
    form, whole = search.model().form, search.model().whole
    rounded = np.round(relaxed.values[whole])
    search.settle(relaxed, np.clip(rounded, form.low[whole], form.high[whole]))
