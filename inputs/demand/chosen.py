"""Which entrants a plan rests on: the expected ones, one draw, or the draw at a rank of totals.

Draws stand in the table ``entrants`` (column ``draw``), or in the file of draws beside it, which
holds many more. The file has to belong to the table: same zones, same years, same expectations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.demand.draws import FILE_NAME, RANKS, Draws, at_rank
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_SLACK_SHARE, _SLACK_CHILDREN = 0.01, 0.5
"""Expected children of a year may differ by so much of them, and so many: tables are rounded."""
_LISTED = 5


def chosen_demand(
    entrants: pd.DataFrame, which: int | str, draws: Path | None = None
) -> pd.DataFrame:
    """Return the rows of one demand: the mean, one draw, or the draw at a rank of the totals.

    P10, P50 and P90 are the coherent draw at that rank of the authority's total, by the
    nearest-rank rule: percentiles of cells do not add. Where a case holds draws but no mean, the
    mean is worked out over the draws.

    Parameters
    ----------
    entrants
        The case's table.
    which
        ``mean``, ``P10``, ``P50``, ``P90``, or the number of a draw.
    draws
        The case's file of draws; where there is one, draws come from it.

    Raises
    ------
    InputError
        When there are no draws, or none of that number.
    """
    number = pd.to_numeric(entrants["draw"])
    mean, drawn = entrants[number.isna()], entrants[number.notna()]
    if which == "mean":
        if len(mean) or not len(drawn):
            return mean
        return drawn.assign(children=drawn["children"] / drawn["draw"].nunique())
    if draws is not None:
        return _from_file(Draws.load(draws), draws.name, which, mean)
    if not len(drawn):
        raise _refused(
            "entrants",
            "asks for a draw, and the table holds no draws",
            f"Set demand = 'mean' in the scenario, or add rows with a draw number, or {FILE_NAME}",
            which,
        )
    totals = drawn.groupby("draw")["children"].sum()
    numbers = pd.to_numeric(pd.Series(totals.index)).to_numpy()
    key = numbers[at_rank(totals.to_numpy(float), RANKS[which])] if which in RANKS else which
    chosen = drawn[pd.to_numeric(drawn["draw"]) == key]
    if chosen.empty:
        raise _no_such("entrants", which, int(numbers.min()), int(numbers.max()))
    return chosen


def _from_file(draws: Draws, name: str, which: int | str, mean: pd.DataFrame) -> pd.DataFrame:
    number = draws.at_rank(RANKS[which]) if isinstance(which, str) else which
    if not 0 <= number < len(draws):
        raise _no_such(name, which, 0, len(draws) - 1)
    return rows_of_draw(draws, number, mean)


def rows_of_draw(draws: Draws, number: int, mean: pd.DataFrame) -> pd.DataFrame:
    """Return one draw as rows of the table ``entrants``, with the shares stated for the mean.

    Parameters
    ----------
    draws, number
        The draws and the number of one, from nought.
    mean
        The expected entrants, whose columns the rows have.
    """
    rows = draws.one(number)
    for share in ("wheelchair_share", "solo_share"):
        rows[share] = _share_of(mean, share, rows)
    return rows[list(mean.columns)]


def _share_of(mean: pd.DataFrame, column: str, rows: pd.DataFrame) -> pd.Series:
    """Return a share stated with expected entrants for drawn ones of the same need and phase."""
    stated = mean[mean[column].notna() & (mean["children"] > 0)]
    if stated.empty:
        return pd.Series(np.nan, rows.index)
    keys = ["need", "phase"]
    parts = stated.assign(part=stated["children"] * pd.to_numeric(stated[column])).astype(
        dict.fromkeys(keys, str)
    )
    sums = parts.groupby(keys)[["part", "children"]].sum()
    share = (sums["part"] / sums["children"]).rename("share").reset_index()
    return rows.merge(share, on=keys, how="left")["share"].set_axis(rows.index)


def draws_belong(path: Path, zones: Iterable[str], entrants: pd.DataFrame) -> list[Fault]:
    """Return why a file of draws does not belong to a case; nothing where it does.

    Parameters
    ----------
    path
        The file.
    zones
        Keys of the case's zones.
    entrants
        The case's table of entrants.
    """
    try:
        draws = Draws.load(path)
    except InputError as error:
        return list(error.faults)
    remedy = f"Make both again together, or take {path.name} out of the folder"
    faults = []
    strange = sorted(set(draws.rows["zone"]) - {str(zone) for zone in zones})
    if strange:
        more = f" and {len(strange) - _LISTED:,} more" if len(strange) > _LISTED else ""
        listed = ", ".join(strange[:_LISTED])
        problem = f"does not belong to this case: zones.csv has no {listed}{more}"
        faults.append(Fault(path.name, problem, remedy, column="zone"))
    mean = entrants[pd.to_numeric(entrants["draw"]).isna()]
    if len(mean):
        here = mean.groupby("year")["children"].sum()
        there = pd.Series(draws.mean).groupby(draws.rows["year"].to_numpy()).sum()
        for year in sorted(set(here.index) | set(there.index)):
            ours, theirs = float(here.get(year, 0.0)), float(there.get(year, 0.0))
            if abs(ours - theirs) > _SLACK_CHILDREN + _SLACK_SHARE * max(ours, theirs):
                problem = (
                    f"does not belong to this case: in {year} it expects {theirs:,.1f} entrants, "
                    f"and the table entrants {ours:,.1f}"
                )
                faults.append(Fault(path.name, problem, remedy, column="year", value=str(year)))
    return faults


def _refused(table: str, problem: str, remedy: str, which: int | str) -> InputError:
    return InputError([Fault(table, problem, remedy, column="demand", value=str(which))])


def _no_such(table: str, which: int | str, low: int, high: int) -> InputError:
    remedy = f"Draws run from {low} to {high}"
    return _refused(table, "is not the number of a draw in the table", remedy, which)
