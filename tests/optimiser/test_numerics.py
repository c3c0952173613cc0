"""Numbers that hurt precision are told as warnings that say which, and what to look at."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy.sparse import csc_array

from optimiser.numerics import numerics
from optimiser.solve import Settings, solve
from optimiser.standard_form import RowEntry, StandardForm
from tests.optimiser.builders import one_base, posed


def form(rows: list[list[float]], **changes: Any) -> StandardForm:
    """Return a form with these coefficients, modest elsewhere."""
    matrix = csc_array(np.array(rows))
    n_rows, n_columns = matrix.shape
    named = [RowEntry(SimpleNamespace(name=f"budget[{i}]"), 1) for i in range(n_rows)]
    plain = StandardForm(
        matrix,
        np.zeros(n_rows),
        np.ones(n_rows),
        np.zeros(n_columns),
        np.ones(n_columns),
        np.ones(n_columns),
        0.0,
        np.array([], dtype=np.int64),
        [],
        named,
    )
    return replace(plain, **changes)


def test_modest_numbers_are_not_told() -> None:
    """Pounds beside children are no cause for a warning; nor is a limit that is none."""
    assert numerics(form([[1.0, 50_000.0], [2.0, 0.0]], row_high=np.array([1.0, np.inf]))) == ()


def test_coefficients_too_far_apart() -> None:
    """In different rows: the range is told, and that units are to be looked at."""
    assert numerics(form([[1e-5, 0.0], [0.0, 1e6]])) == (
        "the model's coefficients run from 1e-05 to 1e+06: check the units of the inputs",
    )


def test_a_row_whose_parts_are_too_far_apart() -> None:
    """The row is named."""
    assert numerics(form([[1.0, 1.0], [1e-2, 1e6]])) == (
        "the row budget[1] adds numbers that differ by a factor of 1e+08: its smallest part is "
        "kept to few digits",
    )


def test_costs_too_far_apart() -> None:
    """The dearest and the cheapest are told; what costs nothing does not count."""
    assert numerics(form([[1.0, 1.0, 1.0]], price=np.array([0.0, 1e-4, 1e6]))) == (
        "what decisions cost runs from £0.0001 to £1e+06: the smallest may not be seen beside the "
        "largest",
    )


def test_a_limit_too_large() -> None:
    """Such as a budget of a trillion that stands for none."""
    assert numerics(form([[1.0, 1.0]], row_high=np.array([1e12]))) == (
        "a limit of the model is 1e+12: limits that large are kept only roughly; leave out a "
        "budget that is no limit",
    )


def test_warnings_go_with_the_answer() -> None:
    """Of two fees, one in billions beside one of a thousandth of a pound."""
    plain = posed(one_base())
    assert solve(plain, Settings(threads=1)).numerics == ()
    apart = plain.annual_cost.copy()
    apart[0], apart[1:] = apart[0] * 1e6, 1e-3
    told = solve(replace(plain, annual_cost=apart), Settings(threads=1)).numerics
    assert any(one.startswith("what decisions cost runs from £") for one in told), told
