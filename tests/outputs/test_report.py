"""The report: its tables agree with each other and with the summary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from optimiser.costs import PURSES
from outputs.money_tables import deficit_by_financial_year
from outputs.summary import gap_of_saving
from outputs.tables import percentile
from tests.outputs.builders import GRANT, OTHER, run, tiny_report

NEAR_GBP = 0.01  # a penny on millions: rounding of doubles, nothing else


def test_cost_is_the_sum_of_its_parts() -> None:
    """The cost is the purses within and beyond the horizon, the weights, less residual value."""
    report = tiny_report()
    money, summary = report.tables["money"], report.summary
    for side, start in (("plan", ""), ("do_minimum", "do_minimum_")):
        spent = money[(money["purse"] != "none") & (money["term"] != "residual")]
        total = spent[f"{side}_pv"].sum()
        total += summary[f"{start}policy_weight_gbp"] - summary[f"{start}residual_gbp"]
        assert total == pytest.approx(summary[f"{start}cost_gbp"], abs=NEAR_GBP)
    assert summary["residual_gbp"] > 0  # the plan builds, and the building outlives three years


def test_a_purse_is_its_years() -> None:
    """By year, present values add up to the purse; its saving is do-minimum less plan."""
    for purse in PURSES:
        figures = tiny_report().summary["purses"][purse]
        years = figures["by_year"]
        for name in ("do_minimum", "plan", "saving"):
            total = sum(year[f"{name}_pv_gbp"] for year in years)
            assert total == pytest.approx(figures[f"{name}_gbp"], abs=NEAR_GBP)


def test_financial_years_are_whole_when_added_up() -> None:
    """Every pound of an academic year falls in one of two financial years, 7/12 in the first."""
    report = tiny_report()
    table = report.tables["money_by_financial_year"]
    for purse in PURSES:
        own = table[table["purse"] == purse]
        years = report.summary["purses"][purse]["by_year"]
        assert own["plan"].sum() == pytest.approx(sum(y["plan_gbp"] for y in years))
        assert own["plan"].iloc[0] == pytest.approx(7 / 12 * years[0]["plan_gbp"])
        assert own["months"].tolist() == [7, 12, 12, 5]


def test_deficit_is_carried_forward() -> None:
    """Each year adds its spending less its grant; the months before the plan are do-minimum."""
    report = tiny_report()
    table = report.tables["deficit"]
    by_year = report.summary["purses"]["dsg"]["by_year"]
    first = table.iloc[0]
    spent = 5 / 12 * by_year[0]["do_minimum_gbp"] + 7 / 12 * by_year[0]["plan_gbp"]
    assert first["plan_dsg"] == pytest.approx(spent)
    assert first["plan_deficit"] == pytest.approx(1_000_000 + spent + OTHER[2026] - GRANT[2026])
    steps = np.diff(table["plan_deficit"])
    assert steps == pytest.approx(table["plan_in_year"].to_numpy()[1:])
    assert any("April to August 2026" in note for note in report.notes)


def test_deficit_stops_where_the_grant_does_and_says_so() -> None:
    """A year without a grant ends the trajectory; a year without other spending is told."""
    _, problem, plan, less, _ = run()
    scenario = problem.scenario.model_copy(
        update={"high_needs_grant_gbp": {2026: 1.0}, "other_high_needs_gbp": {}}
    )
    table, notes = deficit_by_financial_year(replace(problem, scenario=scenario), plan, less)
    assert len(table) == 1
    assert any("stops before 2027-28" in note for note in notes)
    assert any("other_high_needs_gbp has no figure for 2026-27" in note for note in notes)


def test_gap_holds_every_entrant() -> None:
    """Without waiting, those in area, elsewhere and without are the entrants still there."""
    gap = tiny_report().tables["gap"]
    for side in ("do_minimum", "plan"):
        parts = gap[[f"{side}_in_area", f"{side}_elsewhere", f"{side}_without"]].sum(axis=1)
        assert parts.to_numpy() == pytest.approx(gap["children"].to_numpy())
    first = gap[gap["year"] == 2026]["children"].sum()
    assert first == pytest.approx(6.0)  # 2 + 3 + 1 entrants a year in tests.cases


def test_journeys_weigh_children_and_total() -> None:
    """The row of all is all children; a percentile is of children, not of rows."""
    table = tiny_report().tables["journeys"]
    whole = table[(table["phase"] == "all") & (table["locality"] == "all")]
    for _, own in whole.groupby("who"):
        by_year = own[own["year"] != "all"]["children"].sum()
        assert own[own["year"] == "all"]["children"].iloc[0] == pytest.approx(by_year)
    assert percentile(np.array([1.0, 50.0]), np.array([1.0, 9.0]), 0.5) == 50.0


def test_gap_of_a_saving_that_may_be_none() -> None:
    """An interval across zero has no gap as a share of the saving."""
    assert gap_of_saving(-1.0, 5.0) is None
    assert gap_of_saving(float("-inf"), 5.0) is None
    assert gap_of_saving(9.0, 11.0) == pytest.approx(0.2)


def test_naive_figure_stands_beside_the_modelled() -> None:
    """52,000 mean fee less (6,000 place + 9,000 top-up) is 37,000 a place, six places."""
    table = tiny_report().tables["naive"]
    assert table["naive_saving_gbp_per_place"].iloc[0] == pytest.approx(37_000)
    assert table["naive_total_gbp"].iloc[-1] == pytest.approx(6 * 37_000)
    last = tiny_report().summary["purses"]["dsg"]["by_year"][-1]["saving_gbp"]
    assert table["modelled_dsg_saving_gbp"].iloc[-1] == pytest.approx(last)


def test_every_parameter_says_where_it_comes_from() -> None:
    """A stated value is told from a national one, and none is without a source."""
    table = tiny_report().tables["parameters"].set_index("name")
    assert table.loc["discount_rate", "status"] == "published"
    assert table.loc["opening_deficit_gbp", "status"] == "stated"
    assert (table["source"] != "").all()
