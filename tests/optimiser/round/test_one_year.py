"""One year of a plan, costed and bounded in PuLP from what the plan published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from inputs.read import read_case
from inputs.scenario import read_scenario
from optimiser.round.one_year import one_year
from optimiser.round.solver import SolverName
from optimiser.solve import Settings
from sendplaces.pipeline import run_plan
from sendplaces.posed import journeys
from sendplaces.runs import Silence
from tests.cases import tiny_tables, write_case

if TYPE_CHECKING:
    from inputs.case import Case
    from inputs.scenario import Scenario

Published = tuple[dict[str, pd.DataFrame], "Case", pd.DataFrame, "Scenario"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Plan the tiny case, and read its tables back from its run folder, with what was supplied.

    Six children more a year than the tiny case has, so that the base grows and Far School fills.
    """
    where = tmp_path_factory.mktemp("plan")
    tables = tiny_tables()
    for row in tables["entrants"]:
        row["children"] += 1.5
    folder = write_case(where / "case", entrants=tables["entrants"])
    run_plan(folder, where / "run", settings=Settings(gap=0.0))
    read = {path.stem: pd.read_csv(path) for path in (where / "run" / "tables").glob("*.csv")}
    case = read_case(folder)
    scenario = read_scenario(None, case.price_year)
    travel = journeys(case, scenario, None, None, Silence()).journeys
    return read, case, travel, scenario


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_plan_and_pulp_agree_on_every_year(published: Published, year: int) -> None:
    """The same placements cost the same, to the penny, and no way of placing them costs less.

    The two share no code: the plan's figure is its money table less everybody who was there
    already; PuLP's adds up the placements at the prices of the case.
    """
    found = one_year(*published, year)
    assert found.children > 5
    assert found.apart_gbp < 0.01
    assert found.bound_gbp <= found.placed_gbp + 1.0
    assert 0 <= found.above_bound < 0.2, "a tiny case leaves little to choose"


def test_cbc_bounds_as_highs_does(published: Published) -> None:
    """Another solver gives the same bound."""
    one, other = (one_year(*published, 2027, name) for name in SolverName)
    assert one.bound_gbp == pytest.approx(other.bound_gbp, abs=0.01)


def test_a_placement_that_the_money_does_not_know_is_found(published: Published) -> None:
    """Half a child moved from the base to Far School in the tables alone: they no longer agree."""
    tables, *supplied = published
    placements = tables["placements"].copy()
    mine = (placements["year"] == 2027) & (placements["kind"] == "decided")
    base = placements.index[mine & (placements["provision"] == "elm_base")][0]
    placements.loc[base, "provision"] = "far_school"
    changed = tables | {"placements": placements}
    assert one_year(changed, *supplied, 2027).apart_gbp > 1_000


def test_a_placement_that_no_rule_allows_is_refused(published: Published) -> None:
    """A child placed where the need is not taught cannot be costed at all."""
    tables, *supplied = published
    placements = tables["placements"].copy()
    mine = placements.index[(placements["year"] == 2027) & (placements["need"] == "SLD")]
    placements.loc[mine, "provision"] = "elm_base"
    with pytest.raises(ValueError, match="placed where no rule allows it"):
        one_year(tables | {"placements": placements}, *supplied, 2027)


def test_the_bound_is_below_a_dearer_placement(published: Published) -> None:
    """A plan that placed everyone at Far School, with room at the base, lies above its bound."""
    tables, *supplied = published
    placements = tables["placements"].copy()
    mine = (placements["year"] == 2026) & (placements["kind"] == "decided")
    placements.loc[mine & (placements["need"] == "ASD"), "provision"] = "far_school"
    keys = ["zone", "need", "phase", "year", "provision", "kind"]
    dear = placements.groupby(keys, as_index=False)["children"].sum()
    places = tables["places"].copy()
    here = (places["year"] == 2026) & (places["provision"] == "oak_school")
    places.loc[here, "roll"] = 0.0
    found = one_year(tables | {"placements": dear, "places": places}, *supplied, 2026)
    assert found.placed_gbp > found.bound_gbp + 10_000
