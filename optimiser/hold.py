"""What is kept after a solve: openings held in a solver that can place the children again."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from optimiser.answer import Answer, OutOfTime, Proof, Termination
from optimiser.coarse import laid_on_zones
from optimiser.costs import cost_of, objective
from optimiser.highs import Ended

if TYPE_CHECKING:
    from inputs.vocabulary import ProvisionClass
    from optimiser.coarse import Coarse
    from optimiser.highs import Compiled, Solver
    from optimiser.kinds import Array
    from optimiser.model import Built
    from optimiser.problem import Problem


@dataclass(frozen=True)
class Held:
    """The openings of an answer, held in a solver that can place the children again.

    Where ``merged`` is given, the model held is of a coarse problem, and its placements are to be
    laid on the zones. ``root`` is where simplex stood once the relaxation was solved.
    """

    built: Built
    compiled: Compiled
    solver: Solver
    merged: Coarse | None = None
    root: Any = None

    def decided(
        self, problem: Problem, values: Array, price: dict[str, Array], always: float
    ) -> tuple[dict[str, Array], float]:
        """Return values of the model held as decisions of the whole problem, and their cost.

        Parameters
        ----------
        problem
            The whole problem, whose policy may differ from the one that was held.
        values
            (columns,) of the model held.
        price, always
            What :func:`optimiser.costs.objective` says of the whole problem.
        """
        small = problem
        if self.merged is not None:
            small = replace(self.merged.problem, scenario=problem.scenario)
        found = by_family(self.built, self.compiled, values, small)
        if self.merged is not None:
            found = laid_on_zones(problem, self.merged, found)
        return found, cost_of(price, always, found)


def place_again(
    held: Held,
    problem: Problem,
    drawn: dict[ProvisionClass, float],
    *,
    time_limit_seconds: float = 30.0,
) -> Answer:
    """Return the answer with other shares drawn from mainstream: openings held, children re-placed.

    Only the coefficients and costs of places in use change, so the held solver starts from where
    it stood. Where cells are merged, journeys are as good as the merged cells allow, as they were
    in the answer.

    Parameters
    ----------
    held
        Of an earlier answer to this problem.
    problem
        The problem of that answer.
    drawn
        Share of each added place in use that draws a child from mainstream, by class.
    time_limit_seconds
        Wall time allowed.

    Raises
    ------
    OutOfTime
        When the children could not be placed again in that time.
    """
    scenario = problem.scenario.model_copy(update={"drawn_from_mainstream": drawn})
    changed = replace(problem, scenario=scenario)
    started = time.monotonic()
    price, always = objective(changed)
    kinds = problem.provisions["class"].to_numpy()
    by_class = {str(kind): share for kind, share in drawn.items()}
    column = {id(variable): j for j, variable in enumerate(held.compiled.columns)}
    # by index and not by name: Pyomo writes a key such as a URN in quotes
    row = {
        row.constraint.index(): i
        for i, row in enumerate(held.compiled.rows)
        if row.constraint.parent_component().name == "capacity"
    }
    where = held.built.index["in_use"]
    variables = held.built.model.in_use.values()
    at = problem.options["p"].to_numpy(np.int64)
    for variable, o, t in zip(variables, where.rows, where.years, strict=True):
        j = column.get(id(variable))
        if j is None:
            continue
        p = int(at[o])
        where_held = problem.provisions["provision"].iloc[p], problem.years[t]
        if where_held in row:
            share = 1.0 - by_class.get(kinds[p], 0.0)
            held.solver.coefficient(row[where_held], j, -share)
        held.solver.charge(np.array([j]), np.array([price["in_use"][o, t]]))
    if held.solver.run(time_limit_seconds) is not Ended.SOLVED:
        raise OutOfTime(Termination.TIME_LIMIT)
    decided, cost = held.decided(changed, held.solver.values, price, always)
    if held.merged is None:
        cost = held.solver.cost
    return Answer(
        Proof(Termination.OPTIMAL, cost, cost),
        decided,
        0.0,
        time.monotonic() - started,
        (),
    )


def family_shapes(problem: Problem) -> dict[str, int]:
    """Return how many rows the decisions of each family have."""
    return {
        "place": len(problem.arcs),
        "unplaced": len(problem.cells),
        "intake": len(problem.taught),
        "roll": len(problem.taught),
        "opened": len(problem.options),
        "open": len(problem.options),
        "in_use": len(problem.options),
        "over": len(problem.provisions),
        "used": len(problem.provisions),
        "roll_short": len(problem.options),
        "places_short": len(problem.scenario.places_rules),
        "places_beyond": len(problem.scenario.places_rules),
        "too_far": 1,
        "moved": len(problem.stay_on),
    }


def by_family(
    built: Built, compiled: Compiled, values: Array, problem: Problem
) -> dict[str, Array]:
    """Return each family's decisions as (rows, years); what the model has not is zero."""
    at = {id(column): j for j, column in enumerate(compiled.columns)}
    shapes = family_shapes(problem)
    decided = {family: np.zeros((n, problem.horizon)) for family, n in shapes.items()}
    for family, where in built.index.items():
        component = built.model.component(family)
        found = np.fromiter(
            (
                values[j] if (j := at.get(id(variable), -1)) >= 0 else 0.0
                for variable in component.values()
            ),
            float,
            len(where.rows),
        )
        decided[family][where.rows, where.years] = np.where(np.abs(found) < 1e-9, 0.0, found)
    return decided
