"""The cases of Rutland and of Bournemouth, Christchurch and Poole keep the published totals.

Every figure in a test is as printed in the official file that its comment names.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from benchmarks import real_draft as rd
from benchmarks.real_cases import BCP, RUTLAND, bcp_case, main, rutland_case
from benchmarks.real_demand import LABELS, NEEDS, TYPES, new_plans, round_table, stock
from benchmarks.real_schools import KINDS, allocate, share_out
from inputs.read import inspect_case
from inputs.schemas import TABLES
from inputs.vocabulary import Need

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parents[2].parent / "shared" / "data"
AUTHORITIES = {"rutland": RUTLAND, "bcp": BCP}
STATE_TYPES = {*KINDS["special_la"], *KINDS["special_academy"]}


@pytest.fixture(scope="module")
def data() -> Path:
    """Return the folder of official files, or skip."""
    if not (DATA / "gias").is_dir():
        pytest.skip(f"the official files are not at {DATA}")
    return DATA


@pytest.fixture(scope="module")
def folders(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return both case folders, made once."""
    out = tmp_path_factory.mktemp("cases")
    return {"rutland": rutland_case(data, out), "bcp": bcp_case(data, out)}


def table(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of a case, its cells as text with blanks as ''."""
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def children(frame: pd.DataFrame) -> float:
    """Return the children in some rows."""
    return float(frame["children"].astype(float).sum())


def placed_of(folder: Path, provision_class: str) -> float:
    """Return our children placed in provisions of a class."""
    provisions, placed = table(folder, "provisions"), table(folder, "placed")
    keys = provisions.loc[provisions["class"] == provision_class, "provision"]
    ours = placed[placed["provision"].isin(keys)]
    return children(ours[ours["authority"] == ""] if "authority" in ours else ours)


@pytest.mark.real
@pytest.mark.parametrize("key", ["rutland", "bcp"])
def test_both_published_margins_hold_after_rounding(data: Path, key: str) -> None:
    """Placement by need, and placement by age, are exactly as published, cell by cell."""
    la_code = str(AUTHORITIES[key].la_code)
    needs = pd.read_csv(data / "sen2" / "2025_sen_needs_all_plans.csv.gz", dtype=str)
    needs = needs[needs["old_la_code"] == la_code].set_index("breakdown")
    plans = pd.read_csv(data / "sen2" / "2025_caseload.csv.gz", dtype=str, low_memory=False)
    plans = plans[
        (plans["old_la_code"] == la_code)
        & (plans["time_period"] == "202425")
        & (plans["breakdown_topic"] == "Child or young persons age")
    ].set_index("breakdown")
    found = stock(data, int(la_code))
    for kind, counts in found.items():
        for n, need in enumerate(NEEDS):
            figures = needs.loc[needs.index.isin(LABELS[kind]), f"number_{need.value.lower()}"]
            assert counts[n].sum() == figures.astype(int).sum(), (kind, need)
        for age in range(4, 25):
            if f"age {age}" not in plans.index:
                continue
            figure = plans.loc[f"age {age}", list(TYPES[kind])].astype(float).sum()
            assert counts[:, age - 2].sum() == figure, (kind, age)


@pytest.mark.real
def test_totals_by_placement_are_as_published(data: Path) -> None:
    """2025_caseload, January 2025, all ages: the row 'All EHC plans' of each authority."""
    rutland = {kind: int(counts.sum()) for kind, counts in stock(data, 857).items()}
    bcp = {kind: int(counts.sum()) for kind, counts in stock(data, 839).items()}
    # Academy resourced provision 15 and units 49; special 28 + 17 + 32 + 1 = 78.
    assert rutland == {
        "resourced": 15,
        "unit": 49,
        "special_la": 28,
        "special_academy": 17,
        "independent": 32,
        "nmss": 1,
        "ap": 0,
        "spi": 4,
    }
    # Resourced provision 1 + 29; special 643 + 303 + 268 + 240 = 1,454.
    assert bcp == {
        "resourced": 30,
        "unit": 21,
        "special_la": 643,
        "special_academy": 303,
        "independent": 268,
        "nmss": 240,
        "ap": 22,
        "spi": 190,
    }


@pytest.mark.real
def test_placed_are_the_published_count_a_year_on(folders: dict[str, Path]) -> None:
    """Placed = published less those in the last year of a phase (ages 3, 10, 15, 18 and over)."""
    # 2025_caseload, ages 4-9 + 11-14 + 16-17. Rutland, LA maintained special: 8 + 14 + 3;
    # and academies 4, 7 and 1.
    assert placed_of(folders["rutland"], "special_school") == 25 + 12
    # BCP, LA maintained: 198 + 226 + 93; academies: 72 + 144 + 15, and 1 under 3.
    assert placed_of(folders["bcp"], "special_school") == 517 + 232
    # BCP, AP and PRU: ages 13 and 14 (4 + 9); the 9 aged 15 have left.
    assert placed_of(folders["bcp"], "alternative_provision") == 13
    # BCP, specialist post-16 institutions: ages 16 and 17 (34 + 18).
    assert placed_of(folders["bcp"], "post16_specialist") == 52
    # 2025_residential_settings, ages 10-17 less ages 10 and 15: 2 + 2 + 2 + 2 + 5 + 1.
    assert placed_of(folders["bcp"], "inmss_residential") == 14


@pytest.mark.real
def test_transfers_of_the_first_year_are_the_published_year_6(folders: dict[str, Path]) -> None:
    """All aged 10 in a specialist place transfer to secondary, whatever the need."""
    for key, published in (
        # 2025_caseload, age 10: special 3 and SEN unit 5.
        ("rutland", 8),
        # Age 10: special 109, resourced provision 2, SEN unit 1.
        ("bcp", 112),
    ):
        entrants = table(folders[key], "entrants")
        rows = entrants[
            (entrants["year"] == "2026")
            & (entrants["kind"] == "transfer")
            & (entrants["phase"] == "secondary")
        ]
        assert children(rows) == pytest.approx(published, abs=1e-4)
        assert set(rows["nc_year"]) == {"7"}


@pytest.mark.real
def test_new_entrants_are_new_plans_and_the_rest_of_the_rise_with_age(
    data: Path, folders: dict[str, Path]
) -> None:
    """Rutland: 41 new plans in three years, and moves up to the smoothed peak of the count."""
    # 2025_newplans, Rutland, bases and special schools: 8 + 8 in 2022, 8 + 3 in 2023, 8 + 6 in
    # 2024; no other specialist placement.
    assert new_plans(data, 857).sum() == pytest.approx(41 / 3)
    entrants = table(folders["rutland"], "entrants")
    new = entrants[(entrants["kind"] == "new") & (entrants["year"] == "2026")]
    # 2025_caseload, ages 11, 12 and 13: 22, 13 and 15 in specialist places, mean 50/3; two years
    # of growth at 4.5 % from 2024/25.
    assert children(new) == pytest.approx(50 / 3 * 1.045**2, abs=1e-3)


@pytest.mark.real
def test_waiting_is_as_published(folders: dict[str, Path]) -> None:
    """BCP: 143 waiting, first year only, half primary, four fifths of those autism or SEMH."""
    entrants = table(folders["bcp"], "entrants")
    held = entrants[entrants["kind"] == "waiting"]
    assert set(held["year"]) == {"2026"}
    assert children(held) == pytest.approx(143, abs=1e-3)
    primary = held[held["phase"] == "primary"]
    assert children(primary) == pytest.approx(71.5, abs=1e-3)
    assert children(primary[primary["need"].isin(["ASD", "SEMH"])]) == pytest.approx(57.2, abs=1e-3)


@pytest.mark.real
@pytest.mark.parametrize("key", ["rutland", "bcp"])
def test_mean_costs_are_the_authoritys_own(data: Path, key: str) -> None:
    """Fees and top-ups, over the children placed, average to the published outturn a placement."""
    # hn_benchmarking_2021-22_tidy: top-up to NMI special over placements, and top-up to
    # maintained special over placements; then 64/57 to 2024/25.
    outturn = {
        "rutland": (1_577_524.1 / 22, 999_567.25 / 39),
        "bcp": (17_284_511.78 / 339, 14_204_081.3 / 781),
    }[key]
    draft = rd.start(data, AUTHORITIES[key])
    fee = np.array([draft.fee_gbp[need] for need in NEEDS])
    topup = np.array([draft.topup_gbp[need] for need in NEEDS])
    day = (draft.placed["independent"] + draft.placed["nmss"]).sum(axis=1)
    boarding = draft.placed["residential"].sum(axis=1)
    paid = fee @ day + rd.RESIDENTIAL_TIMES_DAY * fee @ boarding
    # Costs are rounded to £10.
    assert paid / (day + boarding).sum() == pytest.approx(outturn[0] * 64 / 57, abs=10)
    state = sum(draft.placed[kind].sum(axis=1) for kind in rd.STATE)
    assert topup @ state / state.sum() == pytest.approx(outturn[1] * 64 / 57, abs=10)


@pytest.mark.real
def test_rutland_has_no_state_special_school(data: Path, folders: dict[str, Path]) -> None:
    """Every special school it uses is outside, with stated places; its 23 zones are inside."""
    provisions = table(folders["rutland"], "provisions")
    special = provisions[provisions["class"] == "special_school"]
    # Get Information About Schools: state special schools within 35 km, less one hospital
    # school and one with no roll.
    assert len(special) == 22
    assert set(special["in_area"]) == {"no"}
    assert (special["available_places"].astype(int) >= 1).all()
    register = pd.read_csv(data / "gias" / "edubasealldata20250524.csv", encoding="cp1252")
    of_rutland = register[register["LA (name)"] == "Rutland"]
    assert not set(of_rutland["TypeOfEstablishment (name)"]) & STATE_TYPES
    assert len(table(folders["rutland"], "zones")) == 23


@pytest.mark.real
def test_bcp_has_the_scale_asked_for(folders: dict[str, Path]) -> None:
    """233 zones, 8 needs, 4 phases, 5 years, about 40 provisions, 25 options."""
    folder = folders["bcp"]
    entrants = table(folder, "entrants")
    assert len(table(folder, "zones")) == 233
    assert entrants["need"].nunique() == 8
    assert entrants["phase"].nunique() == 4
    assert sorted(set(entrants["year"])) == [str(year) for year in range(2026, 2031)]
    assert 36 <= len(table(folder, "provisions")) <= 46
    assert len(table(folder, "options")) == 25


@pytest.mark.real
def test_rolls_of_the_areas_state_schools_are_the_register_s(folders: dict[str, Path]) -> None:
    """In BCP's own state special schools others' children are the roll less ours: 112 of 975."""
    provisions, placed = table(folders["bcp"], "provisions"), table(folders["bcp"], "placed")
    own = provisions[
        (provisions["class"] == "special_school")
        & (provisions["in_area"] == "yes")
        & (provisions["urn"] != "")
    ]
    # NumberOfPupils: Linwood 386, Winchelsea 238, Tregonwell 142, Longspee 117, Montacute 92.
    assert sorted(own["places"].astype(int)) == [92, 117, 142, 238, 386]
    others = placed[placed["authority"] != ""]
    assert set(others["provision"]) == set(own["provision"])
    assert children(others) == 112
    for _, school in own.iterrows():
        assert children(placed[placed["provision"] == school["provision"]]) <= int(school["places"])


@pytest.mark.real
@pytest.mark.parametrize("key", ["rutland", "bcp"])
def test_every_row_is_valid_and_the_case_has_no_fault(folders: dict[str, Path], key: str) -> None:
    """Each row passes its row model, and the reader finds nothing wrong or odd."""
    for path in sorted(folders[key].glob("*.csv")):
        for row in table(folders[key], path.stem).to_dict("records"):
            TABLES[path.stem].model_validate({k: v for k, v in row.items() if v != ""})
    case, found = inspect_case(folders[key])
    assert [fault.sentence() for fault in found if fault.severity == "fault"] == []
    assert case is not None
    assert case.years == (2026, 2027, 2028, 2029, 2030)


@pytest.mark.real
@pytest.mark.parametrize("key", ["rutland", "bcp"])
def test_notes_label_every_line_and_name_the_sources(folders: dict[str, Path], key: str) -> None:
    """Each note says whether it is published or assumed, and the three attributions stand."""
    lines = (folders[key] / "case-notes.md").read_text(encoding="utf-8").splitlines()
    body, attribution = lines[: lines.index("## Attribution")], lines[-3:]
    labels = ("Published:", "Assumption:", "Choice:", "Left out:", "The ")
    notes = [line.removeprefix("- ") for line in body if line and not line.startswith("#")]
    assert all(note.startswith(labels) for note in notes)
    assert "Open Government Licence v3.0" in attribution[0]
    assert "Office for National Statistics" in attribution[1]
    assert "OpenStreetMap contributors" in attribution[2]


@pytest.mark.real
def test_the_command_writes_the_same_cases_again(
    data: Path, folders: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Running it twice gives the same bytes, copies no road file and leaves no part file."""
    main([str(data), "--out", str(tmp_path)])
    assert "233 zones" in capsys.readouterr().out
    for key, folder in folders.items():
        again = {path.name: path.read_bytes() for path in (tmp_path / key).iterdir()}
        assert again == {path.name: path.read_bytes() for path in folder.iterdir()}
        assert all(name.endswith((".csv", "case.toml", "case-notes.md")) for name in again)


def tables_to_round() -> Iterator[np.ndarray]:
    """Give tables with whole and with broken sums, some cells 0."""
    draws = np.random.default_rng(20250124)
    for _ in range(20):
        rows, columns = draws.integers(1, 9, size=2)
        yield draws.gamma(0.4, 2.0, size=(rows, columns)) * (draws.random((rows, columns)) < 0.7)


def test_rounding_keeps_every_sum_within_one() -> None:
    """Each cell and each row and column sum is rounded down or up, and zeros stay zero."""
    for given in tables_to_round():
        whole = round_table(given)
        assert (np.abs(whole - given) < 1).all()
        assert (whole[given == 0] == 0).all()
        for axis in (0, 1):
            assert (np.abs(whole.sum(axis=axis) - given.sum(axis=axis)) < 1).all()


def test_sharing_out_respects_limits() -> None:
    """What one school cannot hold goes to the others by weight; too many is refused."""
    # Weights 3:1:1 give 6, 2, 2; the first holds 4, so 6 are left for two equals.
    shares = share_out(10.0, np.array([3.0, 1.0, 1.0]), np.array([4.0, 9.0, 9.0]))
    assert shares == pytest.approx([4, 3, 3])
    with pytest.raises(ValueError, match="hold 8 children and 10 are placed"):
        share_out(10.0, np.array([1.0, 1.0]), np.array([4.0, 4.0]))


def test_children_go_only_where_their_need_is_taught() -> None:
    """A cell is kept whole, and a school that does not take it gets none."""
    taught = np.array([[True, False], [True, True]])
    given = allocate(np.array([3, 5]), np.array([1.0, 4.0]), taught)
    assert given.tolist() == [[3, 0], [1, 4]]
    with pytest.raises(ValueError, match="no school here teaches"):
        allocate(np.array([3]), np.array([1.0]), np.array([[False]]))


def test_pooling_leaves_the_largest_needs() -> None:
    """BCP's small needs (2025_sen_needs_all_plans) are pooled with OTH, save PMLD and SLD."""
    # All plans: MSI 22, VI 40, PMLD 46, HI 48, SLD 72, OTH 73, SPLD 99, and then PD 216. PMLD and
    # SLD need places that a base cannot give, so they stay apart.
    assert BCP.pooled == {Need.MSI, Need.VI, Need.HI, Need.SPLD}
    assert len(BCP.needs) == 8
