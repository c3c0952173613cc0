"""The commands alternatives, frontier and compare, on the tiny case and its run."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from inputs.errors import InputError
from outputs.compare_tables import openings_table, saving_difference, two_runs
from tests.sendplaces.driving import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sendplaces.driving import Told


@pytest.fixture(scope="module")
def other_run(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of the tiny case in which nothing may be built."""
    place = tmp_path_factory.mktemp("other")
    policy = place / "poor.toml"
    policy.write_text('name = "poor"\ncapital_budget_gbp = 0\n', "utf-8")
    told = run("plan", tiny_folder, "--scenario", policy, "--out", place / "run", "--quiet")
    assert told.code == 0, told.err
    return place / "run"


@pytest.mark.slow
def test_frontier_of_every_measure(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """Each measure has points and intervals; the page says it is not for publication."""
    _, folder = tiny_run
    out = tmp_path / "out"
    told = run("frontier", folder, "--out", out, "--against", "all", "--points", "3", "--json")
    assert told.code == 0, told.err
    summary = json.loads(told.out)
    names = [one["axis"] for one in summary["axes"]]
    assert names == ["capital", "openings", "minutes", "over_guideline", "unplaced"]
    for axis in summary["axes"]:
        assert axis["points"]
        for point in axis["points"]:
            assert point["saving_low_gbp"] <= point["saving_high_gbp"] + 0.02
    page = (out / "report.html").read_text("utf-8")
    assert "Not for publication" in page
    points = pd.read_csv(out / "tables" / "points.csv")
    assert set(points["axis"]) == set(names)


def test_alternatives_say_what_is_proven(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """The best plan stands first, and every option that may open has its standing."""
    _, folder = tiny_run
    out = tmp_path / "out"
    told = run("alternatives", folder, "--out", out, "--margin", "2000000", "--json")
    assert told.code == 0, told.err
    summary = json.loads(told.out)
    assert summary["plans"][0]["plan"] == "Best plan"
    assert summary["complete"]
    assert "What is proven" in (out / "report.html").read_text("utf-8")
    printed = run("alternatives", folder, "--out", out, "--margin", "2000000", "--quiet")
    assert "in every such plan (proven)" in printed.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("alternatives", "--margin", "plenty"), "is no amount above nought"),
        (("alternatives", "--margin", "0%"), "is no amount above nought"),
        (("frontier", "--against", "capitol"), "is no measure that a frontier can be drawn"),
        (("frontier", "--against", "over_guideline", "--fifth", "5"), "has no children"),
    ],
)
def test_what_cannot_be_asked(
    words: tuple[str, ...], said: str, tiny_run: tuple[Told, Path], tmp_path: Path
) -> None:
    """Each is refused in words, and nothing is written."""
    _, folder = tiny_run
    out = tmp_path / "out"
    told = run(words[0], folder, *words[1:], "--out", out, "--quiet")
    assert told.code == 3
    assert said in told.err
    assert not out.exists()


def test_compare_two_runs(tiny_run: tuple[Told, Path], other_run: Path, tmp_path: Path) -> None:
    """What opens only in one, which policy differs, and an interval of the savings' difference."""
    _, folder = tiny_run
    out = tmp_path / "out"
    told = run("compare", folder, other_run, "--out", out, "--json")
    assert told.code == 0, told.err
    summary = json.loads(told.out)
    low, high = summary["saving_difference_gbp"]
    assert low <= high < 0  # with nothing to spend, B saves less
    assert summary["openings"] == {"only in A": 1}
    differs = pd.read_csv(out / "tables" / "inputs.csv")
    assert "capital_budget_gbp" in set(differs["what"])
    assert not (differs["kind"] == "file").any()
    back = two_runs(other_run, folder)
    assert openings_table(back)["standing"].tolist() == ["only in B"]
    assert saving_difference(back) == pytest.approx((-high, -low))
    assert "Not for publication" in (out / "report.html").read_text("utf-8")


def test_runs_that_cannot_be_compared(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """Another case, years that do not meet, a run twice, a folder that is none: all in words."""
    _, folder = tiny_run

    def changed(**facts: object) -> Path:
        copy = tmp_path / "-".join(facts)
        shutil.copytree(folder, copy)
        manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
        manifest["case"] |= facts
        (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        return copy

    for other, said in (
        (changed(name="Elsewhere"), "is a run of Elsewhere"),
        (changed(base_year=2040), "they share no year"),
        (folder, "is the same run twice"),
        (tmp_path / "nothing", "there is no such folder"),
    ):
        with pytest.raises(InputError, match=said):
            two_runs(folder, other)


def test_runs_of_other_years_say_what_is_not_compared(
    tiny_run: tuple[Told, Path], tmp_path: Path
) -> None:
    """Where years only overlap, present values are left out and the page says so."""
    _, folder = tiny_run
    copy = tmp_path / "shorter"
    shutil.copytree(folder, copy)
    manifest = json.loads((copy / "manifest.json").read_text("utf-8"))
    manifest["case"]["horizon_years"] = 2
    (copy / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    two = two_runs(folder, copy)
    assert not two.same_money
    assert saving_difference(two) is None
    told = run("compare", folder, copy, "--out", tmp_path / "out")
    assert told.code == 0, told.err
    assert "cannot be set side by side" in told.out
    assert "only 2026/27 to 2027/28 are compared" in told.out
