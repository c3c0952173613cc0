"""What a solver says is told apart: proven, out of time, not there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pulp
import pytest

from optimiser.round import solver as solvers
from optimiser.round.model import RoundModel
from optimiser.round.solver import Ended, NoSolverError, NotProvenError, SolverName, solver
from optimiser.round.steps import Step

if TYPE_CHECKING:
    from pathlib import Path


def knapsack(items: int, seed: int = 3) -> tuple[RoundModel, Step]:
    """Return a knapsack that takes a search: whole numbers, one row, correlated weights."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(1_000, 9_000, items)
    model = RoundModel(pd.DataFrame({"i": range(items)}))
    for k in range(items):
        model.variable(f"x({k})", 1, pulp.LpInteger)
    model.at_most("sack", [(k, int(w)) for k, w in enumerate(weights)], int(weights.sum() // 2))
    return model, Step("value", "Value", most=True, weights=weights + rng.integers(0, 9, items))


@pytest.mark.parametrize("name", list(SolverName))
def test_a_search_that_runs_out_of_time_is_not_called_proven(name: SolverName) -> None:
    """PuLP says Optimal of what a clock stopped; an outcome says out of time, and has no bound."""
    model, step = knapsack(400)
    model.aim(step)
    given = solver(name, 0.02)
    time.sleep(0.03)
    found = given.run(model)
    assert found.ended is Ended.OUT_OF_TIME
    assert np.isnan(found.bound)


@pytest.mark.parametrize("name", list(SolverName))
def test_whole_numbers_are_found_where_the_relaxation_is_not_whole(name: SolverName) -> None:
    """Three items of weight 2 in a sack of 3: the relaxation takes one and a half, whole is one."""
    model = RoundModel(pd.DataFrame({"i": range(3)}))
    for k in range(3):
        model.variable(f"x({k})", 1, pulp.LpInteger)
    model.at_most("sack", [(k, 2) for k in range(3)], 3)
    model.aim(Step("value", "Value", most=True, weights=np.array([5, 4, 3])))
    found = solver(name).run(model)
    assert (found.ended, found.value, found.bound) == (Ended.PROVEN, 5.0, 5.0)
    assert found.values.tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("name", list(SolverName))
def test_what_cannot_be_is_told(name: SolverName) -> None:
    """A row that no values keep ends as infeasible."""
    model = RoundModel(pd.DataFrame({"i": range(1)}))
    model.variable("x", 1, pulp.LpInteger)
    model.exactly("two", [(0, 1)], 2)
    model.aim(Step("value", "Value", most=True, weights=np.array([1])))
    assert solver(name).run(model).ended is Ended.INFEASIBLE


def test_highs_goes_on_from_its_last_answer() -> None:
    """A bound that moves, a row that is added and another objective are handed over."""
    model = RoundModel(pd.DataFrame({"i": [0, 1]}))
    for k in range(2):
        model.variable(f"x({k})", 1, pulp.LpInteger)
    model.at_most("one", [(0, 1), (1, 1)], 1)
    first = Step("first", "First", most=True, weights=np.array([2, 1]))
    given = solver(SolverName.HIGHS)
    model.aim(first)
    assert given.run(model).values.tolist() == [1.0, 0.0]
    model.bound(0, 0, 0)
    assert given.run(model).values.tolist() == [0.0, 1.0]
    model.bound(0, 0, 1)
    model.keep(first, 1)
    model.aim(Step("second", "Second", most=False, weights=np.array([3, 1])))
    found = given.run(model)
    assert (found.value, found.values.tolist()) == (1.0, [0.0, 1.0])
    model.loosen()
    assert given.run(model).value == 0.0


def test_cbc_is_found_or_its_absence_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked for in cbcbox, on the path and inside PuLP; without any, it says what to do."""
    assert solvers.find_cbc()
    monkeypatch.setattr(solvers.importlib, "import_module", _no_module)
    monkeypatch.setattr(solvers.shutil, "which", lambda _: None)
    monkeypatch.setattr(solvers.coin_api, "pulp_cbc_path", "")
    with pytest.raises(NoSolverError, match="say --solver highs"):
        solver(SolverName.CBC)


@pytest.mark.parametrize("how", [KeyboardInterrupt, pulp.PulpSolverError, OSError])
def test_cbc_leaves_no_files_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: type[BaseException]
) -> None:
    """However CBC ends, the files it was given are gone; what broke off is no answer."""
    model, step = knapsack(5)
    model.aim(step)
    given = solver(SolverName.CBC)
    monkeypatch.setattr(solvers.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMP", str(tmp_path))
    written: list[str] = []

    def breaks_off(*_: object, **words: Any) -> None:
        words["stdout"].close()
        written.extend(path.name for path in tmp_path.rglob("*-pulp.mps"))
        raise how

    monkeypatch.setattr(pulp.apis.coin_api.subprocess, "Popen", breaks_off)
    if how is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            given.run(model)
    else:
        assert given.run(model).ended is Ended.FAILED
    assert len(written) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (Ended.OUT_OF_TIME, "time ran out before the step 'Least cost' was proven"),
        (Ended.INFEASIBLE, "the solver found the rules to clash before"),
        (Ended.FAILED, "the solver failed before"),
    ],
)
def test_what_was_not_proven_says_why(ended: Ended, said: str) -> None:
    """In words for a reader, each end its own."""
    assert said in str(NotProvenError("Least cost", ended))


def _no_module(name: str) -> None:
    raise ImportError(name)
