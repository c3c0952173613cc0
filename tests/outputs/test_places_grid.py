"""The department's grid: whole class groups, adding up, filling by the ramp."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.solve import Settings, solve
from outputs.places_grid import YEARS_SHOWN, places_grid, shared, whole_groups
from tests.optimiser.builders import FIRST, due, one_base, option, posed, taught

GROUPS = {"early_years": 8, "primary": 8, "secondary": 10}


def test_the_grid_by_hand() -> None:
    """A wing of 16 for primary opens half full; entrants of reception grow up a year at a time.

    Half of 16 is one class group, all of it reception; then two groups. Seven children enter
    reception each year and stay, so by +6 every year group has as many.
    """
    case = one_base(
        3,
        children=7,
        entrants=[due(7, FIRST + t) for t in range(3)],
        options=[option(places=16, capital_gbp=1000, ramp="0.5; 1", committed_year=FIRST + 1)],
        option_teaches=[taught()],
    )
    problem = posed(case)
    answer = solve(problem, Settings(gap=0.0, threads=1))
    grid = places_grid(case, problem, answer.decided, "elm_wing", FIRST + 1, GROUPS)
    totals = grid.bands[grid.bands["band"] == "Total"].iloc[0, 1:].tolist()
    assert totals == [8, *[16] * (YEARS_SHOWN - 1)]
    rows = grid.bands.set_index("band")
    assert rows.loc["Key stage 3 (years 7 to 9)"].sum() == 0
    assert rows.loc["Nursery"].sum() == 0
    by_age = grid.year_groups.set_index("nc_year")
    assert by_age.sum().tolist() == totals
    assert (grid.bands.iloc[:-1, 1:] % 8 == 0).all().all()
    # of the years at least one group is of children older than reception, who came before
    assert by_age.loc[1:6].sum().iloc[-1] >= 8
    assert (grid.opens, grid.shares_from, grid.left_over) == (FIRST + 1, FIRST + 2, 0)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.integers(0, 50), min_size=7, max_size=7).filter(any),
    st.integers(0, 260),
)
def test_groups_are_whole_and_none_is_left_that_could_be_placed(
    weights: list[int], total: int
) -> None:
    """Places are whole class groups of bands that have children, and as few as can be are left."""
    share = np.array(weights, dtype=float)
    share /= share.sum()
    sizes = np.array([8, 8, 8, 8, 10, 10, 10])
    places, left = whole_groups(share, total, sizes)
    assert places.sum() + left == total
    assert (places % sizes == 0).all()
    assert (places[share == 0] == 0).all()
    used = {int(size) for size, part in zip(sizes, share, strict=True) if part > 0}
    reach = {0}
    for n in range(1, total + 1):
        if any(n - size in reach for size in used):
            reach.add(n)
    assert left == total - max(reach)


@given(st.lists(st.floats(0, 9), min_size=1, max_size=6), st.integers(0, 99))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_shared_numbers_add_up(weights: list[float], total: int) -> None:
    """Largest remainder: whole numbers, never more than one from the exact share, adding up."""
    found = shared(np.array(weights), total)
    assert found.sum() == total
    if sum(weights) > 0:
        exact = np.array(weights) / sum(weights) * total
        assert found == pytest.approx(exact, abs=1.0 + 1e-6)
