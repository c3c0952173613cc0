"""Writing sheets that hold what they seem to hold: text stays text, numbers stay numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from inputs.vocabulary import academic_year

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ROWS_AT_MOST = 1_048_575
"""Rows under the heading that a sheet can hold."""

WIDEST = 60
WIDEST_WRAPPED = {"wrapped": 24}
"""Widest column of a style that was asked for by name: wrapped text takes lines, not width."""
STYLES: dict[str, dict[str, Any]] = {
    "text": {"valign": "top"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "heading": {"bold": True, "bottom": 1, "bg_color": "#E8EEF2", "text_wrap": True},
    "title": {"bold": True, "font_size": 16},
    "section": {"bold": True, "font_size": 12},
    "pounds": {"num_format": "£#,##0;[Red]-£#,##0"},
    "pounds_total": {"num_format": "£#,##0;[Red]-£#,##0", "bold": True, "top": 1},
    "text_total": {"bold": True, "top": 1},
    "children": {"num_format": "#,##0.0"},
    "minutes": {"num_format": "0.0"},
    "share": {"num_format": "0.0%"},
    "share_fine": {"num_format": "0.000%"},
    "whole": {"num_format": "#,##0"},
    "number": {"num_format": "General"},
    "mark": {"align": "right", "font_color": "#595959"},
}
POUNDS = frozenset({"do_minimum_pv", "plan_pv", "saving", "grant", "other_high_needs"})
POUNDS_ENDINGS = ("_gbp", "_dsg", "_in_year", "_deficit", "_gbp_per_place")
WHOLE = frozenset({"row", "months", "deprivation_fifth"})


class Book:
    """A workbook in which no text of the user's becomes a formula, a link or a number."""

    def __init__(self, path: Path) -> None:
        safe = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
        }
        self.file = xlsxwriter.Workbook(str(path), safe)
        self.styles = {name: self.file.add_format(style) for name, style in STYLES.items()}

    def sheet(self, name: str) -> Any:
        """Return a new sheet that prints on one page's width."""
        sheet = self.file.add_worksheet(name)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        return sheet

    def put(self, sheet: Any, row: int, column: int, value: object, style: str = "text") -> None:
        """Write one cell as what it is; a blank stays blank."""
        if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
            return
        if isinstance(value, bool):
            sheet.write_string(row, column, "yes" if value else "no", self.styles["text"])
        elif isinstance(value, int | float) or hasattr(value, "dtype"):
            number = float(value)  # type: ignore[arg-type]
            if math.isfinite(number):
                sheet.write_number(row, column, number, self.styles[style])
        else:
            text = str(value)
            held = "mark" if text == "c" and style not in {"text", "wrapped"} else style
            known = held in {"mark", "text", "wrapped", "heading", "title", "section", "text_total"}
            sheet.write_string(row, column, text, self.styles[held if known else "text"])

    def formula(
        self, sheet: Any, row: int, column: int, text: str, value: object, style: str
    ) -> None:
        """Write one of our own formulas, with the value it has now for readers that run none."""
        sheet.write_formula(row, column, text, self.styles[style], value)

    def table(
        self,
        name: str,
        frame: pd.DataFrame,
        *,
        pounds: Sequence[str] = (),
        styles: Mapping[str, str] | None = None,
    ) -> None:
        """Write one table a sheet, from the first row, with a frozen heading and a filter.

        ``styles`` names the style of a column that its name does not tell; one that is wrapped is
        kept narrow.
        """
        sheet = self.sheet(name)
        rows = frame.iloc[:ROWS_AT_MOST]
        for j, column in enumerate(rows.columns):
            style = (styles or {}).get(str(column)) or style_of(str(column), pounds)
            values = rows[column].tolist()
            self.put(sheet, 0, j, heading(str(column)), "heading")
            longest = max((len(_said(one, style)) for one in values[:500]), default=0)
            widest = (
                WIDEST if str(column) not in (styles or {}) else WIDEST_WRAPPED.get(style, WIDEST)
            )
            width = min(max(longest, _longest_word(heading(str(column)))) + 2, widest)
            sheet.set_column(j, j, width)
            for i, value in enumerate(values, start=1):
                shown = _year(value) if column == "year" else value
                self.put(sheet, i, j, shown, style)
        sheet.freeze_panes(1, 0)
        if len(rows) and len(rows.columns):
            sheet.autofilter(0, 0, len(rows), len(rows.columns) - 1)
        sheet.repeat_rows(0)

    def close(self) -> None:
        """Write the file.

        Raises
        ------
        OSError
            When it cannot be written.
        """
        try:
            self.file.close()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise OSError(str(error)) from error


def style_of(column: str, pounds: Sequence[str] = ()) -> str:
    """Return the style of a column from its name.

    >>> style_of("capital_gbp"), style_of("over_guideline_share"), style_of("children")
    ('pounds', 'share', 'children')
    """
    if column in pounds or column in POUNDS or column.endswith(POUNDS_ENDINGS):
        return "pounds"
    if column.endswith("_share"):
        return "share"
    if "minutes" in column or "miles" in column:
        return "minutes"
    if column in WHOLE:
        return "whole"
    if column == "value":
        return "number"
    if column in {"source", "meaning", "problem", "remedy", "note"}:
        return "wrapped"
    return "children"


def heading(column: str) -> str:
    """Return a column's name as a heading.

    >>> heading("do_minimum_in_area"), heading("capital_gbp"), heading("p90_minutes")
    ('Do-minimum in area', 'Capital (£)', 'P90 minutes')
    """
    text = column.removesuffix("_gbp") + (" (£)" if column.endswith("_gbp") else "")
    text = text.replace("_gbp_per_place", " a place (£)").replace("do_minimum", "do-minimum")
    text = text.replace("_pv", " present value").replace("_", " ").replace("inmss", "INMSS")
    text = text.replace("dsg", "DSG").replace("nc year", "NC year")
    return text[:1].upper() + text[1:]


def cell(row: int, column: int, sheet: str = "") -> str:
    """Return how a formula names a cell, on another sheet if one is named.

    >>> cell(0, 1), cell(4, 2, "Money by year")
    ('$B$1', "'Money by year'!$C$5")
    """
    name: str = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    return f"'{sheet}'!{name}" if sheet else name


def _year(value: object) -> object:
    """Return 2027 as 2027/28; anything else as it is."""
    if isinstance(value, int) and not isinstance(value, bool):
        return academic_year(value)
    return value


def _said(value: object, style: str) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" + ("  " if style == "pounds" else ".0")
    return "" if value is None else str(value)


def _longest_word(text: str) -> int:
    return max((len(word) for word in text.split()), default=0)
