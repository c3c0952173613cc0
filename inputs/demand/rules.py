"""One year's rules: the shares by which plans cease, move or stay, and where new ones come.

The same rules give expected numbers (``project``) and are drawn from (``simulate``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.axes import AGES, IS_SPECIALIST, N_AGES, PLACEMENTS, Placement
from inputs.demand.local import moves_of

if TYPE_CHECKING:
    from inputs.demand.axes import Array, Counts, Flags
    from inputs.demand.basis import Basis
    from inputs.demand.levers import Change
    from inputs.demand.local import Rates

MOST_CEASE = 0.98
MOST_SPECIALIST = 0.95
"""At most so much of an age's arrivals are in specialist places."""
_NONE = 1e-12


@dataclass(frozen=True, eq=False)
class Destinations:
    """Where those go who are in a specialist place a year on, and those who are not.

    Parameters
    ----------
    inside, outside
        (placements, placements, ages left) shares over the second axis: of those who will be in a
        specialist place, and of those who will not.
    first
        (placements, ages left) shares of specialist places among those who enter from outside.
    """

    inside: Array
    outside: Array
    first: Array


@dataclass(frozen=True, eq=False)
class Rules:
    """Shares that hold in one year; a first axis of draws may stand before the others.

    Parameters
    ----------
    cease
        (..., placements, needs, ages left) share of plans that cease.
    specialist
        (..., placements, needs, ages left) of those that do not cease, the share in a specialist
        place a year on.
    """

    cease: Array
    specialist: Array


def destinations(rates: Rates, stock: Counts) -> Destinations:
    """Return destinations from an authority's moves.

    Where nobody moves in England, those who do (because of a lever, or children waiting) go: into
    the kinds of specialist place of the authority's own children of that age; out of them, to a
    school up to 15 and to further education from 16 on.
    """
    kinds = stock.sum(axis=1) * IS_SPECIALIST[:, None]
    everyone = kinds.sum(axis=1, keepdims=True)
    everyone = everyone if everyone.sum() > 0 else IS_SPECIALIST[:, None].astype(float)
    own = np.where(kinds.sum(axis=0) > 0, kinds, everyone)
    moving = rates.move[~IS_SPECIALIST].sum(axis=0) * IS_SPECIALIST[:, None]
    first = np.where(moving.sum(axis=0) > _NONE, moving, own)
    first = first / first.sum(axis=0)
    after = np.zeros((len(PLACEMENTS), N_AGES))
    for k, age in enumerate(AGES):
        school = Placement.MAINSTREAM if age + 1 <= 15 else Placement.FURTHER_EDUCATION
        after[PLACEMENTS.index(school), k] = 1.0
    return Destinations(
        inside=_shares(rates.move, IS_SPECIALIST, first),
        outside=_shares(rates.move, ~IS_SPECIALIST, after),
        first=first,
    )


def _shares(move: Array, kept: Flags, otherwise: Array) -> Array:
    """Return moves to the placements kept, as shares; where there are none, ``otherwise``."""
    there = move * kept[None, :, None]
    total = there.sum(axis=1, keepdims=True)
    share = np.divide(there, total, out=np.zeros_like(there), where=total > _NONE)
    for p in range(len(PLACEMENTS)):
        none = total[p, 0] <= _NONE
        stays = np.zeros_like(otherwise)
        stays[p] = 1.0
        share[p] = np.where(none, stays if kept[p] else otherwise, share[p])
    # Sums of shares differ from 1 in the last digit; as chances they must not be above it.
    return np.asarray(np.clip(share, 0.0, 1.0))


