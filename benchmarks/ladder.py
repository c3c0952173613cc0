"""The same problem by the product and by what an analyst would write instead, side by side.

``python -m benchmarks.ladder [--sizes small unitary ...] [--methods product cbc ...]
[--seconds 300] [--gigabytes 6] [--gap 0.0001] [--clock cpu] [--seed N] [--json FILE]``

Rungs: ``small`` is the embedded example, the others are made up (``benchmarks.made_up``); the
region is the product's alone. Every method poses the same core (``benchmarks.core``) and runs by
itself, in turn, in a process of its own, on one thread, within the same seconds and memory; what
does not finish prints DNF. Caps are of wall time; what is printed is processor time of the process
and those it started, so that other work on the machine counts for little (``--clock wall`` prints
the other). Seconds run from the numbers in memory to the first plan within 5 % of
cost, 1 % of the saving and 0.1 % of cost **of the best bound that any method proved in that run**.
The saving is the do-minimum's cost less the best plan of the run. ``near best`` is the seconds to a
plan within 1 % of the saving of the best *plan*, for rungs where no bound comes that close. The
ratio is seconds to 1 % of the saving over the product's; with ``>`` where a method never got there.
"""

from __future__ import annotations

import argparse
import math
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.core import core
from benchmarks.ladder_methods import METHODS, RETURNED
from benchmarks.made_up import AUTHORITIES, SEED, write
from benchmarks.published import instances
from benchmarks.rows import write_rows
from benchmarks.trail import CPU, WALL, Trail, read_trail
from inputs.read import read_case
from inputs.scenario import read_scenario
from optimiser.pose import pose
from optimiser.problem import do_minimum
from sendplaces.posed import example, journeys
from sendplaces.runs import Silence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.published import Instance
    from optimiser.problem import Problem

SMALL = "small"
SIZES = (SMALL, *AUTHORITIES)
PRODUCT_ALONE = ("region",)
USUAL = ("product", "cbc", "highs", "pyomo", "scip")
NEAR, SAVING_SHARE, COST_SHARE = 0.05, 0.01, 0.001
GRACE_SECONDS = 20.0
"""Time beyond the cap for a solver that was told to stop, before it is stopped from outside."""
DNF = "DNF"
PROVEN, OUT_OF_TIME = "proven", f"{DNF}: time"


@dataclass(frozen=True)
class Row:
    """One line of the table: a method on an instance; None where it did not get there.

    Parameters
    ----------
    within_5_percent, within_1_percent_of_saving, within_tenth_percent
        Seconds to a plan so near the best bound of the run.
    near_best
        Seconds to a plan within 1 % of the saving of the best plan of the run.
    saving_gbp
        Do-minimum less the best plan of the run; None for a published file, which has neither.
    seconds
        Until it returned.
    proven
        Whether its own bound and plan are within the gap asked.
    ratio, ratio_at_least
        Seconds to 1 % of the saving, to the product's; whether the method had not got there when
        its time was up, so that the ratio is of all the time it had.
    """

    instance: str
    method: str
    variables: int | None
    rows: int | None
    build_seconds: float | None
    within_5_percent: float | None
    within_1_percent_of_saving: float | None
    within_tenth_percent: float | None
    near_best: float | None
    objective: float | None
    bound: float | None
    gap: float | None
    seconds: float | None
    proven: bool
    peak_gib: float | None
    ratio: float | None
    ratio_at_least: bool
    saving_gbp: float | None
    ended: str


def posed(size: str, seed: int = SEED) -> Problem:
    """Return the core of a rung's problem, read and posed as the product does any case."""
    with tempfile.TemporaryDirectory() as folder:
        case = read_case(example() if size == SMALL else write(size, Path(folder), seed))
    scenario = read_scenario(case.scenario, case.price_year)
    travel = journeys(replace(case, network=None), scenario, None, None, Silence())
    return core(pose(case, travel.journeys, scenario))


@dataclass(frozen=True)
class Caps:
    """What each method may take (wall seconds, address space), the gap, and the clock to read."""

    seconds: float
    gigabytes: float
    gap: float
    clock: str = CPU


def in_own_process(method: str, problem: Path, caps: Caps, scale_gbp: float) -> Trail:
    """Run a method on a problem in a file, and return what it found and when.

    It is stopped from outside where it goes on for too long beyond its cap.
    """
    events = problem.with_name(f"{problem.name}.{method}.events")
    events.unlink(missing_ok=True)
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    command = [sys.executable, "-m", "benchmarks.ladder_methods", method, str(problem), str(events)]
    command += ["--seconds", str(caps.seconds), "--gigabytes", str(caps.gigabytes)]
    command += ["--gap", str(caps.gap), "--scale", str(scale_gbp)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | dict.fromkeys(threads, "1"),
        start_new_session=True,  # so that it and what it started can be stopped together
    )
    how = None
    try:
        _, complaint = process.communicate(timeout=caps.seconds + GRACE_SECONDS + _reading(problem))
        if process.returncode:
            how = _why(process.returncode, complaint.decode(errors="replace"))
    except subprocess.TimeoutExpired:
        how = "stopped"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    trail = read_trail(events, caps.clock)
    return replace(trail, how=how) if how and trail.how is None else trail


