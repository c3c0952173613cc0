"""Schools, and how children are shared over them: whole, to size, near first, nobody lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from inputs.official.sen2 import NEEDS, Placement
from inputs.start.gap import growth
from inputs.start.new_bases import _sites
from inputs.start.places import (
    NC_YEARS,
    Place,
    allocate,
    targets,
    taught,
    worth_it,
)
from inputs.start.schools import needs_of, phases_of
from inputs.vocabulary import Need, Phase, ProvisionClass

BLANK: dict[str, Any] = {"needs": (), "name": "", "low_age": np.nan, "high_age": np.nan}


def place(
    key: str,
    size: float,
    *,
    km: float = 0.0,
    kind: Placement = Placement.SPECIAL_MAINTAINED,
    needs: tuple[Need, ...] = NEEDS,
    phases: tuple[Phase, ...] = tuple(Phase),
) -> Place:
    """Return a place so many kilometres outside the area (0: in it)."""
    school = BLANK | {"kilometres": km, "in_area": km == 0}
    return Place(
        key, key, ProvisionClass.SPECIAL_SCHOOL, kind, school, "", size, np.nan, needs, phases
    )


def test_a_state_school_of_the_area_is_filled_first() -> None:
    """Of 130 children, 100 fill the area's school; 30 go out by size and nearness."""
    near, far = place("near", 100, km=1), place("far", 100, km=11)
    share, over = targets(130, [place("own", 100), near, far], decay_km=10)
    # Ten kilometres further is a factor of e less.
    assert share == pytest.approx([100, 30 * np.e / (1 + np.e), 30 / (1 + np.e)])
    assert over == 0


def test_an_independent_school_of_the_area_is_not_filled_first() -> None:
    """Schools that sell to any authority are shared by size and nearness, in the area or not."""
    kind = Placement.INDEPENDENT
    share, _ = targets(30, [place("a", 50, kind=kind), place("b", 50, km=10, kind=kind)], 10)
    assert share == pytest.approx([30 * np.e / (1 + np.e), 30 / (1 + np.e)])


def test_more_children_than_room_make_the_schools_larger_and_are_told() -> None:
    """Twelve children and room for ten: both schools hold a fifth more, and the two are counted."""
    share, over = targets(12, [place("a", 6), place("b", 4)], 10)
    assert over == pytest.approx(2)
    assert share == pytest.approx([7.2, 4.8])


def test_schools_away_with_few_of_ours_are_left_out_but_three() -> None:
    """Six schools outside share ten children: those with fewer than three go, three are kept."""
    away = [place(f"p{k}", 100, km=1 + 4 * k) for k in range(6)]
    kept = worth_it(away, 10, 10, 3)
    assert [one.key for one in kept] == ["p0", "p1", "p2"]
    own = [place("own", 5), *away]
    assert worth_it(own, 5, 10, 3)[0].key == "own"


@settings(max_examples=30, deadline=None)
@given(
    arrays.arrays(np.int64, (len(NEEDS), len(NC_YEARS)), elements=st.integers(0, 3)),
    st.integers(1, 4),
)
def test_every_child_is_at_a_school_that_teaches_it(children: np.ndarray, number: int) -> None:
    """Each need and year keeps its children, and none is where it is not taught."""
    places = [
        place("all", 100),
        *(place(f"s{k}", 40, needs=(Need.SEMH, Need.ASD)) for k in range(number)),
    ]
    sizes, _ = targets(float(children.sum()), places, 10)
    flags = taught(places)
    whole, lost = allocate(children, sizes, flags)
    assert (whole.sum(axis=0) == children).all()
    assert lost == 0
    assert (whole[~flags] == 0).all()


