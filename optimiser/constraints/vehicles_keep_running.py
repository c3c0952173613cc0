"""Vehicles: a provision that is used stays used while its children are there."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def vehicles_keep_running(m: Model, p: str, t: int) -> Any:
    r"""Keep a provision used in the year after it was.

    .. math::

        \mathrm{used}_{p,t} \ge \mathrm{used}_{p,t-1}
        \qquad \forall\, p,\; t

    Children placed stay for years; where all could have left, this overstates the fixed cost.
    """
    return m.used[p, t] >= m.used[p, t - 1]
