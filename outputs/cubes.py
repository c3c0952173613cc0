"""Cubes of counts with their totals, for `outputs.suppression`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from outputs.suppression import NONE, SMALL, Counts, held_back, safe, worked_out
from outputs.tables import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    import pandas as pd

    Values = npt.NDArray[np.float64]
    Mask = npt.NDArray[np.bool_]

Key = tuple[str, ...]


@dataclass(frozen=True)
class View:
    """One table of sums over the atoms.

    Parameters
    ----------
    name
        What is counted, such as ``plan_without``.
    keep
        Which atoms it counts.
    by
        Columns of the atoms, each of whose values and ``all`` it is broken down by.
    totals
        Which of them are also summed away to ``all``.
    """

    name: str
    keep: Mask
    by: tuple[str, ...]
    totals: tuple[str, ...]


class Cube:
    """Items of several views over the same atoms, and the relations between them."""

    def __init__(self, keys: pd.DataFrame, views: Sequence[View]) -> None:
        self.keys = keys.reset_index(drop=True)
        self.index: dict[tuple[str, Key], int] = {}
        self._members: list[Values] = []
        self._relations: list[dict[int, float]] = []
        for view in views:
            self._add(view)

    def _add(self, view: View) -> None:
        """Add a view's cells and totals, and say which cells make up each total."""
        atoms = np.flatnonzero(view.keep)
        table = self.keys.iloc[atoms]
        free = [name for name in view.by if name in view.totals]
        for summed in product((False, True), repeat=len(free)):
            away = {name for name, gone in zip(free, summed, strict=True) if gone}
            labels = [
                [ALL] * len(table) if name in away else table[name].map(str).tolist()
                for name in view.by
            ]
            groups: dict[Key, list[int]] = {}
            keys = zip(*labels, strict=True) if labels else [()] * len(table)
            for atom, key in zip(atoms, keys, strict=True):
                groups.setdefault(key, []).append(int(atom))
            for key, some in groups.items():
                self.index[view.name, key] = len(self._members)
                self._members.append(np.array(some))
        mine = [(key, item) for (name, key), item in self.index.items() if name == view.name]
        for i, name in enumerate(view.by):
            if name not in view.totals:
                continue
            parts: dict[Key, list[int]] = {}
            for key, item in mine:
                if key[i] != ALL:
                    parts.setdefault((*key[:i], ALL, *key[i + 1 :]), []).append(item)
            for key, items in parts.items():
                self.relate(self.index[view.name, key], items)

    def relate(self, total: int, parts: Iterable[int]) -> None:
        """Say that a total is the sum of its parts."""
        self._relations.append({total: -1.0} | dict.fromkeys(parts, 1.0))

    def add_up(self, total: str, parts: Sequence[str]) -> None:
        """Say that each item of one view is the sum of the items of the same key of others."""
        for (name, key), item in list(self.index.items()):
            if name != total:
                continue
            found = [self.index[part, key] for part in parts if (part, key) in self.index]
            if found:
                self.relate(item, found)

    def counts(self, atoms: Values, ties: sparse.csr_matrix | None = None) -> Counts:
        """Return the counts of all the views together, for (atoms,) children in each atom."""
        n = len(self._members)
        members = _sparse(
            [(i, int(atom), 1.0) for i, some in enumerate(self._members) for atom in some],
            (n, len(self.keys)),
        )
        relations = _sparse(
            [(r, i, v) for r, one in enumerate(self._relations) for i, v in one.items()],
            (len(self._relations), n),
        )
        return Counts(members, atoms, relations, ties)

    def hidden(
        self,
        atoms: Values,
        ties: sparse.csr_matrix | None = None,
        also: Hidden | None = None,
    ) -> Hidden:
        """Return which items to hold back; ``also`` are held back whatever their value."""
        more = np.zeros(len(self._members), dtype=bool)
        more[[self.index[key] for key in (also.items if also else ()) if key in self.index]] = True
        back = held_back(self.counts(atoms, ties), more)
        return Hidden(frozenset(key for key, item in self.index.items() if back[item]))

    def spared(
        self,
        years: Values,
        ties: sparse.csr_matrix | None = None,
        also: Hidden | None = None,
        sums: Sequence[Sequence[tuple[str, Key]]] = (),
    ) -> tuple[Hidden, Hidden]:
        """Return which items to hold back in all of several years, and no more than have to be.

        The second of the two is what can be worked out even so, because too much is known; nothing
        where all is well.

        Parameters
        ----------
        years
            (atoms, years) children; what is small in any year is held back in all.
        ties
            Sums of atoms that a reader knows.
        also
            Items to hold back whatever their value.
        sums
            Items that make up one count that a reader knows: of those held back there are at least
            two, and they add up to what is not small in any year.
        """
        each = [self.counts(column, ties) for column in years.T]
        by_year = np.column_stack([counts.values for counts in each])
        must: Mask = np.asarray(((by_year > NONE) & (by_year < SMALL)).any(axis=1))
        must[[self.index[key] for key in (also.items if also else ()) if key in self.index]] = True
        known = _sparse(
            [(r, self.index[key], 1.0) for r, keys in enumerate(sums) for key in keys],
            (len(sums), len(must)),
        )
        back: Mask = must
        while True:
            before = back
            for counts in each:
                back = back | held_back(counts, back)
            back = back | _open(known, by_year, back)
            if (back == before).all():
                break
        for item in np.argsort(-by_year.max(axis=1), kind="stable"):
            if back[item] and not must[item]:
                tried = back.copy()
                tried[item] = False
                enough = not _open(known, by_year, tried).any()
                if enough and all(safe(counts, tried) for counts in each):
                    back = tried
        pinned = {int(item) for counts in each for item in worked_out(counts, back)}
        return (
            Hidden(frozenset(key for key, item in self.index.items() if back[item])),
            Hidden(frozenset(key for key, item in self.index.items() if item in pinned)),
        )

    def values(self, atoms: Values) -> dict[tuple[str, Key], float]:
        """Return the value of each item."""
        found = self.counts(atoms).values
        return {key: float(found[item]) for key, item in self.index.items()}


