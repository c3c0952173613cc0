"""Whole numbers that tie: expected children rounded so that every total is the sum of its parts.

Rounding each figure by itself gives tables that do not add up. Here the cells of both tables, lines
by need and lines by age, are rounded up or down together: a flow from needs through lines to ages,
in whole children, with every cell and every total at the whole number below or above its
expectation. Such a flow always exists, because the expectations are one and all bounds are whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Values = npt.NDArray[np.float64]
    Whole = npt.NDArray[np.int64]

DUST = 1e-6
"""Expectations this near to a whole number are that number."""

TOTAL_FIRST = 1_000.0
"""Weight of the total's own rounding beside that of any other figure."""


def tie(by_need: Values, by_age: Values, age_groups: Sequence[range]) -> tuple[Whole, Whole]:
    """Return both tables in whole children, with all totals kept to the whole number beside them.

    Parameters
    ----------
    by_need
        (lines, needs) expected children.
    by_age
        (lines, ages) expected children; the sum of each line is that of ``by_need``.
    age_groups
        Positions of the ages that are added up to a group; the groups do not overlap.

    Returns
    -------
    tuple
        (lines, needs) and (lines, ages) whole children. Each cell, the sum of each line, need,
        age and age group, and each line's age group differ by less than 1 from what was expected;
        the total is its nearest whole number; both tables have the same sum in each line.

    Raises
    ------
    ValueError
        When the two tables do not agree on the sum of a line.

    >>> need, age = tie(np.array([[0.5, 0.5], [0.5, 0.5]]), np.array([[1.0], [1.0]]), [range(1)])
    >>> need.sum(axis=0).tolist(), need.sum(axis=1).tolist(), age.ravel().tolist()
    ([1, 1], [1, 1], [1, 1])
    """
    if not np.allclose(by_need.sum(axis=1), by_age.sum(axis=1), rtol=1e-9, atol=DUST / 10):
        raise ValueError("lines by need and lines by age do not have the same sums")
    lines, needs = by_need.shape
    ages = by_age.shape[1]
    at_need = np.arange(by_need.size).reshape(lines, needs)
    at_age = by_need.size + np.arange(by_age.size).reshape(lines, ages)
    expected = np.concatenate([by_need.ravel(), by_age.ravel()])
    sums: list[npt.NDArray[np.intp]] = [at_need[:, j] for j in range(needs)]
    sums += list(at_age.T)
    sums += [at_need[i] for i in range(lines)]
    sums += [at_age[:, list(some)].ravel() for some in age_groups]
    sums += [at_age[i, list(some)] for i in range(lines) for some in age_groups]
    sums.append(at_need.ravel())
    rows = _indicators(sums, len(expected))
    same = _indicators(list(at_need), len(expected)) - _indicators(list(at_age), len(expected))
    low, high = _whole_beside(expected)
    least, most = _whole_beside(rows @ expected)
    # prefer the nearer whole number: of the total above all, of sums as of cells
    nearer = 1 - 2 * (expected - low)
    of_sums = 1 - 2 * (rows @ expected - least)
    of_sums[-1] *= TOTAL_FIRST
    found = milp(
        nearer + rows.T @ of_sums,
        bounds=Bounds(low, high),
        integrality=np.ones(len(expected), dtype=np.int64),
        constraints=[LinearConstraint(rows, least, most), LinearConstraint(same, 0.0, 0.0)],
    )
    if found.x is None:  # cannot be: see the head of this module
        raise ArithmeticError(f"children could not be rounded so that tables tie: {found.message}")
    whole = np.round(found.x).astype(np.int64)
    return whole[at_need], whole[at_age]


def _whole_beside(values: Values) -> tuple[Values, Values]:
    """Return the whole numbers below and above; both the same where a value is whole."""
    return np.floor(values + DUST), np.ceil(values - DUST)


def _indicators(sums: Sequence[npt.NDArray[np.intp]], size: int) -> sparse.csr_array:
    rows = np.repeat(np.arange(len(sums)), [len(some) for some in sums])
    at = np.concatenate(sums)
    return sparse.csr_array((np.ones(len(at)), (rows, at)), shape=(len(sums), size))
