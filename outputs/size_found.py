"""Everything that the question of size found, as numbers, for its tables, words and charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from inputs.errors import Fault
    from optimiser.answer import Proof
    from optimiser.size_options import Sized
    from optimiser.size_verdicts import BreakEven, Choice
    from optimiser.sizing import AtSize, Curve, Measures
    from outputs.places_grid import PlacesGrid


@dataclass(frozen=True)
class Cash:
    """Cash for each place that is not built, and the plan that it would pay for.

    Parameters
    ----------
    per_place_gbp, years
        What is paid, in equal parts over so many years from the base year.
    source
        Where the figure comes from.
    size
        The size whose cash was planned with.
    budget
        The grant that the cash is added to; ``all`` where only a budget in total is set; empty
        where nothing limits capital, so that cash changes no plan.
    proof, measures, openings
        Of that plan; None and empty where none was found.
    """

    per_place_gbp: float
    years: int
    source: str
    size: int
    budget: str
    proof: Proof
    measures: Measures | None
    openings: Mapping[str, int]

    def paid(self, size: int) -> float:
        """Return what is paid for not building so many places, £."""
        return self.per_place_gbp * size


@dataclass(frozen=True)
class SizeFound:
    """What the question of size found.

    Parameters
    ----------
    case_name, run_id, years
        Of the case; what the tables carry; the horizon by first Septembers.
    sized, curve, choice
        The sizes, what each costs, and what the draws say of them.
    totals, source
        Entrants of the authority in each draw of the curve, and where the draws come from.
    breaks
        Size to where it breaks even with not building.
    reasons
        Size to why no plan has it, in words.
    cash, grid
        The cash alternative, and the grid of the size of least expected cost; None where there is
        none.
    warnings, notes, attribution
        What was odd, what was assumed, and whom to name.
    audited
        How many plans were recomputed from their own tables, and passed.
    """

    case_name: str
    run_id: str
    years: tuple[int, ...]
    sized: Sized
    curve: Curve
    choice: Choice
    totals: tuple[float, ...]
    source: str
    breaks: Mapping[int, BreakEven]
    reasons: Mapping[int, str]
    cash: Cash | None
    grid: PlacesGrid | None
    warnings: tuple[Fault, ...]
    notes: tuple[str, ...]
    attribution: tuple[str, ...]
    audited: int

    def at(self, size: int) -> AtSize:
        """Return the plan for the expected children at a size."""
        return next(one for one in self.curve.sizes if one.size == size)

    @property
    def shown(self) -> int | None:
        """Return the size that the grid and the comparison with cash are about.

        The size of least expected cost; where that is not to build, the smallest that has a plan.
        """
        best = self.choice.least_expected
        if best:
            return best
        possible = [one.size for one in self.curve.sizes if one.size and one.possible]
        by_cost = {one.size: one.proof.cost_gbp for one in self.curve.sizes}
        if best is None and possible:
            return min(possible, key=lambda size: by_cost[size])
        return min(possible, default=None)
