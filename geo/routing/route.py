"""Route all of a side: every provision by itself, then what neighbours share, then chains."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.routing.chain import best_of, chain
from geo.routing.children import largest_remainder
from geo.routing.direct import alone, sort_children, ways
from geo.routing.evaluate import evaluate
from geo.routing.fleet import check_fleet
from geo.routing.merge import MATERIAL_GBP, clusters, merge
from geo.routing.problem import load_of, pose, visits_of
from geo.routing.schools import some
from geo.routing.solve import Answer, check_installed, solve
from geo.routing.timing import facts_of, time_route
from geo.routing.types import Apart, Effort, How, Route, Routed, Travels
from geo.routing.warm import fitted, named
from geo.speeds import METRES_PER_MILE
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from geo.routing.direct import Sorted
    from geo.routing.problem import Problem
    from geo.routing.timing import Facts
    from geo.routing.types import Matrix, Policy, School, VehicleType

    Progress = Callable[[float, str], None]

LEAST_ITERATIONS = 400
"""Of a problem, however few its children."""

HARDER = 1.25
"""Seconds are shared by children to this power: a problem twice as large takes more than twice."""

MERGING = 0.2
"""Share of the seconds kept for what provisions could share, where any could."""

HURRYING = 0.3
"""Share of the seconds kept for shorter routes, where bells let vehicles go on to other schools."""

STAGGERED_MINUTES = 10.0
"""Bells so far apart let a vehicle do two schools, if their routes are short enough."""

BETWEEN_MINUTES = 30.0
"""A vehicle is taken to be worth what chaining it saves over so many minutes (judgement), when
shorter routes are looked for."""

Memory = dict[bytes, Answer]
"""Answers by problem: the two sides of a comparison share what is the same on both."""


@dataclass(eq=False)
class _Group:
    """Children who go to one provision equally often, and what came of them."""

    school: School
    travels: str
    children: pd.DataFrame
    routes: list[Route] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def route_side(
    children: pd.DataFrame,
    schools: Sequence[School],
    fleet: Sequence[VehicleType],
    policy: Policy,
    matrix: Matrix,
    *,
    side: str = "plan",
    draw: int = 0,
    seed: int = 0,
    effort: Effort | None = None,
    both_ways: bool = True,
    mixed: bool = True,
    chained: bool = True,
    memory: Memory | None = None,
    start: Iterable[Route] = (),
    notes: Iterable[Fault] = (),
    progress: Progress | None = None,
) -> Routed:
    """Return the routes of one side of a comparison, and everything that a reader should know.

    A child who cannot be routed is named, and everyone else is.

    Parameters
    ----------
    children
        `geo.routing.types.CHILD_COLUMNS`; who has no provision, or one without a place on the map,
        has no journey.
    schools, fleet, policy, matrix
        Where to, by what, how, how far.
    side, draw
        For the reader.
    seed
        Of the searches.
    effort
        How hard to search (default: iterations, which any machine repeats).
    both_ways
        Whether afternoons are driven too.
    mixed, chained
        Whether neighbouring provisions may share vehicles, and vehicles do a second route.
    memory
        Pass the same to both sides: a problem that is the same on both is solved once, so that no
        noise of the search comes between them.
    start
        Routes of much the same children under another policy: the search begins from what of them
        fits, so that a small change is not lost in the noise of two searches.
    notes
        What is known already, to stand with what is found here.
    progress
        Called with the share done, from 0 to 1, and what is being done.

    Raises
    ------
    InputError
        When the fleet has faults, PyVRP is not installed, or the table of children does not fit the
        matrix.
    """
    check_installed()
    faults = check_fleet(fleet) + _check_children(children, schools, matrix)
    if faults:
        raise InputError(faults)
    began = time.perf_counter()
    tell = progress or (lambda _share, _words: None)
    work = _Work(
        schools, tuple(fleet), policy, matrix, seed, effort or Effort(), both_ways, memory, tell
    )
    work.start = tuple(start)
    known = {one.provision for one in schools}
    placed = children[children["provision"].isin(known).to_numpy(bool)]
    tell(0.0, "sorting children")
    kinds = sort_children(
        placed, {one.provision: one for one in schools}, fleet, policy, matrix, both_ways=both_ways
    )
    routes, apart, found = work.run(kinds, mixed=mixed, chained=chained)
    routed = Routed(
        side=side,
        draw=draw,
        seed=seed,
        children=children.reset_index(drop=True),
        schools=tuple(schools),
        fleet=tuple(fleet),
        policy=policy,
        matrix=matrix,
        routes=routes,
        apart=apart,
        notes=(
            *notes,
            *matrix.notes,
            *_no_journey(children, known),
            *_same_point(placed),
            *found,
        ),
        violations=(),
        seconds=0.0,
        reproducible=(effort or Effort()).seconds is None,
    )
    tell(0.98, "checking every route")
    violations = evaluate(routed, both_ways=both_ways)
    tell(1.0, "done")
    return replace(routed, violations=violations, seconds=time.perf_counter() - began)


class _Work:
    """One side being routed."""

    def __init__(
        self,
        schools: Sequence[School],
        fleet: tuple[VehicleType, ...],
        policy: Policy,
        matrix: Matrix,
        seed: int,
        effort: Effort,
        both_ways: bool,
        memory: Memory | None,
        tell: Progress,
    ) -> None:
        self.schools = schools
        self.fleet = fleet
        self.policy = policy
        self.matrix = matrix
        self.seed = seed
        self.effort = effort
        self.both_ways = both_ways
        self.memory: Memory = {} if memory is None else memory
        self.tell = tell
        self.began = time.perf_counter()
        self.notes: list[Fault] = []
        self.start: tuple[Route, ...] = ()

    def run(
        self, kinds: Sorted, *, mixed: bool, chained: bool
    ) -> tuple[tuple[Route, ...], tuple[Apart, ...], tuple[Fault, ...]]:
        """Return routes, who is on none, and notes."""
        self.notes += kinds.notes
        together = pd.concat([kinds.shared, kinds.solo])
        facts = facts_of(
            together, self.schools, self.fleet, self.policy, self.matrix, both_ways=self.both_ways
        )
        self.notes += _relaxed(facts)
        apart = list(kinds.apart)
        solo, remaining = self.solo(facts, kinds.solo, apart)
        groups = self.groups(kinds.shared)
        joined = self.joined(groups) if mixed else []
        share = MERGING if joined else 0.0
        hurry = chained and self.staggered(groups)
        share += HURRYING if hurry else 0.0
        for travels in Travels:
            mine = [one for one in groups if one.travels == travels]
            left = remaining.get(travels.value, {})
            self.provisions(facts, mine, kinds.budgets, left, 1.0 - share)
        for n, cluster in enumerate(joined):
            self.tell(1.0 - share * (1.0 - 0.5 * n / len(joined)), "sharing vehicles")
            self.share(facts, cluster, kinds.budgets, remaining, (n, len(joined)))
        if hurry:
            self.tell(1.0 - share / 2.0, "shortening routes so that vehicles can go on")
            self.hurry(facts, groups)
        routes = solo + [route for group in groups for route in group.routes]
        if chained:
            self.tell(0.96, "chaining routes")
            routes = list(chain(facts, routes))
        for group in groups:
            apart += [self.not_on_a_route(facts, one, kinds.budgets) for one in group.left]
        self.notes += _none_left(apart)
        return tuple(routes), tuple(apart), tuple(self.notes)

    def solo(
        self, facts: Facts, children: pd.DataFrame, apart: list[Apart]
    ) -> tuple[list[Route], dict[str, dict[str, int]]]:
        """Return a route for each child who travels alone, and how many vehicles then remain."""
        limits = {one.type: one.available for one in self.fleet if one.available is not None}
        remaining = {travels.value: dict(limits) for travels in Travels}
        made: list[Route] = []
        numbers: dict[str, int] = {}
        for row in children.to_dict("records"):
            child, provision, travels = str(row["child"]), str(row["provision"]), row["travels"]
            there = [
                (one, seconds, metres)
                for one, seconds, metres in ways(
                    self.matrix, child, provision, self.fleet, both_ways=self.both_ways
                )
                if remaining[travels].get(one.type, 1) > 0
            ]
            price = alone(
                there,
                self.policy,
                wheelchair=bool(row["wheelchair"]),
                assistant=bool(row["assistant"]),
            )
            if price is None:
                apart.append(self.not_on_a_route(facts, child, {}))
                continue
            if price.vehicle in remaining[travels]:
                remaining[travels][price.vehicle] -= 1
            numbers[provision] = numbers.get(provision, 0) + 1
            made.append(
                time_route(
                    facts,
                    f"{provision}/solo{numbers[provision]}",
                    [("child", child), ("provision", provision)],
                    price.vehicle,
                    assisted=price.assisted,
                    travels=travels,
                    how=How.SOLO,
                )
            )
        return made, remaining

    def groups(self, shared: pd.DataFrame) -> list[_Group]:
        """Return the children of each provision, by how often they travel."""
        by: dict[tuple[str, str], pd.DataFrame] = {
            (str(provision), str(travels)): there
            for (provision, travels), there in shared.groupby(["provision", "travels"], sort=False)
        }
        return [
            _Group(school, travels.value, by[school.provision, travels.value])
            for travels in Travels
            for school in self.schools
            if (school.provision, travels.value) in by
        ]

    def provisions(
        self,
        facts: Facts,
        groups: list[_Group],
        budgets: Mapping[str, float],
        remaining: dict[str, int],
        share: float,
    ) -> None:
        """Route each group by itself; where vehicles run short, share them out and route again."""
        sizes = np.array([float(len(one.children)) ** HARDER for one in groups])
        first = 0.7 if remaining else 1.0
        for n, group in enumerate(groups):
            self.tell(share * sizes[:n].sum() / sizes.sum(), f"routing {group.school.provision}")
            part = first * share * sizes[n] / sizes.sum()
            self.one(facts, group, budgets, remaining, part)
        if not remaining:
            return
        used = {kind: np.array([_count(one, kind) for one in groups]) for kind in remaining}
        short = {kind for kind, counts in used.items() if counts.sum() > remaining[kind]}
        quotas: list[dict[str, int]] = [{} for _ in groups]
        for kind, there in remaining.items():
            counts = used[kind].astype(float)
            if kind in short:
                counts = largest_remainder(counts * there / counts.sum())
            else:
                # Those to spare go where a group is routed again for want of another kind.
                spare = there - int(counts.sum())
                counts = counts + np.floor(spare / max(1, len(groups)))
            for n, count in enumerate(counts):
                quotas[n][kind] = int(count)
        again = [
            n
            for n, group in enumerate(groups)
            if any(_count(group, kind) > quotas[n][kind] for kind in short)
        ]
        whole = sum(sizes[n] for n in again)
        for n in again:
            self.tell(share, f"routing {groups[n].school.provision} with fewer vehicles")
            self.one(facts, groups[n], budgets, quotas[n], 0.3 * share * sizes[n] / whole)
        for kind in short:
            self.notes.append(
                Fault(
                    "fleet",
                    f"only {remaining[kind]:,} were left for shared routes, where "
                    f"{int(used[kind].sum()):,} would have been used; they are shared out among "
                    "provisions",
                    "Check how many there are",
                    column="available",
                    value=kind,
                    severity="warning",
                )
            )

    def one(
        self,
        facts: Facts,
        group: _Group,
        budgets: Mapping[str, float],
        available: Mapping[str, int],
        share: float,
    ) -> None:
        """Route one group; its routes and the children left are put in it."""
        problem = pose(
            facts, group.children, [group.school], available=available, price_gbp=budgets
        )
        group.routes, group.left = [], list(problem.children)
        if not problem.carriers:
            return
        iterations, seconds = self.bound(len(problem.children), share)
        begun = self.begun(facts, group.children, [group.school], budgets)
        answer = self.remembered(problem, iterations, seconds, begun)
        group.left = [problem.children[one] for one in answer.left]
        group.routes = self.timed(facts, group, problem, answer)

    def timed(self, facts: Facts, group: _Group, problem: Problem, answer: Answer) -> list[Route]:
        """Return the solver's loads of one group as timed routes."""
        prefix = group.school.provision
        if group.travels != Travels.DAILY:
            prefix += f"/{group.travels}"
        return [
            time_route(
                facts,
                f"{prefix}/{n}",
                visits_of(problem, load),
                problem.carriers[load.carrier].vehicle,
                assisted=problem.carriers[load.carrier].assisted,
                travels=group.travels,
            )
            for n, load in enumerate(answer.loads, start=1)
        ]

    def bound(self, children: int, share: float) -> tuple[int | None, float | None]:
        """Return iterations, or seconds, for a problem that may take a share of the whole."""
        if self.effort.seconds is None:
            return max(LEAST_ITERATIONS, self.effort.iterations * children), None
        return None, self.effort.seconds * share

    def begun(
        self,
        facts: Facts,
        children: pd.DataFrame,
        schools: Sequence[School],
        budgets: Mapping[str, float],
    ) -> tuple[Route, ...] | None:
        """Return what there is to begin from; nothing where vehicles are limited."""
        if not self.start or any(one.available is not None for one in self.fleet):
            return None
        return fitted(facts, children, schools, self.start, budgets)

    def remembered(
        self,
        problem: Problem,
        iterations: int | None,
        seconds: float | None,
        begun: Sequence[Route] | None = None,
    ) -> Answer:
        """Return the answer to a problem, the same as before if it was met before."""
        key = problem.digest() + bytes(f"{self.seed}", "ascii")
        if key not in self.memory:
            start = None if begun is None else [load_of(problem, one) for one in begun]
            self.memory[key] = solve(
                problem, iterations=iterations, seconds=seconds, seed=self.seed, start=start
            )
        return self.memory[key]

    def joined(self, groups: Sequence[_Group]) -> list[list[_Group]]:
        """Return the groups whose provisions may share vehicles, together."""
        found = []
        for travels in Travels:
            mine = {one.school.provision: one for one in groups if one.travels == travels}
            counts = {key: len(one.children) for key, one in mine.items()}
            found += [
                [mine[one.provision] for one in cluster]
                for cluster in clusters(self.schools, counts, self.policy, self.matrix)
            ]
        return found

    def share(
        self,
        facts: Facts,
        cluster: list[_Group],
        budgets: Mapping[str, float],
        remaining: Mapping[str, Mapping[str, int]],
        at: tuple[int, int],
    ) -> None:
        """Let a cluster share vehicles, where that costs less."""
        children = pd.concat([one.children for one in cluster])
        lost = {one for group in cluster for one in group.left if one not in budgets}
        children = children[~children["child"].isin(lost)]
        routes = [route for group in cluster for route in group.routes]
        if not routes:
            return
        travels = cluster[0].travels
        schools = [one.school for one in cluster]
        known = {key: value for key, value in budgets.items() if key in set(children["child"])}
        key = "+".join(one.provision for one in schools)
        begun = self.begun(facts, children, schools, known)
        if begun is not None and _cheaper(facts, begun, routes, children, known):
            routes = list(named(begun, key))
            _give(cluster, routes, children, lost)
        # No more of a limited kind than the cluster has already.
        available = {
            kind: sum(_count(one, kind) for one in cluster) for kind in remaining.get(travels, {})
        }
        iterations, seconds = self.bound(len(children), MERGING / at[1])
        made = merge(
            facts,
            children,
            schools,
            routes,
            known,
            key=key,
            iterations=iterations,
            seconds=seconds,
            seed=self.seed,
            available=available,
        )
        if made.kept:
            _give(cluster, list(made.routes), children, lost)

    def staggered(self, groups: Sequence[_Group]) -> bool:
        """Return whether bells are so far apart that a vehicle could do two schools.

        Where vehicles are limited how many each school has is settled already.
        """
        bells = sorted({one.school.bell_minutes for one in groups})
        apart = len(bells) > 1 and bells[-1] - bells[0] >= STAGGERED_MINUTES
        return apart and all(one.available is None for one in self.fleet)

    def hurry(self, facts: Facts, groups: list[_Group]) -> None:
        """Give each provision shorter routes where, vehicles going on, that costs less in all."""
        policy = self.policy
        worth = (1.0 - policy.chained_fixed_share) * max(
            one.fixed_per_run_gbp for one in self.fleet
        )
        sizes = np.array([float(len(one.children)) ** HARDER for one in groups])
        choices = []
        for n, group in enumerate(groups):
            ways = [group.routes]
            carried = {child for route in group.routes for child in route.children}
            children = group.children[group.children["child"].isin(carried).to_numpy(bool)]
            # A route of several provisions stays: its children are not one group's.
            if len(children) == len(carried) > 0:
                iterations, seconds = self.bound(len(children), HURRYING * sizes[n] / sizes.sum())
                problem = pose(facts, children, [group.school])
                quick = self.remembered(
                    problem.hurried(worth / BETWEEN_MINUTES), iterations, seconds
                )
                if not quick.left:
                    ways.append(self.timed(facts, group, problem, quick))
            choices.append(ways)
        for group, ways, way in zip(groups, choices, best_of(facts, choices), strict=True):
            group.routes = ways[way]

    def not_on_a_route(self, facts: Facts, child: str, budgets: Mapping[str, float]) -> Apart:
        """Return why a child is on no route: its budget costs less, or no vehicle was left."""
        provision = facts.children[child].provision
        there = ways(self.matrix, child, provision, self.fleet[:1], both_ways=self.both_ways)
        miles = there[0][2] / METRES_PER_MILE
        if child in budgets:
            return Apart(
                child,
                provision,
                How.PTB,
                budgets[child],
                miles,
                "a personal travel budget costs less than a place on a vehicle",
            )
        return Apart(
            child, provision, How.NOT_CARRIED, np.nan, miles, "no vehicle of the fleet is left"
        )


