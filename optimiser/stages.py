"""Quick plans and bounds of a large problem: cells merged, ever less coarsely."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.branch import OPENINGS_GAP, openings_by_branching
from optimiser.coarse import alike, coarse, laid_on_zones
from optimiser.costs import cost_of, objective
from optimiser.dive import dive
from optimiser.highs import Ended
from optimiser.lagrangian import lagrangian_bound
from optimiser.placing import place_exactly
from optimiser.relax import relax
from optimiser.search import Search

if TYPE_CHECKING:
    from optimiser.coarse import Coarse
    from optimiser.highs import Solver
    from optimiser.kinds import Array
    from optimiser.problem import Problem

    Priced = tuple[dict[str, Array], float]

STAGES = (3, 12, 24, 48, 96)
"""Groups of cells for each need and phase at each stage, before the whole problem."""
MERGED_AT_MOST = 0.7
"""Groups a cell above which a stage is left out: it would be as large as the whole problem."""
FINER_BY = 1.5
"""A stage with fewer groups than so many times the last one's is left out: localities alone make
more groups than the first stages ask for where there are many of them."""

PLAN_SHARE_OF_GAP = 0.25
"""Share of the gap asked to which a stage rounds its own openings; the rest is for its journeys."""

PLACED_FULLY_BELOW = 0.0025
"""Gap below which every placement that might matter is looked at: those of the first round lose
some 0.03 % of the cost on a county."""


def by_stages(search: Search, problem: Problem) -> None:
    """Plan and bound a large problem with cells merged, ever less coarsely.

    Each stage lays its plan on the zones and costs it there. Its prices, laid on the zones too,
    give a bound: both hold for the whole problem. A stage dives to its plan from its relaxation.
    Once a dive was rough, losing more than journeys do, later stages branch instead, from the
    openings known; where a stage's relaxation shows that there are hardly better openings, they
    look for none. Children are placed exactly, with the openings held, after branching, and where
    laying a plan on the zones makes it much dearer; once little of a gap is left, over every
    placement that might matter.
    """
    priced = objective(problem)
    rough, before, placed = False, 0, None
    for groups in STAGES:
        if search.over():
            return
        cells = alike(problem, groups)
        count = len(np.unique(cells))
        if count > MERGED_AT_MOST * len(cells):
            return
        if count < FINER_BY * before:
            continue
        before = count
        merged = coarse(problem, cells, least=False)
        finer = replace(search.settings, gap=search.settings.gap * PLAN_SHARE_OF_GAP)
        part = Search(finer, search.stop, None, search.started, standings=search.standings)
        part.compile(merged.problem)
        search.build_seconds += part.build_seconds
        branched = rough and search.compiled is None
        if branched:
            _branch(search, problem, merged, part, priced)
        relaxed, ended = relax(part, part.model(), groups)
        if ended is not Ended.SOLVED or part.built is None:
            return  # out of time, or a clash that the whole model will name
        form, prices = part.model().form, relaxed.prices
        bound = lagrangian_bound(problem, priced[0], part.built, form, prices, merged)
        search.independent = max(search.independent, bound.gbp)
        search.slack = bound.response.slack
        search.raise_bound(bound.gbp)
        if search.over():
            return
        if search.decided is not placed and search.gap() <= PLACED_FULLY_BELOW:
            place_exactly(search, problem, fully=True)
            placed = search.decided
            if search.over():
                return
        least = relaxed.cost
        room = OPENINGS_GAP * abs(least)
        if not rough:
            _dive(search, problem, merged, part, priced, relaxed)
            rough = part.cost - least > room
        elif not branched and search.cost - least > room:
            _branch(search, problem, merged, part, priced)
            branched = True
        lost = search.cost - part.cost > room  # where a group reaches what its cells do not
        if (branched or lost) and np.isfinite(part.cost) and not search.over():
            place_exactly(search, problem)


def _branch(search: Search, problem: Problem, merged: Coarse, part: Search, priced: Priced) -> None:
    """Look for better openings by branching, from those known, and lay the plan on the zones."""
    if search.decided is not None:
        openings_by_branching(part, search.decided)
        _lay(search, problem, merged, part, priced)


def _dive(
    search: Search,
    problem: Problem,
    merged: Coarse,
    part: Search,
    priced: Priced,
    relaxed: Solver,
) -> None:
    """Dive to a plan from a stage's relaxation, and lay it on the zones."""
    part.bound, part.root = relaxed.cost, relaxed.basis
    if len(part.model().whole):
        dive(part, relaxed)
    else:
        part.keep(relaxed.values, relaxed.cost, relaxed)
    _lay(search, problem, merged, part, priced)


def _lay(search: Search, problem: Problem, merged: Coarse, part: Search, priced: Priced) -> None:
    """Lay the plan of a stage, if it has one, on the zones, and keep it if it is the best."""
    if part.values is None:
        return
    decided, cost = laid(problem, merged, part.by_family(merged.problem), priced)
    held = part.kept()
    if held is not None:
        held = replace(held, merged=merged)
    search.keep_decided(decided, cost, held)


def laid(
    problem: Problem, merged: Coarse, small: dict[str, Array], priced: Priced
) -> tuple[dict[str, Array], float]:
    """Return a coarse plan laid on the zones, and what it costs there."""
    price, always = priced
    decided = laid_on_zones(problem, merged, small)
    return decided, cost_of(price, always, decided)
