"""``sendplaces size`` and ``stochastic``: what they leave behind, and how they refuse."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cases import tiny_tables, write_case
from tests.outputs.page_reader import PageReader
from tests.sendplaces.driving import FAULTS, Told, run

if TYPE_CHECKING:
    from pathlib import Path

OPTION = tiny_tables()["options"][0]["option"]
SIZE = ("--option", OPTION, "--sizes", "4:12:4", "--draws", 3, "--threads", 1)


@pytest.fixture(scope="module")
def sized(
    tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], Path]:
    """Return what the tiny case said of three sizes in three draws, and the folder."""
    out = tmp_path_factory.mktemp("size") / "out"
    told = run("size", tiny_folder, *SIZE, "--out", out, "--json")
    assert told.code == 0, told.err
    return told.json(), out


def test_the_summary_tells_every_size_with_its_intervals(
    sized: tuple[dict[str, Any], Path],
) -> None:
    """Sizes 0, 4, 8, 12; each bound is no higher than its cost; the choices are among them."""
    told, out = sized
    assert told == json.loads((out / "summary.json").read_text("utf-8"))
    assert [one["size"] for one in told["sizes"]] == [0, 4, 8, 12]
    for one in told["sizes"]:
        assert one["bound_gbp"] <= one["cost_gbp"] + 0.02
        low, high = one["expected_cost_interval_gbp"]
        assert low <= high + 0.02
        assert set(one["purses_gbp"]) == {"dsg", "general_fund", "capital"}
    for key in ("least_expected_cost_size", "least_worst_regret_size"):
        assert told[key] in {0, 4, 8, 12}
    assert told["least_expected_cost_size"] in told["no_material_difference"]["least_expected_cost"]
    assert told["draws"] == 3
    assert told["audited"] == 4


def test_tables_and_page_say_the_same(sized: tuple[dict[str, Any], Path]) -> None:
    """The fan holds every size in every draw; the page is sound and names what it must."""
    told, out = sized
    text = (out / "tables" / "fan.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 4 * 3
    means = {one["size"]: one["expected_cost_interval_gbp"][1] for one in told["sizes"]}
    for size, mean in means.items():
        costs = [float(row["cost_high_gbp"]) for row in rows if int(row["size"]) == size]
        assert sum(costs) / 3 == pytest.approx(mean, abs=0.02)
    names = {path.stem for path in (out / "tables").iterdir()}
    assert names >= {"sizes", "draws", "fan", "filled", "openings", "break_even", "places_grid"}
    page = PageReader((out / "report.html").read_text("utf-8"))
    assert not page.faults
    said = " ".join(words for _, words in page.texts)
    for words in ("Not for publication", "an assumption", "standard error", "£50,000 a place"):
        assert words in said, words


def test_a_run_folder_may_be_asked_about(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """Case and policy of a run are taken from it; without draws nothing is said of draws."""
    _, folder = tiny_run
    out = tmp_path / "out"
    words = ("--option", OPTION, "--sizes", "8", "--draws", 0, "--out", out, "--json")
    told = run("size", folder, *words)
    assert told.code == 0, told.err
    assert told.json()["least_expected_cost_size"] is None
    assert "No draws of demand were asked for" in told.json()["lede"]
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["asked"]["run"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--option", "elm", "--sizes", "4:8:4"), "is not an option of this case"),
        (("--option", OPTION, "--sizes", "8:4:4"), "holds no size"),
        (("--option", OPTION, "--sizes", "0:8:4"), "below the viable roll"),
    ],
)
def test_bad_sizes_are_told_and_nothing_is_written(
    tiny_folder: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """An unknown option, an empty range and a size too small: one sentence, exit 3, no folder."""
    out = tmp_path / "out"
    told = run("size", tiny_folder, *words, "--out", out)
    assert told.code == FAULTS
    assert said in told.err
    assert "Traceback" not in told.err
    assert not out.exists()


def test_draws_that_do_not_share_cells_are_told(tmp_path: Path) -> None:
    """A draw with children where none are expected stops both commands with a plain message."""
    tables = tiny_tables()
    rows = [row | {"draw": ""} for row in tables["entrants"] if row["need"] == "ASD"]
    strange = [row | {"draw": 0} for row in tables["entrants"]]
    strange += [row | {"draw": 1} for row in tables["entrants"]]
    folder = write_case(tmp_path / "tiny", entrants=[*rows, *strange])
    words = ("--option", OPTION, "--sizes", "4:8:4", "--draws", 2)
    for told in (
        run("size", folder, *words, "--out", tmp_path / "a"),
        run("stochastic", folder, "--draws", 2, "--out", tmp_path / "b"),
    ):
        assert told.code == FAULTS, told.err
        assert "do not share their cells" in told.err
        assert "Traceback" not in told.err


def test_stochastic_leaves_its_findings(tiny_folder: Path, tmp_path: Path) -> None:
    """Openings over two draws, with both values as intervals that are never below nought."""
    out = tmp_path / "out"
    told = run("stochastic", tiny_folder, "--draws", 2, "--out", out, "--threads", 1, "--json")
    assert told.code == 0, told.err
    found = told.json()
    assert found["method"] == "the extensive form"
    assert found["bound_gbp"] <= found["cost_gbp"] + 0.02
    for key in ("value_of_stochastic_solution_gbp", "value_of_perfect_information_gbp"):
        low, high = found[key]
        assert 0.0 <= low <= high + 0.02
    assert found["audited"] == 2
    assert not PageReader((out / "report.html").read_text("utf-8")).faults


def test_one_draw_is_nothing_to_plan_over(tiny_folder: Path, tmp_path: Path) -> None:
    """One draw alone is refused; so is a method that does not exist."""
    told = run("stochastic", tiny_folder, "--draws", 1, "--out", tmp_path / "out")
    assert told.code == FAULTS
    assert "fewer than two" in told.err
    told = run("stochastic", tiny_folder, "--method", "guess", "--out", tmp_path / "out")
    assert told.code == 2
    assert "is not auto, extensive or hedging" in told.err
