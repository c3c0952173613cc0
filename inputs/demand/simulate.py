"""Many futures of an authority's plans: whole children, every flow drawn, rates uncertain too.

In each draw the total of plans follows a path of its forecast, and the rates are one set from what
the rates may be. Each plan then ceases, moves or stays by chance, and new plans fill what the total
leaves room for. So the counts of a draw always balance: plans next January are plans this January,
plus those that came, less those that ceased.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.axes import FIRST_OF_PHASE, IS_SPECIALIST, N_AGES, N_NC, NEEDS, PLACEMENTS
from inputs.demand.entrants import NEW, TRANSFER, WAITING, Entrants
from inputs.demand.levers import Change, Lever, change
from inputs.demand.project import NURSERY, every_year, project, published_total
from inputs.demand.rules import Destinations, destinations, rules, start_shares
from inputs.demand.shrink import Factor

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from inputs.demand.axes import Array, Counts
    from inputs.demand.basis import Basis
    from inputs.demand.draws import Draws

CHUNK = 100
"""Draws worked on together: few enough to need little memory, and many enough to be quick."""


@dataclass(frozen=True, eq=False)
class Simulation:
    """Many futures; years are academic, and the count of a year is the January within it.

    Parameters
    ----------
    years
        The years asked for.
    stock
        (draws, years, placements, needs, ages) plans, whole numbers.
    starts, ceased
        (draws, years) plans that came in a year, and plans that ceased.
    entrants
        Who newly needs a specialist place, by zone.
    arrivals
        (draws, years from the first after the count) new plans there would be without levers.
    """

    years: tuple[int, ...]
    stock: Counts
    starts: Counts
    ceased: Counts
    entrants: Draws
    arrivals: Counts

    @property
    def totals(self) -> Counts:
        """(draws, years) plans."""
        return np.asarray(self.stock.sum(axis=(2, 3, 4), dtype=np.int64))

    @property
    def specialist(self) -> Counts:
        """(draws, years) children in specialist places, of all ages."""
        return np.asarray(self.stock[:, :, IS_SPECIALIST].sum(axis=(2, 3, 4), dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is uncertain and not chance, one value a draw (first axis)."""

    totals: Array
    cease: Array
    into: Array
    stay: Array
    ages: Array
    needs: Array
    power: Array
    specialist: Array

    def part(self, chunk: slice) -> Drawn:
        """Return some of the draws."""
        return Drawn(**{name: values[chunk] for name, values in vars(self).items()})


def drawn(basis: Basis, draws: int, years: int, seed: int) -> Drawn:
    """Return the uncertain quantities of every draw.

    The total follows a path of its forecast. Multiples are gamma (rates) and log-normal (how
    England's moves have varied); proportions of ages and needs are Dirichlet with the children they
    rest on; the power that specialist places follow new plans by is beta, from 0 to 1.
    """
    rates = basis.rates
    rng = [np.random.default_rng([seed, 0, k]) for k in range(9)]
    level = basis.stock.sum() / published_total(basis)
    sd = rates.into_year_sd
    common = np.exp(sd * rng[2].standard_normal(draws) - sd**2 / 2)
    return Drawn(
        totals=np.rint(basis.totals.sample(draws, rng[0])[:, :years] * level),
        cease=rates.cease_factor.sample(draws, rng[1]),
        into=rates.into_factor.sample(draws, rng[3]) * common,
        stay=rates.stay_factor.sample(draws, rng[4]),
        ages=_proportions(_age_shares(basis), rates.start_ages_known, draws, rng[5]),
        needs=_proportions(
            rates.start_mix.mean(axis=(0, 2)), rates.start_needs_known, draws, rng[6]
        ),
        power=_beta(rates.start_power, draws, rng[7]),
        specialist=rates.start_factor.sample(draws, rng[8]),
    )


def _age_shares(basis: Basis) -> Array:
    shares = basis.rates.start_ages
    return shares if basis.people is None else shares * basis.people[1]


def _proportions(mean: Array, known: float, draws: int, rng: np.random.Generator) -> Array:
    """Return multiples of each proportion, (draws, kinds): Dirichlet over its mean."""
    share = mean / mean.sum()
    some = share > 0
    out = np.ones((draws, share.size))
    out[:, some] = rng.dirichlet(known * share[some], draws) / share[some]
    return out


def _beta(factor: Factor, draws: int, rng: np.random.Generator) -> Array:
    mean = factor.mean
    most = mean * (1 - mean)
    variance = min(factor.sd**2, 0.9 * most)
    if variance <= 0:
        return np.full(draws, mean)
    size = most / variance - 1
    return np.asarray(rng.beta(mean * size, (1 - mean) * size, draws))


