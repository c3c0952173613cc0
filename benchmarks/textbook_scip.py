"""The core as written for SCIP through its own interface, PySCIPOpt.

Linking is weak, as in textbooks, or ``strong``: see :mod:`benchmarks.textbook_pulp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.core import groups

if TYPE_CHECKING:
    from benchmarks.core import Facts


def model(known: Facts, *, strong: bool = False) -> Any:
    """Return the core as a SCIP model.

    Parameters
    ----------
    known
        The numbers.
    strong
        One linking row for each cell, provision and year, in place of one for all cells.
    """
    from pyscipopt import Model, quicksum

    g = groups(known)
    years, first = known.years, known.years[0]
    can_open = set(known.opens)
    m = Model("plan")
    m.addObjoffset(known.always)

    def variables(family: str, keys: Any, kind: str = "C") -> dict[Any, Any]:
        price = known.cost.get(family, {})
        top = 1.0 if kind == "B" else None
        return {key: m.addVar(vtype=kind, lb=0.0, ub=top, obj=price.get(key, 0.0)) for key in keys}

    option_years = [(o, t) for o in known.at for t in years]
    place = variables("place", known.placements)
    unplaced = variables("unplaced", known.demand)
    intake = variables("intake", g.cells_of)
    roll = variables("roll", g.rolls)
    opening = variables("open", known.opens)
    opened = variables("opened", option_years, "B")
    in_use = variables("in_use", [(o, t) for o in known.grows for t in years])

    for d, t in known.demand:
        still = known.waits[d, t - 1] * unplaced[d, t - 1] if (d, t - 1) in unplaced else 0.0
        placed = quicksum(place[d, p, t] for p in g.provisions_for.get((d, t), ()))
        m.addCons(placed + unplaced[d, t] - still == known.demand[d, t])
    for (p, n, h, t), cells in g.cells_of.items():
        m.addCons(intake[p, n, h, t] == quicksum(place[d, p, t] for d in cells))
    for p, n, h, t in g.rolls:
        entered = quicksum(
            known.stays[n, h, u, t] * intake[p, n, h, u]
            for u in years
            if u <= t and (p, n, h, u) in intake
        )
        m.addCons(roll[p, n, h, t] - entered == known.pinned[p, n, h, t])
    for (p, t), pairs in g.taught_at.items():
        added = quicksum(
            (1 - known.drawn[o]) * in_use[o, t] for o in g.options_at[p] if (o, t) in in_use
        )
        m.addCons(quicksum(roll[p, n, h, t] for n, h in pairs) - added <= known.fits[p, t])
    for p, n, h, t in g.rolls:
        if (p, n, h, t) in known.most:
            added = quicksum(
                known.teaches[o][n, h] * opened[o, t] for o in g.options_teaching[p, n, h]
            )
            m.addCons(roll[p, n, h, t] - added <= known.most[p, n, h, t])
    for (p, n, h, t), cells in g.cells_of.items():
        if (p, n, h) not in known.through_options:
            continue
        letting_in = quicksum(opened[o, t] for o in g.options_teaching[p, n, h])
        if strong:
            for d in cells:
                m.addCons(place[d, p, t] - known.due[d, t] * letting_in <= 0.0)
        else:
            most = sum(known.due[d, t] for d in cells)
            m.addCons(intake[p, n, h, t] - most * letting_in <= 0.0)
    for o in known.grows:
        for t in years:
            ready = quicksum(
                known.added[o, u, t] * opening[o, u] for u in years if u <= t and (o, u) in can_open
            )
            m.addCons(in_use[o, t] - ready <= 0.0)
    for o, t in option_years:
        before = opened[o, t - 1] if t > first else 0.0
        now = opening[o, t] if (o, t) in can_open else 0.0
        m.addCons(opened[o, t] - before - now == 0.0)
    for o, t in known.committed.items():
        m.addCons(opening[o, t] == 1.0)
    for o, needed in known.requires:
        for t in years:
            m.addCons(opened[o, t] - opened[needed, t] <= 0.0)
    for options in known.exclusive:
        for t in years:
            m.addCons(quicksum(opened[o, t] for o in options) <= 1.0)
    return m
