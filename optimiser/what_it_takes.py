"""What would have to be true for a rejected option to win: its capital, and what its places cost.

Both are one price of the option's own, so a change of it by so much moves the cost of a plan that
opens it by so much times a weight, and moves no plan without it. From the interval of what forcing
it in costs follow two prices: at one it wins for certain, above the other it cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimiser.costs import charges
from optimiser.openings_held import POUND

if TYPE_CHECKING:
    from optimiser.kinds import Array
    from optimiser.openings_held import Interval
    from optimiser.problem import Problem


@dataclass(frozen=True)
class BreakEven:
    """The price at which a rejected option would win.

    Parameters
    ----------
    now_gbp
        What it is in the case, £.
    wins_at_gbp
        At this price, or less, it is in a best plan: proven. None where no price of nought or more
        is low enough to prove it.
    loses_above_gbp
        Above this it is in no best plan: proven. None where that is not proven.
    """

    now_gbp: float
    wins_at_gbp: float | None
    loses_above_gbp: float | None


def capital_to_win(
    problem: Problem, o: int, cost: Interval, decided: dict[str, Array] | None
) -> BreakEven | None:
    """Return the capital at which an option would win; None where it costs nothing to build.

    Cheaper building also leaves more of a budget of capital to others, so where one limits the
    option nothing is proven of the price above which it loses.

    Parameters
    ----------
    problem
        The problem.
    o
        Position of the option.
    cost
        Of forcing it in, £ of present value.
    decided
        The plan found with it forced in.
    """
    now = float(problem.options["capital_gbp"].iloc[o])
    if now <= 0:
        return None
    worth = _worth_of_capital(problem)[o] / now
    years = np.flatnonzero(problem.can_open()[o])
    opens = None if decided is None else np.flatnonzero(decided["open"][o] > 0.5)
    least = float(worth[opens[0]]) if opens is not None and len(opens) else 0.0
    scenario = problem.scenario
    free = (
        scenario.capital_budget_gbp is None
        and not scenario.capital_budget_by_year_gbp
        and problem.options["funding"].iloc[o] not in scenario.capital_budget_by_grant_gbp
    )
    return _break_even(now, cost, least, float(worth[years].max()), two_sided=free)


def annual_cost_to_win(
    problem: Problem, o: int, cost: Interval, decided: dict[str, Array] | None
) -> BreakEven | None:
    """Return what a child in one of its places may cost a year for an option to win.

    The price counts for each added place in use, to the end of the stay of the child who is in it
    when the years of the plan end. None for an option that adds no place.

    Parameters
    ----------
    problem, o, cost, decided
        See :func:`capital_to_win`.
    """
    weight = child_years(problem)[o]
    most = float((problem.added[o].max(axis=0) * weight).sum())
    q = problem.option_taught.loc[problem.option_taught["o"] == o, "q"].to_numpy(np.int64)
    if most <= 0 or not len(q):
        return None
    now = float(problem.annual_cost[q, 0].mean())
    used = 0.0 if decided is None else float((decided["in_use"][o] * weight).sum())
    return _break_even(now, cost, used, most, two_sided=True)


def child_years(problem: Problem) -> Array:
    """Return (O, T) £ of present value of £1 a year for each added place in use that year.

    In the last year of the plan it goes on until the child there has left.
    """
    (stays,) = [one for one in charges(problem) if one.term == "drawn_from_mainstream"]
    weight: Array = stays.there[stays.kind] @ problem.discount
    return weight


def _worth_of_capital(problem: Problem) -> Array:
    """Return (O, T) £ of present value of building it to open in each year, less what is left."""
    found = np.zeros((len(problem.options), problem.horizon))
    for one in charges(problem):
        if one.term in {"capital", "residual"}:
            found += one.present_value(problem.discount)
    return found


def _break_even(
    now: float, cost: Interval, least: float, most: float, *, two_sided: bool
) -> BreakEven:
    """Return the prices at which £ of cost are made up, where each £1 of price is worth so much."""
    wins = now - max(cost.high, 0.0) / least if least > 0 and np.isfinite(cost.high) else -np.inf
    loses = None
    if two_sided and most > 0 and cost.low > POUND and np.isfinite(cost.low):
        loses = max(0.0, now - cost.low / most)
    return BreakEven(now, wins if wins >= 0 else None, loses)
