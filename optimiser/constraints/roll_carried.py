"""Roll: children stay where they were placed until they leave."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def roll_carried(m: Model, p: str, n: str, h: str, t: int) -> Any:
    r"""Carry each year's intake forward by the share that remains, beside the children pinned there.

    .. math::

        \mathrm{roll}_{p,n,h,t} = r_{p,n,h,t}
        + \sum_{u \le t} s_{n,h,u}(t-u) \, \mathrm{intake}_{p,n,h,u}
        \qquad \forall\, p,\; n,\; h,\; t

    :math:`r` pinned (children placed now, those set aside for INMSS, and other authorities');
    :math:`s` share_remaining.
    """
    carried = sum(
        m.share_remaining[n, h, u, t] * m.intake[p, n, h, u] for u in m.entry_years[p, n, h, t]
    )
    return m.roll[p, n, h, t] == m.pinned[p, n, h, t] + carried
