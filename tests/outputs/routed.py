"""A routed comparison small enough to add up by hand, for the tests of what comes out.

Two home zones, three provisions. In the do-minimum kid_1 and kid_2 of zone north share a taxi to
Oak (£30 + 5 miles x £2 = £40 a run), kid_3 of zone south shares with nobody to Far (£30 + 20 x £2
= £70) and kid_4 of south goes to Far alone (£30 + 21 x £2 = £72). With the plan kid_3 goes to Elm
(£30 + 3 x £2 = £36), kid_4 to Elm alone (£30 + 4 x £2 = £38), and kid_5, who has a place only
with the plan, to Elm with kid_3. There are 190 days, and a run each way.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.routing.policy import policy_on
from geo.routing.types import (
    CHILD_COLUMNS,
    Apart,
    Cost,
    How,
    Matrix,
    Policy,
    Route,
    Routed,
    Run,
    School,
    Stop,
    VehicleType,
)
from inputs.case import GRID
from outputs.planned_run import PlannedRun
from outputs.routes_lines import places
from outputs.routes_report import Extra, RoutesReport, routes_report
from outputs.routes_tables import AFTER, AFTER_SAME, BEFORE, BEFORE_SAME, Draw
from tests.outputs.builders import tiny_report

if TYPE_CHECKING:
    from collections.abc import Sequence

DAYS = 190
TAXI = VehicleType("taxi", 4, 0, 30.0, 2.0, carbon_kg_per_mile=0.4)
BUS = VehicleType("minibus", 12, 2, 80.0, 2.5, assistant_gbp=20.0, carbon_kg_per_mile=0.6)
HOMES = {
    "kid_1": ("north", 408_503.0, 94_207.0),
    "kid_2": ("north", 408_511.0, 94_213.0),
    "kid_3": ("south", 408_519.0, 91_223.0),
    "kid_4": ("south", 408_527.0, 91_229.0),
    "kid_5": ("south", 408_531.0, 91_237.0),
}
"""Homes with coordinates that nothing else has, so that a test can look for them in files."""
SCHOOLS = {
    "oak_school": (409_000.0, 94_000.0),
    "elm_base": (409_100.0, 92_050.0),
    "far_school": (430_000.0, 100_000.0),
}
BELL = 540.0


@cache
def policy() -> Policy:
    """Return the dated policy, its seats all usable together."""
    return policy_on(date(2026, 9, 1)).replace(effective_seats_share=1.0)


def children(where: dict[str, str | None], **flags: Sequence[str]) -> pd.DataFrame:
    """Return the table of children who go where, with flags for those named."""
    rows = []
    for child, (zone, east, north) in HOMES.items():
        if child not in where:
            continue
        row: dict[str, Any] = {
            "child": child,
            "zone": zone,
            "need": "ASD",
            "phase": "primary",
            "easting": east,
            "northing": north,
            "node": -1,
            "travels": "daily",
            "provision": where[child],
        }
        for flag in ("wheelchair", "solo", "assistant", "ptb", "walks"):
            row[flag] = child in flags.get(flag, ())
        rows.append(row)
    return pd.DataFrame(rows, columns=list(CHILD_COLUMNS)).astype(
        {name: kind for name, kind in CHILD_COLUMNS.items() if kind != "object"}
    )


def route(
    key: str,
    provision: str,
    riders: Sequence[str],
    miles: float,
    minutes: float,
    *,
    vehicle: VehicleType = TAXI,
    how: How = How.SHARED,
    after: str | None = None,
) -> Route:
    """Return a route whose runs take so many miles and minutes each way."""
    runs = []
    for direction in ("morning", "afternoon"):
        rides = [Stop("child", one, BELL - minutes, minutes, 45.0) for one in riders]
        stops = (*rides, Stop("provision", provision, BELL))
        cost = Cost(vehicle.fixed_per_run_gbp, miles * vehicle.per_mile_gbp)
        runs.append(Run(direction, stops, miles, minutes, 0.0, 0.0, cost))  # type: ignore[arg-type]
    return Route(
        key, (provision,), vehicle.type, vehicle is BUS, tuple(riders), "daily", how,
        tuple(runs), after,
    )  # fmt: skip


def matrix() -> Matrix:
    """Return straight lines at 30 mph among all homes and schools."""
    points = {key: at[1:] for key, at in HOMES.items()} | SCHOOLS
    at = np.array(list(points.values()), dtype=float)
    metres = np.hypot(*(at[:, None, :] - at[None, :, :]).transpose(2, 0, 1))
    seconds = metres / (30 * 1609.344 / 3600)
    return Matrix(tuple(points), seconds.astype(np.int32), metres.astype(np.int32), "straight_line")


def side(
    name: str,
    where: dict[str, str | None],
    routes: Sequence[Route],
    *,
    apart: Sequence[Apart] = (),
    draw: int = 0,
    **flags: Sequence[str],
) -> Routed:
    """Return one routed side."""
    return Routed(
        side=name,
        draw=draw,
        seed=0,
        children=children(where, **flags),
        schools=tuple(School(key, *at, bell_minutes=BELL) for key, at in SCHOOLS.items()),
        fleet=(TAXI, BUS),
        policy=policy(),
        matrix=matrix(),
        routes=tuple(routes),
        apart=tuple(apart),
        notes=(),
        violations=(),
        seconds=0.1,
        reproducible=True,
    )


OAK = route("oak-1", "oak_school", ("kid_1", "kid_2"), 5.0, 20.0)


def draw(number: int = 0, *, elm_miles: float = 3.0) -> Draw:
    """Return one draw on its four sides; Elm's first route may be longer."""
    before = {
        "kid_1": "oak_school",
        "kid_2": "oak_school",
        "kid_3": "far_school",
        "kid_4": "far_school",
    }
    after = {"kid_1": "oak_school", "kid_2": "oak_school", "kid_3": "elm_base", "kid_4": "elm_base"}
    far = (
        route("far-1", "far_school", ("kid_3",), 20.0, 50.0),
        route("far-2", "far_school", ("kid_4",), 21.0, 40.0, how=How.SOLO),
    )
    alone = route("elm-2", "elm_base", ("kid_4",), 4.0, 12.0, how=How.SOLO)
    elm = route("elm-1", "elm_base", ("kid_3",), elm_miles, 10.0)
    elm_both = route("elm-1", "elm_base", ("kid_3", "kid_5"), elm_miles + 1.0, 14.0)
    first = side(BEFORE, before | {"kid_5": None}, (OAK, *far), draw=number, solo=("kid_4",))
    return Draw(
        number,
        {
            BEFORE: first,
            AFTER: side(
                AFTER,
                after | {"kid_5": "elm_base"},
                (OAK, elm_both, alone),
                draw=number,
                solo=("kid_4",),
            ),
            BEFORE_SAME: side(BEFORE_SAME, before, (OAK, *far), draw=number, solo=("kid_4",)),
            AFTER_SAME: side(AFTER_SAME, after, (OAK, elm, alone), draw=number, solo=("kid_4",)),
        },
    )


