"""Openings now, placements once demand is known: the plan that is best over many draws at once.

What is opened is the same in every draw; where children go is not. While it fits, all draws stand
in one model (the extensive form): the plan model of each draw, side by side, sharing its openings.
Where it does not, progressive hedging takes the draws one at a time
(:mod:`optimiser.hedging`). Either way costs are of placements re-solved exactly with the openings
held, and the bound is of the whole.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pyomo.common.errors import InfeasibleConstraintException
from scipy.sparse import block_array, csc_array, csr_array

from optimiser.answer import NoPlan, OutOfTime, Proof, Stop, Termination, relative_gap
from optimiser.branch import branch_and_bound
from optimiser.coarse import alike, coarse
from optimiser.dive import dive
from optimiser.futures import Future, openings_of
from optimiser.highs import Compiled, Ended
from optimiser.hold import by_family
from optimiser.model import build
from optimiser.problem import placements
from optimiser.relax import relax
from optimiser.search import Search
from optimiser.sizing import Interval
from optimiser.solve import solve
from optimiser.standard_form import StandardForm, standard_form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from optimiser.answer import Settings
    from optimiser.kinds import Array, Indices
    from optimiser.model import Built
    from optimiser.problem import Problem

FIRST_STAGE = ("open", "opened")
"""Families of decisions that are made before demand is known."""
EXTENSIVE_PLACEMENTS = 60_000
"""Placements of all draws together that one model may hold; above it cells are merged, or draws
hedged one at a time."""
COARSEST = (12, 6, 3, 1)
"""Groups of cells for each need and phase that are tried, from the finest, until all draws fit."""


@dataclass(frozen=True)
class Two:
    """The plan over all draws: openings, and what is proven of its expected cost.

    Parameters
    ----------
    openings
        Option to year.
    proof
        Expected cost with these openings, and a bound below which no openings can go.
    by_draw
        What each draw costs with them, £ of present value.
    """

    openings: Mapping[str, int]
    proof: Proof
    by_draw: tuple[Interval, ...]


@dataclass(frozen=True)
class Worth:
    """What it is worth to plan for all draws, and to know which will come: £ of present value.

    Each sum is the expected cost over the draws, as an interval.

    Parameters
    ----------
    over_draws
        With the best openings for all draws at once.
    expected_only
        With the openings that are best for the expected children alone.
    wait_and_see
        Had the openings of each draw been chosen with that draw known.
    solution, information
        Value of the stochastic solution (the second less the first) and of perfect information
        (the first less the third); neither is ever below nought.
    """

    over_draws: Interval
    expected_only: Interval
    wait_and_see: Interval

    @property
    def solution(self) -> Interval:
        """Return what planning for all draws saves against planning for the expected children."""
        return _never_negative(self.expected_only.less(self.over_draws))

    @property
    def information(self) -> Interval:
        """Return what knowing the draw beforehand would save at most."""
        return _never_negative(self.over_draws.less(self.wait_and_see))


def _never_negative(one: Interval) -> Interval:
    return Interval(max(0.0, one.low), max(0.0, one.high))


def fits(problems: Sequence[Problem]) -> bool:
    """Return whether all draws, cells unmerged, stand in one model."""
    return sum(map(placements, problems)) <= EXTENSIVE_PLACEMENTS


def over_draws(
    problems: Sequence[Problem],
    futures: Sequence[Future],
    settings: Settings,
    *,
    candidates: Sequence[Mapping[str, int]] = (),
    known_bound: float = -np.inf,
    stop: Stop | None = None,
) -> Two:
    """Return the best openings over all draws, by the extensive form.

    Where the draws do not fit with their cells apart, cells with like journeys are merged: the
    openings are then chosen coarsely, but costed exactly, and the bound comes from a coarse model
    that costs no more than the whole one.

    Parameters
    ----------
    problems, futures
        One a draw, equally likely; all with the same options.
    settings
        Gap, time limit, threads and seed.
    candidates
        Openings to try besides, such as those of the plan for the expected children.
    known_bound
        A bound of the expected cost that is known already, such as that of perfect information.
    stop
        A wish to stop and keep the best.

    Raises
    ------
    NoPlan
        When the rules clash, whatever comes.
    OutOfTime
        When time ran out before any openings were found.
    """
    started = time.monotonic()
    stop = stop or Stop()
    whole = fits(problems)
    bound = known_bound
    tried: list[Mapping[str, int]] = list(candidates)
    for least in (False,) if whole else (False, True):
        left = settings.time_limit_seconds - (time.monotonic() - started)
        share = left if whole or least else left / 2
        part = replace(settings, time_limit_seconds=max(0.1, share))
        found, below = _extensive(_merged(problems, least=least), part, stop, plans=not least)
        if whole or least:
            bound = max(bound, below)
        if found is not None:
            tried.append(found)
    return best_of(tried, futures, bound, settings, stop)


def best_of(
    candidates: Sequence[Mapping[str, int]],
    futures: Sequence[Future],
    bound: float,
    settings: Settings,
    stop: Stop | None = None,
) -> Two:
    """Return the candidate whose expected cost is least, costed exactly in every draw.

    Parameters
    ----------
    candidates
        Openings to try.
    futures
        One a draw, equally likely.
    bound
        Of the expected cost of any openings.
    settings
        The gap at which a plan counts as proven.
    stop
        Whether somebody wished to stop; it is told in the termination.

    Raises
    ------
    OutOfTime
        When no candidate has a placement in every draw.
    """
    best: tuple[float, Mapping[str, int], tuple[Interval, ...]] | None = None
    distinct = {tuple(sorted(one.items())): one for one in candidates}
    for openings in distinct.values():
        costs = tuple(Interval.of(one.place(openings).proof) for one in futures)
        mean = float(np.mean([one.high for one in costs]))
        if np.isfinite(mean) and (best is None or mean < best[0]):
            best = mean, openings, costs
    if best is None:
        raise OutOfTime(Termination.TIME_LIMIT)
    cost, openings, costs = best
    how = Termination.TIME_LIMIT
    if stop is not None and stop.asked:
        how = Termination.STOPPED
    if relative_gap(cost, bound) <= max(settings.gap, 1e-9):
        how = Termination.OPTIMAL
    return Two(openings, Proof(how, cost, min(bound, cost)), costs)


def wait_and_see(
    problems: Sequence[Problem],
    settings: Settings,
    *,
    seconds: float = float("inf"),
    stop: Stop | None = None,
    told: Callable[[float], None] = lambda _: None,
) -> tuple[Interval, tuple[Mapping[str, int], ...]]:
    """Return the expected cost had each draw been known, and the openings each would have had.

    Its low end bounds the expected cost of any openings made before the draw is known.

    Raises
    ------
    NoPlan, OutOfTime
        When a draw alone has no plan, or none was found in time.
    """
    proofs, openings = [], []
    for i, problem in enumerate(problems):
        limited = replace(settings, time_limit_seconds=seconds / len(problems))
        answer = solve(problem, limited, stop=stop)
        proofs.append(answer.proof)
        openings.append(openings_of(problem, answer.decided))
        told((i + 1) / len(problems))
    low = float(np.mean([one.bound_gbp for one in proofs]))
    return Interval(low, float(np.mean([one.cost_gbp for one in proofs]))), tuple(openings)


def _merged(problems: Sequence[Problem], *, least: bool) -> list[Problem]:
    """Return the problems, their cells merged as far as all must be to stand in one model."""
    if fits(problems):
        return list(problems)
    merged: list[Problem] = []
    for groups in COARSEST:
        merged = [coarse(one, alike(one, groups), least=least).problem for one in problems]
        if fits(merged):
            break
    return merged


def _extensive(
    problems: Sequence[Problem], settings: Settings, stop: Stop, *, plans: bool
) -> tuple[dict[str, int] | None, float]:
    """Return the openings found in one model of all draws, and its bound."""
    search = Search(settings, stop, None, time.monotonic())
    try:
        built = [build(one) for one in problems]
        form = extensive_form(built)
    except InfeasibleConstraintException as error:
        raise NoPlan((str(error),)) from None
    search.compiled, search.built = Compiled(form), built[0]
    relaxed, ended = relax(search, search.compiled)
    if ended is Ended.NO_SOLUTION:
        raise NoPlan(("The rules clash in the plan over all draws.",))
    if ended is Ended.CUT_SHORT:
        return None, -np.inf
    search.bound = relaxed.cost
    if not plans:
        return None, search.bound
    if len(form.whole):
        dive(search, relaxed)
        if not search.over():
            branch_and_bound(search)
    else:
        search.keep(relaxed.values, relaxed.cost, relaxed)
    if search.values is None:
        return None, search.bound
    count = len(form.columns)
    first = Compiled(replace(form, columns=form.columns[:count]))
    decided = by_family(built[0], first, search.values, problems[0])
    return openings_of(problems[0], {"open": np.round(decided["open"])}), search.bound


def extensive_form(built: Sequence[Built]) -> StandardForm:
    """Return the arrays of one model of all draws, equally likely, that share their openings.

    Parameters
    ----------
    built
        The plan model of each draw; all with the same options.

    Raises
    ------
    ValueError
        When the draws do not have the same openings to decide.
    InfeasibleConstraintException
        When a row without any decision in it cannot hold.
    """
    forms = [standard_form(one.model) for one in built]
    n, weight = len(forms), 1.0 / len(forms)
    shared = [_shared(one) for one in built]
    if len({len(columns) for columns in shared}) > 1:
        raise ValueError("the draws do not have the same openings to decide")
    own = [
        np.setdiff1d(np.arange(f.matrix.shape[1]), s) for f, s in zip(forms, shared, strict=True)
    ]
    blocks: list[list[Any]] = []
    lows, highs, rows = [], [], []
    for k, form in enumerate(forms):
        matrix = csr_array(form.matrix)
        # rows of openings alone say the same in every draw: once is enough
        spread = np.diff(csr_array(form.matrix[:, own[k]]).indptr) > 0
        kept = np.arange(matrix.shape[0]) if k == 0 else np.flatnonzero(spread)
        line: list[Any] = [None] * (n + 1)
        line[0], line[k + 1] = matrix[kept][:, shared[k]], matrix[kept][:, own[k]]
        blocks.append(line)
        lows.append(form.row_low[kept])
        highs.append(form.row_high[kept])
        rows += [form.rows[i] for i in kept.tolist()]

    def side_by_side(pick: Callable[[StandardForm], Array], scale: float) -> Array:
        parts = [pick(form)[own[k]] * scale for k, form in enumerate(forms)]
        return np.concatenate([pick(forms[0])[shared[0]], *parts])

    price = side_by_side(lambda form: form.price, weight)
    price[: len(shared[0])] = sum(
        form.price[columns] * weight for form, columns in zip(forms, shared, strict=True)
    )
    is_whole = []
    for k, form in enumerate(forms):
        mask = np.zeros(form.matrix.shape[1], dtype=bool)
        mask[form.whole] = True
        is_whole += [mask[shared[k]]] * (k == 0) + [mask[own[k]]]
    names = [forms[0].columns[j] for j in shared[0].tolist()]
    for k, form in enumerate(forms):
        names += [form.columns[j] for j in own[k].tolist()]
    return StandardForm(
        csc_array(block_array(blocks, format="csc")),
        np.concatenate(lows),
        np.concatenate(highs),
        side_by_side(lambda form: form.low, 1.0),
        side_by_side(lambda form: form.high, 1.0),
        price,
        float(sum(form.constant for form in forms) * weight),
        np.flatnonzero(np.concatenate(is_whole)),
        names,
        rows,
    )


def _shared(built: Built) -> Indices:
    """Return the columns of the decisions that are made before demand is known."""
    at = built.columns()
    return np.concatenate([at[family] for family in FIRST_STAGE])
