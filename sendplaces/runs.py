"""What every long command needs: who is told, the clock, the version, and care for the inputs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from optimiser.solve import Progress


class Tell(Protocol):
    """Somebody who is told how far the work is."""

    def stage(self, name: str) -> None:
        """Say that a stage begins."""

    def part(self, share: float) -> None:
        """Say how much of the stage is done, from 0 to 1."""

    def searching(self, progress: Progress) -> None:
        """Say where a search stands."""


class Silence:
    """Nobody is told anything."""

    def stage(self, name: str) -> None:
        """Say nothing."""

    def part(self, share: float) -> None:
        """Say nothing."""

    def searching(self, progress: Progress) -> None:
        """Say nothing."""


@dataclass
class Clock:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def lap(self, stage: str) -> None:
        """Count the time since the last lap to a stage."""
        now = time.monotonic()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self.started
        self.started = now


def installed_version(name: str) -> str:
    """Return the version of an installed package, or that it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def product_version() -> str:
    """Return the version of the installed product."""
    return installed_version("sendplaces")


def spare_inputs(out: Path, supplied: tuple[str | Path | None, ...]) -> None:
    """Check that writing a run would not remove what the run reads.

    A run folder takes the place of what is there, so it may not be, or hold, the case, the
    scenario or the network; nor the folder that the user works in, or their home.

    Raises
    ------
    InputError
        Naming what would be lost; ``--force`` does not help.
    """
    folder = out.resolve()
    kept = [Path(one) for one in supplied if one is not None and Path(one).exists()]
    for one in (*kept, Path.cwd(), Path.home()):
        whole = one.resolve()
        if whole == folder or folder in whole.parents:
            raise InputError(
                [Fault(str(out), f"holds {one}, which the run would replace",
                       "Name another folder with --out")]
            )  # fmt: skip
