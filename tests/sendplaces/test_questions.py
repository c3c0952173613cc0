"""Reasons and prices of a tiny case, from the command line: folders, words, and what is refused."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from sendplaces.cli import app
from tests.cases import write_case

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tiny case, with a second wing that is far too dear."""
    from tests.cases import tiny_tables

    tables = tiny_tables()
    dear = tables["options"][0] | {"option": "elm_palace", "capital_gbp": 9_000_000, "funding": ""}
    late = tables["options"][0] | {"option": "elm_never", "host_agrees": "no"}
    taught = tables["option_teaches"][0]
    return write_case(
        tmp_path_factory.mktemp("asked") / "tiny",
        options=[*tables["options"], dear, late],
        option_teaches=[taught, *(taught | {"option": one} for one in ("elm_palace", "elm_never"))],
    )


def run(*arguments: str) -> Any:
    """Return what a command ends with."""
    return CliRunner().invoke(app, list(arguments))


def test_reasons_of_a_tiny_case(case: Path, tmp_path: Path) -> None:
    """Each option has a reason in words; the palace has a price at which it would win."""
    out = tmp_path / "reasons"

    done = run("reasons", str(case), "--out", str(out), "--seconds", "60", "--json")

    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert {one["option"] for one in told["reasons"]} == {
        "elm_base_6_more",
        "elm_palace",
        "elm_never",
    }
    by_option = {one["option"]: one for one in told["reasons"]}
    palace = by_option["elm_palace"]
    assert not palace["chosen"]
    assert palace["material"]
    assert 0 < palace["low_gbp"] <= palace["high_gbp"]
    assert "the best plan is worse by" in palace["reason"]
    assert "to build" in palace["reason"]
    assert "host does not agree" in by_option["elm_never"]["reason"]
    page = (out / "report.html").read_text("utf-8")
    assert "Not for publication" in page
    assert "never netted" in page
    with (out / "tables" / "to_win.csv").open(encoding="utf-8", newline="") as file:
        assert {row["option"] for row in csv.DictReader(file)} == {"elm_palace"}
    (grown,) = told["more_places"]
    assert grown["option"] == "elm_palace"
    assert grown["asked"]
    assert "for the same money" in palace["reason"]
    assert "With more places for the same money" in page
    with (out / "tables" / "more_places.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(float(row["places_more"])) for row in rows] == grown["asked"]
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["kind"] == "reasons"
    assert manifest["asked"] == {"run": None, "seconds": 60.0}


def test_prices_of_a_tiny_case(case: Path, tmp_path: Path) -> None:
    """A price for each need, phase and year, by purse; none is below nought."""
    out = tmp_path / "prices"

    done = run("prices", str(case), "--out", str(out), "--seconds", "60", "--json")

    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["priced"] == told["places"] > 0
    for one in told["prices"]:
        parts = (
            one["one_more_dsg_a_year_gbp"]
            + one["one_more_general_fund_a_year_gbp"]
            + one["one_more_weight_a_year_gbp"]
        )
        assert one["one_more_a_year_gbp"] >= 0
        assert parts == pytest.approx(one["one_more_a_year_gbp"], abs=1.0)
    assert (out / "prices.xlsx").exists()
    page = (out / "report.html").read_text("utf-8")
    assert "exact for these openings" in page
    assert "Would one more place change what to open?" in page


def test_what_is_not_in_the_case_is_refused(case: Path, tmp_path: Path) -> None:
    """A provision and a year that are not there are told at once, with the nearest name."""
    done = run(
        "prices",
        str(case),
        *("--out", str(tmp_path / "no"), "--reopen", "elm_bass", "--year", "1999", "--quiet"),
    )

    assert done.exit_code == 3
    assert "'elm_bass' is not a provision of this case. Did you mean 'elm_base'?" in done.output
    assert "'1999' is not a year of this plan" in done.output
    assert not (tmp_path / "no").exists()


def test_a_folder_of_something_else_is_spared(case: Path, tmp_path: Path) -> None:
    """Neither command writes over a folder that it did not write."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me", encoding="utf-8")

    for command in ("reasons", "prices"):
        done = run(command, str(case), "--out", str(tmp_path / "mine"), "--quiet")
        assert done.exit_code == 3
        assert f"not an earlier answer of sendplaces {command}" in done.output
    assert (tmp_path / "mine" / "letter.txt").exists()
