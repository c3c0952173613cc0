"""Policy options: who is treated differently, and nothing else; and searches that begin warm."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.routing.children import child_table
from geo.routing.matrix import matrix_of
from geo.routing.options import policy_options
from geo.routing.policy import policy_on
from geo.routing.route import route_side
from geo.routing.types import Effort, School, VehicleType

ON = date(2026, 9, 1)
TAXI = VehicleType("taxi", 4, 0, 30.0, 2.0)
BUS = VehicleType("bus", 16, 2, 70.0, 2.5, assistant_gbp=25.0)


def children() -> pd.DataFrame:
    """Return thirty children of one school: a row of homes a quarter of a mile apart.

    Every third is in primary, every fifth travels alone, every seventh in a wheelchair, every sixth
    would take a budget.
    """
    n = np.arange(30)
    return child_table(
        pd.DataFrame(
            {
                "child": [f"p{i:02d}" for i in n],
                "zone": "north",
                "need": "ASD",
                "phase": np.where(n % 3 == 0, "primary", "secondary"),
                "easting": 400_000.0 + 400.0 * n,
                "northing": 100_000.0,
                "solo": n % 5 == 0,
                "wheelchair": n % 7 == 0,
                "ptb": n % 6 == 1,
                "provision": "oak",
            }
        )
    )


def options():  # noqa: ANN201
    """Return the options by key."""
    found = policy_options(children(), policy_on(ON), ON, rates=(0.3, 0.9), seed=1)
    return {one.key: one for one in found}


def test_rates_asked_for_take_the_place_of_the_dated_ones() -> None:
    """--budget-rate 0.30 and 0.90 give two options at those rates, and no other."""
    found = options()
    assert [key for key in found if key.startswith("budgets")] == ["budgets_30p", "budgets_90p"]
    assert found["budgets_30p"].policy.ptb_per_mile_gbp == 0.3
    usual = policy_options(children(), policy_on(ON), ON)
    assert [one.key for one in usual if one.key.startswith("budgets")] == [
        "budgets_45p",
        "budgets_55p",
        "budgets_60p",
    ]


def test_no_budgets_changes_only_who_may_have_one() -> None:
    """Five families would take one; with none allowed every other column is as it was."""
    one = options()["no_budgets"]
    assert one.affected == 5
    assert not one.children["ptb"].any()
    pd.testing.assert_frame_equal(one.children.drop(columns="ptb"), children().drop(columns="ptb"))


def test_a_solo_review_lets_half_share_with_an_assistant() -> None:
    """Six travel alone; three come to share, and need an assistant aboard; the rest stay alone."""
    one = options()["solo_review"]
    assert one.affected == 3
    changed = children()["solo"] & ~one.children["solo"]
    assert changed.sum() == 3
    assert one.children.loc[changed, "assistant"].all()
    assert (one.children["solo"] & ~children()["solo"]).sum() == 0


def test_pick_up_points_gather_only_older_children_who_can_walk() -> None:
    """Nobody walks further than 800 metres, lengthened; primary, wheelchair and solo stay put."""
    one = options()["pick_up_points"]
    before, after = children(), one.children
    moved = (before[["easting", "northing"]] != after[["easting", "northing"]]).any(axis=1)
    assert 0 < moved.sum() <= one.affected
    assert set(before.loc[moved, "phase"]) == {"secondary"}
    assert not before.loc[moved, ["wheelchair", "solo"]].any(axis=None)
    walked = np.hypot(after["easting"] - before["easting"], after["northing"] - before["northing"])
    assert walked.max() * 1.3 <= 800.0 + 1e-6
    # who gathers stands where another child lives, and nowhere new
    assert set(after.loc[moved, "easting"]) <= set(before["easting"])


def test_travel_training_takes_older_children_off_vehicles_at_a_price() -> None:
    """A tenth of those able: their passes a year, and their training once, are priced."""
    one = options()["travel_training"]
    trained = one.children["walks"]
    assert trained.sum() == one.affected == 1
    assert one.own_gbp_a_year == pytest.approx(900.0)
    assert one.one_off_gbp == pytest.approx(2_500.0)
    assert set(one.children.loc[trained, "phase"]) == {"secondary"}


def test_the_same_seed_chooses_the_same_children() -> None:
    """Who takes part is drawn, and can be had again."""
    again = {one.key: one for one in policy_options(children(), policy_on(ON), ON, seed=1)}
    pd.testing.assert_frame_equal(options()["solo_review"].children, again["solo_review"].children)
    other = {one.key: one for one in policy_options(children(), policy_on(ON), ON, seed=2)}
    assert not other["solo_review"].children.equals(again["solo_review"].children)


def test_an_option_that_only_frees_never_costs_more() -> None:
    """Begun from the routes that stand, fewer children to carry never cost more, however short.

    Two searches from nothing could: one iteration a child is hardly a search at all.
    """
    schools = (School("oak", 402_000.0, 104_000.0),)
    policy = policy_on(ON)
    here = children()
    matrix = matrix_of(here, schools, None)
    effort = Effort(iterations=1)
    now = route_side(here, schools, (TAXI, BUS), policy, matrix, effort=effort)
    assert not now.violations
    trained = here["child"].isin(["p01", "p04", "p08", "p13"])
    fewer = here.assign(walks=here["walks"] | trained)
    after = route_side(
        fewer, schools, (TAXI, BUS), policy, matrix, effort=effort, start=now.routes, seed=9
    )
    assert not after.violations
    assert after.cost_a_year_gbp <= now.cost_a_year_gbp + 1e-6
    alone = here.assign(solo=False)
    shared = route_side(
        alone, schools, (TAXI, BUS), policy, matrix, effort=effort, start=now.routes, seed=9
    )
    assert not shared.violations
    assert shared.cost_a_year_gbp <= now.cost_a_year_gbp + 1e-6


def test_routes_that_do_not_fit_are_not_begun_from() -> None:
    """Children who now live elsewhere break the rides of old routes: the search begins afresh."""
    schools = (School("oak", 402_000.0, 104_000.0),)
    policy = policy_on(ON)
    here = children()
    effort = Effort(iterations=5)
    now = route_side(here, schools, (BUS,), policy, matrix_of(here, schools, None), effort=effort)
    far = here.assign(easting=here["easting"] + np.where(np.arange(30) % 2, 25_000.0, -25_000.0))
    matrix = matrix_of(far, schools, None)
    after = route_side(far, schools, (BUS,), policy, matrix, effort=effort, start=now.routes)
    assert not after.violations
    carried = {child for route in after.routes for child in route.children}
    assert carried | {one.child for one in after.apart} == set(far["child"])
