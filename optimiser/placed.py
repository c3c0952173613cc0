"""Children placed exactly, with the openings held, and asked about single places."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.answer import OutOfTime, Stop, Termination
from optimiser.held_model import VEHICLES
from optimiser.highs import Compiled, Ended, Solver
from optimiser.hold import by_family
from optimiser.search import Search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.answer import Answer, Settings
    from optimiser.kinds import Array
    from optimiser.problem import Problem

Row = tuple[str, Any]
"""A row of the model: its constraint and its index there."""


class Placed:
    """The children of a plan placed at least cost, with its openings and vehicles held.

    Every home stands for itself, whether or not the plan was found with homes merged. What is held
    leaves only fractions to decide, so each answer is exact.

    Parameters
    ----------
    problem
        The problem.
    answer
        Its plan.
    settings
        Threads and seed.

    Raises
    ------
    OutOfTime
        When the children cannot be placed again within the time limit of the settings.
    """

    def __init__(self, problem: Problem, answer: Answer, settings: Settings) -> None:
        self.problem, self.settings = problem, settings
        held = answer.held
        if held is not None and held.merged is None and _has_all(held.compiled, held.built):
            self.built, compiled = held.built, held.compiled
        else:
            search = Search(settings, Stop(), None, time.monotonic())
            search.compile(problem)
            if search.built is None:
                raise RuntimeError("nothing is built")
            self.built, compiled = search.built, search.model()
        self._compiled = compiled
        self.rows: dict[Row, int] = {
            (row.constraint.parent_component().name, row.constraint.index()): i
            for i, row in enumerate(compiled.rows)
            if row.constraint is not None
        }
        self._solver: Solver | None = None
        self.hold(answer.decided)

    def hold(self, decided: dict[str, Array]) -> None:
        """Hold the whole decisions of a plan, and place its children.

        Parameters
        ----------
        decided
            Decisions by family; only those that are whole are taken.
        """
        form = self._compiled.form
        fixed = np.zeros(len(form.price))
        for family, columns in self.built.columns().items():
            where = self.built.index[family]
            fixed[columns] = np.round(decided[family][where.rows, where.years])
        whole = self._compiled.whole
        low, high = form.low.copy(), form.high.copy()
        low[whole] = high[whole] = np.clip(fixed[whole], form.low[whole], form.high[whole])
        self.form = replace(form, low=low, high=high, row_high=self._vehicles_run(fixed))
        if self._solver is None:
            self._solver = Solver(Compiled(self.form), self.settings, relaxed=True)
            self._solver.by_interior_point()
        else:
            self._solver.become(self.form)
            self._solver.by_simplex()
        if self._solver.run(self.settings.time_limit_seconds) is not Ended.SOLVED:
            raise OutOfTime(Termination.TIME_LIMIT)
        self._solver.by_simplex()
        self._basis = self._solver.basis
        self.cost, self.prices, self.values = (
            self._solver.cost,
            self._solver.prices,
            self._solver.values,
        )

    def _vehicles_run(self, fixed: Array) -> Array:
        """Return (rows,) upper limits: where a vehicle runs, it limits nobody.

        Its row says how many it may carry at most as things stand, which one more place changes.
        """
        form = self._compiled.form
        matrix = form.matrix.tocsr()
        used = np.zeros(len(form.price), dtype=bool)
        used[self.built.columns()["used"]] = True
        row_high = form.row_high.copy()
        for (family, _), i in self.rows.items():
            if family in VEHICLES:
                at = matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]]
                if (fixed[at[used[at]]] > 0.5).any():
                    row_high[i] = np.inf
        return row_high

    def ask(self, more: Mapping[int, float], seconds: float = float("inf")) -> float | None:
        """Return the least cost with other limits of some rows; None where there is no such plan.

        Parameters
        ----------
        more
            Row to how much more its upper limit is.
        seconds
            Wall time allowed.

        Raises
        ------
        OutOfTime
            When it takes longer.
        """
        if self._solver is None:
            raise RuntimeError("nothing is held")
        row_high = self.form.row_high.copy()
        for i, by in more.items():
            row_high[i] += by
        self._solver.become(replace(self.form, row_high=row_high))
        self._solver.use_basis(self._basis)
        ended = self._solver.run(seconds)
        if ended is Ended.CUT_SHORT:
            raise OutOfTime(Termination.TIME_LIMIT)
        return self._solver.cost if ended is Ended.SOLVED else None

    def decided(self) -> dict[str, Array]:
        """Return the decisions of the last answer, by family."""
        if self._solver is None:
            raise RuntimeError("nothing is held")
        return by_family(self.built, self._compiled, self._solver.values, self.problem)

    def slack(self, row: int) -> float:
        """Return how far the held plan stays below the upper limit of a row."""
        line = self.form.matrix.tocsr()[[row]]
        return float(self.form.row_high[row] - (line @ self.values)[0])


def _has_all(compiled: Compiled, built: Any) -> bool:
    return len(compiled.columns) == sum(map(len, built.columns().values()))