def test_children_whom_nobody_teaches_go_where_their_year_is_taught() -> None:
    """A child of visual impairment and schools for autism: it is placed by year, and counted."""
    children = np.zeros((len(NEEDS), len(NC_YEARS)), dtype=np.int64)
    children[NEEDS.index(Need.VI), NC_YEARS.index(8)] = 1
    primary = place("p", 40, needs=(Need.ASD,), phases=(Phase.PRIMARY,))
    secondary = place("s", 40, needs=(Need.ASD,), phases=(Phase.SECONDARY,))
    places = [primary, secondary]
    whole, lost = allocate(children, np.array([0.5, 0.5]), taught(places))
    assert lost == 1
    assert whole[1].sum() == 1


@pytest.mark.parametrize(
    ("school", "needs"),
    [
        ({"needs": ("ASD", "SLD")}, {Need.ASD, Need.SLD}),
        ({"name": "Oak Autism Academy"}, {Need.ASD, Need.SLCN}),
        ({"name": "The Grange Therapeutic School"}, {Need.SEMH}),
        ({"name": "Royal School for the Deaf"}, {Need.HI, Need.MSI, Need.SLCN}),
        ({"name": "Elm School"}, set(NEEDS)),
    ],
)
def test_needs_are_registered_else_named_else_usual(
    school: dict[str, Any], needs: set[Need]
) -> None:
    """What the register says wins; a name tells; else the usual needs of the kind."""
    assert set(needs_of(BLANK | school, NEEDS)) == needs


@pytest.mark.parametrize(
    ("school", "phases"),
    [
        ({"low_age": 11.0, "high_age": 16.0}, {Phase.SECONDARY}),
        ({"low_age": 4.0, "high_age": 11.0}, {Phase.PRIMARY}),
        ({"low_age": 2.0, "high_age": 19.0}, set(Phase)),
        ({"low_age": 5.0, "high_age": 16.0}, {Phase.PRIMARY, Phase.SECONDARY}),
        ({"name": "Two Rivers Primary School"}, {Phase.EARLY_YEARS, Phase.PRIMARY}),
        ({"name": "Two Rivers High School"}, {Phase.SECONDARY, Phase.POST16}),
        ({"name": "Elm School"}, set(Phase)),
    ],
)
def test_phases_are_by_statutory_age_else_named_else_usual(
    school: dict[str, Any], phases: set[Phase]
) -> None:
    """An 11 to 16 school teaches secondary only: a child of 16 at 31 August has left it."""
    assert set(phases_of(BLANK | school, Placement.SPECIAL_MAINTAINED)) == phases


def test_sites_go_where_the_children_are() -> None:
    """Sites over groups of 90, 60, 30 and 40 children by D'Hondt; the last has one at most."""
    # Two class groups of 8 a site: 90 need 6, 60 need 4, 30 need 2, the last group one.
    assert _sites([90.0, 60.0, 30.0, 40.0], 8, 20) == [6, 4, 2, 1]
    assert _sites([90.0, 60.0, 30.0, 40.0], 8, 4) == [2, 1, 0, 1]
    # Fewer than half a class group is no reason for a base.
    assert _sites([3.0, 0.0, 0.0, 0.0], 8, 4) == [0, 0, 0, 0]


def test_growth_is_of_specialist_places_by_phase() -> None:
    """Five more of age 4 in a special school are five primary; more in mainstream are none."""
    now = np.zeros((len(Placement), len(NEEDS), 24))
    then = now.copy()
    asd = NEEDS.index(Need.ASD)
    then[list(Placement).index(Placement.SPECIAL_ACADEMY), asd, 4 - 2] = 5
    then[list(Placement).index(Placement.MAINSTREAM), asd, 4 - 2] = 50
    found = growth(now, then)
    assert found[Need.ASD, Phase.PRIMARY] == 5
    assert sum(found.values()) == 5
    assert sum(growth(then, now).values()) == 0


def test_every_dated_figure_of_a_case_is_known() -> None:
    """Figures that a case starts from hold on the first September that can be a year of prices."""
    from inputs.parameters import parameter, parameters

    names = {one.name for one in parameters() if one.name.startswith(("start.", "cost_weight."))}
    assert len(names) > 20
    for name in names:
        assert parameter(name, date(2026, 9, 1)).source
