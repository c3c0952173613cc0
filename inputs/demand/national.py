"""What England and all its authorities together teach: the rates that small numbers lean on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from inputs.demand.axes import (
    AGES,
    BAND,
    BANDS,
    IS_SPECIALIST,
    N_AGES,
    NEEDS,
    RECEPTION_AGE,
)
from inputs.demand.flows import Flows, aged, as_found, by_age_reached, flows, least_moves, unlumped
from inputs.demand.shrink import Factor, Spread, concentration, learn_spread, three_ways

if TYPE_CHECKING:
    from inputs.demand.axes import Array
    from inputs.demand.published import Published

AT_16 = AGES.index(15)
"""Position of the age left when children reach 16: the end of secondary school."""
RECEPTION = AGES.index(RECEPTION_AGE)
_WORTH = 100.0
"""A need's own pattern of moves counts as much as everyone's from this many expected moves on."""
_MOST_UNKNOWN = 0.05
"""With more plans of unknown placement than this, an authority's moves cannot be told."""


@dataclass(frozen=True, eq=False)
class National:
    """England's rates, and how authorities differ from them.

    Parameters
    ----------
    flows
        Flows between the last two counts, by placement and age.
    arrivals
        (placements, needs, ages reached) new plans of the last year, by where the children are
        in January.
    need_change
        (needs, needs, ages left) share of an age's plans whose recorded need is the second a year
        later; each row adds up to 1.
    need_into
        (needs, bands) moves into specialist places as a multiple of everyone's at that age.
    need_stay
        (needs) staying in a specialist place at 16 as a multiple of everyone's.
    into_by_year
        Moves into specialist places in each year, as a multiple of what the last year's rates
        give: how constant the rate has been.
    start_power
        How specialist places named in new plans follow the number of new plans: 0 not at all, 1 in
        proportion. Mean and standard error over the years.
    cease, into, start, stay
        How authorities' multiples vary: plans that cease, moves into specialist places, specialist
        places named in new plans, staying in a specialist place at 16.
    own_ages, own_needs, own_places
        Children of an authority that everyone's mix is worth: ages of new plans, needs of new
        plans, kinds of specialist place.
    """

    flows: Flows
    arrivals: Array
    need_change: Array
    need_into: Array
    need_stay: Array
    into_by_year: Array
    start_power: Factor
    cease: Spread
    into: Spread
    start: Spread
    stay: Spread
    own_ages: float
    own_needs: float
    own_places: float


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts of an area beside what England's rates would give, by year; NaN where not known."""

    ceased: Array
    ceased_expected: Array
    into: Array
    into_expected: Array
    start: Array
    start_expected: Array
    stay: Array
    stay_expected: Array


def learn_national(tables: Published) -> National:
    """Return what the tables of one release teach."""
    england = flows(tables)
    now, held = _stock_by_need(tables, england)
    arrivals = _new_by_need(tables, england, now.sum(axis=0), aged(held.sum(axis=0)))
    need_change, need_into, need_stay = _by_need(england, now, held, arrivals)
    tallies = [tally(tables, england, k) for k in tables.local]

    def spread(name: str) -> Spread:
        observed = np.array([getattr(one, name) for one in tallies])
        expected = np.array([getattr(one, f"{name}_expected") for one in tallies])
        return learn_spread(observed, expected)

    local = tables.local
    starts = np.nansum(tables.starts[local], axis=(1, 2))
    need = np.nansum(tables.starts_need_age[local], axis=2)
    places = np.nansum(tables.stock[local, -1][:, IS_SPECIALIST], axis=2)
    return National(
        flows=england,
        arrivals=arrivals,
        need_change=need_change,
        need_into=need_into,
        need_stay=need_stay,
        into_by_year=_into_by_year(tables, england),
        start_power=_start_power(tables),
        cease=spread("ceased"),
        into=spread("into"),
        start=spread("start"),
        stay=spread("stay"),
        own_ages=concentration(starts),
        own_needs=concentration(need),
        own_places=concentration(places),
    )


def _stock_by_need(tables: Published, england: Flows) -> tuple[Array, Array]:
    """Return England's plans (placements, needs, ages) now, and those of a year before still kept.

    One count by need is published. The count before is taken to have had the same needs at each
    placement and age.
    """
    area = tables.england
    before, after = (np.nan_to_num(tables.stock[area, k]) for k in (-2, -1))
    now = three_ways(
        np.nan_to_num(tables.stock_need_age[area]),
        np.nan_to_num(tables.stock_need_placement[area]),
        after,
    )
    then = now * np.divide(before, after, out=np.zeros_like(before), where=after > 0)[:, None]
    return now, np.asarray(then * england.kept[:, None])


