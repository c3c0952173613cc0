"""A whole case from official files: complete, without fault, and honest about what it assumes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from inputs.demand.basis import Basis
from inputs.demand.draws import Draws
from inputs.errors import InputError
from inputs.official.sen2 import SPECIALIST, read_release
from inputs.read import inspect_case
from inputs.schemas import TABLES
from inputs.start.children import Children, gather
from inputs.start.files import Files, open_files
from inputs.start.from_tables import children_from_tables
from inputs.start.start import Choices, StartedCase, start_case
from inputs.start.writing import write_case
from inputs.vocabulary import PHASE_YEARS, Phase
from tests.inputs.official import made_up

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return the made-up official files."""
    return Files(**made_up.write_all(tmp_path_factory.mktemp("official")))


@pytest.fixture(scope="module")
def children(files: Files) -> Children:
    """Return the children of Saltmarsh as recorded, fitted once for tests of what comes after."""
    release = read_release(files.sen2)
    return children_from_tables(release, release.authorities()[0]).children


@pytest.fixture(scope="module")
def started(files: Files) -> StartedCase:
    """Return the case of Saltmarsh."""
    return start_case("Saltmarsh", files, Choices(waiting=9, draws=5))


@pytest.fixture(scope="module")
def folder(started: StartedCase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the case of Saltmarsh, written."""
    return write_case(started, tmp_path_factory.mktemp("cases") / "saltmarsh")


def table(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of a case, its cells as text with blanks as ''."""
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


def test_a_case_has_no_fault_and_no_warning_of_its_files(folder: Path) -> None:
    """The reader of a case takes every table, and does not mind what stands beside them."""
    case, found = inspect_case(folder)
    assert case is not None, found
    assert not [one.sentence() for one in found]
    assert case.years == (2025, 2026, 2027, 2028, 2029)
    # Values such as the weight on children without a place are dated from September 2026.
    assert case.price_year == 2026
    assert len(case.zones) == 12


def test_everything_that_is_needed_is_there(folder: Path) -> None:
    """Tables, facts, notes, the basis of demand, the draws, and the evidence."""
    names = {path.name for path in folder.iterdir()}
    tables = {f"{name}.csv" for name in ("zones", "provisions", "teaches", "placed", "entrants",
                                         "stay", "options", "option_teaches")}  # fmt: skip
    assert names == tables | {"case.toml", "case-notes.md", "demand.npz", "draws.npz", "evidence"}
    assert {path.name for path in (folder / "evidence").iterdir()} == {
        "margins.csv",
        "placements.csv",
    }
    assert Basis.load(folder / "demand.npz").authority.name == "Saltmarsh"
    assert len(Draws.load(folder / "draws.npz")) == 5
    margins = pd.read_csv(folder / "evidence" / "margins.csv")
    assert (margins["published"] == margins["made"]).all()


def test_children_placed_are_the_count_a_year_on(folder: Path) -> None:
    """Children placed: those of years that stay within a phase, a year older, and no others."""
    placed = table(folder, "placed")
    ours = placed[placed["authority"] == ""]
    made = made_up.children("901")
    special = [k for k, one in enumerate(made_up.PLACEMENTS) if one in SPECIALIST]
    last = {years[1] + 4 for years in PHASE_YEARS.values()}
    stays = [k for k, age in enumerate(made_up.AGES) if age <= 18 and age not in last]
    recorded = made[special][:, :, stays].sum()
    # Some whose placement is not recorded are taken to be in a specialist place.
    lost = made[made_up.PLACEMENTS.index(made_up.Placement.UNKNOWN)].sum()
    assert recorded <= ours["children"].astype(int).sum() <= recorded + lost
    assert set(ours["nc_year"].astype(int)) <= set(range(-1, 15))


def test_every_child_placed_has_a_home_and_every_zone_its_share(folder: Path) -> None:
    """Homes are whole and in proportion to children: no zone is far from its share."""
    placed, zones = table(folder, "placed"), table(folder, "zones")
    ours = placed[placed["authority"] == ""]
    assert (ours["zone"] != "").all()
    there = ours.groupby("zone")["children"].agg(lambda rows: rows.astype(int).sum())
    assert set(there.index) <= set(zones["zone"])
    share = there.sum() / len(zones)
    assert there.reindex(zones["zone"], fill_value=0).between(share * 0.4, share * 1.9).all()


def test_options_are_marked_as_suggestions(folder: Path) -> None:
    """Nobody has been asked: each option says so in its name and in its round."""
    options = table(folder, "options")
    assert len(options)
    assert options["name"].str.startswith("Suggestion: ").all()
    assert (options["round"] == "suggestion").all()
    bases = options[options["option"].str.contains("_new_base_")]
    assert set(bases["places"].astype(int)) <= {8, 16, 10, 20}
    provisions = table(folder, "provisions").set_index("provision")
    new = provisions.loc[bases["provision"]]
    assert new["name"].str.startswith("Suggestion: ").all()
    # A grammar school hosts no base, nor one with a quarter of the free meals of its neighbours.
    assert not new["name"].str.contains("Grammar|Ivy").any()


def test_stand_ins_claim_nothing_about_a_school(folder: Path) -> None:
    """A base whose host is not known carries no school number, and says so in its name."""
    provisions = table(folder, "provisions")
    bases = provisions[provisions["name"].str.contains("host school not known")]
    assert len(bases)
    assert (bases["urn"] == "").all()


def test_notes_hold_sources_assumptions_and_attribution(folder: Path) -> None:
    """The notes say what is published, what is assumed, and carry the words of the licences."""
    notes = (folder / "case-notes.md").read_text(encoding="utf-8")
    for words in (
        "all 901 published margins hold exactly",
        "The extract of the register lacks ",
        "Saltmarsh's own, non-maintained and independent special schools",
        "9 children with a plan wait for a specialist place",
        "No school has been asked",
        "Contains public sector information licensed under the Open Government Licence v3.0.",
        "Source: Office for National Statistics licensed under the Open Government Licence v.3.0.",
    ):
        assert words in notes
    case, _ = inspect_case(folder)
    assert case is not None
    assert len(case.notes) == sum(line.startswith("- ") for line in notes.splitlines())


def test_a_full_register_is_used_for_all_it_has(
    files: Files, children: Children, tmp_path: Path
) -> None:
    """Capacities, needs, ages and hosts of bases come from the register where it has them."""
    full = made_up.write_register(tmp_path / "edubasealldata20250524.csv",
                                  made_up.schools(full=True))  # fmt: skip
    started = start_case("Saltmarsh", replace(files, gias=full), children=children)
    rows = {row["provision"]: row for row in started.tables["provisions"]}
    school = rows["saltmarsh_school"]
    # A roll of 260 and a capacity of 270.
    assert (school["places"], school["physical_places"]) == (270, 270)
    teaches = pd.DataFrame(started.tables["teaches"])
    # Registered for autism and severe learning difficulty, in every phase from 3 to 19; what our
    # children there have besides is taught too.
    own = teaches[teaches["provision"] == "saltmarsh_school"]
    assert {"ASD", "SLD"} <= set(own["need"])
    assert not any("not known (put at" in str(row["name"]) and "SEN unit" in str(row["name"])
                   for row in rows.values())  # fmt: skip
    assert "ash_primary_school_unit" in rows
    assert str(rows["ash_primary_school_unit"]["urn"]) == "100011"
    assert "put at Elm House" in started.notes


def test_a_later_base_year_starts_from_projected_children(files: Files, children: Children) -> None:
    """Two years after the count: children placed are projected, and the notes say so."""
    started = start_case("Saltmarsh", files, Choices(base_year=2027), children=children)
    assert started.base_year == 2027
    assert "those projected for January 2027" in started.notes
    entrants = started.tables["entrants"]
    assert isinstance(entrants, pd.DataFrame)
    assert set(entrants["year"]) == set(range(2027, 2032))


def test_children_who_wait_are_not_counted_twice(files: Files, children: Children) -> None:
    """Who waits enters in the first year: before a later one they are in no specialist place."""
    with_some = start_case("Saltmarsh", files, Choices(base_year=2027, waiting=40),
                           children=children)  # fmt: skip
    without = start_case("Saltmarsh", files, Choices(base_year=2027), children=children)
    assert with_some.made["placed"] == without.made["placed"]
    entrants = with_some.tables["entrants"]
    assert isinstance(entrants, pd.DataFrame)
    waiting = entrants[entrants["kind"] == "waiting"]
    assert set(waiting["year"]) == {2027}
    assert waiting["children"].sum() == pytest.approx(40, rel=0.05)


def test_children_of_a_return_keep_their_school_and_home(files: Files, children: Children) -> None:
    """A child known by school and zone is at that school and lives in that zone."""
    zone = made_up.SALTMARSH_ZONES[5]
    known = pd.DataFrame(
        [("special_maintained", "100001", "ASD", 7, zone, 4)],
        columns=["placement", "urn", "need", "age", "zone", "children"],
    )
    returned = gather(pd.concat([children.rows, known]), 2024, "a return of January 2025")
    started = start_case("901", files, children=returned)
    placed = pd.DataFrame(started.tables["placed"])
    at = placed[(placed["provision"] == "saltmarsh_school") & (placed["zone"] == zone)]
    there = at[(at["need"] == "ASD") & (at["nc_year"] == 4)]
    assert there["children"].sum() >= 4
    assert started.margins is None
    assert "a return of January 2025" in started.notes


def test_children_of_another_january_are_refused(files: Files) -> None:
    """A return of January 2024 beside a release of January 2025: two files of different years."""
    rows = pd.DataFrame(
        [("mainstream", "ASD", 7, 4)], columns=["placement", "need", "age", "children"]
    )
    children = gather(rows, 2023, "a return")
    with pytest.raises(InputError, match="January 2024, and the release of plans of January 2025"):
        start_case("901", files, children=children)


def test_a_base_year_before_the_count_is_refused(files: Files) -> None:
    """Nothing can be planned from before its children were counted."""
    with pytest.raises(InputError, match="is not after the count of January 2025"):
        start_case("901", files, Choices(base_year=2024))


def test_every_fault_of_every_file_is_told_at_once(files: Files, tmp_path: Path) -> None:
    """Four wrong files and a wrong name: one message each, together."""
    wrong = Files(
        gias=files.population,
        sen2=files.sen2,
        population=files.gias,
        zones=files.zones,
        finance=files.gias,
    )
    with pytest.raises(InputError) as raised:
        start_case("Saltmarhs", wrong)
    told = str(raised.value)
    assert "Did you mean 'Saltmarsh'?" in told
    assert "wanted: the register of schools" in told
    assert "wanted: population of small areas" in told
    assert "wanted: high needs benchmarking" in told
    assert len(raised.value.faults) == 4


def test_every_table_that_the_release_lacks_is_told(files: Files, tmp_path: Path) -> None:
    """New plans and needs are missing: both are named, and nothing is made of what is left."""
    lacking = {"newplans": None, "sen_needs_all_plans": None}
    sen2 = made_up.write_release(tmp_path / "sen2", lacking)
    with pytest.raises(InputError) as raised:
        open_files("901", replace(files, sen2=sen2))
    assert [fault.problem for fault in raised.value.faults] == [
        "the release has no table sen_needs_all_plans.csv",
        "the release has no table newplans.csv",
    ]
    for stem, rows in made_up.older().items():
        made_up.write_table(tmp_path / "old" / f"{stem}.csv", rows)
    with pytest.raises(InputError, match="a release of the layout to 2022 only"):
        open_files("901", replace(files, sen2=tmp_path / "old"))


def test_an_authority_missing_from_the_register_is_told(files: Files, tmp_path: Path) -> None:
    """A register cut to other authorities has no school of ours."""
    rows = [row | {"LA (code)": 999} for row in made_up.schools()]
    register = made_up.write_register(tmp_path / "edubasealldata.csv", rows)
    with pytest.raises(InputError, match=r"holds no school of Saltmarsh \(901\)"):
        start_case("901", replace(files, gias=register))


def test_no_history_and_old_people_are_warned_of(
    files: Files, children: Children, tmp_path: Path
) -> None:
    """Without the older layout there is no count before 2019: said, and gone on with."""
    sen2 = made_up.write_release(tmp_path / "sen2", with_older=False)
    people = made_up.write_population(tmp_path / "lsoa_mid2015.csv")
    started = start_case("901", replace(files, sen2=sen2, population=people), children=children)
    told = " ".join(one.sentence() for one in started.warnings)
    assert "there is no count before 2019" in told
    assert "people are of mid-2015" in told


def test_an_authority_without_a_state_special_school_has_a_case(
    files: Files, children: Children, tmp_path: Path
) -> None:
    """All its schools lie outside: the nearest are taken in, however far, and the notes say so."""
    rows = [
        row
        for row in made_up.schools()
        if row["LA (code)"] != 901 or "special" not in row["TypeOfEstablishment (name)"].lower()
    ]
    register = made_up.write_register(tmp_path / "edubasealldata.csv", rows)
    started = start_case(
        "901", replace(files, gias=register), Choices(radius_km=5), children=children
    )
    assert "no state special school of its own" in started.notes
    folder = write_case(started, tmp_path / "case")
    case, found = inspect_case(folder)
    assert case is not None, found
    classes = case.provisions.set_index("provision")["class"]
    assert (classes == "special_school").any()


def test_writing_replaces_only_a_case_and_only_when_forced(
    started: StartedCase, tmp_path: Path
) -> None:
    """A folder in use is refused; forced, a case is replaced and what is not of it is kept."""
    out = tmp_path / "case"
    write_case(started, out)
    (out / "mine.txt").write_text("kept", encoding="utf-8")
    (out / "travel.csv").write_text("zone,provision,minutes,miles\n", encoding="utf-8")
    with pytest.raises(InputError, match="is there already"):
        write_case(started, out)
    write_case(replace(started, draws=None), out, force=True)
    assert (out / "mine.txt").read_text(encoding="utf-8") == "kept"
    # What was made for the case before does not stay in the new one.
    assert not (out / "travel.csv").exists()
    assert not (out / "draws.npz").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="holds no case, and is not replaced even by --force"):
        write_case(started, other, force=True)
    assert {path.name for path in tmp_path.iterdir()} == {"case", "other"}


def test_what_each_phase_teaches_is_of_the_vocabulary(folder: Path) -> None:
    """Every need and phase of the case is a word of the contract."""
    phases = {phase.value for phase in Phase}
    for name in ("teaches", "placed", "entrants", "option_teaches"):
        assert set(table(folder, name)["phase"]) <= phases
    assert set(table(folder, "zones").columns) <= set(TABLES["zones"].columns())
