"""Page, workbook, sheets and return of a routed comparison: what they say, and that they agree."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from openpyxl import load_workbook

from geo.routing.types import Apart, How
from outputs.routes_measures import measures
from outputs.routes_page import render
from outputs.routes_privacy import publish_routes_safely
from outputs.routes_report import Extra
from outputs.routes_return import return_table
from outputs.routes_sheets import clock, sheets
from outputs.routes_tables import BEFORE, Draw
from outputs.routes_words import answer
from outputs.routes_workbook import write_routes_workbook
from tests.outputs.page_reader import PageReader
from tests.outputs.routed import OAK, draw, planned, routed_report, side

if TYPE_CHECKING:
    from pathlib import Path


def test_every_link_of_the_page_leads_somewhere_and_no_id_is_given_twice() -> None:
    """Contents, captions and pictures point to ids that are there, once each."""
    for report in (routed_report(), publish_routes_safely(routed_report())):
        page = PageReader(render(report))
        assert not page.faults
        assert all(page.captioned)
        ids = page.ids()
        assert len(ids) == len(set(ids))
        for _, attrs in page.tags:
            link = str(attrs.get("href") or "")
            named = str(attrs.get("aria-labelledby") or "").split()
            assert {*named, *([link[1:]] if link.startswith("#") else [])} <= set(ids)


def test_the_same_report_gives_the_same_page() -> None:
    """No date, no random id: a page can be compared with an earlier one."""
    assert render(routed_report()) == render(routed_report())


def test_the_page_says_what_stands_between_a_saving_and_the_accounts() -> None:
    """Actual spend, realisation, contracts and draws are told in sentences, with their figures."""
    report = routed_report(average_gbp=8800.0, average_is_national=True)
    text = PageReader(render(report)).said()
    for said in (
        "never set against an actual before",
        "£8,800 a user a year, the national average",
        "55% is counted (40% at the low end, 80% at the high)",
        "Contracts end over 4 years",
        "Children were drawn 2 times",
        "Nothing was found amiss",
    ):
        assert said in text, said


def test_no_material_change_is_said_and_no_amount_is_promised() -> None:
    """With noise above the difference the answer says so, and gives no saving in pounds."""
    told = answer(routed_report(extra=Extra(noise_share=0.5)))
    assert "no material change" in told[0]
    assert "50.0%" in told[0]
    assert "£" not in told[0]
    assert not any("Taken together" in line for line in told)


def test_a_saving_is_told_with_its_range_and_the_extra_children_beside_it() -> None:
    """The saving of the same children, the cost of those who have a place only with the plan."""
    told = answer(routed_report())
    assert "36.3% less" in told[0]
    assert "£13,794 (£9,728 to £20,672)" in told[0]
    assert told[1].startswith("1 more child travels")
    assert "£760" in told[1]
    assert "Taken together" in told[2]


def test_an_extra_cost_is_called_so() -> None:
    """Sides changed round, the same figures are an extra cost, counted in full."""
    turned = []
    for one in (draw(0), draw(1, elm_miles=5.0)):
        sides = one.sides
        turned.append(
            Draw(
                one.number,
                {
                    "do_minimum": sides["plan_same"],
                    "plan": sides["do_minimum_same"],
                    "do_minimum_same": sides["plan_same"],
                    "plan_same": sides["do_minimum_same"],
                },
            )
        )
    report = routed_report(turned)
    assert report.summary["verdict"] == "extra cost"
    assert report.account.same.realised.mid == pytest.approx(-25_080.0)
    assert "more in 2028/29: £25,080 (£24,320 to £25,840) a year" in answer(report)[0]


def test_the_workbook_ties(tmp_path: Path) -> None:
    """Every check says TRUE, every table has its sheet, and no text has become a formula."""
    path = tmp_path / "routes.xlsx"
    write_routes_workbook(routed_report(), path)
    book = load_workbook(path, data_only=True)
    checks = [row for row in book["Checks"].iter_rows(min_row=2, values_only=True) if row[0]]
    assert len(checks) == 4
    assert all(row[3] is True for row in checks), checks
    assert {"Account", "Totals", "By year", "Provisions", "DfE return", "Notes"} <= set(
        book.sheetnames
    )
    with_formulas = load_workbook(path)
    for sheet in with_formulas:
        if sheet.title == "Checks":
            continue
        for row in sheet.iter_rows(values_only=True):
            assert not [cell for cell in row if isinstance(cell, str) and cell.startswith("=")]


def test_the_workbook_of_the_public_version_is_written_too(tmp_path: Path) -> None:
    """Held-back cells are text, and nothing breaks for want of the figures behind them."""
    path = tmp_path / "routes.xlsx"
    write_routes_workbook(publish_routes_safely(routed_report()), path)
    book = load_workbook(path, data_only=True)
    assert "Routes" not in book.sheetnames
    assert "By draw" not in book.sheetnames


def test_a_sheet_shows_zones_and_clocks_and_no_child() -> None:
    """Elm's sheet: two routes, the zone South, about when, and the school's own time exactly."""
    pages = sheets(routed_report())
    assert set(pages) == {"oak_school", "elm_base"}
    text = PageReader(pages["elm_base"]).said()
    assert "3 children on 2 routes" in text
    assert "about 08:45 South 2 children; 14 minutes aboard" in text
    assert "09:00 +Elm sets down" in text
    assert "Taxi, 1 child, travels alone" in text
    assert "kid_" not in pages["elm_base"]


def test_a_ride_over_the_guideline_is_marked_on_its_sheet() -> None:
    """kid_3 rides 50 minutes to Far in the do-minimum: as the plan's side it is marked."""
    one = draw()
    far = replace(one.sides["do_minimum"], side="plan")
    report = routed_report([Draw(0, dict(one.sides) | {"plan": far})])
    assert (
        "50 minutes aboard, over the guideline" in PageReader(sheets(report)["far_school"]).said()
    )
    table = report.tables["too_long"]
    assert table["longest_minutes"].tolist() == [50.0, 50.0]
    assert table["zone"].tolist() == ["south", "south"]


