"""The price of a place: what one more, or one fewer, is worth, by purse, with the openings held.

One more place of a need and phase, from a year on, is one child more of that need and phase who
fits at a provision each year from then to the end of the plan. The place itself costs nothing here:
what it is worth is set beside what it costs by whoever would pay for it. The openings and the
vehicles that run stay as planned, and the children are placed again, each home by itself: that is a
linear programme, so what it gives is exact.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from inputs.vocabulary import Phase
from optimiser.answer import OutOfTime, Stop
from optimiser.changes import Change
from optimiser.costs import NO_PURSE, PURSES, money
from optimiser.openings_held import POUND, Interval, dearer, openings_of
from optimiser.placed import Placed
from optimiser.stays import evenly_aged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from optimiser.answer import Answer, Settings
    from optimiser.kinds import Array
    from optimiser.problem import Problem
    from optimiser.what_if import WhatIf

DUST = 1e-6
"""Room below this, in children, is the solver's dust."""


@dataclass(frozen=True)
class Worth:
    """What one place is worth, £ of present value.

    Parameters
    ----------
    total_gbp
        By the measure that the plan makes least: exact.
    purses
        Purse to what it spends less; of this least-cost placement, where others cost as little.
    policy_weight_gbp
        Policy weights less (children without a place, over number, rules broken). Not money.
    waiting
        Child-years without a place less, over the years of the plan; below nought where children
        wait for the place rather than go elsewhere.
    """

    total_gbp: float
    purses: dict[str, float]
    policy_weight_gbp: float
    waiting: float = 0.0


@dataclass(frozen=True)
class Price:
    """The price of a place of one need and phase at one provision, from one year on.

    Parameters
    ----------
    provision, need, phase, year
        Where, for whom, from which September.
    more
        What one more is worth; None where there was no time to ask.
    fewer
        What one fewer would lose; None where it was not asked or ``fewer_cannot``.
    fewer_cannot
        Whether no place can be taken away: children who are there now hold all of them.
    year_weight
        £ of present value of £1 a year for the place: each year of the plan from ``year`` on, and
        after it while the child who is in it then still stays.
    """

    provision: str
    need: str
    phase: str
    year: int
    more: Worth | None
    fewer: Worth | None
    fewer_cannot: bool
    year_weight: float


@dataclass(frozen=True)
class Reopened:
    """One more place at a provision, for any need and phase there, with other openings allowed.

    Parameters
    ----------
    provision, year
        Where, and from which September.
    held
        What it is worth with the openings held, £: exact.
    free
        What it is worth where everything may change: between two proven ends.
    openings
        Openings that do better with the place than those of the plan; None where none was found.
    better_anyway
        Whether those do better without the place too: the plan is not the best there is.
    """

    provision: str
    year: int
    held: float
    free: Interval
    openings: dict[str, int] | None
    better_anyway: bool


@dataclass(frozen=True)
class Prices:
    """Prices of places.

    Parameters
    ----------
    prices
        One for each provision that is open, need and phase taught there, and year of the plan.
    placed_gbp
        Cost of the plan's openings with the children placed exactly.
    solved
        How many placements were worked out.
    out_of_time
        Whether some prices were not asked for want of time.
    """

    prices: tuple[Price, ...]
    placed_gbp: float
    solved: int
    out_of_time: bool


