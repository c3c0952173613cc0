"""What a method had found, and when: a file of events, one JSON object a line, that outlives it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


class Tell:
    """Writes events, each stamped with the seconds since the method began.

    Parameters
    ----------
    path
        File to add to, event by event, so that a method that is stopped leaves what it told.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.started = time.monotonic()
        self.best, self.bound = float("inf"), -float("inf")

    def begin(self) -> None:
        """Start the clock."""
        self.started = time.monotonic()

    def seconds(self) -> float:
        """Return the seconds since the clock was started."""
        return time.monotonic() - self.started

    def event(self, kind: str, **facts: Any) -> None:
        """Write an event."""
        told = {"kind": kind, "seconds": self.seconds(), **facts}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")

    def sizes(self, variables: int, rows: int) -> None:
        """Tell how large the model is."""
        self.event("sizes", variables=variables, rows=rows)

    def built(self, seconds: float | None = None) -> None:
        """Tell that the solver holds the model now, or held it after so many seconds."""
        self.event("built", build_seconds=self.seconds() if seconds is None else seconds)

    def found(self, cost: float, bound: float) -> None:
        """Tell the best plan and the best bound; nothing is written unless one got better."""
        step = 1e-9 * max(1.0, abs(cost) if abs(cost) < 1e18 else 1.0)
        if abs(cost) < 1e18 and cost < self.best - step:
            self.best = cost
            self.event("plan", cost=cost)
        if abs(bound) < 1e18 and bound > self.bound + step:
            self.bound = bound
            self.event("bound", bound=bound)

    def ended(self, how: str, peak_gib: float) -> None:
        """Tell how the method ended, and the most memory it held."""
        self.event("ended", how=how, peak_gib=peak_gib)


@dataclass(frozen=True)
class Trail:
    """The events of one method, read back.

    Parameters
    ----------
    plans, bounds
        (seconds, £) of each better plan, and of each better bound.
    variables, rows, build_seconds, peak_gib
        None where the method did not get so far.
    how, seconds
        How it ended and when; ``how`` is None where it was stopped from outside.
    """

    plans: list[tuple[float, float]] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)
    variables: int | None = None
    rows: int | None = None
    build_seconds: float | None = None
    peak_gib: float | None = None
    how: str | None = None
    seconds: float | None = None

    @property
    def cost(self) -> float:
        """Cost of the best plan (inf: none)."""
        return min((cost for _, cost in self.plans), default=float("inf"))

    @property
    def bound(self) -> float:
        """Best bound (-inf: none)."""
        return max((bound for _, bound in self.bounds), default=-float("inf"))

    def seconds_to(self, cost: float) -> float | None:
        """Return the seconds to the first plan of this cost or less, or None."""
        return next((when for when, found in self.plans if found <= cost), None)


def read_trail(path: Path) -> Trail:
    """Return the events of a file; a line cut short by the end of its writer is left out."""
    plans, bounds = [], []
    held: dict[str, Any] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        kind, when = told.pop("kind"), told.pop("seconds")
        if kind == "plan":
            plans.append((when, told["cost"]))
        elif kind == "bound":
            bounds.append((when, told["bound"]))
        else:
            held |= told | ({"seconds": when} if kind == "ended" else {})
    return Trail(plans=plans, bounds=bounds, **held)
