"""A round of bids: what headteachers offer to open or grow, one row a bid.

Only the command ``bids`` reads this table.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from inputs.schemas.cells import (
    AnyPounds,
    Keys,
    Number,
    Places,
    Pounds,
    Row,
    Shares,
    Slug,
    Text,
    Whole,
    Words,
    Year,
    YesNo,
)
from inputs.vocabulary import ProvisionClass


class Bid(Row):
    """A headteacher's proposal: places at a school, for some needs and phases, at a cost."""

    table: ClassVar[str] = "bids"
    key: ClassVar[tuple[str, ...]] = ("bid",)
    required: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {
        "bid": "elm_unit_20",
        "name": "Elm Primary: co-located unit of 20",
        "provision": "elm_unit",
        "class": "colocated_unit",
        "easting": 409100,
        "northing": 92050,
        "locality": "harbour",
        "needs": "ASD; SEMH",
        "phases": "primary",
        "places": 20,
        "annual_cost_gbp": 12000,
        "capital_gbp": 600000,
        "lead_years": 1,
        "ramp": "0.6; 1",
        "deliverability": "green",
        "round": "round_1",
    }

    bid: Slug = Field(description="Key of the bid.")
    name: Text | None = Field(None, description="Name for people.")
    provision: Slug = Field(
        description="Key of the provision that it grows, or a new key for one that it opens."
    )
    class_: ProvisionClass | None = Field(
        None, alias="class", description="Class of a provision that is new (blank: it is there)."
    )
    easting: Number | None = Field(
        None, description="Of a new provision: easting, metres (with northing)."
    )
    northing: Number | None = Field(None, description="Of a new provision: northing, metres.")
    longitude: Number | None = Field(
        None, description="Longitude, degrees (with latitude; instead of easting and northing)."
    )
    latitude: Number | None = Field(None, description="Latitude, degrees.")
    locality: Slug | None = Field(None, description="Of a new provision: its planning area.")
    place_funding_gbp: Pounds | None = Field(
        None, description="Of a new provision: place funding, £ a place (blank: the class's)."
    )
    needs: Words = Field(min_length=1, description="Needs it is for, SEN2 codes: ASD; SEMH.")
    phases: Words = Field(min_length=1, description="Phases it is for: primary; secondary.")
    places: Places = Field(gt=0, description="Places offered.")
    physical_places: Places | None = Field(
        None, description="Places added to the building (default: places)."
    )
    annual_cost_gbp: Pounds = Field(description="Top-up a child a year, £.")
    capital_gbp: Pounds = Field(description="Capital asked for, £ at price_year.")
    capital_profile: Shares = Field(
        (1.0,),
        description="Shares of the capital by year, the last in the year before opening: 0.3; 0.7.",
    )
    asset_life_years: Whole | None = Field(
        None, ge=1, le=100, description="Life of the asset (default by dated parameter)."
    )
    setup_gbp: Pounds = Field(0.0, description="Once-only revenue cost in the year of opening, £.")
    fixed_annual_gbp: AnyPounds = Field(0.0, description="Fixed cost a year once open, £.")
    lead_years: Whole = Field(1, ge=0, le=15, description="Years from decision to opening.")
    opens_month: Whole = Field(9, ge=1, le=12, description="Month of opening (9 = September).")
    earliest: Year | None = Field(None, description="Earliest academic year of opening.")
    latest: Year | None = Field(None, description="Latest academic year of opening.")
    ramp: Shares = Field((1.0,), description="Share of the places by year since opening: 0.5; 1.")
    minimum_roll: Places | None = Field(
        None, description="Children needed for it to be viable, all needs and phases."
    )
    viable_by: Whole | None = Field(
        None, ge=0, le=20, description="Years after opening by which the minimum roll holds."
    )
    requires: Keys = Field((), description="Bids or options that must be open by then.")
    excludes: Keys = Field((), description="Bids or options that cannot also be opened.")
    committed_year: Year | None = Field(
        None, description="Approved already: opens in this year, whatever this round decides."
    )
    host_agrees: YesNo = Field(
        True, description="Whether governors agree (default yes); no rules it out."
    )
    funding: Slug | None = Field(None, description="Which grant pays the capital.")
    round_: Text | None = Field(None, alias="round", description="Bid round it belongs to.")
    deliverability: Literal["green", "amber", "red"] | None = Field(
        None, description="How sure it is to be delivered; shown, and no rule."
    )
    site_visit: YesNo | None = Field(
        None, description="Whether the site was visited; shown, and no rule."
    )
    note: Text | None = Field(None, description="Anything to be read beside it.")


BID_TABLES: dict[str, type[Row]] = {Bid.table: Bid}
"""The table of the command ``bids``."""
