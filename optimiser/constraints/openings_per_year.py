"""Openings: no more options open in a year than can be managed."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def openings_per_year(m: Model, t: int) -> Any:
    r"""Hold the number of openings in a year.

    .. math::

        \sum_{o} \mathrm{open}_{o,t} \le \bar{N}
        \qquad \forall\, t

    :math:`\bar{N}` openings_per_year, those committed included.
    """
    return sum(m.open[o, t] for o in m.opening_in[t]) <= m.openings_most[t]
