"""What blocks a child, and what a place is worth: by hand, by trying all, and by either method."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from benchmarks.made_round import make_round
from inputs.scenario import resolve
from optimiser.round.again import Parts, full_provisions, left_over
from optimiser.round.arrange import arrange
from optimiser.round.chains import Chains, chains_hold
from optimiser.round.pose import pose_round
from optimiser.round.relax import AtWhosePrice, as_mixed, evidence
from optimiser.round.solver import SolverName, solver
from tests.optimiser.round.builders import World, child, group, mix, places
from tests.optimiser.round.oracle import best, first_of, key_of, ways, why_not
from tests.optimiser.round.strategies import worlds

if TYPE_CHECKING:
    from optimiser.round.relax import Evidence

QUICK = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
NOBODYS, SHORTER = AtWhosePrice.NOBODYS, AtWhosePrice.SHORTER_WAIT


def highs() -> object:
    """Return a solver."""
    return solver(SolverName.HIGHS)


def found(world: World) -> Evidence:
    """Return the evidence beside a world's arrangement."""
    problem = world.problem()
    return evidence(problem, arrange(problem), highs)  # type: ignore[arg-type]


def told(world: World, name: str) -> set[tuple[str, str, str]]:
    """Return rule, provision and price of each way in which one rule would place a child."""
    problem = world.problem()
    rows = found(world).blockers
    keys = problem.provisions["provision"]
    mine = rows[rows["i"] == problem.children["child"].tolist().index(name)]
    return {(one.rule, keys[one.p], one.price) for one in mine.itertuples()}


@given(worlds(most=4, plain=True))
@QUICK
def test_one_rule_alone_is_what_trying_all_says(world: World) -> None:
    """For each child without a place and each rule, the best round with it relaxed is as told."""
    world = replace(world, vacancies=[row for row in world.vacancies if row["places"]])
    problem = world.problem()
    arrangement = arrange(problem)
    rows = found(world).blockers
    keys = problem.provisions["provision"].tolist()
    said = {(one.i, one.rule, keys[one.p]): one.price for one in rows.itertuples()}
    now = max(first_of(world, way) for way in ways(world))
    expected = {}
    for i in np.flatnonzero(arrangement.pool_of < 0).tolist():
        for v, row in enumerate(world.vacancies):
            rules = why_not(world, world.waiting[i], row)
            if len(rules) != 1 or rules & {"phase", "other"}:
                continue
            (rule,) = rules
            then = max(first_of(world, way) for way in ways(world, frozenset({(i, v)})))
            price = NOBODYS if then[0] > now[0] else SHORTER if then > now else None
            key = (i, rule, row["provision"])
            if price is not None and expected.get(key) is not NOBODYS:
                expected[key] = price
    assert {key: price for key, price in said.items() if key[1] != "full"} == expected


@given(worlds(most=4, plain=True))
@QUICK
def test_one_place_more_is_worth_what_trying_all_says(world: World) -> None:
    """A row of one place more, open now to all that is taught, changes the best key as told."""
    world = replace(world, vacancies=[row for row in world.vacancies if row["places"]])
    problem = world.problem()
    now = best(world, problem)[0]
    table = found(world).one_more
    keys = problem.provisions["provision"].tolist()
    for row in table.to_dict("records"):
        more = replace(world, vacancies=[*world.vacancies, places(keys[row["p"]], 1)])
        then = best(more, more.problem())[0]
        change = {
            "children": then[0] - now[0],
            "weeks": sum(then[1]) - sum(now[1]),
            "over_guideline": now[2] - then[2],
            "preferred": then[3] - now[3],
            "added_gbp": now[4] - then[4],
            "minutes": now[6] - then[6],
        }
        assert {name: row[name] for name in change} == change


@pytest.mark.parametrize("seed", range(6))
def test_chains_say_what_solving_again_says(seed: int) -> None:
    """On made-up rounds of 30 or 60 children: every change in full, every place kept back."""
    made = make_round(60 if seed % 2 else 30, 25 if seed % 2 else 12, seed)
    problem = pose_round(made.case, made.tables, made.travel, resolve({}, date(2026, 9, 1)))
    arrangement = arrange(problem)
    problem = as_mixed(problem, arrangement)
    assert chains_hold(problem)
    again = Parts(problem, arrangement, highs)  # type: ignore[arg-type]
    chains = Chains(problem, arrangement)
    full = full_provisions(problem, arrangement)
    assert len(full) > 3
    one, other = again.with_one_more(full), chains.with_one_more(full)
    assert {p: asdict(change) for p, change in one.items()} == {
        p: asdict(change) for p, change in other.items()
    }
    left = left_over(problem, arrangement)
    kept = [int(v) for v in np.unique(problem.arcs["v"]) if left[v] == 0]
    assert kept
    for v in kept:
        one_kept, other_kept = again.with_one_kept(v), chains.with_one_kept(v)
        assert (one_kept.children, one_kept.weeks) == (other_kept.children, other_kept.weeks)


def test_a_full_school_is_told_as_full() -> None:
    """Elm's one place goes to the longer wait: for the other, one place more anywhere would do.

    Oak, Yew and Ash teach the child too, and have no place open at all.
    """
    world = World([child("long", weeks=9), child("short", weeks=1)], [places("elm", 1)])
    full = {("full", key, NOBODYS) for key in ("elm", "oak", "yew", "ash")}
    assert told(world, "short") == full


