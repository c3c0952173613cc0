"""The relaxation of a model, whole or over the placements that matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import NoPlan
from optimiser.explain import clashes
from optimiser.highs import PENNY, Ended
from optimiser.sift import NEXT_CHOICES, sieve

if TYPE_CHECKING:
    from optimiser.highs import Compiled, Solver
    from optimiser.problem import Problem
    from optimiser.search import Search

SIFTED_SHARE_OF_GAP = 0.1
"""Sifting ends when what placements left out could save is below this share of the gap asked."""


def relax(search: Search, compiled: Compiled, groups: int | None = None) -> tuple[Solver, Ended]:
    """Return a solver that has solved the relaxation of a model, and how it ended.

    Parameters
    ----------
    search
        The solve under way.
    compiled
        The model.
    groups
        Of cells for each need and phase, under which a start is known; 0 for the whole model;
        None where none is kept.
    """
    start = search.standings.start(groups)
    if start is not None:
        relaxed = search.solver(compiled, relaxed=True)
        ended = start.begin(relaxed, search.seconds_left())
        if ended is not Ended.CUT_SHORT or search.cut_short():
            return relaxed, ended
    relaxed = search.solver(compiled, relaxed=True)
    relaxed.by_interior_point()
    ended = search.run(relaxed)
    if ended is Ended.SOLVED and groups is not None:
        search.standings.learn(groups, relaxed)
    return relaxed, ended


def sifted(search: Search, problem: Problem) -> Solver | None:
    """Return a solver that has solved the relaxation over the placements that matter, or None.

    The search goes on over those placements alone; its bound stays the whole model's.

    Raises
    ------
    NoPlan
        When the rules clash; the rules are named.
    """
    whole = search.model()
    if search.built is None:
        raise RuntimeError("nothing is built yet")
    sieved = sieve(problem, search.built, whole)
    sieved.begin(search.slack)
    search.covers_all = False
    while True:
        part = sieved.restricted()
        relaxed, ended = relax(search, part)
        if ended is Ended.NO_SOLUTION:
            raise NoPlan(clashes(problem, whole, search.settings))
        if ended is Ended.CUT_SHORT:
            return None
        prices = np.zeros(len(whole.rows))
        prices[sieved.rows] = relaxed.prices
        search.compiled = whole
        search.bound_independently(problem, prices)
        search.compiled = part
        reduced = sieved.reduced(relaxed.prices)
        saving = sieved.still_to_save(reduced)
        search.raise_bound(max(relaxed.cost - saving, search.independent))
        enough = max(search.settings.gap * SIFTED_SHARE_OF_GAP * abs(relaxed.cost), PENNY)
        if saving <= enough or not sieved.take_in(reduced, NEXT_CHOICES, only_saving=True):
            return relaxed
