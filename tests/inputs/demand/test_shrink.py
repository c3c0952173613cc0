"""Small numbers lean on everyone's: no data gives everyone's, much data the authority's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inputs.demand.flows import aged, as_found, by_age_left, by_age_reached, least_moves, unlumped
from inputs.demand.people import people_by_year
from inputs.demand.shrink import (
    Factor,
    Spread,
    concentration,
    fit,
    learn_spread,
    mixed,
    three_ways,
)


def test_no_data_is_everyones() -> None:
    """Nothing counted: the shared rate, as uncertain as authorities differ (0.2 x 0.2 is 0.04)."""
    found = Spread(0.04, 0.1).posterior(np.array([np.nan, 0.0]), np.array([0.0, 0.0]))

    assert found.mean == 1.0
    assert found.sd == pytest.approx(0.2)


def test_much_data_is_its_own() -> None:
    """A million expected and two million seen, and no noise of the year: twice the rate."""
    found = Spread(0.04, 0.0).posterior(np.array([2e6]), np.array([1e6]))

    assert found.mean == pytest.approx(2.0, abs=1e-3)
    assert found.sd < 0.002


def test_half_way_where_both_are_as_sure() -> None:
    """25 expected has variance 1/25 = 0.04, as between authorities: half of the way to 2 is 1.5."""
    found = Spread(0.04, 0.0).posterior(np.array([50.0]), np.array([25.0]))

    assert found.mean == pytest.approx(1.5)
    assert found.sd == pytest.approx(np.sqrt(0.02))


def test_noise_of_years_is_not_believed() -> None:
    """However many are counted, one year's ratio is believed to half where years vary as much."""
    found = Spread(0.04, 0.04).posterior(np.array([2e6]), np.array([1e6]))

    assert found.mean == pytest.approx(1.5, abs=1e-3)


def test_authorities_that_do_not_differ_share_one_rate() -> None:
    """Spread 0 leaves nothing to an authority's own count."""
    assert Spread(0.0, 0.0).posterior(np.array([90.0]), np.array([30.0])) == Factor(1.0, 0.0)


def test_what_lasts_is_told_from_noise() -> None:
    """Made with 0.3 between authorities and 0.2 from year to year: learnt near enough."""
    rng = np.random.default_rng(1)
    own = 1 + 0.3 * rng.standard_normal(3000)
    expected = np.full((3000, 3), 400.0)
    rate = own[:, None] + 0.2 * rng.standard_normal((3000, 3))
    found = learn_spread(rng.poisson(np.clip(rate, 0.01, 2.9) * expected).astype(float), expected)

    assert np.sqrt(found.between) == pytest.approx(0.3, abs=0.03)
    assert np.sqrt(found.within) == pytest.approx(0.2, abs=0.03)


def test_few_authorities_teach_nothing() -> None:
    """Five cannot tell how authorities differ: all share one rate, and say so by 0."""
    counts = np.array([[10.0, 90.0]] * 5)

    assert learn_spread(counts, np.full((5, 2), 50.0)) == Spread(0.0, 0.0)
    assert concentration(counts) == 10_000


@given(st.floats(0.2, 3.0), st.floats(0.01, 0.9))
@settings(max_examples=20, deadline=None)
def test_draws_of_a_multiple_have_its_mean(mean: float, share: float) -> None:
    """Gamma draws have the mean and the deviation asked for, and are above nought."""
    factor = Factor(mean, mean * share)
    draws = factor.sample(20_000, np.random.default_rng(1))

    assert draws.mean() == pytest.approx(mean, abs=5 * factor.sd / np.sqrt(20_000))
    assert draws.std() == pytest.approx(factor.sd, rel=0.1)
    assert (draws > 0).all()


def test_mixes_that_differ_are_worth_little() -> None:
    """Dirichlet mixes of concentration 20 are learnt as about 20; equal ones as worth a lot."""
    rng = np.random.default_rng(2)
    share = rng.dirichlet(20 * np.array([0.5, 0.3, 0.2]), 800)
    counts = np.array([rng.multinomial(500, one) for one in share]).astype(float)

    assert concentration(counts) == pytest.approx(20, rel=0.25)
    assert concentration(rng.multinomial(500, [0.5, 0.3, 0.2], 800).astype(float)) > 1000


def test_a_mix_is_own_and_everyones() -> None:
    """10 of its own, all of the first kind, beside 10 of everyone's halves: three quarters."""
    assert mixed(np.array([10.0, 0.0]), np.array([5.0, 5.0]), 10).tolist() == [0.75, 0.25]


