"""Openings held, every child placed anew, cell by cell: over the placements that matter.

Which ones matter is not known beforehand. Those looked at first are cheap at the best prices known;
what their own prices say of the others then tells which to look at next, until hardly anything is
left to save. Every round's plan is a plan of the whole problem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.highs import PENNY, Ended
from optimiser.hold import Held, by_family
from optimiser.sift import sieve

if TYPE_CHECKING:
    from optimiser.highs import Compiled, Solver
    from optimiser.kinds import Array, Indices
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
    columns = np.flatnonzero(sieved.active)
    part = sieved.restricted(columns)
    value = search.columns_of(known)[columns[part.whole]]
    solver = _anew(search, part, value)
    while search.run(solver) is Ended.SOLVED:
        decided = by_family(search.built, part, solver.values, problem)
        search.keep_decided(decided, solver.cost, Held(search.built, part, solver))
        new = _next(search, sieved, solver) if fully else columns[:0]
        if not len(new) or search.over():
            return
        columns = np.r_[columns, new]
        part = sieved.restricted(columns)
        if len(new) <= FEW_NEW * len(columns):
            solver.widen(part)
            solver.by_simplex()
        else:
            solver = _anew(search, part, value)


def _next(search: Search, sieved: Sieve, solver: Solver) -> Indices:
    """Return the columns of the placements to look at next; none where hardly anything is left."""
    reduced = sieved.reduced(solver.prices)
    enough = search.settings.gap * SAVING_SHARE_OF_GAP * abs(solver.cost)
    if sieved.still_to_save(reduced) <= max(enough, PENNY):
        return np.zeros(0, dtype=np.int64)
    before = sieved.active.copy()
    sieved.take_in(reduced, PLACED_CHOICES, only_saving=True)
    return np.flatnonzero(sieved.active & ~before)


def _anew(search: Search, part: Compiled, value: Array) -> Solver:
    """Return a solver that holds a model's whole decisions, with nothing solved."""
    solver = search.solver(part, relaxed=True)
    solver.hold(part.whole, value, value)
    solver.by_interior_point()
    return solver
