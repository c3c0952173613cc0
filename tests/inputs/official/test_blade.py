"""An authority's own return read into children, held against the children it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inputs.errors import InputError
from inputs.official.authorities import Authority
from inputs.official.blade import KEYS, BladeChildren, children_from_blade
from inputs.official.blade_dates import (
    ages_of_school,
    of_compulsory_age,
    read_date,
    read_dates,
    third_thursday,
)
from inputs.official.blade_settings import TYPES
from inputs.official.gias import KINDS, MAINSTREAM, read_register
from inputs.official.sen2_labels import Placement
from inputs.start.children import gather
from inputs.vocabulary import Need
from tests.inputs.official import blade_files as made
from tests.inputs.official.blade_files import child

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from inputs.official.gias import Register

OURS = Authority(*made.AUTHORITY)
PLANS, PLACED, PEOPLE, NEEDS = "namedplan", "placementdetail", "person", "senneed"


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


def read(path: Path, official: Official, **options: Any) -> BladeChildren:
    """Return what a return gives, with the official files."""
    asked = {"authority": OURS, "zones": made.ZONES, **options}
    postcodes = asked.pop("postcodes", official.postcodes)
    return children_from_blade(path, postcodes, asked.pop("register", official.register), **asked)


def rows_of(children: Iterable[made.Child]) -> pd.DataFrame:
    """Return children as a case should have them, counted by hand."""
    keys = pd.DataFrame(
        [
            {
                "placement": one.placement,
                "residential": one.residential,
                "urn": one.urn,
                "need": one.need,
                "age": min(max(one.age, 2), 25),
                "zone": one.zone,
            }
            for one in children
        ]
    )
    return keys.groupby(list(KEYS), as_index=False).size().rename(columns={"size": "children"})


def same(found: BladeChildren, children: Iterable[made.Child]) -> None:
    """Check that the children found are those."""
    pd.testing.assert_frame_equal(found.children, rows_of(children), check_dtype=False)


# -- the layouts in which a return comes ---------------------------------------------------------


def test_a_good_return_gives_its_children_and_nothing_to_correct(
    official: Official, tmp_path: Path
) -> None:
    """Sixty-three children of all placements but one, every need, ages 2 to 24; no warning."""
    found = read(made.blade().write(tmp_path), official)

    same(found, made.truth())
    assert found.findings == ()
    assert found.census_date == made.CENSUS
    assert found.count_year == 2024  # January 2025 is in 2024/25
    assert found.authority == "901"
    assert found.counts["children"] == 63


def test_what_is_read_fits_the_seam_of_a_case(official: Official, tmp_path: Path) -> None:
    """The frame is one that the start of a case takes, and Down syndrome is kept in it."""
    found = read(made.blade().write(tmp_path), official)

    children = gather(found.children, found.count_year, found.source, found.notes, found.warnings)

    assert children.total == 63
    assert children.table().sum() == 63
    assert (children.rows["need"] == Need.DS).sum() > 0


def test_a_zip_gives_the_same(official: Official, tmp_path: Path) -> None:
    """Modules in a folder of a zip, as they are sent about."""
    same(read(made.blade().zipped(tmp_path), official), made.truth())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_encodings_and_line_ends_make_no_difference(
    encoding: str, line_end: str, official: Official, tmp_path: Path
) -> None:
    """A surname with an accent in each encoding, and a byte order mark before the first heading."""
    blade = made.blade().put(PEOPLE, 2, surname="Zoë Café")

    found = read(blade.write(tmp_path, encoding=encoding, line_end=line_end), official)

    same(found, made.truth())
    assert found.findings == ()


def test_an_older_export_gives_the_same(official: Official, tmp_path: Path) -> None:
    """To version 1.1: gendercurrent, res in module 5a, no dsco; headings in capitals."""
    blade = made.blade().without("sen2", "dsco").without(PLACED, "res", "wbp")
    blade.headings[PEOPLE] = [
        "gendercurrent" if one == "sex" else one.upper() for one in blade.headings[PEOPLE]
    ]
    for row in blade.modules[PEOPLE]:
        row.update({key.upper(): value for key, value in row.items()}, gendercurrent="ZZGENDER")
    blade.headings["activeplans"] = [*blade.headings["activeplans"], "res"]
    for active, placed in zip(blade.modules["activeplans"], blade.modules[PLACED], strict=True):
        active["res"] = placed["res"]

    found = read(blade.write(tmp_path), official)

    same(found, made.truth())
    assert found.counts["residential"] == sum(one.residential for one in made.truth()) > 0
    assert found.findings == ()


def test_rows_that_end_in_commas_and_blank_rows_are_read_right(
    official: Official, tmp_path: Path
) -> None:
    """A comma too many at the end moves no cell; a blank row counts as a row of the file."""
    folder = made.blade().put(NEEDS, 9, sentype="ASX").write(tmp_path)
    path = folder / f"Blade-Export_{made.EXPORT}_{NEEDS}.csv"
    lines = path.read_text("utf-8").splitlines()
    text = "\n".join([lines[0], "", *(line + ",," for line in lines[1:])])
    path.write_text(text, "utf-8")

    found = read(folder, official)

    assert found.counts["children"] == 63
    assert [one.row for one in found.findings] == [10]  # row 9 of the rows, after one blank row


def test_the_newest_of_several_exports_is_read(official: Official, tmp_path: Path) -> None:
    """An export of one child of 3 February stands beside the whole one of 27 January."""
    made.blade().write(tmp_path)
    made.blade([child()]).write(tmp_path, export="03-02-2025")

    same(read(tmp_path, official), [child()])


def test_without_postcodes_homes_are_unknown_and_it_is_counted(
    official: Official, tmp_path: Path
) -> None:
    """No postcode file: every child is there, none with a home."""
    found = read(made.blade().write(tmp_path), official, postcodes=None)

    assert set(found.children["zone"]) == {""}
    assert found.counts["home_unknown"] == 63
    assert any("0 are known, 63 are not" in note for note in found.notes)


# -- dates and ages ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2012-08-31", "2012-08-31 00:00:00", "2012-08-31T00:00:00", "2012-Aug-31 00:00:00",
        "31/08/2012", "31/08/2012 00:00", "31-08-2012", "31.08.2012", "31 Aug 2012",
        "31-August-2012", "20120831", " 31/8/2012 ",
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(text: str) -> None:
    """ISO, as COLLECT writes it, and British, with and without a time."""
    assert read_date(text) == date(2012, 8, 31)


@pytest.mark.parametrize("text", ["31/08/12", "soon", "41152", "2012-13-01", "30/02/2012", "2012"])
def test_what_is_no_date_is_none(text: str) -> None:
    """Two digits of a year do not say the century; a number of days is no date."""
    assert read_date(text) is None


def test_a_date_far_off_stands_for_no_end() -> None:
    """31 December 9999 is how some systems write that a placement goes on."""
    dates = read_dates(pd.Series(["9999-12-31", "2025-01-16"]))

    assert dates.values.isna().tolist() == [True, False]
    assert not dates.unreadable.any()


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%Y-%m-%d", "%d %b %Y"])
def test_a_return_in_another_form_of_date_gives_the_same(
    form: str, official: Official, tmp_path: Path
) -> None:
    """Every date of the return written another way."""
    blade = made.blade()
    for module, column in (
        ("sen2", "referencedate"), (PEOPLE, "personbirthdate"), (PLANS, "startdate"),
        (PLACED, "entrydate"),
    ):  # fmt: skip
        for row in blade.modules[module]:
            day = read_date(row[column])
            assert isinstance(day, date)
            row[column] = day.strftime(form)

    same(read(blade.write(tmp_path), official), made.truth())


def test_a_birthday_on_31_august_makes_a_year_of_difference(
    official: Official, tmp_path: Path
) -> None:
    """At 31 August 2024 who was born on 31 August 2012 is 12, and on 1 September 2012 is 11."""
    last, first = date(2012, 8, 31), date(2012, 9, 1)
    children = [child(born=last, age=12), child(born=first, age=11)]

    found = read(made.blade(children).write(tmp_path), official)

    assert found.children["age"].tolist() == [11, 12]


def test_the_youngest_and_the_oldest_are_counted_as_published(
    official: Official, tmp_path: Path
) -> None:
    """Born in October 2024 (not yet at 31 August) and aged 1 are under 3: 2. Aged 25 is 25."""
    new = date(2024, 12, 2)
    children = [
        child(born=date(2024, 10, 1), started=new),
        child(born=date(2023, 6, 1), started=new),
        child(born=date(1999, 8, 31)),
        child(born=date(1998, 8, 31)),  # 26: left out
    ]

    found = read(made.blade(children).write(tmp_path), official)

    assert found.children["age"].tolist() == [2, 25]
    assert found.children["children"].tolist() == [2, 1]
    assert found.counts["left_out_over_25"] == 1


@given(st.dates(date(1995, 1, 1), date(2024, 8, 31)), st.integers(2024, 2030))
def test_age_counts_the_birthdays_to_31_august(born: date, year: int) -> None:
    """The age is the number of birthdays up to and with 31 August, whenever the count is."""
    birthdays = 0
    for after in range(born.year + 1, year + 1):
        leap_day = (born.month, born.day) == (2, 29)
        month, day = (3, 1) if leap_day and after % 4 else (born.month, born.day)
        birthdays += date(after, month, day) <= date(year, 8, 31)

    for census in (date(year + 1, 1, 16), date(year, 9, 1), date(year + 1, 8, 31)):
        assert ages_of_school(pd.Series([pd.Timestamp(born)]), census).tolist() == [birthdays]


@pytest.mark.parametrize(
    ("born", "is_of_age"),
    [
        (date(2019, 12, 31), True),  # turned 5 on 31 December 2024: from the term in January
        (date(2020, 1, 1), False),  # turned 5 a day later: from Easter
        (date(2008, 9, 1), True),  # in year 11 until June
        (date(2008, 8, 31), False),  # left in June 2024
    ],
)
def test_compulsory_school_age_begins_and_ends_with_a_term(born: date, *, is_of_age: bool) -> None:
    """Education Act 1996, section 8, on the census date of January 2025."""
    assert of_compulsory_age(pd.Series([pd.Timestamp(born)]), made.CENSUS).tolist() == [is_of_age]


@pytest.mark.parametrize(("year", "day"), [(2023, 19), (2024, 18), (2025, 16), (2026, 15)])
def test_the_census_is_on_the_third_thursday(year: int, day: int) -> None:
    """Days that the Department published."""
    assert third_thursday(year) == date(year, 1, day)


def test_another_census_date_counts_that_day(official: Official, tmp_path: Path) -> None:
    """On 18 January 2024 the plans started in March 2024 are not there yet, and ages are less."""
    then = [one for one in made.truth() if one.started < date(2024, 1, 18)]

    found = read(made.blade().write(tmp_path), official, census_date=date(2024, 1, 18))

    assert found.counts["children"] == len(then) < 63
    assert found.count_year == 2023
    assert found.children["age"].sum() < rows_of(then)["age"].sum()


# -- plans and placements ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ceased", "is_current"),
    [(date(2025, 1, 15), False), (date(2025, 1, 16), False), (date(2025, 1, 17), True)],
)
def test_a_plan_ceased_on_the_census_date_is_not_current(
    ceased: date, *, is_current: bool, official: Official, tmp_path: Path
) -> None:
    """Current is a plan that has not ceased on or before the day."""
    blade = made.cease(made.blade([child(), child(need="SLD")]), 2, ceased, "2")

    found = read(blade.write(tmp_path), official)

    assert found.counts["children"] == 1 + is_current


def test_the_placement_on_the_day_is_the_one_that_counts(
    official: Official, tmp_path: Path
) -> None:
    """One left the day before and one begun the day after are passed over."""
    blade = made.blade([child()])
    blade.add(PLACED, 2, placementdetailtableid="7901", urn="100004",
              entrydate="2021-09-01", leavingdate="2025-01-15")  # fmt: skip
    blade.add(PLACED, 2, placementdetailtableid="7902", urn="100005", entrydate="2025-01-17")

    same(read(blade.write(tmp_path), official), [child()])


def test_rank_1_goes_before_rank_2_and_rank_2_counts_where_it_is_alone(
    official: Official, tmp_path: Path
) -> None:
    """The first child has a special school of rank 2 beside; the second only one of rank 2."""
    blade = made.blade([child(), child(need="SLD")])
    blade.add(PLACED, 2, placementdetailtableid="7901", urn="100004", placementrank="2",
              entrydate="2024-09-01")  # fmt: skip
    blade.put(PLACED, 3, placementrank="2")

    same(read(blade.write(tmp_path), official), [child(), child(need="SLD")])


def test_of_two_placements_of_one_rank_the_later_counts(official: Official, tmp_path: Path) -> None:
    """The special school was entered in 2024, the mainstream school in 2022."""
    blade = made.blade([child()])
    blade.add(PLACED, 2, placementdetailtableid="7901", urn="100004", entrydate="2024-09-01")

    same(read(blade.write(tmp_path), official), [child(placement="special_maintained",
                                                       urn="100004")])  # fmt: skip


def test_a_child_with_two_plans_is_counted_once(official: Official, tmp_path: Path) -> None:
    """A second request has a plan, an active plan without a placement, and another need."""
    blade = made.blade([child()])
    blade.add("requests", 2, requeststableid="2901")
    blade.add("assessment", 2, assessmenttableid="3901", requeststableid="2901")
    blade.add(PLANS, 2, namedplantableid="4901", assessmenttableid="3901", startdate="2024-05-01")
    blade.add("activeplans", 2, activeplanstableid="6901", requeststableid="2901")
    blade.add(NEEDS, 2, senneedtableid="8901", activeplanstableid="6901", sentype="SLD")

    found = read(blade.write(tmp_path), official)

    same(found, [child()])  # the one with a placement
    assert any("more than one current plan" in one.problem for one in found.findings)


def test_a_plan_is_joined_to_its_childs_only_active_plan(
    official: Official, tmp_path: Path
) -> None:
    """The active plan hangs on another request of the child than the named plan does."""
    blade = made.blade([child()])
    blade.add("requests", 2, requeststableid="2901").put("activeplans", 2, requeststableid="2901")

    same(read(blade.write(tmp_path), official), [child()])


CLASSED: list[tuple[dict[str, str], str]] = [
    ({"senunitindicator": "true"}, "unit"),
    ({"senunitindicator": "Y", "resourcedprovisionindicator": "Y"}, "unit"),
    ({"resourcedprovisionindicator": "1"}, "resourced"),
    ({"resourcedprovisionindicator": ""}, "mainstream"),
    ({"urn": "100004", "senunitindicator": "1"}, "special_maintained"),
    ({"urn": "100011"}, "mainstream"),
    ({"urn": "100012"}, "mainstream"),
    ({"urn": "100013"}, "special_maintained"),
    ({"urn": "100014"}, "elsewhere"),
    ({"urn": "199999"}, "unknown"),
    ({"urn": "199999", "sensetting": "EHE"}, "elective_home"),
    ({"urn": "", "sensetting": "ola"}, "other_arrangements"),
    ({"urn": "", "sensetting": "OPA"}, "elsewhere"),
    ({"urn": "", "sensetting": "NIEC"}, "elsewhere"),
    ({"urn": "", "sensetting": "XXX"}, "unknown"),
    ({"urn": "", "ukprn": "10001234"}, "further_education"),
    ({"urn": ""}, "unknown"),
]


def test_a_placement_is_classed_as_the_department_does(official: Official, tmp_path: Path) -> None:
    """By the school's type, the indicators at a mainstream school, else by sensetting."""
    # A year of age tells each child; the others keep the unknown ones few.
    children = [child(age=4 + number, born=None) for number in range(len(CLASSED))]
    blade = made.blade([*children, *(child(age=2, started=date(2024, 6, 1)) for _ in range(40))])
    for row, (cells, _) in enumerate(CLASSED, start=2):
        blade.put(PLACED, row, **cells)

    found = read(blade.write(tmp_path), official).children.set_index("age")

    for number, (cells, placement) in enumerate(CLASSED):
        assert found.loc[4 + number, "placement"] == placement, cells
        known = cells.get("urn", "100003") not in {"", "199999"}
        assert bool(found.loc[4 + number, "urn"]) is known, cells


