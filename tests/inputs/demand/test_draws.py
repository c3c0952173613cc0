"""Draws: ranks, percentiles of totals, files that come back the same, and files that do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from inputs.demand.basis import Basis
from inputs.demand.chosen import chosen_demand, draws_belong
from inputs.demand.draws import Draws, at_rank
from inputs.demand.simulate import simulate
from inputs.errors import InputError
from tests.inputs.demand.tiny import FIRST, large, tiny

if TYPE_CHECKING:
    from pathlib import Path

ROWS = pd.DataFrame(
    {
        "zone": ["north", "north", "south"],
        "need": ["ASD", "SEMH", "ASD"],
        "phase": ["primary", "secondary", "primary"],
        "year": [2025, 2025, 2026],
        "nc_year": [1, 7, 0],
        "kind": ["new", "transfer", "new"],
    }
)


def ten() -> Draws:
    """Return ten draws with totals 1, 9, 2, 8, 3, 7, 4, 6, 5 and 10, a third in each row."""
    totals = np.array([1, 9, 2, 8, 3, 7, 4, 6, 5, 10])
    third = totals // 3
    counts = np.c_[totals - 2 * third, third, third]
    return Draws(ROWS, counts.mean(axis=0), sparse.csr_array(counts), seed=1)


@pytest.mark.parametrize(("share", "draw"), [(0.1, 0), (0.5, 8), (0.9, 1), (1.0, 9), (0.0, 0)])
def test_the_draw_at_a_rank(share: float, draw: int) -> None:
    """Nearest rank of ten: the first, fifth and ninth in order of totals, which are 1, 5 and 9."""
    assert ten().at_rank(share) == draw


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.sampled_from([0.1, 0.5, 0.9]))
def test_a_rank_is_where_it_says(totals: list[int], share: float) -> None:
    """At least that share of draws have no larger total; fewer than that have a smaller one."""
    values = np.array(totals, dtype=float)
    found = values[at_rank(values, share)]

    assert (values <= found).mean() >= share - 1e-9
    assert (values < found).mean() < share


def test_percentiles_are_of_totals() -> None:
    """P90 of the authority is 9; the sum of the rows' own P90 is another number."""
    whole, rows = ten().quantiles([]), ten().quantiles(["zone", "need"])

    assert whole["p90"].item() == 9
    assert whole["mean"].item() == pytest.approx(5.5)
    assert rows["p90"].sum() != 9
    assert list(rows) == ["zone", "need", "mean", "p10", "p50", "p90"]


def test_at_most_twenty_are_for_people() -> None:
    """A table of draws has the first twenty, whole children above nought, numbered from 0."""
    draws = simulate(tiny(), (FIRST,), 30, seed=1).entrants
    table = draws.table(first=500)

    assert sorted(table["draw"].unique()) == list(range(20))
    assert (table["children"] > 0).all()
    assert table[table["draw"] == 7]["children"].sum() == draws.totals()[7]


def test_draws_come_back_from_a_file(tmp_path: Path) -> None:
    """Rows, means, counts and seed are the same, and nothing else is left beside the file."""
    draws = simulate(tiny(), (FIRST, FIRST + 1), 25, seed=9).entrants
    draws.save(tmp_path / "draws.npz")
    back = Draws.load(tmp_path / "draws.npz")

    assert [path.name for path in tmp_path.iterdir()] == ["draws.npz"]
    assert back.seed == 9
    np.testing.assert_array_equal(back.mean, draws.mean)
    assert (back.counts != draws.counts).nnz == 0
    assert back.rows.astype(object).equals(draws.rows.astype(object))


