"""Expected numbers, counted by hand on the tiny authority, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inputs.demand.axes import AGES, NC_YEARS, NEEDS
from inputs.demand.effects import effects
from inputs.demand.entrants import entrants_table
from inputs.demand.levers import Lever
from inputs.demand.project import Hold, project
from inputs.demand.shrink import Factor
from inputs.demand.stay import stay_table
from inputs.errors import InputError
from inputs.vocabulary import Need
from tests.inputs.demand.tiny import (
    ASD,
    COLLEGE,
    FIRST,
    MAINSTREAM,
    SEMH,
    SPECIAL,
    at,
    large,
    tiny,
)


def nc(year: int) -> int:
    """Return the position of a national curriculum year."""
    return NC_YEARS.index(year)


def test_a_year_by_hand() -> None:
    """100 in mainstream and 50 in a special school, all 10; a total of 200 the January after.

    A tenth cease: 90 and 45. A fifth of the 90 move: 18. So 72 and 63 are 11. The total leaves room
    for 200 - 135 = 65 new plans: 48.75 at 5 and 16.25 at 10, a fifth of each in a special school.
    """
    done = project(tiny(), (FIRST,))

    assert done.stock[0, MAINSTREAM, ASD, at(11)] == pytest.approx(72)
    assert done.stock[0, SPECIAL, ASD, at(11)] == pytest.approx(63)
    assert done.arrivals[0] == pytest.approx(65)
    assert done.starts[0, SPECIAL, ASD, at(5)] == pytest.approx(9.75)
    assert done.starts[0, MAINSTREAM, SEMH, at(10)] == pytest.approx(16.25 * 0.3)
    assert done.ceased[0].sum() == pytest.approx(15)
    # those who move, and those whose plan comes with a special school: year 7, years 1 and 6
    assert done.into_specialist[0, ASD, nc(7)] == pytest.approx(18)
    assert done.into_specialist[0, ASD, nc(1)] == pytest.approx(9.75)
    assert done.into_specialist[0, ASD, nc(6)] == pytest.approx(3.25)
    # of the 50, the 45 whose plan goes on enter year 7 in a special school
    assert done.transfers[0, ASD, nc(7)] == pytest.approx(45)
    assert done.transfers[0].sum() == pytest.approx(45)
    assert done.totals[0] == pytest.approx(200)


def test_at_sixteen_half_stay() -> None:
    """40 of 15 in a special school: 36 keep a plan, 18 in a specialist place, 18 in college."""
    done = project(tiny({(SPECIAL, ASD, 15): 40}, (36.0,)), (FIRST,))

    assert done.transfers[0, ASD, nc(12)] == pytest.approx(18)
    assert done.stock[0, COLLEGE, ASD, at(16)] == pytest.approx(18)


def test_at_nineteen_nobody_is_an_entrant() -> None:
    """Those who reach 19 are plans, and in no year group that a place is found for."""
    done = project(tiny({(SPECIAL, ASD, 18): 20}, (17.0,)), (FIRST,))

    assert done.stock[0, SPECIAL, ASD, at(19)] == pytest.approx(18)
    assert done.into_specialist.sum() + done.transfers.sum() == 0


def test_at_twenty_five_a_plan_ends() -> None:
    """Nobody is 26: all 7 plans of the oldest cease, whatever the rate says."""
    done = project(tiny({(COLLEGE, ASD, 25): 7}, (10.0,)), (FIRST,))

    assert done.ceased[0].sum() == pytest.approx(7)


def test_who_waits_gets_a_place_in_the_first_year() -> None:
    """10 of the 72 left in mainstream at 11 waited since they were 10; none do a year later."""
    done = project(tiny(waiting={(ASD, 10): 10}), (FIRST, FIRST + 1))

    assert done.waiting[0, ASD, nc(7)] == pytest.approx(10)
    assert done.waiting[1].sum() == 0
    assert done.stock[0, SPECIAL, ASD, at(11)] == pytest.approx(73)
    assert done.stock[0, MAINSTREAM, ASD, at(11)] == pytest.approx(62)


def test_no_more_get_a_place_than_there_are() -> None:
    """500 are said to wait; only the 72 in mainstream at 11 can move."""
    done = project(tiny(waiting={(ASD, 10): 500}), (FIRST,))

    assert done.waiting.sum() == pytest.approx(72)
    assert done.stock[0, MAINSTREAM, ASD, at(11)] == pytest.approx(0)


def test_a_need_recorded_anew_goes_on_with_the_child() -> None:
    """A quarter of those with ASD of 10 are recorded as SEMH: of the 90 in mainstream, 22.5."""
    change = np.tile(np.eye(len(NEEDS))[:, :, None], len(AGES))
    change[ASD, :, at(10)] = 0.0
    change[ASD, [ASD, SEMH], at(10)] = 0.75, 0.25
    done = project(tiny(need_change=change), (FIRST,))

    assert done.stock[0, :, SEMH, at(11)].sum() == pytest.approx(0.25 * 135)
    assert done.stock[0, :, :, at(11)].sum() == pytest.approx(135)


def test_who_moves_in_is_an_entrant_where_in_a_specialist_place() -> None:
    """A fiftieth as many move in: 2 to mainstream, a fifth of whom to a special school; and 1."""
    done = project(tiny(move_in=np.full((15, 24), 0.02)), (FIRST,))

    assert done.into_specialist[0, ASD, nc(7)] == pytest.approx(18 + 0.4 + 1)
    assert done.arrivals[0] == pytest.approx(65 - 3)


def test_specialist_places_follow_new_plans_by_their_power() -> None:
    """Four times the level of new plans at a power of a half: twice as many specialist places."""
    basis = tiny(start_level=65 / 4, start_power=Factor(0.5, 0.0))
    done = project(basis, (FIRST,))

    assert done.starts[0].sum() == pytest.approx(65)
    # a fifth of a quarter of 65 is 3.25; twice that is 6.5
    assert done.starts[0, SPECIAL].sum() == pytest.approx(6.5)


@pytest.mark.parametrize("years", [(), (2024,), (2030,)])
def test_a_year_that_cannot_be_projected_is_told(years: tuple[int, ...]) -> None:
    """The count is of 2024 and totals go to 2027: the fault says from when to when."""
    with pytest.raises(InputError, match="from 2025 to 2027"):
        project(tiny(), years)


def test_later_years_are_the_same_asked_for_alone() -> None:
    """2027 by itself is run through the years before it, with those who wait in 2027."""
    alone, among = project(tiny(), (FIRST + 2,)), project(tiny(), (FIRST, FIRST + 1, FIRST + 2))

    np.testing.assert_allclose(alone.stock[0], among.stock[2])


@given(st.floats(0.1, 3.0))
@settings(max_examples=25, deadline=None)
def test_twice_the_start_rate_is_twice_the_starts(factor: float) -> None:
    """A multiple of all new plans multiplies each cell of them, in every year."""
    basis, years = tiny(), (FIRST, FIRST + 1)
    plain = project(basis, years)
    more = project(basis, years, [Lever("more", "starts", (factor,))])

    np.testing.assert_allclose(more.starts, plain.starts * factor, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(more.arrivals, plain.arrivals)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from([MAINSTREAM, SPECIAL]), st.sampled_from([ASD, SEMH]),
                  st.integers(2, 25)),
        st.integers(0, 200), max_size=8,
    ),
    st.lists(st.floats(0, 2000), min_size=3, max_size=3),
    st.sampled_from(["cease", "into_specialist", "stay_specialist", "starts"]),
    st.floats(0, 3),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_plans_balance(
    stock: dict[tuple[int, int, int], int], plans: list[float], acts_on: str, factor: float
) -> None:
    """Plans are plans before, plus those that came, less those that ceased; none is negative."""
    basis = tiny(stock, [max(one, 1.0) for one in plans], waiting={(ASD, 8): 3})
    done = project(basis, (FIRST, FIRST + 1, FIRST + 2), [Lever("x", acts_on, (factor,))])  # type: ignore[arg-type]
    before = np.r_[float(basis.stock.sum()), done.totals[:-1]]

    balance = before + done.starts.sum(axis=(1, 2, 3)) - done.ceased.sum(axis=(1, 2, 3))
    np.testing.assert_allclose(done.totals, balance, atol=1e-6)
    assert (done.stock >= -1e-9).all()


def test_the_entrants_table_adds_up_to_the_projection() -> None:
    """Zones share each phase's children by their weights: two in three live in the north."""
    basis = tiny(waiting={(ASD, 10): 10})
    done = project(basis, (FIRST, FIRST + 1))
    expected = done.into_specialist.sum() + done.transfers.sum() + done.waiting.sum()

    for year_groups in (False, True):
        table = entrants_table(done, basis, year_groups=year_groups)
        assert list(table) == ["zone", "need", "phase", "year", "children", "nc_year", "kind"]
        assert table["children"].sum() == pytest.approx(expected)
        north = table.loc[table["zone"] == "north", "children"].sum()
        assert north == pytest.approx(expected * 2 / 3)
        assert not table.duplicated([c for c in table if c != "children"]).any()
        assert table["nc_year"].isna().any() != year_groups
    moving = table[table["kind"] == "transfer"]
    assert set(moving["nc_year"]) <= {0, 7, 12}


