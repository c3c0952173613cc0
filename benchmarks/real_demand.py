"""Demand from published totals: plans by type, need and age, and who newly needs a place.

The official tables (DfE, Education, health and care plans) are two-way only. The three-way table
of type x need x age is filled by iterative proportional fitting and then rounded so that the
published type x need and type x age figures both still hold exactly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from inputs.vocabulary import PHASE_YEARS, Need, Phase

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Expected = NDArray[np.float64]

NEEDS = tuple(need for need in Need if need is not Need.DS)
"""The needs of the published tables, which have no column for Down syndrome."""
AGES = tuple(range(2, 26))
"""Ages at 31 August before the academic year; 2 stands for every age under 3."""
NC_YEARS = tuple(range(-2, 15))
"""National curriculum years of the case: age 4 is reception (0), age 18 is year 14."""
PLACE_AGES = len(NC_YEARS)
"""How many of AGES fall in a phase of the case; those of 19 and over are left out."""

_SCHOOLS = ("la_maintained", "academy", "free_school")
TYPES: dict[str, tuple[str, ...]] = {
    "resourced": tuple(f"mainstream_{kind}_resourced_provision" for kind in _SCHOOLS),
    "unit": tuple(f"mainstream_{kind}_senunit" for kind in _SCHOOLS),
    "special_la": ("special_la_maintained",),
    "special_academy": ("special_academy_free",),
    "independent": ("special_independent",),
    "nmss": ("special_non_maintained",),
    "ap": ("ap_pru_total",),
    "spi": ("specialist_post_16_institutions",),
}
"""Specialist placements, and the columns of the published tables that each is made of."""

LABELS: dict[str, tuple[str, ...]] = {
    "resourced": tuple(
        f"Mainstream - {kind} (resourced provision)"
        for kind in ("LA maintained", "academy", "free school")
    ),
    "unit": tuple(
        f"Mainstream - {kind} (SEN unit)" for kind in ("LA maintained", "academy", "free school")
    ),
    "special_la": ("Special - LA maintained",),
    "special_academy": ("Special - Academy/free schools",),
    "independent": ("Special - independent",),
    "nmss": ("Special - non-maintained",),
    "ap": ("AP/PRU - total",),
    "spi": ("FE - specialist post-16 institutions",),
}
"""The same placements as the tables by need name them."""

AGE_TOPIC = "Child or young persons age"
LATEST = "202425"
NEW_PLAN_YEARS = ("2022", "2023", "2024")


def published(data: Path, name: str, la_code: int) -> pd.DataFrame:
    """Return the rows of one authority in a SEN2 file, figures as numbers (blank marks as 0).

    Parameters
    ----------
    data
        Folder that holds ``sen2/``.
    name
        File name without ``.csv.gz``, such as ``2025_caseload``.
    la_code
        Three-digit code of the authority (``old_la_code``).
    """
    frame = pd.read_csv(data / "sen2" / f"{name}.csv.gz", dtype=str, low_memory=False)
    frame = frame[frame["old_la_code"] == str(la_code)].reset_index(drop=True)
    figures = list(frame.columns[12:])
    frame[figures] = frame[figures].apply(pd.to_numeric, errors="coerce").fillna(0.0)
    return frame


def age_of(label: str) -> int | None:
    """Return the age that a breakdown names, those under 3 as 2; None where it names none."""
    if label in {"under 3", "age 2 and under", "age 0", "age 1", "age 2"}:
        return 2
    found = re.fullmatch(r"age (\d+)( and over)?", label)
    return int(found[1]) if found else None


def _by_age(frame: pd.DataFrame, topic: str, columns: list[str]) -> Expected:
    table = np.zeros((len(columns), len(AGES)))
    for _, row in frame[frame["breakdown_topic"] == topic].iterrows():
        age = age_of(str(row["breakdown"]))
        if age is None:
            raise ValueError(f"a breakdown by age has an age we cannot read: {row['breakdown']}")
        table[:, min(age, AGES[-1]) - AGES[0]] += row[columns].to_numpy(dtype=float)
    return table


def _need_columns() -> list[str]:
    return [f"number_{need.value.lower()}" for need in NEEDS]


def _type_by_age(frame: pd.DataFrame, topic: str) -> Expected:
    return np.array(
        [_by_age(frame, topic, list(columns)).sum(axis=0) for columns in TYPES.values()]
    )


def _type_by_need(frame: pd.DataFrame) -> Expected:
    placements = frame[frame["breakdown_topic"] == "Type of placement"].set_index("breakdown")
    rows = [
        placements.loc[placements.index.isin(labels), _need_columns()].sum().to_numpy(dtype=float)
        for labels in LABELS.values()
    ]
    return np.array(rows)


def fit(seed: Expected, margins: list[tuple[tuple[int, ...], Expected]], rounds: int) -> Expected:
    """Return the table nearest to a seed that has the given margins (proportional fitting).

    Parameters
    ----------
    seed
        Starting table; a cell of 0 stays 0.
    margins
        Pairs of the axes that a margin keeps, and the margin.
    rounds
        How many times to go over all margins.
    """
    table = seed.copy()
    for _ in range(rounds):
        for kept, margin in margins:
            summed = tuple(axis for axis in range(table.ndim) if axis not in kept)
            total = table.sum(axis=summed, keepdims=True)
            wanted = np.expand_dims(margin, summed)
            table *= np.divide(wanted, total, out=np.zeros_like(total), where=total > 0)
    return table


def round_table(table: Expected) -> Counts:
    """Return whole numbers, each the one below or above, whose row and column sums do likewise.

    Row and column sums that are whole already are kept exactly. Such a rounding always exists
    (Cox 1987: a transport problem with whole bounds has whole corners).
    """
    rows, columns = table.shape
    near = np.where(np.abs(table - np.rint(table)) < 1e-6, np.rint(table), table)
    low, high = np.floor(near).ravel(), np.ceil(near).ravel()
    cell = np.arange(rows * columns)
    sums = sparse.coo_array(
        (
            np.ones(2 * cell.size),
            (np.r_[cell // columns, rows + cell % columns], np.r_[cell, cell]),
        ),
        shape=(rows + columns, cell.size),
    ).tocsr()
    totals = np.r_[table.sum(axis=1), table.sum(axis=0)]
    totals = np.where(np.abs(totals - np.rint(totals)) < 1e-4, np.rint(totals), totals)
    found = linprog(  # type: ignore[call-overload]  # the stubs know no sparse rows
        -(near.ravel() - low),
        A_ub=sparse.vstack([sums, -sums]),
        b_ub=np.r_[np.ceil(totals), -np.floor(totals)],
        bounds=np.c_[low, high],
        method="highs-ds",
    )
    if found.status != 0:
        raise ValueError(f"the table cannot be rounded: {found.message}")
    whole: Counts = np.rint(found.x).astype(np.int64).reshape(rows, columns)
    return whole


def stock(data: Path, la_code: int) -> dict[str, Counts]:
    """Return children by specialist placement, each a whole-number table of NEEDS x AGES.

    Both published margins of every placement (by need and by age) hold exactly.

    Source: ``2025_caseload`` and ``2025_sen_needs_all_plans``, January 2025.
    """
    plans = published(data, "2025_caseload", la_code)
    plans = plans[plans["time_period"] == LATEST]
    needs = published(data, "2025_sen_needs_all_plans", la_code)
    type_age = _type_by_age(plans, AGE_TOPIC)
    type_need = _type_by_need(needs)
    need_age = _by_age(needs, AGE_TOPIC, _need_columns())
    everyone_by_age = _by_age(plans, AGE_TOPIC, ["ehcplans"])[0]
    # The last type is every plan that is not in a specialist placement.
    type_age = np.vstack([type_age, everyone_by_age - type_age.sum(axis=0)])
    type_need = np.vstack([type_need, need_age.sum(axis=1) - type_need.sum(axis=0)])
    seed = np.einsum("ta,na->tna", type_age, need_age) + 1e-9
    table = fit(seed, [((0, 1), type_need), ((0, 2), type_age), ((1, 2), need_age)], 500)
    # End on the two margins that have to hold exactly for the rounding.
    table = np.array(
        [
            fit(table[k] + 1e-9, [((0,), type_need[k]), ((1,), type_age[k])], 300)
            for k in range(len(TYPES))
        ]
    )
    return {name: round_table(table[k]) for k, name in enumerate(TYPES)}


def residential(data: Path, la_code: int) -> Counts:
    """Return residential placements by AGES (``2025_residential_settings``, January 2025)."""
    frame = published(data, "2025_residential_settings", la_code)
    frame = frame[frame["time_period"] == LATEST]
    by_age: Counts = np.rint(_by_age(frame, AGE_TOPIC, ["Res_tot"])[0]).astype(np.int64)
    return by_age


def new_plans(data: Path, la_code: int) -> Expected:
    """Return new plans a year that name a specialist placement, NEEDS x AGES.

    The level of each placement is the mean of 2022 to 2024; the mix by need and by age when the
    plan started is that of 2024 (``2025_newplans``, ``2025_sen_need_newplans``).
    """
    plans = published(data, "2025_newplans", la_code)
    needs = published(data, "2025_sen_need_newplans", la_code)
    columns = [column for names in TYPES.values() for column in names]
    totals = plans[plans["breakdown_topic"] == "New EHC plans"].set_index("time_period")
    level = float(totals.loc[list(NEW_PLAN_YEARS), columns].to_numpy().sum()) / len(NEW_PLAN_YEARS)
    latest = plans[plans["time_period"] == NEW_PLAN_YEARS[-1]]
    by_age = _type_by_age(latest, "Age when plan started").sum(axis=0)
    by_need = _type_by_need(needs).sum(axis=0)
    seed = _by_age(needs, AGE_TOPIC, _need_columns()) + 0.1
    mix = fit(seed, [((0,), by_need), ((1,), by_age)], 300)
    scaled: Expected = mix * (level / float(mix.sum()))
    return scaled


@dataclass(frozen=True)
class Demand:
    """Who newly needs a specialist place, and the assumptions behind the number.

    Parameters
    ----------
    entrants
        One row a need, phase, year and kind: children, and the mean year of entry.
    new_plans_a_year, moves_a_year
        Children a year, before growth, in a phase of the case.
    kept_at_16
        Share of year 11 who go on to a specialist place.
    """

    entrants: pd.DataFrame
    new_plans_a_year: float
    moves_a_year: float
    kept_at_16: float


def net_moves(placed: Expected, plans: Expected) -> Expected:
    """Return moves a year into specialist places beyond new plans, NEEDS x NC_YEARS.

    Read across ages: the smoothed count rises with age to a peak by year 11. What of the peak new
    plans do not explain has moved from mainstream, at the ages where the count rises faster than
    new plans; the needs are those of the children placed at that age.
    """
    by_age = placed.sum(axis=0)
    end = NC_YEARS.index(11) + 1
    smooth = np.convolve(np.pad(by_age[:end], 1, mode="edge"), np.ones(3) / 3, mode="valid")
    rise = np.diff(np.maximum.accumulate(smooth), prepend=0.0)
    rise[: NC_YEARS.index(0)] = 0.0
    extra = np.zeros_like(by_age)
    extra[:end] = np.maximum(rise - plans.sum(axis=0)[:end], 0.0)
    missing = max(0.0, float(smooth.max() - plans[:, :end].sum()))
    extra *= missing / max(float(extra.sum()), 1e-9)
    mix = placed / np.maximum(by_age, 1e-9)
    moves: Expected = mix * extra
    return moves


def demand(
    placed: Expected,
    plans: Expected,
    waiting: Expected,
    growth: Expected,
    years: tuple[int, ...],
) -> Demand:
    """Return entrants by need, phase, year and kind, carrying every cohort forward a year.

    Parameters
    ----------
    placed
        Children in specialist places in the year before the first of ``years``, NEEDS x NC_YEARS.
    plans
        New plans a year that name a specialist place, NEEDS x NC_YEARS.
    waiting
        Children waiting at the start, NEEDS x NC_YEARS.
    growth
        Factor on new plans and moves, years x NC_YEARS.
    years
        Academic years of the case.
    """
    moves = net_moves(placed, plans)
    end, start = NC_YEARS.index(11), NC_YEARS.index(12)
    kept = float(min(1.0, placed[:, start].sum() / max(placed[:, end].sum(), 1.0)))
    rows: list[dict[str, object]] = []
    now = placed.astype(float)
    for t, year in enumerate(years):
        fresh = (plans + moves) * growth[t]
        held = waiting if t == 0 else np.zeros_like(waiting)
        moved = np.zeros_like(now)
        for phase, (first, _) in PHASE_YEARS.items():
            if phase is not Phase.EARLY_YEARS:
                share = kept if phase is Phase.POST16 else 1.0
                at = NC_YEARS.index(first)
                moved[:, at] = now[:, at - 1] * share
        carried = np.roll(now, 1, axis=1)
        carried[:, [NC_YEARS.index(first) for first, _ in PHASE_YEARS.values()]] = 0.0
        now = carried + moved + fresh + held
        for kind, children in (("new", fresh), ("transfer", moved), ("waiting", held)):
            rows += _by_phase(children, year, kind)
    return Demand(pd.DataFrame(rows), float(plans.sum()), float(moves.sum()), kept)


def _by_phase(children: Expected, year: int, kind: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for phase, (first, last) in PHASE_YEARS.items():
        span = slice(NC_YEARS.index(first), NC_YEARS.index(last) + 1)
        years = np.arange(first, last + 1)
        for n, need in enumerate(NEEDS):
            total = float(children[n, span].sum())
            if total > 1e-9:
                mean = round(float(children[n, span] @ years) / total)
                rows.append(
                    {
                        "need": need.value,
                        "phase": phase.value,
                        "year": year,
                        "kind": kind,
                        "children": total,
                        "nc_year": mean,
                    }
                )
    return rows


def phase_of(nc_year: int) -> Phase:
    """Return the phase that a national curriculum year is in.

    >>> phase_of(7).value
    'secondary'
    """
    return next(phase for phase, (first, last) in PHASE_YEARS.items() if first <= nc_year <= last)
