"""What differs between two plans of a problem: money, children and openings, each as found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from optimiser.answer import Answer
from optimiser.audit import AuditFailed, audit
from optimiser.plan import plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from optimiser.answer import Proof
    from optimiser.kinds import Array
    from optimiser.plan import Plan
    from optimiser.problem import Problem


@dataclass(frozen=True)
class Effect:
    """What differs between the plan found for a question and the plan, each as found.

    Parameters
    ----------
    purses
        Purse (``dsg``, ``general_fund``, ``capital``) to £ of present value more, to the end of
        each stay, the value of buildings left taken off.
    policy_weight_gbp
        Policy weights more. Not money.
    by_class
        Class to entrants placed more, over the years of the plan.
    unplaced
        Child-years without a place more.
    opens, shuts
        Options that it opens and the plan does not, and the other way round.
    moves
        Options in both, opened in another year: option to (plan's year, its own).
    """

    purses: dict[str, float]
    policy_weight_gbp: float
    by_class: dict[str, float]
    unplaced: float
    opens: tuple[str, ...]
    shuts: tuple[str, ...]
    moves: dict[str, tuple[int, int]]


def effect_of(
    problem: Problem,
    plan: Plan,
    mine: Mapping[str, int],
    other: Plan,
    theirs: Mapping[str, int],
) -> Effect:
    """Return what differs in another plan.

    Parameters
    ----------
    problem
        The problem of both.
    plan, mine
        The plan, and option to the year in which it opens it.
    other, theirs
        The other plan, likewise.
    """
    before, after = _purses(plan), _purses(other)
    placed = _by_class(problem, other).sub(_by_class(problem, plan), fill_value=0.0).to_dict()
    return Effect(
        {purse: after[purse] - before[purse] for purse in before if purse != "none"},
        after["none"] - before["none"],
        {str(kind): float(children) for kind, children in placed.items()},
        float(other.unplaced["children"].sum() - plan.unplaced["children"].sum()),
        tuple(sorted(set(theirs) - set(mine))),
        tuple(sorted(set(mine) - set(theirs))),
        {
            name: (mine[name], theirs[name])
            for name in sorted(set(mine) & set(theirs))
            if mine[name] != theirs[name]
        },
    )


def audited(problem: Problem, decided: dict[str, Array], proof: Proof) -> Plan:
    """Return the plan of some decisions, once it holds what it says.

    Leaving out and forcing in break no rule of the problem, so it is audited against that.

    Raises
    ------
    AuditFailed
        When it does not hold what it says.
    """
    plan = plan_of(problem, Answer(proof, decided, 0.0, 0.0, ()))
    found = audit(problem, plan)
    if not found.passed:
        raise AuditFailed(found)
    return plan


def _purses(plan: Plan) -> dict[str, float]:
    """Return purse to £ of present value, horizon and later years; ``none`` are policy weights."""
    whole = plan.money.groupby("purse")["pv_gbp"].sum()
    return {
        purse: float(whole.get(purse, 0.0)) for purse in ("dsg", "general_fund", "capital", "none")
    }


def _by_class(problem: Problem, plan: Plan) -> pd.Series[float]:
    """Return class to entrants placed over the years of the plan."""
    kinds = problem.provisions.set_index("provision")["class"]
    placed = plan.placements
    totals: pd.Series[float] = placed.groupby(placed["provision"].map(kinds))["children"].sum()
    return totals
