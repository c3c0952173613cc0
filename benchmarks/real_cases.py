"""Make case folders for Rutland and for Bournemouth, Christchurch and Poole from official files.

    python -m benchmarks.real_cases DATA --out DIR

writes ``DIR/rutland`` and ``DIR/bcp``. Published totals are kept; what the files lack is assumed,
and every assumption stands in ``case-notes.md`` of the folder.
"""

from __future__ import annotations

import argparse
import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks import real_draft as rd
from benchmarks import real_schools as rs
from benchmarks.real_notes import notes
from benchmarks.real_supply import add_supply
from inputs.schemas import TABLES
from inputs.vocabulary import Need, Phase

if TYPE_CHECKING:
    from collections.abc import Sequence

CAPITAL_GBP = {"base": 22_500.0, "base_small": 25_000.0, "expansion": 65_000.0, "school": 105_000.0}
"""£ a place: middle of £10,000-£35,000 (base), £40,000-£90,000 (expansion) and £80,000-£130,000
(new school), national cost benchmarking as remembered, unverified; a base of 10 or fewer dearer."""
SCHOOL_RAMP = "0.2; 0.43; 0.6; 0.9; 1"
"""24, 52, 72, 108, 120 places: the Bath special free school specification."""
SCHOOL_TOPUP_GBP = 19_500.0
"""Middle of £13,000 to £26,000, the specification of BCP's approved special free school."""

RUTLAND = rd.Authority(
    key="rutland",
    name="Rutland",
    la_code=857,
    locality="district",
    radius_km=35.0,
    post16_km=35.0,
    smallest_roll=1,
    apart_km=1.5,
    # BCP's 143 waiting among 4,432 plans, at Rutland's 376 plans.
    waiting=12,
    boarders=True,
)
BCP = rd.Authority(
    key="bcp",
    name="Bournemouth, Christchurch and Poole",
    la_code=839,
    locality="town",
    radius_km=30.0,
    post16_km=15.0,
    smallest_roll=20,
    apart_km=1.5,
    # Children awaiting specialist placement, September 2024 (scrutiny, 26 November 2024).
    waiting=143,
    waiting_mix={Need.ASD: 0.4, Need.SEMH: 0.4},
    pooled=frozenset({Need.SPLD, Need.HI, Need.VI, Need.MSI}),
    has_projection=True,
)
MIXED = (Need.ASD, Need.SLCN, Need.SEMH, Need.MLD)
AUTISM = (Need.ASD, Need.SLCN)
LEARNING = (Need.MLD, Need.SLCN)


def rutland_case(data: Path, out: Path) -> Path:
    """Write the case of Rutland and return its folder.

    Parameters
    ----------
    data
        Folder of official files (``gias``, ``sen2``, ``zones``, ``population``, ``finance``).
    out
        Folder in which to make ``rutland``.
    """
    draft = _supply(data, RUTLAND)
    primary, secondary = draft.sites["primary"], draft.sites["secondary"]
    for at in (1, 3):
        key = _new_base(draft, primary.iloc[at])
        _base_option(draft, key, 8, MIXED, (Phase.PRIMARY,))
    key = _new_base(draft, secondary.iloc[2])
    _base_option(draft, key, 10, MIXED, (Phase.SECONDARY,), other=20)
    _base_option(draft, key, 20, MIXED, (Phase.SECONDARY,), other=10)
    for site, places in ((primary.iloc[0], 8), (secondary.iloc[0], 10)):
        key = rs.slug(str(site["name"])) + "_unit"
        phase = Phase.PRIMARY if site["phase"] == "Primary" else Phase.SECONDARY
        _base_option(draft, key, places, MIXED, (phase,))
    return _write(draft, out)


