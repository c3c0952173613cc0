"""The pupil file: an authority's own children, by a key that says nothing of who they are."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from inputs.schemas.cells import Number, Row, Slug, YesNo
from inputs.vocabulary import Need, Phase


class Pupil(Row):
    """A child to route: pseudonymous, with its home and where it goes.

    The file stays with whoever runs it: nothing of a single child is written to a public output.
    """

    table: ClassVar[str] = "pupils"
    key: ClassVar[tuple[str, ...]] = ("child",)
    required: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {
        "child": "p0001",
        "provision": "elm_base",
        "phase": "primary",
        "easting": 408512,
        "northing": 91233,
        "wheelchair": "no",
    }

    child: Slug = Field(description="Pseudonym: never a name, a UPN or a case number.")
    provision: Slug = Field(description="Provision that it goes to now.")
    plan_provision: Slug | None = Field(
        None, description="Provision that it would go to in the plan (blank: the same)."
    )
    phase: Phase = Field(description="Phase of education.")
    need: Need = Field(Need.OTH, description="Primary need, SEN2 code (blank: OTH).")
    zone: Slug | None = Field(None, description="Home zone, for maps (blank: the nearest zone).")
    easting: Number = Field(description="Home: British National Grid easting, metres.")
    northing: Number = Field(description="Home: British National Grid northing, metres.")
    wheelchair: YesNo = Field(False, description="Travels in a wheelchair.")
    solo: YesNo = Field(False, description="Must travel alone.")
    assistant: YesNo = Field(False, description="Needs a passenger assistant.")
    ptb: YesNo = Field(False, description="Its family would take a personal travel budget.")
    walks: YesNo = Field(False, description="Needs no vehicle: walks, or travels independently.")
    travels: Literal["daily", "weekly", "termly"] = Field(
        "daily", description="How often it goes: weekly and termly for residential places."
    )
