"""What a run is routed with: schools and bells, policy, vehicles, roads, and whose children."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.network import read_network
from geo.routing.children import draw_children
from geo.routing.fleet import check_fleet, default_fleet, default_fleet_note, fleet_of, read_fleet
from geo.routing.homes import homes_of
from geo.routing.policy import policy_on
from geo.routing.pupil_file import read_pupils
from geo.routing.schools import schools_of
from geo.routing.types import Travels
from inputs.errors import Fault, InputError
from inputs.parameters import parameter
from inputs.vocabulary import ProvisionClass
from optimiser.journeys import NO_DAILY_JOURNEY
from outputs.riders import DRAWN
from outputs.routes_tables import AFTER, BEFORE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.network import Network
    from geo.routing.homes import Homes
    from geo.routing.types import Policy, School, VehicleType
    from outputs.planned_run import PlannedRun

Sides = dict[str, pd.DataFrame]
WAYS = 2


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything that both sides are routed with.

    Parameters
    ----------
    planned
        The run.
    year
        Academic year routed.
    on
        Day whose dated figures hold.
    schools, fleet, policy, network
        Where, in what, under which rules, on which roads (None: straight lines).
    homes
        Where in each zone a child can live.
    flows
        Expected children by home and provision on both sides, as `draw_children` takes them.
    pupils
        Children of the authority's own file on both sides; None where they are drawn.
    notes, warnings
        What was assumed or odd.
    """

    planned: PlannedRun
    year: int
    on: date
    schools: tuple[School, ...]
    fleet: tuple[VehicleType, ...]
    policy: Policy
    network: Network | None
    homes: Homes
    flows: pd.DataFrame
    pupils: Sides | None
    notes: tuple[str, ...]
    warnings: tuple[Fault, ...]

    def draw(self, number: int, seed: int) -> tuple[Sides, tuple[Fault, ...]]:
        """Return the children of a draw on both sides, and what was not known of them."""
        if self.pupils is not None:
            return dict(self.pupils), ()
        drawn = draw_children(
            self.flows, self.homes, self.schools, self.policy, seed=seed, draw=number
        )
        return dict(drawn.sides), drawn.notes


def settle(
    planned: PlannedRun,
    *,
    year: int | None = None,
    network: str | Path | None = None,
    fleet: Path | None = None,
    pupils: Path | None = None,
    cache: Path | None = None,
) -> Setting:
    """Return what a run is routed with.

    Parameters
    ----------
    planned
        The run.
    year
        Academic year to route (default: the last of the plan, when most has opened).
    network, fleet, pupils
        Roads, vehicles and children in place of the run's own.
    cache
        Where read networks are kept.

    Raises
    ------
    InputError
        For a year outside the plan, and every fault of a file.
    """
    chosen = planned.years[-1] if year is None else year
    if chosen not in planned.years:
        first, last = planned.years[0], planned.years[-1]
        raise InputError(
            [
                Fault(
                    "--year",
                    "is outside the years of the plan",
                    f"Choose one from {first} to {last}",
                    value=str(year),
                )
            ]
        )
    on = date(planned.price_year, 9, 1)
    policy = policy_of(planned, on)
    vehicles, about_fleet = _vehicles(planned, fleet, on)
    roads, about_roads = _roads(planned, network, cache)
    schools, about_bells = schools_of(planned.provisions, on)
    flows, notes = flows_of(planned, chosen, {one.provision for one in schools})
    own: Sides | None = None
    about_pupils: tuple[Fault, ...] = ()
    if pupils is not None:
        own, about_pupils = read_pupils(
            pupils, [one.provision for one in schools], planned.zones[["zone", "easting",
                                                                      "northing"]]
        )  # fmt: skip
        notes = [
            f"Children are those of {pupils.name}: where they go now is the do-minimum, where they "
            "would go is the plan. They are routed as one draw."
        ]
    elif not len(flows):
        raise InputError(
            [
                Fault(
                    str(planned.folder), "has nobody to route in that year", "Choose another --year"
                )
            ]
        )
    outlines = None
    if planned.polygons is not None:
        shapes = planned.polygons
        outlines = dict(zip(shapes["zone"].map(str), shapes.geometry, strict=True))
    return Setting(
        planned=planned,
        year=chosen,
        on=on,
        schools=schools,
        fleet=vehicles,
        policy=policy,
        network=roads,
        homes=homes_of(planned.zones, roads, outlines),
        flows=flows,
        pupils=own,
        notes=tuple(notes),
        warnings=(*about_fleet, *about_roads, *about_bells, *about_pupils),
    )


