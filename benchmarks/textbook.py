"""The core of the plan model as a Pyomo textbook would write it: dicts, lambdas, one rule a row.

It says what the product's model says of one authority without rules of policy: demand, intake,
roll, capacity, taught places, linking, openings, costs. ``benchmarks.build`` measures one beside
the other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyomo.environ as pyo

from optimiser.costs import objective

if TYPE_CHECKING:
    from optimiser.problem import Problem


@dataclass(frozen=True)
class Data:
    """The problem as plain lists and dicts, keyed as the model is."""

    years: list[int]
    cells: list[str]
    options: list[str]
    placements: list[tuple[str, str, int]]
    triples: list[tuple[str, str, str]]
    entrants: dict[tuple[str, int], float]
    due_most: dict[tuple[str, int], float]
    still_waiting: dict[tuple[str, int], float]
    need_phase: dict[str, tuple[str, str]]
    survival: dict[tuple[str, str, int, int], float]
    pinned: dict[tuple[str, str, str, int], float]
    fits: dict[tuple[str, int], float]
    added: dict[tuple[str, int, int], float]
    not_drawn: dict[str, float]
    at: dict[str, str]
    teaches: dict[str, dict[tuple[str, str, str], float]]
    taught_now: set[tuple[str, str, str]]
    cost: dict[str, dict[Any, float]]
    constant: float


def data(problem: Problem) -> Data:
    """Return the problem as dicts; making them is not part of what is measured."""
    years = list(problem.years)
    cells = problem.cells["cell"].tolist()
    names = problem.provisions["provision"].tolist()
    options = problem.options["option"].tolist()
    taught = problem.taught
    triples = list(
        zip(
            taught["provision"],
            taught["need"].astype(str),
            taught["phase"].astype(str),
            strict=True,
        )
    )
    a, t = np.nonzero(problem.usable)
    d, p = problem.arcs["d"].to_numpy()[a], problem.arcs["p"].to_numpy()[a]
    placements = [
        (cells[i], names[j], years[k])
        for i, j, k in zip(d.tolist(), p.tolist(), t.tolist(), strict=True)
    ]
    price, constant = objective(problem)
    horizon = range(len(years))
    nh = problem.cells["nh"].tolist()
    by_class = {str(k): v for k, v in problem.scenario.drawn_from_mainstream.items()}
    kinds = problem.provisions["class"].tolist()
    where = problem.options["p"].tolist()
    teaches: dict[str, dict[tuple[str, str, str], float]] = {name: {} for name in options}
    for o, q, most in problem.option_taught.itertuples(index=False):
        teaches[options[o]][triples[q]] = float(most)
    everyone = problem.pinned + problem.aside_roll + problem.others

    def by(keys: list[Any], values: np.ndarray) -> dict[Any, float]:
        return {
            (*key, years[k]) if isinstance(key, tuple) else (key, years[k]): float(values[i, k])
            for i, key in enumerate(keys)
            for k in horizon
        }

    return Data(
        years=years,
        cells=cells,
        options=options,
        placements=placements,
        triples=triples,
        entrants=by(cells, problem.entrants),
        due_most=by(cells, problem.due_most),
        still_waiting=by(cells, problem.still_waiting[nh]),
        need_phase={cell: problem.pairs[i] for cell, i in zip(cells, nh, strict=True)},
        survival={
            (*pair, years[u], years[k]): float(problem.survival[i, u, k])
            for i, pair in enumerate(problem.pairs)
            for u in horizon
            for k in horizon
        },
        pinned=by(triples, everyone),
        fits=by(names, problem.capacity),
        added={
            (options[o], years[u], years[k]): float(problem.added[o, u, k])
            for o in range(len(options))
            for u in horizon
            for k in horizon
        },
        not_drawn={
            name: 1.0 - by_class.get(kinds[j], 0.0) for name, j in zip(options, where, strict=True)
        },
        at={name: names[j] for name, j in zip(options, where, strict=True)},
        teaches=teaches,
        taught_now={key for key, now in zip(triples, taught["now"], strict=True) if now},
        cost={
            "place": dict(zip(placements, price["place"][a, t].tolist(), strict=True)),
            "unplaced": by(cells, price["unplaced"]),
            "intake": by(triples, price["intake"]),
            "open": by(options, price["open"]),
            "in_use": by(options, price["in_use"]),
        },
        constant=constant,
    )


def model(data: Data) -> Any:
    """Return the model, every row from a rule that is called once for it."""
    m = pyo.ConcreteModel()
    years, first = data.years, data.years[0]
    provisions_for = defaultdict(list)
    cells_of = defaultdict(list)
    for d, p, t in data.placements:
        provisions_for[d, t].append(p)
        cells_of[p, *data.need_phase[d], t].append(d)
    taught_at = defaultdict(list)
    for p, n, h in data.triples:
        taught_at[p].append((n, h))
    options_at = defaultdict(list)
    for o, p in data.at.items():
        options_at[p].append(o)
    options_teaching = defaultdict(list)
    for o, most in data.teaches.items():
        for key in most:
            options_teaching[key].append(o)
    option_arcs = [
        (d, p, t) for d, p, t in data.placements if (p, *data.need_phase[d]) not in data.taught_now
    ]
    limited = [(*key, t) for key in data.triples if key not in data.taught_now for t in years]

    m.place = pyo.Var(data.placements, within=pyo.NonNegativeReals)
    m.unplaced = pyo.Var(data.cells, years, within=pyo.NonNegativeReals)
    m.intake = pyo.Var(data.triples, years, within=pyo.NonNegativeReals)
    m.roll = pyo.Var(data.triples, years, within=pyo.NonNegativeReals)
    m.open = pyo.Var(data.options, years, within=pyo.NonNegativeReals)
    m.opened = pyo.Var(data.options, years, within=pyo.Binary)
    m.in_use = pyo.Var(data.options, years, within=pyo.NonNegativeReals)

    m.demand_met = pyo.Constraint(
        data.cells,
        years,
        rule=lambda m, d, t: (
            sum(m.place[d, p, t] for p in provisions_for[d, t]) + m.unplaced[d, t]
            == data.entrants[d, t]
            + (data.still_waiting[d, t - 1] * m.unplaced[d, t - 1] if t > first else 0)
        ),
    )
    m.intake_counted = pyo.Constraint(
        data.triples,
        years,
        rule=lambda m, p, n, h, t: (
            m.intake[p, n, h, t] == sum(m.place[d, p, t] for d in cells_of[p, n, h, t])
        ),
    )
    m.roll_carried = pyo.Constraint(
        data.triples,
        years,
        rule=lambda m, p, n, h, t: (
            m.roll[p, n, h, t]
            == data.pinned[p, n, h, t]
            + sum(data.survival[n, h, u, t] * m.intake[p, n, h, u] for u in years if u <= t)
        ),
    )
    m.capacity = pyo.Constraint(
        list(taught_at),
        years,
        rule=lambda m, p, t: (
            sum(m.roll[p, n, h, t] for n, h in taught_at[p])
            <= data.fits[p, t] + sum(data.not_drawn[o] * m.in_use[o, t] for o in options_at[p])
        ),
    )
    m.taught_places = pyo.Constraint(
        limited,
        rule=lambda m, p, n, h, t: (
            m.roll[p, n, h, t]
            <= sum(data.teaches[o][p, n, h] * m.opened[o, t] for o in options_teaching[p, n, h])
        ),
    )
    m.linking = pyo.Constraint(
        option_arcs,
        rule=lambda m, d, p, t: (
            m.place[d, p, t]
            <= data.due_most[d, t]
            * sum(m.opened[o, t] for o in options_teaching[p, *data.need_phase[d]])
        ),
    )
    m.places_in_use = pyo.Constraint(
        data.options,
        years,
        rule=lambda m, o, t: (
            m.in_use[o, t] <= sum(data.added[o, u, t] * m.open[o, u] for u in years if u <= t)
        ),
    )
    m.opened_carried = pyo.Constraint(
        data.options,
        years,
        rule=lambda m, o, t: (
            m.opened[o, t] == (m.opened[o, t - 1] if t > first else 0) + m.open[o, t]
        ),
    )
    m.cost = pyo.Objective(
        expr=sum(data.cost["place"][d, p, t] * m.place[d, p, t] for d, p, t in data.placements)
        + sum(data.cost["unplaced"][d, t] * m.unplaced[d, t] for d in data.cells for t in years)
        + sum(
            data.cost["intake"][*key, t] * m.intake[*key, t] for key in data.triples for t in years
        )
        + sum(data.cost["open"][o, t] * m.open[o, t] for o in data.options for t in years)
        + sum(data.cost["in_use"][o, t] * m.in_use[o, t] for o in data.options for t in years)
        + data.constant
    )
    return m
