"""Read rows back from the arrays the solver is given, so no library's ``str`` is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy.sparse import csc_array

from optimiser.solve import compile_model

if TYPE_CHECKING:
    from pathlib import Path


def read(model: Any, rule: str) -> list[str]:
    """Return one rule's rows as ``name: terms sense limit``, terms in name order."""
    compiled = compile_model(model)
    lp = compiled.lp
    held = lp.a_matrix_
    table = csc_array(
        (np.array(held.value_), np.array(held.index_), np.array(held.start_)),
        shape=(lp.num_row_, lp.num_col_),
    ).tocsr()
    names = [plain(column.name) for column in compiled.columns]
    lines = []
    for i, row in enumerate(compiled.rows):
        if row.constraint.parent_component().name == rule:
            low, high = lp.row_lower_[i], lp.row_upper_[i]
            sense = "=" if low == high else "<=" if np.isinf(low) else ">="
            limit = high if np.isinf(low) else low
            lines.append(line(row.constraint.name, names, table, i, sense, limit))
    return lines


def read_by_pyomo(model: Any, rule: str) -> list[str]:
    """Return the same rows as Pyomo's own compiler gives them."""
    std = LinearStandardFormCompiler().write(model, mixed_form=True)
    table, sense = std.A.tocsr(), {-1: ">=", 0: "=", 1: "<="}
    names = [plain(column.name) for column in std.columns]
    return [
        line(row.name, names, table, i, sense[kind], std.rhs[i])
        for i, (row, kind) in enumerate(std.rows)
        if row.parent_component().name == rule
    ]


def line(name: str, names: list[str], table: Any, i: int, sense: str, limit: float) -> str:
    """Return one row as text."""
    cells = slice(table.indptr[i], table.indptr[i + 1])
    terms = zip((names[j] for j in table.indices[cells]), table.data[cells], strict=True)
    left = " ".join(f"{a:+g} {term}" for term, a in sorted(terms) if a)
    return f"{plain(name)}: {left} {sense} {limit + 0.0:g}"


def plain(name: str) -> str:
    """Return a name without the quotes that Pyomo puts round keys with a colon."""
    return name.replace("'", "")


def written(path: Path) -> list[str]:
    """Return the rows of a specimen: every line but the derivation, which stands in comments."""
    lines = path.read_text("utf-8").splitlines()
    return [row for row in lines if row.strip() and not row.startswith("#")]
