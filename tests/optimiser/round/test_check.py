"""The round's own audit finds what is wrong, from the tables as supplied."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from benchmarks.made_round import make_round
from inputs.scenario import resolve
from optimiser.round import check
from optimiser.round.arrange import arrange
from optimiser.round.check import RoundFailedError, check_round
from optimiser.round.pose import pose_round
from optimiser.round.relax import evidence
from optimiser.round.solver import SolverName, solver
from optimiser.round.tables import round_tables
from tests.optimiser.round.builders import World, child, group, mix, places

if TYPE_CHECKING:
    from collections.abc import Callable

Tables = dict[str, pd.DataFrame]


def solved(world: World) -> Tables:
    """Return the tables of a world's round."""
    problem = world.problem()
    arrangement = arrange(problem)
    found = evidence(problem, arrangement, lambda: solver(SolverName.HIGHS))
    return round_tables(problem, arrangement, found)


def checked(world: World, tables: Tables) -> None:
    """Check tables of a world's round."""
    check_round(world.case, world.tables, world.travel, world.scenario, tables)


def school() -> World:
    """Return a round of five children in which three have places."""
    return World(
        [
            child("W1", weeks=30),
            child("W2", weeks=20, zone="south"),
            child("W3", need="SEMH", weeks=10),
            child("W4", weeks=5, must_have=("wheelchair",)),
            child("W5", weeks=1),
        ],
        [places("elm", 1), places("yew", 1), places("oak", 1, need="SEMH")],
        mixes=[mix()],
        groups=[group("elm", "all", 0, 6, 9, 6)],
    )


def test_a_good_round_passes() -> None:
    """Every check passes, and there is one for every rule."""
    world = school()
    tables = solved(world)
    assert tables["children"]["provision"].notna().sum() == 3
    checked(world, tables)


@pytest.mark.parametrize("seed", range(3))
def test_made_up_rounds_pass(seed: int) -> None:
    """Rounds of 60 children with mixes, groups, starts and features pass it too."""
    made = make_round(60, 25, seed)
    policy = resolve({}, date(2026, 9, 1))
    problem = pose_round(made.case, made.tables, made.travel, policy)
    arrangement = arrange(problem)
    found = evidence(problem, arrangement, lambda: solver(SolverName.HIGHS), values=False)
    tables = round_tables(problem, arrangement, found)
    checks = check_round(made.case, made.tables, made.travel, policy, tables)
    assert len(checks) > 15


def moved(key: str, provision: str | None) -> Callable[[Tables], None]:
    """Return a change: a child is told of at another provision."""

    def change(tables: Tables) -> None:
        children = tables["children"]
        row = children["child"] == key
        old = children.loc[row, "provision"].iloc[0]
        children.loc[row, "provision"] = provision
        places_ = tables["places"]
        if isinstance(old, str):
            places_.loc[places_["provision"] == old, "taken"] -= 1
            places_.loc[places_["provision"] == old, "left"] += 1
        if provision is not None:
            places_.loc[places_["provision"] == provision, "taken"] += 1
            places_.loc[places_["provision"] == provision, "left"] -= 1
        children.loc[row, ["cost_gbp", "added_gbp"]] = 60_000.0

    return change


def twice(tables: Tables) -> None:
    """Tell of a child twice."""
    tables["children"] = pd.concat([tables["children"], tables["children"].tail(1)])


def lost(tables: Tables) -> None:
    """Forget a child."""
    tables["children"] = tables["children"].iloc[1:]


def other_sum(tables: Tables) -> None:
    """Claim £10,000 less."""
    tables["steps"].loc[tables["steps"]["step"] == "least_cost", "value"] -= 10_000


def fewer(tables: Tables) -> None:
    """Claim one child more."""
    tables["steps"].loc[tables["steps"]["step"] == "most_children", "value"] += 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (twice, "no child is told of twice"),
        (lost, "every child is told of"),
        (moved("W5", "elm"), "no place is held twice"),
        (moved("W3", "elm"), "need and phase are taught"),
        (moved("W4", "elm"), "features are as they must be"),
        (moved("W3", "yew"), "no provision holds needs that it cannot hold together"),
        (moved("W2", "oak"), "open places are for those who have them"),
        (moved("W3", None), "nobody is left out who could simply have a place"),
        (other_sum, "step least_cost"),
        (fewer, "step most_children"),
    ],
)
def test_each_fault_is_found(change: Callable[[Tables], None], said: str) -> None:
    """One thing changed in the tables fails the check that it breaks, by name."""
    world = school()
    tables = solved(world)
    change(tables)
    with pytest.raises(RoundFailedError) as failed:
        checked(world, tables)
    names = [one.name for one in failed.value.checks if not one.passed]
    assert said in names
    assert "not published" in str(failed.value)


def test_a_journey_over_the_limit_is_found() -> None:
    """The road to Elm turns out to take 100 minutes: the check sees it; the round did not."""
    world = school()
    tables = solved(world)
    world.minutes.update({("north", "elm"): 100.0, ("south", "elm"): 100.0})
    del world.__dict__["travel"]
    with pytest.raises(RoundFailedError, match="no journey is beyond the hard limit"):
        checked(world, tables)


def test_a_group_over_its_size_is_found() -> None:
    """Elm's group turns out to be full."""
    world = school()
    tables = solved(world)
    world.tables.groups.loc[0, "size"] = 6
    with pytest.raises(RoundFailedError, match="no teaching group is over its size"):
        checked(world, tables)


def test_a_class_that_is_wrong_is_found() -> None:
    """The advice turns out to be for a special school."""
    world = school()
    tables = solved(world)
    world.tables.waiting["classes"] = [("special_school",)] * 5
    with pytest.raises(RoundFailedError, match="the class is right for the child"):
        checked(world, tables)


def test_the_check_knows_no_solver() -> None:
    """Its module imports nothing of the model, the steps or a solver."""
    text = Path(check.__file__).read_text("utf-8")
    for word in ("pulp", "highspy", "round.model", "round.solver", "round.steps", "round.pose"):
        assert word not in text, word
