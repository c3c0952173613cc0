"""The schools of the register that a case takes in: which, how near, and what each can teach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from inputs.official.gias import OPEN, PROPOSED
from inputs.official.sen2 import NEEDS, Placement
from inputs.start.area import RECEPTION_AGE
from inputs.vocabulary import PHASE_YEARS, Need, Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    import pandas as pd

    from inputs.official.authorities import Authority
    from inputs.official.gias import Register
    from inputs.start.area import Area

_HOSPITAL = re.compile(r"\bhospital\b", re.IGNORECASE)
_NAMED: tuple[tuple[re.Pattern[str], frozenset[Need]], ...] = (
    (
        re.compile(r"therapeutic|behaviou?r|\bsemh\b|\bebd\b|nurture", re.IGNORECASE),
        frozenset({Need.SEMH}),
    ),
    (re.compile(r"autis|\basd\b|\basc\b", re.IGNORECASE), frozenset({Need.ASD, Need.SLCN})),
    (re.compile(r"\bdeaf\b|hearing", re.IGNORECASE), frozenset({Need.HI, Need.MSI, Need.SLCN})),
    (re.compile(r"\bblind\b|visual|\bsight", re.IGNORECASE), frozenset({Need.VI, Need.MSI})),
    (re.compile(r"dyslexi", re.IGNORECASE), frozenset({Need.SPLD, Need.SLCN})),
)
"""Words in the name of a school that tell whom it is for, and the needs that it then takes."""
_PHASES_NAMED: tuple[tuple[re.Pattern[str], tuple[Phase, ...]], ...] = (
    (
        re.compile(r"\b(?:primary|infants?|juniors?)\b", re.IGNORECASE),
        (Phase.EARLY_YEARS, Phase.PRIMARY),
    ),
    (
        re.compile(r"\b(?:secondary|high school|upper school)\b", re.IGNORECASE),
        (Phase.SECONDARY, Phase.POST16),
    ),
    (re.compile(r"\b(?:sixth form|post[- ]16)\b", re.IGNORECASE), (Phase.POST16,)),
)
"""Words in the name of a special school that tell which phases it teaches."""
PART_PRIMARY = re.compile(r"\b(?:infants?|juniors?|first|middle|nursery)\b", re.IGNORECASE)
SELECTIVE = re.compile(r"\bgrammar\b|\bstudio\b", re.IGNORECASE)

_SCHOOL_PHASES = (Phase.PRIMARY, Phase.SECONDARY, Phase.POST16)
USUAL_PHASES: dict[Placement, tuple[Phase, ...]] = {
    Placement.SPECIAL_MAINTAINED: tuple(Phase),
    Placement.SPECIAL_ACADEMY: tuple(Phase),
    Placement.NON_MAINTAINED: tuple(Phase),
    Placement.INDEPENDENT: _SCHOOL_PHASES,
    Placement.ALTERNATIVE_PROVISION: (Phase.PRIMARY, Phase.SECONDARY),
    Placement.SPECIALIST_POST16: (Phase.POST16,),
}
"""Phases taken to be taught where the register has no statutory ages (judgement)."""
HOST_PHASES: dict[str, tuple[Phase, ...]] = {
    "Primary": (Phase.EARLY_YEARS, Phase.PRIMARY),
    "Middle deemed primary": (Phase.PRIMARY,),
    "Middle deemed secondary": (Phase.SECONDARY,),
    "Secondary": (Phase.SECONDARY, Phase.POST16),
    "All-through": (Phase.EARLY_YEARS, Phase.PRIMARY, Phase.SECONDARY, Phase.POST16),
}
"""Phases that a base on a mainstream site of each phase of the register teaches."""


@dataclass(frozen=True, eq=False)
class Nearby:
    """The register as one authority sees it.

    Parameters
    ----------
    schools
        The rows of the register that are open and on the map, with ``kilometres`` from the
        nearest zone of the authority and ``in_area``; nearest first.
    register, radius_km
        What it was taken from, and how far is near.
    proposed
        Names of special schools and alternative provision in the area that are proposed to open.
    """

    schools: pd.DataFrame
    register: Register
    radius_km: float
    proposed: tuple[str, ...]

    def of(self, kind: Placement) -> pd.DataFrame:
        """Return the schools of a kind in the area or near it, hospital schools left out.

        Where there is none, the nearest of the kind in the country stands for it.
        """
        frame = self.schools
        frame = frame[(frame["kind"] == kind.value) & ~frame["name"].str.contains(_HOSPITAL)]
        if kind is not Placement.SPECIALIST_POST16:
            # A school with no pupils yet teaches nobody; colleges have no roll in the register.
            frame = frame[frame["size"] > 0]
        near = frame[frame["in_area"] | (frame["kilometres"] <= self.radius_km)]
        return (near if len(near) else frame.head(1)).reset_index(drop=True)

    def mainstream(self) -> pd.DataFrame:
        """Return the state mainstream schools of the area."""
        frame = self.schools
        own = frame["in_area"] & (frame["kind"] == Placement.MAINSTREAM.value)
        return frame[own & (frame["roll"] > 0)].reset_index(drop=True)


def nearby(register: Register, authority: Authority, area: Area, radius_km: float) -> Nearby:
    """Return the register with each school's distance from the authority's own zones.

    Parameters
    ----------
    register, authority, area
        The schools, whose they are, and its zones.
    radius_km
        How far from the nearest zone a school outside the area is taken in.
    """
    frame = register.schools
    in_area = frame["la_code"] == authority.old_code
    planned = in_area & (frame["status"] == PROPOSED) & (frame["kind"] != "")
    planned &= frame["kind"] != Placement.MAINSTREAM.value
    kept = frame["status"].isin(OPEN) & frame["easting"].notna() & frame["northing"].notna()
    out = frame[kept].copy()
    homes = KDTree(area.zones[["easting", "northing"]].to_numpy(float))
    gap_metres, _ = homes.query(out[["easting", "northing"]].to_numpy(float))
    out["kilometres"] = gap_metres / 1000.0
    out["in_area"] = out["la_code"] == authority.old_code
    out["size"] = out["capacity"].fillna(out["roll"])
    out = out.sort_values(["kilometres", "urn"], kind="stable").reset_index(drop=True)
    return Nearby(out, register, radius_km, tuple(frame.loc[planned, "name"]))


def needs_of(school: Mapping[str, Any], usual: Iterable[Need]) -> tuple[Need, ...]:
    """Return the needs that a school takes: as registered, else as its name tells, else the usual.

    >>> needs_of({"needs": (), "name": "Oak Autism Academy"}, NEEDS)
    (<Need.SLCN: 'SLCN'>, <Need.ASD: 'ASD'>)
    """
    registered = school["needs"]
    if registered:
        return tuple(need for need in NEEDS if need.value in registered)
    for words, needs in _NAMED:
        if words.search(str(school["name"])):
            return tuple(need for need in NEEDS if need in needs)
    return tuple(usual)


def phases_of(school: Mapping[str, Any], kind: Placement) -> tuple[Phase, ...]:
    """Return the phases that a school teaches: by its statutory ages, its name, else the usual.

    A child is taught to the end of the academic year in which they reach the highest age.
    """
    low, high = float(school["low_age"]), float(school["high_age"])
    if np.isnan(low) or np.isnan(high) or high <= low:
        for words, phases in _PHASES_NAMED:
            if words.search(str(school["name"])):
                return tuple(phase for phase in phases if phase in USUAL_PHASES[kind])
        return USUAL_PHASES[kind]
    found = []
    for phase, (first, last) in PHASE_YEARS.items():
        # Ages at 31 August: an 11 to 16 school takes those aged 11 to 15 at that day.
        youngest, oldest = first + RECEPTION_AGE, last + RECEPTION_AGE
        if low <= oldest and high > youngest:
            found.append(phase)
    return tuple(found) or USUAL_PHASES[kind]
