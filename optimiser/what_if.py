"""What if: a finished plan's model, held in one solver, asked about changes without a rebuild.

A change alters prices, limits and a few coefficients of the arrays held; simplex goes on from the
relaxation's last basis. Its prices give a bound of the changed whole problem by
:mod:`optimiser.lagrangian`, so the bound holds even where the model held has cells merged or
leaves something out. Plans come from the openings held, from a dive, and, where a gap is left and
the model is whole, from branch and bound between that plan and that bound.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array, csc_array, vstack

from optimiser.answer import Proof, Stop, Termination
from optimiser.branch import branch_and_bound
from optimiser.coarse import alike, coarse
from optimiser.costs import objective
from optimiser.dive import dive
from optimiser.highs import Compiled, Ended, Solver
from optimiser.hold import Held
from optimiser.lagrangian import OF_CELLS, lagrangian_bound
from optimiser.search import (
    LARGE_MODEL_PLACEMENTS,
    STAGED_PLACEMENTS,
    Search,
    placements,
)
from optimiser.sets import most_taken_in
from optimiser.standard_form import RowEntry, StandardForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.answer import Answer, Settings
    from optimiser.changes import Change
    from optimiser.kinds import Array, Indices
    from optimiser.lagrangian import Bound
    from optimiser.measures import Measure
    from optimiser.problem import Problem

GROUPS = 12
"""Groups of cells for each need and phase where no model of the whole problem is held."""
BUDGETS = frozenset({"capital_in_total", "capital_by_year", "capital_by_grant"})
VEHICLES = frozenset({"vehicles_run", "vehicles_for_each"})
MEASURE = "at_most"
"""Family of the rows that hold measures; no constraint of the plan has this name."""
NEARLY = 1e-6
"""Share of a limit (or of one unit) by which a plan that keeps to it may seem to exceed it."""
LAID_AGAIN = 4
"""Times that a plan of merged cells is placed again to come within the limits asked."""


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
        _, self._always = objective(problem)
        self._stop = Stop()
        most = STAGED_PLACEMENTS if quick else LARGE_MODEL_PLACEMENTS
        held = _whole_or_merged(problem, answer, settings, most)
        self._held, self._small = held, held.merged.problem if held.merged else problem
        form, self._family, self._index = _with_budgets(held.compiled.form, self._small, held)
        self._limits = {len(form.rows) + i: one for i, one in enumerate(measures)}
        self._form = _with_measures(form, problem, held, measures)
        self._family = np.r_[self._family, [MEASURE] * len(measures)]
        self._index += [one.name for one in measures]
        self._of_cells = np.flatnonzero(np.isin(self._family, list(OF_CELLS)))
        outside = np.ones(self._form.matrix.shape[1], dtype=bool)
        outside[held.built.columns()["open"]] = outside[held.built.columns()["opened"]] = False
        beyond = np.diff(csc_array(self._form.matrix[:, outside]).tocsr().indptr)
        self._of_openings = np.flatnonzero(beyond == 0)
        self._rows = {
            (family, index): i
            for i, (family, index) in enumerate(zip(self._family, self._index, strict=True))
        }
        self._columns = held.built.columns()
        self._solver = Solver(Compiled(self._form), settings, relaxed=True)
        self._solver.by_simplex()
        self._solver.watch(on_bound=lambda _: None, stop=lambda: self._stop.asked)
        if held.root is not None:
            self._solver.use_basis(
                held.root, more_rows=len(self._form.rows) - len(held.compiled.rows)
            )
        if self._solver.run() is not Ended.SOLVED:
            raise RuntimeError("the relaxation of the plan's model could not be solved again")
        self._root = self._solver.basis
        self._opened = answer.decided["opened"]
        self._hold_openings(self._form, self._opened)
        self._solver.run()
        self._placed = self._last = self._solver.basis

    def ask(
        self,
        change: Change,
        *,
        seconds: float = float("inf"),
        stop: Stop | None = None,
        try_first: Mapping[str, int] | None = None,
    ) -> WhatIfAnswer:
        """Return the best plan of the changed problem that is found in the time allowed.

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
        change.check(self.problem, tuple(self.measures))
        settings = replace(self.settings, time_limit_seconds=seconds)
        problem, small = change.applied(self.problem), change.applied(self._small)
        price, always = objective(problem)
        form = self._changed(change, small)
        solver = self._solver
        solver.become(form)
        solver.use_basis(self._root)
        self._stop = stop or Stop()
        whole = Search(settings, self._stop, None, started)
        ended = whole.run(solver)
        if ended is not Ended.SOLVED:
            how = Termination.INFEASIBLE if ended is Ended.NO_SOLUTION else Termination.TIME_LIMIT
            bound = np.inf if ended is Ended.NO_SOLUTION else -np.inf
            return self._told(Proof(how, np.inf, bound), None, started)
        found = self._bound(problem, price, form)
        whole.independent = whole.bound = found.gbp
        if self._held.merged is None:
            whole.bound = max(whole.bound, solver.cost)
        opened = self._opened if try_first is None else opened_by(problem, try_first)
        if self._plans(whole, problem, form, price, always, opened, change) is Ended.NO_SOLUTION:
            proof = Proof(Termination.INFEASIBLE, np.inf, np.inf)
            return self._told(proof, None, started, found)
        return self._told(whole.proof(), whole.decided, started, found)

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
        change.check(self.problem, tuple(self.measures))
        problem, small = change.applied(self.problem), change.applied(self._small)
        price, always = objective(problem)
        form, solver = self._changed(change, small), self._solver
        self._stop = stop or Stop()
        settings = replace(self.settings, time_limit_seconds=seconds)
        whole = Search(settings, self._stop, None, started)
        solver.become(form)
        at, where = self._columns["opened"], self._held.built.index["opened"]
        wanted = np.round(opened[where.rows, where.years])
        solver.hold(at, wanted, wanted)
        solver.use_basis(self._last)
        ended = whole.run(solver)
        if ended is not Ended.SOLVED:
            how = Termination.INFEASIBLE if ended is Ended.NO_SOLUTION else Termination.TIME_LIMIT
            bound = np.inf if ended is Ended.NO_SOLUTION else -np.inf
            return self._told(Proof(how, np.inf, bound), None, started)
        self._last = solver.basis
        found = self._bound(problem, price, form, of_openings=False)
        of_these = found.with_openings(self.opening_columns, self._values_of(opened))
        whole.independent = whole.bound = of_these
        part = Search(settings, self._stop, None, started)
        part.built, part.compiled = self._held.built, Compiled(form)
        self._settle(part, form)
        held = replace(self._held, compiled=part.compiled)
        self._take(whole, part, held, problem, price, always, change)
        return self._told(whole.proof(), whole.decided, started, found)

    @property
    def merged(self) -> bool:
        """Whether the model held has cells merged."""
        return self._held.merged is not None

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
        small = change.applied(self._small)
        form = self._changed(change, small)
        i = next(i for i, one in self._limits.items() if one.name == name)
        weight = form.matrix[[i]].toarray()[0]
        matrix = csc_array(vstack([form.matrix, csc_array(form.price[None, :])], format="csc"))
        matrix.indices = matrix.indices.astype(np.int32)
        matrix.indptr = matrix.indptr.astype(np.int32)
        asked = replace(
            form,
            matrix=matrix,
            price=weight,
            constant=0.0,
            row_low=np.r_[form.row_low, -np.inf],
            row_high=np.r_[form.row_high, cost_gbp - form.constant],
            rows=[*form.rows, RowEntry(None, 1)],
        )
        solver = Solver(Compiled(asked), self.settings, relaxed=True)
        solver.by_interior_point()
        return solver.cost if solver.run() is Ended.SOLVED else None

    @property
    def opening_columns(self) -> Indices:
        """Positions of the columns that say what opens: ``open``, then ``opened``."""
        columns: Indices = np.r_[self._columns["open"], self._columns["opened"]]
        return columns

    @property
    def openings_alone(self) -> tuple[StandardForm, dict[str, int]]:
        """The rows that openings alone must keep, over those columns; measures' among them.

        The same arrays as the plan's model holds: open once, committed, requires, excludes,
        budgets, and the limits of measures that openings alone make up.
        """
        form, columns, rows = self._form, self.opening_columns, self._of_openings
        rows = rows[np.isfinite(form.row_low[rows]) | np.isfinite(form.row_high[rows])]
        limited = [i for i, one in self._limits.items() if one.on == "open"]
        rows = np.r_[np.setdiff1d(rows, limited), limited].astype(np.int64)
        names = [self._limits[i].name for i in limited]
        first = len(rows) - len(limited)
        small = StandardForm(
            csc_array(form.matrix.tocsr()[rows][:, columns]),
            form.row_low[rows],
            form.row_high[rows],
            form.low[columns],
            np.minimum(form.high[columns], 1.0),
            np.zeros(len(columns)),
            0.0,
            np.arange(len(self._columns["open"]), len(columns)),
            [form.columns[j] for j in columns],
            [form.rows[i] for i in rows],
        )
        return small, {name: first + i for i, name in enumerate(names)}

    def opened_by_the_end(self) -> dict[int, int]:
        """Return option's position to its column, among those that say what opens, at the end."""
        where, first = self._held.built.index["opened"], len(self._columns["open"])
        last = np.flatnonzero(where.years == self.problem.horizon - 1)
        return {int(where.rows[i]): first + int(i) for i in last}

    def opened_of(self, values: Array) -> Array:
        """Return (O, T) what is open by when, from values of the columns that say what opens."""
        where = self._held.built.index["opened"]
        opened = np.zeros((len(self.problem.options), self.problem.horizon))
        opened[where.rows, where.years] = np.round(values[len(self._columns["open"]) :])
        return opened

    def _values_of(self, opened: Array) -> Array:
        """Return the values of the columns that say what opens, from what is open by when."""
        index = self._held.built.index
        began = np.diff(opened, axis=1, prepend=0.0)
        begins, by = index["open"], index["opened"]
        values: Array = np.r_[began[begins.rows, begins.years], opened[by.rows, by.years]]
        return values

    def _bound(
        self,
        problem: Problem,
        price: dict[str, Array],
        form: StandardForm,
        *,
        of_openings: bool = True,
    ) -> Bound:
        """Return the bound of the whole problem at the prices that the solver has now.

        ``of_openings``: whether rows that openings alone must keep have their price too.
        """
        prices = self._solver.prices
        if not of_openings:
            prices[self._of_openings] = 0.0
        return lagrangian_bound(
            problem,
            price,
            self._held.built,
            form,
            prices,
            self._held.merged,
            self._of_cells,
            self._limits,
        )

    def _plans(
        self,
        whole: Search,
        problem: Problem,
        form: StandardForm,
        price: dict[str, Array],
        always: float,
        opened: Array,
        change: Change,
    ) -> Ended:
        """Find plans: openings to try first, a dive, and branch and bound of a whole model."""
        finer = replace(whole.settings, gap=whole.settings.gap / 4)
        part = Search(finer, whole.stop, None, whole.started)
        part.built, part.compiled = self._held.built, Compiled(form)
        part.bound = self._solver.cost
        held = replace(self._held, compiled=part.compiled)

        def take() -> None:
            self._take(whole, part, held, problem, price, always, change)

        root = self._solver.basis
        self._as_held(part, form, opened)
        take()
        if whole.over():
            return Ended.SOLVED
        self._solver.hold(form.whole, form.low[form.whole], form.high[form.whole])
        self._solver.use_basis(root)
        if whole.run(self._solver) is Ended.SOLVED:
            dive(part, self._solver)
            take()
        if whole.over() or held.merged is not None or not len(form.whole):
            return Ended.SOLVED
        part.settings = whole.settings
        ended = branch_and_bound(part)
        whole.bound = max(whole.bound, part.bound)
        take()
        return Ended.SOLVED if whole.found() else ended

    def _take(
        self,
        whole: Search,
        part: Search,
        held: Held,
        problem: Problem,
        price: dict[str, Array],
        always: float,
        change: Change,
    ) -> None:
        """Keep the plan found of the model held as a plan of the whole problem, if it is one."""
        if part.values is None:
            return
        decided, cost = held.decided(problem, part.values, price, always)
        if held.merged is None:
            whole.keep_decided(decided, part.cost, None)
            return
        limited = self._laid_within(part, held, problem, change, decided)
        if limited is not decided:
            families = price.items()
            cost = always + sum(float((each * limited[on]).sum()) for on, each in families)
        if self._within(change, limited):
            whole.keep_decided(limited, cost, None)

    def _within(self, change: Change, decided: dict[str, Array]) -> bool:
        """Return whether a plan keeps to the limits asked, every cell and arc counted."""
        return all(
            self.measures[name].of(decided) <= most + NEARLY * max(1.0, abs(most))
            for name, most in change.at_most.items()
        )

    def _laid_within(
        self,
        part: Search,
        held: Held,
        problem: Problem,
        change: Change,
        decided: dict[str, Array],
    ) -> dict[str, Array]:
        """Return a plan of merged cells laid on the zones within the limits asked, if one is found.

        Laid on the zones, it may measure a little more than its merged cells do. Then its openings
        are held and its children placed again, to limits lower by what is too much.
        """
        asked = {i: change.at_most.get(one.name) for i, one in self._limits.items()}
        lowered = {i: most for i, most in asked.items() if most is not None}
        row_high = {i: part.model().form.row_high[i] for i in lowered}
        if part.values is None:
            return decided
        fixed, at = part.values[part.model().form.whole], part.model().form.whole
        for _ in range(LAID_AGAIN):
            if self._within(change, decided):
                break
            for i in lowered:
                most = change.at_most[self._limits[i].name]
                row_high[i] -= 1.1 * max(0.0, self._limits[i].of(decided) - most)
                self._solver.limit(i, row_high[i])
            self._solver.hold(at, fixed, fixed)
            if part.run(self._solver) is not Ended.SOLVED:
                break
            price, always = objective(problem)
            decided, _ = held.decided(problem, self._solver.values, price, always)
        for i, most in lowered.items():
            self._solver.limit(i, most)
        return decided

    def _hold_openings(self, form: StandardForm, opened: Array) -> None:
        """Hold openings, as far as the limits given allow."""
        at = self._columns["opened"]
        where = self._held.built.index["opened"]
        wanted = np.round(opened[where.rows, where.years])
        wanted = np.clip(wanted, form.low[at], form.high[at])
        self._solver.hold(at, wanted, wanted)

    def _as_held(self, part: Search, form: StandardForm, opened: Array) -> None:
        """Place the children with openings held, changed only where the change says so."""
        self._hold_openings(form, opened)
        self._solver.use_basis(self._placed)
        if part.run(self._solver) is Ended.SOLVED:
            self._settle(part, form)

    def _settle(self, part: Search, form: StandardForm) -> None:
        """Hold every whole decision at the next whole number up, re-solve, and keep the plan."""
        whole = form.whole
        fixed = np.ceil(self._solver.values[whole] - 1e-6)
        self._solver.hold(whole, fixed, fixed)
        if part.run(self._solver) is Ended.SOLVED:
            values = self._solver.values
            values[whole] = fixed
            part.keep(values, self._solver.cost, self._solver)

    def _changed(self, change: Change, small: Problem) -> StandardForm:
        """Return the arrays held, changed: prices, limits, and the coefficients that follow."""
        base, at = self._form, self._columns
        price, constant = objective(small)
        prices = base.price.copy()
        for family, where in self._held.built.index.items():
            if family in price:
                prices[at[family]] = price[family][where.rows, where.years]
        low, high = base.low.copy(), base.high.copy()
        row_high = base.row_high.copy()
        self._openings(change, low, high)
        first = small.years[0]
        for provision, year in change.places:
            i = self._rows.get(("capacity", (provision, year)))
            if i is not None:
                p = int(np.flatnonzero(small.provisions["provision"] == provision)[0])
                row_high[i] += (
                    small.capacity[p, year - first] - self._small.capacity[p, year - first]
                )
        scenario = small.scenario
        for y, gbp in scenario.capital_budget_by_year_gbp.items():
            self._limit(row_high, ("capital_by_year", y), gbp)
        for grant, gbp in scenario.capital_budget_by_grant_gbp.items():
            self._limit(row_high, ("capital_by_grant", grant), gbp)
        if scenario.capital_budget_gbp is not None:
            self._limit(row_high, ("capital_in_total", "total"), scenario.capital_budget_gbp)
        for i, measure in self._limits.items():
            row_high[i] = change.at_most.get(measure.name, np.inf)
        matrix = base.matrix
        if change.capital_gbp:
            matrix = self._spending(matrix, small)
        if change.places:
            matrix = self._rooms(matrix, small)
        return replace(
            base,
            price=prices,
            constant=base.constant + constant - self._always,
            low=low,
            high=high,
            row_high=row_high,
            matrix=matrix,
        )

    def _limit(self, row_high: Array, row: tuple[str, Any], gbp: float) -> None:
        if row in self._rows:
            row_high[self._rows[row]] = gbp

    def _openings(self, change: Change, low: Array, high: Array) -> None:
        """Hold what must be open by a year, and what may not open before one."""
        names = self.problem.options["option"].to_numpy(str)
        first = self.problem.years[0]
        where, at = self._held.built.index["opened"], self._columns["opened"]
        for name, by in change.open_by.items():
            here = names[where.rows] == name
            low[at[here & (where.years >= by - first)]] = 1.0
        for name, year in change.shut_before.items():
            until = self.problem.horizon if year is None else year - first
            high[at[(names[where.rows] == name) & (where.years < until)]] = 0.0
            if year is None:
                low[at[names[where.rows] == name]] = 0.0

    def _spending(self, matrix: csc_array, small: Problem) -> csc_array:
        """Return the matrix with what the options cost now in the rows of the budgets."""
        where, at = self._held.built.index["open"], self._columns["open"]
        gbp = small.options["capital_gbp"].to_numpy(float)
        funding = small.options["funding"].to_numpy(object)
        changed = matrix.copy()
        for j, o, u in zip(at.tolist(), where.rows, where.years, strict=True):
            for k in range(matrix.indptr[j], matrix.indptr[j + 1]):
                i = int(matrix.indices[k])
                rule, key = self._family[i], self._index[i]
                if rule == "capital_by_year":
                    changed.data[k] = small.spend[o, u, key - small.years[0]]
                elif rule == "capital_in_total":
                    changed.data[k] = gbp[o]
                elif rule == "capital_by_grant":
                    changed.data[k] = gbp[o] if funding[o] == key else 0.0
        return changed

    def _rooms(self, matrix: csc_array, small: Problem) -> csc_array:
        """Return the matrix with the most that can be taken in, where a vehicle follows it."""
        rows = np.flatnonzero(np.isin(self._family, list(VEHICLES)))
        if not len(rows):
            return matrix
        changed = matrix.copy()
        reached = np.unique(
            small.taught["p"].to_numpy(np.int64)[self._held.built.index["intake"].rows]
        )
        room = most_taken_in(small, reached)
        due = np.zeros((len(small.taught), small.horizon))
        place = self._held.built.index["place"]
        arcs = small.arcs
        np.add.at(
            due,
            (arcs["q"].to_numpy(np.int64)[place.rows], place.years),
            small.due_most[arcs["d"].to_numpy(np.int64)[place.rows], place.years],
        )
        p_of = {key: p for p, key in enumerate(small.provisions["provision"])}
        q_of = {
            key: q
            for q, key in enumerate(
                zip(
                    small.taught["provision"],
                    small.taught["need"],
                    small.taught["phase"],
                    strict=True,
                )
            )
        }
        used = self._columns["used"]
        for j in used.tolist():
            for k in range(matrix.indptr[j], matrix.indptr[j + 1]):
                i = int(matrix.indices[k])
                index = self._index[i]
                if self._family[i] == "vehicles_run":
                    t = index[1] - small.years[0]
                    changed.data[k] = -room[p_of[index[0]], t]
                elif self._family[i] == "vehicles_for_each":
                    t = index[3] - small.years[0]
                    changed.data[k] = -min(due[q_of[index[:3]], t], room[p_of[index[0]], t])
        return changed

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


