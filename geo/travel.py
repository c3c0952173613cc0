"""Journeys from every zone to every provision: minutes, miles, and how each was found.

A journey is one way, from home to provision, by the fastest way: from the zone's point straight to
its nearest road point, along the roads, and straight to the provision. Those two ends are driven as
`straight_line` drives, so that a point off the road is not brought nearer than it is. What a user
supplies comes first; what lies beyond the roads, or cannot be reached by them, is a straight line,
labelled as such and warned of.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo import snapping
from geo.arrays import load_arrays, save_arrays
from geo.paths import fastest
from geo.speeds import METRES_PER_MILE
from geo.straight_line import DETOUR, STRAIGHT_LINE_MPH, straight_line
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

    from geo.network import Network

    Values = npt.NDArray[np.float64]
    Nodes = npt.NDArray[np.int64]
    Keys = npt.NDArray[np.object_]

LAYOUT = "1"
"""Raised when what is kept on disk for the same roads and points changes."""


@dataclass(frozen=True, eq=False)
class TravelTable:
    """Journeys, and what a reader must know to trust them.

    Parameters
    ----------
    journeys
        One row for each zone and provision: ``zone``, ``provision``, ``minutes``, ``miles``, and
        ``method`` (``network``, ``straight_line`` or ``supplied``).
    snaps
        One row for each point, when there is a network: ``kind`` (``zone`` or ``provision``),
        ``key``, ``metres`` to the nearest road point, and ``method`` (``network``, or
        ``straight_line`` for a point beyond the network).
    warnings
        Points over 500 m from the roads or beyond them, and pairs that no road joins.
    attribution
        Words to show with any figure from these journeys.
    fingerprint
        Hash of everything that the journeys follow from.
    """

    journeys: pd.DataFrame
    snaps: pd.DataFrame
    warnings: tuple[Fault, ...]
    attribution: tuple[str, ...]
    fingerprint: str


def travel_table(
    zones: pd.DataFrame,
    provisions: pd.DataFrame,
    network: Network | None,
    *,
    calibration: float = 1.0,
    detour: float = DETOUR,
    straight_line_mph: float = STRAIGHT_LINE_MPH,
    supplied: pd.DataFrame | None = None,
    cache: Path | None = None,
    speed_cap_mph: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> TravelTable:
    """Return the journey from every zone to every provision that has coordinates.

    Parameters
    ----------
    zones
        Columns ``zone``, ``easting``, ``northing`` (metres, EPSG:27700).
    provisions
        Columns ``provision``, ``easting``, ``northing``; one without coordinates (education other
        than at school, mainstream) has no journey unless one is supplied.
    network
        The roads; None for straight lines throughout.
    calibration
        Multiplies the minutes of every journey that is worked out here, never a supplied one.
    detour, straight_line_mph
        See `geo.straight_line.straight_line`.
    supplied
        Ready-made journeys: ``zone``, ``provision``, ``minutes``, ``miles``. Each wins over what
        would be worked out for its pair.
    cache
        Folder to keep shortest paths in, by hash of network, speed cap and points.
    speed_cap_mph
        The most that the vehicle may do, such as 50 for a minibus on single carriageways.
    progress
        Called with the share done, from 0 to 1.

    Returns
    -------
    TravelTable
        Finite minutes and miles for every pair of a zone and a provision with coordinates, and
        for every supplied pair.

    Raises
    ------
    InputError
        When a zone has no coordinates, no zone touches the network, or a supplied journey has no
        usable minutes and miles or is given twice.
    ValueError
        When a factor or speed is not above zero (a detour: not at least 1).
    """
    if not (calibration > 0 and np.isfinite(calibration)):
        raise ValueError("calibration must be above zero")
    _check_zones(zones)
    ready = _checked(supplied)
    located = provisions.iloc[np.flatnonzero(np.isfinite(_points(provisions)).all(axis=1))]
    zone_keys, homes = _keys(zones["zone"]), _points(zones)
    provision_keys, places = _keys(located["provision"]), _points(located)

    minutes, miles = straight_line(homes, places, detour=detour, mph=straight_line_mph)
    method = np.full(minutes.shape, "straight_line", dtype=object)
    snaps = snapping.snap_rows("zone", zone_keys[:0], np.zeros(0))
    if network is not None:
        home_nodes, home_gaps = snapping.snap(network, homes)
        place_nodes, place_gaps = snapping.snap(network, places)
        snapping.check_touches(network, home_gaps)
        near_home = np.flatnonzero(home_gaps <= snapping.BEYOND_METRES)
        near_place = np.flatnonzero(place_gaps <= snapping.BEYOND_METRES)
        near = np.ix_(near_home, near_place)
        seconds, metres = np.full(minutes.shape, np.inf), np.full(minutes.shape, np.inf)
        seconds[near], metres[near] = _by_road(
            network, home_nodes[near_home], place_nodes[near_place], speed_cap_mph, cache, progress
        )
        by_road = np.isfinite(seconds)
        ends = (home_gaps[:, None] + place_gaps[None, :]) / METRES_PER_MILE * detour
        minutes = np.where(by_road, seconds / 60.0 + ends / straight_line_mph * 60.0, minutes)
        miles = np.where(by_road, metres / METRES_PER_MILE + ends, miles)
        method[by_road] = "network"
        home_rows = snapping.snap_rows("zone", zone_keys, home_gaps)
        place_rows = snapping.snap_rows("provision", provision_keys, place_gaps)
        snaps = pd.concat([home_rows, place_rows], ignore_index=True)

    journeys = pd.DataFrame(
        {
            "zone": np.repeat(zone_keys, len(provision_keys)),
            "provision": np.tile(provision_keys, len(zone_keys)),
            "minutes": minutes.ravel() * calibration,
            "miles": miles.ravel(),
            "method": method.ravel(),
        }
    )
    journeys = _overlay(journeys, ready, zone_keys, _keys(provisions["provision"]))
    settings = (calibration, detour, straight_line_mph, speed_cap_mph)
    return TravelTable(
        journeys=journeys,
        snaps=snaps,
        warnings=tuple(_warnings(journeys, snaps, network)),
        attribution=(network.attribution,) if network is not None and network.attribution else (),
        fingerprint=_hash(
            network.fingerprint if network is not None else "no roads",
            settings,
            [*zone_keys, *provision_keys],
            homes,
            places,
            ready.to_csv(index=False),
        ),
    )


def _warnings(journeys: pd.DataFrame, snaps: pd.DataFrame, network: Network | None) -> list[Fault]:
    """Return what to warn of in the journeys that were worked out; supplied ones are the user's."""
    worked_out = journeys[journeys["method"] != "supplied"]
    straight = worked_out[worked_out["method"] == "straight_line"]
    if network is None:
        return [snapping.no_network(len(straight))] if len(straight) else []
    concerned = (snaps["kind"] == "zone") & snaps["key"].isin(set(worked_out["zone"]))
    concerned |= (snaps["kind"] == "provision") & snaps["key"].isin(set(worked_out["provision"]))
    beyond = snaps[snaps["method"] == "straight_line"]
    beyond_zones = set(beyond.loc[beyond["kind"] == "zone", "key"])
    beyond_provisions = set(beyond.loc[beyond["kind"] == "provision", "key"])
    cut_off = straight[
        ~straight["zone"].isin(beyond_zones) & ~straight["provision"].isin(beyond_provisions)
    ]
    return snapping.snap_warnings(snaps[concerned]) + [
        snapping.unreached(str(provision), int(count))
        for provision, count in cut_off.groupby("provision", sort=False).size().items()
    ]


