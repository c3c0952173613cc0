"""Vehicles: where children of any one need and phase are placed, a vehicle runs."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def vehicles_for_each(m: Model, p: str, n: str, h: str, t: int) -> Any:
    r"""Count a provision as used as soon as it takes in a child of one need and phase.

    .. math::

        \mathrm{intake}_{p,n,h,t} \le \min\left(R_{p,t},\, \sum_{z} M_{(z,n,h),t}\right)
        \, \mathrm{used}_{p,t}
        \qquad \forall\, (p,n,h,t) \text{ at a provision of the row above}

    :math:`R` room; :math:`M` due_most, over the zones that reach it. With whole decisions the row
    above says the same; these rows say it more tightly while decisions are still fractions, so a
    proof is found sooner.
    """
    return m.intake[p, n, h, t] <= m.due_there[p, n, h, t] * m.used[p, t]
