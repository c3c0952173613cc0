"""The made-up children of Seaborough: who is placed now, who waits, who will newly need a place.

A cohort count by need and national curriculum year moves the children placed now, and each year's
entrants, up a year at a time; those who pass the end of a phase are transfers into the next.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from inputs.examples.seaborough_land import bell
from inputs.examples.seaborough_places import PLACES, NeedPhase, read_counts, taught
from inputs.vocabulary import PHASE_YEARS, Need, Phase

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

    from inputs.examples.seaborough_land import HomeZone

BASE_YEAR = 2026
HORIZON_YEARS = 5

WAITING = (
    "ASD e4 p35 s27 t2; SEMH p21 s20 t1; SLCN e2 p8 s3; MLD p3 s4; SLD e1 p2 s1; PMLD e1; PD p1;"
    " HI p1; VI s1; SPLD s2; DS p1; OTH s2"
)
"""143 children waiting, about half primary, mostly ASD and SEMH (8.3, system 3.1 and 3.2)."""

NEW_MIX = (
    "ASD e6 p30 s15 t3; SEMH p16 s17 t1; SLCN e3 p11 s3; MLD p5 s6 t1; SLD e2 p4 s1;"
    " PMLD e1.2 p1.6 s0.4; PD e0.4 p1.2 s0.6; HI p0.9 s0.7; VI p0.5 s0.4; MSI p0.2 s0.2;"
    " SPLD p0.4 s1.6; DS p0.9 s0.4; OTH p0.8 s1 t0.2"
)
"""The mix of new plans and moves: ASD, SEMH and SLCN come to 77 % and early years lean to SLCN; new
plans alone are 85 % those three (8.2, system 2.4), moves into specialist places less so."""

NEW_IN_A_YEAR = 190
"""New plans and moves in 2027, enough for the roll to grow by one or two per cent a year after the
waiting children are placed; the mix above is scaled to it (assumed)."""
NEW_GROWTH = 0.03
"""Assumed growth a year of new plans and moves (capacity forecasts grow 4.5 % a year: 3.4)."""
FIRST_YEAR_SHARE = 0.6
"""Share of a full year's new plans still to come in the first year: the rest are waiting now."""

NEW_AT = {
    Phase.EARLY_YEARS: {-1: 1.0},
    Phase.PRIMARY: {0: 0.5, 2: 0.3, 5: 0.2},
    Phase.SECONDARY: {7: 0.6, 9: 0.4},
    Phase.POST16: {12: 1.0},
}
"""Curriculum year of new entrants: plans peak at ages 5-6 and 11-12 (8.2, system 2.3)."""

GO_ON = {Phase.PRIMARY: 1.0, Phase.SECONDARY: 1.0, Phase.POST16: 0.6}
"""Share of those finishing a phase who need a specialist place in the next; at 16 many go to
general further education (assumed)."""
REMAIN = 0.98
"""Share who keep their plan from one year to the next: the default cessation of 2 % a year."""

CHILDREN_A_ZONE = 1.75
"""Entrants over the horizon for each zone that a need and phase is spread over."""
LEAST_CHILDREN = 0.04
"""A smaller expected number is gathered into its nearest neighbour, to keep the plan quick."""
UNKNOWN_HOME_SHARE = 0.15
"""Share of children placed now whose home zone is left blank, as real files leave it."""

