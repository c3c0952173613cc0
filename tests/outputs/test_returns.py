"""The returns: the templates' own rows, and figures that tie wherever the same children stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inputs.official.sen2_labels import AGES, NEEDS, Placement
from inputs.vocabulary import Need
from outputs.returns.counts import LINES, Counts, Row, counts_of
from outputs.returns.dsg import ALL_AGES, ALL_NEEDS, BY_AGE, BY_NEED, SHEETS, dsg
from outputs.returns.lines import NO_ASSESSMENT, Line, line_of, need_row
from outputs.returns.lsrp import TABLES, Flow, lsrp, titles
from outputs.returns.scap import scap
from outputs.returns.tying import tie

if TYPE_CHECKING:
    import numpy.typing as npt

PLACEMENTS = tuple(Placement)
AXES = (PLACEMENTS, NEEDS, AGES)
SHAPE = (len(PLACEMENTS), len(NEEDS), len(AGES))
YEARS = (2024, 2025, 2026, 2027)
GROUPS = [range(3), range(3, 9), range(9, 14), range(14, 18), range(18, 24)]
"""Positions in AGES of the five age groups: 2 to 4, 5 to 10, 11 to 15, 16 to 19, 20 to 25."""


def made_up(seed: int, years: tuple[int, ...] = YEARS) -> Counts:
    """Return counts of made-up children: many small cells, the first year whole."""
    random = np.random.default_rng(seed)
    expected = random.gamma(0.3, 4.0, (len(years), *SHAPE))
    expected[0] = np.round(expected[0])
    drawn = random.poisson(expected[1:], (40, len(years) - 1, *SHAPE))
    return counts_of(years, 1, AXES, expected, drawn)


@pytest.fixture(scope="module")
def counts() -> Counts:
    """Give one set of counts."""
    return made_up(1)


@pytest.fixture(scope="module")
def tables(counts: Counts) -> dict[str, pd.DataFrame]:
    """Give the LSRP tables of it."""
    return lsrp(counts, {})


def years_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of figures, rows by their labels."""
    return table.set_index("row").drop(columns="note")


# -- whole numbers that tie ------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.05, 0.5, 20.0]))
def test_rounding_keeps_every_total(seed: int, size: float) -> None:
    """Every cell, line, need, age and age group is the whole number below or above; lines agree."""
    cube = np.random.default_rng(seed).gamma(0.3, size, (5, 4, len(AGES)))
    need, age = cube.sum(axis=2), cube.sum(axis=1)

    whole_need, whole_age = tie(need, age, GROUPS)

    assert (whole_need.sum(axis=1) == whole_age.sum(axis=1)).all()
    near: list[tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]] = [
        (need, whole_need),
        (age, whole_age),
        (need.sum(axis=0), whole_need.sum(axis=0)),
        (need.sum(axis=1), whole_need.sum(axis=1)),
        (age.sum(axis=0), whole_age.sum(axis=0)),
        *((age[:, at].sum(axis=0), whole_age[:, at].sum(axis=0)) for at in map(list, GROUPS)),
        *((age[:, at].sum(axis=1), whole_age[:, at].sum(axis=1)) for at in map(list, GROUPS)),
    ]
    for expected, whole in near:
        assert (whole >= 0).all()
        assert (np.abs(expected - whole) < 1 + 1e-6).all()
    assert abs(whole_need.sum() - need.sum()) <= 0.5 + 1e-6


def test_whole_numbers_stay() -> None:
    """A table that is whole already, as a count is, comes back as it was."""
    cube = np.random.default_rng(3).poisson(0.7, (6, 5, len(AGES))).astype(float)

    need, age = tie(cube.sum(axis=2), cube.sum(axis=1), GROUPS)

    assert (need == cube.sum(axis=2)).all()
    assert (age == cube.sum(axis=1)).all()


def test_tables_that_do_not_agree_are_refused() -> None:
    """A line with 2 children by need and 3 by age cannot tie."""
    with pytest.raises(ValueError, match="same sums"):
        tie(np.array([[2.0]]), np.array([[3.0]]), [])


# -- where a child counts --------------------------------------------------------------------------


def test_every_placement_of_the_official_files_has_a_line_at_every_age() -> None:
    """No child with a plan is left out of the returns."""
    assert {line_of(placement, age) for placement in Placement for age in AGES} == set(Line)


