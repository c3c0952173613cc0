"""Tables held against each other: one test for each rule, kept and broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from inputs.checks import CHECKS
from inputs.coordinates import on_land
from inputs.read import inspect_case, read_case
from tests.cases import Rows, tiny_tables, write_case

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from inputs.errors import Fault

Tables = dict[str, Rows]


def found(folder: Path, change: Callable[[Tables], object], severity: str = "fault") -> list[Fault]:
    """Return the faults (or warnings) of the tiny case after a change to its tables."""
    tables = tiny_tables()
    change(tables)
    return [f for f in inspect_case(write_case(folder, **tables))[1] if f.severity == severity]


def one(folder: Path, change: Callable[[Tables], object], severity: str = "fault") -> Fault:
    """Return the one fault that a change makes."""
    faults = found(folder, change, severity)
    assert len(faults) == 1, [fault.sentence() for fault in faults]
    return faults[0]


def put(table: str, row: int = 0, **cells: Any) -> Callable[[Tables], object]:
    """Return a change that puts values in a row."""
    return lambda tables: tables[table][row].update(cells)


def add(table: str, **cells: Any) -> Callable[[Tables], object]:
    """Return a change that adds a row like the first, with other values."""
    return lambda tables: tables[table].append({**tables[table][0], **cells})


def test_rules_differ() -> None:
    """No rule is listed twice, and each says in its docstring what it asks."""
    assert len(set(CHECKS)) == len(CHECKS)
    assert all(check.__doc__ for check in CHECKS)


@pytest.mark.parametrize(
    ("change", "table", "row", "words"),
    [
        (put("entrants", zone="suoth"), "entrants", 2, "Did you mean 'south'?"),
        (put("placed", zone="suoth"), "placed", 2, "is not in zones.csv"),
        (add("teaches", provision="elm_bsae"), "teaches", 7, "Did you mean 'elm_base'?"),
        (put("placed", provision="elm_bas"), "placed", 2, "Did you mean 'elm_base'?"),
        (add("option_teaches", option="elm_base_6"), "option_teaches", 3, "'elm_base_6_more'"),
        (put("options", requires="nothing_at_all"), "options", 2, "is not an option"),
        (put("options", excludes="elm_base_6_more"), "options", 2, "is the option itself"),
    ],
)
def test_unknown_key(
    tmp_path: Path, change: Callable[[Tables], object], table: str, row: int, words: str
) -> None:
    """A key that no table holds is a fault that suggests the nearest."""
    fault = one(tmp_path, change)
    assert (fault.table, fault.row) == (f"{table}.csv", row)
    assert words in fault.sentence()


def test_option_for_an_unknown_provision(tmp_path: Path) -> None:
    """An option must be for a provision that there is."""
    faults = found(tmp_path, put("options", provision="elm_bass"))
    assert any(
        f.table == "options.csv" and "Did you mean 'elm_base'?" in f.sentence() for f in faults
    )


def test_many_unknown_keys_are_quick(tmp_path: Path) -> None:
    """Five thousand unknown zones are five thousand faults; only some need a suggestion."""
    rows = [{**tiny_tables()["entrants"][0], "zone": f"E0{i}"} for i in range(5000)]
    faults = found(tmp_path, lambda tables: tables.update(entrants=rows))
    assert len(faults) == 5000


def test_one_slip_is_told_once(tmp_path: Path) -> None:
    """A key mistyped with a space is one fault: what it would have meant is not guessed at."""
    assert one(tmp_path, put("teaches", 2, need="autism")).column == "need"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"easting": "", "northing": ""}, "no coordinates"),
        ({"northing": ""}, "no coordinates"),
        ({"easting": 0, "northing": 0}, "degrees"),
        ({"easting": -1.9, "northing": 50.7}, "degrees under easting and northing"),
        ({"easting": 91200, "northing": 408500}, "swapped"),
        ({"easting": 900000, "northing": 91200}, "outside Great Britain"),
        ({"easting": 5e8, "northing": 91200}, "outside Great Britain"),
        ({"easting": "", "northing": "", "longitude": 50.7, "latitude": -1.9}, "swapped"),
        ({"easting": "", "northing": "", "longitude": 2.35, "latitude": 48.85}, "outside"),
        (
            {"easting": "", "northing": "", "longitude": 408500, "latitude": 91200},
            "not in degrees",
        ),
        ({"longitude": -0.1, "latitude": 51.5}, "two places"),
    ],
)
def test_coordinates(tmp_path: Path, cells: dict[str, Any], words: str) -> None:
    """Coordinates that are missing, swapped, abroad or of the wrong kind are told apart."""
    fault = one(tmp_path, put("zones", **cells))
    assert words in fault.problem
    assert (fault.row, fault.value) == (2, "north")


def test_swapped_though_both_ways_are_land(tmp_path: Path) -> None:
    """London swapped (180000, 530000) falls in a square with land: the rest of the case tells."""

    def to_london(tables: Tables) -> None:
        for row in tables["zones"] + tables["provisions"]:
            row.update(easting=530000, northing=180000)
        tables["zones"][0].update(easting=180000, northing=530000)

    assert "swapped" in one(tmp_path, to_london).problem


def test_squares_with_land() -> None:
    """The corners of the country are in; the sea and Ireland are out."""
    cornwall, lowestoft, shetland = (135_000, 25_000), (655_000, 293_000), (461_000, 1_209_000)
    assert all(on_land(*point) for point in (cornwall, lowestoft, shetland))
    belfast, dogger_bank = (146_000, 529_000), (600_000, 550_000)
    # Belfast shares a square with Galloway: a square is as fine as this check goes.
    assert on_land(*belfast)
    assert not on_land(*dogger_bank)


def test_degrees_win_where_the_case_says_so(tmp_path: Path) -> None:
    """With both kinds within a kilometre, crs says which is used."""
    tables = tiny_tables()
    # 409000, 92000 on the grid is about 50.727 N, 1.874 W.
    tables["zones"][0].update(easting=409000, northing=92000, longitude=-1.8740, latitude=50.7270)
    by_grid = read_case(write_case(tmp_path / "a", **tables))
    by_degrees = read_case(write_case(tmp_path / "b", case={"crs": "EPSG:4326"}, **tables))
    assert by_grid.zones["easting"].tolist()[0] == 409000
    assert by_degrees.zones["easting"].tolist()[0] != 409000
    assert by_degrees.zones["easting"].tolist()[0] == pytest.approx(409000, abs=300)


def test_eotas_needs_no_place(tmp_path: Path) -> None:
    """Education otherwise than at school is at home: no coordinates are asked for."""

    def eotas(tables: Tables) -> None:
        tables["provisions"][2].update({"class": "eotas", "easting": "", "northing": ""})

    assert found(tmp_path, eotas) == []


def test_a_provision_that_teaches_nothing(tmp_path: Path) -> None:
    """A provision must teach something, but a site not yet open may teach through its option."""
    fault = one(tmp_path, add("provisions", provision="new_site", places=0))
    assert (fault.value, fault.problem) == ("new_site", "teaches nothing")

    def with_option(tables: Tables) -> None:
        add("provisions", provision="new_site", places=0)(tables)
        add("options", option="open_new_site", provision="new_site")(tables)
        add("option_teaches", option="open_new_site")(tables)

    assert found(tmp_path, with_option) == []


def test_an_option_that_teaches_nothing(tmp_path: Path) -> None:
    """Places added where nothing is taught must say what they teach."""

    def empty_option(tables: Tables) -> None:
        add("provisions", provision="new_site", places=0)(tables)
        add("options", option="open_new_site", provision="new_site")(tables)

    problems = [fault.problem for fault in found(tmp_path, empty_option)]
    assert problems == ["teaches nothing", "adds places that teach nothing"]


def test_requirements_in_a_circle(tmp_path: Path) -> None:
    """Two options that require each other could never open: both are told."""

    def circle(tables: Tables) -> None:
        put("options", requires="b")(tables)
        add("options", option="b", requires="elm_base_6_more")(tables)

    faults = found(tmp_path, circle)
    assert [fault.row for fault in faults] == [2, 3]
    assert all("circle" in fault.problem for fault in faults)


def test_excludes_what_it_requires(tmp_path: Path) -> None:
    """An option that excludes what it requires could never open."""

    def both(tables: Tables) -> None:
        put("options", requires="b", excludes="b")(tables)
        add("options", option="b", requires="", excludes="")(tables)

    assert "also excludes it" in one(tmp_path, both).problem


@pytest.mark.parametrize(
    ("table", "column", "year"),
    [
        ("entrants", "year", 2025),
        ("entrants", "year", 2029),
        ("options", "earliest", 2025),
        ("options", "latest", 2029),
        ("options", "committed_year", 2025),
    ],
)
def test_years_outside_the_horizon(tmp_path: Path, table: str, column: str, year: int) -> None:
    """The tiny case runs from 2026 to 2028."""
    fault = found(tmp_path, put(table, **{column: year}))[0]
    assert "2026 to 2028" in fault.problem
    assert (fault.column, fault.value) == (column, str(year))


def test_earliest_after_latest(tmp_path: Path) -> None:
    """An option must have a year in which it can open."""
    assert "never open" in one(tmp_path, put("options", earliest=2028, latest=2027)).problem


def test_committed_outside_its_years(tmp_path: Path) -> None:
    """What is committed for 2026 cannot have 2027 as its earliest."""
    fault = one(tmp_path, put("options", earliest=2027, committed_year=2026))
    assert "between earliest and latest" in fault.problem


def test_capital_shares_add_up(tmp_path: Path) -> None:
    """0.3 and 0.7 make one; 0.3 and 0.6 do not; three thirds to seven figures do."""
    assert found(tmp_path, put("options", capital_profile="0.3; 0.7")) == []
    assert found(tmp_path, put("options", capital_profile="0.3333333;0.3333333;0.3333333")) == []
    assert "0.9, not 1" in one(tmp_path, put("options", capital_profile="0.3; 0.6")).problem


@pytest.mark.parametrize(("ramp", "words"), [("0.8; 0.5; 1", "falls"), ("0.5; 0.8", "never")])
def test_ramp(tmp_path: Path, ramp: str, words: str) -> None:
    """A ramp that falls, or stops short of one, is odd but allowed."""
    assert words in one(tmp_path, put("options", ramp=ramp), "warning").problem


@pytest.mark.parametrize(("cost", "words"), [(0, "no cost"), (1_000_001, "over £1,000,000")])
@pytest.mark.parametrize("table", ["teaches", "option_teaches"])
def test_costs(tmp_path: Path, table: str, cost: int, words: str) -> None:
    """Nought and over a million a year are slips."""
    assert words in one(tmp_path, put(table, annual_cost_gbp=cost)).problem


def test_capital(tmp_path: Path) -> None:
    """More than half a billion pounds is a slip."""
    assert "over £500,000,000" in one(tmp_path, put("options", capital_gbp=6e8)).problem


def test_fixed_cost_saved_only_by_shrinking(tmp_path: Path) -> None:
    """A negative fixed cost goes with negative places."""
    assert "is negative" in one(tmp_path, put("options", fixed_annual_gbp=-5000)).problem
    assert found(tmp_path, put("options", fixed_annual_gbp=-5000, places=-2)) == []


def test_year_group_of_another_phase(tmp_path: Path) -> None:
    """Year 9 is no year of primary: a warning, with the number of rows."""
    warning = one(tmp_path, put("placed", nc_year=9), "warning")
    assert "primary, which runs from 0 to 6" in warning.problem


@pytest.mark.parametrize(
    ("shares", "words"), [([0.9, 0.8], "not 1 in the year of entry"), ([1, 0.8, 0.9], "more than")]
)
def test_stay(tmp_path: Path, shares: list[float], words: str) -> None:
    """The share remaining starts at one and never rises."""
    rows = [
        {"need": "ASD", "phase": "primary", "years_since_entry": year, "share_remaining": share}
        for year, share in enumerate(shares)
    ]
    assert words in one(tmp_path, lambda tables: tables.update(stay=rows)).problem


def test_draws_need_a_mean(tmp_path: Path) -> None:
    """Rows that are all of a draw would leave the plan without a child."""

    def draws(tables: Tables) -> None:
        for row in tables["entrants"]:
            row["draw"] = 1

    assert "needs the mean" in one(tmp_path, draws).problem


def test_draw_without_children(tmp_path: Path) -> None:
    """A draw of no children is odd."""
    warning = one(tmp_path, add("entrants", draw=7, children=0), "warning")
    assert warning.value == "7"


def test_year_without_entrants(tmp_path: Path) -> None:
    """A year with no row is a warning that names it."""

    def drop(tables: Tables) -> None:
        tables["entrants"] = [row for row in tables["entrants"] if row["year"] != 2027]

    assert "2027" in one(tmp_path, drop, "warning").problem


def test_demand_that_nothing_teaches(tmp_path: Path) -> None:
    """Entrants whose need no provision and no option teaches are counted and named."""
    warning = one(tmp_path, add("entrants", need="HI", children=1.5), "warning")
    assert "Hearing impairment, primary: 1.5 children" in warning.problem


def test_over_the_building(tmp_path: Path) -> None:
    """30 children in a building for 24 is told by the school's name, and is allowed."""
    warning = one(tmp_path, put("placed", children=24), "warning")
    assert "Oak School has 30 children placed and 24 physical places" in warning.problem


def test_zone_without_locality(tmp_path: Path) -> None:
    """Results are published by locality, so a zone without one is told."""
    assert "1 of 2 zones" in one(tmp_path, put("zones", locality=""), "warning").problem


def test_nobody_placed(tmp_path: Path) -> None:
    """Without `placed`, every place is taken to be empty: that is told."""
    _, faults = inspect_case(write_case(tmp_path, placed=None))
    assert "empty today" in faults[0].problem


def test_nobody_expected(tmp_path: Path) -> None:
    """Entrants that are all nought are told."""

    def none(tables: Tables) -> None:
        for row in tables["entrants"]:
            row["children"] = 0

    assert "no child is expected" in one(tmp_path, none, "warning").problem
