"""Cases of real authorities from the official files: published totals kept, honest about the rest.

Every figure in a test is as printed in the official file that its comment names.
"""

from __future__ import annotations

import resource
from pathlib import Path

import pandas as pd
import pytest

from inputs.official.authorities import find
from inputs.official.sen2 import Placement, read_release
from inputs.read import inspect_case
from inputs.start.files import Files
from inputs.start.from_tables import children_from_tables
from inputs.start.start import Choices, StartedCase, start_case
from inputs.start.writing import write_case

DATA = Path(__file__).parents[2].parent / "shared" / "data"
BCP = "Bournemouth, Christchurch & Poole"
MOST_GIB = 1.0


@pytest.fixture(scope="module")
def files() -> Files:
    """Return where the official files are, or skip."""
    if not (DATA / "gias").is_dir():
        pytest.skip(f"the official files are not at {DATA}")
    return Files(
        gias=DATA / "gias" / "edubasealldata20250524.csv",
        sen2=DATA / "sen2",
        population=DATA / "population" / "lsoa11_single_year_age_mid2020.csv.xz",
        zones=DATA / "zones",
        finance=DATA / "finance" / "hn_benchmarking_2021-22_tidy.csv",
    )


@pytest.fixture(scope="module")
def started(files: Files) -> dict[str, StartedCase]:
    """Return the cases of Rutland and BCP, made once."""
    return {
        "Rutland": start_case("Rutland", files),
        BCP: start_case(BCP, files, Choices(waiting=143)),
    }