def _new_by_need(tables: Published, england: Flows, now: Array, stayed: Array) -> Array:
    """Return new plans (placements, needs, ages) by where and what the children are in January.

    ``now`` and ``stayed`` are plans by (needs, ages): those found, and those kept from before.
    """
    area = tables.england
    told = unlumped(np.nan_to_num(tables.starts_need_age[area]), now.sum(axis=0))
    by_age = by_age_reached(told)
    scale = england.arrivals.sum(axis=0) / np.maximum(by_age.sum(axis=0), 1e-9)
    everyone = np.ones(len(NEEDS), dtype=bool)
    return three_ways(
        as_found(by_age * scale, now, stayed, everyone),
        np.nan_to_num(tables.starts_need_placement[area]),
        england.arrivals,
    )


def _by_need(
    england: Flows, now: Array, held: Array, arrivals: Array
) -> tuple[Array, Array, Array]:
    """Return changes of need, and need multiples of moving into specialist places and of staying.

    What the count of an age has beyond the children of the age before, and new plans, was recorded
    anew: many severe and profound learning difficulties are another need when the plan starts. What
    then remains in specialist places is moves.
    """
    change = np.tile(np.eye(len(NEEDS))[:, :, None], N_AGES)
    for age in range(RECEPTION, N_AGES - 1):
        found = (now - arrivals)[:, :, age + 1].sum(axis=0)
        change[:, :, age] = least_moves(held[:, :, age].sum(axis=0), found)
    held = np.einsum("pna,nma->pma", held, change)
    inside = IS_SPECIALIST[:, None, None]
    stay = np.einsum("pna,pqa->qna", held * inside, england.move)[IS_SPECIALIST].sum(axis=0)
    into = np.einsum("pna,pqa->qna", held * ~inside, england.move)[IS_SPECIALIST].sum(axis=0)
    there = (now - arrivals)[IS_SPECIALIST].sum(axis=0)
    extra = np.zeros_like(into)
    extra[:, :-1] = there[:, 1:] - stay[:, :-1]
    multiple = np.ones((len(NEEDS), len(BANDS)))
    for band in range(len(BANDS) - 1):
        ages = [k for k in range(N_AGES - 1) if BAND[k + 1] == band and k + 1 >= RECEPTION]
        seen, expected = extra[:, ages].sum(axis=1), into[:, ages].sum(axis=1)
        share = (np.maximum(seen, 0) + _WORTH) / (expected + _WORTH)
        multiple[:, band] = share * (expected.sum() / (share * expected).sum())
    at = there[:, AT_16 + 1], stay[:, AT_16]
    stays = (np.maximum(at[0], 0) + _WORTH) / (at[1] + _WORTH)
    return change, multiple, np.asarray(stays * (at[1].sum() / (stays * at[1]).sum()))


def _arrivals(tables: Published, england: Flows, area: int, year: int) -> Array:
    """Return an area's arrivals by placement and age in a flow year; ages as England's if unknown.

    They are the new plans published, times what England's tables lack at each placement and age.
    """
    total = np.nan_to_num(tables.starts_total[area, year])
    missing = np.divide(
        england.arrivals,
        england.as_published,
        out=np.zeros_like(england.arrivals),
        where=england.as_published > 0,
    )
    new = tables.starts[area, year]
    if np.isfinite(new).any():
        plans = np.nan_to_num(tables.stock[area, -1]).sum(axis=0)
        return np.asarray(by_age_reached(unlumped(np.nan_to_num(new), plans)) * missing)
    mean = england.arrivals.sum(axis=1) / np.maximum(england.as_published.sum(axis=1), 1e-9)
    ages = england.arrivals / np.maximum(england.arrivals.sum(axis=1, keepdims=True), 1e-9)
    return np.asarray((total * mean)[:, None] * ages)


def _stock(tables: Published, area: int, year: int) -> Array:
    """Return plans by placement and age in a January; ages, if not told, as in the first told."""
    if year in tables.count_years:
        return np.asarray(np.nan_to_num(tables.stock[area, tables.count_years.index(year)]))
    first = np.nan_to_num(tables.stock[area, 0])
    by_placement = first.sum(axis=1, keepdims=True)
    ages = np.divide(first, by_placement, out=np.zeros_like(first), where=by_placement > 0)
    totals = np.nan_to_num(tables.totals[area, tables.total_years.index(year)])
    return np.asarray(totals[:, None] * ages)


def tally(tables: Published, england: Flows, area: int) -> Tally:
    """Return an area's counts beside what England's rates would give, over the years of ceasing."""
    inside = IS_SPECIALIST
    rows: dict[str, list[float]] = {
        name: [] for one in ("ceased", "into", "start", "stay") for name in (one, f"{one}_expected")
    }

    def add(name: str, observed: float, expected: float) -> None:
        rows[name].append(observed)
        rows[f"{name}_expected"].append(expected)

    last_cease = float(np.nansum(tables.ceased_total[tables.england, -1]))
    for at, calendar in enumerate(tables.cease_years):
        before = _stock(tables, area, calendar - 1)
        later = np.nan_to_num(tables.totals[area, tables.total_years.index(calendar)])
        flow = tables.flow_years.index(calendar)
        there = before.sum() > 0 and later.sum() > 0
        # England's level of the year is taken out, so that only what is the area's own is left.
        level = _level_of_ceasing(tables, england, at, calendar) / last_cease
        expected = float((before * england.cease).sum() * level) if there else 0.0
        add("ceased", float(tables.ceased_total[area, at]), expected)
        held = before * england.kept
        moved = held[:, None] * england.move
        came = _arrivals(tables, england, area, flow)
        stays = moved[inside][:, inside].sum()
        into = moved[~inside][:, inside].sum() if there and _known(tables, area) else 0.0
        found = later[inside].sum() - stays - came[inside].sum()
        add("into", float(found) if there else np.nan, float(into))
        new = np.nan_to_num(tables.starts_total[area, flow])
        everyone = np.nan_to_num(tables.starts_total[tables.england, flow])
        share = everyone[inside].sum() / everyone.sum()
        add("start", float(new[inside].sum()), float(new.sum() * share))
    for seen, stay in _stays_at_16(tables, england, area):
        add("stay", seen, stay)
    return Tally(**{name: np.array(values) for name, values in rows.items()})


