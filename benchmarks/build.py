"""Building the plan model and handing it to HiGHS: the product beside textbook Pyomo.

``python -m benchmarks.build [--placements 1000000] [--json FILE]``

A made-up authority of 8 needs, 4 phases, 5 years and 60 provisions, 20 of which open only through
options, has as many zones as give the placement variables asked for. Both methods start from the
same posed problem, each in a process of its own, on one thread: the clock runs from the problem
(the textbook's: its dicts) until HiGHS holds the model. Peak memory is of the whole process.
The textbook (``benchmarks.textbook``) uses rules called row by row, and appsi to hand over.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.rows import write_rows
from benchmarks.tables import make_case
from inputs.scenario import resolve
from inputs.vocabulary import Need, Phase, ProvisionClass
from optimiser.pose import pose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimiser.problem import Problem

SEED = 20_260_901
FIRST_YEAR, YEARS = 2026, 5
NEEDS = (Need.ASD, Need.SEMH, Need.SLCN, Need.MLD, Need.SLD, Need.PMLD, Need.PD, Need.SPLD)
PHASES = tuple(Phase)
PROVISIONS, ONLY_OPTIONS, TAUGHT_SHARE = 60, 20, 0.4
PRODUCT, TEXTBOOK = "sendplaces", "textbook Pyomo + appsi_highs"


@dataclass(frozen=True)
class Row:
    """One line of the table: a method on an instance; the ratio is to the product's seconds."""

    instance: str
    method: str
    placements: int
    columns: int
    rows: int
    nonzeros: int
    build_seconds: float
    hand_over_seconds: float
    seconds: float
    ratio: float
    peak_gib: float
    start_gib: float


def generate(placements: int, seed: int = SEED) -> Problem:
    """Return a made-up authority with at least so many placement variables.

    Every provision teaches a random share of the needs and phases; every zone is within reach of
    every provision; a third of the provisions open only through one of two options.

    Parameters
    ----------
    placements
        (cell, provision, year) triples wanted.
    seed
        Seed of everything random.
    """
    rng = np.random.default_rng(seed)
    pairs = list(product(NEEDS, PHASES))
    provisions = [f"school_{p:02d}" for p in range(PROVISIONS)]
    teaches = rng.random((PROVISIONS, len(pairs))) < TAUGHT_SHARE
    first_open = PROVISIONS - ONLY_OPTIONS
    teaches[0] = True
    zones = [f"zone_{z:04d}" for z in range(math.ceil(placements / YEARS / teaches.sum()))]
    p_now, h_now = np.nonzero(teaches[:first_open])
    p_new, h_new = np.nonzero(teaches[first_open:])
    places = np.where(np.arange(PROVISIONS) < first_open, 100.0, 0.0)
    options = [f"{provisions[p]}_{size}" for p in range(first_open, PROVISIONS) for size in "ab"]
    at = [provisions[p] for p in range(first_open, PROVISIONS) for _ in "ab"]
    cells = list(product(zones, pairs, range(YEARS)))
    topup = np.round(rng.uniform(8_000, 30_000, (PROVISIONS, len(pairs))))
    taught = [(provisions[p], *pairs[i], topup[p, i]) for p, i in zip(p_now, h_now, strict=True)]
    through = [
        (options[2 * p + k], *pairs[i], topup[first_open + p, i])
        for p, i in zip(p_new, h_new, strict=True)
        for k in range(2)
    ]
    case = make_case(
        "build",
        FIRST_YEAR,
        YEARS,
        {
            "zones": {"zone": zones},
            "provisions": {
                "provision": provisions,
                "name": provisions,
                "class": [ProvisionClass.SPECIAL_SCHOOL] * PROVISIONS,
                "places": places.tolist(),
            },
            "teaches": dict(
                zip(
                    ("provision", "need", "phase", "annual_cost_gbp"),
                    map(list, zip(*taught, strict=True)),
                    strict=True,
                )
            ),
            # a child in every open school, so that a vehicle runs there whatever is decided
            "placed": {
                "provision": [key[0] for key in taught],
                "need": [key[1] for key in taught],
                "phase": [key[2] for key in taught],
                "children": [1.0] * len(taught),
            },
            "entrants": {
                "zone": [zone for zone, _, _ in cells],
                "need": [need for _, (need, _), _ in cells],
                "phase": [phase for _, (_, phase), _ in cells],
                "year": [FIRST_YEAR + t for *_, t in cells],
                "children": rng.uniform(0.1, 1.0, len(cells)).round(3).tolist(),
            },
            "options": {
                "option": options,
                "provision": at,
                "places": [60.0, 120.0] * ONLY_OPTIONS,
                "capital_gbp": [4e6, 7e6] * ONLY_OPTIONS,
            },
            "option_teaches": dict(
                zip(
                    ("option", "need", "phase", "annual_cost_gbp"),
                    map(list, zip(*through, strict=True)),
                    strict=True,
                )
            ),
        },
    )
    travel = pd.DataFrame(
        {
            "zone": np.repeat(zones, PROVISIONS),
            "provision": np.tile(provisions, len(zones)),
            "minutes": rng.uniform(5, 25, len(zones) * PROVISIONS),
            "miles": rng.uniform(1, 12, len(zones) * PROVISIONS),
        }
    )
    stated = {"stay_on": 0.0, "goes_to_inmss": 0.0, "transport_fixed_per_run_gbp": 0.0}
    return pose(case, travel, resolve(stated, date(FIRST_YEAR, 9, 1)))


