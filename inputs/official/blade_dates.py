"""Dates as returns hold them, the ages they make, and the days that the law counts from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

LATEST_YEAR = 2200
"""A date from this year on, such as 31 December 9999, stands for no end."""
_MONTHS = {
    month: number
    for number, month in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AP]M)?Z?)?"
_YEAR_FIRST = re.compile(
    r"(\d{4})[-/.](\d{1,2}|[A-Za-z]{3,9})[-/.](\d{1,2})" + _TIME, re.IGNORECASE
)
_DAY_FIRST = re.compile(
    r"(\d{1,2})[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ](\d{4})" + _TIME, re.IGNORECASE
)
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")

MONTH_FIRST = "month first"
"""Stands for a date that is one only if its month is written first."""


def read_date(text: str) -> date | str | None:
    """Return the date that a cell holds; None where it holds none; why, where it is another way.

    Read are 2025-01-16, 2025-Jan-16 00:00:00 (as COLLECT writes it), 16/01/2025, 16 Jan 2025 and
    20250116, with or without a time. Days come before months. A year of two digits is not read:
    it does not say its century.

    >>> read_date("2012-Aug-31 00:00:00"), read_date("31/08/2012") == read_date("2012-08-31")
    (datetime.date(2012, 8, 31), True)
    >>> read_date("08/31/2012"), read_date("31/08/12"), read_date("soon")
    ('month first', None, None)
    """
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text) or _TOGETHER.fullmatch(text):
        year, month, day = match[1], match[2], match[3]
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = match[1], match[2], match[3]
        if month.isdigit() and int(month) > 12 >= int(day) > 0 and int(month) <= 31:
            return MONTH_FIRST
    else:
        return None
    number = int(month) if month.isdigit() else _MONTHS.get(month[:3].lower(), 0)
    try:
        return date(int(year), number, int(day))
    except ValueError:
        return None


@dataclass(frozen=True, eq=False)
class Dates:
    """A column of dates, read.

    Parameters
    ----------
    values
        The dates (NaT where blank, unreadable, or so late that they stand for no end).
    unreadable
        Where a cell holds something that is no date.
    month_first
        Where a cell is a date only with its month first.
    """

    values: pd.Series[pd.Timestamp]
    unreadable: pd.Series[bool]
    month_first: pd.Series[bool]


def read_dates(column: pd.Series[str]) -> Dates:
    """Return a column of text as dates; each distinct text is read once."""
    known = {text: read_date(text) for text in column.unique()}
    days = {
        text: np.datetime64(found if found.year < LATEST_YEAR else "NaT", "s")
        for text, found in known.items()
        if isinstance(found, date)
    }
    nothing = np.datetime64("NaT", "s")
    values = np.array([days.get(text, nothing) for text in column], dtype="datetime64[s]")
    month_first = column.map(lambda text: known[text] == MONTH_FIRST).astype(bool)
    blank = column.str.strip() == ""
    readable = column.map(lambda text: isinstance(known[text], date)).astype(bool)
    return Dates(
        pd.Series(values, index=column.index), ~blank & ~readable & ~month_first, month_first
    )


def third_thursday(year: int) -> date:
    """Return the census date of a year: the third Thursday of January.

    Source: Department for Education, SEN2 guides since 2019.

    >>> third_thursday(2025)
    datetime.date(2025, 1, 16)
    """
    first = date(year, 1, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 14)


def year_of_school(on: date) -> int:
    """Return the academic year that a day is in, by its first September.

    >>> year_of_school(date(2025, 1, 16)), year_of_school(date(2024, 9, 1))
    (2024, 2024)
    """
    return on.year if on.month >= 9 else on.year - 1


def ages_on(born: pd.Series[pd.Timestamp], on: date | pd.Series[pd.Timestamp]) -> pd.Series[int]:
    """Return whole years of age on a day, or on a day for each; NA where either is not known.

    Born on 29 February is a year older on 1 March where a year has no such day.

    >>> born = pd.Series(pd.to_datetime(["2012-08-31", "2012-09-01"]))
    >>> ages_on(born, date(2024, 8, 31)).tolist()
    [12, 11]
    """
    then = pd.Series(pd.Timestamp(on), born.index) if isinstance(on, date) else on
    not_yet = (then.dt.month * 100 + then.dt.day) < (born.dt.month * 100 + born.dt.day)
    years = (then.dt.year - born.dt.year).where(born.notna() & then.notna())
    return pd.Series((years - not_yet).astype("Int64"), index=born.index)


def ages_of_school(born: pd.Series[pd.Timestamp], census: date) -> pd.Series[int]:
    """Return ages at 31 August before the academic year of the census; -1 for a later birth."""
    return ages_on(born, date(year_of_school(census), 8, 31))


def of_compulsory_age(born: pd.Series[pd.Timestamp], census: date) -> pd.Series[bool]:
    """Return who is of compulsory school age on a census date in January.

    It begins on the 31 December, 31 March or 31 August on or after the fifth birthday, and ends on
    the last Friday in June of the school year in which the child turns 16 (Education Act 1996,
    section 8; School Leaving Date Order 1997). In January: aged 5 by 31 December, and 15 or younger
    at 31 August.
    """
    turned_five = ages_on(born, date(census.year - 1, 12, 31)) >= 5
    young_enough = ages_of_school(born, census) <= 15
    return (turned_five & young_enough).fillna(False).astype(bool)
