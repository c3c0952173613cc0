"""What is said of deprivation is measured as it is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.deprivation import measure, misses, odds
from inputs.parameters import parameters

DATA = Path(__file__).parents[2].parent / "shared" / "data"


def test_a_weight_that_made_the_counts_leaves_no_error() -> None:
    """Counts of 1 in 100 weighed children: told exactly with that weight, and not without."""
    children, poor = np.array([1000.0, 2000.0, 3000.0]), np.array([0.1, 0.3, 0.5])
    counts = 0.01 * children * (1 + poor)  # such a child weighs 2

    assert misses(children, poor, counts, 2.0) == pytest.approx([0, 0, 0])
    # without, the first is told by (26 + 45) / 5000 = 14.2 and has 11
    assert misses(children, poor, counts, 1.0)[0] == pytest.approx(14.2 / 11 - 1)


def test_the_odds_are_those_of_pupils() -> None:
    """A half of 100 and a fifth of 1,000 take free meals: odds 1 over a quarter."""
    rows = pd.DataFrame(
        {"special": [True, False], "pupils": [100.0, 1000.0], "free": [50.0, 200.0]}
    )
    assert odds(rows) == pytest.approx((0.5, 0.2, 4.0))


@pytest.mark.real
def test_the_weight_used_lowers_the_error() -> None:
    """The dated weight tells both counts better than leaving deprivation out."""
    if not (DATA / "gias").is_dir():
        pytest.skip(f"the official files are not at {DATA}")
    weights = [one.value for one in parameters() if one.name == "start.deprived_child_weight"]
    (special, mainstream, ratio), rows = measure(DATA)

    assert weights == [2.0]
    assert (special, mainstream) == pytest.approx((0.477, 0.250), abs=0.0005)
    assert ratio == pytest.approx(2.75, abs=0.005)
    used = [row for row in rows if row.method.endswith("weighs 2")]
    assert [round(row.mean_error, 3) for row in used] == [0.210, 0.144]
    assert all(row.mean_change < 0 and row.change < 0 for row in used)
