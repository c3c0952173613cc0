"""The made-up waiting list of Seaborough and its open places, for the placement round.

The children are those of ``entrants`` whose kind is ``waiting``, one row each: 143, half of them
primary, mostly autistic or with social, emotional and mental health needs (8.3, systems 3.1 and
3.2 of the project's domain reference). Everything else about them is invented.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from inputs.examples.seaborough_places import PLACES, taught
from inputs.vocabulary import Need, Phase, ProvisionClass

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from inputs.examples.seaborough_land import HomeZone

AS_AT = "2026-11-02"
NEXT_TERM = "2027-01-04"
SPRING = "2027-04-12"
MEAN_WEEKS = 24
LONGEST_WEEKS = 96

OPEN = (
    ("gannet_academy", "", "", 3, "", "", ""),
    ("curlew_school", "", "", 2, "", "", ""),
    ("limpet_base", "", "", 1, "", "", ""),
    ("anchor_base", "", "", 1, NEXT_TERM, "", ""),
    ("gorse_base", "", "", 3, "", 7, 9),
    ("gorse_base", "", "", 2, NEXT_TERM, "", ""),
    ("kelp_unit", "", "", 2, "", "", ""),
    ("beacon_unit", "", "", 2, "", "", ""),
    ("saltern_unit", "", "", 5, "", "", ""),
    ("skerry_unit", "", "early_years", 6, NEXT_TERM, "", ""),
    ("skerry_unit", "ASD", "primary", 4, "", "", ""),
    ("mast_lane_unit", "", "", 1, "", "", ""),
    ("ropewalk_unit", "", "", 1, SPRING, "", ""),
    ("whitegate_house", "", "primary", 6, "", "", ""),
    ("whitegate_house", "", "secondary", 7, "", "", ""),
    ("tidewell_school", "SEMH", "primary", 3, "", "", ""),
    ("tidewell_school", "SEMH", "secondary", 6, NEXT_TERM, "", ""),
    ("larkfield_manor", "", "", 8, "", "", ""),
    ("thornhallow_school", "", "", 6, "", "", ""),
    ("greyling_court", "", "", 5, "", "", ""),
    ("farholme_school", "", "", 1, "", "", ""),
    ("stonebeck_school", "", "", 1, "", "", ""),
    ("haverleigh_school", "", "", 2, "", "", ""),
    ("foreshore_centre", "", "secondary", 5, "", "", ""),
    ("pierhead_college", "", "", 4, "", "", ""),
)
"""Provision, need, phase, places, start, first and last year group: never more than its places less
the children there; five special schools are full."""

GROUPS = (
    ("skerry_unit", "nursery", -2, -1, 6),
    ("skerry_unit", "infants", 0, 2, 2),
    ("skerry_unit", "juniors", 3, 6, 2),
    ("mast_lane_unit", "lower", 0, 2, 1),
    ("mast_lane_unit", "upper", 3, 6, 0),
)
"""Provision, group, first and last year group, and how many more it could hold."""

MIXES = (("", ProvisionClass.SPECIALIST_BASE, Need.ASD, Need.SEMH, "yes"),)
"""Provision, class, need, need that it cannot hold beside it, whether second needs count."""

SECOND = {
    Need.ASD: (0.45, (Need.SLCN, Need.SEMH, Need.MLD)),
    Need.SEMH: (0.35, (Need.SLCN, Need.ASD, Need.MLD)),
    Need.SLCN: (0.25, (Need.MLD, Need.ASD)),
    Need.SLD: (0.5, (Need.PD, Need.SLCN)),
}
"""How often a child has a second need, and which, the likeliest first (assumed)."""
IN_MAINSTREAM = 0.55
"""Share of the children who learn in a mainstream school while they wait (assumed)."""

ON_ADVICE = frozenset(
    {ProvisionClass.INMSS_RESIDENTIAL, ProvisionClass.ALTERNATIVE_PROVISION, ProvisionClass.EOTAS}
)
"""Classes that no parent here prefers unadvised."""

Rows = list[dict[str, Any]]


def waiting_rows(rng: random.Random, zones: Sequence[HomeZone], entrants: Rows) -> Rows:
    """Return the rows of ``waiting``: one for each child of ``entrants`` who waits."""
    zone_of = {zone.key: zone for zone in zones}
    children = [
        row for row in entrants if row["kind"] == "waiting" for _ in range(round(row["children"]))
    ]
    order = sorted(range(len(children)), key=lambda _: rng.random())
    rows = [_child(rng, zone_of[children[i]["zone"]], children[i]) for i in order]
    return [{"child": f"W-{n:03d}"} | row for n, row in enumerate(rows, start=1)]


def _child(rng: random.Random, zone: HomeZone, row: dict[str, Any]) -> dict[str, Any]:
    """Return one child's row, the pseudonym apart."""
    need, phase = Need(row["need"]), Phase(row["phase"])
    lean = 1 + 0.08 * (3 - zone.fifth)
    weeks = 1 + int(rng.expovariate(1 / (MEAN_WEEKS * lean)))
    mainstream = rng.random() < IN_MAINSTREAM and phase is not Phase.POST16
    cost = 6_000 + 6_500 * rng.random() if mainstream else 16_000 + 16_000 * rng.random()
    minutes = 4 + int(16 * rng.random())
    known = rng.random() < 0.7
    return {
        "need": need.value,
        "second_need": _second(rng, need),
        "phase": phase.value,
        "nc_year": row["nc_year"],
        "zone": zone.key,
        "weeks_waiting": min(weeks, LONGEST_WEEKS),
        "must_have": _must_have(rng, need),
        "preferred": _preferred(rng, zone, need, phase),
        "classes": _classes(rng, need, phase),
        "interim_annual_gbp": round(cost / 50) * 50 if known else "",
        "start_by": SPRING if rng.random() < 0.05 else "",
        "current_minutes": minutes if mainstream else "",
        "as_at": AS_AT,
    }


