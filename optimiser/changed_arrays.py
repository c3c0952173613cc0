"""How a change alters the arrays held: prices, limits, and the coefficients that follow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, vstack

from optimiser.costs import objective
from optimiser.held_model import VEHICLES
from optimiser.sets import most_taken_in
from optimiser.standard_form import RowEntry

if TYPE_CHECKING:
    from optimiser.changes import Change
    from optimiser.held_model import HeldModel
    from optimiser.kinds import Array
    from optimiser.problem import Problem
    from optimiser.standard_form import StandardForm

OF_SIZE = frozenset({"places_in_use", "taught_places", "places_at_least", "places_at_most"})
"""Rows in which an option counts in proportion to the places it adds."""


def changed_arrays(model: HeldModel, change: Change, small: Problem) -> StandardForm:
    """Return the arrays held, changed: prices, limits, and the coefficients that follow.

    Parameters
    ----------
    model
        The model held.
    change
        What is changed.
    small
        The problem of the model held, with the change applied.
    """
    base, at = model.form, model.columns
    price, constant = objective(small)
    prices = base.price.copy()
    for family, where in model.held.built.index.items():
        if family in price:
            prices[at[family]] = price[family][where.rows, where.years]
    low, high = base.low.copy(), base.high.copy()
    row_high = base.row_high.copy()
    _hold_openings(model, change, low, high)
    first = small.years[0]
    for provision, year in change.places:
        i = model.rows.get(("capacity", (provision, year)))
        if i is not None:
            p = int(np.flatnonzero(small.provisions["provision"] == provision)[0])
            row_high[i] += small.capacity[p, year - first] - model.small.capacity[p, year - first]

    def limit(row: tuple[str, object], gbp: float) -> None:
        if row in model.rows:
            row_high[model.rows[row]] = gbp

    scenario = small.scenario
    for y, gbp in scenario.capital_budget_by_year_gbp.items():
        limit(("capital_by_year", y), gbp)
    for grant, gbp in scenario.capital_budget_by_grant_gbp.items():
        limit(("capital_by_grant", grant), gbp)
    if scenario.capital_budget_gbp is not None:
        limit(("capital_in_total", "total"), scenario.capital_budget_gbp)
    for i, measure in model.limits.items():
        row_high[i] = change.at_most.get(measure.name, np.inf)
    matrix = base.matrix
    if change.capital_gbp:
        matrix = _spending(model, matrix, small)
    if change.option_places:
        matrix = _sizes(model, matrix, small)
    if change.places or change.option_places:
        matrix = _rooms(model, matrix, small)
    return replace(
        base,
        price=prices,
        constant=base.constant + constant - model.always_gbp,
        low=low,
        high=high,
        row_high=row_high,
        matrix=matrix,
    )


def _hold_openings(model: HeldModel, change: Change, low: Array, high: Array) -> None:
    """Hold what must be open by a year, and what may not open before one."""
    names = model.small.options["option"].to_numpy(str)
    first = model.small.years[0]
    where, at = model.held.built.index["opened"], model.columns["opened"]
    for name, by in change.open_by.items():
        here = names[where.rows] == name
        low[at[here & (where.years >= by - first)]] = 1.0
    for name, year in change.shut_before.items():
        until = model.small.horizon if year is None else year - first
        high[at[(names[where.rows] == name) & (where.years < until)]] = 0.0
        if year is None:
            low[at[names[where.rows] == name]] = 0.0


def _spending(model: HeldModel, matrix: csc_array, small: Problem) -> csc_array:
    """Return the matrix with what the options cost now in the rows of the budgets."""
    where, at = model.held.built.index["open"], model.columns["open"]
    gbp = small.options["capital_gbp"].to_numpy(float)
    funding = small.options["funding"].to_numpy(object)
    changed = matrix.copy()
    for j, o, u in zip(at.tolist(), where.rows, where.years, strict=True):
        for k in range(matrix.indptr[j], matrix.indptr[j + 1]):
            i = int(matrix.indices[k])
            rule, key = model.family[i], model.index[i]
            if rule == "capital_by_year":
                changed.data[k] = small.spend[o, u, key - small.years[0]]
            elif rule == "capital_in_total":
                changed.data[k] = gbp[o]
            elif rule == "capital_by_grant":
                changed.data[k] = gbp[o] if funding[o] == key else 0.0
    return changed


def _sizes(model: HeldModel, matrix: csc_array, small: Problem) -> csc_array:
    """Return the matrix with the places that the options add now, in every row that counts them."""
    changed = matrix.copy()
    before, now = (one.options["places"].to_numpy(float) for one in (model.small, small))
    for family in ("open", "opened"):
        where, at = model.held.built.index[family], model.columns[family]
        for j, o, t in zip(at.tolist(), where.rows, where.years, strict=True):
            if now[o] == before[o]:
                continue
            for k in range(matrix.indptr[j], matrix.indptr[j + 1]):
                rule = model.family[int(matrix.indices[k])]
                if rule in OF_SIZE:  # each counts so much a place
                    changed.data[k] = matrix.data[k] * now[o] / before[o]
                elif rule == "over_number":
                    changed.data[k] = -small.over_added[o, t]
    return changed


def _rooms(model: HeldModel, matrix: csc_array, small: Problem) -> csc_array:
    """Return the matrix with the most that can be taken in, where a vehicle follows it."""
    rows = np.flatnonzero(np.isin(model.family, list(VEHICLES)))
    if not len(rows):
        return matrix
    changed = matrix.copy()
    reached = np.unique(small.taught["p"].to_numpy(np.int64)[model.held.built.index["intake"].rows])
    room = most_taken_in(small, reached)
    due = np.zeros((len(small.taught), small.horizon))
    place = model.held.built.index["place"]
    arcs = small.arcs
    np.add.at(
        due,
        (arcs["q"].to_numpy(np.int64)[place.rows], place.years),
        small.due_most[arcs["d"].to_numpy(np.int64)[place.rows], place.years],
    )
    p_of = {key: p for p, key in enumerate(small.provisions["provision"])}
    q_of = {
        key: q
        for q, key in enumerate(
            zip(
                small.taught["provision"],
                small.taught["need"],
                small.taught["phase"],
                strict=True,
            )
        )
    }
    used = model.columns["used"]
    for j in used.tolist():
        for k in range(matrix.indptr[j], matrix.indptr[j + 1]):
            i = int(matrix.indices[k])
            index = model.index[i]
            if model.family[i] == "vehicles_run":
                t = index[1] - small.years[0]
                changed.data[k] = -room[p_of[index[0]], t]
            elif model.family[i] == "vehicles_for_each":
                t = index[3] - small.years[0]
                changed.data[k] = -min(due[q_of[index[:3]], t], room[p_of[index[0]], t])
    return changed


def least_of_a_row(form: StandardForm, row: int, cost_gbp: float) -> StandardForm:
    """Return the arrays whose cost is what a row measures, the cost itself held to a limit.

    Parameters
    ----------
    form
        The arrays.
    row
        Position of the row to make least.
    cost_gbp
        The most that a plan may cost, £.
    """
    matrix = csc_array(vstack([form.matrix, csc_array(form.price[None, :])], format="csc"))
    matrix.indices = matrix.indices.astype(np.int32)
    matrix.indptr = matrix.indptr.astype(np.int32)
    return replace(
        form,
        matrix=matrix,
        price=form.matrix[[row]].toarray()[0],
        constant=0.0,
        row_low=np.r_[form.row_low, -np.inf],
        row_high=np.r_[form.row_high, cost_gbp - form.constant],
        rows=[*form.rows, RowEntry(None, 1)],
    )
