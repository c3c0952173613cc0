"""Tables of which only the margins are known: fitted, made whole, and every margin kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from inputs.start.fitting import (
    deal,
    fit,
    possible,
    round_table,
    round_to_margins,
    share_out,
)

WHOLE = arrays.arrays(np.int64, (3, 4, 5), elements=st.integers(0, 9))
slow = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def two_way(table: np.ndarray) -> list:  # type: ignore[type-arg]
    """Return the three two-way margins of a table of three."""
    return [
        ((0, 1), table.sum(axis=2).astype(float)),
        ((0, 2), table.sum(axis=1).astype(float)),
        ((1, 2), table.sum(axis=0).astype(float)),
    ]


@slow
@given(WHOLE)
def test_every_margin_of_whole_children_is_held(table: np.ndarray) -> None:
    """Margins that come from whole children can be held by whole children, all of them."""
    margins = two_way(table)
    whole = round_to_margins(fit(possible(table.shape, margins), margins), margins)
    assert (whole >= 0).all()
    for kept, margin in margins:
        summed = next(axis for axis in range(3) if axis not in kept)
        assert (whole.sum(axis=summed) == margin).all()


@slow
@given(arrays.arrays(np.float64, (4, 6), elements=st.floats(0, 20)))
def test_round_table_keeps_every_sum_within_its_whole_numbers(table: np.ndarray) -> None:
    """Each cell, row and column sum is the whole number below or above (Cox 1987)."""
    whole = round_table(table)
    near = 1e-3
    assert (whole >= np.floor(table) - near).all()
    assert (whole <= np.ceil(table) + near).all()
    for axis in (0, 1):
        sums, made = table.sum(axis=axis), whole.sum(axis=axis)
        assert (made >= np.floor(sums - near)).all()
        assert (made <= np.ceil(sums + near)).all()


def test_fitting_keeps_zeros_and_reaches_the_margins() -> None:
    """A 2 by 2 table with margins 3, 1 and 2, 2, and a cell that cannot be: only one is left."""
    seed = np.array([[1.0, 1.0], [0.0, 1.0]])
    margins = [((0,), np.array([3.0, 1.0])), ((1,), np.array([2.0, 2.0]))]
    table = fit(seed, margins)
    # The cell of 0 stays, so row 2 is all in column 2: 1; column 2 has 1 left for row 1.
    assert table == pytest.approx(np.array([[2.0, 1.0], [0.0, 1.0]]))


def test_margins_that_contradict_are_missed_by_the_least() -> None:
    """Rows of 5 and columns of 6: one child has to be missing somewhere, and no more."""
    margins = [((0,), np.array([5.0])), ((1,), np.array([3.0, 3.0]))]
    whole = round_to_margins(np.array([[2.5, 2.5]]), margins)
    off = abs(whole.sum(axis=1) - 5).sum() + abs(whole.sum(axis=0) - 3).sum()
    assert off == 1


def test_no_cell_is_above_its_most() -> None:
    """Six children over three cells of which one holds one: it has one at the most."""
    margins = [((0,), np.array([6.0]))]
    whole = round_to_margins(np.array([[1.0, 2.5, 2.5]]), margins, most=np.array([[1, 9, 9]]))
    assert whole.sum() == 6
    assert whole[0, 0] <= 1


def test_share_out_passes_on_what_is_over_a_limit() -> None:
    """Nine by weights 2 and 1, the first at most 4: the other has the 5 that are left."""
    shared = share_out(9, np.array([2.0, 1.0]), np.array([4.0, 20.0]))
    assert shared == pytest.approx([4.0, 5.0])
    with pytest.raises(ValueError, match="there is room for 3 and 4 are to be shared"):
        share_out(4, np.array([1.0, 1.0]), np.array([1.0, 2.0]))


@slow
@given(
    arrays.arrays(np.int64, 30, elements=st.integers(0, 6)),
    arrays.arrays(np.float64, 7, elements=st.floats(0.01, 1)),
)
def test_dealing_keeps_rows_and_drifts_from_no_column(
    counts: np.ndarray, weights: np.ndarray
) -> None:
    """Every row has its children, and no column is more than one child a column off in the end."""
    whole = deal(counts, np.tile(weights, (30, 1)))
    assert (whole.sum(axis=1) == counts).all()
    wanted = counts.sum() * weights / weights.sum()
    assert (abs(whole.sum(axis=0) - wanted) < len(weights)).all()


def test_dealing_to_nobody_is_refused() -> None:
    """Children of a row that may go nowhere cannot be dealt."""
    with pytest.raises(ValueError, match="nowhere to go"):
        deal(np.array([1]), np.zeros((1, 3)))
