"""Capital: what is spent in a year stays within that year's budget."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def capital_by_year(m: Model, y: int) -> Any:
    r"""Hold capital spent in a year to its budget.

    .. math::

        \sum_{o,u} K_{o,u,y} \, \mathrm{open}_{o,u} \le \bar{K}_y
        \qquad \forall\, y \text{ with a budget}

    :math:`K` spend: the option's capital by its profile before opening.
    """
    return sum(m.spend[o, u, y] * m.open[o, u] for o, u in m.spending_in[y]) <= m.budget_of_year[y]
