"""Basis: everything that a projection of one authority needs, in one object and one file.

A basis is made from official files (``basis_of``), saved beside the case and read back, so that a
forecast can be made again, with other levers or more draws, without them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from inputs.demand.axes import AGES, N_AGES, NEEDS, PHASES, PLACEMENTS, Placement
from inputs.demand.local import Rates, local_rates
from inputs.demand.national import learn_national
from inputs.demand.people import people_by_year
from inputs.demand.published import published
from inputs.demand.series import age_group_series, totals_series
from inputs.demand.shrink import Factor, three_ways
from inputs.demand.storing import as_text, read_arrays, write_arrays
from inputs.demand.totals import TotalForecast, learn
from inputs.errors import Fault, InputError
from inputs.official.authorities import Authority
from inputs.official.sen2_labels import AGE_GROUPS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from inputs.demand.axes import Array, Counts
    from inputs.demand.published import Published
    from inputs.official.population import Population
    from inputs.official.projections import PeopleProjected
    from inputs.official.sen2 import Release
    from inputs.vocabulary import Need

HORIZON = 12
"""Years ahead that a basis holds totals and people for."""
WHAT = "basis of a demand projection"


@dataclass(frozen=True, eq=False)
class Zones:
    """Where in the authority the children live.

    Parameters
    ----------
    keys, localities
        Each zone's key, and its planning area (blank: none).
    weights
        (zones, phases) share of a phase's children who live there; each phase adds up to 1.
    """

    keys: tuple[str, ...]
    localities: tuple[str, ...]
    weights: Array


@dataclass(frozen=True, eq=False)
class Past:
    """What has been, for tables and charts; nothing of it is used to project.

    Parameters
    ----------
    total_years, totals
        Academic years of January counts (from January 2010, that is 2009, where the layout to 2022
        is there) and plans then.
    placement_years, placements
        Academic years and (years, placements) plans, unknown placements shared out.
    age_years, ages
        Academic years and (years, placements, ages) plans.
    start_years, starts
        Calendar years and (years, ages when the plan started) new plans; NaN without ages.
    start_totals, ceased
        (start_years) new plans, and plans ceased (NaN where not published).
    group_years, groups
        Academic years and (years, AGE_GROUPS) plans, back to January 2010 where the layout to 2022
        is there; NaN where not published.
    """

    total_years: tuple[int, ...]
    totals: Array
    placement_years: tuple[int, ...]
    placements: Array
    age_years: tuple[int, ...]
    ages: Array
    start_years: tuple[int, ...]
    starts: Array
    start_totals: Array
    ceased: Array
    group_years: tuple[int, ...] = ()
    groups: Array = field(default_factory=lambda: np.zeros((0, len(AGE_GROUPS))))


@dataclass(frozen=True, eq=False)
class Basis:
    """What a projection of one authority starts from.

    Parameters
    ----------
    authority
        Whose plans.
    count_year
        Academic year of the January count: January 2025 is 2024.
    stock
        (placements, needs, ages) plans then, whole numbers.
    rates
        What happens to them in a year.
    totals
        Forecast of the authority's total of plans, ``totals.years`` academic years from
        count_year + 1.
    people
        (years, ages) people from academic year count_year - 1 on, or None.
    waiting
        (needs, ages) children with a plan who wait for a specialist place at the count.
    zones
        Where they live.
    past
        What has been.
    notes
        What was assumed, as sentences: the notes of the case hold them.
    """

    authority: Authority
    count_year: int
    stock: Counts
    rates: Rates
    totals: TotalForecast
    people: Array | None
    waiting: Counts
    zones: Zones
    past: Past
    notes: tuple[str, ...] = ()

    @property
    def placements(self) -> tuple[str, ...]:
        """First axis of the arrays."""
        return tuple(str(one) for one in PLACEMENTS)

    @property
    def needs(self) -> tuple[Need, ...]:
        """Second axis of the arrays."""
        return NEEDS

    @property
    def ages(self) -> tuple[int, ...]:
        """Last axis of the arrays."""
        return AGES

    def save(self, path: Path) -> None:
        """Write the basis as one .npz: arrays and text only, under a temporary name first."""
        write_arrays(path, WHAT, _flat(self))

    @staticmethod
    def load(path: Path) -> Basis:
        """Return a basis that was saved.

        Raises
        ------
        InputError
            When the file is not there, is not one, or does not hang together.
        """
        held = read_arrays(path, WHAT)
        try:
            return _unflat(held)
        except (KeyError, IndexError, TypeError, ValueError):
            remedy = "Make the case again with sendplaces start"
            fault = Fault(path.name, f"is not a whole {WHAT} of this version", remedy)
            raise InputError([fault]) from None


def basis_of(
    release: Release,
    authority: Authority,
    *,
    stock: Counts | None = None,
    population: Population | None = None,
    projection: PeopleProjected | None = None,
    waiting: pd.DataFrame | None = None,
    zones: pd.DataFrame | None = None,
    totals: TotalForecast | None = None,
) -> Basis:
    """Return the basis of an authority from a release of the layout since 2023.

    Parameters
    ----------
    release
        The published tables, with the older layout beside it for the totals since 2010.
    authority
        Whose plans.
    stock
        (placements, needs, ages) plans at the last count; None: fitted to the published tables.
    population, projection
        People by age; without either, new plans follow no change in the number of children.
    waiting
        Columns ``need``, ``age`` (at 31 August before the count), ``children``: children with a
        plan who wait for a specialist place.
    zones
        Columns ``zone``, ``locality`` (may be absent) and one of weights for each phase, or
        ``weight`` for all phases; None: the authority is one zone.
    totals
        Forecast of the total of plans; None: as learnt from every authority.

    Raises
    ------
    InputError
        When the authority is not in the release, or a table is missing.
    """
    tables = published(release)
    if authority.code not in tables.codes:
        raise InputError(
            [
                Fault(
                    "caseload",
                    "has no count of plans of the authority",
                    "Check its name and code, and that the release is of its time",
                    column="new_la_code",
                    value=f"{authority.name} ({authority.code})",
                )
            ]
        )
    notes: list[str] = []
    count_year = tables.count_years[-1]
    people, told = people_by_year(count_year - 1, count_year + HORIZON, population, projection)
    notes += told
    rates, told = local_rates(
        tables,
        learn_national(tables),
        authority.code,
        None if people is None else people[1],
    )
    notes += told
    series = totals_series(release)
    notes += series.notices
    panel = series.rows
    if totals is None:
        totals = learn(panel).forecast(authority.code, HORIZON)
    notes += totals.notes
    area = tables.at(authority.code)
    return Basis(
        authority=authority,
        count_year=count_year,
        stock=fitted_stock(tables, area) if stock is None else known_placements(stock),
        rates=rates,
        totals=totals,
        people=people,
        waiting=_waiting(waiting),
        zones=_zones(zones, authority),
        past=_past(
            tables, area, panel[panel["code"] == authority.code], _groups(release, authority)
        ),
        notes=tuple(notes),
    )


def fitted_stock(tables: Published, area: int) -> Counts:
    """Return whole (placements, needs, ages) plans at the last count from its three tables.

    Plans by placement and age are as published; needs within them are fitted to the other two
    tables and rounded so that each placement and age keeps its sum.
    """
    by_age = np.rint(np.nan_to_num(tables.stock[area, -1]))
    table = three_ways(
        np.nan_to_num(tables.stock_need_age[area]),
        np.nan_to_num(tables.stock_need_placement[area]),
        by_age,
    )
    return whole(table, axis=1)


def whole(table: Array, axis: int) -> Counts:
    """Return whole numbers nearest to a table whose sums along an axis are whole, and kept.

    >>> whole(np.array([[0.4, 0.4, 1.2]]), axis=1).tolist()
    [[1, 0, 1]]
    """
    low = np.floor(table + 1e-9)
    rest = table - low
    missing = np.rint(rest.sum(axis=axis, keepdims=True))
    order = np.argsort(np.argsort(-rest, axis=axis, kind="stable"), axis=axis, kind="stable")
    return np.asarray(low + (order < missing), dtype=np.int64)


def known_placements(stock: Counts) -> Counts:
    """Return a stock with those of unknown placement where others of their age and need are.

    Where nobody of the age and need is at a known placement, they count as elsewhere.
    """
    unknown = PLACEMENTS.index(Placement.UNKNOWN)
    out = stock.copy()
    out[unknown] = 0
    lost = stock[unknown]
    total = out.sum(axis=0)
    share = np.divide(out, total, out=np.zeros(out.shape), where=total > 0)
    share[PLACEMENTS.index(Placement.ELSEWHERE)][total == 0] = 1.0
    return out + whole(share * lost, axis=0)


def _waiting(rows: pd.DataFrame | None) -> Counts:
    out = np.zeros((len(NEEDS), N_AGES), dtype=np.int64)
    if rows is None or rows.empty:
        return out
    need = rows["need"].astype(str).replace("DS", "OTH")
    at = [[str(one) for one in NEEDS].index(one) for one in need]
    age = [AGES.index(min(max(int(one), AGES[0]), AGES[-1])) for one in rows["age"]]
    np.add.at(out, (at, age), rows["children"].to_numpy(int))
    return out


def _zones(rows: pd.DataFrame | None, authority: Authority) -> Zones:
    if rows is None:
        return Zones((authority.code,), ("",), np.ones((1, len(PHASES))))
    columns = [str(phase) if str(phase) in rows else "weight" for phase in PHASES]
    weights = rows[columns].to_numpy(float)
    total = weights.sum(axis=0)
    bad = not np.isfinite(weights).all() or (weights < 0).any() or (total <= 0).any()
    if bad:
        raise ValueError("weights of zones must be 0 or more, and some above 0 in each phase")
    locality = rows["locality"].fillna("") if "locality" in rows else [""] * len(rows)
    return Zones(
        tuple(rows["zone"].astype(str)), tuple(str(one) for one in locality), weights / total
    )


def _groups(release: Release, authority: Authority) -> pd.DataFrame:
    """Return plans by January (rows) and age group."""
    rows = age_group_series(release).rows
    rows = rows[rows["code"] == authority.code]
    wide = rows.pivot_table(index="year", columns="group", values="plans", aggfunc="first")
    return wide.reindex(columns=list(AGE_GROUPS)).sort_index()


def _past(tables: Published, area: int, panel: pd.DataFrame, groups: pd.DataFrame) -> Past:
    panel = panel.sort_values("year")
    new = np.nansum(tables.starts[area], axis=1)
    new[~np.isfinite(tables.starts[area]).any(axis=(1, 2))] = np.nan
    ceased = [
        tables.ceased_total[area, tables.cease_years.index(year)]
        if year in tables.cease_years
        else np.nan
        for year in tables.flow_years
    ]
    return Past(
        total_years=tuple(int(year) for year in panel["year"]),
        totals=panel["plans"].to_numpy(float),
        placement_years=tables.total_years,
        placements=np.nan_to_num(tables.totals[area]),
        age_years=tables.count_years,
        ages=np.nan_to_num(tables.stock[area]),
        start_years=tables.flow_years,
        starts=new,
        start_totals=np.nansum(tables.starts_total[area], axis=1),
        ceased=np.array(ceased),
        group_years=tuple(int(year) for year in groups.index),
        groups=groups.to_numpy(float),
    )


def _flat(basis: Basis) -> dict[str, Any]:
    """Return a basis as named arrays."""
    out: dict[str, Any] = {
        "authority": as_text(
            [basis.authority.code, basis.authority.old_code, basis.authority.name]
        ),
        "count_year": np.array(basis.count_year),
        "stock": basis.stock,
        "waiting": basis.waiting,
        "notes": as_text(basis.notes),
        "zones.keys": as_text(basis.zones.keys),
        "zones.localities": as_text(basis.zones.localities),
        "zones.weights": basis.zones.weights,
    }
    if basis.people is not None:
        out["people"] = basis.people
    for name, part in (("rates", basis.rates), ("totals", basis.totals), ("past", basis.past)):
        for item in fields(part):
            value = getattr(part, item.name)
            if isinstance(value, Factor):
                value = [value.mean, value.sd]
            out[f"{name}.{item.name}"] = (
                as_text(value) if item.name == "notes" else np.asarray(value)
            )
    return out


def _unflat(held: Mapping[str, Any]) -> Basis:
    def part(name: str, kind: Any) -> Any:
        values = {}
        for item in fields(kind):
            value = held[f"{name}.{item.name}"]
            kept = str(item.type)
            if kept == "Factor":
                value = Factor(float(value[0]), float(value[1]))
            elif kept == "float":
                value = float(value)
            elif kept.startswith("tuple[float"):
                value = tuple(float(one) for one in value)
            elif kept.startswith("tuple[int"):
                value = tuple(int(one) for one in value)
            elif kept.startswith("tuple[str"):
                value = tuple(str(one) for one in value)
            values[item.name] = value
        return kind(**values)

    return Basis(
        authority=Authority(*(str(one) for one in held["authority"])),
        count_year=int(held["count_year"]),
        stock=held["stock"],
        rates=part("rates", Rates),
        totals=part("totals", TotalForecast),
        people=held.get("people"),
        waiting=held["waiting"],
        zones=Zones(
            tuple(str(one) for one in held["zones.keys"]),
            tuple(str(one) for one in held["zones.localities"]),
            held["zones.weights"],
        ),
        past=part("past", Past),
        notes=tuple(str(one) for one in held["notes"]),
    )
