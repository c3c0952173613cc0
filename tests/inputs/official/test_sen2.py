"""The published tables of plans come back tidy, in both layouts, as they were counted."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from inputs.errors import InputError
from inputs.official.sen2 import AGES, ALL, NEEDS, UNKNOWN_NEED, Placement, read_release
from inputs.official.sen2_labels import age_of, placement_of
from tests.inputs.official import made_up

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd

    from inputs.official.sen2 import Release

NEED_NAMES = [*(one.value for one in NEEDS), UNKNOWN_NEED]
PLACEMENT_NAMES = [one.value for one in Placement]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return a release of made-up children, both layouts in one folder."""
    return read_release(made_up.write_release(tmp_path_factory.mktemp("sen2")))


def square(frame: pd.DataFrame, row: str, rows: list, column: str, columns: list) -> np.ndarray:  # type: ignore[type-arg]
    """Return children (rows, columns)."""
    table = frame.pivot_table(index=row, columns=column, values="children", aggfunc="sum")
    return table.reindex(index=rows, columns=columns).to_numpy(float)


def test_stock_by_placement_and_age_is_as_counted(release: Release) -> None:
    """Placement by age of the newest January is the children that the files were made from."""
    made = made_up.children("901").sum(axis=1)
    stock = release.stock("901")
    stock = stock[(stock["year"] == made_up.YEAR - 1) & stock["age"].notna()]
    found = square(stock, "placement", PLACEMENT_NAMES, "age", list(AGES))
    assert (found == made).all()
    totals = stock[stock["placement"] == ALL].set_index("age")["children"]
    assert list(totals.reindex(list(AGES))) == list(made.sum(axis=0))


def test_ages_without_a_row_count_nobody(release: Release) -> None:
    """Nobody of 25 is counted, so the file has no row of that age: 0, not missing."""
    stock = release.stock("E06000901")
    there = stock[(stock["year"] == made_up.YEAR - 1) & stock["age"].notna()]
    assert set(there["age"]) == set(AGES)


def test_subtotals_are_not_counted_again(release: Release) -> None:
    """'Special - total' stands beside its parts: placement by need adds up to everyone once."""
    needs = release.stock_by_need("902")
    by_placement = needs[needs["placement"].notna()]
    found = square(by_placement, "placement", PLACEMENT_NAMES, "need", NEED_NAMES)
    assert (found == made_up.children("902").sum(axis=2)).all()
    by_age = needs[needs["age"].notna()]
    assert (
        square(by_age, "need", NEED_NAMES, "age", list(AGES)) == made_up.children("902").sum(axis=0)
    ).all()


def test_national_and_regional_rows_have_their_codes(release: Release) -> None:
    """England is E92000001 and holds both authorities; regions keep their own code."""
    stock = release.stock()
    newest = stock[(stock["year"] == made_up.YEAR - 1) & stock["age"].isna()]
    totals = newest[newest["placement"] == ALL].set_index("code")["children"]
    assert totals["E92000001"] == 900 + 2600
    assert totals["E12000009"] == totals["E92000001"]


def test_flows_are_by_calendar_year_and_20_includes_over(release: Release) -> None:
    """New plans of 2024 by age add up to their total, the oldest age being 20."""
    starts = release.starts("901")
    year = starts[(starts["year"] == 2024) & (starts["placement"] == ALL)]
    everyone = float(year.loc[year["age"].isna(), "children"].iloc[0])
    assert everyone == made_up.new_plans("901", 2024).sum()
    assert year["age"].max() == 20
    assert year.loc[year["age"].notna(), "children"].sum() == everyone


def test_spellings_that_differ_between_tables_are_one_thing(release: Release) -> None:
    """'Aged 10' in requests, 'academy/free school' in ceased plans: both are read."""
    assert set(release.requests("901")["age"].dropna()) == set(range(2, 21))
    ceased = release.ceased("901")
    there = set(ceased["placement"].dropna())
    assert Placement.SPECIAL_ACADEMY.value in there
    assert set(release.residential("901")["year"]) == {made_up.YEAR - 2, made_up.YEAR - 1}


