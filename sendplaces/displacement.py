"""What the new places of a plan displace: from a case or a run folder to its findings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from optimiser.answer import Settings, Stop
from optimiser.displacement import Placing, displacements
from optimiser.openings_held import asked_whole, openings_of, zones_merged
from outputs.displacement_findings import KIND, displacement_findings
from outputs.findings import publish_findings
from outputs.publish import check_free
from sendplaces.asked import manifest_of
from sendplaces.planned import planned
from sendplaces.runs import Silence, spare_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from optimiser.problem import Problem
    from sendplaces.runs import Tell


def run_displacement(
    source: Path | None,
    out: Path,
    *,
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
    """Work out what the new places of a plan displace, and write the findings.

    Parameters
    ----------
    source, scenario, network, demand, forecast, case, settings, cache, tell, stop
        As for :func:`sendplaces.planned.planned`.
    out
        The folder to write.
    seconds
        Wall time for each placement of the children.
    force
        Replace a folder that holds something else.

    Returns
    -------
    dict
        The summary, as it was published.

    Raises
    ------
    InputError
        For faults in what was supplied, and where ``out`` may not be written to.
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
        stop=stop,
        case=case,
    )
    problem = plan.problem
    tell.stage("Holding the plan's model")
    held = asked_whole(problem, plan.plan, settings)
    openings = openings_of(problem, plan.plan)
    tell.stage("Placing the children without each option")
    found = displacements(Placing(held, seconds=seconds), openings)
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
    asked = {"run": None if plan.run is None else plan.run_id, "seconds": _finite(seconds)}
    manifest = manifest_of(plan.case, plan.scenario, plan.travel, settings, started, asked)
    publish_findings(findings, out, manifest=manifest, force=force)
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
