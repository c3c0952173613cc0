"""Who rides where, year by year: what a full run leaves behind so that journeys can be routed.

A run folder with these tables is enough to route its children: nothing of the case is read again.
They hold small numbers by home zone, so a public run leaves them all out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.demand.chosen import chosen_demand
from optimiser.children import pinned_children
from optimiser.plan import NOBODY
from optimiser.stays import Stays
from outputs.tables import SIDES, plain

if TYPE_CHECKING:
    from inputs.case import Case
    from optimiser.plan import Plan
    from optimiser.problem import Problem

LAYOUT = 1
"""Raised when what these tables hold changes, so that routes refuses runs that it would misread."""

TABLES = ("riders", "zones", "provisions", "fleet", "transport_rates")
"""The tables that only routing needs; none is in a public run."""

PINNED, ENTRANT, SET_ASIDE, DRAWN = "pinned", "entrant", "set_aside", "drawn"

KEYS = ["zone", "need", "phase", "provision", "year", "group"]


def riders_table(case: Case, problem: Problem, plan: Plan, do_minimum: Plan) -> pd.DataFrame:
    """Return our own children on roll by home, need, phase, provision and year, on both sides.

    Parameters
    ----------
    case, problem
        What was planned; the plan's problem, not the do-minimum's.
    plan, do_minimum
        What came out.

    Returns
    -------
    DataFrame
        zone (blank: home unknown), need, phase, provision, year, group, do_minimum, plan: expected
        children of ours on roll. ``group`` is ``pinned`` (there in the base year, whatever is
        decided), ``entrant``, ``set_aside`` (goes to INMSS whatever is opened) or ``drawn``
        (children whom a new place draws from mainstream: need, phase and home are not known).
        Then wheelchair_share and solo_share of entrants where the case states them, else blank.
        Children without a place and other authorities' children are not in it.
    """
    parts = [_pinned(case, problem)]
    parts += [_placed(problem, made, side) for side, made in zip(SIDES, (do_minimum, plan),
                                                                  strict=True)]  # fmt: skip
    parts += [_drawn(made, side) for side, made in zip(SIDES, (do_minimum, plan), strict=True)]
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True)
    rows = rows.groupby([*KEYS, "side"], sort=True)["children"].sum().unstack("side")
    rows = rows.reindex(columns=list(SIDES)).fillna(0.0).reset_index()
    rows.columns.name = None
    rows = rows[(rows[list(SIDES)] > NOBODY).any(axis=1)].reset_index(drop=True)
    shares = _stated_shares(case, problem)
    return rows.merge(shares, how="left", on=["zone", "need", "phase", "group"])


def _pinned(case: Case, problem: Problem) -> pd.DataFrame:
    """Return children placed now, run down by year group; the same on both sides."""
    stays = Stays(case.stay, problem.scenario.cessation_a_year)
    n_years = len(problem.discount)
    found = pinned_children(case, problem.scenario, problem.taught, stays, n_years)
    homes, taught = found.homes, problem.taught
    if homes.empty:
        return _nobody()
    q = homes["q"].to_numpy(int)
    paths = np.vstack(homes["path"].to_list())[:, : problem.horizon]
    frame = pd.DataFrame(
        {
            "zone": homes["zone"].to_numpy(),
            "need": taught["need"].to_numpy()[q],
            "phase": taught["phase"].to_numpy()[q],
            "provision": taught["provision"].to_numpy()[q],
        }
    )
    return _by_year(frame, paths, problem.years, PINNED, SIDES)


def _placed(problem: Problem, made: Plan, side: str) -> pd.DataFrame:
    """Return those placed by the plan or set aside, carried on to each later year."""
    placed = plain(made.placements)
    if placed.empty:
        return _nobody()
    pair = {key: n for n, key in enumerate(problem.pairs)}
    nh = np.array([pair[key] for key in zip(placed["need"], placed["phase"], strict=True)])
    t = placed["year"].to_numpy(int) - problem.years[0]
    stay = problem.survival[nh, t, : problem.horizon]
    there = placed["children"].to_numpy(float)[:, None] * stay
    frame = placed[["zone", "need", "phase", "provision"]]
    aside = (placed["kind"] == SET_ASIDE).to_numpy()
    parts = [
        _by_year(frame[mask], there[mask], problem.years, group, (side,))
        for mask, group in ((~aside, ENTRANT), (aside, SET_ASIDE))
    ]
    return pd.concat(parts, ignore_index=True)


def _drawn(made: Plan, side: str) -> pd.DataFrame:
    """Return children drawn from mainstream: only where and when is known of them."""
    drawn = made.uses[made.uses["drawn"] > NOBODY]
    if drawn.empty:
        return _nobody()
    by = drawn.groupby(["provision", "year"])["drawn"].sum().rename("children").reset_index()
    return by.assign(zone="", need="", phase="", group=DRAWN, side=side)


def _by_year(
    frame: pd.DataFrame,
    there: np.ndarray,
    years: tuple[int, ...],
    group: str,
    sides: tuple[str, ...],
) -> pd.DataFrame:
    """Return (n, T) children as rows by year, once for each side."""
    parts = [
        frame.assign(year=year, group=group, side=side, children=there[:, y])
        for y, year in enumerate(years)
        for side in sides
    ]
    out = pd.concat(parts, ignore_index=True)
    return out[out["children"] > NOBODY]


def _nobody() -> pd.DataFrame:
    return pd.DataFrame(columns=[*KEYS, "side", "children"])


def _stated_shares(case: Case, problem: Problem) -> pd.DataFrame:
    """Return the shares of wheelchair users and of solo riders that the case states, by cell.

    The mean over a cell's entrants, each row by its children; rows without a share do not count.
    """
    rows = chosen_demand(case.entrants, problem.scenario.demand, case.draws)
    keys = ["zone", "need", "phase"]
    found = plain(rows[[*keys, "children"]])
    out = found[keys].drop_duplicates(ignore_index=True)
    for name in ("wheelchair_share", "solo_share"):
        share = pd.to_numeric(rows[name]).reset_index(drop=True)
        known = found.assign(share=share, weight=found["children"].astype(float))
        known = known[share.notna() & (known["weight"] > 0)]
        sums = (
            known.assign(product=known["share"] * known["weight"])
            .groupby(keys)[["product", "weight"]]
            .sum()
        )
        mean = (sums["product"] / sums["weight"]).rename(name).reset_index()
        out = out.merge(mean, how="left", on=keys)
    both = [out.assign(group=group) for group in (ENTRANT, SET_ASIDE)]
    return pd.concat(both, ignore_index=True)


def routing_tables(
    case: Case, problem: Problem, plan: Plan, do_minimum: Plan
) -> dict[str, pd.DataFrame]:
    """Return every table that routing needs: `TABLES`.

    ``zones``: zone, name, locality, easting, northing (metres, EPSG:27700; the zone's own point,
    no child's home), children. ``provisions``: provision, name, class, site, locality, in_area,
    easting, northing, bell_time. ``fleet`` and ``transport_rates`` are the case's own, and empty
    where it has none.
    """
    zones = case.zones[["zone", "name", "locality", "easting", "northing", "children"]]
    columns = ["provision", "name", "class", "site", "locality", "in_area"]
    columns += ["easting", "northing", "bell_time"]
    return {
        "riders": riders_table(case, problem, plan, do_minimum),
        "zones": zones.reset_index(drop=True),
        "provisions": plain(case.provisions[columns]),
        "fleet": case.fleet.reset_index(drop=True),
        "transport_rates": plain(case.transport_rates),
    }
