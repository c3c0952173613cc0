"""Frontier: what is saved as one thing is held to less: capital, openings, journeys, places.

Each point holds one measure of the plan to a limit and asks for the cheapest plan within it. Points
share what is learnt: a cut made at one limit bounds the cost at every other
(:mod:`optimiser.choices`), and a plan found at one point is a plan of every wider limit. At the end
each point stands at what its own plan measures, with a bound of every plan that measures no more.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import Proof, Stop, Termination
from optimiser.changes import Change
from optimiser.costs import cost_of, objective
from optimiser.finding_plans import NEARLY
from optimiser.held_choices import HeldChoices
from optimiser.highs import PENNY
from optimiser.measures import (
    OPENINGS,
    UNPLACED,
    Measure,
    capital,
    minutes,
    openings,
    over_guideline,
    unplaced,
)
from optimiser.what_if import WhatIf

if TYPE_CHECKING:
    from optimiser.answer import Answer, Settings
    from optimiser.kinds import Array, Mask
    from optimiser.problem import Problem

POINTS = 10
"""Points asked for where nothing else is said, both ends among them."""


@dataclass(frozen=True)
class Point:
    """One plan of the frontier.

    Parameters
    ----------
    value
        What the plan measures.
    proof
        Its cost, and a bound of every plan that measures no more. Of the unplaced frontier both
        leave out the weight of policy on children without a place.
    saving_gbp
        (low, high) £ of present value: the do-minimum less every plan that measures no more.
    decided
        The plan's decisions by family.
    """

    value: float
    proof: Proof
    saving_gbp: tuple[float, float]
    decided: dict[str, Array]


@dataclass(frozen=True)
class Unmet:
    """A limit for which no plan was found.

    ``impossible`` is proven where it is so: no plan keeps the rules and the limit.
    """

    limit: float
    impossible: bool


@dataclass(frozen=True)
class Frontier:
    """Points of a frontier, from the tightest limit to the loosest.

    Parameters
    ----------
    axis
        The measure that is limited.
    problem
        The problem that its points are plans of, at the weights of policy that they are costed at.
    points
        None is dominated by another: each measures more than the one before, and costs less.
    dominated
        Plans found that measure no less and cost no less than another.
    unmet
        Limits for which no plan was found.
    knee
        Position of the knee among the points; None where there are fewer than three.
    knee_is_clear
        Whether it is the knee wherever in its interval each saving is.
    unplaced_held
        Child-years without a place that no point may exceed; None on the axis that counts them.
    placed, seconds
        Choices of openings placed, and wall time.
    cut_short
        Whether time ran out at a point, or it was stopped.
    """

    axis: Measure
    problem: Problem
    points: tuple[Point, ...]
    dominated: tuple[Point, ...]
    unmet: tuple[Unmet, ...]
    knee: int | None
    knee_is_clear: bool
    unplaced_held: float | None
    placed: int
    seconds: float
    cut_short: bool


def axis_of(problem: Problem, name: str, cells: Mask | None = None) -> Measure:
    """Return the measure of a name: capital, openings, minutes, over_guideline or unplaced.

    Parameters
    ----------
    problem
        The problem.
    name
        Of the measure.
    cells
        (D,) for over_guideline: the cells that count, such as those of one deprivation fifth.

    Raises
    ------
    KeyError
        When there is no such measure.
    """
    if cells is not None:
        return over_guideline(problem, cells, name)
    made = {
        "capital": capital,
        "openings": openings,
        "minutes": minutes,
        "over_guideline": over_guideline,
        "unplaced": unplaced,
    }
    return made[name](problem)


def frontier(
    problem: Problem,
    answer: Answer,
    minimum: Answer,
    settings: Settings,
    axis: Measure,
    *,
    points: int = POINTS,
    seconds: float = float("inf"),
    stop: Stop | None = None,
) -> Frontier:
    """Return the frontier of the saving against a measure.

    Parameters
    ----------
    problem, answer
        A problem and its plan.
    minimum
        The do-minimum's answer.
    settings
        Gap at which a point counts as proven, threads and seed.
    axis
        What is limited.
    points
        Limits asked, evenly from the least worth asking to what the plan measures.
    seconds
        Wall time allowed in all; every limit has its share.
    stop
        A wish to stop and keep what was found.
    """
    search = _Search(problem, answer, minimum, settings, axis, stop or Stop(), seconds)
    unmet = search.visit(search.limits(points), seconds)
    found = search.points()
    kept, dropped = undominated(found)
    low_high = [(one.value, *one.saving_gbp) for one in kept]
    knee, clear = knee_of(low_high)
    return Frontier(
        axis,
        search.problem,
        tuple(kept),
        tuple(dropped),
        tuple(unmet),
        knee,
        clear,
        search.side.get(UNPLACED),
        search.placed,
        time.monotonic() - search.started,
        search.cut_short,
    )


def undominated(points: list[Point]) -> tuple[list[Point], list[Point]]:
    """Return the points that none beats on both counts, by what they measure, and the others."""
    kept: list[Point] = []
    dropped: list[Point] = []
    for one in sorted(points, key=lambda point: (point.value, point.proof.cost_gbp)):
        if kept and one.proof.cost_gbp >= kept[-1].proof.cost_gbp - PENNY:
            dropped.append(one)
        else:
            kept.append(one)
    return kept, dropped


def knee_of(points: list[tuple[float, float, float]]) -> tuple[int | None, bool]:
    """Return the point furthest above the straight line from the first to the last, and how sure.

    Both axes are taken as shares of the way between the ends. It is sure where its height at the
    low end of its saving is above that of every other at its high end.

    Parameters
    ----------
    points
        (value, low saving, high saving), in the order of their values.

    >>> knee_of([(0.0, 0.0, 0.0), (1.0, 8.0, 8.0), (2.0, 9.0, 9.0), (4.0, 10.0, 10.0)])
    (1, True)
    >>> knee_of([(0.0, 0.0, 0.0), (4.0, 10.0, 10.0)])
    (None, False)
    """
    if len(points) < 3:
        return None, False
    value, low, high = (np.array(one, float) for one in zip(*points, strict=True))
    middle = (low + high) / 2
    across, up = value[-1] - value[0], middle[-1] - middle[0]
    if across <= 0 or up <= 0:
        return None, False

    def above(saving: Array) -> Array:
        height: Array = (saving - middle[0]) / up - (value - value[0]) / across
        return height

    inner = slice(1, -1)
    at = 1 + int(np.argmax(above(middle)[inner]))
    if above(middle)[at] <= 0:
        return None, False
    others = np.delete(above(high), at)
    return at, bool(above(low)[at] > others.max())


class _Search:
    """The search under way: the choices held, the plans found, and the clock."""

    def __init__(
        self,
        problem: Problem,
        answer: Answer,
        minimum: Answer,
        settings: Settings,
        axis: Measure,
        stop: Stop,
        seconds: float,
    ) -> None:
        self.started = time.monotonic()
        self.axis, self.settings, self.stop = axis, settings, stop
        counts_places = axis.name == UNPLACED
        change = Change(unplaced_weight_gbp=0.0) if counts_places else Change()
        others = unplaced(problem)
        measures = (axis,) if counts_places else (axis, others)
        self.held = WhatIf(problem, answer, settings, measures, quick=True)
        self.choices = HeldChoices(self.held, change)
        self.problem = change.applied(problem)
        self._price, self._always = objective(self.problem)
        self.plans: list[dict[str, Array]] = [answer.decided, minimum.decided]
        self.placed = 0
        self.cut_short = False
        # fewer journeys are no gain where they are fewer because a child has no place
        held_to = others.of(answer.decided)
        self.side = {UNPLACED: held_to} if axis.on == "place" else {}
        if counts_places:
            cost = self.cost(minimum.decided)
            self.least_cost = (cost, cost)
            self.bound = -np.inf
        else:
            self.least_cost = (minimum.proof.bound_gbp, minimum.proof.cost_gbp)
            self.bound = answer.proof.bound_gbp
        self.started_at = axis.of(minimum.decided)
        self.choices.place(np.round(answer.decided["opened"]), self.side, stop=stop)
        if counts_places:
            self._improve({}, self.started + seconds / 4, self.started + seconds)

    def cost(self, decided: dict[str, Array]) -> float:
        """Return what a plan costs, £ of present value."""
        return cost_of(self._price, self._always, decided)

    def measured(self, decided: dict[str, Array]) -> dict[str, float]:
        """Return every measure of a plan."""
        return {name: one.of(decided) for name, one in self.held.measures.items()}

    def within(self, decided: dict[str, Array], limits: dict[str, float]) -> bool:
        """Return whether a plan keeps to limits."""
        found = self.measured(decided)
        return all(
            found[name] <= most + NEARLY * max(1.0, abs(most)) for name, most in limits.items()
        )

    def best(self, limits: dict[str, float]) -> tuple[float, dict[str, Array] | None]:
        """Return the cheapest plan known within limits, and its cost; infinite where none is."""
        known = [
            (self.cost(one), i) for i, one in enumerate(self.plans) if self.within(one, limits)
        ]
        if not known:
            return np.inf, None
        cost, i = min(known)
        return cost, self.plans[i]

    def limits(self, points: int) -> list[float]:
        """Return the limits to ask, loosest first: evenly down to the least worth asking."""
        _, plan = self.best(self.side)
        most = self.axis.of(self.plans[0] if plan is None else plan)
        if self.axis.on == "open":
            least = min(self.started_at, most)
        else:
            change = replace(self.choices.policy, at_most=dict(self.side))
            found = self.held.least(self.axis.name, change, self.least_cost[1])
            least = most if found is None else min(found, most)
        if self.axis.name == OPENINGS:
            steps = np.unique(np.round(np.linspace(least, most, points)))
        else:
            steps = np.linspace(least, most, points) if most > least else np.array([most])
        return [float(one) for one in steps[::-1]]

    def visit(self, limits: list[float], seconds: float) -> list[Unmet]:
        """Find a plan at each limit, loosest first; return those for which none was found."""
        unmet = []
        ends = self.started + seconds
        for i, limit in enumerate(limits):
            now = time.monotonic()
            asked = {self.axis.name: limit} | self.side
            share = now + max(0.0, ends - now) / (len(limits) - i)
            possible = self._improve(asked, share, ends)
            if self.best(asked)[1] is None:
                unmet.append(Unmet(limit, not possible))
        return unmet

    def _improve(self, asked: dict[str, float], share: float, ends: float) -> bool:
        """Place choices of openings until the gap is reached, none is left, or time is out.

        The first placement at a limit may take all the time there is, later ones only its share.
        Return whether plans may exist: False where it is proven that there are none.
        """
        seen = set[bytes]()
        while True:
            cost, _ = self.best(asked)
            choice = self.choices.cheapest(asked)
            if choice is None:
                return False
            if np.isfinite(cost) and self._met(cost, max(self.bound, choice.bound)):
                return True
            left = (share if seen else ends) - time.monotonic()
            if self.stop.asked or left <= 0:
                self.cut_short = True
                return True
            if choice.opened.tobytes() in seen:  # nothing more is learnt from placing it
                return self._ask(asked, left) if not np.isfinite(cost) else True
            seen.add(choice.opened.tobytes())
            told = self.choices.place(choice.opened, asked, seconds=left, stop=self.stop)
            self.placed += 1
            if told.decided is not None:
                self.plans.append(told.decided)

    def _met(self, cost: float, bound: float) -> bool:
        """Return whether the gap asked for is reached."""
        return cost - bound <= max(self.settings.gap * abs(cost), PENNY)

    def _ask(self, asked: dict[str, float], seconds: float) -> bool:
        """Ask the model held with its openings free, where no choice placed keeps to the limits."""
        change = replace(self.choices.policy, at_most=asked)
        told = self.held.ask(change, seconds=seconds, stop=self.stop)
        if told.decided is not None:
            self.plans.append(told.decided)
        # where cells are merged a row of means proves nothing of single journeys
        sure = self.axis.on != "place" or not self.held.merged
        return not (told.proof.termination is Termination.INFEASIBLE and sure)

    def points(self) -> list[Point]:
        """Return every plan that is the best known at what it measures, with its bound there."""
        found = []
        for decided in self.plans:
            if not self.within(decided, self.side):
                continue
            value = self.axis.of(decided)
            asked = {self.axis.name: value + NEARLY * max(1.0, abs(value))} | {
                name: max(most, self.measured(decided)[name]) for name, most in self.side.items()
            }
            cost = self.cost(decided)
            if self.best(asked)[0] < cost - PENNY:
                continue  # another plan measures no more and costs less
            choice = self.choices.cheapest(asked)
            bound = self.bound if choice is None else max(self.bound, choice.bound)
            bound = min(bound, cost)
            met = self._met(cost, bound)
            how = Termination.OPTIMAL if met else Termination.TIME_LIMIT
            if not met and self.stop.asked:
                how = Termination.STOPPED
            saving = self.least_cost[0] - cost, self.least_cost[1] - bound
            found.append(Point(value, Proof(how, cost, bound), saving, decided))
        return found
