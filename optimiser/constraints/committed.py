"""Committed: what is already decided opens in its year."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def committed(m: Model, o: str, t: int) -> Any:
    r"""Open a committed option in the year that was decided.

    .. math::

        \mathrm{open}_{o,t} = 1
        \qquad \forall\, o \text{ committed in } t

    Committed options stand in the do-minimum too.
    """
    return m.open[o, t] == 1
