"""What one more place is worth: from a case or a run folder to its findings."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inputs.errors import Fault, InputError, did_you_mean
from optimiser.answer import OutOfTime, Settings, Stop
from optimiser.prices import Asking, Prices, Reopened, prices, reopen
from optimiser.what_if import WhatIf
from outputs.findings import publish_findings
from outputs.prices_found import KIND, prices_findings
from outputs.publish import check_free
from sendplaces.asked import manifest_of
from sendplaces.planned import planned
from sendplaces.runs import Silence, spare_inputs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from optimiser.problem import Problem
    from sendplaces.planned import Planned
    from sendplaces.runs import Tell

REOPENED = 5
"""Dearest provisions that are asked about with other openings allowed, where none is named."""


def run_prices(
    source: Path | None,
    out: Path,
    *,
    years: Sequence[int] = (),
    provisions: Sequence[str] = (),
    reopened: Sequence[str] = (),
    scenario: Path | None = None,
    network: str | Path | None = None,
    demand: str | None = None,
    forecast: Path | None = None,
    case: Path | None = None,
    settings: Settings | None = None,
    seconds: float = float("inf"),
    force: bool = False,
    cache: Path | None = None,
    tell: Tell | None = None,
    stop: Stop | None = None,
) -> dict[str, Any]:
    """Price single places of a plan, and write the findings.

    Parameters
    ----------
    source, scenario, network, demand, forecast, case, settings, cache, tell, stop
        As for :func:`sendplaces.planned.planned`.
    out
        The folder to write.
    years, provisions
        Which to price; empty prices all.
    reopened
        Provisions to ask about with other openings allowed; empty asks about the dearest.
    seconds
        Wall time for all questions together, once the plan is made.
    force
        Replace a folder that holds something else.

    Returns
    -------
    dict
        The summary, as it was published.

    Raises
    ------
    InputError
        For faults in what was supplied, provisions or years that are not there, and where ``out``
        may not be written to.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    """
    settings, tell, started = settings or Settings(), tell or Silence(), datetime.now(UTC)
    stop = stop or Stop()
    check_free(out, kind=KIND, force=force)
    spare_inputs(out, (source, scenario, network, forecast, case))
    plan = planned(
        source,
        scenario=scenario,
        network=network,
        demand=demand,
        forecast=forecast,
        settings=settings,
        cache=cache,
        tell=tell,
        stop=stop,
        case=case,
    )
    _check(plan.problem, years, (*provisions, *reopened))
    tell.stage("Placing the children exactly")
    began = time.monotonic()
    asking = Asking(plan.problem, plan.plan, settings)
    tell.stage("Pricing places")
    found = prices(
        asking,
        only=provisions,
        years=years,
        seconds=seconds - (time.monotonic() - began),
        stop=stop,
        told=lambda _, done, of: tell.part(done / of),
    )
    tell.stage("Asking whether openings would change")
    changed = _reopen(plan, asking, found, reopened, settings, stop, began + seconds)
    findings = prices_findings(
        found,
        changed,
        plan.problem,
        case_name=plan.name,
        run_id=plan.run_id,
        warnings=plan.problem.warnings,
        attribution=tuple(plan.travel.attribution),
    )
    tell.stage("Writing the findings")
    asked = {
        "run": None if plan.run is None else plan.run_id,
        "years": list(years),
        "provisions": list(provisions),
        "reopened": list(reopened),
        "seconds": seconds if math.isfinite(seconds) else None,
    }
    manifest = manifest_of(plan.case, plan.scenario, plan.travel, settings, started, asked)
    publish_findings(findings, out, manifest=manifest, force=force)
    return {"kind": KIND, "case": plan.name, "run_id": plan.run_id} | dict(findings.summary)


def _reopen(
    plan: Planned,
    asking: Asking,
    found: Prices,
    named: Sequence[str],
    settings: Settings,
    stop: Stop,
    until: float,
) -> list[Reopened]:
    """Ask with other openings allowed: of what is named, else of the dearest."""
    dearest: dict[str, tuple[float, int]] = {}
    for one in found.prices:
        worth = 0.0 if one.more is None else one.more.total_gbp
        if worth > dearest.get(one.provision, (0.0, 0))[0]:
            dearest[one.provision] = worth, one.year
    first = {one.provision: one.year for one in reversed(found.prices)}
    order = sorted(dearest, key=lambda provision: -dearest[provision][0])[:REOPENED]
    wanted = [(name, dearest[name][1]) for name in order]
    if named:
        wanted = [(name, first.get(name, plan.problem.years[0])) for name in named]
    answers: list[Reopened] = []
    if not wanted:
        return answers
    held = WhatIf(plan.problem, plan.plan, settings)
    for i, (provision, year) in enumerate(wanted):
        left = until - time.monotonic()
        if stop.asked or left <= 0:
            break
        try:
            answers.append(
                reopen(asking, held, provision, year, seconds=left / (len(wanted) - i), stop=stop)
            )
        except OutOfTime:
            break
    return answers


def _check(problem: Problem, years: Sequence[int], provisions: Sequence[str]) -> None:
    known = problem.provisions["provision"].astype(str).tolist()
    faults = [
        Fault("prices", "is not a provision of this case", did_you_mean(one, known),
              column="provision", value=one)
        for one in dict.fromkeys(provisions)
        if one not in known
    ]  # fmt: skip
    faults += [
        Fault("prices", "is not a year of this plan",
              did_you_mean(str(one), [str(year) for year in problem.years]),
              column="year", value=str(one))
        for one in dict.fromkeys(years)
        if one not in problem.years
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
