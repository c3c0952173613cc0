"""Entrants by zone: as expected (table ``entrants``), and in every draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from inputs.demand.axes import N_NC, NC_YEARS, NEEDS, PHASE_AT, PHASES
from inputs.demand.draws import KEYS, KINDS, Draws

if TYPE_CHECKING:
    from inputs.demand.axes import Array, Counts
    from inputs.demand.basis import Basis
    from inputs.demand.project import Projection

NEW, TRANSFER, WAITING = range(3)
COLUMNS = ("zone", "need", "phase", "year", "children", "nc_year", "kind")
_PHASE_NAMES = np.array([str(phase) for phase in PHASES])
_NEED_NAMES = np.array([str(need) for need in NEEDS])


def by_kind(projection: Projection) -> Array:
    """Return expected entrants (kinds, years, needs, nc_years) in the order of KINDS."""
    return np.array([projection.into_specialist, projection.transfers, projection.waiting])


def entrants_table(
    projection: Projection, basis: Basis, *, year_groups: bool = False
) -> pd.DataFrame:
    """Return expected entrants in the columns of the table ``entrants``.

    Parameters
    ----------
    projection, basis
        What is expected, and where children live.
    year_groups
        Whether new and waiting children have a row for each national curriculum year. If not,
        theirs is blank, which makes a table of a tenth of the size: how long they stay is then the
        rows of the table ``stay`` with a blank year, which hold for their mix of years.
    """
    expected = by_kind(projection)
    kind, year, need, nc = np.nonzero(expected > 0)
    rows = pd.DataFrame(
        {
            "need": _NEED_NAMES[need],
            "phase": _PHASE_NAMES[PHASE_AT[nc]],
            "year": np.array(projection.years)[year],
            "nc_year": np.array(NC_YEARS)[nc],
            "kind": np.array(KINDS)[kind],
            "children": expected[kind, year, need, nc],
        }
    )
    if not year_groups:
        moving = rows["kind"] == KINDS[TRANSFER]
        rows["nc_year"] = rows["nc_year"].astype("Int64").where(moving)
        keys = ["need", "phase", "year", "nc_year", "kind"]
        groups = rows.groupby(keys, dropna=False, sort=False)["children"]
        rows = groups.sum().reset_index()
    zones = pd.DataFrame(basis.zones.weights, columns=[str(phase) for phase in PHASES])
    long = zones.assign(zone=list(basis.zones.keys)).melt(
        "zone", var_name="phase", value_name="weight"
    )
    out = rows.merge(long[long["weight"] > 0], on="phase", how="left")
    out["children"] *= out.pop("weight")
    order = ["year", "kind", "phase", "need", "nc_year", "zone"]
    return out.sort_values(order, kind="stable")[list(COLUMNS)].reset_index(drop=True)


class Entrants:
    """Entrants of all draws as they are found, kept as one number a child: draw and row.

    Parameters
    ----------
    basis
        Where children live.
    years
        The years wanted.
    projection
        What is expected, for the mean of each row.
    """

    def __init__(self, basis: Basis, years: tuple[int, ...], projection: Projection) -> None:
        self._years = years
        self._zones = basis.zones.keys
        weights = basis.zones.weights
        # (zones, kinds, years, needs, nc_years), flat: a row's number.
        expected = by_kind(projection)
        self._shape = (len(self._zones), *expected.shape)
        self._cumulative = weights.cumsum(axis=0)
        self._cumulative /= self._cumulative[-1]
        mean = weights[:, PHASE_AT][:, None, None, None, :] * expected[None]
        self._mean = mean.ravel()
        self._found: list[Counts] = []

    def add(self, first_draw: int, year: int, counts: Counts, rng: np.random.Generator) -> None:
        """Add a year's entrants (kinds, draws, needs, nc_years); each child gets a home zone."""
        at = np.nonzero(counts)
        many = counts[at]
        kind, draw, need, nc = (np.repeat(index, many) for index in at)
        zone = np.empty(len(kind), dtype=np.int64)
        phase = PHASE_AT[nc]
        chance = rng.random(len(kind))
        for k in range(len(PHASES)):
            here = phase == k
            zone[here] = np.searchsorted(self._cumulative[:, k], chance[here], side="right")
        y = np.full(len(kind), self._years.index(year))
        row = np.ravel_multi_index((zone, kind, y, need, nc), self._shape)
        self._found.append((first_draw + draw) * len(self._mean) + row)

    def draws(self, draws: int, seed: int) -> Draws:
        """Return what was found; rows that nobody is expected in are left out."""
        size = len(self._mean)
        every = np.concatenate(self._found) if self._found else np.empty(0, dtype=np.int64)
        key, count = np.unique(every, return_counts=True)
        draw, row = key // size, key % size
        kept = self._mean > 0
        kept[row] = True
        position = np.cumsum(kept) - 1
        indptr = np.searchsorted(draw, np.arange(draws + 1))
        counts = sparse.csr_array(
            (count.astype(np.int32), position[row].astype(np.int32), indptr.astype(np.int32)),
            shape=(draws, int(kept.sum())),
        )
        zone, kind, year, need, nc = np.unravel_index(np.flatnonzero(kept), self._shape)
        rows = pd.DataFrame(
            {
                "zone": np.array(self._zones)[zone],
                "need": _NEED_NAMES[need],
                "phase": _PHASE_NAMES[PHASE_AT[nc]],
                "year": np.array(self._years)[year],
                "nc_year": np.array(NC_YEARS)[nc],
                "kind": np.array(KINDS)[kind],
            }
        )
        assert tuple(rows.columns) == KEYS
        assert self._shape[-1] == N_NC
        return Draws(rows, self._mean[kept], counts, seed)
