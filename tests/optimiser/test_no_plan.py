"""When no plan can be: the rules that clash are named in plain words, with their figures."""

from __future__ import annotations

from typing import Any

import pytest

from inputs.errors import InputError
from optimiser.problem import do_minimum
from optimiser.solve import NoPlan, OutOfTime, Settings, Stop, Termination, solve
from tests.optimiser.builders import (
    FIRST,
    due,
    journeys,
    one_base,
    option,
    posed,
    programme,
    taught,
)

COMMITTED = {"committed_year": 2027}


def told(problem: Any) -> str:
    """Return what is said of a problem that no plan solves."""
    with pytest.raises(NoPlan) as caught:
        solve(problem, Settings())
    assert caught.value.clashes
    return str(caught.value)


def wing(*more: dict[str, Any], **policy: Any) -> Any:
    """Return one base with a committed wing (£400,000), and perhaps other options."""
    rows = [option(name="Elm wing", funding="hnpca", **COMMITTED), *more]
    case = one_base(options=rows, option_teaches=[taught(row["option"]) for row in rows])
    return posed(case, **policy)


def test_a_commitment_over_the_budget_of_its_year() -> None:
    """£400,000 falls in 2026 (the year before opening); £150,000 is allowed: £250,000 is short."""
    said = told(wing(capital_budget_by_year_gbp={2026: 150_000}))

    assert "the capital budget of 2026 (£150,000) is £250,000 short" in said
    assert "the commitment to open Elm wing (elm_wing) in 2027, capital £400,000" in said


def test_a_commitment_over_its_grant() -> None:
    """The grant holds £100,000 of the £400,000."""
    said = told(wing(capital_budget_by_grant_gbp={"hnpca": 100_000}))

    assert "the grant hnpca (£100,000) is £300,000 short" in said


def test_a_commitment_over_the_whole_budget() -> None:
    """However small the budget, it is the budget that is named, not only the commitment."""
    said = told(wing(capital_budget_gbp=1_000))

    assert "the capital budget (£1,000 in total) is £399,000 short" in said
    assert "Elm wing" in said


def test_a_commitment_that_needs_what_cannot_open() -> None:
    """The storey is committed and needs a block whose host does not agree."""
    rows = [
        option("elm_block", 20, name="Elm block", host_agrees="no"),
        option("elm_storey", 10, name="Elm storey", requires="elm_block", **COMMITTED),
    ]
    case = one_base(options=rows, option_teaches=[taught(row["option"]) for row in rows])

    said = told(posed(case))

    assert "Elm storey (elm_storey) requires Elm block (elm_block) to be open by then" in said


def test_two_commitments_that_exclude_each_other() -> None:
    """Both are decided for 2027 and one rules the other out."""
    said = told(wing(option("elm_block", 20, name="Elm block", excludes="elm_wing", **COMMITTED)))

    assert "exclude one another" in said
    assert "Elm wing (elm_wing)" in said
    assert "Elm block (elm_block)" in said


def test_no_openings_allowed_and_two_commitments() -> None:
    """None may open in 2027, and two would have to."""
    said = told(wing(option("elm_block", 20, **COMMITTED), openings_per_year=0))

    assert "at most 0 opening(s) are allowed in 2027, and 2 more would be needed" in said


def test_only_whole_openings_clash() -> None:
    """Half a block a year would keep to both budgets: a clash of whole openings is found too.

    The storey, committed for 2028, needs the block by then. The block costs £400,000: opened in
    2026 or 2027 it is paid in 2026, opened in 2028 in 2027, and each year allows £200,000.
    """
    rows = [
        option("elm_block", 20, lead_years=0),
        option("elm_storey", 4, capital_gbp=0, requires="elm_block", committed_year=2028),
    ]
    case = one_base(options=rows, option_teaches=[taught(row["option"]) for row in rows])

    said = told(posed(case, capital_budget_by_year_gbp={2026: 200_000, 2027: 200_000}))

    assert "is £200,000 short" in said or "requires" in said


@pytest.mark.parametrize(
    ("rule", "limits"),
    [
        ("capital_by_year", {"capital_budget_by_year_gbp": {2026: 0}}),
        ("capital_by_grant", {"capital_budget_by_grant_gbp": {"hnpca": 0}}),
        ("capital_in_total", {"capital_budget_gbp": 0}),
        ("openings_per_year", {"openings_per_year": 0}),
    ],
)
def test_a_rule_that_is_switched_off_no_longer_clashes(rule: str, limits: dict[str, Any]) -> None:
    """Without the rule the committed wing opens."""
    told(wing(**limits))

    answer = solve(wing(**limits, switched_off=(rule,)), Settings())

    assert answer.decided["open"][0].tolist() == [0, 1, 0]


