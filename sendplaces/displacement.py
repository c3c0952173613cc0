"""What the new places of a plan displace: from a case or a run folder to its findings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from optimiser.displacement import Placing, displacements
from optimiser.openings_held import asked_whole, openings_of, zones_merged
from outputs.displacement_findings import KIND, displacement_findings
from outputs.findings import publish_findings
from sendplaces.asked import manifest_of, planned_for

if TYPE_CHECKING:
    from optimiser.problem import Problem
    from sendplaces.asked import Asked


def run_displacement(asked: Asked) -> dict[str, Any]:
    """Work out what the new places of a plan displace, and write the findings.

    Parameters
    ----------
    asked
        The plan, and where to write; the time is for each placement of the children.

    Returns
    -------
    dict
        The summary, as it was published.

    Raises
    ------
    InputError
        For faults in what was supplied, and where the folder may not be written to.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    """
    settings, tell, started = asked.settings, asked.tell, datetime.now(UTC)
    plan = planned_for(asked, KIND)
    problem = plan.problem
    tell.stage("Holding the plan's model")
    held = asked_whole(problem, plan.plan, settings)
    openings = openings_of(problem, plan.plan)
    tell.stage("Placing the children without each option")
    found = displacements(Placing(held, seconds=asked.seconds), openings)
    names = dict(zip(problem.options["option"], problem.options["name"], strict=True))
    findings = displacement_findings(
        found,
        case_name=plan.name,
        run_id=plan.run_id,
        years=problem.years,
        names=names,
        not_measured=_not_measured(problem, openings),
        warnings=problem.warnings,
        merged=zones_merged(problem),
        attribution=tuple(plan.travel.attribution),
    )
    tell.stage("Writing the findings")
    words = {"run": None if plan.run is None else plan.run_id, "seconds": asked.seconds_stated}
    manifest = manifest_of(plan, settings, started, words)
    publish_findings(findings, asked.out, manifest=manifest, force=asked.force)
    return {"kind": KIND, "case": plan.name, "run_id": plan.run_id} | dict(findings.summary)


def _finite(seconds: float) -> float | None:
    return None if seconds == float("inf") else seconds


def _not_measured(problem: Problem, openings: dict[str, int]) -> list[str]:
    """Return what of the plan is not measured one by one, each with why."""
    told = []
    decided = set(problem.options["option"][problem.committed()])
    for option, name, places in zip(
        problem.options["option"], problem.options["name"], problem.options["places"], strict=True
    ):
        if option not in openings:
            continue
        if option in decided:
            told.append(f"{name}: committed, so it stands on both sides")
        elif places < 0:
            told.append(f"{name}: takes {-places:g} places away")
        elif places == 0:
            told.append(f"{name}: adds no place, so it has children but no share of places")
    return told
