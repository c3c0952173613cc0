"""Supply from published registers: zones with their children, and schools with a place on a map.

The register (Get Information About Schools) gives name, kind, roll and grid reference. It does
not give capacity, ages taught or needs taught: whoever uses this says what stands in for them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyproj import Transformer

from benchmarks.real_demand import round_table
from inputs.vocabulary import PHASE_YEARS, Phase

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Expected = NDArray[np.float64]

GIAS_FILE = "edubasealldata20250524.csv"
KINDS: dict[str, tuple[str, ...]] = {
    "special_la": ("Community special school", "Foundation special school"),
    "special_academy": (
        "Academy special converter",
        "Academy special sponsor led",
        "Free schools special",
    ),
    "nmss": ("Non-maintained special school",),
    "independent": ("Other independent special school",),
    "ap": (
        "Pupil referral unit",
        "Academy alternative provision converter",
        "Academy alternative provision sponsor led",
        "Free schools alternative provision",
    ),
    "spi": ("Special post 16 institution",),
}
"""Types of establishment in the register, by the placement of the SEN2 tables they are."""
_COLUMNS = {
    "URN": "urn",
    "EstablishmentName": "name",
    "LA (name)": "authority",
    "TypeOfEstablishment (name)": "type",
    "PhaseOfEducation (name)": "phase",
    "NumberOfPupils": "roll",
    "Easting": "easting",
    "Northing": "northing",
}
_PART_PRIMARY = re.compile(r"infant|junior|first|middle|nursery", re.IGNORECASE)
_SELECTIVE = re.compile(r"grammar|studio", re.IGNORECASE)
_SELECTIVE_URNS = frozenset({"136996", "137452"})
"""Bournemouth School for Girls and Bournemouth School, selective as commonly known: the extract
has no column for admissions."""


def slug(name: str) -> str:
    """Return a key made of a name.

    >>> slug("St Mary's CofE (VA) School")
    'st_marys_cofe_va_school'
    """
    kept = re.sub(r"['\u2019.]", "", name.lower())
    return re.sub(r"[^a-z0-9]+", "_", kept).strip("_")[:60]


def zones(data: Path, authority: str) -> pd.DataFrame:
    """Return the zones of one authority, with children by phase and a point on the grid.

    Columns: zone, name, longitude, latitude, easting, northing, town, district (middle-layer
    area), deprivation_fifth, children (0 to 18), under_11, and one for each phase.

    Source: ``lsoa11_selected_las_centroid_imd.csv`` and mid-2020 population by single year of age.
    """
    frame = pd.read_csv(data / "zones" / "lsoa11_selected_las_centroid_imd.csv")
    frame = frame[frame["utla"] == authority].sort_values("LSOA11CD").reset_index(drop=True)
    people = pd.read_csv(data / "population" / "lsoa11_single_year_age_mid2020.csv.xz")
    people = people.set_index("lsoa11_code").loc[frame["LSOA11CD"]].reset_index()
    to_grid = Transformer.from_crs(4326, 27700, always_xy=True)
    easting, northing = to_grid.transform(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    out = pd.DataFrame(
        {
            "zone": frame["LSOA11CD"],
            "name": frame["LSOA11NM"],
            "longitude": frame["lon"],
            "latitude": frame["lat"],
            "easting": easting,
            "northing": northing,
            "town": frame["LSOA11NM"].str.replace(r" \d{3}[A-Z]$", "", regex=True).map(slug),
            "district": frame["LSOA11NM"].str[:-1].map(slug),
            "deprivation_fifth": np.ceil(
                frame["index_of_multiple_deprivation_imd_decile"].to_numpy() / 2
            ).astype(int),
            "children": people[[str(age) for age in range(19)]].sum(axis=1),
            "under_11": people[[str(age) for age in range(11)]].sum(axis=1),
        }
    )
    for phase, (first, last) in PHASE_YEARS.items():
        ages = [str(nc_year + 4) for nc_year in range(first, last + 1)]
        out[phase.value] = people[ages].sum(axis=1)
    return out


def centre(area: pd.DataFrame) -> tuple[float, float]:
    """Return easting and northing of the middle of an area's zones, weighted by children."""
    weights = area["children"].to_numpy(dtype=float)
    return (
        float(np.average(area["easting"], weights=weights)),
        float(np.average(area["northing"], weights=weights)),
    )


