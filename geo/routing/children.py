"""Whole children out of expected ones: exact totals, the same child before and after.

A plan says how many children of a zone, need and phase go where, in fractions. Here each becomes a
child with a home and flags. Those who go to the same provision on both sides are paired with
themselves; the rest of a cell are children whose destination differs. Each such pair (from, to) has
an expected number; it is rounded up or down so that every provision's total, and the whole, is its
expected number to the nearest child on both sides.

Which are rounded up is drawn, by order sampling with permanent random numbers (Rosen 1997: the
chance of each is close to its fraction, and the same number serves both sides), as the cheapest
flow from provisions before to provisions after. Draws differ; a draw can be had again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from geo.routing.homes import uniform
from geo.routing.policy import share_of
from geo.routing.types import CHILD_COLUMNS, Travels
from geo.straight_line import straight_line
from inputs.errors import Fault
from inputs.vocabulary import Need, Phase

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from geo.routing.homes import Homes
    from geo.routing.types import Policy, School

    Values = npt.NDArray[np.float64]
    Wholes = npt.NDArray[np.int64]

SIDES = ("do_minimum", "plan")
NOBODY = 1e-9
"""Fewer expected children than this are rounding noise of the plan."""

CELL = ["zone", "need", "phase", "group"]
_SHARES = ("wheelchair_share", "solo_share")
OFF_TARGET = 1e3
OFF_TOTAL = 1e6
"""Prices of missing a provision's total, and the whole's, far above any that the draw sets."""


@dataclass(frozen=True, eq=False)
class DrawnChildren:
    """The children of one draw.

    Parameters
    ----------
    draw, seed
        Which.
    sides
        Side to its table (`geo.routing.types.CHILD_COLUMNS`): the same children in the same order.
    notes
        What was not known of some, and was drawn.
    """

    draw: int
    seed: int
    sides: Mapping[str, pd.DataFrame]
    notes: tuple[Fault, ...]


def child_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of children with every column, in order and of its type; flags default to no.

    >>> table = child_table(pd.DataFrame({"child": ["a"], "phase": ["primary"],
    ...                                   "easting": [1.0], "northing": [2.0]}))
    >>> list(table) == list(CHILD_COLUMNS), bool(table["solo"][0]), table["travels"][0]
    (True, False, 'daily')
    """
    blank: dict[str, Any] = {"object": None, "bool": False, "int64": -1, "float64": np.nan}
    made = {}
    for name, kind in CHILD_COLUMNS.items():
        values = frame[name] if name in frame else pd.Series(blank[kind], index=frame.index)
        if kind == "object":
            values = values.astype(object).where(values.notna(), None)
        made[name] = values.astype(np.dtype(kind))
    table = pd.DataFrame(made).reset_index(drop=True)
    table["travels"] = table["travels"].where(table["travels"].notna(), Travels.DAILY.value)
    table["travels"] = table["travels"].map(str).astype(object)
    return table


