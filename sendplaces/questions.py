"""What questions that pose a case anew share: what is read, and what the manifest says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outputs.publish import kind_of
from sendplaces.planned import planned
from sendplaces.posed import posed
from sendplaces.runs import Clock, facts_of_run

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from geo.travel import TravelTable
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.answer import Settings
    from sendplaces.posed import Supplied
    from sendplaces.runs import Tell


@dataclass(frozen=True)
class Read:
    """A case, its policy and its journeys, and the run that they were taken from, if any."""

    case: Case
    scenario: Scenario
    travel: TravelTable
    run_id: str | None


def asked_of(
    supplied: Supplied, case: Path | None, settings: Settings, cache: Path | None, tell: Tell
) -> Read:
    """Return case, policy and journeys of a case, or of a run folder.

    Parameters
    ----------
    supplied
        As a command takes it; its case may be a run folder.
    case
        With a run folder: its case, where it has moved.
    settings, cache, tell
        As for `sendplaces.planned.planned`.

    Raises
    ------
    InputError
        For faults in what was supplied, and a run that cannot be asked about.
    """
    if kind_of(supplied.case) is not None or case is not None:
        held = planned(
            supplied.case,
            scenario=supplied.scenario,
            network=supplied.network,
            demand=supplied.demand,
            forecast=supplied.forecast,
            settings=settings,
            cache=cache,
            tell=tell,
            case=case,
        )
        return Read(held.case, held.scenario, held.travel, held.run_id)
    found = posed(supplied, cache=cache, tell=tell, clock=Clock())
    return Read(found.case, found.scenario, found.travel, None)


def manifest_of(read: Read, settings: Settings, started: datetime) -> dict[str, Any]:
    """Return what anyone needs to ask the same again."""
    facts = facts_of_run(read.case, read.scenario, read.travel, settings, started)
    return {"plan_run_id": read.run_id} | facts
