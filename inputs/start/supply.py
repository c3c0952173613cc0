"""The supply of a case: every provision in and around the authority, and who of ours is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inputs.official.sen2 import NEEDS, SPECIALIST, Placement
from inputs.start.area import RECEPTION_AGE
from inputs.start.bases import BASES, bases
from inputs.start.boarding import boarding
from inputs.start.making import Maker, by_need_and_year, records, words
from inputs.start.places import NC_YEARS, Place
from inputs.start.schools import HOST_PHASES, needs_of, phases_of
from inputs.vocabulary import Need, Phase, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from inputs.start.area import Area
    from inputs.start.children import Children
    from inputs.start.schools import Nearby

_LISTED = (
    Placement.UNIT,
    Placement.RESOURCED,
    Placement.SPECIAL_MAINTAINED,
    Placement.SPECIAL_ACADEMY,
    Placement.ALTERNATIVE_PROVISION,
    Placement.NON_MAINTAINED,
    Placement.INDEPENDENT,
    Placement.SPECIALIST_POST16,
)
_TAKES_ALL = frozenset(
    {Placement.SPECIAL_MAINTAINED, Placement.SPECIAL_ACADEMY, Placement.NON_MAINTAINED}
)
"""Kinds of school that take every need where neither the register nor a name says otherwise."""


@dataclass(frozen=True, eq=False)
class Supply:
    """Provisions with our children in them.

    Parameters
    ----------
    places
        The provisions, ours first.
    left_out
        Children in specialist placements who are in no year of the case (aged 19 and over).
    notes
        What was assumed, a sentence each.
    """

    places: tuple[Place, ...]
    left_out: int
    notes: tuple[str, ...]


def make_supply(children: Children, near: Nearby, area: Area, on: date) -> Supply:
    """Return every provision of a case with our children in it at the count.

    Parameters
    ----------
    children
        At the count; their needs known.
    near, area
        The register round the authority, and its zones.
    on
        The day whose dated figures hold.
    """
    maker = Maker(near, area, on)
    rows = children.rows
    rows = rows[rows["placement"].isin([one.value for one in SPECIALIST])].copy()
    rows["nc_year"] = rows["age"] - RECEPTION_AGE
    held = rows["nc_year"].isin(NC_YEARS)
    left_out = int(rows.loc[~held, "children"].sum())
    rows = rows[held]
    inmss = rows["placement"].isin([Placement.INDEPENDENT.value, Placement.NON_MAINTAINED.value])
    boards = rows["residential"] & inmss
    places: list[Place] = []
    for placement in _LISTED:
        own = rows[(rows["placement"] == placement.value) & ~boards]
        if own.empty and placement not in {Placement.SPECIAL_MAINTAINED, Placement.SPECIAL_ACADEMY}:
            continue
        places += _of_kind(maker, placement, own)
    places += boarding(maker, rows[boards])
    if not any(place.provision_class is ProvisionClass.SPECIAL_SCHOOL for place in places):
        places += _nearest_special(maker)
    return Supply(tuple(places), left_out, tuple(maker.notes))


def _nearest_special(maker: Maker) -> list[Place]:
    """Return the nearest state special school, for an authority that has none and uses none."""
    kinds = (Placement.SPECIAL_MAINTAINED, Placement.SPECIAL_ACADEMY)
    found = [(kind, row) for kind in kinds for row in records(maker.near.of(kind).head(1))]
    if not found:
        return []
    kind, school = min(found, key=lambda one: float(one[1]["kilometres"]))
    maker.notes.append(
        f"No child of ours is in a state special school. The nearest, {school['name']} "
        f"({float(school['kilometres']):.0f} km away), is taken in, with one place for us."
    )
    size = float(school["size"])
    return [maker.place(school, kind, needs_of(school, NEEDS), phases_of(school, kind), size)]


def _of_kind(maker: Maker, placement: Placement, rows: pd.DataFrame) -> list[Place]:
    """Return the places of one kind of placement, with their children."""
    there = by_need_and_year(rows)
    observed = [need for k, need in enumerate(NEEDS) if there[k].sum()]
    if placement in BASES:
        unnamed = by_need_and_year(rows[rows["urn"] == ""])
        found = bases(maker, placement, unnamed, observed)
    else:
        every = placement in _TAKES_ALL
        found = [
            maker.place(
                school,
                placement,
                needs_of(school, NEEDS if every else observed),
                phases_of(school, placement),
                float(school["size"]),
            )
            for school in records(maker.near.of(placement))
        ]
    shared = _known_schools(maker, placement, found, rows)
    if not found:
        if there.sum():
            maker.notes.append(
                f"{int(there.sum())} children in {words(placement)} placements are in no "
                "provision of this case: the register holds no open one."
            )
        return []
    return maker.share(found, by_need_and_year(shared))


def _known_schools(
    maker: Maker, placement: Placement, found: list[Place], rows: pd.DataFrame
) -> pd.DataFrame:
    """Put children whose school is known in it; return the rows of the others.

    A school that is not among the places yet, however far away, becomes one. One that is not in
    the register, or not open, cannot: its children are shared out like those of unknown schools.
    """
    named = rows[rows["urn"] != ""]
    by_urn = {str(place.school["urn"]): place for place in found if not place.stand_in}
    lost = sizeless = 0
    for urn, group in named.groupby("urn"):
        place = by_urn.get(str(urn))
        school = maker.school(str(urn)) if place is None else None
        if school is not None:
            there = by_need_and_year(group)
            needs = [need for k, need in enumerate(NEEDS) if there[k].sum()]
            ending, word = BASES.get(placement, ("", ""))
            if ending:
                phases: Sequence[Phase] = HOST_PHASES.get(str(school["phase"]), tuple(Phase))
            else:
                phases = phases_of(school, placement)
            place = maker.place(
                school,
                placement,
                needs_of(school, needs) if not ending else needs,
                phases,
                float(there.sum()) if ending else float(school["size"]),
                ending=f"_{ending}" if ending else "",
                name=f"{school['name']}: {word}" if ending else "",
            )
            found.append(place)
            by_urn[str(urn)] = place
            sizeless += bool(ending) or bool(np.isnan(place.size))
        if place is None:
            lost += int(group["children"].sum())
            named = named[named["urn"] != urn]
            continue
        place.children = place.children + by_need_and_year(group)
        for row in group.itertuples():
            if row.zone:
                need = Need(str(row.need)) if row.need != Need.DS.value else Need.OTH
                key = (need, int(str(row.nc_year)), str(row.zone))
                place.homes[key] = place.homes.get(key, 0) + int(str(row.children))
    if sizeless:
        maker.notes.append(
            f"Assumption: the register holds no size of {sizeless} {words(placement)} provisions "
            "that our children are at: their places are our children there."
        )
    if lost:
        maker.notes.append(
            f"{lost} children in {words(placement)} placements are at schools that the register "
            "does not hold as open: they are shared over the others of the kind."
        )
    return rows[~rows.index.isin(named.index)]
