"""Every resolved value of the scenario, with where it comes from."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.parameters import Parameter, parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inputs.scenario import Scenario

COLUMNS = ["name", "value", "unit", "low", "high", "source", "status", "meaning"]


def parameters_table(scenario: Scenario, price_year: int) -> pd.DataFrame:
    """Return name, value, unit, low, high, source, status, meaning: one resolved value a row.

    A value equal to the dated national one carries its source and status; any other was stated in
    the scenario (status ``stated``), or has no national figure (status ``default``).
    """
    on = date(price_year, 9, 1)
    start = type(scenario).model_fields
    rows = []
    for field, key, value in _flat(scenario):
        name = f"{field}.{key}" if key else field
        meaning = start[field].description or ""
        known = _national(field, key, on)
        if known is not None and known.value == value:
            what = (known.unit, known.low, known.high, known.source, known.status)
        elif value == start[field].get_default(call_default_factory=True) and known is None:
            what = ("", None, None, "default of the scenario", "default")
        else:
            what = (
                known.unit if known else "",
                known.low if known else None,
                known.high if known else None,
                f"stated in the scenario {scenario.name}",
                "stated",
            )
        rows.append((name, value, *what, meaning))
    return pd.DataFrame(rows, columns=COLUMNS)


def _flat(scenario: Scenario) -> Iterator[tuple[str, str, Any]]:
    """Yield (field, key, value) with tables spread out and lists as text."""
    for field, value in scenario.model_dump(mode="json", by_alias=True).items():
        if isinstance(value, dict):
            if value:
                yield from ((field, str(key), one) for key, one in value.items())
        elif isinstance(value, list):
            if value:
                yield from ((field, str(i + 1), _told(one)) for i, one in enumerate(value))
        elif field not in {"name", "why"} and value is not None:
            yield field, "", value


def _told(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{key} {one}" for key, one in value.items() if one is not None)
    return value


def _national(field: str, key: str, on: date) -> Parameter | None:
    """Return the dated national parameter behind a value, if there is one."""
    for name in (f"{field}.{key}", field) if key else (field,):
        try:
            return parameter(name, on)
        except KeyError:
            continue
    return None
