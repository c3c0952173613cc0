"""One future: the openings are made already, and its children are placed at least cost.

The model of a future is built once and held. Other openings change bounds alone, so simplex goes
on from where it stood. Each cost stands beside a bound worked out without the solver, so what one
set of openings costs in one future is an interval.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import Proof, Termination, relative_gap
from optimiser.coarse import alike, coarse
from optimiser.costs import objective
from optimiser.held_model import GROUPS
from optimiser.highs import Ended, Solver, compile_model
from optimiser.hold import Held
from optimiser.lagrangian import OF_CELLS, lagrangian_bound, row_families
from optimiser.model import build
from optimiser.problem import STAGED_PLACEMENTS, placements
from optimiser.what_if import opened_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.answer import Settings
    from optimiser.kinds import Array
    from optimiser.problem import Problem

WHOLE = 1e-6


@dataclass(frozen=True)
class Placed:
    """Children of one future placed, with the openings held.

    Parameters
    ----------
    proof
        Cost and bound *with these openings*: nothing is said of others.
    decided
        The decisions by family, as (rows, years) arrays; None where there is no plan.
    """

    proof: Proof
    decided: dict[str, Array] | None


class Future:
    """A problem held with its openings fixed, ready for other openings.

    Above :data:`optimiser.search.STAGED_PLACEMENTS` placements, cells with like journeys are taken
    together; the plan is laid on the zones again, and the bound is of the whole problem all the
    same.

    Parameters
    ----------
    problem
        The problem of this future: its own entrants, the options and sites that all futures share.
    settings
        Threads and seed; and the gap within which a cost counts as proven.
    """

    def __init__(self, problem: Problem, settings: Settings) -> None:
        self.problem, self.settings = problem, settings
        merged = None
        if placements(problem) > STAGED_PLACEMENTS:
            merged = coarse(problem, alike(problem, GROUPS), least=False)
        self.built = build(problem if merged is None else merged.problem)
        self.compiled = compile_model(self.built.model)
        self.solver = Solver(self.compiled, settings, relaxed=True)
        self.solver.by_interior_point()
        self._held = Held(self.built, self.compiled, self.solver, merged)
        self._price, self._always = objective(problem)
        self._of_cells = row_families(self.compiled.form, OF_CELLS)
        self._at = self.built.columns()["opened"]
        self._where = self.built.index["opened"]

    def wanted(self, openings: Mapping[str, int]) -> Array:
        """Return the columns of ``opened`` when these options open in these years."""
        opened: Array = opened_by(self.problem, openings)[self._where.rows, self._where.years]
        return opened

    def place(self, openings: Mapping[str, int], *, seconds: float = float("inf")) -> Placed:
        """Return the cheapest placement of the children with these openings.

        Parameters
        ----------
        openings
            Option to the year in which it opens.
        seconds
            Wall time allowed.
        """
        until = time.monotonic() + seconds
        form, whole = self.compiled.form, self.compiled.whole
        opened = self.wanted(openings)
        low, high = form.low.copy(), form.high.copy()
        low[self._at] = high[self._at] = opened
        held = replace(form, low=low, high=high)
        self.solver.hold(whole, low[whole], high[whole])
        ended = self.solver.run(until - time.monotonic())
        self.solver.by_simplex()
        if ended is Ended.NO_SOLUTION:
            return Placed(Proof(Termination.INFEASIBLE, np.inf, np.inf), None)
        if ended is Ended.CUT_SHORT:
            return Placed(Proof(Termination.TIME_LIMIT, np.inf, -np.inf), None)
        independent = lagrangian_bound(
            self.problem,
            self._price,
            self.built,
            held,
            self.solver.prices,
            self._held.merged,
            self._of_cells,
        ).gbp
        bound = independent
        if self._held.merged is None:
            bound = max(bound, self.solver.cost)
        fixed = np.ceil(self.solver.values[whole] - WHOLE)  # a vehicle runs whole or not at all
        self.solver.hold(whole, fixed, fixed)
        if self.solver.run(until - time.monotonic()) is not Ended.SOLVED:
            return Placed(Proof(Termination.TIME_LIMIT, np.inf, bound, independent), None)
        values = self.solver.values
        values[whole] = fixed
        decided, cost = self._held.decided(self.problem, values, self._price, self._always)
        within = relative_gap(cost, bound) <= max(self.settings.gap, 1e-9)
        how = Termination.OPTIMAL if within else Termination.TIME_LIMIT
        return Placed(Proof(how, cost, min(bound, cost), independent), decided)


def openings_of(problem: Problem, decided: Mapping[str, Array]) -> dict[str, int]:
    """Return option to the year in which it opens, from the decisions of a solve."""
    o, t = np.nonzero(decided["open"] > 0.5)
    names = problem.options["option"].to_numpy(str)[o].tolist()
    return {name: problem.years[i] for name, i in zip(names, t.tolist(), strict=True)}
