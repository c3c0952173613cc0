"""Over draws: the extensive form agrees with enumeration, and progressive hedging with both."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from optimiser.answer import OutOfTime, Settings
from optimiser.futures import Future
from optimiser.model import build
from optimiser.ranks import hedge_on_ranks, mpiexec
from optimiser.sizing import Interval
from optimiser.stochastic import (
    Two,
    Worth,
    best_of,
    extensive_form,
    over_draws,
    wait_and_see,
)
from tests.optimiser.builders import FIRST, one_base, option, posed, taught

if TYPE_CHECKING:
    from optimiser.hedging import Hedged
    from optimiser.problem import Problem

EXACT = Settings(gap=0.0, threads=1)
ROUNDS = 6


def draw(children: float) -> Problem:
    """Return the smallest borough with two wings on offer, and so many children due a year."""
    options = [option(), option("elm_more", 10, capital_gbp=300_000)]
    teaching = [taught(), taught("elm_more")]
    return posed(one_base(3, children=children, options=options, option_teaches=teaching))


@pytest.fixture(scope="module")
def draws() -> list[Problem]:
    """Return three draws: few children, some, many."""
    return [draw(children) for children in (1, 4, 9)]


@pytest.fixture(scope="module")
def held(draws: list[Problem]) -> list[Future]:
    """Return the draws, held."""
    return [Future(one, EXACT) for one in draws]


@pytest.fixture(scope="module")
def enumerated(held: list[Future]) -> float:
    """Return the least expected cost of any openings, each tried in turn."""
    names, years = ("elm_wing", "elm_more"), (0, FIRST + 1, FIRST + 2)
    costs = []
    for when in product(years, repeat=len(names)):
        openings = {name: year for name, year in zip(names, when, strict=True) if year}
        costs.append(np.mean([one.place(openings).proof.cost_gbp for one in held]))
    return float(min(costs))


def test_the_extensive_form_finds_what_enumeration_finds(
    draws: list[Problem], held: list[Future], enumerated: float
) -> None:
    """One model of all draws: the same least expected cost, proven, and its bound holds."""
    found = over_draws(draws, held, EXACT)
    assert found.proof.cost_gbp == pytest.approx(enumerated, abs=0.05)
    assert found.proof.bound_gbp <= enumerated + 0.05
    assert found.proof.termination == "optimal"
    mean = np.mean([one.high for one in found.by_draw])
    assert mean == pytest.approx(found.proof.cost_gbp)


def test_the_same_draw_twice_is_that_draw(draws: list[Problem]) -> None:
    """Draws that are alike cost, over all, what one of them costs alone."""
    alone, _ = wait_and_see([draws[1]], EXACT)
    twice = [draws[1], draws[1]]
    found = over_draws(twice, [Future(one, EXACT) for one in twice], EXACT)
    assert found.proof.cost_gbp == pytest.approx(alone.high, abs=0.05)


def test_values_are_never_below_nought_and_hold_what_enumeration_says(
    draws: list[Problem], held: list[Future], enumerated: float
) -> None:
    """Knowing beforehand never costs more; the plan for the mean never costs less."""
    known, own = wait_and_see(draws, EXACT)
    found = over_draws(draws, held, EXACT, candidates=own, known_bound=known.low)
    costs = [Interval.of(one.place(own[1]).proof) for one in held]
    by_mean = Interval(
        float(np.mean([one.low for one in costs])), float(np.mean([one.high for one in costs]))
    )
    worth = Worth(Interval(found.proof.bound_gbp, found.proof.cost_gbp), by_mean, known)
    assert known.high <= enumerated + 0.05 <= by_mean.high + 0.1
    assert worth.solution.low <= by_mean.high - enumerated + 0.05
    assert worth.solution.high >= by_mean.low - enumerated - 0.05
    assert worth.information.low <= enumerated - known.low + 0.05
    assert worth.information.high >= enumerated - known.high - 0.05
    assert min(worth.solution.low, worth.information.low) >= 0.0


def test_draws_with_other_openings_cannot_share_one_model(draws: list[Problem]) -> None:
    """Draws whose options differ are refused, not mixed up."""
    other = posed(one_base(3, children=2))
    with pytest.raises(ValueError, match="same openings"):
        extensive_form([build(draws[0]), build(other)])


def test_no_candidate_that_can_be_is_told(held: list[Future]) -> None:
    """Where no openings were found, it is said that time ran out; nothing is made up."""
    with pytest.raises(OutOfTime):
        best_of([], held, -np.inf, EXACT)


def agrees(found: Hedged, held: list[Future], least: float) -> Two:
    """Require that hedging's best candidate costs the least there is, and that its bound holds."""
    best = best_of(found.candidates, held, found.bound_gbp, EXACT)
    assert best.proof.cost_gbp == pytest.approx(least, rel=1e-6, abs=0.05)
    assert found.bound_gbp <= least + 0.05
    return best


def test_hedging_on_one_rank_agrees_with_the_extensive_form(
    draws: list[Problem], held: list[Future], enumerated: float
) -> None:
    """In this process, on the same Pyomo model: the same optimum, and a bound within 1%."""
    pytest.importorskip("mpisppy", reason="the extra 'stochastic' is not installed")
    found = hedge_on_ranks(draws, 1, rounds=ROUNDS, gap=0.0)
    assert found.ranks == 1
    best = agrees(found, held, enumerated)
    assert best.proof.gap < 0.01


def test_hedging_on_two_ranks_agrees_with_the_extensive_form(
    draws: list[Problem], held: list[Future], enumerated: float
) -> None:
    """Two ranks of mpiexec share the draws and come to the same optimum."""
    pytest.importorskip("mpisppy", reason="the extra 'stochastic' is not installed")
    pytest.importorskip("mpi4py", reason="the extra 'stochastic' is not installed")
    if mpiexec() is None:
        pytest.skip("there is no mpiexec")
    found = hedge_on_ranks(draws, 2, rounds=ROUNDS, gap=0.0)
    assert found.ranks == 2
    agrees(found, held, enumerated)