def test_older_layout_is_by_academic_year_of_the_january(release: Release) -> None:
    """January 2022 is 2021, statements and plans together; the column order of codes differs."""
    assert release.older is not None
    history = release.older.history("901")
    row = history[(history["year"] == 2021) & (history["age_group"] == ALL)]
    assert float(row["children"].iloc[0]) == made_up.children("901", 2022).sum()
    assert history["year"].min() == 2009
    assert release.older.starts_history("901")["year"].max() == 2021
    kinds = release.older.history_by_placement("901")
    newest = kinds[kinds["year"] == 2021].set_index("placement")["children"]
    units = made_up.children("901", 2022)[made_up.PLACEMENTS.index(Placement.UNIT)].sum()
    assert newest["unit"] == units
    # The group's subtotal of special schools stands beside its part, and is not added to it.
    special = made_up.children("901", 2022)
    special = special[made_up.PLACEMENTS.index(Placement.SPECIAL_MAINTAINED)].sum()
    assert newest["special_maintained"] == special


def test_marks_are_counted(release: Release) -> None:
    """Cells marked x are NaN and counted, by table and authority."""
    release.stock()
    marks = release.marks("901")
    x = marks[(marks["table"] == "caseload") & (marks["mark"] == "x")]
    assert int(x["cells"].iloc[0]) > 0


def test_what_is_left_of_a_total_has_no_placement_recorded(tmp_path: Path) -> None:
    """A total of 10 more than the placements shown: the 10 are unknown, and nobody is lost."""
    rows = made_up.caseload()
    for row in rows:
        if row.get("old_la_code") == "901" and row["breakdown"] == "All EHC plans":
            row["ehcplans"] += 10
    stock = read_release(made_up.write_release(tmp_path, {"caseload": rows})).stock("901")
    newest = stock[(stock["year"] == made_up.YEAR - 1) & stock["age"].isna()]
    found = newest.set_index("placement")["children"]
    before = made_up.children("901")[made_up.PLACEMENTS.index(Placement.UNKNOWN)].sum()
    assert found["unknown"] == before + 10
    assert found.drop(ALL).sum() == found[ALL]


def test_a_total_that_is_its_regions_is_put_right_and_told(tmp_path: Path) -> None:
    """In new plans of 2022 some carry their region's total: their placements are right."""
    rows = made_up.newplans()
    total = next(
        row["new_ehc_plans"]
        for row in rows
        if row["geographic_level"] == "Regional"
        and row["time_period"] == "2022"
        and row["breakdown"] == "New EHC plans"
    )
    for row in rows:
        if row.get("old_la_code") == "901" and row["time_period"] == "2022":
            row["new_ehc_plans"] = total if row["breakdown"] == "New EHC plans" else (
                row["new_ehc_plans"]
            )  # fmt: skip
    release = read_release(made_up.write_release(tmp_path, {"newplans": rows}))
    starts = release.starts("901")
    year = starts[(starts["year"] == 2022) & starts["age"].isna() & (starts["placement"] == ALL)]
    assert float(year["children"].iloc[0]) == made_up.new_plans("901", 2022).sum()
    (notice,) = release.notices("901")
    assert "is its region's" in notice
    assert release.notices("902") == ()


def test_a_zip_reads_like_its_folder(tmp_path: Path, release: Release) -> None:
    """The release zip, as it is downloaded, without a year in front of the names."""
    folder = made_up.write_release(tmp_path / "plain", with_older=False)
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        for file in folder.iterdir():
            bundle.write(file, f"data/{file.name.removeprefix('2025_')}")
    zipped = read_release(path)
    assert zipped.older is None
    assert zipped.year == release.year
    assert zipped.stock("901").equals(read_release(folder).stock("901"))


