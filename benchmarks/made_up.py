"""Made-up authorities of a stated size, as case folders: the ladder's rungs.

``python -m benchmarks.made_up SIZE --out DIR [--seed N]``

Homes cluster round towns; schools and bases are all but full; fees and top-ups are the dated
national figures by class and need; independent day schools take whoever is left, at their fee.
Sites could open as one of several sizes. The same seed makes the same case. Shares and spreads
below are inventions: they make an authority of the right size and shape, and describe none.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.parameters import family, parameter
from inputs.vocabulary import PHASE_YEARS, Need, Phase, ProvisionClass

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED = 20_260_901
FIRST_YEAR = 2026
PRICES_ON = date(FIRST_YEAR, 9, 1)

Rows = list[dict[str, Any]]
Pair = tuple[Need, Phase]


@dataclass(frozen=True)
class Size:
    """How large an authority is.

    Parameters
    ----------
    zones, provisions, sites, years
        Home zones, provisions open today, sites that could open or grow, years of the plan.
    across_km
        Side of the square that towns lie in.
    children_a_cell
        Entrants over the horizon for each zone that a need and phase is spread over.
    """

    zones: int
    provisions: int
    sites: int
    years: int
    across_km: float
    children_a_cell: float


UNITARY = Size(233, 40, 27, 5, 22.0, 0.75)
COUNTY = Size(900, 200, 60, 7, 70.0, 2.5)
AUTHORITIES: dict[str, tuple[Size, ...]] = {
    "unitary": (UNITARY,),
    "county": (COUNTY,),
    # a county with four unitaries round it, all over the same five years
    "region": (replace(COUNTY, years=5), *(UNITARY,) * 4),
}

NEED_MIX = {
    Need.ASD: 0.42, Need.SEMH: 0.20, Need.MLD: 0.12, Need.SLD: 0.10, Need.SLCN: 0.08,
    Need.PMLD: 0.03, Need.SPLD: 0.03, Need.PD: 0.02,
}  # fmt: skip
"""Eight needs and their share of children in specialist places."""
PHASE_MIX = {
    Phase.EARLY_YEARS: 0.03, Phase.PRIMARY: 0.40, Phase.SECONDARY: 0.45, Phase.POST16: 0.12,
}  # fmt: skip
NEW_MIX = {
    Phase.EARLY_YEARS: 0.08, Phase.PRIMARY: 0.55, Phase.SECONDARY: 0.33, Phase.POST16: 0.04,
}  # fmt: skip
NEW_A_YEAR, NEW_GROWTH, WAITING = 0.11, 0.03, 0.06
"""New plans a year and children waiting now, as shares of the roll; growth of new plans a year."""
NOBODY = {(Need.SPLD, Phase.EARLY_YEARS)}
"""Nothing here teaches them, and hardly a child of that age has such a plan."""
GO_ON = {Phase.PRIMARY: 1.0, Phase.SECONDARY: 1.0, Phase.POST16: 0.6}
BEFORE = {
    Phase.PRIMARY: Phase.EARLY_YEARS,
    Phase.SECONDARY: Phase.PRIMARY,
    Phase.POST16: Phase.SECONDARY,
}

SPECIAL = ProvisionClass.SPECIAL_SCHOOL
BASE = ProvisionClass.SPECIALIST_BASE
DAY = ProvisionClass.INMSS_DAY
ZONES_A_SPECIAL_SCHOOL = 30
BASES_SHARE = 0.7
"""Of provisions other than special schools, the share that are bases; the rest are independent."""
ALL_PHASES = tuple(Phase)
SPECIAL_KINDS: tuple[tuple[tuple[Need, ...], tuple[Phase, ...]], ...] = (
    ((Need.ASD, Need.SLCN), (Phase.PRIMARY, Phase.SECONDARY, Phase.POST16)),
    ((Need.SLD, Need.PMLD, Need.PD), ALL_PHASES),
    ((Need.MLD, Need.SLCN, Need.SPLD, Need.ASD), (Phase.SECONDARY, Phase.POST16)),
    ((Need.SEMH, Need.ASD), (Phase.SECONDARY,)),
    ((Need.MLD, Need.SLCN, Need.ASD, Need.SEMH), (Phase.EARLY_YEARS, Phase.PRIMARY)),
    ((Need.ASD, Need.SEMH), (Phase.PRIMARY,)),
)
BASE_KINDS: tuple[tuple[Need, ...], ...] = (
    (Need.ASD,), (Need.SLCN, Need.MLD), (Need.SEMH,), (Need.ASD, Need.SLCN), (Need.SPLD, Need.MLD),
)  # fmt: skip
DAY_KINDS: tuple[tuple[Need, ...], ...] = (
    tuple(NEED_MIX), (Need.ASD, Need.SLCN), (Need.SEMH,), (Need.ASD, Need.SEMH, Need.MLD),
)  # fmt: skip
SITE_KINDS = ("base", "growth", "base", "school", "base", "growth", "base", "base", "school")
SITE_SIZES = {"base": (10, 20), "growth": (16, 32), "school": (60, 100, 150)}
CHEAPER_BY_SIZE = 0.12
"""What the next size up takes off the capital a place."""
OUTLET_GROWTH = 0.12
"""Independent schools can take up to so many more of ours each year, as a share of today's."""


