"""Places at least: so many places of a class or in a locality by a year."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def places_at_least(m: Model, i: int, t: int) -> Any:
    r"""Have at least the stated places, or count what is short.

    .. math::

        C_{i,t} + \sum_{o} A_o \, \mathrm{opened}_{o,t} + \mathrm{places\_short}_{i,t} \ge L_i
        \qquad \forall\, i,\; t \ge t_i

    :math:`C` commissioned places in the class and locality of rule :math:`i`; short is the break
    of this rule of policy, priced and reported.
    """
    added = sum(m.places[o] * m.opened[o, t] for o in m.counted_in[i, t])
    return m.places_now[i, t] + added + m.places_short[i, t] >= m.places_least[i]
