"""Journeys: few entrants travel beyond the guideline."""

from __future__ import annotations

from typing import Any

from optimiser.kinds import Model


def journeys_share(m: Model, t: int) -> Any:
    r"""Hold the share of entrants placed beyond the guideline journey, or count those too many.

    .. math::

        \sum_{(d,p) \text{ beyond}} \mathrm{place}_{d,p,t} - \mathrm{too\_far}_t
        \le \lambda \sum_{(d,p)} \mathrm{place}_{d,p,t}
        \qquad \forall\, t

    :math:`\lambda` over_guideline_share; children with no daily journey (residential, EOTAS) are
    not counted; too far is the break of this rule of policy, priced and reported.
    """
    beyond = sum(m.place[d, p, t] for d, p in m.beyond_guideline[t])
    everyone = sum(m.place[d, p, t] for d, p in m.daily_journeys[t])
    return beyond - m.too_far[t] <= m.over_guideline_share[t] * everyone
