"""What ``summary.json`` holds: the plan in one page of figures, with its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.costs import NO_PURSE, PURSES
from outputs.tables import SIDES, daily_journeys, measures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from geo.travel import TravelTable
    from inputs.errors import Fault
    from optimiser.plan import Plan
    from optimiser.problem import Problem

TAIL = "tail"
RESIDUAL = "residual"


def summarise(
    problem: Problem,
    plan: Plan,
    do_minimum: Plan,
    travel: TravelTable,
    money: pd.DataFrame,
    warnings: Sequence[Fault],
    *,
    seconds: Mapping[str, float],
    audit_passed: bool,
    worst_violation: float,
) -> dict[str, Any]:
    """Return the summary: plain numbers, text, lists and mappings; None where there is no figure.

    ``cost_gbp`` is the sum over purses of ``plan_gbp`` and the tail, and ``policy_weight_gbp``,
    less ``residual_gbp``; a purse's ``plan_gbp`` is present value within the horizon.
    """
    low, high = saving_interval(plan, do_minimum)
    openings = plan.openings
    places = openings["places"].to_numpy(float)
    horizon = set(problem.years)
    weights = money[money["purse"] == NO_PURSE]
    residual = money[money["term"] == RESIDUAL]
    entrants = float(problem.entrants.sum() + problem.aside["children"].sum())
    return {
        "case": problem.name,
        "scenario": problem.scenario.name,
        "termination": str(plan.proof.termination),
        "cost_gbp": plan.proof.cost_gbp,
        "bound_gbp": finite(plan.proof.bound_gbp),
        "independent_bound_gbp": finite(plan.proof.independent_bound_gbp),
        "gap": finite(plan.proof.gap),
        "policy_weight_gbp": float(weights["plan_pv"].sum()),
        "residual_gbp": -float(residual["plan_pv"].sum()) or 0.0,
        "do_minimum_termination": str(do_minimum.proof.termination),
        "do_minimum_cost_gbp": do_minimum.proof.cost_gbp,
        "do_minimum_bound_gbp": finite(do_minimum.proof.bound_gbp),
        "do_minimum_policy_weight_gbp": float(weights["do_minimum_pv"].sum()),
        "do_minimum_residual_gbp": -float(residual["do_minimum_pv"].sum()) or 0.0,
        "saving_interval_gbp": [finite(low), finite(high)],
        "gap_of_saving": gap_of_saving(low, high),
        "purses": {purse: _purse(money, purse, problem.years) for purse in PURSES},
        "entrants": entrants,
        "placed": float(plan.placements["children"].sum()),
        "do_minimum_placed": float(do_minimum.placements["children"].sum()),
        "unplaced": _last_year(plan, problem.years),
        "do_minimum_unplaced": _last_year(do_minimum, problem.years),
        "unplaced_child_years": float(plan.unplaced["children"].sum()),
        "do_minimum_unplaced_child_years": float(do_minimum.unplaced["children"].sum()),
        "places_opened": float(places[places > 0].sum()),
        "places_given_up": float(-places[places < 0].sum()) or 0.0,
        "options_opened": [str(option) for option in openings["option"]],
        "openings": [
            {
                "option": str(row["option"]),
                "name": str(row["name"]),
                "provision": str(row["provision"]),
                "year": int(row["year"]),
                "places": float(row["places"]),
                "capital_gbp": float(row["capital_gbp"]),
                "committed": bool(row["committed"]),
            }
            for row in openings.to_dict("records")
        ],
        "capital_gbp": float(
            money.loc[(money["term"] == "capital") & money["year"].isin(horizon), "plan"].sum()
        ),
        "rules_broken": sorted(set(map(str, plan.breaks["rule"]))),
        "warnings": [fault.sentence() for fault in warnings],
        "journey_minutes": _minutes(problem, plan),
        "do_minimum_journey_minutes": _minutes(problem, do_minimum),
        "journeys_found": {
            str(key): int(n) for key, n in travel.journeys["method"].value_counts().items()
        }
        if "method" in travel.journeys
        else {},
        "seconds": {str(key): float(value) for key, value in seconds.items()},
        "audit": {"passed": bool(audit_passed), "worst_violation": float(worst_violation)},
    }


def saving_interval(plan: Plan, do_minimum: Plan) -> tuple[float, float]:
    """Return the least and the most that the plan saves, £ of present value."""
    low = do_minimum.proof.bound_gbp - plan.proof.cost_gbp
    return low, do_minimum.proof.cost_gbp - plan.proof.bound_gbp


def gap_of_saving(low: float, high: float) -> float | None:
    """Return the width of the saving's interval as a share of its middle; None across zero.

    >>> gap_of_saving(90.0, 110.0)
    0.2
    >>> gap_of_saving(-10.0, 110.0) is None
    True
    """
    if not (np.isfinite(low) and np.isfinite(high)) or low <= 0 <= high:
        return None
    return (high - low) / abs((high + low) / 2)


def finite(value: float) -> float | None:
    """Return the number, or None where nothing is proven."""
    return float(value) if np.isfinite(value) else None


def _purse(money: pd.DataFrame, purse: str, years: tuple[int, ...]) -> dict[str, Any]:
    """Return one purse: present value within the horizon, the tail apart, and £ by year."""
    own = money[(money["purse"] == purse) & (money["term"] != RESIDUAL)]
    columns = [*SIDES, *(f"{side}_pv" for side in SIDES)]
    by_year = own[own["year"] != TAIL].groupby("year")[columns].sum().reindex(list(years)).fillna(0)
    tail = own.loc[own["year"] == TAIL, columns].sum()
    before, after = by_year["do_minimum_pv"].sum(), by_year["plan_pv"].sum()
    return {
        "do_minimum_gbp": float(before),
        "plan_gbp": float(after),
        "saving_gbp": float(before - after),
        "tail_saving_gbp": float(tail["do_minimum_pv"] - tail["plan_pv"]),
        "by_year": [
            {
                "year": int(year),
                "do_minimum_gbp": float(row["do_minimum"]),
                "plan_gbp": float(row["plan"]),
                "saving_gbp": float(row["do_minimum"] - row["plan"]),
                "do_minimum_pv_gbp": float(row["do_minimum_pv"]),
                "plan_pv_gbp": float(row["plan_pv"]),
                "saving_pv_gbp": float(row["do_minimum_pv"] - row["plan_pv"]),
            }
            for year, row in zip(years, by_year.to_dict("records"), strict=True)
        ],
    }


def _last_year(plan: Plan, years: tuple[int, ...]) -> float:
    """Return the children without a place in the last year of the horizon."""
    last = plan.unplaced["year"] == years[-1]
    return float(plan.unplaced.loc[last, "children"].sum())


def _minutes(problem: Problem, plan: Plan) -> dict[str, float | None]:
    """Return median, p90 and over_guideline_share of all daily journeys of the horizon."""
    found = measures(daily_journeys(problem, plan.placements))
    return {
        "median": found["median_minutes"],
        "p90": found["p90_minutes"],
        "over_guideline_share": found["over_guideline_share"],
    }
