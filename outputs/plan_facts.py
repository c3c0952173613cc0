"""What one of several plans comes to, in the figures by which plans are set side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.costs import NO_PURSE, PURSES
from outputs.tables import daily_journeys, measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.plan import Plan
    from optimiser.problem import Problem

FIFTHS = (1, 2, 3, 4, 5)
"""Deprivation fifths, 1 the most deprived."""


def facts_of(problem: Problem, plan: Plan, do_minimum: Plan) -> dict[str, float]:
    """Return a plan's figures: openings, places, capital, savings by purse, journeys, places short.

    Savings are £ of present value within the horizon and the tail, residual value included; each
    purse stands alone. ``policy_weight_gbp`` is what the weights of policy come to, which is no
    money. Minutes are one way on a shared ride, of the children placed by the plan.
    """
    openings = plan.openings
    free = openings[~openings["committed"].astype(bool)]
    daily = daily_journeys(problem, plan.placements)
    found = measures(daily)
    weight = daily["children"].to_numpy(float)
    mean = float(daily["ride_minutes"].to_numpy(float) @ weight / weight.sum()) if len(daily) else 0
    facts = {
        "options_opened": float(len(free)),
        "places_opened": float(np.maximum(openings["places"].to_numpy(float), 0.0).sum()),
        "capital_gbp": float(openings["capital_gbp"].sum()),
    }
    facts |= {
        f"{purse}_saving_gbp": _spent(do_minimum, purse) - _spent(plan, purse) for purse in PURSES
    }
    return facts | {
        "policy_weight_gbp": _spent(plan, NO_PURSE),
        "unplaced_child_years": float(plan.unplaced["children"].sum()),
        "minutes_mean": mean,
        "minutes_median": found["median_minutes"] or 0.0,
        "over_guideline_share": found["over_guideline_share"] or 0.0,
    }


def _spent(plan: Plan, purse: str) -> float:
    money = plan.money
    return float(money.loc[money["purse"] == purse, "pv_gbp"].sum())


def over_by_fifth(
    problem: Problem, plan: Plan, fifths: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    """Return fifth to (children placed with a daily journey, share of them over the guideline).

    Parameters
    ----------
    problem, plan
        The plan and its problem.
    fifths
        Zone to deprivation fifth, 1 the most deprived; zones without one are left out.
    """
    daily = daily_journeys(problem, plan.placements)
    fifth = daily["zone"].map(fifths).to_numpy(float)
    weight = daily["children"].to_numpy(float)
    over = daily["over_guideline"].to_numpy(float)
    found = {}
    for one in FIFTHS:
        here = fifth == one
        children = float(weight[here].sum())
        share = float(weight[here] @ over[here] / children) if children > 0 else 0.0
        found[str(one)] = (children, share)
    return found
