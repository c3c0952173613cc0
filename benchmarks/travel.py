"""The product's travel matrix beside NetworkX, on the same pairs of the same roads.

``python -m benchmarks.travel NETWORK [--json FILE] [--generated-nodes 50000]``

NetworkX runs Dijkstra's method from the smaller side too, on OSMnx's MultiDiGraph turned round
(before the clock starts) and on a plain DiGraph with the fastest of parallel edges. It is asked for
times only, the lightest question it can answer; the product's figure includes building its matrix
and gives miles as well. Where NetworkX is slow it is timed on the first sources and scaled up:
``sources_timed`` says on how many. Seconds are of processor time, on one thread, so that
other work on the machine counts for little; the product's are the mean of five runs.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from benchmarks.rows import write_rows
from geo.network import BRITISH_GRID, Network, freeze
from geo.paths import fastest
from geo.road_graph import road_graph
from geo.speeds import METRES_PER_MILE
from inputs.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED = 20_260_901
NETWORKX_BUDGET_SECONDS = 20.0
PRODUCT_RUNS = 5


@dataclass(frozen=True)
class Row:
    """One line of the table: a method on an instance."""

    instance: str
    method: str
    nodes: int
    edges: int
    origins: int
    destinations: int
    sources_timed: int
    seconds: float
    ratio: float
    largest_difference_seconds: float


def road_like(nodes: int, seed: int = SEED) -> nx.MultiDiGraph[int]:
    """Return a made-up road graph: a perturbed 120 m lattice with a hierarchy of speeds.

    Every 16th line is a 60 mph road, every 8th 40, every 4th 30; the rest are 20 mph streets, 38 %
    of them missing and 8 % one-way. Roads are 1.02 to 1.25 times as long as the line between
    their ends; one in fifty has a slower or longer twin. The largest strongly connected part.
    """
    rng = np.random.default_rng(seed)
    side = math.ceil(math.sqrt(nodes))
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs=BRITISH_GRID)
    jitter = rng.uniform(-40, 40, (side, side, 2))
    for row in range(side):
        for column in range(side):
            graph.add_node(
                row * side + column,
                x=400_000 + column * 120 + float(jitter[row, column, 0]),
                y=300_000 + row * 120 + float(jitter[row, column, 1]),
            )
    for row in range(side):
        for column in range(side):
            if column + 1 < side:
                _street(graph, rng, row * side + column, row * side + column + 1, row)
            if row + 1 < side:
                _street(graph, rng, row * side + column, (row + 1) * side + column, column)
    part = max(nx.strongly_connected_components(graph), key=len)
    graph.remove_nodes_from([node for node in graph if node not in part])
    return graph


def _street(
    graph: nx.MultiDiGraph[int], rng: np.random.Generator, start: int, end: int, line: int
) -> None:
    mph = next((mph for step, mph in ((16, 60.0), (8, 40.0), (4, 30.0)) if line % step == 0), 20.0)
    gone, one_way, winding, twin = rng.random(4)
    minor = mph == 20.0
    if minor and gone < 0.38:
        return
    a, b = graph.nodes[start], graph.nodes[end]
    metres = math.hypot(a["x"] - b["x"], a["y"] - b["y"]) * (1.02 + 0.23 * winding)
    ways = [(start, end)] if minor and one_way < 0.08 else [(start, end), (end, start)]
    for u, v in ways:
        for stretch in (1.0, 1.4) if twin < 0.02 else (1.0,):
            seconds = metres * stretch / METRES_PER_MILE / mph * 3600.0
            graph.add_edge(
                u, v, length=metres * stretch, limit_mph=mph, factor=1.0, seconds=seconds
            )


def compare(
    instance: str, graph: nx.MultiDiGraph[int], network: Network, origins: int, destinations: int
) -> list[Row]:
    """Return a row each for the product, the MultiDiGraph and the DiGraph."""
    rng = np.random.default_rng(SEED)
    count = len(network.easting)
    homes = rng.choice(count, size=min(origins, count), replace=False)
    places = rng.choice(count, size=min(destinations, count), replace=False)
    fastest(network, homes[:1], places[:1])  # imports are not what is measured
    begin = time.process_time()
    for _ in range(PRODUCT_RUNS):
        seconds, _ = fastest(network, homes, places)
    product = (time.process_time() - begin) / PRODUCT_RUNS
    size = (len(graph), graph.number_of_edges(), len(homes), len(places))
    sources = min(len(homes), len(places))
    rows = [Row(instance, "sendplaces", *size, sources, product, 1.0, 0.0)]

    # From the smaller side: places on the graph turned round, or homes on the graph as it is.
    backwards = len(places) < len(homes)
    multi = graph.reverse(copy=True) if backwards else graph
    plain: nx.DiGraph[int] = nx.DiGraph()
    for u, v, data in multi.edges(data=True):
        if not plain.has_edge(u, v) or data["seconds"] < plain[u][v]["seconds"]:
            plain.add_edge(u, v, seconds=data["seconds"])
    from_side, to_side = (places, homes) if backwards else (homes, places)
    expected = seconds.T if backwards else seconds
    names = list(graph.nodes)
    searched: list[tuple[str, Any]] = [
        ("NetworkX Dijkstra, OSMnx MultiDiGraph", multi),
        ("NetworkX Dijkstra, DiGraph", plain),
    ]
    for method, roads in searched:
        spent, timed, worst = 0.0, 0, 0.0
        while timed < sources and spent < NETWORKX_BUDGET_SECONDS:
            begin = time.process_time()
            found = nx.single_source_dijkstra_path_length(
                roads, names[from_side[timed]], weight="seconds"
            )
            spent += time.process_time() - begin
            there = np.array([found.get(names[node], math.inf) for node in to_side])
            worst = max(worst, float(np.abs(there - expected[timed]).max()))
            timed += 1
        scaled = spent * sources / timed
        rows.append(Row(instance, method, *size, timed, scaled, scaled / product, worst))
    return rows


def table(rows: Sequence[Row]) -> str:
    """Return the rows as text to read."""
    heading = (
        f"{'instance':<28} {'method':<38} {'nodes':>7} {'edges':>8} {'origins':>7} {'dest.':>5} "
        f"{'sources_timed':>13} {'seconds':>8} {'ratio':>7} {'largest difference, s':>21}"
    )
    lines = [heading]
    lines += [
        f"{row.instance[:28]:<28} {row.method:<38} {row.nodes:>7,} {row.edges:>8,} "
        f"{row.origins:>7,} {row.destinations:>5,} {row.sources_timed:>13,} {row.seconds:>8.2f} "
        f"{row.ratio:>7.1f} {row.largest_difference_seconds:>21.3f}"
        for row in rows
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.travel", description=__doc__)
    parser.add_argument("network", type=Path, help="a file of roads")
    parser.add_argument("--json", type=Path, help="write the rows here too")
    parser.add_argument("--generated-nodes", type=int, default=50_000, help="0 for none")
    parser.add_argument("--origins", type=int, default=1_000)
    parser.add_argument("--destinations", type=int, default=150)
    chosen = parser.parse_args(arguments)
    try:
        graph = road_graph(chosen.network)
        network = freeze(graph, source=chosen.network.name)
    except InputError as error:
        print(error, file=sys.stderr)
        return 3
    size = (chosen.origins, chosen.destinations)
    rows = compare(chosen.network.name, graph, network, *size)
    if chosen.generated_nodes > 0:
        graph = road_like(chosen.generated_nodes)
        network = freeze(graph, source="generated")
        rows += compare(f"generated {chosen.generated_nodes:,}", graph, network, *size)
    print(table(rows))
    scaled = [row for row in rows if row.sources_timed < min(row.origins, row.destinations)]
    if scaled:
        print("\nWhere sources_timed is below the smaller side, seconds are scaled up from them,")
        print("and the largest difference is over the sources timed.")
    write_rows(rows, chosen.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
