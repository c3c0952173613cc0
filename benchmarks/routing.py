"""Routes by the product beside published values, other solvers and other ways of pricing.

``python -m benchmarks.routing DIR... [--only PART,...] [--instances NAME,...] [--json FILE]``

DIR is a folder of routing files, or one that holds such folders. Parts:

- ``fleet``: heterogeneous-fleet files, gap to best known (20 s each).
- ``buses``: school-bus files at both ride limits, buses beside the published counts (20 s each).
- ``children``: 300 children to one school (30 s), 1,500 to 25 schools (60 s): cost beside VROOM and
  a savings heuristic in the same run, violations by the product's evaluator.
- ``term``: the learned term's error on schools it has not seen, beside solo taxis and the average
  cost a child; and the saving of a plan by each, beside the saving routed.
- ``matrix``: seconds and memory of a matrix among 2,000 children on made-up roads of 50,000 nodes.

Searches run on one thread. Seconds are of the clock, so what else the machine does shows in them.
``--times`` multiplies the seconds given to every search.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks import hfvrp, school_bus
from benchmarks.routing_children import (
    VROOM,
    Case,
    alone,
    by_others,
    by_product,
    made_up,
    nearer,
    read_one_school,
)
from benchmarks.routing_files import depot_cost, school_buses
from benchmarks.rows import write_rows
from benchmarks.travel import road_like
from geo.network import freeze
from geo.routing.children import child_table
from geo.routing.matrix import matrix_of
from geo.routing.term import Term, catchments, fit_term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.routing.types import Routed

ON = date(2026, 9, 1)
PARTS = ("fleet", "buses", "children", "term", "matrix")
RIDE_LIMITS = (2_700.0, 5_400.0)
FLEET_SECONDS, BUS_SECONDS, ONE_SCHOOL_SECONDS, SCHOOLS_SECONDS = 20.0, 20.0, 30.0, 60.0
SEED = 1


@dataclass(frozen=True)
class Row:
    """One line of the table: a method on an instance; what does not apply is NaN, or blank."""

    part: str
    instance: str
    method: str
    objective: float = math.nan
    best_known: float = math.nan
    gap: float = math.nan
    seconds: float = math.nan
    ratio: float = math.nan
    vehicles: float = math.nan
    violations: float = math.nan
    megabytes: float = math.nan
    note: str = ""


def folders(given: Sequence[Path]) -> Iterator[Path]:
    """Yield every folder that holds routing files: those given, or those inside them."""
    for path in given:
        for one in (path, *sorted(child for child in path.iterdir() if child.is_dir())):
            if any(one.glob("*.vrp")) or (one / _BUSES).exists() or any(one.glob("send*.npz")):
                yield one


_BUSES = "bird_pnas_tableS1_nbuses.csv"


def fleet_rows(folder: Path, chosen: Sequence[str], times: float) -> Iterator[Row]:
    """Yield a row for each heterogeneous-fleet file."""
    gaps = []
    for instance, best in hfvrp.instances(folder):
        if chosen and instance.name not in chosen:
            continue
        cost, seconds, vehicles = depot_cost(instance, FLEET_SECONDS * times, SEED)
        gaps.append(cost / best - 1.0)
        yield Row(
            "fleet", instance.name, "sendplaces", cost, best, gaps[-1], seconds,
            vehicles=vehicles, violations=0,
        )  # fmt: skip
    if gaps:
        yield Row(
            "fleet", f"{len(gaps)} instances", "sendplaces", gap=float(np.mean(gaps)),
            note=f"mean; worst {max(gaps):.2%}",
        )  # fmt: skip


def bus_rows(folder: Path, chosen: Sequence[str], times: float) -> Iterator[Row]:
    """Yield a row for each school-bus file and ride limit, beside each published method."""
    counts = school_bus.published(folder)
    for path in sorted(one for one in folder.iterdir() if (one / "Stops.txt").exists()):
        if chosen and path.name not in chosen:
            continue
        instance = school_bus.read_instance(path)
        for limit in RIDE_LIMITS:
            found = school_buses(instance, limit, BUS_SECONDS * times, SEED, ON)
            buses = school_bus.check(instance, found.buses, limit)
            known = counts[path.name, limit]
            best = min(known.values())
            said = ", ".join(f"{method} {n}" for method, n in sorted(known.items()))
            yield Row(
                "buses",
                f"{path.name} {limit:.0f} s",
                "sendplaces",
                buses,
                best,
                buses / best - 1.0,
                found.seconds,
                vehicles=buses,
                violations=0,
                note=f"{found.trips} trips; published: {said}",
            )


def children_rows(case: Case, seconds: float) -> tuple[list[Row], Routed]:
    """Return a row for each method on a case, and the product's routes."""
    first, routed = by_product(case, seconds, SEED)
    found = [first, *by_others(case), alone(case)]
    rows = [
        Row(
            "children",
            case.name,
            one.method,
            one.cost_gbp,
            seconds=one.seconds,
            ratio=one.cost_gbp / first.cost_gbp,
            vehicles=one.vehicles,
            violations=one.violations,
            note=f"mean ride {one.mean_ride_minutes:.1f} min",
        )
        for one in found
    ]
    if not VROOM:
        rows.append(Row("children", case.name, "VROOM", note="pyvroom is not installed"))
    return rows, routed


