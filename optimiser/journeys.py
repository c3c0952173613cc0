"""Journeys as the plan sees them: minutes on a shared ride, and what transport costs a child."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault
from inputs.vocabulary import ProvisionClass

if TYPE_CHECKING:
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.kinds import Array

NO_DAILY_JOURNEY = frozenset({str(ProvisionClass.EOTAS), str(ProvisionClass.MAINSTREAM_TOPUP)})
"""Classes that may stand without coordinates: the child learns at home or at the nearest school."""

NO_JOURNEY_LIMIT = NO_DAILY_JOURNEY | {str(ProvisionClass.INMSS_RESIDENTIAL)}
"""Classes to which the limit on a daily journey does not apply."""

WALKING_MILES = {"early_years": 2.0, "primary": 2.0, "secondary": 3.0, "post16": 3.0}
"""Statutory walking distance by phase: 2 miles under 8, 3 miles from 8 (Education Act 1996 s.444
(5)); primary is taken at 2 throughout, on the side of the younger child."""


@dataclass(frozen=True)
class Grid:
    """Journeys as (Z, P) arrays; NaN where there is none."""

    zones: tuple[str, ...]
    minutes: Array
    miles: Array


def grid(case: Case, travel: pd.DataFrame) -> Grid:
    """Return the travel table as arrays in the order of the case's zones and provisions."""
    zones = tuple(case.zones["zone"])
    provisions = list(case.provisions["provision"])
    at_zone = pd.Index(zones).get_indexer(travel["zone"])
    at_provision = pd.Index(provisions).get_indexer(travel["provision"])
    known = (at_zone >= 0) & (at_provision >= 0)
    minutes = np.full((len(zones), len(provisions)), np.nan)
    miles = np.full_like(minutes, np.nan)
    minutes[at_zone[known], at_provision[known]] = travel["minutes"].to_numpy(float)[known]
    miles[at_zone[known], at_provision[known]] = travel["miles"].to_numpy(float)[known]
    stay_home = case.provisions["class"].astype(str).isin(NO_DAILY_JOURNEY).to_numpy()
    unknown = np.isnan(minutes) & stay_home[None, :]
    minutes[unknown], miles[unknown] = 0.0, 0.0
    return Grid(zones, minutes, miles)


def within_limit(
    minutes: Array, kinds: np.ndarray, phases: np.ndarray, scenario: Scenario
) -> np.ndarray:
    """Return whether each shared ride is within the hard limit of its phase (NaN never is)."""
    limits = {str(phase): value for phase, value in scenario.hard_limit_minutes.items()}
    most = np.array([limits.get(phase, np.inf) for phase in phases])
    free = np.isin(kinds, list(NO_JOURNEY_LIMIT))
    return np.asarray(~np.isnan(minutes) & (free | (minutes <= most + 1e-9)))


@dataclass(frozen=True)
class Rates:
    """(P,) £ of transport: a run, a child a run, a child a mile a run, a wheelchair a run."""

    fixed: Array
    child: Array
    mile: Array
    wheelchair: Array
    runs: Array
    own: bool

    def child_year(self, p: Array, miles: Array, wheelchair: Array) -> Array:
        """Return £ a year for one transported child, its share of the fixed cost apart."""
        at = p.astype(np.int64)
        cost: Array = self.runs[at] * (
            self.child[at] + self.mile[at] * np.nan_to_num(miles) + self.wheelchair[at] * wheelchair
        )
        return cost


def rates(case: Case, scenario: Scenario, kinds: list[str]) -> Rates:
    """Return the transport rates of each provision: the case's own table, or the scenario's.

    The form ``fixed x used + (child + miles x mile + wheelchair) x children`` is what routed
    catchments follow closely: fixed cost a vehicle run, and little for one child more.
    """
    stated = {
        None if row["class"] is None or row["class"] != row["class"] else str(row["class"]): row
        for row in case.transport_rates.to_dict("records")
    }
    columns: dict[str, list[float]] = {
        name: [] for name in ("fixed", "child", "mile", "wheelchair", "runs")
    }
    for kind in kinds:
        runs = scenario.runs_per_year.get(kind, scenario.runs_per_year["day"])
        row = stated.get(kind, stated.get(None))
        if kind in NO_DAILY_JOURNEY:
            row, runs = None, 0.0
        columns["fixed"].append(
            scenario.transport_fixed_per_run_gbp if row is None else row["fixed_per_run_gbp"]
        )
        columns["child"].append(
            scenario.transport_per_child_run_gbp if row is None else row["per_child_run_gbp"]
        )
        columns["mile"].append(
            scenario.transport_per_mile_run_gbp if row is None else row["per_mile_run_gbp"]
        )
        columns["wheelchair"].append(
            scenario.transport_wheelchair_run_gbp if row is None else row["wheelchair_run_gbp"]
        )
        own_runs = np.nan if row is None or row["runs_per_year"] is None else row["runs_per_year"]
        columns["runs"].append(runs if np.isnan(own_runs) else own_runs)
    arrays = {name: np.array(values, float) for name, values in columns.items()}
    return Rates(own=bool(stated), **arrays)


def transported(needs: np.ndarray, phases: np.ndarray, miles: Array, scenario: Scenario) -> Array:
    """Return the share of children transported: by need, and less within walking distance."""
    by_need = {str(need): share for need, share in scenario.transported_share.items()}
    share = np.array([by_need[need] for need in needs])
    near = np.array([WALKING_MILES[phase] for phase in phases])
    walk = scenario.transported_within_walking_share
    shares: Array = np.where(np.nan_to_num(miles) <= near, np.minimum(share, walk), share)
    return shares


def scale_to_average(users: float, cost_gbp: float, rate: Rates, scenario: Scenario) -> float:
    """Return the factor that brings today's cost a user to the stated average.

    An authority's own rates are left as they are, and so is a case in which nobody travels yet.
    """
    if rate.own or scenario.transport_average_gbp is None or users <= 0 or cost_gbp <= 0:
        return 1.0
    return scenario.transport_average_gbp * users / cost_gbp


def unreached(names: list[tuple[str, str]]) -> tuple[Fault, ...]:
    """Return a warning for each (need, phase) that has entrants whom nothing in reach teaches."""
    return tuple(
        Fault(
            "entrants",
            f"{who}, whom nothing within the journey limit teaches: they stay without a place",
            "Add provision or an option, or raise hard_limit_minutes",
            value=need_phase,
            severity="warning",
        )
        for need_phase, who in names
    )
