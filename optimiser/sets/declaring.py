"""What every part of the declaration uses: sets, numbers and decisions added to a model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from optimiser.filling import fill, fill_each, fill_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from optimiser.kinds import Indices, Model


@dataclass(frozen=True)
class Index:
    """Where each variable of a family belongs: its row and its year, in order."""

    rows: Indices
    years: Indices


def index_of(pairs: Iterable[tuple[int, int]]) -> Index:
    """Return the index of (row, year) pairs."""
    both = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    return Index(both[:, 0], both[:, 1])


class Sets:
    """Adds sets and numbers to a model."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def flat(self, name: str, members: list[Any], dimen: int) -> None:
        """Add a set."""
        self.model.add_component(name, pyo.Set(dimen=dimen))
        fill(self.model.component(name), members)

    def by(self, name: str, over: str, groups: Mapping[Any, list[Any]], dimen: int) -> None:
        """Add a set for each member of another."""
        domain = self.model.component(over)
        self.model.add_component(name, pyo.Set(domain, dimen=dimen))
        fill_each(self.model.component(name), domain, groups, dimen)

    def numbers(self, name: str, values: Mapping[Any, float]) -> None:
        """Add numbers by key."""
        keys = list(values)
        dimen = len(keys[0]) if keys and isinstance(keys[0], tuple) else 1
        self.flat(f"_{name}", keys, dimen)
        holder = self.model.component(f"_{name}")
        self.model.add_component(name, pyo.Param(holder, within=pyo.Any, mutable=False))
        fill_numbers(self.model.component(name), values)

    def variables(self, name: str, over: str, domain: Any = pyo.NonNegativeReals) -> None:
        """Add a family of decisions over a set."""
        self.model.add_component(name, pyo.Var(self.model.component(over), domain=domain))


def grouped(keys: Iterable[Any], members: Iterable[Any]) -> dict[Any, list[Any]]:
    """Return the members of each key, in order."""
    found: defaultdict[Any, list[Any]] = defaultdict(list)
    for key, member in zip(keys, members, strict=True):
        found[key].append(member)
    return found


def together(codes: Indices, members: np.ndarray) -> tuple[Indices, list[list[Any]]]:
    """Return where each code is met first, in that order, and the members that have it.

    What :func:`grouped` does, for a million members.
    """
    if not len(codes):
        return np.zeros(0, dtype=np.int64), []
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=codes[order[0]] - 1))
    first = order[starts]
    laid = members[order].tolist()
    ends = [*starts[1:].tolist(), len(laid)]
    groups = [laid[i:j] for i, j in zip(starts.tolist(), ends, strict=True)]
    rank = np.argsort(first)
    return first[rank], [groups[i] for i in rank.tolist()]
