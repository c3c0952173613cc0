"""Children of a case from the authority's own person-level return, in place of published tables.

Nothing has to be fitted: the return tells placement, school, need, age and home together. What it
does not hold of a child is shared out as for any other case, and said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from inputs.errors import Fault
from inputs.official.blade import BladeChildren, children_from_blade
from inputs.official.gias import read_register
from inputs.official.sen2 import ALL, SPECIALIST, Placement
from inputs.start.children import Children, gather
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from inputs.start.files import Files, Opened


FAR_APART = 0.05
"""Share by which a return and the published count may differ unremarked (a judgement): returns are
corrected after publication, and children move."""
_MAY_NEED_A_SPECIALIST_PLACE = frozenset(
    one.value
    for one in Placement
    if one in SPECIALIST or one in {Placement.ELSEWHERE, Placement.UNKNOWN}
)
"""Placements named in the plan of a child who waits for a specialist place, for all that is known:
a specialist one, or none that is a setting."""


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
    beside, odd = _beside_published(opened, read)
    children = gather(
        read.children,
        read.count_year,
        read.source,
        (*read.notes, note, *beside),
        (*read.warnings, *odd),
    )
    return Returned(children, queue, read)


def _beside_published(opened: Opened, read: BladeChildren) -> tuple[list[str], list[Fault]]:
    """Return a note of the published count beside the return's, and a warning if far apart.

    Totals ahead are forecast from what is published.
    """
    stock = opened.release.stock(opened.authority)
    everyone = stock["age"].isna() & stock["placement"].eq(ALL)
    rows = stock[everyone & stock["year"].eq(read.count_year)]
    if rows.empty or not rows["children"].notna().all():
        return [], []
    published, ours = int(rows["children"].sum()), read.counts["children"]
    said = f"{published:,} plans are published for January {read.count_year + 1}"
    note = f"{said}; the return has {ours:,}. Totals ahead are forecast from those published."
    if abs(ours - published) <= FAR_APART * published:
        return [note], []
    problem = f"{said}, and the return has {ours:,}: they are not the same children"
    remedy = "Check that it is the return that was sent in, whole, and its census date"
    return [note], [Fault("--blade", problem, remedy, severity="warning")]
