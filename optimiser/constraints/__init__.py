"""The rows of the plan model: one file, one function, one equation each, in reading order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optimiser.constraints.capacity import capacity
from optimiser.constraints.capital_by_grant import capital_by_grant
from optimiser.constraints.capital_by_year import capital_by_year
from optimiser.constraints.capital_in_total import capital_in_total
from optimiser.constraints.committed import committed
from optimiser.constraints.demand_met import demand_met
from optimiser.constraints.excludes import excludes
from optimiser.constraints.intake_counted import intake_counted
from optimiser.constraints.journeys_share import journeys_share
from optimiser.constraints.linking import linking
from optimiser.constraints.opened_carried import opened_carried
from optimiser.constraints.openings_per_year import openings_per_year
from optimiser.constraints.over_number import over_number
from optimiser.constraints.places_at_least import places_at_least
from optimiser.constraints.places_at_most import places_at_most
from optimiser.constraints.places_in_use import places_in_use
from optimiser.constraints.requires import requires
from optimiser.constraints.roll_carried import roll_carried
from optimiser.constraints.staying_on import staying_on
from optimiser.constraints.suitability import suitability
from optimiser.constraints.taught_places import taught_places
from optimiser.constraints.vehicles_at_openings import vehicles_at_openings
from optimiser.constraints.vehicles_for_each import vehicles_for_each
from optimiser.constraints.vehicles_keep_running import vehicles_keep_running
from optimiser.constraints.vehicles_run import vehicles_run
from optimiser.constraints.viable_roll import viable_roll


@dataclass(frozen=True)
class Rows:
    """Where a constraint holds and what kind of rule it is.

    Parameters
    ----------
    over
        Name of the index set of its rows.
    kind
        ``physical`` (a fact: never relaxed), ``rule`` (hard; named when rules clash) or
        ``elastic`` (policy: a break is priced, reported and named).
    """

    over: str
    kind: str

    @property
    def switchable(self) -> bool:
        """Whether a scenario may switch it off."""
        return self.kind != "physical"


CONSTRAINTS: dict[Callable[..., Any], Rows] = {
    demand_met: Rows("cell_years", "physical"),
    intake_counted: Rows("intakes", "physical"),
    roll_carried: Rows("rolls", "physical"),
    capacity: Rows("provision_years", "physical"),
    places_in_use: Rows("use_years", "physical"),
    over_number: Rows("over_years", "physical"),
    taught_places: Rows("limited_rolls", "physical"),
    suitability: Rows("class_shares", "physical"),
    linking: Rows("option_arcs", "physical"),
    vehicles_run: Rows("vehicle_rows", "physical"),
    vehicles_for_each: Rows("vehicle_intakes", "physical"),
    vehicles_at_openings: Rows("vehicle_openings", "physical"),
    vehicles_keep_running: Rows("vehicle_years", "physical"),
    staying_on: Rows("stay_rows", "elastic"),
    opened_carried: Rows("option_years", "physical"),
    committed: Rows("committed_options", "rule"),
    requires: Rows("requirements", "rule"),
    excludes: Rows("exclusions", "rule"),
    capital_by_year: Rows("budget_years", "rule"),
    capital_by_grant: Rows("grants", "rule"),
    capital_in_total: Rows("whole_budget", "rule"),
    openings_per_year: Rows("opening_limits", "rule"),
    places_at_least: Rows("least_rules", "elastic"),
    places_at_most: Rows("most_rules", "elastic"),
    viable_roll: Rows("viable_rows", "elastic"),
    journeys_share: Rows("journey_limits", "elastic"),
}
