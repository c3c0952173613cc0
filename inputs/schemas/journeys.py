"""Journeys: ready-made travel, vehicles and unit costs of transport."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from inputs.schemas.cells import Number, Pounds, Row, Slug, Text, Whole, YesNo
from inputs.vocabulary import ProvisionClass


class Travel(Row):
    """A ready-made journey; it takes precedence over any that the engine would work out."""

    table: ClassVar[str] = "travel"
    key: ClassVar[tuple[str, ...]] = ("zone", "provision")
    example: ClassVar[dict[str, Any]] = {
        "zone": "E01000001",
        "provision": "elm_base",
        "minutes": 12.5,
        "miles": 4.1,
    }

    zone: Slug = Field(description="Home zone.")
    provision: Slug = Field(description="Provision.")
    minutes: Number = Field(ge=0, le=1000, description="Direct minutes by car, one way.")
    miles: Number = Field(ge=0, le=1000, description="Miles along the same way.")
    method: Text | None = Field(
        None, description="How it was found, as the command travel writes it; for the reader."
    )


class TransportRate(Row):
    """What transport costs for a class of provision, as shared vehicles behave."""

    table: ClassVar[str] = "transport_rates"
    key: ClassVar[tuple[str, ...]] = ("class_",)
    example: ClassVar[dict[str, Any]] = {
        "class": "special_school",
        "fixed_per_run_gbp": 50,
        "per_child_run_gbp": 2.5,
        "per_mile_run_gbp": 1.57,
        "wheelchair_run_gbp": 25,
        "runs_per_year": 380,
    }

    class_: ProvisionClass | None = Field(
        None, alias="class", description="Class of provision (blank: every other class)."
    )
    fixed_per_run_gbp: Pounds = Field(description="£ a run to a provision that is used at all.")
    per_child_run_gbp: Pounds = Field(description="£ a child a run.")
    per_mile_run_gbp: Pounds = Field(description="£ a child a direct mile a run.")
    wheelchair_run_gbp: Pounds = Field(0.0, description="£ more a run for a wheelchair user.")
    runs_per_year: Number | None = Field(
        None, gt=0, le=800, description="One-way runs a year (default 380 day, fewer residential)."
    )


class Vehicle(Row):
    """A type of vehicle, for routing."""

    table: ClassVar[str] = "fleet"
    key: ClassVar[tuple[str, ...]] = ("type_",)
    example: ClassVar[dict[str, Any]] = {
        "type": "minibus",
        "seats": 16,
        "wheelchairs": 0,
        "fixed_per_run_gbp": 95,
        "per_mile_gbp": 2.7,
    }

    type_: Slug = Field(alias="type", description="Key of the vehicle type.")
    seats: Whole = Field(ge=0, le=100, description="Seats for children.")
    wheelchairs: Whole = Field(0, ge=0, le=20, description="Wheelchair places.")
    fixed_per_run_gbp: Pounds = Field(
        description="£ a run, with any passenger assistant that assistant_gbp leaves out."
    )
    per_mile_gbp: Pounds = Field(0.0, description="£ a mile.")
    per_hour_gbp: Pounds = Field(0.0, description="£ an hour.")
    available: Whole | None = Field(None, ge=0, description="How many there are (blank: any).")
    assistant_gbp: Pounds = Field(
        0.0, description="£ more a run with a passenger assistant (0: in the fixed cost)."
    )
    always_assisted: YesNo = Field(False, description="Whether an assistant is always aboard.")
    speed_cap_mph: Number | None = Field(
        None, gt=0, le=100, description="The most it may do (blank: no cap)."
    )
    carbon_kg_per_mile: Number | None = Field(
        None, ge=0, le=10, description="Kilograms of CO2 equivalent a mile (blank: by its size)."
    )
    note: Text | None = Field(None, description="Anything to remember.")
