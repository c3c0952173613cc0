"""The index sets, numbers and decisions of the plan model, declared once in Pyomo.

Sums and rows run over sets that hold exactly what exists, so that every rule can be read as a
template: no condition stands inside a sum.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyomo.environ as pyo

from optimiser.filling import fill, fill_each, fill_numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from optimiser.kinds import Array, Indices, Mask, Model
    from optimiser.problem import Problem


@dataclass(frozen=True)
class Index:
    """Where each variable of a family belongs: its row and its year, in order."""

    rows: Indices
    years: Indices


def _index(pairs: Iterable[tuple[int, int]]) -> Index:
    both = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    return Index(both[:, 0], both[:, 1])


class _Sets:
    """Adds sets and numbers to a model."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def flat(self, name: str, members: list[Any], dimen: int) -> None:
        self.model.add_component(name, pyo.Set(dimen=dimen))
        fill(self.model.component(name), members)

    def by(self, name: str, over: str, groups: Mapping[Any, list[Any]], dimen: int) -> None:
        domain = self.model.component(over)
        self.model.add_component(name, pyo.Set(domain, dimen=dimen))
        fill_each(self.model.component(name), domain, groups, dimen)

    def numbers(self, name: str, values: Mapping[Any, float]) -> None:
        keys = list(values)
        dimen = len(keys[0]) if keys and isinstance(keys[0], tuple) else 1
        self.flat(f"_{name}", keys, dimen)
        holder = self.model.component(f"_{name}")
        self.model.add_component(name, pyo.Param(holder, within=pyo.Any, mutable=False))
        fill_numbers(self.model.component(name), values)

    def variables(self, name: str, over: str, domain: Any = pyo.NonNegativeReals) -> None:
        self.model.add_component(name, pyo.Var(self.model.component(over), domain=domain))


def declare(model: Model, problem: Problem) -> dict[str, Index]:
    """Add every set, number and decision; return where each decision belongs."""
    sets = _Sets(model)
    index: dict[str, Index] = {}
    _declare_placements(sets, problem, index)
    _declare_rolls(sets, problem, index)
    _declare_options(sets, problem, index)
    _declare_places(sets, problem, index)
    _declare_policy(sets, problem, index)
    return index


def _groups(keys: Iterable[Any], members: Iterable[Any]) -> dict[Any, list[Any]]:
    grouped: defaultdict[Any, list[Any]] = defaultdict(list)
    for key, member in zip(keys, members, strict=True):
        grouped[key].append(member)
    return grouped


