"""Write an empty workbook for a case: a sheet for each table, with drop-downs, notes and checks.

It uses nothing that an old or locked-down Excel refuses: no macros and no dynamic arrays.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from inputs.case import CaseFacts
from inputs.columns import Column, column, columns
from inputs.dictionary import default_words, holds
from inputs.schemas import ROUND_TABLES, TABLES, Row
from inputs.vocabulary import (
    NEED_LABELS,
    PHASE_LABELS,
    ProvisionClass,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LAST_ROW = 20_000
"""Last row with drop-downs; rows beyond it are read and checked all the same."""
LAST_CHECKED_ROW = 2_000
"""Last row coloured for a repeated key: counting costs the square of the rows."""
_FACTS_EXAMPLE: dict[str, Any] = {"name": "Example authority", "base_year": 2026,
                                  "price_year": 2026, "horizon_years": 5,
                                  "crs": "EPSG:27700"}  # fmt: skip
_FORMATS = {
    "pounds": "£#,##0",
    "year": "0",
    "whole number": "0",
    "share": "0.00",
    "number": "#,##0.##",
}
_AS_TEXT = "@"
"""Keys such as 0123, and lists such as 2026: 12, stay as they are typed."""

_READ_ME_TITLE = "Case for sendplaces"
_READ_ME = """
One sheet is one table. Row 1 holds the headings, and each row below it is one thing.

HOW TO FILL IT IN
1. Fill in the sheet 'case'.
2. Row 2 of each table is an EXAMPLE: delete it, or type over it, before you use the case.
3. Headings in dark blue must be there, and each of their cells filled in. Other cells may be blank.
4. Point at a heading to read what it means, and what a blank means. Lists have semicolons between.
5. Sheets marked 'Required' below must have rows. Delete the rows of a table that you do not use.
6. A red cell repeats a key; a yellow cell is blank and must not be.
7. Do not merge cells. Formulas are read by the value last saved; values are safer.
8. Put assumptions that readers should know in the sheet 'case-notes': the report prints them.
9. Use pseudonyms: no name or address of a child is needed anywhere.
10. Then run: sendplaces check THIS-FILE.xlsx

THE SHEETS
"""


_ROUND_TITLE = "Waiting list and open places for sendplaces round"
_ROUND_READ_ME = """
One sheet is one table. Row 1 holds the headings, and each row below it is one thing.

HOW TO FILL IT IN
1. NO NAMES: a column of names, dates of birth, addresses or pupil numbers is refused. Give each
   child a pseudonym such as W-001, and keep the key to it apart.
2. Row 2 of each table is an EXAMPLE: type over it, or delete it.
3. Headings in dark blue must be there, and each of their cells filled in. Other cells may be blank.
4. Point at a heading to read what it means, and what a blank means. Lists have semicolons between.
5. Zones and provisions are those of the case, by their keys.
6. Leave a sheet without rows if you do not need it; delete vacancies if you have none to state.
7. Then run: sendplaces round CASE --waiting THIS-FILE.xlsx

