"""A waiting list at the door: what is read, what is refused, and that no name is ever repeated."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from inputs.errors import InputError
from inputs.examples.make_seaborough import HERE
from inputs.read import read_case
from inputs.waiting import RoundTables, read_round
from tests.cases import Rows, tiny_tables, write_case, write_rows

if TYPE_CHECKING:
    from pathlib import Path

    from inputs.errors import Fault

TODAY = date(2026, 11, 9)
CHILD: dict[str, Any] = {
    "child": "W-001",
    "need": "ASD",
    "phase": "primary",
    "nc_year": 3,
    "zone": "north",
    "weeks_waiting": 12,
    "as_at": "2026-11-02",
}
PLACES: dict[str, Any] = {"provision": "elm_base", "places": 1, "start": ""}


def waiting(*changes: dict[str, Any]) -> Rows:
    """Return one row for each change to a good child, each with a pseudonym of its own."""
    return [CHILD | {"child": f"W-{n:03d}"} | change for n, change in enumerate(changes, start=1)]


def read(folder: Path, rows: Rows, vacancies: Rows | None = None, **tables: Rows) -> RoundTables:
    """Write a tiny case with the round's tables beside it, and read it back."""
    write_case(folder)
    write_rows(folder / "waiting.csv", rows)
    for name, some in (tables | {"vacancies": vacancies or [PLACES]}).items():
        write_rows(folder / f"{name}.csv", some)
    return read_round(folder, today=TODAY)[1]


def faults(folder: Path, rows: Rows, vacancies: Rows | None = None, **tables: Rows) -> list[Fault]:
    """Return the faults of such a round."""
    with pytest.raises(InputError) as refused:
        read(folder, rows, vacancies, **tables)
    return list(refused.value.faults)


def only(found: list[Fault]) -> Fault:
    """Return the one fault there is."""
    assert len(found) == 1, [one.sentence() for one in found]
    return found[0]


def test_a_good_list_is_read(tmp_path: Path) -> None:
    """Types are those of a case; the round is of the day of the list; nothing is odd."""
    round_ = read(
        tmp_path, waiting({}, {"must_have": "wheelchair; therapy", "preferred": "elm_base"})
    )
    assert round_.on == date(2026, 11, 2)
    assert round_.supplied == {"waiting", "vacancies"}
    assert round_.waiting["must_have"].tolist() == [(), ("wheelchair", "therapy")]
    assert round_.waiting["preferred"].tolist() == [(), ("elm_base",)]
    assert round_.waiting["weeks_waiting"].tolist() == [12.0, 12.0]
    assert round_.vacancies["start"].tolist() == [None]
    odd = [one.sentence() for one in round_.warnings]
    assert len(odd) == 2, odd
    assert all("feature that no provision offers" in one for one in odd), "tiny has no features"


def test_seaborough_ships_a_list_of_143() -> None:
    """143 wait, 72 of them primary, mostly ASD and SEMH, and they are those of its entrants."""
    case, round_ = read_round(HERE, today=TODAY)
    frame = round_.waiting
    assert len(frame) == 143
    assert (frame["phase"] == "primary").sum() == 72
    assert frame["need"].isin(["ASD", "SEMH"]).mean() > 0.75
    cells = ["zone", "need", "phase"]
    waits = case.entrants[case.entrants["kind"] == "waiting"]
    expected = waits.groupby(cells)["children"].sum()
    assert frame.groupby(cells).size().to_dict() == expected.to_dict()
    assert round_.warnings == ()
    assert round_.notes
    assert round_.on == date(2026, 11, 2)


def test_open_places_of_seaborough_are_free() -> None:
    """Nobody is offered a place that the case says is taken."""
    case, round_ = read_round(HERE, today=TODAY)
    rolls = case.placed.groupby("provision")["children"].sum()
    free = case.provisions.set_index("provision")["places"] - rolls
    offered = round_.vacancies.groupby("provision")["places"].sum()
    assert (offered <= free[offered.index]).all()
    assert set(round_.vacancies["provision"]) <= set(case.teaches["provision"])


