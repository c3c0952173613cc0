"""A report of a real tiny run, and made-up ones, for the tests of what comes out."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.travel import travel_table
from inputs.errors import Fault
from inputs.read import read_case
from inputs.scenario import resolve
from optimiser.plan import plan_of
from optimiser.pose import pose
from optimiser.problem import do_minimum
from optimiser.solve import Settings, solve
from outputs.report import Report, report
from outputs.tables import GAP_PARTS, gap_totals_table
from tests.cases import tiny_tables, write_case

if TYPE_CHECKING:
    from geo.travel import TravelTable
    from inputs.case import Case
    from optimiser.plan import Plan
    from optimiser.problem import Problem

GRANT = {2026: 700_000.0, 2027: 710_000.0, 2028: 720_000.0}
OTHER = {2026: 10_000.0, 2027: 10_000.0, 2028: 10_000.0}
STATED: dict[str, Any] = {
    "name": "tight",
    "why": "=2+2 is text, and so is this",
    "high_needs_grant_gbp": GRANT,
    "other_high_needs_gbp": OTHER,
    "opening_deficit_gbp": 1_000_000.0,
}
NASTY = '=HYPERLINK("http://x","Elm")'
"""A name that a careless writer would turn into a live formula."""


@cache
def run() -> tuple[Case, Problem, Plan, Plan, TravelTable]:
    """Return a solved tiny case: two localities, and names that look like formulas."""
    tables = tiny_tables()
    tables["zones"][1]["locality"] = "downs"
    with tempfile.TemporaryDirectory() as folder:
        path = write_case(Path(folder) / "tiny", **tables)
        case = read_case(path)
    case = replace(
        case,
        options=case.options.assign(name=NASTY),
        provisions=case.provisions.assign(name=["Oak School", "+Elm", "Far School"]),
        notes=("@home is assumed", "north has 3 children who wait"),
    )
    scenario = resolve(STATED, date(2026, 9, 1))
    travel = travel_table(case.zones, case.provisions, None)
    problem = pose(case, travel.journeys, scenario)
    settings = Settings(gap=1e-6, threads=1)
    less = do_minimum(problem)
    return (
        case,
        problem,
        plan_of(problem, solve(problem, settings)),
        plan_of(less, solve(less, settings)),
        travel,
    )


@cache
def tiny_report() -> Report:
    """Return the report of the tiny run."""
    case, problem, plan, less, travel = run()
    sensitivity = pd.DataFrame(
        {
            "factor": [0.0, 1.0],
            "dsg_saving_gbp": [2.0, 1.0],
            "general_fund_saving_gbp": [0.5, 0.5],
            "capital_saving_gbp": [-9.0, -9.0],
            "total_saving_gbp": [-6.5, -7.5],
        }
    )
    return report(
        case,
        problem,
        plan,
        less,
        travel,
        run_id="run-1",
        seconds={"solve": 0.1},
        audit_passed=True,
        worst_violation=0.0,
        sensitivity=sensitivity,
    )


NEEDS, PHASES, LOCALITIES = (
    ("ASD", "SEMH", "SLD"),
    ("primary", "secondary"),
    ("east", "mid", "west"),
)
PLACES = {"oak": "special_school", "elm": "specialist_base", "far": "inmss_day"}


def made_up(seed: int, years: int = 2) -> Report:
    """Return a report with made-up children: many homes with few, some with many, some with none.

    Parameters
    ----------
    seed
        Of the children.
    years
        Of the horizon; nobody leaves, so that stocks are running sums of flows.
    """
    base = tiny_report()
    random = np.random.default_rng(seed)
    horizon = base.years[:years]
    homes = [(n, p, where) for n in NEEDS for p in PHASES for where in LOCALITIES]
    total = random.choice([0.0, 0.7, 2.0, 6.0, 11.0, 30.0], (len(homes), years))
    tables = dict(base.tables)
    gap = pd.DataFrame(
        [(*home, year) for home in homes for year in horizon],
        columns=["need", "phase", "locality", "year"],
    )
    gap["children"] = np.cumsum(total, axis=1).ravel()
    for side, name in (("do_minimum", "placements_do_minimum"), ("plan", "placements")):
        share = random.dirichlet(np.ones(4) * 0.5, len(homes))
        share = np.where(share < 0.05, 0.0, share)
        share /= share.sum(axis=1, keepdims=True)
        rows = []
        for h, home in enumerate(homes):
            for t, year in enumerate(horizon):
                for j, provision in enumerate(PLACES):
                    n = total[h, t] * share[h, j]
                    if n > 0:
                        zone = f"{home[2]}_{random.integers(2)}"
                        over = bool(random.random() < 0.3)
                        rows.append(
                            (zone, *home[:2], year, provision, n, 9.0, 12.0, 3.0, over, "d")
                        )
        columns = list(base.tables["placements"].columns)
        tables[name] = pd.DataFrame(rows, columns=columns).astype({"over_guideline": bool})
        stock = np.cumsum(total, axis=1)
        parts = {"in_area": [0, 1], "elsewhere": [2], "without": [3]}
        for part, who in parts.items():
            gap[f"{side}_{part}"] = (stock * share[:, who].sum(axis=1, keepdims=True)).ravel()
    gap = gap[(gap[["children", *GAP_PARTS]] > 0).any(axis=1)].reset_index(drop=True)
    tables["gap"], tables["gap_totals"] = gap, gap_totals_table(gap)
    rolls = tables["placements"].groupby(["provision", "need", "phase", "year"])["children"].sum()
    rolls = rolls.rename("roll").reset_index()
    for end in ("", "_do_minimum"):
        tables[f"rolls{end}"] = rolls
        by = rolls.groupby(["provision", "year"])["roll"].sum().reset_index()
        tables[f"places{end}"] = by.assign(commissioned=40.0, fits=38.0, over=1.0, added=0.0)
    zones = pd.DataFrame(
        {
            "zone": [f"{place}_{i}" for place in LOCALITIES for i in (0, 1)],
            "name": [f"Zone {place} {i}" for place in LOCALITIES for i in (0, 1)],
            "locality": [place for place in LOCALITIES for _ in (0, 1)],
            "easting": 400_000.0 + np.arange(6) * 1000.0,
            "northing": 100_000.0,
            "children": 400.0,
            "deprivation_fifth": pd.array([1] * 6, dtype="Int64"),
        }
    )
    provisions = pd.DataFrame(
        {
            "provision": list(PLACES),
            "name": [name.title() for name in PLACES],
            "class": list(PLACES.values()),
            "locality": ["east", "mid", "no_locality"],
            "in_area": [True, True, False],
            "easting": [400_000.0, 402_000.0, np.nan],
            "northing": [100_500.0, 100_500.0, np.nan],
            "places": [40.0, 10.0, 30.0],
            "physical_places": [40.0, 10.0, 30.0],
        }
    )
    return replace(
        base,
        years=horizon,
        tables=tables,
        zones=zones,
        provisions=provisions,
        locality_of=dict(zip(zones["zone"], zones["locality"], strict=True)),
        warnings=(
            Fault("entrants", "has 2.0 entrants in east_1", severity="warning"),
            Fault("network", "east_1 snaps 900 m from a road", severity="warning"),
            Fault("options.csv", "costs nothing", "Check it", 3, severity="warning"),
        ),
    )


__all__ = ["NASTY", "made_up", "run", "tiny_report"]
