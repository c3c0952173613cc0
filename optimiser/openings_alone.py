"""The openings of the model held, apart from the children: columns, rows and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array

from optimiser.standard_form import StandardForm

if TYPE_CHECKING:
    from optimiser.held_model import HeldModel
    from optimiser.kinds import Array


def openings_alone(model: HeldModel) -> tuple[StandardForm, dict[str, int]]:
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


def opened_by_the_end(model: HeldModel) -> dict[int, int]:
    """Return option's position to its column, among those that say what opens, at the end."""
    where, first = model.held.built.index["opened"], len(model.columns["open"])
    last = np.flatnonzero(where.years == model.small.horizon - 1)
    return {int(where.rows[i]): first + int(i) for i in last}


def opened_of(model: HeldModel, values: Array) -> Array:
    """Return (O, T) what is open by when, from values of the columns that say what opens."""
    where = model.held.built.index["opened"]
    opened = np.zeros((len(model.small.options), model.small.horizon))
    opened[where.rows, where.years] = np.round(values[len(model.columns["open"]) :])
    return opened


def values_of(model: HeldModel, opened: Array) -> Array:
    """Return the values of the columns that say what opens, from (O, T) what is open by when."""
    index = model.held.built.index
    began = np.diff(opened, axis=1, prepend=0.0)
    begins, by = index["open"], index["opened"]
    values: Array = np.r_[began[begins.rows, begins.years], opened[by.rows, by.years]]
    return values
