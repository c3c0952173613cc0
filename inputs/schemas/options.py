"""What could be done: provision that could be opened, grown, shrunk, closed or re-designated."""

from __future__ import annotations

from typing import Any, ClassVar

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
    Year,
    YesNo,
)
from inputs.vocabulary import Need, Phase


class Option(Row):
    """Something that could be opened, grown, shrunk, closed or re-designated."""

    table: ClassVar[str] = "options"
    key: ClassVar[tuple[str, ...]] = ("option",)
    example: ClassVar[dict[str, Any]] = {
        "option": "elm_base_10_more",
        "provision": "elm_base",
        "places": 10,
        "capital_gbp": 350000,
        "capital_profile": "1",
        "asset_life_years": 25,
        "lead_years": 1,
        "ramp": "0.5; 1",
        "funding": "hnpca",
    }

    option: Slug = Field(description="Key of the option.")
    name: Text | None = Field(None, description="Name for people.")
    provision: Slug = Field(description="Key of the provision it adds to (or opens).")
    places: Number = Field(
        ge=-5000,
        le=5000,
        description="Places added; negative to shrink or close; 0 to re-designate.",
    )
    physical_places: Number | None = Field(
        None, ge=-5000, le=5000, description="Places added to the building (default: places)."
    )
    capital_gbp: Pounds = Field(description="Capital cost, £ at price_year.")
    capital_profile: Shares = Field(
        (1.0,),
        description="Shares of the capital by year, the last in the year before opening: 0.3; 0.7.",
    )
    asset_life_years: Whole | None = Field(
        None, ge=1, le=100, description="Life of the asset (default by dated parameter)."
    )
    setup_gbp: Pounds = Field(0.0, description="Once-only revenue cost in the year of opening, £.")
    fixed_annual_gbp: AnyPounds = Field(
        0.0, description="Fixed cost a year once open, £ (negative: saved by shrinking or closing)."
    )
    lead_years: Whole = Field(0, ge=0, le=15, description="Years from decision to opening.")
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
    requires: Keys = Field((), description="Options that must be open by then (semicolons).")
    excludes: Keys = Field((), description="Options that cannot also be opened (semicolons).")
    committed_year: Year | None = Field(
        None, description="Already decided: opens in this year, in the do-minimum too."
    )
    round_: Text | None = Field(None, alias="round", description="Bid round it belongs to.")
    host_agrees: YesNo = Field(
        True,
        description="Whether the host school agrees (default yes); no rules it out.",
    )
    funding: Slug | None = Field(None, description="Which grant pays the capital.")


class OptionTeaches(Row):
    """What the places of an option teach."""

    table: ClassVar[str] = "option_teaches"
    key: ClassVar[tuple[str, ...]] = ("option", "need", "phase")
    example: ClassVar[dict[str, Any]] = {
        "option": "elm_base_10_more",
        "need": "ASD",
        "phase": "primary",
        "max_places": 10,
        "annual_cost_gbp": 12000,
    }

    option: Slug = Field(description="Key of the option.")
    need: Need = Field(description="Primary need, SEN2 code.")
    phase: Phase = Field(description="Phase of education.")
    max_places: Places | None = Field(
        None, description="Most children of this need and phase (default: the places added)."
    )
    annual_cost_gbp: Pounds = Field(
        description="Top-up a child a year, £, where the provision does not teach it already."
    )
