"""Whether the numbers of a model span a range that hurts precision, told as warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from optimiser.kinds import Array
    from optimiser.standard_form import StandardForm

WIDEST = 1e9
"""Largest number over smallest at which a model is still safe to solve: with 16 digits, and a
solver that keeps rows to 1e-7, the small ones are then seen at all."""
ROW_WIDEST = 1e7
"""The same within one row, whose terms are added to one another."""
LARGEST_LIMIT = 1e9
"""A limit above this is kept only to about one unit: rows are kept to 1e-7, costs to 1e-16."""


def numerics(form: StandardForm) -> tuple[str, ...]:
    """Return a warning for each range of numbers that hurts precision.

    Looked at: the coefficients, all of them and within a row; what decisions cost; the limits of
    rows and of decisions.

    Parameters
    ----------
    form
        The model as arrays.
    """
    told = []
    held = np.abs(form.matrix.data)
    held = held[held > 0]
    if _span(held) > WIDEST:
        told.append(
            f"the model's coefficients run from {held.min():.1g} to {held.max():.1g}: "
            "check the units of the inputs"
        )
    rows = form.matrix.tocsr()
    if rows.nnz:
        sizes = np.abs(rows.data)
        starts = rows.indptr[:-1][np.diff(rows.indptr) > 0]
        spread = np.maximum.reduceat(sizes, starts) / np.minimum.reduceat(sizes, starts)
        if spread.max() > ROW_WIDEST:
            worst = np.flatnonzero(np.diff(rows.indptr) > 0)[int(spread.argmax())]
            told.append(
                f"the row {form.rows[worst].constraint.name} adds numbers that differ by a factor "
                f"of {spread.max():.1g}: its smallest part is kept to few digits"
            )
    prices = np.abs(form.price[form.price != 0])
    if _span(prices) > WIDEST:
        told.append(
            f"what decisions cost runs from £{prices.min():.1g} to £{prices.max():.1g}: the "
            "smallest may not be seen beside the largest"
        )
    limits = np.concatenate([form.row_low, form.row_high, form.low, form.high])
    limits = np.abs(limits[np.isfinite(limits)])
    if len(limits) and limits.max() > LARGEST_LIMIT:
        told.append(
            f"a limit of the model is {limits.max():.1g}: limits that large are kept only roughly; "
            "leave out a budget that is no limit"
        )
    return tuple(told)


def _span(values: Array) -> float:
    """Return the largest over the smallest of positive numbers; 1 where there are none."""
    return float(values.max() / values.min()) if len(values) else 1.0
