"""Provisions as places to be taken to: where, and by when."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from geo.routing.policy import bell_defaults
from geo.routing.types import School
from inputs.errors import Fault

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

_CLOCK = re.compile(r"^(\d{1,2})[:.](\d{2})(?::\d{2})?\s*(am|a\.m\.)?$", re.IGNORECASE)

EARLIEST_BELL, LATEST_BELL = 6 * 60.0, 12 * 60.0
"""A school day that starts before six or after noon is a slip."""


def read_bell(text: str) -> float | None:
    """Return minutes after midnight of a bell such as ``08:50``, or None where it is none.

    >>> read_bell("08:50"), read_bell("9.15 am"), read_bell("ten to nine"), read_bell("20:50")
    (530.0, 555.0, None, None)
    """
    found = _CLOCK.match(text.strip())
    if not found or int(found[2]) > 59:
        return None
    minutes = int(found[1]) * 60.0 + int(found[2])
    return minutes if EARLIEST_BELL <= minutes <= LATEST_BELL else None


def clock(minutes: float) -> str:
    """Return minutes after midnight as a clock shows them.

    >>> clock(530.0)
    '08:50'
    """
    whole = round(minutes)
    return f"{whole // 60:02d}:{whole % 60:02d}"


def schools_of(provisions: pd.DataFrame, on: date) -> tuple[tuple[School, ...], tuple[Fault, ...]]:
    """Return every provision that has a place on the map, and what was assumed of their bells.

    Parameters
    ----------
    provisions
        ``provision``, ``easting``, ``northing`` (metres, EPSG:27700), ``bell_time``; one without
        coordinates (education at home, mainstream) is left out: nobody is taken there.
    on
        Day of the dated defaults.

    Returns
    -------
    schools, notes
        One warning for each bell that cannot be read, and one for all that are not stated.
    """
    bell, window, day = bell_defaults(on)
    schools, unread, silent = [], [], []
    for row in provisions.to_dict("records"):
        if not np.isfinite(float(row["easting"])) or not np.isfinite(float(row["northing"])):
            continue
        stated = row.get("bell_time")
        text = "" if stated is None or stated != stated else str(stated).strip()  # noqa: PLR0124
        minutes = read_bell(text) if text else None
        if not text:
            silent.append(str(row["provision"]))
        elif minutes is None:
            unread.append((str(row["provision"]), text))
        schools.append(
            School(
                provision=str(row["provision"]),
                easting=float(row["easting"]),
                northing=float(row["northing"]),
                bell_minutes=bell if minutes is None else minutes,
                arrival_window_minutes=window,
                day_minutes=day,
                bell_assumed=minutes is None,
            )
        )
    notes = [
        Fault(
            "provisions",
            f"of {provision} is not a start of the school day: {clock(bell)} is taken",
            "Write it as 08:50",
            column="bell_time",
            value=text,
            severity="warning",
        )
        for provision, text in unread
    ]
    if silent:
        notes.append(
            Fault(
                "provisions",
                f"{len(silent):,} state no bell time: {clock(bell)} is taken for " + some(silent),
                "State bell_time: staggered bells let a vehicle do two runs",
                column="bell_time",
                severity="warning",
            )
        )
    return tuple(schools), tuple(notes)


def some(words: list[str], most: int = 20) -> str:
    """Return words with commas, the first of them where there are many.

    >>> some(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    if len(words) <= most:
        return ", ".join(words)
    return ", ".join(words[:most]) + f" and {len(words) - most:,} more"