def test_of_two_releases_in_a_folder_the_later_is_taken_whole(tmp_path: Path) -> None:
    """2024 and 2025 files side by side: all tables come from 2025."""
    made_up.write_release(tmp_path, with_older=False)
    made_up.write_table(tmp_path / "2024_caseload.csv", made_up.caseload()[:3])
    assert read_release(tmp_path).tables["caseload"].name.startswith("2025")


def test_needs_of_another_january_are_refused(tmp_path: Path) -> None:
    """Two files of different years: the needs of January 2024 beside a caseload of January 2025."""
    rows = made_up.sen_needs_all_plans(2024)
    release = read_release(made_up.write_release(tmp_path, {"sen_needs_all_plans": rows}))
    with pytest.raises(InputError, match="counts January 2024, and the caseload January 2025"):
        release.stock_by_need("901")


def test_an_age_beyond_25_is_refused(tmp_path: Path) -> None:
    """A plan ends at 25: a row of age 26 is another layout, told with its row."""
    rows = made_up.caseload()
    rows[-1] |= {"breakdown": "age 26"}
    release = read_release(made_up.write_release(tmp_path, {"caseload": rows}))
    with pytest.raises(InputError, match="'age 26' is no age from 2 to 25"):
        release.stock()


def test_an_unknown_placement_label_is_refused(tmp_path: Path) -> None:
    """A kind of placement that is not known is told, not dropped."""
    rows = made_up.sen_needs_all_plans()
    at = next(k for k, row in enumerate(rows) if row["breakdown"] == "Special - independent")
    rows[at] |= {"breakdown": "Special - orbital"}
    release = read_release(made_up.write_release(tmp_path, {"sen_needs_all_plans": rows}))
    with pytest.raises(InputError, match="'Special - orbital' is no placement"):
        release.stock_by_need()


def test_a_negative_count_is_refused(tmp_path: Path) -> None:
    """A count below zero is told with its row and column."""
    rows = made_up.caseload()
    rows[4] |= {"special_la_maintained": -1}
    release = read_release(made_up.write_release(tmp_path, {"caseload": rows}))
    with pytest.raises(InputError, match=r"row 6, special_la_maintained: '-1' is negative"):
        release.stock()


def test_a_missing_table_and_a_wrong_folder_are_told(tmp_path: Path) -> None:
    """A release without needs says so when they are asked for; a folder of other files at once."""
    release = read_release(made_up.write_release(tmp_path / "a", {"sen_needs_all_plans": None}))
    with pytest.raises(InputError, match=r"has no table sen_needs_all_plans\.csv"):
        release.stock_by_need()
    made_up.write_table(tmp_path / "b" / "x.csv", [{"URN": 1, "EstablishmentName": "Oak"}])
    with pytest.raises(InputError, match="is the register of schools"):
        read_release(tmp_path / "b")
    made_up.write_table(tmp_path / "b" / "y.csv", [{"a": 1}])
    with pytest.raises(InputError, match=r"holds no caseload\.csv"):
        read_release(tmp_path / "b")


def test_the_layout_to_2022_alone_says_what_it_lacks(tmp_path: Path) -> None:
    """A folder of 2022 files reads as that layout, and has no table by need."""
    for stem, rows in made_up.older().items():
        made_up.write_table(tmp_path / f"{stem}.csv", rows)
    release = read_release(tmp_path)
    assert (release.layout, release.year) == ("2022", 2022)
    assert [one.old_code for one in release.authorities()] == ["901", "902"]
    with pytest.raises(InputError, match="has no table caseload"):
        release.stock()


@pytest.mark.parametrize("label", ["age 1", "age 26", "ten", "age"])
def test_labels_of_no_age_are_refused(label: str) -> None:
    """Only ages 2 to 25 are ages of plans."""
    with pytest.raises(ValueError, match="is no age"):
        age_of(label)


def test_every_label_of_a_subtotal_is_none() -> None:
    """Subtotals, and the parts of alternative provision whose total is read, have no placement."""
    labels = ["Mainstream - total", "Special - total", "FE - total", "AP/PRU - academy"]
    assert [placement_of(label) for label in labels] == [None] * 4
