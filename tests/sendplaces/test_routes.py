"""``sendplaces routes``: what it leaves, the same again, what it refuses, rounds of planning."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from geo.routing.types import Effort
from outputs.planned_run import read_run
from sendplaces import routes_iterate
from sendplaces.routes_iterate import check_case, cost_as_routed, turn
from sendplaces.routes_setting import boarding, flows_of, policy_of, settle
from sendplaces.routes_term import fragments, predicted, scenario_values, values_of
from sendplaces.runs import Silence
from tests.cases import tiny_tables, write_case, write_rows
from tests.outputs.routed import draw, routed_report
from tests.sendplaces.driving import FAULTS, Told, contents, nothing_written, run

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("pyvrp", reason="routes need the extra 'routes'")

QUICK = ("--draws", 1, "--no-options", "--workers", 1)
FILES = {
    "routes.html",
    "routes.xlsx",
    "routes.gpkg",
    "summary.json",
    "manifest.json",
    "export/routes.geojson",
    "export/routes-plan.gpx",
    "export/routes-do-minimum.gpx",
    "tables/totals.csv",
    "tables/provisions_change.csv",
    "tables/saving.csv",
    "tables/saving_by_year.csv",
    "tables/dfe_return.csv",
    "tables/routes.csv",
    "sheets/oak_school.html",
}
ONCE_ONLY = {"seconds"}


@pytest.fixture(scope="module")
def routed(
    tiny_run: tuple[Told, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Told, Path]:
    """Return what ``routes --json`` of the tiny run said, and its folder."""
    out = tmp_path_factory.mktemp("routed") / "tiny-routes"
    return run("routes", tiny_run[1], "--draws", 2, "--workers", 2, "--out", out, "--json"), out


def refused(where: Path, folder: object, *words: object, saying: tuple[str, ...]) -> Told:
    """Check that ``routes`` refuses with exit 3, in words, and writes nothing at all."""
    with nothing_written(where):
        told = run("routes", folder, "--out", where / "out", "--quiet", *QUICK, *words)
    assert told.code == FAULTS, told.err
    assert told.out == ""
    assert "Traceback" not in told.err
    for one in saying:
        assert one in told.err, told.err
    return told


def test_json_is_the_summary_and_every_file_is_there(routed: tuple[Told, Path]) -> None:
    """One JSON object on standard output; the folder holds every file that the docs name."""
    told, out = routed
    assert told.code == 0, told.err
    assert told.err == ""
    assert told.json() == json.loads((out / "summary.json").read_text("utf-8"))
    assert set(contents(out)) >= FILES


def test_the_summary_tells_both_sides_and_the_saving(routed: tuple[Told, Path]) -> None:
    """Four sides, the saving by basis with its range, by year, the noise, and no violation."""
    summary = routed[0].json()
    assert set(summary["sides"]) == {"do_minimum", "plan", "do_minimum_same", "plan_same"}
    same = [summary["sides"][f"{side}_same"] for side in ("do_minimum", "plan")]
    assert same[0]["children"] == same[1]["children"]
    saving = summary["saving_gbp"]
    for one in saving.values():
        assert one["low"] <= one["mid"] <= one["high"]
    assert saving["routed_same_children"]["mid"] == pytest.approx(
        same[0]["cost_a_year_gbp"] - same[1]["cost_a_year_gbp"]
    )
    assert [row["year"] for row in summary["saving_by_year"]] == [2026, 2027, 2028]
    assert summary["noise_share"] >= 0.015
    assert summary["violations"] == []
    assert summary["actual_average_is_national"] is True


@pytest.mark.slow
def test_the_same_seed_gives_the_same_again(routed: tuple[Told, Path], tiny_run: tuple[Told, Path],
                                            tmp_path: Path) -> None:  # fmt: skip
    """Every table is the same byte for byte, however many processes route draws and options.

    Another seed draws other children.
    """
    again = tmp_path / "again"
    run("routes", tiny_run[1], "--draws", 2, "--workers", 1, "--out", again, "--quiet")
    before, after = contents(routed[1]), contents(again)
    tables = [name for name in before if name.startswith(("tables/", "export/", "sheets/"))]
    assert len(tables) > 15
    for name in tables:
        assert before[name] == after[name], name
    other = tmp_path / "other"
    run("routes", tiny_run[1], *QUICK, "--seed", 5, "--out", other, "--quiet")
    assert contents(other)["tables/by_draw.csv"] != before["tables/by_draw.csv"]


def test_the_same_children_have_the_same_homes_on_both_sides(tiny_run: tuple[Told, Path]) -> None:
    """Common random numbers: only where children go differs between the sides."""
    setting = settle(read_run(tiny_run[1]))
    sides, _ = setting.draw(0, 3)
    columns = ["child", "zone", "easting", "northing", "wheelchair", "solo", "assistant", "ptb"]
    pd.testing.assert_frame_equal(sides["do_minimum"][columns], sides["plan"][columns])
    assert not sides["do_minimum"]["provision"].equals(sides["plan"]["provision"])


def test_totals_of_children_are_those_of_the_plan(tiny_run: tuple[Told, Path]) -> None:
    """Whole children are drawn with the plan's expected total, to the nearest child."""
    planned = read_run(tiny_run[1])
    setting = settle(planned)
    sides, _ = setting.draw(0, 0)
    for side in ("do_minimum", "plan"):
        expected = setting.flows[side].sum()
        assert abs(sides[side]["provision"].notna().sum() - expected) <= 0.5 + 1e-9


