"""Requires: an option that builds on another waits for it."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def requires(m: Model, o: str, r: str, t: int) -> Any:
    r"""Let an option be open only where the one it requires is.

    .. math::

        \mathrm{opened}_{o,t} \le \mathrm{opened}_{r,t}
        \qquad \forall\, o \text{ that requires } r,\; t

    A base of 10 that can grow to 20 is two options, the second requiring the first.
    """
    return m.opened[o, t] <= sum(m.opened[x, t] for x in m.openable[r, t])