def test_post16_young_people_at_a_base_are_mainstream_post16_specialist() -> None:
    """The reading note: from 16 a child at a base leaves the row of specialist bases."""
    counts = one_child(Placement.UNIT, age=16)
    table = years_of(lsrp(counts, {})["lsrp_6"])

    assert table.loc["Specialist bases in mainstream settings"].sum() == 0
    assert table.loc["Mainstream Post 16 specialist provision"].sum() == 1


def test_those_not_in_education_or_not_recorded_are_other() -> None:
    """The reading note: table 6 has no row of their own."""
    for placement in (Placement.ELSEWHERE, Placement.UNKNOWN):
        table = years_of(lsrp(one_child(placement, age=9), {})["lsrp_6"])

        assert table.loc["Other (including hospital schools where applicable)"].sum() == 1


def test_needs_without_a_row_count_as_other() -> None:
    """Down syndrome is under other in the Department's 2025 statistics; the unknown too."""
    assert need_row("DS") is need_row("unknown") is Need.OTH


def one_child(placement: Placement, age: int) -> Counts:
    """Return the counts of one child with autism, in one year."""
    cube = np.zeros((1, *SHAPE))
    cube[0, PLACEMENTS.index(placement), NEEDS.index(Need.ASD), AGES.index(age)] = 1
    return counts_of((2024,), 1, AXES, cube, np.zeros((2, 0, *SHAPE), dtype=np.int32))


# -- LSRP ------------------------------------------------------------------------------------------


def test_lsrp_rows_are_the_templates(tables: dict[str, pd.DataFrame]) -> None:
    """Labels and order as in domain.md 4.5: 5 age groups, 14 provisions, 13 needs."""
    assert tables["lsrp_5_1"]["row"].tolist() == [
        "Under 5",
        "Age 5 to 10",
        "Age 11 to 15",
        "Age 16 to 19",
        "Age 20 to 25",
    ]
    assert tables["lsrp_6"]["row"].tolist() == [
        "Early Years settings including PVIs",
        "Mainstream schools or academies",
        "Support bases in mainstream settings",
        "Specialist bases in mainstream settings",
        "Maintained special schools or special academies",
        "NMSS or independent schools - LA funded placements",
        "NMSS or independent schools - other suitable arrangements",
        "Alternative Provision",
        "Mainstream Post 16 provision",
        "Mainstream Post 16 specialist provision",
        "Specialist Post-16 institutions",
        "Elective Home Education (EHE)",
        "Other arrangements by LA (EOTAS)",
        "Other (including hospital schools where applicable)",
    ]
    needs = [
        "Autistic Spectrum Disorder",
        "Hearing Impairment",
        "Moderate Learning Difficulty",
        "Multi- Sensory Impairment",
        "Physical Disability",
        "Profound & Multiple Learning Difficulty",
        "Social, Emotional and Mental Health",
        "Speech, Language and Communications needs",
        "Severe Learning Difficulty",
        "Specific Learning Difficulty",
        "Visual Impairment",
        "Other Difficulty/Disability",
        "SEN support but no specialist assessment of type of need",
    ]
    for number in ("7", *(f"7_{i}" for i in range(1, 8))):
        assert tables[f"lsrp_{number}"]["row"].tolist() == needs


