"""``start`` on real authorities keeps what is published, to the child, and makes an honest case.

Every figure in a test is as printed in the official file that its comment names.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from inputs.read import inspect_case
from inputs.schemas import TABLES
from tests.sendplaces.driving import run

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).parents[2].parent / "shared" / "data"
AUTHORITIES = {
    "rutland": "Rutland",
    "bcp": "Bournemouth, Christchurch & Poole",
    "leicestershire": "Leicestershire",
}
OLD_CODE = {"rutland": "857", "bcp": "839", "leicestershire": "855"}
STATE_SPECIAL = ("special_la_maintained", "special_academy_free")
BASES = tuple(
    f"mainstream_{kind}_{what}"
    for kind in ("la_maintained", "academy", "free_school")
    for what in ("resourced_provision", "senunit")
)


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, dict[str, object]]]:
    """Return the case folder and what the command said of it, each made once; or skip."""
    if not (DATA / "gias").is_dir():
        pytest.skip(f"the official files are not at {DATA}")
    out = tmp_path_factory.mktemp("cases")
    found = {}
    for key, name in AUTHORITIES.items():
        words: list[object] = ["start", "--la", name, "--out", out / key, "--json"]
        words += ["--gias", DATA / "gias" / "edubasealldata20250524.csv"]
        words += ["--sen2", DATA / "sen2", "--zones", DATA / "zones"]
        words += ["--population", DATA / "population" / "lsoa11_single_year_age_mid2020.csv.xz"]
        words += ["--finance", DATA / "finance" / "hn_benchmarking_2021-22_tidy.csv"]
        if key == "bcp":
            words += ["--waiting", 143]
            words += ["--projections", _only(DATA / "population", "snpp2022*.csv")]
        told = run(*words)
        assert told.code == 0, told.err
        found[key] = out / key, told.json()
    return found


def _only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def table(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of a case, its cells as text with blanks as ''."""
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def children(frame: pd.DataFrame) -> float:
    """Return the children in some rows."""
    return float(frame["children"].astype(float).sum())


def published(name: str, key: str) -> pd.DataFrame:
    """Return one authority's rows of a SEN2 file of 2025, read apart from the product's readers."""
    frame = pd.read_csv(DATA / "sen2" / f"2025_{name}.csv.gz", dtype=str, low_memory=False)
    return frame[frame["old_la_code"] == OLD_CODE[key]]


def ages(key: str, columns: tuple[str, ...]) -> pd.Series[float]:
    """Return plans in January 2025 by single year of age, some columns added up."""
    rows = published("caseload", key)
    rows = rows[
        (rows["time_period"] == "202425")
        & (rows["breakdown_topic"] == "Child or young persons age")
    ]
    by_age = rows.set_index("breakdown")[list(columns)].astype(float).sum(axis=1)
    by_age.index = pd.Index([2 if a == "under 3" else int(a.split()[1]) for a in by_age.index])
    return by_age


@pytest.mark.real
@pytest.mark.parametrize("key", AUTHORITIES)
def test_every_published_margin_is_told_and_all_hold(
    cases: Mapping[str, tuple[Path, dict[str, object]]], key: str
) -> None:
    """The command counts the margins it held; the file beside the case says the same."""
    folder, told = cases[key]
    margins = pd.read_csv(folder / "evidence" / "margins.csv")
    held = int((margins["difference"] == 0).sum())

    assert told["margins"] == {"published": len(margins), "held": held}
    assert held == len(margins)
    three = {"placement by age", "placement by need", "need by age"}
    assert set(margins["table"]) == three | {"residential"}


