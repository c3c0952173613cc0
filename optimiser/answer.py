"""What a solve is asked for and what it answers: settings, progress, proof, and how it may fail."""

from __future__ import annotations

import math
import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optimiser.hold import Held
    from optimiser.kinds import Array


class Termination(StrEnum):
    """How a solve ended. ``optimal`` means proven within the gap that was asked for."""

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    STOPPED = "stopped"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True)
class Settings:
    """What the machine may do; no part of the policy.

    Parameters
    ----------
    gap
        Relative gap of the objective at which a plan counts as proven.
    time_limit_seconds
        Wall time for one solve (inf: none).
    threads
        Threads that HiGHS may use.
    seed
        Random seed of HiGHS.
    """

    gap: float = 0.001
    time_limit_seconds: float = float("inf")
    threads: int = 2
    seed: int = 0


@dataclass(frozen=True)
class Progress:
    """Where a solve stands: seconds, best cost (inf: none yet), bound and gap."""

    seconds: float
    cost_gbp: float
    bound_gbp: float
    gap: float


@dataclass(frozen=True)
class Proof:
    """What is proven of a plan.

    Parameters
    ----------
    termination
        How the search ended.
    cost_gbp
        Objective of the rounded, re-solved plan, £ of present value.
    bound_gbp
        No plan costs less than this.
    independent_bound_gbp
        The same claim worked out without a solver (:mod:`optimiser.lagrangian`); -inf where it
        was not.
    """

    termination: Termination
    cost_gbp: float
    bound_gbp: float
    independent_bound_gbp: float = float("-inf")

    @property
    def gap(self) -> float:
        """Relative gap of the objective."""
        return relative_gap(self.cost_gbp, self.bound_gbp)


def relative_gap(cost_gbp: float, bound_gbp: float) -> float:
    """Return by how much of a plan's cost a cheaper one may cost less.

    >>> relative_gap(200.0, 199.0), relative_gap(200.0, 201.0)
    (0.005, 0.0)
    >>> relative_gap(float("inf"), float("inf"))
    inf
    """
    if math.isinf(cost_gbp):
        return math.inf
    return max(0.0, cost_gbp - bound_gbp) / max(abs(cost_gbp), 1e-9)


@dataclass(frozen=True)
class Answer:
    """The decisions of a solve, by family, as (rows, years) arrays, and the proof."""

    proof: Proof
    decided: dict[str, Array]
    build_seconds: float
    solve_seconds: float
    numerics: tuple[str, ...]
    held: Held | None = None


class NoPlan(Exception):  # noqa: N818
    """No plan satisfies the rules; carries which rules clash, in plain words."""

    def __init__(self, clashes: tuple[str, ...]) -> None:
        self.clashes = clashes
        super().__init__("no plan satisfies the rules:\n" + "\n".join(clashes))


class OutOfTime(Exception):  # noqa: N818
    """Time ran out (or the run was stopped) before any plan was found."""

    def __init__(self, termination: Termination) -> None:
        self.termination = termination
        what = "time ran out" if termination is Termination.TIME_LIMIT else "the run was stopped"
        super().__init__(f"{what} before any plan was found")


class Stop:
    """A wish to stop and keep the best plan so far; Ctrl-C sets it."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def on_interrupt(self) -> Iterator[Stop]:
        """Turn Ctrl-C into a wish to stop; a second one ends the run at once."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return

        def ask(_number: int, _frame: object) -> None:
            if self.asked:
                raise KeyboardInterrupt
            self.asked = True

        before = signal.signal(signal.SIGINT, ask)
        try:
            yield self
        finally:
            signal.signal(signal.SIGINT, before)
