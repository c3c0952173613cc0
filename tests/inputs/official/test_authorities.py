"""An authority is found however it is written, and a wrong name is answered."""

from __future__ import annotations

import pytest

from inputs.errors import InputError
from inputs.official.authorities import Authority, find

KNOWN = [
    Authority("E06000058", "839", "Bournemouth, Christchurch and Poole"),
    Authority("E10000018", "855", "Leicestershire"),
    Authority("E06000016", "856", "Leicester"),
    Authority("E06000017", "857", "Rutland"),
    Authority("E06000023", "801", "Bristol, City of"),
    Authority("E09000001", "201", "City of London"),
]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("Bournemouth, Christchurch & Poole", "839"),
        ("bournemouth christchurch and poole", "839"),
        ("839", "839"),
        ("e06000058", "839"),
        ("Leicester City", "856"),
        ("Leicestershire County Council", "855"),
        ("  rutland ", "857"),
        ("Bristol", "801"),
        ("city of london", "201"),
    ],
)
def test_found_by_name_or_code(asked: str, code: str) -> None:
    """Case, marks, '&' and words such as 'City of' or 'Council' do not matter; codes do as well."""
    assert find(asked, KNOWN).old_code == code


@pytest.mark.parametrize(
    ("asked", "suggested"), [("Rutlnd", "'Rutland'"), ("Leicestershir", "'Leicestershire'")]
)
def test_a_wrong_name_suggests_the_nearest(asked: str, suggested: str) -> None:
    """A name with a slip is answered with the one that is meant."""
    with pytest.raises(InputError, match=r"Did you mean") as raised:
        find(asked, KNOWN)
    assert suggested in str(raised.value)


def test_an_abolished_authority_names_what_replaced_it() -> None:
    """Poole went in April 2019, and Cumbria became two authorities in April 2023."""
    with pytest.raises(InputError, match="abolished in April 2019") as raised:
        find("Poole", KNOWN)
    assert "'Bournemouth, Christchurch and Poole'" in str(raised.value)
    with pytest.raises(InputError, match="'Cumberland' or 'Westmorland and Furness'"):
        find("Cumbria", KNOWN)


@pytest.mark.parametrize("asked", ["Narnia", "", "000"])
def test_nothing_near_says_how_many_there_are(asked: str) -> None:
    """A name like none of them is answered with how many authorities the files hold."""
    with pytest.raises(InputError, match="They hold 6 upper-tier and unitary authorities"):
        find(asked, KNOWN)
