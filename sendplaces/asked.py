"""What every question to a plan leaves in its manifest, and the settings it is asked with."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sendplaces.runs import product_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geo.travel import TravelTable
    from inputs.case import Case
    from inputs.scenario import Scenario
    from optimiser.answer import Settings

PACKAGES = ("highspy", "pyomo", "pandas", "numpy", "scipy")


def manifest_of(
    case: Case,
    scenario: Scenario,
    travel: TravelTable,
    settings: Settings,
    started: datetime,
    asked: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what anyone needs to ask the same question again.

    Parameters
    ----------
    case, scenario, travel
        What was read.
    settings
        Gap, time limit, threads and seed.
    started
        When the work began.
    asked
        What was asked besides, by the names of the command line.
    """
    limit = settings.time_limit_seconds
    return {
        "asked": dict(asked),
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
        | {name: version(name) for name in PACKAGES},
        "started": started.isoformat(timespec="seconds"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
