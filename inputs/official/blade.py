"""Children with a plan from an authority's own person-level SEN2 return (COLLECT "Blade" CSVs).

The same children as from the published tables, with what only the authority knows: the school, the
home zone, every need with every age. Nothing about a person comes out: no name, UPN, ULN, date of
birth, postcode, ethnicity or sex, neither in a table nor in a message. Counts are of single
children all the same, and are not for publication.

What is read, what never is, and every check: docs/person-level.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from inputs.errors import InputError
from inputs.official.blade_dates import year_of_school
from inputs.official.blade_faults import Findings
from inputs.official.blade_flows import Flows, flows, named_placements, who_waits
from inputs.official.blade_joins import Joined, census_of, join, look_up
from inputs.official.blade_modules import MODULES, open_return
from inputs.official.blade_people import ages, homes, with_ages_at
from inputs.official.blade_plans import Plans, read_plans
from inputs.official.sen2_labels import UNKNOWN_NEED, Placement
from inputs.vocabulary import academic_year

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from pathlib import Path

    from inputs.errors import Fault
    from inputs.official.authorities import Authority
    from inputs.official.gias import Register

SMALL_NUMBERS = (
    "Holds small numbers: the tables of this case count single children. It is for use inside the "
    "authority and not for publication; publish with --public."
)
"""What the notes of every case made from a return say first."""
WAITING_KEYS = ("need", "age", "zone", "named")
KEYS = ("placement", "residential", "urn", "need", "age", "zone")
"""Columns that tell rows of children apart, as in ``inputs.start.children``."""


@dataclass(frozen=True, eq=False)
class BladeChildren:
    """What one return gives a case.

    Parameters
    ----------
    children
        ``placement, residential, urn, need, age, zone, children``: everyone with a current plan on
        the census date, in the columns of ``inputs.start.children.Children``. ``urn`` and ``zone``
        are blank where not known, ``need`` may be ``unknown``; Down syndrome is kept.
    flows
        Plans started and ceased in the calendar year before the census.
    waiting
        ``need, age, zone, named, children``: of compulsory school age, with a plan and no setting;
        ``named`` is the placement that the plan names (``unknown`` where it names none). Those
        without any placement are in ``children`` under ``elsewhere``, as NIEO is.
    census_date
        The day that is counted.
    authority
        Education code of the authority as the return gives it (``lea``); blank if it does not.
    findings
        Everything odd, row by row: the list for whoever corrects the return.
    warnings
        The same, one a check and column, with its effect on the case.
    counts
        What was counted, by a name of words joined by underscores.
    """

    children: pd.DataFrame
    flows: Flows
    waiting: pd.DataFrame
    census_date: date
    authority: str
    findings: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    counts: dict[str, int]

    @property
    def count_year(self) -> int:
        """Academic year of the count, by its first September."""
        return year_of_school(self.census_date)

    @property
    def source(self) -> str:
        """What the children were counted from, as a noun phrase."""
        day = f"{self.census_date.day} {self.census_date:%B %Y}"
        return f"the authority's own person-level SEN2 return of {day}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What the notes of a case have to say, a sentence or two each."""
        n = self.counts
        year = academic_year(self.count_year)
        notes = [
            SMALL_NUMBERS,
            f"{n['children']:,} children and young people have a current plan on the census date. "
            f"Ages are those at 31 August before {year}. {n['left_out_over_25']:,} over 25 are "
            "left out.",
            f"Homes are the LSOAs of their postcodes: {n['home_known']:,} are known, "
            f"{n['home_unknown']:,} are not and are shared out.",
            f"{n['placement_unknown']:,} have no placement that is known, and "
            f"{n['need_unknown']:,} no primary need.",
            f"{n['waiting']:,} of compulsory school age wait for a setting: "
            + (
                "no placement on the census date, or NIEO, or OTH without a school. They are "
                "counted elsewhere, which is no specialist place."
                if n["placements_returned"]
                else "NIEO, or OTH without a school. Those without any placement are not counted: "
                "over a tenth have none, so placements were not returned."
            ),
            f"In {self.census_date.year - 1}, {n['started']:,} plans started and {n['ceased']:,} "
            "ceased, at the age on the day. A plan that was started by another authority and "
            "transferred in counts as started on its own date.",
            "Residential is every placement whose res is A or B (38 weeks or more; up to 38, and "
            "more, since the return of 2025).",
            "A school's SEN unit or resourced provision is where the return says that a child is "
            "in one, whatever GIAS says of the school.",
        ]
        return tuple(notes)


