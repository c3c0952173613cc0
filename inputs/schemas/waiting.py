"""The placement round: children waiting now, places open now, and what a provision cannot hold.

Only the command ``round`` reads these tables. They name no child: an identifier is a pseudonym.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from inputs.schemas.cells import (
    Date,
    Keys,
    NcYear,
    Number,
    Pounds,
    Row,
    Slug,
    Text,
    Whole,
    Words,
    YesNo,
)
from inputs.vocabulary import Need, Phase, ProvisionClass


class Waiting(Row):
    """A child who waits for a specialist place now."""

    table: ClassVar[str] = "waiting"
    key: ClassVar[tuple[str, ...]] = ("child",)
    required: ClassVar[bool] = True
    example: ClassVar[dict[str, Any]] = {
        "child": "W-001",
        "need": "ASD",
        "phase": "primary",
        "nc_year": 3,
        "zone": "E01000001",
        "weeks_waiting": 26,
        "as_at": "2026-11-02",
    }

    child: Slug = Field(
        description="Pseudonym of the child, such as W-001: never a name, a date of birth or a UPN."
    )
    need: Need = Field(description="Primary need, SEN2 code.")
    second_need: Need | None = Field(None, description="Second need, SEN2 code.")
    phase: Phase = Field(description="Phase in which the place is needed.")
    nc_year: NcYear | None = Field(
        None, description="National curriculum year in which the place is needed."
    )
    zone: Slug | None = Field(None, description="Home zone; or give postcode.")
    postcode: Text | None = Field(
        None,
        description=(
            "Home postcode, where the zones of the case are postcode sectors or districts; it is "
            "turned into a zone on reading, and never written out."
        ),
    )
    weeks_waiting: Number | None = Field(
        None, ge=0, le=1000, description="Weeks waited by as_at (blank: 0, and a warning)."
    )
    must_have: Words = Field(
        (), description="Features without which a place is not suitable: wheelchair; therapy."
    )
    must_not_have: Words = Field(
        (), description="Features with which a place is not suitable: girls_only."
    )
    preferred: Keys = Field((), description="Provisions that the parent or young person prefers.")
    classes: Words = Field(
        (),
        description=(
            "Classes of provision that the child's advice supports (blank: any, but those that "
            "are only ever right on advice)."
        ),
    )
    interim_annual_gbp: Pounds | None = Field(
        None, description="What the child costs a year while waiting, £ (blank: the scenario's)."
    )
    start_by: Date | None = Field(
        None, description="Day by which the place must start (blank: no limit)."
    )
    current_minutes: Number | None = Field(
        None, ge=0, le=600, description="Minutes one way to where the child learns now, if it does."
    )
    as_at: Date | None = Field(
        None, description="Day of the list, the same in every row: the date of the round."
    )


class Vacancy(Row):
    """Places open now at a provision, for the needs, phase and years that they can take."""

    table: ClassVar[str] = "vacancies"
    key: ClassVar[tuple[str, ...]] = ("provision", "need", "phase", "start", "nc_from", "nc_to")
    example: ClassVar[dict[str, Any]] = {
        "provision": "elm_base",
        "need": "ASD",
        "phase": "primary",
        "places": 2,
        "start": "2027-01-04",
    }

    provision: Slug = Field(description="Key of the provision.")
    need: Need | None = Field(None, description="Need they are for (blank: any it teaches).")
    phase: Phase | None = Field(None, description="Phase they are for (blank: any it teaches).")
    places: Whole = Field(ge=0, le=2000, description="How many children could start.")
    start: Date | None = Field(None, description="First day of these places (blank: open now).")
    nc_from: NcYear | None = Field(None, description="First year group they are for (blank: any).")
    nc_to: NcYear | None = Field(None, description="Last year group they are for (blank: any).")


class Mix(Row):
    """Two needs that a provision, or every provision of a class, cannot hold together."""

    table: ClassVar[str] = "mixes"
    key: ClassVar[tuple[str, ...]] = ("provision", "class_", "need", "with_need")
    example: ClassVar[dict[str, Any]] = {
        "class": "specialist_base",
        "need": "ASD",
        "with_need": "SEMH",
    }

    provision: Slug | None = Field(None, description="Provision (blank: see class).")
    class_: ProvisionClass | None = Field(
        None, alias="class", description="Class of provision (both blank: every provision)."
    )
    need: Need = Field(description="One need, SEN2 code.")
    with_need: Need = Field(description="The need that it cannot hold beside it.")
    counts_second: YesNo = Field(
        False, description="Whether a second need of a waiting child counts too (default no)."
    )


class TeachingGroup(Row):
    """A teaching group of a provision, with its largest size and the children in it now."""

    table: ClassVar[str] = "groups"
    key: ClassVar[tuple[str, ...]] = ("provision", "group")
    example: ClassVar[dict[str, Any]] = {
        "provision": "elm_base",
        "group": "infants",
        "nc_from": 0,
        "nc_to": 2,
        "size": 8,
        "there_now": 7,
    }

    provision: Slug = Field(description="Key of the provision.")
    group: Slug = Field(description="Key of the group within it.")
    nc_from: NcYear = Field(description="First year group taught in it.")
    nc_to: NcYear = Field(description="Last year group taught in it.")
    size: Whole = Field(ge=0, le=500, description="Most children it can hold.")
    there_now: Whole = Field(0, ge=0, le=500, description="Children in it now (default none).")


ROUND_TABLES: dict[str, type[Row]] = {
    model.table: model for model in (Waiting, Vacancy, Mix, TeachingGroup)
}
"""The tables of the command ``round``, in the order in which a person meets them."""
