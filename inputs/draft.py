"""The tables of a case between the judging of cells and the making of the ``Case``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inputs.errors import Fault
from inputs.wording import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from inputs.case import CaseFacts


@dataclass
class Draft:
    """The tables as judged, and how far each may be relied on.

    Parameters
    ----------
    frames
        Tables by name, indexed by the row that a spreadsheet would number.
    labels
        What the user calls each table.
    bad
        Rows of a table with a fault of their own.
    unsure
        Tables that are missing, could not be opened, or lack a column: nothing is concluded from
        what is not in them.
    facts
        The keys of ``case.toml``; None where they have faults.
    """

    frames: dict[str, pd.DataFrame]
    labels: dict[str, str]
    bad: dict[str, frozenset[int]] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    facts: CaseFacts | None = None

    def fault(
        self, table: str, row: Any, column: str, value: object, problem: str, remedy: str = ""
    ) -> Fault:
        """Return a fault in one cell."""
        said = None if value is None else shown(value)
        return Fault(self.labels[table], problem, remedy, int(row), column, said)

    def warning(self, table: str, problem: str, remedy: str = "", **where: Any) -> Fault:
        """Return a warning about a table, or a row of it."""
        return Fault(self.labels[table], problem, remedy, severity="warning", **where)

    def whole(self, *tables: str) -> bool:
        """Return whether what is *not* in these tables may be relied on."""
        return not any(t in self.unsure or self.bad.get(t) for t in tables)


def rows_of(frame: pd.DataFrame, *headings: str) -> Iterator[tuple[Any, ...]]:
    """Return the row number and the named cells of each row."""
    lists = (frame[heading].tolist() for heading in headings)
    return zip(frame.index.tolist(), *lists, strict=True)
