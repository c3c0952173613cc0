"""The DSG management plan: plans by age group and by need on each of its seven placement sheets.

Sheet titles, row labels and the composite key are those of template version 5 (2022-23), as coded
by others; check them against the version in use. A year is that of the January count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from outputs.returns.counts import Row, ranges
from outputs.returns.lines import AGE_GROUP_ROWS, NEED_ROWS, NO_ASSESSMENT, POST16_FROM, Line

if TYPE_CHECKING:
    from outputs.returns.counts import Counts

BY_AGE, BY_NEED = "Number of EHCPs by age group", "Number of EHCPs by primary need"
ALL_AGES, ALL_NEEDS = "Total number by Age Group", "Total number of EHCPs by primary need"


@dataclass(frozen=True)
class Sheet:
    """One placement sheet: its short code, its title, the placements it counts."""

    code: str
    title: str
    lines: frozenset[Line]
    post16_only: bool = False

    def by_age(self) -> tuple[Row, ...]:
        """Return the rows of the breakdown by age group, the total last."""
        groups = [
            (label, ages)
            for label, ages in AGE_GROUP_ROWS
            if not self.post16_only or ages[0] >= POST16_FROM
        ]
        rows = [Row(label, self.lines, ages=ages) for label, ages in groups]
        whole = range(groups[0][1][0], groups[-1][1][-1] + 1)
        return (*rows, Row(ALL_AGES, self.lines, ages=whole))

    def by_need(self) -> tuple[Row, ...]:
        """Return the rows of the breakdown by need, the total last."""
        rows = [Row(label, self.lines, needs=frozenset({need})) for need, label in NEED_ROWS]
        return (*rows, Row(NO_ASSESSMENT, self.lines, nil=True), Row(ALL_NEEDS, self.lines))


SHEETS: tuple[Sheet, ...] = (
    Sheet("MmSoA", "Mainstream schools or academies placements", frozenset({Line.MAINSTREAM})),
    Sheet(
        "RPSEN",
        "Resourced provision or SEN Units placements",
        frozenset({Line.BASE, Line.BASE_POST16}),
    ),
    Sheet(
        "MdSSA",
        "Maintained special schools or special academies placements",
        frozenset({Line.STATE_SPECIAL}),
    ),
    Sheet(
        "NMISS",
        "Non-maintained special schools or independent (NMSS or independent) placements",
        frozenset({Line.NON_MAINTAINED, Line.INDEPENDENT}),
    ),
    Sheet(
        "HspAP",
        "Hospital schools or alternative provision (AP) placements",
        frozenset({Line.ALTERNATIVE}),
    ),
    Sheet(
        "P16FE",
        "Post 16 and further education (FE) placements",
        frozenset({Line.FURTHER, Line.SPECIALIST_POST16}),
        post16_only=True,
    ),
    Sheet(
        "OTHER",
        "Other placements or direct payments",
        frozenset(
            {
                Line.EARLY_YEARS,
                Line.FURTHER_EARLY,
                Line.SPECIALIST_EARLY,
                Line.HOME,
                Line.EOTAS,
                Line.OTHER,
            }
        ),
    ),
)
"""The seven placement sheets, in order; every child is on one of them."""

NOTE = (
    "On the sheet of other placements are early years settings, home education, arrangements by "
    "the authority, those not in education or not recorded, and the few under 16 in further "
    "education, for whom the post-16 sheet has no row. Hospital schools that are maintained are "
    "with special schools, as in the official files."
)
"""What a reader should know of where children were counted: our reading, not the template's."""


def dsg(counts: Counts) -> pd.DataFrame:
    """Return the whole export, one row a figure.

    Returns
    -------
    DataFrame
        ``composite_key`` ("sheet: breakdown: row: year"), ``code``, ``sheet``, ``breakdown``,
        ``row``, ``year`` (of the January count), ``status``, ``children`` (whole), ``p10``,
        ``p50``, ``p90``.
    """
    parts = [
        ranges(counts, rows, code=sheet.code, sheet=sheet.title, breakdown=breakdown)
        for sheet in SHEETS
        for breakdown, rows in ((BY_AGE, sheet.by_age()), (BY_NEED, sheet.by_need()))
    ]
    out = pd.concat(parts, ignore_index=True)
    out["year"] += 1  # the count of January falls in the academic year before
    keys = [
        ": ".join(map(str, key))
        for key in out[["sheet", "breakdown", "row", "year"]].itertuples(index=False)
    ]
    out.insert(0, "composite_key", keys)
    return out
