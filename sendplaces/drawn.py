"""The problem of each draw: the case with that draw's entrants, posed as the plan was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimiser.pose import pose

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from inputs.demand.spread import Spread
    from inputs.scenario import Scenario
    from optimiser.problem import Problem


def futures(
    spread: Spread, journeys: pd.DataFrame, scenario: Scenario
) -> Iterator[tuple[int, Problem]]:
    """Give the number of each draw and its problem, one after another.

    Parameters
    ----------
    spread
        The draws.
    journeys, scenario
        As the plan was posed with.
    """
    expected = scenario.model_copy(update={"demand": "mean"})  # a draw's case expects that draw
    for number in spread.numbers:
        yield number, pose(spread.case(number), journeys, expected)
