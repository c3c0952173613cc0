"""The term finds what made the costs, and tells its error on provisions it has not seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.routing.term import FEWEST, catchments, fit, fit_term
from geo.routing.types import Effort
from tests.geo.routing.builders import TAXI, kids, routed, school


def made(seed: int = 0, noise: float = 0.0, provisions: int = 30) -> pd.DataFrame:
    """Return catchments that cost £40 + 5 a child + 1.5 a mile + 20 a wheelchair, with noise."""
    luck = np.random.default_rng(seed)
    children = luck.integers(3, 60, provisions)
    miles = children * luck.uniform(2, 10, provisions)
    chairs = luck.binomial(children, 0.1)
    cost = 40 + 5 * children + 1.5 * miles + 20 * chairs
    return pd.DataFrame(
        {
            "provision": [f"p{n}" for n in range(provisions)],
            "travels": "daily",
            "children": children,
            "miles": miles,
            "wheelchairs": chairs,
            "cost_gbp": cost * np.exp(luck.normal(0, noise, provisions)),
            "solo_gbp": 30.0 * children,
        }
    )


def test_exact_costs_are_found_exactly() -> None:
    """Without noise the four figures come back, and nothing is missed."""
    term = fit(made())
    assert term is not None

    assert (term.fixed_gbp, term.child_gbp) == pytest.approx((40.0, 5.0), abs=1e-6)
    assert (term.mile_gbp, term.wheelchair_gbp) == pytest.approx((1.5, 20.0), abs=1e-6)
    assert term.error_share < 1e-9
    assert term.cost_gbp(10, 50, 1) == pytest.approx(40 + 50 + 75 + 20)
    assert term.cost_gbp(0, 0, 0) == 0.0


def test_the_error_is_of_the_noise() -> None:
    """With 10 % of noise the mean miss is near 8 % (the mean of |N(0, 0.1)|), and a little more.

    The average cost a child misses far more, since small catchments cost more a child.
    """
    term = fit(made(noise=0.1, provisions=60))
    assert term is not None

    assert 0.06 < term.error_share < 0.12
    assert term.average_error_share > 1.5 * term.error_share


def test_no_figure_is_below_zero() -> None:
    """Wheelchairs that seem to save money are noise: the figure is nothing, not less."""
    table = made(noise=0.3, provisions=8)
    table["cost_gbp"] -= 30 * table["wheelchairs"]
    term = fit(table)
    assert term is not None

    assert min(term.fixed_gbp, term.child_gbp, term.mile_gbp, term.wheelchair_gbp) >= 0.0


def test_twins_do_not_give_a_cost_away() -> None:
    """The same catchments twice (two sides): what is left out goes with its twin.

    A fit that saw the twin would miss less; here the error is the same as without twins.
    """
    table = made(noise=0.2, provisions=12)
    once, twice = fit(table), fit(pd.concat([table, table], ignore_index=True))
    assert once is not None
    assert twice is not None

    assert twice.error_share == pytest.approx(once.error_share)
    assert (twice.catchments, twice.provisions) == (24, 12)


def test_too_few_provisions_teach_nothing() -> None:
    """Five provisions are too few for four figures and one left out."""
    assert fit(made(provisions=FEWEST - 1)) is None
    assert fit(made(provisions=FEWEST)) is not None
    assert fit_term([]) is None


def test_a_catchment_is_added_up_from_routes() -> None:
    """Ann and Bob, 4 and 2 miles out, share a taxi: £20 + 4 x £2 = £28 a run; 6 direct miles.

    Alone they would cost £28 and £24. Cat's budget for 1 mile counts too: £1.10.
    """
    children = kids(
        {"ann": (4, 0), "bob": (2, 0), "cat": (-1, 0), "dan": (1, 1)},
        {"ann": "oak", "bob": "oak", "cat": "elm", "dan": "oak"},
        ptb=["cat"],
        walks=["dan"],
    )
    side = routed(children, [school(), school("elm")], [TAXI])
    found = catchments(side).set_index("provision")

    assert found.loc["oak", "children"] == 2
    assert found.loc["oak", "miles"] == pytest.approx(6.0, abs=1e-2)
    assert found.loc["oak", "cost_gbp"] == pytest.approx(28.0, abs=1e-2)
    assert found.loc["oak", "solo_gbp"] == pytest.approx(52.0, abs=1e-2)
    assert found.loc["elm", "cost_gbp"] == pytest.approx(1.10, abs=1e-2)


def test_routed_sides_are_fitted() -> None:
    """Eight provisions of different size, routed: a term with its error, better than solo taxis."""
    luck = np.random.default_rng(1)
    where, to = {}, {}
    schools = [school(f"s{n}", east=12 * n) for n in range(8)]
    for n in range(8):
        for m in range(3 + 3 * n):
            where[f"k{n}_{m}"] = (12 * n + luck.uniform(-5, 5), luck.uniform(-5, 5))
            to[f"k{n}_{m}"] = f"s{n}"
    side = routed(kids(where, to), schools, effort=Effort(iterations=20))
    term = fit_term([side])
    assert term is not None

    assert term.provisions == 8
    assert 0 < term.error_share < term.solo_error_share
