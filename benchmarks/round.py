"""How long a placement round takes, and how one year of a plan agrees with PuLP.

``python -m benchmarks.round [--sizes 143x60,2000x200] [--solvers highs,cbc] [--json FILE]``
``python -m benchmarks.round --plan [RUN] [--gap 0.01] [--json FILE]``

The first times made-up rounds of those sizes, stage by stage: posing, the arrangement by its steps,
the evidence (what blocks each child, what one place more is worth at each full provision), and the
check of it all. CBC is timed on the arrangement alone, as each of its steps starts a program of its
own.

The second plans the made-up authority, or takes a run folder of it, and for each year costs and
bounds that year's placements from the published tables (`optimiser.round.one_year`): ``apart_gbp``
is by how much the two accounts of the same placements differ, ``above_bound`` how far the year
lies above the least that placing the same children could cost.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from benchmarks.made_round import make_round
from benchmarks.rows import write_rows
from inputs.read import read_case
from inputs.scenario import read_scenario, resolve
from optimiser.round.arrange import arrange
from optimiser.round.check import check_round
from optimiser.round.one_year import one_year
from optimiser.round.pose import pose_round
from optimiser.round.relax import evidence
from optimiser.round.solver import SolverName, solver
from optimiser.round.tables import round_tables
from optimiser.solve import Settings
from sendplaces.pipeline import run_plan
from sendplaces.posed import example, journeys
from sendplaces.runs import Silence

if TYPE_CHECKING:
    from collections.abc import Sequence

PRICES_OF = date(2026, 9, 1)


@dataclass(frozen=True)
class Row:
    """One made-up round and solver: its size, what it found, and wall seconds by stage."""

    instance: str
    method: str
    arcs: int
    with_place: int
    full_provisions: int
    pose_seconds: float
    arrange_seconds: float
    evidence_seconds: float
    check_seconds: float
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True)
class Year:
    """One year of a plan beside PuLP's account of it."""

    instance: str
    year: int
    children: float
    objective: float
    placed_gbp: float
    bound_gbp: float
    apart_gbp: float
    above_bound: float


def timed(children: int, provisions: int, name: SolverName, seed: int = 0) -> Row:
    """Return the time of one made-up round."""
    made = make_round(children, provisions, seed)
    policy = resolve({}, PRICES_OF)
    began, cpu = time.perf_counter(), time.process_time()
    problem = pose_round(made.case, made.tables, made.travel, policy)
    posed = time.perf_counter()
    arrangement = arrange(problem, name)
    arranged = time.perf_counter()
    full, known, checked = 0, arranged, arranged
    if name is SolverName.HIGHS:
        found = evidence(problem, arrangement, lambda: solver(name))
        full = len(found.one_more)
        known = time.perf_counter()
        told = round_tables(problem, arrangement, found)
        check_round(made.case, made.tables, made.travel, policy, told)
        checked = time.perf_counter()
    return Row(
        instance=f"{children} x {provisions}",
        method=f"PuLP + {name}",
        arcs=len(problem.arcs),
        with_place=int((arrangement.pool_of >= 0).sum()),
        full_provisions=full,
        pose_seconds=posed - began,
        arrange_seconds=arranged - posed,
        evidence_seconds=known - arranged,
        check_seconds=checked - known,
        seconds=checked - began,
        cpu_seconds=time.process_time() - cpu,
    )


def agreement(run: Path | None, gap: float) -> list[Year]:
    """Return each year of a plan of the made-up authority, costed and bounded."""
    if run is None:
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "plan"
            run_plan(example(), made, settings=Settings(gap=gap))
            return agreement(made, gap)
    tables = {path.stem: pd.read_csv(path) for path in (run / "tables").glob("*.csv")}
    case = read_case(example())
    scenario = read_scenario(case.scenario, case.price_year)
    travel = journeys(case, scenario, None, None, Silence()).journeys
    rows = []
    for year in case.years:
        found = one_year(tables, case, travel, scenario, year)
        rows.append(
            Year(
                instance=case.name,
                year=year,
                children=found.children,
                objective=found.told_gbp,
                placed_gbp=found.placed_gbp,
                bound_gbp=found.bound_gbp,
                apart_gbp=found.apart_gbp,
                above_bound=found.above_bound,
            )
        )
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the rows as a table; with --json, write them too."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.round", description=__doc__)
    parser.add_argument("--sizes", default="143x60,2000x200", help="children x provisions, ...")
    parser.add_argument("--solvers", default="highs,cbc", help="highs, cbc or both")
    parser.add_argument(
        "--plan", nargs="?", const="", help="the agreement with a plan (run folder)"
    )
    parser.add_argument("--gap", type=float, default=0.01, help="gap of the plan made for --plan")
    parser.add_argument("--json", type=Path, help="file to write the rows to")
    chosen = parser.parse_args(arguments)
    rows: list[Row] | list[Year]
    if chosen.plan is not None:
        rows = agreement(Path(chosen.plan) if chosen.plan else None, chosen.gap)
    else:
        sizes = [tuple(map(int, one.split("x"))) for one in chosen.sizes.split(",")]
        names = [SolverName(one) for one in chosen.solvers.split(",")]
        rows = [timed(n, m, name) for n, m in sizes for name in names]
    frame = pd.DataFrame([asdict(row) for row in rows])
    print(frame.to_string(index=False, float_format=lambda value: f"{value:,.3f}"))
    write_rows(rows, chosen.json)


if __name__ == "__main__":
    main()
