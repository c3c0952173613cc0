"""The benchmark of sizes runs on a tiny case, and its ways of solving agree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from benchmarks.sizing import main
from tests.cases import tiny_tables, write_case

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_way_agrees_on_a_tiny_case(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Held and from nothing come within one another's bounds, and the rows are written."""
    folder = write_case(tmp_path / "tiny")
    option = tiny_tables()["options"][0]["option"]
    asked = ["--option", option, "--sizes", "4,8", "--draws", "2", "--cold", "2", "--hedged", "0"]
    assert main([str(folder), *asked, "--json", str(tmp_path / "rows.json")]) == 0
    rows = json.loads((tmp_path / "rows.json").read_text("utf-8"))
    assert [row["method"] for row in rows] == ["held model", "from nothing"] * 2
    assert all(row["agree"] for row in rows)
    assert "least expected cost" in capsys.readouterr().out
