"""What a placement costs, from an authority's own section 251 outturn, where that can be believed.

The figures are the back sheet of the High Needs Benchmarking Tool: spending lines of a financial
year beside plans by setting in the January before. Booking practice differs, and small numbers
divide badly, so each mean is tested before it is used, and a mean that is not believed says why.

Source: "High needs benchmarking tool", Department for Education, Open Government Licence v3.0.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError
from inputs.official.opening import find_tables, numbers, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from inputs.official.authorities import Authority

WANTED = "high needs benchmarking (section 251 outturn, DfE)"
FEWEST = 10
"""Children below whom a mean cost is not taken: a single placement moves it by a tenth or more."""
FENCE = 1.5
"""Tukey's fence, in interquartile ranges of the logarithm of the mean cost over authorities."""
MISBOOKED = 0.25
"""Share of independent special school spending that may stand in the line for alternative
provision before the line for special schools is taken to be incomplete (judgement)."""

_MEANS: dict[str, tuple[str, str, str]] = {
    "inmss": (
        "s251_outturn_topup_nmi_special",
        "ehcp_nmss_or_independent",
        "non-maintained and independent special schools",
    ),
    "special": (
        "s251_outturn_topup_maint_special",
        "ehcp_maintained_special_or_academy",
        "top-up of state special schools",
    ),
    "post16": (
        "s251_outturn_topup_nmi_post_school",
        "",
        "non-maintained and independent post-16 institutions",
    ),
}
_MISBOOKING_LINE = "s251_outturn_topup_nmi_pru_ap"
_MISBOOKING_PLANS = "ehcp_hospital_or_ap"


@dataclass(frozen=True)
class MeanCost:
    """Mean cost of one kind of placement.

    Parameters
    ----------
    value_gbp
        £ a child a year in the year of the outturn; NaN where it cannot be worked out.
    median_gbp, authorities
        Median over the authorities with a mean, and how many these are.
    sane
        Whether the authority's own mean can be used.
    reason
        How it was worked out, or why it is not used, as a sentence without a full stop.
    """

    value_gbp: float
    median_gbp: float
    authorities: int
    sane: bool
    reason: str


@dataclass(frozen=True, eq=False)
class Benchmarks:
    """Spending lines and plans of every authority in one financial year.

    Parameters
    ----------
    rows
        Indexed by the old code of the authority, columns as published.
    year
        The financial year by its April, from the name of the file; None where it has none.
    source
        Name of the file.
    """

    rows: pd.DataFrame
    year: int | None
    source: str

    def mean(
        self, kind: str, authority: Authority, plans: pd.Series[float] | None = None
    ) -> MeanCost:
        """Return the mean cost of a kind of placement, with the test of the authority's own.

        Parameters
        ----------
        kind
            ``inmss`` (whole fee), ``special`` (top-up) or ``post16`` (fee at a specialist
            institution).
        authority
            Whose.
        plans
            Plans in such placements by old code, where the file itself does not count them
            (``post16``: the January count of plans before the financial year).
        """
        line, counted, words = _MEANS[kind]
        children = self.rows[counted] if plans is None else plans.reindex(self.rows.index)
        spent = self.rows[line]
        ratio = (spent / children).where((spent > 0) & (children >= FEWEST))
        known = ratio.dropna()
        median = float(known.median()) if len(known) else np.nan
        code = authority.old_code
        own = float(ratio.get(code, np.nan))
        there = code in self.rows.index
        if not there or (pd.isna(spent[code]) and pd.isna(children[code])):
            why = f"{self.source} holds no figures of {authority.name}"
        elif pd.isna(spent[code]) or spent[code] <= 0:
            why = f"{authority.name} booked nothing under {words}"
        elif pd.isna(children[code]) or children[code] < FEWEST:
            many = 0 if pd.isna(children[code]) else children[code]
            why = f"{authority.name} had {many:.0f} such plans, fewer than {FEWEST}"
        else:
            why = self._why_not(kind, code, own, known)
        how = (
            f"{words}: £{spent.get(code, np.nan):,.0f} of outturn over "
            f"{children.get(code, np.nan):,.0f} plans of the January before"
        )
        return MeanCost(own, median, len(known), not why, why or how)

    def _why_not(self, kind: str, code: str, own: float, known: pd.Series[float]) -> str:
        """Return why an authority's mean is not believed; blank where it is."""
        row = {str(name): float(self.rows[name][code]) for name in self.rows.columns}
        if kind == "inmss":
            elsewhere, special, children = (
                row[name] for name in (_MISBOOKING_LINE, _MEANS[kind][0], _MISBOOKING_PLANS)
            )
            if elsewhere > MISBOOKED * special and elsewhere > 2 * own * max(children, 1.0):
                return (
                    f"£{elsewhere:,.0f} is booked under independent alternative provision, where "
                    f"{children:.0f} children are, so the line for special schools "
                    f"(£{special:,.0f}, £{own:,.0f} a plan) is not all of it"
                )
        low, high = np.log(known.quantile([0.25, 0.75]))
        edge = FENCE * (high - low)
        bottom, top = np.exp(low - edge), np.exp(high + edge)
        if not bottom <= own <= top:
            return (
                f"£{own:,.0f} a plan is outside £{bottom:,.0f} to £{top:,.0f}, the fences round "
                f"the quartiles of {len(known)} authorities"
            )
        return ""


def read_benchmarks(path: Path) -> Benchmarks:
    """Return the benchmarking figures of every authority.

    Raises
    ------
    InputError
        When it is another file, or a figure in it is no number.
    """
    source = find_tables(path)[0]
    needed = ["la_code", _MISBOOKING_LINE, _MISBOOKING_PLANS]
    needed += [name for line, plans, _ in _MEANS.values() for name in (line, plans) if name]
    frame = read_table(source, WANTED, needed, optional=["la_name"])
    rows = pd.DataFrame(
        {
            # Income set against a line may leave it below zero.
            name: numbers(source, frame[name], signed=name.startswith("s251"))
            for name in needed[1:]
        }
    )
    rows.index = pd.Index(frame["la_code"].str.strip().str.replace(r"\.0$", "", regex=True))
    twice = rows.index[rows.index.duplicated()]
    if len(twice):
        problem = f"has {twice[0]} in more than one row"
        raise InputError([Fault(source.name, problem, "Give one row an authority")])
    year = re.search(r"(20\d{2})[-_ ]?\d{2}", source.name)
    return Benchmarks(rows, int(year[1]) if year else None, source.name)
