"""Claims about the fastest way: the same as NetworkX finds, with its own length."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.network import Network
from geo.paths import fastest, packed_weights

Edge = tuple[int, int, float, float]


def network(nodes: int, edges: list[Edge]) -> Network:
    """Return a network of edges (from, to, metres, mph), with no factor."""
    column = list(zip(*edges, strict=True)) if edges else [(), (), (), ()]
    return Network(
        easting=np.zeros(nodes),
        northing=np.zeros(nodes),
        u=np.array(column[0], dtype=np.int64),
        v=np.array(column[1], dtype=np.int64),
        metres=np.array(column[2], dtype=np.float64),
        limit_mph=np.array(column[3], dtype=np.float64),
        factor=np.ones(len(edges)),
        fingerprint="toy",
        source="toy",
        attribution="",
        notes=(),
    )


MILE = 1609.344


def test_parallel_edges_are_not_added_up() -> None:
    """Two roads join 0 and 1, of 60 s and 120 s: the journey takes 60, not 180."""
    seconds, metres = fastest(
        network(2, [(0, 1, MILE, 60.0), (0, 1, MILE, 30.0)]), np.array([0]), np.array([1])
    )
    assert seconds[0, 0] == pytest.approx(60)
    assert metres[0, 0] == pytest.approx(MILE, abs=0.1)


def test_which_parallel_edge_is_fastest_depends_on_the_cap() -> None:
    """Free: 2 miles at 70 (103 s) beat 1.5 at 50 (108 s). Capped at 50: 108 s beat 144 s."""
    two = network(2, [(0, 1, 2 * MILE, 70.0), (0, 1, 1.5 * MILE, 50.0)])
    ends = np.array([0]), np.array([1])
    assert fastest(two, *ends)[1][0, 0] == pytest.approx(2 * MILE, abs=0.1)
    assert fastest(two, *ends, speed_cap_mph=50)[1][0, 0] == pytest.approx(1.5 * MILE, abs=0.1)


def test_one_way_is_respected() -> None:
    """0 to 1 is one-way: back is round by 2. Either side may be the smaller."""
    ring = network(3, [(0, 1, MILE, 60.0), (1, 2, MILE, 60.0), (2, 0, MILE, 60.0)])
    everywhere = np.arange(3)
    expected = np.array([[0, 60, 120], [120, 0, 60], [60, 120, 0]])
    assert fastest(ring, everywhere, everywhere)[0] == pytest.approx(expected)
    for node in range(3):
        from_one, _ = fastest(ring, np.array([node]), everywhere)
        to_one, _ = fastest(ring, everywhere, np.array([node]))
        assert from_one == pytest.approx(expected[[node]])
        assert to_one == pytest.approx(expected[:, [node]])


def test_miles_are_those_of_the_fastest_way() -> None:
    """Two miles at 60 (120 s) beat one mile at 20 (180 s): the journey is two miles long."""
    seconds, metres = fastest(
        network(3, [(0, 1, MILE, 20.0), (0, 2, MILE, 60.0), (2, 1, MILE, 60.0)]),
        np.array([0]),
        np.array([1]),
    )
    assert seconds[0, 0] == pytest.approx(120)
    assert metres[0, 0] == pytest.approx(2 * MILE, abs=0.2)


def test_no_way_is_infinite_and_here_is_nothing() -> None:
    """A node that cannot be reached is infinitely far; a node is at no distance from itself."""
    seconds, metres = fastest(
        network(2, [(1, 0, MILE, 60.0)]), np.array([0, 0]), np.array([0, 1, 1])
    )
    assert np.array_equal(seconds, [[0, np.inf, np.inf]] * 2)
    assert np.array_equal(metres, [[0, np.inf, np.inf]] * 2)


def test_the_longest_drive_in_britain_fits() -> None:
    """1,400 km at 10 mph, in stretches of 1 km, is neither wrapped nor blurred."""
    road = network(1401, [(n, n + 1, 1000.0, 10.0) for n in range(1400)])
    seconds, metres = fastest(road, np.array([0]), np.array([1400]))
    assert metres[0, 0] == 1_400_000
    assert seconds[0, 0] == pytest.approx(1_400_000 / MILE / 10 * 3600, abs=1)


def test_progress_reaches_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources are taken in chunks, each reported; the answer does not depend on the chunk."""
    ring = network(5, [(n, (n + 1) % 5, MILE, 60.0) for n in range(5)])
    ends = np.arange(5), np.arange(5)
    whole = fastest(ring, *ends)
    monkeypatch.setattr("geo.paths._CELLS_AT_ONCE", 10)
    shares: list[float] = []
    parts = fastest(ring, *ends, progress=shares.append)
    assert shares == [0.4, 0.8, 1.0]
    assert np.array_equal(whole, parts)


@st.composite
def roads(draw: st.DrawFn) -> tuple[int, list[Edge]]:
    """Draw a small network with parallel, one-way and missing roads."""
    nodes = draw(st.integers(2, 8))
    node = st.integers(0, nodes - 1)
    edge = st.tuples(node, node, st.floats(1, 20_000), st.sampled_from([5.0, 20, 30, 60, 70]))
    return nodes, draw(st.lists(edge, min_size=1, max_size=25))


@settings(deadline=None)
@given(roads(), st.data())
def test_times_and_lengths_are_those_of_networkx(
    drawn: tuple[int, list[Edge]], data: st.DataObject
) -> None:
    """Against NetworkX on the MultiDiGraph: each time, and a length that some fastest way has."""
    nodes, edges = drawn
    toy = network(nodes, edges)
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(nodes))
    for (u, v, metres, _), seconds in zip(edges, toy.seconds, strict=True):
        graph.add_edge(u, v, seconds=float(seconds), metres=metres)
    node = st.lists(st.integers(0, nodes - 1), min_size=1, max_size=5)
    origins, destinations = data.draw(node), data.draw(node)
    found, length = fastest(toy, np.array(origins), np.array(destinations))
    for row, origin in enumerate(origins):
        seconds = nx.single_source_dijkstra_path_length(graph, origin, weight="seconds")
        ways = nx.single_source_dijkstra_path(graph, origin, weight="seconds")
        for column, destination in enumerate(destinations):
            if destination not in seconds:
                assert found[row, column] == length[row, column] == np.inf
                continue
            # half a millisecond an edge, at most seven edges
            assert found[row, column] == pytest.approx(seconds[destination], abs=0.005)
            way = ways[destination]
            shortest = nx.dijkstra_path_length(graph, origin, destination, weight="metres")
            assert length[row, column] >= shortest - 0.5
            one_way_only = len(list(nx.all_simple_paths(graph, origin, destination))) == 1
            if one_way_only:
                metres = sum(
                    min(graph[a][b].values(), key=lambda edge: edge["seconds"])["metres"]
                    for a, b in itertools.pairwise(way)
                )
                assert length[row, column] == pytest.approx(metres, abs=0.5)


def test_reverse_is_the_transpose() -> None:
    """Turning the roads round is transposing their matrix."""
    toy = network(3, [(0, 1, MILE, 20.0), (0, 2, MILE, 60.0), (0, 2, MILE, 30.0)])
    there, back = packed_weights(toy), packed_weights(toy, reverse=True)
    assert np.array_equal(there.toarray().T, back.toarray())
