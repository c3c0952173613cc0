"""The only file that knows a solver: Pyomo to standard form, standard form to HiGHS, and back."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from pyomo.common.errors import InfeasibleConstraintException

from optimiser.model import Built, build
from optimiser.standard_form import standard_form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from inputs.vocabulary import ProvisionClass
    from optimiser.kinds import Array, Indices, Model
    from optimiser.problem import Problem


class Termination(StrEnum):
    """How a solve ended. ``optimal`` means proven within the gap that was asked for."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    STOPPED = "stopped"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True)
class Settings:
    """What the machine may do; no part of the policy.

    Parameters
    ----------
    gap
        Relative gap of the objective at which a plan counts as proven.
    time_limit_seconds
        Wall time for one solve (inf: none).
    threads
        Threads that HiGHS may use.
    seed
        Random seed of HiGHS.
    """

    gap: float = 0.001
    time_limit_seconds: float = float("inf")
    threads: int = 2
    seed: int = 0


@dataclass(frozen=True)
class Progress:
    """Where a solve stands: seconds, best cost (inf: none yet), bound and gap."""

    seconds: float
    cost_gbp: float
    bound_gbp: float
    gap: float


@dataclass(frozen=True)
class Proof:
    """What is proven of a plan.

    Parameters
    ----------
    termination
        How the search ended.
    cost_gbp
        Objective of the rounded, re-solved plan, £ of present value.
    bound_gbp
        No plan costs less than this.
    """

    termination: Termination
    cost_gbp: float
    bound_gbp: float

    @property
    def gap(self) -> float:
        """Relative gap of the objective."""
        return max(0.0, self.cost_gbp - self.bound_gbp) / max(abs(self.cost_gbp), 1e-9)


@dataclass(frozen=True)
class Answer:
    """The decisions of a solve, by family, as (rows, years) arrays, and the proof."""

    proof: Proof
    decided: dict[str, Array]
    build_seconds: float
    solve_seconds: float
    numerics: tuple[str, ...]
    held: Held | None = None


@dataclass(frozen=True)
class Held:
    """The openings of an answer, held in a solver that can place the children again."""

    built: Built
    compiled: Compiled
    solver: Any


class NoPlan(Exception):  # noqa: N818
    """No plan satisfies the rules; carries which rules clash, in plain words."""

    def __init__(self, clashes: tuple[str, ...]) -> None:
        self.clashes = clashes
        super().__init__("no plan satisfies the rules:\n" + "\n".join(clashes))


class OutOfTime(Exception):  # noqa: N818
    """Time ran out (or the run was stopped) before any plan was found."""

    def __init__(self, termination: Termination) -> None:
        self.termination = termination
        what = "time ran out" if termination is Termination.TIME_LIMIT else "the run was stopped"
        super().__init__(f"{what} before any plan was found")


@dataclass(frozen=True)
class Compiled:
    """A model as arrays, in the order that HiGHS holds."""

    lp: Any
    columns: list[Any]
    rows: list[Any]
    whole: Indices


def compile_model(model: Model) -> Compiled:
    """Return the arrays of a Pyomo model, ready for HiGHS.

    Raises
    ------
    pyomo.common.errors.InfeasibleConstraintException
        When a row without any decision in it cannot hold.
    """
    form = standard_form(model)
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
    return Compiled(lp, form.columns, form.rows, form.whole)


_threads_taken: list[int] = []
"""Threads that HiGHS was last given in this process, if any."""


def _take_threads(threads: int) -> None:
    """Let HiGHS use another number of threads than before.

    It keeps one pool of threads a process and, asked for another number, it does not run at all.
    """
    if _threads_taken and _threads_taken[-1] != threads:
        highspy.Highs.resetGlobalScheduler(True)
    _threads_taken[:] = [threads]


def hand_over(compiled: Compiled, settings: Settings) -> Any:
    """Return a HiGHS that holds the model."""
    _take_threads(settings.threads)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", settings.threads)
    solver.setOptionValue("random_seed", settings.seed)
    solver.setOptionValue("mip_rel_gap", settings.gap)
    solver.setOptionValue("mip_abs_gap", 0.01)
    solver.passModel(compiled.lp)
    return solver


