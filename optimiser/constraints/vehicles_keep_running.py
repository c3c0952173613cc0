"""Vehicles: a provision that is used stays used while its children are there."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def vehicles_keep_running(m: Model, p: str, u: int, t: int) -> Any:
    r"""Keep a provision used in the year after it was.

    .. math::

        \mathrm{used}_{p,t} \ge \mathrm{used}_{p,u}
        \qquad \forall\, p,\; t

    :math:`u` is the last year before :math:`t` without pinned children there. Children placed
    stay for years; where all could have left, this overstates the fixed cost.
    """
    return m.used[p, t] >= m.used[p, u]
