"""Problem: everything the plan model knows, as frozen frames and arrays, in the maths' own names.

Letters: ``d`` cell (zone, need, phase), ``p`` provision, ``q`` taught (provision, need, phase),
``a`` arc (a cell and a taught triple within the hard journey limit), ``o`` option, ``t`` or ``u``
year of the horizon, ``y`` year of the horizon or of the tail beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from inputs.errors import Fault
    from inputs.scenario import Scenario
    from optimiser.kinds import Array, Indices, Mask


STAGED_PLACEMENTS = 10_000
"""Above this a problem is first planned and bounded with cells merged."""


@dataclass(frozen=True)
class Problem:
    """The sets and the numbers of one plan model.

    Shapes use D cells, P provisions, Q taught triples, A arcs, O options, N pairs of need and
    phase, T years of the horizon and Y >= T years in all. Money is £ a year at ``price_year``.

    Parameters
    ----------
    name, scenario, years
        The case's name, the resolved policy, and the horizon by first Septembers.
    discount
        (Y,) present value of £1 in each year, base year 1.
    growth_transport
        (Y,) real growth of transport since the base year.
    pairs
        The (need, phase) pairs; ``nh`` columns below point into it.
    cells
        cell (label), zone, need, phase, locality, nh.
    provisions
        provision, name, class, in_area, locality, pays_places (we pay for places, filled or not),
        filled_gbp, unfilled_gbp (place funding a place), counts_others, closes (first year in
        which it takes no new children; inf: never).
    taught
        provision, p, need, phase, nh, now (taught today, not only through an option).
    arcs
        d, p, q, minutes (direct), ride_minutes (shared), miles, over_guideline, measured
        (counts in journey shares), option_only, transport_gbp (a year for one child).
    options
        option, name, provision, p, places, capital_gbp and the rest of the table, committed
        (year or NaN).
    option_taught
        o, q, max_places.
    entrants, due_most
        (D, T) children who newly need a place (those set aside for INMSS taken out), and the most
        that can be due: entrants so far who would still be there.
    survival, finishing
        (N, T, Y) of those who enter in u, the share there in y; the share who reach the end of
        the phase just before y.
    still_waiting
        (N, T) of those unplaced in t, the share still needing a place the year after.
    pinned, aside_roll, others
        (Q, Y) our children placed now, entrants set aside for INMSS, other authorities' children.
    aside
        d, p, q, t, children, minutes, ride_minutes, miles, transport_gbp.
    commissioned, capacity, over_limit
        (P, T) places paid for; children that fit (planning occupancy, and never fewer than are
        pinned); children over number that fit the building.
    usable
        (A, T) whether the arc can be used that year.
    taught_limit
        (Q, T) children of that need and phase (inf: no limit but capacity); grows with options.
    annual_cost
        (Q, Y) top-up or fee a child a year.
    opens_first, opens_last
        (O,) first and last year index of opening; first > last rules the option out.
    added
        (O, T, T) places that can be in use in t when opened in u.
    taken
        (O, T) children that no longer fit once a shrinking or closing option is open.
    over_added
        (O, T) children over number that the building gains.
    spend, residual
        (O, T, Y) capital by opening year and year spent; (O, T) residual value at the end.
    suitable
        (D, classes) share of the cell's children for whom each class is right.
    classes
        Names of the classes, for ``suitable``.
    used_fixed
        (P, T) 1 where children are pinned and a vehicle runs anyway.
    transport_fixed
        (P,) £ a year for a provision to which any vehicle runs.
    stay_on
        Rows of the staying-on rule: p, need, phase (the next one), locality, t, least (children,
        from those pinned), a_next and a_before (arcs of the next phase and of this one).
    constant
        (term, purse) to (Y,) £ a year that no decision changes.
    transport_scale
        Factor that brings today's average a user to the stated figure.
    warnings
        What a reader should know: who cannot be reached, what was assumed.
    """

    name: str
    scenario: Scenario
    years: tuple[int, ...]
    discount: Array
    growth_transport: Array
    pairs: tuple[tuple[str, str], ...]
    cells: pd.DataFrame
    provisions: pd.DataFrame
    taught: pd.DataFrame
    arcs: pd.DataFrame
    options: pd.DataFrame
    option_taught: pd.DataFrame
    entrants: Array
    due_most: Array
    survival: Array
    finishing: Array
    still_waiting: Array
    pinned: Array
    aside_roll: Array
    others: Array
    aside: pd.DataFrame
    commissioned: Array
    capacity: Array
    over_limit: Array
    usable: Mask
    taught_limit: Array
    annual_cost: Array
    opens_first: Indices
    opens_last: Indices
    added: Array
    taken: Array
    over_added: Array
    spend: Array
    residual: Array
    suitable: Array
    classes: tuple[str, ...]
    used_fixed: Array
    transport_fixed: Array
    stay_on: pd.DataFrame
    constant: dict[tuple[str, str], Array]
    transport_scale: float
    warnings: tuple[Fault, ...]

    @property
    def horizon(self) -> int:
        """Number of years in the horizon."""
        return len(self.years)

    @property
    def all_years(self) -> tuple[int, ...]:
        """Years of the horizon and of the tail."""
        first = self.years[0]
        return tuple(range(first, first + len(self.discount)))

    def can_open(self) -> Mask:
        """Return (O, T), whether the option can open in each year."""
        t = np.arange(self.horizon)[None, :]
        mask: Mask = (t >= self.opens_first[:, None]) & (t <= self.opens_last[:, None])
        return mask

    def committed(self) -> Mask:
        """Return (O,), whether the option is already decided."""
        mask: Mask = self.options["committed_year"].notna().to_numpy()
        return mask


def only_options(problem: Problem, keep: Mask) -> Problem:
    """Return the same problem in which only the options kept can open.

    Arcs that exist only through options that cannot open any more are taken away.

    Parameters
    ----------
    problem
        The whole problem.
    keep
        (O,) options that may still open.
    """
    last = np.where(keep, problem.opens_last, -1)
    shut = replace(problem, opens_last=last)
    return replace(shut, usable=usable_arcs(shut))


def usable_arcs(problem: Problem) -> Mask:
    """Return (A, T): the arc was usable, and what it needs can be open by then."""
    openable = np.maximum.accumulate(problem.can_open(), axis=1)  # opened by t at the earliest
    by_option = np.zeros((len(problem.taught), problem.horizon), dtype=bool)
    for o, q in zip(problem.option_taught["o"], problem.option_taught["q"], strict=True):
        by_option[q] |= openable[o]
    q = problem.arcs["q"].to_numpy()
    only = problem.arcs["option_only"].to_numpy()
    mask: Mask = problem.usable & (~only[:, None] | by_option[q])
    return mask


def do_minimum(problem: Problem) -> Problem:
    """Return the same problem with committed options only."""
    return only_options(problem, problem.committed())


def placements(problem: Problem) -> int:
    """Return how many placement variables the whole model has."""
    due = problem.due_most > 0
    return int((problem.usable & due[problem.arcs["d"].to_numpy(np.int64)]).sum())
