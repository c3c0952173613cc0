"""The only file of the round that knows a solver: HiGHS in process, or CBC, both through PuLP.

PuLP calls an answer ``Optimal`` even where time ran out, so its status is never taken alone: an
outcome here carries the value, the bound and how the search ended, and every step of the round asks
for a proven one.
"""

from __future__ import annotations

import importlib
import shutil
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import highspy
import numpy as np
import pulp
from pulp.apis import coin_api

if TYPE_CHECKING:
    from optimiser.kinds import Array
    from optimiser.round.model import RoundModel

DUAL, PRIMAL = 1, 4
"""HiGHS's numbers for dual and for primal simplex."""
A_LITTLE = 300
"""Iterations that going on may take before it is better to begin afresh, presolved."""
WHOLE = 1e-6
"""How far from a whole number a solver's whole number may lie."""
ROUNDING = 1e-3
"""What the arithmetic of a sum of whole numbers may add to it."""


class SolverName(StrEnum):
    """A solver that a round can be given to."""

    HIGHS = "highs"
    CBC = "cbc"


class Ended(StrEnum):
    """How a search ended."""

    PROVEN = "proven"
    OUT_OF_TIME = "out_of_time"
    INFEASIBLE = "infeasible"
    FAILED = "failed"


class NotProvenError(Exception):
    """A step of the round was not proven: time ran out, or the solver failed."""

    def __init__(self, step: str, ended: Ended) -> None:
        self.step, self.ended = step, ended
        words = {
            Ended.OUT_OF_TIME: "time ran out",
            Ended.INFEASIBLE: "the solver found the rules to clash",
        }.get(ended, "the solver failed")
        super().__init__(f"{words} before the step {step!r} was proven")


class NoSolverError(Exception):
    """The solver asked for is not there."""


@dataclass(frozen=True)
class Outcome:
    """What a solver found.

    Parameters
    ----------
    ended
        How the search ended.
    value, bound
        Of the objective: the best found, and what nothing can pass. Equal where proven.
    values
        (variables,) of the model's variables in their order, whole numbers made whole.
    seconds
        Wall time.
    """

    ended: Ended
    value: float
    bound: float
    values: Array
    seconds: float


class Solver(Protocol):
    """Something that solves a round's model as it stands."""

    def run(self, model: RoundModel) -> Outcome:
        """Return the outcome of a model as it stands now."""


def solver(name: SolverName, time_limit_seconds: float = float("inf")) -> Solver:
    """Return a solver by name.

    Parameters
    ----------
    name
        HiGHS, or CBC.
    time_limit_seconds
        For all that it is given, counted from now.

    Raises
    ------
    NoSolverError
        When CBC is asked for and none can be found.
    """
    until = time.monotonic() + time_limit_seconds
    return Highs(until) if name is SolverName.HIGHS else Cbc(until)


