"""Places in use: an option adds no more than it has built up to."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def places_in_use(m: Model, o: str, t: int) -> Any:
    r"""Hold the added places in use to the ramp since opening.

    .. math::

        \mathrm{in\_use}_{o,t} \le \sum_{u \le t} A_o \, \rho_o(t-u) \, \mathrm{open}_{o,u}
        \qquad \forall\, o,\; t

    :math:`A` places of the option; :math:`\rho` ramp, the first year in part where it opens after
    September; together ``added``.
    """
    return m.in_use[o, t] <= sum(m.added[o, u, t] * m.open[o, u] for u in m.opening_years[o, t])
