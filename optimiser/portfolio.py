"""A round of bids as a portfolio under a budget: what is chosen, and why the rest is not.

The plan model chooses. Each bid is then scored by what it displaces, with the rest of the
portfolio held; and each that is not chosen is opened on top of the portfolio, whatever it costs,
and forced in within the budget, so that its reason is measured and not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import Termination
from optimiser.changes import Change
from optimiser.displacement import Placing
from optimiser.openings_held import Interval, dearer, leaning_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimiser.displacement import Displaced
    from optimiser.kinds import Array
    from optimiser.problem import Problem
    from optimiser.what_if import WhatIf, WhatIfAnswer

IN_USE = 0.5
"""A bid of whose places less than this share would be filled is not wanted there."""


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
class Verdict:
    """What is decided about one bid, and what that rests on.

    Parameters
    ----------
    bid
        The bid.
    reason, rule
        Why; the rule where the reason is one.
    year
        Year of opening; None where it is not chosen.
    by
        Bids that stand in its way: chosen in its place, or required and not chosen.
    within_budget
        By how much the portfolio without a chosen bid, or with one that is not chosen, is dearer
        within the budget, all else free: None where it was not asked.
    on_top
        The same with the rest of the portfolio held and every budget lifted.
    score
        What its places displace, the rest of the portfolio held; None where it cannot open.
    """

    bid: str
    reason: Reason
    rule: Rule | None
    year: int | None
    by: tuple[str, ...]
    within_budget: Interval | None
    on_top: Interval | None
    score: Displaced | None


@dataclass(frozen=True)
class MoreBudget:
    """What a larger budget would open, and by how much it is dearer (negative: it saves)."""

    gbp: float
    dearer: Interval
    openings: dict[str, int]


@dataclass(frozen=True)
class Portfolio:
    """A round decided.

    Parameters
    ----------
    verdicts
        One a bid, in the order given.
    spent_gbp, budget_gbp
        Capital of the bids chosen, commitments apart, and what there was for them.
    saving
        By how much the do-minimum is dearer than the portfolio, both with their openings held.
    programme
        What the chosen bids displace together.
    more
        What the next opening that the budget does not reach would bring; None where it reaches all.
    """

    verdicts: tuple[Verdict, ...]
    spent_gbp: float
    budget_gbp: float
    saving: Interval
    programme: Displaced
    more: MoreBudget | None


def choose(
    held: WhatIf,
    openings: dict[str, int],
    bids: Sequence[str],
    *,
    budget_gbp: float,
    limit_gbp: float,
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
    budget_gbp, limit_gbp
        Capital for the bids; and the limit of the model, which commitments count towards too.
    seconds
        Wall time for each question.

    Raises
    ------
    OutOfTime
        When the children could not be placed again in that time.
    """
    judge = _Judge(held, openings, tuple(bids), seconds)
    verdicts = tuple(judge.verdict(bid) for bid in bids)
    chosen = [one.bid for one in verdicts if one.reason is Reason.CHOSEN]
    capital = dict(zip(held.problem.options["option"], judge.capital, strict=True))
    programme = judge.placing.displaced("", tuple(judge.chosen), judge.chosen)
    return Portfolio(
        verdicts=verdicts,
        spent_gbp=float(sum(capital[name] for name in chosen)),
        budget_gbp=budget_gbp,
        saving=programme.saving,
        programme=programme,
        more=judge.more_budget(verdicts, limit_gbp),
    )