class Asking:
    """The children of a plan, placed, and what has been asked of single places.

    Parameters
    ----------
    problem, answer, settings
        The problem, its plan, and threads and seed.

    Raises
    ------
    OutOfTime
        When the children cannot be placed within the time limit of the settings.
    """

    def __init__(self, problem: Problem, answer: Answer, settings: Settings) -> None:
        self.problem, self.answer = problem, answer
        self.placed = Placed(problem, answer, settings)
        self.base_gbp, self.solved = self.placed.cost, 0
        self.placed.ask({})
        decided = self.placed.decided()
        self._base_money = _purses(problem, decided)
        self._base_waiting = float(decided["unplaced"].sum())
        self._known: dict[tuple[frozenset[int], float], Worth | None] = {}
        self._lines = self.placed.form.row_high - self.placed.form.matrix @ self.placed.values

    def worth(self, rows: frozenset[int], sign: float, seconds: float) -> Worth | None:
        """Return what one place more (or fewer, for a sign of -1) in these rows is worth.

        Shadow prices settle most at once: what one more is worth is never above their sum, and
        one fewer costs nothing where there is room for it.

        Raises
        ------
        OutOfTime
            When it takes longer.
        """
        key = rows, sign
        if key in self._known:
            return self._known[key]
        at = sorted(rows)
        nothing = Worth(0.0, dict.fromkeys(PURSES, 0.0), 0.0)
        if sign > 0:
            idle = -float(self.placed.prices[at].sum()) < POUND
        else:
            idle = bool((self._lines[at] >= 1.0 - DUST).all())
        if idle:
            self._known[key] = nothing
        else:
            cost = self.placed.ask(dict.fromkeys(at, sign), seconds)
            self.solved += 1
            self._known[key] = None if cost is None else self._told(cost, sign)
        return self._known[key]

    def _told(self, cost: float, sign: float) -> Worth:
        decided = self.placed.decided()
        after = _purses(self.problem, decided)
        less = {one: sign * (self._base_money[one] - after[one]) for one in after}
        weight = less.pop(NO_PURSE)
        waiting = sign * (self._base_waiting - float(decided["unplaced"].sum()))
        return Worth(max(0.0, sign * (self.base_gbp - cost)), less, weight, waiting)

    def rows_of(self, provision: str, year: int, need: str = "", phase: str = "") -> frozenset[int]:
        """Return the rows that one more place loosens.

        Capacity, and the number of the need and phase, where one is stated.
        """
        found = set()
        for y in self.problem.years:
            if y < year:
                continue
            for row in (
                ("capacity", (provision, y)),
                ("taught_places", (provision, need, phase, y)),
            ):
                if row in self.placed.rows:
                    found.add(self.placed.rows[row])
        return frozenset(found)


def prices(
    asking: Asking,
    *,
    only: Collection[str] = (),
    years: Collection[int] = (),
    seconds: float = float("inf"),
    stop: Stop | None = None,
    told: Callable[[str, int, int], None] | None = None,
) -> Prices:
    """Return what one place more and one fewer are worth, by provision, need, phase and year.

    Parameters
    ----------
    asking
        The children of the plan, placed.
    only
        Provisions to ask about; empty asks about all that are open.
    years
        Years to ask about; empty asks about all.
    seconds
        Wall time for all of them.
    stop
        A wish to stop and keep what is answered.
    told
        Told what is being asked, how many are done and of how many.
    """
    started, stop = time.monotonic(), stop or Stop()
    late = False
    found = []
    each = [
        one
        for one in open_places(asking.problem, asking.answer)
        if (not only or one[0] in only) and (not years or one[3] in years)
    ]
    weights = {one: _year_weights(asking.problem, one) for one in {place[0] for place in each}}
    first = asking.problem.years[0]
    for i, (provision, need, phase, year) in enumerate(each):
        rows = asking.rows_of(provision, year, need, phase)
        more = fewer = None
        cannot = False
        left = seconds - (time.monotonic() - started)
        if stop.asked or left <= 0:
            late = True
        else:
            if told is not None:
                told(provision, i, len(each))
            try:
                more = asking.worth(rows, 1.0, left)
                fewer = asking.worth(rows, -1.0, left)
                cannot = fewer is None
            except OutOfTime:
                late = True
        weight = float(weights[provision][year - first])
        found.append(Price(provision, need, phase, year, more, fewer, cannot, weight))
    return Prices(tuple(found), asking.base_gbp, asking.solved, late)


