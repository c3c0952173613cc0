"""Write the data dictionary from the row models, so that the two cannot differ."""

from __future__ import annotations

from inputs.case import CaseFacts
from inputs.columns import Column, column, columns
from inputs.schemas import BID_TABLES, ROUND_TABLES, TABLES, Row
from inputs.vocabulary import NEED_LABELS, PHASE_LABELS, PHASE_YEARS, ProvisionClass

_HEAD = """# Data: what a case holds

*This page is generated from the row models in `inputs/schemas`; a test keeps it true.*

A case is a folder of CSV files with a `case.toml`, or one Excel workbook with a sheet of each
name (`sendplaces template` writes one, with drop-downs and notes). Files are UTF-8, and row 1
holds the headings. Columns in **bold** must be there and filled in; leave out any other column,
or leave its cells blank. Money is real, at `price_year`. Years are academic years by their first
September: 2026 is 2026/27. Lists in a cell have semicolons between. A table that is not marked
*required* may be left out.

`sendplaces check CASE` lists every fault at once, with its row and what to do about it.
"""
_KIND_WORDS = {
    "key": "key (letters, digits, `_`, `-`, `.`)",
    "pounds": "£",
    "share": "share, 0 to 1",
    "shares": "shares, `0.3; 0.7`",
    "list": "list, `a; b`",
    "number by year": "number, or `2026: 12; 2028: 16`",
    "date": "day, `2026-11-02`",
}

_ROUND_HEAD = """## The placement round

Only `sendplaces round` reads these tables (see [the placement round](round.md)); a plan ignores
them where they lie in a case folder or workbook. No name, date of birth, address or UPN may stand
in `waiting`: a list that holds one is refused.
"""

_BIDS_HEAD = """## A round of bids

Only `sendplaces bids` reads this table (see [a round of bids](questions/bids.md)); a plan ignores
it where it lies in a case folder or workbook.
"""


def data_dictionary() -> str:
    """Return every table and column that a case may hold, as Markdown."""
    parts = [_HEAD, "## `case.toml`, or the sheet `case` (headings key and value)\n", _facts()]
    parts += [_table(model) for model in TABLES.values()]
    parts += [_ROUND_HEAD, *(_table(model) for model in ROUND_TABLES.values())]
    parts += [_BIDS_HEAD, *(_table(model) for model in BID_TABLES.values())]
    parts += [
        "## Codes\n",
        "Needs: " + "; ".join(f"`{need.value}` {words}" for need, words in NEED_LABELS.items()),
        ".\n\nPhases, with their national curriculum years (reception is 0, nursery -2 and -1): ",
        "; ".join(
            f"`{phase.value}` {words.lower()}, {PHASE_YEARS[phase][0]} to {PHASE_YEARS[phase][1]}"
            for phase, words in PHASE_LABELS.items()
        ),
        ".\n\nClasses of provision: " + ", ".join(f"`{kind.value}`" for kind in ProvisionClass),
        ".\n",
    ]
    head, tail = parts[:-5], parts[-5:]
    return "\n".join(head) + "\n" + "".join(tail)


def _facts() -> str:
    rows = [_line(column(name, field)) for name, field in CaseFacts.model_fields.items()]
    return "\n".join(["| key | holds | default | meaning |", "|---|---|---|---|", *rows, ""])


def _table(model: type[Row]) -> str:
    heading = f"## `{model.table}`" + (" (required)" if model.required else "")
    keys = ", ".join(f"`{model.model_fields[name].alias or name}`" for name in model.key)
    lines = [
        heading,
        "",
        f"One row: {(model.__doc__ or '').splitlines()[0]} No two rows may share {keys}.",
        "",
        "| column | holds | default | meaning |",
        "|---|---|---|---|",
        *(_line(c) for c in columns(model)),
        "",
    ]
    return "\n".join(lines)


def _line(c: Column) -> str:
    name = f"**{c.heading}**" if c.required else c.heading
    description = c.description.replace("|", "\\|")
    return f"| {name} | {holds(c)} | {default_words(c)} | {description} |"


def holds(c: Column) -> str:
    """Return in words what a cell of a column holds."""
    if c.choices:
        coded = {"need": "code of a need", "phase": "phase", "class": "class of provision"}
        coded |= dict.fromkeys(("second_need", "with_need"), "code of a need")
        return coded.get(c.heading, " or ".join(f"`{choice}`" for choice in c.choices))
    is_growth = c.kind == "share" and c.low is not None and c.low < 0
    words = (
        f"share a year, {c.low:g} to {c.high:g}" if is_growth else _KIND_WORDS.get(c.kind, c.kind)
    )
    if c.low is not None and c.high is not None and c.kind != "share":
        return f"{words}, {c.low:g} to {c.high:g}"
    if c.low is not None and c.kind not in {"share", "pounds"}:
        return f"{words}, {c.low:g} or more"
    return words


def default_words(c: Column) -> str:
    """Return what a blank cell means, as a person would type it; nothing where it means nothing."""
    value = c.default
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(f"{part:g}" for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
