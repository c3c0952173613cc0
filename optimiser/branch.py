"""Branch and bound of the whole model by HiGHS, from the best plan so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import NoPlan
from optimiser.explain import clashes
from optimiser.highs import Ended

if TYPE_CHECKING:
    from optimiser.problem import Problem
    from optimiser.search import Search


def branch(search: Search, problem: Problem) -> None:
    """Search the whole model by branch and bound, from the best plan so far.

    Raises
    ------
    NoPlan
        When the rules clash; the rules are named.
    """
    if branch_and_bound(search) is Ended.NO_SOLUTION:
        raise NoPlan(clashes(problem, search.model(), search.settings))


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
    return ended
