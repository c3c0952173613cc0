"""A question to a held model is answered as a solve of the changed problem from scratch would."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from inputs.errors import InputError
from optimiser.audit import audit
from optimiser.changes import Change
from optimiser.highs import Ended, Solver
from optimiser.plan import plan_of
from optimiser.solve import Answer, NoPlan, Settings, Stop, Termination, solve
from optimiser.what_if import WhatIf
from tests.optimiser.builders import FIRST, base, inmss, one_base, option, posed, taught
from tests.optimiser.strategies import Tiny, tiny

EXACT = Settings(gap=0.0, threads=1)
few = settings(
    max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
SAME = {"rel": 1e-6, "abs": 0.02}
PLACES = ("elm_base", "oak_school", "far_school")


def from_scratch(problem: Any, change: Change) -> float:
    """Return the least cost of the changed problem, or infinity."""
    try:
        return float(solve(change.applied(problem), EXACT).proof.cost_gbp)
    except NoPlan:
        return float("inf")


def agree(problem: Any, change: Change) -> None:
    """Require that the question costs what a solve from scratch costs, and passes its audit."""
    answer = WhatIf(problem, solve(problem, EXACT), EXACT).ask(change)

    assert answer.proof.cost_gbp == pytest.approx(from_scratch(problem, change), **SAME)
    assert answer.proof.bound_gbp <= answer.proof.cost_gbp + 0.02
    if answer.decided is not None:
        changed = change.applied(problem)
        told = Answer(answer.proof, answer.decided, 0.0, 0.0, ())
        found = audit(changed, plan_of(changed, told))
        assert found.passed, [one for one in found.checks if not one.passed]


def able(problem: Any) -> list[str]:
    """Return the options that can open at all."""
    return problem.options["option"][problem.can_open().any(axis=1)].tolist()


@few
@given(tiny(), st.data())
def test_an_option_forced_out(one: Tiny, data: Any) -> None:
    """Shut for good, or until a year."""
    problem = one.problem()
    free = [
        name
        for name in able(problem)
        if name not in set(problem.options["option"][problem.committed()])
    ]
    assume(free)
    year = data.draw(st.sampled_from([None, *problem.years]))

    agree(problem, Change(shut_before={data.draw(st.sampled_from(free)): year}))


@few
@given(tiny(), st.data())
def test_an_option_forced_in_in_a_year(one: Tiny, data: Any) -> None:
    """It opens in the year given, whatever else that rules out; or nothing can be done."""
    problem = one.problem()
    assume(able(problem))
    name = data.draw(st.sampled_from(able(problem)))
    o = problem.options["option"].tolist().index(name)
    t = data.draw(st.integers(int(problem.opens_first[o]), int(problem.opens_last[o])))
    year = problem.years[t]

    agree(problem, Change(open_by={name: year}, shut_before={name: year}))


@few
@given(tiny(), st.data())
def test_an_option_forced_in_by_a_year(one: Tiny, data: Any) -> None:
    """The best of the years in which it may open, each solved from scratch."""
    problem = one.problem()
    assume(able(problem))
    name = data.draw(st.sampled_from(able(problem)))
    o = problem.options["option"].tolist().index(name)
    by = int(problem.opens_last[o])
    each = [
        Change(open_by={name: problem.years[t]}, shut_before={name: problem.years[t]})
        for t in range(int(problem.opens_first[o]), by + 1)
    ]

    answer = WhatIf(problem, solve(problem, EXACT), EXACT).ask(
        Change(open_by={name: problem.years[by]})
    )

    best = min(from_scratch(problem, change) for change in each)
    assert answer.proof.cost_gbp == pytest.approx(best, **SAME)


@few
@given(tiny(), st.sampled_from(PLACES), st.sampled_from([-2.0, -1.0, 1.0, 5.0]))
def test_places_more_or_fewer(one: Tiny, provision: str, more: float) -> None:
    """In every year, at any provision, vehicles included."""
    problem = one.problem()

    agree(problem, Change(places={(provision, year): more for year in problem.years}))


@few
@given(tiny(), st.data(), st.sampled_from([1.0, 3.0]))
def test_an_option_of_more_places(one: Tiny, data: Any, more: float) -> None:
    """Ramps, limits by need, rooms, vehicles and rules of places all follow."""
    problem = one.problem()
    growing = problem.options["option"][problem.options["places"] > 0].tolist()
    free = [name for name in able(problem) if name in growing]
    assume(free)
    name = data.draw(st.sampled_from(free))
    o = problem.options["option"].tolist().index(name)
    year = problem.years[int(problem.opens_last[o])]
    held_in: dict[str, Any] = {"open_by": {name: year}, "shut_before": {name: year}}

    agree(problem, Change(option_places={name: more}, **held_in))


def test_more_places_are_those_of_a_case_that_states_them() -> None:
    """A wing of 8 grown by 4 is a wing of 12: in the building stated while it has room, then more.

    Every array that follows from the size of an option is that of the case with 12 places in it.
    """
    for built, then in ((None, 12), (9, 12), (20, 20), (6, 10)):

        def wing(places: float, physical: float | None, most: float) -> Any:
            return posed(
                one_base(
                    provisions=[base(physical_places=13), inmss()],
                    options=[option("wing", places, physical_places=physical, ramp="0.5; 1")],
                    option_teaches=[taught("wing", max_places=most)],
                )
            )

        changed = Change(option_places={"wing": 4.0}).applied(wing(8, built, 6))
        stated = wing(12, then, 9)

        for name in ("added", "over_added", "taken", "spend", "residual", "capacity"):
            assert getattr(changed, name) == pytest.approx(getattr(stated, name)), name
        assert changed.option_taught["max_places"].tolist() == [9.0]
        columns = ["places", "physical_places"]
        assert changed.options[columns].equals(stated.options[columns].astype(float))


def test_what_has_no_places_to_grow_is_refused() -> None:
    """An option that shrinks, one that is not there, and a growth of nothing: all at once."""
    problem = posed(
        one_base(options=[option("wing"), option("less", -3)], option_teaches=[taught("wing")])
    )

    with pytest.raises(InputError) as caught:
        Change(option_places={"wing": 0.0, "less": 2.0, "wnig": 1.0}).check(problem)

    said = str(caught.value)
    assert len(caught.value.faults) == 3
    assert "adds no places, so it has none to grow" in said
    assert "is to add 0 places more" in said
    assert "is not an option of this case" in said


@few
@given(tiny(), st.sampled_from([0.0, 200_000.0, 10_000_000.0]), st.booleans())
def test_a_budget(one: Tiny, gbp: float, in_total: bool) -> None:
    """In total or of a year, where there was one and where there was none."""
    budget: dict[str, Any] = {"capital_budget_by_year_gbp": {FIRST: gbp}}
    if in_total:
        budget = {"capital_budget_gbp": gbp}

    agree(one.problem(), Change(**budget))


@few
@given(tiny(), st.sampled_from([0.0, 0.5, 3.0]), st.sampled_from([0.8, 1.3]))
def test_costs(one: Tiny, capital: float, fees: float) -> None:
    """Every option at another price (budgets hold what it costs now), and other fees."""
    problem = one.problem()
    gbp = {
        str(name): capital * float(now)
        for name, now in zip(problem.options["option"], problem.options["capital_gbp"], strict=True)
    }

    agree(problem, Change(capital_gbp=gbp, annual_cost_factor={"inmss_day": fees}))


@few
@given(tiny())
def test_merged_cells_still_bound_the_whole(one: Tiny) -> None:
    """Asked of a model with cells merged: the bound is below the true optimum, the plan above."""
    problem = one.problem()
    answer = replace(solve(problem, EXACT), held=None)
    change = Change(places={("oak_school", problem.years[0]): 2.0})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("optimiser.what_if.LARGE_MODEL_PLACEMENTS", -1)
        told = WhatIf(problem, answer, EXACT).ask(change)

    best = from_scratch(problem, change)
    assert told.proof.bound_gbp <= best * (1 + 1e-6) + 0.02
    assert told.proof.cost_gbp >= best * (1 - 1e-6) - 0.02


def test_an_answer_read_back_is_asked_as_one_just_found() -> None:
    """An answer without a model, as a run folder gives it, is asked about in a model of its own."""
    problem = wings()
    change = Change(capital_budget_gbp=100_000.0)
    bare = replace(solve(problem, EXACT), held=None)

    told = WhatIf(problem, bare, EXACT).ask(change)

    assert told.proof.cost_gbp == pytest.approx(from_scratch(problem, change), **SAME)
    assert told.proof.bound_gbp == pytest.approx(told.proof.cost_gbp, **SAME)


def test_one_question_after_another() -> None:
    """What was asked before leaves nothing behind: the unchanged problem costs what it did."""
    problem = wings()
    answer = solve(problem, EXACT)
    held = WhatIf(problem, answer, EXACT)
    changes = [
        Change(shut_before={"wing_0": None}),
        Change(capital_budget_gbp=100_000.0),
        Change(places={("elm_base", FIRST): 3.0}),
        Change(capital_gbp={"wing_1": 0.0}),
    ]

    for change in changes:
        held.ask(change)
        assert held.ask(Change()).proof.cost_gbp == pytest.approx(answer.proof.cost_gbp, **SAME)


def test_a_funding_grant_that_no_policy_limits_can_be_asked_about() -> None:
    """Nothing limits the grant; asked for £0 of it, what it would pay for stays shut."""
    case = one_base(options=[option(funding="hnpca")])
    problem = posed(case)
    held = WhatIf(problem, solve(problem, EXACT), EXACT)

    assert held.ask(Change()).openings
    assert not held.ask(Change(capital_budget_by_grant_gbp={"hnpca": 0.0})).openings


def test_what_no_plan_can_do_is_said() -> None:
    """Two options that exclude one another, both forced in: infeasible, no plan, no bound below."""
    rows = [option("elm_wing"), option("elm_block", 20, excludes="elm_wing")]
    case = one_base(options=rows, option_teaches=[taught(row["option"]) for row in rows])
    problem = posed(case)
    held = WhatIf(problem, solve(problem, EXACT), EXACT)

    told = held.ask(Change(open_by={"elm_wing": FIRST + 1, "elm_block": FIRST + 1}))

    assert told.proof.termination is Termination.INFEASIBLE
    assert told.decided is None
    assert told.openings == {}


def test_no_time_is_never_called_proven() -> None:
    """With no time at all, or a stop asked for, nothing is claimed."""
    problem = wings()
    held = WhatIf(problem, solve(problem, EXACT), EXACT)
    stop = Stop()
    stop.asked = True

    told = held.ask(Change(shut_before={"wing_0": None}), stop=stop)

    assert told.proof.termination is not Termination.OPTIMAL or told.proof.gap == 0.0


@pytest.mark.parametrize(
    ("change", "still"),
    [
        (Change(shut_before={"wing_0": None}), False),
        (Change(capital_budget_gbp=80_000.0), False),
        (Change(capital_budget_gbp=100_000.0), True),
        (Change(places={("far_school", FIRST): -20.0}), True),
        (Change(annual_cost_factor={"inmss_day": 1.5}), True),
    ],
)
@pytest.mark.parametrize("solved", [0, 1])
def test_the_plan_held_stands_where_there_is_no_time(
    change: Change, still: bool, solved: int
) -> None:
    """Cut short at once, or once the relaxation is solved, the plan held is given where it stands.

    It breaks nothing, and costs what it costs now. The bound is below the true optimum of the
    changed problem, and the audit passes the plan at the cost told.
    """
    problem = posed(
        one_base(
            children=1.5,
            options=[option("wing_0", 3, capital_gbp=90_000, lead_years=0)],
            option_teaches=[taught("wing_0")],
            provisions=[base(places=0), inmss()],
        )
    )
    held = WhatIf(problem, solve(problem, EXACT), EXACT)
    assert set(held.ask(Change()).openings) == {"wing_0"}

    with pytest.MonkeyPatch.context() as patched:
        run, left = Solver.run, [None] * solved

        def some(*words: Any) -> Ended:
            return run(*words) if left and left.pop() is None else Ended.CUT_SHORT

        patched.setattr(Solver, "run", some)
        told = held.ask(change)

    best = from_scratch(problem, change)
    assert told.proof.bound_gbp <= best + 0.02
    assert (told.decided is not None) is still
    if told.decided is not None:
        changed = change.applied(problem)
        assert told.proof.cost_gbp >= best - 0.02
        found = audit(changed, plan_of(changed, Answer(told.proof, told.decided, 0.0, 0.0, ())))
        assert found.passed, [one for one in found.checks if not one.passed]


def test_names_that_are_not_there() -> None:
    """All at once, each with the nearest name."""
    problem = wings()
    held = WhatIf(problem, solve(problem, EXACT), EXACT)
    change = Change(
        open_by={"wing_9": FIRST},
        places={("elm_bass", FIRST): 1.0},
        capital_budget_by_year_gbp={1999: 0.0},
        capital_budget_by_grant_gbp={"hnpcb": 1.0},
        annual_cost_factor={"inmss_dya": 1.0},
    )

    with pytest.raises(InputError) as caught:
        held.ask(change)

    said = str(caught.value)
    assert len(caught.value.faults) == 5
    assert "elm_base" in said
    assert "inmss_day" in said


def wings() -> Any:
    """Return one base with two wings, of 3 and of 4 places."""
    return posed(
        one_base(
            options=[option(f"wing_{i}", 3 + i, capital_gbp=90_000) for i in range(2)],
            option_teaches=[taught(f"wing_{i}") for i in range(2)],
        )
    )
