"""When each option can open, and which rule each other out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyomo.environ as pyo

from optimiser.sets.declaring import grouped, index_of

if TYPE_CHECKING:
    from optimiser.kinds import Mask
    from optimiser.problem import Problem
    from optimiser.sets.declaring import Index, Sets


def openable_years(problem: Problem) -> Mask:
    """Return (O, T), whether each option can be open by each year."""
    return np.asarray(np.maximum.accumulate(problem.can_open(), axis=1))


def declare_options(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """What can open, when, and what it asks of other options."""
    years, horizon = problem.years, problem.horizon
    names = problem.options["option"].tolist()
    can = problem.can_open()
    able = can.any(axis=1)
    live = np.flatnonzero(able)
    every = [(names[o], years[t]) for o in live for t in range(horizon)]
    sets.flat("option_years", every, 2)
    index["opened"] = index_of((int(o), t) for o in live for t in range(horizon))
    opens = [(int(o), t) for o in live for t in range(horizon) if can[o, t]]
    sets.flat("openings", [(names[o], years[t]) for o, t in opens], 2)
    index["open"] = index_of(opens)
    sets.variables("open", "openings")
    sets.variables("opened", "option_years", pyo.Binary)
    sets.by("opened_before", "option_years", {(o, y): [y - 1] for o, y in every if y > years[0]}, 1)
    opening = {(names[o], years[t]) for o, t in opens}
    sets.by("opening_now", "option_years", {key: [key[1]] for key in opening}, 1)
    committed = problem.options["committed_year"].to_numpy(float)
    sets.flat(
        "committed_options",
        [(names[o], int(committed[o])) for o in live if not np.isnan(committed[o])],
        2,
    )
    required = [
        (names[o], str(r), years[t])
        for o in live
        for r in problem.options["requires"].iloc[o]
        for t in range(horizon)
    ]
    sets.flat("requirements", required, 3)
    # an option that can never open has years too, so that what requires it is held to nothing
    sets.flat("all_option_years", [(name, year) for name in names for year in years], 2)
    sets.by("openable", "all_option_years", {key: [key[0]] for key in every}, 1)
    groups = exclusive_groups(problem)
    rows = [(g, years[t]) for g in range(len(groups)) for t in range(horizon)]
    sets.flat("exclusions", rows, 2)
    sets.by("exclusive", "exclusions", {(g, y): [names[o] for o in groups[g]] for g, y in rows}, 1)
    limit = problem.scenario.openings_per_year
    limited = [] if limit is None else [years[t] for t in range(horizon) if can[:, t].any()]
    sets.flat("opening_limits", limited, 1)
    sets.by(
        "opening_in",
        "opening_limits",
        grouped((years[t] for _, t in opens), (names[o] for o, _ in opens)),
        1,
    )
    sets.numbers("openings_most", dict.fromkeys(limited, float(limit or 0)))


def exclusive_groups(problem: Problem) -> list[tuple[int, ...]]:
    """Return sets of options of which one at most may be open, as few and as large as found.

    Stated exclusions hold both ways. Options that shrink or close the same provision exclude one
    another too, because each states what it takes from today's places. Every pair is covered, each
    by a set in which all pairs exclude one another.
    """
    options = problem.options
    able: Mask = np.asarray(problem.can_open().any(axis=1))
    at = {name: o for o, name in enumerate(options["option"])}
    pairs: set[tuple[int, int]] = set()
    for o, others in enumerate(options["excludes"]):
        for name in others:
            x = at.get(str(name))
            if x is not None and x != o:
                pairs.add((min(o, x), max(o, x)))
    shrinking = np.flatnonzero(options["places"].to_numpy(float) < 0)
    for i, one in enumerate(shrinking):
        for x in shrinking[i + 1 :]:
            if options["p"].iloc[one] == options["p"].iloc[x]:
                pairs.add((int(one), int(x)))
    pairs = {(o, x) for o, x in pairs if able[o] and able[x]}
    left, groups = set(pairs), []
    for o, x in sorted(pairs):
        if (o, x) not in left:
            continue
        group = [o, x]
        for y in range(len(options)):
            if y not in group and all((min(y, g), max(y, g)) in pairs for g in group):
                group.append(y)
        groups.append(tuple(sorted(group)))
        left -= {(min(i, j), max(i, j)) for i in group for j in group if i != j}
    return groups
