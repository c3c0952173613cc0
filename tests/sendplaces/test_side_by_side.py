"""Work done side by side is what would be done in turn; what breaks it is told."""

from __future__ import annotations

import os
import signal

import pytest

from inputs.errors import InputError
from sendplaces.side_by_side import side_by_side


def times(factor: int, number: int) -> int:
    """Return a product."""
    return factor * number


def at_an_end(_shared: None, number: int) -> int:
    """End the process as the system does that runs short of memory."""
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refused(_shared: None, number: int) -> int:
    """Fail on one piece."""
    if number == 1:
        raise ValueError("the second piece")
    return number


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_pieces(workers: int) -> None:
    """However many processes there are, and the count of those done rises to all."""
    counted: list[int] = []
    assert side_by_side(times, 3, range(5), workers, counted.append) == [0, 3, 6, 9, 12]
    assert counted == [1, 2, 3, 4, 5]


def test_nothing_to_do() -> None:
    """No pieces, no results."""
    assert side_by_side(times, 3, [], 2, lambda _: None) == []


def test_a_process_that_dies_is_told() -> None:
    """In words, with what to do; not a traceback, and not a wait without end."""
    with pytest.raises(InputError) as told:
        side_by_side(at_an_end, None, range(4), 2, lambda _: None)
    assert "want of memory" in str(told.value)
    assert "--workers 1" in str(told.value)


def test_a_fault_of_a_piece_comes_through() -> None:
    """As it was raised."""
    with pytest.raises(ValueError, match="the second piece"):
        side_by_side(refused, None, range(3), 2, lambda _: None)
