"""Children with plans by year as the returns need them: whole numbers that tie, and their range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from outputs.returns.lines import AGE_GROUP_ROWS, NEED_ROWS, Line, line_of, need_row
from outputs.returns.tying import tie

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from inputs.vocabulary import Need

    Values = npt.NDArray[np.float64]
    Whole = npt.NDArray[np.int64]
    Drawn = npt.NDArray[np.int32]

LINES: tuple[Line, ...] = tuple(Line)
NEEDS: tuple[Need, ...] = tuple(need for need, _ in NEED_ROWS)
ACTUAL, PROJECTED = "actual", "projected"
SHARES = (0.1, 0.5, 0.9)
NEAREST_RANK: Final = "inverted_cdf"
"""The rule of quantiles: the smallest number that so large a share of the draws do not exceed."""


@dataclass(frozen=True)
class Row:
    """One row of a table: which children it counts.

    Parameters
    ----------
    label
        The template's own words.
    lines
        The placements counted.
    needs
        The primary needs counted; None for all.
    ages
        The ages at 31 August counted; None for all. A row has needs or ages, not both: the
        published tables cross placement with each, but not the two with one another.
    blank
        Why the row has no figure; empty where it has one.
    nil
        Whether the row is 0 because no child with a plan can be in it.
    note
        Words for the reader.
    """

    label: str
    lines: frozenset[Line] = frozenset(LINES)
    needs: frozenset[Need] | None = None
    ages: range | None = None
    blank: str = ""
    nil: bool = False
    note: str = ""


@dataclass(frozen=True, eq=False)
class Counts:
    """Whole children by year, and every draw of them.

    Parameters
    ----------
    years
        Academic years by their first Septembers; a year's count is that of its January.
    counted
        How many of the years, from the first, are counts and not projections.
    ages
        Ages at 31 August.
    by_need, by_age
        (years, lines, needs) and (years, lines, ages) whole children: the expected numbers,
        rounded so that they tie.
    drawn_by_need, drawn_by_age
        (draws, projected years, lines, needs) and (..., ages) children in each draw.
    """

    years: tuple[int, ...]
    counted: int
    ages: tuple[int, ...]
    by_need: Whole
    by_age: Whole
    drawn_by_need: Drawn
    drawn_by_age: Drawn

    def status(self, year: int) -> str:
        """Return whether a year was counted or is projected."""
        return ACTUAL if self.years.index(year) < self.counted else PROJECTED

    def of(self, row: Row) -> Whole | None:
        """Return (years,) whole children of a row; None for one that is blank."""
        if row.blank:
            return None
        return np.asarray(self._sum(row, self.by_need, self.by_age), dtype=np.int64)

    def between(self, row: Row, shares: Sequence[float] = SHARES) -> Values | None:
        """Return (shares, years) quantiles of a row over the draws, each a number that came up.

        A count is its own quantile.
        """
        known = self.of(row)
        if known is None:
            return None
        out = np.repeat(known[None, :].astype(float), len(shares), axis=0)
        drawn = self._sum(row, self.drawn_by_need, self.drawn_by_age)
        out[:, self.counted :] = np.quantile(drawn, shares, axis=0, method=NEAREST_RANK)
        return out

    def _sum(self, row: Row, by_need: Whole | Drawn, by_age: Whole | Drawn) -> Whole:
        lines = [i for i, line in enumerate(LINES) if line in row.lines]
        if row.nil:
            return np.zeros(by_need.shape[:-2], dtype=np.int64)
        if row.ages is not None:
            at = [i for i, age in enumerate(self.ages) if age in row.ages]
            return np.asarray(by_age[..., lines, :][..., at].sum(axis=(-2, -1)))
        wanted = NEEDS if row.needs is None else row.needs
        at = [i for i, need in enumerate(NEEDS) if need in wanted]
        return np.asarray(by_need[..., lines, :][..., at].sum(axis=(-2, -1)))


def counts_of(
    years: Sequence[int],
    counted: int,
    axes: tuple[Sequence[str], Sequence[str], Sequence[int]],
    expected: Values,
    drawn: npt.NDArray[np.signedinteger],
) -> Counts:
    """Return what the returns are added up from.

    Parameters
    ----------
    years
        Academic years by their first Septembers.
    counted
        How many of them, from the first, are counts.
    axes
        Keys of the placements, the needs and the ages.
    expected
        (years, placements, needs, ages) expected children; whole in the counted years.
    drawn
        (draws, projected years, placements, needs, ages) children.
    """
    placements, needs, ages = axes
    mean_need, mean_age = _by_line(placements, needs, ages, expected)
    groups = [
        range(at[0], at[-1] + 1)
        for _, group in AGE_GROUP_ROWS
        if (at := [i for i, age in enumerate(ages) if age in group])
    ]
    whole = [tie(n, a, groups) for n, a in zip(mean_need, mean_age, strict=True)]
    drawn_need, drawn_age = _by_line(placements, needs, ages, drawn)
    return Counts(
        tuple(years),
        counted,
        tuple(ages),
        np.stack([need for need, _ in whole]),
        np.stack([age for _, age in whole]),
        drawn_need.astype(np.int32),
        drawn_age.astype(np.int32),
    )


def _by_line(
    placements: Sequence[str],
    needs: Sequence[str],
    ages: Sequence[int],
    cells: npt.NDArray[np.float64] | npt.NDArray[np.signedinteger],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return (..., lines, needs) and (..., lines, ages) of (..., placements, needs, ages)."""
    lead = cells.shape[:-3]
    kind = np.float64 if cells.dtype.kind == "f" else np.int64
    by_need = np.zeros((*lead, len(LINES), len(NEEDS)), dtype=kind)
    by_age = np.zeros((*lead, len(LINES), len(ages)), dtype=kind)
    at_need = [NEEDS.index(need_row(need)) for need in needs]
    for p, placement in enumerate(placements):
        here = cells[..., p, :, :]
        for line, at in _split(placement, ages):
            some = here[..., at]
            by_age[..., line, at] += some.sum(axis=-2)
            of_need = some.sum(axis=-1)
            for n, row in enumerate(at_need):
                by_need[..., line, row] += of_need[..., n]
    return by_need, by_age


