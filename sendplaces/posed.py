"""From what a user hands in to a posed problem: the case, the policy, the journeys."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from geo.network import read_network
from geo.travel import TravelTable, travel_table
from inputs.read import read_case
from inputs.scenario import read_scenario, with_demand
from optimiser.pose import pose
from sendplaces.forecasting import with_forecast
from sendplaces.runs import Clock, product_version

if TYPE_CHECKING:
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.answer import Settings
    from optimiser.problem import Problem
    from sendplaces.forecasting import Used
    from sendplaces.runs import Tell

EXAMPLE = "seaborough"


def example() -> Path:
    """Return the folder of the embedded example."""
    return Path(str(files("inputs.examples") / EXAMPLE))


@dataclass(frozen=True)
class Supplied:
    """What a user names on the command line.

    Parameters
    ----------
    case
        A folder of CSV files or one workbook.
    scenario, network
        Policy, and roads (a file or a place name); None takes those in the case folder, if any.
    demand
        Which entrants (mean, P10, P50, P90, or the number of a draw), instead of the policy's.
    forecast
        Folder of a forecast of this case: its entrants and draws take the place of the case's own.
    """

    case: Path
    scenario: Path | None = None
    network: str | Path | None = None
    demand: str | None = None
    forecast: Path | None = None


@dataclass(frozen=True)
class Posed:
    """A posed problem, and what it was posed from."""

    case: Case
    scenario: Scenario
    travel: TravelTable
    problem: Problem
    forecast: Used | None


def posed(
    supplied: Supplied,
    *,
    cache: Path | None,
    tell: Tell,
    clock: Clock,
    policy: Scenario | None = None,
) -> Posed:
    """Read the case, work out the journeys and pose the problem.

    Parameters
    ----------
    supplied
        What was handed in.
    cache, tell, clock
        Where matrices are kept, who is told, and the clock of the run.
    policy
        A resolved scenario in place of the file's.

    Raises
    ------
    InputError
        For every fault in what was supplied.
    """
    tell.stage("Reading the case")
    case, used = read_case(supplied.case), None
    if supplied.forecast is not None:
        case, used = with_forecast(case, supplied.forecast)
    scenario = policy or read_scenario(supplied.scenario or case.scenario, case.price_year)
    if supplied.demand is not None:
        scenario = with_demand(scenario, supplied.demand)
    clock.lap("read")
    tell.stage("Working out journeys")
    travel = journeys(case, scenario, supplied.network, cache, tell)
    clock.lap("travel")
    tell.stage("Posing the problem")
    problem = pose(case, travel.journeys, scenario)
    clock.lap("pose")
    return Posed(case, scenario, travel, problem, used)


def journeys(
    case: Case, scenario: Scenario, network: str | Path | None, cache: Path | None, tell: Tell
) -> TravelTable:
    """Return the travel table of a case: by road where there is a network, else straight lines.

    Parameters
    ----------
    case, scenario
        The case and the policy, which holds the calibration of road minutes.
    network
        A road file or place name; None takes the network that lies in the case folder, if any.
    cache
        Folder for read networks and matrices; None keeps nothing.
    tell
        Told how far it is.
    """
    source = network if network is not None else case.network
    roads = None if source is None else read_network(source, cache=cache)
    return travel_table(
        case.zones[["zone", "easting", "northing"]],
        case.provisions[["provision", "easting", "northing"]],
        roads,
        calibration=scenario.travel_calibration,
        supplied=case.travel if len(case.travel) else None,
        cache=cache,
        progress=tell.part,
    )


def key_of(
    case: Case, scenario: Scenario, settings: Settings, begun_from: str | None = None
) -> str:
    """Return a name that the same inputs, policy and settings give again.

    Where the search began from another run (of a sweep), from the same run.
    """
    told = {
        "sources": [(one.name, one.sha256) for one in case.sources],
        "scenario": scenario.model_dump(mode="json", by_alias=True),
        "settings": [settings.gap, settings.time_limit_seconds, settings.seed],
        "version": product_version(),
    }
    if begun_from is not None:
        told["begun_from"] = begun_from
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return digest[:12]
