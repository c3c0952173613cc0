"""Where children live and where they can learn: zones, provisions and what each teaches."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from inputs.schemas.cells import (
    ByYear,
    Children,
    Growth,
    Number,
    Places,
    Pounds,
    Row,
    Slug,
    Text,
    Whole,
    Words,
    Year,
    YesNo,
)
from inputs.vocabulary import Need, Phase, ProvisionClass


class Zone(Row):
    """A home zone: an LSOA, MSOA, ward or postcode sector."""

    table: ClassVar[str] = "zones"
    key: ClassVar[tuple[str, ...]] = ("zone",)
    required: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {
        "zone": "E01000001",
        "name": "Harbour North",
        "easting": 408500,
        "northing": 91200,
        "locality": "harbour",
        "children": 412,
        "deprivation_fifth": 2,
    }

    zone: Slug = Field(description="Key of the zone, such as its LSOA code.")
    name: Text | None = Field(None, description="Name for people.")
    easting: Number | None = Field(
        None, description="British National Grid easting, metres (with northing)."
    )
    northing: Number | None = Field(None, description="British National Grid northing, metres.")
    longitude: Number | None = Field(
        None, description="Longitude, degrees (with latitude; instead of easting and northing)."
    )
    latitude: Number | None = Field(None, description="Latitude, degrees.")
    locality: Slug | None = Field(
        None, description="Planning area that the zone belongs to; results are published by it."
    )
    children: Children | None = Field(
        None, description="Children and young people living there (weights homes where unknown)."
    )
    deprivation_fifth: Whole | None = Field(
        None, ge=1, le=5, description="Fifth of deprivation: 1 is the most deprived."
    )


class Provision(Row):
    """A place to learn: one establishment or unit that the authority can place in."""

    table: ClassVar[str] = "provisions"
    key: ClassVar[tuple[str, ...]] = ("provision",)
    required: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {
        "provision": "elm_base",
        "name": "Elm Primary base",
        "class": "specialist_base",
        "easting": 409100,
        "northing": 92050,
        "locality": "harbour",
        "in_area": "yes",
        "places": 10,
        "physical_places": 12,
        "place_funding_gbp": 6000,
        "features": "wheelchair; therapy",
    }

    provision: Slug = Field(description="Key of the provision.")
    name: Text = Field(description="Name for people.")
    class_: ProvisionClass = Field(alias="class", description="Class of provision.")
    easting: Number | None = Field(None, description="British National Grid easting, metres.")
    northing: Number | None = Field(None, description="British National Grid northing, metres.")
    longitude: Number | None = Field(None, description="Longitude, degrees.")
    latitude: Number | None = Field(None, description="Latitude, degrees.")
    urn: Text | None = Field(None, description="Unique reference number in GIAS.")
    site: Slug | None = Field(
        None, description="Key of the site; several provisions may share one."
    )
    locality: Slug | None = Field(None, description="Planning area that it stands in.")
    in_area: YesNo = Field(True, description="Whether it stands in the authority (default yes).")
    places: Places = Field(
        description="Places commissioned now, for all authorities; 0 for a site not yet open."
    )
    physical_places: Places | None = Field(
        None, description="Places the building can hold (default: the commissioned places)."
    )
    available_places: ByYear | None = Field(
        None,
        description=(
            "Places this authority's own children can take up, as one number or by year "
            "(2026: 12; 2028: 16). Default for INMSS and for provision outside the area: our "
            "children there now plus the scenario's growth, never the school's whole size."
        ),
    )
    opens: Year | None = Field(
        None, description="First academic year it teaches (default: open now)."
    )
    closes: Year | None = Field(
        None, description="First academic year in which it takes no new children."
    )
    place_funding_gbp: Pounds | None = Field(
        None, description="Place funding a year, £ a place (default by class, dated parameter)."
    )
    fixed_annual_gbp: Pounds = Field(0.0, description="Fixed cost a year that we pay, £.")
    bell_time: Text | None = Field(None, description="Start of the school day, such as 08:50.")
    features: Words = Field(
        (), description="What it offers: wheelchair, single_sex, therapy ... (semicolons)."
    )


class Teaches(Row):
    """A need and phase that a provision can take."""

    table: ClassVar[str] = "teaches"
    key: ClassVar[tuple[str, ...]] = ("provision", "need", "phase")
    required: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {
        "provision": "elm_base",
        "need": "ASD",
        "phase": "primary",
        "max_places": 10,
        "annual_cost_gbp": 12000,
    }

    provision: Slug = Field(description="Key of the provision.")
    need: Need = Field(description="Primary need, SEN2 code.")
    phase: Phase = Field(description="Phase of education.")
    max_places: Places | None = Field(
        None, description="Most children of this need and phase (default: no limit but capacity)."
    )
    annual_cost_gbp: Pounds = Field(
        description="What we pay a child a year beyond place funding: top-up, or the whole fee."
    )
    fee_growth: Growth | None = Field(
        None,
        description="Real growth a year of this cost (wins over the class's and the scenario's).",
    )
