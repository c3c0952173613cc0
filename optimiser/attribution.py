"""What changed a plan, and by how much: one group of inputs switched at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimiser.costs import PURSES, money
from optimiser.openings_held import Interval, dearer, openings_of
from optimiser.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from optimiser.answer import Answer, Proof, Settings, Stop
    from optimiser.problem import Problem


@dataclass(frozen=True)
class Step:
    """One step from last year's expectations to this year's plan.

    Parameters
    ----------
    group
        What was switched: empty for the first, where nothing was.
    proof
        Of the best plan at this step.
    dearer
        By how much it is dearer than that of the step before; None for the first.
    openings
        Option to the year in which it opens.
    added, dropped, moved
        Options that open and did not, that no longer do, and that open in another year, against
        the step before.
    purses
        Purse to what it spends within the horizon, £ of present value.
    entrants, unplaced
        Children who enter in the horizon, and child-years without a place.
    """

    group: str
    proof: Proof
    dearer: Interval | None
    openings: dict[str, int]
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    moved: tuple[str, ...]
    purses: dict[str, float]
    entrants: float
    unplaced: float


def attributed(
    problems: Sequence[tuple[str, Problem]],
    settings: Settings,
    *,
    stop: Stop,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[list[Step], Answer]:
    """Return every step, and the answer of the last.

    The intervals of the steps add up to the whole change between the first and the last, end to
    end; another order of the groups would share it out differently.

    Parameters
    ----------
    problems
        The group switched at each step and the problem after it: the first with nothing switched.
    settings
        Gap, threads and seed; the time limit is of each step.
    stop
        A wish to stop.
    tell
        Told the group that is being solved.

    Raises
    ------
    NoPlan, OutOfTime
        When a step has no plan, or none was found in time.
    ValueError
        When there is no problem.
    """
    steps: list[Step] = []
    answer: Answer | None = None
    for group, problem in problems:
        tell(group)
        answer = solve(problem, settings, stop=stop)
        steps.append(_step(group, problem, answer, steps[-1] if steps else None))
    if answer is None:
        raise ValueError("an attribution needs a problem to begin with")
    return steps, answer


def _step(group: str, problem: Problem, answer: Answer, before: Step | None) -> Step:
    openings = openings_of(problem, answer)
    old = before.openings if before is not None else openings
    horizon = problem.horizon
    spent = money(problem, answer.decided)
    purses = {
        purse: float(
            sum(
                (gbp * problem.discount)[:horizon].sum()
                for (term, who), gbp in spent.items()
                if who == purse and term != "residual"
            )
        )
        for purse in PURSES
    }
    return Step(
        group=group,
        proof=answer.proof,
        dearer=None if before is None else dearer(answer.proof, before.proof),
        openings=openings,
        added=tuple(name for name in openings if name not in old),
        dropped=tuple(name for name in old if name not in openings),
        moved=tuple(name for name in openings if name in old and old[name] != openings[name]),
        purses=purses,
        entrants=float(problem.entrants.sum() + _aside(problem)),
        unplaced=float(answer.decided["unplaced"].sum()),
    )


def _aside(problem: Problem) -> float:
    return float(np.asarray(problem.aside["children"], dtype=float).sum())
