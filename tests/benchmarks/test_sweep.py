"""The benchmark of sweeps: sizes that are said, a projection by hand, and plans held together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.made_up import write
from benchmarks.sweep import FEWEST, MOST, measure, shared_out, sizes
from inputs.read import read_case
from optimiser.solve import Settings
from tests.cases import write_case

if TYPE_CHECKING:
    from pathlib import Path


def test_sizes_are_mixed_and_seeded() -> None:
    """150 authorities have about 45 zones each, within the bounds, the same from the same seed."""
    zones = [one.zones for one in sizes(150, 1)]
    assert zones == [one.zones for one in sizes(150, 1)]
    assert zones != [one.zones for one in sizes(150, 2)]
    assert min(zones) >= FEWEST
    assert max(zones) <= MOST
    assert np.mean(zones) == pytest.approx(45, rel=0.15)


def test_the_projection_by_hand() -> None:
    """Longest first: 5 | 4, 3 ends at 7; with one worker it is the sum, with many the longest."""
    assert shared_out([3, 5, 4], 2) == 7
    assert shared_out([3, 5, 4], 1) == 12
    assert shared_out([3, 5, 4], 64) == 5


@pytest.mark.slow
def test_plans_are_measured_and_held_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row for each number of workers, the second's plans held against the first's; then paper."""
    case = write_case(tmp_path / "ash")
    rows = measure([case], tmp_path / "out", [1, 2], Settings(threads=1))
    assert [(row.workers, row.how, row.planned) for row in rows[:2]] == [
        (1, "measured", 1),
        (2, "measured", 1),
    ]
    assert (rows[0].same_plans, rows[1].same_plans) == (None, True)
    assert {row.how for row in rows[2:]} == {"on paper"}
    assert rows[-1].speed_up == pytest.approx(1.0)  # one plan cannot be shared out
    assert capsys.readouterr().out.splitlines()[1].endswith("yes")


def test_made_up_authorities_of_such_sizes_have_no_fault(tmp_path: Path) -> None:
    """The smallest that is drawn reads without a fault."""
    size = min(sizes(150, 1), key=lambda one: one.zones)
    case = read_case(write("least", tmp_path / "least", 1, (size,)))
    assert len(case.zones) == size.zones