def policy_of(planned: PlannedRun, on: date) -> Policy:
    """Return the dated policy with what the run's scenario says of journeys in its place."""
    scenario = planned.scenario
    policy = policy_on(on)
    runs = dict(policy.runs_a_year)
    runs[Travels.DAILY] = scenario.runs_per_year["day"] / WAYS
    boards = scenario.runs_per_year.get(str(ProvisionClass.INMSS_RESIDENTIAL))
    if boards is not None:
        runs[boarding(planned)] = boards / WAYS
    shares = {str(need): share for need, share in scenario.transported_share.items()}
    return policy.replace(
        ride_limit_minutes={str(h): one for h, one in scenario.guideline_minutes.items()},
        transported_share=dict(policy.transported_share) | shares,
        transported_within_walking_share=scenario.transported_within_walking_share,
        wheelchair_share=dict(policy.wheelchair_share) | scenario.wheelchair_share,
        runs_a_year=runs,
    )


def boarding(planned: PlannedRun) -> Travels:
    """Return how often boarders go home: weekly, or termly where the scenario says so few runs."""
    on = date(planned.price_year, 9, 1)
    weekly, termly = (
        parameter(name, on).value for name in ("routes_weekly_trips", "routes_termly_trips")
    )
    runs = planned.scenario.runs_per_year.get(str(ProvisionClass.INMSS_RESIDENTIAL), WAYS * weekly)
    near_weekly = abs(runs / WAYS - weekly) <= abs(runs / WAYS - termly)
    return Travels.WEEKLY if near_weekly else Travels.TERMLY


def _vehicles(
    planned: PlannedRun, path: Path | None, on: date
) -> tuple[tuple[VehicleType, ...], tuple[Fault, ...]]:
    """Return the fleet: of the file, else of the run's case, else the dated default."""
    if path is not None:
        return read_fleet(path, on), ()
    if not len(planned.fleet):
        return default_fleet(on), (default_fleet_note(),)
    vehicles = fleet_of(planned.fleet, on)
    faults = check_fleet(vehicles, "tables/fleet.csv")
    if faults:
        raise InputError(faults)
    return vehicles, ()


def _roads(
    planned: PlannedRun, asked: str | Path | None, cache: Path | None
) -> tuple[Network | None, tuple[Fault, ...]]:
    """Return the roads: those asked for, else the run's where they still are, else none."""
    if asked is not None:
        return read_network(asked, cache=cache), ()
    if planned.network is None:
        return None, ()
    if not Path(planned.network).exists():
        missing = Fault(
            "network",
            "the roads that the run was planned with are not where they were",
            "Name them with --network",
            value=Path(planned.network).name,
            severity="warning",
        )
        return None, (missing,)
    return read_network(planned.network, cache=cache), ()


def flows_of(planned: PlannedRun, year: int, located: set[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return the expected children of a year who have a journey, and notes on who has none.

    Children of provisions without a place of their own (education at home, mainstream with
    top-up) have no journey to route. Boarders travel weekly or termly.
    """
    kinds: Mapping[str, str] = dict(
        zip(planned.provisions["provision"], planned.provisions["class"], strict=True)
    )
    riders = planned.riders[planned.riders["year"] == year]
    kind = riders["provision"].map(kinds)
    goes = riders["provision"].isin(located) & ~kind.isin(list(NO_DAILY_JOURNEY))
    boards = (kind == str(ProvisionClass.INMSS_RESIDENTIAL)) & goes
    often = np.where(boards, str(boarding(planned)), str(Travels.DAILY))
    flows = riders.assign(travels=often)[goes].reset_index(drop=True)
    notes = []
    stay = riders.loc[~goes, [BEFORE, AFTER]].sum()
    if stay.max() >= 0.5:
        notes.append(
            f"{stay[BEFORE]:,.0f} children on roll in the do-minimum and {stay[AFTER]:,.0f} in the "
            "plan learn at home or in mainstream with top-up: they have no journey here."
        )
    drawn = flows.loc[flows["group"] == DRAWN, [BEFORE, AFTER]].sum()
    if drawn.max() >= 0.5:
        notes.append(
            f"{drawn[AFTER]:,.0f} children with the plan ({drawn[BEFORE]:,.0f} in the do-minimum) "
            "are drawn from mainstream into new places. They are carried there, from homes drawn "
            "by where children live; the plan's own transport cost leaves them out."
        )
    unknown = flows[(flows["zone"] == "") & (flows["group"] != DRAWN)][[BEFORE, AFTER]].sum()
    if unknown.max() >= 0.5:
        notes.append(
            f"The home zone of {unknown[BEFORE]:,.0f} children placed now is not known: a home is "
            "drawn for each by where children live, the same before and after."
        )
    return flows, notes
