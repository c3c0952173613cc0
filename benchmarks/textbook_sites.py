"""Facility location on its strong formulation, as written in PuLP, Pyomo and PySCIPOpt.

Each customer is served in shares by sites; a site serves no more than its capacity, and nobody
while it is shut: one row a site and customer, ``x <= y``, as those who know the problem write it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.published import Instance


def pulp_model(instance: Instance) -> Any:
    """Return an instance as a PuLP problem."""
    import pulp

    sites, customers = range(len(instance.capacity)), range(len(instance.demand))
    demand, capacity = instance.demand.tolist(), instance.capacity.tolist()
    fixed, cost = instance.fixed.tolist(), (instance.unit_cost * instance.demand).tolist()
    lp = pulp.LpProblem("sites", pulp.LpMinimize)
    x = lp.add_variable_dicts("serve", [(i, j) for i in sites for j in customers], 0, 1)
    y = lp.add_variable_dicts("open", sites, cat=pulp.LpBinary)
    lp += pulp.lpSum(fixed[i] * y[i] for i in sites) + pulp.lpSum(
        cost[i][j] * x[i, j] for i in sites for j in customers
    )
    for j in customers:
        lp += pulp.lpSum(x[i, j] for i in sites) == 1
    for i in sites:
        lp += pulp.lpSum(demand[j] * x[i, j] for j in customers) <= capacity[i] * y[i]
        for j in customers:
            lp += x[i, j] <= y[i]
    return lp


def pyomo_model(instance: Instance) -> Any:
    """Return an instance as a Pyomo model."""
    import pyomo.environ as pyo

    sites, customers = range(len(instance.capacity)), range(len(instance.demand))
    demand, capacity = instance.demand.tolist(), instance.capacity.tolist()
    fixed, cost = instance.fixed.tolist(), (instance.unit_cost * instance.demand).tolist()
    m = pyo.ConcreteModel()
    m.x = pyo.Var(sites, customers, bounds=(0, 1))
    m.y = pyo.Var(sites, within=pyo.Binary)
    m.cost = pyo.Objective(
        expr=sum(fixed[i] * m.y[i] for i in sites)
        + sum(cost[i][j] * m.x[i, j] for i in sites for j in customers)
    )

    @m.Constraint(customers)
    def served(m: Any, j: int) -> Any:
        return sum(m.x[i, j] for i in sites) == 1

    @m.Constraint(sites)
    def capacity_held(m: Any, i: int) -> Any:
        return sum(demand[j] * m.x[i, j] for j in customers) <= capacity[i] * m.y[i]

    @m.Constraint(sites, customers)
    def open_first(m: Any, i: int, j: int) -> Any:
        return m.x[i, j] <= m.y[i]

    return m


def scip_model(instance: Instance) -> Any:
    """Return an instance as a SCIP model."""
    from pyscipopt import Model, quicksum

    sites, customers = range(len(instance.capacity)), range(len(instance.demand))
    demand, capacity = instance.demand.tolist(), instance.capacity.tolist()
    fixed, cost = instance.fixed.tolist(), (instance.unit_cost * instance.demand).tolist()
    m = Model("sites")
    y = [m.addVar(vtype="B", obj=fixed[i]) for i in sites]
    x = [[m.addVar(lb=0.0, ub=1.0, obj=cost[i][j]) for j in customers] for i in sites]
    for j in customers:
        m.addCons(quicksum(x[i][j] for i in sites) == 1)
    for i in sites:
        m.addCons(quicksum(demand[j] * x[i][j] for j in customers) - capacity[i] * y[i] <= 0)
        for j in customers:
            m.addCons(x[i][j] - y[i] <= 0)
    return m
