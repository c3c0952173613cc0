"""The cases everyone knows by heart, as rows, and a policy of round numbers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.case import Case
from inputs.raw import RawTable
from inputs.scenario import Scenario, resolve
from inputs.schemas import TABLES
from inputs.validate import empty, judge
from optimiser.pose import pose

if TYPE_CHECKING:
    from optimiser.problem import Problem

Rows = list[dict[str, Any]]
FIRST = 2026

PLAIN: dict[str, Any] = {
    "discount_rate": 0.0,
    "fee_growth": 0.0,
    "transport_growth": 0.0,
    "goes_to_inmss": 0.0,
    "drawn_from_mainstream": 0.0,
    "cessation_a_year": 0.0,
    "stay_on": 0.0,
    "suitable": 1.0,
    "planning_occupancy": 1.0,
    "available_growth": 0.0,
    "shared_ride_factor": 1.0,
    "unfilled_place_gbp": 6000.0,  # a base place costs 6,000, filled or not
    "transport_average_gbp": None,
    "transport_fixed_per_run_gbp": 0.0,
    "transport_per_child_run_gbp": 0.0,
    "transport_per_mile_run_gbp": 0.0,
    "transport_wheelchair_run_gbp": 0.0,
    "transported_share": 1.0,
    "transported_within_walking_share": 1.0,
    "runs_per_year": 400.0,
    "asset_life_years": 20.0,
    "interim_annual_gbp": 20_000.0,
    "unplaced_weight_gbp": 60_000.0,
    "over_number_weight_gbp": 10_000.0,
    "break_weight_gbp": 20_000.0,
    "mainstream_topup_gbp": 9_000.0,
}


def policy(**changes: Any) -> Scenario:
    """Return a scenario of round numbers: no discount, growth, set-aside, drawn or cessation."""
    return resolve(PLAIN | changes, date(FIRST, 9, 1))


def case_of(horizon: int = 3, **tables: Rows) -> Case:
    """Return a case from rows, each judged by its row model; a table not given is empty."""
    frames = {}
    for name, model in TABLES.items():
        rows = tables.pop(name, [])
        headings = list(dict.fromkeys(key for row in rows for key in row))
        raw = RawTable(
            name,
            name,
            headings,
            [[row.get(key) for key in headings] for row in rows],
            list(range(2, len(rows) + 2)),
        )
        judged = judge(raw, model) if rows else None
        assert judged is None or not judged.faults, judged.faults
        frames[name] = (empty(model) if judged is None else judged.frame).reset_index(drop=True)
    assert not tables, f"no such table: {sorted(tables)}"
    return Case("Tiny", FIRST, FIRST, horizon, "EPSG:27700", **frames)


def journeys(
    case: Case, *, minutes: float = 10.0, miles: float = 5.0, **other: tuple[float, float]
) -> pd.DataFrame:
    """Return every pair of zone and provision at the same journey, but those named.

    ``zone__provision=(minutes, miles)`` names a pair.
    """
    rows = [
        (zone, provision, *other.get(f"{zone}__{provision}", (minutes, miles)))
        for zone in case.zones["zone"]
        for provision in case.provisions["provision"]
    ]
    return pd.DataFrame(rows, columns=["zone", "provision", "minutes", "miles"])


def zone(key: str = "north", **cells: Any) -> dict[str, Any]:
    """Return a row of ``zones``."""
    return {"zone": key, "easting": 400_000, "northing": 100_000, "children": 100} | cells


def base(key: str = "elm_base", places: float = 10, **cells: Any) -> dict[str, Any]:
    """Return a row of ``provisions``: a base of 10 unless told otherwise."""
    row = {"provision": key, "name": key, "class": "specialist_base", "places": places}
    return row | {"easting": 400_000, "northing": 100_000} | cells


def inmss(key: str = "far_school", available: float = 100, **cells: Any) -> dict[str, Any]:
    """Return a row of ``provisions``: an INMSS day school that has room for us."""
    row = base(key, 200, **{"class": "inmss_day", "in_area": "no"})
    return row | {"available_places": available} | cells


def teaches(
    provision: str, cost: float, need: str = "ASD", phase: str = "primary", **cells: Any
) -> dict[str, Any]:
    """Return a row of ``teaches``."""
    row = {"provision": provision, "need": need, "phase": phase, "annual_cost_gbp": cost}
    return row | cells


def due(
    children: float, year: int, need: str = "ASD", phase: str = "primary", **cells: Any
) -> dict[str, Any]:
    """Return a row of ``entrants``, who enter the first year of the phase (reception)."""
    row = {"zone": "north", "need": need, "phase": phase, "year": year, "children": children}
    return row | {"nc_year": 0} | cells


def option(key: str = "elm_wing", places: float = 8, **cells: Any) -> dict[str, Any]:
    """Return a row of ``options``: a wing of 8 that opens a year after the decision."""
    row = {"option": key, "provision": "elm_base", "places": places, "capital_gbp": 400_000}
    return row | {"lead_years": 1} | cells


def taught(
    key: str = "elm_wing",
    cost: float = 10_000,
    need: str = "ASD",
    phase: str = "primary",
    **cells: Any,
) -> dict[str, Any]:
    """Return a row of ``option_teaches``."""
    return {"option": key, "need": need, "phase": phase, "annual_cost_gbp": cost} | cells


def one_base(horizon: int = 3, children: float = 6, **tables: Rows) -> Case:
    """Return the smallest borough: one zone, one base of 10, one wing of 8, one INMSS far away."""
    rows: dict[str, Rows] = {
        "zones": [zone()],
        "provisions": [base(), inmss()],
        "teaches": [teaches("elm_base", 10_000), teaches("far_school", 50_000)],
        "entrants": [due(children, FIRST + t) for t in range(horizon)],
        "options": [option()],
        "option_teaches": [taught()],
    }
    return case_of(horizon, **(rows | tables))


def posed(case: Case, travel: pd.DataFrame | None = None, **changes: Any) -> Problem:
    """Return the problem of a case under the plain policy with some changes."""
    return pose(case, journeys(case) if travel is None else travel, policy(**changes))


def worked_base() -> Problem:
    """Return a base with every kind of room: pinned, over number, ramp, drawn, occupancy.

    Ten places, of which nine tenths are planned to fill; a building for twelve; three children in
    Year 6, who leave after a year; a wing of 8 places (9 in the building) that opens half full,
    and a quarter of whose places draw a child from mainstream; half of those who enter are gone a
    year later; a base is right for half of the children.
    """
    case = one_base(
        2,
        provisions=[base(physical_places=12), inmss(available=30)],
        teaches=[teaches("elm_base", 10_000, max_places=9), teaches("far_school", 50_000)],
        placed=[
            {"provision": "elm_base", "need": "ASD", "phase": "primary", "children": 3}
            | {"nc_year": 6, "zone": "north"}
        ],
        entrants=[due(4, 2026), due(6, 2027)],
        stay=[{"need": "ASD", "phase": "primary", "years_since_entry": 1, "share_remaining": 0.5}],
        suitable=[{"need": "ASD", "phase": "primary", "class": "specialist_base", "share": 0.5}],
        options=[option(physical_places=9, ramp="0.5; 1")],
    )
    return posed(
        case,
        planning_occupancy={"specialist_base": 0.9},
        drawn_from_mainstream={"specialist_base": 0.25},
    )


def new_school() -> Problem:
    """Return a site that teaches only once its option opens, beside an INMSS nobody is at yet.

    Two children are due each year and stay for seven; a vehicle costs £50 a run to either.
    """
    case = case_of(
        2,
        zones=[zone()],
        provisions=[base("oak_school", 0, **{"class": "special_school"}), inmss()],
        teaches=[teaches("far_school", 60_000, "SLD")],
        entrants=[due(2, 2026, "SLD"), due(2, 2027, "SLD")],
        options=[option("oak_new", 20, provision="oak_school", lead_years=0)],
        option_teaches=[taught("oak_new", 20_000, "SLD")],
    )
    return posed(case, transport_fixed_per_run_gbp=50.0)


def all_through() -> Problem:
    """Return a school that teaches both phases; half of those who finish one stay for the next.

    Four Year 6 children are there now and finish after 2026; two more enter Year 6 in 2026; five
    from the same zone need a secondary place in 2027.
    """
    case = case_of(
        2,
        zones=[zone()],
        provisions=[base("oak_school", 30, **{"class": "special_school"})],
        teaches=[
            teaches("oak_school", 20_000, "SLD"),
            teaches("oak_school", 20_000, "SLD", "secondary"),
        ],
        placed=[
            {"provision": "oak_school", "need": "SLD", "phase": "primary", "children": 4}
            | {"nc_year": 6, "zone": "north"}
        ],
        entrants=[
            due(2, 2026, "SLD", nc_year=6),
            due(5, 2027, "SLD", "secondary", nc_year=7, kind="transfer"),
        ],
    )
    return posed(case, stay_on=0.5)


def programme(**changes: Any) -> Problem:
    """Return three openings that hang together: a committed wing, a storey on it, or a block.

    The wing (8 places, £400,000, committed for 2027) and the storey that needs it (10 places,
    £300,000, three tenths of it spent two years before opening) are paid by one grant, the block
    (20 places, £900,000), which rules the wing out, by another. Three years.
    """
    case = one_base(
        options=[
            option(committed_year=2027, funding="hnpca"),
            option("elm_storey", 10, capital_gbp=300_000, lead_years=0)
            | {"capital_profile": "0.3; 0.7", "requires": "elm_wing", "funding": "hnpca"},
            option("elm_block", 20, capital_gbp=900_000, lead_years=0)
            | {"excludes": "elm_wing", "funding": "basic_need"},
        ],
        option_teaches=[taught(key) for key in ("elm_wing", "elm_storey", "elm_block")],
    )
    limits = {
        "capital_budget_by_year_gbp": {2026: 950_000, 2027: 500_000},
        "capital_budget_by_grant_gbp": {"hnpca": 600_000},
        "capital_budget_gbp": 1_200_000,
        "openings_per_year": 1,
    }
    return posed(case, **(limits | changes))


def ruled_base() -> Problem:
    """Return a base of 10 under every rule of policy that counts places, rolls or journeys.

    At least 15 places in bases from 2027; at most 25 in the locality in 2028; the wing needs 12
    children a year after it opens; the INMSS is an hour away, and a tenth may go that far.
    """
    case = one_base(
        provisions=[base(locality="harbour"), inmss(locality="inland")],
        options=[option(minimum_roll=12, viable_by=1)],
    )
    return posed(
        case,
        journeys(case, north__far_school=(60.0, 30.0)),
        over_guideline_share=0.1,
        places_rules=(
            {"measure": "at_least", "places": 15, "year": 2027, "class": "specialist_base"},
            {"measure": "at_most", "places": 25, "year": 2028, "locality": "harbour"},
        ),
    )
