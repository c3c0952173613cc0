"""Suitability: a class of provision is right for a share of children only."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def suitability(m: Model, d: str, k: str, t: int) -> Any:
    r"""Hold a class to the share of a cell's children for whom it is right.

    .. math::

        \sum_{p \in k} \mathrm{place}_{d,p,t}
        \le \sigma_{k,n,h} \left( e_{d,t} + s_{d,t-1}(1) \, \mathrm{unplaced}_{d,t-1} \right)
        \qquad \forall\, d,\; k,\; t

    :math:`\sigma` suitable; the bracket is the children due, as in demand met.
    """
    placed = sum(m.place[d, p, t] for p in m.provisions_in[d, k, t])
    waiting = sum(m.still_waiting[d, u] * m.unplaced[d, u] for u in m.year_before[d, t])
    return placed <= m.suitable[d, k] * (m.entrants[d, t] + waiting)