def simulate(
    basis: Basis,
    years: Sequence[int],
    draws: int = 1000,
    seed: int = 0,
    levers: Iterable[Lever] = (),
    *,
    unmitigated: Simulation | None = None,
    first: int | None = None,
) -> Simulation:
    """Return many futures.

    Parameters
    ----------
    basis
        The authority's.
    years
        Academic years wanted.
    draws, seed
        How many futures, and what makes them: the same seed gives the same draws. With levers and
        without, a draw has the same totals and rates before levers.
    levers
        What is changed.
    unmitigated
        The simulation without levers, of the same basis, years, draws and seed, which says how many
        new plans come; None: it is made first where there are levers.
    first
        Year from which levers act and in which children waiting get a place; None: the first of
        the years asked for.

    Raises
    ------
    InputError
        When a year cannot be projected.
    """
    run = every_year(basis, years)
    levers = tuple(levers)
    first = min(years) if first is None else first
    arrivals: Counts | None = None
    if levers:
        base = unmitigated
        arrivals = (
            _run(basis, run, years, first, draws, seed, (), None, None)[3]
            if base is None
            else base.arrivals
        )
    found = Entrants(basis, tuple(years), project(basis, years, levers, first=first))
    stock, starts, ceased, came = _run(
        basis, run, years, first, draws, seed, levers, arrivals, found
    )
    return Simulation(tuple(years), stock, starts, ceased, found.draws(draws, seed), came)


def _run(
    basis: Basis,
    run: Sequence[int],
    years: Sequence[int],
    first: int,
    draws: int,
    seed: int,
    levers: tuple[Lever, ...],
    arrivals: Counts | None,
    found: Entrants | None,
) -> tuple[Counts, Counts, Counts, Counts]:
    """Run all draws, some at a time; entrants are added to those found."""
    uncertain = drawn(basis, draws, len(run), seed)
    kept = 0 if found is None else len(years)
    stock = np.zeros((draws, kept, *basis.stock.shape), dtype=np.int32)
    starts = np.zeros((draws, len(run)), dtype=np.int64)
    ceased, new = np.zeros_like(starts), np.zeros_like(starts)
    where = destinations(basis.rates, basis.stock)
    for number, low in enumerate(range(0, draws, CHUNK)):
        chunk = slice(low, min(low + CHUNK, draws))
        size = chunk.stop - low
        part = uncertain.part(chunk)
        now = np.broadcast_to(basis.stock, (size, *basis.stock.shape)).astype(np.int64)
        for k, year in enumerate(run):
            rng = np.random.default_rng([seed, 1, number, year])
            of_year = np.random.default_rng([seed, 2, number, year])
            changed = change(levers, year, first)
            room = None if arrivals is None else arrivals[chunk, k]
            waiting = basis.waiting if year == first else np.zeros_like(basis.waiting)
            step = _year(basis, now, k, year, part, where, changed, room, waiting, rng, of_year)
            now = step.stock
            starts[chunk, k], ceased[chunk, k], new[chunk, k] = step.starts, step.ceased, step.new
            if found is not None and year in years:
                stock[chunk, list(years).index(year)] = now
                found.add(low, year, step.entrants, rng)
    at = [list(run).index(year) for year in years]
    return stock, starts[:, at], ceased[:, at], new


@dataclass(frozen=True, eq=False)
class _Step:
    """One year of some draws: plans after it, flows (draws), entrants (kinds, draws, needs, nc)."""

    stock: Counts
    starts: Counts
    ceased: Counts
    new: Counts
    entrants: Counts


def _year(
    basis: Basis,
    stock: Counts,
    k: int,
    year: int,
    part: Drawn,
    where: Destinations,
    changed: Change,
    room: Counts | None,
    waiting: Counts,
    rng: np.random.Generator,
    of_year: np.random.Generator,
) -> _Step:
    # Rates of the year come from a stream of their own, the same with levers and without.
    rates, inside = basis.rates, IS_SPECIALIST
    cease, into, start, stay = (
        Factor(1.0, sd).sample(len(stock), of_year) for sd in rates.year_sds
    )
    rule = rules(rates, changed, part.cease * cease, part.into * into, part.stay * stay)
    gone = rng.binomial(stock, rule.cease)
    came = rng.binomial(stock, rates.move_in[:, None])
    held, came = _recorded(stock - gone, rates.need_change, rng), _recorded(
        came, rates.need_change, rng
    )  # fmt: skip
    in_place = rng.binomial(held, rule.specialist)
    moved = _aged(in_place[:, ~inside].sum(axis=1))
    stayed = _aged(in_place[:, inside].sum(axis=1))
    later = _aged(_placed(in_place, held - in_place, where, rng))
    came_in_place = rng.binomial(came, np.broadcast_to(rule.specialist, came.shape))
    moved_in = _aged(_placed(came_in_place, came - came_in_place, where, rng))
    placed = np.zeros((len(stock), len(NEEDS), N_AGES), dtype=np.int64)
    if waiting.any():
        later, placed = _given_places(later, _aged(waiting), where, rng)
    there = later.sum(axis=(1, 2, 3)) + moved_in.sum(axis=(1, 2, 3))
    base = np.maximum(part.totals[:, k] - there, 0).astype(np.int64) if room is None else room
    shares, multiple = start_shares(
        basis, year, base, changed, part.ages, part.needs, part.power, part.specialist * start
    )
    number = np.floor(base * multiple + rng.random(len(base))).astype(np.int64)
    flat = shares.reshape(len(shares), -1)
    fresh = rng.multinomial(number, flat / flat.sum(axis=1, keepdims=True)).reshape(stock.shape)
    fresh = fresh + moved_in
    of_phases = slice(NURSERY, NURSERY + N_NC)
    entrants = np.zeros((3, len(stock), len(NEEDS), N_NC), dtype=np.int64)
    entrants[NEW] = (moved + fresh[:, inside].sum(axis=1))[..., of_phases]
    entrants[TRANSFER] = stayed[..., of_phases] * FIRST_OF_PHASE
    entrants[WAITING] = placed[..., of_phases]
    axes = (1, 2, 3)
    return _Step(later + fresh, fresh.sum(axis=axes), gone.sum(axis=axes), base, entrants)


