"""Sizes in draws from held models beside independent cold solves; hedging beside one model.

``python -m benchmarks.sizing [CASE] [--option plover_120] [--sizes 60:220:20] [--draws 20]
[--gap 0.001] [--cold 3] [--hedged 3] [--rounds 3] [--json FILE]``

With no CASE, the embedded example. First every size is planned and every draw placed as the command
``size`` does it, in held models; then some of the same sizes and draws, evenly spread, are solved
each from nothing: posed, built and solved alone. ``ratio`` is seconds of one from nothing over
seconds of one from the held model. Seconds are of the processor, on one thread. ``agree`` says
whether each cost is at or above the bound of the other.

Then some draws, with their cells merged so that many models fit, are planned over at once in one
model (the extensive form) and by progressive hedging on one rank and on two. ``agree`` says whether
costs are within the gap of one another, each costed exactly, and bounds below them. Those seconds
are of the clock, since ranks are processes of their own.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.rows import write_rows
from inputs.demand.spread import spread_draws
from inputs.read import read_case
from inputs.scenario import read_scenario
from optimiser.answer import Settings
from optimiser.coarse import alike, coarse
from optimiser.futures import Future
from optimiser.hedging import HedgingMissing
from optimiser.pose import pose
from optimiser.ranks import hedge_on_ranks
from optimiser.size_options import read_sizes, with_sizes
from optimiser.size_verdicts import choice
from optimiser.sizing import curve, only, sizes_of_plan
from optimiser.solve import solve
from optimiser.stochastic import best_of, over_draws
from sendplaces.drawn import futures
from sendplaces.posed import example, journeys
from sendplaces.runs import Silence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimiser.problem import Problem

PENNY = 0.02


@dataclass(frozen=True)
class Row:
    """One line: what was solved, how, how long one took, and whether the other way agrees."""

    instance: str
    method: str
    solved: int
    seconds: float
    seconds_each: float
    objective: float
    gap: float
    ratio: float
    agree: bool


def spread_over(n: int, wanted: int) -> list[int]:
    """Return so many positions of n, evenly spread.

    >>> spread_over(9, 3)
    [0, 4, 8]
    """
    return sorted({round(x) for x in np.linspace(0, n - 1, min(n, wanted))})


def sizes_and_draws(
    folder: Path, option: str, sizes: Sequence[int], draws: int, cold: int, settings: Settings
) -> tuple[list[Row], list[Problem]]:
    """Return the rows of sizes and of draws, and the problems of the draws."""
    case = read_case(folder)
    scenario = read_scenario(case.scenario, case.price_year)
    travel = journeys(case, scenario, None, None, Silence()).journeys
    sized = with_sizes(case, option, sizes)
    spread = spread_draws(sized.case, draws)
    started = time.process_time()
    problem = pose(sized.case, travel, scenario)
    best = solve(problem, settings)
    _, found = sizes_of_plan(problem, sized.names, sized.capital_gbp, best, settings)
    spent = time.process_time() - started
    asked = [found[i] for i in spread_over(len(found), cold)]
    agree, alone = True, 0.0
    for one in asked:
        started = time.process_time()
        fresh = pose(sized.case, travel, scenario)
        changed = only(fresh, sized.names, one.size).applied(fresh)
        if one.opens is not None:  # from nothing, a size is forced by committing it in its year
            changed = _committed(changed, one.option, one.opens)
        again = solve(changed, settings).proof
        alone += time.process_time() - started
        agree &= again.cost_gbp >= one.proof.bound_gbp - PENNY
        agree &= one.proof.cost_gbp >= again.bound_gbp - PENNY
    possible = [one for one in found if one.possible]
    each, from_nothing = spent / len(found), alone / len(asked)
    least = min(one.proof.cost_gbp for one in possible)
    gap = max(one.proof.gap for one in possible)
    name = case.name
    rows = [
        Row(f"{name}, sizes", "held model", len(found), spent, each, least, gap, 1.0, bool(agree)),
        Row(f"{name}, sizes", "from nothing", len(asked), alone, from_nothing, least, gap,
            from_nothing / each, bool(agree)),
    ]  # fmt: skip
    started = time.process_time()
    told = curve(problem, found, futures(spread, travel, scenario), settings, n_draws=draws)
    spent = time.process_time() - started
    count = int(np.isfinite(told.high).sum())
    agree, alone, solved = True, 0.0, 0
    posed = dict(futures(spread, travel, scenario))
    for w in spread_over(len(told.draws), cold):
        for one in asked:
            if not one.possible:
                continue
            started = time.process_time()
            future = pose(spread.case(told.draws[w]), travel,
                          scenario.model_copy(update={"demand": "mean"}))  # fmt: skip
            proof = Future(future, settings).place(one.openings).proof
            alone += time.process_time() - started
            solved += 1
            i = found.index(one)
            agree &= proof.cost_gbp >= told.low[i, w] - PENNY
            agree &= told.high[i, w] >= proof.bound_gbp - PENNY
    gaps = (told.high - told.low) / told.high
    chosen = choice(told)
    expected = min(one.expected.high for one in chosen.verdicts)
    each, from_nothing, gap = spent / count, alone / solved, float(np.nanmax(gaps))
    label = f"{name}, sizes x draws"
    rows += [
        Row(label, "held model", count, spent, each, expected, gap, 1.0, bool(agree)),
        Row(label, "from nothing", solved, alone, from_nothing, expected, gap,
            from_nothing / each, bool(agree)),
    ]  # fmt: skip
    print(f"least expected cost {chosen.least_expected}, least worst regret {chosen.least_regret}")
    return rows, [posed[number] for number in told.draws]


def _committed(problem: Problem, option: str, year: int) -> Problem:
    o = int(np.flatnonzero(problem.options["option"] == option)[0])
    when = problem.options["committed_year"].to_numpy(float).copy()
    first, last = problem.opens_first.copy(), problem.opens_last.copy()
    when[o], first[o], last[o] = year, year - problem.years[0], year - problem.years[0]
    options = problem.options.assign(committed_year=when)
    return replace(problem, options=options, opens_first=first, opens_last=last)


def hedged(problems: Sequence[Problem], rounds: int, settings: Settings) -> list[Row]:
    """Return the rows of the extensive form and of hedging on one rank and on two."""
    merged = [coarse(one, alike(one, 1), least=False).problem for one in problems]
    held = [Future(one, settings) for one in merged]
    name = f"{problems[0].name}, {len(merged)} draws, merged"
    started = time.monotonic()
    whole = over_draws(merged, held, settings)
    spent = time.monotonic() - started
    rows = [Row(name, "extensive form", 1, spent, spent, whole.proof.cost_gbp, whole.proof.gap,
                1.0, True)]  # fmt: skip
    for ranks in (1, 2):
        started = time.monotonic()
        try:
            found = hedge_on_ranks(merged, ranks, rounds=rounds, gap=settings.gap)
        except HedgingMissing as error:
            print(f"{ranks} ranks: {error}")
            continue
        best = best_of(found.candidates, held, found.bound_gbp, settings)
        took = time.monotonic() - started
        within = settings.gap * whole.proof.cost_gbp
        agree = abs(best.proof.cost_gbp - whole.proof.cost_gbp) <= within
        agree &= best.proof.bound_gbp <= whole.proof.cost_gbp + PENNY
        label = f"hedging, {found.ranks} rank{'s' if found.ranks > 1 else ''}"
        rows.append(Row(name, label, 1, took, took, best.proof.cost_gbp, best.proof.gap,
                        took / spent, bool(agree)))  # fmt: skip
    return rows


def show(rows: Sequence[Row]) -> None:
    """Print the rows as a table."""
    head = f"{'instance':34} {'method':18} {'solved':>6} {'seconds':>8} {'each':>7} "
    print(f"{head}{'objective':>14} {'gap':>8} {'ratio':>6} agree")
    for one in rows:
        print(
            f"{one.instance:34} {one.method:18} {one.solved:6d} {one.seconds:8.1f} "
            f"{one.seconds_each:7.2f} {one.objective:14,.0f} {one.gap:8.3%} {one.ratio:6.2f} "
            f"{'yes' if one.agree else 'NO'}"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both comparisons; return 1 where two ways disagree."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sizing", description=__doc__)
    parser.add_argument("case", nargs="?", type=Path, default=None)
    parser.add_argument("--option", default="plover_120")
    parser.add_argument("--sizes", default="60:220:20")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--cold", type=int, default=3)
    parser.add_argument("--hedged", type=int, default=3, help="draws to hedge; 0: none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, default=None)
    asked = parser.parse_args(arguments)
    settings = Settings(gap=asked.gap, threads=1)
    sizes = read_sizes(asked.sizes)
    folder = asked.case or example()
    rows, problems = sizes_and_draws(folder, asked.option, sizes, asked.draws, asked.cold, settings)
    some = [problems[i] for i in spread_over(len(problems), asked.hedged)]
    if some:
        rows += hedged(some, asked.rounds, settings)
    show(rows)
    write_rows(rows, asked.json)
    return 0 if all(one.agree for one in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
