"""Claims about straight lines and walking distances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.straight_line import straight_line, within_walking_distance


def test_minutes_and_miles_by_hand() -> None:
    """3-4-5: five miles straight, 6.5 by road at 1.3, 13 minutes at 30 mph."""
    home = np.array([[400_000.0, 300_000.0]])
    place = home + 1609.344 * np.array([[3.0, 4.0]])
    minutes, miles = straight_line(home, place, detour=1.3, mph=30)
    assert miles[0, 0] == pytest.approx(6.5)
    assert minutes[0, 0] == pytest.approx(13.0)


@pytest.mark.parametrize(("detour", "mph"), [(0.9, 30), (float("nan"), 30), (1.3, 0), (1.3, -5)])
def test_impossible_settings_are_refused(detour: float, mph: float) -> None:
    """A road is never shorter than a straight line, nor driven at no speed."""
    point = np.zeros((1, 2))
    with pytest.raises(ValueError, match=r"detour|speed"):
        straight_line(point, point, detour=detour, mph=mph)


def test_statutory_walking_distance() -> None:
    """Section 444(5): two miles under eight, three from eight; primary is held to two."""
    assert within_walking_distance(2.0, "primary")
    assert not within_walking_distance(2.01, "primary")
    assert not within_walking_distance(2.01, "early_years")
    assert within_walking_distance(3.0, "secondary")
    assert not within_walking_distance(3.01, "post16")


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(0, 1e5)), min_size=2, max_size=2))
def test_there_and_back_is_the_same(ends: list[tuple[float, float]]) -> None:
    """A straight line has no direction."""
    one, other = (np.array([end]) for end in ends)
    assert np.array_equal(straight_line(one, other), straight_line(other, one))
