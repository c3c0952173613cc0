"""Faults in what the user supplied: every one at once, in the reader's words."""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Severity = Literal["fault", "warning"]

SHOWN_AT_MOST = 100
"""How many faults a person is shown; all of them are counted, and all are in the JSON."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one cell, row, table or file, and what to do about it.

    Parameters
    ----------
    table
        The sheet or file as the user knows it, such as ``provisions.csv``.
    problem
        What is wrong, as a sentence without a full stop.
    remedy
        What to do, as a sentence without a full stop; may be empty.
    row
        The row as a spreadsheet numbers it (the heading is row 1), if one row is at fault.
    column
        The heading of the column at fault.
    value
        The value that was found.
    severity
        A ``fault`` stops the run; a ``warning`` is carried into the report.
    """

    table: str
    problem: str
    remedy: str = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None
    severity: Severity = "fault"

    def as_dict(self) -> dict[str, object]:
        """Return the fault as a plain mapping, for JSON."""
        return asdict(self)

    def sentence(self) -> str:
        """Return the fault as one line of plain English.

        >>> Fault("zones.csv", "is not a number", "Write digits", 4, "easting", "ten").sentence()
        "zones.csv, row 4, easting: 'ten' is not a number. Write digits."
        """
        where = ", ".join(
            part
            for part in (
                self.table,
                f"row {self.row}" if self.row is not None else "",
                self.column or "",
            )
            if part
        )
        what = f"{self.value!r} {self.problem}" if self.value is not None else self.problem
        stop = "" if self.remedy.endswith("?") else "."
        return f"{where}: {what}." + (f" {self.remedy}{stop}" if self.remedy else "")


class InputError(Exception):
    """What the user supplied cannot be used: carries every fault that was found.

    Parameters
    ----------
    faults
        All of them; at least one.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        if not self.faults:
            raise ValueError("an InputError needs at least one fault")
        super().__init__("\n".join(tell(self.faults)))


def tell(faults: Sequence[Fault]) -> list[str]:
    """Return the sentences to print: the first hundred, then how many more there are."""
    lines = [fault.sentence() for fault in faults[:SHOWN_AT_MOST]]
    if len(faults) > SHOWN_AT_MOST:
        more = len(faults) - SHOWN_AT_MOST
        lines.append(f"... and {more:,} more ({len(faults):,} in all; --json lists every one)")
    return lines


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """Return ``Did you mean 'x'?`` for the nearest known word, or the choices when none is near.

    >>> did_you_mean("specalist_base", ["specialist_base", "special_school"])
    "Did you mean 'specialist_base'?"
    >>> did_you_mean("moon", ["primary", "secondary"])
    'Choose one of: primary, secondary'
    """
    choices = sorted(set(known))
    by_lower = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(value.strip().lower(), by_lower, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {by_lower[near[0]]!r}?"
    if not choices:
        return ""
    listed = ", ".join(choices[:12]) + (", ..." if len(choices) > 12 else "")
    return f"Choose one of: {listed}"
