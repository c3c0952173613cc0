"""RoutesReport: everything a routed comparison has to say, before any file of it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.parameters import parameter
from outputs.routes_lines import route_lines
from outputs.routes_measures import ALL, ride_minutes
from outputs.routes_return import return_table
from outputs.routes_saving import full_effect_year
from outputs.routes_tables import (
    AFTER,
    BEFORE,
    FOUR_SIDES,
    Account,
    Draw,
    account,
    by_side,
    mean_by_side,
    phased_table,
    provisions_table,
    saving_table,
)
from outputs.tables import fault_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from geo.routing.types import Policy, Routed
    from inputs.errors import Fault
    from outputs.planned_run import PlannedRun
    from outputs.routes_lines import Places

SIDE_LABELS = {
    BEFORE: "Do-minimum: committed openings only",
    AFTER: "Plan",
    "do_minimum_same": "Do-minimum, children with a place in both",
    "plan_same": "Plan, children with a place in both",
}


@dataclass(frozen=True, eq=False)
class Extra:
    """What was worked out beside the comparison, as tables; each may be empty.

    Parameters
    ----------
    options
        option, label, what, affected, then figures of the plan's side under each option.
    term, methods
        The learned transport term with its error, and what each way of pricing makes of the saving.
    iterations
        The path of plan and routes in turn.
    noise_share
        Share by which two searches of the same children differed; None where it was not measured.
    """

    options: pd.DataFrame = field(default_factory=pd.DataFrame)
    term: pd.DataFrame = field(default_factory=pd.DataFrame)
    methods: pd.DataFrame = field(default_factory=pd.DataFrame)
    iterations: pd.DataFrame = field(default_factory=pd.DataFrame)
    noise_share: float | None = None


@dataclass(frozen=True, eq=False)
class RoutesReport:
    """What a routed comparison found: one object behind the page, workbook, map and sheets.

    Parameters
    ----------
    run_id, planned
        Key of this run, and the run whose children were routed.
    year
        Academic year whose journeys were routed, by its first September.
    seed, draws
        Of the search and of the children.
    method
        ``network`` or ``straight_line``.
    account
        What it comes to.
    tables, summary
        As they are written.
    lines
        Lines of the first draw on both sides; empty in the public version.
    sample
        The first draw, side by side.
    notes, warnings, attribution
        What a reader should know.
    opened
        Provisions that the plan opens, grows or shrinks.
    public
        Whether small numbers are held back and nothing is shown by zone.
    """

    run_id: str
    planned: PlannedRun
    year: int
    seed: int
    draws: int
    method: str
    account: Account
    tables: dict[str, pd.DataFrame]
    summary: dict[str, Any]
    lines: gpd.GeoDataFrame
    sample: Mapping[str, Routed]
    notes: tuple[str, ...]
    warnings: tuple[Fault, ...]
    attribution: tuple[str, ...]
    opened: frozenset[str]
    public: bool = False


def noise_of(policy_share: float, measured: float | None) -> float:
    """Return the share below which a difference is none: the dated one, or more if measured so."""
    return max(policy_share, measured or 0.0)


def routes_report(
    planned: PlannedRun,
    draws: Sequence[Draw],
    at: Places,
    extra: Extra,
    *,
    run_id: str,
    year: int,
    seed: int,
    average_gbp: float | None,
    average_is_national: bool,
    pupil_file: bool = False,
    term_note: str = "",
    notes: Sequence[str] = (),
    warnings: Sequence[Fault] = (),
    seconds: Mapping[str, float] | None = None,
) -> RoutesReport:
    """Return the report of a routed comparison.

    Parameters
    ----------
    planned
        The run whose children were routed.
    draws
        Each draw of children, routed on the four sides of `outputs.routes_tables`.
    at
        Where zones and provisions are, and the roads, for the lines of the map.
    extra
        Options, term and iterations.
    run_id, year, seed
        Key of this run; academic year routed; seed of draws and search.
    average_gbp, average_is_national
        What a user really costs a year today, and whether that is the national figure.
    pupil_file
        Whether children came from the authority's own file.
    term_note
        The error of the learned term, in a sentence.
    notes, warnings
        What was assumed or odd on the way.
    seconds
        Wall time by stage.
    """
    first = draws[0].sides
    policy = first[AFTER].policy
    noise = noise_of(policy.noise_share, extra.noise_share)
    sides = by_side(draws)
    told = account(sides, average_gbp=average_gbp, shares=policy.realisation, noise_share=noise)
    opened = frozenset(openings(planned))
    phased = phased_table(
        told,
        planned.riders,
        year,
        policy.arrived_share,
        growth=planned.scenario.transport_growth,
        base_year=planned.years[0],
    )
    lines = pd.concat(
        [
            route_lines(first[side], at, over_guideline=_over(first[side]))
            for side in (BEFORE, AFTER)
        ],
        ignore_index=True,
    )
    found = _gathered_warnings(draws, warnings)
    tables = {
        "totals": _totals(sides),
        "by_draw": sides[sides["provision"] == ALL].drop(columns="provision"),
        "provisions_routed": mean_by_side(sides),
        "provisions_change": provisions_table(sides, draws, planned.provisions, set(opened), noise),
        "saving": saving_table(told),
        "saving_by_year": phased,
        "options": extra.options,
        "term": extra.term,
        "methods": extra.methods,
        "iterations": extra.iterations,
        "dfe_return": _returns(draws, planned, told.scale),
        "too_long": too_long(draws[0]),
        "routes": pd.DataFrame(lines.drop(columns="geometry")),
        "fleet": fleet_table(first[AFTER]),
        "parameters": parameters_used(first[AFTER].policy, planned.price_year),
        "warnings": fault_table(found),
    }
    summary = _summary(
        planned,
        told,
        tables,
        draws,
        run_id=run_id,
        year=year,
        seed=seed,
        average_gbp=average_gbp,
        average_is_national=average_is_national,
        opened=opened,
        full_effect=full_effect_year([year], policy.arrived_share),
        warnings=found,
        seconds=seconds or {},
        sides=sides,
    ) | {"pupil_file": pupil_file, "term_note": term_note}
    return RoutesReport(
        run_id=run_id,
        planned=planned,
        year=year,
        seed=seed,
        draws=len(draws),
        method=first[AFTER].matrix.method,
        account=told,
        tables=tables,
        summary=summary,
        lines=lines,
        sample=first,
        notes=tuple(notes),
        warnings=found,
        attribution=_attribution(planned, first[AFTER]),
        opened=opened,
    )


def openings(planned: PlannedRun) -> set[str]:
    """Return the provisions at which the plan opens, grows or shrinks something."""
    changes = planned.openings
    return {str(one) for one in changes["provision"]} if len(changes) else set()


def _over(routed: Routed) -> dict[str, int]:
    rides = ride_minutes(routed)
    return {str(k): int(v) for k, v in rides[rides["over"]].groupby("route").size().items()}


def _attribution(planned: PlannedRun, routed: Routed) -> tuple[str, ...]:
    lines = [*planned.attribution, routed.matrix.attribution]
    return tuple(dict.fromkeys(line for line in lines if line))


def _gathered_warnings(draws: Sequence[Draw], warnings: Sequence[Fault]) -> tuple[Fault, ...]:
    """Return every warning once: of the run, then of both sides of the first draw.

    Other draws have other children with the same troubles; how many is in the figures.
    """
    found = list(warnings)
    for side in (BEFORE, AFTER):
        found += list(draws[0].sides[side].notes)
    return tuple(dict.fromkeys(found))


def _totals(sides: pd.DataFrame) -> pd.DataFrame:
    """Return side, figure, low, mean, high over draws, of every figure in total."""
    whole = sides[sides["provision"] == ALL]
    figures = [name for name in whole if name not in {"side", "draw", "provision"}]
    rows = []
    for side in FOUR_SIDES:
        here = whole[whole["side"] == side]
        for name in figures:
            values = here[name].dropna()
            if len(values):
                row = (side, name, values.min(), values.mean(), values.max())
                rows.append(row)
    return pd.DataFrame(rows, columns=["side", "figure", "low", "mean", "high"])


def _returns(draws: Sequence[Draw], planned: PlannedRun, scale: float) -> pd.DataFrame:
    parts = []
    for side in (BEFORE, AFTER):
        table = return_table([draw.sides[side] for draw in draws], planned.provisions, scale)
        table.insert(0, "side", side)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def too_long(draw: Draw) -> pd.DataFrame:
    """Return rides beyond the guideline in one draw: by zone, never by child.

    Columns side, provision, zone, phase, children, longest_minutes, guideline_minutes,
    direct_minutes (of the longest), home_too_far (direct alone is beyond the guideline).
    """
    parts = []
    for side in (BEFORE, AFTER):
        rides = ride_minutes(draw.sides[side])
        over = rides[rides["over"]]
        if not len(over):
            continue
        keys = ["provision", "zone", "phase"]
        by = over.groupby(keys, sort=True).agg(
            children=("child", "size"),
            longest_minutes=("minutes", "max"),
            guideline_minutes=("guideline", "first"),
            direct_minutes=("direct", "max"),
        )
        by = by.reset_index()
        by["home_too_far"] = by["direct_minutes"] > by["guideline_minutes"]
        by.insert(0, "side", side)
        parts.append(by)
    columns = ["side", "provision", "zone", "phase", "children", "longest_minutes"]
    columns += ["guideline_minutes", "direct_minutes", "home_too_far"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def fleet_table(routed: Routed) -> pd.DataFrame:
    """Return the vehicles that could be used, what a run costs, and how many routes use each."""
    used: dict[str, int] = {}
    for route in routed.routes:
        used[route.vehicle] = used.get(route.vehicle, 0) + 1
    return pd.DataFrame(
        [
            (
                one.type,
                one.seats,
                routed.policy.seats(one),
                one.wheelchairs,
                one.fixed_per_run_gbp,
                one.per_mile_gbp,
                one.per_hour_gbp,
                one.assistant_gbp,
                one.always_assisted,
                one.available,
                one.speed_cap_mph,
                one.carbon_kg_per_mile,
                used.get(one.type, 0),
            )
            for one in routed.fleet
        ],
        columns=[
            "type",
            "seats",
            "seats_used_together",
            "wheelchairs",
            "fixed_per_run_gbp",
            "per_mile_gbp",
            "per_hour_gbp",
            "assistant_gbp",
            "always_assisted",
            "available",
            "speed_cap_mph",
            "carbon_kg_per_mile",
            "routes_in_plan",
        ],
    )


def parameters_used(policy: Policy, price_year: int) -> pd.DataFrame:
    """Return name, value, unit, low, high, source, status of every dated figure that was used.

    Values are the dated ones; where the scenario or a command states another, the notes say so.
    """
    on = date(price_year, 9, 1)
    rows = []
    for name in sorted(policy.sources):
        try:
            one = parameter(name, on)
        except KeyError:  # a figure that held on another day only
            continue
        rows.append((name, one.value, one.unit, one.low, one.high, one.source, one.status))
    columns = ["name", "value", "unit", "low", "high", "source", "status"]
    return pd.DataFrame(rows, columns=columns)


def _figures(sides: pd.DataFrame, side: str) -> dict[str, float]:
    whole = sides[(sides["side"] == side) & (sides["provision"] == ALL)]
    figures = whole.drop(columns=["side", "draw", "provision"]).mean()
    return {str(name): float(value) for name, value in figures.items()}


def _summary(
    planned: PlannedRun,
    told: Account,
    tables: Mapping[str, pd.DataFrame],
    draws: Sequence[Draw],
    *,
    run_id: str,
    year: int,
    seed: int,
    average_gbp: float | None,
    average_is_national: bool,
    opened: frozenset[str],
    full_effect: int,
    warnings: Sequence[Fault],
    seconds: Mapping[str, float],
    sides: pd.DataFrame,
) -> dict[str, Any]:
    """Return what ``summary.json`` holds."""

    def three(one: Any) -> dict[str, float]:
        return {"low": one.low, "mid": one.mid, "high": one.high}

    violations = [v for draw in draws for routed in draw.sides.values() for v in routed.violations]
    by_year = tables["saving_by_year"]
    return {
        "kind": "routes",
        "run_id": run_id,
        "case": planned.case_name,
        "scenario": planned.scenario.name,
        "planned_run_id": planned.run_id,
        "year": year,
        "draws": len(draws),
        "seed": seed,
        "method": draws[0].sides[AFTER].matrix.method,
        "reproducible": all(r.reproducible for draw in draws for r in draw.sides.values()),
        "sides": {side: _figures(sides, side) for side in FOUR_SIDES},
        "verdict": told.same.verdict,
        "verdict_all_children": told.all.verdict,
        "noise_share": told.noise_share,
        "actual_average_gbp": average_gbp,
        "actual_average_is_national": average_is_national,
        "scale_to_actual": told.scale,
        "saving_gbp": {
            "routed_same_children": three(told.same.routed),
            "routed_all_children": three(told.all.routed),
            "at_actual_spend_same_children": three(told.same.at_actual),
            "at_actual_spend_all_children": three(told.all.at_actual),
            "realised_same_children": three(told.same.realised),
            "more_children_cost": three(told.more_children),
            "net": three(told.net),
        },
        "saving_by_year": by_year.to_dict("records"),
        "full_effect_year": full_effect,
        "opened": sorted(opened),
        "violations": [one.sentence for one in violations],
        "warnings": [fault.sentence() for fault in warnings],
        "seconds": dict(seconds),
    }
