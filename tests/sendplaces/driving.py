"""Drive the command line in this process, and say what a refusal must look like."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from typer.testing import CliRunner

import outputs.html
from sendplaces.cli import app
from tests.cases import tiny_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pytest

ROOT = Path(__file__).parents[2]
FAULTS = 3


@dataclass(frozen=True)
class Told:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return standard output as the one JSON object that it must be."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


def run(*words: object) -> Told:
    """Run a command line in this process; what escapes it is in ``err``, as a person would see."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    err = result.stderr
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        err += "".join(traceback.format_exception(result.exception))
    return Told(int(result.exit_code), result.stdout, err)


def command(*words: object) -> list[str]:
    """Return the command line for a process of its own."""
    return [sys.executable, "-m", "sendplaces", *(str(word) for word in words)]


def environment(**more: str) -> dict[str, str]:
    """Return the environment for a process of its own: this source tree and no other."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def run_apart(*words: object, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a process of its own; its streams come as bytes."""
    return subprocess.run(
        command(*words),
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        check=False,
        timeout=120,
    )


@contextlib.contextmanager
def nothing_written(where: Path) -> Iterator[None]:
    """Check that a folder holds the same files, of the same bytes, after as before."""
    before = contents(where)
    yield
    assert contents(where) == before


def contents(where: Path) -> dict[str, bytes | None]:
    """Return every file under a folder with its bytes, and every folder with None."""
    return {
        str(path.relative_to(where)): path.read_bytes() if path.is_file() else None
        for path in sorted(where.rglob("*"))
    }


def refused(where: Path, case: object, *words: object, saying: Sequence[str]) -> Told:
    """Check that ``plan`` refuses a case with exit 3, in words, and writes nothing at all.

    Parameters
    ----------
    where
        The folder that the test owns; nothing in it may change.
    case, words
        What to plan, and options beside ``--out``.
    saying
        What standard error must hold.
    """
    with nothing_written(where):
        told = run("plan", case, "--out", where / "out", "--quiet", *words)
    assert told.code == FAULTS, told.err
    assert told.out == ""
    assert "Traceback" not in told.err
    assert "nothing was written" in told.err
    for words_said in saying:
        assert words_said in told.err, told.err
    return told


def write_book(path: Path, tables: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Path:
    """Write the tiny case as a workbook, numbers as numbers; a value ``=...`` is a formula."""
    with xlsxwriter.Workbook(str(path)) as book:
        facts = {"name": "Tiny", "base_year": 2026, "price_year": 2026, "horizon_years": 3}
        _fill(book.add_worksheet("case"), [{"key": k, "value": v} for k, v in facts.items()])
        for name, rows in (tables or tiny_tables()).items():
            _fill(book.add_worksheet(name), rows)
    return path


def _fill(sheet: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    headings = list(dict.fromkeys(key for row in rows for key in row))
    sheet.write_row(0, 0, headings)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, [row.get(heading, "") for heading in headings])


def without_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the page out of a run: it takes most of a tiny run's time, and has tests of its own."""
    monkeypatch.setattr(
        outputs.html, "write_report", lambda _report, path: path.write_text("<p>page</p>")
    )
