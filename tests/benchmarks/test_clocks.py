"""The clock benchmark tells both sides of a case, in the columns it promises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.clocks import main
from tests.cases import write_case

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_both_sides_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One row for the do-minimum and one for the plan; the tiny case has money on both."""
    case = write_case(tmp_path / "case")
    out = tmp_path / "rows.json"

    main([str(case), "--json", str(out)])

    rows = json.loads(out.read_text("utf-8"))
    assert [row["method"] for row in rows] == ["do-minimum", "plan"]
    assert all(row["money_pv_gbp"] > 0 and row["child_years"] > 0 for row in rows)
    assert "extra_pv_gbp" in capsys.readouterr().out
