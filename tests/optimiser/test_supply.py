"""Stays, places, openings, capital, journeys and set-aside, each counted by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from optimiser.plan import plan_of
from optimiser.solve import Settings, solve
from optimiser.stays import Stays, evenly_aged, fading, years_left
from optimiser.supply import first_year_share
from tests.optimiser.builders import (
    base,
    case_of,
    due,
    inmss,
    journeys,
    one_base,
    option,
    posed,
    taught,
    teaches,
    zone,
)

NO_STAY = pd.DataFrame(columns=["need", "phase", "nc_year", "years_since_entry", "share_remaining"])
HERE = {"provision": "elm_base", "need": "ASD", "phase": "primary", "children": 4}


def opening(**cells: Any) -> Any:
    """Return the problem of a wing with some cells changed."""
    return posed(one_base(options=[option(**cells)]))


# stays


@pytest.mark.parametrize(
    ("phase", "nc_year", "years"),
    [
        ("primary", 0, 7),
        ("primary", 6, 1),
        ("secondary", 7, 5),
        ("post16", 12, 3),
        ("primary", 9, 1),
    ],
)
def test_years_left(phase: str, nc_year: int, years: int) -> None:
    """Reception has seven years of primary ahead, Year 6 one; nobody has fewer than one."""
    assert years_left(phase, nc_year) == years


def test_children_fade_by_cessation_and_leave_at_the_end() -> None:
    """A tenth a year: 1, 0.9, 0.81, and nobody after three years."""
    assert fading(3, 0.1)[:4].tolist() == pytest.approx([1, 0.9, 0.81, 0])


def test_a_phase_evenly_filled_empties_evenly() -> None:
    """Of secondary pupils spread over five years a fifth leave each year."""
    assert evenly_aged("secondary", 0.0)[:6].tolist() == pytest.approx([1, 0.8, 0.6, 0.4, 0.2, 0])


def test_what_a_table_says_of_a_year_group_wins() -> None:
    """The row of the year group, then the row of any (cut at the end of the phase), then length."""
    rows = [("ASD", "primary", None, 1, 0.8), ("ASD", "primary", 3, 1, 0.5)]
    stays = Stays(pd.DataFrame(rows, columns=NO_STAY.columns), 0.0)

    assert stays.remaining("ASD", "primary", 3, "new")[:3].tolist() == [1, 0.5, 0]
    assert stays.remaining("ASD", "primary", 0, "new")[:3].tolist() == [1, 0.8, 0]
    assert stays.remaining("ASD", "primary", 6, "new")[:2].tolist() == [1, 0]
    assert stays.remaining("SLD", "secondary", None, "transfer")[:6].tolist() == [1, 1, 1, 1, 1, 0]


def test_finishing_is_what_cessation_does_not_explain() -> None:
    """A tenth cease after the first year; the 0.9 of the second all finish, but for a tenth."""
    done = Stays(NO_STAY, 0.1).finishing(fading(2, 0.1))

    assert done[:3].tolist() == pytest.approx([0, 0.81, 0])


def test_children_placed_now_run_down_by_year_group() -> None:
    """Four in Year 5 are there for two years; two of another authority are held constant."""
    rows = [HERE | {"nc_year": 5}, HERE | {"children": 2, "nc_year": 6, "authority": "other"}]
    problem = posed(one_base(placed=rows))

    assert problem.pinned.sum(axis=0)[:3].tolist() == [4, 4, 0]
    assert problem.others.sum(axis=0)[:3].tolist() == [2, 2, 2]
    leaving = posed(one_base(placed=rows), other_authorities="leave")
    assert leaving.others.sum(axis=0)[:3].tolist() == [2, 0, 0]


# openings and places


@pytest.mark.parametrize(
    ("month", "twelfths"),
    [(9, 12), (10, 11), (12, 9), (1, 8), (4, 5), (8, 1)],
)
def test_an_opening_in_april_has_five_twelfths_of_its_year(month: int, twelfths: int) -> None:
    """April to August are five months of an academic year that starts in September."""
    assert first_year_share(month) == pytest.approx(twelfths / 12)


def test_a_ramp_counts_from_opening_and_ends_at_its_last_share() -> None:
    """Half of 8 places in the first year (of which an April opening has 5/12), all from then on."""
    problem = opening(ramp="0.5; 1", opens_month=4, lead_years=0)

    assert problem.added[0, 0].tolist() == pytest.approx([8 * 0.5 * 5 / 12, 8, 8])
    assert problem.added[0, 1].tolist() == pytest.approx([0, 8 * 0.5 * 5 / 12, 8])


@pytest.mark.parametrize(
    ("cells", "years"),
    [
        ({"lead_years": 0}, [True, True, True]),
        ({"lead_years": 1}, [False, True, True]),
        ({"lead_years": 3}, [False, False, False]),
        ({"lead_years": 0, "earliest": 2027}, [False, True, True]),
        ({"lead_years": 2, "earliest": 2027}, [False, False, True]),
        ({"lead_years": 0, "latest": 2026}, [True, False, False]),
        ({"lead_years": 0, "host_agrees": "no"}, [False, False, False]),
        ({"lead_years": 5, "committed_year": 2027}, [False, True, False]),
        ({"host_agrees": "no", "committed_year": 2026}, [True, False, False]),
    ],
)
def test_when_an_option_can_open(cells: dict[str, Any], years: list[bool]) -> None:
    """A decision now opens after its lead, within its years; what is committed in its own year."""
    assert opening(**cells).can_open()[0].tolist() == years


def test_capital_falls_before_opening_and_never_before_now() -> None:
    """A quarter two years before and the rest the year before: opened now, all of it now."""
    spend = opening(capital_profile="0.25; 0.75", lead_years=0).spend[0]

    assert spend[0, :3].tolist() == [400_000, 0, 0]
    assert spend[1, :3].tolist() == [400_000, 0, 0]
    assert spend[2, :3].tolist() == [100_000, 300_000, 0]


def test_what_is_built_keeps_the_value_of_its_unused_years() -> None:
    """Three years of ten used by 2029 if opened in 2026; nothing is left of a life of two."""
    assert opening(asset_life_years=10).residual[0].tolist() == pytest.approx(
        [280_000, 320_000, 360_000]
    )
    assert opening(asset_life_years=2).residual[0].tolist() == pytest.approx([0, 0, 200_000])


def test_shrinking_takes_only_what_the_children_there_leave() -> None:
    """Ten places less 8 leave 2; four Year 5 children stay until 2027, so 6, 6 and then 8 go."""
    case = one_base(placed=[HERE | {"nc_year": 5}], options=[option(places=-8)], option_teaches=[])

    assert posed(case).taken[0].tolist() == [6, 6, 8]


def test_closing_lets_the_children_there_finish() -> None:
    """A base of 10 with four in Year 5 that closes at once: no entrant ever, and they stay."""
    shut = option("shut", -10, capital_gbp=0, lead_years=0, committed_year=2026)
    case = one_base(placed=[HERE | {"nc_year": 5}], options=[shut], option_teaches=[])
    problem = posed(case)

    plan = plan_of(problem, solve(problem, Settings(gap=0.0)))

    assert set(plan.placements["provision"]) == {"far_school"}
    elm = plan.rolls[plan.rolls["provision"] == "elm_base"]
    assert elm["roll"].tolist() == [4, 4]
    funding = plan.money.query("term == 'place_funding'").set_index("year")["gbp"]
    assert funding[2026] == funding[2027] == 4 * 6_000
    assert funding[2028] == 0


def test_inmss_places_open_to_us_follow_our_children() -> None:
    """Two of ours are there now: 2, then 10 % more each year; a stated number wins, by year."""
    rows = [HERE | {"provision": "far_school", "children": 2, "nc_year": 0}]
    case = one_base(provisions=[base(), inmss(available=None)], placed=rows)
    assert posed(case, available_growth=0.1).capacity[1].tolist() == pytest.approx([2, 2.2, 2.42])

    case = one_base(provisions=[base(), inmss(available="2026: 3; 2028: 7")], placed=rows)
    assert posed(case).capacity[1].tolist() == [3, 3, 7]


def test_an_option_takes_no_more_room_over_number_than_is_spare() -> None:
    """One over number fits; a wing that builds 4 for its 8 places takes that one, not four."""
    case = one_base(
        provisions=[base(physical_places=11), inmss()], options=[option(physical_places=4)]
    )

    assert posed(case).over_added.tolist() == [[-1, -1, -1]]


# journeys


def test_a_shared_ride_counts_against_the_hard_limit() -> None:
    """70 minutes direct is 98 on a shared ride at 1.4: over the 90 for primary, so out of reach."""
    case = one_base()
    far = journeys(case, north__far_school=(70.0, 40.0))

    assert len(posed(case, far).arcs) == 2
    assert len(posed(case, far, shared_ride_factor=1.4).arcs) == 1


def test_residential_provision_has_no_daily_journey_to_limit() -> None:
    """Three hours away is within reach, and over no guideline, where children board."""
    case = one_base(provisions=[base(), inmss(**{"class": "inmss_residential"})])
    far = journeys(case, north__far_school=(180.0, 120.0))

    problem = posed(case, far, over_guideline_share=0.0)

    assert len(problem.arcs) == 2
    assert not problem.arcs["over_guideline"].any()
    assert problem.arcs["measured"].tolist() == [True, False]


def test_fewer_are_transported_within_walking_distance() -> None:
    """Under two miles (primary) 40 % travel, beyond it 75 %: £1 a mile, 400 runs a year."""
    case = one_base()
    trips = journeys(case, north__elm_base=(5.0, 2.0), north__far_school=(20.0, 10.0))
    problem = posed(
        case,
        trips,
        transported_share=0.75,
        transported_within_walking_share=0.4,
        transport_per_mile_run_gbp=1.0,
    )

    assert problem.arcs["transport_gbp"].tolist() == pytest.approx([0.4 * 2 * 400, 0.75 * 10 * 400])


def test_transport_is_scaled_to_todays_average() -> None:
    """Four children 5 miles off at £1 a mile and a vehicle at £10: 4 x 2,000 + 4,000 = £12,000.

    That is £3,000 a user; the stated average is £9,000, so every rate is three times as much.
    """
    case = one_base(placed=[HERE | {"nc_year": 0, "zone": "north"}])
    problem = posed(
        case,
        transport_average_gbp=9_000.0,
        transport_per_mile_run_gbp=1.0,
        transport_fixed_per_run_gbp=10.0,
    )

    assert problem.transport_scale == pytest.approx(3)
    assert problem.constant["transport", "general_fund"][0] == pytest.approx(4 * 9_000)


# children set aside


def test_children_go_to_inmss_in_todays_proportions() -> None:
    """A tenth of 20 go whatever we open: three quarters of them where 6 of our 8 are now."""
    near, far = inmss("near_school"), inmss("far_school")
    case = case_of(
        1,
        zones=[zone()],
        provisions=[base(places=50), near, far],
        teaches=[
            teaches("elm_base", 10_000),
            teaches("near_school", 50_000),
            teaches("far_school", 50_000),
        ],
        placed=[
            HERE | {"provision": p, "children": n, "nc_year": 0}
            for p, n in (("near_school", 6), ("far_school", 2))
        ],
        entrants=[due(20, 2026)],
    )

    problem = posed(case, goes_to_inmss={"ASD": 0.1})

    assert problem.entrants.sum() == pytest.approx(18)
    assert problem.aside["children"].tolist() == pytest.approx([1.5, 0.5])
    beyond = journeys(case, north__far_school=(95.0, 60.0))
    assert posed(case, beyond, goes_to_inmss={"ASD": 0.1}).aside["children"].tolist() == [2.0]


def test_those_set_aside_whom_nothing_reaches_stay_with_the_plan() -> None:
    """The only INMSS is out of reach: nobody is set aside, and a warning names how many."""
    rows = [HERE | {"provision": "far_school", "nc_year": 0}]
    case = one_base(children=10, placed=rows)

    problem = posed(case, journeys(case, north__far_school=(95.0, 60.0)), goes_to_inmss=0.1)

    assert problem.entrants.sum() == pytest.approx(30)
    assert any("3.0 of the children" in warning.problem for warning in problem.warnings)


def test_the_most_that_can_be_due() -> None:
    """Half of those who enter are gone a year later: 4; 6 + 2; 6 + 4 if none is ever placed."""
    half = [{"need": "ASD", "phase": "primary", "years_since_entry": 1, "share_remaining": 0.5}]
    entrants = [due(n, 2026 + t) for t, n in enumerate((4, 6, 6))]

    problem = posed(one_base(entrants=entrants, stay=half))

    assert problem.due_most[0].tolist() == pytest.approx([4, 8, 10])


def test_a_residual_is_discounted_from_the_end() -> None:
    """£200,000 left after the one year of the plan at 5 %: £190,476 of present value, taken off."""
    case = one_base(1, options=[option(asset_life_years=2, committed_year=2026)])
    problem = posed(case, discount_rate=0.05)

    plan = plan_of(problem, solve(problem, Settings(gap=0.0)))

    left = plan.money[plan.money["term"] == "residual"]
    assert left["gbp"].sum() == pytest.approx(-200_000)
    assert left["pv_gbp"].sum() == pytest.approx(-200_000 / 1.05)


def test_growth_of_the_row_wins_over_the_class_and_the_scenario() -> None:
    """The base's own 10 %, the INMSS's 5 % as a class, and the 1 % of all others nowhere."""
    case = one_base(
        teaches=[teaches("elm_base", 10_000, fee_growth=0.1), teaches("far_school", 50_000)]
    )
    problem = posed(case, fee_growth=0.01, fee_growth_by_class={"inmss_day": 0.05})

    assert problem.annual_cost[:, 1].tolist() == pytest.approx([11_000, 52_500])


def test_occupancy_is_of_places_and_never_below_who_is_there() -> None:
    """95 % of 10 places is 9.5; with 10 there now, 10."""
    assert posed(one_base(), planning_occupancy={"specialist_base": 0.95}).capacity[
        0
    ].tolist() == pytest.approx([9.5] * 3)
    full = one_base(placed=[HERE | {"children": 10, "nc_year": 5}])
    assert np.allclose(
        posed(full, planning_occupancy={"specialist_base": 0.95}).capacity[0], [10, 10, 9.5]
    )


def test_an_option_teaches_what_it_says_and_costs_what_is_taught_there() -> None:
    """Where a need is taught now its cost stands; where two options differ the higher is told."""
    rows = [option("a", 4), option("b", 6)]
    case = one_base(
        options=rows,
        option_teaches=[
            taught("a", 15_000, "SLD"),
            taught("b", 18_000, "SLD"),
            taught("b", 99_000),
        ],
    )

    problem = posed(case)

    at = problem.taught.set_index(["provision", "need"])["annual_cost_gbp"]
    assert at["elm_base", "ASD"] == 10_000
    assert at["elm_base", "SLD"] == 18_000
    assert any("the higher is used" in warning.problem for warning in problem.warnings)
