"""What-ifs of a held plan beside solves from scratch: seconds, gap and ratio by kind of change.

``python -m benchmarks.what_if [CASE...] [--gap 0.001] [--time-limit 120] [--json FILE]``

CASE is a folder as ``sendplaces plan`` takes it; with none, the embedded example. Journeys are
those of the case: by road where a network lies in it, else straight lines. The case is solved once
and held. Then each change is asked of the held model, and the changed problem is solved from
scratch to the gap that the what-if reached (never finer than ``--gap``), on one thread, one after
another. Seconds are of the processor, so that a shared machine does not show. ``ratio`` is seconds
from scratch over seconds of the what-if; ``agree`` says whether each
cost is at or above the bound of the other, as it must be where both hold.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.rows import write_rows
from inputs.read import read_case
from inputs.scenario import read_scenario
from optimiser.changes import Change
from optimiser.pose import pose
from optimiser.solve import NoPlan, OutOfTime, Settings, solve
from optimiser.what_if import WhatIf
from sendplaces.posed import example, journeys
from sendplaces.runs import Silence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from optimiser.problem import Problem
    from optimiser.solve import Answer

PENNY = 0.02


@dataclass(frozen=True)
class Row:
    """One line of the table: a change of one case."""

    instance: str
    change: str
    seconds: float
    cost: float
    gap: float
    cold_seconds: float
    cold_cost: float
    cold_gap: float
    ratio: float
    agree: bool


def to_problem(folder: Path) -> Problem:
    """Return a case posed as the main job poses it."""
    case = read_case(folder)
    scenario = read_scenario(case.scenario, case.price_year)
    travel = journeys(case, scenario, None, None, Silence())
    return pose(case, travel.journeys, scenario)


def changes(problem: Problem, answer: Answer) -> Iterator[tuple[str, Change]]:
    """Return one change or two of each kind: options, places, budget, costs."""
    names = problem.options["option"].to_numpy(str)
    chosen = answer.decided["open"].sum(axis=1) > 0.5
    free = ~problem.committed()
    able = problem.can_open().any(axis=1)
    out = np.flatnonzero(chosen & free)[:2]
    rejected = np.flatnonzero(~chosen & able & free)[:2]
    for o in out:
        yield f"{names[o]} forced out", Change(shut_before={names[o]: None})
    for o in rejected:
        year = problem.years[int(problem.opens_first[o])]
        change = Change(open_by={names[o]: year}, shut_before={names[o]: year})
        yield f"{names[o]} forced in", change
    provisions = problem.provisions["provision"].astype(str)
    provision = provisions.iloc[int(problem.options["p"].iloc[int(np.argmax(chosen))])]
    for more in (1.0, -1.0):
        places = {(provision, year): more for year in problem.years}
        yield f"{more:+.0f} place at {provision}", Change(places=places)
    capital = problem.options["capital_gbp"].to_numpy(float)
    gbp = capital[chosen & ~free].sum() + 0.5 * capital[chosen & free].sum()
    yield "half the money that is free", Change(capital_budget_gbp=float(gbp))
    dear = {names[o]: 1.2 * float(problem.options["capital_gbp"].iloc[o]) for o in out}
    yield "capital +20 %", Change(capital_gbp=dear)
    yield "day INMSS fees +5 %", Change(annual_cost_factor={"inmss_day": 1.05})


def compare(name: str, problem: Problem, settings: Settings) -> Iterator[Row]:
    """Return a row for each change of a problem."""
    started = time.process_time()
    answer = solve(problem, settings)
    spent = time.process_time() - started
    started = time.process_time()
    held = WhatIf(problem, answer, settings)
    opening = time.process_time() - started
    print(
        f"{name}: solved once in {spent:.1f} s to {answer.proof.gap:.3%}, "
        f"held for questions in {opening:.1f} s more"
    )
    for what, change in changes(problem, answer):
        started = time.process_time()
        told = held.ask(change, seconds=settings.time_limit_seconds)
        seconds = time.process_time() - started
        reached = replace(settings, gap=float(np.clip(told.proof.gap, settings.gap, 1.0)))
        started = time.process_time()
        cost, bound, gap = np.inf, -np.inf, np.inf
        try:
            proof = solve(change.applied(problem), reached).proof
            cost, bound, gap = proof.cost_gbp, proof.bound_gbp, proof.gap
        except (NoPlan, OutOfTime):
            pass
        cold = time.process_time() - started
        agree = told.proof.bound_gbp <= cost + PENNY and bound <= told.proof.cost_gbp + PENNY
        yield Row(
            name,
            what,
            seconds,
            told.proof.cost_gbp,
            told.proof.gap,
            cold,
            cost,
            gap,
            cold / seconds,
            bool(agree),
        )


HEADING = (
    f"{'change':<44} {'seconds':>8} {'cost':>16} {'gap':>8} {'cold s':>8} {'cold cost':>16} "
    f"{'gap':>8} {'ratio':>7}  agree"
)


def line(row: Row) -> str:
    """Return a row as text to read."""
    return (
        f"{row.change:<44.44} {row.seconds:>8.2f} {row.cost:>16,.0f} {row.gap:>8.3%} "
        f"{row.cold_seconds:>8.1f} {row.cold_cost:>16,.0f} {row.cold_gap:>8.3%} "
        f"{row.ratio:>7.1f}  {'yes' if row.agree else 'NO'}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare on every case; return 1 where any pair of answers cannot both be true."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.what_if", description=__doc__)
    parser.add_argument("cases", type=Path, nargs="*", metavar="CASE")
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--time-limit", type=float, default=120.0, help="seconds for each solve")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    chosen = parser.parse_args(arguments)
    settings = Settings(chosen.gap, chosen.time_limit, threads=1)
    rows: list[Row] = []
    for folder in chosen.cases or [example()]:
        here = []
        print(HEADING)
        for row in compare(folder.name, to_problem(folder), settings):
            here.append(row)
            print(line(row), flush=True)
        ratios = np.array([row.ratio for row in here])
        print(
            f"{folder.name}: ratio {np.median(ratios):.1f} in the middle, "
            f"{ratios.min():.1f} at least\n"
        )
        rows += here
    write_rows(rows, chosen.json)
    return 0 if all(row.agree for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