def _aged(counts: Counts) -> Counts:
    """Return counts (last axis ages) a year on; nobody is left of the oldest."""
    out = np.zeros_like(counts)
    out[..., 1:] = counts[..., :-1]
    return out


def _chosen(cumulative: Array, rows: Counts, rng: np.random.Generator) -> Counts:
    """Return one choice for each row of (rows, choices) cumulative shares."""
    chance = rng.random(len(rows))[:, None] * cumulative[rows, -1:]
    return np.asarray((chance >= cumulative[rows]).sum(axis=1))


def _recorded(counts: Counts, change: Array, rng: np.random.Generator) -> Counts:
    """Return counts (draws, placements, needs, ages) after some needs are recorded anew."""
    stays = np.clip(change[np.arange(len(NEEDS)), np.arange(len(NEEDS))], 0.0, 1.0)
    kept = rng.binomial(counts, stays)
    other = change.copy()
    other[np.arange(len(NEEDS)), np.arange(len(NEEDS))] = 0.0
    cumulative = other.cumsum(axis=1).transpose(0, 2, 1).reshape(-1, len(NEEDS))
    draw, p, n, a = _people(counts - kept)
    if len(draw):
        new = _chosen(cumulative, n * N_AGES + a, rng)
        np.add.at(kept, (draw, p, new, a), 1)
    return np.asarray(kept)


def _people(counts: Counts) -> tuple[Counts, ...]:
    """Return the place of every child in an array of counts, one entry a child."""
    at = np.nonzero(counts)
    many = counts[at]
    return tuple(np.repeat(index, many) for index in at)


def _placed(
    inside: Counts, outside: Counts, where: Destinations, rng: np.random.Generator
) -> Counts:
    """Return children by where they are a year on, at the age they leave."""
    out = np.zeros_like(inside)
    own = np.arange(len(PLACEMENTS))
    for counts, shares in ((inside, where.inside), (outside, where.outside)):
        stays = shares[own, own][:, None]
        kept = rng.binomial(counts, np.broadcast_to(stays, counts.shape[1:]))
        out += kept
        other = shares.copy()
        other[own, own] = 0.0
        cumulative = other.cumsum(axis=1).transpose(0, 2, 1).reshape(-1, len(PLACEMENTS))
        draw, p, n, a = _people(counts - kept)
        if len(draw):
            new = _chosen(cumulative, p * N_AGES + a, rng)
            np.add.at(out, (draw, new, n, a), 1)
    return out


def _given_places(
    later: Counts, waiting: Counts, where: Destinations, rng: np.random.Generator
) -> tuple[Counts, Counts]:
    """Return plans with children waiting (needs, ages) in specialist places, and who got one.

    They come from the other placements of their need and age, each child there as likely as
    another; where fewer are there than wait, all move.
    """
    later = later.copy()
    placed = np.zeros((len(later), *waiting.shape), dtype=np.int64)
    outside = np.flatnonzero(~IS_SPECIALIST)
    for n, a in zip(*np.nonzero(waiting), strict=True):
        there = later[:, outside, n, a]
        number = np.minimum(waiting[n, a], there.sum(axis=1))
        left = number.copy()
        rest = there.sum(axis=1)
        for j, p in enumerate(outside):
            rest = rest - there[:, j]
            taken = rng.hypergeometric(there[:, j], rest, left)
            later[:, p, n, a] -= taken
            left = left - taken
        later[:, :, n, a] += rng.multinomial(number, where.first[:, a - 1])
        placed[:, n, a] = number
    return later, placed
