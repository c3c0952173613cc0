"""What a placement costs a child a year, by hand, and as the plan prices a journey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from inputs.examples.make_seaborough import HERE
from inputs.read import read_case
from inputs.scenario import read_scenario
from optimiser.journeys import grid
from optimiser.pose import pose
from optimiser.round.costs import transport_scale
from sendplaces.posed import journeys
from sendplaces.runs import Silence
from tests.optimiser.round.builders import World, child, places

if TYPE_CHECKING:
    from pathlib import Path

OPEN = [places(key, 1) for key in ("oak", "elm", "yew", "ash")]


def test_top_up_place_and_what_is_new() -> None:
    """Oak: £14,000 and £10,000 a place, of which £14,000 is new spending; the place is paid anyway.

    Elm: £12,000 and £6,000, new £12,000 less £4,000, as a filled base place costs £6,000 and an
    unfilled one £10,000. Ash: the whole fee of £50,000, all of it new, and no place funding.
    """
    problem = World([child("W1")], OPEN).problem()
    assert problem.topup_gbp[0].tolist() == [14_000, 12_000, 12_000, 50_000]
    assert problem.place_gbp[0].tolist() == [10_000, 6_000, 6_000, 0]
    new = problem.added_gbp - problem.transport_gbp
    assert new[0] == pytest.approx([14_000, 8_000, 8_000, 50_000])
    whole = problem.topup_gbp + problem.place_gbp + problem.transport_gbp
    assert problem.cost_gbp == pytest.approx(whole)


def test_transport_is_expected_and_by_the_mile() -> None:
    """From the north Ash is 20 miles: 0.75 of children ride, 380 runs of £2.50 and 20 x £1.57.

    Times the scale that brings today's average user to £8,800. Elm is 5 miles away.
    """
    problem = World([child("W1")], OPEN).problem()
    scale = problem.transport_scale
    assert problem.transport_gbp[0, 3] == pytest.approx(scale * 0.75 * 380 * (2.5 + 20 * 1.57))
    assert problem.transport_gbp[0, 1] == pytest.approx(scale * 0.75 * 380 * (2.5 + 5 * 1.57))


def test_a_wheelchair_is_known_by_the_must_have() -> None:
    """£25 a run more, for the share who ride; nobody else is given a share of a wheelchair."""
    problem = World([child("W1"), child("W2", must_have=("wheelchair",))], OPEN).problem()
    more = problem.transport_gbp[1] - problem.transport_gbp[0]
    near = problem.miles[0] <= 2  # within walking distance fewer ride
    assert more == pytest.approx(problem.transport_scale * 380 * 25 * np.where(near, 0.4, 0.75))


def test_what_waiting_costs_comes_off_the_step() -> None:
    """The cost step adds up new spending less what the child costs while waiting, whole pounds."""
    world = World([child("W1", interim_annual_gbp=20_000.0), child("W2")], OPEN)
    problem = world.problem()
    assert problem.children["interim_gbp"].tolist() == [20_000.0, 25_000.0], "else the national one"
    row = problem.arcs[(problem.arcs["i"] == 0) & (problem.arcs["p"] == 3)].iloc[0]
    assert row["cost_gbp"] == round(problem.added_gbp[0, 3] - 20_000)


def test_journeys_are_priced_as_the_plan_prices_them(tmp_path: Path) -> None:
    """On Seaborough the factor to today's average is the one that the plan works out for itself."""
    case = read_case(HERE)
    scenario = read_scenario(case.scenario, case.price_year)
    travel = journeys(case, scenario, None, tmp_path, Silence()).journeys
    mine = transport_scale(case, scenario, grid(case, travel))
    assert mine == pytest.approx(pose(case, travel, scenario).transport_scale, rel=1e-12)
    assert mine > 1
