"""Capital: what the programme spends stays within the whole budget."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def capital_in_total(m: Model, b: str) -> Any:
    r"""Hold capital over the horizon to the total budget.

    .. math::

        \sum_{o,u} K_{o} \, \mathrm{open}_{o,u} \le \bar{K}

    :math:`K` capital of the option.
    """
    return sum(m.capital[o] * m.open[o, u] for o, u in m.openings_paid[b]) <= m.budget_in_total[b]
