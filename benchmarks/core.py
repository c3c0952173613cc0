"""The core of the plan problem, which every method of the ladder poses: and it as plain numbers.

The core is demand, roll, capacity, linking, opening once (with committed options, options that
exclude one another and options that require another) and costs. :func:`core` takes from a problem
what goes beyond it: over number, suitability by class, vehicles, shrinking, staying on, and every
rule of policy. What is left is a problem like any other, so the product is given nothing else than
the rest; :func:`facts` gives the same numbers as lists and dicts, as a textbook wants them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.costs import objective
from optimiser.problem import only_options
from optimiser.sets import exclusive_groups

if TYPE_CHECKING:
    from optimiser.problem import Problem

NO_RULES: dict[str, Any] = {
    "over_guideline_share": None,
    "capital_budget_gbp": None,
    "capital_budget_by_year_gbp": {},
    "capital_budget_by_grant_gbp": {},
    "openings_per_year": None,
    "places_rules": (),
    "stay_on": 0.0,
}


def core(problem: Problem) -> Problem:
    """Return the problem without what goes beyond the core.

    Options that shrink or close a provision are ruled out, and with them whatever requires one.
    """
    keep = (problem.options["places"] >= 0).to_numpy()
    can = problem.can_open().any(axis=1)
    names = problem.options["option"].to_numpy()
    while True:
        live = set(names[keep & can])
        holds = np.array(
            [set(needed) <= live for needed in problem.options["requires"]], dtype=bool
        )
        if not (keep & ~holds).any():
            break
        keep &= holds
    return replace(
        only_options(problem, keep),
        scenario=problem.scenario.model_copy(update=NO_RULES),
        over_limit=np.zeros_like(problem.over_limit),
        over_added=np.zeros_like(problem.over_added),
        suitable=np.ones_like(problem.suitable),
        transport_fixed=np.zeros_like(problem.transport_fixed),
        stay_on=problem.stay_on.iloc[:0],
        options=problem.options.assign(minimum_roll=np.nan),
    )


Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Facts:
    """The core as plain lists and dicts, keyed by name and year.

    Parameters
    ----------
    years
        Years of the plan.
    demand, waits, due
        By (cell, year): children who newly need a place; of those left without one, the share who
        still need it a year later; the most who can be due.
    pair
        Need and phase of each cell.
    placements
        Each (cell, provision, year) in which a child of the cell could be placed there.
    stays
        By (need, phase, year of entry, year): the share still there.
    pinned
        By (provision, need, phase, year): children there whatever is decided.
    fits, most
        Children that fit by (provision, year), and by (provision, need, phase, year) where limited.
    at, teaches, drawn
        By option: its provision; the most children it adds of each (need, phase); the share of
        its places in use that draws a child from mainstream.
    opens
        Each (option, year) in which it can open.
    added
        By (option, year of opening, year): places that can be in use.
    grows
        Options that add places.
    through_options
        The (provision, need, phase) taught only once an option is open.
    committed, requires, exclusive
        Options that open in a stated year; (option, the one it requires); sets of which one at
        most may be open.
    cost
        By family of decisions, £ of present value a unit.
    always
        £ of present value that no decision changes.
    """

    years: list[int]
    demand: dict[tuple[str, int], float]
    waits: dict[tuple[str, int], float]
    due: dict[tuple[str, int], float]
    pair: dict[str, tuple[str, str]]
    placements: list[tuple[str, str, int]]
    stays: dict[tuple[str, str, int, int], float]
    pinned: dict[tuple[str, str, str, int], float]
    fits: dict[tuple[str, int], float]
    most: dict[tuple[str, str, str, int], float]
    at: dict[str, str]
    teaches: dict[str, dict[tuple[str, str], float]]
    drawn: dict[str, float]
    opens: list[tuple[str, int]]
    added: dict[tuple[str, int, int], float]
    grows: list[str]
    through_options: set[Triple]
    committed: dict[str, int]
    requires: list[tuple[str, str]]
    exclusive: list[tuple[str, ...]]
    cost: dict[str, dict[Any, float]]
    always: float


def facts(problem: Problem) -> Facts:
    """Return a core problem as lists and dicts; making them is not part of what is measured."""
    years = list(problem.years)
    every = range(len(years))
    cells = problem.cells["cell"].tolist()
    names = problem.provisions["provision"].tolist()
    options = problem.options["option"].tolist()
    frame = problem.taught
    triples: list[Triple] = [
        (p, str(n), str(h))
        for p, n, h in zip(frame["provision"], frame["need"], frame["phase"], strict=True)
    ]
    nh = problem.cells["nh"].tolist()
    pairs = [(str(need), str(phase)) for need, phase in problem.pairs]
    due = problem.due_most > 0
    cell_years = [(d, t) for d, t in zip(*(x.tolist() for x in np.nonzero(due)), strict=True)]
    arc_d = problem.arcs["d"].to_numpy(np.int64)
    a, t = np.nonzero(problem.usable & due[arc_d])
    d, p = arc_d[a], problem.arcs["p"].to_numpy(np.int64)[a]
    placements = [
        (cells[i], names[j], years[k])
        for i, j, k in zip(d.tolist(), p.tolist(), t.tolist(), strict=True)
    ]
    price, always = objective(problem)
    can = problem.can_open()
    live = [o for o in range(len(options)) if can[o].any()]
    where = problem.options["p"].tolist()
    by_class = {str(kind): share for kind, share in problem.scenario.drawn_from_mainstream.items()}
    kinds = problem.provisions["class"].tolist()
    teaches: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
    for o, q, most in problem.option_taught.itertuples(index=False):
        if can[o].any():
            teaches[options[o]][triples[q][1:]] = float(most)
    committed = problem.options["committed_year"].to_numpy(float)
    places = problem.options["places"].to_numpy(float)
    everyone = problem.pinned + problem.aside_roll + problem.others

    def by_cell(values: np.ndarray) -> dict[tuple[str, int], float]:
        return {(cells[i], years[k]): float(values[i, k]) for i, k in cell_years}

    def by_option(values: np.ndarray) -> dict[tuple[str, int], float]:
        return {(options[o], years[k]): float(values[o, k]) for o in live for k in every}

    return Facts(
        years=years,
        demand=by_cell(problem.entrants),
        waits=by_cell(problem.still_waiting[nh]),
        due=by_cell(problem.due_most),
        pair={cell: pairs[i] for cell, i in zip(cells, nh, strict=True)},
        placements=placements,
        stays={
            (*pair, years[u], years[k]): float(problem.survival[i, u, k])
            for i, pair in enumerate(pairs)
            for u in every
            for k in every[u:]
        },
        pinned={
            (*triples[q], years[k]): float(everyone[q, k])
            for q in range(len(triples))
            for k in every
        },
        fits={
            (names[j], years[k]): float(problem.capacity[j, k])
            for j in range(len(names))
            for k in every
        },
        most={
            (*triples[q], years[k]): float(problem.taught_limit[q, k])
            for q in range(len(triples))
            for k in every
            if np.isfinite(problem.taught_limit[q, k])
        },
        at={options[o]: names[where[o]] for o in live},
        teaches={options[o]: teaches[options[o]] for o in live},
        drawn={options[o]: by_class.get(kinds[where[o]], 0.0) for o in live},
        opens=[(options[o], years[k]) for o in live for k in every if can[o, k]],
        added={
            (options[o], years[u], years[k]): float(problem.added[o, u, k])
            for o in live
            for u in every
            for k in every[u:]
            if can[o, u]
        },
        grows=[options[o] for o in live if places[o] > 0],
        through_options={
            key for key, now in zip(triples, frame["now"].tolist(), strict=True) if not now
        },
        committed={options[o]: int(committed[o]) for o in live if not np.isnan(committed[o])},
        requires=[
            (options[o], str(other)) for o in live for other in problem.options["requires"].iloc[o]
        ],
        exclusive=[tuple(options[o] for o in group) for group in exclusive_groups(problem)],
        cost={
            "place": dict(zip(placements, price["place"][a, t].tolist(), strict=True)),
            "unplaced": by_cell(price["unplaced"]),
            "intake": {
                (*triples[q], years[k]): float(price["intake"][q, k])
                for q in range(len(triples))
                for k in every
            },
            "open": by_option(price["open"]),
            "in_use": by_option(price["in_use"]),
        },
        always=always,
    )


@dataclass(frozen=True)
class Groups:
    """What sums run over: gathered from the facts, as anyone who writes the model has to."""

    provisions_for: dict[tuple[str, int], list[str]]
    cells_of: dict[tuple[str, str, str, int], list[str]]
    rolls: list[tuple[str, str, str, int]]
    taught_at: dict[tuple[str, int], list[tuple[str, str]]]
    options_at: dict[str, list[str]]
    options_teaching: dict[Triple, list[str]]


def groups(known: Facts) -> Groups:
    """Return what sums run over; part of building a model, and measured with it."""
    provisions_for: dict[tuple[str, int], list[str]] = defaultdict(list)
    cells_of: dict[tuple[str, str, str, int], list[str]] = defaultdict(list)
    for cell, p, year in known.placements:
        provisions_for[cell, year].append(p)
        cells_of[p, *known.pair[cell], year].append(cell)
    entered: dict[Triple, int] = {}
    for p, need, phase, year in cells_of:
        entered[p, need, phase] = min(year, entered.get((p, need, phase), year))
    rolls = [
        key
        for key, children in known.pinned.items()
        if children > 0 or entered.get(key[:3], key[3] + 1) <= key[3]
    ]
    taught_at: dict[tuple[str, int], list[tuple[str, str]]] = defaultdict(list)
    for p, need, phase, year in rolls:
        taught_at[p, year].append((need, phase))
    options_at: dict[str, list[str]] = defaultdict(list)
    for option, p in known.at.items():
        options_at[p].append(option)
    options_teaching: dict[Triple, list[str]] = defaultdict(list)
    for option, most in known.teaches.items():
        for pair in most:
            options_teaching[known.at[option], *pair].append(option)
    return Groups(
        dict(provisions_for), dict(cells_of), rolls, dict(taught_at), options_at, options_teaching
    )
