"""The public forecast: nothing small, nothing by home, and nothing that gives a small one away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from outputs.forecast_groups import PLACES, PLANS, series
from outputs.forecast_page import render_forecast
from outputs.forecast_privacy import _ever, publish_forecast_safely
from tests.outputs.forecast_builders import basis, public

if TYPE_CHECKING:
    from outputs.forecast_report import ForecastReport

FIGURES = ("mean", "p10", "p25", "p50", "p75", "p90", "unmitigated_mean")
SIZES = st.sampled_from([0.0, 0.0, 0.6, 2.0, 4.9, 5.0, 9.0, 30.0])
"""Zeros, expected fractions, both sides of five, and many."""


@pytest.fixture(name="public", scope="module")
def _public() -> ForecastReport:
    """Give the public version of the made-up forecast."""
    return public()


def numbers(column: pd.Series) -> pd.Series:
    """Return the numbers of a column in which some cells are marked."""
    return pd.to_numeric(column, errors="coerce").dropna()


def test_no_small_number_of_children_is_published(public: ForecastReport) -> None:
    """In plans, places and entrants every mean shown is 0 or at least 5, and whole."""
    for name in ("plans", "entrants_by_group"):
        shown = numbers(public.tables[name]["mean"])
        assert (shown.eq(0) | shown.ge(5)).all(), name
        assert (shown == shown.round()).all()


def test_a_group_is_held_back_in_all_years_or_none(public: ForecastReport) -> None:
    """A forecast close to the count would tell what the count hides."""
    table = public.tables["plans"]
    keys = ["measure", "need", "phase", "age_group", "placement", "locality"]
    held = table.assign(held=table["mean"].map(lambda one: isinstance(one, str)))
    assert held.groupby(keys)["held"].nunique().max() == 1
    assert held["held"].any()  # this authority has cells below five


def test_what_is_held_back_is_held_back_in_every_column(public: ForecastReport) -> None:
    """A percentile would give a mean away."""
    table = public.tables["plans"]
    held = table[table["mean"].map(lambda one: isinstance(one, str))]
    for name in FIGURES:
        assert held[name].dropna().eq("c").all(), name


def test_totals_are_shown(public: ForecastReport) -> None:
    """The Department publishes them, and they are not small."""
    for measure in (PLANS, PLACES):
        assert len(numbers(series(public.tables["plans"], measure)["mean"])) > 4


def test_no_home_draw_or_return_is_left(public: ForecastReport) -> None:
    """No table names a zone; the files that hold small numbers by design are not there."""
    assert public.returns == {}
    assert public.draws is None
    assert "draws" not in public.tables
    page = render_forecast(public)
    for zone in basis().zones.keys:
        assert zone not in page
        for table in public.tables.values():
            assert not table.astype(str).eq(zone).any(axis=None)


def test_notes_that_count_a_few_children_are_left_out(public: ForecastReport) -> None:
    """'3 children wait in north_1' goes, and that one note is left out is said."""
    assert not any("3 children" in note for note in public.notes)
    assert any("left out" in note for note in public.notes)
    assert "=1+1 is text" in public.notes


def test_the_public_summary_has_what_the_public_tables_have(public: ForecastReport) -> None:
    """No figure of the summary is finer than the table's."""
    told_there = public.summary["plans"]["by_year"]
    shown = series(public.tables["plans"], PLANS).query("year > 2024")
    assert [one["mean"] for one in told_there] == shown["mean"].tolist()
    assert public.summary["ranks"] is None  # a draw at a rank is a draw


def test_publishing_twice_changes_nothing(public: ForecastReport) -> None:
    """The public version of a public version is itself."""
    assert publish_forecast_safely(public) is public


@settings(max_examples=25, deadline=None)
@given(data=st.data(), needs=st.integers(2, 4), phases=st.integers(2, 3), homes=st.integers(1, 2))
def test_nothing_held_back_can_be_worked_out(
    data: st.DataObject, needs: int, phases: int, homes: int
) -> None:
    """Linear programming finds room for every small count, in each of two years.

    The attacker knows the total, every count shown, broken down by one key and by more, and that
    none is negative; a mark may stand for nought, which tells of no child.
    """
    keys = [
        (f"n{i}", f"p{j}", f"h{k}")
        for i in range(needs)
        for j in range(phases)
        for k in range(homes)
    ]
    atoms = pd.DataFrame(keys, columns=["need", "phase", "locality"])
    for year in (2024, 2025):
        atoms[year] = data.draw(st.lists(SIZES, min_size=len(keys), max_size=len(keys)))
    if not (atoms[[2024, 2025]].sum() >= 5).all():
        return
    every = np.ones(len(atoms), dtype=bool)
    single = ["need", "phase", *(["locality"] if homes > 1 else [])]
    fine = [("need", "phase"), *([("need", "phase", "locality")] if homes > 1 else [])]
    hidden = _ever(atoms, single, [every], fine)
    items: list[tuple[bool, np.ndarray]] = [(False, every)]
    for by in [(one,) for one in single] + fine:
        for key, some in atoms.groupby(list(by)):
            held = hidden("+".join(by), *(key if isinstance(key, tuple) else (key,)))
            items.append((held, atoms.index.isin(some.index)))
    shown = np.array([mask for held, mask in items if not held], dtype=float)
    for year in (2024, 2025):
        values = atoms[year].to_numpy()
        for held, mask in items:
            size = values[mask].sum()
            if not held:
                assert size == 0 or size >= 5 or mask.all()
                continue
            ends = [
                linprog(sign * mask, A_eq=shown, b_eq=shown @ values, bounds=(0, None))
                for sign in (1.0, -1.0)
            ]
            low, high = ends[0].fun, np.inf if ends[1].status == 3 else -ends[1].fun
            assert high - low > 0.5 or size == 0 or size >= 5, (year, mask, size)
