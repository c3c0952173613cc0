"""The rates of one authority: England's, bent as far as its own counts are to be believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammainc, gammaincc

from inputs.demand.axes import BAND, BANDS, IS_SPECIALIST, N_AGES, NEEDS, PLACEMENTS, UNKNOWN
from inputs.demand.flows import by_age_reached, unlumped
from inputs.demand.national import AT_16, National, Tally, tally
from inputs.demand.shrink import Factor, fit, mixed

if TYPE_CHECKING:
    from inputs.demand.axes import Array
    from inputs.demand.published import Published

MOST_INTO, MOST_STAY = 0.95, 0.98
"""No rate of moving in or of staying is beyond these, whatever multiples say."""


@dataclass(frozen=True, eq=False)
class Rates:
    """What happens in a year to the plans of one authority. Ages are at 31 August.

    Parameters
    ----------
    start_ages
        (ages reached) new plans a head of people of that age; only their proportions count where
        the total of plans is forecast, and they add up to 1 where people are not known.
    start_ages_known
        Children that the proportions of start_ages rest on.
    start_mix
        (placements, needs, ages reached) share of an age's new plans; each age adds up to 1.
    start_needs_known
        Children that the needs in start_mix rest on.
    start_level
        New plans a year at which start_mix holds.
    start_power
        Specialist places named in new plans follow their number to this power; see National.
    start_factor
        Uncertainty of the specialist share of start_mix (mean 1: the authority's own multiple is
        in start_mix).
    cease
        (placements, ages left) share of plans that cease in a year, and cease_factor its multiple.
    move_in
        (placements, ages left) plans that move in from other authorities in a year, per plan there:
        as many as move away in England.
    need_change
        (needs, needs, ages left) share of plans whose recorded need is the second a year later.
    move
        (placements, placements, ages left) where those who stay are a year later.
    into_factor, need_into
        Multiple of moves into specialist places: the authority's, and by (needs, ages left).
    into_year_sd
        How England's rate of moves has varied, as a share.
    year_sds
        How an authority's own rates vary from year to year beyond chance, as shares of them:
        ceasing, moves into specialist places, specialist places named in new plans, staying at 16.
    stay_factor, need_stay
        Multiple of staying in a specialist place at 16: the authority's, and (needs) the need's.
    """

    start_ages: Array
    start_ages_known: float
    start_mix: Array
    start_needs_known: float
    start_level: float
    start_power: Factor
    start_factor: Factor
    cease: Array
    cease_factor: Factor
    move_in: Array
    need_change: Array
    move: Array
    into_factor: Factor
    need_into: Array
    into_year_sd: float
    year_sds: tuple[float, float, float, float]
    stay_factor: Factor
    need_stay: Array


def local_rates(
    tables: Published, national: National, code: str, people: Array | None
) -> tuple[Rates, tuple[str, ...]]:
    """Return the rates of an authority and what was assumed.

    Parameters
    ----------
    tables
        The release.
    national
        What it teaches.
    code
        Official code of the authority.
    people
        (ages) people in the academic year of the last new plans; None: not known.
    """
    area = tables.at(code)
    own = tally(tables, national.flows, area)
    into = national.into.posterior(own.into, own.into_expected)
    start = national.start.posterior(own.start, own.start_expected)
    ages, known, level = _start_ages(tables, national, area)
    tilt = _tilt(tables, national, area)
    need_into = np.ones((len(NEEDS), N_AGES))
    need_into[:, :-1] = national.need_into[:, BAND[1:]]
    rates = Rates(
        start_ages=np.divide(ages, people, out=np.zeros(N_AGES), where=people > 0)
        if people is not None
        else ages / ages.sum(),
        start_ages_known=known,
        start_mix=_start_mix(tables, national, area, ages, start.mean, tilt),
        start_needs_known=national.own_needs + float(np.nansum(tables.starts_need_age[area])),
        start_level=level,
        start_power=national.start_power,
        start_factor=Factor(1.0, start.sd / start.mean),
        cease=national.flows.cease,
        move_in=national.flows.cease * national.flows.moved_away,
        cease_factor=national.cease.posterior(own.ceased, own.ceased_expected),
        need_change=national.need_change,
        move=_tilted(national.flows.move, tilt),
        into_factor=into,
        need_into=need_into,
        into_year_sd=float(np.std(np.log(np.maximum(national.into_by_year, 0.1)), ddof=1))
        if len(national.into_by_year) > 1
        else 0.0,
        year_sds=(
            float(np.sqrt(national.cease.within)),
            float(np.sqrt(national.into.within)),
            float(np.sqrt(national.start.within)),
            float(np.sqrt(national.stay.within)),
        ),
        stay_factor=national.stay.posterior(own.stay, own.stay_expected),
        need_stay=national.need_stay,
    )
    return rates, (*_notes(tables, area), *_told(rates, start, into, own))


def _told(rates: Rates, start: Factor, into: Factor, own: Tally) -> list[str]:
    """Return in sentences how far the authority's rates are taken to be its own."""

    def times(factor: Factor) -> str:
        return f"{factor.mean:.2f} times England's (give or take {factor.sd:.2f})"

    notes = [
        f"Moves into specialist places are taken to be {times(into)}, specialist places named in "
        f"new plans {times(start)}, staying in one at 16 {times(rates.stay_factor)}, and plans "
        f"that cease {times(rates.cease_factor)}: its own counts, as far as such counts have "
        "proved to last.",
        "Moves are net of those who went the other way in the year, and as many plans are taken to "
        "move in from other authorities as to move away in England.",
    ]
    if not (own.into_expected > 0).any():
        notes.append(
            "Too many plans have no recorded placement to tell its own moves: England's hold."
        )
    return notes


