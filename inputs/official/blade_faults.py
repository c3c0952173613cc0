"""What can be wrong with a person-level SEN2 return, and what it does to the case.

A *fault* stops: a case made all the same would count children wrongly and not show it. A *warning*
goes on: its effect is stated and counted. Each is found row by row, for the officer who corrects
the return; a case's notes hold one line a check. A message names a row and a table id, and no
person. The checks themselves are the rows of ``blade_checks.csv``.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any, cast

from inputs.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from inputs.errors import Severity


@dataclass(frozen=True)
class Check:
    """One thing that is looked for.

    Parameters
    ----------
    code
        Its key.
    module
        The module it is looked for in; blank for the files as a whole.
    what
        What is found, as a phrase that a number can follow.
    severity
        Whether it stops.
    effect
        What it does to the case; for a fault, why there can be none.
    remedy
        What to do, as a sentence without a full stop.
    """

    code: str
    module: str
    what: str
    severity: Severity
    effect: str
    remedy: str


def _checks() -> dict[str, Check]:
    text = resources.files("inputs.official").joinpath("blade_checks.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: Check(**cast("dict[str, Any]", row)) for row in rows}


CHECKS: dict[str, Check] = _checks()
"""Every check, in the order of docs/person-level.md, which is written from it."""

PERSONAL = (
    "surname", "forename", "personbirthdate", "sex", "gendercurrent", "ethnicity", "postcode",
    "upn", "uniquelearnernumber", "upnunknown", "sensettingother", "dmo", "dco", "dsco",
)  # fmt: skip
"""Items of a return about a person, or free text in which one may be named."""

_SAFE_ID = re.compile(
    r"[A-Za-z_-]{0,12}\d{1,9}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE
)
_SAFE_VALUE = re.compile(r"[A-Za-z0-9]{1,4}|\d{5,7}")
_POSTCODE = re.compile(r"[A-Za-z]{1,2}\d[A-Za-z\d]?\d[A-Za-z]{2}")


def id_shown(column: str, value: object) -> str:
    """Return how a message names a row by an id; blank unless it has the form of a table id.

    A UPN, a ULN, a postcode and a name do not have it, should one stand where an id belongs.

    >>> id_shown("persontableid", "1012"), id_shown("persontableid", "A123456789012")
    ('persontableid 1012', '')
    """
    text = str(value)
    safe = _SAFE_ID.fullmatch(text) is not None and _POSTCODE.fullmatch(text) is None
    return f"{column} {text}" if safe else ""


def value_shown(value: object) -> str | None:
    """Return a code as a message repeats it; None for what is longer than any code.

    No word of more than four letters, no date, no postcode and no UPN has the form of one.

    >>> value_shown("ASX"), value_shown("199999"), value_shown("a name or a note")
    ('ASX', '199999', None)
    """
    text = str(value)
    safe = _SAFE_VALUE.fullmatch(text) is not None and _POSTCODE.fullmatch(text) is None
    return text if safe else None


@dataclass(eq=False)
class Findings:
    """What has been found so far, row by row.

    Parameters
    ----------
    found
        Each with the code of its check, in the order found.
    doubled
        Modules of which there are two files.
    """

    found: list[tuple[str, Fault]] = field(default_factory=list)
    doubled: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.found)

    def add(
        self,
        code: str,
        table: str,
        problem: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        who: str = "",
    ) -> None:
        """Note one thing found.

        Parameters
        ----------
        code
            Its check.
        table
            The file.
        problem
            What is wrong, as a sentence without a full stop.
        row, column
            Where.
        value
            What stood there; it is repeated only where it has the form of a code.
        who
            The row's table id (``id_shown``).
        """
        check = CHECKS[code]
        told = problem + (f" ({who})" if who else "")
        shown = None if value is None else value_shown(value)
        fault = Fault(table, told, check.remedy, row, column, shown, check.severity)
        self.found.append((code, fault))

    def each(
        self,
        code: str,
        table: str,
        rows: pd.DataFrame,
        which: pd.Series[bool],
        problem: str,
        *,
        column: str | None = None,
        more: pd.Series[str] | None = None,
    ) -> None:
        """Note every row that a check finds.

        Parameters
        ----------
        code, table, problem, column
            As for ``add``. The cell of the column is repeated, unless it is personal.
        rows
            Of a module, by row number, with ``who``.
        which
            Those found.
        more
            A word on each row, added to the problem.
        """
        if not which.any():
            return
        hits = rows[which]
        cells = [""] * len(hits) if column is None or column in PERSONAL else hits[column].tolist()
        values = [cell if isinstance(cell, str) else "" for cell in cells]
        words = [""] * len(hits) if more is None else [f" ({one})" for one in more[which]]
        for row, value, word, who in zip(hits.index, values, words, hits["who"], strict=True):
            self.add(code, table, problem + word, row=row, column=column, value=value, who=who)

    def keep(self, faults: Iterable[Fault]) -> None:
        """Take over faults that another reader found."""
        self.found += [("not_csv", fault) for fault in faults]

    def forget_after(self, count: int) -> None:
        """Drop all but the first so many."""
        del self.found[count:]

    @property
    def stops(self) -> bool:
        """Whether there is a fault among them."""
        return any(fault.severity == "fault" for _, fault in self.found)

    def every(self) -> tuple[Fault, ...]:
        """Return all of them: faults first, then warnings, each in the order found."""
        return tuple(
            sorted((one for _, one in self.found), key=lambda one: one.severity != "fault")
        )

    def times(self, code: str) -> int:
        """Return how often a check found something."""
        return sum(one == code for one, _ in self.found)

    def summary(self) -> tuple[Fault, ...]:
        """Return one warning a check and file: how often, the first row, and its effect."""
        firsts: dict[tuple[str, str, str | None], list[Fault]] = {}
        for code, fault in self.found:
            if fault.severity == "warning":
                firsts.setdefault((code, fault.table, fault.column), []).append(fault)
        return tuple(
            Fault(
                table,
                CHECKS[code].what
                + (f" ({len(each):,} times, this the first)" if len(each) > 1 else "")
                + f": {CHECKS[code].effect}",
                CHECKS[code].remedy,
                each[0].row,
                column,
                severity="warning",
            )
            for (code, table, column), each in firsts.items()
        )


def table_of_checks() -> str:
    """Return the checks as the table of docs/person-level.md.

    >>> table_of_checks().splitlines()[0]
    '| found in | what | then | effect on the case | what to do |'
    """
    lines = [
        "| found in | what | then | effect on the case | what to do |",
        "|---|---|---|---|---|",
    ]
    for one in CHECKS.values():
        then = "**stops**" if one.severity == "fault" else "goes on"
        where = f"`{one.module}`" if one.module else "any file"
        lines.append(f"| {where} | {one.what} | {then} | {one.effect} | {one.remedy} |")
    return "\n".join(lines) + "\n"
