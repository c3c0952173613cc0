"""Over number: children above the commissioned places that the building can hold."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def over_number(m: Model, p: str, t: int) -> Any:
    r"""Hold children over number to the room of the building, options counted.

    .. math::

        \mathrm{over}_{p,t} \le \max(B_p - C_{p,t},\, 0)
        + \sum_{o} \max(b_o - A_o,\, -\mathrm{room}_{p,t}) \, \mathrm{opened}_{o,t}
        \qquad \forall\, p,\; t

    :math:`B` physical places; :math:`b` physical places of the option; together over_limit and
    over_added. An option cannot take away more room over number than is spare: :math:`\mathrm{room}`
    is its part of that, shared with other such options that can stand beside it.
    """
    return m.over[p, t] <= m.over_limit[p, t] + sum(
        m.over_added[o, t] * m.opened[o, t] for o in m.options_at[p]
    )
