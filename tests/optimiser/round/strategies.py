"""Hypothesis: tiny rounds, small enough to try every arrangement."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.optimiser.round.builders import MINUTES, World, child, group, mix, places

if TYPE_CHECKING:
    from collections.abc import Callable

SOON, LATE = date(2027, 1, 4), date(2027, 9, 1)


@st.composite
def children(draw: Callable[..., Any], key: str) -> dict[str, Any]:
    """Return a child of some need, wait, home, and now and then a must-have or a preference."""
    need = draw(st.sampled_from(["ASD", "ASD", "SEMH", "SLCN"]))
    return child(
        key,
        need=need,
        second_need=draw(st.sampled_from([None, None, "SEMH", "ASD"])),
        phase=draw(st.sampled_from(["primary", "primary", "primary", "secondary"])),
        nc_year=draw(st.sampled_from([0, 3, 6, None])),
        zone=draw(st.sampled_from(["north", "south"])),
        weeks=float(draw(st.integers(0, 4))),
        must_have=draw(st.sampled_from([(), (), (), ("wheelchair",)])),
        must_not_have=draw(st.sampled_from([(), (), (), (), ("wheelchair",)])),
        preferred=draw(st.sampled_from([(), (), ("yew",), ("ash", "oak")])),
        classes=draw(st.sampled_from([(), (), (), ("special_school", "inmss_day")])),
        interim_annual_gbp=draw(st.sampled_from([None, 8_000.0, 30_000.0])),
        start_by=draw(st.sampled_from([None, None, SOON])),
    )


@st.composite
def open_places(draw: Callable[..., Any]) -> dict[str, Any]:
    """Return a row of open places for any child, or for some."""
    return places(
        draw(st.sampled_from(["oak", "elm", "yew", "yew", "ash"])),
        draw(st.integers(0, 2)),
        need=draw(st.sampled_from([None, None, "ASD"])),
        phase=draw(st.sampled_from([None, None, "primary"])),
        start=draw(st.sampled_from([None, None, SOON, LATE])),
        nc_from=draw(st.sampled_from([None, None, 2])),
        nc_to=draw(st.sampled_from([None, None, 4])),
    )


@st.composite
def worlds(draw: Callable[..., Any], *, most: int = 5, plain: bool = False) -> World:
    """Return a round; a plain one has no mixes and no groups."""
    count = draw(st.integers(1, most))
    rows = draw(
        st.lists(
            open_places(),
            min_size=1,
            max_size=4,
            unique_by=lambda row: tuple(v for k, v in row.items() if k != "places"),
        )
    )
    minutes = {key: one * draw(st.sampled_from([1, 1, 2])) for key, one in MINUTES.items()}
    # no place without its need and phase: such a row would be refused at the door
    rows = [row for row in rows if (row["provision"], row["need"]) != ("elm", "SEMH")]
    some_mixes = st.builds(
        mix,
        counts_second=st.booleans(),
        **{"class": st.sampled_from([None, "specialist_base"])},
    )
    some_groups = [
        [],
        [group("yew", "infants", 0, 2, 1), group("yew", "juniors", 3, 6, 2, 1)],
        [group("elm", "all", 0, 6, 1)],
    ]
    return World(
        waiting=[draw(children(f"W{k}")) for k in range(count)],
        vacancies=rows,
        mixes=[] if plain else draw(st.lists(some_mixes, max_size=1)),
        groups=[] if plain else draw(st.sampled_from(some_groups)),
        minutes=minutes,
    )
