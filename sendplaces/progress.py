"""How far the work is, on standard error: a bar where a person looks on, lines where none does."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import TaskID

    from optimiser.solve import Progress

LINE_EVERY_SECONDS = 10.0


def searching_text(progress: Progress) -> str:
    """Return where a search stands, in words.

    The cost is the whole cost of the plan so far; how far it can still be from the best is told
    beside it.
    """
    if not math.isfinite(progress.cost_gbp):
        return "looking for a first plan"
    best = f"best plan £{progress.cost_gbp / 1e6:,.1f}m"
    if not math.isfinite(progress.bound_gbp):
        return best
    return f"{best}, at most {max(0.0, progress.gap):.2%} above the least possible"


class Shown:
    """Tells a person on standard error; use as a context."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bars: Bars | None = None
        self._task: TaskID | None = None
        self._stage = ""
        self._last = 0.0
        if self._console.is_terminal:
            self._bars = Bars(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TimeElapsedColumn(),
                console=self._console,
                transient=False,
            )

    def __enter__(self) -> Self:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            if self._task is not None and kind is None:
                self._bars.update(self._task, total=1, completed=1)
            self._bars.stop()

    def stage(self, name: str) -> None:
        """Begin a stage."""
        self._stage, self._last = name, time.monotonic()
        if self._bars is None:
            self._console.print(name, highlight=False)
            return
        if self._task is not None:
            self._bars.update(self._task, total=1, completed=1)
        self._task = self._bars.add_task(name, total=None)

    def part(self, share: float) -> None:
        """Move the bar of the stage."""
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, total=1.0, completed=share)

    def searching(self, progress: Progress) -> None:
        """Tell where a search stands."""
        text = searching_text(progress)
        if self._bars is not None and self._task is not None:
            self._bars.update(self._task, description=f"{self._stage}: {text}")
        elif time.monotonic() - self._last > LINE_EVERY_SECONDS:
            self._last = time.monotonic()
            self._console.print(f"  {text}", highlight=False)
