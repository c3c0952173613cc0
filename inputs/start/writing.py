"""Write a case that was made as a folder: tables, facts, notes, evidence, basis of demand."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from inputs.errors import Fault, InputError
from inputs.schemas import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from inputs.start.start import StartedCase

FACTS, NOTES, BASIS, DRAWS = "case.toml", "case-notes.md", "demand.npz", "draws.npz"
EVIDENCE = "evidence"


def write_case(case: StartedCase, out: Path, *, force: bool = False) -> Path:
    """Write a case folder whole, or leave what was there.

    Parameters
    ----------
    case
        What was made.
    out
        The folder; it must not be there, or be empty, unless forced.
    force
        Replace the case that is there. Only a folder that holds a case is replaced, and in it only
        the files of a case.

    Raises
    ------
    InputError
        When the folder is in use.
    OSError
        When it cannot be written; nothing half-written is left.
    """
    check_out(out, force=force)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as holding:
        made = Path(holding) / out.name
        made.mkdir()
        _fill(case, made)
        if out.exists():
            _replace(made, out)
        else:
            made.rename(out)
    return out


def check_out(out: Path, *, force: bool) -> None:
    """Refuse a folder that is in use, before any work is done.

    Raises
    ------
    InputError
        When it is a file, or holds something and is not to be replaced, or holds no case.
    """
    fault: Fault | None = None
    if out.exists() and not out.is_dir():
        fault = Fault(str(out), "is a file", "Choose another --out")
    elif out.is_dir() and any(out.iterdir()):
        if not force:
            fault = Fault(str(out), "is there already", "Choose another --out, or say --force")
        elif not (out / FACTS).is_file():
            fault = Fault(
                str(out),
                "holds no case, and is not replaced even by --force",
                "Choose another --out",
            )
    if fault is not None:
        raise InputError([fault])


def _fill(case: StartedCase, folder: Path) -> None:
    for name, rows in case.tables.items():
        if not len(rows):
            continue
        if isinstance(rows, pd.DataFrame):
            frame = rows[[column for column in TABLES[name].columns() if column in rows]]
            frame.to_csv(
                folder / f"{name}.csv", index=False, float_format="%.9g", lineterminator="\n"
            )
        else:
            _write_rows(folder / f"{name}.csv", TABLES[name].columns(), rows)
    facts = (
        f'name = "{case.authority.name}"',
        f"base_year = {case.base_year}",
        f"price_year = {case.price_year}",
        f"horizon_years = {case.horizon_years}",
        'crs = "EPSG:27700"',
    )
    (folder / FACTS).write_text("\n".join(facts) + "\n", encoding="utf-8")
    (folder / NOTES).write_text(case.notes, encoding="utf-8")
    case.basis.save(folder / BASIS)
    if case.draws is not None:
        case.draws.save(folder / DRAWS)
    evidence = folder / EVIDENCE
    evidence.mkdir()
    if case.margins is not None:
        case.margins.to_csv(
            evidence / "margins.csv", index=False, float_format="%.0f", lineterminator="\n"
        )
    keys = ["placement", "need", "age"]
    placements = case.children.rows.groupby(keys, as_index=False)["children"].sum()
    placements.to_csv(evidence / "placements.csv", index=False, lineterminator="\n")


def _write_rows(path: Path, columns: Iterable[str], rows: list[dict[str, Any]]) -> None:
    """Write rows under the headings of the contract, those that no row fills left out."""
    kept = [column for column in columns if any(str(row.get(column, "")) != "" for row in rows)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(
            stream, kept, restval="", extrasaction="ignore", lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows({key: _plain(value) for key, value in row.items()} for row in rows)


def _plain(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _replace(made: Path, out: Path) -> None:
    """Put the files that were made in the place of those of the case that was there."""
    for name in TABLES:
        if not (made / f"{name}.csv").exists():
            (out / f"{name}.csv").unlink(missing_ok=True)
    for name in (DRAWS, f"{EVIDENCE}/margins.csv"):
        if not (made / name).exists():
            (out / name).unlink(missing_ok=True)
    for path in sorted(made.rglob("*")):
        at = out / path.relative_to(made)
        if path.is_dir():
            at.mkdir(exist_ok=True)
        else:
            path.replace(at)
