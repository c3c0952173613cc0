"""Which options open, and when: a small model of openings alone, with what is proven of their cost.

The rows are those of the plan's model that openings alone must keep. The rest of the model stands
behind them as cuts: the prices of one relaxation, whatever it was asked, bound the cost of *every*
choice of openings by a sum over what opens (:mod:`optimiser.lagrangian`), without any word of a
solver and where cells are merged, too. A choice made here is placed exactly by the model held,
which gives a plan, its cost, and another cut.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array, csr_array, vstack

from optimiser.highs import Compiled, Ended, Solver
from optimiser.openings_alone import opened_by_the_end, opened_of, openings_alone
from optimiser.standard_form import RowEntry, StandardForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from optimiser.answer import Settings, Stop
    from optimiser.kinds import Array, Mask
    from optimiser.lagrangian import Bound
    from optimiser.openings_alone import OpeningModel

THOUSAND = 1_000.0
"""Costs are held in thousands of pounds, so that no number of the small model is far from one."""
ROUNDING_GBP = 100.0
"""What a solver's tolerance of whole numbers could hide in the small model, taken off bounds."""


@dataclass(frozen=True)
class Cut:
    """No plan costs less than ``constant + weight @ opens + by_limit @ limits`` £.

    Parameters
    ----------
    constant
        £, with every limit at nought.
    weight
        (columns that say what opens,) £ a unit.
    by_limit
        Measure to £ a unit of its limit, never above nought; a measure that is not limited, or
        that openings alone make up, has none.
    gbp
        What it proves with no rule of openings kept.
    """

    constant: float
    weight: Array
    by_limit: Mapping[str, float]
    gbp: float

    def at(self, limits: Mapping[str, float]) -> float:
        """Return the constant at the limits given, £; minus infinity where one of its own is not.

        A price on a limit proves nothing where there is no limit.
        """
        moved = [price * limits.get(name, np.inf) for name, price in self.by_limit.items() if price]
        return self.constant + sum(moved)


@dataclass(frozen=True)
class Choice:
    """What opens by when, (O, T), and what no better choice can beat: £, or options apart."""

    opened: Array
    bound: float


