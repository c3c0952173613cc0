"""Choices of openings, each placed exactly by the model that is held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from optimiser.choices import Choices

if TYPE_CHECKING:
    from collections.abc import Mapping

    from optimiser.answer import Stop
    from optimiser.changes import Change
    from optimiser.kinds import Array
    from optimiser.what_if import WhatIf, WhatIfAnswer


class HeldChoices(Choices):
    """The choices of openings of a plan that is held for questions.

    Parameters
    ----------
    held
        The plan's model, held.
    policy
        A change that holds for every question: cuts made under one are of no other.
    """

    def __init__(self, held: WhatIf, policy: Change) -> None:
        super().__init__(held.model_under(policy), held.settings)
        self.held, self.policy = held, policy

    def place(
        self,
        opened: Array,
        limits: Mapping[str, float],
        *,
        seconds: float = float("inf"),
        stop: Stop | None = None,
    ) -> WhatIfAnswer:
        """Return the plan with these openings under these limits, and learn from its prices."""
        change = replace(self.policy, at_most=dict(limits))
        answer = self.held.place(opened, change, seconds=seconds, stop=stop)
        if answer.lagrangian is not None:
            self.learn(answer.lagrangian, limits)
        return answer
