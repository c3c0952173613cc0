"""A solve under way: the clock, the wish to stop, the best plan and the best bound so far."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.answer import Progress, Proof, Termination, relative_gap
from optimiser.costs import objective
from optimiser.highs import PENNY, Compiled, Ended, Solver, compile_model
from optimiser.hold import Held, by_family
from optimiser.lagrangian import lagrangian_bound
from optimiser.model import Built, build
from optimiser.standing import Standings

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.answer import Settings, Stop
    from optimiser.kinds import Array
    from optimiser.problem import Problem

LARGE_MODEL_PLACEMENTS = 80_000
"""Above this the relaxation is sifted: solved over the placements that matter."""


@dataclass
class Search:
    """One solve under way: the clock, the wish to stop, and what is known so far.

    The best plan is held either as values of a compiled model or, from a coarse one, as decisions.
    ``slack`` is (A, T) by how much each placement is dearer than what its cell does at the best
    prices known, £ a child; ``root`` is where simplex stood once the relaxation was solved,
    and ``standings`` where it stood in an earlier solve.
    """

    settings: Settings
    stop: Stop
    show: Callable[[Progress], None] | None
    started: float
    built: Built | None = None
    compiled: Compiled | None = None
    bound: float = -np.inf
    independent: float = -np.inf
    cost: float = np.inf
    values: Array | None = None
    decided: dict[str, Array] | None = None
    held: Solver | None = None
    coarse: Held | None = None
    root: Any = None
    slack: Array | None = None
    covers_all: bool = True
    build_seconds: float = 0.0
    numerics: tuple[str, ...] = ()
    standings: Standings = field(default_factory=lambda: Standings(filling=False))

    def compile(self, problem: Problem) -> None:
        """Build and compile a problem."""
        began = time.monotonic()
        self.built = build(problem)
        self.compiled = compile_model(self.built.model)
        self.build_seconds += time.monotonic() - began

    def model(self) -> Compiled:
        """Return the compiled model that is searched."""
        if self.compiled is None:
            raise RuntimeError("nothing is compiled yet")
        return self.compiled

    def solver(self, compiled: Compiled, *, relaxed: bool) -> Solver:
        """Return a solver that holds the model, watched."""
        solver = Solver(compiled, self.settings, relaxed=relaxed)
        solver.watch(on_bound=self._bounded, stop=lambda: self.stop.asked)
        return solver

    def run(self, solver: Solver) -> Ended:
        """Solve what is held within the time left."""
        return solver.run(self.seconds_left())

    def _bounded(self, bound: float) -> None:
        """Take the bound of a branch and bound, if it is of the whole model."""
        if self.covers_all:
            self.bound = max(self.bound, bound)
        self.tell()

    def seconds_left(self) -> float:
        """Return the wall time left."""
        return self.settings.time_limit_seconds - (time.monotonic() - self.started)

    def over(self) -> bool:
        """Return whether nothing is left to do, or no time to do it."""
        return (self.found() and self.proven()) or self.cut_short()

    def cut_short(self) -> bool:
        """Return whether time has run out, or a stop was asked for."""
        return self.stop.asked or self.seconds_left() <= 0

    def proven(self) -> bool:
        """Return whether the gap asked for is reached."""
        if not np.isfinite(self.cost):  # no plan yet: infinity is within no gap
            return False
        return self.cost - self.bound <= max(self.settings.gap * abs(self.cost), PENNY)

    def gap(self) -> float:
        """Return the gap so far, as a share of the cost; infinite where there is none yet."""
        known = np.isfinite(self.cost) and np.isfinite(self.bound)
        return relative_gap(self.cost, self.bound) if known else np.inf

    def tell(self) -> None:
        """Show where the search stands."""
        if self.show is not None:
            spent = time.monotonic() - self.started
            self.show(Progress(spent, self.cost, self.bound, self.gap()))

    def raise_bound(self, bound: float) -> None:
        """Take a bound of the whole problem, if it is the best so far."""
        self.bound = max(self.bound, bound)
        self.tell()

    def bound_independently(self, problem: Problem, multipliers: Array) -> None:
        """Work out a bound of the whole problem from the whole model's prices, without a solver."""
        if self.built is None:
            raise RuntimeError("nothing is built yet")
        price, _ = objective(problem)
        found = lagrangian_bound(problem, price, self.built, self.model().form, multipliers)
        self.independent = max(self.independent, found.gbp)

    def keep(self, values: Array, cost: float, solver: Solver) -> None:
        """Keep a plan of the compiled model, if it is the best so far."""
        if cost < self.cost:
            self.values, self.cost, self.held, self.decided = values, cost, solver, None
            self.tell()

    def settle(self, solver: Solver, fixed: Array) -> None:
        """Hold every whole decision, re-solve the rest exactly, and keep the plan if it is best.

        Parameters
        ----------
        solver
            Holds the compiled model, relaxed.
        fixed
            (whole decisions,) their values.
        """
        whole = self.model().whole
        solver.hold(whole, fixed, fixed)
        if self.run(solver) is Ended.SOLVED:
            values = solver.values
            values[whole] = fixed
            self.keep(values, solver.cost, solver)

    def keep_decided(self, decided: dict[str, Array], cost: float, held: Held | None) -> None:
        """Keep a plan of a coarse model, given as decisions, if it is the best so far."""
        if cost < self.cost:
            self.values, self.cost, self.held, self.decided = None, cost, None, decided
            self.coarse = held
            self.tell()

    def found(self) -> bool:
        """Return whether any plan is known."""
        return self.values is not None or self.decided is not None

    def by_family(self, problem: Problem) -> dict[str, Array]:
        """Return the best plan as decisions."""
        if self.decided is not None:
            return self.decided
        if self.built is None or self.values is None:
            raise RuntimeError("no plan is held")
        return by_family(self.built, self.model(), self.values, problem)

    def columns_of(self, decided: dict[str, Array]) -> Array:
        """Return (columns,) decisions as values of the model that was built; nought elsewhere."""
        if self.built is None:
            raise RuntimeError("nothing is built yet")
        at = self.built.columns()
        values = np.zeros(sum(map(len, at.values())))
        for family, where in self.built.index.items():
            values[at[family]] = decided[family][where.rows, where.years]
        return values

    def kept(self) -> Held | None:
        """Return the openings held in a solver, where the plan came from one."""
        if self.built is None or self.held is None or self.values is None:
            return self.coarse
        whole = self.model().whole
        fixed = np.round(self.values[whole])
        self.held.hold(whole, fixed, fixed)
        return Held(self.built, self.model(), self.held, root=self.root)

    def proof(self) -> Proof:
        """Return what is proven of the best plan."""
        if self.found() and self.proven():
            termination = Termination.OPTIMAL
        else:
            termination = Termination.STOPPED if self.stop.asked else Termination.TIME_LIMIT
        return Proof(termination, self.cost, min(self.bound, self.cost), self.independent)
