"""Taught places: no more children of a need and phase than are taught."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def taught_places(m: Model, p: str, n: str, h: str, t: int) -> Any:
    r"""Hold the roll of a need and phase to its places, with those that options add.

    .. math::

        \mathrm{roll}_{p,n,h,t} \le \max(L_{p,n,h},\, r_{p,n,h,t})
        + \sum_{o} L_{o,n,h} \, \mathrm{opened}_{o,t}
        \qquad \forall\, p,\; n,\; h,\; t

    :math:`L` max_places, of the provision (0 where only an option teaches it) and of the option.
    """
    added = sum(m.option_max[o, n, h] * m.opened[o, t] for o in m.options_teaching[p, n, h])
    return m.roll[p, n, h, t] <= m.max_places[p, n, h, t] + added