def term_rows(case: Case, before: Routed, after: Routed) -> Iterator[Row]:
    """Yield the errors of three ways of pricing, and the saving that each makes of a plan."""
    term = fit_term([before])
    assert term is not None
    errors = {
        "learned term": term.error_share,
        "every child alone": term.solo_error_share,
        "average cost a child": term.average_error_share,
    }
    for method, error in errors.items():
        yield Row(
            "term", case.name, method, gap=error,
            note=f"mean miss of a school's cost, left out; {term.provisions} schools",
        )  # fmt: skip
    yield Row(
        "term", case.name, "learned term",
        note=f"£ a run: {term.fixed_gbp:.2f} + {term.child_gbp:.2f} a child + {term.mile_gbp:.2f} "
        f"a direct mile + {term.wheelchair_gbp:.2f} a wheelchair",
    )  # fmt: skip
    sides = [_priced(one, term) for one in (before, after)]
    routed = sides[0]["routed"] - sides[1]["routed"]
    for method in sides[0]:
        saving = sides[0][method] - sides[1][method]
        yield Row(
            "term", f"{case.name}, plan", method, saving, routed, saving / routed - 1.0,
            note="saving of a run, £, beside the saving routed",
        )  # fmt: skip


def _priced(routed: Routed, term: Term) -> dict[str, float]:
    """Return the cost of a run to all schools by each way of pricing, fitted on the side before."""
    found = catchments(routed)
    children = found["children"].sum()
    by_term = sum(
        term.cost_gbp(row.children, row.miles, row.wheelchairs)
        for row in found.itertuples(index=False)
    )
    return {
        "routed": float(found["cost_gbp"].sum()),
        "learned term": float(by_term),
        "every child alone": float(found["solo_gbp"].sum()),
        # The same children on both sides: an average a child sees no saving at all.
        "average cost a child": float(children),
    }


