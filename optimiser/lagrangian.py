"""A bound from an independent source: numpy alone, from prices that anyone may propose.

Take a multiplier for every row that joins cells to provisions. What is left falls apart. Each cell
sends its children where they are cheapest at those multipliers, class by class within the shares
that are right for them, or leaves them waiting: solved exactly, backwards in time, since all is in
proportion to the children due. Every other decision stands at the bound that is cheapest for it.
The sum is below the cost of every plan, *whatever* the multipliers are: no word of a solver is
taken. Good multipliers make it tight.

The multipliers may come from a coarse problem: its rows are sums of rows of the whole problem (see
docs/decisions/0004), so they hold for every plan of it, and only the journeys are priced again.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.coarse import Coarse
    from optimiser.kinds import Array, Indices
    from optimiser.measures import Measure
    from optimiser.model import Built
    from optimiser.problem import Problem
    from optimiser.standard_form import StandardForm

OF_CELLS = frozenset({"demand_met", "suitability"})
"""Rows of one cell alone: kept in the cell's own problem, and given no multiplier."""


@dataclass(frozen=True)
class Response:
    """What the cells do at given prices.

    Parameters
    ----------
    value
        (D,) least cost of each cell's children, £.
    slack
        (A, T) by how much each placement is dearer than what the cell does, £ a child.
    waiting
        (D, T) by how much a child left without a place for the year is dearer, £.
    """

    value: Array
    slack: Array
    waiting: Array


def respond(problem: Problem, place: Array, unplaced: Array) -> Response:
    """Return the least that the children of each cell cost at the prices given.

    Of the children due in a year, each class takes at most the share for whom it is right, at its
    cheapest provision; those left without a place are due again the year after, as far as they
    still need one.

    Parameters
    ----------
    problem
        The problem.
    place
        (A, T) price of a child placed, £; infinite where the arc cannot be used.
    unplaced
        (D, T) price of a child left without a place for a year, £.
    """
    n_cells, horizon, n_classes = len(problem.cells), problem.horizon, len(problem.classes)
    column = {kind: k for k, kind in enumerate(problem.classes)}
    kinds = problem.provisions["class"].to_numpy(object)
    d, p = (problem.arcs[name].to_numpy(np.int64) for name in ("d", "p"))
    k = np.array([column[kind] for kind in kinds], dtype=np.int64)[p]
    flat = np.full((n_cells * n_classes, horizon), np.inf)
    np.minimum.at(flat, d * n_classes + k, place)
    best = flat.reshape(n_cells, n_classes, horizon)
    still = problem.still_waiting[problem.cells["nh"].to_numpy(np.int64)]
    child = np.zeros((n_cells, horizon + 1))  # least cost of one child due in each year
    worth = np.empty((n_cells, n_classes, horizon))  # most that a place of a class is worth paying
    waiting = np.empty((n_cells, horizon))
    rows = np.arange(n_cells)
    for t in range(horizon - 1, -1, -1):
        waits = unplaced[:, t] + still[:, t] * child[:, t + 1]
        left, total, last = np.ones(n_cells), np.zeros(n_cells), waits.copy()
        full = np.zeros(n_cells, dtype=bool)
        order = np.argsort(best[:, :, t], axis=1)
        for kind in order.T:
            price = best[rows, kind, t]
            share = np.where(price < waits, np.minimum(problem.suitable[rows, kind], left), 0.0)
            left = left - share
            total += np.where(share > 0, share * np.where(share > 0, price, 0.0), 0.0)
            now = (left <= 0) & ~full
            last[now] = price[now]
            full |= now
        child[:, t] = total + left * waits
        worth[:, :, t] = np.minimum(best[:, :, t], last[:, None])
        waiting[:, t] = waits - last
    slack = place - worth[d, k]
    return Response((problem.entrants * child[:, :horizon]).sum(axis=1), slack, waiting)


@dataclass(frozen=True)
class Bound:
    """A bound of the cost of every plan, and what is behind it.

    Parameters
    ----------
    gbp
        No plan costs less.
    response
        What the cells do at the prices.
    reduced, stands
        (columns,) price of every decision but the cells' own once the rows have added to it, and
        where it was taken to stand; nought for the cells' own.
    by_limit
        Measure to £ by which the bound changes with each unit more of its limit: never above
        nought. The bound holds for every other limit too, moved by so much.
    """

    gbp: float
    response: Response
    reduced: Array
    stands: Array
    by_limit: dict[str, float]

    def with_openings(self, columns: Indices, values: Array) -> float:
        """Return the bound of the plans in which some columns stand where they are put, £."""
        moved = values - self.stands[columns]
        return self.gbp + float(self.reduced[columns] @ moved)


