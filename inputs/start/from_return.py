"""Children of a case from the authority's own person-level return, in place of published tables.

Nothing has to be fitted: the return tells placement, school, need, age and home together. What it
does not hold of a child is shared out as for any other case, and said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from inputs.official.blade import BladeChildren, children_from_blade
from inputs.official.gias import read_register
from inputs.official.sen2 import SPECIALIST, Placement
from inputs.start.children import Children, gather
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from inputs.start.files import Files, Opened


@dataclass(frozen=True, eq=False)
class Returned:
    """What a return gives a case.

    Parameters
    ----------
    children
        Everyone with a plan at the count.
    waiting
        ``need, age, children``: those who wait for a specialist place, Down syndrome under OTH.
    read
        The return as it was read, with everything found in it.
    """

    children: Children
    waiting: pd.DataFrame
    read: BladeChildren


def children_from_return(
    opened: Opened,
    files: Files,
    folder: Path,
    postcodes: Path | None,
    census_date: date | None = None,
) -> Returned:
    """Return the children of an authority's own return.

    Parameters
    ----------
    opened, files
        The official files, read and unread: the register is read again with closed schools in it,
        which a return may still name.
    folder
        The folder or the zip of the export.
    postcodes
        The ONS postcode file; without it homes are shared out as for a case from published tables.
    census_date
        In place of the return's own.

    Raises
    ------
    InputError
        With every fault and warning of the return.
    """
    register = read_register(files.gias, keep=lambda rows: rows["URN"] != "")
    read = children_from_blade(
        folder,
        postcodes,
        register,
        census_date,
        authority=opened.authority,
        zones=frozenset(opened.zones.zones["zone"]),
    )
    waiting = read.waiting[read.waiting["named"].isin(_MAY_NEED_A_SPECIALIST_PLACE)]
    need = waiting["need"].replace({Need.DS.value: Need.OTH.value})
    known = waiting.assign(need=need)[need.isin([one.value for one in Need])]
    groups = known.groupby(["need", "age"], as_index=False)
    queue = pd.DataFrame(groups.agg(children=("children", "sum")))
    number, lost = (
        int(queue["children"].sum()),
        int(waiting["children"].sum() - known["children"].sum()),
    )
    note = (
        f"Of those who wait, {number:,} wait for a specialist place: their plan names one, or "
        f"names no setting. {lost:,} more, of unknown need, are not among them."
    )
    children = gather(
        read.children, read.count_year, read.source, (*read.notes, note), read.warnings
    )
    return Returned(children, queue, read)


_MAY_NEED_A_SPECIALIST_PLACE = frozenset(
    one.value
    for one in Placement
    if one in SPECIALIST or one in {Placement.ELSEWHERE, Placement.UNKNOWN}
)
"""Placements named in the plan of a child who waits for a specialist place, for all that is known:
a specialist one, or none that is a setting."""
