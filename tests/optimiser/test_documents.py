"""The figures that authorities have published, come out of the plan when put in."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser.plan import Plan, plan_of
from optimiser.problem import do_minimum
from optimiser.solve import Settings, solve
from tests.optimiser.builders import base, due, inmss, one_base, option, posed, taught, teaches

ANY_YEAR = {"nc_year": None}  # of any year group, as children drawn from mainstream are taken to be


def plan(problem: Any) -> Plan:
    """Return the best plan."""
    return plan_of(problem, solve(problem, Settings(gap=0.0)))


def spent(one: Plan, year: int = 2026) -> float:
    """Return pounds of revenue in a year: what an authority would pay."""
    money = one.money[
        (one.money["year"] == year) & one.money["purse"].isin(["dsg", "general_fund"])
    ]
    return float(money["gbp"].sum())


def new_base(places: float, children: float, fee: float, **policy: Any) -> tuple[Plan, Plan]:
    """Return the do-minimum and the plan: a base that costs £18,000 a place, or an INMSS fee.

    £6,000 of place funding and £12,000 of top-up; the base opens at once and for nothing.
    """
    case = one_base(
        1,
        provisions=[base(places=0), inmss(available=500)],
        teaches=[teaches("elm_base", 12_000), teaches("far_school", fee)],
        entrants=[due(children, 2026, **ANY_YEAR)],
        options=[option(places=places, capital_gbp=0, lead_years=0)],
        option_teaches=[taught(cost=12_000)],
    )
    problem = posed(case, **policy)
    return plan(do_minimum(problem)), plan(problem)


def test_seventy_places_at_49_less_18_thousand() -> None:
    """BCP: £49,000 less £18,000 is £31,000 a place, and £2.17m a year for 70 (all displacing)."""
    without, opened = new_base(70, 70, 49_000)

    saving = spent(without) - spent(opened)

    assert saving == pytest.approx(70 * 31_000)
    assert saving == pytest.approx(2_170_000)


def test_45_in_a_hundred_displace() -> None:
    """The third number: 0.45 x 31.0 - 0.55 x (18.0 - 8.7) = £8.8k a place (domain.md 3.5).

    Of 100 places 45 take a child who would be in INMSS at £49,000, and 55 one who would have had a
    mainstream top-up of £8,700. All 100 are paid at £18,000:
    45 x 49,000 + 55 x 8,700 - 100 x 18,000 = 2,205,000 + 478,500 - 1,800,000 = 883,500.
    """
    without, opened = new_base(
        100, 45, 49_000, drawn_from_mainstream=0.55, mainstream_topup_gbp=8_700.0
    )

    saving = spent(without) - spent(opened)

    assert opened.uses["drawn"].sum() == pytest.approx(55)
    assert saving / 100 == pytest.approx(8_835)


def test_111_places_at_30_thousand_and_the_saving_of_one_and_a_half_million() -> None:
    """Rotherham: 111 x £30,000 is £3.33m, and £1.5m was projected: 45 % of the places displace.

    The children drawn are taken to cost the same in mainstream (£18,000), as that reading does:
    0.45 x 111 x 30,000 = £1,498,500, or 50 places' worth.
    """
    whole, all_displace = new_base(111, 111, 48_000)
    without, opened = new_base(
        111, 111 * 0.45, 48_000, drawn_from_mainstream=0.55, mainstream_topup_gbp=18_000.0
    )

    assert spent(whole) - spent(all_displace) == pytest.approx(3_330_000)
    assert spent(without) - spent(opened) == pytest.approx(1_498_500)
    assert (spent(without) - spent(opened)) / 30_000 == pytest.approx(50, abs=0.1)


@pytest.mark.parametrize(("children", "places"), [(9, 10), (18, 20)])
def test_a_base_of_ten_that_can_grow_to_twenty(children: float, places: float) -> None:
    """Ten more only on top of the first ten: 9 children need the first base, 18 both."""
    case = one_base(
        1,
        provisions=[base(places=0), inmss(available=500)],
        entrants=[due(children, 2026)],
        options=[
            option("base_of_10", 10, lead_years=0),
            option("to_20", 10, lead_years=0, requires="base_of_10", capital_gbp=100_000),
        ],
        option_teaches=[taught("base_of_10"), taught("to_20")],
    )

    found = plan(posed(case))

    assert found.openings["places"].sum() == places
    assert "base_of_10" in set(found.openings["option"])
    assert found.unplaced.empty


def test_125_places_locked_in_and_111_to_come() -> None:
    """Rotherham's phases: 125 places are committed and stand in the do-minimum; 111 are a choice.

    250 children a year want a place at £18,000 rather than £48,000, so both phases open: 236.
    """
    case = one_base(
        3,
        provisions=[base(places=0), inmss(available=900)],
        teaches=[teaches("elm_base", 12_000), teaches("far_school", 48_000)],
        entrants=[due(250, 2026), due(250, 2028)],
        options=[
            option("phase_1", 125, committed_year=2026, capital_gbp=0),
            option("phase_2", 111, lead_years=2, capital_gbp=1_000_000),
        ],
        option_teaches=[taught("phase_1", 12_000), taught("phase_2", 12_000)],
    )
    problem = posed(case)

    least, best = plan(do_minimum(problem)), plan(problem)

    assert least.openings["option"].tolist() == ["phase_1"]
    assert best.openings["places"].tolist() == [125, 111]
    assert best.openings["year"].tolist() == [2026, 2028]
    assert best.openings["committed"].tolist() == [True, False]


def test_a_base_place_costs_six_thousand_filled_and_ten_unfilled() -> None:
    """Ten places, six children: 6 x 6,000 + 4 x 10,000 = £76,000 of place funding in the year."""
    case = one_base(1, children=6, options=[], option_teaches=[])

    found = plan(posed(case, unfilled_place_gbp={"specialist_base": 10_000.0}))

    funding = found.money.query("term == 'place_funding' and year == 2026")["gbp"].sum()
    assert funding == pytest.approx(76_000)
