"""The two models whose building is measured say the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from benchmarks.build import PRODUCT, TEXTBOOK, build_product, build_textbook, generate, main

if TYPE_CHECKING:
    from pathlib import Path

    from optimiser.problem import Problem


@pytest.fixture(scope="module")
def problem() -> Problem:
    """Return a made-up authority of a few thousand placements."""
    return generate(2_000)


def test_both_methods_hand_over_the_same_model(problem: Problem) -> None:
    """As many columns, rows and terms, and the same relaxed optimum: neither is let off any."""
    solvers = [build_product(problem)[0], build_textbook(problem)[0]]
    sizes = [(one.getNumCol(), one.getNumRow(), one.getNumNz()) for one in solvers]
    assert sizes[0] == sizes[1]
    costs = []
    for solver in solvers:
        solver.setOptionValue("solve_relaxation", True)
        solver.run()
        costs.append(solver.getInfo().objective_function_value)
    # both from HiGHS at its default tolerances
    assert costs[0] == pytest.approx(costs[1], rel=1e-7)


def test_the_placements_asked_for_are_made(problem: Problem) -> None:
    """As many placements as asked for, to the next zone (some 3,900 of them).

    Some exist only through options, so that linking rows are measured too.
    """
    assert 2_000 <= problem.usable.sum() < 6_000
    only = problem.arcs["option_only"]
    assert 0 < only.sum() < len(only)


@pytest.mark.slow
def test_the_command_measures_each_method_in_its_own_process(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two rows, the ratio to the product's seconds, and peak memory; JSON under the same names."""
    path = tmp_path / "rows.json"
    assert main(["--placements", "2000", "--json", str(path)]) == 0
    rows = json.loads(path.read_text())
    assert [row["method"] for row in rows] == [PRODUCT, TEXTBOOK]
    assert rows[0]["ratio"] == 1.0
    assert all(0 < row["start_gib"] <= row["peak_gib"] for row in rows)
    assert "ratio" in capsys.readouterr().out
