"""Alternatives: plans within a margin of the best that differ most in what they open.

One after another, the choice of openings that may cost little enough and is furthest from the
nearest plan found so far is placed exactly. If it costs too much, its prices become a cut, and the
next is chosen (:mod:`optimiser.choices`). The margin is counted from the *bound*: a plan within it
is proven to cost no more than so much above the best plan there is, known or not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from inputs.errors import Fault, InputError
from optimiser.answer import Proof, Stop
from optimiser.changes import Change
from optimiser.held_choices import HeldChoices
from optimiser.what_if import WhatIf

if TYPE_CHECKING:
    from optimiser.answer import Answer, Settings
    from optimiser.choices import Choice
    from optimiser.kinds import Array
    from optimiser.problem import Problem

SHARE_FOR_OPTIONS = 0.6
"""Share of the time allowed in which options are settled; plans far apart have what is left."""


class Standing(StrEnum):
    """Where an option stands among all plans within the margin, found or not.

    ``every`` and ``none`` are proven; of ``some``, a plan with it and a plan without it are known;
    ``unsettled``: neither was shown in the time allowed.
    """

    EVERY = "every"
    SOME = "some"
    NONE = "none"
    UNSETTLED = "unsettled"


@dataclass(frozen=True)
class Alternative:
    """A plan within the margin.

    Parameters
    ----------
    proof
        Cost of the plan, and the bound that it was measured against.
    decided
        Its decisions by family.
    opened
        (O, T) 1 where an option is open by the year.
    apart_from_best
        Options of which it opens other than the best plan does, by the end of the horizon.
    apart
        The same, from the nearest of the plans before it.
    most_apart
        No plan within the margin is further from the nearest of the plans before it.
    """

    proof: Proof
    decided: dict[str, Array]
    opened: Array
    apart_from_best: int
    apart: int
    most_apart: int

    @property
    def furthest(self) -> bool:
        """Whether it is proven that none within the margin is further apart."""
        return self.apart >= self.most_apart


@dataclass(frozen=True)
class Position:
    """Where one option stands.

    Parameters
    ----------
    option
        Its position in the problem's table.
    standing
        Among all plans within the margin.
    in_plans
        Of the plans shown, those that open it.
    other_way_cost_gbp, other_way_bound_gbp
        Of plans that treat it otherwise than the best plan does: the cheapest found, and what none
        costs less than; infinite where the rules allow none.
    """

    option: int
    standing: Standing
    in_plans: int
    other_way_cost_gbp: float
    other_way_bound_gbp: float


@dataclass(frozen=True)
class Alternatives:
    """Plans within a margin of the best, and what is proven of all of them.

    Parameters
    ----------
    margin_gbp
        What a plan may cost above the bound, £ of present value.
    cost_most_gbp
        The bound and the margin together.
    plans
        The best plan first, then each as far from those before it as was found.
    positions
        Every option that may open and is not committed.
    complete
        Whether as many were found as were asked for, or it is proven that no other set exists.
    cut_short
        Whether time ran out, or it was stopped.
    placed, seconds
        Choices of openings placed, and wall time.
    """

    margin_gbp: float
    cost_most_gbp: float
    plans: tuple[Alternative, ...]
    positions: tuple[Position, ...]
    complete: bool
    cut_short: bool
    placed: int
    seconds: float


def margin_of_saving(plan: Proof, minimum: Proof, share: float) -> float:
    """Return a share of the saving that is proven, £ of present value.

    Raises
    ------
    InputError
        Where no saving is proven: the do-minimum's bound less the plan's cost is not above nought.
    """
    proven = minimum.bound_gbp - plan.cost_gbp
    if not np.isfinite(proven) or proven <= 0:
        raise InputError(
            [
                Fault(
                    "--margin",
                    "is a share of the saving, and no saving is proven for this plan",
                    "State it in pounds, or solve the case to a smaller gap",
                    value=f"{share:g}",
                )
            ]
        )
    return share * proven


def alternatives(
    problem: Problem,
    answer: Answer,
    settings: Settings,
    *,
    margin_gbp: float,
    count: int = 5,
    seconds: float = float("inf"),
    stop: Stop | None = None,
) -> Alternatives:
    """Return plans within a margin of the best that differ most in what they open.

    Parameters
    ----------
    problem, answer
        A problem and its plan.
    settings
        Threads, seed and gap of the model held.
    margin_gbp
        What a plan may cost above the answer's bound, £ of present value.
    count
        Plans wanted, the best plan among them.
    seconds
        Wall time allowed in all.
    stop
        A wish to stop and keep what was found.

    Raises
    ------
    InputError
        Where the plan's own cost is not proven to be within the margin.
    """
    cost_most = answer.proof.bound_gbp + margin_gbp
    if answer.proof.cost_gbp > cost_most:
        gap = answer.proof.cost_gbp - answer.proof.bound_gbp
        raise InputError(
            [
                Fault(
                    "--margin",
                    f"is less than the gap of the plan itself (£{gap:,.0f} between its cost and "
                    "its bound): no plan is known to be so near the best",
                    "State a wider margin, or plan again with a smaller --gap",
                    value=f"£{margin_gbp:,.0f}",
                )
            ]
        )
    search = _Search(problem, answer, settings, cost_most, seconds, stop or Stop())
    settled = search.settle()
    complete = search.plans_apart(count)
    positions = search.positions(settled)
    return Alternatives(
        margin_gbp,
        cost_most,
        tuple(search.plans),
        tuple(positions),
        complete,
        search.over(1.0),
        search.placed,
        time.monotonic() - search.started,
    )


class _Search:
    """The search under way: the choices held, the plans found, and the clock."""

    def __init__(
        self,
        problem: Problem,
        answer: Answer,
        settings: Settings,
        cost_most: float,
        seconds: float,
        stop: Stop,
    ) -> None:
        self.started = time.monotonic()
        self.problem, self.cost_most, self.seconds, self.stop = problem, cost_most, seconds, stop
        self.bound = answer.proof.bound_gbp
        self.choices = HeldChoices(WhatIf(problem, answer, settings, quick=True), Change())
        self.free = ~problem.committed() & problem.can_open().any(axis=1)
        opened = np.round(answer.decided["opened"])
        self.plans = [Alternative(answer.proof, answer.decided, opened, 0, 0, 0)]
        self.placed_all: list[tuple[Array, float]] = [(opened, answer.proof.cost_gbp)]
        self.fixed: dict[int, float] = {}
        self.refused: list[Array] = []
        self.placed = 0
        self.choices.place(opened, {}, seconds=self.left(1.0), stop=stop)

    def left(self, share: float) -> float:
        """Return the seconds left of a share of the time allowed."""
        return share * self.seconds - (time.monotonic() - self.started)

    def over(self, share: float) -> bool:
        """Return whether that share of the time is gone, or a stop was asked for."""
        return self.stop.asked or self.left(share) <= 0

    def apart(self, one: Array, other: Array) -> int:
        """Return how many options that may open are open by the end in one and not in the other."""
        return int((self.free & (one[:, -1] != other[:, -1])).sum())

    def nearest(self, opened: Array) -> int:
        """Return how far a choice is from the nearest plan."""
        return min(self.apart(opened, one.opened) for one in self.plans)

    def plans_apart(self, count: int) -> bool:
        """Find plans until there are enough; return whether all wanted, or all there are, are."""
        while len(self.plans) < count:
            if self.over(1.0):
                return False
            made = [one.opened for one in self.plans]
            choice = self.choices.furthest(
                made, self.cost_most, self.free, self.refused, self.fixed
            )
            missed = max((self.nearest(one) for one in self.refused), default=0)
            if choice is None or choice.bound < 1:
                return missed < 1
            placed = self._place(choice, 1.0)
            if placed is None:
                continue
            proof, decided = placed
            self.plans.append(
                Alternative(
                    proof,
                    decided,
                    choice.opened,
                    self.apart(choice.opened, self.plans[0].opened),
                    self.nearest(choice.opened),
                    max(int(choice.bound), missed),
                )
            )
        return True

    def _place(self, choice: Choice, share: float) -> tuple[Proof, dict[str, Array]] | None:
        """Return the plan with these openings if it is within the margin; else rule them out."""
        told = self.choices.place(choice.opened, {}, seconds=self.left(share), stop=self.stop)
        self.placed += 1
        if told.decided is not None:
            self.placed_all.append((choice.opened, told.proof.cost_gbp))
        if told.decided is not None and told.proof.cost_gbp <= self.cost_most:
            return _against(told.proof, self.bound), told.decided
        if told.proof.bound_gbp <= self.cost_most:
            # neither found to cost little enough nor proven to cost too much
            self.refused.append(choice.opened)
        return None

    def settle(self) -> dict[int, tuple[float, bool]]:
        """Settle the options one by one while time is left.

        Return option to what no plan that treats it otherwise than the best costs less than, and
        whether the rules allow any such plan. Those proven are fixed in what is searched next.
        """
        return {int(o): self._settle(int(o)) for o in np.flatnonzero(self.free)}

    def _settle(self, o: int) -> tuple[float, bool]:
        """Look for a plan within the margin that treats an option otherwise, or prove none."""
        best = float(self.plans[0].opened[o, -1])
        bound, seen = self.bound, set[bytes]()
        while True:
            choice = self.choices.cheapest({}, {o: 1.0 - best})
            if choice is None:
                self.fixed[o] = best
                return np.inf, False
            bound = max(bound, choice.bound)
            if bound > self.cost_most:
                self.fixed[o] = best
                return bound, True
            known = self._other_way(o) <= self.cost_most
            if known or choice.opened.tobytes() in seen or self.over(SHARE_FOR_OPTIONS):
                return bound, True
            seen.add(choice.opened.tobytes())
            self._place(choice, SHARE_FOR_OPTIONS)

    def _other_way(self, o: int) -> float:
        """Return the least cost found of a plan that treats an option otherwise than the best."""
        best = self.plans[0].opened[o, -1]
        return min((gbp for one, gbp in self.placed_all if one[o, -1] != best), default=np.inf)

    def positions(self, settled: dict[int, tuple[float, bool]]) -> list[Position]:
        """Return where each option stands, once every plan is found."""
        found = []
        for o, (known, allowed) in settled.items():
            bound = known
            in_plans = sum(int(one.opened[o, -1] > 0.5) for one in self.plans)
            if o not in self.fixed:  # what was learnt since may prove more
                again = self.choices.cheapest({}, {o: 1.0 - float(self.plans[0].opened[o, -1])})
                bound = np.inf if again is None else max(bound, again.bound)
            cost = self._other_way(o) if allowed else np.inf
            if bound > self.cost_most:
                opens = self.plans[0].opened[o, -1] > 0.5
                standing = Standing.EVERY if opens else Standing.NONE
            else:
                standing = Standing.SOME if cost <= self.cost_most else Standing.UNSETTLED
            found.append(Position(o, standing, in_plans, cost, bound))
        return found


def _against(proof: Proof, bound_gbp: float) -> Proof:
    """Return the proof of a plan beside the bound of the best: it need not be the best itself."""
    return Proof(proof.termination, proof.cost_gbp, min(bound_gbp, proof.cost_gbp))
