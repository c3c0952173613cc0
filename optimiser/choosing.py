"""Openings that all prices met so far make cheapest, placed one choice after another.

Every set of prices bounds the cost of every choice of openings (:mod:`optimiser.choices`), so the
cheapest choice bounds all plans; placed, it gives a plan, and prices of its own: the decomposition
of J. F. Benders (Partitioning procedures for solving mixed-variables programming problems,
Numerische Mathematik 4, 1962), each cut a bound of :mod:`optimiser.lagrangian`. It is strong where
the rules of openings themselves, a tight budget above all, decide what opens: the choice keeps to
them in whole numbers, where a relaxation opens a part of everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.choices import Choices
from optimiser.highs import Ended
from optimiser.openings_alone import hold_openings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from optimiser.highs import Solver
    from optimiser.kinds import Array
    from optimiser.lagrangian import Bound
    from optimiser.openings_alone import OpeningModel
    from optimiser.search import Search

STALE = 8
"""Choices placed in turn without gain after which no more are."""
GAIN = 0.02
"""Share of the gap left by which a choice must narrow it, at least, to be a gain."""


class Choosing:
    """The placing of choices of openings, in a solver that holds the model relaxed.

    Parameters
    ----------
    model, solver
        The model, and the solver that holds it.
    whole, part
        What is known so far of the whole problem, and of the model: one and the same where no
        cells are merged and nothing is changed.
    bound_at
        Returns the bound of the whole problem at prices of the model's rows.
    limits
        Measure to its limit.
    """

    def __init__(
        self,
        model: OpeningModel,
        solver: Solver,
        whole: Search,
        part: Search,
        bound_at: Callable[[Array], Bound],
        limits: Mapping[str, float],
    ) -> None:
        self.model, self.solver, self.whole, self.part = model, solver, whole, part
        self.bound_at, self.limits = bound_at, limits
        self.choices = Choices(model, whole.settings)

    def improve(self, prices: Iterable[Array], take: Callable[[], None]) -> None:
        """Place the cheapest choice, until the gap is reached or nothing more is gained.

        Parameters
        ----------
        prices
            (rows,) each, met so far.
        take
            Called when a plan of the model was placed.
        """
        form, whole, solver = self.model.form, self.whole, self.solver
        for one in prices:
            self._learn(one)
        seen, stale = set[bytes](), 0
        while stale < STALE:
            before = whole.gap()
            choice = self.choices.cheapest(self.limits, seconds=whole.seconds_left())
            if choice is None:
                return
            whole.raise_bound(choice.bound)
            if whole.over() or choice.opened.tobytes() in seen:
                return
            seen.add(choice.opened.tobytes())
            solver.hold(form.whole, form.low[form.whole], form.high[form.whole])
            hold_openings(self.model, solver, form, choice.opened)
            if whole.run(solver) is not Ended.SOLVED:
                return
            self._learn(solver.prices)
            settle_up(self.part, solver)
            take()
            stale = 0 if whole.gap() < (1.0 - GAIN) * before else stale + 1

    def _learn(self, prices: Array) -> None:
        """Learn what prices prove; the rows that openings alone must keep, the choice keeps."""
        free = prices.copy()
        free[self.model.of_openings] = 0.0
        self.choices.learn(self.bound_at(free), self.limits)


def settle_up(part: Search, solver: Solver) -> None:
    """Hold every whole decision at the next whole number up, re-solve, and keep the plan."""
    whole = part.model().whole
    fixed = np.ceil(solver.values[whole] - 1e-6)
    solver.hold(whole, fixed, fixed)
    if part.run(solver) is Ended.SOLVED:
        values = solver.values
        values[whole] = fixed
        part.keep(values, solver.cost, solver)
