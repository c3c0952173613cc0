"""The routing benchmark poses files as the product's own problem, and tells all it finds."""

from __future__ import annotations

import json
import math
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks import hfvrp, school_bus
from benchmarks import routing as bench
from benchmarks.routing_children import VROOM, by_others, by_product, made_up, nearer
from benchmarks.routing_files import TRIP_SECONDS, depot_cost, depot_problem, school_buses

if TYPE_CHECKING:
    from pathlib import Path

ON = date(2026, 9, 1)


def cross() -> hfvrp.Instance:
    """Return four customers 10 from the depot, on the arms of a cross, and two kinds of vehicle.

    One of capacity 4 costs 100 and 2 a unit; five of capacity 2 cost 10 and 1 a unit. Two small
    ones, each to two neighbouring arms: 2 x (10 + 10 + sqrt(200) + 10) = 88.28.
    """
    points = np.array([[0, 0], [10, 0], [0, 10], [-10, 0], [0, -10]], dtype=float)
    vehicles = np.array([[4, 100.0, 2.0], *[[2, 10.0, 1.0]] * 5])
    return hfvrp.Instance("cross", points, np.array([0, 1, 1, 1, 1]), vehicles)


def test_a_fleet_file_is_the_products_own_problem() -> None:
    """Closed, with a carrier for each kind, and the best routes of the cross."""
    problem = depot_problem(cross())
    cost, _, vehicles = depot_cost(cross(), 0.5, 1)

    assert problem.closed
    assert [(one.capacity, one.fixed_gbp, one.available) for one in problem.carriers] == [
        ((2,), 10.0, 5),
        ((4,), 100.0, 1),
    ]
    assert vehicles == 2
    assert cost == pytest.approx(2 * (30 + math.sqrt(200)), abs=0.01)


def bus_town() -> school_bus.Instance:
    """Return two schools an hour apart in time, each with two stops a little way off."""
    return school_bus.Instance(
        "town",
        np.array([[0.0, 0.0], [5_280.0, 0.0]]),
        np.array([8 * 3600.0, 9 * 3600.0]),
        np.array([[1_000.0, 0.0], [2_000.0, 0.0], [6_000.0, 0.0], [7_000.0, 0.0]]),
        np.array([0, 0, 1, 1]),
        np.array([10, 10, 10, 10]),
    )


def test_a_bus_does_both_schools() -> None:
    """An hour between bells is enough for one bus; what it does is checked from the file."""
    town = bus_town()
    found = school_buses(town, 2_700.0, 0.4 * len(TRIP_SECONDS), 1, ON)

    assert school_bus.check(town, found.buses, 2_700.0) == 1
    assert [len(bus) for bus in found.buses] == [2]


def test_rides_keep_the_limit_of_the_file() -> None:
    """With a limit that one stop just keeps no trip may take two: four trips.

    From the further stop of the first school: 2,000 ft at 29.33 ft/s is 68.2 s; with the nearer
    stop's 19 + 26 s of boarding it would be 113.2 s.
    """
    town = bus_town()
    found = school_buses(town, 80.0, 0.4, 1, ON)

    assert found.trips == 4
    school_bus.check(town, found.buses, 80.0)


def test_methods_are_judged_alike() -> None:
    """40 children to 3 schools on small roads: every method carries all within the rules.

    The product is no dearer than the others, and savings are dearer than the search.
    """
    case = made_up(40, 3, ON, nodes=900)
    product, routed = by_product(case, 3.0, 1)
    others = {one.method: one for one in by_others(case)}

    assert product.violations == 0
    assert routed.violations == ()
    assert set(others) == ({"VROOM", "savings"} if VROOM else {"savings"})
    for one in others.values():
        assert one.violations == 0
        assert product.cost_gbp <= one.cost_gbp + 1e-6


def test_a_plan_shortens_journeys_and_keeps_schools_as_full() -> None:
    """The same children in the same numbers at each school, fewer seconds in all."""
    case = made_up(40, 3, ON, nodes=900)
    plan = nearer(case)

    def seconds(one: object) -> int:
        table = one.children  # type: ignore[attr-defined]
        at = [case.matrix.at(key) for key in table["provision"]]
        return int(case.matrix.seconds[np.arange(len(table)), at].sum())

    before, after = (one.children["provision"].value_counts() for one in (case, plan))
    assert before.sort_index().equals(after.sort_index())
    assert seconds(plan) < seconds(case)


def test_a_matrix_is_measured_in_a_process_of_its_own() -> None:
    """Seconds and megabytes are there; the roads are said."""
    row = bench.matrix_row(30, 400)

    assert row.seconds > 0
    assert row.megabytes >= 0
    assert "30 x 30 on 400 nodes" in row.instance


def test_rows_are_printed_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One object a row under the printed names; what does not apply is null."""
    row = bench.Row("fleet", "X", "sendplaces", 110.0, 100.0, 0.1, 1.0)
    monkeypatch.setattr(bench, "run", lambda _chosen: iter([row]))
    out = tmp_path / "rows.json"
    code = bench.main([str(tmp_path), "--json", str(out)])
    (told,) = json.loads(out.read_text("utf-8"))

    assert code == 0
    assert (told["objective"], told["gap"], told["vehicles"]) == (110.0, 0.1, None)
    assert "+10.00%" in capsys.readouterr().out


def test_wrong_folders_and_parts_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No folder, nothing in it, no such part."""
    assert bench.main([str(tmp_path / "nowhere")]) == 3
    assert bench.main([str(tmp_path), "--only", "fleet"]) == 3
    with pytest.raises(SystemExit):
        bench.main(["--only", "fleets"])
    said = capsys.readouterr().err
    assert "there is no such folder" in said
    assert "no routing file was found there" in said
    assert "no such part: fleets" in said


def test_folders_inside_a_folder_are_found(tmp_path: Path) -> None:
    """A folder of files, or one that holds such folders."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.vrp").write_text("", encoding="utf-8")
    (tmp_path / "b").mkdir()

    assert list(bench.folders([tmp_path])) == [tmp_path / "a"]
    assert list(bench.folders([tmp_path / "a"])) == [tmp_path / "a"]