def _let_go(solver: Any, compiled: Compiled) -> None:
    """Let whole decisions take fractions."""
    whole = compiled.whole.astype(np.int32)
    if len(whole):
        kinds = np.full(len(whole), highspy.HighsVarType.kContinuous, dtype=object)
        solver.changeColsIntegrality(len(whole), whole, kinds)


class Stop:
    """A wish to stop and keep the best plan so far; Ctrl-C sets it."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def on_interrupt(self) -> Iterator[Stop]:
        """Turn Ctrl-C into a wish to stop; a second one ends the run at once."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return

        def ask(_number: int, _frame: object) -> None:
            if self.asked:
                raise KeyboardInterrupt
            self.asked = True

        before = signal.signal(signal.SIGINT, ask)
        try:
            yield self
        finally:
            signal.signal(signal.SIGINT, before)


def solve(
    problem: Problem,
    settings: Settings,
    *,
    stop: Stop | None = None,
    show: Callable[[Progress], None] | None = None,
) -> Answer:
    """Return the best plan found, with what is proven of it.

    Openings are rounded and the placements re-solved exactly, so that no integrality tolerance
    reaches a cost; the bound is of the whole model.

    Parameters
    ----------
    problem
        The problem.
    settings
        Gap, time, threads and seed.
    stop
        A wish to stop that something else may set; Ctrl-C sets it too.
    show
        Called with the progress now and then.

    Raises
    ------
    NoPlan
        When the rules clash; the rules are named.
    OutOfTime
        When time ran out, or the run was stopped, with no plan at all.
    """
    started = time.monotonic()
    search = _Search(settings, stop or Stop(), show, started)
    with search.stop.on_interrupt():
        if _placements(problem) > LARGE_MODEL_PLACEMENTS:
            _by_stages(search, problem)
        if not search.over():
            _whole(search, problem)
    if not search.found():
        raise OutOfTime(search.proof().termination)
    decided = search.decided
    if decided is None:
        decided = search.by_family(problem)
    return Answer(
        search.proof(),
        decided,
        search.build_seconds,
        time.monotonic() - started - search.build_seconds,
        search.numerics,
        search.kept(),
    )


def place_again(
    held: Held,
    problem: Problem,
    drawn: dict[ProvisionClass, float],
    *,
    time_limit_seconds: float = 30.0,
) -> Answer:
    """Return the answer with other shares drawn from mainstream: openings held, children re-placed.

    Only the coefficients and costs of places in use change, so the held solver starts from where
    it stood.

    Parameters
    ----------
    held
        Of an earlier answer to this problem.
    problem
        The problem of that answer.
    drawn
        Share of each added place in use that draws a child from mainstream, by class.
    time_limit_seconds
        Wall time allowed.

    Raises
    ------
    OutOfTime
        When the children could not be placed again in that time.
    """
    from dataclasses import replace  # noqa: PLC0415

    from optimiser.costs import objective  # noqa: PLC0415

    scenario = problem.scenario.model_copy(update={"drawn_from_mainstream": drawn})
    changed = replace(problem, scenario=scenario)
    started = time.monotonic()
    price, _ = objective(changed)
    kinds = problem.provisions["class"].to_numpy()
    by_class = {str(kind): share for kind, share in drawn.items()}
    column = {id(variable): j for j, variable in enumerate(held.compiled.columns)}
    # by index and not by name: Pyomo writes a key such as a URN in quotes
    row = {
        row.constraint.index(): i
        for i, row in enumerate(held.compiled.rows)
        if row.constraint.parent_component().name == "capacity"
    }
    where = held.built.index["in_use"]
    variables = held.built.model.in_use.values()
    at = problem.options["p"].to_numpy(np.int64)
    for variable, o, t in zip(variables, where.rows, where.years, strict=True):
        j = column.get(id(variable))
        if j is None:
            continue
        p = int(at[o])
        where_held = problem.provisions["provision"].iloc[p], problem.years[t]
        if where_held in row:
            share = 1.0 - by_class.get(kinds[p], 0.0)
            held.solver.changeCoeff(row[where_held], j, -share)
        held.solver.changeColCost(j, float(price["in_use"][o, t]))
    held.solver.setOptionValue("time_limit", held.solver.getRunTime() + time_limit_seconds)
    _take_threads(held.solver.getOptionValue("threads")[1])
    held.solver.run()
    if held.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise OutOfTime(Termination.TIME_LIMIT)
    cost = float(held.solver.getInfo().objective_function_value)
    values = np.array(held.solver.getSolution().col_value)
    return Answer(
        Proof(Termination.OPTIMAL, cost, cost),
        _by_family(held.built, held.compiled, values, changed),
        0.0,
        time.monotonic() - started,
        (),
    )