def _notes(tables: Published, area: int) -> tuple[str, ...]:
    notes = []
    unknown = int(tables.unknown[area, -1])
    plans = float(np.nansum(tables.stock[area, -1]))
    if unknown:
        notes.append(
            f"The placement of {unknown:,} plans ({unknown / plans:.1%}) is not recorded: they are "
            "shared out like the other plans of their age."
        )
    if not np.isfinite(tables.starts[area]).any():
        notes.append("New plans by age are not published for the authority: England's ages hold.")
    return tuple(notes)


def _start_ages(tables: Published, national: National, area: int) -> tuple[Array, float, float]:
    """Return arrivals a year by age, the children behind their proportions, and their level.

    The level is the mean of the years with ages, each brought to the last year by England's growth
    of new plans: a year in which a backlog was cleared does not stand alone.
    """
    plans = np.nan_to_num(tables.stock[area, -1]).sum(axis=0)
    years = [k for k in range(len(tables.flow_years)) if np.isfinite(tables.starts[area, k]).any()]
    new = np.nansum(tables.starts[area, years], axis=(0, 1)) if years else np.zeros(N_AGES)
    came = by_age_reached(unlumped(new, plans))
    england = national.flows.as_published.sum(axis=0)
    share = mixed(came, england, national.own_ages)
    # What the tables lack at each age, as in England.
    lacking = np.divide(
        national.flows.arrivals.sum(axis=0), england, out=np.ones(N_AGES), where=england > 0
    )
    arrivals = share * lacking
    whole = np.nansum(tables.starts_total[tables.england], axis=1)
    totals = np.nansum(tables.starts_total[area], axis=1)
    told = [k for k in years if totals[k] > 0]
    level = float(np.mean([totals[k] * whole[-1] / whole[k] for k in told])) if told else 1.0
    return arrivals * level, national.own_ages + float(new.sum()), float((arrivals * level).sum())


def _tilt(tables: Published, national: National, area: int) -> Array:
    """Return (placements, bands) how an authority's kinds of specialist place differ.

    The share of each kind among its own children of the band's ages, over England's share: an
    authority without units sends nobody to one. Placements that are not specialist have 1.
    """
    tilt = np.ones((len(PLACEMENTS), len(BANDS)))
    inside = IS_SPECIALIST
    for band in range(len(BANDS)):
        ages = band == BAND
        england = np.nansum(tables.stock[tables.england, -1][inside][:, ages], axis=1)
        own = np.nansum(tables.stock[area, :][:, inside][:, :, ages], axis=(0, 2))
        share = mixed(own, england, national.own_places)
        tilt[inside, band] = np.divide(
            share * england.sum(), england, out=np.ones_like(share), where=england > 0
        )
    return tilt


def _tilted(move: Array, tilt: Array) -> Array:
    """Return moves with specialist destinations in an authority's proportions.

    How many move into specialist places is kept; of those who move within them, at most all do.
    """
    out = move.copy()
    inside = IS_SPECIALIST
    for age in range(N_AGES - 1):
        by = tilt[:, BAND[age + 1]]
        for p in range(len(PLACEMENTS)):
            row = out[p, :, age]
            there = inside.copy()
            there[p] = False
            bent = row[there] * by[there]
            total, new = row[there].sum(), bent.sum()
            if new <= 0:
                continue
            if inside[p]:
                bent *= min(1.0, (row[p] + total) / new)
                row[p] += total - bent.sum()
            else:
                bent *= total / new
            row[there] = bent
            out[p, :, age] = row
    return out


