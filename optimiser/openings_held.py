"""Openings held as given, children placed again exactly; and what one set costs beside another."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import Stop, Termination
from optimiser.changes import Change
from optimiser.highs import Ended
from optimiser.hold import Held
from optimiser.problem import placements
from optimiser.search import LARGE_MODEL_PLACEMENTS, Search
from optimiser.what_if import WhatIf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from optimiser.answer import Answer, Proof, Settings
    from optimiser.kinds import Array
    from optimiser.problem import Problem

POUND = 1.0
"""Two costs that may differ by less than this are the same."""


@dataclass(frozen=True)
class Interval:
    """By how much one plan is dearer than another, £ of present value: between two proven ends.

    Parameters
    ----------
    low, high
        The ends; infinite where nothing is proven.
    termination
        How the two solves ended: ``optimal`` only where both are proven within the gap asked.
    """

    low: float
    high: float
    termination: Termination

    @property
    def material(self) -> bool:
        """Whether the interval lies on one side of nought."""
        return self.low > POUND or self.high < -POUND

    @property
    def turned(self) -> Interval:
        """The same difference the other way round: by how much it is cheaper."""
        return Interval(-self.high, -self.low, self.termination)


def dearer(one: Proof, other: Proof) -> Interval:
    """Return by how much the best plan of one problem costs more than that of another.

    Each true cost lies between bound and cost, so the difference lies between the first's bound
    less the other's cost, and the first's cost less the other's bound.

    Parameters
    ----------
    one, other
        What is proven of the two.
    """
    if Termination.INFEASIBLE in (one.termination, other.termination):
        ended = Termination.INFEASIBLE
    elif one.termination is Termination.OPTIMAL:
        ended = other.termination
    else:
        ended = one.termination
    with np.errstate(invalid="ignore"):
        low = one.bound_gbp - other.cost_gbp
        high = one.cost_gbp - other.bound_gbp
    low = -np.inf if np.isnan(low) else low
    return Interval(float(low), float(np.inf if np.isnan(high) else high), ended)


def held_whole(problem: Problem, answer: Answer, settings: Settings) -> Answer:
    """Return an answer that holds the whole model, where the whole model is small enough.

    A plan of a large case is often found with cells merged, and what is kept then answers
    questions to within the merged journeys only. With every cell of its own, openings held leave
    a linear programme, and its answer is exact.

    Parameters
    ----------
    problem
        The problem of the answer.
    answer
        The answer; as it is where it holds the whole model already.
    settings
        Threads and seed.

    Raises
    ------
    RuntimeError
        When the relaxation cannot be solved.
    """
    held = answer.held
    if held is not None and held.merged is None:
        columns = sum(map(len, held.built.columns().values()))
        if len(held.compiled.columns) == columns:
            return answer
    if placements(problem) > LARGE_MODEL_PLACEMENTS:
        return answer
    forever = replace(settings, time_limit_seconds=float("inf"))
    search = Search(forever, Stop(), None, time.monotonic())
    search.compile(problem)
    if search.built is None:
        raise RuntimeError("nothing is built")
    solver = search.solver(search.model(), relaxed=True)
    solver.by_interior_point()
    if solver.run() is not Ended.SOLVED:
        raise RuntimeError("the relaxation of the plan's model could not be solved again")
    whole = Held(search.built, search.model(), solver, None, solver.basis)
    return replace(answer, held=whole)


def asked_whole(problem: Problem, answer: Answer, settings: Settings) -> WhatIf:
    """Return the model of an answer, whole where it may be, ready for questions."""
    return WhatIf(problem, held_whole(problem, answer, settings), settings)


def zones_merged(problem: Problem) -> bool:
    """Return whether a case is so large that questions are asked with like zones taken together.

    Placements are then near the best and not exact; bounds are of the whole problem all the same.
    """
    return placements(problem) > LARGE_MODEL_PLACEMENTS


def openings_of(problem: Problem, answer: Answer) -> dict[str, int]:
    """Return option to the year in which an answer opens it."""
    return opened_in(problem, answer.decided)


def opened_in(problem: Problem, decided: Mapping[str, Array]) -> dict[str, int]:
    """Return option to the year in which some decisions open it."""
    o, t = np.nonzero(decided["open"] > 0.5)
    names = problem.options["option"].to_numpy(str)[o]
    years = np.array(problem.years)[t]
    return {str(name): int(year) for name, year in zip(names, years, strict=True)}


def exactly(problem: Problem, openings: Mapping[str, int]) -> Change:
    """Return the change that holds exactly these openings, each in its year, and no other.

    Commitments stand as they are, whether named or not. Budgets of capital are lifted: what is
    held is held, whatever it costs to build.
    """
    scenario = problem.scenario
    decided = set(problem.options["option"][problem.committed()].astype(str))
    free = [str(name) for name in problem.options["option"] if str(name) not in decided]
    return Change(
        open_by={name: openings[name] for name in free if name in openings},
        shut_before={name: openings.get(name) for name in free},
        capital_budget_gbp=np.inf,
        capital_budget_by_year_gbp=dict.fromkeys(scenario.capital_budget_by_year_gbp, np.inf),
        capital_budget_by_grant_gbp=dict.fromkeys(scenario.capital_budget_by_grant_gbp, np.inf),
    )


def leaning_on(problem: Problem, option: str, among: Iterable[str]) -> tuple[str, ...]:
    """Return an option and those among others that require it, directly or by way of others."""
    requires = dict(zip(problem.options["option"], problem.options["requires"], strict=True))
    out, rest = [option], [str(one) for one in among if str(one) != option]
    for gone in out:  # grows as it is walked
        more = [one for one in rest if gone in requires[one] and one not in out]
        out += more
    return tuple(out)
