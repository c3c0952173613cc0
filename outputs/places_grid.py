"""The department's grid of places: by year group and age band, from the year of opening to +6.

Places of a year are what is open by then (size by ramp), shared between age bands as the children
placed there are, in whole class groups. After the horizon nobody is placed by the plan: each year
is taken to bring the children that its last year brings, and the grid says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.vocabulary import PHASE_YEARS, Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inputs.case import Case
    from optimiser.kinds import Array, Indices
    from optimiser.problem import Problem

YEARS_SHOWN = 7
"""Columns of the department's grid: year of opening to +6."""
BANDS: tuple[tuple[str, int, int, str], ...] = (
    ("Nursery", -2, -1, "early_years"),
    ("Reception", 0, 0, "primary"),
    ("Key stage 1 (years 1 and 2)", 1, 2, "primary"),
    ("Key stage 2 (years 3 to 6)", 3, 6, "primary"),
    ("Key stage 3 (years 7 to 9)", 7, 9, "secondary"),
    ("Key stage 4 (years 10 and 11)", 10, 11, "secondary"),
    ("16 to 19", 12, 14, "secondary"),
)
"""Row of the grid, first and last national-curriculum year, and whose class group it has."""
FIRST_NC, LAST_NC = -2, 14


@dataclass(frozen=True)
class PlacesGrid:
    """The grid of one size.

    Parameters
    ----------
    bands
        band, year_0 ... year_6: places in whole class groups; the last row is the total.
    year_groups
        nc_year, year_0 ... year_6: the same places by year group.
    opens
        Year of opening.
    shares_from
        The last year whose children the plan places: later ones are taken to bring as many.
    left_over
        Places of the full size that make no whole class group.
    """

    bands: pd.DataFrame
    year_groups: pd.DataFrame
    opens: int
    shares_from: int
    left_over: int


def places_grid(
    case: Case,
    problem: Problem,
    decided: Mapping[str, Array],
    option: str,
    opens: int,
    class_groups: Mapping[str, int],
) -> PlacesGrid:
    """Return the places of one option by age band and year since opening.

    Parameters
    ----------
    case
        The case: year groups of its entrants.
    problem, decided
        The problem, and the decisions of a plan in which the option opens.
    option, opens
        The option and its year of opening.
    class_groups
        Phase to places of one class group.
    """
    o = int(np.flatnonzero(problem.options["option"] == option)[0])
    row = problem.options.iloc[o]
    first = opens - problem.years[0]
    by_age = _children_by_age(case, problem, decided, o)
    sizes = np.array([class_groups[phase] for *_, phase in BANDS])
    inside = np.array(
        [[low <= nc <= high for nc in range(FIRST_NC, LAST_NC + 1)] for _, low, high, _ in BANDS]
    )
    bands = np.zeros((len(BANDS), YEARS_SHOWN), dtype=np.int64)
    ages = np.zeros((LAST_NC - FIRST_NC + 1, YEARS_SHOWN), dtype=np.int64)
    left_over = 0
    for since in range(YEARS_SHOWN):
        weight = by_age[:, first + since]
        total = round(float(row["places"]) * row["ramp"][min(since, len(row["ramp"]) - 1)])
        share = inside @ weight / weight.sum()
        bands[:, since], left_over = whole_groups(share, total, sizes)
        for b in range(len(BANDS)):
            ages[inside[b], since] = shared(weight[inside[b]], int(bands[b, since]))
    columns = [f"year_{since}" for since in range(YEARS_SHOWN)]
    told = pd.DataFrame(bands, columns=columns)
    told.insert(0, "band", [name for name, *_ in BANDS])
    total_row = {"band": "Total", **{c: int(told[c].sum()) for c in columns}}
    told = pd.concat([told, pd.DataFrame([total_row])], ignore_index=True)
    groups = pd.DataFrame(ages, columns=columns)
    groups.insert(0, "nc_year", range(FIRST_NC, LAST_NC + 1))
    return PlacesGrid(told, groups, opens, problem.years[-1], left_over)


