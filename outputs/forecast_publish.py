"""The folder of a forecast: every file of it, put there at once or not at all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from inputs.demand.draws import FILE_NAME
from outputs.publish import MANIFEST, SUMMARY, write_csv, write_folder, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outputs.forecast_report import ForecastReport

FORECAST = "forecast"
PAGE, WORKBOOK = "forecast.html", "forecast.xlsx"
ENTRANTS = "tables/entrants.csv"


def publish_forecast(
    report: ForecastReport,
    out: Path,
    *,
    manifest: Mapping[str, Any],
    seconds: Mapping[str, float],
    force: bool = False,
) -> Path:
    """Write the folder of a forecast.

    Parameters
    ----------
    report
        What to write; its public version where small numbers must not be shown.
    out
        The folder. An earlier forecast is replaced.
    manifest
        Hashes of the inputs, settings, versions and times, for ``manifest.json``.
    seconds
        Wall time by step so far.
    force
        Replace a folder that is not an earlier forecast.

    Raises
    ------
    InputError
        When the folder holds something else and ``force`` is off, or cannot be written.
    """

    def fill(folder: Path) -> None:
        write_forecast_files(report, folder, manifest, seconds)

    return write_folder(out, fill, kind=FORECAST, force=force)


def write_forecast_files(
    report: ForecastReport, folder: Path, manifest: Mapping[str, Any], seconds: Mapping[str, float]
) -> None:
    """Write every file of a forecast into an existing folder, the manifest last."""
    from outputs.forecast_page import write_forecast_page  # noqa: PLC0415 - heavy, and only here
    from outputs.forecast_workbook import write_forecast_workbook  # noqa: PLC0415

    began = time.monotonic()
    for name, tables in (("tables", report.tables), ("returns", report.returns)):
        if not tables:
            continue
        (folder / name).mkdir()
        for key, table in tables.items():
            write_csv(folder / name / f"{key}.csv", table, report.run_id)
    if report.draws is not None:
        report.draws.save(folder / FILE_NAME)
    write_forecast_workbook(report, folder / WORKBOOK)
    write_forecast_page(report, folder / PAGE)
    spent = dict(seconds)
    spent["publish"] = spent.get("publish", 0.0) + time.monotonic() - began
    write_json(folder / SUMMARY, report.summary | {"seconds": spent, "run_id": report.run_id})
    facts = {"run_id": report.run_id, "kind": FORECAST, "public": report.public}
    write_json(folder / MANIFEST, facts | dict(manifest))  # last: a folder that has one is whole
