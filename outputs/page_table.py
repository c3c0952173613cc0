"""Tables of the page: what a reader sees, already in words, ready for the template."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outputs.words import number, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

Wording = Callable[[object], str]

SHADES = 5
"""Steps of shading in a heat table; the number is always written in the cell as well."""


@dataclass(frozen=True)
class Column:
    """One column: the frame's own name for it, its heading, and how a cell is worded.

    Parameters
    ----------
    name
        Column of the frame.
    heading
        What the reader sees.
    wording
        From a cell to its words.
    numeric
        Whether it is set to the right.
    group
        Heading above several neighbouring columns that share it.
    """

    name: str
    heading: str
    wording: Wording = words
    numeric: bool = False
    group: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell: its words, and its shade from 0 (none) to `SHADES`."""

    text: str
    shade: int = 0


@dataclass(frozen=True)
class Table:
    """A table with its caption.

    Parameters
    ----------
    key
        Its id in the page.
    caption
        What it shows, with its unit.
    columns
        In order; the first is the heading of each row.
    rows
        Cells, as many as there are columns.
    totals
        Positions of rows that are totals.
    note
        A sentence under it.
    folded
        Words of the line that unfolds it; empty for a table that stands open.
    """

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: frozenset[int] = frozenset()
    note: str = ""
    folded: str = ""

    @property
    def groups(self) -> list[tuple[str, int]]:
        """Return the headings above the columns with the number that each spans; [] for none."""
        spans: list[tuple[str, int]] = []
        for column in self.columns:
            if spans and spans[-1][0] == column.group:
                spans[-1] = (column.group, spans[-1][1] + 1)
            else:
                spans.append((column.group, 1))
        return spans if any(group for group, _ in spans) else []

    @property
    def wide(self) -> bool:
        """Return whether it may need to scroll sideways on a small screen."""
        return len(self.columns) > 2

    def under(self, folded: str) -> Table:
        """Return the table folded under a line."""
        return replace(self, folded=folded)


def table_of(
    key: str,
    caption: str,
    frame: pd.DataFrame,
    columns: Sequence[Column],
    *,
    totals: Iterable[int] = (),
    note: str = "",
    folded: str = "",
    shaded: Iterable[str] = (),
) -> Table:
    """Return a frame as a table of words.

    Parameters
    ----------
    key, caption, note, folded
        See `Table`.
    frame
        One row of the frame is one row of the table. A cell may hold the mark of suppression.
    columns
        Those that the frame lacks are left out.
    totals
        Positions of rows that are totals.
    shaded
        Columns to shade by size, on one scale for all of them; totals are not shaded.
    """
    kept = tuple(column for column in columns if column.name in frame.columns)
    heat = [column.name for column in kept if column.name in set(shaded)]
    whole = frozenset(totals)
    parts = [i for i in range(len(frame)) if i not in whole]
    sizes = [
        size for name in heat for i in parts if (size := number(frame[name].iloc[i])) is not None
    ]
    most, shown = max(sizes, default=0.0), set(parts)
    values = {column.name: frame[column.name].tolist() for column in kept}
    rows = tuple(
        tuple(
            Cell(
                column.wording(values[column.name][i]),
                _shade(values[column.name][i], most) if column.name in heat and i in shown else 0,
            )
            for column in kept
        )
        for i in range(len(frame))
    )
    return Table(key, caption, kept, rows, whole, note, folded)


def _shade(value: object, most: float) -> int:
    size = number(value)
    if size is None or size <= 0 or most <= 0:
        return 0
    return min(SHADES, 1 + int(SHADES * size / most))
