"""The case: what an authority supplied, read, checked and never changed after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from inputs.schemas.cells import Text, Whole, Year  # noqa: TC001 - pydantic reads them

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from inputs.errors import Fault

GRID: Literal["EPSG:27700"] = "EPSG:27700"
"""British National Grid: the coordinates that a case carries once read."""
DEGREES = "EPSG:4326"
"""Longitude and latitude (WGS 84)."""


class CaseFacts(BaseModel):
    """The keys of ``case.toml``, or of the sheet ``case``."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: Text = Field(min_length=1, description="Name of the authority or of the case.")
    base_year: Year = Field(
        description="First academic year of the plan, by its first September: 2026 is 2026/27."
    )
    price_year: Year = Field(description="Year whose prices every amount is in.")
    horizon_years: Whole = Field(5, ge=1, le=30, description="Years that the plan covers.")
    crs: Literal["EPSG:27700", "EPSG:4326"] = Field(
        GRID,
        description=(
            "Coordinates that win where a row has both kinds: EPSG:27700 (easting and northing) "
            "or EPSG:4326 (longitude and latitude)."
        ),
    )


@dataclass(frozen=True)
class Source:
    """A file that the case was read from.

    Parameters
    ----------
    name
        Name of the file, without its folder.
    sha256
        Hash of its bytes, in hexadecimal.
    rows
        Rows of data read from it; 0 for a file that is not a table.
    """

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, eq=False)
class Case:
    """Everything that the user supplied, as validated tables.

    Each table is a frame with the columns of its row model in ``inputs.schemas``, in that order
    and by their headings (``class``, not ``class_``), numbered from 0. A table that was not
    supplied is an empty frame with the same columns. Numbers and pounds are float64 (blank: NaN);
    whole numbers and years int64, or Int64 where a blank is allowed (blank: NA); yes or no is
    bool; text and keys are str (blank: None); lists, shares and numbers by year are tuples.
    A blank that stands for a default holds the default.

    Parameters
    ----------
    name
        Name of the case.
    base_year, price_year, horizon_years
        First academic year of the plan (by its first September), year of prices, years covered.
    crs
        Coordinates as supplied. ``easting`` and ``northing`` of ``zones`` and ``provisions`` are
        always British National Grid, metres; NaN only for a provision without a place of its own
        (``mainstream_topup``, ``eotas``).
    zones, provisions, teaches, placed, entrants, stay, suitable, options, option_teaches, travel
        The tables of the contract.
    fleet, transport_rates
        Vehicles, and unit costs of transport.
    polygons, scenario, network, draws
        ``zones.gpkg``, ``scenario.toml``, the road network and ``draws.npz`` (many draws of the
        entrants) of the case folder, or None.
    warnings
        What was odd, but not wrong: it stands in the report.
    sources
        The files that were read.
    notes
        Assumptions stated by whoever made the case: they stand in the report.
    """

    name: str
    base_year: int
    price_year: int
    horizon_years: int
    crs: str
    zones: pd.DataFrame
    provisions: pd.DataFrame
    teaches: pd.DataFrame
    placed: pd.DataFrame
    entrants: pd.DataFrame
    stay: pd.DataFrame
    suitable: pd.DataFrame
    options: pd.DataFrame
    option_teaches: pd.DataFrame
    travel: pd.DataFrame
    fleet: pd.DataFrame
    transport_rates: pd.DataFrame
    polygons: Path | None = None
    warnings: tuple[Fault, ...] = ()
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    scenario: Path | None = None
    network: Path | None = None
    draws: Path | None = None

    NETWORK_NAMES: ClassVar[tuple[str, ...]] = tuple(
        f"network{ending}" for ending in (".osm", ".osm.gz", ".osm.bz2", ".osm.pbf", ".graphml")
    )

    @property
    def years(self) -> tuple[int, ...]:
        """The academic years of the plan, by their first Septembers."""
        return tuple(range(self.base_year, self.base_year + self.horizon_years))
