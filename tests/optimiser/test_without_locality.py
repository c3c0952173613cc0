"""A large case whose zones name no locality is told that its plan will take long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimiser import pose as posing
from optimiser.solve import Settings, solve
from tests.optimiser.builders import one_base, posed, zone

if TYPE_CHECKING:
    import pytest


def test_a_large_case_without_localities_is_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many zones, why it matters and what to fill in; the plan is made all the same."""
    monkeypatch.setattr(posing, "STAGED_PLACEMENTS", 1)
    problem = posed(one_base(zones=[zone("north", locality="")]))
    (told,) = [one for one in problem.warnings if one.column == "locality"]
    assert told.severity == "warning"
    assert told.sentence() == (
        "zones, locality: has 1 of 1 zones without a locality: in a case of this size zones of "
        "one locality are taken together for quick first plans, and these cannot be, so a plan may "
        "take longer. Fill in locality (towns, planning areas, or one name for all)."
    )
    assert solve(problem, Settings(threads=1)).proof.gap <= 0.001


def test_a_small_case_is_not() -> None:
    """It needs no merging, and neither does a large one in which every zone has its locality."""
    assert not posed(one_base(zones=[zone("north", locality="")])).warnings


def test_nor_is_one_with_localities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its size."""
    monkeypatch.setattr(posing, "STAGED_PLACEMENTS", 1)
    assert not posed(one_base(zones=[zone("north", locality="Town")])).warnings
