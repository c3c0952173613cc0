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
        without a place, minutes_now (median to where the child learns now, where known),
        ride_minutes_after (median on a shared ride, of those with a place), over_guideline and
        over_guideline_share of those with a place.
    """
    known = with_groups(children)
    rows = [_row(ALL, ALL, known)]
    for by in GROUPS:
        rows += [_row(by, str(group), some) for group, some in known.groupby(by, sort=True)]
    return pd.DataFrame(rows)


def _row(by: str, group: str, some: pd.DataFrame) -> dict[str, Any]:
    placed = some[some["provision"].notna()]
    without = some[some["provision"].isna()]
    daily = placed["ride_minutes"].dropna()
    return {
        "by": by,
        "group": group,
        "waiting": len(some),
        "with_place": len(placed),
        "without_place": len(without),
        "with_place_share": len(placed) / len(some),
        "weeks_median": some["weeks"].median(),
        "weeks_longest": some["weeks"].max(),
        "weeks_median_after": without["weeks"].median() if len(without) else None,
        "weeks_longest_after": without["weeks"].max() if len(without) else None,
        "minutes_now": some["current_minutes"].median(),
        "ride_minutes_after": daily.median() if len(daily) else None,
        "over_guideline": int(placed["over_guideline"].sum()),
        "over_guideline_share": (float(placed["over_guideline"].mean()) if len(placed) else None),
    }