def _whole_or_merged(
    problem: Problem, answer: Answer, settings: Settings, whole_at_most: int
) -> Held:
    """Return the model that the answer holds, if it has all columns; else a new one.

    A new one is of the whole problem, or of one with cells merged where the whole is too large to
    be asked in a meeting: it has more placements than ``whole_at_most``.
    """
    held = answer.held
    if held is not None and len(held.compiled.columns) == sum(
        map(len, held.built.columns().values())
    ):
        return held
    merged = None
    if placements(problem) > whole_at_most:
        merged = coarse(problem, alike(problem, GROUPS), least=False)
    part = Search(settings, Stop(), None, time.monotonic())
    part.compile(merged.problem if merged else problem)
    if part.built is None:
        raise RuntimeError("nothing is built")
    return Held(part.built, part.model(), part.solver(part.model(), relaxed=True), merged)


def _with_budgets(
    form: StandardForm, problem: Problem, held: Held
) -> tuple[StandardForm, np.ndarray[Any, Any], list[Any]]:
    """Return the arrays with a row for every budget that might be asked for, and what rows are.

    A budget that the policy does not set has no limit until it is asked for.
    """
    family = [row.constraint.parent_component().name for row in form.rows]
    index = [row.constraint.index() for row in form.rows]
    known = set(zip(family, index, strict=True))
    where, at = held.built.index["open"], held.built.columns()["open"]
    funding = problem.options["funding"].to_numpy(object)[where.rows]
    gbp = problem.options["capital_gbp"].to_numpy(float)[where.rows]
    wanted: dict[tuple[str, Any], Array] = {("capital_in_total", "total"): gbp}
    for t, year in enumerate(problem.years):
        wanted["capital_by_year", year] = problem.spend[where.rows, where.years, t]
    for grant in sorted({str(one) for one in problem.options["funding"].dropna()}):
        wanted["capital_by_grant", grant] = np.where(funding == grant, gbp, 0.0)
    rows, columns, values = [], [], []
    n_rows, new = len(form.rows), 0
    for key, spent in wanted.items():
        if key in known:
            continue
        rows.append(np.full(len(at), n_rows + new))
        columns.append(at)
        values.append(spent)
        family.append(key[0])
        index.append(key[1])
        new += 1
    # a nought holds the place of every number that a change may put there
    names, columns_used = held.built.model.used, held.built.columns()["used"]
    used = dict(zip(names, columns_used, strict=True))
    for i, (rule, key) in enumerate(zip(family[:n_rows], index[:n_rows], strict=True)):
        spare = at if rule in BUDGETS else np.zeros(0, dtype=np.int64)
        if rule in VEHICLES:
            spare = np.array([used[key[0], key[2] if rule == "vehicles_run" else key[3]]])
        rows.append(np.full(len(spare), i))
        columns.append(spare)
        values.append(np.zeros(len(spare)))
    old = form.matrix.tocoo()
    matrix = coo_array(
        (
            np.concatenate([old.data, *values]),
            (
                np.concatenate([old.row, *rows]).astype(np.int32),
                np.concatenate([old.col, *columns]).astype(np.int32),
            ),
        ),
        shape=(n_rows + new, form.matrix.shape[1]),
    ).tocsc()
    padded = replace(
        form,
        matrix=csc_array(matrix),
        row_low=np.r_[form.row_low, np.full(new, -np.inf)],
        row_high=np.r_[form.row_high, np.full(new, np.inf)],
        rows=[*form.rows, *(RowEntry(None, 1) for _ in range(new))],
    )
    return padded, np.array(family, dtype=object), index


def _with_measures(
    form: StandardForm, problem: Problem, held: Held, measures: tuple[Measure, ...]
) -> StandardForm:
    """Return the arrays with a row for every measure, without a limit until it is asked for."""
    if not measures:
        return form
    columns = held.built.columns()
    rows = np.zeros((len(measures), form.matrix.shape[1]))
    for i, one in enumerate(measures):
        where = held.built.index[one.on]
        rows[i, columns[one.on]] = one.in_merged(problem, held.merged)[where.rows, where.years]
    new = len(measures)
    matrix = csc_array(vstack([form.matrix, csc_array(rows)], format="csc"))
    matrix.sort_indices()
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return replace(
        form,
        matrix=matrix,
        row_low=np.r_[form.row_low, np.full(new, -np.inf)],
        row_high=np.r_[form.row_high, np.full(new, np.inf)],
        rows=[*form.rows, *(RowEntry(None, 1) for _ in range(new))],
    )
