"""The register of schools, people, projections, zones and spending: each as published."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from inputs.errors import InputError
from inputs.official.authorities import Authority
from inputs.official.gias import read_register
from inputs.official.population import read_population
from inputs.official.projections import read_projections
from inputs.official.section251 import read_benchmarks
from inputs.official.zones import read_zones
from tests.inputs.official import made_up

if TYPE_CHECKING:
    from pathlib import Path

SALTMARSH = Authority("E06000901", "901", "Saltmarsh")
FELLSHIRE = Authority("E10000902", "902", "Fellshire")


# -- the register -----------------------------------------------------------------------------


def test_an_extract_says_what_it_lacks(tmp_path: Path) -> None:
    """A short extract reads, and records the official columns that are not there."""
    register = read_register(made_up.write_register(tmp_path / "edubasealldata20250524.csv"))
    assert register.taken == date(2025, 5, 24)
    assert "SchoolCapacity" in register.absent
    assert "SEN1 (name)" in register.absent
    assert not register.has("capacity")
    assert not register.has("needs")
    assert register.has("fsm_percent")
    assert register.schools["capacity"].isna().all()
    kinds = register.schools.set_index("name")["kind"]
    assert kinds["Saltmarsh School"] == "special_maintained"
    assert kinds["Harbour College"] == "specialist_post16"
    assert kinds["Ash Primary School"] == "mainstream"


def test_a_full_register_gives_ages_needs_and_bases(tmp_path: Path) -> None:
    """Each optional column is used where it is: capacity, ages, needs, resourced places."""
    path = made_up.write_register(tmp_path / "edubasealldata.csv", made_up.schools(full=True))
    register = read_register(path)
    row = register.schools.set_index("name").loc["Saltmarsh School"]
    # 260 pupils, and room for ten more
    assert (row["capacity"], row["low_age"], row["high_age"]) == (270, 3, 19)
    assert row["needs"] == ("ASD", "SLD")
    base = register.schools.set_index("name").loc["Ash Primary School"]
    assert (base["resourced_capacity"], base["unit_capacity"]) == (12, 10)
    assert register.has("needs")
    assert register.taken is None


def test_closed_schools_are_left_and_proposed_ones_kept(tmp_path: Path) -> None:
    """Only those open, or proposed to open, are read; a grid reference of 0 is no place."""
    rows = made_up.schools()
    rows[0] |= {"EstablishmentStatus (name)": "Closed"}
    rows[1] |= {"EstablishmentStatus (name)": "Proposed to open", "Easting": 0}
    schools = read_register(made_up.write_register(tmp_path / "r.csv", rows)).schools
    assert "Saltmarsh School" not in set(schools["name"])
    proposed = schools.set_index("name").loc["Quayham Academy"]
    assert proposed["status"] == "Proposed to open"
    assert np.isnan(proposed["easting"])


def test_names_in_windows_text_are_right(tmp_path: Path) -> None:
    """The register is cp1252: an accent and a curly apostrophe survive."""
    rows = made_up.schools()
    rows[0] |= {"EstablishmentName": "St Bren\u00e9\u2019s School"}
    schools = read_register(made_up.write_register(tmp_path / "r.csv", rows)).schools
    assert "St Bren\u00e9\u2019s School" in set(schools["name"])


def test_a_register_of_closed_schools_is_refused(tmp_path: Path) -> None:
    """A file in which nothing is open is not the register."""
    rows = [row | {"EstablishmentStatus (name)": "Closed"} for row in made_up.schools()]
    with pytest.raises(InputError, match="holds no open school"):
        read_register(made_up.write_register(tmp_path / "r.csv", rows))


# -- people -----------------------------------------------------------------------------------


def test_only_the_zones_wanted_are_read_in_their_order(tmp_path: Path) -> None:
    """People aged 0 to 25 of the zones asked for, and the year from the name."""
    path = made_up.write_population(tmp_path / "lsoa_mid2020.csv.gz")
    wanted = [made_up.SALTMARSH_ZONES[3], made_up.FELLSHIRE_ZONES[0]]
    found = read_population(path, wanted)
    assert list(found.people.index) == wanted
    assert found.year == 2020
    assert list(found.people.loc[wanted[0]]) == made_up.people(wanted[0])[:26]


def test_people_by_sex_are_added_up(tmp_path: Path) -> None:
    """The later layout has a column for each sex: F0, M0, ..."""
    row = {"LSOA 2021 Code": "E1"} | {f"{sex}{age}": age for sex in "FM" for age in range(91)}
    path = made_up.write_table(tmp_path / "p.csv", [row])
    assert list(read_population(path, ["E1"]).people.loc["E1"]) == [2 * age for age in range(26)]


def test_missing_zones_and_negative_people_are_refused(tmp_path: Path) -> None:
    """A zone that is not there, a count below zero and a repeated zone are each told."""
    path = made_up.write_population(tmp_path / "p.csv")
    with pytest.raises(InputError, match="lacks 1 of the 2 zones of the authority, such as E9"):
        read_population(path, [made_up.SALTMARSH_ZONES[0], "E9"])
    row = {"lsoa11_code": "E1"} | {str(age): 5 for age in range(26)}
    negative = made_up.write_table(tmp_path / "n.csv", [row | {"7": -5}])
    with pytest.raises(InputError, match=r"row 2, 7: '-5' is negative"):
        read_population(negative, ["E1"])
    with pytest.raises(InputError, match="has E1 in more than one row"):
        read_population(made_up.write_table(tmp_path / "t.csv", [row, row]), ["E1"])
    blank = made_up.write_table(tmp_path / "b.csv", [row | {"7": ""}])
    with pytest.raises(InputError, match="has a blank count"):
        read_population(blank, ["E1"])


def test_a_projection_is_read_for_the_authority_or_its_districts(tmp_path: Path) -> None:
    """Persons by age and year; a county that is not there is the sum of its districts."""
    path = made_up.write_projections(tmp_path / "s.csv")
    own = read_projections(path, "E06000901").people
    assert own.shape == (26, 18)
    # 400 of each age in 2022, growing by 1 % a year.
    assert own.loc[10, 2024] == pytest.approx(400 * 1.01**2)
    added = read_projections(path, "E10000902", ["E06000901"]).people
    assert added.equals(own)
    with pytest.raises(InputError, match="holds no row for E10000902; it holds E06000901"):
        read_projections(path, "E10000902", ["E07000911"])


def test_a_projection_without_an_age_or_a_year_is_refused(tmp_path: Path) -> None:
    """Grouped ages, and a file without a column of a year, are not what is asked for."""
    rows = [{"AREA_CODE": "E1", "AGE_GROUP": age, "2025": 5} for age in range(25)]
    with pytest.raises(InputError, match="has no row for age 25"):
        read_projections(made_up.write_table(tmp_path / "a.csv", rows), "E1")
    with pytest.raises(InputError, match="has no column of a year"):
        read_projections(
            made_up.write_table(tmp_path / "b.csv", [{"AREA_CODE": "E1", "AGE_GROUP": 0}]), "E1"
        )


def test_males_and_females_are_added_up(tmp_path: Path) -> None:
    """Where persons are not given, both sexes together are."""
    rows = [
        {"AREA_CODE": "E1", "SEX": sex, "AGE_GROUP": age, "2025": 5}
        for sex in ("males", "females")
        for age in [*range(26), "All ages"]
    ]
    found = read_projections(made_up.write_table(tmp_path / "a.csv", rows), "E1").people
    assert (found[2025] == 10).all()


# -- zones ------------------------------------------------------------------------------------


def test_a_unitary_and_a_county_have_their_zones(tmp_path: Path) -> None:
    """A unitary is one district, a county several; each zone has its place and fifth."""
    folder = made_up.write_zones(tmp_path)
    own = read_zones(folder, SALTMARSH)
    assert list(own.zones["zone"]) == made_up.SALTMARSH_ZONES
    assert set(own.zones["town"]) == {"Saltmarsh", "Quayham"}
    assert own.zones["msoa"][0] == "Saltmarsh 001"
    # Deciles 1 and 2 are the most deprived fifth.
    assert list(own.zones["deprivation_fifth"][:3]) == [1, 1, 2]
    county = read_zones(folder, FELLSHIRE)
    assert county.districts == ("E07000911", "E07000912")
    assert len(county.zones) == 8


def test_deprivation_is_optional(tmp_path: Path) -> None:
    """Without indices of deprivation the fifths are blank, not invented."""
    zones = read_zones(made_up.write_zones(tmp_path, deprivation=False), SALTMARSH).zones
    assert zones["deprivation_fifth"].isna().all()
    assert zones["idaci"].isna().all()


def test_every_missing_file_of_zones_is_told_at_once(tmp_path: Path) -> None:
    """A folder with deprivation only lacks three files, and says which."""
    folder = made_up.write_zones(tmp_path)
    for name in ("LSOA_2011_to_LSOA_2021_Lookup.csv", "lsoa2011_centroids.csv.gz"):
        (folder / name).unlink()
    with pytest.raises(InputError) as raised:
        read_zones(folder, SALTMARSH)
    told = [fault.problem for fault in raised.value.faults]
    assert len(told) == 2
    assert "the lookup from LSOA 2011 to district" in told[0]
    assert "the centroids of LSOA 2011" in told[1]


def test_an_authority_that_no_lookup_holds_is_told(tmp_path: Path) -> None:
    """Boundaries move: an authority that the lookup is too old for is refused."""
    folder = made_up.write_zones(tmp_path)
    with pytest.raises(InputError, match="no lookup of districts there holds Newland"):
        read_zones(folder, Authority("E06009999", "999", "Newland"))


def test_a_zone_without_a_centroid_is_told(tmp_path: Path) -> None:
    """Centroids of other zones are not those of ours."""
    folder = made_up.write_zones(tmp_path)
    rows = [{"lsoa11_code": "E1", "lon": 0, "lat": 51}]
    made_up.write_table(folder / "lsoa2011_centroids.csv.gz", rows)
    with pytest.raises(InputError, match="has no centroid of 12 zones"):
        read_zones(folder, SALTMARSH)


# -- spending ---------------------------------------------------------------------------------


def test_a_mean_that_can_be_believed_is_used(tmp_path: Path) -> None:
    """£50,000 a plan, among authorities of £50,000 to £64,500: sane."""
    found = read_benchmarks(made_up.write_finance(tmp_path / "b_2021-22.csv"))
    assert found.year == 2021
    cost = found.mean("inmss", SALTMARSH)
    assert (cost.sane, cost.value_gbp, cost.authorities) == (True, 50_000, 30)
    # Fees are £50,000 + £500 k for k = 0 to 29: the median lies at k = 14.5.
    assert cost.median_gbp == 57_250


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"s251_outturn_topup_nmi_special": ""}, "booked nothing under"),
        ({"ehcp_nmss_or_independent": 4}, "had 4 such plans, fewer than 10"),
        ({"s251_outturn_topup_nmi_special": 60 * 400_000}, "is outside"),
        (
            # 60 plans at £30,000 and £1.2m booked where 3 children are.
            {
                "s251_outturn_topup_nmi_special": 1_800_000,
                "s251_outturn_topup_nmi_pru_ap": 1_200_000,
                "ehcp_hospital_or_ap": 3,
            },
            "is booked under independent alternative provision",
        ),
    ],
)  # fmt: skip
def test_a_mean_that_cannot_be_believed_says_why(
    tmp_path: Path, changed: dict[str, object], why: str
) -> None:
    """Blank, few, far off and booked elsewhere: none is used, and each says so."""
    found = read_benchmarks(made_up.write_finance(tmp_path / "b.csv", changed))
    cost = found.mean("inmss", SALTMARSH)
    assert not cost.sane
    assert why in cost.reason


def test_an_authority_without_figures_says_so(tmp_path: Path) -> None:
    """An authority that began later is not in the file."""
    found = read_benchmarks(made_up.write_finance(tmp_path / "b.csv"))
    cost = found.mean("special", Authority("E06000063", "942", "Cumberland"))
    assert not cost.sane
    assert "holds no figures of Cumberland" in cost.reason


def test_plans_counted_elsewhere_divide_the_post_16_line(tmp_path: Path) -> None:
    """The file counts no specialist post-16 plans: they come from the January count."""
    found = read_benchmarks(made_up.write_finance(tmp_path / "b.csv"))
    plans = pd.Series({"901": 10.0, "902": 20.0})
    assert found.mean("post16", SALTMARSH, plans).value_gbp == 40_000
