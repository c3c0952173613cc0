"""Children for the plan: entrants by cell, those set aside for INMSS, those placed now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from inputs.demand.chosen import chosen_demand
from inputs.vocabulary import INMSS
from optimiser.journeys import Grid, within_limit
from optimiser.supply import blank

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.kinds import Array
    from optimiser.stays import Stays


@dataclass(frozen=True)
class Arrivals:
    """Entrants by cell and how long they stay."""

    cells: pd.DataFrame
    entrants: Array
    survival: Array
    finishing: Array
    wheelchair: Array


def arrivals(
    case: Case,
    scenario: Scenario,
    pairs: tuple[tuple[str, str], ...],
    stays: Stays,
    n_years: int,
) -> Arrivals:
    """Return cells with at least one entrant, their children by year, and survival by pair.

    Survival of those who enter in a year is the mean over that year's entrants of their own year
    groups; a year without entrants takes the mean over all years.
    """
    rows = chosen_demand(case.entrants, scenario.demand, case.draws)
    rows = rows[rows["children"] > 0].reset_index(drop=True)
    need, phase = rows["need"].astype(str), rows["phase"].astype(str)
    pair = {key: i for i, key in enumerate(pairs)}
    nh = np.array([pair[key] for key in zip(need, phase, strict=True)], dtype=np.int64)
    horizon = len(case.years)
    year = rows["year"].to_numpy(int) - case.years[0]
    children = rows["children"].to_numpy(float)

    label = rows["zone"].astype(str) + ":" + need + ":" + phase
    codes, labels = pd.factorize(label, sort=True)
    entrants = np.zeros((len(labels), horizon))
    np.add.at(entrants, (codes, year), children)

    shares = scenario.wheelchair_share
    default = np.array([shares.get(n, shares.get("other", 0.0)) for n in need])
    stated = pd.to_numeric(rows["wheelchair_share"]).to_numpy(float)
    in_chair = np.where(np.isnan(stated), default, stated)
    weight = np.bincount(codes, children, minlength=len(labels))
    wheelchair = np.bincount(codes, children * in_chair, minlength=len(labels)) / weight

    first = np.unique(codes, return_index=True)[1]
    locality = dict(zip(case.zones["zone"], case.zones["locality"], strict=True))
    cells = pd.DataFrame(
        {
            "cell": labels,
            "zone": rows["zone"].astype(str).to_numpy()[first],
            "need": need.to_numpy()[first],
            "phase": phase.to_numpy()[first],
            "nh": nh[first],
        }
    )
    cells["locality"] = [
        "" if blank(locality[zone]) else str(locality[zone]) for zone in cells["zone"]
    ]

    by_entry = np.zeros((len(pairs), horizon, 21))
    finish = np.zeros_like(by_entry)
    total = np.zeros((len(pairs), horizon))
    groups = rows.assign(nh=nh, t=year).groupby(["nh", "t", "nc_year", "kind"], dropna=False)
    counts = cast("Iterable[tuple[Any, Any]]", groups["children"].sum().items())
    for (i, t, nc, kind), n in counts:
        share = stays.remaining(*pairs[int(i)], nc, kind)
        by_entry[i, t] += n * share
        finish[i, t] += n * stays.finishing(share)
        total[i, t] += n
    everyone = total.sum(axis=1)
    for i, key in enumerate(pairs):
        if everyone[i] == 0:
            share = stays.remaining(*key, None, "new")
            by_entry[i], finish[i] = share, stays.finishing(share)
            continue
        mean, mean_finish = by_entry[i].sum(axis=0), finish[i].sum(axis=0)
        for t in range(horizon):
            some = total[i, t] > 0
            by_entry[i, t] = (by_entry[i, t] / total[i, t]) if some else mean / everyone[i]
            finish[i, t] = (finish[i, t] / total[i, t]) if some else mean_finish / everyone[i]

    survival = np.zeros((len(pairs), horizon, n_years))
    finishing = np.zeros_like(survival)
    for u in range(horizon):
        for y in range(u, n_years):
            if y - u < by_entry.shape[2]:
                survival[:, u, y] = by_entry[:, u, y - u]
            if 1 <= y - u <= finish.shape[2]:
                finishing[:, u, y] = finish[:, u, y - u - 1]
    return Arrivals(cells, entrants, survival, finishing, wheelchair)


def due_most(entrants: Array, survival: Array, nh: np.ndarray) -> Array:
    """Return (D, T) the most children that can be due: all so far, were none placed.

    The demand row carries a child who waits with the share that remains after one year; the sum
    over u <= t of those chains bounds what is due, whatever is decided.
    """
    horizon = entrants.shape[1]
    most = np.zeros_like(entrants)
    most[:, 0] = entrants[:, 0]
    for t in range(1, horizon):
        most[:, t] = entrants[:, t] + survival[nh, t - 1, t] * most[:, t - 1]
    return most


@dataclass(frozen=True)
class Pinned:
    """(Q, Y) our children placed now; (Q, Y) others'; homes of ours by (q, zone)."""

    ours: Array
    others: Array
    homes: pd.DataFrame
    leaving: pd.DataFrame


