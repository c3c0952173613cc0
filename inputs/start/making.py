"""Make the provisions of a case from rows of the register, and share children over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from inputs.official.sen2 import NEEDS, Placement
from inputs.parameters import parameter
from inputs.start.area import slug
from inputs.start.places import CLASSES, NC_YEARS, Place, allocate, targets, taught, worth_it
from inputs.vocabulary import Need, Phase, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from inputs.start.area import Area
    from inputs.start.schools import Nearby

    Counts = NDArray[np.int64]

_ALWAYS_KEPT = ProvisionClass.SPECIAL_SCHOOL
"""A state special school of the area is in its case even if none of our children is there."""


def words(placement: Placement) -> str:
    """Return a placement as words in a sentence."""
    return placement.value.replace("_", " ")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as mappings from column to value."""
    return cast("list[dict[str, Any]]", frame.to_dict("records"))


def by_need_and_year(rows: pd.DataFrame) -> Counts:
    """Return children (NEEDS, NC_YEARS); Down syndrome is counted under OTH."""
    out = np.zeros((len(NEEDS), len(NC_YEARS)), dtype=np.int64)
    need = rows["need"].replace({Need.DS.value: Need.OTH.value})
    at = (
        need.map({one.value: k for k, one in enumerate(NEEDS)}).to_numpy(int),
        rows["nc_year"].map({year: k for k, year in enumerate(NC_YEARS)}).to_numpy(int),
    )
    np.add.at(out, at, rows["children"].to_numpy(int))
    return out


class Maker:
    """Makes the places of a case, kind by kind, with keys that no two share."""

    def __init__(self, near: Nearby, area: Area, on: date) -> None:
        self.near, self.area, self.on = near, area, on
        self.keys: set[str] = set()
        self.notes: list[str] = []
        self.decay_km = parameter("start.decay_km", on).value
        self._rows = {urn: row for row, urn in enumerate(near.schools["urn"])}

    def school(self, urn: str) -> dict[str, Any] | None:
        """Return the row of the register with a number; None where it holds no open one."""
        row = self._rows.get(urn)
        return None if row is None else records(self.near.schools.iloc[[row]])[0]

    def place(
        self,
        school: dict[str, Any],
        placement: Placement,
        needs: Sequence[Need],
        phases: Sequence[Phase],
        size: float,
        *,
        ending: str = "",
        name: str = "",
        provision_class: ProvisionClass | None = None,
        stand_in: bool = False,
    ) -> Place:
        """Return a place on the site of a school."""
        stem = slug(str(school["name"])) + ending
        key = stem
        for number in range(2, 100):
            if key not in self.keys:
                break
            key = f"{stem}_{number}"
        self.keys.add(key)
        if school["in_area"]:
            at = self.area.nearest(float(school["easting"]), float(school["northing"]))
            locality = str(self.area.zones["locality"].iloc[at])
        else:
            locality = slug(str(school["la_name"]))
        capacity = float(school["capacity"]) if not ending else np.nan
        return Place(
            key,
            name or str(school["name"]),
            provision_class or CLASSES[placement],
            placement,
            school,
            locality,
            size,
            max(capacity, size) if not np.isnan(capacity) else np.nan,
            tuple(needs),
            tuple(phases),
            stand_in,
        )

    def share(self, places: list[Place], children: Counts) -> list[Place]:
        """Share children over places of one kind; return those that have any."""
        total = int(children.sum())
        if total:
            everyone = float(total + sum(place.ours for place in places))
            fewest = parameter("start.fewest_children", self.on).value
            places = worth_it(places, everyone, self.decay_km, fewest)
            sizes, over = targets(everyone, places, self.decay_km)
            sizes = np.maximum(sizes - [place.ours for place in places], 0.0)
            sizes *= total / sizes.sum() if sizes.sum() > 0 else 0.0
            whole, lost = allocate(children, sizes, taught(places))
            for place, more in zip(places, whole, strict=True):
                place.children = place.children + more
            kind = words(places[0].placement)
            if over > 0.5:
                self.notes.append(
                    f"Assumption: {over:.0f} of our {total:,} children in {kind} placements are "
                    f"more than the rolls of the schools within {self.near.radius_km:g} km hold; "
                    "these schools are taken to be that much larger for us."
                )
            if lost:
                self.notes.append(
                    f"{lost} children in {kind} placements have a need that none of the schools "
                    "taken in is known to teach; they are put where their year is taught."
                )
        return [
            place
            for place in places
            if place.ours or (place.in_area and place.provision_class is _ALWAYS_KEPT)
        ]
