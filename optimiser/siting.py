"""A siting problem of one year: what to open where, the model's arrays seen as sites.

``optimiser/kernel.py`` says what is done with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array, vstack

from optimiser.costs import drawn_shares
from optimiser.highs import Compiled
from optimiser.standard_form import RowEntry, StandardForm
from optimiser.volume import Sites

if TYPE_CHECKING:
    from optimiser.kinds import Array, Indices, Mask
    from optimiser.model import Built
    from optimiser.problem import Problem

OWN_ROWS = {
    "roll_carried": "roll",
    "intake_counted": "intake",
    "places_in_use": "in_use",
    "opened_carried": "opened",
}
"""Rows of which there is one for each column of a family, in the same order."""


@dataclass(frozen=True)
class Siting:
    """The model of a siting problem as arrays, and where its parts are.

    Parameters
    ----------
    form
        The whole model.
    at, rows
        Columns of each family of decisions, and rows of each family in ``OWN_ROWS``.
    sites
        The problem as the volume algorithm takes it: its arcs are the placements, in order.
    site
        (options,) site of each option, in the order of the columns ``opened``.
    shut_without
        (placements,) position of the option without which a placement cannot be; -1 for none.
    linking
        (placements,) its linking row; -1 for none.
    capacity
        (P,) capacity row of each site; -1 for none.
    place_used
        (P,) £ of using a place of its option; nought without one.
    added
        (options,) children who fit in what each option adds.
    fits
        Children who fit without any option.
    """

    form: StandardForm
    at: dict[str, Indices]
    rows: dict[str, Indices]
    sites: Sites
    site: Indices
    shut_without: Indices
    linking: Indices
    capacity: Indices
    place_used: Array
    added: Array
    fits: float

    def narrowed(
        self, keep: Mask, linked: Mask, low: Array, high: Array, unplaced: float
    ) -> Compiled:
        """Return the model over some placements, with some linking rows.

        Parameters
        ----------
        keep, linked
            (placements,) whether it is in, and whether its linking row is.
        low, high
            (columns,) bounds.
        unplaced
            Children left without a place, at most. A row says that what opens, and what is open
            anyway, holds the others: it is a sum of rows of demand, intake, rolls, capacity,
            places in use and opening, and HiGHS cuts well with it.
        """
        form, place = self.form, self.at["place"]
        in_model = np.ones(len(form.price), dtype=bool)
        in_model[place] = keep
        columns = np.flatnonzero(in_model)
        loose = self.linking[~(keep & linked)]
        rows = np.setdiff1d(np.arange(len(form.rows)), loose)
        matrix = form.matrix[:, columns].tocsr()[rows]
        row_low, row_high = form.row_low[rows], form.row_high[rows]
        entries = [form.rows[i] for i in rows]
        to_hold = float(self.sites.due.sum()) - unplaced - self.fits
        if np.isfinite(to_hold):
            holds = np.zeros(len(form.price))
            holds[self.at["opened"]] = self.added
            matrix = vstack([matrix, csr_array(holds[columns][None, :])])
            row_low, row_high = np.r_[row_low, to_hold], np.r_[row_high, np.inf]
            entries.append(RowEntry(None, -1))
        integer = np.zeros(len(form.price), dtype=bool)
        integer[form.whole] = True
        return Compiled(
            StandardForm(
                csc_array(matrix),
                row_low,
                row_high,
                low[columns],
                high[columns],
                form.price[columns],
                form.constant,
                np.flatnonzero(integer[columns]),
                [form.columns[j] for j in columns],
                entries,
            )
        )

    def multipliers(self, child: Array, place: Array) -> Array:
        """Return (rows,) multipliers that say the same as prices of children and of places.

        Each family of rows settles what its own columns cost: a roll passes the price of a place
        on to the intake, and that to the placements; linking takes what a placement is still worth
        beyond it; places in use and opening pass all that on to the option.

        Parameters
        ----------
        child, place
            (D,) and (P,) £, as the volume algorithm finds them.
        """
        form, at, rows = self.form, self.at, self.rows
        y = np.zeros(len(form.rows))
        there = self.capacity >= 0
        y[self.capacity[there]] = -(place + self.place_used)[there]
        y = _passed_on(form, at, rows, y)
        worth = child[self.sites.cell] - _left(form, y)[at["place"]]
        linked = self.linking >= 0
        y[self.linking[linked]] = -np.maximum(worth, 0.0)[linked]
        y[rows["places_in_use"]] = np.minimum(_left(form, y)[at["in_use"]], 0.0)
        left = _left(form, y)
        y[rows["opened_carried"]] = np.maximum(left[at["opened"]], -left[at["open"]])
        return y


def _left(form: StandardForm, multipliers: Array) -> Array:
    """Return (columns,) what is left of each column's cost once the rows are paid for."""
    left: Array = form.price - form.matrix.T @ multipliers
    return left


