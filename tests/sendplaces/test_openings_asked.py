"""The commands displacement, bids and bases-first on the tiny case: folder, words and refusals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from sendplaces.commands.shared import Exit
from tests.cases import write_rows
from tests.sendplaces.driving import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sendplaces.driving import Told

BID: dict[str, Any] = {
    "bid": "elm_4",
    "name": "Elm Primary: base grows by 4",
    "provision": "elm_base",
    "needs": "ASD",
    "phases": "primary",
    "places": 4,
    "annual_cost_gbp": 9000,
    "capital_gbp": 100000,
}
FOLDER = {"report.html", "tables", "summary.json", "manifest.json"}


def test_displacement_of_a_run(
    tiny_run: tuple[Told, Path], tiny_folder: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    """From the run folder: the wing's places are accounted for, and the page says it is private.

    Taken for a large case, it says too that like zones stand together.
    """
    _, folder = tiny_run
    out = tmp_path / "out"
    monkeypatch.setattr("sendplaces.displacement.zones_merged", lambda _: True)

    told = run("displacement", folder, "--case", tiny_folder, "--out", out, "--json")

    assert told.code == Exit.DONE, told.err
    option = told.json()["options"][0]
    shares = [one for name, one in option.items() if name.endswith("_share")]
    assert sum(shares) == pytest.approx(1.0)
    assert option["net_gbp"] < option["naive_gbp"]
    assert {path.name for path in out.iterdir()} == {*FOLDER, "displacement.xlsx"}
    page = (out / "report.html").read_text("utf-8")
    assert "Not for publication" in page
    assert "zones with like journeys were taken together" in page
    by_year = pd.read_csv(out / "tables" / "displaced_by_year.csv")
    assert set(by_year["source"]) >= {"inmss", "waiting", "mainstream", "empty"}


def test_bids_under_a_budget(tiny_folder: Path, tmp_path: Path) -> None:
    """Two bids, money for one: the other says that it is over budget and what would make way."""
    path, out = tmp_path / "bids.csv", tmp_path / "out"
    write_rows(path, [BID, BID | {"bid": "elm_dear", "name": "Elm: dear", "capital_gbp": 120000}])

    told = run(
        "bids", tiny_folder, "--bids", path, "--budget-gbp", "130000", "--out", out, "--json"
    )

    assert told.code == Exit.DONE, told.err
    summary = told.json()
    assert len(summary["chosen"]) == 1
    assert summary["spent_gbp"] <= 130_000
    reasons = {one["bid"]: one["reason"] for one in summary["bids"]}
    assert set(reasons.values()) <= {"chosen", "over_budget", "displaced", "no_difference"}
    assert {path.name for path in out.iterdir()} == {*FOLDER, "bids.xlsx"}
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["asked"]["budget_gbp"] == 130_000


def test_bids_that_cannot_be_read_or_paid(tiny_folder: Path, tmp_path: Path) -> None:
    """A fault of the table and a budget below nought: refused, and nothing is written."""
    path, out = tmp_path / "bids.csv", tmp_path / "out"
    write_rows(path, [BID | {"needs": "ASC"}])

    fault = run("bids", tiny_folder, "--bids", path, "--budget-gbp", "1", "--out", out)
    below = run("bids", tiny_folder, "--bids", path, "--budget-gbp", "-1", "--out", out)

    assert fault.code == below.code == Exit.FAULTS
    assert "'ASC' is not a need" in fault.err
    assert "is no budget" in below.err
    assert not out.exists()


def test_bases_first_of_a_case(tiny_folder: Path, tmp_path: Path) -> None:
    """No special school can grow: none need grow, and the children are named with a reason each."""
    out = tmp_path / "out"

    told = run("bases-first", tiny_folder, "--out", out, "--json")

    assert told.code == Exit.DONE, told.err
    summary = told.json()
    assert (summary["plan_special_places"], summary["least_special_places"]) == (0, 0)
    assert sum(summary["children"].values()) == pytest.approx(summary["entrants"])
    assert {path.name for path in out.iterdir()} == {*FOLDER, "bases-first.xlsx"}
    page = (out / "report.html").read_text("utf-8")
    assert "The rows that prove it" in page


def test_a_run_of_another_version_is_refused(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """Questions need the figures of this version: the message says to plan again."""
    import shutil

    _, folder = tiny_run
    older = tmp_path / "older"
    shutil.copytree(folder, older)
    manifest = json.loads((older / "manifest.json").read_text("utf-8"))
    manifest["versions"]["sendplaces"] = "0.0.1"
    (older / "manifest.json").write_text(json.dumps(manifest), "utf-8")

    for command in ("displacement", "bases-first"):
        told = run(command, older, "--out", tmp_path / "out")
        assert told.code == Exit.FAULTS
        assert "was written by another version of sendplaces (0.0.1)" in told.err
