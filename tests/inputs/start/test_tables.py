"""The rows of a case: what grows, what is taught for want of anyone, who is placed a year on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from inputs.official.sen2 import NEEDS, Placement
from inputs.start.places import NC_YEARS, Place
from inputs.start.tables import (
    ENGLAND,
    Sector,
    placed_rows,
    provision_rows,
    sector_growth,
    teaches_rows,
)
from inputs.vocabulary import Need, Phase, ProvisionClass

SCHOOL: dict[str, Any] = {
    "needs": (),
    "urn": 1,
    "easting": 1.0,
    "northing": 1.0,
    "roll": 30.0,
    "kilometres": 2.0,
}


def place(
    key: str, placement: Placement, kind: ProvisionClass, *, own: bool, cells: dict[Any, int]
) -> Place:
    """Return a provision with children by need and year."""
    school = SCHOOL | {"in_area": own}
    made = Place(key, key, kind, placement, school, "a", 30.0, np.nan, (Need.ASD, Need.SLD),
                 (Phase.PRIMARY, Phase.SECONDARY))  # fmt: skip
    for (need, year), children in cells.items():
        made.children[NEEDS.index(need), NC_YEARS.index(year)] = children
    return made


SPECIAL = ProvisionClass.SPECIAL_SCHOOL
STATE = Placement.SPECIAL_MAINTAINED
COSTS: Any = SimpleNamespace(of=lambda kind, need: 100.0)


def test_a_sector_grows_as_england_s_has() -> None:
    """From 100 to 200 over five years: 2 to the power of a fifth, less 1, a year."""
    rows = [
        (ENGLAND, year, pd.NA, placement, children)
        for placement, counts in (
            ("independent", (60, 120)),
            ("non_maintained", (40, 80)),
            ("specialist_post16", (10, 10)),
        )
        for year, children in zip((2019, 2024), counts, strict=True)
    ]
    stock = pd.DataFrame(rows, columns=["code", "year", "age", "placement", "children"])
    release: Any = SimpleNamespace(stock=lambda: stock)
    found = sector_growth(release, 0.05)
    assert found[Placement.INDEPENDENT].growth == pytest.approx(2 ** (1 / 5) - 1)
    assert found[Placement.SPECIALIST_POST16].growth == 0
    assert "January 2020 to January 2025" in found[Placement.INDEPENDENT].told
    one: Any = SimpleNamespace(stock=lambda: stock[stock["year"] == 2024])
    assert sector_growth(one, 0.05)[Placement.INDEPENDENT] == Sector(0.05, "assumption")


def test_sold_places_grow_and_those_away_do_not() -> None:
    """Ten in an independent school grow by a tenth a year; in a state school outside they stay."""
    sold = place("i", Placement.INDEPENDENT, ProvisionClass.INMSS_DAY, own=True,
                 cells={(Need.ASD, 3): 10})  # fmt: skip
    away = place("s", STATE, SPECIAL, own=False, cells={(Need.SLD, 3): 4})
    own = place("o", STATE, SPECIAL, own=True, cells={(Need.SLD, 3): 40})
    sectors = dict.fromkeys(Placement, Sector(0.1, "a test"))
    rows = provision_rows([sold, away, own], (2025, 2026), 2024, sectors)
    assert rows[0]["available_places"] == "2025: 11; 2026: 12"
    assert rows[1]["available_places"] == 4
    assert rows[2]["available_places"] == ""
    # More of ours are there than the roll says: they are all counted.
    assert [row["places"] for row in rows] == [30, 30, 40]


def test_what_entrants_need_and_nobody_teaches_goes_to_the_areas_special_schools() -> None:
    """Hearing impairment in primary is taught nowhere: the school of the area takes it."""
    own = place("o", STATE, SPECIAL, own=True, cells={})
    away = place("s", STATE, SPECIAL, own=False, cells={(Need.SLD, 3): 4})
    rows, missing = teaches_rows(
        [own, away], COSTS, {(Need.HI, Phase.PRIMARY), (Need.ASD, Phase.PRIMARY)}
    )
    assert missing == [(Need.HI, Phase.PRIMARY)]
    taught = {(row["provision"], row["need"], row["phase"]) for row in rows}
    assert ("o", "HI", "primary") in taught
    assert ("s", "HI", "primary") not in taught
    # A school outside teaches what our children there have, and no more is known of it.
    assert [one for one in taught if one[0] == "s"] == [("s", "SLD", "primary")]


def test_a_year_on_those_in_the_last_year_of_a_phase_have_left() -> None:
    """Year 5 becomes year 6; year 6 leaves primary; year 14 leaves altogether."""
    own = place("o", STATE, SPECIAL, own=True,
                cells={(Need.ASD, 5): 2, (Need.ASD, 6): 3, (Need.SLD, 14): 4})  # fmt: skip
    homes = [("o", Need.ASD, 5, "z", 2), ("o", Need.ASD, 6, "z", 3), ("o", Need.SLD, 14, "z", 4)]
    rows, gone = placed_rows(homes, [own])
    ours = [row for row in rows if not row["authority"]]
    assert [(row["need"], row["nc_year"], row["children"]) for row in ours] == [("ASD", 6, 2)]
    assert gone == 7
    # A roll of 30, nine of ours at the count: 21 are others'.
    assert sum(row["children"] for row in rows if row["authority"]) == 21
