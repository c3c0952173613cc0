"""Staying on: at an all-through provision most children go on to the next phase there."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def staying_on(m: Model, i: int) -> Any:
    r"""Keep the places of those who finish a phase where the next phase is taught too.

    .. math::

        \sum_{z \in g} \mathrm{place}_{(z,n,h'),p,t} + \mathrm{moved}_{i} \ge \ell_{i}
        + \theta \sum_{z \in g} \sum_{u < t} f_{n,h,u}(t) \, \mathrm{place}_{(z,n,h),p,u}
        \qquad \forall\, i = (p, n, h', g, t)

    :math:`g` locality (a zone without one stands for itself); :math:`\ell` stay_on times our
    pinned leavers, at most the entrants there; :math:`\theta` stay_on; :math:`\theta f`
    finishing; moved is the break of this rule of policy, priced and reported.
    """
    staying = sum(m.place[d, p, t] for d, p, t in m.next_place[i])
    leavers = sum(m.finishing[i, u] * m.place[d, p, u] for d, p, u in m.before_place[i])
    return staying + m.moved[i] >= m.least_staying[i] + leavers