def test_fitting_keeps_margins() -> None:
    """Rows 30 and 10, columns 20 and 20 from a seed of ones: each row split in half."""
    table = fit(np.ones((2, 2)), [((0,), np.array([30.0, 10.0])), ((1,), np.array([20.0, 20.0]))])

    np.testing.assert_allclose(table, [[15, 15], [5, 5]])


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_three_tables_make_one(seed: int) -> None:
    """Any three tables that agree come back as margins; placement by age holds exactly."""
    whole = np.random.default_rng(seed).integers(1, 50, (4, 3, 5)).astype(float)
    by_need_age, by_need_placement = whole.sum(axis=0), whole.sum(axis=2).T
    table = three_ways(by_need_age, by_need_placement, whole.sum(axis=1))

    np.testing.assert_allclose(table.sum(axis=1), whole.sum(axis=1), rtol=1e-9)
    np.testing.assert_allclose(table.sum(axis=0), by_need_age, rtol=1e-3)
    np.testing.assert_allclose(table.sum(axis=2).T, by_need_placement, rtol=1e-3)


def test_a_need_not_told_takes_the_mix_of_all() -> None:
    """Placement 1 has no needs recorded: its children have the needs of everyone."""
    table = three_ways(np.array([[30.0], [10.0]]), np.array([[30.0, 0.0], [10.0, 0.0]]),
                       np.array([[40.0], [40.0]]))  # fmt: skip

    np.testing.assert_allclose(table[1, :, 0], [30, 10], rtol=1e-6)


def test_only_what_must_move_moves() -> None:
    """From 60 and 40 to 50 and 50: 10 of the 60 move, none of the 40."""
    share = least_moves(np.array([60.0, 40.0]), np.array([50.0, 50.0]))

    np.testing.assert_allclose(share, [[5 / 6, 1 / 6], [0, 1]])


def test_moves_stay_inside_where_they_can() -> None:
    """Inside, 10 too many and 10 too few; outside likewise: nobody crosses over."""
    stayed, found = np.array([50.0, 50, 50, 50]), np.array([40.0, 60, 40, 60])
    share = least_moves(stayed, found, np.array([True, True, False, False]))

    assert share[0, 1] == share[2, 3] == pytest.approx(0.2)
    assert share[:2, 2:].sum() == share[2:, :2].sum() == 0


@given(
    st.lists(st.floats(0, 1000), min_size=4, max_size=4),
    st.lists(st.floats(0, 1000), min_size=4, max_size=4),
)
def test_moves_lead_from_one_count_to_the_other(one: list[float], other: list[float]) -> None:
    """Rows add up to 1, and applied to the first count they give the second, on its total."""
    stayed, found = np.array(one), np.array(other)
    share = least_moves(stayed, found, np.array([True, True, False, False]))

    np.testing.assert_allclose(share.sum(axis=1), 1.0)
    assert (share >= 0).all()
    if found.sum() > 0:
        wanted = found * (stayed.sum() / found.sum())
        np.testing.assert_allclose(stayed @ share, wanted, atol=1e-6)


def test_a_plan_that_starts_in_a_nursery_is_in_school_by_january() -> None:
    """30 started in a nursery where 10 are found; the 20 are among the 120 found in school."""
    new = np.array([[30.0], [90.0]])
    out = as_found(new, np.array([[10.0], [120.0]]), np.zeros((2, 1)), np.array([True, True]))

    np.testing.assert_allclose(out[:, 0], [10, 110])


def test_ages_on_the_day_become_ages_in_august() -> None:
    """Everybody is counted once; most who start at 5 are 5 at the next 31 August."""
    started = np.zeros(24)
    started[3] = 1000.0

    assert by_age_reached(started).sum() == pytest.approx(1000)
    assert by_age_reached(started).argmax() == 3
    # of those who cease at 5, most were 4 at the last 31 August but one
    assert by_age_left(started).argmax() == 2


def test_twenty_and_over_are_laid_on_their_ages() -> None:
    """Those of 20 and over stand in proportion to the plans of each age from 20 on."""
    events, plans = np.zeros(24), np.ones(24)
    events[18] = 60.0

    np.testing.assert_allclose(unlumped(events, plans)[18:], 10.0)


def test_everyone_ages_a_year() -> None:
    """The youngest place is empty, the oldest is gone."""
    assert aged(np.array([1.0, 2.0, 3.0])).tolist() == [0.0, 1.0, 2.0]


class Counted:
    """A population of one zone: 100 of each age under 10, 200 from 10 on, in mid-2020."""

    def __init__(self, year: int | None = 2020) -> None:
        import pandas as pd

        self.people = pd.DataFrame([[100.0] * 10 + [200.0] * 16], columns=range(26))
        self.year = year


def test_people_grow_up() -> None:
    """Those of 9 in 2020 are 14 in 2025: 100, with the 10s of then 15; under 3s are three ages."""
    people, notes = people_by_year(2025, 2026, Counted(), None)  # type: ignore[arg-type]

    assert people is not None
    assert people[0, 0] == 300  # ages 0 to 2
    assert people[0, 14 - 2] == 100
    assert people[0, 15 - 2] == 200
    assert people[1, 15 - 2] == 100
    assert "nobody moves in or out" in notes[0]


def test_without_people_it_is_said() -> None:
    """No population, or one of no known year: None, and a sentence for the notes."""
    for given_population in (None, Counted(None)):
        people, notes = people_by_year(2025, 2026, given_population, None)  # type: ignore[arg-type]
        assert people is None
        assert "no population" in notes[0]
