"""England's flows between two January counts: who came, who ceased, who moved, by age.

Two counts a year apart tell, for each cohort and placement, only what is left of all flows. New
plans and ceased plans are published too, by the age on the day; so new plans are read off the
cohorts at the ages where most come, ceasing at the ages where most go, and what then remains of
each placement's change is moves. Moves are net: of two children who change places nothing is seen.

A plan that ceases because the child moved to another authority comes in there: over England as many
come in as move away, and they are taken to be of the same ages, needs and placements.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.axes import AGES, CEASE_BAND, IS_SPECIALIST, N_AGES, PLACEMENTS, UNKNOWN
from inputs.parameters import parameter

if TYPE_CHECKING:
    from inputs.demand.axes import Array, Flags
    from inputs.demand.published import Published

_BORN_BEFORE, _SAME, _BORN_AFTER = 0.2205, 0.7231, 0.0564
"""Share of a calendar year's events at a cohort's age on 31 August of that year, less 1, plus 0 and
plus 1, when days of events and birthdays are spread evenly: 31 August is 0.664 of the year gone;
0.664**2 / 2, the rest, and 0.336**2 / 2."""
_LAST_OF_COMING = AGES.index(16)
"""To this age most flows are new plans; beyond it most are plans that cease."""
_SETTLED = slice(AGES.index(8), AGES.index(16) + 1)
"""Ages at which coming is steady, so that what is not published can be read off the cohorts."""
_FEW = slice(AGES.index(4), AGES.index(9) + 1)
"""Ages whose rate of ceasing stands for the youngest, too few to tell."""
_MOST = 0.95
_LUMPED = AGES.index(20)
"""The flows are published for 20 and over together."""


@dataclass(frozen=True, eq=False)
class Flows:
    """One year's flows in England, by age at 31 August.

    Parameters
    ----------
    arrivals
        (placements, ages reached) new plans, by where the children are in January.
    as_published
        (placements, ages reached) the same as published, by age at 31 August if days of starting
        and birthdays were spread evenly.
    cease
        (placements, ages left) share of plans that cease within the year.
    moved_away
        (ages left) share of these that come in to another authority.
    move
        (placements, placements, ages left) share of those who stay that is in the second placement
        a year later; each row adds up to 1.
    """

    arrivals: Array
    as_published: Array
    cease: Array
    moved_away: Array
    move: Array

    @property
    def kept(self) -> Array:
        """(placements, ages left) plans left a year on, those that moved in among them."""
        return np.asarray(1 - self.cease * (1 - self.moved_away))


def by_age_reached(events: Array) -> Array:
    """Return events by age on the day (last axis AGES) as events by age at the next 31 August.

    >>> by_age_reached(np.eye(24)[5]).round(2)[3:8].tolist()
    [0.0, 0.06, 0.72, 0.22, 0.0]
    """
    return _shifted(events, ((1, _BORN_BEFORE), (0, _SAME), (-1, _BORN_AFTER)))


def by_age_left(events: Array) -> Array:
    """Return events by age on the day as events by age at the last 31 August before the year.

    >>> by_age_left(np.eye(24)[5]).round(2)[2:7].tolist()
    [0.0, 0.06, 0.72, 0.22, 0.0]
    """
    return _shifted(events, ((0, _BORN_BEFORE), (-1, _SAME), (-2, _BORN_AFTER)))


def _shifted(events: Array, shares: tuple[tuple[int, float], ...]) -> Array:
    out = np.zeros_like(events, dtype=float)
    for shift, share in shares:
        for age in range(events.shape[-1]):
            to = min(max(age + shift, 0), events.shape[-1] - 1)
            out[..., to] += share * events[..., age]
    return out


def unlumped(events: Array, stock_by_age: Array) -> Array:
    """Return events with those at 20 and over laid on each age in proportion to the plans there."""
    out = events.copy()
    weight = stock_by_age[_LUMPED:]
    share = weight / weight.sum() if weight.sum() > 0 else np.full(weight.shape, 1 / weight.size)
    out[..., _LUMPED:] = events[..., _LUMPED : _LUMPED + 1] * share
    return out


def aged(stock: Array) -> Array:
    """Return a stock (last axis ages) one year on: everyone a year older, the oldest gone."""
    out = np.zeros_like(stock)
    out[..., 1:] = stock[..., :-1]
    return out


def flows(tables: Published) -> Flows:
    """Return England's flows between the last two January counts."""
    area = tables.england
    before, after = (np.nan_to_num(tables.stock[area, k]) for k in (-2, -1))
    new = unlumped(np.nan_to_num(tables.starts[area, -1]), after.sum(axis=0))
    ceased = unlumped(np.nan_to_num(tables.ceased_age[area, -1]), before.sum(axis=0))
    came = by_age_reached(new)
    away = moved_away(date(tables.cease_years[-1], 12, 31))
    left = _ceasing(
        before.sum(axis=0), after.sum(axis=0), came.sum(axis=0), by_age_left(ceased), away
    )
    stayed = aged(before.sum(axis=0) * (1 - left * (1 - away)))
    ratio = _at_31_august(after.sum(axis=0) - stayed, came.sum(axis=0))
    cease = _by_placement(before, left, np.nan_to_num(tables.ceased_placement[area, -1]))
    kept = 1 - cease * (1 - away)
    arrivals = as_found(came * ratio, after, aged(before * kept), IS_SPECIALIST)
    move = np.zeros((len(PLACEMENTS), len(PLACEMENTS), N_AGES))
    for age in range(N_AGES - 1):
        move[:, :, age] = least_moves(
            before[:, age] * kept[:, age],
            after[:, age + 1] - arrivals[:, age + 1],
            IS_SPECIALIST,
        )
    move[:, :, -1] = np.eye(len(PLACEMENTS))
    return Flows(arrivals, came, cease, away, move)