def test_every_type_of_school_has_a_placement() -> None:
    """The types that the register's reader knows are all classed, and alike."""
    assert set(TYPES) >= MAINSTREAM
    assert {name: TYPES[name] for name in KINDS} == KINDS


def test_a_ukprn_finds_its_school_where_the_register_has_them(
    official: Official, tmp_path: Path
) -> None:
    """The college of URN 100010 has the UKPRN 11000109."""
    blade = made.blade([child()]).put(PLACED, 2, urn="", ukprn="11000109")

    found = read(blade.write(tmp_path), official)

    same(found, [child(placement="specialist_post16", urn="100010")])
    assert found.findings == ()


def test_bases_are_not_held_against_a_register_that_is_silent(
    official: Official, tmp_path: Path
) -> None:
    """An extract without TypeOfResourcedProvision says of no school that it has no unit."""
    path = made.register_file(tmp_path / "silent", bases=False)
    blade = made.blade([child()]).put(PLACED, 2, senunitindicator="1")

    found = read(blade.write(tmp_path / "return"), official, register=read_register(path))

    same(found, [child(placement="unit")])
    assert found.findings == ()


# -- needs and homes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "need"),
    [
        (lambda b: b.put(NEEDS, 2, sentype="ds"), "DS"),
        (lambda b: b.put(NEEDS, 2, sentype="NSA"), "unknown"),
        (lambda b: b.put(NEEDS, 2, sentyperank="2"), "ASD"),
        (lambda b: b.add(NEEDS, 2, senneedtableid="8901", sentype="SLD", sentyperank="2"), "ASD"),
        (lambda b: b.add(NEEDS, 2, senneedtableid="8901", sentype="SLD"), "ASD"),
        (
            lambda b: b.put(NEEDS, 2, sentyperank="2").add(
                NEEDS, 2, senneedtableid="8901", sentype="SLD", sentyperank="3"
            ),
            "unknown",
        ),
    ],
    ids=["any case", "not a code", "alone, of rank 2", "a second of rank 2", "two of rank 1",
         "two, none of rank 1"],
)  # fmt: skip
def test_the_primary_need_is_the_one_of_rank_1(
    change: Any, need: str, official: Official, tmp_path: Path
) -> None:
    """Else the only one there is; of two of rank 1 the first; and unknown where it is none."""
    blade = made.blade([child()])
    change(blade)

    assert read(blade.write(tmp_path), official).children["need"].tolist() == [need]


