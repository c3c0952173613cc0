"""The folder of a sweep: its table as CSV and as a workbook, and the runs beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from outputs.publish import MANIFEST, SUMMARY, write_csv, write_json
from outputs.sheets import Book

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SWEEP = "sweep"

COLUMNS = (
    "plan",
    "case",
    "scenario",
    "demand",
    "ended",
    "cost_gbp",
    "bound_gbp",
    "gap",
    "do_minimum_cost_gbp",
    "saving_low_gbp",
    "saving_high_gbp",
    "dsg_saving_gbp",
    "general_fund_saving_gbp",
    "capital_saving_gbp",
    "capital_gbp",
    "places_opened",
    "options_opened",
    "entrants",
    "placed",
    "unplaced",
    "do_minimum_unplaced",
    "seconds",
    "begun_from",
    "plan_run_id",
    "said",
)
"""Of the table: how each plan ended, what it costs, what is proven of it. The saving of a purse
counts the horizon and what lasts beyond it; purses are never added together."""


def begin_sweep(folder: Path) -> None:
    """Mark a folder as a sweep's before its runs are written, so that it can be begun again."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / MANIFEST, {"kind": SWEEP, "finished": None})


def publish_sweep(
    summary: Mapping[str, Any],
    manifest: Mapping[str, Any],
    folder: Path,
) -> None:
    """Write the table beside the runs that are there already; the manifest last.

    Parameters
    ----------
    summary, manifest
        For the files of that name; the table is of the summary's ``rows``, of `COLUMNS`.
    folder
        Of the sweep.
    """
    table = pd.DataFrame(summary["rows"], columns=list(COLUMNS))
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    write_csv(tables / "sweep.csv", table, str(manifest["run_id"]))
    draft = folder / ".sweep.xlsx"
    book = Book(draft)
    book.table("Plans", table)
    book.close()
    draft.replace(folder / "sweep.xlsx")
    write_json(folder / SUMMARY, summary)
    write_json(folder / MANIFEST, {"kind": SWEEP} | dict(manifest))
