"""Intake: entrants placed in a provision, by need and phase, wherever they live."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def intake_counted(m: Model, p: str, n: str, h: str, t: int) -> Any:
    r"""Add up the children placed from every zone.

    .. math::

        \mathrm{intake}_{p,n,h,t} = \sum_{z} \mathrm{place}_{(z,n,h),p,t}
        \qquad \forall\, p,\; n,\; h,\; t

    The sum stands once here, so that a roll needs one term a year of entry and not one a zone.
    """
    return m.intake[p, n, h, t] == sum(m.place[d, p, t] for d in m.cells_of[p, n, h, t])
