"""The only file that knows a route solver: a problem in, routes out, by PyVRP.

What is measured here shapes how PyVRP is asked:

- Costs go in whole tenths of a penny, each arc's money rounded once, not metres x a rounded price.
- A penalty that may not exceed the saving from overloading a vehicle leaves PyVRP without any
  feasible answer. Penalties may go to several times the dearest thing in the problem.
- Penalties start near the cost of a vehicle and few children are shaken at a time: on 300 children
  and five vehicle types this finds in 8 seconds what the defaults do not find in 30.
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.routing.problem import Load, Problem
from geo.routing.savings import savings
from geo.routing.types import NO_WAY
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

UNITS_A_POUND = 1000
"""Tenths of a penny: whole numbers for the solver."""

LEAST_LARGEST_PENALTY = 1e6
PENALTY_OVER_DEAREST = 4.0
"""The largest penalty is the greater of these: units, and times the dearest run or price."""

STARTING_SECONDS_A_VEHICLE = 50.0
"""A second too late starts at the cost of a vehicle divided by this."""

SHAKEN = (5, 25)
"""Children shaken at most in one step: few where many small vehicles are best, more where few large
ones are, or hardly enough. Both are tried, and the better goes on."""

NEIGHBOURS = 30
"""Neighbours tried of each child (PyVRP's own default is 50)."""

HISTORY = 50
"""Steps back that a worse answer is compared with (300 by default: for searches of minutes)."""

FEW = 12
"""Up to so many children one search from one beginning settles all."""

STARTING, TRIAL = 0.25, 0.12
"""Shares of the search spent on beginnings, and on each trial of how many to shake."""

STILL = 400
"""Steps without improvement, for each child, after which a problem is left (and 2,000 in all)."""

EVERYWHERE = int(NO_WAY)


@dataclass(frozen=True)
class Answer:
    """What the solver found.

    Parameters
    ----------
    loads
        The routes.
    left
        Children (by position) whom no route carries: not worth their price, or no vehicle was left.
    cost_gbp
        Of the routes, by the problem's own arcs; nothing for children left.
    iterations
        Steps taken.
    """

    loads: tuple[Load, ...]
    left: tuple[int, ...]
    cost_gbp: float
    iterations: int


def check_installed() -> None:
    """Raise InputError, saying what to install, when the route solver is not there."""
    try:
        import pyvrp  # noqa: F401, PLC0415 (an extra: only routing needs it)
    except ImportError as error:
        raise InputError(
            [
                Fault(
                    "routes",
                    "the route solver PyVRP is not installed",
                    'Install it: pip install "sendplaces[routes]"',
                )
            ]
        ) from error


def solve(
    problem: Problem,
    *,
    iterations: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
    start: Sequence[Load] | None = None,
) -> Answer:
    """Return good routes for a problem.

    Parameters
    ----------
    problem
        Every child of it fits in some vehicle that has a way to it (see `geo.routing.direct`).
    iterations
        Steps of the search; the same seed then gives the same routes.
    seconds
        Of the clock, when iterations are not given.
    seed
        Of the search.
    start
        Routes to begin from; they keep every limit.

    Raises
    ------
    InputError
        When PyVRP is not installed.
    """
    check_installed()
    if iterations is None and seconds is None:
        raise ValueError("give iterations or seconds")
    if not problem.children:
        return Answer((), (), 0.0, 0)
    loads = None if start is None else list(start)
    answer = _Search(problem, seed, limited=_short(problem)).run(iterations, seconds, loads)
    if any(np.isinf(problem.price_gbp[one]) for one in answer.left):
        answer = _Search(problem, seed, limited=True).run(iterations, seconds, loads)
    over = _over(problem, answer.loads)
    if over:
        # Two carriers of one type share what there is of it, which PyVRP cannot be told.
        shared = _split(problem, answer, over)
        answer = _Search(shared, seed, limited=True).run(iterations, seconds, None)
    return answer


def _short(problem: Problem) -> bool:
    """Return whether the vehicles there cannot hold everyone who must be carried."""
    n = len(problem.children)
    must = np.isinf(problem.price_gbp)
    room = np.zeros(problem.loads.shape[1])
    for one in problem.carriers:
        room += np.array(one.capacity) * (n if one.available is None else one.available)
    return bool((problem.loads[must].sum(axis=0) > room).any())


def _over(problem: Problem, loads: Sequence[Load]) -> set[str]:
    """Return the vehicle types of which more are used than there are."""
    used: dict[str, int] = {}
    for load in loads:
        vehicle = problem.carriers[load.carrier].vehicle
        used[vehicle] = used.get(vehicle, 0) + 1
    return {
        one.vehicle
        for one in problem.carriers
        if one.available is not None and used.get(one.vehicle, 0) > one.available
    }


def _split(problem: Problem, answer: Answer, over: set[str]) -> Problem:
    """Return the problem with the vehicles of a type shared out, those with assistants first."""
    used = [0] * len(problem.carriers)
    for load in answer.loads:
        used[load.carrier] += 1
    left = {one.vehicle: one.available or 0 for one in problem.carriers if one.vehicle in over}
    carriers = list(problem.carriers)
    for at in sorted(range(len(carriers)), key=lambda n: not carriers[n].assisted):
        one = carriers[at]
        if one.vehicle in over:
            share = left[one.vehicle] if not one.assisted else min(left[one.vehicle], used[at])
            left[one.vehicle] -= share
            carriers[at] = replace(one, available=share)
    return replace(problem, carriers=tuple(carriers))


@dataclass
class _Budget:
    """What is left of iterations, or of seconds of the clock."""

    iterations: int | None
    seconds: float | None

    def __post_init__(self) -> None:
        self.began = time.perf_counter()
        self.left = 1.0

    def part(self, share: float) -> tuple[int | None, float | None]:
        """Return the bound of a search that may take a share of the whole."""
        self.left -= share
        if self.iterations is not None:
            return max(1, int(self.iterations * share)), None
        assert self.seconds is not None
        return None, self.seconds * share

    def rest(self) -> tuple[int | None, float | None]:
        """Return the bound of a search that may take all that is left."""
        if self.iterations is not None:
            return max(1, int(self.iterations * max(0.0, self.left))), None
        assert self.seconds is not None
        return None, max(0.0, self.began + self.seconds - time.perf_counter())


def _worth(solution: Any) -> tuple[bool, float]:
    """Return what ranks solutions: feasible first, then cheap."""
    cost = solution.fixed_vehicle_cost() + solution.distance_cost() + solution.duration_cost()
    return not solution.is_feasible(), float(cost + solution.uncollected_prizes())


class _Search:
    """A problem as PyVRP holds it."""

    def __init__(self, problem: Problem, seed: int, *, limited: bool = False) -> None:
        self.problem = problem
        self.seed = seed
        self.several = len(problem.provisions) > 1
        self.kinds = [
            kind for kind in range(problem.loads.shape[1]) if problem.loads[:, kind].any()
        ]
        self.price_units = _units(np.where(np.isinf(problem.price_gbp), 0.0, problem.price_gbp))
        self.limited = limited
        self.steps = 0
        self.dearest = self._dearest()
        self.data = self._data()

    def _dearest(self) -> float:
        """Return in units the dearest of: a run for one child, and a price."""
        problem, n = self.problem, len(self.problem.children)
        dearest = max(one.fixed_gbp for one in problem.carriers)
        at = (np.arange(n), n + problem.to)
        reachable = [
            np.where(one.seconds[at] < EVERYWHERE, one.gbp[at], 0.0) for one in problem.profiles
        ]
        far = max(float(one.max()) for one in reachable)
        price = np.where(np.isinf(problem.price_gbp), 0.0, problem.price_gbp).max()
        return float(max(dearest + 2.0 * far, price)) * UNITS_A_POUND

    def _data(self) -> Any:
        """Return PyVRP's own picture: points, then a point where open runs start (and end)."""
        import pyvrp  # noqa: PLC0415 (an extra: only routing needs it)

        problem = self.problem
        n, m = len(problem.children), len(problem.provisions)
        extra = 0 if problem.closed else 1
        size = n + m + extra
        nowhere = n + m
        distances: list[Any] = []
        durations: list[Any] = []
        for profile in problem.profiles:
            cost = np.zeros((size, size), dtype=np.int64)
            spent = np.zeros((size, size), dtype=np.int64)
            cost[: n + m, : n + m] = _units(profile.gbp)
            spent[: n + m, : n + m] = profile.seconds
            distances.append(cost)
            durations.append(spent)
        # No vehicle left is no reason to have no answer: each child then has a price far above any
        # run, and the fewest are left behind.
        must = np.isinf(problem.price_gbp) & (not self.limited)
        behind = int(10 * self.dearest) + 1
        price = np.where(np.isinf(problem.price_gbp), behind, self.price_units)
        self.largest_penalty = max(
            LEAST_LARGEST_PENALTY,
            PENALTY_OVER_DEAREST * (behind if self.limited else self.dearest),
        )
        locations = [pyvrp.Location(0, 0) for _ in range(size)]
        loads = problem.loads[:, self.kinds]
        clients, shipments = [], []
        for i in range(n):
            optional: dict[str, Any] = (
                {} if must[i] else {"required": False, "prize": int(price[i])}
            )
            if self.several:
                j = int(problem.to[i])
                shipments.append(
                    pyvrp.Shipment(
                        i,
                        n + j,
                        pickup_tw_early=int(problem.earliest_seconds[i]),
                        pickup_tw_late=int(problem.latest_seconds[i]),
                        pickup_service_duration=int(problem.boarding_seconds[i]),
                        delivery_tw_early=int(problem.open_seconds[j]),
                        delivery_tw_late=int(problem.bell_seconds[j]),
                        amount=[int(one) for one in loads[i]],
                        **optional,
                    )
                )
            else:
                clients.append(
                    pyvrp.Client(
                        i,
                        pickup=[int(one) for one in loads[i]],
                        service_duration=int(problem.boarding_seconds[i]),
                        tw_early=int(problem.earliest_seconds[i]),
                        tw_late=int(problem.latest_seconds[i]),
                        **optional,
                    )
                )
        if problem.closed:
            depots = [pyvrp.Depot(n, tw_late=int(problem.bell_seconds[0]))]
            ends = (0, 0)
        elif self.several:
            depots = [pyvrp.Depot(nowhere)]
            ends = (0, 0)
        else:
            depots = [pyvrp.Depot(nowhere), pyvrp.Depot(n, tw_late=int(problem.bell_seconds[0]))]
            ends = (0, 1)
        types = [
            pyvrp.VehicleType(
                num_available=n if one.available is None else min(one.available, n),
                capacity=[one.capacity[kind] for kind in self.kinds],
                start_depot=ends[0],
                end_depot=ends[1],
                fixed_cost=round(one.fixed_gbp * UNITS_A_POUND),
                unit_distance_cost=1,
                unit_duration_cost=0,
                profile=one.profile,
            )
            for one in problem.carriers
        ]
        return pyvrp.ProblemData(
            locations, clients, depots, types, distances, durations, [], shipments
        )

    def run(
        self, iterations: int | None, seconds: float | None, start: list[Load] | None
    ) -> Answer:
        """Search, from routes or from several beginnings."""
        budget = _Budget(iterations, seconds)
        if start is not None:
            best = self._search(self._solution(start), SHAKEN[0], budget.part(1.0))
        elif self.several or len(self.problem.children) <= FEW:
            best = self._search(None, SHAKEN[0], budget.part(1.0))
        else:
            best = self._best_start(budget)
            tried = [self._search(best, shaken, budget.part(TRIAL)) for shaken in SHAKEN]
            # Where none keeps every limit yet, the more are shaken, the sooner one will.
            first = min(range(len(tried)), key=lambda n: _worth(tried[n]))
            if not tried[first].is_feasible():
                first = len(tried) - 1
            best = self._search(tried[first], SHAKEN[first], budget.rest())
        return self._answer(best, self.steps)

    def _best_start(self, budget: _Budget) -> Any:
        """Return the best of several short searches: from nothing, and from each carrier's savings.

        Local search rarely goes from many small vehicles to few large ones, or back.
        """
        problem = self.problem
        every = tuple(range(len(problem.carriers)))
        begun = [savings(problem, these) for these in (every, *((one,) for one in every))]
        starts = [None, *(one for one in begun if one is not None and not _over(problem, one))]
        part = STARTING / len(starts)
        found = []
        for loads in starts:
            start = None if loads is None else self._solution(loads)
            found.append(self._search(start, SHAKEN[0], budget.part(part)))
        return min(found, key=_worth)

    def _search(self, start: Any, shaken: int, bound: tuple[int | None, float | None]) -> Any:
        """Run PyVRP's iterated local search: as `pyvrp.solve` does, with settings of our own."""
        import pyvrp  # noqa: PLC0415 (an extra: only routing needs it)
        from pyvrp.IteratedLocalSearch import (  # noqa: PLC0415
            IteratedLocalSearch,
            IteratedLocalSearchParams,
        )
        from pyvrp.search import (  # noqa: PLC0415
            OPERATORS,
            LocalSearch,
            NeighbourhoodParams,
            PerturbationManager,
            PerturbationParams,
            compute_neighbours,
        )

        data = self.data
        luck = pyvrp.RandomNumberGenerator(seed=self.seed)
        near = NeighbourhoodParams(num_neighbours=NEIGHBOURS)
        shaking = PerturbationManager(PerturbationParams(1, shaken))
        local = LocalSearch(data, luck, compute_neighbours(data, near), shaking)
        for operator in OPERATORS:
            if operator.supports(data):
                local.add_operator(operator(data))
        with warnings.catch_warnings():
            # A search that struggles says so by what it leaves; the evaluator has the last word.
            warnings.simplefilter("ignore", pyvrp.exceptions.PenaltyBoundWarning)
            penalties = self._penalties()
            if start is None:
                random = pyvrp.Solution.make_random(data, luck)
                start = local(random, penalties.max_cost_evaluator(), exhaustive=True)
            params = IteratedLocalSearchParams(history_length=HISTORY)
            search = IteratedLocalSearch(data, penalties, local, start, params)
            result = search.run(self._stop(*bound), collect_stats=False)
        self.steps += result.num_iterations
        return result.best

    def _stop(self, iterations: int | None, seconds: float | None) -> Any:
        from pyvrp.stop import (  # noqa: PLC0415 (an extra: only routing needs it)
            MaxIterations,
            MaxRuntime,
            MultipleCriteria,
            NoImprovement,
        )

        still = NoImprovement(2_000 + STILL * len(self.problem.children))
        bound = MaxRuntime(seconds or 0.0) if iterations is None else MaxIterations(iterations)
        return MultipleCriteria([bound, still])

    def _penalties(self) -> Any:
        import pyvrp  # noqa: PLC0415 (an extra: only routing needs it)

        carriers = self.problem.carriers
        vehicle = self.dearest / 2.0
        if carriers:
            vehicle = max(1.0, UNITS_A_POUND * float(np.mean([one.fixed_gbp for one in carriers])))
            if vehicle < self.dearest / 20.0:
                vehicle = self.dearest / 5.0
        loads = self.problem.loads[:, self.kinds]
        typical = [max(1.0, float(column[column > 0].mean())) for column in loads.T]
        first = (
            [vehicle / one for one in typical],
            vehicle / STARTING_SECONDS_A_VEHICLE,
            0.1,
        )
        return pyvrp.PenaltyManager(
            first, pyvrp.PenaltyParams(max_penalty=float(self.largest_penalty))
        )

    def _solution(self, loads: Sequence[Load]) -> Any:
        """Return routes as PyVRP holds them, to start from."""
        import pyvrp  # noqa: PLC0415 (an extra: only routing needs it)

        n = len(self.problem.children)
        routes = []
        for load in loads:
            if not self.several:
                visits: list[Any] = [visit for visit in load.visits if visit < n]
            else:
                visits = []
                aboard: list[int] = []
                kind = pyvrp.ActivityType
                for visit in load.visits:
                    if visit < n:
                        visits.append(pyvrp.Activity(kind.PICKUP, visit))
                        aboard.append(visit)
                        continue
                    leaving = [one for one in aboard if self.problem.to[one] == visit - n]
                    visits += [pyvrp.Activity(kind.DELIVERY, one) for one in leaving]
                    aboard = [one for one in aboard if one not in leaving]
            routes.append(pyvrp.Route(self.data, visits, load.carrier))
        return pyvrp.Solution(self.data, routes)

    def _answer(self, best: Any, steps: int) -> Answer:
        """Return PyVRP's best as loads; what it left, and what breaks a limit, are left."""
        problem, n = self.problem, len(self.problem.children)
        loads = []
        carried: set[int] = set()
        for route in best.routes():
            if not route.is_feasible():
                continue
            visits: list[int] = []
            for step in route:
                if step.is_client() or step.is_pickup():
                    visits.append(step.idx)
                    carried.add(step.idx)
                elif step.is_delivery():
                    there = n + int(problem.to[step.idx])
                    if visits[-1] != there:
                        visits.append(there)
            if not visits:
                continue
            if not self.several:
                visits.append(n)
            loads.append(Load(int(route.vehicle_type()), tuple(visits)))
        left = tuple(i for i in range(n) if i not in carried)
        cost = sum(problem.cost_gbp(load.carrier, load.visits) for load in loads)
        return Answer(tuple(loads), left, cost, steps)


def _units(gbp: Any) -> Any:
    """Return pounds as whole tenths of a penny."""
    return np.rint(np.asarray(gbp) * UNITS_A_POUND).astype(np.int64)
