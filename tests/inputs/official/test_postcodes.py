"""Postcodes found in files of every layout of ONS, whole, zipped and in parts."""

from __future__ import annotations

import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest

from inputs.errors import InputError
from inputs.official.postcodes import read_postcodes, tidy_postcode
from tests.inputs.official import blade_files as made

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("heads", "vintages"),
    [
        ("ONSPD", {"lsoa11", "lsoa21"}),
        ("ONSPD 2025", {"lsoa11", "lsoa21"}),
        ("NSPL 2011", {"lsoa11"}),
        ("NSPL 2021", {"lsoa21"}),
        ("Geoportal", {"lsoa11"}),
    ],
)
def test_every_layout_gives_the_same_postcodes(
    heads: str, vintages: set[str], tmp_path: Path
) -> None:
    """The live one has its zone and no end; the terminated one its month; others are not there."""
    path = made.postcode_file(tmp_path, heads=heads)

    found = read_postcodes(path, {"SB11AA", "SB91ZZ", "ZZ99ZZ"})

    assert found.vintages == vintages
    assert found.rows.index.tolist() == ["SB11AA", "SB91ZZ"]
    for vintage in vintages:
        assert found.rows[vintage].tolist() == [made.ZONES[0], made.ZONES[0]]
    for lacking in {"lsoa11", "lsoa21"} - vintages:
        assert found.rows[lacking].tolist() == ["", ""]
    assert found.rows["ended"].tolist() == ["", "202406"]


def test_a_zip_as_downloaded_gives_the_whole_file_and_not_its_parts(tmp_path: Path) -> None:
    """The zip holds the file, its parts by postcode area and lookups of names; one is read."""
    path = made.postcode_file(tmp_path / "made")
    with zipfile.ZipFile(tmp_path / "ONSPD_FEB_2025.zip", "w") as bundle:
        bundle.write(path, "Data/ONSPD_FEB_2025_UK.csv")
        bundle.writestr("Data/multi_csv/ONSPD_FEB_2025_UK_SB.csv", "pcds,lsoa11\nSB1 1AA,wrong\n")
        bundle.writestr("Documents/LSOA (2011) names and codes.csv", "LSOA11CD,LSOA11NM\nx,y\n")

    found = read_postcodes(tmp_path / "ONSPD_FEB_2025.zip", {"SB11AA"})

    assert found.rows.loc["SB11AA", "lsoa11"] == made.ZONES[0]
    assert found.source == "ONSPD_FEB_2025_UK.csv"


def test_a_folder_of_parts_gives_the_postcodes_of_all(tmp_path: Path) -> None:
    """Unzipped, with only the parts by postcode area kept, in Data/multi_csv."""
    parts = tmp_path / "ONSPD" / "Data" / "multi_csv"
    parts.mkdir(parents=True)
    (parts / "a_SB.csv").write_text("pcds,lsoa11,doterm\nSB1 1AA,E01000001,\n", "utf-8")
    (parts / "a_TR.csv").write_text("pcds,lsoa11,doterm\nTR1 1AA,E01000002,\n", "utf-8")

    found = read_postcodes(tmp_path / "ONSPD", {"SB11AA", "TR11AA"})

    assert found.rows["lsoa11"].to_dict() == {"SB11AA": "E01000001", "TR11AA": "E01000002"}


def test_a_large_file_is_never_held_whole(tmp_path: Path) -> None:
    """A file of 120,000 rows and 11 columns, about 20 MB, takes a tenth of that to read."""
    path, row = tmp_path / "ONSPD.csv", ',"x"' * 40
    with path.open("w", encoding="utf-8") as file:
        file.write("pcds,lsoa11" + "".join(f",c{n}" for n in range(40)) + "\n")
        for number in range(120_000):
            outer, inner = divmod(number, 900)
            file.write(f'"S{outer // 10}B{outer % 10} {inner}AA","E01000001"{row}\n')
        file.write(f'"SB1 1AA","E01000003"{row}\n')
    size = path.stat().st_size
    tracemalloc.start()

    found = read_postcodes(path, {"SB11AA"})

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.rows["lsoa11"].to_dict() == {"SB11AA": "E01000003"}
    assert peak < size / 10


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("URN,EstablishmentName\n1,a\n", "is the register of schools"),
        ("pcds,oslaua\nSB1 1AA,E06000099\n", "has postcodes and no column of LSOAs"),
        ("a,b\n1,2\n", "is not an ONS postcode file (ONSPD or NSPL)"),
    ],
)
def test_another_file_is_refused_in_words(text: str, words: str, tmp_path: Path) -> None:
    """A file of another kind, or with postcodes and no LSOA, is told as such."""
    path = tmp_path / "file.csv"
    path.write_text(text, "utf-8")

    with pytest.raises(InputError, match=r"file\.csv") as caught:
        read_postcodes(path, {"SB11AA"})

    assert words in str(caught.value)


def test_a_folder_without_one_is_refused(tmp_path: Path) -> None:
    """Two tables, neither of them a postcode file."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("a,b\n1,2\n", "utf-8")

    with pytest.raises(InputError, match="no table has both postcodes and LSOAs"):
        read_postcodes(tmp_path, {"SB11AA"})


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("sb1 1aa", "SB11AA"),
        (" SW1A  1AA ", "SW1A1AA"),
        ("M1 1AE", "M11AE"),
        ("SB1", ""),
        ("SB11 1A", ""),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_a_postcode_has_a_form(text: str, tidy: str) -> None:
    """Case and spaces are forgiven; what cannot be a postcode is blank."""
    assert tidy_postcode(text) == tidy
