"""A few draws that stand for many: those at evenly spaced ranks of the authority's total.

Each is one coherent future, as it was drawn. Taken at even ranks, a few of them cover what may
come more evenly than as many taken at random.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.demand.chosen import chosen_demand, rows_of_draw
from inputs.demand.draws import Draws, at_rank
from inputs.demand.forecast import forecast_of_case
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from inputs.case import Case

DRAWN = 1000
"""Draws made where the case holds none."""
WHERE = "--draws"
_LISTED = 5
_CELL = ["zone", "need", "phase"]


@dataclass(frozen=True)
class Spread:
    """A few draws of a case.

    Parameters
    ----------
    numbers
        Of each draw, from the smallest total to the largest.
    totals
        Entrants of the authority over all years, in the same order.
    source
        Where they come from, in words.
    """

    numbers: tuple[int, ...]
    totals: tuple[float, ...]
    source: str
    _case: Case
    _draws: Draws | None

    def case(self, number: int) -> Case:
        """Return the case with one draw's entrants as those that are expected.

        Parameters
        ----------
        number
            Of a draw.
        """
        entrants = self._case.entrants
        mean = entrants[pd.to_numeric(entrants["draw"]).isna()]
        if self._draws is None:
            rows = chosen_demand(entrants, number)
        else:
            rows = rows_of_draw(self._draws, number, mean)
        rows = rows[list(entrants.columns)].copy()
        rows["draw"] = pd.NA
        typed = rows.astype(entrants.dtypes.to_dict()).reset_index(drop=True)
        return replace(self._case, entrants=typed, draws=None)


def spread_draws(case: Case, wanted: int, seed: int = 0) -> Spread:
    """Return so many draws, at even ranks of the authority's total.

    They come from the case's file of draws, else from its table of entrants, else they are drawn
    about its expected entrants as `sendplaces forecast` does for a case without its own basis.

    Parameters
    ----------
    case
        A checked case.
    wanted
        How many.
    seed
        For draws made here.

    Raises
    ------
    InputError
        When fewer draws than asked for are there, and when a draw has children of a need and phase
        in a zone where none are expected: draws that do not share cells cannot be set side by side.
    """
    entrants = case.entrants
    number = pd.to_numeric(entrants["draw"])
    draws: Draws | None = None
    if case.draws is not None:
        draws, source = Draws.load(case.draws), f"the file {case.draws.name}"
    elif number.notna().any():
        source = "the draws in the table entrants"
    else:
        draws = forecast_of_case(case, max(DRAWN, wanted), seed)
        source = (
            f"{len(draws):,} draws made round the expected entrants of the case (seed {seed}), for "
            "want of a forecast of its own"
        )
    if draws is not None:
        totals = draws.totals().astype(float)
        numbers = np.arange(len(draws))
        drawn = draws.rows
    else:
        sums = entrants[number.notna()].groupby("draw")["children"].sum()
        numbers = pd.to_numeric(pd.Series(sums.index)).to_numpy(np.int64)
        totals = sums.to_numpy(float)
        drawn = entrants[number.notna()]
    if wanted > len(totals):
        raise InputError(
            [
                Fault(
                    WHERE,
                    f"asks for {wanted:,} draws, and {source} holds {len(totals):,}",
                    "Ask for fewer, or forecast with more draws",
                    value=str(wanted),
                )
            ]
        )
    _share_cells(entrants[number.isna()], drawn, source)
    ranks = (np.arange(wanted) + 0.5) / max(wanted, 1)
    # at even ranks no two are alike: there are at least as many draws as ranks
    chosen = [at_rank(totals, float(rank)) for rank in ranks]
    return Spread(
        tuple(int(numbers[i]) for i in chosen),
        tuple(float(totals[i]) for i in chosen),
        source,
        case,
        draws,
    )


def _share_cells(mean: pd.DataFrame, drawn: pd.DataFrame, source: str) -> None:
    """Refuse draws with children where none are expected."""
    if mean.empty:
        return
    known = set(map(tuple, mean[mean["children"] > 0][_CELL].astype(str).to_numpy().tolist()))
    some = drawn if "children" not in drawn.columns else drawn[drawn["children"] > 0]
    cells = set(map(tuple, some[_CELL].astype(str).to_numpy().tolist()))
    strange = sorted(cells - known)
    if not strange:
        return
    listed = "; ".join(f"{need} {phase} in {zone}" for zone, need, phase in strange[:_LISTED])
    more = f" and {len(strange) - _LISTED:,} more" if len(strange) > _LISTED else ""
    raise InputError(
        [
            Fault(
                "entrants",
                f"do not share their cells: {source} has children where the expected entrants have "
                f"none ({listed}{more})",
                "Make the expected entrants and the draws again together, or state a small "
                "expected number there",
                column="draw",
            )
        ]
    )
