"""Report: everything a run has to say, as one frozen object that every file is written from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outputs.money_tables import (
    deficit_by_financial_year,
    money_by_financial_year,
    money_by_year,
    naive_beside_modelled,
)
from outputs.parameter_table import parameters_table
from outputs.riders import routing_tables
from outputs.summary import summarise
from outputs.tables import (
    breaks_table,
    fault_table,
    gap_table,
    gap_totals_table,
    journeys_table,
    openings_table,
    plain,
    provisions_table,
    sensitivity_table,
    unplaced_table,
    zones_table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    import pandas as pd

    from geo.travel import TravelTable
    from inputs.case import Case
    from inputs.errors import Fault
    from inputs.scenario import Scenario
    from optimiser.plan import Plan
    from optimiser.problem import Problem


@dataclass(frozen=True, eq=False)
class Report:
    """What a run found, before it is written: one object behind the page, workbook and map.

    Parameters
    ----------
    run_id
        Key of the run; the first column of every CSV.
    case_name, scenario_name, why
        Names of the case and the scenario, and why the scenario was run.
    years
        Academic years of the horizon, by their first Septembers.
    price_year, base_year
        Year of prices; first year of the plan.
    attribution
        Words to show with any figure or map of the run.
    notes
        Assumptions stated by whoever made the case, and by the tables here.
    warnings
        What was odd, but not wrong: of the case, the journeys and the plan.
    scenario
        The resolved policy.
    summary
        What ``summary.json`` holds.
    tables
        Name to tidy table; each is written as ``tables/<name>.csv``. See `outputs.tables` and
        `outputs.money_tables` for their columns.
    zones
        zone, name, locality, easting, northing (metres, EPSG:27700), children, deprivation_fifth.
        In the public version one row a locality, under the same headings.
    provisions
        provision, name, class, locality, in_area, easting, northing, places, physical_places.
    locality_of
        Zone to locality, for dissolving polygons; never written out.
    polygons
        The case's zone polygons, if any. Read them through `outputs.shapes`.
    public
        Whether small numbers are suppressed and zones left out.
    """

    run_id: str
    case_name: str
    scenario_name: str
    why: str
    years: tuple[int, ...]
    price_year: int
    base_year: int
    attribution: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[Fault, ...]
    scenario: Scenario
    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    zones: pd.DataFrame
    provisions: pd.DataFrame
    locality_of: dict[str, str]
    polygons: Path | None = None
    public: bool = False


def report(
    case: Case,
    problem: Problem,
    plan: Plan,
    do_minimum: Plan,
    travel: TravelTable,
    *,
    run_id: str,
    seconds: Mapping[str, float],
    audit_passed: bool,
    worst_violation: float,
    sensitivity: pd.DataFrame | None = None,
) -> Report:
    """Return the report of a run.

    Parameters
    ----------
    case, problem, travel
        What went in: the case, the plan's problem (not the do-minimum's), the journeys.
    plan, do_minimum
        What came out.
    run_id
        Key of the run.
    seconds
        Wall time by step: read, travel, pose, build, solve, audit, publish.
    audit_passed, worst_violation
        What the audit found.
    sensitivity
        The plan's saving by the factor laid on ``drawn_from_mainstream``: factor,
        dsg_saving_gbp, general_fund_saving_gbp, capital_saving_gbp, total_saving_gbp.
    """
    warnings = (*case.warnings, *travel.warnings, *problem.warnings)
    deficit, deficit_notes = deficit_by_financial_year(problem, plan, do_minimum)
    money = money_by_year(plan, do_minimum)
    gap = gap_table(problem, plan, do_minimum)
    zones = zones_table(case)
    tables = {
        "openings": openings_table(plan),
        "placements": plain(plan.placements),
        "placements_do_minimum": plain(do_minimum.placements),
        "rolls": plain(plan.rolls),
        "rolls_do_minimum": plain(do_minimum.rolls),
        "places": plain(plan.places),
        "places_do_minimum": plain(do_minimum.places),
        "money": money,
        "money_by_financial_year": money_by_financial_year(money, problem.years),
        "deficit": deficit,
        "journeys": journeys_table(problem, plan, do_minimum),
        "unplaced": unplaced_table(plan, do_minimum),
        "gap": gap,
        "gap_totals": gap_totals_table(gap),
        "breaks": breaks_table(plan, do_minimum),
        "parameters": parameters_table(problem.scenario, case.price_year),
        "naive": naive_beside_modelled(case, problem, plan, money),
        "sensitivity": sensitivity_table(sensitivity),
        "warnings": fault_table(warnings),
        **routing_tables(case, problem, plan, do_minimum),
    }
    return Report(
        run_id=run_id,
        case_name=case.name,
        scenario_name=problem.scenario.name,
        why=problem.scenario.why,
        years=problem.years,
        price_year=case.price_year,
        base_year=case.base_year,
        attribution=travel.attribution,
        notes=(*case.notes, *deficit_notes),
        warnings=warnings,
        scenario=problem.scenario,
        summary=summarise(
            problem,
            plan,
            do_minimum,
            travel,
            money,
            warnings,
            seconds=seconds,
            audit_passed=audit_passed,
            worst_violation=worst_violation,
        ),
        tables=tables,
        zones=zones,
        provisions=provisions_table(case),
        locality_of=dict(zip(zones["zone"], zones["locality"], strict=True)),
        polygons=case.polygons,
    )
