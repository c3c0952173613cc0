"""Subnational population projections by single year of age (ONS).

Source: "Subnational population projections for England", ONS, Open Government Licence v3.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from inputs.errors import Fault, InputError
from inputs.official.opening import Source, find_tables, headings, numbers, read_table
from inputs.official.population import OLDEST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WANTED = "population projections by single year of age (ONS)"


@dataclass(frozen=True, eq=False)
class PeopleProjected:
    """People of an authority by age and year.

    Parameters
    ----------
    people
        Ages 0 to 25 (index) by mid-years (columns, calendar), people; those of mid-2025 start the
        academic year 2025/26.
    source
        Name of the file.
    """

    people: pd.DataFrame
    source: str


def read_projections(path: Path, code: str, parts: Sequence[str] = ()) -> PeopleProjected:
    """Return the projection for one authority.

    Parameters
    ----------
    path
        The file: ``AREA_CODE, AGE_GROUP`` and a column a year; ``SEX`` and ``COMPONENT`` where
        they are told apart. Males and females are added up where persons are not given.
    code
        Code of the authority.
    parts
        Codes of its districts, which are added up where the authority itself has no rows.

    Raises
    ------
    InputError
        When it is another file, does not hold the authority, or lacks an age.
    """
    source = find_tables(path)[0]
    wanted = {code, *parts}
    areas: set[str] = set()

    def keep(rows: pd.DataFrame) -> pd.Series[bool]:
        areas.update(rows["AREA_CODE"].str.strip().unique())
        return rows["AREA_CODE"].str.strip().isin(wanted)

    frame = read_table(
        source,
        WANTED,
        ["AREA_CODE", "AGE_GROUP"],
        optional=["SEX", "COMPONENT"],
        also=lambda name: bool(re.fullmatch(r"(19|20)\d{2}", name)),
        keep=keep,
    )
    years = [name for name in frame.columns if re.fullmatch(r"(19|20)\d{2}", name)]
    if not years:
        problem = f"has no column of a year; it has {', '.join(headings(source)[:8])}"
        raise InputError([Fault(source.name, problem, "Give the file as published")])
    area = frame["AREA_CODE"].str.strip()
    own = frame[area == code] if (area == code).any() else frame[area.isin(parts)]
    held = set(own["AREA_CODE"].str.strip())
    if own.empty or (code not in held and set(parts) - held):
        raise InputError([_not_there(source, code, areas)])
    if "COMPONENT" in own:
        own = own[own["COMPONENT"].str.strip().str.lower().isin(["population", ""])]
    if "SEX" in own:
        sex = own["SEX"].str.strip().str.lower()
        own = own[sex == "persons"] if (sex == "persons").any() else own
    age = pd.to_numeric(own["AGE_GROUP"].str.strip(), errors="coerce")
    own, age = own[age.notna() & (age <= OLDEST)], age[age.notna() & (age <= OLDEST)]
    values = pd.DataFrame({int(year): numbers(source, own[year]) for year in years})
    people = values.groupby(age.astype(int)).sum()
    lost = [str(one) for one in range(OLDEST + 1) if one not in people.index]
    if lost:
        problem = f"has no row for age {', '.join(lost[:6])}"
        raise InputError([Fault(source.name, problem, "Give single years of age from 0 to 25")])
    people.index.name = "age"
    return PeopleProjected(people, source.name)


def _not_there(source: Source, code: str, areas: set[str]) -> Fault:
    held = sorted(areas)
    what = held[0] if len(held) == 1 else f"{len(held):,} other areas"
    return Fault(
        source.name,
        f"holds no row for {code}; it holds {what}",
        "Give projections for this authority, or leave --projections out",
        column="AREA_CODE",
    )
