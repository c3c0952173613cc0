"""Get Information About Schools: the register of establishments (``edubasealldata*.csv``).

Extracts differ in the columns that they keep. Few are needed; each of the rest is used where it
is there, and what is absent is recorded, so that a case can say what stood in for it.

Source: "Get Information about Schools", Department for Education, Open Government Licence v3.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError
from inputs.official.opening import Source, find_tables, numbers, read_table
from inputs.official.sen2_labels import Placement
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WANTED = "the register of schools (Get Information About Schools)"
KINDS: dict[str, Placement] = {
    "Community special school": Placement.SPECIAL_MAINTAINED,
    "Foundation special school": Placement.SPECIAL_MAINTAINED,
    "Academy special converter": Placement.SPECIAL_ACADEMY,
    "Academy special sponsor led": Placement.SPECIAL_ACADEMY,
    "Free schools special": Placement.SPECIAL_ACADEMY,
    "Non-maintained special school": Placement.NON_MAINTAINED,
    "Other independent special school": Placement.INDEPENDENT,
    "Pupil referral unit": Placement.ALTERNATIVE_PROVISION,
    "Academy alternative provision converter": Placement.ALTERNATIVE_PROVISION,
    "Academy alternative provision sponsor led": Placement.ALTERNATIVE_PROVISION,
    "Free schools alternative provision": Placement.ALTERNATIVE_PROVISION,
    "Special post 16 institution": Placement.SPECIALIST_POST16,
}
"""Types of establishment that are a specialist placement, and which."""
MAINSTREAM = frozenset(
    {
        "Academy converter",
        "Academy sponsor led",
        "City technology college",
        "Community school",
        "Foundation school",
        "Free schools",
        "Voluntary aided school",
        "Voluntary controlled school",
    }
)
"""Types of state mainstream school for children of school age."""
OPEN = frozenset({"Open", "Open, but proposed to close"})
PROPOSED = "Proposed to open"

_NEEDED = {
    "URN": "urn",
    "LA (code)": "la_code",
    "LA (name)": "la_name",
    "EstablishmentName": "name",
    "EstablishmentStatus (name)": "status",
    "TypeOfEstablishment (name)": "type",
    "PhaseOfEducation (name)": "phase",
    "NumberOfPupils": "roll",
    "Easting": "easting",
    "Northing": "northing",
}
_OPTIONAL = {
    "PercentageFSM": "fsm_percent",
    "LSOA (code)": "lsoa",
    "Postcode": "postcode",
    "SchoolCapacity": "capacity",
    "StatutoryLowAge": "low_age",
    "StatutoryHighAge": "high_age",
    "Boarders (name)": "boarders",
    "AdmissionsPolicy (name)": "admissions",
    "Section41Approved (name)": "section_41",
    "TypeOfResourcedProvision (name)": "resourced",
    "ResourcedProvisionOnRoll": "resourced_roll",
    "ResourcedProvisionCapacity": "resourced_capacity",
    "SenUnitOnRoll": "unit_roll",
    "SenUnitCapacity": "unit_capacity",
}
_FOR_RETURNS = {"UKPRN": "ukprn"}
"""Read where it is there, so that a return may name a college by it; nothing stands in for it."""
_SEN = tuple(f"SEN{number} (name)" for number in range(1, 14))
_NUMBERS = (
    "roll",
    "easting",
    "northing",
    "fsm_percent",
    "capacity",
    "low_age",
    "high_age",
    "resourced_roll",
    "resourced_capacity",
    "unit_roll",
    "unit_capacity",
)
_NEED_PREFIXES = {need.value.lower(): need.value for need in Need}


@dataclass(frozen=True, eq=False)
class Register:
    """The establishments of one extract.

    Parameters
    ----------
    schools
        One row an establishment: ``urn, ukprn, la_code`` (three digits), ``la_name, name, status,
        type, phase, kind`` (a ``Placement``, ``mainstream`` for a state mainstream school, or
        blank), ``roll, capacity, fsm_percent`` (0 to 100), ``low_age, high_age, easting,
        northing`` (British National Grid, metres), ``lsoa, postcode, boarders, admissions,
        section_41, needs`` (a tuple of need codes), ``resourced`` (as registered),
        ``resourced_roll, resourced_capacity, unit_roll, unit_capacity``. A number that is blank
        or not in the extract is NaN, a text blank.
    absent
        Official columns that the extract lacks.
    taken
        The day of the extract, from its name; None where the name has none.
    source
        Name of the file.
    """

    schools: pd.DataFrame
    absent: tuple[str, ...]
    taken: date | None
    source: str

    def has(self, column: str) -> bool:
        """Return whether the extract had a column, by its name here."""
        official = {own: name for name, own in (_NEEDED | _OPTIONAL).items()}
        return official.get(column, "SEN1 (name)") not in self.absent


def read_register(
    path: Path, keep: Callable[[pd.DataFrame], pd.Series[bool]] | None = None
) -> Register:
    """Return the open and proposed establishments of the register.

    Parameters
    ----------
    path
        ``edubasealldata*.csv``, or the zip or folder that holds it.
    keep
        Given some rows (official headings, text), which to keep; default those open or proposed.

    Raises
    ------
    InputError
        When it is another file, or a figure in it is no number.
    """
    source = _register_in(path)
    optional = [*_OPTIONAL, *_FOR_RETURNS, *_SEN]
    frame = read_table(source, WANTED, list(_NEEDED), optional=optional, keep=keep or _standing)
    names = _NEEDED | _OPTIONAL | _FOR_RETURNS
    absent = tuple(name for name in (*_OPTIONAL, _SEN[0]) if name not in frame)
    out = pd.DataFrame(index=frame.index)
    for official, own in names.items():
        if own in _NUMBERS:
            out[own] = numbers(source, frame[official]) if official in frame else np.nan
        else:
            out[own] = frame[official].str.strip() if official in frame else ""
    kinds = {name: placement.value for name, placement in KINDS.items()}
    kinds |= dict.fromkeys(MAINSTREAM, Placement.MAINSTREAM.value)
    out["kind"] = out["type"].map(kinds).fillna("")
    out["needs"] = _needs(frame)
    for column in ("easting", "northing"):
        # Places without a grid reference are written as 0 or left blank.
        out[column] = out[column].where(out[column] > 0)
    if out.empty:
        raise InputError([Fault(source.name, "holds no open school", "Give the whole register")])
    day = re.search(r"(20\d{2})(\d{2})(\d{2})", source.name)
    return Register(out.reset_index(drop=True), absent, _day(day), source.name)


def _register_in(path: Path) -> Source:
    found = find_tables(path)
    named = [one for one in found if one.stem.startswith("edubasealldata")]
    return max(named or found, key=lambda one: one.stem)


def _standing(frame: pd.DataFrame) -> pd.Series[bool]:
    return frame["EstablishmentStatus (name)"].str.strip().isin([*OPEN, PROPOSED])


def _day(match: re.Match[str] | None) -> date | None:
    try:
        return None if match is None else date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _needs(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return the needs that each establishment is registered for, as codes in no order of size."""
    columns = [name for name in _SEN if name in frame]
    if not columns:
        return [()] * len(frame)
    coded = {label: _need(label) for name in columns for label in frame[name].unique()}
    rows = frame[columns].to_numpy()
    return [tuple(sorted({coded[label] for label in row} - {""})) for row in rows]


def _need(label: str) -> str:
    """Return the code of a registered need; blank for none.

    >>> _need("SpLD - Specific Learning Difficulty"), _need("Not Applicable")
    ('SPLD', '')
    """
    return _NEED_PREFIXES.get(label.split(" - ", maxsplit=1)[0].strip().lower(), "")
