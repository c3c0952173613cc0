"""The round's report: everything a round has to say, from which every file is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from outputs.parameter_table import parameters_table
from outputs.round_fairness import fairness
from outputs.round_words import NO_DECISION
from outputs.tables import fault_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from typing import Any

    from geo.travel import TravelTable
    from inputs.case import Case
    from inputs.errors import Fault
    from inputs.waiting import RoundTables
    from optimiser.checking import Check
    from optimiser.round.arrange import Arrangement
    from optimiser.round.problem import RoundProblem

USED = (
    "place_funding_gbp",
    "unfilled_place_gbp",
    "interim_annual_gbp",
    "suitable",
    "guideline_minutes",
    "hard_limit_minutes",
    "shared_ride_factor",
    "travel_calibration",
    "transported_share",
    "transported_within_walking_share",
    "transport_average_gbp",
    "transport_per_child_run_gbp",
    "transport_per_mile_run_gbp",
    "transport_wheelchair_run_gbp",
    "transport_fixed_per_run_gbp",
    "runs_per_year",
    "wheelchair_share",
    "available_growth",
)
"""Policy and prices that a round reads; the rest of a scenario is the plan's."""


@dataclass(frozen=True, eq=False)
class RoundReport:
    """What a round found, before it is written.

    Parameters
    ----------
    run_id
        Key of the run; the first column of every CSV.
    case_name, scenario_name
        Names of the case and the scenario.
    on, base_year
        Date of the round; first academic year of the case, whose words for classes are used.
    attribution, notes, warnings
        As of a plan's report.
    summary
        What ``summary.json`` holds.
    tables
        Name to tidy table: those of `optimiser.round.tables`, and fairness, checks, parameters,
        warnings.
    names
        Provision to its name.
    public
        Whether only totals are held, with small numbers held back.
    """

    run_id: str
    case_name: str
    scenario_name: str
    on: date
    base_year: int
    attribution: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[Fault, ...]
    summary: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    names: dict[str, str]
    public: bool = False


def round_report(
    case: Case,
    tables: RoundTables,
    problem: RoundProblem,
    arrangement: Arrangement,
    found: dict[str, pd.DataFrame],
    checks: list[Check],
    travel: TravelTable,
    *,
    run_id: str,
    seconds: Mapping[str, float],
) -> RoundReport:
    """Return the report of a round.

    Parameters
    ----------
    case, tables, travel
        What went in.
    problem, arrangement, found, checks
        What came out: ``found`` by `optimiser.round.tables.round_tables`, and the checks of it.
    run_id, seconds
        Key of the run, and wall time by stage.
    """
    warnings = (*case.warnings, *tables.warnings, *travel.warnings, *problem.warnings)
    policy = parameters_table(problem.scenario, case.price_year)
    used = policy["name"].str.split(".").str[0].isin(USED)
    children = found["children"].merge(
        tables.waiting[["child", "current_minutes"]], on="child", how="left"
    )
    whole = found | {
        "fairness": fairness(children),
        "checks": pd.DataFrame(
            [
                {"check": one.name, "worst": one.worst, "tolerance": one.tolerance,
                 "passed": one.passed}
                for one in checks
            ]
        ),
        "parameters": policy[used].reset_index(drop=True),
        "warnings": fault_table(warnings),
    }  # fmt: skip
    return RoundReport(
        run_id=run_id,
        case_name=case.name,
        scenario_name=problem.scenario.name,
        on=problem.on,
        base_year=case.base_year,
        attribution=travel.attribution,
        notes=(*case.notes, *tables.notes),
        warnings=warnings,
        summary=_summary(problem, arrangement, whole, warnings, checks, seconds),
        tables=whole,
        names=dict(zip(case.provisions["provision"], case.provisions["name"], strict=True)),
    )


def _summary(
    problem: RoundProblem,
    arrangement: Arrangement,
    tables: dict[str, pd.DataFrame],
    warnings: tuple[Fault, ...],
    checks: list[Check],
    seconds: Mapping[str, float],
) -> dict[str, Any]:
    children = tables["children"]
    placed = children[children["provision"].notna()]
    without = children[children["provision"].isna()]
    money = _money(tables["suitable"], placed)
    places = tables["places"]
    rules = without["one_rule"].value_counts()
    return {
        "case": problem.name,
        "scenario": problem.scenario.name,
        "round_of": problem.on.isoformat(),
        "evidence_only": NO_DECISION,
        "termination": "optimal",
        "solver": str(arrangement.solver),
        "children": len(children),
        "with_place": len(placed),
        "without_place": len(without),
        "nowhere_suitable": int((children["status"] == "nowhere_suitable").sum()),
        "without_place_by_rule": {str(rule): int(count) for rule, count in rules.items()},
        "provisions": len(problem.provisions),
        "places_open": int(places["places"].sum()),
        "places_left": int(places["left"].sum()),
        "weeks_waited": {
            "median": _median(children["weeks"]),
            "longest": _most(children["weeks"]),
            "median_after": _median(without["weeks"]),
            "longest_after": _most(without["weeks"]),
        },
        "journey_minutes": {
            "median": _median(placed["ride_minutes"]),
            "longest": _most(placed["ride_minutes"]),
            "over_guideline": int(placed["over_guideline"].sum()),
        },
        "preferences": {
            "stated": int((children["preference"] != "none stated").sum()),
            "met": int((placed["preference"] == "met").sum()),
        },
        "purses": money,
        "steps": [
            {"step": row["step"], "value": int(row["value"]), "proven": row["ended"] == "proven"}
            for row in tables["steps"].to_dict("records")
        ],
        "model": {"variables": arrangement.variables, "rows": arrangement.rows},
        "audit": {
            "passed": all(one.passed for one in checks),
            "worst_violation": max(
                (one.worst / one.tolerance if one.tolerance else one.worst for one in checks),
                default=0.0,
            ),
        },
        "warnings": [one.sentence() for one in warnings],
        "seconds": dict(seconds),
        "public": False,
    }


def _money(suitable: pd.DataFrame, placed: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return a full year of the places kept, by purse, £: Dedicated Schools Grant, General Fund."""
    both = placed[["child", "provision", "interim_gbp"]].merge(
        suitable[["child", "provision", "topup_gbp", "place_gbp", "transport_gbp", "added_gbp"]],
        on=["child", "provision"],
        how="left",
    )
    added = both["added_gbp"] - both["transport_gbp"]
    return {
        "dsg": {
            "places_gbp": float((both["topup_gbp"] + both["place_gbp"]).sum()),
            "added_spending_gbp": float(added.sum()),
            "cost_while_waiting_gbp": float(both["interim_gbp"].sum()),
        },
        "general_fund": {"transport_gbp": float(both["transport_gbp"].sum())},
    }


def _median(values: pd.Series[Any]) -> float | None:
    return float(values.median()) if values.notna().any() else None


def _most(values: pd.Series[Any]) -> float | None:
    return float(values.max()) if values.notna().any() else None
