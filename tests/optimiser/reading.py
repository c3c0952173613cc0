"""Read rows back from the arrays the solver is given, so no library's ``str`` is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

if TYPE_CHECKING:
    from pathlib import Path

SENSE = {-1: ">=", 0: "=", 1: "<="}


def read(model: Any, rule: str) -> list[str]:
    """Return one rule's rows as ``name: terms sense limit``, terms in name order."""
    std = LinearStandardFormCompiler().write(model, mixed_form=True)
    table, lines = std.A.tocsr(), []
    for i, (row, sense) in enumerate(std.rows):
        if row.parent_component().name == rule:
            cells = slice(table.indptr[i], table.indptr[i + 1])
            names = [plain(std.columns[j].name) for j in table.indices[cells]]
            terms = sorted(zip(names, table.data[cells], strict=True))
            left = " ".join(f"{a:+g} {name}" for name, a in terms if a)
            lines.append(f"{plain(row.name)}: {left} {SENSE[sense]} {std.rhs[i] + 0.0:g}")
    return lines


def plain(name: str) -> str:
    """Return a name without the quotes that Pyomo puts round keys with a colon."""
    return name.replace("'", "")


def written(path: Path) -> list[str]:
    """Return the rows of a specimen: every line but the derivation, which stands in comments."""
    lines = path.read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]
