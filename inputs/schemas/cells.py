"""The kinds of cell a table may hold, and how each is read from what a person typed."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

YearValues = tuple[tuple[int, float], ...]
"""A number for all years, ``((0, 12.0),)``, or from stated years on, ``((2026, 12.0), ...)``."""

_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")


def _refuse_odd(value: object) -> None:
    if isinstance(value, datetime | date | time):
        raise ValueError("is a date, and a number is needed here")  # noqa: TRY004
    if isinstance(value, bool):
        raise ValueError("is true or false, and a number is needed here")  # noqa: TRY004


def read_number(value: object) -> object:
    """Return a number from a cell: a number, or text such as ``1,250``; blank is None.

    Raises
    ------
    ValueError
        For text that is not plainly a number (``18k``, ``ten``), NaN, infinity or a date.
    """
    _refuse_odd(value)
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise ValueError("is not a finite number")
        return value
    text = str(value).strip()
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", text):
        text = text.replace(",", "")
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity", "#n/a", "#div/0!", "#value!"}:
        raise ValueError("is not a finite number")
    if not _NUMBER.match(text):
        raise ValueError("is not a number: write digits only")
    return float(text)


def read_pounds(value: object) -> object:
    """Return pounds from a cell: a number, or text such as ``£18,000``."""
    if isinstance(value, str):
        text = value.strip().removeprefix("£").strip()
        if re.fullmatch(r"[\d,.]+\s*[kKmM]", text):
            raise ValueError("is shortened: write it out in full, such as 18000 or £18,000")
        value = text
    return read_number(value)


def read_whole(value: object) -> object:
    """Return a whole number from a cell; 10 and 10.0 are whole, 8.5 is not."""
    number = read_number(value)
    if isinstance(number, float):
        if not number.is_integer():
            raise ValueError("is not a whole number")
        return int(number)
    return number


def read_year(value: object) -> object:
    """Return an academic year from a cell: its first September, such as 2026."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}\s*[/-]\s*\d{2,4}", value.strip()):
        raise ValueError("is two years: give the year of its first September, such as 2026")
    number = read_whole(value)
    if isinstance(number, int) and 20_000 < number < 80_000:
        raise ValueError("looks like a date stored as a number: give the year, such as 2026")
    return number


def read_share(value: object) -> object:
    """Return a share from 0 to 1 from a cell; ``85%`` is read as 0.85."""
    if isinstance(value, str) and value.strip().endswith("%"):
        number = read_number(value.strip()[:-1])
        return number / 100 if isinstance(number, int | float) else number
    return read_number(value)


def read_yes(value: object) -> object:
    """Return True or False from yes/no, true/false or 1/0."""
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in {"yes", "y", "true", "1", "1.0"}:
        return True
    if text in {"no", "n", "false", "0", "0.0"}:
        return False
    raise ValueError("is neither yes nor no")


def read_list(value: object) -> object:
    """Return the parts of a cell that holds several, separated by semicolons or commas."""
    if isinstance(value, tuple | list):
        return tuple(value)
    return tuple(part.strip() for part in re.split(r"[;,|]", str(value)) if part.strip())


def read_shares(value: object) -> object:
    """Return shares from a cell such as ``0.3; 0.7``."""
    if isinstance(value, tuple | list):
        return tuple(value)
    parts = re.split(r"[;|]", str(value)) if isinstance(value, str) else [value]
    return tuple(read_share(part) for part in parts)


def read_by_year(value: object) -> object:
    """Return a number by year from ``12`` or ``2026: 12; 2028: 16`` (from that year on)."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, str) and ":" in value:
        found: dict[int, float] = {}
        for part in re.split(r"[;|]", value):
            year, _, number = part.partition(":")
            key, amount = read_year(year), read_number(number)
            if not isinstance(key, int) or not isinstance(amount, int | float) or amount < 0:
                raise ValueError("is not a list such as 2026: 12; 2028: 16")
            found[key] = float(amount)
        return tuple(sorted(found.items()))
    amount = read_number(value)
    if isinstance(amount, int | float) and amount < 0:
        raise ValueError("is negative")
    return ((0, float(amount)),) if isinstance(amount, int | float) else amount


def read_date(value: object) -> object:
    """Return a day from a cell: a date, or text such as ``2026-11-02`` or ``02/11/2026``.

    >>> read_date("02/11/2026")
    datetime.date(2026, 11, 2)
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError("is not a day: write it as 2026-11-02 or 02/11/2026")


def read_text(value: object) -> object:
    """Return text from a cell; a code typed as a number (URN 100000) loses no digit."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, time | datetime | date):
        return value.isoformat()
    return str(value).strip()


def in_year(values: YearValues, year: int) -> float:
    """Return the number that holds in a year: the last one stated at or before it.

    >>> in_year(((2026, 12.0), (2028, 16.0)), 2027)
    12.0
    """
    held = [number for from_year, number in values if from_year <= year]
    return held[-1] if held else values[0][1]


Slug = Annotated[
    str,
    BeforeValidator(read_text),
    Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=80),
]
"""A key: letters, digits, underscore, hyphen and dot; no spaces."""
Text = Annotated[str, BeforeValidator(read_text), Field(max_length=300)]
Pounds = Annotated[float, BeforeValidator(read_pounds), Field(ge=0)]
AnyPounds = Annotated[float, BeforeValidator(read_pounds)]
Number = Annotated[float, BeforeValidator(read_number)]
Children = Annotated[float, BeforeValidator(read_number), Field(ge=0)]
Places = Annotated[float, BeforeValidator(read_number), Field(ge=0, le=5000)]
Whole = Annotated[int, BeforeValidator(read_whole)]
Year = Annotated[int, BeforeValidator(read_year), Field(ge=1990, le=2100)]
Share = Annotated[float, BeforeValidator(read_share), Field(ge=0, le=1)]
Growth = Annotated[float, BeforeValidator(read_share), Field(gt=-0.5, lt=0.5)]
YesNo = Annotated[bool, BeforeValidator(read_yes)]
Keys = Annotated[tuple[Slug, ...], BeforeValidator(read_list)]
Words = Annotated[tuple[Text, ...], BeforeValidator(read_list)]
Shares = Annotated[tuple[Share, ...], BeforeValidator(read_shares)]
ByYear = Annotated[YearValues, BeforeValidator(read_by_year)]
Date = Annotated[date, BeforeValidator(read_date)]
NcYear = Annotated[int, BeforeValidator(read_whole), Field(ge=-3, le=20)]


class Row(BaseModel):
    """A row of a table: values cannot be changed, and unknown columns never reach it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False
    )
    table: ClassVar[str]
    key: ClassVar[tuple[str, ...]]
    required: ClassVar[bool] = False
    example: ClassVar[dict[str, Any]]

    @classmethod
    def columns(cls) -> list[str]:
        """Return the headings in the order of the contract."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @classmethod
    def required_columns(cls) -> list[str]:
        """Return the headings that must be there."""
        return [
            field.alias or name for name, field in cls.model_fields.items() if field.is_required()
        ]