def draw_children(
    flows: pd.DataFrame,
    homes: Homes,
    schools: Sequence[School],
    policy: Policy,
    *,
    seed: int = 0,
    draw: int = 0,
) -> DrawnChildren:
    """Return whole children with homes and flags, the same on both sides but for where they go.

    Parameters
    ----------
    flows
        Expected children: ``zone`` (blank: home unknown, drawn by where children live), ``need``,
        ``phase`` (blank: drawn among those of the provision), ``provision``, ``do_minimum`` and
        ``plan``; where known ``group`` (children of different groups are never paired),
        ``wheelchair_share``, ``solo_share``, ``travels``.
    homes
        From `geo.routing.homes.homes_of`.
    schools
        Provisions with a place, for who is within walking distance.
    policy
        Shares of flags.
    seed, draw
        The same pair gives the same children.
    """
    rows = _tidy(flows)
    pairs = _pairs(rows)
    luck = np.array([uniform(seed, draw, *key) for key in pairs["key"]])
    counts = whole_counts(
        pairs["expected"].to_numpy(), pairs["before"].to_numpy(), pairs["after"].to_numpy(), luck
    )
    pairs = pairs.loc[pairs.index.repeat(counts)].reset_index(drop=True)
    pairs["k"] = pairs.groupby(CELL).cumcount()
    phases = _phases_of(rows)
    unknown_homes = unknown_phases = 0
    made = []
    for n, row in enumerate(pairs.to_dict("records")):
        key = (seed, draw, *(row[name] for name in CELL), row["k"])
        zone, phase = row["zone"], row["phase"]
        if not zone or zone not in homes:
            zone = homes.any_zone(uniform(*key, "zone"))
            unknown_homes += 1
        if not phase:
            phase = _some_phase(phases, row["before"] or row["after"], uniform(*key, "phase"))
            unknown_phases += 1
        home = homes.draw(zone, *key)
        need = row["need"] or Need.OTH.value
        made.append(
            {
                "child": f"c{n + 1:05d}",
                "zone": zone,
                "need": need,
                "phase": phase,
                "easting": home.easting,
                "northing": home.northing,
                "node": home.node,
                "wheelchair": uniform(*key, "wheelchair")
                < _stated(row["wheelchair_share"], share_of(policy.wheelchair_share, need)),
                "solo": uniform(*key, "solo") < _stated(row["solo_share"], policy.solo_share),
                "assistant": uniform(*key, "assistant") < share_of(policy.assistant_share, need),
                "ptb": uniform(*key, "ptb") < policy.ptb_share,
                "travels": row["travels"],
                "luck": uniform(*key, "carried"),
                "do_minimum": row["before"] or None,
                "plan": row["after"] or None,
            }
        )
    frame = pd.DataFrame(made, columns=[*_FLAGS, "luck", *SIDES])
    sides = {}
    for side in SIDES:
        there = frame.assign(provision=frame[side])
        walks = frame["luck"].to_numpy() >= carried_share(there, schools, policy)
        sides[side] = child_table(there.assign(walks=walks))
    return DrawnChildren(draw, seed, sides, _notes(unknown_homes, unknown_phases))


_FLAGS = [name for name in CHILD_COLUMNS if name not in {"walks", "provision"}]


def carried_share(
    children: pd.DataFrame, schools: Sequence[School], policy: Policy
) -> npt.NDArray[np.float64]:
    """Return for each child the share of such children who are carried to their provision.

    By need, and no more than the share within walking distance for those who live so near: in a
    straight line x the detour of roads, since footpaths are not known. Children who board are
    always taken.
    """
    at = {one.provision: (one.easting, one.northing) for one in schools}
    share = np.array([share_of(policy.transported_share, str(need)) for need in children["need"]])
    for n, (x, y, phase, provision, travels) in enumerate(
        zip(
            children["easting"],
            children["northing"],
            children["phase"],
            children["provision"],
            children["travels"],
            strict=True,
        )
    ):
        if travels != Travels.DAILY:
            share[n] = 1.0
        elif provision in at:
            _, miles = straight_line(np.array([[x, y]]), np.array([at[provision]]))
            if miles[0, 0] <= policy.walking_miles[Phase(phase)]:
                share[n] = min(share[n], policy.transported_within_walking_share)
    return share


