"""Where the children placed now live: whole children, zone by zone, near the school they go to.

Homes are not published. Children of each phase are spread so that every provision has its own and
every zone its share of the phase's children, the nearer homes first: a gravity model held to both
totals (Wilson 1971), then dealt out as whole children.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inputs.official.sen2 import NEEDS
from inputs.start.fitting import deal, fit
from inputs.start.places import NC_YEARS, phase_of
from inputs.vocabulary import PHASE_YEARS, Need, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from inputs.start.area import Area
    from inputs.start.places import Place

    Counts = NDArray[np.int64]

Home = tuple[str, Need, int, str, int]
"""Key of a provision, need, national curriculum year, zone, children."""


def spread_homes(places: Sequence[Place], area: Area, decay_km: float) -> list[Home]:
    """Return every child placed now with a home zone.

    Parameters
    ----------
    places
        Provisions with our children in them; a home that is known is kept.
    area
        The zones, and each one's share of the children of a phase.
    decay_km
        Distance over which the use of a provision falls by a factor of e.
    """
    zones = list(area.zones["zone"])
    at_zone = {zone: z for z, zone in enumerate(zones)}
    easting = np.array([float(place.school["easting"]) for place in places])
    northing = np.array([float(place.school["northing"]) for place in places])
    near = np.exp(-area.kilometres(easting, northing).T / decay_km)
    # A boarder's home need not be near the school.
    near[[place.provision_class is ProvisionClass.INMSS_RESIDENTIAL for place in places]] = 1.0
    # However far away, every home is possible.
    near = np.maximum(near, 1e-12)
    out: list[Home] = []
    for phase, (first, last) in PHASE_YEARS.items():
        years = [NC_YEARS.index(year) for year in range(first, last + 1)]
        left = np.array([place.children[:, years] for place in places]).astype(np.int64)
        known = np.zeros(len(zones))
        for p, place in enumerate(places):
            for (need, year, zone), children in place.homes.items():
                if phase_of(year) is not phase or zone not in at_zone:
                    continue
                left[p, NEEDS.index(need), year - first] -= children
                known[at_zone[zone]] += children
                out.append((place.key, need, year, zone, children))
        total = left.sum()
        if total <= 0:
            continue
        share = area.weights[phase.value].to_numpy(float)
        wanted = np.maximum(share * (total + known.sum()) - known, 1e-9)
        wanted *= total / wanted.sum()
        by_place = left.sum(axis=(1, 2)).astype(float)
        table = fit(near * share, [((1,), wanted), ((0,), by_place)], 300, 1e-6)
        out += _dealt(places, left, table, zones, first)
    return out


def _dealt(
    places: Sequence[Place],
    left: Counts,
    table: NDArray[np.float64],
    zones: Sequence[str],
    first: int,
) -> list[Home]:
    """Return whole children of each provision, need and year dealt to zones as expected."""
    cells = np.argwhere(left > 0)
    counts = left[tuple(cells.T)]
    whole = deal(counts, table[cells[:, 0]])
    return [
        (places[p].key, NEEDS[n], first + k, zones[int(z)], int(row[z]))
        for (p, n, k), row in zip(cells.tolist(), whole, strict=True)
        for z in np.flatnonzero(row)
    ]
