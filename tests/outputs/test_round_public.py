"""The public version of a round holds totals only, and no small one can be worked out."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from outputs.round_pages import render_round
from outputs.round_public import publish_round_safely
from outputs.round_publish import publish_round
from tests.outputs.round_builders import seaborough_report, tiny_report

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

WHAT = ["waiting", "with_place", "without_place"]


@pytest.fixture(scope="module")
def totals() -> pd.DataFrame:
    """Return Seaborough's public totals."""
    return publish_round_safely(seaborough_report()).tables["totals"]


def test_no_small_number_is_told(totals: pd.DataFrame) -> None:
    """Every number is 0, or 5 or more, or c."""
    for name in WHAT:
        numbers = [one for one in totals[name] if one != "c"]
        assert all(one == 0 or one >= 5 for one in numbers)
    assert (totals[WHAT] == "c").to_numpy().sum() > 20


def test_of_a_small_group_nothing_is_told(totals: pd.DataFrame) -> None:
    """Where the children who wait are too few to tell, so are those with and without a place."""
    few = totals[totals["waiting"] == "c"]
    assert (few[["with_place", "without_place"]] == "c").all().all()


def test_totals_are_the_true_ones(totals: pd.DataFrame) -> None:
    """What is told agrees with the children's own table: all, by locality, by fifth."""
    children = seaborough_report().tables["children"]
    whole = totals[totals["by"] == "all"].iloc[0]
    assert whole["waiting"] == len(children) == 143
    assert whole["with_place"] == children["provision"].notna().sum()
    for row in totals[totals["by"] == "locality"].to_dict("records"):
        if row["waiting"] != "c":
            assert row["waiting"] == (children["locality"] == row["group"]).sum()


def test_nothing_held_back_follows_from_sums(totals: pd.DataFrame) -> None:
    """Each total over parts held back leaves at least two of them open, or is held back itself."""
    by_need = totals[totals["by"].isin(["need and phase", "all"])].set_index(["group", "phase"])
    needs = sorted({one for one, _ in by_need.index if one != "all"})
    phases = sorted({one for _, one in by_need.index if one != "all"})
    for name in WHAT:
        column = by_need[name]
        for need in [*needs, "all"]:
            parts = [column[need, h] for h in phases if (need, h) in column.index]
            if column.get((need, "all")) not in {None, "c"}:
                assert parts.count("c") != 1, (name, need)
        for phase in [*phases, "all"]:
            parts = [column[n, phase] for n in needs if (n, phase) in column.index]
            if column.get(("all", phase)) not in {None, "c"}:
                assert parts.count("c") != 1, (name, phase)
    for by in ("locality", "deprivation_fifth"):
        some = totals[totals["by"] == by]
        for name in WHAT:
            assert (some[name] == "c").sum() != 1
    rows = totals[WHAT].itertuples(index=False)
    for row in rows:  # of waiting = with + without, one alone is never held back
        assert list(row).count("c") != 1


def test_no_pseudonym_or_zone_is_published(tmp_path: Path) -> None:
    """Not in any file of the folder; nor a page for a child, a table of children or a model."""
    report = seaborough_report()
    publish_round(report, tmp_path / "run", manifest={}, public=True, pages=True,
                  models={"01.lp": b"W-001"})  # fmt: skip
    folder = tmp_path / "run"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names == {
        "manifest.json", "summary.json", "report.html", "round.xlsx",
        "tables/totals.csv", "tables/parameters.csv", "tables/warnings.csv",
    }  # fmt: skip
    secret = [*report.tables["children"]["child"], *set(report.tables["children"]["zone"])]
    for name in names - {"round.xlsx"}:
        text = (folder / name).read_text()
        assert not [one for one in secret if one in text], name


def test_the_public_page_says_what_it_is() -> None:
    """Marked as public, with totals and c, and the same words: evidence, never a decision."""
    page = render_round(publish_round_safely(seaborough_report()))
    assert "Public version" in page
    assert "never a decision" in page
    assert "W-0" not in page
    assert ">c<" in page


def test_a_very_small_round_tells_nothing() -> None:
    """Six wait, two have places: both numbers of a few are held back, and the summary with them."""
    public = publish_round_safely(tiny_report())
    assert public.summary["with_place"] is None
    assert public.summary["purses"] is None
    assert public.summary["journey_minutes"]["median"] is None
    numbers = [one for one in itertools.chain(*public.tables["totals"][WHAT].to_numpy())
               if one not in {"c", 0}]  # fmt: skip
    assert all(one >= 5 for one in numbers)
    assert "Public version" in render_round(public)


def test_public_once_is_public_for_good() -> None:
    """What is public already stays as it is."""
    public = publish_round_safely(tiny_report())
    assert publish_round_safely(public) is public