def whole_counts(expected: Values, before: Any, after: Any, luck: Values) -> Wholes:
    """Return each expected number rounded up or down, with exact totals on both sides.

    The total of every place in ``before``, and in ``after``, is its expected total to the nearest
    whole by largest remainder, and the grand total of each side is its own to the nearest whole.
    (Where both cannot hold at once for some place, its total is off by one.)

    Parameters
    ----------
    expected
        How many of each, shape (n,).
    before, after
        Where each goes on each side; blank for nowhere.
    luck
        A number between 0 and 1 for each: the lower, the sooner it is rounded up.

    >>> whole_counts(np.array([0.5, 0.5, 1.0]), ["a", "a", "b"], ["b", "b", "b"],
    ...              np.array([0.9, 0.1, 0.5]))
    array([0, 1, 1])
    """
    from scipy.optimize import linprog  # noqa: PLC0415 (slow to import)
    from scipy.sparse import csr_array, hstack, vstack  # noqa: PLC0415 (slow to import)

    expected = np.asarray(expected, dtype=float)
    floor = np.floor(expected + NOBODY)
    part = np.clip(expected - floor, 0.0, 1.0)
    counts: Wholes = floor.astype(np.int64)
    at = np.flatnonzero(part > NOBODY)
    if len(at) == 0:
        return counts
    blocks, wanted, prices = [], [], []
    for where in (np.asarray(before, dtype=object), np.asarray(after, dtype=object)):
        there = np.array([bool(one) for one in where])
        places = sorted(set(where[there]))
        code = {place: n for n, place in enumerate(places)}
        of = np.array([code[one] if one else -1 for one in where])
        total = np.bincount(of[there], expected[there], len(places))
        goal = largest_remainder(np.asarray(total, dtype=float)) - np.bincount(
            of[there], floor[there], len(places)
        )
        inside = there[at]
        rows = of[at][inside]
        columns = np.flatnonzero(inside)
        blocks.append(csr_array((np.ones(len(rows)), (rows, columns)), (len(places), len(at))))
        blocks.append(csr_array(inside[None, :].astype(float)))
        wanted += [*goal, goal.sum()]
        prices += [OFF_TARGET] * len(places) + [OFF_TOTAL]
    rows_of = vstack(blocks, format="csr")
    slack = csr_array((np.ones(len(wanted)), (np.arange(len(wanted)),) * 2))
    u, p = np.clip(luck[at], 1e-9, 1 - 1e-9), np.clip(part[at], 1e-9, 1 - 1e-9)
    cost = np.log(u / (1 - u)) - np.log(p / (1 - p))
    found = linprog(
        np.concatenate([cost, prices, prices]),
        A_eq=hstack([rows_of, slack, -slack], format="csr"),
        b_eq=np.array(wanted),
        bounds=[(0.0, 1.0)] * len(at) + [(0.0, None)] * (2 * len(wanted)),
        method="highs-ds",
    )
    assert found.x is not None
    counts[at] += np.rint(found.x[: len(at)]).astype(np.int64)
    return counts


def largest_remainder(values: Values) -> Values:
    """Return whole numbers that add up to the total of the values, to the nearest whole.

    >>> largest_remainder(np.array([1.4, 1.4, 0.2])).tolist()
    [2.0, 1.0, 0.0]
    """
    values = np.round(np.asarray(values, dtype=float), 9)
    floor = np.floor(values)
    more = int(np.floor(values.sum() + 0.5) - floor.sum())
    order = np.argsort(-(values - floor), kind="stable")
    floor[order[:more]] += 1.0
    return floor


def _tidy(flows: pd.DataFrame) -> pd.DataFrame:
    """Return flows with every column, blanks as empty text, and nobody left out."""
    rows = pd.DataFrame(index=flows.index)
    for name in ("zone", "need", "phase", "provision", "group"):
        values = flows[name] if name in flows else pd.Series("", index=flows.index)
        rows[name] = values.astype(object).where(values.notna(), "").map(str)
    for side in SIDES:
        rows[side] = flows[side].fillna(0.0).astype(float)
    for name in ("wheelchair_share", "solo_share"):
        rows[name] = flows[name].astype(float) if name in flows else np.nan
    travels = flows["travels"] if "travels" in flows else pd.Series(None, index=flows.index)
    rows["travels"] = travels.where(travels.notna(), Travels.DAILY.value).map(str)
    return rows[(rows[list(SIDES)] > NOBODY).any(axis=1)].reset_index(drop=True)


