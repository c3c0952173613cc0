"""Tables of a case made in memory: what is not stated stands at its default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.case import GRID, Case
from inputs.schemas import TABLES
from inputs.validate import empty

if TYPE_CHECKING:
    from inputs.schemas import Row


def table(model: type[Row], columns: dict[str, list[Any]]) -> pd.DataFrame:
    """Return a table with the columns stated and every other at its default.

    Parameters
    ----------
    model
        The row model of the table.
    columns
        Heading to values, all equally many.
    """
    blank = empty(model)
    rows = len(next(iter(columns.values())))
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    frame = {}
    for heading in blank.columns:
        values = columns.get(heading)
        if values is None:
            values = [fields[heading].get_default(call_default_factory=True)] * rows
        frame[heading] = pd.Series(values, dtype=blank[heading].dtype)
    return pd.DataFrame(frame)


def make_case(
    name: str, first_year: int, years: int, tables: dict[str, dict[str, list[Any]]]
) -> Case:
    """Return a case of the tables stated; the others are empty.

    Parameters
    ----------
    name
        Name of the case.
    first_year
        First academic year, and the year of prices.
    years
        Years of the horizon.
    tables
        Name of a table to its columns.
    """
    frames: dict[str, Any] = {
        key: table(model, tables[key]) if key in tables else empty(model)
        for key, model in TABLES.items()
    }
    return Case(
        name=name,
        base_year=first_year,
        price_year=first_year,
        horizon_years=years,
        crs=GRID,
        **frames,
    )
