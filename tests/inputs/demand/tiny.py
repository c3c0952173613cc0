"""A tiny authority that can be counted by hand: two placements, two needs, round rates.

A tenth of plans cease a year. At 10 to 11, a fifth of those left in mainstream move to a special
school; nobody moves back before 16, when half of those in special schools leave for college. New
plans come at 5 (three quarters) and 10 (a quarter), a fifth of them with a special school.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.demand.axes import AGES, N_AGES, NEEDS, PHASES, PLACEMENTS, Placement
from inputs.demand.basis import Basis, Past, Zones
from inputs.demand.local import Rates
from inputs.demand.shrink import SHARED, Factor
from inputs.demand.totals import TotalForecast
from inputs.official.authorities import Authority
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from collections.abc import Sequence

MAINSTREAM = PLACEMENTS.index(Placement.MAINSTREAM)
SPECIAL = PLACEMENTS.index(Placement.SPECIAL_MAINTAINED)
COLLEGE = PLACEMENTS.index(Placement.FURTHER_EDUCATION)
ASD, SEMH = NEEDS.index(Need.ASD), NEEDS.index(Need.SEMH)
COUNT_YEAR = 2024
FIRST = COUNT_YEAR + 1
CERTAIN = 1e-12
"""A variance that is nothing, and yet may be decomposed."""


def at(age: int) -> int:
    """Return the position of an age."""
    return AGES.index(age)


def rates(**changed: Any) -> Rates:
    """Return the rates of the tiny authority, some changed."""
    start_ages, mix = np.zeros(N_AGES), np.zeros((len(PLACEMENTS), len(NEEDS), N_AGES))
    start_ages[[at(5), at(10)]] = 0.75, 0.25
    mix[MAINSTREAM, ASD], mix[MAINSTREAM, SEMH] = 0.5, 0.3
    mix[SPECIAL, ASD] = 0.2
    move = np.tile(np.eye(len(PLACEMENTS))[:, :, None], N_AGES)
    move[MAINSTREAM, :, at(10)] = 0.0
    move[MAINSTREAM, [MAINSTREAM, SPECIAL], at(10)] = 0.8, 0.2
    move[SPECIAL, :, at(15)] = 0.0
    move[SPECIAL, [SPECIAL, COLLEGE], at(15)] = 0.5, 0.5
    same = np.tile(np.eye(len(NEEDS))[:, :, None], N_AGES)
    sure = Rates(
        start_ages=start_ages,
        start_ages_known=1e9,
        start_mix=mix,
        start_needs_known=1e9,
        start_level=65.0,
        start_power=Factor(1.0, 0.0),
        start_factor=SHARED,
        cease=np.full((len(PLACEMENTS), N_AGES), 0.1),
        cease_factor=SHARED,
        move_in=np.zeros((len(PLACEMENTS), N_AGES)),
        need_change=same,
        move=move,
        into_factor=SHARED,
        need_into=np.ones((len(NEEDS), N_AGES)),
        into_year_sd=0.0,
        year_sds=(0.0, 0.0, 0.0, 0.0),
        stay_factor=SHARED,
        need_stay=np.ones(len(NEEDS)),
    )
    return replace(sure, **changed)


def totals(plans: Sequence[float], log_sd: float = 0.0) -> TotalForecast:
    """Return a forecast of totals, the same deviation of the log in every year."""
    mean = np.array(plans, dtype=float)
    variance = max(log_sd**2, CERTAIN)
    covariance = np.full((len(mean), len(mean)), variance * 0.5)
    np.fill_diagonal(covariance, variance)
    middle = mean / np.exp(variance / 2)
    return TotalForecast(
        years=tuple(FIRST + k for k in range(len(mean))),
        mean=mean,
        p10=middle * np.exp(-1.2816 * log_sd),
        p50=middle,
        p90=middle * np.exp(1.2816 * log_sd),
        covariance=covariance,
    )


def tiny(
    stock: dict[tuple[int, int, int], int] | None = None,
    plans: Sequence[float] = (200.0, 260.0, 330.0),
    *,
    log_sd: float = 0.0,
    zones: Sequence[str] = ("north", "south"),
    waiting: dict[tuple[int, int], int] | None = None,
    people: np.ndarray | None = None,
    **changed: Any,
) -> Basis:
    """Return the basis of the tiny authority.

    ``stock`` is children by placement, need and age: by default 100 with ASD of 10 in mainstream
    and 50 in a special school. Two in three live in the first zone of two.
    """
    held = {(MAINSTREAM, ASD, 10): 100, (SPECIAL, ASD, 10): 50} if stock is None else stock
    counts = np.zeros((len(PLACEMENTS), len(NEEDS), N_AGES), dtype=np.int64)
    for (placement, need, age), children in held.items():
        counts[placement, need, at(age)] = children
    queue = np.zeros((len(NEEDS), N_AGES), dtype=np.int64)
    for (need, age), children in (waiting or {}).items():
        queue[need, at(age)] = children
    weights = np.arange(len(zones), 0, -1, dtype=float)[:, None] * np.ones(len(PHASES))
    return Basis(
        authority=Authority("E06000000", "800", "Tiny"),
        count_year=COUNT_YEAR,
        stock=counts,
        rates=rates(**changed),
        totals=totals(plans, log_sd),
        people=people,
        waiting=queue,
        zones=Zones(tuple(zones), ("",) * len(zones), weights / weights.sum(axis=0)),
        past=Past(
            (COUNT_YEAR,),
            np.array([float(counts.sum())]),
            (COUNT_YEAR,),
            counts.sum(axis=(1, 2))[None].astype(float),
            (COUNT_YEAR,),
            counts.sum(axis=1)[None].astype(float),
            (COUNT_YEAR,),
            np.full((1, N_AGES), np.nan),
            np.array([60.0]),
            np.array([15.0]),
        ),
    )


UNSURE: dict[str, Any] = {
    "start_ages_known": 200.0,
    "start_needs_known": 150.0,
    "start_power": Factor(0.2, 0.1),
    "start_factor": Factor(1.0, 0.1),
    "cease_factor": Factor(1.1, 0.15),
    "into_factor": Factor(1.2, 0.25),
    "into_year_sd": 0.06,
    "year_sds": (0.2, 0.4, 0.15, 0.1),
    "stay_factor": Factor(0.9, 0.1),
    "move_in": np.full((len(PLACEMENTS), N_AGES), 0.02),
}
"""Rates as uncertain as those of an authority of two thousand plans."""


def large() -> Basis:
    """Return an authority of some 2,000 plans of every age, uncertain in everything."""
    rng = np.random.default_rng(5)
    stock = {}
    for age in range(4, 20):
        for need in (ASD, SEMH):
            stock[MAINSTREAM, need, age] = int(rng.integers(30, 60))
            stock[SPECIAL, need, age] = int(rng.integers(10, 30))
    total = sum(stock.values())
    plans = [total * 1.08**k for k in range(1, 6)]
    return tiny(stock, plans, log_sd=0.04, waiting={(ASD, 9): 10, (SEMH, 12): 500}, **UNSURE)
