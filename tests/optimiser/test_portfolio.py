"""A round of bids: the rounds of the source documents, and a measured reason for each bid."""

from __future__ import annotations

from typing import Any

import pytest

from optimiser.openings_held import asked_whole, openings_of
from optimiser.portfolio import (
    Portfolio,
    Reason,
    Rule,
    Verdict,
    choose,
    committed_capital,
)
from optimiser.solve import Settings, solve
from tests.optimiser.builders import base, due, inmss, one_base, option, posed, taught, teaches

EXACT = Settings(gap=0.0, threads=1)


def round_of(
    bids: list[dict[str, Any]],
    budget_gbp: float,
    *,
    children: float = 500,
    cost: float = 12_000,
    fee: float = 49_000,
    horizon: int = 1,
    locked: tuple[str, ...] = (),
    tables: dict[str, Any] | None = None,
    begin: dict[str, int] | None = None,
) -> Portfolio:
    """Return a round of bids at one site, decided under a budget.

    A child costs ``cost`` and £6,000 of place funding in the new places, and ``fee`` in INMSS.
    """
    case = one_base(
        horizon,
        **(
            {
                "provisions": [base(places=0), inmss(available=900)],
                "teaches": [teaches("elm_base", cost), teaches("far_school", fee)],
                "entrants": [due(children, 2026, nc_year=None)],
                "options": bids,
                "option_teaches": [taught(row["option"], cost) for row in bids],
            }
            | (tables or {})
        ),
    )
    limit = budget_gbp + sum(one["capital_gbp"] for one in bids if one["option"] in locked)
    problem = posed(case, capital_budget_gbp=limit)
    assert committed_capital(problem) == limit - budget_gbp
    answer = solve(problem, EXACT)
    held = asked_whole(problem, answer, EXACT)
    names = [row["option"] for row in bids]
    start = openings_of(problem, answer) if begin is None else begin
    return choose(held, start, names, budget_gbp=budget_gbp)


def bid(key: str, places: float, capital: float, **cells: Any) -> dict[str, Any]:
    """Return a bid that opens at once and whose building keeps its value."""
    row = option(key, places, capital_gbp=capital, lead_years=0, asset_life_years=100)
    return row | cells


def by_name(found: Portfolio) -> dict[str, Verdict]:
    """Return the verdicts by bid."""
    return {one.bid: one for one in found.verdicts}


def test_seventy_places_in_four_bases() -> None:
    """BCP: four provisions of 70 places at £18,000 against £49,000: £31,000 a place, £2.17m a year.

    A fifth bid of 20 is not reached by the budget: it would save more than it costs, and says so.
    """
    four = [bid(f"unit_{i}", places, 20_000 * places) for i, places in enumerate((20, 20, 20, 10))]
    fifth = bid("unit_dear", 20, 30_000 * 20)

    found = round_of([*four, fifth], 70 * 20_000)

    verdicts = by_name(found)
    chosen = [one for one in found.verdicts if one.reason is Reason.CHOSEN]
    assert [one.bid for one in chosen] == ["unit_0", "unit_1", "unit_2", "unit_3"]
    assert found.spent_gbp == 1_400_000
    assert found.programme.net_gbp == pytest.approx(31_000)
    assert found.programme.saved("dsg") == pytest.approx(2_170_000)
    assert [one.score.net_gbp for one in chosen if one.score] == pytest.approx([31_000] * 4)
    dear = verdicts["unit_dear"]
    assert dear.reason is Reason.OVER_BUDGET
    assert dear.held is not None
    assert dear.held.high < 0
    assert dear.exchange is not None
    assert dear.exchange.dearer.low > 0
    assert len(dear.exchange.out) == 2, "£600,000 is more than any one of the four asks"
    assert found.next_bid == "unit_dear"


def test_bases_of_ten_ten_growing_to_twenty_and_ten() -> None:
    """Leicestershire: 28 children want Rawlins (10), Hinckley (10, then 20) and a cheaper rival.

    All Hallows is dearer to build than it saves for the two children left, so it is not chosen.
    """
    bids = [
        bid("rawlins_10", 10, 200_000),
        bid("hinckley_10", 10, 210_000),
        bid("hinckley_to_20", 10, 150_000, requires="hinckley_10"),
        bid("all_saints_10", 10, 3_000_000, asset_life_years=1),
    ]

    found = by_name(round_of(bids, 4_000_000, children=28))

    assert [found[name].reason for name in ("rawlins_10", "hinckley_10", "hinckley_to_20")] == [
        Reason.CHOSEN
    ] * 3
    score = found["hinckley_10"].score
    assert score is not None
    assert score.left_out == ("hinckley_10", "hinckley_to_20")
    assert found["all_saints_10"].reason in {Reason.TOO_DEAR, Reason.NOT_WANTED}


def test_phases_of_125_and_111_with_the_first_locked() -> None:
    """Rotherham: 125 places are locked, outside the budget; 111 at £30,000 less are the round."""
    bids = [
        bid("phase_1", 125, 5_000_000, committed_year=2026),
        bid("phase_2", 111, 1_000_000),
    ]

    found = round_of(bids, 1_000_000, children=300, fee=48_000, locked=("phase_1",))

    verdicts = by_name(found)
    assert verdicts["phase_1"].reason is Reason.COMMITTED
    assert verdicts["phase_1"].year == 2026
    assert verdicts["phase_2"].reason is Reason.CHOSEN
    assert found.spent_gbp == 1_000_000
    assert found.programme.net_gbp == pytest.approx(30_000)
    assert found.programme.saved("dsg") == pytest.approx(111 * 30_000)
    assert found.next_bid is None


