"""The rows of a case: zones, provisions, what each teaches, who is placed, under their headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.official.sen2 import Placement
from inputs.start.places import MARKET, NC_YEARS, STATE, phase_of
from inputs.vocabulary import Need, Phase, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from inputs.official.sen2 import Release
    from inputs.start.area import Area
    from inputs.start.costs import Costs
    from inputs.start.homes import Home
    from inputs.start.places import Place

Row = dict[str, Any]

ENGLAND = "E92000001"


SECTORS: dict[str, tuple[Placement, ...]] = {
    "independent and non-maintained special schools": (
        Placement.INDEPENDENT,
        Placement.NON_MAINTAINED,
    ),
    "specialist post-16 institutions": (Placement.SPECIALIST_POST16,),
}
"""Providers that sell places to any authority, and grow as these are bought."""


@dataclass(frozen=True)
class Sector:
    """How fast a sector that sells places has grown.

    Parameters
    ----------
    growth
        Share a year.
    told
        Where that is from, to stand in brackets.
    """

    growth: float
    told: str


def sector_growth(release: Release, otherwise: float) -> dict[Placement, Sector]:
    """Return England's growth a year of placements in each sector, over the counts there are.

    Parameters
    ----------
    release
        The published tables.
    otherwise
        The growth where there are not two counts of England.
    """
    stock = release.stock()
    england = stock[(stock["code"] == ENGLAND) & stock["age"].isna()]
    found: dict[Placement, Sector] = {}
    for name, placements in SECTORS.items():
        rows = england[england["placement"].isin([one.value for one in placements])]
        totals = rows.groupby("year")["children"].sum()
        totals = totals[totals > 0]
        sector = Sector(otherwise, "assumption")
        if len(totals) >= 2:
            first, last = int(totals.index[0]), int(totals.index[-1])
            growth = float((totals.iloc[-1] / totals.iloc[0]) ** (1 / (last - first)) - 1)
            told = f"England, {name}, January {first + 1} to January {last + 1}"
            sector = Sector(growth, told)
        found |= dict.fromkeys(placements, sector)
    return found


def zone_rows(area: Area) -> list[Row]:
    """Return the rows of ``zones``."""
    return [
        {
            "zone": zone["zone"],
            "name": zone["name"],
            "longitude": zone["longitude"],
            "latitude": zone["latitude"],
            "locality": zone["locality"],
            "children": int(zone["children"]),
            "deprivation_fifth": _or_blank(zone["deprivation_fifth"]),
        }
        for zone in area.zones.to_dict("records")
    ]


def _or_blank(value: Any) -> int | str:
    return "" if pd.isna(value) else int(value)


def provision_rows(
    places: Sequence[Place],
    years: Sequence[int],
    count_year: int,
    sectors: Mapping[Placement, Sector],
) -> list[Row]:
    """Return the rows of ``provisions``.

    Parameters
    ----------
    places
        The provisions.
    years
        Academic years of the case.
    count_year
        Academic year that our children in them are of.
    sectors
        How fast those who sell places grow.
    """
    rows = []
    for place in places:
        size = float(max(place.ours, 1)) if np.isnan(place.size) else place.size
        available: object = ""
        if place.placement in MARKET:
            growth = 1.0 + sectors[place.placement].growth
            available = "; ".join(
                f"{year}: {max(1, round(place.ours * growth ** (year - count_year)))}"
                for year in years
            )
        elif not place.in_area or place.provision_class is ProvisionClass.ALTERNATIVE_PROVISION:
            available = max(1, place.ours)
        rows.append(
            {
                "provision": place.key,
                "name": place.name,
                "class": place.provision_class.value,
                "easting": place.school["easting"],
                "northing": place.school["northing"],
                "urn": "" if place.stand_in else place.school["urn"],
                "site": f"urn_{place.school['urn']}",
                "locality": place.locality,
                "in_area": "yes" if place.in_area else "no",
                "places": int(max(size, place.ours, 1)),
                "physical_places": "" if np.isnan(place.physical) else int(place.physical),
                "available_places": available,
            }
        )
    return rows


Pair = tuple[Need, Phase]


def teaches_rows(
    places: Sequence[Place], costs: Costs, needed: Collection[Pair]
) -> tuple[list[Row], list[Pair]]:
    """Return the rows of ``teaches``, and the pairs that are taught for want of anyone who does.

    A state provision of the area, or one whose needs are registered, teaches its needs in each of
    its phases. Of any other, and of one that stands in, no more is known than the children there
    now: it teaches what they have, which is what the places that it has for us can be used for. A
    need and phase that entrants have and nobody teaches is given to the state special schools of
    the area that teach the phase, else to those outside it, else to any school.

    Parameters
    ----------
    places, costs
        The provisions, and what each costs.
    needed
        Needs and phases of the entrants.
    """
    pairs: list[set[Pair]] = []
    for place in places:
        have = {(need, phase_of(year)) for need, year in place.cells()}
        own = place.in_area and place.placement not in MARKET and not place.stand_in
        if own or place.school["needs"]:
            have |= {(need, phase) for need in place.needs for phase in place.phases}
        pairs.append(have)
    missing = sorted(set(needed) - set().union(*pairs))
    for need, phase in missing:
        for at in _who_could(places, phase):
            pairs[at].add((need, phase))
    rows = [
        {
            "provision": place.key,
            "need": need.value,
            "phase": phase.value,
            "annual_cost_gbp": costs.of(place.provision_class, need),
        }
        for place, taught in zip(places, pairs, strict=True)
        for need, phase in sorted(taught)
    ]
    return rows, missing


def _who_could(places: Sequence[Place], phase: Phase) -> list[int]:
    """Return the positions of the schools that could take a need of a phase that nobody teaches."""
    able = [k for k, one in enumerate(places) if phase in one.phases and not one.stand_in]
    state = [k for k in able if places[k].provision_class is ProvisionClass.SPECIAL_SCHOOL]
    own = [k for k in state if places[k].in_area]
    return own or state or able


def placed_rows(homes: Sequence[Home], places: Sequence[Place]) -> tuple[list[Row], int]:
    """Return the rows of ``placed`` a year after the count, and how many have left by then.

    A child in the last year of a phase has left it, and is an entrant of the next or gone.
    Others' children fill what is left of the rolls of state special schools of the area.
    """
    counts: dict[tuple[str, str, int, str], int] = {}
    gone = 0
    for key, need, year, zone, children in homes:
        if year + 1 > NC_YEARS[-1] or phase_of(year) is not phase_of(year + 1):
            gone += children
            continue
        at = (key, need.value, year + 1, zone)
        counts[at] = counts.get(at, 0) + children
    rows: list[Row] = [
        {
            "provision": key,
            "need": need,
            "phase": phase_of(year).value,
            "nc_year": year,
            "zone": zone,
            "authority": "",
            "children": children,
        }
        for (key, need, year, zone), children in sorted(counts.items())
    ]
    for place in places:
        if place.in_area and place.placement in STATE:
            rows += _others(place)
    return rows, gone


def _others(place: Place) -> list[Row]:
    """Return other authorities' children: the roll less ours, mixed as ours are."""
    roll = float(place.school["roll"])
    number = 0 if np.isnan(roll) else int(roll) - place.ours
    cells: dict[tuple[str, str], int] = {}
    for need, year in place.cells():
        key = (need.value, phase_of(year).value)
        cells[key] = cells.get(key, 0) + place.count(need, year)
    if number <= 0 or not cells:
        return []
    keys = sorted(cells)
    share = np.array([cells[key] for key in keys], dtype=float)
    exact = share * number / share.sum()
    whole = np.floor(exact).astype(int)
    for k in np.argsort(whole - exact, kind="stable")[: number - whole.sum()]:
        whole[k] += 1
    return [
        {
            "provision": place.key,
            "need": need,
            "phase": phase,
            "nc_year": "",
            "zone": "",
            "authority": "elsewhere",
            "children": int(children),
        }
        for (need, phase), children in zip(keys, whole, strict=True)
        if children
    ]