HOMES: list[tuple[str, str]] = [
    ("sb11aa", made.ZONES[0]),
    ("SB1  1AA", made.ZONES[0]),
    ("SB9 1ZZ", ""),  # terminated in June 2024, before the census
    ("SB9 2ZZ", made.ZONES[1]),  # terminated in December 2025, after it
    ("AW1 1ZZ", ""),
    ("CF1 1ZZ", ""),
    ("", ""),
]


def test_a_home_is_the_zone_of_its_postcode(official: Official, tmp_path: Path) -> None:
    """Spaces and case are forgiven; one terminated by then, or of elsewhere, is unknown."""
    children = [child(age=4 + n, postcode=postcode) for n, (postcode, _) in enumerate(HOMES)]

    found = read(made.blade(children).write(tmp_path), official).children

    assert found.sort_values("age")["zone"].tolist() == [zone for _, zone in HOMES]


def test_without_zones_every_lsoa_of_england_is_a_home(official: Official, tmp_path: Path) -> None:
    """A child of ours who lives in another authority keeps its LSOA; one in Wales has none."""
    children = [child(postcode="AW1 1ZZ"), child(need="SLD", postcode="CF1 1ZZ"), child(need="PD")]

    found = read(made.blade(children).write(tmp_path), official, zones=None)

    homes = found.children.set_index("need")["zone"].to_dict()
    assert homes == {"ASD": made.AWAY, "SLD": "", "PD": made.ZONES[0]}


