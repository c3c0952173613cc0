"""The round's workbook, pages, fairness and run folder hold what they say, and nothing else."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from outputs.round_fairness import fairness
from outputs.round_pages import child_pages, render_round
from outputs.round_publish import publish_round
from outputs.round_words import RULES
from outputs.round_workbook import write_round_workbook
from tests.outputs.round_builders import HOSTILE, seaborough_report, tiny_report

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.round_report import RoundReport


@pytest.fixture(scope="module")
def tiny() -> RoundReport:
    """Return the tiny report; nobody changes it."""
    return tiny_report()


def test_children_with_nowhere_to_go_come_first(tiny: RoundReport) -> None:
    """The child with two must-haves that no provision has is listed first, not dropped."""
    children = tiny.tables["children"]
    assert len(children) == 6
    assert children["child"].tolist() == ["W4", "W3", "W5", "W6", "W1", "W2"]
    assert children["status"].tolist() == ["nowhere_suitable", *["no_place"] * 3, *["place"] * 2]
    assert children["one_rule"].tolist() == ["none", "full", "full", "full", "", ""]
    assert children["suitable"].tolist() == [0, 4, 4, 1, 4, 4]
    assert children.set_index("child")["alike"].to_dict()["W3"] == "W5"


def test_every_provision_is_accounted_for(tiny: RoundReport) -> None:
    """For each child each provision is suitable, or has a rule against it; or both, when full."""
    suitable, why_not = tiny.tables["suitable"], tiny.tables["why_not"]
    for child in tiny.tables["children"]["child"]:
        good = set(suitable.loc[suitable["child"] == child, "provision"])
        barred = set(why_not.loc[why_not["child"] == child, "provision"])
        assert good | barred == {"oak", "elm", "yew", "ash"}
    both = suitable.merge(why_not, on=["child", "provision"])
    assert set(both["rules_y"]) == {"full"}


def test_costs_and_journeys_of_each_suitable_place(tiny: RoundReport) -> None:
    """Elm for W1: £12,000 and £6,000 and transport; 10 minutes; preferred. W2's second need."""
    table = tiny.tables["suitable"].set_index(["child", "provision"])
    row = table.loc[("W1", "elm")]
    assert (row["topup_gbp"], row["place_gbp"], row["minutes"]) == (12_000, 6_000, 10)
    assert row["cost_gbp"] == pytest.approx(18_000 + row["transport_gbp"])
    assert row["preferred"]
    assert table.loc[("W2", "elm"), "teaches_second_need"]
    assert not table.loc[("W2", "oak"), "teaches_second_need"]


def test_fairness_counts_before_and_after(tiny: RoundReport) -> None:
    """Six wait, a median of 10 weeks and 30 at most; the four left have waited 10 at most."""
    table = tiny.tables["fairness"].set_index(["by", "group"])
    whole = table.loc[("all", "all")]
    assert (whole["waiting"], whole["with_place"], whole["without_place"]) == (6, 2, 4)
    assert (whole["weeks_median"], whole["weeks_longest"]) == (10, 30)
    assert (whole["weeks_median_after"], whole["weeks_longest_after"]) == (7.5, 10)
    assert table.loc[("locality", "shore"), "waiting"] == 1
    assert table.loc[("deprivation_fifth", "4"), "with_place_share"] == 1.0
    assert table.loc[("need", "SEMH"), "with_place"] == 0
    for by in ("need", "phase", "locality", "deprivation_fifth"):
        assert table.loc[by, "waiting"].sum() == 6


def test_journeys_now_and_after_are_of_the_same_children() -> None:
    """W1 goes from 10 minutes to 30; W2 stays at 20, without a place; of W3 nothing is known now.

    So the median of the two whose journey is known goes from 15 to 25, and of the two with a place
    (30 and 50) it is 40.
    """
    children = pd.DataFrame(
        {
            "need": "ASD", "phase": "primary", "locality": "shore", "deprivation_fifth": 1,
            "provision": ["oak", None, "oak"], "weeks": 4.0,
            "ride_minutes": [30.0, float("nan"), 50.0],
            "current_minutes": [10.0, 20.0, float("nan")], "over_guideline": False,
        }
    )  # fmt: skip
    row = fairness(children).iloc[0]
    assert (row["minutes_known"], row["minutes_now"], row["minutes_after"]) == (2, 15, 25)
    assert row["ride_minutes_with_place"] == 40


def test_fairness_without_a_fifth_or_a_locality() -> None:
    """Children of whom neither is known are counted under words of their own."""
    children = pd.DataFrame(
        {
            "need": ["ASD"], "phase": ["primary"], "locality": [None],
            "deprivation_fifth": pd.array([None], dtype="Int64"), "provision": [None],
            "weeks": [4.0], "ride_minutes": [float("nan")], "current_minutes": [float("nan")],
            "over_guideline": [False],
        }
    )  # fmt: skip
    groups = set(fairness(children)["group"])
    assert {"no_locality", "not_known"} <= groups


