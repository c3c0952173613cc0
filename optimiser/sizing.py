"""How big: what each size of one option costs, for the expected children and for each draw.

For the expected children the whole plan is solved again at every size, in one held model. Then
those openings are held and the children of each draw are placed at least cost, as they would be in
life: the building stands before anybody knows who comes. Size 0 is the plan without the option.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from optimiser.answer import Proof
from optimiser.changes import Change
from optimiser.costs import PURSES, money
from optimiser.futures import Future, openings_of
from optimiser.what_if import WhatIf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from optimiser.answer import Answer, Proof, Settings, Stop
    from optimiser.kinds import Array
    from optimiser.problem import Problem

NOT_BUILT = 0


@dataclass(frozen=True)
class Interval:
    """A sum that is known to lie between two others, £ of present value."""

    low: float
    high: float

    @classmethod
    def of(cls, proof: Proof) -> Interval:
        """Return between which sums the least cost lies."""
        return cls(proof.bound_gbp, proof.cost_gbp)

    def less(self, other: Interval) -> Interval:
        """Return the interval of this less another."""
        return Interval(self.low - other.high, self.high - other.low)

    @property
    def spans_nought(self) -> bool:
        """Whether nothing can be said of its sign: no material difference."""
        return self.low <= 0.0 <= self.high


@dataclass(frozen=True)
class Measures:
    """What a plan means to its purses, places and journeys.

    Parameters
    ----------
    purses
        Purse to £ of present value, horizon and tail together.
    added, in_use
        (T,) places that the option asked about adds by year, and those of them in use.
    minutes_mean, over_guideline_share
        Of the children placed in the horizon who travel daily: minutes on a shared ride one way,
        and the share beyond the guideline (NaN where nobody travels).
    unplaced
        Child-years without a place in the horizon.
    """

    purses: dict[str, float]
    added: Array
    in_use: Array
    minutes_mean: float
    over_guideline_share: float
    unplaced: float


@dataclass(frozen=True)
class AtSize:
    """The plan for the expected children with the option at one size.

    Parameters
    ----------
    size
        Places; 0 where it is not built.
    option
        The option that stands for the size; empty where it is not built.
    capital_gbp
        What it costs to build.
    proof
        Of the best plan with that size.
    openings
        Option to year.
    opens
        Year in which it opens; None where it does not.
    measures, decided
        None where no plan with that size was found.
    """

    size: int
    option: str
    capital_gbp: float
    proof: Proof
    openings: Mapping[str, int]
    opens: int | None
    measures: Measures | None
    decided: dict[str, Array] | None

    @property
    def possible(self) -> bool:
        """Whether a plan with that size was found."""
        return self.decided is not None


@dataclass(frozen=True)
class Curve:
    """Every size, for the expected children and in each draw.

    Parameters
    ----------
    sizes
        The plans at size 0 and at each size asked, in order.
    do_minimum
        Of the expected children, with committed options only.
    draws
        Numbers of the draws, in order.
    low, high
        (sizes, draws) bounds of the least cost with the openings of that size; NaN where the size
        has no plan.
    filled
        (sizes, draws) added places in use in the last year of the horizon.
    purses
        Purse to (sizes, draws) £ of present value.
    least_low, least_high
        (draws,) bounds of the do-minimum's cost.
    """

    sizes: tuple[AtSize, ...]
    do_minimum: Proof
    draws: tuple[int, ...]
    low: Array
    high: Array
    filled: Array
    purses: Mapping[str, Array]
    least_low: Array
    least_high: Array


def sizes_of_plan(
    problem: Problem,
    names: Mapping[int, str],
    capital_gbp: Mapping[int, float],
    answer: Answer,
    settings: Settings,
    *,
    seconds: float = float("inf"),
    stop: Stop | None = None,
    told: Callable[[float], None] = lambda _: None,
) -> tuple[WhatIf, tuple[AtSize, ...]]:
    """Return the plan for the expected children at each size and without the option.

    Parameters
    ----------
    problem
        Posed of a case with sizes (:func:`optimiser.size_options.with_sizes`).
    names, capital_gbp
        Size to the option that stands for it and to what it costs.
    answer
        The best plan of the problem, whatever size it takes.
    settings
        The gap at which a plan counts as proven, threads and seed.
    seconds
        Wall time for all sizes together.
    stop, told
        A wish to stop, and who is told the share that is done.
    """
    held = WhatIf(problem, answer, settings)
    best = openings_of(problem, answer.decided)
    others = {name: year for name, year in best.items() if name not in names.values()}
    chosen = next((year for name, year in best.items() if name in names.values()), None)
    found: list[AtSize] = []
    every = (NOT_BUILT, *names)
    for i, size in enumerate(every):
        option = names.get(size, "")
        o = int(np.flatnonzero(problem.options["option"] == option)[0]) if option else -1
        first = dict(others)
        if option:
            begins = problem.years[int(problem.opens_first[o])] if chosen is None else chosen
            first[option] = begins
        asked = held.ask(
            only(problem, names, size),
            seconds=seconds / len(every),
            stop=stop,
            try_first=first,
        )
        found.append(
            AtSize(
                size,
                option,
                capital_gbp.get(size, 0.0),
                asked.proof,
                asked.openings,
                asked.openings.get(option),
                None if asked.decided is None else measures(problem, asked.decided, o),
                asked.decided,
            )
        )
        told((i + 1) / len(every))
    return held, tuple(found)


def only(problem: Problem, names: Mapping[int, str], size: int, **more: object) -> Change:
    """Return the change that builds one size (0: none) and shuts all others."""
    option = names.get(size)
    shut: dict[str, int | None] = {name: None for name in names.values() if name != option}
    open_by: dict[str, int] = {}
    if option is not None:
        o = int(np.flatnonzero(problem.options["option"] == option)[0])
        open_by[option] = problem.years[int(problem.opens_last[o])]
    return Change(open_by=open_by, shut_before=shut, **more)  # type: ignore[arg-type]


def curve(
    problem: Problem,
    sizes: Sequence[AtSize],
    futures: Iterable[tuple[int, Problem]],
    settings: Settings,
    *,
    n_draws: int = 0,
    stop: Stop | None = None,
    told: Callable[[float], None] = lambda _: None,
) -> Curve:
    """Return what each size's openings cost in each draw, beside the do-minimum.

    Parameters
    ----------
    problem
        For the expected children.
    sizes
        What :func:`sizes_of_plan` found.
    futures
        The number of each draw and the problem posed for it.
    settings
        Gap, threads and seed.
    n_draws
        How many draws there are, for who is told.
    stop, told
        A wish to stop (the draws done so far are kept), and who is told the share that is done.
    """
    committed = committed_openings(problem)
    least = Future(problem, settings).place(committed).proof
    numbers: list[int] = []
    columns: dict[str, list[list[float]]] = {key: [] for key in ("low", "high", "filled", *PURSES)}
    minimum: list[Interval] = []
    for number, future in futures:
        if stop is not None and stop.asked:
            break
        held = Future(future, settings)
        column: dict[str, list[float]] = {key: [] for key in columns}
        for at in sizes:
            row = dict.fromkeys(columns, np.nan)
            placed = held.place(at.openings) if at.possible else None
            if placed is not None and placed.decided is not None:
                o = option_row(future, at.option)
                told_of = measures(future, placed.decided, o)
                row |= {"low": placed.proof.bound_gbp, "high": placed.proof.cost_gbp}
                row |= {"filled": float(told_of.in_use[-1])} | told_of.purses
            for key, value in row.items():
                column[key].append(value)
        for key, values in column.items():
            columns[key].append(values)
        minimum.append(Interval.of(held.place(committed).proof))
        numbers.append(number)
        told(len(numbers) / max(n_draws, len(numbers)))
    arrays = {
        key: np.array(values, dtype=float).reshape(len(numbers), len(sizes)).T
        for key, values in columns.items()
    }
    return Curve(
        tuple(sizes),
        least,
        tuple(numbers),
        arrays["low"],
        arrays["high"],
        arrays["filled"],
        {purse: arrays[purse] for purse in PURSES},
        np.array([one.low for one in minimum]),
        np.array([one.high for one in minimum]),
    )


def committed_openings(problem: Problem) -> dict[str, int]:
    """Return the options that are decided, and when each opens."""
    options = problem.options[problem.committed()]
    return {
        str(name): int(year)
        for name, year in zip(options["option"], options["committed_year"], strict=True)
    }


def option_row(problem: Problem, option: str) -> int:
    """Return the position of an option; -1 for none."""
    found = np.flatnonzero(problem.options["option"] == option)
    return int(found[0]) if len(found) else -1


def measures(problem: Problem, decided: Mapping[str, Array], o: int) -> Measures:
    """Return what decisions mean to purses, places and journeys.

    Parameters
    ----------
    problem
        The problem that was decided.
    decided
        Decisions by family, (rows, years).
    o
        Position of the option asked about; -1 for none.
    """
    purses = dict.fromkeys(PURSES, 0.0)
    for (_, purse), pounds in money(problem, dict(decided)).items():
        if purse in purses:
            purses[purse] += float(pounds @ problem.discount)
    nothing = np.zeros(problem.horizon)
    added = nothing if o < 0 else decided["open"][o] @ problem.added[o]
    daily = problem.arcs["measured"].to_numpy(bool)
    children = decided["place"][daily].sum(axis=1)
    everyone = float(children.sum())
    minutes, beyond = np.nan, np.nan
    if everyone > 0:
        arcs = problem.arcs[daily]
        minutes = float(children @ arcs["ride_minutes"].to_numpy(float)) / everyone
        beyond = float(children @ arcs["over_guideline"].to_numpy(float)) / everyone
    return Measures(
        purses,
        np.asarray(added),
        nothing if o < 0 else decided["in_use"][o],
        minutes,
        beyond,
        float(decided["unplaced"].sum()),
    )
