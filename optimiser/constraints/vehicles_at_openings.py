"""Vehicles: where something new is opened, a vehicle runs."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def vehicles_at_openings(m: Model, p: str, o: str, t: int) -> Any:
    r"""Count a provision that teaches only through options as used once one of them is open.

    .. math::

        \mathrm{used}_{p,t} \ge \mathrm{opened}_{o,t}
        \qquad \forall\, p \text{ that teaches only through options},\; o \in O_p,\; t

    Nothing is opened to stand empty, so this says the same as one row for each child's arc, and
    says it more tightly.
    """
    return m.used[p, t] >= m.opened[o, t]
