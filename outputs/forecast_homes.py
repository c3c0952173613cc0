"""Children in specialist places by locality of the home, as expected and in every draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.demand.axes import IS_SPECIALIST, NEEDS, PHASES
from outputs.forecast_groups import (
    BESIDE,
    BEYOND_SCHOOL,
    COUNT,
    PHASE_OF_AGE,
    PLACES,
    PROJECTED,
    RANKS,
    SHARES,
)
from outputs.tables import NO_LOCALITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from inputs.demand.basis import Basis
    from inputs.demand.forecast import Forecast
    from inputs.demand.project import Projection
    from inputs.demand.simulate import Simulation

    Values = npt.NDArray[np.float64]
    Drawn = npt.NDArray[np.int64]

_PHASES = (*map(str, PHASES), BEYOND_SCHOOL)
_NEEDS = tuple(map(str, NEEDS))
_SEED = 3
"""Tells these draws apart from those of the simulation, which use 0, 1 and 2."""


def by_locality(forecast: Forecast) -> pd.DataFrame:
    """Return specialist places by locality, and by need, phase and locality.

    Where children live follows the share of each phase's children by zone; in a draw each child's
    home is drawn by it, anew each year. Those past year 14 live where those in post-16 do.

    Returns
    -------
    DataFrame
        Columns of the table ``plans``; empty where homes are in one locality only.
    """
    names, shares = locality_shares(forecast.basis)
    if len(names) < 2:
        return pd.DataFrame()
    counted = _by_phase(forecast.basis.stock[None].astype(float))[..., None] * shares
    now = _frame([forecast.basis.count_year], counted, None, names).assign(status=COUNT)
    ahead = _projected(forecast, forecast.projection, forecast.simulation, names, shares)
    plain = ahead
    if forecast.levers:
        projection, simulation = forecast.unmitigated_projection, forecast.unmitigated
        plain = _projected(forecast, projection, simulation, names, shares)
    beside = plain[list(BESIDE)].add_prefix("unmitigated_")
    both = pd.concat([ahead, beside], axis=1).assign(status=PROJECTED)
    return pd.concat([now, both], ignore_index=True).assign(measure=PLACES)


def locality_shares(basis: Basis) -> tuple[list[str], Values]:
    """Return the localities, and (phases, localities) the share of each phase's children there."""
    homes = [one or NO_LOCALITY for one in basis.zones.localities]
    names = sorted(set(homes))
    to = np.array([[home == name for name in names] for home in homes], dtype=float)
    shares = basis.zones.weights.T @ to
    return names, np.vstack([shares, shares[-1:]])


def _by_phase(stock: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return (years, needs, phases) children in specialist places."""
    inside = stock[:, IS_SPECIALIST].sum(axis=1)
    at = np.array([_PHASES.index(one) for one in PHASE_OF_AGE])
    return np.stack([inside[..., at == h].sum(axis=-1) for h in range(len(_PHASES))], axis=-1)


def _projected(
    forecast: Forecast,
    projection: Projection,
    simulation: Simulation,
    names: Sequence[str],
    shares: Values,
) -> pd.DataFrame:
    rng = np.random.default_rng([forecast.seed, _SEED])
    stock = simulation.stock
    by_phase = np.stack([_by_phase(stock[:, k]) for k in range(stock.shape[1])], axis=1)
    drawn = np.stack(
        [rng.multinomial(by_phase[..., h], shares[h]) for h in range(len(_PHASES))], axis=3
    )
    return _frame(forecast.years, _by_phase(projection.stock)[..., None] * shares, drawn, names)


def _frame(
    years: Sequence[int], mean: Values, drawn: Drawn | None, names: Sequence[str]
) -> pd.DataFrame:
    """Return rows from (years, needs, phases, localities), with a first axis of draws if drawn."""
    frames = []
    for by, axes in (((), (1, 2)), (("need", "phase"), ())):
        levels = [list(years), *([_NEEDS, _PHASES] if by else []), names]
        index = pd.MultiIndex.from_product(levels, names=["year", *by, "locality"])
        frame = index.to_frame(index=False).assign(mean=mean.sum(axis=axes).ravel())
        if drawn is not None:
            part = drawn.sum(axis=tuple(axis + 1 for axis in axes))
            ordered = np.sort(part.reshape(len(part), -1), axis=0)
            for share, rank in zip(SHARES, RANKS, strict=True):
                frame[rank] = ordered[max(int(np.ceil(round(share * len(part), 9))), 1) - 1]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
