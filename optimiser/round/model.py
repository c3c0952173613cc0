r"""The round's model in PuLP: who could take which open place, once each.

.. math::

    \sum_{v} x_{i,v} \le 1 \quad \forall i, \qquad
    \sum_{i} x_{i,v} \le c_v \quad \forall v, \qquad x_{i,v} \in \{0, 1\}

over the arcs :math:`(i, v)` that every rule allows. A teaching group :math:`g` takes no more than
it has room for, :math:`\sum_{(i,v) \in g} x_{i,v} \le r_g`. Where two needs cannot be held together
at a provision and neither is there yet, :math:`x_{i,v} \le z_m` for children who carry the one and
:math:`x_{i,v} \le 1 - z_m` for those who carry the other.

Capacity rows are elastic: ``more`` and ``held`` add a place to a pool or keep one back. Both are
nought in the round itself; a re-solve sets one of them to see what a place is worth.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp

if TYPE_CHECKING:
    import pandas as pd

    from optimiser.kinds import Array, Indices
    from optimiser.round.problem import RoundProblem
    from optimiser.round.steps import Band, Step

LONGEST_PART = 30
"""Characters of a key that a name in the model repeats; PuLP writes no name over 100."""


class RoundModel:
    """A PuLP problem with its variables and rows in a fixed order.

    Parameters
    ----------
    arcs
        i, v, p and the numbers of each arc; variable ``k`` is of arc ``k``.

    Attributes
    ----------
    lp
        The problem, for PuLP.
    variables, rows
        Those of the arcs first, then the others; rows in the order in which they were added.
    more, held
        Positions of the elastic variables by pool; empty in a model that is not elastic.
    either
        Positions of the variables that decide a mix.
    child_rows
        Position of each child's row.
    costs, aimed
        (variables,) coefficients of the objective, and the key of its step.
    """

    def __init__(self, arcs: pd.DataFrame) -> None:
        self.arcs = arcs
        self.lp = pulp.LpProblem("round", pulp.LpMaximize)
        self.variables: list[Any] = []
        self.rows: list[Any] = []
        self.more: dict[int, int] = {}
        self.held: dict[int, int] = {}
        self.either: list[int] = []
        self.costs: Array = np.zeros(0)
        self.aimed = ""
        self.child_rows: dict[int, int] = {}
        self._holds: dict[str, tuple[int, float]] = {}
        self._bands: dict[str, tuple[int, int]] = {}
        self._sums: dict[str, Any] = {}
        self._moved: tuple[set[int], set[int]] = (set(), set())

    def variable(self, name: str, most: float, cat: str = pulp.LpContinuous) -> int:
        """Add a variable from 0 to its most; return its position."""
        self.variables.append(self.lp.add_variable(name, 0, most, cat))
        return len(self.variables) - 1

    def at_most(self, name: str, terms: list[tuple[int, int]], most: float) -> None:
        """Add a row: coefficients of variables, and the most they may come to."""
        self._row(name, [(self.variables[k], c) for k, c in terms], pulp.LpConstraintLE, most)

    def exactly(self, name: str, terms: list[tuple[int, int]], value: float) -> None:
        """Add a row: coefficients of variables, and what they come to."""
        self._row(name, [(self.variables[k], c) for k, c in terms], pulp.LpConstraintEQ, value)

    def _row(self, name: str, terms: list[tuple[Any, int]], sense: int, limit: float) -> None:
        row = pulp.LpConstraint(pulp.LpAffineExpression(terms), sense, name, limit)
        self.lp.addConstraint(row)
        self.rows.append(row)

    def bound(self, column: int, low: int, high: int) -> None:
        """Change the bounds of a variable."""
        self.variables[column].bounds(low, high)
        self._moved[0].add(column)

    def moved(self) -> tuple[list[int], list[int]]:
        """Return the columns and rows whose bounds changed since this was last asked."""
        columns, rows = self._moved
        self._moved = (set(), set())
        return sorted(columns), sorted(rows)

    def aim(self, step: Step) -> None:
        """Make a step the objective."""
        self.aimed = step.key
        self.lp.sense = pulp.LpMaximize if step.most else pulp.LpMinimize
        self.lp.setObjective(self._sum(step))
        self.costs = np.zeros(len(self.variables))
        self.costs[: len(step.weights)] = step.weights

    def keep(self, step: Step, value: int) -> None:
        """Keep the value of a step in all that follows."""
        if step.key in self._holds:
            at = self._holds[step.key][0]
            self.rows[at].changeRHS(value)
            self._moved[1].add(at)
            return
        sense = pulp.LpConstraintGE if step.most else pulp.LpConstraintLE
        self._holds[step.key] = len(self.rows), step.loosest(self.arcs)
        self._row(f"keep_{step.key}", list(self._sum(step).items()), sense, value)

    def settle(self, bands: list[Band]) -> None:
        """Say how many children of each band have a place, in place of the sums kept so far.

        Where all have one, each of them has: their own rows then say so.
        """
        for key in list(self._holds):
            self._loosen(key)
        for band in bands:
            if band.placed == len(band.children):
                for i in band.children:
                    self._sense(self.child_rows[int(i)], pulp.LpConstraintEQ)
            elif band.key in self._bands:
                at = self._bands[band.key][0]
                self.rows[at].changeRHS(band.placed)
                self._sense(at, pulp.LpConstraintEQ)
            else:
                self._bands[band.key] = len(self.rows), len(band.children)
                terms = [(self.variables[k], 1) for k in band.arcs]
                self._row(f"keep_{band.key}", terms, pulp.LpConstraintEQ, band.placed)

    def loosen(self) -> None:
        """Let every step go again, without taking its row out."""
        for key in self._holds:
            self._loosen(key)
        for at in self.child_rows.values():
            self._sense(at, pulp.LpConstraintLE)
        for at, most in self._bands.values():
            self.rows[at].changeRHS(most)
            self._sense(at, pulp.LpConstraintLE)

    def _loosen(self, key: str) -> None:
        at, loosest = self._holds[key]
        self.rows[at].changeRHS(loosest)
        self._moved[1].add(at)

    def _sense(self, at: int, sense: int) -> None:
        self.rows[at].sense = sense
        self._moved[1].add(at)

    def _sum(self, step: Step) -> Any:
        if step.key not in self._sums:
            terms = zip(self.variables, step.weights.tolist(), strict=False)
            self._sums[step.key] = pulp.LpAffineExpression([(x, w) for x, w in terms if w])
        return self._sums[step.key]


def build(
    problem: RoundProblem, arcs: pd.DataFrame, places: Indices, *, elastic: bool = False
) -> RoundModel:
    """Return the model of a round.

    Parameters
    ----------
    problem
        The round.
    arcs
        The arcs to use: ``problem.arcs``, or more where extra pools are tried.
    places
        (V,) places of each pool; pools beyond those of the problem are extra ones of a provision.
    elastic
        Whether capacity rows can be given a place more or less.
    """
    model = RoundModel(arcs)
    keys, names = _parts(problem.children["child"]), _parts(problem.provisions["provision"])
    i, v, p = (arcs[name].to_numpy(int) for name in ("i", "v", "p"))
    pool_names = _pool_names(v, p, names)
    for a, b in zip(i, v, strict=True):
        model.variable(f"x({keys[a]},{pool_names[b]})", 1, pulp.LpInteger)
    for a, some in _grouped(i):
        model.child_rows[a] = len(model.rows)
        model.at_most(f"child({keys[a]})", [(k, 1) for k in some], 1)
    for b, some in _grouped(v):
        terms = [(int(k), 1) for k in some]
        if elastic:
            model.held[b] = model.variable(f"held({pool_names[b]})", 0)
            model.more[b] = model.variable(f"more({pool_names[b]})", 0)
            terms += [(model.held[b], 1), (model.more[b], -1)]
        model.at_most(f"places({pool_names[b]})", terms, int(places[b]))
    for g, some in group_rows(problem, arcs):
        name = f"group({names[int(problem.groups['p'].iloc[g])]},{g + 1})"
        model.at_most(name, [(k, 1) for k in some], int(problem.groups["room"].iloc[g]))
    for m, one, other in mix_rows(problem, arcs):
        name = f"either({names[problem.mixes[m].p]},{m + 1})"
        either = model.variable(name, 1, pulp.LpInteger)
        model.either.append(either)
        for k in one:
            model.at_most(f"mix({m + 1},{k + 1},one)", [(k, 1), (either, -1)], 0)
        for k in other:
            model.at_most(f"mix({m + 1},{k + 1},other)", [(k, 1), (either, 1)], 1)
    return model


def _grouped(keys: Indices) -> list[tuple[int, Indices]]:
    """Return each key with the positions where it stands, in order."""
    order = np.argsort(keys, kind="stable")
    values, starts = np.unique(keys[order], return_index=True)
    return list(zip(values.tolist(), np.split(order, starts[1:]), strict=True)) if len(keys) else []


def group_rows(problem: RoundProblem, arcs: pd.DataFrame) -> list[tuple[int, Indices]]:
    """Return each teaching group that more children could enter than it has room for.

    An extra pool's place is one with room in its group, and does not count.
    """
    if problem.groups.empty or arcs.empty:
        return []
    of = problem.group_of[arcs["i"].to_numpy(int), arcs["p"].to_numpy(int)]
    of = np.where(arcs["v"].to_numpy(int) < len(problem.pools), of, -1)
    room = problem.groups["room"].to_numpy(int)
    return [(g, some) for g, some in _grouped(of) if g >= 0 and len(some) > room[g]]


def mix_rows(problem: RoundProblem, arcs: pd.DataFrame) -> list[tuple[int, Indices, Indices]]:
    """Return each open mix that two children could break, with the arcs of either need.

    Where fewer than two places are open no two can; an extra pool counts as one.
    """
    found = []
    i, v, p = (arcs[name].to_numpy(int) for name in ("i", "v", "p"))
    count = len(problem.pools)
    places = np.bincount(
        problem.pools["p"].to_numpy(int),
        weights=problem.pools["places"].to_numpy(float),
        minlength=len(problem.provisions),
    )
    places[np.unique(p[v >= count])] += 1
    for m, mix in enumerate(problem.mixes):
        if places[mix.p] < 2:
            continue
        here = p == mix.p
        one = np.flatnonzero(here & np.isin(i, mix.one))
        other = np.flatnonzero(here & np.isin(i, mix.other))
        if len(one) and len(other):
            found.append((m, one, other))
    return found


def _parts(keys: pd.Series[Any]) -> list[str]:
    """Return names that no two keys share, whatever PuLP makes of their marks."""
    return [
        f"{n}_{re.sub(r'[^A-Za-z0-9_.]', '_', str(key))[:LONGEST_PART]}"
        for n, key in enumerate(keys, start=1)
    ]


def _pool_names(v: Indices, p: Indices, names: list[str]) -> dict[int, str]:
    of = dict(zip(v.tolist(), p.tolist(), strict=True))
    return {b: f"{names[a]}.{b + 1}" for b, a in of.items()}
