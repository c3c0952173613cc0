"""The tables of ``sendplaces reasons``: what the workbook and the files hold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from outputs.reasons_words import NOT_ASKED, count_verdict, obstacle, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.reason import Asked, Reasons


def reasons_table(found: Reasons, names: Mapping[str, str], first_year: int) -> pd.DataFrame:
    """Return one row an option: interval, proof, what each purse pays, and the reason in words."""
    return pd.DataFrame(
        [
            {
                "option": one.option,
                "name": names[one.option],
                "chosen": one.chosen,
                "year": one.year,
                **_asked(one.asked),
                "reason": spoken(one, names, first_year),
            }
            for one in found.reasons
        ]
    )


def _asked(asked: Asked | None) -> dict[str, Any]:
    names = (
        "low_gbp", "high_gbp", "material", "termination", "cost_gbp", "bound_gbp",
        "dsg_more_gbp", "general_fund_more_gbp", "capital_more_gbp", "policy_weight_more_gbp",
        "unplaced_child_years", "seconds",
    )  # fmt: skip
    told = dict.fromkeys(names)
    if asked is None:
        return told
    told |= {
        "low_gbp": finite(asked.cost.low),
        "high_gbp": finite(asked.cost.high),
        "material": asked.cost.material,
        "termination": str(asked.proof.termination),
        "cost_gbp": finite(asked.proof.cost_gbp),
        "bound_gbp": finite(asked.proof.bound_gbp),
        "seconds": asked.seconds,
    }
    if asked.effect is not None:
        told |= {f"{purse}_more_gbp": gbp for purse, gbp in asked.effect.purses.items()}
        told["policy_weight_more_gbp"] = asked.effect.policy_weight_gbp
        told["unplaced_child_years"] = asked.effect.unplaced
    return told


def moved_table(found: Reasons) -> pd.DataFrame:
    """Return children placed more or fewer by class, in the plan found for each question."""
    rows = [
        (one.option, kind, children)
        for one in found.reasons
        if one.asked is not None and one.asked.effect is not None
        for kind, children in sorted(one.asked.effect.by_class.items())
    ]
    return pd.DataFrame(rows, columns=["option", "class", "children_more"])


def to_win_table(found: Reasons) -> pd.DataFrame:
    """Return the prices at which a rejected option would win."""
    rows = [
        (one.option, what, price.now_gbp, price.wins_at_gbp, price.loses_above_gbp)
        for one in found.reasons
        for what, price in (("capital", one.capital), ("a child in it a year", one.annual))
        if price is not None
    ]
    names = ["option", "price_of", "now_gbp", "wins_at_gbp", "loses_above_gbp"]
    return pd.DataFrame(rows, columns=names)


def more_places_table(found: Reasons) -> pd.DataFrame:
    """Return, for each count asked, how much dearer a rejected option so grown makes the plan.

    Below nought it wins. An option that was not asked about in the time has one row that says so.
    """
    names = ["option", "places_now", "places_more", "low_gbp", "high_gbp", "verdict", "termination"]
    rows: list[tuple[Any, ...]] = []
    for one in found.reasons:
        grown = one.more_places
        if grown is None:
            continue
        if not grown.costs:
            rows.append((one.option, grown.now, None, None, None, NOT_ASKED, None))
        rows += [
            (
                one.option,
                grown.now,
                more,
                finite(cost.low),
                finite(cost.high),
                count_verdict(cost),
                str(cost.termination),
            )
            for more, cost in grown.costs.items()
        ]
    return pd.DataFrame(rows, columns=names)


def rules_table(found: Reasons, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the rules that an option would break beside the plan, or why it cannot open."""
    rows = [
        (one.option, each.rule, each.on, each.short, obstacle(each, names))
        for one in found.reasons
        for each in ([one.cannot] if one.cannot is not None else one.in_the_way)
    ]
    return pd.DataFrame(rows, columns=["option", "rule", "about", "short", "meaning"])


def later_table(found: Reasons) -> pd.DataFrame:
    """Return what it costs to open later than the plan does."""
    rows = [
        (
            one.option,
            one.year,
            finite(one.later.cost.low),
            finite(one.later.cost.high),
            one.later.cost.material,
            str(one.later.proof.termination),
            one.later.seconds,
        )
        for one in found.reasons
        if one.later is not None
    ]
    names = ["option", "year", "low_gbp", "high_gbp", "material", "termination", "seconds"]
    return pd.DataFrame(rows, columns=names)


def finite(value: float) -> float | None:
    """Return a number, or nothing where it has no end."""
    return value if math.isfinite(value) else None
