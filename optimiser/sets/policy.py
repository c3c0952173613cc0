"""Rules of policy: budgets, stated numbers of places, viable rolls, journeys, staying on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from optimiser.sets.declaring import grouped, index_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from optimiser.kinds import Mask
    from optimiser.problem import Problem
    from optimiser.sets.declaring import Index, Sets


def declare_policy(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """Budgets, stated numbers of places, viable rolls, journeys, staying on."""
    declare_budgets(sets, problem, index)
    declare_place_rules(sets, problem, index)
    declare_viable_rolls(sets, problem, index)
    declare_journeys(sets, problem, index)
    declare_staying_on(sets, problem, index)


def declare_budgets(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """Budgets of capital by year, by grant and in total."""
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


def declare_place_rules(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """Stated least and most numbers of places."""
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
        index[family] = index_of((i, year - years[0]) for i, year in rows[which])


def declare_viable_rolls(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """Least rolls of options, by when."""
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
    index["roll_short"] = index_of(short)


def declare_journeys(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """The share of daily journeys beyond the guideline."""
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
                grouped((years[t] for t in where.years[yes]), zip(d[yes], p[yes], strict=True))
            )
    sets.by("daily_journeys", "journey_limits", groups["measured"], 2)
    sets.by("beyond_guideline", "journey_limits", groups["over_guideline"], 2)
    sets.numbers("over_guideline_share", dict.fromkeys(limited, float(share or 0.0)))
    sets.variables("too_far", "journey_limits")
    index["too_far"] = index_of((0, year - years[0]) for year in limited)


def declare_staying_on(sets: Sets, problem: Problem, index: dict[str, Index]) -> None:
    """Who goes on at an all-through provision."""
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
    index["moved"] = index_of((i, int(t_of[i])) for i in rows)
