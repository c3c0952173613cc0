"""The folder of a run: every file of it, written beside its place and put there at once.

What a run leaves is whole or is not there: files go into a new folder next to the one asked for,
which then takes its name. An earlier run of that name is moved aside first, and put back if the
new one cannot take its place.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from inputs.errors import Fault, InputError
from outputs.privacy import publish_safely

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outputs.report import Report

LIVE = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make Excel take the text of a CSV cell for a formula."""

EARLIER = {
    "plan": "an earlier run",
    "forecast": "an earlier forecast",
    "routes": "earlier routes",
    "round": "an earlier round",
    "sweep": "an earlier sweep",
}
"""What a folder of each kind is called; any other kind is named after its command."""

MANIFEST = "manifest.json"
SUMMARY = "summary.json"


def publish(
    report: Report,
    out: Path,
    *,
    manifest: Mapping[str, Any],
    public: bool = False,
    force: bool = False,
    more: Callable[[Path], None] | None = None,
) -> Path:
    """Write the run folder, whole or not at all.

    Parameters
    ----------
    report
        What the run found.
    out
        The folder. An earlier run folder (one with a ``manifest.json``) is replaced.
    manifest
        Hashes of the inputs, settings, versions and times, for ``manifest.json``.
    public
        Hold back small numbers and leave out zones, in every file.
    force
        Replace a folder that is not a run folder.
    more
        Writes what else belongs into the folder.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        When the folder holds something else and ``force`` is off, or cannot be written.
    """
    shown = publish_safely(report) if public else report

    def fill(draft: Path) -> None:
        (draft / "tables").mkdir()
        if more is not None:
            more(draft)
        write_files(shown, draft, manifest)

    return write_folder(out, fill, kind="plan", force=force)


def write_folder(out: Path, fill: Callable[[Path], None], *, kind: str, force: bool) -> Path:
    """Write a folder, whole or not at all.

    Parameters
    ----------
    out
        The folder. An earlier one of the same kind is replaced.
    fill
        Writes every file into the empty folder it is given; ``manifest.json`` last.
    kind
        The command that leaves such folders, as ``plan``.
    force
        Replace a folder of another kind, or one that holds something else.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        When the folder holds something else and ``force`` is off, or cannot be written.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow a link to elsewhere
    check_free(out, kind=kind, force=force)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent))
    except OSError as error:
        raise InputError([_cannot_write(out, error)]) from error
    try:
        draft.chmod(0o777 & ~_umask())
        fill(draft)
        _put_in_place(draft, out)
    except OSError as error:
        raise InputError([_cannot_write(out, error)]) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return out


def check_free(out: Path, *, kind: str = "plan", force: bool = False) -> None:
    """Check that a folder may be written to: call it before the work, not after.

    Parameters
    ----------
    out
        The folder.
    kind
        The command that is to write there, as ``plan``.
    force
        Whether anything may be replaced.

    Raises
    ------
    InputError
        When it is a file, or holds something that is not an earlier one of its kind and ``force``
        is off.
    """
    if out.is_dir():
        if force or kind_of(out) == kind or not any(out.iterdir()):
            return
        what = EARLIER.get(kind, f"an earlier answer of sendplaces {kind}")
        problem = f"holds files that are not {what}"
        remedy = "Name another folder with --out, or use --force to replace it"
        raise InputError([Fault(str(out), problem, remedy)])
    if out.exists() or out.is_symlink():
        raise InputError([Fault(str(out), "is a file, not a folder", "Name another with --out")])


def kind_of(folder: Path) -> str | None:
    """Return the command that left a folder, such as plan or forecast; or None."""
    if not (folder / MANIFEST).is_file():
        return None
    try:
        facts = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return str(facts.get("kind", "plan")) if isinstance(facts, dict) else None


def _cannot_write(out: Path, error: OSError) -> Fault:
    why = error.strerror or str(error)
    return Fault(
        str(out),
        f"cannot be written ({why}); nothing was left behind",
        "Free some space, close files that are open from it, or name another folder with --out",
    )


def _umask() -> int:
    """Return the umask, which mkdtemp does not heed."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _put_in_place(draft: Path, out: Path) -> None:
    """Rename the finished folder; move an earlier one aside first, and back if that fails."""
    aside = None
    if out.exists():
        aside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".old", dir=out.parent))
        kept = aside / out.name
    try:
        if aside is not None:
            out.rename(kept)
        draft.rename(out)
    except BaseException:
        if aside is not None and kept.exists() and not out.exists():
            kept.rename(out)
        raise
    finally:
        if aside is not None and (out.exists() or not kept.exists()):
            shutil.rmtree(aside, ignore_errors=True)


def write_files(report: Report, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write every file of the run into an existing folder.

    The summary comes last but one, so that its seconds count the writing of all before it.
    """
    from outputs.geopackage import write_geopackage  # noqa: PLC0415 - heavy, and only here
    from outputs.html import write_report  # noqa: PLC0415
    from outputs.workbook import write_workbook  # noqa: PLC0415

    began = time.monotonic()
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    for name, table in report.tables.items():
        write_csv(tables / f"{name}.csv", table, report.run_id)
    write_workbook(report, folder / "plan.xlsx")
    write_geopackage(report, folder / "plan.gpkg")
    write_report(report, folder / "report.html")
    seconds = dict(report.summary["seconds"])
    seconds["publish"] = seconds.get("publish", 0.0) + time.monotonic() - began
    told = {"seconds": seconds, "run_id": report.run_id}
    write_json(folder / SUMMARY, report.summary | told)
    facts = {"run_id": report.run_id, "kind": "plan", "public": report.public} | dict(manifest)
    write_json(folder / MANIFEST, facts)  # last: a folder that has one is whole


def write_csv(path: Path, table: pd.DataFrame, run_id: str) -> None:
    """Write one table, run_id first; text that Excel would run gets an apostrophe before it."""
    out = table.copy()
    for name in out.columns:
        if not pd.api.types.is_numeric_dtype(out[name]):
            out[name] = out[name].map(harmless)
    out.columns = [str(harmless(str(name))) for name in out.columns]
    out.insert(0, "run_id", str(harmless(run_id)))
    with path.open("w", encoding="utf-8", newline="") as file:
        out.to_csv(file, index=False, lineterminator="\n")


def harmless(value: object) -> object:
    """Return text that no spreadsheet takes for a formula; anything else as it is.

    Carriage returns become line feeds, which CSV writers of every version put in quotes.

    >>> harmless("=1+1"), harmless(-3.5), harmless("plain")
    ("'=1+1", -3.5, 'plain')
    """
    if not isinstance(value, str):
        return value
    text = "'" + value if value.startswith(LIVE) else value
    return text.replace("\r\n", "\n").replace("\r", "\n")


def write_json(path: Path, facts: Mapping[str, Any]) -> None:
    """Write JSON that any reader takes: a number that is not finite is null."""
    text = json.dumps(tidy(facts), indent=2, ensure_ascii=False, allow_nan=False)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text + "\n")


def tidy(value: Any) -> Any:
    """Return plain JSON values: no NaN, no NumPy types, keys as text.

    >>> tidy({"gap": float("nan"), 2026: (1, np.float64(2.5))})
    {'gap': None, '2026': [1, 2.5]}
    """
    if isinstance(value, dict):
        return {str(key): tidy(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [tidy(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or isinstance(value, bool | int):
        return None if value is pd.NA else value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)
