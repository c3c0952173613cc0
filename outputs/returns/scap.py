"""The School Capacity Survey: children with plans in specialist places by planning area and year.

Planning areas are phase by type of provision; rows are single national curriculum years, R to 11,
for five academic years ahead in primary and seven in secondary. Source of the codes: the survey's
special provision planning areas, as coded by others; check them against the survey's own guide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from inputs.vocabulary import PHASE_YEARS, Phase, academic_year
from outputs.returns.counts import Row, ranges
from outputs.returns.lines import Line

if TYPE_CHECKING:
    from outputs.returns.counts import Counts

RECEPTION_AGE = 4
"""Age at 31 August before reception, national curriculum year 0."""

AHEAD = {Phase.PRIMARY: 5, Phase.SECONDARY: 7}
"""Academic years ahead that the survey asks for."""


@dataclass(frozen=True)
class Provision:
    """One type of provision of the survey: its code, its words, the placements it counts."""

    code: str
    covers: str
    lines: frozenset[Line]
    primary: str
    secondary: str

    def area(self, phase: Phase) -> str:
        """Return the code of the planning area of a phase."""
        return self.primary if phase is Phase.PRIMARY else self.secondary


PROVISIONS: tuple[Provision, ...] = (
    Provision(
        "UR",
        "SEN units and resourced provision in mainstream schools",
        frozenset({Line.BASE}),
        "1803001",
        "1803011",
    ),
    Provision(
        "IN",
        "Independent schools (including independent special)",
        frozenset({Line.INDEPENDENT}),
        "1803002",
        "1803012",
    ),
    Provision(
        "SS",
        "State special including NMSS",
        frozenset({Line.STATE_SPECIAL, Line.NON_MAINTAINED}),
        "1803003",
        "1803013",
    ),
    Provision("AP", "Alternative provision", frozenset({Line.ALTERNATIVE}), "1803004", "1803014"),
)

NOTE = (
    "Independent mainstream schools are not in the rows of independent schools: the published "
    "tables read here count them as mainstream."
)


def scap(counts: Counts) -> pd.DataFrame:
    """Return the survey's rows, one a planning area, curriculum year and academic year.

    Returns
    -------
    DataFrame
        ``planning_area``, ``phase``, ``provision`` (UR, IN, SS, AP), ``covers``, ``nc_year``
        (R, 1 ... 11), ``year`` (academic, by first September), ``year_label``, ``status``,
        ``children`` (whole; blank in years beyond the projection), ``p10``, ``p50``, ``p90``,
        ``note``.
    """
    parts = []
    base = counts.years[counts.counted - 1]
    for phase, ahead in AHEAD.items():
        first, last = PHASE_YEARS[phase]
        for one in PROVISIONS:
            rows = [
                Row(_year_of(nc), one.lines, ages=range(nc + RECEPTION_AGE, nc + RECEPTION_AGE + 1))
                for nc in range(first, last + 1)
            ]
            keys = {
                "planning_area": one.area(phase),
                "phase": phase.value,
                "provision": one.code,
                "covers": one.covers,
            }
            found = ranges(counts, rows, **keys)
            asked = pd.MultiIndex.from_product(
                [[row.label for row in rows], range(base, base + ahead + 1)], names=["row", "year"]
            )
            found = found.set_index(["row", "year"]).reindex(asked).reset_index()
            parts.append(found.fillna(keys))
    out = pd.concat(parts, ignore_index=True).rename(columns={"row": "nc_year"})
    missing = out["children"].isna()
    out["note"] = missing.map(
        {True: "Beyond the years projected: ask for more with --years", False: ""}
    )
    out["status"] = out["status"].fillna("projected")
    out["children"] = out["children"].astype("Int64")
    out["year_label"] = [academic_year(int(year)) for year in out["year"]]
    columns = ["planning_area", "phase", "provision", "covers", "nc_year", "year", "year_label"]
    return out[[*columns, "status", "children", "p10", "p50", "p90", "note"]]


def _year_of(nc_year: int) -> str:
    """Return a national curriculum year as the survey writes it."""
    return "R" if nc_year == 0 else str(nc_year)