@pytest.mark.real
@pytest.mark.parametrize("key", AUTHORITIES)
def test_the_three_way_table_adds_up_to_the_files_themselves(
    cases: Mapping[str, tuple[Path, dict[str, object]]], key: str
) -> None:
    """Read apart from the product: state special schools by age, and all plans by need."""
    made = pd.read_csv(cases[key][0] / "evidence" / "placements.csv")
    special = made[made["placement"].isin(["special_maintained", "special_academy"])]
    by_age = special.groupby("age")["children"].sum()
    stated = ages(key, STATE_SPECIAL)
    stated = stated[stated > 0]
    assert by_age.to_dict() == stated.astype(int).to_dict()

    needs = published("sen_needs_all_plans", key)
    whole = needs[needs["breakdown_topic"] == "All EHC plans"].iloc[0]
    for need, count in made.groupby("need")["children"].sum().items():
        column = "number_need_unknown" if need == "unknown" else f"number_{str(need).lower()}"
        assert count == int(whole[column]), need
    assert made["children"].sum() == int(whole["ehc_plans"])


@pytest.mark.real
@pytest.mark.parametrize("key", AUTHORITIES)
def test_placed_are_the_published_count_a_year_on(
    cases: Mapping[str, tuple[Path, dict[str, object]]], key: str
) -> None:
    """Placed = published less those in the last year of a phase (ages 3, 10, 15, 18 and over).

    Plans whose placement is not recorded are taken to be where others are: so a few more, told in
    the notes (Leicestershire: 65 of 241 in specialist places, all ages).
    """
    folder = cases[key][0]
    unrecorded = ages(key, ("placement_unknown",)).sum()
    provisions, placed = table(folder, "provisions"), table(folder, "placed")
    ours = placed[placed["authority"] == ""] if "authority" in placed else placed
    for classes, columns in (
        ({"special_school"}, STATE_SPECIAL),
        ({"specialist_base", "sen_unit"}, BASES),
    ):
        keys = provisions.loc[provisions["class"].isin(classes), "provision"]
        stays = ages(key, columns).drop([3, 10, 15, *range(18, 26)], errors="ignore")
        there = children(ours[ours["provision"].isin(keys)])
        assert stays.sum() <= there <= stays.sum() + 0.4 * unrecorded, classes
        assert unrecorded > 1 or there == stays.sum()


@pytest.mark.real
def test_children_live_in_zones_of_the_authority(
    cases: Mapping[str, tuple[Path, dict[str, object]]],
) -> None:
    """Every child of ours has a home zone, children are whole, and every zone has its share."""
    folder = cases["bcp"][0]
    zones, placed = table(folder, "zones"), table(folder, "placed")
    ours = placed[placed["authority"] == ""] if "authority" in placed else placed

    assert len(zones) == 233
    assert set(ours["zone"]) <= set(zones["zone"])
    assert (ours["children"].astype(float) % 1 == 0).all()
    by_zone = ours.groupby("zone")["children"].apply(lambda some: some.astype(float).sum())
    assert len(by_zone) > 0.9 * len(zones)


@pytest.mark.real
def test_those_waiting_are_as_stated(
    cases: Mapping[str, tuple[Path, dict[str, object]]],
) -> None:
    """BCP: 143 children waited in September 2024 (scrutiny, 26 November 2024); first year only."""
    entrants = table(cases["bcp"][0], "entrants")
    held = entrants[entrants["kind"] == "waiting"]

    assert set(held["year"]) == {"2025"}
    assert children(held) == pytest.approx(143, abs=0.5)


@pytest.mark.real
def test_transfers_of_the_first_year_are_those_in_year_6(
    cases: Mapping[str, tuple[Path, dict[str, object]]],
) -> None:
    """Of children aged 10 in a specialist place in January most go on to secondary in September."""
    for key in AUTHORITIES:
        columns = (*STATE_SPECIAL, *BASES, "special_independent", "special_non_maintained")
        at_10 = ages(key, (*columns, "ap_pru_total"))[10]
        entrants = table(cases[key][0], "entrants")
        rows = entrants[(entrants["kind"] == "transfer") & (entrants["phase"] == "secondary")]
        first = children(rows[rows["year"] == "2025"])
        unrecorded = ages(key, ("placement_unknown",))[10]
        # England: of those in a specialist place at 10 between 85 and 100 in 100 are in one at 11
        assert 0.85 * at_10 <= first <= at_10 + unrecorded


