"""How long children stay: survival of entrants, and the run-down of those already placed.

Existing children are pinned to their place and leave by year group; entrants leave by the shares
of the ``stay`` table or, without one, by the length of the phase and the rate of cessation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.vocabulary import PHASE_YEARS, Phase

if TYPE_CHECKING:
    from optimiser.kinds import Array

LONGEST_STAY_YEARS = 21
"""Years since entry run from 0 to 20, the most that a ``stay`` table can state."""


def phase_length_years(phase: str) -> int:
    """Return how many years a phase lasts.

    >>> phase_length_years("primary")
    7
    """
    first, last = PHASE_YEARS[Phase(phase)]
    return last - first + 1


def years_left(phase: str, nc_year: float) -> int:
    """Return how many years, this one included, a child of a year group has left in the phase."""
    first, last = PHASE_YEARS[Phase(phase)]
    return max(1, last - max(int(nc_year), first) + 1)


def fading(years: int, cessation: float) -> Array:
    """Return the share still there each year since entry, for a stay of so many years.

    >>> fading(2, 0.1)[:3].tolist()
    [1.0, 0.9, 0.0]
    """
    since = np.arange(LONGEST_STAY_YEARS)
    return np.where(since < years, (1.0 - cessation) ** since, 0.0)


def evenly_aged(phase: str, cessation: float) -> Array:
    """Return the share still there for children spread evenly over the years of a phase."""
    length = phase_length_years(phase)
    fades = [fading(left, cessation) for left in range(1, length + 1)]
    mean: Array = np.mean(fades, axis=0)
    return mean


class Stays:
    """Survival of a placement by need, phase and year group of entry.

    Parameters
    ----------
    stay
        The case's ``stay`` table; may be empty.
    cessation
        Share of placements that end each year before the phase does, where no table says.
    """

    def __init__(self, stay: pd.DataFrame, cessation: float) -> None:
        self._cessation = cessation
        self._stated: dict[tuple[str, str, int | None], Array] = {}
        for (need, phase, nc_year), rows in stay.groupby(
            ["need", "phase", "nc_year"], dropna=False
        ):
            shares = np.full(LONGEST_STAY_YEARS, np.nan)
            shares[0] = 1.0
            for since, share in zip(
                rows["years_since_entry"], rows["share_remaining"], strict=True
            ):
                shares[int(since)] = float(share)
            last = int(rows["years_since_entry"].max())
            for since in range(1, last + 1):
                if np.isnan(shares[since]):
                    shares[since] = shares[since - 1]
            shares[last + 1 :] = 0.0
            key = None if pd.isna(nc_year) else int(nc_year)  # type: ignore[call-overload]
            self._stated[str(need), str(phase), key] = shares

    def remaining(self, need: str, phase: str, nc_year: float | None, kind: str) -> Array:
        """Return the share remaining by years since entry (21 values, the first is 1).

        A stated row for the year group wins, then a stated row for any year group (cut at the end
        of the phase), then the length of the phase: a transfer enters its first year, any other
        child is equally likely to enter each.
        """
        nc = None if pd.isna(nc_year) else int(nc_year)
        if nc is not None and (need, phase, nc) in self._stated:
            return self._stated[need, phase, nc]
        if (need, phase, None) in self._stated:
            anyone = self._stated[need, phase, None]
            if nc is None:
                return anyone
            return np.where(np.arange(LONGEST_STAY_YEARS) < years_left(phase, nc), anyone, 0.0)
        if nc is not None:
            return fading(years_left(phase, nc), self._cessation)
        if kind == "transfer":
            return fading(phase_length_years(phase), self._cessation)
        return evenly_aged(phase, self._cessation)

    def pinned(self, phase: str, nc_year: float | None) -> Array:
        """Return the share of children placed now who are still there each year from now."""
        if pd.isna(nc_year):
            return evenly_aged(phase, self._cessation)
        return fading(years_left(phase, nc_year), self._cessation)

    def finishing(self, share: Array) -> Array:
        """Return the share who reach the end of the phase at the end of each year since entry.

        What is lost from one year to the next is cessation or the end of the phase; the second is
        what is left when the first is taken away.
        """
        after = np.append(share[1:], 0.0)
        done: Array = np.maximum(0.0, (1.0 - self._cessation) * share - after)
        return done