def whole_groups(share: Array, total: int, sizes: Indices) -> tuple[Indices, int]:
    """Return places by band in whole class groups, and how many of the total make no group.

    As few as can be are left over; of the ways to do that, the one nearest to the shares is taken.

    >>> whole_groups(np.array([0.5, 0.5]), 30, np.array([8, 10]))
    (array([ 0, 30]), 0)
    >>> whole_groups(np.array([0.5, 0.5]), 36, np.array([8, 10]))
    (array([16, 20]), 0)
    """
    kinds = sorted({int(size) for size, part in zip(sizes, share, strict=True) if part > 0})
    of_kind = [float(share[sizes == kind].sum()) * total for kind in kinds]
    best: tuple[int, float, tuple[int, ...]] | None = None
    for most in product(*(range(total // kind + 1) for kind in kinds[:-1])):
        taken = sum(n * kind for n, kind in zip(most, kinds, strict=False))
        if taken > total:
            continue
        counts = (*most, (total - taken) // kinds[-1])
        left = total - sum(n * kind for n, kind in zip(counts, kinds, strict=True))
        off = sum(
            abs(n * kind - wanted) for n, kind, wanted in zip(counts, kinds, of_kind, strict=True)
        )
        if best is None or (left, off) < best[:2]:
            best = left, off, counts
    places = np.zeros(len(share), dtype=np.int64)
    if best is None:
        return places, total
    for kind, count in zip(kinds, best[2], strict=True):
        here = (sizes == kind) & (share > 0)
        places[here] = shared(share[here], count) * kind
    return places, best[0]


def shared(weight: Array, total: int) -> Indices:
    """Return whole numbers that add up to a total, by largest remainder.

    >>> shared(np.array([1.0, 1.0, 2.0]), 7)
    array([2, 2, 3])
    """
    if weight.sum() <= 0:
        weight = np.ones_like(weight)
    exact = weight / weight.sum() * total
    whole: Indices = np.floor(exact).astype(np.int64)
    last = np.argsort(-(exact - whole), kind="stable")[: total - int(whole.sum())]
    whole[last] += 1
    return whole


def _children_by_age(case: Case, problem: Problem, decided: Mapping[str, Array], o: int) -> Array:
    """Return (year groups, T + 7) children placed at the option's provision, by year group.

    Entrants of a need and phase are taken to be of the year groups that are expected that year.
    Before anybody is placed there, places are shared by the year groups that the option teaches.
    """
    entrants = case.entrants.assign(
        nc=pd.to_numeric(case.entrants["nc_year"]).astype(float), year=case.entrants["year"]
    )
    entrants = entrants[pd.to_numeric(entrants["draw"]).isna()]
    at = np.flatnonzero(problem.taught["p"].to_numpy(np.int64) == int(problem.options["p"].iloc[o]))
    last_year = problem.horizon + YEARS_SHOWN
    ages = np.zeros((LAST_NC - FIRST_NC + 1, last_year))
    usual = np.zeros(LAST_NC - FIRST_NC + 1)
    for q in at:
        need, phase = str(problem.taught["need"].iloc[q]), str(problem.taught["phase"].iloc[q])
        first, last = PHASE_YEARS[Phase(phase)]
        usual[first - FIRST_NC : last - FIRST_NC + 1] += 1.0
        same = entrants[
            (entrants["need"].astype(str) == need) & (entrants["phase"].astype(str) == phase)
        ]
        for u in range(last_year):
            within = min(u, problem.horizon - 1)
            year, came = problem.years[within], float(decided["intake"][q, within])
            if came <= 0:
                continue
            here = same[same["year"] == year]
            known = here[here["nc"].notna()].groupby("nc")["children"].sum()
            if known.sum() <= 0:
                known = pd.Series({float(first): 1.0})
            for nc, part in (known / known.sum()).items():
                for t in range(u, last_year):
                    now = int(nc) + t - u  # type: ignore[call-overload]
                    if FIRST_NC <= now <= last:
                        ages[now - FIRST_NC, t] += came * float(part)
    for t in range(last_year):
        if ages[:, t].sum() <= 0:
            ages[:, t] = usual
    return ages
