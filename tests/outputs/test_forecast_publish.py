"""The folder of a forecast: whole or not there, with nothing live in it, and sums that tie."""

from __future__ import annotations

import csv
import errno
import json
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pandas as pd
import pytest

import outputs.forecast_workbook
from inputs.demand.draws import MOST_EXPORTED, Draws
from inputs.errors import InputError
from inputs.schemas import TABLES
from outputs.forecast_publish import publish_forecast
from outputs.publish import publish
from tests.outputs.builders import tiny_report
from tests.outputs.forecast_builders import DRAWS, YEARS, made, public, told

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "manifest.json",
    "summary.json",
    "tables",
    "returns",
    "draws.npz",
    "forecast.xlsx",
    "forecast.html",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the made-up forecast."""
    out = tmp_path_factory.mktemp("forecast") / "one"
    return publish_forecast(told(), out, manifest={"seed": 1}, seconds={"read": 1.0})


def test_the_folder_holds_what_is_promised(folder: Path) -> None:
    """Every file, every table with the key of the forecast first, seconds counted."""
    assert {path.name for path in folder.iterdir()} == FILES
    for path in [*folder.glob("tables/*.csv"), *folder.glob("returns/*.csv")]:
        assert path.read_text("utf-8").startswith("run_id,"), path.name
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert summary["seconds"]["publish"] > 0
    assert [one["year"] for one in summary["plans"]["by_year"]] == list(YEARS)
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["kind"] == "forecast"


def test_entrants_are_in_the_shape_of_a_case(folder: Path) -> None:
    """The table can be put into a case: its columns are those of the contract, run_id aside."""
    table = pd.read_csv(folder / "tables" / "entrants.csv")
    assert set(table.columns) - {"run_id"} <= set(TABLES["entrants"].columns())
    assert table["children"].sum() == pytest.approx(made().simulation.entrants.mean.sum())


def test_at_most_twenty_draws_are_exported(folder: Path) -> None:
    """All of them stand in the file of draws."""
    drawn = pd.read_csv(folder / "tables" / "draws.csv")
    assert drawn["draw"].nunique() <= MOST_EXPORTED
    whole = Draws.load(folder / "draws.npz")
    assert len(whole) == DRAWS
    first = drawn[drawn["draw"] == 0]["children"].sum()
    assert first == np.asarray(whole.counts[[0]].sum())


def test_no_cell_of_a_csv_is_live(folder: Path) -> None:
    """Text that Excel would run has an apostrophe before it."""
    for path in folder.glob("*/*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    text = not cell.lstrip("-").replace(".", "", 1).replace("e-", "").isdigit()
                    assert not (text and cell.startswith(("=", "+", "@", "\t"))), path.name


def test_the_workbook_reads_back(folder: Path) -> None:
    """Sheets by name, no formula, and the total of plans as in the table."""
    book = openpyxl.load_workbook(folder / "forecast.xlsx")
    names = book.sheetnames
    assert names[0] == "Contents"
    assert {"Plans", "Specialist places", "Entrants", "Levers", "SCAP", "DSG"} <= set(names)
    assert {f"LSRP {n}" for n in ("5.1", "6", "7", "7.7", "12")} <= set(names)
    formulas = [
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas == []
    notes = [row[0].value for row in book["Notes"].iter_rows()]
    assert "=1+1 is text" in notes
    sheet = book["LSRP 5.1"]
    heads = [cell.value for cell in sheet[1]]
    assert heads[1] == "2024 actual"
    counted = [row[1].value for row in sheet.iter_rows(min_row=2)]
    assert sum(counted) == made().basis.stock.sum()


def test_lsrp_files_tie(folder: Path) -> None:
    """As written: tables 5.1, 6 and 7 have one total in each year."""
    sums = [
        pd.read_csv(folder / "returns" / f"lsrp_{n}.csv").filter(regex="^20").sum().tolist()
        for n in ("5_1", "6", "7")
    ]
    assert sums[0] == sums[1] == sums[2]


def test_requests_are_projected_beside_new_plans(folder: Path) -> None:
    """Table 10: 300 requests under 5 for 60 new plans make 5 to each expected new plan."""
    ten = pd.read_csv(folder / "returns" / "lsrp_10.csv").set_index("row")
    twelve = pd.read_csv(folder / "returns" / "lsrp_12.csv").set_index("row")
    assert ten.loc["Under 5", "2024 actual"] == 300
    assert twelve.loc["Under 5", "2024 actual"] == 60  # ages 2, 3 and 4, twenty each
    expected = 5 * twelve.loc["Under 5", "2025 projected"]
    assert ten.loc["Under 5", "2025 projected"] == pytest.approx(expected, abs=3)
    eleven = pd.read_csv(folder / "returns" / "lsrp_11.csv")
    assert eleven["note"].str.contains("no assessments by age").all()


def test_the_page_is_small_enough_to_send(folder: Path) -> None:
    """Under a megabyte."""
    assert (folder / "forecast.html").stat().st_size < 1_000_000


def test_the_public_folder_leaves_out_what_holds_small_numbers(tmp_path: Path) -> None:
    """No draws, no returns, and no file names a zone."""
    out = publish_forecast(public(), tmp_path / "public", manifest={}, seconds={})
    assert {path.name for path in out.iterdir()} == FILES - {"returns", "draws.npz"}
    for path in out.rglob("*"):
        if path.is_file():
            assert b"north_1" not in path.read_bytes(), path.name
    assert "SCAP" not in openpyxl.load_workbook(out / "forecast.xlsx").sheetnames


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half way through, what was written goes, and the earlier forecast stays."""
    out = tmp_path / "one"
    publish_forecast(told(), out, manifest={"which": "earlier"}, seconds={})

    def fail(_report: object, _path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(outputs.forecast_workbook, "write_forecast_workbook", fail)
    with pytest.raises(InputError, match="No space left"):
        publish_forecast(told(), out, manifest={"which": "later"}, seconds={})
    assert list(tmp_path.iterdir()) == [out]
    assert json.loads((out / "manifest.json").read_text("utf-8"))["which"] == "earlier"


def test_a_forecast_never_replaces_a_plan_nor_a_plan_a_forecast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is refused the other's folder, and takes it when forced."""
    monkeypatch.setattr("outputs.html.write_report", lambda _report, path: path.write_text("page"))
    drawn = "outputs.forecast_page.write_forecast_page"
    monkeypatch.setattr(drawn, lambda _report, path: path.write_text("page"))
    plan = publish(tiny_report(), tmp_path / "plan", manifest={})
    with pytest.raises(InputError, match="not an earlier forecast"):
        publish_forecast(told(), plan, manifest={}, seconds={})
    forecast = publish_forecast(told(), tmp_path / "forecast", manifest={}, seconds={})
    with pytest.raises(InputError, match="not an earlier run"):
        publish(tiny_report(), forecast, manifest={})
    publish_forecast(told(), plan, manifest={}, seconds={}, force=True)
    assert (plan / "forecast.html").is_file()
