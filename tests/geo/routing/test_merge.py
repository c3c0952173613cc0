"""Neighbours share vehicles only where that costs less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.routing.merge import clusters
from geo.routing.types import Effort
from tests.geo.routing.builders import TAXI, flat, kids, plain_policy, routed, school

SHARING = plain_policy().replace(mixed_children=25.0)


def neighbours() -> tuple[object, list[object]]:
    """Return two bases a mile apart, with a child each who live side by side eight miles out."""
    children = kids({"ann": (-8, 0), "bob": (-8, 0.01)}, {"ann": "oak", "bob": "elm"})
    return children, [school(), school("elm", east=1)]


def test_two_bases_share_a_taxi() -> None:
    """Alone: £20 + 8 x £2 and £20 + 9 x £2 = £74. Together: £20 + 9 x £2 = £38."""
    children, schools = neighbours()
    alone = routed(children, schools, [TAXI], SHARING, mixed=False)  # type: ignore[arg-type]
    shared = routed(children, schools, [TAXI], SHARING)  # type: ignore[arg-type]

    assert alone.routes[0].cost_a_day_gbp + alone.routes[1].cost_a_day_gbp == pytest.approx(
        2 * 74, abs=0.1
    )
    (route,) = shared.routes
    assert route.cost_a_day_gbp == pytest.approx(2 * 38, abs=0.1)
    assert route.provisions == ("oak", "elm")
    assert shared.violations == ()


def test_nothing_is_shared_that_is_not_cheaper() -> None:
    """Children on opposite sides of two schools: sharing would drive both ways for nothing."""
    children = kids({"ann": (-8, 0), "bob": (9, 0)}, {"ann": "oak", "bob": "elm"})
    schools = [school(), school("elm", east=1)]
    shared = routed(children, schools, [TAXI], SHARING)
    alone = routed(children, schools, [TAXI], SHARING, mixed=False)

    assert all(len(one.provisions) == 1 for one in shared.routes)
    assert shared.cost_a_year_gbp == pytest.approx(alone.cost_a_year_gbp)


def test_sharing_never_costs_more() -> None:
    """On twelve children to three bases what is kept is no dearer than each by itself."""
    where = {f"k{n}": (-6 + n, (n * 7) % 5 - 2) for n in range(12)}
    to = {one: ("oak", "elm", "ash")[n % 3] for n, one in enumerate(where)}
    children = kids(where, to)
    schools = [school(), school("elm", east=1), school("ash", north=1)]
    effort = Effort(iterations=60)
    alone = routed(children, schools, [TAXI], SHARING, mixed=False, effort=effort)
    shared = routed(children, schools, [TAXI], SHARING, effort=effort)

    assert shared.cost_a_year_gbp <= alone.cost_a_year_gbp + 1e-6
    assert shared.violations == ()


def test_who_may_share() -> None:
    """Near, few and with like bells; or told to be one cluster. A mile takes two minutes here."""
    children = kids({f"k{n}": (0, n) for n in range(2)})
    schools = [
        school("a"),
        school("b", east=3),
        school("far", east=30),
        school("late", east=1, bell=600.0),
        school("big", east=2),
        replace(school("x", east=50), cluster="campus"),
        replace(school("y", east=80), cluster="campus"),
        school("empty", east=1),
    ]
    counts = {"a": 5, "b": 5, "far": 5, "late": 5, "big": 60, "x": 90, "y": 90}
    found = clusters(schools, counts, SHARING, flat(children, schools))

    assert [[one.provision for one in group] for group in found] == [["x", "y"], ["a", "b"]]


def test_no_cluster_is_larger_than_five() -> None:
    """Eight bases in one street: five and three."""
    schools = [school(f"s{n}", east=n * 0.1) for n in range(8)]
    found = clusters(
        schools,
        {one.provision: 3 for one in schools},
        SHARING,
        flat(kids({"k": (0, 0)}), schools),
    )

    assert all(len(group) <= 5 for group in found)
    assert sum(len(group) for group in found) <= 8
