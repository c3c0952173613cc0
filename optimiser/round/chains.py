"""What a place is worth in a large round, along chains of moves: the answers of solving again.

One place more at a provision is taken by a child who has none, or by one who has another place;
that one is then free, and is taken in turn, or left. The best arrangement with one place more
differs from the best without it by one such chain: an augmenting path of the assignment. So the
best chain that ends in each pool is found by going over the arcs until nothing improves (Bellman
and Ford), which it does in the end, because in the best arrangement no ring of moves is worth
anything. Worth is compared step by step, as the round compares: children, then waits, and so on.

A place kept back is found the same way: whoever gives it up has none, or takes one that is left, or
makes another give way. It holds where only places limit the round, and teaching groups each within
one pool; mixes must be decided. Tests hold it against the elastic model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.round.again import Totals, left_over, with_room
from optimiser.round.model import group_rows
from optimiser.round.pose import arc_rows

if TYPE_CHECKING:
    import pandas as pd

    from optimiser.kinds import Indices
    from optimiser.round.arrange import Arrangement
    from optimiser.round.problem import RoundProblem

Value = tuple[float, ...]
"""children, weeks, -over, preferred, -pounds, -weeks to start, -minutes: greater is better."""
NOTHING: Value = (0.0,) * 7


def chains_hold(problem: RoundProblem) -> bool:
    """Return whether chains of moves say all: mixes are decided, and groups lie within pools."""
    pools = problem.arcs["v"].to_numpy(int)
    within = all(len(np.unique(pools[some])) == 1 for _, some in group_rows(problem, problem.arcs))
    return within and not problem.mixes


class Chains:
    """The chains of an arrangement that is the best.

    Parameters
    ----------
    problem, arrangement
        The round, with its mixes decided, and its best arrangement.
    """

    def __init__(self, problem: RoundProblem, arrangement: Arrangement) -> None:
        self._problem = problem
        self._pool_of = arrangement.pool_of
        self._pools = len(problem.pools)
        arcs = problem.arcs
        self._group = _groups(problem, arcs)  # (arcs,) the node of the group, or that of the pool
        self._values = _values(problem, arcs)
        at = arrangement.pool_of[arcs["i"].to_numpy(int)]
        taken = np.flatnonzero(at == arcs["v"].to_numpy(int))
        self._own = {int(arcs["i"].iloc[k]): int(k) for k in taken}
        left = left_over(problem, arrangement)
        self._spare = {v: int(n) for v, n in enumerate(left)}
        used = np.bincount(self._group[taken], minlength=self._pools + len(problem.groups))
        for g, room in enumerate(problem.groups["room"]):
            node = self._pools + g
            self._spare[node] = int(room) - int(used[node])
        self._of_node = arcs["v"].to_numpy(int).tolist()
        self._child = arcs["i"].to_numpy(int).tolist()
        self._node = self._group.tolist()
        self._fill = self._best_fills()
        self._room: dict[int, Value] = {}

    def with_one_more(self, provisions: Indices) -> dict[int, Totals]:
        """Return what changes in the best arrangement with one place more at each provision."""
        allowed = with_room(self._problem)
        found = {}
        for p in provisions.tolist():
            i = np.flatnonzero(allowed[:, p])
            at = np.full(len(i), p)
            none = np.zeros(len(i), dtype=np.int64)
            values = _values(self._problem, arc_rows(self._problem, i, none, at, none))
            best = max((self._moved(a, v) for a, v in zip(i.tolist(), values, strict=True)),
                       default=NOTHING)  # fmt: skip
            found[p] = _as_totals(max(best, NOTHING))
        return found

    def with_one_kept(self, v: int) -> Totals:
        """Return what changes in the best arrangement without one of the places of a pool."""
        if not self._room:
            self._room = self._best_rooms()
        return _as_totals(self._room[v])

    def _moved(self, i: int, value: Value) -> Value:
        """Return the worth of a child's taking a place, with what happens to the one it leaves."""
        own = self._own.get(i)
        if own is None:
            return value
        freed = max(self._fill[self._node[own]], self._fill[self._of_node[own]])
        return _add(_less(value, self._values[own]), freed)

    def _best_fills(self) -> dict[int, Value]:
        """Return, for each pool and group, the worth of the best chain into a place freed there."""
        nodes = self._pools + len(self._problem.groups)
        fill = dict.fromkeys(range(nodes), NOTHING)
        own = self._own
        self._fill = fill
        changed = True
        while changed:
            changed = False
            for k, i in enumerate(self._child):
                if own.get(i) == k:
                    continue
                worth = self._moved(i, self._values[k])
                group, pool = self._node[k], self._of_node[k]
                # a place freed in the child's own group, or, if the group has room, in the pool
                for node in {group} | (
                    {pool} if group == pool or self._spare[group] > 0 else set()
                ):
                    if worth > fill[node]:
                        fill[node], changed = worth, True
        return fill

    def _best_rooms(self) -> dict[int, Value]:
        """Return, for each pool and group, the worth of making room for one there (nought or less).

        A node with room costs nothing; otherwise somebody there goes, to nowhere or elsewhere.
        """
        nodes = self._pools + len(self._problem.groups)
        worst: Value = (-np.inf,) * 7
        room = {node: NOTHING if self._spare[node] > 0 else worst for node in range(nodes)}
        arcs_of: dict[int, list[int]] = {}
        for k, i in enumerate(self._child):
            arcs_of.setdefault(i, []).append(k)
        changed = True
        while changed:
            changed = False
            for i, own in self._own.items():
                leaves = _less(NOTHING, self._values[own])
                best = leaves
                for k in arcs_of[i]:
                    if k != own:
                        best = max(best, _add(_add(leaves, self._values[k]), self._enter(room, k)))
                for node in {self._node[own], self._of_node[own]}:
                    if self._spare[node] <= 0 and best > room[node]:
                        room[node], changed = best, True
        return room

    def _enter(self, room: dict[int, Value], k: int) -> Value:
        """Return the worth of making room for a child on an arc: in its group, and in the pool."""
        group, pool = self._node[k], self._of_node[k]
        if group == pool or self._spare[group] > 0:
            return room[pool]
        return room[group]  # whoever leaves the group leaves the pool too


def _groups(problem: RoundProblem, arcs: pd.DataFrame) -> Indices:
    """Return (arcs,) the node of each arc's teaching group, or of its pool where it has none."""
    nodes = arcs["v"].to_numpy(np.int64).copy()
    for g, some in group_rows(problem, arcs):
        nodes[some] = len(problem.pools) + g
    return nodes


def _values(problem: RoundProblem, arcs: pd.DataFrame) -> list[Value]:
    """Return the worth of each arc, step by step."""
    weeks = problem.children["weeks"].to_numpy(float)[arcs["i"].to_numpy(int)]
    columns = (
        np.ones(len(arcs)),
        weeks,
        -arcs["over"].to_numpy(float),
        arcs["preferred"].to_numpy(float),
        -arcs["cost_gbp"].to_numpy(float),
        -arcs["weeks_to_start"].to_numpy(float),
        -arcs["minutes"].to_numpy(float),
    )
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _add(one: Value, other: Value) -> Value:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _less(one: Value, other: Value) -> Value:
    return tuple(a - b for a, b in zip(one, other, strict=True))


def _as_totals(value: Value) -> Totals:
    children, weeks, over, preferred, pounds, _, minutes = value
    return Totals(
        round(children), weeks, -round(over), round(preferred), -round(minutes), -round(pounds)
    )
