"""forecast.xlsx: a forecast for an analyst, one table a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from inputs.vocabulary import academic_year
from outputs import forecast_words as said
from outputs import words
from outputs.forecast_groups import PLACES, PLANS
from outputs.forecast_report import ATTRIBUTION
from outputs.sheets import Book

if TYPE_CHECKING:
    from pathlib import Path

    from outputs.forecast_report import ForecastReport

_SHEETS: tuple[tuple[str, str], ...] = (
    ("Plans", "Children with plans by need, phase, age group and placement: counted and expected"),
    ("Specialist places", "The same for children in specialist places, and by locality"),
    ("Entrants", "Children who newly need a specialist place, by kind, need and phase"),
    ("New plans by age", "Plans that started, and those expected, by age at 31 August"),
    ("Plans come and cease", "How plans add up from one January to the next"),
    ("What drives it", "Steps from the count to what is expected"),
    ("Levers", "What each lever does, added after those above it"),
    ("SCAP", "School Capacity Survey: planning area, curriculum year and academic year"),
    ("DSG", "DSG management plan: seven placement sheets by age group and need"),
    ("LSRP ranges", "Every figure of the LSRP tables with its range"),
    ("Warnings", "What was odd in the data, but did not stop the forecast"),
    ("Notes", "Assumptions"),
)
_HOW = (
    "A year such as 2024/25 is the January count within it: January 2025. Mean: the expected "
    "number; means add up. P10, P50, P90: percentiles of that figure over the draws; they do not "
    "add up. All stands where a row adds up over a column."
)


def write_forecast_workbook(report: ForecastReport, path: Path) -> None:
    """Write ``forecast.xlsx``. Text is written as text, whatever it begins with.

    Parameters
    ----------
    report
        The forecast; a public one gives a public workbook.
    path
        Where to write.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    sheets = _tables(report)
    book = Book(path)
    _contents(book, report, sheets)
    for name, frame in sheets.items():
        book.table(name, frame)
    book.close()


def _tables(report: ForecastReport) -> dict[str, pd.DataFrame]:
    """Return the sheets that this workbook has, in order."""
    tables, out = report.tables, {}
    if report.whole:
        plans = tables["plans"]
        shown = plans.assign(
            need=plans["need"].map(words.need_label),
            age_group=plans["age_group"].map(words.words),
            locality=plans["locality"].map(words.words),
            status=plans["status"].map(words.words),
            placement=plans["placement"].map(said.placement_label),
            phase=plans["phase"].map(said.phase_label),
        )
        for name, measure in (("Plans", PLANS), ("Specialist places", PLACES)):
            rows = shown[shown["measure"] == measure].drop(columns="measure")
            one_place = measure == PLANS and (rows["locality"] == "All").all()
            out[name] = rows.drop(columns="locality") if one_place else rows
    groups = tables["entrants_by_group"]
    out["Entrants"] = groups.assign(
        kind=groups["kind"].map(lambda kind: said.KINDS.get(str(kind), "All")),
        need=groups["need"].map(words.need_label),
        phase=groups["phase"].map(words.phase_label),
    )
    if report.whole:
        out["New plans by age"] = tables["starts"].rename(
            columns={
                "counted": f"started in {report.starts_year}",
                **{str(year): f"expected {academic_year(year)}" for year in report.years},
            }
        )
        out["Plans come and cease"] = tables["flows"]
        out["What drives it"] = tables["drivers"].assign(
            measure=tables["drivers"]["measure"].map(said.MEASURES)
        )
        if len(tables["levers"]):
            out["Levers"] = tables["levers"].assign(
                measure=tables["levers"]["measure"].map(said.MEASURES)
            )
    for name, key in (("SCAP", "scap"), ("DSG", "dsg"), ("LSRP ranges", "lsrp_ranges")):
        if key in report.returns:
            out[name] = report.returns[key].assign(
                year=report.returns[key]["year"].map(str)  # a calendar year in two of the three
            )
    for number, title in _lsrp(report):
        out[f"LSRP {number}"] = report.returns[title]
    out["Warnings"] = tables["warnings"]
    out["Notes"] = pd.DataFrame({"note": [*report.notes, ATTRIBUTION]})
    return out


def _lsrp(report: ForecastReport) -> list[tuple[str, str]]:
    if "lsrp_contents" not in report.returns:
        return []
    listed = report.returns["lsrp_contents"]
    files = [str(name).removesuffix(".csv") for name in listed["file"]]
    return list(zip(listed["table"], files, strict=True))


def _contents(book: Book, report: ForecastReport, sheets: dict[str, pd.DataFrame]) -> None:
    """Write the cover: what it is, how to read it, what is where."""
    sheet = book.sheet("Contents")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 95)
    book.put(sheet, 0, 0, f"{report.name}: forecast of plans and specialist places", "title")
    years = f"{academic_year(report.years[0])} to {academic_year(report.years[-1])}"
    lines: list[tuple[str, object, str]] = [
        ("Forecast", report.run_id, "text"),
        ("Years", years, "text"),
        ("Draws", f"{report.n_draws:,}, seed {report.seed}", "text"),
        ("How to read it", _HOW, "wrapped"),
    ]
    if report.public:
        lines.append(("Public version", report.notes[0], "wrapped"))
    for row, (label, value, style) in enumerate(lines, 2):
        book.put(sheet, row, 0, label)
        book.put(sheet, row, 1, value, style)
    row = len(lines) + 3
    book.put(sheet, row, 0, "Sheets", "section")
    known = dict(_SHEETS)
    titles = {f"LSRP {number}": name for number, name in _titles(report)}
    for name in sheets:
        row += 1
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        book.put(sheet, row, 1, known.get(name) or titles.get(name, ""))


def _titles(report: ForecastReport) -> list[tuple[str, str]]:
    if "lsrp_contents" not in report.returns:
        return []
    listed = report.returns["lsrp_contents"]
    return list(zip(listed["table"], listed["title"], strict=True))
