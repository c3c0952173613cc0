"""What routes teach a plan: the cost of a provision's journeys as a sum that a plan can use.

A run to a provision costs, near enough,

    fixed (if anyone goes) + children x a + direct miles of all of them x b + wheelchair users x w

It is linear but for the fixed part, which is one yes or no for each provision, so it goes straight
into the plan; and it has what a price for each child lacks, that a vehicle which runs anyway costs
little more for one child more. It is fitted on the provisions that were routed, each weighted by
one over its cost (routes that cost more vary more), none of its parts below zero. Its error is told
on provisions left out of the fit, beside two other ways to price: every child alone in a vehicle,
and the average cost a child.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.routing.direct import alone, ways
from geo.routing.types import DIRECTIONS, How
from geo.speeds import METRES_PER_MILE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from geo.routing.types import Routed

    Values = npt.NDArray[np.float64]

FEWEST = 6
"""Provisions that a fit of four figures needs, so that leaving one out leaves more than four."""

COLUMNS = ("children", "miles", "wheelchairs", "cost_gbp", "solo_gbp")


@dataclass(frozen=True)
class Term:
    """The fitted term, £ a run one way.

    Parameters
    ----------
    fixed_gbp, child_gbp, mile_gbp, wheelchair_gbp
        For a provision that anyone goes to, for each child, for each child's direct mile, and more
        for each wheelchair user.
    catchments, provisions
        How many it was fitted on: a provision on one side of one draw, and different provisions.
    error_share
        How far it misses the routed cost of a provision left out of the fit, as a share of that
        cost: the mean over catchments.
    solo_error_share, average_error_share
        The same for every child alone in a vehicle, and for the average cost a child of the others.
    """

    fixed_gbp: float
    child_gbp: float
    mile_gbp: float
    wheelchair_gbp: float
    catchments: int
    provisions: int
    error_share: float
    solo_error_share: float
    average_error_share: float

    def cost_gbp(self, children: float, miles: float, wheelchairs: float) -> float:
        """Return what a run to a provision costs.

        Parameters
        ----------
        children, miles, wheelchairs
            How many are carried, the sum of their direct miles, and how many use a wheelchair.
        """
        if children <= 0:
            return 0.0
        return (
            self.fixed_gbp
            + self.child_gbp * children
            + self.mile_gbp * miles
            + self.wheelchair_gbp * wheelchairs
        )


def catchments(routed: Routed) -> pd.DataFrame:
    """Return one row for each provision that children are carried to, by how often they travel.

    Returns
    -------
    DataFrame
        provision, travels, children, miles (the sum of direct miles one way), wheelchairs, cost_gbp
        (of a run, the mean of both ways) and solo_gbp (what a run would cost with every child alone
        in a vehicle). A mixed route is shared among its provisions by children; budgets count, and
        children priced in a straight line are left out.
    """
    rows = {str(row["child"]): row for row in routed.children.to_dict("records")}
    cost: dict[str, float] = {}
    for route in routed.routes:
        each = route.cost_a_day_gbp / len(route.runs) / len(route.children)
        cost |= dict.fromkeys(route.children, each)
    cost |= {one.child: one.gbp_a_run for one in routed.apart if one.how is How.PTB}
    both_ways = all(len(route.runs) == len(DIRECTIONS) for route in routed.routes)
    found = []
    for child, gbp in cost.items():
        row = rows[child]
        provision = str(row["provision"])
        there = ways(routed.matrix, child, provision, routed.fleet, both_ways=both_ways)
        price = alone(
            there,
            routed.policy,
            wheelchair=bool(row["wheelchair"]),
            assistant=bool(row["assistant"]),
        )
        found.append(
            {
                "provision": provision,
                "travels": str(row["travels"]),
                "children": 1,
                "miles": there[0][2] / METRES_PER_MILE,
                "wheelchairs": int(bool(row["wheelchair"])),
                "cost_gbp": gbp,
                "solo_gbp": np.nan if price is None else price.gbp_a_run,
            }
        )
    frame = pd.DataFrame(found, columns=["provision", "travels", *COLUMNS])
    return frame.groupby(["provision", "travels"], sort=True)[list(COLUMNS)].sum().reset_index()


def fit_term(sides: Iterable[Routed]) -> Term | None:
    """Return the term fitted on every provision of the sides, or None where they are too few.

    Only daily journeys: vehicles that run weekly go much further, and cost otherwise.
    """
    tables = [catchments(one) for one in sides]
    if not tables:
        return None
    found = pd.concat(tables, ignore_index=True)
    return fit(found[found["travels"] == "daily"])


def fit(found: pd.DataFrame) -> Term | None:
    """Return the term fitted on catchments, or None where there are fewer than `FEWEST` provisions.

    A provision is left out with all its catchments, of other draws and sides too: its twin would
    give its cost away.

    Parameters
    ----------
    found
        Columns of `catchments`.
    """
    found = found[found["cost_gbp"] > 0].reset_index(drop=True)
    provisions = found["provision"].to_numpy(object)
    different = sorted(set(provisions))
    if len(different) < FEWEST:
        return None
    numbers = np.column_stack(
        [np.ones(len(found)), found[["children", "miles", "wheelchairs"]].to_numpy(float)]
    )
    cost = found["cost_gbp"].to_numpy(float)
    children = numbers[:, 1]
    said = np.zeros((3, len(found)))
    said[1] = found["solo_gbp"].to_numpy(float)
    for one in different:
        out = provisions == one
        said[0, out] = numbers[out] @ _least(numbers[~out], cost[~out])
        said[2, out] = children[out] * cost[~out].sum() / children[~out].sum()
    errors = np.abs(said / cost - 1.0).mean(axis=1)
    fixed, child, mile, wheelchair = _least(numbers, cost)
    return Term(
        fixed_gbp=float(fixed),
        child_gbp=float(child),
        mile_gbp=float(mile),
        wheelchair_gbp=float(wheelchair),
        catchments=len(found),
        provisions=len(different),
        error_share=float(errors[0]),
        solo_error_share=float(errors[1]),
        average_error_share=float(errors[2]),
    )


def _least(numbers: Values, cost: Values) -> Values:
    """Return the figures, none below zero, with the least squared error over cost."""
    from scipy.optimize import nnls  # noqa: PLC0415 (slow to import)

    weight = 1.0 / np.sqrt(cost)
    found: Values = nnls(numbers * weight[:, None], cost * weight)[0]
    return found