class Highs(pulp.HiGHS):  # type: ignore[misc]
    """PuLP's HiGHS, given whole arrays at once, and going on from the last answer.

    The relaxation is solved first. Where its answer is whole it is the answer, and proven: nothing
    whole can beat it. Without mixes, and with groups that lie within pools, the rows are those of a
    network, which is totally unimodular, so that it always is (a step that holds earlier ones works
    on a face of the same polytope).

    Where a mix leaves it between whole numbers, the mixes are first decided as they last were. What
    is then found is proven where the relaxation allows nothing better: every step adds up whole
    numbers, so that a bound less than one above a value is that value. Only otherwise is the whole
    problem searched.
    """

    def __init__(self, until: float) -> None:
        super().__init__(msg=False, gapRel=0.0, gapAbs=0.0, threads=1)
        self._until = until
        self._of: RoundModel | None = None
        self._held: Any = None
        self._whole: Any = None
        self._either: Any = None
        self._decided: Any = None
        self._bases: dict[str, tuple[int, Any]] = {}
        self._rows = 0
        self._go_on = False

    def run(self, model: RoundModel) -> Outcome:
        """Return the outcome of a model; one that was run before is gone on with."""
        began = time.monotonic()
        again = self._of is model
        if again:
            self._update(model)
        else:
            self._load(model)
        known = self._bases.get(model.aimed)
        near = known is not None and known[0] == self._rows
        if known is not None and near:
            self._held.setBasis(known[1])
        self._go_on = again and not near
        ended, values = self._relaxed_or_whole(model.aimed)
        if again and ended not in {Ended.PROVEN, Ended.OUT_OF_TIME}:
            self._load(model)  # where going on failed, begin afresh
            ended, values = self._relaxed_or_whole(model.aimed)
        value = float(model.costs @ values)
        bound = value if ended is Ended.PROVEN else np.nan
        return Outcome(ended, value, bound, values, time.monotonic() - began)

    def _relaxed_or_whole(self, step: str) -> tuple[Ended, Array]:
        """Run the relaxation, and where it is not whole what proves or finds a whole answer.

        Where it ended is kept by step: when the step comes again, with a place more or less, its
        end then is near.
        """
        ended, values = self._gone_on() or self._run()
        if ended is Ended.PROVEN and self._bases.get(step, (0, None))[0] != self._rows:
            self._bases[step] = self._rows, self._held.getBasis()
        if ended is Ended.PROVEN and not _is_whole(values[self._whole]):
            bound = self._held.getObjectiveValue()
            ended, values = self._as_decided(bound) or self._search()
        values[self._whole] = np.rint(values[self._whole])
        if ended is Ended.PROVEN and len(self._either):
            self._decided = values[self._either]
        return ended, values

    def _gone_on(self) -> tuple[Ended, Array] | None:
        """Go on by primal simplex from an answer that only lost its objective, if it takes little.

        It is quick where the answer is near, and slow where it is not: then nothing is kept of it.
        """
        if not self._go_on:
            return None
        self._held.setOptionValue("simplex_strategy", PRIMAL)
        self._held.setOptionValue("simplex_iteration_limit", A_LITTLE)
        ended, values = self._run()
        self._held.setOptionValue("simplex_strategy", DUAL)
        self._held.setOptionValue("simplex_iteration_limit", highspy.kHighsIInf)
        if ended in {Ended.PROVEN, Ended.OUT_OF_TIME}:
            return ended, values
        self._held.clearSolver()
        return None

    def _as_decided(self, bound: float) -> tuple[Ended, Array] | None:
        """Return the best answer with mixes decided as they last were, if the bound proves it."""
        if self._decided is None:
            return None
        at = self._either
        self._held.changeColsBounds(len(at), at, self._decided, self._decided)
        ended, values = self._run()
        found = self._held.getObjectiveValue()
        self._held.changeColsBounds(len(at), at, np.zeros(len(at)), np.ones(len(at)))
        whole = ended is Ended.PROVEN and _is_whole(values[self._whole])
        return (ended, values) if whole and found - bound < 1 - ROUNDING else None

    def _search(self) -> tuple[Ended, Array]:
        """Search the whole problem."""
        every = np.arange(len(self._whole), dtype=np.int32)
        kinds = self._whole.astype(np.uint8)
        self._held.changeColsIntegrality(len(every), every, kinds)
        ended, values = self._run()
        self._held.changeColsIntegrality(len(every), every, np.zeros_like(kinds))
        if ended is Ended.PROVEN and not _is_whole(values[self._whole]):
            ended = Ended.FAILED
        return ended, values

    def _run(self) -> tuple[Ended, Array]:
        """Run what is held; return how it ended, and the value of each variable."""
        left = self._until - time.monotonic()
        if left <= 0:
            return Ended.OUT_OF_TIME, np.zeros(len(self._whole))
        if np.isfinite(left):
            # HiGHS counts the time of every run of one model together
            self._held.setOptionValue("time_limit", self._held.getRunTime() + left)
        # HiGHS keeps one pool of threads a process, and would not run with another number
        highspy.Highs.resetGlobalScheduler(True)
        self._held.run()
        highspy.Highs.resetGlobalScheduler(True)
        told = {
            highspy.HighsModelStatus.kOptimal: Ended.PROVEN,
            highspy.HighsModelStatus.kTimeLimit: Ended.OUT_OF_TIME,
            highspy.HighsModelStatus.kInfeasible: Ended.INFEASIBLE,
        }
        values = np.array(self._held.getSolution().col_value, dtype=float)
        return told.get(self._held.getModelStatus(), Ended.FAILED), values

    def _load(self, model: RoundModel) -> None:
        """Hand the whole model over as arrays."""
        for index, one in enumerate(model.variables):
            one.index = index
        model.moved()
        self.createAndConfigureSolver(model.lp)
        self._held, self._of, self._rows = model.lp.solverModel, model, len(model.rows)
        self._whole = np.array([one.cat == pulp.LpInteger for one in model.variables], dtype=bool)
        self._either = np.array(model.either, dtype=np.int32)
        self._decided, self._bases = None, {}
        starts, at, values = _entries(model.rows)
        held = highspy.HighsLp()
        held.num_col_, held.num_row_ = len(model.variables), len(model.rows)
        held.col_cost_ = _signed(model)
        held.col_lower_, held.col_upper_ = _bounds(model.variables)
        held.row_lower_, held.row_upper_ = _bounds(model.rows)
        held.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        held.a_matrix_.start_, held.a_matrix_.index_ = starts, at
        held.a_matrix_.value_ = values
        self._held.passModel(held)

    def _update(self, model: RoundModel) -> None:
        """Hand over what changed: the objective, bounds that moved, and rows added since."""
        every = np.arange(len(model.variables), dtype=np.int32)
        self._held.changeColsCost(len(every), every, _signed(model))
        columns, rows = model.moved()
        if columns:
            at = np.array(columns, dtype=np.int32)
            self._held.changeColsBounds(len(at), at, *_bounds([model.variables[k] for k in at]))
        rows = [row for row in rows if row < self._rows]
        if rows:
            at = np.array(rows, dtype=np.int32)
            self._held.changeRowsBounds(len(at), at, *_bounds([model.rows[k] for k in at]))
        added = model.rows[self._rows :]
        if added:
            starts, where, values = _entries(added)
            low, high = _bounds(added)
            self._held.addRows(len(added), low, high, len(where), starts[:-1], where, values)
            self._rows = len(model.rows)


