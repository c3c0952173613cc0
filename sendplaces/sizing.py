"""The question of size, end to end: read, solve at every size and in every draw, publish."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.spread import Spread, spread_draws
from inputs.errors import Fault, InputError
from inputs.parameters import parameter
from optimiser.answer import Answer, Settings, Stop
from optimiser.audit import AuditFailed, audit
from optimiser.plan import plan_of
from optimiser.pose import pose
from optimiser.size_options import CapitalRule, with_sizes
from optimiser.size_verdicts import BreakEven, break_even, capital_worth, choice
from optimiser.sizing import NOT_BUILT, Interval, curve, measures, only, sizes_of_plan
from optimiser.solve import solve
from outputs.findings import publish_findings
from outputs.places_grid import PlacesGrid, places_grid
from outputs.publish import check_free
from outputs.size_findings import size_findings
from outputs.size_found import Cash, SizeFound
from sendplaces.asked import manifest_of, read_for
from sendplaces.drawn import futures
from sendplaces.posed import key_of
from sendplaces.runs import Silence, spare_inputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.problem import Problem
    from optimiser.size_options import Sized
    from optimiser.size_verdicts import Choice
    from optimiser.sizing import AtSize, Curve
    from optimiser.what_if import WhatIf
    from sendplaces.posed import Supplied
    from sendplaces.runs import Tell

PLAN_SHARE, SIZES_SHARE = 0.3, 0.6
"""Of the time limit: what the first plan may take, and the sizes; the cash has what is left."""


def run_size(
    supplied: Supplied,
    out: Path,
    *,
    option: str,
    sizes: Sequence[int],
    draws: int = 0,
    capital: CapitalRule | None = None,
    case: Path | None = None,
    settings: Settings | None = None,
    force: bool = False,
    cache: Path | None = None,
    tell: Tell | None = None,
    stop: Stop | None = None,
) -> dict[str, Any]:
    """Ask how big an option should be, and leave the findings in a folder.

    Parameters
    ----------
    supplied
        The case (or the run folder whose case and policy to take) and what is named beside it.
    out
        The folder to write; written whole or not at all.
    option, sizes, draws
        The option, the sizes to ask about, and how many draws of demand.
    capital
        What a size costs to build, where it is not to be read off the case.
    case
        With a run folder: its case, where it has moved.
    settings
        Gap, time limit of all searches for the expected children, threads, seed.
    force
        Replace a folder that holds something else.
    cache, tell, stop
        Where matrices are kept, who is told, and the wish to stop.

    Raises
    ------
    InputError
        For every fault in what was supplied.
    NoPlan, OutOfTime
        When no plan satisfies the rules, or none was found in time.
    AuditFailed
        When a plan does not hold what it says.

    Returns
    -------
    dict
        The summary, as published.
    """
    settings, tell, stop = settings or Settings(), tell or Silence(), stop or Stop()
    started, clock = datetime.now(UTC), time.monotonic()
    check_free(out, force=force)
    spare_inputs(out, (supplied.case, supplied.scenario, supplied.network, supplied.forecast))
    read = read_for(supplied, case, settings, cache, tell)
    sized = with_sizes(read.case, option, sizes, capital)
    spread = spread_draws(sized.case, draws, settings.seed) if draws else None
    problem = pose(sized.case, read.travel.journeys, read.scenario)
    tell.stage("Solving the plan with every size on offer")
    limit = settings.time_limit_seconds
    first = replace(settings, time_limit_seconds=limit * PLAN_SHARE)
    best = solve(problem, first, stop=stop, show=tell.searching)
    tell.stage("Solving the plan at each size")
    held, found = sizes_of_plan(
        problem,
        sized.names,
        sized.capital_gbp,
        best,
        settings,
        seconds=limit * SIZES_SHARE,
        stop=stop,
        told=tell.part,
    )
    audited = _audited(problem, found)
    tell.stage("Placing the children of each draw")
    drawn = curve(
        problem,
        found,
        () if spread is None else futures(spread, read.travel.journeys, read.scenario),
        settings,
        n_draws=draws,
        stop=stop,
        told=tell.part,
    )
    chosen = choice(drawn)
    cash_paid = _cash_parameters(sized.case)
    told = SizeFound(
        read.case.name,
        key_of(sized.case, read.scenario, settings),
        problem.years,
        sized,
        drawn,
        chosen,
        () if spread is None else spread.totals[: len(drawn.draws)],
        "" if spread is None else spread.source,
        _breaks(problem, found, drawn, chosen, cash_paid),
        {one.size: _why_not(problem, one) for one in found if not one.possible},
        None,
        None,
        problem.warnings,
        (
            *_notes(sized, spread, draws, len(drawn.draws)),
            *(() if cash_paid else ("No cash alternative is known for this price year.",)),
        ),
        read.travel.attribution,
        audited,
    )
    if told.shown:
        at = told.at(told.shown)
        tell.stage("Planning with the cash in place of the school")
        seconds = max(1.0, limit - (time.monotonic() - clock))
        cash = _cash(held, problem, sized, at, read.scenario, cash_paid, seconds, stop)
        told = replace(told, cash=cash, grid=_grid(sized.case, problem, at))
    tell.stage("Writing what was found")
    findings = size_findings(told)
    asked = {"run": read.run_id, "option": option, "sizes": list(sizes), "draws": draws}
    facts = manifest_of(read, settings, started, asked) | {
        "draws": {"numbers": list(drawn.draws), "source": told.source},
    }
    publish_findings(findings, out, manifest=facts, force=force)
    return {"kind": findings.kind, "case": read.case.name, "run_id": told.run_id} | dict(
        findings.summary
    )


def _audited(problem: Problem, found: Sequence[AtSize]) -> int:
    """Recompute the plan of every size from its own tables, and return how many passed."""
    done = 0
    for one in found:
        if one.decided is None:
            continue
        checked = audit(problem, plan_of(problem, Answer(one.proof, one.decided, 0.0, 0.0, ())))
        if not checked.passed:
            raise AuditFailed(checked)
        done += 1
    return done


def _why_not(problem: Problem, one: AtSize) -> str:
    """Return why a size has no plan, as far as a budget alone says it."""
    if str(one.proof.termination) != "infeasible":
        return "no plan found in time"
    scenario = problem.scenario
    row = problem.options[problem.options["option"] == one.option].iloc[0]
    grant = str(row["funding"])
    if one.capital_gbp > scenario.capital_budget_by_grant_gbp.get(grant, np.inf):
        limit = scenario.capital_budget_by_grant_gbp[grant]
        return f"costs £{one.capital_gbp:,.0f} and the grant {grant} is £{limit:,.0f}"
    if scenario.capital_budget_gbp is not None and one.capital_gbp > scenario.capital_budget_gbp:
        return f"costs £{one.capital_gbp:,.0f} and capital is £{scenario.capital_budget_gbp:,.0f}"
    return "no plan with this size satisfies the rules"


def _notes(sized: Sized, spread: Spread | None, asked: int, done: int) -> tuple[str, ...]:
    said = []
    if sized.stated:
        stated = ", ".join(f"{name} ({size})" for size, name in sorted(sized.stated.items()))
        said.append(f"Stated in the case as sizes of one option, and taken together: {stated}.")
    if spread is not None and done < asked:
        said.append(f"Stopped after {done} of {asked} draws, from the fewest children up.")
    return tuple(said)


def _cash_parameters(case: Case) -> tuple[float, int, str] | None:
    """Return cash a place, years and source; None where none is known for the price year."""
    on = date(case.price_year, 9, 1)
    try:
        per_place = parameter("start.instead_of_school_gbp", on)
        years = parameter("start.instead_of_school_years", on)
    except KeyError:
        return None
    return per_place.value, round(years.value), per_place.source


def _breaks(
    problem: Problem,
    found: Sequence[AtSize],
    drawn: Curve,
    chosen: Choice,
    cash_paid: tuple[float, int, str] | None,
) -> Mapping[int, BreakEven]:
    """Return where each size breaks even with not building, over the draws if there are any."""
    none = found[0]
    if not none.possible:
        return {}
    years = 1 if cash_paid is None else min(cash_paid[1], problem.horizon)
    worth_of_cash = float(problem.discount[:years].mean())
    told = {}
    for i, one in enumerate(found):
        if one.size == NOT_BUILT or one.opens is None:
            continue
        gains = Interval.of(none.proof).less(Interval.of(one.proof))
        if chosen.verdicts:
            low = float((drawn.low[0] - drawn.high[i]).mean())
            gains = Interval(low, float((drawn.high[0] - drawn.low[i]).mean()))
        worth = capital_worth(problem, one.option, one.opens)
        told[one.size] = break_even(one.size, one.capital_gbp, worth, gains, worth_of_cash)
    return told


def _cash(
    held: WhatIf,
    problem: Problem,
    sized: Sized,
    at: AtSize,
    scenario: Scenario,
    cash_paid: tuple[float, int, str] | None,
    seconds: float,
    stop: Stop,
) -> Cash | None:
    """Return the plan that the cash for a size would pay for, in place of the school."""
    if cash_paid is None:
        return None
    per_place, years, source = cash_paid
    paid = per_place * at.size
    grants = scenario.capital_budget_by_grant_gbp
    others = problem.options[~problem.options["option"].isin(list(sized.names.values()))]
    by_grant = others["funding"].dropna().astype(str).value_counts()
    grant = next((str(one) for one in by_grant.index if str(one) in grants), "")
    more: dict[str, object] = {}
    if grant:
        more["capital_budget_by_grant_gbp"] = {grant: grants[grant] + paid}
    if scenario.capital_budget_gbp is not None:
        more["capital_budget_gbp"] = scenario.capital_budget_gbp + paid
    by_year = scenario.capital_budget_by_year_gbp
    early = {
        year: by_year[year] + paid / years for year in problem.years[:years] if year in by_year
    }
    if early:
        more["capital_budget_by_year_gbp"] = early
    asked = held.ask(only(problem, sized.names, NOT_BUILT, **more), seconds=seconds, stop=stop)
    return Cash(
        per_place,
        years,
        source,
        at.size,
        grant or ("all" if more else ""),
        asked.proof,
        None if asked.decided is None else measures(problem, asked.decided, -1),
        asked.openings,
    )


def _grid(case: Case, problem: Problem, at: AtSize) -> PlacesGrid | None:
    if at.decided is None or at.opens is None:
        return None
    on = date(case.price_year, 9, 1)
    try:
        groups = {
            phase: round(parameter(f"start.class_group.{phase}", on).value)
            for phase in ("early_years", "primary", "secondary")
        }
    except KeyError:
        raise InputError(
            [Fault("case.toml", "has a price year for which no class group is known",
                   "State a later price_year", column="price_year",
                   value=str(case.price_year))]
        ) from None  # fmt: skip
    return places_grid(case, problem, at.decided, at.option, at.opens, groups)
