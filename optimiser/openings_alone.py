"""The openings of the model held, apart from the children: columns, rows and values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array

from optimiser.lagrangian import OF_CELLS, row_families
from optimiser.standard_form import StandardForm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.highs import Solver
    from optimiser.hold import Held
    from optimiser.kinds import Array, Indices
    from optimiser.measures import Measure
    from optimiser.problem import Problem


@dataclass(frozen=True)
class OpeningModel:
    """A model, and which of its rows and columns are of openings.

    Parameters
    ----------
    held
        The model, with cells merged or not.
    small
        The problem that it is of: the whole, or the one with cells merged.
    form
        Its arrays, perhaps with more rows at the end, or changed.
    limits
        Position of a row to the measure that it holds.
    of_cells, of_openings
        Positions of the rows of one cell alone, and of those that openings alone must keep.
    columns
        Family of decisions to the positions of its columns.
    """

    held: Held
    small: Problem
    form: StandardForm
    limits: Mapping[int, Measure]
    of_cells: Indices
    of_openings: Indices
    columns: dict[str, Indices]

    @property
    def opening_columns(self) -> Indices:
        """Positions of the columns that say what opens: ``open``, then ``opened``."""
        columns: Indices = np.r_[self.columns["open"], self.columns["opened"]]
        return columns


def opening_model(
    small: Problem, held: Held, form: StandardForm, limits: Mapping[int, Measure]
) -> OpeningModel:
    """Return a model, with the rows and columns of openings found.

    Parameters
    ----------
    small, held, form, limits
        As :class:`OpeningModel` has them.
    """
    columns = held.built.columns()
    outside = np.ones(form.matrix.shape[1], dtype=bool)
    outside[columns["open"]] = outside[columns["opened"]] = False
    beyond = np.diff(csc_array(form.matrix[:, outside]).tocsr().indptr)
    of_cells = row_families(held.compiled.form, OF_CELLS)
    return OpeningModel(held, small, form, limits, of_cells, np.flatnonzero(beyond == 0), columns)


def openings_alone(model: OpeningModel) -> tuple[StandardForm, dict[str, int]]:
    """Return the rows that openings alone must keep, over the columns that say what opens.

    Parameters
    ----------
    model
        The model held.

    Returns
    -------
    form, limits
        Arrays of those rows and columns, and measure to its row among them.
    """
    form, columns, rows = model.form, model.opening_columns, model.of_openings
    rows = rows[np.isfinite(form.row_low[rows]) | np.isfinite(form.row_high[rows])]
    limited = [i for i, one in model.limits.items() if one.on == "open"]
    rows = np.r_[np.setdiff1d(rows, limited), limited].astype(np.int64)
    names = [model.limits[i].name for i in limited]
    first = len(rows) - len(limited)
    small = StandardForm(
        csc_array(form.matrix.tocsr()[rows][:, columns]),
        form.row_low[rows],
        form.row_high[rows],
        form.low[columns],
        np.minimum(form.high[columns], 1.0),
        np.zeros(len(columns)),
        0.0,
        np.arange(len(model.columns["open"]), len(columns)),
        [form.columns[j] for j in columns],
        [form.rows[i] for i in rows],
    )
    return small, {name: first + i for i, name in enumerate(names)}


def opened_by_the_end(model: OpeningModel) -> dict[int, int]:
    """Return option's position to its column, among those that say what opens, at the end."""
    where, first = model.held.built.index["opened"], len(model.columns["open"])
    last = np.flatnonzero(where.years == model.small.horizon - 1)
    return {int(where.rows[i]): first + int(i) for i in last}


def opened_of(model: OpeningModel, values: Array) -> Array:
    """Return (O, T) what is open by when, from values of the columns that say what opens."""
    where = model.held.built.index["opened"]
    opened = np.zeros((len(model.small.options), model.small.horizon))
    opened[where.rows, where.years] = np.round(values[len(model.columns["open"]) :])
    return opened


def values_of(model: OpeningModel, opened: Array) -> Array:
    """Return the values of the columns that say what opens, from (O, T) what is open by when."""
    index = model.held.built.index
    began = np.diff(opened, axis=1, prepend=0.0)
    begins, by = index["open"], index["opened"]
    values: Array = np.r_[began[begins.rows, begins.years], opened[by.rows, by.years]]
    return values


def free_whole_decisions(model: OpeningModel, solver: Solver) -> None:
    """Leave every whole decision free within the model's limits."""
    form = model.form
    solver.hold(form.whole, form.low[form.whole], form.high[form.whole])


def hold_openings(model: OpeningModel, solver: Solver, opened: Array) -> None:
    """Hold openings, as far as the model's limits allow; every other whole decision is free.

    Parameters
    ----------
    model, solver
        The model, and the solver that holds it.
    opened
        (O, T) 1 where the option is open by the year.
    """
    free_whole_decisions(model, solver)
    at, where = model.columns["opened"], model.held.built.index["opened"]
    wanted = np.round(opened[where.rows, where.years])
    wanted = np.clip(wanted, model.form.low[at], model.form.high[at])
    solver.hold(at, wanted, wanted)