def bcp_case(data: Path, out: Path) -> Path:
    """Write the case of Bournemouth, Christchurch and Poole and return its folder.

    Parameters
    ----------
    data
        Folder of official files (``gias``, ``sen2``, ``zones``, ``population``, ``finance``).
    out
        Folder in which to make ``bcp``.
    """
    draft = _supply(data, BCP)
    designations = (AUTISM, (Need.SEMH,), AUTISM, LEARNING)
    for phase in (Phase.PRIMARY, Phase.SECONDARY):
        for at, needs in enumerate(designations, start=2):
            key = _new_base(draft, draft.sites[phase.value].iloc[at])
            _base_option(draft, key, 10, needs, (phase,), other=20)
            _base_option(draft, key, 20, needs, (phase,), other=10)
    schools = [
        row
        for row in draft.tables["provisions"]
        if row["class"] == "special_school" and row["in_area"] == "yes"
    ]
    # A fifth more places at each state special school, in class groups of 8.
    steps = {
        str(row["provision"]): max(8, 8 * round(float(str(row["places"])) / 40)) for row in schools
    }
    largest = max(steps, key=lambda key: steps[key])
    for school, places in steps.items():
        _expansion(draft, school, places, excludes=places // 2 if school == largest else None)
    _expansion(draft, largest, steps[largest] // 2, excludes=steps[largest])
    _free_school(draft, (60, 120, 180))
    return _write(draft, out)


def _supply(data: Path, who: rd.Authority) -> rd.Draft:
    draft = rd.start(data, who)
    rd.add_zones(draft)
    add_supply(draft)
    rd.add_entrants(draft)
    return draft


def _new_base(draft: rd.Draft, site: pd.Series[float]) -> str:
    key = rs.slug(str(site["name"])) + "_base"
    rd.add_provision(
        draft,
        site,
        provision=key,
        name=f"{site['name']} base",
        **{"class": "specialist_base"},
        places=0,
        available_places="",
    )
    return key


def _name(draft: rd.Draft, provision: str) -> str:
    names = {row["provision"]: str(row["name"]) for row in draft.tables["provisions"]}
    return names[provision]


def _teach(draft: rd.Draft, option: str, needs: Sequence[Need], phases: Sequence[Phase]) -> None:
    for need in needs:
        for phase in phases:
            draft.add(
                "option_teaches",
                option=option,
                need=need.value,
                phase=phase.value,
                annual_cost_gbp=rd.BASE_TOPUP_GBP,
            )


def _base_option(
    draft: rd.Draft,
    provision: str,
    places: int,
    needs: Sequence[Need],
    phases: Sequence[Phase],
    other: int | None = None,
) -> None:
    option = f"{provision}_{places}"
    a_place = CAPITAL_GBP["base_small" if places <= 10 else "base"]
    draft.add(
        "options",
        option=option,
        name=f"{places} places at {_name(draft, provision)}",
        provision=provision,
        places=places,
        capital_gbp=places * a_place,
        capital_profile="1",
        lead_years=1,
        ramp="0.5; 1",
        excludes=f"{provision}_{other}" if other else "",
        funding="hnpca",
    )
    _teach(draft, option, needs, phases)


def _expansion(draft: rd.Draft, provision: str, places: int, excludes: int | None) -> None:
    option = f"{provision}_more_{places}"
    draft.add(
        "options",
        option=option,
        name=f"{places} more places at {_name(draft, provision)}",
        provision=provision,
        places=places,
        capital_gbp=places * CAPITAL_GBP["expansion"],
        capital_profile="0.4; 0.6",
        lead_years=2,
        ramp="0.5; 1",
        excludes=f"{provision}_more_{excludes}" if excludes else "",
        funding="hnpca",
    )
    for row in draft.tables["teaches"]:
        if row["provision"] == provision:
            kept = {key: row[key] for key in ("need", "phase", "annual_cost_gbp")}
            draft.add("option_teaches", option=option, **kept)


def _free_school(draft: rd.Draft, sizes: Sequence[int]) -> None:
    """Add one special free school of several sizes in the middle of the children's homes."""
    key = "special_free_school"
    easting, northing = rs.centre(draft.zones)
    middle = {"easting": round(easting, -2), "northing": round(northing, -2)}
    gaps = np.hypot(draft.zones["easting"] - easting, draft.zones["northing"] - northing)
    draft.add(
        "provisions",
        provision=key,
        name="Special free school (site assumed)",
        **{"class": "special_school"},
        **middle,
        urn="",
        site="special_free_school_site",
        locality=draft.zones[draft.who.locality].iloc[int(np.argmin(gaps))],
        in_area="yes",
        places=0,
        available_places="",
    )
    for size in sizes:
        draft.add(
            "options",
            option=f"{key}_{size}",
            name=f"Special free school of {size} places",
            provision=key,
            places=size,
            capital_gbp=size * CAPITAL_GBP["school"],
            capital_profile="0.2; 0.4; 0.4",
            lead_years=3,
            ramp=SCHOOL_RAMP,
            excludes="; ".join(f"{key}_{other}" for other in sizes if other != size),
            funding="free_school",
        )
        for need in AUTISM:
            for phase in (Phase.EARLY_YEARS, Phase.PRIMARY, Phase.SECONDARY):
                draft.add(
                    "option_teaches",
                    option=f"{key}_{size}",
                    need=need.value,
                    phase=phase.value,
                    annual_cost_gbp=SCHOOL_TOPUP_GBP,
                )


def _write(draft: rd.Draft, out: Path) -> Path:
    folder = out / draft.who.key
    folder.mkdir(parents=True, exist_ok=True)
    facts = (
        f'name = "{draft.who.name}"\nbase_year = {rd.BASE_YEAR}\nprice_year = {rd.BASE_YEAR}\n'
        f'horizon_years = {len(rd.YEARS)}\ncrs = "EPSG:27700"\n'
    )
    _put(folder / "case.toml", facts)
    _put(folder / "case-notes.md", notes(draft))
    for name, rows in draft.tables.items():
        columns = [
            column for column in TABLES[name].columns() if any(column in row for row in rows)
        ]
        path = folder / f"{name}.csv"
        hidden = path.with_name(f".{path.name}.tmp")
        with hidden.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows({k: _plain(v) for k, v in row.items()} for row in rows)
        os.replace(hidden, path)  # noqa: PTH105
    return folder


def _plain(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _put(path: Path, text: str) -> None:
    hidden = path.with_name(f".{path.name}.tmp")
    hidden.write_text(text, encoding="utf-8")
    hidden.replace(path)


def summary(folder: Path) -> str:
    """Return what a case holds, as tables for a person to read."""
    provisions = pd.read_csv(folder / "provisions.csv")
    placed = pd.read_csv(folder / "placed.csv")
    entrants = pd.read_csv(folder / "entrants.csv")
    options = pd.read_csv(folder / "options.csv")
    ours = placed[placed["authority"].isna()] if "authority" in placed else placed
    there = ours.groupby("provision")["children"].sum()
    provisions["placed"] = provisions["provision"].map(there).fillna(0).astype(int)
    classes = provisions.groupby("class").agg(
        provisions=("provision", "size"), places=("places", "sum"), ours_placed=("placed", "sum")
    )
    flows = entrants.pivot_table(
        index=["kind", "phase"], columns="year", values="children", aggfunc="sum", fill_value=0
    )
    flows.loc[("all", ""), :] = flows.sum()
    parts = [
        f"{folder.name}: {len(pd.read_csv(folder / 'zones.csv'))} zones",
        classes.to_string(),
        flows.round(1).to_string(),
        options[["option", "places", "capital_gbp", "lead_years"]].to_string(index=False),
    ]
    return "\n\n".join(parts)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write both cases and print what they hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.real_cases", description=__doc__)
    parser.add_argument("data", type=Path, help="folder of official files")
    parser.add_argument("--out", type=Path, required=True, help="folder to write the cases to")
    chosen = parser.parse_args(arguments)
    for make in (rutland_case, bcp_case):
        print(summary(make(chosen.data, chosen.out)), end="\n\n")


if __name__ == "__main__":
    main()
