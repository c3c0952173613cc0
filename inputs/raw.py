"""A case as it was typed, before any cell is judged: headings, rows and where each row stands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

    from inputs.case import Source
    from inputs.errors import Fault

READ_AT_ONCE = 1 << 20


class NeverCalculated:
    """Stands in a cell whose formula was never worked out, so that it holds no value."""

    def __str__(self) -> str:
        return ""


NEVER_CALCULATED: Final = NeverCalculated()


@dataclass
class RawTable:
    """One sheet or CSV file.

    Parameters
    ----------
    name
        The table, such as ``zones``.
    label
        What the user calls it: ``zones.csv``, or the name of the sheet.
    headings
        Row 1, tidied (lower case, underscores); blank where there is none.
    rows
        The rows that hold anything, each as long as ``headings``.
    numbers
        The row of each as a spreadsheet numbers it.
    formulas
        Columns (by position) with calculated formulas: how many, and the first row with one.
    """

    name: str
    label: str
    headings: list[str]
    rows: list[list[Any]]
    numbers: list[int]
    formulas: dict[int, tuple[int, int]] = field(default_factory=dict)


@dataclass
class RawCase:
    """A folder or workbook as it was typed.

    ``tables`` by name; ``broken`` names those that are there but could not be opened; ``facts``
    is None where there are none to judge; ``ending`` is what a table's name ends in (nothing, for
    a sheet).
    """

    tables: dict[str, RawTable] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    facts: dict[str, Any] | None = None
    facts_label: str = "case.toml"
    ending: str = ".csv"
    faults: list[Fault] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    polygons: Path | None = None
    scenario: Path | None = None
    network: Path | None = None
    draws: Path | None = None
    unknown: list[str] = field(default_factory=list)


def tidy(heading: object) -> str:
    """Return a heading or a sheet's name as the contract writes it.

    >>> tidy(" Max places ")
    'max_places'
    """
    return "_".join(str(heading).split()).lower()


def is_blank(cell: object) -> bool:
    """Return whether a cell holds nothing but spaces."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(READ_AT_ONCE):
            digest.update(chunk)
    return digest.hexdigest()
