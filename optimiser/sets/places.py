"""Places of each provision and year, what options add to them, and children over number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.sets.declaring import grouped, index_of
from optimiser.sets.through_options import declare_arcs_through_options

if TYPE_CHECKING:
    from optimiser.kinds import Mask
    from optimiser.problem import Problem
    from optimiser.sets.declaring import Index, Sets


def declare_places(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """Capacity, over number, what options add, and whether vehicles run."""
    years, horizon = problem.years, problem.horizon
    names = problem.provisions["provision"].tolist()
    options, option_names = problem.options, problem.options["option"].tolist()
    able: Mask = np.asarray(problem.can_open().any(axis=1))
    places = options["places"].to_numpy(float)
    p_of = options["p"].to_numpy(np.int64)
    rolls = index["roll"]
    p_roll = problem.taught["p"].to_numpy(np.int64)[rolls.rows]
    here = sorted({(int(p), int(t)) for p, t in zip(p_roll, rolls.years, strict=True)})
    sets.flat("provision_years", [(names[p], years[t]) for p, t in here], 2)
    need = problem.taught["need"].to_numpy(object)[rolls.rows]
    phase = problem.taught["phase"].to_numpy(object)[rolls.rows]
    sets.by(
        "taught_at",
        "provision_years",
        grouped(
            ((names[p], years[t]) for p, t in zip(p_roll, rolls.years, strict=True)),
            zip(need, phase, strict=True),
        ),
        2,
    )
    sets.numbers("fits", {(names[p], years[t]): float(problem.capacity[p, t]) for p, t in here})
    sets.flat("provisions", names, 1)
    growing = [o for o in range(len(options)) if able[o] and places[o] > 0]
    shrinking = [o for o in range(len(options)) if able[o] and places[o] < 0]
    sets.by(
        "growing_at",
        "provisions",
        grouped((names[p_of[o]] for o in growing), (option_names[o] for o in growing)),
        1,
    )
    sets.by(
        "shrinking_at",
        "provisions",
        grouped((names[p_of[o]] for o in shrinking), (option_names[o] for o in shrinking)),
        1,
    )
    use = [(o, t) for o in growing for t in range(horizon)]
    sets.flat("use_years", [(option_names[o], years[t]) for o, t in use], 2)
    index["in_use"] = index_of(use)
    sets.variables("in_use", "use_years")
    can = problem.can_open()
    sets.by(
        "opening_years",
        "use_years",
        {
            (option_names[o], years[t]): [years[u] for u in range(t + 1) if can[o, u]]
            for o, t in use
        },
        1,
    )
    sets.numbers(
        "added",
        {
            (option_names[o], years[u], years[t]): float(problem.added[o, u, t])
            for o in growing
            for u in range(horizon)
            for t in range(u, horizon)
        },
    )
    by_class = {str(k): v for k, v in problem.scenario.drawn_from_mainstream.items()}
    kinds = problem.provisions["class"].tolist()
    sets.numbers(
        "not_drawn", {option_names[o]: 1.0 - by_class.get(kinds[p_of[o]], 0.0) for o in growing}
    )
    sets.numbers(
        "taken",
        {
            (option_names[o], years[t]): float(problem.taken[o, t])
            for o in shrinking
            for t in range(horizon)
        },
    )
    roomy = {
        p
        for p in range(len(names))
        if problem.over_limit[p].max(initial=0.0) > 0
        or any(
            able[o] and p_of[o] == p and problem.over_added[o].max() > 0
            for o in range(len(options))
        )
    }
    over = [(p, t) for p, t in here if p in roomy]
    sets.flat("over_years", [(names[p], years[t]) for p, t in over], 2)
    index["over"] = index_of(over)
    sets.variables("over", "over_years")
    sets.by("over_at", "provision_years", {(names[p], years[t]): [1] for p, t in over}, 1)
    sets.numbers(
        "over_limit", {(names[p], years[t]): float(problem.over_limit[p, t]) for p, t in over}
    )
    sets.by(
        "options_at",
        "provisions",
        grouped(
            (names[p_of[o]] for o in range(len(options)) if able[o]),
            (option_names[o] for o in range(len(options)) if able[o]),
        ),
        1,
    )
    sets.numbers(
        "over_added",
        {
            (option_names[o], years[t]): float(problem.over_added[o, t])
            for o in range(len(options))
            for t in range(horizon)
        },
    )
    declare_arcs_through_options(sets, problem, index)
