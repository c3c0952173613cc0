"""Who is on roll of each provision, need and phase, and what teaches them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from optimiser.sets.declaring import grouped, index_of, together
from optimiser.sets.options import openable_years

if TYPE_CHECKING:
    from optimiser.problem import Problem
    from optimiser.sets.declaring import Index, Sets


def declare_rolls(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """Intake and roll by provision, need and phase."""
    years, horizon = problem.years, problem.horizon
    triples = [
        (str(p), str(n), str(h))
        for p, n, h in zip(
            problem.taught["provision"],
            problem.taught["need"],
            problem.taught["phase"],
            strict=True,
        )
    ]
    where = index["place"]
    q_of = problem.arcs["q"].to_numpy(np.int64)[where.rows]
    cells = problem.cells["cell"].to_numpy(object)
    d_of = problem.arcs["d"].to_numpy(np.int64)[where.rows]
    first, here = together(q_of * horizon + where.years, cells[d_of])
    taking = list(zip(q_of[first].tolist(), where.years[first].tolist(), strict=True))
    cells_of = {(*triples[q], years[t]): some for (q, t), some in zip(taking, here, strict=True)}
    sets.flat("intakes", list(cells_of), 4)
    sets.by("cells_of", "intakes", cells_of, 1)
    sets.variables("intake", "intakes")
    index["intake"] = index_of(taking)

    everyone = problem.pinned + problem.aside_roll + problem.others
    taken_in: defaultdict[int, list[int]] = defaultdict(list)
    for q, t in sorted(taking):
        taken_in[q].append(t)
    rolls = [
        (q, t)
        for q in range(len(triples))
        for t in range(horizon)
        if any(u <= t for u in taken_in[q]) or everyone[q, t] > 0
    ]
    roll_keys = [(*triples[q], years[t]) for q, t in rolls]
    sets.flat("rolls", roll_keys, 4)
    index["roll"] = index_of(rolls)
    sets.by(
        "entry_years",
        "rolls",
        {(*triples[q], years[t]): [years[u] for u in taken_in[q] if u <= t] for q, t in rolls},
        1,
    )
    sets.numbers(
        "pinned",
        {key: float(everyone[q, t]) for key, (q, t) in zip(roll_keys, rolls, strict=True)},
    )
    sets.numbers(
        "share_remaining",
        {
            (need, phase, years[u], years[t]): float(problem.survival[i, u, t])
            for i, (need, phase) in enumerate(problem.pairs)
            for u in range(horizon)
            for t in range(u, horizon)
        },
    )
    sets.variables("roll", "rolls")

    limits = [(q, t) for q, t in rolls if np.isfinite(problem.taught_limit[q, t]) and taken_in[q]]
    limit_keys = [(*triples[q], years[t]) for q, t in limits]
    sets.flat("limited_rolls", limit_keys, 4)
    sets.numbers(
        "max_places",
        {
            key: float(problem.taught_limit[q, t])
            for key, (q, t) in zip(limit_keys, limits, strict=True)
        },
    )
    names = problem.options["option"].tolist()
    openable = openable_years(problem)
    through = [
        (o, q, most)
        for o, q, most in problem.option_taught.itertuples(index=False)
        if openable[o].any()
    ]
    sets.flat("taught_triples", triples, 3)
    sets.by(
        "options_teaching",
        "taught_triples",
        grouped((triples[q] for _, q, _ in through), (names[o] for o, _, _ in through)),
        1,
    )
    sets.numbers("option_max", {(names[o], *triples[q][1:]): float(m) for o, q, m in through})