def _pairs(rows: pd.DataFrame) -> pd.DataFrame:
    """Return expected children by where they go before and after: cell, before, after, expected."""
    cells: dict[tuple[str, ...], dict[str, list[float]]] = {}
    often: dict[str, str] = {}
    shares: dict[tuple[str, ...], tuple[list[float], list[float]]] = {}
    for row in rows.itertuples(index=False):
        cell = tuple(getattr(row, name) for name in CELL)
        both = cells.setdefault(cell, {}).setdefault(str(row.provision), [0.0, 0.0])
        for n, side in enumerate(SIDES):
            both[n] += getattr(row, side)
        often.setdefault(str(row.provision), str(row.travels))
        for kept, name in zip(shares.setdefault(cell, ([], [])), _SHARES, strict=True):
            if np.isfinite(getattr(row, name)):
                kept.append(getattr(row, name))
    found: list[dict[str, Any]] = []
    for cell in sorted(cells):
        facts: dict[str, Any] = dict(zip(CELL, cell, strict=True))
        for kept, name in zip(shares[cell], _SHARES, strict=True):
            facts[name] = float(np.mean(kept)) if kept else np.nan
        found += [
            facts | {"before": p, "after": q, "expected": n, "travels": often[p or q]}
            for p, q, n in _movers(cells[cell])
            if n > NOBODY
        ]
    pairs = pd.DataFrame(found, columns=[*CELL, *_SHARES, "before", "after", "expected", "travels"])
    keys = pairs[[*CELL, "before", "after"]].itertuples(index=False, name=None)
    pairs["key"] = pd.Series(list(keys), dtype=object)
    return pairs


def _movers(cell: Mapping[str, list[float]]) -> list[tuple[str, str, float]]:
    """Return (before, after, expected) of a cell.

    Those who go to the same provision on both sides stay. Of the rest, every destination left is
    paired with every new one, in proportion; who has a place on one side only is paired with none.

    >>> _movers({"a": [2.0, 1.0], "b": [0.0, 1.0]})
    [('a', 'a', 1.0), ('a', 'b', 1.0), ('a', '', 0.0), ('', 'b', 0.0)]
    """
    found = [(p, p, min(both)) for p, both in cell.items() if min(both) > NOBODY]
    left = {p: b - a for p, (b, a) in cell.items() if b - a > NOBODY}
    new = {p: a - b for p, (b, a) in cell.items() if a - b > NOBODY}
    going, coming = sum(left.values()), sum(new.values())
    moved = min(going, coming)
    for p, n in left.items():
        found += [(p, q, n * m * moved / (going * coming)) for q, m in new.items()]
    found += [(p, "", n * (1.0 - moved / going)) for p, n in left.items()]
    found += [("", q, m * (1.0 - moved / coming)) for q, m in new.items()]
    return found


def _phases_of(rows: pd.DataFrame) -> dict[str, list[tuple[str, float]]]:
    """Return for each provision the running share of its children by phase, where known."""
    known = rows[rows["phase"] != ""]
    by = known.assign(n=known[list(SIDES)].sum(axis=1)).groupby(["provision", "phase"])["n"].sum()
    found: dict[str, list[tuple[str, float]]] = {}
    for key, n in by.items():
        provision, phase = cast("tuple[str, str]", key)
        found.setdefault(provision, []).append((phase, float(n)))
    return found


def _some_phase(phases: Mapping[str, list[tuple[str, float]]], provision: str, luck: float) -> str:
    """Return a phase of a provision by its share; primary, whose rides are shorter, if unknown."""
    known = phases.get(provision)
    if not known:
        return Phase.PRIMARY.value
    left = luck * sum(n for _, n in known)
    for phase, n in known:
        left -= n
        if left <= 0:
            return phase
    return known[-1][0]


def _stated(share: float, otherwise: float) -> float:
    return otherwise if np.isnan(share) else float(share)


def _notes(homes: int, phases: int) -> tuple[Fault, ...]:
    found = []
    if homes:
        found.append(
            Fault(
                "riders",
                f"the home zone of {homes:,} child(ren) is not known; it is drawn by where "
                "children live",
                "State the zone of children placed now",
                severity="warning",
            )
        )
    if phases:
        found.append(
            Fault(
                "riders",
                f"the phase of {phases:,} child(ren) is not known; it is drawn among those of "
                "their provision",
                severity="warning",
            )
        )
    return tuple(found)
