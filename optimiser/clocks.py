"""How far the simple clock of the demand row is out: children who waited and were placed late.

In the plan model a child who waits and is placed later starts a full stay, as if new; and of those
who wait, the share of first-year leavers goes each year. Exactly, each keeps the clock of the year
in which the place was first needed: it leaves when it would have left. This re-runs a plan's own
placements with exact clocks, those who have waited longest placed first, and counts the
difference; nothing is decided again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from optimiser.kinds import Array
    from optimiser.plan import Plan
    from optimiser.problem import Problem


@dataclass(frozen=True)
class ClockError:
    """What the simple clock says beyond the exact one; above zero, the plan overstates.

    Parameters
    ----------
    placed_horizon, placed_tail
        Child-years in places, within the horizon and after it.
    waiting_horizon, waiting_tail
        Child-years without a place, within the horizon and after it.
    gbp, pv_gbp
        Pounds a child (top-up or fee, place funding a child, transport a child, interim), and
        their present value, over the horizon and the tail.
    placed_late
        Children whom the plan places a year or more after they first needed it.
    child_years
        All child-years of entrants in places that the plan counts, to compare with.
    """

    placed_horizon: float
    placed_tail: float
    waiting_horizon: float
    waiting_tail: float
    gbp: float
    pv_gbp: float
    placed_late: float
    child_years: float

    @property
    def share(self) -> float:
        """Child-years in places that the simple clock adds, as a share of all of them."""
        return (self.placed_horizon + self.placed_tail) / max(self.child_years, 1e-9)


def waiting_error(problem: Problem, plan: Plan) -> ClockError:
    """Return what exact clocks would change in a plan's child-years and pounds.

    Parameters
    ----------
    problem, plan
        What was asked and answered: the placements decided are taken as they stand. Where more
        are placed late than would exactly still wait, the rest are children whom only the simple
        clock keeps waiting, and count as gone.
    """
    horizon, n_years = problem.horizon, len(problem.discount)
    nh = problem.cells["nh"].to_numpy(np.int64)
    placed = _placed(problem, plan)  # (A, T)
    d_of = problem.arcs["d"].to_numpy(np.int64)
    in_year = np.zeros((len(problem.cells), horizon))
    np.add.at(in_year, d_of, placed)
    simple, exact = np.zeros((2, len(problem.cells), horizon, n_years))
    wait_simple, wait_exact = np.zeros((2, len(problem.cells), n_years))
    late = 0.0
    unplaced = _unplaced(problem, plan)
    for d in np.flatnonzero(in_year.sum(axis=1) + unplaced.sum(axis=1)):
        survival = problem.survival[nh[d]]
        simple[d] = in_year[d][:, None] * survival
        exact[d], wait_exact[d], delayed = _exact(problem.entrants[d], in_year[d], survival)
        late += delayed
    wait_simple[:, :horizon] = unplaced
    wait_simple[:, horizon:] = unplaced[:, -1:] * problem.survival[nh, horizon - 1, horizon:]
    extra = simple - exact
    pounds = _pounds(problem, placed, in_year, extra)
    pounds += problem.scenario.interim_annual_gbp * (wait_simple - wait_exact).sum(axis=0)
    years = extra.sum(axis=(0, 1))
    waits = (wait_simple - wait_exact).sum(axis=0)
    return ClockError(
        placed_horizon=float(years[:horizon].sum()),
        placed_tail=float(years[horizon:].sum()),
        waiting_horizon=float(waits[:horizon].sum()),
        waiting_tail=float(waits[horizon:].sum()),
        gbp=float(pounds.sum()),
        pv_gbp=float(pounds @ problem.discount),
        placed_late=float(late),
        child_years=float(simple.sum()),
    )


def _placed(problem: Problem, plan: Plan) -> Array:
    """Return (A, T) children placed by decision."""
    cells = problem.cells.iloc[problem.arcs["d"].to_numpy(int)]
    names = problem.provisions["provision"].to_numpy()[problem.arcs["p"].to_numpy(int)]
    keys = zip(cells["zone"], cells["need"], cells["phase"], names, strict=True)
    at = {key: a for a, key in enumerate(keys)}
    placed = np.zeros((len(problem.arcs), problem.horizon))
    decided = plan.placements[plan.placements["kind"] == "decided"]
    columns = ["zone", "need", "phase", "provision", "year", "children"]
    for zone, need, phase, name, year, n in decided[columns].itertuples(index=False):
        placed[at[zone, need, phase, name], year - problem.years[0]] += n
    return placed


def _unplaced(problem: Problem, plan: Plan) -> Array:
    """Return (D, T) children without a place."""
    cells = problem.cells
    keys = zip(cells["zone"], cells["need"], cells["phase"], strict=True)
    at = {key: d for d, key in enumerate(keys)}
    unplaced = np.zeros((len(cells), problem.horizon))
    columns = ["zone", "need", "phase", "year", "children"]
    for zone, need, phase, year, n in plan.unplaced[columns].itertuples(index=False):
        unplaced[at[zone, need, phase], year - problem.years[0]] += n
    return unplaced


def _exact(entrants: Array, placed: Array, survival: Array) -> tuple[Array, Array, float]:
    """Return (T, Y) children there by year placed, (Y,) those waiting, and those placed late.

    Children of one entry year are alike: of those who still wait, each is as likely to be placed.
    """
    horizon, n_years = survival.shape
    there, waiting = np.zeros((horizon, n_years)), np.zeros(n_years)
    due = np.zeros(horizon)  # those not yet placed by year of entry, counted on entry
    late = 0.0
    for t in range(horizon):
        due[t] += entrants[t]
        left = placed[t]
        for u in range(t + 1):  # first waited, first placed
            here = due[u] * survival[u, t]
            if here <= 0 or left <= 0:
                continue
            taken = min(here, left)
            share = taken / here
            there[t, t:] += share * due[u] * survival[u, t:]
            due[u] *= 1.0 - share
            left -= taken
            late += taken if u < t else 0.0
        waiting[t] = float((due[: t + 1] * survival[: t + 1, t]).sum())
    waiting[horizon:] = due @ survival[:, horizon:]
    return there, waiting, late


def _pounds(problem: Problem, placed: Array, in_year: Array, extra: Array) -> Array:
    """Return (Y,) pounds of the child-years beyond, at what each cell's placements cost a child."""
    d_of = problem.arcs["d"].to_numpy(np.int64)
    q_of = problem.arcs["q"].to_numpy(np.int64)
    at = problem.taught["p"].to_numpy(np.int64)[q_of]
    years = np.arange(len(problem.discount))
    filled = problem.provisions["filled_gbp"].to_numpy(float)[at]
    pays = problem.provisions["pays_places"].to_numpy(bool)[at]
    more = (problem.provisions["unfilled_gbp"].to_numpy(float)[at] - filled) * pays
    transport = problem.arcs["transport_gbp"].to_numpy(float)
    pounds = np.zeros(len(years))
    for a, t in zip(*np.nonzero(placed), strict=True):
        d = d_of[a]
        funding = np.where((years < problem.horizon) & pays[a], -more[a], filled[a])
        each = problem.annual_cost[q_of[a]] + funding + transport[a] * problem.growth_transport
        pounds += placed[a, t] / in_year[d, t] * extra[d, t] * each
    return pounds
