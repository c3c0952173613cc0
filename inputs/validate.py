"""Judge every cell of a table against its row model, and say what is wrong with each.

Cells are judged a column at a time and each distinct value once: 200,000 rows of entrants hold
thirteen needs, and a rule need not be asked the same question twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from inputs.columns import NUMBERS, WHOLES, Column, columns
from inputs.errors import Fault
from inputs.raw import NEVER_CALCULATED, RawTable
from inputs.wording import Wrong, blank, explain, shown, suggest

if TYPE_CHECKING:
    from inputs.schemas import Row

LARGEST = 10**9
"""Nothing that a case counts comes near it; beyond it a typing slip is certain."""
EXCEL_ERRORS = frozenset(
    {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)


@dataclass(frozen=True, eq=False)
class Judged:
    """A table after every cell was judged.

    Parameters
    ----------
    frame
        The columns of the row model, by the row that a spreadsheet would number; a cell at fault
        is blank.
    faults
        In reading order: by row, then by column.
    bad
        Rows with any fault.
    missing
        Required headings that are not there.
    """

    frame: pd.DataFrame
    faults: tuple[Fault, ...]
    bad: frozenset[int]
    missing: frozenset[str]


def empty(model: type[Row]) -> pd.DataFrame:
    """Return the table with no row, its columns of the right types."""
    return _frame(model, {column.heading: [] for column in columns(model)}, [])


def judge(raw: RawTable, model: type[Row]) -> Judged:
    """Return a table as read, with every fault in its headings, cells and keys."""
    placed, about_headings, missing = _match_headings(raw, model)
    values: dict[str, list[Any]] = {}
    wrong: list[tuple[int, int, Fault]] = []
    bad_cells: dict[str, set[int]] = {}
    for position, column in enumerate(columns(model)):
        heading = column.heading
        if heading not in placed:
            values[heading] = [column.default] * len(raw.rows)
            continue
        cells = [row[placed[heading]] for row in raw.rows]
        read, at_fault = _read_column(column, cells)
        values[heading] = read
        bad_cells[heading] = {index for index, _ in at_fault}
        wrong += [
            (
                raw.numbers[index],
                position,
                Fault(raw.label, w.problem, w.remedy, raw.numbers[index], heading, w.value),
            )
            for index, w in at_fault
        ]
    wrong += _duplicates(raw, model, values, bad_cells, missing)
    wrong.sort(key=lambda item: item[:2])
    faults = about_headings + _formulas(raw, placed) + [fault for _, _, fault in wrong]
    return Judged(
        _frame(model, values, raw.numbers),
        tuple(faults),
        frozenset(row for row, _, fault in wrong if fault.severity == "fault"),
        frozenset(missing),
    )


def _match_headings(
    raw: RawTable, model: type[Row]
) -> tuple[dict[str, int], list[Fault], set[str]]:
    """Return where each known column stands, what is wrong in row 1, and what is not there."""
    known = [column.heading for column in columns(model)]
    placed: dict[str, int] = {}
    faults: list[Fault] = []
    extra: list[str] = []
    for index, heading in enumerate(raw.headings):
        if not heading:
            if any(not _empty_cell(row[index]) for row in raw.rows):
                faults.append(
                    Fault(
                        raw.label,
                        f"column {index + 1} has values but no heading",
                        "Write its heading in row 1; merged headings must be split",
                        row=1,
                    )
                )
        elif heading in placed:
            faults.append(
                Fault(
                    raw.label,
                    "is the heading of two columns",
                    "Keep one of them",
                    row=1,
                    column=heading,
                    value=heading,
                )
            )
        elif heading in known:
            placed[heading] = index
        else:
            extra.append(heading)
    missing = {name for name in model.required_columns() if name not in placed}
    for name in model.required_columns():
        if name in missing:
            near = suggest(name, extra) if extra else ""
            near = near.replace("Did you mean", "Is it") if near.startswith("Did") else ""
            faults.append(
                Fault(
                    raw.label,
                    f"there is no column {name!r}",
                    near or f"Add it: {_described(model, name)}",
                    row=1,
                    column=name,
                )
            )
    absent = [name for name in known if name not in placed]
    for heading in dict.fromkeys(extra):
        near = suggest(heading, absent) if absent else ""
        faults.append(
            Fault(
                raw.label,
                "is not a column of this table, and is ignored",
                near if near.startswith("Did") else "",
                row=1,
                column=heading[:60],
                severity="warning",
            )
        )
    return placed, faults, missing


def _described(model: type[Row], heading: str) -> str:
    return next(c.description for c in columns(model) if c.heading == heading).rstrip(".")


def _empty_cell(cell: object) -> bool:
    return cell is None or cell is NEVER_CALCULATED or (isinstance(cell, str) and not cell.strip())


def _read_column(column: Column, cells: list[Any]) -> tuple[list[Any], list[tuple[int, Wrong]]]:
    """Return the values of a column (None where wrong) and what is wrong at which index."""
    known: dict[Any, Any] = {}
    read: list[Any] = []
    at_fault: list[tuple[int, Wrong]] = []
    for index, cell in enumerate(cells):
        # 1, 1.0 and True are one key to a dictionary, and three things to a person.
        key = cell if cell.__class__ is str else (cell.__class__, cell)
        try:
            value = known[key]
        except KeyError:
            value = known[key] = _read_cell(column, cell)
        if value.__class__ is Wrong:
            at_fault.append((index, value))
            value = None
        read.append(value)
    return read, at_fault


def _read_cell(column: Column, cell: Any) -> Any:
    """Return the value of one cell, or what is wrong with it."""
    if cell is NEVER_CALCULATED:
        return Wrong(
            "is a formula that was never calculated, so it holds no value",
            "Open the workbook in Excel and save it, or paste the value",
            None,
        )
    if isinstance(cell, str):
        cell = cell.strip()
    if cell is None or cell == "":
        return blank(column) if column.required else column.default
    if isinstance(cell, str):
        if cell.startswith("="):
            return Wrong("is a formula", "Put its value there instead", shown(cell))
        if cell.upper() in EXCEL_ERRORS:
            return Wrong("is an error in Excel", "Mend the formula, or put a value", shown(cell))
    if isinstance(cell, datetime | date | time) and column.kind in {"key", "list", "choice"}:
        return Wrong(
            "is a date: Excel turns a code such as 3-4 into one",
            "Format the column as Text, and type the code again",
            shown(cell),
        )
    if isinstance(cell, float) and column.kind == "list" and cell.is_integer():
        cell = int(cell)
    try:
        value = column.adapter.validate_python(cell)
    except ValidationError as error:
        return explain(column, cell, error)
    if column.kind in WHOLES | NUMBERS | {"number by year"} and _largest(value) > LARGEST:
        return Wrong("is far too large", "Check the number", shown(cell))
    return str(value) if column.choices else value


def _largest(value: Any) -> float:
    """Return the size of a number, or of the largest in a list by year."""
    if isinstance(value, tuple):
        return max((abs(number) for _, number in value), default=0.0)
    return float(abs(value))


def _duplicates(
    raw: RawTable,
    model: type[Row],
    values: dict[str, list[Any]],
    bad_cells: dict[str, set[int]],
    missing: set[str],
) -> list[tuple[int, int, Fault]]:
    """Return a fault for each row that repeats the key of a row above it."""
    headings = [model.model_fields[name].alias or name for name in model.key]
    if missing.intersection(headings):
        return []
    skip = set().union(*(bad_cells.get(heading, set()) for heading in headings))
    first: dict[tuple[Any, ...], int] = {}
    found: list[tuple[int, int, Fault]] = []
    for index, key in enumerate(zip(*(values[heading] for heading in headings), strict=True)):
        earlier = first.setdefault(key, index)
        if earlier != index and index not in skip and earlier not in skip:
            row = raw.numbers[index]
            said = ", ".join(shown(part) for part in key if part is not None)
            fault = Fault(
                raw.label,
                f"repeats row {raw.numbers[earlier]}: {' + '.join(headings)} must differ",
                "Remove one of the two rows, or add them together",
                row,
                headings[0],
                said or None,
            )
            found.append((row, -1, fault))
        elif earlier in skip and index not in skip:
            first[key] = index
    return found


def _formulas(raw: RawTable, placed: dict[str, int]) -> list[Fault]:
    """Return a warning for each column that holds formulas with a saved value."""
    return [
        Fault(
            raw.label,
            f"{count:,} cell{'s are formulas' if count > 1 else ' is a formula'}; "
            f"the value last saved is read (first in row {row})",
            "Paste values if they could be out of date",
            row,
            heading,
            severity="warning",
        )
        for heading, index in placed.items()
        for count, row in [raw.formulas.get(index, (0, 0))]
        if count
    ]


def _frame(model: type[Row], values: dict[str, list[Any]], rows: list[int]) -> pd.DataFrame:
    """Return the columns as a frame, by row number, each of the type that ``Case`` promises."""
    index = pd.Index(rows, dtype="int64", name="row")
    made = {c.heading: _series(c, values[c.heading], index) for c in columns(model)}
    return pd.DataFrame(made, index=index)


def _series(column: Column, values: list[Any], index: pd.Index[int]) -> pd.Series[Any]:
    if column.kind in NUMBERS:
        numbers = np.array([np.nan if v is None else v for v in values], dtype=float)
        return pd.Series(numbers, index=index)
    holed = column.blank_allowed or None in values
    if column.kind in WHOLES:
        return pd.Series(values, index=index, dtype="Int64" if holed else "int64")
    if column.kind == "yes or no" and None not in values:
        return pd.Series(values, index=index, dtype=bool)
    # fromiter, because an array made from tuples of one length would be a table.
    cells = np.fromiter(values, dtype=object, count=len(values))
    return pd.Series(cells, index=index, dtype=object)
