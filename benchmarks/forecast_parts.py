"""The total's forecast shared out among age groups or kinds of placement, and how far off that is.

A part is forecast as the authority's total (by the product) times the part's share of it at the
origin, with half of the last change of that share in the middle authority carried on. The interval
is wider than the total's by what past shares were off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.totals import LEVELS_ABOVE_AUTHORITIES, learn
from inputs.demand.track_record import (
    HORIZON,
    P90,
    Spread,
    middle_growth,
    shared_misses,
    spread,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

KEPT = 0.5
"""Part of the last change of a share that is carried on: midway between none and all of it."""
SETTLED = 2017
"""Academic year since which parts are measured: by January 2018 most statements had become plans,
and those of 20 to 25, whom statements had not covered, were many."""
_UNTOLD = Spread(shared=0.0, own=0.0, own_power=0.75, size_power=0.25)
"""The powers where a record is too short to tell them: a judgement, near those of totals."""


@dataclass(frozen=True, eq=False)
class SharedOut:
    """A method of the backtest: the product's total, shared out.

    Parameters
    ----------
    totals
        ``code``, ``year``, ``plans``, ``starts`` of all plans, of every year there is; what is
        after an origin is not looked at.
    """

    totals: pd.DataFrame

    def __call__(self, rows: pd.DataFrame, codes: Sequence[str]) -> dict[str, np.ndarray]:
        """Return percentiles of the part of each authority, (HORIZON, 3)."""
        origin = int(rows["year"].max())
        known = self.totals[self.totals["year"] <= origin]
        learned = learn(known)
        shares = log_shares(rows, known)
        at = {str(code): row for row, code in enumerate(shares.index)}
        newest = shares.to_numpy(dtype=np.float64)[:, -1]
        drift = KEPT * float(middle_growth(shares.to_numpy())[-1])
        width = share_spread(shares, rows)
        steps = np.arange(1, HORIZON + 1)
        found = {}
        for code in codes:
            total = learned.forecast(code, HORIZON)
            share = np.exp(newest[at[code]] + drift * steps)
            plans = float(total.p50[0] * share[0])
            deviation = np.sqrt(
                np.diag(total.covariance + width.covariance(plans, np.ones(HORIZON)))
            )
            middle = total.p50 * share
            sides = [middle * np.exp(side * P90 * deviation) for side in (-1, 0, 1)]
            found[code] = np.column_stack(sides)
        return found


def log_shares(part: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Return the log of the part's share of all plans, authority by year, NaN where unknown."""
    grids = [
        rows[~rows["code"].str.startswith(LEVELS_ABOVE_AUTHORITIES)]
        .pivot_table(index="code", columns="year", values="plans")
        .reindex(columns=range(int(part["year"].min()), int(totals["year"].max()) + 1))
        for rows in (part, totals)
    ]
    ratio = grids[0] / grids[1].reindex(index=grids[0].index)
    return ratio.transform(np.log)


def share_spread(shares: pd.DataFrame, part: pd.DataFrame) -> Spread:
    """Return how far off shares were at past origins, beyond what the total was off."""
    logs = np.log(
        part.pivot_table(index="code", columns="year", values="plans")
        .reindex(index=shares.index, columns=shares.columns)
        .to_numpy()
    )
    return spread(shared_misses(shares.to_numpy(), KEPT), logs, _UNTOLD) or _UNTOLD


def measured_totals(totals: pd.DataFrame) -> dict[str, float]:
    """Return what the record of every January says of totals, by the name of its parameter."""
    width = learn(totals).spread
    return {
        "plans_forecast.shared_log_sd": width.shared,
        "plans_forecast.own_log_sd": width.own,
        "plans_forecast.own_power": width.own_power,
        "plans_forecast.size_power": width.size_power,
    }


def measured_parts(parts: pd.DataFrame, totals: pd.DataFrame) -> dict[str, float]:
    """Return how far off each part's share was a year ahead, in the authority of middle size.

    By the name of its parameter, as a standard deviation of the log of plans in the part, since
    `SETTLED`; it comes on top of what the total was off.
    """
    found = {}
    local = parts[~parts["code"].str.startswith(LEVELS_ABOVE_AUTHORITIES)]
    local = local[(local["plans"] > 0) & (local["year"] >= SETTLED)]
    for group, part in local.groupby("group", sort=False):
        width = share_spread(log_shares(part, totals), part)
        newest = part.loc[part["year"] == part["year"].max(), "plans"]
        one_year = width.covariance(float(newest.median()), np.ones(1))[0, 0]
        name = str(group).lower().replace(" ", "_").replace("-", "_")
        found[f"plans_part_log_sd.{name}"] = float(np.sqrt(one_year))
    return found
