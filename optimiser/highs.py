"""The only file that knows HiGHS: arrays in, values, prices and bounds out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from optimiser.standard_form import StandardForm, standard_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from optimiser.answer import Settings
    from optimiser.kinds import Array, Indices, Model

PENNY = 0.01
"""Plans that differ by less than this cost the same, £."""
LARGE_MODEL_NONZEROS = 50_000
"""Above this an interior-point method solves a first relaxation faster than simplex."""

AT_LOW, IN_BASIS = int(highspy.HighsBasisStatus.kLower), int(highspy.HighsBasisStatus.kBasic)
"""Where simplex has most columns, and most rows."""


class Ended(StrEnum):
    """How HiGHS ended: solved, cut short by time or a wish to stop, or no solution exists."""

    SOLVED = "solved"
    CUT_SHORT = "cut_short"
    NO_SOLUTION = "no_solution"


_ENDED = {
    highspy.HighsModelStatus.kOptimal: Ended.SOLVED,
    highspy.HighsModelStatus.kTimeLimit: Ended.CUT_SHORT,
    highspy.HighsModelStatus.kInterrupt: Ended.CUT_SHORT,
    highspy.HighsModelStatus.kIterationLimit: Ended.CUT_SHORT,
    highspy.HighsModelStatus.kSolutionLimit: Ended.CUT_SHORT,
    highspy.HighsModelStatus.kInfeasible: Ended.NO_SOLUTION,
    highspy.HighsModelStatus.kUnboundedOrInfeasible: Ended.NO_SOLUTION,
    highspy.HighsModelStatus.kObjectiveBound: Ended.NO_SOLUTION,
}


@dataclass(frozen=True)
class Compiled:
    """A model as arrays, in the order that HiGHS holds."""

    form: StandardForm

    @property
    def columns(self) -> list[Any]:
        """The Pyomo variable of each column."""
        return self.form.columns

    @property
    def rows(self) -> list[Any]:
        """The row of each row of the arrays."""
        return self.form.rows

    @property
    def whole(self) -> Indices:
        """Positions of the columns that take whole numbers only."""
        return self.form.whole

    @cached_property
    def lp(self) -> Any:
        """The same arrays as HiGHS takes them."""
        form = self.form
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = form.matrix.shape
        lp.col_cost_, lp.offset_ = form.price, form.constant
        lp.col_lower_, lp.col_upper_ = form.low, form.high
        lp.row_lower_, lp.row_upper_ = form.row_low, form.row_high
        if len(form.whole):
            kinds = [highspy.HighsVarType.kContinuous] * len(form.columns)
            for j in form.whole.tolist():
                kinds[j] = highspy.HighsVarType.kInteger
            lp.integrality_ = kinds
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = form.matrix.indptr
        lp.a_matrix_.index_, lp.a_matrix_.value_ = form.matrix.indices, form.matrix.data
        return lp


def compile_model(model: Model) -> Compiled:
    """Return the arrays of a Pyomo model, ready for HiGHS.

    Raises
    ------
    pyomo.common.errors.InfeasibleConstraintException
        When a row without any decision in it cannot hold.
    """
    return Compiled(standard_form(model))


_threads_taken: list[int] = []
"""Threads that HiGHS was last given in this process, if any."""


def _take_threads(threads: int) -> None:
    """Let HiGHS use another number of threads than before.

    It keeps one pool of threads a process and, asked for another number, it does not run at all.
    """
    if _threads_taken and _threads_taken[-1] != threads:
        highspy.Highs.resetGlobalScheduler(True)
    _threads_taken[:] = [threads]


def hand_over(compiled: Compiled, settings: Settings, within: float = PENNY) -> Any:
    """Return HiGHS itself, holding the model; a plan within so many pounds is proven too."""
    _take_threads(settings.threads)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", settings.threads)
    solver.setOptionValue("random_seed", settings.seed)
    solver.setOptionValue("mip_rel_gap", settings.gap)
    solver.setOptionValue("mip_abs_gap", within)
    solver.passModel(compiled.lp)
    return solver


class Solver:
    """One model held in HiGHS, which is changed in place and solved again from where it stood.

    Parameters
    ----------
    compiled
        The model.
    settings
        Gap, threads and seed.
    relaxed
        Whether whole decisions may take fractions.
    within
        Difference of cost at which a branch and bound ends, whatever the gap asked.
    """

    def __init__(
        self, compiled: Compiled, settings: Settings, *, relaxed: bool, within: float = PENNY
    ) -> None:
        self.compiled = compiled
        self._threads = settings.threads
        self._highs = hand_over(compiled, settings, within)
        whole = compiled.whole.astype(np.int32)
        if relaxed and len(whole):
            kinds = np.full(len(whole), highspy.HighsVarType.kContinuous, dtype=object)
            self._highs.changeColsIntegrality(len(whole), whole, kinds)

    def watch(self, *, on_bound: Callable[[float], None], stop: Callable[[], bool]) -> None:
        """Tell the bound of a branch and bound as it rises, and ask now and then whether to stop.

        Parameters
        ----------
        on_bound
            Called with the bound of the model held.
        stop
            Asked whether to end the run and keep the best.
        """

        def on_mip(event: Any) -> None:
            on_bound(float(event.data_out.mip_dual_bound))
            if stop():
                event.interrupt()

        def on_lp(event: Any) -> None:
            if stop():
                event.interrupt()

        self._highs.cbMipInterrupt.subscribe(on_mip)
        self._highs.cbSimplexInterrupt.subscribe(on_lp)
        self._highs.cbIpmInterrupt.subscribe(on_lp)

    def run(self, seconds: float = float("inf")) -> Ended:
        """Solve what is held, within so many seconds.

        Raises
        ------
        RuntimeError
            When HiGHS ends in no way that is known here.
        """
        _take_threads(self._threads)
        limit = self._highs.getRunTime() + max(0.01, seconds)
        self._highs.setOptionValue("time_limit", limit)
        self._highs.run()
        status = self._highs.getModelStatus()
        if status not in _ENDED:
            raise RuntimeError(f"HiGHS ended with {self._highs.modelStatusToString(status)}")
        return _ENDED[status]

    @contextmanager
    def at_most(self, cost: float) -> Iterator[None]:
        """Within this context, give up once it is clear that every solution costs more.

        It is looked at now and then only: what is solved may cost more all the same.
        """
        self._highs.setOptionValue("objective_bound", cost)
        try:
            yield
        finally:
            self._highs.setOptionValue("objective_bound", np.inf)

    def by_interior_point(self) -> None:
        """Solve the next relaxation by an interior-point method where it is large."""
        if self.compiled.form.matrix.nnz > LARGE_MODEL_NONZEROS:
            self._highs.setOptionValue("solver", "ipm")

    def by_simplex(self) -> None:
        """Solve from the last basis from now on."""
        self._highs.setOptionValue("solver", "simplex")

    @property
    def cost(self) -> float:
        """The cost of the solution found."""
        return float(self._highs.getInfo().objective_function_value)

    @property
    def steps(self) -> int:
        """Steps that the last relaxation took: of simplex, and of an interior point's clean-up."""
        info = self._highs.getInfo()
        return int(info.simplex_iteration_count + info.crossover_iteration_count)

    @property
    def bound(self) -> float:
        """No solution of the model held costs less, after a branch and bound."""
        return float(self._highs.getInfo().mip_dual_bound)

    @property
    def found(self) -> bool:
        """Whether a solution is held."""
        status = self._highs.getInfo().primal_solution_status
        return bool(status == highspy.SolutionStatus.kSolutionStatusFeasible)

    @property
    def values(self) -> Array:
        """(columns,) the solution."""
        return np.array(self._highs.getSolution().col_value)

    @property
    def prices(self) -> Array:
        """(rows,) what one unit more of each row's limit adds to the cost."""
        return np.array(self._highs.getSolution().row_dual)

    @property
    def basis(self) -> Any:
        """Where simplex stands, to be given to :meth:`use_basis`."""
        return self._highs.getBasis()

    def use_basis(self, basis: Any, more_rows: int = 0) -> None:
        """Go on from where simplex stood, perhaps before so many rows were added at the end."""
        if more_rows:
            wider = highspy.HighsBasis()
            wider.col_status = basis.col_status
            loose = [highspy.HighsBasisStatus.kBasic] * more_rows
            wider.row_status = [*basis.row_status, *loose]
            wider.valid = True
            basis = wider
        self._highs.setBasis(basis)

    @property
    def stands(self) -> tuple[list[int], list[int]]:
        """Where simplex has each column and each row, as numbers."""
        basis = self._highs.getBasis()
        return [int(one) for one in basis.col_status], [int(one) for one in basis.row_status]

    def stand(self, columns: list[int], rows: list[int]) -> None:
        """Put simplex where it stood in another model; HiGHS mends what does not fit."""
        basis, kinds = highspy.HighsBasis(), highspy.HighsBasisStatus
        basis.col_status = [kinds(one) for one in columns]
        basis.row_status = [kinds(one) for one in rows]
        basis.alien = basis.valid = True
        self._highs.setBasis(basis)

    def run_steps(self, steps: int, seconds: float) -> Ended:
        """Solve from where simplex stands, in so many steps at most."""
        self.by_simplex()
        self._highs.setOptionValue("simplex_iteration_limit", steps)
        ended = self.run(seconds)
        self._highs.setOptionValue("simplex_iteration_limit", highspy.kHighsIInf)
        return ended

    def start_from(self, values: Array) -> None:
        """Give a solution to begin a branch and bound with."""
        start = highspy.HighsSolution()
        start.col_value = values.tolist()
        self._highs.setSolution(start)

    def start_with(self, columns: Indices, values: Array) -> None:
        """Give some columns of a solution to begin a branch and bound with."""
        self._highs.setSolution(len(columns), columns.astype(np.int32), values)

    def at_the_root(self) -> None:
        """Do the next branch and bound at its first node alone: its cuts and its first plans."""
        self._highs.setOptionValue("mip_max_nodes", 1)

    def hold(self, columns: Indices, low: Array, high: Array) -> None:
        """Hold columns between bounds."""
        at = columns.astype(np.int32)
        self._highs.changeColsBounds(len(at), at, low, high)

    def charge(self, columns: Indices, prices: Array) -> None:
        """Change what columns cost."""
        at = columns.astype(np.int32)
        self._highs.changeColsCost(len(at), at, prices)

    def become(self, form: StandardForm) -> None:
        """Turn the model held into another of the same pattern; only what differs is changed.

        The basis stays, so the next run goes on from where the last one stood.
        """
        held = self.compiled.form
        changed = np.flatnonzero(form.price != held.price)
        if len(changed):
            self.charge(changed, form.price[changed])
        if form.constant != held.constant:
            self._highs.changeObjectiveOffset(form.constant)
        columns = np.arange(len(form.price))
        self.hold(columns, form.low, form.high)  # a dive has moved them
        limits = (form.row_low != held.row_low) | (form.row_high != held.row_high)
        for i in np.flatnonzero(limits).tolist():
            self._highs.changeRowBounds(i, float(form.row_low[i]), float(form.row_high[i]))
        for k in np.flatnonzero(form.matrix.data != held.matrix.data).tolist():
            j = int(np.searchsorted(form.matrix.indptr, k, side="right")) - 1
            self.coefficient(int(form.matrix.indices[k]), j, float(form.matrix.data[k]))
        self.compiled = Compiled(form)

    def limit(self, row: int, high: float) -> None:
        """Change the most that one row may be."""
        low = float(self.compiled.form.row_low[row])
        self._highs.changeRowBounds(row, low, high)

    def coefficient(self, row: int, column: int, value: float) -> None:
        """Change one coefficient."""
        self._highs.changeCoeff(row, column, value)

    def add_column(self, price: float, row: int, value: float) -> None:
        """Add a column of at least nought that stands in one row."""
        at, values = np.array([row], dtype=np.int32), np.array([value])
        self._highs.addCol(price, 0.0, highspy.kHighsInf, 1, at, values)
