"""What one question found: a page, a workbook, tables and a summary, in one form for every command.

A command that asks something of a plan fills in `Findings`, and `publish_findings` writes them:
``report.html``, ``<kind>.xlsx``, ``tables/*.csv``, ``summary.json`` and ``manifest.json``.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from outputs import words
from outputs.html import LEGAL, drawn, template, write_page
from outputs.page_trust import warnings_of
from outputs.publish import MANIFEST, SUMMARY, write_csv, write_folder, write_json
from outputs.sheets import Book

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from inputs.errors import Fault
    from outputs.figures import Picture
    from outputs.page_table import Table

NOT_FOR_PUBLICATION = (
    "Holds small numbers of children. Not for publication: these findings have no public version."
)
LINE_POINTS, CHARACTERS_A_LINE = 15, 100
"""Height of a line of a sheet's cover, and how much text goes on one."""

LONGEST_SHEET_NAME = 31
FORBIDDEN_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
COVER = ("Contents", "Notes", "Warnings")
"""Sheets that every workbook has, whatever was asked."""

STYLES = {"gap": "share_fine", "seconds": "minutes", "rank": "whole"}
"""Styles of columns that their name does not tell."""


@dataclass(frozen=True)
class Key:
    """One figure of the first screen: what it is, the figure in words, and a short note."""

    label: str
    figure: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Parameters
    ----------
    heading
        What a reader looks for.
    sentences
        Paragraphs in plain words, above the rest.
    picture
        A chart with the table of its numbers (:mod:`outputs.finding_charts` draws some).
    tables
        Of words (:func:`outputs.page_table.table_of`); the whole tables go into `Findings.tables`.
    bullets
        Lines of a list under the paragraphs.
    """

    heading: str
    sentences: tuple[str, ...] = ()
    picture: Picture | None = None
    tables: tuple[Table, ...] = ()
    bullets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Findings:
    """What one question found, ready to publish.

    Parameters
    ----------
    kind
        The command, such as ``reasons``: names the workbook, and what may be replaced.
    title
        Of the page, without the case: "Why these openings".
    case_name
        Of the case, as its users know it.
    run_id
        Stands in every table, in the summary and in the manifest.
    lede
        The answer in a sentence or two.
    proven
        What is and is not proven of the figures, in sentences. Every page has this: at least one.
    sections
        The page, in reading order.
    tables
        Name (a slug: of the CSV and, in words, of the sheet) to a tidy frame, one fact a row.
    summary
        For ``summary.json``; kind, case and run are added.
    keys
        The figures of the first screen.
    notes
        What was assumed, in sentences.
    warnings
        What is odd in the data.
    attribution
        Sources that must be named, as the roads'.
    styles
        Column to its style in the workbook (:data:`outputs.sheets.STYLES`), where the name of the
        column does not tell.
    about
        Table to what it holds, for the workbook's contents.
    """

    kind: str
    title: str
    case_name: str
    run_id: str
    lede: str
    proven: tuple[str, ...]
    sections: tuple[Section, ...]
    tables: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]
    keys: tuple[Key, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[Fault, ...] = ()
    attribution: tuple[str, ...] = ()
    styles: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse findings that say nothing of their proof, or name two things alike.

        Raises
        ------
        ValueError
            In these cases: a fault of the code that fills them in.
        """
        if not self.proven:
            raise ValueError("findings must say what is proven of them")
        ids = [table.key for one in self.sections for table in _tables_of(one)]
        ids += [one.picture.key for one in self.sections if one.picture]
        twice = [key for key, count in Counter(ids).items() if count > 1]
        if twice:
            raise ValueError(f"two tables or charts of a page share an id: {twice}")
        if "warnings" in self.tables:
            raise ValueError("the table of warnings is made from the warnings")


def publish_findings(
    findings: Findings, folder: Path, *, manifest: Mapping[str, Any], force: bool = False
) -> Path:
    """Write the folder of what was found, whole or not at all.

    Parameters
    ----------
    findings
        What to write.
    folder
        Where. An earlier one of the same kind is replaced.
    manifest
        Hashes of the inputs, settings, versions and times.
    force
        Replace a folder that holds something else.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        When the folder holds something else and ``force`` is off, or cannot be written.
    """

    def fill(draft: Path) -> None:
        (draft / "tables").mkdir()
        for name, frame in _all_tables(findings).items():
            write_csv(draft / "tables" / f"{name}.csv", frame, findings.run_id)
        _write_workbook(findings, draft / f"{findings.kind}.xlsx")
        write_page(render_findings(findings), draft / "report.html")
        told = {"kind": findings.kind, "case": findings.case_name, "run_id": findings.run_id}
        write_json(draft / SUMMARY, told | dict(findings.summary))
        facts = {"run_id": findings.run_id, "kind": findings.kind, "public": False}
        write_json(draft / MANIFEST, facts | dict(manifest))  # last: with it the folder is whole

    return write_folder(folder, fill, kind=findings.kind, force=force)


