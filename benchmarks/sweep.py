"""Many made-up authorities planned in one command: on one worker, on two, on paper on more.

``python -m benchmarks.sweep --authorities 150 --workers 1,2 [--out DIR] [--json FILE]``

Authorities are of mixed sizes with a zone for each middle-layer area: England's 152 have 45 each on
average, from a handful to 180 (Census 2021: 6,856 in all). The same cases are planned once for each
number of workers, and the plans are held against each other: they must not differ.

The projection shares out the seconds that the plans took, longest first, among so many workers: it
knows nothing of a network, nor of workers that slow each other down, and says so.
"""

from __future__ import annotations

import argparse
import heapq
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.made_up import Size, write
from benchmarks.rows import write_rows
from optimiser.solve import Settings
from sendplaces.sweep import pieces_of, run_sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

MEAN_ZONES, SPREAD = 45.0, 0.7
"""Middle-layer areas an authority, and the standard deviation of their log."""
FEWEST, MOST = 12, 180
PROVISIONS_A_ZONE, SITES_A_ZONE = 0.2, 0.12
PROJECTED = (2, 4, 8, 16, 32, 64)
SAME = ("plan", "ended", "cost_gbp", "bound_gbp", "placed", "options_opened", "plan_run_id")


@dataclass(frozen=True)
class Row:
    """One number of workers: seconds of the clock, of the plans, and the ratio to one worker."""

    workers: int
    how: str
    authorities: int
    planned: int
    proven: int
    seconds: float
    seconds_of_plans: float
    speed_up: float
    same_plans: bool | None


def sizes(count: int, seed: int) -> list[Size]:
    """Return the sizes of so many authorities."""
    luck = np.random.default_rng(seed)
    zones = np.exp(luck.normal(np.log(MEAN_ZONES) - SPREAD**2 / 2, SPREAD, count))
    return [
        Size(
            zones=int(n),
            provisions=max(8, round(PROVISIONS_A_ZONE * n)),
            sites=max(3, round(SITES_A_ZONE * n)),
            years=5,
            across_km=float(3.2 * np.sqrt(n)),
            children_a_cell=0.75 * 4,
        )
        for n in np.clip(zones, FEWEST, MOST).round()
    ]


def shared_out(seconds: Sequence[float], workers: int) -> float:
    """Return when the last worker is done, each taking the longest plan that is left."""
    ends = [0.0] * workers
    for one in sorted(seconds, reverse=True):
        heapq.heappush(ends, heapq.heappop(ends) + one)
    return max(ends)


def measure(
    cases: Sequence[Path], out: Path, workers: Sequence[int], settings: Settings
) -> list[Row]:
    """Return a row for each number of workers measured, and for each projected."""
    rows: list[Row] = []
    first: list[dict[str, Any]] = []
    for count in workers:
        told = run_sweep(pieces_of(cases, (), ()), out / str(count), settings, workers=count)
        plans = [{name: row[name] for name in SAME} for row in told["rows"]]
        first = first or told["rows"]
        same = plans == [{name: row[name] for name in SAME} for row in first]
        base = rows[0].seconds if rows else told["seconds"]
        rows.append(
            Row(
                count, "measured", len(cases), told["planned"], told["proven"],
                told["seconds"], told["seconds_of_plans"],
                base / told["seconds"], None if len(rows) == 0 else same,
            )
        )  # fmt: skip
        print(line(rows[-1]), flush=True)
    seconds = [row["seconds"] for row in first]
    for count in PROJECTED:
        ends = shared_out(seconds, count)
        spent = sum(seconds)
        rows.append(
            Row(count, "on paper", len(cases), len(cases), 0, ends, spent, spent / ends, None)
        )
        print(line(rows[-1]), flush=True)
    return rows


HEADING = (
    f"{'workers':>7} {'how':<9} {'authorities':>11} {'planned':>8} {'proven':>7} {'seconds':>9} "
    f"{'of plans':>9} {'speed-up':>8}  same plans"
)


def line(row: Row) -> str:
    """Return a row as text to read."""
    same = {None: "", True: "yes", False: "NO"}[row.same_plans]
    counted = f"{row.planned:>8}" + (f" {row.proven:>7}" if row.how == "measured" else " " * 8)
    return (
        f"{row.workers:>7} {row.how:<9} {row.authorities:>11}{counted} {row.seconds:>9.1f} "
        f"{row.seconds_of_plans:>9.1f} {row.speed_up:>8.2f}  {same}"
    ).rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; return the exit code: 1 where workers found other plans than one process."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.sweep",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--authorities", type=int, default=150)
    parser.add_argument("--workers", default="1,2", help="numbers of workers, with commas")
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="keep the cases and runs here")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    chosen = parser.parse_args(arguments)
    workers = [int(one) for one in chosen.workers.split(",")]
    with tempfile.TemporaryDirectory() as spare:
        out = chosen.out or Path(spare)
        cases = [
            write(
                f"authority{i:03d}", out / "cases" / f"authority{i:03d}", chosen.seed + i, (size,)
            )
            for i, size in enumerate(sizes(chosen.authorities, chosen.seed))
        ]
        print(HEADING)
        rows = measure(cases, out, workers, Settings(gap=chosen.gap, threads=1))
        write_rows(rows, chosen.json)
    if any(row.same_plans is False for row in rows):
        print("workers found other plans than the first did", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