def test_a_basis_comes_back_from_a_file(tmp_path: Path) -> None:
    """A basis that was saved gives the same draws, with people and without."""
    for name, basis in (("a", large()), ("b", tiny(people=np.ones((14, 24))))):
        path = tmp_path / f"{name}.npz"
        basis.save(path)
        back = Basis.load(path)
        one, other = (simulate(each, (FIRST,), 10, seed=2) for each in (basis, back))
        np.testing.assert_array_equal(one.stock, other.stock)
        assert back.authority == basis.authority
        assert back.zones.keys == basis.zones.keys


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such file"),
        (b"not a file of arrays", "is not a readable file of draws"),
        ("basis", "is not a file of draws"),
        ("torn", "is not a whole file of draws"),
    ],
)
def test_a_file_that_is_no_draws_is_told(tmp_path: Path, content: object, words: str) -> None:
    """Missing, another kind, or torn: a fault that names the file, never a traceback."""
    path = tmp_path / "draws.npz"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "basis":
        tiny().save(path)
    elif content == "torn":
        ten().save(path)
        with np.load(path) as held:
            arrays = {name: held[name] for name in held.files if name != "mean"}
        np.savez(path, **arrays, mean=np.zeros(1))

    with pytest.raises(InputError, match=words):
        Draws.load(path)


def entrants(draws: Draws, scale: float = 1.0) -> pd.DataFrame:
    """Return the table of expected entrants that draws belong to."""
    return draws.rows.assign(
        children=draws.mean * scale, wheelchair_share=np.nan, solo_share=np.nan, draw=None
    )


@pytest.mark.parametrize(
    ("which", "children"), [("P10", 1), ("P50", 5), ("P90", 9), (3, 8), ("mean", 5.5)]
)
def test_demand_from_the_file(tmp_path: Path, which: int | str, children: float) -> None:
    """The file of ten draws gives the draw at a rank or of a number; the mean is the table's."""
    ten().save(tmp_path / "draws.npz")
    rows = chosen_demand(entrants(ten()), which, tmp_path / "draws.npz")

    assert rows["children"].sum() == pytest.approx(children)
    assert list(rows) == list(entrants(ten()))


@pytest.mark.parametrize(("which", "draw"), [("P10", 0), ("P50", 8), ("P90", 1)])
def test_demand_from_the_table(which: str, draw: int) -> None:
    """Without a file, draws are those of the table, by the same rule."""
    rows = ten().table().assign(wheelchair_share=np.nan, solo_share=np.nan)

    assert set(chosen_demand(rows, which)["draw"]) == {draw}


def test_a_draw_the_file_does_not_hold_is_told(tmp_path: Path) -> None:
    """Draws run from 0 to 9, and the fault says so."""
    ten().save(tmp_path / "draws.npz")

    with pytest.raises(InputError, match=r"draws\.npz, demand: '10'.*0 to 9"):
        chosen_demand(entrants(ten()), 10, tmp_path / "draws.npz")


def test_stated_shares_hold_for_draws_too(tmp_path: Path) -> None:
    """Half of those with ASD in primary use a wheelchair, in the draw as in the expectation."""
    ten().save(tmp_path / "draws.npz")
    table = entrants(ten())
    table.loc[table["need"] == "ASD", "wheelchair_share"] = 0.5
    rows = chosen_demand(table, "P90", tmp_path / "draws.npz").set_index("need")

    assert set(rows.loc["ASD", "wheelchair_share"]) == {0.5}
    assert np.isnan(rows.loc["SEMH", "wheelchair_share"])


def test_draws_that_belong_have_no_fault(tmp_path: Path) -> None:
    """Rounding of a table is no fault."""
    ten().save(tmp_path / "draws.npz")

    assert not draws_belong(tmp_path / "draws.npz", ["north", "south"], entrants(ten(), 1.005))


@pytest.mark.parametrize(
    ("zones", "scale", "words"),
    [
        (["north"], 1.0, "zones.csv has no south"),
        (["north", "south"], 1.5, "in 2025 it expects"),
    ],
)
def test_draws_of_another_case_are_told(
    tmp_path: Path, zones: list[str], scale: float, words: str
) -> None:
    """Zones that are not there, or other expectations: the file does not belong to the case."""
    ten().save(tmp_path / "draws.npz")
    faults = draws_belong(tmp_path / "draws.npz", zones, entrants(ten(), scale))

    assert any(words in fault.sentence() for fault in faults)
    assert all("take draws.npz out" in fault.sentence() for fault in faults)
