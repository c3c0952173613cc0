"""Which provisions suit a child, rule by rule, and who waits for what."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from optimiser.round.problem import Rule, names_of
from tests.optimiser.round.builders import World, child, group, mix, places

OPEN = [places("oak", 3), places("elm", 1), places("yew", 1), places("ash", 2)]


def rules(world: World, provision: str, i: int = 0) -> list[str]:
    """Return the rules that keep a provision from a child before any place is given out."""
    problem = world.problem()
    p = problem.provisions["provision"].tolist().index(provision)
    return names_of(int(problem.rules[i, p]))


def test_a_child_without_a_wish_or_a_must_has_all_four() -> None:
    """ASD, primary, in the north: all teach it within 56 minutes, and each has a place open."""
    world = World([child("W1")], OPEN)
    assert [rules(world, key) for key in ("oak", "elm", "yew", "ash")] == [[], [], [], []]
    problem = world.problem()
    assert problem.suitable.sum() == 4
    assert len(problem.arcs) == 4
    assert not problem.nowhere.any()


@pytest.mark.parametrize(
    ("more", "provision", "expected"),
    [
        ({"need": "SEMH"}, "elm", ["need"]),
        ({"need": "SLCN"}, "oak", ["need"]),
        ({"phase": "secondary"}, "elm", ["phase"]),
        ({"need": "SLD", "phase": "secondary"}, "elm", ["need", "phase"]),
        ({"must_have": ("wheelchair",)}, "elm", ["feature"]),
        ({"must_have": ("Wheel-Chair", "wheelchair")}, "oak", ["feature"]),
        ({"must_have": ("WHEELCHAIR",)}, "oak", []),
        ({"must_not_have": ("wheelchair",)}, "oak", ["feature"]),
        ({"classes": ("special_school",)}, "elm", ["class"]),
        ({"classes": ("special_school",)}, "oak", []),
    ],
)
def test_each_rule_of_a_provision(
    more: dict[str, Any], provision: str, expected: list[str]
) -> None:
    """The rule that the case was made to break is the one that is told, and no other."""
    assert rules(World([child("W1", **more)], OPEN), provision) == expected


def test_the_hard_limit_is_on_the_shared_ride() -> None:
    """64 minutes direct is 89.6 on a shared ride, within 90; 65 is 91. No road is never within."""
    for minutes, expected in ((64.0, []), (65.0, ["journey"])):
        world = World([child("W1")], OPEN)
        world.minutes["north", "ash"] = minutes
        assert rules(world, "ash") == expected
    world = World([child("W1")], OPEN)
    del world.minutes["north", "ash"]
    assert rules(world, "ash") == ["journey"]


def test_a_class_that_is_right_for_nobody_is_wrong_but_for_advice() -> None:
    """No base for a need by the case's own table; the child's own advice goes before it."""
    nobody = [("ASD", "primary", "specialist_base", 0.0)]
    world = World([child("W1"), child("W2", classes=("specialist_base",))], OPEN, suitable=nobody)
    assert rules(world, "elm", 0) == ["class"]
    assert rules(world, "elm", 1) == []


def test_some_classes_need_advice() -> None:
    """A boarding school is considered only where the child's row names its class.

    From there on the hard limit does not hold: the child does not travel daily.
    """
    world = World([child("W1"), child("W2", classes=("inmss_residential",))], OPEN)
    world.minutes["north", "ash"] = 300.0
    world.case.provisions.loc[3, "class"] = "inmss_residential"
    assert rules(world, "ash", 0) == ["class"]
    assert rules(world, "ash", 1) == []
    assert not world.problem().over_guideline[1, 3], "no guideline on a journey twice a week"


@pytest.mark.parametrize(
    ("row", "more", "expected"),
    [
        (places("elm", 0), {}, ["full"]),
        (places("elm", 1, need="SLCN"), {}, ["full"]),
        (places("elm", 1, nc_from=0, nc_to=2), {"nc_year": 3}, ["year"]),
        (places("elm", 1, nc_from=0, nc_to=3), {"nc_year": 3}, []),
        (places("elm", 1, nc_from=0, nc_to=3), {"nc_year": None}, ["year"]),
        (places("elm", 1, start=date(2027, 4, 1)), {"start_by": date(2027, 1, 4)}, ["start"]),
        (places("elm", 1, start=date(2027, 1, 4)), {"start_by": date(2027, 1, 4)}, []),
        (places("elm", 1, start=date(2027, 4, 1)), {}, []),
    ],
)
def test_each_rule_of_open_places(
    row: dict[str, Any], more: dict[str, Any], expected: list[str]
) -> None:
    """Places are for a need, a phase, year groups and from a day: the rest see them as none."""
    assert rules(World([child("W1", **more)], [row]), "elm") == expected


def test_of_several_rows_the_least_hindrance_is_told() -> None:
    """A late start stands before another year group, and that before none at all."""
    world = World(
        [child("W1", start_by=date(2027, 1, 4))],
        [places("elm", 1, nc_from=7), places("elm", 1, start=date(2027, 9, 1))],
    )
    assert rules(world, "elm") == ["start"]


def test_mixes_by_who_is_there() -> None:
    """Elm has ASD children, so SEMH is barred there, second needs too where they count."""
    row = mix(counts_second=True)
    world = World(
        [
            child("W1"),
            child("W2", second_need="SEMH"),
            child("W3", need="SLCN", second_need="SEMH"),
        ],
        OPEN,
        mixes=[row],
    )
    assert [rules(world, "elm", i) for i in range(3)] == [[], ["mix"], ["mix"]]
    assert rules(world, "yew", 1) == ["mix"], "one child alone would bring both to Yew"
    assert rules(world, "yew", 2) == [], "Yew has neither yet"
    primary_only = World(world.waiting, OPEN, mixes=[mix()])
    assert [rules(primary_only, "elm", i) for i in range(3)] == [[], [], []]


def test_a_mix_that_is_there_already_is_told_and_bars_nobody() -> None:
    """Oak holds both needs today: a rule against it is not kept there, and that is said."""
    world = World([child("W1", need="SEMH")], OPEN, mixes=[mix(**{"class": None})])
    assert rules(world, "oak") == []
    told = [fault.sentence() for fault in world.problem().warnings]
    assert any("oak already has children of ASD and of SEMH" in one for one in told)


def test_groups_by_year() -> None:
    """A child of no group's year cannot be taught there; nor where its year is not known."""
    groups = [group("elm", "infants", 0, 2, 3, 3), group("elm", "juniors", 3, 6, 3, 1)]
    world = World(
        [child("W1", nc_year=1), child("W2", nc_year=4), child("W3", nc_year=None)],
        OPEN,
        groups=groups,
    )
    assert [rules(world, "elm", i) for i in range(3)] == [["group"], [], ["group"]]