def matrix_row(points: int, nodes: int) -> Row:
    """Return seconds and memory of a matrix, worked out in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        seconds, cpu, held, peak, edges = pool.apply(_matrix, (points, nodes))
    return Row(
        "matrix", f"{points:,} x {points:,} on {nodes:,} nodes, {edges:,} edges", "sendplaces",
        seconds=seconds, megabytes=peak,
        note=f"{cpu:.1f} s of processor; the matrix itself {held:.0f} MB, peak beyond the roads "
        f"{peak:.0f} MB",
    )  # fmt: skip


def _matrix(points: int, nodes: int) -> tuple[float, float, float, float, int]:
    network = freeze(road_like(nodes), source="made up")
    luck = np.random.default_rng(SEED)
    at = luck.choice(len(network.easting), points, replace=False)
    children = child_table(
        pd.DataFrame(
            {
                "child": [f"c{n}" for n in range(points)],
                "phase": "primary",
                "easting": network.easting[at],
                "northing": network.northing[at],
                "node": at,
            }
        )
    )
    matrix_of(children[:2], (), network)  # imports are not what is measured
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, cpu = time.perf_counter(), time.process_time()
    matrix = matrix_of(children, (), network)
    spent, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024.0
    held = (matrix.seconds.nbytes + matrix.metres.nbytes) / 1e6
    return spent, cpu, held, peak, len(network.u)


def run(chosen: argparse.Namespace) -> Iterator[Row]:
    """Yield the rows of every part asked for."""
    names = [one for one in (chosen.instances or "").split(",") if one]
    times = chosen.times
    found = list(folders(chosen.folders))
    for folder in found:
        if "fleet" in chosen.only and any(folder.glob("*.vrp")):
            yield from fleet_rows(folder, names, times)
        if "buses" in chosen.only and (folder / _BUSES).exists():
            yield from bus_rows(folder, names, times)
        if "children" in chosen.only:
            for path in sorted(folder.glob("send*.npz")):
                yield from children_rows(read_one_school(path, ON), ONE_SCHOOL_SECONDS * times)[0]
    if {"children", "term"} & set(chosen.only):
        case = made_up(1_500, 25, ON)
        rows, before = children_rows(case, SCHOOLS_SECONDS * times)
        if "children" in chosen.only:
            yield from rows
        if "term" in chosen.only:
            plan = nearer(case)
            _, after = by_product(plan, SCHOOLS_SECONDS * times, SEED)
            yield from term_rows(case, before, after)
    if "matrix" in chosen.only:
        yield matrix_row(2_000, 50_000)


HEADING = (
    f"{'part':<9} {'instance':<44} {'method':<21} {'objective':>11} {'best_known':>11} {'gap':>8} "
    f"{'ratio':>6} {'vehicles':>8} {'violations':>10} {'seconds':>8}  note"
)


def line(row: Row) -> str:
    """Return a row as text to read."""

    def said(value: float, form: str, width: int) -> str:
        return f"{'' if math.isnan(value) else format(value, form):>{width}}"

    return (
        f"{row.part:<9} {row.instance[:44]:<44} {row.method:<21} "
        f"{said(row.objective, ',.2f', 11)} "
        f"{said(row.best_known, ',.2f', 11)} {said(row.gap, '+.2%', 8)} "
        f"{said(row.ratio, '.3f', 6)} {said(row.vehicles, '.0f', 8)} "
        f"{said(row.violations, '.0f', 10)} "
        f"{said(row.seconds, '.1f', 8)}  {row.note}"
    ).rstrip()


def _parts(text: str) -> list[str]:
    asked = [one.strip() for one in text.split(",") if one.strip()]
    unknown = [one for one in asked if one not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(unknown)}")
    return asked


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts asked for; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.routing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="*", type=Path, help="folders of routing files")
    parser.add_argument("--only", type=_parts, default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--instances", help="names of files, with commas")
    parser.add_argument("--times", type=float, default=1.0, help="multiplies seconds of search")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    chosen = parser.parse_args(arguments)
    missing = [str(path) for path in chosen.folders if not path.is_dir()]
    if missing:
        print(f"there is no such folder: {', '.join(missing)}", file=sys.stderr)
        return 3
    rows: list[Any] = []
    print(HEADING)
    for row in run(chosen):
        rows.append(row)
        print(line(row), flush=True)
    if not rows:
        print("no routing file was found there", file=sys.stderr)
        return 3
    write_rows(rows, chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
