"""The command ``forecast``, and a plan that uses one: what they leave, and how they refuse."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from inputs.demand.basis import Zones
from inputs.demand.draws import Draws
from inputs.demand.storing import read_arrays
from inputs.read import read_case
from sendplaces.forecasting import case_facts, with_forecast
from tests.cases import write_case
from tests.inputs.demand.tiny import tiny
from tests.sendplaces.driving import nothing_written, run, without_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inputs.demand.basis import Basis

FAULTS = 3
DATA = Path(__file__).parents[2].parent / "shared" / "data"
PLANS = (200.0, 230.0, 260.0, 290.0, 320.0, 340.0, 360.0, 380.0)


def a_basis(zones: Sequence[str] = ("north", "south")) -> Basis:
    """Return the basis of the tiny authority, in the zones of the tiny case."""
    start = tiny(plans=PLANS, log_sd=0.05)
    weights = np.full((len(zones), 4), 1 / len(zones))
    return replace(start, zones=Zones(tuple(zones), ("harbour",) * len(zones), weights))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the tiny case with a basis, as ``start`` leaves one; its plan is for 2026 to 2028."""
    folder = write_case(tmp_path_factory.mktemp("cases") / "tiny")
    a_basis().save(folder / "demand.npz")
    return folder


@pytest.fixture(scope="module")
def folder(case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a forecast of it, with a lever."""
    out = tmp_path_factory.mktemp("forecasts") / "tiny"
    told = run("forecast", case, "--draws", 30, "--lever", "cease_plans", "--out", out, "--quiet")
    assert told.code == 0, told.err
    return out


@pytest.fixture(autouse=True)
def _no_page(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the page out where no test reads it: drawing takes most of a tiny forecast's time."""
    if request.node.name != "test_a_case_without_a_basis_is_less_and_loudly_so":
        monkeypatch.setattr(
            "outputs.forecast_page.write_forecast_page",
            lambda _report, path: path.write_text("<p>page</p>"),
        )


def entrant(year: int) -> dict[str, object]:
    """Return one expected entrant of a year."""
    return {"zone": "north", "need": "ASD", "phase": "primary", "year": year, "children": 1}


@pytest.fixture
def where(tmp_path: Path) -> Iterator[Path]:
    """Give a folder in which a refusal may leave nothing."""
    with nothing_written(tmp_path):
        yield tmp_path


def refused(*words: object, saying: Sequence[str]) -> None:
    """Check that a command ends with 3, in words, and with nothing on standard output."""
    told = run(*words, "--quiet")
    assert told.code == FAULTS, told.out + told.err
    assert told.out == ""
    assert "Traceback" not in told.err
    assert "nothing was written" in told.err
    for part in saying:
        assert part in told.err, told.err


# -- what it leaves --------------------------------------------------------------------------------


def test_a_case_is_forecast_to_its_end_and_seven_years(folder: Path) -> None:
    """From the count of January 2025: 2025/26 to 2031/32, entrants for the case's three years."""
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert summary["years"] == list(range(2025, 2032))
    entrants = pd.read_csv(folder / "tables" / "entrants.csv")
    assert sorted(entrants["year"].unique()) == [2026, 2027, 2028]
    assert set(Draws.load(folder / "draws.npz").rows["year"]) <= {2026, 2027, 2028}


def test_the_manifest_says_what_it_was_made_from(case: Path, folder: Path) -> None:
    """Hashes of every input, levers in words, seed and versions, and which case it is of."""
    facts = json.loads((folder / "manifest.json").read_text("utf-8"))
    named = {one["file"]: one["sha256"] for one in facts["inputs"]}
    assert {"demand.npz", "entrants.csv", "zones.csv"} <= set(named)
    assert all(len(sha) == 64 for sha in named.values())
    assert facts["settings"]["draws"] == 30
    assert "cease" in facts["settings"]["levers"][0]
    assert facts["case"] == case_facts(read_case(case))
    assert {"sendplaces", "python", "numpy"} <= set(facts["versions"])


@pytest.mark.slow
def test_the_same_seed_gives_the_same_forecast(case: Path, tmp_path: Path) -> None:
    """Draws, tables and key are the same; another seed has another key and other draws."""
    made = {}
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        out = tmp_path / name
        told = run("forecast", case, "--draws", 20, "--seed", seed, "--out", out, "--quiet")
        assert told.code == 0, told.err
        made[name] = Draws.load(out / "draws.npz").totals()
    ids = {
        name: json.loads((tmp_path / name / "manifest.json").read_text("utf-8"))["run_id"]
        for name in made
    }
    assert (made["one"] == made["two"]).all()
    assert (made["one"] != made["three"]).any()
    assert ids["one"] == ids["two"] != ids["three"]
    for name in ("plans.csv", "entrants_by_group.csv"):
        first, second = ((tmp_path / one / "tables" / name).read_bytes() for one in ("one", "two"))
        assert first == second


def test_json_is_one_object_and_nothing_else(case: Path, tmp_path: Path) -> None:
    """For programs: the summary, with what goes wrong as faults."""
    told = run("forecast", case, "--draws", 20, "--json", "--out", tmp_path / "x")
    assert told.code == 0, told.err
    assert told.json()["name"] == "Tiny"
    assert told.err == ""
    wrong = run("forecast", case, "--lever", "surg", "--json", "--out", tmp_path / "y")
    assert wrong.code == FAULTS
    assert wrong.json()["faults"][0]["value"] == "surg"


def test_the_terminal_tells_the_main_figures(case: Path, tmp_path: Path) -> None:
    """Counted, expected with its band, entrants, and where to look."""
    told = run("forecast", case, "--draws", 20, "--out", tmp_path / "x")
    assert told.code == 0, told.err
    assert "Children with plans: 150 in January 2025" in told.out
    assert "8 times in 10 from" in told.out
    assert "forecast.html" in told.out


def test_public_leaves_no_home_behind(case: Path, tmp_path: Path) -> None:
    """Neither draws nor returns, and the manifest says so."""
    told = run("forecast", case, "--draws", 20, "--public", "--out", tmp_path / "x", "--quiet")
    assert told.code == 0, told.err
    assert not (tmp_path / "x" / "draws.npz").exists()
    assert not (tmp_path / "x" / "returns").exists()
    assert json.loads((tmp_path / "x" / "manifest.json").read_text("utf-8"))["public"] is True


def test_a_case_without_a_basis_is_less_and_loudly_so(tmp_path: Path) -> None:
    """Its entrants are spread round what it states: said on the terminal, the page and the list."""
    bare = write_case(tmp_path / "bare")
    told = run("forecast", bare, "--draws", 20, "--out", tmp_path / "out")
    assert told.code == 0, told.err
    assert "holds no demand.npz" in told.err
    page = (tmp_path / "out" / "forecast.html").read_text("utf-8")
    assert "Less than a forecast." in page
    summary = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert summary["plans"] is None
    assert summary["entrants"]["by_year"][0]["mean"] == pytest.approx(6.0)  # 2 + 3 + 1 a year
    assert not (tmp_path / "out" / "returns").exists()


def test_levers_of_ones_own_are_read(case: Path, tmp_path: Path) -> None:
    """A file of levers is used, and named in the manifest."""
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[lever]]\nname = "outreach"\nacts_on = "into_specialist"\nfactor = [0.5]\n', "utf-8"
    )
    told = run(
        "forecast", case, "--draws", 20, "--levers", path, "--out", tmp_path / "x", "--quiet"
    )
    assert told.code == 0, told.err
    rows = pd.read_csv(tmp_path / "x" / "tables" / "levers.csv")
    assert rows["lever"].unique().tolist() == ["outreach"]
    last = rows[rows["measure"] == "specialist_places"].iloc[-1]
    assert last["effect"] < 0


