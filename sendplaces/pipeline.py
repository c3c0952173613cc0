"""The main job, end to end: the only place where the four packages meet."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from inputs.errors import Fault, InputError
from inputs.read import read_case
from inputs.scenario import read_scenario
from optimiser.audit import Audit, AuditFailed, audit
from optimiser.clocks import waiting_error
from optimiser.costs import PURSES
from optimiser.plan import Plan, money_table, plan_of
from optimiser.solve import (
    Answer,
    OutOfTime,
    Settings,
    Stop,
    Termination,
    place_again,
)
from outputs.decisions import write_decisions
from outputs.privacy import publish_safely
from outputs.publish import SUMMARY, check_free, publish
from outputs.report import Report, report
from outputs.riders import LAYOUT as RIDERS_LAYOUT
from sendplaces.planned import Starts, place_or_path, remember, solve_both
from sendplaces.posed import Supplied, journeys, key_of, posed
from sendplaces.runs import PACKAGES, Clock, Silence, Tell, facts_of_run, spare_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from geo.travel import TravelTable
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.problem import Problem

FACTORS = (0.0, 0.5, 1.0, 1.5, 2.0)
"""Factors on drawn_from_mainstream that the sensitivity shows."""


def run_travel(
    case_path: Path,
    out: Path,
    *,
    network: str | Path | None,
    cache: Path | None,
    tell: Tell,
    force: bool = False,
) -> TravelTable:
    """Work out the journeys of a case and write them as a travel table.

    Raises
    ------
    InputError
        For faults in the case or the roads, and where ``out`` exists and ``force`` is not given.
    """
    if out.exists() and not force:
        raise InputError(
            [Fault(str(out), "is there already", "Choose another --out, or say --force")]
        )
    tell.stage("Reading the case")
    case = read_case(case_path)
    scenario = read_scenario(case.scenario, case.price_year)
    tell.stage("Working out journeys")
    table = journeys(case, scenario, network, cache, tell)
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = out.with_name(f".{out.name}.part")
    try:
        table.journeys.to_csv(unfinished, index=False, float_format="%.4f")
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    return table


def run_plan(
    case_path: Path,
    out: Path,
    *,
    scenario_path: Path | None = None,
    demand: str | None = None,
    forecast: Path | None = None,
    network: str | Path | None = None,
    settings: Settings | None = None,
    public: bool = False,
    force: bool = False,
    cache: Path | None = None,
    tell: Tell | None = None,
    stop: Stop | None = None,
    policy: Scenario | None = None,
    starts: Starts | None = None,
) -> Report:
    """Run the main job and leave its run folder behind.

    Parameters
    ----------
    case_path
        A folder of CSV files or one workbook.
    out
        The run folder to write; written whole or not at all.
    scenario_path, network
        Policy and roads; None takes those that lie in the case folder, if any.
    demand
        Which entrants (mean, P10, P50, P90, or the number of a draw), instead of the policy's.
    forecast
        Folder of a forecast of this case: its entrants and draws take the place of the case's own.
    settings
        Gap, time limit (for the two searches together), threads and seed.
    public
        Publish by need, phase and locality only, with small numbers suppressed.
    force
        Replace a folder that is no earlier run.
    cache, tell, stop
        Where matrices are kept, who is told, and the wish to stop and keep the best plan.
    policy
        A resolved scenario in place of the file's.
    starts
        Of an earlier plan of the same case, from which the searches begin; or empty, to be filled.

    Raises
    ------
    InputError
        For every fault in what was supplied, and where ``out`` may not be written to.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    AuditFailed
        When a plan does not hold what it says; nothing is published.

    Returns
    -------
    Report
        As it was published: what a public run holds back from its files is held back here too.
    """
    settings, tell, stop = settings or Settings(), tell or Silence(), stop or Stop()
    clock, started = Clock(), datetime.now(UTC)
    check_free(out, force=force)  # before the work, not after an hour of it
    spare_inputs(out, (case_path, scenario_path, network, forecast))
    supplied = Supplied(case_path, scenario_path, network, demand, forecast)
    found = posed(supplied, cache=cache, tell=tell, clock=clock, policy=policy)
    case, scenario, travel, problem = found.case, found.scenario, found.travel, found.problem
    least, minimum, best = solve_both(problem, settings, tell, stop, starts)
    clock.lap("solve")
    clock.seconds["build"] = minimum.build_seconds + best.build_seconds
    clock.seconds["solve"] -= clock.seconds["build"]
    answers = {"do_minimum": (least, minimum), "plan": (problem, best)}
    tell.stage("Auditing")
    plans, audits = {}, {}
    for who, (problem_of, answer) in answers.items():
        plans[who] = plan_of(problem_of, answer)
        audits[who] = audit(problem_of, plans[who])
        if not audits[who].passed:
            raise AuditFailed(audits[who])
    clock.lap("audit")
    tell.stage("Trying other shares drawn from mainstream")
    sensitivity = _sensitivity(answers, plans)
    clock.lap("solve")
    tell.stage("Writing the run folder")
    begun_from = None if starts is None else starts.begun_from
    run_id = key_of(case, scenario, settings, begun_from)
    numerics = [text for _, answer in answers.values() for text in answer.numerics]
    clock_error = _waiting_clock(answers, plans)
    warned = replace(
        problem,
        warnings=(
            *_clock_warning(clock_error),
            *problem.warnings,
            *(Fault("model", text, severity="warning") for text in dict.fromkeys(numerics)),
        ),
    )
    told = report(
        case,
        warned,
        plans["plan"],
        plans["do_minimum"],
        travel,
        run_id=run_id,
        seconds=clock.seconds,
        audit_passed=all(one.passed for one in audits.values()),
        worst_violation=max(one.worst_violation for one in audits.values()),
        sensitivity=sensitivity,
    )
    clock.lap("publish")
    added = {"seconds": dict(clock.seconds), "waiting_clock": clock_error}
    told = replace(told, summary=told.summary | added)
    shown = publish_safely(told) if public else told
    manifest = _manifest(case, scenario, settings, travel, audits, started, run_id)
    if not public:  # where the roads lie on this machine is nobody else's business
        manifest["routing"] = _for_routes(network if network is not None else case.network)
    manifest["begun_from"] = begun_from
    manifest["forecast"] = None if found.forecast is None else found.forecast.as_dict()

    def keep_decisions(folder: Path) -> None:
        if not public:
            sides = {who: answer.decided for who, (_, answer) in answers.items()}
            write_decisions(folder / "tables", sides, run_id)

    publish(shown, out, manifest=manifest, force=force, more=keep_decisions)
    if not public:
        remember(cache, run_id, supplied)
    return replace(shown, summary=json.loads((out / SUMMARY).read_text("utf-8")))


def _sensitivity(
    answers: dict[str, tuple[Problem, Answer]], plans: dict[str, Plan]
) -> pd.DataFrame:
    """Return the saving by purse at other shares drawn from mainstream.

    Openings are held as planned; the children are placed again. The row with factor 1 is the
    plan's own, and stands alone where a plan was made with zones merged. A factor for which the
    children could not be placed again in time is left out.
    """
    rows = []
    held = all(answer.held is not None for _, answer in answers.values())
    for factor in FACTORS if held else (1.0,):
        try:
            saving = _saving(answers, plans, factor)
        except OutOfTime:
            continue
        rows.append(
            {"factor": factor}
            | {f"{purse}_saving_gbp": gbp for purse, gbp in saving.items()}
            | {"total_saving_gbp": sum(saving.values())}
        )
    return pd.DataFrame(rows)


def _saving(
    answers: dict[str, tuple[Problem, Answer]], plans: dict[str, Plan], factor: float
) -> dict[str, float]:
    """Return the saving within the horizon by purse, £ of present value, at a factor."""
    purses: dict[str, dict[str, float]] = {}
    for who, (problem, answer) in answers.items():
        if factor == 1.0 or answer.held is None:
            money = plans[who].money
        else:
            drawn = {
                kind: min(1.0, share * factor)
                for kind, share in problem.scenario.drawn_from_mainstream.items()
            }
            scenario = problem.scenario.model_copy(update={"drawn_from_mainstream": drawn})
            again = place_again(answer.held, problem, drawn)
            money = money_table(replace(problem, scenario=scenario), again.decided)
        within = money[(money["year"] != "tail") & (money["purse"] != "none")]
        totals = within.groupby("purse")["pv_gbp"].sum()
        purses[who] = {str(purse): float(gbp) for purse, gbp in totals.items()}
    return {
        purse: purses["do_minimum"].get(purse, 0.0) - purses["plan"].get(purse, 0.0)
        for purse in PURSES
    }


def _waiting_clock(
    answers: dict[str, tuple[Problem, Answer]], plans: dict[str, Plan]
) -> dict[str, float]:
    """Return by how much the simple clock of waiting children overstates costs and the saving.

    £ of present value over the horizon and the tail; docs/decisions/0002 tells why.
    """
    errors = {who: waiting_error(problem, plans[who]) for who, (problem, _) in answers.items()}
    least, plan = errors["do_minimum"], errors["plan"]
    return {
        "do_minimum_overstated_gbp": least.pv_gbp,
        "plan_overstated_gbp": plan.pv_gbp,
        "saving_overstated_gbp": least.pv_gbp - plan.pv_gbp,
    }


CLOCK_TOLD_ABOVE_GBP = 1_000.0
"""An overstatement below this is not worth a warning."""


def _clock_warning(clock: dict[str, float]) -> tuple[Fault, ...]:
    """Return the warning that goes with the simple clock, where it matters."""
    over = clock["saving_overstated_gbp"]
    if abs(over) < CLOCK_TOLD_ABOVE_GBP:
        return ()
    way = "more" if over > 0 else "less"
    return (
        Fault(
            "money",
            f"A child placed after a wait is costed for a full stay, as if new. With each child's "
            f"own clock the do-minimum would cost £{clock['do_minimum_overstated_gbp']:,.0f} less "
            f"and the plan £{clock['plan_overstated_gbp']:,.0f} less (present value, horizon and "
            f"later years), so the saving shown is £{abs(over):,.0f} {way} than it would be",
            "Quote this figure beside the saving",
            severity="warning",
        ),
    )


def _manifest(
    case: Case,
    scenario: Scenario,
    settings: Settings,
    travel: TravelTable,
    audits: dict[str, Audit],
    started: datetime,
    run_id: str,
) -> dict[str, object]:
    """Return what anyone needs to run it again, and to see what was checked."""
    facts = facts_of_run(
        case, scenario, travel, settings, started, packages=(*PACKAGES, "geopandas", "osmnx")
    )
    checked = {
        who: [
            {
                "check": check.name,
                "worst": check.worst,
                "tolerance": check.tolerance,
                "passed": check.passed,
            }
            for check in one.checks
        ]
        for who, one in audits.items()
    }
    return {"run_id": run_id} | facts | {"audit": checked}


def _for_routes(network: str | Path | None) -> dict[str, object]:
    """Return what ``sendplaces routes`` needs to know of a run beside its tables."""
    return {"layout": RIDERS_LAYOUT, "network": place_or_path(network)}


def stopped(told: Report) -> bool:
    """Return whether a run was stopped before its plan was proven."""
    return bool(told.summary["termination"] == Termination.STOPPED)
