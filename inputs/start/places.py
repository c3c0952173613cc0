"""Provisions as they are at the count, and how many of our children each has.

Which school a child attends is not published. Children of each placement are shared over the
schools of that kind: those of a state school of our own area first to its size, all others by size
and nearness. Where an authority's own return names the school, it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.official.sen2 import NEEDS, Placement
from inputs.start.fitting import fit, round_table, share_out
from inputs.vocabulary import PHASE_YEARS, Need, Phase, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Expected = NDArray[np.float64]
    Flags = NDArray[np.bool_]

NC_YEARS: tuple[int, ...] = tuple(
    range(PHASE_YEARS[Phase.EARLY_YEARS][0], PHASE_YEARS[Phase.POST16][1] + 1)
)
"""National curriculum years that a case holds: nursery (-2) to year 14, ages 2 to 18."""

CLASSES: dict[Placement, ProvisionClass] = {
    Placement.RESOURCED: ProvisionClass.SPECIALIST_BASE,
    Placement.UNIT: ProvisionClass.SEN_UNIT,
    Placement.SPECIAL_MAINTAINED: ProvisionClass.SPECIAL_SCHOOL,
    Placement.SPECIAL_ACADEMY: ProvisionClass.SPECIAL_SCHOOL,
    Placement.INDEPENDENT: ProvisionClass.INMSS_DAY,
    Placement.NON_MAINTAINED: ProvisionClass.INMSS_DAY,
    Placement.ALTERNATIVE_PROVISION: ProvisionClass.ALTERNATIVE_PROVISION,
    Placement.SPECIALIST_POST16: ProvisionClass.POST16_SPECIALIST,
}
STATE = frozenset(
    {
        Placement.SPECIAL_MAINTAINED,
        Placement.SPECIAL_ACADEMY,
        Placement.ALTERNATIVE_PROVISION,
    }
)
"""State schools, whose own authority's children come first."""
MARKET = frozenset({Placement.INDEPENDENT, Placement.NON_MAINTAINED, Placement.SPECIALIST_POST16})
"""Providers that sell places to any authority."""


@dataclass(eq=False)
class Place:
    """One provision at the count.

    Parameters
    ----------
    key, name, provision_class, placement
        Its slug, its name for people, its class, and the published placement that it is of.
    school
        Its row of the register.
    locality
        Planning area, or the authority that it lies in.
    size, physical
        Places commissioned, and places that the building can hold (NaN: not known).
    needs, phases
        What it teaches.
    stand_in
        Whether the register does not say where it is, and the site is taken for it.
    children
        Our children at the count, (NEEDS, NC_YEARS).
    homes
        Those of them whose home zone is known: (need, nc year, zone) to children.
    """

    key: str
    name: str
    provision_class: ProvisionClass
    placement: Placement
    school: dict[str, Any]
    locality: str
    size: float
    physical: float
    needs: tuple[Need, ...]
    phases: tuple[Phase, ...]
    stand_in: bool = False
    children: Counts = field(
        default_factory=lambda: np.zeros((len(NEEDS), len(NC_YEARS)), dtype=np.int64)
    )
    homes: dict[tuple[Need, int, str], int] = field(default_factory=dict)

    @property
    def in_area(self) -> bool:
        """Whether it stands in the authority."""
        return bool(self.school["in_area"])

    @property
    def ours(self) -> int:
        """How many of our children are there."""
        return int(self.children.sum())

    def cells(self) -> list[tuple[Need, int]]:
        """Return the needs and national curriculum years of our children there."""
        return [(NEEDS[n], NC_YEARS[k]) for n, k in np.argwhere(self.children).tolist()]

    def count(self, need: Need, year: int) -> int:
        """Return how many of our children of a need and year are there."""
        return int(self.children[NEEDS.index(need), NC_YEARS.index(year)])


def phase_of(nc_year: int) -> Phase:
    """Return the phase that a national curriculum year is in.

    >>> phase_of(7).value
    'secondary'
    """
    return next(phase for phase, (first, last) in PHASE_YEARS.items() if first <= nc_year <= last)