def lagrangian_bound(
    problem: Problem,
    price: dict[str, Array],
    built: Built,
    form: StandardForm,
    multipliers: Array,
    merged: Coarse | None = None,
    of_cells: Indices | None = None,
    limits: Mapping[int, Measure] = MappingProxyType({}),
) -> Bound:
    """Return a bound below the cost of every plan of the problem.

    Parameters
    ----------
    problem
        The whole problem.
    price
        (n, T) £ of present value a unit of each family, of the whole problem.
    built, form
        A model of it, as Pyomo's families and as arrays: whole, or of a coarse problem.
    multipliers
        (rows,) one for every row of the form, of any value: those of the wrong sign are taken as
        nought.
    merged
        How the form's cells and arcs are merged, where they are.
    of_cells
        Positions of the rows of one cell alone, where they are known already.
    limits
        Position of a row to the measure that it holds. Where cells are merged the row counts the
        mean of each group; here every cell and arc counts as what it is.
    """
    y = np.where(np.isneginf(form.row_low), np.minimum(multipliers, 0.0), multipliers)
    y = np.where(np.isposinf(form.row_high), np.maximum(y, 0.0), y)
    y[row_families(form, OF_CELLS) if of_cells is None else of_cells] = 0.0
    rest: Array = -(form.matrix.T @ y)  # what the rows add to the price of each column
    laid = {"place": price["place"], "unplaced": price["unplaced"]}
    of_cell = rest
    if limits:
        plain = y.copy()
        plain[list(limits)] = 0.0
        of_cell = -(form.matrix.T @ plain)
        for i, measure in limits.items():
            if measure.on in laid and y[i]:
                laid[measure.on] = laid[measure.on] - y[i] * measure.weight
    at_limits = np.where(y > 0, form.row_low, np.where(y < 0, form.row_high, 0.0))
    at = built.columns()
    pays = np.full((len(form_arcs(problem, merged)), problem.horizon), np.inf)
    where = built.index["place"]
    pays[where.rows, where.years] = of_cell[at["place"]]
    arc = np.arange(len(problem.arcs)) if merged is None else merged.arc
    d = problem.arcs["d"].to_numpy(np.int64)
    exists = problem.usable & (problem.due_most > 0)[d]
    place = np.where(exists, laid["place"] + pays[arc], np.inf)
    response = respond(problem, place, laid["unplaced"])
    others = np.ones(form.matrix.shape[1], dtype=bool)
    others[at["place"]] = others[at["unplaced"]] = False
    reduced = np.where(others, form.price + rest, 0.0)
    high = np.minimum(form.high, most_of_each(problem, at))
    stands = np.where(others, np.where(reduced >= 0, form.low, high), 0.0)
    total = form.constant + float(y @ at_limits) + float(reduced @ stands)
    by_limit = {measure.name: float(y[i]) for i, measure in limits.items()}
    return Bound(total + float(response.value.sum()), response, reduced, stands, by_limit)


def form_arcs(problem: Problem, merged: Coarse | None) -> Indices:
    """Return the positions of the arcs of the form's own problem."""
    arcs = problem.arcs if merged is None else merged.problem.arcs
    return np.arange(len(arcs), dtype=np.int64)


def row_families(form: StandardForm, names: frozenset[str]) -> Indices:
    """Return the positions of the rows of some constraints."""
    family = [row.constraint.parent_component().name for row in form.rows]
    return np.flatnonzero([name in names for name in family])


def most_of_each(problem: Problem, at: dict[str, Indices]) -> Array:
    """Return (columns,) what no best plan needs more of: finite, so that any prices bound.

    Children are counted, places are stated, and a break is never larger than what it breaks.
    """
    everyone = float(
        problem.due_most.sum()
        + (problem.pinned + problem.aside_roll + problem.others)[:, : problem.horizon].sum()
    )
    rules = problem.scenario.places_rules
    places = float(problem.commissioned.sum() + np.abs(problem.options["places"]).sum())
    places += sum(float(rule.places) for rule in rules)
    smallest = problem.options["minimum_roll"].fillna(0.0).to_numpy(float).max(initial=0.0)
    most = {
        "open": 1.0,
        "opened": 1.0,
        "used": 1.0,
        "roll_short": float(smallest),
        "places_short": places,
        "places_beyond": places,
        "in_use": float(problem.added.max(initial=0.0)),
    }
    found = np.empty(sum(len(columns) for columns in at.values()))
    for family, columns in at.items():
        found[columns] = most.get(family, everyone)
    return found
