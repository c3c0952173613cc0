"""Levers and drivers: each a line, and the lines add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from inputs.demand.levers import Lever
from outputs.forecast_groups import PLACES, PLANS
from outputs.forecast_levers import drivers_table, levers_table, title_of, when_of
from tests.outputs.forecast_builders import YEARS, made, told

if TYPE_CHECKING:
    import pandas as pd


@pytest.fixture(scope="module")
def levers() -> pd.DataFrame:
    """Give the table of levers."""
    return told().tables["levers"]


@pytest.mark.parametrize("measure", [PLANS, PLACES])
def test_levers_lead_from_without_to_with(levers: pd.DataFrame, measure: str) -> None:
    """The first starts from the forecast without levers; each goes on; the last ends with all."""
    rows = levers[levers["measure"] == measure]
    first, second = (rows[rows["order"] == k].set_index("year") for k in (1, 2))
    name = "totals" if measure == PLANS else "specialist"
    np.testing.assert_allclose(first["before"], getattr(made().unmitigated_projection, name))
    np.testing.assert_allclose(first["after"], second["before"])
    np.testing.assert_allclose(second["after"], getattr(made().projection, name))
    np.testing.assert_allclose(rows["effect"], rows["after"] - rows["before"], atol=1e-9)


def test_the_range_of_an_effect_lies_round_it(levers: pd.DataFrame) -> None:
    """A tenth and nine tenths enclose what is expected, and an unsure authority has a width."""
    assert (levers["effect_p10"] <= levers["effect"] + 1e-9).all()
    assert (levers["effect"] <= levers["effect_p90"] + 1e-9).all()
    last = levers[(levers["year"] == YEARS[-1]) & (levers["measure"] == PLACES)]
    assert (last["effect_p90"] - last["effect_p10"] > 1).all()


def test_each_lever_tells_what_it_rests_on(levers: pd.DataFrame) -> None:
    """Name, what it acts on, for whom, when, how much and the source stand in every row."""
    one = levers[levers["lever"] == "more_in_mainstream"].iloc[0]
    assert one["title"] == "More met in mainstream"
    assert one["who"] == "All needs, ages 4 to 15"
    assert one["when"] == "from 2025/26"
    assert one["factor"] == "0.9, then 0.8, then 0.7, then 0.6, then 0.5"
    assert "specialist" in one["acts_on"]
    assert (levers["source"].str.len() > 20).all()


def test_no_lever_is_an_empty_table_with_its_columns() -> None:
    """A reader of the CSV finds the headings either way."""
    table = levers_table(made(levers=False))
    assert table.empty
    assert "effect_p90" in table


@pytest.mark.parametrize("measure", [PLANS, PLACES])
def test_drivers_add_up(measure: str) -> None:
    """From the count, one step after another, to what is expected, in every year."""
    table = drivers_table(made())
    for year, rows in table[table["measure"] == measure].groupby("year"):
        assert rows["driver"].iloc[0] == "count"
        assert rows["driver"].iloc[-1] == "projected"
        assert rows["change"].sum() == pytest.approx(rows["level"].iloc[-1])
        k = YEARS.index(int(str(year)))
        whole = made().projection
        size = whole.totals[k] if measure == PLANS else whole.specialist[k]
        assert rows["level"].iloc[-1] == pytest.approx(size)


def test_drivers_name_what_is_asked_for() -> None:
    """Population, rate of new plans, stays, share in places, waiting, levers, and the rest."""
    names = list(dict.fromkeys(drivers_table(made())["driver"]))
    assert names == [
        "count",
        "working_through",
        "specialist_share",
        "people",
        "start_rate",
        "waiting",
        "lever:fewer_requests",
        "lever:more_in_mainstream",
        "together",
        "projected",
    ]


def test_a_lever_of_ones_own_is_told_by_its_name() -> None:
    """And with its own years, from its own first."""
    lever = Lever("our_outreach", "cease", (1.1,), from_year=2027, to_year=2029)
    assert title_of(lever) == "Our outreach"
    assert when_of(lever, 2025) == "2027/28 to 2029/30"