@pytest.fixture(scope="module")
def folders(
    started: dict[str, StartedCase], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Return the folders of both cases."""
    out = tmp_path_factory.mktemp("cases")
    return {name: write_case(case, out / name[:7].lower()) for name, case in started.items()}


def table(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of a case, its cells as text with blanks as ''."""
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def ours(folder: Path, provision_class: str) -> int:
    """Return our children placed in provisions of a class."""
    provisions, placed = table(folder, "provisions"), table(folder, "placed")
    keys = provisions.loc[provisions["class"] == provision_class, "provision"]
    rows = placed[placed["provision"].isin(keys)]
    if "authority" in rows:
        rows = rows[rows["authority"] == ""]
    return int(rows["children"].astype(int).sum())


@pytest.mark.real
@pytest.mark.parametrize(
    "name", ["Rutland", "Bournemouth, Christchurch and Poole", "Leicestershire", "Cornwall"]
)
def test_every_published_margin_holds_exactly(files: Files, name: str) -> None:
    """All 867 figures of three tables of two, and 34 of residential placements, for each."""
    release = read_release(files.sen2)
    fitted = children_from_tables(release, find(name, release.authorities()))
    # 15 placements x 24 ages + 15 x 13 needs (unknown among them) + 13 x 24; 15 + 19 residential.
    assert len(fitted.margins) == 360 + 195 + 312 + 34
    assert fitted.held == len(fitted.margins)


@pytest.mark.real
def test_totals_by_placement_are_as_published(files: Files) -> None:
    """2025_caseload, January 2025, all ages: the row 'All EHC plans' of each authority."""
    release = read_release(files.sen2)

    def totals(name: str) -> dict[str, int]:
        rows = children_from_tables(release, find(name, release.authorities())).children.rows
        return {str(k): int(v) for k, v in rows.groupby("placement")["children"].sum().items()}

    rutland, bcp = totals("Rutland"), totals(BCP)
    # Academy resourced provision 15 and units 49; special 28 + 17 + 32 + 1 = 78.
    special = ["special_maintained", "special_academy", "independent", "non_maintained"]
    assert [rutland[one] for one in ("resourced", "unit", *special)] == [15, 49, 28, 17, 32, 1]
    # Resourced provision 1 + 29; special 643 + 303 + 268 + 240 = 1,454; all plans 4,432.
    assert [bcp[one] for one in ("resourced", "unit", *special)] == [30, 21, 643, 303, 268, 240]
    assert sum(bcp.values()) == 4_432
    assert sum(rutland.values()) == 376


@pytest.mark.real
def test_the_broken_totals_of_new_plans_are_put_right(files: Files) -> None:
    """2025_newplans prints 6,078, its region's total, for Leeds in 2022; its placements are 357."""
    release = read_release(files.sen2)
    leeds = find("Leeds", release.authorities())
    starts = release.starts(leeds)
    row = starts[(starts["year"] == 2022) & starts["age"].isna() & (starts["placement"] == "all")]
    assert float(row["children"].iloc[0]) == 357
    assert "is its region's" in release.notices(leeds)[0]


@pytest.mark.real
def test_placed_are_the_published_count_a_year_on(folders: dict[str, Path]) -> None:
    """Placed = published less those in the last year of a phase (ages 3, 10, 15, 18 and over)."""
    # 2025_caseload, ages 4-9 + 11-14 + 16-17. Rutland, LA maintained special: 8 + 14 + 3;
    # and academies 4, 7 and 1.
    assert ours(folders["Rutland"], "special_school") == 25 + 12
    # BCP, LA maintained: 198 + 226 + 93; academies: 72 + 144 + 15, and 1 under 3.
    assert ours(folders[BCP], "special_school") == 517 + 232
    # BCP, AP and PRU: ages 13 and 14 (4 + 9); the 9 aged 15 have left.
    assert ours(folders[BCP], "alternative_provision") == 13
    # BCP, specialist post-16 institutions: ages 16 and 17 (34 + 18).
    assert ours(folders[BCP], "post16_specialist") == 52
    assert ours(folders[BCP], "inmss_residential") > 0


@pytest.mark.real
@pytest.mark.parametrize("name", ["Rutland", BCP])
def test_a_case_has_no_fault_and_only_known_warnings(folders: dict[str, Path], name: str) -> None:
    """The reader finds nothing wrong or odd in either case."""
    case, found = inspect_case(folders[name])
    assert case is not None
    assert [one.sentence() for one in found] == []
    assert case.base_year == 2025


@pytest.mark.real
def test_rutland_has_no_state_special_school(folders: dict[str, Path]) -> None:
    """Every special school it uses is outside, with stated places; its 23 zones are inside."""
    provisions = table(folders["Rutland"], "provisions")
    special = provisions[provisions["class"] == "special_school"]
    assert len(special) >= 3
    assert set(special["in_area"]) == {"no"}
    assert (special["available_places"].astype(int) >= 1).all()
    assert len(table(folders["Rutland"], "zones")) == 23
    notes = (folders["Rutland"] / "case-notes.md").read_text(encoding="utf-8")
    assert "no state special school of its own" in notes


@pytest.mark.real
def test_rolls_of_the_areas_state_schools_are_the_registers(folders: dict[str, Path]) -> None:
    """BCP's own state special schools have their rolls as places, and no more children."""
    provisions, placed = table(folders[BCP], "provisions"), table(folders[BCP], "placed")
    own = provisions[
        (provisions["class"] == "special_school")
        & (provisions["in_area"] == "yes")
        & (provisions["places"] != "0")
    ]
    # NumberOfPupils: Linwood 386, Winchelsea 238, Tregonwell 142, Longspee 117, Montacute 92.
    assert sorted(own["places"].astype(int)) == [92, 117, 142, 238, 386]
    for _, school in own.iterrows():
        there = placed[placed["provision"] == school["provision"]]
        assert there["children"].astype(int).sum() <= int(school["places"])


@pytest.mark.real
def test_costs_are_the_authoritys_own_where_they_can_be_believed(
    files: Files, started: dict[str, StartedCase]
) -> None:
    """BCP's own fee; for Leicestershire the national one, because of how it books."""
    # 17,284,511.78 over 339 plans, times 64/57: £57,248.
    assert "INMSS fee, mean £57,248 a child" in started[BCP].notes
    # 1,577,524.1 over 22 plans, times 64/57: £80,512.
    assert "INMSS fee, mean £80,512 a child" in started["Rutland"].notes
    from inputs.official.section251 import read_benchmarks

    assert files.finance is not None
    release = read_release(files.sen2)
    county = find("Leicestershire", release.authorities())
    cost = read_benchmarks(files.finance).mean("inmss", county)
    assert not cost.sane
    assert "£11,995,628 is booked under independent alternative provision" in cost.reason


@pytest.mark.real
def test_an_authority_that_began_in_2019_says_so(started: dict[str, StartedCase]) -> None:
    """BCP began in April 2019: no history before, a warning, and a case all the same."""
    told = " ".join(one.sentence() for one in started[BCP].warnings)
    assert "began in April 2019" in told
    assert started["Rutland"].warnings == ()


@pytest.mark.real
def test_waiting_children_are_entrants_of_the_first_year(started: dict[str, StartedCase]) -> None:
    """The 143 whom BCP reported waiting come once, in the first year, and are no one else."""
    entrants = started[BCP].tables["entrants"]
    assert isinstance(entrants, pd.DataFrame)
    held = entrants[entrants["kind"] == "waiting"]
    assert set(held["year"]) == {2025}
    assert held["children"].sum() == pytest.approx(143, rel=0.05)
    assert started["Rutland"].tables["entrants"]["kind"].ne("waiting").all()


@pytest.mark.real
def test_options_are_suggestions_with_a_host(folders: dict[str, Path]) -> None:
    """Each base suggested is on a real school of the register, of its phase, and says so."""
    for folder in folders.values():
        options, provisions = table(folder, "options"), table(folder, "provisions")
        assert (options["round"] == "suggestion").all()
        new = provisions[provisions["provision"].str.endswith("_new_base")]
        assert (new["urn"] != "").all()
        assert new["name"].str.startswith("Suggestion: ").all()


@pytest.mark.real
@pytest.mark.parametrize("name", ["Surrey", "Poole"])
def test_an_authority_that_cannot_have_a_case_is_told_why(files: Files, name: str) -> None:
    """Surrey is not among these files; Poole was abolished in 2019."""
    from inputs.errors import InputError

    with pytest.raises(InputError) as raised:
        start_case(name, files)
    expected = {"Surrey": "is no authority with plans in these files",
                "Poole": "was abolished in April 2019"}  # fmt: skip
    assert expected[name] in str(raised.value)


@pytest.mark.real
def test_reading_national_files_needs_little_memory(started: dict[str, StartedCase]) -> None:
    """Two cases made, and the process has not held a gibibyte."""
    assert started
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert peak_kib / 2**20 < MOST_GIB
    assert Placement.UNKNOWN
