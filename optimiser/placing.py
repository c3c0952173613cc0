"""Openings held, every child placed anew, cell by cell: over the placements that matter.

Which ones matter is not known beforehand. Those looked at first are cheap at the best prices known;
what their own prices say of the others then tells which to look at next, until hardly anything is
left to save. Every round's plan is a plan of the whole problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.highs import AT_LOW, PENNY, Ended
from optimiser.hold import Held, by_family
from optimiser.sift import sieve

if TYPE_CHECKING:
    from optimiser.highs import Solver
    from optimiser.kinds import Array, Mask
    from optimiser.problem import Problem
    from optimiser.search import Search
    from optimiser.sift import Sieve

PLACED_CHOICES = 2
"""Placements of each cell and year that are looked at first, and then in each further round."""
SAVING_SHARE_OF_GAP = 0.01
"""Share of the gap asked below which what placements left out could save is not looked for."""
FEW_NEW = 0.05
"""Share of new columns up to which simplex goes on from where it stood: with more, an interior
point from nothing is quicker (county: 61,000 new of 177,000 took 394 seconds by simplex, 30 so)."""


def place_exactly(search: Search, problem: Problem, *, fully: bool = False) -> None:
    """Hold the best plan's openings and place every child anew, cell by cell.

    Looked at are placements that are cheap at the best prices known, and those of the plan itself,
    so that what is found is never dearer.

    Parameters
    ----------
    search
        The solve under way, with a plan.
    problem
        The whole problem.
    fully
        Look at others, round by round, until all that are left out could save hardly anything
        together. Otherwise the first round must do.
    """
    known = search.decided
    if known is None:
        return
    if search.compiled is None:
        search.compile(problem)
    if search.built is None:
        raise RuntimeError("nothing is built yet")
    sieved = sieve(problem, search.built, search.model())
    sieved.begin(search.slack, PLACED_CHOICES)
    sieved.look_at(known["place"])
    values = search.columns_of(known)
    solver = _holding(search, sieved, values)
    solver.by_interior_point()
    while search.run(solver) is Ended.SOLVED:
        part = solver.compiled
        decided = by_family(search.built, part, solver.values, problem)
        search.keep_decided(decided, solver.cost, Held(search.built, part, solver))
        before = sieved.active.copy()
        if not fully or not _look_further(search, sieved, solver) or search.over():
            return
        wider = _holding(search, sieved, values)
        if sieved.active.sum() - before.sum() <= FEW_NEW * before.sum():
            _go_on(wider, solver, before, sieved.active)
        else:
            wider.by_interior_point()
        solver = wider


def _holding(search: Search, sieved: Sieve, values: Array) -> Solver:
    """Return a solver of the placements looked at, with whole decisions held as in some values."""
    part = sieved.restricted()
    solver = search.solver(part, relaxed=True)
    held = values[sieved.active][part.whole]
    solver.hold(part.whole, held, held)
    return solver


def _look_further(search: Search, sieved: Sieve, solver: Solver) -> int:
    """Look at the placements that may save most too; return how many, none for hardly a saving."""
    reduced = sieved.reduced(solver.prices)
    enough = search.settings.gap * SAVING_SHARE_OF_GAP * abs(solver.cost)
    if sieved.still_to_save(reduced) <= max(enough, PENNY):
        return 0
    return sieved.take_in(reduced, PLACED_CHOICES, only_saving=True)


def _go_on(wider: Solver, narrow: Solver, before: Mask, now: Mask) -> None:
    """Put simplex in the wider model where it stands in the narrower."""
    columns, rows = narrow.stands
    stands = np.full(len(before), AT_LOW)
    stands[before] = columns
    wider.stand(stands[now].tolist(), rows)
    wider.by_simplex()
