"""A round of bids in words: what is decided about each, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import Termination
from optimiser.portfolio import Reason, Rule
from outputs import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from optimiser.openings_held import Interval
    from optimiser.portfolio import Verdict

REASONS = {
    Reason.COMMITTED: "Locked",
    Reason.CHOSEN: "Chosen",
    Reason.RULE: "A rule",
    Reason.OVER_BUDGET: "Over budget",
    Reason.DISPLACED: "Another bid serves the same children",
    Reason.NOT_WANTED: "Not wanted there",
    Reason.TOO_DEAR: "Too dear a place",
    Reason.NO_DIFFERENCE: "No material difference",
    Reason.NOT_KNOWN: "Not known in the time allowed",
}


def sentence(verdict: Verdict, names: Mapping[str, str], teaches: str) -> str:
    """Return why a bid is chosen or not, as an officer would say it.

    Parameters
    ----------
    verdict
        What is decided.
    names
        Option to its name for people.
    teaches
        The needs and phases of the bid, in words.
    """
    by = listed([names.get(name, name) for name in verdict.by])
    several = len(verdict.by) > 1
    ways: dict[Reason, Callable[[], str]] = {
        Reason.COMMITTED: lambda: (
            f"Approved already, opens in {words.year_label(verdict.year)} whatever this round "
            "decides."
        ),
        Reason.CHOSEN: lambda: _chosen(verdict),
        Reason.RULE: lambda: _ruled(verdict, by),
        Reason.OVER_BUDGET: lambda: _over_budget(verdict, by),
        Reason.DISPLACED: lambda: (
            f"{by} {'serve' if several else 'serves'} the same children at less cost; it would be "
            f"chosen without {'them' if several else 'it'}. {_forced(verdict)}"
        ),
        Reason.NOT_WANTED: lambda: f"{_filled(verdict)} for {teaches} in reach. {_forced(verdict)}",
        Reason.TOO_DEAR: lambda: (
            f"Children are there to fill it, and it costs more than they save. {_forced(verdict)}"
        ),
        Reason.NO_DIFFERENCE: lambda: (
            "Choosing it would make no difference that is proven"
            + (f": {by} would make way. " if by else ". ")
            + _forced(verdict)
        ),
        Reason.NOT_KNOWN: lambda: "The time allowed was too short to say: allow more --seconds.",
    }
    return ways[verdict.reason]().strip()


def _chosen(verdict: Verdict) -> str:
    one = verdict.within_budget
    if one is None or not one.material:
        return "The round without it costs much the same: no material difference."
    if one.termination is Termination.INFEASIBLE:
        return "No portfolio satisfies the rules without it."
    return f"Without it the round is dearer by {between(one)}, all else free to change."


def _ruled(verdict: Verdict, by: str) -> str:
    return {
        Rule.HOST: "The host school does not agree.",
        Rule.WINDOW: "It cannot open within the years of the plan.",
        Rule.REQUIRES: f"It requires {by}, which is not chosen.",
        Rule.EXCLUDED: f"It cannot stand beside {by}.",
        Rule.OTHER: "A rule of the plan, such as openings a year, leaves no room for it.",
    }[verdict.rule or Rule.OTHER]


def _over_budget(verdict: Verdict, by: str) -> str:
    gain = verdict.on_top
    worth = "" if gain is None else f"On top of the round it would save {between(gain.turned)}. "
    inside = verdict.within_budget
    if inside is None or inside.termination is Termination.INFEASIBLE:
        return f"{worth}The budget cannot pay for it, whatever else is dropped."
    if not by:
        return f"{worth}Within the budget {_forced(verdict)[:1].lower()}{_forced(verdict)[1:]}"
    return f"{worth}Within the budget {by} would have to make way. {_forced(verdict)}"


def _filled(verdict: Verdict) -> str:
    if verdict.score is None or not verdict.score.place_years > 0:
        return "There are too few children"
    share = float(verdict.score.children.sum()) / verdict.score.place_years
    return (
        f"Its places would be {words.share(max(share, 0.0), 0)} filled: there are too few children"
    )


def _forced(verdict: Verdict) -> str:
    one = verdict.within_budget or verdict.on_top
    if one is None:
        return ""
    if one.termination is Termination.INFEASIBLE:
        one = verdict.on_top
        if one is None:
            return ""
    if not one.material:
        return (
            f"Opened all the same, the round would cost between {words.pounds(max(0.0, -one.low))} "
            f"less and {words.pounds(max(0.0, one.high))} more."
        )
    if one.high < 0:
        return f"Opened all the same, the round would save {between(one.turned)}."
    return f"Opened all the same, the round would be dearer by {between(one)}."


def between(one: Interval) -> str:
    """Return an interval of money in thousands: one figure where both ends round to it."""
    if not np.isfinite(one.low) and not np.isfinite(one.high):
        return "an amount that is not known"
    if not np.isfinite(one.high):
        return f"at least {words.thousands(one.low)}"
    if not np.isfinite(one.low):
        return f"at most {words.thousands(one.high)}"
    ends = words.thousands(one.low), words.thousands(one.high)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def listed(names: list[str]) -> str:
    """Return names as a person lists them.

    >>> listed(["Elm", "Oak", "Ash"])
    'Elm, Oak and Ash'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