def _level_of_ceasing(tables: Published, england: Flows, at: int, calendar: int) -> float:
    """Return England's ceased plans of a year per plan expected to cease, times the last year's."""
    area = tables.england
    expected = float((_stock(tables, area, calendar - 1) * england.cease).sum())
    return float(tables.ceased_total[area, at]) / expected * _last_expected(tables, england)


def _last_expected(tables: Published, england: Flows) -> float:
    area = tables.england
    return float((_stock(tables, area, tables.cease_years[-1] - 1) * england.cease).sum())


def _known(tables: Published, area: int) -> bool:
    """Return whether an area records placements well enough to tell moves."""
    plans = np.nansum(tables.stock[area], axis=(1, 2))
    return bool((tables.unknown[area] <= _MOST_UNKNOWN * np.maximum(plans, 1)).all())


def _stays_at_16(tables: Published, england: Flows, area: int) -> list[tuple[float, float]]:
    """Return children of 16 in specialist places beside those expected, at two counts.

    At the last count, of the children of 15 a year before; at the count before, of the children of
    15 then, brought to their number a year earlier by England's growth.
    """
    inside, moves = IS_SPECIALIST, england.move[:, :, AT_16]
    last, now = (np.nan_to_num(tables.stock[area, k]) for k in (-2, -1))
    if not _known(tables, area) or min(last.sum(), now.sum()) <= 0:
        return [(np.nan, 0.0), (np.nan, 0.0)]
    held = last[:, AT_16] * england.kept[:, AT_16]
    expected = float((held[inside][:, None] * moves[np.ix_(inside, inside)]).sum())
    whole = np.nan_to_num(tables.stock[tables.england, -2])
    level = whole[inside, AT_16 + 1].sum() / max(
        (
            (whole[:, AT_16] * england.kept[:, AT_16])[inside][:, None]
            * moves[np.ix_(inside, inside)]
        ).sum(),
        1.0,
    )
    came = _arrivals(tables, england, area, -1)[inside, AT_16 + 1].sum()
    return [
        (float(last[inside, AT_16 + 1].sum()), expected * float(level)),
        (float(now[inside, AT_16 + 1].sum() - came), expected),
    ]


def _into_by_year(tables: Published, england: Flows) -> Array:
    """Return England's moves into specialist places in each year beside the last year's rates."""
    area, inside = tables.england, IS_SPECIALIST
    ratios = []
    for year in tables.total_years[:-1]:
        if year + 1 not in tables.flow_years:
            continue
        before = _stock(tables, area, year) if year not in tables.count_years else None
        if before is None:
            before = np.nan_to_num(tables.stock[area, tables.count_years.index(year)])
        moved = (before * england.kept)[:, None] * england.move
        new = np.nan_to_num(tables.starts_total[area, tables.flow_years.index(year + 1)])
        last = np.nan_to_num(tables.starts_total[area, -1])
        level = np.divide(new, last, out=np.zeros_like(new), where=last > 0)
        came = (england.arrivals * level[:, None])[inside].sum()
        found = np.nan_to_num(tables.totals[area, tables.total_years.index(year + 1)])[inside].sum()
        into = moved[~inside][:, inside].sum()
        ratios.append((found - moved[inside][:, inside].sum() - came) / into)
    return np.array(ratios)


def _start_power(tables: Published) -> Factor:
    """Return how specialist places named in new plans follow the number of new plans.

    The slope of the log of one on the log of the other over the years, and its standard error; held
    to 0..1.
    """
    new = np.nan_to_num(tables.starts_total[tables.england])
    new = new[new.sum(axis=1) > 0]
    if len(new) < 3:
        return Factor(1.0, 0.0)
    x, y = np.log(new.sum(axis=1)), np.log(new[:, IS_SPECIALIST].sum(axis=1))
    x = x - x.mean()
    slope = float((x * y).sum() / (x**2).sum())
    rest = y - y.mean() - slope * x
    error = float(np.sqrt((rest**2).sum() / (len(x) - 2) / (x**2).sum()))
    return Factor(min(max(slope, 0.0), 1.0), error)
