"""Which cell can be placed where and when, and what each cell has due."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.sets.declaring import Index, together

if TYPE_CHECKING:
    from optimiser.problem import Problem
    from optimiser.sets.declaring import Sets


def declare_placements(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """Cells, arcs and who is due: the sets of ``place`` and ``unplaced``."""
    years = np.array(problem.years)
    cells = problem.cells["cell"].to_numpy(object)
    names = problem.provisions["provision"].to_numpy(object)
    due = problem.due_most > 0
    d, t = np.nonzero(due)
    cell_years = list(zip(cells[d].tolist(), years[t].tolist(), strict=True))
    sets.flat("cell_years", cell_years, 2)
    index["unplaced"] = Index(d, t)
    sets.numbers("entrants", dict(zip(cell_years, problem.entrants[d, t].tolist(), strict=True)))
    sets.numbers("due_most", dict(zip(cell_years, problem.due_most[d, t].tolist(), strict=True)))
    nh = problem.cells["nh"].to_numpy(np.int64)
    waits = problem.still_waiting[nh[d], t]
    sets.numbers("still_waiting", dict(zip(cell_years, waits.tolist(), strict=True)))
    existing = set(cell_years)
    sets.by(
        "year_before",
        "cell_years",
        {(c, y): [y - 1] for c, y in cell_years if (c, y - 1) in existing},
        1,
    )
    arc_d = problem.arcs["d"].to_numpy(np.int64)
    arc_p = problem.arcs["p"].to_numpy(np.int64)
    a, at = np.nonzero(problem.usable & due[arc_d])
    index["place"] = Index(a, at)
    horizon = problem.horizon
    place_cells, place_names, place_years = cells[arc_d[a]], names[arc_p[a]], years[at]
    sets.flat(
        "placements",
        list(zip(place_cells.tolist(), place_names.tolist(), place_years.tolist(), strict=True)),
        3,
    )
    first, here = together(arc_d[a] * horizon + at, place_names)
    keys = zip(place_cells[first].tolist(), place_years[first].tolist(), strict=True)
    sets.by("provisions_for", "cell_years", dict(zip(keys, here, strict=True)), 1)
    sets.variables("place", "placements")
    sets.variables("unplaced", "cell_years")

    kinds = problem.provisions["class"].to_numpy(object)
    column = {kind: k for k, kind in enumerate(problem.classes)}
    in_class = np.array([column[kind] for kind in kinds], dtype=np.int64)
    share = problem.suitable[arc_d[a], in_class[arc_p[a]]]
    partly = np.flatnonzero(share < 1.0)
    some, k_names = a[partly], kinds[arc_p[a[partly]]]
    code = (arc_d[some] * len(column) + in_class[arc_p[some]]) * horizon + at[partly]
    first, here = together(code, place_names[partly])
    shared = zip(
        place_cells[partly][first].tolist(),
        k_names[first].tolist(),
        place_years[partly][first].tolist(),
        strict=True,
    )
    grouped = dict(zip(shared, here, strict=True))
    sets.flat("class_shares", list(grouped), 3)
    sets.by("provisions_in", "class_shares", grouped, 1)
    sets.numbers(
        "suitable",
        {
            (c, k): float(s)
            for c, k, s in zip(
                place_cells[partly][first].tolist(),
                k_names[first].tolist(),
                share[partly][first].tolist(),
                strict=True,
            )
        },
    )
