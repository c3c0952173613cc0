"""Opened: what is open stays open."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def opened_carried(m: Model, o: str, t: int) -> Any:
    r"""Add each year's opening to what was open before; never more than once.

    .. math::

        \mathrm{opened}_{o,t} = \mathrm{opened}_{o,t-1} + \mathrm{open}_{o,t}, \quad
        \mathrm{opened}_{o,t} \in \{0, 1\}
        \qquad \forall\, o,\; t

    Because opened is binary, an option opens once at most.
    """
    before = sum(m.opened[o, u] for u in m.opened_before[o, t])
    return m.opened[o, t] == before + sum(m.open[o, u] for u in m.opening_now[o, t])
