"""A round of headteachers' bids: from a case and a table of bids to the portfolio and reasons."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from inputs.bids import read_bids
from inputs.errors import Fault, InputError
from inputs.scenario import read_scenario, with_demand
from optimiser.answer import Settings, Stop
from optimiser.openings_held import asked_whole, openings_of, zones_merged
from optimiser.portfolio import choose
from optimiser.pose import pose
from outputs.bids_findings import KIND, bids_findings
from outputs.findings import publish_findings
from outputs.publish import check_free
from sendplaces.asked import Read, manifest_of
from sendplaces.planned import solve_both
from sendplaces.posed import example, journeys, key_of
from sendplaces.runs import Silence, spare_inputs

if TYPE_CHECKING:
    from pathlib import Path

    from inputs.case import Case
    from inputs.scenario import Scenario
    from sendplaces.runs import Tell


def run_bids(
    source: Path | None,
    out: Path,
    *,
    budget_gbp: float,
    bids: Path | None = None,
    beside_options: bool = False,
    scenario: Path | None = None,
    network: str | Path | None = None,
    demand: str | None = None,
    settings: Settings | None = None,
    seconds: float = float("inf"),
    force: bool = False,
    cache: Path | None = None,
    tell: Tell | None = None,
    stop: Stop | None = None,
) -> dict[str, Any]:
    """Choose among the bids of a round under a budget, and write the findings.

    Parameters
    ----------
    source
        A case (a folder of CSV files or one workbook); None: the embedded example and its bids.
    out
        The folder to write.
    budget_gbp
        Capital for the bids, £; what is committed is paid besides.
    bids
        The table of bids; None: the case's own.
    beside_options
        Whether the case's own options may be chosen beside the bids, out of the same budget.
    scenario, network, demand
        As for :func:`sendplaces.pipeline.run_plan`.
    settings, cache, tell, stop
        Gap, time limit, threads and seed; where matrices are kept, who is told, the wish to stop.
    seconds
        Wall time for each question about a bid.
    force
        Replace a folder that holds something else.

    Returns
    -------
    dict
        The summary, as it was published.

    Raises
    ------
    InputError
        For every fault of the case and of the bids, and where ``out`` may not be written to.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    """
    settings, tell, stop = (
        settings or Settings(time_limit_seconds=60.0),
        tell or Silence(),
        stop or Stop(),
    )
    started = datetime.now(UTC)
    source = source or example()
    if not 0 <= budget_gbp < float("inf"):
        raise InputError(
            [Fault("--budget-gbp", "is no budget", "Give pounds, 0 or more", value=str(budget_gbp))]
        )
    check_free(out, kind=KIND, force=force)
    spare_inputs(out, (source, scenario, network, bids))
    tell.stage("Reading the case and the bids")
    read = read_bids(source, bids, beside_options=beside_options)
    case = read.case
    policy = read_scenario(scenario or case.scenario, case.price_year)
    policy = policy if demand is None else with_demand(policy, demand)
    policy, notes = _under_the_budget(case, policy, budget_gbp)
    tell.stage("Working out journeys")
    travel = journeys(case, policy, network, cache, tell)
    tell.stage("Posing the problem")
    problem = pose(case, travel.journeys, policy)
    _, _, plan = solve_both(problem, settings, tell, stop)
    tell.stage("Holding the plan's model")
    held = asked_whole(problem, plan, settings)
    tell.stage("Asking about each bid")
    found = choose(
        held,
        openings_of(problem, plan),
        [str(one) for one in read.table["bid"]],
        budget_gbp=budget_gbp,
        seconds=seconds,
    )
    if not beside_options:
        notes.append(
            "Only the bids and what is committed can open: the case's other options stand aside."
        )
    run_id = key_of(case, policy, settings)
    names = dict(zip(problem.options["option"], problem.options["name"], strict=True))
    findings = bids_findings(
        found,
        read.table,
        proof=plan.proof,
        case_name=case.name,
        run_id=run_id,
        years=problem.years,
        names=names,
        notes=notes,
        warnings=(*read.warnings, *problem.warnings),
        merged=zones_merged(problem),
        attribution=tuple(travel.attribution),
    )
    tell.stage("Writing the findings")
    asked = {"budget_gbp": budget_gbp, "beside_options": beside_options}
    manifest = manifest_of(Read(case, policy, travel), settings, started, asked)
    publish_findings(findings, out, manifest=manifest, force=force)
    return {"kind": KIND, "case": case.name, "run_id": run_id} | dict(findings.summary)


def _under_the_budget(
    case: Case, policy: Scenario, budget_gbp: float
) -> tuple[Scenario, list[str]]:
    """Return the policy under the budget of the round, and what was assumed.

    The model's limit of capital counts commitments too, so they are added to the budget. A grant
    that nothing left in the round would be paid by has no row, and is taken out.
    """
    notes = []
    options = case.options
    decided = options["committed_year"].notna()
    limit = budget_gbp + float(options.loc[decided, "capital_gbp"].sum())
    own = policy.capital_budget_gbp
    if own is not None and own < limit:
        notes.append(
            f"The policy's own limit of capital, £{own:,.0f} in total, is lower and holds."
        )
        limit = own
    funded = {str(one) for one in options["funding"].dropna()}
    grants = {
        name: gbp for name, gbp in policy.capital_budget_by_grant_gbp.items() if name in funded
    }
    gone = sorted(set(policy.capital_budget_by_grant_gbp) - set(grants))
    if gone:
        notes.append(f"No bid is paid by {', '.join(gone)}: left out of the round.")
    limits = {"capital_budget_gbp": limit, "capital_budget_by_grant_gbp": grants}
    return policy.model_copy(update=limits), notes
