"""Put every zone and provision on the British National Grid, and say which cannot be there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.case import DEGREES, GRID
from inputs.errors import Fault
from inputs.vocabulary import ProvisionClass

if TYPE_CHECKING:
    import pandas as pd

    from inputs.draft import Draft

NOWHERE = frozenset({ProvisionClass.MAINSTREAM_TOPUP.value, ProvisionClass.EOTAS.value})
"""Classes that may have no place of their own: many schools, or a child's home."""

_LAND = {
    0: "0 1 2 3 4 5",
    1: "1 2 3 4 5 6",
    2: "1 2 3 4 5 6",
    3: "2 3 4 5 6",
    4: "2 3 4 5",
    5: "1 2 3 4 5",
    6: "1 2 3 4",
    7: "0 1 2 3",
    8: "0 1 2 3 4",
    9: "0 1 2 3",
    10: "1 2 3 4",
    11: "3 4",
    12: "4",
}
"""Squares of 100 km that hold land of Great Britain: by northing, the eastings.

The lettered squares of Ordnance Survey's National Grid (SV 0 0, TQ 5 1, NZ 4 5, HP 4 12).
"""
SQUARE_METRES = 100_000
FAR_METRES = 150_000
NEAR_METRES = 60_000
"""A point further than the one from the middle of the case, and within the other once swapped,
has its easting and northing the wrong way round: no authority is 150 km from end to end."""
LONGITUDES, LATITUDES = (-9.0, 2.1), (49.8, 61.0)
"""Degrees within which Great Britain lies."""
DISAGREE_METRES = 1_000


def on_the_grid(draft: Draft, name: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Return a table with ``easting`` and ``northing`` filled in, and what is wrong with them.

    Parameters
    ----------
    draft
        The tables as judged so far; ``zones`` are placed before ``provisions``.
    name
        ``zones`` or ``provisions``.
    """
    frame, label = draft.frames[name].copy(), draft.labels[name]
    faults: list[Fault] = []
    if frame.empty:
        return frame, faults
    crs = draft.facts.crs if draft.facts else GRID
    keys = frame[frame.columns[0]].tolist()
    nowhere = [kind in NOWHERE for kind in frame.get("class", keys)]
    east, north = frame["easting"].to_numpy(), frame["northing"].to_numpy()
    lon, lat = frame["longitude"].to_numpy(), frame["latitude"].to_numpy()
    from_degrees = to_grid(lon, lat)
    middle = _middle(draft, crs)
    placed = np.full((len(frame), 2), np.nan)
    for index, row in enumerate(frame.index):
        if row in draft.bad.get(name, ()):
            continue
        has_grid = not np.isnan(east[index]) and not np.isnan(north[index])
        has_degrees = not np.isnan(lon[index]) and not np.isnan(lat[index])
        column, problem, remedy = "", "", ""
        point: Any = (np.nan, np.nan)
        if has_degrees and (crs == DEGREES or not has_grid):
            column, point = "latitude", from_degrees[index]
            problem, remedy = _wrong_degrees(lon[index], lat[index])
        elif has_grid:
            column, point = "easting", (east[index], north[index])
            problem, remedy = _wrong_grid(east[index], north[index], middle)
        elif nowhere[index]:
            continue
        else:
            column, problem = "easting", "has no coordinates"
            remedy = "Give easting and northing, or longitude and latitude"
        if not problem and has_grid and has_degrees:
            apart = float(np.hypot(*(from_degrees[index] - (east[index], north[index]))))
            if not apart <= DISAGREE_METRES:
                problem = "has two places: its grid reference and its longitude and latitude differ"
                remedy = "Keep the right pair"
        placed[index] = point
        if problem:
            faults.append(Fault(label, problem, remedy, int(row), column, str(keys[index])))
    frame["easting"], frame["northing"] = placed[:, 0], placed[:, 1]
    return frame, faults


def to_grid(
    longitudes: np.ndarray[Any, Any], latitudes: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """Return eastings and northings, metres, of points in degrees; NaN where there is none.

    Parameters
    ----------
    longitudes, latitudes
        Shape (n,), degrees.

    Returns
    -------
    ndarray
        Shape (n, 2), metres on the British National Grid.
    """
    points = np.full((len(longitudes), 2), np.nan)
    there = (np.abs(longitudes) <= 180) & (np.abs(latitudes) <= 90)
    if there.any():
        points[there] = np.column_stack(
            _transformer().transform(longitudes[there], latitudes[there])
        )
    points[~np.isfinite(points)] = np.nan
    return points


@cache
def _transformer() -> Any:
    from pyproj import Transformer  # noqa: PLC0415 - slow to load, and not every case needs it

    return Transformer.from_crs(DEGREES, GRID, always_xy=True)


def on_land(easting: float, northing: float) -> bool:
    """Return whether a point lies in a 100 km square that holds land of Great Britain.

    >>> on_land(408500, 91200), on_land(91200, 408500)
    (True, False)
    """
    squares = _LAND.get(int(northing // SQUARE_METRES), "").split()
    return str(int(easting // SQUARE_METRES)) in squares


def _wrong_degrees(longitude: float, latitude: float) -> tuple[str, str]:
    def within(lon: float, lat: float) -> bool:
        return LONGITUDES[0] <= lon <= LONGITUDES[1] and LATITUDES[0] <= lat <= LATITUDES[1]

    if within(longitude, latitude):
        return "", ""
    if within(latitude, longitude):
        return "has its longitude and latitude swapped", "Latitude is the one from 50 to 61"
    if abs(longitude) > 180 or abs(latitude) > 90:
        return (
            "has a longitude or latitude that is not in degrees",
            "Metres belong under easting and northing",
        )
    return "lies outside Great Britain", "Check longitude (-9 to 2) and latitude (50 to 61)"


def _wrong_grid(
    easting: float, northing: float, middle: tuple[float, float] | None
) -> tuple[str, str]:
    swapped = "has its easting and northing swapped, it seems"
    if abs(easting) <= 180 and abs(northing) <= 180:
        return (
            "has coordinates in degrees under easting and northing",
            "Put them under longitude and latitude",
        )

    def from_middle(east: float, north: float) -> float:
        # With nothing to compare with, or all of the case swapped, any land will do.
        if middle is None or not on_land(*middle):
            return 0.0
        return float(np.hypot(east - middle[0], north - middle[1]))

    if not on_land(easting, northing):
        if on_land(northing, easting) and from_middle(northing, easting) < FAR_METRES:
            return swapped, "Change them round"
        return (
            "lies outside Great Britain",
            "Give easting and northing in whole metres, such as 408500 and 91200",
        )
    if from_middle(easting, northing) > FAR_METRES and from_middle(northing, easting) < NEAR_METRES:
        return swapped, "Change them round"
    return "", ""


def _middle(draft: Draft, crs: str) -> tuple[float, float] | None:
    """Return the median easting and northing of all zones and provisions of the case."""
    points: list[np.ndarray[Any, Any]] = []
    for name in ("zones", "provisions"):
        frame = draft.frames[name]
        grid = frame[["easting", "northing"]].to_numpy(dtype=float)
        degrees = to_grid(frame["longitude"].to_numpy(), frame["latitude"].to_numpy())
        first, second = (degrees, grid) if crs == DEGREES else (grid, degrees)
        points.append(np.where(np.isnan(first), second, first))
    every = np.concatenate(points)
    every = every[np.isfinite(every).all(axis=1)]
    if not len(every):
        return None
    east, north = np.median(every, axis=0)
    return float(east), float(north)