def open_places(problem: Problem, answer: Answer) -> Iterator[tuple[str, str, str, int]]:
    """Return provision, need, phase and year of every place that is open in the plan."""
    opened = answer.decided["opened"] > 0.5
    at = problem.options["p"].to_numpy(np.int64)
    closes = problem.provisions["closes"].to_numpy(float)
    for q, row in enumerate(problem.taught.to_dict("records")):
        p = int(row["p"])
        adding = problem.option_taught.loc[problem.option_taught["q"] == q, "o"].to_numpy(np.int64)
        for t, year in enumerate(problem.years):
            by_option = bool(opened[adding, t].any())
            there = problem.commissioned[p, t] > 0 or opened[at == p, t].any()
            if there and year < closes[p] and (bool(row["now"]) or by_option):
                yield str(row["provision"]), str(row["need"]), str(row["phase"]), year


def reopen(
    asking: Asking,
    held: WhatIf,
    provision: str,
    year: int,
    *,
    seconds: float,
    stop: Stop | None = None,
) -> Reopened:
    """Return what one more place at a provision is worth where the openings may change with it.

    Parameters
    ----------
    asking
        The children of the plan, placed.
    held
        The plan's model, held for questions.
    provision, year
        Where, and from which September.
    seconds
        Wall time for the search.

    Raises
    ------
    InputError
        When the provision or the year is not in the case.
    OutOfTime
        When children could not be placed again.
    """
    problem, placed = asking.problem, asking.placed
    change = Change(places={(provision, y): 1.0 for y in problem.years if y >= year})
    told = held.ask(change, seconds=seconds, stop=stop)
    rows = dict.fromkeys(asking.rows_of(provision, year), 1.0)
    mine = asking.worth(frozenset(rows), 1.0, float("inf"))
    worth = 0.0 if mine is None else mine.total_gbp
    other_more = other_now = np.inf
    if told.decided is not None and told.openings != openings_of(problem, asking.answer):
        placed.hold(told.decided)
        other_now = placed.cost
        cost = placed.ask(rows)
        other_more = np.inf if cost is None else cost
        placed.hold(asking.answer.decided)
    held_more = asking.base_gbp - worth
    better = other_more < held_more - POUND
    proof = asking.answer.proof
    base = replace(proof, cost_gbp=min(proof.cost_gbp, asking.base_gbp, other_now))
    best = min(told.proof.cost_gbp, held_more, other_more)
    changed = replace(told.proof, cost_gbp=best, bound_gbp=min(told.proof.bound_gbp, best))
    free = dearer(base, changed)
    return Reopened(
        provision,
        year,
        worth,
        replace(free, low=max(0.0, free.low), high=max(0.0, free.high)),
        told.openings if better else None,
        bool(better and other_now < asking.base_gbp - POUND),
    )


def _purses(problem: Problem, decided: dict[str, Array]) -> dict[str, float]:
    """Return purse to £ of present value; ``none`` are policy weights."""
    found = dict.fromkeys((*PURSES, NO_PURSE), 0.0)
    for (_, purse), pounds in money(problem, decided).items():
        found[purse] += float(pounds @ problem.discount)
    return found


def _year_weights(problem: Problem, provision: str) -> Array:
    """Return (T,) £ of present value of £1 a year for a place at a provision from each year on.

    A child who is in it when the plan ends stays as long as others of the phases taught there,
    spread evenly over their years, as the costs of children drawn from mainstream count it.
    """
    horizon, n_years = problem.horizon, len(problem.discount)
    here = problem.taught["provision"].to_numpy(str) == provision
    fades = [
        evenly_aged(Phase(phase), problem.scenario.cessation_a_year)
        for phase in problem.taught["phase"].to_numpy()[here]
    ]
    after = np.mean(fades, axis=0)[1 : n_years - horizon + 1]
    tail = float(after @ problem.discount[horizon : horizon + len(after)])
    within = np.cumsum(problem.discount[:horizon][::-1])[::-1]
    weights: Array = within + tail
    return weights
