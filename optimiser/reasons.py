"""Reasons: what it costs to leave out each option chosen, and to force in each one rejected.

Each is a question to the model held. Its answer is an interval from the two bounds: nobody knows
either optimum exactly, but the difference cannot lie outside. Time goes first to one answer for
every option, then to what a year's delay costs, then to more places for the same money, then to
sharper answers where the sign is still open.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from optimiser.answer import OutOfTime, Stop, Termination
from optimiser.changes import Change
from optimiser.effects import audited, effect_of
from optimiser.more_places import COUNTS, Growing, most_more
from optimiser.obstacles import cannot_open, in_the_way
from optimiser.openings_held import POUND, dearer, opened_in, openings_of
from optimiser.reason import Asked, Reason, Reasons
from optimiser.solve import solve
from optimiser.what_if import WhatIf
from optimiser.what_it_takes import annual_cost_to_win, capital_to_win

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.answer import Answer, Proof, Settings
    from optimiser.more_places import MorePlaces
    from optimiser.openings_held import Interval
    from optimiser.problem import Problem

NARROWER = 4.0
"""By how much the gap of a question is narrower than the plan's: both make an interval's width."""
AGAIN_SHARE = 0.15
"""Share of the time in which the plan itself is proven more closely, before any question."""
FINER = 10.0
"""By how much the gap is narrowed when the plan is sharpened."""
SHARPENING_SHARE = 0.5
"""Share of the time left that sharpening the plan itself may take."""
LEAST_SECONDS = 1.0
"""With less than this left, nothing more is asked."""


def reasons(
    problem: Problem,
    answer: Answer,
    settings: Settings,
    *,
    seconds: float = float("inf"),
    stop: Stop | None = None,
    told: Callable[[str, int, int], None] | None = None,
) -> Reasons:
    """Return why each option is in the plan or not.

    Parameters
    ----------
    problem, answer
        The problem and its plan.
    settings
        The gap of each first answer, threads and seed.
    seconds
        Wall time for all questions together.
    stop
        A wish to stop and keep what is answered.
    told
        Told what is being asked, how many are done and of how many.

    Raises
    ------
    AuditFailed
        When a plan that a question found does not hold what it says.
    """
    asking = _Asking(problem, answer, settings, seconds, stop or Stop(), told)
    asking.plan_again()
    asking.first()
    if not asking.over():
        asking.later()
    if not asking.over():
        asking.places()
    if not asking.over() and asking.unclear():
        asking.sharpen()
    return asking.reasons()


class _Asking:
    """Questions under way: the model held, the clock, and what is known so far."""

    def __init__(
        self,
        problem: Problem,
        answer: Answer,
        settings: Settings,
        seconds: float,
        stop: Stop,
        told: Callable[[str, int, int], None] | None,
    ) -> None:
        self.problem, self.answer, self.settings = problem, answer, settings
        self.stop, self.told = stop, told
        self.started, self.seconds = time.monotonic(), seconds
        self.names = [str(one) for one in problem.options["option"]]
        self.openings = openings_of(problem, answer)
        self.plan = audited(problem, answer.decided, answer.proof)
        self.proof = answer.proof
        self.better: dict[str, int] | None = None
        self.least_without = dict.fromkeys(self.names, answer.proof.cost_gbp)
        finer = replace(settings, gap=settings.gap / NARROWER)
        self.held = WhatIf(problem, answer, finer)
        self.cannot = {
            name: why
            for o, name in enumerate(self.names)
            if (why := cannot_open(problem, o)) is not None
        }
        self.asked: dict[str, Asked] = {}
        self.delayed: dict[str, Asked] = {}
        self.grown: dict[str, Growing] = {}

    def left(self) -> float:
        return self.seconds - (time.monotonic() - self.started)

    def over(self) -> bool:
        return self.stop.asked or self.left() < LEAST_SECONDS

    def question(self, name: str) -> Change:
        """Return the change that leaves out an option of the plan, or forces in another."""
        if name in self.openings:
            return Change(shut_before={name: None})
        o = self.names.index(name)
        return Change(open_by={name: self.problem.years[int(self.problem.opens_last[o])]})

    def plan_again(self) -> None:
        """Prove the plan more closely; what that teaches of openings serves every question."""
        self._tell("the plan", 0, 1)
        told = self.held.ask(Change(), seconds=self.left() * AGAIN_SHARE, stop=self.stop)
        self._learn(told.proof, told.openings)
        self._raise(told.proof.bound_gbp)

    def first(self) -> None:
        """Ask once about every option that is the plan's to choose."""
        free = [name for name in self.names if name not in self.cannot]
        for i, name in enumerate(free):
            if self.over():
                return
            self._tell(name, i, len(free))
            self.asked[name] = self._ask(self.question(name), self.left() / (len(free) - i))

    def later(self) -> None:
        """Ask what a year's delay costs, where an option chosen may open later."""
        free = [
            name
            for o, name in enumerate(self.names)
            if name in self.openings
            and name not in self.cannot
            and self.openings[name] < self.problem.years[int(self.problem.opens_last[o])]
        ]
        for i, name in enumerate(free):
            if self.over():
                return
            self._tell(name, i, len(free))
            change = Change(shut_before={name: self.openings[name] + 1})
            self.delayed[name] = self._ask(change, self.left() / (len(free) - i))

    def places(self) -> None:
        """Ask with how many more places a rejected option would win, those nearest to it first.

        Where some sign is still open, a share of the time is left to sharpen it.
        """
        share = 1.0 - SHARPENING_SHARE if self.unclear() else 1.0
        until = time.monotonic() + self.left() * share
        names = [name for name in self.asked if self._can_grow(name)]
        names.sort(key=lambda name: self.asked[name].cost.low)
        self.grown = {name: Growing.of(self.problem, self.names.index(name)) for name in names}
        for _ in range(COUNTS):
            counts = {
                name: growing.next_count(self.asked[name].proof, self._without(name))
                for name, growing in self.grown.items()
            }
            going = [(name, more) for name, more in counts.items() if more is not None]
            for i, (name, more) in enumerate(going):
                left = until - time.monotonic()
                if self.stop.asked or left < LEAST_SECONDS:
                    return
                self._tell(name, i, len(going))
                self._ask_grown(name, more, left / (len(going) - i))

    def unclear(self) -> list[str]:
        """Return the options whose interval still spans nought, the largest first."""
        open_still = [name for name in self.asked if not self._cost(self.asked[name]).material]
        return sorted(open_still, key=lambda name: -self.asked[name].cost.high)

    def sharpen(self) -> None:
        """Prove the plan more closely, then ask again where the sign is open."""
        finer = replace(
            self.settings,
            gap=max(self.answer.proof.gap, self.settings.gap) / FINER,
            time_limit_seconds=self.left() * SHARPENING_SHARE,
        )
        self._tell("the plan", 0, 1)
        try:
            again = solve(self.problem, finer, stop=self.stop)
        except OutOfTime:
            return
        self._learn(again.proof, openings_of(self.problem, again))
        self._raise(again.proof.bound_gbp)
        if self.over() or not self.unclear():
            return
        self.held = WhatIf(self.problem, again, finer)
        names = self.unclear()
        for i, name in enumerate(names):
            if self.over():
                return
            self._tell(name, i, len(names))
            told = self._ask(self.question(name), self.left() / (len(names) - i))
            self.asked[name] = _sharper(self.asked[name], told)

    def reasons(self) -> Reasons:
        return Reasons(
            tuple(self._reason(o, name) for o, name in enumerate(self.names)),
            self.proof,
            self.answer.proof,
            self.better,
            time.monotonic() - self.started,
        )

    def _reason(self, o: int, name: str) -> Reason:
        year = self.openings.get(name)
        if name in self.cannot or name not in self.asked:
            return Reason(name, year, cannot=self.cannot.get(name))
        asked = self._costed(self.asked[name])
        later = self._costed(self.delayed[name]) if name in self.delayed else None
        if year is not None:
            return Reason(name, year, asked=asked, later=later)
        told = self.problem, o, asked.cost, asked.decided
        possible = asked.proof.termination is not Termination.INFEASIBLE
        return Reason(
            name,
            None,
            asked=asked,
            in_the_way=in_the_way(self.problem, self.answer.decided["open"], o),
            capital=capital_to_win(*told) if possible else None,
            annual=annual_cost_to_win(*told) if possible else None,
            more_places=self._more_places(o, name),
        )

    def _can_grow(self, name: str) -> bool:
        """Return whether to ask of more places: rejected, with places, and able to open at all."""
        possible = self.asked[name].proof.termination is not Termination.INFEASIBLE
        rejected = name not in self.openings
        return possible and rejected and most_more(self.problem, self.names.index(name)) > 0

    def _more_places(self, o: int, name: str) -> MorePlaces | None:
        if not self._can_grow(name):
            return None
        growing = self.grown.get(name) or Growing.of(self.problem, o)
        return growing.found(self.asked[name].proof, self._without(name))

    def _without(self, name: str) -> Proof:
        """Return what is known of the best plan without a rejected option."""
        return replace(self.proof, cost_gbp=self.least_without[name])

    def _ask_grown(self, name: str, more: int, seconds: float) -> None:
        """Ask for the best plan that opens an option with more places than it has."""
        change = replace(self.question(name), option_places={name: float(more)})
        before = self.asked[name].decided
        found = self.held.ask(
            change,
            seconds=max(seconds, LEAST_SECONDS),
            stop=self.stop,
            try_first=None if before is None else opened_in(self.problem, before),
        )
        if found.decided is not None:
            audited(change.applied(self.problem), found.decided, found.proof)
        self.grown[name].take(more, found.proof, found.seconds)

    def _ask(self, change: Change, seconds: float) -> Asked:
        found = self.held.ask(change, seconds=max(seconds, LEAST_SECONDS), stop=self.stop)
        self._learn(found.proof, found.openings)
        effect = None
        if found.decided is not None:
            other = audited(self.problem, found.decided, found.proof)
            effect = effect_of(self.problem, self.plan, self.openings, other, found.openings)
        cost = dearer(found.proof, self.proof)
        return Asked(change, found.proof, cost, found.seconds, effect, found.decided)

    def _learn(self, proof: Proof, openings: dict[str, int]) -> None:
        """Take a plan, if it is cheaper than any known: with an option out or in, it is still one.

        The bound that comes with it is of fewer plans, and is not taken.
        """
        for name in self.names:
            if name not in openings:
                self.least_without[name] = min(self.least_without[name], proof.cost_gbp)
        if proof.cost_gbp < self.proof.cost_gbp - POUND:
            if openings != self.openings:
                self.better = openings
            self.proof = replace(self.proof, cost_gbp=proof.cost_gbp)

    def _raise(self, bound_gbp: float) -> None:
        """Take a bound of all plans, if it is the best known."""
        bound = max(self.proof.bound_gbp, min(bound_gbp, self.proof.cost_gbp))
        self.proof = replace(self.proof, bound_gbp=bound)

    def _cost(self, asked: Asked) -> Interval:
        """Return how much dearer the answer is than the best plan, from all that is known now."""
        found = dearer(asked.proof, self.proof)
        return replace(found, low=max(0.0, found.low), high=max(0.0, found.high))

    def _costed(self, asked: Asked) -> Asked:
        return replace(asked, cost=self._cost(asked))

    def _tell(self, name: str, done: int, of: int) -> None:
        if self.told is not None:
            self.told(name, done, of)


def _sharper(before: Asked, after: Asked) -> Asked:
    """Return what both answers to one question prove together."""
    bound = max(before.proof.bound_gbp, after.proof.bound_gbp)
    better = after if after.proof.cost_gbp <= before.proof.cost_gbp else before
    proof = replace(better.proof, bound_gbp=min(bound, better.proof.cost_gbp))
    return replace(better, proof=proof, seconds=before.seconds + after.seconds)
