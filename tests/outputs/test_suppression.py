"""Suppression: nothing held back can be worked out, judged by other means than it was chosen by."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from outputs.cubes import Cube, View
from outputs.suppression import SMALL, held_back, worked_out

NEAR = 1e-6
VALUES = st.sampled_from([0.0, 0.4, 1.0, 3.0, 4.9, 5.0, 8.0, 25.0])
"""Zeros, expected fractions, both sides of five, and many."""


def _table(rows: int, columns: int, values: list[float]) -> tuple[Cube, np.ndarray]:
    keys = pd.DataFrame(
        [(f"n{i}", f"l{j}") for i in range(rows) for j in range(columns)],
        columns=["need", "locality"],
    )
    every = np.ones(len(keys), dtype=bool)
    by = ("need", "locality")
    return Cube(keys, [View("children", every, by, by)]), np.array(values)


def _ranges(cube: Cube, atoms: np.ndarray, back: np.ndarray) -> list[tuple[float, float, float]]:
    """Return, for each count held back, its value and the least and most it could be.

    An attacker knows the published counts, that none is negative, and which cells are zero.
    """
    counts = cube.counts(atoms)
    members, values = counts.members.toarray(), counts.values
    bounds = [(0.0, 0.0) if n == 0 else (0.0, None) for n in atoms]
    known = ~back
    found = []
    for item in np.flatnonzero(back):
        ends = []
        for sign in (1.0, -1.0):
            done = linprog(
                sign * members[item],
                A_eq=members[known] if known.any() else None,
                b_eq=values[known] if known.any() else None,
                bounds=bounds,
            )
            ends.append(np.inf * -sign if done.status == 3 else sign * done.fun)
        found.append((values[item], ends[0], ends[1]))
    return found


@settings(max_examples=60, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    data=st.data(),
)
def test_no_hidden_count_can_be_pinned_down(shape: tuple[int, int], data: st.DataObject) -> None:
    """Linear programming finds room on both sides or one of every count held back.

    This is the attack by someone who knows every published cell and total, that counts are not
    negative, and which are zero.
    """
    rows, columns = shape
    values = data.draw(st.lists(VALUES, min_size=rows * columns, max_size=rows * columns))
    cube, atoms = _table(rows, columns, values)
    back = held_back(cube.counts(atoms))
    shown = cube.counts(atoms).values[~back]
    assert not ((shown > NEAR) & (shown < SMALL)).any()
    for value, least, most in _ranges(cube, atoms, back):
        assert least - NEAR <= value <= most + NEAR
        assert most - least > 1e-4


@settings(max_examples=30, deadline=None)
@given(values=st.lists(VALUES, min_size=12, max_size=12))
def test_the_judge_agrees_with_linear_programming(values: list[float]) -> None:
    """What the algebra calls worked out has one value only; what it does not has more.

    Here only the small counts are held back, so that many can be worked out.
    """
    cube, atoms = _table(3, 4, values)
    counts = cube.counts(atoms)
    back = (counts.values > NEAR) & (counts.values < SMALL)
    pinned = set(worked_out(counts, back).tolist())
    spans = _ranges(cube, atoms, back)
    for item, (_, least, most) in zip(np.flatnonzero(back), spans, strict=True):
        assert (most - least < 1e-5) == (int(item) in pinned)


def test_differencing_one_small_cell_from_its_total() -> None:
    """With one 3 among 20s and the total shown, 3 is the total less the rest: so another goes."""
    cube, atoms = _table(2, 3, [3.0, 20.0, 21.0, 30.0, 31.0, 32.0])
    hidden = cube.hidden(atoms)
    assert hidden("children", "n0", "l0")
    row = [hidden("children", "n0", f"l{j}") for j in range(3)]
    column = [hidden("children", f"n{i}", "l0") for i in range(2)]
    assert sum(row) >= 2 or hidden("children", "n0", "all")
    assert sum(column) >= 2 or hidden("children", "all", "l0")
    assert not hidden("children", "all", "all")  # hiding it would help nobody


def test_two_tiny_cells_do_not_hide_each_other() -> None:
    """0.4 and 0.5 leave 0.9 open by differencing: below 5, so a third goes with them."""
    cube, atoms = _table(1, 4, [0.4, 0.5, 30.0, 40.0])
    hidden = cube.hidden(atoms)
    assert hidden("children", "n0", "l2") or hidden("children", "n0", "all")


def test_a_large_table_keeps_what_it_can() -> None:
    """A table with no small number is published whole."""
    cube, atoms = _table(3, 3, [7.0] * 9)
    assert not held_back(cube.counts(atoms)).any()


@pytest.mark.parametrize("value", [0.05, 1.0, 4.99])
def test_expected_fractions_are_small(value: float) -> None:
    """An expected fraction of a child tells of a child: held back, unlike a zero."""
    cube, atoms = _table(1, 3, [value, 0.0, 50.0])
    hidden = cube.hidden(atoms)
    assert hidden("children", "n0", "l0")
    assert not hidden("children", "n0", "l1")