@pytest.mark.real
def test_rolls_of_the_areas_state_schools_are_the_registers(
    cases: Mapping[str, tuple[Path, dict[str, object]]],
) -> None:
    """BCP's five state special schools have their roll as places, and no more children than it."""
    folder = cases["bcp"][0]
    provisions, placed = table(folder, "provisions"), table(folder, "placed")
    own = provisions[
        (provisions["class"] == "special_school")
        & (provisions["in_area"] == "yes")
        & (provisions["places"].astype(float) > 0)
    ]
    # NumberOfPupils: Linwood 386, Winchelsea 238, Tregonwell 142, Longspee 117, Montacute 92.
    assert sorted(own["places"].astype(float)) == [92, 117, 142, 238, 386]
    for _, school in own.iterrows():
        there = children(placed[placed["provision"] == school["provision"]])
        assert there <= float(school["places"])


@pytest.mark.real
def test_rutland_has_no_state_special_school(
    cases: Mapping[str, tuple[Path, dict[str, object]]],
) -> None:
    """Every state special school it uses lies outside, with stated places; the notes say so."""
    folder = cases["rutland"][0]
    provisions = table(folder, "provisions")
    special = provisions[provisions["class"] == "special_school"]

    assert len(special) > 0
    assert set(special["in_area"]) == {"no"}
    assert (special["available_places"] != "").all()
    assert len(table(folder, "zones")) == 23
    notes = (folder / "case-notes.md").read_text(encoding="utf-8")
    assert "has no state special school of its own" in notes


@pytest.mark.real
def test_a_mean_that_cannot_be_believed_is_not_used(
    cases: Mapping[str, tuple[Path, dict[str, object]]],
) -> None:
    """Leicestershire books £12.0m of fees as alternative provision: the median stands."""
    notes = (cases["leicestershire"][0] / "case-notes.md").read_text(encoding="utf-8")
    (line,) = (one for one in notes.splitlines() if one.startswith("- INMSS fee"))
    assert "is not all of it" in line
    own = (cases["bcp"][0] / "case-notes.md").read_text(encoding="utf-8")
    # 17,284,512 over 339 plans is £50,987; 64/57 from 2021-22 to 2024-25
    assert "INMSS fee, mean £57,248 a child: Bournemouth, Christchurch and Poole's own" in own


@pytest.mark.real
@pytest.mark.parametrize("key", AUTHORITIES)
def test_every_row_is_valid_and_the_case_has_no_fault(
    cases: Mapping[str, tuple[Path, dict[str, object]]], key: str
) -> None:
    """Each row passes its row model, and the reader finds nothing wrong."""
    folder = cases[key][0]
    for path in sorted(folder.glob("*.csv")):
        for row in table(folder, path.stem).head(2000).to_dict("records"):
            TABLES[path.stem].model_validate({k: v for k, v in row.items() if v != ""})
    case, found = inspect_case(folder)
    assert [fault.sentence() for fault in found if fault.severity == "fault"] == []
    assert case is not None
    assert case.years == (2025, 2026, 2027, 2028, 2029)


@pytest.mark.real
@pytest.mark.parametrize("key", AUTHORITIES)
def test_options_are_marked_as_suggestions_and_sources_are_named(
    cases: Mapping[str, tuple[Path, dict[str, object]]], key: str
) -> None:
    """No option looks like anybody's decision, and the attributions stand."""
    folder = cases[key][0]
    options = table(folder, "options")
    assert len(options) > 0
    assert set(options["round"]) == {"suggestion"}
    notes = (folder / "case-notes.md").read_text(encoding="utf-8")
    for words in ("No school has been asked", "Open Government Licence v3.0", "Contains OS data"):
        assert words in notes
