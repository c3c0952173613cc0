"""What drives the change in plans and in specialist places: one thing at a time, and together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.axes import IS_SPECIALIST
from inputs.demand.project import Hold, Projection, project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inputs.demand.axes import Array
    from inputs.demand.basis import Basis
    from inputs.demand.levers import Lever

_STILL = Hold(people=True, start_rate=True, waiting=True)


@dataclass(frozen=True, eq=False)
class Effect:
    """One bar of a waterfall.

    Parameters
    ----------
    key
        ``count``, ``working_through``, ``specialist_share``, ``people``, ``start_rate``,
        ``waiting``, ``lever:NAME``, ``together`` or ``projected``.
    label
        Words for a reader.
    plans, children
        (years) plans, and children in specialist places, that it adds; for ``count`` and
        ``projected`` the numbers themselves.
    """

    key: str
    label: str
    plans: Array
    children: Array


def effects(
    basis: Basis,
    years: Sequence[int],
    levers: Sequence[Lever] = (),
    *,
    first: int | None = None,
) -> tuple[Effect, ...]:
    """Return what changes plans and specialist places between the count and each year.

    First everything stays as it is: the same people, new plans at their present level, nobody
    waiting gets a place, no levers; the numbers still change, because earlier years' new plans
    work their way through the ages. For specialist places this has two parts: what there would be
    if the share of each need and age in them stayed that of the count, and the change of that
    share. Then each driver changes alone. What they do together beyond the sum of what each does
    alone is a line of its own, so the lines add up exactly.

    Parameters
    ----------
    basis, years, levers, first
        As for ``project``.

    Returns
    -------
    tuple
        ``count``, the drivers in order, ``together`` and ``projected``: the first plus all between
        is the last.
    """
    run = partial(project, basis, years, first=first)
    still, whole = run(hold=_STILL), run(levers=levers)
    now = np.ones(len(years))
    plans, places = now * basis.stock.sum(), now * basis.stock[IS_SPECIALIST].sum()
    steady = _at_shares_of_the_count(basis, still)

    def alone(key: str, label: str, one: Projection) -> Effect:
        return Effect(key, label, one.totals - still.totals, one.specialist - still.specialist)

    found = [
        Effect(
            "working_through",
            "Children with plans now grow up",
            still.totals - plans,
            steady - places,
        ),
        Effect(
            "specialist_share",
            "A larger or smaller share in specialist places",
            np.zeros(len(years)),
            still.specialist - steady,
        ),
        alone(
            "people",
            "More or fewer people of each age",
            run(hold=Hold(start_rate=True, waiting=True)),
        ),
        alone(
            "start_rate",
            "More or fewer new plans for as many people",
            run(hold=Hold(people=True, waiting=True)),
        ),
        alone(
            "waiting",
            "Children waiting get a place",
            run(hold=Hold(people=True, start_rate=True)),
        ),
    ]
    found += [
        alone(f"lever:{lever.name}", lever.name, run(levers=[lever], hold=_STILL))
        for lever in levers
    ]
    told = [sum(getattr(one, name) for one in found) for name in ("plans", "children")]
    return (
        Effect("count", "At the count", plans, places),
        *found,
        Effect(
            "together",
            "What these do together",
            whole.totals - plans - told[0],
            whole.specialist - places - told[1],
        ),
        Effect("projected", "Expected then", whole.totals, whole.specialist),
    )


def _at_shares_of_the_count(basis: Basis, projection: Projection) -> Array:
    """Return specialist places if each need and age had the share in them of the count."""
    everyone = basis.stock.sum(axis=0)
    inside = basis.stock[IS_SPECIALIST].sum(axis=0)
    share = np.divide(inside, everyone, out=np.zeros(everyone.shape), where=everyone > 0)
    return np.asarray((projection.stock.sum(axis=1) * share).sum(axis=(1, 2)))
