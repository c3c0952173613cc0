"""Reasons in words: why an option is in the plan or not, as an officer would say it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outputs import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from optimiser.effects import Effect
    from optimiser.more_places import MorePlaces
    from optimiser.obstacles import Obstacle
    from optimiser.openings_held import Interval
    from optimiser.reason import Asked, Reason
    from optimiser.what_it_takes import BreakEven

FEW = 0.5
"""Children fewer than this, over the years of the plan, are not worth a word."""
SMALL_GBP = 5_000.0
"""Money less than this, of millions, is not worth a word."""
PURSES = {"dsg": "the Dedicated Schools Grant", "general_fund": "the General Fund (transport)"}
NO_DIFFERENCE = "no material difference"
NOT_KNOWN = "not known in the time"
NOT_ASKED = "not asked in the time"


def spoken(reason: Reason, names: Mapping[str, str], first_year: int) -> str:
    """Return why an option is in the plan or not, to be read aloud.

    Parameters
    ----------
    reason
        What was found of it.
    names
        Option to its name for people.
    first_year
        Of the plan: classes of provision are named as they were then.
    """
    name = names[reason.option]
    if reason.cannot is not None:
        return f"{name}: {obstacle(reason.cannot, names)}."
    if reason.year is not None:
        head = f"{name}: in the plan, from {words.year_label(reason.year)}."
        what = "Without it"
    else:
        head, what = f"{name}: not in the plan.", "With it"
    if reason.asked is None:
        return f"{head} There was no time to ask what it is worth."
    parts = [head, _costs(what, reason.asked.cost, chosen=reason.chosen)]
    if reason.asked.effect is not None:
        parts.append(effect(reason.asked.effect, reason.option, names, first_year))
    parts += [f"{_first(obstacle(one, names))}." for one in reason.in_the_way]
    parts += _to_win(reason)
    if reason.more_places is not None:
        parts.append(more_places(reason.more_places))
    if reason.later is not None:
        parts.append(_later(reason.later))
    return " ".join(part for part in parts if part)


def _costs(what: str, cost: Interval, *, chosen: bool) -> str:
    if math.isinf(cost.low):
        return f"{what}, no plan keeps the rules."
    if not cost.material and math.isinf(cost.high):
        return f"How much worse the best plan is {what.lower()} is {NOT_KNOWN} allowed."
    if not cost.material:
        proven = "is not proven to need it" if chosen else "is not proven better without it"
        return (
            f"There is {NO_DIFFERENCE}: {what.lower()}, the best plan is not worse by more than "
            f"{words.pounds(cost.high)}, and the plan {proven}."
        )
    return f"{what}, the best plan is worse by {interval(cost)}."


def verdict(cost: Interval) -> str:
    """Return what an interval says: its amounts, that it spans nought, or that nothing is known."""
    if cost.material:
        return interval(cost)
    return NOT_KNOWN if math.isinf(cost.high) else NO_DIFFERENCE


def interval(cost: Interval) -> str:
    """Return an interval of money in words, where an end may be missing."""
    if math.isinf(cost.high):
        return f"at least {words.pounds(cost.low)}"
    return words.amount_range(cost.low, cost.high)


def effect(found: Effect, option: str, names: Mapping[str, str], first_year: int) -> str:
    """Return what differs in the plan found, in a sentence or two.

    Parameters
    ----------
    found
        The effect.
    option
        The option asked about, which goes without saying.
    names, first_year
        See :func:`spoken`.
    """
    said = []
    opens = [names[one] for one in found.opens if one != option]
    shuts = [names[one] for one in found.shuts if one != option]
    if opens:
        said.append(f"{_all(opens)} {_verb(opens, 'opens', 'open')} instead")
    if shuts:
        said.append(f"{_all(shuts)} {_verb(shuts, 'does', 'do')} not open")
    moved = sorted(found.by_class.items(), key=lambda item: (item[1] < 0, -abs(item[1])))
    told = [
        f"{words.children(abs(children))} {'more' if children > 0 else 'fewer'} in "
        f"{class_words(kind, first_year)}"
        for kind, children in moved
        if abs(children) >= FEW
    ]
    if told:
        said.append(f"children are placed elsewhere: {_all(told)}")
    if abs(found.unplaced) >= FEW:
        way = "more" if found.unplaced > 0 else "fewer"
        said.append(
            f"children wait {words.children(abs(found.unplaced))} years {way} for a place, in all"
        )
    children = f"In the plan found, {'; '.join(said)}." if said else ""
    return f"{children} {_money(found)}".strip()


def _money(found: Effect) -> str:
    said = []
    for purse, name in PURSES.items():
        gbp = found.purses[purse]
        if abs(gbp) >= SMALL_GBP:
            said.append(f"{name} pays {words.pounds(abs(gbp))} {'more' if gbp > 0 else 'less'}")
    gbp = found.purses["capital"]
    if abs(gbp) >= SMALL_GBP:
        way = "more" if gbp > 0 else "less"
        said.append(f"capital, less the value left, is {words.pounds(abs(gbp))} {way}")
    return f"{_first(_all(said))}." if said else ""


def obstacle(one: Obstacle, names: Mapping[str, str]) -> str:
    """Return a rule that is in an option's way, in words without a full stop."""
    short = words.whole_pounds(one.short)
    sayings: dict[str, Callable[[], str]] = {
        "committed": lambda: (
            f"committed to open in {words.year_label(one.on)}, in every plan, so nothing is asked"
        ),
        "host": lambda: "its host does not agree, so it cannot open",
        "window": lambda: (
            "its lead time and its earliest and latest year leave it no year of the plan to open in"
        ),
        "requires": lambda: f"it needs {names[one.on]}, which the plan does not open",
        "excludes": lambda: f"it cannot stand beside {names[one.on]}, which the plan opens",
        "capital_by_grant": lambda: (
            f"beside the plan's openings the grant {one.on} is {short} short for it"
        ),
        "capital_by_year": lambda: (
            f"beside the plan's openings the capital of {words.year_label(one.on)} is {short} "
            "short for it"
        ),
        "capital_in_total": lambda: f"beside the plan's openings capital is {short} short for it",
        "openings_per_year": lambda: (
            f"as many options open in {words.year_label(one.on)} as are allowed in a year"
        ),
    }
    return sayings[one.rule]()


