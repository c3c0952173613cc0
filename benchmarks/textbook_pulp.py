"""The core as a PuLP textbook would write it: dicts of variables, ``lpSum``, a row at a time.

Linking is weak, as in textbooks: the children that an option lets in are held together, a row for
each need and phase of a provision and year. ``strong`` holds each zone's children apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulp

from benchmarks.core import groups

if TYPE_CHECKING:
    from benchmarks.core import Facts


def model(known: Facts, *, strong: bool = False) -> pulp.LpProblem:
    """Return the core as a PuLP problem; its objective leaves ``always`` out, as PuLP's solvers do.

    Parameters
    ----------
    known
        The numbers.
    strong
        One linking row for each cell, provision and year, in place of one for all cells.
    """
    g = groups(known)
    years, first = known.years, known.years[0]
    option_years = [(o, t) for o in known.at for t in years]
    lp = pulp.LpProblem("plan", pulp.LpMinimize)
    place = lp.add_variable_dicts("place", known.placements, lowBound=0)
    unplaced = lp.add_variable_dicts("unplaced", list(known.demand), lowBound=0)
    intake = lp.add_variable_dicts("intake", list(g.cells_of), lowBound=0)
    roll = lp.add_variable_dicts("roll", g.rolls, lowBound=0)
    opening = lp.add_variable_dicts("open", known.opens, lowBound=0)
    opened = lp.add_variable_dicts("opened", option_years, cat=pulp.LpBinary)
    in_use = lp.add_variable_dicts("in_use", [(o, t) for o in known.grows for t in years], 0)

    lp += pulp.lpSum(
        known.cost[family][key] * variable
        for family, variables in (
            ("place", place),
            ("unplaced", unplaced),
            ("intake", intake),
            ("open", opening),
            ("in_use", in_use),
        )
        for key, variable in variables.items()
    )
    for d, t in known.demand:
        still = known.waits[d, t - 1] * unplaced[d, t - 1] if (d, t - 1) in unplaced else 0
        lp += (
            pulp.lpSum(place[d, p, t] for p in g.provisions_for.get((d, t), ())) + unplaced[d, t]
            == known.demand[d, t] + still
        )
    for (p, n, h, t), cells in g.cells_of.items():
        lp += intake[p, n, h, t] == pulp.lpSum(place[d, p, t] for d in cells)
    for p, n, h, t in g.rolls:
        lp += roll[p, n, h, t] == known.pinned[p, n, h, t] + pulp.lpSum(
            known.stays[n, h, u, t] * intake[p, n, h, u]
            for u in years
            if u <= t and (p, n, h, u) in intake
        )
    for (p, t), pairs in g.taught_at.items():
        lp += pulp.lpSum(roll[p, n, h, t] for n, h in pairs) <= known.fits[p, t] + pulp.lpSum(
            (1 - known.drawn[o]) * in_use[o, t] for o in g.options_at[p] if (o, t) in in_use
        )
    for p, n, h, t in g.rolls:
        if (p, n, h, t) in known.most:
            lp += roll[p, n, h, t] <= known.most[p, n, h, t] + pulp.lpSum(
                known.teaches[o][n, h] * opened[o, t] for o in g.options_teaching[p, n, h]
            )
    for (p, n, h, t), cells in g.cells_of.items():
        if (p, n, h) not in known.through_options:
            continue
        letting_in = pulp.lpSum(opened[o, t] for o in g.options_teaching[p, n, h])
        if strong:
            for d in cells:
                lp += place[d, p, t] <= known.due[d, t] * letting_in
        else:
            lp += intake[p, n, h, t] <= sum(known.due[d, t] for d in cells) * letting_in
    can_open = set(known.opens)
    for o in known.grows:
        for t in years:
            lp += in_use[o, t] <= pulp.lpSum(
                known.added[o, u, t] * opening[o, u] for u in years if u <= t and (o, u) in can_open
            )
    for o, t in option_years:
        before = opened[o, t - 1] if t > first else 0
        lp += opened[o, t] == before + (opening[o, t] if (o, t) in can_open else 0)
    for o, t in known.committed.items():
        lp += opening[o, t] == 1
    for o, needed in known.requires:
        for t in years:
            lp += opened[o, t] <= opened[needed, t]
    for options in known.exclusive:
        for t in years:
            lp += pulp.lpSum(opened[o, t] for o in options) <= 1
    return lp
