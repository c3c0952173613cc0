"""Children with a plan at one count, from whatever source: the seam between sources and a case.

Published tables tell placement, need and age (two at a time, fitted together in ``fitting``). An
authority's own return tells the school and the home zone too. A case is made from either in the
same way: what is blank is shared out, what is known is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inputs.official.sen2 import AGES, NEEDS, UNKNOWN_NEED, Placement
from inputs.vocabulary import Need

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from inputs.errors import Fault

COLUMNS = ("placement", "residential", "urn", "need", "age", "zone", "children")
PLACEMENTS: tuple[Placement, ...] = tuple(Placement)


@dataclass(frozen=True, eq=False)
class Children:
    """Children and young people with a plan whom the authority maintains it for.

    Parameters
    ----------
    rows
        One row a placement, residential, urn, need, age and zone: ``placement`` (a
        ``Placement``), ``residential`` (a boarding placement of 38 weeks or more), ``urn`` (the
        school's; blank: not known), ``need`` (a ``Need``, or ``unknown``), ``age`` (at 31 August
        before the academic year of the count, 2 to 25; 2 is every age under 3), ``zone`` (home
        LSOA of 2011; blank: not known), ``children`` (whole, above 0).
    count_year
        Academic year of the count, by its first September: January 2025 is 2024.
    source
        What it was counted from, as a noun phrase that the notes of the case print.
    notes
        What was assumed or put right on the way, a sentence each; the case's notes hold them.
    warnings
        What was odd in the source, to be shown when the case is made.
    """

    rows: pd.DataFrame
    count_year: int
    source: str
    notes: tuple[str, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def total(self) -> int:
        """Everyone."""
        return int(self.rows["children"].sum())

    def table(self) -> NDArray[np.int64]:
        """Return children (placement, need, age), in the order of PLACEMENTS, NEEDS and AGES.

        Down syndrome is counted under OTH, as in the published tables. Those whose need is not
        known have to be resolved before (``known_needs``).

        Raises
        ------
        ValueError
            When a row's need is unknown or its age is not from 2 to 25.
        """
        out = np.zeros((len(PLACEMENTS), len(NEEDS), len(AGES)), dtype=np.int64)
        need = self.rows["need"].replace({Need.DS.value: Need.OTH.value})
        at = (
            self.rows["placement"].map({one.value: k for k, one in enumerate(PLACEMENTS)}),
            need.map({one.value: k for k, one in enumerate(NEEDS)}),
            self.rows["age"].map({age: k for k, age in enumerate(AGES)}),
        )
        if any(index.isna().any() for index in at):
            raise ValueError("a row has no known placement, need or age from 2 to 25")
        np.add.at(out, tuple(index.to_numpy(int) for index in at), self.rows["children"])
        return out


def gather(
    rows: pd.DataFrame,
    count_year: int,
    source: str,
    notes: tuple[str, ...] = (),
    warnings: tuple[Fault, ...] = (),
) -> Children:
    """Return children of equal rows added up, columns checked and in order.

    Parameters
    ----------
    rows
        With ``placement``, ``need``, ``age`` and ``children``; ``residential`` (default no),
        ``urn`` and ``zone`` (default blank) may be absent.
    count_year, source, notes, warnings
        As in ``Children``.

    Raises
    ------
    ValueError
        When a placement, a need or an age is not one of the vocabulary, or a count is not whole
        and at least 0.
    """
    frame = rows.copy()
    for name, default in (("residential", False), ("urn", ""), ("zone", "")):
        if name not in frame:
            frame[name] = default
    frame = frame.astype(
        {"placement": str, "need": str, "urn": str, "zone": str, "residential": bool, "age": int}
    )
    count = frame["children"].to_numpy(float)
    if (count < 0).any() or (count != np.rint(count)).any():
        raise ValueError("children must be whole and at least 0")
    if not frame["placement"].isin([one.value for one in Placement]).all():
        raise ValueError("a row has a placement that is not in the vocabulary")
    if not frame["need"].isin([*(one.value for one in Need), UNKNOWN_NEED]).all():
        raise ValueError("a row has a need that is not in the vocabulary")
    if not frame["age"].between(AGES[0], AGES[-1]).all():
        raise ValueError("a row has an age that is not from 2 to 25")
    keys = list(COLUMNS[:-1])
    out = frame.groupby(keys, as_index=False, sort=True)["children"].sum()
    out["children"] = out["children"].astype(np.int64)
    out = out[out["children"] > 0].reset_index(drop=True)
    return Children(out[list(COLUMNS)], count_year, source, notes, warnings)
