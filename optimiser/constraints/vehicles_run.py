"""Vehicles: where a child is placed, a vehicle runs."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def vehicles_run(m: Model, p: str, t: int, v: int) -> Any:
    r"""Count a provision as used as soon as it takes one child in.

    .. math::

        \sum_{n,h} \mathrm{intake}_{p,n,h,t} \le R_{p,t} \, \mathrm{used}_{p,v}
        \qquad \forall\, p \text{ that teaches now},\; t

    :math:`R` room: the most that can be taken in, by what is free and by who could be due, so no
    intake that the other rows allow is ever cut off. :math:`v` is the first year from :math:`t` on
    without pinned children there: until then a vehicle runs anyway, and from then on it runs for
    those placed beside them.
    """
    taken_in = sum(m.intake[p, n, h, t] for n, h in m.taken_in_at[p, t])
    return taken_in <= m.room[p, t] * m.used[p, v]
