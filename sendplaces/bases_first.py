"""Bases first: from a case or a run folder to what bases cannot do, and the growth that is left."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.errors import Fault, InputError
from optimiser.answer import Settings, Stop
from optimiser.bases_first import SPECIAL, TooLargeError, bases_first
from outputs.bases_first_findings import KIND, bases_first_findings
from outputs.findings import publish_findings
from outputs.publish import check_free
from sendplaces.asked import manifest_of
from sendplaces.planned import planned
from sendplaces.runs import Silence, spare_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from optimiser.problem import Problem
    from sendplaces.runs import Tell


def run_bases_first(
    source: Path | None,
    out: Path,
    *,
    scenario: Path | None = None,
    network: str | Path | None = None,
    demand: str | None = None,
    forecast: Path | None = None,
    case: Path | None = None,
    settings: Settings | None = None,
    seconds: float = 60.0,
    force: bool = False,
    cache: Path | None = None,
    tell: Tell | None = None,
    stop: Stop | None = None,
) -> dict[str, Any]:
    """Work out what bases cannot do and the least special-school growth, and write the findings.

    Parameters
    ----------
    source, scenario, network, demand, forecast, case, settings, cache, tell, stop
        As for :func:`sendplaces.planned.planned`.
    out
        The folder to write.
    seconds
        Wall time for each of the three searches.
    force
        Replace a folder that holds something else.

    Returns
    -------
    dict
        The summary, as it was published.

    Raises
    ------
    InputError
        For faults in what was supplied, for a case too large to hold whole, and where ``out`` may
        not be written to.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    """
    settings, tell, started = settings or Settings(), tell or Silence(), datetime.now(UTC)
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
        stop=stop or Stop(),
        case=case,
    )
    problem = plan.problem
    tell.stage("Asking what bases can do")
    try:
        found = bases_first(problem, plan.plan, settings, seconds=seconds)
    except TooLargeError:
        raise InputError(
            [
                Fault(
                    plan.name,
                    "has too many zones for this question, which holds every one in one model",
                    "Ask it of a case with larger zones (wards or MSOAs), or of one locality",
                )
            ]
        ) from None
    findings = bases_first_findings(
        found,
        case_name=plan.name,
        run_id=plan.run_id,
        names=dict(zip(problem.options["option"], problem.options["name"], strict=True)),
        provisions=dict(
            zip(problem.provisions["provision"], problem.provisions["name"], strict=True)
        ),
        special=_special(problem),
        warnings=problem.warnings,
        attribution=tuple(plan.travel.attribution),
    )
    tell.stage("Writing the findings")
    asked = {"run": None if plan.run is None else plan.run_id, "seconds": seconds}
    manifest = manifest_of(plan.case, plan.scenario, plan.travel, settings, started, asked)
    publish_findings(findings, out, manifest=manifest, force=force)
    return {"kind": KIND, "case": plan.name, "run_id": plan.run_id} | dict(findings.summary)


def _special(problem: Problem) -> dict[str, float]:
    """Return the special-school options that are no commitment, with their places."""
    kinds = problem.provisions["class"].to_numpy(str)[problem.options["p"].to_numpy(np.int64)]
    decided = problem.committed()
    return {
        str(name): float(places)
        for name, places, kind, fixed in zip(
            problem.options["option"], problem.options["places"], kinds, decided, strict=True
        )
        if kind == SPECIAL and places > 0 and not fixed
    }
