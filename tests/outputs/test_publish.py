"""The run folder: whole or not there, with nothing live in it."""

from __future__ import annotations

import csv
import errno
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import outputs.html
import outputs.workbook
from inputs.errors import InputError
from outputs.publish import publish, write_csv
from tests.outputs.builders import made_up, tiny_report

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"manifest.json", "summary.json", "tables", "plan.xlsx", "plan.gpkg", "report.html"}


@pytest.fixture(autouse=True)
def _page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the page out of these tests: it has its own."""
    monkeypatch.setattr(
        outputs.html, "write_report", lambda _report, path: path.write_text("<p>page</p>")
    )


def test_the_folder_holds_what_the_contract_names(tmp_path: Path) -> None:
    """Files and summary keys are those of the contract; every CSV starts with the run's key."""
    out = publish(tiny_report(), tmp_path / "runs" / "one", manifest={"seed": 0})
    assert {path.name for path in out.iterdir()} == FILES
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert {"case", "termination", "saving_interval_gbp", "purses", "audit"} <= set(summary)
    for name in ("openings", "placements", "rolls", "money", "journeys", "unplaced", "gap"):
        text = (out / "tables" / f"{name}.csv").read_text("utf-8")
        assert text.startswith("run_id,")
    assert json.loads((out / "manifest.json").read_text("utf-8"))["seed"] == 0
    assert list(out.parent.iterdir()) == [out]


def test_the_public_folder_names_no_zone(tmp_path: Path) -> None:
    """No file of text in the public folder holds the key of a zone."""
    report = made_up(5)
    out = publish(report, tmp_path / "public", manifest={}, public=True)
    for path in [*out.glob("*.json"), *out.glob("tables/*.csv")]:
        text = path.read_text("utf-8")
        assert not [zone for zone in report.zones["zone"] if zone in text], path.name
    for name in ("plan.xlsx", "plan.gpkg"):
        assert b"east_1" not in (out / name).read_bytes()


@pytest.mark.parametrize(
    "stop", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("before", [False, True])
def test_nothing_half_written_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException, before: bool
) -> None:
    """A full disk or Ctrl-C half way leaves the earlier run, or nothing, and no scraps."""
    out = tmp_path / "run"
    if before:
        publish(tiny_report(), out, manifest={"which": "earlier"})

    def fail(_report: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise stop

    monkeypatch.setattr(outputs.workbook, "write_workbook", fail)
    expected = KeyboardInterrupt if isinstance(stop, KeyboardInterrupt) else InputError
    with pytest.raises(expected) as caught:
        publish(tiny_report(), out, manifest={"which": "later"})
    if isinstance(caught.value, InputError):
        assert "No space left" in str(caught.value)
    assert list(tmp_path.iterdir()) == ([out] if before else [])
    if before:
        assert json.loads((out / "manifest.json").read_text())["which"] == "earlier"


def test_the_earlier_run_comes_back_if_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old folder is moved aside; if the new one cannot be renamed it is put back."""
    out = publish(tiny_report(), tmp_path / "run", manifest={"which": "earlier"})
    kind = type(out)
    rename = kind.rename

    def fail(self: Path, target: Path) -> Any:
        if self.name.endswith(".part"):
            raise OSError(errno.EIO, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(kind, "rename", fail)
    with pytest.raises(InputError):
        publish(tiny_report(), out, manifest={"which": "later"})
    assert json.loads((out / "manifest.json").read_text())["which"] == "earlier"
    assert list(tmp_path.iterdir()) == [out]


def test_an_earlier_run_is_replaced_and_others_are_refused(tmp_path: Path) -> None:
    """A run folder is replaced; a folder of something else only by force; a file never."""
    out = publish(tiny_report(), tmp_path / "run", manifest={"which": 1})
    (out / "stale.txt").write_text("old")
    publish(tiny_report(), out, manifest={"which": 2})
    assert {path.name for path in out.iterdir()} == FILES
    own = tmp_path / "mine"
    own.mkdir()
    (own / "thesis.docx").write_text("precious")
    with pytest.raises(InputError, match="not an earlier run"):
        publish(tiny_report(), own, manifest={})
    assert (own / "thesis.docx").read_text() == "precious"
    publish(tiny_report(), own, manifest={}, force=True)
    assert not (own / "thesis.docx").exists()
    with pytest.raises(InputError, match="is a file"):
        publish(tiny_report(), own / "plan.xlsx", manifest={}, force=True)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_excel_would_run_is_told_as_text(tmp_path: Path, start: str) -> None:
    """Text gets an apostrophe in front; a negative number stays a number."""
    table = pd.DataFrame({"name": [f"{start}1+1", "plain"], "saving": [-5.5, np.nan]})
    write_csv(tmp_path / "t.csv", table, "=run")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    kept = start.replace("\r", "\n")  # a bare carriage return would break the row
    assert rows[1] == ["'=run", f"'{kept}1+1", "-5.5"]
    assert rows[2] == ["'=run", "plain", ""]


def test_json_has_no_nan(tmp_path: Path) -> None:
    """What is not a number is null, so that any reader takes the file."""
    report = tiny_report()
    out = publish(report, tmp_path / "run", manifest={"x": float("nan"), "n": np.int64(3)})

    def refuse(name: str) -> None:
        raise AssertionError(name)

    manifest = json.loads((out / "manifest.json").read_text(), parse_constant=refuse)
    assert manifest["x"] is None
    assert manifest["n"] == 3
    json.loads((out / "summary.json").read_text(), parse_constant=refuse)
