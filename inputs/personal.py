"""Refuse a waiting list that says who a child is: names, dates of birth, addresses, numbers.

A list that holds one is refused with the column named. What stands in the cells is not repeated:
not here, not in the messages about other faults of the list.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from inputs.columns import NUMBERS, WHOLES, columns
from inputs.errors import Fault
from inputs.raw import RawTable, is_blank
from inputs.schemas import Waiting
from inputs.schemas.cells import read_date
from inputs.wording import KEY_HINT

if TYPE_CHECKING:
    from collections.abc import Iterable

IDENTIFYING = {
    "a name": frozenset(
        {"name", "names", "forename", "forenames", "surname", "firstname", "lastname", "fullname",
         "initials", "nickname", "parent", "parents", "mother", "father", "carer", "guardian"}
    ),
    "a date of birth": frozenset(
        {"dob", "birth", "birthday", "birthdate", "dateofbirth", "born"}
    ),
    "an address": frozenset(
        {"address", "address1", "address2", "street", "uprn", "phone", "telephone", "tel",
         "mobile", "email"}
    ),
    "a number that identifies the child": frozenset(
        {"upn", "uln", "nhs", "nhsnumber", "nino", "passport"}
    ),
}  # fmt: skip
"""Words of a heading, by what such a column holds about a child."""
OF_SOMETHING_ELSE = frozenset(
    {"school", "provision", "setting", "zone", "ward", "locality", "need", "phase", "class"}
)
"""Words that make a column of names one of schools or places: ``school_name`` is no child's."""
UPN = re.compile(r"^[A-Za-z]\d{11}[0-9A-Za-z]$")
"""A unique pupil number: a check letter, eleven digits, and a digit or letter."""
DATE_LIKE = re.compile(
    r"^\d{1,2}[-./]\d{1,2}[-./]\d{2,4}$|^\d{4}[-./]\d{1,2}[-./]\d{1,2}$"
    r"|^(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])$|^([0-2]\d|3[01])(0[1-9]|1[0-2])(19|20)\d\d$"
)
"""A day, with marks between or as eight figures in either order."""
WORDS = re.compile(r"[^\W\d_][\s,]+[^\W\d_]")
"""A letter, a space or comma, and a letter."""
OLD_ENOUGH_YEARS = 2
"""A date longer ago than this, in a column we do not know, may be a date of birth."""


def identifying_columns(raw: RawTable, on: date) -> list[Fault]:
    """Return a fault for each column of a list that says who a child is; no cell is repeated.

    Parameters
    ----------
    raw
        The waiting list as typed.
    on
        The day from which a date counts as long ago.
    """
    known = {column.heading for column in columns(Waiting)}
    faults = []
    for at, heading in enumerate(raw.headings):
        if heading in known:
            continue
        words = set(re.split(r"[^a-z0-9]+", heading)) | {re.sub(r"[^a-z0-9]", "", heading)}
        held = [
            what
            for what, signs in IDENTIFYING.items()
            if words & signs and not words & OF_SOMETHING_ELSE
        ]
        if not held and _old_dates(raw, at, on):
            held = ["dates of more than two years ago, which may be dates of birth"]
        if held:
            faults.append(
                Fault(
                    raw.label,
                    f"holds {held[0]}, and the list is refused unread",
                    "Delete the column, and give each child a pseudonym in the column child",
                    row=1,
                    column=heading or f"column {at + 1}",
                )
            )
    if "child" in raw.headings:
        faults += _identifying_keys(raw, raw.headings.index("child"))
    return faults


def _old_dates(raw: RawTable, at: int, on: date) -> bool:
    """Return whether half the cells of a column are dates of long ago."""
    cells = [row[at] for row in raw.rows if not is_blank(row[at])]
    limit = on.replace(year=on.year - OLD_ENOUGH_YEARS, day=min(on.day, 28))
    found = 0
    for cell in cells:
        if not isinstance(cell, str | datetime | date):
            continue
        try:
            day = read_date(cell)
        except ValueError:
            continue
        found += isinstance(day, date) and day < limit
    return bool(cells) and 2 * found >= len(cells)


def _identifying_keys(raw: RawTable, at: int) -> Iterable[Fault]:
    """Return a fault for each kind of key that is not a pseudonym, at the first row that has it."""
    kinds: tuple[tuple[str, re.Pattern[str]], ...] = (
        ("holds a unique pupil number", UPN),
        ("holds a date, which may be a date of birth", DATE_LIKE),
        ("holds words with spaces between, which may be names", WORDS),
    )
    for problem, pattern in kinds:
        rows = [
            number
            for number, row in zip(raw.numbers, raw.rows, strict=True)
            if pattern.search(_text(row[at]))
        ]
        if rows:
            more = f" (and {len(rows) - 1:,} more rows)" if len(rows) > 1 else ""
            yield Fault(
                raw.label,
                problem + more,
                "Give each child a pseudonym, such as W-001, and keep the key to it apart",
                row=rows[0],
                column="child",
            )


def _text(cell: object) -> str:
    """Return a cell of the column child as text."""
    return cell.isoformat()[:10] if isinstance(cell, datetime | date) else str(cell or "").strip()


def without_values(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults of a waiting list without what the cells held, numbers apart.

    A name may stand in any column of a list that slipped by one, so only figures are repeated.
    """
    kinds = {column.heading: column.kind for column in columns(Waiting)}
    figures = NUMBERS | WHOLES
    kept = []
    for fault in faults:
        kind = kinds.get(fault.column or "", "")
        value: Any = fault.value if kind in figures and _is_figure(fault.value) else None
        problem, remedy = fault.problem, fault.remedy
        if problem.startswith("is not a key"):
            problem, remedy = "is not a key", KEY_HINT
        kept.append(
            Fault(fault.table, problem, remedy, fault.row, fault.column, value, fault.severity)
        )
    return kept


def _is_figure(value: str | None) -> bool:
    return value is not None and re.fullmatch(r"[-+£]?[\d,]*\.?\d+%?", value) is not None
