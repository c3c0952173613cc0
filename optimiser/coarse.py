"""A coarse problem: the cells of a locality taken together, to learn prices quickly.

Its answers are never used; only the prices of places that it suggests, which tell where to look
first in the whole problem.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from optimiser.problem import Problem

FEWEST_GROUPS = 6
"""Where a case has fewer localities than this, zones are grouped in order of their key."""


def coarse(problem: Problem) -> Problem:
    """Return the problem with cells merged by locality, need and phase.

    Entrants add up; an arc's transport and journey are the mean over its members, weighted by
    entrants, and it can be used wherever one of them can.
    """
    cells = problem.cells
    zones = cells["zone"].unique()
    area = dict(zip(cells["zone"], cells["locality"], strict=True))
    if len(set(area.values())) < FEWEST_GROUPS:
        order = np.sort(zones)
        area = {zone: f"g{i * FEWEST_GROUPS // len(order)}" for i, zone in enumerate(order)}
    label = cells["zone"].map(area) + ":" + cells["need"] + ":" + cells["phase"]
    codes, labels = pd.factorize(label, sort=True)
    first = np.unique(codes, return_index=True)[1]
    merged = cells.iloc[first].assign(cell=labels).reset_index(drop=True)

    def added(values: np.ndarray) -> np.ndarray:
        total = np.zeros((len(labels), values.shape[1]))
        np.add.at(total, codes, values)
        return total

    arcs = problem.arcs
    d = arcs["d"].to_numpy(int)
    keys = pd.MultiIndex.from_arrays([codes[d], arcs["q"].to_numpy(int)])
    group, index = pd.factorize(keys)
    weight = problem.entrants.sum(axis=1)[d] + 1e-9
    total = np.bincount(group, weight)

    def mean(name: str) -> np.ndarray:
        return np.asarray(np.bincount(group, weight * arcs[name].to_numpy(float)) / total)

    one = np.unique(group, return_index=True)[1]
    usable = np.zeros((len(index), problem.horizon), dtype=bool)
    np.logical_or.at(usable, group, problem.usable)
    taken = arcs.iloc[one].assign(
        d=codes[d][one],
        **{name: mean(name) for name in ("minutes", "ride_minutes", "miles", "transport_gbp")},
    )
    stay_on = problem.stay_on.assign(
        a_next=[np.unique(group[a]) for a in problem.stay_on["a_next"]],
        a_before=[
            np.unique(group[a]) if len(a) else a for a in problem.stay_on["a_before"]
        ],
    )
    return replace(
        problem,
        cells=merged,
        arcs=taken.reset_index(drop=True),
        usable=usable,
        entrants=added(problem.entrants),
        due_most=added(problem.due_most),
        suitable=problem.suitable[first],
        stay_on=stay_on,
    )
