"""Sifting: a large relaxation solved over the few placements that matter, with a proof for all.

A placement left out costs nothing at the optimum unless its reduced cost is negative. Placements
are added until what those left out could still save, together, is small against the gap asked;
that amount is taken off the bound, so the bound holds for the whole model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array

from optimiser.highs import Compiled
from optimiser.lagrangian import row_families
from optimiser.standard_form import StandardForm

if TYPE_CHECKING:
    from optimiser.kinds import Array, Indices, Mask
    from optimiser.model import Built
    from optimiser.problem import Problem

FIRST_CHOICES = 5
"""Placements of each cell and year taken in at first, cheapest at the best prices known."""
NEXT_CHOICES = 3
"""Placements of each cell and year taken in at each further round."""
IMPLIED = frozenset({"linking"})
"""Rows that tighten the relaxation and follow from others once openings are whole: a closed option
teaches nobody by the row of taught places. A large relaxation does without them."""


def not_implied(compiled: Compiled) -> Indices:
    """Return the positions of the rows that do not follow from others."""
    every = np.arange(len(compiled.rows))
    return np.setdiff1d(every, row_families(compiled.form, IMPLIED), assume_unique=True)


def without_implied(compiled: Compiled) -> Compiled:
    """Return a model without the rows that follow from others once openings are whole."""
    form, rows = compiled.form, not_implied(compiled)
    return Compiled(
        replace(
            form,
            matrix=csc_array(form.matrix.tocsr()[rows]),
            row_low=form.row_low[rows],
            row_high=form.row_high[rows],
            rows=[form.rows[i] for i in rows],
        )
    )


@dataclass
class Sieve:
    """The whole model's arrays, and which of its placements are looked at.

    Parameters
    ----------
    whole
        The compiled model.
    matrix
        Its rows that are kept, by column.
    rows
        Positions of the rows kept.
    place
        Columns of the placements; ``arc`` and ``year`` are theirs, ``group`` their cell and year,
        and ``due`` its most children.
    active
        (columns,) whether each column is looked at.
    """

    whole: Compiled
    matrix: csc_array
    rows: Indices
    place: Indices
    arc: Indices
    year: Indices
    group: Indices
    due: Array
    active: Mask

    def restricted(self) -> Compiled:
        """Return the model over the columns looked at."""
        form, columns = self.whole.form, np.flatnonzero(self.active)
        integer = np.zeros(len(self.active), dtype=bool)
        integer[form.whole] = True
        return Compiled(
            StandardForm(
                self.matrix[:, columns],
                form.row_low[self.rows],
                form.row_high[self.rows],
                form.low[columns],
                form.high[columns],
                form.price[columns],
                form.constant,
                np.flatnonzero(integer[columns]),
                [form.columns[j] for j in columns],
                [form.rows[i] for i in self.rows],
            )
        )

    def begin(self, slack: Array | None, choices: int = FIRST_CHOICES) -> None:
        """Look at the placements of each cell and year that are cheapest at the best prices known.

        Parameters
        ----------
        slack
            (A, T) by how much each is dearer than what its cell does; None where no prices are
            known, and what they cost themselves must do.
        choices
            Placements of each cell and year.
        """
        known = self.whole.form.price[self.place] if slack is None else slack[self.arc, self.year]
        self.take_in(known, choices, only_saving=False)

    def look_at(self, placed: Array) -> None:
        """Look at the placements of a plan, (A, T) children, too."""
        self.active[self.place[placed[self.arc, self.year] > 0]] = True

    def reduced(self, duals: Array) -> Array:
        """Return the reduced cost of every placement at the duals of the rows kept."""
        cost = self.whole.form.price
        reduced: Array = cost[self.place] - self.matrix[:, self.place].T @ duals
        return reduced

    def still_to_save(self, reduced: Array) -> float:
        """Return the most that placements left out could save: none takes more than is due."""
        left = ~self.active[self.place]
        least = np.zeros(len(self.due))
        np.minimum.at(least, self.group[left], np.minimum(reduced[left], 0.0))
        return float(-(least * self.due).sum())

    def take_in(self, reduced: Array, most: int, *, only_saving: bool) -> int:
        """Look at the cheapest placements of each cell and year too; return how many are new."""
        left = ~self.active[self.place]
        if only_saving:
            left &= reduced < 0
        chosen = np.flatnonzero(left)
        order = np.lexsort((reduced[chosen], self.group[chosen]))
        ranked = chosen[order]
        groups = self.group[ranked]
        start = np.r_[0, np.flatnonzero(np.diff(groups)) + 1]
        rank = np.arange(len(ranked)) - np.repeat(start, np.diff(np.r_[start, len(ranked)]))
        new = ranked[rank < most]
        self.active[self.place[new]] = True
        return len(new)


def sieve(problem: Problem, built: Built, compiled: Compiled) -> Sieve:
    """Return the sieve of a model, with no placement looked at yet."""
    rows = not_implied(compiled)
    matrix = csc_array(compiled.form.matrix.tocsr()[rows])
    where = built.index["place"]
    place = built.columns()["place"]
    d = problem.arcs["d"].to_numpy(np.int64)[where.rows]
    group = d * problem.horizon + where.years
    active = np.ones(len(compiled.columns), dtype=bool)
    active[place] = False
    due = problem.due_most.ravel()
    return Sieve(compiled, matrix, rows, place, where.rows, where.years, group, due, active)