def test_a_plan_does_not_read_the_list(tmp_path: Path) -> None:
    """A folder with a waiting list, even a bad one, is a case as before."""
    read(tmp_path, waiting({}))
    (tmp_path / "waiting.csv").write_text("name\nJane Doe\n")
    case = read_case(tmp_path)
    assert case.warnings == ()
    assert not [one for one in case.sources if one.name == "waiting.csv"]


# What is refused


def test_two_rows_for_one_child(tmp_path: Path) -> None:
    """The second row is named, and the first that it repeats; not the pseudonym."""
    fault = only(faults(tmp_path, waiting({}, {"child": "W-001"})))
    assert (fault.row, fault.column, fault.value) == (3, "child", None)
    assert "repeats row 2" in fault.problem


def test_two_children_who_differ_by_capitals(tmp_path: Path) -> None:
    """On Windows the page of the one would be the page of the other."""
    fault = only(faults(tmp_path, waiting({"child": "w-1"}, {"child": "W-1"})))
    assert "differs from row 2 only by capital letters" in fault.problem


def test_an_unknown_need(tmp_path: Path) -> None:
    """The row is named and the nearest code; the cell is not repeated, whatever it holds."""
    fault = only(faults(tmp_path, waiting({"need": "autism"})))
    assert fault.sentence() == "waiting.csv, row 2, need: is not a need. Did you mean 'ASD'?"


@pytest.mark.parametrize(
    ("rows", "vacancies", "said"),
    [
        (waiting({}), [PLACES | {"start": "2026-10-01"}], "vacancies.csv, row 2, start"),
        (waiting({"start_by": "01/09/2026"}), None, "waiting.csv, row 2, start_by"),
    ],
)
def test_a_date_in_the_past(tmp_path: Path, rows: Rows, vacancies: Rows, said: str) -> None:
    """Places that started, or a day that has passed, before the round of 2 November."""
    fault = only(faults(tmp_path, rows, vacancies))
    assert fault.sentence().startswith(said)
    assert "is in the past: the round is of 2026-11-02" in fault.problem
    assert "Leave it blank" in fault.remedy


def test_negative_vacancies(tmp_path: Path) -> None:
    """Fewer than no places cannot be open."""
    fault = only(faults(tmp_path, waiting({}), [PLACES | {"places": -2}]))
    assert fault.sentence() == (
        "vacancies.csv, row 2, places: '-2' is negative. It must be 0 or more."
    )


NAMES = {
    "name": "Jane Doe",
    "Child name": "Jane Doe",
    "surname": "Doe",
    "First-name": "Jane",
    "dob": "2014-03-12",
    "Date of birth": "12/03/2014",
    "UPN": "A123456789012",
    "nhs number": "9434765919",
    "address": "1 High Street",
    "parent_email": "jane@example.org",
    "born": "2014",
}


@pytest.mark.parametrize("heading", list(NAMES))
def test_names_and_dates_of_birth_are_refused(tmp_path: Path, heading: str) -> None:
    """The column is named; its cells are nowhere in any message."""
    found = faults(tmp_path, waiting({heading: NAMES[heading]}, {heading: NAMES[heading]}))
    fault = only(found)
    assert fault.column == "_".join(heading.lower().split())
    assert "refused unread" in fault.problem
    assert "pseudonym" in fault.remedy
    for part in NAMES[heading].split():
        assert len(part) < 3 or part not in fault.sentence()


def test_a_school_has_a_name(tmp_path: Path) -> None:
    """A column of names of schools is no child's: it is ignored, and said to be."""
    round_ = read(tmp_path, waiting({"school_name": "Elm Primary"}))
    assert ["is not a column" in one.problem for one in round_.warnings] == [True]
    assert "Elm Primary" not in " ".join(one.sentence() for one in round_.warnings)


