"""Thin cells are gathered into a zone near by: nobody is lost, and no planning area gains."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inputs.start.gathering import gather_entrants


def area(number: int, seed: int) -> Any:
    """Return zones at random places in three planning areas."""
    rng = np.random.default_rng(seed)
    zones = pd.DataFrame(
        {
            "zone": [f"z{k}" for k in range(number)],
            "easting": rng.uniform(0, 30_000, number),
            "northing": rng.uniform(0, 30_000, number),
            "locality": rng.choice(["a", "b", "c"], number),
        }
    )
    return SimpleNamespace(zones=zones)


def entrants(where: Any, seed: int, children: float) -> pd.DataFrame:
    """Return entrants of two needs in every zone, two years."""
    rng = np.random.default_rng(seed)
    rows = [
        (zone, need, "primary", year, rng.uniform(0, children), 0, "new")
        for zone in where.zones["zone"]
        for need in ("ASD", "VI")
        for year in (2025, 2026)
    ]
    return pd.DataFrame(
        rows, columns=["zone", "need", "phase", "year", "children", "nc_year", "kind"]
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 40), st.integers(0, 99), st.sampled_from([0.01, 0.2, 2.0]))
def test_totals_by_need_year_and_planning_area_are_kept(
    number: int, seed: int, children: float
) -> None:
    """Whatever is gathered, each planning area keeps its children of each need and year."""
    where = area(number, seed)
    before = entrants(where, seed, children)
    after, share, mean_km = gather_entrants(before, where, 0.5)
    locality = where.zones.set_index("zone")["locality"]
    keys = ["need", "phase", "year", "kind"]

    def totals(rows: pd.DataFrame) -> pd.Series:  # type: ignore[type-arg]
        return rows.groupby([rows["zone"].map(locality), *keys])["children"].sum()

    pd.testing.assert_series_equal(totals(before), totals(after))
    assert 0 <= share <= 1
    assert mean_km >= 0
    assert not after.duplicated(["zone", *keys, "nc_year"]).any()


def test_a_zone_that_expects_enough_is_left() -> None:
    """Cells of a child or more stay where they are."""
    where = area(12, 1)
    before = entrants(where, 1, 1.0).assign(children=0.5)
    after, share, _ = gather_entrants(before, where, 0.5)
    assert len(after) == len(before)
    assert share == 0


def test_gathered_cells_expect_enough() -> None:
    """Each cell left in a planning area of several expects at least half of what is asked."""
    where = area(60, 3)
    before = entrants(where, 3, 0.1)
    after, share, mean_km = gather_entrants(before, where, 0.5)
    cells = after.groupby(["zone", "need", "phase"])["children"].sum()
    assert cells.min() >= 0.5
    assert share == pytest.approx(0.85, abs=0.15)
    assert mean_km < 15
