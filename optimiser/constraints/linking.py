"""Linking: nobody is placed through an option that is not open."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def linking(m: Model, d: str, p: str, t: int) -> Any:
    r"""Let an arc that exists only through options be used only once one of them is open.

    .. math::

        \mathrm{place}_{d,p,t} \le M_{d,t} \sum_{o \in O_{p,n,h}} \mathrm{opened}_{o,t}
        \qquad \forall\, (d,p,t) \text{ that exists only through options}

    :math:`M` due_most: every entrant so far who would still be waiting, had none been placed, so
    no child due is ever cut off.
    """
    opened = sum(m.opened[o, t] for o in m.options_opening[d, p])
    return m.place[d, p, t] <= m.due_most[d, t] * opened