def pinned_children(
    case: Case, scenario: Scenario, taught: pd.DataFrame, stays: Stays, n_years: int
) -> Pinned:
    """Return the run-down of children placed now: they leave by year group, never by decision."""
    place = {
        key: q
        for q, key in enumerate(
            zip(taught["provision"], taught["need"], taught["phase"], strict=True)
        )
    }
    ours = np.zeros((len(taught), n_years))
    others = np.zeros_like(ours)
    homes: list[tuple[int, str, float, Array]] = []
    leaving: list[tuple[int, str, int, float]] = []
    for row in case.placed.to_dict("records"):
        q = place[row["provision"], str(row["need"]), str(row["phase"])]
        nc = None if blank(row["nc_year"]) else float(row["nc_year"])
        share = stays.pinned(str(row["phase"]), nc)
        path = np.zeros(n_years)
        path[: min(n_years, len(share))] = share[:n_years] * float(row["children"])
        if not blank(row["authority"]):
            held = scenario.other_authorities == "held_constant"
            others[q] += np.full(n_years, float(row["children"])) if held else path
            continue
        ours[q] += path
        zone = "" if blank(row["zone"]) else str(row["zone"])
        homes.append((q, zone, float(row["children"]), path))
        done = stays.finishing(share) * float(row["children"])
        leaving += [(q, zone, t, done[t - 1]) for t in range(1, len(case.years)) if done[t - 1] > 0]
    frame = pd.DataFrame(
        [(q, zone, n) for q, zone, n, _ in homes], columns=["q", "zone", "children"]
    )
    paths: list[Any] = [path for *_, path in homes]
    frame["path"] = paths
    return Pinned(
        ours, others, frame, pd.DataFrame(leaving, columns=["q", "zone", "t", "children"])
    )


def set_aside(
    case: Case,
    scenario: Scenario,
    found: Arrivals,
    taught: pd.DataFrame,
    kinds: np.ndarray,
    ours_now: Array,
    journeys: Grid,
) -> tuple[pd.DataFrame, Array, list[str]]:
    """Return the entrants who go to INMSS whatever we open, and those left to the plan.

    The share is laid on today's INMSS provisions in the proportions of our children of that need
    and phase there now; only provisions that are within the journey limit and take new children
    count. Those who cannot be laid on any stay with the plan, and are named.

    Returns
    -------
    aside
        d, p, q, t, children.
    left
        (D, T) entrants left to the plan.
    named
        Sentences about those who stay with the plan.
    """
    shares = {str(need): share for need, share in scenario.goes_to_inmss.items()}
    left = found.entrants.copy()
    inmss = np.isin(kinds[taught["p"]], [str(one) for one in INMSS]) & taught["now"].to_numpy()
    zone_at = {zone: z for z, zone in enumerate(journeys.zones)}
    opens = np.array([-np.inf if blank(v) else float(v) for v in case.provisions["opens"]])
    closes = np.array([np.inf if blank(v) else float(v) for v in case.provisions["closes"]])
    rows: list[tuple[int, int, int, int, float]] = []
    unreached = 0.0
    cells = found.cells
    ride = journeys.minutes * scenario.shared_ride_factor
    for nh, members in cells.groupby("nh"):
        share = shares.get(str(members["need"].iloc[0]), 0.0)
        if share <= 0:
            continue
        q_all = np.flatnonzero(inmss & (taught["nh"].to_numpy() == nh))
        weight_all = ours_now[q_all]
        q_all, weight_all = q_all[weight_all > 0], weight_all[weight_all > 0]
        if not len(q_all):
            continue  # no child of this need and phase is in INMSS today: nothing to set aside
        p_all = taught["p"].to_numpy()[q_all]
        phase = str(members["phase"].iloc[0])
        for d in members.index:
            z = zone_at[cells["zone"][d]]
            fine = within_limit(ride[z, p_all], kinds[p_all], np.full(len(p_all), phase), scenario)
            for t, year in enumerate(case.years):
                children = found.entrants[d, t] * share
                if children <= 0:
                    continue
                takes = fine & (opens[p_all] <= year) & (year < closes[p_all])
                if not takes.any():
                    unreached += children
                    continue
                part = weight_all * takes / (weight_all * takes).sum()
                left[d, t] -= children
                rows += [
                    (int(d), int(p_all[k]), int(q_all[k]), t, children * part[k])
                    for k in np.flatnonzero(part)
                ]
    named = []
    if unreached > 1e-9:
        named.append(
            f"{unreached:.1f} of the children who would go to INMSS whatever we open have none "
            "within the journey limit: they stay with the plan"
        )
    aside = pd.DataFrame(rows, columns=["d", "p", "q", "t", "children"])
    return aside, np.maximum(left, 0.0), named


def unknown_homes(case: Case, journeys: Grid) -> Array:
    """Return (P,) expected miles of a child whose home is unknown: the mean over zones by children.

    Zones without a figure for children weigh the same.
    """
    weight = pd.to_numeric(case.zones["children"]).to_numpy(float)
    weight = np.ones_like(weight) if np.isnan(weight).all() else np.nan_to_num(weight)
    if weight.sum() == 0:
        weight = np.ones_like(weight)
    known = ~np.isnan(journeys.miles)
    held = (known * weight[:, None]).sum(axis=0)
    total = (np.nan_to_num(journeys.miles) * weight[:, None]).sum(axis=0)
    miles: Array = np.divide(total, held, out=np.zeros_like(total), where=held > 0)
    return miles
