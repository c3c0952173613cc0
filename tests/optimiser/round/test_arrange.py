"""The arrangement is the best by the steps: by hand, by trying every one, and by either solver."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.made_round import make_round
from inputs.scenario import resolve
from optimiser.round.arrange import arrange
from optimiser.round.pose import pose_round
from optimiser.round.solver import NotProvenError, SolverName
from optimiser.round.ties import alike
from tests.optimiser.round.builders import World, child, kept, mix, places
from tests.optimiser.round.oracle import best, fits, key_of, ways
from tests.optimiser.round.strategies import worlds

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from optimiser.kinds import Array
    from optimiser.round.arrange import Arrangement
    from optimiser.round.problem import RoundProblem

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def way_of(arrangement: Arrangement) -> tuple[int | None, ...]:
    """Return an arrangement as the oracle writes it."""
    return tuple(None if v < 0 else int(v) for v in arrangement.pool_of)


def with_all_pools(world: World) -> World:
    """Return the world without rows of no places: the round drops them, the oracle counts rows."""
    return replace(world, vacancies=[row for row in world.vacancies if row["places"]])


@given(worlds())
@QUICK
def test_no_arrangement_is_better(world: World) -> None:
    """Of every arrangement that breaks no rule, tried one by one, none has a better key."""
    world = with_all_pools(world)
    problem = world.problem()
    found = way_of(arrange(problem))
    assert found in set(ways(world))
    assert key_of(world, problem, found) == best(world, problem)[0]


@given(worlds(most=4))
@FEW
def test_cbc_and_highs_agree(world: World) -> None:
    """The last tie is broken by a draw of our own, so two solvers find the same arrangement."""
    problem = world.problem()
    one, other = (arrange(problem, name) for name in SolverName)
    assert way_of(one) == way_of(other)
    assert [step.value for step in one.done] == [step.value for step in other.done]


@given(worlds())
@QUICK
def test_no_rule_is_broken(world: World) -> None:
    """No child has two places, no place two children, and no hard rule gives way."""
    world = with_all_pools(world)
    arrangement = arrange(world.problem())
    assert len(arrangement.pool_of) == len(world.waiting)  # one place at most, by its form
    assert fits(world, way_of(arrangement))
    for v, row in enumerate(world.vacancies):
        assert (arrangement.pool_of == v).sum() <= row["places"]


@given(worlds())
@QUICK
def test_a_place_more_never_places_fewer(world: World) -> None:
    """Whatever row of open places gets one more, as many children have places, or more."""
    world = with_all_pools(world)
    now = (arrange(world.problem()).pool_of >= 0).sum()
    for k, row in enumerate(world.vacancies):
        rows = [*world.vacancies]
        rows[k] = row | {"places": row["places"] + 1}
        assert (arrange(replace(world, vacancies=rows).problem()).pool_of >= 0).sum() >= now


@given(worlds())
@QUICK
def test_other_names_and_another_order_change_nothing(world: World) -> None:
    """Children renamed and listed backwards have the places they had, unless they are alike."""
    world = with_all_pools(world)
    problem = world.problem()
    if any(alike(problem)):
        return
    before = dict(zip(problem.children["child"], way_of(arrange(problem)), strict=True))
    names = {one["child"]: f"{chr(97 + 7 * k % 26)}{k}" for k, one in enumerate(world.waiting)}
    turned = [one | {"child": names[one["child"]]} for one in reversed(world.waiting)]
    again = replace(world, waiting=turned).problem()
    after = dict(zip(again.children["child"], way_of(arrange(again)), strict=True))
    assert after == {names[key]: v for key, v in before.items()}


def test_other_names_of_provisions_and_zones_change_nothing() -> None:
    """A made-up round of 60 children: every key shuffled, every table in another order."""
    made = make_round(60, 25, seed=4)
    rng = random.Random(1)
    keys = list(made.case.provisions["provision"])
    zones = list(made.case.zones["zone"])
    new = dict(zip(keys, rng.sample([f"q{k:03d}" for k in range(900)], len(keys)), strict=True))
    newer = dict(zip(zones, rng.sample([f"y{k:03d}" for k in range(900)], len(zones)), strict=True))

    def renamed(frame: pd.DataFrame) -> pd.DataFrame:
        out = frame.sample(frac=1, random_state=3).reset_index(drop=True)
        for column, names in (("provision", new), ("zone", newer)):
            if column in out:
                out[column] = out[column].map(lambda one, names=names: names.get(one, one))
        if "preferred" in out:
            out["preferred"] = [tuple(new[one] for one in some) for some in out["preferred"]]
        return out

    case = replace(
        made.case,
        **{name: renamed(getattr(made.case, name)) for name in ("zones", "provisions", "teaches",
                                                               "placed")},
    )  # fmt: skip
    tables = replace(
        made.tables,
        **{name: renamed(getattr(made.tables, name)) for name in ("waiting", "vacancies",
                                                                 "groups")},
    )  # fmt: skip
    policy = resolve({}, date(2026, 9, 1))
    one = pose_round(made.case, made.tables, made.travel, policy)
    other = pose_round(case, tables, renamed(made.travel), policy)
    before, after = kept(one, arrange(one)), kept(other, arrange(other))
    assert after == {name: new[key] for name, key in before.items()}


def test_the_longest_wait_comes_first() -> None:
    """One place and three children: the one who has waited 30 weeks has it, not the cheapest."""
    world = World(
        waiting=[
            child("near", weeks=5),
            child("long", weeks=30, zone="south", interim_annual_gbp=1_000.0),
            child("dear", weeks=29, interim_annual_gbp=40_000.0),
        ],
        vacancies=[places("elm", 1)],
    )
    assert kept(world.problem(), arrange(world.problem())) == {"long": "elm"}


def test_more_children_come_before_a_longer_wait() -> None:
    """A new base holds either the SEMH child of 90 weeks or two ASD children: it holds the two."""
    world = World(
        waiting=[child("semh", need="SEMH", weeks=90), child("asd1"), child("asd2")],
        vacancies=[places("yew", 2)],
        mixes=[mix()],
    )
    problem = world.problem()
    assert len(problem.mixes) == 1, "nobody is at Yew yet, so either may come"
    assert kept(problem, arrange(problem)) == {"asd1": "yew", "asd2": "yew"}
    one_place = replace(world, vacancies=[places("yew", 1)])
    assert kept(one_place.problem(), arrange(one_place.problem())) == {"semh": "yew"}


def test_later_steps_never_cost_an_earlier_one() -> None:
    """The guideline outranks a preference, and a preference outranks £38,000 a year.

    From the north Ash is 40 minutes, 56 on a shared ride: beyond 45. From the south it is 30, 42 on
    a shared ride: within it.
    """
    wish = {"preferred": ("ash",)}
    north = World([child("W1", **wish)], [places("ash", 1), places("elm", 1)])
    assert kept(north.problem(), arrange(north.problem())) == {"W1": "elm"}
    south = replace(north, waiting=[child("W1", zone="south", **wish)])
    assert kept(south.problem(), arrange(south.problem())) == {"W1": "ash"}
    no_wish = replace(north, waiting=[child("W1", zone="south")])
    assert kept(no_wish.problem(), arrange(no_wish.problem())) == {"W1": "elm"}, "£12,000 v £50,000"


def test_of_two_starts_the_sooner_is_taken() -> None:
    """At one provision, at one price, places open now come before those of next September."""
    world = World(
        [child("W1")], [places("elm", 1, start=date(2027, 9, 1)), places("elm", 1, need="ASD")]
    )
    assert arrange(world.problem()).pool_of.tolist() == [1]


def test_alike_children_are_told_of_and_parted_by_their_keys() -> None:
    """Two children alike in all that the round knows: one place goes to the first by key."""
    world = World([child("W2"), child("W1"), child("W3", weeks=4)], [places("elm", 1)])
    problem = world.problem()
    assert alike(problem) == [(0, 1)]
    first = kept(problem, arrange(problem))
    turned = replace(world, waiting=world.waiting[::-1])
    assert kept(turned.problem(), arrange(turned.problem())) == first
    assert set(first.values()) == {"elm"}
    assert set(first) < {"W1", "W2"}


def test_nobody_can_go_anywhere() -> None:
    """A round without a single arc has an empty arrangement and no steps."""
    world = World([child("W1", need="PMLD")], [places("elm", 1)])
    arrangement = arrange(world.problem())
    assert arrangement.pool_of.tolist() == [-1]
    assert arrangement.done == ()


def test_time_that_has_run_out_is_told() -> None:
    """With no time at all the first step is not proven, and nothing is passed off as proven."""
    world = World([child("W1")], [places("elm", 1)])
    for name in SolverName:
        with pytest.raises(NotProvenError, match="time ran out before the step 'Most children"):
            arrange(world.problem(), name, time_limit_seconds=0.0)


def test_each_step_is_written_for_anyone_to_solve_again(tmp_path: Path) -> None:
    """The model of the first step is readable: a row a child, a row a pool, whole variables."""
    world = World([child("W-1"), child("W_1", zone="south")], [places("elm", 1)])
    arrange(world.problem(), export=(tmp_path, "lp"))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        "01_most_children.lp",
        "02_longest_waits_1.lp",
        "05_least_cost.lp",
        "07_shortest.lp",
        "08_draw.lp",
    ], "steps that have nothing to add up (guideline, preferences, starts) have no model"
    text = (tmp_path / "01_most_children.lp").read_text()
    assert text == (
        "\\* round *\\\n"
        "Maximize\n"
        "OBJ: x(1_W_1,2_elm.1) + x(2_W_1,2_elm.1)\n"
        "Subject To\n"
        "child(1_W_1): x(1_W_1,2_elm.1) <= 1\n"
        "child(2_W_1): x(2_W_1,2_elm.1) <= 1\n"
        "places(2_elm.1): x(1_W_1,2_elm.1) + x(2_W_1,2_elm.1) <= 1\n"
        "Binaries\n"
        "x(1_W_1,2_elm.1)\n"
        "x(2_W_1,2_elm.1)\n"
        "End\n"
    ), "two pseudonyms that PuLP would write alike stay apart by their numbers"
    second = (tmp_path / "02_longest_waits_1.lp").read_text()
    assert "keep_most_children: x(1_W_1,2_elm.1) + x(2_W_1,2_elm.1) >= 1" in second


@pytest.mark.parametrize("form", ["lp", "mps"])
def test_what_is_written_has_the_value_that_was_told(tmp_path: Path, form: str) -> None:
    """HiGHS reads the file of the cost step afresh, and finds the cost told."""
    import highspy

    made = make_round(30, 12, seed=2)
    problem = pose_round(made.case, made.tables, made.travel, resolve({}, date(2026, 9, 1)))
    arrangement = arrange(problem, export=(tmp_path, form))
    told = {step.key: step.value for step in arrangement.done}
    (path,) = tmp_path.glob(f"*least_cost.{form}")
    reader = highspy.Highs()
    reader.setOptionValue("output_flag", False)
    reader.readModel(str(path))
    reader.run()
    assert reader.getObjectiveValue() == pytest.approx(told["least_cost"], abs=0.5)


@pytest.mark.parametrize("seed", range(4))
def test_blocks_of_waits_say_what_one_sum_says(seed: int) -> None:
    """On a round without mixes, the waits taken band by band are those of the one sum of ranks."""
    made = make_round(40, 16, seed)
    bare = replace(
        made.tables, mixes=made.tables.mixes.iloc[:0], groups=made.tables.groups.iloc[:0]
    )
    problem = pose_round(made.case, bare, made.travel, resolve({}, date(2026, 9, 1)))
    weeks = problem.children["weeks"].to_numpy(float)
    placed = arrange(problem).pool_of >= 0
    held: list[tuple[float, int]] = []
    for wait in sorted(set(weeks), reverse=True):
        most = _most(problem, weeks, held, wait, int(placed.sum()))
        held.append((wait, most))
        assert (placed & (weeks == wait)).sum() == most, wait


def _most(
    problem: RoundProblem,
    weeks: Array,
    held: list[tuple[float, int]],
    wait: float,
    children: int,
) -> int:
    """Return the most children of a wait who can have places, so many in all, longer waits kept."""
    i, v = problem.arcs["i"].to_numpy(), problem.arcs["v"].to_numpy()
    places_ = problem.pools["places"].to_numpy()
    rows, low, high = [], [], []
    for key, keys, limits in ((i, np.unique(i), None), (v, np.unique(v), places_)):
        for one in keys:
            rows.append(key == one)
            low.append(0)
            high.append(1 if limits is None else limits[one])
    everyone = np.ones(len(i), dtype=bool)
    rows.append(everyone)
    low.append(children)
    high.append(np.inf)
    for longer, count in held:
        rows.append(weeks[i] == longer)
        low.append(count)
        high.append(np.inf)
    found = milp(
        -(weeks[i] == wait).astype(float),
        constraints=LinearConstraint(np.array(rows, dtype=float), low, high),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(i)),
    )
    return round(-found.fun)