def _reading(problem: Path) -> float:
    """Return seconds allowed for what comes before the clock: imports, reading, making dicts."""
    return 10.0 + problem.stat().st_size / 5e6


def _why(code: int, complaint: str) -> str:
    last = complaint.strip().splitlines()[-1:] or [""]
    if "bad_alloc" in complaint or "MemoryError" in complaint or "Memory" in last[0]:
        return "memory"
    return f"failed ({code}): {last[0][:60]}"


def rung(size: str, problem: Problem, methods: Sequence[str], caps: Caps) -> list[Row]:
    """Return a row for each method on one problem."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem"
        path.write_bytes(pickle.dumps(do_minimum(problem)))
        nothing = in_own_process("product", path, caps, 1.0)
        print(
            f"{size}: {len(problem.cells):,} cells, {len(problem.provisions)} provisions, "
            f"{len(problem.options)} options, {problem.horizon} years; do-minimum "
            f"£{nothing.cost / 1e6:,.3f}m (bound £{nothing.bound / 1e6:,.3f}m)",
            flush=True,
        )
        path.write_bytes(pickle.dumps(problem))
        trails = {}
        for method in methods:
            trails[method] = in_own_process(method, path, caps, nothing.cost)
            print(f"  {METHODS[method].name}: {_told(trails[method], caps)}", flush=True)
    return judged(size, trails, nothing.cost, caps)


def published_rung(instance: Instance, methods: Sequence[str], caps: Caps) -> list[Row]:
    """Return a row for each method on a facility-location file, on the strong formulation."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "instance"
        path.write_bytes(pickle.dumps(instance))
        trails = {}
        scale = float(instance.fixed.sum())
        for method in methods:
            trails[method] = in_own_process(method, path, caps, scale)
            told = _told(trails[method], caps)
            print(f"  {instance.name} {METHODS[method].name}: {told}", flush=True)
    return judged(instance.name, trails, None, caps)


def _told(trail: Trail, caps: Caps) -> str:
    if trail.how == "not installed":
        return "skipped: it is not installed (pip install '.[benchmarks]')"
    if not math.isfinite(trail.cost):
        return f"no plan ({ended(trail, caps)})"
    return f"£{trail.cost / 1e6:,.4f}m, bound £{trail.bound / 1e6:,.4f}m ({ended(trail, caps)})"


def proven(trail: Trail, caps: Caps) -> bool:
    """Return whether a method's own bound and plan are within the gap asked."""
    if not math.isfinite(trail.cost):
        return False
    # a hair for the rounding of what solvers print, and for a gap on another scale
    return trail.cost - trail.bound <= (caps.gap * 1.05 + 1e-9) * abs(trail.cost)


def ended(trail: Trail, caps: Caps) -> str:
    """Return how a method ended: ``proven``, or why not, as DNF."""
    if proven(trail, caps):
        return PROVEN
    if trail.how in {None, RETURNED, "stopped"}:
        return OUT_OF_TIME
    return trail.how if trail.how == "not installed" else f"{DNF}: {trail.how}"


