"""What must hold of any plan of any case, whatever the numbers are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from optimiser.audit import audit
from optimiser.plan import plan_of
from optimiser.problem import do_minimum
from optimiser.solve import Settings, place_again, solve
from tests.optimiser.builders import (
    base,
    case_of,
    due,
    inmss,
    one_base,
    option,
    posed,
    taught,
    teaches,
    zone,
)
from tests.optimiser.strategies import Tiny, tiny

if TYPE_CHECKING:
    from optimiser.problem import Problem

EXACT = Settings(gap=0.0, threads=1)
few = settings(
    max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SAME = {"rel": 1e-6, "abs": 0.02}
"""A pound in a million: what HiGHS's own tolerance of 1e-7 of a child can come to."""


def cost(problem: Problem) -> float:
    """Return the least cost."""
    return float(solve(problem, EXACT).proof.cost_gbp)


def changed(one: Tiny, table: str, **cells: Any) -> Tiny:
    """Return a case with the same cells put in every row of a table."""
    rows = [
        row | {k: v(row) if callable(v) else v for k, v in cells.items()}
        for row in one.tables[table]
    ]
    return replace(one, tables=one.tables | {table: rows})


@few
@given(tiny())
def test_every_plan_passes_its_audit_and_counts_every_child(one: Tiny) -> None:
    """Each child due is placed or unplaced, once; the bound is no more than the cost."""
    problem = one.problem()
    answer = solve(problem, EXACT)
    plan = plan_of(problem, answer)

    found = audit(problem, plan)

    assert found.passed, [check for check in found.checks if not check.passed]
    first = problem.entrants[:, 0].sum()
    here = plan.placements.query("year == @problem.years[0] and kind == 'decided'")["children"]
    waits = plan.unplaced[plan.unplaced["year"] == problem.years[0]]["children"]
    assert here.sum() + waits.sum() == pytest.approx(first, abs=1e-4)
    assert answer.proof.bound_gbp <= answer.proof.cost_gbp + 0.01


@few
@given(tiny())
def test_one_more_option_never_makes_the_best_plan_dearer(one: Tiny) -> None:
    """The new option can always be left shut, whatever it would teach or cost."""
    more = option("one_more", 6, capital_gbp=120_000, lead_years=0, provision="oak_school")
    wider = replace(
        one,
        tables=one.tables
        | {
            "options": [*one.tables["options"], more],
            "option_teaches": [
                *one.tables["option_teaches"],
                taught("one_more", 19_000),
                taught("one_more", 19_000, "ASD", "secondary"),
            ],
        },
    )

    assert cost(wider.problem(stay_on=0.9)) <= cost(one.problem(stay_on=0.9)) * (1 + 1e-7) + 0.02


@few
@given(tiny())
def test_the_do_minimum_is_never_cheaper(one: Tiny) -> None:
    """What can be done with committed options alone can be done with all of them."""
    problem = one.problem()

    assert cost(do_minimum(problem)) >= cost(problem) - 0.02


@few
@given(tiny())
def test_relaxing_never_costs_more(one: Tiny) -> None:
    """Without budgets and limits on openings the best plan is as good or better."""
    free = {"capital_budget_gbp": None, "capital_budget_by_year_gbp": {}, "openings_per_year": None}

    assert cost(one.problem(**free)) <= cost(one.problem()) + 0.02


@few
@given(tiny())
def test_more_places_open_to_us_never_cost_more(one: Tiny) -> None:
    """Ten more INMSS places cost nothing until a child of ours is in one."""

    def roomier(row: dict[str, Any]) -> Any:
        room = row.get("available_places")
        return None if room is None else room + 10

    wider = changed(one, "provisions", available_places=roomier)

    assert cost(wider.problem()) <= cost(one.problem()) + 0.02


MONEY = (
    "mainstream_topup_gbp",
    "interim_annual_gbp",
    "unplaced_weight_gbp",
    "over_number_weight_gbp",
    "break_weight_gbp",
    "transport_fixed_per_run_gbp",
    "transport_per_child_run_gbp",
    "transport_per_mile_run_gbp",
    "transport_wheelchair_run_gbp",
)


@few
@given(tiny())
def test_doubling_every_price_doubles_the_cost(one: Tiny) -> None:
    """Fees, capital, place funding, transport, budgets and weights, all twice as much."""
    dearer = changed(one, "teaches", annual_cost_gbp=lambda row: 2 * row["annual_cost_gbp"])
    dearer = changed(
        dearer, "option_teaches", annual_cost_gbp=lambda row: 2 * row["annual_cost_gbp"]
    )
    twice = ("capital_gbp", "setup_gbp", "fixed_annual_gbp")
    dearer = changed(
        dearer, "options", **{name: lambda row, name=name: 2 * row[name] for name in twice}
    )
    plain = one.problem().scenario
    policy: dict[str, Any] = {name: 2 * getattr(plain, name) for name in MONEY}
    for name in ("place_funding_gbp", "unfilled_place_gbp", "capital_budget_by_year_gbp"):
        policy[name] = {key: 2 * gbp for key, gbp in getattr(plain, name).items()}
    if plain.capital_budget_gbp is not None:
        policy["capital_budget_gbp"] = 2 * plain.capital_budget_gbp

    assert cost(dearer.problem(**policy)) == pytest.approx(2 * cost(one.problem()), **SAME)


