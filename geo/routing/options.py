"""Policy options: the same children under another policy, to be routed again and set side by side.

Each option changes who rides, from where, or at what price; nothing else. What an option costs of
its own (passes, training) stands beside what its routes cost. Who would take part is drawn by a
seed, by dated shares: no option says anything of a real child.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.straight_line import DETOUR
from inputs.parameters import parameter
from inputs.vocabulary import Phase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy.typing as npt
    import pandas as pd

    from geo.routing.types import Policy

    Mask = npt.NDArray[np.bool_]

OLDER = frozenset({str(Phase.SECONDARY), str(Phase.POST16)})
"""Phases whose children might walk to a stop, or learn to travel alone."""


@dataclass(frozen=True, eq=False)
class PolicyOption:
    """One option, ready to be routed.

    Parameters
    ----------
    key, label, what
        Its key, its name, and what changes, in a sentence.
    children, policy
        What is routed under it.
    affected
        Children who are treated differently.
    own_gbp_a_year, one_off_gbp
        What it costs beside its routes.
    sharing
        Whether provisions may share vehicles, at once or one after the other.
    """

    key: str
    label: str
    what: str
    children: pd.DataFrame
    policy: Policy
    affected: int
    own_gbp_a_year: float = 0.0
    one_off_gbp: float = 0.0
    sharing: bool = True


def policy_options(
    children: pd.DataFrame,
    policy: Policy,
    on: date,
    *,
    rates: Sequence[float] = (),
    seed: int = 0,
) -> tuple[PolicyOption, ...]:
    """Return the options, in the order in which they are shown.

    Parameters
    ----------
    children
        One side, as it is routed (`types.CHILD_COLUMNS`).
    policy
        As it stands.
    on
        The day whose dated parameters hold.
    rates
        Pounds a mile of personal travel budgets to show (default: low, middle and high of the
        dated rate).
    seed
        Of who takes part.
    """
    rate = parameter("routes_ptb_per_mile_gbp", on)
    usual = [one for one in (rate.low, rate.value, rate.high) if one is not None]
    return (
        _no_budgets(children, policy),
        *(_budgets(children, policy, one) for one in (rates or usual)),
        _solo_review(children, policy, on, seed),
        _no_sharing(children, policy),
        _pick_up_points(children, policy, on),
        _travel_training(children, policy, on, seed),
    )


def _on_roll(children: pd.DataFrame) -> Mask:
    mask: Mask = children["provision"].notna().to_numpy() & ~children["walks"].to_numpy(bool)
    return mask


def _some(mask: Mask, share: float, seed: int) -> Mask:
    """Return a share of those in the mask, drawn; to the nearest whole child."""
    at = np.flatnonzero(mask)
    chosen = np.random.default_rng(seed).permutation(at)[: round(share * len(at))]
    out = np.zeros(len(mask), dtype=bool)
    out[chosen] = True
    return out


def _no_budgets(children: pd.DataFrame, policy: Policy) -> PolicyOption:
    taken = _on_roll(children) & children["ptb"].to_numpy(bool)
    return PolicyOption(
        "no_budgets",
        "No personal travel budgets",
        "Every family that would take a budget has its child carried instead",
        children.assign(ptb=False),
        policy,
        int(taken.sum()),
    )


def _budgets(children: pd.DataFrame, policy: Policy, rate: float) -> PolicyOption:
    taken = _on_roll(children) & children["ptb"].to_numpy(bool)
    return PolicyOption(
        f"budgets_{round(rate * 100)}p",
        f"Personal travel budgets at {round(rate * 100)}p a mile",
        "The same families may take a budget; it is paid wherever it is cheaper than carrying the "
        "child",
        children,
        policy.replace(ptb_per_mile_gbp=rate),
        int(taken.sum()),
    )


def _solo_review(children: pd.DataFrame, policy: Policy, on: date, seed: int) -> PolicyOption:
    share = parameter("routes_option_solo_review_share", on).value
    now = _on_roll(children) & children["solo"].to_numpy(bool)
    shares = _some(now, share, seed)
    return PolicyOption(
        "solo_review",
        "Review of children who travel alone",
        f"{share:.0%} of the children who travel alone come to share, after risk assessment, with "
        "a passenger assistant aboard",
        children.assign(
            solo=children["solo"].to_numpy(bool) & ~shares,
            assistant=children["assistant"].to_numpy(bool) | shares,
        ),
        policy,
        int(shares.sum()),
    )


def _no_sharing(children: pd.DataFrame, policy: Policy) -> PolicyOption:
    return PolicyOption(
        "no_sharing",
        "No vehicles shared between provisions",
        "No mixed loads for neighbouring provisions, and no vehicle goes on to a second one: what "
        "sharing is worth",
        children,
        policy,
        int(_on_roll(children).sum()),
        sharing=False,
    )


def _pick_up_points(children: pd.DataFrame, policy: Policy, on: date) -> PolicyOption:
    """Gather older children who can walk a little at points that several of them share."""
    metres = parameter("routes_option_pick_up_metres", on).value
    able = (
        _on_roll(children)
        & children["phase"].astype(str).isin(OLDER).to_numpy()
        & ~children["wheelchair"].to_numpy(bool)
        & ~children["solo"].to_numpy(bool)
    )
    out = children.copy()
    gathered = 0
    for _, group in children[able].groupby("provision", sort=True):
        at = group.index.to_numpy()
        points = group[["easting", "northing"]].to_numpy(float)
        for stop, members in _gathered(points, metres / DETOUR):
            for column in ("easting", "northing", "node"):
                out.loc[at[members], column] = children.loc[at[stop], column]
            gathered += len(members)
    return PolicyOption(
        "pick_up_points",
        "Pick-up points",
        f"Secondary and post-16 children who use no wheelchair and need not travel alone walk up "
        f"to {metres:.0f} metres to a point shared with others for the same provision",
        out,
        policy,
        gathered,
    )


def _gathered(
    points: npt.NDArray[np.float64], reach_metres: float
) -> list[tuple[int, npt.NDArray[np.int64]]]:
    """Return stops (one of the points) and who walks to each: the fullest stop first."""
    from scipy.spatial import KDTree  # noqa: PLC0415 (slow to import)

    if len(points) < 2:
        return []
    tree = KDTree(points)
    near = [tree.query_ball_point(point, reach_metres) for point in points]
    left = np.ones(len(points), dtype=bool)
    stops: list[tuple[int, npt.NDArray[np.int64]]] = []
    while True:
        counts = [sum(left[members]) if left[stop] else 0 for stop, members in enumerate(near)]
        stop = int(np.argmax(counts))
        if counts[stop] < 2:
            return stops
        members = np.array([one for one in near[stop] if left[one]], dtype=np.int64)
        left[members] = False
        stops.append((stop, members))


def _travel_training(children: pd.DataFrame, policy: Policy, on: date, seed: int) -> PolicyOption:
    share = parameter("routes_option_training_share", on).value
    able = (
        _on_roll(children)
        & children["phase"].astype(str).isin(OLDER).to_numpy()
        & ~children["wheelchair"].to_numpy(bool)
        & ~children["solo"].to_numpy(bool)
        & ~children["assistant"].to_numpy(bool)
        & (children["travels"].astype(str) == "daily").to_numpy()
    )
    trained = _some(able, share, seed)
    each, once = (
        parameter(name, on).value
        for name in ("routes_option_pass_gbp", "routes_option_training_gbp")
    )
    return PolicyOption(
        "travel_training",
        "Independent travel training",
        f"{share:.0%} of secondary and post-16 children who need neither wheelchair, assistant nor "
        "a vehicle to themselves learn to travel by public transport, with a pass",
        children.assign(walks=children["walks"].to_numpy(bool) | trained),
        policy,
        int(trained.sum()),
        own_gbp_a_year=each * trained.sum(),
        one_off_gbp=once * trained.sum(),
    )