# -- flows and waiting ---------------------------------------------------------------------------


def total(frame: pd.DataFrame, **of: Any) -> float:
    """Return the children of the rows with these values; None means all."""
    for name in ("age", "placement", "need"):
        if name in frame:
            wanted = of.get(name)
            frame = frame[frame[name].isna() if wanted is None else frame[name].eq(wanted)]
    return float(frame["children"].sum())


def test_plans_started_in_the_year_before_are_counted_by_age_on_the_day(
    official: Official, tmp_path: Path
) -> None:
    """Of three, one started in 2024 at 11 (12 at 31 August), one in 2023, one ceased again."""
    children = [
        child(born=date(2012, 8, 1), started=date(2024, 7, 31), need="DS"),
        child(started=date(2023, 12, 31)),
        child(born=date(2004, 1, 1), started=date(2024, 1, 1)),
    ]
    blade = made.cease(made.blade(children), 4, date(2024, 12, 31), "6")

    flows = read(blade.write(tmp_path), official).flows

    starts = flows.starts
    assert set(starts["year"]) == {2024}
    assert set(starts["code"]) == {"E06000901"}
    assert total(starts, placement="all") == 2
    assert total(starts, placement="all", age=11) == 1
    assert total(starts, placement="mainstream", age=20) == 1
    assert total(flows.starts_by_need, need="OTH") == 1  # Down syndrome, as published
    assert total(flows.starts_by_need, need="OTH", age=11) == 1
    assert total(flows.starts_by_need, need="ASD", placement="mainstream") == 1
    assert total(flows.ceased) == 1
    assert total(flows.ceased, age=20) == 1  # 20 on 31 December 2024
    assert total(flows.ceased, placement="mainstream") == 1
    assert flows.ceased_by_reason.to_dict("records") == [
        {"year": 2024, "age": 20, "reason": 6, "children": 1}
    ]


