"""The fields of the Department for Education's home to school transport return.

The collection asks, by local authority, for learners by type of school, by reason and by mode of
transport, the forecast spend by mode, learners who travel alone, learners with an EHCP, and those
who learn in a neighbouring authority. What a routed plan cannot know is left blank with the reason:
a blank is an answer to find elsewhere, not a nought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.routing.types import How, miles_of
from inputs.vocabulary import Phase, ProvisionClass
from outputs.routes_measures import WAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.routing.types import Routed

LARGEST_TAXI = 8
"""Passenger seats of the largest vehicle licensed as a taxi or private hire vehicle; from 9 it is a
public service vehicle (Public Passenger Vehicles Act 1981, section 1)."""

COLUMNS = ["section", "field", "phase", "learners", "spend_gbp", "why_blank"]

SCHOOL_TYPES = {
    ProvisionClass.SPECIAL_SCHOOL: "State special school",
    ProvisionClass.SPECIALIST_BASE: "Mainstream school (base or unit)",
    ProvisionClass.SEN_UNIT: "Mainstream school (base or unit)",
    ProvisionClass.COLOCATED_UNIT: "Mainstream school (base or unit)",
    ProvisionClass.MAINSTREAM_TOPUP: "Mainstream school (with top-up)",
    ProvisionClass.INMSS_DAY: "Independent or non-maintained special school",
    ProvisionClass.INMSS_RESIDENTIAL: "Independent or non-maintained special school",
    ProvisionClass.ALTERNATIVE_PROVISION: "Alternative provision",
    ProvisionClass.POST16_SPECIALIST: "Specialist post-16 institution",
    ProvisionClass.EOTAS: "Education other than at school",
}
PRE_16, POST_16 = "pre-16", "post-16"
TAXI = "Taxi or private hire vehicle (up to 8 passenger seats)"
LARGER = "Public service vehicle contract or in-house fleet (9 passenger seats or more)"
BUDGET = "Personal travel budget or mileage"
STRAIGHT = "Not routed: no road joins home and provision (priced as a solo journey)"

NOT_KNOWN = {
    "reason": (
        ("Unsafe walking route", "walking routes and their safety are not in the case"),
        ("Low income (extended rights)", "family income is not in the case"),
        ("Nearest suitable school full or parental choice", "kept in the admissions and EHCP file"),
    ),
    "mode": (
        ("Public transport pass", "no timetable is read: nobody is given a pass here"),
        ("In-house fleet, apart from contracts", "the fleet table does not say who runs a vehicle"),
    ),
    "authority": (
        (
            "Learners of neighbouring authorities in our provision",
            "their home authority carries them, and their homes are not in the case",
        ),
    ),
    "ehcp": (("Learners without an EHCP", "the plan is of children with an EHCP only"),),
}


def return_table(routed: Sequence[Routed], provisions: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Return the fields of the return, means over the draws of one side.

    Parameters
    ----------
    routed
        One side (the plan, or the do-minimum), one item a draw.
    provisions
        provision, class, in_area.
    scale
        Actual spend over routed cost, by which spend is multiplied.

    Returns
    -------
    DataFrame
        section, field, phase (``pre-16`` or ``post-16``; ``all`` where it is not parted), learners,
        spend_gbp (a year), why_blank.
    """
    found = pd.concat([_learners(one, provisions) for one in routed], ignore_index=True)
    n = len(routed)
    travels = found[found["mode"] != ""]
    sections = [
        _counted("school_type", travels, "school_type", n),
        _counted("reason", travels, "reason", n),
        _counted("mode", travels, "mode", n, scale=scale),
        _counted("single_occupancy", travels[travels["alone"]], "mode", n),
        _counted("ehcp", travels, "ehcp", n),
        _counted("authority", travels, "where", n),
        _counted("not_transported", found[found["mode"] == ""], "why_not", n),
    ]
    blanks = [
        (section, field, "all", None, None, why)
        for section, fields in NOT_KNOWN.items()
        for field, why in fields
    ]
    table = pd.concat([*sections, pd.DataFrame(blanks, columns=COLUMNS)], ignore_index=True)
    order = {name: at for at, name in enumerate(SECTIONS)}
    table["order"] = table["section"].map(order)
    table = table.sort_values(["order"], kind="stable", ignore_index=True)
    return table.drop(columns="order").astype({"learners": float, "spend_gbp": float})


