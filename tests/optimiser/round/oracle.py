"""Every arrangement of a tiny round, tried one by one from the tables as supplied.

It shares nothing with the round but the whole pounds of a placement, which have tests of their own.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from tests.optimiser.round.builders import CLASSES, World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optimiser.round.problem import RoundProblem

Way = tuple[int | None, ...]
"""The row of open places that each child has, or None."""
Key = tuple[Any, ...]
ON_ADVICE = {"inmss_residential", "alternative_provision", "mainstream_topup", "eotas"}


def why_not(world: World, child: dict[str, Any], row: dict[str, Any]) -> set[str]:
    """Return the rules, mixes and groups apart, that keep a row of open places from a child.

    ``other`` stands for places that are for another need or phase.
    """
    key, need, phase = row["provision"], child["need"], child["phase"]
    found = set()
    taught = {(n, h) for p, n, h, _ in world.teaches if p == key}
    knows_need, knows_phase = need in {n for n, _ in taught}, phase in {h for _, h in taught}
    if not knows_need:
        found.add("need")
    if (need, phase) not in taught and (knows_need or not knows_phase):
        found.add("phase")
    if row["need"] not in {None, need} or row["phase"] not in {None, phase}:
        found.add("other")
    year = child["nc_year"]
    low, high = row["nc_from"], row["nc_to"]
    if low is not None and (year is None or year < low):
        found.add("year")
    if high is not None and (year is None or year > high):
        found.add("year")
    by = child.get("start_by")
    if row["start"] is not None and by is not None and row["start"] > by:
        found.add("start")
    features = set(world.features.get(key, ()))
    if set(child.get("must_have", ())) - features or set(child.get("must_not_have", ())) & features:
        found.add("feature")
    advised = child.get("classes", ())
    kind = CLASSES[key]
    share = {(n, h, k): s for n, h, k, s in world.suitable}.get((need, phase, kind))
    if share is None:
        share = world.scenario.suitable.get(f"{kind}.{need}", 1.0)
    if kind not in advised if advised else share == 0 or kind in ON_ADVICE:
        found.add("class")
    minutes = world.minutes.get((child["zone"], key))
    limit = {str(k): v for k, v in world.scenario.hard_limit_minutes.items()}[phase]
    if minutes is None or minutes * world.scenario.shared_ride_factor > limit:
        found.add("journey")
    return found


def ways(world: World, also: frozenset[tuple[int, int]] = frozenset()) -> Iterator[Way]:
    """Yield every arrangement that breaks no rule, but for pairs of child and row allowed also."""
    choices = [
        [
            None,
            *(
                v
                for v, row in enumerate(world.vacancies)
                if (i, v) in also or not why_not(world, one, row)
            ),
        ]
        for i, one in enumerate(world.waiting)
    ]
    for way in product(*choices):
        if fits(world, way):
            yield way


def fits(world: World, way: Way) -> bool:
    """Return whether places, groups and mixes hold."""
    for v, row in enumerate(world.vacancies):
        if way.count(v) > row["places"]:
            return False
    at = [None if v is None else world.vacancies[v]["provision"] for v in way]
    for some in world.groups:
        inside = [
            one
            for one, key in zip(world.waiting, at, strict=True)
            if key == some["provision"]
            and one["nc_year"] is not None
            and some["nc_from"] <= one["nc_year"] <= some["nc_to"]
        ]
        if len(inside) > max(some["size"] - some["there_now"], 0):
            return False
    for one, key in zip(world.waiting, at, strict=True):
        mine = [g for g in world.groups if g["provision"] == key]
        year = one["nc_year"]
        if mine and not any(year is not None and g["nc_from"] <= year <= g["nc_to"] for g in mine):
            return False
    return all(_holds(world, at, some) for some in world.mixes)


def _holds(world: World, at: list[str | None], some: dict[str, Any]) -> bool:
    pair = {some["need"], some["with_need"]}
    for key, kind in CLASSES.items():
        if some["provision"] not in {None, key} or some["class"] not in {None, kind}:
            continue
        there = {need for p, need, _, n in world.placed if p == key and n > 0}
        if pair <= there:
            continue
        for one, where in zip(world.waiting, at, strict=True):
            if where == key:
                there |= {one["need"]} & pair
                if some["counts_second"]:
                    there |= {one["second_need"]} & pair
        if pair <= there:
            return False
    return True


def key_of(world: World, problem: RoundProblem, way: Way) -> Key:
    """Return what the steps compare, greater is better: the ties by draw apart."""
    rows = {(a, v): k for k, (a, v) in enumerate(zip(problem.arcs["i"], problem.arcs["v"],
                                                     strict=True))}  # fmt: skip
    taken = [(i, v) for i, v in enumerate(way) if v is not None]
    chosen = problem.arcs.iloc[[rows[one] for one in taken]]
    waits = sorted((world.waiting[i]["weeks_waiting"] for i, _ in taken), reverse=True)
    over = met = 0
    for i, v in taken:
        one, key = world.waiting[i], world.vacancies[v]["provision"]
        ride = world.minutes[one["zone"], key] * world.scenario.shared_ride_factor
        over += ride > world.scenario.guideline_minutes[one["phase"]]
        met += key in one.get("preferred", ())
    return (
        len(taken),
        tuple(waits),
        -over,
        met,
        -int(chosen["cost_gbp"].sum()),
        -int(chosen["weeks_to_start"].sum()),
        -int(chosen["minutes"].sum()),
    )


def first_of(world: World, way: Way) -> tuple[int, tuple[float, ...]]:
    """Return what the first two steps compare: how many children, and their waits."""
    waits = [world.waiting[i]["weeks_waiting"] for i, v in enumerate(way) if v is not None]
    return len(waits), tuple(sorted(waits, reverse=True))


def best(world: World, problem: RoundProblem) -> tuple[Key, list[Way]]:
    """Return the best key of all arrangements, and every arrangement that has it."""
    known = [(key_of(world, problem, way), way) for way in ways(world)]
    top = max(key for key, _ in known)
    return top, [way for key, way in known if key == top]