def rules(
    rates: Rates,
    levers: Change,
    cease: Array | float = 1.0,
    into: Array | float = 1.0,
    stay: Array | float = 1.0,
    spreads: tuple[float, float] = (0.0, 0.0),
) -> Rules:
    """Return the rules of a year.

    Parameters
    ----------
    rates
        The authority's.
    levers
        Multiples by (needs, ages reached).
    cease, into, stay
        Multiples of ceasing, moves in, and staying at 16: numbers, or one a draw.
    spreads
        Deviations of the last two, over which the mean is taken; 0 where they are drawn.
    """
    left = np.ones_like(levers.cease), np.ones_like(levers.into), np.ones_like(levers.stay)
    for out, by in zip(left, (levers.cease, levers.into, levers.stay), strict=True):
        out[:, :-1] = by[:, 1:]  # a lever names the age reached; rules go by the age left
    share = np.minimum(rates.cease[:, None, :] * _first(cease) * left[0], MOST_CEASE)
    share[..., -1] = 1.0  # at 25 a plan ends at the latest
    moving, leaving = moves_of(
        rates,
        np.asarray(into)[..., None, None] * left[1],
        np.asarray(stay)[..., None, None] * left[2],
        spreads,
    )
    specialist = np.where(IS_SPECIALIST[:, None, None], 1 - leaving, moving)
    return Rules(np.clip(share, 0.0, 1.0), np.clip(specialist, 0.0, 1.0))


def start_shares(
    basis: Basis,
    year: int,
    arrivals: Array | Counts | float,
    levers: Change,
    ages: Array | float = 1.0,
    needs: Array | None = None,
    power: Array | float | None = None,
    specialist: Array | float = 1.0,
    *,
    people_of: int | None = None,
) -> tuple[Array, Array]:
    """Return who comes in a year: shares of arrivals, and the multiple that levers make of them.

    Parameters
    ----------
    basis
        The authority's.
    year
        Academic year reached.
    arrivals
        Plans that come without levers, a number or one a draw.
    levers
        Multiples by (needs, ages reached).
    ages, needs
        Multiples of each age's and need's share, (draws, ages) and (draws, needs).
    specialist
        Multiple of the specialist share, a number or one a draw.
    power
        Specialist places follow arrivals to this power; None: as expected.
    people_of
        The academic year whose people count, instead of that year's.

    Returns
    -------
    shares
        (..., placements, needs, ages) that add up to 1, levers in them.
    multiple
        (...) arrivals with levers as a multiple of those without.
    """
    rates = basis.rates
    by_age = rates.start_ages * ages
    if basis.people is not None:
        at = (year if people_of is None else people_of) - (basis.count_year - 1)
        by_age = by_age * basis.people[min(max(at, 0), len(basis.people) - 1)]
    by_age = by_age / by_age.sum(axis=-1, keepdims=True)
    mix = rates.start_mix * (1.0 if needs is None else needs[..., None, :, None])
    mix = mix / mix.sum(axis=(-3, -2), keepdims=True)
    level = np.maximum(np.asarray(arrivals, dtype=float), 1.0) / rates.start_level
    follow = np.asarray(rates.start_power.mean if power is None else power)
    # Levers on moves into specialist places act on those named in new plans too.
    mix = _bent(mix, _first(level ** (follow - 1) * specialist) * levers.into)
    shares = mix * by_age[..., None, None, :]
    shares = shares / shares.sum(axis=(-3, -2, -1), keepdims=True)
    bent = shares * levers.starts
    multiple = np.asarray(bent.sum(axis=(-3, -2, -1)))
    return np.asarray(bent / np.maximum(_first(multiple), _NONE)), multiple


def _first(values: Array | float) -> Array:
    """Return values with the axes of placements, needs and ages behind them."""
    return np.asarray(values)[..., None, None, None]


def _bent(mix: Array, factor: Array) -> Array:
    """Return a mix (..., placements, needs, ages) with its specialist part times a factor.

    Each need and age keeps its sum: the others make room, or take what is left.
    """
    inside = IS_SPECIALIST[:, None, None]
    whole = mix.sum(axis=-3, keepdims=True)
    share = (mix * inside).sum(axis=-3, keepdims=True)
    rest = whole - share
    new = np.minimum(share * factor, np.maximum(MOST_SPECIALIST * whole, share))
    shape = np.broadcast_shapes(mix.shape, new.shape)
    out = np.where(
        inside,
        mix * np.divide(new, share, out=np.zeros(new.shape), where=share > 0),
        mix * np.divide(whole - new, rest, out=np.zeros(new.shape), where=rest > _NONE),
    )
    out = np.broadcast_to(out, shape).copy()
    school = PLACEMENTS.index(Placement.MAINSTREAM)
    out[..., school, :, :] += np.where(rest > _NONE, 0.0, whole - new)[..., 0, :, :]
    return out
