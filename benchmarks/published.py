"""Facility-location files with published optima, through the product's own path.

``python -m benchmarks.published DIR... [--json FILE] [--gap 0] [--time-limit S] [--threads N]``

Each file becomes a case of one need, one phase and one year: a customer is a zone with its demand
as entrants, a site is a special school with no places and one option that gives it some, and the
journey is priced so that a child's transport is the file's cost of one unit. The case is posed,
built and solved as any other; nothing is left out of the model and nothing is added to it.
DIR holds ``optima.csv`` and the files that it names; rows whose variant is multi-source are run.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.rows import write_rows
from benchmarks.tables import make_case
from inputs.scenario import Scenario, resolve
from inputs.vocabulary import Need, Phase, ProvisionClass
from optimiser.pose import pose
from optimiser.solve import NoPlan, OutOfTime, Settings, solve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from inputs.case import Case
    from optimiser.problem import Problem
    from optimiser.solve import Answer

YEAR = 2026
NEED, PHASE, CLASS = Need.ASD, Phase.PRIMARY, ProvisionClass.SPECIAL_SCHOOL
CAPACITY_WORD = "capacity"
"""Stands in the files of capa, capb and capc for a number to be filled in."""
PLACED = 1e-6
"""Children left over by the solver's own tolerance; a share of everyone's demand."""


@dataclass(frozen=True)
class Instance:
    """Sites with a capacity and a fixed cost, customers with a demand, and unit costs.

    Parameters
    ----------
    name
        Name in ``optima.csv``.
    capacity, fixed
        (m,) capacity and fixed cost of each site.
    demand
        (n,) demand of each customer.
    unit_cost
        (m, n) cost of serving one unit of a customer's demand from a site.
    """

    name: str
    capacity: NDArray[np.float64]
    fixed: NDArray[np.float64]
    demand: NDArray[np.float64]
    unit_cost: NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One line of the table; ``objective`` and ``gap`` are None where no plan was found."""

    instance: str
    method: str
    sites: int
    customers: int
    objective: float | None
    best_known: float
    difference: float | None
    gap: float | None
    seconds: float
    termination: str


def _numbers(path: Path, capacity: str) -> Iterator[float]:
    held = path.read_bytes()
    words = (gzip.decompress(held) if path.suffix == ".gz" else held).decode("ascii").split()
    return (float(capacity if word == CAPACITY_WORD else word) for word in words)


def _take(numbers: Iterator[float], *shape: int) -> NDArray[np.float64]:
    count = int(np.prod(shape))
    return np.fromiter((next(numbers) for _ in range(count)), float, count).reshape(shape)


def read_instance(name: str, path: Path, family: str, capacity: str = "") -> Instance:
    """Return the instance in a file.

    Parameters
    ----------
    name
        Name in ``optima.csv``.
    path
        The file; gzipped where its name ends in ``.gz``.
    family
        ``orlib_cap`` and ``holmberg`` state the cost of a customer's whole demand, ``tbed1`` of
        one unit; the three differ in the order of their numbers too.
    capacity
        Number to put where the file has the word ``capacity``.

    Raises
    ------
    ValueError
        For a family that is not known, and for a file that is too short or too long.
    """
    numbers = _numbers(path, capacity)
    try:
        m, n = (int(next(numbers)) for _ in range(2))
        if family == "orlib_cap":
            sites = _take(numbers, m, 2)
            lines = _take(numbers, n, m + 1)
            demand, cost = lines[:, 0], lines[:, 1:].T
        elif family == "holmberg":
            sites = _take(numbers, m, 2)
            demand = _take(numbers, n)
            cost = _take(numbers, m, n)
        elif family == "tbed1":
            demand = _take(numbers, n)
            sites = _take(numbers, 2, m).T
            cost = _take(numbers, m, n) * demand
        else:
            raise ValueError(f"{family} is not a family of facility-location files known here")
    except (StopIteration, RuntimeError):
        raise ValueError(f"{path.name} holds fewer numbers than it says") from None
    if next(numbers, None) is not None:
        raise ValueError(f"{path.name} holds more numbers than it says")
    return Instance(name, sites[:, 0], sites[:, 1], demand, cost / demand)


def scenario(instance: Instance) -> Scenario:
    """Return the policy under which a child costs what the file says, and nothing else does.

    A child without a place weighs more than any plan could save by leaving it out: that no plan
    does is checked on the answer.
    """
    unplaced = 10.0 * float(instance.unit_cost.max()) + float(
        (instance.fixed / np.maximum(instance.capacity, 1.0)).sum()
    )
    return resolve(
        {
            "name": "published",
            "discount_rate": 0.0,
            "transport_growth": 0.0,
            "fee_growth": 0.0,
            "place_funding_gbp": 0.0,
            "unfilled_place_gbp": 0.0,
            "interim_annual_gbp": 0.0,
            "goes_to_inmss": 0.0,
            "drawn_from_mainstream": 0.0,
            "planning_occupancy": 1.0,
            "cessation_a_year": 0.0,
            "stay_on": 0.0,
            "shared_ride_factor": 1.0,
            "transported_share": 1.0,
            "transported_within_walking_share": 1.0,
            "transport_fixed_per_run_gbp": 0.0,
            "transport_per_child_run_gbp": 0.0,
            "transport_per_mile_run_gbp": 1.0,
            "transport_wheelchair_run_gbp": 0.0,
            "runs_per_year": {"day": 1.0},
            "unplaced_weight_gbp": unplaced,
        },
        date(YEAR, 9, 1),
    )