def test_lsrp_has_the_tables_that_are_asked_for(tables: dict[str, pd.DataFrame]) -> None:
    """Files and titles of 5.1, 6, 7, 7.1 to 7.7, 10, 11 and 12."""
    numbers = ["5.1", "6", "7", *(f"7.{i}" for i in range(1, 8)), "10", "11", "12"]

    assert titles()["table"].tolist() == numbers
    assert {f"{name}.csv" for name in tables} - {"lsrp_ranges.csv"} == set(titles()["file"])
    assert titles()["title"].str.startswith("Current and projected number of all").sum() == 12


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_lsrp_tables_tie(seed: int) -> None:
    """Each year has one total in 5.1, 6 and 7; each row of 6 is the sum of its table 7.x."""
    counts = made_up(seed, (2024, 2025))
    tables = {name: years_of(table) for name, table in list(lsrp(counts, {}).items())[:10]}
    totals = {name: table.sum().tolist() for name, table in tables.items()}
    six = tables["lsrp_6"]

    assert totals["lsrp_5_1"] == totals["lsrp_6"] == totals["lsrp_7"]
    assert totals["lsrp_5_1"] == counts.by_need.sum(axis=(1, 2)).tolist()
    rows_of = {
        "7_1": [0],
        "7_2": [1],
        "7_3": [3],
        "7_4": [4],
        "7_5": [5],
        "7_6": [7],
        "7_7": [8, 9, 10],
    }
    for number, rows in rows_of.items():
        assert totals[f"lsrp_{number}"] == six.iloc[rows].sum().tolist(), number
    apart = six.iloc[[11, 12, 13]].sum()  # at home, by the authority and other: in no table 7.x
    parts = sum(tables[f"lsrp_{number}"].sum() for number in rows_of)
    assert (parts + apart).tolist() == totals["lsrp_7"]


def test_what_the_files_cannot_tell_is_blank_with_its_reason(
    tables: dict[str, pd.DataFrame],
) -> None:
    """Support bases and arrangements that others pay for are in no official file."""
    table = tables["lsrp_6"].set_index("row")
    for label in (
        "Support bases in mainstream settings",
        "NMSS or independent schools - other suitable arrangements",
    ):
        assert table.loc[label].drop("note").isna().all()
        assert str(table.loc[label, "note"]).startswith("Not in the official files")
    assert years_of(tables["lsrp_7"]).loc[NO_ASSESSMENT].eq(0).all()  # plans only: 0, not blank


def test_years_are_marked_as_counted_or_projected(tables: dict[str, pd.DataFrame]) -> None:
    """Calendar year 2024 is the count of January 2025; the rest are projected."""
    assert list(years_of(tables["lsrp_6"]).columns) == [
        "2024 actual",
        "2025 projected",
        "2026 projected",
        "2027 projected",
    ]


def test_ranges_stand_beside_the_figures(counts: Counts, tables: dict[str, pd.DataFrame]) -> None:
    """A count is its own range; a projected year's range is that of the draws of the row."""
    ranges = tables["lsrp_ranges"]
    counted = ranges[ranges["status"] == "actual"]
    assert (counted["p10"] == counted["children"]).all()
    assert (counted["p90"] == counted["children"]).all()

    row = ranges[(ranges["table"] == "7.4") & (ranges["row"] == "Autistic Spectrum Disorder")]
    drawn = counts.drawn_by_need[:, :, LINES.index(Line.STATE_SPECIAL), 0]
    assert row["p90"].tolist()[1:] == pytest.approx(
        np.quantile(drawn, 0.9, axis=0, method="inverted_cdf")
    )
    assert (ranges["p10"] <= ranges["p90"]).all()


def test_a_flow_is_shown_with_how_it_was_made(counts: Counts) -> None:
    """New plans by age group stand in table 12, marked by year; a missing table says why."""
    figures = pd.DataFrame(
        {
            "age_group": ["Under 5", "Under 5", "Age 20 to 25", "Age 20 to 25"],
            "year": [2024, 2025, 2024, 2025],
            "status": ["actual", "projected"] * 2,
            "children": [40, 44, 1, 2],
            "p10": [40, 39.0, 1, 0.0],
            "p50": [40, 44.0, 1, 2.0],
            "p90": [40, 50.0, 1, 4.0],
        }
    )
    found = lsrp(counts, {"12": Flow(figures, "Plans that started")})

    table = found["lsrp_12"].set_index("row")
    assert table.loc["Under 5", "2025 projected"] == 44
    assert table.loc["Age 20 to 25", "2024 actual"] == 1
    assert (table["note"] == "Plans that started").all()
    assert len(found["lsrp_ranges"].query("table == '12'")) == 4
    assert list(found["lsrp_10"].columns) == ["row", "note"]
    assert found["lsrp_10"]["note"].str.contains("do not hold").all()


# -- DSG -------------------------------------------------------------------------------------------