def judged(
    instance: str, trails: dict[str, Trail], do_minimum_gbp: float | None, caps: Caps
) -> list[Row]:
    """Return a row for each method, judged by the best bound and plan of them all."""
    bound = max(trail.bound for trail in trails.values())
    best = min(trail.cost for trail in trails.values())
    saving = math.nan if do_minimum_gbp is None else do_minimum_gbp - best
    targets = {
        "within_5_percent": bound + NEAR * abs(best),
        "within_1_percent_of_saving": bound + SAVING_SHARE * saving,
        "within_tenth_percent": bound + COST_SHARE * abs(best),
        "near_best": best + SAVING_SHARE * saving,
    }
    # a published file has nothing to save from
    main = "within_tenth_percent" if do_minimum_gbp is None else "within_1_percent_of_saving"
    reached = {
        method: {
            name: trail.seconds_to(cost) if math.isfinite(cost) else None
            for name, cost in targets.items()
        }
        for method, trail in trails.items()
    }
    ours = reached.get("product", {}).get(main)
    rows: list[Row] = []
    for method, trail in trails.items():
        theirs = reached[method][main]
        ratio = None
        if ours is not None and (theirs is not None or ended(trail, caps) in {PROVEN, OUT_OF_TIME}):
            spent = caps.seconds if trail.seconds is None else trail.seconds
            ratio = (spent if theirs is None else theirs) / max(ours, 1e-3)
        has_plan, has_bound = math.isfinite(trail.cost), math.isfinite(trail.bound)
        rows.append(
            Row(
                instance,
                METHODS[method].name,
                variables=trail.variables,
                rows=trail.rows,
                build_seconds=trail.build_seconds,
                objective=trail.cost if has_plan else None,
                bound=trail.bound if has_bound else None,
                gap=(trail.cost - trail.bound) / abs(trail.cost) if has_plan else None,
                seconds=trail.seconds,
                proven=proven(trail, caps),
                peak_gib=trail.peak_gib,
                ratio=ratio,
                ratio_at_least=theirs is None,
                saving_gbp=saving if math.isfinite(saving) else None,
                ended=ended(trail, caps),
                **reached[method],
            )
        )
    return rows


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text to read."""
    lines = [
        f"{'instance':<9} {'method':<20} {'variables':>9} {'rows':>9} {'build':>6} {'to 5 %':>7} "
        f"{'1% saving':>9} {'0.1 %':>7} {'near best':>9} {'plan, £m':>12} {'bound, £m':>12} "
        f"{'gap':>8} {'seconds':>7} {'GiB':>5} {'ratio':>7}  ended"
    ]
    for row in rows:
        unsaved = "-" if row.saving_gbp is None else DNF
        told = [
            f"{row.instance:<9}",
            f"{row.method:<20}",
            _number(row.variables, 9, ",", "-"),
            _number(row.rows, 9, ",", "-"),
            _number(row.build_seconds, 6, ".1f", "-"),
            _number(row.within_5_percent, 7, ".1f"),
            _number(row.within_1_percent_of_saving, 9, ".1f", unsaved),
            _number(row.within_tenth_percent, 7, ".1f"),
            _number(row.near_best, 9, ".1f", unsaved),
            _number(None if row.objective is None else row.objective / 1e6, 12, ",.4f", "none"),
            _number(None if row.bound is None else row.bound / 1e6, 12, ",.4f", "none"),
            _number(row.gap, 8, ".2%", "-"),
            _number(row.seconds if row.proven else None, 7, ".1f"),
            _number(row.peak_gib, 5, ".2f", "-"),
            (
                ""
                if row.ratio is None
                else (">" if row.ratio_at_least else "") + f"{row.ratio:.1f}"
            ).rjust(7),
        ]
        lines.append(" ".join(told) + f"  {row.ended}")
    return "\n".join(lines)


def _number(value: float | None, width: int, form: str, absent: str = DNF) -> str:
    return (absent if value is None else format(value, form)).rjust(width)


def main(arguments: Sequence[str] | None = None) -> int:
    """Climb the ladder; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ladder",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--sizes", "--size", nargs="+", choices=SIZES, help="small unitary")
    parser.add_argument("--methods", nargs="+", choices=tuple(METHODS), default=list(USUAL))
    parser.add_argument("--seconds", type=float, default=300.0, help="for each method")
    parser.add_argument("--gigabytes", type=float, default=6.0, help="for each method")
    parser.add_argument("--gap", type=float, default=1e-4, help="of cost, at which all stop")
    parser.add_argument("--clock", choices=(CPU, WALL), default=CPU, help="seconds to print")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--published", type=Path, metavar="DIR", help="OR-Library files instead")
    parser.add_argument("--only", nargs="+", default=["capa", "capb"], help="names start so")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    chosen = parser.parse_args(arguments)
    caps = Caps(chosen.seconds, chosen.gigabytes, chosen.gap, chosen.clock)
    rows: list[Row] = []
    if chosen.published:
        usual = [method for method in chosen.methods if not method.endswith("-strong")]
        try:
            for instance, _ in instances(chosen.published):
                if instance.name.startswith(tuple(chosen.only)):
                    rows += published_rung(instance, usual, caps)
        except (OSError, ValueError) as error:
            print(error, file=sys.stderr)
            return 3
    for size in chosen.sizes or ([] if chosen.published else ["small", "unitary"]):
        methods = ["product"] if size in PRODUCT_ALONE else chosen.methods
        rows += rung(size, posed(size, chosen.seed), methods, caps)
        write_rows(rows, chosen.json)  # a later rung may take long, or be stopped
        print(table(rows[-len(methods) :]) + "\n", flush=True)
    print(table(rows))
    print(
        f"\nOne thread each, in turn; {caps.seconds:g} s of wall time and {caps.gigabytes:g} GiB "
        f"each; all stop at a gap of {caps.gap:g}. Seconds are {caps.clock} time from the numbers "
        "in memory.\n"
        "'seconds' is to a proof at that gap. 'to 5 %', '1% saving' and '0.1 %' are against the "
        "best bound of the run,\n'near best' against its best plan. Ratio: seconds to 1 % of the "
        "saving, to the product's; '>' where it never came."
    )
    write_rows(rows, chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
