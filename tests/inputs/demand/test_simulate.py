"""Futures: whole children, balances in every draw, means that agree, the same again by seed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inputs.demand.entrants import by_kind
from inputs.demand.levers import Lever
from inputs.demand.project import project
from inputs.demand.simulate import Simulation, drawn, simulate
from tests.inputs.demand.tiny import ASD, FIRST, MAINSTREAM, SEMH, SPECIAL, large, tiny

if TYPE_CHECKING:
    from inputs.demand.basis import Basis

YEARS = tuple(FIRST + k for k in range(3))
DRAWS = 300


@pytest.fixture(scope="module")
def basis() -> Basis:
    """Return an authority of two thousand plans."""
    return large()


@pytest.fixture(scope="module")
def futures(basis: Basis) -> Simulation:
    """Return its futures."""
    return simulate(basis, YEARS, DRAWS, seed=3)


def test_plans_balance_in_every_draw(basis: Basis, futures: Simulation) -> None:
    """Plans are plans before, plus those that came, less those that ceased: to the child."""
    before = np.c_[np.full(DRAWS, basis.stock.sum()), futures.totals[:, :-1]]

    np.testing.assert_array_equal(futures.totals, before + futures.starts - futures.ceased)
    assert (futures.stock >= 0).all()


def test_the_total_follows_its_path(basis: Basis, futures: Simulation) -> None:
    """New plans fill what the drawn total leaves room for, so it is met exactly."""
    paths = drawn(basis, DRAWS, len(YEARS), 3).totals

    np.testing.assert_array_equal(futures.totals, paths)


def test_means_agree_with_the_projection(basis: Basis, futures: Simulation) -> None:
    """Expected numbers lie within chance of the means of the draws, in every group told.

    Chance is four standard errors of the mean; half a percent more is for points of the mean taken
    at fifteen places, and a child for groups of nearly nobody.
    """
    expected = project(basis, YEARS)
    pairs = [(futures.totals, expected.totals), (futures.specialist, expected.specialist)]
    pairs += [
        (futures.stock.sum(axis=axes), expected.stock.sum(axis=tuple(a - 1 for a in axes)))
        for axes in ((2, 3), (2, 4), (3, 4))
    ]
    _, kinds = futures.entrants.by(["kind", "year"])
    wanted = by_kind(expected).sum(axis=(2, 3))[[0, 1]].ravel()
    pairs.append((kinds[:, : len(wanted)], wanted))
    for draws, mean in pairs:
        slack = 4 * draws.std(axis=0) / np.sqrt(DRAWS) + 0.005 * mean + 1
        assert (np.abs(draws.mean(axis=0) - mean) <= slack).all()


def test_those_waiting_get_places_once(futures: Simulation) -> None:
    """Of 10 and 500 waiting, the 10 and all who can be found get a place, in the first year."""
    names, children = futures.entrants.by(["kind", "year", "need"])
    waiting = names[names["kind"] == "waiting"]

    assert set(waiting["year"]) == {FIRST}
    ten = waiting.index[waiting["need"] == "ASD"][0]
    assert set(children[:, ten]) == {10}
    many = waiting.index[waiting["need"] == "SEMH"][0]
    assert children[:, many].max() < 100


def test_entrants_are_those_of_the_stock(futures: Simulation) -> None:
    """Children in specialist places a year on are at most those of before and the entrants."""
    names, children = futures.entrants.by(["kind", "year"])
    new = [
        children[:, names.index[(names["year"] == year) & (names["kind"] != "transfer")]].sum(
            axis=1
        )
        for year in YEARS
    ]
    growth = np.diff(futures.specialist, axis=1)

    assert (growth <= np.array(new).T[:, 1:] + futures.starts[:, 1:]).all()


def test_totals_are_totals_of_draws(futures: Simulation) -> None:
    """The authority's total of a draw is the sum of its cells, however they are grouped."""
    totals = futures.entrants.totals()

    for by in (["zone"], ["need", "phase"], ["year", "nc_year", "kind"], []):
        np.testing.assert_array_equal(futures.entrants.by(by)[1].sum(axis=1), totals)
    table = futures.entrants.quantiles([])
    assert table["p50"].item() == np.sort(totals)[DRAWS // 2 - 1]


def test_the_same_seed_is_the_same_again(basis: Basis) -> None:
    """Every array and every row comes again; another seed gives others."""
    one, again = (simulate(basis, YEARS, 40, seed=3) for _ in range(2))
    other = simulate(basis, YEARS, 40, seed=4)

    np.testing.assert_array_equal(again.stock, one.stock)
    assert (again.entrants.counts != one.entrants.counts).nnz == 0
    assert again.entrants.rows.equals(one.entrants.rows)
    assert not np.array_equal(other.totals, one.totals)


@given(st.permutations(["a", "b", "c"]))
@settings(max_examples=6, deadline=None)
def test_names_of_zones_change_nothing(names: list[str]) -> None:
    """Other names for the same zones: the same children, under the other names."""
    plain = simulate(tiny(zones=("a", "b", "c")), (FIRST,), 20, seed=1)
    named = simulate(tiny(zones=names), (FIRST,), 20, seed=1)
    called = dict(zip(("a", "b", "c"), names, strict=True))
    one, other = plain.entrants.by(["zone"]), named.entrants.by(["zone"])

    for at, zone in enumerate(one[0]["zone"]):
        same = other[0].index[other[0]["zone"] == called[zone]][0]
        np.testing.assert_array_equal(one[1][:, at], other[1][:, same])
    np.testing.assert_array_equal(plain.stock, named.stock)


def test_levers_keep_the_paths_and_rates_of_a_draw(basis: Basis, futures: Simulation) -> None:
    """Half the new plans: as many as without levers are halved, draw by draw, to a child."""
    lever = Lever("half", "starts", (0.5,))
    less = simulate(basis, YEARS, DRAWS, seed=3, levers=[lever], unmitigated=futures)
    alone = simulate(basis, YEARS, 100, seed=3, levers=[lever])

    np.testing.assert_array_equal(less.stock[:100], alone.stock)
    np.testing.assert_array_equal(less.arrivals, futures.arrivals)
    assert (less.totals < futures.totals).all()
    corr = np.corrcoef(less.specialist[:, -1], futures.specialist[:, -1])[0, 1]
    assert corr > 0.6  # the same rates and totals, so most of what differs between draws is shared


@pytest.mark.parametrize("acts_on", ["cease", "into_specialist", "stay_specialist"])
def test_means_agree_with_levers_too(basis: Basis, acts_on: str) -> None:
    """A lever of any kind moves the draws as it moves the expected numbers."""
    lever = Lever("x", acts_on, (0.7,))  # type: ignore[arg-type]
    done = simulate(basis, YEARS[:2], 200, seed=8, levers=[lever]).specialist
    wanted = project(basis, YEARS[:2], [lever]).specialist

    slack = 4 * done.std(axis=0) / np.sqrt(200) + 0.005 * wanted
    assert (np.abs(done.mean(axis=0) - wanted) <= slack).all()


def test_certainty_leaves_only_chance() -> None:
    """With every rate known, the 18 of 90 who move have a binomial's spread, 90 left by another.

    Of 100, each moves with 0.9 x 0.2 = 0.18: variance 100 x 0.18 x 0.82 = 14.8.
    """
    done = simulate(tiny(), (FIRST,), 1500, seed=2)
    names, children = done.entrants.by(["kind", "nc_year"])
    moved = children[:, names.index[(names["kind"] == "new") & (names["nc_year"] == 7)][0]]

    assert moved.mean() == pytest.approx(18, abs=4 * np.sqrt(14.8 / 1500))
    assert moved.var() == pytest.approx(14.8, rel=0.2)


def test_rates_vary_from_year_to_year() -> None:
    """A rate of moves that varies by 0.4 of itself: (18 x 0.4)^2 = 52 more than chance's 14.8.

    Less the chance that the spread of the rate takes away: 100 x 0.18^2 x 0.4^2 = 0.5. So 66.
    """
    done = simulate(tiny(year_sds=(0.0, 0.4, 0.0, 0.0)), (FIRST,), 1500, seed=2)
    names, children = done.entrants.by(["kind", "nc_year"])
    moved = children[:, names.index[(names["kind"] == "new") & (names["nc_year"] == 7)][0]]

    assert moved.mean() == pytest.approx(18, abs=4 * np.sqrt(66 / 1500))
    assert moved.var() == pytest.approx(66, rel=0.25)


def test_nobody_is_left_when_the_total_falls() -> None:
    """The total is forecast to fall faster than plans cease: no plan comes, none is taken away."""
    basis = tiny({(MAINSTREAM, ASD, 7): 100, (SPECIAL, SEMH, 7): 20}, (1.0, 1.0, 1.0))
    done = simulate(basis, (FIRST,), 50, seed=1)

    assert (done.arrivals == 0).all()
    np.testing.assert_array_equal(done.totals[:, 0], 120 - done.ceased[:, 0])


def test_draws_do_not_depend_on_how_many_are_made() -> None:
    """The first hundred of two hundred draws are a hundred draws: work is done in hundreds."""
    basis = replace(large(), zones=tiny().zones)
    few, many = (simulate(basis, YEARS[:1], n, seed=6) for n in (100, 200))

    np.testing.assert_array_equal(few.stock, many.stock[:100])
    assert (few.entrants.totals() == many.entrants.totals()[:100]).all()