LARGE_MODEL_PLACEMENTS = 80_000
"""Above this the relaxation is sifted: solved over the placements that matter."""
STAGES = (12, 40, 100)
"""Groups of zones at each stage of a large problem, before the whole one."""
MERGED_AT_MOST = 0.8
"""Groups a zone above which a stage is left out: it would be as large as the whole problem."""
SIFTED_SHARE_OF_GAP = 0.1
"""Sifting ends when what placements left out could save is below this share of the gap asked."""
LARGE_MODEL_NONZEROS = 50_000
"""Above this an interior-point method solves the first relaxation faster than simplex."""


@dataclass
class _Search:
    """One solve under way: the clock, the wish to stop, and what is known so far.

    The best plan is held either as values of a compiled model or, from a coarse one, as decisions.
    """

    settings: Settings
    stop: Stop
    show: Callable[[Progress], None] | None
    started: float
    built: Built | None = None
    compiled: Compiled | None = None
    bound: float = -np.inf
    cost: float = np.inf
    values: Array | None = None
    decided: dict[str, Array] | None = None
    held: Any = None
    covers_all: bool = True
    build_seconds: float = 0.0
    numerics: tuple[str, ...] = ()

    def over(self) -> bool:
        """Return whether nothing is left to do, or no time to do it."""
        return (self.found() and self.proven()) or self.stop.asked or self.seconds_left() <= 0

    def model(self) -> Compiled:
        """Return the compiled model that is searched."""
        if self.compiled is None:
            raise RuntimeError("nothing is compiled yet")
        return self.compiled

    def by_family(self, problem: Problem) -> dict[str, Array]:
        """Return the values of the best plan as decisions."""
        if self.built is None or self.values is None:
            raise RuntimeError("no plan is held")
        return _by_family(self.built, self.model(), self.values, problem)

    def kept(self) -> Held | None:
        """Return the openings held in a solver, where the plan came from one."""
        if self.built is None or self.held is None or self.values is None:
            return None
        whole = self.model().whole.astype(np.int32)
        fixed = np.round(self.values[whole])
        self.held.changeColsBounds(len(whole), whole, fixed, fixed)
        return Held(self.built, self.model(), self.held)

    def compile(self, problem: Problem) -> None:
        """Build and compile a problem."""
        began = time.monotonic()
        self.built = build(problem)
        self.compiled = compile_model(self.built.model)
        self.build_seconds += time.monotonic() - began

    def seconds_left(self) -> float:
        return self.settings.time_limit_seconds - (time.monotonic() - self.started)

    def tell(self) -> None:
        if self.show is not None:
            known = np.isfinite(self.cost) and np.isfinite(self.bound)
            gap = (self.cost - self.bound) / max(abs(self.cost), 1e-9) if known else np.inf
            spent = time.monotonic() - self.started
            self.show(Progress(spent, self.cost, self.bound, gap))

    def proven(self) -> bool:
        if not np.isfinite(self.cost):  # no plan yet: infinity is within no gap
            return False
        return self.cost - self.bound <= max(self.settings.gap * abs(self.cost), PENNY)

    def keep(self, values: Array, cost: float, solver: Any) -> None:
        if cost < self.cost:
            self.values, self.cost, self.held, self.decided = values, cost, solver, None
            self.tell()

    def keep_decided(self, decided: dict[str, Array], cost: float) -> None:
        if cost < self.cost:
            self.values, self.cost, self.held, self.decided = None, cost, None, decided
            self.tell()

    def found(self) -> bool:
        return self.values is not None or self.decided is not None

    def proof(self) -> Proof:
        if self.found() and self.proven():
            termination = Termination.OPTIMAL
        else:
            termination = Termination.STOPPED if self.stop.asked else Termination.TIME_LIMIT
        return Proof(termination, self.cost, min(self.bound, self.cost))

    def solver(self, compiled: Compiled, *, relaxed: bool) -> Any:
        """Return a HiGHS that holds the model, watched, within the time left."""
        solver = hand_over(compiled, self.settings)
        if relaxed:
            _let_go(solver, compiled)
        self.limit(solver)

        def on_mip(event: Any) -> None:
            out = event.data_out
            if self.covers_all:
                self.bound = max(self.bound, float(out.mip_dual_bound))
            self.tell()
            if self.stop.asked:
                event.interrupt()

        def on_lp(event: Any) -> None:
            if self.stop.asked:
                event.interrupt()

        solver.cbMipInterrupt.subscribe(on_mip)
        solver.cbSimplexInterrupt.subscribe(on_lp)
        solver.cbIpmInterrupt.subscribe(on_lp)
        return solver

    def limit(self, solver: Any) -> None:
        if np.isfinite(self.settings.time_limit_seconds):
            solver.setOptionValue(
                "time_limit", solver.getRunTime() + max(0.01, self.seconds_left())
            )


