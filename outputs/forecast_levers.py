"""What levers do, one after another, and what drives the change: rows for tables and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.demand.levers import ACTS_ON
from inputs.demand.presets import PRESETS
from inputs.demand.project import projections
from inputs.vocabulary import academic_year
from outputs.forecast_groups import PLACES, PLANS
from outputs.words import words

if TYPE_CHECKING:
    from inputs.demand.axes import Array
    from inputs.demand.forecast import Forecast
    from inputs.demand.levers import Lever
    from inputs.demand.project import Projection

_P90 = 1.2815515655446004
"""Standard deviations from the middle of a normal distribution to its ninetieth percentile."""

TITLES = {
    "transition_primary": "More start school in mainstream",
    "transition_secondary": "More go on to a mainstream secondary school",
    "transition_post16": "More leave specialist places at 16",
    "surge": "Surge before the reform",
    "cliff": "Cliff after the reform",
}
"""Titles of levers that are one of several in a preset."""


def title_of(lever: Lever) -> str:
    """Return what the report calls a lever.

    >>> from inputs.demand.levers import Lever
    >>> title_of(Lever("fewer_requests", "requests", (0.9,)))
    'Fewer requests for assessment'
    >>> title_of(Lever("our_own_plan", "cease", (1.2,)))
    'Our own plan'
    """
    if lever.name in TITLES:
        return TITLES[lever.name]
    preset = PRESETS.get(lever.name)
    return preset.title if preset is not None else words(lever.name)


def who_of(lever: Lever) -> str:
    """Return whom a lever acts on.

    >>> from inputs.demand.levers import Lever
    >>> who_of(Lever("x", "cease", (1.2,), ages=(16, 25)))
    'All needs, ages 16 to 25'
    """
    needs = ", ".join(str(need) for need in lever.needs) or "All needs"
    if lever.ages is None:
        return needs
    low, high = lever.ages
    return f"{needs}, age {low}" if low == high else f"{needs}, ages {low} to {high}"


def when_of(lever: Lever, first: int) -> str:
    """Return the academic years in which a lever acts.

    >>> from inputs.demand.levers import Lever
    >>> when_of(Lever("x", "cease", (1.2,), to_year=2028), 2025)
    '2025/26 to 2028/29'
    """
    start = academic_year(first if lever.from_year is None else lever.from_year)
    return (
        f"from {start}" if lever.to_year is None else f"{start} to {academic_year(lever.to_year)}"
    )


def factor_of(lever: Lever) -> str:
    """Return a lever's multiple, year after year.

    >>> from inputs.demand.levers import Lever
    >>> factor_of(Lever("x", "cease", (0.9, 0.8)))
    '0.9, then 0.8'
    """
    return ", then ".join(f"{one:.3g}" for one in lever.factor)


def levers_table(forecast: Forecast, first: int | None = None) -> pd.DataFrame:
    """Return the effect of each lever on top of those before it, by measure and year.

    Parameters
    ----------
    forecast
        The forecast.
    first
        Year from which levers act; None: the first projected.

    Returns
    -------
    DataFrame
        ``order``, ``lever``, ``title``, ``acts_on``, ``who``, ``when``, ``factor``, ``why``,
        ``source``, ``measure``, ``year``, ``before`` and ``after`` (expected, without the lever
        and with it), ``effect`` (after less before), ``effect_p10`` and ``effect_p90``: its range
        over how fast plans may grow and how many may move. What is chance in single children is
        left out of that range, being the same with the lever as without.
    """
    if not forecast.levers:
        return pd.DataFrame(columns=list(LEVER_COLUMNS))
    basis, years, levers = forecast.basis, forecast.years, forecast.levers
    first = years[0] if first is None else first
    before = projections(basis, years, first=first)
    weights = np.array([weight for weight, _ in before])
    rows: list[dict[str, object]] = []
    for order, lever in enumerate(levers, 1):
        after = projections(basis, years, levers[:order], first=first)
        about = {
            "order": order,
            "lever": lever.name,
            "title": title_of(lever),
            "acts_on": ACTS_ON[lever.acts_on],
            "who": who_of(lever),
            "when": when_of(lever, first),
            "factor": factor_of(lever),
            "why": lever.why,
            "source": lever.source,
        }
        for measure in (PLANS, PLACES):
            was, now = (np.array([_size(one, measure) for _, one in side])
                        for side in (before, after))  # fmt: skip
            effect = weights @ (now - was)
            spread = _P90 * np.sqrt(weights @ (now - was - effect) ** 2)
            rows += [
                {
                    **about,
                    "measure": measure,
                    "year": year,
                    "before": weights @ was[:, k],
                    "after": weights @ now[:, k],
                    "effect": effect[k],
                    "effect_p10": effect[k] - spread[k],
                    "effect_p90": effect[k] + spread[k],
                }
                for k, year in enumerate(years)
            ]
        before = after
    return pd.DataFrame(rows, columns=list(LEVER_COLUMNS))


LEVER_COLUMNS = (
    "order",
    "lever",
    "title",
    "acts_on",
    "who",
    "when",
    "factor",
    "why",
    "source",
    "measure",
    "year",
    "before",
    "after",
    "effect",
    "effect_p10",
    "effect_p90",
)


def _size(projection: Projection, measure: str) -> Array:
    return projection.totals if measure == PLANS else projection.specialist


def drivers_table(forecast: Forecast) -> pd.DataFrame:
    """Return the steps from the count to what is expected, by measure and year.

    Returns
    -------
    DataFrame
        ``measure``, ``driver`` (``count``, then each driver, ``together``, ``projected``),
        ``title``, ``year``, ``change`` (children it adds or takes away) and ``level`` (what has
        been reached after it; for ``count`` and ``projected`` the number itself).
    """
    rows: list[dict[str, object]] = []
    for measure in (PLANS, PLACES):
        for k, year in enumerate(forecast.years):
            level = 0.0
            for effect in forecast.effects:
                size = float((effect.plans if measure == PLANS else effect.children)[k])
                change = size - level if effect.key == "projected" else size
                level += change
                rows.append(
                    {
                        "measure": measure,
                        "driver": effect.key,
                        "title": _driver(effect.key, effect.label, forecast),
                        "year": year,
                        "change": 0.0 if effect.key == "projected" else change,
                        "level": level,
                    }
                )
    return pd.DataFrame(rows)


def _driver(key: str, label: str, forecast: Forecast) -> str:
    """Return the words of a driver; a lever's are its title."""
    titles = {f"lever:{lever.name}": title_of(lever) for lever in forecast.levers}
    return titles.get(key, label)
