"""A forecast holds history, expectations and futures together, with levers and without."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from inputs.demand.axes import IS_SPECIALIST
from inputs.demand.forecast import Forecast, forecast, forecast_of_case
from inputs.demand.levers import Lever
from inputs.errors import InputError
from inputs.official.sen2 import AGE_GROUPS
from inputs.parameters import parameter
from tests.inputs.demand.tiny import FIRST, large
from tests.optimiser.builders import due, one_base

if TYPE_CHECKING:
    from inputs.case import Case

YEARS = (FIRST, FIRST + 1)
LEVER = Lever("x", "into_specialist", (0.5,))


@pytest.fixture(scope="module")
def made() -> Forecast:
    """Return the forecast of an authority of two thousand plans, with a lever."""
    return forecast(large(), YEARS, [LEVER], draws=60, seed=2)


def test_both_are_always_there(made: Forecast) -> None:
    """With a lever, fewer are in specialist places, and as many plans are forecast."""
    assert (made.simulation.specialist < made.unmitigated.specialist).all()
    assert (made.projection.specialist < made.unmitigated_projection.specialist).all()
    np.testing.assert_allclose(made.projection.totals, made.unmitigated_projection.totals)
    assert made.draws == 60


def test_without_levers_they_are_one() -> None:
    """Nothing is worked out twice: the unmitigated forecast is the forecast."""
    plain = forecast(large(), YEARS[:1], draws=5)

    assert plain.simulation is plain.unmitigated
    assert plain.projection is plain.unmitigated_projection


@pytest.mark.parametrize(
    "by",
    [(), ("placement",), ("need",), ("age",), ("age_group",), ("phase", "need"),
     ("specialist", "age_group"), ("need", "placement", "age")],
)  # fmt: skip
def test_plans_by_any_grouping(made: Forecast, by: tuple[str, ...]) -> None:
    """Means of the groups add up to the total; percentiles are in order and were drawn."""
    table = made.plans(by)

    assert list(table) == ["year", *by, "mean", "p10", "p50", "p90"]
    total = table.groupby("year")["mean"].sum()
    np.testing.assert_allclose(total, made.projection.totals)
    assert (table["p10"] <= table["p50"]).all()
    assert (table["p50"] <= table["p90"]).all()
    if not by:
        assert set(table["p50"]) <= set(made.simulation.totals.ravel())


def test_groups_are_those_named(made: Forecast) -> None:
    """Specialist places of a year are what the simulation counts; age groups are the published."""
    table = made.plans(["specialist"], mitigated=False)
    inside = table[table["specialist"]].set_index("year")["p50"]
    order = np.sort(made.unmitigated.specialist, axis=0)[29]

    assert inside.tolist() == order.tolist()
    assert set(made.plans(["age_group"])["age_group"]) == set(AGE_GROUPS)


@pytest.mark.parametrize("by", [("moon",), ("age", "phase")])
def test_a_grouping_that_is_none_is_refused(made: Forecast, by: tuple[str, ...]) -> None:
    """Two names of one axis, or a name of none, is a programmer's slip."""
    with pytest.raises(ValueError, match="one an axis"):
        made.plans(by)


def test_entrants_by_any_grouping(made: Forecast) -> None:
    """Expected entrants are those of the projection, with the lever and without."""
    for mitigated, projection in ((True, made.projection), (False, made.unmitigated_projection)):
        table = made.entrants(["kind", "year"], mitigated=mitigated)
        new = table[table["kind"] == "new"].set_index("year")["mean"]
        np.testing.assert_allclose(new, projection.into_specialist.sum(axis=(1, 2)))


def test_history_is_there(made: Forecast) -> None:
    """The last year of the history is the count that the forecast starts from."""
    history = made.history()

    assert history["plans"].iloc[-1] == made.basis.stock.sum()
    placement = made.placement_history()
    assert placement["plans"].sum() == made.basis.stock.sum()
    assert LEVER.sentence() in made.notes()


def test_specialist_places_are_the_placements_named() -> None:
    """Bases, units, special schools, INMSS, alternative provision and specialist post-16."""
    assert IS_SPECIALIST.sum() == 8


def case(**changed: object) -> Case:
    """Return a case with 40 expected entrants in its first year and 90 in its third."""
    rows = [due(40, 2026), due(90, 2028)]
    return replace(one_base(entrants=rows), **changed)  # type: ignore[arg-type]


def test_a_case_of_ones_own_gets_draws() -> None:
    """Means are kept; the spread is the level's and chance: log deviation 0.15, then 0.15 x 3^0.23.

    Of 40: variance 40 + (40 x 0.15)^2 = 76; of 90: 90 + (90 x 0.193)^2 = 392, and a little more
    because the level is log-normal.
    """
    draws = forecast_of_case(case(), draws=4000, seed=1)
    _, by_year = draws.by(["year"])
    first = parameter("entrants_forecast.log_sd_first_year", pd.Timestamp("2026-09-01").date())

    assert first.value == 0.15
    np.testing.assert_allclose(by_year.mean(axis=0), [40, 90], rtol=0.02)
    np.testing.assert_allclose(by_year.var(axis=0), [76, 400], rtol=0.1)
    assert np.corrcoef(by_year.T)[0, 1] > 0.1  # a draw keeps its place from year to year
    assert len(draws) == 4000


def test_a_case_without_expectations_is_told() -> None:
    """Only draws, and no mean: there is nothing to draw from."""
    with pytest.raises(InputError, match="no expected children"):
        forecast_of_case(replace(case(), entrants=case().entrants.assign(draw=1)))