PENNY = 0.01
ENDED_EARLY = {highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kInterrupt}
NO_SOLUTION = {
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
}


def _placements(problem: Problem) -> int:
    """Return how many placement variables the whole model has."""
    due = problem.due_most > 0
    return int((problem.usable & due[problem.arcs["d"].to_numpy(np.int64)]).sum())


def _by_stages(search: _Search, problem: Problem) -> None:
    """Plan and bound a large problem with zones merged, ever less coarsely.

    Each stage lays its plan on the zones and costs it there, and takes the relaxation with the
    least journeys as a bound: both hold for the whole problem.
    """
    from optimiser.coarse import alike, coarse, laid_on_zones  # noqa: PLC0415
    from optimiser.costs import objective  # noqa: PLC0415

    price, always = objective(problem)
    for groups in STAGES:
        zones = alike(problem, groups)
        if len(set(zones.values())) > MERGED_AT_MOST * len(zones):
            return  # zones without localities stand for themselves: too few can be merged
        for least in (False, True):
            if search.over():
                return
            merged = coarse(problem, zones, least=least)
            part = _Search(search.settings, search.stop, None, search.started)
            part.compile(merged.problem)
            search.build_seconds += part.build_seconds
            relaxed = _relax(part, part.model())
            if relaxed.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return  # out of time, or a clash that the whole model will name
            bound = float(relaxed.getInfo().objective_function_value)
            if least:
                search.bound = max(search.bound, bound)
                search.tell()
                continue
            part.bound = bound
            if len(part.model().whole):
                _dive(part, relaxed)
            else:
                part.keep(np.array(relaxed.getSolution().col_value), bound, relaxed)
            if part.values is not None:
                decided = laid_on_zones(problem, merged, part.by_family(merged.problem))
                cost = always + sum(
                    float((values * decided[family]).sum()) for family, values in price.items()
                )
                search.keep_decided(decided, cost)


def _whole(search: _Search, problem: Problem) -> None:
    """Relax, dive to a first plan, and branch where a gap is left.

    The relaxation bounds every plan from below. The dive rounds one opening after another, each
    time re-solving the rest exactly; if its plan is within the gap asked, nothing is left to
    prove. Otherwise HiGHS searches the whole model from that plan.
    """
    from optimiser.explain import clashes, row_without_decisions  # noqa: PLC0415

    try:
        search.compile(problem)
    except InfeasibleConstraintException as error:
        raise NoPlan(row_without_decisions(problem, error)) from None
    compiled = search.model()
    search.numerics = _numerics(compiled)
    if _placements(problem) > LARGE_MODEL_PLACEMENTS:
        relaxed = _sift(search, problem)
    else:
        relaxed = _relax(search, compiled)
        if relaxed.getModelStatus() in NO_SOLUTION:
            raise NoPlan(clashes(problem, compiled, search.settings))
        if not _ended_well(relaxed):
            return
        search.bound = max(search.bound, float(relaxed.getInfo().objective_function_value))
    if relaxed is None:
        return
    search.tell()
    if not len(compiled.whole):
        cost = float(relaxed.getInfo().objective_function_value)
        search.keep(np.array(relaxed.getSolution().col_value), cost, relaxed)
        return
    _dive(search, relaxed)
    if not search.over():
        _branch(search, problem)


