"""Made-up placement rounds of any size, from a seed: who waits, what is open, how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.tables import make_case, table
from geo.straight_line import straight_line
from inputs.schemas import ROUND_TABLES
from inputs.validate import empty
from inputs.vocabulary import PHASE_YEARS, Need, Phase, ProvisionClass
from inputs.waiting import RoundTables

if TYPE_CHECKING:
    from inputs.case import Case

ON = date(2026, 11, 2)
NEEDS = {
    Need.ASD: 0.44,
    Need.SEMH: 0.27,
    Need.SLCN: 0.10,
    Need.MLD: 0.07,
    Need.SLD: 0.05,
    Need.PMLD: 0.02,
    Need.PD: 0.02,
    Need.HI: 0.03,
}
"""Mostly autism and social, emotional and mental health needs, as the source documents say."""
PHASES = {Phase.EARLY_YEARS: 0.05, Phase.PRIMARY: 0.5, Phase.SECONDARY: 0.42, Phase.POST16: 0.03}
CLASSES = {
    ProvisionClass.SPECIAL_SCHOOL: (0.3, 14_000),
    ProvisionClass.SPECIALIST_BASE: (0.35, 12_000),
    ProvisionClass.SEN_UNIT: (0.1, 11_000),
    ProvisionClass.INMSS_DAY: (0.25, 50_000),
}
"""Share of the provisions, and about what a child costs a year."""
SIDE_METRES = 40_000
NEW_SHARE = 0.05
"""Provisions without a child yet: in a new base a mix can go either way."""
OPEN_SHARE = 0.6
"""Places open for each child waiting: not enough, as everywhere."""


@dataclass(frozen=True, eq=False)
class MadeRound:
    """A round made up: a case, its tables and its journeys."""

    case: Case
    tables: RoundTables
    travel: pd.DataFrame


def make_round(children: int, provisions: int, seed: int = 0) -> MadeRound:
    """Return a made-up round.

    Bases cannot hold ASD and SEMH together, a tenth of the provisions have teaching groups, places
    start now or later, and a fifth of the children must have a feature.
    """
    rng = np.random.default_rng(seed)
    zones = max(20, children // 10)
    homes = rng.uniform(0, SIDE_METRES, (zones, 2)) + 400_000
    sites = rng.uniform(0, SIDE_METRES, (provisions, 2)) + 400_000
    zone_keys = [f"z{k:04d}" for k in range(zones)]
    keys = [f"p{k:03d}" for k in range(provisions)]
    kinds = list(CLASSES)
    kind = rng.choice(len(kinds), provisions, p=[share for share, _ in CLASSES.values()])
    teaches = _teaches(rng, keys, kind, [gbp for _, gbp in CLASSES.values()])
    case = make_case(
        f"{children} x {provisions}",
        2026,
        1,
        {
            "zones": {
                "zone": zone_keys,
                "easting": homes[:, 0].tolist(),
                "northing": homes[:, 1].tolist(),
                "locality": [f"area_{k % 6}" for k in range(zones)],
                "deprivation_fifth": rng.integers(1, 6, zones).tolist(),
            },
            "provisions": {
                "provision": keys,
                "name": [f"Provision {k}" for k in range(provisions)],
                "class": [kinds[k].value for k in kind],
                "easting": sites[:, 0].tolist(),
                "northing": sites[:, 1].tolist(),
                "places": [60.0] * provisions,
                "features": [
                    tuple(rng.choice(["wheelchair", "therapy"], rng.integers(0, 3), replace=False))
                    for _ in keys
                ],
            },
            "teaches": teaches,
            "placed": _placed(rng, teaches),
        },
    )
    minutes, miles = straight_line(homes, sites)
    travel = pd.DataFrame(
        {
            "zone": np.repeat(zone_keys, provisions),
            "provision": np.tile(keys, zones),
            "minutes": minutes.ravel(),
            "miles": miles.ravel(),
        }
    )
    waiting = _waiting(rng, children, zone_keys, keys)
    vacancies, groups = _open(rng, children, keys, kind)
    mixes: dict[str, list[Any]] = {
        "class": [ProvisionClass.SPECIALIST_BASE.value],
        "need": ["ASD"],
        "with_need": ["SEMH"],
        "counts_second": [True],
    }
    frames = {
        name: table(ROUND_TABLES[name], columns) if columns else empty(ROUND_TABLES[name])
        for name, columns in (
            ("waiting", waiting),
            ("vacancies", vacancies),
            ("mixes", mixes),
            ("groups", groups),
        )
    }
    tables = RoundTables(
        **frames,
        supplied=frozenset(frames),
        on=ON,
        warnings=(),
        sources=(),
        notes=(),
    )
    return MadeRound(case, tables, travel)


def _teaches(
    rng: np.random.Generator, keys: list[str], kind: np.ndarray, prices: list[int]
) -> dict[str, list[Any]]:
    """Return what each provision teaches: two to four needs, in one phase or two."""
    rows = []
    shares = np.array(list(NEEDS.values())) ** 0.5  # rare needs are taught more than they are met
    phases = [Phase.PRIMARY, Phase.SECONDARY, Phase.EARLY_YEARS, Phase.POST16]
    for key, k in zip(keys, kind, strict=True):
        needs = rng.choice(list(NEEDS), rng.integers(2, 5), replace=False, p=shares / shares.sum())
        taught = rng.choice(
            phases, rng.choice([1, 2], p=[0.7, 0.3]), replace=False, p=[0.45, 0.4, 0.08, 0.07]
        )
        for need in needs:
            rows += [
                (key, str(need), str(phase), float(round(prices[k] * rng.uniform(0.8, 1.3), -1)))
                for phase in taught
            ]
    heads = ("provision", "need", "phase", "annual_cost_gbp")
    return dict(zip(heads, map(list, zip(*rows, strict=True)), strict=True))


def _placed(rng: np.random.Generator, teaches: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Return children of every need at each provision, but for one in twenty, which are new."""
    new = {key: rng.random() < NEW_SHARE for key in dict.fromkeys(teaches["provision"])}
    rows = [
        (key, need, phase, 2.0)
        for key, need, phase in zip(
            teaches["provision"], teaches["need"], teaches["phase"], strict=True
        )
        # a base holds one of the two needs that it cannot hold together
        if not new[key] and need != "SEMH"
    ]
    heads = ("provision", "need", "phase", "children")
    return dict(zip(heads, map(list, zip(*rows, strict=True)), strict=True))