class _Judge:
    """Asks the held plan about one bid after another."""

    def __init__(
        self, held: WhatIf, openings: dict[str, int], bids: tuple[str, ...], seconds: float
    ) -> None:
        self.problem, self.held, self.bids, self.seconds = held.problem, held, bids, seconds
        options = self.problem.options
        self.at = {str(name): o for o, name in enumerate(options["option"])}
        self.capital: Array = options["capital_gbp"].to_numpy(float)
        decided = set(options["option"][self.problem.committed()].astype(str))
        self.decided = decided
        self.openings = openings
        self.chosen = {name: year for name, year in openings.items() if name not in decided}
        self.placing = Placing(held, seconds=seconds)
        self.plan = self.placing.placed(self.chosen)
        self._without: dict[str, WhatIfAnswer] = {}

    def verdict(self, bid: str) -> Verdict:
        """Return what is decided about a bid, and why."""
        if bid in self.decided:
            return Verdict(
                bid, Reason.COMMITTED, None, self.openings.get(bid), (), None, None, None
            )
        if bid in self.chosen:
            out = leaning_on(self.problem, bid, self.chosen)
            score = self.placing.displaced(bid, out, self.chosen)
            apart = dearer(self.without(bid).proof, self.plan.proof)
            return Verdict(
                bid, Reason.CHOSEN, None, self.chosen[bid], (), apart, score.saving, score
            )
        return self._rejected(bid)

    def without(self, bid: str) -> WhatIfAnswer:
        """Return the best portfolio without a bid, within the budget."""
        if bid not in self._without:
            change = Change(shut_before={bid: None})
            self._without[bid] = self.held.ask(change, seconds=self.seconds)
        return self._without[bid]

    def _rejected(self, bid: str) -> Verdict:
        ruled = self._ruled_out(bid)
        if ruled is not None:
            return Verdict(bid, Reason.RULE, ruled[0], None, ruled[1], None, None, None)
        o = self.at[bid]
        last = self.problem.years[int(self.problem.opens_last[o])]
        forced = self.held.ask(Change(open_by={bid: last}), seconds=self.seconds)
        inside = dearer(forced.proof, self.plan.proof)
        year = forced.openings.get(bid, self.problem.years[int(self.problem.opens_first[o])])
        together = self.chosen | {bid: year}
        above = self.placing.ask(together)
        if above.proof.termination is Termination.INFEASIBLE:
            rule, by = self._in_the_way(bid)
            return Verdict(bid, Reason.RULE, rule, None, by, inside, None, None)
        if above.decided is None:
            return Verdict(bid, Reason.NOT_KNOWN, None, None, (), inside, None, None)
        score = self.placing.displaced(bid, (bid,), together)
        on_top = dearer(above.proof, self.plan.proof)
        reason, by = self._why(bid, inside, on_top, forced, score)
        return Verdict(bid, reason, None, None, by, inside, on_top, score)

    def _why(
        self,
        bid: str,
        inside: Interval,
        on_top: Interval,
        forced: WhatIfAnswer,
        score: Displaced,
    ) -> tuple[Reason, tuple[str, ...]]:
        """Return the reason of a bid that could open and does not, and who stands in its place."""
        makes_way = tuple(
            name
            for name in self.chosen
            if forced.decided is not None and name not in forced.openings
        )
        if on_top.high < 0 and on_top.material:  # it would pay for itself, were there the money
            if not inside.material and inside.termination is not Termination.INFEASIBLE:
                return Reason.NO_DIFFERENCE, makes_way
            return Reason.OVER_BUDGET, makes_way
        if not on_top.material:
            return Reason.NO_DIFFERENCE, makes_way
        rivals = tuple(
            name
            for name in self.chosen
            if name in self.bids and self._alike(bid, name) and bid in self.without(name).openings
        )
        if rivals:
            return Reason.DISPLACED, rivals
        filled = score.children.sum()
        if filled < IN_USE * score.place_years:
            return Reason.NOT_WANTED, ()
        return Reason.TOO_DEAR, ()

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

    def _in_the_way(self, bid: str) -> tuple[Rule, tuple[str, ...]]:
        """Return what rules a bid out beside the portfolio: an option that excludes it, or else."""
        options = self.problem.options
        out = {str(name) for name in options["excludes"].iloc[self.at[bid]]}
        out |= {
            str(name)
            for name, others in zip(options["option"], options["excludes"], strict=True)
            if bid in others
        }
        by = tuple(name for name in self.openings if name in out)
        return (Rule.EXCLUDED, by) if by else (Rule.OTHER, ())

    def _alike(self, one: str, other: str) -> bool:
        """Return whether two options teach a need and phase in common."""
        return bool(self._teaches(one) & self._teaches(other))

    def _teaches(self, option: str) -> set[int]:
        through = self.problem.option_taught
        q = through["q"][through["o"] == self.at[option]].to_numpy(np.int64)
        return set(self.problem.taught["nh"].to_numpy(np.int64)[q].tolist())

    def more_budget(self, verdicts: tuple[Verdict, ...], limit_gbp: float) -> MoreBudget | None:
        """Return what the cheapest bid that the budget does not reach would bring, with its money.

        The budget is raised by that bid's capital, all else free.
        """
        beyond = [self.at[one.bid] for one in verdicts if one.reason is Reason.OVER_BUDGET]
        if not beyond:
            return None
        gbp = float(self.capital[beyond].min())
        change = Change(capital_budget_gbp=limit_gbp + gbp)
        answer = self.held.ask(change, seconds=self.seconds)
        return MoreBudget(gbp, dearer(answer.proof, self.plan.proof), answer.openings)


def committed_capital(problem: Problem) -> float:
    """Return the capital of what is committed, £: it counts towards a limit of capital in total."""
    return float(problem.options["capital_gbp"].to_numpy(float)[problem.committed()].sum())
