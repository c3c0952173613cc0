"""Which counts to hold back so that no small one can be worked out from those that are published.

Counts are sums of *atoms*: disjoint groups of children. What is published is a set of equations in
the atoms; a count held back can be worked out exactly when its own sum follows from them. Zeros
are published (they tell of no child), so every atom left unknown is above zero, and a count can be
worked out if and only if it does not change along any direction in which all published counts
stay as they are. Random such directions decide it, with probability one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import lsmr

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]
    Whole = npt.NDArray[np.int64]

SMALL = 5.0
"""Counts above zero and below this are held back: authorities treat fewer than 5 as disclosive."""

NONE = 1e-6
"""Expected children at or below this are none: the solver's dust."""

DIRECTIONS = 2
STILL = 1e-7


@dataclass(frozen=True)
class Counts:
    """Counts that might be published, and how they hang together.

    Parameters
    ----------
    members
        (items, atoms) 1 where the atom is in the count.
    atoms
        (atoms,) children in each atom.
    relations
        (relations, items) -1 for a total and 1 for each of its parts.
    ties
        (ties, atoms) sums that a reader knows to be nought, such as the plan's children of a cell
        less the do-minimum's.
    """

    members: sparse.csr_matrix
    atoms: Values
    relations: sparse.csr_matrix
    ties: sparse.csr_matrix | None = None

    @property
    def values(self) -> Values:
        """Return (items,) children in each count."""
        found: Values = np.asarray(self.members @ self.atoms)
        return found


def held_back(counts: Counts, also: Mask | None = None, threshold: float = SMALL) -> Mask:
    """Return (items,) the counts to hold back: the small ones, and enough others to hide them.

    First every count above zero and below the threshold. Then, until nothing changes: where a
    published total lies over parts held back, these are at least two and add up to the threshold;
    and no count held back can be worked out from all that is published together. What is added is
    the smallest count that helps.

    Parameters
    ----------
    counts
        The counts.
    also
        (items,) counts to hold back whatever their value.
    threshold
        Counts above zero and below this are small.
    """
    values = counts.values
    some = values > NONE
    back: Mask = some & (values < threshold)
    if also is not None:
        back |= also & some
    while True:
        more = _thin_relations(counts, values, back, threshold)
        if not more:
            more = _cover(counts, values, back, worked_out(counts, back))
        if not more:
            return back
        back[list(more)] = True


def safe(counts: Counts, back: Mask, threshold: float = SMALL) -> bool:
    """Return whether nothing held back can be worked out, or nearly, from what is published.

    Parameters
    ----------
    counts
        The counts.
    back
        (items,) what is held back.
    threshold
        Counts above zero and below this are small.
    """
    if _thin_relations(counts, counts.values, back, threshold):
        return False
    return not len(worked_out(counts, back))


def _thin_relations(counts: Counts, values: Values, back: Mask, threshold: float) -> set[int]:
    """Return what to add so that no published total leaves one part, or a small sum, open."""
    some = values > NONE
    table = counts.relations
    hidden = np.where(back & some, values, 0.0)
    is_part = sparse.csr_matrix((table.data > 0, table.indices, table.indptr), shape=table.shape)
    open_sum = is_part @ hidden
    open_count = is_part @ (hidden > 0).astype(float)
    thin = (open_count > 0) & ((open_count < 2) | (open_sum < threshold))
    more: set[int] = set()
    for r in np.flatnonzero(thin):
        at = table.indices[table.indptr[r] : table.indptr[r + 1]]
        sign = table.data[table.indptr[r] : table.indptr[r + 1]]
        total, parts = at[sign < 0], at[sign > 0]
        if back[total].any():
            continue
        left = parts[~back[parts] & some[parts]]
        pick = left if len(left) else total
        more.add(int(pick[np.argmin(values[pick])]))
    return more


def worked_out(counts: Counts, back: Mask) -> Whole:
    """Return the items held back whose value follows from those published.

    Parameters
    ----------
    counts
        The counts.
    back
        (items,) what is held back.
    """
    random = np.random.default_rng(0)
    alive = np.flatnonzero(counts.atoms > NONE)
    items = np.flatnonzero(back & (counts.values > NONE))
    known = counts.members[np.flatnonzero(~back)][:, alive]
    if counts.ties is not None:
        known = sparse.vstack([known, counts.ties[:, alive]])
    rows = sparse.csr_matrix(known)
    rows = rows[np.flatnonzero(np.diff(rows.indptr))]
    moves = np.zeros(len(items))
    for _ in range(DIRECTIONS):
        step = _direction(rows, random.standard_normal(len(alive)))
        moves = np.maximum(moves, np.abs(counts.members[items][:, alive] @ step))
    found: Whole = items[moves < STILL]
    return found


def _direction(rows: sparse.csr_matrix, start: Values) -> Values:
    """Return the part of a vector along which no row changes."""
    if not rows.shape[0]:
        return start
    tall = sparse.csr_matrix(rows.T, dtype=float)
    weights = lsmr(tall, start, atol=1e-14, btol=1e-14, conlim=0, maxiter=20 * max(tall.shape))[0]
    step: Values = start - tall @ weights
    if np.abs(rows @ step).max() > STILL / 100:  # ill-conditioned: settle it exactly
        dense = tall.toarray()
        step = start - dense @ np.linalg.lstsq(dense, start, rcond=None)[0]
    return step


def _cover(counts: Counts, values: Values, back: Mask, pinned: Whole) -> set[int]:
    """Return the smallest published count beside each count that can be worked out."""
    more: set[int] = set()
    free = ~back & (values > NONE)
    for item in pinned:
        near = _beside(counts, int(item)) & free
        if not near.any():
            atoms = counts.members[item]
            near = (np.asarray((counts.members @ atoms.T).todense()).ravel() > 0) & free
        pick = np.flatnonzero(near if near.any() else free)
        if len(pick):
            more.add(int(pick[np.argmin(values[pick])]))
    return more


def _beside(counts: Counts, item: int) -> Mask:
    """Return the items that share a relation with the item."""
    column = np.zeros(counts.members.shape[0])
    column[item] = 1.0
    here = np.flatnonzero(abs(counts.relations) @ column)
    mask: Mask = np.asarray(abs(counts.relations[here]).sum(axis=0)).ravel() > 0
    return mask
