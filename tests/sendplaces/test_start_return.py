"""``start --blade``: a whole case from a made-up return, and no person in any byte of it."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from inputs.errors import InputError
from inputs.official.blade_faults import PERSONAL, Findings
from inputs.official.blade_modules import MODULES, READ_AND_DROPPED, open_return
from inputs.start.children import gather
from inputs.start.files import Files
from inputs.start.start import Choices
from sendplaces.own_return import OwnReturn
from sendplaces.runs import Silence
from sendplaces.starting import run_start
from tests.inputs.official import blade_files as made
from tests.inputs.official.test_blade import rows_of
from tests.inputs.official.test_blade_faults import WRONG
from tests.sendplaces.driving import FAULTS, Told, contents, run

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Here:
    """The official files, and the words of a command line that name them."""

    folder: Path
    options: tuple[str, ...]
    files: Files
    postcodes: Path


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Here:
    """Write the official files once."""
    folder = tmp_path_factory.mktemp("official")
    files = made.official_files(folder)
    options = tuple(str(word) for pair in files.items() for word in pair)
    postcodes = made.postcode_file(folder / "postcodes")
    return Here(folder, ("--la", "Saltmarsh", *options), Files(*files.values()), postcodes)


def start(here: Here, blade: Path, out: Path, *words: object) -> Told:
    """Run ``start`` on a return."""
    return run("start", *here.options, "--blade", blade, "--postcodes", here.postcodes, "--out",
               out, *words)  # fmt: skip


@dataclass(frozen=True)
class Started:
    """A case that was started from the return without a fault."""

    told: Told
    blade: Path
    case: Path


@pytest.fixture(scope="module")
def started(here: Here, tmp_path_factory: pytest.TempPathFactory) -> Started:
    """Return the case of the good return, made once."""
    folder = tmp_path_factory.mktemp("started")
    blade = made.blade().write(folder / "blade")
    return Started(start(here, blade, folder / "case"), blade, folder / "case")


def every_byte(folder: Path) -> bytes:
    """Return all that stands under a folder: names of files, and what is in them, unpacked."""
    found: list[bytes] = []
    for name, data in contents(folder).items():
        found.append(name.encode())
        if data is None:
            continue
        found.append(data)
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as bundle:
                found += [bundle.read(one) for one in bundle.namelist()]
    return b"\n".join(found)


def test_a_return_gives_a_case_that_passes_check(started: Started) -> None:
    """The case is written, says that its numbers are small, and has no fault."""
    assert started.told.code == 0, started.told.err
    assert "a case from your own return and official files" in started.told.out
    notes = (started.case / "case-notes.md").read_text("utf-8")
    assert "Holds small numbers" in notes
    assert "not for publication" in notes
    assert "63 children and young people have a current plan" in notes
    # The made-up release has 900 plans for Saltmarsh: the return cannot be of the same children.
    assert "900 plans are published for January 2025, and the return has 63" in started.told.out

    checked = run("check", started.case, "--json")

    assert checked.code == 0
    assert checked.json()["fault_count"] == 0


def test_it_is_the_case_of_the_same_children_made_by_hand(
    here: Here, started: Started, tmp_path: Path
) -> None:
    """Every table is the same, byte for byte, as from the children that the return was made of."""
    children = gather(rows_of(made.truth()), 2024, "children by hand")
    by_hand = tmp_path / "case"

    run_start("Saltmarsh", here.files, by_hand, Choices(), force=False, tell=Silence(),
              children=children)  # fmt: skip

    tables = [name for name in contents(by_hand) if name.endswith((".csv", ".toml"))]
    assert len(tables) > 7
    for name in tables:
        assert (started.case / name).read_bytes() == (by_hand / name).read_bytes(), name


def test_children_are_at_their_schools_and_in_their_zones(started: Started) -> None:
    """Each of our children placed is at the school, of the need and from the zone of the return."""
    with (started.case / "placed.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not row["authority"]]
    with (started.case / "provisions.csv").open(encoding="utf-8") as file:
        urns = {row["provision"]: row["urn"] for row in csv.DictReader(file)}
    truth = {(one.urn, one.need if one.need != "DS" else "OTH", one.zone) for one in made.truth()}

    assert rows
    for row in rows:
        assert (urns[row["provision"]], row["need"], row["zone"]) in truth


@pytest.mark.parametrize("as_json", [False, True])
def test_nothing_of_a_person_is_in_a_case_or_in_what_is_said(
    here: Here, tmp_path: Path, *, as_json: bool
) -> None:
    """A return with twenty things wrong that do not stop: no sentinel, birth date or postcode."""
    blade = made.blade()
    for code in (
        "census_year", "postcode_unknown", "start_after_census", "reason_alone", "flags_unset",
        "placement_missing", "setting_invalid", "flags_special", "unit_not_registered", "urn_odd",
        "need_unranked", "need_twice", "res_invalid", "rank_twice", "requests_several",
    ):  # fmt: skip
        next(change for name, change, *_ in WRONG if name == code)(blade)
    blade.put("person", 30, postcode="ZZ9 8QQ").put("person", 31, postcode="ZZUNREADABLE")
    words = [*made.personal_words(blade), "ZZUNREADABLE"]
    out = tmp_path / "out"

    told = start(here, blade.write(tmp_path / "blade"), out / "case", "--corrections",
                 out / "corrections.csv", *(["--json"] if as_json else []))  # fmt: skip

    assert told.code == 0, told.err
    assert made.found_in((told.out + told.err).encode(), words) == []
    assert made.found_in(every_byte(out), words) == []
    assert "persontableid" in (out / "corrections.csv").read_text("utf-8-sig")
    if as_json:
        assert told.json()["own_return"]["children"] > 50


@pytest.mark.parametrize("as_json", [False, True])
def test_nothing_of_a_person_is_said_when_a_fault_stops(
    here: Here, tmp_path: Path, *, as_json: bool
) -> None:
    """Every kind of fault at once: each is told by file, row and id, and no case is written."""
    blade = made.blade()
    for code in (
        "key_twice", "join_broken", "date_unreadable", "date_american", "birth_missing",
        "start_before_birth", "leave_before_entry", "census_odd", "postcode_unreadable",
    ):  # fmt: skip
        next(change for name, change, *_ in WRONG if name == code)(blade)
    blade.put("person", 40, personbirthdate="ZZ31/08/2012ZZ").put("person", 41, persontableid="")
    words = [*made.personal_words(blade), "ZZ31"]
    out = tmp_path / "out"

    told = start(here, blade.write(tmp_path / "blade"), out / "case", "--corrections",
                 out / "corrections.csv", *(["--json"] if as_json else []))  # fmt: skip

    assert told.code == FAULTS
    assert "Traceback" not in told.err
    assert made.found_in((told.out + told.err).encode(), words) == []
    assert sorted(contents(out)) == ["corrections.csv"]
    assert made.found_in(every_byte(out), words) == []
    text = (out / "corrections.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["severity"] for row in rows} == {"fault", "warning"}
    if as_json:
        assert told.json()["fault_count"] == sum(row["severity"] == "fault" for row in rows)


def test_a_file_with_its_cells_shifted_says_nothing_of_them(here: Here, tmp_path: Path) -> None:
    """A surname with a comma and no quotation marks, a file without headings, and others such."""
    blade = made.blade()
    words = [*made.personal_words(blade), "SMITH"]
    for number, change in enumerate(
        (
            lambda text: text.replace("ZZSURNAME005", "ZZSURNAME, SMITH"),
            lambda text: text.partition("\n")[2],
            lambda text: text.replace("persontableid", "ZZSURNAME"),
            lambda text: text.replace(",", ";"),
            lambda text: text.replace("ZZSURNAME005", '"ZZSURNAME SMITH'),
        )
    ):
        folder = blade.write(tmp_path / f"blade{number}")
        path = folder / f"Blade-Export_{made.EXPORT}_person.csv"
        path.write_text(change(path.read_text("utf-8")), "utf-8")

        told = start(here, folder, tmp_path / "case", "--quiet")

        assert told.code == FAULTS, number
        assert "Traceback" not in told.err
        assert made.found_in((told.out + told.err).encode(), words) == [], number
    assert not (tmp_path / "case").exists()


def test_personal_items_are_never_read(started: Started) -> None:
    """Of the items about a person only the date of birth and the postcode are taken at all."""
    read = open_return(started.blade, Findings())

    assert set(read.frames) == set(MODULES)
    for frame in read.frames.values():
        assert not set(frame.columns) & (set(PERSONAL) - READ_AND_DROPPED)
        text = frame.to_csv()
        assert made.found_in(text.encode(), list(made.SENTINELS.values())) == []


def test_options_that_go_with_a_return_are_refused_without_one(here: Here, tmp_path: Path) -> None:
    """--postcodes, --census and --corrections want --blade; --waiting does not go with it."""
    told = run("start", *here.options, "--out", tmp_path / "case", "--postcodes", here.postcodes,
               "--census", "2025-01-16", "--corrections", tmp_path / "c.csv")  # fmt: skip
    assert told.code == FAULTS
    for name in ("--postcodes", "--census", "--corrections"):
        assert f"{name}: goes with --blade, which was not given" in told.err

    told = run("start", *here.options, "--out", tmp_path / "case", "--blade", tmp_path,
               "--waiting", 5, "--census", "16/01/2025")  # fmt: skip
    assert told.code == FAULTS
    assert "--waiting: '5' cannot be stated beside --blade" in told.err
    assert "--census: '16/01/2025' is no date" in told.err


def test_a_file_of_corrections_is_not_replaced_unasked(here: Here, tmp_path: Path) -> None:
    """It may hold an officer's marks."""
    path = tmp_path / "corrections.csv"
    path.write_text("mine", "utf-8")
    own = OwnReturn(made.blade().write(tmp_path / "blade"), here.postcodes, None, path)

    with pytest.raises(InputError, match="is there already"):
        run_start("Saltmarsh", here.files, tmp_path / "case", Choices(), force=False,
                  tell=Silence(), own=own)  # fmt: skip

    assert path.read_text("utf-8") == "mine"


