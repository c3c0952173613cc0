"""The placement round as sets and numbers: children, provisions, open places, who could go where.

Letters: ``i`` a child, ``p`` a provision that teaches now, ``v`` a *pool*: places open at one
provision from one day, for stated needs, phases and year groups. An *arc* is a child and a pool
that every rule allows. Nothing here knows a solver.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from inputs.errors import Fault
    from inputs.scenario import Scenario
    from optimiser.kinds import Array, Indices, Mask


class Rule(IntFlag):
    """Why a provision, or a pool of its places, is not for a child; several may hold at once."""

    NEED = 1
    PHASE = 2
    CLASS = 4
    FEATURE = 8
    JOURNEY = 16
    START = 32
    YEAR = 64
    MIX = 128
    GROUP = 256
    FULL = 512


RULE_WORDS: dict[Rule, str] = {
    Rule.NEED: "does not teach the need",
    Rule.PHASE: "does not teach the need in the phase",
    Rule.CLASS: "is of a class that is not right for the need, or not advised for the child",
    Rule.FEATURE: "lacks a feature the child must have, or has one it must not",
    Rule.JOURNEY: "is beyond the hard limit on the journey, or no road leads there",
    Rule.START: "has places only after the day by which the child must start",
    Rule.YEAR: "has places only for other year groups",
    Rule.MIX: "cannot hold the child's need beside another that is there",
    Rule.GROUP: "has no room in the teaching group of the child's year",
    Rule.FULL: "has no place open that is left",
}
"""What each rule says of a provision, after its name."""

OF_THE_PROVISION = Rule.NEED | Rule.PHASE | Rule.CLASS | Rule.FEATURE | Rule.JOURNEY
"""Rules that say a provision is not suitable, whatever places are open there."""


@dataclass(frozen=True)
class Mix:
    """Two needs that a provision cannot hold together, where neither is there yet.

    Parameters
    ----------
    p
        The provision.
    one, other
        (k,) children who carry the one need, and those who carry the other.
    """

    p: int
    one: Indices
    other: Indices


@dataclass(frozen=True, eq=False)
class RoundProblem:
    """The sets and numbers of one round. Money is £ a year at ``price_year``.

    Shapes use n children, P provisions, V pools, A arcs.

    Parameters
    ----------
    name, on, scenario
        The case's name, the date of the round, and the resolved policy.
    children
        child, need, second_need, phase, nc_year, zone, locality, deprivation_fifth, weeks (waited),
        must_have, must_not_have, preferred, classes, interim_gbp (a year while waiting), start_by,
        current_minutes.
    provisions
        provision, name, class, locality, features, others (needs of children there now), open_now
        (places in its pools).
    pools
        p, places, start (day, or None: now), weeks_to_start, need, phase, nc_from, nc_to.
    rules
        (n, P) int: the rules (`Rule`) by which each provision is not for each child before any
        place is given out; 0: suitable, with a place open to it.
    minutes, ride_minutes, miles
        (n, P) direct, on a shared ride, and miles; NaN where no road leads.
    over_guideline
        (n, P) the shared ride is beyond the guideline.
    topup_gbp, place_gbp, transport_gbp, added_gbp
        (n, P) a year for one child: top-up or fee; place funding; expected transport; and what the
        authority's spending rises by, place funding counted only where it is not paid anyway.
    right_share
        (n, P) share of children of that need and phase for whom the class is right.
    arcs
        i, v, p, over (beyond the guideline), preferred, cost_gbp (whole £ added a year less what
        waiting costs), minutes (whole, shared ride), weeks_to_start.
    mixes
        Rules of mixing that are still open either way.
    groups
        p, group, nc_from, nc_to, room (children who fit beside those there now).
    group_of
        (n, P) row of ``groups`` that the child's year falls in; -1 the provision has no groups;
        -2 it has, and none is of the child's year (or the year is not known).
    static, pool_rules, pool_other
        (n, P) the rules above that are of the provision, its mixes and its groups; (n, V) START and
        YEAR of each pool; (n, V) the pool is for another need or phase.
    taught
        (provision, need, phase) taught now.
    transport_scale
        Factor that brings today's average cost of transport to the stated figure.
    warnings
        What a reader should know.
    """

    name: str
    on: date
    scenario: Scenario
    children: pd.DataFrame
    provisions: pd.DataFrame
    pools: pd.DataFrame
    rules: Indices
    minutes: Array
    ride_minutes: Array
    miles: Array
    over_guideline: Mask
    topup_gbp: Array
    place_gbp: Array
    transport_gbp: Array
    added_gbp: Array
    right_share: Array
    arcs: pd.DataFrame
    mixes: tuple[Mix, ...]
    groups: pd.DataFrame
    group_of: Indices
    static: Indices
    pool_rules: Indices
    pool_other: Mask
    taught: frozenset[tuple[str, str, str]]
    transport_scale: float
    warnings: tuple[Fault, ...]

    @property
    def suitable(self) -> Mask:
        """Return (n, P): the provision is suitable for the child, whether a place is open or not.

        A mix that the provision cannot hold makes it unsuitable too.
        """
        mask: Mask = (self.rules & int(OF_THE_PROVISION | Rule.MIX)) == 0
        return mask

    @property
    def cost_gbp(self) -> Array:
        """Return (n, P) what a year's placement costs in all: top-up or fee, place, transport."""
        total: Array = self.topup_gbp + self.place_gbp + self.transport_gbp
        return total

    @property
    def nowhere(self) -> Mask:
        """Return (n,): no provision at all is suitable for the child."""
        mask: Mask = np.logical_not(np.any(self.suitable, axis=1))
        return mask


def names_of(rules: int) -> list[str]:
    """Return the names of the rules in a sum of them, in their order.

    >>> names_of(int(Rule.JOURNEY | Rule.NEED))
    ['need', 'journey']
    """
    return [rule.name.lower() for rule in RULE_WORDS if rules & rule and rule.name]


def ordered(values: Array) -> Indices:
    """Return (n,) the rank of each value among the distinct values, from 1 for the least.

    >>> ordered(np.array([8.0, 3.0, 8.0])).tolist()
    [2, 1, 2]
    """
    ranks: Indices = np.unique(values, return_inverse=True)[1].astype(np.int64) + 1
    return ranks