def _by_road(
    network: Network,
    homes: Nodes,
    places: Nodes,
    speed_cap_mph: float | None,
    cache: Path | None,
    progress: Callable[[float], None] | None,
) -> tuple[Values, Values]:
    """Return seconds and metres between nodes, from disk where they were worked out before."""
    key = _hash((LAYOUT, network.fingerprint, speed_cap_mph), homes, places)
    kept = None if cache is None else cache / f"travel-{key[:32]}.npz"
    found = None if kept is None else load_arrays(kept, ("seconds", "metres"))
    shape = (len(homes), len(places))
    if found is not None and found["seconds"].shape == found["metres"].shape == shape:
        if progress is not None:
            progress(1.0)
        return found["seconds"], found["metres"]
    seconds, metres = fastest(
        network, homes, places, speed_cap_mph=speed_cap_mph, progress=progress
    )
    if kept is not None:
        save_arrays(kept, seconds=seconds, metres=metres)
    return seconds, metres


def _points(table: pd.DataFrame) -> Values:
    east, north = (
        pd.to_numeric(table[name]).to_numpy(dtype=np.float64, na_value=np.nan)
        for name in ("easting", "northing")
    )
    return np.column_stack([east, north])


def _keys(column: pd.Series) -> Keys:
    return column.astype(str).to_numpy(dtype=object)


def _check_zones(zones: pd.DataFrame) -> None:
    blank = zones[~np.isfinite(_points(zones)).all(axis=1)]
    if len(blank):
        raise InputError(
            Fault("zones", "has no coordinates", "Give its easting and northing", value=str(key))
            for key in blank["zone"]
        )


def _checked(supplied: pd.DataFrame | None) -> pd.DataFrame:
    """Return the supplied journeys as text keys and finite numbers, or raise with every fault."""
    columns = ["zone", "provision", "minutes", "miles"]
    if supplied is None:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})
    ready = pd.DataFrame(
        {
            "zone": _keys(supplied["zone"]),
            "provision": _keys(supplied["provision"]),
            "minutes": pd.to_numeric(supplied["minutes"], errors="coerce").to_numpy(np.float64),
            "miles": pd.to_numeric(supplied["miles"], errors="coerce").to_numpy(np.float64),
        }
    )
    numbers = ready[["minutes", "miles"]].to_numpy(np.float64)
    usable = (np.isfinite(numbers) & (numbers >= 0)).all(axis=1)
    twice = ready.duplicated(["zone", "provision"]).to_numpy()
    faults = [
        Fault("travel", "needs minutes and miles of zero or more", "Give both", row=int(row) + 2)
        for row in np.flatnonzero(~usable)
    ]
    faults += [
        Fault("travel", "gives the same zone and provision again", "Keep one", row=int(row) + 2)
        for row in np.flatnonzero(twice)
    ]
    if faults:
        raise InputError(faults)
    return ready


def _overlay(
    journeys: pd.DataFrame, ready: pd.DataFrame, zone_keys: Keys, provision_keys: Keys
) -> pd.DataFrame:
    """Put supplied journeys over worked-out ones, pair by pair."""
    known = ready["zone"].isin(set(zone_keys)) & ready["provision"].isin(set(provision_keys))
    ready = ready[known]
    if ready.empty:
        return journeys
    both = pd.concat([journeys, ready.assign(method="supplied")], ignore_index=True)
    both = both.drop_duplicates(["zone", "provision"], keep="last")
    zone_at = {key: at for at, key in enumerate(zone_keys)}
    provision_at = {key: at for at, key in enumerate(provision_keys)}
    order = np.lexsort((both["provision"].map(provision_at), both["zone"].map(zone_at)))
    both = both.iloc[order].reset_index(drop=True)
    return both.astype({"minutes": float, "miles": float})


def _hash(*parts: object) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode())
        digest.update(b"\x00")
    return digest.hexdigest()