def _is_whole(values: Array) -> bool:
    return bool(np.all(np.abs(values - np.rint(values)) <= WHOLE))


def _signed(model: RoundModel) -> Array:
    """Return the objective as HiGHS takes it: to be made as small as can be."""
    return -model.costs if model.lp.sense == pulp.LpMaximize else model.costs


def _bounds(some: list[Any]) -> tuple[Array, Array]:
    """Return the bounds of variables, or of rows."""
    low = [-np.inf if (found := one.getLb()) is None else found for one in some]
    high = [np.inf if (found := one.getUb()) is None else found for one in some]
    return np.array(low, dtype=float), np.array(high, dtype=float)


def _entries(rows: list[Any]) -> tuple[Any, Any, Any]:
    starts, at, values = [0], list[int](), list[float]()
    for one in rows:
        for variable, coefficient in one.items():
            at.append(variable.index)
            values.append(coefficient)
        starts.append(len(at))
    whole = (np.array(starts, dtype=np.int32), np.array(at, dtype=np.int32))
    return *whole, np.array(values, dtype=float)


class Cbc:
    """CBC through PuLP's ``COIN_CMD``: a program of its own, given a file for each problem.

    The file holds numbers in place of names, so that no pseudonym is written to a temporary folder.
    """

    def __init__(self, until: float) -> None:
        self._until, self._path = until, find_cbc()

    def run(self, model: RoundModel) -> Outcome:
        """Return the outcome of a model."""
        began = time.monotonic()
        left = self._until - began
        values = np.zeros(len(model.variables))
        if left <= 0:
            return Outcome(Ended.OUT_OF_TIME, np.nan, np.nan, values, 0.0)
        limit = max(1, int(left)) if np.isfinite(left) else None
        command = pulp.COIN_CMD(
            path=self._path, msg=False, gapRel=0.0, gapAbs=0.0, threads=1, timeLimit=limit
        )
        # PuLP leaves its files behind when it is interrupted: here they go with their folder
        with tempfile.TemporaryDirectory(prefix="round-cbc-") as command.tmpDir:
            try:
                model.lp.solve(command)
            except (pulp.PulpSolverError, OSError):  # it broke off, or is not for this machine
                return Outcome(Ended.FAILED, np.nan, np.nan, values, time.monotonic() - began)
        told = {
            pulp.LpSolutionOptimal: Ended.PROVEN,
            pulp.LpSolutionIntegerFeasible: Ended.OUT_OF_TIME,
            pulp.LpSolutionNoSolutionFound: Ended.OUT_OF_TIME,
            pulp.LpSolutionInfeasible: Ended.INFEASIBLE,
        }
        ended = told.get(model.lp.sol_status, Ended.FAILED)
        values = np.array([one.varValue or 0.0 for one in model.variables], dtype=float)
        whole = np.array([one.cat == pulp.LpInteger for one in model.variables], dtype=bool)
        if ended is Ended.PROVEN and not _is_whole(values[whole]):
            ended = Ended.FAILED
        values[whole] = np.rint(values[whole])
        value = float(model.costs @ values)
        bound = value if ended is Ended.PROVEN else np.nan
        return Outcome(ended, value, bound, values, time.monotonic() - began)


def find_cbc() -> str:
    """Return where CBC is: the package ``cbcbox``, the search path, or what ships inside PuLP 3.

    Raises
    ------
    NoSolverError
        When there is none (PuLP 4 ships none).
    """
    try:
        box = importlib.import_module("cbcbox")
        return str(box.cbc_bin_path())
    except (ImportError, OSError, AttributeError):
        pass
    on_path = shutil.which("cbc")
    if on_path:
        return on_path
    within = getattr(coin_api, "pulp_cbc_path", "")
    for ending in ("", ".exe"):
        if within and Path(within + ending).is_file():
            return str(within + ending)
    raise NoSolverError(
        "CBC is not installed: say --solver highs, or install it with pip install cbcbox"
    )