def test_without_a_table_of_places_the_case_says_what_is_free() -> None:
    """Oak has 30 places and 25 children, Elm 8 and 6, Yew 8 and none; Ash grows by 5 % of none."""
    world = World([child("W1")], [])
    world.__dict__["tables"] = type(world.tables)(
        **{**vars(world.tables), "supplied": frozenset({"waiting"})}
    )
    problem = world.problem()
    assert dict(zip(problem.provisions["provision"], problem.provisions["open_now"],
                    strict=True)) == {"oak": 5, "elm": 2, "yew": 8, "ash": 0}  # fmt: skip
    assert any("there is no table of open places: 15" in one.sentence() for one in problem.warnings)


def test_nobody_anywhere() -> None:
    """A need that nobody teaches has no suitable provision, full or not."""
    problem = World([child("W1", need="PMLD")], OPEN).problem()
    assert problem.nowhere.tolist() == [True]
    assert problem.arcs.empty
    assert (problem.rules & int(Rule.NEED) > 0).all()


def test_arcs_hold_what_the_steps_add_up() -> None:
    """Ash from the north: beyond the guideline, not preferred, 56 minutes, now."""
    problem = World([child("W1", preferred=("elm",))], OPEN).problem()
    row = problem.arcs[problem.arcs["p"] == 3].iloc[0]
    assert (row["over"], row["preferred"], row["minutes"], row["weeks_to_start"]) == (1, 0, 56, 0)
    elm = problem.arcs[problem.arcs["p"] == 1].iloc[0]
    assert (elm["over"], elm["preferred"], elm["minutes"]) == (0, 1, 14)
    assert np.array_equal(problem.arcs["i"], np.zeros(4))
