"""From a problem to the best plan found, with what is proven of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pyomo.common.errors import InfeasibleConstraintException

from optimiser.answer import (
    Answer,
    NoPlan,
    OutOfTime,
    Progress,
    Proof,
    Settings,
    Stop,
    Termination,
)
from optimiser.branch import branch
from optimiser.choosing import Choosing
from optimiser.costs import objective
from optimiser.dive import dive
from optimiser.explain import clashes, row_without_decisions
from optimiser.highs import Compiled, Ended, compile_model, hand_over
from optimiser.hold import Held, place_again
from optimiser.kernel import by_kernel
from optimiser.lagrangian import lagrangian_bound
from optimiser.numerics import numerics
from optimiser.openings_alone import opening_model
from optimiser.problem import STAGED_PLACEMENTS, placements
from optimiser.relax import relax, sifted
from optimiser.search import LARGE_MODEL_PLACEMENTS, Search
from optimiser.stages import by_stages
from optimiser.standing import WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.highs import Solver
    from optimiser.kinds import Array
    from optimiser.lagrangian import Bound
    from optimiser.problem import Problem
    from optimiser.standing import Standings

__all__ = [
    "Answer",
    "Compiled",
    "Held",
    "NoPlan",
    "OutOfTime",
    "Progress",
    "Proof",
    "Settings",
    "Stop",
    "Termination",
    "compile_model",
    "hand_over",
    "place_again",
    "solve",
]


def solve(
    problem: Problem,
    settings: Settings,
    *,
    stop: Stop | None = None,
    show: Callable[[Progress], None] | None = None,
    standings: Standings | None = None,
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
    standings
        Where simplex stood in an earlier solve of the same case, to start from; or an empty one
        to be filled. None starts from nothing and keeps nothing. From another start another plan
        within the gap may be found.

    Raises
    ------
    NoPlan
        When the rules clash; the rules are named.
    OutOfTime
        When time ran out, or the run was stopped, with no plan at all.
    """
    started = time.monotonic()
    search = Search(settings, stop or Stop(), show, started)
    if standings is not None:
        search.standings = standings
    with search.stop.on_interrupt():
        if placements(problem) > STAGED_PLACEMENTS:
            by_stages(search, problem)
        if not search.over():
            _whole(search, problem)
    if not search.found():
        raise OutOfTime(search.proof().termination)
    return Answer(
        search.proof(),
        search.by_family(problem),
        search.build_seconds,
        time.monotonic() - started - search.build_seconds,
        search.numerics,
        search.kept(),
    )


def _whole(search: Search, problem: Problem) -> None:
    """Relax, dive to a first plan, and branch where a gap is left.

    The relaxation bounds every plan from below. The dive rounds one opening after another, each
    time re-solving the rest exactly; if its plan is within the gap asked, nothing is left to
    prove. Otherwise openings are chosen by prices, and at last HiGHS searches the whole model from
    the best plan.
    """
    try:
        if search.compiled is None:
            search.compile(problem)
    except InfeasibleConstraintException as error:
        raise NoPlan(row_without_decisions(problem, error)) from None
    search.numerics = numerics(search.model().form)
    if placements(problem) > LARGE_MODEL_PLACEMENTS and search.slack is None:
        by_kernel(search, problem)  # no stage could merge its cells
        if search.over():
            return
    relaxed = _relaxed(search, problem)
    if relaxed is None:
        return
    search.root = relaxed.basis
    search.tell()
    if not len(search.model().whole):
        search.keep(relaxed.values, relaxed.cost, relaxed)
        return
    prices = relaxed.prices
    dive(search, relaxed)
    if not search.over() and search.covers_all:
        _choose(search, problem, relaxed, prices)
    if not search.over():
        branch(search, problem)


def _choose(search: Search, problem: Problem, relaxed: Solver, prices: Array) -> None:
    """Place the openings that the prices of the relaxation, and then their own, make cheapest."""
    built, form = search.built, search.model().form
    if built is None:
        raise RuntimeError("nothing is built yet")
    model = opening_model(problem, Held(built, search.model(), relaxed), form, {})
    price, _ = objective(problem)

    def bound_at(at: Array) -> Bound:
        return lagrangian_bound(problem, price, built, form, at, of_cells=model.of_cells)

    choosing = Choosing(model, relaxed, search, search, bound_at, {})
    for known in (prices, relaxed.prices):  # of the relaxation, and where the dive ended
        choosing.learn(known)
    choosing.improve(lambda: None)


def _relaxed(search: Search, problem: Problem) -> Solver | None:
    """Return a solver that holds the solved relaxation; None where it was cut short."""
    if placements(problem) > LARGE_MODEL_PLACEMENTS:
        return sifted(search, problem)
    relaxed, ended = relax(search, search.model(), WHOLE)
    if ended is Ended.NO_SOLUTION:
        raise NoPlan(clashes(problem, search.model(), search.settings))
    if ended is Ended.CUT_SHORT:
        return None
    search.bound = max(search.bound, relaxed.cost)
    search.bound_independently(problem, relaxed.prices)
    return relaxed