def _give(
    cluster: Sequence[_Group], routes: list[Route], children: pd.DataFrame, lost: set[str]
) -> None:
    """Give a cluster its routes: who of its children is on none is left to a budget."""
    carried = {child for route in routes for child in route.children}
    for group in cluster:
        group.routes, group.left = [], [one for one in group.left if one in lost]
    cluster[0].routes = routes
    cluster[0].left += [one for one in map(str, children["child"]) if one not in carried]


def _cheaper(
    facts: Facts,
    these: Sequence[Route],
    those: Sequence[Route],
    children: pd.DataFrame,
    budgets: Mapping[str, float],
) -> bool:
    """Return whether a day costs less by these routes than by those, budgets counted."""
    cost = []
    for routes in (these, those):
        carried = {child for route in routes for child in route.children}
        left = [child for child in map(str, children["child"]) if child not in carried]
        budget = sum(budgets[child] for child in left)
        cost.append(sum(one.cost_a_day_gbp for one in routes) + len(facts.directions) * budget)
    return cost[0] < cost[1] - MATERIAL_GBP


def _count(group: _Group, kind: str) -> int:
    return sum(1 for route in group.routes if route.vehicle == kind)


def _check_children(
    children: pd.DataFrame, schools: Sequence[School], matrix: Matrix
) -> list[Fault]:
    """Return faults of the table: keys given twice, and points that the matrix does not hold."""
    twice = children["child"][children["child"].duplicated()]
    faults = [
        Fault("children", "is given twice", "Give every child a key of its own", value=str(one))
        for one in twice.unique()
    ]
    known = {one.provision for one in schools}
    points = [*children["child"][children["provision"].isin(known).to_numpy(bool)], *known]
    faults += [
        Fault("matrix", "has no point for it", "Work out the matrix of these children", value=one)
        for one in points
        if one not in matrix
    ]
    return faults


