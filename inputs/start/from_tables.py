"""Children from the published tables: placement, need and age together, every margin held.

Three tables of two are published (placement by age, placement by need, need by age) and none of
three. They are fitted together and made whole; then each published figure is held against the one
made, and the difference printed, so that nobody has to believe it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError
from inputs.official.sen2 import AGES, ALL, NEEDS, UNKNOWN_NEED, Placement
from inputs.start.children import Children, gather
from inputs.start.fitting import fit, possible, round_to_margins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from inputs.official.authorities import Authority
    from inputs.official.sen2 import Release

    Counts = NDArray[np.int64]
    Expected = NDArray[np.float64]

_PLACEMENTS = [one.value for one in Placement]
_NEEDS = [*(one.value for one in NEEDS), UNKNOWN_NEED]
_AGES = list(AGES)
_LUMPED = 20
"""Residential placements are published for 20 and over together."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """Children made from published margins, and how well each margin is held.

    Parameters
    ----------
    children
        The whole children.
    margins
        One row a published figure: ``table``, ``placement``, ``need``, ``age`` (blank: all),
        ``published``, ``made``, ``difference``.
    """

    children: Children
    margins: pd.DataFrame

    @property
    def held(self) -> int:
        """How many published figures hold exactly."""
        return int((self.margins["difference"] == 0).sum())

    def check(self) -> str:
        """Return the result as a sentence: how many margins hold, and which do not."""
        n = len(self.margins)
        if self.held == n:
            return f"all {n:,} published margins hold exactly"
        off = self.margins[self.margins["difference"] != 0]
        worst = off.reindex(off["difference"].abs().sort_values(ascending=False).index)
        listed = "; ".join(
            f"{row.table} {' '.join(str(v) for v in (row.placement, row.need, row.age) if v != '')}"
            f" (published {row.published:,.0f}, made {row.made:,.0f})"
            for row in worst.head(6).itertuples()
        )
        more = f"; and {len(off) - 6:,} more" if len(off) > 6 else ""
        return (
            f"{self.held:,} of {n:,} published margins hold exactly; the tables contradict each "
            f"other, and these do not: {listed}{more}"
        )


def children_from_tables(release: Release, authority: Authority) -> Fitted:
    """Return the children of an authority at the newest January count.

    Parameters
    ----------
    release
        Of the 2023 layout or later.
    authority
        Whose.

    Raises
    ------
    InputError
        When a table is missing, does not hold the authority, or a figure needed is not published.
    """
    by_age, by_need, need_age = _margins(release, authority)
    margins = [((0, 2), by_age), ((0, 1), by_need), ((1, 2), need_age)]
    shape = (len(_PLACEMENTS), len(_NEEDS), len(_AGES))
    fitted = fit(possible(shape, margins), margins)
    whole = round_to_margins(fitted, margins)
    boarding, residential_margins = _residential(release, authority, whole)
    rows = pd.concat(
        [
            _rows(whole - boarding).assign(residential=False),
            _rows(boarding).assign(residential=True),
        ]
    )
    year = release.year - 1
    children = gather(rows, year, f"Education, health and care plans (DfE), January {release.year}")
    check = [
        *_checked("placement by age", (0, 2), by_age, whole),
        *_checked("placement by need", (0, 1), by_need, whole),
        *_checked("need by age", (1, 2), need_age, whole),
        *residential_margins,
    ]
    columns = ["table", "placement", "need", "age", "published", "made"]
    table = pd.DataFrame(check, columns=columns)
    table["difference"] = table["made"] - table["published"]
    return Fitted(children, table)


def _margins(release: Release, authority: Authority) -> tuple[Expected, Expected, Expected]:
    """Return placement by age, placement by need and need by age, as published."""
    year = release.year - 1
    stock = release.stock(authority)
    stock = stock[(stock["year"] == year) & (stock["placement"] != ALL) & stock["age"].notna()]
    needs = release.stock_by_need(authority)
    needs = needs[needs["year"] == year]
    found = {
        "caseload": _square(stock, "placement", _PLACEMENTS, "age", _AGES),
        "sen_needs_all_plans, by placement": _square(
            needs[needs["placement"].notna()], "placement", _PLACEMENTS, "need", _NEEDS
        ),
        "sen_needs_all_plans, by age": _square(
            needs[needs["age"].notna()], "need", _NEEDS, "age", _AGES
        ),
    }
    faults = []
    for table, margin in found.items():
        file = table.split(",")[0]
        label = release.tables[file].name
        if np.isnan(margin).all():
            which = table.split(", ")[1] if "," in table else "by age"
            problem = f"has no figures {which} of {authority.name} for January {release.year}"
            faults.append(Fault(label, problem, _NO_CASE))
        elif np.isnan(margin).any():
            n = int(np.isnan(margin).sum())
            problem = (
                f"{n:,} figures of {authority.name} for January {release.year} are marked as not "
                "published"
            )
            faults.append(Fault(label, problem, _NO_CASE))
    if faults:
        raise InputError(faults)
    by_age, by_need, need_age = found.values()
    return by_age, by_need, need_age


_NO_CASE = (
    "No honest case can be made from these tables; the authority can make one from its own return"
)


def _square(
    frame: pd.DataFrame, row: str, rows: list[str], column: str, columns: list[str] | list[int]
) -> Expected:
    """Return children (rows, columns); NaN where no row stands or nothing is published."""
    table = frame.set_index([row, column])["children"]
    index = pd.MultiIndex.from_product([rows, columns])
    out: Expected = table.reindex(index).to_numpy(float).reshape(len(rows), len(columns))
    return out


def _rows(table: Counts) -> pd.DataFrame:
    at = np.nonzero(table)
    return pd.DataFrame(
        {
            "placement": np.array(_PLACEMENTS)[at[0]],
            "need": np.array(_NEEDS)[at[1]],
            "age": np.array(_AGES)[at[2]],
            "children": table[at],
        }
    )


Row = tuple[str, str, str, object, float, float]


def _checked(name: str, kept: tuple[int, int], margin: Expected, whole: Counts) -> list[Row]:
    """Return a row of the check for every published figure of a table."""
    made = whole.sum(axis=next(axis for axis in range(3) if axis not in kept))
    labels = (_PLACEMENTS, _NEEDS, _AGES)
    rows: list[Row] = []
    for i, j in np.ndindex(*margin.shape):
        named: list[object] = ["", "", ""]
        named[kept[0]], named[kept[1]] = labels[kept[0]][i], labels[kept[1]][j]
        place, need, age = named
        rows.append((name, str(place), str(need), age, float(margin[i, j]), float(made[i, j])))
    return rows


def _residential(release: Release, authority: Authority, whole: Counts) -> tuple[Counts, list[Row]]:
    """Return which children board (placement, need, age), and the check of its two margins.

    Residential placements are published by placement and by age, not by need: they are fitted to
    both, as the children of each placement and age are, and never more than there are children.
    """
    none = np.zeros_like(whole)
    if not release.has("residential_settings"):
        return none, []
    frame = release.residential(authority)
    frame = frame[frame["year"] == release.year - 1]
    at = frame[frame["placement"].notna()].set_index("placement")["children"]
    ages = frame[frame["age"].notna()].set_index("age")["children"]
    young = [age for age in _AGES if age <= _LUMPED]
    by_placement = at.reindex(_PLACEMENTS).to_numpy(float)
    by_age = ages.reindex(young).to_numpy(float)
    if np.isnan(by_placement).any() or np.isnan(by_age).any():
        return none, []
    cut = len(young)
    most = np.concatenate(
        [whole[:, :, : cut - 1], whole[:, :, cut - 1 :].sum(axis=2, keepdims=True)], axis=2
    )
    margins = [((0,), by_placement), ((2,), by_age)]
    seed = most * possible(most.shape, margins)
    lumped = round_to_margins(np.minimum(fit(seed, margins, 200), most), margins, most=most)
    boarding = none.copy()
    boarding[:, :, : cut - 1] = lumped[:, :, :-1]
    left = lumped[:, :, -1].copy()
    for age in range(cut - 1, len(_AGES)):
        boarding[:, :, age] = np.minimum(left, whole[:, :, age])
        left -= boarding[:, :, age]
    made = lumped.sum(axis=(1, 2)), lumped.sum(axis=(0, 1))
    name = "residential"
    rows: list[Row] = [
        (name, place, "", "", float(p), float(m))
        for place, p, m in zip(_PLACEMENTS, by_placement, made[0], strict=True)
    ]
    rows += [
        (name, "", "", age, float(p), float(m))
        for age, p, m in zip(young, by_age, made[1], strict=True)
    ]
    return boarding, rows