def test_margins_of_the_flows_tie(official: Official, tmp_path: Path) -> None:
    """Starts by age, by placement and by need add up to the same, and to the plans of the file."""
    flows = read(made.blade().write(tmp_path), official).flows
    began = sum(one.started.year == 2024 for one in made.truth())

    by_age = sum(total(flows.starts, placement="all", age=age) for age in range(2, 21))
    by_placement = sum(total(flows.starts, placement=one.value) for one in Placement)
    needs = [*(need.value for need in Need if need is not Need.DS), "unknown"]
    by_need = sum(total(flows.starts_by_need, need=need) for need in needs)

    assert total(flows.starts, placement="all") == by_age == by_placement == by_need == began > 0


def test_ceased_on_new_years_day_of_the_census_is_of_no_year_told(
    official: Official, tmp_path: Path
) -> None:
    """A plan that ceased between 1 January and the census is neither current nor in the year."""
    blade = made.cease(made.blade([child(), child()]), 2, date(2025, 1, 1), "5")

    found = read(blade.write(tmp_path), official)

    assert (found.counts["children"], found.counts["ceased"]) == (1, 0)


def test_the_placement_of_a_new_plan_not_attended_is_the_one_it_names(
    official: Official, tmp_path: Path
) -> None:
    """No placement on the day; the plan of 2024 names the special school."""
    children = [child() for _ in range(20)]
    blade = made.blade([*children, child(started=date(2024, 11, 1))])
    blade.drop(PLACED, 22).put("plandetail", 22, urn="100004")

    flows = read(blade.write(tmp_path), official).flows

    assert total(flows.starts, placement="special_maintained") == 1


