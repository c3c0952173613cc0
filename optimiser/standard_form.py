"""From the Pyomo model to arrays: rows, columns, costs and bounds, as a solver holds them.

Pyomo's own compiler of templated rules reads every row; what is done here is to lay its terms end
to end and to number the columns family by family, which the compiler for any model does one
object at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyomo.environ as pyo
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.repn import generate_standard_repn
from pyomo.repn.linear_template import LinearTemplateRepnVisitor
from pyomo.repn.util import TemplateVarRecorder
from scipy.sparse import csc_array, csr_array

from optimiser.model import without_collecting

if TYPE_CHECKING:
    from optimiser.kinds import Array, Indices, Model


class RowEntry(NamedTuple):
    """A row of the arrays: the Pyomo row, and 1 for <=, 0 for =, -1 for >=."""

    constraint: Any
    bound_type: int


@dataclass(frozen=True)
class StandardForm:
    """A linear model as arrays of M rows and N columns.

    Parameters
    ----------
    matrix
        (M, N) coefficients.
    row_low, row_high
        (M,) bounds of each row; infinite where there is none.
    low, high
        (N,) bounds of each column.
    price, constant
        (N,) cost of each column, and the cost that no column changes.
    whole
        Positions of the columns that take whole numbers only.
    columns, rows
        The Pyomo variable of each column and the row of each row.
    """

    matrix: csc_array
    row_low: Array
    row_high: Array
    low: Array
    high: Array
    price: Array
    constant: float
    whole: Indices
    columns: list[Any]
    rows: list[RowEntry]


def standard_form(model: Model) -> StandardForm:
    """Return the arrays of a linear model whose cost is one sum, named ``cost``.

    Raises
    ------
    InfeasibleConstraintException
        When a row without any decision in it cannot hold.
    """
    with without_collecting():
        families = list(model.component_objects(pyo.Var, descend_into=False))
        columns = [variable for family in families for variable in family.values()]
        visitor = _visitor(families)
        matrix, row_low, row_high, rows = _rows(model, visitor, len(columns))
        low, high, whole = _bounds(columns)
        price = _prices(model, columns)
    constant = float(model.cost.expr.constant)
    return StandardForm(matrix, row_low, row_high, low, high, price, constant, whole, columns, rows)


def _visitor(families: list[Any]) -> Any:
    """Return Pyomo's reader of templates, to which every variable's column is known."""
    recorder = TemplateVarRecorder({}, pyo.SortComponents.UNSORTED)
    start = 0
    for family in families:
        name = recorder.symbolmap.getSymbol(family)
        recorder.env[name] = dict(
            zip(family.keys(), range(start, start + len(family)), strict=True)
        )
        start += len(family)
    return LinearTemplateRepnVisitor({}, var_recorder=recorder)


def _rows(
    model: Model, visitor: Any, n_columns: int
) -> tuple[csc_array, Array, Array, list[RowEntry]]:
    """Return the matrix, the bounds of its rows and the rows."""
    read = visitor.expand_expression
    where: list[int] = []
    terms: list[float] = []
    ends: list[int] = [0]
    low: list[float] = []
    high: list[float] = []
    rows: list[RowEntry] = []
    for family in model.component_objects(pyo.Constraint, active=True, descend_into=False):
        for row in family.values():
            if hasattr(row, "template_expr"):
                offset, at, values, least, most = read(row, row.template_expr())
            else:  # the rule could not be read as a template, and Pyomo called it row by row
                offset, at, values, least, most = _one_row(row, visitor)
            if not at:
                if (least is None or least <= offset) and (most is None or most >= offset):
                    continue
                raise InfeasibleConstraintException(
                    f"model contains a trivially infeasible constraint, '{row.name}'"
                )
            where += at
            terms += values
            ends.append(len(where))
            low.append(-np.inf if least is None else least - offset)
            high.append(np.inf if most is None else most - offset)
            kind = 0 if least == most else 1 if least is None else -1
            rows.append(RowEntry(row, kind))
    matrix = csr_array(
        (np.array(terms, float), np.array(where, np.int32), np.array(ends, np.int32)),
        shape=(len(rows), n_columns),
    ).tocsc()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix, np.array(low), np.array(high), rows


def _one_row(
    row: Any, visitor: Any
) -> tuple[float, list[int], list[float], float | None, float | None]:
    """Return what the visitor would of a row that is no template: right, and slow."""
    least, body, most = row.to_bounded_expression(evaluate_bounds=True)
    found = generate_standard_repn(body)
    at = []
    for variable in found.linear_vars:
        family = visitor.symbolmap.getSymbol(variable.parent_component())
        at.append(visitor.env[family][variable.index()])
    return found.constant, at, list(found.linear_coefs), least, most


def _bounds(columns: list[Any]) -> tuple[Array, Array, Indices]:
    """Return the bounds of the columns and which are whole; most are at least 0 and no more."""
    low, high = np.zeros(len(columns)), np.full(len(columns), np.inf)
    usual = pyo.NonNegativeReals
    special = [j for j, variable in enumerate(columns) if variable.domain is not usual]
    for j in special:
        least, most = columns[j].bounds
        low[j] = -np.inf if least is None else least
        high[j] = np.inf if most is None else most
    whole = [j for j in special if not columns[j].is_continuous()]
    return low, high, np.array(whole, dtype=np.int64)


def _prices(model: Model, columns: list[Any]) -> Array:
    """Return the cost of each column, read from the one sum of the objective."""
    cost = model.cost.expr
    known = np.fromiter(map(id, columns), np.int64, len(columns))
    paid = np.fromiter(map(id, cost.linear_vars), np.int64, len(cost.linear_vars))
    order = np.argsort(known)
    where = order[np.searchsorted(known, paid, sorter=order)]
    price = np.zeros(len(columns))
    np.add.at(price, where, np.array(cost.linear_coefs, float))
    return price
