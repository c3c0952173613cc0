"""The page: whole, safe, readable without script, and true to the summary."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from geo.travel import travel_table
from inputs.errors import Fault
from inputs.read import read_case
from inputs.scenario import read_scenario
from optimiser.plan import plan_of
from optimiser.pose import pose
from optimiser.problem import do_minimum
from optimiser.solve import Settings, solve
from outputs import words
from outputs.adding import add_up
from outputs.html import render, write_report
from outputs.maps import _breaks
from outputs.privacy import publish_safely
from outputs.report import Report, report
from outputs.roll_chart import roll_and_places
from outputs.tables import fault_table
from tests.cases import tiny_tables, write_case
from tests.outputs.page_reader import PageReader

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<script>alert(1)</script>"
QUOTED = '" onmouseover="alert(1)'


def _report(folder: Path) -> Report:
    """Return the report of the tiny case with hostile names, solved for real."""
    tables = copy.deepcopy(tiny_tables())
    tables["zones"][0]["name"] = HOSTILE
    tables["zones"][1]["name"] = "$South$ & <b>"
    tables["provisions"][0]["name"] = HOSTILE
    tables["provisions"][1]["name"] = QUOTED
    tables["options"][0]["name"] = f"{HOSTILE} grows"
    write_case(folder, case={"name": f"Tiny {HOSTILE}"}, **tables)
    case = read_case(folder)
    travel = travel_table(case.zones, case.provisions, None)
    scenario = read_scenario(None, case.price_year).model_copy(
        update={
            "why": HOSTILE,
            "high_needs_grant_gbp": dict.fromkeys(range(2026, 2030), 900_000.0),
            "other_high_needs_gbp": dict.fromkeys(range(2026, 2030), 100_000.0),
            "opening_deficit_gbp": 250_000.0,
        }
    )
    problem = pose(case, travel.journeys, scenario)
    least = do_minimum(problem)
    plan = plan_of(problem, solve(problem, Settings()))
    before = plan_of(least, solve(least, Settings()))
    sensitivity = pd.DataFrame(
        {
            "factor": [0.0, 1.0],
            "dsg_saving_gbp": [2e6, 1e6],
            "general_fund_saving_gbp": [1e5, 1e5],
            "capital_saving_gbp": [-2e5, -2e5],
            "total_saving_gbp": [1.9e6, 9e5],
        }
    )
    return report(
        case,
        problem,
        plan,
        before,
        travel,
        run_id="run-1",
        seconds={"solve": 1.0},
        audit_passed=True,
        worst_violation=0.0,
        sensitivity=sensitivity,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Give the report of the hostile tiny case."""
    return _report(tmp_path_factory.mktemp("page") / "tiny")


@pytest.fixture(scope="module")
def page(made: Report) -> str:
    """Give its page."""
    return render(made)


@pytest.fixture(scope="module")
def read(page: str) -> PageReader:
    """Give its page, read."""
    return PageReader(page)


def test_tags_balance(read: PageReader) -> None:
    """Every tag is closed by its own: a browser need not guess."""
    assert read.faults == []
    assert not read.open


def test_nothing_is_fetched(page: str, read: PageReader) -> None:
    """No request can leave the page: links are to its own ids, and no style or picture is apart."""
    for tag, attrs in read.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
        for name in ("src", "href", "xlink:href", "action", "srcset", "data"):
            assert str(attrs.get(name) or "#").startswith("#"), (tag, attrs)
    assert "@import" not in page
    assert all(found.startswith("#") for found in re.findall(r"url\(([^)]*)\)", page))
    assert "http" not in page


def test_links_lead_somewhere(page: str, read: PageReader) -> None:
    """Every link, marker, clip and label points at an id of the page."""
    ids = set(read.ids())
    for _, attrs in read.tags:
        for name in ("href", "aria-labelledby"):
            for target in str(attrs.get(name) or "").split():
                assert target.removeprefix("#") in ids
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= ids


def test_ids_are_unique(read: PageReader) -> None:
    """Several drawings share the page and no two ids clash."""
    ids = read.ids()
    assert len(ids) == len(set(ids))


def test_names_are_escaped(read: PageReader) -> None:
    """A case full of hostile names puts no tag and no handler into the page, only text."""
    assert read.count("script") == 0
    assert not [name for _, attrs in read.tags for name in attrs if name.startswith("on")]
    assert f"Tiny {HOSTILE}" in read.said()
    assert f"{HOSTILE} grows" in read.said()
    assert QUOTED in read.said()
    assert read.count("b") == read.said().count("Scenario: ") + _bold_of_the_template(read)


def _bold_of_the_template(read: PageReader) -> int:
    """Return the bold words that the template itself writes: captions, proof, the usual sum."""
    captions = read.count("figcaption")
    proof, usual = 1, 3
    return captions + proof + usual