@few
@given(tiny())
def test_names_and_order_change_nothing(one: Tiny) -> None:
    """Zones, provisions and options called otherwise, and every table the other way round."""
    new = {"north": "zz", "south": "aa", "elm_base": "z.9", "oak_school": "a-b", "far_school": "mm"}
    new |= {f"option_{i}": f"x{9 - i}" for i in range(3)}
    tables = {
        name: [
            {k: new.get(v, v) if isinstance(v, str) else v for k, v in row.items()}
            for row in reversed(rows)
        ]
        for name, rows in one.tables.items()
    }
    trips = {}
    for pair, trip in one.trips.items():
        z, _, p = pair.partition("__")
        trips[f"{new[z]}__{new[p]}"] = trip
    renamed = replace(one, tables=tables, trips=trips)

    assert cost(renamed.problem()) == pytest.approx(cost(one.problem()), **SAME)


@few
@given(tiny())
def test_the_same_seed_gives_the_same_plan(one: Tiny) -> None:
    """To the last bit: no clock, hash or thread leaks into a plan."""
    problem = one.problem()

    first, second = (solve(problem, EXACT) for _ in range(2))

    assert first.proof == second.proof
    for family, decided in first.decided.items():
        assert np.array_equal(decided, second.decided[family]), family


@few
@given(tiny())
def test_posing_changes_no_table(one: Tiny) -> None:
    """A stage that wrote into the case would change the next run."""
    case = one.case
    before = {name: getattr(case, name).to_csv() for name in one.tables}

    posed(case, one.travel, **one.policy)

    assert {name: getattr(case, name).to_csv() for name in one.tables} == before


@few
@given(tiny())
def test_placing_again_is_solving_with_the_openings_held(one: Tiny) -> None:
    """Other shares drawn from mainstream, same openings: the held solver finds the same cost."""
    assume(one.tables["options"])
    problem = one.problem()
    answer = solve(problem, EXACT)
    drawn = {"specialist_base": 0.4, "special_school": 0.0}
    chosen = answer.decided["open"] > 0.5
    first = np.where(chosen.any(axis=1), chosen.argmax(axis=1), problem.horizon)
    fixed = problem.options.assign(
        committed_year=np.where(first < problem.horizon, problem.years[0] + first, np.nan)
    )
    scenario = problem.scenario.model_copy(update={"drawn_from_mainstream": drawn})
    held = replace(
        problem,
        scenario=scenario,
        options=fixed,
        opens_first=first,
        opens_last=np.where(first < problem.horizon, first, -1),
    )

    again = place_again(answer.held, problem, drawn)  # type: ignore[arg-type]

    assert again.proof.cost_gbp == pytest.approx(cost(held), **SAME)


@pytest.mark.parametrize("key", ["elm_base", "elm-base", "elm.base", "1"])
def test_placing_again_finds_a_provision_of_any_name(key: str) -> None:
    """A key that Pyomo writes in quotes must not be passed over: the cost has to change."""
    case = one_base(
        provisions=[base(key), inmss()],
        teaches=[teaches(key, 10_000), teaches("far_school", 50_000)],
        options=[option(provision=key, committed_year=2026)],
    )
    problem = posed(case)
    answer = solve(problem, EXACT)

    again = place_again(answer.held, problem, {"specialist_base": 0.5})  # type: ignore[arg-type]

    expected = posed(case, drawn_from_mainstream={"specialist_base": 0.5})
    assert again.proof.cost_gbp == pytest.approx(cost(expected), **SAME)


def test_placing_again_after_a_solve_with_other_threads() -> None:
    """HiGHS keeps one pool of threads a process: what was held for two still runs after one."""
    problem = posed(one_base())
    answer = solve(problem, Settings(gap=0.0, threads=2))
    solve(problem, Settings(gap=0.0, threads=1))

    again = place_again(answer.held, problem, {"specialist_base": 0.0})  # type: ignore[arg-type]

    assert again.proof.cost_gbp == pytest.approx(answer.proof.cost_gbp)


def test_an_option_that_would_make_a_school_all_through_can_stay_shut() -> None:
    """Primary leavers are not kept by a secondary phase that nobody has opened."""
    rows: dict[str, Any] = {
        "zones": [zone()],
        "provisions": [base("oak_school", 30, **{"class": "special_school"}), inmss()],
        "teaches": [
            teaches("oak_school", 20_000, "SLD"),
            teaches("far_school", 30_000, "SLD", "secondary"),
        ],
        "placed": [
            {"provision": "oak_school", "need": "SLD", "phase": "primary", "children": 9}
            | {"nc_year": 6, "zone": "north"}
        ],
        "entrants": [due(9, 2027, "SLD", "secondary", nc_year=7, kind="transfer")],
    }
    dear = {
        "options": [option("oak_upper", 10, provision="oak_school", capital_gbp=5_000_000)],
        "option_teaches": [taught("oak_upper", 30_000, "SLD", "secondary")],
    }

    without = cost(posed(case_of(2, **rows), stay_on=0.9))

    assert cost(posed(case_of(2, **rows, **dear), stay_on=0.9)) == pytest.approx(without, **SAME)
