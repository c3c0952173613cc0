"""Reasons: each interval holds the true cost, found from scratch, and each price is a true one."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from optimiser.changes import Change
from optimiser.obstacles import cannot_open, in_the_way
from optimiser.reasons import _Asking, reasons
from optimiser.solve import NoPlan, Settings, Stop, solve
from optimiser.what_it_takes import child_years
from tests.optimiser.builders import (
    FIRST,
    base,
    due,
    inmss,
    one_base,
    option,
    posed,
    programme,
    taught,
)
from tests.optimiser.strategies import Tiny, tiny

EXACT = Settings(gap=0.0, threads=1)
LOOSE = Settings(gap=0.2, threads=1)
few = settings(
    max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
CLOSE = 0.5  # pounds, on millions


def least(problem: Any, change: Change | None = None) -> float:
    """Return the least cost from scratch, or infinity where the rules clash."""
    try:
        changed = problem if change is None else change.applied(problem)
        return float(solve(changed, EXACT).proof.cost_gbp)
    except NoPlan:
        return math.inf


def forced(problem: Any, o: int) -> float:
    """Return the least cost with an option open in one of its years, each solved from scratch."""
    name = str(problem.options["option"].iloc[o])
    return min(
        least(problem, Change(open_by={name: year}, shut_before={name: year}))
        for year in problem.years[int(problem.opens_first[o]) : int(problem.opens_last[o]) + 1]
    )


def true_cost(problem: Any, o: int, *, chosen: bool) -> float:
    """Return what leaving out, or forcing in, costs, from scratch."""
    name = str(problem.options["option"].iloc[o])
    best = least(problem)
    with_it = least(problem, Change(shut_before={name: None})) if chosen else forced(problem, o)
    return with_it - best


@few
@given(tiny())
def test_an_interval_holds_the_true_cost(one: Tiny) -> None:
    """Asked of a plan that is far from proven: the true cost is never outside."""
    problem = one.problem()
    found = reasons(problem, solve(problem, LOOSE), LOOSE)

    for o, reason in enumerate(found.reasons):
        if reason.asked is None:
            continue
        cost = reason.asked.cost
        true = true_cost(problem, o, chosen=reason.chosen)
        slack = CLOSE + 1e-6 * abs(found.plan.cost_gbp)
        assert cost.low <= true + slack
        assert true <= cost.high + slack
        assert cost.low >= 0.0


def wings(children: float = 6, **cells: Any) -> Any:
    """Return a base with a wing worth having, and one that is far too dear."""
    return posed(
        one_base(
            children=children,
            options=[option("wing"), option("palace", 6, capital_gbp=30_000_000, **cells)],
            option_teaches=[taught("wing"), taught("palace")],
        )
    )


def test_one_that_is_chosen_and_one_that_is_not() -> None:
    """Both are told apart from the plan; money, children and openings move as they must."""
    problem = wings()
    found = reasons(problem, solve(problem, EXACT), EXACT)
    wing, palace = found.reasons

    assert wing.chosen
    assert wing.asked is not None
    assert wing.asked.cost.material
    assert wing.asked.cost.low == pytest.approx(true_cost(problem, 0, chosen=True), abs=CLOSE)
    assert wing.asked.effect is not None
    assert "wing" in wing.asked.effect.shuts
    assert wing.asked.effect.by_class["inmss_day"] > 0
    assert wing.asked.effect.purses["capital"] < 0
    assert wing.later is not None
    assert 0 < wing.later.cost.low < wing.asked.cost.low
    assert not palace.chosen
    assert palace.asked is not None
    assert palace.asked.cost.material
    assert palace.in_the_way == ()
    parts = palace.asked.effect
    assert parts is not None
    whole = sum(parts.purses.values()) + parts.policy_weight_gbp
    assert whole == pytest.approx(palace.asked.cost.low, abs=CLOSE)


def test_at_the_price_told_a_rejected_option_wins() -> None:
    """Just below the capital told it opens in the best plan; just above the other it does not."""
    problem = wings(9, earliest=FIRST + 1, latest=FIRST + 1)
    found = reasons(problem, solve(problem, EXACT), EXACT)
    price = found.reasons[1].capital

    assert price is not None
    assert price.wins_at_gbp is not None
    assert price.loses_above_gbp is not None
    assert price.wins_at_gbp == pytest.approx(price.loses_above_gbp, rel=0.05)
    for gbp, opens in ((price.wins_at_gbp * 0.999, True), (price.loses_above_gbp * 1.001, False)):
        changed = Change(capital_gbp={"palace": gbp}).applied(problem)
        decided = solve(changed, EXACT).decided
        assert bool(decided["open"][1].sum() > 0.5) is opens


def test_a_price_for_each_child_counts_to_the_end_of_the_stay() -> None:
    """£1 a year for a place in the last year goes on until the child there has left."""
    problem = wings()
    weight = child_years(problem)

    assert weight[0, 0] == pytest.approx(1.0)
    assert weight[0, -1] > 1.0


def test_the_rules_in_the_way_are_named() -> None:
    """The block shuts out the wing that is committed, and its grant; the storey nothing."""
    problem = programme()
    answer = solve(problem, EXACT)
    names = problem.options["option"].tolist()
    block = names.index("elm_block")

    told = in_the_way(problem, answer.decided["open"], block)

    assert ("excludes", "elm_wing") in [(one.rule, one.on) for one in told]
    committed = cannot_open(problem, names.index("elm_wing"))
    assert committed is not None
    assert (committed.rule, committed.on) == ("committed", "2027")


def test_money_and_openings_in_the_way_are_counted() -> None:
    """A budget £100,000 short in all, in its year and by its grant, and a year that is full."""
    problem = posed(
        one_base(
            options=[option("wing"), option("block", capital_gbp=300_000, funding="hnpca")],
            option_teaches=[taught("wing"), taught("block")],
        ),
        capital_budget_gbp=600_000,
        capital_budget_by_year_gbp={FIRST: 350_000, FIRST + 1: 350_000},
        capital_budget_by_grant_gbp={"hnpca": 200_000},
        openings_per_year=1,
    )
    opened = 0.0 * solve(problem, EXACT).decided["open"]
    opened[0, 1] = opened[0, 2] = 1.0  # as if one opened in each year that is left

    told = {one.rule: one.short for one in in_the_way(problem, opened, 1)}

    assert told["capital_in_total"] == pytest.approx(100_000)
    assert told["capital_by_grant"] == pytest.approx(100_000)
    assert told["openings_per_year"] == 1
    assert told["capital_by_year"] == pytest.approx(350_000)


def test_what_cannot_open_says_why() -> None:
    """A host that does not agree; a lead longer than the plan."""
    problem = posed(
        one_base(
            options=[option("no_host", host_agrees="no"), option("too_late", lead_years=9)],
            option_teaches=[taught("no_host"), taught("too_late")],
        )
    )
    found = reasons(problem, solve(problem, EXACT), EXACT)

    assert [one.cannot.rule for one in found.reasons if one.cannot] == ["host", "window"]


def test_forcing_in_what_the_rules_forbid_costs_no_sum() -> None:
    """Two that exclude one another, one of them committed: the other cannot be forced in."""
    problem = programme()
    found = reasons(problem, solve(problem, EXACT), EXACT)
    block = next(one for one in found.reasons if one.option == "elm_block")

    assert block.asked is not None
    assert math.isinf(block.asked.cost.low)
    assert block.capital is None


def test_a_stop_leaves_the_rest_unasked() -> None:
    """With a stop asked for, nothing is asked, and nothing is claimed."""
    problem = wings()
    stop = Stop()
    answer = solve(problem, EXACT)
    stop.asked = True

    found = reasons(problem, answer, EXACT, stop=stop)

    assert all(one.asked is None for one in found.reasons)
    assert found.plan == answer.proof


def twins() -> Any:
    """Return two wings of 4, alike but for £40,000, for three children.

    A relaxation builds three quarters of one, so its bound lies far below every plan.
    """
    cells: dict[str, Any] = {"lead_years": 0}
    return posed(
        one_base(
            1,
            provisions=[base(places=0), inmss()],
            entrants=[due(3, FIRST)],
            options=[
                option("wing", 4, capital_gbp=12_000_000, **cells),
                option("twin", 4, capital_gbp=12_800_000, **cells),
            ],
            option_teaches=[taught("wing"), taught("twin")],
        )
    )


def test_sharpening_settles_a_sign_that_was_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two wings alike but for £40,000 the cheaper is in the plan; a gap of a fifth cannot tell.

    Three children fill three quarters of a wing of 4, so the relaxation builds three quarters of
    it, and its bound lies far below every plan: the first answer spans nought. The plan and the
    question proven more closely, the same question has a sign, and its interval lies within the
    first and holds the true cost.
    """
    problem = twins()
    monkeypatch.setattr("optimiser.reasons.NARROWER", 1.0)
    asking = _Asking(problem, solve(problem, LOOSE), LOOSE, math.inf, Stop(), None)
    asking.first()
    first = asking.asked["wing"].cost
    assert asking.unclear() == ["wing"]
    assert not first.material

    asking.sharpen()

    wing = asking.reasons().reasons[0]
    assert asking.unclear() == []
    assert wing.asked is not None
    assert wing.asked.cost.material
    assert first.low <= wing.asked.cost.low <= 40_000 + CLOSE
    assert 40_000 - CLOSE <= wing.asked.cost.high <= first.high
    assert asking.proof.bound_gbp > asking.answer.proof.bound_gbp
    assert true_cost(problem, 0, chosen=True) == pytest.approx(40_000, abs=CLOSE)


def test_the_plan_is_proven_more_closely_before_the_questions() -> None:
    """Of twins at a loose gap: the bound is raised, and never above the best plan."""
    problem = twins()
    loose = solve(problem, LOOSE)
    asking = _Asking(problem, loose, LOOSE, math.inf, Stop(), None)

    asking.plan_again()

    assert asking.proof.bound_gbp > loose.proof.bound_gbp
    assert asking.proof.bound_gbp <= solve(problem, EXACT).proof.cost_gbp + CLOSE


def test_a_plan_that_is_not_the_best_is_found_out() -> None:
    """Asked about a plan that opens nothing, a question brings a cheaper one to light."""
    problem = wings()
    best = solve(problem, EXACT)
    nothing = solve(replace(problem, opens_last=problem.opens_last * 0 - 1), EXACT)
    poor = replace(
        best,
        decided=nothing.decided,
        proof=replace(best.proof, cost_gbp=nothing.proof.cost_gbp),
    )

    found = reasons(problem, poor, EXACT)

    assert found.better is not None
    assert "wing" in found.better
    assert found.plan.cost_gbp == pytest.approx(best.proof.cost_gbp, abs=CLOSE)
