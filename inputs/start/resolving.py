"""Children whose need or placement is not recorded: taken to be like the others, and told.

The published margins hold for the children as they are recorded. A plan has to put every child
somewhere, so those of unknown need get the needs of the others in their placement and age, and
those of unknown placement are where the others of their age and need are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.demand.basis import known_placements
from inputs.errors import Fault, InputError
from inputs.official.sen2 import AGES, NEEDS, SPECIALIST, UNKNOWN_NEED, Placement
from inputs.parameters import parameter
from inputs.start.children import COLUMNS, PLACEMENTS, Children, gather
from inputs.start.fitting import deal
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from datetime import date

_ANY_AGE, _ANYONE = 1e-2, 1e-4
"""What the mix of a placement at any age, and of everyone, weigh beside the mix of the very age:
they count only where the latter has nobody."""


def known(children: Children, on: date) -> Children:
    """Return the children with needs and placements resolved, and the notes that say so.

    Parameters
    ----------
    children
        As recorded.
    on
        The day whose dated figures hold.

    Raises
    ------
    InputError
        When so many placements are not recorded that no honest case can be made.
    """
    return _placements(_needs(children), on)


def _needs(children: Children) -> Children:
    """Return the children with those of unknown need given the needs of the others."""
    rows = children.rows
    lost = rows["need"] == UNKNOWN_NEED
    number = int(rows.loc[lost, "children"].sum())
    if number == 0:
        return children
    told = rows[~lost].assign(need=rows.loc[~lost, "need"].replace({Need.DS.value: Need.OTH.value}))
    names = [one.value for one in NEEDS]
    by_age = _mix(told, ["placement", "age"], names)
    by_placement, everyone = _mix(told, ["placement"], names), _mix(told, [], names)
    unknown = rows[lost]
    keys = pd.MultiIndex.from_frame(unknown[["placement", "age"]])
    expected = (
        by_age.reindex(keys).fillna(0.0).to_numpy()
        + _ANY_AGE * by_placement.reindex(unknown["placement"]).fillna(0.0).to_numpy()
        + _ANYONE * everyone.to_numpy()
    )
    whole = deal(unknown["children"].to_numpy(np.int64), expected)
    at, need = np.nonzero(whole)
    given = unknown.iloc[at].assign(need=np.array(names)[need], children=whole[at, need])
    out = gather(pd.concat([rows[~lost], given]), children.count_year, children.source)
    note = (
        f"Assumption: the primary need of {number:,} of {children.total:,} plans is not recorded; "
        "they have the needs of the others in their placement and age."
    )
    return replace(children, rows=out.rows, notes=(*children.notes, note))


def _mix(rows: pd.DataFrame, by: list[str], names: list[str]) -> pd.DataFrame:
    """Return the share of each need, by some columns."""
    keys = [rows[name] for name in by] or [pd.Series(0, index=rows.index)]
    table = rows.groupby([*keys, rows["need"]])["children"].sum().unstack(fill_value=0)
    table = table.reindex(columns=names, fill_value=0).astype(float)
    return table.div(table.sum(axis=1), axis=0)


def _placements(children: Children, on: date) -> Children:
    """Return the children with those of unknown placement where others like them are."""
    rows = children.rows
    lost = rows["placement"] == Placement.UNKNOWN.value
    number = int(rows.loc[lost, "children"].sum())
    if number == 0:
        return children
    most = parameter("start.unknown_placement_refused", on)
    if number > most.value * children.total:
        problem = (
            f"the placement of {number:,} of {children.total:,} plans is not recorded "
            f"({number / children.total:.0%}; at most {most.value:.0%} can be filled in)"
        )
        remedy = "No honest case can be made from it; use a return in which placements are recorded"
        raise InputError([Fault(children.source, problem, remedy)])
    before = children.table()
    more = known_placements(before) - before
    more[PLACEMENTS.index(Placement.UNKNOWN)] = 0
    at = np.nonzero(more)
    given = pd.DataFrame(
        {
            "placement": np.array([one.value for one in PLACEMENTS])[at[0]],
            "need": np.array([one.value for one in NEEDS])[at[1]],
            "age": np.array(AGES)[at[2]],
            "children": more[at],
        }
    ).assign(residential=False, urn="", zone="")
    out = gather(
        pd.concat([rows[~lost], given[list(COLUMNS)]]), children.count_year, children.source
    )
    special = given["placement"].isin([one.value for one in SPECIALIST])
    note = (
        f"Assumption: the placement of {number:,} of {children.total:,} plans is not recorded; "
        "they are taken to be where others of their age and need are, "
        f"{int(given.loc[special, 'children'].sum()):,} of them in specialist places."
    )
    warnings = list(children.warnings)
    if number > parameter("start.unknown_placement_warned", on).value * children.total:
        share = f"{number / children.total:.1%}"
        problem = f"the placement of {number:,} plans ({share}) is not recorded"
        remedy = "They are put where others of their age and need are; see case-notes.md"
        warnings.append(Fault(children.source, problem, remedy, severity="warning"))
    return replace(children, rows=out.rows, notes=(*children.notes, note), warnings=tuple(warnings))


def waiting_children(children: Children, number: int) -> pd.DataFrame:
    """Return children who wait for a specialist place, shared out as those of school age in one.

    Parameters
    ----------
    children
        At the count, needs and placements known.
    number
        How many wait.

    Returns
    -------
    DataFrame
        ``need``, ``age``, ``children``, whole numbers that add up.
    """
    rows = children.rows
    school = rows["age"].between(4, 15) & rows["placement"].isin([one.value for one in SPECIALIST])
    cells = pd.DataFrame(rows[school].groupby(["need", "age"])["children"].sum()).reset_index()
    share = cells["children"].to_numpy(float)
    if number <= 0 or share.sum() == 0:
        return cells.head(0)
    exact = share * number / share.sum()
    whole = np.floor(exact).astype(int)
    for at in np.argsort(whole - exact, kind="stable")[: number - whole.sum()]:
        whole[at] += 1
    out = cells.assign(children=whole)
    return out[out["children"] > 0].reset_index(drop=True)