@cache
def planned(*, outlines: bool = False) -> PlannedRun:
    """Return the run of the tiny case, as a run folder would give it back."""
    report = tiny_report()
    tables = report.tables
    shapes = None
    if outlines:
        squares = [
            shapely.box(x - 1400, y - 1400, x + 1400, y + 1400)
            for x, y in report.zones[["easting", "northing"]].to_numpy(float)
        ]
        shapes = gpd.GeoDataFrame({"zone": report.zones["zone"]}, geometry=squares, crs=GRID)
    openings = pd.DataFrame(
        {"option": ["elm_more"], "name": ["Elm: 6 more"], "provision": ["elm_base"],
         "year": [2027], "places": [6.0]}
    )  # fmt: skip
    return PlannedRun(
        folder=Path("runs/tiny"),
        run_id="run-1",
        case_name="Tiny",
        years=report.years,
        price_year=2026,
        scenario=report.scenario,
        riders=tables["riders"],
        zones=tables["zones"].astype({"name": object}),
        provisions=tables["provisions"],
        fleet=tables["fleet"],
        transport_rates=tables["transport_rates"],
        openings=openings,
        money=tables["money"],
        polygons=shapes,
        network=None,
        attribution=("Made-up places",),
        manifest={},
        summary={},
    )


def routed_report(
    draws: Sequence[Draw] | None = None, extra: Extra | None = None, **changes: Any
) -> RoutesReport:
    """Return the report of made-up draws."""
    run = planned(outlines=True)
    facts: dict[str, Any] = {
        "run_id": "routes-1",
        "year": 2028,
        "seed": 7,
        "average_gbp": None,
        "average_is_national": False,
    }
    return routes_report(
        run,
        list(draws or [draw(0), draw(1, elm_miles=5.0)]),
        places(run.zones, run.provisions, None),
        extra or Extra(),
        **(facts | changes),
    )


__all__ = ["DAYS", "HOMES", "draw", "planned", "policy", "routed_report", "side"]
