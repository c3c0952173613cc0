"""Vehicles: where a child is placed, a vehicle runs."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def vehicles_run(m: Model, d: str, p: str, t: int) -> Any:
    r"""Count a provision as used as soon as one child is placed there.

    .. math::

        \mathrm{place}_{d,p,t} \le M_{d,t} \, \mathrm{used}_{p,t}
        \qquad \forall\, (d,p,t) \text{ at a provision without pinned children}

    :math:`M` due_most.
    """
    return m.place[d, p, t] <= m.due_most[d, t] * m.used[p, t]
