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

    def said(bids: tuple[str, ...]) -> str:
        return listed([names.get(name, name) for name in bids])

    by, several = said(verdict.by), len(verdict.by) > 1
    ways: dict[Reason, Callable[[], str]] = {
        Reason.COMMITTED: lambda: (
            f"Approved already, opens in {words.year_label(verdict.year)} whatever this round "
            "decides."
        ),
        Reason.CHOSEN: lambda: _chosen(verdict),
        Reason.RULE: lambda: _ruled(verdict, by),
        Reason.OVER_BUDGET: lambda: f"{_on_top(verdict)} {_exchanged(verdict, said)}",
        Reason.DISPLACED: lambda: (
            f"{by} {'serve' if several else 'serves'} the same children: it would pay for itself "
            f"without {'them' if several else 'it'}, and beside {'them' if several else 'it'} it "
            f"does not. {_on_top(verdict)}"
        ),
        Reason.NOT_WANTED: lambda: f"{_filled(verdict)} for {teaches} in reach. {_on_top(verdict)}",
        Reason.TOO_DEAR: lambda: (
            f"Children are there to fill it, and it costs more than they save. {_on_top(verdict)}"
        ),
        Reason.NO_DIFFERENCE: lambda: (
            f"No material difference. {_on_top(verdict)} {_exchanged(verdict, said)}"
        ),
        Reason.NOT_KNOWN: lambda: "The time allowed was too short to say: allow more --seconds.",
    }
    return ways[verdict.reason]().strip()


def _chosen(verdict: Verdict) -> str:
    one = verdict.held
    if one is None or not one.material:
        return "The round without it costs much the same: no material difference."
    also = verdict.score.left_out[1:] if verdict.score is not None else ()
    beside = " and what requires it" if also else ""
    if one.termination is Termination.INFEASIBLE:
        return "No portfolio satisfies the rules without it."
    return f"Without it{beside} the round is dearer by {between(one)}."


def _ruled(verdict: Verdict, by: str) -> str:
    return {
        Rule.HOST: "The host school does not agree.",
        Rule.WINDOW: "It cannot open within the years of the plan.",
        Rule.REQUIRES: f"It requires {by}, which is not chosen.",
        Rule.EXCLUDED: f"It cannot stand beside {by}.",
        Rule.OTHER: "A rule of the plan, such as openings a year, leaves no room for it.",
    }[verdict.rule or Rule.OTHER]


def _on_top(verdict: Verdict) -> str:
    """Return what a bid would do on top of the round, were there the money."""
    one, year = verdict.held, words.year_label(verdict.year)
    if one is None:
        return ""
    if not one.material:
        return f"Opened besides in {year}, it would change nothing that is proven."
    if one.high < 0:
        return f"Opened besides in {year}, it would save {between(one.turned)}."
    return f"Opened besides in {year}, it would cost {between(one)} more than it saves."


def _exchanged(verdict: Verdict, said: Callable[[tuple[str, ...]], str]) -> str:
    """Return what would make way for a bid within the budget, and what that would cost."""
    one = verdict.exchange
    if one is None:
        return "The budget cannot pay for it, whatever makes way."
    if not one.out:
        return ""
    who = said(one.out)
    if not one.dearer.material:
        return f"In place of {who} it would cost the round the same: either can be defended."
    return f"In place of {who} the round would be dearer by {between(one.dearer)}."


def _filled(verdict: Verdict) -> str:
    if verdict.score is None or not verdict.score.place_years > 0:
        return "There are too few children"
    share = max(0.0, float(verdict.score.children.sum()) / verdict.score.place_years)
    return f"Its places would be {words.share(share, 0)} filled: there are too few children"


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