def children_from_blade(
    folder: Path,
    postcodes: Path | None,
    register: Register,
    census_date: date | None = None,
    *,
    authority: Authority | None = None,
    zones: Collection[str] | None = None,
) -> BladeChildren:
    """Return the children of one return, counted, and nothing that tells who any of them is.

    Parameters
    ----------
    folder
        A folder or a zip with the nine modules of one export.
    postcodes
        An ONS postcode file; without it no home is known.
    register
        The register of schools, best with closed ones (``read_register(path, keep=everything)``).
    census_date
        In place of the return's own ``referencedate``.
    authority
        Whose return it should be.
    zones
        The authority's zones (LSOA codes); without them any LSOA of England is a home.

    Raises
    ------
    InputError
        With every fault and warning of the return: a fault means that there is no honest case.
    """
    findings = Findings()
    joined = join(open_return(folder, findings), findings)
    census = census_of(joined, census_date, findings)
    code = _authority_of(joined, authority, findings)
    needed = {name for name, module in MODULES.items() if not module.may_be_absent}
    if census is None or not needed <= set(joined.tables):
        raise InputError(findings.every())
    plans = read_plans(joined, census, register, findings)
    aged = ages(joined, census, plans.current.index, findings)
    dated = with_ages_at(joined, findings)
    home = homes(joined, postcodes, census, plans.current.index, zones, findings)
    if plans.current.empty:
        said = f"no plan is current on {census.isoformat()}"
        findings.add("plans_none", joined.files["namedplan"], said)
    if findings.stops:
        raise InputError(findings.every())
    people = plans.current.join(aged).assign(zone=home.reindex(plans.current.index).fillna(""))
    left_out = people["over"]
    people = people[~left_out]
    named = named_placements(joined, register)
    plan = joined.tables["namedplan"]["namedplantableid"]
    named_now = look_up(people["row"].map(plan), named, Placement.UNKNOWN.value)
    people = people.assign(named=named_now)
    queue = who_waits(people, returned=plans.returned)
    nowhere = people.index.isin(queue.index) & ~people["attended"]
    placement = people["placement"].mask(nowhere, Placement.ELSEWHERE.value)
    people = people.assign(placement=placement)
    area = (authority.code, authority.name) if authority else (code, "")
    flow = flows(dated, plans, named, census, area)
    return BladeChildren(
        children=_counted(people, KEYS),
        flows=flow,
        waiting=_counted(queue, WAITING_KEYS),
        census_date=census,
        authority=code,
        findings=findings.every(),
        warnings=findings.summary(),
        counts=_counts(people, int(left_out.sum()), plans, flow, queue),
    )


def _authority_of(joined: Joined, authority: Authority | None, findings: Findings) -> str:
    """Return the code that the return gives its authority, which must be the one asked for."""
    table = joined.tables.get("sen2")
    codes = sorted({one for one in table["lea"] if one}) if table is not None else []
    code = codes[0] if len(codes) == 1 else ""
    if authority is not None and codes and codes != [authority.old_code]:
        said = f"is not the code of {authority.name} ({authority.old_code})"
        findings.add("other_authority", joined.files["sen2"], said, column="lea", value=codes[0])
    return code


def _counted(people: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    groups = people.groupby(list(keys), as_index=False)
    rows = pd.DataFrame(groups.agg(children=("who", "size")))
    return rows.astype({"age": int, "children": int})


def _counts(
    people: pd.DataFrame, left_out: int, plans: Plans, flow: Flows, queue: pd.DataFrame
) -> dict[str, int]:
    everyone = flow.ceased["age"].isna() & flow.ceased["placement"].isna()
    began = flow.starts["age"].isna() & flow.starts["placement"].eq("all")
    return {
        "children": len(people),
        "left_out_over_25": left_out,
        "home_known": int((people["zone"] != "").sum()),
        "home_unknown": int((people["zone"] == "").sum()),
        "placement_unknown": int((people["placement"] == Placement.UNKNOWN).sum()),
        "placements_returned": int(plans.returned),
        "need_unknown": int((people["need"] == UNKNOWN_NEED).sum()),
        "residential": int(people["residential"].sum()),
        "transferred_in": int(people["transferred"].sum()),
        "waiting": len(queue),
        "started": int(flow.starts.loc[began, "children"].sum()),
        "ceased": int(flow.ceased.loc[everyone, "children"].sum()),
    }


def corrections(findings: Sequence[Fault]) -> pd.DataFrame:
    """Return what was found as a table for whoever corrects the return.

    Returns
    -------
    DataFrame
        ``severity, file, row, column, value, problem, remedy``: by table id and row, no person.
    """
    columns = ["severity", "file", "row", "column", "value", "problem", "remedy"]
    rows = [one.as_dict() | {"file": one.table} for one in findings]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"row": "Int64"})
