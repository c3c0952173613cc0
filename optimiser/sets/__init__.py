"""The index sets, numbers and decisions of the plan model, declared once in Pyomo.

Sums and rows run over sets that hold exactly what exists, so that every rule can be read as a
template: no condition stands inside a sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from optimiser.sets.declaring import Index, Sets
from optimiser.sets.options import declare_options, exclusive_groups
from optimiser.sets.placements import declare_placements
from optimiser.sets.places import declare_places
from optimiser.sets.policy import declare_policy
from optimiser.sets.rolls import declare_rolls
from optimiser.sets.through_options import most_taken_in

if TYPE_CHECKING:
    from optimiser.kinds import Model
    from optimiser.problem import Problem

__all__ = ["Index", "declare", "exclusive_groups", "most_taken_in"]


def declare(model: Model, problem: Problem) -> dict[str, Index]:
    """Add every set, number and decision; return where each decision belongs."""
    sets = Sets(model)
    index: dict[str, Index] = {}
    declare_placements(sets, problem, index)
    declare_rolls(sets, problem, index)
    declare_options(sets, problem, index)
    declare_places(sets, problem, index)
    declare_policy(sets, problem, index)
    return index
