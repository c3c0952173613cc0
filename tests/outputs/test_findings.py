"""What a question found: one page, workbook, tables, summary and manifest, whole or not there."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from inputs.errors import Fault, InputError
from outputs.finding_charts import Interval, Line, Mark, interval_chart, line_chart
from outputs.findings import Findings, Key, Section, publish_findings, render_findings, sheet_names
from outputs.page_table import Column, table_of
from tests.outputs.page_reader import PageReader

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.figures import Picture
    from outputs.page_table import Table

HOSTILE = "=cmd|'/c calc'!A1 <script>alert(1)</script>"
FRAME = pd.DataFrame({"option": ["oak_base", HOSTILE], "low_gbp": [1.0, -2.0], "rank": [1, 2]})


def table(key: str) -> Table:
    """Return the frame in words."""
    return table_of(key, "What each is worth", FRAME, [Column("option", "Option", str)])


def bars(*intervals: Interval) -> Picture:
    """Return a chart of intervals."""
    return interval_chart(
        "chart-bars", "Cost", "Two bars.", intervals, axis="Cost, £", table=table("table-bars")
    )


def found() -> Findings:
    """Return findings with a hostile name in every part."""
    picture = bars(Interval(HOSTILE, -3.0, 4.0), Interval("Oak", 1.0, math.inf, 2.0, "£1 or more"))
    return Findings(
        kind="reasons",
        title="Why these openings",
        case_name=f"Tiny {HOSTILE}",
        run_id="abc123",
        lede="Oak base is worth having.",
        proven=("Each interval holds the truth.",),
        sections=(
            Section("Openings", (f"About {HOSTILE}.",), picture, (table("table-more"),), ("One",)),
        ),
        tables={"reasons": FRAME, "contents": FRAME},
        summary={"options": 2, "width_gbp": math.inf},
        keys=(Key("Options", "2", "of 2"),),
        notes=("Prices are real.",),
        warnings=(Fault("zones.csv", "is odd", "Look", severity="warning"),),
        attribution=("Roads: somebody.",),
        about={"reasons": "One row an option"},
    )


def test_the_folder_holds_all_five(tmp_path: Path) -> None:
    """Page, workbook, tables, summary and manifest are there, and name kind, case and run."""
    out = publish_findings(found(), tmp_path / "out", manifest={"seed": 0})
    names = {"report.html", "reasons.xlsx", "tables", "summary.json", "manifest.json"}
    assert {path.name for path in out.iterdir()} == names
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert (summary["kind"], summary["run_id"], summary["options"]) == ("reasons", "abc123", 2)
    assert summary["width_gbp"] is None
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest == {"run_id": "abc123", "kind": "reasons", "public": False, "seed": 0}
    tables = {path.stem for path in (out / "tables").iterdir()}
    assert tables == {"reasons", "contents", "warnings"}


def test_no_text_is_live_in_a_table_or_a_sheet(tmp_path: Path) -> None:
    """Text that Excel would run is text in the CSV, after the run, and in the workbook."""
    out = publish_findings(found(), tmp_path / "out", manifest={})
    with (out / "tables" / "reasons.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["run_id", "option", "low_gbp", "rank"]
    assert rows[0]["run_id"] == "abc123"
    assert rows[1]["option"] == "'" + HOSTILE
    book = openpyxl.load_workbook(out / "reasons.xlsx")
    assert book.sheetnames == ["Contents", "Reasons", "Contents 2", "Notes", "Warnings"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert book["Reasons"]["A3"].value == HOSTILE
    cover = [cell.value for cell in book["Contents"]["B"]]
    assert "Each interval holds the truth." in cover
    assert any("Not for publication" in str(text) for text in cover)


def test_the_page_is_sound_and_says_what_it_must() -> None:
    """Tags balance, ids are single, names are escaped; it tells proof, sources and its limits."""
    text = render_findings(found())
    page = PageReader(text)
    assert not page.faults
    assert len(page.ids()) == len(set(page.ids()))
    assert "<script>" not in text
    told = " ".join(words for _, words in page.texts)
    for said in (
        "Not for publication",
        "Holds small numbers of children",
        "Oak base is worth having.",
        "Each interval holds the truth.",
        "Prices are real.",
        "Roads: somebody.",
        "Run abc123.",
        "1 warning",
        "Children and Families Act 2014",
    ):
        assert said in told
    assert text == render_findings(found())


def test_an_earlier_answer_is_replaced_and_another_is_not(tmp_path: Path) -> None:
    """A folder of the same question is written anew; one of another, only by force."""
    publish_findings(found(), tmp_path / "out", manifest={})
    publish_findings(found(), tmp_path / "out", manifest={"again": True})
    prices = replace(found(), kind="prices")
    said = "holds files that are not an earlier answer of sendplaces prices"
    with pytest.raises(InputError, match=said):
        publish_findings(prices, tmp_path / "out", manifest={})
    publish_findings(prices, tmp_path / "out", manifest={}, force=True)
    assert (tmp_path / "out" / "prices.xlsx").exists()


def test_findings_without_proof_or_with_one_id_twice_are_refused() -> None:
    """What is proven must be said, and two charts may not share an id."""
    with pytest.raises(ValueError, match="what is proven"):
        replace(found(), proven=())
    with pytest.raises(ValueError, match="share an id"):
        replace(found(), sections=found().sections * 2)
    with pytest.raises(ValueError, match="made from the warnings"):
        replace(found(), tables={"warnings": FRAME})


def test_sheet_names_fit_and_differ() -> None:
    """Long names are cut to what Excel takes, and stay apart from one another and the cover."""
    long = "what_would_have_to_be_true_for_it_to_win"
    names = sheet_names({long: 1, f"{long}_again": 1, "notes": 1, "a/b": 1})
    assert len({name.casefold() for name in names.values()}) == len(names)
    assert all(len(name) <= 31 for name in names.values())
    assert names["notes"] == "Notes 2"
    assert names["a/b"] == "A b"


def test_an_interval_is_drawn_hollow_where_it_spans_nought() -> None:
    """The chart tells apart what is clear of nought from what is not, and names each."""
    clear, spanning = bars(Interval("Oak", 1.0, 2.0, 1.5)), bars(Interval("Elm", -1.0, 2.0, 1.5))
    assert "Oak" in clear.svg
    assert "<pattern" not in clear.svg  # no hatching
    assert "<pattern" in spanning.svg
    assert Interval("Ash", -2.0, -1.0).clear
    with pytest.raises(ValueError, match=r"runs from 2\.0 to 1\.0"):
        bars(Interval("Elm", 2.0, 1.0))
    with pytest.raises(ValueError, match="needs an interval"):
        bars()


def test_lines_have_bands_and_named_points() -> None:
    """Each line is in the legend, the point is named, and points that do not pair are refused."""
    line = Line("Middle draw", (60, 80), (1e6, 2e6), (0.5e6, 1e6), (1.5e6, 3e6))

    def chart(*lines: Line) -> Picture:
        return line_chart(
            "chart-size", "By size", "Rises.", lines, across="Places", up="Saving, £",
            table=table("table-size"), marks=(Mark("Knee: 80 places", 80, 2e6),),
        )  # fmt: skip

    drawn = chart(line, replace(line, label="Every draw"))
    assert all(text in drawn.svg for text in ("Middle draw", "Every draw", "Knee: 80 places", "£2"))
    with pytest.raises(ValueError, match="do not pair"):
        chart(replace(line, up=(1.0,)))
    with pytest.raises(ValueError, match="from one to 5 lines"):
        chart()