THE SHEETS
"""


def write_round_template(out: Path) -> Path:
    """Write the template of a placement round: its tables, with an example row each.

    Parameters
    ----------
    out
        The workbook to write (.xlsx). A file already there is replaced.

    Returns
    -------
    Path
        The file written.
    """

    def fill(book: Any, look: _Look) -> None:
        sheets = [(name, _about(model)) for name, model in ROUND_TABLES.items()]
        _write_read_me(book, look, _ROUND_TITLE, _ROUND_READ_ME, sheets)
        for model in ROUND_TABLES.values():
            _write_table(book, look, model)
        _write_lists(book, look)

    return _written(out, _ROUND_TITLE, fill)


def write_template(out: Path) -> Path:
    """Write the template: every sheet of a case, with an example row each.

    Parameters
    ----------
    out
        The workbook to write (.xlsx). A file already there is replaced.

    Returns
    -------
    Path
        The file written.
    """

    def fill(book: Any, look: _Look) -> None:
        _write_read_me(book, look, _READ_ME_TITLE, _READ_ME, _sheets())
        _write_facts(book, look)
        for model in TABLES.values():
            _write_table(book, look, model)
        _write_notes(book, look)
        _write_lists(book, look)

    return _written(out, _READ_ME_TITLE, fill)


def _written(out: Path, title: str, fill: Callable[[Any, _Look], None]) -> Path:
    """Write a workbook beside its name, filled in, and give it its name."""
    out = Path(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.part")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        with xlsxwriter.Workbook(str(draft), options) as book:
            book.set_properties({"title": title, "comments": "Template 1"})
            fill(book, _Look(book))
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return out


class _Look:
    """The formats of one workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.required = self.format(bold=True, bg_color="#1D4F91", font_color="#FFFFFF", border=1)
        self.optional = self.format(bg_color="#E8EDF3", border=1)

    def format(self, **how: Any) -> Any:
        key = tuple(sorted(how.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": "Arial", "font_size": 10, **how})
        return self._made[key]

    def cells_of(self, c: Column) -> Any:
        return self.format(num_format=_FORMATS.get(c.kind, _AS_TEXT))


def _write_read_me(
    book: Any, look: _Look, title: str, text: str, sheets: list[tuple[str, str]]
) -> None:
    sheet = book.add_worksheet("Read me")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, title, look.format(bold=True, font_size=16))
    lines = text.strip("\n").splitlines()
    for row, line in enumerate(lines, start=1):
        sheet.write_string(row, 0, line, look.format(bold=line.isupper()))
    row = len(lines) + 1
    for name, about in sheets:
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_string(row, 1, about, look.format())
        row += 1


def _sheets() -> list[tuple[str, str]]:
    listed = [("case", "Required. Name and years of the case.")]
    listed += [(name, _about(model)) for name, model in TABLES.items()]
    return [*listed, ("case-notes", "One row: an assumption, printed in the report.")]


def _about(model: type[Row]) -> str:
    """Return what a sheet holds, from the first line of its row model."""
    first = (model.__doc__ or "").splitlines()[0]
    return ("Required. " if model.required else "") + f"One row: {first}"


def _write_facts(book: Any, look: _Look) -> None:
    sheet = book.add_worksheet("case")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 28)
    sheet.set_column(2, 2, 90)
    for at, heading in enumerate(("key", "value", "meaning")):
        sheet.write_string(0, at, heading, look.required if at < 2 else look.optional)
    for row, (name, field) in enumerate(CaseFacts.model_fields.items(), start=1):
        c = column(name, field)
        sheet.write_string(row, 0, name, look.format(bold=c.required))
        sheet.write(row, 1, _FACTS_EXAMPLE[name], look.cells_of(c))
        sheet.write_string(row, 2, c.description, look.format())
        rule = _rule(c)
        if rule:
            sheet.data_validation(row, 1, row, 1, rule)
    sheet.freeze_panes(1, 0)


def _write_table(book: Any, look: _Look, model: type[Row]) -> None:
    sheet = book.add_worksheet(model.table)
    if model.required:
        sheet.set_tab_color("#1D4F91")
    across = columns(model)
    headers = [
        {"header": c.heading, "header_format": look.required if c.required else look.optional}
        for c in across
    ]
    sheet.add_table(
        0, 0, 1, len(across) - 1,
        {"name": f"tbl_{model.table}", "columns": headers, "style": "Table Style Light 1",
         "autofilter": False},
    )  # fmt: skip
    for at, c in enumerate(across):
        sheet.set_column(at, at, max(12, len(c.heading) + 3), look.cells_of(c))
        sheet.write_comment(0, at, _note(c), {"x_scale": 2, "y_scale": 1.2})
        rule = _rule(c)
        if rule:
            sheet.data_validation(1, at, LAST_ROW - 1, at, rule)
        if c.heading in model.example:
            sheet.write(1, at, model.example[c.heading], look.cells_of(c))
    _colour(sheet, look, model, across)
    sheet.freeze_panes(1, 1)


