"""The forecast's page: whole, safe, readable without script, and true to its tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from inputs.parameters import family
from outputs import forecast_charts as charts
from outputs.forecast_charts import spread
from outputs.forecast_groups import PLACES, PLANS, series
from outputs.forecast_page import _SCORED, render_forecast
from outputs.forecast_words import whole
from tests.outputs.forecast_builders import NASTY, public, told
from tests.outputs.page_reader import PageReader

ACCURACY = Path(__file__).parents[2] / "docs" / "forecast-accuracy.md"
VERSIONS = {
    "with levers": told,
    "without": lambda: told(levers=False),
    "public": public,
}


@pytest.fixture(scope="module", params=list(VERSIONS))
def page(request: pytest.FixtureRequest) -> str:
    """Give each version of the page."""
    return render_forecast(VERSIONS[request.param]())


@pytest.fixture(scope="module")
def full() -> str:
    """Give the page with levers."""
    return render_forecast(told())


def test_tags_balance_and_ids_are_unique(page: str) -> None:
    """A browser need not guess, and no two of the drawings clash."""
    read = PageReader(page)
    assert read.faults == []
    assert not read.open
    assert len(read.ids()) == len(set(read.ids()))


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    """No script, no link out, no style or picture apart: it opens offline."""
    for tag, attrs in PageReader(page).tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
        for name in ("src", "href", "xlink:href", "action", "srcset", "data"):
            assert str(attrs.get(name) or "#").startswith("#"), (tag, attrs)
        assert not [name for name in attrs if name.startswith("on")]
    assert "@import" not in page


def test_links_and_labels_lead_somewhere(page: str) -> None:
    """Every link, clip and label points at an id of the page."""
    read = PageReader(page)
    ids = set(read.ids())
    for _, attrs in read.tags:
        for name in ("href", "aria-labelledby"):
            for target in str(attrs.get(name) or "").split():
                assert target.removeprefix("#") in ids
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= ids


def test_names_are_escaped(full: str) -> None:
    """An authority's hostile name is text."""
    assert f"Tiny <b> {NASTY}" in PageReader(full).said()
    assert "Tiny <b>" not in full


def test_every_drawing_has_its_words_and_its_table(page: str) -> None:
    """A drawing is announced, and a table of the same numbers follows it."""
    drawings = re.findall(r"<figure.*?</figure>\s*(.{0,80})", page, flags=re.DOTALL)
    assert drawings
    assert page.count('role="img"') == len(drawings)
    for after in drawings:
        assert after.startswith(("<details", '<div class="scroll"', "<table")), after


def test_the_page_says_what_the_tables_say(full: str) -> None:
    """Counted and expected numbers of the last year, with their band, stand in the text."""
    said = PageReader(full).said()
    for measure in (PLANS, PLACES):
        last = series(told().tables["plans"], measure).iloc[-1]
        assert f"{whole(last['p10'])} to {whole(last['p90'])}" in said
        assert whole(last["mean"]) in said


def test_every_lever_is_a_visible_row(full: str) -> None:
    """Its title, its multiple and its source stand in the open, not folded away."""
    table = full[full.index('<table id="table-levers"') :]
    row = table[: table.index("</table>")]
    assert "Fewer requests for assessment" in row
    assert "0.9, then 0.8" in row
    assert "Warrington" in row
    before = full[: full.index('<table id="table-levers"')]
    assert before.count("<details") == before.count("</details>")


def test_a_preset_that_acts_on_money_gives_its_keys(full: str) -> None:
    """Price bands change no forecast: the page says what to put in a scenario."""
    assert "fee_growth_by_class" in full


def test_without_levers_the_presets_are_told() -> None:
    """A reader finds what could be tried, by the name to type."""
    page = render_forecast(told(levers=False))
    assert "fewer_requests" in page
    assert 'id="table-levers"' not in page


def test_breaks_of_the_series_are_marked(full: str) -> None:
    """Statements beside plans to January 2018, and the change of January 2023."""
    caption = full[full.index('id="chart-plans-caption"') :][:1500]
    assert "January 2015 to January 2018" in caption
    assert "From January 2023" in caption


def test_the_accuracy_told_is_the_accuracy_measured() -> None:
    """The dated figures are the lines 'all plans, sendplaces' of docs/forecast-accuracy.md."""
    lines = re.findall(
        r"^ *all plans +sendplaces +(\d) .*? ([\d.]+)% +(\d+)% ",
        ACCURACY.read_text("utf-8"),
        flags=re.MULTILINE,
    )
    assert [ahead for ahead, *_ in lines] == ["1", "2", "3", "4", "5"]
    off, held = (family(f"plans_forecast_{one}", _SCORED) for one in ("wape", "coverage"))
    for ahead, miss, share in lines:
        assert off[ahead] == pytest.approx(float(miss) / 100)
        assert held[ahead] == pytest.approx(float(share) / 100)


def test_labels_keep_their_distance_and_their_order() -> None:
    """Three labels within one step are pushed apart round their middle; a far one stays."""
    placed = spread([1.0, 1.1, 0.9, 9.0], 2.0)
    assert placed == pytest.approx([1.0, 3.0, -1.0, 9.0])


def test_small_groups_are_left_to_the_table() -> None:
    """A fan of nought and one child is no picture."""
    picture = charts.fans(told(), PLACES, "phase")
    assert picture is not None
    assert "Early years" not in picture.svg


@pytest.mark.slow
def test_the_same_report_draws_the_same_page() -> None:
    """No date and no random id."""
    assert render_forecast(told()) == render_forecast(told())
