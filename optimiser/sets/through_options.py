"""Placements that exist only through options, and where a vehicle must run."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyomo.environ as pyo

from optimiser.sets.declaring import grouped, index_of
from optimiser.sets.options import openable_years

if TYPE_CHECKING:
    from collections.abc import Iterable

    from optimiser.kinds import Array, Indices, Mask
    from optimiser.problem import Problem
    from optimiser.sets.declaring import Index, Sets


def declare_arcs_through_options(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """Arcs that need an option open, and arcs to provisions where no vehicle runs yet."""
    years = problem.years
    names = problem.provisions["provision"].to_numpy(object)
    cells = problem.cells["cell"].to_numpy(object)
    where = index["place"]
    arcs = problem.arcs
    d = arcs["d"].to_numpy(np.int64)[where.rows]
    p = arcs["p"].to_numpy(np.int64)[where.rows]
    only = arcs["option_only"].to_numpy(bool)[where.rows]
    year = np.array(years)[where.years]
    keys = list(
        zip(cells[d[only]].tolist(), names[p[only]].tolist(), year[only].tolist(), strict=True)
    )
    sets.flat("option_arcs", keys, 3)
    option_names = problem.options["option"].tolist()
    openable: Mask = np.asarray(openable_years(problem).any(axis=1))
    opening: defaultdict[int, list[str]] = defaultdict(list)
    for o, taught, _ in cast("Iterable[Any]", problem.option_taught.itertuples(index=False)):
        if openable[o]:
            opening[taught].append(option_names[o])
    arc = np.unique(where.rows[only])
    of_arc = arcs["q"].to_numpy(np.int64)[arc].tolist()
    pairs = list(
        zip(
            cells[arcs["d"].to_numpy(np.int64)[arc]].tolist(),
            names[arcs["p"].to_numpy(np.int64)[arc]].tolist(),
            strict=True,
        )
    )
    sets.flat("option_pairs", pairs, 2)
    through = {pair: opening[k] for pair, k in zip(pairs, of_arc, strict=True)}
    sets.by("options_opening", "option_pairs", through, 1)

    runs = problem.used_fixed < 1
    costs = problem.transport_fixed > 0
    unused = [
        (int(j), t)
        for j in np.flatnonzero(costs & runs.any(axis=1))
        for t in range(problem.horizon)
        if runs[j, t]
    ]
    could = set(np.unique(p).tolist())
    vehicles = [(j, t) for j, t in unused if j in could]
    sets.flat("vehicles", [(names[j], years[t]) for j, t in vehicles], 2)
    index["used"] = index_of(vehicles)
    sets.variables("used", "vehicles")
    at = problem.options["p"].to_numpy(np.int64)
    teaches_now = set(problem.taught["p"].to_numpy(np.int64)[problem.taught["now"]].tolist())
    able = np.flatnonzero(problem.can_open().any(axis=1))
    sets.flat(
        "vehicle_openings",
        [
            (names[j], option_names[o], years[t])
            for j, t in vehicles
            if j not in teaches_now
            for o in able
            if at[o] == j
        ],
        3,
    )
    # where children could go without any opening, whether a vehicle runs is a decision of its own
    known = {(j, t) for j, t in vehicles if j in teaches_now}
    free: defaultdict[int, list[int]] = defaultdict(list)
    for j, t in sorted(known):
        free[j].append(t)
    for j, t in known:
        sets.model.used[names[j], years[t]].domain = pyo.Binary
    intakes = index["intake"]
    at_p = problem.taught["p"].to_numpy(np.int64)[intakes.rows]
    entries = sorted(set(zip(at_p.tolist(), intakes.years.tolist(), strict=True)))
    vehicle_rows = [
        (names[j], years[t], years[v])
        for j, t in entries
        for v in [next((v for v in free[j] if v >= t), -1)]
        if v >= 0 and problem.survival[:, t, v].max() > 0
    ]
    sets.flat("vehicle_rows", vehicle_rows, 3)
    sets.flat("entry_cells", [(names[j], years[t]) for j, t in entries], 2)
    sets.by(
        "taken_in_at",
        "entry_cells",
        grouped(
            ((names[j], years[t]) for j, t in zip(at_p, intakes.years, strict=True)),
            (
                (problem.taught["need"].iloc[k], problem.taught["phase"].iloc[k])
                for k in intakes.rows
            ),
        ),
        2,
    )
    room = most_taken_in(problem, np.unique(at_p))
    due = np.zeros((len(problem.taught), problem.horizon))
    q_of = arcs["q"].to_numpy(np.int64)[where.rows]
    np.add.at(due, (q_of, where.years), problem.due_most[d, where.years])
    triples = problem.taught[["provision", "need", "phase"]].to_numpy(object)
    there = {
        (*triples[k], years[t]): float(min(due[k, t], room[j, t]))
        for k, j, t in zip(
            intakes.rows.tolist(), at_p.tolist(), intakes.years.tolist(), strict=True
        )
        if (j, t) in known
    }
    sets.flat("vehicle_intakes", list(there), 4)
    sets.numbers("due_there", there)
    sets.numbers("room", {(names[j], years[t]): float(room[j, t]) for j, t in entries})
    sets.flat(
        "vehicle_years",
        [(names[j], years[u], years[t]) for j, held in free.items() for u, t in pairwise(held)],
        3,
    )


def most_taken_in(problem: Problem, reached: Indices) -> Array:
    """Return (P, T) the most entrants that a provision can take in a year, whatever is opened.

    The roll is at least what is pinned plus the year's intake, so the capacity row bounds the
    intake; so do all the children who could be due and placed there.
    """
    horizon = problem.horizon
    p_of = problem.taught["p"].to_numpy(np.int64)
    fixed = np.zeros_like(problem.capacity)
    np.add.at(fixed, p_of, (problem.pinned + problem.aside_roll + problem.others)[:, :horizon])
    room = np.maximum(problem.capacity - fixed, 0.0) + problem.over_limit
    able: Mask = np.asarray(problem.can_open().any(axis=1))
    grown = problem.added.max(axis=1, initial=0.0) + np.maximum(problem.over_added, 0.0)
    np.add.at(room, problem.options["p"].to_numpy(np.int64)[able], grown[able])
    due = np.zeros_like(room)
    arc_d = problem.arcs["d"].to_numpy(np.int64)
    np.add.at(due, problem.arcs["p"].to_numpy(np.int64), problem.due_most[arc_d] * problem.usable)
    keep = np.zeros((len(room), 1))
    keep[reached] = 1.0
    most: Array = np.minimum(room, due) * keep
    return most
