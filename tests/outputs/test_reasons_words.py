"""Reasons read as an officer would say them, whatever was found."""

from __future__ import annotations

import math
from dataclasses import replace

from optimiser.answer import Proof, Termination
from optimiser.changes import Change
from optimiser.effects import Effect
from optimiser.more_places import MorePlaces
from optimiser.obstacles import Obstacle
from optimiser.openings_held import Interval
from optimiser.reason import Asked, Reason
from optimiser.what_it_takes import BreakEven
from outputs.reasons_words import count_verdict, more_places, obstacle, spoken

NAMES = {"wing": "Elm wing", "block": "Elm block"}
PROOF = Proof(Termination.OPTIMAL, 2e6, 2e6)
EFFECT = Effect(
    {"dsg": 500_000.0, "general_fund": -20_000.0, "capital": 0.0},
    0.0,
    {"inmss_day": 4.0, "specialist_base": -4.2, "sen_unit": 0.1},
    -1.5,
    ("block",),
    ("wing",),
    {},
)


def asked(low: float, high: float, effect: Effect | None = EFFECT) -> Asked:
    """Return an answer with an interval."""
    return Asked(Change(), PROOF, Interval(low, high, PROOF.termination), 1.0, effect, None)


def test_a_chosen_option_in_full() -> None:
    """What it costs to leave out, what opens instead, who moves where, and who pays."""
    reason = Reason("wing", 2027, asked=asked(4e5, 6e5), later=asked(0.0, 1e5))

    assert spoken(reason, NAMES, 2026) == (
        "Elm wing: in the plan, from 2027/28. Without it, the best plan is worse by £400,000 to "
        "£600,000. In the plan found, Elm block opens instead; children are placed elsewhere: 4.0 "
        "more in independent day schools and 4.2 fewer in specialist bases; children wait 1.5 "
        "years fewer for a place, in all. The Dedicated Schools Grant pays £500,000 more and the "
        "General Fund (transport) pays £20,000 less. To open it a year later or more makes no "
        "material difference."
    )  # fmt: skip


def test_a_rejected_option_says_what_would_make_it_win() -> None:
    """Prices at which it wins and loses; what is not proven is not said."""
    reason = Reason(
        "block", None, asked=asked(3e5, 4e5, None), capital=BreakEven(1e6, 6e5, 7e5),
        annual=BreakEven(20_000.0, None, None),
    )  # fmt: skip
    said = spoken(reason, NAMES, 2026)
    assert "With it, the best plan is worse by £300,000 to £400,000." in said
    assert "No rule stands in its way: it does not pay for itself." in said
    assert (
        "It wins for certain at £600,000 to build (now £1.0m), and cannot win above £700,000."
        in said
    )
    assert "No saving on what it costs a year for each child in it (now £20,000) is proven" in said
    between = replace(reason, annual=BreakEven(20_000.0, None, 4_000.0))
    assert "is proven to make it win, and it cannot win above £4,000." in spoken(
        between, NAMES, 2026
    )
    hopeless = replace(reason, capital=BreakEven(1e6, None, 0.0))
    assert "Even at nothing to build (now £1.0m) it would not win." in spoken(hopeless, NAMES, 2026)


def test_more_places_for_the_same_money() -> None:
    """What wins, what cannot, what is open, and what was not asked are each said, and no more."""
    one = Interval(-2e5, -1e5, Termination.OPTIMAL)
    found = MorePlaces(10.0, 10, {10: one}, 1.0, 3, 3)

    assert more_places(found) == (
        "With 3 more places for the same money (now 10) it wins for certain, and with fewer it "
        "cannot."
    )
    assert "for certain, and with fewer than 2 more it cannot." in more_places(
        replace(found, loses_below=2)
    )
    assert "it wins for certain; fewer are not told apart." in more_places(
        replace(found, loses_below=1)
    )
    assert more_places(replace(found, wins_with=1, loses_below=1)) == (
        "With 1 more place for the same money (now 10) it wins for certain."
    )
    assert more_places(replace(found, wins_with=None, loses_below=11)) == (
        "Even with 10 more places for the same money (now 10, 20 in all) it would not win."
    )
    assert more_places(replace(found, wins_with=None, loses_below=6)) == (
        "With up to 10 more places for the same money (now 10) it is not proven to win; with fewer "
        "than 6 more it cannot."
    )
    assert more_places(replace(found, wins_with=None, loses_below=None)) == (
        "With up to 10 more places for the same money (now 10) it is not proven to win."
    )
    cut_short = replace(found, costs={10: replace(one, high=math.inf)}, wins_with=None)
    assert "it is not proven to win in the time allowed" in more_places(cut_short)
    unasked = replace(found, costs={}, wins_with=None, loses_below=1)
    assert "was not asked in the time allowed" in more_places(unasked)
    reason = Reason("block", None, asked=asked(3e5, 4e5, None), more_places=found)
    assert more_places(found) in spoken(reason, NAMES, 2026)
    assert [
        count_verdict(replace(one, low=low, high=high))
        for low, high in ((-2.0, -1.5), (1.5, 2.0), (-1e3, 1e3), (0.0, math.inf))
    ] == ["wins", "does not win", "not proven either way", "not known in the time"]


def test_what_is_not_told_apart_or_not_known_is_said_so() -> None:
    """An interval from nought, one without an end, one that no plan meets, and none at all."""
    none = spoken(Reason("wing", 2027, asked=asked(0.0, 2e5, None)), NAMES, 2026)
    assert "There is no material difference" in none
    assert "not worse by more than £200,000" in none
    assert "at least £5,000" in spoken(
        Reason("wing", 2027, asked=asked(5e3, math.inf, None)), NAMES, 2026
    )
    never = spoken(Reason("block", None, asked=asked(math.inf, math.inf, None)), NAMES, 2026)
    assert never == "Elm block: not in the plan. With it, no plan keeps the rules."
    unknown = asked(0.0, math.inf, None)
    for said in (
        spoken(Reason("wing", 2027, asked=unknown), NAMES, 2026),
        spoken(Reason("wing", 2027, asked=asked(1e5, 2e5), later=unknown), NAMES, 2026),
    ):
        assert "not known in the time allowed" in said
        assert "no material difference" not in said
    assert "There was no time to ask" in spoken(Reason("wing", 2027), NAMES, 2026)


def test_every_rule_has_its_words() -> None:
    """Each obstacle is a clause that names what it is about."""
    for rule, on, told in (
        ("committed", "2027", "2027/28"),
        ("host", "", "host does not agree"),
        ("window", "", "lead time"),
        ("requires", "wing", "it needs Elm wing"),
        ("excludes", "wing", "cannot stand beside Elm wing"),
        ("capital_by_grant", "hnpca", "hnpca is £5,000 short"),
        ("capital_by_year", "2027", "2027/28 is £5,000 short"),
        ("capital_in_total", "", "capital is £5,000 short"),
        ("openings_per_year", "2027", "2027/28"),
    ):
        assert told in obstacle(Obstacle(rule, on, 5_000.0), NAMES)
