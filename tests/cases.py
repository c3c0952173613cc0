"""A tiny case that a person can hold in the head, for every test to start from.

Two zones three kilometres apart, a special school and a base, one option that grows the base:

>>> import tempfile, pathlib
>>> folder = write_case(pathlib.Path(tempfile.mkdtemp()) / "tiny")
>>> sorted(path.name for path in folder.iterdir())[:3]
['case.toml', 'entrants.csv', 'option_teaches.csv']

To change a table, take the rows, change them, and hand them over; to leave a table out, give None:

>>> tables = tiny_tables()
>>> tables["provisions"][0]["places"] = 30
>>> folder = write_case(folder, provisions=tables["provisions"], placed=None)
>>> (folder / "placed.csv").exists()
False
"""

from __future__ import annotations

import copy
import csv
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Rows = list[dict[str, Any]]

_CASE: dict[str, Any] = {
    "name": "Tiny",
    "base_year": 2026,
    "price_year": 2026,
    "horizon_years": 3,
}

_TABLES: dict[str, Rows] = {
    "zones": [
        {
            "zone": "north",
            "name": "North",
            "easting": 408500,
            "northing": 94200,
            "locality": "harbour",
            "children": 400,
        },
        {
            "zone": "south",
            "name": "South",
            "easting": 408500,
            "northing": 91200,
            "locality": "harbour",
            "children": 600,
        },
    ],
    "provisions": [
        {
            "provision": "oak_school",
            "name": "Oak School",
            "class": "special_school",
            "easting": 409000,
            "northing": 94000,
            "locality": "harbour",
            "places": 20,
            "physical_places": 24,
        },
        {
            "provision": "elm_base",
            "name": "Elm Primary base",
            "class": "specialist_base",
            "easting": 409100,
            "northing": 92050,
            "locality": "harbour",
            "places": 4,
            "physical_places": 6,
        },
        {
            "provision": "far_school",
            "name": "Far School (INMSS)",
            "class": "inmss_day",
            "easting": 430000,
            "northing": 100000,
            "locality": "",
            "places": 60,
            "physical_places": "",
            "in_area": "no",
            "available_places": 20,
        },
    ],
    "teaches": [
        {
            "provision": "oak_school",
            "need": "ASD",
            "phase": "primary",
            "max_places": "",
            "annual_cost_gbp": 14000,
        },
        {
            "provision": "oak_school",
            "need": "SLD",
            "phase": "primary",
            "max_places": "",
            "annual_cost_gbp": 18000,
        },
        {
            "provision": "elm_base",
            "need": "ASD",
            "phase": "primary",
            "max_places": 6,
            "annual_cost_gbp": 9000,
        },
        {
            "provision": "far_school",
            "need": "ASD",
            "phase": "primary",
            "max_places": "",
            "annual_cost_gbp": 52000,
        },
        {
            "provision": "far_school",
            "need": "SLD",
            "phase": "primary",
            "max_places": "",
            "annual_cost_gbp": 60000,
        },
    ],
    "placed": [
        {
            "provision": "oak_school",
            "need": "ASD",
            "phase": "primary",
            "children": 8,
            "nc_year": 3,
            "zone": "north",
        },
        {
            "provision": "oak_school",
            "need": "SLD",
            "phase": "primary",
            "children": 6,
            "nc_year": 5,
            "zone": "",
        },
        {
            "provision": "elm_base",
            "need": "ASD",
            "phase": "primary",
            "children": 3,
            "nc_year": 1,
            "zone": "south",
        },
        {
            "provision": "far_school",
            "need": "ASD",
            "phase": "primary",
            "children": 2,
            "nc_year": 2,
            "zone": "south",
        },
    ],
    "entrants": [
        {
            "zone": zone,
            "need": need,
            "phase": "primary",
            "year": year,
            "children": children,
            "nc_year": 0,
            "kind": "new",
        }
        for zone, need, children in (("north", "ASD", 2), ("south", "ASD", 3), ("south", "SLD", 1))
        for year in (2026, 2027, 2028)
    ],
    "options": [
        {
            "option": "elm_base_6_more",
            "provision": "elm_base",
            "places": 6,
            "physical_places": 6,
            "capital_gbp": 240000,
            "asset_life_years": 25,
            "lead_years": 1,
            "funding": "hnpca",
        }
    ],
    "option_teaches": [
        {
            "option": "elm_base_6_more",
            "need": "ASD",
            "phase": "primary",
            "max_places": 6,
            "annual_cost_gbp": 9000,
        }
    ],
}


def tiny_tables() -> dict[str, Rows]:
    """Return a fresh copy of the tiny case's tables, by name, to change at will."""
    return copy.deepcopy(_TABLES)


def write_case(folder: Path, *, case: dict[str, Any] | None = None, **changes: Rows | None) -> Path:
    """Write the tiny case as CSVs and a ``case.toml``, with some tables replaced.

    Parameters
    ----------
    folder
        Where to write it; made if missing. Tables already there are replaced.
    case
        Keys of ``case.toml`` to change; a value of None leaves the key out.
    changes
        A table's name and the rows to write in place of the tiny case's; None leaves it out. The
        headings are every key met, in the order met. ``travel=[...]`` and so on add tables.

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    facts = {k: v for k, v in {**_CASE, **(case or {})}.items() if v is not None}
    lines = [f"{k} = {v!r}".replace("'", '"') for k, v in facts.items()]
    (folder / "case.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, rows in {**tiny_tables(), **changes}.items():
        path = folder / f"{name}.csv"
        if rows is None:
            path.unlink(missing_ok=True)
        else:
            write_rows(path, rows)
    return folder


def write_rows(path: Path, rows: Rows) -> None:
    """Write rows as one CSV file, headings first."""
    headings = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, headings, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
