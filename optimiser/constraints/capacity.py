"""Capacity: a provision holds no more children than it has places."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def capacity(m: Model, p: str, t: int) -> Any:
    r"""Hold the roll to the places open to us, those that options add in use, and those over number.

    .. math::

        \sum_{n,h} \mathrm{roll}_{p,n,h,t}
        \le \max(\omega_k C_{p,t},\, r_{p,t})
        + \sum_{o} (1 - \delta_k) \, \mathrm{in\_use}_{o,t}
        - \sum_{o} \tau_{o,t} \, \mathrm{opened}_{o,t}
        + \mathrm{over}_{p,t}
        \qquad \forall\, p,\; t

    :math:`\omega` planning_occupancy and :math:`C` places, as one number fits; :math:`\delta`
    drawn_from_mainstream; :math:`\tau` taken by options that shrink or close.
    """
    roll = sum(m.roll[p, n, h, t] for n, h in m.taught_at[p, t])
    added = sum(m.not_drawn[o] * m.in_use[o, t] for o in m.growing_at[p])
    taken = sum(m.taken[o, t] * m.opened[o, t] for o in m.shrinking_at[p])
    over = sum(m.over[p, t] for _ in m.over_at[p, t])
    return roll <= m.fits[p, t] + added - taken + over