class _Authority:
    """One authority in the making: what is drawn, in the order in which it is drawn."""

    def __init__(
        self, size: Size, rng: np.random.Generator, name: str, origin: tuple[float, float]
    ) -> None:
        self.size, self.rng, self.name = size, rng, name
        self.origin = np.array(origin)
        self.tables: dict[str, Rows] = {}
        self.roll: dict[Pair, float] = {}
        self.towns()
        self.zones()
        self.provisions()
        self.options()
        self.entrants()

    def towns(self) -> None:
        count = max(3, round(self.size.zones / 45))
        self.centres = self.origin + self.rng.uniform(0, self.size.across_km * 1000, (count, 2))
        self.weight = self.rng.dirichlet(np.full(count, 1.5))

    def near_town(self, count: int, spread_km: float) -> tuple[np.ndarray, np.ndarray]:
        """Return points about towns, and the town of each."""
        town = self.rng.choice(len(self.weight), size=count, p=self.weight)
        away = self.rng.normal(0, spread_km * 1000, (count, 2))
        return np.round(self.centres[town] + away), town

    def zones(self) -> None:
        self.homes, town = self.near_town(self.size.zones, 2.5)
        self.children = self.rng.integers(220, 520, self.size.zones)
        self.zone = [f"{self.name}_z{i:04d}" for i in range(self.size.zones)]
        self.tables["zones"] = [
            {
                "zone": key,
                "easting": x,
                "northing": y,
                "locality": f"{self.name}_town_{k:02d}",
                "children": n,
            }
            for key, (x, y), k, n in zip(self.zone, self.homes, town, self.children, strict=True)
        ]

    def add_provision(
        self, key: str, kind: ProvisionClass, place: np.ndarray, town: int, extra: dict[str, Any]
    ) -> None:
        self.tables.setdefault("provisions", []).append(
            {
                "provision": key,
                "name": key.replace("_", " "),
                "class": kind.value,
                "easting": place[0],
                "northing": place[1],
                "locality": f"{self.name}_town_{town:02d}",
                "in_area": "yes",
                **extra,
            }
        )

    def annual(self, kind: ProvisionClass, need: Need) -> float:
        """Return £ a child a year: the national figure of the class, weighted by need."""
        national = {SPECIAL: "special_topup_gbp", BASE: "base_topup_gbp", DAY: "inmss_annual_gbp"}
        weights = family("cost_weight", PRICES_ON)
        middle = parameter(national[kind], PRICES_ON).value * weights[need.value]
        return float(round(middle * self.rng.uniform(0.92, 1.08), -1))

    def provisions(self) -> None:
        special = max(2, round(self.size.zones / ZONES_A_SPECIAL_SCHOOL))
        others = self.size.provisions - special
        bases = round(others * BASES_SHARE)
        kinds = [SPECIAL] * special + [BASE] * bases + [DAY] * (others - bases)
        places, town = self.near_town(len(kinds), 3.0)
        self.growing: list[tuple[str, Sequence[Need], Sequence[Phase], dict[Need, float]]] = []
        placed: list[dict[str, Any]] = []
        for i, kind in enumerate(kinds):
            key = f"{self.name}_{kind.value}_{i:03d}"
            needs, phases = self.teaching(kind, i)
            gbp = {need: self.annual(kind, need) for need in needs}
            if kind is SPECIAL:
                size, full = int(self.rng.integers(80, 180)), self.rng.uniform(0.93, 1.02)
                self.growing.append((key, needs, phases, gbp))
            elif kind is BASE:
                size, full = int(self.rng.choice([8, 10, 12, 16, 20])), self.rng.uniform(0.8, 1.0)
            else:
                size, full = int(self.rng.integers(40, 120)), self.rng.uniform(0.2, 0.45)
            children = max(1, round(size * full))
            extra: dict[str, Any] = {"places": size, "physical_places": max(size, children)}
            if kind is DAY:
                grows = (
                    f"{FIRST_YEAR + t}: {children + round(children * OUTLET_GROWTH * (t + 2))}"
                    for t in range(self.size.years)
                )
                extra["available_places"] = "; ".join(grows)
            self.add_provision(key, kind, places[i], int(town[i]), extra)
            self.tables.setdefault("teaches", []).extend(
                {
                    "provision": key,
                    "need": need.value,
                    "phase": phase.value,
                    "annual_cost_gbp": gbp[need],
                }
                for need in needs
                for phase in phases
            )
            placed += self.pupils(key, children, needs, phases, places[i])
        counted = pd.DataFrame(placed).groupby(list(placed[0]), sort=True).size()
        self.tables["placed"] = counted.rename("children").reset_index().to_dict("records")

    def teaching(self, kind: ProvisionClass, i: int) -> tuple[tuple[Need, ...], tuple[Phase, ...]]:
        if kind is SPECIAL:
            return SPECIAL_KINDS[i % len(SPECIAL_KINDS)]
        if kind is BASE:
            phase = Phase.PRIMARY if self.rng.random() < 0.55 else Phase.SECONDARY
            return BASE_KINDS[int(self.rng.integers(len(BASE_KINDS)))], (phase,)
        return DAY_KINDS[i % len(DAY_KINDS)], ALL_PHASES[1:]

    def pupils(
        self,
        key: str,
        children: int,
        needs: Sequence[Need],
        phases: Sequence[Phase],
        place: np.ndarray,
    ) -> Rows:
        """Return the children there now, one a row, from zones nearby."""
        pairs = [(need, phase) for need in needs for phase in phases]
        share = np.array([NEED_MIX[need] * PHASE_MIX[phase] for need, phase in pairs])
        near = self.children * np.exp(-np.hypot(*(self.homes - place).T) / 9_000)
        which = self.rng.choice(len(pairs), size=children, p=share / share.sum())
        homes = self.rng.choice(len(self.zone), size=children, p=near / near.sum())
        rows = []
        for k, z in zip(which, homes, strict=True):
            need, phase = pairs[k]
            first, last = PHASE_YEARS[phase]
            self.roll[need, phase] = self.roll.get((need, phase), 0.0) + 1.0
            rows.append(
                {
                    "provision": key,
                    "need": need.value,
                    "phase": phase.value,
                    "nc_year": int(self.rng.integers(first, last + 1)),
                    "zone": self.zone[z],
                }
            )
        return rows

    def options(self) -> None:
        points, town = self.near_town(self.size.sites, 2.0)
        grown = 0
        for i in range(self.size.sites):
            kind = SITE_KINDS[i % len(SITE_KINDS)]
            if kind == "growth":
                key, needs, phases, gbp = self.growing[grown % len(self.growing)]
                grown += 1
            else:
                key = f"{self.name}_site_{i:03d}"
                class_ = BASE if kind == "base" else SPECIAL
                needs, phases = self.teaching(class_, i)
                gbp = {need: self.annual(class_, need) for need in needs}
                nothing_yet = {"places": 0, "physical_places": 0}
                self.add_provision(key, class_, points[i], int(town[i]), nothing_yet)
            self.sizes(i, kind, key, [(n, h) for n in needs for h in phases], gbp)

    def sizes(
        self, i: int, kind: str, provision: str, pairs: Sequence[Pair], gbp: dict[Need, float]
    ) -> None:
        """Add a site's sizes, each of which excludes the others."""
        national = {"base": "base", "growth": "expansion", "school": "new_school"}[kind]
        middle = parameter(f"capital_place_gbp.{national}", PRICES_ON).value
        a_place = middle * self.rng.uniform(0.85, 1.2)
        sizes = SITE_SIZES[kind]
        keys = [f"{self.name}_option_{i:03d}_{size}" for size in sizes]
        for k, (key, size) in enumerate(zip(keys, sizes, strict=True)):
            capital = size * a_place * (1 - CHEAPER_BY_SIZE * k)
            self.tables.setdefault("options", []).append(
                {
                    "option": key,
                    "provision": provision,
                    "places": size,
                    "physical_places": size,
                    "capital_gbp": round(capital, -3),
                    "asset_life_years": 60 if kind == "school" else 25,
                    "fixed_annual_gbp": 150_000 if kind == "school" else 15_000,
                    "lead_years": 2 if kind == "school" else 1,
                    "ramp": "0.4; 0.7; 1" if kind == "school" else "0.6; 1",
                    "excludes": "; ".join(other for other in keys if other != key),
                }
            )
            self.tables.setdefault("option_teaches", []).extend(
                {
                    "option": key,
                    "need": need.value,
                    "phase": phase.value,
                    "max_places": size,
                    "annual_cost_gbp": gbp[need],
                }
                for need, phase in pairs
            )

    def entrants(self) -> None:
        rows = self.tables["entrants"] = []
        everyone = sum(self.roll.values())
        years = np.arange(self.size.years)
        for need, of_need in NEED_MIX.items():
            for phase in Phase:
                new = everyone * of_need * NEW_MIX[phase]
                kinds = {
                    "new": NEW_A_YEAR * new * (1 + NEW_GROWTH) ** years,
                    "waiting": np.where(years == 0, WAITING * new, 0.0),
                }
                if phase in BEFORE:
                    first, last = PHASE_YEARS[BEFORE[phase]]
                    leave = self.roll.get((need, BEFORE[phase]), 0.0) / (last - first + 1)
                    kinds["transfer"] = np.full(len(years), leave * GO_ON[phase])
                expected = float(sum(number.sum() for number in kinds.values()))
                if expected <= 0 or (need, phase) in NOBODY:
                    continue
                at, share = self.where(expected)
                for kind, numbers in kinds.items():
                    for t, number in enumerate(numbers.tolist()):
                        rows.extend(
                            {
                                "zone": self.zone[z],
                                "need": need.value,
                                "phase": phase.value,
                                "year": FIRST_YEAR + t,
                                "children": round(number * part, 4),
                                "nc_year": PHASE_YEARS[phase][0],
                                "kind": kind,
                            }
                            for z, part in zip(at, share, strict=True)
                            if number * part >= 0.00005
                        )

    def where(self, expected: float) -> tuple[list[int], list[float]]:
        """Return the zones that a need and phase is spread over, and the share of each."""
        count = int(np.clip(round(expected / self.size.children_a_cell), 1, len(self.zone)))
        likely = self.children / self.children.sum()
        at = np.sort(self.rng.choice(len(self.zone), size=count, replace=False, p=likely))
        share = self.children[at] * self.rng.uniform(0.5, 1.5, count)
        return at.tolist(), (share / share.sum()).tolist()