def schools(data: Path, authority: str, middle: tuple[float, float]) -> pd.DataFrame:
    """Return every placed school of the register with its kilometres from a middle point.

    Columns: urn, name, authority, type, phase, roll (NaN where blank), easting, northing,
    kilometres, in_area.
    """
    frame = pd.read_csv(data / "gias" / GIAS_FILE, encoding="cp1252", dtype=str)
    frame = frame[list(_COLUMNS)].rename(columns=_COLUMNS)
    for column in ("roll", "easting", "northing"):
        frame[column] = pd.to_numeric(frame[column], errors="coerce")
    frame = frame.dropna(subset=["easting", "northing"])
    frame["kilometres"] = (
        np.hypot(frame["easting"] - middle[0], frame["northing"] - middle[1]) / 1000.0
    )
    frame["in_area"] = frame["authority"] == authority
    return frame.sort_values(["kilometres", "urn"]).reset_index(drop=True)


def of_kind(register: pd.DataFrame, kind: str, radius_km: float) -> pd.DataFrame:
    """Return the schools of one kind in the area or within a radius of its middle."""
    near = register["in_area"] | (register["kilometres"] <= radius_km)
    return register[register["type"].isin(KINDS[kind]) & near].reset_index(drop=True)


def mainstream_sites(
    register: pd.DataFrame, phase: Phase, number: int, apart_km: float
) -> pd.DataFrame:
    """Return the largest mainstream schools of the area in a phase, none too near another.

    Schools whose name says that they are for part of the primary years, or selective, are passed
    over.
    """
    found = register[
        register["in_area"]
        & (register["phase"] == phase.value.capitalize())
        & ~register["name"].str.contains(_PART_PRIMARY)
        & ~register["name"].str.contains(_SELECTIVE)
        & ~register["urn"].isin(_SELECTIVE_URNS)
    ].sort_values(["roll", "urn"], ascending=[False, True])
    chosen: list[pd.Series[float]] = []
    for _, site in found.iterrows():
        gaps = [
            np.hypot(site["easting"] - c["easting"], site["northing"] - c["northing"])
            for c in chosen
        ]
        if min(gaps, default=np.inf) >= apart_km * 1000 and len(chosen) < number:
            chosen.append(site)
    return pd.DataFrame(chosen).reset_index(drop=True)


def share_out(total: float, weights: Expected, most: Expected) -> Expected:
    """Return a total shared by weight, none above its limit; what is over goes to the others.

    Raises
    ------
    ValueError
        When the limits together do not reach the total.
    """
    if most.sum() < total - 1e-9:
        raise ValueError(f"the schools hold {most.sum():.0f} children and {total:.0f} are placed")
    share = np.zeros_like(weights)
    free = np.ones(len(weights), dtype=bool)
    while True:
        left = total - share[~free].sum()
        share[free] = left * weights[free] / weights[free].sum()
        over = free & (share > most + 1e-9)
        if not over.any():
            return share
        share[over] = most[over]
        free &= ~over


def allocate(children: Counts, sizes: Expected, taught: NDArray[np.bool_]) -> Counts:
    """Return whole children by cell and school: every cell's total kept, shared as sizes are.

    Parameters
    ----------
    children
        Children by cell (a need and a year).
    sizes
        How many each school should have, which sets the shares.
    taught
        Cells x schools: whether the school takes the cell.
    """
    weights = taught * np.maximum(sizes, 1e-6)
    totals = weights.sum(axis=1, keepdims=True)
    if (children[totals[:, 0] == 0] > 0).any():
        raise ValueError("some children are in a placement that no school here teaches")
    target = np.divide(weights, totals, out=np.zeros_like(weights), where=totals > 0)
    return round_table(target * children[:, None])
