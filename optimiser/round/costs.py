"""What a placement would cost a year, by purse, for one child at one provision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from inputs.round_checks import blank, plain_feature
from inputs.vocabulary import STATE_PLACES
from optimiser.children import unknown_homes
from optimiser.journeys import rates, scale_to_average, transported

if TYPE_CHECKING:
    import pandas as pd

    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.journeys import Grid
    from optimiser.kinds import Array

WHEELCHAIR = "wheelchair"
"""The feature by which a child is known to travel in a wheelchair."""


def topups(children: pd.DataFrame, provisions: pd.DataFrame, teaches: pd.DataFrame) -> Array:
    """Return (n, P) top-up, or whole fee, £ a year; NaN where the need and phase is not taught."""
    price = {
        (key, need, phase): float(gbp)
        for key, need, phase, gbp in zip(
            teaches["provision"],
            teaches["need"],
            teaches["phase"],
            teaches["annual_cost_gbp"],
            strict=True,
        )
    }
    out = np.full((len(children), len(provisions)), np.nan)
    cells = children[["need", "phase"]].to_numpy(str)
    for need, phase in {tuple(one) for one in cells}:
        here = (cells[:, 0] == need) & (cells[:, 1] == phase)
        out[here] = [price.get((key, need, phase), np.nan) for key in provisions["provision"]]
    return out


def place_funding(case: Case, scenario: Scenario, provisions: pd.DataFrame) -> tuple[Array, Array]:
    """Return (P,) place funding of a filled place, and what filling one more adds to spending.

    Places of state provision in the area are paid for whether they are filled or not, so that
    filling one adds only the difference between the filled and the unfilled rate (for a base, less
    than nothing); anywhere else the authority pays for each child.
    """
    at = case.provisions.set_index("provision")
    funding = {str(kind): gbp for kind, gbp in scenario.place_funding_gbp.items()}
    empty = {str(kind): gbp for kind, gbp in scenario.unfilled_place_gbp.items()}
    state = {str(kind) for kind in STATE_PLACES}
    whole, added = [], []
    for key, kind in zip(provisions["provision"], provisions["class"], strict=True):
        own = at.loc[key, "place_funding_gbp"]
        filled = funding.get(kind, 0.0) if blank(own) else float(own)
        paid_anyway = kind in state and bool(at.loc[key, "in_area"])
        unfilled = max(filled, empty.get(kind, filled))
        whole.append(filled)
        added.append(filled - unfilled if paid_anyway else filled)
    return np.array(whole), np.array(added)


def transport_scale(case: Case, scenario: Scenario, journeys: Grid) -> float:
    """Return the factor that brings today's average cost a user to the stated figure.

    Today's users are our children placed now, by where they live; those whose home is unknown
    travel the mean of the zones. As the plan does, so that both price a journey alike.
    """
    kinds = [str(kind) for kind in case.provisions["class"]]
    rate = rates(case, scenario, kinds)
    ours = case.placed[case.placed["authority"].map(blank)]
    if ours.empty:
        return 1.0
    where = {key: p for p, key in enumerate(case.provisions["provision"])}
    zone_at = {zone: z for z, zone in enumerate(journeys.zones)}
    p = np.array([where[key] for key in ours["provision"]])
    z = np.array([-1 if blank(zone) else zone_at[zone] for zone in ours["zone"]])
    own = journeys.miles[z, p]
    usual = unknown_homes(case, journeys)[p]
    miles = np.where((z >= 0) & ~np.isnan(own), own, usual)
    needs, phases = ours["need"].to_numpy(str), ours["phase"].to_numpy(str)
    share = transported(needs, phases, miles, scenario)
    chairs = scenario.wheelchair_share
    in_chair = np.array([chairs.get(need, chairs.get("other", 0.0)) for need in needs])
    each = rate.child_year(p.astype(float), miles, in_chair)
    number = ours["children"].to_numpy(float)
    travels = rate.runs[p] > 0
    used = np.unique(p[travels & (number > 0)])
    users = float((number * share)[travels].sum())
    cost = float((number * share * each)[travels].sum() + (rate.fixed * rate.runs)[used].sum())
    return scale_to_average(users, cost, rate, scenario)


def transport(
    case: Case,
    scenario: Scenario,
    children: pd.DataFrame,
    provisions: pd.DataFrame,
    miles: Array,
    scale: float,
) -> Array:
    """Return (n, P) expected transport of one child, £ a year.

    The share of such children who are transported, times what one more rider costs: so much a
    child, so much a mile, and more for a wheelchair. What a vehicle costs to run at all is left
    out: one child more rarely needs another.
    """
    rate = rates(case, scenario, list(provisions["class"]))
    n, count = miles.shape
    chairs = np.array(
        [WHEELCHAIR in {plain_feature(one) for one in some} for some in children["must_have"]],
        dtype=float,
    )
    out = np.zeros((n, count))
    needs, phases = children["need"].to_numpy(str), children["phase"].to_numpy(str)
    for p in range(count):
        share = transported(needs, phases, miles[:, p], scenario)
        out[:, p] = scale * share * rate.child_year(np.full(n, p, float), miles[:, p], chairs)
    return out
