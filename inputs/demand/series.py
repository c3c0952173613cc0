"""The January counts of both layouts of the release as one series an authority.

The layout to 2022 goes back to January 2010; the layout since 2023 begins with January 2019. Where
they overlap they have to agree; where they do not, the newer stands and the difference is told.
Years are academic: January 2025 is 2024. New plans of a calendar year stand beside the January
after it, which has the same number: those of 2024 beside January 2025.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from inputs.official.sen2 import AGE_GROUPS, ALL, Placement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inputs.official.sen2 import Release

AGE_GROUP_STARTS = (0, 5, 11, 16, 20)
"""First age at 31 August of each of the published age groups."""

KINDS: dict[str, frozenset[Placement]] = {
    "mainstream": frozenset({Placement.MAINSTREAM}),
    "base or unit": frozenset({Placement.RESOURCED, Placement.UNIT}),
    "special school": frozenset({Placement.SPECIAL_MAINTAINED, Placement.SPECIAL_ACADEMY}),
    "independent": frozenset({Placement.INDEPENDENT, Placement.NON_MAINTAINED}),
    "post-16": frozenset({Placement.FURTHER_EDUCATION, Placement.SPECIALIST_POST16}),
}
"""Kinds of placement that both layouts count alike; everything else is ``other``."""
OTHER = "other"


@dataclass(frozen=True, eq=False)
class Series:
    """Counts by authority and year, of every year that the files have.

    Parameters
    ----------
    rows
        ``code``, ``name``, ``year``, ``plans``, ``starts`` (NaN where unknown); and ``group``
        where the counts are by age group or kind of placement.
    notices
        Where the layouts disagree, a sentence each.
    """

    rows: pd.DataFrame
    notices: tuple[str, ...] = ()


def totals_series(release: Release) -> Series:
    """Return all plans and new plans, England and its regions among them.

    Raises
    ------
    InputError
        When a table of the release is missing or is another file.
    """
    counts, flows, notices = [], [], []
    for one in (release, release.older):
        if one is None:
            continue
        if one.layout == "2023":
            counts.append(_everyone(one.stock()))
            if one.has("newplans"):
                flows.append(_everyone(one.starts()))
        else:
            counts.append(_total(one.history()))
            if one.has("sen2_age_new_plans"):
                flows.append(_total(one.starts_history()))
    plans, told = _joined(counts, "plans", "plans in January", 1)
    notices += told
    if flows:
        starts, told = _joined(flows, "starts", "new plans in", 0)
        notices += told
        plans = plans.merge(starts.drop(columns="name"), "left", ["code", "year"])
    else:
        plans["starts"] = float("nan")
    return Series(plans.sort_values(["code", "year"], ignore_index=True), tuple(notices))


def age_group_series(release: Release) -> Series:
    """Return plans by age group; the layout since 2023 has ages from January 2024 on only.

    Raises
    ------
    InputError
        When a table of the release is missing or is another file.
    """
    parts = []
    for one in (release, release.older):
        if one is not None and one.layout == "2023":
            stock = one.stock()
            stock = stock[stock["age"].notna() & (stock["placement"] == ALL)]
            bounds = [*AGE_GROUP_STARTS, 200]
            group = pd.cut(stock["age"].astype(int), bounds, right=False, labels=AGE_GROUPS)
            parts.append(stock.assign(group=group.astype(str)))
        elif one is not None:
            history = one.history().rename(columns={"age_group": "group"})
            parts.append(history[history["group"] != ALL])
    return _grouped(parts)


def placement_series(release: Release) -> Series:
    """Return plans by kind of placement, as published: those not recorded are in ``other``.

    Raises
    ------
    InputError
        When a table of the release is missing or is another file.
    """
    parts = []
    for one in (release, release.older):
        if one is None:
            continue
        if one.layout == "2023":
            stock = one.stock()
            parts.append(stock[stock["age"].isna()])
        elif one.has("sen2_estab_caseload"):
            parts.append(one.history_by_placement())
    kinds = {place: kind for kind, places in KINDS.items() for place in places}
    parts = [
        part.assign(group=part["placement"].map(lambda place: kinds.get(place, OTHER)))
        for part in (one[one["placement"] != ALL] for one in parts)
    ]
    return _grouped(parts)


def _everyone(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["age"].isna() & (rows["placement"] == ALL)]


def _total(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["age_group"] == ALL]


def _joined(
    parts: Sequence[pd.DataFrame], name: str, what: str, later: int
) -> tuple[pd.DataFrame, list[str]]:
    """Return one row an authority and year, of the first part that has it, and the differences."""
    rows = pd.concat(parts, keys=range(len(parts)), names=["part"]).reset_index("part")
    rows = rows.dropna(subset=["children"]).sort_values("part", kind="stable")
    newer = rows.drop_duplicates(["code", "year"])
    both = newer.merge(rows, on=["code", "year"], suffixes=("", "_older"))
    both = both[both["children"] != both["children_older"]]
    columns = ("name", "year", "children", "children_older")
    told = [
        f"{who}: {what} {year + later} are {old:,.0f} in the older layout and {new:,.0f} in the "
        "newer; the newer stands"
        for who, year, new, old in zip(*(both[column] for column in columns), strict=True)
    ]
    rows = newer.rename(columns={"children": name})
    return rows[["code", "name", "year", name]], told


def _grouped(parts: Sequence[pd.DataFrame]) -> Series:
    """Return counts by group of the first part that has an authority's year, NaN if any is."""
    keys = ["code", "name", "year", "group"]
    counts = [
        pd.DataFrame(one.groupby(keys, as_index=False)["children"].sum(min_count=1))
        for one in parts
    ]
    rows = pd.concat(counts, keys=range(len(counts)), names=["part"]).reset_index("part")
    rows = rows.sort_values("part", kind="stable").drop_duplicates(["code", "year", "group"])
    rows = rows.rename(columns={"children": "plans"}).drop(columns="part")
    return Series(rows.assign(starts=float("nan")).reset_index(drop=True))