def _to_win(reason: Reason) -> list[str]:
    """Return what would have to be true of a rejected option's price."""
    if reason.chosen or reason.asked is None or math.isinf(reason.asked.cost.low):
        return []
    said = [
        _price(found, what)
        for found, what in (
            (reason.capital, "to build"),
            (reason.annual, "a year for each child in it"),
        )
        if found is not None
    ]
    if said and not reason.in_the_way and reason.asked.cost.material:
        said.insert(0, "No rule stands in its way: it does not pay for itself.")
    return said


def _price(found: BreakEven, what: str) -> str:
    now = f"(now {words.pounds(found.now_gbp)})"
    if found.wins_at_gbp is None:
        said = f"No saving on what it costs {what} {now} is proven to make it win"
    else:
        said = f"It wins for certain at {words.pounds(found.wins_at_gbp)} {what} {now}"
    if found.loses_above_gbp is None:
        return f"{said}."
    if found.loses_above_gbp <= 0:
        return f"Even at nothing {what} {now} it would not win."
    it = "" if found.wins_at_gbp is not None else "it "
    return f"{said}, and {it}cannot win above {words.pounds(found.loses_above_gbp)}."


def more_places(found: MorePlaces) -> str:
    """Return with how many more places for the same money a rejected option would win."""
    now, most = words.places(found.now), _counted(found.most, "more place")
    if not found.costs:
        return f"With how many more places (now {now}) it would win was {NOT_ASKED} allowed."
    in_all = words.places(found.now + found.most)
    if found.hopeless:
        return f"Even with {most} for the same money (now {now}, {in_all} in all) it would not win."
    below = found.loses_below or 0
    cannot = f"with fewer than {below} more it cannot" if below > 1 else ""
    if found.wins_with is None:
        said = f"With up to {most} for the same money (now {now}) it is not proven to win"
        if found.unfinished or any(math.isinf(cost.high) for cost in found.costs.values()):
            said = f"{said} in the time allowed"
        return f"{said}; {cannot}." if cannot else f"{said}."
    wins = _counted(found.wins_with, "more place")
    said = f"With {wins} for the same money (now {now}) it wins for certain"
    if cannot and below == found.wins_with:
        cannot = "with fewer it cannot"
    if not cannot and found.wins_with > 1:
        fewer = f"were {NOT_ASKED} allowed" if found.unfinished else "are not told apart"
        return f"{said}; fewer {fewer}."
    return f"{said}, and {cannot}." if cannot else f"{said}."


def count_verdict(cost: Interval) -> str:
    """Return what the interval of one count of more places says."""
    if not cost.material:
        return NOT_KNOWN if math.isinf(cost.high) else "not proven either way"
    return "wins" if cost.high < 0 else "does not win"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _later(later: Asked) -> str:
    if math.isinf(later.cost.low):
        return "It cannot open later."
    if not later.cost.material and math.isinf(later.cost.high):
        return f"What a year's delay costs is {NOT_KNOWN} allowed."
    if not later.cost.material:
        return f"To open it a year later or more makes {NO_DIFFERENCE}."
    return f"To open it a year later, or later still, is worse by {interval(later.cost)}."


def class_words(kind: str, year: int) -> str:
    """Return a class of provision as it stands in a sentence.

    >>> class_words("inmss_day", 2026), class_words("special_school", 2026)
    ('independent day schools', 'special schools')
    """
    plain = {
        "inmss_day": "independent day schools",
        "inmss_residential": "independent residential schools",
        "alternative_provision": "alternative provision",
        "post16_specialist": "specialist post-16 provision",
        "mainstream_topup": "mainstream with a top-up",
        "eotas": "education other than at school",
    }
    if kind in plain:
        return plain[kind]
    name = words.class_name(kind, year)
    return f"{name if name[:2].isupper() else name[:1].lower() + name[1:]}s"


def _all(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _verb(who: list[str], one: str, many: str) -> str:
    return one if len(who) == 1 else many


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