Rows = list[dict[str, Any]]


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole numbers in proportion to weights that add to the total (largest remainder)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [math.floor(number) for number in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def phase_of(nc_year: int) -> Phase | None:
    """Return the phase of a curriculum year, or None after post-16."""
    found = [phase for phase, (first, last) in PHASE_YEARS.items() if first <= nc_year <= last]
    return found[0] if found else None


def pick(rng: random.Random, weights: Sequence[float]) -> int:
    """Return a position drawn in proportion to weights."""
    mark = rng.random() * sum(weights)
    for i, weight in enumerate(weights):
        mark -= weight
        if mark < 0:
            return i
    return len(weights) - 1


def homes(zones: Sequence[HomeZone], need: Need) -> list[float]:
    """Return how likely each zone is to be home to a child of a need: SEMH leans to poor zones."""
    lean = {Need.SEMH: 0.16, Need.MLD: 0.12, Need.SLCN: 0.08}.get(need, 0.03)
    return [zone.children * (1 + lean * (3 - zone.fifth)) for zone in zones]


def place_children(rng: random.Random, zones: Sequence[HomeZone]) -> Rows:
    """Return the rows of ``placed``: ours by curriculum year and zone, and other authorities'."""
    children: list[dict[str, Any]] = []
    for place in PLACES:
        for (need, phase), number in taught(place).items():
            first, last = PHASE_YEARS[phase]
            start = int(rng.random() * (last - first + 1))
            near = [
                weight
                * (1.0 if place.at is None else math.exp(-math.dist(zone.point, place.at) / 9e3))
                for zone, weight in zip(zones, homes(zones, need), strict=True)
            ]
            children.extend(
                {
                    "provision": place.key,
                    "need": need.value,
                    "phase": phase.value,
                    "nc_year": first + (start + k) % (last - first + 1),
                    "zone": zones[pick(rng, near)].key,
                    "authority": "",
                }
                for k in range(int(number))
            )
    unknown = sorted(range(len(children)), key=lambda _: rng.random())
    for i in unknown[: round(UNKNOWN_HOME_SHARE * len(children))]:
        children[i]["zone"] = ""
    for place in PLACES:
        cells = list(taught(place).items())
        for k in range(place.others):
            (need, phase), _ = cells[pick(rng, [number for _, number in cells])]
            first, last = PHASE_YEARS[phase]
            children.append(
                {
                    "provision": place.key,
                    "need": need.value,
                    "phase": phase.value,
                    "nc_year": first + int(rng.random() * (last - first + 1)),
                    "zone": "",
                    "authority": ("overshire", "netherport")[k % 2],
                }
            )
    counted: dict[tuple[Any, ...], int] = {}
    for child in children:
        key = tuple(child.values())
        counted[key] = counted.get(key, 0) + 1
    heads = ("provision", "need", "phase", "nc_year", "zone", "authority")
    return [dict(zip(heads, key, strict=True)) | {"children": n} for key, n in counted.items()]


def waiting_children(rng: random.Random) -> dict[tuple[Need, Phase, int], int]:
    """Return the children waiting by need, phase and curriculum year."""
    found: dict[tuple[Need, Phase, int], int] = {}
    for (need, phase), number in read_counts(WAITING).items():
        first, last = PHASE_YEARS[phase]
        # No one waits for the last year of a phase alone, and post-16 places begin at its start.
        years = 1 if phase is Phase.POST16 else last - first
        for _ in range(int(number)):
            key = (need, phase, first + int(rng.random() * years))
            found[key] = found.get(key, 0) + 1
    return dict(sorted(found.items(), key=lambda item: str(item[0])))


Group = tuple[Need, Phase, int, str, int]
"""Need, phase, year, kind and curriculum year: what a total of entrants is kept by."""


def project(placed: Rows, waiting: dict[tuple[Need, Phase, int], int]) -> dict[Group, float]:
    """Return the entrants expected by need, phase, year, kind and curriculum year on entry."""
    mix = read_counts(NEW_MIX)
    new = {cell: NEW_IN_A_YEAR * part / sum(mix.values()) for cell, part in mix.items()}
    stock: dict[tuple[Need, int], float] = {}
    for row in placed:
        if not row["authority"]:
            key = (Need(row["need"]), int(row["nc_year"]))
            stock[key] = stock.get(key, 0.0) + row["children"]
    found: dict[Group, float] = {}
    for t in range(HORIZON_YEARS):
        year = BASE_YEAR + t
        if t:
            older: dict[tuple[Need, int], float] = {}
            for (need, nc_year), number in stock.items():
                was, now = phase_of(nc_year), phase_of(nc_year + 1)
                if now is None:
                    continue
                going = number * REMAIN * (1 if was is now else GO_ON[now])
                older[need, nc_year + 1] = going
                if was is not now and going > 0:
                    found[need, now, year, "transfer", nc_year + 1] = going
            stock = older
        level = (1 + NEW_GROWTH) ** (t - 1) if t else FIRST_YEAR_SHARE
        for (need, phase), number in new.items():
            for nc_year, share in NEW_AT[phase].items():
                found[need, phase, year, "new", nc_year] = number * share * level
        if not t:
            for (need, phase, nc_year), count in waiting.items():
                found[need, phase, year, "waiting", nc_year] = float(count)
        for (need, _, when, kind, nc_year), number in found.items():
            if when == year and kind != "transfer":
                stock[need, nc_year] = stock.get((need, nc_year), 0.0) + number
    return {group: round(number, 3) for group, number in found.items()}


def spread(total: float, zones: Sequence[HomeZone], weights: Sequence[float]) -> dict[str, float]:
    """Return a total shared over zones to the thousandth, exactly, with no crumbs.

    The smallest share under the least is moved to its nearest neighbour, and again, until none is.
    """
    parts = [total * weight / sum(weights) for weight in weights]
    left = list(range(len(zones)))
    while len(left) > 1:
        smallest = min(left, key=lambda i: (parts[i], i))
        if parts[smallest] >= LEAST_CHILDREN:
            break
        left.remove(smallest)
        nearest = min(left, key=lambda i: math.dist(zones[smallest].point, zones[i].point))
        parts[nearest] += parts[smallest]
    thousandths = share_out(round(total * 1000), [parts[i] for i in left])
    return {zones[i].key: n / 1000 for i, n in zip(left, thousandths, strict=True)}


def spread_over(
    rng: random.Random, zones: Sequence[HomeZone], total: float, need: Need
) -> tuple[list[HomeZone], list[float]]:
    """Return the zones that carry a need and phase, and the weight of each, its neighbours' added.

    The zones are chosen one after another so that each is likely where children are and far from
    those chosen before.
    """
    number = min(len(zones), max(1, round(total / CHILDREN_A_ZONE)))
    weights = [w * (1 + 0.25 * bell(rng)) for w in homes(zones, need)]
    chosen = [pick(rng, weights)]
    while len(chosen) < number:
        apart = [
            0.0
            if i in chosen
            else weights[i] * min(math.dist(zone.point, zones[c].point) for c in chosen)
            for i, zone in enumerate(zones)
        ]
        chosen.append(pick(rng, apart))
    chosen.sort()
    gathered = dict.fromkeys(chosen, 0.0)
    for i, zone in enumerate(zones):
        home = min(chosen, key=lambda c: math.dist(zone.point, zones[c].point))
        gathered[home] += weights[i]
    return [zones[c] for c in chosen], list(gathered.values())


def _turns(phase: Phase, count: int) -> Iterable[tuple[int, list[int]]]:
    """Yield each curriculum year of new entrants with the zones (by position) that carry it."""
    years = list(NEW_AT[phase])
    marks = share_out(10, list(NEW_AT[phase].values()))
    turn = [year for year, n in zip(years, marks, strict=True) for _ in range(n)]
    for year in years:
        mine = [i for i in range(count) if turn[(i * 3) % 10] == year]
        yield year, mine or list(range(count))


def enter_children(
    rng: random.Random, zones: Sequence[HomeZone], groups: dict[Group, float]
) -> Rows:
    """Return the rows of ``entrants``: each group's total spread over the zones of its need."""
    totals: dict[NeedPhase, float] = {}
    for (need, phase, *_), number in groups.items():
        totals[need, phase] = totals.get((need, phase), 0.0) + number
    rows: Rows = []
    for (need, phase), total in sorted(totals.items()):
        where, weights = spread_over(rng, zones, total, need)
        carried = dict(_turns(phase, len(where)))
        for (n, h, year, kind, nc_year), number in groups.items():
            if (n, h) != (need, phase):
                continue
            if kind == "waiting":
                parts: dict[str, float] = {}
                for _ in range(round(number)):
                    home = where[pick(rng, weights)].key
                    parts[home] = parts.get(home, 0) + 1
            else:
                mine = carried[nc_year] if kind == "new" else range(len(where))
                parts = spread(number, [where[i] for i in mine], [weights[i] for i in mine])
            rows.extend(
                {
                    "zone": zone,
                    "need": need.value,
                    "phase": phase.value,
                    "year": year,
                    "children": children,
                    "nc_year": nc_year,
                    "kind": kind,
                }
                for zone, children in parts.items()
                if children > 0
            )
    return rows
