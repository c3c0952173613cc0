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
from optimiser.highs import Ended, Solver, compile_model
from optimiser.model import build
from optimiser.placing import place_exactly
from optimiser.search import Search
from optimiser.solve import NoPlan, solve
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

    Both ways of going on are taken: simplex from where it stood, and anew. What is held for
    questions has every column in its place: one that has all is taken for the whole model.
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
    held = search.kept()
    assert held is not None
    assert len(held.solver.values) == len(held.compiled.columns)
    at = {id(one): j for j, one in enumerate(search.model().columns)}
    assert np.all(np.diff([at[id(one)] for one in held.compiled.columns]) > 0)
