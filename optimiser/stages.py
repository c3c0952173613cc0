"""Quick plans and bounds of a large problem: zones merged, ever less coarsely."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimiser.coarse import alike, coarse, laid_on_zones
from optimiser.costs import objective
from optimiser.dive import dive
from optimiser.highs import Ended
from optimiser.relax import relax
from optimiser.search import Search

if TYPE_CHECKING:
    from optimiser.problem import Problem

STAGES = (12, 40, 100)
"""Groups of zones at each stage of a large problem, before the whole one."""
MERGED_AT_MOST = 0.8
"""Groups a zone above which a stage is left out: it would be as large as the whole problem."""


def by_stages(search: Search, problem: Problem) -> None:
    """Plan and bound a large problem with zones merged, ever less coarsely.

    Each stage lays its plan on the zones and costs it there, and takes the relaxation with the
    least journeys as a bound: both hold for the whole problem.
    """
    price, always = objective(problem)
    for groups in STAGES:
        zones = alike(problem, groups)
        if len(set(zones.values())) > MERGED_AT_MOST * len(zones):
            return  # zones without localities stand for themselves: too few can be merged
        for least in (False, True):
            if search.over():
                return
            merged = coarse(problem, zones, least=least)
            part = Search(search.settings, search.stop, None, search.started)
            part.compile(merged.problem)
            search.build_seconds += part.build_seconds
            relaxed, ended = relax(part, part.model())
            if ended is not Ended.SOLVED:
                return  # out of time, or a clash that the whole model will name
            bound = relaxed.cost
            if least:
                search.raise_bound(bound)
                continue
            part.bound = bound
            if len(part.model().whole):
                dive(part, relaxed)
            else:
                part.keep(relaxed.values, bound, relaxed)
            if part.values is not None:
                decided = laid_on_zones(problem, merged, part.by_family(merged.problem))
                cost = always + sum(
                    float((values * decided[family]).sum()) for family, values in price.items()
                )
                search.keep_decided(decided, cost)
