"""The command replan: decisions locked, the change explained step by step, and what it refuses."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from sendplaces.commands.shared import Exit
from tests.cases import tiny_tables, write_case
from tests.sendplaces.driving import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sendplaces.driving import Told


def a_year_on(folder: Path, **changes: Any) -> Path:
    """Write the tiny case of 2027: entrants of 2027 to 2029, and those placed a year older."""
    tables = tiny_tables()
    entrants = [row | {"year": row["year"] + 1} for row in tables["entrants"]]
    placed = [row | {"nc_year": row["nc_year"] + 1} for row in tables["placed"]]
    facts = {"base_year": 2027}
    rows = {"entrants": entrants, "placed": placed} | changes
    return write_case(folder, case=facts, **rows)


def told_steps(told: Told) -> dict[str, dict[str, Any]]:
    """Return the steps by the group switched."""
    return {one["group"]: one for one in told.json()["steps"]}


def test_dearer_fees_are_told_as_prices(
    tiny_run: tuple[Told, Path], tiny_folder: Path, tmp_path: Path
) -> None:
    """Only the fee of the far school has risen: prices are dearer, and policy is no difference."""
    _, last = tiny_run
    tables = tiny_tables()
    dear = [
        row | ({"annual_cost_gbp": 90_000} if row["provision"] == "far_school" else {})
        for row in tables["teaches"]
    ]
    case = a_year_on(tmp_path / "next", teaches=dear)

    told = run(
        "replan", case, "--last", last, "--last-case", tiny_folder, "--out", tmp_path / "out",
        "--gap", "0", "--json",
    )  # fmt: skip

    assert told.code == Exit.DONE, told.err
    steps = told_steps(told)
    assert list(steps) == ["last_year", "demand", "prices", "capacity", "policy"]
    assert steps["prices"]["dearer_low_gbp"] > 10_000
    assert not steps["policy"]["material"]
    assert told.json()["not_attributed"] is None
    whole = told.json()["whole_dearer_gbp"]
    parts = [one["dearer_high_gbp"] for name, one in steps.items() if name != "last_year"]
    assert sum(parts) == pytest.approx(whole[1], abs=5.0), "proven steps add up to the whole"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"report.html", "replan.xlsx", "tables", "summary.json", "manifest.json"}


def test_an_opening_of_the_new_first_year_is_locked(
    tiny_run: tuple[Told, Path], tmp_path: Path
) -> None:
    """The base that last year's plan grows in 2027 grows, though nobody needs it any more.

    Its row of the options, ready to be typed back, says so; without last year's case nothing is
    attributed, and the page says what to name.
    """
    _, last = tiny_run
    openings = pd.read_csv(last / "tables" / "openings.csv")
    assert openings["year"].tolist() == [2027]
    few = [row | {"year": row["year"] + 1, "children": 0.1} for row in tiny_tables()["entrants"]]
    case = a_year_on(tmp_path / "next", entrants=few)
    hidden = tmp_path / "last"
    shutil.copytree(last, hidden)
    manifest = json.loads((hidden / "manifest.json").read_text("utf-8"))
    (hidden / "manifest.json").write_text(json.dumps(manifest | {"run_id": "elsewhere"}), "utf-8")

    told = run("replan", case, "--last", hidden, "--out", tmp_path / "out", "--json")

    assert told.code == Exit.DONE, told.err
    assert told.json()["locked"] == {"elm_base_6_more": 2027}
    assert told.json()["openings"]["locked"] == ["elm_base_6_more"]
    assert "--last-case" in told.json()["not_attributed"]
    options = pd.read_csv(tmp_path / "out" / "tables" / "options.csv")
    assert options["committed_year"].tolist() == [2027]


def test_a_draw_is_planned_and_not_compared(
    tiny_run: tuple[Told, Path], tiny_folder: Path, tmp_path: Path
) -> None:
    """Last year's mean and this year's draw are no two sides of one change: planned, and said."""
    _, last = tiny_run
    rows = [row | {"year": row["year"] + 1, "draw": ""} for row in tiny_tables()["entrants"]]
    case = a_year_on(tmp_path / "next", entrants=rows + [row | {"draw": 1} for row in rows])
    (case / "scenario.toml").write_text("demand = 1\n", "utf-8")

    told = run(
        "replan", case, "--last", last, "--last-case", tiny_folder, "--out", tmp_path / "out",
        "--json",
    )  # fmt: skip

    assert told.code == Exit.DONE, told.err
    assert "a draw of the entrants" in told.json()["not_attributed"]


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"name": "Elsewhere", "base_year": 2027}, "is a run of Tiny, and the case is Elsewhere"),
        ({"base_year": 2026}, "a re-plan begins later"),
    ],
)
def test_another_case_or_no_later_year(
    tiny_run: tuple[Told, Path], tmp_path: Path, facts: dict[str, Any], says: str
) -> None:
    """A run of another authority, or a case that begins no later, is refused in plain words."""
    _, last = tiny_run
    case = a_year_on(tmp_path / "next")
    rows = {"entrants": [row | {"year": 2027} for row in tiny_tables()["entrants"][:1]]}
    write_case(case, case=facts, **rows)

    told = run("replan", case, "--last", last, "--out", tmp_path / "out")

    assert told.code == Exit.FAULTS
    assert says in told.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_plan_and_a_lock_that_is_no_opening(
    tiny_run: tuple[Told, Path], tiny_folder: Path, tmp_path: Path
) -> None:
    """A case is no run; an option that was not opened cannot be locked; nothing is written."""
    _, last = tiny_run
    case = a_year_on(tmp_path / "next")

    no_run = run("replan", case, "--last", tiny_folder, "--out", tmp_path / "out")
    no_lock = run("replan", case, "--last", last, "--locked", "elm", "--out", tmp_path / "out")

    assert no_run.code == no_lock.code == Exit.FAULTS
    assert "is no run folder" in no_run.err
    assert "is no opening of last year's plan" in no_lock.err
    assert not (tmp_path / "out").exists()


def test_a_last_case_that_has_changed(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """Named, but not what the run was planned from: refused, with the files that differ."""
    _, last = tiny_run
    other = write_case(tmp_path / "other", entrants=tiny_tables()["entrants"][:2])
    case = a_year_on(tmp_path / "next")

    told = run("replan", case, "--last", last, "--last-case", other, "--out", tmp_path / "out")

    assert told.code == Exit.FAULTS
    assert "entrants.csv" in told.err
    assert "Name the case as it was last year" in told.err


def test_a_run_of_another_version_is_read_and_said(
    tiny_run: tuple[Told, Path], tmp_path: Path
) -> None:
    """Decisions are facts whatever wrote them: they lock, and the page says which version did."""
    _, last = tiny_run
    older = tmp_path / "older"
    shutil.copytree(last, older)
    manifest = json.loads((older / "manifest.json").read_text("utf-8"))
    manifest["versions"]["sendplaces"] = "0.0.1"
    manifest["run_id"] = "elsewhere"  # whose case is not known here: one solve will do
    (older / "manifest.json").write_text(json.dumps(manifest), "utf-8")

    told = run("replan", a_year_on(tmp_path / "next"), "--last", older, "--out", tmp_path / "out")

    assert told.code == Exit.DONE, told.err
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "version 0.0.1" in page
