"""Bases first: what they cannot do is named and proven, and no special place is in excess."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from optimiser.bases_first import BasesFirst, _next_sum, bases_first
from optimiser.solve import Settings, solve
from tests.optimiser.builders import (
    base,
    case_of,
    due,
    inmss,
    journeys,
    option,
    posed,
    taught,
    teaches,
    zone,
)
from tests.optimiser.strategies import Tiny, tiny

EXACT = Settings(gap=0.0, threads=1)
few = settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def borough(pmld_share: float, *, minutes: float = 10.0, wing: int = 12) -> Any:
    """Return six PMLD and six autistic children, a base that can grow, a school that can grow.

    A special school of 4 or of 8 can open; a base wing of 12 takes both needs, as far as it is
    right. INMSS has room for all at £60,000.
    """
    case = case_of(
        1,
        zones=[zone(locality="harbour")],
        provisions=[
            base(places=0, locality="harbour"),
            base("oak_school", 0, **{"class": "special_school"}),
            inmss(),
        ],
        teaches=[teaches("far_school", 60_000), teaches("far_school", 60_000, "PMLD")],
        entrants=[due(6, 2026, nc_year=None), due(6, 2026, "PMLD", nc_year=None)],
        suitable=[
            {"need": "PMLD", "phase": "primary", "class": "specialist_base", "share": pmld_share}
        ],
        options=[
            option("wing", wing, lead_years=0, capital_gbp=100_000),
            option("oak_4", 4, provision="oak_school", lead_years=0, capital_gbp=50_000)
            | {"excludes": "oak_8"},
            option("oak_8", 8, provision="oak_school", lead_years=0, capital_gbp=90_000),
        ],
        option_teaches=[
            taught("wing"),
            taught("wing", need="PMLD"),
            taught("oak_4", need="PMLD"),
            taught("oak_8", need="PMLD"),
        ],
    )
    return posed(case, journeys(case, north__elm_base=(minutes, minutes / 2)))


def asked(problem: Any) -> BasesFirst:
    """Return what bases cannot do."""
    return bases_first(problem, solve(problem, EXACT), EXACT)


def test_a_base_is_right_for_no_child_with_pmld() -> None:
    """No base is right for six children with PMLD: eight special places, and no fewer will do."""
    found = asked(borough(0.0))

    rows = found.beyond.set_index("need")
    assert rows.loc["PMLD", "not_right"] == pytest.approx(6)
    assert rows.loc["ASD", "in_bases"] == pytest.approx(6)
    assert found.least_growth == 8
    assert found.growth_at_least == pytest.approx(8)
    assert found.plan_growth == 8


def test_where_a_base_is_right_no_special_place_is_needed() -> None:
    """The same children, right for a base: twelve fit the wing, and no special school grows."""
    found = asked(borough(1.0))

    assert found.least_growth == 0
    assert found.most_in_bases == pytest.approx(12)
    assert found.at_most == pytest.approx(12, abs=1e-3)
    assert found.beyond["no_room"].sum() == pytest.approx(0, abs=1e-6)


def test_half_are_right_and_the_rest_need_four() -> None:
    """Right for half of six: three are left, so a school of four will do where the plan has it."""
    found = asked(borough(0.5))

    rows = found.beyond.set_index("need")
    assert rows.loc["PMLD", "not_right"] == pytest.approx(3)
    assert rows.loc["PMLD", "in_bases"] == pytest.approx(3)
    assert found.least_growth == 4
    assert any(
        one.rule == "suitability" and one.where == ("PMLD", "primary", "specialist_base")
        for one in found.binding
    ), "the row that keeps them out is named"


def test_a_wing_too_small_is_no_room() -> None:
    """A wing of 8 for twelve children: four have no room, and its capacity row has the price."""
    found = asked(borough(1.0, wing=8))

    assert found.beyond["no_room"].sum() == pytest.approx(4)
    rooms = [one for one in found.binding if one.rule in {"capacity", "taught_places"}]
    assert rooms
    assert found.at_most == pytest.approx(8, abs=1e-3)


def test_a_base_too_far_away_is_out_of_reach() -> None:
    """Two hours one way is beyond the longest journey allowed: nobody is served by it."""
    found = asked(borough(1.0, minutes=120.0))

    assert found.beyond["out_of_reach"].sum() == pytest.approx(12)
    assert found.beyond["in_bases"].sum() == 0


def test_a_bound_between_two_sizes_is_the_next_size() -> None:
    """Schools of 4 or of 8, one excluding the other: 5.2 proven is 8, and 12 can never be."""
    problem = borough(0.0)

    assert _next_sum(problem, 8, 5.2) == 8
    assert _next_sum(problem, 8, 0.0) == 0
    assert _next_sum(problem, 8, 3.9) == 4
    assert _next_sum(problem, 20, 9.0) == 20, "12 is no sum of options that may stand together"


@few
@given(tiny())
def test_the_parts_add_up_and_the_bound_needs_no_solver(one: Tiny) -> None:
    """Every child due has one reason; no programme has more in bases than the rows alone prove."""
    problem = one.problem()
    found = asked(problem)

    parts = found.beyond[["not_right", "not_taught", "out_of_reach", "no_room", "in_bases"]]
    assert np.allclose(parts.sum(axis=1), found.beyond["due"], atol=1e-6)
    assert (parts.to_numpy() >= -1e-6).all()
    assert found.most_in_bases <= found.at_most + 1e-4
    assert found.most_in_bases <= found.checked_at_most + 1e-4
    assert found.least_growth <= found.plan_growth + 1e-9
    assert found.growth_at_least <= found.least_growth + 1e-9
    assert found.dearer.high >= -0.05, "the plan is the cheapest there is"
