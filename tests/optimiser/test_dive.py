"""A dive keeps whole decisions within their limits, whatever roundings it gives up on the way."""

from __future__ import annotations

import random
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from optimiser import solve as solving
from optimiser.answer import Settings
from optimiser.audit import audit
from optimiser.highs import Solver
from optimiser.plan import plan_of
from optimiser.search import Search
from tests.optimiser.builders import (
    FIRST,
    base,
    case_of,
    due,
    inmss,
    journeys,
    option,
    posed,
    taught,
    teaches,
    zone,
)


def borough(seed: int) -> Any:
    """Return five zones, two needs, and fourteen bases whose wings compete for too little money."""
    draw = random.Random(seed)
    needs, horizon = ("ASD", "SLD"), 3
    zones = [f"zone_{i}" for i in range(5)]
    places = {f"base_{i}": draw.choice([0, 0, 2, 5, 8]) for i in range(14)}
    options = [f"{key}_wing_{k}" for key in places for k in range(draw.choice([1, 1, 2]))]

    def fee() -> int:
        return draw.randint(9, 14) * 1000

    case = case_of(
        horizon,
        zones=[zone(key) for key in zones],
        provisions=[*(base(key, n) for key, n in places.items()), inmss(available=1000)],
        teaches=[
            *(
                teaches(key, fee(), need)
                for key, n in places.items()
                for need in needs
                if n and draw.random() < 0.7
            ),
            *(teaches("far_school", draw.randint(40, 60) * 1000, need) for need in needs),
        ],
        entrants=[
            due(draw.choice([0.5, 1, 2, 3.5, 5]), FIRST + t, need, zone=key)
            for key in zones
            for need in needs
            for t in range(horizon)
        ],
        options=[
            option(
                key,
                draw.choice([3, 6, 8, 12]),
                provision=key.rsplit("_wing", 1)[0],
                capital_gbp=draw.choice([50, 120, 200, 400, 700]) * 1000,
                lead_years=0,
                fixed_annual_gbp=draw.choice([0, 5_000, 20_000]),
            )
            for key in options
        ],
        option_teaches=[
            taught(key, fee(), need)
            for key in options
            for need in needs
            if need == "ASD" or draw.random() < 0.5
        ],
    )
    trips = {
        f"{z}__{key}": (draw.choice([10.0, 25.0, 40.0]), draw.choice([2.0, 8.0, 15.0, 25.0]))
        for z in zones
        for key in (*places, "far_school")
    }
    return posed(
        case,
        journeys(case, **trips),
        transport_fixed_per_run_gbp=draw.choice([0.0, 20.0, 60.0]),
        transport_per_mile_run_gbp=draw.choice([0.5, 1.5]),
        capital_budget_gbp=draw.choice([300_000.0, 600_000.0, 900_000.0, 1_500_000.0, 9e6]),
    )


@pytest.mark.parametrize("seed", [10, 55])
def test_every_plan_kept_keeps_to_the_limits(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Roundings that are given up leave no solution: nothing of theirs is rounded or kept.

    Nothing but the dive finds plans here; each that it keeps is looked at, and the last audited.
    """
    problem, kept = borough(seed), []
    keep = Search.keep

    def watched(search: Search, values: Any, cost: float, solver: Solver) -> None:
        kept.append((search.model(), values))
        keep(search, values, cost, solver)

    monkeypatch.setattr(Search, "keep", watched)
    monkeypatch.setattr(solving, "branch", lambda *_: None)
    monkeypatch.setattr(solving, "_choose", lambda *_: None)

    answer = solving.solve(problem, Settings(gap=1e-4, threads=1))

    assert kept
    for model, values in kept:
        whole = model.whole
        assert (values[whole] >= model.form.low[whole] - 1e-9).all()
        assert (values[whole] <= model.form.high[whole] + 1e-9).all()
        assert np.array_equal(values[whole], np.round(values[whole]))
    assert audit(problem, plan_of(problem, answer)).passed


def test_a_rounding_dearer_than_asked_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver may end above the cost at which it was to give up: that counts as given up, too."""
    problem, asked = borough(10), []
    monkeypatch.setattr(solving, "branch", lambda *_: None)
    monkeypatch.setattr(solving, "_choose", lambda *_: None)
    looked_at = solving.solve(problem, Settings(gap=1e-4, threads=1)).proof.cost_gbp

    def never(_: Solver, cost: float) -> Any:
        asked.append(cost)
        return nullcontext()

    monkeypatch.setattr(Solver, "at_most", never)
    not_looked_at = solving.solve(problem, Settings(gap=1e-4, threads=1)).proof.cost_gbp

    assert np.isfinite(asked).any()
    assert not_looked_at == pytest.approx(looked_at)
