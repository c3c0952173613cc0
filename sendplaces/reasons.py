"""Why each option is in a plan or not: from a case or a run folder to its findings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from optimiser.answer import Settings, Stop
from optimiser.reasons import reasons
from outputs.findings import publish_findings
from outputs.publish import check_free
from outputs.reasons_found import KIND, reasons_findings
from sendplaces.asked import manifest_of
from sendplaces.planned import planned
from sendplaces.runs import Silence, spare_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from sendplaces.runs import Tell


def run_reasons(
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
    """Ask why each option is in a plan or not, and write the findings.

    Parameters
    ----------
    source, scenario, network, demand, forecast, case, settings, cache, tell, stop
        As for :func:`sendplaces.planned.planned`.
    out
        The folder to write.
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
        For faults in what was supplied, and where ``out`` may not be written to.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    AuditFailed
        When a plan that a question found does not hold what it says; nothing is published.
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
    tell.stage("Asking what each option is worth")
    found = reasons(
        plan.problem,
        plan.plan,
        settings,
        seconds=seconds,
        stop=stop,
        told=lambda _, done, of: tell.part(done / of),
    )
    findings = reasons_findings(
        found,
        plan.problem,
        case_name=plan.name,
        run_id=plan.run_id,
        warnings=plan.problem.warnings,
        attribution=tuple(plan.travel.attribution),
    )
    tell.stage("Writing the findings")
    asked = {
        "run": None if plan.run is None else plan.run_id,
        "seconds": None if seconds == float("inf") else seconds,
    }
    manifest = manifest_of(plan.case, plan.scenario, plan.travel, settings, started, asked)
    publish_findings(findings, out, manifest=manifest, force=force)
    return {"kind": KIND, "case": plan.name, "run_id": plan.run_id} | dict(findings.summary)