def test_old_dates_in_a_column_we_do_not_know(tmp_path: Path) -> None:
    """Dates of more than two years ago may be dates of birth, whatever they are called."""
    fault = only(faults(tmp_path, waiting({"bd": "2014-03-12"}, {"bd": "2012-01-30"})))
    assert fault.column == "bd"
    assert "may be dates of birth" in fault.problem
    recent = read(tmp_path, waiting({"referred": "2026-03-12"}))
    assert len(recent.warnings) == 1, "ignored, and said to be"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("Jane Doe", "words with spaces"),
        ("Doe, J", "words with spaces"),
        ("12-03-2014", "a date"),
        ("2014-03-12", "a date"),
        ("12032014", "a date"),
        ("A12345678901B", "unique pupil number"),
    ],
)
def test_a_key_that_is_no_pseudonym(tmp_path: Path, key: str, said: str) -> None:
    """Names, dates and pupil numbers in the column child are refused, and not repeated."""
    fault = only(faults(tmp_path, waiting({}, {"child": key}, {"child": key.replace("2", "3")})))
    assert said in fault.problem
    assert (fault.row, fault.column) == (3, "child")
    assert key not in fault.sentence()


def test_no_fault_of_a_list_repeats_a_cell(tmp_path: Path) -> None:
    """A list that slipped by a column holds a name under every heading: none is told again."""
    name = "Doe"
    others = ("second_need", "classes", "preferred", "interim_annual_gbp")
    slipped = dict.fromkeys([*CHILD, *others], name)
    found = faults(tmp_path, [CHILD, slipped | {"child": "W-002"}])
    assert len(found) >= 8
    assert not [one for one in found if name in one.sentence()]


def test_a_list_without_headings_is_not_repeated(tmp_path: Path) -> None:
    """Row 1 may be a child: what it holds is not told as headings that are unknown."""
    write_case(tmp_path)
    (tmp_path / "waiting.csv").write_text("Doe,ASD,primary,north\nRoe,ASD,primary,north\n")
    with pytest.raises(InputError) as refused:
        read_round(tmp_path, today=TODAY)
    said = str(refused.value)
    assert "there is no column 'child'" in said
    assert "doe" not in said.lower()


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"zone": "nroth"}, "zone", "is not in zones.csv. Did you mean 'north'?"),
        ({"zone": ""}, "zone", "is blank, and so is postcode. Give one of them."),
        ({"zone": "", "postcode": "SB1 2AB"}, "postcode", "lies in no zone of the case"),
        ({"preferred": "elm_bas"}, "preferred", "Did you mean 'elm_base'?"),
        ({"classes": "ARP"}, "classes", "Did you mean 'specialist_base'?"),
        ({"classes": "specail_school"}, "classes", "Did you mean 'special_school'?"),
        ({"weeks_waiting": -3}, "weeks_waiting", "'-3' is negative"),
        ({"weeks_waiting": "six"}, "weeks_waiting", "is not a number"),
        ({"phase": "year 3"}, "phase", "is not a phase"),
        ({"as_at": "2027-01-04"}, "as_at", "is in the future"),
        ({"start_by": "soon"}, "start_by", "is not a day"),
    ],
)
def test_other_faults_of_a_list(
    tmp_path: Path, change: dict[str, Any], column: str, said: str
) -> None:
    """Each fault tells its row, its column and what to do."""
    fault = only(faults(tmp_path, waiting(change)))
    assert (fault.row, fault.column) == (2, column)
    assert said in fault.sentence()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"provision": "elm_bse"}, "Did you mean 'elm_base'?"),
        ({"need": "SLD"}, "does not teach SLD by teaches.csv"),
        ({"phase": "secondary"}, "does not teach secondary by teaches.csv"),
        ({"nc_from": 5, "nc_to": 2}, "is after nc_to (2)"),
        ({"places": 2.5}, "is not a whole number"),
    ],
)
def test_faults_of_open_places(tmp_path: Path, row: dict[str, Any], said: str) -> None:
    """Places must be somewhere known, for what is taught there, whole, and in order of years."""
    assert said in only(faults(tmp_path, waiting({}), [PLACES | row])).sentence()


