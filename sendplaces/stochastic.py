"""Openings now, placements later, end to end: read, solve over all draws, publish."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.spread import spread_draws
from inputs.errors import Fault, InputError
from optimiser.answer import Answer, OutOfTime, Settings, Stop
from optimiser.audit import AuditFailed, audit
from optimiser.futures import Future, openings_of
from optimiser.plan import plan_of
from optimiser.pose import pose
from optimiser.ranks import hedge_on_ranks
from optimiser.sizing import Interval
from optimiser.solve import solve
from optimiser.stochastic import Two, Worth, best_of, fits, over_draws, wait_and_see
from outputs.findings import publish_findings
from outputs.publish import check_free
from outputs.stochastic_findings import StochasticFound, stochastic_findings
from sendplaces.asked import manifest_of, read_for
from sendplaces.drawn import futures
from sendplaces.posed import key_of
from sendplaces.runs import Silence, spare_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from optimiser.problem import Problem
    from sendplaces.posed import Supplied
    from sendplaces.runs import Tell

MEAN_SHARE, KNOWN_SHARE = 0.15, 0.45
"""Of the time limit: the plan for the expected children, and the draws one by one; the plan over
all draws has what is left."""
METHODS = ("auto", "extensive", "hedging")
ROUNDS = 10


@dataclass(frozen=True)
class How:
    """How the plan over all draws is looked for.

    Parameters
    ----------
    method
        ``extensive`` (one model), ``hedging`` (progressive hedging) or ``auto``: the first while
        all draws fit in one model with their cells apart, and also where the extra is not there.
    ranks
        Of mpiexec, for hedging.
    rounds
        Of prices, for hedging.
    """

    method: str = "auto"
    ranks: int = 1
    rounds: int = ROUNDS


def run_stochastic(
    supplied: Supplied,
    out: Path,
    *,
    draws: int,
    how: How | None = None,
    case: Path | None = None,
    settings: Settings | None = None,
    force: bool = False,
    cache: Path | None = None,
    tell: Tell | None = None,
    stop: Stop | None = None,
) -> dict[str, Any]:
    """Plan over many draws at once, and leave the findings in a folder.

    Parameters
    ----------
    supplied
        The case (or the run folder whose case and policy to take) and what is named beside it.
    out
        The folder to write; written whole or not at all.
    draws
        How many, at least two, at even ranks of the authority's total.
    how
        The method, ranks and rounds.
    case
        With a run folder: its case, where it has moved.
    settings
        Gap, time limit of all searches, threads, seed.
    force, cache, tell, stop
        As for the other commands.

    Raises
    ------
    InputError
        For every fault in what was supplied.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    HedgingMissing
        When hedging was asked for and its packages are not there.
    AuditFailed
        When a draw's plan does not hold what it says.

    Returns
    -------
    dict
        The summary, as published.
    """
    settings, tell, stop = settings or Settings(), tell or Silence(), stop or Stop()
    how, started, clock = how or How(), datetime.now(UTC), time.monotonic()
    if draws < 2:
        raise InputError(
            [Fault("--draws", "is fewer than two: there is nothing to plan over",
                   "Ask for two or more", value=str(draws))]
        )  # fmt: skip
    check_free(out, force=force)
    spare_inputs(out, (supplied.case, supplied.scenario, supplied.network, supplied.forecast))
    read = read_for(supplied, case, settings, cache, tell)
    spread = spread_draws(read.case, draws, settings.seed)
    problem = pose(read.case, read.travel.journeys, read.scenario)
    limit = settings.time_limit_seconds
    tell.stage("Solving the plan for the expected children")
    first = replace(settings, time_limit_seconds=limit * MEAN_SHARE)
    expected = solve(problem, first, stop=stop, show=tell.searching)
    mean_openings = openings_of(problem, expected.decided)
    problems = [posed for _, posed in futures(spread, read.travel.journeys, read.scenario)]
    tell.stage("Solving each draw as if it were known")
    known, own = wait_and_see(
        problems, settings, seconds=limit * KNOWN_SHARE, stop=stop, told=tell.part
    )
    tell.stage("Solving over all draws at once")
    held = [Future(one, settings) for one in problems]
    left = replace(settings, time_limit_seconds=max(1.0, limit - (time.monotonic() - clock)))
    best, method = _over(problems, held, left, how, (mean_openings, *own), known.low, stop)
    by_mean = tuple(held_at(one, mean_openings) for one in held)
    tell.stage("Auditing")
    audited = audited_in(held, best.openings)
    worth = Worth(
        Interval(best.proof.bound_gbp, best.proof.cost_gbp),
        Interval(
            float(np.mean([one.low for one in by_mean])),
            float(np.mean([one.high for one in by_mean])),
        ),
        known,
    )
    found = StochasticFound(
        read.case.name,
        key_of(read.case, read.scenario, settings),
        spread.numbers,
        spread.totals,
        spread.source,
        best,
        mean_openings,
        by_mean,
        own,
        worth,
        method,
        problem.warnings,
        read.travel.attribution,
        audited,
    )
    tell.stage("Writing what was found")
    findings = stochastic_findings(found)
    asked = {"run": read.run_id, "draws": draws, "method": how.method}
    asked |= {"ranks": how.ranks, "rounds": how.rounds}
    facts = manifest_of(read, settings, started, asked) | {
        "draws": {"numbers": list(spread.numbers), "source": spread.source},
    }
    publish_findings(findings, out, manifest=facts, force=force)
    return {"kind": findings.kind, "case": read.case.name, "run_id": found.run_id} | dict(
        findings.summary
    )


def held_at(future: Future, openings: Mapping[str, int]) -> Interval:
    """Return what openings cost in one draw, as an interval.

    Raises
    ------
    OutOfTime
        When the children could not be placed.
    """
    placed = future.place(openings)
    if placed.decided is None:
        raise OutOfTime(placed.proof.termination)
    return Interval.of(placed.proof)


def audited_in(held: Sequence[Future], openings: Mapping[str, int]) -> int:
    """Recompute each draw's plan with these openings from its tables; return how many passed.

    Raises
    ------
    AuditFailed
        When one does not hold what it says.
    """
    for one in held:
        placed = one.place(openings)
        if placed.decided is None:
            raise OutOfTime(placed.proof.termination)
        answer = Answer(placed.proof, placed.decided, 0.0, 0.0, ())
        checked = audit(one.problem, plan_of(one.problem, answer))
        if not checked.passed:
            raise AuditFailed(checked)
    return len(held)


def _over(
    problems: Sequence[Problem],
    held: Sequence[Future],
    settings: Settings,
    how: How,
    candidates: Sequence[Mapping[str, int]],
    known_bound: float,
    stop: Stop,
) -> tuple[Two, str]:
    """Return the plan over all draws, and how it was found, in words."""
    hedging = how.method == "hedging" or (
        how.method == "auto" and how.ranks > 1 and not fits(problems)
    )
    if hedging:
        hedged = hedge_on_ranks(
            problems,
            how.ranks,
            rounds=how.rounds,
            gap=settings.gap,
            seconds=min(settings.time_limit_seconds, 1e9),
        )
        bound = max(known_bound, hedged.bound_gbp)
        best = best_of([*candidates, *hedged.candidates], held, bound, settings, stop)
        many = "" if hedged.ranks == 1 else f" on {hedged.ranks} ranks"
        return best, f"progressive hedging, {hedged.rounds} rounds{many}"
    best = over_draws(
        problems, held, settings, candidates=candidates, known_bound=known_bound, stop=stop
    )
    cells = "" if fits(problems) else ", cells with like journeys merged to choose openings"
    return best, f"the extensive form{cells}"
