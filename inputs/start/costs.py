"""What each placement costs: the authority's own figures where they can be believed, else national.

Every figure carries where it came from and why another was not taken. Means are spread over needs
by stated judgement, and scaled so that the mean holds for the children placed now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from inputs.official.sen2 import AGES, ALL, NEEDS, Placement
from inputs.parameters import family, parameter
from inputs.vocabulary import Need, ProvisionClass, financial_year

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from inputs.official.authorities import Authority
    from inputs.official.section251 import Benchmarks
    from inputs.official.sen2 import Release
    from inputs.start.children import Children

    Expected = NDArray[np.float64]

_STATE_SPECIAL = (Placement.SPECIAL_MAINTAINED, Placement.SPECIAL_ACADEMY)
_INMSS = (Placement.INDEPENDENT, Placement.NON_MAINTAINED)
_PENCE = -1
"""Costs are rounded to £10."""


@dataclass(frozen=True)
class Costs:
    """£ a child a year beyond place funding, by class and need, at the price year.

    Parameters
    ----------
    by_class
        Class to need to £: top-up for state places, the whole fee for INMSS.
    notes
        Where each mean comes from, a sentence each.
    """

    by_class: dict[ProvisionClass, dict[Need, float]]
    notes: tuple[str, ...]

    def of(self, provision_class: ProvisionClass, need: Need) -> float:
        """Return the cost of a child of a need in a class."""
        return self.by_class[provision_class][need]


@dataclass(frozen=True)
class _Mean:
    """A mean cost at the price year, and how it was come by."""

    gbp: float
    note: str


def make_costs(
    children: Children,
    authority: Authority,
    price_year: int,
    benchmarks: Benchmarks | None,
    release: Release | None,
) -> Costs:
    """Return the costs of a case.

    Parameters
    ----------
    children
        Whose mix of needs the means hold for.
    authority, price_year
        Whose, and the year of prices by its first September.
    benchmarks
        Section 251 outturn by authority; None where there is none.
    release
        Counts plans in specialist post-16 institutions in the January before the outturn.
    """
    on = date(price_year, 9, 1)
    fee = _mean("inmss", "inmss_annual_gbp", authority, benchmarks, None, on)
    topup = _mean("special", "special_topup_gbp", authority, benchmarks, None, on)
    post16 = _mean("post16", "post16_specialist_gbp", authority, benchmarks, release, on)
    base = parameter("base_topup_gbp", on)
    residential = parameter("residential_times_day", on)
    weights = np.array([family("cost_weight", on)[need.value] for need in NEEDS])
    state, day, boarding, college = (
        _by_need(children, placements, boards=boards)
        for placements, boards in (
            (_STATE_SPECIAL, None),
            (_INMSS, False),
            (_INMSS, True),
            ((Placement.SPECIALIST_POST16,), None),
        )
    )
    both = day + residential.value * boarding
    day_fee = _spread(fee.gbp, weights, (day + boarding).sum(), float(both @ weights))
    special = _spread(topup.gbp, weights, state.sum(), float(state @ weights))
    colleges = _spread(post16.gbp, weights, college.sum(), float(college @ weights))
    flat = dict.fromkeys(NEEDS, base.value)
    by_class = {
        ProvisionClass.SPECIAL_SCHOOL: special,
        ProvisionClass.SPECIALIST_BASE: flat,
        ProvisionClass.SEN_UNIT: flat,
        ProvisionClass.INMSS_DAY: day_fee,
        ProvisionClass.INMSS_RESIDENTIAL: {
            need: round(gbp * residential.value, _PENCE) for need, gbp in day_fee.items()
        },
        ProvisionClass.ALTERNATIVE_PROVISION: special,
        ProvisionClass.POST16_SPECIALIST: colleges,
    }
    for costs in by_class.values():
        costs[Need.DS] = costs[Need.OTH]
    listed = ", ".join(
        f"{need.value} {weight:g}" for need, weight in zip(NEEDS, weights, strict=True)
    )
    notes = (
        f"INMSS fee, mean £{fee.gbp:,.0f} a child: {fee.note}",
        f"Special school top-up, mean £{topup.gbp:,.0f} a child: {topup.note}",
        f"Specialist post-16 institution, mean £{post16.gbp:,.0f} a child: {post16.note}",
        f"Base and SEN unit top-up, £{base.value:,.0f} a child: national figure of "
        f"{base.effective_from.year} ({base.status}). {base.source}.",
        "Assumption: alternative provision costs the top-up of a special school.",
        f"Assumption: a residential fee is {residential.value:g} day fees. {residential.source}.",
        f"Assumption: cost by need beside autism ({listed}), scaled so that the means above hold "
        "for the children placed now.",
    )
    return Costs(by_class, notes)


def _by_need(
    children: Children, placements: tuple[Placement, ...], *, boards: bool | None
) -> Expected:
    """Return children by need in some placements, of those who board, do not, or either."""
    rows = children.rows[children.rows["placement"].isin([one.value for one in placements])]
    if boards is not None:
        rows = rows[rows["residential"] == boards]
    rows = rows[rows["age"] <= AGES[-1]]
    need = rows["need"].replace({Need.DS.value: Need.OTH.value})
    found = rows.groupby(need)["children"].sum()
    counts: Expected = found.reindex([one.value for one in NEEDS], fill_value=0).to_numpy(float)
    return counts


def _spread(mean: float, weights: Expected, children: float, weighted: float) -> dict[Need, float]:
    """Return £ by need that average to the mean over the children there."""
    level = mean * children / weighted if weighted > 0 else mean / float(weights.mean())
    return {
        need: round(float(level * weight), _PENCE)
        for need, weight in zip(NEEDS, weights, strict=True)
    }


def _mean(
    kind: str,
    national: str,
    authority: Authority,
    benchmarks: Benchmarks | None,
    release: Release | None,
    on: date,
) -> _Mean:
    """Return the authority's own mean, raised to the latest published, or the national one."""
    latest = parameter(national, on)
    if benchmarks is None:
        why = "no section 251 file was given"
    elif kind == "post16" and (release is None or benchmarks.year is None):
        why = "plans in such institutions are not known for the year of the outturn"
    else:
        plans = None if release is None else _college_plans(release, benchmarks)
        own = benchmarks.mean(kind, authority, plans)
        if own.sane:
            rise, told = _rise(benchmarks, on)
            return _Mean(
                own.value_gbp * rise,
                f"{authority.name}'s own, {own.reason} ({benchmarks.source}){told}. Median of "
                f"{own.authorities} authorities in the same year: £{own.median_gbp:,.0f}. Day and "
                "residential placements, and two dates, are mixed in it.",
            )
        why = own.reason
    value, told = latest.value, ""
    if national == "post16_specialist_gbp":
        rise = parameter("inmss_annual_gbp", on).value / _fee_of(latest.effective_from)
        value *= rise
        told = f", raised by {rise:.3f} as INMSS fees have risen since"
    return _Mean(
        value,
        f"national figure of {latest.effective_from.year} ({latest.status}){told}, because {why}. "
        f"{latest.source}.",
    )


