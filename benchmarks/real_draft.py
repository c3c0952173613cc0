"""A case in the making from published files: the authority, its figures, its zones and entrants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks import real_schools as rs
from benchmarks.real_demand import (
    NC_YEARS,
    NEEDS,
    PLACE_AGES,
    Demand,
    demand,
    new_plans,
    residential,
    stock,
)
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Expected = NDArray[np.float64]
    Rows = list[dict[str, object]]

BASE_YEAR = 2026
YEARS = tuple(range(BASE_YEAR, BASE_YEAR + 5))
COUNT_YEAR = 2024
"""Academic year of the published count (January 2025)."""
DEMAND_GROWTH = 0.045
"""Growth a year in children needing specialist places: 229,000 (2024/25) to 273,000 (2028/29),
the national forecast (School capacity 2023/24)."""
PRICES = 64 / 57
"""INMSS cost an EHCP pupil, 2024/25 over 2021/22 (parliamentary answer, 7 January 2026)."""
RESIDENTIAL_TIMES_DAY = 2.5
"""Assumption: a residential fee in day fees; no published figure."""
DECAY_KM = 10.0
"""Assumption: distance over which our use of a school outside the area falls by a factor of e."""
BASE_TOPUP_GBP = 12_000.0
"""£18,000 a place (BCP scrutiny, November 2024) less £6,000 of place funding."""
NEED_WEIGHTS: dict[Need, float] = {
    Need.SPLD: 0.75,
    Need.MLD: 0.75,
    Need.SLCN: 0.85,
    Need.ASD: 1.0,
    Need.HI: 1.0,
    Need.VI: 1.0,
    Need.OTH: 1.0,
    Need.SEMH: 1.1,
    Need.SLD: 1.1,
    Need.PD: 1.1,
    Need.MSI: 1.3,
    Need.PMLD: 1.3,
}
"""Assumption: cost by need beside autism, scaled so that the authority's published mean holds."""

STATE = ("special_la", "special_academy")


@dataclass(frozen=True)
class Authority:
    """What differs between the authorities that a case can be made for.

    Parameters
    ----------
    key, name, la_code
        Name of the case folder; name in the register; three-digit code.
    locality
        Column of the zones that is the planning area (``town`` or ``district``).
    radius_km, post16_km
        How far from the middle of the area special schools, and post-16 institutions, are taken.
    smallest_roll
        Independent special schools with fewer pupils are left out.
    apart_km
        Least distance between mainstream sites of one phase.
    pooled
        Needs counted under OTH.
    waiting
        Children waiting at the start; half primary.
    waiting_mix
        Share of those in primary by need; what is left follows the children placed.
    has_projection
        Whether the official population projection is among the files.
    boarders
        Whether boarding schools swell the older ages of some zones, so that children aged 0 to 10
        stand for the homes of every phase.
    """

    key: str
    name: str
    la_code: int
    locality: str
    radius_km: float
    post16_km: float
    smallest_roll: int
    apart_km: float
    waiting: int
    pooled: frozenset[Need] = frozenset()
    waiting_mix: dict[Need, float] = field(default_factory=dict)
    has_projection: bool = False
    boarders: bool = False

    @property
    def needs(self) -> list[Need]:
        """The needs that the case tells apart."""
        return [need for need in NEEDS if need not in self.pooled]


@dataclass
class Draft:
    """A case while it is being made: published figures, and the rows so far."""

    who: Authority
    data: Path
    zones: pd.DataFrame
    register: pd.DataFrame
    placed: dict[str, Counts]
    topup_gbp: dict[Need, float]
    fee_gbp: dict[Need, float]
    means: dict[str, float]
    tables: dict[str, Rows] = field(default_factory=dict)
    sites: dict[str, pd.DataFrame] = field(default_factory=dict)
    demand: Demand | None = None

    def add(self, table: str, **row: object) -> None:
        """Add a row to a table."""
        self.tables.setdefault(table, []).append(row)


def start(data: Path, who: Authority) -> Draft:
    """Return a draft with the published figures of an authority read."""
    area = rs.zones(data, who.name)
    register = rs.schools(data, who.name, rs.centre(area))
    placed = {
        kind: _pool(table[:, :PLACE_AGES], who) for kind, table in stock(data, who.la_code).items()
    }
    placed["residential"] = _residential(placed, residential(data, who.la_code)[:PLACE_AGES])
    finance = pd.read_csv(data / "finance" / "hn_benchmarking_2021-22_tidy.csv")
    row = finance[finance["la_code"] == who.la_code].drop(columns=["region", "la_name"])
    costs = {str(name): float(row[name].iloc[0]) for name in row.columns}
    means = {
        "topup": PRICES
        * costs["s251_outturn_topup_maint_special"]
        / costs["ehcp_maintained_special_or_academy"],
        "fee": PRICES * costs["s251_outturn_topup_nmi_special"] / costs["ehcp_nmss_or_independent"],
        "inmss_growth": inmss_growth(data),
    }
    weights = np.array([NEED_WEIGHTS[need] for need in NEEDS])
    state = np.sum([placed[kind].sum(axis=1) for kind in STATE], axis=0)
    day = (placed["independent"] + placed["nmss"]).sum(axis=1)
    boarding = placed["residential"].sum(axis=1)
    topup = means["topup"] * state.sum() / (state @ weights)
    fee = means["fee"] * (day + boarding).sum()
    fee /= (day + RESIDENTIAL_TIMES_DAY * boarding) @ weights
    return Draft(
        who,
        data,
        area,
        register,
        placed,
        {need: round(topup * NEED_WEIGHTS[need], -1) for need in NEEDS},
        {need: round(fee * NEED_WEIGHTS[need], -1) for need in NEEDS},
        means,
    )