def test_a_return_of_another_january_than_the_release_is_refused(
    here: Here, tmp_path: Path
) -> None:
    """Counted in January 2024, beside a release of January 2025."""
    blade = made.blade().write(tmp_path / "blade")

    told = start(here, blade, tmp_path / "case", "--census", date(2024, 1, 18).isoformat())

    assert told.code == FAULTS
    assert "children are of January 2024, and the release of plans of January 2025" in told.err
    assert not (tmp_path / "case").exists()


def test_who_waits_is_among_the_entrants(here: Here, tmp_path: Path) -> None:
    """A child without a placement whose plan names a special school waits; it is in no place."""
    children = [*made.truth(), made.child(need="PMLD", age=9, urn="100004",
                                          placement="special_maintained")]  # fmt: skip
    blade = made.blade(children)
    blade.drop("placementdetail", blade.last("placementdetail"))

    own = OwnReturn(blade.write(tmp_path / "blade"), here.postcodes)

    case = run_start("Saltmarsh", here.files, tmp_path / "case", Choices(), force=False,
                     tell=Silence(), own=own)  # fmt: skip

    assert case.basis.waiting.sum() == 1
    assert "1 wait for a specialist place" in case.notes
    kinds = case.tables["entrants"]
    assert isinstance(kinds, pd.DataFrame)
    waiting = kinds[kinds["kind"] == "waiting"]
    assert set(waiting["need"]) == {"PMLD"}
    assert set(waiting["year"]) == {2025}  # the first year of the plan
