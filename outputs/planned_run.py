"""Read a run folder back: who is on roll where, on both sides, and what routing needs beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from inputs.case import GRID
from inputs.errors import Fault, InputError
from inputs.scenario import resolve
from outputs.decisions import PLAN_AGAIN
from outputs.publish import LIVE, MANIFEST, SUMMARY
from outputs.riders import LAYOUT

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from inputs.scenario import Scenario


COLUMNS: dict[str, dict[str, str]] = {
    "riders": {
        "zone": "text",
        "need": "text",
        "phase": "text",
        "provision": "text",
        "year": "whole",
        "group": "text",
        "do_minimum": "number",
        "plan": "number",
        "wheelchair_share": "number",
        "solo_share": "number",
    },
    "zones": {
        "zone": "text",
        "name": "text",
        "locality": "text",
        "easting": "number",
        "northing": "number",
        "children": "number",
    },
    "provisions": {
        "provision": "text",
        "name": "text",
        "class": "text",
        "site": "text",
        "locality": "text",
        "in_area": "yes",
        "easting": "number",
        "northing": "number",
        "bell_time": "text",
    },
    "fleet": {
        "type": "text",
        "seats": "number",
        "wheelchairs": "number",
        "fixed_per_run_gbp": "number",
        "per_mile_gbp": "number",
        "per_hour_gbp": "number",
        "available": "number",
    },
    "transport_rates": {"class": "text"},
    "openings": {
        "option": "text",
        "name": "text",
        "provision": "text",
        "year": "whole",
        "places": "number",
    },
    "money": {
        "year": "text",
        "purse": "text",
        "term": "text",
        "do_minimum": "number",
        "plan": "number",
    },
}
"""What each table must hold; more columns are allowed."""
OTHERS = {"fleet": {"note": "text", "always_assisted": "yes"}}
REST = {"fleet": "number", "transport_rates": "number", "money": "number"}
"""How columns beyond those are read, by table."""


@dataclass(frozen=True, eq=False)
class PlannedRun:
    """A run folder of ``sendplaces plan``, as far as routing needs it.

    Parameters
    ----------
    folder, run_id
        Where it stands, and its key.
    case_name, years, price_year
        As in the manifest.
    scenario
        The resolved policy that it was planned with.
    riders, zones, provisions, fleet, transport_rates
        See `outputs.riders.routing_tables`.
    openings, money
        See `outputs.report.Report`; of money, year, purse, term and £ of the year on both sides.
    polygons
        ``zone`` and geometry (EPSG:27700) where the run drew zones as areas; else None.
    network
        The roads that it was planned with: a file, a place name, or None.
    attribution
        Words to show with any figure or map.
    manifest, summary
        Whole.
    """

    folder: Path
    run_id: str
    case_name: str
    years: tuple[int, ...]
    price_year: int
    scenario: Scenario
    riders: pd.DataFrame
    zones: pd.DataFrame
    provisions: pd.DataFrame
    fleet: pd.DataFrame
    transport_rates: pd.DataFrame
    openings: pd.DataFrame
    money: pd.DataFrame
    polygons: gpd.GeoDataFrame | None
    network: str | None
    attribution: tuple[str, ...]
    manifest: dict[str, Any]
    summary: dict[str, Any]


def read_run(folder: Path) -> PlannedRun:
    """Return a run folder that ``sendplaces plan`` left.

    Raises
    ------
    InputError
        When it is no run folder, a public one, one of another version, or damaged: every fault.
    """
    manifest = _manifest(folder)
    faults: list[Fault] = []
    tables = {name: _table(folder, name, faults) for name in COLUMNS}
    summary = _json(folder / SUMMARY, faults)
    if faults:
        raise InputError(faults)
    assert summary is not None
    try:
        facts = manifest["case"]
        price_year = int(facts["price_year"])
        years = tuple(range(facts["base_year"], facts["base_year"] + facts["horizon_years"]))
        stated = manifest["scenario"]
        run_id, case_name = str(manifest["run_id"]), str(facts["name"])
        attribution = tuple(str(line) for line in manifest["travel"]["attribution"])
        network = manifest["routing"]["network"]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            [Fault(MANIFEST, f"lacks what a run of this version says ({error})", PLAN_AGAIN)]
        ) from None
    return PlannedRun(
        folder=folder,
        run_id=run_id,
        case_name=case_name,
        attribution=attribution,
        network=None if network is None else str(network),
        years=years,
        price_year=price_year,
        scenario=resolve(stated, date(price_year, 9, 1), MANIFEST),
        polygons=_polygons(folder),
        manifest=manifest,
        summary=summary,
        riders=tables["riders"],
        zones=tables["zones"],
        provisions=tables["provisions"],
        fleet=tables["fleet"],
        transport_rates=tables["transport_rates"],
        openings=tables["openings"],
        money=tables["money"],
    )


def _manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a full run of this layout, or say why there is none."""

    def refuse(problem: str, remedy: str) -> InputError:
        return InputError([Fault(str(folder), problem, remedy)])

    if not folder.exists():
        raise refuse("there is no such folder", "Name a run folder, such as runs/seaborough")
    path = folder / MANIFEST
    if not folder.is_dir() or not path.is_file():
        remedy = "Name the folder that sendplaces plan wrote (it holds manifest.json)"
        raise refuse("is no run folder", remedy)
    faults: list[Fault] = []
    manifest = _json(path, faults)
    if manifest is None:
        raise InputError(faults)
    if manifest.get("kind") == "routes":
        planned = manifest.get("planned_run", {}).get("folder", "the run that was routed")
        raise refuse("holds routes, not a plan", f"Name the plan's own run folder: {planned}")
    if manifest.get("public"):
        raise refuse(
            "is a public run: it holds no homes, and nothing in it can be routed",
            "Name the full run, written by sendplaces plan without --public",
        )
    layout = manifest.get("routing", {}).get("layout")
    if layout != LAYOUT:
        version = manifest.get("versions", {}).get("sendplaces", "another version")
        raise refuse(f"was written by sendplaces {version}, which left other tables", PLAN_AGAIN)
    return manifest


