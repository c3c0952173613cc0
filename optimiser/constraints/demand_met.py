"""Demand: every child due a place is placed or counted as unplaced."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def demand_met(m: Model, d: str, t: int) -> Any:
    r"""Place each cell's entrants and those still waiting, or count them as unplaced.

    .. math::

        \sum_{p} \mathrm{place}_{d,p,t} + \mathrm{unplaced}_{d,t}
        = e_{d,t} + s_{d,t-1}(1) \, \mathrm{unplaced}_{d,t-1}
        \qquad \forall\, d,\; t

    :math:`e` entrants; :math:`s(1)` still_waiting, the share of those unplaced who still need a
    place a year later.
    """
    placed = sum(m.place[d, p, t] for p in m.provisions_for[d, t])
    waiting = sum(m.still_waiting[d, u] * m.unplaced[d, u] for u in m.year_before[d, t])
    return placed + m.unplaced[d, t] == m.entrants[d, t] + waiting