def _open(known: sparse.csr_matrix, by_year: Values, back: Mask) -> Mask:
    """Return the smallest item still shown of each known sum that leaves too little open."""
    more = np.zeros(len(back), dtype=bool)
    for r in range(known.shape[0]):
        items = known.indices[known.indptr[r] : known.indptr[r + 1]]
        gone, left = items[back[items]], items[~back[items]]
        left = left[by_year[left].max(axis=1) > NONE]
        if not len(gone) or not len(left):
            continue
        there = by_year[gone] > NONE
        together = by_year[gone].sum(axis=0)
        few = there.any(axis=0) & ((there.sum(axis=0) < 2) | (together < SMALL))
        if few.any():
            at = by_year[left][:, few].max(axis=1)
            more[left[np.argmin(np.where(at > NONE, at, np.inf))]] = True
    return more


def _sparse(entries: list[tuple[int, int, float]], shape: tuple[int, int]) -> sparse.csr_matrix:
    """Return the sparse matrix of (row, column, value) entries."""
    table = np.array(entries, dtype=float).reshape(-1, 3)
    at: Any = (table[:, 2], (table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)))
    return sparse.csr_matrix(at, shape=shape)


@dataclass(frozen=True)
class Hidden:
    """The items held back, by view and key."""

    items: frozenset[tuple[str, Key]] = frozenset()

    def __call__(self, name: str, *key: object) -> bool:
        """Return whether the item is held back."""
        return (name, tuple(map(str, key))) in self.items

    def __or__(self, other: Hidden) -> Hidden:
        """Return what either holds back."""
        return Hidden(self.items | other.items)
