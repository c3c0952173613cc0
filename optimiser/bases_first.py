"""Bases first: the children whom bases cannot serve, and the least special-school growth left.

Three questions to the whole model, each with its own price: how many children bases can take at
most, whatever it costs; with how few new special-school places the authority can do as well as the
plan does; and what the cheapest such programme costs. The first is proven by prices that anyone
may check: a bound worked out from the rows alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csc_array, csr_array, vstack

from inputs.vocabulary import INMSS
from optimiser.answer import OutOfTime, Proof, Stop
from optimiser.branch import branch_and_bound
from optimiser.costs import objective
from optimiser.displacement import BASES
from optimiser.dive import dive
from optimiser.highs import Compiled, Ended
from optimiser.lagrangian import most_of_each
from optimiser.openings_held import Interval, dearer, held_whole
from optimiser.plan import surviving
from optimiser.search import Search
from optimiser.sets import exclusive_groups
from optimiser.standard_form import RowEntry, StandardForm

if TYPE_CHECKING:
    from optimiser.answer import Answer, Settings
    from optimiser.hold import Held
    from optimiser.kinds import Array, Indices
    from optimiser.problem import Problem

SPECIAL = "special_school"
SLACK = 1e-4
"""Child-years by which the plan's own service may be missed: rounding, and nobody's place."""

MOST_SUMMED = 14
"""Special-school options of which every sum is tried: 16,384 sums."""


class TooLargeError(Exception):
    """The case is too large to hold every cell of it in one model."""


@dataclass(frozen=True)
class Programme:
    """A programme found: its openings, and what is proven of its measure.

    Parameters
    ----------
    openings
        Option to the year in which it opens, commitments too.
    decided
        The decisions by family.
    proof
        Of what was made least: found (as cost), bound, and how the search ended.
    """

    openings: dict[str, int]
    decided: dict[str, Array]
    proof: Proof


@dataclass(frozen=True)
class BindingRow:
    """Rows that hold the number of children in bases down.

    Parameters
    ----------
    rule
        The constraint.
    where
        Provision, or need, phase and class.
    worth
        Child-years more in bases for one child or place more in every such row.
    """

    rule: str
    where: tuple[str, ...]
    worth: float


@dataclass(frozen=True)
class BasesFirst:
    """What bases cannot do, and the least special-school growth that is left.

    Parameters
    ----------
    beyond
        need, phase, locality, due (children who enter in the horizon), not_right, not_taught,
        out_of_reach, no_room, in_bases: children; the five parts add up to those due.
    most_in_bases, at_most
        Child-years in bases in the best programme found for that, and what none exceeds.
    checked_at_most
        The same bound worked out again from the rows and their prices alone.
    binding
        The rows whose prices prove it, those worth most first.
    plan_growth, least_growth
        Places added at special schools beyond commitments: by the plan, and by the programme with
        fewest.
    growth_at_least
        No programme that does as well as the plan adds fewer.
    least
        The cheapest programme found with that few, and the proof of its cost.
    dearer
        By how much it is dearer than the plan, £ of present value.
    served
        Child-years in INMSS and without a place that the plan has, and no programme may exceed.
    """

    beyond: pd.DataFrame
    most_in_bases: float
    at_most: float
    checked_at_most: float
    binding: tuple[BindingRow, ...]
    plan_growth: float
    least_growth: float
    growth_at_least: float
    least: Programme
    dearer: Interval
    served: tuple[float, float]


def bases_first(
    problem: Problem, answer: Answer, settings: Settings, *, seconds: float = 60.0
) -> BasesFirst:
    """Return what bases cannot do, and the least special-school growth that is left.

    Parameters
    ----------
    problem, answer
        The plan's problem and answer.
    settings
        Gap of the cost at which a programme counts as proven, threads and seed.
    seconds
        Wall time for each of the three searches.

    Raises
    ------
    TooLargeError
        When the model cannot be held whole.
    OutOfTime
        When a search found nothing in its time.
    """
    held = held_whole(problem, answer, settings).held
    if held is None or held.merged is not None:
        raise TooLargeError
    asker = _Asker(problem, held, settings, seconds)
    full, prices, form = asker.fullest()
    plan_growth = _growth(problem, answer.decided)
    served = _service(problem, answer.decided)
    fewest = asker.fewest(served)
    few = _growth(problem, fewest.decided)
    least = asker.cheapest(served, few)
    most = -full.proof.cost_gbp
    return BasesFirst(
        beyond=beyond_bases(problem, full.decided),
        most_in_bases=most,
        at_most=-full.proof.bound_gbp,
        checked_at_most=-_certified(problem, held, form, prices),
        binding=_binding(problem, form, prices),
        plan_growth=plan_growth,
        least_growth=few,
        growth_at_least=_next_sum(problem, few, fewest.proof.bound_gbp),
        least=least,
        dearer=dearer(least.proof, answer.proof),
        served=served,
    )


class _Asker:
    """Asks the whole model with other prices and a few rows more."""

    def __init__(self, problem: Problem, held: Held, settings: Settings, seconds: float) -> None:
        self.problem, self.held, self.settings = problem, held, settings
        self.seconds, self.at = seconds, held.built.columns()
        self.p_of = problem.taught["p"].to_numpy(np.int64)
        self.kinds = problem.provisions["class"].to_numpy(str)

    def fullest(self) -> tuple[Programme, Array, StandardForm]:
        """Return the programme with most children in bases, the prices of its rows, and the rows.

        Who waits is not taken to become right for a base by waiting: of those who have entered so
        far, each class takes at most the share for whom it is right.
        """
        base = self.held.compiled.form
        price = np.zeros(len(base.price))
        where = self.held.built.index["roll"]
        here = np.isin(self.kinds[self.p_of[where.rows]], list(BASES))
        price[self.at["roll"][here]] = -1.0
        form = _each_child_once(replace(base, price=price, constant=0.0))
        found, prices = self._search(form, replace(self.settings, gap=1e-6))
        return found, prices, form

    def fewest(self, served: tuple[float, float]) -> Programme:
        """Return the programme with fewest special-school places that does as well as the plan."""
        form = self._as_well(served)
        price = np.zeros(len(form.price))
        columns, places = self._special()
        price[columns] = places
        return self._search(replace(form, price=price, constant=0.0),
                            replace(self.settings, gap=0.0))[0]  # fmt: skip

    def cheapest(self, served: tuple[float, float], growth: float) -> Programme:
        """Return the cheapest programme that does as well with no more special-school places."""
        columns, places = self._special()
        form = _with_row(self._as_well(served), columns, places, growth + SLACK)
        return self._search(form, self.settings)[0]

    def _special(self) -> tuple[Indices, Array]:
        """Return the columns of what is open at the end at special schools, and its places."""
        where = self.held.built.index["opened"]
        growing = _growing(self.problem)
        here = (where.years == self.problem.horizon - 1) & growing[where.rows]
        places = self.problem.options["places"].to_numpy(float)[where.rows[here]]
        return self.at["opened"][here], places

    def _as_well(self, served: tuple[float, float]) -> StandardForm:
        """Return the model with no more child-years in INMSS or without a place than the plan."""
        where = self.held.built.index["roll"]
        inmss = np.isin(self.kinds[self.p_of[where.rows]], [str(one) for one in INMSS])
        at = self.at["roll"][inmss]
        form = _with_row(self.held.compiled.form, at, np.ones(len(at)), served[0] + SLACK)
        at = self.at["unplaced"]
        return _with_row(form, at, np.ones(len(at)), served[1] + SLACK)

    def _search(self, form: StandardForm, settings: Settings) -> tuple[Programme, Array]:
        """Return the best programme at the prices of a form, and the prices of its rows."""
        settings = replace(settings, time_limit_seconds=self.seconds)
        search = Search(settings, Stop(), None, time.monotonic())
        search.built, search.compiled = self.held.built, Compiled(form)
        relaxed = search.solver(search.compiled, relaxed=True)
        relaxed.by_interior_point()
        if search.run(relaxed) is not Ended.SOLVED:
            raise OutOfTime(search.proof().termination)
        prices = relaxed.prices
        search.bound = relaxed.cost
        if len(form.whole):
            dive(search, relaxed)
        else:
            search.keep(relaxed.values, relaxed.cost, relaxed)
        if not search.over():
            branch_and_bound(search)
        if search.values is None:
            raise OutOfTime(search.proof().termination)
        price, always = objective(self.problem)
        decided, _ = replace(self.held, compiled=search.compiled).decided(
            self.problem, search.values, price, always
        )
        told = replace(search.proof(), cost_gbp=search.cost)
        return Programme(_openings(self.problem, decided), decided, told), prices


def _openings(problem: Problem, decided: dict[str, Array]) -> dict[str, int]:
    o, t = np.nonzero(decided["open"] > 0.5)
    names = problem.options["option"].to_numpy(str)[o]
    return {str(name): problem.years[int(u)] for name, u in zip(names, t, strict=True)}


def _growing(problem: Problem) -> Array:
    """Return (O,) whether an option adds places to a special school and is not committed."""
    kinds = problem.provisions["class"].to_numpy(str)
    p = problem.options["p"].to_numpy(np.int64)
    grows: Array = (
        (kinds[p] == SPECIAL)
        & (problem.options["places"].to_numpy(float) > 0)
        & ~problem.committed()
    )
    return grows


def _growth(problem: Problem, decided: dict[str, Array]) -> float:
    """Return the special-school places that are open by the end, commitments apart."""
    places = problem.options["places"].to_numpy(float) * _growing(problem)
    return float(places @ np.round(decided["opened"][:, -1]))


def _next_sum(problem: Problem, found: float, bound: float) -> float:
    """Return the least that options can add at or above a bound, and never more than was found.

    Places come in the sizes of the options, so a bound between two sums is as good as the next.
    """
    growing = np.flatnonzero(_growing(problem))
    if len(growing) > MOST_SUMMED:
        return max(0.0, min(found, bound))
    places = problem.options["places"].to_numpy(float)
    apart = [set(group) for group in exclusive_groups(problem)]
    sums = [
        sum(places[o] for o in some)
        for size in range(len(growing) + 1)
        for some in combinations(growing.tolist(), size)
        if all(len(group & set(some)) <= 1 for group in apart)
    ]
    return float(min([found, *(one for one in sums if one >= bound - SLACK)]))


def _service(problem: Problem, decided: dict[str, Array]) -> tuple[float, float]:
    """Return child-years in INMSS, pinned and set aside too, and without a place."""
    kinds = problem.provisions["class"].to_numpy(str)
    q = np.isin(kinds[problem.taught["p"].to_numpy(np.int64)], [str(one) for one in INMSS])
    there = surviving(problem, decided["intake"])[:, : problem.horizon]
    fixed = (problem.pinned + problem.aside_roll + problem.others)[:, : problem.horizon]
    return float((there + fixed)[q].sum()), float(decided["unplaced"].sum())


def _with_row(form: StandardForm, columns: Indices, values: Array, most: float) -> StandardForm:
    """Return a form with one row more: a sum of columns is at most so much."""
    row = coo_array(
        (values, (np.zeros(len(columns), dtype=np.int32), columns.astype(np.int32))),
        shape=(1, form.matrix.shape[1]),
    )
    return replace(
        form,
        matrix=csc_array(vstack([form.matrix, csc_array(row)])),
        row_low=np.r_[form.row_low, -np.inf],
        row_high=np.r_[form.row_high, most],
        rows=[*form.rows, RowEntry(None, 1)],
    )


def _each_child_once(form: StandardForm) -> StandardForm:
    """Return a form in which suitability holds for all who have entered so far, together.

    The plan's own row counts those who wait again each year, and a share of them becomes right
    for the class each time. Here the rows of a cell and class are summed over the years so far,
    and those who wait are left out.
    """
    at: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for i, row in enumerate(form.rows):
        if row.constraint is not None and row.constraint.parent_component().name == "suitability":
            cell, kind, year = row.constraint.index()
            at.setdefault((cell, kind), []).append((year, i))
    unplaced = np.array(
        [one is not None and one.parent_component().name == "unplaced" for one in form.columns]
    )
    rows, columns = [], []
    for years in at.values():
        ordered = [i for _, i in sorted(years)]
        for n, i in enumerate(ordered):
            rows += [i] * n
            columns += ordered[:n]
    n_rows = form.matrix.shape[0]
    sums = coo_array((np.ones(len(rows)), (rows, columns)), shape=(n_rows, n_rows)).tocsr()
    matrix = csr_array(form.matrix.tocsr())
    chosen = np.zeros(n_rows, dtype=bool)
    chosen[[i for years in at.values() for _, i in years]] = True
    cells = coo_array(matrix)
    gone = chosen[cells.row] & unplaced[cells.col]
    kept = coo_array(
        (cells.data[~gone], (cells.row[~gone], cells.col[~gone])), shape=matrix.shape
    ).tocsr()
    summed = kept + sums @ kept
    high = form.row_high.copy()
    finite = np.where(chosen, form.row_high, 0.0)
    high += sums @ finite
    return replace(form, matrix=csc_array(summed.tocsc()), row_high=high)


def _certified(problem: Problem, held: Held, form: StandardForm, prices: Array) -> float:
    """Return a bound from the rows and their prices alone: below every solution, whatever they are.

    Prices of the wrong sign are taken as nought; every column stands at the end of its range that
    costs least at the price that is left.
    """
    y = np.where(np.isneginf(form.row_low), np.minimum(prices, 0.0), prices)
    y = np.where(np.isposinf(form.row_high), np.maximum(y, 0.0), y)
    limits = np.where(y > 0, form.row_low, np.where(y < 0, form.row_high, 0.0))
    reduced = form.price - form.matrix.T @ y
    most = np.minimum(form.high, most_of_each(problem, held.built.columns()))
    stands = np.where(reduced >= 0, form.low, most)
    return float(form.constant + y @ limits + reduced @ stands)


def _binding(problem: Problem, form: StandardForm, prices: Array) -> tuple[BindingRow, ...]:
    """Return the rows of rooms, taught places, shares and budgets that have a price, summed."""
    cells = dict(zip(problem.cells["cell"], zip(problem.cells["need"], problem.cells["phase"],
                                                strict=True), strict=True))  # fmt: skip
    found: dict[tuple[str, tuple[str, ...]], float] = {}
    for i, row in enumerate(form.rows):
        if row.constraint is None or abs(prices[i]) < 1e-7:
            continue
        rule, index = row.constraint.parent_component().name, row.constraint.index()
        index = index if isinstance(index, tuple) else (index,)
        if rule == "suitability":
            where = (*cells[index[0]], str(index[1]))
        elif rule in {"capacity", "taught_places"}:
            where = tuple(str(part) for part in index[:-1])
        elif rule.startswith("capital") or rule in {"openings_per_year", "excludes", "requires"}:
            where = tuple(str(part) for part in index)
        else:
            continue
        found[rule, where] = found.get((rule, where), 0.0) - float(prices[i])
    rows = [BindingRow(rule, where, worth) for (rule, where), worth in found.items()]
    return tuple(sorted(rows, key=lambda one: -one.worth))


def beyond_bases(problem: Problem, decided: dict[str, Array]) -> pd.DataFrame:
    """Return by need, phase and locality who is due, who is in bases, and why the rest is not.

    Shares of the classes that teach a need and phase add up, to one at most, as they do in the
    plan; where no base at all teaches it, now or through an option, that is said instead. A child
    is out of reach where every base that teaches its need and phase is beyond the longest journey
    allowed, or opens in no year from its own on.

    Parameters
    ----------
    problem
        The problem.
    decided
        The programme with most children in bases.
    """
    cells, arcs = problem.cells, problem.arcs
    kinds = problem.provisions["class"].to_numpy(str)
    column = {kind: k for k, kind in enumerate(problem.classes)}
    bases = [kind for kind in problem.classes if kind in BASES]
    d = arcs["d"].to_numpy(np.int64)
    kind_of = kinds[arcs["p"].to_numpy(np.int64)]
    nh = cells["nh"].to_numpy(np.int64)
    through = np.zeros(len(problem.taught), dtype=bool)
    able = np.asarray(problem.can_open().any(axis=1))
    o = problem.option_taught["o"].to_numpy(np.int64)
    through[problem.option_taught["q"].to_numpy(np.int64)[able[o]]] = True
    teaches = problem.taught["now"].to_numpy(bool) | through
    taught_kind = kinds[problem.taught["p"].to_numpy(np.int64)]
    somewhere = np.zeros(len(cells), dtype=bool)
    right = np.zeros(len(cells))
    reach = np.zeros((len(cells), problem.horizon))
    for kind in bases:
        share = problem.suitable[:, column[kind]]
        pairs = np.unique(problem.taught["nh"].to_numpy(np.int64)[teaches & (taught_kind == kind)])
        somewhere |= np.isin(nh, pairs)
        right += share * np.isin(nh, pairs)
        usable = np.zeros((len(cells), problem.horizon), dtype=bool)
        np.logical_or.at(usable, d[kind_of == kind], problem.usable[kind_of == kind])
        back: Array = np.maximum.accumulate(usable[:, ::-1].astype(float), axis=1)
        reach += share[:, None] * back[:, ::-1]  # a child can wait for it
    right, reach = np.minimum(right, 1), np.minimum(reach, 1)
    due = problem.entrants.sum(axis=1)
    could = (problem.entrants * reach).sum(axis=1)
    placed = np.zeros(len(cells))
    here = np.isin(kind_of, bases)
    np.add.at(placed, d[here], decided["place"][here].sum(axis=1))
    frame = pd.DataFrame(
        {
            "need": cells["need"],
            "phase": cells["phase"],
            "locality": np.where(cells["locality"] == "", cells["zone"], cells["locality"]),
            "due": due,
            "not_right": np.where(somewhere, due * (1 - right), 0.0),
            "not_taught": np.where(somewhere, 0.0, due),
            "out_of_reach": due * right - could,
            "no_room": could - placed,
            "in_bases": placed,
        }
    )
    return frame.groupby(["need", "phase", "locality"], as_index=False, sort=True).sum()
