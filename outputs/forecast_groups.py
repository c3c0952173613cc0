"""Words that the forecast's tables share: measures, groups, statuses, figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.axes import AGES, IS_SPECIALIST, NC_YEARS, PLACEMENTS, RECEPTION_AGE, phase_of
from inputs.official.sen2_labels import AGE_GROUPS
from outputs.tables import ALL

if TYPE_CHECKING:
    import pandas as pd

PLANS, PLACES = "plans", "specialist_places"
HISTORY, COUNT, PROJECTED = "history", "count", "projected"
GROUPS = ("need", "phase", "age_group", "placement", "locality")
SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
RANKS = ("p10", "p25", "p50", "p75", "p90")
BESIDE = ("mean", "p10", "p50", "p90")
"""Figures that stand without levers beside with them."""

BEYOND_SCHOOL = "beyond_year_14"
"""Stands for the phase of young people past national curriculum year 14."""

SPECIALIST = tuple(str(one) for one, yes in zip(PLACEMENTS, IS_SPECIALIST, strict=True) if yes)

_GROUP_ENDS = (4, 10, 15, 19, 25)
GROUP_OF_AGE: tuple[str, ...] = tuple(
    AGE_GROUPS[int(np.searchsorted(_GROUP_ENDS, age))] for age in AGES
)
PHASE_OF_AGE: tuple[str, ...] = tuple(
    str(phase_of(age - RECEPTION_AGE)) if age - RECEPTION_AGE in NC_YEARS else BEYOND_SCHOOL
    for age in AGES
)
"""Age group and phase of each of AGES."""


def series(table: pd.DataFrame, measure: str, by: str = "", key: str = ALL) -> pd.DataFrame:
    """Return the years of a measure's total in ``plans``, or of one of its groups."""
    rows = groups(table, measure, by)
    if by:
        rows = rows[rows[by] == key]
    return rows.sort_values("year").reset_index(drop=True)


def groups(table: pd.DataFrame, measure: str, by: str = "") -> pd.DataFrame:
    """Return the rows of ``plans`` that break a measure down by one key; its total without one."""
    keep = (table["measure"] == measure).to_numpy()
    for name in GROUPS:
        whole = (table[name] == ALL).to_numpy()
        keep = keep & (~whole if name == by else whole)
    return table[keep]
