"""Join the modules of a return: keys that tell rows apart, whose each row is, dates read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from inputs.official.blade_dates import MONTH_FIRST, read_date, read_dates, third_thursday
from inputs.official.blade_faults import id_shown
from inputs.official.blade_modules import MODULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inputs.official.blade_faults import Findings
    from inputs.official.blade_modules import Return

DATES: dict[str, tuple[str, ...]] = {
    "person": ("personbirthdate",),
    "namedplan": ("startdate", "ceasedate"),
    "placementdetail": ("entrydate", "leavingdate"),
}
"""The columns of dates that are read, by module."""


@dataclass(frozen=True, eq=False)
class Joined:
    """The modules of a return, each row with its child.

    Parameters
    ----------
    tables
        By module: its columns with dates read (NaT where there is none), and ``child`` (the
        ``persontableid``), ``request`` (the ``requeststableid``; blank above requests) and ``who``
        (how a message names the row). Rows that join to nothing are left out.
    files
        Name of the file of each module.
    has
        The columns that each file had.
    unread
        By module and column of dates: rows whose cell is no date.
    """

    tables: dict[str, pd.DataFrame]
    files: dict[str, str]
    has: dict[str, frozenset[str]]
    unread: dict[tuple[str, str], frozenset[int]]


def join(read: Return, findings: Findings) -> Joined:
    """Return the modules joined; keys, joins and dates that are wrong go to the findings."""
    tables: dict[str, pd.DataFrame] = {}
    unread: dict[tuple[str, str], frozenset[int]] = {}
    for name, module in MODULES.items():
        if name not in read.frames:
            continue
        file = read.files[name]
        frame = _keyed(read, name, findings)
        parent = tables.get(module.parent)
        if parent is not None and module.parent_key in read.has[name]:
            known = frame[module.parent_key].isin(parent[MODULES[module.parent].key])
            lost = frame[~known]
            lost = lost.assign(who=_ids(lost, module.key))
            problem = f"{module.parent_key} names no row of module {module.parent}"
            findings.each("join_broken", file, lost, ~known[~known], problem)
            frame = frame[known]
        frame = _with_child(frame, name, parent)
        for column in DATES.get(name, ()):
            frame, bad = _dated(frame, file, column, findings)
            unread[name, column] = bad
        tables[name] = frame
    return Joined(tables, read.files, read.has, unread)


def _keyed(read: Return, name: str, findings: Findings) -> pd.DataFrame:
    """Return a module's rows that have an id of their own, each id once."""
    key, file, frame = MODULES[name].key, read.files[name], read.frames[name]
    blank = frame[key] == ""
    for row in frame.index[blank]:
        findings.add("key_missing", file, "the id is blank", row=int(row), column=key)
    frame = frame[~blank]
    twice = frame[key].duplicated()
    if twice.any():
        first = dict(zip(frame[key].tolist()[::-1], frame.index.tolist()[::-1], strict=True))
        again = frame[twice]
        again = again.assign(who=_ids(again, key))
        more = pd.Series([f"row {first[one]}" for one in again[key]], again.index)
        problem = f"{key} is that of an earlier row"
        findings.each("key_twice", file, again, twice[twice], problem, more=more)
    return frame[~twice]


def _with_child(frame: pd.DataFrame, name: str, parent: pd.DataFrame | None) -> pd.DataFrame:
    """Return a module with ``child``, ``request`` and ``who`` of each row, blank where unknown."""
    module = MODULES[name]
    for own, level in (("child", "person"), ("request", "requests")):
        if name == level:
            found = frame[module.key]
        elif parent is None or own not in parent:
            found = pd.Series("", frame.index)
        else:
            by_id = parent.set_index(MODULES[module.parent].key)[own]
            found = look_up(frame[module.parent_key], by_id)
        frame = frame.assign(**{own: found})
    who = [
        id_shown("persontableid", child) or id_shown(module.key, itself)
        for child, itself in zip(frame["child"].tolist(), frame[module.key].tolist(), strict=True)
    ]
    return frame.assign(who=pd.Series(who, frame.index, dtype=str))


def _ids(frame: pd.DataFrame, key: str) -> pd.Series[str]:
    """Return how a message names each row by its own id."""
    return pd.Series([id_shown(key, one) for one in frame[key].tolist()], frame.index, dtype=str)


def look_up(
    keys: pd.Series[str], table: pd.Series[str] | Mapping[str, str], otherwise: str = ""
) -> pd.Series[str]:
    """Return what a table holds for each key, as text; the first of several, and a word for none.

    >>> look_up(pd.Series(["a", "c"]), {"a": "x", "b": "y"}, "none").tolist()
    ['x', 'none']
    """
    if isinstance(table, pd.Series):
        # Later pairs win in a dictionary; lists, because text in pandas is slow to walk through.
        table = dict(zip(table.index.tolist()[::-1], table.tolist()[::-1], strict=True))
    return pd.Series([table.get(key, otherwise) for key in keys.tolist()], keys.index, dtype=str)


def _dated(
    frame: pd.DataFrame, file: str, column: str, findings: Findings
) -> tuple[pd.DataFrame, frozenset[int]]:
    """Return a module with a column of text read as dates, and the rows that hold none."""
    dates = read_dates(frame[column])
    findings.each("date_unreadable", file, frame, dates.unreadable, "is no date", column=column)
    months = frame.index[dates.month_first]
    if len(months):
        problem = f"the month comes first in {len(months):,} of its dates, this the first"
        findings.add("date_american", file, problem, row=int(months[0]), column=column)
    bad = frozenset(int(row) for row in frame.index[dates.unreadable | dates.month_first])
    return frame.assign(**{column: dates.values}), bad


def census_of(joined: Joined, given: date | None, findings: Findings) -> date | None:
    """Return the census date: the one given, else the return's; None (and why) if there is none."""
    found = None
    table, file = joined.tables.get("sen2"), joined.files.get("sen2", "")
    if table is not None and len(table):
        texts = sorted({text for text in table["referencedate"] if text})
        read = [read_date(text) for text in texts]
        days = sorted({one for one in read if isinstance(one, date)})
        row = int(table.index[0])
        if len(days) > 1:
            findings.add("census_several", file, f"has {len(days)} reference dates", row=row,
                         column="referencedate")  # fmt: skip
            return None
        if any(one == MONTH_FIRST for one in read):
            findings.add("date_american", file, "the month comes first", row=row,
                         column="referencedate")  # fmt: skip
        found = days[0] if days else None
    census = given or found
    if census is None:
        findings.add("census_unknown", file or "the return", "has no reference date that is one",
                     column="referencedate" if file else None)  # fmt: skip
        return None
    if census.month != 1:
        problem = f"{census.isoformat()} is not in January"
        findings.add("census_month", file or "the return", problem, column="referencedate")
        return None
    if given and found and given != found:
        problem = f"is {found.isoformat()} in the return; {given.isoformat()} was given"
        findings.add("census_given", file, problem, column="referencedate")
    elif census != third_thursday(census.year):
        usual = third_thursday(census.year).isoformat()
        problem = f"{census.isoformat()} is not the third Thursday of January ({usual})"
        findings.add("census_odd", file or "the return", problem, column="referencedate")
    if table is not None:
        odd = (table["year"] != "") & (table["year"] != str(census.year))
        problem = f"is not the year of {census.isoformat()}"
        findings.each("census_year", file, table, odd, problem, column="year")
    return census
