"""Plans of a changed problem: openings to try first, a dive, cheap choices, branch and bound.

What is found of the model held becomes a plan of the whole problem. Where cells are merged it is
laid on the zones, and its children are placed again until it keeps to the limits asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.branch import branch_and_bound
from optimiser.choosing import Choosing, settle_up
from optimiser.dive import dive
from optimiser.highs import Compiled, Ended
from optimiser.openings_alone import free_whole_decisions, hold_openings
from optimiser.search import Search

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.changes import Change
    from optimiser.choices import Cut
    from optimiser.held_model import HeldModel
    from optimiser.highs import Solver
    from optimiser.hold import Held
    from optimiser.kinds import Array
    from optimiser.lagrangian import Bound
    from optimiser.measures import Measure
    from optimiser.problem import Problem
    from optimiser.standard_form import StandardForm

NEARLY = 1e-6
"""Share of a limit (or of one unit) by which a plan that keeps to it may seem to exceed it."""
ENOUGH_CUTS = 8
"""Cuts from which on the choice that they make cheapest is worth placing first."""
LAID_AGAIN = 4
"""Times that a plan of merged cells is placed again to come within the limits asked."""


@dataclass(frozen=True)
class Changed:
    """A changed problem, as numbers and as the arrays held.

    Parameters
    ----------
    change
        What is changed.
    problem
        The whole problem, changed.
    price, always_gbp
        What :func:`optimiser.costs.objective` says of it.
    form
        The arrays held, changed.
    """

    change: Change
    problem: Problem
    price: dict[str, Array]
    always_gbp: float
    form: StandardForm


class FindingPlans:
    """The finding of plans of one changed problem, in the solver that holds its arrays.

    Parameters
    ----------
    model
        The model held.
    solver
        The solver, which holds the changed arrays.
    asked
        The changed problem.
    whole
        The clock, and what is known so far of the whole problem.
    """

    def __init__(self, model: HeldModel, solver: Solver, asked: Changed, whole: Search) -> None:
        self.model = replace(model, form=asked.form)
        self.solver, self.asked, self.whole = solver, asked, whole
        compiled = Compiled(asked.form)
        self.held: Held = replace(model.held, compiled=compiled)
        self.part = Search(whole.settings, whole.stop, None, whole.started)
        self.part.built, self.part.compiled = model.held.built, compiled

    def find(
        self,
        opened: Array,
        bound_at: Callable[[Array], Bound],
        cuts: list[Cut],
    ) -> Ended:
        """Find plans: openings to try first, a dive, cheap choices, branch and bound of a whole.

        Parameters
        ----------
        opened
            (O, T) 1 where the option is open by the year, to try first.
        bound_at
            Returns the bound of the whole changed problem at prices of the rows held.
        cuts
            What earlier questions proved of every choice of openings that this one leaves so; what
            this one proves is added. With enough of them, the cheapest choice is tried first.
        """
        whole, part, form = self.whole, self.part, self.asked.form
        part.settings = replace(whole.settings, gap=whole.settings.gap / 4)
        part.bound = self.solver.cost
        root = self.solver.basis
        choosing = Choosing(
            self.model, self.solver, whole, part, bound_at, self.asked.change.at_most, cuts
        )
        choosing.learn(self.solver.prices)
        if len(cuts) > ENOUGH_CUTS:
            choosing.improve(self.take, most=1)
            if whole.over():
                return Ended.SOLVED
        self._as_held(opened)
        self.take()
        if whole.over():
            return Ended.SOLVED
        choosing.learn(self.solver.prices)
        free_whole_decisions(self.model, self.solver)
        self.solver.use_basis(root)
        if whole.run(self.solver) is Ended.SOLVED:
            dive(part, self.solver)
            self.take()
        if whole.over() or not len(form.whole):
            return Ended.SOLVED
        choosing.learn(self.solver.prices)
        choosing.improve(self.take)
        if whole.over() or self.held.merged is not None:
            return Ended.SOLVED
        part.settings = whole.settings
        ended = branch_and_bound(part)
        whole.bound = max(whole.bound, part.bound)
        self.take()
        return Ended.SOLVED if whole.found() else ended

    def take(self) -> None:
        """Keep the plan found of the model held as a plan of the whole problem, if it is one."""
        part, asked = self.part, self.asked
        if part.values is None:
            return
        decided, cost = self.held.decided(asked.problem, part.values, asked.price, asked.always_gbp)
        if self.held.merged is None:
            self.whole.keep_decided(decided, part.cost, None)
            return
        decided, cost = self._laid_within(decided, cost)
        if self._within(decided):
            self.whole.keep_decided(decided, cost, None)

    def _as_held(self, opened: Array) -> None:
        """Place the children with openings held, changed only where the change says so.

        Simplex goes on from the relaxation: it is nearer, in what changed, than any plan before.
        """
        hold_openings(self.model, self.solver, opened)
        if self.part.run(self.solver) is Ended.SOLVED:
            settle_up(self.part, self.solver)

    def _within(self, decided: dict[str, Array]) -> bool:
        """Return whether a plan keeps to the limits asked, every cell and arc counted."""
        return all(
            one.of(decided) <= most + NEARLY * max(1.0, abs(most))
            for one, most in self._limited().values()
        )

    def _limited(self) -> dict[int, tuple[Measure, float]]:
        """Return the row of each measure that is limited, with the measure and its limit."""
        at_most = self.asked.change.at_most
        return {
            i: (one, at_most[one.name])
            for i, one in self.model.limits.items()
            if one.name in at_most
        }

    def _laid_within(
        self, decided: dict[str, Array], cost: float
    ) -> tuple[dict[str, Array], float]:
        """Return a plan of merged cells laid on the zones within the limits asked, and its cost.

        Laid on the zones, it may measure a little more than its merged cells do. Then its openings
        are held and its children placed again, to limits lower by what is too much.
        """
        part, asked = self.part, self.asked
        if part.values is None:
            return decided, cost
        lowered, at = self._limited(), part.model().form.whole
        row_high = {i: part.model().form.row_high[i] for i in lowered}
        fixed = part.values[at]
        for _ in range(LAID_AGAIN):
            if self._within(decided):
                break
            for i, (one, most) in lowered.items():
                row_high[i] -= 1.1 * max(0.0, one.of(decided) - most)
                self.solver.limit(i, row_high[i])
            self.solver.hold(at, fixed, fixed)
            if part.run(self.solver) is not Ended.SOLVED:
                break
            decided, cost = self.held.decided(
                asked.problem, self.solver.values, asked.price, asked.always_gbp
            )
        for i, (_, most) in lowered.items():
            self.solver.limit(i, most)
        return decided, cost


def cost_as_it_stands(model: HeldModel, asked: Changed, decided: dict[str, Array]) -> float | None:
    """Return what a plan costs once the problem is changed, where it is still a plan of it.

    Every decision stands as it is, and every row and limit of the changed arrays is tried.

    Parameters
    ----------
    model
        The model held.
    asked
        The changed problem.
    decided
        The plan's decisions by family.

    Returns
    -------
    float or None
        £ of present value; None where the plan breaks a rule now, and where cells are merged, so
        that the arrays held cannot tell.
    """
    if model.held.merged is not None:
        return None
    form = asked.form
    values = np.zeros(len(form.price))
    for family, where in model.held.built.index.items():
        values[model.columns[family]] = decided[family][where.rows, where.years]
    for found, low, high in (
        (form.matrix @ values, form.row_low, form.row_high),
        (values, form.low, form.high),
    ):
        if (found < low - NEARLY * _size(low)).any() or (found > high + NEARLY * _size(high)).any():
            return None
    return form.constant + float(form.price @ values)


def _size(limit: Array) -> Array:
    """Return the size of each limit, at least one; one where there is none."""
    found: Array = np.where(np.isfinite(limit), np.maximum(1.0, np.abs(limit)), 1.0)
    return found
