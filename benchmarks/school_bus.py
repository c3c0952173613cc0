"""School-bus files of Park, Tae and Kim (2012), and an independent check of an answer to them.

The counts published beside them (Bertsimas, Delarue and Martin 2019) are of this problem: each
trip carries pupils of one school; it unloads so as to end at the school's earliest bell; a pupil's
ride runs from leaving the stop to reaching the school, later stops included; a bus may make one
trip after another; driving from and to the yard is free; a stop is visited once, by one bus.
Constants are those of the published loader.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

FEET_PER_SECOND = 29.3333333
"""20 miles an hour."""
SEATS = 66
STOP_SECONDS, PUPIL_SECONDS = 19.0, 2.6
UNLOADING_SECONDS = 154.4
ALMOST = 1e-6


@dataclass(frozen=True, eq=False)
class Instance:
    """Stops with pupils, each of one school, and schools with a bell.

    Parameters
    ----------
    name
        Name of the folder.
    schools
        (schools, 2) feet.
    bell_seconds
        (schools,) seconds after midnight by which a bus has unloaded.
    stops
        (stops, 2) feet.
    school_of
        (stops,) position of each stop's school.
    pupils
        (stops,) pupils who board there.
    """

    name: str
    schools: NDArray[np.float64]
    bell_seconds: NDArray[np.float64]
    stops: NDArray[np.float64]
    school_of: NDArray[np.int64]
    pupils: NDArray[np.int64]

    def boarding_seconds(self) -> NDArray[np.float64]:
        """Return (stops,) seconds a bus stands at each stop."""
        return STOP_SECONDS + PUPIL_SECONDS * self.pupils

    def seconds(
        self, origins: NDArray[np.float64], ends: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return (origins, ends) driving seconds: Manhattan distance at 20 miles an hour."""
        gap = np.abs(origins[:, None, :] - ends[None, :, :]).sum(axis=2)
        return np.asarray(gap / FEET_PER_SECOND, dtype=np.float64)


def _clock(text: str) -> float:
    """Return seconds after midnight of a time written HMM or HHMM.

    >>> _clock("510"), _clock("1030")
    (18600.0, 37800.0)
    """
    return int(text[:-2]) * 3600.0 + int(text[-2:]) * 60.0


def read_instance(folder: Path) -> Instance:
    """Return the instance in a folder that holds ``Schools.txt`` and ``Stops.txt``."""
    schools = _rows(folder / "Schools.txt")
    stops = _rows(folder / "Stops.txt")
    at = {row["ID"]: k for k, row in enumerate(schools)}
    return Instance(
        folder.name,
        np.array([[float(row["X"]), float(row["Y"])] for row in schools]),
        np.array([_clock(row["AMEARLY"]) for row in schools]),
        np.array([[float(row["X_COORD"]), float(row["Y_COORD"])] for row in stops]),
        np.array([at[row["EP_ID"]] for row in stops], dtype=np.int64),
        np.array([int(row["STUDENT_COUNT"]) for row in stops], dtype=np.int64),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@dataclass(frozen=True)
class Trip:
    """One trip: the stops in order, when it begins at the first, and when it has unloaded."""

    stops: tuple[int, ...]
    begins_seconds: float
    ends_seconds: float


def trip(instance: Instance, stops: Sequence[int], ride_limit_seconds: float) -> Trip:
    """Return a trip worked out from the file alone.

    Raises
    ------
    ValueError
        When it mixes schools, is overloaded, or a pupil rides longer than the limit.
    """
    order = np.array(stops, dtype=np.int64)
    schools = np.unique(instance.school_of[order])
    if len(schools) != 1:
        raise ValueError("a trip carries pupils of more than one school")
    if instance.pupils[order].sum() > SEATS:
        raise ValueError("a bus is overloaded")
    school = int(schools[0])
    between = instance.seconds(instance.stops[order], instance.stops[order])
    legs = np.append(
        between[np.arange(len(order) - 1), np.arange(1, len(order))],
        instance.seconds(instance.stops[order[-1:]], instance.schools[[school]])[0, 0],
    )
    stands = instance.boarding_seconds()[order]
    # from leaving the first stop to reaching the school: every leg, and every later stop
    longest = float(legs.sum() + stands[1:].sum())
    if longest > ride_limit_seconds + ALMOST:
        raise ValueError(f"a pupil rides {longest:.0f} s, and may ride {ride_limit_seconds:.0f} s")
    ends = float(instance.bell_seconds[school])
    return Trip(tuple(order.tolist()), ends - UNLOADING_SECONDS - longest - stands[0], ends)


def check(
    instance: Instance, buses: Sequence[Sequence[Sequence[int]]], ride_limit_seconds: float
) -> int:
    """Return how many buses an answer uses, having checked all of it.

    Parameters
    ----------
    instance
        The instance.
    buses
        For each bus its trips, and for each trip its stops in order.
    ride_limit_seconds
        Longest ride allowed.

    Raises
    ------
    ValueError
        When a stop is left out or visited twice, a trip breaks a rule, or a bus cannot be in time
        for its next trip.
    """
    visited = sorted(stop for bus in buses for stops in bus for stop in stops)
    if visited != list(range(len(instance.stops))):
        raise ValueError("not every stop is visited exactly once")
    for bus in buses:
        made = [trip(instance, stops, ride_limit_seconds) for stops in bus]
        for first, then in pairwise(made):
            school = instance.schools[[instance.school_of[first.stops[0]]]]
            drive = instance.seconds(school, instance.stops[[then.stops[0]]])[0, 0]
            if first.ends_seconds + drive > then.begins_seconds + ALMOST:
                raise ValueError("a bus cannot reach its next trip in time")
    return sum(1 for bus in buses if len(bus))


def published(folder: Path) -> dict[tuple[str, float], dict[str, int]]:
    """Return buses by method for each instance and ride limit (``bird_pnas_tableS1_nbuses.csv``).

    Parameters
    ----------
    folder
        The folder that holds the instances' folders.
    """
    found: dict[tuple[str, float], dict[str, int]] = {}
    path = folder / "bird_pnas_tableS1_nbuses.csv"
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            key = row["benchmark"], float(row["max_riding_time"])
            buses = found.setdefault(key, {})
            count = int(float(row["buses"]))
            buses[row["exp_name"]] = min(count, buses.get(row["exp_name"], count))
    return found
