"""What a time buys: questions to a held plan, with the width of each answer and the cold ratio.

``python -m benchmarks.questions [CASE] [--seconds 600] [--gap 0.001] [--only KIND...] [--no-cold]
[--json FILE]``

CASE is a folder as ``sendplaces plan`` takes it; without one, the embedded example. The case is
planned once, in as many seconds at most; then every kind of question in `KINDS` is asked within the
seconds, which are shared evenly. A row is one answer: an interval (low, high) in £ of present
value, its width, and processor seconds. ``cold_seconds`` is the same question solved from scratch,
model and all, to the gap that the answer reached; of single places it is the model built and the
children placed anew, measured once. ``ratio`` is cold over asked. Another kind of question is added
to `KINDS` in one line.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.rows import write_rows
from benchmarks.what_if import to_problem
from optimiser.alternatives import alternatives, margin_of_saving
from optimiser.changes import Change
from optimiser.frontier import axis_of, frontier
from optimiser.prices import Asking, prices
from optimiser.problem import do_minimum
from optimiser.reasons import reasons
from optimiser.solve import NoPlan, OutOfTime, Settings, solve
from sendplaces.posed import example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from optimiser.problem import Problem
    from optimiser.solve import Answer

MARGIN_SHARE, ALTERNATIVES = 0.03, 5
"""Alternatives: plans within this share of the saving that is proven, and how many."""


@dataclass(frozen=True)
class Row:
    """One answer."""

    instance: str
    kind: str
    question: str
    low_gbp: float
    high_gbp: float
    width_gbp: float
    seconds: float
    cold_seconds: float
    ratio: float


@dataclass(frozen=True)
class Held:
    """A case and its plan, and how questions are to be asked of it."""

    name: str
    problem: Problem
    answer: Answer
    settings: Settings
    seconds: float
    cold: bool


def row(
    held: Held, kind: str, question: str, low: float, high: float, spent: float, cold: float
) -> Row:
    """Return a row of the table."""
    ratio = cold / max(spent, 1e-3)
    return Row(held.name, kind, question, low, high, high - low, spent, cold, ratio)


def cold_seconds(held: Held, change: Change, gap: float) -> float:
    """Return the processor seconds of a solve from scratch; nan where it is left out."""
    if not held.cold:
        return math.nan
    reached = float(np.clip(gap, held.settings.gap, 1.0))
    limit = replace(held.settings, gap=reached, time_limit_seconds=120.0)
    started = time.process_time()
    with contextlib.suppress(NoPlan, OutOfTime):
        solve(change.applied(held.problem), limit)
    return time.process_time() - started


def ask_reasons(held: Held) -> Iterator[Row]:
    """Ask why each option is in the plan or not."""
    started = time.process_time()
    found = reasons(held.problem, held.answer, held.settings, seconds=held.seconds)
    spent = time.process_time() - started
    asked = [one for one in found.reasons if one.asked is not None]
    walls = sum(one.asked.seconds for one in asked if one.asked) + sum(
        one.later.seconds for one in asked if one.later
    )
    share = spent / max(walls, 1e-3)
    for one in asked:
        if one.asked is None:
            continue
        change = one.asked.change
        name = one.option
        if not one.chosen and one.asked.decided is not None:  # from scratch, in the year it found
            o = held.problem.options["option"].tolist().index(name)
            year = held.problem.years[int(np.argmax(one.asked.decided["open"][o]))]
            change = Change(open_by={name: year}, shut_before={name: year})
        cold = cold_seconds(held, change, one.asked.proof.gap)
        question = f"{name} {'left out' if one.chosen else 'forced in'}"
        cost = one.asked.cost
        yield row(held, "reason", question, cost.low, cost.high, one.asked.seconds * share, cold)
    for one in asked:
        if one.later is not None and one.year is not None:
            change = one.later.change
            cold = cold_seconds(held, change, one.later.proof.gap)
            cost, said = one.later.cost, f"{one.option} a year later"
            yield row(held, "later", said, cost.low, cost.high, one.later.seconds * share, cold)


def ask_prices(held: Held) -> Iterator[Row]:
    """Price one more place of every need and phase, where it is open, in the first year."""
    started = time.process_time()
    asking = Asking(held.problem, held.answer, held.settings)
    cold = time.process_time() - started
    started = time.process_time()
    found = prices(asking, years=held.problem.years[:1], seconds=held.seconds - cold)
    spent = (time.process_time() - started) / max(1, len(found.prices))
    best: dict[tuple[str, str], float] = {}
    for one in found.prices:
        if one.more is not None:
            pair = one.need, one.phase
            best[pair] = max(best.get(pair, 0.0), one.more.total_gbp)
    print(
        f"{len(found.prices)} places, of which {len(best)} needs and phases; "
        f"{found.solved} placements worked out after {cold:.1f} s to place all the children"
    )
    for (need, phase), worth in sorted(best.items()):
        yield row(held, "price", f"one more place, {need} {phase}", worth, worth, spent, cold)


def ask_alternatives(held: Held) -> Iterator[Row]:
    """Find five plans within a margin, and what each option costs treated otherwise."""
    minimum = solve(do_minimum(held.problem), held.settings)
    margin = margin_of_saving(held.answer.proof, minimum.proof, MARGIN_SHARE)
    started = time.process_time()
    found = alternatives(
        held.problem,
        held.answer,
        held.settings,
        margin_gbp=margin,
        count=ALTERNATIVES,
        seconds=held.seconds,
    )
    spent = (time.process_time() - started) / max(1, len(found.positions))
    best = found.plans[0].proof
    for i, one in enumerate(found.plans):
        sure = "proven" if one.furthest else f"at most {one.most_apart}"
        print(
            f"plan {i}: £{one.proof.cost_gbp - best.cost_gbp:,.0f} dearer, {one.apart_from_best} "
            f"options other than the best's, {one.apart} apart ({sure})"
        )
    print(f"margin £{margin:,.0f}; {found.placed} sets of openings placed")
    names = held.problem.options["option"].to_numpy(str)
    for place in found.positions:
        low = place.other_way_bound_gbp - best.cost_gbp
        high = place.other_way_cost_gbp - best.bound_gbp
        name, o = str(names[place.option]), place.option
        change = Change(shut_before={name: None})
        if found.plans[0].opened[o, -1] < 0.5:
            year = held.problem.years[int(held.problem.opens_first[o])]
            change = Change(open_by={name: year}, shut_before={name: year})
        cold = cold_seconds(held, change, held.settings.gap)
        said = f"{name} otherwise: {place.standing}"
        yield row(held, "alternatives", said, low, high, spent, cold)


def ask_frontier(held: Held) -> Iterator[Row]:
    """Trace the saving against capital, in ten points."""
    minimum = solve(do_minimum(held.problem), held.settings)
    started = time.process_time()
    axis = axis_of(held.problem, "capital")
    found = frontier(held.problem, held.answer, minimum, held.settings, axis, seconds=held.seconds)
    spent = (time.process_time() - started) / max(1, len(found.points))
    print(f"{len(found.points)} points, {found.placed} sets of openings placed, knee {found.knee}")
    for one in found.points:
        low, high = one.saving_gbp
        change = Change(capital_budget_gbp=one.value + 0.01)
        cold = cold_seconds(held, change, one.proof.gap)
        yield row(held, "frontier", f"capital £{one.value:,.0f}", low, high, spent, cold)


KINDS: dict[str, Callable[[Held], Iterator[Row]]] = {
    "reasons": ask_reasons,
    "prices": ask_prices,
    "alternatives": ask_alternatives,
    "frontier": ask_frontier,
}
"""Each kind of question: given what is held, its answers as rows."""

HEADING = (
    f"{'question':<44} {'low £':>12} {'high £':>12} {'width £':>10} {'seconds':>8} {'cold s':>7} "
    f"{'ratio':>6}"
)


def line(one: Row) -> str:
    """Return a row as text to read."""
    return (
        f"{one.question:<44.44} {one.low_gbp:>12,.0f} {one.high_gbp:>12,.0f} "
        f"{one.width_gbp:>10,.0f} {one.seconds:>8.2f} {one.cold_seconds:>7.1f} {one.ratio:>6.1f}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Plan a case, ask every kind of question within the time, and print what it bought."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questions", description=__doc__)
    parser.add_argument("case", type=Path, nargs="?", metavar="CASE")
    parser.add_argument("--seconds", type=float, default=600.0, help="for all questions together")
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--only", nargs="*", choices=list(KINDS), help="kinds of question")
    parser.add_argument("--no-cold", action="store_true", help="leave out solves from scratch")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the rows here too")
    chosen = parser.parse_args(arguments)
    folder = chosen.case or example()
    settings = Settings(chosen.gap, chosen.seconds, threads=chosen.threads)
    problem = to_problem(folder)
    started = time.monotonic()
    answer = solve(problem, settings)
    print(
        f"{folder.name}: planned in {time.monotonic() - started:.1f} s to {answer.proof.gap:.3%}, "
        f"£{answer.proof.cost_gbp - answer.proof.bound_gbp:,.0f} of £{answer.proof.cost_gbp:,.0f}",
        flush=True,
    )
    kinds = chosen.only or list(KINDS)
    share = chosen.seconds / len(kinds)
    rows: list[Row] = []
    for kind in kinds:
        print(f"\n{kind}, {share:.0f} s\n{HEADING}")
        held = Held(folder.name, problem, answer, settings, share, not chosen.no_cold)
        here = []
        for one in KINDS[kind](held):
            here.append(one)
            print(line(one), flush=True)
        if here:
            widths = [one.width_gbp for one in here if math.isfinite(one.width_gbp)]
            middle = float(np.median(widths)) if widths else math.nan
            ratio = float(np.median([one.ratio for one in here]))
            spent = sum(one.seconds for one in here)
            print(
                f"{len(here)} answers in {spent:.0f} s of the processor; width £{middle:,.0f} in "
                f"the middle; ratio to cold solves {ratio:.1f} in the middle"
            )
        rows += here
    write_rows(rows, chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
