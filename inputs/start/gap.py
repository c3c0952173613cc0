"""How many more children will need a specialist place, by need and phase: what suggestions meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inputs.official.sen2 import AGES, NEEDS, SPECIALIST, Placement
from inputs.start.area import RECEPTION_AGE
from inputs.vocabulary import PHASE_YEARS, Need, Phase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64] | NDArray[np.int64]

Gap = dict[tuple[Need, Phase], float]


def growth(now: Numbers, then: Numbers) -> Gap:
    """Return children more in specialist places then than now, by need and phase, none below 0.

    Parameters
    ----------
    now, then
        Plans (placement, need, age), in the order of ``Placement``, ``NEEDS`` and ``AGES``.
    """
    special = [k for k, one in enumerate(Placement) if one in SPECIALIST]
    more = np.asarray(then, dtype=float)[special].sum(axis=0)
    more = more - np.asarray(now, dtype=float)[special].sum(axis=0)
    out: Gap = {}
    for phase, (first, last) in PHASE_YEARS.items():
        ages = [AGES.index(year + RECEPTION_AGE) for year in range(first, last + 1)]
        for n, need in enumerate(NEEDS):
            out[need, phase] = max(0.0, float(more[n, ages].sum()))
    return out
