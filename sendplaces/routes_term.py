"""What routes teach the plan: the learned term, its error, and what other prices would say."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.routing.term import Term, catchments, fit_term
from geo.routing.types import How
from outputs.routes_measures import ALL, WAYS, measures
from outputs.routes_tables import AFTER, BEFORE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.routing.types import Routed
    from inputs.scenario import Scenario
    from outputs.planned_run import PlannedRun
    from outputs.routes_report import RoutesReport
    from outputs.routes_tables import Account, Draw
    from sendplaces.routes_setting import Setting

TERM_KEYS = {
    "transport_fixed_per_run_gbp": "fixed_gbp",
    "transport_per_child_run_gbp": "child_gbp",
    "transport_per_mile_run_gbp": "mile_gbp",
    "transport_wheelchair_run_gbp": "wheelchair_gbp",
}
"""Key of the scenario to part of the term."""

RATE_COLUMNS = {
    "transport_fixed_per_run_gbp": "fixed_per_run_gbp",
    "transport_per_child_run_gbp": "per_child_run_gbp",
    "transport_per_mile_run_gbp": "per_mile_run_gbp",
    "transport_wheelchair_run_gbp": "wheelchair_run_gbp",
}
"""Key of the scenario to column of the table ``transport_rates``."""

LABELS = {
    "transport_fixed_per_run_gbp": "A provision that is used at all",
    "transport_per_child_run_gbp": "A child",
    "transport_per_mile_run_gbp": "A child, for each direct mile",
    "transport_wheelchair_run_gbp": "A wheelchair user, more",
}


def scenario_values(scenario: Scenario) -> dict[str, float]:
    """Return the term that a scenario was planned with."""
    return {key: float(getattr(scenario, key)) for key in TERM_KEYS}


def learn(draws: Sequence[Draw], planned: PlannedRun) -> tuple[pd.DataFrame, str]:
    """Return the fitted term as a table, and its error in a sentence.

    Parameters
    ----------
    draws
        Both sides of each are fitted on.
    planned
        For the term that the plan was made with.

    Returns
    -------
    DataFrame
        key (of the scenario), label, value, planned_with; empty where too few provisions were
        routed to fit one.
    """
    term = fit_term([draw.sides[side] for draw in draws for side in (BEFORE, AFTER)])
    if term is None:
        return pd.DataFrame(), ""
    own = scenario_values(planned.scenario)
    rows = [
        (key, LABELS[key], float(getattr(term, name)), own[key]) for key, name in TERM_KEYS.items()
    ]
    note = (
        f"Fitted on {term.provisions} provisions, {term.catchments} times routed. Left out of the "
        f"fit one at a time, their "
        f"cost is missed by {term.error_share:.1%} on average; a taxi for each child would miss it "
        f"by {term.solo_error_share:.0%}, the average cost a child by "
        f"{term.average_error_share:.0%}."
    )
    return pd.DataFrame(rows, columns=["key", "label", "value", "planned_with"]), note


def values_of(term: pd.DataFrame) -> dict[str, float]:
    """Return a table of `learn` as scenario key to value."""
    return dict(zip(term["key"], term["value"], strict=True)) if len(term) else {}


def predicted(routed: Routed, term: Mapping[str, float]) -> float:
    """Return what the plan's term says a side costs a year, £ before any scaling.

    So much a run to each provision that anyone is carried to, and so much for each child, its
    direct miles, and its wheelchair; by how often each travels. Children whom no road reaches are
    at their own price.
    """
    told = Term(
        **{name: term[key] for key, name in TERM_KEYS.items()},
        catchments=0, provisions=0, error_share=0.0, solo_error_share=0.0, average_error_share=0.0,
    )  # fmt: skip
    found = catchments(routed).to_dict("records")
    runs = sum(
        _runs(routed, row["travels"])
        * told.cost_gbp(row["children"], row["miles"], row["wheelchairs"])
        for row in found
    )
    return float(runs) + _by_air(routed)


def solo_vehicles(routed: Routed) -> float:
    """Return what a side would cost a year if every child whose journey is paid for rode alone."""
    found = catchments(routed).to_dict("records")
    runs = sum(_runs(routed, row["travels"]) * row["solo_gbp"] for row in found)
    return float(runs) + _by_air(routed)


def _runs(routed: Routed, travels: str) -> float:
    """Return runs a year, both ways."""
    return WAYS * routed.policy.runs_a_year[travels]


def _by_air(routed: Routed) -> float:
    """Return £ a year of children whom no road reaches."""
    often = dict(zip(routed.children["child"], routed.children["travels"].map(str), strict=True))
    return sum(
        one.gbp_a_run * _runs(routed, often[one.child])
        for one in routed.apart
        if one.how is How.STRAIGHT_LINE
    )


def ways_of_pricing(
    draws: Sequence[Draw],
    setting: Setting,
    told: Account,
    term: pd.DataFrame,
    average_gbp: float | None,
) -> pd.DataFrame:
    """Return what each way of pricing makes of the routed year, all children, at actual spend.

    Columns method, label, before_gbp, after_gbp, saving_gbp, level_error_share (before, against
    routed). Means over draws.
    """
    rows: list[tuple[str, str, float, float]] = []

    def mean(of: Any) -> tuple[float, float]:
        found = [[of(draw.sides[side]) for side in (BEFORE, AFTER)] for draw in draws]
        before, after = np.array(found, dtype=float).mean(axis=0) * told.scale
        return float(before), float(after)

    routed = mean(lambda one: one.cost_a_year_gbp)
    rows.append(("routed", "Routed", *routed))
    if len(term):
        values = values_of(term)
        rows.append(("learned_term", "The learned term", *mean(lambda one: predicted(one, values))))
    money = setting.planned.money
    own = money[(money["term"] == "transport") & (money["year"] == str(setting.year))]
    if len(own):
        rows.append(
            (
                "plan",
                "The plan's own transport cost (without children drawn from mainstream)",
                float(own[BEFORE].sum()),
                float(own[AFTER].sum()),
            )
        )
    users = mean(lambda one: _users(one) / told.scale)
    each = average_gbp if average_gbp is not None else routed[0] / max(1.0, users[0])
    rows.append(("average", "Average cost a child", users[0] * each, users[1] * each))
    rows.append(("solo", "A vehicle for each child alone", *mean(solo_vehicles)))
    frame = pd.DataFrame(rows, columns=["method", "label", "before_gbp", "after_gbp"])
    frame["saving_gbp"] = frame["before_gbp"] - frame["after_gbp"]
    frame["level_error_share"] = (frame["before_gbp"] / routed[0] - 1.0) if routed[0] else np.nan
    return frame


def _users(routed: Routed) -> float:
    found = measures(routed).set_index("provision")
    return float(found.loc[ALL, "users"])  # type: ignore[arg-type]


def fragments(report: RoutesReport) -> dict[str, str]:
    """Return the files that ``plan`` takes: a scenario fragment and a table of rates."""
    values = values_of(report.tables["term"])
    if not values:
        return {}
    note = report.summary["term_note"]
    head = [
        "# What routed journeys teach the plan: £ a run, fitted on the authority's own provisions.",
        *(f"# {line}" for line in textwrap.wrap(note, 96)),
        "# Name this file as base in a scenario, or copy the lines into one. The plan scales them",
        "# to today's average a user (transport_average_gbp).",
        f"# Run {report.run_id}, of plan {report.planned.run_id}.",
    ]
    toml = "\n".join([*head, *(f"{key} = {value:.4f}" for key, value in values.items()), ""])
    columns = ["class", *RATE_COLUMNS.values(), "runs_per_year"]
    figures = [f"{values[key]:.4f}" for key in RATE_COLUMNS]
    table = ",".join(columns) + "\n" + ",".join(["", *figures, ""]) + "\n"
    return {"learned-term.toml": toml, "transport_rates.csv": table}
