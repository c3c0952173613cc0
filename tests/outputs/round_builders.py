"""A round's report to write: the tiny round, or Seaborough's."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.travel import TravelTable
from inputs.examples.make_seaborough import HERE
from inputs.scenario import read_scenario
from inputs.waiting import read_round
from optimiser.round.arrange import arrange
from optimiser.round.check import check_round
from optimiser.round.pose import pose_round
from optimiser.round.relax import evidence
from optimiser.round.solver import SolverName, solver
from optimiser.round.tables import round_tables
from outputs.round_report import RoundReport, round_report
from sendplaces.posed import journeys
from sendplaces.runs import Silence
from tests.optimiser.round.builders import World, child, places

if TYPE_CHECKING:
    from inputs.case import Case
    from inputs.scenario import Scenario
    from inputs.waiting import RoundTables

HOSTILE = '=HYPERLINK("http://x","<b>Elm</b>")'
"""A name that a spreadsheet or a page could take for code."""


def tiny_report() -> RoundReport:
    """Return the report of six children: one has nowhere, two have places, three have none."""
    world = World(
        [
            child("W1", weeks=30, preferred=("elm",)),
            child("W2", weeks=20, zone="south", second_need="SLCN"),
            child("W3", weeks=10),
            child("W4", weeks=5, must_have=("wheelchair", "pool")),
            child("W5", weeks=10),
            child("W6", need="SEMH", weeks=2, classes=("special_school",)),
        ],
        [places("elm", 1), places("ash", 1)],
    )
    case = world.case
    case.provisions.loc[1, "name"] = HOSTILE
    return _report(case, world.tables, world.travel, world.scenario)


@cache
def seaborough_report() -> RoundReport:
    """Return the report of the example, by straight lines, without what a place is worth."""
    case, tables = read_round(HERE)
    case = replace(case, network=None)
    scenario = read_scenario(case.scenario, case.price_year)
    travel = journeys(case, scenario, None, None, Silence())
    return _report(case, tables, travel.journeys, scenario, values=False)


def _report(
    case: Case, tables: RoundTables, travel: Any, scenario: Scenario, *, values: bool = True
) -> RoundReport:
    problem = pose_round(case, tables, travel, scenario)
    arrangement = arrange(problem)
    found = evidence(problem, arrangement, lambda: solver(SolverName.HIGHS), values=values)
    told = round_tables(problem, arrangement, found)
    checks = check_round(case, tables, travel, scenario, told)
    whole = TravelTable(travel, pd.DataFrame(), (), ("Roads by hand",), "fingerprint")
    return round_report(
        case,
        tables,
        problem,
        arrangement,
        told,
        checks,
        whole,
        run_id="abc",
        seconds={"solve": 1.0},
    )