def test_the_workbook_is_text_and_numbers(tiny: RoundReport, tmp_path: Path) -> None:
    """A name that begins with = is text; there is no formula and no link of the user's."""
    path = tmp_path / "round.xlsx"
    write_round_workbook(tiny, path)
    book = openpyxl.load_workbook(path)
    assert {"Contents", "Children", "Suitable places", "Why not", "One rule", "One more place",
            "Open places", "Fairness", "Steps", "Checks"} <= set(book.sheetnames)  # fmt: skip
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    hostile = [cell for cell in cells if cell.value == HOSTILE]
    assert hostile
    assert all(cell.data_type == "s" and cell.hyperlink is None for cell in hostile)


def test_the_workbook_says_what_it_is(tiny: RoundReport, tmp_path: Path) -> None:
    """The cover: evidence, never a decision; the law by section; every sheet that there is."""
    path = tmp_path / "round.xlsx"
    write_round_workbook(tiny, path)
    book = openpyxl.load_workbook(path)
    cover = " ".join(
        str(cell.value) for row in book["Contents"].iter_rows() for cell in row if cell.value
    )
    assert "never a decision" in cover
    assert "Children and Families Act 2014" in cover
    for section in ("section 38", "section 39", "section 40"):
        assert section in cover
    for name in book.sheetnames[1:]:
        assert name in cover
    first = [cell.value for cell in next(book["Children"].iter_rows(min_row=2, max_row=2))]
    assert first[:2] == ["W4", "No suitable provision"]
    reasons = [cell.value for cell in book["Why not, counted"][1]]
    assert reasons[1:] == list(RULES.values())


def test_no_home_leaves_in_the_workbook_or_the_pages(tmp_path: Path) -> None:
    """Seaborough's zones are in no sheet and on no page; pseudonyms are."""
    report = seaborough_report()
    zones = set(report.tables["children"]["zone"])
    path = tmp_path / "round.xlsx"
    write_round_workbook(report, path)
    book = openpyxl.load_workbook(path, read_only=True)
    said = {
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
    }
    assert not said & zones
    assert "W-001" in said
    page = render_round(report)
    assert not [zone for zone in zones if re.search(rf"\b{zone}\b", page)]


def test_the_page_escapes_and_stands_alone(tiny: RoundReport) -> None:
    """A hostile name is shown as it is; nothing is fetched; the words that must be there are."""
    page = render_round(tiny)
    assert "<b>Elm</b>" not in page
    assert "&lt;b&gt;Elm&lt;/b&gt;" in page
    assert not re.search(r'(src|href)="http', page)
    assert "Evidence for a panel, never a decision" in page
    assert "Not for publication" in page
    assert page.index("Children with no suitable provision") < page.index(
        "Children without a place"
    )
    assert page == render_round(tiny), "the same report gives the same text"


def test_a_page_for_each_child(tiny: RoundReport) -> None:
    """Six pages; each counts its suitable provisions and tells why the others are not."""
    pages = dict(child_pages(tiny))
    assert sorted(pages) == [f"child-W{n}.html" for n in range(1, 7)]
    assert "W1: 4 suitable provisions found" in pages["child-W1.html"]
    assert "A place is kept for this child at" in pages["child-W1.html"]
    assert "W6: 1 suitable provision found" in pages["child-W6.html"]
    assert "One more place" in pages["child-W6.html"]
    nowhere = pages["child-W4.html"]
    assert "no suitable provision found" in nowhere
    assert "No rule, relaxed alone, would place the child." in nowhere
    assert RULES["feature"] in nowhere
    assert "Alike in all that the round knows: W5" in pages["child-W3.html"]
    for page in pages.values():
        assert "Evidence for a panel, never a decision" in page
        assert "section 39" in page
        assert "recommend" in page
        assert "place this child" not in page.lower()


def test_the_run_folder(tiny: RoundReport, tmp_path: Path) -> None:
    """Summary, manifest, tables with the run's key, workbook and page; more only when asked for."""
    out = tmp_path / "run"
    publish_round(tiny, out, manifest={"seed": 0})
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"summary.json", "manifest.json", "round.xlsx", "report.html"} <= names
    assert {f"tables/{name}.csv" for name in tiny.tables} <= names
    assert not [name for name in names if name.startswith(("children/", "model/"))]
    summary = json.loads((out / "summary.json").read_text())
    assert summary["children"] == 6
    assert summary["nowhere_suitable"] == 1
    assert summary["audit"]["passed"]
    table = pd.read_csv(out / "tables" / "children.csv")
    assert table.columns[0] == "run_id"
    assert set(table["run_id"]) == {"abc"}
    publish_round(tiny, out, manifest={}, pages=True, models={"01.lp": b"End"})
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {"children/child-W1.html", "model/01.lp"} <= names


def test_a_csv_holds_no_live_formula(tiny: RoundReport, tmp_path: Path) -> None:
    """A cell that begins with = gets an apostrophe before it."""
    publish_round(tiny, tmp_path / "run", manifest={})
    text = (tmp_path / "run" / "tables" / "suitable.csv").read_text()
    assert "'=HYPERLINK" in text
    assert not re.search(r'(^|,)"?=', text, re.MULTILINE)
