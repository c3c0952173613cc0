"""What every question to a plan leaves in its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sendplaces.runs import facts_of_run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from geo.travel import TravelTable
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.answer import Settings


def manifest_of(
    case: Case,
    scenario: Scenario,
    travel: TravelTable,
    settings: Settings,
    started: datetime,
    asked: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what anyone needs to ask the same question again.

    Parameters
    ----------
    case, scenario, travel
        What was read.
    settings
        Gap, time limit, threads and seed.
    started
        When the work began.
    asked
        What was asked besides, by the names of the command line.
    """
    return {"asked": dict(asked)} | facts_of_run(case, scenario, travel, settings, started)
