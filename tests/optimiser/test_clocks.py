"""What the simple clock of the demand row costs, on cases that can be counted by hand."""

from __future__ import annotations

import pytest

from optimiser.clocks import waiting_error
from optimiser.plan import plan_of
from optimiser.solve import Settings, solve
from tests.optimiser.builders import base, case_of, due, inmss, one_base, posed, teaches, zone


def test_no_error_where_nobody_waits() -> None:
    """Everyone is placed on entry, so both clocks start together."""
    problem = posed(one_base())

    found = waiting_error(problem, plan_of(problem, solve(problem, Settings(gap=0.0))))

    assert found.placed_late == 0
    assert found.placed_horizon == pytest.approx(0, abs=1e-6)
    assert found.gbp == pytest.approx(0, abs=1e-3)


def test_a_child_who_waits_a_year_leaves_a_year_early() -> None:
    """Two enter Year 3 (four years of primary left) in 2026; the base opens in 2027.

    Simply, they are there 2027 to 2030: 8 child-years. Exactly, they leave after 2029: 6. The two
    child-years beyond are both in the tail (the horizon is 2026 and 2027), at £10,000 of top-up
    and £6,000 of place funding a child: £32,000. Both clocks have them wait in 2026.
    """
    case = case_of(
        2,
        zones=[zone()],
        provisions=[base(opens=2027)],
        teaches=[teaches("elm_base", 10_000)],
        entrants=[due(2, 2026, nc_year=3)],
    )
    problem = posed(case)

    found = waiting_error(problem, plan_of(problem, solve(problem, Settings(gap=0.0))))

    assert found.placed_late == pytest.approx(2)
    assert found.placed_horizon == pytest.approx(0)
    assert found.placed_tail == pytest.approx(2)
    assert found.child_years == pytest.approx(8)
    assert found.share == pytest.approx(2 / 8)
    assert found.waiting_horizon == pytest.approx(0)
    assert found.gbp == pytest.approx(32_000)


def test_a_child_who_never_gets_a_place_waits_to_its_own_end() -> None:
    """Two enter Year 5 in 2026 and there is no room for them at all.

    Exactly they wait 2026 and 2027. Simply, those unplaced in the last year of the plan (2027) are
    taken to wait as long as those who enter then: one who enters Year 5 waits 2027 and 2028, so
    two child-years too many in the tail, at £20,000 of interim cost: £40,000.
    """
    case = case_of(
        2,
        zones=[zone()],
        provisions=[base(places=0, opens=2027), inmss(available=0)],
        teaches=[teaches("elm_base", 10_000), teaches("far_school", 50_000)],
        entrants=[due(2, 2026, nc_year=5)],
    )
    problem = posed(case)

    found = waiting_error(problem, plan_of(problem, solve(problem, Settings(gap=0.0))))

    assert found.waiting_horizon == pytest.approx(0)
    assert found.waiting_tail == pytest.approx(2)
    assert found.gbp == pytest.approx(40_000)