def test_places_at_a_school_that_is_not_open(tmp_path: Path) -> None:
    """A school that opens in 2027 has no place to start in before."""
    tables = tiny_tables()
    tables["provisions"][1]["opens"] = 2027
    write_case(tmp_path, provisions=tables["provisions"])
    write_rows(tmp_path / "waiting.csv", waiting({}))
    write_rows(tmp_path / "vacancies.csv", [PLACES])
    with pytest.raises(InputError, match="a day on which elm_base takes no new child"):
        read_round(tmp_path, today=TODAY)
    write_rows(tmp_path / "vacancies.csv", [PLACES | {"start": "2027-09-01"}])
    assert len(read_round(tmp_path, today=TODAY)[1].vacancies) == 1


def test_faults_of_mixes_and_groups(tmp_path: Path) -> None:
    """One need twice, a provision beside a class, one that is unknown, and groups that overlap."""
    mixes = [
        {"provision": "", "class": "special_school", "need": "ASD", "with_need": "ASD"},
        {"provision": "elm_base", "class": "special_school", "need": "ASD", "with_need": "SEMH"},
        {"provision": "elm", "class": "", "need": "ASD", "with_need": "SEMH"},
    ]
    groups = [
        {"provision": "elm_base", "group": "one", "nc_from": 0, "nc_to": 3, "size": 8},
        {"provision": "elm_base", "group": "two", "nc_from": 3, "nc_to": 6, "size": 8},
    ]
    said = [one.sentence() for one in faults(tmp_path, waiting({}), mixes=mixes, groups=groups)]
    assert len(said) == 4
    for words in ("is the same need twice", "stands beside a provision", "is not in provisions.csv",
                  "overlaps the years of group 'one'"):  # fmt: skip
        assert any(words in one for one in said), (words, said)


def test_every_fault_at_once_the_case_s_too(tmp_path: Path) -> None:
    """Faults of the case, the list and the places come together."""
    tables = tiny_tables()
    tables["zones"][0]["easting"] = "ten"
    write_case(tmp_path, zones=tables["zones"])
    write_rows(tmp_path / "waiting.csv", waiting({"need": "autism"}))
    write_rows(tmp_path / "vacancies.csv", [PLACES | {"places": -1}])
    with pytest.raises(InputError) as refused:
        read_round(tmp_path, today=TODAY)
    assert {one.table for one in refused.value.faults} == {
        "zones.csv", "waiting.csv", "vacancies.csv",
    }  # fmt: skip


def test_no_list_at_all(tmp_path: Path) -> None:
    """It says how to name one."""
    write_case(tmp_path)
    with pytest.raises(InputError, match=r"there is no waiting list\. Name it with --waiting FILE"):
        read_round(tmp_path, today=TODAY)
    with pytest.raises(InputError, match="there is no such file"):
        read_round(tmp_path, waiting=tmp_path / "list.csv", today=TODAY)


def test_an_empty_list(tmp_path: Path) -> None:
    """Headings alone are no list."""
    write_case(tmp_path)
    (tmp_path / "waiting.csv").write_text(",".join(CHILD) + "\n")
    with pytest.raises(InputError, match="has no child in it"):
        read_round(tmp_path, today=TODAY)


# What is odd, and how tables are found


def test_what_is_odd_is_told(tmp_path: Path) -> None:
    """No weeks, a year outside its phase, more places than are free, none open: warnings."""
    round_ = read(
        tmp_path,
        waiting({"weeks_waiting": ""}, {"nc_year": 9}),
        [PLACES | {"places": 3}],
    )
    said = " ".join(one.sentence() for one in round_.warnings)
    assert "is blank for 1 of 2 children: taken as 0 weeks" in said
    assert "is not a year of the phase beside it" in said
    assert (
        "says 3 places are open at elm_base, whose places less the children placed come to 1"
        in said
    )
    assert round_.waiting["weeks_waiting"].tolist() == [0.0, 12.0]
    none = read(tmp_path, waiting({}), [PLACES | {"places": 0}])
    assert "no place is open anywhere" in " ".join(one.sentence() for one in none.warnings)