def taught(places: Sequence[Place]) -> Flags:
    """Return whether each place teaches each need and year, (places, NEEDS, NC_YEARS)."""
    phase = [phase_of(year) for year in NC_YEARS]
    return np.array(
        [
            [[need in place.needs and phase[k] in place.phases for k in range(len(NC_YEARS))]
             for need in NEEDS]
            for place in places
        ]
    )  # fmt: skip


def targets(total: float, places: Sequence[Place], decay_km: float) -> tuple[Expected, float]:
    """Return how many of our children each place of one kind should have, and what had no room.

    Parameters
    ----------
    total
        Our children in the kind of placement.
    places
        The provisions of that kind; one without a size has no limit.
    decay_km
        Distance over which the use of a provision falls by a factor of e.

    Returns
    -------
    tuple
        Children by place, and how many are beyond the sizes of them all.
    """
    size = np.array([place.size for place in places])
    gap = np.array([0.0 if p.in_area else float(p.school["kilometres"]) for p in places])
    weight = np.where(np.isnan(size), 1.0, np.maximum(size, 1e-6)) * np.exp(-gap / decay_km)
    most = np.where(np.isnan(size), np.inf, size)
    own = np.array([place.in_area for place in places])
    share = np.zeros(len(places))
    left = total
    if places[0].placement in STATE and own.any():
        first = min(total, float(most[own].sum()))
        share[own] = share_out(first, weight[own], most[own])
        left = total - first
    else:
        own = np.zeros(len(places), dtype=bool)
    room = most[~own].sum()
    over = max(0.0, left - float(room))
    if (~own).any() and left > over:
        share[~own] = share_out(left - over, weight[~own], most[~own])
    if over > 0:
        # More are placed than the rolls hold: all grow alike.
        share += over * weight / weight.sum()
    return share, over


LEAST_KEPT = 3
"""Schools outside the area that are kept of each kind, however few children each would have."""


def worth_it(places: Sequence[Place], total: float, decay_km: float, fewest: float) -> list[Place]:
    """Return the places without those outside the area that would have very few of our children.

    The one with fewest goes first, and its children to the others, until each of those left would
    have at least so many, or only three are left. A place whose children are known stays.
    """
    kept = list(places)
    while True:
        share, _ = targets(total, kept, decay_km)
        away = [
            (float(share[k]), k) for k, one in enumerate(kept) if not one.in_area and not one.ours
        ]
        if len(away) <= LEAST_KEPT or min(away)[0] >= fewest:
            return kept
        del kept[min(away)[1]]


def allocate(children: Counts, sizes: Expected, flags: Flags) -> tuple[Counts, int]:
    """Return whole children (places, NEEDS, NC_YEARS), every cell's total kept.

    Parameters
    ----------
    children
        (NEEDS, NC_YEARS).
    sizes
        How many each place should have.
    flags
        Whether each place teaches each cell.

    Returns
    -------
    tuple
        The children, and how many of them no place teaches by the register: they go to those
        that teach the year, else to any.
    """
    cells = children.ravel().astype(float)
    mask: Flags = np.array(flags.reshape(len(sizes), -1).T)
    lost = np.asarray((cells > 0) & ~mask.any(axis=1))
    if lost.any():
        # Whether each place teaches anyone of the year.
        by_year = np.asarray(flags.any(axis=1))[:, None, :]
        anyone = np.repeat(by_year, len(NEEDS), axis=1).reshape(len(sizes), -1).T
        mask[lost] = anyone[lost]
        mask[lost & ~mask.any(axis=1)] = True
    seed: Expected = np.where(mask & (cells > 0)[:, None], np.maximum(sizes, 1e-9), 0.0)
    table = fit(seed, [((1,), sizes), ((0,), cells)], 500)
    # End on the cells, whose totals are published.
    total = table.sum(axis=1, keepdims=True)
    table *= np.divide(cells[:, None], total, out=np.zeros_like(total), where=total > 0)
    some = cells > 0
    out = np.zeros(table.shape, dtype=np.int64)
    out[some] = round_table(table[some])
    shape = (len(sizes), len(NEEDS), len(NC_YEARS))
    return out.T.reshape(shape), int(cells[lost].sum())
