"""The arrays say what the Pyomo model says: held against Pyomo's own compiler, term by term."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.core.expr.numeric_expr import LinearExpression
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from benchmarks.build import generate
from optimiser import model as plan_model
from optimiser.model import build, templates
from optimiser.standard_form import standard_form

if TYPE_CHECKING:
    from optimiser.problem import Problem


@pytest.fixture(scope="module")
def problem() -> Problem:
    """Return a made-up authority of a few thousand placements."""
    return generate(2_000)


def test_every_row_and_cost_is_as_pyomo_compiles_it(problem: Problem) -> None:
    """Rows, terms, limits and costs are those of the writer for any model.

    It reads one object at a time and shares nothing with what is held against it but the rules.
    """
    model = build(problem).model
    ours, theirs = standard_form(model), LinearStandardFormCompiler().write(model, mixed_form=True)
    assert [row.constraint.name for row in ours.rows] == [
        row.constraint.name for row in theirs.rows
    ]
    assert [row.bound_type for row in ours.rows] == [row.bound_type for row in theirs.rows]
    at = {id(column): j for j, column in enumerate(ours.columns)}
    order = [at[id(column)] for column in theirs.columns]
    assert sorted(order) == list(range(len(ours.columns)))
    assert abs(ours.matrix.tocsr()[:, order] - theirs.A.tocsr()).max() == 0.0
    sense = np.array([row.bound_type for row in theirs.rows])
    assert np.array_equal(np.where(sense >= 0, ours.row_high, ours.row_low), theirs.rhs)
    # Pyomo adds the constant through its terms one by one: equal but for the last digits
    assert ours.constant == pytest.approx(float(theirs.c_offset[0]), rel=1e-12)
    assert np.allclose(ours.price[order], theirs.c.toarray().ravel(), rtol=1e-12, atol=0)


def test_every_row_is_a_template(problem: Problem) -> None:
    """None of the rules is one that Pyomo must call row by row, which is right, and slow."""
    model = build(problem).model
    rows = model.component_data_objects(pyo.Constraint)
    assert all(hasattr(row, "template_expr") for row in rows)


def test_rows_that_are_no_templates_are_read_too(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With templates switched off the arrays are the same, up to the side a row is written from."""
    quick = standard_form(build(problem).model)
    monkeypatch.setattr(plan_model, "templates", nullcontext)
    slow = standard_form(build(problem).model)
    assert not hasattr(slow.rows[0].constraint, "template_expr")
    assert _by_size(quick) == _by_size(slow)


def _by_size(form: Any) -> list[tuple[float, float, float, int]]:
    """Return each row's limits, least first, its terms squared and their number."""
    squares = np.asarray((form.matrix**2).sum(axis=1)).ravel()
    counts = np.diff(form.matrix.tocsr().indptr)
    limits = np.sort(np.abs(np.column_stack([form.row_low, form.row_high])), axis=1)
    return [
        (round(a, 9), round(b, 9), round(c, 9), int(n))
        for (a, b), c, n in zip(limits, squares, counts, strict=True)
    ]


def test_a_row_without_decisions_that_cannot_hold_is_named() -> None:
    """0 <= -1 for one key of two: the error names that row, and the true one leaves no row."""
    m = pyo.ConcreteModel()
    m.halves = pyo.Set(initialize=["fine", "bad"])
    m.y = pyo.Var(m.halves, domain=pyo.NonNegativeReals)
    m.nobody = pyo.Set(m.halves, initialize={"fine": [], "bad": []}, dimen=1)
    m.limit = pyo.Param(m.halves, initialize={"fine": 1.0, "bad": -1.0}, within=pyo.Any)
    m.cost = pyo.Objective(
        expr=LinearExpression(constant=0.0, linear_coefs=[1.0], linear_vars=[m.y["fine"]])
    )
    with templates():
        m.held = pyo.Constraint(
            m.halves, rule=lambda m, k: sum(m.y[i] for i in m.nobody[k]) <= m.limit[k]
        )
    with pytest.raises(InfeasibleConstraintException, match=r"held\[bad\]"):
        standard_form(m)
