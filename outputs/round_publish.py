"""The round's run folder: tables, workbook, pages and manifest, whole or not at all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from outputs.publish import MANIFEST, SUMMARY, write_csv, write_folder, write_json
from outputs.round_pages import child_pages, render_round
from outputs.round_public import publish_round_safely
from outputs.round_workbook import write_round_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outputs.round_report import RoundReport

KIND = "round"


def publish_round(
    report: RoundReport,
    out: Path,
    *,
    manifest: Mapping[str, Any],
    public: bool = False,
    pages: bool = False,
    models: Mapping[str, bytes] | None = None,
    force: bool = False,
) -> Path:
    """Write the run folder of a round, whole or not at all.

    Parameters
    ----------
    report
        What the round found.
    out
        The folder. An earlier round's is replaced.
    manifest
        Hashes of the inputs, settings, versions and times.
    public
        Totals alone, in every file.
    pages
        Whether to write a page for each child (never in the public version).
    models
        Files of the model by name, to be written under ``model/`` (never in the public version).
    force
        Replace a folder that holds something else.

    Raises
    ------
    InputError
        When the folder holds something else and ``force`` is off, or cannot be written.
    """
    shown = publish_round_safely(report) if public else report

    def fill(folder: Path) -> None:
        began = time.monotonic()
        (folder / "tables").mkdir()
        for name, table in shown.tables.items():
            write_csv(folder / "tables" / f"{name}.csv", table, shown.run_id)
        write_round_workbook(shown, folder / "round.xlsx")
        _write(folder / "report.html", render_round(shown))
        if pages and not shown.public:
            (folder / "children").mkdir()
            for name, text in child_pages(shown):
                _write(folder / "children" / name, text)
        if models and not shown.public:
            (folder / "model").mkdir()
            for name, content in models.items():
                (folder / "model" / name).write_bytes(content)
        seconds = dict(shown.summary["seconds"])
        seconds["publish"] = seconds.get("publish", 0.0) + time.monotonic() - began
        told = {"seconds": seconds, "run_id": shown.run_id}
        write_json(folder / SUMMARY, shown.summary | told)
        facts = {"run_id": shown.run_id, "kind": KIND, "public": shown.public} | dict(manifest)
        write_json(folder / MANIFEST, facts)  # last: a folder that has one is whole

    return write_folder(out, fill, kind=KIND, force=force)


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
