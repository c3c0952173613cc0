"""The run folder of the contract: what is in it, what its summary says, and what stays the same."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import pyogrio

import sendplaces.planned
from optimiser.solve import Termination
from tests.cases import tiny_tables, write_case
from tests.sendplaces.driving import Told, run, run_apart, without_page, write_book

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

TABLES = ("openings", "placements", "rolls", "money", "journeys", "unplaced", "gap")
SUMMARY = {
    "case": str,
    "scenario": str,
    "termination": str,
    "cost_gbp": float,
    "bound_gbp": float,
    "gap": float,
    "policy_weight_gbp": float,
    "residual_gbp": float,
    "do_minimum_cost_gbp": float,
    "do_minimum_bound_gbp": float,
    "saving_interval_gbp": list,
    "gap_of_saving": float,
    "purses": dict,
    "entrants": float,
    "placed": float,
    "unplaced": float,
    "places_opened": float,
    "options_opened": list,
    "warnings": list,
    "journey_minutes": dict,
    "seconds": dict,
    "audit": dict,
}
"""The keys of design section 7, and the kind of each; more keys are allowed."""
ONCE_ONLY = {"seconds", "run_id"}
"""What two runs of the same inputs may differ in: seconds always; run_id where file names do."""


def figures(told: Told) -> dict[str, Any]:
    """Return a summary without the seconds that the run took."""
    return {key: value for key, value in told.json().items() if key not in ONCE_ONLY}


def test_json_is_one_object_and_the_summary(tiny_run: tuple[Told, Path]) -> None:
    """``plan --json`` prints the summary that it wrote, nothing else, and ends with 0."""
    told, out = tiny_run
    assert told.code == 0, told.err
    assert told.json() == json.loads((out / "summary.json").read_text("utf-8"))
    assert told.err == "", "progress is not told where a program reads"


def test_the_summary_has_the_keys_of_the_contract(tiny_run: tuple[Told, Path]) -> None:
    """Every key of section 7 is there, of its kind, and so are those inside."""
    summary = tiny_run[0].json()
    for key, kind in SUMMARY.items():
        assert isinstance(summary[key], kind), key
    assert set(summary["purses"]) == {"dsg", "general_fund", "capital"}
    for purse in summary["purses"].values():
        assert {"do_minimum_gbp", "plan_gbp", "saving_gbp", "tail_saving_gbp"} <= set(purse)
        assert [row["year"] for row in purse["by_year"]] == [2026, 2027, 2028]
        for row in purse["by_year"]:
            assert {"do_minimum_gbp", "plan_gbp", "saving_gbp"} <= set(row)
    assert set(summary["journey_minutes"]) == {"median", "p90", "over_guideline_share"}
    stages = ("read", "travel", "pose", "build", "solve", "audit", "publish")
    assert set(summary["seconds"]) == set(stages)
    assert all(summary["seconds"][stage] > 0 for stage in stages)
    assert set(summary["audit"]) == {"passed", "worst_violation"}
    assert summary["audit"]["passed"] is True
    assert summary["termination"] == "optimal"
    low, high = summary["saving_interval_gbp"]
    assert low <= high
    # no child is lost: those placed and those still without a place are those who came in
    assert summary["placed"] + summary["unplaced"] <= summary["entrants"] + 1e-6


def test_the_folder_is_complete(tiny_run: tuple[Told, Path]) -> None:
    """Every file of section 7 is there, opens, and carries the run's key; no other kind is."""
    out = tiny_run[1]
    assert {path.name for path in out.iterdir()} == {
        "manifest.json", "summary.json", "tables", "plan.xlsx", "plan.gpkg", "report.html"
    }  # fmt: skip
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert {"inputs", "scenario", "settings", "versions", "seed", "started", "finished"} <= set(
        manifest
    )
    assert {one["file"] for one in manifest["inputs"]} >= {"zones.csv", "case.toml"}
    for name in TABLES:
        with (out / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            assert rows.fieldnames is not None
            assert rows.fieldnames[0] == "run_id"
            assert {row["run_id"] for row in rows} <= {manifest["run_id"]}
    assert ZipFile(out / "plan.xlsx").testzip() is None
    layers = {str(name) for name, _ in pyogrio.list_layers(out / "plan.gpkg")}
    assert {"zones", "provisions", "flows"} <= layers
    assert "http" not in (out / "report.html").read_text("utf-8").replace(
        "http://www.w3.org", ""
    ), "the page asks nobody for anything"


def test_no_file_names_where_it_was_made(tiny_run: tuple[Told, Path], tiny_folder: Path) -> None:
    """A run folder can be sent to anyone: the path of the case on this machine is not in it."""
    out = tiny_run[1]
    for path in (*out.glob("*.json"), *out.glob("*.html"), *out.glob("tables/*.csv")):
        assert str(tiny_folder.parent) not in path.read_text("utf-8"), path.name


def test_a_workbook_gives_the_figures_of_the_folder(
    tmp_path: Path, tiny_run: tuple[Told, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same tables in one workbook give the same plan to the penny."""
    without_page(monkeypatch)
    book = write_book(tmp_path / "tiny.xlsx")
    told = run("plan", book, "--out", tmp_path / "out", "--json")
    assert told.code == 0, told.err
    assert figures(told) == figures(tiny_run[0])


def test_the_same_inputs_give_the_same_run(
    tmp_path: Path, tiny_folder: Path, tiny_run: tuple[Told, Path]
) -> None:
    """Another process, with another hash seed, gives the same summary, tables and run key."""
    done = run_apart(
        "plan", tiny_folder, "--out", tmp_path / "out", "--json", PYTHONHASHSEED="12345"
    )
    assert done.returncode == 0, done.stderr.decode()
    again = Told(0, done.stdout.decode("utf-8"), "")
    first, out = tiny_run
    assert figures(again) == figures(first)
    assert again.json()["run_id"] == first.json()["run_id"]
    for table in sorted((out / "tables").iterdir()):
        assert table.read_bytes() == (tmp_path / "out" / "tables" / table.name).read_bytes()


def test_a_public_run_says_no_small_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What ``--public`` holds back from the files is held back on the terminal too."""
    without_page(monkeypatch)
    tables = tiny_tables()
    # two children whose need nothing teaches: they stay without a place, and they are few
    semh = {"need": "SEMH", "phase": "primary", "year": 2026, "children": 2}
    tables["entrants"].append({"zone": "north", **semh})
    case = write_case(tmp_path / "case", **tables)
    told = run("plan", case, "--out", tmp_path / "out", "--public", "--quiet")
    assert told.code == 0, told.err
    assert "(held back) without a place" in told.out
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["public"] is True
    assert summary["unplaced"] is None


def test_a_plan_of_which_nothing_is_proven_says_so(
    tmp_path: Path, tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search stopped before it has any bound still leaves a run that can be read."""
    solve = sendplaces.planned.solve

    def unproven(*words: Any, **more: Any) -> Any:
        answer = solve(*words, **more)
        proof = replace(answer.proof, termination=Termination.TIME_LIMIT, bound_gbp=-math.inf)
        return replace(answer, proof=proof)

    monkeypatch.setattr(sendplaces.planned, "solve", unproven)
    told = run("plan", tiny_folder, "--out", tmp_path / "out", "--quiet")
    assert told.code == 0, told.err
    assert "time ran out before anything was proven" in told.out
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["termination"] == "time_limit"
    assert summary["bound_gbp"] is summary["gap"] is summary["gap_of_saving"] is None
    assert summary["saving_interval_gbp"] == [None, None]
