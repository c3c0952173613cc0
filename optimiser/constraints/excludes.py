"""Excludes: of options that rule one another out, one at most is open."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def excludes(m: Model, g: int, t: int) -> Any:
    r"""Let one at most of a set of mutually exclusive options be open.

    .. math::

        \sum_{o \in G_g} \mathrm{opened}_{o,t} \le 1
        \qquad \forall\, g,\; t

    :math:`G` a set in which each option excludes every other: the sizes of one school, or two
    ways to shrink one provision. One row for the set is tighter than one for each pair.
    """
    return sum(m.opened[o, t] for o in m.exclusive[g, t]) <= 1
