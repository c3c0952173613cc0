r"""The steps of the round, in order: each is kept at its best while the next is improved.

1. **Most children.** As many children as can be have a place.
2. **Longest waits.** Of those who have waited longest, as many as can be; then of those who have
   waited next longest; and so on, a week count at a time.
3. **Guideline.** As few journeys as can be are beyond the guideline.
4. **Preferences.** As many children as can be are where their parents, or they, prefer.
5. **Least cost.** The authority's spending, in whole pounds a year, rises by as little as can be.

Ties that are left are broken the same way every time: by the soonest starts, then the shortest
journeys (both added up over all children), then by a fixed draw (`optimiser.round.ties`).

Why one sum can stand for step 2
--------------------------------
Let the sets of children who can have places together be *independent*. Where only places limit
them, they are the sets that can be matched into the pools: a transversal matroid (Edmonds and
Fulkerson, 1965). In a matroid the greedy choice by descending weight is a basis of greatest weight
under any weights that keep the same order (Rado, 1957; Edmonds, 1971), and that basis also has the
most of the heaviest, then of the next heaviest, and so on. So the basis of greatest total *rank* of
wait, a number from 1 for the shortest wait, is the one that step 2 asks for. It follows too that
the child who has waited longest, of those for whom a suitable place is open, always has one.

A teaching group whose children could use one pool only lies within that pool: child, group and pool
are then a network, whose sets of starts that can be joined to the places are a matroid too (a
gammoid; Mason, 1972). Mixes, and groups that span pools, are not a matroid. In a part of the round
that they touch (children and pools joined by arcs, a group or a mix) the waits are taken in blocks
of weeks. In a block of bands
with :math:`n_1, n_2, \dots` children, longest first, a child of band :math:`k` weighs
:math:`\prod_{j > k} (n_j + 1)`. A place for one child more of band :math:`k` then outweighs all of
the later bands of the block together, since :math:`\sum_{j>k} n_j \prod_{l>j} (n_l + 1) =
\prod_{j>k} (n_j + 1) - 1`. Blocks end where weights would pass ten thousand, so that sums stay far
within what a solver tells apart. Parts do not meet, so the best of each is the best of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimiser.round.model import group_rows, mix_rows
from optimiser.round.problem import ordered

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from optimiser.kinds import Array, Indices, Mask
    from optimiser.round.problem import RoundProblem

HEAVIEST = 10_000
"""Largest weight of a child within a block of waits."""


@dataclass(frozen=True, eq=False)
class Step:
    """One step.

    Parameters
    ----------
    key, words
        Its key, and what it does in words.
    most
        Whether its sum is made as great as can be, or as small.
    weights
        (arcs,) number that each arc adds to the sum; whole in every step of a round.
    kept
        Whether its value is kept; a step that only scouts is not.
    """

    key: str
    words: str
    most: bool
    weights: Indices | Array
    kept: bool = True

    def loosest(self, arcs: pd.DataFrame) -> float:
        """Return a value that the sum keeps whatever is decided: each child has one arc at most."""
        if self.most:
            return 0.0 if (self.weights >= 0).all() else float(self.weights.clip(max=0).sum())
        worst = np.zeros(int(arcs["i"].max()) + 1 if len(arcs) else 0)
        np.maximum.at(worst, arcs["i"].to_numpy(int), self.weights.clip(min=0))
        return float(worst.sum())


@dataclass(frozen=True, eq=False)
class Band:
    """Children who have waited as long, of those with an arc, and how many of them have a place.

    Parameters
    ----------
    key
        Its name in the model.
    children, arcs
        The children, and the positions of their arcs.
    placed
        How many have a place.
    """

    key: str
    children: Indices
    arcs: Indices
    placed: int


def bands(problem: RoundProblem, arcs: pd.DataFrame, chosen: Indices) -> list[Band]:
    """Return the bands, longest wait first, as the arcs chosen fill them.

    How many of each band have a place is what steps 1 and 2 settle: it follows from the best of
    them, and they follow from it.
    """
    i = arcs["i"].to_numpy(int)
    weeks = problem.children["weeks"].to_numpy(float)[i]
    placed = np.isin(np.arange(len(arcs)), chosen)
    found = []
    for wait in np.unique(weeks)[::-1]:
        here = np.flatnonzero(weeks == wait)
        key = f"waited_{wait:g}_weeks"
        found.append(Band(key, np.unique(i[here]), here, int(placed[here].sum())))
    return found


def first_steps(problem: RoundProblem, arcs: pd.DataFrame) -> list[Step]:
    """Return the steps that say which children have places: most children, longest waits."""
    ones = np.ones(len(arcs), dtype=np.int64)
    steps = [Step("most_children", "Most children placed", most=True, weights=ones)]
    sums = list(waits(problem, arcs))
    if len(sums) > 1:  # a good way to decide the mixes, for all of the sums
        ranks = _ranks(problem, arcs)
        steps.append(Step("scout", "Longest waits, roughly", most=True, weights=ranks, kept=False))
    for k, weights in enumerate(sums, start=1):
        steps.append(Step(f"longest_waits_{k}", "Longest waits first", most=True, weights=weights))
    return steps


def later_steps(arcs: pd.DataFrame) -> list[Step]:
    """Return the steps that say where: guideline, preferences, cost, soonest, shortest."""

    def of(column: str) -> Indices:
        return arcs[column].to_numpy(np.int64)

    return [
        Step("guideline", "Journeys within the guideline", most=False, weights=of("over")),
        Step("preferences", "Preferences met", most=True, weights=of("preferred")),
        Step("least_cost", "Least cost", most=False, weights=of("cost_gbp")),
        Step("soonest", "Tie: soonest starts", most=False, weights=of("weeks_to_start")),
        Step("shortest", "Tie: shortest journeys", most=False, weights=of("minutes")),
    ]


def waits(problem: RoundProblem, arcs: pd.DataFrame) -> Iterator[Indices]:
    """Yield (arcs,) the weights of each sum that step 2 takes, in order; at least one."""
    weeks = problem.children["weeks"].to_numpy(float)
    i = arcs["i"].to_numpy(int)
    plain = plain_arcs(problem, arcs)
    ranks = _ranks(problem, arcs)
    blocks = list(_blocks(weeks, np.unique(i[~plain])))
    for k in range(max(1, len(blocks))):
        weights = np.zeros(len(arcs), dtype=np.int64)
        if k == 0:
            weights[plain] = ranks[plain]
        if k < len(blocks):
            weights[~plain] = blocks[k][i[~plain]]
        yield weights


def _ranks(problem: RoundProblem, arcs: pd.DataFrame) -> Indices:
    """Return (arcs,) the rank of the wait of each arc's child among those who have an arc."""
    weeks = problem.children["weeks"].to_numpy(float)
    return ordered(weeks[arcs["i"].to_numpy(int)])


