"""Children from the published tables, and those whose need or placement is not recorded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from inputs.errors import InputError
from inputs.official.sen2 import NEEDS, Placement, read_release
from inputs.start.children import PLACEMENTS, gather
from inputs.start.from_tables import children_from_tables
from inputs.start.later import state_later
from inputs.start.resolving import known, waiting_children
from tests.inputs.official import made_up

if TYPE_CHECKING:
    from pathlib import Path

    from inputs.official.sen2 import Release
    from inputs.start.from_tables import Fitted

ON = date(2026, 9, 1)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return a release of made-up children."""
    return read_release(made_up.write_release(tmp_path_factory.mktemp("sen2")))


@pytest.fixture(scope="module")
def fitted(release: Release) -> Fitted:
    """Return the children of Saltmarsh, fitted."""
    return children_from_tables(release, release.authorities()[0])


def changed(rows: list[dict], **cells: object) -> list[dict]:  # type: ignore[type-arg]
    """Return rows in which those of Saltmarsh have other cells."""
    return [row | (cells if row.get("old_la_code") == "901" else {}) for row in rows]


def test_every_published_margin_is_held_exactly(fitted: Fitted) -> None:
    """Placement by age, by need, need by age, and both margins of residential: all as published."""
    assert (fitted.margins["difference"] == 0).all()
    assert fitted.check().startswith("all ")
    rows = fitted.children.rows
    made = made_up.children("901")
    for placement, table in zip(PLACEMENTS, made, strict=True):
        there = rows.loc[rows["placement"] == placement.value, "children"].sum()
        assert there == table.sum()
    boards = made[made_up.PLACEMENTS.index(Placement.INDEPENDENT)] // 2
    assert rows.loc[rows["residential"], "children"].sum() == boards.sum()
    assert set(rows.loc[rows["residential"], "placement"]) == {"independent"}
    assert fitted.children.count_year == made_up.YEAR - 1


def test_tables_that_contradict_say_which_margins_do_not_hold(tmp_path: Path) -> None:
    """One child more of an age than the table by need has: one margin is off, and named."""
    rows = made_up.caseload()
    for row in rows:
        at = (row.get("old_la_code"), row["time_period"], row["breakdown"])
        if at == ("901", "202425", "age 9"):
            row["ehcplans"] += 1
            row["special_la_maintained"] += 1
    release = read_release(made_up.write_release(tmp_path, {"caseload": rows}))
    fitted = children_from_tables(release, release.authorities()[0])
    off = fitted.margins[fitted.margins["difference"] != 0]
    assert off["difference"].abs().sum() <= 2
    assert "published margins hold exactly; the tables contradict each other" in fitted.check()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("caseload", "caseload.csv.gz: has no figures by age of Saltmarsh for January 2025"),
        ("sen_needs_all_plans", "has no figures by placement of Saltmarsh for January 2025"),
    ],
)
def test_an_authority_missing_from_one_file_is_told(tmp_path: Path, table: str, words: str) -> None:
    """Totals are there and a breakdown is not (as for Surrey by need in 2025): no case is made."""
    everyone = ("All EHC plans",)
    rows = [
        row
        for row in made_up.tables()[table]
        if row.get("old_la_code") != "901" or row["breakdown"] in everyone
    ]
    release = read_release(made_up.write_release(tmp_path, {table: rows}))
    with pytest.raises(InputError, match=words):
        children_from_tables(release, release.authorities()[0])


def test_figures_marked_as_unavailable_are_told(tmp_path: Path) -> None:
    """'x' in what is needed: the count of such cells, and no case."""
    rows = made_up.sen_needs_all_plans()
    for row in rows:
        if row.get("old_la_code") == "901" and row["breakdown"] == "age 7":
            row["number_asd"] = "x"
    release = read_release(made_up.write_release(tmp_path, {"sen_needs_all_plans": rows}))
    with pytest.raises(InputError, match=r"1 figures of Saltmarsh .* not published"):
        children_from_tables(release, release.authorities()[0])


