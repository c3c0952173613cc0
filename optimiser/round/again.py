"""Solve the round again with one place more, or one kept back: what a place is worth now.

The model is the round's own with its capacity rows made elastic, and an extra pool without places
at each provision that has none left. A place more is given to such a pool: it is open now, to every
need, phase and year that the provision teaches, with room in the teaching group of whoever takes
it. A place kept back is taken from a pool of the round, to see who could not be placed without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optimiser.round.arrange import step_by_step
from optimiser.round.model import build, group_rows, mix_rows
from optimiser.round.pose import arc_rows
from optimiser.round.problem import Rule
from optimiser.round.steps import first_steps, later_steps, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from optimiser.kinds import Indices, Mask
    from optimiser.round.arrange import Arrangement
    from optimiser.round.problem import RoundProblem
    from optimiser.round.solver import Solver
    from optimiser.round.steps import Step


@dataclass(frozen=True)
class Totals:
    """What an arrangement comes to over the children who have a place in it, or a change of it.

    Parameters
    ----------
    children, weeks
        How many have a place, and the weeks they have waited together.
    over_guideline, preferred
        Journeys beyond the guideline, and preferences met.
    minutes
        Minutes one way on a shared ride, added up.
    added_gbp
        What the authority's spending rises by a year: less what they cost while waiting.
    """

    children: int
    weeks: float = 0.0
    over_guideline: int = 0
    preferred: int = 0
    minutes: int = 0
    added_gbp: int = 0

    def less(self, other: Totals) -> Totals:
        """Return this less another."""
        return Totals(
            self.children - other.children,
            self.weeks - other.weeks,
            self.over_guideline - other.over_guideline,
            self.preferred - other.preferred,
            self.minutes - other.minutes,
            self.added_gbp - other.added_gbp,
        )


def totals(problem: RoundProblem, arcs: pd.DataFrame) -> Totals:
    """Return what the arcs taken come to."""
    weeks = problem.children["weeks"].to_numpy(float)
    return Totals(
        children=len(arcs),
        weeks=float(weeks[arcs["i"].to_numpy(int)].sum()),
        over_guideline=int(arcs["over"].sum()),
        preferred=int(arcs["preferred"].sum()),
        minutes=int(arcs["minutes"].sum()),
        added_gbp=int(arcs["cost_gbp"].sum()),
    )


def left_over(problem: RoundProblem, arrangement: Arrangement) -> Indices:
    """Return (V,) places of each pool that the arrangement leaves open."""
    used = np.bincount(arrangement.pool_of[arrangement.pool_of >= 0], minlength=len(problem.pools))
    left: Indices = problem.pools["places"].to_numpy(np.int64) - used
    return left


def full_provisions(problem: RoundProblem, arrangement: Arrangement) -> Indices:
    """Return the provisions that are suitable for a child and have no place left."""
    left = np.zeros(len(problem.provisions), dtype=np.int64)
    np.add.at(left, problem.pools["p"].to_numpy(int), left_over(problem, arrangement))
    wanted = with_room(problem).any(axis=0)
    full: Indices = np.flatnonzero(wanted & (left == 0))
    return full


def with_room(problem: RoundProblem) -> Mask:
    """Return (n, P): every rule but its teaching group would allow one more place to the child."""
    mask: Mask = (problem.static & ~int(Rule.GROUP)) == 0
    return mask


class Again:
    """A part of the round with elastic capacity, to be solved again and again.

    Parameters
    ----------
    problem
        The round.
    arcs
        The arcs of the part: no other arc shares a child, a pool, a mix or a group with them.
    extra
        Provisions that get an extra pool without places.
    given
        A solver of its own.
    """

    def __init__(
        self, problem: RoundProblem, arcs: pd.DataFrame, extra: Sequence[int], given: Solver
    ) -> None:
        self.problem, self._given = problem, given
        count = len(problem.pools)
        self._extra = {p: count + k for k, p in enumerate(extra)}
        more = _extra_arcs(problem, np.array(extra, dtype=np.int64), count)
        both = [one for one in (arcs, more) if len(one)]
        self.arcs = pd.concat(both, ignore_index=True) if both else arcs
        places = problem.pools["places"].to_numpy(np.int64)
        places = np.append(places, np.zeros(len(extra), dtype=np.int64))
        self._model = build(problem, self.arcs, places, elastic=True)
        self._first = first_steps(problem, self.arcs)
        self._later = later_steps(self.arcs)
        of = self.arcs["v"].to_numpy(int)
        self._of_pool = {v: np.flatnonzero(of == v) for v in self._extra.values()}
        for some in self._of_pool.values():
            self._allow(some, 0)

    def _allow(self, arcs: Indices, most: int) -> None:
        for k in arcs:
            self._model.bound(int(k), 0, most)

    def with_one_more(self, p: int) -> Totals:
        """Return what the best arrangement comes to with one place more at a provision."""
        v = self._extra[p]
        self._allow(self._of_pool[v], 1)
        self._model.bound(self._model.more[v], 1, 1)
        try:
            return self.as_it_is()
        finally:
            self._model.bound(self._model.more[v], 0, 0)
            self._allow(self._of_pool[v], 0)

    def with_one_kept(self, v: int) -> Totals:
        """Return what the best arrangement comes to with one place of a pool kept back."""
        held = self._model.held[v]
        self._model.bound(held, 1, 1)
        try:
            return totals(self.problem, self.arcs.iloc[self._solve([])])
        finally:
            self._model.bound(held, 0, 0)

    def as_it_is(self) -> Totals:
        """Return what the best arrangement of the part comes to."""
        return totals(self.problem, self.arcs.iloc[self._solve(self._later)])

    def _solve(self, later: list[Step]) -> Indices:
        self._model.loosen()
        return step_by_step(self._model, self.problem, self._first, later, self._given)


class Parts:
    """The parts of a round, each made ready to be solved again when it is first asked for.

    Parts share no child, pool, mix or group: what happens in one changes nothing in another.

    Parameters
    ----------
    problem, arrangement
        The round, and its best arrangement.
    make
        Makes a solver.
    """

    def __init__(
        self, problem: RoundProblem, arrangement: Arrangement, make: Callable[[], Solver]
    ) -> None:
        self._problem, self._make = problem, make
        arcs = problem.arcs
        self._part = _parts_of(problem) if len(arcs) else np.array([], dtype=np.int64)
        self._of_child = np.full(len(problem.children), -1, dtype=np.int64)
        self._of_child[arcs["i"].to_numpy(int)] = self._part
        at = arrangement.pool_of[arcs["i"].to_numpy(int)]
        self._taken = at == arcs["v"].to_numpy(int)
        self._kept: dict[int, Again] = {}

    def with_one_more(self, provisions: Indices) -> dict[int, Totals]:
        """Return what changes in the best arrangement with one place more at each provision."""
        together: dict[frozenset[int], list[int]] = {}
        for p in provisions.tolist():
            some = self._of_child[with_room(self._problem)[:, p]]
            together.setdefault(frozenset(some[some >= 0].tolist()), []).append(p)
        found: dict[int, Totals] = {}
        for touched, extra in together.items():
            again = self._ready(touched, extra)
            now = again.as_it_is()
            found |= {p: again.with_one_more(p).less(now) for p in extra}
        return found

    def with_one_kept(self, v: int) -> Totals:
        """Return what changes in the best arrangement without one of the places of a pool."""
        arcs = self._problem.arcs
        part = int(self._part[np.flatnonzero(arcs["v"].to_numpy(int) == v)[0]])
        if part not in self._kept:
            self._kept[part] = self._ready(frozenset({part}), [])
        now = totals(self._problem, arcs[self._taken & (self._part == part)])
        return self._kept[part].with_one_kept(v).less(now)

    def _ready(self, touched: frozenset[int], extra: list[int]) -> Again:
        arcs = self._problem.arcs[np.isin(self._part, list(touched))].reset_index(drop=True)
        return Again(self._problem, arcs, extra, self._make())


def _parts_of(problem: RoundProblem) -> Indices:
    """Return (arcs,) the part of the round that each arc is in."""
    joined = [some for _, some in group_rows(problem, problem.arcs)]
    joined += [np.concatenate([one, other]) for _, one, other in mix_rows(problem, problem.arcs)]
    return parts(problem.arcs, joined)


def _extra_arcs(problem: RoundProblem, extra: Indices, first: int) -> pd.DataFrame:
    """Return an arc from each child to the extra pool of each provision that is suitable."""
    allowed = with_room(problem)[:, extra]
    i, k = np.nonzero(allowed)
    p = extra[k]
    return arc_rows(problem, i, first + k, p, np.zeros(len(i), dtype=np.int64))
