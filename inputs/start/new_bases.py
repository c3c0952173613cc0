"""Suggested bases on mainstream sites: for whom, how many, where, and of what size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from inputs.official.sen2 import Placement
from inputs.parameters import parameter
from inputs.start.area import slug
from inputs.start.making import records
from inputs.start.options import BASE_RAMP, MARK, Draft, Group, Row
from inputs.start.sites import cover, hosts
from inputs.vocabulary import Need, Phase, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from inputs.start.area import Area
    from inputs.start.gap import Gap
    from inputs.start.places import Place
    from inputs.start.schools import Nearby

GROUPS: tuple[Group, ...] = (
    Group("autism and speech needs", (Need.ASD, Need.SLCN)),
    Group("social, emotional and mental health", (Need.SEMH,)),
    Group("learning difficulties", (Need.MLD, Need.SPLD)),
    Group("sensory and physical needs", (Need.PD, Need.HI, Need.VI, Need.MSI), True),
)


def suggest_bases(
    draft: Draft,
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
    draft: Draft,
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
            ramp=BASE_RAMP,
            excludes=other,
            funding="hnpca",
        )
        for need in group.needs:
            draft.teach(option, need, phase, ProvisionClass.SPECIALIST_BASE)
