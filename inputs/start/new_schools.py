"""Suggested special free schools, where the forecast growth warrants one, in a range of sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inputs.official.sen2 import NEEDS
from inputs.parameters import parameter
from inputs.start.options import MARK, Draft, Group
from inputs.vocabulary import Need, Phase, ProvisionClass

if TYPE_CHECKING:
    from datetime import date

    from inputs.start.area import Area
    from inputs.start.gap import Gap

SCHOOL_GROUPS: tuple[Group, ...] = (
    Group(
        "autism, speech needs and learning difficulties",
        (Need.ASD, Need.SLCN, Need.MLD, Need.SLD, Need.PMLD),
    ),
    Group("social, emotional and mental health", (Need.SEMH,)),
)
_SCHOOL_PHASES = (Phase.PRIMARY, Phase.SECONDARY, Phase.POST16)
_SCHOOL_RAMP = "0.2; 0.43; 0.6; 0.9; 1"
"""24, 52, 72, 108, 120 places: special free school specification, Bath and North East Somerset."""


def suggest_schools(draft: Draft, area: Area, left: Gap, grown: int, on: date) -> list[str]:
    """Suggest a special free school for each group of needs whose growth warrants one."""
    everyone = sum(left[need, phase] for need in NEEDS for phase in _SCHOOL_PHASES)
    # Growth of today's schools takes its part of each group.
    share = max(0.0, 1.0 - grown / max(everyone, 1e-9))
    notes = []
    for group in SCHOOL_GROUPS:
        more = sum(left[need, phase] for need in group.needs for phase in _SCHOOL_PHASES)
        notes.append(_free_school(draft, area, group, more * share, on))
    return notes


def _free_school(draft: Draft, area: Area, group: Group, beyond: float, on: date) -> str:
    """Suggest a special free school for so many children more, if there are enough."""
    sizes = [
        round(parameter(f"start.school_{name}", on).value)
        for name in ("smallest", "middle", "largest")
    ]
    if beyond < sizes[0]:
        return (
            f"No special free school is suggested for {group.words}: beyond bases and growth of "
            f"today's schools, {beyond:.0f} more such children are forecast, fewer than the "
            f"smallest school seen ({sizes[0]})."
        )
    offered = [size for size in sizes if size <= 1.25 * beyond] or sizes[:1]
    weights = area.zones["children"].to_numpy(float)
    easting = float(np.average(area.zones["easting"], weights=weights))
    northing = float(np.average(area.zones["northing"], weights=weights))
    key = draft.key("special_free_school")
    draft.provisions.append(
        {
            "provision": key,
            "name": f"{MARK}special free school for {group.words} (site assumed)",
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
