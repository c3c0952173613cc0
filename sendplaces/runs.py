"""What every long command needs: who is told, the clock, the version, and care for the inputs."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.travel import TravelTable
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.answer import Settings
    from optimiser.solve import Progress

PACKAGES = ("highspy", "pyomo", "pandas", "numpy", "scipy")
"""What every plan rests on, and whose versions a manifest names."""


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


def facts_of_run(
    case: Case,
    scenario: Scenario,
    travel: TravelTable,
    settings: Settings,
    started: datetime,
    *,
    packages: Sequence[str] = PACKAGES,
) -> dict[str, Any]:
    """Return what a manifest says of everything that solves: enough to do the same again.

    Parameters
    ----------
    case, scenario, travel
        What was read.
    settings
        Gap, time limit, threads and seed.
    started
        When the work began; it ends now.
    packages
        Whose versions are named.
    """
    limit = settings.time_limit_seconds
    return {
        "inputs": [
            {"file": one.name, "sha256": one.sha256, "rows": one.rows} for one in case.sources
        ],
        "case": {
            "name": case.name,
            "base_year": case.base_year,
            "price_year": case.price_year,
            "horizon_years": case.horizon_years,
        },
        "travel": {"fingerprint": travel.fingerprint, "attribution": list(travel.attribution)},
        "scenario": scenario.model_dump(mode="json", by_alias=True),
        "settings": {
            "gap": settings.gap,
            "time_limit_seconds": None if limit == float("inf") else limit,
            "threads": settings.threads,
        },
        "seed": settings.seed,
        "versions": {"sendplaces": product_version(), "python": platform.python_version()}
        | {name: version(name) for name in packages},
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
