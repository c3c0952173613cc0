"""A round of bids at the door: every fault at once, and each bid made an option of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from inputs.bids import read_bids
from inputs.errors import InputError
from inputs.examples import make_seaborough
from inputs.read import inspect_case
from inputs.schemas import Bid
from tests.cases import tiny_tables, write_case, write_rows

if TYPE_CHECKING:
    from pathlib import Path

GROWS: dict[str, Any] = {
    "bid": "elm_4",
    "name": "Elm Primary: base grows by 4",
    "provision": "elm_base",
    "needs": "ASD",
    "phases": "primary",
    "places": 4,
    "annual_cost_gbp": 9000,
    "capital_gbp": 100000,
}
OPENS: dict[str, Any] = GROWS | {
    "bid": "ash_unit_8",
    "name": "Ash Primary: co-located unit of 8",
    "provision": "ash_unit",
    "class": "colocated_unit",
    "easting": 408600,
    "northing": 92000,
    "locality": "harbour",
    "needs": "ASD; SLD",
    "places": 8,
}


def wrong(folder: Path, *rows: dict[str, Any]) -> list[str]:
    """Return the sentences with which a round is refused."""
    case = write_case(folder / "case")
    headings = list(dict.fromkeys(key for row in (OPENS, *rows) for key in row))
    path = folder / "bids.csv"
    write_rows(path, [dict.fromkeys(headings, "") | row for row in rows])
    with pytest.raises(InputError) as caught:
        read_bids(case, path)
    return [fault.sentence() for fault in caught.value.faults]


def test_bids_become_options_and_new_provisions(tmp_path: Path) -> None:
    """One grows a base that is there, one opens a unit; the case's own option stands aside."""
    case = write_case(tmp_path / "case")
    write_rows(case / "bids.csv", [OPENS, dict.fromkeys(OPENS, "") | GROWS])

    found = read_bids(case, None)

    assert found.table["bid"].tolist() == ["ash_unit_8", "elm_4"]
    assert found.case.options["option"].tolist() == ["ash_unit_8", "elm_4"]
    new = found.case.provisions.set_index("provision").loc["ash_unit"]
    assert (new["class"], new["places"], new["easting"]) == ("colocated_unit", 0, 408600)
    taught = found.case.option_teaches
    assert taught["need"][taught["option"] == "ash_unit_8"].tolist() == ["ASD", "SLD"]
    for name in ("options", "provisions", "option_teaches"):
        whole, parts = getattr(found.case, name), getattr(inspect_case(case)[0], name)
        assert whole.dtypes.to_dict() == parts.dtypes.to_dict(), name


def test_the_case_s_own_options_may_compete(tmp_path: Path) -> None:
    """Asked for, they stay; a commitment stays in any case."""
    tables = tiny_tables()
    locked = [row | {"committed_year": 2027} for row in tables["options"]]
    path = tmp_path / "bids.csv"
    write_rows(path, [OPENS])

    free = read_bids(write_case(tmp_path / "free"), path, beside_options=True)
    held = read_bids(write_case(tmp_path / "held", options=locked), path)

    assert free.case.options["option"].tolist() == ["elm_base_6_more", "ash_unit_8"]
    assert held.case.options["option"].tolist() == ["elm_base_6_more", "ash_unit_8"]


def test_a_table_of_bids_in_a_case_folder_is_no_stray_file(tmp_path: Path) -> None:
    """A plan of that case says nothing of it."""
    case = write_case(tmp_path / "case")
    write_rows(case / "bids.csv", [OPENS])

    _, found = inspect_case(case)

    assert not [fault for fault in found if "bids" in fault.table]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"needs": "ASC"}, "'ASC' is not a need"),
        ({"phases": "infants"}, "'infants' is not a phase"),
        ({"places": 0}, "places: '0'"),
        ({"capital_gbp": "600k"}, "Write it out in full"),
        ({"class": "inmss_day"}, "is no class whose places an authority commissions"),
        ({"class": ""}, "is not a provision of the case, and no class is given"),
        ({"easting": "", "northing": ""}, "has no coordinates"),
        ({"bid": "elm_base_6_more"}, "is the key of an option of the case too"),
        ({"requires": "nothing"}, "'nothing' is not a bid"),
        ({"committed_year": 2040}, "is outside the years of the case, 2026 to 2028"),
        ({"capital_profile": "0.5; 0.2"}, "adds up to 0.7, not 1"),
        ({"annual_cost_gbp": 0}, "is no cost at all"),
        ({"deliverability": "blue"}, "deliverability"),
        ({"needs": ""}, "needs"),
    ],
)
def test_every_slip_has_its_message(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    """One slip, one sentence, with the row and the column of the table of bids."""
    told = wrong(tmp_path, OPENS | change)

    assert len(told) == 1, told
    assert says in told[0]
    assert told[0].startswith("bids.csv, row 2")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Three rows with a slip each and two of one key: four sentences, and the class of another."""
    told = wrong(
        tmp_path,
        OPENS | {"places": "many"},
        GROWS | {"class": "special_school"},
        GROWS | {"bid": "late", "earliest": 2028, "latest": 2027},
        GROWS | {"bid": "late"},
    )

    assert len(told) == 4
    assert "is not the class of elm_base, which is specialist_base" in "\n".join(told)


def test_no_table_no_sheet_no_bid(tmp_path: Path) -> None:
    """No file, no sheet of that name, and a table without a row: each says what to do."""
    case = write_case(tmp_path / "case")
    empty = tmp_path / "bids.csv"
    empty.write_text(",".join(OPENS) + "\n", "utf-8")
    book = tmp_path / "book.xlsx"
    with pd.ExcelWriter(book) as writer:
        pd.DataFrame({"a": [1]}).to_excel(writer, sheet_name="other", index=False)

    said = []
    for path in (None, tmp_path / "gone.csv", empty, book):
        with pytest.raises(InputError) as caught:
            read_bids(case, path)
        said.append(str(caught.value))

    assert "Name it with --bids FILE" in said[0]
    assert "there is no such file" in said[1]
    assert "has no bid in it" in said[2]
    assert "has no sheet 'bids'" in said[3]


def test_the_example_and_seaborough_s_round_are_read() -> None:
    """The row model's own example is a bid; the embedded round of eleven has no fault."""
    assert Bid.model_validate(Bid.example).places == 20
    found = read_bids(make_seaborough.HERE, None)
    assert len(found.table) == 11
    assert not found.warnings
