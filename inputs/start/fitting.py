"""Fill a table of which only the margins are published, then make it whole without losing one.

Proportional fitting gives the table of least information that has the margins (Deming and Stephan
1940); its cells are fractions. Rounding is a small integer program: every cell goes to the whole
number below or above, every published margin holds exactly, and the table stays as near to the
fitted one as it can. The published tables come from whole children, so such a table exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Expected = NDArray[np.float64]
    Margin = tuple[tuple[int, ...], NDArray[np.float64]]

WIDENINGS = (0, 1, 3)
"""How far beyond the whole number below or above a cell may go, tried in this order."""
_BROKEN = 1_000.0
"""Cost of a margin that is off by one child, beside at most about 1 for a cell that is."""
_SECONDS = 20.0
_NEAR = 0.02
"""Gap at which the rounding is near enough: it is the margins that matter, and these are exact."""


def fit(
    seed: Expected, margins: Sequence[Margin], rounds: int = 2_000, tolerance: float = 1e-7
) -> Expected:
    """Return the table nearest to a seed that has the given margins (proportional fitting).

    Parameters
    ----------
    seed
        Starting table; a cell of 0 stays 0.
    margins
        Pairs of the axes that a margin keeps, and the margin.
    rounds
        How many times to go over all margins at most.
    tolerance
        Stop once no margin is off by more.
    """
    table = seed.astype(float)
    for _ in range(rounds):
        worst = 0.0
        for kept, margin in margins:
            summed = tuple(axis for axis in range(table.ndim) if axis not in kept)
            total = table.sum(axis=summed, keepdims=True)
            wanted = np.expand_dims(margin, summed)
            worst = max(worst, float(np.abs(total - wanted).max()))
            table = table * np.divide(wanted, total, out=np.zeros_like(total), where=total > 0)
        if worst <= tolerance:
            break
    return table


def possible(shape: tuple[int, ...], margins: Sequence[Margin]) -> Expected:
    """Return 1 for each cell that no margin of 0 rules out, and 0 for the others."""
    cells = np.ones(shape)
    for kept, margin in margins:
        summed = tuple(axis for axis in range(len(shape)) if axis not in kept)
        cells = cells * np.expand_dims(margin > 0, summed)
    return cells


def round_to_margins(
    table: Expected, margins: Sequence[Margin], most: Counts | None = None
) -> Counts:
    """Return whole numbers near a table with every margin exact, or as near as there is.

    Parameters
    ----------
    table
        Fitted cells, at least 0.
    margins
        Whole margins, as in ``fit``. Where they contradict each other, the total by which they
        are missed is the least possible.
    most
        How many each cell may hold (default: any number).

    Raises
    ------
    ValueError
        When the solver finds nothing, which bounds that can always be met rule out.
    """
    for widening in WIDENINGS:
        found = _rounded(table, margins, widening, most, elastic=False)
        if found is not None:
            return found
    found = _rounded(table, margins, int(table.max()) + 3, most, elastic=True)
    if found is None:
        raise ValueError("the table cannot be rounded")
    return found


def _rounded(
    table: Expected,
    margins: Sequence[Margin],
    widening: int,
    most: Counts | None,
    *,
    elastic: bool,
) -> Counts | None:
    """Return the rounding with cells so far from the fitted ones, or None where there is none.

    Each cell is the number below, plus one step up (of cost by its fraction), plus steps beyond.
    """
    cells = np.flatnonzero(possible(table.shape, margins).ravel())
    if not len(cells):
        empty = all((margin == 0).all() for _, margin in margins)
        return np.zeros(table.shape, dtype=np.int64) if elastic or empty else None
    value = table.ravel()[cells]
    below = np.floor(value + 1e-9)
    step = 1.0 - 2.0 * (value - below)
    n = len(cells)
    room = np.full(n, np.inf) if most is None else most.ravel()[cells] - below
    parts = [sparse.eye_array(n)]
    cost, high = [step], [np.clip(room, 0.0, 1.0)]
    if widening:
        parts += [sparse.eye_array(n), -sparse.eye_array(n)]
        cost += [np.full(n, 1.5), np.full(n, 1.5)]
        high += [np.clip(room - 1.0, 0.0, widening), np.minimum(below, widening)]
    to_margins, wanted = _sums(table.shape, cells, margins)
    rows = sparse.hstack([to_margins @ part for part in parts])
    wanted = wanted - to_margins @ below
    whole = [np.ones(rows.shape[1])]
    if elastic:
        slack = sparse.eye_array(rows.shape[0])
        rows = sparse.hstack([rows, slack, -slack])
        cost.append(np.full(2 * len(wanted), _BROKEN))
        high.append(np.full(2 * len(wanted), np.inf))
        whole.append(np.zeros(2 * len(wanted)))
    found = milp(
        np.concatenate(cost),
        constraints=LinearConstraint(rows.tocsr(), wanted, wanted),
        bounds=Bounds(0.0, np.concatenate(high)),
        integrality=np.concatenate(whole),
        options={"time_limit": _SECONDS, "mip_rel_gap": _NEAR},
    )
    if found.x is None:
        return None
    steps = np.rint(found.x[: n * len(parts)]).reshape(len(parts), n)
    out = np.zeros(table.size, dtype=np.int64)
    out[cells] = below + steps[0] + (steps[1] - steps[2] if widening else 0.0)
    return out.reshape(table.shape)


def _sums(shape: tuple[int, ...], cells: Counts, margins: Sequence[Margin]) -> tuple[Any, Expected]:
    """Return the matrix from cells to every cell of every margin, and the margins end to end."""
    at = np.unravel_index(cells, shape)
    rows, wanted, before = [], [], 0
    for kept, margin in margins:
        rows.append(before + np.ravel_multi_index([at[axis] for axis in kept], margin.shape))
        wanted.append(margin.ravel())
        before += margin.size
    column = np.tile(np.arange(len(cells)), len(margins))
    ones = np.ones(len(column))
    matrix = sparse.csr_array((ones, (np.concatenate(rows), column)), shape=(before, len(cells)))
    return matrix, np.concatenate(wanted)


def round_table(table: Expected) -> Counts:
    """Return whole numbers, each the one below or above, whose row and column sums do likewise.

    Row and column sums that are whole already are kept exactly. Such a rounding always exists
    (Cox 1987: a transport problem with whole bounds has whole corners).

    Raises
    ------
    ValueError
        When the solver fails.
    """
    rows, columns = table.shape
    if table.size == 0:
        return np.zeros(table.shape, dtype=np.int64)
    near = np.where(np.abs(table - np.rint(table)) < 1e-6, np.rint(table), table)
    low, high = np.floor(near).ravel(), np.ceil(near).ravel()
    cell = np.arange(rows * columns)
    at = np.r_[cell // columns, rows + cell % columns], np.r_[cell, cell]
    sums = sparse.csr_array((np.ones(2 * cell.size), at), shape=(rows + columns, cell.size))
    totals = np.r_[table.sum(axis=1), table.sum(axis=0)]
    totals = np.where(np.abs(totals - np.rint(totals)) < 1e-4, np.rint(totals), totals)
    found = linprog(  # type: ignore[call-overload]  # the stubs know no sparse rows
        low - near.ravel(),
        A_ub=sparse.vstack([sums, -sums]),
        b_ub=np.r_[np.ceil(totals), -np.floor(totals)],
        bounds=np.c_[low, high],
        method="highs-ds",
    )
    if found.status != 0:
        raise ValueError(f"the table cannot be rounded: {found.message}")
    whole: Counts = np.rint(found.x).astype(np.int64).reshape(rows, columns)
    return whole


def share_out(total: float, weights: Expected, most: Expected) -> Expected:
    """Return a total shared by weight, none above its limit; what is over goes to the others.

    Raises
    ------
    ValueError
        When the limits together do not reach the total.
    """
    if most.sum() < total - 1e-9:
        raise ValueError(f"there is room for {most.sum():.0f} and {total:.0f} are to be shared")
    share = np.zeros_like(weights)
    free = np.ones(len(weights), dtype=bool)
    while True:
        left = total - share[~free].sum()
        share[free] = left * weights[free] / weights[free].sum()
        over = free & (share > most + 1e-9)
        if not over.any():
            return share
        share[over] = most[over]
        free &= ~over


def deal(counts: Counts, expected: Expected) -> Counts:
    """Return whole numbers (rows, columns): each row its count, columns near those expected.

    The rows are dealt in turn, each child to the column that has fallen furthest behind what it
    should have by then, among those that the row may go to; so no column drifts from its total.

    Parameters
    ----------
    counts
        (rows,) whole children of each row.
    expected
        (rows, columns) how many of the row each column should have; a column of 0 gets none.

    Raises
    ------
    ValueError
        When a row has children and no column to go to.
    """
    out = np.zeros(expected.shape, dtype=np.int64)
    behind = np.zeros(expected.shape[1])
    for row, children in enumerate(counts):
        weights = expected[row]
        total = weights.sum()
        if children == 0:
            continue
        if total <= 0:
            raise ValueError("some children have nowhere to go")
        share = weights * (children / total)
        out[row] = np.floor(share)
        behind += share - out[row]
        for _ in range(int(children - out[row].sum())):
            at = int(np.argmax(np.where(weights > 0, behind, -np.inf)))
            out[row, at] += 1
            behind[at] -= 1.0
    return out
