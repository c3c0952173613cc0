"""Speeds of roads: what OpenStreetMap says of a limit, in mph, and what to take when it is silent.

OSMnx reads ``60 mph`` but not ``national``, ``GB:nsl_single`` or ``60 mph;30 mph``: it would put
the mean of the class there without a word. Here limits are read first, and only what is left is
imputed, from the table ``speeds.csv`` beside this file.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean, harmonic_mean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

METRES_PER_MILE = 1609.344
"""The international mile."""

NATIONAL_SINGLE_MPH = 60.0
NATIONAL_DUAL_MPH = 70.0
MOTORWAY_MPH = 70.0
BUILT_UP_MPH = 30.0
"""National speed limits of cars: Highway Code rule 124 (England)."""

URBAN_UP_TO_MPH = 40.0
"""DfT's road statistics call a road built-up when its limit is 40 mph or less."""

SPEEDS_FILE = Path(__file__).with_name("speeds.csv")

LIMIT_TAGS = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:maxspeed")
"""Tags that may state a limit, in the order in which they are believed."""

_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?$")
_ZONE = re.compile(r"^(?:gb|uk)\b.*?(\d+)")


@dataclass(frozen=True)
class ClassSpeed:
    """What is taken for a class of road.

    Parameters
    ----------
    free_flow_mph
        Speed of a free road of the class, where no limit is mapped.
    urban_factor, rural_factor
        Minutes driven for each minute at free flow, where the limit is at most 40 mph and where
        it is higher.
    """

    free_flow_mph: float
    urban_factor: float
    rural_factor: float


@dataclass(frozen=True)
class EdgeSpeed:
    """Speed of one stretch of road: its limit, its factor, and whether the limit was imputed."""

    limit_mph: float
    factor: float
    imputed: bool


@cache
def class_speeds() -> Mapping[str, ClassSpeed]:
    """Return the speeds of ``speeds.csv`` by OpenStreetMap class of road (sources in the file)."""
    with SPEEDS_FILE.open(encoding="utf-8", newline="") as file:
        return {
            row["highway"]: ClassSpeed(
                float(row["free_flow_mph"]),
                float(row["urban_factor"]),
                float(row["rural_factor"]),
            )
            for row in csv.DictReader(file)
        }


@cache
def speeds_hash() -> str:
    """Return a hash of the speed table and of the rules in this file, for fingerprints."""
    digest = hashlib.sha256()
    for part in (SPEEDS_FILE, Path(__file__)):
        digest.update(part.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def read_limit(text: str, *, motorway: bool = False, dual: bool = False) -> float | None:
    """Return a mapped speed limit in mph, or None where it states none that can be read.

    A bare number is in km/h, as OpenStreetMap's rule is. A mixed value (``60 mph;30 mph``) is the
    harmonic mean: as if each limit held over the same length.

    Parameters
    ----------
    text
        The value of a ``maxspeed`` tag, or of one that stands in for it.
    motorway, dual
        Whether the road is a motorway or a dual carriageway: it decides what "national" means.

    Examples
    --------
    >>> read_limit("national"), read_limit("national", dual=True), read_limit("60 mph;30 mph")
    (60.0, 70.0, 40.0)
    >>> read_limit("sign") is None
    True
    """
    known = [
        limit
        for part in re.split(r"[;|]", text)
        if (limit := _one_limit(part.strip().lower(), motorway=motorway, dual=dual)) is not None
    ]
    return float(harmonic_mean(known)) if known else None


def _one_limit(value: str, *, motorway: bool, dual: bool) -> float | None:
    number = _NUMBER.match(value)
    if number:
        speed = float(number[1])
        mph = speed if number[2] == "mph" else speed * 1000 / METRES_PER_MILE
        # Nothing is faster than the national limit; under 3 mph is a slip of the keyboard.
        return min(mph, NATIONAL_DUAL_MPH) if mph >= 3 else None
    if "motorway" in value:
        return MOTORWAY_MPH
    if "restricted" in value or "built_up" in value or "urban" in value:
        return BUILT_UP_MPH
    if "nsl" in value or "national" in value or "rural" in value:
        if "single" in value:
            return NATIONAL_SINGLE_MPH
        return NATIONAL_DUAL_MPH if "dual" in value or dual or motorway else NATIONAL_SINGLE_MPH
    zone = _ZONE.match(value)  # such as GB:zone20
    if zone and 5 <= float(zone[1]) <= NATIONAL_DUAL_MPH:
        return float(zone[1])
    return None


def edge_speed(tags: Mapping[str, object]) -> EdgeSpeed:
    """Return the speed of a stretch of road from its OpenStreetMap tags.

    Values may be lists, as they are after OSMnx has merged stretches.

    Parameters
    ----------
    tags
        ``highway``, the tags of `LIMIT_TAGS`, ``oneway`` and ``junction``, where present.
    """
    table = class_speeds()
    classes = _words(tags.get("highway")) or ("road",)
    junctions = _words(tags.get("junction"))
    motorway = any(word.startswith("motorway") for word in classes)
    dual = (
        str(tags.get("oneway")).lower() in {"true", "yes", "1", "-1"}
        and not {"roundabout", "circular"} & set(junctions)
        and not any(word.endswith("_link") for word in classes)
    )
    rows = [table.get(word, table["road"]) for word in classes]
    limit = next(
        (
            mph
            for tag in LIMIT_TAGS
            if (mph := _limit_of(_words(tags.get(tag)), motorway=motorway, dual=dual)) is not None
        ),
        None,
    )
    imputed = limit is None
    if limit is None:
        limit = float(harmonic_mean([row.free_flow_mph for row in rows]))
        if dual and "trunk" in classes:
            limit = NATIONAL_DUAL_MPH
    urban = limit <= URBAN_UP_TO_MPH
    factor = fmean(row.urban_factor if urban else row.rural_factor for row in rows)
    return EdgeSpeed(limit, factor, imputed)


def _limit_of(values: Iterable[str], *, motorway: bool, dual: bool) -> float | None:
    return read_limit(";".join(values), motorway=motorway, dual=dual)


def _words(value: object) -> tuple[str, ...]:
    if value is None or value != value:  # noqa: PLR0124 (NaN is not equal to itself)
        return ()
    if isinstance(value, list | tuple | set):
        return tuple(str(part) for part in value)
    return (str(value),)