def test_no_home_drawn_stands_in_any_file(
    routed: tuple[Told, Path], tiny_run: tuple[Told, Path]
) -> None:
    """Homes of a real run of the command, to the metre, are in none of its files."""
    setting = settle(read_run(tiny_run[1]))
    homes = set()
    for number in range(2):
        sides, _ = setting.draw(number, 0)
        table = sides["plan"]
        homes |= {f"{x:.1f}" for x in table["easting"]} | {f"{y:.1f}" for y in table["northing"]}
    texts = {
        n: d
        for n, d in contents(routed[1]).items()
        if d is not None and not n.endswith((".xlsx", ".gpkg"))
    }
    for name, data in texts.items():
        found = set(re.findall(rb"\d{5,6}\.\d", data))
        assert not {one.decode() for one in found} & homes, name


def test_the_map_file_opens_in_qgis_with_styles(routed: tuple[Told, Path]) -> None:
    """Every layer is there on British National Grid, each with a default style."""
    with sqlite3.connect(routed[1] / "routes.gpkg") as base:
        layers = dict(base.execute("SELECT table_name, srs_id FROM gpkg_geometry_columns"))
        styled = {name for (name,) in base.execute("SELECT f_table_name FROM layer_styles")}
    assert set(layers) == {"zones", "routes", "roads_plan", "roads_do_minimum", "provisions"}
    assert set(layers.values()) == {27700}
    assert {"routes", "roads_plan", "roads_do_minimum", "provisions"} <= styled


def test_the_page_is_one_file_that_opens_offline(routed: tuple[Told, Path]) -> None:
    """No script, no link to another host; straight lines are told in so many words."""
    page = (routed[1] / "routes.html").read_text("utf-8")
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="https?:', page)
    assert "No roads were given" in page