def test_dsg_key_is_sheet_breakdown_row_year(counts: Counts) -> None:
    """Calendar 2024's count, of January 2025, has the year 2025; keys are unique."""
    export = dsg(counts)

    assert export["composite_key"].is_unique
    assert export["composite_key"].iloc[0] == (
        "Mainstream schools or academies placements: Number of EHCPs by age group: Under 5: 2025"
    )
    assert export["code"].unique().tolist() == [
        "MmSoA",
        "RPSEN",
        "MdSSA",
        "NMISS",
        "HspAP",
        "P16FE",
        "OTHER",
    ]


def test_dsg_post16_sheet_has_two_age_groups(counts: Counts) -> None:
    """Post-16 and further education has rows from 16 on; every other sheet has all five."""
    ages = dsg(counts).query("breakdown == @BY_AGE and year == 2025")
    rows = ages.groupby("code")["row"].agg(list)

    assert rows["P16FE"] == ["Age 16 to 19", "Age 20 to 25", ALL_AGES]
    assert all(len(rows[sheet.code]) == 6 for sheet in SHEETS if sheet.code != "P16FE")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_dsg_ties_with_itself_and_with_the_lsrp(seed: int) -> None:
    """On each sheet both breakdowns add up to one total; the sheets add up to table 6's."""
    counts = made_up(seed, (2024, 2025))
    export = dsg(counts)
    total = export["row"].isin([ALL_AGES, ALL_NEEDS])
    keys = ["code", "breakdown", "year"]
    parts = export[~total].groupby(keys)["children"].sum()
    stated = export[total].set_index(keys)["children"]

    assert parts.sort_index().equals(stated.sort_index())
    by_age, by_need = (stated.xs(one, level="breakdown") for one in (BY_AGE, BY_NEED))
    assert by_age.equals(by_need)
    six = years_of(lsrp(counts, {})["lsrp_6"]).sum()
    assert by_age.groupby("year").sum().tolist() == six.tolist()


# -- SCAP ------------------------------------------------------------------------------------------


def test_scap_has_five_years_of_primary_and_seven_of_secondary() -> None:
    """From the count on: 4 areas x 7 years R-6 x (1 + 5), and 4 x 5 years 7-11 x (1 + 7)."""
    table = scap(made_up(2, tuple(range(2024, 2032))))

    assert len(table) == 4 * 7 * 6 + 4 * 5 * 8
    assert table.groupby("planning_area")["nc_year"].agg(lambda some: list(dict.fromkeys(some)))[
        "1803001"
    ] == ["R", "1", "2", "3", "4", "5", "6"]
    assert sorted(table["planning_area"].unique()) == [
        "1803001",
        "1803002",
        "1803003",
        "1803004",
        "1803011",
        "1803012",
        "1803013",
        "1803014",
    ]
    assert table["children"].notna().all()


def test_scap_counts_children_by_age_at_31_august() -> None:
    """A child of 11 in a non-maintained special school is in year 7 of state special, 1803013."""
    table = scap(one_child(Placement.NON_MAINTAINED, age=11))
    one = table[table["children"] == 1]

    assert one[["planning_area", "nc_year", "year_label"]].to_numpy().tolist() == [
        ["1803013", "7", "2024/25"]
    ]


def test_scap_years_beyond_the_projection_are_blank_with_their_reason(counts: Counts) -> None:
    """Three years ahead leave two of primary's five and four of secondary's seven blank."""
    table = scap(counts)
    blank = table[table["children"].isna()]

    assert sorted(blank["year"].unique()) == [2028, 2029, 2030, 2031]
    assert blank["note"].str.contains("--years").all()
    assert (table[table["children"].notna()]["note"] == "").all()


def test_scap_ties_with_the_lsrp(counts: Counts) -> None:
    """Bases up to 15 in the LSRP are bases R to 11 and those under reception age in the SCAP."""
    table = scap(counts)
    units = table[(table["provision"] == "UR") & (table["year"] == 2026)]["children"].sum()
    young = counts.of(Row("before reception", frozenset({Line.BASE}), ages=range(4)))
    six = years_of(lsrp(counts, {})["lsrp_6"])

    assert young is not None
    assert units + young[2] == six.loc["Specialist bases in mainstream settings", "2026 projected"]


def test_every_lsrp_table_has_its_own_file() -> None:
    """No two tables share a name, and 7.1 is lsrp_7_1."""
    assert len({table.key for table in TABLES}) == len(TABLES)
    assert TABLES[3].key == "lsrp_7_1"
