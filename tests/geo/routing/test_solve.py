"""The search finds what enumeration finds, keeps every limit, and repeats itself."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from geo.routing import solve as solving
from geo.routing.problem import Carrier, Problem, Profile, pose
from geo.routing.solve import UNITS_A_POUND, solve
from geo.routing.timing import facts_of
from tests.geo.routing.builders import BUS, RAMP, TAXI, flat, kids, plain_policy, school

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from geo.routing.types import Policy, VehicleType


def posed(
    children: pd.DataFrame,
    fleet: Sequence[VehicleType] = (TAXI, BUS, RAMP),
    policy: Policy | None = None,
    price_gbp: dict[str, float] | None = None,
    slower_back: float = 1.0,
) -> Problem:
    """Return the problem of taking children to the school at the origin."""
    schools = [school()]
    matrix = flat(children, schools, slower_back=slower_back)
    facts = facts_of(
        children, schools, fleet, policy or plain_policy(), matrix, both_ways=slower_back != 1.0
    )
    return pose(facts, children, schools, price_gbp=price_gbp)


def partitions(items: list[int]) -> Iterator[list[list[int]]]:
    """Yield every way to put items into groups."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for n in range(len(rest) + 1):
        for others in itertools.combinations(rest, n):
            left = [one for one in rest if one not in others]
            for more in partitions(left):
                yield [[first, *others], *more]


def cheapest_run(problem: Problem, group: list[int]) -> float:
    """Return the least cost of one run for a group: every order, every carrier."""
    best = float("inf")
    n = len(problem.children)
    load = problem.loads[group].sum(axis=0)
    for number, carrier in enumerate(problem.carriers):
        if (load > np.array(carrier.capacity)).any():
            continue
        seconds = problem.profiles[carrier.profile].seconds
        for order in itertools.permutations(group):
            at, late, after = int(problem.bell_seconds[0]), False, n
            for child in reversed(order):
                at -= int(seconds[child, after]) + int(problem.boarding_seconds[child])
                late |= at < problem.earliest_seconds[child]
                after = child
            if not late:
                best = min(best, problem.cost_gbp(number, [*order, n]))
    return best


def enumerated(problem: Problem) -> float:
    """Return the least cost of all: every set left at its price, every partition of the rest."""
    n = len(problem.children)
    optional = [i for i in range(n) if np.isfinite(problem.price_gbp[i])]
    best = float("inf")
    for size in range(len(optional) + 1):
        for left in itertools.combinations(optional, size):
            price = float(sum(problem.price_gbp[i] for i in left))
            for groups in partitions([i for i in range(n) if i not in left]):
                best = min(best, price + sum(cheapest_run(problem, one) for one in groups))
    return best


def found(problem: Problem) -> float:
    """Return the cost that the search finds, prices of children left among it."""
    answer = solve(problem, iterations=400, seed=1)
    return answer.cost_gbp + float(sum(problem.price_gbp[i] for i in answer.left))


@pytest.mark.parametrize("seed", range(6))
def test_the_search_finds_what_enumeration_finds(seed: int) -> None:
    """Five children anywhere within 15 miles, some in wheelchairs, some assisted, some primary.

    5 children have 52 partitions; with every order and carrier that is the whole space.
    """
    luck = np.random.default_rng(seed)
    names = [f"k{n}" for n in range(5)]
    children = kids(
        {one: tuple(luck.uniform(-11, 11, 2)) for one in names},
        phase={one: luck.choice(["primary", "secondary"]) for one in names},
        wheelchair=luck.choice(names, 1),
        assistant=luck.choice(names, 2),
    )
    policy = plain_policy().replace(boarding_seconds=90.0, boarding_wheelchair_seconds=240.0)
    problem = posed(children, policy=policy)

    assert found(problem) == pytest.approx(enumerated(problem), abs=0.01)


def test_a_budget_is_taken_where_it_is_cheaper() -> None:
    """Ann, 10 miles out alone, costs £20 + 20 in a taxi and £15 on a budget.

    Bob's £15 is not worth it, since he lives on Cat's way.
    """
    children = kids({"ann": (10, 0), "bob": (0, 4), "cat": (0, 5)})
    problem = posed(children, (TAXI,), price_gbp={"ann": 15.0, "bob": 15.0})
    answer = solve(problem, iterations=200)

    assert [problem.children[one] for one in answer.left] == ["ann"]
    assert answer.cost_gbp == pytest.approx(20 + 5 * 2.0, abs=0.01)
    assert found(problem) == pytest.approx(enumerated(problem), abs=0.01)


def test_the_cost_told_is_the_cost_searched() -> None:
    """Money is rounded to a tenth of a penny once an arc, so four arcs differ by 0.2p at most."""
    children = kids({"a": (1.234, 0), "b": (2.345, 0.1), "c": (3.456, 0)})
    problem = posed(children, (replace(TAXI, per_mile_gbp=2.207),))
    answer = solve(problem, iterations=100)
    searched = solving._Search(problem, 0)
    solution = searched._solution(answer.loads)
    units = solution.fixed_vehicle_cost() + solution.distance_cost()

    assert units / UNITS_A_POUND == pytest.approx(answer.cost_gbp, abs=4 * 0.0005)