def test_clocks_are_to_five_minutes() -> None:
    """A plan is no timetable: 08:47 is shown as about 08:45."""
    assert clock(527.0) == "about 08:45"
    assert clock(527.0, exact=True) == "08:47"
    assert clock(1439.0) == "about 00:00"


def test_the_return_counts_every_learner_once_by_each_part() -> None:
    """Type of school, reason, mode, EHCP and area each add up to the learners transported."""
    run = planned()
    table = return_table([draw().sides["plan"]], run.provisions, 1.0)
    known = table[table["learners"].notna()]
    for section in ("school_type", "reason", "mode", "ehcp", "authority"):
        assert known.loc[known["section"] == section, "learners"].sum() == 5, section
    # 3 routes of taxis, a run 40, 38 and 38, 380 runs
    spend = table.loc[table["section"] == "mode", "spend_gbp"].dropna()
    assert spend.sum() == pytest.approx((40 + 38 + 38) * 380)
    alone = known[known["section"] == "single_occupancy"]
    assert alone["learners"].sum() == 1
    far = return_table([draw().sides["do_minimum"]], run.provisions, 2.0)
    outside = far[far["field"] == "In another authority's area"]
    assert outside["learners"].sum() == 2
    doubled = far.loc[far["section"] == "mode", "spend_gbp"].dropna().sum()
    assert doubled == pytest.approx(2 * 69_160)


def test_what_the_return_cannot_know_is_blank_with_a_reason() -> None:
    """A blank is never a nought: the reason stands beside it."""
    table = return_table([draw().sides["plan"]], planned().provisions, 1.0)
    blank = table[table["learners"].isna()]
    assert len(blank) >= 6
    assert (blank["why_blank"].str.len() > 10).all()
    assert (table.loc[table["learners"].notna(), "why_blank"] == "").all()


def test_children_on_no_route_are_counted_by_how_they_travel() -> None:
    """A budget costs both ways on every day; who walks costs nothing; who cannot ride is told."""
    where = dict.fromkeys(("kid_1", "kid_2", "kid_3", "kid_4", "kid_5"), "oak_school")
    apart = [
        Apart("kid_3", "oak_school", How.PTB, 9.0, 10.0, "cheaper"),
        Apart("kid_4", "oak_school", How.WALKS, 0.0, 1.0, "near"),
        Apart("kid_5", "oak_school", How.NOT_CARRIED, float("nan"), 1.0, "no vehicle"),
    ]
    found = measures(side(BEFORE, where, (OAK,), apart=apart)).set_index("provision").loc["all"]
    assert found["users"] == 3
    assert found["ptb"] == found["walks"] == found["not_carried"] == 1
    assert found["ptb_gbp"] == pytest.approx(2 * 9 * 190)
    assert found["cost_a_year_gbp"] == pytest.approx(2 * 9 * 190 + 40 * 380)


def test_tables_are_numbers_where_they_are_numbers() -> None:
    """Nothing but text columns is text in the full version, so that Excel can add them up."""
    for name, table in routed_report().tables.items():
        for column in table.columns:
            if re.search(r"(_gbp|_share|minutes|miles|children)$", str(column)):
                values = table[column].dropna()
                assert pd.api.types.is_numeric_dtype(values) or not len(values), (name, column)
