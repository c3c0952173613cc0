"""Residential placements in independent and non-maintained special schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from inputs.official.sen2 import NEEDS, Placement
from inputs.start.making import by_need_and_year, records
from inputs.start.schools import phases_of
from inputs.vocabulary import Phase, ProvisionClass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from inputs.start.making import Maker
    from inputs.start.places import Place

    Counts = NDArray[np.int64]

_ENDING = "_residential"
_FARTHEST = 3.0
"""The stand-in is looked for within this many times the radius of the case (judgement)."""


def boarding(maker: Maker, rows: pd.DataFrame) -> list[Place]:
    """Return residential INMSS placements: at the schools named, and one stand-in for the rest."""
    if rows.empty:
        return []
    found: list[Place] = []
    unnamed = rows[rows["urn"] == ""]
    for urn, group in rows[rows["urn"] != ""].groupby("urn"):
        school = maker.school(str(urn))
        if school is None:
            unnamed = pd.concat([unnamed, group])
            continue
        placement = Placement(str(group["placement"].iloc[0]))
        there = by_need_and_year(group)
        needs = [need for k, need in enumerate(NEEDS) if there[k].sum()]
        place = maker.place(
            school,
            placement,
            needs,
            phases_of(school, placement),
            float(school["size"]),
            ending=_ENDING,
            name=f"{school['name']} (residential)",
            provision_class=ProvisionClass.INMSS_RESIDENTIAL,
        )
        place.children = there
        found.append(place)
    children = by_need_and_year(unnamed)
    if children.sum():
        found.append(_boarding_stand_in(maker, children))
    return found


def _boarding_stand_in(maker: Maker, children: Counts) -> Place:
    frame = maker.near.schools
    kinds = [Placement.INDEPENDENT.value, Placement.NON_MAINTAINED.value]
    away = frame[frame["kind"].isin(kinds) & ~frame["in_area"] & (frame["size"] > 0)]
    boards = away["boarders"].str.contains("boarding", case=False) & ~away["boarders"].str.contains(
        "no boarders", case=False
    )
    away = away[boards] if boards.any() else away
    near = away[away["kilometres"] <= _FARTHEST * maker.near.radius_km]
    largest = (near if len(near) else away).sort_values("size", ascending=False)
    school = records(largest.head(1))[0]
    where = "boards" if boards.any() else "is the largest independent one within reach"
    maker.notes.append(
        f"Assumption: where residential placements are is not published; all {int(children.sum())} "
        f"are put at {school['name']}, which {where}. It stands for them all and takes every need "
        "that they have."
    )
    place = maker.place(
        school,
        Placement(str(school["kind"])),
        [need for k, need in enumerate(NEEDS) if children[k].sum()],
        (Phase.PRIMARY, Phase.SECONDARY, Phase.POST16),
        float(max(school["size"], children.sum())),
        ending=_ENDING,
        name=f"Residential placements, schools not known (put at {school['name']})",
        provision_class=ProvisionClass.INMSS_RESIDENTIAL,
        stand_in=True,
    )
    place.children = children
    return place
