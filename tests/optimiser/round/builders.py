"""The round everyone knows by heart: two zones, four provisions, as many children as are asked for.

Oak is a special school with wheelchair access, full of ASD and SEMH children. Elm is a base with
ASD children. Yew is a new base that teaches ASD and SEMH and has nobody yet. Ash is an independent
school, dear and far. All teach primary; Oak and Ash teach secondary too.

>>> world = World(waiting=[child("W1", weeks=9)], vacancies=[places("elm", 1)])
>>> kept(world.problem(), arrange(world.problem()))
{'W1': 'elm'}
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from benchmarks.tables import make_case, table
from inputs.scenario import resolve
from inputs.schemas import ROUND_TABLES
from inputs.validate import empty
from inputs.waiting import RoundTables
from optimiser.round.arrange import arrange
from optimiser.round.pose import pose_round

if TYPE_CHECKING:
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.round.arrange import Arrangement
    from optimiser.round.problem import RoundProblem

ON = date(2026, 11, 2)
MINUTES = {
    ("north", "oak"): 5.0,
    ("north", "elm"): 10.0,
    ("north", "yew"): 15.0,
    ("north", "ash"): 40.0,
    ("south", "oak"): 20.0,
    ("south", "elm"): 4.0,
    ("south", "yew"): 8.0,
    ("south", "ash"): 30.0,
}
"""Direct; a shared ride takes 1.4 times as long, the guideline of primary is 45, its limit 90."""
TEACHES = [
    ("oak", "ASD", "primary", 14_000.0),
    ("oak", "SEMH", "primary", 16_000.0),
    ("oak", "ASD", "secondary", 14_000.0),
    ("elm", "ASD", "primary", 12_000.0),
    ("elm", "SLCN", "primary", 9_000.0),
    ("yew", "ASD", "primary", 12_000.0),
    ("yew", "SEMH", "primary", 12_500.0),
    ("yew", "SLCN", "primary", 9_000.0),
    ("ash", "ASD", "primary", 50_000.0),
    ("ash", "SEMH", "primary", 48_000.0),
    ("ash", "SEMH", "secondary", 48_000.0),
]
PLACED = [("oak", "ASD", "primary", 20.0), ("oak", "SEMH", "primary", 5.0),
          ("elm", "ASD", "primary", 6.0)]  # fmt: skip
CLASSES = {
    "oak": "special_school",
    "elm": "specialist_base",
    "yew": "specialist_base",
    "ash": "inmss_day",
}

Row = dict[str, Any]


def child(key: str, **more: Any) -> Row:
    """Return a child who waits: ASD, primary, year 3, in the north, 10 weeks, unless told."""
    row: Row = {
        "child": key,
        "need": "ASD",
        "second_need": None,
        "phase": "primary",
        "nc_year": 3,
        "zone": "north",
        "weeks_waiting": 10.0,
    }
    more = {{"weeks": "weeks_waiting"}.get(name, name): value for name, value in more.items()}
    return row | more


def places(provision: str, count: int, **more: Any) -> Row:
    """Return a row of open places."""
    blank = dict.fromkeys(("need", "phase", "start", "nc_from", "nc_to"))
    return {"provision": provision, "places": count} | blank | more


def mix(need: str = "ASD", with_need: str = "SEMH", **more: Any) -> Row:
    """Return a mix that no base can hold, unless told of another provision or class."""
    row: Row = {"provision": None, "class": "specialist_base", "counts_second": False}
    return row | {"need": need, "with_need": with_need} | more


def group(provision: str, key: str, first: int, last: int, size: int, there: int = 0) -> Row:
    """Return a teaching group."""
    return {"provision": provision, "group": key, "nc_from": first, "nc_to": last,
            "size": size, "there_now": there}  # fmt: skip


@dataclass
class World:
    """A round in its parts, to pose, solve, change and break."""

    waiting: list[Row]
    vacancies: list[Row]
    mixes: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    teaches: list[tuple[str, str, str, float]] = field(default_factory=lambda: list(TEACHES))
    placed: list[tuple[str, str, str, float]] = field(default_factory=lambda: list(PLACED))
    minutes: dict[tuple[str, str], float] = field(default_factory=lambda: dict(MINUTES))
    suitable: list[tuple[str, str, str, float]] = field(default_factory=list)
    features: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"oak": ("wheelchair",)})
    policy: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def scenario(self) -> Scenario:
        """Return the national policy with what is told of."""
        return resolve(self.policy, date(2026, 9, 1))

    @cached_property
    def case(self) -> Case:
        """Return the case."""
        keys = list(CLASSES)
        return make_case(
            "Tiny",
            2026,
            1,
            {
                "zones": {
                    "zone": ["north", "south"],
                    "locality": ["hill", "shore"],
                    "deprivation_fifth": [1, 4],
                },
                "provisions": {
                    "provision": keys,
                    "name": [key.title() for key in keys],
                    "class": list(CLASSES.values()),
                    "in_area": [key != "ash" for key in keys],
                    "places": [30.0, 8.0, 8.0, 60.0],
                    "features": [self.features.get(key, ()) for key in keys],
                },
                "teaches": _columns(
                    ("provision", "need", "phase", "annual_cost_gbp"), self.teaches
                ),
                "placed": _columns(("provision", "need", "phase", "children"), self.placed),
            }
            | (
                {"suitable": _columns(("need", "phase", "class", "share"), self.suitable)}
                if self.suitable
                else {}
            ),
        )

    @cached_property
    def tables(self) -> RoundTables:
        """Return the round's tables."""
        frames = {
            name: _table(name, rows)
            for name, rows in (
                ("waiting", self.waiting),
                ("vacancies", self.vacancies),
                ("mixes", self.mixes),
                ("groups", self.groups),
            )
        }
        supplied = frozenset(frames)
        return RoundTables(**frames, supplied=supplied, on=ON, warnings=(), sources=(), notes=())

    @cached_property
    def travel(self) -> pd.DataFrame:
        """Return the journeys; half a mile a minute."""
        rows = [(zone, key, one, one / 2) for (zone, key), one in self.minutes.items()]
        return pd.DataFrame(rows, columns=["zone", "provision", "minutes", "miles"])

    def problem(self) -> RoundProblem:
        """Return the round posed."""
        return pose_round(self.case, self.tables, self.travel, self.scenario)


def _columns(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return dict(zip(heads, map(list, zip(*rows, strict=True)), strict=True))


def _table(name: str, rows: list[Row]) -> pd.DataFrame:
    model = ROUND_TABLES[name]
    if not rows:
        return empty(model)
    heads = list(dict.fromkeys(key for row in rows for key in row))
    fields = {one.alias or key: one for key, one in model.model_fields.items()}
    columns = {
        head: [row.get(head, fields[head].get_default(call_default_factory=True)) for row in rows]
        for head in heads
    }
    return table(model, columns)


def kept(problem: RoundProblem, arrangement: Arrangement) -> dict[str, str]:
    """Return the provision of each child who has a place."""
    at = arrangement.provision_of(problem)
    keys = problem.provisions["provision"].tolist()
    names = problem.children["child"].tolist()
    return {name: keys[p] for name, p in zip(names, at, strict=True) if p >= 0}


__all__ = ["World", "arrange", "child", "group", "kept", "mix", "places"]
