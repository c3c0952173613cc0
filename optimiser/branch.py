"""Branch and bound of the whole model by HiGHS, from the best plan so far."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import NoPlan
from optimiser.explain import clashes
from optimiser.highs import Ended
from optimiser.search import Search
from optimiser.sift import without_implied

if TYPE_CHECKING:
    from optimiser.highs import Solver
    from optimiser.kinds import Array
    from optimiser.problem import Problem


def branch(search: Search, problem: Problem) -> None:
    """Search the whole model by branch and bound, from the best plan so far.

    Raises
    ------
    NoPlan
        When the rules clash; the rules are named.
    """
    if branch_and_bound(search) is Ended.NO_SOLUTION:
        raise NoPlan(clashes(problem, search.model(), search.settings))


OPENINGS_GAP = 0.001
"""Gap of its own cost at which a search for better openings ends: journeys differ by more."""


def openings_by_branching(search: Search, known: dict[str, Array]) -> None:
    """Look for better openings than those known, at the first node of a branch and bound.

    Without the rows that tighten a relaxation and follow from others the model is small; HiGHS
    makes up for them by its own cuts, and finds plans by its own heuristics.
    """
    loose = without_implied(search.model())
    settings = replace(search.settings, gap=max(search.settings.gap, OPENINGS_GAP))
    apart = Search(settings, search.stop, None, search.started)
    apart.built, apart.compiled = search.built, loose
    solver = apart.solver(loose, relaxed=False)
    solver.at_the_root()
    solver.start_with(loose.whole, np.round(apart.columns_of(known)[loose.whole]))
    apart.run(solver)
    if solver.found:
        keep_exactly(search, solver)


def branch_and_bound(search: Search) -> Ended:
    """Search from the best plan so far, keep what is found, and return how it ended."""
    solver = search.solver(search.model(), relaxed=False)
    if search.values is not None:
        solver.start_from(search.values)
    ended = search.run(solver)
    if ended is Ended.NO_SOLUTION:
        return ended
    if search.covers_all:
        search.bound = max(search.bound, solver.bound)
    if not solver.found:
        return ended
    keep_exactly(search, solver)
    return ended


def keep_exactly(search: Search, solver: Solver) -> None:
    """Keep the plan that a branch and bound found, rounded and solved again."""
    whole = search.model().whole
    fixed = np.round(solver.values[whole])
    exact = search.solver(search.model(), relaxed=True)
    exact.hold(whole, fixed, fixed)
    if exact.run() is Ended.SOLVED:
        values = exact.values
        values[whole] = fixed
        search.keep(values, exact.cost, exact)
    elif not search.stop.asked:
        raise RuntimeError("the rounded plan could not be re-solved")
