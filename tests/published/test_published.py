"""Facility-location files with published optima, solved as the product solves any case.

The instances stand beside the repository and are not part of it; without them these tests skip.
The five slowest of Holmberg (p27, p29, p31, p57, p59: three to thirteen seconds each) and the
large OR-Library and TBED1 instances are run by ``python -m benchmarks.published`` only.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import optimiser.solve as solving
from benchmarks.published import (
    Instance,
    instances,
    main,
    read_instance,
    run,
    to_problem,
)
from optimiser.solve import Settings

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "instances"
SLOW = {"p27", "p29", "p31", "p57", "p59"}
EXACT = 1e-6
"""Published values are rounded to three decimals or more, of objectives above 5,000."""


def _names(family: str) -> list[tuple[str, str]]:
    """Return (family, instance) of the small multi-source instances at hand."""
    listing = DATA / family / "optima.csv"
    if not listing.is_file():
        return []
    with listing.open(newline="", encoding="utf-8") as file:
        return [
            (family, row["instance"])
            for row in csv.DictReader(file)
            if row["variant"] == "multi-source"
            and row["instance"] not in SLOW
            and row["size"] != "100x1000"
        ]


SMALL = _names("orlib_cap") + _names("holmberg")


@pytest.mark.published
@pytest.mark.skipif(not SMALL, reason="no instances in ../shared/data/instances")
@pytest.mark.parametrize(("family", "name"), SMALL or [("none", "none")])
def test_every_small_instance_is_solved_to_its_published_optimum(family: str, name: str) -> None:
    """The product proves the published optimum, within 1e-6 of it, of every small instance."""
    found = {one.name: (one, best) for one, best in instances(DATA / family)}
    instance, best_known = found[name]
    row = run(instance, best_known, Settings(gap=0.0, threads=1))
    assert row.termination == "optimal"
    assert row.objective == pytest.approx(best_known, rel=EXACT)


BY_KERNEL = [one for one in SMALL if one[1] == "cap41"]


@pytest.mark.published
@pytest.mark.skipif(not BY_KERNEL, reason="no instances in ../shared/data/instances")
@pytest.mark.parametrize(("family", "name"), BY_KERNEL or [("none", "none")])
def test_prices_and_a_kernel_prove_the_published_optimum(
    family: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of the large instances, alone, proves the optimum of small ones too."""

    def never(*_: Any) -> None:
        raise AssertionError("the kernel proved too little")

    monkeypatch.setattr(solving, "LARGE_MODEL_PLACEMENTS", 0)
    monkeypatch.setattr(solving, "_relaxed", never)
    found = {one.name: (one, best) for one, best in instances(DATA / family)}
    instance, best_known = found[name]
    row = run(instance, best_known, Settings(gap=0.0, threads=1))
    assert row.termination == "optimal"
    assert row.objective == pytest.approx(best_known, rel=EXACT)


TWO = Instance(
    name="two",
    capacity=np.array([10.0, 6.0]),
    fixed=np.array([50.0, 12.0]),
    demand=np.array([4.0, 5.0]),
    unit_cost=np.array([[1.0, 2.0], [3.0, 4.0]]),
)
"""Site 1 alone serves everyone: 50 + 4 x 1 + 5 x 2 = 64. Site 2 holds 6 of the 9 only. Both:
62 and at least 14."""


def test_the_objective_is_the_files_own() -> None:
    """One site opened, everybody placed there: 50 + 4 + 10 = 64, and no constant beside it."""
    row = run(TWO, 64.0, Settings(gap=0.0, threads=1))
    assert row.objective == pytest.approx(64.0, rel=1e-9)
    assert (row.termination, row.gap) == ("optimal", pytest.approx(0.0, abs=1e-9))


def test_the_posed_problem_holds_nothing_but_the_instance() -> None:
    """One year, a cell a customer, an arc a pair, and nothing that costs whatever is decided."""
    problem = to_problem(TWO)
    assert (problem.horizon, len(problem.cells), len(problem.arcs)) == (1, 2, 4)
    assert problem.arcs["transport_gbp"].tolist() == [1.0, 3.0, 2.0, 4.0]
    assert problem.survival[0, 0].sum() == 1.0, "a child is there for the one year"
    assert all(not pounds.any() for pounds in problem.constant.values())


def test_a_demand_that_cannot_be_met_is_not_called_optimal() -> None:
    """Sites for 16 children cannot take 20: the row says so instead of giving an objective."""
    short = Instance("short", TWO.capacity, TWO.fixed, np.array([10.0, 10.0]), TWO.unit_cost)
    row = run(short, 64.0, Settings(gap=0.0, threads=1))
    assert row.termination == "4 without a place"


@pytest.mark.parametrize(
    ("family", "text"),
    [
        ("orlib_cap", "2 2\n10. 50. capacity 12.\n4. 4. 12.\n5. 10. 20."),
        ("holmberg", "2 2  10 50  6 12  4 5  4 10  12 20"),
        ("tbed1", "2 2  4 5  10 6  50 12  1 2  3 4"),
    ],
)
def test_the_three_formats_say_the_same(tmp_path: Path, family: str, text: str) -> None:
    """The same sites and customers in each format's own order; TBED1 prices one unit of demand."""
    path = tmp_path / "two.gz"
    path.write_bytes(gzip.compress(text.encode()))
    read = read_instance("two", path, family, capacity="6")
    for field in ("capacity", "fixed", "demand", "unit_cost"):
        assert getattr(read, field).tolist() == getattr(TWO, field).tolist()


@pytest.mark.parametrize(("text", "told"), [("2 2 1 1", "fewer"), ("1 1 5 5 1 1 9", "more")])
def test_a_file_of_the_wrong_length_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """A file that was cut, or that has stray numbers at its end, is not half read."""
    path = tmp_path / "bad"
    path.write_text(text)
    with pytest.raises(ValueError, match=told):
        read_instance("bad", path, "holmberg")


def test_the_command_writes_its_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder with optima.csv gives a table and the same rows as JSON, under the same names."""
    folder = tmp_path / "holmberg"
    folder.mkdir()
    (folder / "two").write_text("2 2  10 50  6 12  4 5  4 10  12 20")
    (folder / "optima.csv").write_text(
        "instance,size,best_known,proven,source,variant,file\n"
        "two,2x2,64,yes,by hand,multi-source,two\n"
        "two,2x2,64,yes,by hand,single-source,two\n"
    )
    rows = tmp_path / "rows.json"
    assert main([str(folder), "--json", str(rows)]) == 0
    shown = capsys.readouterr().out
    assert "1 of 1 at the best known objective within 1e-6" in shown
    import json

    (row,) = json.loads(rows.read_text())
    assert {"instance", "method", "objective", "best_known", "gap", "seconds"} <= set(row)
