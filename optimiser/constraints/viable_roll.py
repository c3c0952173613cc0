"""Viable roll: what is opened has enough children by the stated year."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def viable_roll(m: Model, o: str, u: int, t: int) -> Any:
    r"""Have at least the minimum roll once an option has been open long enough, or count what is short.

    .. math::

        \sum_{n,h} \mathrm{roll}_{p,n,h,t} + \mathrm{roll\_short}_{o,t}
        \ge V_o \, \mathrm{opened}_{o,u}
        \qquad \forall\, o,\; t = u + v_o

    :math:`V` minimum_roll; :math:`v` viable_by; short is the break of this rule of policy, priced
    and reported.
    """
    roll = sum(m.roll[p, n, h, t] for p, n, h in m.taught_by_option[o, t])
    return roll + m.roll_short[o, t] >= m.minimum_roll[o] * m.opened[o, u]
