"""The folder of a routed comparison: every file, written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outputs.publish import MANIFEST, SUMMARY, write_csv, write_folder, write_json
from outputs.routes_lines import geojson, gpx
from outputs.routes_tables import AFTER, BEFORE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from outputs.routes_report import RoutesReport


def publish_routes(
    report: RoutesReport,
    out: Path,
    *,
    manifest: Mapping[str, Any],
    fragments: Mapping[str, str],
    force: bool = False,
    also: Callable[[Path], None] | None = None,
) -> Path:
    """Write the folder.

    Parameters
    ----------
    report
        What was found; its public version where small numbers must not be shown.
    out
        The folder; earlier routes are replaced.
    manifest
        What was put in, for ``manifest.json``.
    fragments
        Name to text of the files that ``plan`` takes.
    force
        Replace a folder of another kind.
    also
        Writes more into the folder before the manifest, such as the plan of the best round.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        When the folder holds something else and ``force`` is off, or cannot be written.
    """

    def write(folder: Path) -> None:
        write_routes(report, folder, fragments)
        if also is not None:
            also(folder)
        facts = {"run_id": report.run_id, "kind": "routes", "public": report.public}
        write_json(folder / MANIFEST, facts | dict(manifest))  # last: a folder with one is whole

    return write_folder(out, write, kind="routes", force=force)


def write_routes(report: RoutesReport, folder: Path, fragments: Mapping[str, str]) -> None:
    """Write every file but the manifest into an existing folder."""
    from outputs.routes_geopackage import write_routes_geopackage  # noqa: PLC0415 - heavy
    from outputs.routes_page import render  # noqa: PLC0415
    from outputs.routes_sheets import sheets  # noqa: PLC0415
    from outputs.routes_workbook import write_routes_workbook  # noqa: PLC0415

    tables = folder / "tables"
    tables.mkdir()
    for name, table in report.tables.items():
        write_csv(tables / f"{name}.csv", table, report.run_id)
    write_routes_workbook(report, folder / "routes.xlsx")
    _text(folder / "routes.html", render(report))
    for name, text in fragments.items():
        _text(folder / name, text)
    if not report.public:
        write_routes_geopackage(report, folder / "routes.gpkg")
        _exports(report, folder / "export")
        pages = sheets(report)
        if pages:
            (folder / "sheets").mkdir()
        for key, page in pages.items():
            _text(folder / "sheets" / f"{key}.html", page)
    write_json(folder / SUMMARY, report.summary)


def _exports(report: RoutesReport, folder: Path) -> None:
    """Write the lines as GeoJSON, both sides together, and as GPX, a file a side."""
    folder.mkdir()
    text = geojson(report.lines, attribution=report.attribution, run_id=report.run_id)
    _text(folder / "routes.geojson", text)
    for side, name in ((BEFORE, "do-minimum"), (AFTER, "plan")):
        some = report.lines[report.lines["side"] == side]
        title = f"{report.planned.case_name}: routes, {name}"
        text = gpx(some, title=title, attribution=report.attribution)
        _text(folder / f"routes-{name}.gpx", text)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
