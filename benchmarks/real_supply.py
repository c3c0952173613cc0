"""The provisions of a case made from published files: what each teaches and who is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks import real_schools as rs
from benchmarks.real_demand import NC_YEARS, NEEDS, phase_of, round_table
from benchmarks.real_draft import (
    BASE_TOPUP_GBP,
    COUNT_YEAR,
    DECAY_KM,
    RESIDENTIAL_TIMES_DAY,
    STATE,
    YEARS,
    Draft,
    add_provision,
)
from inputs.vocabulary import PHASE_YEARS, Need, Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]

CLASSES = {
    "resourced": "specialist_base",
    "unit": "sen_unit",
    "special_la": "special_school",
    "special_academy": "special_school",
    "independent": "inmss_day",
    "residential": "inmss_residential",
    "nmss": "inmss_day",
    "ap": "alternative_provision",
    "spi": "post16_specialist",
}
MARKET = ("independent", "nmss", "residential", "spi")
NOT_IN_BASES = frozenset({Need.PMLD, Need.SLD})


def _available(draft: Draft, ours: int, roll: float) -> str:
    growth = 1 + draft.means["inmss_growth"]
    parts = []
    for year in YEARS:
        number = max(1, round(ours * growth ** (year - COUNT_YEAR - 1)))
        parts.append(f"{year}: {int(min(number, roll))}")
    return "; ".join(parts)


def _named_needs(name: str, draft: Draft) -> list[Need]:
    """Return the needs that a name tells of; all of them where it tells nothing."""
    if re.search(r"therapeutic|behaviour|\bsemh\b", name, re.IGNORECASE):
        return [Need.SEMH]
    if re.search(r"autis", name, re.IGNORECASE):
        return [Need.ASD]
    return draft.who.needs


def _key(draft: Draft, name: str, ending: str = "") -> str:
    key = rs.slug(name) + ending
    taken = {row["provision"] for row in draft.tables.get("provisions", [])}
    return key if key not in taken else f"{key}_2"


def _special_sites(draft: Draft, kind: str) -> pd.DataFrame:
    who = draft.who
    if kind == "residential":
        away = rs.of_kind(draft.register, "independent", who.radius_km)
        away = away[~away["in_area"]].sort_values("roll", ascending=False)
        return away.head(1).reset_index(drop=True)
    found = rs.of_kind(draft.register, kind, who.post16_km if kind == "spi" else who.radius_km)
    if found.empty and draft.placed[kind].sum():
        # Children are placed in one, so the nearest stands for it.
        found = rs.of_kind(draft.register, kind, np.inf).head(1)
    if kind == "ap":
        found = found[found["in_area"]]
    if kind != "spi":
        found = found[found["roll"] > 0]
        found = found[~found["name"].str.contains("hospital", case=False)]
    if kind == "independent":
        found = found[found["roll"] >= who.smallest_roll]
    return found.reset_index(drop=True)


PHASES_TAUGHT: dict[str, tuple[Phase, ...]] = {
    "special_la": tuple(Phase),
    "special_academy": tuple(Phase),
    "nmss": tuple(Phase),
    "independent": (Phase.PRIMARY, Phase.SECONDARY, Phase.POST16),
    "residential": (Phase.PRIMARY, Phase.SECONDARY, Phase.POST16),
    "ap": (Phase.PRIMARY, Phase.SECONDARY),
    "spi": (Phase.POST16,),
}
"""Assumption: ages taught are not in the register extract."""
HOST_PHASES: dict[str, tuple[Phase, ...]] = {
    "Primary": (Phase.EARLY_YEARS, Phase.PRIMARY),
    "Secondary": (Phase.SECONDARY, Phase.POST16),
}


def add_supply(draft: Draft) -> None:
    """Add every provision that is open now, what it teaches, and who is there."""
    primary = rs.mainstream_sites(draft.register, Phase.PRIMARY, 12, draft.who.apart_km)
    secondary = rs.mainstream_sites(draft.register, Phase.SECONDARY, 12, draft.who.apart_km)
    draft.sites = {"primary": primary, "secondary": secondary}
    for kind in CLASSES:
        if draft.placed[kind].sum() == 0 and kind in {"resourced", "unit", "residential", "ap"}:
            continue
        if kind in {"resourced", "unit"}:
            at = {"unit": 0, "resourced": 1}[kind]
            sites = pd.DataFrame([primary.loc[at], secondary.loc[at]])
            needs = [_base_needs(draft, kind)] * len(sites)
            phases = [HOST_PHASES[str(site["phase"])] for _, site in sites.iterrows()]
        else:
            sites = _special_sites(draft, kind)
            # The one residential school stands for all of them, so its name decides nothing.
            needs = [
                draft.who.needs if kind == "residential" else _named_needs(str(name), draft)
                for name in sites["name"]
            ]
            phases = [PHASES_TAUGHT[kind]] * len(sites)
        if len(sites):
            _add_kind(draft, kind, sites.reset_index(drop=True), needs, phases)


def _base_needs(draft: Draft, kind: str) -> list[Need]:
    there = draft.placed[kind].sum(axis=1)
    return [
        need for need in draft.who.needs if need not in NOT_IN_BASES or there[NEEDS.index(need)] > 0
    ]


def _add_kind(
    draft: Draft,
    kind: str,
    sites: pd.DataFrame,
    needs: Sequence[list[Need]],
    phases: Sequence[tuple[Phase, ...]],
) -> None:
    cells = draft.placed[kind].ravel()
    taught = np.array(
        [
            [need in needs[s] and phase_of(nc) in phases[s] for s in range(len(sites))]
            for need in NEEDS
            for nc in NC_YEARS
        ]
    )
    distance = np.where(sites["in_area"], 0.0, sites["kilometres"].to_numpy())
    nearness = np.exp(-distance / DECAY_KM)
    roll = sites["roll"].to_numpy(dtype=float)
    if kind in {"resourced", "unit", "spi", "residential"}:
        sizes, most = nearness, np.full(len(sites), np.inf)
    else:
        sizes, most = rs.share_out(float(cells.sum()), nearness * roll, roll), roll
    there = rs.allocate(cells, sizes, taught).T.reshape(len(sites), len(NEEDS), len(NC_YEARS))
    for s, (_, site) in enumerate(sites.iterrows()):
        _add_school(draft, kind, site, there[s], float(most[s]), needs[s], phases[s])


def _add_school(
    draft: Draft,
    kind: str,
    site: pd.Series[float],
    there: Counts,
    roll: float,
    needs: list[Need],
    phases: tuple[Phase, ...],
) -> None:
    ours = int(there.sum())
    if kind in {"resourced", "unit"} and ours == 0:
        return
    ending = {"unit": "_unit", "resourced": "_base", "residential": "_residential"}.get(kind, "")
    label = {"unit": " SEN unit", "resourced": " base", "residential": " (residential)"}
    key = _key(draft, str(site["name"]), ending)
    available: object = ""
    places = roll if np.isfinite(roll) else max(1.0, float(ours))
    if kind in MARKET:
        available = _available(draft, ours, roll)
        if not np.isfinite(roll):
            places = float(available.split(": ")[-1])
    elif kind == "ap" or (kind in STATE and not site["in_area"]):
        available = max(1, ours)
    add_provision(
        draft,
        site,
        provision=key,
        name=str(site["name"]) + label.get(kind, ""),
        **{"class": CLASSES[kind]},
        places=places,
        available_places=available,
    )
    for need in needs:
        for phase in phases:
            draft.add(
                "teaches",
                provision=key,
                need=need.value,
                phase=phase.value,
                annual_cost_gbp=_cost(draft, kind, need),
            )
    for n, need in enumerate(NEEDS):
        for a, nc_year in enumerate(NC_YEARS[:-1]):
            # A year on from the count: the last year of each phase has left or is an entrant.
            if there[n, a] and phase_of(nc_year) is phase_of(nc_year + 1):
                draft.add(
                    "placed",
                    provision=key,
                    need=need.value,
                    phase=phase_of(nc_year).value,
                    children=int(there[n, a]),
                    nc_year=nc_year + 1,
                )
    if kind in STATE and site["in_area"]:
        _add_others(draft, key, there, int(roll) - ours)


def _cost(draft: Draft, kind: str, need: Need) -> float:
    if kind in {"independent", "nmss"}:
        return draft.fee_gbp[need]
    if kind == "residential":
        return draft.fee_gbp[need] * RESIDENTIAL_TIMES_DAY
    return BASE_TOPUP_GBP if kind in {"resourced", "unit"} else draft.topup_gbp[need]


def _add_others(draft: Draft, key: str, there: Counts, others: int) -> None:
    """Add other authorities' children (the roll less ours), mixed as ours are."""
    phases = list(PHASE_YEARS)
    mix = np.array(
        [
            [
                there[n, [k for k, nc in enumerate(NC_YEARS) if phase_of(nc) is phase]].sum()
                for phase in phases
            ]
            for n in range(len(NEEDS))
        ],
        dtype=float,
    )
    whole = round_table((mix * others / mix.sum()).reshape(1, -1)).reshape(mix.shape)
    for n, need in enumerate(NEEDS):
        for h, phase in enumerate(phases):
            if whole[n, h]:
                draft.add(
                    "placed",
                    provision=key,
                    need=need.value,
                    phase=phase.value,
                    children=int(whole[n, h]),
                    authority="elsewhere",
                )
