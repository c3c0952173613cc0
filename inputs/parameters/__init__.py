"""Dated national parameters: each with value, unit, range, dates, source and status."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Parameter:
    """One dated figure.

    Parameters
    ----------
    name
        Its key; a part after a dot names the class, need or phase that it holds for.
    value, low, high
        The figure and its plausible range (None where no range is known).
    unit
        What the figure counts.
    effective_from, effective_to
        The days between which it holds (``effective_to`` None: still).
    source
        Where it comes from.
    status
        ``published``, ``measured``, ``policy``, ``assumption`` or ``unverified``.
    """

    name: str
    value: float
    unit: str
    low: float | None
    high: float | None
    effective_from: date
    effective_to: date | None
    source: str
    status: str


@cache
def parameters() -> tuple[Parameter, ...]:
    """Return every dated parameter that ships with the package."""
    text = files("inputs.parameters").joinpath("national.csv").read_text("utf-8")
    return tuple(
        Parameter(
            name=row["name"],
            value=float(row["value"]),
            unit=row["unit"],
            low=float(row["low"]) if row["low"] else None,
            high=float(row["high"]) if row["high"] else None,
            effective_from=date.fromisoformat(row["effective_from"]),
            effective_to=date.fromisoformat(row["effective_to"]) if row["effective_to"] else None,
            source=row["source"],
            status=row["status"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def parameter(name: str, on: date) -> Parameter:
    """Return the parameter that holds on a day.

    Raises
    ------
    KeyError
        When none of that name holds on that day.

    >>> parameter("discount_rate", date(2026, 9, 1)).value
    0.035
    """
    held = [
        one
        for one in parameters()
        if one.name == name
        and one.effective_from <= on
        and (one.effective_to is None or on < one.effective_to)
    ]
    if not held:
        raise KeyError(f"no dated parameter {name!r} holds on {on.isoformat()}")
    return max(held, key=lambda one: one.effective_from)


def family(prefix: str, on: date) -> dict[str, float]:
    """Return the values of every parameter ``prefix.key`` that holds on a day, by key."""
    keys = {
        one.name.removeprefix(prefix + ".")
        for one in parameters()
        if one.name.startswith(prefix + ".")
    }
    found: dict[str, float] = {}
    for key in sorted(keys):
        try:
            found[key] = parameter(f"{prefix}.{key}", on).value
        except KeyError:
            continue
    return found
