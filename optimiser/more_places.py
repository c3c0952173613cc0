"""What would have to be true for a rejected option to win: how many more places for the same money.

The same money is what it costs to build, to set up and to run (a fixed sum a year); its lead, its
ramp and its least roll stay too. What follows the places stays at the rates of the case: place
funding for each place, filled or not, and top-up for each child. So more places may also cost more
than they are worth.

An option of so many more places *wins* when the best plan that opens it is cheaper than the best
plan without it. The plan without it is one of the problem as it is: its cost and the plan's bound
stand for it. Each count asked is a re-solve, and its answer an interval.

An answer reaches counts beside it. A plan that opens the option with fewer places is a plan with
more, dearer by no more than what the empty places cost; so where so many places lose by more than
that, fewer lose too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from optimiser.changes import Change
from optimiser.costs import charges
from optimiser.openings_held import POUND, dearer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.answer import Proof
    from optimiser.kinds import Array
    from optimiser.openings_held import Interval
    from optimiser.problem import Problem

COUNTS = 4
"""Counts of places asked about for one option, at most."""


@dataclass(frozen=True)
class MorePlaces:
    """With how many more places, for the same money, a rejected option would win.

    Parameters
    ----------
    now
        Places that it adds in the case.
    most
        The most places more that are asked about: what its building has room for where the case
        says that it holds more than its places, else as many again as it has.
    costs
        Places more to how much dearer the best plan with it so grown is than the best without it,
        £ of present value, by count. Below nought it wins. Empty where there was no time to ask.
    seconds
        Wall time of all its questions.
    wins_with
        The fewest places more of those asked with which it wins: proven. None where none is.
    loses_below
        With fewer places more than this it cannot win: proven, those not asked included. One more
        than ``most`` where none will do; None where nothing is proven.
    unfinished
        Whether another count would have been asked, had there been time.
    """

    now: float
    most: int
    costs: dict[int, Interval]
    seconds: float
    wins_with: int | None
    loses_below: int | None
    unfinished: bool = False

    @property
    def hopeless(self) -> bool:
        """Whether no count up to the most will do: proven."""
        return self.loses_below is not None and self.loses_below > self.most


def most_more(problem: Problem, o: int) -> int:
    """Return the most places more that are asked about for an option; 0 where it adds none.

    Parameters
    ----------
    problem
        The problem.
    o
        Position of the option.
    """
    places = float(problem.options["places"].iloc[o])
    spare = float(problem.options["physical_places"].iloc[o]) - places
    if places <= 0:
        return 0
    return math.floor(spare) if spare > 0 else math.ceil(places)


def empty_place_gbp(problem: Problem, o: int) -> float | None:
    """Return the most that one more place of an option adds where it stands empty.

    £ of present value: its place funding, and the weight of a rule of places at most that it may
    break. None where an answer reaches no other count: places taken into room over number that the
    building has already are not only added.

    Parameters
    ----------
    problem, o
        See :func:`most_more`.
    """
    row = problem.options.iloc[o]
    if float(row["physical_places"]) > float(row["places"]):
        return None
    one_more = Change(option_places={str(row["option"]): 1.0}).applied(problem)
    each = (_opening_gbp(one_more, o) - _opening_gbp(problem, o))[problem.can_open()[o]]
    rules = [one for one in problem.scenario.places_rules if one.measure == "at_most"]
    breaks = problem.scenario.break_weight_gbp * len(rules)
    broken = breaks * float(problem.discount[: problem.horizon].sum())
    return max(0.0, float(each.max(initial=0.0))) + broken


def _opening_gbp(problem: Problem, o: int) -> Array:
    """Return (T,) £ of present value that follow from opening an option in each year."""
    found = np.zeros(problem.horizon)
    for one in charges(problem):
        if one.on == "open":
            found += one.present_value(problem.discount)[o]
    return found


def found_of(
    now: float,
    most: int,
    as_it_is: Interval,
    costs: Mapping[int, Interval],
    empty_gbp: float | None,
    seconds: float,
) -> MorePlaces:
    """Return what the answers prove together.

    Parameters
    ----------
    now, most, costs, seconds
        See :class:`MorePlaces`.
    as_it_is
        What the option costs with the places it has, beside the best plan without it.
    empty_gbp
        What :func:`empty_place_gbp` says.
    """
    won = [more for more, cost in costs.items() if cost.high < -POUND]
    lost = _lost({0: as_it_is, **costs}, empty_gbp)
    first = next((more for more in range(most + 1) if more not in lost), most + 1)
    return MorePlaces(
        now,
        most,
        dict(sorted(costs.items())),
        seconds,
        min(won, default=None),
        first or None,
    )


def next_count(
    most: int, as_it_is: Interval, costs: Mapping[int, Interval], empty_gbp: float | None
) -> int | None:
    """Return the count of places more to ask next; None where there is nothing more to learn.

    The most is asked first. While all asked lose, the greatest that is not known to lose follows;
    once one wins, or is open, the middle of the longest run that is left, the upper of two alike.

    Parameters
    ----------
    most, as_it_is, costs, empty_gbp
        See :func:`found_of`.
    """
    if as_it_is.high < -POUND or len(costs) >= COUNTS:
        return None
    won = [more for more, cost in costs.items() if cost.high < -POUND]
    lost = _lost({0: as_it_is, **costs}, empty_gbp)
    below = min(won, default=most + 1)
    left = [more for more in range(1, below) if more not in lost and more not in costs]
    if not left:
        return None
    if all(cost.low > POUND for cost in costs.values()):
        return left[-1]
    runs: list[list[int]] = []
    for more in left:
        if runs and more == runs[-1][-1] + 1:
            runs[-1].append(more)
        else:
            runs.append([more])
    longest = max(runs, key=lambda run: (len(run), run[0]))
    return longest[len(longest) // 2]


@dataclass
class Growing:
    """The questions about more places of one option, under way.

    Parameters
    ----------
    now, most
        See :class:`MorePlaces`.
    empty_gbp
        What :func:`empty_place_gbp` says.
    proofs
        Places more to what is proven of the best plan that opens the option so grown.
    seconds
        Wall time so far.
    """

    now: float
    most: int
    empty_gbp: float | None
    proofs: dict[int, Proof] = field(default_factory=dict)
    seconds: float = 0.0

    @classmethod
    def of(cls, problem: Problem, o: int) -> Growing:
        """Return an option's questions before any is asked."""
        places = float(problem.options["places"].iloc[o])
        return cls(places, most_more(problem, o), empty_place_gbp(problem, o))

    def take(self, more: int, proof: Proof, seconds: float) -> None:
        """Take the answer to a question."""
        self.proofs[more] = proof
        self.seconds += seconds

    def next_count(self, as_it_is: Proof, without: Proof) -> int | None:
        """Return what to ask next, beside the best plans with the option as it is and without."""
        return next_count(
            self.most, dearer(as_it_is, without), self._costs(without), self.empty_gbp
        )

    def found(self, as_it_is: Proof, without: Proof) -> MorePlaces:
        """Return what is proven, beside the best plans with the option as it is and without."""
        beside, costs = dearer(as_it_is, without), self._costs(without)
        found = found_of(self.now, self.most, beside, costs, self.empty_gbp, self.seconds)
        more = next_count(self.most, beside, costs, self.empty_gbp)
        return replace(found, unfinished=more is not None)

    def _costs(self, without: Proof) -> dict[int, Interval]:
        return {more: dearer(proof, without) for more, proof in self.proofs.items()}


def _lost(costs: Mapping[int, Interval], empty_gbp: float | None) -> set[int]:
    """Return the counts of places more that are proven not to win."""
    lost: set[int] = set()
    for more, cost in costs.items():
        if cost.low <= POUND:
            continue
        reach = 0
        if empty_gbp is not None:
            by = cost.low - POUND
            reach = more if by >= empty_gbp * more else math.floor(by / empty_gbp)
        lost.update(range(more - min(reach, more), more + 1))
    return lost
