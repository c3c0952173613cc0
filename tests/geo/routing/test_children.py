"""Whole children: exact totals, the same child before and after, and draws that differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.routing.children import draw_children, largest_remainder, whole_counts
from geo.routing.homes import homes_of
from geo.routing.types import CHILD_COLUMNS
from tests.geo.routing.builders import MILE, plain_policy, school

SIDES = ("do_minimum", "plan")
ZONES = pd.DataFrame(
    {
        "zone": ["north", "south", "west"],
        "easting": [400_000.0, 400_000.0, 400_000.0 - 8 * MILE],
        "northing": [300_000.0 + 8 * MILE, 300_000.0 - 8 * MILE, 300_000.0],
        "children": [300.0, 100.0, 0.0],
    }
)
SCHOOLS = [school(), school("elm", east=6)]
HOMES = homes_of(ZONES, None)


def flows(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    """Return expected children: zone, need, phase, provision, do_minimum, plan."""
    return pd.DataFrame(rows, columns=["zone", "need", "phase", "provision", *SIDES])


def many() -> pd.DataFrame:
    """Return some 60 children in fractions; the plan moves a part of them from Oak to Elm."""
    rows: list[tuple[object, ...]] = []
    for zone in ZONES["zone"]:
        for need, n in (("ASD", 9.37), ("SEMH", 4.81), ("PMLD", 2.29)):
            for phase in ("primary", "secondary"):
                rows.append((zone, need, phase, "oak", n / 2, n / 3))
                rows.append((zone, need, phase, "elm", 0.0, n / 6))
    return flows(rows)


def test_totals_are_exact_on_both_sides() -> None:
    """Every provision has its expected number, to the nearest child, before and after."""
    table = many()
    for draw in range(3):
        drawn = draw_children(table, HOMES, SCHOOLS, plain_policy(), seed=1, draw=draw)
        for side in SIDES:
            expected = table.groupby("provision")[side].sum()
            found = drawn.sides[side]["provision"].value_counts()
            for provision, n in expected.items():
                assert abs(found.get(provision, 0) - n) <= 0.5 + 1e-9
            assert found.sum() == round(table[side].sum())


def test_only_destinations_differ_between_sides() -> None:
    """The same children, homes and flags in the same order; some go to Elm in the plan."""
    drawn = draw_children(many(), HOMES, SCHOOLS, plain_policy(), seed=1)
    before, after = (drawn.sides[side] for side in SIDES)
    same = [name for name in CHILD_COLUMNS if name not in {"provision", "walks"}]

    pd.testing.assert_frame_equal(before[same], after[same])
    moved = before["provision"] != after["provision"]
    assert set(after[moved]["provision"]) == {"elm"}
    # A third of the children are moved, and nobody else is.
    assert moved.sum() == pytest.approx(len(before) / 3, abs=1.0)


def test_draws_differ_and_can_be_had_again() -> None:
    """Another draw has other homes; the same seed and draw the same in every cell."""
    one, again, other = (
        draw_children(many(), HOMES, SCHOOLS, plain_policy(), seed=1, draw=draw).sides["plan"]
        for draw in (0, 0, 1)
    )

    pd.testing.assert_frame_equal(one, again)
    assert not one["easting"].equals(other["easting"])


def test_a_child_is_the_same_whoever_else_there_is() -> None:
    """A cell that the other side does not know changes no child of another cell."""
    table = many()
    more = pd.concat(
        [table, flows([("south", "VI", "primary", "elm", 3.0, 3.0)])], ignore_index=True
    )
    first = draw_children(table, HOMES, SCHOOLS, plain_policy(), seed=4).sides["plan"]
    second = draw_children(more, HOMES, SCHOOLS, plain_policy(), seed=4).sides["plan"]
    columns = ["zone", "need", "phase", "easting", "northing", "wheelchair", "solo"]
    known = set(second[columns].itertuples(index=False, name=None))

    assert len(second) == len(first) + 3
    assert sum(one in known for one in first[columns].itertuples(index=False, name=None)) >= (
        len(first) - 2
    )


def test_means_over_draws_are_the_expected_numbers() -> None:
    """A third of a child in each of six zones is two children; each zone has one in three draws.

    The standard deviation of a mean over 300 draws is 0.027, so four of them are 0.11.
    """
    luck = np.random.default_rng(0)
    expected = np.full(6, 1 / 3)
    where = ["a"] * 6
    counts = np.array(
        [whole_counts(expected, where, where, luck.uniform(size=6)) for _ in range(300)]
    )

    assert (counts.sum(axis=1) == 2).all()
    assert np.abs(counts.mean(axis=0) - 1 / 3).max() < 0.11


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.floats(0, 5), st.sampled_from(["", "a", "b", "c"]), st.sampled_from(["", "a", "b"])
        ),
        min_size=1,
        max_size=25,
    ),
    st.integers(0, 10**6),
)
def test_rounding_keeps_totals(rows: list[tuple[float, str, str]], seed: int) -> None:
    """Each number is rounded up or down; totals of each side are the nearest whole."""
    expected = np.array([n for n, _, _ in rows])
    before, after = ([row[k] for row in rows] for k in (1, 2))
    counts = whole_counts(
        expected, before, after, np.random.default_rng(seed).uniform(size=len(rows))
    )

    assert ((counts >= np.floor(expected) - 1e-9) & (counts <= np.ceil(expected) + 1e-9)).all()
    for where in (before, after):
        there = np.array([bool(one) for one in where])
        total = float(expected[there].sum())
        assert abs(counts[there].sum() - total) < 1.0 + 1e-6


def test_largest_remainder_gives_the_nearest_total() -> None:
    """1.5 + 1.5 + 1.2 is 4.2: four, the largest remainders first."""
    assert largest_remainder(np.array([1.5, 1.5, 1.2])).tolist() == [2.0, 1.0, 1.0]


def test_unknown_homes_are_drawn_where_children_live() -> None:
    """400 children of unknown home: three quarters in the north, a quarter in the south, none west.

    The standard deviation of the share is 2.2 %.
    """
    table = flows([("", "ASD", "primary", "oak", 400.0, 400.0)])
    drawn = draw_children(table, HOMES, SCHOOLS, plain_policy())
    share = drawn.sides["plan"]["zone"].value_counts(normalize=True)

    assert share["north"] == pytest.approx(0.75, abs=0.09)
    assert "west" not in share
    assert "the home zone of 400 child(ren) is not known" in drawn.notes[0].sentence()


def test_an_unknown_phase_is_drawn_among_those_of_its_provision() -> None:
    """Elm teaches secondary only; Ash is not known, so its child has the shorter limit: primary."""
    table = flows(
        [
            ("north", "ASD", "secondary", "elm", 5.0, 5.0),
            ("", "", "", "elm", 2.0, 2.0),
            ("", "", "", "ash", 1.0, 1.0),
        ]
    )
    drawn = draw_children(table, HOMES, SCHOOLS, plain_policy())
    children = drawn.sides["plan"]

    assert set(children[children["provision"] == "elm"]["phase"]) == {"secondary"}
    assert set(children[children["provision"] == "ash"]["phase"]) == {"primary"}
    assert any("the phase of 3 child(ren) is not known" in one.sentence() for one in drawn.notes)


def test_flags_follow_their_shares() -> None:
    """Stated shares win over the dated ones: everyone alone, nobody in a wheelchair."""
    table = flows([("north", "PMLD", "primary", "oak", 50.0, 50.0)]).assign(
        wheelchair_share=0.0, solo_share=1.0
    )
    stated = draw_children(table, HOMES, SCHOOLS, plain_policy()).sides["plan"]
    assert stated["solo"].all()
    assert not stated["wheelchair"].any()

    table = flows([("north", "PMLD", "primary", "oak", 400.0, 400.0)])
    dated = draw_children(table, HOMES, SCHOOLS, plain_policy()).sides["plan"]
    # 60 % of children with PMLD, give or take four standard deviations of 2.4 %.
    assert dated["wheelchair"].mean() == pytest.approx(0.6, abs=0.1)


def test_who_is_carried_hangs_on_need_and_walking_distance() -> None:
    """8 miles out 75 % are carried; at the school's door (within two miles) 40 %; boarders all."""
    near = pd.DataFrame(
        {"zone": ["door"], "easting": [400_000.0], "northing": [300_000.0], "children": [9.0]}
    )
    outline = {"door": shapely.box(399_900, 299_900, 400_100, 300_100)}
    homes = homes_of(pd.concat([ZONES, near], ignore_index=True), None, outline)
    far = flows([("north", "ASD", "primary", "oak", 400.0, 400.0)])
    door = flows([("door", "ASD", "primary", "oak", 400.0, 400.0)])
    away = far.assign(travels="weekly")
    shares = [
        1.0 - draw_children(one, homes, SCHOOLS, plain_policy()).sides["plan"]["walks"].mean()
        for one in (far, door, away)
    ]

    assert shares[0] == pytest.approx(0.75, abs=0.09)
    assert shares[1] == pytest.approx(0.40, abs=0.10)
    assert shares[2] == 1.0


def test_a_place_on_one_side_only() -> None:
    """Ten children have a place only in the plan: on the other side they have no provision."""
    table = flows([("north", "ASD", "primary", "elm", 0.0, 10.0)])
    drawn = draw_children(table, HOMES, SCHOOLS, plain_policy())

    assert drawn.sides["do_minimum"]["provision"].isna().all()
    assert (drawn.sides["plan"]["provision"] == "elm").all()


def test_nobody_expected() -> None:
    """No flow, no child, and the table has every column all the same."""
    drawn = draw_children(flows([]), HOMES, SCHOOLS, plain_policy())

    assert list(drawn.sides["plan"]) == list(CHILD_COLUMNS)
    assert len(drawn.sides["plan"]) == 0
