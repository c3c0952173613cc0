"""Solve a round step by step: the arrangement, with how each step ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimiser.round.model import build
from optimiser.round.solver import Ended, NotProvenError, SolverName, solver
from optimiser.round.steps import Step, bands, first_steps, later_steps
from optimiser.round.ties import draw

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from optimiser.kinds import Indices
    from optimiser.round.model import RoundModel
    from optimiser.round.problem import RoundProblem
    from optimiser.round.solver import Solver

FORMATS = ("lp", "mps")
HALF = 0.5
SETTLED_FROM = 5_000
"""Arcs from which it pays to settle who has a place before where is asked."""


@dataclass(frozen=True)
class Done:
    """A step that was solved to proof.

    Parameters
    ----------
    key, words, most
        As of the step.
    value, bound
        Its best sum, and what no arrangement can pass: the same, as it is proven.
    ended
        How the search ended.
    seconds
        Wall time.
    """

    key: str
    words: str
    most: bool
    value: int
    bound: float
    ended: Ended
    seconds: float


@dataclass(frozen=True, eq=False)
class Arrangement:
    """One way to use the open places that is best by the steps: evidence, never a decision.

    Parameters
    ----------
    pool_of
        (n,) the pool in which each child has a place, or -1.
    done
        The steps, in order.
    solver
        Who solved it.
    variables, rows
        Size of the model.
    """

    pool_of: Indices
    done: tuple[Done, ...]
    solver: SolverName
    variables: int
    rows: int

    def provision_of(self, problem: RoundProblem) -> Indices:
        """Return (n,) the provision in which each child has a place, or -1."""
        of = np.append(problem.pools["p"].to_numpy(int), -1)
        found: Indices = of[self.pool_of]
        return found


def arrange(
    problem: RoundProblem,
    name: SolverName = SolverName.HIGHS,
    *,
    time_limit_seconds: float = float("inf"),
    export: tuple[Path, str] | None = None,
) -> Arrangement:
    """Return the arrangement that is best by the steps, each proven.

    Parameters
    ----------
    problem
        The round.
    name
        The solver.
    time_limit_seconds
        For all the steps together.
    export
        A folder, and ``lp`` or ``mps``: the model of each step is written there as it is solved.

    Raises
    ------
    NotProvenError
        When a step could not be proven in time.
    NoSolverError
        When the solver is not there.
    """
    arcs = problem.arcs
    pool_of = np.full(len(problem.children), -1, dtype=np.int64)
    if arcs.empty:
        return Arrangement(pool_of, (), name, 0, 0)
    given = solver(name, time_limit_seconds)
    model = build(problem, arcs, problem.pools["places"].to_numpy(np.int64))
    columns, rows = len(model.variables), len(model.rows)
    done: list[Done] = []

    def before(step: Step) -> None:
        if export is not None and step.kept:
            write_model(model, step, *export, number=len(done) + 1)

    last = Step("draw", "Tie: a fixed draw", most=False, weights=draw(problem, arcs))
    later = [*later_steps(arcs), last]
    chosen = step_by_step(
        model, problem, first_steps(problem, arcs), later, given, before=before, after=done.append
    )
    pool_of[arcs["i"].to_numpy(int)[chosen]] = arcs["v"].to_numpy(int)[chosen]
    return Arrangement(pool_of, tuple(done), name, columns, rows)


def step_by_step(
    model: RoundModel,
    problem: RoundProblem,
    first: list[Step],
    later: list[Step],
    given: Solver,
    *,
    before: Callable[[Step], None] = lambda _: None,
    after: Callable[[Done], None] = lambda _: None,
) -> Indices:
    """Take the steps in order, each kept; return the arcs of the arrangement that is best by them.

    Parameters
    ----------
    model, problem, given
        The model, the round that it is of, and the solver.
    first, later
        The steps that say who has a place, and those that say where.
    before, after
        Told of each step before it is solved, and of how it ended.

    Raises
    ------
    NotProvenError
        When a step could not be proven.
    """
    chosen = np.array([], dtype=np.int64)
    for steps in (first, later):
        for step in steps:
            if not step.weights.any():  # there is nothing to make better
                after(Done(step.key, step.words, step.most, 0, 0.0, Ended.PROVEN, 0.0))
                continue
            before(step)
            done, chosen = take(model, step, given)
            if step.kept:
                after(done)
        if steps is first and later and len(model.arcs) > SETTLED_FROM:
            model.settle(bands(problem, model.arcs, chosen))
    return chosen


def take(model: RoundModel, step: Step, given: Solver) -> tuple[Done, Indices]:
    """Solve one step, keep its value in all that follows, and return it with the arcs taken.

    Raises
    ------
    NotProvenError
        When it could not be proven.
    """
    model.aim(step)
    found = given.run(model)
    if found.ended is not Ended.PROVEN:
        raise NotProvenError(step.words, found.ended)
    arcs = np.flatnonzero(found.values[: len(model.arcs)] > HALF)
    value = int(step.weights[arcs].sum())
    if step.kept:
        model.keep(step, value)
    bound = round(found.bound, 6)
    return Done(step.key, step.words, step.most, value, bound, found.ended, found.seconds), arcs


def write_model(model: RoundModel, step: Step, folder: Path, form: str, *, number: int) -> None:
    """Write the model of a step, earlier steps kept, for anyone to solve again."""
    model.aim(step)
    path = folder / f"{number:02d}_{step.key}.{form}"
    if form == "lp":
        model.lp.writeLP(str(path))
    else:
        model.lp.writeMPS(str(path), with_objsense=True)
