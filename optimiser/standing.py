"""Where simplex stood once a relaxation was solved, by the names of columns and rows.

Another problem of the same case (another policy, somewhat other children) has nearly the same
columns and rows. Its relaxation is then some hundreds of steps of simplex away, not a solve from
nothing. Names, and not positions, say which is which, so that a row more or less does not matter;
plain values, so that it may be sent to another process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from optimiser.highs import AT_LOW, IN_BASIS, Ended

if TYPE_CHECKING:
    from optimiser.highs import Compiled, Solver

WHOLE = 0
"""Groups of cells, where none are merged."""
Name = tuple[str, Any]
"""A family of the model and an index of it."""

STEPS_SHARE = 0.125
"""Steps of simplex, as a share of the rows, after which a start was no help: measured on the
embedded example, another policy took 0.01 to 0.09 and then a solve from nothing is 3 to 20 times
longer; with children so different that it took more, starting was the longer way."""


@dataclass(frozen=True)
class Standing:
    """Where simplex stood in one relaxation.

    Parameters
    ----------
    columns, rows
        What was not as most are: columns not at their lower limit, rows not in the basis.
    """

    columns: dict[Name, int]
    rows: dict[Name, int]

    @classmethod
    def of(cls, solver: Solver) -> Standing:
        """Return where simplex stands in a model that is solved."""
        columns, rows = solver.stands
        named = zip(column_names(solver.compiled), columns, strict=True)
        named_rows = zip(row_names(solver.compiled), rows, strict=True)
        return cls(
            {name: status for name, status in named if status != AT_LOW},
            {name: status for name, status in named_rows if status != IN_BASIS},
        )

    def begin(self, solver: Solver, seconds: float) -> Ended:
        """Solve the relaxation of another model from here, as far as it has the same names.

        Cut short where that takes too many steps, or HiGHS cannot go on from here: the solver is
        then of no more use.
        """
        compiled = solver.compiled
        solver.stand(
            [self.columns.get(name, AT_LOW) for name in column_names(compiled)],
            [self.rows.get(name, IN_BASIS) for name in row_names(compiled)],
        )
        try:
            return solver.run_steps(int(STEPS_SHARE * len(compiled.rows)), seconds)
        except RuntimeError:
            return Ended.CUT_SHORT


def column_names(compiled: Compiled) -> list[Name]:
    """Return the family and index of each column."""
    return [(one.parent_component().name, one.index()) for one in compiled.columns]


def row_names(compiled: Compiled) -> list[Name]:
    """Return the family and index of each row."""
    rows = [entry.constraint for entry in compiled.rows]
    return [(one.parent_component().name, one.index()) for one in rows]


@dataclass
class Standings:
    """Where simplex stood in each relaxation of a solve, by groups of cells (0: the whole model).

    Given empty to a solve, it is filled. Given filled, it is where the relaxations start, and it
    is left as it is.
    """

    by_groups: dict[int, Standing] = field(default_factory=dict)
    filling: bool = True

    def start(self, groups: int | None) -> Standing | None:
        """Return where to start; None for a solve from nothing."""
        return None if self.filling or groups is None else self.by_groups.get(groups)

    def learn(self, groups: int, solver: Solver) -> None:
        """Note where simplex stood, where this is being filled."""
        if self.filling:
            self.by_groups[groups] = Standing.of(solver)

    def filled(self) -> Standings:
        """Return the same, to start from."""
        return Standings(self.by_groups, filling=False)
