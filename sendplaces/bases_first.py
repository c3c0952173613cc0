"""Bases first: from a case or a run folder to what bases cannot do, and the growth that is left."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.errors import Fault, InputError
from optimiser.bases_first import SPECIAL, TooLargeError, bases_first
from outputs.bases_first_findings import KIND, bases_first_findings
from outputs.findings import publish_findings
from sendplaces.asked import manifest_of, planned_for

if TYPE_CHECKING:
    from optimiser.problem import Problem
    from sendplaces.asked import Asked


def run_bases_first(asked: Asked) -> dict[str, Any]:
    """Work out what bases cannot do and the least special-school growth, and write the findings.

    Parameters
    ----------
    asked
        The plan, and where to write; the time is for each of the three searches.

    Returns
    -------
    dict
        The summary, as it was published.

    Raises
    ------
    InputError
        For faults in what was supplied, for a case too large to hold whole, and where the folder
        may not be written to.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    """
    settings, tell, started = asked.settings, asked.tell, datetime.now(UTC)
    plan = planned_for(asked, KIND)
    problem = plan.problem
    tell.stage("Asking what bases can do")
    try:
        found = bases_first(problem, plan.plan, settings, seconds=asked.seconds)
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
    words = {"run": None if plan.run is None else plan.run_id, "seconds": asked.seconds_stated}
    manifest = manifest_of(plan, settings, started, words)
    publish_findings(findings, asked.out, manifest=manifest, force=asked.force)
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
