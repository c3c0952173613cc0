"""What drives the change in specialist places: one thing at a time, and what they do together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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
        ``count``, ``working_through``, ``people``, ``start_rate``, ``waiting``, ``lever:NAME``,
        ``together`` or ``projected``.
    label
        Words for a reader.
    children
        (years) children in specialist places that it adds; for ``count`` and ``projected`` the
        number itself.
    """

    key: str
    label: str
    children: Array


def effects(basis: Basis, years: Sequence[int], levers: Sequence[Lever] = ()) -> tuple[Effect, ...]:
    """Return what changes children in specialist places between the count and each year.

    First everything stays as it is: the same people, new plans at their present level, nobody
    waiting gets a place, no levers; the number still changes, because earlier years' new plans
    work their way through the ages. Then each driver changes alone. What they do together beyond
    the sum of what each does alone is a line of its own, so the lines add up exactly.

    Returns
    -------
    tuple
        ``count``, the drivers in order, ``together`` and ``projected``: the first plus all between
        is the last.
    """
    before = np.full(len(years), float(_specialist_now(basis)))
    still = project(basis, years, hold=_STILL).specialist
    whole = project(basis, years, levers).specialist

    def alone(label: str, key: str, projection: Projection) -> Effect:
        return Effect(key, label, projection.specialist - still)

    found = [
        Effect("working_through", "Children with plans now grow up", still - before),
        alone(
            "More or fewer people of each age",
            "people",
            project(basis, years, hold=Hold(start_rate=True, waiting=True)),
        ),
        alone(
            "More or fewer new plans for as many people",
            "start_rate",
            project(basis, years, hold=Hold(people=True, waiting=True)),
        ),
        alone(
            "Children waiting get a place",
            "waiting",
            project(basis, years, hold=Hold(people=True, start_rate=True)),
        ),
    ]
    found += [
        alone(lever.name, f"lever:{lever.name}", project(basis, years, [lever], hold=_STILL))
        for lever in levers
    ]
    told = np.sum([effect.children for effect in found], axis=0)
    return (
        Effect("count", "In specialist places at the count", before),
        *found,
        Effect("together", "What these do together", whole - before - told),
        Effect("projected", "In specialist places then", whole),
    )


def _specialist_now(basis: Basis) -> int:
    from inputs.demand.axes import IS_SPECIALIST  # noqa: PLC0415

    return int(basis.stock[IS_SPECIALIST].sum())
