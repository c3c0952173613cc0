"""A coarse problem: cells with like journeys taken together, for quick plans and quick bounds.

Merging cells adds their entrants. With each merged journey at its least cost the coarse problem
costs no more than the whole one, so its relaxation is a bound of the whole; with each at its mean
cost it makes a good plan, which is laid on the zones again, exactly feasible.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, ward

if TYPE_CHECKING:
    from collections.abc import Iterable

    from optimiser.kinds import Array, Indices
    from optimiser.problem import Problem

FAR_GBP = 20_000.0
"""Stands for a journey that a cell cannot make, £ a year, when cells are compared."""


def alike(problem: Problem, groups: int) -> Indices:
    """Return (D,) the group of each cell: one need, phase and locality, with like journeys.

    Cells are taken together where that hides least: the trees of all needs, phases and localities
    are cut at one height, which weighs the difference of journeys by the children who make them.

    Parameters
    ----------
    problem
        The whole problem.
    groups
        About how many groups there should be for each need and phase, on average.
    """
    cells, arcs = problem.cells, problem.arcs
    area = cells["locality"].to_numpy(str)
    # a zone without a locality stands for itself in the staying-on rule: it is not merged
    own = area == ""
    block = pd.factorize(pd.Series(area) + ":" + cells["nh"].astype(str))[0]
    d, p = arcs["d"].to_numpy(np.int64), arcs["p"].to_numpy(np.int64)
    gbp = arcs["transport_gbp"].to_numpy(float)
    children = problem.entrants.sum(axis=1)
    by_cell = np.split(
        np.argsort(d, kind="stable"), np.searchsorted(np.sort(d), range(1, len(own)))
    )
    trees: list[tuple[Indices, Array, Array]] = []
    for one in np.unique(block[~own]):
        here = np.flatnonzero((block == one) & ~own)
        if len(here) < 2:
            continue
        some = np.concatenate([by_cell[i] for i in here])
        reached, column = np.unique(p[some], return_inverse=True)
        journeys = np.full((len(here), max(1, len(reached))), FAR_GBP)
        journeys[np.searchsorted(here, d[some]), column] = gbp[some]
        tree = ward(journeys)
        trees.append((here, tree, tree[:, 2] ** 2 * (children[here].mean() + ALMOST_NOBODY)))
    group = np.arange(len(cells), dtype=np.int64)
    heights = np.sort(np.concatenate([found for *_, found in trees])) if trees else np.zeros(0)
    wanted = max(1, groups * len(problem.pairs))
    merges = len(cells) - wanted
    if merges <= 0 or not len(heights):
        return group
    most = heights[min(merges, len(heights)) - 1]
    for here, tree, height in trees:
        label = fcluster(np.column_stack([tree[:, :2], height, tree[:, 3]]), most, "distance")
        first = np.full(label.max() + 1, len(cells), dtype=np.int64)
        np.minimum.at(first, label, here)
        group[here] = first[label]
    return group


ALMOST_NOBODY = 1e-9


@dataclass(frozen=True)
class Coarse:
    """A coarse problem and the way back: the merged cell of each cell, and arc of each arc."""

    problem: Problem
    cell: Indices
    arc: Indices


def coarse(problem: Problem, groups: Indices, *, least: bool) -> Coarse:
    """Return the problem with the cells of each group merged.

    Parameters
    ----------
    problem
        The whole problem.
    groups
        (D,) group of each cell; no group spans two needs, phases or localities.
    least
        Whether a merged arc costs the least of its members (a bound), or their mean (a plan).
    """
    cells = problem.cells
    first, codes = np.unique(groups, return_inverse=True)
    labels = cells["cell"].to_numpy(object)[first]
    merged = cells.iloc[first].reset_index(drop=True)

    def added(values: Array) -> Array:
        total = np.zeros((len(labels), values.shape[1]))
        np.add.at(total, codes, values)
        return total

    arcs = problem.arcs
    d = arcs["d"].to_numpy(np.int64)
    key = codes[d] * (len(problem.taught) + 1) + arcs["q"].to_numpy(np.int64)
    _, one, group = np.unique(key, return_index=True, return_inverse=True)
    cost = arcs["transport_gbp"].to_numpy(float)
    near = ~arcs["over_guideline"].to_numpy(bool)
    if least:
        gbp = np.full(len(one), np.inf)
        np.minimum.at(gbp, group, cost)
    else:
        weight = problem.entrants.sum(axis=1)[d] + 1e-9
        gbp = np.bincount(group, weight * cost) / np.bincount(group, weight)
    any_near = np.zeros(len(one), dtype=bool)
    np.logical_or.at(any_near, group, near)
    usable = np.zeros((len(one), problem.horizon), dtype=bool)
    np.logical_or.at(usable, group, problem.usable)
    taken = arcs.iloc[one].assign(d=codes[d][one], transport_gbp=gbp, over_guideline=~any_near)
    after: list[Any] = [np.unique(group[a]) for a in problem.stay_on["a_next"]]
    before: list[Any] = [np.unique(group[a]) if len(a) else a for a in problem.stay_on["a_before"]]
    stay_on = problem.stay_on.assign(a_next=after, a_before=before)
    small = replace(
        problem,
        cells=merged,
        arcs=taken.reset_index(drop=True),
        usable=usable,
        entrants=added(problem.entrants),
        due_most=added(problem.due_most),
        suitable=problem.suitable[first],
        stay_on=stay_on,
    )
    return Coarse(small, codes.astype(np.int64), group.astype(np.int64))


def laid_on_zones(problem: Problem, merged: Coarse, decided: dict[str, Array]) -> dict[str, Array]:
    """Return a coarse plan as a plan of the whole problem.

    Every cell of a group is given the group's shares of its children due. Where a share goes to a
    provision that the cell cannot reach, those children go without a place from then on, and
    nobody else moves: so no roll is higher than in the coarse plan, and every row holds.
    """
    horizon = problem.horizon
    nh = problem.cells["nh"].to_numpy(np.int64)
    d = problem.arcs["d"].to_numpy(np.int64)
    small = merged.problem
    due_small = np.zeros_like(small.entrants)
    np.add.at(due_small, small.arcs["d"].to_numpy(np.int64), decided["place"])
    due_small += decided["unplaced"]
    inverse = np.divide(1.0, due_small, out=np.zeros_like(due_small), where=due_small > 0)
    share = decided["place"] * inverse[small.arcs["d"].to_numpy(np.int64)]
    waits = decided["unplaced"] * inverse
    place = np.zeros((len(problem.arcs), horizon))
    unplaced = np.zeros_like(problem.entrants)
    waiting, stuck = np.zeros(len(nh)), np.zeros(len(nh))
    for t in range(horizon):
        if t:
            waiting *= problem.still_waiting[nh, t - 1]
            stuck *= problem.still_waiting[nh, t - 1]
        due = problem.entrants[:, t] + waiting
        place[:, t] = np.where(problem.usable[:, t], share[merged.arc, t] * due[d], 0.0)
        waiting = waits[merged.cell, t] * due
        placed = np.bincount(d, place[:, t], minlength=len(nh))
        stuck = stuck + np.maximum(due - placed - waiting, 0.0)
        unplaced[:, t] = waiting + stuck
    intake = np.zeros((len(problem.taught), horizon))
    np.add.at(intake, problem.arcs["q"].to_numpy(np.int64), place)
    told = {name: values.copy() for name, values in decided.items()}
    told |= {"place": place, "unplaced": unplaced, "intake": intake}
    survival = problem.survival[problem.taught["nh"].to_numpy(np.int64)]
    fixed = (problem.pinned + problem.aside_roll + problem.others)[:, :horizon]
    roll = fixed + np.einsum("qu,quy->qy", intake, survival)[:, :horizon]
    told["roll"] = roll
    return told | _breaks(problem, told, roll)


def _breaks(problem: Problem, decided: dict[str, Array], roll: Array) -> dict[str, Array]:
    """Return the breaks of elastic rules that follow from placements and openings."""
    place, scenario, horizon = decided["place"], problem.scenario, problem.horizon
    nh = problem.cells["nh"].to_numpy(np.int64)
    d = problem.arcs["d"].to_numpy(np.int64)
    moved = np.zeros((len(problem.stay_on), horizon))
    if "staying_on" not in scenario.switched_off:
        stay_on_rows = cast("Iterable[Any]", problem.stay_on.itertuples(index=False))
        for i, row in enumerate(stay_on_rows):
            t = int(row.t)
            if not (problem.usable[row.a_next, t] & (problem.due_most[d[row.a_next], t] > 0)).any():
                continue
            leavers = 0.0
            if len(row.a_before):
                finishing = problem.finishing[nh[d[row.a_before[0]]], :, t]
                leavers = scenario.stay_on * float(place[row.a_before].sum(axis=0) @ finishing)
            staying = float(place[row.a_next, t].sum())
            moved[i, t] = max(0.0, row.least + leavers - staying)
    too_far = np.zeros((1, horizon))
    if scenario.over_guideline_share is not None and "journeys_share" not in scenario.switched_off:
        daily = place[problem.arcs["measured"].to_numpy(bool)].sum(axis=0)
        beyond = place[problem.arcs["over_guideline"].to_numpy(bool)].sum(axis=0)
        too_far[0] = np.maximum(0.0, beyond - scenario.over_guideline_share * daily)
    short = np.zeros_like(decided["roll_short"])
    if "viable_roll" not in scenario.switched_off:
        p_of = problem.taught["p"].to_numpy(np.int64)
        for o, option in enumerate(problem.options.to_dict("records")):
            least = option["minimum_roll"]
            wait = 0 if np.isnan(option["viable_by"]) else int(option["viable_by"])
            if np.isnan(least) or least <= 0:
                continue
            whole = roll[p_of == option["p"]].sum(axis=0)
            for t in range(wait, horizon):
                short[o, t] = max(0.0, least * decided["opened"][o, t - wait] - whole[t])
    return {"moved": moved, "too_far": too_far, "roll_short": short}