def _fee_of(day: date) -> float:
    return parameter("inmss_annual_gbp", day).value


def _rise(benchmarks: Benchmarks, on: date) -> tuple[float, str]:
    """Return by how much costs rose from the year of the outturn to the last published."""
    if benchmarks.year is None:
        return 1.0, ", not raised since its name does not say its year"
    try:
        then = _fee_of(date(benchmarks.year, 9, 1))
    except KeyError:
        return 1.0, f", not raised: no published INMSS cost of {financial_year(benchmarks.year)}"
    now = _fee_of(on)
    return now / then, (
        f", of {financial_year(benchmarks.year)}, raised by {now / then:.3f}: INMSS cost a child "
        f"£{then:,.0f} then and £{now:,.0f} in the last year published; the same rise is assumed "
        "for top-ups"
    )


def _college_plans(release: Release, benchmarks: Benchmarks) -> pd.Series[float]:
    """Return plans in specialist post-16 institutions in the January before, by old code."""
    assert benchmarks.year is not None
    stock = release.stock()
    rows = stock[
        (stock["year"] == benchmarks.year - 1)
        & stock["age"].isna()
        & (stock["placement"] != ALL)
        & (stock["placement"] == Placement.SPECIALIST_POST16.value)
    ]
    old = {new: old for old, new in release.codes.items() if len(old) == 3}
    return (
        rows.assign(old=rows["code"].map(old)).dropna(subset=["old"]).set_index("old")["children"]
    )
