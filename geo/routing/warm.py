"""Routes of the same children under another policy, as a place to begin from.

Two searches from nothing differ by more than a small change of policy does. So a policy option is
searched from the routes that stand: children who no longer ride are taken off, children who now do
are put in vehicles of their own, and what the search finds is at least as good as that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from geo.routing.direct import alone, ways
from geo.routing.evaluate import judge
from geo.routing.timing import time_route
from geo.routing.types import Apart, How, Travels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from geo.routing.timing import Facts, Visit
    from geo.routing.types import Route, School


def fitted(
    facts: Facts,
    children: pd.DataFrame,
    schools: Sequence[School],
    routes: Iterable[Route],
    budgets: Mapping[str, float],
) -> tuple[Route, ...] | None:
    """Return routes made to fit children, or None where they cannot be.

    Parameters
    ----------
    facts
        Of the side to be routed.
    children
        Of one or more provisions, who travel equally often, to be carried together.
    schools
        Those provisions.
    routes
        Of a side with much the same children; those that carry others besides are cut down to
        these.
    budgets
        What a budget costs a run, for those who may have one; who of them is on no route is left
        to it.
    """
    travels = str(children["travels"].iloc[0])
    to = {one.provision for one in schools}
    here = {child: facts.children[child].provision for child in map(str, children["child"])}
    made: list[Route] = []
    for route in routes:
        if route.travels != travels or route.how is not How.SHARED:
            continue
        aboard = [child for child in route.children if child in here]
        if aboard and to & set(route.provisions):
            wanted = {here[child] for child in aboard}
            visits: list[Visit] = [
                (stop.kind, stop.key)
                for stop in route.runs[0].stops
                if stop.key in (aboard if stop.kind == "child" else wanted)
            ]
            made.append(_timed(facts, visits, route.vehicle, aboard, travels, len(made)))
    carried = {child for route in made for child in route.children}
    for child, school in here.items():
        if child in carried or child in budgets:
            continue
        fleet = list(facts.vehicles.values())
        there = ways(facts.matrix, child, school, fleet, both_ways=facts.both_ways)
        own = facts.children[child]
        price = alone(there, facts.policy, wheelchair=own.wheelchair, assistant=own.assistant)
        if price is None:
            return None
        visits = [("child", child), ("provision", school)]
        made.append(_timed(facts, visits, price.vehicle, [child], travels, len(made)))
    left = sorted(set(here) - {child for route in made for child in route.children})
    apart = [Apart(child, here[child], How.PTB, 0.0, 0.0, "") for child in left]
    broken = judge(
        made,
        apart,
        children,
        schools,
        tuple(facts.vehicles.values()),
        facts.policy,
        facts.matrix,
        both_ways=facts.both_ways,
    )
    return None if broken else tuple(made)


def named(routes: Sequence[Route], key: str) -> tuple[Route, ...]:
    """Return routes with keys of their own: of their provision, or of the cluster where mixed."""
    numbers: dict[str, int] = {}
    made = []
    for route in routes:
        name = key if len(route.provisions) > 1 else route.provisions[0]
        numbers[name] = numbers.get(name, 0) + 1
        made.append(replace(route, route=f"{name}/{numbers[name]}"))
    return tuple(made)


def _timed(
    facts: Facts, visits: list[Visit], vehicle: str, aboard: list[str], travels: str, number: int
) -> Route:
    """Return a route, with an assistant where a child aboard needs one."""
    assisted = facts.vehicles[vehicle].always_assisted or any(
        facts.children[child].assistant for child in aboard
    )
    return time_route(
        facts, f"begun/{number}", visits, vehicle, assisted=assisted, travels=Travels(travels).value
    )
