"""Children: where they are placed now, who newly needs a place, how long each stays."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from inputs.schemas.cells import Children, NcYear, Row, Share, Slug, Whole, Year
from inputs.vocabulary import Need, Phase, ProvisionClass


class Placed(Row):
    """Children who are in a provision now (in the base year), and keep their place."""

    table: ClassVar[str] = "placed"
    key: ClassVar[tuple[str, ...]] = (
        "provision",
        "need",
        "phase",
        "nc_year",
        "zone",
        "authority",
    )
    example: ClassVar[dict[str, Any]] = {
        "provision": "elm_base",
        "need": "ASD",
        "phase": "primary",
        "children": 2,
        "nc_year": 4,
    }

    provision: Slug = Field(description="Key of the provision.")
    need: Need = Field(description="Primary need, SEN2 code.")
    phase: Phase = Field(description="Phase of education.")
    children: Children = Field(description="How many.")
    nc_year: NcYear | None = Field(
        None,
        description=(
            "National curriculum year in the base year; it gives the year each leaves "
            "(blank: spread evenly over the phase)."
        ),
    )
    zone: Slug | None = Field(None, description="Home zone (blank: home unknown).")
    authority: Slug | None = Field(
        None,
        description="Home authority (blank: ours); others' children take places, held constant.",
    )


class Entrants(Row):
    """Children who newly need a specialist place in a year."""

    table: ClassVar[str] = "entrants"
    key: ClassVar[tuple[str, ...]] = ("zone", "need", "phase", "year", "nc_year", "kind", "draw")
    required: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {
        "zone": "E01000001",
        "need": "ASD",
        "phase": "primary",
        "year": 2026,
        "children": 0.4,
        "nc_year": 0,
        "kind": "new",
    }

    zone: Slug = Field(description="Home zone.")
    need: Need = Field(description="Primary need, SEN2 code.")
    phase: Phase = Field(description="Phase of education.")
    year: Year = Field(description="Academic year in which the place is first needed.")
    children: Children = Field(description="How many are expected; may be a fraction.")
    nc_year: NcYear | None = Field(
        None, description="National curriculum year on entry (blank: by kind)."
    )
    kind: Literal["new", "transfer", "waiting"] = Field(
        "new", description="A new plan or move, a phase transfer, or a child waiting now."
    )
    wheelchair_share: Share | None = Field(
        None, description="Share who travel in a wheelchair (default by need, dated parameter)."
    )
    solo_share: Share | None = Field(None, description="Share who must travel alone.")
    draw: Whole | None = Field(
        None, ge=0, description="Number of the draw; blank for the mean, which the plan uses."
    )


class Stay(Row):
    """How long a placement lasts."""

    table: ClassVar[str] = "stay"
    key: ClassVar[tuple[str, ...]] = ("need", "phase", "nc_year", "years_since_entry")
    example: ClassVar[dict[str, Any]] = {
        "need": "ASD",
        "phase": "primary",
        "years_since_entry": 1,
        "share_remaining": 0.97,
    }

    need: Need = Field(description="Primary need, SEN2 code.")
    phase: Phase = Field(description="Phase of education.")
    nc_year: NcYear | None = Field(
        None, description="National curriculum year on entry (blank: any)."
    )
    years_since_entry: Whole = Field(ge=0, le=20, description="Whole years since entry.")
    share_remaining: Share = Field(description="Share still in that phase's place by then.")


class Suitable(Row):
    """The share of children for whom a class of provision is right."""

    table: ClassVar[str] = "suitable"
    key: ClassVar[tuple[str, ...]] = ("need", "phase", "class_")
    example: ClassVar[dict[str, Any]] = {
        "need": "ASD",
        "phase": "primary",
        "class": "specialist_base",
        "share": 0.5,
    }

    need: Need = Field(description="Primary need, SEN2 code.")
    phase: Phase = Field(description="Phase of education.")
    class_: ProvisionClass = Field(alias="class", description="Class of provision.")
    share: Share = Field(description="Share of children for whom it can be suitable.")
