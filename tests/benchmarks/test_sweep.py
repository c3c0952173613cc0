"""The benchmark of sweeps: sizes that are said, a projection by hand, and plans held together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.sweep import FEWEST, MOST, main, shared_out, sizes

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


def test_the_command_measures_and_compares(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two authorities on one worker and on two: a row each, the same plans, then the projection."""
    told = main(["--authorities", "2", "--out", str(tmp_path), "--gap", "0.05"])
    lines = capsys.readouterr().out.splitlines()
    assert told == 0
    assert [line.split()[1] for line in lines[1:3]] == ["measured", "measured"]
    assert lines[2].endswith("yes")
    assert lines[-1].split()[:2] == ["64", "on"]
