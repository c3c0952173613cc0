"""A few draws that stand for many: at even ranks, coherent, and refused where they do not fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from inputs.demand.spread import spread_draws
from inputs.errors import InputError
from tests.optimiser.builders import FIRST, due, one_base


def drawn(*totals: float, **cells: Any) -> Any:
    """Return a case whose table holds a draw of each total, beside the expected children."""
    rows = [due(4, FIRST)]
    rows += [due(total, FIRST, draw=number, **cells) for number, total in enumerate(totals)]
    return one_base(entrants=rows)


def test_draws_of_the_table_are_taken_at_even_ranks() -> None:
    """Two of four draws are the first and third by total; each is a case of its own."""
    spread = spread_draws(drawn(9, 1, 3, 5), 2)
    assert spread.totals == (1.0, 5.0)
    assert spread.numbers == (1, 3)
    case = spread.case(3)
    assert case.entrants["children"].tolist() == [5.0]
    assert case.entrants["draw"].isna().all()
    assert "table entrants" in spread.source


def test_all_draws_are_taken_when_all_are_asked_for() -> None:
    """As many as there are: every one, from the fewest children up."""
    assert spread_draws(drawn(9, 1, 3), 3).totals == (1.0, 3.0, 9.0)


def test_draws_are_made_where_the_case_holds_none() -> None:
    """About the expected children, as a forecast draws them; the same seed gives the same."""
    case = one_base(entrants=[due(40, FIRST)])
    one, other = spread_draws(case, 5, 1), spread_draws(case, 5, 1)
    assert one.totals == other.totals
    assert list(one.totals) == sorted(one.totals)
    assert one.totals[0] < 40 < one.totals[-1]
    assert float(one.case(one.numbers[0]).entrants["children"].sum()) == one.totals[0]
    assert "1,000 draws" in one.source


def test_more_draws_than_there_are_is_refused() -> None:
    """The number that is there is told."""
    with pytest.raises(InputError, match=r"asks for 3 draws, and .* holds 2"):
        spread_draws(drawn(1, 2), 3)


def test_draws_that_do_not_share_cells_are_refused() -> None:
    """A draw with children where none are expected is named, with need, phase and zone."""
    with pytest.raises(InputError, match=r"do not share their cells.*SLD primary in north"):
        spread_draws(drawn(1, 2, need="SLD"), 2)


def test_the_shares_stated_for_the_mean_go_with_a_draw_that_was_made() -> None:
    """Wheelchair shares of the expected children hold for those drawn."""
    case = one_base(entrants=[due(40, FIRST)])
    case = replace(case, entrants=case.entrants.assign(wheelchair_share=0.25))
    spread = spread_draws(case, 1)
    shares = pd.to_numeric(spread.case(spread.numbers[0]).entrants["wheelchair_share"])
    assert set(shares) == {0.25}
