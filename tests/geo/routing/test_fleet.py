"""Vehicles from the dated default, a case's table or a file, and every fault of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.routing.fleet import default_fleet, default_fleet_note, fleet_of, read_fleet
from inputs.errors import InputError
from inputs.parameters.vehicles import default_vehicles
from tests.geo.routing.builders import ON

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = "type,seats,wheelchairs,fixed_per_run_gbp,per_mile_gbp"


def written(folder: Path, *rows: str, headings: str = HEADINGS) -> Path:
    """Return a fleet file with these rows."""
    path = folder / "fleet.csv"
    path.write_text("\n".join([headings, *rows, ""]), encoding="utf-8")
    return path


def faults(path: Path) -> str:
    """Return every fault of a fleet file."""
    with pytest.raises(InputError) as wrong:
        read_fleet(path, ON)
    return str(wrong.value)


def test_the_default_fleet_has_a_source_for_each() -> None:
    """Every vehicle says where its figures are from and that they are assumptions."""
    assert [one.type for one in default_fleet(ON)] == [row["type"] for row in default_vehicles(ON)]
    for row in default_vehicles(ON):
        assert row["status"] == "assumption"
        assert len(row["source"]) > 20
    assert "prices are judgements" in default_fleet_note().sentence()


def test_a_minibus_is_held_to_fifty() -> None:
    """Above eight passenger seats the limit on single carriageways is 50 mph."""
    caps = {one.type: one.speed_cap_mph for one in default_fleet(ON)}

    assert caps["minibus"] == caps["wheelchair_minibus"] == 50.0
    assert caps["taxi"] is None


def test_a_file_is_read(tmp_path: Path) -> None:
    """What is not stated stands at its default: no assistant's pay, any number, carbon by size."""
    fleet = read_fleet(written(tmp_path, "cab,3,0,£20,2.5", "coach,33,0,150,3"), ON)

    assert [(one.type, one.seats, one.fixed_per_run_gbp) for one in fleet] == [
        ("cab", 3, 20.0),
        ("coach", 33, 150.0),
    ]
    assert fleet[0].available is None
    assert fleet[0].assistant_gbp == 0.0
    carbon = {one.type: one.carbon_kg_per_mile for one in default_fleet(ON)}
    assert fleet[0].carbon_kg_per_mile == carbon["taxi"]
    assert fleet[1].carbon_kg_per_mile == carbon["minibus"]


def test_a_negative_cost_is_named(tmp_path: Path) -> None:
    """With its row and column, and the other faults of the file beside it."""
    said = faults(written(tmp_path, "cab,3,0,-20,2.5", "coach,lots,0,150,3"))

    assert "fleet.csv, row 2, fixed_per_run_gbp: '-20'" in said
    assert "fleet.csv, row 3, seats: 'lots'" in said


def test_a_vehicle_for_nobody_is_named(tmp_path: Path) -> None:
    """Neither a seat nor a wheelchair place."""
    assert "a cab carries nobody" in faults(written(tmp_path, "cab,0,0,20,2.5"))


def test_a_type_given_twice_is_named(tmp_path: Path) -> None:
    """Nobody could say which of the two prices holds."""
    assert "repeats row 2" in faults(written(tmp_path, "cab,3,0,20,2", "cab,3,0,30,2"))


def test_an_empty_file_and_no_file(tmp_path: Path) -> None:
    """Headings only; nothing at all; not there."""
    assert "there is no vehicle in it" in faults(written(tmp_path))
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    assert "the file is empty" in faults(empty)
    assert "cannot be opened" in faults(tmp_path / "nowhere.csv")


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    """Seats are required."""
    assert "there is no column 'seats'" in faults(
        written(tmp_path, "cab,20", headings="type,fixed_per_run_gbp")
    )


def test_a_table_of_a_case() -> None:
    """Blank cells of the table fleet stand at their defaults too."""
    table = pd.DataFrame(
        {
            "type": ["cab"],
            "seats": [4],
            "wheelchairs": [1],
            "fixed_per_run_gbp": [22.0],
            "per_mile_gbp": [2.0],
            "per_hour_gbp": [0.0],
            "available": pd.array([None], dtype="Int64"),
            "speed_cap_mph": [float("nan")],
            "assistant_gbp": [15.0],
            "always_assisted": [True],
            "carbon_kg_per_mile": [0.2],
        }
    )
    (cab,) = fleet_of(table, ON)

    assert (cab.available, cab.speed_cap_mph, cab.always_assisted) == (None, None, True)
    assert (cab.assistant_gbp, cab.carbon_kg_per_mile) == (15.0, 0.2)
