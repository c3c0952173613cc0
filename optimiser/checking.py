"""One thing recomputed from a plan: its worst difference, and what is tolerated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

CHILDREN_TOLERANCE = 1e-4
"""Children: a plan's rows hold to this, and the solver's own tolerance is a hundredth of it."""
POUNDS_TOLERANCE = 1e-6
"""Share of the amount compared, and never under one pound."""
NO_LIMIT = ("inmss_residential", "eotas", "mainstream_topup")
"""Classes that no limit on a daily journey holds for."""
CELL = ["zone", "need", "phase"]
TAUGHT = ["provision", "need", "phase"]


@dataclass(frozen=True)
class Check:
    """One thing recomputed: its worst difference, what is tolerated, and where it is."""

    name: str
    worst: float
    tolerance: float
    where: str = ""

    @property
    def passed(self) -> bool:
        """Whether the difference is within tolerance (a NaN never is)."""
        return bool(self.worst <= self.tolerance)


def worst(name: str, over: pd.Series[float], tolerance: float = CHILDREN_TOLERANCE) -> Check:
    """Return the check whose violation is the largest of a series (nothing: zero)."""
    if over.empty:
        return Check(name, 0.0, tolerance)
    if over.isna().any():
        return Check(name, float("nan"), tolerance, str(over.index[over.isna()][0]))
    at = over.idxmax()
    return Check(name, max(0.0, float(over.max())), tolerance, str(at))


def apart(said: pd.Series[float], again: pd.Series[float]) -> pd.Series[float]:
    """Return how far two series lie apart; what one of them lacks is zero, NaN stays NaN."""
    both = pd.concat({"said": said, "again": again}, axis=1)
    lost = said[said.isna()]
    gap = (both["said"].fillna(0.0) - both["again"].fillna(0.0)).abs()
    gap.loc[lost.index] = float("nan")
    return gap


def entries(series: pd.Series[float]) -> Iterable[tuple[Any, float]]:
    """Return each key of a series with its number."""
    return series.items()