def build_product(problem: Problem) -> tuple[Any, float, float]:
    """Return HiGHS holding the product's model, and seconds to build and to hand over."""
    from optimiser.model import build
    from optimiser.solve import Settings, compile_model, hand_over

    started = time.process_time()
    built = build(problem)
    middle = time.process_time()
    solver = hand_over(compile_model(built.model), Settings(threads=1))
    return solver, middle - started, time.process_time() - middle


def build_textbook(problem: Problem) -> tuple[Any, float, float]:
    """Return HiGHS holding the textbook's model, and seconds to build and to hand over."""
    from pyomo.contrib.appsi.solvers import Highs

    from benchmarks.textbook import data, model

    ready = data(problem)
    del problem
    started = time.process_time()
    made = model(ready)
    middle = time.process_time()
    solver = Highs()
    solver.highs_options["threads"] = 1
    solver.set_instance(made)
    return solver._solver_model, middle - started, time.process_time() - middle  # noqa: SLF001


METHODS = {PRODUCT: build_product, TEXTBOOK: build_textbook}


def _peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def measure(path: Path, method: str) -> dict[str, Any]:
    """Return what one method costs, in this process, on a problem kept in a file."""
    with path.open("rb") as file:
        problem = pickle.load(file)
    start = _peak_gib()
    placements = int(problem.usable.sum())
    solver, build_seconds, hand_over_seconds = METHODS[method](problem)
    return {
        "placements": placements,
        "columns": solver.getNumCol(),
        "rows": solver.getNumRow(),
        "nonzeros": solver.getNumNz(),
        "build_seconds": build_seconds,
        "hand_over_seconds": hand_over_seconds,
        "peak_gib": _peak_gib(),
        "start_gib": start,
    }


def in_own_process(path: Path, method: str) -> dict[str, Any]:
    """Return what :func:`measure` finds in a fresh process on one thread."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.build", "--measure", method, "--problem", str(path)],
        check=True,
        stdout=subprocess.PIPE,
        env=os.environ | dict.fromkeys(threads, "1"),
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text to read."""
    lines = [
        f"{'method':<29} {'placements':>10} {'columns':>10} {'rows':>9} {'nonzeros':>10} "
        f"{'build':>7} {'hand over':>9} {'seconds':>8} {'ratio':>6} {'peak GiB':>8} {'at start':>8}"
    ]
    lines += [
        f"{row.method:<29} {row.placements:>10,} {row.columns:>10,} {row.rows:>9,} "
        f"{row.nonzeros:>10,} {row.build_seconds:>7.1f} {row.hand_over_seconds:>9.1f} "
        f"{row.seconds:>8.1f} {row.ratio:>6.2f} {row.peak_gib:>8.2f} {row.start_gib:>8.2f}"
        for row in rows
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run both methods; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.build", description=__doc__)
    parser.add_argument("--placements", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path, help="write the rows here too")
    parser.add_argument("--method", choices=tuple(METHODS), help="this one only")
    parser.add_argument("--measure", choices=tuple(METHODS), help=argparse.SUPPRESS)
    parser.add_argument("--problem", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.measure:
        print(json.dumps(measure(chosen.problem, chosen.measure)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "problem"
        path.write_bytes(pickle.dumps(generate(chosen.placements)))
        wanted = [chosen.method] if chosen.method else list(METHODS)
        found = {method: in_own_process(path, method) for method in wanted}
    rows, least = [], None
    for method, figures in found.items():
        seconds = figures["build_seconds"] + figures["hand_over_seconds"]
        least = seconds if least is None else least
        rows.append(
            Row(
                f"generated {chosen.placements:,}",
                method,
                seconds=seconds,
                ratio=seconds / least,
                **figures,
            )
        )
    print(table(rows))
    write_rows(rows, chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