def _split(placement: str, ages: Sequence[int]) -> Iterable[tuple[int, list[int]]]:
    """Return the lines of a placement with the positions of the ages that count in each."""
    lines = [LINES.index(line_of(placement, age)) for age in ages]
    return ((line, [i for i, one in enumerate(lines) if one == line]) for line in sorted({*lines}))


def wide(counts: Counts, rows: Sequence[Row], labels: Sequence[str]) -> pd.DataFrame:
    """Return a table as its template has it: a row a label, a column a year, then a note.

    Parameters
    ----------
    counts
        The children.
    rows
        The rows, in order.
    labels
        Headings of the years.
    """
    found = []
    for row in rows:
        values = counts.of(row)
        figures = [None] * len(labels) if values is None else [int(value) for value in values]
        found.append([row.label, *figures, row.blank or row.note])
    out = pd.DataFrame(found, columns=["row", *labels, "note"])
    return out.astype(dict.fromkeys(labels, "Int64"))


def ranges(counts: Counts, rows: Sequence[Row], **keys: str) -> pd.DataFrame:
    """Return the same rows, one a year, with their range: status, children, p10, p50, p90.

    Parameters
    ----------
    counts
        The children.
    rows
        The rows, in order; blank ones are left out.
    keys
        Columns to put first, the same in every row.
    """
    found: list[dict[str, object]] = []
    for row in rows:
        values, between = counts.of(row), counts.between(row)
        if values is None or between is None:
            continue
        found += [
            {
                **keys,
                "row": row.label,
                "year": year,
                "status": counts.status(year),
                "children": int(values[i]),
                "p10": float(between[0, i]),
                "p50": float(between[1, i]),
                "p90": float(between[2, i]),
            }
            for i, year in enumerate(counts.years)
        ]
    columns = [*keys, "row", "year", "status", "children", "p10", "p50", "p90"]
    return pd.DataFrame(found, columns=columns)
