"""Who waits and who travels, before and after: by need, phase, locality and deprivation fifth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from outputs.tables import ALL, NO_LOCALITY

if TYPE_CHECKING:
    from typing import Any

GROUPS = ("need", "phase", "locality", "deprivation_fifth")
UNKNOWN_FIFTH = "not_known"


def with_groups(children: pd.DataFrame) -> pd.DataFrame:
    """Return the children with a word for every group that they are counted in."""
    locality = children["locality"].astype(object).where(children["locality"].notna(), NO_LOCALITY)
    fifth = [UNKNOWN_FIFTH if pd.isna(one) else str(int(one))
             for one in children["deprivation_fifth"]]  # fmt: skip
    return children.assign(locality=locality, deprivation_fifth=fifth)


def fairness(children: pd.DataFrame) -> pd.DataFrame:
    """Return one row a group: waits and journeys before the round and after it.

    Parameters
    ----------
    children
        The round's table of that name.

    Returns
    -------
    DataFrame
        by, group, waiting, with_place, without_place, with_place_share, weeks_median and
        weeks_longest of all who wait, weeks_median_after and weeks_longest_after of those still
        without a place; minutes_known (children whose journey now is known), minutes_now and
        minutes_after (medians of these children alone: to where each learns now; then on a shared
        ride to its place, or as now where it has none); ride_minutes_with_place (median of all with
        a place), over_guideline and over_guideline_share of them.
    """
    known = with_groups(children)
    rows = [_row(ALL, ALL, known)]
    for by in GROUPS:
        rows += [_row(by, str(group), some) for group, some in known.groupby(by, sort=True)]
    return pd.DataFrame(rows)


def _row(by: str, group: str, some: pd.DataFrame) -> dict[str, Any]:
    placed = some[some["provision"].notna()]
    without = some[some["provision"].isna()]
    travels = some[some["current_minutes"].notna()]
    after = travels["ride_minutes"].where(travels["provision"].notna(), travels["current_minutes"])
    return {
        "by": by,
        "group": group,
        "waiting": len(some),
        "with_place": len(placed),
        "without_place": len(without),
        "with_place_share": len(placed) / len(some),
        "weeks_median": some["weeks"].median(),
        "weeks_longest": some["weeks"].max(),
        "weeks_median_after": _median(without["weeks"]),
        "weeks_longest_after": without["weeks"].max() if len(without) else None,
        "minutes_known": len(travels),
        "minutes_now": _median(travels["current_minutes"]),
        "minutes_after": _median(after),
        "ride_minutes_with_place": _median(placed["ride_minutes"]),
        "over_guideline": int(placed["over_guideline"].sum()),
        "over_guideline_share": (float(placed["over_guideline"].mean()) if len(placed) else None),
    }


def _median(values: pd.Series[Any]) -> float | None:
    return float(values.median()) if values.notna().any() else None
