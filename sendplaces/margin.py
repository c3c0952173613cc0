"""Alternatives and frontiers of a plan: from a case or a run folder to a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inputs.errors import Fault, InputError, did_you_mean
from optimiser.alternatives import alternatives, margin_of_saving
from optimiser.answer import Answer
from optimiser.audit import AuditFailed, audit
from optimiser.frontier import POINTS, axis_of, frontier
from optimiser.plan import plan_of
from outputs import alternatives_page, frontier_page
from outputs.findings import publish_findings
from outputs.plan_facts import FIFTHS, facts_of, over_by_fifth
from sendplaces.asked import manifest_of, planned_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimiser.answer import Proof
    from optimiser.kinds import Array
    from optimiser.plan import Plan
    from optimiser.problem import Problem
    from outputs.findings import Findings
    from sendplaces.asked import Asked
    from sendplaces.planned import Planned

DEFAULT_MARGIN = "2%"
"""Of the saving that is proven, where no other margin is stated."""
SEVERAL = 5
AXES = ("capital", "openings", "minutes", "over_guideline", "unplaced")
PERCENT = 100.0


def run_alternatives(
    asked: Asked, *, margin: str = DEFAULT_MARGIN, count: int = SEVERAL
) -> dict[str, Any]:
    """Find plans within a margin of the best, and publish them.

    Parameters
    ----------
    asked
        The plan, and where to write.
    margin
        Pounds (``500000``), or a share of the saving that is proven (``2%``).
    count
        Plans wanted, the best among them.

    Returns
    -------
    dict
        As it stands in ``summary.json``.

    Raises
    ------
    InputError
        For faults in what was supplied, and for a margin that is no amount, or is less than the
        gap of the plan.
    NoPlan, OutOfTime
        When the case has no plan, or none was found in time.
    AuditFailed
        When a plan does not hold what it says; nothing is published.
    """
    started = datetime.now(UTC)
    amount, is_share = _margin(margin)
    held = planned_for(asked, alternatives_page.KIND)
    gbp, words = amount, "stated in pounds"
    if is_share:
        gbp = margin_of_saving(held.plan.proof, held.minimum.proof, amount)
        words = f"{margin.strip()} of the saving that is proven"
    asked.tell.stage("Looking for other plans within the margin")
    found = alternatives(
        held.problem,
        held.plan,
        asked.settings,
        margin_gbp=gbp,
        count=count,
        seconds=asked.seconds,
        stop=asked.stop,
    )
    asked.tell.stage("Auditing every plan")
    least = plan_of(held.least, held.minimum)
    facts = [
        facts_of(held.problem, _audited(held.problem, one.decided, one.proof), least)
        for one in found.plans
    ]
    told = alternatives_page.Told(
        held.name, held.run_id, facts, words, tuple(held.travel.attribution)
    )
    page = alternatives_page.findings(held.problem, found, told)
    return _published(page, asked, held, started, {"margin": margin, "count": count})


def run_frontier(
    asked: Asked,
    *,
    axes: Sequence[str] = (AXES[0],),
    points: int = POINTS,
    fifth: int | None = None,
) -> dict[str, Any]:
    """Trace frontiers of the saving, and publish them.

    Parameters
    ----------
    asked
        The plan, and where to write; the time is shared evenly by the axes.
    axes
        Of `AXES`; ``all`` stands for every one.
    points
        Points of each.
    fifth
        Deprivation fifth (1 the most deprived): over_guideline counts its children alone.

    Returns
    -------
    dict
        As it stands in ``summary.json``.

    Raises
    ------
    InputError
        For faults in what was supplied, an axis that is none, and a fifth that no zone has.
    NoPlan, OutOfTime
        When the case has no plan, or none was found in time.
    AuditFailed
        When a plan does not hold what it says; nothing is published.
    """
    started = datetime.now(UTC)
    wanted = _axes(axes)
    held = planned_for(asked, frontier_page.KIND)
    zones = held.case.zones
    known = zones[zones["deprivation_fifth"].notna()]
    fifths = dict(
        zip(known["zone"].map(str), known["deprivation_fifth"].astype(float), strict=True)
    )
    cells, name = None, ""
    if fifth is not None:
        cells = held.problem.cells["zone"].map(fifths).to_numpy(float) == fifth
        name = f"over_guideline_{fifth}"
        if not cells.any():
            raise InputError(
                [
                    Fault(
                        "--fifth",
                        "has no children: no zone with entrants is in this deprivation fifth",
                        f"Use one of {', '.join(str(k) for k in FIFTHS)}, and fill in "
                        "deprivation_fifth in zones",
                        value=str(fifth),
                    )
                ]
            )
    least = plan_of(held.least, held.minimum)
    traced = []
    for one in wanted:
        asked.tell.stage(f"Tracing the saving against {frontier_page.axis_words(one).name}")
        of_fifth = cells is not None and one == "over_guideline"
        axis = axis_of(held.problem, name if of_fifth else one, cells if of_fifth else None)
        found = frontier(
            held.problem,
            held.plan,
            held.minimum,
            asked.settings,
            axis,
            points=points,
            seconds=asked.seconds / len(wanted),
            stop=asked.stop,
        )
        plans = [_audited(found.problem, point.decided, point.proof) for point in found.points]
        traced.append(
            frontier_page.Traced(
                found,
                [facts_of(held.problem, plan, least) for plan in plans],
                [over_by_fifth(held.problem, plan, fifths) if fifths else {} for plan in plans],
                [_opened(plan) for plan in plans],
            )
        )
    page = frontier_page.findings(held.name, held.run_id, traced, tuple(held.travel.attribution))
    given = {"axes": list(wanted), "points": points, "fifth": fifth}
    return _published(page, asked, held, started, given)


def _opened(plan: Plan) -> list[str]:
    free = plan.openings[~plan.openings["committed"].astype(bool)]
    return [str(one) for one in free["name"]]


def _margin(text: str) -> tuple[float, bool]:
    """Return an amount, and whether it is a share of the saving."""
    found = re.fullmatch(r"\s*£?\s*([\d,]*\.?\d+)\s*(%?)\s*", text)
    amount = float(found[1].replace(",", "")) if found else 0.0
    if found is None or amount <= 0:
        raise InputError(
            [
                Fault(
                    "--margin",
                    "is no amount above nought",
                    "State pounds, such as 500000, or a share of the saving, such as 2%",
                    value=text,
                )
            ]
        )
    return (amount / PERCENT, True) if found[2] else (amount, False)


def _axes(names: Sequence[str]) -> tuple[str, ...]:
    """Return the axes asked for, each once."""
    wrong = [one for one in names if one not in {*AXES, "all"}]
    faults = [
        Fault("--against", "is no measure that a frontier can be drawn against",
              did_you_mean(one, [*AXES, "all"]), value=one)
        for one in wrong
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    return AXES if "all" in names else tuple(dict.fromkeys(names))


def _audited(problem: Problem, decided: dict[str, Array], proof: Proof) -> Plan:
    """Return decisions as a plan that has passed its audit.

    Raises
    ------
    AuditFailed
        Where it does not hold what it says.
    """
    plan = plan_of(problem, Answer(proof, decided, 0.0, 0.0, ()))
    found = audit(problem, plan)
    if not found.passed:
        raise AuditFailed(found)
    return plan


def _published(
    page: Findings,
    asked: Asked,
    held: Planned,
    started: datetime,
    given: dict[str, Any],
) -> dict[str, Any]:
    """Write the folder and return the summary."""
    asked.tell.stage("Writing what was found")
    run = None if held.run is None else held.run_id
    words = given | {"run": run, "seconds": asked.seconds_stated}
    manifest = manifest_of(held, asked.settings, started, words)
    publish_findings(page, asked.out, manifest=manifest, force=asked.force)
    return {"kind": page.kind, "case": page.case_name, "run_id": page.run_id} | dict(page.summary)
