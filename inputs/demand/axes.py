"""What the arrays of the demand projection run over: placements, needs, ages, year groups.

Ages are at 31 August before the academic year; a national curriculum year is that age less 4.
A count of January belongs to the academic year that it falls in: January 2025 is 2024.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inputs.official.sen2_labels import AGES, NEEDS, SPECIALIST, Placement
from inputs.vocabulary import PHASE_YEARS, Phase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Counts = NDArray[np.int64]
    Flags = NDArray[np.bool_]

__all__ = ["AGES", "BANDS", "NC_YEARS", "NEEDS", "PHASES", "PLACEMENTS", "Placement"]

PLACEMENTS: tuple[Placement, ...] = tuple(Placement)
IS_SPECIALIST: Flags = np.array([one in SPECIALIST for one in PLACEMENTS])
"""Which placements are specialist places."""
UNKNOWN = PLACEMENTS.index(Placement.UNKNOWN)

FIRST_AGE, LAST_AGE = AGES[0], AGES[-1]
N_AGES = len(AGES)
RECEPTION_AGE = 4
"""Age at 31 August of a child who is in reception, national curriculum year 0, from September."""
NC_YEARS: tuple[int, ...] = tuple(range(PHASE_YEARS[Phase.EARLY_YEARS][0], 15))
"""Year groups that a specialist place is found for: nursery (-2) to year 14, ages 2 to 18."""
N_NC = len(NC_YEARS)
PHASES: tuple[Phase, ...] = tuple(Phase)

BANDS: tuple[str, ...] = ("to age 10", "age 11", "age 12 to 15", "age 16 and over")
"""Ages reached, between which moves into specialist places differ in kind: primary years, the
change to secondary school, breakdown in secondary school, after school."""
CEASE_BANDS: tuple[str, ...] = ("to age 15", "age 16 to 18", "age 19 and over")
"""Ages left, between which plans cease for different reasons."""


def band_of(age: int) -> int:
    """Return the band of moves that an age reached belongs to.

    >>> [band_of(age) for age in (5, 11, 12, 16)]
    [0, 1, 2, 3]
    """
    return 0 if age <= 10 else 1 if age == 11 else 2 if age <= 15 else 3


def cease_band_of(age: int) -> int:
    """Return the band of ceasing that an age left belongs to.

    >>> [cease_band_of(age) for age in (15, 16, 19)]
    [0, 1, 2]
    """
    return 0 if age <= 15 else 1 if age <= 18 else 2


def phase_of(nc_year: int) -> Phase:
    """Return the phase of a national curriculum year.

    >>> phase_of(7).value
    'secondary'
    """
    return next(phase for phase, (first, last) in PHASE_YEARS.items() if first <= nc_year <= last)


BAND: Counts = np.array([band_of(age) for age in AGES])
CEASE_BAND: Counts = np.array([cease_band_of(age) for age in AGES])
PHASE_AT: Counts = np.array([PHASES.index(phase_of(nc)) for nc in NC_YEARS])
"""Position in PHASES of each of NC_YEARS."""
FIRST_OF_PHASE: Flags = np.array(
    [nc in {PHASE_YEARS[p][0] for p in PHASES if p is not Phase.EARLY_YEARS} for nc in NC_YEARS]
)
"""Which of NC_YEARS begin a phase that children of the phase before transfer into."""
