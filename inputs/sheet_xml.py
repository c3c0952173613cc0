"""Find in a workbook's own XML what its reader leaves out: formulas, and cells that show an error.

A formula that was never calculated, and ``#DIV/0!``, both come to us as blanks; a blank often
stands for a default, so a wrong answer would follow in silence.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    import zipfile

Cell = tuple[int, int]

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])?>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_IS_ERROR = re.compile(rb'\bt="e"')
_IS_TEXT = re.compile(rb'\bt="str"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_ODS_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ODS_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_ODS_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"


class UnsafeXmlError(Exception):
    """A part of the workbook declares entities, which no spreadsheet program writes."""


@dataclass
class OddCells:
    """Cells of one sheet, by row and column counted from 0."""

    calculated: list[Cell] = field(default_factory=list)
    never_calculated: list[Cell] = field(default_factory=list)
    errors: dict[Cell, str] = field(default_factory=dict)


def odd_cells(packed: zipfile.ZipFile) -> dict[str, OddCells]:
    """Return the odd cells of each sheet, by its name.

    Raises
    ------
    UnsafeXmlError
        Where the XML declares entities of its own.
    KeyError, ValueError
        Where the file is not a workbook.
    """
    if "content.xml" in packed.namelist():
        return _odd_in_ods(_read(packed, "content.xml"))
    return {name: _odd_in_sheet(_read(packed, part)) for name, part in _sheet_parts(packed).items()}


def _read(packed: zipfile.ZipFile, part: str) -> bytes:
    data = packed.read(part)
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
        raise UnsafeXmlError(f"its part {part!r} declares entities, and is not opened")
    return data


def _parse(data: bytes) -> ET.Element:
    try:
        return ET.fromstring(data)  # noqa: S314 - entities were refused above
    except ET.ParseError as error:
        raise ValueError(str(error)) from error


def _sheet_parts(packed: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the package that holds each worksheet."""
    names = set(packed.namelist())
    book = next(
        name for name in ("xl/workbook.xml", "xl/Workbook.xml", "") if name in names or not name
    )
    if not book:
        raise ValueError("there is no workbook in it")
    folder, base = posixpath.split(book)
    targets = {
        link.get("Id", ""): link.get("Target", "")
        for link in _parse(_read(packed, f"{folder}/_rels/{base}.rels"))
    }
    parts: dict[str, str] = {}
    for element in _parse(_read(packed, book)).iter():
        if element.tag.endswith("}sheet"):
            link = next((v for k, v in element.attrib.items() if k.endswith("}id")), "")
            target = targets.get(link, "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            if part in names:
                parts[element.get("name", "")] = part
    return parts


def _odd_in_sheet(data: bytes) -> OddCells:
    odd = OddCells()
    if not _FORMULA.search(data) and not _IS_ERROR.search(data):
        return odd
    for match in _CELL.finditer(data):
        attributes, inside = match[1] or b"", match[2]
        place = _REFERENCE.search(attributes)
        if place is None:
            continue
        cell = (int(place[2]) - 1, _column(place[1]))
        value = _VALUE.search(inside)
        text = value[1].decode("utf-8", "replace").strip() if value else ""
        if _IS_ERROR.search(attributes):
            odd.errors[cell] = unescape(text) or "#N/A"
        elif _FORMULA.search(inside):
            # A formula whose answer is no text is saved as text of no length: calculated.
            done = text or (value is not None and _IS_TEXT.search(attributes))
            (odd.calculated if done else odd.never_calculated).append(cell)
    return odd


def _column(letters: bytes) -> int:
    """Return a column's position from 0: A is 0, AA is 26."""
    position = 0
    for letter in letters:
        position = position * 26 + letter - ord("A") + 1
    return position - 1


def _odd_in_ods(data: bytes) -> dict[str, OddCells]:
    found: dict[str, OddCells] = {}
    if b"formula=" not in data and b'value-type="error"' not in data:
        return found
    for sheet in _parse(data).iter(f"{_ODS_TABLE}table"):
        odd = found.setdefault(sheet.get(f"{_ODS_TABLE}name", ""), OddCells())
        row = 0
        for line in sheet.iter(f"{_ODS_TABLE}table-row"):
            column = 0
            for cell in line:
                _sort_ods(odd, cell, (row, column))
                column += int(cell.get(f"{_ODS_TABLE}number-columns-repeated", "1"))
            row += int(line.get(f"{_ODS_TABLE}number-rows-repeated", "1"))
    return found


def _sort_ods(odd: OddCells, cell: ET.Element, place: Cell) -> None:
    text = "".join("".join(part.itertext()) for part in cell.iter(f"{_ODS_TEXT}p")).strip()
    if cell.get(_CALC_TYPE) == "error" or (
        text.startswith("#") and text.endswith(("!", "?", "/A"))
    ):
        odd.errors[place] = text or "#N/A"
    elif cell.get(f"{_ODS_TABLE}formula") is not None:
        done = text or cell.get(f"{_ODS_OFFICE}value-type") == "string"
        (odd.calculated if done else odd.never_calculated).append(place)
