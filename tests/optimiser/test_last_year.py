"""Last year's case on this year's calendar: children age, leave and wait as the plan said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from optimiser.answer import Settings, Stop
from optimiser.attribution import attributed
from optimiser.last_year import (
    LastYear,
    expected_entrants,
    expected_placed,
    stages,
    with_locks,
)
from optimiser.openings_held import openings_of
from optimiser.plan import plan_of
from optimiser.pose import pose
from optimiser.solve import solve
from tests.optimiser.builders import base, inmss, journeys, one_base, option, policy, taught

EXACT = Settings(gap=0.0, threads=1)


def last_year(children: float = 3, **changes: Any) -> LastYear:
    """Return a planned 2026: three children placed, three entrants a year, a wing that may open."""
    placed = [
        {"provision": "elm_base", "need": "ASD", "phase": "primary", "children": n}
        | {"nc_year": nc, "zone": "north"}
        for n, nc in ((2, 6), (1, 3))
    ]
    tables: dict[str, Any] = {"placed": placed, "provisions": [base(places=4), inmss(available=1)]}
    case = one_base(3, children=children, **(tables | changes))
    scenario = policy(cessation_a_year=0.1)
    problem = pose(case, journeys(case), scenario)
    answer = solve(problem, EXACT)
    plan = plan_of(problem, answer)
    unplaced = plan.unplaced.rename(columns={"children": "plan"})
    return LastYear(case, scenario, plan.placements, unplaced, openings_of(problem, answer))


def test_children_placed_are_a_year_older_or_gone() -> None:
    """Two in Year 6 are gone; one of Year 3 is in Year 4, less a tenth; entrants are in Year 1.

    Of the three entrants of 2026 as many as were placed are there a year later, less a tenth.
    """
    last = last_year()
    there = expected_placed(last, 2027)

    ours = there.set_index(["provision", "nc_year"])["children"]
    assert ours["elm_base", 4] == pytest.approx(0.9)
    assert 6 not in there["nc_year"].tolist()
    assert 7 not in there["nc_year"].tolist()
    placed = last.placements.query("year == 2026")["children"].sum()
    assert there[there["nc_year"] == 1]["children"].sum() == pytest.approx(0.9 * placed)


def test_those_left_waiting_wait_and_later_years_are_the_new_case_s() -> None:
    """What the plan left unplaced in 2026 waits in 2027; 2029 comes from the new case."""
    last = last_year(provisions=[base(places=4), inmss(available=0)])
    short = last.unplaced.query("year == 2026")["plan"].sum()
    assert short > 0
    new = replace(
        last.case, base_year=2027, entrants=one_base(4, children=8).entrants.query("year > 2026")
    )

    entrants = expected_entrants(last, new)

    waiting = entrants[entrants["kind"] == "waiting"]
    assert waiting["children"].sum() == pytest.approx(short * 6 / 7 * 0.9)
    assert waiting["year"].tolist() == [2027]
    by_year = entrants[entrants["kind"] != "waiting"].set_index("year")["children"]
    assert by_year.to_dict() == {2027: 3, 2028: 3, 2029: 8}


def test_a_year_on_as_expected_changes_nothing() -> None:
    """With a case that is what last year expected, every step is exactly nought, and the same.

    The wing opens in 2027, as planned, and is locked.
    """
    last = last_year()
    assert last.openings == {"elm_wing": 2027}
    new = replace(
        last.case,
        base_year=2027,
        placed=expected_placed(last, 2027),
        entrants=expected_entrants(
            last, replace(last.case, base_year=2027, entrants=one_base(4, children=3).entrants)
        ),
        options=last.case.options.assign(lead_years=0),
    )
    steps = stages(last, new, last.scenario, {"elm_wing": 2027})
    problems = [(group, pose(case, journeys(case), rules)) for group, case, rules in steps]

    solved, _ = attributed(problems, EXACT, stop=Stop())

    assert [one.group for one in solved] == ["", "demand", "prices", "capacity", "policy"]
    assert all(one.openings == {"elm_wing": 2027} for one in solved)
    for one in solved[1:]:
        assert one.dearer is not None
        assert not one.dearer.material
        assert (one.dearer.low, one.dearer.high) == (pytest.approx(0, abs=0.1),) * 2


def test_each_group_is_told_by_its_own_step() -> None:
    """Double the fee, half the places, a stricter budget: each shows in its own step alone."""
    last = last_year(8, provisions=[base(places=4), inmss(available=10)])
    expected = replace(last.case, base_year=2027, entrants=one_base(4, children=8).entrants)
    teaches = last.case.teaches.copy()
    teaches.loc[teaches["provision"] == "far_school", "annual_cost_gbp"] *= 2
    new = replace(
        expected,
        placed=expected_placed(last, 2027),
        entrants=expected_entrants(last, expected),
        teaches=teaches,
        provisions=last.case.provisions.assign(places=[2.0, 200.0]),
        options=last.case.options.assign(lead_years=0),
    )
    dear = last.scenario.model_copy(update={"unplaced_weight_gbp": 90_000.0})
    steps = stages(last, new, dear, {})
    problems = [(group, pose(case, journeys(case), rules)) for group, case, rules in steps]

    solved, _ = attributed(problems, EXACT, stop=Stop())

    by = {one.group: one.dearer for one in solved[1:]}
    assert all(one is not None for one in by.values())
    assert not by["demand"].material  # type: ignore[union-attr]
    assert by["prices"].low > 0  # type: ignore[union-attr]
    assert by["capacity"].low > 0  # type: ignore[union-attr]
    assert by["policy"].low > 0  # type: ignore[union-attr]


def test_locks_are_commitments() -> None:
    """A lock gives the option its year and takes away its window; what is not there is left out."""
    case = one_base(options=[option(earliest=2028)], option_teaches=[taught()])

    locked = with_locks(case, {"elm_wing": 2027, "gone": 2027})

    row = locked.options.iloc[0]
    assert row["committed_year"] == 2027
    assert pd.isna(row["earliest"])
