"""The arithmetic of a routed saving: range, realisation, phasing, noise. Numbers by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outputs.routes_saving import (
    NO_CHANGE,
    Range,
    full_effect_year,
    material,
    moved_by_year,
    over_draws,
    phased,
    realised,
)
from outputs.routes_tables import (
    AFTER,
    AFTER_SAME,
    BEFORE,
    BEFORE_SAME,
    account,
    by_side,
    phased_table,
    saving_table,
    verdict,
)
from tests.outputs.routed import draw, policy

SHARES = (0.4, 0.55, 0.8)


def four_years(years_since: int) -> float:
    """Return what contracts of four years, ending evenly, let through."""
    return min(1.0, (years_since + 1) / 4)


def test_a_saving_is_realised_in_part_and_an_extra_cost_in_full() -> None:
    """Low x low, mean x middle, high x high; what is below nought stays as it is."""
    saved = realised(Range(100.0, 200.0, 300.0), SHARES)
    # 100 x 0.4, 200 x 0.55, 300 x 0.8
    assert (saved.low, saved.mid, saved.high) == pytest.approx((40.0, 110.0, 240.0))
    cost = realised(Range(-300.0, -200.0, -100.0), SHARES)
    assert (cost.low, cost.mid, cost.high) == (-300.0, -200.0, -100.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8))
def test_what_is_realised_keeps_its_order_and_never_grows(values: list[float]) -> None:
    """Low is at most the middle, the middle at most high, and no saving is larger than found."""
    found = over_draws(values)
    kept = realised(found, SHARES)
    assert kept.low <= kept.mid + 1e-9
    assert kept.mid <= kept.high + 1e-9
    assert kept.high <= max(found.high, 0.0) + 1e-9
    assert kept.low <= found.low or found.low > 0


def test_contracts_let_a_saving_through_a_quarter_a_year() -> None:
    """All children move in the first year: a quarter arrives each year, all in the fourth."""
    moved = {2026: 40.0, 2027: 40.0, 2028: 40.0, 2029: 40.0}
    assert phased(moved, 2029, four_years) == pytest.approx(
        {2026: 0.25, 2027: 0.5, 2028: 0.75, 2029: 1.0}
    )


def test_children_who_move_later_save_later() -> None:
    """Half move in 2026, the rest in 2028: each half arrives from its own year on.

    Half x 1/4 in 2026 and x 2/4 in 2027; half x 3/4 and half x 1/4 in 2028; then 4/4 and 2/4.
    """
    moved = {2026: 10.0, 2027: 10.0, 2028: 20.0, 2029: 20.0}
    assert phased(moved, 2029, four_years) == pytest.approx(
        {2026: 0.125, 2027: 0.25, 2028: 0.5, 2029: 0.75}
    )


def test_nothing_arrives_where_nobody_moves() -> None:
    """A plan that sends every child where it would have gone anyway saves nothing in any year."""
    assert phased({2026: 0.0, 2027: 0.0}, 2027, four_years) == {2026: 0.0, 2027: 0.0}
    assert full_effect_year([2026, 2028], four_years) == 2031


def test_moved_children_are_counted_once() -> None:
    """A child who goes from Far to Elm is one, and so is one with a place only in the plan."""
    rows = [
        # a cell with 3 children: 2 of them go from far to elm
        ("north", "ASD", "primary", "far", 2026, 3.0, 1.0),
        ("north", "ASD", "primary", "elm", 2026, 0.0, 2.0),
        # a cell in which one more child has a place
        ("south", "SLD", "primary", "oak", 2026, 1.0, 2.0),
    ]
    columns = ["zone", "need", "phase", "provision", "year", "do_minimum", "plan"]
    moved = moved_by_year(pd.DataFrame(rows, columns=columns))
    assert moved.to_dict() == {2026: 3.0}


def test_a_difference_within_the_noise_is_no_material_change() -> None:
    """1.4 % is less than 1.5 %, 1.6 % is more; and draws must agree which way it goes."""
    assert not material(1000.0, 986.0, 0.015)
    assert material(1000.0, 984.0, 0.015)
    before = np.array([1000.0, 1000.0])
    assert verdict(before, np.array([986.0, 986.0]), 0.015) == NO_CHANGE
    assert verdict(before, np.array([984.0, 984.0]), 0.015) == "saving"
    assert verdict(before, np.array([1030.0, 1025.0]), 0.015) == "extra cost"
    # the mean saves 10 %, but one draw costs more
    assert verdict(before, np.array([795.0, 1005.0]), 0.015) == NO_CHANGE


def test_the_account_follows_by_hand() -> None:
    """One draw of the made-up routes, at routed pounds: every figure of the account.

    190 days, a run each way, 380 runs. Before: (40 + 70 + 72) x 380 = 69,160. After, the same
    children: (40 + 36 + 38) x 380 = 43,320; with kid_5 one mile more, (40 + 38 + 38) x 380 =
    44,080.
    """
    told = account(by_side([draw()]), average_gbp=None, shares=SHARES, noise_share=0.015)
    assert told.scale == 1.0
    assert told.same.before_gbp.mid == pytest.approx(69_160.0)
    assert told.same.after_gbp.mid == pytest.approx(43_320.0)
    assert told.all.after_gbp.mid == pytest.approx(44_080.0)
    assert told.same.verdict == "saving"
    # 69,160 - 43,320 = 25,840; x 0.4, 0.55 and 0.8
    kept = told.same.realised
    assert (kept.low, kept.mid, kept.high) == pytest.approx((10_336.0, 14_212.0, 20_672.0))
    # carrying kid_5: 44,080 - 43,320
    assert told.more_children.mid == pytest.approx(760.0)
    assert told.net.mid == pytest.approx(14_212.0 - 760.0)


def test_the_share_saved_is_laid_on_actual_spend() -> None:
    """Actual spend is never set against routed cost: the ratio is, so doubling spend doubles all.

    Four children are paid for before. At £34,580 each, actual spend is 138,320: twice the routed
    69,160. So each routed pound counts double.
    """
    told = account(by_side([draw()]), average_gbp=34_580.0, shares=SHARES, noise_share=0.015)
    assert told.scale == pytest.approx(2.0)
    assert told.same.routed.mid == pytest.approx(25_840.0)
    assert told.same.at_actual.mid == pytest.approx(51_680.0)
    assert told.same.realised.mid == pytest.approx(51_680.0 * 0.55)
    assert told.more_children.mid == pytest.approx(1_520.0)


def test_the_range_is_that_of_the_draws() -> None:
    """Elm's first route is 3 miles in one draw and 5 in the other: 2 x £2 x 380 = 1,520 apart."""
    told = account(
        by_side([draw(0), draw(1, elm_miles=5.0)]),
        average_gbp=None,
        shares=SHARES,
        noise_share=0.015,
    )
    routed = told.same.routed
    assert (routed.low, routed.mid, routed.high) == pytest.approx((24_320.0, 25_080.0, 25_840.0))
    assert told.same.realised.low == pytest.approx(24_320.0 * 0.4)
    assert told.same.realised.high == pytest.approx(25_840.0 * 0.8)


