"""What holds for any children, fleet and policy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.routing.types import Effort, How
from tests.geo.routing.builders import BUS, RAMP, TAXI, flat, kids, plain_policy, routed, school

if TYPE_CHECKING:
    import pandas as pd

QUICK = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
EFFORT = Effort(iterations=20)


@st.composite
def sides(draw: st.DrawFn) -> tuple[pd.DataFrame, float]:
    """Draw up to eight children of two schools with any flags, and a factor for the way back."""
    names = [f"k{n}" for n in range(draw(st.integers(1, 8)))]
    point = st.tuples(st.integers(-20, 20), st.integers(-20, 20))
    some = st.lists(st.sampled_from(names), unique=True)
    children = kids(
        {one: draw(point) for one in names},
        {one: draw(st.sampled_from(["oak", "elm"])) for one in names},
        phase={one: draw(st.sampled_from(["primary", "secondary"])) for one in names},
        travels={one: draw(st.sampled_from(["daily", "daily", "weekly"])) for one in names},
        **{flag: draw(some) for flag in ("wheelchair", "solo", "assistant", "ptb", "walks")},
    )
    return children, draw(st.sampled_from([1.0, 1.3]))


SCHOOLS = [school(), school("elm", east=2, bell=570.0)]
POLICY = plain_policy().replace(
    boarding_seconds=90.0,
    boarding_wheelchair_seconds=240.0,
    unloading_seconds=180.0,
    effective_seats_share=0.75,
    mixed_children=25.0,
)


@QUICK
@given(sides())
def test_every_child_is_carried_once_or_named(drawn: tuple[pd.DataFrame, float]) -> None:
    """Whatever the children need, each is on one route or named apart; no rule is broken."""
    children, back = drawn
    side = routed(
        children,
        SCHOOLS,
        policy=POLICY,
        matrix=flat(children, SCHOOLS, slower_back=back),
        effort=EFFORT,
    )
    met = [child for route in side.routes for child in route.children]
    met += [one.child for one in side.apart]

    assert sorted(met) == sorted(children["child"])
    assert side.violations == ()
    assert np.isfinite(side.cost_a_year_gbp)


@QUICK
@given(sides(), st.integers(0, 3))
def test_few_vehicles_break_nothing(drawn: tuple[pd.DataFrame, float], there: int) -> None:
    """With any number of vehicles who is not carried is named, and no more are used than are."""
    children, _ = drawn
    fleet = [replace(TAXI, available=there), replace(RAMP, available=1)]
    side = routed(children, SCHOOLS, fleet, POLICY, effort=EFFORT)
    met = [child for route in side.routes for child in route.children]
    met += [one.child for one in side.apart]

    assert sorted(met) == sorted(children["child"])
    assert side.violations == ()


@QUICK
@given(sides())
def test_rides_keep_their_limits(drawn: tuple[pd.DataFrame, float]) -> None:
    """No ride is longer than the limit told with it, and no limit than the policy allows."""
    children, back = drawn
    side = routed(
        children,
        SCHOOLS,
        policy=POLICY,
        matrix=flat(children, SCHOOLS, slower_back=back),
        effort=EFFORT,
    )
    for route in side.routes:
        for run in route.runs:
            for stop in run.stops:
                assert stop.ride_minutes <= stop.limit_minutes + 0.03


@QUICK
@given(sides(), st.integers(0, 1000))
def test_names_do_not_matter(drawn: tuple[pd.DataFrame, float], salt: int) -> None:
    """Other keys for children and provisions change no cost and no route's shape."""
    children, _ = drawn
    names = {one: f"z{salt}_{n}" for n, one in enumerate(reversed(list(children["child"])))}
    schools = {"oak": "willow", "elm": "birch"}
    other = children.assign(
        child=children["child"].map(names).astype(object),
        provision=children["provision"].map(schools).astype(object),
    )
    renamed = [replace(one, provision=schools[one.provision]) for one in SCHOOLS]
    first = routed(children, SCHOOLS, policy=POLICY, effort=EFFORT)
    second = routed(other, renamed, policy=POLICY, effort=EFFORT)

    assert second.cost_a_year_gbp == pytest.approx(first.cost_a_year_gbp, rel=1e-12)
    assert [[names[child] for child in one.children] for one in first.routes] == [
        list(one.children) for one in second.routes
    ]


@QUICK
@given(sides())
def test_twice_the_prices_cost_twice(drawn: tuple[pd.DataFrame, float]) -> None:
    """Every price doubled, budgets too: the least cost is twice what it was."""
    children, _ = drawn
    double = [
        replace(
            one,
            fixed_per_run_gbp=2 * one.fixed_per_run_gbp,
            per_mile_gbp=2 * one.per_mile_gbp,
            assistant_gbp=2 * one.assistant_gbp,
        )
        for one in (TAXI, BUS, RAMP)
    ]
    dear = POLICY.replace(ptb_per_mile_gbp=2 * POLICY.ptb_per_mile_gbp)
    once = routed(children, SCHOOLS, policy=POLICY, effort=EFFORT, chained=False)
    twice = routed(children, SCHOOLS, double, dear, effort=EFFORT, chained=False)

    assert twice.cost_a_year_gbp == pytest.approx(2 * once.cost_a_year_gbp, rel=1e-3)


@QUICK
@given(sides())
def test_the_same_seed_repeats_everything(drawn: tuple[pd.DataFrame, float]) -> None:
    """Routes, clocks and costs are the same the second time."""
    children, _ = drawn
    first, second = (routed(children, SCHOOLS, policy=POLICY, effort=EFFORT) for _ in range(2))

    assert first.routes == second.routes
    assert first.apart == second.apart
    assert first.reproducible


def test_what_is_the_same_on_both_sides_is_solved_once() -> None:
    """With a shared memory a school that the plan does not touch has the same routes on both sides.

    On the plan's side one child moves from Oak to Elm; Ash's problem is the same, and known.
    """
    luck = np.random.default_rng(2)
    where = {f"k{n}": tuple(luck.uniform(-8, 8, 2)) for n in range(24)}
    before = kids(where, {one: ("oak", "elm", "ash")[n % 3] for n, one in enumerate(where)})
    after = before.assign(provision=["elm", *before["provision"][1:]])
    schools = [school(), school("elm", east=6), school("ash", north=9)]
    memory: dict[bytes, object] = {}
    sides = [
        routed(children, schools, effort=EFFORT, memory=memory, side=name)
        for name, children in (("do_minimum", before), ("plan", after))
    ]
    ash = [[one for one in side.routes if one.provisions == ("ash",)] for side in sides]

    assert len(memory) == 5
    assert ash[0] == ash[1]
    assert [side.side for side in sides] == ["do_minimum", "plan"]


def test_progress_runs_from_nothing_to_all() -> None:
    """Shares never go down, and end at one."""
    seen: list[float] = []
    children = kids({"a": (1, 0), "b": (2, 0)}, {"a": "oak", "b": "elm"})
    routed(children, SCHOOLS, progress=lambda share, _words: seen.append(share))

    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


def test_seconds_are_shared() -> None:
    """Two seconds for a side are about two seconds, and the result says that no seed repeats it."""
    luck = np.random.default_rng(2)
    where = {f"k{n}": tuple(luck.uniform(-8, 8, 2)) for n in range(40)}
    children = kids(where, {one: ("oak", "elm")[n % 2] for n, one in enumerate(where)})
    side = routed(children, SCHOOLS, effort=Effort(seconds=2.0))

    assert side.seconds < 8.0
    assert not side.reproducible
    assert side.violations == ()
    assert {one.how for one in side.routes} == {How.SHARED}
