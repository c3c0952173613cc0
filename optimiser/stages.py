"""Quick plans and bounds of a large problem: cells merged, ever less coarsely."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.coarse import alike, coarse, laid_on_zones
from optimiser.costs import objective
from optimiser.dive import dive
from optimiser.highs import Ended
from optimiser.lagrangian import lagrangian_bound
from optimiser.relax import relax
from optimiser.search import Search

if TYPE_CHECKING:
    from optimiser.coarse import Coarse
    from optimiser.kinds import Array
    from optimiser.problem import Problem

STAGES = (3, 6, 12, 24, 48, 96)
"""Groups of cells for each need and phase at each stage, before the whole problem."""
MERGED_AT_MOST = 0.7
"""Groups a cell above which a stage is left out: it would be as large as the whole problem."""

PLAN_SHARE_OF_GAP = 0.25
"""Share of the gap asked to which a stage rounds its own openings; the rest is for its journeys."""


def by_stages(search: Search, problem: Problem) -> None:
    """Plan and bound a large problem with cells merged, ever less coarsely.

    Each stage lays its plan on the zones and costs it there. Its prices, laid on the zones too,
    give a bound: both hold for the whole problem.
    """
    price, always = objective(problem)
    for groups in STAGES:
        if search.over():
            return
        cells = alike(problem, groups)
        if len(np.unique(cells)) > MERGED_AT_MOST * len(cells):
            return
        merged = coarse(problem, cells, least=False)
        finer = replace(search.settings, gap=search.settings.gap * PLAN_SHARE_OF_GAP)
        part = Search(finer, search.stop, None, search.started)
        part.compile(merged.problem)
        search.build_seconds += part.build_seconds
        relaxed, ended = relax(part, part.model())
        if ended is not Ended.SOLVED or part.built is None:
            return  # out of time, or a clash that the whole model will name
        form, prices = part.model().form, relaxed.prices
        bound = lagrangian_bound(problem, price, part.built, form, prices, merged)
        search.independent = max(search.independent, bound.gbp)
        search.slack = bound.response.slack
        search.raise_bound(bound.gbp)
        part.bound, part.root = relaxed.cost, relaxed.basis
        if len(part.model().whole):
            dive(part, relaxed)
        else:
            part.keep(relaxed.values, relaxed.cost, relaxed)
        if part.values is not None:
            small = part.by_family(merged.problem)
            decided, cost = laid(problem, merged, small, price, always)
            held = part.kept()
            if held is not None:
                held = replace(held, merged=merged)
            search.keep_decided(decided, cost, held)


def laid(
    problem: Problem,
    merged: Coarse,
    small: dict[str, Array],
    price: dict[str, Array],
    always: float,
) -> tuple[dict[str, Array], float]:
    """Return a coarse plan laid on the zones, and what it costs there."""
    decided = laid_on_zones(problem, merged, small)
    cost = sum(float((values * decided[family]).sum()) for family, values in price.items())
    return decided, always + cost
