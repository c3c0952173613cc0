"""The door at which a child's date of birth becomes an age, and its postcode a zone.

Nothing below it sees either. What comes out has a table id, ages in years and the code of a zone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from inputs.official.blade_dates import ages_of_school, ages_on, of_compulsory_age
from inputs.official.blade_joins import look_up
from inputs.official.postcodes import read_postcodes, tidy_postcode

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from pathlib import Path

    from inputs.official.blade_faults import Findings
    from inputs.official.blade_joins import Joined

YOUNGEST, OLDEST = 2, 25
"""Ages of the published tables: 2 is every age under 3; plans end at 25 (CFA 2014, section 46)."""
MISMATCH_ABOVE = 0.5
"""Share of postcodes not in the postcode file above which it is the wrong one (a judgement)."""
LSOA = re.compile(r"E01\d{6}")
"""Codes of the small areas of England; other countries have their own, or a stand-in."""


def ages(
    joined: Joined, census: date, children: Collection[str], findings: Findings
) -> pd.DataFrame:
    """Return ages of everyone in a return, by ``child``.

    Parameters
    ----------
    joined
        The modules.
    census
        The census date.
    children
        Those with a current plan, who need an age.
    findings
        Where dates that cannot be are noted.

    Returns
    -------
    DataFrame
        ``age`` (at 31 August before the academic year of the census, 2 to 25; NA where not known
        or above), ``over`` (above 25 at that day) and ``compulsory`` (of compulsory school age on
        the census date).
    """
    people, file = joined.tables["person"], joined.files["person"]
    born = people["personbirthdate"]
    needed = people["child"].isin(list(children))
    unread = people.index.isin(list(joined.unread["person", "personbirthdate"]))
    findings.each("birth_missing", file, people, needed & born.isna() & ~unread,
                  "has no date of birth and a current plan", column="personbirthdate")  # fmt: skip
    findings.each("birth_missing_flow", file, people, ~needed & born.isna() & ~unread,
                  "has no date of birth", column="personbirthdate")  # fmt: skip
    findings.each("birth_after_census", file, people, born > pd.Timestamp(census),
                  "is born after the census date", column="personbirthdate")  # fmt: skip
    at_start = ages_of_school(born, census)
    over = (at_start > OLDEST).fillna(value=False).astype(bool)
    findings.each("age_outside", file, people, needed & over,
                  f"is over {OLDEST} at 31 August", column="personbirthdate")  # fmt: skip
    out = pd.DataFrame(
        {
            "age": at_start.clip(lower=YOUNGEST).mask(over),
            "over": over,
            "compulsory": of_compulsory_age(born, census),
        }
    )
    return out.set_index(pd.Index(people["child"], name="child"))


def with_ages_at(joined: Joined, findings: Findings) -> pd.DataFrame:
    """Return every named plan with the ages at which it started and ceased.

    Returns
    -------
    DataFrame
        ``namedplan`` with ``age_at_start`` and ``age_at_cease`` (whole years on the day, NA where
        not known), as the published tables of flows count ages.
    """
    plans, file = joined.tables["namedplan"], joined.files["namedplan"]
    born = plans["child"].map(joined.tables["person"].set_index("child")["personbirthdate"])
    findings.each("start_before_birth", file, plans, plans["startdate"] < born,
                  "starts before its child is born", column="startdate")  # fmt: skip
    placed, placements = joined.tables["placementdetail"], joined.files["placementdetail"]
    then = placed["child"].map(joined.tables["person"].set_index("child")["personbirthdate"])
    findings.each("entry_before_birth", placements, placed, placed["entrydate"] < then,
                  "begins before its child is born", column="entrydate")  # fmt: skip
    return plans.assign(
        age_at_start=ages_on(born, plans["startdate"]),
        age_at_cease=ages_on(born, plans["ceasedate"]),
    )


def homes(
    joined: Joined,
    postcodes: Path | None,
    census: date,
    children: Collection[str],
    zones: Collection[str] | None,
    findings: Findings,
) -> pd.Series[str]:
    """Return the home zone of each child, blank where it is not known.

    Parameters
    ----------
    joined
        The modules.
    postcodes
        The ONS postcode file; None leaves every home unknown.
    census
        The census date: a postcode terminated by its month is not used.
    children
        Those with a current plan.
    zones
        The authority's zones; None takes any LSOA of England. The LSOA of 2011 is used, and that
        of 2021 where the file has only these: an area not redrawn in 2021 kept its code.
    findings
        Where homes that cannot be found are noted.

    Raises
    ------
    InputError
        When the postcode file is another file.
    """
    people, file = joined.tables["person"], joined.files["person"]
    people = people[people["child"].isin(list(children))]
    index = pd.Index(people["child"], name="child")
    if postcodes is None or "postcode" not in joined.has["person"]:
        return pd.Series("", index)
    written, tidy = people["postcode"], people["postcode"].map(tidy_postcode).astype(str)
    found = read_postcodes(postcodes, frozenset(tidy) - {""})
    known = tidy.isin(found.rows.index)
    ended = look_up(tidy, found.rows["ended"])
    ended_by = (ended != "") & (ended <= f"{census:%Y%m}")

    def told(code: str, which: pd.Series[bool], problem: str) -> None:
        findings.each(code, file, people, which, problem, column="postcode")

    told("postcode_missing", written == "", "is blank")
    told("postcode_unreadable", (written != "") & (tidy == ""), "has not the form of a postcode")
    told("postcode_unknown", (tidy != "") & ~known, f"is not in {found.source}")
    told("postcode_ended", known & ended_by, "was terminated by the census date")
    lost, asked = int(((tidy != "") & ~known).sum()), int((tidy != "").sum())
    if lost > MISMATCH_ABOVE * asked:
        said = f"{lost:,} of {asked:,} postcodes are not in it"
        findings.add("postcodes_mismatch", found.source, said)
    if "lsoa11" not in found.vintages:
        findings.add("postcodes_2021", found.source, "has LSOAs of 2021 only")
    zone = pd.Series("", people.index)
    for vintage in ("lsoa21", "lsoa11"):
        code = look_up(tidy, found.rows[vintage])
        ours = code.isin(list(zones)) if zones is not None else code.str.fullmatch(LSOA)
        zone = zone.mask(ours, code)
    live = known & ~ended_by
    told("home_elsewhere", live & (zone == ""), "is in none of the authority's zones")
    return pd.Series(zone.where(live, "").to_numpy(), index)
