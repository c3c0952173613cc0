"""How many people of each age there will be: what new plans are a rate of.

Where the authority's projection covers a year, it is used. Else everyone counted is a year older
each year, nobody moves in or out, and every later birth year is as large as the last one counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.axes import AGES, N_AGES

if TYPE_CHECKING:
    from inputs.demand.axes import Array
    from inputs.official.population import Population
    from inputs.official.projections import PeopleProjected

UNDER_3 = 3
"""Ages 0, 1 and 2 are one age of the projection."""


def people_by_year(
    first: int, last: int, population: Population | None, projection: PeopleProjected | None
) -> tuple[Array | None, tuple[str, ...]]:
    """Return people (years, ages) from one academic year to another, and what was assumed.

    Parameters
    ----------
    first, last
        Academic years by their first Septembers; mid-year estimates of that calendar year hold.
    population
        People by zone and age in one mid-year.
    projection
        People of the authority by age and mid-year.

    Returns
    -------
    tuple
        None where there is neither, or the population's year is not known and none can be assumed.
    """
    years = range(first, last + 1)
    covered = [] if projection is None else [int(year) for year in projection.people.columns]
    counted = None if population is None else population.people.sum().to_numpy(float)
    start = None if population is None else population.year
    if not covered and (counted is None or start is None):
        return None, (
            "There is no population by age and year: new plans of each age follow no change in the "
            "number of children.",
        )
    notes: list[str] = []
    rows = []
    for year in years:
        if projection is not None and covered and year in covered:
            single = projection.people[year].to_numpy(float)
        elif projection is not None and covered and (counted is None or year > max(covered)):
            near = min(covered, key=lambda one: abs(one - year))
            single = _grown_up(projection.people[near].to_numpy(float), year - near)
        else:
            assert counted is not None
            assert start is not None
            single = _grown_up(counted, year - start)
        rows.append(np.r_[single[:UNDER_3].sum(), single[UNDER_3 : AGES[-1] + 1]])
    missing = [year for year in years if year not in covered]
    if missing and counted is not None and start is not None:
        notes.append(
            f"People in {missing[0]} to {missing[-1]} are those counted in {start}, grown up: "
            "nobody moves in or out, and births since then are as many as in the last year counted."
        )
    out = np.array(rows)
    assert out.shape == (len(years), N_AGES)
    return out, tuple(notes)


def _grown_up(single: Array, years: int) -> Array:
    """Return people by single age (0 to 25) some years on, the youngest as many as now.

    >>> _grown_up(np.array([3.0, 2.0, 1.0]), 2).tolist()
    [3.0, 3.0, 3.0]
    """
    if years >= 0:
        young = np.full(min(years, len(single)), single[0])
        return np.asarray(np.r_[young, single[: len(single) - len(young)]])
    back = min(-years, len(single) - 1)
    return np.asarray(np.r_[single[back:], np.full(back, single[-1])])
