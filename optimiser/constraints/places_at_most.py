"""Places at most: no more places of a class or in a locality than stated."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def places_at_most(m: Model, i: int, t: int) -> Any:
    r"""Have at most the stated places, or count what is beyond.

    .. math::

        C_{i,t} + \sum_{o} A_o \, \mathrm{opened}_{o,t} - \mathrm{places\_beyond}_{i,t} \le U_i
        \qquad \forall\, i,\; t \ge t_i

    :math:`C` commissioned places in the class and locality of rule :math:`i`; beyond is the break
    of this rule of policy, priced and reported.
    """
    added = sum(m.places[o] * m.opened[o, t] for o in m.counted_in[i, t])
    return m.places_now[i, t] + added - m.places_beyond[i, t] <= m.places_most[i]
