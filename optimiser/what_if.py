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
from scipy.sparse import coo_array, csc_array

from optimiser.answer import Proof, Stop, Termination
from optimiser.branch import branch_and_bound
from optimiser.coarse import alike, coarse
from optimiser.costs import objective
from optimiser.dive import dive
from optimiser.highs import Compiled, Ended, Solver
from optimiser.hold import Held
from optimiser.lagrangian import OF_CELLS, lagrangian_bound
from optimiser.search import LARGE_MODEL_PLACEMENTS, Search, placements
from optimiser.sets import most_taken_in
from optimiser.standard_form import RowEntry, StandardForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.answer import Answer, Settings
    from optimiser.changes import Change
    from optimiser.kinds import Array
    from optimiser.problem import Problem

GROUPS = 12
"""Groups of cells for each need and phase where no model of the whole problem is held."""
BUDGETS = frozenset({"capital_in_total", "capital_by_year", "capital_by_grant"})
VEHICLES = frozenset({"vehicles_run", "vehicles_for_each"})


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
    """

    proof: Proof
    openings: dict[str, int]
    decided: dict[str, Array] | None
    seconds: float


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

    Raises
    ------
    RuntimeError
        When the relaxation of the model held cannot be solved.
    """

    def __init__(self, problem: Problem, answer: Answer, settings: Settings) -> None:
        self.problem, self.settings = problem, settings
        _, self._always = objective(problem)
        self._stop = Stop()
        held = _whole_or_merged(problem, answer, settings)
        self._held, self._small = held, held.merged.problem if held.merged else problem
        self._form, self._family, self._index = _with_budgets(held.compiled.form, self._small, held)
        self._of_cells = np.flatnonzero(np.isin(self._family, list(OF_CELLS)))
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
        self._placed = self._solver.basis

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
        change.check(self.problem)
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
        found = lagrangian_bound(
            problem, price, self._held.built, form, solver.prices, self._held.merged, self._of_cells
        )
        whole.independent = whole.bound = found.gbp
        if self._held.merged is None:
            whole.bound = max(whole.bound, solver.cost)
        opened = self._opened if try_first is None else opened_by(problem, try_first)
        if self._plans(whole, problem, form, price, always, opened) is Ended.NO_SOLUTION:
            proof = Proof(Termination.INFEASIBLE, np.inf, np.inf)
            return self._told(proof, None, started)
        return self._told(whole.proof(), whole.decided, started)

    def _plans(
        self,
        whole: Search,
        problem: Problem,
        form: StandardForm,
        price: dict[str, Array],
        always: float,
        opened: Array,
    ) -> Ended:
        """Find plans: openings to try first, a dive, and branch and bound of a whole model."""
        finer = replace(whole.settings, gap=whole.settings.gap / 4)
        part = Search(finer, whole.stop, None, whole.started)
        part.built, part.compiled = self._held.built, Compiled(form)
        part.bound = self._solver.cost
        held = replace(self._held, compiled=part.compiled)

        def take() -> None:
            if part.values is not None:
                decided, cost = held.decided(problem, part.values, price, always)
                cost = part.cost if held.merged is None else cost
                whole.keep_decided(decided, cost, None)

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
        if part.run(self._solver) is not Ended.SOLVED:
            return
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

    def _told(self, proof: Proof, decided: dict[str, Array] | None, started: float) -> WhatIfAnswer:
        openings: dict[str, int] = {}
        if decided is not None:
            o, t = np.nonzero(decided["open"] > 0.5)
            names = self.problem.options["option"].to_numpy(str)[o]
            years = np.array(self.problem.years)[t]
            openings = {str(name): int(year) for name, year in zip(names, years, strict=True)}
        return WhatIfAnswer(proof, openings, decided, time.monotonic() - started)


def opened_by(problem: Problem, openings: Mapping[str, int]) -> Array:
    """Return (O, T) what is open when these options open in these years."""
    begins = [openings.get(str(name), np.inf) for name in problem.options["option"]]
    opened: Array = (np.array(problem.years)[None, :] >= np.array(begins)[:, None]).astype(float)
    return opened


def _whole_or_merged(problem: Problem, answer: Answer, settings: Settings) -> Held:
    """Return the model that the answer holds, if it has all columns; else a new one.

    A new one is of the whole problem, or of one with cells merged where the whole is too large to
    be asked in a meeting.
    """
    held = answer.held
    if held is not None and len(held.compiled.columns) == sum(
        map(len, held.built.columns().values())
    ):
        return held
    merged = None
    if placements(problem) > LARGE_MODEL_PLACEMENTS:
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