def test_a_public_folder_names_no_zone(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """--public leaves routes, sheets and zones out, and holds small numbers back."""
    out = tmp_path / "public"
    told = run("routes", tiny_run[1], *QUICK, "--public", "--out", out, "--json")
    assert told.code == 0, told.err
    names = set(contents(out))
    assert "routes.gpkg" not in names
    assert not [name for name in names if name.startswith(("sheets", "export"))]
    for name, data in contents(out).items():
        if data is not None and not name.endswith(".xlsx"):
            assert b"south" not in data, name
            assert b"South" not in data, name
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["public"] is True
    assert "/" not in manifest["planned_run"]["folder"]


def test_the_learned_files_are_taken_by_plan(tiny_folder: Path, tmp_path: Path) -> None:
    """The scenario fragment and the table of rates check without a fault, and say the figures."""
    learned = {
        "transport_fixed_per_run_gbp": 31.25,
        "transport_per_child_run_gbp": 4.5,
        "transport_per_mile_run_gbp": 0.75,
        "transport_wheelchair_run_gbp": 9.0,
    }
    term = pd.DataFrame({"key": list(learned), "value": list(learned.values())})
    plain = routed_report()
    report = replace(
        plain,
        tables={**plain.tables, "term": term},
        summary={**plain.summary, "term_note": "Fitted by hand."},
    )
    written = fragments(report)
    assert set(written) == {"learned-term.toml", "transport_rates.csv"}
    case = tmp_path / "case"
    shutil.copytree(tiny_folder, case)
    fragment = tmp_path / "learned-term.toml"
    fragment.write_text(written["learned-term.toml"], "utf-8")
    assert {key: tomllib.loads(fragment.read_text("utf-8"))[key] for key in learned} == learned
    checked = run("check", case, "--scenario", fragment, "--json")
    assert checked.code == 0, checked.out
    (case / "transport_rates.csv").write_text(written["transport_rates.csv"], "utf-8")
    assert run("check", case, "--json").code == 0


def test_a_budget_of_seconds_is_said_and_marked(
    tiny_run: tuple[Told, Path], tmp_path: Path
) -> None:
    """With --seconds the run ends in time, and says that another machine finds other routes."""
    told = run("routes", tiny_run[1], *QUICK, "--seconds", 3, "--out", tmp_path / "out", "--json")
    assert told.code == 0, told.err
    assert told.json()["reproducible"] is False
    assert "bounded by seconds" in (tmp_path / "out" / "routes.html").read_text("utf-8")


def test_the_year_can_be_chosen(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """--year routes the children on roll in that year, and the whole saving is of that year."""
    out = tmp_path / "first"
    told = run("routes", tiny_run[1], *QUICK, "--year", 2026, "--out", out, "--json")
    assert told.code == 0, told.err
    summary = told.json()
    assert summary["year"] == 2026
    expected = settle(read_run(tiny_run[1]), year=2026).flows["plan"].sum()
    assert abs(summary["sides"]["plan"]["children"] - expected) <= 0.5 + 1e-9
    assert summary["full_effect_year"] == 2029, "contracts of four years"


# what is refused -----------------------------------------------------------------------------


def test_what_is_no_run_folder_is_refused(tmp_path: Path, tiny_folder: Path) -> None:
    """A folder that is not there, a case in place of a run, and a file: each with what to do."""
    refused(tmp_path, tmp_path / "nowhere", saying=("there is no such folder", "run folder"))
    refused(tmp_path, tiny_folder, saying=("is no run folder", "sendplaces plan"))
    (tmp_path / "file").write_text("x")
    refused(tmp_path, tmp_path / "file", saying=("is no run folder",))


def test_a_public_run_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    """A public run holds no homes: nothing in it can be routed."""
    run("plan", tiny_folder, "--public", "--out", tmp_path / "public", "--quiet")
    refused(tmp_path, tmp_path / "public", saying=("is a public run", "without --public"))


def copied(tiny_run: tuple[Told, Path], tmp_path: Path, **manifest: Any) -> Path:
    """Return a copy of the tiny run with its manifest changed."""
    folder = tmp_path / "copied"
    shutil.copytree(tiny_run[1], folder)
    facts = json.loads((folder / "manifest.json").read_text("utf-8")) | manifest
    (folder / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    return folder


def test_a_run_of_another_version_is_refused(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """A run whose tables this version would misread says which version wrote it, and what to do."""
    old = copied(tiny_run, tmp_path, routing={}, versions={"sendplaces": "0.0.9"})
    refused(tmp_path, old, saying=("was written by sendplaces 0.0.9", "Plan it again"))


def test_routes_of_routes_are_refused(routed: tuple[Told, Path], tmp_path: Path) -> None:
    """The folder of a routed comparison is no plan: the message names the plan's."""
    refused(tmp_path, routed[1], saying=("holds routes, not a plan", "run folder"))


def test_a_damaged_run_is_refused_with_every_fault(
    tiny_run: tuple[Told, Path], tmp_path: Path
) -> None:
    """A table that is gone, and a number that is none: both are named at once."""
    folder = copied(tiny_run, tmp_path)
    (folder / "tables" / "zones.csv").unlink()
    riders = folder / "tables" / "riders.csv"
    lines = riders.read_text("utf-8").splitlines()
    cells = lines[1].split(",")
    cells[lines[0].split(",").index("plan")] = "many"
    riders.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", encoding="utf-8")
    refused(tmp_path, folder, saying=("tables/zones.csv", "is missing", "'many' is not a number"))
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    refused(tmp_path, folder, saying=("manifest.json", "cannot be read"))


def test_a_year_outside_the_plan_is_refused(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """The years that can be routed are named."""
    refused(tmp_path, tiny_run[1], "--year", 2040, saying=("2040", "from 2026 to 2028"))


def test_faults_of_a_fleet_file_are_all_named(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """A negative cost and a type given twice: row, column and what to write."""
    fleet = tmp_path / "fleet.csv"
    write_rows(
        fleet,
        [
            {"type": "taxi", "seats": 3, "fixed_per_run_gbp": -5, "per_mile_gbp": 2},
            {"type": "bus", "seats": 16, "fixed_per_run_gbp": 90, "per_mile_gbp": 2},
            {"type": "bus", "seats": 8, "fixed_per_run_gbp": 50, "per_mile_gbp": 2},
        ],
    )
    refused(tmp_path, tiny_run[1], "--fleet", fleet, saying=("fleet.csv", "-5", "bus"))
    refused(tmp_path, tiny_run[1], "--fleet", tmp_path / "no.csv", saying=("no.csv",))


def test_a_pupil_file_that_names_children_is_refused(
    tiny_run: tuple[Told, Path], tmp_path: Path
) -> None:
    """A column of names or dates of birth: the heading is named, and not one cell is repeated."""
    pupils = tmp_path / "pupils.csv"
    write_rows(
        pupils,
        [
            {
                "child": "p1",
                "forename": "Winifred",
                "date_of_birth": "2015-03-04",
                "provision": "oak_school",
                "phase": "primary",
                "easting": 408_512,
                "northing": 94_233,
            }
        ],
    )
    told = refused(
        tmp_path, tiny_run[1], "--pupils", pupils, saying=("forename", "date_of_birth", "pseudonym")
    )
    assert "Winifred" not in told.err
    assert "2015" not in told.err


def test_an_out_folder_with_other_files_is_refused(
    tiny_run: tuple[Told, Path], tmp_path: Path
) -> None:
    """What is no earlier run is left alone, and the run itself is never written over."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "precious.txt").write_text("mine")
    refused(tmp_path, tiny_run[1], saying=("holds files that are not earlier routes",))
    told = run("routes", tiny_run[1], *QUICK, "--out", tiny_run[1], "--force", "--quiet")
    assert told.code == FAULTS
    assert "which the run would replace" in told.err


def test_iterate_needs_the_case(tiny_run: tuple[Told, Path]) -> None:
    """Without the case nothing can be planned again: wrong usage, and it says what is missing."""
    told = run("routes", tiny_run[1], "--iterate")
    assert told.code == 2
    assert "--case" in told.err


# the authority's own children ----------------------------------------------------------------


def test_pupils_are_routed_and_their_homes_stay_in_memory(
    tiny_run: tuple[Told, Path], tmp_path: Path
) -> None:
    """Eight children by pseudonym: routed both ways, homes in no file, and no draw of others."""
    homes = {f"p{n}": (408_417 + 131 * n, 91_173 + 377 * n) for n in range(8)}
    pupils = tmp_path / "pupils.csv"
    write_rows(
        pupils,
        [
            {
                "child": key,
                "provision": "far_school" if n < 4 else "oak_school",
                "plan_provision": "elm_base" if n < 3 else "",
                "phase": "primary",
                "need": "ASD",
                "easting": x,
                "northing": y,
            }
            for n, (key, (x, y)) in enumerate(homes.items())
        ],
    )
    out = tmp_path / "out"
    told = run("routes", tiny_run[1], *QUICK, "--pupils", pupils, "--out", out, "--json")
    assert told.code == 0, told.err
    summary = told.json()
    assert summary["pupil_file"] is True
    assert summary["sides"]["do_minimum"]["children"] == 8
    for name, data in contents(out).items():
        if data is None or name.endswith((".xlsx", ".gpkg")):
            continue
        for x, y in homes.values():
            assert str(x).encode() not in data, name
            assert str(y).encode() not in data, name


# what it is routed with ----------------------------------------------------------------------


def test_the_scenario_overrides_the_dated_policy(tiny_run: tuple[Told, Path]) -> None:
    """Guideline minutes, shares carried and runs a year are those that the plan was made with."""
    planned = read_run(tiny_run[1])
    changed = planned.scenario.model_copy(
        update={
            "guideline_minutes": planned.scenario.guideline_minutes | {"primary": 40.0},
            "runs_per_year": {"day": 376.0, "inmss_residential": 12.0},
        }
    )
    told = replace(planned, scenario=changed)
    policy = policy_of(told, settle(planned).on)
    assert policy.ride_limit_minutes["primary"] == 40.0
    assert policy.runs_a_year["daily"] == 188.0
    assert boarding(told) == "termly"
    assert policy.runs_a_year["termly"] == 6.0
    assert boarding(planned) == "weekly"


def test_children_taught_at_home_have_no_journey_and_are_counted(
    tiny_run: tuple[Told, Path],
) -> None:
    """A provision without a place of its own is left out of the routes, with a note."""
    planned = read_run(tiny_run[1])
    provisions = planned.provisions.copy()
    provisions.loc[provisions["provision"] == "oak_school", "class"] = "eotas"
    flows, notes = flows_of(
        replace(planned, provisions=provisions), 2028, set(provisions["provision"])
    )
    assert "oak_school" not in set(flows["provision"])
    assert any("have no journey here" in note for note in notes)


def test_roads_that_have_gone_are_told_and_replaced_by_straight_lines(
    tiny_run: tuple[Told, Path], tmp_path: Path
) -> None:
    """The run names its roads; where they are not any more, a warning says so."""
    gone = {"layout": 1, "network": str(tmp_path / "roads.osm.pbf")}
    setting = settle(read_run(copied(tiny_run, tmp_path, routing=gone)))
    assert setting.network is None
    assert any("are not where they were" in one.problem for one in setting.warnings)


# plan and routes in turn ---------------------------------------------------------------------


def test_the_plans_term_is_worked_out_by_hand() -> None:
    """£50 a used provision, £5 a child, £1 a mile and £20 a wheelchair, 380 runs.

    kid_1 and kid_2 are about 0.3 miles from Oak, kid_3 and kid_4 about 14 from Far: two provisions,
    four children, and the direct miles that the matrix says.
    """
    routed = draw().sides["do_minimum"]
    term = {
        "transport_fixed_per_run_gbp": 50.0,
        "transport_per_child_run_gbp": 5.0,
        "transport_per_mile_run_gbp": 1.0,
        "transport_wheelchair_run_gbp": 20.0,
    }
    at = routed.matrix
    pairs = [("kid_1", "oak_school"), ("kid_2", "oak_school"), ("kid_3", "far_school"),
             ("kid_4", "far_school")]  # fmt: skip
    miles = sum(at.metres[at.at(a), at.at(b)] for a, b in pairs) / 1609.344
    assert predicted(routed, term) == pytest.approx(380 * (2 * 50 + 4 * 5 + miles))


def test_a_plan_is_measured_with_its_transport_as_routed(tiny_run: tuple[Told, Path]) -> None:
    """Routed at its own price a plan costs what it says; at twice, one transport more."""
    planned = read_run(tiny_run[1])
    money = planned.money[planned.money["term"] == "transport"]
    own = money.loc[money["year"] == "2028", "plan"].sum()
    cost = planned.summary["cost_gbp"]
    assert cost_as_routed(planned, 2028, own, 1.0) == pytest.approx(cost)
    twice = cost_as_routed(planned, 2028, own, 2.0)
    assert twice == pytest.approx(cost + money["plan_pv"].sum())


def test_another_case_is_refused(tiny_run: tuple[Told, Path], tmp_path: Path) -> None:
    """A case whose tables differ from those planned is named, with the tables."""
    tables = tiny_tables()
    tables["provisions"][0]["places"] = 21
    other = write_case(tmp_path / "other", provisions=tables["provisions"])
    refused(
        tmp_path,
        tiny_run[1],
        "--iterate",
        "--case",
        other,
        saying=("is not the case that the run was planned from", "provisions.csv"),
    )


def test_the_path_is_shown_and_the_best_is_kept(
    tiny_run: tuple[Told, Path], tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two rounds: the plan's price is far off, then near; the cheapest as routed is kept.

    The first term and the one taught are fixed by the test, so that the path can be told
    beforehand: twice the routed cost, then 3 % less than it, within the tolerance of 5 %.
    """
    planned = read_run(tiny_run[1])
    check_case(planned, tiny_folder)
    stated = scenario_values(planned.scenario)
    exact = draw().sides["plan"].cost_a_year_gbp / predicted(draw().sides["plan"], stated)
    first, taught = (
        {key: value * exact * factor for key, value in stated.items()} for factor in (2.0, 0.97)
    )
    planned = replace(planned, scenario=planned.scenario.model_copy(update=first))
    asked: list[dict[str, float]] = []

    def route(run_: Any) -> dict[str, Any]:
        asked.append(scenario_values(run_.scenario))
        return dict(draw().sides)

    monkeypatch.setattr(
        routes_iterate, "told_scenario", lambda scenario, _: scenario.model_copy(update=taught)
    )
    turned = turn(
        planned, tiny_folder, route, year=2028, average_gbp=None, cache=None, tell=Silence()
    )
    try:
        assert asked == [first, pytest.approx(taught)]
        assert turned.path["round"].tolist() == [1, 2]
        assert turned.path["gap_share"].tolist() == pytest.approx([1.0, 0.03])
        assert turned.settled
        kept = turned.path["kept"].str.contains("kept")
        assert kept.sum() == 1
        assert turned.path.loc[kept, "cost_gbp"].iloc[0] == turned.path["cost_gbp"].min()
    finally:
        turned.tidy()
    assert not turned.workshop.exists()


@pytest.mark.slow
def test_rounds_end_even_where_they_do_not_settle(
    tiny_run: tuple[Told, Path], tiny_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A term that never comes near ends after the rounds allowed, and the path says so."""
    monkeypatch.setattr(routes_iterate, "told_scenario", lambda scenario, _: scenario)
    turned = turn(
        read_run(tiny_run[1]),
        tiny_folder,
        lambda _: dict(draw().sides),
        year=2028,
        average_gbp=None,
        cache=None,
        tell=Silence(),
        rounds=2,
        tolerance=0.0,
    )
    turned.tidy()
    assert len(turned.path) == 2
    assert not turned.settled
    assert "not settled" in turned.path["kept"].iloc[-1]


def test_iterate_from_the_command_line(
    tiny_run: tuple[Told, Path], tiny_folder: Path, tmp_path: Path
) -> None:
    """The path stands in the tables; where another plan is best, its whole run folder does too."""
    out = tmp_path / "out"
    told = run(
        "routes", tiny_run[1], *QUICK, "--iterate", "--case", tiny_folder, "--out", out, "--json"
    )
    assert told.code == 0, told.err
    path = pd.read_csv(out / "tables" / "iterations.csv")
    assert path["round"].tolist() == list(range(1, len(path) + 1))
    kept = path[path["kept"].fillna("").str.contains("kept")]
    assert len(kept) == 1
    assert (out / "run" / "report.html").exists() == (kept["round"].iloc[0] > 1)


def test_a_value_of_no_term_is_nothing() -> None:
    """Where no term could be fitted there is nothing to tell the plan."""
    assert values_of(pd.DataFrame()) == {}
    assert Effort().seconds is None