def _pool(table: Counts, who: Authority) -> Counts:
    pooled = table.copy()
    for need in who.pooled:
        pooled[NEEDS.index(Need.OTH)] += pooled[NEEDS.index(need)]
        pooled[NEEDS.index(need)] = 0
    return pooled


def _residential(placed: dict[str, Counts], by_age: Counts) -> Counts:
    """Move residential placements out of the independent ones, the most frequent need first."""
    boarding = np.zeros_like(placed["independent"])
    for age, number in enumerate(by_age):
        for _ in range(int(number)):
            need = int(np.argmax(placed["independent"][:, age]))
            if placed["independent"][need, age] == 0:
                raise ValueError("more residential than independent placements at one age")
            placed["independent"][need, age] -= 1
            boarding[need, age] += 1
    return boarding


def inmss_growth(data: Path) -> float:
    """Return England's growth a year of INMSS placements, January 2019 to January 2025."""
    frame = pd.read_csv(data / "sen2" / "2025_caseload.csv.gz", dtype=str, low_memory=False)
    frame = frame[
        (frame["geographic_level"] == "National") & (frame["breakdown_topic"] == "All EHC plans")
    ].set_index("time_period")
    total = frame[["special_independent", "special_non_maintained"]].astype(float).sum(axis=1)
    return float((total["202425"] / total["201819"]) ** (1 / 6) - 1)


def _locality(draft: Draft, site: pd.Series[float]) -> str:
    if not bool(site["in_area"]):
        return rs.slug(str(site["authority"]))
    gaps = np.hypot(
        draft.zones["easting"] - site["easting"], draft.zones["northing"] - site["northing"]
    )
    return str(draft.zones[draft.who.locality].iloc[int(np.argmin(gaps))])


def add_provision(draft: Draft, site: pd.Series[float], **row: object) -> None:
    """Add a provision on a site of the register."""
    draft.add(
        "provisions",
        **{
            "easting": site["easting"],
            "northing": site["northing"],
            "urn": site["urn"],
            "site": f"urn_{site['urn']}",
            "locality": _locality(draft, site),
            "in_area": "yes" if site["in_area"] else "no",
            **row,
        },
    )


def add_zones(draft: Draft) -> None:
    """Add the home zones."""
    for _, zone in draft.zones.iterrows():
        draft.add(
            "zones",
            zone=zone["zone"],
            name=zone["name"],
            longitude=zone["longitude"],
            latitude=zone["latitude"],
            locality=zone[draft.who.locality],
            children=int(zone["under_11" if draft.who.boarders else "children"]),
            deprivation_fifth=int(zone["deprivation_fifth"]),
        )


def add_entrants(draft: Draft) -> None:
    """Add who newly needs a place, spread over zones by children of the phase's ages."""
    who = draft.who
    placed = np.sum(list(draft.placed.values()), axis=0).astype(float)
    plans = new_plans(draft.data, who.la_code)[:, :PLACE_AGES]
    for need in who.pooled:
        plans[NEEDS.index(Need.OTH)] += plans[NEEDS.index(need)]
        plans[NEEDS.index(need)] = 0.0
    draft.demand = demand(placed, plans, waiting(placed, who), _growth(draft), YEARS)
    for _, row in draft.demand.entrants.iterrows():
        homes = draft.zones["under_11" if who.boarders else row["phase"]].to_numpy(dtype=float)
        for zone, children in zip(
            draft.zones["zone"], row["children"] * homes / homes.sum(), strict=True
        ):
            if children > 0:
                draft.add(
                    "entrants",
                    zone=zone,
                    need=row["need"],
                    phase=row["phase"],
                    year=row["year"],
                    children=f"{children:.9g}",
                    nc_year=row["nc_year"],
                    kind=row["kind"],
                )


def waiting(placed: Expected, who: Authority) -> Expected:
    """Return the children waiting, NEEDS x NC_YEARS: half primary, the rest as those placed."""
    table = np.zeros_like(placed)
    primary = slice(NC_YEARS.index(0), NC_YEARS.index(6) + 1)
    later = slice(NC_YEARS.index(7), NC_YEARS.index(14) + 1)
    named = np.array([who.waiting_mix.get(need, 0.0) for need in NEEDS])
    rest = np.where(named > 0, 0.0, placed[:, primary].sum(axis=1))
    mix = named + (1 - named.sum()) * rest / rest.sum()
    table[:, primary] = mix[:, None] * who.waiting / 2 / 7
    table[:, later] = placed[:, later] * who.waiting / 2 / placed[:, later].sum()
    return table


def _growth(draft: Draft) -> Expected:
    steps = np.array([[(1 + DEMAND_GROWTH) ** (year - COUNT_YEAR)] for year in YEARS])
    factors = np.repeat(steps, len(NC_YEARS), axis=1)
    if draft.who.has_projection:
        people = pd.read_csv(
            draft.data / "population" / "snpp2022_migcat23_BCP_ages0-25.csv"
        ).set_index("AGE_GROUP")
        ages = people.loc[[nc_year + 4 for nc_year in NC_YEARS]]
        for t, year in enumerate(YEARS):
            factors[t] *= ages[str(year)].to_numpy() / ages[str(COUNT_YEAR)].to_numpy()
    return factors
