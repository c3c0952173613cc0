"""Tables of a forecast: parts add up, percentiles are of draws, counts are the counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from inputs.demand.axes import IS_SPECIALIST, NEEDS, PLACEMENTS
from outputs.forecast_groups import GROUPS, PLACES, PLANS, groups, series
from outputs.forecast_report import draws_of_years
from outputs.forecast_tables import COLUMNS, flows_table, plans_table, starts_table
from tests.outputs.forecast_builders import DRAWS, YEARS, basis, made, told


@pytest.fixture(scope="module")
def plans() -> pd.DataFrame:
    """Give the table of plans and places, with levers."""
    return told().tables["plans"]


def test_plans_has_the_columns_told_and_each_group_once(plans: pd.DataFrame) -> None:
    """One row a measure, group and year: a sum over rows of a split counts nobody twice."""
    assert list(plans.columns) == list(COLUMNS)
    assert not plans.duplicated(["measure", *GROUPS, "year"]).any()
    assert plans["mean"].notna().all()


@pytest.mark.parametrize("measure", [PLANS, PLACES])
@pytest.mark.parametrize("by", ["need", "phase", "age_group", "placement", "locality"])
def test_parts_add_up_to_the_total(plans: pd.DataFrame, measure: str, by: str) -> None:
    """Means of a split add up to the total's, in every projected year and at the count."""
    parts = groups(plans, measure, by)
    if by == "locality" and measure == PLANS:
        assert parts.empty  # where children with plans live is asked of specialist places only
        return
    whole = series(plans, measure).set_index("year")
    for name in ("mean", "unmitigated_mean"):
        summed = parts[parts["status"] != "history"].groupby("year")[name].sum(min_count=1)
        expected = whole.loc[summed.index, name]
        pd.testing.assert_series_equal(summed, expected, check_names=False, atol=1e-6)


def test_need_phase_and_locality_add_up(plans: pd.DataFrame) -> None:
    """The smallest cells of specialist places add up to their need, phase and locality."""
    cells = plans[(plans[["need", "phase", "locality"]] != "all").all(axis=1)]
    for by in ("need", "phase", "locality"):
        parts = cells.groupby([by, "year"])["mean"].sum()
        whole = groups(plans, PLACES, by).set_index([by, "year"])["mean"]
        joined = pd.concat([parts, whole], axis=1, join="inner")
        assert len(joined) == len(parts)
        np.testing.assert_allclose(joined.iloc[:, 0], joined.iloc[:, 1], atol=1e-6)


def test_the_count_is_the_count(plans: pd.DataFrame) -> None:
    """The year of the count holds the stock of the basis, whole, marked as counted."""
    stock = basis().stock
    row = series(plans, PLANS).query("year == 2024").iloc[0]
    assert (row["mean"], row["status"]) == (stock.sum(), "count")
    asd = groups(plans, PLACES, "need").query("need == 'ASD' and year == 2024")["mean"]
    assert asd.iloc[0] == stock[IS_SPECIALIST][:, NEEDS.index("ASD")].sum()  # type: ignore[arg-type]


def test_history_stands_before_the_count(plans: pd.DataFrame) -> None:
    """Totals go back to January 2010, places to 2023, and age groups where they are published."""
    assert series(plans, PLANS)["year"].min() == 2009
    assert series(plans, PLACES)["year"].min() == 2022
    ages = groups(plans, PLANS, "age_group")
    early = ages[ages["year"] == 2009]
    assert early["age_group"].tolist() == ["Under 5", "Age 5 to 10", "Age 11 to 15", "Age 16 to 19"]
    assert (plans.loc[plans["year"] < 2024, "status"] == "history").all()


def test_percentiles_are_of_the_draws_totals(plans: pd.DataFrame) -> None:
    """P90 of the total is the nearest rank: of 40 draws in order, the 36th."""
    last = series(plans, PLANS).iloc[-1]
    totals = np.sort(made().simulation.totals[:, -1])
    assert last["p90"] == totals[35]
    assert last["p10"] == totals[3]  # the 4th of 40
    without = np.sort(made().unmitigated.totals[:, -1])
    assert last["unmitigated_p90"] == without[35]


def test_phases_tell_those_past_year_14_apart() -> None:
    """A young person of 19 at 31 August is past national curriculum year 14."""
    table = plans_table(made(levers=False))
    old = groups(table, PLANS, "phase").query("phase == 'beyond_year_14' and year == 2024")
    assert old["mean"].iloc[0] == basis().stock[..., 17:].sum()  # ages 19 and over


def test_without_levers_both_sides_are_one() -> None:
    """Nothing is mitigated where there is no lever."""
    table = plans_table(made(levers=False))
    ahead = table[table["status"] == "projected"]
    assert (ahead["mean"] == ahead["unmitigated_mean"]).all()
    assert (ahead["p90"] == ahead["unmitigated_p90"]).all()


def test_locality_shares_are_those_of_the_zones(plans: pd.DataFrame) -> None:
    """Zones of 0.5 and 0.3 in the north: eight in ten children, in every year."""
    rows = groups(plans, PLACES, "locality").pivot_table(
        index="year", columns="locality", values="mean"
    )
    np.testing.assert_allclose(rows["north"] / rows.sum(axis=1), 0.8)


def test_flows_balance() -> None:
    """Plans before, plus those that come, less those that cease, are plans after: 1,700 or so."""
    flows = flows_table(made())
    after = flows["before"] + flows["starts"] - flows["ceased"]
    np.testing.assert_allclose(after, flows["after"])
    assert flows["before"].iloc[0] == pytest.approx(basis().stock.sum())
    np.testing.assert_allclose(flows["before"].to_numpy()[1:], flows["after"].to_numpy()[:-1])


def test_starts_are_counted_and_expected_by_age() -> None:
    """Twenty a year of age from 2 to 20 were counted, 20 and over together: those beyond none."""
    table, year = starts_table(made())
    assert year == 2024
    assert table["age"].tolist() == list(range(2, 21))
    assert table["counted"].tolist() == [20.0] * 19
    total = made().projection.starts.sum(axis=(1, 2, 3))
    np.testing.assert_allclose(table[[str(one) for one in YEARS]].sum(), total)


def test_entrants_by_group_add_up() -> None:
    """New, changing and waiting children are all there are, by need and phase too."""
    table = told().tables["entrants_by_group"]
    whole = table[(table[["kind", "need", "phase"]] == "all").all(axis=1)].set_index("year")["mean"]
    for by in ("kind", "need", "phase"):
        parts = table[
            (table[by] != "all") & (table[["kind", "need", "phase"]] == "all").sum(axis=1).eq(2)
        ]
        np.testing.assert_allclose(parts.groupby("year")["mean"].sum(), whole)


def test_entrants_and_draws_are_those_of_the_years_of_the_case() -> None:
    """A plan from 2026 has no use for entrants of 2025; the draw at a rank is then of its years."""
    draws = made().simulation.entrants
    some = draws_of_years(draws, (2026, 2027))
    assert set(some.rows["year"]) == {2026, 2027}
    assert len(some) == DRAWS
    kept = draws.rows["year"].isin([2026, 2027]).to_numpy()
    np.testing.assert_array_equal(
        some.totals(), np.asarray(draws.counts[:, kept].sum(axis=1)).ravel()
    )


def test_placements_are_all_told(plans: pd.DataFrame) -> None:
    """Every placement has its row at the count, those of nobody with 0."""
    rows = groups(plans, PLANS, "placement").query("year == 2024")
    assert set(rows["placement"]) == {str(one) for one in PLACEMENTS}
