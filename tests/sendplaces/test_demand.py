"""``plan --demand``: the draw at a rank of the total, from the file of draws beside the case."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from inputs.demand.draws import Draws
from inputs.demand.forecast import forecast_of_case
from inputs.read import read_case
from tests.cases import write_case
from tests.sendplaces.driving import refused, run, without_page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """Return a case with a hundred draws beside it."""
    folder = write_case(tmp_path / "tiny")
    forecast_of_case(read_case(folder), draws=100, seed=1).save(folder / "draws.npz")
    return folder


@pytest.mark.parametrize("which", ["P10", "P90", "7"])
def test_a_plan_for_a_draw(
    tmp_path: Path, drawn: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """The entrants planned for are those of the draw; the manifest says which, and its file."""
    without_page(monkeypatch)
    told = run("plan", drawn, "--demand", which.lower(), "--out", tmp_path / "out", "--json")
    assert told.code == 0, told.err
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    draws = Draws.load(drawn / "draws.npz")
    number = 7 if which == "7" else draws.at_rank(int(which[1:]) / 100)

    assert manifest["scenario"]["demand"] == (7 if which == "7" else which)
    assert "draws.npz" in json.dumps(manifest)
    assert told.json()["entrants"] == pytest.approx(draws.totals()[number])


@pytest.mark.slow
def test_more_entrants_cost_more(
    tmp_path: Path, drawn: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The do-minimum of the draw at P90 costs more than that at P10: more children need places."""
    without_page(monkeypatch)
    costs = []
    for which in ("P10", "P90"):
        told = run("plan", drawn, "--demand", which, "--out", tmp_path / which, "--json")
        assert told.code == 0, told.err
        costs.append(told.json()["cost_gbp"])

    assert costs[0] < costs[1]


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("P95", ["--demand", "'P95'", "mean, P10, P50, P90", "number of a draw"]),
        ("-3", ["--demand", "'-3'"]),
        ("P90", ["entrants", "holds no draws", "draws.npz"]),
    ],
)
def test_a_demand_that_is_none_is_refused(
    tmp_path: Path, tiny_folder: Path, which: str, words: list[str]
) -> None:
    """A word that is none, a negative number, or a draw where there are none."""
    refused(tmp_path, tiny_folder, f"--demand={which}", saying=words)


def test_draws_of_another_case_are_refused(tmp_path: Path, drawn: Path) -> None:
    """The table is changed by hand after the draws were made: told before any plan."""
    table = drawn / "entrants.csv"
    lines = table.read_text("utf-8").splitlines()
    table.write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")

    refused(tmp_path, drawn, saying=["draws.npz", "does not belong to this case"])
