"""Gather the rarest expected children into fewer zones, so that a county's plan can be solved.

Of a rare need a zone expects a hundredth of a child. Such cells say nothing about where the child
will live, and each costs the plan as much as any other. Neighbouring zones of one planning area are
gathered, need by need and phase by phase, until together they expect enough; nobody is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inputs.start.area import Area

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def gather_entrants(
    entrants: pd.DataFrame, area: Area, fewest: float
) -> tuple[pd.DataFrame, float, float]:
    """Return the entrants with those of thin cells moved to a zone near by.

    Parameters
    ----------
    entrants
        Rows of the table ``entrants``.
    area
        The zones, their planning areas and where they are.
    fewest
        Children, over all years and kinds, that a zone should expect of a need and phase.

    Returns
    -------
    tuple
        The entrants, the share of them that was moved, and how far on average (kilometres).
    """
    zones = area.zones
    at_zone = {zone: k for k, zone in enumerate(zones["zone"])}
    points = zones[["easting", "northing"]].to_numpy(float)
    locality = pd.factorize(zones["locality"])[0]
    position = entrants["zone"].map(at_zone).to_numpy(int)
    children = entrants["children"].to_numpy(float)
    moved = position.copy()
    for rows in entrants.groupby(["need", "phase"], sort=False).indices.values():
        here = position[rows]
        weight: Floats = np.zeros(len(zones))
        np.add.at(weight, here, children[rows])
        hub = np.arange(len(zones))
        for number in range(int(locality.max()) + 1):
            members = np.flatnonzero((locality == number) & (weight > 0))
            for group in _groups(members, points, weight, fewest):
                hub[group] = group[_middle(points[group], weight[group])]
        moved[rows] = hub[here]
    out = entrants.assign(zone=zones["zone"].to_numpy()[moved])
    keys = [name for name in entrants.columns if name != "children"]
    summed = out.groupby(keys, as_index=False, sort=False, dropna=False)["children"].sum()
    far = np.hypot(*(points[moved] - points[position]).T) / 1000.0
    away = children[moved != position].sum()
    share = float(away / children.sum()) if children.sum() > 0 else 0.0
    mean_km = float((far * children).sum() / away) if away > 0 else 0.0
    return pd.DataFrame(summed)[list(entrants.columns)], share, mean_km


def _groups(members: Ints, points: Floats, weight: Floats, fewest: float) -> list[Ints]:
    """Return neighbours together: halved along the longer side while each half expects enough."""
    if len(members) < 2 or weight[members].sum() < 2 * fewest:
        return [members] if len(members) else []
    spread = np.ptp(points[members], axis=0)
    order = members[np.argsort(points[members, int(np.argmax(spread))], kind="stable")]
    passed = np.cumsum(weight[order])
    cut = int(np.clip(np.searchsorted(passed, passed[-1] / 2) + 1, 1, len(order) - 1))
    halves = order[:cut], order[cut:]
    if min(weight[half].sum() for half in halves) < fewest:
        return [members]
    return [group for half in halves for group in _groups(half, points, weight, fewest)]


def _middle(points: Floats, weight: Floats) -> int:
    """Return which point is nearest to the weighted middle of all."""
    middle = np.average(points, axis=0, weights=weight)
    return int(np.argmin(((points - middle) ** 2).sum(axis=1)))
