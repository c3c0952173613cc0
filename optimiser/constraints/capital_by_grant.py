"""Capital: what a grant pays stays within the grant."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def capital_by_grant(m: Model, g: str) -> Any:
    r"""Hold capital from a grant to its budget.

    .. math::

        \sum_{o \in g,\,u} K_{o} \, \mathrm{open}_{o,u} \le \bar{K}_g
        \qquad \forall\, g \text{ with a budget}

    :math:`K` capital of the option.
    """
    return sum(m.capital[o] * m.open[o, u] for o, u in m.paid_by[g]) <= m.budget_of_grant[g]
