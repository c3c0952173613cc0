"""The published tables of plans as arrays: every authority, region and England on one set of axes.

Plans whose placement or need is not recorded are shared out like the recorded ones of the same
age; how many they are is kept, so that it can be said.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.demand.axes import AGES, N_AGES, NEEDS, PLACEMENTS, UNKNOWN
from inputs.errors import Fault, InputError
from inputs.official.sen2 import ALL, UNKNOWN_NEED

if TYPE_CHECKING:
    from inputs.demand.axes import Array
    from inputs.official.sen2 import Release

ENGLAND = "E92000001"
_COUNTS = 2
"""January counts with ages that flows are read off."""


@dataclass(frozen=True, eq=False)
class Published:
    """A release as arrays, first axis ``codes`` (England and regions among them).

    A figure that is not published is NaN; years are academic for counts, calendar for flows.

    Parameters
    ----------
    codes
        Official codes of the areas.
    count_years
        Academic years of the January counts with ages, in order; the last is the newest.
    total_years
        Academic years of all January counts.
    flow_years
        Calendar years of new plans.
    cease_years
        Calendar years of plans ceased.
    stock
        (codes, count_years, placements, ages) plans by age, unknown placements shared out.
    unknown
        (codes, count_years) plans whose placement is not recorded.
    totals
        (codes, total_years, placements) plans of all ages, unknown placements shared out.
    starts
        (codes, flow_years, placements, ages) new plans by age when the plan started (20: and
        over), unknown placements shared out; NaN in years without ages.
    starts_total
        (codes, flow_years, placements) new plans of all ages, shared out likewise.
    starts_need_age, starts_need_placement
        (codes, needs, ages) and (codes, needs, placements) new plans of the last year by need.
    ceased_age
        (codes, cease_years, ages) plans ceased by age when they ceased (20: and over).
    ceased_placement
        (codes, cease_years, placements) the same by placement.
    ceased_total
        (codes, cease_years).
    stock_need_age, stock_need_placement
        As for starts, in the newest January count.
    """

    codes: tuple[str, ...]
    count_years: tuple[int, ...]
    total_years: tuple[int, ...]
    flow_years: tuple[int, ...]
    cease_years: tuple[int, ...]
    stock: Array
    unknown: Array
    totals: Array
    starts: Array
    starts_total: Array
    starts_need_age: Array
    starts_need_placement: Array
    ceased_age: Array
    ceased_placement: Array
    ceased_total: Array
    stock_need_age: Array
    stock_need_placement: Array

    def at(self, code: str) -> int:
        """Return the position of an area."""
        return self.codes.index(code)

    @cached_property
    def england(self) -> int:
        """Position of England."""
        return self.at(ENGLAND)

    @cached_property
    def local(self) -> list[int]:
        """Positions of the authorities."""
        return [k for k, code in enumerate(self.codes) if code[:3] not in {"E92", "E12", "E13"}]


def published(release: Release) -> Published:
    """Return the arrays of a release of the layout since 2023.

    Raises
    ------
    InputError
        When a table is not in the release, England is not in it, or it has only one January with
        ages.
    """
    if release.layout != "2023":
        problem = "holds totals up to January 2022 only, without single years of age"
        raise _refused(problem, "Give the files of a release of 2024 or later")
    stock, starts, ceased = release.stock(), release.starts(), release.ceased()
    place, need = release.starts_by_need(), release.stock_by_need()
    parts = (stock, starts, ceased, place, need)
    codes = tuple(sorted({code for part in parts for code in part["code"].unique()}))
    total_years = _years(stock)
    count_years = tuple(_years(stock[stock["age"].notna()]))
    flow_years, cease_years = _years(starts), _years(ceased)
    if ENGLAND not in codes:
        problem = f"has no rows for England ({ENGLAND}), whose rates small numbers lean on"
        raise _refused(problem, "Give the files as published, with all authorities")
    if len(count_years) < _COUNTS:
        problem = f"has ages in {len(count_years)} January count, and two are needed"
        raise _refused(problem, "Give the files of a release of 2024 or later")
    by_age = _dense(stock[stock["age"].notna()], codes, count_years, by_placement=True)
    totals = _dense(stock[stock["age"].isna()], codes, total_years, by_placement=True, by_age=False)
    new_by_age = _dense(starts[starts["age"].notna()], codes, flow_years, by_placement=True)
    new = _dense(starts[starts["age"].isna()], codes, flow_years, by_placement=True, by_age=False)
    return Published(
        codes=codes,
        count_years=count_years,
        total_years=total_years,
        flow_years=flow_years,
        cease_years=cease_years,
        stock=_shared_out(by_age),
        unknown=by_age[:, :, UNKNOWN].sum(axis=-1),
        totals=_shared_out(totals),
        starts=_shared_out(new_by_age),
        starts_total=_shared_out(new),
        starts_need_age=_needs(place, codes, "age", AGES),
        starts_need_placement=_needs(place, codes, "placement", PLACEMENTS),
        ceased_age=_dense(ceased[ceased["age"].notna()], codes, cease_years),
        ceased_placement=_dense(
            ceased[ceased["placement"].notna()],
            codes,
            cease_years,
            by_placement=True,
            by_age=False,
        ),
        ceased_total=_dense(
            ceased[ceased["age"].isna() & ceased["placement"].isna()],
            codes,
            cease_years,
            by_age=False,
        ),
        stock_need_age=_needs(need, codes, "age", AGES),
        stock_need_placement=_needs(need, codes, "placement", PLACEMENTS),
    )


def _refused(problem: str, remedy: str) -> InputError:
    return InputError([Fault("caseload", problem, remedy)])


def _years(frame: pd.DataFrame) -> tuple[int, ...]:
    return tuple(sorted(int(year) for year in frame["year"].unique()))


def _dense(
    frame: pd.DataFrame,
    codes: tuple[str, ...],
    years: tuple[int, ...],
    *,
    by_placement: bool = False,
    by_age: bool = True,
) -> Array:
    """Return (codes, years[, placements][, ages]); a cell without a row is NaN."""
    shape = [len(codes), len(years)]
    at = [_position(frame["code"], codes), _position(frame["year"], years)]
    if by_placement:
        frame = frame[frame["placement"] != ALL]
        at = [_position(frame["code"], codes), _position(frame["year"], years)]
        at.append(_position(frame["placement"], [str(one) for one in PLACEMENTS]))
        shape.append(len(PLACEMENTS))
    if by_age:
        at.append(_position(frame["age"], AGES))
        shape.append(N_AGES)
    out = np.full(shape, np.nan)
    out[tuple(at)] = frame["children"].to_numpy(float)
    return out


def _position(values: pd.Series, order: object) -> np.ndarray:
    index = pd.Index(list(order))  # type: ignore[call-overload]
    found = index.get_indexer(pd.Index(values.to_numpy()))
    if (found < 0).any():
        raise ValueError("a value of the tables is on no axis of the projection")
    return np.asarray(found)


def _shared_out(counts: Array) -> Array:
    """Return counts (..., placements[, ages]) with those of unknown placement shared out.

    They are shared in the proportions of the known placements, at the same age where ages are
    told; where no placement of an age is known, they stay unknown.
    """
    axis = 2
    known = np.delete(counts, UNKNOWN, axis=axis)
    total = np.nansum(known, axis=axis, keepdims=True)
    unknown = np.take(counts, [UNKNOWN], axis=axis)
    factor = np.divide(
        total + np.nan_to_num(unknown), total, out=np.ones_like(total), where=total > 0
    )
    out = counts * factor
    left = np.where(total > 0, unknown * 0.0, unknown)
    out[:, :, UNKNOWN] = np.take(left, 0, axis=axis)
    return np.asarray(out)


def _needs(
    frame: pd.DataFrame, codes: tuple[str, ...], along: str, order: tuple[object, ...]
) -> Array:
    """Return (codes, needs, ages or placements) with those of unknown need shared out."""
    rows = frame[frame[along].notna() & (frame["year"] == frame["year"].max())]
    needs = [*(str(need) for need in NEEDS), UNKNOWN_NEED]
    keys = [str(one) for one in order] if along == "placement" else list(order)
    out = np.full((len(codes), len(needs), len(keys)), np.nan)
    at = (
        _position(rows["code"], codes),
        _position(rows["need"], needs),
        _position(rows[along], keys),
    )
    out[at] = rows["children"].to_numpy(float)
    known = np.nansum(out[:, :-1], axis=1, keepdims=True)
    factor = np.divide(
        known + np.nan_to_num(out[:, -1:]), known, out=np.ones_like(known), where=known > 0
    )
    return np.asarray(out[:, :-1] * factor)
