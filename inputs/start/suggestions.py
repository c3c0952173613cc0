"""Suggested options: bases on mainstream sites, growth of special schools, a special free school.

No school has been asked. What is suggested follows from the forecast: where the children are, what
they need, which schools are large enough to host, and how far the nearest base is. Every option
says that it is a suggestion, in its name and in its bid round.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.official.sen2 import NEEDS, Placement
from inputs.parameters import family, parameter
from inputs.start.area import slug
from inputs.start.making import records
from inputs.start.sites import cover, hosts
from inputs.vocabulary import Need, Phase, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from inputs.start.area import Area
    from inputs.start.costs import Costs
    from inputs.start.gap import Gap
    from inputs.start.places import Place
    from inputs.start.schools import Nearby

ROUND = "suggestion"
MARK = "Suggestion: "
_BASE_RAMP = "0.5; 1"
_SCHOOL_RAMP = "0.2; 0.43; 0.6; 0.9; 1"
"""24, 52, 72, 108, 120 places: special free school specification, Bath and North East Somerset."""
_LEAD_YEARS = {"base": 1, "expansion": 2, "school": 3}
_PROFILE = {"base": "1", "expansion": "0.4; 0.6", "school": "0.2; 0.4; 0.4"}
"""Judgement: years from decision to opening, and how the capital falls over them."""


@dataclass(frozen=True)
class Group:
    """Needs that a base takes together; autism and SEMH are kept apart (published experience).

    A base for needs that few children have serves the whole area: one of each phase is enough.
    """

    words: str
    needs: tuple[Need, ...]
    one_is_enough: bool = False


GROUPS: tuple[Group, ...] = (
    Group("autism and speech needs", (Need.ASD, Need.SLCN)),
    Group("social, emotional and mental health", (Need.SEMH,)),
    Group("learning difficulties", (Need.MLD, Need.SPLD)),
    Group("sensory and physical needs", (Need.PD, Need.HI, Need.VI, Need.MSI), True),
)
SCHOOL_GROUPS: tuple[Group, ...] = (
    Group(
        "autism, speech needs and learning difficulties",
        (Need.ASD, Need.SLCN, Need.MLD, Need.SLD, Need.PMLD),
    ),
    Group("social, emotional and mental health", (Need.SEMH,)),
)
_SCHOOL_PHASES = (Phase.PRIMARY, Phase.SECONDARY, Phase.POST16)

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Suggestions:
    """Options and the sites that they need.

    Parameters
    ----------
    provisions, options, option_teaches
        Rows of these tables; the provisions have no places yet.
    notes
        How they were chosen, a sentence each.
    """

    provisions: list[Row]
    options: list[Row]
    option_teaches: list[Row]
    notes: tuple[str, ...]


class _Draft:
    def __init__(self, costs: Costs, taken: set[str]) -> None:
        self.costs, self.taken = costs, taken
        self.provisions: list[Row] = []
        self.options: list[Row] = []
        self.teaches: list[Row] = []

    def key(self, stem: str) -> str:
        """Return a key that no provision has yet."""
        key = stem
        for number in range(2, 100):
            if key not in self.taken:
                break
            key = f"{stem}_{number}"
        self.taken.add(key)
        return key

    def option(self, kind: str, provision: str, places: int, name: str, **more: Any) -> str:
        """Add an option of a kind, and return its key."""
        key = f"{provision}_{places}" if kind != "expansion" else f"{provision}_plus_{places}"
        self.options.append(
            {
                "option": key,
                "name": f"{MARK}{name}",
                "provision": provision,
                "places": places,
                "capital_profile": _PROFILE[kind],
                "lead_years": _LEAD_YEARS[kind],
                "round": ROUND,
                **more,
            }
        )
        return key

    def teach(self, option: str, need: Need, phase: Phase, kind: ProvisionClass) -> None:
        """Say that an option teaches a need and phase."""
        cost = self.costs.of(kind, need)
        self.teaches.append(
            {"option": option, "need": need.value, "phase": phase.value, "annual_cost_gbp": cost}
        )


def suggest(
    places: Sequence[Place], near: Nearby, area: Area, costs: Costs, gap: Gap, on: date
) -> Suggestions:
    """Return options that the forecast growth gives reason for.

    Parameters
    ----------
    places
        The provisions of the case.
    near, area, costs
        The register, the zones and what placements cost.
    gap
        Children more in specialist places at the end of the horizon, by need and phase.
    on
        The day whose dated figures hold.
    """
    draft = _Draft(costs, {place.key for place in places})
    suitable = family("suitable.specialist_base", on)
    in_bases = {key: more * suitable.get(key[0].value, 0.0) for key, more in gap.items()}
    notes = []
    offered = 0
    for phase in (Phase.PRIMARY, Phase.SECONDARY):
        told, number = _bases(draft, places, near, area, in_bases, phase, on)
        notes.append(told)
        offered += number
    grown = _expansions(draft, places, on)
    notes.append(
        f"Suggestion: {grown} more places at the state special schools of the area: each grows by "
        f"about {parameter('start.expansion_share', on).value:.0%} in class groups, and by "
        f"{parameter('start.expansion_most', on).value:.0f} places at most."
        if grown
        else "No growth of a state special school is suggested: the area has none."
    )
    # What bases take of the growth cannot be more than suits them, nor than they offer.
    taken = {key: more * min(1.0, offered / max(sum(in_bases.values()), 1e-9))
             for key, more in in_bases.items()}  # fmt: skip
    left = {key: gap[key] - taken[key] for key in gap}
    notes.append(_free_school(draft, area, left, grown, on))
    if not near.register.has("admissions"):
        few = parameter("start.selective_fsm_share", on)
        notes.append(
            "Assumption: which schools select by ability is not in this extract of the register. "
            "Those whose name says so, and secondary schools with a share of pupils on free meals "
            f"below {few.value:g} times the area's median, are passed over as hosts. {few.source}."
        )
    notes.append(
        "No school has been asked: that a host agrees, and that its site has room, has to be "
        "found out. Every option is named as a suggestion, and its bid round is 'suggestion'."
    )
    return Suggestions(draft.provisions, draft.options, draft.teaches, tuple(notes))


def _bases(
    draft: _Draft,
    places: Sequence[Place],
    near: Nearby,
    area: Area,
    in_bases: Gap,
    phase: Phase,
    on: date,
) -> tuple[str, int]:
    """Suggest bases of one phase; return the note, and how many places they offer at most."""
    group = round(parameter(f"start.class_group.{phase.value}", on).value)
    times = parameter("start.suggested_cover", on).value
    most = round(parameter("start.most_sites", on).value)
    wanted = [times * sum(in_bases[need, phase] for need in one.needs) for one in GROUPS]
    sites = _sites(wanted, group, most)
    free = hosts(near, phase, on)
    at_hosts = {Placement.RESOURCED, Placement.UNIT}
    has_one = {place.school["urn"] for place in places if place.placement in at_hosts}
    free = free[~free["urn"].isin(has_one)]
    there = [
        (float(place.school["easting"]), float(place.school["northing"]))
        for place in places
        if place.placement in at_hosts and not place.stand_in and phase in place.phases
    ]
    made: list[str] = []
    number = 0
    order = sorted(range(len(GROUPS)), key=lambda k: -wanted[k])
    for k in order:
        chosen = cover(free, area, phase, sites[k], on, there)
        for school in records(chosen):
            _base(draft, school, GROUPS[k], phase, group, area, on)
            there.append((float(school["easting"]), float(school["northing"])))
        free = free[~free["urn"].isin(chosen["urn"])]
        if len(chosen):
            made.append(f"{len(chosen)} for {GROUPS[k].words}")
            number += len(chosen)
    growth = sum(in_bases[need, phase] for one in GROUPS for need in one.needs)
    if not made:
        return (
            f"No {phase.value} base is suggested: {growth:.0f} more children of that phase for "
            "whom a base is suitable are forecast, or no school of the area could host one.",
            0,
        )
    least = parameter(f"start.smallest_host_roll.{phase.value}", on).value
    return (
        f"Suggestion: {_many(number, phase)} ({', '.join(made)}), each of {group} or "
        f"{2 * group} places, on schools of at least {least:.0f} pupils where there are such, that "
        f"bring the children's homes nearest to one. They offer up to {number * 2 * group} places; "
        f"{growth:.0f} more children of that phase for whom a base is suitable are forecast. At "
        f"most {most} sites, and about {times:g} times the growth, are suggested.",
        number * 2 * group,
    )


def _many(number: int, phase: Phase) -> str:
    return f"{number} {phase.value} base{'s' if number > 1 else ''}"


def _sites(wanted: list[float], group: int, most: int) -> list[int]:
    """Return how many sites each group of needs has, of at most so many.

    Each next site goes to the group with most children a site (as seats are shared by D'Hondt).

    >>> _sites([60.0, 30.0, 3.0, 40.0], 8, 5)
    [3, 1, 0, 1]
    """
    # A site offers up to two class groups; half a group of children is the least to open one for.
    enough = [
        0 if number < group / 2 else 1 if one.one_is_enough else math.ceil(number / (2 * group))
        for number, one in zip(wanted, GROUPS, strict=True)
    ]
    sites = [0] * len(wanted)
    while sum(sites) < min(most, sum(enough)):
        due = [
            number / (have + 1) if have < limit else -1.0
            for number, have, limit in zip(wanted, sites, enough, strict=True)
        ]
        sites[due.index(max(due))] += 1
    return sites


def _base(
    draft: _Draft,
    school: Row,
    group: Group,
    phase: Phase,
    size: int,
    area: Area,
    on: date,
) -> None:
    key = draft.key(slug(str(school["name"])) + "_new_base")
    at = area.nearest(float(school["easting"]), float(school["northing"]))
    draft.provisions.append(
        {
            "provision": key,
            "name": f"{MARK}base at {school['name']}",
            "class": ProvisionClass.SPECIALIST_BASE.value,
            "easting": school["easting"],
            "northing": school["northing"],
            "urn": school["urn"],
            "site": f"urn_{school['urn']}",
            "locality": area.zones["locality"].iloc[at],
            "in_area": "yes",
            "places": 0,
        }
    )
    a_place = parameter("capital_place_gbp.base", on).value
    keys = [f"{key}_{number}" for number in (size, 2 * size)]
    for number, other in zip((size, 2 * size), reversed(keys), strict=True):
        option = draft.option(
            "base",
            key,
            number,
            f"base of {number} at {school['name']} ({group.words})",
            capital_gbp=round(number * a_place),
            ramp=_BASE_RAMP,
            excludes=other,
            funding="hnpca",
        )
        for need in group.needs:
            draft.teach(option, need, phase, ProvisionClass.SPECIALIST_BASE)


def _expansions(draft: _Draft, places: Sequence[Place], on: date) -> int:
    """Suggest growth of each state special school of the area; return the places in all."""
    share = parameter("start.expansion_share", on).value
    most = parameter("start.expansion_most", on).value
    a_place = parameter("capital_place_gbp.expansion", on).value
    group = round(parameter("start.class_group.primary", on).value)
    total = 0
    for place in places:
        if not place.in_area or place.provision_class is not ProvisionClass.SPECIAL_SCHOOL:
            continue
        number = max(group, group * round(min(place.size * share, most) / group))
        option = draft.option(
            "expansion",
            place.key,
            number,
            f"{number} more places at {place.name}",
            capital_gbp=round(number * a_place),
            ramp=_BASE_RAMP,
            funding="hnpca",
        )
        for need in place.needs:
            for phase in place.phases:
                draft.teach(option, need, phase, ProvisionClass.SPECIAL_SCHOOL)
        total += number
    return total


def _free_school(draft: _Draft, area: Area, left: Gap, grown: int, on: date) -> str:
    """Suggest a special free school where what is left of the growth warrants one."""
    sizes = [
        round(parameter(f"start.school_{name}", on).value)
        for name in ("smallest", "middle", "largest")
    ]
    by_group = [
        sum(left[need, phase] for need in one.needs for phase in _SCHOOL_PHASES)
        for one in SCHOOL_GROUPS
    ]
    everyone = sum(left[need, phase] for need in NEEDS for phase in _SCHOOL_PHASES)
    which = int(np.argmax(by_group))
    # Growth of today's schools takes its part of each group.
    beyond = by_group[which] * max(0.0, 1.0 - grown / max(everyone, 1e-9))
    group = SCHOOL_GROUPS[which]
    if beyond < sizes[0]:
        return (
            f"No special free school is suggested: beyond bases and growth of today's schools, "
            f"{beyond:.0f} more children with {group.words} are forecast, fewer than the smallest "
            f"school seen ({sizes[0]})."
        )
    offered = [size for size in sizes if size <= 1.25 * beyond] or sizes[:1]
    weights = area.zones["children"].to_numpy(float)
    easting = float(np.average(area.zones["easting"], weights=weights))
    northing = float(np.average(area.zones["northing"], weights=weights))
    key = draft.key("special_free_school")
    draft.provisions.append(
        {
            "provision": key,
            "name": f"{MARK}special free school (site assumed)",
            "class": ProvisionClass.SPECIAL_SCHOOL.value,
            "easting": round(easting, -2),
            "northing": round(northing, -2),
            "urn": "",
            "site": f"{key}_site",
            "locality": area.zones["locality"].iloc[area.nearest(easting, northing)],
            "in_area": "yes",
            "places": 0,
        }
    )
    a_place = parameter("capital_place_gbp.new_school", on).value
    for size in offered:
        others = [f"{key}_{other}" for other in offered if other != size]
        option = draft.option(
            "school",
            key,
            size,
            f"special free school of {size} places ({group.words})",
            capital_gbp=round(size * a_place),
            ramp=_SCHOOL_RAMP,
            excludes="; ".join(others),
            funding="free_school",
        )
        for need in group.needs:
            for phase in _SCHOOL_PHASES:
                draft.teach(option, need, phase, ProvisionClass.SPECIAL_SCHOOL)
    listed = " or ".join(str(size) for size in offered)
    instead = parameter("start.instead_of_school_gbp", on)
    return (
        f"Suggestion: a special free school of {listed} places for {group.words}, because "
        f"{beyond:.0f} more such children are forecast beyond what bases and growth of today's "
        "schools take. Its site is the middle of the children's homes, which is nobody's land yet. "
        f"Compare it with £{instead.value:,.0f} a place in its stead ({instead.source})."
    )