def moved_away(on: date) -> Array:
    """Return the share of ceased plans, by age left, that come in to another authority."""
    bands = ("to_15", "16_to_18", "from_19")
    share = np.array([parameter(f"plans_moved_away.{band}", on).value for band in bands])
    return np.asarray(share[CEASE_BAND])


def _ceasing(before: Array, after: Array, came: Array, ceased: Array, away: Array) -> Array:
    """Return the share of plans that cease by age left: as published, and by cohort from 16 on."""
    share = np.divide(ceased, before, out=np.zeros_like(ceased), where=before > 0)
    share[: _FEW.start] = ceased[_FEW].sum() / before[_FEW].sum()
    stayed = aged(before * (1 - share * (1 - away)))
    steady = (after[_SETTLED] - stayed[_SETTLED]).sum() / came[_SETTLED].sum()
    first = _LAST_OF_COMING
    left = after[first + 1 :] - came[first + 1 :] * steady
    gone = 1 - left / np.maximum(before[first:-1], 1.0)
    share[first:-1] = gone / (1 - away[first:-1])
    share[-1] = 1.0
    return np.asarray(np.clip(share, 0.0, 1.0))


def _at_31_august(came: Array, new: Array) -> Array:
    """Return new plans by age at 31 August as multiples of those if days were spread evenly.

    They are not: many start in the months before a child enters reception. It is read off the
    cohorts to 16; beyond, where more cease than come, the multiple is that of the steady ages.
    """
    ratio = np.divide(came, new, out=np.ones_like(new), where=new > 0)
    ratio[_LAST_OF_COMING + 1 :] = came[_SETTLED].sum() / new[_SETTLED].sum()
    return np.asarray(np.maximum(ratio, 0.0))


def as_found(new: Array, after: Array, stayed: Array, inside: Flags) -> Array:
    """Return new plans (kinds, ages) by what the children are counted as in January.

    A plan that starts in a nursery before reception is in a school by January. New plans beyond the
    children found of a kind are laid on the kinds with more children than stayed and came; among
    those ``inside`` and among the others, and only then from one to the other.
    """
    beyond = np.maximum(new - after, 0.0)
    out = new - beyond
    for one, other in ((inside, inside), (~inside, ~inside), (inside, ~inside), (~inside, inside)):
        room = np.maximum(after - stayed - out, 0.0) * other[:, None]
        over = beyond * one[:, None]
        space, total = room.sum(axis=0), over.sum(axis=0)
        moved = np.minimum(space, total)
        out = out + room * np.divide(moved, space, out=np.zeros_like(space), where=space > 0)
        beyond = beyond - over * np.divide(moved, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(out + beyond)


def _by_placement(before: Array, left: Array, ceased: Array) -> Array:
    """Return ceasing by placement and age: fitted to the published totals of each."""
    by_age = before.sum(axis=0) * left
    by_placement = ceased.copy()
    by_placement[UNKNOWN] = 0.0
    by_placement *= by_age.sum() / by_placement.sum()
    table = before * left
    for _ in range(200):
        row = table.sum(axis=1)
        table *= np.divide(by_placement, row, out=np.zeros_like(row), where=row > 0)[:, None]
        table = np.minimum(table, _MOST * before)
        table[:, -1] = before[:, -1]
        column = table.sum(axis=0)
        table *= np.divide(by_age, column, out=np.zeros_like(column), where=column > 0)
    share = np.divide(table, before, out=np.tile(left, (len(before), 1)), where=before > 0)
    return np.asarray(np.clip(share, 0.0, 1.0))


def least_moves(stayed: Array, found: Array, inside: Flags | None = None) -> Array:
    """Return the shares of each kind's children that are of each kind a year later.

    Of all ways to get from one count to the other, the one with the fewest moves: no child moves
    unless a kind has more than it needs.

    Parameters
    ----------
    stayed
        (kinds) children whose plans did not cease.
    found
        (kinds) children of the same cohort a year later, new plans taken off.
    inside
        Which kinds belong together: moves among these, and among the others, come before moves
        from one to the other. None: all belong together.
    """
    inside = np.ones(stayed.size, dtype=bool) if inside is None else inside
    found = np.maximum(found, 0.0)
    found = found * (stayed.sum() / found.sum()) if found.sum() > 0 else stayed
    surplus, gap = np.maximum(stayed - found, 0.0), np.maximum(found - stayed, 0.0)
    flow = np.zeros((stayed.size, stayed.size))
    pairs = [(inside, inside), (~inside, ~inside), (inside, ~inside), (~inside, inside)]
    for one, other in pairs:
        given, taken = surplus * one, gap * other
        moved = min(given.sum(), taken.sum())
        if moved <= 0:
            continue
        part = np.outer(given / given.sum(), taken / taken.sum()) * moved
        flow += part
        surplus, gap = surplus - part.sum(axis=1), gap - part.sum(axis=0)
    flow[np.diag_indices(stayed.size)] = stayed - flow.sum(axis=1)
    share = np.eye(stayed.size)
    some = stayed > 0
    share[some] = np.maximum(flow[some], 0.0) / stayed[some, None]
    return np.asarray(share)
