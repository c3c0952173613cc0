"""English local authorities as the files know them: by name, by old code and by new code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from inputs.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOISE = frozenset(
    {"and", "the", "of", "city", "county", "council", "borough", "royal", "london", "unitary"}
)
"""Words that one file writes in a name and another leaves out."""

ABOLISHED: dict[str, tuple[int, tuple[str, ...]]] = {
    "Bournemouth": (2019, ("Bournemouth, Christchurch and Poole",)),
    "Poole": (2019, ("Bournemouth, Christchurch and Poole",)),
    "Christchurch": (2019, ("Bournemouth, Christchurch and Poole",)),
    "Northamptonshire": (2021, ("North Northamptonshire", "West Northamptonshire")),
    "Cumbria": (2023, ("Cumberland", "Westmorland and Furness")),
}
"""Authorities that went in April of a year, and what stands in their place.

Source: The Bournemouth, Dorset and Poole (Structural Changes) Order 2018; The Northamptonshire
(Structural Changes) Order 2020; The Cumbria (Structural Changes) Order 2022. Dorset, Somerset,
North Yorkshire and Buckinghamshire kept their names.
"""

BEGAN: dict[str, int] = {
    "Bournemouth, Christchurch and Poole": 2019,
    "Dorset": 2019,
    "North Northamptonshire": 2021,
    "West Northamptonshire": 2021,
    "Cumberland": 2023,
    "Westmorland and Furness": 2023,
}
"""Year in whose April an authority began on boundaries new to it (same Orders)."""


@dataclass(frozen=True, order=True)
class Authority:
    """A local authority.

    Parameters
    ----------
    code
        Code of the Office for National Statistics, such as ``E06000058``.
    old_code
        The education code of three digits, such as ``839``; files of any year agree on it.
    name
        Its name as the plans are published under.
    """

    code: str
    old_code: str
    name: str


def tidy_name(name: str) -> str:
    """Return a name without case, marks and the words that files disagree on.

    >>> tidy_name("Bristol, City of"), tidy_name("Bournemouth, Christchurch & Poole")
    ('bristol', 'bournemouth christchurch poole')
    """
    words = re.sub(r"[^a-z0-9]+", " ", name.lower().replace("'", "").replace("\u2019", "")).split()
    kept = [word for word in words if word not in _NOISE]
    return " ".join(kept or words)


def find(asked: str, known: Iterable[Authority]) -> Authority:
    """Return the authority that is asked for by name or by either code.

    Parameters
    ----------
    asked
        ``Bournemouth, Christchurch & Poole``, ``839`` or ``E06000058``.
    known
        The authorities that there are.

    Raises
    ------
    InputError
        When none is meant: it says what replaced an abolished one, or suggests the nearest.
    """
    wanted = sorted(set(known))
    code = asked.strip().upper()
    for one in wanted:
        if code and code in {one.code.upper(), one.old_code.upper()}:
            return one
    tidy = tidy_name(asked)
    named = [one for one in wanted if tidy_name(one.name) == tidy]
    if len(named) == 1 and tidy:
        return named[0]
    raise InputError([_unknown(asked, tidy, wanted, named)])


def _unknown(asked: str, tidy: str, known: list[Authority], named: list[Authority]) -> Fault:
    """Return why a name is no authority of the files, and which may be meant."""
    if named:
        listed = " or ".join(f"{one.old_code} ({one.name})" for one in named)
        return Fault("--la", "is the name of more than one authority", f"Give its code: {listed}",
                     value=asked)  # fmt: skip
    for name, (year, successors) in ABOLISHED.items():
        if tidy and tidy_name(name) == tidy:
            then = " or ".join(f"'{one}'" for one in successors)
            return Fault(
                "--la",
                f"was abolished in April {year}, and no plan can be made for it",
                f"Its area is now in {then}",
                value=asked,
            )
    by_name = {tidy_name(one.name): one.name for one in known}
    near = get_close_matches(tidy, by_name, n=3, cutoff=0.6) or [
        name for name in by_name if tidy and tidy in name
    ]
    if near:
        remedy = "Did you mean " + " or ".join(f"'{by_name[one]}'" for one in near[:3]) + "?"
    else:
        remedy = (
            f"They hold {len(known)} upper-tier and unitary authorities. Check the spelling, or "
            "download the whole release"
        )
    return Fault("--la", "is no authority with plans in these files", remedy, value=asked)