def _json(path: Path, faults: list[Fault]) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        faults.append(Fault(path.name, f"cannot be read ({error})", PLAN_AGAIN))
        return None
    if not isinstance(found, dict):
        faults.append(Fault(path.name, "is not what a run writes", PLAN_AGAIN))
        return None
    return found


def _table(folder: Path, name: str, faults: list[Fault]) -> pd.DataFrame:
    """Return one table of the run, its text as it was before it was made harmless for Excel."""
    path = folder / "tables" / f"{name}.csv"
    wanted = COLUMNS[name]
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        faults.append(Fault(f"tables/{name}.csv", "is missing", PLAN_AGAIN))
        return pd.DataFrame(columns=list(wanted))
    except (OSError, ValueError) as error:
        faults.append(Fault(f"tables/{name}.csv", f"cannot be read ({error})", PLAN_AGAIN))
        return pd.DataFrame(columns=list(wanted))
    label = f"tables/{name}.csv"
    faults += [
        Fault(label, "has no such column", PLAN_AGAIN, column=column)
        for column in wanted
        if column not in frame
    ]
    frame = frame.drop(columns="run_id", errors="ignore")
    kinds = {str(one): REST.get(name, "text") for one in frame} | OTHERS.get(name, {}) | wanted
    for one in list(frame.columns):
        column = str(one)
        frame[column] = _column(label, column, frame[column], kinds[column], faults)
    return frame


def _column(table: str, column: str, cells: pd.Series, kind: str, faults: list[Fault]) -> pd.Series:
    """Return a column's cells as what they are: text, yes or no, numbers (blank: NaN)."""
    if kind == "text":
        return cells.map(_as_typed)
    if kind == "yes":
        return cells.map({"True": True, "False": False}).fillna(value=False).astype(bool)
    numbers = pd.to_numeric(cells.where(cells != ""), errors="coerce")
    bad = numbers.isna() & ((cells != "") | (kind == "whole"))
    for row in np.flatnonzero(bad.to_numpy())[:5]:
        problem = "is not a number: the table was changed by hand"
        faults.append(Fault(table, problem, PLAN_AGAIN, int(row) + 2, column, cells.iloc[row]))
    if kind == "whole":
        return numbers.fillna(0).astype(int)
    negative = numbers < 0
    if table == "tables/riders.csv" and column in {"do_minimum", "plan"} and negative.any():
        row = int(np.argmax(negative.to_numpy()))
        problem = "is a negative number of children"
        faults.append(Fault(table, problem, PLAN_AGAIN, row + 2, column, cells.iloc[row]))
    return numbers.astype(float)


def _as_typed(text: str) -> str:
    """Return text without the apostrophe that `outputs.publish.harmless` put before it."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(LIVE) else text


def _polygons(folder: Path) -> gpd.GeoDataFrame | None:
    """Return the zones of plan.gpkg where they are areas; None where they are points or missing."""
    path = folder / "plan.gpkg"
    try:
        frame = pyogrio.read_dataframe(path, layer="zones", columns=["zone"])
    except (DataSourceError, DataLayerError, OSError, ValueError):
        return None
    if not len(frame) or (frame.geom_type == "Point").all():
        return None
    return frame.to_crs(GRID)
