"""Children some years after the count, as projected, in whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.official.sen2 import AGES, NEEDS
from inputs.start.children import PLACEMENTS, Children, gather
from inputs.start.fitting import deal

if TYPE_CHECKING:
    from numpy.typing import NDArray


def state_later(children: Children, stock: NDArray[np.float64], year: int) -> Children:
    """Return the children expected at the January of a later academic year.

    Parameters
    ----------
    children
        At the count; the share of each placement and age that boards is taken to stay.
    stock
        (placement, need, age) plans expected then.
    year
        The academic year, by its first September.

    Returns
    -------
    Children
        Whole, with every placement within one child of what is expected. Neither school nor home
        is known: who is where has changed.
    """
    by_placement = np.rint(stock.sum(axis=(1, 2))).astype(np.int64)
    flat = stock.reshape(len(PLACEMENTS), -1)
    whole = deal(by_placement, flat).reshape(stock.shape)
    boarders = _boarding_share(children)
    boards = np.floor(whole * boarders[:, None, :] + 0.5).astype(np.int64)
    parts = []
    for table, residential in ((whole - boards, False), (boards, True)):
        at = np.nonzero(table)
        parts.append(
            pd.DataFrame(
                {
                    "placement": np.array([one.value for one in PLACEMENTS])[at[0]],
                    "need": np.array([one.value for one in NEEDS])[at[1]],
                    "age": np.array(AGES)[at[2]],
                    "children": table[at],
                    "residential": residential,
                }
            )
        )
    note = (
        f"Assumption: children placed at the start are those projected for January {year + 1} from "
        f"the count of January {children.count_year + 1}, not counted ones."
    )
    source = f"projected to January {year + 1} from {children.source}"
    return gather(pd.concat(parts), year, source, (*children.notes, note), children.warnings)


def _boarding_share(children: Children) -> NDArray[np.float64]:
    """Return the share that boards, (placement, age)."""
    rows = children.rows
    keys = [rows["placement"], rows["age"]]
    everyone = rows.groupby(keys)["children"].sum()
    boards = rows["children"].where(rows["residential"], 0).groupby(keys).sum()
    index = pd.MultiIndex.from_product([[one.value for one in PLACEMENTS], list(AGES)])
    share = (boards / everyone).reindex(index).fillna(0.0)
    return np.asarray(share.to_numpy(float).reshape(len(PLACEMENTS), len(AGES)))