def _passed_on(
    form: StandardForm, at: dict[str, Indices], rows: dict[str, Indices], multipliers: Array
) -> Array:
    """Return multipliers with which rolls and intakes pass on all that they cost."""
    y = multipliers.copy()
    for family in ("roll_carried", "intake_counted"):
        y[rows[family]] = _left(form, y)[at[OWN_ROWS[family]]]
    return y


def siting(problem: Problem, built: Built, form: StandardForm) -> Siting | None:
    """Return the problem as one of siting, or None where it is not.

    It is where the plan is for one year, every option that can open adds places to a provision of
    its own where nobody is taught without it, and nowhere are children taken over number. Prices
    of other problems bound as well, but not tightly; and the row of :meth:`Siting.narrowed` is
    right for these alone.
    """
    at = built.columns()
    options = built.index["opened"].rows
    p_of = problem.options["p"].to_numpy(np.int64)[options]
    arcs, a = problem.arcs, built.index["place"].rows
    d, p = (arcs[name].to_numpy(np.int64)[a] for name in ("d", "p"))
    only = arcs["option_only"].to_numpy(bool)[a]
    not_drawn = (1.0 - drawn_shares(problem))[options]
    if (
        problem.horizon != 1
        or not len(options)
        or len(np.unique(p_of)) < len(p_of)
        or not (problem.options["places"].to_numpy(float)[options] > 0).all()
        or not only[np.isin(p, p_of)].all()
        or len(at["over"])
        or not (not_drawn > 0).all()
    ):
        return None
    of = np.array([row.constraint.parent_component().name for row in form.rows])
    rows = {family: np.flatnonzero(of == family) for family in OWN_ROWS}
    if any(len(rows[family]) != len(at[own]) for family, own in OWN_ROWS.items()):
        return None
    count = len(problem.provisions)
    names = {name: i for i, name in enumerate(problem.provisions["provision"])}
    capacity = np.full(count, -1, dtype=np.int64)
    for i in np.flatnonzero(of == "capacity"):
        capacity[names[form.rows[i].constraint.index()[0]]] = i
    by_option = np.full(count, -1, dtype=np.int64)
    by_option[p_of] = np.arange(len(options))
    linking = np.full(len(a), -1, dtype=np.int64)
    link = np.flatnonzero(of == "linking")
    found = form.matrix.tocsr()[link][:, at["place"]].tocoo()
    linking[found.col] = link[found.row]
    pinned = np.zeros(count)
    everyone = (problem.pinned + problem.aside_roll + problem.others)[:, 0]
    np.add.at(pinned, problem.taught["p"].to_numpy(np.int64), everyone)
    fits = np.maximum(problem.capacity[:, 0] - pinned, 0.0)
    added = not_drawn * problem.added[options, 0, 0]
    room, fixed, place_used = fits.copy(), np.zeros(count), np.zeros(count)
    room[p_of] += added
    use = form.price[at["in_use"]]
    place_used[p_of] = np.maximum(use, 0.0) / not_drawn
    fixed[p_of] = form.price[at["open"]] + form.price[at["opened"]]
    fixed[p_of] += np.minimum(use, 0.0) * problem.added[options, 0, 0]
    passed = _passed_on(form, at, rows, np.zeros(len(form.rows)))
    price = _left(form, passed)[at["place"]] + place_used[p]
    due, unplaced = problem.entrants[:, 0], np.zeros(len(problem.cells))
    unplaced[built.index["unplaced"].rows] = form.price[at["unplaced"]]
    sites = Sites(d, p, price, problem.due_most[d, 0], room, fixed, due, unplaced)
    shut_without = by_option[p]
    return Siting(
        form, at, rows, sites, p_of, shut_without, linking, capacity, place_used, added,
        float(fits.sum()),
    )  # fmt: skip