def _second(rng: random.Random, need: Need) -> str:
    share, others = SECOND.get(need, (0.2, (Need.SLCN,)))
    if rng.random() >= share:
        return ""
    return others[min(int(rng.expovariate(1.2)), len(others) - 1)].value


def _must_have(rng: random.Random, need: Need) -> str:
    mark = rng.random()
    if need in {Need.PMLD, Need.PD} or (need is Need.SLD and mark < 0.4):
        return "wheelchair"
    if need is Need.ASD and mark < 0.1:
        return "therapy" if mark > 0.02 else "therapy; pool"
    return "wheelchair" if mark < 0.02 else ""


def _preferred(rng: random.Random, zone: HomeZone, need: Need, phase: Phase) -> str:
    """Return a provision that a third of parents prefer: most often one that is near."""
    mark, pick = rng.random(), rng.random()
    near = {
        place.key: math.exp(-math.dist(zone.point, place.at) / 6e3)
        for place in PLACES
        if place.at is not None and place.class_ not in ON_ADVICE and (need, phase) in taught(place)
    }
    if mark > 0.35 or not near:
        return ""
    pick *= sum(near.values())
    for key, weight in near.items():
        pick -= weight
        if pick < 0:
            return key
    return list(near)[-1]


def _classes(rng: random.Random, need: Need, phase: Phase) -> str:
    """Return the classes that a child's advice supports; most children's leaves it open."""
    mark = rng.random()
    if need is Need.SEMH and phase is Phase.SECONDARY and mark < 0.4:
        return "special_school; inmss_day; alternative_provision"
    if need in {Need.ASD, Need.SEMH} and phase is Phase.SECONDARY and mark > 0.93:
        return "special_school; inmss_day; inmss_residential"
    if need is Need.ASD and mark < 0.2:
        return "special_school; inmss_day"
    return "specialist_base; sen_unit; colocated_unit" if need is Need.SLCN and mark < 0.2 else ""


def vacancy_rows() -> Rows:
    """Return the rows of ``vacancies``."""
    heads = ("provision", "need", "phase", "places", "start", "nc_from", "nc_to")
    return [dict(zip(heads, row, strict=True)) for row in OPEN]


def mix_rows() -> Rows:
    """Return the rows of ``mixes``."""
    heads = ("provision", "class", "need", "with_need", "counts_second")
    return [
        dict(zip(heads, (key, kind.value, need.value, other.value, second), strict=True))
        for key, kind, need, other, second in MIXES
    ]


def group_rows(placed: Rows) -> Rows:
    """Return the rows of ``groups``, with the children placed in each now."""
    rows = []
    for key, group, first, last, more in GROUPS:
        there = sum(
            row["children"]
            for row in placed
            if row["provision"] == key and first <= int(row["nc_year"]) <= last
        )
        rows.append(
            {
                "provision": key,
                "group": group,
                "nc_from": first,
                "nc_to": last,
                "size": int(there) + more,
                "there_now": int(there),
            }
        )
    return rows


ROUND_NOTES = """\
# The placement round of Seaborough: what was assumed

- **Children.** The 143 children of `entrants` who wait, one row each, as BCP reported in November
  2024: half primary, mostly autistic or with social, emotional and mental health needs. Their
  weeks, second needs, must-haves, preferences, advice and costs are invented.
- **Waits.** About half a year on average, a little longer where deprivation is greater, so that the
  fairness tables have something to show.
- **Open places.** Never more than the places of a provision less the children there. Independent
  schools offer only some of the places that the plan could take up: what they would offer in one
  term is invented.
- **Mixes.** A specialist base is taken not to hold autistic children and children with social,
  emotional and mental health needs together, second needs counted. This is a judgement, often
  heard and nowhere published.
"""
