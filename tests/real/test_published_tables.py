"""The readers on the real files: margins, totals and oddities of authorities as they are published.

Every figure in a test is as printed in the official file that its comment names.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from inputs.errors import InputError
from inputs.official.authorities import find
from inputs.official.section251 import read_benchmarks
from inputs.official.sen2 import Release, read_release
from inputs.start.files import Files, open_files
from inputs.start.from_tables import children_from_tables

DATA = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="module")
def data() -> Path:
    """Return the folder of official files, or skip."""
    if not (DATA / "sen2").is_dir():
        pytest.skip(f"the official files are not at {DATA}")
    return DATA


@pytest.fixture(scope="module")
def release(data: Path) -> Release:
    """Return the release, with both layouts."""
    return read_release(data / "sen2")


@pytest.mark.real
@pytest.mark.parametrize(
    "name",
    [
        "Cornwall",
        "Essex",
        "Isles of Scilly",
        "Kensington and Chelsea",
        "Stockport",
    ],
)
def test_every_published_margin_of_any_authority_holds(release: Release, name: str) -> None:
    """All 867 figures of the three tables of two, and 34 of residential placements."""
    fitted = children_from_tables(release, find(name, release.authorities()))
    # 15 placements x 24 ages + 15 x 13 needs (unknown among them) + 13 x 24; 15 + 19 residential.
    assert len(fitted.margins) == 360 + 195 + 312 + 34
    assert fitted.held == len(fitted.margins)


@pytest.mark.real
def test_totals_by_placement_are_as_published(release: Release) -> None:
    """2025_caseload, January 2025, all ages: the row 'All EHC plans' of each authority."""

    def totals(name: str) -> dict[str, int]:
        stock = release.stock(find(name, release.authorities()))
        newest = stock[(stock["year"] == 2024) & stock["age"].isna()]
        return {str(k): int(v) for k, v in newest.set_index("placement")["children"].items()}

    rutland, bcp = totals("Rutland"), totals("Bournemouth, Christchurch & Poole")
    # Academy resourced provision 15 and units 49; special 28 + 17 + 32 + 1 = 78; all plans 376.
    special = ["special_maintained", "special_academy", "independent", "non_maintained"]
    wanted = ("resourced", "unit", *special, "all")
    assert [rutland[one] for one in wanted] == [15, 49, 28, 17, 32, 1, 376]
    # Resourced provision 1 + 29; special 643 + 303 + 268 + 240 = 1,454; all plans 4,432.
    assert [bcp[one] for one in wanted] == [30, 21, 643, 303, 268, 240, 4_432]


@pytest.mark.real
def test_placements_add_up_to_the_total_of_every_row(release: Release) -> None:
    """Of every authority, year and age: the placements are the total, none counted twice."""
    for frame in (release.stock(), release.starts()):
        known = frame.dropna(subset=["children"])
        everyone = known[known["placement"] == "all"]
        parts = known[known["placement"] != "all"]
        keys = ["code", "year", "age"]
        both = everyone.set_index(keys)["children"].to_frame("total")
        both["parts"] = parts.groupby(keys, dropna=False)["children"].sum()
        assert (both["total"] == both["parts"]).all()


@pytest.mark.real
def test_the_history_is_whole_over_the_change_of_layout(release: Release) -> None:
    """January 2022 stands in both layouts, with the same total for every authority in both."""
    assert release.older is not None
    old, new = release.older.history(), release.stock()
    old = old[(old["year"] == 2021) & (old["age_group"] == "all")].set_index("code")["children"]
    new = new[(new["year"] == 2021) & new["age"].isna() & (new["placement"] == "all")]
    both = new.set_index("code")["children"].to_frame("new").join(old.rename("old"), how="inner")
    assert len(both) > 70
    assert (both["new"] == both["old"]).all()


@pytest.mark.real
def test_the_broken_totals_of_new_plans_are_put_right(release: Release) -> None:
    """2025_newplans prints 6,078, its region's total, for Leeds in 2022; its placements are 357."""
    leeds = find("Leeds", release.authorities())
    starts = release.starts(leeds)
    row = starts[(starts["year"] == 2022) & starts["age"].isna() & (starts["placement"] == "all")]
    assert float(row["children"].iloc[0]) == 357
    assert "is its region's" in release.notices(leeds)[0]


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Surrey", "is no authority with plans in these files"),
        ("Poole", "was abolished in April 2019"),
        ("Rutlnd", "Did you mean 'Rutland'?"),
    ],
)
def test_an_authority_that_cannot_have_a_case_is_told_why(
    data: Path, name: str, words: str
) -> None:
    """Surrey is not among these files; Poole was abolished; a slip is answered."""
    files = Files(
        gias=data / "gias" / "edubasealldata20250524.csv",
        sen2=data / "sen2",
        population=data / "population" / "lsoa11_single_year_age_mid2020.csv.xz",
        zones=data / "zones",
    )
    with pytest.raises(InputError) as raised:
        open_files(name, files)
    assert words in str(raised.value)


@pytest.mark.real
def test_means_are_believed_or_not_for_stated_reasons(data: Path, release: Release) -> None:
    """hn_benchmarking_2021-22_tidy: BCP, Rutland and Leicester are sane, Leicestershire is not."""
    found = read_benchmarks(data / "finance" / "hn_benchmarking_2021-22_tidy.csv")
    known = release.authorities()
    sane = {name: found.mean("inmss", find(name, known)) for name in ("839", "857", "856", "855")}
    # 17,284,511.78 / 339; 1,577,524.1 / 22; 7,466,118.57 / 109.
    assert [round(sane[code].value_gbp) for code in ("839", "857", "856")] == [50987, 71706, 68497]
    assert [sane[code].sane for code in ("839", "857", "856", "855")] == [True, True, True, False]
    assert "£11,995,628 is booked under independent alternative provision" in sane["855"].reason
