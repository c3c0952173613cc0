"""How long a child stays in specialist places within the phase of entry: the table ``stay``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.demand.axes import AGES, IS_SPECIALIST, N_NC, NC_YEARS, NEEDS, PHASE_AT, PHASES
from inputs.demand.axes import RECEPTION_AGE as RECEPTION
from inputs.demand.entrants import NEW, WAITING, by_kind
from inputs.demand.levers import change
from inputs.demand.project import project
from inputs.demand.rules import destinations, rules
from inputs.vocabulary import PHASE_YEARS

if TYPE_CHECKING:
    from inputs.demand.axes import Array
    from inputs.demand.basis import Basis
    from inputs.demand.project import Projection

_YEARS_FOR_MIX = 5
"""Years whose entrants say what mix of year groups a row for any year group holds for."""


def remaining(basis: Basis) -> Array:
    """Return (needs, nc_years, years since entry) share still in a specialist place in the phase.

    A child leaves when the plan ceases (by moving away too) or when it moves out of specialist
    places; moving between them is staying. Nothing is left after the last year of the phase.
    """
    rates = basis.rates
    rule = rules(rates, change((), 0, 0), rates.cease_factor.mean, 1.0, rates.stay_factor.mean)
    where = destinations(rates, basis.stock)
    inside = IS_SPECIALIST
    longest = max(last - first + 1 for first, last in PHASE_YEARS.values())
    out = np.zeros((len(NEEDS), N_NC, longest))
    for at, nc in enumerate(NC_YEARS):
        last = PHASE_YEARS[PHASES[PHASE_AT[at]]][1]
        age = AGES.index(nc + RECEPTION)
        # Kinds of place on entry: those of children who move in at that age.
        there = np.tile(where.first[:, max(age - 1, 0)][:, None], len(NEEDS))
        for since in range(last - nc + 1):
            out[:, at, since] = there[inside].sum(axis=0)
            stays = (1 - rule.cease[:, :, age + since]) * rule.specialist[:, :, age + since]
            there = np.einsum(
                "pn,pq->qn", (there * stays)[inside], where.inside[inside, :, age + since]
            )
    return out


def stay_table(basis: Basis, projection: Projection | None = None) -> pd.DataFrame:
    """Return the share remaining by years since entry, in the columns of the table ``stay``.

    Parameters
    ----------
    basis
        The authority's.
    projection
        Whose new and waiting entrants give the mix of year groups that the rows without one hold
        for; None: those of the five years after the count.

    Returns
    -------
    DataFrame
        ``need, phase, nc_year, years_since_entry, share_remaining``: rows for each year group of
        entry, and rows for any (``nc_year`` blank).
    """
    if projection is None:
        projection = project(basis, basis.totals.years[:_YEARS_FOR_MIX])
    share = remaining(basis)
    mix = by_kind(projection)[[NEW, WAITING]].sum(axis=(0, 1))
    rows = []
    for p, phase in enumerate(PHASES):
        at = np.flatnonzero(p == PHASE_AT)
        length = len(at)
        for n, need in enumerate(NEEDS):
            weight = mix[n, at] if mix[n, at].sum() > 0 else np.ones(length)
            any_year = weight @ share[n, at, :length] / weight.sum()
            kept: list[tuple[int | None, Array]] = [(None, any_year)]
            kept += [(NC_YEARS[k], share[n, k, : length - j]) for j, k in enumerate(at)]
            rows += [
                (str(need), str(phase), nc, since, float(min(one, 1.0)))
                for nc, shares in kept
                for since, one in enumerate(shares)
            ]
    table = pd.DataFrame(
        rows, columns=["need", "phase", "nc_year", "years_since_entry", "share_remaining"]
    )
    return table.astype({"nc_year": "Int64"})
