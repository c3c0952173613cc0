"""What a method had found, and when: a file of events, one JSON object a line, that outlives it."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CPU, WALL = "cpu", "wall"
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds() -> float:
    """Return processor seconds of this process and of those that it started, ended or running."""
    spent = os.times()
    total = spent.user + spent.system + spent.children_user + spent.children_system
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    for child in children.read_text().split() if children.exists() else ():
        try:
            after_name = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended in between
            continue
        total += (int(after_name[11]) + int(after_name[12])) / TICKS
    return total


class Tell:
    """Writes events, each stamped with wall and processor seconds since the method began.

    Parameters
    ----------
    path
        File to add to, event by event, so that a method that is stopped leaves what it told.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.begin()
        self.best, self.bound = float("inf"), -float("inf")

    def begin(self) -> None:
        """Start the clocks."""
        self.started, self.cpu_before = time.monotonic(), cpu_seconds()

    def seconds(self) -> float:
        """Return the wall seconds since the clocks were started."""
        return time.monotonic() - self.started

    def event(self, kind: str, **facts: Any) -> None:
        """Write an event."""
        told = {"kind": kind, WALL: self.seconds(), CPU: cpu_seconds() - self.cpu_before, **facts}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")

    def sizes(self, variables: int, rows: int) -> None:
        """Tell how large the model is."""
        self.event("sizes", variables=variables, rows=rows)

    def built(self, seconds: float | None = None) -> None:
        """Tell that the solver holds the model now, or that building took so many seconds."""
        self.event("built", build_seconds=seconds)

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


def read_trail(path: Path, clock: str = WALL) -> Trail:
    """Return the events of a file; a line cut short by the end of its writer is left out.

    Parameters
    ----------
    path
        The file of events; where there is none, nothing was found.
    clock
        ``wall`` or ``cpu``: which seconds to read.
    """
    plans, bounds = [], []
    held: dict[str, Any] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            told = json.loads(line)
        except ValueError:
            continue
        clocks = {WALL: told.pop(WALL), CPU: told.pop(CPU)}
        kind, when = told.pop("kind"), clocks[clock]
        if kind == "plan":
            plans.append((when, told["cost"]))
        elif kind == "bound":
            bounds.append((when, told["bound"]))
        else:
            if kind == "ended":
                told["seconds"] = when
            elif kind == "built" and told["build_seconds"] is None:
                told["build_seconds"] = when
            held |= told
    return Trail(plans=plans, bounds=bounds, **held)
