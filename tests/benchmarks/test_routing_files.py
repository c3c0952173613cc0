"""Routing files are read as published, and answers to them are checked from the file alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import hfvrp, school_bus

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "instances"

TINY = """NAME: tiny
DIMENSION: 3
VEHICLES: 2
EDGE_WEIGHT_TYPE: EUC_2D
NODE_COORD_SECTION
1 0 0
2 3 4
3 6 8
DEMAND_SECTION
1 0
2 5
3 7
CAPACITY_SECTION
1 12
2 6
VEHICLES_FIXED_COST_SECTION
1 1000
2 400
VEHICLES_UNIT_DISTANCE_COST_SECTION
1 200
2 100
DEPOT_SECTION
1
-1
EOF
"""


@pytest.fixture
def tiny(tmp_path: Path) -> hfvrp.Instance:
    """Return two customers in line with the depot, 5 and 10 away."""
    path = tmp_path / "tiny.vrp"
    path.write_text(TINY, encoding="ascii")
    return hfvrp.read_instance(path)


def _folder(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"the instances are not at {DATA / name}")
    return DATA / name


def test_a_route_costs_its_fixed_cost_and_its_length(tiny: hfvrp.Instance) -> None:
    """One large vehicle: £10 fixed and £2 a unit over 5 + 5 + 10 = 20 units is 50."""
    assert hfvrp.cost(tiny, [([1, 2], (12, 10.0, 2.0))]) == pytest.approx(50.0)
    # the small one takes the near customer: 4 + 10, the large one the far: 10 + 2 x 20
    apart = [([1], (6, 4.0, 1.0)), ([2], (12, 10.0, 2.0))]
    assert hfvrp.cost(tiny, apart) == pytest.approx(64.0)


@pytest.mark.parametrize(
    ("routes", "told"),
    [
        ([([1], (12, 10.0, 2.0))], "every customer"),
        ([([1, 2, 1], (12, 10.0, 2.0))], "every customer"),
        ([([1], (12, 10.0, 2.0)), ([2], (6, 4.0, 1.0))], "overloaded"),
        ([([1], (12, 10.0, 2.0)), ([2], (12, 10.0, 2.0))], "more vehicles"),
    ],
)
def test_a_wrong_answer_is_refused(
    tiny: hfvrp.Instance, routes: list[tuple[list[int], tuple[float, ...]]], told: str
) -> None:
    """A customer left out or served twice, a vehicle overloaded or made up: each is told."""
    with pytest.raises(ValueError, match=told):
        hfvrp.cost(tiny, routes)


def test_a_file_that_is_too_short_is_refused(tmp_path: Path) -> None:
    """The header says two vehicles, and one has a capacity."""
    path = tmp_path / "short.vrp"
    path.write_text(TINY.replace("2 6\n", ""), encoding="ascii")

    with pytest.raises(ValueError, match="CAPACITY has 1 lines, not 2"):
        hfvrp.read_instance(path)


@pytest.mark.published
def test_the_published_routes_cost_what_is_published() -> None:
    """Each best known value is the cost of the routes beside it, to a penny."""
    folder = _folder("HFVRP_Pessoa2018")
    found = 0
    for instance, best_known in hfvrp.instances(folder):
        routes = hfvrp.read_routes(folder / f"{instance.name}.sol")
        pairs = list(zip(routes, instance.vehicles.tolist(), strict=False))
        assert hfvrp.cost(instance, pairs) == pytest.approx(best_known, abs=0.01)
        found += 1
    assert found == 10


@pytest.fixture
def buses() -> school_bus.Instance:
    """Return two schools, bells 8:00 and 9:00, two stops of the first and one of the second."""
    a_minute = school_bus.FEET_PER_SECOND * 60
    return school_bus.Instance(
        "tiny",
        np.array([[0.0, 0.0], [10 * a_minute, 0.0]]),
        np.array([8 * 3600.0, 9 * 3600.0]),
        np.array([[a_minute, 0.0], [2 * a_minute, 0.0], [5 * a_minute, 0.0]]),
        np.array([0, 0, 1]),
        np.array([10, 20, 30]),
    )


def test_a_trip_ends_at_the_bell(buses: school_bus.Instance) -> None:
    """Stops 1 then 0: two minutes of driving, 19 + 2.6 x 20 s at the first and 19 + 26 s then."""
    made = school_bus.trip(buses, [1, 0], 2700)

    assert made.ends_seconds == 8 * 3600
    assert 8 * 3600 - made.begins_seconds == pytest.approx(154.4 + 120 + (19 + 52) + (19 + 26))


def test_a_bus_goes_on_to_a_later_bell(buses: school_bus.Instance) -> None:
    """From 8:00 at the first school five minutes to the last stop, and five more before 9:00."""
    assert school_bus.check(buses, [[[1, 0], [2]]], 2700) == 1
    assert school_bus.check(buses, [[[1, 0]], [[2]]], 2700) == 2


@pytest.mark.parametrize(
    ("answer", "limit", "told"),
    [
        ([[[1, 0]]], 2700.0, "every stop"),
        ([[[1, 0], [2, 1]]], 2700.0, "every stop"),
        ([[[1, 0, 2]]], 2700.0, "more than one school"),
        ([[[1, 0]], [[2]]], 100.0, "a pupil rides"),
        ([[[2], [1, 0]]], 2700.0, "in time"),
    ],
)
def test_an_answer_that_breaks_a_rule_is_refused(
    buses: school_bus.Instance, answer: list[list[list[int]]], limit: float, told: str
) -> None:
    """A stop left out or twice, schools mixed, a ride too long, a late bus: each is told."""
    with pytest.raises(ValueError, match=told):
        school_bus.check(buses, answer, limit)


def test_a_full_bus_is_full(buses: school_bus.Instance) -> None:
    """67 pupils do not fit 66 seats."""
    crowded = school_bus.Instance(
        "crowded",
        buses.schools,
        buses.bell_seconds,
        buses.stops,
        buses.school_of,
        np.array([33, 34, 1]),
    )
    with pytest.raises(ValueError, match="overloaded"):
        school_bus.trip(crowded, [1, 0], 2700)


@pytest.mark.published
def test_school_bus_files_hold_what_their_notes_say() -> None:
    """RSRB01 has 6 schools and 250 stops; its first school's bell is 5:10; 31 buses both times."""
    folder = _folder("SBRP_Park2012")
    read = school_bus.read_instance(folder / "RSRB01")

    assert (len(read.schools), len(read.stops)) == (6, 250)
    assert read.bell_seconds[0] == 5 * 3600 + 600
    counts = school_bus.published(folder)
    assert min(counts["RSRB01", 2700.0].values()) == 31
    assert min(counts["RSRB01", 5400.0].values()) == 31
    assert len(counts) == 16
