"""The sizes of an option as options: what each costs and teaches, and what cannot be sized."""

from __future__ import annotations

from typing import Any

import pytest

from inputs.errors import InputError
from optimiser.pose import pose
from optimiser.size_options import CapitalRule, along, read_sizes, with_sizes
from tests.optimiser.builders import journeys, one_base, option, policy, taught

TWO_SIZES: dict[str, Any] = {
    "options": [
        option("wing_8", 8, capital_gbp=400_000, excludes="wing_16", minimum_roll=4),
        option("wing_16", 16, capital_gbp=600_000, minimum_roll=4),
    ],
    "option_teaches": [taught("wing_8", max_places=4), taught("wing_16", max_places=12)],
}


def refused(
    match: str, *, sizes: tuple[int, ...] = (8,), asked: str = "elm_wing", **rows: Any
) -> None:
    """Require that sizing is refused with these words."""
    with pytest.raises(InputError, match=match):
        with_sizes(one_base(**rows), asked, sizes)


def test_capital_and_places_lie_between_the_sizes_stated() -> None:
    """Half-way between two stated sizes costs and teaches half-way; beyond, the line goes on."""
    sized = with_sizes(one_base(**TWO_SIZES), "wing_8", (8, 12, 16, 20))
    assert sized.capital_gbp == {8: 400_000, 12: 500_000, 16: 600_000, 20: 700_000}
    assert sized.stated == {8: "wing_8", 16: "wing_16"}
    assert sized.case.options["option"].tolist() == list(sized.names.values())
    assert sized.case.option_teaches["max_places"].tolist() == [4, 8, 12, 16]
    assert "straight lines" in sized.rule
    others = set(sized.names.values()) - {sized.names[8]}
    assert set(sized.case.options["excludes"].iloc[0]) == others


def test_one_stated_size_gives_so_much_a_place_and_says_it_is_assumed() -> None:
    """Without another size, capital is in proportion, and the rule names itself an assumption."""
    sized = with_sizes(one_base(), "elm_wing", (8, 4))
    assert sized.capital_gbp == {8: 400_000, 4: 200_000}
    assert "assumption" in sized.rule


def test_stated_capital_wins() -> None:
    """A fixed part and so much a place, from the command line, stand in place of the case's."""
    sized = with_sizes(one_base(**TWO_SIZES), "wing_16", (10,), CapitalRule(100_000, 20_000))
    assert sized.capital_gbp == {10: 300_000}


def test_a_size_that_the_case_states_is_posed_as_the_case_poses_it() -> None:
    """Places, capital, what is left at the end and teaching of a stated size are unchanged."""
    case = one_base(**TWO_SIZES)
    sized = with_sizes(case, "wing_16", (8, 16))
    before = pose(case, journeys(case), policy())
    after = pose(sized.case, journeys(sized.case), policy())
    for name in ("added", "spend", "residual", "over_added", "opens_first", "opens_last"):
        assert (getattr(before, name) == getattr(after, name)).all(), name
    assert before.option_taught.equals(after.option_taught)


def test_what_excludes_the_option_excludes_every_size() -> None:
    """An option elsewhere that excludes the one asked about excludes all its sizes."""
    rows = {
        "options": [
            option("elm_wing", 8),
            option("far_wing", 8, provision="far_school", excludes="elm_wing"),
        ]
    }
    sized = with_sizes(one_base(**rows), "elm_wing", (4, 8))
    told = sized.case.options.set_index("option")["excludes"]
    assert all("far_wing" in told[name] for name in sized.names.values())


def test_options_that_cannot_be_sized_are_refused_in_plain_words() -> None:
    """Unknown, committed, shrinking, without a host, and required by another."""
    refused("is not an option of this case.*elm_wing", asked="elm_wig")
    refused("is committed for 2027", options=[option(committed_year=2027)])
    refused("adds no places", options=[option(places=-4)])
    refused("no agreement of its host", options=[option(host_agrees="no")])
    refused(
        "is required by more",
        options=[option(), option("more", requires="elm_wing")],
    )


def test_sizes_below_the_viable_roll_are_refused() -> None:
    """All too small sizes are named with the viable roll."""
    rows = [option(minimum_roll=8)]
    refused("below the viable roll of elm_wing, 8: 4, 6", sizes=(4, 6, 8), options=rows)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("100:60:20", "holds no size"),
        ("60:100:0", "step of 0"),
        ("60:100", "no range of sizes"),
        ("many", "no range of sizes"),
        ("-60,80", "no range of sizes"),
        ("1:1000:1", "more than the 40"),
    ],
)
def test_a_bad_range_of_sizes_is_told(text: str, match: str) -> None:
    """An empty range, a step of nought, a missing part, words and far too many sizes."""
    with pytest.raises(InputError, match=match):
        read_sizes(text)


def test_the_line_goes_through_every_size_stated() -> None:
    """At each stated size the line gives what was stated."""
    points = [(60.0, 6.0), (120.0, 10.8), (160.0, 13.6)]
    assert [along(points, at) for at, _ in points] == pytest.approx([gbp for _, gbp in points])
