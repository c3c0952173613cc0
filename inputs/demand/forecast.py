"""Forecast: history, expected numbers and many futures of an authority, levers or none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from inputs.demand.axes import AGES, IS_SPECIALIST, NEEDS, PLACEMENTS
from inputs.demand.draws import KEYS, KINDS, NO_YEAR, Draws
from inputs.demand.effects import Effect, effects
from inputs.demand.project import Projection, project
from inputs.demand.simulate import Simulation, simulate
from inputs.errors import Fault, InputError
from inputs.official.sen2_labels import AGE_GROUPS
from inputs.parameters import parameter
from inputs.vocabulary import PHASE_YEARS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from inputs.case import Case
    from inputs.demand.axes import Array, Counts
    from inputs.demand.basis import Basis
    from inputs.demand.levers import Lever

DRAWS = 1000
"""Futures of a forecast unless told otherwise."""
_GROUP_ENDS = (4, 10, 15, 19, 25)
"""Last age of each of the published age groups."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """A forecast of one authority.

    Parameters
    ----------
    basis
        What it starts from; ``basis.past`` is the history.
    years
        Academic years, by their first Septembers; the count of a year is the January within it.
    projection, simulation
        Expected numbers and futures, with the levers.
    unmitigated_projection, unmitigated
        The same without them, of the same seed; the very same objects where there are no levers.
    levers
        What is changed.
    effects
        What drives the change in plans and in specialist places: waterfalls that add up.
    seed
        What the draws were made with.
    """

    basis: Basis
    years: tuple[int, ...]
    projection: Projection
    simulation: Simulation
    unmitigated_projection: Projection
    unmitigated: Simulation
    levers: tuple[Lever, ...]
    effects: tuple[Effect, ...]
    seed: int

    @property
    def draws(self) -> int:
        """How many futures."""
        return len(self.simulation.entrants)

    def plans(self, by: Sequence[str] = (), *, mitigated: bool = True) -> pd.DataFrame:
        """Return plans by year and any of ``placement, need, age, age_group, phase, specialist``.

        Returns
        -------
        DataFrame
            ``year``, the columns asked for, ``mean`` (expected), ``p10, p50, p90`` (of the group's
            total over the draws, nearest rank: they do not add up over groups). ``specialist`` is
            True or False; ``phase`` is blank for those beyond year 14.
        """
        stock = (self.simulation if mitigated else self.unmitigated).stock
        expected = (self.projection if mitigated else self.unmitigated_projection).stock
        return stock_quantiles(self.years, expected, stock, by)

    def entrants(
        self, by: Sequence[str] = ("year", "kind"), *, mitigated: bool = True
    ) -> pd.DataFrame:
        """Return entrants by any columns of the draws' rows: mean, p10, p50 and p90."""
        return (self.simulation if mitigated else self.unmitigated).entrants.quantiles(by)

    def history(self) -> pd.DataFrame:
        """Return ``year, plans``: plans (and statements) in the January of each academic year."""
        past = self.basis.past
        return pd.DataFrame({"year": past.total_years, "plans": past.totals})

    def placement_history(self) -> pd.DataFrame:
        """Return ``year, placement, plans``: those of unknown placement are shared out."""
        past = self.basis.past
        frame = pd.DataFrame(
            past.placements, past.placement_years, [str(one) for one in PLACEMENTS]
        )
        long = frame.rename_axis("year").reset_index()
        return long.melt("year", var_name="placement", value_name="plans")

    def start_profile(self) -> pd.DataFrame:
        """Return ``year, age, plans``: new plans by age when they started, years with ages only.

        Years are calendar; age 20 includes over.
        """
        past = self.basis.past
        frame = pd.DataFrame(past.starts, past.start_years, list(AGES)).dropna(how="all")
        long = frame.rename_axis("year").reset_index()
        return long.melt("year", var_name="age", value_name="plans").dropna()

    def notes(self) -> tuple[str, ...]:
        """Return every assumption, a sentence each: the basis', and each lever in words."""
        return (*self.basis.notes, *(lever.sentence() for lever in self.levers))


def forecast(
    basis: Basis,
    years: Sequence[int],
    levers: Sequence[Lever] = (),
    draws: int = DRAWS,
    seed: int = 0,
    *,
    first: int | None = None,
) -> Forecast:
    """Return the forecast of an authority, with levers and without.

    Parameters
    ----------
    basis
        The authority's.
    years
        Academic years wanted.
    levers
        What is changed.
    draws, seed
        How many futures, and what makes them.
    first
        Year from which levers act and in which children waiting get a place; None: the first of
        the years asked for.

    Raises
    ------
    InputError
        When a year cannot be projected.
    """
    years, levers = tuple(years), tuple(levers)
    plain = project(basis, years, first=first)
    without = simulate(basis, years, draws, seed, first=first)
    return Forecast(
        basis=basis,
        years=years,
        projection=project(basis, years, levers, first=first) if levers else plain,
        simulation=simulate(basis, years, draws, seed, levers, unmitigated=without, first=first)
        if levers
        else without,
        unmitigated_projection=plain,
        unmitigated=without,
        levers=levers,
        effects=effects(basis, years, levers, first=first),
        seed=seed,
    )