# -- how it refuses --------------------------------------------------------------------------------


def test_nothing_to_forecast_from(where: Path) -> None:
    """Neither a case nor official files."""
    refused("forecast", "--out", where / "x", saying=["nothing to forecast from", "--sen2"])


def test_official_files_need_an_authority(where: Path) -> None:
    """Whose plans is not told by the files."""
    refused("forecast", "--sen2", where, "--out", where / "x", saying=["--sen2 needs --la"])


def test_a_folder_that_is_no_case(where: Path) -> None:
    """A folder without case.toml, and a path that is not there."""
    refused("forecast", where, "--out", where / "x", saying=["holds no case.toml", "start"])
    refused("forecast", where / "gone", "--out", where / "x", saying=["there is no such case"])


def test_an_unknown_lever_suggests_the_nearest(case: Path, where: Path) -> None:
    """And every wrong one is told at once, beside what is wrong in the file."""
    refused(
        "forecast", case, "--lever", "fewer_request", "--lever", "moon",
        "--levers", where / "no.toml", "--out", where / "x",
        saying=["Did you mean 'fewer_requests'?", "moon", "no.toml", "3 faults"],
    )  # fmt: skip


def test_a_lever_asked_for_twice(case: Path, where: Path) -> None:
    """It would be counted twice."""
    refused(
        "forecast", case, "--lever", "surge", "--lever", "surge", "--out", where / "x",
        saying=["'surge' is asked for twice"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("years", "saying"),
    [
        (9, ["'9' is more than the 8 years", "at most 8"]),  # the basis holds eight totals
        (3, ["ends before the case", "at least 4"]),  # the case ends with 2028/29, the fourth
    ],
)
def test_years_that_cannot_be(case: Path, where: Path, years: int, saying: list[str]) -> None:
    """Beyond what the basis holds, or short of the case's end."""
    refused("forecast", case, "--years", years, "--out", where / "x", saying=saying)


def test_years_must_be_a_number(case: Path) -> None:
    """A slip of the finger is wrong usage."""
    assert run("forecast", case, "--years", "many").code == 2
    assert run("forecast", case, "--draws", "5").code == 2  # too few for a tenth


@pytest.mark.parametrize(
    ("content", "saying"),
    [
        (b"not an npz", "is not a readable basis"),
        (b"", "is not a readable basis"),
    ],
)
def test_a_basis_that_is_broken(case: Path, tmp_path: Path, content: bytes, saying: str) -> None:
    """A half copied file is told as that."""
    broken = tmp_path / "broken"
    shutil.copytree(case, broken)
    (broken / "demand.npz").write_bytes(content)
    with nothing_written(tmp_path):
        refused("forecast", broken, "--out", tmp_path / "x", saying=[saying, "demand.npz"])


def test_a_basis_of_another_version(case: Path, tmp_path: Path) -> None:
    """Another version's file, and one that lacks a part, ask to be made again."""
    other = tmp_path / "other"
    shutil.copytree(case, other)
    held = read_arrays(case / "demand.npz", "basis of a demand projection")
    path = other / "demand.npz"
    for what, arrays in (
        ("basis of a demand projection, version 0", held),
        ("file of draws, version 1", held),
        (
            "basis of a demand projection, version 1",
            {k: v for k, v in held.items() if k != "stock"},
        ),
    ):
        np.savez_compressed(path, what=np.array(what), **arrays)
        with nothing_written(tmp_path):
            refused("forecast", other, "--out", tmp_path / "x", saying=["demand.npz", "is "])


def test_a_basis_of_other_zones(case: Path, tmp_path: Path) -> None:
    """The case's zones were changed after it was made: which one is named."""
    other = tmp_path / "other"
    shutil.copytree(case, other)
    a_basis(["north", "west"]).save(other / "demand.npz")
    with nothing_written(tmp_path):
        refused(
            "forecast", other, "--out", tmp_path / "x",
            saying=["does not belong to this case", "west", "and 1 more"],
        )  # fmt: skip


def test_a_basis_later_than_the_case(tmp_path: Path) -> None:
    """A case that begins before the count has years that cannot be projected."""
    early = write_case(tmp_path / "early", case={"base_year": 2024}, entrants=[entrant(2024)])
    a_basis().save(early / "demand.npz")
    with nothing_written(tmp_path):
        refused(
            "forecast", early, "--out", tmp_path / "x",
            saying=["counts January 2025", "begins in 2024/25"],
        )  # fmt: skip


def test_levers_need_a_basis(tmp_path: Path) -> None:
    """Stated entrants cannot tell what a lever would do."""
    bare = write_case(tmp_path / "bare")
    with nothing_written(tmp_path):
        refused(
            "forecast", bare, "--lever", "surge", "--out", tmp_path / "x",
            saying=["levers can act only on one"],
        )  # fmt: skip


def test_a_folder_in_use_is_left_alone(case: Path, tmp_path: Path) -> None:
    """Neither other files, nor the case itself, are replaced."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", "utf-8")
    with nothing_written(tmp_path):
        refused(
            "forecast",
            case,
            "--out",
            tmp_path / "mine",
            saying=["not an earlier forecast", "--force"],
        )
    with nothing_written(case):
        refused("forecast", case, "--out", case, "--force", saying=["which the run would replace"])


def test_population_needs_zones(where: Path, data: Path) -> None:
    """People by small area say nothing without whose areas they are."""
    refused(
        "forecast", "--sen2", data / "sen2", "--la", "Rutland", "--population", where,
        "--out", where / "x",
        saying=["--population needs --zones"],
    )  # fmt: skip


# -- a plan from it --------------------------------------------------------------------------------


def test_a_plan_takes_its_children_from_a_forecast(
    case: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entrants are the forecast's, the manifest and the notes say so, and another key results."""
    without_page(monkeypatch)
    told = run("plan", case, "--forecast", folder, "--out", tmp_path / "run", "--json")
    assert told.code == 0, told.err
    expected = pd.read_csv(folder / "tables" / "entrants.csv")["children"].sum()
    assert told.json()["entrants"] == pytest.approx(expected, rel=1e-6)
    facts = json.loads((tmp_path / "run" / "manifest.json").read_text("utf-8"))
    made = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert facts["forecast"]["run_id"] == made["run_id"]
    assert any(one["file"] == "tiny/draws.npz" for one in facts["inputs"])
    plain = run("plan", case, "--out", tmp_path / "plain", "--json")
    assert json.loads((tmp_path / "plain" / "manifest.json").read_text("utf-8"))["forecast"] is None
    assert plain.json()["entrants"] == pytest.approx(18.0)  # six a year, as the case states


def test_the_report_tells_of_the_forecast(case: Path, folder: Path) -> None:
    """Its key and levers stand among the notes of the case."""
    changed, used = with_forecast(read_case(case), folder)
    assert used.run_id in changed.notes[-1]
    assert "cease_plans" in changed.notes[-1]


def test_a_plan_takes_the_draw_at_a_rank(
    case: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--demand P90 is the coherent draw at that rank of the three years' total."""
    without_page(monkeypatch)
    told = run(
        "plan", case, "--forecast", folder, "--demand", "P90", "--out", tmp_path / "run", "--json"
    )
    assert told.code == 0, told.err
    draws = Draws.load(folder / "draws.npz")
    expected = draws.totals()[draws.at_rank(0.9)]
    assert told.json()["entrants"] == pytest.approx(float(expected))


def test_expected_entrants_are_the_tables(case: Path, folder: Path) -> None:
    """What a plan takes from the draws' file is what entrants.csv shows, row by row."""
    taken = with_forecast(read_case(case), folder)[0].entrants
    keys = ["zone", "need", "phase", "year", "kind"]
    shown = pd.read_csv(folder / "tables" / "entrants.csv").groupby(keys)["children"].sum()
    pd.testing.assert_series_equal(
        taken.groupby(keys)["children"].sum(), shown, check_dtype=False, check_index_type=False
    )
    assert taken.loc[taken["kind"] != "transfer", "nc_year"].isna().all()
    assert (
        taken.dtypes.astype(str).to_dict() == read_case(case).entrants.dtypes.astype(str).to_dict()
    )


def test_a_plan_refuses_what_is_no_forecast_of_its_case(
    case: Path, folder: Path, tmp_path: Path
) -> None:
    """No folder, no forecast, a public one, and those of cases with other years or zones."""
    public = tmp_path / "public"
    run("forecast", case, "--draws", 20, "--public", "--out", public, "--quiet")
    later = write_case(tmp_path / "later", case={"horizon_years": 2}, entrants=[entrant(2026)])
    moved = tmp_path / "moved"
    shutil.copytree(folder, moved)
    facts = json.loads((moved / "manifest.json").read_text("utf-8"))
    facts["case"]["zones"] = "0" * 64
    (moved / "manifest.json").write_text(json.dumps(facts), "utf-8")
    alone = tmp_path / "alone"
    shutil.copytree(folder, alone)
    (alone / "manifest.json").write_text(json.dumps(facts | {"case": None}), "utf-8")
    halved = tmp_path / "halved"
    shutil.copytree(folder, halved)
    (halved / "draws.npz").write_bytes((folder / "draws.npz").read_bytes()[:100])
    wrong = [
        (case, tmp_path / "gone", "there is no such folder"),
        (case, case, "is no folder of a forecast"),
        (case, public, "is the public version"),
        (later, folder, "covers another number of years (3; this case: 2)"),
        (case, moved, "has other zones"),
        (case, alone, "of no case"),
        (case, halved, "is not a readable file of draws"),
    ]
    for of, given, saying in wrong:
        refused("plan", of, "--forecast", given, "--out", tmp_path / "run", saying=[saying])
        assert not (tmp_path / "run").exists()


# -- on the official files -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data() -> Path:
    """Return the folder of official files, or skip."""
    if not (DATA / "sen2").is_dir():
        pytest.skip(f"the official files are not at {DATA}")
    return DATA


@pytest.mark.slow
@pytest.mark.real
def test_rutland_from_the_published_files(data: Path, tmp_path: Path) -> None:
    """The count is the published one, and the returns hold it: 376 plans (caseload, 202425).

    Requests for assessment under 5 in 2024 are those of the file, and are projected.
    """
    out = tmp_path / "rutland"
    told = run(
        "forecast",
        "--sen2",
        data / "sen2",
        "--la",
        "rutland",
        "--draws",
        20,
        "--out",
        out,
        "--json",
    )
    assert told.code == 0, told.err
    summary = told.json()
    assert (summary["code"], summary["plans"]["counted"]) == ("E06000017", 376)
    tables = {n: pd.read_csv(out / "returns" / f"lsrp_{n}.csv") for n in ("5_1", "6", "7", "10")}
    for name in ("5_1", "6", "7"):
        assert tables[name]["2024 actual"].sum() == 376
    history = pd.read_csv(out / "tables" / "plans.csv").query(
        "measure == 'plans' and status == 'history'"
    )
    assert history["year"].min() == 2009  # January 2010
    assert tables["10"].filter(regex="projected").notna().to_numpy().any()


@pytest.mark.real
def test_a_misspelt_authority_suggests_the_nearest(data: Path, tmp_path: Path) -> None:
    """As everywhere else that an authority is named."""
    with nothing_written(tmp_path):
        refused(
            "forecast", "--sen2", data / "sen2", "--la", "Rutlund", "--out", tmp_path / "x",
            saying=["Rutland"],
        )  # fmt: skip
