"""Expected numbers: every plan ages, ceases, moves or stays, and new ones come.

A year of the projection runs from one January count to the next, which lies in the academic year
that the projection's year names: what happens in 2025 leads to January 2026. How many plans come
in a year is what the forecast of the total leaves room for; who they are is the rates' to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.axes import (
    AGES,
    FIRST_OF_PHASE,
    IS_SPECIALIST,
    N_AGES,
    N_NC,
    NEEDS,
)
from inputs.demand.flows import aged
from inputs.demand.levers import Change, Lever, change
from inputs.demand.rules import Destinations, Rules, destinations, rules, start_shares
from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inputs.demand.axes import Array
    from inputs.demand.basis import Basis
    from inputs.demand.local import Rates

NURSERY = AGES.index(2)


@dataclass(frozen=True, eq=False)
class Projection:
    """Expected numbers by year; years are academic, by their first Septembers.

    Parameters
    ----------
    years
        The years asked for. The count of a year is the January within it.
    stock
        (years, placements, needs, ages) plans at that January.
    starts
        (years, placements, needs, ages) plans that came in the year, at the age and placement of
        that January: new plans, and those that moved into the authority.
    ceased
        (years, placements, needs, ages) plans that ceased in the year, at the placement and age of
        the January before.
    moved
        (years, needs, ages) children who moved into a specialist place from another placement,
        by age at that January, children waiting left out.
    into_specialist
        (years, needs, nc_years) entrants of kind new: those who moved, and plans that came with a
        specialist place.
    transfers
        (years, needs, nc_years) entrants of kind transfer: children in specialist places who enter
        the first year of the next phase, and stay in one.
    waiting
        (years, needs, nc_years) entrants of kind waiting: the children waiting at the count, in
        the first year.
    arrivals
        (years) new plans without levers: what the total leaves room for.
    """

    years: tuple[int, ...]
    stock: Array
    starts: Array
    ceased: Array
    moved: Array
    into_specialist: Array
    transfers: Array
    waiting: Array
    arrivals: Array

    @property
    def totals(self) -> Array:
        """(years) plans."""
        return np.asarray(self.stock.sum(axis=(1, 2, 3)))

    @property
    def specialist(self) -> Array:
        """(years) children in specialist places, of all ages."""
        return np.asarray(self.stock[:, IS_SPECIALIST].sum(axis=(1, 2, 3)))


@dataclass(frozen=True)
class Hold:
    """What is held as it is now, to tell what drives a change.

    Parameters
    ----------
    people
        The number of people of each age stays as in the year of the count.
    start_rate
        New plans a head stay at the level of ``Rates.start_level``, instead of filling what the
        total of plans leaves room for.
    waiting
        Children waiting get no place.
    """

    people: bool = False
    start_rate: bool = False
    waiting: bool = False


def every_year(basis: Basis, years: Sequence[int]) -> tuple[int, ...]:
    """Return the years to run through: from the one after the count to the last asked for.

    Raises
    ------
    InputError
        When a year is not after the count, or beyond the totals that the basis holds.
    """
    last = basis.totals.years[-1]
    wrong = [year for year in years if not basis.count_year < year <= last]
    if wrong or not years:
        remedy = f"Give academic years from {basis.count_year + 1} to {last}"
        raise InputError(
            Fault("years", "is not a year that can be projected", remedy, value=str(year))
            for year in (wrong or list(years[:1]) or [0])
        )
    return tuple(range(basis.count_year + 1, max(years) + 1))


def project(
    basis: Basis,
    years: Sequence[int],
    levers: Iterable[Lever] = (),
    *,
    hold: Hold | None = None,
    first: int | None = None,
) -> Projection:
    """Return the expected numbers of a projection.

    They are means over what the rate of moves and the total of plans may be: a rate that is too
    high empties the pool it draws from, so the mean is not what the mean rate gives. The mean is
    taken at a few points of each (Gauss-Hermite), which is exact to well under a part in a hundred.

    Parameters
    ----------
    basis
        The authority's.
    years
        Academic years wanted; those between the count and the first are run through.
    levers
        What is changed. How many plans come follows the total without levers, times what levers
        on starts make of it.
    hold
        What is held as it is; None: nothing.
    first
        Year from which levers act and in which children waiting get a place; None: the first of
        the years asked for.

    Raises
    ------
    InputError
        When a year cannot be projected.
    """
    mean: dict[str, Array] = {}
    for weight, one in projections(basis, years, levers, hold=hold, first=first):
        for name, values in vars(one).items():
            if name != "years":
                mean[name] = mean.get(name, 0.0) + weight * values
    return Projection(years=tuple(years), **mean)


def projections(
    basis: Basis,
    years: Sequence[int],
    levers: Iterable[Lever] = (),
    *,
    hold: Hold | None = None,
    first: int | None = None,
) -> list[tuple[float, Projection]]:
    """Return the projections that ``project`` is the mean of, each with its weight.

    The same points of what is uncertain come in the same order with levers and without, so that
    what levers do can be told at each, without the chance of single children.
    """
    run = every_year(basis, years)
    levers, hold = tuple(levers), hold or Hold()
    first = min(years) if first is None else first
    where = destinations(basis.rates, basis.stock)
    at = [run.index(year) for year in years]
    found = []
    for point in _points(basis, len(run)):
        free = levers or hold.start_rate or hold.people
        full = _run(basis, run, first, point, where, (), Hold(), None) if free else []
        room = _rooms(basis, run, [float(row["arrivals"]) for row in full], hold) if free else None
        rows = _run(basis, run, first, point, where, levers, hold, room)
        values = {name: np.array([row[name] for row in rows])[at] for name in rows[0]}
        found.append((point.weight, Projection(years=tuple(years), **values)))
    return found


@dataclass(frozen=True, eq=False)
class _Point:
    """One set of what is uncertain: its weight, the totals of plans, the multiple of moves."""

    weight: float
    totals: Array
    into: float


_INTO_POINTS, _TOTAL_POINTS = 5, 3


def _points(basis: Basis, years: int) -> list[_Point]:
    """Return points whose weighted mean is that over the rate of moves and the total of plans.

    The multiple of moves is log-normal of the mean and deviation of the draws, the total a path
    that keeps its place in each year's interval.
    """
    rates, totals = basis.rates, basis.totals
    level = basis.stock.sum() / published_total(basis)
    variation = (1 + (rates.into_factor.sd / rates.into_factor.mean) ** 2) * np.exp(
        rates.into_year_sd**2
    ) - 1
    sd = float(np.sqrt(np.log1p(variation)))
    deviation = np.sqrt(np.diag(totals.covariance))[:years]
    found = []
    for z, w in _normal(_INTO_POINTS if sd > 0 else 1):
        into = rates.into_factor.mean * np.exp(sd * z - sd**2 / 2)
        for x, v in _normal(_TOTAL_POINTS if deviation.any() else 1):
            path = level * totals.p50[:years] * np.exp(x * deviation)
            found.append(_Point(w * v, path, float(into)))
    return found


def _spreads(rates: Rates) -> tuple[float, float]:
    """Return how moves in (from year to year) and staying at 16 may vary, as shares."""
    of_all_years = rates.stay_factor.sd / rates.stay_factor.mean if rates.stay_factor.mean else 0.0
    return rates.year_sds[1], float(np.hypot(of_all_years, rates.year_sds[3]))


def _normal(points: int) -> list[tuple[float, float]]:
    """Return points and weights of a standard normal (Gauss-Hermite).

    >>> [(round(x, 3), round(w, 3)) for x, w in _normal(3)]
    [(-1.732, 0.167), (0.0, 0.667), (1.732, 0.167)]
    """
    x, w = np.polynomial.hermite_e.hermegauss(points)
    return [(float(a), float(b)) for a, b in zip(x, w / w.sum(), strict=True)]


def published_total(basis: Basis) -> float:
    """Return the last published total of plans, which the forecast of totals starts from."""
    last = float(basis.past.totals[-1]) if len(basis.past.totals) else 0.0
    return last if last > 0 else max(float(basis.stock.sum()), 1.0)


def population_factor(basis: Basis, year: int) -> float:
    """Return new plans that a year's people give at constant rates, over those of the count's."""
    if basis.people is None:
        return 1.0
    at = min(max(year - (basis.count_year - 1), 0), len(basis.people) - 1)
    by_age = basis.rates.start_ages
    return float((by_age * basis.people[at]).sum() / (by_age * basis.people[1]).sum())


def _rooms(basis: Basis, run: Sequence[int], full: list[float], hold: Hold) -> list[float]:
    """Return how many new plans come each year, given those that the total leaves room for."""
    rooms = []
    for year, room in zip(run, full, strict=True):
        factor = population_factor(basis, year)
        if hold.start_rate:
            rooms.append(basis.rates.start_level * (1.0 if hold.people else factor))
        else:
            rooms.append(room / factor if hold.people else room)
    return rooms


def _run(
    basis: Basis,
    run: Sequence[int],
    first: int,
    point: _Point,
    where: Destinations,
    levers: tuple[Lever, ...],
    hold: Hold,
    rooms: Sequence[float] | None,
) -> list[dict[str, Array]]:
    stock = basis.stock.astype(float)
    rows = []
    for k, year in enumerate(run):
        changed = change(levers, year, first)
        waits = year == first and not hold.waiting
        waiting = aged(basis.waiting.astype(float)) if waits else np.zeros((len(NEEDS), N_AGES))
        room = None if rooms is None else rooms[k]
        rates = basis.rates
        rule = rules(
            rates,
            changed,
            rates.cease_factor.mean,
            point.into,
            rates.stay_factor.mean,
            _spreads(rates),
        )
        total = float(point.totals[k])
        row = _year(basis, stock, year, rule, where, changed, waiting, total, room, hold)
        stock = row["stock"]
        rows.append(row)
    return rows


def _placed(inside: Array, outside: Array, where: Destinations) -> Array:
    """Return children by where they are a year on, at the age they leave."""
    return np.asarray(
        np.einsum("pna,pqa->qna", inside, where.inside)
        + np.einsum("pna,pqa->qna", outside, where.outside)
    )


def _year(
    basis: Basis,
    stock: Array,
    year: int,
    rule: Rules,
    where: Destinations,
    changed: Change,
    waiting: Array,
    total: float,
    room: float | None,
    hold: Hold,
) -> dict[str, Array]:
    """Return one year's numbers."""
    gone = stock * rule.cease
    anew = basis.rates.need_change
    held = np.einsum("pna,nma->pma", stock - gone, anew)
    came = np.einsum("pna,nma->pma", stock * basis.rates.move_in[:, None], anew)
    inside = held * rule.specialist
    later = aged(_placed(inside, held - inside, where))
    came_inside = came * rule.specialist
    moved_in = aged(_placed(came_inside, came - came_inside, where))
    moved = aged(inside[~IS_SPECIALIST].sum(axis=0))
    stayed = aged(inside[IS_SPECIALIST].sum(axis=0))
    free = later * ~IS_SPECIALIST[:, None, None]
    here = free.sum(axis=0)
    placed = np.minimum(waiting, here)
    later = later - free * np.divide(placed, here, out=np.zeros_like(here), where=here > 0)
    later = later + aged(where.first)[:, None, :] * placed
    base = max(total - float(later.sum() + moved_in.sum()), 0.0) if room is None else room
    people_of = basis.count_year if hold.people else None
    shares, multiple = start_shares(basis, year, base, changed, people_of=people_of)
    starts = moved_in + shares * base * multiple
    of_phases = slice(NURSERY, NURSERY + N_NC)
    return {
        "stock": later + starts,
        "starts": starts,
        "ceased": gone,
        "moved": moved,
        "into_specialist": (moved + starts[IS_SPECIALIST].sum(axis=0))[:, of_phases],
        "transfers": np.where(FIRST_OF_PHASE, stayed[:, of_phases], 0.0),
        "waiting": placed[:, of_phases],
        "arrivals": np.array(base),
    }
