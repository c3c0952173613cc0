"""The answer of a routed comparison in sentences: what it saves, for whom, how sure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outputs import words
from outputs.routes_saving import NO_CHANGE
from outputs.routes_tables import AFTER, BEFORE, SAVING

if TYPE_CHECKING:
    from outputs.routes_report import RoutesReport
    from outputs.routes_saving import Range


def amounts(one: Range) -> str:
    """Return a range of pounds in words: the middle, then from low to high.

    >>> from outputs.routes_saving import Range
    >>> amounts(Range(100_000.0, 200_000.0, 300_000.0))
    '£200,000 (£100,000 to £300,000)'
    """
    return f"{words.pounds(one.mid)} ({words.pounds(one.low)} to {words.pounds(one.high)})"


def flipped(one: Range) -> Range:
    """Return the range of the opposite: an extra cost out of a saving."""
    return type(one)(-one.high, -one.mid, -one.low)


def change_share(report: RoutesReport) -> float:
    """Return the routed saving on the same children as a share of what they cost before."""
    same = report.account.same
    return same.routed.mid / same.before_gbp.mid if same.before_gbp.mid else 0.0


def answer(report: RoutesReport) -> list[str]:
    """Return the answer: the same children first, then those who have a place only with the plan.

    Each is a sentence that can be quoted on its own.
    """
    return [same_children(report), *more_children(report), *together(report)]


def same_children(report: RoutesReport) -> str:
    """Return what the plan does to the journeys of children who have a place either way."""
    told, year = report.account, words.year_label(report.year)
    share = abs(change_share(report))
    if told.same.verdict == NO_CHANGE:
        disagree = told.same.routed.spans_zero
        why = (
            "the draws of children do not agree whether it saves or costs"
            if disagree
            else f"the routed costs differ by {words.share(share)}, and two searches of the same "
            f"children differ by up to {words.share(told.noise_share)}"
        )
        return (
            "For the children who have a place either way, the plan makes no material change to "
            f"the cost of transport in {year}: {why}."
        )
    if told.same.verdict == SAVING:
        return (
            "For the children who have a place either way, the plan's routes cost "
            f"{words.share(share)} less in {year}. Of that, {amounts(told.same.realised)} a year "
            "can be counted on to reach the accounts, once contracts have been let again."
        )
    return (
        "For the children who have a place either way, the plan's routes cost "
        f"{words.share(share)} more in {year}: {amounts(flipped(told.same.realised))} a year."
    )


def more_children(report: RoutesReport) -> list[str]:
    """Return what carrying children costs who have a place only with the plan."""
    sides = report.summary["sides"]
    before, after = (sides[side]["users"] for side in (BEFORE, AFTER))
    if before is None or after is None:
        return []
    more = after - before
    cost = report.account.more_children
    if abs(more) < 0.5 and abs(cost.mid) < 1000:
        return []
    year = words.year_label(report.year)
    if cost.mid >= 0:
        return [
            f"{_so_many(more)} in {year} with the plan, because more have a place to go to; "
            f"carrying them costs {amounts(cost)} a year, at once."
        ]
    return [
        f"{_so_many(more)} in {year} with the plan, which costs {amounts(flipped(cost))} less a "
        "year."
    ]


def _so_many(more: float) -> str:
    count = round(abs(more))
    way = "more" if more >= 0 else "fewer"
    return f"{count:,} {way} {'child travels' if count == 1 else 'children travel'}"


def together(report: RoutesReport) -> list[str]:
    """Return both added up, where there are two."""
    told = report.account
    if not more_children(report) or told.same.verdict == NO_CHANGE:
        return []
    net = told.net
    if net.spans_zero:
        said = (
            f"between {words.pounds(-net.low)} more and {words.pounds(net.high)} less a year: "
            "the sign is open"
        )
    elif net.mid >= 0:
        said = f"{amounts(net)} less a year"
    else:
        said = f"{amounts(flipped(net))} more a year"
    return [f"Taken together, the General Fund would pay {said}, when contracts have ended."]


def basis(report: RoutesReport) -> list[str]:
    """Return how pounds were reached, in sentences."""
    summary, told = report.summary, report.account
    policy = report.sample[AFTER].policy
    low, mid, high = policy.realisation
    average = summary["actual_average_gbp"]
    said = []
    if average is None:
        said.append(
            "Pounds are those of the routes, at the prices of the fleet: no actual average cost a "
            "user is known, so they are not those of your accounts."
        )
    else:
        whose = (
            "the national average (put your own in the scenario as transport_average_gbp)"
            if summary["actual_average_is_national"]
            else "your own average, from the scenario"
        )
        said.append(
            "Routes worked out by a computer cost less than those that run, so an optimised after "
            "is never set against an actual before. Both sides were routed by the same search with "
            "the same limits and the same seeds; what differs between them, as a share, was laid "
            f"on actual spend of {words.whole_pounds(average)} a user a year, {whose}. That "
            f"multiplies routed pounds by {told.scale:.2f}."
        )
    said.append(
        f"Of a saving that software finds, {mid:.0%} is counted ({low:.0%} at the low end, "
        f"{high:.0%} at the high): operators, risk assessments and families undo the rest. An "
        "extra cost is counted in full."
    )
    said.append(
        f"Contracts end over {policy.contract_years:g} years, evenly, so savings arrive over that "
        "time after each change; extra costs come at once. Only children who go somewhere else "
        "than they would have gone, and those on their routes, make a difference: nobody is moved."
    )
    draws = report.draws
    said.append(
        f"Children were drawn {draws} {'time' if draws == 1 else 'times'} from the plan's expected "
        "numbers, with homes on the roads of their zones: the same children and homes before and "
        "after. Ranges are from the least to the greatest of the draws"
        + (", which says little with so few." if draws < 5 else ".")
    )
    return said


def routed_how(report: RoutesReport) -> list[str]:
    """Return how journeys were routed, and what that leaves out."""
    sample = report.sample[AFTER]
    limits = sorted({float(value) for value in sample.policy.ride_limit_minutes.values()})
    roads = (
        "by road"
        if report.method == "network"
        else "in straight lines, lengthened, because no roads were given (minutes and miles are "
        "rough)"
    )
    return [
        f"Every provision's children were put into vehicles {roads}: from each home in the order "
        "that costs least, to the provision by its bell, and back in the afternoon, within "
        f"{' or '.join(f'{one:g}' for one in limits)} minutes by phase, with time to board, seats "
        "and wheelchair places, and an assistant where a child needs one. A child who lives too "
        "far for the limit is allowed a little more than the direct journey, and is listed.",
        "Children who must travel alone have a vehicle to themselves. A family that would take a "
        "personal travel budget is paid one where that is cheaper. Neighbouring provisions with "
        "few children may share vehicles, and a vehicle may go on to a second provision, where "
        "that is cheaper.",
        "Every route was worked out again from the matrix of journeys, apart from the search that "
        "found it: seats, wheelchair places, rides, bells, miles, minutes and pounds. "
        + (
            "Nothing was found amiss."
            if not report.summary["violations"]
            else f"{len(report.summary['violations'])} were found amiss: see the warnings."
        ),
    ]


VEHICLES = {"mpv": "MPV"}


def vehicle(key: object) -> str:
    """Return a type of vehicle in words.

    >>> vehicle("mpv"), vehicle("wheelchair_car")
    ('MPV', 'Wheelchair car')
    """
    return VEHICLES.get(str(key), words.words(key))


LIMITS = (
    "These are not timetables: homes are drawn, and no operator has been asked.",
    "A search finds good routes, not the best there are; both sides are searched as hard.",
    "Journeys are typical minutes, the same every day, with no delay or absence.",
    "Which children can share a vehicle is a share of seats, not a judgement of children.",
    "Children drawn from mainstream into new places are carried at their new place; whether they "
    "were carried before is not known.",
    "What an authority saves depends on when its contracts end and how they are let.",
)