class Choices:
    """The choices of openings of a model, and the cuts known so far.

    Parameters
    ----------
    model
        The model, its arrays as they are changed.
    settings
        Threads and seed.
    cuts
        What is known already; what is learnt is added to it. None: nothing is.
    """

    def __init__(
        self, model: OpeningModel, settings: Settings, cuts: list[Cut] | None = None
    ) -> None:
        self._model, self._settings = model, settings
        self._on = {one.name: one.on for one in model.limits.values()}
        self.cuts: list[Cut] = [] if cuts is None else cuts

    @cached_property
    def _alone(self) -> tuple[StandardForm, dict[str, int]]:
        """The rows of openings alone, and measure to its row; made when first a choice is asked."""
        return openings_alone(self._model)

    @property
    def _base(self) -> float:
        """What costs are counted from, £, so that no number of the small model is large."""
        return self.cuts[0].gbp if self.cuts else 0.0

    def learn(self, bound: Bound, limits: Mapping[str, float]) -> Cut:
        """Keep what a bound with no price on openings' own rows proves, and return it."""
        columns = self._model.opening_columns
        weight = bound.reduced[columns]
        constant = bound.gbp - float(weight @ bound.stands[columns])
        priced = {
            name: price
            for name, price in bound.by_limit.items()
            if price < 0 and self._on[name] != "open"
        }
        constant -= sum(price * limits[name] for name, price in priced.items())
        cut = Cut(constant, weight, priced, bound.gbp)
        self.cuts.append(cut)
        return cut

    def cheapest(
        self,
        limits: Mapping[str, float],
        fixed: Mapping[int, float] | None = None,
        *,
        within_gbp: float = 0.0,
        seconds: float = float("inf"),
        stop: Stop | None = None,
    ) -> Choice | None:
        """Return the choice that may be cheapest, and a bound of the cost of all; None: no choice.

        Parameters
        ----------
        limits
            Measure to its limit.
        fixed
            Option's position to 1 (open by the end of the horizon) or 0 (never opened).
        within_gbp
            By how much the bound may be lower than it need be, £.
        seconds, stop
            Wall time allowed, and a wish to stop: the choice may then be another, and the bound
            lower.
        """
        n = len(self._alone[0].price)
        form = self._limited(limits, fixed or {})
        cost, floor = self._cuts_at(limits)
        more = csr_array(np.column_stack([cost, -np.ones(len(cost))]))
        form = _widened(form, 1, [-1.0], more, np.full(len(cost), -np.inf), -floor)
        form = replace(form, price=np.r_[np.zeros(n), 1.0])
        solver = self._solved(form, within_gbp / THOUSAND, seconds, stop)
        if solver is None:
            return None
        bound = self._base + THOUSAND * solver.bound - ROUNDING_GBP
        return Choice(opened_of(self._model, solver.values[:n]), bound)

    def furthest(
        self,
        plans: Sequence[Array],
        cost_gbp: float,
        counted: Mask,
        refused: Sequence[Array] = (),
        fixed: Mapping[int, float] | None = None,
    ) -> Choice | None:
        """Return the choice that may cost so much and is furthest from the nearest of some plans.

        Parameters
        ----------
        plans
            (O, T) what is open by when in each.
        cost_gbp
            No cut may put it above this.
        counted
            (O,) whether an option counts; two plans are as far apart as the options counted that
            one has open by the end and the other has not.
        refused
            (O, T) choices whose options, open by the end, may not be chosen together again.
        fixed
            As for :meth:`cheapest`.

        Returns
        -------
        Choice or None
            ``bound`` is the most that any choice could be apart; None: there is no choice.
        """
        n = len(self._alone[0].price)
        form = self._limited({}, fixed or {})
        cost, floor = self._cuts_at({})
        most = (cost_gbp - self._base) / THOUSAND
        least = min(0.0, most)
        # columns: openings, thousands of pounds, options apart
        rows = [np.column_stack([cost, -np.ones(len(cost)), np.zeros(len(cost))])]
        low, high = [np.full(len(cost), -np.inf)], [-floor]
        for plan in plans:
            weight, already = self._apart(plan[:, -1], counted)
            rows.append(np.r_[-weight, 0.0, 1.0][None, :])  # apart - weight @ x <= already
            low.append(np.array([-np.inf]))
            high.append(np.array([already]))
        for chosen in refused:
            weight, already = self._apart(chosen[:, -1], np.ones(len(counted), dtype=bool))
            rows.append(np.r_[weight, 0.0, 0.0][None, :])
            low.append(np.array([1.0 - already]))
            high.append(np.array([np.inf]))
        more = csr_array(np.vstack(rows))
        form = _widened(form, 2, [-1.0, 0.0], more, np.concatenate(low), np.concatenate(high))
        upper = form.high.copy()
        upper[n], upper[n + 1] = most, float(len(counted))
        # a choice further apart always wins; among equals the one that may be cheapest
        span = max(1.0, most - least + 1.0 + np.abs(floor).max(initial=0.0))
        price = np.zeros(n + 2)
        price[n], price[n + 1] = 0.5 / span, -1.0
        lower = form.low.copy()
        lower[n] = most - span
        form = replace(form, price=price, high=upper, low=lower, constant=-price[n] * (most - span))
        solver = self._solved(form)
        if solver is None:
            return None
        furthest = float(np.floor(-solver.bound + 0.5 + 1e-6))
        return Choice(opened_of(self._model, solver.values[:n]), furthest)

    def _apart(self, chosen: Array, counted: Mask) -> tuple[Array, float]:
        """Return weights and a constant: how many options differ from those chosen at the end."""
        weight = np.zeros(len(self._alone[0].price))
        already = 0.0
        for o, j in self.at_end().items():
            if counted[o]:
                weight[j] = -1.0 if chosen[o] > 0.5 else 1.0
                already += 1.0 if chosen[o] > 0.5 else 0.0
        return weight, already

    def at_end(self) -> dict[int, int]:
        """Return option's position to the column that says whether it is open by the end."""
        return opened_by_the_end(self._model)

    def _limited(self, limits: Mapping[str, float], fixed: Mapping[int, float]) -> StandardForm:
        """Return the small model with limits of what openings alone make up, and options fixed."""
        form, measure_rows = self._alone
        low, high, row_high = form.low.copy(), form.high.copy(), form.row_high.copy()
        for name, i in measure_rows.items():
            row_high[i] = limits.get(name, np.inf)
        columns = self.at_end()
        for o, value in fixed.items():
            low[columns[o]] = high[columns[o]] = value
        return replace(form, low=low, high=high, row_high=row_high)

    def _cuts_at(self, limits: Mapping[str, float]) -> tuple[Array, Array]:
        """Return (cuts, columns) and (cuts,): what each proves, in thousands of pounds."""
        known = [(cut, cut.at(limits)) for cut in self.cuts]
        known = [(cut, constant) for cut, constant in known if np.isfinite(constant)]
        weight = np.array([cut.weight for cut, _ in known]).reshape(len(known), -1)
        constant = np.array([constant for _, constant in known]) - self._base
        return weight / THOUSAND, constant / THOUSAND

    def _solved(
        self,
        form: StandardForm,
        within: float = 0.0,
        seconds: float = float("inf"),
        stop: Stop | None = None,
    ) -> Solver | None:
        exact = replace(self._settings, gap=0.0)
        solver = Solver(Compiled(form), exact, relaxed=False, within=within)
        if stop is not None:
            solver.watch(on_bound=lambda _: None, stop=lambda: stop.asked)
        if solver.run(seconds) is Ended.NO_SOLUTION or not solver.found:
            return None
        return solver


def _widened(
    form: StandardForm,
    columns: int,
    free_below: Sequence[float],
    more: csr_array,
    low: Array,
    high: Array,
) -> StandardForm:
    """Return a form with columns and rows added at the end.

    ``free_below``: for each new column, negative where it may go below nought.
    """
    before = csc_array(
        (
            form.matrix.data,
            form.matrix.indices,
            np.r_[form.matrix.indptr, [form.matrix.nnz] * columns],
        ),
        shape=(form.matrix.shape[0], form.matrix.shape[1] + columns),
    )
    matrix = csc_array(vstack([before, csc_array(more)], format="csc"))
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    lowest = np.where(np.array(free_below) < 0, -np.inf, 0.0)
    return StandardForm(
        matrix,
        np.r_[form.row_low, low],
        np.r_[form.row_high, high],
        np.r_[form.low, lowest],
        np.r_[form.high, np.full(columns, np.inf)],
        np.r_[form.price, np.zeros(columns)],
        form.constant,
        form.whole,
        [*form.columns, *[None] * columns],
        [*form.rows, *(RowEntry(None, 1) for _ in range(more.shape[0]))],
    )
