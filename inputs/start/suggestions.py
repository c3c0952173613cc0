"""Suggested options: bases on mainstream sites, growth of special schools, a special free school.

No school has been asked. What is suggested follows from the forecast: where the children are, what
they need, which schools are large enough to host, and how far the nearest base is. Every option
says that it is a suggestion, in its name and in its bid round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from inputs.parameters import family, parameter
from inputs.start.new_bases import suggest_bases
from inputs.start.new_schools import suggest_schools
from inputs.start.options import BASE_RAMP, Draft, Suggestions
from inputs.vocabulary import Phase, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from inputs.start.area import Area
    from inputs.start.costs import Costs
    from inputs.start.gap import Gap
    from inputs.start.places import Place
    from inputs.start.schools import Nearby


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
    draft = Draft(costs, {place.key for place in places})
    suitable = family("suitable.specialist_base", on)
    in_bases = {key: more * suitable.get(key[0].value, 0.0) for key, more in gap.items()}
    notes = []
    offered = 0
    for phase in (Phase.PRIMARY, Phase.SECONDARY):
        told, number = suggest_bases(draft, places, near, area, in_bases, phase, on)
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
    notes += suggest_schools(draft, area, left, grown, on)
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


def _expansions(draft: Draft, places: Sequence[Place], on: date) -> int:
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
            ramp=BASE_RAMP,
            funding="hnpca",
        )
        for need in place.needs:
            for phase in place.phases:
                draft.teach(option, need, phase, ProvisionClass.SPECIAL_SCHOOL)
        total += number
    return total
