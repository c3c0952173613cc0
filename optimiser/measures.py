"""Measures of a plan that may be held to a limit: capital, openings, minutes, children.

Each is a sum over one family of decisions, so a limit of it is one row of the model. The rows
stand in a held model without a limit until one is asked for; see :mod:`optimiser.what_if`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from optimiser.coarse import Coarse
    from optimiser.kinds import Array, Mask
    from optimiser.problem import Problem

CAPITAL = "capital"
OPENINGS = "openings"
MINUTES = "minutes"
OVER_GUIDELINE = "over_guideline"
UNPLACED = "unplaced"


@dataclass(frozen=True)
class Measure:
    """A sum over one family of decisions of a plan.

    Parameters
    ----------
    name
        What it is called, such as ``minutes``.
    on
        The family that it counts: ``open``, ``place`` or ``unplaced``.
    weight
        (rows, T) how much one unit of each decision counts.
    """

    name: str
    on: str
    weight: Array

    def of(self, decided: dict[str, Array]) -> float:
        """Return the measure of a plan's decisions by family."""
        return float((self.weight * decided[self.on]).sum())

    def in_merged(self, problem: Problem, merged: Coarse | None) -> Array:
        """Return (rows, T) the weights of a model with cells merged: the mean of each group.

        Parameters
        ----------
        problem
            The whole problem.
        merged
            How its cells and arcs are merged; None where they are not.
        """
        if merged is None or self.on == "open":
            return self.weight
        children = problem.entrants.sum(axis=1) + ALMOST_NOBODY
        group = merged.cell
        if self.on == "place":
            children = children[problem.arcs["d"].to_numpy(np.int64)]
            group = merged.arc
        total = np.bincount(group, children)
        columns = [np.bincount(group, children * one) / total for one in self.weight.T]
        return np.column_stack(columns)


ALMOST_NOBODY = 1e-9
"""Keeps the mean of a group in which nobody enters from being nought by nought."""


def capital(problem: Problem) -> Measure:
    """Return the capital of what opens, £ at ``price_year``, committed options included."""
    gbp = problem.options["capital_gbp"].to_numpy(float)
    return Measure(CAPITAL, "open", np.repeat(gbp[:, None], problem.horizon, axis=1))


def openings(problem: Problem) -> Measure:
    """Return how many options are taken up beyond those committed."""
    free = (~problem.committed()).astype(float)
    return Measure(OPENINGS, "open", np.repeat(free[:, None], problem.horizon, axis=1))


def minutes(problem: Problem) -> Measure:
    """Return minutes one way on a shared ride, summed over the children placed each year.

    Only daily journeys count: residential places and education at home have none.
    """
    daily = problem.arcs["measured"].to_numpy(bool)
    ride = np.where(daily, problem.arcs["ride_minutes"].to_numpy(float), 0.0)
    return Measure(MINUTES, "place", np.repeat(ride[:, None], problem.horizon, axis=1))


def over_guideline(problem: Problem, cells: Mask | None = None, name: str = "") -> Measure:
    """Return children placed beyond the guideline journey of their phase, in all years.

    Parameters
    ----------
    problem
        The problem.
    cells
        (D,) cells that count, such as those of one deprivation fifth; None counts all.
    name
        What the measure of some cells is called.
    """
    beyond = problem.arcs["over_guideline"].to_numpy(bool) & problem.arcs["measured"].to_numpy(bool)
    if cells is not None:
        beyond &= cells[problem.arcs["d"].to_numpy(np.int64)]
    weight = np.repeat(beyond.astype(float)[:, None], problem.horizon, axis=1)
    return Measure(name or OVER_GUIDELINE, "place", weight)


def unplaced(problem: Problem) -> Measure:
    """Return child-years without a place within the horizon."""
    return Measure(UNPLACED, "unplaced", np.ones((len(problem.cells), problem.horizon)))
