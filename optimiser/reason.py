"""A reason: what is known of why one option is in the plan, or is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimiser.answer import Proof
    from optimiser.changes import Change
    from optimiser.effects import Effect
    from optimiser.kinds import Array
    from optimiser.more_places import MorePlaces
    from optimiser.obstacles import Obstacle
    from optimiser.openings_held import Interval
    from optimiser.what_it_takes import BreakEven


@dataclass(frozen=True)
class Asked:
    """One question and its answer.

    Parameters
    ----------
    change
        What was asked.
    proof
        Termination, cost and bound of the changed problem.
    cost
        How much dearer the best plan is: never below nought, for a choice was taken away.
    seconds
        Wall time of the last answer to it.
    effect
        What else differs; None where no plan was found.
    decided
        The plan found.
    """

    change: Change
    proof: Proof
    cost: Interval
    seconds: float
    effect: Effect | None
    decided: dict[str, Array] | None


@dataclass(frozen=True)
class Reason:
    """Why an option is in the plan, or is not.

    Parameters
    ----------
    option
        Its key.
    year
        The year in which the plan opens it; None where it does not.
    cannot
        Why it is not the plan's to choose; then nothing else is asked.
    asked
        The cost of leaving it out, or of forcing it in; None where there was no time.
    later
        The cost of opening it a year later than the plan does, at the soonest.
    in_the_way
        Rules that it would break beside the plan as it stands.
    capital, annual
        For one rejected, what would have to be true of its price.
    more_places
        For one rejected that adds places, with how many more for the same money it would win.
    """

    option: str
    year: int | None
    cannot: Obstacle | None = None
    asked: Asked | None = None
    later: Asked | None = None
    in_the_way: tuple[Obstacle, ...] = ()
    capital: BreakEven | None = None
    annual: BreakEven | None = None
    more_places: MorePlaces | None = None

    @property
    def chosen(self) -> bool:
        """Whether the plan opens it."""
        return self.year is not None


@dataclass(frozen=True)
class Reasons:
    """The reasons of a plan.

    Parameters
    ----------
    reasons
        One for each option, in the order of the case.
    plan
        What is known of the plan's own problem in the end: the best cost and bound found.
    found
        What the plan that was asked about proved.
    better
        Openings of a cheaper plan that a question brought to light; None where there was none.
    seconds
        Wall time in all.
    """

    reasons: tuple[Reason, ...]
    plan: Proof
    found: Proof
    better: dict[str, int] | None
    seconds: float
