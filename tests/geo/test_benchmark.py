"""Claims about the travel benchmark: its rows are complete, and its two sides agree."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import networkx as nx

from benchmarks import travel
from tests.geo.test_network import NODES, WAYS
from tests.geo.toy import write_osm

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_rows_are_complete_and_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three methods on two instances; no time differs by a second; JSON has the columns."""
    roads = write_osm(tmp_path / "toy.osm", NODES, WAYS)
    out = tmp_path / "rows.json"
    assert travel.main([str(roads), "--json", str(out), "--generated-nodes", "900"]) == 0
    rows = json.loads(out.read_text(encoding="utf-8"))
    assert len(rows) == 6
    assert {"instance", "method", "seconds", "ratio", "sources_timed"} <= set(rows[0])
    assert all(row["largest_difference_seconds"] < 1 for row in rows)
    assert "largest difference" in capsys.readouterr().out


def test_a_bad_file_is_told_not_raised(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The benchmark ends with exit code 3 and the fault, as the product does."""
    assert travel.main([str(tmp_path / "absent.osm")]) == 3
    assert "is not there" in capsys.readouterr().err


def test_the_made_up_graph_is_road_like_and_seeded() -> None:
    """Strongly connected, with one-way streets and parallel edges, and the same each time."""
    graph = travel.road_like(2_500)
    assert nx.is_strongly_connected(graph)
    assert any(not graph.has_edge(v, u) for u, v in graph.edges())
    assert graph.number_of_edges() > nx.DiGraph(graph).number_of_edges()
    assert nx.utils.graphs_equal(graph, travel.road_like(2_500))