@pytest.mark.parametrize(
    ("age", "cells", "waits"),
    [
        (9, None, True),
        (9, {"urn": "", "sensetting": "NIEO"}, True),
        (9, {"urn": "", "sensetting": "OTH"}, True),
        (9, {"urn": "100003", "sensetting": "OTH"}, False),
        (9, {"urn": "", "sensetting": "NIEC"}, False),
        (9, {"urn": "", "sensetting": "OLA"}, False),
        (17, None, False),
        (3, None, False),
    ],
)
def test_who_waits_is_of_school_age_and_has_no_setting(
    age: int, cells: dict[str, str] | None, *, waits: bool, official: Official, tmp_path: Path
) -> None:
    """No placement, NIEO, or OTH without a school; not who is too young or old, or is ceasing."""
    blade = made.blade([child(age=age, need="SLD", started=date(2024, 3, 1)),
                        *(child() for _ in range(20))])  # fmt: skip
    if cells is None:
        blade.drop(PLACED, 2)
    else:
        blade.put(PLACED, 2, **cells)

    found = read(blade.write(tmp_path), official)

    row = {"need": "SLD", "age": age, "zone": made.ZONES[0], "named": "mainstream", "children": 1}
    assert found.waiting.to_dict("records") == ([row] if waits else [])
    assert found.counts["children"] == 21
    placement = found.children.set_index("need").loc["SLD", "placement"]
    if waits:
        assert placement == "elsewhere"  # no specialist place stands for it
    elif cells is None:
        assert placement == "unknown"


