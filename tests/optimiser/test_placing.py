"""Children placed over the placements that matter cost what a full linear programme says."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimiser.answer import Settings, Stop
from optimiser.changes import Change
from optimiser.highs import Compiled, Ended, Solver, compile_model
from optimiser.model import build
from optimiser.placing import place_exactly
from optimiser.search import Search
from optimiser.solve import NoPlan, solve
from optimiser.standard_form import StandardForm
from tests.optimiser.builders import one_base, posed
from tests.optimiser.strategies import Tiny, tiny

EXACT = Settings(gap=0.0, threads=1)


def held_in_full(problem: Any, decided: dict[str, Any]) -> float:
    """Return the least cost with whole decisions held, every placement allowed, by simplex."""
    built = build(problem)
    compiled = compile_model(built.model)
    values = np.zeros(len(compiled.columns))
    for family, columns in built.columns().items():
        where = built.index[family]
        values[columns] = decided[family][where.rows, where.years]
    solver = Solver(compiled, EXACT, relaxed=True)
    solver.hold(compiled.whole, values[compiled.whole], values[compiled.whole])
    assert solver.run() is Ended.SOLVED
    return solver.cost


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(tiny(), st.booleans(), st.sampled_from([0.0, 1.0]))
def test_a_poor_placing_is_mended_to_the_best(one: Tiny, fully: bool, few_new: float) -> None:
    """From children placed for other fees: fully, nothing is left to save; in one round, no worse.

    Both ways of going on are taken: simplex from where it stood, and anew.
    """
    problem = one.problem()
    try:
        poor = solve(Change(annual_cost_factor={"inmss_day": 3.0}).applied(problem), EXACT).decided
    except NoPlan:
        return
    search = Search(EXACT, Stop(), None, time.monotonic())
    search.compile(problem)
    search.decided, search.cost = poor, np.inf
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimiser.placing.PLACED_CHOICES", 1)
        patch.setattr("optimiser.placing.FEW_NEW", few_new)
        place_exactly(search, problem, fully=fully)

    best = held_in_full(problem, poor)
    assert search.cost >= best - 0.02
    if fully:
        assert search.cost == pytest.approx(best, rel=1e-6, abs=0.02)
    assert search.decided is not None
    assert np.array_equal(search.decided["opened"].round(), poor["opened"].round())


def over(whole: Compiled, columns: Any) -> Compiled:
    """Return a model over some of its columns, in the order given."""
    form = whole.form
    return Compiled(
        StandardForm(
            form.matrix[:, columns],
            form.row_low,
            form.row_high,
            form.low[columns],
            form.high[columns],
            form.price[columns],
            form.constant,
            np.flatnonzero(np.isin(columns, form.whole)),
            [form.columns[j] for j in columns],
            form.rows,
        )
    )


def test_a_model_is_widened_as_if_it_had_been_so() -> None:
    """Without a placement every child waits; once placements are added, the whole's optimum."""
    whole = compile_model(build(posed(one_base())).model)
    placed = [one.parent_component().name == "place" for one in whole.columns]
    without = np.flatnonzero(~np.array(placed))
    solver = Solver(over(whole, without), EXACT, relaxed=True)
    assert solver.run() is Ended.SOLVED
    waiting = solver.cost

    solver.widen(over(whole, np.r_[without, np.flatnonzero(placed)]))
    assert solver.run() is Ended.SOLVED

    full = Solver(whole, EXACT, relaxed=True)
    assert full.run() is Ended.SOLVED
    assert solver.cost == pytest.approx(full.cost)
    assert solver.cost < waiting - 10_000
    assert len(solver.values) == len(whole.columns)
