"""The plan model in Pyomo: declare, add costs, add rows."""

from __future__ import annotations

import gc
import logging
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo
from pyomo.core.base import constraint as pyomo_constraint
from pyomo.core.expr.numeric_expr import LinearExpression

from optimiser.constraints import CONSTRAINTS
from optimiser.costs import objective
from optimiser.sets import Index, declare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optimiser.kinds import Indices, Model
    from optimiser.problem import Problem


@dataclass(frozen=True)
class Built:
    """A model and the way back: for each family, its variables and where each belongs.

    Parameters
    ----------
    model
        The Pyomo model.
    index
        Family to (positions, years): the row and the year index of each variable in order.
    """

    model: Model
    index: dict[str, Index]

    def columns(self) -> dict[str, Indices]:
        """Return the columns of each family in the whole standard form."""
        at, start = {}, 0
        for family in self.model.component_objects(pyo.Var, descend_into=False):
            at[family.name] = np.arange(start, start + len(family), dtype=np.int64)
            start += len(family)
        return at


@contextmanager
def without_collecting() -> Iterator[None]:
    """Hold the garbage collector off: a model is millions of objects, and none is garbage.

    What was made is passed over to the oldest generation, or the collector would walk through all
    of it as soon as it was let loose.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


@contextmanager
def templates() -> Iterator[None]:
    """Read each rule once, as a template.

    Pyomo's switch for templates is a module flag; it is put back as it was.
    """
    before = pyomo_constraint.TEMPLATIZE_CONSTRAINTS
    pyomo_constraint.TEMPLATIZE_CONSTRAINTS = True
    try:
        yield
    finally:
        pyomo_constraint.TEMPLATIZE_CONSTRAINTS = before


def build(problem: Problem) -> Built:
    """Return the plan model of a problem."""
    model = pyo.ConcreteModel(name="plan")
    logging.getLogger("pyomo.core").setLevel(logging.ERROR)
    with without_collecting(), templates():
        index = declare(model, problem)
        _add_cost(model, problem, index)
        for rule, rows in CONSTRAINTS.items():
            if rule.__name__ in problem.scenario.switched_off:
                continue
            over = model.component(rows.over)
            if len(over):
                model.add_component(rule.__name__, pyo.Constraint(over, rule=rule))
    return Built(model, index)


def _add_cost(model: Model, problem: Problem, index: dict[str, Index]) -> None:
    """Add the objective: present value of every charge, and the constant."""
    price, always = objective(problem)
    coefficients: list[float] = []
    variables: list[object] = []
    for family, where in index.items():
        if family not in price:
            continue
        value = price[family][where.rows, where.years]
        paid = value != 0.0
        coefficients += value[paid].tolist()
        variables += compress(model.component(family).values(), paid.tolist())
    model.cost = pyo.Objective(
        expr=LinearExpression(constant=always, linear_coefs=coefficients, linear_vars=variables)
    )
