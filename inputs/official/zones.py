"""Home zones of an authority: LSOAs of 2011, where each is, and how deprived.

A folder holds the published files in any names; each is known by its headings: centroids, the
lookup from LSOA to district, the lookup from district to authority, and deprivation (optional).

Source: ONS Open Geography; English indices of deprivation 2019 (MHCLG). Open Government Licence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError
from inputs.official.authorities import tidy_name
from inputs.official.opening import Source, find_tables, headings, numbers, read_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from inputs.official.authorities import Authority

REORGANISED: dict[str, tuple[str, ...]] = {
    "Cumberland": ("Allerdale", "Carlisle", "Copeland"),
    "Westmorland and Furness": ("Barrow-in-Furness", "Eden", "South Lakeland"),
}
"""Districts of authorities that began in April 2023, after the lookup of December 2022.

Source: The Cumbria (Structural Changes) Order 2022. North Yorkshire and Somerset kept their area.
"""
_ALIASES: dict[str, tuple[str, ...]] = {
    "zone": ("lsoa11cd", "lsoa11_code", "lsoa code (2011)"),
    "name": ("lsoa11nm", "lsoa11_name", "lsoa name (2011)"),
    "longitude": ("lon", "long", "longitude"),
    "latitude": ("lat", "latitude"),
    "district_code": ("lad22cd", "ltla22cd"),
    "district": ("lad22nm", "ltla22nm"),
    "authority_code": ("utla22cd",),
    "authority": ("utla22nm",),
    "decile": (
        "index_of_multiple_deprivation_imd_decile",
        "index of multiple deprivation (imd) decile (where 1 is most deprived 10% of lsoas)",
        "index of multiple deprivation (imd) decile",
        "imd_decile",
    ),
    "idaci": (
        "idaci",
        "income deprivation affecting children index (idaci) score (rate)",
        "idaci_score",
    ),
}


@dataclass(frozen=True, eq=False)
class ZoneFile:
    """The zones of one authority.

    Parameters
    ----------
    zones
        ``zone`` (LSOA 2011), ``name``, ``longitude``, ``latitude`` (WGS 84, geometric centroid),
        ``district`` (of December 2022), ``town`` (the name of the LSOA without its number: the
        district of 2011), ``msoa`` (its middle-layer area), ``deprivation_fifth`` (1 is the most
        deprived; NA where not among the files), ``idaci`` (share of children aged 0 to 15 in
        families of low income, 2019; NaN likewise).
    districts
        Codes of the districts that the authority is made of.
    sources
        Names of the files used.
    """

    zones: pd.DataFrame
    districts: tuple[str, ...]
    sources: tuple[str, ...]


def read_zones(folder: Path, authority: Authority) -> ZoneFile:
    """Return the zones of an authority: unitary, county or metropolitan.

    Parameters
    ----------
    folder
        Holds the centroids, the two lookups and, if there are any, the indices of deprivation.
    authority
        Whose zones.

    Raises
    ------
    InputError
        Naming every file that is missing, or that the authority is in none of them.
    """
    files = _Folder(folder)
    lookup = files.needed("zone", "district_code", "district", also=("name",),
                          what="the lookup from LSOA 2011 to district (ONS)")  # fmt: skip
    centroids = files.needed("zone", "longitude", "latitude",
                             what="the centroids of LSOA 2011 (ONS)")  # fmt: skip
    upper = files.needed("district_code", "authority_code", "authority", also=("district",),
                         what="the lookup from district to upper-tier authority (ONS)")  # fmt: skip
    if files.faults:
        raise InputError(files.faults)
    assert lookup is not None
    assert centroids is not None
    assert upper is not None
    districts = _districts(folder, upper.read(), authority)
    codes = frozenset(districts)
    rows = lookup.read(lambda frame: frame["district_code"].isin(codes))
    rows = rows.drop_duplicates("zone").sort_values("zone").reset_index(drop=True)
    if rows.empty:
        problem = f"holds no zone of {authority.name}"
        raise InputError([Fault(lookup.source.name, problem, "Give the lookup for all England")])
    wanted = frozenset(rows["zone"])
    at = centroids.read(lambda frame: frame["zone"].isin(wanted)).drop_duplicates("zone")
    lost = sorted(wanted - set(at["zone"]))
    if lost:
        problem = f"has no centroid of {len(lost):,} zones, such as {lost[0]}"
        raise InputError([Fault(centroids.source.name, problem, "Give the centroids of LSOA 2011")])
    out = rows.merge(at[["zone", "longitude", "latitude"]], on="zone")
    if "name" not in out:
        out["name"] = out["zone"]
    out["town"] = out["name"].str.replace(r" \d{3}[A-Z]$", "", regex=True)
    out["msoa"] = out["name"].str.replace(r"[A-Z]$", "", regex=True)
    for column in ("longitude", "latitude"):
        out[column] = numbers(centroids.source, out[column], signed=True)
    used = [lookup.source.name, centroids.source.name, upper.source.name]
    out["deprivation_fifth"] = pd.array([pd.NA] * len(out), dtype="Int64")
    out["idaci"] = np.nan
    depth = files.first("zone", "decile", also=("idaci",))
    if depth is not None:
        deciles = depth.read(lambda frame: frame["zone"].isin(wanted)).drop_duplicates("zone")
        if len(deciles):
            used.append(depth.source.name)
            decile = numbers(depth.source, deciles["decile"])
            fifth = pd.Series(np.ceil(decile.to_numpy() / 2), index=deciles["zone"])
            out["deprivation_fifth"] = out["zone"].map(fifth).round().astype("Int64")
            if "idaci" in deciles:
                share = numbers(depth.source, deciles["idaci"]).to_numpy()
                out["idaci"] = out["zone"].map(pd.Series(share, index=deciles["zone"]))
    columns = ["zone", "name", "longitude", "latitude", "district", "town", "msoa"]
    return ZoneFile(out[[*columns, "deprivation_fifth", "idaci"]], districts, tuple(used))


def _districts(folder: Path, upper: pd.DataFrame, authority: Authority) -> tuple[str, ...]:
    """Return the codes of the districts of an authority, by its code, its name or a known order."""
    own = upper[upper["authority_code"] == authority.code]
    if own.empty:
        own = upper[upper["authority"].map(tidy_name) == tidy_name(authority.name)]
    if own.empty and "district" in upper:
        names = {tidy_name(name) for name in REORGANISED.get(authority.name, ())}
        own = upper[upper["district"].map(tidy_name).isin(names)]
    if own.empty:
        problem = f"no lookup of districts there holds {authority.name} ({authority.code})"
        remedy = "Give a lookup of December 2022 or later, with LTLA22CD and UTLA22CD"
        raise InputError([Fault(str(folder), problem, remedy)])
    return tuple(sorted(own["district_code"].unique()))


@dataclass(frozen=True)
class _File:
    """A file of the folder, and which of its headings stand for what."""

    source: Source
    names: dict[str, str]

    def read(self, keep: Callable[[pd.DataFrame], pd.Series[bool]] | None = None) -> pd.DataFrame:
        """Return the columns under their names here, without spaces round cells."""
        own = {official: name for name, official in self.names.items()}

        def wanted(rows: pd.DataFrame) -> pd.Series[bool]:
            assert keep is not None
            return keep(_tidy(rows.rename(columns=own)))

        frame = read_table(
            self.source,
            "a file of zones",
            list(self.names.values()),
            keep=None if keep is None else wanted,
        )
        return _tidy(frame.rename(columns=own))


def _tidy(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: frame[name].str.strip() for name in frame.columns})


class _Folder:
    """The files of a folder by their headings, and the faults of those that are not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sources = find_tables(folder)
        self.headings = {source: headings(source) for source in self.sources}
        self.faults: list[Fault] = []

    def first(self, *needed: str, also: Sequence[str] = ()) -> _File | None:
        """Return the largest file with all the columns needed."""
        found: list[_File] = []
        for source, heads in self.headings.items():
            lower = {heading.lower(): heading for heading in reversed(heads)}
            names = {
                name: next((lower[one] for one in _ALIASES[name] if one in lower), "")
                for name in (*needed, *also)
            }
            if all(names[name] for name in needed):
                found.append(_File(source, {name: own for name, own in names.items() if own}))
        # A national file is larger than one cut to some authorities.
        return max(found, key=lambda one: _bytes(one.source), default=None)

    def needed(self, *columns: str, what: str, also: Sequence[str] = ()) -> _File | None:
        """Return the file with the columns, or note the fault that there is none."""
        found = self.first(*columns, also=also)
        if found is None:
            heads = ", ".join(_ALIASES[name][0].upper() for name in columns)
            problem = f"the folder lacks {what}"
            self.faults.append(
                Fault(str(self.folder), problem, f"Add the file with the columns {heads}")
            )
        return found


def _bytes(source: Source) -> int:
    size = source.path.stat().st_size
    return size * 6 if re.search(r"\.(gz|xz|bz2)$", source.name.lower()) else size
