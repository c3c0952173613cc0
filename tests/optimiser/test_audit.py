"""The audit passes what is solved, and fails whatever is changed afterwards, by name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from optimiser.audit import AuditFailed, audit
from optimiser.plan import Plan, plan_of
from optimiser.solve import Proof, Settings, solve
from tests.optimiser import builders
from tests.optimiser.builders import (
    base,
    case_of,
    due,
    inmss,
    journeys,
    option,
    posed,
    taught,
    teaches,
    zone,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimiser.problem import Problem

Solved = tuple["Problem", Plan]


def solved(problem: Problem) -> Solved:
    """Return a problem with its plan."""
    return problem, plan_of(problem, solve(problem, Settings(gap=0.0)))


def rich() -> Problem:
    """Return a case in which every table of the plan has rows, and every term has pounds.

    Two zones, a base that grows (a quarter drawn from mainstream, opening over two years), an
    all-through school, an INMSS to which a tenth go anyway, rules of policy that cannot all hold.
    """
    case = case_of(
        3,
        zones=[zone("north", locality="harbour"), zone("south", locality="inland")],
        provisions=[
            base(physical_places=12, locality="harbour"),
            base("oak_school", 4, **{"class": "special_school"}, locality="inland"),
            inmss(available=8),
        ],
        teaches=[
            teaches("elm_base", 11_000),
            teaches("oak_school", 20_000),
            teaches("oak_school", 20_000, phase="secondary"),
            teaches("far_school", 50_000),
            teaches("far_school", 60_000, phase="secondary"),
        ],
        placed=[
            {"provision": p, "need": "ASD", "phase": "primary", "children": n, "nc_year": 6}
            | {"zone": "north"}
            for p, n in (("elm_base", 3), ("oak_school", 2), ("far_school", 2))
        ]
        + [
            {"provision": "elm_base", "need": "ASD", "phase": "primary", "children": 2}
            | {"nc_year": 5, "authority": "other"}
        ],
        entrants=[
            due(n, 2026 + t, zone=z) for z, n in (("north", 7), ("south", 5)) for t in range(3)
        ]
        + [due(2, 2027, phase="secondary", nc_year=7)],
        options=[
            option(
                lead_years=0,
                ramp="0.5; 1",
                capital_profile="0.25; 0.75",
                setup_gbp=5_000,
                fixed_annual_gbp=2_000,
                minimum_roll=40,
                viable_by=1,
                funding="hnpca",
                physical_places=9,
            ),
            option("elm_hut", 2, lead_years=0, capital_gbp=10_000),
        ],
        option_teaches=[taught(), taught("elm_hut")],
    )
    return posed(
        case,
        journeys(case, north__far_school=(60.0, 30.0), south__far_school=(60.0, 30.0)),
        discount_rate=0.035,
        fee_growth=0.01,
        transport_growth=0.01,
        cessation_a_year=0.02,
        stay_on=0.9,
        goes_to_inmss=0.1,
        drawn_from_mainstream={"specialist_base": 0.25},
        unfilled_place_gbp={"specialist_base": 10_000.0},
        transport_fixed_per_run_gbp=50.0,
        transport_per_child_run_gbp=2.5,
        transport_per_mile_run_gbp=1.5,
        over_guideline_share=0.05,
        over_number_weight_gbp=12_000.0,
        places_rules=(
            {"measure": "at_least", "places": 60, "year": 2027},
            {"measure": "at_most", "places": 5, "year": 2028, "class": "special_school"}
            | {"locality": "inland"},
            {"measure": "at_most", "places": 12, "year": 2028, "locality": "harbour"},
        ),
    )


@pytest.fixture(scope="module")
def done() -> Solved:
    """Return the rich case, solved."""
    return solved(rich())


def failed(problem: Problem, plan: Plan) -> set[str]:
    """Return the names of the checks that a plan fails."""
    return {check.name for check in audit(problem, plan).checks if not check.passed}


@pytest.mark.parametrize("name", ["worked_base", "new_school", "all_through", "ruled_base"])
def test_solved_specimens_pass(name: str) -> None:
    """Every case of the specimens, solved, passes every check."""
    assert failed(*solved(getattr(builders, name)())) == set()


def test_the_rich_case_passes(done: Solved) -> None:
    """So does the case that has a row in every table; and it does have them."""
    problem, plan = done

    assert failed(problem, plan) == set()
    for name in ("openings", "placements", "unplaced", "rolls", "places", "uses", "breaks"):
        assert len(getattr(plan, name)), name
    spent = plan.money.groupby("term")["gbp"].apply(lambda gbp: gbp.abs().sum())
    assert (spent > 0).all(), spent
    assert set(plan.placements["kind"]) == {"decided", "set_aside"}
    assert {
        "staying_on",
        "journeys_share",
        "viable_roll",
        "places_at_least",
        "places_at_most",
    } >= set(plan.breaks["rule"])
    assert plan.places["over"].max() > 0


def put(table: str, column: str, value: Any, where: Callable[[pd.DataFrame], Any]) -> Any:
    """Return a change of one cell of one table."""

    def change(plan: Plan) -> Plan:
        frame = getattr(plan, table).copy()
        at = frame.index[where(frame)][0]
        was = frame.loc[at, column]
        frame.loc[at, column] = value(was) if callable(value) else value
        return replace(plan, **{table: frame})

    return change


def drop(table: str, where: Callable[[pd.DataFrame], Any]) -> Any:
    """Return a change that leaves one row out."""

    def change(plan: Plan) -> Plan:
        frame = getattr(plan, table)
        return replace(plan, **{table: frame.drop(frame.index[where(frame)][0])})

    return change


def again(table: str) -> Any:
    """Return a change that writes the first row of a table twice."""

    def change(plan: Plan) -> Plan:
        frame = getattr(plan, table)
        return replace(plan, **{table: pd.concat([frame, frame.head(1)], ignore_index=True)})

    return change


def first(_frame: pd.DataFrame) -> Any:
    return [0]


def wing(frame: pd.DataFrame) -> Any:
    return frame["option"] == "elm_wing"


def decided(frame: pd.DataFrame) -> Any:
    return frame["kind"] == "decided"


def aside(frame: pd.DataFrame) -> Any:
    return frame["kind"] == "set_aside"


def far(frame: pd.DataFrame) -> Any:
    return decided(frame) & (frame["provision"] == "far_school")


def of(term: str, year: Any = 2026) -> Any:
    return lambda frame: (frame["term"] == term) & (frame["year"] == year)


def more(by: float) -> Any:
    return lambda was: was + by


TAMPERED: dict[str, tuple[Any, str]] = {
    "a placement moved": (
        put("placements", "provision", "oak_school", far),
        "the roll's entrants",
    ),
    "a child lost": (
        put("placements", "children", more(-0.5), decided),
        "every child due is placed or unplaced",
    ),
    "a child nobody expects": (
        put("placements", "children", more(0.5), decided),
        "every child due is placed or unplaced",
    ),
    "a placement left out": (drop("placements", decided), "every child due is placed or unplaced"),
    "a placement told twice": (again("placements"), "every child due is placed or unplaced"),
    "a placement nobody decided": (
        put("placements", "kind", "guessed", decided),
        "every placement is decided or set aside",
    ),
    "children set aside lost": (
        put("placements", "children", more(-0.2), aside),
        "children set aside for INMSS are placed",
    ),
    "children set aside moved": (
        put("placements", "provision", "oak_school", aside),
        "children set aside are where today's proportions lay them",
    ),
    "a shorter journey": (
        put("placements", "minutes", more(-5), decided),
        "every journey is that of its zone and provision",
    ),
    "fewer miles": (
        put("placements", "miles", more(-1), decided),
        "every journey is that of its zone and provision",
    ),
    "a guideline not told": (
        put("placements", "over_guideline", value=False, where=far),
        "every journey is that of its zone and provision",
    ),
    "a waiting child forgotten": (
        drop("unplaced", first),
        "every child due is placed or unplaced",
    ),
    "an opening deleted": (drop("openings", wing), "added places in use are open"),
    "an opening a year late": (put("openings", "year", more(1), wing), "£ of fixed_costs"),
    "an opening told twice": (again("openings"), "openings keep to their window"),
    "an opening of more places": (
        put("openings", "places", more(2), first),
        "openings say what their options say",
    ),
    "a cheaper opening": (
        put("openings", "capital_gbp", more(-1_000), first),
        "openings say what their options say",
    ),
    "another grant": (
        put("openings", "funding", "another", first),
        "openings say what their options say",
    ),
    "a roll": (put("rolls", "roll", more(1), first), "the roll's roll"),
    "those pinned": (put("rolls", "pinned", more(1), first), "the roll's pinned"),
    "other authorities' children": (put("rolls", "others", more(1), first), "the roll's others"),
    "commissioned places": (put("places", "commissioned", more(1), first), "commissioned places"),
    "places that fit": (put("places", "fits", more(1), first), "places that fit"),
    "added places": (put("places", "added", more(1), first), "added places"),
    "places in use": (put("places", "in_use", more(9), first), "added places in use are open"),
    "drawn places": (put("places", "drawn", more(1), first), "places drawn from mainstream"),
    "taken places": (put("places", "taken", more(1), first), "taken places"),
    "children over number": (
        put("places", "over", more(9), first),
        "children over number fit the building",
    ),
    "a provision's roll": (put("places", "roll", more(1), first), "rolls of provisions"),
    "a vehicle that stands": (
        put("places", "used", 0.0, lambda frame: frame["used"] > 0),
        "a vehicle runs where children are",
    ),
    "a year of a provision": (drop("places", first), "one row for each provision and year"),
    "an option's use": (put("uses", "in_use", more(-0.5), first), "options' places in use add up"),
    "an option's added": (put("uses", "added", more(1), first), "places that each option adds"),
    "an option's drawn": (put("uses", "drawn", more(0.5), first), "an option's places drawn"),
    "a break not told": (
        drop("breaks", lambda frame: frame["rule"] == "viable_roll"),
        "breaks of viable_roll are told",
    ),
    "a smaller break": (
        put("breaks", "amount", more(-1), lambda frame: frame["rule"] == "places_at_least"),
        "breaks of places_at_least are told",
    ),
    "a break of staying on": (
        drop("breaks", lambda frame: frame["rule"] == "staying_on"),
        "breaks of staying_on are told",
    ),
    "a break of at most": (
        drop("breaks", lambda frame: frame["rule"] == "places_at_most"),
        "breaks of places_at_most are told",
    ),
    "a break of a rule there is not": (
        put("breaks", "rule", "weather", first),
        "no break is of an unknown rule",
    ),
    "a proof of another cost": (
        lambda plan: replace(
            plan,
            proof=Proof(
                plan.proof.termination, plan.proof.cost_gbp - 50, plan.proof.bound_gbp - 50
            ),
        ),
        "the terms add up to the cost",
    ),
    "a bound above the cost": (
        lambda plan: replace(
            plan,
            proof=Proof(plan.proof.termination, plan.proof.cost_gbp, plan.proof.cost_gbp + 50),
        ),
        "the bound is no more than the cost",
    ),
    "another purse": (
        put("money", "purse", "dsg", of("transport")),
        "no pounds of another term or purse",
    ),
    "pounds that are no number": (
        put("money", "gbp", float("nan"), of("interim")),
        "£ of interim",
    ),
    "a later present value": (
        put("money", "pv_gbp", more(-50), of("top_up_and_fees", "tail")),
        "present value of top_up_and_fees",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_changed_is_named(done: Solved, what: str) -> None:
    """Each change to a solved plan fails the audit, by the check that a reader would look for."""
    problem, plan = done
    change, name = TAMPERED[what]

    found = audit(problem, change(plan))

    names = {check.name for check in found.checks if not check.passed}
    assert name in names, names
    assert name in str(AuditFailed(found))


@pytest.mark.parametrize(
    "term",
    [
        "place_funding",
        "fixed_costs",
        "top_up_and_fees",
        "drawn_from_mainstream",
        "interim",
        "transport",
        "capital",
        "residual",
        "unplaced_weight",
        "over_number_weight",
        "broken_rules",
    ],
)
def test_fifty_pounds_too_few_of_any_term(done: Solved, term: str) -> None:
    """Each term is worked out again on its own: £50 taken off one year of it is found."""
    problem, plan = done
    year = "tail" if term == "residual" else 2027
    change = put("money", "gbp", more(-50), of(term, year))

    assert f"£ of {term}" in failed(problem, change(plan))


def test_two_options_that_shrink_one_base() -> None:
    """Each states what it takes from today's places, so both together would take it twice."""
    rows = [option(f"less_{n}", -n, capital_gbp=0, lead_years=0) for n in (3, 4)]
    case = builders.one_base(options=rows, option_teaches=[])
    problem, plan = solved(posed(case))
    both = pd.concat([plan.openings, plan.openings], ignore_index=True).head(0)
    for row in rows:
        both.loc[len(both)] = [
            row["option"], row["option"], "elm_base", "specialist_base", None,
            2026, row["places"], row["places"], 0.0, None, False,
        ]  # fmt: skip

    assert "one option at most shrinks a provision" in failed(problem, replace(plan, openings=both))


def test_a_commitment_switched_off_need_not_open() -> None:
    """With the rule off, a plan that leaves the committed wing shut is sound."""
    case = builders.one_base(children=1, options=[option(committed_year=2027)])

    problem, plan = solved(posed(case, switched_off=("committed",)))

    assert plan.openings.empty
    assert failed(problem, plan) == set()
