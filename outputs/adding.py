"""Sums over tables in which small numbers may have been suppressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from outputs.words import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Sequence


def add_up(frame: pd.DataFrame, keys: Sequence[str], values: Sequence[str]) -> pd.DataFrame:
    """Return the sums of some columns by some keys; a sum over a suppressed cell is suppressed.

    Parameters
    ----------
    frame
        Cells are numbers, or text where suppressed.
    keys
        Columns to group by; none gives one row.
    values
        Columns to add up.

    >>> cells = pd.DataFrame({"need": ["ASD", "ASD", "SLD"], "children": [6.0, "c", 7.0]})
    >>> add_up(cells, ["need"], ["children"])["children"].tolist()
    ['c', 7.0]
    """
    numbers = pd.DataFrame({name: numeric(frame[name]) for name in values}, index=frame.index)
    hidden = pd.DataFrame({name: suppressed(frame[name]) for name in values}, index=frame.index)
    if not keys:
        sums, any_hidden = numbers.sum().to_frame().T, hidden.any().to_frame().T
    else:
        by = [frame[key] for key in keys]
        sums = numbers.groupby(by, sort=True).sum()
        any_hidden = hidden.groupby(by, sort=True).any()
    out = sums.astype(object).where(~any_hidden, SUPPRESSED) if hidden.any(axis=None) else sums
    return out.reset_index(drop=not keys)


def numeric(column: pd.Series) -> pd.Series:
    """Return the column's numbers, suppressed or blank cells as zero."""
    found: pd.Series = pd.to_numeric(column, errors="coerce").fillna(0.0).astype(float)
    return found


def suppressed(column: pd.Series) -> pd.Series:
    """Return whether each cell is suppressed."""
    if pd.api.types.is_numeric_dtype(column):
        return pd.Series(data=False, index=column.index)
    return column.map(lambda cell: isinstance(cell, str)).astype(bool)
