"""A large siting problem whose cells cannot be merged: prices, a kernel, and a narrowed proof.

Where the zones of a case share no locality no two cells are alike, so there are no quick stages,
and the relaxation without its linking rows says little where each place must first be opened. For
one year (``optimiser/siting.py`` says for which problems) there is another way:

1. prices of children and places, by the volume algorithm (``optimiser/volume.py``), and from them
   a multiplier for every row of the model, which ``optimiser/lagrangian.py`` makes a bound of;
2. a plan by the kernel: the model over the sites that the prices open, and each cell's cheapest few
   placements there (kernel search: G. Guastaroba and M. G. Speranza, Kernel search for the
   capacitated facility location problem, Journal of Heuristics 18, 2012);
3. a branch and bound of the whole model, narrowed to what plans no dearer than that one can do.

The bound of the first holds whatever the prices are. The last leaves out only plans that cost more
than the one known, each by an argument from that bound (``no_dearer``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.costs import objective
from optimiser.highs import PENNY, Ended, Solver
from optimiser.hold import Held, by_family
from optimiser.lagrangian import lagrangian_bound
from optimiser.sift import without_implied
from optimiser.siting import siting
from optimiser.volume import volume

if TYPE_CHECKING:
    from optimiser.highs import Compiled
    from optimiser.kinds import Array
    from optimiser.lagrangian import Bound
    from optimiser.problem import Problem
    from optimiser.search import Search
    from optimiser.siting import Siting
    from optimiser.volume import Prices

OPENED_IN_PART = 0.01
"""Share of a site that the prices open from which on it is in the kernel."""
ROOM_FOR_EACH = 2.0
"""Places a child due that the kernel's sites have together, at least: so that there is a choice."""
CHOICES = 5
"""Placements of each cell in the kernel."""
KERNEL_GAP = 0.001
"""Gap at which the kernel's plan is good enough: the narrowed search improves on it."""
KERNEL_SHARE_OF_TIME = 0.7
"""Share of the time left that the kernel may take."""
LINKED_SHARE = 0.2
"""Share of the placements, cheapest first, whose linking rows the narrowed search has."""


def by_kernel(search: Search, problem: Problem) -> None:
    """Bound, plan and prove a siting problem; do nothing where it is not one.

    The whole model is compiled already. The bound, the plan, and by how much each placement is
    dearer than what its cell does are kept: sifting begins with the last where a gap is left.
    """
    if search.built is None:
        raise RuntimeError("nothing is built yet")
    known = siting(problem, search.built, search.model().form)
    if known is None:
        return
    prices = volume(known.sites, search.cut_short)
    price, _ = objective(problem)
    multipliers = known.multipliers(prices.child, prices.place)
    bound = lagrangian_bound(problem, price, search.built, known.form, multipliers)
    search.independent = max(search.independent, bound.gbp)
    search.slack = bound.response.slack
    search.raise_bound(bound.gbp)
    slack = bound.response.slack[search.built.index["place"].rows, 0]
    if search.cut_short():
        return
    _first_plan(search, problem, known, prices)
    for all_placed in (True, False):
        if search.over():
            return
        settings = replace(search.settings, gap=max(search.settings.gap, KERNEL_GAP))
        small = Solver(kernel(known, prices, slack, all_placed=all_placed), settings, relaxed=False)
        small.watch(on_bound=lambda _: None, stop=search.cut_short)
        if search.found():
            small.start_with(small.compiled.whole, _openings(search, problem, known))
        small.run(KERNEL_SHARE_OF_TIME * search.seconds_left())
        if small.found:
            _place_exactly(search, problem, small.values[small.compiled.whole])
            break
    if search.found() and not search.over():
        rest = search.solver(no_dearer(known, bound, slack, search.cost), relaxed=False)
        rest.start_with(rest.compiled.whole, _openings(search, problem, known))
        if search.run(rest) is not Ended.NO_SOLUTION:
            search.raise_bound(rest.bound)
            if rest.found:
                _place_exactly(search, problem, rest.values[rest.compiled.whole])


