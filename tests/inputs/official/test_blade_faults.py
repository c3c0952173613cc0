"""Every check of a return: a return with that one thing wrong, and the message that tells it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from inputs.errors import Fault, InputError, tell
from inputs.official.authorities import Authority
from inputs.official.blade import BladeChildren, children_from_blade, corrections
from inputs.official.blade_faults import CHECKS, id_shown, table_of_checks, value_shown
from inputs.official.gias import read_register
from tests.inputs.official import blade_files as made

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from inputs.official.gias import Register

OURS = Authority(*made.AUTHORITY)


@dataclass(frozen=True, eq=False)
class Official:
    """The official files beside a return."""

    register: Register
    postcodes: Path


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Official:
    """Return the made-up register and postcode file."""
    folder = tmp_path_factory.mktemp("official")
    register = read_register(made.register_file(folder), keep=lambda rows: rows["URN"] != "")
    return Official(register, made.postcode_file(folder / "postcodes"))


def read(folder: Path, official: Official, **options: Any) -> BladeChildren:
    """Return what a folder gives, with the official files."""
    asked = {"authority": OURS, "zones": made.ZONES, **options}
    postcodes = asked.pop("postcodes", official.postcodes)
    return children_from_blade(folder, postcodes, asked.pop("register", official.register), **asked)


def told(folder: Path, official: Official, **options: Any) -> tuple[Fault, ...]:
    """Return everything that is told of a folder, whether it stops or not."""
    try:
        return read(folder, official, **options).findings
    except InputError as error:
        return error.faults


def told_of_a_person(found: Sequence[Fault], blade: made.Blade) -> list[str]:
    """Return what of a person stands in messages, as sentences, as JSON or as a table."""
    texts = [one.sentence() for one in found] + [json.dumps(one.as_dict()) for one in found]
    texts += [corrections(found).to_csv(), *tell(found)]
    return made.found_in("\n".join(texts).encode(), made.personal_words(blade))


PLANS, PLACED, PEOPLE, NEEDS = "namedplan", "placementdetail", "person", "senneed"


def put(module: str, row: int, **cells: Any) -> Callable[[made.Blade], object]:
    """Return a change that writes cells into a row."""
    return lambda blade: blade.put(module, row, **cells)


def lost(share: float, **cells: Any) -> Callable[[made.Blade], object]:
    """Return a change to the first placements, of a share of all."""

    def change(blade: made.Blade) -> None:
        rows = blade.modules[PLACED]
        for row in rows[: round(share * len(rows))]:
            row.update(cells)

    return change


def second_plan(blade: made.Blade) -> None:
    """Give the child of row 4 a second request with a plan of its own, still current."""
    blade.add("requests", 4, requeststableid="2900")
    blade.add("assessment", 4, assessmenttableid="3900", requeststableid="2900")
    blade.add(PLANS, 4, namedplantableid="4900", assessmenttableid="3900",
              startdate=made.written(date(2023, 2, 1)))  # fmt: skip


def american(blade: made.Blade) -> None:
    """Write two dates of entry as they are written in America, one of them ambiguous."""
    blade.put(PLACED, 4, entrydate="09/07/2022").put(PLACED, 6, entrydate="09/27/2022")


WRONG: list[tuple[str, Callable[[made.Blade], object], str, int | None, str | None, str]] = [
    # code, what is done to a good return, module, row, column, words of the message
    ("census_unknown", put("sen2", 2, referencedate=""), "sen2", None, "referencedate",
     "has no reference date"),
    ("census_several", lambda b: b.add("sen2", 2, sen2tableid="2", referencedate="2024-01-18"),
     "sen2", 2, "referencedate", "has 2 reference dates"),
    ("census_month", put("sen2", 2, referencedate="2024-10-03"), "sen2", None, "referencedate",
     "2024-10-03 is not in January"),
    ("census_odd", put("sen2", 2, referencedate="2025-01-15"), "sen2", None, "referencedate",
     "2025-01-15 is not the third Thursday of January (2025-01-16)"),
    ("census_year", put("sen2", 2, year="2024"), "sen2", 2, "year",
     "'2024' is not the year of 2025-01-16"),
    ("other_authority", put("sen2", 2, lea="898"), "sen2", None, "lea",
     "'898' is not the code of Saltmarsh (901)"),
    ("key_missing", put(NEEDS, 5, senneedtableid=""), NEEDS, 5, "senneedtableid",
     "the id is blank"),
    ("key_twice", put(PEOPLE, 5, persontableid="1002"), PEOPLE, 5, None,
     "persontableid is that of an earlier row (row 3) (persontableid 1002)"),
    ("join_broken", put(PLANS, 7, assessmenttableid="77"), PLANS, 7, None,
     "assessmenttableid names no row of module assessment (namedplantableid 4006)"),
    ("date_unreadable", put(PLACED, 8, entrydate="soon"), PLACED, 8, "entrydate",
     "'soon' is no date (persontableid 1007)"),
    ("date_american", american, PLACED, 6, "entrydate",
     "the month comes first in 1 of its dates, this the first"),
    ("birth_missing", put(PEOPLE, 9, personbirthdate=""), PEOPLE, 9, "personbirthdate",
     "has no date of birth and a current plan (persontableid 1008)"),
    ("birth_after_census", put(PEOPLE, 9, personbirthdate="2025-01-17"), PEOPLE, 9,
     "personbirthdate", "is born after the census date (persontableid 1008)"),
    ("birth_missing_flow",
     lambda b: made.cease(b, 9, date(2024, 5, 1), "2").put(PEOPLE, 9, personbirthdate=""),
     PEOPLE, 9, "personbirthdate", "has no date of birth (persontableid 1008)"),
    ("cease_before_start", lambda b: made.cease(b, 10, date(2019, 5, 1), "2"), PLANS, 10, None,
     "ceases before it starts (persontableid 1009)"),
    ("start_before_birth", put(PLANS, 10, startdate="1999-01-05"), PLANS, 10, "startdate",
     "starts before its child is born (persontableid 1009)"),
    ("leave_before_entry", put(PLACED, 10, leavingdate="2020-01-05"), PLACED, 10, None,
     "ends before it begins (persontableid 1009)"),
    ("entry_before_birth", put(PLACED, 10, entrydate="1999-01-05"), PLACED, 10, "entrydate",
     "begins before its child is born (persontableid 1009)"),
    ("age_outside", put(PEOPLE, 11, personbirthdate="1998-08-31"), PEOPLE, 11, "personbirthdate",
     "is over 25 at 31 August (persontableid 1010)"),
    ("requests_several", second_plan, PLANS, 65, None,
     "the child has more than one current plan (persontableid 1003)"),
    ("postcode_missing", put(PEOPLE, 12, postcode=""), PEOPLE, 12, "postcode",
     "is blank (persontableid 1011)"),
    ("postcode_unreadable", put(PEOPLE, 12, postcode="not known"), PEOPLE, 12, "postcode",
     "has not the form of a postcode (persontableid 1011)"),
    ("postcode_unknown", put(PEOPLE, 12, postcode="ZZ9 9ZZ"), PEOPLE, 12, "postcode",
     "is not in ONSPD_FEB_2025_UK.csv (persontableid 1011)"),
    ("postcode_ended", put(PEOPLE, 12, postcode="SB9 1ZZ"), PEOPLE, 12, "postcode",
     "was terminated by the census date (persontableid 1011)"),
    ("home_elsewhere", put(PEOPLE, 12, postcode="AW1 1ZZ"), PEOPLE, 12, "postcode",
     "is in none of the authority's zones (persontableid 1011)"),
    ("plans_none", put("sen2", 2, referencedate="2019-01-17"), PLANS, None, None,
     "no plan is current on 2019-01-17"),
    ("start_missing", put(PLANS, 13, startdate=""), PLANS, 13, None,
     "has no startdate (persontableid 1012)"),
    ("start_after_census", put(PLANS, 13, startdate="2025-02-01"), PLANS, 13, None,
     "starts after the census date (persontableid 1012)"),
    ("plan_missing", lambda b: made.cease(b, 13, date(2024, 12, 1), "5"), "activeplans", 13, None,
     "a placement is attended and no plan is current (persontableid 1012)"),
    ("active_missing",
     lambda b: b.drop("activeplans", 14).drop(PLACED, 14).drop(NEEDS, 14), PLANS, 14, None,
     "has no row of module activeplans (persontableid 1013)"),
    ("reason_invalid", lambda b: made.cease(b, 15, date(2024, 12, 1), "12"), PLANS, 15,
     "ceasereason", "'12' is no code from 1 to 9 (persontableid 1014)"),
    ("reason_missing", lambda b: made.cease(b, 15, date(2024, 12, 1), ""), PLANS, 15, None,
     "the plan ceased and no reason is given (persontableid 1014)"),
    ("reason_alone", put(PLANS, 15, ceasereason="3"), PLANS, 15, "ceasereason",
     "'3' is given without a ceasedate (persontableid 1014)"),
    ("placement_missing_transfer",
     lambda b: b.put("activeplans", 16, transferla="839").drop(PLACED, 16), PLANS, 16, None,
     "has no placement on the census date, transferred in (persontableid 1015)"),
    ("placement_missing", put(PLACED, 16, leavingdate="2024-12-20"), PLANS, 16, None,
     "has no placement on the census date (persontableid 1015)"),
    ("placements_not_returned", lost(0.2, leavingdate="2024-12-20"), PLACED, None, None,
     "13 of 63 plans have no placement on the census date"),
    ("placements_lost", lost(0.6, leavingdate="2024-12-20"), PLACED, None, None,
     "38 of 63 plans have no placement on the census date"),
    ("setting_missing", put(PLACED, 2, urn=""), PLACED, 2, None,
     "has no URN, UKPRN or sensetting (persontableid 1001)"),
    ("setting_invalid", put(PLACED, 12, sensetting="HOME"), PLACED, 12, "sensetting",
     "'HOME' is none of OLA, OPA, EHE, EYP, OTH, NEET, NIEC, NIEO (persontableid 1011)"),
    ("flags_unset", put(PLACED, 2, senunitindicator=""), PLACED, 2, "senunitindicator",
     "is not set (persontableid 1001)"),
    ("flags_both", put(PLACED, 3, senunitindicator="1"), PLACED, 3, "senunitindicator",
     "'1' is set, and resourcedprovisionindicator too (persontableid 1002)"),
    ("flags_special", put(PLACED, 5, senunitindicator="true"), PLACED, 5, "urn",
     "'100004' has an indicator set and is no mainstream school (Community special school)"),
    ("unit_not_registered", put(PLACED, 2, senunitindicator="1"), PLACED, 2, "senunitindicator",
     "'1' is set, and edubasealldata20250116.csv has none at this school (persontableid 1001)"),
    ("base_not_registered", put(PLACED, 2, resourcedprovisionindicator="Y"), PLACED, 2,
     "resourcedprovisionindicator",
     "'Y' is set, and edubasealldata20250116.csv has none at this school (persontableid 1001)"),
    ("urn_invalid", put(PLACED, 2, urn="1003"), PLACED, 2, "urn",
     "'1003' has not six digits (persontableid 1001)"),
    ("urn_unknown", put(PLACED, 2, urn="199999"), PLACED, 2, "urn",
     "'199999' is not in edubasealldata20250116.csv (persontableid 1001)"),
    ("type_unknown", put(PLACED, 2, urn="100015"), PLACED, 2, "urn",
     "'100015' is of a type not known here (Floating school) (persontableid 1001)"),
    ("register_mismatch", lost(0.9, urn="199999"), PLACED, None, "urn",
     "57 of 63 URNs are not in edubasealldata20250116.csv"),
    ("urn_odd", put(PLACED, 2, urn="100014"), PLACED, 2, "urn",
     "'100014' is unusual for a plan (Online provider) (persontableid 1001)"),
    ("urn_closed", put(PLACED, 5, urn="100013"), PLACED, 5, "urn",
     "'100013' has closed in edubasealldata20250116.csv (persontableid 1004)"),
    ("ukprn_only", put(PLACED, 2, urn="", ukprn="10001234"), PLACED, 2, "ukprn",
     "is given without a URN (persontableid 1001)"),
    ("rank_invalid", put(PLACED, 2, placementrank="first"), PLACED, 2, "placementrank",
     "is no rank of 1 or 2 (persontableid 1001)"),
    ("rank_twice", lambda b: b.add(PLACED, 2, placementdetailtableid="7900", urn="100004"), PLACED,
     65, "placementrank", "'1' another placement has this rank (persontableid 1001)"),
    ("res_invalid", put(PLACED, 2, res="52 weeks"), PLACED, 2, "res",
     "is neither A nor B (persontableid 1001)"),
    ("need_missing", lambda b: b.drop(NEEDS, 17), "activeplans", 17, None,
     "has no need of rank 1 (persontableid 1016)"),
    ("need_unranked", put(NEEDS, 17, sentyperank="2"), NEEDS, 17, "sentype",
     "'PMLD' is the only need, and not ranked 1 (persontableid 1016)"),
    ("need_twice", lambda b: b.add(NEEDS, 17, senneedtableid="8900", sentype="SEMH"), NEEDS, 65,
     "sentype", "'SEMH' is a second need of rank 1 (persontableid 1016)"),
    ("need_invalid", put(NEEDS, 17, sentype="NSA"), NEEDS, 17, "sentype",
     "'NSA' is no primary need of the return (persontableid 1016)"),
]  # fmt: skip


@pytest.fixture(scope="module")
def odd_school(official: Official, tmp_path_factory: pytest.TempPathFactory) -> Official:
    """Return the official files with one school more, of a type that nobody knows."""
    folder = tmp_path_factory.mktemp("odd")
    more = (*made.SCHOOLS, ("100015", "Barge", "Floating school", "Not applicable", "Open"))
    path = made.register_file(folder, schools=more)
    return Official(read_register(path, keep=lambda rows: rows["URN"] != ""), official.postcodes)


@pytest.mark.parametrize(
    ("code", "change", "module", "row", "column", "words"), WRONG, ids=[one[0] for one in WRONG]
)
def test_each_check_tells_what_where_and_what_to_do(
    code: str, change: Callable[[made.Blade], object], module: str, row: int | None,
    column: str | None, words: str, odd_school: Official, tmp_path: Path,
) -> None:  # fmt: skip
    """One thing is put wrong in a good return; its message names file, row, column and remedy.

    A fault stops, and a warning goes on and says its effect.
    """
    blade = made.blade()
    change(blade)
    folder = blade.write(tmp_path / "blade")

    if CHECKS[code].severity == "fault":
        with pytest.raises(InputError) as caught:
            read(folder, odd_school)
        found = caught.value.faults
    else:
        children = read(folder, odd_school)
        found = children.findings
        assert any(CHECKS[code].effect in one.problem for one in children.warnings)

    assert not told_of_a_person(found, blade)
    file = f"Blade-Export_{made.EXPORT}_{module}.csv"
    ours = [
        one for one in found if (one.table, one.row, one.column) == (file, row, column)
        and words in one.sentence()
    ]  # fmt: skip
    assert len(ours) == 1, [one.sentence() for one in found]
    assert ours[0].severity == CHECKS[code].severity
    assert ours[0].remedy == CHECKS[code].remedy


FILES: list[tuple[str, Callable[[Path], object], str, int | None, str | None]] = [
    # code, what is done to the folder of a good return, words, row, column
    ("module_missing", lambda f: _file(f, NEEDS).unlink(),
     "there is no file of module 5c (SEN need), whose name ends in _senneed.csv", None, None),
    ("module_absent", lambda f: _file(f, "plandetail").unlink(),
     "there is no file of module 4b (Plan detail)", None, None),
    ("module_twice", lambda f: _copy(f, NEEDS, "Blade Export_27-01-2025_senneed.csv"),
     "holds 2 files of module senneed", None, None),
    ("several_exports", lambda f: made.blade().write(f, export="03-02-2025"),
     "holds exports of several days (27-01-2025, 03-02-2025)", None, None),
    ("other_files", lambda f: (f / "Smith_John_plan.csv").write_text("a,b\n1,2\n"),
     "1 of its files are no module of the return", None, None),
    ("not_csv", lambda f: _file(f, NEEDS).write_bytes(b"PK\x03\x04rest"),
     "is no text file (a workbook, or UTF-16)", None, None),
    ("wrong_file", lambda f: _file(f, NEEDS).write_text("Anna,Smith\n1,2\n"),
     "has none of the columns of module senneed", 1, None),
    ("column_missing", lambda f: made.blade().without(NEEDS, "sentyperank").write(f),
     "the column is missing", 1, "sentyperank"),
    ("column_twice", lambda f: _edit(f, NEEDS, "NativeId", "sentype"),
     "is the heading of two columns", 1, "sentype"),
    ("column_absent", lambda f: made.blade().without(PLACED, "senunitindicator").write(f),
     "the column is not there", 1, "senunitindicator"),
    ("row_ragged", lambda f: _edit(f, NEEDS, "6008,", "6008,extra,"),
     "has 6 cells under 5 headings", None, None),
    ("module_empty", lambda f: made.Blade({**made.blade().modules, NEEDS: []}).write(f),
     "has no row under its headings", None, None),
]  # fmt: skip


def _file(folder: Path, module: str) -> Path:
    return folder / f"Blade-Export_{made.EXPORT}_{module}.csv"


def _copy(folder: Path, module: str, name: str) -> None:
    (folder / name).write_bytes(_file(folder, module).read_bytes())


def _edit(folder: Path, module: str, old: str, new: str) -> None:
    path = _file(folder, module)
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("code", "change", "words", "row", "column"), FILES, ids=[one[0] for one in FILES]
)
def test_each_check_of_files_tells_which(
    code: str, change: Callable[[Path], object], words: str, row: int | None, column: str | None,
    official: Official, tmp_path: Path,
) -> None:  # fmt: skip
    """A file is put wrong; the message says which, and no word of the file itself."""
    folder = made.blade().write(tmp_path / "return")
    change(folder)

    every = told(folder, official)
    found = [one for one in every if words in one.problem]

    assert not told_of_a_person(every, made.blade())
    assert len(found) == 1
    assert found[0].severity == CHECKS[code].severity
    assert found[0].remedy == CHECKS[code].remedy
    assert found[0].column == column
    assert row is None or found[0].row == row
    assert not re.search("Smith|Anna", found[0].sentence())


def test_two_checks_are_of_the_census_and_the_postcodes(official: Official, tmp_path: Path) -> None:
    """Another census date, a file of 2021 areas and one of elsewhere are told, each so."""
    folder = made.blade().write(tmp_path / "return")
    newer = made.postcode_file(tmp_path / "newer", heads="NSPL 2021", name="NSPL21_UK.csv")
    elsewhere = tmp_path / "elsewhere.csv"
    elsewhere.write_text("pcds,lsoa11,doterm\nAB1 0AA,E01000001,\n", "utf-8")

    given = told(folder, official, census_date=date(2024, 1, 18))
    of_2021 = told(folder, official, postcodes=newer)
    of_elsewhere = told(folder, official, postcodes=elsewhere)

    assert "is 2025-01-16 in the return; 2024-01-18 was given" in _problems(given, "warning")
    assert "has LSOAs of 2021 only" in _problems(of_2021, "warning")
    assert "63 of 63 postcodes are not in it" in _problems(of_elsewhere, "fault")


def _problems(found: Sequence[Fault], severity: str) -> list[str]:
    return [one.problem for one in found if one.severity == severity]


def test_no_check_is_without_a_test() -> None:
    """Each check of blade_checks.csv is broken once above."""
    elsewhere = {"census_given", "postcodes_2021", "postcodes_mismatch"}
    assert {one[0] for one in WRONG} | {one[0] for one in FILES} | elsewhere == set(CHECKS)


def test_every_fault_is_told_at_once(official: Official, tmp_path: Path) -> None:
    """Faults of keys, dates, plans and people in one return are all told, faults first."""
    blade = made.blade()
    for code in (
        "key_twice",
        "date_unreadable",
        "cease_before_start",
        "birth_missing",
        "need_twice",
    ):
        next(change for name, change, *_ in WRONG if name == code)(blade)

    with pytest.raises(InputError) as caught:
        read(blade.write(tmp_path / "return"), official)

    told_of = [one.problem for one in caught.value.faults]
    for words in ("is that of an earlier row", "is no date", "ceases before it starts",
                  "has no date of birth", "is a second need"):  # fmt: skip
        assert any(words in one for one in told_of), told_of
    severities = [one.severity for one in caught.value.faults]
    assert severities == sorted(severities)  # "fault" stands before "warning"


def test_a_missing_module_does_not_hide_what_is_wrong_in_the_others(
    official: Official, tmp_path: Path
) -> None:
    """Module 5c is not there, and a date in module 5b is no date: both are told."""
    folder = made.blade().put(PLACED, 8, entrydate="soon").write(tmp_path / "return")
    _file(folder, NEEDS).unlink()

    problems = _problems(told(folder, official), "fault")

    assert any("no file of module 5c" in one for one in problems)
    assert any("is no date" in one for one in problems)


def test_warnings_are_told_once_a_check_with_their_number(
    official: Official, tmp_path: Path
) -> None:
    """Nine placements without an indicator are one warning of nine, and nine rows to correct."""
    blade = made.blade()
    schools = [row for row in blade.modules[PLACED] if row["urn"]][:9]
    for row in schools:
        row["senunitindicator"] = ""

    found = read(blade.write(tmp_path / "return"), official)

    assert len(found.warnings) == 1
    assert "an indicator is not set (9 times, this the first)" in found.warnings[0].problem
    assert found.warnings[0].row == 2
    rows = corrections(found.findings)
    assert len(rows) == 9
    assert rows.columns.tolist() == [
        "severity", "file", "row", "column", "value", "problem", "remedy",
    ]  # fmt: skip


def test_the_page_lists_every_check() -> None:
    """docs/person-level.md holds the table of checks as the code has it."""
    page = Path(__file__).parents[3] / "docs" / "person-level.md"
    assert table_of_checks() in page.read_text("utf-8")


@pytest.mark.parametrize(
    "text",
    ["A123456789012", "8877665544", "BH1 1AA", "BH11AA", "SW1A1AA", "Anna Smith", "31/08/2012", ""],
)
def test_what_could_tell_a_person_is_never_an_id(text: str) -> None:
    """A UPN, a ULN, a postcode, a name or a date in the place of an id is not repeated."""
    assert id_shown("persontableid", text) == ""


@pytest.mark.parametrize(
    "text",
    ["A123456789012", "8877665544", "BH11AA", "Anna Smith", "Smith", "2012-08-31", "20120831"],
)
def test_what_could_tell_a_person_is_never_a_value(text: str) -> None:
    """Nor is it in the place of a code."""
    assert value_shown(text) is None
