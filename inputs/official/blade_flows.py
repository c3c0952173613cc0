"""Plans started and ceased in the year before a census, and children waiting, from a return.

The frames have the columns of the published release (``sen2.Release``), so that an authority's own
flows can stand in for the published ones; ages are whole years on the day, as published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.official.blade_joins import look_up
from inputs.official.blade_plans import REASONS
from inputs.official.blade_settings import NO_SETTING_YET, place
from inputs.official.sen2_labels import ALL, NEEDS, UNKNOWN_NEED, Placement
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from inputs.official.blade_joins import Joined
    from inputs.official.blade_plans import Plans
    from inputs.official.gias import Register

FLOW_AGES = tuple(range(2, 21))
"""Ages of the published flows: 2 is every age under 3, and 20 includes over."""
UNKNOWN_REASON = 0
"""Stands for a reason for ceasing that is missing or no code."""
_PLACEMENTS = tuple(one.value for one in Placement)


@dataclass(frozen=True, eq=False)
class Flows:
    """Plans that started and ceased in one calendar year.

    Parameters
    ----------
    starts
        ``code, name, year`` (calendar), ``age`` (NA: all), ``placement`` (``all``: the total),
        ``children``. The placement is the one attended on the census date, else the one named in
        the plan, else the last one attended.
    starts_by_need
        The same with ``need``, one of age and placement set, or neither. Down syndrome is under
        OTH, as published until 2025.
    ceased
        ``code, name, year, age, placement, children``, one of age and placement set, or neither.
        The placement is the one attended last, else the one named in the plan.
    ceased_by_reason
        ``year, age`` (NA: not known), ``reason`` (1 to 9; 0: not known), ``children``.
    """

    starts: pd.DataFrame
    starts_by_need: pd.DataFrame
    ceased: pd.DataFrame
    ceased_by_reason: pd.DataFrame


def flows(
    dated: pd.DataFrame,
    plans: Plans,
    named: pd.Series[str],
    census: date,
    area: tuple[str, str],
) -> Flows:
    """Return the flows of the calendar year before a census date.

    Parameters
    ----------
    dated
        Every named plan with ``age_at_start`` and ``age_at_cease``.
    plans
        Those current on the census date.
    named
        The placement that each plan names (``named_placements``).
    census
        The census date.
    area
        Code and name of the authority.
    """
    year = census.year - 1
    last = plans.placed.drop_duplicates("child", keep="last").set_index("child")["placement"]
    child, plan = dated["child"], dated["namedplantableid"]
    attended = look_up(child, last, Placement.UNKNOWN.value)
    named = look_up(plan, named, Placement.UNKNOWN.value)
    now = look_up(child, plans.current["placement"], Placement.UNKNOWN.value)
    rows = dated.assign(
        need=_needs(dated, plans),
        at_start=_first_known(now, named, attended),
        at_cease=_first_known(attended, named),
    )
    started = _in_year(rows, "startdate", year).drop_duplicates("child")
    ended = _in_year(rows, "ceasedate", year).drop_duplicates("child", keep="last")
    started = started.assign(age=_capped(started["age_at_start"]), placement=started["at_start"])
    ended = ended.assign(age=_capped(ended["age_at_cease"]), placement=ended["at_cease"])
    needs = [*(need.value for need in NEEDS), UNKNOWN_NEED]
    return Flows(
        starts=_crossed(started, area, year),
        starts_by_need=_margins(started, area, year, needs),
        ceased=_margins(ended, area, year),
        ceased_by_reason=_by_reason(ended, year),
    )


def who_waits(children: pd.DataFrame, *, returned: bool) -> pd.DataFrame:
    """Return the children of compulsory school age who have a plan and no setting.

    Parameters
    ----------
    children
        One row a child with a current plan: ``need, age, zone, named`` (the placement named in the
        plan), ``urn, code, attended, compulsory``.
    returned
        Whether a child without a placement can be taken to wait.

    Returns
    -------
    DataFrame
        The rows of those with no placement on the census date, and of those whose setting is
        ``NIEO``, or ``OTH`` without a school.
    """
    none = children["code"].isin(list(NO_SETTING_YET)) & (children["urn"] == "")
    if returned:
        none |= ~children["attended"]
    return children[none & children["compulsory"]]


def _in_year(rows: pd.DataFrame, column: str, year: int) -> pd.DataFrame:
    within: pd.DataFrame = rows[rows[column].dt.year == year]
    return within.sort_values(column, kind="stable")


def _capped(age: pd.Series[int]) -> pd.Series[int]:
    return age.clip(lower=FLOW_AGES[0], upper=FLOW_AGES[-1])


def named_placements(joined: Joined, register: Register) -> pd.Series[str]:
    """Return the placement named in each plan, by ``namedplantableid``: the first of rank 1."""
    table = joined.tables.get("plandetail")
    if table is None:
        return pd.Series(dtype=str)
    placed = place(table, register, joined.has["plandetail"])
    rows = table[["namedplantableid", "placementrank"]].join(placed["placement"])
    rows = rows.sort_values("placementrank", kind="stable").drop_duplicates("namedplantableid")
    return rows.set_index("namedplantableid")["placement"]


def _needs(rows: pd.DataFrame, plans: Plans) -> pd.Series[str]:
    """Return the need of each plan, by its request's active plan, else its child's."""
    need = look_up(plans.active["activeplanstableid"], plans.needs)
    active = plans.active.assign(need=need)[need != ""]
    by_request = look_up(rows["request"], active.set_index("request")["need"])
    by_child = look_up(rows["child"], active.set_index("child")["need"], UNKNOWN_NEED)
    need = by_request.mask(by_request == "", by_child)
    return need.replace({Need.DS.value: Need.OTH.value})


def _first_known(*columns: pd.Series[str]) -> pd.Series[str]:
    """Return, row by row, the first placement that is known."""
    out = columns[0]
    for column in columns[1:]:
        out = out.mask(out == Placement.UNKNOWN, column)
    return out


def _counted(rows: pd.DataFrame, keys: list[str], values: list[list[Any]]) -> pd.DataFrame:
    """Return children by keys, with 0 wherever nobody is counted, as the release has it."""
    counted = rows.groupby(keys).size()
    if len(keys) == 1:
        every = pd.Index(values[0], name=keys[0])
    else:
        every = pd.MultiIndex.from_product(values, names=keys)
    return counted.reindex(every, fill_value=0).rename("children").reset_index()


def _crossed(rows: pd.DataFrame, area: tuple[str, str], year: int) -> pd.DataFrame:
    """Return children by age and placement, with the totals of either and of both."""
    every = pd.concat([rows, rows.assign(placement=ALL)])
    by_both = _counted(every, ["age", "placement"], [list(FLOW_AGES), [*_PLACEMENTS, ALL]])
    by_placement = _counted(every, ["placement"], [[*_PLACEMENTS, ALL]])
    return _tidy([by_both, by_placement], [], area, year)


def _margins(
    rows: pd.DataFrame, area: tuple[str, str], year: int, need: Sequence[str] = ()
) -> pd.DataFrame:
    """Return children by age, by placement and all of them, each by need where asked."""
    within = ["need"] if need else []
    more = [list(need)] if need else []
    everyone = _counted(rows, within, more) if need else pd.DataFrame({"children": [len(rows)]})
    by_age = _counted(rows, ["age", *within], [list(FLOW_AGES), *more])
    by_placement = _counted(rows, ["placement", *within], [list(_PLACEMENTS), *more])
    return _tidy([everyone, by_age, by_placement], within, area, year)


def _tidy(
    parts: list[pd.DataFrame], within: list[str], area: tuple[str, str], year: int
) -> pd.DataFrame:
    rows = pd.concat(parts, ignore_index=True)
    rows = rows.assign(code=area[0], name=area[1], year=year)
    rows = rows[["code", "name", "year", "age", "placement", *within, "children"]]
    return rows.astype({"age": "Int64", "children": float})


def _by_reason(rows: pd.DataFrame, year: int) -> pd.DataFrame:
    reason = rows["ceasereason"].where(rows["ceasereason"].isin(REASONS), str(UNKNOWN_REASON))
    counted = rows.assign(reason=reason.astype(int), year=year).groupby(
        ["year", "age", "reason"], as_index=False, dropna=False
    )
    return counted.size().rename(columns={"size": "children"})