def test_the_day_of_the_round(tmp_path: Path) -> None:
    """--on goes before the list, the list before today; today is said; two days are a fault."""
    read(tmp_path, waiting({}))
    assert read_round(tmp_path, on=date(2026, 11, 5), today=TODAY)[1].on == date(2026, 11, 5)
    undated = read(tmp_path, waiting({"as_at": ""}))
    assert undated.on == TODAY
    assert "the round is taken as of 2026-11-09" in undated.warnings[0].sentence()
    fault = only(faults(tmp_path, waiting({}, {"as_at": "2026-11-03"})))
    assert (fault.row, fault.column) == (3, "as_at")


def test_a_postcode_finds_its_zone(tmp_path: Path) -> None:
    """Where zones are sectors or districts; the postcode goes no further than the door."""
    tables = tiny_tables()
    for row, key in zip(tables["zones"], ("SB1_2", "SB2"), strict=True):
        row["zone"] = key
    moved = {"north": "SB1_2", "south": "SB2"}
    for name in ("placed", "entrants"):
        for row in tables[name]:
            row["zone"] = moved.get(row["zone"], row["zone"])
    write_case(tmp_path, **{name: tables[name] for name in ("zones", "placed", "entrants")})
    rows = waiting({"zone": "", "postcode": "sb1 2ab"}, {"zone": "", "postcode": "SB29ZZ"})
    write_rows(tmp_path / "waiting.csv", rows)
    write_rows(tmp_path / "vacancies.csv", [PLACES])
    round_ = read_round(tmp_path, today=TODAY)[1]
    assert round_.waiting["zone"].tolist() == ["SB1_2", "SB2"]
    assert round_.waiting["postcode"].tolist() == [None, None]


def test_files_named_for_the_round_go_before_the_case_s_own(tmp_path: Path) -> None:
    """A list and places elsewhere are read in place of those in the folder."""
    read(tmp_path / "case", waiting({}))
    write_rows(tmp_path / "list.csv", waiting({}, {}, {}))
    write_rows(tmp_path / "open.csv", [PLACES | {"places": 7}])
    round_ = read_round(
        tmp_path / "case",
        waiting=tmp_path / "list.csv",
        vacancies=tmp_path / "open.csv",
        today=TODAY,
    )[1]
    assert len(round_.waiting) == 3
    assert round_.vacancies["places"].tolist() == [7]


def test_a_workbook_holds_the_list_and_the_places(tmp_path: Path) -> None:
    """Sheets by name; days come as days; what is in no sheet is taken from the case."""
    read(tmp_path / "case", waiting({}), mixes=[
        {"class": "specialist_base", "need": "ASD", "with_need": "SEMH"}
    ])  # fmt: skip
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in (("waiting", waiting({}, {})), ("vacancies", [PLACES])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, list(rows[0]))
            for n, row in enumerate(rows, start=1):
                sheet.write_row(n, 0, list(row.values()))
        start = list(PLACES).index("start")
        book.get_worksheet_by_name("vacancies").write_datetime(1, start, TODAY, day)
    round_ = read_round(tmp_path / "case", waiting=path, today=TODAY)[1]
    assert len(round_.waiting) == 2
    assert round_.vacancies["start"].tolist() == [TODAY]
    assert len(round_.mixes) == 1
    assert {one.name for one in round_.sources} == {"list.xlsx", "mixes.csv"}


def test_days_are_read_either_way(tmp_path: Path) -> None:
    """2027-01-04 and 04/01/2027 are one day: days come first."""
    late = TODAY + timedelta(days=56)
    rows = [
        PLACES | {"start": late.isoformat()},
        PLACES | {"start": f"{late:%d/%m/%Y}", "need": "ASD"},
    ]
    assert read(tmp_path, waiting({}), rows).vacancies["start"].tolist() == [late, late]