def test_reads_as_a_document(read: PageReader) -> None:
    """English, one main heading, a way past the start, and headings that skip no level."""
    html = next(attrs for tag, attrs in read.tags if tag == "html")
    assert html["lang"] == "en-GB"
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    first_link = next(attrs for tag, attrs in read.tags if tag == "a")
    assert first_link["href"] == "#main"


def test_tables_are_real(read: PageReader) -> None:
    """Every table has a caption, and every heading in it says what it heads."""
    assert read.captioned
    assert all(read.captioned)
    assert all(attrs.get("scope") for tag, attrs in read.tags if tag == "th")


def test_drawings_are_announced(read: PageReader) -> None:
    """Each drawing has a role, a title and a description, and at least as many tables follow."""
    drawings = [attrs for tag, attrs in read.tags if tag == "svg"]
    assert len(drawings) >= 5  # map, waiting, rolls, journeys, saving
    assert all(attrs["role"] == "img" and attrs["aria-labelledby"] for attrs in drawings)
    titles = [text.strip() for tag, text in read.texts if tag in {"title", "desc"}]
    assert len(titles) == 2 * len(drawings) + 1  # the page has a title of its own
    assert all(titles)


def test_scroll_regions_take_focus(read: PageReader) -> None:
    """Whatever scrolls sideways can be reached by keyboard and has a name."""
    regions = [a for _, a in read.tags if "scroll" in str(a.get("class") or "").split()]
    assert regions
    assert all(a["tabindex"] == "0" and a["role"] == "region" for a in regions)
    assert all(a["aria-labelledby"] for a in regions)


def test_headline_is_the_summary(made: Report, read: PageReader) -> None:
    """The figures of the first screen are those of summary.json, worded."""
    said, summary = read.said(), made.summary
    assert f"Places opened {words.places(summary['places_opened'])}" in said
    assert f"Children placed {words.children(summary['placed'])}" in said
    for purse, one in summary["purses"].items():
        wanted = f"{words.PURSE_LABELS[purse]}: saving {words.pounds(one['saving_gbp'])}"
        assert wanted in said
    after, before = summary["unplaced"], summary["do_minimum_unplaced"]
    assert (
        f"{words.children(after)} children would be without a place, against "
        f"{words.children(before)} if only"
    ) in said
    assert ("Proven best." in said) == (summary["cost_gbp"] - summary["bound_gbp"] < 1)


def test_ranges_are_of_each_purse(made: Report, read: PageReader) -> None:
    """A purse's range is its saving in all, less and more by what is not proven of each side."""
    summary = made.summary
    one = summary["purses"]["dsg"]
    whole = one["saving_gbp"] + one["tail_saving_gbp"]
    down = summary["do_minimum_cost_gbp"] - summary["do_minimum_bound_gbp"]
    up = summary["cost_gbp"] - summary["bound_gbp"]
    assert words.amount_range(whole - max(down, 0), whole + max(up, 0)) in read.said()


def test_an_unproven_plan_says_so(made: Report) -> None:
    """A run that hit its time limit is never called proven, and its gap is in pounds."""
    summary = copy.deepcopy(made.summary) | {
        "termination": "time_limit",
        "bound_gbp": made.summary["cost_gbp"] - 2_000_000.0,
        "gap": 0.05,
        "gap_of_saving": None,
        "do_minimum_termination": "time_limit",
        "do_minimum_bound_gbp": made.summary["do_minimum_cost_gbp"] - 1_500_000.0,
    }
    said = PageReader(render(replace(made, summary=summary))).said()
    assert "is not itself proven best: it could be cheaper by up to £1.5m." in said
    assert "Stopped at the time limit: not proven best." in said
    assert "can be cheaper by more than £2.0m: 5% of the total cost" in said
    assert "Proven within" not in said


def test_no_bound_at_all(made: Report) -> None:
    """Where nothing is proven the page says that, and gives no range."""
    summary = copy.deepcopy(made.summary) | {
        "termination": "stopped",
        "bound_gbp": None,
        "gap": None,
        "gap_of_saving": None,
        "saving_interval_gbp": [1.0, None],
    }
    said = PageReader(render(replace(made, summary=summary))).said()
    assert "Nothing is proven about how much cheaper another plan could be." in said
    assert "Not known: nothing is proven" in said


def test_a_failed_audit_is_loud(made: Report) -> None:
    """A plan that the audit does not bear out must not look like one that it does."""
    summary = copy.deepcopy(made.summary) | {"audit": {"passed": False, "worst_violation": 3.5}}
    said = PageReader(render(replace(made, summary=summary))).said()
    assert "Audit FAILED" in said
    assert "Audit passed" not in said


