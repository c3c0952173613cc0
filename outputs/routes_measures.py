"""What a routed side comes to: vehicles, runs, miles, minutes, children, pounds and carbon.

Every figure is worked out from the routes themselves, by provision and in total. A route that
serves several provisions is shared among them by its children.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.routing.types import How, Travels
from inputs.vocabulary import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.routing.types import Apart, Policy, Route, Routed

    Added = dict[str, dict[str, float]]

KG_A_TONNE = 1000.0
WAYS = 2
"""There and back: what a child who is on no route costs comes for each way."""
ALL = "all"

ADDED_UP = (
    "children",
    "carried",
    "shared",
    "solo",
    "ptb",
    "walks",
    "straight_line",
    "not_carried",
    "users",
    "routes",
    "vehicles",
    "vehicle_days",
    "runs_a_year",
    "miles_a_year",
    "hours_a_year",
    "seats",
    "assistants",
    "assistant_hours_a_year",
    "over_45",
    "over_75",
    "over_guideline",
    "ride_minutes_a_day",
    "vehicles_gbp",
    "ptb_gbp",
    "straight_line_gbp",
    "cost_a_year_gbp",
    "carbon_tonnes",
)
"""Figures that add up over provisions; the rest are ratios of them."""

RATIOS: Mapping[str, tuple[str, str]] = {
    "children_a_vehicle": ("aboard", "routes"),
    "occupancy_share": ("aboard", "seats"),
    "solo_share": ("solo", "carried"),
    "cost_a_child_gbp": ("cost_a_year_gbp", "users"),
    "ride_minutes_mean": ("ride_minutes_a_day", "aboard"),
    "run_minutes_mean": ("run_minutes", "runs_a_day"),
}


def ride_minutes(routed: Routed) -> pd.DataFrame:
    """Return one row a child on a route: how long it rides, and whether that is too long.

    Columns child, zone, phase, provision, route, minutes (the longer of the two ways), both
    (minutes there and back), guideline (45 or 75 by phase), over, direct (minutes with nobody
    else), allowed.
    """
    facts = {str(row["child"]): row for row in _children(routed).to_dict("records")}
    limits = {str(key): float(value) for key, value in routed.policy.ride_limit_minutes.items()}
    rows = []
    for route in routed.routes:
        rides: dict[str, list[float]] = {one: [] for one in route.children}
        allowed: dict[str, float] = {}
        for run in route.runs:
            for stop in run.stops:
                if stop.kind == "child":
                    rides[stop.key].append(stop.ride_minutes)
                    allowed[stop.key] = max(allowed.get(stop.key, 0.0), stop.limit_minutes)
        for one, minutes in rides.items():
            at = facts[one]
            guideline = limits[Phase(str(at["phase"]))]
            longest = max(minutes, default=0.0)
            there_and_back = sum(minutes) if len(minutes) > 1 else WAYS * longest
            daily = at["travels"] == Travels.DAILY
            rows.append(
                (
                    one,
                    str(at["zone"]),
                    str(at["phase"]),
                    str(at["provision"]),
                    route.route,
                    longest,
                    there_and_back,
                    guideline,
                    bool(daily and longest > guideline + 1e-6),
                    _direct(routed, one, str(at["provision"])),
                    allowed.get(one, guideline),
                )
            )
    columns = ["child", "zone", "phase", "provision", "route", "minutes", "both"]
    columns += ["guideline", "over", "direct", "allowed"]
    return pd.DataFrame(rows, columns=columns).astype({"over": bool})


def _children(routed: Routed) -> pd.DataFrame:
    return routed.children.drop_duplicates("child").set_index("child", drop=False)


def _direct(routed: Routed, child: str, provision: str) -> float:
    matrix = routed.matrix
    if child not in matrix or provision not in matrix:
        return float("nan")
    return float(matrix.seconds[matrix.at(child), matrix.at(provision)]) / 60.0


def measures(routed: Routed) -> pd.DataFrame:
    """Return one row a provision, and one for all (``provision`` is ``all``).

    Returns
    -------
    DataFrame
        provision, `ADDED_UP`, then `RATIOS` and ride_minutes_p90. ``carried`` ride in a vehicle
        that is paid for; ``users`` are those and families paid a budget. ``vehicles`` are those
        needed at once: a vehicle that goes on to a second route is counted at its first. ``seats``
        are seats and wheelchair places on the routes. ``over_45`` and ``over_75`` count children
        of any phase who ride longer than that either way; ``over_guideline`` those who ride longer
        than the guideline of their own phase. Figures a year follow how often each child travels.
    """
    children = _children(routed)
    provision_of = {
        str(child): str(where)
        for child, where in zip(children["child"], children["provision"], strict=True)
        if pd.notna(where)
    }
    keys = sorted({*provision_of.values(), *(p for one in routed.routes for p in one.provisions)})
    added: Added = {key: dict.fromkeys(_counted(), 0.0) for key in keys}
    for where in provision_of.values():
        added[where]["children"] += 1.0
    for route in routed.routes:
        _add_route(added, routed, route, provision_of)
    travels = dict(zip(children["child"].map(str), children["travels"].map(str), strict=True))
    for one in routed.apart:
        _add_apart(added, routed.policy, one, travels)
    rides = ride_minutes(routed)
    for where, minutes, over in zip(
        rides["provision"], rides["minutes"], rides["over"], strict=True
    ):
        row = added[where]
        row["over_45"] += minutes > 45.0 + 1e-6
        row["over_75"] += minutes > 75.0 + 1e-6
        row["over_guideline"] += bool(over)
        row["ride_minutes_a_day"] += minutes
    table = pd.DataFrame(list(added.values()), index=pd.Index(keys), columns=list(_counted()))
    table = pd.concat([table, table.sum().to_frame(ALL).T]).astype(float)
    table.index.name = "provision"
    out = _with_ratios(table)
    p90 = rides.groupby("provision")["minutes"].quantile(0.9)
    p90[ALL] = rides["minutes"].quantile(0.9) if len(rides) else np.nan
    out["ride_minutes_p90"] = p90.reindex(out.index)
    return out.reset_index()


def _counted() -> tuple[str, ...]:
    return (*ADDED_UP, "aboard", "run_minutes", "runs_a_day")


def _add_route(added: Added, routed: Routed, route: Route, provision_of: Mapping[str, str]) -> None:
    """Add one route to the provisions that it serves, by its children."""
    policy = routed.policy
    vehicle = next(one for one in routed.fleet if one.type == route.vehicle)
    days = policy.runs_a_year[route.travels]
    served = [provision_of[child] for child in route.children]
    miles = sum(run.miles + run.empty_miles for run in route.runs)
    minutes = sum(run.minutes + run.empty_minutes for run in route.runs)
    figures = {
        "routes": 1.0,
        "vehicles": float(route.after is None and route.travels == Travels.DAILY),
        "vehicle_days": days,
        "runs_a_year": len(route.runs) * days,
        "miles_a_year": miles * days,
        "hours_a_year": minutes * days / 60.0,
        "seats": float(policy.seats(vehicle) + vehicle.wheelchairs),
        "assistants": float(route.assisted),
        "assistant_hours_a_year": route.assisted * minutes * days / 60.0,
        "vehicles_gbp": route.cost_a_day_gbp * days,
        "cost_a_year_gbp": route.cost_a_day_gbp * days,
        "carbon_tonnes": miles * days * vehicle.carbon_kg_per_mile / KG_A_TONNE,
        "run_minutes": sum(run.minutes for run in route.runs),
        "runs_a_day": float(len(route.runs)),
    }
    for provision in set(served):
        row = added[provision]
        share = served.count(provision) / len(served)
        for name, value in figures.items():
            row[name] += value * share
        for name in ("carried", "aboard", "users", str(route.how)):
            row[name] += served.count(provision)


def _add_apart(added: Added, policy: Policy, one: Apart, travels: Mapping[str, str]) -> None:
    """Add one child who is on no route."""
    row = added[one.provision]
    row[str(one.how)] += 1.0
    if one.how is How.STRAIGHT_LINE:
        row["carried"] += 1.0
    if one.how not in (How.PTB, How.STRAIGHT_LINE):
        return
    pounds = WAYS * one.gbp_a_run * policy.runs_a_year[travels[one.child]]
    row[f"{one.how}_gbp"] += pounds
    row["cost_a_year_gbp"] += pounds
    row["users"] += 1.0


def _with_ratios(table: pd.DataFrame) -> pd.DataFrame:
    out = table[list(ADDED_UP)].copy()
    for name, (part, whole) in RATIOS.items():
        divisor = table[whole].to_numpy(float)
        out[name] = np.divide(
            table[part].to_numpy(float),
            divisor,
            out=np.full(len(table), np.nan),
            where=divisor > 0,
        )
    return out


def mean_over_draws(found: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the mean of several tables of `measures`; ratios are of the means.

    A provision that some draw has no child at counts as nought there.
    """
    together = pd.concat(found, ignore_index=True)
    names = [name for name in together if name != "provision"]
    keys = list(dict.fromkeys(together["provision"]))
    added = together.groupby("provision")[list(ADDED_UP)].sum() / len(found)
    ratios = [name for name in names if name not in ADDED_UP]
    means = together.groupby("provision")[ratios].mean()
    out = added.join(means).reindex(keys)
    return out.reset_index()