def test_a_do_minimum_holds_commitments_alone() -> None:
    """The committed wing opens in its year, and what is free stays shut."""
    problem = programme(
        capital_budget_by_year_gbp={}, capital_budget_by_grant_gbp={}, capital_budget_gbp=None
    )

    answer = solve(do_minimum(problem), Settings())

    assert answer.decided["open"].sum(axis=1).tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("change", "value", "remedy"),
    [
        ({"switched_off": ("openings_per_yaer",)}, "openings_per_yaer", "openings_per_year"),
        ({"switched_off": ("capacity",)}, "capacity", "Leave it on"),
        ({"capital_budget_by_grant_gbp": {"hnpcb": 1.0}}, "hnpcb", "hnpca"),
        ({"capital_budget_by_year_gbp": {2031: 1.0}}, "2031", "2026 to 2028"),
        (
            {
                "places_rules": (
                    {"measure": "at_least", "places": 1, "year": 2026} | {"locality": "harbor"},
                )
            },
            "harbor",
            "harbour",
        ),
    ],
)
def test_a_name_that_is_not_there(change: dict[str, Any], value: str, remedy: str) -> None:
    """A scenario that names what the case has not is refused, with the nearest name."""
    case = one_base(
        options=[option(funding="hnpca")],
        zones=[{"zone": "north", "easting": 4e5, "northing": 1e5, "locality": "harbour"}],
    )

    with pytest.raises(InputError) as caught:
        posed(case, **change)

    (fault,) = caught.value.faults
    assert fault.value == value
    assert remedy in fault.sentence()


def test_a_rule_for_a_year_beyond_the_plan_is_refused() -> None:
    """A rule that could never bind would be silently kept: the year is outside the horizon."""
    rule = {"measure": "at_least", "places": 50, "year": 2040}

    with pytest.raises(InputError) as caught:
        posed(one_base(), places_rules=(rule,))

    assert "2040" in str(caught.value)


def ended(problem: Any, settings: Settings, **how: Any) -> tuple[Termination, float]:
    """Return how a solve ended, and the gap in pounds (infinite without a plan)."""
    try:
        proof = solve(problem, settings, **how).proof
    except OutOfTime as out:
        return out.termination, float("inf")
    return proof.termination, proof.cost_gbp - proof.bound_gbp


def six_wings() -> Any:
    """Return one base with six wings of different size and price."""
    return posed(
        one_base(
            options=[option(f"wing_{i}", 3 + i, capital_gbp=90_000 + 7_000 * i) for i in range(6)],
            option_teaches=[taught(f"wing_{i}") for i in range(6)],
        )
    )


def test_time_that_runs_out_is_never_called_proven() -> None:
    """With next to no time there is no plan, or one that is not said to be proven."""
    how, gap = ended(six_wings(), Settings(time_limit_seconds=1e-9, gap=0.0))

    assert how is Termination.TIME_LIMIT
    assert gap > 0.01


def test_a_wish_to_stop_before_the_start() -> None:
    """Stopped before any plan was found: said so, and not that time ran out."""
    stop = Stop()
    stop.asked = True

    with pytest.raises(OutOfTime) as caught:
        solve(posed(one_base()), Settings(), stop=stop)

    assert caught.value.termination is Termination.STOPPED


def test_a_wish_to_stop_keeps_the_best_so_far() -> None:
    """A stop while the search runs gives the plan found by then, or none: never a false proof."""
    stop = Stop()

    def ask(progress: Any) -> None:
        stop.asked = stop.asked or progress.cost_gbp < float("inf")

    how, gap = ended(six_wings(), Settings(gap=0.0), stop=stop, show=ask)

    assert how is (Termination.OPTIMAL if gap <= 0.01 else Termination.STOPPED)


def test_progress_is_told_as_it_goes() -> None:
    """Seconds rise, the bound never falls and is never above the cost."""
    seen: list[Any] = []

    solve(posed(one_base()), Settings(gap=0.0), show=seen.append)

    assert seen
    assert [one.seconds for one in seen] == sorted(one.seconds for one in seen)
    assert [one.bound_gbp for one in seen] == sorted(one.bound_gbp for one in seen)
    assert all(one.bound_gbp <= one.cost_gbp + 0.01 for one in seen)


DRAWS = [due(4, FIRST + t) for t in range(3)] + [
    due(n, FIRST, draw=i) for i, n in enumerate((1, 9, 2, 8, 3, 7, 4, 6, 5, 10))
]


@pytest.mark.parametrize(
    ("demand", "children"),
    [
        ("mean", 12),  # the mean is stated: 4 a year
        (3, 8),  # the fourth draw
        ("P90", 9),  # the ninth of the ten totals 1 to 10
    ],
)
def test_which_demand(demand: int | str, children: float) -> None:
    """A draw is used whole; P90 is the draw at that rank of the totals."""
    problem = posed(one_base(entrants=DRAWS), demand=demand)

    assert problem.entrants.sum() == pytest.approx(children)


def test_the_mean_of_draws_where_none_is_stated() -> None:
    """The ten draws hold 55 children between them: 5.5 is the mean."""
    problem = posed(one_base(entrants=[row for row in DRAWS if "draw" in row]))

    assert problem.entrants.sum() == pytest.approx(5.5)


@pytest.mark.parametrize(("demand", "words"), [(77, "0 to 9"), ("P90", "no draws")])
def test_a_draw_that_is_not_there(demand: int | str, words: str) -> None:
    """The fault says which draws there are, or that there are none."""
    rows = DRAWS if demand == 77 else [due(4, FIRST)]

    with pytest.raises(InputError, match=words):
        posed(one_base(entrants=rows), demand=demand)


def test_who_cannot_be_reached_is_named() -> None:
    """Two hours from everything (the limit is 90 minutes): 6 children a year for three years."""
    case = one_base()
    problem = posed(case, journeys(case, minutes=120.0))

    (warning,) = [one for one in problem.warnings if one.value == "ASD primary"]
    assert "18.0 entrants in north" in warning.sentence()
