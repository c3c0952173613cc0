"""Population of small areas by single year of age, as the Office for National Statistics gives it.

A national file has some 35,000 areas; only those wanted are kept.

Source: "Lower layer Super Output Area population estimates", ONS, Open Government Licence v3.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from inputs.errors import Fault, InputError
from inputs.official.opening import Source, find_tables, headings, numbers, read_table, wrong_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

WANTED = "population of small areas by single year of age (ONS)"
OLDEST = 25
"""The last age that a plan can reach."""
_CODES = (
    "lsoa11_code",
    "lsoa11cd",
    "lsoa 2011 code",
    "lsoa code",
    "area codes",
    "lsoa21_code",
    "lsoa21cd",
    "lsoa 2021 code",
)


@dataclass(frozen=True, eq=False)
class Population:
    """People by zone and single year of age.

    Parameters
    ----------
    people
        Zones (index) by ages 0 to 25 (columns), people.
    year
        Calendar year of the mid-year estimate; None where the name of the file has none.
    source
        Name of the file.
    """

    people: pd.DataFrame
    year: int | None
    source: str


def read_population(path: Path, zones: Iterable[str]) -> Population:
    """Return people aged 0 to 25 in each of the zones wanted.

    Parameters
    ----------
    path
        The file. Ages stand as ``0 ... 90+``, or by sex as ``F0 ... M90`` (added up).
    zones
        Codes of the areas wanted.

    Raises
    ------
    InputError
        When it is another file, a zone is missing, or a count is negative or no number.
    """
    source = find_tables(path)[0]
    found = headings(source)
    code = next((name for name in found if name.lower() in _CODES), None)
    ages = {age: _columns(found, age) for age in range(OLDEST + 1)}
    missing = [str(age) for age, columns in ages.items() if not columns]
    if code is None or missing:
        lacking = ([] if code else ["lsoa11_code"]) + missing
        raise InputError([wrong_file(source, WANTED, lacking, found)])
    wanted = list(dict.fromkeys(zones))
    columns = [name for names in ages.values() for name in names]
    frame = read_table(
        source, WANTED, [code, *columns], keep=lambda rows: rows[code].str.strip().isin(wanted)
    )
    _all_there(source, wanted, frame[code].str.strip())
    counts = {name: numbers(source, frame[name]) for name in columns}
    people = pd.DataFrame({age: sum(counts[name] for name in names) for age, names in ages.items()})
    people.index = pd.Index(frame[code].str.strip(), name="zone")
    blank = people.index[people.isna().any(axis=1)]
    if len(blank):
        raise InputError(
            Fault(source.name, "has a blank count", "Give the file as published", value=zone)
            for zone in blank
        )
    year = re.search(r"mid[-_ ]?(20\d{2})|(20[12]\d)", source.name.lower())
    when = int(year[1] or year[2]) if year else None
    return Population(people.loc[wanted], when, source.name)


def _columns(found: Sequence[str], age: int) -> list[str]:
    """Return the columns that count one age: one for everyone, or one for each sex."""
    plain = [name for name in found if name == str(age)]
    by_sex = [name for name in found if name.upper() in {f"F{age}", f"M{age}"}]
    return plain[:1] or (by_sex if len(by_sex) == 2 else [])


def _all_there(source: Source, wanted: list[str], there: pd.Series[str]) -> None:
    lost = sorted(set(wanted) - set(there))
    if lost:
        problem = (
            f"lacks {len(lost):,} of the {len(wanted):,} zones of the authority, such as {lost[0]}"
        )
        near = "Give a file of the same areas (LSOA 2011) as the zones, for all of England"
        raise InputError([Fault(source.name, problem, near)])
    twice = there[there.duplicated()]
    if len(twice):
        problem = f"has {twice.iloc[0]} in more than one row"
        raise InputError([Fault(source.name, problem, "Give a file of one year, for everyone")])