def dear(children: int = 40, fixed_gbp: float = 2_200.0) -> Problem:
    """Return a problem whose vehicles cost far more than PyVRP's largest penalty by default."""
    luck = np.random.default_rng(3)
    where = {f"k{n}": tuple(luck.uniform(-4, 4, 2)) for n in range(children)}
    return posed(kids(where), (replace(TAXI, fixed_per_run_gbp=fixed_gbp),))


def test_penalties_outgrow_the_dearest_vehicle(monkeypatch: pytest.MonkeyPatch) -> None:
    """With PyVRP's largest penalty (100,000 units: £100) overloading a £2,200 taxi always pays.

    Held to that, a search from nothing ends with vehicles overloaded; with penalties of several
    times the dearest run all 40 are carried, in 14 taxis of 3 (40 / 3).
    """
    problem = dear()
    free = solving._Search(problem, 0)
    assert free.largest_penalty >= solving.PENALTY_OVER_DEAREST * 2_200 * UNITS_A_POUND
    best = free._search(None, 5, (1_500, None))
    assert best.is_feasible()
    assert best.num_routes() == 14

    monkeypatch.setattr(solving, "LEAST_LARGEST_PENALTY", 1e5)
    monkeypatch.setattr(solving, "PENALTY_OVER_DEAREST", 0.0)
    held = solving._Search(problem, 0)
    assert not held._search(None, 5, (1_500, None)).is_feasible()


def test_the_same_seed_gives_the_same_routes() -> None:
    """A search bounded by iterations repeats itself to the last stop, on any machine."""
    luck = np.random.default_rng(5)
    problem = posed(kids({f"k{n}": tuple(luck.uniform(-8, 8, 2)) for n in range(60)}))
    first, second, other = (solve(problem, iterations=60, seed=seed) for seed in (4, 4, 5))

    assert first.loads == second.loads
    assert first.loads != other.loads


def test_seconds_bound_the_search() -> None:
    """A second is a second, give or take the setting up."""
    luck = np.random.default_rng(6)
    problem = posed(kids({f"k{n}": tuple(luck.uniform(-8, 8, 2)) for n in range(30)}))
    import time

    began = time.perf_counter()
    answer = solve(problem, seconds=1.0)
    assert time.perf_counter() - began < 4.0
    assert answer.iterations > 1


def test_few_vehicles_leave_the_fewest_behind() -> None:
    """Seven children and two taxis of three: one is left, whoever is cheapest to leave."""
    children = kids({f"k{n}": (1.0 + n, 0) for n in range(7)})
    problem = posed(children, (replace(TAXI, available=2),))
    answer = solve(problem, iterations=400)

    assert len(answer.left) == 1
    assert len(answer.loads) == 2


def test_one_limit_holds_for_a_type_with_and_without_assistants() -> None:
    """Three taxis in all: one child needs an assistant, so taxis come in two kinds of one pool.

    Eight children need three taxis; four would be used if each kind had three of its own.
    """
    east = {f"e{n}": (5.0, 0.1 * n) for n in range(4)}
    west = {f"w{n}": (-5.0, 0.1 * n) for n in range(4)}
    children = kids(east | west, assistant=["e0"])
    problem = posed(children, (replace(TAXI, available=3),))
    answer = solve(problem, iterations=400)

    assert len(answer.loads) <= 3
    assert not answer.left


def test_both_ways_cost_the_mean_and_take_the_longer() -> None:
    """Where coming back is half as long again, a mile out and back is 1 + 1.5 miles for two runs.

    4 miles at £2: out £8, back £12, mean £10, with the £20 of the taxi.
    """
    problem = posed(kids({"ann": (4, 0)}), (TAXI,), slower_back=1.5)
    profile = problem.profiles[0]

    assert problem.cost_gbp(0, [0, 1]) == pytest.approx(30.0, abs=0.01)
    assert profile.seconds[0, 1] == profile.seconds[1, 0] == 4 * 2 * 60 * 1.5


def test_a_closed_run_starts_and_ends_at_the_depot() -> None:
    """Two customers 3 and 4 from the depot, at right angles: 3 + 5 + 4 = 12 in one vehicle."""
    gbp = np.array([[0.0, 5.0, 3.0], [5.0, 0.0, 4.0], [3.0, 4.0, 0.0]])
    none = np.zeros(2, dtype=np.int64)
    problem = Problem(
        children=("a", "b"),
        provisions=("depot",),
        to=none,
        loads=np.array([[1], [1]]),
        boarding_seconds=none,
        earliest_seconds=none,
        latest_seconds=none + 10**6,
        open_seconds=np.zeros(1, dtype=np.int64),
        bell_seconds=np.array([10**6]),
        price_gbp=np.full(2, np.inf),
        profiles=(Profile(np.zeros((3, 3), dtype=np.int64), gbp),),
        carriers=(Carrier("van", assisted=False, capacity=(2,), fixed_gbp=10.0, profile=0),),
        closed=True,
    )
    answer = solve(problem, iterations=50)

    assert answer.cost_gbp == pytest.approx(22.0)


def test_without_the_solver_a_reader_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Routing is an extra; without it the message says how to get it."""
    import sys

    from inputs.errors import InputError

    monkeypatch.setitem(sys.modules, "pyvrp", None)
    with pytest.raises(InputError, match=r"sendplaces\[routes\]"):
        solving.check_installed()
