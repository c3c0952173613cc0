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
    from collections.abc import Callable, Mapping

    from optimiser.choices import Choice, Cut
    from optimiser.highs import Solver
    from optimiser.kinds import Array
    from optimiser.lagrangian import Bound
    from optimiser.openings_alone import OpeningModel
    from optimiser.search import Search

STALE = 15
"""Choices placed in turn without gain after which no more are. A bound rises only once all that is
as cheap has been placed: on the embedded example after some ten."""
MOST_CHOICES = 60
"""Choices placed in one question or solve, at most."""
WITHIN_SHARE = 0.05
"""Share of the gap left to within which the cheapest choice is found."""
SHARE_OF_TIME = 0.1
"""Share of the time left in which it is found, or what is known by then is taken."""
MOST_CUTS = 200
"""Cuts kept, the last ones: to forget some proves less, and never wrongly."""
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
    cuts
        What is known of every choice already, and is added to; None: nothing is.
    """

    def __init__(
        self,
        model: OpeningModel,
        solver: Solver,
        whole: Search,
        part: Search,
        bound_at: Callable[[Array], Bound],
        limits: Mapping[str, float],
        cuts: list[Cut] | None = None,
    ) -> None:
        self.model, self.solver, self.whole, self.part = model, solver, whole, part
        self.bound_at, self.limits = bound_at, limits
        self.choices = Choices(model, whole.settings, cuts)
        self._seen = set[bytes]()

    def improve(self, take: Callable[[], None], most: int = MOST_CHOICES) -> None:
        """Place the cheapest choice, until the gap is reached or nothing more is gained.

        Parameters
        ----------
        take
            Called when a better plan of the model was placed.
        most
            Choices to place.
        """
        stale, placed = 0, 0
        while stale < STALE and placed < most:
            before = self.whole.gap()
            cost = self.part.cost
            choice = self._cheapest()
            if choice is None:
                return
            self.whole.raise_bound(choice.bound)
            if self.whole.over() or not self._place(choice.opened):
                return
            if self.part.cost < cost:
                take()
            placed += 1
            stale = 0 if self.whole.gap() < (1.0 - GAIN) * before else stale + 1

    def learn(self, prices: Array) -> None:
        """Learn what prices prove; the rows that openings alone must keep, the choice keeps."""
        free = prices.copy()
        free[self.model.of_openings] = 0.0
        self.choices.learn(self.bound_at(free), self.limits)
        del self.choices.cuts[:-MOST_CUTS]

    def _cheapest(self) -> Choice | None:
        """Return the cheapest choice, as exactly as it matters and in a share of the time left."""
        whole = self.whole
        known = np.isfinite(whole.cost) and np.isfinite(whole.bound)
        return self.choices.cheapest(
            self.limits,
            within_gbp=WITHIN_SHARE * (whole.cost - whole.bound) if known else 0.0,
            seconds=SHARE_OF_TIME * whole.seconds_left(),
            stop=whole.stop,
        )

    def _place(self, opened: Array) -> bool:
        """Place a choice and learn from it; return whether it was, and not before."""
        solver = self.solver
        if opened.tobytes() in self._seen:
            return False
        self._seen.add(opened.tobytes())
        hold_openings(self.model, solver, opened)
        if self.whole.run(solver) is not Ended.SOLVED:
            return False
        self.learn(solver.prices)
        settle_up(self.part, solver)
        return True


def settle_up(part: Search, solver: Solver) -> None:
    """Round every whole decision up, and keep the plan that comes of it."""
    part.settle(solver, np.ceil(solver.values[part.model().whole] - 1e-6))