def test_what_is_within_the_noise_is_not_counted_on() -> None:
    """With a noise of 40 % the saving of 37 % is no material change, and nought in the net."""
    told = account(by_side([draw()]), average_gbp=None, shares=SHARES, noise_share=0.4)
    assert told.same.verdict == NO_CHANGE
    assert told.same.realised == Range(0.0, 0.0, 0.0)
    assert told.net.mid == pytest.approx(-760.0)
    table = saving_table(told).set_index(["basis", "measure"])
    assert table.loc[("same_children", "realised_saving"), "verdict"] == NO_CHANGE


def riders(*rows: tuple[int, float, float, float, float]) -> pd.DataFrame:
    """Return riders of one cell by year: at far and at elm, before and after."""
    found = []
    for year, far_before, far_after, elm_before, elm_after in rows:
        found += [("far", year, far_before, far_after), ("elm", year, elm_before, elm_after)]
    frame = pd.DataFrame(found, columns=["provision", "year", "do_minimum", "plan"])
    return frame.assign(zone="north", need="ASD", phase="primary")


def test_savings_arrive_with_contracts_and_extra_children_at_once() -> None:
    """Two children leave Far in 2027 and a third has a place only with the plan from 2027 on.

    Moved: 0, then 3. The saving arrives a quarter a year from 2027; the cost of the third child is
    there in full.
    """
    told = account(by_side([draw()]), average_gbp=None, shares=SHARES, noise_share=0.015)
    by = phased_table(
        told,
        riders((2026, 2.0, 2.0, 0.0, 0.0), (2027, 2.0, 0.0, 0.0, 3.0), (2028, 2.0, 0.0, 0.0, 3.0)),
        2028,
        four_years,
    ).set_index("year")
    assert by["moved"].tolist() == [0.0, 3.0, 3.0]
    assert by["arrived_share"].tolist() == pytest.approx([0.0, 0.25, 0.5])
    assert by["saving_mid_gbp"].tolist() == pytest.approx([0.0, 3_553.0, 7_106.0])
    assert by["more_children_gbp"].tolist() == pytest.approx([0.0, 760.0, 760.0])
    assert by["net_mid_gbp"].tolist() == pytest.approx([0.0, 2_793.0, 6_346.0])


def test_growth_is_laid_on_every_year() -> None:
    """Transport that grows by 10 % a year costs, and so saves, 10 % and 21 % more."""
    told = account(by_side([draw()]), average_gbp=None, shares=SHARES, noise_share=0.015)
    rows = riders(*((year, 2.0, 0.0, 0.0, 3.0) for year in (2026, 2027, 2028)))
    flat = phased_table(told, rows, 2028, lambda _: 1.0)
    grown = phased_table(told, rows, 2028, lambda _: 1.0, growth=0.1)
    ratio = (grown["net_mid_gbp"] / flat["net_mid_gbp"]).tolist()
    assert ratio == pytest.approx([1.0, 1.1, 1.21])


def test_measures_add_up_by_hand() -> None:
    """Vehicles, miles, rides and carbon of one side, from its three routes."""
    found = by_side([draw()])
    whole = found[found["provision"] == "all"].set_index("side")
    before = whole.loc[BEFORE]
    # 3 taxis, (5 + 20 + 21) miles x 380 runs, 0.4 kg a mile
    assert before["vehicles"] == 3
    assert before["miles_a_year"] == pytest.approx(46 * 380)
    assert before["carbon_tonnes"] == pytest.approx(46 * 380 * 0.4 / 1000)
    # kid_3 rides 50 minutes, over the 45 of a primary child; kid_4 40
    assert before["over_guideline"] == 1
    assert before["over_75"] == 0
    # 4 children in 3 taxis of 4 seats
    assert before["occupancy_share"] == pytest.approx(4 / 12)
    assert before["solo_share"] == pytest.approx(1 / 4)
    assert whole.loc[AFTER, "users"] == 5
    assert whole.loc[BEFORE_SAME, "users"] == whole.loc[AFTER_SAME, "users"] == 4
    assert policy().runs_a_year["daily"] == 190