def _note(c: Column) -> str:
    """Return what the comment on a heading says."""
    parts = ["Required." if c.required else "Optional.", c.description, f"Holds: {holds(c)}."]
    if default_words(c):
        parts.append(f"Blank means {default_words(c)}.")
    return " ".join(parts).replace("`", "")


def _rule(c: Column) -> dict[str, Any] | None:
    """Return the validation of a column's cells, or None where Excel cannot hold one."""
    rule: dict[str, Any] = {"error_title": f"Check {c.heading}"[:32]}
    if c.choices:
        lists = {"need": "list_need", "phase": "list_phase", "class": "list_class"}
        source = f"={lists[c.heading]}" if c.heading in lists else list(c.choices)
        return rule | {
            "validate": "list",
            "source": source,
            "error_message": "Choose from the list.",
        }
    if c.kind == "yes or no":
        return rule | {"validate": "list", "source": ["yes", "no"], "error_message": "yes or no."}
    if c.kind not in {"whole number", "year", *_FORMATS}:
        return None
    low, high = c.low, c.high
    rule["validate"] = "integer" if c.kind in {"whole number", "year"} else "decimal"
    if low is not None and high is not None:
        words = f"A number from {low:g} to {high:g}."
        return rule | {
            "criteria": "between",
            "minimum": low,
            "maximum": high,
            "error_message": words,
        }
    if low is not None:
        words = f"A number of {low:g} or more, in digits."
        return rule | {"criteria": ">=", "value": low, "error_message": words}
    return rule | {"criteria": "between", "minimum": -1e12, "maximum": 1e12,
                   "error_message": "A number, in digits."}  # fmt: skip


def _colour(sheet: Any, look: _Look, model: type[Row], across: tuple[Column, ...]) -> None:
    """Colour rows that repeat a key, and required cells left blank in a row that is in use."""
    repeated = look.format(bg_color="#F6D7D2")
    blank = look.format(bg_color="#FFF0C2")
    at_of = {c.heading: xl_col_to_name(at) for at, c in enumerate(across)}
    keys = [at_of[model.model_fields[name].alias or name] for name in model.key]
    # The empty text makes a blank count as equal to a blank.
    same = ",".join(f'${k}$2:${k}${LAST_CHECKED_ROW},${k}2&""' for k in keys)
    first, last = keys[0], xl_col_to_name(len(across) - 1)
    sheet.conditional_format(
        f"{first}2:{first}{LAST_CHECKED_ROW}",
        {"type": "formula", "criteria": f'=AND(${first}2<>"",COUNTIFS({same})>1)',
         "format": repeated},
    )  # fmt: skip
    for c in across:
        if c.required:
            at = at_of[c.heading]
            sheet.conditional_format(
                f"{at}2:{at}{LAST_ROW}",
                {"type": "formula", "criteria": f"=AND(ISBLANK(${at}2),COUNTA($A2:${last}2)>0)",
                 "format": blank},
            )  # fmt: skip


def _write_notes(book: Any, look: _Look) -> None:
    sheet = book.add_worksheet("case-notes")
    sheet.set_column(0, 0, 120, look.format(num_format=_AS_TEXT))
    sheet.write_string(0, 0, "assumption", look.optional)


def _write_lists(book: Any, look: _Look) -> None:
    """Write the hidden sheet that the drop-downs read, each list under a name."""
    sheet = book.add_worksheet("Lists")
    lists: dict[str, list[tuple[str, str]]] = {
        "need": [(need.value, words) for need, words in NEED_LABELS.items()],
        "phase": [(phase.value, words) for phase, words in PHASE_LABELS.items()],
        "class": [(kind.value, "") for kind in ProvisionClass],
    }
    for at, (name, items) in enumerate(lists.items()):
        code, words = 2 * at, 2 * at + 1
        sheet.write_string(0, code, name, look.format(bold=True))
        for row, (value, label) in enumerate(items, start=1):
            sheet.write_string(row, code, value, look.format())
            sheet.write_string(row, words, label, look.format())
        letter = xl_col_to_name(code)
        book.define_name(f"list_{name}", f"=Lists!${letter}$2:${letter}${len(items) + 1}")
    sheet.hide()
