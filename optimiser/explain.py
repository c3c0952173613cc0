"""When rules clash: which ones, in plain words.

The hard rules are made elastic, the least total break is found, and each rule that has to break
is told as a sentence with its figures.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.constraints import CONSTRAINTS
from optimiser.highs import Solver

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.answer import Settings
    from optimiser.highs import Compiled
    from optimiser.problem import Problem

RULES = {rule.__name__ for rule, rows in CONSTRAINTS.items() if rows.kind == "rule"}
MONEY_RULES = {"capital_by_year", "capital_by_grant", "capital_in_total"}
TINY = 1e-6
LEAST_BREAK = 1e-4
"""Relative gap to which the least total break is worked out."""
DECIDED = 1e6
"""Price of undoing what is committed, in units of other rules' limits."""


def _said(problem: Problem, rule: str, index: tuple[Any, ...], broken: float) -> str:
    """Return one broken rule as a sentence."""
    names = dict(zip(problem.options["option"], problem.options["name"], strict=True))
    scenario = problem.scenario

    def option(key: object) -> str:
        return f"{names.get(str(key), key)} ({key})"

    sayings: dict[str, Callable[[], str]] = {
        "committed": lambda: f"{option(index[0])} is committed to open in {index[1]}",
        "requires": lambda: f"{option(index[0])} requires {option(index[1])} to be open by then",
        "excludes": lambda: (
            f"options that exclude one another would have to be open together in {index[-1]}: "
            + ", ".join(option(problem.options["option"].iloc[o]) for o in _group(problem, index))
        ),
        "capital_by_year": lambda: (
            f"the capital budget of {index[0]} "
            f"(£{scenario.capital_budget_by_year_gbp[int(index[0])]:,.0f}) is £{broken:,.0f} short"
        ),
        "capital_by_grant": lambda: (
            f"the grant {index[0]} "
            f"(£{scenario.capital_budget_by_grant_gbp[str(index[0])]:,.0f}) is £{broken:,.0f} short"
        ),
        "capital_in_total": lambda: (
            f"the capital budget (£{scenario.capital_budget_gbp or 0:,.0f} in total) is "
            f"£{broken:,.0f} short"
        ),
        "openings_per_year": lambda: (
            f"at most {scenario.openings_per_year} opening(s) are allowed in {index[0]}, and "
            f"{broken:.0f} more would be needed"
        ),
    }
    return sayings[rule]()


def _group(problem: Problem, index: tuple[Any, ...]) -> tuple[int, ...]:
    from optimiser.sets import exclusive_groups  # noqa: PLC0415

    return exclusive_groups(problem)[int(index[0])]


def clashes(problem: Problem, compiled: Compiled, settings: Settings) -> tuple[str, ...]:
    """Return the rules that cannot all hold: a smallest total break, then who stands against it.

    Each hard rule of policy gets a break at a price of one a unit of its own limit; the cheapest
    set of breaks is named, and beside it the rules that bind there. What is committed breaks last:
    a reader knows what was decided, and asks which rule it offends.
    """
    form = compiled.form
    start = len(compiled.columns)
    soft: list[tuple[int, str, tuple[Any, ...], int]] = []
    columns: list[tuple[int, float, float]] = []
    for i, row in enumerate(compiled.rows):
        constraint = row.constraint
        rule = constraint.parent_component().name
        if rule not in RULES:
            continue
        index = constraint.index()
        index = index if isinstance(index, tuple) else (index,)
        upper, lower = form.row_high[i], form.row_low[i]
        scale = 1.0 / max(1.0, abs(upper if np.isfinite(upper) else lower))
        scale = scale if rule in MONEY_RULES else 1.0
        scale = DECIDED if rule == "committed" else scale
        if np.isfinite(upper):
            soft.append((i, rule, index, -1))
            columns.append((i, -1.0, scale))
        if np.isfinite(lower):
            soft.append((i, rule, index, 1))
            columns.append((i, 1.0, scale))
    exact = replace(settings, gap=LEAST_BREAK)
    solver = Solver(compiled, exact, relaxed=False, within=TINY)
    solver.charge(np.arange(start), np.zeros(start))
    for i, sign, price in columns:
        solver.add_column(price, i, sign)
    solver.run(60.0)
    if not solver.found:
        return ("the rules clash, and which ones could not be worked out within a minute",)
    breaks = solver.values[start:]
    broken = [
        (rule, index, float(size))
        for (_, rule, index, _), size in zip(soft, breaks, strict=True)
        if size > TINY
    ]
    told = [_said(problem, rule, index, size) for rule, index, size in broken]
    against = _against(problem, {rule for rule, *_ in broken})
    return tuple(dict.fromkeys([*told, *against]))


def _against(problem: Problem, broken: set[str]) -> list[str]:
    """Return the commitments that stand against broken budgets, openings and exclusions."""
    if not broken & (MONEY_RULES | {"openings_per_year", "excludes", "requires"}):
        return []
    options = problem.options[problem.committed()]
    return [
        f"against it stands the commitment to open {row['name']} ({row['option']}) in "
        f"{row['committed_year']:.0f}, capital £{row['capital_gbp']:,.0f}"
        for row in options.to_dict("records")
    ]


def row_without_decisions(problem: Problem, error: Exception) -> tuple[str, ...]:
    """Return the clash told by a row that holds no decision and cannot be true."""
    found = re.search(r"'?(\w+)\[([^\]]*)\]", str(error))
    if found is None:
        return (str(error),)
    rule, index = found.group(1), tuple(part.strip("' ") for part in found.group(2).split(","))
    if rule not in RULES:
        return (f"the row {rule} for {', '.join(index)} cannot hold",)
    return (_said(problem, rule, index, 0.0),)
