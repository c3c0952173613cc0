"""The public version: no zone and no small number in any table, and none by differencing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from outputs.privacy import publish_safely
from outputs.publish import tidy
from outputs.suppression import SMALL
from outputs.tables import ALL, GAP_PARTS
from tests.outputs.builders import made_up, tiny_report

COUNTS = {
    "gap": ("children", *GAP_PARTS),
    "gap_totals": ("children", *GAP_PARTS),
    "placements": ("children",),
    "placements_do_minimum": ("children",),
    "unplaced": ("do_minimum", "plan"),
    "rolls": ("roll",),
    "places": ("roll",),
    "rolls_do_minimum": ("roll",),
    "places_do_minimum": ("roll",),
}
DIMENSIONS = ("need", "phase", "locality")


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_no_small_number_is_shown(seed: int) -> None:
    """Every published count of children is zero or at least five."""
    safe = publish_safely(made_up(seed))
    for name, columns in COUNTS.items():
        for column in columns:
            shown = pd.to_numeric(safe.tables[name][column], errors="coerce").dropna()
            assert ((shown == 0) | (shown >= SMALL)).all(), (name, column)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_differencing_at_five_finds_nothing(seed: int) -> None:
    """Total less parts shown is never one hidden cell, nor hidden cells that are few together.

    The attack goes through every total of the gap by need, phase and locality, through the parts
    of each cell, and through the placements over all localities.
    """
    whole, safe = made_up(seed), publish_safely(made_up(seed))
    parts = pd.concat([whole.tables["gap"], whole.tables["gap_totals"]], ignore_index=True)
    shown = pd.concat([safe.tables["gap"], safe.tables["gap_totals"]], ignore_index=True)
    for column in ("children", *GAP_PARTS):
        for dimension in DIMENSIONS:
            others = [d for d in (*DIMENSIONS, "year") if d != dimension]
            _attack(parts, shown, column, dimension, others)
    for side in ("do_minimum", "plan"):
        names = [f"{side}_{part}" for part in ("in_area", "elsewhere", "without")]
        true = parts[names].to_numpy(float)
        hidden = (shown[names] == "c").to_numpy()
        for i in np.flatnonzero((shown["children"] != "c").to_numpy() & hidden.any(axis=1)):
            assert hidden[i].sum() >= 2
            assert true[i][hidden[i]].sum() >= SMALL - 1e-9


def _attack(
    true: pd.DataFrame, shown: pd.DataFrame, column: str, dimension: str, others: list[str]
) -> None:
    for _, rows in shown.groupby(others):
        total = rows[rows[dimension] == ALL]
        cells = rows[rows[dimension] != ALL]
        hidden = cells[cells[column] == "c"]
        if not len(total) or total[column].iloc[0] == "c" or not len(hidden):
            continue
        assert len(hidden) >= 2
        assert true.loc[hidden.index, column].sum() >= SMALL - 1e-9


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_year_without_entrants_gives_nothing_away(seed: int) -> None:
    """A stock that does not grow follows from the year before: both are shown, or neither."""
    safe = publish_safely(made_up(seed)).tables["gap"]
    true = made_up(seed).tables["gap"]
    wide = true.pivot_table(index=list(DIMENSIONS), columns="year", values="children")
    mark = safe.assign(hidden=safe["children"] == "c").pivot_table(
        index=list(DIMENSIONS), columns="year", values="hidden", aggfunc="max"
    )
    first, last = wide.columns
    flat = wide[(wide[first] > 0) & (wide[last] <= wide[first] + 1e-9)].index
    marks = mark.loc[flat].astype(bool)
    assert (marks[first] == marks[last]).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_linear_programming_pins_nothing_in_the_whole_gap(seed: int) -> None:
    """Every number held back of a year has more than one value that fits all that is shown.

    The attacker knows the shown cells, totals and parts of both sides, unrounded, and the zeros.
    """
    whole, safe = made_up(seed), publish_safely(made_up(seed))
    year = whole.years[-1]
    true = pd.concat([whole.tables["gap"], whole.tables["gap_totals"]], ignore_index=True)
    shown = pd.concat([safe.tables["gap"], safe.tables["gap_totals"]], ignore_index=True)
    here = np.flatnonzero(true["year"] == year)
    cells = [i for i in here if (true.loc[i, list(DIMENSIONS)] != ALL).all()]
    atom = {(i, part): n for n, (i, part) in enumerate((i, p) for i in cells for p in GAP_PARTS)}
    bounds = [(0.0, 0.0 if true.loc[i, part] < 1e-9 else None) for i, part in atom]
    sides = {side: [p for p in GAP_PARTS if p.startswith(side)] for side in ("plan", "do_minimum")}

    def row(i: int, column: str, side: str = "plan") -> np.ndarray:
        out = np.zeros(len(atom))
        mine = [
            c for c in cells if all(true.loc[i, d] in (ALL, true.loc[c, d]) for d in DIMENSIONS)
        ]
        for part in sides[side] if column == "children" else [column]:
            out[[atom[c, part] for c in mine]] = 1.0
        return out

    known, values, hidden = [], [], []
    for i in here:
        for column in ("children", *GAP_PARTS):
            if shown.loc[i, column] == "c":
                hidden.append((row(i, column), float(true.loc[i, column])))
            else:
                known.append(row(i, column))
                values.append(float(true.loc[i, column]))
        known.append(row(i, "children") - row(i, "children", "do_minimum"))
        values.append(0.0)
    assert len(hidden) > 20
    for target, value in hidden[:: max(1, len(hidden) // 60)]:
        ends = []
        for sign in (1.0, -1.0):
            done = linprog(sign * target, A_eq=np.array(known), b_eq=values, bounds=bounds)
            ends.append(-sign * np.inf if done.status == 3 else sign * done.fun)
        assert ends[0] - 1e-6 <= value <= ends[1] + 1e-6
        assert ends[1] - ends[0] > 1e-3


def test_no_zone_is_named_anywhere() -> None:
    """No table, warning, note or figure of the public version names a home zone."""
    report = made_up(3)
    safe = publish_safely(report)
    keys = set(report.zones["zone"]) | set(report.zones["name"])
    for name, table in safe.tables.items():
        assert "zone" not in table.columns, name
        text = [str(cell) for cell in table.to_numpy().ravel()]
        assert not [cell for cell in text if any(key in cell for key in keys)], name
    said = str(tidy(safe.summary)) + " ".join(safe.notes)
    assert not [key for key in keys if key in said]
    assert set(safe.zones["zone"]) == {"east", "mid", "west"}


def test_warnings_that_count_children_are_left_out_and_counted() -> None:
    """Of three warnings one names neither home nor children: it stays, and the note says two."""
    safe = publish_safely(made_up(3))
    assert [fault.table for fault in safe.warnings] == ["options.csv"]
    assert len(safe.summary["warnings"]) == len(safe.tables["warnings"]) == 1
    assert any("2 warning(s)" in note for note in safe.notes)


def test_notes_that_name_a_zone_or_a_few_children_are_left_out() -> None:
    """'north has 3 children who wait' names both: it goes, and other notes stay."""
    notes = publish_safely(tiny_report()).notes
    assert "@home is assumed" in notes
    assert not any("3 children" in note for note in notes)


def test_public_once_is_public() -> None:
    """The public version of a public report is itself, and the whole one is left as it was."""
    whole = tiny_report()
    safe = publish_safely(whole)
    assert safe.public
    assert not whole.public
    assert "zone" in whole.tables["placements"].columns
    assert publish_safely(safe) is safe


def test_few_waiting_children_do_not_come_back_through_money() -> None:
    """Interim cost is so much a child: where few wait it is one line with top-ups and fees."""
    report = made_up(3)
    table = report.tables["gap_totals"]
    everyone = (table[list(DIMENSIONS)] == ALL).all(axis=1)
    table.loc[everyone, ["plan_without", "do_minimum_without"]] = 2.0  # few, in every year
    gap = report.tables["gap"]
    gap[["plan_without", "do_minimum_without"]] = 0.0
    gap.loc[gap.index[:2], ["plan_without", "do_minimum_without"]] = 1.0
    safe = publish_safely(report)
    money = safe.tables["money"]
    assert not money["term"].isin(["interim", "unplaced_weight"]).any()
    whole = report.tables["money"]
    kept = (whole["purse"] == "dsg") & (whole["year"] != "tail")
    assert money.loc[money["purse"] == "dsg", "plan"].sum() == pytest.approx(
        whole.loc[kept, "plan"].sum()
    )
    assert safe.summary["unplaced"] is None
    assert safe.summary["policy_weight_gbp"] is None
