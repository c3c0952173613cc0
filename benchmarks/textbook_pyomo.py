"""The core as a Pyomo textbook would write it: sets, variables and a rule for each kind of row.

Linking is weak, as in textbooks: see :mod:`benchmarks.textbook_pulp`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo

from benchmarks.core import groups

if TYPE_CHECKING:
    from benchmarks.core import Facts


def model(known: Facts) -> Any:
    """Return the core as a Pyomo model; every rule is called once for each of its rows."""
    g = groups(known)
    years, first = known.years, known.years[0]
    can_open = set(known.opens)
    options = list(known.at)
    m = pyo.ConcreteModel()
    m.place = pyo.Var(known.placements, within=pyo.NonNegativeReals)
    m.unplaced = pyo.Var(list(known.demand), within=pyo.NonNegativeReals)
    m.intake = pyo.Var(list(g.cells_of), within=pyo.NonNegativeReals)
    m.roll = pyo.Var(g.rolls, within=pyo.NonNegativeReals)
    m.open = pyo.Var(known.opens, within=pyo.NonNegativeReals)
    m.opened = pyo.Var(options, years, within=pyo.Binary)
    m.in_use = pyo.Var(known.grows, years, within=pyo.NonNegativeReals)

    m.cost = pyo.Objective(
        expr=known.always
        + sum(
            known.cost[name][key] * variables[key]
            for name, variables in (
                ("place", m.place),
                ("unplaced", m.unplaced),
                ("intake", m.intake),
                ("open", m.open),
                ("in_use", m.in_use),
            )
            for key in variables
        )
    )

    @m.Constraint(list(known.demand))
    def demand_met(m: Any, d: str, t: int) -> Any:
        before = (d, t - 1)
        still = known.waits[before] * m.unplaced[before] if before in known.demand else 0
        placed = sum(m.place[d, p, t] for p in g.provisions_for.get((d, t), ()))
        return placed + m.unplaced[d, t] == known.demand[d, t] + still

    @m.Constraint(list(g.cells_of))
    def intake_counted(m: Any, p: str, n: str, h: str, t: int) -> Any:
        return m.intake[p, n, h, t] == sum(m.place[d, p, t] for d in g.cells_of[p, n, h, t])

    @m.Constraint(g.rolls)
    def roll_carried(m: Any, p: str, n: str, h: str, t: int) -> Any:
        return m.roll[p, n, h, t] == known.pinned[p, n, h, t] + sum(
            known.stays[n, h, u, t] * m.intake[p, n, h, u]
            for u in years
            if u <= t and (p, n, h, u) in g.cells_of
        )

    grows = set(known.grows)

    @m.Constraint(list(g.taught_at))
    def capacity(m: Any, p: str, t: int) -> Any:
        added = sum((1 - known.drawn[o]) * m.in_use[o, t] for o in g.options_at[p] if o in grows)
        return sum(m.roll[p, n, h, t] for n, h in g.taught_at[p, t]) <= known.fits[p, t] + added

    @m.Constraint([key for key in g.rolls if key in known.most])
    def taught_places(m: Any, p: str, n: str, h: str, t: int) -> Any:
        added = sum(known.teaches[o][n, h] * m.opened[o, t] for o in g.options_teaching[p, n, h])
        return m.roll[p, n, h, t] <= known.most[p, n, h, t] + added

    @m.Constraint([key for key in g.cells_of if key[:3] in known.through_options])
    def linking(m: Any, p: str, n: str, h: str, t: int) -> Any:
        most = sum(known.due[d, t] for d in g.cells_of[p, n, h, t])
        letting_in = sum(m.opened[o, t] for o in g.options_teaching[p, n, h])
        return m.intake[p, n, h, t] <= most * letting_in

    @m.Constraint(known.grows, years)
    def places_in_use(m: Any, o: str, t: int) -> Any:
        return m.in_use[o, t] <= sum(
            known.added[o, u, t] * m.open[o, u] for u in years if u <= t and (o, u) in can_open
        )

    @m.Constraint(options, years)
    def opened_carried(m: Any, o: str, t: int) -> Any:
        before = m.opened[o, t - 1] if t > first else 0
        return m.opened[o, t] == before + (m.open[o, t] if (o, t) in can_open else 0)

    @m.Constraint(list(known.committed.items()))
    def committed(m: Any, o: str, t: int) -> Any:
        return m.open[o, t] == 1

    @m.Constraint(known.requires, years)
    def requires(m: Any, o: str, needed: str, t: int) -> Any:
        return m.opened[o, t] <= m.opened[needed, t]

    @m.Constraint(range(len(known.exclusive)), years)
    def excludes(m: Any, i: int, t: int) -> Any:
        return sum(m.opened[o, t] for o in known.exclusive[i]) <= 1

    return m
