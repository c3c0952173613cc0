"""A question to a plan: what it may be given, what it is asked of, and what its manifest says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from optimiser.answer import Settings
from outputs.publish import check_free, kind_of
from sendplaces.planned import planned
from sendplaces.posed import posed
from sendplaces.runs import Clock, Silence, facts_of_run, spare_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from geo.travel import TravelTable
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.answer import Stop
    from sendplaces.planned import Planned
    from sendplaces.posed import Supplied
    from sendplaces.runs import Tell


@dataclass(frozen=True)
class Asked:
    """What every question about a plan may be given; see `sendplaces.planned.planned`.

    Parameters
    ----------
    source
        A case or a run folder; None for the embedded example.
    out
        Folder to write.
    settings
        Gap, time limit, threads and seed of the plan where it is solved here; gap, threads and
        seed of the questions.
    seconds
        Wall time for the questions, the plan's own searches apart: for all together, or for each,
        as the question says.
    scenario, network, demand, forecast, case
        As they are there.
    force
        Replace a folder that holds something else.
    cache, tell, stop
        As they are there.
    """

    source: Path | None
    out: Path
    settings: Settings = Settings()  # noqa: RUF009 - it is frozen
    seconds: float = math.inf
    scenario: Path | None = None
    network: str | Path | None = None
    demand: str | None = None
    forecast: Path | None = None
    case: Path | None = None
    force: bool = False
    cache: Path | None = None
    tell: Tell = Silence()  # noqa: RUF009 - it holds nothing
    stop: Stop | None = None

    @property
    def seconds_stated(self) -> float | None:
        """The wall time as a manifest says it; None where there is no limit."""
        return None if math.isinf(self.seconds) else self.seconds


@dataclass(frozen=True)
class Read:
    """A case, its policy and its journeys, and the run that they were taken from, if any."""

    case: Case
    scenario: Scenario
    travel: TravelTable
    run_id: str | None = None


def planned_for(asked: Asked, kind: str) -> Planned:
    """Return the plan that a question is about, once its folder is known to be free.

    Parameters
    ----------
    asked
        The question.
    kind
        Of the folder to write.

    Raises
    ------
    InputError
        For faults in what was supplied, and where the folder may not be written to.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    """
    check_free(asked.out, kind=kind, force=asked.force)  # before the work, not after an hour of it
    spare_inputs(
        asked.out, (asked.source, asked.scenario, asked.network, asked.forecast, asked.case)
    )
    return planned(
        asked.source,
        scenario=asked.scenario,
        network=asked.network,
        demand=asked.demand,
        forecast=asked.forecast,
        settings=asked.settings,
        cache=asked.cache,
        tell=asked.tell,
        stop=asked.stop,
        case=asked.case,
    )


def read_for(
    supplied: Supplied, case: Path | None, settings: Settings, cache: Path | None, tell: Tell
) -> Read:
    """Return case, policy and journeys of a case, or of a run folder, for what poses them anew.

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
    return Read(found.case, found.scenario, found.travel)


def manifest_of(
    read: Read | Planned, settings: Settings, started: datetime, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what anyone needs to ask the same question again.

    Parameters
    ----------
    read
        What was read.
    settings
        Gap, time limit, threads and seed.
    started
        When the work began.
    asked
        What was asked besides, by the names of the command line.
    """
    facts = facts_of_run(read.case, read.scenario, read.travel, settings, started)
    return {"asked": dict(asked)} | facts
