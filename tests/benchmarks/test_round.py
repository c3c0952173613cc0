"""The rounds that are timed are whole rounds, and the command says what it measured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.made_round import make_round
from benchmarks.round import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_made_up_round_is_the_same_every_time() -> None:
    """The same size and seed give the same children, places and journeys; another seed others."""
    one, same, other = make_round(40, 16, 1), make_round(40, 16, 1), make_round(40, 16, 2)
    assert one.tables.waiting.equals(same.tables.waiting)
    assert one.tables.vacancies.equals(same.tables.vacancies)
    assert one.travel.equals(same.travel)
    assert not one.tables.waiting.equals(other.tables.waiting)
    assert len(one.tables.waiting) == 40
    assert 20 <= one.tables.vacancies["places"].sum() <= 24, "six places for ten children"


def test_the_command_times_each_size_by_each_solver(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two rows under the printed names; both solvers have as many children in places."""
    path = tmp_path / "rows.json"
    main(["--sizes", "30x12", "--json", str(path)])
    rows = json.loads(path.read_text())
    assert [row["method"] for row in rows] == ["PuLP + highs", "PuLP + cbc"]
    assert rows[0]["with_place"] == rows[1]["with_place"] > 5
    assert rows[0]["full_provisions"] > 0
    assert all(row["seconds"] > 0 for row in rows)
    assert "arrange_seconds" in capsys.readouterr().out