SECTIONS = {
    "school_type": "Learners transported, by type of school",
    "reason": "Learners transported, by reason",
    "mode": "Learners transported and forecast spend, by mode",
    "single_occupancy": "Learners who travel alone",
    "ehcp": "Learners with an education, health and care plan",
    "authority": "Where they learn",
    "not_transported": "Learners on roll who are not transported",
}


def _counted(
    section: str, found: pd.DataFrame, by: str, draws: int, *, scale: float | None = None
) -> pd.DataFrame:
    """Return the mean number of learners by a column and phase, and their spend."""
    groups = found.groupby([by, "phase_group"], sort=True)
    out = groups.agg(learners=("child", "size"), spend=("gbp", "sum")).reset_index()
    return pd.DataFrame(
        {
            "section": section,
            "field": out[by],
            "phase": out["phase_group"],
            "learners": out["learners"] / draws,
            "spend_gbp": out["spend"] / draws * scale if scale is not None else None,
            "why_blank": "",
        },
        columns=COLUMNS,
    )


def _learners(routed: Routed, provisions: pd.DataFrame) -> pd.DataFrame:
    """Return one row a child with a place: mode, reason, type of school, alone, pounds a year."""
    at = provisions.set_index("provision")
    children = routed.children.drop_duplicates("child")
    children = children[children["provision"].notna()]
    vehicles = {one.type: one for one in routed.fleet}
    days = routed.policy.runs_a_year
    mode: dict[str, str] = {}
    pounds: dict[str, float] = {}
    alone: set[str] = set()
    why: dict[str, str] = {}
    for route in routed.routes:
        vehicle = vehicles[route.vehicle]
        size = TAXI if vehicle.seats + vehicle.wheelchairs <= LARGEST_TAXI else LARGER
        each = route.cost_a_day_gbp * days[route.travels] / len(route.children)
        for child in route.children:
            mode[child], pounds[child] = size, each
        if len(route.children) == 1:
            alone.update(route.children)
    travels = children.set_index("child")["travels"]
    for one in routed.apart:
        if one.how in (How.PTB, How.STRAIGHT_LINE):
            mode[one.child] = BUDGET if one.how is How.PTB else STRAIGHT
            pounds[one.child] = WAYS * one.gbp_a_run * days[str(travels[one.child])]
            if one.how is How.STRAIGHT_LINE:
                alone.add(one.child)
        else:
            why[one.child] = (
                "Walks, or travels independently"
                if one.how is How.WALKS
                else "Nothing in the fleet can carry them: named in the warnings"
            )
    walking = {str(key): float(value) for key, value in routed.policy.walking_miles.items()}
    keys = children["child"]
    kind = children["provision"].map(at["class"])
    miles = [_direct_miles(routed, c, p) for c, p in zip(keys, children["provision"], strict=True)]
    near = [
        m <= walking[Phase(h)] + 1e-9 for m, h in zip(miles, children["phase"].astype(str),
                                                      strict=True)
    ]  # fmt: skip
    return pd.DataFrame(
        {
            "child": keys,
            "phase_group": [
                POST_16 if str(h) == Phase.POST16 else PRE_16 for h in children["phase"]
            ],
            "mode": [mode.get(c, "") for c in keys],
            "gbp": [pounds.get(c, 0.0) for c in keys],
            "alone": [c in alone for c in keys],
            "why_not": [why.get(c, "Not transported: by the share of children carried")
                        for c in keys],
            "school_type": [SCHOOL_TYPES.get(k, "Other") for k in kind],
            "reason": [
                "Special educational needs, disability or mobility (within walking distance)"
                if one
                else "Beyond walking distance (many also for their needs)"
                for one in near
            ],
            "where": [
                "In our own area" if inside else "In another authority's area"
                for inside in children["provision"].map(at["in_area"]).astype(bool)
            ],
            "ehcp": "With an EHCP",
        }
    )  # fmt: skip


def _direct_miles(routed: Routed, child: str, provision: str) -> float:
    matrix = routed.matrix
    if child not in matrix or provision not in matrix:
        return float("inf")
    return miles_of(float(matrix.metres[matrix.at(child), matrix.at(provision)]))
