"""A round of bids as a portfolio under a budget: what is chosen, and why the rest is not.

The plan model chooses first. Then portfolios are compared two at a time, exactly: the openings of
both are held and the children placed again. A bid is put on top of the portfolio whatever it
costs, left out of it, or exchanged for those that would have to make way; where an exchange is
cheaper it is made, until none is. So every reason is measured between two named portfolios.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import Termination
from optimiser.displacement import PROGRAMME, Placing
from optimiser.openings_held import Interval, dearer, leaning_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optimiser.displacement import Displaced
    from optimiser.kinds import Array
    from optimiser.problem import Problem
    from optimiser.what_if import WhatIf, WhatIfAnswer

IN_USE = 0.5
"""A bid of whose places less than this share would be filled is not wanted there."""
MAKE_WAY = 3
"""At most so many of the chosen make way for one bid."""
TRIED = 2
"""Exchanges worked out for each bid: those that promise most."""
ROUNDS = 20
"""Exchanges made at most; far more than any round of bids has needed."""
PENNY = 0.01


class Reason(StrEnum):
    """Why a bid is in the portfolio, or is not."""

    COMMITTED = "committed"
    CHOSEN = "chosen"
    RULE = "rule"
    OVER_BUDGET = "over_budget"
    DISPLACED = "displaced"
    NOT_WANTED = "not_wanted"
    TOO_DEAR = "too_dear"
    NO_DIFFERENCE = "no_difference"
    NOT_KNOWN = "not_known"


class Rule(StrEnum):
    """Which rule keeps a bid out."""

    HOST = "host"
    WINDOW = "window"
    REQUIRES = "requires"
    EXCLUDED = "excluded"
    OTHER = "other"


@dataclass(frozen=True)
class Exchange:
    """The portfolio with one bid in and some out.

    Parameters
    ----------
    out
        Bids that make way.
    dearer
        By how much the portfolio is dearer for it.
    """

    out: tuple[str, ...]
    dearer: Interval


@dataclass(frozen=True)
class Verdict:
    """What is decided about one bid, and what that rests on.

    Parameters
    ----------
    bid
        The bid.
    reason, rule
        Why; the rule where the reason is one.
    year
        Year of opening: as chosen, or for which it was tried; None where it cannot open.
    by
        Bids that stand in its way: those that serve its children, that it requires and that are
        not chosen, or that exclude it.
    held
        By how much the portfolio is dearer without a chosen bid, or with one that is not chosen
        on top of it whatever the budget: the rest held. None where it was not asked.
    exchange
        The best exchange found for a bid that is not chosen, within the budget.
    score
        What its places displace, the rest of the portfolio held; None where it cannot open.
    """

    bid: str
    reason: Reason
    rule: Rule | None = None
    year: int | None = None
    by: tuple[str, ...] = ()
    held: Interval | None = None
    exchange: Exchange | None = None
    score: Displaced | None = None


@dataclass(frozen=True)
class Portfolio:
    """A round decided.

    Parameters
    ----------
    verdicts
        One a bid, in the order given.
    openings
        Option to the year in which it opens.
    cost_gbp
        Cost of the portfolio with its openings held, £ of present value.
    spent_gbp, budget_gbp
        Capital of the bids chosen, commitments apart, and what there was for them.
    exchanged
        How often an exchange was cheaper than what the plan model had found, and was made.
    saving
        By how much the do-minimum is dearer than the portfolio, both with their openings held.
    programme
        What the chosen bids displace together.
    next_bid
        The bid over budget that would save most on top of the portfolio; None where there is none.
    """

    verdicts: tuple[Verdict, ...]
    openings: dict[str, int]
    cost_gbp: float
    spent_gbp: float
    budget_gbp: float
    exchanged: int
    saving: Interval
    programme: Displaced
    next_bid: str | None


def choose(
    held: WhatIf,
    openings: Mapping[str, int],
    bids: Sequence[str],
    *,
    budget_gbp: float,
    seconds: float = float("inf"),
) -> Portfolio:
    """Return the round decided, each bid with its reason.

    Parameters
    ----------
    held
        The model of the plan under the budget, ready for questions.
    openings
        Option to the year in which that plan opens it.
    bids
        The bids of the round, all of them options of the problem.
    budget_gbp
        Capital for the bids, for the record: the limits that hold are the problem's.
    seconds
        Wall time for each placement of the children.

    Raises
    ------
    OutOfTime
        When the children could not be placed again in that time.
    """
    judge = _Judge(held.problem, Placing(held, seconds=seconds), openings, tuple(bids))
    exchanged = judge.improve()
    verdicts = tuple(judge.verdict(bid) for bid in bids)
    chosen = [one.bid for one in verdicts if one.reason is Reason.CHOSEN]
    programme = judge.placing.displaced(PROGRAMME, tuple(judge.chosen), judge.chosen)
    beyond = [one for one in verdicts if one.reason is Reason.OVER_BUDGET and one.held is not None]
    best = min(beyond, key=lambda one: one.held.high if one.held else 0.0, default=None)
    return Portfolio(
        verdicts=verdicts,
        openings=dict(judge.openings),
        cost_gbp=judge.plan.proof.cost_gbp,
        spent_gbp=float(sum(judge.capital[judge.at[name]] for name in chosen)),
        budget_gbp=budget_gbp,
        exchanged=exchanged,
        saving=programme.saving,
        programme=programme,
        next_bid=None if best is None else best.bid,
    )


class _Judge:
    """Compares portfolios two at a time."""

    def __init__(
        self,
        problem: Problem,
        placing: Placing,
        openings: Mapping[str, int],
        bids: tuple[str, ...],
    ) -> None:
        self.problem, self.placing, self.bids = problem, placing, bids
        options = problem.options
        self.at = {str(name): o for o, name in enumerate(options["option"])}
        self.capital: Array = options["capital_gbp"].to_numpy(float)
        self.decided = set(options["option"][problem.committed()].astype(str))
        first = problem.years[0]
        self.locked = {
            name: first + int(problem.opens_first[self.at[name]]) for name in self.decided
        }
        self.chosen = {name: year for name, year in openings.items() if name not in self.decided}

    @property
    def openings(self) -> dict[str, int]:
        """Everything that opens, commitments too."""
        return self.locked | self.chosen

    @property
    def plan(self) -> WhatIfAnswer:
        """The portfolio as it stands, its openings held."""
        return self.placing.placed(self.chosen)

    def improve(self) -> int:
        """Make every exchange that is cheaper, the best first; return how many were made."""
        for made in range(ROUNDS):
            better: list[tuple[Exchange, dict[str, int]]] = [
                (exchange, self._alone(bid)) for bid in self.bids for exchange in self._found(bid)
            ]
            for bid in self.chosen:
                out = leaning_on(self.problem, bid, self.chosen)
                better.append((Exchange(out, self._apart(self._without(out))), {}))
            better = [one for one in better if one[0].dearer.high < 0 and one[0].dearer.material]
            if not better:
                return made
            exchange, come_in = min(better, key=lambda one: one[0].dearer.high)
            self.chosen = self._without(exchange.out) | come_in
        return ROUNDS

    def verdict(self, bid: str) -> Verdict:
        """Return what is decided about a bid, and why."""
        if bid in self.decided:
            return Verdict(bid, Reason.COMMITTED, year=self.locked[bid])
        if bid in self.chosen:
            out = leaning_on(self.problem, bid, self.chosen)
            score = self.placing.displaced(bid, out, self.chosen)
            return Verdict(
                bid, Reason.CHOSEN, year=self.chosen[bid], held=score.saving, score=score
            )
        ruled = self._ruled_out(bid)
        if ruled is not None:
            return Verdict(bid, Reason.RULE, ruled[0], by=ruled[1])
        year = self._alone(bid)[bid]
        exchange = min(self._found(bid), key=lambda one: one.dearer.high, default=None)
        above = self.placing.ask(self.chosen | {bid: year})
        if above.proof.termination is Termination.INFEASIBLE:
            by = self._excluding(bid)
            rule = Rule.EXCLUDED if by else Rule.OTHER
            return Verdict(bid, Reason.RULE, rule, year, by, None, exchange)
        if above.decided is None:
            return Verdict(bid, Reason.NOT_KNOWN, year=year, exchange=exchange)
        held = dearer(above.proof, self.plan.proof)
        score = self.placing.displaced(bid, (bid,), self.chosen | {bid: year})
        reason, by = self._why(bid, held, exchange, score)
        return Verdict(bid, reason, None, year, by, held, exchange, score)

    def _why(
        self, bid: str, held: Interval, exchange: Exchange | None, score: Displaced
    ) -> tuple[Reason, tuple[str, ...]]:
        """Return the reason of a bid that could open and does not, and who stands in its place."""
        if held.high < 0 and held.material:  # it would pay for itself, were there the money
            even = exchange is not None and not exchange.dearer.material
            return (Reason.NO_DIFFERENCE if even else Reason.OVER_BUDGET), ()
        if not held.material:
            return Reason.NO_DIFFERENCE, ()
        rivals = tuple(name for name in self.chosen if self._takes_the_children_of(bid, name))
        if rivals:
            return Reason.DISPLACED, rivals
        if float(score.children.sum()) < IN_USE * score.place_years:
            return Reason.NOT_WANTED, ()
        return Reason.TOO_DEAR, ()

    def _takes_the_children_of(self, bid: str, other: str) -> bool:
        """Return whether a bid would pay for itself if another, for the same needs, were not there.

        Both are measured with the rest of the portfolio held.
        """
        if other not in self.bids or not self._teaches(bid) & self._teaches(other):
            return False
        rest = self._without(leaning_on(self.problem, other, self.chosen))
        with_it = self.placing.ask(rest | self._alone(bid))
        if with_it.decided is None:
            return False
        apart = dearer(with_it.proof, self.placing.placed(rest).proof)
        return apart.high < 0 and apart.material

    def _found(self, bid: str) -> list[Exchange]:
        """Return the best exchanges for a bid that is not chosen, each worked out exactly.

        Those tried are the ones that promise most: what the bid saves on top of the portfolio,
        less what those that make way save in it.
        """
        if bid in self.openings or self._ruled_out(bid) is not None:
            return []
        loss = {
            name: self._apart(self._without(leaning_on(self.problem, name, self.chosen))).high
            for name in self.chosen
        }
        in_the_way = set(self._excluding(bid))
        needed = {str(one) for one in self.problem.options["requires"].iloc[self.at[bid]]}
        promising: list[tuple[float, tuple[str, ...]]] = []
        for size in range(MAKE_WAY + 1):
            for some in combinations(self.chosen, size):
                out = tuple(
                    dict.fromkeys(
                        gone for one in some for gone in leaning_on(self.problem, one, self.chosen)
                    )
                )
                if not in_the_way <= set(out) or needed & set(out):
                    continue
                if self._affordable(self._without(out) | self._alone(bid)):
                    promising.append((sum(loss[name] for name in some), out))
            if promising and size == 0:
                break  # there is money for it: nobody need make way
        promising.sort()
        tried = list(dict.fromkeys(out for _, out in promising))[:TRIED]
        found = []
        for out in tried:
            answer = self.placing.ask(self._without(out) | self._alone(bid))
            if answer.decided is not None:
                found.append(Exchange(out, dearer(answer.proof, self.plan.proof)))
        return found

    def _alone(self, bid: str) -> dict[str, int]:
        """Return a bid with the year in which it is tried: its first."""
        return {bid: self.problem.years[int(self.problem.opens_first[self.at[bid]])]}

    def _without(self, out: tuple[str, ...]) -> dict[str, int]:
        return {name: year for name, year in self.chosen.items() if name not in out}

    def _apart(self, openings: Mapping[str, int]) -> Interval:
        """Return by how much other openings are dearer than the portfolio."""
        return dearer(self.placing.ask(openings).proof, self.plan.proof)

    def _affordable(self, chosen: Mapping[str, int]) -> bool:
        """Return whether openings keep every limit of capital and of openings a year."""
        problem, scenario = self.problem, self.problem.scenario
        every = self.locked | dict(chosen)
        first = problem.years[0]
        o = np.array([self.at[name] for name in every], dtype=np.int64)
        u = np.array([year - first for year in every.values()], dtype=np.int64)
        gbp = self.capital[o]
        funding = problem.options["funding"].to_numpy(object)[o]
        total = scenario.capital_budget_gbp
        if total is not None and gbp.sum() > total + PENNY:
            return False
        for grant, most in scenario.capital_budget_by_grant_gbp.items():
            if gbp[funding == grant].sum() > most + PENNY:
                return False
        for year, most in scenario.capital_budget_by_year_gbp.items():
            if problem.spend[o, u, year - first].sum() > most + PENNY:
                return False
        limit = scenario.openings_per_year
        return limit is None or not len(u) or int(np.bincount(u).max()) <= limit

    def _ruled_out(self, bid: str) -> tuple[Rule, tuple[str, ...]] | None:
        """Return the rule that keeps a bid out whatever else is chosen, if one does."""
        o, options = self.at[bid], self.problem.options
        if not bool(options["host_agrees"].iloc[o]):
            return Rule.HOST, ()
        if self.problem.opens_first[o] > self.problem.opens_last[o]:
            return Rule.WINDOW, ()
        missing = tuple(
            str(name) for name in options["requires"].iloc[o] if str(name) not in self.openings
        )
        return (Rule.REQUIRES, missing) if missing else None

    def _excluding(self, bid: str) -> tuple[str, ...]:
        """Return what stands open and excludes a bid, or is excluded by it."""
        options = self.problem.options
        out = {str(name) for name in options["excludes"].iloc[self.at[bid]]}
        out |= {
            str(name)
            for name, others in zip(options["option"], options["excludes"], strict=True)
            if bid in others
        }
        return tuple(name for name in self.openings if name in out)

    def _teaches(self, option: str) -> set[int]:
        through = self.problem.option_taught
        q = through["q"][through["o"] == self.at[option]].to_numpy(np.int64)
        return set(self.problem.taught["nh"].to_numpy(np.int64)[q].tolist())


def committed_capital(problem: Problem) -> float:
    """Return the capital of what is committed, £: it counts towards a limit of capital in total."""
    return float(problem.options["capital_gbp"].to_numpy(float)[problem.committed()].sum())
