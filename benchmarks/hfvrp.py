"""Heterogeneous-fleet routing files (Pessoa, Sadykov and Uchoa 2018), read and checked.

A file lists every vehicle with its capacity, fixed cost and cost a unit of distance, both times a
hundred; the cost of a route is (fixed + unit x Euclidean length, not rounded) / 100. Routes start
and end at the depot. Source of the format: the instances' own notes of origin.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SCALE = 100.0
"""Costs in the files are this many times the natural ones."""


@dataclass(frozen=True)
class Kind:
    """Vehicles that are alike: how much each carries, what it costs, and how many there are."""

    capacity: int
    fixed: float
    unit: float
    available: int


@dataclass(frozen=True, eq=False)
class Instance:
    """Customers round a depot, and a fleet.

    Parameters
    ----------
    name
        As in the file.
    points
        (n + 1, 2) coordinates, the depot first.
    demand
        (n + 1,) load of each; 0 for the depot.
    vehicles
        (vehicles, 3) capacity, fixed cost and cost a unit of distance of each vehicle listed.
    """

    name: str
    points: NDArray[np.float64]
    demand: NDArray[np.int64]
    vehicles: NDArray[np.float64]

    @property
    def kinds(self) -> list[Kind]:
        """The fleet, vehicles that are alike taken together, smallest first."""
        counted = Counter(tuple(row) for row in self.vehicles.tolist())
        return [Kind(int(c), f, u, n) for (c, f, u), n in sorted(counted.items())]

    @property
    def distance(self) -> NDArray[np.float64]:
        """(n + 1, n + 1) Euclidean distances, not rounded."""
        gap = self.points[:, None, :] - self.points[None, :, :]
        return np.hypot(gap[..., 0], gap[..., 1])


def read_instance(path: Path) -> Instance:
    """Return the instance in a ``.vrp`` file.

    Raises
    ------
    ValueError
        When a section is missing or is not as long as the header says.
    """
    head: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    rows: list[list[float]] = []
    for line in path.read_text("ascii").splitlines():
        words = line.split()
        if not words or words[0] == "EOF":
            continue
        if re.fullmatch(r"[A-Z_]+_SECTION", words[0]):
            rows = sections.setdefault(words[0].removesuffix("_SECTION"), [])
        elif ":" in line and not sections:
            key, _, value = line.partition(":")
            head[key.strip()] = value.strip()
        else:
            rows.append([float(word) for word in words])
    n, fleet = int(head["DIMENSION"]), int(head["VEHICLES"])
    none = [[k + 1.0, 0.0] for k in range(fleet)]
    tables = {
        "NODE_COORD": n,
        "DEMAND": n,
        "CAPACITY": fleet,
        "VEHICLES_FIXED_COST": fleet,
        "VEHICLES_UNIT_DISTANCE_COST": fleet,
    }
    held = {name: np.array(sections.get(name, none))[:, 1:] for name in tables}
    for name, length in tables.items():
        if len(held[name]) != length:
            raise ValueError(f"{path.name}: {name} has {len(held[name])} lines, not {length}")
    return Instance(
        head["NAME"],
        held["NODE_COORD"],
        held["DEMAND"][:, 0].astype(np.int64),
        np.column_stack(
            [
                held["CAPACITY"][:, 0],
                held["VEHICLES_FIXED_COST"][:, 0] / SCALE,
                held["VEHICLES_UNIT_DISTANCE_COST"][:, 0] / SCALE,
            ]
        ),
    )


def read_routes(path: Path) -> list[list[int]]:
    """Return the customers of each vehicle of a ``.sol`` file, in order; empty where unused."""
    found: list[list[int]] = []
    for line in path.read_text("ascii").splitlines():
        match = re.match(r"Route #\d+:(.*)", line)
        if match:
            found.append([int(word) for word in match[1].split()])
    return found


def cost(instance: Instance, routes: Sequence[tuple[Sequence[int], Sequence[float]]]) -> float:
    """Return what routes cost, worked out from the file alone.

    Parameters
    ----------
    instance
        The instance.
    routes
        For each: its customers in order, and the capacity, fixed cost and unit cost of its vehicle.

    Raises
    ------
    ValueError
        When a customer is left out or served twice, a vehicle is overloaded, or more of a kind
        are used than there are.
    """
    served = sorted(customer for customers, _ in routes for customer in customers)
    if served != list(range(1, len(instance.points))):
        raise ValueError("not every customer is served exactly once")
    distance, total = instance.distance, 0.0
    used: Counter[tuple[float, ...]] = Counter()
    for customers, vehicle in routes:
        if not customers:
            continue
        capacity, fixed, unit = vehicle
        used[tuple(vehicle)] += 1
        if instance.demand[list(customers)].sum() > capacity:
            raise ValueError(f"a vehicle of capacity {capacity:g} is overloaded")
        way = [0, *customers, 0]
        total += fixed + unit * float(distance[way[:-1], way[1:]].sum())
    listed = Counter(tuple(row) for row in instance.vehicles.tolist())
    if any(number > listed[kind] for kind, number in used.items()):
        raise ValueError("more vehicles of a kind are used than there are")
    return total


def instances(folder: Path) -> Iterator[tuple[Instance, float]]:
    """Return the instances of a folder with their best known cost (``optima.csv``)."""
    with (folder / "optima.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        yield read_instance(folder / row["file"]), float(row["best_known"])
