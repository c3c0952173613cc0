"""What one more place is worth: from a case or a run folder to its findings."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inputs.errors import Fault, InputError, did_you_mean
from optimiser.answer import OutOfTime, Settings, Stop
from optimiser.prices import Asking, Prices, Reopened, prices, reopen
from optimiser.what_if import WhatIf
from outputs.findings import publish_findings
from outputs.prices_found import KIND, prices_findings
from sendplaces.asked import manifest_of, planned_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimiser.problem import Problem
    from sendplaces.asked import Asked
    from sendplaces.planned import Planned

REOPENED = 5
"""Dearest provisions that are asked about with other openings allowed, where none is named."""


def run_prices(
    asked: Asked,
    *,
    years: Sequence[int] = (),
    provisions: Sequence[str] = (),
    reopened: Sequence[str] = (),
) -> dict[str, Any]:
    """Price single places of a plan, and write the findings.

    Parameters
    ----------
    asked
        The plan, and where to write; the time is for all questions together, once the plan is made.
    years, provisions
        Which to price; empty prices all.
    reopened
        Provisions to ask about with other openings allowed; empty asks about the dearest.

    Returns
    -------
    dict
        The summary, as it was published.

    Raises
    ------
    InputError
        For faults in what was supplied, provisions or years that are not there, and where the
        folder may not be written to.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    """
    settings, tell, started = asked.settings, asked.tell, datetime.now(UTC)
    stop = asked.stop or Stop()
    plan = planned_for(replace(asked, stop=stop), KIND)
    _check(plan.problem, years, (*provisions, *reopened))
    tell.stage("Placing the children exactly")
    began = time.monotonic()
    asking = Asking(plan.problem, plan.plan, settings)
    tell.stage("Pricing places")
    found = prices(
        asking,
        only=provisions,
        years=years,
        seconds=asked.seconds - (time.monotonic() - began),
        stop=stop,
        told=lambda _, done, of: tell.part(done / of),
    )
    tell.stage("Asking whether openings would change")
    changed = _reopen(plan, asking, found, reopened, settings, stop, began + asked.seconds)
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
    words = {
        "run": None if plan.run is None else plan.run_id,
        "years": list(years),
        "provisions": list(provisions),
        "reopened": list(reopened),
        "seconds": asked.seconds_stated,
    }
    manifest = manifest_of(plan, settings, started, words)
    publish_findings(findings, asked.out, manifest=manifest, force=asked.force)
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