def test_placements_not_returned_are_not_children_waiting(
    official: Official, tmp_path: Path
) -> None:
    """A fifth without a placement: their placement is unknown and nobody waits; it is said."""
    blade = made.blade([child() for _ in range(10)])
    blade.drop(PLACED, 11).drop(PLACED, 10)

    found = read(blade.write(tmp_path), official)

    assert found.counts["placement_unknown"] == 2
    assert found.waiting.empty
    assert any("placements were not returned" in note for note in found.notes)


# -- what cannot be read -------------------------------------------------------------------------


def test_a_folder_that_is_not_there_or_empty_is_told(official: Official, tmp_path: Path) -> None:
    """Neither gives a traceback."""
    with pytest.raises(InputError, match="there is no such file or folder"):
        read(tmp_path / "nowhere", official)
    with pytest.raises(InputError, match="holds no CSV file"):
        read(tmp_path, official)


def test_the_notes_say_that_numbers_are_small(official: Official, tmp_path: Path) -> None:
    """The first note of a case from a return says that it is not for publication."""
    notes = read(made.blade().write(tmp_path), official).notes

    assert notes[0].startswith("Holds small numbers")
    assert "not for publication" in notes[0]
    assert "--public" in notes[0]


def test_without_module_0_the_census_date_has_to_be_given(
    official: Official, tmp_path: Path
) -> None:
    """Then the return is read as it is, and that it says no more of itself is told."""
    folder = made.blade().write(tmp_path)
    (folder / f"Blade-Export_{made.EXPORT}_sen2.csv").unlink()

    with pytest.raises(InputError, match="has no reference date"):
        read(folder, official)
    found = read(folder, official, census_date=made.CENSUS)

    same(found, made.truth())
    assert [one.severity for one in found.findings] == ["warning"]


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(1, 10_000), order=st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(
    seed: int, order: Any, official: Official, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each module shuffled by itself gives the children that were written down."""
    blade = made.blade(made.truth(seed))
    for rows in blade.modules.values():
        order.shuffle(rows)

    found = read(blade.write(tmp_path_factory.mktemp("return")), official)

    same(found, made.truth(seed))
    assert found.findings == ()
