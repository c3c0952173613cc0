"""The dated default fleet: ``fleet.csv`` beside this file, for an authority that states none."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    text = files("inputs.parameters").joinpath("fleet.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def default_vehicles(on: date) -> tuple[Mapping[str, str], ...]:
    """Return the rows of the default fleet that hold on a day, as they stand in the file.

    Each has ``source`` and ``status`` beside the columns of the table ``fleet``.

    >>> [row["type"] for row in default_vehicles(date(2026, 9, 1))]
    ['taxi', 'mpv', 'wheelchair_car', 'minibus', 'wheelchair_minibus']
    """
    held: dict[str, Mapping[str, str]] = {}
    for row in sorted(_rows(), key=lambda row: row["effective_from"]):
        if date.fromisoformat(row["effective_from"]) <= on:
            held[row["type"]] = row
    if not held:
        raise KeyError(f"no default fleet holds on {on.isoformat()}")
    return tuple(held.values())
