"""The tables of a routed comparison: what it comes to, what it saves, when, and for whom.

Four sides are routed alike, in every draw: the do-minimum and the plan, and each again with only
the children who have a place in both. The second pair tells what the same children's journeys cost
before and after; the difference between the pairs is what it costs to carry children who would
otherwise have no place to go to. Those are two things, and a saving on one is not a saving on both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outputs.riders import DRAWN
from outputs.routes_measures import ALL, mean_over_draws, measures, ride_minutes
from outputs.routes_saving import (
    NO_CHANGE,
    Range,
    material,
    moved_by_year,
    over_draws,
    phased,
    realised,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from geo.routing.types import Routed

BEFORE, AFTER = "do_minimum", "plan"
BEFORE_SAME, AFTER_SAME = "do_minimum_same", "plan_same"
FOUR_SIDES = (BEFORE, AFTER, BEFORE_SAME, AFTER_SAME)
PAIRS = {"same_children": (BEFORE_SAME, AFTER_SAME), "all_children": (BEFORE, AFTER)}

SAVING, EXTRA_COST = "saving", "extra cost"
CLEAR_MINUTES = 5.0
"""A ride is called shorter or longer when it changes by at least this much."""


@dataclass(frozen=True, eq=False)
class Draw:
    """One draw of children, routed on every side with the same seed and effort."""

    number: int
    sides: Mapping[str, Routed]


def by_side(draws: Sequence[Draw]) -> pd.DataFrame:
    """Return side, draw, provision (``all`` for the total) and `routes_measures.measures`."""
    parts = []
    for draw in draws:
        done: dict[int, pd.DataFrame] = {}
        for side, routed in draw.sides.items():
            if id(routed) not in done:  # a side may stand for another that is the same
                done[id(routed)] = measures(routed)
            found = done[id(routed)].copy()
            found.insert(0, "draw", draw.number)
            found.insert(0, "side", side)
            parts.append(found)
    return pd.concat(parts, ignore_index=True)


def mean_by_side(sides: pd.DataFrame) -> pd.DataFrame:
    """Return side, provision and the mean over draws of every figure."""
    parts = []
    for side in dict.fromkeys(sides["side"]):
        some = sides[sides["side"] == side]
        tables = [one.drop(columns=["side", "draw"]) for _, one in some.groupby("draw")]
        parts.append(mean_over_draws(tables).assign(side=side))
    out = pd.concat(parts, ignore_index=True)
    return out[["side", *(name for name in out if name != "side")]]


def costs(sides: pd.DataFrame, side: str, provision: str = ALL) -> np.ndarray:
    """Return (draws,) £ a year of a side; nought where a draw has no child there."""
    draws = sorted(set(sides["draw"]))
    here = sides[(sides["side"] == side) & (sides["provision"] == provision)]
    return here.set_index("draw")["cost_a_year_gbp"].reindex(draws).fillna(0.0).to_numpy(float)


def verdict(before: np.ndarray, after: np.ndarray, noise_share: float) -> str:
    """Return saving, extra cost, or no material change.

    A change is material when it is larger than the noise of the search, and every draw agrees on
    its sign.

    >>> verdict(np.array([100.0, 104.0]), np.array([90.0, 91.0]), 0.015)
    'saving'
    >>> verdict(np.array([100.0, 104.0]), np.array([99.0, 104.0]), 0.015)
    'no material change'
    """
    saving = over_draws((before - after).tolist())
    same_sign = saving.low > 0 or saving.high < 0
    if not same_sign or not material(float(before.mean()), float(after.mean()), noise_share):
        return NO_CHANGE
    return SAVING if saving.mid > 0 else EXTRA_COST


@dataclass(frozen=True)
class Saving:
    """What a routed saving comes to, £ a year in the routed year.

    Parameters
    ----------
    basis
        ``same_children`` (those with a place on both sides) or ``all_children``.
    before_gbp, after_gbp
        Routed costs, over draws.
    routed
        Before less after.
    at_actual
        The same share of what is really spent: routed x actual spend before / routed before.
    realised
        What of it reaches the accounts: nothing where there is no material change.
    verdict
        saving, extra cost or no material change.
    """

    basis: str
    before_gbp: Range
    after_gbp: Range
    routed: Range
    at_actual: Range
    realised: Range
    verdict: str


@dataclass(frozen=True)
class Account:
    """The whole account of the routed year.

    Parameters
    ----------
    same, all
        The saving on children with a place on both sides, and of everybody.
    more_children
        Cost of carrying children who have a place only with the plan, less those who have one only
        without it: £ a year at actual spend; a minus sign is a cost saved.
    net
        What the General Fund sees: what is realised of ``same``, less ``more_children``.
    scale
        Actual spend before over routed cost before (1 where no actual average is known).
    noise_share
        Below this share a difference is not one.
    """

    same: Saving
    all: Saving
    more_children: Range
    net: Range
    scale: float
    noise_share: float


def account(
    sides: pd.DataFrame,
    *,
    average_gbp: float | None,
    shares: tuple[float, float, float],
    noise_share: float,
) -> Account:
    """Return the account of a routed comparison.

    Parameters
    ----------
    sides
        See `by_side`.
    average_gbp
        What a user really costs a year today; None leaves routed pounds as they are.
    shares
        Low, middle and high share of a saving that is realised.
    noise_share
        Below this share a difference is not one.
    """
    whole = sides[sides["provision"] == ALL].set_index(["side", "draw"])
    users = whole.loc[BEFORE]["users"].sort_index().to_numpy(float)
    before = costs(sides, BEFORE)
    scale = np.ones(len(before))
    if average_gbp is not None:
        scale = np.divide(average_gbp * users, before, out=scale, where=before > 0)
    found = {}
    for basis, (first, then) in PAIRS.items():
        b, a = costs(sides, first), costs(sides, then)
        at_actual = over_draws(((b - a) * scale).tolist())
        said = verdict(b, a, noise_share)
        found[basis] = Saving(
            basis,
            over_draws(b.tolist()),
            over_draws(a.tolist()),
            over_draws((b - a).tolist()),
            at_actual,
            Range(0.0, 0.0, 0.0) if said == NO_CHANGE else realised(at_actual, shares),
            said,
        )
    extra = (costs(sides, AFTER) - costs(sides, AFTER_SAME)) - (
        costs(sides, BEFORE) - costs(sides, BEFORE_SAME)
    )
    more = over_draws((extra * scale).tolist())
    same = found["same_children"].realised
    net = Range(same.low - more.high, same.mid - more.mid, same.high - more.low)
    return Account(
        found["same_children"],
        found["all_children"],
        more,
        net,
        float(scale.mean()),
        noise_share,
    )


def saving_table(told: Account) -> pd.DataFrame:
    """Return basis, measure, low_gbp, mid_gbp, high_gbp, verdict: the account as rows.

    A minus sign is extra cost.
    """
    rows = []
    for one in (told.same, told.all):
        rows += [
            (one.basis, "routed_before", one.before_gbp, ""),
            (one.basis, "routed_after", one.after_gbp, ""),
            (one.basis, "routed_saving", one.routed, one.verdict),
            (one.basis, "saving_at_actual_spend", one.at_actual, one.verdict),
        ]
    rows.append(("same_children", "realised_saving", told.same.realised, told.same.verdict))
    rows.append(("more_children", "cost_at_actual_spend", told.more_children, ""))
    rows.append(("all_children", "net_of_both", told.net, ""))
    return pd.DataFrame(
        [(basis, name, r.low, r.mid, r.high, said) for basis, name, r, said in rows],
        columns=["basis", "measure", "low_gbp", "mid_gbp", "high_gbp", "verdict"],
    )


def phased_table(
    told: Account,
    riders: pd.DataFrame,
    routed_year: int,
    arrived_share: Callable[[int], float],
    *,
    growth: float = 0.0,
    base_year: int | None = None,
) -> pd.DataFrame:
    """Return by year what has arrived: the saving as contracts end, extra children at once.

    Parameters
    ----------
    told
        The account of the routed year.
    riders
        Children on roll by home, provision and year on both sides. Those drawn from mainstream,
        whose homes are not known, count among the more children, and not among those who move.
    routed_year
        The year whose journeys were routed.
    arrived_share
        Share let through by contracts, from years since a change.
    growth, base_year
        Real growth of transport a year since the base year (default: the first year).

    Returns
    -------
    DataFrame
        year, moved (children whose journey differs), arrived_share (of the routed year's saving),
        saving_low_gbp, saving_mid_gbp, saving_high_gbp, more_children, more_children_gbp,
        net_low_gbp, net_mid_gbp, net_high_gbp. A saving that is an extra cost comes at once.
    """
    known = riders[riders["group"] != DRAWN] if "group" in riders else riders
    moved = moved_by_year(known)
    by = {int(year): float(count) for year, count in zip(moved.index, moved, strict=True)}
    arrived = phased(by, routed_year, arrived_share)
    at_once = phased(by, routed_year, lambda _: 1.0)
    totals = riders.groupby("year")[[BEFORE, AFTER]].sum()
    more = (totals[AFTER] - totals[BEFORE]).reindex(moved.index).fillna(0.0)
    whole = float(more.get(routed_year, 0.0))
    first = min(moved.index) if base_year is None else base_year
    rows = []
    for year in moved.index:
        grown = (1.0 + growth) ** (year - first)
        low, mid, high = (
            value * (arrived[year] if value > 0 else at_once[year]) * grown
            for value in (told.same.realised.low, told.same.realised.mid, told.same.realised.high)
        )
        ratio = more[year] / whole if abs(whole) > 1e-9 else 0.0
        extra = sorted(
            value * ratio * grown for value in (told.more_children.low, told.more_children.high)
        )
        middle = told.more_children.mid * ratio * grown
        rows.append(
            (
                int(year),
                float(moved[year]),
                arrived[year],
                low,
                mid,
                high,
                float(more[year]),
                middle,
                low - extra[1],
                mid - middle,
                high - extra[0],
            )
        )
    columns = ["year", "moved", "arrived_share", "saving_low_gbp", "saving_mid_gbp"]
    columns += ["saving_high_gbp", "more_children", "more_children_gbp"]
    columns += ["net_low_gbp", "net_mid_gbp", "net_high_gbp"]
    return pd.DataFrame(rows, columns=columns)


def provisions_table(
    sides: pd.DataFrame,
    draws: Sequence[Draw],
    provisions: pd.DataFrame,
    opened: set[str],
    noise_share: float,
) -> pd.DataFrame:
    """Return one row a provision: before, after, what changes, and for how many children.

    Columns provision, name, class, opens; for each of do_minimum and plan children, vehicles,
    routes, miles_a_year, assistants, occupancy_share, solo_share, over_guideline,
    cost_a_year_gbp, carbon_tonnes; saving_low_gbp, saving_mid_gbp, saving_high_gbp (routed, before
    less after), verdict; assistant_hours_change; shorter, longer (children of the plan's provision
    with a place on both sides whose ride changes by 5 minutes or more), minutes_saved_a_day
    (theirs, both ways). Means over draws.
    """
    mean = mean_by_side(sides)
    names = provisions.set_index("provision")
    pair = mean[mean["side"].isin((BEFORE, AFTER)) & (mean["provision"] != ALL)]
    keys = list(dict.fromkeys(pair["provision"]))
    rides = _ride_changes(draws)
    rows = []
    for key in sorted(keys):
        row: dict[str, object] = {
            "provision": key,
            "name": names["name"].get(key, key),
            "class": names["class"].get(key, ""),
            "opens": key in opened,
        }
        hours = {BEFORE: 0.0, AFTER: 0.0}
        for side in (BEFORE, AFTER):
            here = pair[(pair["side"] == side) & (pair["provision"] == key)].to_dict("records")
            for name in SHOWN:
                row[f"{side}_{name}"] = float(here[0][name]) if here else 0.0
            hours[side] = float(here[0]["assistant_hours_a_year"]) if here else 0.0
        before, after = costs(sides, BEFORE, key), costs(sides, AFTER, key)
        saving = over_draws((before - after).tolist())
        row |= {
            "saving_low_gbp": saving.low,
            "saving_mid_gbp": saving.mid,
            "saving_high_gbp": saving.high,
            "verdict": _at_one(before, after, noise_share),
            "assistant_hours_change": hours[AFTER] - hours[BEFORE],
        }
        row |= {name: float(rides[name].get(key, 0.0)) for name in CHANGES}
        rows.append(row)
    return pd.DataFrame(rows)


OPENS, NO_LONGER = "new here", "no longer used"


def _at_one(before: np.ndarray, after: np.ndarray, noise_share: float) -> str:
    """Return the verdict on one provision; where nobody went before, or goes after, it says so."""
    if not before.any():
        return OPENS if after.any() else NO_CHANGE
    return verdict(before, after, noise_share) if after.any() else NO_LONGER


SHOWN = (
    "children",
    "users",
    "vehicles",
    "routes",
    "miles_a_year",
    "assistants",
    "occupancy_share",
    "solo_share",
    "over_guideline",
    "ride_minutes_mean",
    "cost_a_year_gbp",
    "carbon_tonnes",
)
CHANGES = ("shorter", "longer", "minutes_saved_a_day")


def _ride_changes(draws: Sequence[Draw]) -> pd.DataFrame:
    """Return by the plan's provision how many rides change, and minutes saved a day, per draw."""
    parts = []
    for draw in draws:
        if not {BEFORE_SAME, AFTER_SAME} <= set(draw.sides):
            continue
        before = ride_minutes(draw.sides[BEFORE_SAME]).set_index("child")
        after = ride_minutes(draw.sides[AFTER_SAME]).set_index("child")
        earlier = before[["minutes", "both"]].add_suffix("_before")
        both = after.join(earlier, how="inner")
        less = both["minutes_before"] - both["minutes"]
        parts.append(
            pd.DataFrame(
                {
                    "provision": both["provision"],
                    "shorter": (less >= CLEAR_MINUTES).astype(float),
                    "longer": (less <= -CLEAR_MINUTES).astype(float),
                    "minutes_saved_a_day": both["both_before"] - both["both"],
                }
            )
        )
    if not parts:
        return pd.DataFrame(columns=list(CHANGES))
    found: pd.DataFrame = pd.concat(parts).groupby("provision")[list(CHANGES)].sum()
    return found / len(parts)