def kernel(known: Siting, prices: Prices, slack: Array, *, all_placed: bool) -> Compiled:
    """Return the model over the sites that the prices open and each cell's cheapest placements.

    Parameters
    ----------
    known, prices
        The siting problem, and its prices.
    slack
        (placements,) by how much each is dearer than what its cell does, £ a child.
    all_placed
        Whether no child may be left without a place: HiGHS then knows how much must open.
    """
    sites = known.sites
    order = np.argsort(-prices.opened, kind="stable")
    enough = np.cumsum(sites.room[order]) - sites.room[order] < ROOM_FOR_EACH * sites.due.sum()
    inside = prices.opened >= OPENED_IN_PART
    inside[order[enough]] = True
    inside[np.setdiff1d(np.arange(len(inside)), known.site)] = True
    some = np.flatnonzero(inside[sites.site])
    ranked = some[np.lexsort((slack[some], sites.cell[some]))]
    cells = sites.cell[ranked]
    rank = np.arange(len(ranked)) - np.searchsorted(cells, cells)
    keep = np.zeros(len(slack), dtype=bool)
    keep[ranked[rank < CHOICES]] = True
    high = known.form.high.copy()
    if all_placed:
        high[known.at["unplaced"]] = 0.0
    return known.narrowed(keep, keep, known.form.low, high, 0.0 if all_placed else np.inf)


def no_dearer(known: Siting, bound: Bound, slack: Array, cost: float) -> Compiled:
    """Return the whole model, less plans that cost more than the one known.

    A plan costs at least the bound, and beside it what each of its decisions is dearer than where
    the bound has it stand. So a plan no dearer than the one known has no more children without a
    place than the difference pays for, and neither opens nor leaves shut what alone would cost
    more. Placements of what stays shut are left out, and linking rows of dear ones, which follow
    from others once openings are whole.

    Parameters
    ----------
    known, slack
        The siting problem, and (placements,) by how much each is dearer, £ a child.
    bound
        Of the whole problem.
    cost
        Of a plan of it.
    """
    form, at = known.form, known.at
    spare = cost - bound.gbp + PENNY + 1e-9 * abs(cost)
    low, high = form.low.copy(), form.high.copy()
    opening = (at["open"], at["opened"])
    shut, opened = (
        sum(bound.reduced[columns] * (value - bound.stands[columns]) for columns in opening) > spare
        for value in (1.0, 0.0)
    )
    high[at["opened"][shut]] = 0.0
    low[at["opened"][opened]] = 1.0
    waiting = bound.response.waiting[:, 0][known.sites.due > 0]
    most = spare / waiting.min() if waiting.min() > 0 else np.inf
    high[at["unplaced"]] = np.minimum(high[at["unplaced"]], most)
    keep = ~(np.r_[shut, False][known.shut_without])
    cheap = np.flatnonzero(keep)[np.argsort(slack[keep], kind="stable")]
    linked = np.zeros(len(keep), dtype=bool)
    linked[cheap[: int(LINKED_SHARE * len(keep))]] = True
    return known.narrowed(keep, linked, low, high, most)


def _first_plan(search: Search, problem: Problem, known: Siting, prices: Prices) -> None:
    """Open what the prices open most, until there is room for everybody, and place them exactly."""
    if not np.array_equal(known.form.whole, known.at["opened"]):
        return  # vehicles are decided too: the kernel does it
    order = np.argsort(-prices.opened[known.site], kind="stable")
    before = np.cumsum(known.added[order]) - known.added[order]
    openings = np.zeros(len(order))
    openings[order[before < known.sites.due.sum() - known.fits]] = 1.0
    _place_exactly(search, problem, openings)


def _openings(search: Search, problem: Problem, known: Siting) -> Array:
    """Return the whole decisions of the best plan so far."""
    rounded: Array = np.round(search.columns_of(search.by_family(problem))[known.form.whole])
    return rounded


def _place_exactly(search: Search, problem: Problem, whole: Array) -> None:
    """Hold whole decisions, rounded, place every child exactly, and keep the plan."""
    if search.built is None:
        raise RuntimeError("nothing is built yet")
    loose = without_implied(search.model())
    exact = search.solver(loose, relaxed=True)
    held = np.round(whole)
    exact.hold(loose.whole, held, held)
    if exact.run() is Ended.SOLVED:
        decided = by_family(search.built, loose, exact.values, problem)
        search.keep_decided(decided, exact.cost, Held(search.built, loose, exact))
