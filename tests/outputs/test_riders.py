"""What a run leaves for routing: every child on roll by home, and nothing of it in public."""

from __future__ import annotations

import pandas as pd
import pytest

from outputs.privacy import publish_safely
from outputs.riders import TABLES, riders_table
from outputs.tables import SIDES
from tests.outputs.builders import run, tiny_report


@pytest.mark.parametrize(("side", "rolls"), [(SIDES[0], "rolls_do_minimum"), (SIDES[1], "rolls")])
def test_riders_add_up_to_the_rolls(side: str, rolls: str) -> None:
    """Summed over homes, riders are our own children on roll; those drawn from mainstream apart."""
    report = tiny_report()
    riders, roll = report.tables["riders"], report.tables[rolls]
    ours = roll.assign(ours=roll["pinned"] + roll["set_aside"] + roll["entrants"])
    keys = ["provision", "need", "phase", "year"]
    known = riders[riders["group"] != "drawn"].groupby(keys)[side].sum()
    known = known[known > 0]
    expected = ours.set_index(keys)["ours"]
    pd.testing.assert_series_equal(
        known.sort_index(), expected[expected > 0].sort_index(), check_names=False
    )


def test_children_placed_now_are_the_same_on_both_sides() -> None:
    """Nobody who has a place is moved: pinned rows are equal before and after, homes or not."""
    riders = tiny_report().tables["riders"]
    pinned = riders[riders["group"] == "pinned"]
    assert (pinned["do_minimum"] == pinned["plan"]).all()
    # 19 children of ours are placed now, 6 of them with a blank home
    now = pinned[pinned["year"] == 2026]
    assert now["plan"].sum() == pytest.approx(19)
    assert now.loc[now["zone"] == "", "plan"].sum() == pytest.approx(6)


def test_children_drawn_from_mainstream_are_counted_apart() -> None:
    """They take new places and ride there, but their homes are not known: a row without a home."""
    case, problem, plan, less, _ = run()
    riders = riders_table(case, problem, plan, less)
    drawn = riders[riders["group"] == "drawn"]
    assert drawn["plan"].sum() == pytest.approx(plan.uses["drawn"].sum())
    assert (drawn["do_minimum"] == 0).all()
    assert set(drawn["zone"]) <= {""}


def test_a_public_report_leaves_out_what_routing_needs() -> None:
    """Riders are small numbers by home zone: the public version has no table of them."""
    tables = publish_safely(tiny_report()).tables
    assert not set(TABLES) & set(tables)
