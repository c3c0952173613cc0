"""Reasons: what it costs to leave out each option chosen, and to force in each one rejected.

Each is a question to the model held. Its answer is an interval from the two bounds: nobody knows
either optimum exactly, but the difference cannot lie outside. Time goes first to one answer for
every option, then to sharper ones where the sign is still open.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from optimiser.answer import Answer, OutOfTime, Proof, Stop, Termination
from optimiser.audit import AuditFailed, audit
from optimiser.changes import Change
from optimiser.obstacles import Obstacle, cannot_open, in_the_way
from optimiser.openings_held import POUND, Interval, dearer, openings_of
from optimiser.plan import plan_of
from optimiser.solve import solve
from optimiser.what_if import WhatIf
from optimiser.what_it_takes import BreakEven, annual_cost_to_win, capital_to_win

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from optimiser.answer import Settings
    from optimiser.kinds import Array
    from optimiser.plan import Plan
    from optimiser.problem import Problem
    from optimiser.what_if import WhatIfAnswer

FINER = 10.0
"""By how much the gap is narrowed when the plan is sharpened."""
SHARPENING_SHARE = 0.5
"""Share of the time left that sharpening the plan itself may take."""
LEAST_SECONDS = 1.0
"""With less than this left, nothing more is asked."""


@dataclass(frozen=True)
class Effect:
    """What differs between the plan found for a question and the plan, each as found.

    Parameters
    ----------
    purses
        Purse (``dsg``, ``general_fund``, ``capital``) to £ of present value more, to the end of
        each stay, the value of buildings left taken off.
    policy_weight_gbp
        Policy weights more. Not money.
    by_class
        Class to entrants placed more, over the years of the plan.
    unplaced
        Child-years without a place more.
    opens, shuts
        Options that it opens and the plan does not, and the other way round.
    moves
        Options in both, opened in another year: option to (plan's year, its own).
    """

    purses: dict[str, float]
    policy_weight_gbp: float
    by_class: dict[str, float]
    unplaced: float
    opens: tuple[str, ...]
    shuts: tuple[str, ...]
    moves: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Asked:
    """One question and its answer.

    Parameters
    ----------
    change
        What was asked.
    proof
        Termination, cost and bound of the changed problem.
    cost
        How much dearer the best plan is: never below nought, for a choice was taken away.
    seconds
        Wall time of the last answer to it.
    effect
        What else differs; None where no plan was found.
    decided
        The plan found.
    """

    change: Change
    proof: Proof
    cost: Interval
    seconds: float
    effect: Effect | None
    decided: dict[str, Array] | None


@dataclass(frozen=True)
class Reason:
    """Why an option is in the plan, or is not.

    Parameters
    ----------
    option
        Its key.
    year
        The year in which the plan opens it; None where it does not.
    cannot
        Why it is not the plan's to choose; then nothing else is asked.
    asked
        The cost of leaving it out, or of forcing it in; None where there was no time.
    later
        The cost of opening it a year later than the plan does, at the soonest.
    in_the_way
        Rules that it would break beside the plan as it stands.
    capital, annual
        For one rejected, what would have to be true of its price.
    """

    option: str
    year: int | None
    cannot: Obstacle | None = None
    asked: Asked | None = None
    later: Asked | None = None
    in_the_way: tuple[Obstacle, ...] = ()
    capital: BreakEven | None = None
    annual: BreakEven | None = None

    @property
    def chosen(self) -> bool:
        """Whether the plan opens it."""
        return self.year is not None


@dataclass(frozen=True)
class Reasons:
    """The reasons of a plan.

    Parameters
    ----------
    reasons
        One for each option, in the order of the case.
    plan
        What is known of the plan's own problem in the end: the best cost and bound found.
    found
        What the plan that was asked about proved.
    better
        Openings of a cheaper plan that a question brought to light; None where there was none.
    seconds
        Wall time in all.
    """

    reasons: tuple[Reason, ...]
    plan: Proof
    found: Proof
    better: dict[str, int] | None
    seconds: float


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
    asking.first()
    if not asking.over():
        asking.later()
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
        self.plan = _audited(problem, answer.decided, answer.proof)
        self.proof = answer.proof
        self.better: dict[str, int] | None = None
        self.held = WhatIf(problem, answer, settings)
        self.cannot = {
            name: why
            for o, name in enumerate(self.names)
            if (why := cannot_open(problem, o)) is not None
        }
        self.asked: dict[str, Asked] = {}
        self.delayed: dict[str, Asked] = {}

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
        bound = max(self.proof.bound_gbp, min(again.proof.bound_gbp, self.proof.cost_gbp))
        self.proof = replace(self.proof, bound_gbp=bound)
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
        )

    def _ask(self, change: Change, seconds: float) -> Asked:
        found = self.held.ask(change, seconds=max(seconds, LEAST_SECONDS), stop=self.stop)
        self._learn(found.proof, found.openings)
        effect = None if found.decided is None else self._effect(found)
        cost = dearer(found.proof, self.proof)
        return Asked(change, found.proof, cost, found.seconds, effect, found.decided)

    def _learn(self, proof: Proof, openings: dict[str, int]) -> None:
        """Take a plan, if it is cheaper than any known: with an option out or in, it is still one.

        The bound that comes with it is of fewer plans, and is not taken.
        """
        if proof.cost_gbp < self.proof.cost_gbp - POUND:
            if openings != self.openings:
                self.better = openings
            self.proof = replace(self.proof, cost_gbp=proof.cost_gbp)

    def _cost(self, asked: Asked) -> Interval:
        """Return how much dearer the answer is than the best plan, from all that is known now."""
        found = dearer(asked.proof, self.proof)
        return replace(found, low=max(0.0, found.low), high=max(0.0, found.high))

    def _costed(self, asked: Asked) -> Asked:
        return replace(asked, cost=self._cost(asked))

    def _effect(self, found: WhatIfAnswer) -> Effect:
        if found.decided is None:
            raise RuntimeError("no plan was found, so it has no effect")
        other = _audited(self.problem, found.decided, found.proof)
        before, after = _purses(self.plan), _purses(other)
        placed = (
            _by_class(self.problem, other)
            .sub(_by_class(self.problem, self.plan), fill_value=0.0)
            .to_dict()
        )
        mine, theirs = self.openings, found.openings
        return Effect(
            {purse: after[purse] - before[purse] for purse in before if purse != "none"},
            after["none"] - before["none"],
            {str(kind): float(children) for kind, children in placed.items()},
            float(other.unplaced["children"].sum() - self.plan.unplaced["children"].sum()),
            tuple(sorted(set(theirs) - set(mine))),
            tuple(sorted(set(mine) - set(theirs))),
            {
                name: (mine[name], theirs[name])
                for name in sorted(set(mine) & set(theirs))
                if mine[name] != theirs[name]
            },
        )

    def _tell(self, name: str, done: int, of: int) -> None:
        if self.told is not None:
            self.told(name, done, of)


def _audited(problem: Problem, decided: dict[str, Array], proof: Proof) -> Plan:
    """Return the plan of some decisions, once it holds what it says.

    Leaving out and forcing in break no rule of the problem, so it is audited against that.
    """
    plan = plan_of(problem, Answer(proof, decided, 0.0, 0.0, ()))
    found = audit(problem, plan)
    if not found.passed:
        raise AuditFailed(found)
    return plan


def _purses(plan: Plan) -> dict[str, float]:
    """Return purse to £ of present value, horizon and later years; ``none`` are policy weights."""
    whole = plan.money.groupby("purse")["pv_gbp"].sum()
    return {
        purse: float(whole.get(purse, 0.0)) for purse in ("dsg", "general_fund", "capital", "none")
    }


def _by_class(problem: Problem, plan: Plan) -> pd.Series[float]:
    """Return class to entrants placed over the years of the plan."""
    kinds = problem.provisions.set_index("provision")["class"]
    placed = plan.placements
    totals: pd.Series[float] = placed.groupby(placed["provision"].map(kinds))["children"].sum()
    return totals


def _sharper(before: Asked, after: Asked) -> Asked:
    """Return what both answers to one question prove together."""
    bound = max(before.proof.bound_gbp, after.proof.bound_gbp)
    better = after if after.proof.cost_gbp <= before.proof.cost_gbp else before
    proof = replace(better.proof, bound_gbp=min(bound, better.proof.cost_gbp))
    return replace(better, proof=proof, seconds=before.seconds + after.seconds)
