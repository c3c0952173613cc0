"""The home zones of a case: where each is, its planning area, and its share of the children."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyproj import Transformer

from inputs.parameters import parameter
from inputs.vocabulary import PHASE_YEARS, Phase

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from inputs.official.population import Population
    from inputs.official.zones import ZoneFile

    Expected = NDArray[np.float64]

RECEPTION_AGE = 4
CHILD_AGES = tuple(range(19))
_HOME_AGES = tuple(range(11))
_AWAY = 2.0
"""A zone with this many times the authority's ratio of people of an older age to children aged 0
to 10 holds a boarding school, a college or the like (judgement)."""
_FEWEST_AWAY = 30
"""And at least this many people more than that ratio gives."""


@dataclass(frozen=True, eq=False)
class Area:
    """The authority's zones, ready for a case.

    Parameters
    ----------
    zones
        ``zone, name, longitude, latitude, easting, northing`` (British National Grid, metres),
        ``locality`` (a slug), ``deprivation_fifth, children`` (aged 0 to 18), in order of zone.
    weights
        Zones (index) by phase: the share of the authority's children of the phase with a plan
        who are taken to live there; each column adds up to 1.
    notes
        What was assumed, a sentence each.
    """

    zones: pd.DataFrame
    weights: pd.DataFrame
    notes: tuple[str, ...]

    def nearest(self, easting: float, northing: float) -> int:
        """Return the position of the zone nearest to a point."""
        gaps = np.hypot(self.zones["easting"] - easting, self.zones["northing"] - northing)
        return int(np.argmin(gaps))

    def kilometres(self, easting: Expected, northing: Expected) -> Expected:
        """Return the straight line from every zone to every point, (zones, points)."""
        own = self.zones[["easting", "northing"]].to_numpy(float)
        gaps: Expected = (
            np.hypot(own[:, :1] - np.asarray(easting), own[:, 1:] - np.asarray(northing)) / 1000.0
        )
        return gaps


def slug(name: str) -> str:
    """Return a key made of a name.

    >>> slug("St Mary's CofE (VA) School")
    'st_marys_cofe_va_school'
    """
    kept = re.sub(r"['\u2019.]", "", name.lower())
    return re.sub(r"[^a-z0-9]+", "_", kept).strip("_")[:60]


def make_area(file: ZoneFile, population: Population, on: date) -> Area:
    """Return the zones with their planning areas and their shares of the children.

    Parameters
    ----------
    file, population
        The authority's zones, and people by single year of age in each.
    on
        The day whose dated figures hold.
    """
    frame = file.zones.sort_values("zone").reset_index(drop=True)
    people = population.people.loc[frame["zone"]].to_numpy(float)
    to_grid = Transformer.from_crs(4326, 27700, always_xy=True)
    easting, northing = to_grid.transform(
        frame["longitude"].to_numpy(float), frame["latitude"].to_numpy(float)
    )
    frame["easting"], frame["northing"] = np.round(easting), np.round(northing)
    towns = frame["town"].nunique()
    frame["locality"] = (frame["town"] if towns > 1 else frame["msoa"]).map(slug)
    by = "the town or district of its name" if towns > 1 else "its middle-layer area (MSOA)"
    notes = [
        f"Zones are the {len(frame):,} LSOAs of 2011 of the authority, each at its centroid, which "
        f"may lie far from homes in the country; the planning area of a zone is {by}."
    ]
    homes, swollen = _at_home(people)
    frame["children"] = np.rint(homes[:, list(CHILD_AGES)].sum(axis=1)).astype(int)
    when = "an unstated year" if population.year is None else f"mid-{population.year}"
    notes.append(
        f"Published: people by zone and single year of age are estimates of {when} "
        f"({population.source})."
    )
    if swollen.any():
        listed = ", ".join(frame["name"][swollen].head(6)) + (", ..." if swollen.sum() > 6 else "")
        notes.append(
            f"Assumption: in {int(swollen.sum())} zones ({listed}) "
            "boarders or students swell the older ages, and children aged 0 to 10 stand for them: "
            f"there, an age has more than {_AWAY:g} times the authority's ratio to those."
        )
    lift, told = _deprivation(frame, on)
    notes.append(told)
    weights = pd.DataFrame(index=pd.Index(frame["zone"]))
    for phase, (first, last) in PHASE_YEARS.items():
        ages = [year + RECEPTION_AGE for year in range(first, last + 1)]
        share = homes[:, ages].sum(axis=1) * lift
        weights[phase.value] = share / share.sum() if share.sum() > 0 else 1.0 / len(frame)
    columns = ["zone", "name", "longitude", "latitude", "easting", "northing", "locality"]
    return Area(frame[[*columns, "deprivation_fifth", "children"]], weights, tuple(notes))


def _at_home(people: Expected) -> tuple[Expected, NDArray[np.bool_]]:
    """Return people (zones, ages) without boarders and students, and the zones that had some."""
    young = people[:, list(_HOME_AGES)].mean(axis=1)
    out, swollen = people.copy(), np.zeros(len(people), dtype=bool)
    for phase in (Phase.SECONDARY, Phase.POST16):
        first, last = PHASE_YEARS[phase]
        ages = [year + RECEPTION_AGE for year in range(first, last + 1)]
        there = people[:, ages].sum(axis=1)
        usual = young * np.median(there[young > 0] / young[young > 0])
        away = (there > _AWAY * usual) & (there - usual > _FEWEST_AWAY)
        out[np.ix_(away, ages)] = (usual[away] / len(ages))[:, None]
        swollen |= away
    return out, swollen


def _deprivation(frame: pd.DataFrame, on: date) -> tuple[Expected, str]:
    """Return what a child in each zone weighs for deprivation, and the note about it."""
    factor = parameter("start.deprived_child_weight", on)
    if frame["idaci"].isna().any():
        return np.ones(len(frame)), (
            "Assumption: homes are spread over zones by children alone; the files hold no index of "
            "income deprivation affecting children (IDACI) for these zones."
        )
    lift: Expected = 1.0 + (factor.value - 1.0) * frame["idaci"].to_numpy(float)
    return lift, (
        f"Assumption: homes are spread over zones by children, and a child in a family of low "
        f"income (IDACI, 2019) weighs {factor.value:g} times another. {factor.source}."
    )
