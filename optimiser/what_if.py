"""What if: a finished plan's model, held in one solver, asked about changes without a rebuild.

A change alters prices, limits and a few coefficients of the arrays held
(:mod:`optimiser.held_model`, :mod:`optimiser.changed_arrays`); simplex goes on from the
relaxation's last basis. Its prices give a bound of the changed whole problem by
:mod:`optimiser.lagrangian`, so the bound holds even where the model held has cells merged or
leaves something out. Plans (:mod:`optimiser.finding_plans`) come from the openings held, from a
dive and, where a gap is left, from the openings that all prices met so far make cheapest
(:mod:`optimiser.choosing`), which raise the bound, too; where the model is whole, from branch and
bound between that plan and that bound at last.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import Proof, Stop, Termination
from optimiser.changed_arrays import changed_arrays, least_of_a_row
from optimiser.changes import Change
from optimiser.choices import Cut
from optimiser.choosing import settle_up
from optimiser.costs import objective
from optimiser.finding_plans import Changed, FindingPlans, cost_as_it_stands
from optimiser.held_model import held_model
from optimiser.highs import Compiled, Ended, Solver
from optimiser.lagrangian import lagrangian_bound
from optimiser.openings_alone import hold_openings, values_of
from optimiser.problem import STAGED_PLACEMENTS
from optimiser.search import LARGE_MODEL_PLACEMENTS, Search

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.answer import Answer, Settings
    from optimiser.held_model import HeldModel
    from optimiser.kinds import Array
    from optimiser.lagrangian import Bound
    from optimiser.measures import Measure
    from optimiser.problem import Problem


@dataclass(frozen=True)
class WhatIfAnswer:
    """The best plan found of a changed problem, and what is proven of it.

    Parameters
    ----------
    proof
        Termination, cost and bound of the changed problem; infinite cost where no plan was found.
    openings
        Option to the year in which it opens.
    decided
        The decisions by family, as (rows, years) arrays; None where no plan was found.
    seconds
        Wall time from the question to the answer.
    lagrangian
        The bound without a solver, with the prices behind it; None where the relaxation was not
        solved.
    """

    proof: Proof
    openings: dict[str, int]
    decided: dict[str, Array] | None
    seconds: float
    lagrangian: Bound | None = None


class WhatIf:
    """A finished answer's model, held ready for questions.

    Parameters
    ----------
    problem
        The problem of the answer.
    answer
        The answer, as :func:`optimiser.solve.solve` gave it.
    settings
        The gap at which an answer counts as proven, threads and seed; the time limit is of each
        question.
    measures
        What a change may hold to a limit.
    quick
        Hold a model with cells merged where the plan itself would be searched so: some four times
        quicker to place children in, with bounds of the whole that are wider by what merging hides.

    Raises
    ------
    RuntimeError
        When the relaxation of the model held cannot be solved.
    """

    def __init__(
        self,
        problem: Problem,
        answer: Answer,
        settings: Settings,
        measures: tuple[Measure, ...] = (),
        *,
        quick: bool = False,
    ) -> None:
        self.problem, self.settings = problem, settings
        self.measures = {one.name: one for one in measures}
        self._stop = Stop()
        most = STAGED_PLACEMENTS if quick else LARGE_MODEL_PLACEMENTS
        self._model = model = held_model(problem, answer, settings, measures, most)
        self._solver = Solver(Compiled(model.form), settings, relaxed=True)
        self._solver.by_simplex()
        self._solver.watch(on_bound=lambda _: None, stop=lambda: self._stop.asked)
        if model.held.root is not None:
            more_rows = len(model.form.rows) - len(model.held.compiled.rows)
            self._solver.use_basis(model.held.root, more_rows=more_rows)
        if self._solver.run() is not Ended.SOLVED:
            raise RuntimeError("the relaxation of the plan's model could not be solved again")
        self._root, self._root_prices = self._solver.basis, self._solver.prices
        self._unchanged, self._cuts = self._changed(Change()), list[Cut]()
        self._decided, self._opened = answer.decided, answer.decided["opened"]
        hold_openings(model, self._solver, self._opened)
        self._solver.run()
        self._last = self._solver.basis

    def ask(
        self,
        change: Change,
        *,
        seconds: float = float("inf"),
        stop: Stop | None = None,
        try_first: Mapping[str, int] | None = None,
    ) -> WhatIfAnswer:
        """Return the best plan of the changed problem that is found in the time allowed.

        Where there is no time to find a plan, the plan held is given if it is still one as it
        stands; without time to solve so much as the relaxation, it is bounded at the prices of the
        problem before the change.

        Parameters
        ----------
        change
            What is changed.
        seconds
            Wall time allowed.
        stop
            A wish to stop that something else may set.
        try_first
            Option to year: openings to try before any other, as far as the change allows them;
            None tries those of the plan held.

        Raises
        ------
        InputError
            When the change names what the case does not have.
        """
        started = time.monotonic()
        asked, solver = self._changed(change), self._solver
        solver.become(asked.form)
        solver.use_basis(self._root)
        whole = self._search(seconds, stop, started)
        ended = whole.run(solver)
        if ended is Ended.CUT_SHORT:
            whole.independent = whole.bound = self._bound(asked, self._root_prices).gbp
            self._keep_as_it_stands(whole, asked)
            return self._told(whole.proof(), whole.decided, started)
        if ended is not Ended.SOLVED:
            return self._unsolved(ended, started)
        found = self._bound(asked, solver.prices)
        whole.independent = whole.bound = found.gbp
        if not self.merged:
            whole.bound = max(whole.bound, solver.cost)
        opened = self._opened if try_first is None else opened_by(asked.problem, try_first)
        plans = FindingPlans(self._model, solver, asked, whole)
        of, cuts = (self._unchanged, self._cuts) if self._only_openings(asked) else (asked, [])
        ended = plans.find(opened, lambda at: self._bound(of, at), cuts)
        if ended is Ended.NO_SOLUTION:
            proof = Proof(Termination.INFEASIBLE, np.inf, np.inf)
            return self._told(proof, None, started, found)
        if not whole.found():  # time ran out before the first plan
            self._keep_as_it_stands(whole, asked)
        return self._told(whole.proof(), whole.decided, started, found)

    def _keep_as_it_stands(self, whole: Search, asked: Changed) -> None:
        """Keep the plan held, if it is a plan of the changed problem as it stands."""
        cost = cost_as_it_stands(self._model, asked, self._decided)
        if cost is not None:
            whole.keep_decided(self._decided, cost, None)

    def place(
        self,
        opened: Array,
        change: Change,
        *,
        seconds: float = float("inf"),
        stop: Stop | None = None,
    ) -> WhatIfAnswer:
        """Return the best plan with these openings, and what its prices prove of all others.

        The proof is of these openings: its bound is what the relaxation says of them, and says
        nothing of others; ``lagrangian`` bounds the changed problem whatever opens, with no price
        on the rows that openings alone must keep.

        Parameters
        ----------
        opened
            (O, T) 1 where the option is open by the year.
        change
            What else is changed.
        seconds, stop
            Wall time allowed, and a wish to stop.

        Raises
        ------
        InputError
            When the change names what the case does not have.
        """
        started = time.monotonic()
        asked, solver = self._changed(change), self._solver
        whole = self._search(seconds, stop, started)
        solver.become(asked.form)
        at, where = self._model.columns["opened"], self._model.held.built.index["opened"]
        wanted = np.round(opened[where.rows, where.years])
        solver.hold(at, wanted, wanted)
        solver.use_basis(self._last)
        ended = whole.run(solver)
        if ended is not Ended.SOLVED:
            return self._unsolved(ended, started)
        self._last = solver.basis
        prices = solver.prices
        prices[self._model.of_openings] = 0.0  # rows that openings alone must keep
        found = self._bound(asked, prices)
        of_these = found.with_openings(self._model.opening_columns, values_of(self._model, opened))
        whole.independent = whole.bound = of_these
        plans = FindingPlans(self._model, solver, asked, whole)
        settle_up(plans.part, solver)
        plans.take()
        return self._told(whole.proof(), whole.decided, started, found)

    @property
    def merged(self) -> bool:
        """Whether the model held has cells merged."""
        return self._model.held.merged is not None

    def least(self, name: str, change: Change, cost_gbp: float) -> float | None:
        """Return the least of a measure that the relaxation allows at no more than a cost.

        It says how far it is worth asking; where cells are merged it is no proof of the whole.

        Parameters
        ----------
        name
            A measure held.
        change
            What else is changed.
        cost_gbp
            The most that a plan may cost, £.

        Returns
        -------
        float or None
            None where nothing costs so little.
        """
        form = self._changed(change).form
        i = next(i for i, one in self._model.limits.items() if one.name == name)
        asked = least_of_a_row(form, i, cost_gbp)
        solver = Solver(Compiled(asked), self.settings, relaxed=True)
        solver.by_interior_point()
        return solver.cost if solver.run() is Ended.SOLVED else None

    def model_under(self, change: Change) -> HeldModel:
        """Return the model held, its arrays changed.

        Raises
        ------
        InputError
            When the change names what the case does not have.
        """
        return replace(self._model, form=self._changed(change).form)

    def _changed(self, change: Change) -> Changed:
        """Return the changed problem and the arrays held, changed.

        Raises
        ------
        InputError
            When the change names what the case does not have.
        """
        change.check(self.problem, tuple(self.measures))
        problem = change.applied(self.problem)
        price, always = objective(problem)
        form = changed_arrays(self._model, change, change.applied(self._model.small))
        return Changed(change, problem, price, always, form)

    def _only_openings(self, asked: Changed) -> bool:
        """Return whether a question changes nothing but what may open, when, on what budget.

        Then all that was proven of choices of openings without the change holds with it.
        """
        change, before = asked.change, self._unchanged
        others = (
            change.places,
            change.option_places,
            change.capital_gbp,
            change.annual_cost_factor,
            change.at_most,
            change.unplaced_weight_gbp is not None,
        )
        if any(others) or asked.form.constant != before.form.constant:
            return False
        return np.array_equal(asked.form.price, before.form.price)

    def _search(self, seconds: float, stop: Stop | None, started: float) -> Search:
        """Return a search that ends after so many seconds, or when the stop is asked for."""
        self._stop = stop or Stop()
        settings = replace(self.settings, time_limit_seconds=seconds)
        return Search(settings, self._stop, None, started)

    def _bound(self, asked: Changed, prices: Array) -> Bound:
        """Return the bound of the whole problem at the prices of the rows given."""
        model = self._model
        return lagrangian_bound(
            asked.problem,
            asked.price,
            model.held.built,
            asked.form,
            prices,
            model.held.merged,
            model.of_cells,
            model.limits,
        )

    def _unsolved(self, ended: Ended, started: float) -> WhatIfAnswer:
        """Return the answer where the relaxation has no solution, or was not solved in time."""
        if ended is Ended.NO_SOLUTION:
            proof = Proof(Termination.INFEASIBLE, np.inf, np.inf)
        else:
            proof = Proof(Termination.TIME_LIMIT, np.inf, -np.inf)
        return self._told(proof, None, started)

    def _told(
        self,
        proof: Proof,
        decided: dict[str, Array] | None,
        started: float,
        lagrangian: Bound | None = None,
    ) -> WhatIfAnswer:
        openings: dict[str, int] = {}
        if decided is not None:
            o, t = np.nonzero(decided["open"] > 0.5)
            names = self.problem.options["option"].to_numpy(str)[o]
            years = np.array(self.problem.years)[t]
            openings = {str(name): int(year) for name, year in zip(names, years, strict=True)}
        return WhatIfAnswer(proof, openings, decided, time.monotonic() - started, lagrangian)


def opened_by(problem: Problem, openings: Mapping[str, int]) -> Array:
    """Return (O, T) what is open when these options open in these years."""
    begins = [openings.get(str(name), np.inf) for name in problem.options["option"]]
    opened: Array = (np.array(problem.years)[None, :] >= np.array(begins)[:, None]).astype(float)
    return opened