def _start_mix(
    tables: Published, national: National, area: int, ages: Array, start: float, tilt: Array
) -> Array:
    """Return (placements, needs, ages) shares of each age's arrivals.

    England's table is fitted to three margins of the authority: ages, needs (its own new plans and
    a part of England's), and placements (specialist share by its multiple, kinds by its places).
    """
    england = national.arrivals.copy()
    england[UNKNOWN] = 0.0
    inside = IS_SPECIALIST
    for band in range(len(BANDS)):
        at = band == BAND
        total = england[inside][:, :, at].sum()
        bent = england[:, :, at] * np.where(inside, tilt[:, band], 1.0)[:, None, None]
        new = bent[inside].sum()
        bent[inside] *= total * start / new if new > 0 else 1.0
        england[:, :, at] = bent
    by_age = england.sum(axis=(0, 1))
    seed = england * np.divide(ages, by_age, out=np.zeros(N_AGES), where=by_age > 0)
    own = np.nan_to_num(tables.starts_need_age[area]).sum(axis=1)
    need = mixed(own, national.arrivals.sum(axis=(0, 2)), national.own_needs) * seed.sum()
    # A need more common here is so in and out of specialist places; the specialist share is kept.
    place = seed.sum(axis=(1, 2))
    table = fit(seed, [((1,), need), ((0,), place), ((2,), ages)], 100)
    total = table.sum(axis=(0, 1))
    everyone = national.arrivals.sum(axis=2, keepdims=True) / national.arrivals.sum()
    return np.asarray(np.where(total > 0, table / np.where(total > 0, total, 1.0), everyone))


def moves_of(
    rates: Rates,
    into: Array | float = 1.0,
    stay: Array | float = 1.0,
    spreads: tuple[float, float] = (0.0, 0.0),
) -> tuple[Array, Array]:
    """Return how many move into specialist places, and how many leave them at each age.

    Parameters
    ----------
    rates
        The authority's.
    into, stay
        Multiples on top of the need's, broadcast over (..., needs, ages).
    spreads
        Deviations of the two as shares of them, over which the mean is taken: a rate that is at
        its most in some years is less on average than at its average.

    Returns
    -------
    into
        (..., placements, needs, ages left) share of those outside who move in; 0 for specialist.
    out
        (..., placements, needs, ages left) share of those in specialist places who leave them.
    """
    inside = IS_SPECIALIST
    to = np.where(inside[:, None], 0.0, rates.move[:, inside].sum(axis=1))
    out = np.where(inside[:, None], rates.move[:, ~inside].sum(axis=1), 0.0)
    factor = np.asarray(into)[..., None, :, :] * rates.need_into
    moving = mean_at_most(to[:, None, :] * factor, MOST_INTO, spreads[0])
    held = np.ones(N_AGES)
    held[AT_16] = 0.0
    keep = (1 - out)[:, None, :] * np.where(
        held, 1.0, np.asarray(stay)[..., None, :, :] * rates.need_stay[:, None]
    )
    leaving = np.where(
        inside[:, None, None] & (held == 0),
        1 - mean_at_most(keep, MOST_STAY, spreads[1]),
        out[:, None, :],
    )
    # Nobody is made to stay where England has nobody stay.
    return np.asarray(moving), np.asarray(np.where(out[:, None, :] >= 1, 1.0, leaving))


def mean_at_most(rate: Array, most: float, spread: float) -> Array:
    """Return the mean of a rate that is held to a most, when it varies as a gamma about its mean.

    With X gamma of mean 1 and shape k = 1 / spread^2, and F_k its distribution function, the mean
    of min(most, r X) is r F_{k+1}(most / r) + most (1 - F_k(most / r)).

    >>> mean_at_most(np.array([0.5, 2.0]), 0.9, 0.0).tolist()
    [0.5, 0.9]
    >>> mean_at_most(np.array([0.9]), 0.9, 0.2).round(3).tolist()
    [0.828]
    """
    if spread <= 0:
        return np.minimum(rate, most)
    shape = spread**-2
    at = shape * most / np.maximum(rate, 1e-12)
    return np.asarray(rate * gammainc(shape + 1, at) + most * gammaincc(shape, at))