def test_a_locked_bid_is_kept_though_another_is_better() -> None:
    """Twenty children, a committed wing of 20 dear to run: the better bid is displaced by nothing.

    The commitment stands in the do-minimum, so the second bid finds nobody to take.
    """
    bids = [bid("decided", 20, 900_000, committed_year=2026), bid("better", 20, 100_000)]

    found = by_name(round_of(bids, 100_000, children=20, locked=("decided",)))

    assert found["decided"].reason is Reason.COMMITTED
    assert found["better"].reason is Reason.NOT_WANTED


def test_every_reason_has_its_bid() -> None:
    """Twenty children in one base: one is chosen, and each other bid has a reason of its own."""
    bids = [
        bid("chosen", 20, 200_000),
        bid("same_children", 20, 260_000),
        bid("unwilling", 20, 100_000, host_agrees="no"),
        bid("too_late", 20, 100_000, lead_years=3),
        bid("annexe", 10, 50_000, requires="same_children"),
    ]

    found = by_name(round_of(bids, 1_000_000, children=20))

    assert found["chosen"].reason is Reason.CHOSEN
    assert found["same_children"].reason is Reason.DISPLACED
    assert found["same_children"].by == ("chosen",)
    besides = found["same_children"].held
    assert besides is not None
    assert besides.low > 0
    assert (found["unwilling"].reason, found["unwilling"].rule) == (Reason.RULE, Rule.HOST)
    assert (found["too_late"].reason, found["too_late"].rule) == (Reason.RULE, Rule.WINDOW)
    assert (found["annexe"].reason, found["annexe"].rule) == (Reason.RULE, Rule.REQUIRES)
    assert found["annexe"].by == ("same_children",)


def test_too_dear_a_place() -> None:
    """Twenty children are there to fill it, and the building costs more than they save."""
    found = by_name(round_of([bid("dear", 20, 9e6, asset_life_years=1)], 2e7, children=20))

    dear = found["dear"]
    assert dear.reason is Reason.TOO_DEAR
    assert dear.held is not None
    # £9m to build and nothing left of it, against 20 children at £31,000 saved to the end of
    # their stay, evenly over seven years of primary: 20 x 31,000 x 4 child-years each
    assert dear.held.low == pytest.approx(9e6 - 20 * 31_000 * 4, rel=1e-6)
    assert dear.score is not None
    assert dear.score.share("inmss") == pytest.approx(1.0)


def test_a_need_that_nobody_there_has() -> None:
    """A bid for children with severe learning difficulties, and none is due."""
    tables = {
        "provisions": [base(places=0), base("oak_base", 0), inmss(available=900)],
        "option_teaches": [taught("slow", need="SLD"), taught("wing", 12_000)],
    }

    found = by_name(
        round_of(
            [bid("slow", 10, 100_000, provision="oak_base"), bid("wing", 10, 100_000)],
            1e6,
            tables=tables,
        )
    )

    assert found["slow"].reason is Reason.NOT_WANTED
    assert found["wing"].reason is Reason.CHOSEN


def test_two_bids_alike_are_no_material_difference() -> None:
    """Two bids at one cost for the same ten children: either could be chosen, and it is said."""
    found = round_of([bid("one", 10, 100_000), bid("other", 10, 100_000)], 100_000, children=10)

    reasons = sorted(one.reason for one in found.verdicts)
    assert Reason.CHOSEN in reasons
    left = next(one for one in found.verdicts if one.reason is not Reason.CHOSEN)
    assert left.exchange is not None
    assert not left.exchange.dearer.material


def test_an_option_that_excludes_a_chosen_one() -> None:
    """The dearer of two that exclude one another is out by that rule, and the other is named."""
    bids = [bid("small", 10, 100_000, excludes="large"), bid("large", 12, 9e6, asset_life_years=1)]

    found = by_name(round_of(bids, 2e7, children=30))

    assert found["small"].reason is Reason.CHOSEN
    assert (found["large"].reason, found["large"].rule) == (Reason.RULE, Rule.EXCLUDED)
    assert found["large"].by == ("small",)


def test_no_budget_at_all_chooses_nothing_that_costs() -> None:
    """£0: every bid that would save is over budget, and nothing is spent."""
    found = round_of([bid("wing", 10, 100_000)], 0.0)

    assert found.spent_gbp == 0
    assert found.verdicts[0].reason is Reason.OVER_BUDGET
    assert found.verdicts[0].exchange is None
    assert found.next_bid == "wing"


def test_a_poor_portfolio_is_exchanged_for_a_better_one() -> None:
    """Begun from the worse of two bids, or from none: the better one is exchanged for it.

    The small one serves 4 of the children and the large one 12, for the same money.
    """
    bids = [bid("small", 4, 100_000), bid("large", 12, 100_000)]

    for begin in ({"small": 2026}, {}):
        found = round_of(bids, 100_000, children=20, begin=begin)
        assert found.exchanged >= 1
        assert found.openings == {"large": 2026}
        assert by_name(found)["small"].reason is Reason.OVER_BUDGET
        swap = by_name(found)["small"].exchange
        assert swap is not None
        assert swap.out == ("large",)
        assert swap.dearer.low > 0