def tables(
    size: str, seed: int = SEED, parts: Sequence[Size] | None = None
) -> tuple[int, dict[str, Rows]]:
    """Return years of the plan, and the tables of a made-up authority, or of several pooled.

    Parameters
    ----------
    size
        A key of ``AUTHORITIES``; with ``parts``, any name.
    seed
        Seed of everything drawn.
    parts
        Other sizes than those of the key.
    """
    parts = parts or AUTHORITIES[size]
    rng = np.random.default_rng(seed)
    pooled: dict[str, Rows] = {}
    largest = max(part.across_km for part in parts)
    corners = ((0.0, 0.0), (1.0, 0.1), (0.1, 1.0), (-0.35, 0.2), (0.3, -0.35))
    for i, part in enumerate(parts):
        x, y = corners[i]
        origin = 450_000 + x * largest * 1000, 250_000 + y * largest * 1000
        for name, rows in _Authority(part, rng, f"{size}{i}", origin).tables.items():
            pooled.setdefault(name, []).extend(rows)
    return parts[0].years, pooled


def write(size: str, folder: Path, seed: int = SEED, parts: Sequence[Size] | None = None) -> Path:
    """Write a made-up authority as a case folder, and return the folder."""
    years, made = tables(size, seed, parts)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in made.items():
        frame = pd.DataFrame(rows)
        if name == "entrants":
            key = ["zone", "need", "phase", "year", "nc_year", "kind"]
            frame = frame.groupby(key, sort=True, as_index=False)["children"].sum()
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    facts = (
        "# Made up: no real place, school or child is described.\n"
        f'name = "Made-up {size}"\nbase_year = {FIRST_YEAR}\nprice_year = {FIRST_YEAR}\n'
        f"horizon_years = {years}\n"
    )
    (folder / "case.toml").write_text(facts, encoding="utf-8")
    return folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Write one; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.made_up", description=__doc__)
    parser.add_argument("size", choices=tuple(AUTHORITIES))
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--seed", type=int, default=SEED)
    chosen = parser.parse_args(arguments)
    print(write(chosen.size, chosen.out, chosen.seed))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