def test_how_long_children_stay() -> None:
    """A tenth leave a year: 0.9 after one; in primary at year 6 nothing is left after one."""
    table = stay_table(tiny())
    asd = table[table["need"] == "ASD"]

    def shares(phase: str, year: int | None) -> dict[int, float]:
        own = (
            asd["nc_year"].isna() if year is None else (asd["nc_year"] == year).fillna(value=False)
        )
        rows = asd[(asd["phase"] == phase) & own]
        return dict(zip(rows["years_since_entry"], rows["share_remaining"], strict=True))

    for since in range(5):
        assert shares("secondary", 7)[since] == pytest.approx(0.9**since)
    assert shares("primary", 6) == {0: pytest.approx(1.0)}
    # of any year, those who enter in year 6 are gone and all others stay at nine in ten
    assert 0 < shares("primary", None)[1] < 0.9
    assert table["share_remaining"].between(0, 1).all()


def test_effects_add_up_exactly() -> None:
    """The count, each driver alone and what they do together are the projected number."""
    people = np.ones((14, 24)) * 1000 * 1.05 ** np.arange(14)[:, None]
    basis = tiny(people=people, waiting={(ASD, 10): 10})
    levers = [Lever("fewer", "starts", (0.8,)), Lever("stay", "into_specialist", (0.5,))]
    years = (FIRST, FIRST + 1, FIRST + 2)
    found = effects(basis, years, levers)
    lines = {effect.key: effect.children for effect in found}
    plans = {effect.key: effect.plans for effect in found}

    assert list(lines) == [
        "count", "working_through", "specialist_share", "people", "start_rate", "waiting",
        "lever:fewer", "lever:stay", "together", "projected",
    ]  # fmt: skip
    for one in (lines, plans):
        between = sum(one[key] for key in one if key != "projected")
        np.testing.assert_allclose(between, one["projected"])
    assert lines["waiting"][0] == pytest.approx(10)
    assert (lines["lever:stay"] < 0).all()
    np.testing.assert_allclose(lines["projected"], project(basis, years, levers).specialist)


