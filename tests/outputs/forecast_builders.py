"""Forecasts of a made-up authority for the tests of what comes out: two localities, levers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.demand.basis import Zones
from inputs.demand.forecast import Forecast, forecast
from inputs.demand.levers import levers_of
from inputs.official.authorities import Authority
from outputs.forecast_privacy import publish_forecast_safely
from outputs.forecast_report import ForecastReport, report_of_forecast
from tests.inputs.demand.tiny import large

if TYPE_CHECKING:
    from inputs.demand.basis import Basis

DRAWS = 40
YEARS = (2025, 2026, 2027, 2028)
LEVERS = ("fewer_requests", "more_in_mainstream")
NASTY = '=HYPERLINK("http://x","Elm")'
"""A name that a careless writer would turn into a live formula, or a browser into a link."""


@cache
def basis() -> Basis:
    """Return some 2,000 plans with homes in three zones of two localities, and a history."""
    start = large()
    weights = np.array([[0.5] * 4, [0.3] * 4, [0.2] * 4])
    past = replace(
        start.past,
        total_years=tuple(range(2009, 2025)),
        totals=np.linspace(900.0, float(start.stock.sum()), 16),
        placement_years=(2022, 2023, 2024),
        placements=np.stack([start.stock.sum(axis=(1, 2)) * k for k in (0.8, 0.9, 1.0)]),
        starts=np.where(np.arange(start.stock.shape[2]) > 18, 0.0, 20.0)[None],
        start_totals=np.array([340.0]),
        group_years=(2009, 2010),
        groups=np.array([[10.0, 300.0, 500.0, 90.0, np.nan]] * 2),
    )
    return replace(
        start,
        authority=Authority("E06000000", "800", f"Tiny <b> {NASTY}"),
        zones=Zones(("north_1", "north_2", "south_1"), ("north", "north", "south"), weights),
        past=past,
    )


@cache
def made(*, levers: bool = True) -> Forecast:
    """Return a forecast of it, with two levers or none."""
    return forecast(basis(), YEARS, levers_of(LEVERS) if levers else (), DRAWS, seed=1)


@cache
def told(*, levers: bool = True) -> ForecastReport:
    """Return the report of it."""
    requests = pd.DataFrame(
        {"year": [2024] * 3, "age": [4, 11, 20], "children": [300.0, 200.0, 4.0]}
    )
    return report_of_forecast(
        made(levers=levers),
        run_id="f-1",
        published={"requests": requests, "assessments": requests.iloc[:0]},
        presets=(*LEVERS, "price_bands") if levers else (),
        notes=("=1+1 is text", "A note that 3 children wait in north_1"),
    )


@cache
def public() -> ForecastReport:
    """Return its public version."""
    return publish_forecast_safely(told())