def _together(codes: Indices, members: np.ndarray) -> tuple[Indices, list[list[Any]]]:
    """Return where each code is met first, in that order, and the members that have it.

    What :func:`_groups` does, for a million members.
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


def _declare_placements(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
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
    first, here = _together(arc_d[a] * horizon + at, place_names)
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
    first, here = _together(code, place_names[partly])
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


def _declare_rolls(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
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
    first, here = _together(q_of * horizon + where.years, cells[d_of])
    taking = list(zip(q_of[first].tolist(), where.years[first].tolist(), strict=True))
    grouped = {(*triples[q], years[t]): some for (q, t), some in zip(taking, here, strict=True)}
    sets.flat("intakes", list(grouped), 4)
    sets.by("cells_of", "intakes", grouped, 1)
    sets.variables("intake", "intakes")
    index["intake"] = _index(taking)

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
    index["roll"] = _index(rolls)
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
    openable = _openable(problem)
    through = [
        (o, q, most)
        for o, q, most in problem.option_taught.itertuples(index=False)
        if openable[o].any()
    ]
    sets.flat("taught_triples", triples, 3)
    sets.by(
        "options_teaching",
        "taught_triples",
        _groups((triples[q] for _, q, _ in through), (names[o] for o, _, _ in through)),
        1,
    )
    sets.numbers("option_max", {(names[o], *triples[q][1:]): float(m) for o, q, m in through})


def _openable(problem: Problem) -> Mask:
    """Return (O, T), whether each option can be open by each year."""
    return np.asarray(np.maximum.accumulate(problem.can_open(), axis=1))


def _declare_options(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
    """What can open, when, and what it asks of other options."""
    years, horizon = problem.years, problem.horizon
    names = problem.options["option"].tolist()
    can = problem.can_open()
    able = can.any(axis=1)
    live = np.flatnonzero(able)
    every = [(names[o], years[t]) for o in live for t in range(horizon)]
    sets.flat("option_years", every, 2)
    index["opened"] = _index((int(o), t) for o in live for t in range(horizon))
    opens = [(int(o), t) for o in live for t in range(horizon) if can[o, t]]
    sets.flat("openings", [(names[o], years[t]) for o, t in opens], 2)
    index["open"] = _index(opens)
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
        _groups((years[t] for _, t in opens), (names[o] for o, _ in opens)),
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


def _declare_places(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
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
        _groups(
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
        _groups((names[p_of[o]] for o in growing), (option_names[o] for o in growing)),
        1,
    )
    sets.by(
        "shrinking_at",
        "provisions",
        _groups((names[p_of[o]] for o in shrinking), (option_names[o] for o in shrinking)),
        1,
    )
    use = [(o, t) for o in growing for t in range(horizon)]
    sets.flat("use_years", [(option_names[o], years[t]) for o, t in use], 2)
    index["in_use"] = _index(use)
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
    index["over"] = _index(over)
    sets.variables("over", "over_years")
    sets.by("over_at", "provision_years", {(names[p], years[t]): [1] for p, t in over}, 1)
    sets.numbers(
        "over_limit", {(names[p], years[t]): float(problem.over_limit[p, t]) for p, t in over}
    )
    sets.by(
        "options_at",
        "provisions",
        _groups(
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
    _declare_arcs_through_options(sets, problem, index)


def _declare_arcs_through_options(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
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
    openable: Mask = np.asarray(_openable(problem).any(axis=1))
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
    index["used"] = _index(vehicles)
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
        _groups(
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


def _declare_policy(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
    """Budgets, stated numbers of places, viable rolls, journeys, staying on."""
    _declare_budgets(sets, problem, index)
    _declare_place_rules(sets, problem, index)
    _declare_viable_rolls(sets, problem, index)
    _declare_journeys(sets, problem, index)
    _declare_staying_on(sets, problem, index)


def _declare_budgets(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
    years, scenario = problem.years, problem.scenario
    names = problem.options["option"].tolist()
    gbp = problem.options["capital_gbp"].to_numpy(float)
    opens = list(zip(index["open"].rows.tolist(), index["open"].years.tolist(), strict=True))
    sets.numbers("capital", {names[o]: float(gbp[o]) for o in range(len(names))})
    limited = sorted(scenario.capital_budget_by_year_gbp)
    spent = {
        y: [(names[o], years[u]) for o, u in opens if problem.spend[o, u, y - years[0]] > 0]
        for y in limited
    }
    limited = [y for y in limited if spent[y]]
    sets.flat("budget_years", limited, 1)
    sets.by("spending_in", "budget_years", spent, 2)
    sets.numbers("budget_of_year", {y: scenario.capital_budget_by_year_gbp[y] for y in limited})
    sets.numbers(
        "spend",
        {
            (names[o], years[u], y): float(problem.spend[o, u, y - years[0]])
            for o, u in opens
            for y in limited
        },
    )
    grants = scenario.capital_budget_by_grant_gbp
    paid = {
        g: [(names[o], years[u]) for o, u in opens if problem.options["funding"].iloc[o] == g]
        for g in grants
    }
    used = [g for g in grants if paid[g]]
    sets.flat("grants", used, 1)
    sets.by("paid_by", "grants", paid, 2)
    sets.numbers("budget_of_grant", {g: grants[g] for g in used})
    total = scenario.capital_budget_gbp
    whole = [] if total is None or not opens else ["total"]
    sets.flat("whole_budget", whole, 1)
    sets.by("openings_paid", "whole_budget", {"total": [(names[o], years[u]) for o, u in opens]}, 2)
    sets.numbers("budget_in_total", dict.fromkeys(whole, total or 0.0))


def _declare_place_rules(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
    years, scenario = problem.years, problem.scenario
    names = problem.options["option"].tolist()
    places = problem.options["places"].to_numpy(float)
    able: Mask = np.asarray(problem.can_open().any(axis=1))
    p_of = problem.options["p"].to_numpy(np.int64)
    kinds = problem.provisions["class"].to_numpy(object)
    localities = problem.provisions["locality"].to_numpy(object)
    now: dict[tuple[int, int], float] = {}
    counted: dict[tuple[int, int], list[str]] = {}
    rows: dict[str, list[tuple[int, int]]] = {"at_least": [], "at_most": []}
    for i, rule in enumerate(scenario.places_rules):
        inside = np.ones(len(kinds), dtype=bool)
        if rule.class_ is not None:
            inside &= kinds == str(rule.class_)
        if rule.locality is not None:
            inside &= localities == rule.locality
        for t, year in enumerate(years):
            if year < rule.year:
                continue
            rows[rule.measure].append((i, year))
            now[i, year] = float(problem.commissioned[inside, t].sum())
            counted[i, year] = [names[o] for o in range(len(names)) if able[o] and inside[p_of[o]]]
    every = [*rows["at_least"], *rows["at_most"]]
    sets.flat("least_rules", rows["at_least"], 2)
    sets.flat("most_rules", rows["at_most"], 2)
    sets.flat("place_rules", every, 2)
    sets.by("counted_in", "place_rules", counted, 1)
    sets.numbers("places_now", now)
    sets.numbers("places", {names[o]: float(places[o]) for o in range(len(names))})
    stated = {i: rule.places for i, rule in enumerate(scenario.places_rules)}
    sets.numbers("places_least", stated)
    sets.numbers("places_most", stated)
    sets.variables("places_short", "least_rules")
    sets.variables("places_beyond", "most_rules")
    for family, which in (("places_short", "at_least"), ("places_beyond", "at_most")):
        index[family] = _index((i, year - years[0]) for i, year in rows[which])


def _declare_viable_rolls(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
    years = problem.years
    options, names = problem.options, problem.options["option"].tolist()
    able: Mask = np.asarray(problem.can_open().any(axis=1))
    rows: list[tuple[str, int, int]] = []
    short: list[tuple[int, int]] = []
    taught: dict[tuple[str, int], list[tuple[str, str, str]]] = {}
    rolls = index["roll"]
    triples = problem.taught[["provision", "need", "phase"]].to_numpy(object)
    for o in range(len(options)):
        least, by = options["minimum_roll"].iloc[o], options["viable_by"].iloc[o]
        if not able[o] or np.isnan(least) or least <= 0:
            continue
        wait = 0 if np.isnan(by) else int(by)
        here = problem.taught["p"].to_numpy()[rolls.rows] == options["p"].iloc[o]
        for t in range(wait, problem.horizon):
            rows.append((names[o], years[t - wait], years[t]))
            short.append((o, t))
            q = rolls.rows[here & (rolls.years == t)]
            taught[names[o], years[t]] = [tuple(triples[k]) for k in q]
    sets.flat("viable_rows", rows, 3)
    sets.flat("viable_years", [(o, t) for o, _, t in rows], 2)
    sets.by("taught_by_option", "viable_years", taught, 3)
    sets.numbers(
        "minimum_roll",
        {
            names[o]: float(np.nan_to_num(options["minimum_roll"].iloc[o]))
            for o in range(len(names))
        },
    )
    sets.variables("roll_short", "viable_years")
    index["roll_short"] = _index(short)


def _declare_journeys(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
    years, share = problem.years, problem.scenario.over_guideline_share
    where, arcs = index["place"], problem.arcs
    cells = problem.cells["cell"].to_numpy(object)
    names = problem.provisions["provision"].to_numpy(object)
    limited = [] if share is None else [years[t] for t in np.unique(where.years)]
    sets.flat("journey_limits", limited, 1)
    groups: dict[str, dict[int, list[tuple[str, str]]]] = {"measured": {}, "over_guideline": {}}
    if share is not None:
        d = cells[arcs["d"].to_numpy(np.int64)[where.rows]]
        p = names[arcs["p"].to_numpy(np.int64)[where.rows]]
        for column, group in groups.items():
            yes = arcs[column].to_numpy(bool)[where.rows]
            group.update(
                _groups((years[t] for t in where.years[yes]), zip(d[yes], p[yes], strict=True))
            )
    sets.by("daily_journeys", "journey_limits", groups["measured"], 2)
    sets.by("beyond_guideline", "journey_limits", groups["over_guideline"], 2)
    sets.numbers("over_guideline_share", dict.fromkeys(limited, float(share or 0.0)))
    sets.variables("too_far", "journey_limits")
    index["too_far"] = _index((0, year - years[0]) for year in limited)


def _declare_staying_on(sets: _Sets, problem: Problem, index: dict[str, Index]) -> None:
    years, stay_on = problem.years, problem.scenario.stay_on
    cells = problem.cells["cell"].to_numpy(object)
    names = problem.provisions["provision"].to_numpy(object)
    nh = problem.cells["nh"].to_numpy(np.int64)
    where = index["place"]
    exists = np.zeros((len(problem.arcs), problem.horizon), dtype=bool)
    exists[where.rows, where.years] = True
    d_of = problem.arcs["d"].to_numpy(np.int64)
    rows: list[int] = []
    after: dict[int, list[tuple[str, str, int]]] = {}
    before: dict[int, list[tuple[str, str, int]]] = {}
    least: dict[int, float] = {}
    share: dict[tuple[int, int], float] = {}
    stay_on_rows = cast("Iterable[Any]", problem.stay_on.itertuples(index=False))
    for i, row in enumerate(stay_on_rows):
        t, p = int(row.t), names[int(row.p)]
        going = row.a_next[exists[row.a_next, t]]
        finishing = np.zeros(problem.horizon)
        if len(row.a_before):
            finishing = problem.finishing[nh[d_of[row.a_before[0]]], :, t]
        leavers = [
            (cells[d_of[a]], p, years[u])
            for u in range(t)
            if finishing[u] > 0
            for a in row.a_before
            if exists[a, u]
        ]
        if not len(going) or (row.least <= 0 and not leavers):
            continue
        rows.append(i)
        after[i] = [(cells[d_of[a]], p, years[t]) for a in going]
        before[i] = leavers
        least[i] = float(row.least)
        for u in range(t):
            share[i, years[u]] = stay_on * float(finishing[u])
    sets.flat("stay_rows", rows, 1)
    sets.by("next_place", "stay_rows", after, 3)
    sets.by("before_place", "stay_rows", before, 3)
    sets.numbers("least_staying", least)
    sets.numbers("finishing", share)
    sets.variables("moved", "stay_rows")
    t_of = problem.stay_on["t"].to_numpy(int) if len(problem.stay_on) else np.array([], int)
    index["moved"] = _index((i, int(t_of[i])) for i in rows)
