"""One process may solve with different numbers of threads, one after another."""

from __future__ import annotations

from benchmarks.build import generate
from optimiser.model import build
from optimiser.solve import Settings, compile_model, hand_over


def test_another_number_of_threads_is_no_error() -> None:
    """HiGHS refuses a second number of threads until its pool is put away: each solve proves."""
    compiled = compile_model(build(generate(1_000)).model)
    for threads in (1, 2, 1):
        solver = hand_over(compiled, Settings(gap=1.0, threads=threads))
        solver.run()
        assert solver.modelStatusToString(solver.getModelStatus()) == "Optimal"
