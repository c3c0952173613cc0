"""Draws: many whole-number futures of who newly needs a specialist place, kept sparse.

Every total is a total of a draw: percentiles of cells do not add up, so a forecast at a percentile
is the one draw at that rank of the authority's total.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from inputs.demand.storing import as_text, read_arrays, write_arrays
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from inputs.demand.axes import Array, Counts

KINDS = ("new", "transfer", "waiting")
KEYS = ("zone", "need", "phase", "year", "nc_year", "kind")
MOST_EXPORTED = 20
"""A table of draws for people holds at most so many; all of them stay in the file of draws."""
RANKS: dict[str, float] = {"P10": 0.1, "P50": 0.5, "P90": 0.9}
"""Words for the draw at a rank of the authority's total."""
NO_YEAR = -99
"""Stands in ``nc_year`` for a blank: entrants of any year group."""
WHAT = "file of draws"
FILE_NAME = "draws.npz"


def at_rank(totals: Array, share: float) -> int:
    """Return the position of the draw at a rank: the smallest total that so many do not exceed.

    The nearest-rank rule: of n draws in order of their totals (equal ones in order of number), the
    one in place n times the share, rounded up.

    >>> at_rank(np.array([30.0, 10.0, 20.0]), 0.9), at_rank(np.array([30.0, 10.0, 20.0]), 0.5)
    (0, 2)
    """
    order = np.argsort(totals, kind="stable")
    place = int(np.ceil(round(share * len(totals), 9)))
    return int(order[min(max(place, 1), len(totals)) - 1])


def _as_entrants(rows: pd.DataFrame, children: Counts, draw: Counts) -> pd.DataFrame:
    out = rows.reset_index(drop=True)
    nc_year = out["nc_year"].astype("Int64")
    return out.assign(
        nc_year=nc_year.mask(nc_year == NO_YEAR), children=children.astype(float), draw=draw
    )


@dataclass(frozen=True, eq=False)
class Draws:
    """Entrants in many futures.

    Parameters
    ----------
    rows
        ``zone, need, phase, year, nc_year, kind``: one row a cell, in no draw twice.
    mean
        (rows) expected children.
    counts
        (draws, rows) children, whole numbers.
    seed
        What the draws were made with.
    """

    rows: pd.DataFrame
    mean: Array
    counts: sparse.csr_array
    seed: int

    def __len__(self) -> int:
        """Return how many draws there are."""
        return int(self.counts.shape[0])

    def totals(self) -> Counts:
        """Return (draws) entrants of the authority over all years."""
        return np.asarray(self.counts.sum(axis=1)).ravel().astype(np.int64)

    def at_rank(self, share: float) -> int:
        """Return the number of the draw at that rank of the authority's total over all years."""
        return at_rank(self.totals().astype(float), share)

    def by(self, by: Sequence[str]) -> tuple[pd.DataFrame, Counts]:
        """Return groups and their children in every draw, (draws, groups)."""
        keys = list(by)
        if not keys:
            return pd.DataFrame(index=[0]), self.totals()[:, None]
        groups = self.rows.groupby(keys, sort=True, observed=True)
        at = groups.ngroup().to_numpy()
        names = groups.size().index.to_frame(index=False)
        ones = np.ones(len(at), dtype=np.int64)
        to = sparse.csr_array((ones, (np.arange(len(at)), at)), shape=(len(at), len(names)))
        return names, np.asarray((self.counts.astype(np.int64) @ to).todense())

    def quantiles(
        self, by: Sequence[str], shares: Sequence[float] = (0.1, 0.5, 0.9)
    ) -> pd.DataFrame:
        """Return the mean and percentiles of every group's total over the draws.

        Parameters
        ----------
        by
            Columns of ``rows``; none: the authority over all years.
        shares
            Ranks from 0 to 1.

        Returns
        -------
        DataFrame
            The columns asked for, ``mean`` (expected, not of the draws), and ``p10, p50, p90``,
            each by the nearest-rank rule, so that each is a number that came up. They do not add
            up.
        """
        names, children = self.by(by)
        at = (
            self.rows.groupby(list(by), sort=True, observed=True).ngroup().to_numpy()
            if by
            else np.zeros(len(self.rows), dtype=int)
        )
        ordered = np.sort(children, axis=0)
        out = names.assign(mean=np.bincount(at, self.mean, minlength=len(names)))
        for share in shares:
            place = max(int(np.ceil(round(share * len(self), 9))), 1) - 1
            out[f"p{round(share * 100):d}"] = ordered[place]
        return out

    def table(self, first: int = MOST_EXPORTED) -> pd.DataFrame:
        """Return the first draws as rows of the table ``entrants``, at most MOST_EXPORTED."""
        part = self.counts[: min(first, MOST_EXPORTED, len(self))].tocoo()
        order = np.lexsort((part.coords[1], part.coords[0]))
        draw, at = part.coords[0][order], part.coords[1][order]
        return _as_entrants(self.rows.iloc[at], part.data[order], draw.astype(np.int64))

    def one(self, number: int) -> pd.DataFrame:
        """Return one draw as rows of the table ``entrants``, those above 0."""
        part = self.counts[[number]].tocoo()
        at = np.sort(part.coords[1])
        children = np.asarray(self.counts[[number]].todense()).ravel()[at]
        return _as_entrants(self.rows.iloc[at], children, np.full(len(at), number))

    def save(self, path: Path) -> None:
        """Write the draws as one .npz: arrays and text only, under a temporary name first."""
        arrays = {"mean": self.mean, "seed": np.array(self.seed)}
        for key in KEYS:
            codes, values = pd.factorize(self.rows[key], sort=True)
            arrays[f"rows.{key}"] = codes.astype(np.int32)
            values = pd.Index(values)
            text = key in ("zone", "need", "phase", "kind")
            arrays[f"values.{key}"] = (
                as_text(str(one) for one in values) if text else values.to_numpy(np.int64)
            )
        arrays["indptr"], arrays["indices"] = self.counts.indptr, self.counts.indices
        arrays["data"] = self.counts.data
        write_arrays(path, WHAT, arrays)

    @staticmethod
    def load(path: Path) -> Draws:
        """Return draws that were saved.

        Raises
        ------
        InputError
            When the file is not there, is not one, or does not hang together.
        """
        held = read_arrays(path, WHAT)
        try:
            rows = pd.DataFrame({key: held[f"values.{key}"][held[f"rows.{key}"]] for key in KEYS})
            shape = (len(held["indptr"]) - 1, len(rows))
            counts = sparse.csr_array((held["data"], held["indices"], held["indptr"]), shape=shape)
            counts.check_format()
            whole = len(held["mean"]) == len(rows) and not (counts.data < 0).any()
            found = Draws(rows, held["mean"], counts, int(held["seed"]))
        except (KeyError, IndexError, ValueError):
            whole = False
        if not whole:
            remedy = "Make it again with sendplaces forecast"
            raise InputError([Fault(path.name, f"is not a whole {WHAT}", remedy)])
        return found