def case(instance: Instance) -> tuple[Case, pd.DataFrame]:
    """Return the instance as a case of one year, and its journeys: a mile costs £1."""
    m, n = len(instance.capacity), len(instance.demand)
    zones = [f"customer_{i:04d}" for i in range(n)]
    provisions = [f"site_{j:04d}" for j in range(m)]
    options = [f"open_{j:04d}" for j in range(m)]
    taught: dict[str, list[Any]] = {
        "need": [NEED] * m,
        "phase": [PHASE] * m,
        "annual_cost_gbp": [0.0] * m,
    }
    stated: dict[str, dict[str, list[Any]]] = {
        "zones": {"zone": zones},
        "provisions": {
            "provision": provisions,
            "name": provisions,
            "class": [CLASS] * m,
            "places": [0.0] * m,
            "in_area": [True] * m,
        },
        "entrants": {
            "zone": zones,
            "need": [NEED] * n,
            "phase": [PHASE] * n,
            "year": [YEAR] * n,
            "children": instance.demand.tolist(),
        },
        # a child is there for the one year and no longer
        "stay": {
            "need": [NEED],
            "phase": [PHASE],
            "years_since_entry": [1],
            "share_remaining": [0.0],
        },
        "options": {
            "option": options,
            "provision": provisions,
            "places": instance.capacity.tolist(),
            "capital_gbp": [0.0] * m,
            "fixed_annual_gbp": instance.fixed.tolist(),
        },
        "option_teaches": {"option": options, **taught},
    }
    made = make_case(instance.name, YEAR, 1, stated)
    journeys = pd.DataFrame(
        {
            "zone": np.tile(zones, m),
            "provision": np.repeat(provisions, n),
            "minutes": 0.0,
            "miles": instance.unit_cost.ravel(),
        }
    )
    return made, journeys


def to_problem(instance: Instance) -> Problem:
    """Return the instance posed as the product poses any case."""
    made, journeys = case(instance)
    return pose(made, journeys, scenario(instance))


def run(instance: Instance, best_known: float, settings: Settings) -> Row:
    """Solve an instance and return its line."""
    started = time.perf_counter()
    problem = to_problem(instance)
    answer: Answer | None = None
    try:
        answer = solve(problem, settings)
        termination = str(answer.proof.termination)
    except OutOfTime as error:
        termination = str(error.termination)
    except NoPlan:
        termination = "infeasible"
    seconds = time.perf_counter() - started
    size = len(instance.capacity), len(instance.demand)
    if answer is None:
        return Row(
            instance.name, "sendplaces", *size, None, best_known, None, None, seconds, termination
        )
    left_out = float(answer.decided["unplaced"].sum())
    if left_out > PLACED * instance.demand.sum():
        termination = f"{left_out:g} without a place"
    always = sum(float(pounds @ problem.discount) for pounds in problem.constant.values())
    cost = answer.proof.cost_gbp - always
    difference = (cost - best_known) / abs(best_known)
    return Row(
        instance.name,
        "sendplaces",
        *size,
        cost,
        best_known,
        difference,
        answer.proof.gap,
        seconds,
        termination,
    )


def instances(folder: Path) -> Iterator[tuple[Instance, float]]:
    """Return the multi-source instances of a folder with their best known objective."""
    with (folder / "optima.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["variant"] == "multi-source"]
    for row in rows:
        path = folder / row["file"]
        yield (
            read_instance(row["instance"], path, folder.name, row.get("capacity") or ""),
            float(row["best_known"]),
        )


HEADING = (
    f"{'instance':<12} {'sites':>5} {'customers':>9} {'objective':>16} {'best_known':>16} "
    f"{'difference':>10} {'gap':>9} {'seconds':>8}  termination"
)


def line(row: Row) -> str:
    """Return a row as text to read."""
    objective = "-" if row.objective is None else f"{row.objective:.4f}"
    difference = "-" if row.difference is None else f"{row.difference:.1e}"
    gap = "-" if row.gap is None else f"{row.gap:.2e}"
    return (
        f"{row.instance:<12} {row.sites:>5} {row.customers:>9} {objective:>16} "
        f"{row.best_known:>16.4f} {difference:>10} {gap:>9} {row.seconds:>8.2f}  {row.termination}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the instances of the folders; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.published", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    parser.add_argument("--gap", type=float, default=0.0, help="relative gap that counts as proven")
    parser.add_argument("--time-limit", type=float, default=float("inf"), help="seconds for each")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", help="instances whose name starts with this")
    chosen = parser.parse_args(arguments)
    settings = Settings(chosen.gap, chosen.time_limit, chosen.threads)
    rows: list[Row] = []
    print(HEADING)
    try:
        for folder in chosen.folders:
            for instance, best_known in instances(folder):
                if chosen.only and not instance.name.startswith(chosen.only):
                    continue
                rows.append(run(instance, best_known, settings))
                print(line(rows[-1]), flush=True)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 3
    exact = sum(row.difference is not None and abs(row.difference) <= 1e-6 for row in rows)
    print(f"\n{exact} of {len(rows)} at the best known objective within 1e-6")
    write_rows(rows, chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