def _blocks(weeks: Array, children: Indices) -> Iterator[Indices]:
    """Yield (n,) weights of the children in parts with mixes or groups, a block of waits each."""
    bands = sorted(set(weeks[children].tolist()), reverse=True)
    sizes = [int((weeks[children] == one).sum()) for one in bands]
    at = 0
    while at < len(bands):
        end, whole = at + 1, sizes[at] + 1
        while end < len(bands) and whole * (sizes[end] + 1) <= HEAVIEST:
            whole *= sizes[end] + 1
            end += 1
        weights = np.zeros(len(weeks), dtype=np.int64)
        weight = 1
        for k in range(end - 1, at - 1, -1):
            weights[children[weeks[children] == bands[k]]] = weight
            weight *= sizes[k] + 1
        yield weights
        at = end


def plain_arcs(problem: RoundProblem, arcs: pd.DataFrame) -> Mask:
    """Return (arcs,) whether the arc is in a part of the round where one sum stands for step 2."""
    pools = arcs["v"].to_numpy(int)
    groups = [some for _, some in group_rows(problem, arcs)]
    spanning = [some for some in groups if len(np.unique(pools[some])) > 1]
    mixed = [np.concatenate([one, other]) for _, one, other in mix_rows(problem, arcs)]
    touched = [*spanning, *mixed]
    if not touched:
        return np.ones(len(arcs), dtype=bool)
    part = parts(arcs, [*groups, *mixed])
    mask: Mask = ~np.isin(part, np.unique(part[np.concatenate(touched)]))
    return mask


def parts(arcs: pd.DataFrame, joined: list[Indices]) -> Indices:
    """Return (arcs,) which part each arc is in: arcs share one by child, pool, or a joining row.

    Parameters
    ----------
    arcs
        i, v.
    joined
        Arcs that a row joins beside.
    """
    from scipy.sparse import coo_matrix  # noqa: PLC0415
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    i, v = arcs["i"].to_numpy(int), arcs["v"].to_numpy(int)
    n, pools = int(i.max()) + 1, int(v.max()) + 1
    size = n + pools + len(joined)
    ends = [(i, n + v)]
    ends += [(i[some], np.full(len(some), n + pools + k)) for k, some in enumerate(joined)]
    a = np.concatenate([one for one, _ in ends])
    b = np.concatenate([other for _, other in ends])
    graph = coo_matrix((np.ones(len(a)), (a, b)), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    found: Indices = labels[i].astype(np.int64)
    return found
