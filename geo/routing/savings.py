"""The savings heuristic (Clarke and Wright 1964): begin with one child a run, join what saves most.

It gives a search something to begin from, and a benchmark something to be compared with. Runs may
start at the first home and end at the school, or start and end at a depot; a join keeps every
limit of the problem, and every run is driven by the cheapest carrier that may be used for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.routing.problem import Load
from geo.routing.types import NO_WAY

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geo.routing.problem import Problem

NEAREST = 60
"""Children that each is tried to be joined with, the nearest."""


def savings(problem: Problem, carriers: Collection[int] | None = None) -> list[Load] | None:
    """Return runs by the savings heuristic, or None where a child fits in no carrier.

    Parameters
    ----------
    problem
        With one provision. How many there are of a carrier is not looked at.
    carriers
        Which carriers may be used (default: all); whoever fits in none of them has the others too.
    """
    return _Savings(problem, carriers).run()


class _Savings:
    """Runs being joined."""

    def __init__(self, problem: Problem, carriers: Collection[int] | None) -> None:
        self.problem = problem
        self.n = len(problem.children)
        everyone = range(len(problem.carriers))
        self.preferred = list(everyone if carriers is None else carriers)
        self.others = [one for one in everyone if one not in self.preferred]
        self.capacity = np.array([one.capacity for one in problem.carriers])
        first = problem.carriers[self.preferred[0]].profile
        self.gbp = problem.profiles[first].gbp

    def run(self) -> list[Load] | None:
        """Join runs until nothing is saved."""
        n, problem = self.n, self.problem
        runs: dict[int, list[int]] = {}
        cost: dict[int, float] = {}
        carrier: dict[int, int] = {}
        load: dict[int, np.ndarray] = {}
        for i in range(n):
            found = self.cheapest([i], problem.loads[i])
            if found is None:
                return None
            runs[i], load[i] = [i], problem.loads[i]
            carrier[i], cost[i] = found
        of = list(range(n))
        for i, j in self.pairs():
            a, b = of[i], of[j]
            if a == b or runs[a][-1] != i or runs[b][0] != j:
                continue
            joined = runs[a] + runs[b]
            together = load[a] + load[b]
            found = self.cheapest(joined, together)
            if found is None or found[1] >= cost[a] + cost[b] - 1e-9:
                continue
            runs[a], load[a] = joined, together
            carrier[a], cost[a] = found
            for child in runs[b]:
                of[child] = a
            del runs[b], load[b], carrier[b], cost[b]
        return [Load(carrier[key], (*runs[key], n)) for key in runs]

    def pairs(self) -> Sequence[tuple[int, int]]:
        """Return (i, j) with j collected right after i, what saves most first."""
        n, gbp = self.n, self.gbp
        saved = gbp[:n, n][:, None] - gbp[:n, :n]
        if self.problem.closed:
            saved = saved + gbp[n, :n][None, :]
        np.fill_diagonal(saved, -np.inf)
        if n > NEAREST:
            cut = np.partition(gbp[:n, :n], NEAREST, axis=1)[:, NEAREST]
            saved = np.where(gbp[:n, :n] <= cut[:, None], saved, -np.inf)
        order = np.argsort(-saved, axis=None, kind="stable")
        order = order[: int(np.isfinite(saved).sum())]
        i, j = np.unravel_index(order, saved.shape)
        return list(zip(i.tolist(), j.tolist(), strict=True))

    def cheapest(self, visits: list[int], load: np.ndarray) -> tuple[int, float] | None:
        """Return the cheapest carrier of a run with its cost, or None where none may drive it."""
        for these in (self.preferred, self.others):
            best: tuple[int, float] | None = None
            for one in these:
                if (load > self.capacity[one]).any() or not self.in_time(visits, one):
                    continue
                price = self.problem.cost_gbp(one, [*visits, self.n])
                if best is None or price < best[1]:
                    best = (one, price)
            if best is not None:
                return best
            if len(visits) > 1:
                return None
        return None

    def in_time(self, visits: list[int], carrier: int) -> bool:
        """Return whether every child of a run is collected in its time when the school is met."""
        problem = self.problem
        seconds = problem.profiles[problem.carriers[carrier].profile].seconds
        at = int(problem.bell_seconds[0])
        after = self.n
        for child in reversed(visits):
            spent = int(seconds[child, after])
            if spent >= NO_WAY:
                return False
            at -= spent + int(problem.boarding_seconds[child])
            if at < problem.earliest_seconds[child]:
                return False
            after = child
        return True