def render_findings(findings: Findings) -> str:
    """Return the whole page. The same findings give the same text."""
    svgs = drawn({f"part_{i}": one.picture for i, one in enumerate(findings.sections)})
    parts = [(f"part-{i}", one, svgs[f"part_{i}_svg"]) for i, one in enumerate(findings.sections)]
    return template("findings.html").render(
        one=findings,
        public=False,
        parts=parts,
        warnings=warnings_of(_warnings(findings)),
        not_for_publication=NOT_FOR_PUBLICATION,
        legal=LEGAL,
    )


def _tables_of(section: Section) -> list[Table]:
    """Return every table that a section shows, its chart's among them."""
    drawn_from = [section.picture.table, *section.picture.more] if section.picture else []
    return [*drawn_from, *section.tables]


def _warnings(findings: Findings) -> pd.DataFrame:
    rows = [one.as_dict() for one in findings.warnings]
    names = ["table", "problem", "remedy", "row", "column", "value", "severity"]
    return pd.DataFrame(rows, columns=names)


def _all_tables(findings: Findings) -> dict[str, pd.DataFrame]:
    return dict(findings.tables) | {"warnings": _warnings(findings)}


def sheet_names(tables: Mapping[str, Any]) -> dict[str, str]:
    """Return the sheet of each table: in words, short enough, and no two alike.

    >>> sheet_names({"reasons": 1, "what_would_have_to_be_true_for_it": 1})["reasons"]
    'Reasons'
    """
    taken = {name.casefold() for name in COVER}
    names: dict[str, str] = {}
    for table in tables:
        whole = words.words(table).translate(FORBIDDEN_IN_SHEET_NAMES).strip(" '")
        name, number = whole[:LONGEST_SHEET_NAME], 1
        while name.casefold() in taken:
            number += 1
            name = f"{whole[: LONGEST_SHEET_NAME - 4]} {number}"
        taken.add(name.casefold())
        names[table] = name
    return names


def _write_workbook(findings: Findings, path: Path) -> None:
    book, sheets = Book(path), sheet_names(findings.tables)
    _cover(book, findings, sheets)
    styles = STYLES | dict(findings.styles)
    for name, frame in findings.tables.items():
        used = {column: style for column, style in styles.items() if column in frame.columns}
        book.table(sheets[name], frame, styles=used)
    told = [*findings.proven, *findings.notes, *findings.attribution]
    book.table("Notes", pd.DataFrame({"note": told}))
    book.table("Warnings", _warnings(findings))
    book.close()


def _cover(book: Book, findings: Findings, sheets: Mapping[str, str]) -> None:
    """Write the cover: what was asked and found, how far it is proven, what is where."""
    sheet = book.sheet(COVER[0])
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, CHARACTERS_A_LINE)
    book.put(sheet, 0, 0, f"{findings.title}: {findings.case_name}", "title")
    lines = [
        ("Not for publication", NOT_FOR_PUBLICATION),
        ("Run", findings.run_id),
        ("What was found", findings.lede),
        *(
            (one.label, f"{one.figure} {f'({one.note})' if one.note else ''}")
            for one in findings.keys
        ),
        *(("What is proven", line) for line in findings.proven),
    ]
    row = 2
    for label, text in lines:
        book.put(sheet, row, 0, label)
        book.put(sheet, row, 1, text.strip(), "wrapped")
        # not every program makes the row as high as its text
        sheet.set_row(row, LINE_POINTS * max(1, math.ceil(len(text) / CHARACTERS_A_LINE)))
        row += 1
    row += 1
    book.put(sheet, row, 0, "Sheets", "section")
    shown = {sheets[name]: findings.about.get(name, "") for name in findings.tables}
    shown |= {"Notes": "What is proven, what was assumed, and sources"}
    shown |= {"Warnings": "What was odd in the data, but did not stop the run"}
    for name, what in shown.items():
        row += 1
        sheet.write_url(row, 0, f"internal:'{name.replace(chr(39), chr(39) * 2)}'!A1", string=name)
        book.put(sheet, row, 1, what)
    row += 2
    for line in findings.attribution:
        book.put(sheet, row, 0, line)
        row += 1