def test_held_as_now_means_as_now() -> None:
    """New plans stay at their level, 65 a year, whatever the total says."""
    done = project(tiny(), (FIRST, FIRST + 1), hold=Hold(people=True, start_rate=True))

    np.testing.assert_allclose(done.arrivals, 65.0)


def test_a_need_may_have_its_own_rate() -> None:
    """Twice everyone's rate of moving: 36 of the 90 instead of 18."""
    own = np.ones((len(NEEDS), len(AGES)))
    own[ASD] = 2.0
    done = project(tiny(need_into=own), (FIRST,))

    assert done.moved[0, ASD, at(11)] == pytest.approx(36)


def test_a_lever_acts_on_the_ages_and_needs_it_names() -> None:
    """Half the moves at 11 for ASD only: 9 instead of 18, and nothing else changes."""
    lever = Lever("x", "into_specialist", (0.5,), ages=(11, 11), needs=(Need.ASD,))
    plain, less = project(tiny(), (FIRST,)), project(tiny(), (FIRST,), [lever])

    assert less.moved[0, ASD, at(11)] == pytest.approx(9)
    np.testing.assert_allclose(less.starts, plain.starts)
    assert less.totals == pytest.approx(plain.totals)


def test_the_mean_total_is_that_of_its_forecast() -> None:
    """With every rate uncertain, expected plans are the mean of the forecast of the total."""
    basis = large()
    done = project(basis, tuple(FIRST + k for k in range(5)))

    np.testing.assert_allclose(done.totals, basis.totals.mean, rtol=1e-3)


def test_a_rate_that_may_be_higher_empties_its_pool() -> None:
    """A fifth move each year, or none and two fifths as likely: fewer are left to move later.

    By hand, without ceasing: certain, 100 x (0.2 + 0.16) = 36 in two years; else the mean of 0 and
    100 x (0.4 + 0.24) = 32. The uncertain rate here is less spread, so it lies between.
    """
    move = np.tile(np.eye(15)[:, :, None], 24)
    move[MAINSTREAM, MAINSTREAM, [at(6), at(7)]] = 0.8
    move[MAINSTREAM, SPECIAL, [at(6), at(7)]] = 0.2
    still = {"move": move, "cease": np.zeros((15, 24))}
    stock = {(MAINSTREAM, ASD, 6): 100}
    moved = [
        project(tiny(stock, (100.0, 100.0), into_factor=factor, **still), (FIRST, FIRST + 1)).moved
        for factor in (Factor(1.0, 0.0), Factor(1.0, 0.5))
    ]

    assert moved[0].sum() == pytest.approx(36)
    assert 32 < moved[1].sum() < 35.5
