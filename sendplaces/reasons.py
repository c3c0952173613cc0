"""Why each option is in a plan or not: from a case or a run folder to its findings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from optimiser.reasons import reasons
from outputs.findings import publish_findings
from outputs.reasons_found import KIND, reasons_findings
from sendplaces.asked import manifest_of, planned_for

if TYPE_CHECKING:
    from sendplaces.asked import Asked


def run_reasons(asked: Asked) -> dict[str, Any]:
    """Ask why each option is in a plan or not, and write the findings.

    Parameters
    ----------
    asked
        The plan, and where to write; the time is for all questions together, once the plan is made.

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
    AuditFailed
        When a plan that a question found does not hold what it says; nothing is published.
    """
    settings, tell, started = asked.settings, asked.tell, datetime.now(UTC)
    plan = planned_for(asked, KIND)
    tell.stage("Asking what each option is worth")
    found = reasons(
        plan.problem,
        plan.plan,
        settings,
        seconds=asked.seconds,
        stop=asked.stop,
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
    words = {
        "run": None if plan.run is None else plan.run_id,
        "seconds": asked.seconds_stated,
    }
    manifest = manifest_of(plan, settings, started, words)
    publish_findings(findings, asked.out, manifest=manifest, force=asked.force)
    return {"kind": KIND, "case": plan.name, "run_id": plan.run_id} | dict(findings.summary)
