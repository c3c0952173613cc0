"""How long a thousand draws take, and how much memory.

``python -m benchmarks.draws [FOLDER] [--json FILE]``

Each authority is drawn in a process of its own, so that the peak is its own. One is made up, of 400
zones and six thousand plans; with a folder of official files, real ones follow, each given as many
zones as it has (or 400). To reach: under a minute, under 4 GiB.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.rows import write_rows
from inputs.demand.axes import AGES, N_AGES, NEEDS, PHASES, PLACEMENTS, Placement
from inputs.demand.basis import Basis, Past, Zones, basis_of
from inputs.demand.local import Rates
from inputs.demand.shrink import Factor
from inputs.demand.simulate import simulate
from inputs.demand.totals import TotalForecast
from inputs.official.authorities import Authority, find
from inputs.official.sen2 import read_release

DRAWS = 1000
YEARS = 5
ZONES = 400
MOST_SECONDS, MOST_GIB = 60.0, 4.0
COUNT_YEAR = 2024
REAL = {"Bournemouth, Christchurch and Poole": 233, "Leicestershire": 396, "Rutland": 23}
"""Authorities and their zones (LSOA 2011)."""


@dataclass(frozen=True)
class Measured:
    """What one authority's draws took.

    Parameters
    ----------
    authority, zones, plans
        Whose, how many zones, how many plans at the count.
    seconds
        To draw them, the making of the basis left out.
    peak_gib
        Most memory of the process, everything in it.
    entrants
        Cells above nought in all draws.
    file_mb
        Size of the file of draws.
    """

    authority: str
    zones: int
    plans: int
    seconds: float
    peak_gib: float
    entrants: int
    file_mb: float


def made_up(zones: int = ZONES, plans: int = 6000) -> Basis:
    """Return an authority that is large and uncertain in everything, of all ages."""
    rng = np.random.default_rng(1)
    kinds = (Placement.MAINSTREAM, Placement.SPECIAL_MAINTAINED, Placement.SPECIAL_ACADEMY,
             Placement.INDEPENDENT, Placement.RESOURCED, Placement.UNIT)  # fmt: skip
    share = dict(zip(kinds, (0.62, 0.14, 0.1, 0.06, 0.05, 0.03), strict=True))
    mix = np.zeros((len(PLACEMENTS), len(NEEDS), N_AGES))
    for kind, part in share.items():
        needs = rng.dirichlet(np.ones(len(NEEDS)))
        mix[PLACEMENTS.index(kind)] = part * needs[:, None]
    by_age = np.array([5.0 if 5 <= age <= 17 else 1.0 for age in AGES])
    stock = rng.multinomial(plans, (mix * by_age / (mix * by_age).sum()).ravel())
    move = np.tile(np.eye(len(PLACEMENTS))[:, :, None], N_AGES)
    school, special = PLACEMENTS.index(kinds[0]), PLACEMENTS.index(kinds[1])
    move[school, school], move[school, special] = 0.9, 0.1
    zone_weights = rng.dirichlet(np.full(zones, 5.0), len(PHASES)).T
    growth = plans * 1.1 ** np.arange(1, YEARS + 1)
    return Basis(
        authority=Authority("E06000000", "800", "Made up"),
        count_year=COUNT_YEAR,
        stock=stock.reshape(mix.shape),
        rates=Rates(
            start_ages=by_age / by_age.sum(),
            start_ages_known=300.0,
            start_mix=mix / mix.sum(axis=(0, 1)),
            start_needs_known=300.0,
            start_level=plans * 0.17,
            start_power=Factor(0.1, 0.1),
            start_factor=Factor(1.0, 0.1),
            cease=np.full((len(PLACEMENTS), N_AGES), 0.08),
            cease_factor=Factor(1.0, 0.15),
            move_in=np.full((len(PLACEMENTS), N_AGES), 0.02),
            need_change=np.tile(
                (0.95 * np.eye(len(NEEDS)) + 0.05 / len(NEEDS))[:, :, None], N_AGES
            ),
            move=move,
            into_factor=Factor(1.0, 0.25),
            need_into=np.ones((len(NEEDS), N_AGES)),
            into_year_sd=0.06,
            year_sds=(0.2, 0.4, 0.15, 0.1),
            stay_factor=Factor(1.0, 0.1),
            need_stay=np.ones(len(NEEDS)),
        ),
        totals=TotalForecast(
            years=tuple(COUNT_YEAR + k for k in range(1, YEARS + 1)),
            mean=growth,
            p10=growth * 0.9,
            p50=growth,
            p90=growth * 1.1,
            covariance=0.003 * (np.ones((YEARS, YEARS)) + np.eye(YEARS)),
        ),
        people=None,
        waiting=np.zeros((len(NEEDS), N_AGES), dtype=np.int64),
        zones=Zones(tuple(f"z{k:03d}" for k in range(zones)), ("",) * zones, zone_weights),
        past=Past((), np.empty(0), (), np.empty((0, 15)), (), np.empty((0, 15, N_AGES)), (),
                  np.empty((0, N_AGES)), np.empty(0), np.empty(0)),
    )  # fmt: skip


def real(folder: Path, name: str, zones: int) -> Basis:
    """Return the basis of a real authority, its zones with made-up weights."""
    release = read_release(folder)
    weight = np.random.default_rng(1).uniform(0.5, 1.5, zones)
    frame = pd.DataFrame({"zone": [f"z{k:03d}" for k in range(zones)], "weight": weight})
    return basis_of(release, find(name, release.authorities()), zones=frame)


def measure(name: str, zones: int, folder: Path | None) -> Measured:
    """Return what a thousand draws of an authority take, in this process."""
    basis = made_up(zones) if folder is None else real(folder, name, zones)
    years = tuple(basis.count_year + k for k in range(1, YEARS + 1))
    start = time.perf_counter()
    done = simulate(basis, years, DRAWS, seed=1)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # KiB on Linux
    with tempfile.TemporaryDirectory() as held:
        file = Path(held) / "draws.npz"
        done.entrants.save(file)
        size = file.stat().st_size / 1e6
    plans = int(basis.stock.sum())
    return Measured(
        name, zones, plans, round(seconds, 1), round(peak, 2), done.entrants.counts.nnz,
        round(size, 1),
    )  # fmt: skip


def main(words: list[str] | None = None) -> int:
    """Measure each, print a line each, and say whether all are within the limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="DfE SEN2 release files")
    parser.add_argument("--json", type=Path, help="where to write the rows")
    asked = parser.parse_args(words)
    jobs: list[tuple[str, int, Path | None]] = [("Made up", ZONES, None)]
    if asked.folder is not None:
        jobs += [(name, zones, asked.folder) for name, zones in REAL.items()]
    found = []
    for job in jobs:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            one = pool.apply(measure, job)
        found.append(one)
        print(
            f"{one.authority}: {one.zones} zones, {one.plans:,} plans, {DRAWS:,} draws of {YEARS} "
            f"years in {one.seconds} s, peak {one.peak_gib} GiB, {one.entrants:,} cells above "
            f"nought, file {one.file_mb} MB"
        )
    write_rows(found, asked.json)
    good = all(one.seconds < MOST_SECONDS and one.peak_gib < MOST_GIB for one in found)
    print("within a minute and 4 GiB" if good else "beyond a minute or 4 GiB")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
