"""Opening a published table: any compression, any encoding, and never the wrong file."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zipfile
from typing import TYPE_CHECKING

import pytest

from inputs.errors import InputError
from inputs.official.opening import Source, find_tables, headings, numbers, read_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXT = "URN,Name,Roll\n1,Caf\u00e9 School,10\n2,Oak,x\n3,Elm,30\n"


def write(path: Path, data: bytes) -> Source:
    path.write_bytes(data)
    return Source(path)


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("t.csv", lambda data: data),
        ("t.csv.gz", gzip.compress),
        ("t.csv.xz", lzma.compress),
        ("t.csv.bz2", bz2.compress),
    ],
)
def test_reads_each_compression(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    """A table reads alike plain and in each of three compressions."""
    source = write(tmp_path / name, pack(TEXT.encode()))
    frame = read_table(source, "a table", ["urn", "Roll"], optional=["Postcode"])
    assert list(frame.columns) == ["urn", "Roll"]
    assert list(frame["Roll"]) == ["10", "x", "30"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_reads_each_encoding(tmp_path: Path, encoding: str) -> None:
    """Names with accents are right in UTF-8, with its mark, and in Windows text."""
    source = write(tmp_path / "t.csv", TEXT.encode(encoding))
    assert read_table(source, "a table", ["Name"])["Name"][0] == "Caf\u00e9 School"


def test_keeps_only_wanted_rows_with_their_row_numbers(tmp_path: Path) -> None:
    """Rows not wanted are dropped, and the others keep their row of the file, for messages."""
    source = write(tmp_path / "t.csv", TEXT.encode())
    frame = read_table(source, "a table", ["URN"], keep=lambda rows: rows["URN"] != "2")
    assert list(frame.index) == [0, 2]


def test_reads_a_member_of_a_zip(tmp_path: Path) -> None:
    """A release zip is a folder of tables, whatever folders are in it; other files are none."""
    path = tmp_path / "release.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("data/caseload.csv", TEXT)
        bundle.writestr("data/guidance.txt", "words")
        bundle.writestr("__MACOSX/._caseload.csv", "rubbish")
    (source,) = find_tables(path)
    assert source.stem == "caseload"
    assert len(read_table(source, "a table", ["URN"])) == 3


def test_another_file_is_named_for_what_it_is(tmp_path: Path) -> None:
    """A register given as a population is refused as the register of schools."""
    source = write(tmp_path / "x.csv", b"URN,EstablishmentName\n1,Oak\n")
    with pytest.raises(InputError) as raised:
        read_table(source, "population of small areas", ["lsoa11_code"])
    message = str(raised.value)
    assert "is the register of schools" in message
    assert "wanted: population of small areas" in message


def test_another_layout_names_the_columns_it_lacks(tmp_path: Path) -> None:
    """A file that is nothing known is refused by the columns that it lacks."""
    source = write(tmp_path / "x.csv", b"a,b\n1,2\n")
    with pytest.raises(InputError, match=r"it has no column ehcplans"):
        read_table(source, "plans by placement", ["ehcplans"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04....", "is not a CSV file"),
        (b"\x00\x01\n", "is not a CSV file"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes, words: str) -> None:
    """An empty file, a workbook named .csv and rubbish are each refused in words."""
    source = write(tmp_path / "x.csv", data)
    with pytest.raises(InputError, match=words):
        headings(source)


def test_damage_is_told(tmp_path: Path) -> None:
    """A gzip that breaks off, and one that never was, are told as damaged."""
    for data in (gzip.compress(TEXT.encode() * 50)[:60], b"not gzip"):
        source = write(tmp_path / "x.csv.gz", data)
        with pytest.raises(InputError, match="is damaged"):
            read_table(source, "a table", ["URN"])


@pytest.mark.parametrize("rows", [b"1,2\n1,2,3,4\n", b"1,2,3\n4,5,6\n"])
def test_ragged_rows_are_told(tmp_path: Path, rows: bytes) -> None:
    """Rows with more cells than headings, some or all, are told and never shifted."""
    source = write(tmp_path / "x.csv", b"a,b\n" + rows)
    with pytest.raises(InputError, match="cannot be read as CSV"):
        read_table(source, "a table", ["a"])


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """A path with nothing at it, and a folder without tables, are told."""
    with pytest.raises(InputError, match="there is no such file or folder"):
        find_tables(tmp_path / "none.csv")
    with pytest.raises(InputError, match="the folder holds no CSV file"):
        find_tables(tmp_path)


def test_marks_are_not_numbers_and_not_zero(tmp_path: Path) -> None:
    """Marks x (unavailable), z, c and a blank become NaN; 1,250 is a number."""
    source = write(tmp_path / "t.csv", b'n\nx\nz\nc\n\n"1,250"\n7\n')
    frame = read_table(source, "a table", ["n"])
    values = numbers(source, frame["n"])
    assert values.isna().sum() == len(values) - 2
    assert list(values.dropna()) == [1250.0, 7.0]


def test_a_negative_count_is_a_fault_with_its_row(tmp_path: Path) -> None:
    """A count below zero, or a word, is refused at its row as a spreadsheet numbers it."""
    source = write(tmp_path / "t.csv", b"n\n5\n-3\nten\n")
    frame = read_table(source, "a table", ["n"])
    with pytest.raises(InputError) as raised:
        numbers(source, frame["n"])
    told = [(fault.row, fault.value, fault.problem) for fault in raised.value.faults]
    assert told == [(3, "-3", "is negative"), (4, "ten", "is not a number")]
    with pytest.raises(InputError, match="is not a number"):
        numbers(source, frame["n"], signed=True)