def test_unknown_needs_and_placements_are_resolved_and_told(fitted: Fitted) -> None:
    """Nobody is lost or made up: those of unknown need and placement are like the others."""
    found = known(fitted.children, ON)
    assert found.total == fitted.children.total == 900
    assert "unknown" not in set(found.rows["need"])
    assert "unknown" not in set(found.rows["placement"])
    told = " ".join(found.notes)
    made = made_up.children("901")
    assert f"the primary need of {made[:, -1].sum()} of 900 plans is not recorded" in told
    lost = made[made_up.PLACEMENTS.index(Placement.UNKNOWN)].sum()
    assert f"the placement of {lost} of 900 plans is not recorded" in told
    # By age nothing changes.
    before = fitted.children.rows.groupby("age")["children"].sum()
    assert found.rows.groupby("age")["children"].sum().equals(before)


def test_too_many_unknown_placements_make_no_case() -> None:
    """Three of ten placements not recorded: more than a fifth, so no honest case."""
    rows = pd.DataFrame(
        [("unknown", "ASD", 9, 3), ("special_maintained", "ASD", 9, 7)],
        columns=["placement", "need", "age", "children"],
    )
    with pytest.raises(InputError, match="the placement of 3 of 10 plans is not recorded"):
        known(gather(rows, 2024, "a return"), ON)


def test_some_unknown_placements_are_warned_of() -> None:
    """One of twenty: filled in, and said when the case is made."""
    rows = pd.DataFrame(
        [("unknown", "ASD", 9, 1), ("special_maintained", "ASD", 9, 19)],
        columns=["placement", "need", "age", "children"],
    )
    (warning,) = known(gather(rows, 2024, "a return"), ON).warnings
    assert "the placement of 1 plans (5.0%) is not recorded" in warning.sentence()


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"placement": "moon"}, "a placement that is not in the vocabulary"),
        ({"need": "XYZ"}, "a need that is not in the vocabulary"),
        ({"age": 26}, "an age that is not from 2 to 25"),
        ({"children": 0.5}, "must be whole"),
        ({"children": -1}, "at least 0"),
    ],
)
def test_the_seam_refuses_what_is_not_of_its_words(cells: dict[str, object], words: str) -> None:
    """Placements, needs, ages from 2 to 25 and whole children: nothing else passes the seam."""
    row = {"placement": "mainstream", "need": "ASD", "age": 9, "children": 1} | cells
    with pytest.raises(ValueError, match=words):
        gather(pd.DataFrame([row]), 2024, "a test")


def test_equal_rows_are_added_up_and_down_syndrome_counts_as_other() -> None:
    """Two rows of one kind are one; DS is under OTH in the table, as it is published."""
    rows = pd.DataFrame(
        [("mainstream", "DS", 9, 1), ("mainstream", "DS", 9, 2), ("mainstream", "OTH", 9, 4)],
        columns=["placement", "need", "age", "children"],
    )
    children = gather(rows, 2024, "a test")
    assert len(children.rows) == 2
    table = children.table()
    other = [one.value for one in NEEDS].index("OTH")
    assert table[PLACEMENTS.index(Placement.MAINSTREAM), other, 9 - 2] == 7


def test_children_who_wait_are_whole_and_add_up(fitted: Fitted) -> None:
    """Seventeen children waiting are seventeen, all of school age."""
    waiting = waiting_children(known(fitted.children, ON), 17)
    assert waiting["children"].sum() == 17
    assert waiting["age"].between(4, 15).all()
    assert waiting_children(fitted.children, 0).empty


def test_a_later_state_is_whole_and_near_what_is_expected(fitted: Fitted) -> None:
    """Expected numbers of a later January become whole, each placement within half a child."""
    children = known(fitted.children, ON)
    expected = children.table() * 1.137
    later = state_later(children, expected, 2026)
    made = later.table().sum(axis=(1, 2))
    assert (abs(made - expected.sum(axis=(1, 2))) <= 0.5 + 1e-9).all()
    assert later.count_year == 2026
    assert "projected for January 2027" in later.notes[-1]
    share = later.rows.loc[later.rows["residential"], "children"].sum() / later.total
    before = children.rows.loc[children.rows["residential"], "children"].sum() / children.total
    assert share == pytest.approx(before, abs=0.01)
    assert np.issubdtype(later.rows["children"].dtype, np.integer)
