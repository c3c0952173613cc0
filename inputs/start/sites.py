"""Which mainstream schools could host a base: large enough, and near the children's homes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inputs.parameters import parameter
from inputs.start.schools import PART_PRIMARY, SELECTIVE
from inputs.vocabulary import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd

    from inputs.start.area import Area
    from inputs.start.schools import Nearby

_REGISTER_PHASE = {
    Phase.PRIMARY: ("Primary", "All-through"),
    Phase.SECONDARY: ("Secondary", "All-through"),
}


def hosts(near: Nearby, phase: Phase, on: date) -> pd.DataFrame:
    """Return the mainstream schools of the area that could host a base of a phase.

    They have at least the roll that a base needs beside it, teach the whole phase as far as the
    register or their name tells, and do not select by ability. Where the register does not say who
    selects, secondary schools with very few pupils on free meals are passed over too. Where none
    is so large, all that teach the phase are returned.
    """
    frame = near.mainstream()
    frame = frame[frame["phase"].isin(_REGISTER_PHASE[phase])]
    frame = frame[~frame["name"].str.contains(SELECTIVE)]
    frame = frame[frame["admissions"].str.lower() != "selective"]
    if phase is Phase.SECONDARY and not near.register.has("admissions"):
        few = parameter("start.selective_fsm_share", on).value * frame["fsm_percent"].median()
        frame = frame[~(frame["fsm_percent"] < few)]
    if phase is Phase.PRIMARY:
        frame = frame[~frame["name"].str.contains(PART_PRIMARY)]
    least = parameter(f"start.smallest_host_roll.{phase.value}", on).value
    large = frame[frame["roll"] >= least]
    return (large if len(large) else frame).reset_index(drop=True)


def cover(
    sites: pd.DataFrame,
    area: Area,
    phase: Phase,
    number: int,
    on: date,
    there: Sequence[tuple[float, float]] = (),
) -> pd.DataFrame:
    """Return sites that bring the children of a phase nearest to one, chosen one after another.

    Each next site is the one that most shortens the mean distance from the children's homes to the
    nearest site, those already there included; of equals, the larger school.

    Parameters
    ----------
    sites
        Schools to choose from.
    area, phase
        The zones, and whose homes count.
    number
        How many to choose at most.
    on
        The day whose dated figures hold.
    there
        Eastings and northings of sites already there.
    """
    if sites.empty or number <= 0:
        return sites.head(0)
    sites = sites.sort_values(["roll", "urn"], ascending=[False, True]).reset_index(drop=True)
    weights = area.weights[phase.value].to_numpy(float)
    at = sites[["easting", "northing"]].to_numpy(float)
    gaps = area.kilometres(at[:, 0], at[:, 1])
    best = np.full(len(weights), np.inf)
    apart_km = parameter("start.base_apart_km", on).value
    free = np.ones(len(sites), dtype=bool)
    if there:
        points = np.array(there)
        best = area.kilometres(points[:, 0], points[:, 1]).min(axis=1)
        near = np.hypot(at[:, :1] - points[:, 0], at[:, 1:] - points[:, 1]).min(axis=1) / 1000.0
        free &= near >= apart_km
    chosen: list[int] = []
    while len(chosen) < number and free.any():
        reach = np.minimum(best[:, None], gaps)
        mean = np.where(free, weights @ reach, np.inf)
        pick = int(np.argmin(mean))
        chosen.append(pick)
        best = reach[:, pick]
        away = np.hypot(at[:, 0] - at[pick, 0], at[:, 1] - at[pick, 1]) / 1000.0
        free &= away >= max(apart_km, 1e-9)
    return sites.iloc[chosen].reset_index(drop=True)
