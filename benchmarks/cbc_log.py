"""CBC's log, read as it is written: what it had found, and when."""

from __future__ import annotations

import os
import pty
import re
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.trail import Tell

NUMBER = r"([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)"
PLANS = [
    re.compile(part.format(NUMBER))
    for part in (
        "Integer solution of {}",
        "Solution found of {}",
        "Relaxing continuous gives {}",
        "Freeing continuous variables gives a solution of {}",
        "{} best solution, best possible",
        "best objective {}",
        "^Objective value: +{}",
    )
]
BOUNDS = [
    re.compile(part.format(NUMBER))
    for part in ("Continuous objective value is {}", "best possible {}", "^Lower bound: +{}")
]
PROVEN = "Result - Optimal solution found"
NOTHING = 1e49
"""CBC's word for no plan yet is 1e+50."""


def half_of_last_digit(text: str) -> float:
    """Return how far a number can be from what was printed.

    >>> half_of_last_digit("1.93955e+08"), half_of_last_digit("12.5")
    (500.0, 0.05)
    """
    digits, _, power = text.partition("e")
    return 0.5 * 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))


class CbcLog:
    """Reads CBC's log as it is written, and tells each plan and bound in it.

    Parameters
    ----------
    tell
        Told what is found.
    always
        £ that no decision changes, which PuLP leaves out of what it hands to CBC.
    gap_gbp
        What CBC means by optimal.
    """

    def __init__(self, tell: Tell, always: float, gap_gbp: float) -> None:
        self.tell, self.always, self.gap_gbp = tell, always, gap_gbp
        self.proven = False

    def line(self, text: str) -> None:
        """Take in one line.

        CBC prints few digits of a large number: a plan counts as dear, and a bound as low, as
        what is printed can mean.
        """
        cost, bound = float("inf"), -float("inf")
        self.proven |= PROVEN in text
        for one in PLANS:
            if (found := one.search(text)) and abs(float(found[1])) < NOTHING:
                cost = min(cost, float(found[1]) + half_of_last_digit(found[1]))
        for one in BOUNDS:
            if (found := one.search(text)) and abs(float(found[1])) < NOTHING:
                bound = max(bound, float(found[1]) - half_of_last_digit(found[1]))
        if self.proven and text.startswith("Objective value"):
            bound = max(bound, cost - self.gap_gbp)
        self.tell.found(cost + self.always, bound + self.always)


@contextmanager
def output_read(line: Callable[[str], None]) -> Iterator[None]:
    """Have what this process and its own write to standard output read line by line, as it comes.

    A terminal stands in for standard output, because programs write to a file in large parts.
    """
    ours, theirs = pty.openpty()
    before = os.dup(1)

    def read() -> None:
        held = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            *whole, held = (held + part).split(b"\n")
            for one in whole:
                line(one.decode(errors="replace").strip())

    reader = threading.Thread(target=read)
    reader.start()
    sys.stdout.flush()
    os.dup2(theirs, 1)
    os.close(theirs)
    try:
        yield
    finally:
        os.dup2(before, 1)
        os.close(before)
        reader.join()
        os.close(ours)