def test_a_feature_stands_alone() -> None:
    """Oak has the wheelchair access that Elm lacks, and no place: at Elm only the feature bars."""
    world = World([child("W1", must_have=("wheelchair",))], [places("elm", 1)])
    assert told(world, "W1") == {("full", "oak", NOBODYS), ("feature", "elm", NOBODYS)}


def test_a_relaxed_rule_can_cost_a_shorter_wait_its_place() -> None:
    """Elm's place is held by a wait of 2 weeks; but for the feature, 50 weeks would have it."""
    world = World(
        [child("long", weeks=50, must_have=("wheelchair",)), child("short", weeks=2)],
        [places("elm", 1)],
    )
    assert told(world, "long") == {("full", "oak", NOBODYS), ("feature", "elm", SHORTER)}
    turned = replace(world, waiting=[child("long", weeks=1, must_have=("wheelchair",)),
                                     child("short", weeks=2)])  # fmt: skip
    assert told(turned, "long") == {("full", "oak", NOBODYS)}, "it has not waited longer"


def test_two_rules_at_once_are_no_single_rule() -> None:
    """At Elm both the feature and the start bar, and no place is left at Oak but by one more."""
    late = date(2027, 9, 1)
    world = World(
        [child("W1", must_have=("wheelchair", "pool"), start_by=date(2027, 1, 4))],
        [places("elm", 1, start=late)],
    )
    assert told(world, "W1") == set(), "none alone would"


@pytest.mark.parametrize(
    ("more", "rule", "at"),
    [
        ({"zone": "north"}, "journey", "ash"),
        ({"need": "SLCN", "weeks": 3}, "need", "ash"),
        ({"classes": ("special_school",)}, "class", "ash"),
        ({"start_by": date(2026, 12, 1)}, "start", "ash"),
        ({"nc_year": 9}, "year", "ash"),
    ],
)
def test_each_rule_can_be_the_one(more: dict[str, object], rule: str, at: str) -> None:
    """Ash has two places from January for years 0 to 6; the child fits but for the rule named.

    From the north Ash is 70 minutes, 98 on a shared ride: beyond 90.
    """
    world = World(
        [child("W1", **({"zone": "south"} | more))],
        [places("ash", 2, start=date(2027, 1, 4), nc_from=0, nc_to=6)],
    )
    world.minutes["north", "ash"] = 70.0
    assert (rule, at, NOBODYS) in told(world, "W1")


def test_a_mix_and_a_group_can_be_the_one() -> None:
    """Yew takes ASD first, so SEMH is barred by the mix; its infants' group holds one only."""
    world = World(
        [child("asd1"), child("asd2"), child("semh", need="SEMH", weeks=1)],
        [places("yew", 3)],
        mixes=[mix()],
    )
    assert ("mix", "yew", NOBODYS) in told(world, "semh")
    grouped = World(
        [child("first", nc_year=1, weeks=19), child("second", nc_year=1)],
        [places("yew", 3)],
        groups=[group("yew", "infants", 0, 2, 3, 2)],
    )
    assert ("group", "yew", NOBODYS) in told(grouped, "second")


def test_the_phase_is_never_relaxed() -> None:
    """Ash teaches SEMH in both phases but Oak ASD only: a need may be taken on, an age not."""
    world = World([child("W1", need="SLD", phase="secondary")], [places("elm", 1)])
    assert told(world, "W1") == set(), "Elm teaches primary only"


def test_one_place_more_can_be_worth_money_alone() -> None:
    """All have places; one more at Elm would bring one home from Ash, for £38,000 less a year.

    The fee of £50,000 less a top-up of £12,000, less the £4,000 by which a filled base place costs
    less than an unfilled one, and the difference in transport: of that only the sign is told here.
    """
    world = World([child("W1", zone="south")], [places("ash", 1)])
    table = found(world).one_more.set_index("p")
    problem = world.problem()
    elm = table.loc[problem.provisions["provision"].tolist().index("elm")]
    assert elm["children"] == 0
    assert elm["added_gbp"] < -40_000
    assert elm["minutes"] == round(4 * 1.4) - round(30 * 1.4)


def test_values_can_be_left_out() -> None:
    """Without values nothing is solved for them, and the table is empty with its columns."""
    world = World([child("W1"), child("W2")], [places("elm", 1)])
    problem = world.problem()
    only = evidence(problem, arrange(problem), highs, values=False)  # type: ignore[arg-type]
    assert only.one_more.empty
    assert {"p", "children", "weeks"} <= set(only.one_more)
    assert len(only.blockers)


def test_keys_of_the_oracle_are_those_of_the_round() -> None:
    """The oracle's key of the round's own arrangement adds up what the steps told."""
    world = World([child("W1"), child("W2", zone="south")], [places("elm", 1), places("oak", 1)])
    problem = world.problem()
    arrangement = arrange(problem)
    way = tuple(int(v) for v in arrangement.pool_of)
    step = {one.key: one.value for one in arrangement.done}
    key = key_of(world, problem, way)
    assert (key[0], -key[4], -key[6]) == (
        step["most_children"],
        step["least_cost"],
        step["shortest"],
    )