def _relax(search: _Search, compiled: Compiled) -> Any:
    """Return a HiGHS that has solved the relaxation of a model."""
    relaxed = search.solver(compiled, relaxed=True)
    if len(compiled.lp.a_matrix_.value_) > LARGE_MODEL_NONZEROS:
        relaxed.setOptionValue("solver", "ipm")
    relaxed.run()
    return relaxed


def _ended_well(relaxed: Any) -> bool:
    """Return whether a relaxation was solved; False where it was cut short."""
    status = relaxed.getModelStatus()
    if status in ENDED_EARLY:
        return False
    if status != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS ended with {relaxed.modelStatusToString(status)}")
    return True


def _sift(search: _Search, problem: Problem) -> Any:
    """Return a HiGHS that has solved the relaxation over the placements that matter, or None.

    The search goes on over those placements alone; its bound stays the whole model's.
    """
    from optimiser.explain import clashes  # noqa: PLC0415
    from optimiser.sift import NEXT_CHOICES, first_choice, sieve  # noqa: PLC0415

    whole = search.model()
    if search.built is None:
        raise RuntimeError("nothing is built yet")
    sifted = sieve(problem, search.built, whole)
    first_choice(sifted, problem, lambda small: _relax(search, small))
    search.covers_all = False
    while True:
        part = sifted.restricted()
        relaxed = _relax(search, part)
        if relaxed.getModelStatus() in NO_SOLUTION:
            raise NoPlan(clashes(problem, whole, search.settings))
        if not _ended_well(relaxed):
            return None
        search.compiled = part
        cost = float(relaxed.getInfo().objective_function_value)
        reduced = sifted.reduced(np.array(relaxed.getSolution().row_dual))
        saving = sifted.still_to_save(reduced)
        search.bound = max(search.bound, cost - saving)
        search.tell()
        enough = max(search.settings.gap * SIFTED_SHARE_OF_GAP * abs(cost), PENNY)
        if saving <= enough or not sifted.take_in(reduced, NEXT_CHOICES, only_saving=True):
            return relaxed


WHOLE = 1e-6


NEAR_WHOLE = 0.15
"""Decisions this near to a whole number are rounded together."""


def _dive(search: _Search, relaxed: Any) -> None:
    """Round decisions, nearest to whole first, and re-solve the rest each time.

    A first plan opens everything of which the relaxation opens a part. Then all that are near to
    whole are rounded together; where that is much dearer or cannot be, one alone is rounded, and
    where that is much dearer the other side is tried too.
    """
    whole = search.model().whole
    low = np.array(search.model().lp.col_lower_)[whole]
    high = np.array(search.model().lp.col_upper_)[whole]
    free = high > low
    relaxed.setOptionValue("solver", "simplex")

    def attempt(positions: Indices, values: Array) -> float:
        at = whole[positions].astype(np.int32)
        relaxed.changeColsBounds(len(at), at, values, values)
        search.limit(relaxed)
        relaxed.run()
        if relaxed.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            return float(relaxed.getInfo().objective_function_value)
        return np.inf

    def loosen(positions: Indices) -> None:
        at = whole[positions].astype(np.int32)
        relaxed.changeColsBounds(len(at), at, low[positions], high[positions])

    cost = float(relaxed.getInfo().objective_function_value)
    part = np.array(relaxed.getSolution().col_value)[whole]
    every, optimum = np.flatnonzero(free), relaxed.getBasis()
    if len(every) and np.isfinite(attempt(every, np.ceil(part[every] - WHOLE))):
        _settle(search, relaxed)  # a first plan at once, where everything fits
        if search.over():
            return
    loosen(every)
    relaxed.setBasis(optimum)
    search.limit(relaxed)
    relaxed.run()
    while not search.stop.asked and search.seconds_left() > 0:
        part = np.array(relaxed.getSolution().col_value)[whole]
        off = np.abs(part - np.round(part))
        loose = free & (off > WHOLE)
        if not loose.any():
            _settle(search, relaxed)
            return
        dear = search.settings.gap / 4 * abs(cost)
        batch = np.flatnonzero(loose & (off <= NEAR_WHOLE))
        if len(batch) > 1:
            found = attempt(batch, np.round(part[batch]))
            if found - cost <= dear:
                free[batch], cost = False, found
                continue
            loosen(batch)
        one = np.flatnonzero(loose)[[int(np.argmin(off[loose]))]]
        near = np.round(part[one])
        found = attempt(one, near)
        if found - cost > dear:
            other = attempt(one, 1.0 - near)
            if other > found:
                found = attempt(one, near)
        if not np.isfinite(found):
            return
        free[one], cost = False, found