def _waiting(
    rng: np.random.Generator, children: int, zones: list[str], keys: list[str]
) -> dict[str, list[Any]]:
    needs = rng.choice(list(NEEDS), children, p=list(NEEDS.values()))
    phases = rng.choice(list(PHASES), children, p=list(PHASES.values()))
    years = [int(rng.integers(*PHASE_YEARS[Phase(one)], endpoint=True)) for one in phases]
    must = rng.random(children)
    wishes = rng.random(children) < 0.3
    seconds = rng.random(children)
    return {
        "child": [f"C{k:05d}" for k in range(children)],
        "need": [str(one) for one in needs],
        "second_need": ["SLCN" if one < 0.2 else "SEMH" if one < 0.3 else None for one in seconds],
        "phase": [str(one) for one in phases],
        "nc_year": years,
        "zone": [str(one) for one in rng.choice(zones, children)],
        "weeks_waiting": np.floor(rng.exponential(26, children)).tolist(),
        "must_have": [
            ("wheelchair",) if one < 0.1 else ("therapy",) if one < 0.2 else () for one in must
        ],
        "preferred": [(str(rng.choice(keys)),) if wish else () for wish in wishes],
    }


def _open(
    rng: np.random.Generator, children: int, keys: list[str], kind: np.ndarray
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Return the open places (a third of provisions have none) and some teaching groups."""
    total = int(children * OPEN_SHARE)
    weights = rng.random(len(keys)) * np.where(kind == 1, 0.4, 1.0) * (rng.random(len(keys)) > 0.33)
    counts = rng.multinomial(total, weights / weights.sum())
    rows = [
        (key, int(n), None if rng.random() < 0.7 else ON + timedelta(weeks=9))
        for key, n in zip(keys, counts, strict=True)
        if n
    ]
    heads = ("provision", "places", "start")
    vacancies = dict(zip(heads, map(list, zip(*rows, strict=True)), strict=True))
    groups: dict[str, list[Any]] = {
        name: [] for name in ("provision", "group", "nc_from", "nc_to", "size", "there_now")
    }
    for key, n, _ in rows[::10]:
        for name, first, last in (("lower", -3, 2), ("middle", 3, 8), ("upper", 9, 20)):
            values = (key, name, first, last, 8 + max(1, n // 2), 8)
            for head, value in zip(groups, values, strict=True):
                groups[head].append(value)
    return vacancies, groups
