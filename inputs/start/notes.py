"""The notes of a case made from official files: every figure and every assumption, one a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inputs.official.sen2 import PLACEMENT_LABELS, SPECIALIST, Placement
from inputs.start.places import STATE
from inputs.vocabulary import academic_year

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inputs.demand.basis import Basis
    from inputs.start.area import Area
    from inputs.start.children import Children
    from inputs.start.costs import Costs
    from inputs.start.files import Opened
    from inputs.start.from_tables import Fitted
    from inputs.start.options import Suggestions
    from inputs.start.schools import Nearby
    from inputs.start.start import Choices
    from inputs.start.supply import Supply
    from inputs.start.tables import Pair, Sector

ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0.",
    "Source: Office for National Statistics licensed under the Open Government Licence v.3.0. "
    "Contains OS data (c) Crown copyright and database right.",
    "Roads, where a run uses them: (c) OpenStreetMap contributors, Open Database Licence 1.0.",
)


@dataclass(frozen=True, eq=False)
class Told:
    """Everything that the notes tell of."""

    opened: Opened
    choices: Choices
    recorded: Children
    children: Children
    now: Children
    fitted: Fitted | None
    base_year: int
    price_year: int
    area: Area
    near: Nearby
    supply: Supply
    costs: Costs
    suggested: Suggestions
    basis: Basis
    gone: int
    sectors: Mapping[Placement, Sector]
    decay_km: float
    gathered: tuple[float, float, float]
    untaught: tuple[Pair, ...]


def notes_of(told: Told) -> str:
    """Return the text of ``case-notes.md``: one note a line, under headings."""
    sections = (
        ("Children", _children(told)),
        ("Zones and homes", [*told.area.notes, *_homes(told)]),
        ("Provision", _provision(told)),
        ("Demand", [*told.basis.notes, *_demand(told)]),
        ("Costs", [*told.costs.notes, *_prices(told)]),
        ("Options", list(told.suggested.notes)),
        ("What is not in this case", _not_here(told)),
        ("Attribution", list(ATTRIBUTION)),
    )
    lines = [f"# {told.opened.authority.name}: what is published and what is assumed", ""]
    for heading, notes in sections:
        lines += [f"## {heading}", ""]
        lines += [f"- {' '.join(note.split())}" for note in notes]
        lines.append("")
    return "\n".join(lines)


def _children(told: Told) -> list[str]:
    rows = told.recorded.rows
    special = {one.value for one in SPECIALIST}
    counts = rows[rows["placement"].isin(special)].groupby("placement")["children"].sum()
    listed = ", ".join(
        f"{PLACEMENT_LABELS[Placement(str(name))].lower()} {number:,}"
        for name, number in counts.items()
    )
    notes = [
        f"Counted: {told.recorded.total:,} children and young people with a plan "
        f"({told.recorded.source}); in specialist placements: {listed}."
    ]
    if told.fitted is not None:
        notes += [
            "Assumption: no table of placement by need by age is published. It is filled by "
            "proportional fitting to the three published tables of two, and rounded to whole "
            f"children so that {told.fitted.check()} (evidence/margins.csv).",
        ]
    notes += told.now.notes
    if told.base_year == told.children.count_year + 1:
        notes.append(
            f"Assumption: the count of January {told.base_year} stands for the summer after it. "
            f"Children placed at the start of {academic_year(told.base_year)} are that count a "
            f"year on: {told.gone:,} in the last year of a phase have left it, and are transfers "
            "into the next or gone."
        )
    return notes


def _homes(told: Told) -> list[str]:
    known = sum(sum(place.homes.values()) for place in told.supply.places)
    kept = f"The homes of {known:,} children are known and kept. " if known else ""
    whose = "the others" if known else "children placed now"
    return [
        f"{kept}Assumption: where {whose} live is not published. Each provision's "
        "children are spread over zones by the zone's share of the children of their phase, nearer "
        "homes first, so that every zone has its share in all."
    ]


def _provision(told: Told) -> list[str]:
    register = told.opened.register
    day = f", {register.taken:%d %B %Y}" if register.taken else ""
    places = told.supply.places
    notes = [
        f"Published: schools, their kind, roll and grid reference: Get Information About Schools"
        f"{day} ({register.source}). Taken in: those of the authority, and outside it those within "
        f"{told.near.radius_km:g} km of one of its zones; where there is none of a kind in which "
        "children are placed, the nearest in the country."
    ]
    if register.absent:
        notes.append(
            f"The extract of the register lacks {', '.join(register.absent)}: what stands in for "
            "each is told below."
        )
    if not register.has("capacity"):
        notes.append(
            "Assumption: the roll stands in for places: the extract has no capacities. Places of "
            "specialist post-16 institutions, which have no roll, are our children there, grown."
        )
    if not register.has("needs"):
        notes.append(
            "Assumption: needs taught are not in the extract. A school takes the needs that its "
            "name tells of (such as autism or deaf); else a state special school of the area takes "
            "every need, and any other provision what our children there now have."
        )
    if not register.has("low_age"):
        notes.append(
            "Assumption: ages taught are not in the extract. A special school takes every phase "
            "unless its name tells one, independent ones not the early years, alternative "
            "provision primary and secondary."
        )
    school = (
        "Assumption: which school a child attends is not published:"
        if told.fitted is not None
        else "Where the return names a school that the register holds as open, its children are in "
        "it. Assumption, for the others:"
    )
    notes.append(
        f"{school} children of each placement are shared over the schools of the kind: state "
        "schools of the area first, to their size; then by size, falling by a factor of e every "
        f"{told.decay_km:g} km outside the area. A school outside the area that would have very "
        "few of ours is left out, and its children are at the others."
    )
    grown = dict.fromkeys(
        f"by {one.growth:.1%} a year ({one.told})" for one in told.sectors.values()
    )
    notes.append(
        "Assumption: places available to us in independent and non-maintained special schools and "
        f"specialist post-16 institutions are our children there, and grow as the sector has: "
        f"{', '.join(grown)}; at least 1 each. In state schools outside the area and in "
        "alternative provision they are our children there now."
    )
    others = sum(
        max(0, int(place.school["roll"]) - place.ours)
        for place in places
        if place.in_area and place.placement in STATE and not np.isnan(place.school["roll"])
    )
    if others:
        notes.append(
            f"Assumption: in the area's state special schools and alternative provision the roll "
            f"less our children ({others:,}) are other authorities' children, with the mix of "
            "needs and phases of ours."
        )
    if not any(place.in_area and place.placement in STATE - {Placement.ALTERNATIVE_PROVISION}
               for place in places):  # fmt: skip
        notes.append("The authority has no state special school of its own: all lie outside it.")
    if told.untaught:
        listed = ", ".join(f"{need.value} {phase.value}" for need, phase in told.untaught)
        notes.append(
            f"Assumption: nothing is known to teach {listed}, which some entrants need. The state "
            "special schools of the area, or else those outside it, are taken to."
        )
    if told.near.proposed:
        notes.append(
            f"Proposed to open, and not in the case: {', '.join(told.near.proposed)}. Add a school "
            "that is certain to options.csv with its committed_year."
        )
    return [*notes, *told.supply.notes]


def _demand(told: Told) -> list[str]:
    if told.fitted is None:
        queue = int(told.basis.waiting.sum())
        return [f"{queue:,} children with a plan wait for a specialist place, as the return says."]
    waiting = told.choices.waiting
    share, mean_km, fewest = told.gathered
    return [
        f"Choice: where a zone expects fewer than {fewest:g} children of a need and phase over "
        "all years, those of neighbouring zones of its planning area are gathered into one of "
        f"them: {share:.0%} of the entrants, moved by {mean_km:.1f} km on average. Totals by need, "
        "phase, year and planning area are kept.",
        f"Assumption: {waiting:,} children with a plan wait for a specialist place at the count "
        "(as stated), with the needs and ages of children of school age in one."
        if waiting
        else "No child is taken to wait for a specialist place at the count: the published tables "
        "count none. --waiting states how many do.",
    ]


def _prices(told: Told) -> list[str]:
    return [
        f"Prices are those of {told.price_year}, the first year from "
        f"{told.base_year} on whose dated national values are all known; published costs are of "
        "the last year published and not raised to it."
    ]


def _not_here(told: Told) -> list[str]:
    rows = told.now.rows
    special = {one.value for one in SPECIALIST}
    elsewhere = int(rows.loc[~rows["placement"].isin(special), "children"].sum())
    return [
        f"{told.supply.left_out:,} young people of 19 and over in specialist placements, mostly "
        "specialist post-16 institutions: a case runs to year 14.",
        f"{elsewhere:,} children and young people in mainstream, early years settings, general "
        "further education, elective home education and education other than at school.",
        "Hospital schools, and schools with no pupils yet.",
        "A plan of what to open cannot say where a named child should go.",
    ]