def test_purses_are_never_netted(read: PageReader) -> None:
    """No figure adds the purses: the only total of them is the measure of the search, as such."""
    assert "total saving" not in read.said().lower()
    assert "£1.9m" not in read.said()  # total_saving_gbp of the sensitivity table


def test_deficit_is_shown_when_given(made: Report, read: PageReader) -> None:
    """Grant and opening deficit give a trajectory; without them there is no such heading."""
    assert "High needs grant, spending and deficit by financial year" in read.said()
    empty = made.tables | {"deficit": made.tables["deficit"].head(0)}
    assert "year end" not in PageReader(render(replace(made, tables=empty))).said()


def test_a_plan_that_opens_nothing(made: Report) -> None:
    """No opening is an answer too, and the page can say it."""
    tables = made.tables | {
        "openings": made.tables["openings"].head(0),
        "sensitivity": made.tables["sensitivity"].head(0),
        "breaks": made.tables["breaks"].head(0),
        "warnings": made.tables["warnings"].head(0),
    }
    bare = PageReader(render(replace(made, tables=tables)))
    assert bare.faults == []
    assert "Open nothing new" in bare.said()


def test_many_warnings_are_counted(made: Report) -> None:
    """Ten thousand warnings do not make a page of ten thousand rows, but all are counted."""
    many = [Fault("zones.csv", f"is odd {i}", severity="warning") for i in range(10_000)]
    crowded = replace(made, tables=made.tables | {"warnings": fault_table(many)})
    text = render(crowded)
    assert "10,000 warnings" in text
    assert "9,800 more are in tables/warnings.csv" in text  # 200 are listed
    assert len(text) < 1_000_000


def test_public_page_has_no_zone(made: Report) -> None:
    """The public page holds no key or name of a zone, and says what c stands for."""
    text = render(publish_safely(made))
    read = PageReader(text)
    assert read.faults == []
    assert "Small numbers are not shown" in read.said()
    for key in made.zones["zone"]:
        assert not re.search(rf"(?<![\w-]){key}(?![\w-])", read.said())
    assert "table-map-zones" not in text
    assert "table-map-flows" not in text
    assert "Not for publication" not in read.said()


def test_a_class_held_back_is_not_drawn(made: Report) -> None:
    """One suppressed year keeps a class out of the chart: drawn, it would look like nobody."""
    rolls = made.tables["places"].copy()
    base = rolls["provision"] == "elm_base"
    rolls["roll"] = rolls["roll"].astype(object)
    rolls.loc[base & (rolls["year"] == 2027), "roll"] = words.SUPPRESSED
    partly = roll_and_places(replace(made, tables=made.tables | {"places": rolls}))
    whole = roll_and_places(made)
    assert partly is not None
    assert whole is not None
    assert "Specialist base" in whole.svg
    assert "Specialist base" not in partly.svg
    assert "Special school" in partly.svg
    cells = [[cell.text for cell in row] for row in partly.table.rows]
    assert any(row[0] == "Specialist base" and words.SUPPRESSED in row for row in cells)


def test_shading_steps_are_round() -> None:
    """A largest count of 23 gives five steps of 5: a legend that a person can read."""
    assert _breaks(23.0) == [5.0, 10.0, 15.0, 20.0, 25.0]
    assert _breaks(0.0) == [1.0]
    for top in (0.3, 1.0, 7.7, 99.0, 1234.0):
        steps = _breaks(top)
        assert steps[-1] >= top > steps[-1] / 2.1  # no more than about half the scale is unused


def test_sums_over_held_back_cells_are_held_back() -> None:
    """A total must not give away what its parts hide."""
    cells = pd.DataFrame({"need": ["ASD", "ASD", "SLD"], "children": [6.0, "c", 7.0]})
    assert add_up(cells, [], ["children"])["children"].tolist() == ["c"]
    assert add_up(cells, ["need"], ["children"])["children"].tolist() == ["c", 7.0]


def test_small(page: str) -> None:
    """A tiny case makes a small page; the limit for any is a megabyte."""
    assert len(page.encode()) < 400_000


def test_same_report_same_bytes(made: Report, page: str) -> None:
    """No date, random id or order of a set leaks into the page."""
    assert render(made) == page


def test_written_whole(made: Report, tmp_path: Path) -> None:
    """The file is there in full, in UTF-8, and nothing is left beside it."""
    write_report(made, tmp_path / "report.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    text = (tmp_path / "report.html").read_bytes().decode("utf-8")
    assert text.lstrip().startswith("<!DOCTYPE html>")
    assert text.rstrip().endswith("</html>")


def test_legal_statement(read: PageReader) -> None:
    """The page says what it is in law: evidence, not the placing of a child."""
    said = read.said()
    assert "aggregate evidence for a decision-maker" in said
    assert "Children and Families Act 2014" in said
    assert "sections 38 and 39" in said