def _settle(search: _Search, relaxed: Any) -> None:
    """Fix every whole decision at its rounded value, re-solve exactly, and keep the plan."""
    whole = search.model().whole
    fixed = np.round(np.array(relaxed.getSolution().col_value)[whole])
    relaxed.changeColsBounds(len(whole), whole.astype(np.int32), fixed, fixed)
    search.limit(relaxed)
    relaxed.run()
    if relaxed.getModelStatus() == highspy.HighsModelStatus.kOptimal:
        values = np.array(relaxed.getSolution().col_value)
        values[whole] = fixed
        search.keep(values, float(relaxed.getInfo().objective_function_value), relaxed)


def _branch(search: _Search, problem: Problem) -> None:
    """Search the whole model by branch and bound, from the best plan so far."""
    from optimiser.explain import clashes  # noqa: PLC0415

    solver = search.solver(search.model(), relaxed=False)
    if search.values is not None:
        start = highspy.HighsSolution()
        start.col_value = search.values.tolist()
        solver.setSolution(start)
    solver.run()
    status = solver.getModelStatus()
    if status in NO_SOLUTION:
        raise NoPlan(clashes(problem, search.model(), search.settings))
    if status not in {highspy.HighsModelStatus.kOptimal, *ENDED_EARLY}:
        raise RuntimeError(f"HiGHS ended with {solver.modelStatusToString(status)}")
    info = solver.getInfo()
    if search.covers_all:
        search.bound = max(search.bound, float(info.mip_dual_bound))
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        found = np.array(solver.getSolution().col_value)
        exact = hand_over(search.model(), search.settings)
        _let_go(exact, search.model())
        whole = search.model().whole.astype(np.int32)
        fixed = np.round(found[whole])
        exact.changeColsBounds(len(whole), whole, fixed, fixed)
        exact.run()
        if exact.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError("the rounded plan could not be re-solved")
        values = np.array(exact.getSolution().col_value)
        values[whole] = fixed
        search.keep(values, float(exact.getInfo().objective_function_value), exact)


def _by_family(
    built: Built, compiled: Compiled, values: Array, problem: Problem
) -> dict[str, Array]:
    """Return each family's decisions as (rows, years); what the model has not is zero."""
    at = {id(column): j for j, column in enumerate(compiled.columns)}
    shapes = {
        "place": len(problem.arcs),
        "unplaced": len(problem.cells),
        "intake": len(problem.taught),
        "roll": len(problem.taught),
        "opened": len(problem.options),
        "open": len(problem.options),
        "in_use": len(problem.options),
        "over": len(problem.provisions),
        "used": len(problem.provisions),
        "roll_short": len(problem.options),
        "places_short": len(problem.scenario.places_rules),
        "places_beyond": len(problem.scenario.places_rules),
        "too_far": 1,
        "moved": len(problem.stay_on),
    }
    decided = {family: np.zeros((n, problem.horizon)) for family, n in shapes.items()}
    for family, where in built.index.items():
        component = built.model.component(family)
        found = np.fromiter(
            (
                values[j] if (j := at.get(id(variable), -1)) >= 0 else 0.0
                for variable in component.values()
            ),
            float,
            len(where.rows),
        )
        decided[family][where.rows, where.years] = np.where(np.abs(found) < 1e-9, 0.0, found)
    return decided


def _numerics(compiled: Compiled) -> tuple[str, ...]:
    """Return a warning where the numbers of the model span a range that hurts precision."""
    values = np.abs(np.asarray(compiled.lp.a_matrix_.value_))
    values = values[values > 0]
    if len(values) and values.max() / values.min() > 1e9:
        return (
            f"the model's coefficients run from {values.min():.1g} to {values.max():.1g}: "
            "check the units of the inputs",
        )
    return ()