def _no_journey(children: pd.DataFrame, known: set[str]) -> list[Fault]:
    going = children["provision"]
    elsewhere = children[(going.notna() & ~going.isin(known)).to_numpy(bool)]
    return [
        Fault(
            "provisions",
            f"has no place on the map, so {len(there):,} child(ren) have no journey",
            "Give it coordinates if children are taken there",
            value=str(provision),
            severity="warning",
        )
        for provision, there in elsewhere.groupby("provision")
    ]


def _same_point(children: pd.DataFrame) -> list[Fault]:
    """Say where homes stand on one point; homes drawn at road points often do, and mean nothing."""
    stated = children[children["node"] < 0]
    shared = stated[stated.duplicated(["easting", "northing"], keep=False)]
    if not len(shared):
        return []
    places = [
        " and ".join(map(str, there["child"]))
        for _, there in shared.groupby(["easting", "northing"], sort=False)
    ]
    return [
        Fault(
            "children",
            f"{len(shared):,} share {len(places):,} home point(s), and board one after another: "
            + some(places),
            "Check that no office or school stands for a home",
            severity="warning",
        )
    ]


def _relaxed(facts: Facts) -> list[Fault]:
    """Say who lives too far for the guideline, by provision."""
    far: dict[str, list[tuple[float, str]]] = {}
    for key, child in facts.children.items():
        guideline = facts.policy.ride_limit_minutes[child.phase] * 60.0
        if child.limit_seconds > guideline + 1.0:
            far.setdefault(child.provision, []).append((-child.direct_seconds, key))
    return [
        Fault(
            "children",
            f"{len(found):,} child(ren) live so far from it that even alone they would ride longer "
            "than, or nearly as long as, the guideline; their ride may last "
            f"{facts.policy.relax_factor:g} x the direct minutes + "
            f"{facts.policy.relax_minutes:g}: "
            + some([f"{key} ({-seconds / 60:.0f} min)" for seconds, key in sorted(found)]),
            value=provision,
            severity="warning",
        )
        for provision, found in far.items()
    ]


def _none_left(apart: Iterable[Apart]) -> list[Fault]:
    names = [one.child for one in apart if one.reason == "no vehicle of the fleet is left"]
    if not names:
        return []
    return [
        Fault(
            "fleet",
            f"no vehicle is left for {len(names):,} child(ren), who are not carried and not in the "
            f"cost; everyone else is routed: {some(names)}",
            "Add vehicles, or say that there are more",
            column="available",
            severity="warning",
        )
    ]