def _labels() -> Mapping[str, tuple[int, list[object]]]:
    """Return the groupings of plans: the axis (placements 0, needs 1, ages 2) and its labels."""
    groups = [AGE_GROUPS[int(np.searchsorted(_GROUP_ENDS, age))] for age in AGES]
    phases: list[object] = []
    for age in AGES:
        nc = age - 4
        found = [str(p) for p, (first, last) in PHASE_YEARS.items() if first <= nc <= last]
        phases.append(found[0] if found else "")
    return {
        "placement": (0, [str(one) for one in PLACEMENTS]),
        "specialist": (0, [bool(one) for one in IS_SPECIALIST]),
        "need": (1, [str(one) for one in NEEDS]),
        "age": (2, list(AGES)),
        "age_group": (2, list(groups)),
        "phase": (2, phases),
    }


GROUPINGS = ("placement", "specialist", "need", "age", "age_group", "phase")


def stock_quantiles(
    years: Sequence[int],
    expected: Array,
    stock: Counts,
    by: Sequence[str],
    shares: Sequence[float] = (0.1, 0.5, 0.9),
) -> pd.DataFrame:
    """Return mean and percentiles of plans by year and groups; see ``Forecast.plans``.

    Parameters
    ----------
    years
        Second axis of ``stock``.
    expected
        (years, placements, needs, ages).
    stock
        (draws, years, placements, needs, ages).
    by
        Of GROUPINGS, one an axis.
    shares
        Ranks from 0 to 1.
    """
    labels = _labels()
    wrong = [name for name in by if name not in labels]
    axes = [labels[name][0] for name in by if name in labels]
    if wrong or len(set(axes)) < len(axes):
        raise ValueError(f"plans can be grouped by {', '.join(GROUPINGS)}, one an axis: {by}")
    drawn, mean = stock, expected
    names: dict[int, tuple[str, list[object]]] = {}
    for axis in (2, 1, 0):
        asked = [name for name in by if labels[name][0] == axis]
        if not asked:
            drawn = drawn.sum(axis=2 + axis, keepdims=True, dtype=np.int64)
            mean = mean.sum(axis=1 + axis, keepdims=True)
            continue
        values = labels[asked[0]][1]
        unique = list(dict.fromkeys(values))
        to = np.array([[value == one for one in unique] for value in values], dtype=np.int64)
        drawn = np.moveaxis(np.tensordot(drawn, to, (2 + axis, 0)), -1, 2 + axis)
        mean = np.moveaxis(np.tensordot(mean, to, (1 + axis, 0)), -1, 1 + axis)
        names[axis] = asked[0], unique
    ordered = np.sort(drawn.reshape(len(drawn), -1), axis=0)
    index = pd.MultiIndex.from_product(
        [list(years), *(names[axis][1] for axis in sorted(names))],
        names=["year", *(names[axis][0] for axis in sorted(names))],
    )
    out = index.to_frame(index=False).assign(mean=mean.ravel())
    for share in shares:
        place = max(int(np.ceil(round(share * len(drawn), 9))), 1) - 1
        out[f"p{round(share * 100):d}"] = ordered[place]
    return out[["year", *by, "mean", *(f"p{round(share * 100):d}" for share in shares)]]


def forecast_of_case(case: Case, draws: int = DRAWS, seed: int = 0) -> Draws:
    """Return draws round the entrants that a case states, for one whose basis is not known.

    Each draw has one level for all, log-normal about the stated means, with a deviation that grows
    with the years as past forecasts of plans missed; each row is then Poisson.

    Raises
    ------
    InputError
        When the case states no mean entrants.
    """
    rows = case.entrants[pd.to_numeric(case.entrants["draw"]).isna()].reset_index(drop=True)
    if rows.empty or float(rows["children"].sum()) <= 0:
        raise InputError(
            [
                Fault(
                    "entrants",
                    "holds no expected children to draw from",
                    "Add rows without a draw number",
                )
            ]
        )
    on = date(case.price_year, 9, 1)
    first = parameter("entrants_forecast.log_sd_first_year", on).value
    power = parameter("entrants_forecast.sd_power", on).value
    rng = np.random.default_rng([seed, 2])
    ahead = rows["year"].to_numpy(int) - case.base_year + 1
    spread = first * np.maximum(ahead, 1) ** power
    z = rng.standard_normal(draws)[:, None]
    mean = rows["children"].to_numpy(float)
    counts = []
    for low in range(0, draws, 100):
        level = np.exp(spread * z[low : low + 100] - spread**2 / 2)
        counts.append(sparse.csr_array(rng.poisson(mean * level).astype(np.int32)))
    keys = rows.assign(
        nc_year=pd.to_numeric(rows["nc_year"]).fillna(NO_YEAR).astype(np.int64),
        year=rows["year"].astype(np.int64),
    )[list(KEYS)]
    keys = keys.astype(dict.fromkeys(("zone", "need", "phase", "kind"), str))
    assert set(keys["kind"]) <= set(KINDS)
    return Draws(keys, mean, sparse.csr_array(sparse.vstack(counts)), seed)
